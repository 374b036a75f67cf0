//! A warp: 32 threads that execute together while they are at the same instruction.
//!
//! A *split* is a set of threads at one program counter in one frame. A branch that its threads disagree about makes two of one; splits
//! that meet are one again. The one in the deepest call, then with the lowest program counter, runs first, which brings loops and
//! branches together where they join. One that turns in a loop while others wait gives way now and then, so a thread may wait for
//! another of its warp.

use super::barriers::{BARRIERS, Barriers};
use super::collectives::{Brought, exchange};
use super::fault::*;
use super::host_calls::{Printed, host_call};
use super::ops::*;
use super::registers::*;
use super::spaces::{Local, Spaces};
use super::transfers::{self, Refused};
use crate::memory::{Bad, View};

/// Instructions that a warp executes before another has its turn.
const SLICE: u32 = 1 << 16;
/// Backward branches after which other splits of the warp run; fewer in loops that read what others may write.
const PATIENCE: u32 = 4096;
const POLLS: u32 = 64;
/// Room for the parameters of a function of the driver.
const HOST_CALL_BYTES: u32 = 256;
/// Instructions that a split which waited long may execute.
const FAVOUR: u32 = 1024;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Ready,
    /// `threads` is 0 for all of the block.
    Barrier { number: u32, threads: u32 },
    /// Waits for the other threads of the member mask.
    Members(u32),
}

#[derive(Clone, Debug)]
pub struct Split {
    pub pc: u32,
    pub frame: u32,
    pub stack: u32,
    pub depth: u32,
    pub mask: u32,
    pub state: State,
    /// When it ran last.
    last: u64,
}

/// Why a warp stops to execute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    Finished,
    /// All threads wait.
    Blocked,
    /// Others have their turn; `true` if the threads look as if they waited for them.
    Turn(bool),
}

/// What a warp sees of its block and launch.
pub struct Surroundings<'a> {
    pub program: &'a Program,
    pub view: &'a View<'a>,
    pub shared: &'a mut [u8],
    pub parameters: &'a [u8],
    pub barriers: &'a mut Barriers,
    pub printed: &'a Printed,
    /// Bytes of local memory that a thread may have.
    pub stack_limit: u32,
}

pub struct Warp {
    pub registers: Registers,
    pub splits: Vec<Split>,
    existing: u32,
    exited: u32,
    local: Local,
    /// The last loop read what other threads may write.
    polled: bool,
    polls: u32,
    turns: u32,
    time: u64,
    favour: bool,
}

/// What the loop over instructions stopped for.
enum Event {
    /// The program counter of the split has moved; choose again.
    Moved,
    Turn(bool),
}

impl Warp {
    pub fn new(program: &Program) -> Warp {
        Warp { registers: Registers::new(program.constants.clone()), splits: Vec::new(), existing: 0, exited: 0, local: Local::default(), polled: false, polls: 0, turns: 0, time: 0, favour: false }
    }

    /// Threads `0..count` of the warp at the start of the program.
    pub fn start(&mut self, program: &Program, count: u32, stack_limit: u32) -> Outcome<()> {
        let existing = if count >= 32 { u32::MAX } else { (1 << count) - 1 };
        (self.existing, self.exited, self.polled, self.polls, self.turns, self.favour) = (existing, 0, false, 0, 0, false);
        let entry = &program.routines[0];
        self.local.reserve(entry.stack, stack_limit.max(entry.stack))?;
        self.registers.enter(0, entry.frame);
        self.registers.stack = 0;
        self.registers.clock = 0;
        self.splits = vec![Split { pc: entry.start, frame: 0, stack: 0, depth: 0, mask: existing, state: State::Ready, last: 0 }];
        Ok(())
    }

    pub fn living(&self) -> u32 {
        self.existing & !self.exited
    }

    pub fn is_ready(&self) -> bool {
        self.splits.iter().any(|split| split.state == State::Ready)
    }

    /// Executes until all threads wait or have ended, or others should have their turn.
    pub fn run(&mut self, around: &mut Surroundings<'_>) -> Outcome<Stop> {
        let mut budget = SLICE;
        loop {
            let Some(index) = self.choose() else {
                if self.release_members(around.program)? {
                    continue;
                }
                return Ok(if self.splits.is_empty() { Stop::Finished } else { Stop::Blocked });
            };
            let until = if self.favour { u32::MAX } else { self.next_stop(index) };
            let mut allowed = if std::mem::take(&mut self.favour) { FAVOUR.min(budget) } else { budget };
            let before = allowed;
            let event = self.run_split(index, until, &mut allowed, around)?;
            budget -= before - allowed;
            match event {
                Event::Turn(polling) => return Ok(Stop::Turn(polling)),
                Event::Moved if budget == 0 => return Ok(Stop::Turn(false)),
                Event::Moved => {}
            }
        }
    }

    /// The split to run next, after those at the same place have become one.
    fn choose(&mut self) -> Option<usize> {
        if self.splits.len() == 1 {
            return (self.splits[0].state == State::Ready).then_some(0);
        }
        let mut index = 0;
        while index < self.splits.len() {
            let split = self.splits[index].clone();
            let same = |other: &Split| other.state == State::Ready && (other.pc, other.frame, other.stack, other.depth) == (split.pc, split.frame, split.stack, split.depth);
            if split.state == State::Ready && let Some(first) = self.splits[..index].iter().position(same) {
                self.splits[first].mask |= split.mask;
                self.splits.swap_remove(index);
            } else {
                index += 1;
            }
        }
        let ready = self.splits.iter().enumerate().filter(|(_, split)| split.state == State::Ready);
        if self.favour {
            ready.min_by_key(|(_, split)| split.last).map(|(index, _)| index)
        } else {
            ready.min_by_key(|(_, split)| (std::cmp::Reverse(split.depth), split.pc)).map(|(index, _)| index)
        }
    }

    /// The program counter at which another split waits to be joined.
    fn next_stop(&self, index: usize) -> u32 {
        let depth = self.splits[index].depth;
        let others = self.splits.iter().enumerate().filter(|(other, split)| *other != index && split.state == State::Ready && split.depth == depth);
        others.map(|(_, split)| split.pc).min().unwrap_or(u32::MAX)
    }

    fn run_split(&mut self, index: usize, until: u32, allowed: &mut u32, around: &mut Surroundings<'_>) -> Outcome<Event> {
        let program = around.program;
        self.time += 1;
        self.splits[index].last = self.time;
        let Split { mut pc, mask, frame, stack, .. } = self.splits[index];
        self.registers.enter(frame, 0);
        self.registers.stack = stack;
        while pc < until && *allowed > 0 {
            let op = &program.ops[pc as usize];
            *allowed -= 1;
            self.registers.clock += 1;
            let active = match op.guard {
                Guard::Always => mask,
                Guard::If(slot) => mask & self.registers.predicate(slot),
                Guard::Unless(slot) => mask & !self.registers.predicate(slot),
            };
            if active == 0 {
                pc += 1;
                continue;
            }
            match &op.action {
                Action::Lanes(work) => work(&mut self.registers, active),
                Action::Branch(target) if active == mask => {
                    let backward = *target <= pc;
                    pc = *target;
                    if backward && let Some(event) = self.looped(index) {
                        self.splits[index].pc = pc;
                        return Ok(event);
                    }
                    continue;
                }
                Action::Branch(target) => {
                    self.part(index, pc + 1, active, *target);
                    return Ok(self.looped_if(*target <= pc, index).unwrap_or(Event::Moved));
                }
                Action::Nothing => {}
                other => {
                    self.splits[index].pc = pc;
                    if let Some(event) = self.rare(index, active, other, around)? {
                        return Ok(event);
                    }
                }
            }
            pc += 1;
        }
        self.splits[index].pc = pc;
        Ok(Event::Moved)
    }

    fn looped_if(&mut self, backward: bool, index: usize) -> Option<Event> {
        if backward { self.looped(index) } else { None }
    }

    /// After a branch backwards: others may have to run for this loop to end.
    fn looped(&mut self, index: usize) -> Option<Event> {
        self.turns += 1;
        self.polls += u32::from(std::mem::take(&mut self.polled));
        if self.turns < PATIENCE && self.polls < POLLS {
            return None;
        }
        let polling = self.polls >= POLLS;
        (self.turns, self.polls) = (0, 0);
        self.favour = self.splits.iter().enumerate().any(|(other, split)| other != index && split.state == State::Ready);
        (self.favour || polling).then_some(if polling { Event::Turn(true) } else { Event::Moved })
    }

    /// `active` threads of a split go to `target`, the others to `next`.
    fn part(&mut self, index: usize, next: u32, active: u32, target: u32) {
        let split = &mut self.splits[index];
        let mut other = split.clone();
        split.mask &= !active;
        split.pc = next;
        (other.mask, other.pc) = (active, target);
        self.splits.push(other);
    }

    /// Instructions that touch memory or the order of execution. `None`: on to the next one.
    fn rare(&mut self, index: usize, active: u32, action: &Action, around: &mut Surroundings<'_>) -> Outcome<Option<Event>> {
        let pc = self.splits[index].pc;
        let mask = self.splits[index].mask;
        let Warp { registers, local, .. } = self;
        let mut spaces = Spaces { view: around.view, shared: around.shared, local, parameters: around.parameters };
        let done = match action {
            Action::Load(transfer) => {
                self.polled |= transfer.polls;
                transfers::load(transfer, registers, &spaces, active)
            }
            Action::Store(transfer) => transfers::store(transfer, registers, &mut spaces, active),
            Action::Atomic(atomic) => {
                self.polled = true;
                transfers::atomic(atomic, registers, &mut spaces, active)
            }
            Action::Touch(address, size) => transfers::touch(address, *size, registers, &spaces, active),
            Action::Pass { from, to, bytes, into_callee } => {
                if *into_callee {
                    let end = registers.stack + to + bytes;
                    // Functions of the driver take their parameters beyond what the program itself needs.
                    let limit = around.stack_limit.max(around.program.local_bytes.unwrap_or(0)).saturating_add(HOST_CALL_BYTES);
                    spaces.local.reserve(end, limit)?;
                }
                for lane in lanes_of(active) {
                    let stack = registers.stack;
                    let passed = spaces.local.pass((stack + from).into(), (stack + to).into(), *bytes, lane);
                    passed.ok_or_else(|| Fault::new(ILLEGAL_ADDRESS, "parameters outside of the stack"))?;
                }
                Ok(())
            }
            Action::HostCall(call) => {
                let place = around.program.place(pc);
                let thread = |registers: &Registers, lane: usize| thread_name(registers, lane);
                host_call(*call, registers, &mut spaces, around.program.routine(pc).stack, active, around.printed).map_err(|(lane, fault)| Fault::new(fault.code, format!("{}, {place}, {}", fault.text, thread(registers, lane))))?;
                Ok(())
            }
            _ => return self.control(index, active, mask, action, around),
        };
        done.map(|()| None).map_err(|refused| self.fault_of(refused, pc, around))
    }

    fn control(&mut self, index: usize, active: u32, mask: u32, action: &Action, around: &mut Surroundings<'_>) -> Outcome<Option<Event>> {
        let pc = self.splits[index].pc;
        match action {
            Action::BranchIndexed { index: slot, targets } => {
                for lane in lanes_of(active) {
                    let which = self.registers.lane::<u32>(*slot, lane) as usize;
                    let target = *targets.get(which).ok_or_else(|| self.fault(INVALID_PC, "an index outside of the list of targets", pc, lane, around))?;
                    self.leave(index, 1 << lane, target, None);
                }
                self.stay(index, pc + 1);
            }
            Action::Call { target, frame, stack } => self.call(index, active, *target, (*frame, *stack), around)?,
            Action::Return => {
                let split = self.splits[index].clone();
                if split.depth == 0 {
                    self.exit(active);
                }
                let mut rest = if split.depth == 0 { 0 } else { active };
                while rest != 0 {
                    let origin = |registers: &Registers, lane: usize| [RETURN_PC, RETURN_FRAME, RETURN_STACK].map(|slot| registers.lane::<u32>(slot, lane));
                    let [back, frame, stack] = origin(&self.registers, rest.trailing_zeros() as usize);
                    let same = lanes_of(rest).filter(|lane| origin(&self.registers, *lane) == [back, frame, stack]).fold(0u32, |mask, lane| mask | 1 << lane);
                    self.leave(index, same, back, Some((frame, stack, split.depth - 1)));
                    rest &= !same;
                }
                self.stay(index, pc + 1);
            }
            Action::Exit => {
                self.exit(active);
                self.stay(index, pc + 1);
            }
            Action::Barrier(barrier) => return self.barrier(index, barrier, around),
            Action::Collective(collective) => self.collective(index, collective, around)?,
            Action::ActiveMask(slot) => {
                lanes_of(active).for_each(|lane| self.registers.row::<u32>(*slot)[lane] = mask);
                return Ok(None);
            }
            Action::Trap => return Err(self.fault(LAUNCH_FAILED, "a trap", pc, active.trailing_zeros() as usize, around)),
            Action::Sleep => {
                self.splits[index].pc = pc + 1;
                self.favour = self.splits.len() > 1;
                return Ok(Some(Event::Turn(true)));
            }
            _ => {}
        }
        Ok(Some(Event::Moved))
    }

    /// Threads leave their split for another place: one where others of this instruction are already, if there is.
    fn leave(&mut self, index: usize, threads: u32, pc: u32, place: Option<(u32, u32, u32)>) {
        let mut split = self.splits[index].clone();
        self.splits[index].mask &= !threads;
        (split.mask, split.pc, split.state) = (threads, pc, State::Ready);
        if let Some((frame, stack, depth)) = place {
            (split.frame, split.stack, split.depth) = (frame, stack, depth);
        }
        let same = |other: &(usize, &mut Split)| other.0 != index && other.1.state == State::Ready && (other.1.pc, other.1.frame, other.1.stack, other.1.depth) == (split.pc, split.frame, split.stack, split.depth);
        match self.splits.iter_mut().enumerate().find(same) {
            Some((_, other)) => other.mask |= threads,
            None => self.splits.push(split),
        }
    }

    /// What is left of a split goes on, or the split ends.
    fn stay(&mut self, index: usize, next: u32) {
        self.splits[index].mask &= !self.exited;
        if self.splits[index].mask == 0 {
            self.splits.swap_remove(index);
        } else {
            self.splits[index].pc = next;
        }
    }

    fn exit(&mut self, threads: u32) {
        self.exited |= threads;
    }

    fn call(&mut self, index: usize, active: u32, target: Target, (frame, stack): (u32, u32), around: &Surroundings<'_>) -> Outcome<()> {
        let program = around.program;
        let Split { pc, frame: old_frame, stack: old_stack, depth, .. } = self.splits[index];
        let place = (old_frame + frame, old_stack + stack, depth + 1);
        let mut rest = active;
        while rest != 0 {
            let lane = rest.trailing_zeros() as usize;
            let (start, same) = match target {
                Target::Direct(start) => (start, rest),
                Target::Indirect(slot) => {
                    let pointer = self.registers.lane::<u64>(slot, lane);
                    let routine = program.routines.iter().find(|routine| routine.address == pointer);
                    let start = routine.ok_or_else(|| self.fault(INVALID_PC, "a call of what is no function", pc, lane, around))?.start;
                    (start, lanes_of(rest).filter(|lane| self.registers.lane::<u64>(slot, *lane) == pointer).fold(0u32, |mask, lane| mask | 1 << lane))
                }
            };
            rest &= !same;
            let routine = program.routine(start);
            // With recursion a frame without local memory has a return address still.
            let needed = if program.local_bytes.is_some() { place.1 + routine.stack } else { (place.1 + routine.stack).max(place.2 * 16) };
            let limit = program.local_bytes.unwrap_or(around.stack_limit);
            self.local.reserve(needed, limit).map_err(|fault| self.fault(fault.code, &fault.text, pc, lane, around))?;
            self.registers.enter(place.0, routine.frame);
            self.registers.set(RETURN_PC, &[pc + 1; LANES], same);
            self.registers.set(RETURN_FRAME, &[old_frame; LANES], same);
            self.registers.set(RETURN_STACK, &[old_stack; LANES], same);
            self.registers.enter(old_frame, 0);
            self.leave(index, same, start, Some(place));
        }
        self.stay(index, pc + 1);
        Ok(())
    }

    fn barrier(&mut self, index: usize, barrier: &Barrier, around: &mut Surroundings<'_>) -> Outcome<Option<Event>> {
        let Split { pc, mask, .. } = self.splits[index];
        let lane = mask.trailing_zeros() as usize;
        let number = self.registers.lane::<u32>(barrier.number, lane);
        let threads = barrier.threads.map_or(0, |slot| self.registers.lane::<u32>(slot, lane));
        if number as usize >= BARRIERS {
            return Err(self.fault(ILLEGAL_INSTRUCTION, &format!("there is no barrier {number}"), pc, lane, around));
        }
        if threads % 32 != 0 {
            return Err(self.fault(ILLEGAL_INSTRUCTION, &format!("a barrier for {threads} threads, which are no whole warps"), pc, lane, around));
        }
        if barrier.kind == BarrierKind::Arrive {
            around.barriers.arrived[number as usize] += mask.count_ones();
            return Ok(None);
        }
        self.splits[index].state = State::Barrier { number, threads };
        Ok(Some(Event::Moved))
    }

    /// Threads come to an operation of several: those whose partners are all there go on, the others wait.
    fn collective(&mut self, index: usize, collective: &Collective, around: &Surroundings<'_>) -> Outcome<()> {
        let Split { pc, mask, .. } = self.splits[index];
        let mut rest = mask;
        while rest != 0 {
            let lane = rest.trailing_zeros() as usize;
            let members = self.registers.lane::<u32>(collective.members, lane);
            let same = lanes_of(rest).filter(|lane| self.registers.lane::<u32>(collective.members, *lane) == members).fold(0u32, |mask, lane| mask | 1 << lane);
            if same & !members != 0 {
                let outside = (same & !members).trailing_zeros() as usize;
                return Err(self.fault(ILLEGAL_INSTRUCTION, &format!("the thread is not in the member mask {members:#x}"), pc, outside, around));
            }
            rest &= !same;
            if same == self.splits[index].mask {
                self.splits[index].state = State::Members(members);
            } else {
                let mut waiting = self.splits[index].clone();
                self.splits[index].mask &= !same;
                (waiting.mask, waiting.state) = (same, State::Members(members));
                self.splits.push(waiting);
            }
        }
        self.release_members(around.program)?;
        Ok(())
    }

    /// Carries out the operations whose members are all there. Whether there was one.
    fn release_members(&mut self, program: &Program) -> Outcome<bool> {
        let mut released = false;
        let mut masks: Vec<u32> = self.splits.iter().filter_map(|split| if let State::Members(members) = split.state { Some(members) } else { None }).collect();
        masks.sort_unstable();
        masks.dedup();
        for members in masks {
            let waiting: Vec<usize> = (0..self.splits.len()).filter(|index| self.splits[*index].state == State::Members(members)).collect();
            let there = waiting.iter().fold(0, |mask, index| mask | self.splits[*index].mask);
            let kind = collective_of(program, self.splits[waiting[0]].pc).exchange;
            let alike = waiting.iter().all(|index| collective_of(program, self.splits[*index].pc).exchange == kind);
            if there == members & self.living() && alike {
                self.carry_out(program, &waiting, there, kind);
                released = true;
            } else if there == members & self.living() {
                let places: Vec<String> = waiting.iter().map(|index| program.place(self.splits[*index].pc)).collect();
                return Err(Fault::new(LAUNCH_FAILED, format!("threads of one member mask wait at different operations: {}", places.join("; "))));
            }
        }
        Ok(released)
    }

    fn carry_out(&mut self, program: &Program, waiting: &[usize], there: u32, kind: Exchange) {
        let mut brought = Brought { a: [0; LANES], b: [0; LANES], c: [0; LANES] };
        let width = match kind {
            Exchange::MatchAny { width } | Exchange::MatchAll { width } => width,
            _ => 32,
        };
        for index in waiting {
            let split = self.splits[*index].clone();
            let collective = collective_of(program, split.pc);
            self.registers.enter(split.frame, 0);
            let votes = matches!(kind, Exchange::All | Exchange::Any | Exchange::Uniform | Exchange::Ballot);
            for lane in lanes_of(split.mask) {
                brought.a[lane] = if votes {
                    u64::from((self.registers.predicate(collective.source) >> lane & 1 == 1) != collective.negated)
                } else {
                    self.registers.bits(collective.source, width, lane)
                };
                brought.b[lane] = self.registers.lane(collective.b, lane);
                brought.c[lane] = self.registers.lane(collective.c, lane);
            }
        }
        let taken = exchange(kind, &brought, there);
        for index in waiting {
            let split = self.splits[*index].clone();
            let collective = collective_of(program, split.pc);
            self.registers.enter(split.frame, 0);
            if let Some(slot) = collective.result {
                lanes_of(split.mask).for_each(|lane| self.registers.row::<u32>(slot)[lane] = taken.result[lane] as u32);
            }
            if let Some(slot) = collective.predicate {
                self.registers.set_predicate(slot, taken.predicate, split.mask);
            }
            self.splits[*index].state = State::Ready;
            self.splits[*index].pc += 1;
        }
    }

    fn fault_of(&self, refused: Refused, pc: u32, around: &Surroundings<'_>) -> Fault {
        let Refused { bad, lane, space, address, bytes } = refused;
        match bad {
            Bad::Misaligned => self.fault(MISALIGNED_ADDRESS, &format!("the address {address:#x} is no multiple of {bytes}"), pc, lane, around),
            Bad::Illegal => {
                use crate::ptx::syntax::Space;
                let space = if space == Space::Generic { super::spaces::space_of(address) } else { space };
                let text = match space {
                    Space::Shared => format!("{bytes} bytes at {:#x} are outside of the block's {} bytes of shared memory", address & 0xffff_ffff, around.shared.len()),
                    Space::Local => format!("{bytes} bytes at {:#x} are outside of the thread's local memory", address & 0xffff_ffff),
                    Space::Param => format!("{bytes} bytes at {:#x} are outside of the kernel's parameters", address & 0xffff_ffff),
                    _ => format!("an access of {bytes} bytes: {}", around.view.describe(address)),
                };
                self.fault(ILLEGAL_ADDRESS, &text, pc, lane, around)
            }
        }
    }

    fn fault(&self, code: u32, text: &str, pc: u32, lane: usize, around: &Surroundings<'_>) -> Fault {
        Fault::new(code, format!("{text}: {}, {}", around.program.place(pc), thread_name(&self.registers, lane)))
    }
}

fn thread_name(registers: &Registers, lane: usize) -> String {
    let [x, y, z] = [0, 1, 2].map(|axis| registers.special.thread[axis].get(lane).copied().unwrap_or(0));
    let [a, b, c] = registers.special.block;
    format!("thread ({x}, {y}, {z}) of block ({a}, {b}, {c})")
}

fn collective_of(program: &Program, pc: u32) -> &Collective {
    match &program.ops[pc as usize].action {
        Action::Collective(collective) => collective,
        _ => unreachable!("only threads at a collective operation wait for members"),
    }
}
