//! QR decomposition as LAPACK has it: a reflector `I - tau v v*` makes its column real, and is the identity where that is so already. `faer`'s
//! gives other signs to complex matrices, and other shapes to matrices without full rank.
//!
//! Columns are taken in panels. The reflectors of a panel act on the columns after it at once: their product is `I - V T V*`.

use super::{Float, Matrix, Scalar};
use crate::status::*;
use faer::{
    Accum, MatMut, MatRef, Par,
    linalg::matmul::matmul,
    traits::{
        ext::ComplexFieldExt,
        math_utils::{min_positive, one, real, zero},
    },
};

/// Columns of a panel.
const PANEL: usize = 32;
/// Numbers added side by side.
const LANES: usize = 8;

/// `R` above the diagonal, below it the reflectors without their leading ones.
pub struct Qr<T> {
    pub factors: Matrix<T>,
    pub tau: Vec<T>,
}

impl<T: Scalar> Qr<T> {
    pub fn of(a: &[T], m: usize, n: usize) -> Result<Self, i64> {
        let (mut factors, mut tau) = (Matrix::of(a, m, n)?, filled(m.min(n), zero())?);
        for start in (0..tau.len()).step_by(PANEL) {
            let end = (start + PANEL).min(tau.len());
            for k in start..end {
                tau[k] = reflector(&mut factors.column_mut(k)[k..]);
                for j in k + 1..end {
                    let [v, column] = factors.columns_mut(k, j);
                    reflect(&v[k + 1..], tau[k].conj(), &mut column[k..]);
                }
            }
            if end < n {
                let block = Block::of(&factors, &tau, start, end)?;
                block.apply(factors.view_mut().submatrix_mut(start, end, m - start, n - end), true)?;
            }
        }
        Ok(Self { factors, tau })
    }

    /// The leading columns of `Q`.
    pub fn q(&self, columns: usize) -> Result<Matrix<T>, i64> {
        let m = self.factors.rows;
        let mut q = Matrix::zeros(m, columns)?;
        q.view_mut().diagonal_mut().fill(one());
        for start in (0..self.tau.len()).step_by(PANEL).rev() {
            let end = (start + PANEL).min(self.tau.len());
            // What is left of the panel and above it is still that of the unit matrix.
            Block::of(&self.factors, &self.tau, start, end)?.apply(q.view_mut().submatrix_mut(start, start, m - start, columns - start), false)?;
        }
        Ok(q)
    }

    /// The leading rows of `R`.
    pub fn write_r(&self, out: &mut [T]) {
        let n = self.factors.columns;
        for (i, row) in out.chunks_exact_mut(n.max(1)).enumerate() {
            row.iter_mut().enumerate().for_each(|(j, slot)| *slot = if i <= j { self.factors.at(i, j) } else { zero() });
        }
    }
}

/// Makes `x` the reflector that takes it to a real multiple of the first unit vector, which takes its first place; gives `tau`.
fn reflector<T: Scalar>(x: &mut [T]) -> T {
    let (head, tail) = x.split_first_mut().expect("a column has its diagonal");
    let size = norm(tail);
    let imaginary = *head - T::of_real(real(head));
    if size == zero() && imaginary == zero() {
        return zero();
    }
    let length = norm(&[T::of_real(size), *head]);
    // Its reciprocal would be infinite.
    let small = min_positive::<T::Real>() / T::Real::EPSILON;
    if length < small {
        x.iter_mut().for_each(|x| *x = x.mul_real(small.recip()));
        let tau = reflector(x);
        x[0] = x[0].mul_real(small);
        return tau;
    }
    let beta = if real(head) >= zero() { -length } else { length };
    let scale = (*head - T::of_real(beta)).recip();
    tail.iter_mut().for_each(|x| *x *= scale);
    let tau = (T::of_real(beta) - *head).mul_real(beta.recip());
    *head = T::of_real(beta);
    tau
}

/// The Euclidean norm, without overflow or underflow on the way.
fn norm<T: Scalar>(x: &[T]) -> T::Real {
    MatRef::from_column_major_slice(x, x.len(), 1).norm_l2()
}

/// `y -= tau v (v* y)`, where `v` begins with a 1 that is not there.
fn reflect<T: Scalar>(v: &[T], tau: T, y: &mut [T]) {
    let (head, tail) = y.split_first_mut().expect("as long as the reflector");
    let factor = tau * (*head + dot(v, tail));
    *head -= factor;
    tail.iter_mut().zip(v).for_each(|(y, v)| *y -= *v * factor);
}

/// `x* y`
fn dot<T: Scalar>(x: &[T], y: &[T]) -> T {
    let mut sums = [zero::<T>(); LANES];
    for (x, y) in x.chunks(LANES).zip(y.chunks(LANES)) {
        sums.iter_mut().zip(x.iter().zip(y)).for_each(|(sum, (x, y))| *sum += x.conj() * *y);
    }
    sums.into_iter().fold(zero(), |sum, part| sum + part)
}

/// The reflectors of a panel.
struct Block<T> {
    v: Matrix<T>,
    t: Matrix<T>,
}

impl<T: Scalar> Block<T> {
    fn of(factors: &Matrix<T>, tau: &[T], start: usize, end: usize) -> Result<Self, i64> {
        let width = end - start;
        let (mut v, mut t) = (Matrix::zeros(factors.rows - start, width)?, Matrix::zeros(width, width)?);
        for k in 0..width {
            let column = v.column_mut(k);
            column[k] = one();
            column[k + 1..].copy_from_slice(&factors.column(start + k)[start + k + 1..]);
            // T[:k, k] = -tau T[:k, :k] V[:, :k]* v
            let mut products = [zero(); PANEL];
            (0..k).for_each(|j| products[j] = dot(&v.column(j)[k..], &v.column(k)[k..]));
            for i in 0..k {
                let sum = (i..k).fold(zero::<T>(), |sum, j| sum + t.at(i, j) * products[j]);
                t.column_mut(k)[i] = -tau[start + k] * sum;
            }
            t.column_mut(k)[k] = tau[start + k];
        }
        Ok(Self { v, t })
    }

    /// `target -= V T V* target`, with the adjoint of `T` if wanted.
    fn apply(&self, mut target: MatMut<'_, T>, adjoint: bool) -> Result<(), i64> {
        let (width, columns) = (self.t.rows, target.ncols());
        let (mut inner, mut outer) = (Matrix::zeros(width, columns)?, Matrix::zeros(width, columns)?);
        let (v, t) = (self.v.view(), self.t.view());
        matmul(inner.view_mut(), Accum::Replace, v.adjoint(), target.as_ref(), one(), Par::Seq);
        if adjoint {
            matmul(outer.view_mut(), Accum::Replace, t.adjoint(), inner.view(), one(), Par::Seq);
        } else {
            matmul(outer.view_mut(), Accum::Replace, t, inner.view(), one(), Par::Seq);
        }
        matmul(target.as_mut(), Accum::Add, v, outer.view(), -one::<T>(), Par::Seq);
        Ok(())
    }
}

/// `np.linalg.qr(a)`: `columns` of `Q` (all, `min(m, n)`, or none), and as many rows of `R` as `r` has room for.
pub fn qr<T: Scalar>(a: &[T], m: usize, n: usize, columns: usize, q: &mut [T], r: &mut [T]) -> Status {
    let factors = Qr::of(a, m, n)?;
    factors.write_r(r);
    if columns > 0 {
        factors.q(columns)?.write(q);
    }
    Ok(FINE)
}

/// `np.linalg.qr(a, mode="raw")`
pub fn qr_raw<T: Scalar>(a: &[T], m: usize, n: usize, h: &mut [T], tau: &mut [T]) -> Status {
    let factors = Qr::of(a, m, n)?;
    h.copy_from_slice(&factors.factors.data);
    tau.copy_from_slice(&factors.tau);
    Ok(FINE)
}
