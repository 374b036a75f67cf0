//! Normal and exponential numbers by the ziggurat method of Marsaglia and Tsang, in NumPy's order of draws.

use super::source::Source;

mod exponential;
mod normal;

// The digits as they are given; the type takes those that it holds.
#[allow(clippy::excessive_precision)]
mod ends {
    /// Where the tail of the normal distribution starts, and its inverse.
    pub const NORMAL: f64 = 3.6541528853610087963519472518;
    pub const NORMAL_INVERSE: f64 = 0.27366123732975827203338247596;
    pub const NORMAL_F: f32 = 3.6541528853610087963519472518;
    pub const NORMAL_INVERSE_F: f32 = 0.27366123732975827203338247596;
    /// Where the tail of the exponential distribution starts.
    pub const EXPONENTIAL: f64 = 7.6971174701310497140446280481;
    pub const EXPONENTIAL_F: f32 = 7.6971174701310497140446280481;
}

#[inline]
pub fn standard_normal(source: &mut impl Source) -> f64 {
    let bits = source.next_u64();
    let (layer, size, x) = normal_layer(bits);
    if size < normal::INSIDE[layer] { x } else { normal_rest(source, bits) }
}

/// The layer that a draw is of, how far from the middle it lies, and the number there.
#[inline]
fn normal_layer(bits: u64) -> (usize, u64, f64) {
    let layer = (bits & 0xff) as usize;
    let size = (bits >> 9) & 0x000f_ffff_ffff_ffff;
    let x = size as f64 * normal::WIDTH[layer];
    // No branch: the sign would be foretold half the time only.
    (layer, size, f64::from_bits(x.to_bits() | (bits & 0x100) << 55))
}

/// From a draw on that is not within its layer for certain.
#[cold]
#[inline(never)]
fn normal_rest<S: Source>(source: &mut S, mut bits: u64) -> f64 {
    use normal::{DENSITY, INSIDE};
    loop {
        let (layer, size, x) = normal_layer(bits);
        if size < INSIDE[layer] {
            return x;
        }
        if layer == 0 {
            return normal_tail(source, (size >> 8) & 1 != 0);
        }
        if (DENSITY[layer - 1] - DENSITY[layer]) * source.next_double() + DENSITY[layer] < (-0.5 * x * x).exp() {
            return x;
        }
        bits = source.next_u64();
    }
}

#[cold]
fn normal_tail(source: &mut impl Source, negative: bool) -> f64 {
    loop {
        let x = -ends::NORMAL_INVERSE * (-source.next_double()).ln_1p();
        let y = -(-source.next_double()).ln_1p();
        if y + y > x * x {
            return if negative { -(ends::NORMAL + x) } else { ends::NORMAL + x };
        }
    }
}

pub fn standard_normal_f(source: &mut impl Source) -> f32 {
    use normal::{DENSITY_F, INSIDE_F, WIDTH_F};
    loop {
        let bits = source.next_u32();
        let layer = (bits & 0xff) as usize;
        let size = bits >> 9;
        let x = size as f32 * WIDTH_F[layer];
        let x = f32::from_bits(x.to_bits() | (bits & 0x100) << 23);
        if size < INSIDE_F[layer] {
            return x;
        }
        if layer == 0 {
            return normal_tail_f(source, (size >> 8) & 1 != 0);
        }
        let y = (DENSITY_F[layer - 1] - DENSITY_F[layer]) * source.next_float() + DENSITY_F[layer];
        if (y as f64) < (-0.5 * x as f64 * x as f64).exp() {
            return x;
        }
    }
}

#[cold]
fn normal_tail_f(source: &mut impl Source, negative: bool) -> f32 {
    loop {
        let x = -ends::NORMAL_INVERSE_F * (-source.next_float()).ln_1p();
        let y = -(-source.next_float()).ln_1p();
        if y + y > x * x {
            return if negative { -(ends::NORMAL_F + x) } else { ends::NORMAL_F + x };
        }
    }
}

#[inline]
pub fn standard_exponential(source: &mut impl Source) -> f64 {
    let bits = source.next_u64() >> 3;
    let (layer, size) = ((bits & 0xff) as usize, bits >> 8);
    if size < exponential::INSIDE[layer] { size as f64 * exponential::WIDTH[layer] } else { exponential_rest(source, bits) }
}

/// From a draw on that is not within its layer for certain.
#[cold]
#[inline(never)]
fn exponential_rest<S: Source>(source: &mut S, mut bits: u64) -> f64 {
    use exponential::{DENSITY, INSIDE, WIDTH};
    loop {
        let (layer, size) = ((bits & 0xff) as usize, bits >> 8);
        let x = size as f64 * WIDTH[layer];
        if size < INSIDE[layer] {
            return x;
        }
        if layer == 0 {
            return ends::EXPONENTIAL - (-source.next_double()).ln_1p();
        }
        if (DENSITY[layer - 1] - DENSITY[layer]) * source.next_double() + DENSITY[layer] < (-x).exp() {
            return x;
        }
        bits = source.next_u64() >> 3;
    }
}

pub fn standard_exponential_f(source: &mut impl Source) -> f32 {
    use exponential::{DENSITY_F, INSIDE_F, WIDTH_F};
    loop {
        let bits = source.next_u32() >> 1;
        let (layer, size) = ((bits & 0xff) as usize, bits >> 8);
        let x = size as f32 * WIDTH_F[layer];
        if size < INSIDE_F[layer] {
            return x;
        }
        if layer == 0 {
            return ends::EXPONENTIAL_F - (-source.next_float()).ln_1p();
        }
        if (DENSITY_F[layer - 1] - DENSITY_F[layer]) * source.next_float() + DENSITY_F[layer] < (-x).exp() {
            return x;
        }
    }
}
