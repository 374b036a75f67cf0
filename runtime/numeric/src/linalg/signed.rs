//! Singular vectors and eigenvectors with the signs that LAPACK gives them.
//!
//! Vectors are determined but for their signs, and programs see them: in what is drawn with a covariance, in principal components. So these kernels take the steps that
//! `dgesdd` and `dsyevd` take of matrices of which one side has at most [`LARGEST`] elements, in their order: Householder reflections, then implicit QR steps by plane
//! rotations. Larger matrices are divided there, which is not followed here. Of equal singular values or eigenvalues rounding decides which vectors are found, as it does in
//! LAPACK.

pub mod eigh;
pub mod svd;

use super::{Scalar, eigen, svd as plain};
use crate::status::*;
use faer::complex::Complex;

/// The lesser size of the largest matrix that is not divided.
const LARGEST: usize = 25;

/// A type of elements, some of which have these kernels; the vectors of the others have signs of `faer`.
pub trait Signed: Scalar {
    /// `np.linalg.svd(a, full_matrices=full)`
    fn svd(a: &[Self], shape: (usize, usize), full: bool, u: &mut [Self], s: &mut [Self::Real], vh: &mut [Self]) -> Status {
        plain::svd(a, shape, full, u, s, vh)
    }

    /// `np.linalg.eigh(a, UPLO)`, and `eigvalsh`.
    fn eigh(a: &[Self], n: usize, upper: bool, w: &mut [Self::Real], vectors: Option<&mut [Self]>) -> Status {
        eigen::eigh(a, n, upper, w, vectors)
    }
}

impl Signed for f32 {}
impl Signed for Complex<f32> {}
impl Signed for Complex<f64> {}

impl Signed for f64 {
    fn svd(a: &[f64], (m, n): (usize, usize), full: bool, u: &mut [f64], s: &mut [f64], vh: &mut [f64]) -> Status {
        let follows = (1..=LARGEST).contains(&m.min(n)) && a.iter().all(|x| x.is_finite());
        if follows { svd::svd(a, (m, n), full, u, s, vh) } else { plain::svd(a, (m, n), full, u, s, vh) }
    }

    fn eigh(a: &[f64], n: usize, upper: bool, w: &mut [f64], vectors: Option<&mut [f64]>) -> Status {
        match vectors {
            Some(vectors) if (1..=LARGEST).contains(&n) && a.iter().all(|x| x.is_finite()) => eigh::eigh(a, n, upper, w, vectors),
            vectors => eigen::eigh(a, n, upper, w, vectors),
        }
    }
}

/// Half of the distance of 1.0 and the next float: LAPACK's `Epsilon`.
const EPSILON: f64 = f64::EPSILON / 2.0;

/// Vectors, as rows.
pub struct Rows {
    data: Vec<f64>,
    width: usize,
}

impl Rows {
    /// The first rows of the unit matrix.
    fn unit(count: usize, width: usize) -> Result<Self, i64> {
        let mut rows = Self { data: filled(count.checked_mul(width).ok_or(BAD_ARGUMENT)?, 0.0)?, width };
        (0..count.min(width)).for_each(|i| rows.row_mut(i)[i] = 1.0);
        Ok(rows)
    }

    /// These vectors in a space of more dimensions, and as many more vectors, along its other axes.
    fn widened(&self, count: usize, width: usize) -> Result<Self, i64> {
        let mut rows = Self::unit(count, width)?;
        for (i, row) in self.data.chunks_exact(self.width.max(1)).enumerate() {
            rows.row_mut(i)[..self.width].copy_from_slice(row);
            rows.row_mut(i)[self.width..].fill(0.0);
        }
        Ok(rows)
    }

    /// Writes the vectors as the columns of an array.
    fn write_transposed(&self, out: &mut [f64]) {
        let count = self.data.len() / self.width.max(1);
        for (i, row) in self.data.chunks_exact(self.width.max(1)).enumerate() {
            row.iter().enumerate().for_each(|(j, x)| out[j * count + i] = *x);
        }
    }

    fn row_mut(&mut self, i: usize) -> &mut [f64] {
        &mut self.data[i * self.width..][..self.width]
    }

    fn pair_mut(&mut self, i: usize, j: usize) -> (&mut [f64], &mut [f64]) {
        let (i, j) = (i.min(j), i.max(j));
        let (before, rest) = self.data.split_at_mut(j * self.width);
        (&mut before[i * self.width..][..self.width], &mut rest[..self.width])
    }

    fn exchange(&mut self, i: usize, j: usize) {
        if i != j {
            let (x, y) = self.pair_mut(i, j);
            x.swap_with_slice(y);
        }
    }

    /// Turns the rows `i` and `i + 1`.
    fn turn(&mut self, i: usize, (c, s): (f64, f64)) {
        if (c, s) != (1.0, 0.0) {
            let (upper, lower) = self.pair_mut(i, i + 1);
            for (x, y) in upper.iter_mut().zip(lower) {
                (*x, *y) = (s * *y + c * *x, c * *y - s * *x);
            }
        }
    }

    /// Turns the elements `i` and `i + 1` of each row.
    fn turn_elements(&mut self, i: usize, (c, s): (f64, f64)) {
        for row in self.data.chunks_exact_mut(self.width) {
            (row[i], row[i + 1]) = (s * row[i + 1] + c * row[i], c * row[i + 1] - s * row[i]);
        }
    }

    /// Reflects each row from the element `first` on.
    fn reflect(&mut self, first: usize, reflection: &Reflection) {
        let width = self.width;
        self.data.chunks_exact_mut(width.max(1)).for_each(|row| reflection.apply(&mut row[first..]));
    }
}

/// `1 - factor v v'`
pub struct Reflection {
    v: Vec<f64>,
    factor: f64,
}

impl Reflection {
    /// The reflection that takes a vector to `(b, 0, ...)`, and `b`, whose sign is not that of the first element.
    fn of(vector: impl ExactSizeIterator<Item = f64>) -> Result<(Self, f64), i64> {
        let mut v = filled(vector.len(), 0.0)?;
        vector.zip(&mut v).for_each(|(x, slot)| *slot = x);
        let largest = v.iter().skip(1).fold(0.0, |most: f64, x| most.max(x.abs()));
        let first = std::mem::replace(&mut v[0], 1.0);
        if largest == 0.0 {
            return Ok((Self { v, factor: 0.0 }, first));
        }
        let rest = largest * v[1..].iter().map(|x| (x / largest).powi(2)).sum::<f64>().sqrt();
        let b = -first.hypot(rest).copysign(first);
        v[1..].iter_mut().for_each(|x| *x /= first - b);
        Ok((Self { v, factor: (b - first) / b }, b))
    }

    fn apply(&self, row: &mut [f64]) {
        if self.factor != 0.0 {
            let along = product(row, &self.v);
            row.iter_mut().zip(&self.v).for_each(|(x, v)| *x -= self.factor * along * v);
        }
    }
}

/// The sum of products, in as many sums as vectors of the machine have lanes.
fn product(x: &[f64], y: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (x, y) = (x.chunks_exact(sums.len()), y.chunks_exact(sums.len()));
    let rest: f64 = x.remainder().iter().zip(y.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in x.zip(y) {
        sums.iter_mut().zip(x.iter().zip(y)).for_each(|(sum, (x, y))| *sum += x * y);
    }
    sums.iter().sum::<f64>() + rest
}

/// The cosine, which is not negative, and the sine that turn `(f, g)` to `(r, 0)`, and `r`.
fn rotation(f: f64, g: f64) -> ((f64, f64), f64) {
    if g == 0.0 {
        return ((1.0, 0.0), f);
    }
    if f == 0.0 {
        return ((0.0, 1f64.copysign(g)), g.abs());
    }
    let plain = |x: f64| x.abs() > 1.5e-154 && x.abs() < 4.7e153;
    let unit = if plain(f) && plain(g) { 1.0 } else { f.abs().max(g.abs()).max(f64::MIN_POSITIVE) };
    let (f, g) = (f / unit, g / unit);
    let r = (f * f + g * g).sqrt().copysign(f);
    ((f / r, g / r), r * unit)
}
