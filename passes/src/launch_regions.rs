//! Makes calls that stand for all chunks of a parallel loop (`zouk.region`) calls of the runtime.
//!
//! What the function takes besides the number of the chunk goes into memory of the caller; the runtime hands its address and the number of a chunk to a function of the one signature that
//! it knows, which calls the region.
//!
//! ```mlir before
//! llvm.func @region(%chunk: i64, %x: f64) -> i32 attributes {zouk.region} {
//!   %0 = llvm.mlir.constant(0 : i32) : i32
//!   llvm.return %0 : i32
//! }
//! llvm.func @f(%n: i64, %x: f64) -> i32 {
//!   %0 = llvm.call @region(%n, %x) : (i64, f64) -> i32
//!   llvm.return %0 : i32
//! }
//! ```
//! ```mlir after
//! module {
//!   llvm.func @region(%arg0: i64, %arg1: f64) -> i32 attributes {zouk.region} {
//!     %0 = llvm.mlir.constant(0 : i32) : i32
//!     llvm.return %0 : i32
//!   }
//!   llvm.func @f(%arg0: i64, %arg1: f64) -> i32 {
//!     %0 = llvm.mlir.constant(1 : i64) : i64
//!     %1 = llvm.alloca %0 x !llvm.struct<(f64)> : (i64) -> !llvm.ptr
//!     %2 = llvm.getelementptr %1[0, 0] : (!llvm.ptr) -> !llvm.ptr, !llvm.struct<(f64)>
//!     llvm.store %arg1, %2 : f64, !llvm.ptr
//!     %3 = llvm.mlir.addressof @zouk.chunk.0 : !llvm.ptr
//!     %4 = llvm.call @zouk_parallel_for(%3, %1, %arg0) : (!llvm.ptr, !llvm.ptr, i64) -> i32
//!     llvm.return %4 : i32
//!   }
//!   llvm.func internal @zouk.chunk.0(%arg0: !llvm.ptr, %arg1: i64) -> i32 attributes {passthrough = ["nounwind"]} {
//!     %0 = llvm.getelementptr %arg0[0, 0] : (!llvm.ptr) -> !llvm.ptr, !llvm.struct<(f64)>
//!     %1 = llvm.load %0 : !llvm.ptr -> f64
//!     %2 = llvm.call @region(%arg1, %1) : (i64, f64) -> i32
//!     llvm.return %2 : i32
//!   }
//!   llvm.func @zouk_parallel_for(!llvm.ptr, !llvm.ptr, i64) -> i32 attributes {passthrough = ["nounwind"]}
//! }
//! ```

use crate::llvm_dialect::{LlvmOps, Symbols, struct_type};
use crate::outline_parallel::REGION;
use crate::pass::{OptionInfo, Options};
use std::collections::HashMap;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, Op, Region, Type, Value};

pub const OPTIONS: &[OptionInfo] = &[];

const RUN: &str = "zouk_parallel_for";

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    let functions: Vec<Op> = module.body(0).ops().into_iter().filter(|op| op.is("llvm.func")).collect();
    let regions: HashMap<&str, Op> = functions.iter().filter(|op| op.has_attr(REGION)).filter_map(|op| Some((op.str_attr("sym_name")?, *op))).collect();
    let mut symbols = Symbols::new(module);
    let mut chunks: HashMap<&str, String> = HashMap::new();
    for call in module.collect(|op| op.is("llvm.call")) {
        let Some((name, region)) = call.str_attr("callee").and_then(|name| regions.get_key_value(name)) else { continue };
        let captures: Vec<Type> = region.body(0).args().into_iter().skip(1).map(Value::ty).collect();
        let chunk = chunks.entry(name).or_insert_with(|| one_chunk(name, region.loc(), &captures, &mut symbols)).clone();
        launch(call, &chunk, &captures, &mut symbols);
    }
    Ok(())
}

/// `(ptr captures, i64 chunk) -> i32`
fn one_chunk<'c>(name: &str, place: zouk_dialects::ir::Location<'c>, captures: &[Type<'c>], symbols: &mut Symbols<'c>) -> String {
    let own = symbols.fresh("chunk");
    let context = symbols.b.context;
    let types = [symbols.b.ptr(), symbols.b.i64()];
    let region = Region::new();
    let entry = region.add_block(&types.map(|ty| (ty, place)));
    let b = Builder::at_end(context, entry, place);
    let whole = struct_type(context, captures);
    let mut arguments = vec![entry.arg(1)];
    for (i, ty) in captures.iter().enumerate() {
        let at = field(&b, entry.arg(0), whole, i);
        arguments.push(b.load(*ty, at));
    }
    let status = b.call(name, &arguments, Some(b.int(32))).result(0);
    b.op("llvm.return", &[status], &[], &[]);
    let attrs = [("passthrough", symbols.b.str_array(&["nounwind"]))];
    symbols.function(&own, &types, Some(symbols.b.int(32)), "internal", &attrs, region);
    own
}

fn launch<'c>(call: Op<'c>, chunk: &str, captures: &[Type<'c>], symbols: &mut Symbols<'c>) {
    let b = Builder::before(call);
    let whole = struct_type(b.context, captures);
    symbols.declare(RUN, &[b.ptr(), b.ptr(), b.i64()], Some(b.int(32)), &[]);
    let memory = room(call, whole);
    for (i, value) in call.operands().into_iter().skip(1).enumerate() {
        let at = field(&b, memory, whole, i);
        b.store(value, at);
    }
    let status = b.call(RUN, &[b.address_of(chunk), memory, call.operand(0)], Some(b.int(32))).result(0);
    call.result(0).replace_all_uses(status);
    call.erase();
}

/// Memory for the captures, made at the function's start: a call in a loop uses it again.
fn room<'c>(call: Op<'c>, whole: Type<'c>) -> Value<'c> {
    let function = std::iter::successors(call.parent(), |o| o.parent()).find(|o| o.is("llvm.func"));
    let b = Builder::before(function.and_then(|f| f.body(0).first()).unwrap_or(call));
    let one = b.constant(b.i64(), 1);
    b.val("llvm.alloca", &[one], b.ptr(), &[("elem_type", b.ty_attr(whole))])
}

fn field<'c>(b: &Builder<'c>, memory: Value<'c>, whole: Type<'c>, i: usize) -> Value<'c> {
    let attrs = [("rawConstantIndices", b.i32_array(&[0, i as i32])), ("elem_type", b.ty_attr(whole))];
    b.val("llvm.getelementptr", &[memory], b.ptr(), &attrs)
}
