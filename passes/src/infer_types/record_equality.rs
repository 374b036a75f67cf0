//! `==` and `!=` of records and arrays of records: comparisons of their fields, which meet in `&` or `|`. A field with axes of its own counts as a whole.

use super::body::Body;
use crate::functions::Const;
use crate::lower_python::record_of;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Builder, Op, Value};
use zouk_dialects::ty::{Record, Ty};

impl<'c> Body<'_, 'c> {
    /// Puts the comparisons of the fields in the place of one of records; gives the first op of them.
    pub(super) fn compare_records(&mut self, op: Op<'c>) -> Result<Option<Op<'c>>, Diagnostic> {
        let kind = op.str_attr("kind").unwrap_or_default();
        if !op.is("py.compare") || !matches!(kind, "eq" | "ne") {
            return Ok(None);
        }
        let types = [0, 1].map(|i| self.ty(op.operand(i)));
        let (Some(first), Some(second)) = (record_of(&types[0]), record_of(&types[1])) else { return Ok(None) };
        if !have_common_dtype(&first.of, &second.of) {
            let message = "Cannot compare structured arrays unless they have a common dtype.  I.e. `np.result_type(arr1, arr2)` must be defined.";
            let error = Diagnostic::at(ErrorClass::Typing, "bad-operands", message, op.loc());
            return Err(self.note_operands(error, op).help("compare the fields one by one, as in a['x'] == b['y']"));
        }
        let b = Builder::before(op);
        b.set_loc(op.loc());
        // So that there is an op to go on from.
        let start = self.engine.constant_op(&b, &Ty::None, &Const::None).def();
        let fields = first.of.fields.iter().map(|field| self.compare_field(&b, op, &field.name, field.shape.len()));
        let joint = if kind == "eq" { "and" } else { "or" };
        let object = self.engine.types.to_mlir(&Ty::Unknown);
        let Some(result) = fields.reduce(|x, y| b.val("py.binary", &[x, y], object, &[("kind", b.str(joint))])) else { return Ok(None) };
        op.result(0).replace_all_uses(result);
        self.forget(op);
        op.erase();
        Ok(start)
    }

    /// One field of both; the last axes, which are the field's own, are gone.
    fn compare_field(&self, b: &Builder<'c>, op: Op<'c>, name: &str, axes: usize) -> Value<'c> {
        let object = self.engine.types.to_mlir(&Ty::Unknown);
        let name = self.engine.constant_op(b, &Ty::Str, &Const::Str(name.into()));
        let sides = [0, 1].map(|i| b.val("py.getitem", &[op.operand(i), name], object, &[]));
        let kind = op.str_attr("kind").unwrap_or_default();
        let items = b.val("py.compare", &sides, object, &[("kind", b.str(kind))]);
        if axes == 0 {
            return items;
        }
        let axes: Vec<Value> = (1..=axes).map(|axis| self.engine.constant_op(b, &Ty::I64, &Const::Int(-(axis as i128)))).collect();
        let axes = b.val("py.tuple", &axes, object, &[]);
        let all = Ty::Ref(if kind == "eq" { "numpy.all" } else { "numpy.any" }.into());
        let all = b.val("py.ref", &[], self.engine.types.to_mlir(&all), &[]);
        b.val("py.call", &[all, items, axes], object, &[("keywords", b.str_array(&["axis"]))])
    }
}

/// Whether NumPy has a dtype for both: the same names in the same order, with types that meet.
fn have_common_dtype(first: &Record, second: &Record) -> bool {
    let alike = |(x, y): (&zouk_dialects::ty::Field, &zouk_dialects::ty::Field)| {
        x.name == y.name
            && x.shape == y.shape
            && match (&x.ty, &y.ty) {
                (Ty::Record(x), Ty::Record(y)) => have_common_dtype(&x.of, &y.of),
                (x, y) => zouk_dialects::ty::promote_types(x, y).is_some(),
            }
    };
    first.fields.len() == second.fields.len() && !first.fields.is_empty() && first.fields.iter().zip(&second.fields).all(alike)
}
