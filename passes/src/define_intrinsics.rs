//! Puts the bodies that the program wrote for its intrinsics in the place of their declarations.
//!
//! Such a body is MLIR text, an attribute until here: no pass that knows what our own code looks like has to look at it. `verify` is asked when
//! inference meets the intrinsic; it brings a copy all the way to the `llvm` dialect, so that what does not get there is an error of the program.
//!
//! ```mlir before
//! func.func private @"intrinsic twice"(f64) -> f64 attributes {zouk.intrinsic = "func.func @f(%x: f64) -> f64 { %y = arith.addf %x, %x : f64 return %y : f64 }"}
//! func.func @g(%x: f64) -> f64 {
//!   %y = call @"intrinsic twice"(%x) : (f64) -> f64
//!   return %y : f64
//! }
//! ```
//! ```mlir after
//! module {
//!   func.func private @"intrinsic twice"(%arg0: f64) -> f64 {
//!     %0 = arith.addf %arg0, %arg0 : f64
//!     return %0 : f64
//!   }
//!   func.func @g(%arg0: f64) -> f64 {
//!     %0 = call @"intrinsic twice"(%arg0) : (f64) -> f64
//!     return %0 : f64
//!   }
//! }
//! ```

use crate::lower_python::parts;
use crate::pass::{OptionInfo, Options};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Builder, Context, FunctionType, Module, Op, module_op, run_pipeline};
use zouk_dialects::ty::Ty;

pub const OPTIONS: &[OptionInfo] = &[];

/// The text of an intrinsic, on its declaration.
pub const TEXT: &str = "zouk.intrinsic";

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    for declared in module.body(0).ops().into_iter().filter(|op| op.is("func.func") && op.has_attr(TEXT)) {
        let text = declared.str_attr(TEXT).unwrap_or_default();
        let bad = |why: String| Diagnostic::at(ErrorClass::Syntax, "bad-ir", format!("the attribute `{TEXT}` holds no function: {why}"), declared.loc());
        let parsed = parse(module.context(), text).map_err(bad)?;
        let main = checked(&parsed).map_err(bad)?;
        if main.type_attr("function_type") != declared.type_attr("function_type") {
            return Err(bad("its type is another one".into()));
        }
        // The program's own loops are branches by now.
        run_pipeline(module_op(&parsed), "convert-scf-to-cf").map_err(bad)?;
        define(declared, module_op(&parsed), main);
    }
    Ok(())
}

/// Moves the functions before the declaration, under its name and names that begin with it.
fn define<'c>(declared: Op<'c>, parsed: Op<'c>, main: Op<'c>) {
    let own = declared.str_attr("sym_name").unwrap_or_default().to_string();
    let functions = parsed.body(0).ops();
    let name = |op: Op<'c>| op.str_attr("sym_name").unwrap_or_default().to_string();
    let names: HashMap<String, String> = functions.iter().map(|op| (name(*op), if *op == main { own.clone() } else { format!("{own} {}", name(*op)) })).collect();
    let b = Builder::before(declared);
    for function in functions {
        function.walk(&mut |op| {
            if let Some(callee) = op.str_attr("callee").filter(|_| op.is("func.call")).and_then(|callee| names.get(callee)) {
                op.set_attr("callee", b.symbol(callee));
            }
        });
        function.set_attr("sym_name", b.str(&names[&name(function)]));
        function.set_attr("sym_visibility", b.str("private"));
        function.detach();
        b.insert(function);
    }
    declared.erase();
}

/// What an intrinsic is found to be.
pub struct Verified<'c> {
    /// Its functions in the `llvm` dialect.
    pub module: Module<'c>,
    /// Whether it surely writes into no array.
    pub only_reads: bool,
}

/// Looks at the text of an intrinsic for these types; the error is what is wrong with it.
pub fn verify<'c>(context: &'c Context, text: &str, parameters: &[Ty], result: &Ty) -> Result<Verified<'c>, String> {
    let parsed = parse(context, text)?;
    let main = checked(&parsed)?;
    let module = module_op(&parsed);
    let wanted = FunctionType::new(context, &parts(module, parameters), &parts(module, std::slice::from_ref(result)));
    let given = main.type_attr("function_type").map(|ty| ty.to_string()).unwrap_or_default();
    let wanted = zouk_dialects::ir::Type::from(wanted).to_string();
    if given != wanted {
        return Err(format!("the function has the type {given}; the signature asks for {wanted}"));
    }
    let writes = |op: Op| matches!(op.name(), "memref.store" | "memref.atomic_rmw" | "memref.extract_aligned_pointer_as_index") || op.dialect() == "llvm";
    let only_reads = module.collect(writes).is_empty();
    let (converted, messages) = collecting(context, || run_pipeline(module, CONVERSION));
    if converted.is_err() {
        return Err(format!("it cannot be brought to machine code: {}", first(&messages, "a conversion failed")));
    }
    match module.collect(|op| op.dialect() != "llvm").into_iter().find(|op| !op.is("builtin.module")) {
        Some(op) => Err(format!("`{}` cannot be brought to machine code", op.name())),
        None => Ok(Verified { module: parsed, only_reads }),
    }
}

/// What the pipeline does to the bodies later.
const CONVERSION: &str = "convert-scf-to-cf,zouk-vector-math,convert-math-to-llvm,convert-complex-to-llvm,finalize-memref-to-llvm,\
convert-arith-to-llvm,convert-ub-to-llvm,convert-cf-to-llvm,convert-func-to-llvm,reconcile-unrealized-casts";

/// Parses the text, which MLIR verifies.
fn parse<'c>(context: &'c Context, text: &str) -> Result<Module<'c>, String> {
    if text.contains('\0') {
        return Err("the text has a null character".into());
    }
    let (parsed, messages) = collecting(context, || Module::parse(context, text));
    parsed.ok_or_else(|| first(&messages, "it does not parse"))
}

fn first(messages: &[String], otherwise: &str) -> String {
    messages.first().cloned().unwrap_or_else(|| otherwise.into())
}

/// Runs with MLIR's errors collected instead of shown.
fn collecting<R>(context: &Context, run: impl FnOnce() -> R) -> (R, Vec<String>) {
    let messages = Rc::new(RefCell::new(vec![]));
    let sink = messages.clone();
    let handler = context.attach_diagnostic_handler(move |diagnostic| {
        let location = diagnostic.location();
        let line = location.is_file_line_col_range().then(|| format!("line {}: ", location.file_line_col_range_start_line()));
        sink.borrow_mut().push(format!("{}{diagnostic}", line.unwrap_or_default()));
        true
    });
    let result = run();
    context.detach_diagnostic_handler(handler);
    (result, messages.take())
}

/// The function that is called: the first one. Only ops that keep to themselves may be in them.
fn checked<'c>(parsed: &Module<'c>) -> Result<Op<'c>, String> {
    let module = module_op(parsed);
    let functions = module.body(0).ops();
    for function in &functions {
        let name = function.str_attr("sym_name").unwrap_or_default();
        if !function.is("func.func") {
            return Err(format!("`{}` is no function: only `func.func` may stand at the top", function.name()));
        }
        if function.region(0).first_block().is_none() {
            return Err(format!("the function `{name}` has no body"));
        }
        let refused = |op: &Op<'c>| !is_allowed(op.name()) || op.name() == "llvm.call" && op.has_attr("callee") || *op != *function && op.is("func.func");
        if let Some(op) = function.collect(|op| refused(&op)).first() {
            return Err(format!("`{}` may not be in the body of an intrinsic", op.name()));
        }
        if let Some((attribute, _)) = function.attrs().into_iter().find(|(name, _)| !matches!(*name, "sym_name" | "sym_visibility" | "function_type")) {
            return Err(format!("the function `{name}` may not have the attribute `{attribute}`"));
        }
    }
    functions.first().copied().ok_or_else(|| "there is no `func.func`".into())
}

/// Ops that neither own memory nor name what is outside of the text.
fn is_allowed(name: &str) -> bool {
    let (dialect, op) = name.split_once('.').unwrap_or((name, ""));
    match dialect {
        "arith" | "math" | "complex" | "scf" | "cf" | "ub" => !matches!(op, "parallel" | "forall" | "reduce" | "in_parallel"),
        "func" => matches!(op, "func" | "return" | "call"),
        "memref" => matches!(op, "load" | "store" | "dim" | "rank" | "alloca" | "cast" | "extract_aligned_pointer_as_index" | "atomic_rmw"),
        "llvm" => !matches!(op, "func" | "return" | "mlir.global" | "mlir.addressof" | "mlir.alias" | "invoke" | "landingpad" | "resume" | "mlir.global_ctors" | "mlir.global_dtors" | "comdat" | "blockaddress" | "indirectbr" | "dso_local_equivalent" | "va_arg" | "call_intrinsic"),
        _ => false,
    }
}
