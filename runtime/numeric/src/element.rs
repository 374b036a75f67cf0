//! The order of array elements as NumPy sorts them: NaN last, complex numbers by real and then imaginary part.

use crate::sorting::highway;
use std::cmp::Ordering;

/// An unsigned integer that orders elements.
pub trait Key: Copy + Ord {
    /// `(self - low) >> shift`, of which the low 64 bits; `low <= self`.
    fn prefix(self, low: Self, shift: u32) -> u64;
    /// The number of bits of `self - low`; `low <= self`.
    fn bits_above(self, low: Self) -> u32;
}

macro_rules! key {
    ($($key:ty)*) => {$(
        impl Key for $key {
            fn prefix(self, low: Self, shift: u32) -> u64 {
                (self.wrapping_sub(low) >> shift) as u64
            }
            fn bits_above(self, low: Self) -> u32 {
                <$key>::BITS - self.wrapping_sub(low).leading_zeros()
            }
        }
    )*};
}

key!(u8 u16 u32 u64 u128);

/// An element of an array.
pub trait Element: Copy {
    type Key: Key;
    /// A key of the element's size and alignment.
    type Ordered: Copy + Ord;
    /// Whether it is complex.
    const IS_PAIR: bool;
    /// Less, equal, greater as NumPy compares for sorting: all NaNs are one, -0.0 is 0.0.
    fn key(self) -> Self::Key;
    /// As the key, but -0.0 is below 0.0.
    fn to_ordered(self) -> Self::Ordered;
    /// The element that is ordered so; NaNs lose sign and payload.
    fn from_ordered(ordered: Self::Ordered) -> Self;
    fn is_nan(self) -> bool;
    /// Whether the key does not tell all bits: those of -0.0 and of odd NaNs.
    fn is_odd(self) -> bool;
    /// Sorts elements as they are, if that is the quickest way.
    fn sort_as_they_are(_: &mut [Self]) -> bool {
        false
    }
}

/// Calls `f` with the elements as ordered ones, and makes elements of what it leaves.
pub fn as_ordered<T: Element>(data: &mut [T], f: impl FnOnce(&mut [T::Ordered])) {
    const { assert!(size_of::<T>() == size_of::<T::Ordered>() && align_of::<T>() == align_of::<T::Ordered>()) };
    let (n, elements) = (data.len(), data.as_mut_ptr());
    in_vectors(n, move |i| {
        // SAFETY: within `data`, which is borrowed and not used meanwhile; of the same size and alignment.
        unsafe { elements.add(i).cast::<T::Ordered>().write((*elements.add(i)).to_ordered()) }
    });
    // SAFETY: all have been written.
    f(unsafe { std::slice::from_raw_parts_mut(elements.cast::<T::Ordered>(), n) });
    in_vectors(n, move |i| {
        // SAFETY: as above, the other way.
        unsafe { elements.add(i).write(T::from_ordered(*elements.add(i).cast::<T::Ordered>())) }
    });
}

/// Calls `f` with the numbers below `n`, compiled for the vectors of the machine: those of all its kind cannot shift signed integers of 64 bits.
fn in_vectors(n: usize, f: impl Fn(usize)) {
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw")]
        fn in_wide_vectors(n: usize, f: impl Fn(usize)) {
            for i in 0..n {
                f(i);
            }
        }
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq") && is_x86_feature_detected!("avx512vl") && is_x86_feature_detected!("avx512bw") {
            // SAFETY: the machine has them.
            return unsafe { in_wide_vectors(n, f) };
        }
    }
    (0..n).for_each(f);
}

macro_rules! integer {
    ($($integer:ty, $key:ty, $as_they_are:expr;)*) => {$(
        impl Element for $integer {
            type Key = $key;
            type Ordered = $key;
            const IS_PAIR: bool = false;
            fn key(self) -> $key {
                (self as $key).wrapping_sub(<$integer>::MIN as $key)
            }
            fn to_ordered(self) -> $key {
                self.key()
            }
            fn from_ordered(key: $key) -> Self {
                key.wrapping_add(<$integer>::MIN as $key) as $integer
            }
            fn is_nan(self) -> bool {
                false
            }
            fn is_odd(self) -> bool {
                false
            }
            fn sort_as_they_are(data: &mut [Self]) -> bool {
                $as_they_are(data)
            }
        }
    )*};
}

integer! {
    u8, u8, |_| false; u16, u16, |_| false; u32, u32, |_| false; u64, u64, |_| false;
    i8, u8, |_| false; i16, u16, |_| false; i32, u32, highway::sort; i64, u64, highway::sort;
}

macro_rules! float {
    ($float:ty, $key:ty, $signed:ty) => {
        impl Element for $float {
            type Key = $key;
            type Ordered = $key;
            const IS_PAIR: bool = false;
            fn key(self) -> $key {
                // -0.0 + 0.0 is 0.0.
                (self + 0.0).to_ordered()
            }
            fn to_ordered(self) -> $key {
                const SIGN: $key = 1 << (<$key>::BITS - 1);
                let bits = if Element::is_nan(self) { <$float>::NAN.to_bits() & !SIGN } else { self.to_bits() };
                // A negative number's bits are reversed in order.
                bits ^ (((bits as $signed) >> (<$key>::BITS - 1)) as $key | SIGN)
            }
            fn from_ordered(key: $key) -> Self {
                const SIGN: $key = 1 << (<$key>::BITS - 1);
                <$float>::from_bits(key ^ (((!key as $signed) >> (<$key>::BITS - 1)) as $key | SIGN))
            }
            fn is_nan(self) -> bool {
                self != self
            }
            fn is_odd(self) -> bool {
                self.to_bits() != Self::from_ordered(self.key()).to_bits()
            }
        }
    };
}

float!(f32, u32, i32);
float!(f64, u64, i64);

/// A count of a unit of time: the least int64 is not a time, which comes last as NaN does.
#[derive(Clone, Copy, PartialEq, Debug)]
#[repr(transparent)]
pub struct Time(pub i64);

impl Element for Time {
    type Key = u64;
    type Ordered = u64;
    const IS_PAIR: bool = false;
    fn key(self) -> u64 {
        self.0.key().wrapping_sub(1)
    }
    fn to_ordered(self) -> u64 {
        self.key()
    }
    fn from_ordered(key: u64) -> Self {
        Time(i64::from_ordered(key.wrapping_add(1)))
    }
    fn is_nan(self) -> bool {
        self.0 == i64::MIN
    }
    fn is_odd(self) -> bool {
        false
    }
}

/// A complex number as arrays hold it.
#[derive(Clone, Copy, PartialEq, Debug)]
#[repr(C)]
pub struct Complex<F> {
    pub re: F,
    pub im: F,
}

/// A complex number that compares by its key. Its parts have no order of their own that would tell zeros apart.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct ByKey<F>(Complex<F>);

macro_rules! complex {
    ($float:ty, $half:ty, $key:ty) => {
        impl Ord for ByKey<$float> {
            fn cmp(&self, other: &Self) -> Ordering {
                self.0.key().cmp(&other.0.key())
            }
        }

        impl PartialOrd for ByKey<$float> {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl PartialEq for ByKey<$float> {
            fn eq(&self, other: &Self) -> bool {
                self.0.key() == other.0.key()
            }
        }

        impl Eq for ByKey<$float> {}

        impl Element for Complex<$float> {
            type Key = $key;
            type Ordered = ByKey<$float>;
            const IS_PAIR: bool = true;
            /// Numbers with a NaN come last: those with one in the imaginary part by the real part, those with one in the real part by the
            /// imaginary part, those with two. No float has keys so high.
            fn key(self) -> $key {
                let whole = |high: $half, low: $half| (high as $key) << <$half>::BITS | low as $key;
                let (re, im) = (self.re.key(), self.im.key());
                if !(Element::is_nan(self.re) | Element::is_nan(self.im)) {
                    return whole(re, im);
                }
                match (Element::is_nan(self.re), Element::is_nan(self.im)) {
                    (false, _) => whole(<$half>::MAX - 2, re),
                    (true, false) => whole(<$half>::MAX - 1, im),
                    (true, true) => whole(<$half>::MAX, 0),
                }
            }
            fn to_ordered(self) -> ByKey<$float> {
                ByKey(self)
            }
            fn from_ordered(ordered: ByKey<$float>) -> Self {
                ordered.0
            }
            fn is_nan(self) -> bool {
                Element::is_nan(self.re) || Element::is_nan(self.im)
            }
            fn is_odd(self) -> bool {
                self.re.is_odd() || self.im.is_odd()
            }
        }
    };
}

complex!(f32, u32, u64);
complex!(f64, u64, u128);
