//! Eigenvectors of symmetric matrices: reflections make a matrix of three diagonals, QL or QR steps one of it.

use super::{EPSILON, Reflection, Rows, rotation};
use crate::status::*;

/// `w[:], v[:] = np.linalg.eigh(a, UPLO)` of what is finite.
pub fn eigh(a: &[f64], n: usize, upper: bool, w: &mut [f64], v: &mut [f64]) -> Status {
    // From the upper triangle LAPACK works upwards: as from the lower one of the matrix turned upside down.
    let at = |i: usize| if upper { n - 1 - i } else { i };
    let mut matrix = filled(n * n, 0.0)?;
    for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
        let (row, column) = (at(i.max(j)), at(i.min(j)));
        matrix[i * n + j] = a[row * n + column];
    }
    let mut found = Tridiagonal { d: w, e: filled(n, 0.0)?, vectors: Rows::unit(n, n)?, steps: 30 * n };
    let mut reflections = Vec::new();
    reflections.try_reserve_exact(n).map_err(|_| OUT_OF_MEMORY)?;
    for i in 0..n {
        found.d[at(i)] = matrix[i * n + i];
        if i + 1 < n {
            let (reflection, e) = Reflection::of((i + 1..n).map(|k| matrix[k * n + i]))?;
            found.e[at(i).min(at(i + 1))] = e;
            reflect_both_sides(&mut matrix, n, i + 1, &reflection)?;
            reflections.push(reflection);
        }
    }
    found.diagonalize()?;
    let turn = |vectors: &mut Rows| {
        if upper {
            vectors.data.chunks_exact_mut(n).for_each(|row| row.reverse());
        }
    };
    turn(&mut found.vectors);
    for (i, reflection) in reflections.iter().enumerate().rev() {
        found.vectors.reflect(i + 1, reflection);
    }
    turn(&mut found.vectors);
    found.vectors.write_transposed(v);
    Ok(FINE)
}

/// `a - v w' - w v'` of what begins at the element `first` of the diagonal, where `w` is `a v` less half of what lies along `v`.
fn reflect_both_sides(a: &mut [f64], n: usize, first: usize, reflection: &Reflection) -> Result<(), i64> {
    let Reflection { v, factor } = reflection;
    if *factor == 0.0 {
        return Ok(());
    }
    let mut w = filled(n - first, 0.0)?;
    for (k, slot) in w.iter_mut().enumerate() {
        *slot = factor * a[(first + k) * n + first..(first + k + 1) * n].iter().zip(v).map(|(x, y)| x * y).sum::<f64>();
    }
    let half = 0.5 * factor * w.iter().zip(v).map(|(x, y)| x * y).sum::<f64>();
    w.iter_mut().zip(v).for_each(|(x, y)| *x -= half * y);
    for i in 0..n - first {
        for j in 0..n - first {
            a[(first + i) * n + first + j] -= v[i] * w[j] + w[i] * v[j];
        }
    }
    Ok(())
}

/// The diagonal of a symmetric matrix and the one beside it, and what its vectors are made of.
struct Tridiagonal<'a> {
    d: &'a mut [f64],
    e: Vec<f64>,
    vectors: Rows,
    /// How many more may be taken.
    steps: usize,
}

impl Tridiagonal<'_> {
    /// Makes of three diagonals one, in ascending order.
    fn diagonalize(&mut self) -> Result<(), i64> {
        let n = self.d.len();
        let mut first = 0;
        while first < n {
            let last = (first..n - 1).find(|i| self.splits_after(*i)).unwrap_or(n - 1);
            if first < last {
                if self.d[last].abs() < self.d[first].abs() { self.reduce(last, first)? } else { self.reduce(first, last)? }
            }
            first = last + 1;
        }
        for start in 0..n {
            let place = (start + 1..n).fold(start, |place, i| if self.d[i] < self.d[place] { i } else { place });
            self.d.swap(place, start);
            self.vectors.exchange(place, start);
        }
        Ok(())
    }

    fn splits_after(&mut self, i: usize) -> bool {
        let splits = self.e[i].abs() <= self.d[i].abs().sqrt() * self.d[i + 1].abs().sqrt() * EPSILON;
        if splits {
            self.e[i] = 0.0;
        }
        splits
    }

    /// Finds the eigenvalues of a block one after the other, from `here` to `end`: downwards by QL steps, upwards by QR steps.
    fn reduce(&mut self, mut here: usize, end: usize) -> Result<(), i64> {
        let downwards = here < end;
        let next = |i: usize| if downwards { i + 1 } else { i - 1 };
        let beside = |i: usize| if downwards { i } else { i - 1 };
        loop {
            let mut stop = here;
            while stop != end && !self.is_nothing(beside(stop)) {
                stop = next(stop);
            }
            if stop != end {
                self.e[beside(stop)] = 0.0;
            }
            let found = if stop == here {
                1
            } else if stop == next(here) {
                self.two_rows(here.min(stop));
                2
            } else {
                self.steps = self.steps.checked_sub(1).ok_or(NO_CONVERGENCE)?;
                self.step(here, stop);
                0
            };
            if here.abs_diff(end) < found {
                return Ok(());
            }
            for _ in 0..found {
                here = next(here);
            }
        }
    }

    fn is_nothing(&self, i: usize) -> bool {
        self.e[i].powi(2) <= EPSILON * EPSILON * self.d[i].abs() * self.d[i + 1].abs() + f64::MIN_POSITIVE
    }

    /// One step from `stop` to `here`, where the eigenvalue comes out.
    fn step(&mut self, here: usize, stop: usize) {
        let downwards = here < stop;
        let second = if downwards { here + 1 } else { here - 1 };
        let out = here.min(second);
        let p = self.d[here];
        let g = (self.d[second] - p) / (2.0 * self.e[out]);
        let mut g = self.d[stop] - p + self.e[out] / (g + g.hypot(1.0).copysign(g));
        let (mut c, mut s, mut p) = (1.0, 1.0, 0.0);
        for k in 0..here.abs_diff(stop) {
            let (i, beside, before, near) = if downwards {
                (stop - k - 1, stop - k - 1, stop - k, stop - k)
            } else {
                (stop + k + 1, stop + k, (stop + k).wrapping_sub(1), stop + k)
            };
            let (f, b) = (s * self.e[beside], c * self.e[beside]);
            let r;
            ((c, s), r) = rotation(g, f);
            if k > 0 {
                self.e[before] = r;
            }
            let x = self.d[near] - p;
            let r = (self.d[i] - x) * s + 2.0 * c * b;
            p = s * r;
            self.d[near] = x + p;
            g = c * r - b;
            self.vectors.turn(beside, (c, if downwards { -s } else { s }));
        }
        self.d[here] -= p;
        self.e[out] = g;
    }

    /// The rows `i` and `i + 1`, which stand alone.
    fn two_rows(&mut self, i: usize) {
        let (first, second, vector) = two_by_two(self.d[i], self.e[i], self.d[i + 1]);
        self.vectors.turn(i, vector);
        (self.d[i], self.e[i], self.d[i + 1]) = (first, 0.0, second);
    }
}

/// The eigenvalues of `(a, b)` and `(b, c)`, that of larger absolute value first, and its vector.
fn two_by_two(a: f64, b: f64, c: f64) -> (f64, f64, (f64, f64)) {
    let (sum, gap, twice) = (a + c, a - c, b + b);
    let (larger, lesser) = if a.abs() > c.abs() { (a, c) } else { (c, a) };
    let (high, low) = (gap.abs().max(twice.abs()), gap.abs().min(twice.abs()));
    let root = if high == low { high * 2f64.sqrt() } else { high * (1.0 + (low / high).powi(2)).sqrt() };
    let (first, second) = if sum == 0.0 {
        (0.5 * root, -0.5 * root)
    } else {
        let first = 0.5 * (sum + root.copysign(sum));
        (first, larger / first * lesser - b / first * b)
    };
    let forward = gap >= 0.0;
    let side = if forward { gap + root } else { gap - root };
    let (x, y) = if side.abs() > twice.abs() {
        let t = -twice / side;
        let y = 1.0 / (1.0 + t * t).sqrt();
        (t * y, y)
    } else if twice == 0.0 {
        (1.0, 0.0)
    } else {
        let t = -side / twice;
        let x = 1.0 / (1.0 + t * t).sqrt();
        (x, t * x)
    };
    (first, second, if (sum >= 0.0) == forward { (-y, x) } else { (x, y) })
}
