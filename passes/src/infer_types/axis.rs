//! `axis=k` with a `k` that is known only at run time: one call for each axis that there is, with that axis as a constant. Of a tuple of axes one is chosen after the other.
//!
//! What a call gives has the same type for every axis, but for the layout; where that is not so, the calls cannot be joined.

use super::body::Body;
use crate::functions::{self, Const, Function, receiver_class};
use crate::library;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, IntegerAttribute, Op, Region, Value};
use zouk_dialects::ty::Ty;

/// Raises AxisError, or gives the axis counted from the first one.
const CHECKED: &str = "@library/numpy._checked_axis";

/// Parameters that are an axis. What is wrong with those after the first is said with their name.
const PARAMETERS: [&str; 3] = ["axis", "axis1", "axis2"];

/// A call whose axis is to be chosen at run time.
struct Choice<'c> {
    call: Op<'c>,
    /// The operand that is the axis.
    place: usize,
    /// How many axes there are.
    count: usize,
    /// The parameter's name.
    name: &'static str,
    /// Which element of a tuple of axes it is.
    element: Option<usize>,
}

/// With more than these there would be too many calls.
const MAX_CALLS: usize = 64;

impl<'c> Choice<'c> {
    fn with_axis(&self, b: &Builder<'c>, body: &Body<'_, 'c>, axis: Value<'c>) -> Value<'c> {
        let call = self.call.deep_clone();
        let tuple = self.call.operand(self.place);
        let axis = match (self.element, body.ty(tuple).as_tuple()) {
            (Some(element), Some(parts)) => {
                let parts: Vec<_> = (0..parts.len()).map(|i| if i == element { axis } else { body.axis_of(b, tuple, i) }).collect();
                b.val("py.tuple", &parts, body.engine.types.to_mlir(&Ty::Unknown), &[])
            }
            _ => axis,
        };
        call.set_operand(self.place, axis);
        b.insert(call).result(0)
    }
}

impl<'c> Body<'_, 'c> {
    /// Puts the calls for all axes in the place of a call with an axis known at run time; gives the first op of them.
    pub(super) fn choose_axis(&mut self, op: Op<'c>) -> Result<Option<Op<'c>>, Diagnostic> {
        if library::get().is_none() {
            return Ok(None);
        }
        let Some(choice) = self.axis_choice(op)? else { return Ok(None) };
        let b = Builder::before(op);
        b.set_loc(op.loc());
        let types = &self.engine.types;
        let checked = b.val("py.ref", &[], types.to_mlir(&Ty::Ref(CHECKED.into())), &[]);
        let count = self.int(&b, choice.count);
        let chosen = choice.element.map_or(op.operand(choice.place), |element| self.axis_of(&b, op.operand(choice.place), element));
        let mut arguments = vec![checked, chosen, count];
        if choice.name != PARAMETERS[0] {
            arguments.push(self.engine.constant_op(&b, &Ty::Str, &Const::Str(choice.name.into())));
        }
        let axis = b.val("py.call", &arguments, types.to_mlir(&Ty::Unknown), &[]);
        let result = self.call_for_axis(&b, &choice, axis, 0);
        op.result(0).replace_all_uses(result);
        self.forget(op);
        op.erase();
        Ok(checked.def())
    }

    /// The call for `axis`, which is not before `first`.
    fn call_for_axis(&self, b: &Builder<'c>, choice: &Choice<'c>, axis: Value<'c>, first: usize) -> Value<'c> {
        let number = self.int(b, first);
        if first + 1 == choice.count {
            return choice.with_axis(b, self, number);
        }
        let object = self.engine.types.to_mlir(&Ty::Unknown);
        let here = b.val("py.compare", &[axis, number], object, &[("kind", b.str("eq"))]);
        let here = b.val("py.truth", &[here], b.i1(), &[]);
        let branches = [true, false].map(|here| {
            let region = Region::new();
            b.within(region.add_block(&[]), || {
                let value = if here { choice.with_axis(b, self, number) } else { self.call_for_axis(b, choice, axis, first + 1) };
                b.op("py.yield", &[value], &[], &[]);
            });
            region
        });
        b.op_with_regions("py.if", &[here], &[object], &[], &branches).result(0)
    }

    /// An element of a tuple of axes, with the constant that it is.
    fn axis_of(&self, b: &Builder<'c>, tuple: Value<'c>, element: usize) -> Value<'c> {
        if let Some(Const::Int(value)) = self.constant(tuple).and_then(|tuple| tuple.part(element)) {
            let int = self.engine.types.to_mlir(&Ty::I64);
            return b.val("py.constant", &[], int, &[("value", IntegerAttribute::new(int, value as i64).into())]);
        }
        let number = self.int(b, element);
        b.val("py.getitem", &[tuple, number], self.engine.types.to_mlir(&Ty::Unknown), &[])
    }

    fn int(&self, b: &Builder<'c>, value: usize) -> Value<'c> {
        let int = self.engine.types.to_mlir(&Ty::I64);
        b.val("py.constant", &[], int, &[("value", IntegerAttribute::new(int, value as i64).into())])
    }

    fn axis_choice(&mut self, op: Op<'c>) -> Result<Option<Choice<'c>>, Diagnostic> {
        let Some((name, first)) = self.numpy_call(op) else { return Ok(None) };
        for parameter in PARAMETERS {
            if let Some(place) = self.operand_for(op, &name, first, parameter)?
                && let Some(count) = self.count_axes(op, &name, first, place)?
            {
                let element = self.first_unknown(op.operand(place));
                return Ok(Some(Choice { call: op, place, count, name: parameter, element }));
            }
        }
        Ok(None)
    }

    /// How many axes there are to choose from, if the operand at `place` is an axis known at run time.
    fn count_axes(&mut self, op: Op<'c>, name: &str, first: usize, place: usize) -> Result<Option<usize>, Diagnostic> {
        let axis = op.operand(place);
        if matches!(self.ty(axis), Ty::List(_)) && (functions::reductions::is_reduction(name) || name.ends_with(".squeeze") || name == "array.squeeze()") {
            let error = self.error("bad-call", "axis must be an integer or a tuple of integers, not a list", op.loc());
            return Err(error.help("write the axes as a tuple"));
        }
        let several = self.first_unknown(axis).map(|_| self.ty(axis).as_tuple().map_or(0, <[Ty]>::len));
        if several.is_none() && (!self.ty(axis).is_int() || self.constant(axis).is_some()) || op.num_operands() <= first {
            return Ok(None);
        }
        let array = first + (name == "numpy.compress" || name.starts_with("ufunc.")) as usize;
        let Some(rank) = (array < op.num_operands()).then(|| rank_of(&self.ty(op.operand(array)))).flatten() else { return Ok(None) };
        // The function that joins arrays along one of their axes is given a tuple of them; new axes stand among the others.
        let count = match name {
            "numpy.concatenate" | "numpy.concat" => rank.saturating_sub(1),
            "numpy.expand_dims" => rank + 1,
            _ => rank,
        };
        let calls = count.saturating_pow(several.unwrap_or(1) as u32);
        Ok((count > 0 && calls <= MAX_CALLS && !(several.is_some() && name == "numpy.expand_dims")).then_some(count))
    }

    /// The first element of a tuple of axes that is known only at run time.
    fn first_unknown(&self, axes: Value<'c>) -> Option<usize> {
        let ty = self.ty(axes);
        let parts = ty.as_tuple().filter(|parts| !parts.is_empty() && parts.iter().all(Ty::is_int))?;
        let constant = self.constant(axes);
        let known = |i: usize| matches!(constant.as_ref().and_then(|tuple| tuple.part(i)), Some(Const::Int(_)));
        (0..parts.len()).find(|i| !known(*i))
    }

    /// The function of NumPy or method of an array or of a universal function that is called, and which operand its first argument is.
    pub(super) fn numpy_call(&self, op: Op<'c>) -> Option<(String, usize)> {
        if op.is("py.call_method") {
            let receiver = self.ty(op.operand(0));
            let vectorized = receiver.as_ref_name().and_then(|name| name.strip_prefix('@')).is_some_and(|symbol| self.is_vectorized(symbol));
            if vectorized || receiver_class(&receiver) == "ufunc" {
                return Some((format!("ufunc.{}()", op.str_attr("name")?), 0));
            }
            receiver.as_array()?;
            return Some((format!("{}.{}()", receiver_class(&receiver), op.str_attr("name")?), 0));
        }
        let function = op.is("py.call").then(|| self.ty(op.operand(0)))?;
        let name = function.as_ref_name().filter(|name| name.starts_with("numpy."))?;
        Some((name.to_string(), 1))
    }

    /// The operand for a parameter, of the table's entry or of the library's function.
    pub(super) fn operand_for(&mut self, op: Op<'c>, name: &str, first: usize, parameter: &str) -> Result<Option<usize>, Diagnostic> {
        let keywords = op.str_array_attr("keywords");
        let given = op.num_operands() - keywords.len();
        if let Some(k) = keywords.iter().position(|keyword| *keyword == parameter) {
            return Ok(Some(given + k));
        }
        if given <= first + 1 {
            return Ok(None);
        }
        let in_entry = functions::find(name).and_then(|entry| position_of(entry, parameter));
        let place = match in_entry {
            Some(place) => Some(place),
            None => self.engine.library_function(name)?.and_then(|symbol| {
                let source = self.engine.sources.get(symbol.as_str())?;
                source.str_array_attr("py.params").iter().position(|param| *param == parameter)
            }),
        };
        Ok(place.map(|place| first + place).filter(|place| *place < given))
    }
}

fn position_of(entry: &Function, parameter: &str) -> Option<usize> {
    entry.params.split(',').position(|param| param.trim().trim_end_matches('=') == parameter)
}

/// The number of axes of an array, or of the array that a tuple or list is made into.
fn rank_of(ty: &Ty) -> Option<usize> {
    functions::nested(ty).ok().map(|(shape, _)| shape.len())
}
