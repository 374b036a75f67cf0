//! The functions that compiled code calls, and their names.
//!
//! An array is passed as a descriptor of one dimension: owner, data, offset (0), count, stride (1).

use super::source::BitGenerator;
use super::state::{self, Legacy, Python};
use super::{continuous, discrete, legacy, python};
use std::ffi::c_void;

mod arrays;

/// # Safety
/// The state is this thread's, and nothing else refers to it.
unsafe fn mine<'a, S>(state: *mut S) -> &'a mut S {
    // SAFETY: the caller's promise.
    unsafe { &mut *state }
}

/// # Safety
/// The generator is alive.
unsafe fn shared<'a>(generator: *mut BitGenerator) -> &'a BitGenerator {
    // SAFETY: the caller's promise; the program changes the state behind it and never these addresses.
    unsafe { &*generator }
}

/// # Safety
/// `data` has `count` elements that nothing else refers to, unless there are none.
unsafe fn elements<'a, T>(data: *mut T, count: i64) -> &'a mut [T] {
    match usize::try_from(count) {
        // SAFETY: the caller's promise.
        Ok(count) if count > 0 => unsafe { std::slice::from_raw_parts_mut(data, count) },
        _ => &mut [],
    }
}

macro_rules! distributions {
    ($family:ident $prefix:literal $state:ty, $open:ident: $($module:ident::$name:ident($($parameter:ident: $ty:ty),*) -> $out:ty;)*) => {
        mod $family {
            use super::*;
            $(pub mod $name {
                use super::*;
                #[unsafe(export_name = concat!("zouk_random_", $prefix, "_", stringify!($name)))]
                pub unsafe extern "C" fn one(state: *mut $state, $($parameter: $ty),*) -> $out {
                    // SAFETY: compiled code passes what the runtime or the caller gave it.
                    let mut source = unsafe { $open(state) };
                    $module::$name(&mut source, $($parameter),*)
                }
                #[unsafe(export_name = concat!("zouk_random_", $prefix, "_", stringify!($name), "_fill"))]
                pub unsafe extern "C" fn fill(
                    state: *mut $state, _: *mut c_void, data: *mut $out, _: i64, count: i64, _: i64, $($parameter: $ty),*
                ) {
                    // SAFETY: as above; the array is packed and new.
                    let (mut source, out) = unsafe { ($open(state), elements(data, count)) };
                    out.iter_mut().for_each(|place| *place = $module::$name(&mut source, $($parameter),*));
                }
            })*
            pub fn table() -> Vec<(&'static str, usize)> {
                vec![$(
                    (concat!("zouk_random_", $prefix, "_", stringify!($name)), $name::one as *const () as usize),
                    (concat!("zouk_random_", $prefix, "_", stringify!($name), "_fill"), $name::fill as *const () as usize),
                )*]
            }
        }
    };
}

distributions! { of_legacy "legacy" Legacy, mine:
    legacy::random() -> f64;
    legacy::standard_normal() -> f64;
    legacy::standard_exponential() -> f64;
    legacy::standard_cauchy() -> f64;
    legacy::standard_gamma(shape: f64) -> f64;
    legacy::standard_t(df: f64) -> f64;
    legacy::uniform(low: f64, range: f64) -> f64;
    legacy::normal(loc: f64, scale: f64) -> f64;
    legacy::lognormal(mean: f64, sigma: f64) -> f64;
    legacy::exponential(scale: f64) -> f64;
    legacy::gamma(shape: f64, scale: f64) -> f64;
    legacy::beta(a: f64, b: f64) -> f64;
    legacy::chisquare(df: f64) -> f64;
    legacy::noncentral_chisquare(df: f64, nonc: f64) -> f64;
    legacy::f(dfnum: f64, dfden: f64) -> f64;
    legacy::noncentral_f(dfnum: f64, dfden: f64, nonc: f64) -> f64;
    legacy::pareto(a: f64) -> f64;
    legacy::weibull(a: f64) -> f64;
    legacy::power(a: f64) -> f64;
    legacy::rayleigh(scale: f64) -> f64;
    legacy::laplace(loc: f64, scale: f64) -> f64;
    legacy::gumbel(loc: f64, scale: f64) -> f64;
    legacy::logistic(loc: f64, scale: f64) -> f64;
    legacy::wald(mean: f64, scale: f64) -> f64;
    legacy::vonmises(mu: f64, kappa: f64) -> f64;
    legacy::triangular(left: f64, mode: f64, right: f64) -> f64;
    legacy::poisson(lam: f64) -> i64;
    legacy::geometric(p: f64) -> i64;
    legacy::logseries(p: f64) -> i64;
    legacy::zipf(a: f64) -> i64;
    legacy::negative_binomial(n: f64, p: f64) -> i64;
    legacy::binomial(n: i64, p: f64) -> i64;
    legacy::hypergeometric(good: i64, bad: i64, sample: i64) -> i64;
}

distributions! { of_generator "generator" BitGenerator, shared:
    continuous::random() -> f64;
    continuous::random_f() -> f32;
    continuous::standard_normal() -> f64;
    continuous::standard_normal_f() -> f32;
    continuous::standard_exponential() -> f64;
    continuous::standard_exponential_f() -> f32;
    continuous::standard_exponential_inv() -> f64;
    continuous::standard_exponential_inv_f() -> f32;
    continuous::standard_cauchy() -> f64;
    continuous::standard_gamma(shape: f64) -> f64;
    continuous::standard_gamma_f(shape: f32) -> f32;
    continuous::standard_t(df: f64) -> f64;
    continuous::uniform(low: f64, range: f64) -> f64;
    continuous::normal(loc: f64, scale: f64) -> f64;
    continuous::lognormal(mean: f64, sigma: f64) -> f64;
    continuous::exponential(scale: f64) -> f64;
    continuous::gamma(shape: f64, scale: f64) -> f64;
    continuous::beta(a: f64, b: f64) -> f64;
    continuous::chisquare(df: f64) -> f64;
    continuous::noncentral_chisquare(df: f64, nonc: f64) -> f64;
    continuous::f(dfnum: f64, dfden: f64) -> f64;
    continuous::noncentral_f(dfnum: f64, dfden: f64, nonc: f64) -> f64;
    continuous::pareto(a: f64) -> f64;
    continuous::weibull(a: f64) -> f64;
    continuous::power(a: f64) -> f64;
    continuous::rayleigh(scale: f64) -> f64;
    continuous::laplace(loc: f64, scale: f64) -> f64;
    continuous::gumbel(loc: f64, scale: f64) -> f64;
    continuous::logistic(loc: f64, scale: f64) -> f64;
    continuous::wald(mean: f64, scale: f64) -> f64;
    continuous::vonmises(mu: f64, kappa: f64) -> f64;
    continuous::triangular(left: f64, mode: f64, right: f64) -> f64;
    discrete::poisson(lam: f64) -> i64;
    discrete::geometric(p: f64) -> i64;
    discrete::logseries(p: f64) -> i64;
    discrete::zipf(a: f64) -> i64;
    discrete::negative_binomial(n: f64, p: f64) -> i64;
    discrete::binomial(n: i64, p: f64) -> i64;
    discrete::hypergeometric(good: i64, bad: i64, sample: i64) -> i64;
}

distributions! { of_python "python" Python, mine:
    python::random() -> f64;
    python::uniform(a: f64, b: f64) -> f64;
    python::triangular(low: f64, high: f64, mode: f64, given: i64) -> f64;
    python::normalvariate(mu: f64, sigma: f64) -> f64;
    python::gauss(mu: f64, sigma: f64) -> f64;
    python::lognormvariate(mu: f64, sigma: f64) -> f64;
    python::expovariate(lambd: f64) -> f64;
    python::vonmisesvariate(mu: f64, kappa: f64) -> f64;
    python::gammavariate(alpha: f64, beta: f64) -> f64;
    python::betavariate(alpha: f64, beta: f64) -> f64;
    python::paretovariate(alpha: f64) -> f64;
    python::weibullvariate(alpha: f64, beta: f64) -> f64;
    python::getrandbits(bits: i64) -> i64;
    python::randbelow(count: i64) -> i64;
}

/// All names and addresses.
pub fn table() -> Vec<(&'static str, usize)> {
    [of_legacy::table(), of_generator::table(), of_python::table(), arrays::table(), state::table()].concat()
}
