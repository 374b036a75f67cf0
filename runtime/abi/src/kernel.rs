//! What a kernel on the CPU is watched for in debug mode: races, barriers that not all threads of a block come to, shared memory that is read before it is written.
//!
//! The launch runs on the thread that asks for it, block after block. Every access of memory that threads have in common says where it is: which thread, and its line. What has become of
//! every byte is remembered here. Two accesses of a byte, of which one writes, are ordered when one thread makes both, when a barrier lies between two of a block, or one of the warp
//! between two of a warp. Otherwise they are a race, unless both are atomic.

use crate::exception::{Exception, set_pending};
use std::{cell::RefCell, collections::HashMap};

const READ: i64 = 0;
const ATOMIC: i64 = 2;
const LANES: i64 = 32;

/// An access of a byte.
#[derive(Clone, Copy)]
struct Access {
    block: i64,
    thread: i64,
    kind: i64,
    line: i64,
    /// The barriers that the thread had passed: of the grid, of the block, of its warp.
    passed: [u32; 3],
}

/// Of accesses of one kind by different threads so many are remembered, the first and the latest: those of the threads that a later access has no order with are among them.
const REMEMBERED: usize = 8;

/// The latest accesses of a byte: a write, and reads and atomic operations by different threads since.
#[derive(Default)]
struct Byte {
    write: Option<Access>,
    reads: Vec<Access>,
    atomics: Vec<Access>,
    /// Shared memory that this block has not written.
    unwritten: bool,
}

#[derive(Default)]
struct Launch {
    bytes: HashMap<i64, Byte>,
    /// The barriers that each thread has passed, by block and number.
    passed: HashMap<(i64, i64), [u32; 3]>,
    /// The barriers of each block, in the order in which they are passed, with the first thread there. One that is passed by has all bits of its site turned.
    barriers: HashMap<i64, Vec<(i64, i64)>>,
    /// How many of those each thread has come to.
    met: HashMap<(i64, i64), usize>,
}

thread_local!(static LAUNCH: RefCell<Launch> = RefCell::default());

/// A launch begins: nothing has been accessed.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_kernel_begins() -> i64 {
    LAUNCH.take();
    0
}

/// A block has shared memory, which it has not written.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_kernel_shares(address: i64, bytes: i64) -> i64 {
    LAUNCH.with_borrow_mut(|launch| {
        (address..address + bytes).for_each(|byte| _ = launch.bytes.insert(byte, Byte { unwritten: true, ..Byte::default() }));
    });
    0
}

/// A thread comes to a barrier: `scope` 0 is of the grid, 1 of its block, 2 of its warp. `site` has the line in its lower half, above it what tells barriers of one line apart.
/// Gives 1 when an exception is pending: other threads wait at another one.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_kernel_arrives(block: i64, thread: i64, scope: i64, site: i64) -> i64 {
    LAUNCH.with_borrow_mut(|launch| {
        let passed = launch.passed.entry((block, thread)).or_default();
        passed[scope.clamp(0, 2) as usize] += 1;
        if scope == 2 { 0 } else { launch.meets(block, thread, site) }
    })
}

/// A thread goes on without coming to the barrier of that site, which stands in the other branch. Gives 1 when an exception is pending: other threads wait at it.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_kernel_passes_by(block: i64, thread: i64, site: i64) -> i64 {
    LAUNCH.with_borrow_mut(|launch| launch.meets(block, thread, !site))
}

impl Launch {
    /// The next barrier of a thread is the next one of the other threads of its block, or passed by by all.
    fn meets(&mut self, block: i64, thread: i64, site: i64) -> i64 {
        let number = self.met.entry((block, thread)).or_default();
        let barriers = self.barriers.entry(block).or_default();
        let Some(&(there, first)) = barriers.get(*number) else {
            *number += 1;
            barriers.push((site, thread));
            return 0;
        };
        *number += 1;
        if there == site {
            return 0;
        }
        raise(apart(block, (there, first), (site, thread)))
    }
}

/// A thread accesses memory: `kind` 0 reads, 1 writes, 2 does both at once. Gives 1 when that is an error, which is pending then.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_kernel_accesses(address: i64, bytes: i64, kind: i64, block: i64, thread: i64, line: i64) -> i64 {
    LAUNCH.with_borrow_mut(|launch| {
        let passed = launch.passed.get(&(block, thread)).copied().unwrap_or_default();
        let access = Access { block, thread, kind, line, passed };
        for at in address..address + bytes {
            let byte = launch.bytes.entry(at).or_default();
            if byte.unwritten && kind != 1 {
                return raise(format!("thread {thread} of block {block} reads shared memory in line {line} that no thread of the block has written"));
            }
            let others = byte.write.iter().chain(byte.reads.iter().filter(|_| kind != READ)).chain(byte.atomics.iter().filter(|_| kind != ATOMIC));
            if let Some(other) = others.into_iter().find(|other| !ordered(other, &access)) {
                return raise(race(other, &access));
            }
            byte.unwritten = false;
            match kind {
                READ => remember(&mut byte.reads, access),
                ATOMIC => remember(&mut byte.atomics, access),
                _ => {
                    byte.write = Some(access);
                    byte.reads.clear();
                    byte.atomics.clear();
                }
            }
        }
        0
    })
}

fn remember(all: &mut Vec<Access>, access: Access) {
    all.retain(|other| other.thread != access.thread || other.block != access.block);
    if all.len() == REMEMBERED {
        all.remove(REMEMBERED / 2);
    }
    all.push(access);
}

/// Whether one of the accesses comes before the other in every run.
fn ordered(one: &Access, other: &Access) -> bool {
    if one.block == other.block && one.thread == other.thread || one.passed[0] != other.passed[0] {
        return true;
    }
    let same_warp = one.thread / LANES == other.thread / LANES;
    one.block == other.block && (one.passed[1] != other.passed[1] || same_warp && one.passed[2] != other.passed[2])
}

fn race(one: &Access, other: &Access) -> String {
    let verb = |access: &Access| match access.kind {
        READ => "reads",
        ATOMIC => "updates",
        _ => "writes",
    };
    let who = |access: &Access| format!("thread {} of block {} {} it in line {}", access.thread, access.block, verb(access), access.line);
    let between = if one.block == other.block { "with no barrier between" } else { "which nothing orders" };
    format!("a race on an element: {} and {}, {between}", who(one), who(other))
}

/// Two threads of a block, at two barriers or passing by.
fn apart(block: i64, one: (i64, i64), other: (i64, i64)) -> String {
    let line = |(site, _): (i64, i64)| if site < 0 { !site } else { site } & 0xffff_ffff;
    let passes = |(site, thread): (i64, i64)| if site < 0 { format!("thread {thread} passes by the one") } else { format!("thread {thread} waits") };
    if one.0 < 0 || other.0 < 0 {
        return format!("threads of block {block} part at a barrier: {} in line {}, {} in line {}", passes(one), line(one), passes(other), line(other));
    }
    let calls = if line(one) == line(other) { ", reached by different calls" } else { "" };
    format!("threads of block {block} wait at different barriers: thread {} in line {}, thread {} in line {}{calls}", one.1, line(one), other.1, line(other))
}

fn raise(message: String) -> i64 {
    set_pending(Exception { name: "RuntimeError".into(), message, arguments: vec![], traceback: vec![] });
    1
}
