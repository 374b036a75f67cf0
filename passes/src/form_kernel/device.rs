//! Functions outside of the program: C's become libdevice's, those of the runtime are ours, those of a GPU that the program declares are called as Numba calls them.
//!
//! `functions/*.mlir` have the latter, made of the Python files beside them (`lit-tests/gpu/device_functions.py` compares the two).

use crate::foreign;
use crate::llvm_dialect::{LlvmOps, Symbols};
use std::collections::HashMap;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Builder, Module, Op, Type, Value, module_op};

/// C's functions by their counterparts in libdevice; `f` behind both for float32.
const LIBDEVICE: [(&str, &str); 6] = [
    ("hypot", "__nv_hypot"),
    ("remainder", "__nv_remainder"),
    ("nextafter", "__nv_nextafter"),
    ("zouk_gamma_f64", "__nv_tgamma"),
    ("zouk_lgamma_f64", "__nv_lgamma"),
    ("ldexp", "__nv_ldexp"),
];

const FUNCTIONS: [&str; 2] = [include_str!("functions/numbers.mlir"), include_str!("functions/complex.mlir")];

/// Gives every function that is called and not there a body, or a counterpart in libdevice.
pub fn link(kernels: Op) -> Result<(), Diagnostic> {
    let without_body = || kernels.body(0).ops().into_iter().filter(|o| o.is("func.func") && o.region(0).first_block().is_none()).collect::<Vec<Op>>();
    let name = |op: &Op<'_>| op.str_attr("sym_name").unwrap_or_default().to_string();
    let ours = texts();
    let wanted: Vec<String> = without_body().iter().map(name).filter(|name| ours.get(name.as_str()).is_some_and(|text| is_defined(text))).collect();
    if !wanted.is_empty() {
        without_body().into_iter().filter(|op| wanted.contains(&name(op))).for_each(Op::erase);
        define(kernels, wanted, &ours);
    }
    for declaration in without_body() {
        let name = name(&declaration);
        declaration.erase();
        if name.starts_with(foreign::DEVICE) {
            call_declared(kernels, &name, &mut Symbols::new(kernels));
            continue;
        }
        call_libdevice(kernels, &name, &mut Symbols::new(kernels))?;
    }
    Ok(())
}

/// Whether GPUs have what a function outside of the program does.
pub fn is_known(name: &str) -> bool {
    counterpart(name).is_some() || texts().get(name).is_some_and(|text| is_defined(text))
}

/// The text of each function, by its name.
fn texts() -> HashMap<&'static str, &'static str> {
    let of_file = |file: &'static str| {
        let starts: Vec<usize> = file.match_indices("\nfunc.func").map(|(at, _)| at + 1).collect();
        let ends: Vec<usize> = starts.iter().copied().skip(1).chain([file.len()]).collect();
        starts.into_iter().zip(ends).map(move |(start, end)| &file[start..end])
    };
    let texts = FUNCTIONS.into_iter().flat_map(of_file);
    texts.filter_map(|text| Some((text.split_once('@')?.1.split_once('(')?.0, text))).collect()
}

fn is_defined(text: &str) -> bool {
    text.trim_end().ends_with('}')
}

/// Puts the functions into the module, and what they call.
fn define(kernels: Op, mut wanted: Vec<String>, ours: &HashMap<&str, &str>) {
    let body = kernels.body(0);
    let mut found: Vec<String> = vec![];
    while let Some(name) = wanted.pop() {
        let Some(text) = ours.get(name.as_str()).filter(|_| !found.contains(&name)) else { continue };
        wanted.extend(text.split("call @").skip(1).filter_map(|rest| rest.split_once('(')).map(|(name, _)| name.to_string()));
        found.push(name);
    }
    let text: String = found.iter().filter_map(|name| ours.get(name.as_str())).copied().collect();
    let parsed = Module::parse(kernels.context(), &text);
    for op in parsed.iter().flat_map(|module| module_op(module).body(0).ops()) {
        let there = body.ops().iter().any(|other| other.str_attr("sym_name") == op.str_attr("sym_name"));
        if !there {
            let copy = op.deep_clone();
            copy.set_attr("sym_visibility", Builder::before(op).str("private"));
            body.append(copy);
        }
    }
}

/// Calls of C's function become calls of libdevice's.
fn call_libdevice<'c>(kernels: Op<'c>, name: &str, symbols: &mut Symbols<'c>) -> Result<(), Diagnostic> {
    for call in kernels.collect(|o| o.is("func.call") && o.str_attr("callee") == Some(name)) {
        let Some(counterpart) = counterpart(name) else { return Err(unknown(call, name)) };
        let (b, operands, result) = (Builder::before(call), call.operands(), call.result(0));
        symbols.declare(&counterpart, &operands.iter().map(|v| v.ty()).collect::<Vec<_>>(), Some(result.ty()), &["willreturn"]);
        result.replace_all_uses(b.call(&counterpart, &operands, Some(result.ty())).result(0));
        call.erase();
    }
    Ok(())
}

/// The error about a call of a function that GPUs do not have.
pub fn unknown(call: Op, name: &str) -> Diagnostic {
    let message = format!("this needs {}, which has no counterpart on a GPU", what(name));
    super::limits::in_program(call, Diagnostic::at(ErrorClass::Unsupported, "kernel-unsupported", message, call.loc()).help("do it outside of the kernel"))
}

/// Calls of a function of the GPU, by Numba's convention: it writes its result where the first argument says, and gives a status, which is not looked at.
fn call_declared<'c>(kernels: Op<'c>, name: &str, symbols: &mut Symbols<'c>) {
    let target = foreign::display(name);
    for call in kernels.collect(|o| o.is("func.call") && o.str_attr("callee") == Some(name)) {
        let b = Builder::before(call);
        let results: Vec<Type> = call.results().into_iter().map(|result| if result.ty() == b.int(1) { b.int(8) } else { result.ty() }).collect();
        let whole = structure(&b, &results);
        let place = reserved(call, if results.is_empty() { b.int(8) } else { whole });
        let arguments: Vec<Value> = std::iter::once(place).chain(call.operands()).collect();
        symbols.declare(target, &arguments.iter().map(|v| v.ty()).collect::<Vec<_>>(), Some(b.int(32)), &[]);
        b.call(target, &arguments, Some(b.int(32)));
        if !results.is_empty() {
            let written = b.load(whole, place);
            for (i, (old, ty)) in call.results().into_iter().zip(&results).enumerate() {
                let value = b.extract_value(written, &[i as i64], *ty);
                old.replace_all_uses(if old.ty() == *ty { value } else { b.cmpi("ne", value, b.c_int(*ty, 0)) });
            }
        }
        call.erase();
    }
}

pub fn structure<'c>(b: &Builder<'c>, parts: &[Type<'c>]) -> Type<'c> {
    melior::dialect::llvm::r#type::r#struct(b.context, parts, false)
}

/// Memory of the function around the call.
fn reserved<'c>(call: Op<'c>, ty: Type<'c>) -> Value<'c> {
    let function = std::iter::successors(Some(call), |op| op.parent()).find(|op| matches!(op.name(), "func.func" | "gpu.func"));
    let b = function.and_then(|function| function.body(0).first()).map_or_else(|| Builder::before(call), Builder::before);
    let one = b.constant(b.i64(), 1);
    b.val("llvm.alloca", &[one], b.ptr(), &[("elem_type", b.ty_attr(ty)), ("alignment", b.int_attr(b.i64(), 8))])
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
