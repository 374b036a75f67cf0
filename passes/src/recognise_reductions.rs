//! Says of every value that a parallel loop carries how the values of its chunks are put together (`zouk.carried`).
//!
//! | what is said | what it is | Python |
//! |---|---|---|
//! | `arith.addf`, … | a chain of one associative operation; nothing else looks at the value in between | `s += x`, `if c: s -= x` |
//! | `choose arith.cmpf 2` | a candidate is taken when it compares so with what is there | `if x > s: s = x`, `s = max(s, x)` |
//! | `with 0` | assigned when and only when carried value 0 takes a candidate | `if x > s: s = x; at = i` |
//! | `last` | assigned in every iteration and not looked at: the last iteration's is left | `last = x` |
//! | `time` | the counter of the iteration that assigned a value last, which is carried for this alone (`latest`) | |
//! | `when 0` | assigned in some iterations and not looked at: that of the latest time in carried value 0 is left | `if c: last = x` |
//!
//! Anything else is handed from one iteration to the next, and the loop is refused.
//!
//! ```mlir before
//! func.func @total(%a: memref<?xf64>, %n: index) -> f64 {
//!   %zero = arith.constant 0.0 : f64
//!   %c0 = arith.constant 0 : index
//!   %c1 = arith.constant 1 : index
//!   %s = scf.for %i = %c0 to %n step %c1 iter_args(%sum = %zero) -> f64 {
//!     %x = memref.load %a[%i] : memref<?xf64>
//!     %next = arith.addf %sum, %x : f64
//!     scf.yield %next : f64
//!   } {zouk.parallel = "prange"}
//!   return %s : f64
//! }
//! ```
//! ```mlir after
//! module {
//!   func.func @total(%arg0: memref<?xf64>, %arg1: index) -> f64 {
//!     %cst = arith.constant 0.000000e+00 : f64
//!     %c0 = arith.constant 0 : index
//!     %c1 = arith.constant 1 : index
//!     %0 = scf.for %arg2 = %c0 to %arg1 step %c1 iter_args(%arg3 = %cst) -> (f64) {
//!       %1 = memref.load %arg0[%arg2] : memref<?xf64>
//!       %2 = arith.addf %arg3, %1 : f64
//!       scf.yield %2 : f64
//!     } {zouk.carried = ["arith.addf"], zouk.parallel = "prange"}
//!     return %0 : f64
//!   }
//! }
//! ```

use crate::parallel::{CARRIED, Refusal, functions, outermost, refuse};
use crate::pass::{OptionInfo, Options};
use chain::{Chain, Kind};
use std::collections::{HashMap, HashSet};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, Op, TypeLike, Value};

mod chain;
pub mod compare;
mod latest;

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    for function in functions(module) {
        // A refused loop leaves the marked ones inside it.
        loop {
            // What was said of a loop that has since lost a carried value is not of it.
            for the_loop in outermost(function).into_iter().filter(|l| l.has_attr(CARRIED) && l.array_attr(CARRIED).len() != l.num_results()) {
                the_loop.remove_attr(CARRIED);
                the_loop.remove_attr(latest::LATEST);
            }
            let open: Vec<Op> = outermost(function).into_iter().filter(|l| !l.has_attr(CARRIED)).collect();
            if open.is_empty() {
                break;
            }
            for the_loop in open {
                let (the_loop, recognised) = recognise_timed(the_loop);
                match recognised {
                    Ok(carried) => {
                        let texts: Vec<&str> = carried.iter().map(String::as_str).collect();
                        the_loop.set_attr(CARRIED, Builder::before(the_loop).str_array(&texts));
                    }
                    Err(refusal) => refuse(the_loop, refusal)?,
                }
            }
        }
    }
    Ok(())
}

/// What is said of each carried value; of one that only some iterations assign once the loop carries its time.
fn recognise_timed<'c>(mut the_loop: Op<'c>) -> (Op<'c>, Result<Vec<String>, Refusal<'c>>) {
    loop {
        let mut untimed = None;
        let recognised = recognise(the_loop, &mut untimed);
        match untimed.and_then(|k| latest::with_time(the_loop, k)) {
            Some(longer) => the_loop = longer,
            None => return (the_loop, recognised),
        }
    }
}

/// What is said of each carried value; `untimed` is one that would need a time.
fn recognise<'c>(the_loop: Op<'c>, untimed: &mut Option<usize>) -> Result<Vec<String>, Refusal<'c>> {
    let body = the_loop.body(0);
    let nexts = body.terminator().map(|t| t.operands()).unwrap_or_default();
    let mut chains = vec![];
    for (argument, next) in body.args().into_iter().skip(1).zip(nexts) {
        let mut chain = Chain::new(the_loop, argument);
        let kind = chain.follow(next, argument).filter(|_| !argument.ty().is_mem_ref());
        let kind = kind.ok_or_else(|| handed_on(argument, next))?;
        chains.push((chain, kind, next));
    }
    let keys: Vec<usize> = (0..chains.len()).filter(|k| matches!(chains[*k].1, Kind::Choose { .. })).collect();
    let pairs: Vec<(usize, usize)> = the_loop.i64_array_attr(latest::LATEST).chunks(2).map(|pair| (pair[0] as usize, pair[1] as usize)).collect();
    let mut said = vec![];
    let mut allowed: HashSet<(Op, usize)> = HashSet::new();
    for (k, (chain, kind, next)) in chains.iter().enumerate() {
        allowed.extend(chain.uses.iter().copied());
        allowed.extend(body.terminator().map(|t| (t, k)));
        said.push(match kind {
            Kind::Same => return Err(handed_on(chain.argument, *next)),
            Kind::Op(name) => name.to_string(),
            Kind::Choose { compare, predicate, .. } => format!("choose {compare} {predicate}"),
            Kind::Replace { paths } if paths.is_empty() && chain.argument.is_unused() => "last".to_string(),
            Kind::Replace { .. } if pairs.iter().any(|(_, time)| *time == k) => {
                allowed.extend(chain.conditions.iter().copied());
                "time".to_string()
            }
            Kind::Replace { .. } if let Some((_, time)) = pairs.iter().find(|(value, _)| *value == k) => {
                allowed.extend(chain.conditions.iter().copied());
                format!("when {time}")
            }
            Kind::Replace { paths } => {
                let key = keys.iter().find(|key| matches!(&chains[**key].1, Kind::Choose { paths: of_key, .. } if same_paths(paths, of_key)));
                let key = *key.ok_or_else(|| {
                    *untimed = Some(k);
                    handed_on(chain.argument, *next)
                })?;
                if let Kind::Choose { compare, predicate, .. } = &chains[key].1
                    && !compare::is_strict(compare, *predicate)
                {
                    let help = "compare with < or >, so that the first of equal values is taken";
                    return Err(Refusal::new("what is kept beside an extreme is that of the last of equal values", help).note(next.loc(), "here"));
                }
                allowed.extend(chain.conditions.iter().copied());
                format!("with {key}")
            }
        });
    }
    check_uses(&chains, &said, &allowed)?;
    Ok(said)
}

/// Nothing but the chains may look at what is carried, and a branch that a candidate decides on may do nothing else.
fn check_uses<'c>(chains: &[(Chain<'c>, Kind<'c>, Value<'c>)], said: &[String], allowed: &HashSet<(Op<'c>, usize)>) -> Result<(), Refusal<'c>> {
    let mut deciding: HashMap<Op<'c>, usize> = HashMap::new();
    for (k, (chain, ..)) in chains.iter().enumerate() {
        deciding.extend(chain.deciding.iter().map(|branch| (*branch, k)));
    }
    let in_chains: HashSet<Value> = chains.iter().flat_map(|(chain, ..)| chain.values.iter().copied()).collect();
    for (k, (chain, _, next)) in chains.iter().enumerate() {
        for value in &chain.values {
            if let Some((user, _)) = value.uses().into_iter().find(|place| !allowed.contains(place)) {
                return Err(handed_on(chain.argument, *next).note(user.loc(), "the value so far is looked at here"));
            }
        }
        for branch in &chain.passed {
            if let Some(key) = deciding.get(branch)
                && *key != k
                && said[k] != format!("with {key}")
            {
                return Err(handed_on(chain.argument, *next).note(branch.loc(), "what the value becomes depends on another that iterations hand on"));
            }
        }
    }
    for (branch, key) in &deciding {
        let effect = branch.collect(|op| match op.dialect() {
            "rt" => !matches!(op.name(), "rt.view" | "rt.constant_array" | "rt.address" | "rt.same") && (!op.is("rt.index") || op.has_attr("checked")),
            "memref" => op.is("memref.store"),
            dialect => dialect == "func",
        });
        let stray = branch.results().into_iter().find(|r| !r.is_unused() && !in_chains.contains(r)).map(|r| r.loc());
        if let Some(place) = effect.first().map(|op| op.loc()).or(stray) {
            let (chain, _, next) = &chains[*key];
            return Err(handed_on(chain.argument, *next).note(place, "whether this happens depends on the value so far"));
        }
    }
    Ok(())
}

fn same_paths<'c>(some: &[chain::Path<'c>], others: &[chain::Path<'c>]) -> bool {
    some.len() == others.len() && some.iter().all(|path| others.contains(path))
}

fn handed_on<'c>(argument: Value<'c>, next: Value<'c>) -> Refusal<'c> {
    let what = if argument.ty().is_mem_ref() { "an array is handed from one iteration to the next" } else { "a value is handed from one iteration to the next" };
    let refusal = Refusal::new(format!("{what}, at a distance of 1 iteration, and is neither a sum nor another reduction"), HELP);
    if next.def().is_some() { refusal.note(next.loc(), "the next iteration starts with this") } else { refusal }
}

const HELP: &str = "use `range`, or `parallel={'prange': True, 'serial': True}` to run such loops on one thread with a warning";
