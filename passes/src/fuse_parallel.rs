//! Makes one parallel loop of two neighbours that run over the same range and touch a common array: its elements are then still in registers or in the cache, and threads are
//! started once.
//!
//! The second loop's iteration *i* then runs before the first one's later iterations. So nothing that one loop writes may be touched by the other in a different iteration, neither
//! may raise, and what stands between them must not look at what the first one has done. Loops over the elements of arrays take part like those over `prange`.
//!
//! ```mlir before
//! module attributes {zouk.parallel = "prange,fusion"} {
//!   func.func @chain(%a: memref<?xf64>, %n: index) -> memref<?xf64> {
//!     %c0 = arith.constant 0 : index
//!     %c1 = arith.constant 1 : index
//!     %b = rt.alloc(%n) : memref<?xf64>
//!     %c = rt.alloc(%n) : memref<?xf64>
//!     scf.for %i = %c0 to %n step %c1 {
//!       %x = memref.load %a[%i] : memref<?xf64>
//!       %y = arith.addf %x, %x : f64
//!       memref.store %y, %b[%i] : memref<?xf64>
//!     } {zouk.parallel = "prange", zouk.carried = []}
//!     scf.for %i = %c0 to %n step %c1 {
//!       %x = memref.load %b[%i] : memref<?xf64>
//!       %y = arith.mulf %x, %x : f64
//!       memref.store %y, %c[%i] : memref<?xf64>
//!     } {zouk.parallel = "prange", zouk.carried = []}
//!     return %c : memref<?xf64>
//!   }
//! }
//! ```
//! ```mlir after
//! module attributes {zouk.parallel = "prange,fusion"} {
//!   func.func @chain(%arg0: memref<?xf64>, %arg1: index) -> memref<?xf64> {
//!     %c0 = arith.constant 0 : index
//!     %c1 = arith.constant 1 : index
//!     %0 = rt.alloc(%arg1) : memref<?xf64>
//!     %1 = rt.alloc(%arg1) : memref<?xf64>
//!     scf.for %arg2 = %c0 to %arg1 step %c1 {
//!       %2 = memref.load %arg0[%arg2] : memref<?xf64>
//!       %3 = arith.addf %2, %2 : f64
//!       memref.store %3, %0[%arg2] : memref<?xf64>
//!       %4 = memref.load %0[%arg2] : memref<?xf64>
//!       %5 = arith.mulf %4, %4 : f64
//!       memref.store %5, %1[%arg2] : memref<?xf64>
//!     } {zouk.carried = [], zouk.parallel = "prange"}
//!     return %1 : memref<?xf64>
//!   }
//! }
//! ```

use crate::analyse_dependences::accesses::{Access, Accesses, Range};
use crate::analyse_dependences::is_independent;
use crate::analyse_dependences::pairs::{Meeting, meet};
use crate::memory::may_alias;
use crate::parallel::remarks::{self, Remark, Status};
use crate::parallel::{CARRIED, PARALLEL, SERIAL, SLOW, allows, functions};
use crate::pass::{OptionInfo, Options};
use crate::range_analysis::{Facts, Form, Symbol, Visitor, walk_function};
use crate::vectorize_loops::ACCESSES;
use zouk_dialects::diagnostic::{Diagnostic, Span};
use zouk_dialects::ir::{Builder, Op, Region, Type, Value};

pub const OPTIONS: &[OptionInfo] = &[];

/// Longer bodies are not put together: they would spill registers.
const MAX_OPS: usize = 200;

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    for function in functions(module) {
        if allows(function, "fusion") && function.collect(is_candidate).len() > 1 {
            let mut fuse = Fuse { module, replaced: vec![] };
            walk_function(function, &mut fuse);
            fuse.replaced.into_iter().for_each(Op::erase);
        }
    }
    Ok(())
}

struct Fuse<'c> {
    module: Op<'c>,
    /// Loops that have become part of another one: erased once nothing is known of their values any more.
    replaced: Vec<Op<'c>>,
}

impl<'c> Visitor<'c> for Fuse<'c> {
    fn visit(&mut self, facts: &mut Facts<'c>, op: Op<'c>) -> Option<Op<'c>> {
        match is_candidate(op).then(|| neighbour(facts, op)).flatten() {
            Some(first) if self.may_fuse(facts, first, op) => {
                let fused = fuse(first, op);
                [first, op].into_iter().for_each(Op::detach);
                self.replaced.extend([first, op]);
                Some(fused)
            }
            _ => Some(op),
        }
    }
}

/// A parallel loop of which nothing has been decided yet, and that cannot raise.
fn is_candidate(op: Op) -> bool {
    let raises = |op: Op| matches!(op.name(), "rt.check" | "rt.index" | "rt.raise" | "rt.alloc" | "rt.call" | "rt.print" | "func.call" | "scf.execute_region" | "scf.while");
    op.is("scf.for") && op.has_attr(PARALLEL) && op.has_attr(CARRIED) && !op.has_attr(SLOW) && {
        let body = op.collect(|_| true);
        body.len() <= MAX_OPS && !body.into_iter().any(raises)
    }
}

/// The parallel loop before this one, when nothing between them needs it to have run.
fn neighbour<'c>(facts: &mut Facts<'c>, second: Op<'c>) -> Option<Op<'c>> {
    let before: Vec<Op> = second.block()?.ops().into_iter().take_while(|op| *op != second).collect();
    for op in before.into_iter().rev() {
        if is_candidate(op) {
            return Some(op).filter(|first| first.results().iter().all(|result| waits(*result, second)));
        }
        let harmless = matches!(op.dialect(), "arith" | "math" | "complex") || matches!(op.name(), "memref.dim" | "memref.cast" | "rt.view" | "memref.extract_strided_metadata" | "memref.extract_aligned_pointer_as_index");
        // Memory for the second loop: of a size that cannot raise.
        let mut is_size = |size: Value<'c>| {
            let size = facts.form(size);
            facts.proves(&size)
        };
        let room = op.is("rt.alloc") && op.operands().into_iter().all(&mut is_size);
        if !harmless && !room {
            return None;
        }
    }
    None
}

/// Whether nobody looks at the value before the second loop has run, nor inside it.
fn waits<'c>(value: Value<'c>, second: Op<'c>) -> bool {
    let block = second.block();
    value.uses().into_iter().all(|(user, _)| {
        let outer = std::iter::successors(Some(user), |op| op.parent()).find(|op| op.block() == block);
        outer.is_some_and(|op| second.is_before(op))
    })
}

impl<'c> Fuse<'c> {
    fn may_fuse(&self, facts: &mut Facts<'c>, first: Op<'c>, second: Op<'c>) -> bool {
        let equal = |facts: &mut Facts<'c>, i: usize| {
            let (x, y) = (facts.form(first.operand(i)), facts.form(second.operand(i)));
            x.minus(&y).is_some_and(|difference| difference.as_constant() == Some(0))
        };
        if !(0..3).all(|i| equal(facts, i)) || first.has_attr("unsignedCmp") || second.has_attr("unsignedCmp") {
            return false;
        }
        let [Ok(of_first), Ok(of_second)] = [first, second].map(|the_loop| Accesses::of(facts, the_loop, self.module, false)) else { return false };
        let common = of_first.iter().any(|a| of_second.iter().any(|b| a.array == b.array));
        common
            && is_independent(facts, first, self.module)
            && is_independent(facts, second, self.module)
            && of_first.iter().all(|a| {
                let moved = in_terms_of(a, first, second);
                of_second.iter().all(|b| !a.writes && !b.writes || self.apart(facts, second, a, moved.as_ref(), b))
            })
    }

    /// Whether two accesses are of different elements in different iterations.
    fn apart(&self, facts: &mut Facts<'c>, second: Op<'c>, a: &Access<'c>, moved: Option<&Access<'c>>, b: &Access<'c>) -> bool {
        if a.array != b.array {
            return !may_alias(a.array, b.array);
        }
        moved.is_some_and(|moved| matches!(meet(facts, second, moved, b), (Meeting::Never, None)))
    }
}

/// The access with the second loop's counter in the place of the first one's.
fn in_terms_of<'c>(access: &Access<'c>, first: Op<'c>, second: Op<'c>) -> Option<Access<'c>> {
    let [from, to] = [first, second].map(|the_loop| Symbol::Value(the_loop.body(0).arg(0)));
    let to = Form::symbol(to);
    let range = |range: &Range<'c>| Some(Range { low: range.low.substitute(from, &to)?, high: range.high.substitute(from, &to)?, exact: range.exact });
    let axes = access.axes.iter().map(|axis| axis.as_ref().and_then(range)).collect();
    Some(Access { axes, elements: access.elements.as_ref().and_then(range), inspected: vec![], ..*access })
}

/// One loop in the second one's place; the two are left empty.
fn fuse<'c>(first: Op<'c>, second: Op<'c>) -> Op<'c> {
    let kinds = [first, second].map(|l| l.str_attr(PARALLEL).unwrap_or_default().to_string());
    // It is known as the first one, or as the one that the program has written as a loop.
    let (named, other) = if kinds[0] == "array" && kinds[1] == "prange" { (second, 0) } else { (first, 1) };
    let line = Span::of(named.loc()).map_or(0, |span| span.line);
    remarks::add(|| Remark { reason: format!("one with the loop of line {line}"), ..Remark::of([first, second][other], &kinds[other], Status::Fused) });
    let b = Builder::before(second);
    b.set_loc(named.loc());
    let parts = [first, second];
    let inits: Vec<Value> = parts.iter().flat_map(|l| l.operands().into_iter().skip(3)).collect();
    let types: Vec<Type> = inits.iter().map(|init| init.ty()).collect();
    let counter = second.body(0).arg(0);
    let region = Region::new();
    let arguments: Vec<_> = [counter.ty()].iter().chain(&types).map(|ty| (*ty, b.loc())).collect();
    let block = region.add_block(&arguments);
    b.within(block, || {
        let mut next = vec![];
        for part in parts {
            let body = part.body(0);
            let mut from = next.len() + 1;
            for (k, argument) in body.args().into_iter().enumerate() {
                let value = if k == 0 { b.index_cast(block.arg(0), argument.ty()) } else { block.arg(from) };
                from += usize::from(k > 0);
                argument.replace_all_uses(value);
            }
            for op in body.ops() {
                if !op.is("scf.yield") {
                    op.detach();
                    block.append(op);
                }
            }
            next.extend(body.terminator().map(|end| end.operands()).unwrap_or_default());
        }
        b.op("scf.yield", &next, &[], &[]);
    });
    let bounds: Vec<Value> = second.operands().into_iter().take(3).collect();
    let fused = b.op_with_regions("scf.for", &[&bounds[..], &inits].concat(), &types, &[], &[region]);
    let results: Vec<Value> = parts.iter().flat_map(|l| l.results()).collect();
    results.into_iter().zip(fused.results()).for_each(|(old, new)| old.replace_all_uses(new));
    fused.set_attr(PARALLEL, b.str(if kinds.iter().any(|kind| kind == "prange") { "prange" } else { "array" }));
    fused.set_attr(CARRIED, carried(&b, first, second));
    for (name, needed) in [(SERIAL, 1), (ACCESSES, 2)] {
        let said: Vec<_> = parts.iter().filter_map(|l| l.attr(name)).collect();
        if said.len() >= needed {
            fused.set_attr(name, said[0]);
        }
    }
    fused
}

/// What is said of carried values; the numbers in it are those of the fused loop.
fn carried<'c>(b: &Builder<'c>, first: Op<'c>, second: Op<'c>) -> zouk_dialects::ir::Attribute<'c> {
    let shift = first.num_results();
    let moved = |text: &str| match text.split_once(' ') {
        Some((word @ ("with" | "when" | "twosum"), number)) => format!("{word} {}", number.parse().unwrap_or(0) + shift),
        _ => text.to_string(),
    };
    let of_first = first.str_array_attr(CARRIED).into_iter().map(String::from);
    let all: Vec<String> = of_first.chain(second.str_array_attr(CARRIED).into_iter().map(moved)).collect();
    b.str_array(&all.iter().map(String::as_str).collect::<Vec<_>>())
}
