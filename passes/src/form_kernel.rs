//! Makes a GPU module of the functions: entry points become kernels, the others device functions.
//!
//! A kernel returns nothing. What raises ends the thread; checks are dropped (indices still wrap), unless the module has `zouk.kernel_debug`: then the first thread that
//! fails says so in memory that the host reads (`form_kernel/exits.rs`). What needs memory of the host is refused. Names become those
//! that PTX allows; C's functions become libdevice's, and those of the runtime functions of ours (`form_kernel/device.rs`). What no GPU has room for is refused (`form_kernel/limits.rs`).
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
//!     gpu.func @k(%arg0: memref<?xf32>, %arg1: index, %arg2: index) kernel attributes {zouk.ranks = array<i64: 1, -1, -1>} {
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

use crate::llvm_dialect::as_memref;
use crate::pass::{OptionInfo, Options};
use melior::ir::ShapedTypeLike;
use std::collections::HashMap;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Builder, Op, Region};

mod device;
mod exits;
mod limits;
mod status;

pub use device::is_known;
pub use exits::ERRORS;
pub use limits::{check_for_cpu, check_shared};
pub use status::STATUS;

pub const OPTIONS: &[OptionInfo] = &[];

/// Of each parameter of a kernel, before arrays are taken apart: the rank of an array, -1 for a number.
pub const RANKS: &str = "zouk.ranks";

/// The name of a function for other code of the GPU, where the entry is that and no kernel.
pub const DEVICE: &str = "zouk.device";

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    let functions = module.collect(|o| o.is("func.func"));
    if functions.is_empty() {
        return Ok(());
    }
    let mut exits = exits::Exits::new(module);
    for function in &functions {
        exits.settle(*function)?;
    }
    if functions.iter().filter(|f| f.has_attr("zouk.entry")).count() == 1 {
        check_shared(&functions)?;
    }
    let device = module.str_attr(DEVICE);
    rename(&functions, device);
    let b = Builder::at_end(module.context(), module.body(0), module.loc());
    let region = Region::new();
    let body = region.add_block(&[]);
    module.set_attr("gpu.container_module", b.unit());
    let gpu_module = b.op_with_regions("gpu.module", &[], &[], &[("sym_name", b.str("kernels"))], &[region]);
    for function in functions {
        if function.has_attr("zouk.entry") && device.is_none() {
            let kernel = kernel(&b, function, module)?;
            body.append(kernel);
            function.erase();
        } else {
            if !function.has_attr("zouk.entry") && function.region(0).first_block().is_some() {
                function.set_attr("sym_visibility", b.str("private"));
            }
            function.detach();
            body.append(function);
        }
    }
    device::link(gpu_module)?;
    if device.is_some() {
        status::give(gpu_module, module.has_attr(STATUS))?;
    }
    exits.write(gpu_module);
    Ok(())
}

/// Gives every function a name of letters, digits and underscores: a kernel that of the Python function.
fn rename(functions: &[Op], device: Option<&str>) {
    let mut taken: HashMap<String, usize> = HashMap::new();
    let mut renamed: Vec<(Op, String, Vec<Op>)> = vec![];
    let defined = functions.iter().filter(|f| f.region(0).first_block().is_some());
    let (kernels, others): (Vec<Op>, Vec<Op>) = defined.partition(|f| f.has_attr("zouk.entry"));
    for function in kernels.into_iter().chain(others) {
        let old = function.str_attr("sym_name").unwrap_or_default();
        let wanted = function.str_attr("zouk.entry").map_or(old, |entry| device.unwrap_or(entry));
        let name: String = wanted.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
        let name = if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name };
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

/// A kernel has no result, on a GPU and on the CPU.
pub fn check_result(function: Op) -> Result<(), Diagnostic> {
    if function.str_attr("py.result").is_none_or(|result| result == "!py.none") {
        return Ok(());
    }
    let name = function.str_attr("py.display").unwrap_or_default();
    let message = format!("CUDA kernel must have void return type: the kernel {name} returns a value, and a kernel writes its results into arrays");
    Err(Diagnostic::at(ErrorClass::Typing, "kernel-result", message, function.loc()).help("pass an array for the result and end with a bare `return`"))
}

/// The function as `gpu.func … kernel`, with what the launch promises.
fn kernel<'c>(b: &Builder<'c>, function: Op<'c>, module: Op<'c>) -> Result<Op<'c>, Diagnostic> {
    check_result(function)?;
    for exit in function.collect(|o| o.is("func.return")) {
        Builder::before(exit).op("gpu.return", &[], &[], &[]);
        exit.erase();
    }
    let rank = |value: zouk_dialects::ir::Value| as_memref(value.ty()).map_or(-1, |memref| memref.rank() as i64);
    let ranks: Vec<i64> = function.body(0).args().into_iter().map(rank).collect();
    let region = Region::new();
    region.take_body(function.region(0));
    let ty = function.attr("function_type").expect("a function has a type");
    let name = function.str_attr("sym_name").unwrap_or_default();
    let mut attrs = vec![("sym_name", b.str(name)), ("function_type", ty), ("gpu.kernel", b.unit()), (RANKS, b.i64_array(&ranks))];
    let bounds = module.i64_array_attr("zouk.launch_bounds");
    let mut bound = |i: usize, name: &'static str| attrs.extend(bounds.get(i).map(|n| (name, b.int_attr(b.int(32), *n))));
    bound(1, "nvvm.minctasm");
    bound(2, "nvvm.cluster_max_blocks");
    attrs.extend(bounds.first().map(|n| ("nvvm.maxntid", b.i32_array(&[*n as i32]))));
    attrs.extend(module.int_attr("zouk.max_registers").map(|n| ("nvvm.maxnreg", b.int_attr(b.int(32), n))));
    let kernel = b.op_with_regions("gpu.func", &[], &[], &attrs, &[region]);
    kernel.set_loc(function.loc());
    kernel.detach();
    Ok(kernel)
}
