//! Signatures as text: names are Numba's, and nothing that a user can write takes long.

use std::time::{Duration, Instant};
use zouk_dialects::ty::Ty;
use zouk_driver::{parse_signature, parse_type};

#[test]
fn names_are_numbas() {
    for (name, ty) in [("byte", "ui8"), ("float_", "f32"), ("long_", "si64"), ("size_t", "ui64"), ("char", "si8"), ("b1", "i1"), ("float", "f64")] {
        assert_eq!(parse_type(name).map(|t| t.to_string()).as_deref(), Ok(ty), "{name}");
    }
    let (result, arguments) = parse_signature("UniTuple(f8, 2)(i4, u1[:, ::1])").expect("a signature");
    assert_eq!(result, Some(Ty::Tuple(vec![Ty::F64, Ty::F64])));
    assert_eq!(arguments.len(), 2);
}

#[test]
fn a_huge_tuple_is_refused_at_once() {
    let start = Instant::now();
    for text in ["(UniTuple(i8, 100000000),)", "(UniTuple(UniTuple(i8, 4000), 4000),)", "(UniTuple(i8, 18446744073709551615),)"] {
        let error = parse_signature(text).expect_err("it is refused");
        assert!(error.contains("too large for a tuple"), "{error}");
    }
    assert!(start.elapsed() < Duration::from_secs(1));
    assert!(parse_signature("(UniTuple(i8, 300),)").is_ok());
}
