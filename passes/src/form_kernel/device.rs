//! Functions outside of the program: C's become libdevice's, those of the runtime are ours.
//!
//! `functions.mlir` has the latter, made of `functions.py` beside it (`lit-tests/gpu/device_functions.py` compares the two).

use crate::llvm_dialect::Symbols;
use std::collections::HashMap;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Builder, Module, Op, module_op};

/// C's functions by their counterparts in libdevice; `f` behind both for float32.
const LIBDEVICE: [(&str, &str); 6] = [
    ("hypot", "__nv_hypot"),
    ("remainder", "__nv_remainder"),
    ("nextafter", "__nv_nextafter"),
    ("zouk_gamma_f64", "__nv_tgamma"),
    ("zouk_lgamma_f64", "__nv_lgamma"),
    ("ldexp", "__nv_ldexp"),
];

const FUNCTIONS: &str = include_str!("functions.mlir");

/// Gives every function that is called and not there a body, or a counterpart in libdevice.
pub fn link(kernels: Op) -> Result<(), Diagnostic> {
    let parsed = Module::parse(kernels.context(), FUNCTIONS);
    let ours: HashMap<&str, Op> = parsed.iter().flat_map(|module| module_op(module).body(0).ops()).filter_map(|op| Some((op.str_attr("sym_name")?, op))).collect();
    let mut symbols = Symbols::new(kernels);
    loop {
        let declared = kernels.body(0).ops().into_iter().filter(|o| o.is("func.func") && o.region(0).first_block().is_none());
        let declared: Vec<Op> = declared.collect();
        if declared.is_empty() {
            return Ok(());
        }
        for declaration in declared {
            let name = declaration.str_attr("sym_name").unwrap_or_default();
            match ours.get(name).copied().filter(|function| has_body(*function)) {
                Some(function) => {
                    declaration.erase();
                    define(kernels, function, &ours);
                }
                None => {
                    call_libdevice(kernels, name, &mut symbols)?;
                    declaration.erase();
                }
            }
        }
    }
}

fn has_body(function: Op) -> bool {
    function.region(0).first_block().is_some()
}

/// Puts a copy of the function into the module, and of what it calls.
fn define<'c>(kernels: Op<'c>, function: Op<'c>, ours: &HashMap<&str, Op<'c>>) {
    let body = kernels.body(0);
    let copy = function.deep_clone();
    body.append(copy);
    for call in copy.collect(|o| o.is("func.call")) {
        let callee = call.str_attr("callee").unwrap_or_default();
        let there = body.ops().iter().any(|op| op.str_attr("sym_name") == Some(callee));
        match ours.get(callee).filter(|_| !there) {
            Some(called) if has_body(*called) => define(kernels, *called, ours),
            Some(declaration) => body.append(declaration.deep_clone()),
            None => {}
        }
    }
}

/// Calls of C's function become calls of libdevice's.
fn call_libdevice<'c>(kernels: Op<'c>, name: &str, symbols: &mut Symbols<'c>) -> Result<(), Diagnostic> {
    for call in kernels.collect(|o| o.is("func.call") && o.str_attr("callee") == Some(name)) {
        let Some(counterpart) = counterpart(name) else {
            let message = format!("this needs {}, which has no counterpart on a GPU", what(name));
            return Err(Diagnostic::at(ErrorClass::Unsupported, "kernel-unsupported", message, call.loc()).help("do it outside of the kernel"));
        };
        let (b, operands, result) = (Builder::before(call), call.operands(), call.result(0));
        symbols.declare(&counterpart, &operands.iter().map(|v| v.ty()).collect::<Vec<_>>(), Some(result.ty()), &["willreturn"]);
        result.replace_all_uses(crate::llvm_dialect::LlvmOps::call(&b, &counterpart, &operands, Some(result.ty())).result(0));
        call.erase();
    }
    Ok(())
}

/// A function, in words.
fn what(name: &str) -> String {
    if name.starts_with("zouk_random") {
        return "the random numbers of the CPU".into();
    }
    if crate::foreign::is_foreign(name) {
        return "a function of C or a block of the interpreter".into();
    }
    format!("the runtime's function {}", name.trim_start_matches("zouk_"))
}

fn counterpart(name: &str) -> Option<String> {
    let find = |name: &str| LIBDEVICE.iter().find(|(ours, _)| *ours == name).map(|(_, theirs)| theirs);
    let narrow = || Some(format!("{}f", find(name.strip_suffix('f')?)?));
    // `__nv_…` is called by its name.
    let own = || name.starts_with("__nv_").then(|| name.to_string());
    find(name).map(|theirs| theirs.to_string()).or_else(narrow).or_else(own)
}
