//! What the passes for parallel loops share: the marks on loops, and what is said about each loop.
//!
//! A loop that may run on several threads carries `zouk.parallel`: `"prange"` when the program says so, `"array"` when it is the loop of an array operation, `"reduction"` of a
//! reduction of whole arrays. `recognise_reductions` adds `zouk.carried`, what becomes of each value that the loop carries; `analyse_dependences` adds `zouk.independent`;
//! `parallelise` makes an `scf.parallel` of what has both.

pub mod arrays;
pub mod remarks;

use crate::analyse_dependences::scratch::SCRATCH;
use crate::parallelise::nest::SPREAD;
use remarks::{Remark, Status};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass, Span};
use zouk_dialects::ir::{Block, Builder, DenseI64ArrayAttribute, Location, Op, Value};

/// The mark of a loop that may run on several threads.
pub const PARALLEL: &str = "zouk.parallel";
/// How the values that the loop carries are put together.
pub const CARRIED: &str = "zouk.carried";
/// No iteration depends on another but by what it carries.
pub const INDEPENDENT: &str = "zouk.independent";
/// A copy that runs when checks may fail: serial without a word where it cannot be parallel.
pub const SLOW: &str = "zouk.slow";
/// Which of the arrays that the loop reduces into every chunk has one of its own of.
pub const ARRAYS: &str = "zouk.arrays";
/// All of them.
pub const MARKS: [&str; 8] = [PARALLEL, CARRIED, INDEPENDENT, SLOW, ARRAYS, SERIAL, SCRATCH, SPREAD];
/// In place of an error, a warning.
pub const SERIAL: &str = "zouk.serial";

/// Whether what the decorator of the function around it says of threads, in `zouk.parallel` of the function or the module, names this.
pub fn allows(op: Op, what: &str) -> bool {
    let around = std::iter::successors(Some(op), |o| o.parent()).filter(|o| matches!(o.name(), "func.func" | "builtin.module"));
    let said = around.into_iter().find_map(|o| o.str_attr(PARALLEL));
    said.unwrap_or_default().split(',').any(|name| name == what)
}

/// The marked loops that no other marked loop is around.
pub fn outermost<'c>(function: Op<'c>) -> Vec<Op<'c>> {
    let inside = |op: Op<'c>| std::iter::successors(op.parent(), |o| o.parent()).any(|o| o.is("scf.for") && o.has_attr(PARALLEL) || o.is("scf.parallel"));
    function.collect(|op| op.is("scf.for") && op.has_attr(PARALLEL)).into_iter().filter(|op| !inside(*op)).collect()
}

/// The numbers in an attribute of a loop.
pub fn numbers(the_loop: Op, name: &str) -> Vec<usize> {
    let Some(array) = the_loop.attr(name).and_then(|a| DenseI64ArrayAttribute::try_from(a).ok()) else { return vec![] };
    (0..array.len()).filter_map(|i| array.element(i).ok()).map(|number| number as usize).collect()
}

/// Functions with a body.
pub fn functions<'c>(module: Op<'c>) -> Vec<Op<'c>> {
    module.body(0).ops().into_iter().filter(|op| op.is("func.func") && op.region(0).first_block().is_some()).collect()
}

/// Whether the value is made inside the op.
pub fn is_inside<'c>(value: Value<'c>, around: Op<'c>) -> bool {
    let mut block = value.parent_block();
    while let Some(op) = block.and_then(|b| b.parent()) {
        if op == around {
            return true;
        }
        block = op.block();
    }
    false
}

/// Puts another value in the place of one inside an op.
pub fn replace_inside<'c>(op: Op<'c>, value: Value<'c>, with: Value<'c>) {
    for (user, operand) in value.uses() {
        if std::iter::successors(user.parent(), |o| o.parent()).any(|around| around == op) {
            user.set_operand(operand, with);
        }
    }
}

/// Why a loop cannot run on several threads.
pub struct Refusal<'c> {
    pub message: String,
    pub notes: Vec<(Location<'c>, String)>,
    pub help: &'static str,
}

impl<'c> Refusal<'c> {
    pub fn new(message: impl Into<String>, help: &'static str) -> Self {
        Refusal { message: message.into(), notes: vec![], help }
    }

    pub fn note(mut self, place: Location<'c>, text: impl Into<String>) -> Self {
        self.notes.push((place, text.into()));
        self
    }
}

/// The loop stays on one thread: an error for a `prange`, unless the program has asked for a warning.
pub fn refuse<'c>(the_loop: Op<'c>, refusal: Refusal<'c>) -> Result<(), Diagnostic> {
    let said = the_loop.str_attr(PARALLEL) == Some("prange");
    let serial = the_loop.has_attr(SERIAL);
    the_loop.remove_attr(PARALLEL);
    if the_loop.has_attr(SLOW) {
        return Ok(());
    }
    if said && !serial {
        let message = format!("this loop cannot run in parallel: {}", refusal.message);
        let error = Diagnostic::at(ErrorClass::Parallel, "carried-dependence", message, the_loop.loc()).help(refusal.help);
        return Err(refusal.notes.into_iter().fold(error, |error, (place, text)| error.note(Span::of(place), text)));
    }
    let reason = refusal.notes.iter().fold(refusal.message.clone(), |reason, (place, text)| match Span::of(*place) {
        Some(span) => format!("{reason}; line {}: {text}", span.line),
        None => format!("{reason}; {text}"),
    });
    remarks::add(|| Remark { warns: said, reason, ..Remark::of(the_loop, if said { "prange" } else { "array" }, Status::Serial) });
    Ok(())
}

/// Puts `scf.if condition { what stands in the loop's place } else { the loop }` there, the copies by `fast`; gives the copy.
pub fn version<'c>(the_loop: Op<'c>, condition: Value<'c>) -> Op<'c> {
    let b = Builder::before(the_loop);
    let copy = the_loop.deep_clone();
    let types: Vec<_> = the_loop.results().iter().map(|r| r.ty()).collect();
    let (then, otherwise) = (zouk_dialects::ir::Region::new(), zouk_dialects::ir::Region::new());
    let (then_block, else_block) = (then.append(Block::new(&[])), otherwise.append(Block::new(&[])));
    then_block.append(copy);
    b.within(then_block, || b.op("scf.yield", &copy.results(), &[], &[]));
    let branch = b.op_with_regions("scf.if", &[condition], &types, &[], &[then, otherwise]);
    the_loop.results().into_iter().zip(branch.results()).for_each(|(old, new)| old.replace_all_uses(new));
    the_loop.detach();
    else_block.append(the_loop);
    b.within(else_block, || b.op("scf.yield", &the_loop.results(), &[], &[]));
    copy
}
