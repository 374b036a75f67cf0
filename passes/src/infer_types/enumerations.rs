//! Members of enumerations: their class and their value. They are compared with each other, have a value, and are nothing else.
//!
//! A member is a tuple with a name for its value; here is refused what tuples can do and members cannot.

use super::body::Body;
use crate::functions::Const;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Builder, Op, Value};
use zouk_dialects::ty::{ENUMERATION, Ty};

impl<'c> Body<'_, 'c> {
    /// The class of the enumeration that a value is a member of.
    fn enumeration(&self, value: Value<'c>) -> Option<&str> {
        match self.facts.types.get(&value) {
            Some(Ty::Named(names, _)) if names.class.starts_with(ENUMERATION) => Some(&names.class),
            _ => None,
        }
    }

    /// Decides comparisons that classes decide, and refuses what members do not take part in; gives the op to go on from when another one stands there.
    pub(super) fn member_op(&mut self, op: Op<'c>) -> Result<Option<Op<'c>>, Diagnostic> {
        let places = match op.name() {
            "py.compare" | "py.binary" => 0..2,
            "py.unary" | "py.unpack" | "py.getitem" | "py.for" => 0..1,
            "py.call" => 1..op.num_operands(),
            _ => return Ok(None),
        };
        if !places.clone().any(|i| self.enumeration(op.operand(i)).is_some()) {
            return Ok(None);
        }
        match op.name() {
            "py.compare" => self.compare_members(op),
            "py.call" if !self.is_of_numbers(op) => Ok(None),
            _ => Err(self.no_operand(op)),
        }
    }

    /// A call of one of Python's or NumPy's functions that looks at values.
    fn is_of_numbers(&self, op: Op<'c>) -> bool {
        let callee = self.ty(op.operand(0));
        let name = callee.as_ref_name().unwrap_or_default();
        let asks = matches!(name, "builtins.isinstance" | "builtins.print" | "builtins.getattr" | "builtins.hasattr" | "builtins.tuple" | "builtins.list");
        !asks && ["builtins.", "math.", "cmath.", "numpy.", "operator."].iter().any(|module| name.starts_with(module))
    }

    fn no_operand(&self, op: Op<'c>) -> Diagnostic {
        let error = Diagnostic::at(ErrorClass::Typing, "bad-operand", "a member of an enumeration is no operand here", op.loc());
        self.note_operands(error, op).help("take its value, as in `member.value`")
    }

    fn compare_members(&mut self, op: Op<'c>) -> Result<Option<Op<'c>>, Diagnostic> {
        let kind = op.str_attr("kind").unwrap_or_default();
        let equal = match kind {
            "eq" | "is" => true,
            "ne" | "is_not" => false,
            "in" | "not_in" => return Ok(None),
            _ => return Err(self.no_operand(op)),
        };
        let open = |ty: Ty| ty.has_unknown() || matches!(ty, Ty::None | Ty::Optional(_) | Ty::Maybe(_));
        if [0, 1].into_iter().any(|i| open(self.ty(op.operand(i)))) {
            return Ok(None);
        }
        let b = Builder::before(op);
        b.set_loc(op.loc());
        if self.enumeration(op.operand(0)) == self.enumeration(op.operand(1)) {
            // There is one member of a value.
            op.set_attr("kind", b.str(if equal { "eq" } else { "ne" }));
            return Ok(None);
        }
        let decided = self.engine.constant_op(&b, &Ty::Bool, &Const::Bool(!equal));
        op.result(0).replace_all_uses(decided);
        self.forget(op);
        op.erase();
        Ok(decided.def())
    }
}
