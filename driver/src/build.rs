//! From a request to a module at stage `py`: the entry function and all that it reaches.

use crate::error::{CompileError, Sources};
use crate::request::{Options, Request, Stencil, Ufunc};
use crate::target;
use std::cell::RefCell;
use std::collections::HashSet;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Attribute, Block, Builder, Context, Location, Module, Op, module_op};
use zouk_dialects::ty::Ty;
use zouk_frontend::{Binding, Definition, Environment, lower_function};

/// Passes questions on, and notes which functions the answers name.
struct Recording<'a> {
    inner: Box<dyn Environment + 'a>,
    reached: &'a RefCell<Vec<String>>,
}

impl Recording<'_> {
    fn note(&self, binding: Option<Binding>) -> Option<Binding> {
        if let Some(binding) = &binding {
            visit(binding, &mut self.reached.borrow_mut());
        }
        binding
    }
}

/// The functions that a binding refers to.
fn visit(binding: &Binding, reached: &mut Vec<String>) {
    match binding {
        Binding::Function(symbol) => reached.push(symbol.clone()),
        Binding::Tuple(parts) => parts.iter().for_each(|p| visit(p, reached)),
        _ => {}
    }
}

impl Environment for Recording<'_> {
    fn lookup(&self, name: &str) -> Result<Option<Binding>, String> {
        self.inner.lookup(name).map(|b| self.note(b))
    }
    fn attribute(&self, of: &Binding, name: &str) -> Result<Option<Binding>, String> {
        self.inner.attribute(of, name).map(|b| self.note(b))
    }
    fn names(&self) -> Vec<String> {
        self.inner.names()
    }
    fn attributes(&self, of: &Binding) -> Vec<String> {
        self.inner.attributes(of)
    }
}

/// The module with every function reached; the sources are for messages.
pub fn build<'c>(context: &'c Context, request: &Request) -> Result<(Module<'c>, Sources), CompileError> {
    let module = Module::new(Location::unknown(context));
    let mut sources = Sources::new();
    let mut seen = HashSet::from([request.entry.to_string()]);
    let mut queue = vec![request.entry.to_string()];
    for ty in &request.arguments {
        ty.any_function(&mut |function| {
            let symbol = function.as_ref_name().and_then(|name| name.strip_prefix('@'));
            queue.extend(symbol.filter(|symbol| seen.insert(symbol.to_string())).map(str::to_string));
            false
        });
    }
    let block = module_op(&module).body(0);
    while let Some(symbol) = queue.pop() {
        let reached = RefCell::new(vec![]);
        let op = one(context, block, request, &symbol, &reached, &mut sources).map_err(|d| CompileError::new(d, &sources))?;
        let stencil = request.provider.stencil(&symbol).map_err(|d| CompileError::new(vec![d], &sources))?;
        if let Some(stencil) = stencil {
            behind_stencil(op, &stencil);
        }
        if symbol == request.entry {
            instantiate(op, request);
        } else {
            // Inner functions come after the one that they are in, and have its settings.
            let own = request.provider.options(&symbol, &request.options);
            std::iter::successors(Some(op), |op| op.next()).for_each(|op| own_settings(op, &own, &request.options));
        }
        // The entry's own code is that of one call.
        if symbol != request.entry {
            behind_ufunc(op, request.provider.ufunc(&symbol));
        }
        if let Some(signatures) = request.provider.signatures(&symbol) {
            declare(op, &signatures);
        }
        for symbol in reached.into_inner() {
            if seen.insert(symbol.clone()) {
                queue.push(symbol);
            }
        }
    }
    settings(module_op(&module), request);
    Ok((module, sources))
}

fn one<'c>(
    context: &'c Context,
    block: Block<'c>,
    request: &Request,
    symbol: &str,
    reached: &RefCell<Vec<String>>,
    sources: &mut Sources,
) -> Result<Op<'c>, Vec<Diagnostic>> {
    let provider = request.provider;
    let function = provider.function(symbol).map_err(|d| vec![d])?;
    let source = function.context();
    sources.entry(source.file.clone()).or_default().push(source);
    let environment = Recording { inner: provider.environment(symbol), reached };
    let (display, defaults) = (provider.display_name(symbol), provider.defaults(symbol));
    defaults.iter().flatten().for_each(|binding| visit(binding, &mut reached.borrow_mut()));
    let definition = Definition { symbol, display: &display, environment: &environment, defaults: defaults.as_deref(), library: false };
    lower_function(context, block, &function, &definition)
}

/// Types as text.
fn spelled<'c>(b: &Builder<'c>, types: &[Ty]) -> Attribute<'c> {
    b.array(&types.iter().map(|t| b.str(&t.to_string())).collect::<Vec<_>>())
}

/// The signatures that calls of the function choose from.
fn declare(op: Op, signatures: &[(Vec<Ty>, Option<Ty>)]) {
    let b = Builder::before(op);
    let results = signatures.iter().map(|(_, result)| b.str(&result.as_ref().map(Ty::to_string).unwrap_or_default()));
    op.set_attr("py.signature_results", b.array(&results.collect::<Vec<_>>()));
    op.set_attr("py.signatures", b.array(&signatures.iter().map(|(arguments, _)| spelled(&b, arguments)).collect::<Vec<_>>()));
}

/// Tells inference that calls of the function are those of a ufunc.
fn behind_ufunc(op: Op, ufunc: Option<Ufunc>) {
    let b = Builder::before(op);
    match ufunc {
        None => {}
        Some(Ufunc::Elementwise) => op.set_attr("py.ufunc", b.unit()),
        Some(Ufunc::Generalized(layout, writable)) => {
            op.set_attr("py.gufunc", b.str(&layout));
            op.set_attr("py.gufunc_writable", b.i64_array(&writable.into_iter().map(|i| i as i64).collect::<Vec<_>>()));
        }
    }
}

/// Says that the function is the kernel of a stencil.
fn behind_stencil(op: Op, stencil: &Stencil) {
    let b = Builder::before(op);
    op.set_attr("py.stencil", b.str(&stencil.mode));
    if let Some(cval) = &stencil.cval {
        op.set_attr("py.stencil_cval", b.parse_attr(cval));
    }
    if let Some(neighborhood) = &stencil.neighborhood {
        op.set_attr("py.stencil_neighborhood", b.i64_array(&neighborhood.iter().flat_map(|(least, greatest)| [*least, *greatest]).collect::<Vec<_>>()));
    }
    let standard: Vec<&str> = stencil.standard.iter().map(String::as_str).collect();
    op.set_attr("py.stencil_standard", b.str_array(&standard));
}

fn instantiate(op: Op, request: &Request) {
    let b = Builder::before(op);
    let mut arguments = request.arguments.clone();
    // A stencil that is given no `out`.
    arguments.extend((op.has_attr("py.stencil") && arguments.len() == op.str_array_attr("py.params").len()).then_some(Ty::None));
    op.set_attr("py.instantiate", b.array(&[spelled(&b, &arguments)]));
    if let Some(result) = &request.result {
        op.set_attr("py.instantiate_results", b.str_array(&[&result.to_string()]));
    }
}

/// The options as attributes of the module, where passes read them.
fn settings(module: Op, request: &Request) {
    let b = Builder::at_end(module.context(), module.body(0), module.loc());
    let said = |name: &str| name != "zouk.parallel" || !request.options.parallel.is_empty();
    attributes(&b, &request.options).into_iter().filter(|(name, _)| said(name)).for_each(|(name, value)| module.set_attr(name, value));
    module.set_attr("zouk.sleef", b.str(target::sleef_variant()));
    if let Some(core) = &request.ufunc {
        let list = |dimensions: &Vec<usize>| b.array(&dimensions.iter().map(|d| b.int_attr(b.i64(), *d as i64)).collect::<Vec<_>>());
        module.set_attr("zouk.loop", b.array(&core.iter().map(list).collect::<Vec<_>>()));
    }
    machine(module);
}

/// The sizes of this machine that kernels are made for.
pub fn machine(module: Op) {
    let b = Builder::at_end(module.context(), module.body(0), module.loc());
    module.set_attr("zouk.machine", b.array(&target::machine().map(|n| b.int_attr(b.i64(), n))));
}

/// Where a function's options are not those of the module, its own attributes say so.
fn own_settings(op: Op, own: &Options, entry: &Options) {
    let b = Builder::before(op);
    if own.inline {
        op.set_attr("zouk.inline", b.unit());
    }
    for ((name, value), (_, general)) in attributes(&b, own).into_iter().zip(attributes(&b, entry)) {
        if value != general {
            op.set_attr(name, value);
        }
    }
}

fn attributes<'c>(b: &Builder<'c>, options: &Options) -> [(&'static str, Attribute<'c>); 4] {
    [
        ("zouk.boundscheck", b.int_attr(b.i1(), options.boundscheck as i64)),
        ("zouk.error_model", b.str(if options.numpy_errors { "numpy" } else { "python" })),
        ("zouk.fastmath", b.str(&options.fastmath_text())),
        ("zouk.parallel", b.str(&options.parallel.join(","))),
    ]
}
