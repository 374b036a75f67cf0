//! A block: its warps take turns, and wait for each other at barriers.

use super::barriers::{self, Barriers};
use super::fault::{Fault, LAUNCH_FAILED, Outcome};
use super::grid::Launch;
use super::host_calls::Printed;
use super::ops::Program;
use super::warp::{State, Stop, Surroundings, Warp};
use crate::memory::View;

/// Rounds of turns in which all warps seemed to wait before another block runs.
const PATIENCE: u32 = 4;
/// Turns of warps before another block runs.
const TURNS: u32 = 256;

pub struct Block {
    warps: Vec<Warp>,
    shared: Vec<u8>,
    barriers: Barriers,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    Finished,
    /// Another block should run before this one goes on.
    Suspended,
}

impl Block {
    pub fn new(program: &Program, launch: &Launch) -> Block {
        let threads: u32 = launch.block.iter().product();
        let warps = (0..threads.div_ceil(32)).map(|_| Warp::new(program)).collect();
        Block { warps, shared: Vec::new(), barriers: Barriers::default() }
    }

    /// Makes this the block `number` of the launch, at its start.
    pub fn start(&mut self, program: &Program, launch: &Launch, number: u64) -> Outcome<()> {
        let threads: u32 = launch.block.iter().product();
        let [x, y, _] = launch.grid.map(u64::from);
        let position = [number % x, number / x % y, number / (x * y)].map(|part| part as u32);
        let shared = launch.shared_bytes(program);
        self.shared.clear();
        // Shared memory is not zero when a block begins.
        self.shared.resize(shared as usize, 0xcd);
        self.barriers = Barriers::default();
        let count = self.warps.len() as u32;
        for (index, warp) in self.warps.iter_mut().enumerate() {
            let first = index as u32 * 32;
            let special = &mut warp.registers.special;
            let [bx, by, _] = launch.block;
            let linear = first..first + 32;
            special.thread = [linear.clone().map(|thread| thread % bx).collect(), linear.clone().map(|thread| thread / bx % by).collect(), linear.map(|thread| thread / (bx * by)).collect()];
            (special.block, special.block_size, special.grid_size) = (position, launch.block, launch.grid);
            (special.warp, special.warps, special.grid) = (index as u32, count, launch.number);
            (special.dynamic_shared, special.total_shared, special.workspace) = (launch.dynamic_shared, shared, launch.workspace);
            (special.multiprocessor, special.multiprocessors) = ((number % u64::from(launch.multiprocessors.max(1))) as u32, launch.multiprocessors);
            warp.start(program, threads - first, launch.stack_limit)?;
        }
        Ok(())
    }

    pub fn run(&mut self, program: &Program, launch: &Launch, view: &View<'_>, printed: &Printed) -> Outcome<Progress> {
        let mut waiting_rounds = 0;
        let mut turns = 0;
        loop {
            let (mut ran, mut only_waits) = (false, true);
            for warp in &mut self.warps {
                if !warp.is_ready() {
                    continue;
                }
                ran = true;
                turns += 1;
                let mut around = Surroundings { program, view, shared: &mut self.shared, parameters: &launch.parameters, barriers: &mut self.barriers, printed, stack_limit: launch.stack_limit };
                only_waits &= warp.run(&mut around)? == Stop::Turn(true);
            }
            if self.warps.iter().all(|warp| warp.splits.is_empty()) {
                return Ok(Progress::Finished);
            }
            let released = barriers::release(program, &mut self.barriers, &mut self.warps)?;
            if !ran && !released {
                return Err(self.deadlock(program));
            }
            waiting_rounds = if only_waits && !released { waiting_rounds + 1 } else { 0 };
            if waiting_rounds >= PATIENCE || turns >= TURNS {
                return Ok(Progress::Suspended);
            }
        }
    }

    fn deadlock(&self, program: &Program) -> Fault {
        let splits = self.warps.iter().enumerate().flat_map(|(index, warp)| warp.splits.iter().map(move |split| (index, split)));
        let waits = splits.take(4).map(|(warp, split)| {
            let what = match split.state {
                State::Barrier { number, threads: 0 } => format!("barrier {number} of all threads"),
                State::Barrier { number, threads } => format!("barrier {number} of {threads} threads"),
                State::Members(members) => format!("the members {members:#010x}"),
                State::Ready => "nothing".to_string(),
            };
            format!("threads {:#010x} of warp {warp} wait for {what} at {}", split.mask, program.place(split.pc))
        });
        Fault::new(LAUNCH_FAILED, format!("deadlock: {}", waits.collect::<Vec<_>>().join("; ")))
    }
}
