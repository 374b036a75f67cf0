//! Turns early exits into structure, wherever no code need be duplicated.
//!
//! An `if` of which one branch leaves by `return` (in a function's body) or `continue` (in a loop's body) while the other falls through
//! takes what follows it into the branch that falls through. Then both branches end in the same exit: they yield its values, and one
//! exit after the `if` passes them on. At the end of a loop's body `continue` is a plain `yield`. What stays are `break`, `return` inside
//! loops, and exits from one path of a branch that otherwise falls through: those become blocks in `zouk-lower-python`.
//!
//! ```mlir before
//! func.func @sign(%x: si64, %small: i1, %zero: i1) -> si64 {
//!   py.if %small {
//!     %0 = py.constant -1 : si64
//!     py.return %0 : si64
//!   }
//!   py.if %zero {
//!     py.return %x : si64
//!   }
//!   %1 = py.constant 1 : si64
//!   py.return %1 : si64
//! }
//! ```
//!
//! ```mlir after
//! module {
//!   func.func @sign(%arg0: si64, %arg1: i1, %arg2: i1) -> si64 {
//!     %0 = py.if %arg1 -> (si64) {
//!       %1 = py.constant -1 : si64
//!       py.yield %1 : si64
//!     } else {
//!       %1 = py.if %arg2 -> (si64) {
//!         py.yield %arg0 : si64
//!       } else {
//!         %2 = py.constant 1 : si64
//!         py.yield %2 : si64
//!       }
//!       py.yield %1 : si64
//!     }
//!     py.return %0 : si64
//!   }
//! }
//! ```

use crate::pass::{OptionInfo, Options};
use std::collections::HashMap;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Block, Builder, FunctionType, Op, Region, Type, Value};

pub const OPTIONS: &[OptionInfo] = &[];

/// `if`s are nested this deep at most; a longer chain of early exits stays one.
const MAX_DEPTH: usize = 64;

/// The exit that the end of a block amounts to.
struct Tail<'c> {
    /// `py.return` in a function's body, `py.continue` in a loop's.
    exit: &'static str,
    /// Of the values that it passes.
    types: Vec<Type<'c>>,
}

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    for function in module.body(0).ops() {
        if !function.is("func.func") {
            continue;
        }
        let Some(body) = function.region(0).first_block() else { continue };
        structure(body, Some(&Tail { exit: "py.return", types: result_types(function) }), 0);
    }
    Ok(())
}

fn result_types(function: Op) -> Vec<Type> {
    let Some(ty) = function.type_attr("function_type").and_then(|t| FunctionType::try_from(t).ok()) else { return vec![] };
    (0..ty.result_count()).filter_map(|i| ty.result(i).ok()).collect()
}

/// Structures a block; `tail` is the exit that ends it or that its branches may end in, when there is one.
fn structure<'c>(block: Block<'c>, tail: Option<&Tail<'c>>, depth: usize) {
    for op in block.ops() {
        match op.name() {
            "py.for" => {
                structure_loop_body(op, op.body(0));
                structure(op.body(1), None, depth);
            }
            "py.while" => {
                structure(op.body(0), None, depth);
                structure_loop_body(op, op.body(1));
                structure(op.body(2), None, depth);
            }
            "py.if" => {
                if let Some(tail) = tail
                    && depth < MAX_DEPTH
                    && contains(op, tail.exit)
                    && take_rest(op)
                {
                    return pass_on(op, block, tail, depth);
                }
                (0..2).for_each(|i| structure(op.body(i), None, depth));
            }
            _ => {}
        }
    }
}

fn structure_loop_body<'c>(the_loop: Op<'c>, body: Block<'c>) {
    let first_init = if the_loop.is("py.for") { 1 } else { 0 };
    let types = the_loop.operands()[first_init..].iter().map(|v| v.ty()).collect();
    rename_terminator(body, "py.yield", "py.continue");
    structure(body, Some(&Tail { exit: "py.continue", types }), 0);
    rename_terminator(body, "py.continue", "py.yield");
}

/// Makes a terminator of one name one of another, with the same values.
fn rename_terminator(block: Block, from: &str, to: &str) {
    if let Some(old) = block.terminator().filter(|t| t.is(from)) {
        Builder::before(old).op(to, &old.operands(), &[], &[]);
        old.erase();
    }
}

/// Whether the op is such an exit, or an `if` with one inside that belongs to the same loop or function.
fn contains(op: Op, exit: &str) -> bool {
    op.is(exit) || op.is("py.if") && (0..2).any(|i| op.body(i).ops().into_iter().any(|o| contains(o, exit)))
}

/// Whether what follows the block's op is reached from the block's end.
fn falls_through(block: Block) -> bool {
    block.terminator().is_some_and(|t| t.is("py.yield")) && !block.ops().into_iter().any(never_passed)
}

fn never_passed(op: Op) -> bool {
    op.is("py.if") && !falls_through(op.body(0)) && !falls_through(op.body(1))
}

/// Takes the ops after the `if` into the branches that fall through. False, and nothing done, where that would duplicate code.
fn take_rest(op: Op) -> bool {
    let rest: Vec<Op> = std::iter::successors(op.next(), |o| o.next()).collect();
    let open: Vec<Block> = (0..2).map(|i| op.body(i)).filter(|b| falls_through(*b)).collect();
    match open[..] {
        [] => rest.iter().rev().for_each(|o| o.erase()),
        [branch] => {
            let passed = take_yield(branch);
            op.results().iter().zip(passed).for_each(|(result, value)| result.replace_all_uses(value));
            op.block().into_iter().for_each(|block| block.move_tail(rest[0], branch));
        }
        _ if is_trivial(&rest) => {
            for branch in open {
                copy_rest(op, &rest, branch);
            }
            rest.iter().rev().for_each(|o| o.erase());
        }
        _ => return false,
    }
    true
}

/// The values that the branch yields; the terminator is gone then.
fn take_yield<'c>(branch: Block<'c>) -> Vec<Value<'c>> {
    let Some(terminator) = branch.terminator() else { return vec![] };
    let values = terminator.operands();
    terminator.erase();
    values
}

/// An exit, and no more than a few constants and casts for it.
fn is_trivial(rest: &[Op]) -> bool {
    let Some((_, before)) = rest.split_last() else { return false };
    before.len() <= 4 && before.iter().all(|o| matches!(o.name(), "py.constant" | "py.ref" | "py.unbound" | "py.cast" | "py.tuple" | "py.list"))
}

fn copy_rest<'c>(op: Op<'c>, rest: &[Op<'c>], branch: Block<'c>) {
    let mut copies: HashMap<Value, Value> = op.results().into_iter().zip(take_yield(branch)).collect();
    for original in rest {
        let copy = original.deep_clone();
        for (i, operand) in copy.operands().into_iter().enumerate() {
            if let Some(value) = copies.get(&operand) {
                copy.set_operand(i, *value);
            }
        }
        branch.append(copy);
        copies.extend(original.results().into_iter().zip(copy.results()));
    }
}

/// The `if`, now the last op of its block, yields the values of the exits in it; one exit follows it.
fn pass_on<'c>(op: Op<'c>, block: Block<'c>, tail: &Tail<'c>, depth: usize) {
    let regions: Vec<Region> = (0..2)
        .map(|i| {
            structure(op.body(i), Some(tail), depth + 1);
            rename_terminator(op.body(i), tail.exit, "py.yield");
            let region = Region::new();
            region.take_body(op.region(i));
            region
        })
        .collect();
    let builder = Builder::before(op);
    let results = builder.op_with_regions("py.if", &op.operands(), &tail.types, &op.attrs(), &regions).results();
    op.erase();
    builder.set_end(block);
    builder.op(tail.exit, &results, &[], &[]);
}
