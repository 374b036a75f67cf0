//! Fourier transforms of the rows of an array, of any length, by `rustfft` and `realfft`, which pick their instructions when they run.

use crate::status::*;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::{Fft, FftNum, FftPlanner, num_complex::Complex};
use std::{any::Any, cell::RefCell, collections::HashMap, ops::MulAssign, sync::Arc};

/// A thread keeps plans up to this many points in all.
const KEPT_POINTS: usize = 1 << 21;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Forward,
    Inverse,
    FromReal,
    ToReal,
}

/// The plans that a thread has made. They say by themselves which kind of plan and which float they are for.
#[derive(Default)]
struct Plans {
    known: HashMap<(Kind, usize, usize), Arc<dyn Any>>,
    points: usize,
}

thread_local! {
    static PLANS: RefCell<Plans> = RefCell::default();
}

/// The plan of a kind for floats `F` and `n` points.
fn plan<F: 'static, P: Clone + 'static>(kind: Kind, n: usize, make: impl FnOnce() -> P) -> Result<P, i64> {
    PLANS.with_borrow_mut(|plans| {
        let key = (kind, size_of::<F>(), n);
        if let Some(known) = plans.known.get(&key).and_then(|plan| plan.downcast_ref::<P>()) {
            return Ok(known.clone());
        }
        // Making a plan aborts if it has no memory: it needs a few times that of a row.
        drop(room::<[Complex<F>; 4]>(n)?);
        let plan = make();
        if plans.points.saturating_add(n) > KEPT_POINTS {
            *plans = Plans::default();
        }
        if n <= KEPT_POINTS {
            plans.points += n;
            plans.known.insert(key, Arc::new(plan.clone()));
        }
        Ok(plan)
    })
}

/// Copies what a row has of `target`'s length, with zeros for the rest.
fn fill<T: Copy + Default>(target: &mut [T], row: &[T]) {
    let common = target.len().min(row.len());
    target[..common].copy_from_slice(&row[..common]);
    target[common..].fill(T::default());
}

/// The rows of an array that may have none, or none but empty ones.
fn row<T>(data: &[T], width: usize, i: usize) -> &[T] {
    &data[i * width..][..width]
}

/// Transforms rows of `m` complex numbers to rows of `n`.
fn fft<F: FftNum + MulAssign + Default>(data: &[Complex<F>], m: usize, n: usize, inverse: bool, factor: F, out: &mut [Complex<F>]) -> Status {
    let kind = if inverse { Kind::Inverse } else { Kind::Forward };
    let make = || if inverse { FftPlanner::new().plan_fft_inverse(n) } else { FftPlanner::new().plan_fft_forward(n) };
    let plan: Arc<dyn Fft<F>> = plan::<F, _>(kind, n, make)?;
    let mut scratch = filled(plan.get_inplace_scratch_len(), Complex::default())?;
    for (i, target) in out.chunks_exact_mut(n).enumerate() {
        fill(target, row(data, m, i));
        plan.process_with_scratch(target, &mut scratch);
        scale(target, factor);
    }
    Ok(FINE)
}

fn scale<F: FftNum + MulAssign>(row: &mut [Complex<F>], factor: F) {
    if factor != F::one() {
        row.iter_mut().for_each(|x| *x = Complex::new(x.re * factor, x.im * factor));
    }
}

/// Transforms rows of `m` real numbers, padded or cut to `n`, to rows of `n / 2 + 1` complex numbers.
fn rfft<F: FftNum + MulAssign + Default>(data: &[F], m: usize, n: usize, factor: F, out: &mut [Complex<F>]) -> Status {
    let plan: Arc<dyn RealToComplex<F>> = plan::<F, _>(Kind::FromReal, n, || RealFftPlanner::new().plan_fft_forward(n))?;
    let (mut source, mut scratch) = (filled(n, F::default())?, filled(plan.get_scratch_len(), Complex::default())?);
    for (i, target) in out.chunks_exact_mut(n / 2 + 1).enumerate() {
        fill(&mut source, row(data, m, i));
        plan.process_with_scratch(&mut source, target, &mut scratch).map_err(|_| PANIC)?;
        scale(target, factor);
    }
    Ok(FINE)
}

/// Transforms rows of `m` complex numbers, padded or cut to `n / 2 + 1`, to rows of `n` real numbers.
fn irfft<F: FftNum + MulAssign + Default>(data: &[Complex<F>], m: usize, n: usize, factor: F, out: &mut [F]) -> Status {
    let plan: Arc<dyn ComplexToReal<F>> = plan::<F, _>(Kind::ToReal, n, || RealFftPlanner::new().plan_fft_inverse(n))?;
    let (mut source, mut scratch) = (filled(n / 2 + 1, Complex::default())?, filled(plan.get_scratch_len(), Complex::default())?);
    for (i, target) in out.chunks_exact_mut(n).enumerate() {
        fill(&mut source, row(data, m, i));
        // What would make the result complex does not count.
        source[0].im = F::default();
        if n.is_multiple_of(2) {
            source[n / 2].im = F::default();
        }
        plan.process_with_scratch(&mut source, target, &mut scratch).map_err(|_| PANIC)?;
        target.iter_mut().for_each(|x| *x *= factor);
    }
    Ok(FINE)
}

/// The number of points, of which there is at least one.
fn points(n: i64) -> Result<usize, i64> {
    size(n).ok().filter(|n| *n > 0).ok_or(BAD_ARGUMENT)
}

/// Name and address.
type Symbol = (&'static str, fn() -> usize);

macro_rules! kernels {
    ($($float:ident, $complex:literal, $module:ident;)*) => {
        /// All kernels of this module.
        pub static TABLE: &[Symbol] = &[$(
            (concat!("zouk_fft_", $complex), || of::$module::fft as *const () as usize),
            (concat!("zouk_rfft_", stringify!($float)), || of::$module::rfft as *const () as usize),
            (concat!("zouk_irfft_", stringify!($float)), || of::$module::irfft as *const () as usize),
        )*];

        /// The kernels by the type of floats.
        mod of {$(
            pub mod $module {
                use super::super::*;

                /// Transforms `rows` rows of `m` numbers, each padded with zeros or cut to `n`, and multiplies them by `factor`: 1 and `inverse` 0
                /// are `np.fft.fft`, `1 / n` and `inverse` 1 `np.fft.ifft`. 4 also if `n` is less than 1.
                ///
                /// # Safety
                /// `data` is `rows` by `m`, `out` is `rows` by `n`.
                #[unsafe(export_name = concat!("zouk_fft_", $complex))]
                pub unsafe extern "C" fn fft(
                    data: *const Complex<$float>, rows: i64, m: i64, n: i64, inverse: i64, factor: f64, out: *mut Complex<$float>,
                ) -> i64 {
                    guarded(|| {
                        let (before, after) = (count(&[rows, m])?, count(&[rows, n])?);
                        // SAFETY: the caller's promise, here and below.
                        let (data, out) = unsafe { (input(data, before)?, output(out, after)?) };
                        super::super::fft(data, size(m)?, points(n)?, inverse != 0, factor as $float, out)
                    })
                }

                /// As `np.fft.rfft`, with padding and `factor` as above.
                ///
                /// # Safety
                /// `data` is `rows` by `m`, `out` is `rows` by `n / 2 + 1`.
                #[unsafe(export_name = concat!("zouk_rfft_", stringify!($float)))]
                pub unsafe extern "C" fn rfft(data: *const $float, rows: i64, m: i64, n: i64, factor: f64, out: *mut Complex<$float>) -> i64 {
                    guarded(|| {
                        let (before, after) = (count(&[rows, m])?, count(&[rows, n / 2 + 1])?);
                        let (data, out) = unsafe { (input(data, before)?, output(out, after)?) };
                        super::super::rfft(data, size(m)?, points(n)?, factor as $float, out)
                    })
                }

                /// As `np.fft.irfft`, whose factor is `1 / n`.
                ///
                /// # Safety
                /// `data` is `rows` by `m`, `out` is `rows` by `n`.
                #[unsafe(export_name = concat!("zouk_irfft_", stringify!($float)))]
                pub unsafe extern "C" fn irfft(data: *const Complex<$float>, rows: i64, m: i64, n: i64, factor: f64, out: *mut $float) -> i64 {
                    guarded(|| {
                        let (before, after) = (count(&[rows, m])?, count(&[rows, n])?);
                        let (data, out) = unsafe { (input(data, before)?, output(out, after)?) };
                        super::super::irfft(data, size(m)?, points(n)?, factor as $float, out)
                    })
                }
            }
        )*}
    };
}

kernels! {
    f32, "c64", single;
    f64, "c128", double;
}
