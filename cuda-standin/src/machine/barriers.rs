//! Barriers of a block: sixteen, each with the threads that wait at it.

use super::fault::{Fault, LAUNCH_FAILED, Outcome};
use super::ops::{Action, Barrier, BarrierKind, Program};
use super::registers::lanes_of;
use super::warp::{State, Warp};

pub const BARRIERS: usize = 16;

#[derive(Clone, Default)]
pub struct Barriers {
    /// Threads that arrived at each without waiting (`bar.arrive`).
    pub arrived: [u32; BARRIERS],
}

fn barrier_of(program: &Program, pc: u32) -> &Barrier {
    match &program.ops[pc as usize].action {
        Action::Barrier(barrier) => barrier,
        _ => unreachable!("only threads at a barrier wait at one"),
    }
}

/// Lets the threads go of every barrier that all have come to. Whether there was one.
pub fn release(program: &Program, barriers: &mut Barriers, warps: &mut [Warp]) -> Outcome<bool> {
    let mut released = false;
    let waiting = |warps: &[Warp], number: u32| -> u32 {
        let splits = warps.iter().flat_map(|warp| &warp.splits);
        splits.filter(|split| matches!(split.state, State::Barrier { number: at, .. } if at == number)).map(|split| split.mask.count_ones()).sum()
    };
    for number in 0..BARRIERS as u32 {
        let count = waiting(warps, number) + barriers.arrived[number as usize];
        if count == 0 {
            continue;
        }
        let expected = warps.iter().flat_map(|warp| &warp.splits).find_map(|split| match split.state {
            State::Barrier { number: at, threads } if at == number => Some(threads),
            _ => None,
        });
        let Some(expected) = expected else { continue };
        let living: u32 = warps.iter().map(|warp| warp.living().count_ones()).sum();
        let needed = if expected == 0 { living } else { expected };
        if count > needed && expected != 0 {
            return Err(Fault::new(LAUNCH_FAILED, format!("{count} threads came to barrier {number}, which is for {needed}")));
        }
        if count >= needed {
            check_aligned(program, warps, number)?;
            open(program, warps, number);
            barriers.arrived[number as usize] = 0;
            released = true;
        }
    }
    Ok(released)
}

/// `.aligned`: the threads of a warp come to the same instruction.
fn check_aligned(program: &Program, warps: &[Warp], number: u32) -> Outcome<()> {
    for warp in warps {
        let mut places = warp.splits.iter().filter(|split| matches!(split.state, State::Barrier { number: at, .. } if at == number)).map(|split| split.pc);
        let Some(first) = places.next() else { continue };
        if let Some(other) = places.find(|other| *other != first).filter(|other| barrier_of(program, *other).aligned) {
            let text = format!("threads of one warp wait at different barriers: {}; {}", program.place(first), program.place(other));
            return Err(Fault::new(LAUNCH_FAILED, text));
        }
    }
    Ok(())
}

fn open(program: &Program, warps: &mut [Warp], number: u32) {
    let (mut holding, mut coming) = (0u32, 0u32);
    let is_here = |state: State| matches!(state, State::Barrier { number: at, .. } if at == number);
    for warp in warps.iter_mut() {
        for index in (0..warp.splits.len()).filter(|index| is_here(warp.splits[*index].state)).collect::<Vec<_>>() {
            let split = warp.splits[index].clone();
            coming += split.mask.count_ones();
            if let Some((slot, negated)) = barrier_of(program, split.pc).predicate {
                warp.registers.enter(split.frame, 0);
                let value = warp.registers.predicate(slot) ^ if negated { u32::MAX } else { 0 };
                holding += (value & split.mask).count_ones();
            }
        }
    }
    for warp in warps.iter_mut() {
        for index in (0..warp.splits.len()).filter(|index| is_here(warp.splits[*index].state)).collect::<Vec<_>>() {
            let split = warp.splits[index].clone();
            let barrier = barrier_of(program, split.pc);
            if let Some(slot) = barrier.result {
                warp.registers.enter(split.frame, 0);
                match barrier.kind {
                    BarrierKind::Count => lanes_of(split.mask).for_each(|lane| warp.registers.row::<u32>(slot)[lane] = holding),
                    BarrierKind::And => warp.registers.set_predicate(slot, if holding == coming { u32::MAX } else { 0 }, split.mask),
                    _ => warp.registers.set_predicate(slot, if holding > 0 { u32::MAX } else { 0 }, split.mask),
                }
            }
            warp.splits[index].state = State::Ready;
            warp.splits[index].pc += 1;
        }
    }
}
