//! Python functions on `ndarray` arrays, compared with the same in Rust.

use ndarray::{Array1, Array2, ArrayD, s};
use num_complex::Complex;
use zouk_driver::{Jit, JitError};

const KERNELS: &str = r#"
import numpy as np

def total(a):
    s = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            s += a[i, j]
    return s

def scale(a, factor):
    for i in range(len(a)):
        a[i] *= factor

def squares(n):
    out = np.empty(n, np.int64)
    for i in range(n):
        out[i] = i * i
    return out

def polar(z):
    return abs(z), z.conjugate()

def at(a, i):
    return a[i]

def divide(a, b):
    return a // b
"#;

fn jit() -> Jit {
    Jit::new(KERNELS).expect("the kernels parse")
}

#[test]
fn arrays_of_any_layout_are_read_in_place() {
    let jit = jit();
    let a = Array2::from_shape_fn((7, 5), |(i, j)| (i * 10 + j) as f64);
    let views = [a.view(), a.t(), a.slice(s![1..;2, ..;-1])];
    for view in views {
        let total: f64 = jit.call("total", &[view.into()]).expect("it runs");
        assert_eq!(total, view.sum());
    }
}

#[test]
fn mutable_views_are_written_in_place() {
    let mut a = Array1::linspace(0.0, 1.0, 11);
    let expected = &a * 3.0;
    jit().call::<()>("scale", &[a.view_mut().into(), 3.0.into()]).expect("it runs");
    assert_eq!(a, expected);
}

#[test]
fn a_read_only_view_is_not_written() {
    let a = Array1::<f64>::zeros(3);
    let error = jit().call::<()>("scale", &[a.view().into(), 3.0.into()]).expect_err("it is refused");
    assert!(error.to_string().contains("readonly array"), "{error}");
}

#[test]
fn results_come_back() {
    let jit = jit();
    let before = zouk_runtime::memory::live_blocks();
    let squares: ArrayD<i64> = jit.call("squares", &[6i64.into()]).expect("it runs");
    assert_eq!(squares, Array1::from_iter((0..6).map(|i| i * i)).into_dyn());
    assert_eq!(zouk_runtime::memory::live_blocks(), before);
    let z = Complex::new(3.0, 4.0);
    let (length, conjugate): (f64, Complex<f64>) = jit.call("polar", &[z.into()]).expect("it runs");
    assert_eq!((length, conjugate), (5.0, z.conj()));
}

#[test]
fn exceptions_come_back() {
    let jit = jit();
    let a = Array1::<f64>::zeros(3);
    let JitError::Raised(exception) = jit.call::<f64>("at", &[a.view().into(), 3i64.into()]).expect_err("out of bounds") else { panic!("not raised") };
    assert_eq!((exception.name.as_str(), exception.message.as_str()), ("IndexError", "index 3 is out of bounds for axis 0 with size 3"));
    assert_eq!(exception.traceback[0].function, "at");
    let JitError::Raised(exception) = jit.call::<i64>("divide", &[1i64.into(), 0i64.into()]).expect_err("by zero") else { panic!("not raised") };
    assert_eq!(exception.name, "ZeroDivisionError");
}

#[test]
fn a_syntax_error_shows_its_line() {
    let error = Jit::new("def f(x):\n    return x +\n").err().expect("it does not parse").to_string();
    assert!(error.contains("<string>:2:") && error.contains("return x +") && error.contains("[syntax-error]"), "{error}");
}

#[test]
fn a_wrong_result_type_is_an_error() {
    let error = jit().call::<f64>("divide", &[1i64.into(), 1i64.into()]).expect_err("it is an int64");
    assert!(matches!(error, JitError::Result { .. }), "{error}");
}
