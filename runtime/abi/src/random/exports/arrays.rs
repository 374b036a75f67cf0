//! Integers in a range, choices, and what fills rows of an array.

use super::super::bounded::{Bounded, Words, interval};
use super::super::choice;
use super::super::legacy;
use super::super::source::{BitGenerator, Source};
use super::super::state::Legacy;
use super::{elements, mine, shared};
use std::ffi::c_void;

/// One integer of `[low, low + range]`, wrapping, for a type of that many bits; a bool has 1.
fn integer(source: &mut impl Source, low: i64, range: i64, bits: i64, masked: bool) -> i64 {
    let bounded = Bounded::new(range as u64, masked);
    let words = &mut Words::default();
    low.wrapping_add(match bits {
        1 => bounded.draw_bool(source, words) as i64,
        8 => bounded.draw_8(source, words) as i64,
        16 => bounded.draw_16(source, words) as i64,
        32 => bounded.draw_32(source) as i64,
        _ => bounded.draw_64(source) as i64,
    })
}

macro_rules! family {
    ($family:ident $prefix:literal $state:ty, $open:ident, masked: $masked:literal, distinct: $distinct:expr;
        $($fill:ident $name:literal $ty:ty: $draw:expr;)*) => {
        mod $family {
            use super::*;

            #[unsafe(export_name = concat!("zouk_random_", $prefix, "_integer"))]
            unsafe extern "C" fn one(state: *mut $state, low: i64, range: i64, bits: i64) -> i64 {
                // SAFETY: compiled code passes what the runtime or the caller gave it.
                integer(&mut unsafe { $open(state) }, low, range, bits, $masked)
            }

            $(#[unsafe(export_name = concat!("zouk_random_", $prefix, "_integer_", $name, "_fill"))]
            unsafe extern "C" fn $fill(
                state: *mut $state, _: *mut c_void, data: *mut $ty, _: i64, count: i64, _: i64, low: i64, range: i64
            ) {
                // SAFETY: as above; the array is packed and new.
                let (mut source, out) = unsafe { ($open(state), elements(data, count)) };
                let (bounded, mut words) = (Bounded::new(range as u64, $masked), Words::default());
                let _ = &mut words;
                let draw = $draw;
                out.iter_mut().for_each(|place| *place = (low as $ty).wrapping_add(draw(bounded, &mut source, &mut words) as $ty));
            })*

            /// In [0, most], read as unsigned.
            #[unsafe(export_name = concat!("zouk_random_", $prefix, "_interval"))]
            unsafe extern "C" fn up_to(state: *mut $state, most: i64) -> i64 {
                // SAFETY: as above.
                interval(&mut unsafe { $open(state) }, most as u64) as i64
            }

            /// Places in a population that is not empty, and not smaller than their number where they are to be distinct.
            #[unsafe(export_name = concat!("zouk_random_", $prefix, "_choice"))]
            unsafe extern "C" fn choose(
                state: *mut $state, _: *mut c_void, data: *mut i64, _: i64, count: i64, _: i64, population: i64, replace: i64, shuffle: i64
            ) -> i64 {
                // SAFETY: as above.
                let (mut source, chosen) = unsafe { ($open(state), elements(data, count)) };
                if replace != 0 {
                    let bounded = Bounded::new((population - 1) as u64, $masked);
                    chosen.iter_mut().for_each(|place| *place = bounded.draw_64(&mut source) as i64);
                    return 0;
                }
                choice::status($distinct(&mut source, population as usize, chosen, shuffle != 0))
            }

            /// As `choose`, by weights.
            #[allow(clippy::too_many_arguments, reason = "two descriptors")]
            #[unsafe(export_name = concat!("zouk_random_", $prefix, "_choice_weighted"))]
            unsafe extern "C" fn choose_weighted(
                state: *mut $state, _: *mut c_void, data: *mut i64, _: i64, count: i64, _: i64,
                _: *mut c_void, weights: *mut f64, _: i64, size: i64, _: i64, population: i64, replace: i64, tolerance: f64
            ) -> i64 {
                // SAFETY: as above; both arrays are packed.
                let (mut source, chosen, weights) = unsafe { ($open(state), elements(data, count), elements(weights, size)) };
                choice::status(choice::weighted(&mut source, population as usize, weights, tolerance, replace != 0, chosen))
            }

            pub fn table() -> Vec<(&'static str, usize)> {
                vec![
                    (concat!("zouk_random_", $prefix, "_integer"), one as *const () as usize),
                    $((concat!("zouk_random_", $prefix, "_integer_", $name, "_fill"), $fill as *const () as usize),)*
                    (concat!("zouk_random_", $prefix, "_interval"), up_to as *const () as usize),
                    (concat!("zouk_random_", $prefix, "_choice"), choose as *const () as usize),
                    (concat!("zouk_random_", $prefix, "_choice_weighted"), choose_weighted as *const () as usize),
                ]
            }
        }
    };
}

macro_rules! families {
    ($($family:ident $prefix:literal $state:ty, $open:ident, masked: $masked:literal, distinct: $distinct:expr;)*) => {
        $(family! { $family $prefix $state, $open, masked: $masked, distinct: $distinct;
            fill_64 "i64" u64: |bounded: Bounded, source: &mut _, _: &mut Words| bounded.draw_64(source);
            fill_32 "i32" u32: |bounded: Bounded, source: &mut _, _: &mut Words| bounded.draw_32(source);
            fill_16 "i16" u16: |bounded: Bounded, source: &mut _, words: &mut Words| bounded.draw_16(source, words);
            fill_8 "i8" u8: |bounded: Bounded, source: &mut _, words: &mut Words| bounded.draw_8(source, words);
            fill_bool "bool" u8: |bounded: Bounded, source: &mut _, words: &mut Words| bounded.draw_bool(source, words);
        })*
    };
}

families! {
    legacy_arrays "legacy" Legacy, mine, masked: true, distinct: |source: &mut &mut Legacy, n, chosen: &mut [i64], _| choice::shuffled_all(source, n, chosen);
    generator_arrays "generator" BitGenerator, shared, masked: false, distinct: choice::distinct;
}

/// What is wrong with the arguments of `multinomial` and `dirichlet`.
const OUT_OF_RANGE: i64 = 1;
const SUM: i64 = 2;

/// Rows of counts, as long as the chances. The rows are zero before.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "two descriptors")]
unsafe extern "C" fn zouk_random_legacy_multinomial(
    state: *mut Legacy,
    _: *mut c_void,
    data: *mut i64,
    _: i64,
    count: i64,
    _: i64,
    _: *mut c_void,
    chances: *mut f64,
    _: i64,
    size: i64,
    _: i64,
    n: i64,
) -> i64 {
    // SAFETY: as above; both arrays are packed.
    let (state, counts, chances) = unsafe { (mine(state), elements(data, count), elements(chances, size)) };
    if !chances.iter().all(|p| (0.0..=1.0).contains(p)) {
        return OUT_OF_RANGE;
    }
    let Some((_, most)) = chances.split_last() else { return 0 };
    if choice::kahan_sum(most) > 1.0 + 1e-12 {
        return SUM;
    }
    if n >= 0 {
        counts.chunks_exact_mut(chances.len()).for_each(|row| super::super::binomial::multinomial(state, n, chances, row));
    }
    0
}

/// Rows of shares, as long as the parameters.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "two descriptors")]
unsafe extern "C" fn zouk_random_legacy_dirichlet(
    state: *mut Legacy,
    _: *mut c_void,
    data: *mut f64,
    _: i64,
    count: i64,
    _: i64,
    _: *mut c_void,
    parameters: *mut f64,
    _: i64,
    size: i64,
    _: i64,
) -> i64 {
    // SAFETY: as above; both arrays are packed.
    let (state, shares, parameters) = unsafe { (mine(state), elements(data, count), elements(parameters, size)) };
    if parameters.iter().any(|alpha| *alpha <= 0.0) {
        return OUT_OF_RANGE;
    }
    for row in shares.chunks_exact_mut(parameters.len().max(1)) {
        let mut sum = 0.0;
        for (share, alpha) in row.iter_mut().zip(parameters.iter()) {
            *share = legacy::standard_gamma(state, *alpha);
            sum += *share;
        }
        let inverse = 1.0 / sum;
        row.iter_mut().for_each(|share| *share *= inverse);
    }
    0
}

pub fn table() -> Vec<(&'static str, usize)> {
    let rows = vec![
        ("zouk_random_legacy_multinomial", zouk_random_legacy_multinomial as *const () as usize),
        ("zouk_random_legacy_dirichlet", zouk_random_legacy_dirichlet as *const () as usize),
    ];
    [legacy_arrays::table(), generator_arrays::table(), rows].concat()
}
