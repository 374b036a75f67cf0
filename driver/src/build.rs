//! From a request to a module at stage `py`: the entry function and all that it reaches.

use crate::classes::{self, Classes};
use crate::error::{CompileError, Sources};
use crate::request::{External, Options, Request, Stencil, Ufunc, Value};
use crate::simt::Simt;
use crate::target;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashSet;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Attribute, Block, BoolAttribute, Builder, Context, IntegerAttribute, Location, Module, Op, module_op};
use zouk_dialects::ty::{CLASS_REFERENCE, Ty, Types};
use zouk_frontend::{Binding, Definition, Environment, ObjectBlock, lower_function};
use zouk_passes::foreign::EXTERNALS;
use zouk_passes::form_kernel::STATUS;
use zouk_passes::narrow_indices::NARROW;

/// Passes questions on, and notes which functions the answers name.
struct Recording<'a> {
    inner: Box<dyn Environment + 'a>,
    reached: &'a RefCell<Reached>,
}

/// What answers have named.
#[derive(Default)]
struct Reached {
    functions: Vec<String>,
    classes: Vec<String>,
}

impl Recording<'_> {
    fn note(&self, binding: Option<Binding>) -> Option<Binding> {
        if let Some(binding) = &binding {
            visit(binding, &mut self.reached.borrow_mut());
        }
        binding
    }
}

/// The functions and classes that a binding refers to.
fn visit(binding: &Binding, reached: &mut Reached) {
    match binding {
        Binding::Function(symbol) => reached.functions.push(symbol.clone()),
        Binding::Ref(name) => reached.classes.extend(name.strip_prefix(CLASS_REFERENCE).map(String::from)),
        Binding::Tuple(parts) | Binding::Named(_, parts) => parts.iter().for_each(|p| visit(p, reached)),
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
    fn member(&self, of: &Binding, name: &str) -> Result<Option<Binding>, String> {
        self.inner.member(of, name)
    }
    fn object_block(&self, block: &ObjectBlock) -> Result<Binding, String> {
        self.inner.object_block(block)
    }

    fn inherited(&self, name: &str) -> Result<Option<Binding>, String> {
        self.inner.inherited(name).map(|b| self.note(b))
    }
    fn attribute_name<'n>(&self, name: &'n str) -> Cow<'n, str> {
        self.inner.attribute_name(name)
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
    let mut work = Work { context, block: module_op(&module).body(0), request, sources: Sources::new(), seen: HashSet::new(), queue: vec![], names: HashSet::new(), classes: Classes::default() };
    let mut functions = vec![request.entry.to_string()];
    for ty in &request.arguments {
        ty.any_function(&mut |function| {
            functions.extend(function.as_ref_name().and_then(|name| name.strip_prefix('@')).map(str::to_string));
            false
        });
    }
    work.reach(Reached { functions, ..Reached::default() });
    request.arguments.iter().chain(&request.result).for_each(|ty| work.classes.reach_type(ty));
    work.functions(false)?;
    work.classes()?;
    declare_externals(module_op(&module), &request.provider.externals());
    work.classes.write(module_op(&module), &work.seen);
    settings(module_op(&module), request);
    Ok((module, work.sources))
}

/// What is still to be brought into the module.
struct Work<'c, 'a> {
    context: &'c Context,
    block: Block<'c>,
    request: &'a Request<'a>,
    sources: Sources,
    seen: HashSet<String>,
    queue: Vec<String>,
    /// The attributes that functions name: methods by other names are not called.
    names: HashSet<String>,
    classes: Classes,
}

impl<'c> Work<'c, '_> {
    fn reach(&mut self, reached: Reached) {
        reached.functions.into_iter().for_each(|symbol| {
            if self.seen.insert(symbol.clone()) {
                self.queue.push(symbol);
            }
        });
        reached.classes.into_iter().for_each(|name| self.classes.reach(name));
    }

    /// Brings in the classes reached and what functions may call of them, until nothing is new. What is wrong with a function that only methods reach is said when inference
    /// finds a call of it.
    fn classes(&mut self) -> Result<(), CompileError> {
        loop {
            while let Some(name) = self.classes.next() {
                let class = self.request.provider.class(&name).map_err(|why| CompileError::new(vec![Diagnostic::new(ErrorClass::Typing, "bad-class", why, None)], &self.sources))?;
                let mut reached = Reached::default();
                class.constants.iter().for_each(|(_, value)| visit(value, &mut reached));
                self.classes.add(name, class);
                self.reach(reached);
            }
            let functions = self.classes.functions_named(&self.names);
            self.reach(Reached { functions, ..Reached::default() });
            if self.queue.is_empty() {
                return Ok(());
            }
            self.functions(true)?;
        }
    }

    /// Brings in all functions that are known to be reached. With `refusable`, one that cannot be stands there with the reason.
    fn functions(&mut self, refusable: bool) -> Result<(), CompileError> {
        let request = self.request;
        while let Some(symbol) = self.queue.pop() {
            let reached = RefCell::default();
            let op = match one(self.context, self.block, request, &symbol, &reached, &mut self.sources) {
                Ok(op) => op,
                Err(diagnostics) if refusable => {
                    classes::refuse(self.context, self.block, &symbol, &diagnostics);
                    continue;
                }
                Err(diagnostics) => return Err(CompileError::new(diagnostics, &self.sources)),
            };
            with_inner(op).for_each(|op| classes::attributes_named(op, &mut self.names));
            finish(op, &symbol, request).map_err(|d| CompileError::new(d, &self.sources))?;
            if let Some(signatures) = request.provider.signatures(&symbol) {
                signatures.iter().flat_map(|(arguments, result)| arguments.iter().chain(result)).for_each(|ty| self.classes.reach_type(ty));
                declare(op, &signatures);
            }
            self.reach(reached.into_inner());
        }
        Ok(())
    }
}

/// Appends a function, and all that it reaches, but for those seen before. Classes are those that the module has.
pub fn bring_in<'c>(
    context: &'c Context,
    block: Block<'c>,
    request: &Request,
    symbol: &str,
    seen: &mut HashSet<String>,
    sources: &mut Sources,
) -> Result<Vec<Op<'c>>, Vec<Diagnostic>> {
    let mut added = vec![];
    let mut queue: Vec<String> = seen.insert(symbol.to_string()).then(|| symbol.to_string()).into_iter().collect();
    while let Some(symbol) = queue.pop() {
        let reached = RefCell::default();
        let op = one(context, block, request, &symbol, &reached, sources)?;
        finish(op, &symbol, request)?;
        // Inner functions come after the one that they are in.
        added.extend(with_inner(op));
        if let Some(signatures) = request.provider.signatures(&symbol) {
            declare(op, &signatures);
        }
        queue.extend(reached.into_inner().functions.into_iter().filter(|symbol| seen.insert(symbol.clone())));
    }
    if let Some(module) = block.parent() {
        declare_externals(module, &request.provider.externals());
    }
    Ok(added)
}

/// A function that has just been appended, and those inside it, which come after it.
fn with_inner(op: Op) -> impl Iterator<Item = Op> {
    std::iter::successors(Some(op), |op| op.next())
}

/// What a function is compiled for, or how it is called. Functions inside it have its settings.
fn finish(op: Op, symbol: &str, request: &Request) -> Result<(), Vec<Diagnostic>> {
    if let Some(stencil) = request.provider.stencil(symbol).map_err(|d| vec![d])? {
        behind_stencil(op, &stencil);
    }
    if symbol == request.entry {
        instantiate(op, request);
    } else {
        let own = request.provider.options(symbol, &request.options);
        with_inner(op).for_each(|op| own_settings(op, &own, &request.options));
        // The entry's own code is that of one call.
        behind_ufunc(op, request.provider.ufunc(symbol));
    }
    Ok(())
}

fn one<'c>(
    context: &'c Context,
    block: Block<'c>,
    request: &Request,
    symbol: &str,
    reached: &RefCell<Reached>,
    sources: &mut Sources,
) -> Result<Op<'c>, Vec<Diagnostic>> {
    let provider = request.provider;
    let function = provider.function(symbol).map_err(|d| vec![d])?;
    let source = function.context();
    sources.entry(source.file.clone()).or_default().push(source);
    let environment = Recording { inner: provider.environment(symbol), reached };
    let (display, defaults) = (provider.display_name(symbol), provider.defaults(symbol));
    defaults.iter().flatten().for_each(|binding| visit(binding, &mut reached.borrow_mut()));
    let own = if symbol == request.entry { request.options.clone() } else { provider.options(symbol, &request.options) };
    let locals: Vec<(String, Ty)> = own.locals;
    let definition = Definition { symbol, display: &display, environment: &environment, defaults: defaults.as_deref(), locals: &locals, library: false };
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
        Some(Ufunc::Elementwise { identity, reorderable }) => {
            op.set_attr("py.ufunc", b.unit());
            if let Some(identity) = identity {
                op.set_attr("py.ufunc_identity", b.int_attr(b.i64(), identity));
            }
            if reorderable {
                op.set_attr("py.ufunc_reorderable", b.unit());
            }
        }
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
    let values = request.provider.values();
    if values.iter().any(Option::is_some) {
        let types = Types::new(op.context());
        let value = |(ty, value): (&Ty, &Option<Value>)| match value {
            None => b.unit(),
            Some(Value::Bool(value)) => BoolAttribute::new(op.context(), *value).into(),
            Some(Value::Int(value)) => IntegerAttribute::new(types.to_mlir(ty), *value).into(),
        };
        op.set_attr("py.instantiate_values", b.array(&[b.array(&request.arguments.iter().zip(values).map(value).collect::<Vec<_>>())]));
    }
}

/// The options as attributes of the module, where passes read them.
fn settings(module: Op, request: &Request) {
    let b = Builder::at_end(module.context(), module.body(0), module.loc());
    let said = |name: &str| name != "zouk.parallel" || !request.options.parallel.is_empty();
    attributes(&b, &request.options).into_iter().filter(|(name, _)| said(name)).for_each(|(name, value)| module.set_attr(name, value));
    module.set_attr("zouk.sleef", b.str(target::sleef_variant()));
    simt(&b, module, &request.options);
    if let Some(chip) = &request.options.offload {
        module.set_attr("zouk.offload", b.str(chip));
    }
    if let Some(core) = &request.ufunc {
        let list = |dimensions: &Vec<usize>| b.array(&dimensions.iter().map(|d| b.int_attr(b.i64(), *d as i64)).collect::<Vec<_>>());
        module.set_attr("zouk.loop", b.array(&core.iter().map(list).collect::<Vec<_>>()));
    }
    if request.c_entry {
        module.set_attr("zouk.c_entry", b.unit());
    }
    machine(module);
}

/// What a kernel is compiled for.
fn simt(b: &Builder, module: Op, options: &Options) {
    let Some(name) = options.simt.name() else { return };
    module.set_attr("zouk.simt", b.str(name));
    if options.debug {
        module.set_attr("zouk.kernel_debug", b.unit());
    }
    let debug = options.debug;
    let Simt::Cuda(options) = &options.simt else { return };
    module.set_attr("zouk.chip", b.str(&options.chip));
    if options.is_narrow(debug) {
        module.set_attr(NARROW, b.unit());
    }
    if !options.opt {
        module.set_attr("zouk.opt_level", b.int_attr(b.i64(), 0));
    }
    if options.lineinfo {
        module.set_attr("zouk.lineinfo", b.unit());
    }
    if let Some(registers) = options.max_registers {
        module.set_attr("zouk.max_registers", b.int_attr(b.i64(), registers.into()));
    }
    if !options.launch_bounds.is_empty() {
        module.set_attr("zouk.launch_bounds", b.i64_array(&options.launch_bounds.iter().map(|n| i64::from(*n)).collect::<Vec<_>>()));
    }
    if let Some(name) = &options.device {
        module.set_attr("zouk.device", b.str(name));
        if options.status {
            module.set_attr(STATUS, b.unit());
        }
    }
}

/// The types of what lies outside. Its addresses are for the loader: the machine code does not depend on them.
fn declare_externals(module: Op, externals: &[External]) {
    if externals.is_empty() {
        return;
    }
    let b = Builder::at_end(module.context(), module.body(0), module.loc());
    let entry = |external: &External| {
        let types = std::iter::once(&external.result).chain(&external.arguments).map(Ty::to_string);
        let texts: Vec<String> = std::iter::once(external.name.clone()).chain(types).collect();
        b.str_array(&texts.iter().map(String::as_str).collect::<Vec<_>>())
    };
    module.set_attr(EXTERNALS, b.array(&externals.iter().map(entry).collect::<Vec<_>>()));
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
    let contracts = matches!(&options.simt, Simt::Cuda(cuda) if cuda.fma);
    let on_gpu = matches!(options.simt, Simt::Cuda(_));
    let options = &Options {
        fastmath: options.fastmath | if contracts { Options::CONTRACT } else { 0 },
        // A kernel has nobody to raise to, but a debugger.
        boundscheck: if on_gpu { options.debug } else { options.boundscheck },
        ..options.clone()
    };
    [
        ("zouk.boundscheck", b.int_attr(b.i1(), options.boundscheck as i64)),
        ("zouk.error_model", b.str(if options.numpy_errors { "numpy" } else { "python" })),
        ("zouk.fastmath", b.str(&options.fastmath_text())),
        ("zouk.parallel", b.str(&options.parallel.join(","))),
    ]
}
