//! Integers in [0, range]: by masks and rejection for `RandomState`, by Lemire's method for `Generator`, as NumPy draws them.
//!
//! Types narrower than 32 bits share what one draw gives: in an array, four int8 come from one word.

use super::source::Source;

fn mask(range: u64) -> u64 {
    u64::MAX.checked_shr(range.leading_zeros()).unwrap_or(0)
}

/// In [0, most], by masks: what shuffles and urns use.
#[inline]
pub fn interval(source: &mut impl Source, most: u64) -> u64 {
    match most {
        0 => 0,
        1..=0xffff_ffff => masked(most, || source.next_u32() as u64),
        _ => masked(most, || source.next_u64()),
    }
}

#[inline]
fn masked(range: u64, mut bits: impl FnMut() -> u64) -> u64 {
    let mask = mask(range);
    loop {
        let value = bits() & mask;
        if value <= range {
            return value;
        }
    }
}

/// Lemire's method on words of up to 32 bits; the range is not all of them.
#[inline]
fn lemire<const WIDTH: u32>(range: u64, mut bits: impl FnMut() -> u64) -> u64 {
    let all = u64::MAX >> (64 - WIDTH);
    let count = range + 1;
    let mut product = bits() * count;
    if product & all < count {
        let threshold = (all - range) % count;
        while product & all < threshold {
            product = bits() * count;
        }
    }
    product >> WIDTH
}

/// Lemire's method on words of 64 bits.
#[inline]
fn lemire_64(range: u64, mut bits: impl FnMut() -> u64) -> u64 {
    let count = range + 1;
    let mut product = bits() as u128 * count as u128;
    if (product as u64) < count {
        let threshold = (u64::MAX - range) % count;
        while (product as u64) < threshold {
            product = bits() as u128 * count as u128;
        }
    }
    (product >> 64) as u64
}

/// How the integers of an array are drawn.
#[derive(Clone, Copy)]
pub struct Bounded {
    range: u64,
    masked: bool,
}

impl Bounded {
    pub fn new(range: u64, masked: bool) -> Self {
        Bounded { range, masked }
    }

    /// For elements of 64 bits.
    #[inline]
    pub fn draw_64(self, source: &mut impl Source) -> u64 {
        match self.range {
            0 => 0,
            u64::MAX => source.next_u64(),
            range if range <= 0xffff_ffff => {
                if self.masked {
                    masked(range, || source.next_u32() as u64)
                } else if range == 0xffff_ffff {
                    source.next_u32() as u64
                } else {
                    lemire::<32>(range, || source.next_u32() as u64)
                }
            }
            range if self.masked => masked(range, || source.next_u64()),
            range => lemire_64(range, || source.next_u64()),
        }
    }

    /// For elements of 32 bits.
    #[inline]
    pub fn draw_32(self, source: &mut impl Source) -> u32 {
        Bounded { range: self.range & 0xffff_ffff, ..self }.draw_64(source) as u32
    }

    /// For elements of 16 bits.
    #[inline]
    pub fn draw_16(self, source: &mut impl Source, words: &mut Words) -> u16 {
        self.narrow::<16>(|| words.take(source, 16)) as u16
    }

    /// For elements of 8 bits.
    #[inline]
    pub fn draw_8(self, source: &mut impl Source, words: &mut Words) -> u8 {
        self.narrow::<8>(|| words.take(source, 8)) as u8
    }

    #[inline]
    fn narrow<const WIDTH: u32>(self, bits: impl FnMut() -> u64) -> u64 {
        let all = u64::MAX >> (64 - WIDTH);
        let mut bits = bits;
        match self.range & all {
            0 => 0,
            range if range == all => bits(),
            range if self.masked => masked(range, bits),
            range => lemire::<WIDTH>(range, bits),
        }
    }

    /// For bools: one bit each.
    #[inline]
    pub fn draw_bool(self, source: &mut impl Source, words: &mut Words) -> u8 {
        if self.range & 1 == 0 { 0 } else { words.take(source, 1) as u8 }
    }
}

/// What is left of a word that was drawn.
#[derive(Default)]
pub struct Words {
    word: u32,
    left: u32,
}

impl Words {
    /// The next `width` bits, the lowest first.
    #[inline]
    fn take(&mut self, source: &mut impl Source, width: u32) -> u64 {
        if self.left == 0 {
            self.word = source.next_u32();
            self.left = 32 / width - 1;
        } else {
            self.word >>= width;
            self.left -= 1;
        }
        (self.word & (u32::MAX >> (32 - width))) as u64
    }
}
