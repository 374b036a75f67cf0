//! What `cf` and `llvm` terminators pass to the blocks that they go to.

use zouk_dialects::ir::{Builder, Op, Value};

const SEGMENTS: &str = "operandSegmentSizes";
const CASES: &str = "case_operand_segments";

/// The operands that choose a successor, and those passed to each.
pub fn passed_values<'c>(terminator: Op<'c>) -> (Vec<Value<'c>>, Vec<Vec<Value<'c>>>) {
    let (mut operands, successors) = (terminator.operands(), terminator.successors().len());
    if successors <= 1 {
        return (vec![], vec![operands; successors]);
    }
    let mut counts = numbers(terminator, SEGMENTS);
    if is_switch(terminator) {
        counts.truncate(2);
        counts.extend(numbers(terminator, CASES));
    }
    let mut rest = operands.split_off(1).into_iter();
    let passed = (0..successors).map(|i| rest.by_ref().take(counts.get(i + 1).copied().unwrap_or(0)).collect()).collect();
    (operands, passed)
}

/// After the operands were changed: how many now go to each successor.
pub fn set_passed_counts(terminator: Op, counts: &[usize]) {
    let b = Builder::before(terminator);
    let array = |counts: &[usize]| b.i32_array(&counts.iter().map(|n| *n as i32).collect::<Vec<_>>());
    if is_switch(terminator) {
        terminator.set_attr(SEGMENTS, array(&[1, counts[0], counts[1..].iter().sum()]));
        terminator.set_attr(CASES, array(&counts[1..]));
    } else if counts.len() > 1 {
        terminator.set_attr(SEGMENTS, array(&[&[1], counts].concat()));
    }
}

fn is_switch(terminator: Op) -> bool {
    terminator.name().ends_with(".switch")
}

fn numbers(op: Op, name: &str) -> Vec<usize> {
    let array = op.attr(name).and_then(|a| melior::ir::attribute::DenseI32ArrayAttribute::try_from(a).ok());
    array.map(|a| (0..a.len()).filter_map(|i| a.element(i).ok()).map(|n| n as usize).collect()).unwrap_or_default()
}
