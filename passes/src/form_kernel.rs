//! Makes a GPU module of the functions: entry points become kernels, the others device functions.
//!
//! A kernel returns nothing and raises nothing: checks are dropped (indices still wrap), `raise` and allocation are refused. Names become those
//! that PTX allows; C's functions become libdevice's, and those of the runtime that have no counterpart there are refused.
//!
//! ```mlir before
//! func.func @k(%a: memref<?xf32>, %i: index, %n: index) attributes {zouk.entry = "k"} {
//!   %x = arith.constant 1.0 : f32
//!   %j = rt.index %i of %n wraps checked "0"
//!   memref.store %x, %a[%j] : memref<?xf32>
//!   return
//! }
//! ```
//! becomes
//! ```mlir after
//! module attributes {gpu.container_module} {
//!   gpu.module @kernels {
//!     gpu.func @k(%arg0: memref<?xf32>, %arg1: index, %arg2: index) kernel {
//!       %cst = arith.constant 1.000000e+00 : f32
//!       %c0 = arith.constant 0 : index
//!       %0 = arith.cmpi slt, %arg1, %c0 : index
//!       %1 = arith.addi %arg1, %arg2 : index
//!       %2 = arith.select %0, %1, %arg1 : index
//!       memref.store %cst, %arg0[%2] : memref<?xf32>
//!       gpu.return
//!     }
//!   }
//! }
//! ```

use crate::llvm_dialect::{LlvmOps, Symbols};
use crate::pass::{OptionInfo, Options};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use std::collections::HashMap;
use zouk_dialects::ir::{Builder, Op, Region};

/// C's functions by their counterparts in libdevice; `f` behind both for float32.
const LIBDEVICE: [(&str, &str); 6] = [
    ("hypot", "__nv_hypot"),
    ("remainder", "__nv_remainder"),
    ("nextafter", "__nv_nextafter"),
    ("zouk_gamma_f64", "__nv_tgamma"),
    ("zouk_lgamma_f64", "__nv_lgamma"),
    ("ldexp", "__nv_ldexp"),
];

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    let functions = module.collect(|o| o.is("func.func"));
    if functions.is_empty() {
        return Ok(());
    }
    for function in &functions {
        drop_checks(*function)?;
    }
    rename(&functions);
    let b = Builder::at_end(module.context(), module.body(0), module.loc());
    let region = Region::new();
    let body = region.add_block(&[]);
    module.set_attr("gpu.container_module", b.unit());
    let gpu_module = b.op_with_regions("gpu.module", &[], &[], &[("sym_name", b.str("kernels"))], &[region]);
    for function in functions {
        if function.has_attr("zouk.entry") {
            let kernel = kernel(&b, function)?;
            body.append(kernel);
            function.erase();
        } else {
            function.detach();
            body.append(function);
        }
    }
    call_libdevice(gpu_module)
}

/// Calls of C's functions become calls of libdevice's.
fn call_libdevice(kernels: Op) -> Result<(), Diagnostic> {
    let mut symbols = Symbols::new(kernels);
    let declared = kernels.collect(|o| o.is("func.func") && o.region(0).first_block().is_none());
    for declaration in declared {
        let name = declaration.str_attr("sym_name").unwrap_or_default();
        let calls = kernels.collect(|o| o.is("func.call") && o.str_attr("callee") == Some(name));
        for call in calls {
            let Some(counterpart) = counterpart(name) else {
                let message = format!("this needs the runtime's function {}, which has no counterpart on a GPU", name.trim_start_matches("zouk_"));
                return Err(Diagnostic::at(ErrorClass::Unsupported, "kernel-unsupported", message, call.loc()));
            };
            let (b, operands, result) = (Builder::before(call), call.operands(), call.result(0));
            symbols.declare(&counterpart, &operands.iter().map(|v| v.ty()).collect::<Vec<_>>(), Some(result.ty()), &["willreturn"]);
            result.replace_all_uses(b.call(&counterpart, &operands, Some(result.ty())).result(0));
            call.erase();
        }
        declaration.erase();
    }
    Ok(())
}

/// Whether GPUs have a function that does what C's does.
pub fn has_counterpart(name: &str) -> bool {
    counterpart(name).is_some()
}

fn counterpart(name: &str) -> Option<String> {
    let find = |name: &str| LIBDEVICE.iter().find(|(ours, _)| *ours == name).map(|(_, theirs)| theirs);
    let narrow = || Some(format!("{}f", find(name.strip_suffix('f')?)?));
    find(name).map(|theirs| theirs.to_string()).or_else(narrow)
}

/// Gives every function a name of letters, digits and underscores: a kernel that of the Python function.
fn rename(functions: &[Op]) {
    let mut taken: HashMap<String, usize> = HashMap::new();
    let mut renamed: Vec<(Op, String, Vec<Op>)> = vec![];
    let defined = functions.iter().filter(|f| f.region(0).first_block().is_some());
    let (kernels, others): (Vec<Op>, Vec<Op>) = defined.partition(|f| f.has_attr("zouk.entry"));
    for function in kernels.into_iter().chain(others) {
        let old = function.str_attr("sym_name").unwrap_or_default();
        let wanted = function.str_attr("zouk.entry").unwrap_or(old);
        let name: String = wanted.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
        let count = taken.entry(name.clone()).and_modify(|n| *n += 1).or_insert(0);
        let name = if *count == 0 { name } else { format!("{name}_{count}") };
        let calls: Vec<Op> = functions.iter().flat_map(|f| f.collect(|o| o.is("func.call") && o.str_attr("callee") == Some(old))).collect();
        renamed.push((function, name, calls));
    }
    // A new name may be another function's old one: calls are found before.
    for (function, name, calls) in renamed {
        let b = Builder::before(function);
        function.set_attr("sym_name", b.str(&name));
        calls.iter().for_each(|call| call.set_attr("callee", b.symbol(&name)));
    }
}

/// The function as `gpu.func … kernel`.
fn kernel<'c>(b: &Builder<'c>, function: Op<'c>) -> Result<Op<'c>, Diagnostic> {
    if function.str_attr("py.result").is_some_and(|r| r != "!py.none") {
        let name = function.str_attr("py.display").unwrap_or_default();
        let message = format!("the kernel {name} returns a value; a kernel writes its results into arrays");
        return Err(Diagnostic::at(ErrorClass::Typing, "kernel-result", message, function.loc()).help("pass an array for the result and end with a bare `return`"));
    }
    for exit in function.collect(|o| o.is("func.return")) {
        Builder::before(exit).op("gpu.return", &[], &[], &[]);
        exit.erase();
    }
    let region = Region::new();
    region.take_body(function.region(0));
    let ty = function.attr("function_type").expect("a function has a type");
    let name = function.str_attr("sym_name").unwrap_or_default();
    let attrs = [("sym_name", b.str(name)), ("function_type", ty), ("gpu.kernel", b.unit())];
    let kernel = b.op_with_regions("gpu.func", &[], &[], &attrs, &[region]);
    kernel.detach();
    Ok(kernel)
}

/// Indices wrap without a check; what only raises goes; what a kernel cannot do is refused.
fn drop_checks(function: Op) -> Result<(), Diagnostic> {
    for op in function.collect(|o| o.dialect() == "rt") {
        match op.name() {
            "rt.index" => {
                let b = Builder::before(op);
                let (position, size) = (op.operand(0), op.operand(1));
                let index = if op.has_attr("wraps") {
                    let negative = b.cmpi("slt", position, b.c_index(0));
                    b.select(negative, b.bin("arith.addi", position, size), position)
                } else {
                    position
                };
                op.result(0).replace_all_uses(index);
                op.erase();
            }
            "rt.check" => op.erase(),
            // One that the program does not write, of a conversion that overflows, say.
            "rt.raise" if !op.has_attr("statement") => op.erase(),
            name => {
                let what = match name {
                    "rt.raise" => "raising an exception",
                    "rt.alloc" => "allocating an array",
                    "rt.print" => "print()",
                    "rt.view" => "slicing an array",
                    _ => "this",
                };
                let message = format!("{what} is not supported in a CUDA kernel");
                return Err(Diagnostic::at(ErrorClass::Unsupported, "kernel-unsupported", message, op.loc()));
            }
        }
    }
    Ok(())
}
