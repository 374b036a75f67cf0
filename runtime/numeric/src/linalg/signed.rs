//! Singular vectors and eigenvectors with the signs that LAPACK gives them.
//!
//! Vectors are determined but for their signs, and what is drawn with a covariance depends on them. So these kernels take the steps that `dgesdd` and `dsyevd` take of
//! square matrices of at most [`LARGEST`] rows, in their order: Householder reflections, then implicit QR steps by plane rotations. Larger matrices are divided there,
//! which is not followed here. Of equal singular values or eigenvalues rounding decides which vectors are found, as it does in LAPACK.

pub mod eigh;
pub mod svd;

use crate::status::filled;

/// The rows of the largest matrix that is not divided.
pub const LARGEST: usize = 25;

/// Half of the distance of 1.0 and the next float: LAPACK's `Epsilon`.
const EPSILON: f64 = f64::EPSILON / 2.0;

/// Vectors, as rows of a square matrix.
pub struct Rows<'a> {
    data: &'a mut [f64],
    n: usize,
}

impl<'a> Rows<'a> {
    /// The unit matrix, in this memory.
    fn unit(data: &'a mut [f64], n: usize) -> Self {
        data.fill(0.0);
        data.iter_mut().step_by(n + 1).for_each(|x| *x = 1.0);
        Self { data, n }
    }

    fn row_mut(&mut self, i: usize) -> &mut [f64] {
        &mut self.data[i * self.n..][..self.n]
    }

    fn pair_mut(&mut self, i: usize, j: usize) -> (&mut [f64], &mut [f64]) {
        let (i, j) = (i.min(j), i.max(j));
        let (before, rest) = self.data.split_at_mut(j * self.n);
        (&mut before[i * self.n..][..self.n], &mut rest[..self.n])
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

    /// Reflects each row from the element `first` on.
    fn reflect(&mut self, first: usize, reflection: &Reflection) {
        for i in 0..self.n {
            reflection.apply(&mut self.row_mut(i)[first..]);
        }
    }
}

/// `1 - factor v v'`
pub struct Reflection {
    v: Vec<f64>,
    factor: f64,
}

impl Reflection {
    /// The reflection that takes a vector to `(b, 0, ...)`, and `b`, whose sign is not that of the first element.
    fn of(vector: impl Iterator<Item = f64>) -> Result<(Self, f64), i64> {
        let mut v = filled(LARGEST, 0.0)?;
        let count = vector.zip(&mut v).map(|(x, slot)| *slot = x).count();
        v.truncate(count);
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
            let along: f64 = row.iter().zip(&self.v).map(|(x, v)| x * v).sum();
            row.iter_mut().zip(&self.v).for_each(|(x, v)| *x -= self.factor * along * v);
        }
    }
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
