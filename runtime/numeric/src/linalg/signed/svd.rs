//! Singular vectors: reflections from the left and the right make a matrix of two diagonals, QR steps with the shifts of Demmel and Kahan one of it.

use super::{EPSILON, Reflection, Rows, rotation};
use crate::status::*;

/// Singular values are found to this relative precision.
const TOLERANCE: f64 = EPSILON * 98.70149282610239;

/// `u[:], s[:], vh[:] = np.linalg.svd(a, full_matrices=full)` of what is finite and not empty.
pub fn svd(a: &[f64], (m, n): (usize, usize), full: bool, u: &mut [f64], s: &mut [f64], vh: &mut [f64]) -> Status {
    let (long, short, wide) = (m.max(n), m.min(n), m < n);
    // The columns of a tall matrix, the rows of a wide one.
    let mut lines = filled(a.len(), 0.0)?;
    for (i, line) in lines.chunks_exact_mut(long).enumerate() {
        line.iter_mut().enumerate().for_each(|(j, slot)| *slot = if wide { a[i * n + j] } else { a[j * n + i] });
    }
    let count = if full { long } else { short };
    let (left, right) = if long >= short * 11 / 6 {
        let reflections = triangle(&mut lines, long)?;
        let mut square = filled(short * short, 0.0)?;
        for (i, j) in (0..short).flat_map(|j| (0..=j).map(move |i| (i, j))) {
            square[if wide { j * short + i } else { i * short + j }] = lines[j * long + i];
        }
        let (left, right) = of_columns(&mut square, (short, short), false, short, s)?;
        let (mut longer, other) = if wide { (right.widened(count, long)?, left) } else { (left.widened(count, long)?, right) };
        reflections.iter().enumerate().rev().for_each(|(i, reflection)| longer.reflect(i, reflection));
        if wide { (other, longer) } else { (longer, other) }
    } else {
        let mut columns = filled(a.len(), 0.0)?;
        for (i, line) in lines.chunks_exact(long).enumerate() {
            line.iter().enumerate().for_each(|(j, x)| columns[j * short + i] = *x);
        }
        let (longer, other) = of_columns(&mut columns, (long, short), wide, count, s)?;
        if wide { (other, longer) } else { (longer, other) }
    };
    left.write_transposed(u);
    vh.copy_from_slice(&right.data);
    Ok(FINE)
}

/// Reflects lines away, one after the other, but for as many elements as there were lines before.
fn triangle(lines: &mut [f64], long: usize) -> Result<Vec<Reflection>, i64> {
    let short = lines.len() / long;
    let mut reflections = Vec::new();
    reflections.try_reserve_exact(short).map_err(|_| OUT_OF_MEMORY)?;
    for i in 0..short {
        let (done, rest) = lines.split_at_mut((i + 1) * long);
        let line = &mut done[i * long + i..];
        let (reflection, first) = Reflection::of(line.iter().copied())?;
        line[0] = first;
        rest.chunks_exact_mut(long).for_each(|line| reflection.apply(&mut line[i..]));
        reflections.push(reflection);
    }
    Ok(reflections)
}

/// The vectors of a matrix with at least as many rows as columns: `count` of those as long as its columns, and those as long as its rows. `transposed`: they are wanted for the
/// transposed matrix, of which LAPACK makes a lower bidiagonal one.
fn of_columns(a: &mut [f64], (m, n): (usize, usize), transposed: bool, count: usize, s: &mut [f64]) -> Result<(Rows, Rows), i64> {
    let mut found = Bidiagonal { d: s, e: filled(n, 0.0)?, left: Rows::unit(n, n)?, right: Rows::unit(n, n)?, least: 0.0 };
    let mut reflections = Vec::new();
    reflections.try_reserve_exact(n).map_err(|_| OUT_OF_MEMORY)?;
    for i in 0..n {
        reflections.push(found.reduce(a, (m, n), i)?);
    }
    let turns = if transposed { found.transpose()? } else { vec![] };
    if n == 1 {
        found.left.data[0] = 1f64.copysign(found.d[0]);
        found.d[0] = found.d[0].abs();
    } else {
        found.diagonalize()?;
    }
    turns.iter().enumerate().rev().for_each(|(i, turn)| found.left.turn_elements(i, *turn));
    let (along, mut across) = if transposed { (found.right, found.left) } else { (found.left, found.right) };
    let mut along = along.widened(count, m)?;
    for (i, (from_left, from_right)) in reflections.iter().enumerate().rev() {
        along.reflect(i, from_left);
        if let Some(from_right) = from_right {
            across.reflect(i + 1, from_right);
        }
    }
    Ok((along, across))
}

/// The diagonal of a matrix and the one above it, and what its vectors are made of.
struct Bidiagonal<'a> {
    d: &'a mut [f64],
    e: Vec<f64>,
    left: Rows,
    right: Rows,
    /// What is beside the diagonal and not larger than this is nothing.
    least: f64,
}

/// Rows that do not fall apart, and the end from which they are worked on: the larger one.
#[derive(Clone, Copy)]
struct Block {
    first: usize,
    last: usize,
    downwards: bool,
}

impl Block {
    /// The ends of the diagonal: where steps begin, and where they end.
    fn ends(&self) -> (usize, usize) {
        if self.downwards { (self.first, self.last) } else { (self.last, self.first) }
    }

    /// The element beside the diagonal that is the last to be reached.
    fn last_beside(&self) -> usize {
        if self.downwards { self.last - 1 } else { self.first }
    }

    /// The elements in the order of steps: that of the diagonal, the next one, and the one beside them.
    fn steps(self) -> impl Iterator<Item = (usize, usize, usize)> {
        (0..self.last - self.first).map(move |k| {
            if self.downwards { (self.first + k, self.first + k + 1, self.first + k) } else { (self.last - k, self.last - k - 1, self.last - k - 1) }
        })
    }
}

impl Bidiagonal<'_> {
    /// Reflects a column and a row of the matrix away, and the rest of it with them.
    fn reduce(&mut self, a: &mut [f64], (m, n): (usize, usize), i: usize) -> Result<(Reflection, Option<Reflection>), i64> {
        let (from_left, d) = Reflection::of((i..m).map(|k| a[k * n + i]))?;
        self.d[i] = d;
        if i + 1 == n {
            return Ok((from_left, None));
        }
        let mut column = filled(m - i, 0.0)?;
        for j in i + 1..n {
            (i..m).zip(&mut column).for_each(|(k, slot)| *slot = a[k * n + j]);
            from_left.apply(&mut column);
            (i..m).zip(&column).for_each(|(k, x)| a[k * n + j] = *x);
        }
        let (from_right, e) = Reflection::of((i + 1..n).map(|k| a[i * n + k]))?;
        self.e[i] = e;
        for k in i + 1..m {
            from_right.apply(&mut a[k * n + i + 1..(k + 1) * n]);
        }
        Ok((from_left, Some(from_right)))
    }

    /// Makes an upper bidiagonal matrix of the transposed one, and says by which turns from the left.
    fn transpose(&mut self) -> Result<Vec<(f64, f64)>, i64> {
        let mut turns = filled(self.d.len() - 1, (1.0, 0.0))?;
        for (i, turn) in turns.iter_mut().enumerate() {
            let ((c, s), r) = rotation(self.d[i], self.e[i]);
            (self.d[i], self.e[i], self.d[i + 1]) = (r, s * self.d[i + 1], c * self.d[i + 1]);
            *turn = (c, -s);
        }
        Ok(turns)
    }

    /// Makes of two diagonals one, not negative and in descending order.
    fn diagonalize(&mut self) -> Result<(), i64> {
        let n = self.d.len();
        self.find_least();
        let mut steps = 6 * n * n;
        let mut last = n - 1;
        // The block of the last step, and the direction of the last one that was looked at.
        let (mut old, mut downwards) = (None, true);
        while last > 0 {
            let (first, largest) = self.block_before(last);
            if first == last {
                last -= 1;
                continue;
            }
            if first + 1 == last {
                self.two_rows(first);
                last = last.saturating_sub(2);
                continue;
            }
            if old.is_none_or(|(old_first, old_last)| first > old_last || last < old_first) {
                downwards = self.d[first].abs() >= self.d[last].abs();
            }
            let now = Block { first, last, downwards };
            let Some(smallest) = self.lower_bound(now) else { continue };
            old = Some((first, last));
            steps = steps.checked_sub(last - first).ok_or(NO_CONVERGENCE)?;
            self.step(now, self.shift(now, smallest / largest));
            let end = now.last_beside();
            if self.e[end].abs() <= self.least {
                self.e[end] = 0.0;
            }
        }
        for i in 0..n {
            if self.d[i] < 0.0 {
                self.right.row_mut(i).iter_mut().for_each(|x| *x = -*x);
            }
            self.d[i] = self.d[i].abs();
        }
        self.sort();
        Ok(())
    }

    fn find_least(&mut self) {
        let n = self.d.len();
        let mut estimate = self.d[0].abs();
        let mut smallest = estimate;
        for i in 1..n {
            if smallest > 0.0 {
                estimate = self.d[i].abs() * (estimate / (estimate + self.e[i - 1].abs()));
                smallest = smallest.min(estimate);
            }
        }
        self.least = (TOLERANCE * (smallest / (n as f64).sqrt())).max((6 * n * n) as f64 * f64::MIN_POSITIVE);
    }

    /// The first row of the block that ends here, and its largest element.
    fn block_before(&mut self, last: usize) -> (usize, f64) {
        let mut largest = self.d[last].abs();
        for i in (0..last).rev() {
            if self.e[i].abs() <= self.least {
                self.e[i] = 0.0;
                return (i + 1, largest);
            }
            largest = largest.max(self.d[i].abs()).max(self.e[i].abs());
        }
        (0, largest)
    }

    /// A bound below for the singular values of the block; None if something beside the diagonal was so small that it is nothing from now on.
    fn lower_bound(&mut self, block: Block) -> Option<f64> {
        let (start, end) = block.ends();
        let beside = block.last_beside();
        if self.e[beside].abs() <= TOLERANCE * self.d[end].abs() {
            self.e[beside] = 0.0;
            return None;
        }
        let mut estimate = self.d[start].abs();
        let mut smallest = estimate;
        for (_, next, beside) in block.steps() {
            if self.e[beside].abs() <= TOLERANCE * estimate {
                self.e[beside] = 0.0;
                return None;
            }
            estimate = self.d[next].abs() * (estimate / (estimate + self.e[beside].abs()));
            smallest = smallest.min(estimate);
        }
        Some(smallest)
    }

    /// The lesser singular value of the last two rows, or 0 where it would cost small ones their digits.
    fn shift(&self, block: Block, ratio: f64) -> f64 {
        if self.d.len() as f64 * TOLERANCE * ratio <= EPSILON.max(0.01 * TOLERANCE) {
            return 0.0;
        }
        let i = block.last_beside();
        let shift = lesser_of_two(self.d[i].abs(), self.e[i].abs(), self.d[i + 1].abs());
        let start = self.d[block.ends().0].abs();
        if start > 0.0 && (shift / start).powi(2) < EPSILON { 0.0 } else { shift }
    }

    /// One step over a block. Upwards it is the same of the matrix turned upside down, where left is right and sines have other signs.
    fn step(&mut self, block: Block, shift: f64) {
        let mut right = (1.0, 0.0);
        let mut left = (1.0, 0.0);
        let mut before: Option<usize> = None;
        let start = self.d[block.ends().0];
        let mut f = if shift == 0.0 { start } else { (start.abs() - shift) * (1f64.copysign(start) + shift / start) };
        let mut g = self.e[if block.downwards { block.first } else { block.last - 1 }];
        let mut steps = block.steps().peekable();
        while let Some((i, next, beside)) = steps.next() {
            if shift == 0.0 {
                let r;
                (right, r) = rotation(self.d[i] * right.0, self.e[beside]);
                if let Some(before) = before {
                    self.e[before] = left.1 * r;
                }
                (left, self.d[i]) = rotation(left.0 * r, self.d[next] * right.1);
            } else {
                let r;
                (right, r) = rotation(f, g);
                if let Some(before) = before {
                    self.e[before] = r;
                }
                let ((c, s), x) = (right, self.e[beside]);
                f = c * self.d[i] + s * x;
                let x = c * x - s * self.d[i];
                g = s * self.d[next];
                let y = c * self.d[next];
                (left, self.d[i]) = rotation(f, g);
                f = left.0 * x + left.1 * y;
                self.e[beside] = x;
                self.d[next] = left.0 * y - left.1 * x;
                if let Some((.., after)) = steps.peek() {
                    g = left.1 * self.e[*after];
                    self.e[*after] *= left.0;
                }
            }
            before = Some(beside);
            if block.downwards {
                self.right.turn(i, right);
                self.left.turn(i, left);
            } else {
                self.right.turn(next, (left.0, -left.1));
                self.left.turn(next, (right.0, -right.1));
            }
        }
        let end = block.ends().1;
        if shift == 0.0 {
            f = self.d[end] * right.0;
            self.d[end] = f * left.0;
            f *= left.1;
        }
        self.e[block.last_beside()] = f;
    }

    /// The rows `i` and `i + 1`, which stand alone.
    fn two_rows(&mut self, i: usize) {
        let found = two_by_two(self.d[i], self.e[i], self.d[i + 1]);
        (self.d[i], self.e[i], self.d[i + 1]) = (found.larger, 0.0, found.lesser);
        self.right.turn(i, found.right);
        self.left.turn(i, found.left);
    }

    /// Descending order, as LAPACK reaches it in three sorts: which of equal values comes first depends on them.
    fn sort(&mut self) {
        let n = self.d.len();
        for last in (1..n).rev() {
            let place = (1..=last).fold(0, |place, i| if self.d[i] <= self.d[place] { i } else { place });
            self.exchange(place, last);
        }
        for start in 0..n {
            let place = (start + 1..n).fold(start, |place, i| if self.d[i] < self.d[place] { i } else { place });
            self.exchange(place, start);
        }
        for start in 0..n {
            let place = (start + 1..n).fold(start, |place, i| if self.d[i] > self.d[place] { i } else { place });
            self.exchange(place, start);
        }
    }

    fn exchange(&mut self, i: usize, j: usize) {
        self.d.swap(i, j);
        self.left.exchange(i, j);
        self.right.exchange(i, j);
    }
}

/// The lesser singular value of `(f, g)` and `(0, h)`, none of which is negative.
fn lesser_of_two(f: f64, g: f64, h: f64) -> f64 {
    let (low, high) = (f.min(h), f.max(h));
    if low == 0.0 {
        return 0.0;
    }
    let (near, far) = (1.0 + low / high, (high - low) / high);
    if g < high {
        let square = (g / high).powi(2);
        return low * (2.0 / ((near * near + square).sqrt() + (far * far + square).sqrt()));
    }
    let part = high / g;
    if part == 0.0 {
        return low * high / g;
    }
    2.0 * (low * (1.0 / ((1.0 + (near * part).powi(2)).sqrt() + (1.0 + (far * part).powi(2)).sqrt())) * part)
}

/// Singular values of two rows with their signs, cosine and sine of the right and of the left vector of the larger one.
struct Pair {
    lesser: f64,
    larger: f64,
    right: (f64, f64),
    left: (f64, f64),
}

/// Of the rows `(f, g)` and `(0, h)`.
fn two_by_two(f: f64, g: f64, h: f64) -> Pair {
    let swapped = h.abs() > f.abs();
    let (top, bottom) = if swapped { (h, f) } else { (f, h) };
    let across = g.abs() > top.abs();
    let mut found = if g == 0.0 {
        Pair { lesser: bottom.abs(), larger: top.abs(), right: (1.0, 0.0), left: (1.0, 0.0) }
    } else if across && (top / g).abs() < EPSILON {
        let lesser = if bottom.abs() > 1.0 { top.abs() / (g / bottom).abs() } else { (top / g).abs() * bottom.abs() };
        Pair { lesser, larger: g.abs(), right: (top / g, 1.0), left: (1.0, bottom / g) }
    } else {
        two_near(top, g, bottom)
    };
    let one = |x: f64| 1f64.copysign(x);
    if swapped {
        (found.right, found.left) = ((found.left.1, found.left.0), (found.right.1, found.right.0));
    }
    let sign = match (across, swapped) {
        (true, _) => one(found.right.1) * one(found.left.0) * one(g),
        (false, true) => one(found.right.1) * one(found.left.1) * one(h),
        (false, false) => one(found.right.0) * one(found.left.0) * one(f),
    };
    found.larger = found.larger.copysign(sign);
    found.lesser = found.lesser.copysign(sign * one(f) * one(h));
    found
}

/// As [`two_by_two`], without signs of the values, where `|f| >= |h|` and `g` is neither 0 nor beyond `f` by far.
fn two_near(f: f64, g: f64, h: f64) -> Pair {
    let gap = f.abs() - h.abs();
    let (l, m) = (gap / f.abs(), g / f);
    let t = 2.0 - l;
    let s = (t * t + m * m).sqrt();
    let r = if l == 0.0 { m.abs() } else { (l * l + m * m).sqrt() };
    let a = 0.5 * (s + r);
    let t = if m * m != 0.0 {
        (m / (s + t) + m / (r + l)) * (1.0 + a)
    } else if l == 0.0 {
        2f64.copysign(f) * 1f64.copysign(g)
    } else {
        g / gap.copysign(f) + m / t
    };
    let l = (t * t + 4.0).sqrt();
    let (c, s) = (2.0 / l, t / l);
    Pair { lesser: h.abs() / a, larger: f.abs() * a, right: (c, s), left: ((c + s * m) / a, h / f * s / a) }
}
