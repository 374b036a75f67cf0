//! How many registers of 32 bits are alive at once: what a kernel is said to use.

use crate::machine::ops::{Action, Op};
use crate::machine::registers::{CONSTANT, Slot};
use rustc_hash::{FxHashMap, FxHashSet};

/// Registers that the compiler of a device needs beside those of the program.
const EXTRA: u32 = 4;

/// Backwards over the function until nothing changes; then the largest set of live registers, in units of 32 bits.
pub fn alive_at_once(ops: &[Op], start: u32, effects: &[(Vec<Slot>, Vec<Slot>)], widths: &FxHashMap<Slot, u32>) -> u32 {
    // Registers numbered densely, a bit each.
    let mut numbers: FxHashMap<Slot, usize> = FxHashMap::default();
    let mut sizes = Vec::new();
    for slot in effects.iter().flat_map(|(reads, writes)| reads.iter().chain(writes)) {
        if slot & CONSTANT == 0 && !numbers.contains_key(slot) {
            numbers.insert(*slot, sizes.len());
            sizes.push(match widths.get(slot) {
                Some(1) | None => 0,
                Some(64) => 2,
                Some(128) => 4,
                Some(_) => 1,
            });
        }
    }
    let bits = sizes.len().div_ceil(64);
    let leaders = leaders(ops, start);
    let mut live_in: FxHashMap<usize, Vec<u64>> = FxHashMap::default();
    let mut changed = true;
    let mut most = 0;
    while changed {
        changed = false;
        for block in (0..leaders.len()).rev() {
            let (first, last) = (leaders[block], leaders.get(block + 1).copied().unwrap_or(ops.len()));
            let mut live = vec![0u64; bits];
            for next in successors(ops, start, last - 1) {
                if let Some(other) = live_in.get(&next) {
                    live.iter_mut().zip(other).for_each(|(a, b)| *a |= b);
                }
            }
            for op in (first..last).rev() {
                let (reads, writes) = &effects[op];
                for slot in writes {
                    if let Some(number) = numbers.get(slot) {
                        live[number / 64] &= !(1 << (number % 64));
                    }
                }
                for slot in reads {
                    if let Some(number) = numbers.get(slot) {
                        live[number / 64] |= 1 << (number % 64);
                    }
                }
                if !(reads.is_empty() && writes.is_empty()) {
                    let total = (0..sizes.len()).filter(|number| live[number / 64] >> (number % 64) & 1 == 1).map(|number| sizes[number]).sum();
                    most = most.max(total);
                }
            }
            if live_in.get(&first) != Some(&live) {
                live_in.insert(first, live);
                changed = true;
            }
        }
    }
    most + EXTRA
}

/// Where basic blocks begin.
fn leaders(ops: &[Op], start: u32) -> Vec<usize> {
    let mut found: FxHashSet<usize> = FxHashSet::from_iter([0]);
    for (index, op) in ops.iter().enumerate() {
        match &op.action {
            Action::Branch(target) => found.extend([(target - start) as usize, index + 1]),
            Action::BranchIndexed { targets, .. } => found.extend(targets.iter().map(|target| (target - start) as usize).chain([index + 1])),
            Action::Return | Action::Exit | Action::Trap => {
                found.insert(index + 1);
            }
            _ => {}
        }
    }
    let mut sorted: Vec<usize> = found.into_iter().filter(|leader| *leader < ops.len()).collect();
    sorted.sort_unstable();
    sorted
}

fn successors(ops: &[Op], start: u32, last: usize) -> Vec<usize> {
    let always = ops[last].guard == crate::machine::ops::Guard::Always;
    let mut found = match &ops[last].action {
        Action::Branch(target) => vec![(target - start) as usize],
        Action::BranchIndexed { targets, .. } => targets.iter().map(|target| (target - start) as usize).collect(),
        Action::Return | Action::Exit | Action::Trap => Vec::new(),
        _ => return vec![last + 1],
    };
    if !always || matches!(ops[last].action, Action::BranchIndexed { .. }) {
        found.push(last + 1);
    }
    found
}
