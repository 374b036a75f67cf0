//! Calls Python functions on ndarray arrays.

use ndarray::{Array1, Array2, ArrayD, s};
use zouk_driver::{Jit, JitError};

const PYTHON: &str = "
import numpy as np

def normalise(a):
    for i in range(a.shape[0]):
        total = 0.0
        for j in range(a.shape[1]):
            total += a[i, j]
        if total == 0.0:
            raise ValueError('row without content', i)
        for j in range(a.shape[1]):
            a[i, j] /= total

def column_sums(a):
    sums = np.zeros(a.shape[1])
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            sums[j] += a[i, j]
    return sums

def extremes(values):
    low, high = values[0], values[0]
    for x in values:
        low, high = min(low, x), max(high, x)
    return low, high
";

pub fn main() -> Result<(), JitError> {
    let jit = Jit::new(PYTHON)?;

    // A mutable view is written in place.
    let mut a = Array2::from_shape_fn((3, 4), |(i, j)| (i + j + 1) as f64);
    jit.call::<()>("normalise", &[a.view_mut().into()])?;
    assert!(a.rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-12));

    // An array that is returned is copied out. Views may have any strides: here every other column.
    let sums: ArrayD<f64> = jit.call("column_sums", &[a.slice(s![.., ..;2]).into()])?;
    println!("{sums:.3}");

    // Tuples are tuples.
    let values = Array1::from(vec![3, 1, 4, 1, 5i64]);
    let (low, high): (i64, i64) = jit.call("extremes", &[values.view().into()])?;
    assert_eq!((low, high), (1, 5));

    // Exceptions are errors.
    a.row_mut(1).fill(0.0);
    match jit.call::<()>("normalise", &[a.view_mut().into()]) {
        Err(JitError::Raised(exception)) => println!("{exception}, line {}", exception.traceback[0].line),
        other => other?,
    }
    Ok(())
}
