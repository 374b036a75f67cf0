//! The text of scalars, against CPython and, for what only NumPy has, its documented examples.

use crate::oracle::{bits, floats, python};
use zouk_runtime::text::Scalar;

#[test]
fn floats_print_as_in_python() {
    let all = floats(20000);
    let expected = python("str(x)", all.iter().map(|x| bits(*x) + ","));
    for (x, expected) in all.iter().zip(&expected) {
        assert_eq!(Scalar::Float(*x).to_string(), *expected, "{x:e}");
    }
}

#[test]
fn complex_numbers_print_as_in_python() {
    let all = floats(400);
    let pairs: Vec<(f64, f64)> = all.iter().flat_map(|re| all.iter().step_by(37).map(|im| (*re, *im))).collect();
    let expected = python("str(complex(x, y))", pairs.iter().map(|(re, im)| format!("{}, {}", bits(*re), bits(*im))));
    for ((re, im), expected) in pairs.iter().zip(&expected) {
        assert_eq!(Scalar::Complex(*re, *im).to_string(), *expected);
    }
}

/// As NumPy 2.4 prints them.
#[test]
fn narrow_floats_print_their_own_digits() {
    let cases = [(0.1, "0.1"), (1e-4, "1e-04"), (0.00010001, "0.00010001"), (999999.0, "999999.0"), (1e6, "1e+06"), (3.4e38, "3.4e+38")];
    for (x, text) in cases.into_iter().chain([(1e-45, "1e-45"), (16777216.0, "1.6777216e+07"), (-0.0, "-0.0"), (123456.78, "123456.78")]) {
        assert_eq!(Scalar::Float32(x).to_string(), text);
    }
    assert_eq!(Scalar::Complex32(0.1, 1e-4).to_string(), "(0.1+1e-04j)");
    assert_eq!(Scalar::Complex32(0.0, f32::NEG_INFINITY).to_string(), "-infj");
}

#[test]
fn letters_say_what_a_slot_holds() {
    let text = |kind, a, b| Scalar::new(kind, a, b).map(|scalar| scalar.to_string());
    assert_eq!(text(b'i', -3i64 as u64, 0).as_deref(), Some("-3"));
    assert_eq!(text(b'u', u64::MAX, 0).as_deref(), Some("18446744073709551615"));
    assert_eq!(text(b'b', 1, 0).as_deref(), Some("True"));
    assert_eq!(text(b'F', 0.1f32.to_bits() as u64, 0).as_deref(), Some("0.1"));
    assert_eq!(text(b'c', 1f64.to_bits(), 2f64.to_bits()).as_deref(), Some("(1+2j)"));
    assert_eq!(text(b'?', 0, 0), None);
}
