//! Values: types, definitions, uses.

use super::*;

// SAFETY (of all unsafe blocks here): handles are valid by the contract of `ir`; the C API has no other precondition than those that the
// functions' documentation repeats.
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
