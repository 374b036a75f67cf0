//! What compiled code may ask of universal functions and of those under `@vectorize`: `f.nin`, `f.identity`; and `out=` as a tuple, one for each result.

use super::body::Body;
use crate::functions::{self, Const, ufuncs};
use zouk_dialects::ir::{Builder, Op, Value};
use zouk_dialects::ty::Ty;

/// How many arguments a function takes for each element, how many results it gives, and what a reduction of nothing is.
struct Ufunc {
    inputs: usize,
    outputs: Option<usize>,
    identity: Option<Const>,
}

impl<'c> Body<'_, 'c> {
    /// The function that a value stands for, if it is universal.
    fn ufunc_of(&self, ty: &Ty) -> Option<Ufunc> {
        let name = ty.as_ref_name()?;
        if let Some(symbol) = name.strip_prefix('@') {
            let source = self.engine.sources.get(symbol).filter(|source| source.has_attr("py.ufunc"))?;
            let identity = source.int_attr("py.ufunc_identity").map(|identity| Const::Int(identity as i128));
            return Some(Ufunc { inputs: source.str_array_attr("py.params").len(), outputs: None, identity });
        }
        let entry = functions::find(name).filter(|entry| ufuncs::is_elementwise(entry, 2))?;
        let short = name.strip_prefix("numpy.").filter(|short| !matches!(*short, "where" | "clip" | "round" | "around" | "round_" | "real" | "imag" | "angle" | "fix"))?;
        let inputs = entry.params.split(',').count();
        let outputs = if matches!(short, "divmod" | "modf" | "frexp") { 2 } else { 1 };
        Some(Ufunc { inputs, outputs: Some(outputs), identity: identity(short) })
    }

    /// Puts the constant in the place of `f.nin`, `f.nout`, `f.nargs` and `f.identity`; gives the op that makes it.
    pub(super) fn ufunc_attribute(&mut self, op: Op<'c>) -> Option<Op<'c>> {
        let name = op.str_attr("name").filter(|name| op.is("py.attr") && matches!(*name, "nin" | "nout" | "nargs" | "identity"))?;
        let ufunc = self.ufunc_of(&self.ty(op.operand(0)))?;
        // Of a function of the program it is known when it is called; most have one.
        let outputs = ufunc.outputs.unwrap_or(1);
        let value = match name {
            "nin" => Const::Int(ufunc.inputs as i128),
            "nout" => Const::Int(outputs as i128),
            "nargs" => Const::Int((ufunc.inputs + outputs) as i128),
            _ => ufunc.identity.unwrap_or(Const::None),
        };
        let ty = match value {
            Const::Bool(_) => Ty::Bool,
            Const::Float(_) => Ty::F64,
            Const::Int(_) => Ty::I64,
            _ => Ty::None,
        };
        let b = Builder::before(op);
        b.set_loc(op.loc());
        let constant = self.engine.constant_op(&b, &ty, &value);
        op.result(0).replace_all_uses(constant);
        self.forget(op);
        op.erase();
        constant.def()
    }

    /// `f(x, out=(a,))` is `f(x, out=a)`; with several outputs the results are copied there. Gives the op to go on from.
    pub(super) fn spread_outputs(&mut self, op: Op<'c>) -> Option<Op<'c>> {
        if !op.is("py.call") {
            return None;
        }
        let ufunc = self.ufunc_of(&self.ty(op.operand(0)))?;
        let keywords = op.str_array_attr("keywords");
        let first = op.num_operands() - keywords.len();
        let place = keywords.iter().position(|keyword| *keyword == "out")?;
        let out = op.operand(first + place);
        let Ty::Tuple(parts) = self.ty(out) else { return None };
        let wanted = ufunc.outputs.unwrap_or(parts.len());
        // With a mask the library stores several outputs.
        let masked = parts.len() > 1 && keywords.contains(&"where");
        if masked || parts.len() != wanted || parts.iter().any(|part| part.as_array().is_none() && *part != Ty::None) {
            return None;
        }
        let b = Builder::before(op);
        b.set_loc(op.loc());
        let start = self.engine.constant_op(&b, &Ty::None, &Const::None).def();
        let arrays = b.op("py.unpack", &[out], &vec![self.engine.types.to_mlir(&Ty::Unknown); parts.len()], &[]).results();
        if let [array] = arrays[..] {
            op.set_operand(first + place, array);
            return start;
        }
        let result = self.call_and_copy(&b, op, first + place, &parts, &arrays);
        op.result(0).replace_all_uses(result);
        self.forget(op);
        op.erase();
        start
    }

    fn call_and_copy(&self, b: &Builder<'c>, op: Op<'c>, place: usize, parts: &[Ty], arrays: &[Value<'c>]) -> Value<'c> {
        let object = self.engine.types.to_mlir(&Ty::Unknown);
        let first = op.num_operands() - op.str_array_attr("keywords").len();
        let (mut operands, mut keywords) = (op.operands(), op.str_array_attr("keywords"));
        operands.remove(place);
        keywords.remove(place - first);
        let named = if keywords.is_empty() { vec![] } else { vec![("keywords", b.str_array(&keywords))] };
        let results = b.val("py.call", &operands, object, &named);
        let results = b.op("py.unpack", &[results], &vec![object; arrays.len()], &[]).results();
        let copy = b.val("py.ref", &[], self.engine.types.to_mlir(&Ty::Ref("numpy.copyto".into())), &[]);
        let given = parts.iter().zip(arrays).zip(results).map(|((part, array), result)| match part {
            Ty::None => result,
            _ => {
                b.val("py.call", &[copy, *array, result], object, &[]);
                *array
            }
        });
        b.val("py.tuple", &given.collect::<Vec<_>>(), object, &[])
    }
}

/// NumPy's, of its own functions.
fn identity(short: &str) -> Option<Const> {
    Some(match short {
        "add" | "bitwise_or" | "bitwise_xor" | "gcd" | "hypot" => Const::Int(0),
        "multiply" => Const::Int(1),
        "bitwise_and" => Const::Int(-1),
        "logical_and" => Const::Bool(true),
        "logical_or" | "logical_xor" => Const::Bool(false),
        "logaddexp" | "logaddexp2" => Const::Float(f64::NEG_INFINITY),
        _ => return None,
    })
}
