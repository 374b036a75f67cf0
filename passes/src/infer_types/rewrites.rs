//! Ops that stand for others: `point._replace(x=1)` and `point._fields` of tuples with names, slices and comparisons of
//! ranges, and `pow` of arrays.

use super::body::Body;
use crate::functions::Const;
use zouk_dialects::ir::{Builder, IntegerAttribute, Op, Value};
use zouk_dialects::ty::{ENUMERATION, Names, Ty};

impl<'c> Body<'_, 'c> {
    /// Puts what the op stands for in its place; gives the first op of it.
    pub(super) fn rewritten(&mut self, op: Op<'c>) -> Option<Op<'c>> {
        let b = Builder::before(op);
        b.set_loc(op.loc());
        let value = match op.name() {
            "py.call_method" => self.replaced_fields(op, &b),
            "py.attr" => self.field_names(op, &b),
            "py.getitem" => self.sliced_range(op, &b),
            "py.compare" => self.compared_ranges(op, &b),
            "py.call" => self.power_of_arrays(op, &b),
            _ => None,
        };
        let (first, value) = value?;
        op.result(0).replace_all_uses(value);
        self.forget(op);
        op.erase();
        first.def()
    }

    /// `point._replace(x=1)`: a tuple of the same class.
    fn replaced_fields(&self, op: Op<'c>, b: &Builder<'c>) -> Option<(Value<'c>, Value<'c>)> {
        let Ty::Named(names, _) = self.ty(op.operand(0)) else { return None };
        let keywords = op.str_array_attr("keywords");
        let known = keywords.iter().all(|keyword| names.fields.iter().any(|field| field == keyword));
        if op.str_attr("name") != Some("_replace") || op.num_operands() != keywords.len() + 1 || !known || names.class.starts_with(ENUMERATION) {
            return None;
        }
        let object = self.engine.types.to_mlir(&Ty::Unknown);
        let text = self.engine.constant_op(b, &Ty::Str, &Const::Str(names.to_string()));
        let item = |(i, field): (usize, &String)| match keywords.iter().position(|keyword| keyword == field) {
            Some(place) => op.operand(place + 1),
            None => b.val("py.getitem", &[op.operand(0), self.place(b, i)], object, &[]),
        };
        let items: Vec<_> = names.fields.iter().enumerate().map(item).collect();
        let items = b.val("py.tuple", &items, object, &[]);
        Some((text, self.called(b, "zouk.library.named", &[text, items])))
    }

    /// `point._fields`
    fn field_names(&self, op: Op<'c>, b: &Builder<'c>) -> Option<(Value<'c>, Value<'c>)> {
        let Ty::Named(names, _) = self.ty(op.operand(0)) else { return None };
        let Names { class, fields } = &*names;
        if op.str_attr("name") != Some("_fields") || class.starts_with(ENUMERATION) {
            return None;
        }
        let texts: Vec<_> = fields.iter().map(|field| self.engine.constant_op(b, &Ty::Str, &Const::Str(field.clone()))).collect();
        let first = *texts.first()?;
        Some((first, b.val("py.tuple", &texts, self.engine.types.to_mlir(&Ty::Unknown), &[])))
    }

    /// `range(…)[i:j:k]`
    fn sliced_range(&self, op: Op<'c>, b: &Builder<'c>) -> Option<(Value<'c>, Value<'c>)> {
        let signed = matches!(self.ty(op.operand(0)), Ty::Range(item) if item.is_signed());
        if !signed || !matches!(self.ty(op.operand(1)), Ty::Slice(_)) {
            return None;
        }
        let call = self.called(b, "@library/builtins._sliced_range", &op.operands());
        Some((call.def()?.operand(0), call))
    }

    /// `==` and `!=` of ranges: of the items that they have.
    fn compared_ranges(&self, op: Op<'c>, b: &Builder<'c>) -> Option<(Value<'c>, Value<'c>)> {
        let kind = op.str_attr("kind").filter(|kind| matches!(*kind, "eq" | "ne"))?;
        if !(0..2).all(|i| matches!(self.ty(op.operand(i)), Ty::Range(item) if item.is_signed())) {
            return None;
        }
        let call = self.called(b, "@library/builtins._are_equal_ranges", &op.operands());
        let first = call.def()?.operand(0);
        let object = self.engine.types.to_mlir(&Ty::Unknown);
        Some((first, if kind == "eq" { call } else { b.val("py.unary", &[call], object, &[("kind", b.str("not"))]) }))
    }

    /// `pow(base, exponent)` with an array is `base ** exponent`.
    fn power_of_arrays(&self, op: Op<'c>, b: &Builder<'c>) -> Option<(Value<'c>, Value<'c>)> {
        let of_arrays = op.num_operands() == 3 && !op.has_attr("keywords") && (1..3).any(|i| self.ty(op.operand(i)).as_array().is_some());
        if !of_arrays || self.ty(op.operand(0)).as_ref_name() != Some("builtins.pow") {
            return None;
        }
        let power = b.val("py.binary", &op.operands()[1..], self.engine.types.to_mlir(&Ty::Unknown), &[("kind", b.str("pow"))]);
        Some((power, power))
    }

    fn place(&self, b: &Builder<'c>, i: usize) -> Value<'c> {
        let int = self.engine.types.to_mlir(&Ty::I64);
        b.val("py.constant", &[], int, &[("value", IntegerAttribute::new(int, i as i64).into())])
    }
}
