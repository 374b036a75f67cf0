//! NumPy's reductions, as functions and as methods: `axis=` (also tuples), `keepdims=`, `dtype=`, `out=`, `initial=`, `where=`, `ddof=` for all that have them.
//!
//! The types are here; `lower_python/reductions.rs` has the code. Sums of floats are blocked and compensated: at least as exact as NumPy's pairwise ones.

use super::rules::*;
use super::{Bound, CallError, Const, Function, TyArg};
use zouk_dialects::ty::{Array, Time, Ty};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Sum,
    Prod,
    Min,
    Max,
    Any,
    All,
    Mean,
    Var,
    Std,
    ArgMin,
    ArgMax,
    CountNonzero,
    Ptp,
}

/// A reduction, and whether NaNs are passed over.
#[derive(Clone, Copy, Debug)]
pub struct Reduction {
    pub kind: Kind,
    pub skip_nan: bool,
    /// The parameters, in the order of the entry.
    pub params: &'static str,
}

impl Reduction {
    /// NumPy's operation for the least or the greatest element.
    pub fn extreme_name(&self) -> &'static str {
        match (self.kind, self.skip_nan) {
            (Kind::Min, false) => "minimum",
            (Kind::Min, true) => "fmin",
            (_, false) => "maximum",
            (_, true) => "fmax",
        }
    }
}

/// The arguments of a call, by name.
pub struct Arguments<'a, A> {
    pub array: &'a A,
    bound: &'a Bound<A>,
    params: &'static str,
}

impl<'a, A> Arguments<'a, A> {
    pub fn of(reduction: Reduction, bound: &'a Bound<A>) -> Self {
        Arguments { array: &bound[0], bound, params: reduction.params }
    }

    /// The argument of a parameter, when the function has it and it is given.
    pub fn get(&self, name: &str) -> Option<&'a A> {
        let place = self.params.split(',').position(|p| p.trim().trim_end_matches('=') == name)?;
        self.bound.get(place)
    }
}

macro_rules! reductions {
    ($($kind:ident $skip:literal $name:literal $method:literal ($params:literal);)*) => {
        /// `np.sum(a, …)` and `a.sum(…)`, which take the same arguments.
        pub(super) static TABLE: &[Function] = &[$(
            Function {
                name: $name,
                params: $params,
                infer: |a| rule(Reduction { kind: Kind::$kind, skip_nan: $skip, params: $params }, a),
                lower: |l, a, ty| l.numpy_reduction(Reduction { kind: Kind::$kind, skip_nan: $skip, params: $params }, a, ty),
            },
            Function {
                name: $method,
                params: $params,
                infer: |a| rule(Reduction { kind: Kind::$kind, skip_nan: $skip, params: $params }, a),
                lower: |l, a, ty| l.numpy_reduction(Reduction { kind: Kind::$kind, skip_nan: $skip, params: $params }, a, ty),
            },
        )*];
    };
}

reductions! {
    Sum false "numpy.sum" "array.sum()" ("a, axis=, dtype=, out=, keepdims=, initial=, where=");
    Prod false "numpy.prod" "array.prod()" ("a, axis=, dtype=, out=, keepdims=, initial=, where=");
    Min false "numpy.min" "array.min()" ("a, axis=, out=, keepdims=, initial=, where=");
    Max false "numpy.max" "array.max()" ("a, axis=, out=, keepdims=, initial=, where=");
    Min false "numpy.amin" "array.amin()" ("a, axis=, out=, keepdims=, initial=, where=");
    Max false "numpy.amax" "array.amax()" ("a, axis=, out=, keepdims=, initial=, where=");
    Any false "numpy.any" "array.any()" ("a, axis=, out=, keepdims=, where=");
    All false "numpy.all" "array.all()" ("a, axis=, out=, keepdims=, where=");
    Mean false "numpy.mean" "array.mean()" ("a, axis=, dtype=, out=, keepdims=, where=");
    Var false "numpy.var" "array.var()" ("a, axis=, dtype=, out=, ddof=, keepdims=, where=");
    Std false "numpy.std" "array.std()" ("a, axis=, dtype=, out=, ddof=, keepdims=, where=");
    ArgMin false "numpy.argmin" "array.argmin()" ("a, axis=, out=, keepdims=");
    ArgMax false "numpy.argmax" "array.argmax()" ("a, axis=, out=, keepdims=");
    CountNonzero false "numpy.count_nonzero" "array.count_nonzero()" ("a, axis=, keepdims=");
    Ptp false "numpy.ptp" "array.ptp()" ("a, axis=, out=, keepdims=");
    Sum true "numpy.nansum" "array.nansum()" ("a, axis=, dtype=, out=, keepdims=, initial=, where=");
    Prod true "numpy.nanprod" "array.nanprod()" ("a, axis=, dtype=, out=, keepdims=, initial=, where=");
    Min true "numpy.nanmin" "array.nanmin()" ("a, axis=, out=, keepdims=, initial=, where=");
    Max true "numpy.nanmax" "array.nanmax()" ("a, axis=, out=, keepdims=, initial=, where=");
    Mean true "numpy.nanmean" "array.nanmean()" ("a, axis=, dtype=, out=, keepdims=, where=");
    Var true "numpy.nanvar" "array.nanvar()" ("a, axis=, dtype=, out=, ddof=, keepdims=, where=");
    Std true "numpy.nanstd" "array.nanstd()" ("a, axis=, dtype=, out=, ddof=, keepdims=, where=");
    ArgMin true "numpy.nanargmin" "array.nanargmin()" ("a, axis=, out=, keepdims=");
    ArgMax true "numpy.nanargmax" "array.nanargmax()" ("a, axis=, out=, keepdims=");
}

/// Names that only functions have, not arrays.
pub(super) fn is_method(function: &Function) -> bool {
    let name = function.name;
    !(name.starts_with("array.nan") || matches!(name, "array.amin()" | "array.amax()" | "array.count_nonzero()" | "array.ptp()"))
}

pub fn is_reduction(name: &str) -> bool {
    TABLE.iter().any(|function| function.name == name)
}

/// Which axes are reduced.
pub fn axes(axis: Option<&TyArg>, rank: usize) -> Result<Vec<bool>, CallError> {
    let Some(axis) = axis.filter(|a| a.ty != Ty::None) else { return Ok(vec![true; rank]) };
    if axis.ty == Ty::Tuple(vec![]) {
        return Ok(vec![false; rank]);
    }
    let constant = || CallError::new("axis must be a constant integer, a tuple of them, or None").help("the number of dimensions of the result depends on it");
    let numbers: Vec<i128> = match axis.constant.as_ref().ok_or_else(constant)? {
        Const::Int(n) => vec![*n],
        Const::Bool(b) => vec![*b as i128],
        Const::Tuple(parts) => parts.iter().map(|p| if let Const::Int(n) = p { Ok(*n) } else { Err(constant()) }).collect::<Result<_, _>>()?,
        _ => return Err(constant()),
    };
    let mut reduced = vec![false; rank];
    for number in numbers {
        let place = if number < 0 { number + rank as i128 } else { number };
        let slot = usize::try_from(place).ok().and_then(|p| reduced.get_mut(p));
        let slot = slot.ok_or_else(|| CallError::no_axis(number, rank))?;
        if std::mem::replace(slot, true) {
            return Err(CallError::raising("ValueError", "duplicate value in 'axis'"));
        }
    }
    Ok(reduced)
}

/// Which axes go, of an array of these elements. NumPy's reductions by one operation take the axis 0 or -1 of an array without axes, too.
pub fn reduced_axes(reduction: Reduction, element: &Ty, axis: Option<&TyArg>, rank: usize) -> Result<Vec<bool>, CallError> {
    let number = match axis.map(|a| &a.constant) {
        Some(Some(Const::Int(n))) if rank == 0 => *n,
        _ => return axes(axis, rank),
    };
    let places = matches!(reduction.kind, Kind::ArgMin | Kind::ArgMax);
    let takes = match reduction.kind {
        Kind::Mean | Kind::Var | Kind::Std => reduction.skip_nan && !element.is_integral(),
        _ => !(places && reduction.skip_nan),
    };
    match takes {
        true if matches!(number, 0 | -1) => Ok(vec![]),
        _ => Err(CallError::no_axis(number, (takes && places) as usize)),
    }
}

/// A flag whose value must be known now.
pub fn flag(argument: Option<&TyArg>, name: &str) -> Result<bool, CallError> {
    match argument.map(|a| &a.constant) {
        None => Ok(false),
        Some(Some(Const::Bool(value))) => Ok(*value),
        Some(Some(Const::Int(value))) => Ok(*value != 0),
        Some(_) => Err(CallError::new(format!("{name} must be a constant")).help("the number of dimensions of the result depends on it")),
    }
}

/// The type in which a reduction of elements of a dtype computes, and that of its result.
pub fn dtypes(reduction: Reduction, element: &Ty, dtype: Option<Ty>) -> Result<(Ty, Ty), CallError> {
    if let Ty::Time(time) = element {
        return time_dtypes(reduction, *time, dtype);
    }
    if let Some(Ty::Time(_)) = dtype {
        return Err(CallError::new(format!("an array of {} is not reduced to times", element.user_name())));
    }
    let wide = |ty: &Ty| match ty {
        Ty::Float(_) => Ty::F64,
        Ty::Complex(_) => Ty::C128,
        other => widened(other),
    };
    let float = |ty: &Ty| match ty {
        Ty::Float(_) | Ty::Complex(_) => ty.clone(),
        _ => Ty::F64,
    };
    let real = |ty: &Ty| if let Ty::Complex(bits) = ty { Ty::Float(*bits) } else { ty.clone() };
    if let Some(dtype) = &dtype
        && element.is_complex()
        && !dtype.is_complex()
    {
        let text = format!("an array of {} is not reduced to {}", element.user_name(), dtype.user_name());
        return Err(CallError::new(text).help("take the parts first: z.real, z.imag"));
    }
    Ok(match reduction.kind {
        // Sums of bools are truths, whatever the elements.
        Kind::Sum | Kind::Prod if dtype == Some(Ty::Bool) => (Ty::Bool, Ty::Bool),
        Kind::Sum | Kind::Prod => {
            let result = dtype.unwrap_or_else(|| if element.is_integral() { widened(element) } else { element.clone() });
            (wide(&result), result)
        }
        // A mean of integers that is asked for is that of elements made integers, truncated.
        Kind::Mean => {
            let result = dtype.unwrap_or_else(|| float(element));
            (wide(&result), result)
        }
        Kind::Var | Kind::Std => match dtype {
            Some(dtype) if dtype.is_integral() => {
                return Err(CallError::new(format!("var() and std() are not computed as {}", dtype.user_name())).help("use a dtype of floats"));
            }
            Some(dtype) => (wide(&dtype), dtype),
            None => (wide(&float(element)), real(&float(element))),
        },
        Kind::Any | Kind::All => (Ty::Bool, Ty::Bool),
        Kind::CountNonzero => (Ty::I64, Ty::I64),
        Kind::Ptp if *element == Ty::Bool => return Err(CallError::new("ptp() of an array of bools: Boolean dtype is unsupported (as per NumPy)")),
        Kind::Min | Kind::Max | Kind::Ptp if *element == Ty::F16 => (Ty::F32, Ty::F16),
        Kind::Min | Kind::Max | Kind::Ptp => (element.clone(), element.clone()),
        Kind::ArgMin | Kind::ArgMax => (element.clone(), Ty::I64),
    })
}

/// Datetimes have no sums, spans no products.
fn time_dtypes(reduction: Reduction, time: Time, dtype: Option<Ty>) -> Result<(Ty, Ty), CallError> {
    let element = Ty::Time(time);
    let refused = |name: &str| Err(CallError::new(format!("ufunc '{name}' cannot use operands of types {0} and {0}", element.user_name())));
    if dtype.is_some_and(|dtype| dtype != element) {
        return Err(CallError::new("dtype= is not supported for times").help("convert the array first, by `.astype`"));
    }
    let result = match reduction.kind {
        Kind::Sum | Kind::Mean if !time.span => return refused("add"),
        Kind::Prod => return refused("multiply"),
        Kind::Var | Kind::Std => return refused("square"),
        Kind::Any | Kind::All => return Ok((Ty::Bool, Ty::Bool)),
        Kind::CountNonzero => return Ok((Ty::I64, Ty::I64)),
        Kind::ArgMin | Kind::ArgMax => Ty::I64,
        Kind::Ptp => Ty::Time(Time { span: true, ..time }),
        _ => element.clone(),
    };
    Ok((element, result))
}

/// The array that is reduced; a number counts as an array without axes.
fn array_of(arg: &TyArg) -> Result<(Ty, usize), CallError> {
    match &arg.ty {
        Ty::Array(Array { element, rank, .. }) => Ok(((**element).clone(), *rank)),
        ty if ty.is_scalar() => Ok((ty.clone(), 0)),
        other => expected("an array", other),
    }
}

/// Sums go on in the dtype of an output of another one, and what is divided is what it holds: functions of the library do that.
fn check_summed_in(reduction: Reduction, result: &Ty, chosen: bool, out: Option<&TyArg>) -> Result<(), CallError> {
    let others = match reduction.kind {
        Kind::Sum | Kind::Prod => !chosen,
        Kind::Mean | Kind::Var | Kind::Std => true,
        _ => false,
    };
    match out.and_then(|out| out.ty.as_array()) {
        Some(out) if others && *out.element != *result && result.time_of().is_none() => {
            Err(CallError::new(format!("out= of {} is no output for a result of {}", out.element.user_name(), result.user_name())))
        }
        _ => Ok(()),
    }
}

fn rule(reduction: Reduction, bound: &Bound<TyArg>) -> Rule {
    let a = Arguments::of(reduction, bound);
    let (element, rank) = array_of(a.array)?;
    if matches!(reduction.kind, Kind::ArgMin | Kind::ArgMax) && a.get("axis").is_some_and(|x| x.ty.as_tuple().is_some()) {
        return Err(CallError::new("axis of argmin and argmax must be one integer"));
    }
    let reduced = reduced_axes(reduction, &element, a.get("axis"), rank)?;
    let keep = flag(a.get("keepdims"), "keepdims")?;
    let dtype = a.get("dtype").filter(|d| d.ty != Ty::None).map(dtype_of).transpose()?;
    let chosen = dtype.is_some();
    let (_, result) = dtypes(reduction, &element, dtype)?;
    check_summed_in(reduction, &result, chosen, a.get("out"))?;
    if let Some(mask) = a.get("where").filter(|m| m.ty != Ty::Bool)
        && !mask.ty.as_array().is_some_and(|m| *m.element == Ty::Bool)
    {
        return Err(CallError::new(format!("where= must be bool or an array of bools, not {}", mask.ty.user_name())));
    }
    let initial = a.get("initial").filter(|i| i.ty != Ty::None);
    if initial.is_none() && matches!(reduction.kind, Kind::Min | Kind::Max) && a.get("where").is_some_and(|m| m.constant != Some(Const::Bool(true))) {
        let name = reduction.extreme_name();
        let text = format!("reduction operation '{name}' does not have an identity, so to use a where mask one has to specify 'initial'");
        return Err(CallError::raising("ValueError", text));
    }
    if let Some(initial) = initial {
        let initial = scalar(initial)?;
        if initial.is_complex() && !result.is_complex() {
            return expected("a real initial value", initial);
        }
        if !super::times::storable(initial, &element) && (initial.time_of().is_some() || element.time_of().is_some()) {
            return expected(&format!("an initial value of {}", element.user_name()), initial);
        }
    }
    if let Some(ddof) = a.get("ddof") {
        real(ddof)?;
    }
    let kept = if keep { rank } else { reduced.iter().filter(|r| !**r).count() };
    let ty = if kept == 0 { result } else { Ty::array(result, kept, zouk_dialects::ty::Layout::C) };
    match a.get("out").filter(|o| o.ty != Ty::None) {
        None => Ok(ty.into()),
        Some(out) => match out.ty.as_array() {
            Some(array) => {
                super::ufuncs::check_output("numpy.reduce", ty.as_array().map_or(&ty, |t| &t.element), array)?;
                Ok(out.ty.clone().into())
            }
            None => Err(CallError::new(format!("out= must be an array, not {}", out.ty.user_name()))),
        },
    }
}
