//! What kernels cannot have, on a GPU and, lest what runs there runs nowhere else, on the CPU.

use super::{device, exits};
use crate::foreign;
use crate::library::FOLDER;
use crate::llvm_dialect::MemRef;
use crate::parallel::functions;
use std::collections::HashSet;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass, Span};
use zouk_dialects::ir::{Builder, Location, Op};

/// Bytes of shared memory that arrays of a constant size have, on every GPU.
const MOST_SHARED: i64 = 48 << 10;

/// Whether a function of a kernel on the CPU does what it could not do on a GPU: what is plain to see before arrays have memory.
pub fn check_for_cpu(function: Op) -> Result<(), Diagnostic> {
    let refused = |op: Op| match op.name() {
        // One without axes is a number's place.
        "rt.alloc" => !op.result(0).is_unused() && MemRef::new(op.result(0).ty()).is_none_or(|memref| memref.rank() > 0),
        "rt.call" => op.str_attr("callee").is_none_or(|name| !name.starts_with("zouk_kernel_")),
        "linalg.dot" | "linalg.matvec" | "linalg.vecmat" | "linalg.matmul" | "linalg.batch_matmul" => true,
        name => matches!(name, "rt.array" | "rt.adopt" | "rt.object" | "rt.load_field" | "rt.store_field" | "rt.is_assigned"),
    };
    if let Some(op) = function.collect(refused).first() {
        return Err(exits::refused(*op, if op.dialect() == "linalg" { "rt.call" } else { op.name() }));
    }
    let Some(module) = function.parent() else { return Ok(()) };
    let inside: Vec<&str> = functions(module).into_iter().filter_map(|other| other.str_attr("sym_name")).collect();
    let outside = |op: Op| op.str_attr("callee").filter(|name| op.is("func.call") && !inside.contains(name)).filter(|name| !device::is_known(name) && !name.starts_with(foreign::DEVICE)).is_some();
    match function.collect(outside).first() {
        Some(call) => Err(device::unknown(*call, call.str_attr("callee").unwrap_or_default())),
        None => Ok(()),
    }
}

/// Whether the arrays of a block have room; those of one number are one.
pub fn check_shared(functions: &[Op]) -> Result<(), Diagnostic> {
    let (mut seen, mut total) = (HashSet::new(), 0i64);
    for op in functions.iter().flat_map(|function| function.collect(|op| op.is("rt.scratch") && op.str_attr("space") == Some("shared"))) {
        if op.int_attr("id").is_some_and(|id| !seen.insert(id)) {
            continue;
        }
        let Some(memref) = MemRef::new(op.result(0).ty()) else { continue };
        let mut given = op.operands().into_iter().filter_map(Builder::constant_int);
        let bytes = memref.sizes.iter().fold(memref.item_size(), |bytes, size| bytes.saturating_mul(size.or_else(|| given.next()).unwrap_or(1)));
        total = total.saturating_add(bytes);
        if total > MOST_SHARED {
            let message = format!("the arrays of cuda.shared.array() need {total} bytes; a block has {MOST_SHARED} for arrays of a constant size");
            return Err(Diagnostic::at(ErrorClass::Unsupported, "kernel-unsupported", message, op.loc()).help("cuda.shared.array(0, dtype) is as large as the launch says, which may be more"));
        }
    }
    Ok(())
}

/// An error in a function of the library is one of the call in the program, and what the library's line is, a note.
pub fn in_program(op: Op, error: Diagnostic) -> Diagnostic {
    let is_library = |span: &Span| span.file.starts_with(FOLDER);
    let Some(within) = error.span.clone().filter(is_library) else { return error };
    let (mut at, mut seen) = (op, HashSet::new());
    loop {
        if let Some(span) = spans(at.loc()).into_iter().find(|span| !is_library(span)) {
            return Diagnostic { span: Some(span), ..error }.note(Some(within), "this is where the library needs it");
        }
        let function = std::iter::successors(Some(at), |op| op.parent()).find(|op| op.is("func.func"));
        let Some((name, module)) = function.and_then(|function| Some((function.str_attr("sym_name")?, function.parent()?))) else { return error };
        let call = module.collect(|op| op.is("func.call") && op.str_attr("callee") == Some(name)).into_iter().find(|call| seen.insert(*call));
        let Some(call) = call else { return error };
        at = call;
    }
}

/// The places of an op and of the calls that it was inlined from, inside out.
fn spans(loc: Location) -> Vec<Span> {
    if loc.is_call_site() {
        return [spans(loc.call_site_callee()), spans(loc.call_site_caller())].concat();
    }
    Span::of(loc).into_iter().collect()
}
