//! One run over the body of an instance: ops in order, each by its rule.

use super::{Engine, Facts};
use crate::functions::{Const, TyArg};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass, Span};
use zouk_dialects::ir::{Block, Builder, Location, Op, Value};
use zouk_dialects::ty::Ty;

/// How a block ends.
pub(super) enum Flow<'c> {
    /// `py.yield` (or `py.condition`) with these values.
    Yields(Vec<Value<'c>>),
    /// It returns, raises, breaks or continues: what follows is not reached.
    Exits,
}

/// What the exits of the enclosing loop have passed on in this run.
#[derive(Default)]
pub(super) struct LoopExits<'c> {
    pub breaks: Vec<Passed<'c>>,
    pub continues: Vec<Passed<'c>>,
}

/// Values that meet others at a join, by type and origin.
#[derive(Clone)]
pub(super) struct Passed<'c> {
    pub types: Vec<Ty>,
    pub origins: Vec<Location<'c>>,
}

pub(super) struct Body<'e, 'c> {
    pub engine: &'e mut Engine<'c>,
    pub index: usize,
    pub facts: Facts<'c>,
    pub loops: Vec<LoopExits<'c>>,
}

impl<'e, 'c> Body<'e, 'c> {
    pub fn new(engine: &'e mut Engine<'c>, index: usize) -> Self {
        Body { engine, index, facts: Facts::default(), loops: vec![] }
    }

    pub fn run(mut self) -> Result<Facts<'c>, Diagnostic> {
        let instance = &self.engine.instances[self.index];
        let block = instance.op.body(0);
        let arguments = instance.arguments.clone();
        for (argument, ty) in block.args().into_iter().zip(arguments) {
            self.set(argument, ty);
        }
        if let Some(first) = block.first() {
            block.args().into_iter().for_each(|argument| _ = self.keep_place(argument, &Builder::before(first)));
        }
        self.block(block)?;
        self.check_iterators()?;
        Ok(self.facts)
    }

    pub fn set(&mut self, value: Value<'c>, ty: Ty) {
        self.facts.types.insert(value, ty);
    }

    pub fn ty(&self, value: Value<'c>) -> Ty {
        self.facts.types.get(&value).cloned().unwrap_or(Ty::Unknown)
    }

    pub fn constant(&self, value: Value<'c>) -> Option<Const> {
        self.facts.constants.get(&value).cloned()
    }

    /// Operand `i`, as a value that is not None: an optional one is checked at run time. A tuple with names is one like any other.
    pub fn operand(&mut self, op: Op<'c>, i: usize) -> TyArg {
        let value = op.operand(i);
        let mut ty = self.ty(value);
        if let Ty::Optional(inner) = ty {
            ty = *inner;
            if self.facts.unwrapped.insert((op.to_raw().ptr as usize, i)) {
                self.facts.unwrap_ops.push((op, i));
            }
        }
        TyArg { ty: ty.unnamed(), constant: self.constant(value) }
    }

    pub fn passed(&self, values: &[Value<'c>]) -> Passed<'c> {
        Passed { types: values.iter().map(|v| self.ty(*v)).collect(), origins: values.iter().map(|v| v.loc()).collect() }
    }

    pub fn block(&mut self, block: Block<'c>) -> Result<Flow<'c>, Diagnostic> {
        let mut next = block.first();
        while let Some(op) = next {
            let spread = self.spread(op)?;
            if spread.is_some() {
                next = spread;
                continue;
            }
            let replaced = match self.unroll(op).or_else(|| self.step_loop(op)).or_else(|| self.rewritten(op)).or_else(|| self.split_call(op)).or_else(|| self.ufunc_attribute(op)).or_else(|| self.spread_outputs(op)) {
                None => match self.class_op(op)? {
                    None => match self.choose_axis(op)? {
                        None => match self.choose_flag(op)? {
                            None => match self.compare_records(op)? {
                                None => match self.member_call(op)? {
                                    None => self.member_op(op)?,
                                    chosen => chosen,
                                },
                                chosen => chosen,
                            },
                            chosen => chosen,
                        },
                        chosen => chosen,
                    },
                    called => called,
                },
                replaced => replaced,
            };
            if replaced.is_some() {
                next = replaced;
                continue;
            }
            // A loop is run several times: what left the block for narrower types may fall through now.
            self.facts.exiting.remove(&op);
            self.facts.raising.remove(&op);
            if self.waits_for_items(op) {
                next = op.next();
                continue;
            }
            if let Some(flow) = self.op(op)? {
                self.facts.exiting.insert(op);
                return Ok(flow);
            }
            next = op.next();
            if let Some(following) = next {
                let b = Builder::before(following);
                let made: Vec<_> = op.results().into_iter().filter_map(|result| self.keep_place(result, &b)).collect();
                next = made.first().copied().or(next);
            }
        }
        Ok(Flow::Exits)
    }

    /// Infers one op; the flow when the block ends with it.
    pub(super) fn op(&mut self, op: Op<'c>) -> Result<Option<Flow<'c>>, Diagnostic> {
        match op.name() {
            "py.constant" | "py.ref" | "py.unbound" | "py.new" => self.literal(op),
            "py.binary" | "py.compare" if self.operand_as_array(op)? => {}
            "py.binary" => return self.operator(op, Self::binary),
            "py.compare" => return self.operator(op, Self::compare),
            "py.unary" => return self.operator(op, Self::unary),
            "py.truth" => self.truth(op)?,
            "py.tuple" => self.sequence(op, Ty::Tuple)?,
            "py.list" => self.sequence(op, Ty::List)?,
            "py.unpack" => self.unpack(op)?,
            "py.slice" => self.slice(op)?,
            "py.getitem" => return self.operator(op, Self::getitem),
            "py.setitem" => {
                self.item_as_array(op)?;
                self.setitem(op)?
            }
            "py.closure" => self.closure(op)?,
            "py.is_function" | "py.as_function" | "py.other_function" => self.function_choice(op),
            "py.part" => self.part(op),
            "py.attr" => return self.attribute(op),
            "py.call" => return self.call(op),
            "py.call_method" => return self.call_method(op),
            "py.check_bound" => return Ok(self.check_bound(op)),
            "py.unwrap" => {
                let inner = self.operand(op, 0);
                self.define(op.result(0), inner.ty, inner.constant);
            }
            "py.cast" => {
                let ty = self.engine.types.get(op.result(0).ty());
                self.set(op.result(0), ty);
            }
            "py.if" => return self.if_op(op),
            "py.for" => return self.for_op(op),
            "py.while" => return self.while_op(op),
            "py.yield" => return Ok(Some(Flow::Yields(op.operands()))),
            "py.condition" => return Ok(Some(Flow::Yields(op.operands()[1..].to_vec()))),
            "py.return" => {
                self.return_op(op)?;
                return Ok(Some(Flow::Exits));
            }
            "py.break" | "py.continue" => {
                let passed = self.passed(&op.operands());
                let exits = self.loops.last_mut().expect("the verifier has seen a loop");
                if op.is("py.break") { &mut exits.breaks } else { &mut exits.continues }.push(passed);
                return Ok(Some(Flow::Exits));
            }
            "py.raise" => return Ok(Some(Flow::Exits)),
            name => return Err(Diagnostic::at(ErrorClass::Internal, "unknown-op", format!("inference has no rule for `{name}`"), op.loc())),
        }
        Ok(None)
    }

    /// Typed already: the type stands on the op.
    fn literal(&mut self, op: Op<'c>) {
        let ty = self.engine.types.get(op.result(0).ty());
        if let Some(constant) = op.attr("value").and_then(|a| super::constants::read(a, &ty)) {
            self.facts.constants.insert(op.result(0), constant);
        }
        self.set(op.result(0), ty);
    }

    /// Sets the type and, when known, the constant value.
    pub fn define(&mut self, value: Value<'c>, ty: Ty, constant: Option<Const>) {
        self.set(value, ty);
        match constant {
            Some(constant) => self.facts.constants.insert(value, constant),
            None => self.facts.constants.remove(&value),
        };
    }

    /// A name that is unbound on every path so far raises; in a loop it may be bound by the time of the next run.
    fn check_bound(&mut self, op: Op<'c>) -> Option<Flow<'c>> {
        let ty = match self.ty(op.operand(0)) {
            Ty::Maybe(inner) => *inner,
            Ty::Unbound => {
                self.define(op.result(0), Ty::None, None);
                return Some(Flow::Exits);
            }
            ty => ty,
        };
        let constant = self.constant(op.operand(0));
        self.define(op.result(0), ty, constant);
        None
    }

    fn return_op(&mut self, op: Op<'c>) -> Result<(), Diagnostic> {
        let value = op.operand(0);
        let ty = self.ty(value);
        if ty.has_unknown() {
            self.facts.returns_unknown = true;
            return Ok(());
        }
        let library = crate::library::is_symbol(&self.engine.instances[self.index].source);
        let entry = self.engine.instances[self.index].entry;
        if let Some(problem) = unreturnable(&ty, entry).filter(|_| !library) {
            return Err(self.error("unsupported-result", format!("a compiled function cannot return {problem}"), op.loc()).help("return numbers, arrays, tuples of these, or None"));
        }
        self.check_returned_lists(op, value)?;
        let constant = self.constant(value);
        let ty = self.as_declared(ty, op)?;
        let instance = &mut self.engine.instances[self.index];
        instance.returned.join(constant);
        match zouk_dialects::ty::join(&instance.result, &ty) {
            Some(joined) => {
                if instance.result == Ty::Unknown {
                    instance.result_at = Some(op.loc());
                }
                instance.result = joined;
                Ok(())
            }
            None => {
                let message = format!("Can't unify return type from the following types: {}, {}", instance.result.user_name(), ty.user_name());
                let first = instance.result_at.and_then(Span::of);
                let note = format!("{} is returned here", instance.result.user_name());
                Err(Diagnostic::at(ErrorClass::Typing, "cannot-unify", message, op.loc())
                    .note(first, note)
                    .help("return one type on every path"))
            }
        }
    }

    /// The type of what is returned, which must be one that becomes the declared result.
    fn as_declared(&mut self, ty: Ty, op: Op<'c>) -> Result<Ty, Diagnostic> {
        let Some(forced) = self.engine.instances[self.index].forced.clone() else { return Ok(ty) };
        // Python calls what it gets as it likes.
        let to_python = self.engine.instances[self.index].entry && super::declared_functions::declares(&forced);
        let adapted = if to_python { super::declared_functions::plainly(&ty, &forced) } else { self.engine.adapted(&ty, &forced) };
        if !castable(&ty, &adapted) {
            let message = format!("the signature declares the result {}, but this returns {}", forced.user_name(), ty.user_name());
            return Err(Diagnostic::at(ErrorClass::Typing, "result-type", message, op.loc()));
        }
        Ok(if adapted == forced { ty } else { adapted })
    }

    pub fn error(&self, code: &str, message: impl Into<String>, at: Location<'c>) -> Diagnostic {
        Diagnostic::at(ErrorClass::Typing, code, message, at)
    }

    /// A note for each operand: its type and where it came from.
    pub fn note_operands(&self, mut diagnostic: Diagnostic, op: Op<'c>) -> Diagnostic {
        for value in op.operands() {
            let ty = self.ty(value);
            if !matches!(ty, Ty::Ref(_) | Ty::Str) && Span::of(value.loc()) != diagnostic.span {
                diagnostic = diagnostic.note(Span::of(value.loc()), format!("this has the type {}", ty.user_name()));
            }
        }
        diagnostic
    }
}

/// What may not leave a compiled function, in words: inner functions and iterators may not leave compiled code, which the result of an entry point does.
fn unreturnable(ty: &Ty, entry: bool) -> Option<&'static str> {
    match ty {
        ty if !entry && super::iteration::is_iterator(ty) => None,
        Ty::Enumerate(_) | Ty::Reversed(_) | Ty::Iterator(_) | Ty::Zip(_) | Ty::Map(_) | Ty::Filter(_) | Ty::Walk(..) => Some("an iterator"),
        Ty::Flags(_) => Some("the flags of an array"),
        Ty::Ctypes(_) => Some("the `ctypes` of an array"),
        Ty::Str => Some("a string"),
        Ty::Ellipsis => Some("Ellipsis"),
        Ty::Ref(_) if !entry && !ty.functions().is_empty() => None,
        Ty::Ref(name) if name.starts_with('@') || name.starts_with(crate::foreign::C) => None,
        Ty::Ref(_) => Some("a function, class or module"),
        Ty::Function(_) => None,
        Ty::OneOf(functions) if entry => functions.iter().find_map(|function| unreturnable(function, entry)),
        Ty::Closure(..) if entry => Some("an inner function to Python"),
        Ty::Tuple(parts) | Ty::List(parts) | Ty::Named(_, parts) => parts.iter().find_map(|part| unreturnable(part, entry)),
        Ty::Optional(inner) | Ty::Maybe(inner) => unreturnable(inner, entry),
        _ => None,
    }
}

/// Whether a value may be converted to a declared type: numbers to numbers (not complex to real), arrays to a laxer layout.
pub(super) fn castable(from: &Ty, to: &Ty) -> bool {
    match (from, to) {
        _ if from == to => true,
        (Ty::None, Ty::Optional(_)) => true,
        (from, Ty::Optional(to)) => castable(from, to),
        (Ty::Optional(from), to) => castable(from, to),
        (Ty::Array(a), Ty::Array(b)) => {
            a.element == b.element && a.rank == b.rank && a.unaligned == b.unaligned && (a.layout == b.layout || b.layout == zouk_dialects::ty::Layout::A) && (!a.readonly || b.readonly)
        }
        (Ty::Tuple(a), Ty::Tuple(b)) | (Ty::List(a), Ty::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| castable(a, b)),
        (Ty::Named(m, a), Ty::Named(n, b)) => m == n && a.iter().zip(b).all(|(a, b)| castable(a, b)),
        (Ty::Named(..), Ty::Tuple(_)) => castable(&from.unnamed(), to),
        // What an adapter captures.
        (from, Ty::Closure(_, parts)) if !from.functions().is_empty() => parts.iter().eq([from]),
        (_, Ty::Pointer(_)) => zouk_dialects::ty::fit(from, to).is_some(),
        (Ty::Pointer(of), Ty::Int { bits: 64, .. }) => **of == Ty::None,
        (Ty::Record(a), Ty::Record(b)) => a.of == b.of && !a.readonly,
        (Ty::Time(a), Ty::Time(b)) => a.span == b.span && a.common_unit(*b) == Some(b.unit) && crate::functions::times::convertible(*a, b.unit).is_ok(),
        _ => from.is_number() && to.is_number() && !(from.is_complex() && !to.is_complex()),
    }
}
