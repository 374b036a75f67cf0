//! Gives every value its type: instantiates functions per argument types and runs to a fixpoint over structured regions.
//!
//! Entry points are the functions with `py.instantiate`, a list of argument type lists. A call of a function of the module makes (or finds) an
//! instance for its argument types and becomes a `func.call`; a call, method or attribute of the function tables
//! asks its entry. Types only grow along the lattice of `ty::join`, so loops and recursion reach a fixpoint; where a joined value has another
//! type than the join a `py.cast` is put. Branches that the types decide (`isinstance`, `is None`, constants) are pruned.
//!
//! ```mlir before
//! func.func @twice(%x: !py.object) -> !py.object attributes {py.params = ["x"], py.defaults = [], py.instantiate = [["f64"]]} {
//!   %two = py.constant 2 : si64
//!   %r = py.binary "mul" %x, %two : (!py.object, si64) -> !py.object
//!   py.return %r : !py.object
//! }
//! ```
//! becomes
//! ```mlir after
//! module {
//!   func.func @"twice(float64)"(%arg0: f64) -> f64 attributes {py.arguments = ["f64"], py.display = "twice", py.params = ["x"], py.result = "f64", zouk.entry = "twice"} {
//!     %0 = py.constant 2 : si64
//!     %1 = py.binary "mul" %arg0, %0 : (f64, si64) -> f64
//!     py.return %1 : f64
//!   }
//! }
//! ```

use crate::functions::{Const, Raised};
use crate::pass::{OptionInfo, Options};
use std::collections::{BTreeSet, HashMap, HashSet};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Builder, Location, Op, TypeLike, Value};
use library::argument_name;
use signatures::Signature;
use zouk_dialects::ty::{Ty, Types};

mod advanced_indexing;
pub(crate) mod applied;
mod attributes;
mod axis;
mod body;
mod calls;
mod classes;
mod closures;
mod constants;
mod declared_functions;
mod either;
pub mod elementwise;
mod enumerations;
mod finish;
mod flat;
mod foreign;
pub(crate) mod iteration;
mod library;
mod literals;
mod members;
mod operators;
mod overloads;
mod printing;
mod record_equality;
pub(crate) mod records;
mod regions;
mod rewrites;
mod sequences;
mod signatures;
mod stepping;
mod subscript;
mod ufunc_members;
mod unroll;
pub(crate) mod generalized;
mod stars;
pub(crate) mod stencils;
pub(crate) mod vectorized;

pub const OPTIONS: &[OptionInfo] = &[];

/// A function may be instantiated for that many argument types; a recursion that always finds new ones stops here.
const MAX_INSTANCES_PER_FUNCTION: usize = 100;
/// How often the result of a function may come to have more parts.
const MAX_GROWTHS: usize = 50;

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    let mut engine = Engine::new(module);
    let requested = engine.requested()?;
    if requested.is_empty() && !engine.sources.is_empty() {
        let message = "no function has `py.instantiate`: nothing says which argument types to compile for";
        return Err(Diagnostic::at(ErrorClass::Syntax, "bad-ir", message, module.loc()).help("a module that has its types already is entered at a later stage: `--from typed`"));
    }
    for (symbol, signature) in requested {
        engine.entry(&symbol, signature, module.loc())?;
    }
    engine.settle()?;
    engine.follow_endless()?;
    engine.finish()
}

/// A function for one list of argument types.
struct Instance<'c> {
    source: String,
    symbol: String,
    arguments: Vec<Ty>,
    /// What a call of a library function is known to give.
    returned: library::Returned,
    /// The copy of the function that becomes the typed one.
    op: Op<'c>,
    /// The join of what is returned so far.
    result: Ty,
    /// Where the first returned value that shaped `result` came from.
    result_at: Option<Location<'c>>,
    /// Declared by a signature.
    forced: Option<Ty>,
    /// No path returns: what follows a call is not reached.
    never_returns: bool,
    /// How often the result has come to have more parts.
    growths: usize,
    entry: bool,
    /// Whom to infer again when the result changes.
    callers: BTreeSet<usize>,
    state: State,
    facts: Facts<'c>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Running,
    Done,
    /// An attempt that came to nothing.
    Failed,
}

/// What is known of the values of one instance.
#[derive(Default)]
struct Facts<'c> {
    types: HashMap<Value<'c>, Ty>,
    constants: HashMap<Value<'c>, Const>,
    /// The instance that a `py.call` of a function of the module goes to.
    targets: HashMap<Op<'c>, usize>,
    /// The instance that a `py.call` of a vectorized function calls for each element.
    elementwise: HashMap<Op<'c>, usize>,
    /// Calls of intrinsics.
    typed_calls: HashMap<Op<'c>, overloads::TypedCall>,
    /// Operands that may be None but are used as if they were not: checked at run time.
    unwrapped: BTreeSet<(usize, usize)>,
    unwrap_ops: Vec<(Op<'c>, usize)>,
    /// Ops with regions after which nothing is reached.
    exiting: HashSet<Op<'c>>,
    /// Calls that are known to raise, and what.
    raising: HashMap<Op<'c>, Raised>,
    /// Whether some reached `return` gave a value of unknown type.
    returns_unknown: bool,
}

struct Engine<'c> {
    module: Op<'c>,
    types: Types<'c>,
    /// Untyped functions by symbol.
    sources: HashMap<&'c str, Op<'c>>,
    /// Compiled classes by name.
    classes: HashMap<&'c str, crate::classes::Definition<'c>>,
    instances: Vec<Instance<'c>>,
    /// By source, argument types, and the names of literal arguments.
    by_key: HashMap<(String, Vec<Ty>, String), usize>,
    per_source: HashMap<String, usize>,
    /// Instances whose callees' results have changed.
    stale: BTreeSet<usize>,
    /// The parameter whose value is asked for, where that is the error.
    wanted: Option<literals::Wanted>,
}

impl<'c> Engine<'c> {
    fn new(module: Op<'c>) -> Self {
        let functions = module.body(0).ops().into_iter().filter(|o| o.is("func.func"));
        Engine {
            module,
            types: Types::new(module.context()),
            sources: functions.filter_map(|o| Some((o.str_attr("sym_name")?, o))).collect(),
            classes: crate::classes::of_module(module),
            instances: vec![],
            by_key: HashMap::new(),
            per_source: HashMap::new(),
            stale: BTreeSet::new(),
            wanted: None,
        }
    }

    /// The entry points: symbol, argument types, declared result, values of parameters.
    fn requested(&self) -> Result<Vec<(String, Signature)>, Diagnostic> {
        let mut all = vec![];
        for op in self.module.body(0).ops() {
            let signatures = op.array_attr("py.instantiate");
            let results = op.str_array_attr("py.instantiate_results");
            for (i, signature) in signatures.iter().enumerate() {
                let signature = Signature::read(op, *signature, results.get(i).copied())?;
                let literals = literals::requested(op, i, &signature.arguments);
                all.push((op.str_attr("sym_name").unwrap_or_default().to_string(), Signature { literals, ..signature }));
            }
        }
        Ok(all)
    }

    /// The instance of an entry point; `result` is what its signature declares. One that calls have reached before is inferred again.
    fn entry(&mut self, symbol: &str, signature: Signature, at: Location<'c>) -> Result<(), Diagnostic> {
        let (index, _) = self.declare(symbol, signature.arguments, &signature.literals, at)?;
        let instance = &mut self.instances[index];
        instance.entry = true;
        if signature.result.is_some() {
            instance.forced = signature.result;
            self.stale.extend(instance.callers.iter().copied());
        }
        self.infer(index).inspect_err(|_| self.tell_wanted(index))
    }

    /// The instance of a function for a call, inferred as far as it can be now.
    fn instance(&mut self, symbol: &str, signature: Signature, at: Location<'c>) -> Result<usize, Diagnostic> {
        let (index, new) = self.declare(symbol, signature.arguments, &signature.literals, at)?;
        if new {
            self.instances[index].forced = signature.result;
            self.infer(index)?;
        }
        Ok(index)
    }

    /// The instance of a function for these argument types and the values of its literal parameters, and whether it is new.
    fn declare(&mut self, symbol: &str, arguments: Vec<Ty>, literals: &[Option<Const>], at: Location<'c>) -> Result<(usize, bool), Diagnostic> {
        let names: Vec<_> = arguments.iter().enumerate().map(|(i, ty)| argument_name(ty, literals.get(i).and_then(Option::as_ref))).collect();
        let key = (symbol.to_string(), arguments, names.join(", "));
        if let Some(&known) = self.by_key.get(&key) {
            return Ok((known, false));
        }
        let Some(&source) = self.sources.get(symbol) else {
            return Err(Diagnostic::at(ErrorClass::Internal, "unknown-symbol", format!("the module has no function @{symbol}"), at));
        };
        let (symbol, arguments, names) = key.clone();
        let display = source.str_attr("py.display").unwrap_or(source.str_attr("sym_name").unwrap_or_default());
        let count = self.per_source.entry(symbol.clone()).or_default();
        *count += 1;
        if *count > MAX_INSTANCES_PER_FUNCTION || arguments.iter().any(|ty| ty.parts() > Ty::MAX_PARTS) {
            return Err(Diagnostic::at(
                ErrorClass::Typing,
                "runaway-recursion",
                format!("{display} calls itself with ever new argument types"),
                at,
            )
            .help("make the arguments of the recursive call the same types as the function's own"));
        }
        let Some(body) = source.region(0).first_block() else {
            return Err(Diagnostic::at(ErrorClass::Internal, "unknown-symbol", format!("the function @{symbol} has no body"), at));
        };
        let expected = body.num_args();
        if expected != arguments.len() {
            let message = format!("{display}() takes {expected} arguments but {} were given", arguments.len());
            return Err(Diagnostic::at(ErrorClass::Typing, "argument-count", message, at));
        }
        let op = source.deep_clone();
        self.module.body(0).append(op);
        self.write_literals(op, &arguments, literals);
        let index = self.instances.len();
        let mut unique = format!("{symbol}({names})");
        // Types with the same name in messages, as slices have, are told apart.
        if self.instances.iter().any(|instance| instance.symbol == unique) {
            unique = format!("{unique}#{index}");
        }
        self.instances.push(Instance {
            symbol: unique,
            source: symbol,
            arguments,
            op,
            result: Ty::Unknown,
            returned: library::Returned::Nothing,
            result_at: None,
            forced: None,
            never_returns: false,
            growths: 0,
            entry: false,
            callers: BTreeSet::new(),
            state: State::New,
            facts: Facts::default(),
        });
        self.by_key.insert(key, index);
        Ok((index, true))
    }

    /// Infers one instance from scratch, keeping the result found so far; tells callers when that grew.
    fn infer(&mut self, index: usize) -> Result<(), Diagnostic> {
        self.stale.remove(&index);
        self.instances[index].state = State::Running;
        let before = (self.instances[index].result.clone(), self.instances[index].returned.clone());
        let facts = body::Body::new(self, index).run()?;
        let instance = &mut self.instances[index];
        instance.facts = facts;
        instance.state = State::Done;
        // What follows a call that only raises must not be looked at: its types may not fit.
        if crate::library::is_symbol(&instance.source) && instance.result == Ty::Unknown && !instance.facts.returns_unknown {
            instance.never_returns = true;
        }
        if instance.result.parts() > before.0.parts() {
            instance.growths += 1;
            if instance.growths > MAX_GROWTHS {
                let display = instance.op.str_attr("py.display").unwrap_or_default();
                let message = format!("Return type of recursive function {display} does not converge: every call of itself makes it larger");
                return Err(Diagnostic::at(ErrorClass::Typing, "runaway-recursion", message, instance.op.loc()).help("return the same type as the recursive call"));
            }
        }
        if (&instance.result, &instance.returned) != (&before.0, &before.1) {
            self.stale.extend(instance.callers.iter().copied());
        }
        Ok(())
    }

    /// Infers until nothing is stale.
    fn settle(&mut self) -> Result<(), Diagnostic> {
        while let Some(index) = self.stale.pop_first() {
            if self.instances[index].state != State::Failed {
                self.infer(index)?;
            }
        }
        Ok(())
    }

    /// Marks the instances that never return, and infers their callers again: those may never return either, then.
    fn follow_endless(&mut self) -> Result<(), Diagnostic> {
        loop {
            let endless = |i: &Instance| i.result == Ty::Unknown && !i.facts.returns_unknown && !i.never_returns;
            let found: Vec<usize> = (0..self.instances.len()).filter(|i| endless(&self.instances[*i])).collect();
            if found.is_empty() {
                return Ok(());
            }
            for index in found {
                self.instances[index].never_returns = true;
                self.stale.extend(self.instances[index].callers.iter().copied());
            }
            self.settle()?;
        }
    }

    /// The type that a call of the instance has.
    fn result_of(&self, index: usize) -> Ty {
        let instance = &self.instances[index];
        // Functions that are returned keep types of their own.
        let declared = instance.forced.as_ref().filter(|ty| instance.result == Ty::Unknown || !declared_functions::declares(ty));
        declared.unwrap_or(&instance.result).clone()
    }
}

/// The value as that type: itself, or a `py.cast` before the op.
fn cast_before<'c>(op: Op<'c>, value: Value<'c>, to: zouk_dialects::ir::Type<'c>) -> Value<'c> {
    if value.ty().to_raw().ptr == to.to_raw().ptr { value } else { Builder::before(op).val("py.cast", &[value], to, &[]) }
}
