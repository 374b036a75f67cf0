//! The Mersenne Twister, MT19937 of Matsumoto and Nishimura, as NumPy and CPython use it.

use super::source::Source;

const WORDS: usize = 624;
const MIDDLE: usize = 397;

/// The state, and what the generator gives next: all 624 outputs of a turn are made at once.
#[derive(Clone)]
pub struct Mt19937 {
    key: [u32; WORDS],
    output: [u32; WORDS],
    next: usize,
}

impl Mt19937 {
    /// Seeded by a number of 32 bits: `numpy.random.RandomState(seed)`.
    pub fn new(seed: u32) -> Self {
        let mut key = [0; WORDS];
        let mut word = seed;
        for (i, place) in key.iter_mut().enumerate() {
            *place = word;
            word = 1_812_433_253u32.wrapping_mul(word ^ (word >> 30)).wrapping_add(i as u32 + 1);
        }
        Mt19937 { key, output: [0; WORDS], next: WORDS }
    }

    /// Seeded by numbers of 32 bits, at least one: `init_by_array`.
    pub fn by_array(seeds: &[u32]) -> Self {
        let mut mt = Mt19937::new(19_650_218);
        let key = &mut mt.key;
        let mut i = 1;
        let mut step = |key: &mut [u32; WORDS], factor: u32, add: &dyn Fn(usize, u32) -> u32| {
            let mixed = (key[i - 1] ^ (key[i - 1] >> 30)).wrapping_mul(factor);
            key[i] = add(i, key[i] ^ mixed);
            i += 1;
            if i == WORDS {
                key[0] = key[WORDS - 1];
                i = 1;
            }
        };
        for j in (0..seeds.len()).cycle().take(WORDS.max(seeds.len())) {
            step(key, 1_664_525, &|_, word| word.wrapping_add(seeds[j]).wrapping_add(j as u32));
        }
        for _ in 1..WORDS {
            step(key, 1_566_083_941, &|i, word| word.wrapping_sub(i as u32));
        }
        key[0] = 0x8000_0000;
        mt
    }

    /// Seeded by an integer of any sign, by its size: `random.seed(n)`.
    pub fn by_size(seed: u64) -> Self {
        let (low, high) = (seed as u32, (seed >> 32) as u32);
        if high == 0 { Mt19937::by_array(&[low]) } else { Mt19937::by_array(&[low, high]) }
    }

    #[cold]
    #[inline(never)]
    fn turn(&mut self) {
        let twist = |high: u32, low: u32, far: u32| {
            let y = (high & 0x8000_0000) | (low & 0x7fff_ffff);
            far ^ (y >> 1) ^ (0u32.wrapping_sub(y & 1) & 0x9908_b0df)
        };
        let key = &mut self.key;
        for i in 0..WORDS - MIDDLE {
            key[i] = twist(key[i], key[i + 1], key[i + MIDDLE]);
        }
        for i in WORDS - MIDDLE..WORDS - 1 {
            key[i] = twist(key[i], key[i + 1], key[i + MIDDLE - WORDS]);
        }
        key[WORDS - 1] = twist(key[WORDS - 1], key[0], key[MIDDLE - 1]);
        for (output, word) in self.output.iter_mut().zip(key.iter()) {
            let mut y = *word;
            y ^= y >> 11;
            y ^= (y << 7) & 0x9d2c_5680;
            y ^= (y << 15) & 0xefc6_0000;
            *output = y ^ (y >> 18);
        }
        self.next = 0;
    }
}

impl Source for Mt19937 {
    #[inline]
    fn next_u32(&mut self) -> u32 {
        if self.next >= WORDS {
            self.turn();
        }
        let word = self.output[self.next];
        self.next += 1;
        word
    }

    /// The first output is the high half.
    #[inline]
    fn next_u64(&mut self) -> u64 {
        let high = self.next_u32() as u64;
        high << 32 | self.next_u32() as u64
    }

    #[inline]
    fn next_double(&mut self) -> f64 {
        let high = (self.next_u32() >> 5) as u64;
        let low = (self.next_u32() >> 6) as u64;
        (high << 26 | low) as i64 as f64 * (1.0 / 9_007_199_254_740_992.0)
    }
}
