//! Operations of several lanes of a warp: shuffles, votes, matches, reductions.

use super::ops::{Exchange, Reduction, Shuffle};
use super::registers::{LANES, lanes_of};

/// What each lane brings, whichever instruction it waits at.
#[derive(Clone)]
pub struct Brought {
    pub a: [u64; LANES],
    pub b: [u32; LANES],
    pub c: [u32; LANES],
}

/// The lanes' results, and those whose predicate becomes true.
pub struct Taken {
    pub result: [u64; LANES],
    pub predicate: u32,
}

/// Carries out the operation between the lanes of `taking`.
pub fn exchange(exchange: Exchange, brought: &Brought, taking: u32) -> Taken {
    let mut result = [0; LANES];
    let mut predicate = 0;
    let holding = lanes_of(taking).filter(|lane| brought.a[*lane] != 0).fold(0u32, |mask, lane| mask | 1 << lane);
    let mut vote = |holds: bool| predicate = if holds { taking } else { 0 };
    match exchange {
        Exchange::Shuffle(mode) => {
            for lane in lanes_of(taking) {
                let (from, inside) = source(mode, lane as u32, brought.b[lane], brought.c[lane]);
                // A lane that takes no part has no value that could be relied on.
                result[lane] = if taking >> from & 1 == 1 { brought.a[from as usize] } else { 0 };
                predicate |= u32::from(inside) << lane;
            }
        }
        Exchange::All => vote(holding == taking),
        Exchange::Any => vote(holding != 0),
        Exchange::Uniform => vote(holding == taking || holding == 0),
        Exchange::Ballot => result = [holding.into(); LANES],
        Exchange::MatchAny { .. } => {
            for lane in lanes_of(taking) {
                result[lane] = lanes_of(taking).filter(|other| brought.a[*other] == brought.a[lane]).fold(0, |mask, other| mask | 1u64 << other);
            }
        }
        Exchange::MatchAll { .. } => {
            let first = brought.a[taking.trailing_zeros() as usize % LANES];
            let all = lanes_of(taking).all(|lane| brought.a[lane] == first);
            vote(all);
            result = [if all { taking.into() } else { 0 }; LANES];
        }
        Exchange::Reduce(reduction) => {
            let values = lanes_of(taking).map(|lane| brought.a[lane] as u32);
            result = [values.reduce(|a, b| reduce(reduction, a, b)).unwrap_or(0).into(); LANES];
        }
        Exchange::Elect => {
            let leader = taking.trailing_zeros();
            result = [leader.into(); LANES];
            predicate = 1u32.checked_shl(leader).unwrap_or(0);
        }
        Exchange::Wait => {}
    }
    Taken { result, predicate }
}

/// The lane that a shuffle reads, and whether it is inside of the segment.
fn source(mode: Shuffle, lane: u32, b: u32, c: u32) -> (u32, bool) {
    let (b, clamp, segment) = (b & 31, c & 31, c >> 8 & 31);
    let first = lane & segment;
    let limit = first | clamp & !segment;
    let (from, inside) = match mode {
        Shuffle::Up => (lane as i32 - b as i32, lane as i32 - b as i32 >= limit as i32),
        Shuffle::Down => ((lane + b) as i32, lane + b <= limit),
        Shuffle::Butterfly => ((lane ^ b) as i32, lane ^ b <= limit),
        Shuffle::Index => ((first | b & !segment) as i32, first | b & !segment <= limit),
    };
    if inside { (from as u32 & 31, true) } else { (lane, false) }
}

fn reduce(reduction: Reduction, a: u32, b: u32) -> u32 {
    match reduction {
        Reduction::Add => a.wrapping_add(b),
        Reduction::MinSigned => (a as i32).min(b as i32) as u32,
        Reduction::MaxSigned => (a as i32).max(b as i32) as u32,
        Reduction::MinUnsigned => a.min(b),
        Reduction::MaxUnsigned => a.max(b),
        Reduction::And => a & b,
        Reduction::Or => a | b,
        Reduction::Xor => a ^ b,
    }
}
