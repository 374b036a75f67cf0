//! NumPy's universal functions on arrays: which dtypes a call computes in (NEP 50), by one class per function. The code for one element is that of the
//! scalar entry of the same name; `lower_python/elementwise.rs` makes the `linalg` op around it.

use super::{Bound, CallError, Function, TyArg, times};
use zouk_dialects::ty::{Array, Layout, Operand, Ty, result_type, same_kind};

/// What a loop over elements takes and gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Loop {
    pub operands: Vec<Ty>,
    pub results: Vec<Ty>,
}

/// What becomes of bools in a function of numbers.
#[derive(Clone, Copy)]
enum Bools {
    Keep,
    /// Computed as int8.
    Int8,
    Refuse(&'static str),
}
use Bools::{Int8, Keep, Refuse};

/// The dtypes that a function has loops for.
#[derive(Clone, Copy)]
enum Class {
    /// All operands and results of one dtype.
    Same { bools: Bools, floats: bool, complex: bool },
    /// As `Same`, complex numbers give their parts' dtype.
    Part,
    /// Integers and bools compute as floats.
    Float { complex: bool },
    /// As `Float`, bools and all integers as float64.
    Divide,
    /// To bool.
    Compare,
    /// To bool, of the dtypes as they are.
    Test,
    /// float64 or complex128, whatever comes.
    Double,
    /// The second operand is an integer.
    Ldexp,
    /// A float and an int32.
    Frexp,
    /// To uint8.
    Count,
    /// A truth value, and two of one dtype.
    Where,
    /// A number and a number of decimals.
    Round,
}

const ARITHMETIC: Class = Class::Same { bools: Keep, floats: true, complex: true };
const REAL: Class = Class::Same { bools: Int8, floats: true, complex: false };
const BITS: Class = Class::Same { bools: Keep, floats: false, complex: false };
const INTEGERS: Class = Class::Same { bools: Int8, floats: false, complex: false };
const FLOAT: Class = Class::Float { complex: false };
const NO_MINUS: &str = "numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or the logical_xor function instead.";
const NO_NEGATIVE: &str = "The numpy boolean negative, the `-` operator, is not supported, use the `~` operator or the logical_not function instead.";

fn class(name: &str) -> Option<Class> {
    Some(match name.strip_prefix("numpy.")? {
        "add" | "multiply" => ARITHMETIC,
        "subtract" => Class::Same { bools: Refuse(NO_MINUS), floats: true, complex: true },
        "negative" => Class::Same { bools: Refuse(NO_NEGATIVE), floats: true, complex: true },
        "positive" => Class::Same { bools: Refuse("ufunc 'positive' has no loop for bools"), floats: true, complex: true },
        "sign" => Class::Same { bools: Refuse("ufunc 'sign' has no loop for bools"), floats: true, complex: true },
        "where" => Class::Where,
        "round" | "around" => Class::Round,
        "maximum" | "minimum" | "fmax" | "fmin" | "clip" => ARITHMETIC,
        "power" | "pow" | "square" | "reciprocal" | "conjugate" | "conj" => Class::Same { bools: Int8, floats: true, complex: true },
        "floor_divide" | "mod" | "remainder" | "fmod" | "divmod" => REAL,
        "absolute" | "abs" => Class::Part,
        "floor" | "ceil" | "trunc" => Class::Same { bools: Keep, floats: true, complex: false },
        "divide" | "true_divide" => Class::Divide,
        "float_power" => Class::Double,
        "equal" | "not_equal" | "less" | "less_equal" | "greater" | "greater_equal" => Class::Compare,
        "logical_and" | "logical_or" | "logical_xor" | "logical_not" | "isnan" | "isinf" | "isfinite" | "isnat" | "signbit" => Class::Test,
        "bitwise_and" | "bitwise_or" | "bitwise_xor" | "invert" | "bitwise_not" | "bitwise_invert" => BITS,
        "left_shift" | "right_shift" | "bitwise_left_shift" | "bitwise_right_shift" => INTEGERS,
        "gcd" => Class::Same { bools: Refuse("ufunc 'gcd' has no loop for bools"), floats: false, complex: false },
        "lcm" => Class::Same { bools: Refuse("ufunc 'lcm' has no loop for bools"), floats: false, complex: false },
        "bitwise_count" => Class::Count,
        "ldexp" => Class::Ldexp,
        "frexp" => Class::Frexp,
        "sin" | "cos" | "tan" | "arcsin" | "arccos" | "arctan" | "sinh" | "cosh" | "tanh" | "arcsinh" | "arccosh" | "arctanh" | "exp" | "exp2" | "expm1"
        | "log" | "log2" | "log10" | "log1p" | "sqrt" | "asin" | "acos" | "atan" | "asinh" | "acosh" | "atanh" | "rint" => Class::Float { complex: true },
        "cbrt" | "fabs" | "degrees" | "radians" | "deg2rad" | "rad2deg" | "spacing" | "arctan2" | "atan2" | "hypot" | "copysign" | "nextafter" | "logaddexp"
        | "logaddexp2" | "heaviside" | "modf" => FLOAT,
        _ => return None,
    })
}

/// The function behind an operator of Python.
pub fn of_operator(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "add" => "numpy.add",
        "sub" => "numpy.subtract",
        "mul" => "numpy.multiply",
        "truediv" => "numpy.divide",
        "floordiv" => "numpy.floor_divide",
        "mod" => "numpy.mod",
        "pow" => "numpy.power",
        "and" => "numpy.bitwise_and",
        "or" => "numpy.bitwise_or",
        "xor" => "numpy.bitwise_xor",
        "lshift" => "numpy.left_shift",
        "rshift" => "numpy.right_shift",
        "eq" => "numpy.equal",
        "ne" => "numpy.not_equal",
        "lt" => "numpy.less",
        "le" => "numpy.less_equal",
        "gt" => "numpy.greater",
        "ge" => "numpy.greater_equal",
        "neg" => "numpy.negative",
        "pos" => "numpy.positive",
        "invert" => "numpy.invert",
        _ => return None,
    })
}

/// Whether a call of the function with that many arguments is elementwise: its entry's rule and code are for one element. (`np.where` of a condition alone
/// gives the places where it holds.)
pub fn is_elementwise(function: &Function, arguments: usize) -> bool {
    class(function.name).is_some_and(|class| !matches!(class, Class::Where) || arguments > 1)
}

/// Whether there is such a function, under its full name.
pub fn is_universal(name: &str) -> bool {
    class(name).is_some()
}

/// The loop that a call of a universal function takes for operands of these dtypes. `dtype` is what `dtype=` asks for.
pub fn resolve(function: &Function, operands: &[Operand], dtype: Option<&Ty>) -> Result<Loop, CallError> {
    if operands.iter().any(|o| o.dtype.time_of().is_some()) {
        return times::resolve(function, operands);
    }
    let none = || CallError::new(format!("{}() has no loop for these operands", function.name));
    let class = class(function.name).ok_or_else(none)?;
    let (beside, operands) = match class {
        Class::Where => (operands.first(), &operands[1..]),
        Class::Round => (operands.get(1), &operands[..1]),
        _ => (None, operands),
    };
    let short = function.name.trim_start_matches("numpy.");
    // Where results are bools, `dtype=` is theirs.
    let dtype = match dtype {
        Some(Ty::Bool) if matches!(class, Class::Compare | Class::Test) => None,
        Some(_) if matches!(class, Class::Compare | Class::Test) => return Err(no_loop(short)),
        _ => dtype,
    };
    let common = result_type(operands).ok_or_else(none)?;
    let common = dtype.cloned().unwrap_or(common);
    if let Some(dtype) = dtype {
        check_loop(short, class, operands, dtype)?;
    }
    if let Class::Frexp = class && !common.is_complex() {
        return Ok(Loop { operands: vec![float_loop(&common)], results: vec![float_loop(&common), Ty::I32] });
    }
    if let Class::Ldexp = class && let Some(found) = ldexp_loop(operands) {
        return Ok(found);
    }
    let compute = computed(short, class, &common, operands, beside.is_some())?;
    // Integers of both signs and 64 bits meet in float64, but are compared as they are.
    let as_they_are = matches!(class, Class::Compare) && operands.iter().all(|o| o.dtype.is_integral()) || matches!(class, Class::Test);
    let mut taken: Vec<Ty> = match as_they_are {
        true => operands.iter().map(|o| o.dtype.clone()).collect(),
        false => vec![compute.clone(); operands.len()],
    };
    match class {
        Class::Where => taken.insert(0, beside.map_or(Ty::Bool, |o| o.dtype.clone())),
        Class::Round => taken.extend(beside.map(|_| Ty::I64)),
        _ => {}
    }
    let result = match class {
        Class::Compare | Class::Test => Ty::Bool,
        Class::Count => Ty::Int { bits: 8, signed: false },
        Class::Part => if let Ty::Complex(bits) = compute { Ty::Float(bits) } else { compute },
        _ => compute,
    };
    let count = if matches!(short, "divmod" | "modf") { 2 } else { 1 };
    scalar_rule(function, &taken)?;
    Ok(Loop { operands: taken, results: vec![result; count] })
}

/// The dtype that a function computes in where its operands have this one in common. `digits`: a number of them is given.
fn computed(short: &str, class: Class, common: &Ty, operands: &[Operand], digits: bool) -> Result<Ty, CallError> {
    let refused = || Err(CallError::new(format!("ufunc '{short}' is not supported for {}", common.user_name())));
    Ok(match class {
        Class::Same { bools, floats, complex } => match common {
            Ty::Bool => match bools {
                Keep => Ty::Bool,
                Int8 => Ty::Int { bits: 8, signed: true },
                Refuse(text) => return Err(CallError::new(text)),
            },
            Ty::Float(_) if !floats => return refused(),
            Ty::Complex(_) if !complex => return refused(),
            _ => common.clone(),
        },
        Class::Part | Class::Test => common.clone(),
        Class::Float { complex } => match common {
            Ty::Complex(_) if !complex => return refused(),
            ty => float_of(ty, operands),
        },
        Class::Divide if !matches!(common, Ty::Float(_) | Ty::Complex(_)) => Ty::F64,
        Class::Divide | Class::Compare => common.clone(),
        Class::Double => if common.is_complex() { Ty::C128 } else { Ty::F64 },
        Class::Where => common.clone(),
        Class::Round => match common {
            Ty::Bool if !digits => Ty::F16,
            Ty::Bool => return refused(),
            ty => ty.clone(),
        },
        Class::Count if matches!(common, Ty::Int { .. } | Ty::Bool) => common.clone(),
        // Others have loops of their own.
        Class::Count | Class::Ldexp | Class::Frexp => return refused(),
    })
}

/// Whether there is a loop of the dtype that a call asks for, and the operands may be converted to it.
fn check_loop(short: &str, class: Class, operands: &[Operand], dtype: &Ty) -> Result<(), CallError> {
    if dtype.is_integral() && matches!(class, Class::Float { .. } | Class::Divide | Class::Double | Class::Ldexp | Class::Frexp) {
        return Err(no_loop(short));
    }
    let fits = |o: &&Operand| same_kind(&o.dtype, dtype) || o.weak && o.dtype.is_integral() && dtype.is_integral();
    let Some(other) = operands.iter().find(|o| !fits(o)) else { return Ok(()) };
    let name = |ty: &Ty| ty.numpy_name().unwrap_or_default().to_string();
    Err(CallError::new(format!("Cannot cast ufunc '{short}' input from dtype('{}') to dtype('{}') with casting rule 'same_kind'", name(&other.dtype), name(dtype))))
}

fn no_loop(short: &str) -> CallError {
    CallError::new(format!("No loop matching the specified signature and casting was found for ufunc {short}"))
}

/// Whether a call or an operator with these operands is elementwise wherever a universal function stands for it: some are arrays, or times.
pub fn takes<'t>(operands: impl IntoIterator<Item = &'t Ty>) -> bool {
    operands.into_iter().any(|ty| ty.as_array().is_some() || ty.time_of().is_some())
}

/// The entry whose code is for one element of each of these dtypes.
pub fn for_element<'f>(function: &'f Function, operands: &[Ty]) -> &'f Function {
    let times = operands.iter().any(|ty| ty.time_of().is_some());
    if times { times::of_times(function).unwrap_or(function) } else { function }
}

/// What the rule for one element says; an error where it has no code for these dtypes.
pub fn scalar_rule(function: &Function, operands: &[Ty]) -> Result<Ty, CallError> {
    let function = for_element(function, operands);
    let arguments = operands.iter().map(|ty| TyArg { ty: ty.clone(), constant: None }).collect();
    (function.infer)(&Bound::of(arguments)).map(|typed| typed.ty)
}

/// Bools and 8-bit integers compute in float16, 16-bit ones in float32.
fn float_loop(ty: &Ty) -> Ty {
    match ty {
        Ty::Bool | Ty::Int { bits: 8, .. } => Ty::F16,
        Ty::Int { bits: 16, .. } => Ty::F32,
        Ty::Int { .. } => Ty::F64,
        other => other.clone(),
    }
}

/// The float that holds each of the operands, of which `common` is the dtype: float32 for uint16 beside int8, which meet in int32.
fn float_of(common: &Ty, operands: &[Operand]) -> Ty {
    let mut strong = operands.iter().filter(|o| !o.weak).peekable();
    // A Python int beside bools is an int64.
    let weak = strong.peek().is_none() || operands.iter().any(|o| o.weak) && strong.clone().all(|o| o.dtype == Ty::Bool);
    let widest = strong.map(|o| float_loop(&o.dtype)).reduce(super::rules::wider);
    widest.filter(|_| common.is_integral() && !weak).unwrap_or_else(|| float_loop(common))
}

fn ldexp_loop(operands: &[Operand]) -> Option<Loop> {
    let [x, exponent] = operands else { return None };
    let float = float_loop(&x.dtype);
    let unsigned = matches!(exponent.dtype, Ty::Int { bits: 64, signed: false });
    (float.is_float() && exponent.dtype.is_integral() && !unsigned).then(|| Loop { operands: vec![float.clone(), exponent.dtype.clone()], results: vec![float] })
}

/// The array that an elementwise operation on operands of these types makes, or the scalar when all are of rank 0.
pub fn result_of(operands: &[&Ty], dtype: Ty) -> Ty {
    let arrays: Vec<&Array> = operands.iter().filter_map(|ty| ty.as_array()).collect();
    let rank = arrays.iter().map(|a| a.rank).max().unwrap_or(0);
    if rank == 0 {
        return dtype;
    }
    // What has one axis at most is in any order.
    let mut ordered = arrays.iter().filter(|a| a.rank > 1).peekable();
    let fortran = ordered.peek().is_some() && ordered.all(|a| a.layout == Layout::F && a.rank == rank);
    Ty::array(dtype, rank, if fortran { Layout::F } else { Layout::C })
}

/// Whether a result may be stored in an array of that dtype (`casting="same_kind"`).
pub fn check_output(function: &str, result: &Ty, target: &Array) -> Result<(), CallError> {
    let name = |ty: &Ty| ty.numpy_name().unwrap_or_default().to_string();
    if target.readonly {
        return Err(CallError::new(format!("ufunc '{}' called with an explicit output that is read-only", function.trim_start_matches("numpy."))));
    }
    if same_kind(result, &target.element) && result.time_of().zip(target.element.time_of()).is_none_or(|(from, to)| times::convertible(from, to.unit).is_ok()) {
        return Ok(());
    }
    let short = function.trim_start_matches("numpy.");
    let message = format!("Cannot cast ufunc '{short}' output from dtype('{}') to dtype('{}') with casting rule 'same_kind'", name(result), name(&target.element));
    Err(CallError::new(message).help("convert first, by `.astype`, or assign to a new name"))
}
