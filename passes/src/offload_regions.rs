//! Makes kernels of the parallel loops that are for a GPU.
//!
//! The function of such a loop, and those that it calls, go into a module of their own with a kernel around them, whose threads take a chunk each; `assemble_kernels` makes PTX of it. In its
//! place the caller has the arguments as slots, and a call of the runtime, which knows the GPU, holds the arrays there while the kernel runs, and brings back what it has written.
//!
//! ```mlir before
//! module attributes {zouk.offload = "sm_80"} {
//!   func.func @f(%n: index, %x: f64, %a: memref<?xf64>) {
//!     call @region(%n, %x, %a) {zouk.region, zouk.offload} : (index, f64, memref<?xf64>) -> ()
//!     return
//!   }
//!   func.func private @region(%chunk: index, %x: f64, %a: memref<?xf64>) attributes {zouk.raises, zouk.region, zouk.offload} {
//!     memref.store %x, %a[%chunk] : memref<?xf64>
//!     return
//!   }
//! }
//! ```
//! ```mlir after
//! module attributes {zouk.offload = "sm_80"} {
//!   func.func @f(%arg0: index, %arg1: f64, %arg2: memref<?xf64>) {
//!     %0 = arith.index_cast %arg0 : index to i64
//!     %1 = rt.kernel "zouk.kernel.0"
//!     %c0_i64 = arith.constant 0 : i64
//!     %2 = arith.bitcast %arg1 : f64 to i64
//!     %base_buffer, %offset, %sizes, %strides = memref.extract_strided_metadata %arg2 : memref<?xf64> -> memref<f64>, index, index, index
//!     %3 = rt.address %arg2 {zouk.written} : memref<?xf64>
//!     %c0_i64_0 = arith.constant 0 : i64
//!     %4 = arith.index_cast %sizes : index to i64
//!     %5 = arith.index_cast %strides : index to i64
//!     %c6 = arith.constant 6 : index
//!     %6 = rt.alloc(%c6) : memref<?xi64>
//!     %c0 = arith.constant 0 : index
//!     memref.store %0, %6[%c0] : memref<?xi64>
//!     %c1 = arith.constant 1 : index
//!     memref.store %2, %6[%c1] : memref<?xi64>
//!     %c2 = arith.constant 2 : index
//!     memref.store %c0_i64_0, %6[%c2] : memref<?xi64>
//!     %c3 = arith.constant 3 : index
//!     memref.store %3, %6[%c3] : memref<?xi64>
//!     %c4 = arith.constant 4 : index
//!     memref.store %4, %6[%c4] : memref<?xi64>
//!     %c5 = arith.constant 5 : index
//!     memref.store %5, %6[%c5] : memref<?xi64>
//!     %7 = rt.constant_array dense<[2, 1, 8, 1, 0]> : tensor<5xi64> as memref<?xi64>
//!     %c1_i64 = arith.constant 1 : i64
//!     %c6_i64 = arith.constant 6 : i64
//!     %8 = rt.call "zouk_offload_launch"(%1, %7, %c1_i64, %6, %c6_i64, %0, %c0_i64) : (i64, memref<?xi64>, i64, memref<?xi64>, i64, i64, i64) -> i64
//!     %c0_i64_1 = arith.constant 0 : i64
//!     %9 = arith.cmpi eq, %8, %c0_i64_1 : i64
//!     rt.check %9, "" "" {pending}
//!     rt.keep %arg2 : memref<?xf64>
//!     return
//!   }
//!   module @zouk.kernel.0 attributes {zouk.chip = "sm_80", zouk.simt = "cuda"} {
//!     func.func private @region(%arg0: index, %arg1: f64, %arg2: memref<?xf64>) {
//!       memref.store %arg1, %arg2[%arg0] : memref<?xf64>
//!       return
//!     }
//!     func.func @zouk_region(%arg0: i64, %arg1: f64, %arg2: memref<?xf64>) attributes {py.display = "zouk_region", py.result = "!py.none", zouk.entry = "zouk_region"} {
//!       %block_id_x = gpu.block_id  x
//!       %block_dim_x = gpu.block_dim  x
//!       %0 = arith.muli %block_id_x, %block_dim_x : index
//!       %thread_id_x = gpu.thread_id  x
//!       %1 = arith.addi %0, %thread_id_x : index
//!       %2 = arith.index_cast %1 : index to i64
//!       %3 = arith.cmpi slt, %2, %arg0 : i64
//!       scf.if %3 {
//!         func.call @region(%1, %arg1, %arg2) : (index, f64, memref<?xf64>) -> ()
//!       }
//!       return
//!     }
//!   }
//! }
//! ```

use crate::llvm_dialect::{MemRef, Symbols};
use crate::memory::{root, written};
use crate::offload::{CHECKED, OFFLOAD, raises};
use crate::outline_parallel::{REGION, outline};
use crate::parallel::functions;
use crate::pass::{OptionInfo, Options};
use std::collections::HashSet;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Builder, FunctionType, MemRefType, Op, Region, Type, TypeLike, Value};

pub const OPTIONS: &[OptionInfo] = &[];

/// The name of every kernel function: each has a module of its own.
const KERNEL: &str = "zouk_region";
pub const LAUNCH: &str = "zouk_offload_launch";
/// On the address of an array that a kernel writes into.
pub const WRITTEN: &str = "zouk.written";

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    let Some(chip) = module.str_attr(OFFLOAD) else { return Ok(()) };
    let mut symbols = Symbols::new(module);
    for function in functions(module) {
        function.collect(|op| op.is("scf.parallel") && op.has_attr(OFFLOAD)).into_iter().for_each(|op| outline(op, function, &mut symbols));
    }
    for call in module.collect(|op| op.is("func.call") && op.has_attr(OFFLOAD) && op.has_attr(REGION)) {
        let name = call.str_attr("callee").unwrap_or_default();
        let stray = || Diagnostic::at(ErrorClass::Internal, "stray-op", format!("`{OFFLOAD}` is on the call of {name}, which has no body"), call.loc());
        let region = defined(module, name).ok_or_else(stray)?;
        let kernel = symbols.fresh("kernel");
        let checked = kernel_module(module, region, chip, &kernel);
        launch(call, region, &kernel, checked);
        region.erase();
    }
    Ok(())
}

fn defined<'c>(module: Op<'c>, name: &str) -> Option<Op<'c>> {
    module.body(0).ops().into_iter().find(|op| op.is("func.func") && op.str_attr("sym_name") == Some(name)).filter(|f| f.region(0).first_block().is_some())
}

/// The kernel `(i64 chunks, captures…)` with all that it calls. Gives whether any of it may raise.
fn kernel_module<'c>(module: Op<'c>, region: Op<'c>, chip: &str, name: &str) -> bool {
    let outer = Builder::at_end(module.context(), module.body(0), region.loc());
    let inside = Region::new();
    let block = inside.add_block(&[]);
    let whole = outer.op_with_regions("builtin.module", &[], &[], &[("sym_name", outer.str(name))], &[inside]);
    let b = Builder::at_end(module.context(), block, region.loc());
    for (name, value) in module.attrs() {
        if name.starts_with("zouk.") && name != OFFLOAD && name != "zouk.parallel" {
            whole.set_attr(name, value);
        }
    }
    whole.set_attr("zouk.simt", b.str("cuda"));
    whole.set_attr("zouk.chip", b.str(chip));
    let mut seen = HashSet::new();
    copy_with_callees(&b, module, region, &mut seen);
    let checked = !whole.collect(raises).is_empty();
    if checked {
        whole.set_unit(CHECKED);
    }
    let captures: Vec<Type> = region.body(0).args().into_iter().skip(1).map(Value::ty).collect();
    let types: Vec<Type> = [b.i64()].into_iter().chain(captures).collect();
    let body = Region::new();
    let entry = body.add_block(&types.iter().map(|ty| (*ty, region.loc())).collect::<Vec<_>>());
    b.within(entry, || {
        let query = |op: &str| b.val(op, &[], b.index(), &[("dimension", b.parse_attr("#gpu<dim x>"))]);
        let chunk = b.bin("arith.addi", b.bin("arith.muli", query("gpu.block_id"), query("gpu.block_dim")), query("gpu.thread_id"));
        let exists = b.cmpi("slt", b.index_cast(chunk, b.i64()), entry.arg(0));
        let (then, none) = (Region::new(), Region::new());
        b.within(then.add_block(&[]), || {
            let callee = region.str_attr("sym_name").unwrap_or_default();
            b.op("func.call", &[&[chunk], &entry.args()[1..]].concat(), &[], &[("callee", b.symbol(callee))]);
            b.op("scf.yield", &[], &[], &[]);
        });
        b.op_with_regions("scf.if", &[exists], &[], &[], &[then, none]);
        b.op("func.return", &[], &[], &[]);
    });
    let display = region.str_attr("py.display").unwrap_or(KERNEL);
    let ty = b.ty_attr(FunctionType::new(b.context, &types, &[]).into());
    let attrs = [("sym_name", b.str(KERNEL)), ("function_type", ty), ("zouk.entry", b.str(KERNEL)), ("py.display", b.str(display)), ("py.result", b.str("!py.none"))];
    b.op_with_regions("func.func", &[], &[], &attrs, &[body]);
    checked
}

fn copy_with_callees<'c>(b: &Builder<'c>, module: Op<'c>, function: Op<'c>, seen: &mut HashSet<String>) {
    if !seen.insert(function.str_attr("sym_name").unwrap_or_default().to_string()) {
        return;
    }
    let copy = b.insert(function.deep_clone());
    [REGION, OFFLOAD, "zouk.raises", "zouk.entry", "zouk.export"].iter().for_each(|name| _ = copy.remove_attr(name));
    copy.set_attr("sym_visibility", b.str("private"));
    let callees = function.collect(|op| op.is("func.call")).into_iter().filter_map(|call| call.str_attr("callee"));
    for callee in callees {
        if let Some(next) = module.body(0).ops().into_iter().find(|op| op.is("func.func") && op.str_attr("sym_name") == Some(callee)) {
            copy_with_callees(b, module, next, seen);
        }
    }
}

/// The call of the runtime in place of that of the region.
fn launch<'c>(call: Op<'c>, region: Op<'c>, kernel: &str, checked: bool) {
    let b = Builder::before(call);
    let chunks = b.index_cast(call.operand(0), b.i64());
    let stored = stored_arguments(region);
    let captures: Vec<(Value, bool)> = call.operands().into_iter().enumerate().skip(1).map(|(i, value)| (value, stored.contains(&i))).collect();
    let ptx = b.val("rt.kernel", &[], b.i64(), &[("name", b.str(kernel))]);
    call_about(&b, LAUNCH, &[chunks], &captures, &[ptx, chunks, b.c_i64(checked as i64)]);
    for (array, _) in captures.iter().filter(|(value, _)| value.ty().is_mem_ref()) {
        b.op("rt.keep", &[*array], &[], &[]);
    }
    call.erase();
}

/// Calls a function of the runtime about arrays: their places among the slots, how many there are, the slots, how many there are. `first` are slots before those of the values, of which is
/// said whether they are written; `beside` are an argument before and those behind.
pub fn call_about<'c>(b: &Builder<'c>, callee: &str, first: &[Value<'c>], values: &[(Value<'c>, bool)], beside: &[Value<'c>]) {
    let (mut slots, mut table) = (first.to_vec(), vec![]);
    for (value, written) in values {
        if let Some(memref) = MemRef::new(value.ty()) {
            table.extend([slots.len() as i64, memref.rank() as i64, memref.item_size() as i64, *written as i64]);
        }
        slots.extend(slots_of(b, *value, *written));
    }
    let memory = room(b, slots.len());
    for (i, slot) in slots.iter().enumerate() {
        b.op("memref.store", &[*slot, memory, b.c_index(i as i64)], &[], &[]);
    }
    let arrays = numbers(b, &table);
    let mut operands = vec![arrays, b.c_i64(table.len() as i64 / 4), memory, b.c_i64(slots.len() as i64)];
    if let [before, behind @ ..] = beside {
        operands.insert(0, *before);
        operands.extend(behind);
    }
    let status = b.val("rt.call", &operands, b.i64(), &[("callee", b.str(callee))]);
    check(b, status);
}

/// Raises what is pending unless the status is zero.
pub fn check<'c>(b: &Builder<'c>, status: Value<'c>) {
    let fine = b.cmpi("eq", status, b.c_i64(0));
    b.op("rt.check", &[fine], &[], &[("exception", b.str("")), ("message", b.str("")), ("pending", b.unit())]);
}

/// Memory for slots.
fn room<'c>(b: &Builder<'c>, slots: usize) -> Value<'c> {
    b.val("rt.alloc", &[b.c_index(slots as i64)], MemRefType::new(b.i64(), &[i64::MIN], None, None).into(), &[])
}

/// The parameters of the region that it, or what it calls, may write into: those that it stores into, or all where that is not seen.
fn stored_arguments(region: Op) -> HashSet<usize> {
    let arguments = region.body(0).args();
    let mut found = HashSet::new();
    region.walk(&mut |op| {
        let combined = op.is("rt.atomic").then(|| op.operand(0));
        for array in written(op).into_iter().chain(combined) {
            match arguments.iter().position(|argument| *argument == root(array)) {
                Some(i) => _ = found.insert(i),
                None => found.extend(0..arguments.len()),
            }
        }
    });
    found
}

/// A captured value as slots of the calling convention.
fn slots_of<'c>(b: &Builder<'c>, value: Value<'c>, written: bool) -> Vec<Value<'c>> {
    let ty = value.ty();
    if let Some(memref) = MemRef::new(ty) {
        let rank = memref.rank();
        let mut types = vec![MemRefType::new(memref.element, &[], None, None).into(), b.index()];
        types.extend(vec![b.index(); 2 * rank]);
        let parts = b.op("memref.extract_strided_metadata", &[value], &types, &[]).results();
        let marks: &[_] = if written { &[(WRITTEN, b.unit())] } else { &[] };
        let address = b.val("rt.address", &[value], b.i64(), marks);
        return [b.c_i64(0), address].into_iter().chain(parts[2..].iter().map(|part| b.index_cast(*part, b.i64()))).collect();
    }
    if let Some(part) = crate::llvm_dialect::complex_part(ty) {
        return ["complex.re", "complex.im"].iter().flat_map(|op| slots_of(b, b.val(op, &[value], part, &[]), false)).collect();
    }
    let slot = if ty.is_index() {
        b.index_cast(value, b.i64())
    } else if ty == b.i64() {
        value
    } else if ty == b.f64() {
        b.val("arith.bitcast", &[value], b.i64(), &[])
    } else if ty == b.f32() || ty == b.f16() {
        let bits = b.val("arith.bitcast", &[value], b.int(if ty == b.f16() { 16 } else { 32 }), &[]);
        b.val("arith.extui", &[bits], b.i64(), &[])
    } else {
        b.val("arith.extui", &[value], b.i64(), &[])
    };
    vec![slot]
}

/// A constant array; one number more, so that it is never empty.
fn numbers<'c>(b: &Builder<'c>, numbers: &[i64]) -> Value<'c> {
    let all: Vec<String> = numbers.iter().chain([&0]).map(|n| n.to_string()).collect();
    let value = b.parse_attr(&format!("dense<[{}]> : tensor<{}xi64>", all.join(", "), all.len()));
    b.val("rt.constant_array", &[], MemRefType::new(b.i64(), &[i64::MIN], None, None).into(), &[("value", value)])
}
