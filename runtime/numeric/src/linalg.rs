//! Linear algebra by `faer`, on one thread: it has every factorisation for real and complex floats of either width, picks its instructions when
//! it runs, needs neither BLAS nor LAPACK nor a C or Fortran compiler, and lets the caller own all memory.
//!
//! Arrays of compiled code are in row-major order, factorisations work on column-major copies.

pub mod cholesky;
pub mod eigen;
pub mod lu;
pub mod qr;
pub mod signed;
pub mod svd;
pub mod symbols;

use crate::status::*;
use faer::{
    MatMut, MatRef,
    complex::Complex,
    dyn_stack::{MemBuffer, StackReq},
    traits::{ComplexField, RealField, math_utils::zero},
};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// What matrices consist of.
pub trait Scalar: ComplexField<Real: Float> + Number {
    /// `real + 0j`, where that is a number of this type.
    fn of_real(real: Self::Real) -> Self;
}

/// What absolute values are.
pub trait Float: RealField + Number + Div<Output = Self> {
    const EPSILON: Self;
    fn ln(self) -> Self;
    fn exp(self) -> Self;
}

/// Arithmetic on values.
pub trait Number: Copy + PartialEq + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Neg<Output = Self> {}

impl<T: Copy + PartialEq + Add<Output = T> + Sub<Output = T> + Mul<Output = T> + Neg<Output = T>> Number for T {}

macro_rules! scalars {
    ($($float:ident)*) => {$(
        impl Float for $float {
            const EPSILON: Self = $float::EPSILON;
            fn ln(self) -> Self {
                $float::ln(self)
            }
            fn exp(self) -> Self {
                $float::exp(self)
            }
        }

        impl Scalar for $float {
            fn of_real(real: $float) -> Self {
                real
            }
        }

        impl Scalar for Complex<$float> {
            fn of_real(real: $float) -> Self {
                real.into()
            }
        }
    )*};
}

scalars!(f32 f64);

/// A matrix in column-major order.
pub struct Matrix<T> {
    data: Vec<T>,
    rows: usize,
    columns: usize,
}

impl<T: Scalar> Matrix<T> {
    pub fn zeros(rows: usize, columns: usize) -> Result<Self, i64> {
        let data = filled(rows.checked_mul(columns).ok_or(BAD_ARGUMENT)?, zero())?;
        Ok(Self { data, rows, columns })
    }

    /// A copy of an array.
    pub fn of(array: &[T], rows: usize, columns: usize) -> Result<Self, i64> {
        let mut matrix = Self::zeros(rows, columns)?;
        for (i, row) in array.chunks_exact(columns.max(1)).enumerate() {
            row.iter().enumerate().for_each(|(j, x)| matrix.data[j * rows + i] = *x);
        }
        Ok(matrix)
    }

    /// Copies to an array of this shape.
    pub fn write(&self, array: &mut [T]) {
        for (i, row) in array.chunks_exact_mut(self.columns.max(1)).enumerate() {
            row.iter_mut().enumerate().for_each(|(j, slot)| *slot = self.data[j * self.rows + i]);
        }
    }

    pub fn view(&self) -> MatRef<'_, T> {
        MatRef::from_column_major_slice(&self.data, self.rows, self.columns)
    }

    pub fn view_mut(&mut self) -> MatMut<'_, T> {
        MatMut::from_column_major_slice_mut(&mut self.data, self.rows, self.columns)
    }

    pub fn at(&self, i: usize, j: usize) -> T {
        self.data[j * self.rows + i]
    }

    pub fn column(&self, j: usize) -> &[T] {
        &self.data[j * self.rows..][..self.rows]
    }

    pub fn column_mut(&mut self, j: usize) -> &mut [T] {
        &mut self.data[j * self.rows..][..self.rows]
    }

    /// Two different columns.
    pub fn columns_mut(&mut self, i: usize, j: usize) -> [&mut [T]; 2] {
        let (before, rest) = self.data.split_at_mut(j * self.rows);
        [&mut before[i * self.rows..][..self.rows], &mut rest[..self.rows]]
    }
}

/// Memory for intermediate results of `faer`.
pub fn workspace(request: StackReq) -> Result<MemBuffer, i64> {
    MemBuffer::try_new(request).map_err(|_| OUT_OF_MEMORY)
}
