//! By LU decomposition with partial pivoting: systems of equations, inverses, determinants.

use super::{Float, Matrix, Scalar, workspace};
use crate::status::*;
use faer::{
    Par, Spec,
    dyn_stack::MemStack,
    linalg::lu::partial_pivoting::{factor, inverse, solve},
    perm::PermRef,
    traits::{
        ext::ComplexFieldExt,
        math_utils::{one, zero},
    },
};

struct Lu<T> {
    factors: Matrix<T>,
    forward: Vec<usize>,
    backward: Vec<usize>,
    is_odd: bool,
}

impl<T: Scalar> Lu<T> {
    fn of(a: &[T], n: usize) -> Result<Self, i64> {
        let (mut factors, mut forward, mut backward) = (Matrix::of(a, n, n)?, filled(n, 0)?, filled(n, 0)?);
        let params = Spec::default();
        let mut memory = workspace(factor::lu_in_place_scratch::<usize, T>(n, n, Par::Seq, params))?;
        let (info, _) = factor::lu_in_place(factors.view_mut(), &mut forward, &mut backward, Par::Seq, MemStack::new(&mut memory), params);
        Ok(Self { factors, forward, backward, is_odd: info.transposition_count % 2 == 1 })
    }

    fn pivots(&self) -> impl Iterator<Item = T> {
        (0..self.forward.len()).map(|i| self.factors.at(i, i))
    }

    /// The determinant of the permutation.
    fn sign(&self) -> T {
        if self.is_odd { -one::<T>() } else { one() }
    }

    /// What follows the first pivot that is 0 means nothing.
    fn is_singular(&self) -> bool {
        self.pivots().any(|pivot| pivot == zero())
    }

    fn permutation(&self) -> PermRef<'_, usize> {
        PermRef::new_checked(&self.forward, &self.backward, self.forward.len())
    }
}

/// `np.linalg.solve(a, b)`; [`UNDEFINED`] if `a` is singular.
pub fn solve<T: Scalar>(a: &[T], n: usize, b: &[T], columns: usize, x: &mut [T]) -> Status {
    let lu = Lu::of(a, n)?;
    if lu.is_singular() {
        return Err(UNDEFINED);
    }
    let mut rhs = Matrix::of(b, n, columns)?;
    let mut memory = workspace(solve::solve_in_place_scratch::<usize, T>(n, columns, Par::Seq))?;
    let factors = lu.factors.view();
    solve::solve_in_place(factors, factors, lu.permutation(), rhs.view_mut(), Par::Seq, MemStack::new(&mut memory));
    rhs.write(x);
    Ok(FINE)
}

/// `np.linalg.inv(a)`; [`UNDEFINED`] if `a` is singular.
pub fn inv<T: Scalar>(a: &[T], n: usize, out: &mut [T]) -> Status {
    let lu = Lu::of(a, n)?;
    if lu.is_singular() {
        return Err(UNDEFINED);
    }
    let mut inverse = Matrix::zeros(n, n)?;
    let mut memory = workspace(inverse::inverse_scratch::<usize, T>(n, Par::Seq))?;
    let factors = lu.factors.view();
    inverse::inverse(inverse.view_mut(), factors, factors, lu.permutation(), Par::Seq, MemStack::new(&mut memory));
    inverse.write(out);
    Ok(FINE)
}

/// `np.linalg.slogdet(a)`: a number of absolute value 1, or 0, and the logarithm.
pub fn slogdet<T: Scalar>(a: &[T], n: usize) -> Result<(T, T::Real), i64> {
    let lu = Lu::of(a, n)?;
    if lu.is_singular() {
        return Ok((zero(), zero::<T::Real>().ln()));
    }
    Ok(lu.pivots().fold((lu.sign(), zero()), |(sign, log), pivot| {
        let size = pivot.abs();
        (sign * pivot.mul_real(size.recip()), log + size.ln())
    }))
}

/// `np.linalg.det(a)`
pub fn det<T: Scalar>(a: &[T], n: usize) -> Result<T, i64> {
    let lu = Lu::of(a, n)?;
    if lu.is_singular() {
        return Ok(zero());
    }
    let product = lu.pivots().fold(lu.sign(), |product, pivot| product * pivot);
    if product.is_finite() && product != zero() {
        return Ok(product);
    }
    // The product of some pivots may be too large or too small where that of all is not.
    let (sign, log) = slogdet(a, n)?;
    Ok(sign.mul_real(log.exp()))
}
