//! Deletes the blocks of a function that no path from its entry reaches.

use std::collections::HashSet;
use zouk_dialects::ir::{Block, Region};

pub fn erase(region: Region) {
    let Some(entry) = region.first_block() else { return };
    let mut reached = HashSet::from([entry]);
    let mut rest = vec![entry];
    while let Some(block) = rest.pop() {
        let next = block.terminator().map(|op| op.successors()).unwrap_or_default();
        rest.extend(next.into_iter().filter(|successor| reached.insert(*successor)));
    }
    let dead: Vec<Block> = region.blocks().into_iter().filter(|block| !reached.contains(block)).collect();
    // Nothing may use what is deleted: dead blocks may use each other's values and name each other.
    for block in &dead {
        for op in block.ops() {
            op.walk(&mut |op| op.set_operands(&[]));
        }
    }
    for block in &dead {
        if let Some(terminator) = block.terminator() {
            terminator.erase();
        }
    }
    for block in dead {
        block.erase();
    }
}
