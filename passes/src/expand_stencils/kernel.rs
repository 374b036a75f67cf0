//! What a stencil's kernel reads: its relative indices, and how far they reach.

use super::{CVAL, NEIGHBORHOOD, STANDARD, STENCIL};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Attribute, AttributeLike, DenseI64ArrayAttribute, Location, Op, Value};

/// The places outside of the array that a kernel reads are, along each axis, …
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// not read: the border has one value.
    Constant,
    /// those of the array again: `a b c | a b c | a b c`
    Wrap,
    /// those of the array, mirrored with its edges: `c b a | a b c | c b a`
    Reflect,
    /// the nearest ones: `a a a | a b c | c c c`
    Nearest,
}

/// A number that may be known at run time only.
pub enum Offset<'c> {
    Known(i64),
    Computed(Value<'c>),
}

/// What a relative index says of an axis.
pub enum Part<'c> {
    At(Offset<'c>),
    Slice { lower: Offset<'c>, upper: Offset<'c>, step: Value<'c> },
}

/// A `py.getitem` of a parameter with a relative index.
pub struct Access<'c> {
    pub op: Op<'c>,
    pub param: usize,
    pub parts: Vec<Part<'c>>,
}

pub struct Kernel<'c> {
    pub function: Op<'c>,
    pub params: Vec<&'c str>,
    pub mode: Mode,
    pub cval: Option<Attribute<'c>>,
    /// How many of the first parameters are variables that the kernel has captured; they are indexed as usual.
    pub captures: usize,
    /// Which parameters are indexed relatively.
    pub relative: Vec<bool>,
    /// For each axis the least and the greatest relative index.
    pub neighborhood: Vec<(i64, i64)>,
    /// The kernel is a function of elements and of numbers: all its relative indices are places that are known.
    pub elementwise: bool,
}

impl<'c> Kernel<'c> {
    pub fn new(function: Op<'c>) -> Result<Self, Diagnostic> {
        let params = function.str_array_attr("py.params");
        let (standard, captures) = (function.str_array_attr(STANDARD), function.int_attr("py.captures").unwrap_or(0) as usize);
        if let Some(unknown) = standard.iter().find(|name| !params.contains(name)) {
            let message = format!("standard indexing requested for an array name not present in the stencil kernel definition: `{unknown}`");
            return Err(bad(function.loc(), message, "name parameters of the kernel in standard_indexing="));
        }
        if params.get(captures).is_none_or(|first| standard.contains(first)) {
            let message = "the first argument to a stencil kernel must use relative indexing, not standard indexing";
            return Err(bad(function.loc(), message, "put the array that is indexed relatively first"));
        }
        if params.contains(&"out") {
            return Err(bad(function.loc(), "a stencil kernel has no parameter named `out`", "rename it: `out=` is where the results of the stencil go"));
        }
        let body = function.body(0);
        let relative: Vec<bool> = params.iter().enumerate().map(|(i, name)| i >= captures && !standard.contains(name) && is_subscripted(body.arg(i))).collect();
        // None is no number, which functions of elements take.
        let may_be_none = function.array_attr("py.defaults").iter().any(|default| default.is_unit());
        let mut whole = !standard.is_empty() || may_be_none || (0..captures).any(|i| is_subscripted(body.arg(i)));
        for (i, name) in params.iter().enumerate() {
            whole |= check_uses(body.arg(i), name, relative[i])?;
        }
        let accesses = accesses(function, &relative)?;
        let Some(first) = accesses.first() else {
            return Err(bad(function.loc(), "stencil kernel with no accesses to relatively indexed arrays", "subscript a parameter, as in a[0]"));
        };
        let rank = first.parts.len();
        let given = function.attr(NEIGHBORHOOD).and_then(|attribute| DenseI64ArrayAttribute::try_from(attribute).ok());
        let given: Option<Vec<i64>> = given.map(|list| (0..list.len()).filter_map(|i| list.element(i).ok()).collect());
        let given: Option<Vec<(i64, i64)>> = given.map(|bounds| bounds.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect());
        if let Some(given) = given.as_ref().filter(|given| given.len() != rank) {
            let message = format!("{} dimensional neighborhood specified for {rank} dimensional indices", given.len());
            return Err(bad(first.op.loc(), message, "give a pair for each axis: neighborhood=((-1, 1), (-1, 1))"));
        }
        let neighborhood = reach(&accesses, rank, given)?;
        let places = |access: &Access| access.parts.iter().all(|part| matches!(part, Part::At(Offset::Known(_))));
        let elementwise = !whole && accesses.iter().all(places);
        let mode = match function.str_attr(STENCIL) {
            Some("wrap") => Mode::Wrap,
            Some("reflect") => Mode::Reflect,
            Some("nearest") => Mode::Nearest,
            _ => Mode::Constant,
        };
        if let Some(slice) = accesses.iter().find(|access| mode != Mode::Constant && access.parts.iter().any(|part| matches!(part, Part::Slice { .. }))) {
            return Err(bad(slice.op.loc(), "a stencil kernel takes slices only where the border has one value", "use the mode \"constant\", or read the elements one by one"));
        }
        Ok(Kernel { function, params, mode, cval: function.attr(CVAL), captures, relative, neighborhood, elementwise })
    }

    pub fn rank(&self) -> usize {
        self.neighborhood.len()
    }

    /// How many places at the beginning and at the end of each axis are border.
    pub fn margins(&self) -> (Vec<i64>, Vec<i64>) {
        self.neighborhood.iter().map(|(least, greatest)| ((-least).max(0), (*greatest).max(0))).unzip()
    }
}

pub fn bad(at: Location, message: impl Into<String>, help: &str) -> Diagnostic {
    Diagnostic::at(ErrorClass::Value, "bad-stencil", message, at).help(help)
}

fn is_subscripted(array: Value) -> bool {
    array.uses().into_iter().any(|(op, number)| number == 0 && op.is("py.getitem"))
}

/// Whether a relative array is used as a whole too. No parameter may be written to, and no other name stand for a relative one.
fn check_uses(param: Value, name: &str, relative: bool) -> Result<bool, Diagnostic> {
    let mut whole = false;
    for (op, number) in param.uses() {
        if number == 0 && (op.is("py.setitem") || op.is("py.binary") && op.has_attr("inplace")) {
            return Err(bad(op.loc(), "assignments to arrays passed to stencil kernels is not allowed", "return the value for the point"));
        }
        if relative && matches!(op.name(), "py.yield" | "py.for" | "py.while" | "py.break" | "py.continue" | "py.condition" | "py.tuple" | "py.list") {
            let message = format!("`{name}`, which a stencil kernel indexes relatively, is given another name or put into a tuple");
            return Err(bad(op.loc(), message, "subscript the parameter itself"));
        }
        whole |= relative && !(number == 0 && op.is("py.getitem"));
    }
    Ok(whole)
}

/// The relative accesses of a function, outer and earlier ones first.
pub fn accesses<'c>(function: Op<'c>, relative: &[bool]) -> Result<Vec<Access<'c>>, Diagnostic> {
    let body = function.body(0);
    let arrays: Vec<Value<'c>> = body.args();
    let mut found = vec![];
    for op in function.collect(|op| op.is("py.getitem")) {
        let Some(param) = arrays.iter().position(|array| *array == op.operand(0)).filter(|i| relative[*i]) else { continue };
        let index = op.operand(1);
        let parts = index.def_by("py.tuple").map_or_else(|| vec![index], |tuple| tuple.operands());
        let parts = parts.into_iter().map(|value| part(op, value)).collect::<Result<Vec<_>, _>>()?;
        let rank = found.first().map_or(parts.len(), |first: &Access| first.parts.len());
        if parts.len() != rank || rank == 0 {
            let message = format!("a stencil kernel indexes arrays with {} and with {rank} dimensions", parts.len());
            return Err(bad(op.loc(), message, "give an index for each axis"));
        }
        found.push(Access { op, param, parts });
    }
    Ok(found)
}

fn part<'c>(op: Op<'c>, value: Value<'c>) -> Result<Part<'c>, Diagnostic> {
    if let Some(slice) = value.def_by("py.slice") {
        let [lower, upper, step] = [slice.operand(0), slice.operand(1), slice.operand(2)];
        if is_none(lower) || is_none(upper) || !(is_none(step) || known(step).is_some_and(|step| step > 0)) {
            return Err(bad(op.loc(), "a slice in a stencil kernel needs both bounds, and a positive step", "write a[-1:2] for the elements from -1 to 1"));
        }
        return Ok(Part::Slice { lower: offset(lower), upper: offset(upper), step });
    }
    if value.def_by("py.constant").is_some() && known(value).is_none() {
        return Err(bad(op.loc(), "a relative index of a stencil kernel is an integer or a slice for each axis", "write a[0, 1]"));
    }
    Ok(Part::At(offset(value)))
}

fn offset(value: Value) -> Offset {
    known(value).map_or(Offset::Computed(value), Offset::Known)
}

fn is_none(value: Value) -> bool {
    value.def_by("py.constant").is_some_and(|op| op.attr("value").is_some_and(|value| value.is_unit()))
}

/// The integer that a value is known to be.
pub fn known(value: Value) -> Option<i64> {
    let op = value.def()?;
    match op.name() {
        "py.constant" => op.int_attr("value").filter(|_| !matches!(value.ty().to_string().as_str(), "i1")),
        "py.unary" => match op.str_attr("kind")? {
            "neg" => known(op.operand(0))?.checked_neg(),
            "pos" => known(op.operand(0)),
            _ => None,
        },
        "py.binary" => {
            let (a, b) = (known(op.operand(0))?, known(op.operand(1))?);
            match op.str_attr("kind")? {
                "add" => a.checked_add(b),
                "sub" => a.checked_sub(b),
                "mul" => a.checked_mul(b),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Farther than any array reaches; sums of such numbers do not overflow.
const FAR: i64 = 1 << 40;

/// The neighborhood: as given, else what the constant indices need.
fn reach(accesses: &[Access], rank: usize, given: Option<Vec<(i64, i64)>>) -> Result<Vec<(i64, i64)>, Diagnostic> {
    let mut reached = given.clone().unwrap_or_else(|| vec![(0, 0); rank]);
    for access in accesses {
        for (axis, part) in access.parts.iter().enumerate() {
            let bounds: &[(&Offset, i64)] = match part {
                Part::At(at) => &[(at, 0)],
                Part::Slice { lower, upper, .. } => &[(lower, 0), (upper, 1)],
            };
            for (offset, past) in bounds {
                let Offset::Known(number) = offset else {
                    if given.is_none() {
                        let message = "stencil kernel index is not constant, 'neighborhood' option required";
                        return Err(bad(access.op.loc(), message, "say how far it reaches: neighborhood=((-1, 1),)"));
                    }
                    continue;
                };
                let place = number.saturating_sub(*past);
                let (least, greatest) = &mut reached[axis];
                if place.abs() > FAR || given.is_some() && (*number < *least || place > *greatest) {
                    let message = format!("index {number} of the stencil kernel is outside of its neighborhood from {least} to {greatest} along axis {axis}");
                    return Err(bad(access.op.loc(), message, "widen the neighborhood"));
                }
                *least = place.min(*least);
                *greatest = place.max(*greatest);
            }
        }
    }
    Ok(reached)
}
