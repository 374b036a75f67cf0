//! Eigenvalues and eigenvectors.

use super::{Float, Matrix, Scalar, workspace};
use crate::status::*;
use faer::{
    ColMut, Par, Spec,
    complex::Complex,
    dyn_stack::MemStack,
    linalg::evd::{self, ComputeEigenvectors},
    traits::{
        ext::ComplexFieldExt,
        math_utils::{nan, real, zero},
    },
};

fn wanted(vectors: bool) -> ComputeEigenvectors {
    if vectors { ComputeEigenvectors::Yes } else { ComputeEigenvectors::No }
}

/// `np.linalg.eigh(a, UPLO)` and `eigvalsh`. A triangle that is not finite gives NaNs.
pub fn eigh<T: Scalar>(a: &[T], n: usize, upper: bool, w: &mut [T::Real], vectors: Option<&mut [T]>) -> Status {
    let mut matrix = Matrix::of(a, n, n)?;
    for (i, j) in (0..n).flat_map(|j| (j..n).map(move |i| (i, j))) {
        let x = if upper { matrix.at(j, i).conj() } else { matrix.at(i, j) };
        matrix.column_mut(j)[i] = if i == j { T::of_real(real(&x)) } else { x };
        if !x.is_finite() {
            w.fill(nan());
            if let Some(vectors) = vectors {
                vectors.fill(nan());
            }
            return Ok(FINE);
        }
    }
    let (mut values, mut u) = (filled(n, zero::<T>())?, Matrix::zeros(n, if vectors.is_some() { n } else { 0 })?);
    let params = Spec::default();
    if n > 0 {
        let mut memory = workspace(evd::self_adjoint_evd_scratch::<T>(n, wanted(vectors.is_some()), Par::Seq, params))?;
        let view = vectors.is_some().then(|| u.view_mut());
        let diagonal = ColMut::from_slice_mut(&mut values).as_diagonal_mut();
        evd::self_adjoint_evd(matrix.view(), diagonal, view, Par::Seq, MemStack::new(&mut memory), params).map_err(|_| NO_CONVERGENCE)?;
    }
    w.iter_mut().zip(&values).for_each(|(slot, x)| *slot = real(x));
    if let Some(vectors) = vectors {
        u.write(vectors);
    }
    Ok(FINE)
}

/// A type of matrix that has complex eigenvalues.
pub trait General: Scalar {
    /// `np.linalg.eig(a)` and `eigvals`, always complex: pairs of conjugated values have the one above the real line first. Vectors are of length 1,
    /// the largest part of complex ones is real. [`UNDEFINED`] if `a` is not finite.
    fn eig(a: &[Self], n: usize, w: &mut [Complex<Self::Real>], vectors: Option<&mut [Complex<Self::Real>]>) -> Status
    where
        Complex<Self::Real>: Scalar<Real = Self::Real>;
}

macro_rules! general {
    ($float:ty) => {
        impl General for $float {
            fn eig(a: &[Self], n: usize, w: &mut [Complex<$float>], vectors: Option<&mut [Complex<$float>]>) -> Status {
                check(a)?;
                let (mut re, mut im, mut u) = (filled(n, 0.0)?, filled(n, 0.0)?, Matrix::zeros(n, if vectors.is_some() { n } else { 0 })?);
                let (params, matrix) = (Spec::default(), Matrix::of(a, n, n)?);
                let mut memory = workspace(evd::evd_scratch::<$float>(n, ComputeEigenvectors::No, wanted(vectors.is_some()), Par::Seq, params))?;
                let (re_view, im_view) = (ColMut::from_slice_mut(&mut re).as_diagonal_mut(), ColMut::from_slice_mut(&mut im).as_diagonal_mut());
                let view = vectors.is_some().then(|| u.view_mut());
                evd::evd_real(matrix.view(), re_view, im_view, None, view, Par::Seq, MemStack::new(&mut memory), params).map_err(|_| NO_CONVERGENCE)?;
                let Some(vectors) = vectors else {
                    return finish(&re, &im, w);
                };
                let mut complex = Matrix::zeros(n, n)?;
                for j in (0..n).filter(|j| im[*j] == 0.0) {
                    complex.column_mut(j).iter_mut().zip(u.column(j)).for_each(|(slot, x)| *slot = (*x).into());
                }
                // The two columns of a pair are real and imaginary part of its first vector.
                let mut j = 0;
                while j + 1 < n {
                    if im[j] == 0.0 {
                        j += 1;
                        continue;
                    }
                    for i in 0..n {
                        let x = Complex::new(u.at(i, j), u.at(i, j + 1));
                        complex.column_mut(j)[i] = x;
                        complex.column_mut(j + 1)[i] = x.conj();
                    }
                    if im[j] < 0.0 {
                        let [first, second] = complex.columns_mut(j, j + 1);
                        first.swap_with_slice(second);
                    }
                    j += 2;
                }
                finish(&re, &im, w)?;
                (0..n).for_each(|j| normalize(complex.column_mut(j), w[j].im != 0.0));
                complex.write(vectors);
                Ok(FINE)
            }
        }

        impl General for Complex<$float> {
            fn eig(a: &[Self], n: usize, w: &mut [Self], vectors: Option<&mut [Self]>) -> Status {
                check(a)?;
                let mut u = Matrix::zeros(n, if vectors.is_some() { n } else { 0 })?;
                let (params, matrix) = (Spec::default(), Matrix::of(a, n, n)?);
                let mut memory = workspace(evd::evd_scratch::<Self>(n, ComputeEigenvectors::No, wanted(vectors.is_some()), Par::Seq, params))?;
                let view = vectors.is_some().then(|| u.view_mut());
                let values = ColMut::from_slice_mut(w).as_diagonal_mut();
                evd::evd_cplx(matrix.view(), values, None, view, Par::Seq, MemStack::new(&mut memory), params).map_err(|_| NO_CONVERGENCE)?;
                if let Some(vectors) = vectors {
                    (0..n).for_each(|j| normalize(u.column_mut(j), true));
                    u.write(vectors);
                }
                Ok(FINE)
            }
        }
    };
}

general!(f32);
general!(f64);

fn check<T: Scalar>(a: &[T]) -> Result<(), i64> {
    if a.iter().all(|x| x.is_finite()) { Ok(()) } else { Err(UNDEFINED) }
}

/// Writes the eigenvalues of a real matrix.
fn finish<F: Float>(re: &[F], im: &[F], w: &mut [Complex<F>]) -> Status {
    let mut is_second = false;
    for (i, slot) in w.iter_mut().enumerate() {
        is_second = im[i] != zero() && !is_second;
        let size = im[i].abs();
        *slot = Complex { re: re[i], im: if is_second || size == zero() { size } else { -size } };
    }
    Ok(FINE)
}

/// Length 1; the largest element becomes real if it is wanted so.
fn normalize<F: Float>(x: &mut [Complex<F>], rotate: bool)
where
    Complex<F>: Scalar<Real = F>,
{
    let largest = x.iter().map(|x| x.abs()).fold(zero(), |a: F, b| if b > a { b } else { a });
    if largest == zero() {
        return;
    }
    x.iter_mut().for_each(|x| *x = x.mul_real(largest.recip()));
    let length = x.iter().fold(zero(), |sum: F, x| sum + x.abs2()).sqrt();
    let mut top = (zero::<F>(), 0);
    for (i, x) in x.iter().enumerate() {
        if x.abs2() > top.0 {
            top = (x.abs2(), i);
        }
    }
    let turn = if rotate { x[top.1].conj().mul_real(x[top.1].abs().recip()) } else { Complex::of_real(F::one_impl()) };
    x.iter_mut().for_each(|x| *x = (*x * turn).mul_real(length.recip()));
    if rotate {
        x[top.1].im = zero();
    }
}
