//! A launch: the blocks of a grid, on the threads of the host.
//!
//! Blocks begin in order. One that seems to wait for another is set aside, so all that a device would hold at once make progress.

use super::block::{Block, Progress};
use super::fault::{Fault, LAUNCH_TIMEOUT, Outcome};
use super::host_calls::Printed;
use super::ops::Program;
use crate::memory::{Kind, Memory};
use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// After this time the other cores of the host help.
const ALONE: Duration = Duration::from_micros(300);
const WORKSPACE: u64 = 64;

#[derive(Clone, Debug)]
pub struct Launch {
    pub grid: [u32; 3],
    pub block: [u32; 3],
    pub dynamic_shared: u32,
    pub parameters: Vec<u8>,
    pub number: u64,
    pub stack_limit: u32,
    pub multiprocessors: u32,
    /// Blocks that are on the device at once.
    pub resident: u64,
    pub time_limit: Duration,
    pub cooperative: bool,
    /// Of a cooperative launch that runs: see [`execute`].
    pub workspace: u64,
}

impl Launch {
    pub fn blocks(&self) -> u64 {
        self.grid.iter().map(|extent| u64::from(*extent)).product()
    }

    pub fn shared_bytes(&self, program: &Program) -> u32 {
        program.static_shared + self.dynamic_shared
    }
}

struct Work {
    next: u64,
    finished: u64,
    /// Blocks that began and were set aside.
    aside: VecDeque<Block>,
    running: u64,
    /// Finished blocks, whose memory the next ones use.
    spare: Vec<Block>,
    fault: Option<Fault>,
}

/// Executes a launch to its end; what it printed, in order of printing.
pub fn execute(program: &Program, launch: &Launch, memory: &Memory) -> (Outcome<()>, String) {
    if !launch.cooperative {
        return run(program, launch, memory);
    }
    // Cooperative groups of CUDA C find memory for their barrier at the address in two environment registers.
    let workspace = memory.allocate(WORKSPACE, Kind::Module, 0).unwrap_or(0);
    memory.set(workspace, &[0], WORKSPACE);
    let done = run(program, &Launch { workspace, ..launch.clone() }, memory);
    memory.free(workspace, |_| true);
    done
}

fn run(program: &Program, launch: &Launch, memory: &Memory) -> (Outcome<()>, String) {
    let printed = Printed::default();
    let work = Mutex::new(Work { next: 0, finished: 0, aside: VecDeque::new(), running: 0, spare: Vec::new(), fault: None });
    let run = Run { program, launch, memory, printed: &printed, work: &work, since: Instant::now() };
    std::thread::scope(|scope| {
        let mut helpers = false;
        run.blocks(&mut || {
            if !helpers && run.since.elapsed() > ALONE {
                helpers = true;
                let count = std::thread::available_parallelism().map_or(1, usize::from);
                for _ in 1..count {
                    let run = &run;
                    scope.spawn(move || run.blocks(&mut || {}));
                }
            }
        });
    });
    let work = work.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    (work.fault.map_or(Ok(()), Err), printed.text())
}

struct Run<'a> {
    program: &'a Program,
    launch: &'a Launch,
    memory: &'a Memory,
    printed: &'a Printed,
    work: &'a Mutex<Work>,
    since: Instant,
}

/// What there is to do next.
enum Next {
    Start(Block, u64),
    Continue(Block),
    Wait,
    Over,
}

impl Run<'_> {
    fn locked(&self) -> std::sync::MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn take(&self) -> Next {
        let mut work = self.locked();
        let total = self.launch.blocks();
        if work.fault.is_some() || work.finished == total {
            return Next::Over;
        }
        if work.next < total && work.running + (work.aside.len() as u64) < self.launch.resident {
            let number = work.next;
            work.next += 1;
            work.running += 1;
            let spare = work.spare.pop();
            drop(work);
            return Next::Start(spare.unwrap_or_else(|| Block::new(self.program, self.launch)), number);
        }
        match work.aside.pop_front() {
            Some(block) => {
                work.running += 1;
                Next::Continue(block)
            }
            None => Next::Wait,
        }
    }

    fn blocks(&self, between: &mut dyn FnMut()) {
        let view = self.memory.view();
        loop {
            let mut block = match self.take() {
                Next::Over => return,
                Next::Wait => {
                    std::thread::yield_now();
                    continue;
                }
                Next::Continue(block) => block,
                Next::Start(mut block, number) => match block.start(self.program, self.launch, number) {
                    Ok(()) => block,
                    Err(fault) => return self.fail(fault),
                },
            };
            let progress = block.run(self.program, self.launch, &view, self.printed);
            let mut work = self.locked();
            work.running -= 1;
            match progress {
                Err(fault) => {
                    drop(work);
                    return self.fail(fault);
                }
                Ok(Progress::Finished) => {
                    work.finished += 1;
                    work.spare.push(block);
                }
                Ok(Progress::Suspended) => work.aside.push_back(block),
            }
            drop(work);
            if self.since.elapsed() > self.launch.time_limit {
                return self.fail(Fault::new(LAUNCH_TIMEOUT, format!("{} has not ended after {:?}", self.program.name, self.launch.time_limit)));
            }
            between();
        }
    }

    fn fail(&self, fault: Fault) {
        let mut work = self.locked();
        work.fault.get_or_insert(fault);
    }
}
