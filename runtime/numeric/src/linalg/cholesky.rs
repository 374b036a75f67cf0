//! Cholesky decomposition.

use super::{Matrix, Scalar, workspace};
use crate::status::*;
use faer::{
    Par, Spec,
    dyn_stack::MemStack,
    linalg::cholesky::llt::factor::{LltRegularization, cholesky_in_place, cholesky_in_place_scratch},
    traits::{
        ext::ComplexFieldExt,
        math_utils::{real, zero},
    },
};

/// `np.linalg.cholesky(a, upper=upper)`, of which only that triangle is read; [`UNDEFINED`] if `a` is not positive definite.
pub fn cholesky<T: Scalar>(a: &[T], n: usize, upper: bool, out: &mut [T]) -> Status {
    let mut factor = Matrix::of(a, n, n)?;
    // The lower triangle of the transposed is the upper one, and its factor is conjugated.
    if upper {
        transpose(&mut factor, n);
    }
    let params = Spec::default();
    let mut memory = workspace(cholesky_in_place_scratch::<T>(n, Par::Seq, params))?;
    cholesky_in_place(factor.view_mut(), LltRegularization::default(), Par::Seq, MemStack::new(&mut memory), params).map_err(|_| UNDEFINED)?;
    for j in 0..n {
        factor.column_mut(j)[..j].fill(zero());
        if real(&factor.at(j, j)).is_nan() {
            return Err(UNDEFINED);
        }
    }
    if upper {
        transpose(&mut factor, n);
    }
    factor.write(out);
    Ok(FINE)
}

fn transpose<T: Scalar>(matrix: &mut Matrix<T>, n: usize) {
    for j in 1..n {
        for i in 0..j {
            let [left, right] = matrix.columns_mut(i, j);
            std::mem::swap(&mut left[j], &mut right[i]);
        }
    }
}
