//! Friendly handles to IR: `Op`, `Value`, `Block`, `Region` are plain copies with the context's lifetime; `Builder` makes ops.
//!
//! The unsafe code of the compiler's IR side lives in this file. A handle is valid while what it points to is: a pass
//! must not use an `Op` after `erase`, nor a `Value` whose op is gone.

use melior::StringRef;
pub use melior::{
    Context,
    ir::{
        Attribute, AttributeLike, Identifier, Location, Module, Operation, Type, TypeLike,
        attribute::{
            ArrayAttribute, BoolAttribute, DenseI64ArrayAttribute, FlatSymbolRefAttribute, FloatAttribute, IntegerAttribute, StringAttribute, TypeAttribute,
        },
        operation::{OperationBuilder, OperationLike},
        r#type::{FunctionType, IntegerType, MemRefType, TupleType},
    },
};
use mlir_sys::*;
use std::{cell::Cell, ffi::c_void, fmt, hash, marker::PhantomData};

macro_rules! handle {
    ($(#[doc = $doc:literal])+ $name:ident, $raw:ident, $equal:ident) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy)]
        pub struct $name<'c> {
            raw: $raw,
            _context: PhantomData<&'c Context>,
        }

        impl<'c> $name<'c> {
            /// # Safety
            /// The raw handle must be valid and of a context that lives as long as `'c`.
            pub unsafe fn from_raw(raw: $raw) -> Self {
                Self { raw, _context: PhantomData }
            }

            #[allow(dead_code, reason = "not every handle comes from a nullable one")]
            fn from_option(raw: $raw) -> Option<Self> {
                (!raw.ptr.is_null()).then_some(Self { raw, _context: PhantomData })
            }

            pub fn to_raw(self) -> $raw {
                self.raw
            }
        }

        impl PartialEq for $name<'_> {
            fn eq(&self, other: &Self) -> bool {
                self.raw.ptr == other.raw.ptr
            }
        }
        impl Eq for $name<'_> {}
        impl hash::Hash for $name<'_> {
            fn hash<H: hash::Hasher>(&self, state: &mut H) {
                (self.raw.ptr as usize).hash(state)
            }
        }
    };
}

handle!(
    /// An operation.
    Op, MlirOperation, mlirOperationEqual
);
handle!(
    /// An SSA value: an op's result or a block's argument.
    Value, MlirValue, mlirValueEqual
);
handle!(
    /// A block.
    Block, MlirBlock, mlirBlockEqual
);
handle!(
    /// A region.
    Region, MlirRegion, mlirRegionEqual
);

fn text<'c>(raw: MlirStringRef) -> &'c str {
    if raw.length == 0 {
        return "";
    }
    // SAFETY: strings of identifiers and attributes are interned in the context.
    unsafe { std::str::from_utf8(std::slice::from_raw_parts(raw.data as *const u8, raw.length)).unwrap_or("<not utf-8>") }
}

fn string_ref(s: &str) -> MlirStringRef {
    MlirStringRef { data: s.as_ptr() as *const _, length: s.len() }
}

unsafe extern "C" fn push_text(chunk: MlirStringRef, out: *mut c_void) {
    // SAFETY: `out` is the String of the caller.
    unsafe { (*(out as *mut String)).push_str(text(chunk)) }
}

// SAFETY (all of the below): handles are valid by the contract of this module; the C API has no other precondition
// than those the function's documentation here repeats.
impl<'c> Op<'c> {
    /// The dialect-qualified name, `arith.addi`.
    pub fn name(self) -> &'c str {
        unsafe { text(mlirIdentifierStr(mlirOperationGetName(self.raw))) }
    }

    pub fn is(self, name: &str) -> bool {
        self.name() == name
    }

    /// The namespace, `arith`.
    pub fn dialect(self) -> &'c str {
        self.name().split('.').next().unwrap_or_default()
    }

    pub fn context(self) -> &'c Context {
        intern_context(unsafe { mlirOperationGetContext(self.raw) })
    }

    pub fn loc(self) -> Location<'c> {
        unsafe { Location::from_raw(mlirOperationGetLocation(self.raw)) }
    }

    pub fn set_loc(self, loc: Location<'c>) {
        unsafe { mlirOperationSetLocation(self.raw, loc.to_raw()) }
    }

    pub fn num_operands(self) -> usize {
        unsafe { mlirOperationGetNumOperands(self.raw) as usize }
    }

    /// Panics when out of range.
    pub fn operand(self, i: usize) -> Value<'c> {
        assert!(i < self.num_operands(), "operand {i} of {}", self.name());
        unsafe { Value::from_raw(mlirOperationGetOperand(self.raw, i as isize)) }
    }

    pub fn operands(self) -> Vec<Value<'c>> {
        (0..self.num_operands()).map(|i| self.operand(i)).collect()
    }

    pub fn set_operand(self, i: usize, value: Value<'c>) {
        unsafe { mlirOperationSetOperand(self.raw, i as isize, value.raw) }
    }

    pub fn set_operands(self, values: &[Value<'c>]) {
        let raw: Vec<_> = values.iter().map(|v| v.raw).collect();
        unsafe { mlirOperationSetOperands(self.raw, raw.len() as isize, raw.as_ptr()) }
    }

    pub fn num_results(self) -> usize {
        unsafe { mlirOperationGetNumResults(self.raw) as usize }
    }

    /// Panics when out of range.
    pub fn result(self, i: usize) -> Value<'c> {
        assert!(i < self.num_results(), "result {i} of {}", self.name());
        unsafe { Value::from_raw(mlirOperationGetResult(self.raw, i as isize)) }
    }

    pub fn results(self) -> Vec<Value<'c>> {
        (0..self.num_results()).map(|i| self.result(i)).collect()
    }

    pub fn attr(self, name: &str) -> Option<Attribute<'c>> {
        let raw = unsafe { mlirOperationGetAttributeByName(self.raw, string_ref(name)) };
        (!raw.ptr.is_null()).then(|| unsafe { Attribute::from_raw(raw) })
    }

    pub fn has_attr(self, name: &str) -> bool {
        self.attr(name).is_some()
    }

    /// A string attribute's text (also a symbol reference's).
    pub fn str_attr(self, name: &str) -> Option<&'c str> {
        let attr = self.attr(name)?;
        str_value(attr).or_else(|| FlatSymbolRefAttribute::try_from(attr).map(|a| a.value()).ok())
    }

    /// The texts of an array of strings; empty when absent.
    pub fn str_array_attr(self, name: &str) -> Vec<&'c str> {
        self.array_attr(name).into_iter().filter_map(str_value).collect()
    }

    /// The elements of an array attribute; empty when absent.
    pub fn array_attr(self, name: &str) -> Vec<Attribute<'c>> {
        let Some(array) = self.attr(name).and_then(|a| ArrayAttribute::try_from(a).ok()) else { return vec![] };
        (0..array.len()).filter_map(|i| array.element(i).ok()).collect()
    }

    pub fn int_attr(self, name: &str) -> Option<i64> {
        IntegerAttribute::try_from(self.attr(name)?).ok().map(int_value)
    }

    pub fn type_attr(self, name: &str) -> Option<Type<'c>> {
        TypeAttribute::try_from(self.attr(name)?).ok().map(|a| a.value())
    }

    pub fn set_attr(self, name: &str, value: Attribute<'c>) {
        unsafe { mlirOperationSetAttributeByName(self.raw, string_ref(name), value.to_raw()) }
    }

    pub fn set_unit(self, name: &str) {
        self.set_attr(name, Attribute::unit(self.context()))
    }

    /// True when there was one.
    pub fn remove_attr(self, name: &str) -> bool {
        unsafe { mlirOperationRemoveAttributeByName(self.raw, string_ref(name)) }
    }

    pub fn attrs(self) -> Vec<(&'c str, Attribute<'c>)> {
        (0..unsafe { mlirOperationGetNumAttributes(self.raw) })
            .map(|i| unsafe {
                let named = mlirOperationGetAttribute(self.raw, i);
                (text(mlirIdentifierStr(named.name)), Attribute::from_raw(named.attribute))
            })
            .collect()
    }

    pub fn num_regions(self) -> usize {
        unsafe { mlirOperationGetNumRegions(self.raw) as usize }
    }

    pub fn region(self, i: usize) -> Region<'c> {
        assert!(i < self.num_regions(), "region {i} of {}", self.name());
        unsafe { Region::from_raw(mlirOperationGetRegion(self.raw, i as isize)) }
    }

    pub fn regions(self) -> Vec<Region<'c>> {
        (0..self.num_regions()).map(|i| self.region(i)).collect()
    }

    /// The only or first block of region `i`. Panics when the region is empty.
    pub fn body(self, i: usize) -> Block<'c> {
        self.region(i).first_block().unwrap_or_else(|| panic!("region {i} of {} is empty", self.name()))
    }

    pub fn successors(self) -> Vec<Block<'c>> {
        (0..unsafe { mlirOperationGetNumSuccessors(self.raw) }).map(|i| unsafe { Block::from_raw(mlirOperationGetSuccessor(self.raw, i)) }).collect()
    }

    pub fn set_successor(self, i: usize, block: Block<'c>) {
        unsafe { mlirOperationSetSuccessor(self.raw, i as isize, block.raw) }
    }

    pub fn block(self) -> Option<Block<'c>> {
        Block::from_option(unsafe { mlirOperationGetBlock(self.raw) })
    }

    pub fn parent(self) -> Option<Op<'c>> {
        Op::from_option(unsafe { mlirOperationGetParentOperation(self.raw) })
    }

    /// The nearest enclosing op of that name.
    pub fn ancestor(self, name: &str) -> Option<Op<'c>> {
        std::iter::successors(self.parent(), |o| o.parent()).find(|o| o.is(name))
    }

    pub fn next(self) -> Option<Op<'c>> {
        Op::from_option(unsafe { mlirOperationGetNextInBlock(self.raw) })
    }

    /// Deletes the op; its results must have no uses left.
    pub fn erase(self) {
        unsafe { mlirOperationDestroy(self.raw) }
    }

    /// Takes the op out of its block without deleting it.
    pub fn detach(self) {
        unsafe { mlirOperationRemoveFromParent(self.raw) }
    }

    pub fn move_before(self, other: Op<'c>) {
        unsafe { mlirOperationMoveBefore(self.raw, other.raw) }
    }

    pub fn move_after(self, other: Op<'c>) {
        unsafe { mlirOperationMoveAfter(self.raw, other.raw) }
    }

    /// A detached deep copy; nested uses of nested values are remapped, others kept.
    pub fn deep_clone(self) -> Op<'c> {
        unsafe { Op::from_raw(mlirOperationClone(self.raw)) }
    }

    pub fn verify(self) -> bool {
        unsafe { mlirOperationVerify(self.raw) }
    }

    pub fn is_before(self, other: Op<'c>) -> bool {
        unsafe { mlirOperationIsBeforeInBlock(self.raw, other.raw) }
    }

    /// Visits this op and all nested ones, outer before inner. The callback may erase the visited op's *uses*, not ops to come:
    /// to rewrite, collect first.
    pub fn walk(self, visit: &mut dyn FnMut(Op<'c>)) {
        visit(self);
        for region in self.regions() {
            for block in region.blocks() {
                for op in block.ops() {
                    op.walk(visit);
                }
            }
        }
    }

    /// This op and all nested ones that satisfy the predicate, outer before inner.
    pub fn collect(self, mut wanted: impl FnMut(Op<'c>) -> bool) -> Vec<Op<'c>> {
        let mut found = vec![];
        self.walk(&mut |op| {
            if wanted(op) {
                found.push(op)
            }
        });
        found
    }

    /// The IR text with locations.
    pub fn to_string_with_locations(self) -> String {
        let mut out = String::new();
        unsafe {
            let flags = mlirOpPrintingFlagsCreate();
            mlirOpPrintingFlagsEnableDebugInfo(flags, true, false);
            mlirOperationPrintWithFlags(self.raw, flags, Some(push_text), &mut out as *mut _ as *mut c_void);
            mlirOpPrintingFlagsDestroy(flags);
        }
        out
    }
}

impl fmt::Display for Op<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut out = String::new();
        unsafe { mlirOperationPrint(self.raw, Some(push_text), &mut out as *mut _ as *mut c_void) };
        f.write_str(&out)
    }
}

impl fmt::Debug for Op<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<'c> Value<'c> {
    pub fn ty(self) -> Type<'c> {
        unsafe { Type::from_raw(mlirValueGetType(self.raw)) }
    }

    pub fn set_type(self, ty: Type<'c>) {
        unsafe { mlirValueSetType(self.raw, ty.to_raw()) }
    }

    pub fn loc(self) -> Location<'c> {
        unsafe { Location::from_raw(mlirValueGetLocation(self.raw)) }
    }

    /// The op whose result this is.
    pub fn def(self) -> Option<Op<'c>> {
        unsafe { mlirValueIsAOpResult(self.raw).then(|| Op::from_raw(mlirOpResultGetOwner(self.raw))) }
    }

    /// The op whose result this is, when it has that name.
    pub fn def_by(self, name: &str) -> Option<Op<'c>> {
        self.def().filter(|o| o.is(name))
    }

    /// The result's or argument's number.
    pub fn number(self) -> usize {
        unsafe {
            if mlirValueIsAOpResult(self.raw) { mlirOpResultGetResultNumber(self.raw) as usize } else { mlirBlockArgumentGetArgNumber(self.raw) as usize }
        }
    }

    /// The block whose argument this is.
    pub fn owner_block(self) -> Option<Block<'c>> {
        unsafe { mlirValueIsABlockArgument(self.raw).then(|| Block::from_raw(mlirBlockArgumentGetOwner(self.raw))) }
    }

    /// The block that defines the value.
    pub fn parent_block(self) -> Option<Block<'c>> {
        self.owner_block().or_else(|| self.def().and_then(|o| o.block()))
    }

    /// Using ops with their operand numbers.
    pub fn uses(self) -> Vec<(Op<'c>, usize)> {
        let mut uses = vec![];
        unsafe {
            let mut at = mlirValueGetFirstUse(self.raw);
            while !mlirOpOperandIsNull(at) {
                uses.push((Op::from_raw(mlirOpOperandGetOwner(at)), mlirOpOperandGetOperandNumber(at) as usize));
                at = mlirOpOperandGetNextUse(at);
            }
        }
        uses
    }

    pub fn is_unused(self) -> bool {
        unsafe { mlirOpOperandIsNull(mlirValueGetFirstUse(self.raw)) }
    }

    pub fn replace_all_uses(self, with: Value<'c>) {
        unsafe { mlirValueReplaceAllUsesOfWith(self.raw, with.raw) }
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut out = String::new();
        unsafe { mlirValuePrint(self.raw, Some(push_text), &mut out as *mut _ as *mut c_void) };
        f.write_str(&out)
    }
}

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

    pub fn prepend(self, op: Op<'c>) {
        unsafe { mlirBlockInsertOwnedOperation(self.raw, 0, op.raw) }
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

/// Where new ops go.
#[derive(Clone, Copy)]
enum Point<'c> {
    End(Block<'c>),
    Before(Op<'c>),
}

/// Makes ops at an insertion point with a current location.
pub struct Builder<'c> {
    pub context: &'c Context,
    point: Cell<Point<'c>>,
    loc: Cell<Location<'c>>,
}

impl<'c> Builder<'c> {
    /// Appends to the end of the block.
    pub fn at_end(context: &'c Context, block: Block<'c>, loc: Location<'c>) -> Self {
        Builder { context, point: Cell::new(Point::End(block)), loc: Cell::new(loc) }
    }

    /// Inserts before the op, with its location.
    pub fn before(op: Op<'c>) -> Self {
        Builder { context: op.context(), point: Cell::new(Point::Before(op)), loc: Cell::new(op.loc()) }
    }

    pub fn loc(&self) -> Location<'c> {
        self.loc.get()
    }

    pub fn set_loc(&self, loc: Location<'c>) {
        self.loc.set(loc)
    }

    pub fn set_end(&self, block: Block<'c>) {
        self.point.set(Point::End(block))
    }

    pub fn set_before(&self, op: Op<'c>) {
        self.point.set(Point::Before(op))
    }

    /// The block that ops go into.
    pub fn block(&self) -> Block<'c> {
        match self.point.get() {
            Point::End(block) => block,
            Point::Before(op) => op.block().expect("the anchor is in a block"),
        }
    }

    /// Runs `build` with the insertion point at the end of `block`, then returns to the present one.
    pub fn within<R>(&self, block: Block<'c>, build: impl FnOnce() -> R) -> R {
        let saved = self.point.replace(Point::End(block));
        let result = build();
        self.point.set(saved);
        result
    }

    /// Inserts a detached op.
    pub fn insert(&self, op: Op<'c>) -> Op<'c> {
        match self.point.get() {
            Point::End(block) => block.append(op),
            Point::Before(anchor) => anchor.block().expect("the anchor is in a block").insert_before(anchor, op),
        }
        op
    }

    /// Inserts an op made by melior's typed builders.
    pub fn insert_melior(&self, op: impl Into<Operation<'c>>) -> Op<'c> {
        let raw = op.into().into_raw();
        self.insert(unsafe { Op::from_raw(raw) })
    }

    pub fn op(&self, name: &str, operands: &[Value<'c>], results: &[Type<'c>], attrs: &[(&str, Attribute<'c>)]) -> Op<'c> {
        self.op_full(name, operands, results, attrs, &[], &[])
    }

    /// An op with one result.
    pub fn val(&self, name: &str, operands: &[Value<'c>], result: Type<'c>, attrs: &[(&str, Attribute<'c>)]) -> Value<'c> {
        self.op(name, operands, &[result], attrs).result(0)
    }

    pub fn op_with_regions(&self, name: &str, operands: &[Value<'c>], results: &[Type<'c>], attrs: &[(&str, Attribute<'c>)], regions: &[Region<'c>]) -> Op<'c> {
        self.op_full(name, operands, results, attrs, regions, &[])
    }

    /// Creates and inserts; takes the regions over. Panics when MLIR refuses to create the op (an unregistered name).
    pub fn op_full(
        &self,
        name: &str,
        operands: &[Value<'c>],
        results: &[Type<'c>],
        attrs: &[(&str, Attribute<'c>)],
        regions: &[Region<'c>],
        successors: &[Block<'c>],
    ) -> Op<'c> {
        let operands: Vec<_> = operands.iter().map(|v| v.raw).collect();
        let results: Vec<_> = results.iter().map(|t| t.to_raw()).collect();
        let regions: Vec<_> = regions.iter().map(|r| r.raw).collect();
        let successors: Vec<_> = successors.iter().map(|b| b.raw).collect();
        let attrs: Vec<_> = attrs
            .iter()
            .map(|(name, value)| unsafe { mlirNamedAttributeGet(Identifier::new(self.context, name).to_raw(), value.to_raw()) })
            .collect();
        let op = unsafe {
            let mut state = mlirOperationStateGet(string_ref(name), self.loc.get().to_raw());
            mlirOperationStateAddOperands(&mut state, operands.len() as isize, operands.as_ptr());
            mlirOperationStateAddResults(&mut state, results.len() as isize, results.as_ptr());
            mlirOperationStateAddAttributes(&mut state, attrs.len() as isize, attrs.as_ptr());
            mlirOperationStateAddOwnedRegions(&mut state, regions.len() as isize, regions.as_ptr());
            mlirOperationStateAddSuccessors(&mut state, successors.len() as isize, successors.as_ptr());
            mlirOperationCreate(&mut state)
        };
        self.insert(Op::from_option(op).unwrap_or_else(|| panic!("MLIR did not create {name}")))
    }

    /// `cf.br`
    pub fn br(&self, to: Block<'c>, values: &[Value<'c>]) -> Op<'c> {
        self.op_full("cf.br", values, &[], &[], &[], &[to])
    }

    /// `cf.cond_br`
    pub fn cond_br(&self, condition: Value<'c>, then: (Block<'c>, &[Value<'c>]), otherwise: (Block<'c>, &[Value<'c>])) -> Op<'c> {
        let operands: Vec<_> = [condition].iter().chain(then.1).chain(otherwise.1).copied().collect();
        let segments = self.i32_array(&[1, then.1.len() as i32, otherwise.1.len() as i32]);
        self.op_full("cf.cond_br", &operands, &[], &[("operandSegmentSizes", segments)], &[], &[then.0, otherwise.0])
    }

    // Types.

    pub fn int(&self, bits: u32) -> Type<'c> {
        IntegerType::new(self.context, bits).into()
    }
    pub fn i1(&self) -> Type<'c> {
        self.int(1)
    }
    pub fn i64(&self) -> Type<'c> {
        self.int(64)
    }
    pub fn index(&self) -> Type<'c> {
        Type::index(self.context)
    }
    pub fn f64(&self) -> Type<'c> {
        Type::float64(self.context)
    }
    pub fn f32(&self) -> Type<'c> {
        Type::float32(self.context)
    }
    /// `!llvm.ptr`
    pub fn ptr(&self) -> Type<'c> {
        melior::dialect::llvm::r#type::pointer(self.context, 0)
    }

    // Attributes.

    /// Panics on text that is no attribute.
    pub fn parse_attr(&self, text: &str) -> Attribute<'c> {
        Attribute::parse(self.context, text).unwrap_or_else(|| panic!("no attribute: {text}"))
    }
    pub fn str(&self, text: &str) -> Attribute<'c> {
        StringAttribute::new(self.context, text).into()
    }
    pub fn symbol(&self, name: &str) -> Attribute<'c> {
        FlatSymbolRefAttribute::new(self.context, name).into()
    }
    pub fn unit(&self) -> Attribute<'c> {
        Attribute::unit(self.context)
    }
    pub fn ty_attr(&self, ty: Type<'c>) -> Attribute<'c> {
        TypeAttribute::new(ty).into()
    }
    pub fn int_attr(&self, ty: Type<'c>, value: i64) -> Attribute<'c> {
        IntegerAttribute::new(ty, value).into()
    }
    pub fn array(&self, elements: &[Attribute<'c>]) -> Attribute<'c> {
        ArrayAttribute::new(self.context, elements).into()
    }
    pub fn str_array(&self, elements: &[&str]) -> Attribute<'c> {
        self.array(&elements.iter().map(|e| self.str(e)).collect::<Vec<_>>())
    }
    pub fn i32_array(&self, elements: &[i32]) -> Attribute<'c> {
        melior::ir::attribute::DenseI32ArrayAttribute::new(self.context, elements).into()
    }
    pub fn i64_array(&self, elements: &[i64]) -> Attribute<'c> {
        DenseI64ArrayAttribute::new(self.context, elements).into()
    }

    // Constants (`arith.constant`).

    /// An integer or index constant.
    pub fn c_int(&self, ty: Type<'c>, value: i64) -> Value<'c> {
        self.val("arith.constant", &[], ty, &[("value", self.int_attr(ty, value))])
    }
    pub fn c_i64(&self, value: i64) -> Value<'c> {
        self.c_int(self.i64(), value)
    }
    pub fn c_index(&self, value: i64) -> Value<'c> {
        self.c_int(self.index(), value)
    }
    pub fn c_bool(&self, value: bool) -> Value<'c> {
        self.c_int(self.i1(), value as i64)
    }
    pub fn c_float(&self, ty: Type<'c>, value: f64) -> Value<'c> {
        self.val("arith.constant", &[], ty, &[("value", FloatAttribute::new(self.context, ty, value).into())])
    }

    /// `arith.cmpi`: eq ne slt sle sgt sge ult ule ugt uge
    pub fn cmpi(&self, predicate: &str, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        const NAMES: [&str; 10] = ["eq", "ne", "slt", "sle", "sgt", "sge", "ult", "ule", "ugt", "uge"];
        let number = NAMES.iter().position(|n| *n == predicate).unwrap_or_else(|| panic!("no predicate {predicate}"));
        self.val("arith.cmpi", &[a, b], self.i1(), &[("predicate", self.int_attr(self.i64(), number as i64))])
    }

    /// `arith.cmpf`: false oeq ogt oge olt ole one ord ueq ugt uge ult ule une uno true
    pub fn cmpf(&self, predicate: &str, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        const NAMES: [&str; 16] = ["false", "oeq", "ogt", "oge", "olt", "ole", "one", "ord", "ueq", "ugt", "uge", "ult", "ule", "une", "uno", "true"];
        let number = NAMES.iter().position(|n| *n == predicate).unwrap_or_else(|| panic!("no predicate {predicate}"));
        self.val("arith.cmpf", &[a, b], self.i1(), &[("predicate", self.int_attr(self.i64(), number as i64))])
    }

    pub fn select(&self, condition: Value<'c>, then: Value<'c>, otherwise: Value<'c>) -> Value<'c> {
        self.val("arith.select", &[condition, then, otherwise], then.ty(), &[])
    }

    /// A binary op whose result has its operands' type: `b.bin("arith.addi", x, y)`.
    pub fn bin(&self, name: &str, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        self.val(name, &[a, b], a.ty(), &[])
    }

    /// `arith.index_cast` to another integer or index type (none when equal).
    pub fn index_cast(&self, value: Value<'c>, to: Type<'c>) -> Value<'c> {
        if value.ty() == to { value } else { self.val("arith.index_cast", &[value], to, &[]) }
    }

    /// A constant's integer value, when `value` is one.
    pub fn constant_int(value: Value<'c>) -> Option<i64> {
        value.def_by("arith.constant").and_then(|o| o.int_attr("value"))
    }
}

fn int_value(attr: IntegerAttribute) -> i64 {
    let ty = attr.r#type();
    match IntegerType::try_from(ty) {
        Ok(int) if int.is_signed() => attr.signed_value(),
        Ok(int) if int.is_unsigned() => attr.unsigned_value() as i64,
        Ok(int) if int.width() == 1 => (attr.value() & 1 != 0) as i64,
        _ => attr.value(),
    }
}

/// A string attribute's text, as it is: melior's own `value` panics on an empty one.
pub fn str_value<'c>(attr: Attribute<'c>) -> Option<&'c str> {
    // SAFETY: asked of a string attribute, whose text is interned in the context.
    attr.is_string().then(|| unsafe { text(mlirStringAttrGetValue(attr.to_raw())) })
}

/// The context of a location.
pub fn location_context<'c>(loc: Location<'c>) -> &'c Context {
    // SAFETY: a location is of a live context.
    intern_context(unsafe { mlirLocationGetContext(loc.to_raw()) })
}

/// A module as an `Op`.
pub fn module_op<'c>(module: &Module<'c>) -> Op<'c> {
    unsafe { Op::from_raw(module.as_operation().to_raw()) }
}

/// Text of a type.
pub fn type_text(ty: Type) -> String {
    ty.to_string()
}

/// Reports an error at a location through MLIR's diagnostics.
pub fn emit_error(loc: Location, message: &str) {
    let Ok(message) = std::ffi::CString::new(message.replace('\0', "\\0")) else { return };
    unsafe { mlirEmitError(loc.to_raw(), message.as_ptr()) }
}

/// Parses and adds a pass pipeline; the message says what is wrong with it.
pub fn add_pipeline(manager: MlirOpPassManager, pipeline: &str) -> Result<(), String> {
    let mut message = String::new();
    let result = unsafe { mlirParsePassPipeline(manager, StringRef::new(pipeline).to_raw(), Some(push_text), &mut message as *mut _ as *mut c_void) };
    if result.value != 0 { Ok(()) } else { Err(message) }
}

/// `melior::Context` owns a raw handle; a `&Context` needs an address that holds one. One leaked word per context and thread.
fn intern_context<'c>(raw: MlirContext) -> &'c Context {
    thread_local!(static KNOWN: std::cell::RefCell<std::collections::HashMap<usize, &'static MlirContext>> = Default::default());
    let word: &'static MlirContext = KNOWN.with_borrow_mut(|known| *known.entry(raw.ptr as usize).or_insert_with(|| &*Box::leak(Box::new(raw))));
    // SAFETY: melior's `Context` is a struct of this one field; it is never dropped through the reference.
    unsafe { &*(word as *const MlirContext as *const Context) }
}
