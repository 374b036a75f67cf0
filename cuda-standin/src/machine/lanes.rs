//! Instructions on registers alone, as closures over whole rows: what a lane computes is a Rust function of its operands.

use super::registers::{LANES, Lane, Registers, Slot, lanes_of};

/// What an instruction does to the lanes of a mask.
pub type Work = Box<dyn Fn(&mut Registers, u32) + Send + Sync>;

pub fn unary<A: Lane, R: Lane>(to: Slot, a: Slot, f: impl Fn(A) -> R + Send + Sync + 'static) -> Work {
    Box::new(move |registers, mask| {
        if mask == u32::MAX {
            let a = registers.get::<A>(a);
            let mut result = [R::default(); LANES];
            for lane in 0..LANES {
                result[lane] = f(a[lane]);
            }
            registers.set(to, &result, mask);
        } else {
            for lane in lanes_of(mask) {
                let value = f(registers.lane(a, lane));
                registers.row::<R>(to)[lane] = value;
            }
        }
    })
}

pub fn binary<A: Lane, B: Lane, R: Lane>(to: Slot, a: Slot, b: Slot, f: impl Fn(A, B) -> R + Send + Sync + 'static) -> Work {
    Box::new(move |registers, mask| {
        if mask == u32::MAX {
            let (a, b) = (registers.get::<A>(a), registers.get::<B>(b));
            let mut result = [R::default(); LANES];
            for lane in 0..LANES {
                result[lane] = f(a[lane], b[lane]);
            }
            registers.set(to, &result, mask);
        } else {
            for lane in lanes_of(mask) {
                let value = f(registers.lane(a, lane), registers.lane(b, lane));
                registers.row::<R>(to)[lane] = value;
            }
        }
    })
}

pub fn ternary<A: Lane, B: Lane, C: Lane, R: Lane>(to: Slot, (a, b, c): (Slot, Slot, Slot), f: impl Fn(A, B, C) -> R + Send + Sync + 'static) -> Work {
    Box::new(move |registers, mask| {
        if mask == u32::MAX {
            let (a, b, c) = (registers.get::<A>(a), registers.get::<B>(b), registers.get::<C>(c));
            let mut result = [R::default(); LANES];
            for lane in 0..LANES {
                result[lane] = f(a[lane], b[lane], c[lane]);
            }
            registers.set(to, &result, mask);
        } else {
            for lane in lanes_of(mask) {
                let value = f(registers.lane(a, lane), registers.lane(b, lane), registers.lane(c, lane));
                registers.row::<R>(to)[lane] = value;
            }
        }
    })
}

/// A test of each lane, as a mask; `then` says what becomes of it.
pub fn test<A: Lane>(a: Slot, b: Slot, f: impl Fn(A, A) -> bool + Send + Sync + 'static, then: impl Fn(&mut Registers, u32, u32) + Send + Sync + 'static) -> Work {
    Box::new(move |registers, mask| {
        let mut found = 0;
        if mask == u32::MAX {
            let (a, b) = (registers.get::<A>(a), registers.get::<A>(b));
            for lane in 0..LANES {
                found |= u32::from(f(a[lane], b[lane])) << lane;
            }
        } else {
            for lane in lanes_of(mask) {
                found |= u32::from(f(registers.lane(a, lane), registers.lane(b, lane))) << lane;
            }
        }
        then(registers, found, mask);
    })
}

/// `a` where the predicate holds, `b` elsewhere.
pub fn select<T: Lane>(to: Slot, a: Slot, b: Slot, predicate: Slot, negated: bool) -> Work {
    Box::new(move |registers, mask| {
        let chosen = registers.predicate(predicate) ^ if negated { u32::MAX } else { 0 };
        let (mut result, other) = (registers.get::<T>(a), registers.get::<T>(b));
        for lane in 0..LANES {
            if chosen >> lane & 1 == 0 {
                result[lane] = other[lane];
            }
        }
        registers.set(to, &result, mask);
    })
}

/// The same row again.
pub fn copy<T: Lane>(to: Slot, a: Slot) -> Work {
    Box::new(move |registers, mask| {
        let row = registers.get::<T>(a);
        registers.set(to, &row, mask);
    })
}

/// One value for all lanes, or one for each.
pub fn produce<T: Lane>(to: Slot, f: impl Fn(&Registers, usize) -> T + Send + Sync + 'static) -> Work {
    Box::new(move |registers, mask| {
        for lane in lanes_of(mask) {
            let value = f(registers, lane);
            registers.row::<T>(to)[lane] = value;
        }
    })
}
