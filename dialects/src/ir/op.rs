//! What an operation is asked, and how it is changed.

use super::*;

// SAFETY (of all unsafe blocks here): handles are valid by the contract of `ir`; the C API has no other precondition than those that the
// functions' documentation repeats.
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
        IntegerAttribute::try_from(self.attr(name)?).ok().and_then(int_value)
    }

    /// The numbers of `array<i64: …>`; none when absent.
    pub fn i64_array_attr(self, name: &str) -> Vec<i64> {
        let Some(array) = self.attr(name).and_then(|a| DenseI64ArrayAttribute::try_from(a).ok()) else { return vec![] };
        (0..array.len()).filter_map(|i| array.element(i).ok()).collect()
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
        self.text_with_locations(false)
    }

    /// The same in the form that all ops have: MLIR takes it of its own accord where what is around the op does not verify.
    pub fn to_generic_with_locations(self) -> String {
        self.text_with_locations(true)
    }

    fn text_with_locations(self, generic: bool) -> String {
        let mut out = String::new();
        unsafe {
            let flags = mlirOpPrintingFlagsCreate();
            if generic {
                mlirOpPrintingFlagsPrintGenericOpForm(flags);
            }
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
