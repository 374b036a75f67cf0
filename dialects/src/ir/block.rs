//! Blocks and regions.

use super::*;

// SAFETY (of all unsafe blocks here): handles are valid by the contract of `ir`; the C API has no other precondition than those that the
// functions' documentation repeats.
impl<'c> Block<'c> {
    /// A block of no region yet: append it to one.
    pub fn new(arguments: &[(Type<'c>, Location<'c>)]) -> Block<'c> {
        let types: Vec<_> = arguments.iter().map(|(t, _)| t.to_raw()).collect();
        let locs: Vec<_> = arguments.iter().map(|(_, l)| l.to_raw()).collect();
        unsafe { Block::from_raw(mlirBlockCreate(types.len() as isize, types.as_ptr(), locs.as_ptr())) }
    }

    pub fn args(self) -> Vec<Value<'c>> {
        (0..self.num_args()).map(|i| self.arg(i)).collect()
    }

    pub fn num_args(self) -> usize {
        unsafe { mlirBlockGetNumArguments(self.raw) as usize }
    }

    pub fn arg(self, i: usize) -> Value<'c> {
        assert!(i < self.num_args(), "block argument {i}");
        unsafe { Value::from_raw(mlirBlockGetArgument(self.raw, i as isize)) }
    }

    pub fn add_arg(self, ty: Type<'c>, loc: Location<'c>) -> Value<'c> {
        unsafe { Value::from_raw(mlirBlockAddArgument(self.raw, ty.to_raw(), loc.to_raw())) }
    }

    /// The argument must have no uses left.
    pub fn erase_arg(self, i: usize) {
        unsafe { mlirBlockEraseArgument(self.raw, i as u32) }
    }

    pub fn first(self) -> Option<Op<'c>> {
        Op::from_option(unsafe { mlirBlockGetFirstOperation(self.raw) })
    }

    pub fn terminator(self) -> Option<Op<'c>> {
        Op::from_option(unsafe { mlirBlockGetTerminator(self.raw) })
    }

    /// The ops, as they are now.
    pub fn ops(self) -> Vec<Op<'c>> {
        std::iter::successors(self.first(), |o| o.next()).collect()
    }

    pub fn append(self, op: Op<'c>) {
        unsafe { mlirBlockAppendOwnedOperation(self.raw, op.raw) }
    }

    pub fn insert_before(self, anchor: Op<'c>, op: Op<'c>) {
        unsafe { mlirBlockInsertOwnedOperationBefore(self.raw, anchor.raw, op.raw) }
    }

    pub fn parent(self) -> Option<Op<'c>> {
        Op::from_option(unsafe { mlirBlockGetParentOperation(self.raw) })
    }

    pub fn region(self) -> Option<Region<'c>> {
        Region::from_option(unsafe { mlirBlockGetParentRegion(self.raw) })
    }

    pub fn next(self) -> Option<Block<'c>> {
        Block::from_option(unsafe { mlirBlockGetNextInRegion(self.raw) })
    }

    pub fn predecessors(self) -> Vec<Block<'c>> {
        (0..unsafe { mlirBlockGetNumPredecessors(self.raw) }).map(|i| unsafe { Block::from_raw(mlirBlockGetPredecessor(self.raw, i)) }).collect()
    }

    /// Takes the block out of its region.
    pub fn detach(self) {
        unsafe { mlirBlockDetach(self.raw) }
    }

    /// Deletes the block and its ops; nothing may use what they define.
    pub fn erase(self) {
        unsafe {
            mlirBlockDetach(self.raw);
            mlirBlockDestroy(self.raw)
        }
    }

    /// Moves `first` and all ops after it to the end of `to`.
    pub fn move_tail(self, first: Op<'c>, to: Block<'c>) {
        for op in std::iter::successors(Some(first), |o| o.next()).collect::<Vec<_>>() {
            op.detach();
            to.append(op);
        }
    }
}

impl<'c> Region<'c> {
    /// A region of no op yet; give it to `Builder::op_with_regions`.
    pub fn new() -> Region<'c> {
        unsafe { Region::from_raw(mlirRegionCreate()) }
    }

    pub fn first_block(self) -> Option<Block<'c>> {
        Block::from_option(unsafe { mlirRegionGetFirstBlock(self.raw) })
    }

    pub fn blocks(self) -> Vec<Block<'c>> {
        std::iter::successors(self.first_block(), |b| b.next()).collect()
    }

    pub fn append(self, block: Block<'c>) -> Block<'c> {
        unsafe { mlirRegionAppendOwnedBlock(self.raw, block.raw) };
        block
    }

    pub fn insert_after(self, anchor: Block<'c>, block: Block<'c>) -> Block<'c> {
        unsafe { mlirRegionInsertOwnedBlockAfter(self.raw, anchor.raw, block.raw) };
        block
    }

    /// A new block at the end.
    pub fn add_block(self, arguments: &[(Type<'c>, Location<'c>)]) -> Block<'c> {
        self.append(Block::new(arguments))
    }

    /// Moves the other region's blocks here, deleting what was here.
    pub fn take_body(self, from: Region<'c>) {
        unsafe { mlirRegionTakeBody(self.raw, from.raw) }
    }
}

impl Default for Region<'_> {
    fn default() -> Self {
        Self::new()
    }
}
