//! Finds out whether the iterations of a parallel loop touch each other's array elements (`zouk.independent`).
//!
//! Every access is a range of elements for each iteration: subscripts are exact linear forms in the loop's counter (`range_analysis`), inner counters stand for all that they
//! run through. Two accesses of one array, of which one writes, are apart when in some axis, or counted in elements, their ranges are apart in different iterations:
//!
//!     s·i + [l1, h1]  and  s·j + [l2, h2]  with i ≠ j    ⇐    |s|·step > h1 - l2  and  |s|·step > h2 - l1
//!
//! Otherwise the loop is refused, with the distance where it is known. Arrays made in an iteration are its own, and of an
//! array that iterations only combine something into (`acc += row`) every chunk gets one of its own (`zouk.arrays`). Where different arrays may lie in the same memory, that is tested
//! at run time, before the loop; if they do it runs as written. Loops of array operations have no dependences: `bufferize` has seen to it.
//!
//! | file | what it is |
//! |---|---|
//! | `accesses` | what an iteration reads and writes |
//! | `inspect` | places that are looked at before the loop runs |
//! | `overlaps` | questions about overlaps that are asked once |
//! | `pairs` | whether two accesses meet |
//! | `scratch` | arrays from before the loop that each iteration writes anew |
//! | `small` | what holds when numbers are not large |
//! | `spans` | subscripts that may wrap around |
//! | `views` | places in a view as places in the array that it is of |
//!
//! ```mlir before
//! func.func @twice(%a: memref<?xf64>, %n: index) -> memref<?xf64> {
//!   %c0 = arith.constant 0 : index
//!   %c1 = arith.constant 1 : index
//!   %b = rt.alloc(%n) : memref<?xf64>
//!   scf.for %i = %c0 to %n step %c1 {
//!     %x = memref.load %a[%i] : memref<?xf64>
//!     %y = arith.addf %x, %x : f64
//!     memref.store %y, %b[%i] : memref<?xf64>
//!   } {zouk.parallel = "prange", zouk.carried = []}
//!   return %b : memref<?xf64>
//! }
//! ```
//! ```mlir after
//! module {
//!   func.func @twice(%arg0: memref<?xf64>, %arg1: index) -> memref<?xf64> {
//!     %c0 = arith.constant 0 : index
//!     %c1 = arith.constant 1 : index
//!     %0 = rt.alloc(%arg1) : memref<?xf64>
//!     scf.for %arg2 = %c0 to %arg1 step %c1 {
//!       %1 = memref.load %arg0[%arg2] : memref<?xf64>
//!       %2 = arith.addf %1, %1 : f64
//!       memref.store %2, %0[%arg2] : memref<?xf64>
//!     } {zouk.carried = [], zouk.independent, zouk.parallel = "prange"}
//!     return %0 : memref<?xf64>
//!   }
//! }
//! ```

use crate::bufferize::overlap;
use crate::memory::{may_alias, may_repeat, root};
use crate::offload::OFFLOAD;
use crate::parallel::{ARRAYS, CARRIED, INDEPENDENT, PARALLEL, Refusal, SLOW, arrays, functions, is_inside, outermost, refuse, version};
use crate::parallelise::nest;
use crate::pass::{OptionInfo, Options};
use crate::range_analysis::{Facts, Visitor, walk_function};
use crate::summarize_writes;
use accesses::{Access, Accesses};
use inspect::Inspection;
use pairs::{Meeting, meet};
use spans::Span;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, Op, Value};

pub mod accesses;
mod inspect;
mod overlaps;
pub mod pairs;
pub mod scratch;
mod small;
mod spans;
mod views;

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, options: &Options) -> Result<(), Diagnostic> {
    if functions(module).into_iter().all(|function| outermost(function).is_empty()) {
        return Ok(());
    }
    summarize_writes::run(module, options)?;
    let result = analyse(module);
    summarize_writes::forget(module);
    result
}

fn analyse(module: Op) -> Result<(), Diagnostic> {
    for function in functions(module) {
        outermost(function).into_iter().filter(|l| l.str_attr(PARALLEL) == Some("prange")).for_each(overlaps::ask_once);
        let mut analyse = Analyse { module, result: Ok(()), nest: None };
        if !outermost(function).is_empty() {
            walk_function(function, &mut analyse);
        }
        analyse.result?;
    }
    Ok(())
}

struct Analyse<'c> {
    module: Op<'c>,
    result: Result<(), Diagnostic>,
    /// The loop that may be spread over the threads of a GPU together with the one around it, and what is tested of that one.
    nest: Option<(Op<'c>, Tests<'c>)>,
}

impl<'c> Visitor<'c> for Analyse<'c> {
    fn visit(&mut self, facts: &mut Facts<'c>, op: Op<'c>) -> Option<Op<'c>> {
        if let Some((_, tests)) = self.nest.take_if(|(inner, _)| *inner == op) {
            self.spread(facts, op, tests);
            return self.nest.is_some().then_some(op);
        }
        if !op.is("scf.for") || !op.has_attr(PARALLEL) || !op.has_attr(CARRIED) || self.result.is_err() {
            return Some(op);
        }
        // Blocks of a kernel are independent: it is CUDA's rule.
        if op.has_attr(INDEPENDENT) {
            mark_scratch(op, &scratch::cells(facts, op));
            return Some(op);
        }
        let asked = op.str_attr(PARALLEL) == Some("prange");
        let found = tests(facts, op, self.module, asked, false).or_else(|refusal| {
            let tested = asked.then(|| small::tests(facts, op, self.module).or_else(|| inspect::tests(facts, op, self.module)));
            tested.flatten().ok_or(refusal)
        });
        match found {
            Ok(tests) => {
                let stands = apply(op, &tests);
                if self.module.has_attr(OFFLOAD) && !stands.has_attr(SLOW) && tests.scratch.is_empty() && tests.arrays.is_empty() {
                    self.nest = nest::inner(stands, &tests.apart).map(|inner| (inner, tests));
                }
                self.nest.is_some().then_some(stands)
            }
            Err(refusal) => {
                self.result = refuse(op, refusal);
                // Marked loops inside it are looked at next.
                Some(op)
            }
        }
    }
}

impl<'c> Analyse<'c> {
    /// Marks an inner loop whose iterations do not need each other either, where all that must be tested is tested before the nest.
    fn spread(&mut self, facts: &mut Facts<'c>, inner: Op<'c>, known: Tests<'c>) {
        // Of an operation on arrays it is settled what may lie in the same memory.
        let settled = outer_kind(inner) != Some("prange");
        let apart = |pair: &(Value<'c>, Value<'c>)| settled || nest::lie_apart(*pair, &known.apart);
        let distinct = |array: &Value<'c>| settled || known.distinct.iter().any(|known| root(*known) == root(*array));
        let tests = independence(facts, inner, self.module).filter(|tests| tests.spans.is_empty() && tests.apart.iter().all(apart) && tests.distinct.iter().all(distinct));
        if tests.is_some() {
            inner.set_unit(nest::SPREAD);
            inner.parent().into_iter().for_each(|outer| inner.set_attr(CARRIED, Builder::before(inner).str_array(&outer.str_array_attr(CARRIED))));
            self.nest = nest::inner(inner, &known.apart).map(|next| (next, known));
        }
    }
}

/// The mark of the parallel loop that a loop of its nest is in.
fn outer_kind<'c>(inner: Op<'c>) -> Option<&'c str> {
    std::iter::successors(inner.parent(), |op| op.parent()).find(|op| op.has_attr(INDEPENDENT))?.str_attr(PARALLEL)
}

/// What must hold at run time: arrays that lie apart, arrays whose places are different elements, subscripts that do not meet by wrapping around.
#[derive(Default)]
pub struct Tests<'c> {
    apart: Vec<(Value<'c>, Value<'c>)>,
    distinct: Vec<Value<'c>>,
    spans: Vec<Span<'c>>,
    /// Numbers that are neither negative nor large.
    small: Vec<Value<'c>>,
    /// Blocks whose ends are computed before the loop.
    inspections: Vec<Inspection<'c>>,
    /// Arrays that each iteration writes anew.
    scratch: Vec<Value<'c>>,
    /// Which of `parallel::arrays::reduced` every chunk has one of its own of.
    arrays: Vec<i64>,
}

impl<'c> Tests<'c> {
    pub fn len(&self) -> usize {
        self.apart.len() + self.distinct.len() + self.spans.len() + self.small.len() + self.inspections.len()
    }

    /// Whether all of it holds, asked where the builder is; none when there is nothing to ask.
    pub fn condition(&self, b: &Builder<'c>, the_loop: Op<'c>) -> Option<Value<'c>> {
        let apart = self.apart.iter().map(|(x, y)| overlap::apart(b, *x, *y));
        let distinct = self.distinct.iter().map(|array| overlap::distinct(b, *array));
        let looked_at = self.inspections.iter().map(|inspection| inspection.test(b, the_loop));
        let conditions: Vec<Value> = looked_at.chain(apart).chain(distinct).chain(self.spans.iter().map(|span| span.test(b, the_loop))).chain(self.small.iter().map(|number| small::test(b, *number))).collect();
        conditions.into_iter().reduce(|x, y| b.bin("arith.andi", x, y))
    }

    fn add_span(&mut self, span: Option<Span<'c>>) {
        self.spans.extend(span.filter(|span| !self.spans.contains(span)));
    }
}

/// More tests than this would cost more than they bring.
const MAX_TESTS: usize = 32;

/// What must be tested. `pairs`: whether iterations may touch each other's elements is open; `looked_at`: places may be looked at before the loop.
fn tests<'c>(facts: &mut Facts<'c>, the_loop: Op<'c>, module: Op<'c>, pairs: bool, looked_at: bool) -> Result<Tests<'c>, Refusal<'c>> {
    let accesses = Accesses::of(facts, the_loop, module, looked_at)?;
    let mut inspected: Vec<Value> = vec![];
    let mut tests = Tests { scratch: scratch::cells(facts, the_loop), ..Tests::default() };
    let mut reduced = None;
    for (i, write) in accesses.iter().enumerate().filter(|(_, access)| access.writes) {
        if may_repeat(write.array) && !tests.distinct.contains(&write.array) {
            tests.distinct.push(write.array);
        }
        if !pairs {
            continue;
        }
        for (j, other) in accesses.iter().enumerate() {
            if other.writes && j < i {
                continue;
            }
            if write.array == other.array {
                if tests.scratch.contains(&write.array) || inspected.contains(&write.array) {
                    continue;
                }
                match check(facts, the_loop, write, other) {
                    Ok(span) => tests.add_span(span),
                    Err(_) if same_everywhere(the_loop, &accesses, write.array) => {}
                    Err(refusal) => {
                        let reduced = reduced.get_or_insert_with(|| arrays::reduced(the_loop));
                        let number = reduced.iter().position(|(array, _)| *array == write.array).map(|number| number as i64);
                        match number {
                            Some(number) if tests.arrays.contains(&number) => {}
                            Some(number) => tests.arrays.push(number),
                            None if scratch::is_scratch(facts, the_loop, write.array) => tests.scratch.push(write.array),
                            None if let Some(inspection) = looked_at.then(|| inspect(facts, the_loop, &accesses, write.array)).flatten() => {
                                tests.inspections.push(inspection);
                                inspected.push(write.array);
                            }
                            None => return Err(arrays::obstacle(write.array, the_loop).into_iter().fold(refusal, |refusal, (place, why)| refusal.note(place, why))),
                        }
                    }
                }
            } else if may_alias(write.array, other.array) && !tests.apart.contains(&(write.array, other.array)) {
                tests.apart.push((write.array, other.array));
            }
        }
    }
    if tests.len() > MAX_TESTS {
        return Err(Refusal::new("it works on too many arrays that may overlap", "use fewer arrays in one loop"));
    }
    Ok(tests)
}

/// What is to be computed before the loop for all accesses of an array to be apart.
fn inspect<'c>(facts: &mut Facts<'c>, the_loop: Op<'c>, accesses: &[Access<'c>], array: Value<'c>) -> Option<Inspection<'c>> {
    let of_array: Vec<&Access<'c>> = accesses.iter().filter(|access| access.array == array).collect();
    // Where it is known that they meet there is nothing to look at.
    let mut open = |a: &Access<'c>, b: &Access<'c>| matches!(meet(facts, the_loop, a, b).0, Meeting::Never | Meeting::Perhaps);
    if !of_array.iter().enumerate().filter(|(_, a)| a.writes).all(|(i, a)| of_array.iter().enumerate().all(|(j, b)| b.writes && j < i || open(a, b))) {
        return None;
    }
    inspect::inspection(facts, the_loop, &of_array)
}

/// Whether all that the loop does with an array is to store one value from before the loop: it does not matter which iteration does.
fn same_everywhere<'c>(the_loop: Op<'c>, accesses: &[Access<'c>], array: Value<'c>) -> bool {
    let constant = |value: Value<'c>| value.def_by("arith.constant").and_then(|op| op.attr("value"));
    let mut stored = None;
    the_loop.str_attr(PARALLEL) == Some("prange")
        && accesses.iter().filter(|access| access.array == array).all(|access| {
            let same = |value: Value<'c>| {
                let first = *stored.get_or_insert(value);
                first == value && !is_inside(value, the_loop) || constant(value).is_some_and(|c| constant(first) == Some(c) && first.ty() == value.ty())
            };
            access.stored.is_some_and(same)
        })
}

/// What must be tested for the iterations of a loop not to touch each other's elements, whatever has been said of it; none when they do, or need arrays of their own.
pub fn independence<'c>(facts: &mut Facts<'c>, the_loop: Op<'c>, module: Op<'c>) -> Option<Tests<'c>> {
    tests(facts, the_loop, module, true, false).ok().filter(|tests| tests.arrays.is_empty() && tests.scratch.iter().all(|array| scratch::is_cell(*array)))
}

/// Whether a loop has no iterations that touch each other's elements, whatever it has been said of it, and needs no arrays for its chunks.
pub fn is_independent<'c>(facts: &mut Facts<'c>, the_loop: Op<'c>, module: Op<'c>) -> bool {
    independence(facts, the_loop, module).is_some_and(|tests| tests.len() <= MAX_TESTS / 2)
}

/// Refuses two accesses of one array that may meet in different iterations.
fn check<'c>(facts: &mut Facts<'c>, the_loop: Op<'c>, write: &Access<'c>, other: &Access<'c>) -> Result<Option<Span<'c>>, Refusal<'c>> {
    let (meeting, span) = meet(facts, the_loop, write, other);
    let how = match meeting {
        Meeting::Never => return Ok(span),
        Meeting::At(1 | -1) => "an element of the same array in iterations next to each other, at a distance of 1 iteration".to_string(),
        Meeting::At(distance) => format!("an element of the same array at a distance of {} iterations", distance.abs()),
        Meeting::Always => "the same element in every iteration".to_string(),
        Meeting::Perhaps => "what may be the same element in different iterations: no distance is known".to_string(),
    };
    let message = format!("its iterations write and {} {how}", if other.writes { "write" } else { "read" });
    let help = "let every iteration write elements of its own, use `range`, or `parallel={'prange': True, 'serial': True}` to run such loops on one thread with a warning";
    let refusal = Refusal::new(message, help).note(write.place, "written here");
    Err(if write.place == other.place && other.writes { refusal } else { refusal.note(other.place, if other.writes { "written here" } else { "read here" }) })
}

fn mark_scratch<'c>(the_loop: Op<'c>, arrays: &[Value<'c>]) {
    let all = scratch::stored(the_loop);
    let numbers: Vec<i64> = arrays.iter().filter_map(|array| all.iter().position(|a| a == array)).map(|i| i as i64).collect();
    if !numbers.is_empty() {
        the_loop.set_attr(scratch::SCRATCH, Builder::before(the_loop).i64_array(&numbers));
    }
}

/// Marks the loop, in a copy beside it when something must be tested; gives the loop that is marked.
fn apply<'c>(the_loop: Op<'c>, tests: &Tests<'c>) -> Op<'c> {
    let b = Builder::before(the_loop);
    mark_scratch(the_loop, &tests.scratch);
    if !tests.arrays.is_empty() {
        the_loop.set_attr(ARRAYS, b.i64_array(&tests.arrays));
    }
    let Some(condition) = tests.condition(&b, the_loop) else {
        the_loop.set_unit(INDEPENDENT);
        return the_loop;
    };
    let parallel = version(the_loop, condition);
    parallel.set_attr(INDEPENDENT, b.int_attr(b.i64(), tests.len() as i64));
    the_loop.walk(&mut |op| _ = op.remove_attr(PARALLEL));
    parallel
}
