//! The function tables: names, binding of arguments, type rules.

use zouk_dialects::ty::{Layout, Ty};
use zouk_passes::functions::{self, Const, Function, TyArg};

fn entry(name: &str) -> &'static Function {
    functions::find(name).unwrap_or_else(|| panic!("no entry {name}"))
}

/// A type in MLIR's spelling, or `=` and a constant.
fn argument(text: &str) -> TyArg {
    let constant = match text.strip_prefix('=') {
        None => return TyArg { ty: text.parse().unwrap_or_else(|_| panic!("no type {text}")), constant: None },
        Some("None") => (Ty::None, Const::None),
        Some(quoted) if quoted.starts_with('"') => (Ty::Str, Const::Str(quoted.trim_matches('"').into())),
        Some(number) => (Ty::I64, Const::Int(number.parse().unwrap_or_else(|_| panic!("no constant {number}")))),
    };
    TyArg { ty: constant.0, constant: Some(constant.1) }
}

/// The result type of a call; keywords are spelled `name: type`. Errors are their message.
fn call(name: &str, arguments: &[&str]) -> Result<(Ty, Option<Const>), String> {
    let (mut positional, mut keywords) = (vec![], vec![]);
    for text in arguments {
        match text.split_once(": ") {
            Some((keyword, text)) => keywords.push((keyword, argument(text))),
            None => positional.push(argument(text)),
        }
    }
    let entry = entry(name);
    let bound = entry.bind(positional, keywords).map_err(|e| e.message)?;
    (entry.infer)(&bound).map(|typed| (typed.ty, typed.constant)).map_err(|e| e.message)
}

#[track_caller]
fn gives(name: &str, arguments: &[&str], ty: &str) {
    let result = call(name, arguments).unwrap_or_else(|e| panic!("{name}{arguments:?}: {e}"));
    assert_eq!(result.0.to_string(), ty, "{name}{arguments:?}");
}

#[track_caller]
fn refuses(name: &str, arguments: &[&str], message: &str) {
    match call(name, arguments) {
        Err(text) => assert_eq!(text, message, "{name}{arguments:?}"),
        Ok((ty, _)) => panic!("{name}{arguments:?} gives {ty}"),
    }
}

const ARRAY: &str = "!py.array<f64, 1, C>";

#[test]
fn every_math_function_of_numba_is_there() {
    let names = "acos acosh asin asinh atan atan2 atanh ceil copysign cos cosh degrees erf erfc exp exp2 expm1 fabs floor frexp gamma gcd hypot \
                 isfinite isinf isnan ldexp lgamma log log10 log1p log2 nextafter pow radians sin sinh sqrt tan tanh trunc";
    for name in names.split_whitespace() {
        assert!(entry(&format!("math.{name}")).params.starts_with(['_', '*']));
    }
}

#[test]
fn names_are_unique() {
    let names = functions::names();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    assert_eq!(names.len(), functions::entries().count());
}

#[test]
fn arguments_bind_as_in_python() {
    refuses("math.sin", &[], "math.sin() misses the argument 'x'");
    refuses("math.sin", &["f64", "f64"], "math.sin() takes at most 1 arguments but 2 were given");
    refuses("math.sin", &["x: f64"], "math.sin() got an unexpected keyword argument 'x'");
    refuses("numpy.zeros", &["si64", "shape: si64"], "numpy.zeros() got multiple values for argument 'shape'");
    gives("builtins.round", &["number: f64", "ndigits: si64"], "f64");
    gives("builtins.print", &["si64", "f64", "sep: =\", \""], "!py.none");
}

#[test]
fn mathematics() {
    gives("math.sin", &["f32"], "f32");
    gives("math.sin", &["si32"], "f64");
    gives("math.floor", &["f32"], "si64");
    gives("math.floor", &["ui8"], "ui64");
    gives("math.frexp", &["f64"], "tuple<f64, si64>");
    gives("math.hypot", &["f32", "f32"], "f32");
    gives("math.atan2", &["f32", "si64"], "f64");
    gives("math.gcd", &["si64", "si8", "ui16"], "si64");
    refuses("math.sin", &["complex<f64>"], "a real number is expected, not complex128");
    refuses("math.sin", &[ARRAY], "this function on whole arrays is not supported yet");
    refuses("math.dist", &["tuple<f64>", "tuple<f64, f64>"], "both points must have the same number of dimensions");
}

#[test]
fn builtins() {
    gives("builtins.abs", &["si8"], "si64");
    gives("builtins.abs", &["complex<f32>"], "f32");
    gives("builtins.int", &["f64"], "si64");
    gives("builtins.float", &["f32"], "f64");
    gives("builtins.divmod", &["f64", "si64"], "tuple<f64, f64>");
    gives("builtins.max", &["si64", "f32"], "f64");
    gives("builtins.max", &["ui64", "=3"], "ui64");
    refuses("builtins.max", &["ui64", "si64"], "uint64 and int64 have no common type");
    gives("builtins.max", &["tuple<si64, f64>"], "f64");
    gives("builtins.min", &["!py.array<f32, 1, A>"], "f32");
    gives("builtins.sum", &["!py.array<f32, 1, C>"], "f64");
    gives("builtins.sum", &["!py.array<ui8, 1, C>"], "ui64");
    gives("builtins.sum", &["tuple<si32, complex<f64>>"], "complex<f64>");
    gives("builtins.range", &["si32"], "!py.range<si64>");
    gives("builtins.range", &["=0", "ui64"], "!py.range<ui64>");
    gives("builtins.range", &["si64", "ui64"], "!py.range<si64>");
    refuses("builtins.range", &["si64", "si64", "=0"], "range() arg 3 must not be zero");
    gives("builtins.enumerate", &[ARRAY], "!py.enumerate<!py.array<f64, 1, C>>");
    gives("builtins.zip", &[ARRAY, "!py.range<si64>"], "!py.zip<!py.array<f64, 1, C>, !py.range<si64>>");
    refuses("builtins.len", &["!py.array<f64, 0, C>"], "len() of unsized object");
    assert_eq!(call("builtins.len", &["tuple<f64, f64>"]).unwrap().1, Some(Const::Int(2)));
    gives("builtins.pow", &["si64", "=-1"], "f64");
    gives("builtins.pow", &["f32", "si64"], "f32");
}

#[test]
fn isinstance_is_decided_by_types() {
    let known = |value: &str, class: &str| call("builtins.isinstance", &[value, class]).unwrap().1;
    let int = r#"!py.ref<"builtins.int">"#;
    assert_eq!(known("si64", int), Some(Const::Bool(true)));
    assert_eq!(known("i1", int), Some(Const::Bool(true)));
    assert_eq!(known("f64", int), Some(Const::Bool(false)));
    assert_eq!(known("f32", r#"tuple<!py.ref<"builtins.int">, !py.ref<"numpy.floating">>"#), Some(Const::Bool(true)));
    assert_eq!(known(ARRAY, r#"!py.ref<"numpy.ndarray">"#), Some(Const::Bool(true)));
    assert_eq!(known("!py.optional<si64>", int), None);
    assert_eq!(known("!py.optional<si64>", r#"!py.ref<"builtins.float">"#), Some(Const::Bool(false)));
}

#[test]
fn new_arrays() {
    gives("numpy.zeros", &["si64"], ARRAY);
    gives("numpy.empty", &["tuple<si64, si32>", r#"!py.ref<"numpy.float32">"#], "!py.array<f32, 2, C>");
    gives("numpy.ones", &["tuple<si64, si64>", "dtype: =\"i4\"", "order: =\"F\""], "!py.array<si32, 2, F>");
    gives("numpy.full", &["si64", "si64"], "!py.array<si64, 1, C>");
    gives("numpy.zeros", &["si64", r#"dtype: !py.ref<"builtins.bool">"#], "!py.array<i1, 1, C>");
    gives("numpy.zeros_like", &["!py.array<f32, 2, A>"], "!py.array<f32, 2, C>");
    gives("numpy.empty_like", &["!py.array<f32, 2, F>", "=\"complex128\""], "!py.array<complex<f64>, 2, F>");
    gives("array.copy()", &["!py.array<f32, 2, F, readonly>"], "!py.array<f32, 2, C>");
    refuses("numpy.zeros", &["f64"], "an integer or a tuple of integers is expected, not float64");
    refuses("numpy.zeros", &["si64", "=\"float99\""], "Invalid NumPy dtype specified: 'float99'");
}

#[test]
fn attributes() {
    gives("array.shape", &["!py.array<f32, 3, A>"], "tuple<si64, si64, si64>");
    gives("array.T", &["!py.array<f32, 2, C>"], "!py.array<f32, 2, F>");
    gives("array.dtype", &["!py.array<i1, 2, C>"], r#"!py.ref<"numpy.bool">"#);
    gives("complex.imag", &["complex<f32>"], "f32");
    assert_eq!(call("array.ndim", &["!py.array<f32, 3, A>"]).unwrap().1, Some(Const::Int(3)));
}

#[test]
fn numpy_scalars() {
    gives("numpy.int8", &["f64"], "si8");
    gives("zouk.float32", &["si64"], "f32");
    gives("numpy.add", &["f32", "f32"], "f32");
    gives("numpy.true_divide", &["si64", "si64"], "f64");
    gives("numpy.abs", &["complex<f64>"], "f64");
    gives("numpy.maximum", &["i1", "i1"], "i1");
    gives("numpy.isnan", &["complex<f64>"], "i1");
    gives("numpy.left_shift", &["ui8", "si64"], "ui64");
    assert_eq!(Ty::array(Ty::F64, 1, Layout::C).to_string(), ARRAY);
}
