//! Eigenvalues and eigenvectors.

use super::{Matrix, Scalar, workspace};
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
    /// Where vectors grow beyond the largest float before they are scaled, they do not converge.
    fn eig(a: &[Self], n: usize, w: &mut [Complex<Self::Real>], vectors: Option<&mut [Complex<Self::Real>]>) -> Status;
}

impl General for f64 {
    fn eig(a: &[Self], n: usize, w: &mut [Complex<f64>], vectors: Option<&mut [Complex<f64>]>) -> Status {
        check(a)?;
        let (mut re, mut im, mut u) = (filled(n, 0.0)?, filled(n, 0.0)?, Matrix::zeros(n, if vectors.is_some() { n } else { 0 })?);
        let (params, matrix) = (Spec::default(), Matrix::of(a, n, n)?);
        let mut memory = workspace(evd::evd_scratch::<f64>(n, ComputeEigenvectors::No, wanted(vectors.is_some()), Par::Seq, params))?;
        let (re_view, im_view) = (ColMut::from_slice_mut(&mut re).as_diagonal_mut(), ColMut::from_slice_mut(&mut im).as_diagonal_mut());
        let view = vectors.is_some().then(|| u.view_mut());
        evd::evd_real(matrix.view(), re_view, im_view, None, view, Par::Seq, MemStack::new(&mut memory), params).map_err(|_| NO_CONVERGENCE)?;
        if let Some(vectors) = vectors {
            write_vectors(&mut complex_vectors(&u, &im)?, |j| im[j] != 0.0, vectors)?;
        }
        let mut is_second = false;
        for (slot, (re, im)) in w.iter_mut().zip(re.iter().zip(&im)) {
            is_second = *im != 0.0 && !is_second;
            *slot = Complex { re: *re, im: if is_second || *im == 0.0 { im.abs() } else { -im.abs() } };
        }
        Ok(FINE)
    }
}

/// The vectors of a real matrix: where the imaginary part of the value is not 0, two columns are the parts of the first vector of a pair.
fn complex_vectors(u: &Matrix<f64>, im: &[f64]) -> Result<Matrix<Complex<f64>>, i64> {
    let n = im.len();
    let mut complex = Matrix::zeros(n, n)?;
    let mut j = 0;
    while j < n {
        if im[j] == 0.0 || j + 1 == n {
            complex.column_mut(j).iter_mut().zip(u.column(j)).for_each(|(slot, x)| *slot = (*x).into());
            j += 1;
            continue;
        }
        let [first, second] = complex.columns_mut(j, j + 1);
        for i in 0..n {
            first[i] = Complex::new(u.at(i, j), u.at(i, j + 1));
            second[i] = first[i].conj();
        }
        if im[j] < 0.0 {
            first.swap_with_slice(second);
        }
        j += 2;
    }
    Ok(complex)
}

impl General for Complex<f64> {
    fn eig(a: &[Self], n: usize, w: &mut [Self], vectors: Option<&mut [Self]>) -> Status {
        check(a)?;
        let mut u = Matrix::zeros(n, if vectors.is_some() { n } else { 0 })?;
        let (params, matrix) = (Spec::default(), Matrix::of(a, n, n)?);
        let mut memory = workspace(evd::evd_scratch::<Self>(n, ComputeEigenvectors::No, wanted(vectors.is_some()), Par::Seq, params))?;
        let (values, view) = (ColMut::from_slice_mut(w).as_diagonal_mut(), vectors.is_some().then(|| u.view_mut()));
        evd::evd_cplx(matrix.view(), values, None, view, Par::Seq, MemStack::new(&mut memory), params).map_err(|_| NO_CONVERGENCE)?;
        if let Some(vectors) = vectors {
            write_vectors(&mut u, |_| true, vectors)?;
        }
        Ok(FINE)
    }
}

impl General for f32 {
    fn eig(a: &[Self], n: usize, w: &mut [Complex<f32>], vectors: Option<&mut [Complex<f32>]>) -> Status {
        eig_widened(a, |x| x as f64, n, w, vectors)
    }
}

impl General for Complex<f32> {
    fn eig(a: &[Self], n: usize, w: &mut [Self], vectors: Option<&mut [Self]>) -> Status {
        eig_widened(a, |x| Complex::new(x.re as f64, x.im as f64), n, w, vectors)
    }
}

/// By floats of double width: the vectors of triangular matrices soon leave the range of single ones.
fn eig_widened<N: Copy, W: General<Real = f64>>(
    a: &[N], widen: impl Fn(N) -> W, n: usize, w: &mut [Complex<f32>], vectors: Option<&mut [Complex<f32>]>,
) -> Status {
    let (mut wide, mut values, mut rows) = (room(a.len())?, filled(n, zero())?, filled(vectors.as_ref().map_or(0, |v| v.len()), zero())?);
    wide.extend(a.iter().map(|x| widen(*x)));
    W::eig(&wide, n, &mut values, vectors.is_some().then_some(&mut rows))?;
    let narrow = |x: Complex<f64>| Complex::new(x.re as f32, x.im as f32);
    w.iter_mut().zip(values).for_each(|(slot, x)| *slot = narrow(x));
    vectors.into_iter().flatten().zip(rows).for_each(|(slot, x)| *slot = narrow(x));
    Ok(FINE)
}

fn check<T: Scalar>(a: &[T]) -> Result<(), i64> {
    if a.iter().all(|x| x.is_finite()) { Ok(()) } else { Err(UNDEFINED) }
}

/// Writes vectors of length 1, the largest element of which is real where `is_complex` holds.
fn write_vectors(vectors: &mut Matrix<Complex<f64>>, is_complex: impl Fn(usize) -> bool, out: &mut [Complex<f64>]) -> Result<(), i64> {
    if !vectors.data.iter().all(|x| x.is_finite()) {
        return Err(NO_CONVERGENCE);
    }
    (0..vectors.columns).for_each(|j| normalize(vectors.column_mut(j), is_complex(j)));
    vectors.write(out);
    Ok(())
}

fn normalize(x: &mut [Complex<f64>], rotate: bool) {
    let top = (0..x.len()).fold(0, |top, i| if x[i].norm() > x[top].norm() { i } else { top });
    let largest = x[top].norm();
    if largest == 0.0 {
        return;
    }
    x.iter_mut().for_each(|x| *x /= largest);
    let length = x.iter().map(|x| x.norm_sqr()).sum::<f64>().sqrt();
    let factor = if rotate { x[top].conj() / (x[top].norm() * length) } else { (1.0 / length).into() };
    x.iter_mut().for_each(|x| *x *= factor);
    if rotate {
        x[top].im = 0.0;
    }
}
