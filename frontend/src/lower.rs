//! AST to `py`: one op per construct.
//!
//! Lowering never stops at an error: it records a diagnostic, stands an unbound value in, and goes on, so that one run reports all.

mod assignments;
mod branches;
mod chunk_block;
mod calls;
mod closures;
mod comprehensions;
mod constants;
mod expressions;
mod function;
mod globals;
mod loops;
mod named;
mod names;
mod object_block;
mod statements;

use crate::{
    Binding, Environment, Function,
    liveness::Carried,
    nest::{Def, Nest},
    scope::{Local, Scope},
};
pub use constants::Attributes;
use chunk_block::ChunkBlock;
use globals::Globals;
use loops::Loop;
use names::Slots;
use rustpython_parser::text_size::TextRange;
use std::{collections::HashMap, rc::Rc};
use zouk_dialects::{
    diagnostic::{Diagnostic, ErrorClass},
    ir::{Attribute, Block, Builder, Context, Location, Op, Region, Type, Value},
    ty::{Ty, Types},
};

/// How a function is called in the module, and what it sees.
#[derive(Clone, Copy)]
pub struct Definition<'a> {
    /// Unique in the module.
    pub symbol: &'a str,
    /// The qualified name, for messages and tracebacks.
    pub display: &'a str,
    pub environment: &'a dyn Environment,
    /// The values of the last parameters; without them the default expressions of the text must be constant.
    pub defaults: Option<&'a [Binding]>,
    /// Number types that names have wherever they are assigned.
    pub locals: &'a [(String, Ty)],
    /// A function of the compiler's own library: parameters may be `name: literal`, whose values are constants of each instance, and `*name`.
    pub library: bool,
}

/// Appends the function, and those inside of it, to the module as `func.func`s at stage `py`. On errors the module is left as it was.
pub fn lower_function<'c>(context: &'c Context, module: Block<'c>, function: &Function, definition: &Definition) -> Result<Op<'c>, Vec<Diagnostic>> {
    let nest = Nest::of(function);
    let (mut ops, mut diagnostics) = (vec![], vec![]);
    for member in 0..nest.members.len() {
        match Lowering::new(context, module, &nest, member, definition).function(definition) {
            Ok(op) => ops.push(op),
            Err(found) => diagnostics.extend(found),
        }
    }
    if diagnostics.is_empty() {
        return Ok(ops[0]);
    }
    ops.into_iter().for_each(Op::erase);
    Err(diagnostics)
}

/// How deeply branches and loops may nest: later passes recurse over regions.
const MAX_NESTING: usize = 300;

/// Whether control reaches what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    Falls,
    Exits,
}

struct Lowering<'c, 'a> {
    b: Builder<'c>,
    context: &'c Context,
    types: Types<'c>,
    object: Type<'c>,
    nest: &'a Nest<'a>,
    /// The function being lowered, by its number in the nest.
    member: usize,
    def: Def<'a>,
    scope: &'a Scope<'a>,
    /// The symbol of the outermost function.
    symbol: &'a str,
    /// Its qualified name.
    display: &'a str,
    carried: Carried,
    slots: Slots<'c>,
    loops: Vec<Loop>,
    chunk_blocks: Vec<ChunkBlock<'c>>,
    /// The conversions of names that have a declared type.
    declared: HashMap<Local, String>,
    globals: Globals<'a>,
    /// Values that stand for modules and names in them, so that a local name can be one: `m = math`.
    modules: Vec<(Value<'c>, Rc<Binding>)>,
    nesting: usize,
    diagnostics: Vec<Diagnostic>,
}

impl<'c, 'a> Lowering<'c, 'a> {
    fn new(context: &'c Context, module: Block<'c>, nest: &'a Nest<'a>, member: usize, definition: &Definition<'a>) -> Self {
        let types = Types::new(context);
        let (def, scope) = (nest.members[member].def, &nest.members[member].scope);
        Lowering {
            b: Builder::at_end(context, module, def.lines.location(context, def.header)),
            context,
            object: types.to_mlir(&Ty::Unknown),
            types,
            nest,
            member,
            def,
            carried: Carried::of(scope, def.body),
            slots: Slots::new(scope.len()),
            // Of the function itself, not of those inside it.
            declared: definition.locals.iter().filter(|_| member == 0).filter_map(|(name, ty)| Some((scope.outer(name)?, format!("numpy.{}", ty.numpy_name()?)))).collect(),
            scope,
            symbol: definition.symbol,
            display: definition.display,
            loops: vec![],
            chunk_blocks: vec![],
            globals: Globals::new(definition.environment),
            modules: vec![],
            nesting: 0,
            diagnostics: vec![],
        }
    }

    /// Whether the function is one of the compiler's own.
    fn is_library(&self) -> bool {
        self.symbol.starts_with("library/")
    }

    fn location(&self, range: TextRange) -> Location<'c> {
        self.def.lines.location(self.context, range)
    }

    /// An op without results at a place in the source.
    fn op(&self, range: TextRange, name: &str, operands: &[Value<'c>], attrs: &[(&str, Attribute<'c>)]) -> Op<'c> {
        self.b.set_loc(self.location(range));
        self.b.op(name, operands, &[], attrs)
    }

    /// An op with one result of a type that is known.
    fn typed(&self, range: TextRange, name: &str, operands: &[Value<'c>], ty: Type<'c>, attrs: &[(&str, Attribute<'c>)]) -> Value<'c> {
        self.b.set_loc(self.location(range));
        self.b.val(name, operands, ty, attrs)
    }

    /// An op with one `!py.object` result.
    fn value(&self, range: TextRange, name: &str, operands: &[Value<'c>], attrs: &[(&str, Attribute<'c>)]) -> Value<'c> {
        self.typed(range, name, operands, self.object, attrs)
    }

    fn unbound(&self, range: TextRange) -> Value<'c> {
        self.typed(range, "py.unbound", &[], self.types.to_mlir(&Ty::Unbound), &[])
    }

    fn truth(&self, range: TextRange, value: Value<'c>) -> Value<'c> {
        self.typed(range, "py.truth", &[value], self.b.i1(), &[])
    }

    /// Ends a block that control does not reach the end of. A `raise` says nothing about the types of results or returned values.
    fn unreachable(&self, range: TextRange) {
        self.op(range, "py.raise", &[], &[("exception", self.b.str("SystemError"))]);
    }

    /// A region of one block.
    fn region(&self, arguments: &[(Type<'c>, Location<'c>)]) -> (Region<'c>, Block<'c>) {
        let region = Region::new();
        (region, region.add_block(arguments))
    }

    /// Lowers at the end of another block, one level deeper. What `body` learns of names holds only there.
    fn within<R>(&mut self, block: Block<'c>, body: impl FnOnce(&mut Self) -> R) -> R {
        let (outer, mark) = (self.b.block(), self.slots.mark());
        self.b.set_end(block);
        self.nesting += 1;
        let result = body(self);
        self.nesting -= 1;
        self.slots.rollback(mark);
        self.b.set_end(outer);
        result
    }

    /// False, with a diagnostic, where branches and loops nest too deeply to go on.
    fn may_nest(&mut self, range: TextRange) -> bool {
        if self.nesting < MAX_NESTING {
            return true;
        }
        self.error(range, ErrorClass::Unsupported, "too-deep", format!("branches and loops nest more than {MAX_NESTING} deep"), "split the function into several");
        false
    }

    /// Each place is reported once.
    fn error(&mut self, range: TextRange, class: ErrorClass, code: &str, message: impl Into<String>, help: &str) {
        let diagnostic = Diagnostic::new(class, code, message, Some(self.def.lines.span(range)));
        let diagnostic = if help.is_empty() { diagnostic } else { diagnostic.help(help) };
        if self.diagnostics.last() != Some(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }

    fn unsupported(&mut self, range: TextRange, (what, help): crate::unsupported::Refusal) {
        self.error(range, ErrorClass::Unsupported, "unsupported-syntax", format!("{what} is not supported"), help);
    }
}
