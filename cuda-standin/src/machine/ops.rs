//! Decoded instructions.

use super::lanes::Work;
use super::registers::Slot;
use crate::ptx::syntax::Space;
use std::sync::Arc;

/// Which lanes of the active ones an instruction is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Guard {
    Always,
    If(Slot),
    Unless(Slot),
}

pub struct Op {
    pub guard: Guard,
    pub action: Action,
}

/// An address: a register of 32 or 64 bits, or none, and a number of bytes.
#[derive(Clone, Copy, Debug)]
pub struct Address {
    pub space: Space,
    pub base: Option<(Slot, u32)>,
    pub offset: i64,
    /// Of a variable or parameter in the frame's part of local memory.
    pub in_frame: bool,
}

/// One element of a load or store: its row, bits of the register, 0 for `_`.
#[derive(Clone, Copy, Debug)]
pub struct Element {
    pub slot: Slot,
    pub width: u32,
}

#[derive(Debug)]
pub struct Transfer {
    pub address: Address,
    pub elements: Vec<Element>,
    /// Bytes of an element in memory.
    pub size: u32,
    /// Loads extend the sign.
    pub signed: bool,
    /// Volatile, relaxed, acquire: a loop of them may wait for another thread.
    pub polls: bool,
}

pub struct Atomic {
    pub address: Address,
    /// What the old value becomes is written here.
    pub result: Option<Element>,
    pub operands: [Element; 2],
    pub size: u32,
    /// New value from the old one and the operands.
    pub change: fn(u64, u64, u64) -> u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shuffle {
    Up,
    Down,
    Butterfly,
    Index,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reduction {
    Add,
    MinSigned,
    MaxSigned,
    MinUnsigned,
    MaxUnsigned,
    And,
    Or,
    Xor,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exchange {
    Shuffle(Shuffle),
    All,
    Any,
    Uniform,
    Ballot,
    MatchAny { width: u32 },
    MatchAll { width: u32 },
    Reduce(Reduction),
    Elect,
    /// `bar.warp.sync`
    Wait,
}

/// An operation of all threads of a member mask.
#[derive(Debug)]
pub struct Collective {
    pub exchange: Exchange,
    /// A row of 32 bits, or a predicate for votes.
    pub result: Option<Slot>,
    pub predicate: Option<Slot>,
    pub source: Slot,
    pub negated: bool,
    pub b: Slot,
    pub c: Slot,
    pub members: Slot,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BarrierKind {
    Sync,
    Arrive,
    /// The number of threads whose predicate holds.
    Count,
    And,
    Or,
}

#[derive(Debug)]
pub struct Barrier {
    pub kind: BarrierKind,
    pub number: Slot,
    pub threads: Option<Slot>,
    /// All threads of a warp have to execute the same instruction.
    pub aligned: bool,
    pub result: Option<Slot>,
    pub predicate: Option<(Slot, bool)>,
}

#[derive(Clone, Copy, Debug)]
pub enum Target {
    Direct(u32),
    Indirect(Slot),
}

/// Functions that the driver has: `vprintf`, `malloc`, `free`, `__assertfail`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HostCall {
    Print,
    Allocate,
    Free,
    Assert,
}

pub enum Action {
    Lanes(Work),
    Load(Transfer),
    Store(Transfer),
    Atomic(Box<Atomic>),
    /// Is the memory there at all?
    Touch(Address, u32),
    Branch(u32),
    BranchIndexed { index: Slot, targets: Vec<u32> },
    /// The frame and stack of the callee begin where the caller's, of this size, end.
    Call { target: Target, frame: u32, stack: u32 },
    HostCall(HostCall),
    /// Bytes of local memory, between the frame and the one that is called.
    Pass { from: u32, to: u32, bytes: u32, into_callee: bool },
    Return,
    Exit,
    Barrier(Box<Barrier>),
    Collective(Box<Collective>),
    ActiveMask(Slot),
    Trap,
    Sleep,
    Nothing,
}

/// A function of the program.
#[derive(Clone, Debug)]
pub struct Routine {
    pub name: String,
    /// What a pointer to it is.
    pub address: u64,
    pub start: u32,
    pub end: u32,
    /// Words of registers and bytes of local memory.
    pub frame: u32,
    pub stack: u32,
    /// Registers of 32 bits that are alive at once.
    pub registers: u32,
}

/// Where an instruction was written.
#[derive(Clone, Copy, Default, Debug)]
pub struct Place {
    pub line: u32,
    /// By `.loc`: file and line.
    pub source: Option<(u32, u32)>,
}

/// A kernel and all that it may call.
pub struct Program {
    pub name: String,
    pub ops: Vec<Op>,
    pub places: Vec<Place>,
    pub names: Vec<String>,
    pub routines: Vec<Routine>,
    pub constants: Arc<[u64]>,
    pub files: std::collections::BTreeMap<u32, String>,
    pub parameters: Vec<crate::ptx::syntax::Parameter>,
    pub parameter_bytes: u32,
    pub static_shared: u32,
    pub limits: crate::ptx::syntax::Limits,
    /// Bytes of local memory of all frames of the deepest chain of calls; None if there is no deepest.
    pub local_bytes: Option<u32>,
    pub const_bytes: u32,
    pub registers: u32,
    pub version: (u32, u32),
    pub target: u32,
}

impl Program {
    pub fn routine(&self, pc: u32) -> &Routine {
        let index = self.routines.partition_point(|routine| routine.end <= pc);
        &self.routines[index.min(self.routines.len() - 1)]
    }

    /// Where a program counter is, in words.
    pub fn place(&self, pc: u32) -> String {
        let Some(place) = self.places.get(pc as usize) else { return format!("in {}", self.name) };
        let source = match place.source.and_then(|(file, line)| Some((self.files.get(&file)?, line))) {
            Some((file, line)) => format!(" ({file}:{line})"),
            None => String::new(),
        };
        format!("{} in line {} of the PTX, in {}{source}", self.names[pc as usize], place.line, self.routine(pc).name)
    }
}
