//! Singular values, and least squares by them.

use super::{Float, Matrix, Scalar, workspace};
use crate::status::*;
use faer::{
    Accum, ColMut, Par, Spec,
    dyn_stack::MemStack,
    linalg::{
        matmul::matmul,
        svd::{self, ComputeSvdVectors},
    },
    traits::{
        ext::ComplexFieldExt,
        math_utils::{nan, one, real, zero},
    },
};

struct Svd<T: Scalar> {
    u: Matrix<T>,
    s: Vec<T>,
    v: Matrix<T>,
}

impl<T: Scalar> Svd<T> {
    /// `a = u s v*`; without the vectors `u` and `v` are empty. As NumPy has it, NaN does not converge, and infinity makes everything NaN.
    fn of(a: &[T], m: usize, n: usize, vectors: ComputeSvdVectors) -> Result<Self, i64> {
        let size = m.min(n);
        let (left, right) = match vectors {
            ComputeSvdVectors::No => (0, 0),
            ComputeSvdVectors::Thin => (size, size),
            ComputeSvdVectors::Full => (m, n),
        };
        let (mut u, mut s, mut v) = (Matrix::zeros(m, left)?, filled(size, zero())?, Matrix::zeros(n, right)?);
        if a.iter().any(|x| x.is_nan()) {
            return Err(NO_CONVERGENCE);
        }
        if a.iter().any(|x| !x.is_finite()) {
            [&mut u.data, &mut s, &mut v.data].into_iter().for_each(|part| part.fill(nan()));
            return Ok(Self { u, s, v });
        }
        let (params, matrix) = (Spec::default(), Matrix::of(a, m, n)?);
        let mut memory = workspace(svd::svd_scratch::<T>(m, n, vectors, vectors, Par::Seq, params))?;
        let wanted = vectors != ComputeSvdVectors::No;
        let (u_view, v_view) = (wanted.then(|| u.view_mut()), wanted.then(|| v.view_mut()));
        let values = ColMut::from_slice_mut(&mut s).as_diagonal_mut();
        svd::svd(matrix.view(), values, u_view, v_view, Par::Seq, MemStack::new(&mut memory), params).map_err(|_| NO_CONVERGENCE)?;
        Ok(Self { u, s, v })
    }

    fn write_values(&self, s: &mut [T::Real]) {
        s.iter_mut().zip(&self.s).for_each(|(slot, x)| *slot = real(x));
    }

    /// `v*`, row by row.
    fn write_v(&self, out: &mut [T]) {
        out.iter_mut().zip(&self.v.data).for_each(|(slot, x)| *slot = x.conj());
    }
}

/// `np.linalg.svd(a, compute_uv=False)`
pub fn svdvals<T: Scalar>(a: &[T], m: usize, n: usize, s: &mut [T::Real]) -> Status {
    Svd::of(a, m, n, ComputeSvdVectors::No)?.write_values(s);
    Ok(FINE)
}

/// `np.linalg.svd(a, full_matrices=full)`
pub fn svd<T: Scalar>(a: &[T], (m, n): (usize, usize), full: bool, u: &mut [T], s: &mut [T::Real], vh: &mut [T]) -> Status {
    let svd = Svd::of(a, m, n, if full { ComputeSvdVectors::Full } else { ComputeSvdVectors::Thin })?;
    svd.u.write(u);
    svd.write_values(s);
    svd.write_v(vh);
    Ok(FINE)
}

/// The results of `np.linalg.lstsq`. `residuals` has a sum of squares for each column of `b`.
pub struct LeastSquares<'a, T: Scalar> {
    pub x: &'a mut [T],
    pub residuals: &'a mut [T::Real],
    pub rank: &'a mut i64,
    pub s: &'a mut [T::Real],
}

/// `np.linalg.lstsq(a, b, rcond)`: singular values up to `rcond` times the largest count as 0; those of the machine's precision, if it is negative.
pub fn lstsq<T: Scalar>(a: &[T], (m, n): (usize, usize), b: &[T], columns: usize, rcond: T::Real, out: LeastSquares<T>) -> Status {
    if a.iter().chain(b).any(|x| !x.is_finite()) {
        return Err(NO_CONVERGENCE);
    }
    let svd = Svd::of(a, m, n, ComputeSvdVectors::Thin)?;
    svd.write_values(out.s);
    let rcond = if rcond < zero() { T::Real::EPSILON } else { rcond };
    let limit = out.s.first().map_or(zero(), |largest| *largest * rcond);
    let rank = out.s.iter().take_while(|s| **s > limit).count();
    *out.rank = rank as i64;

    // x = v[:, :rank] (u[:, :rank]* b / s)
    let (rhs, mut inner, mut x) = (Matrix::of(b, m, columns)?, Matrix::zeros(rank, columns)?, Matrix::zeros(n, columns)?);
    matmul(inner.view_mut(), Accum::Replace, svd.u.view().subcols(0, rank).adjoint(), rhs.view(), one(), Par::Seq);
    for j in 0..columns {
        inner.column_mut(j).iter_mut().zip(&*out.s).for_each(|(x, s)| *x = x.mul_real(s.recip()));
    }
    matmul(x.view_mut(), Accum::Replace, svd.v.view().subcols(0, rank), inner.view(), one(), Par::Seq);
    x.write(out.x);

    let (matrix, mut rest) = (Matrix::of(a, m, n)?, rhs);
    matmul(rest.view_mut(), Accum::Add, matrix.view(), x.view(), -one::<T>(), Par::Seq);
    for (j, slot) in out.residuals.iter_mut().enumerate() {
        *slot = rest.column(j).iter().fold(zero(), |sum: T::Real, x| sum + x.abs2());
    }
    Ok(FINE)
}
