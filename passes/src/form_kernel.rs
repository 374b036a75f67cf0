//! Makes a GPU module of the functions: entry points become kernels, the others device functions.
//!
//! A kernel returns nothing and raises nothing: checks are dropped (indices still wrap), `raise` and allocation are refused.
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

use crate::pass::{OptionInfo, Options};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Builder, Op, Region};

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    let functions = module.collect(|o| o.is("func.func"));
    if functions.is_empty() {
        return Ok(());
    }
    for function in &functions {
        drop_checks(*function)?;
    }
    let b = Builder::at_end(module.context(), module.body(0), module.loc());
    let region = Region::new();
    let body = region.add_block(&[]);
    module.set_attr("gpu.container_module", b.unit());
    b.op_with_regions("gpu.module", &[], &[], &[("sym_name", b.str("kernels"))], &[region]);
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
    Ok(())
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
    let name = function.str_attr("zouk.entry").unwrap_or_default();
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
    let region = Region::new();
    region.take_body(function.region(0));
    let ty = function.attr("function_type").expect("a function has a type");
    let attrs = [("sym_name", b.str(&name)), ("function_type", ty), ("gpu.kernel", b.unit())];
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
