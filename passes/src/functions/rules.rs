//! Type rules and lowerings that many entries share.

use super::{Bound, CallError, Const, TyArg, Typed};
use zouk_dialects::ty::{Ty, binary_number, join};

/// Entries of a table: `"math.hypot" ("*coordinates"): rule => lowering;`.
macro_rules! table {
    ($($name:literal ($params:literal): $infer:expr => $lower:expr;)*) => {
        &[$($crate::functions::Function { name: $name, params: $params, infer: $infer, lower: $lower }),*]
    };
}
pub(super) use table;

pub type Rule = Result<Typed, CallError>;

/// "a real number is expected, not str".
pub fn expected<T>(what: &str, found: &Ty) -> Result<T, CallError> {
    let error = CallError::new(format!("{what} is expected, not {}", found.user_name()));
    Err(match found {
        Ty::Array(_) => CallError::new("this function on whole arrays is not supported yet").help("call it on each element in a loop"),
        Ty::Optional(_) => error.help("test the value with `is not None` first"),
        _ => error,
    })
}

pub fn real(arg: &TyArg) -> Result<&Ty, CallError> {
    if arg.ty.is_real() { Ok(&arg.ty) } else { expected("a real number", &arg.ty) }
}

pub fn number(arg: &TyArg) -> Result<&Ty, CallError> {
    if arg.ty.is_number() { Ok(&arg.ty) } else { expected("a number", &arg.ty) }
}

pub fn scalar(arg: &TyArg) -> Result<&Ty, CallError> {
    if arg.ty.is_scalar() { Ok(&arg.ty) } else { expected("a number", &arg.ty) }
}

pub fn integer(arg: &TyArg) -> Result<&Ty, CallError> {
    if arg.ty.is_integral() { Ok(&arg.ty) } else { expected("an integer", &arg.ty) }
}

/// The float type that functions of real numbers compute in: float16 and float32 stay, everything else is float64.
pub fn float_of(arg: &TyArg) -> Result<Ty, CallError> {
    Ok(match real(arg)? {
        float @ Ty::Float(_) => float.clone(),
        _ => Ty::F64,
    })
}

/// (real) -> float
pub fn float1(a: &Bound<TyArg>) -> Rule {
    Ok(float_of(&a[0])?.into())
}

/// (real, real) -> float: the wider of both.
pub fn float2(a: &Bound<TyArg>) -> Rule {
    let (x, y) = (float_of(&a[0])?, float_of(&a[1])?);
    Ok(wider(x, y).into())
}

/// The one of two floats with more bits.
pub fn wider(a: Ty, b: Ty) -> Ty {
    if a.item_size() < b.item_size() { b } else { a }
}

/// (real) -> bool
pub fn real_to_bool(a: &Bound<TyArg>) -> Rule {
    real(&a[0])?;
    Ok(Ty::Bool.into())
}

/// The 64-bit type that an integer or bool widens to in arithmetic.
pub fn widened(ty: &Ty) -> Ty {
    match ty {
        Ty::Bool | Ty::Int { signed: true, .. } => Ty::I64,
        Ty::Int { .. } => Ty::U64,
        other => other.clone(),
    }
}

/// (real) -> int64, or the integer itself widened.
pub fn real_to_int(a: &Bound<TyArg>) -> Rule {
    let ty = real(&a[0])?;
    Ok(if ty.is_float() { Ty::I64 } else { widened(ty) }.into())
}

/// (number, number) -> the type of their sum.
pub fn number2(a: &Bound<TyArg>) -> Rule {
    Ok(common(&a[0], &a[1])?.into())
}

/// (real, real) -> the type of their sum.
pub fn real2(a: &Bound<TyArg>) -> Rule {
    (real(&a[0])?, real(&a[1])?);
    number2(a)
}

/// (integer, integer) -> the type of their sum.
pub fn integer2(a: &Bound<TyArg>) -> Rule {
    (integer(&a[0])?, integer(&a[1])?);
    number2(a)
}

/// The type in which the sum of two numbers is computed.
pub fn common(a: &TyArg, b: &TyArg) -> Result<Ty, CallError> {
    let (a, b) = (number(a)?, number(b)?);
    binary_number(a, b).ok_or_else(|| no_common_type(a, b))
}

pub fn no_common_type(a: &Ty, b: &Ty) -> CallError {
    let error = CallError::new(format!("{} and {} have no common type", a.user_name(), b.user_name()));
    if a.is_int() && b.is_int() { error.help("convert one of them, as with `np.int64(x)`") } else { error }
}

/// The type that holds any of the arguments; a non-negative constant beside unsigned integers is one of them.
pub fn join_arguments(args: &[TyArg]) -> Result<Ty, CallError> {
    let literal = |arg: &TyArg| matches!(arg.constant, Some(Const::Int(n)) if n >= 0);
    let unsigned = |arg: &TyArg| matches!(arg.ty, Ty::Int { signed: false, .. });
    let all_unsigned = args.iter().any(unsigned) && args.iter().all(|a| unsigned(a) || literal(a));
    let mut result = Ty::Unknown;
    for arg in args {
        let ty = if all_unsigned && literal(arg) { Ty::U64 } else { arg.ty.clone() };
        result = join(&result, &ty).ok_or_else(|| no_common_type(&result, &ty))?;
    }
    Ok(result)
}

/// What iterating over a value gives.
pub enum Items {
    /// The elements of a tuple or a list.
    Each(Vec<Ty>),
    /// Any number of items of one type.
    Many(Ty),
}

impl Items {
    /// A tuple, a list, a 1-D array or a range.
    pub fn of(arg: &TyArg) -> Result<Items, CallError> {
        match &arg.ty {
            Ty::Tuple(parts) | Ty::List(parts) => Ok(Items::Each(parts.clone())),
            Ty::Range(item) => Ok(Items::Many((**item).clone())),
            Ty::Array(a) if a.rank == 1 => Ok(Items::Many((*a.element).clone())),
            Ty::Array(a) => {
                let error = CallError::new(format!("iterating here over an array of {} dimensions is not supported", a.rank));
                Err(error.help("loop over its elements"))
            }
            other => expected("an iterable of numbers", other),
        }
    }

    pub fn types(&self) -> Vec<Ty> {
        match self {
            Items::Each(types) => types.clone(),
            Items::Many(ty) => vec![ty.clone()],
        }
    }
}

/// The scalar type that a dtype's name means: `numpy.float32`, `zouk.types.float32`, `builtins.float`.
pub fn dtype_of_ref(name: &str) -> Option<Ty> {
    match name {
        "builtins.bool" => Some(Ty::Bool),
        "builtins.int" => Some(Ty::I64),
        "builtins.float" => Some(Ty::F64),
        "builtins.complex" => Some(Ty::C128),
        _ => {
            let (module, name) = name.rsplit_once('.')?;
            Ty::from_module_name(module, name)
        }
    }
}

/// The scalar type that a `dtype=` argument names: a type, or a constant string such as `"float32"`, `"f4"`, `"<f4"`.
pub fn dtype_of(arg: &TyArg) -> Result<Ty, CallError> {
    match any_dtype_of(arg)? {
        Ty::Record(_) => Err(CallError::new("a structured dtype cannot be used here").help("make the array by np.zeros or np.empty, and assign to its fields")),
        scalar => Ok(scalar),
    }
}

/// As `dtype_of`, or a structured dtype.
pub fn any_dtype_of(arg: &TyArg) -> Result<Ty, CallError> {
    let found = match (&arg.ty, &arg.constant) {
        (Ty::Ref(name), _) => dtype_of_ref(name),
        (Ty::Str, Some(Const::Str(text))) => dtype_of_text(text),
        (Ty::None, _) => Some(Ty::F64),
        (Ty::Str, None) => return Err(CallError::new("the dtype must be a constant")),
        _ => None,
    };
    let text = match &arg.constant {
        Some(Const::Str(text)) => format!("'{text}'"),
        _ => arg.ty.user_name(),
    };
    found.ok_or_else(|| CallError::new(format!("Invalid NumPy dtype specified: {text}")).help("use a dtype such as `np.float64` or `np.int32`"))
}

fn dtype_of_text(text: &str) -> Option<Ty> {
    let short = text.trim_start_matches(['<', '=', '|']);
    let int = |bits, signed| Some(Ty::Int { bits, signed });
    match short {
        "?" | "b1" => Some(Ty::Bool),
        "int" | "l" | "q" | "p" => Some(Ty::I64),
        "float" | "f8" | "d" => Some(Ty::F64),
        "complex" | "c16" | "D" => Some(Ty::C128),
        "f2" | "e" => Some(Ty::F16),
        "f4" | "f" => Some(Ty::F32),
        "c8" | "F" => Some(Ty::C64),
        "i1" | "b" => int(8, true),
        "i2" | "h" => int(16, true),
        "i4" | "i" => int(32, true),
        "i8" => int(64, true),
        "u1" | "B" => int(8, false),
        "u2" | "H" => int(16, false),
        "u4" | "I" => int(32, false),
        "u8" | "L" | "Q" => int(64, false),
        name if name.starts_with('>') => None,
        name => Ty::from_numpy_name(name),
    }
}
