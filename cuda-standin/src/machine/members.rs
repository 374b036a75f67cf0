//! How threads of a warp come together for an operation of several: those of a member mask wait for each other, wherever they are.

use super::collectives::{Brought, exchange};
use super::fault::{Fault, ILLEGAL_INSTRUCTION, LAUNCH_FAILED, Outcome};
use super::ops::{Action, Collective, Exchange, Program};
use super::registers::{LANES, lanes_of};
use super::warp::{Split, State, Surroundings, Warp};

impl Warp {
    /// Threads come to an operation of several: those whose partners are all there go on, the others wait.
    pub fn collective(&mut self, index: usize, collective: &Collective, around: &Surroundings<'_>) -> Outcome<()> {
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
    pub fn release_members(&mut self, program: &Program) -> Outcome<bool> {
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
}

fn collective_of(program: &Program, pc: u32) -> &Collective {
    match &program.ops[pc as usize].action {
        Action::Collective(collective) => collective,
        _ => unreachable!("only threads at a collective operation wait for members"),
    }
}
