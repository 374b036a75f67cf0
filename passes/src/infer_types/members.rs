//! `getattr(x, "name")`, `getattr(x, "name", default)` and `hasattr(x, "name")` with constant names: what there is of them types decide.

use super::body::Body;
use crate::functions::{self, Const, receiver_class};
use crate::library;
use crate::lower_python::record_of;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Builder, Op};
use zouk_dialects::ty::Ty;

impl<'c> Body<'_, 'c> {
    /// Puts the attribute, the default or the answer in the place of the call; gives the op to go on from.
    pub(super) fn member_call(&mut self, op: Op<'c>) -> Result<Option<Op<'c>>, Diagnostic> {
        let callee = op.is("py.call").then(|| self.ty(op.operand(0)));
        let asks = match callee.as_ref().and_then(|ty| ty.as_ref_name()) {
            Some("builtins.getattr") => false,
            Some("builtins.hasattr") => true,
            _ => return Ok(None),
        };
        let given = op.num_operands() - 1;
        let wanted = if asks { 2..=2 } else { 2..=3 };
        if op.has_attr("keywords") || op.has_attr("py.stars") || !wanted.contains(&given) || self.ty(op.operand(1)).has_unknown() {
            return Ok(None);
        }
        let Some(Const::Str(name)) = self.constant(op.operand(2)) else {
            let error = Diagnostic::at(ErrorClass::Typing, "not-constant", "the name of the attribute must be a constant string", op.loc());
            return Err(error.help("write it in the call, or make it a global"));
        };
        let there = self.has_member(op, &name);
        let b = Builder::before(op);
        b.set_loc(op.loc());
        let value = if asks {
            self.engine.constant_op(&b, &Ty::Bool, &Const::Bool(there))
        } else if there || given == 2 {
            let object = self.engine.types.to_mlir(&Ty::Unknown);
            b.val("py.attr", &[op.operand(1)], object, &[("name", b.str(&name))])
        } else {
            // So that there is an op to go on from.
            let start = self.engine.constant_op(&b, &Ty::None, &Const::None).def();
            op.result(0).replace_all_uses(op.operand(3));
            self.forget(op);
            op.erase();
            return Ok(start);
        };
        op.result(0).replace_all_uses(value);
        self.forget(op);
        op.erase();
        Ok(value.def())
    }

    /// Whether values of the type have an attribute or a method of that name.
    fn has_member(&self, op: Op<'c>, name: &str) -> bool {
        let value = op.operand(1);
        if let Some(there) = self.class_has(value, name) {
            return there;
        }
        let ty = match self.ty(value) {
            Ty::Optional(inner) => *inner,
            ty => ty,
        };
        if let Ty::Named(names, _) = &ty
            && names.fields.iter().any(|field| field == name)
        {
            return true;
        }
        let paths = [format!("{}.{name}", receiver_class(&ty)), format!("{}.{name}()", receiver_class(&ty))];
        let in_library = |path: &String| library::get().is_some_and(|library| library.symbol(path).is_some());
        record_of(&ty).is_some_and(|record| record.of.field(name).is_some()) || paths.iter().any(|path| functions::find(path).is_some() || in_library(path))
    }
}
