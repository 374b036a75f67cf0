//! Turns what is left of `rt` into descriptors and calls of the runtime.
//!
//! The data of a block starts 64 bytes after it. An array is a memref descriptor whose first field is the owner: a block, null, or an odd
//! word; views keep it. An array that is never looked at (`ub.poison`) becomes null, so that it may be released.
//!
//! ```mlir before
//! func.func @rows(%block: !llvm.ptr, %n: index) {
//!   %a = rt.adopt %block[%n] : !llvm.ptr to memref<?xf64>
//!   rt.print "n =" (%n : index) kinds "i"
//!   rt.release %a : memref<?xf64>
//!   return
//! }
//! ```
//! ```mlir after
//! module {
//!   func.func @rows(%arg0: !llvm.ptr, %arg1: index) {
//!     %0 = arith.index_cast %arg1 : index to i64
//!     %1 = llvm.getelementptr %arg0[64] : (!llvm.ptr) -> !llvm.ptr, i8
//!     %c1_i64 = arith.constant 1 : i64
//!     %2 = llvm.mlir.poison : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
//!     %3 = llvm.insertvalue %arg0, %2[0] : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
//!     %4 = llvm.insertvalue %1, %3[1] : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
//!     %c0_i64 = arith.constant 0 : i64
//!     %5 = llvm.insertvalue %c0_i64, %4[2] : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
//!     %6 = llvm.insertvalue %0, %5[3, 0] : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
//!     %7 = llvm.insertvalue %c1_i64, %6[4, 0] : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
//!     %8 = builtin.unrealized_conversion_cast %7 : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)> to memref<?xf64>
//!     %9 = llvm.mlir.addressof @zouk.text.0 : !llvm.ptr
//!     %10 = llvm.mlir.constant(3 : i64) : i64
//!     llvm.call @zouk_print_text(%9, %10) : (!llvm.ptr, i64) -> ()
//!     %11 = arith.index_cast %arg1 : index to i64
//!     %12 = llvm.mlir.constant(0 : i64) : i64
//!     %13 = llvm.mlir.constant(105 : i32) : i32
//!     llvm.call @zouk_print_value(%13, %11, %12) : (i32, i64, i64) -> ()
//!     %14 = builtin.unrealized_conversion_cast %8 : memref<?xf64> to !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
//!     %15 = llvm.extractvalue %14[0] : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>
//!     llvm.call @zouk_release(%15) : (!llvm.ptr) -> ()
//!     return
//!   }
//!   llvm.func @zouk_print_text(!llvm.ptr, i64) attributes {passthrough = ["nounwind"]}
//!   llvm.mlir.global internal constant @zouk.text.0("n =\00") {addr_space = 0 : i32}
//!   llvm.func @zouk_print_value(i32, i64, i64) attributes {passthrough = ["nounwind"]}
//!   llvm.func @zouk_release(!llvm.ptr) attributes {passthrough = ["nounwind"]}
//! }
//! ```

use crate::llvm_dialect::{Descriptor, LlvmOps, MemRef, Symbols, slots};
use crate::make_entries::leaf::HEADER;
use crate::pass::{OptionInfo, Options};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Attribute, Builder, Op, TypeLike, Value};

mod atomics;
mod constant;
mod fields;

pub use fields::tag;

pub const OPTIONS: &[OptionInfo] = &[];


pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    let mut symbols = Symbols::new(module);
    for op in module.collect(|op| op.dialect() == "rt" || op.is("ub.poison")) {
        lower(op, &mut symbols)?;
    }
    Ok(())
}

/// Puts what the op is lowered to in its place.
pub fn lower<'c>(op: Op<'c>, symbols: &mut Symbols<'c>) -> Result<(), Diagnostic> {
    let b = Builder::before(op);
    let result = match op.name() {
        "ub.poison" => match MemRef::new(op.result(0).ty()) {
            Some(memref) => Some(b.cast(b.val("llvm.mlir.zero", &[], memref.descriptor_type(b.context), &[]), memref.ty)),
            None => return Ok(()),
        },
        _ => lowered(&b, op, symbols)?,
    };
    if let Some(result) = result {
        op.result(0).replace_all_uses(result);
    }
    op.erase();
    Ok(())
}

/// A constant array in an address space of a GPU, or where arrays are.
pub fn constant_array<'c>(b: &Builder<'c>, op: Op<'c>, symbols: &mut Symbols<'c>, space: Option<i64>) -> Result<Value<'c>, Diagnostic> {
    constant::array(b, op, symbols, space)
}

/// The number of a constant's elements.
pub fn constant_count(value: Attribute) -> Option<i64> {
    constant::extents(value)?.into_iter().try_fold(1i64, |count, size| count.checked_mul(size as i64))
}

/// The result of an op of `rt`, where it has one.
pub fn lowered<'c>(b: &Builder<'c>, op: Op<'c>, symbols: &mut Symbols<'c>) -> Result<Option<Value<'c>>, Diagnostic> {
    Ok(match op.name() {
        "rt.adopt" => Some(adopt(b, op)?),
        "rt.view" => Some(view(b, op)?),
        "rt.foreign" => Some(foreign(b, op)?),
        "rt.address" => Some(address(b, op)?),
        "rt.keep" => None,
        "rt.constant_array" => Some(constant::array(b, op, symbols, None)?),
        "rt.retain" => count(b, op, "zouk_retain", symbols)?,
        "rt.release" => count(b, op, "zouk_release", symbols)?,
        "rt.call" => Some(call(b, op, symbols)?),
        "rt.load_field" => Some(fields::load(b, op, symbols)?),
        "rt.store_field" => {
            fields::store(b, op, symbols)?;
            None
        }
        "rt.is_assigned" => Some(fields::is_assigned(b, op)?),
        "rt.same" => Some(fields::same(b, op)?),
        "rt.atomic" => Some(atomics::atomic(b, op)?),
        "rt.simt" => {
            atomics::fence(b, op)?;
            None
        }
        "rt.print" => print(b, op, symbols),
        name => return Err(internal(op, format!("`{name}` is lowered by an earlier pass"))),
    })
}

fn internal(op: Op, message: impl Into<String>) -> Diagnostic {
    Diagnostic::at(ErrorClass::Internal, "stray-op", message, op.loc())
}

fn memref_of<'c>(op: Op<'c>, value: Value<'c>) -> Result<MemRef<'c>, Diagnostic> {
    MemRef::new(value.ty()).ok_or_else(|| internal(op, format!("`{}` needs a ranked memref", op.name())))
}

fn adopt<'c>(b: &Builder<'c>, op: Op<'c>) -> Result<Value<'c>, Diagnostic> {
    let memref = memref_of(op, op.result(0))?;
    let block = op.operand(0);
    let mut dynamic = op.operands().into_iter().skip(1);
    let sizes: Option<Vec<Value>> =
        memref.sizes.iter().map(|size| size.map_or_else(|| Some(b.index_cast(dynamic.next()?, b.i64())), |n| Some(b.c_i64(n)))).collect();
    let sizes = sizes.ok_or_else(|| internal(op, "`rt.alloc` needs a size for each dynamic extent"))?;
    let data = b.fixed_pointer(block, b.int(8), HEADER);
    let strides = memref.contiguous_strides(b, &sizes);
    Ok(b.cast(Descriptor::build(b, &memref, block, data, &sizes, &strides).value, memref.ty))
}

/// `%base[offset, sizes…, strides…]`
fn view<'c>(b: &Builder<'c>, op: Op<'c>) -> Result<Value<'c>, Diagnostic> {
    let memref = memref_of(op, op.result(0))?;
    let numbers: Vec<Value> = op.operands().into_iter().skip(1).map(|n| b.index_cast(n, b.i64())).collect();
    if numbers.len() != 1 + 2 * memref.rank() {
        return Err(internal(op, "`rt.view` needs an offset, and a size and a stride for each extent"));
    }
    let base = Descriptor::of(b, op.operand(0)).ok_or_else(|| internal(op, "`rt.view` needs a ranked memref"))?;
    let (sizes, strides) = numbers[1..].split_at(memref.rank());
    let counted = if op.has_attr("bytes") { b.int(8) } else { memref.machine_element(b.context) };
    let data = b.element_pointer(base.data(b), counted, numbers[0]);
    Ok(b.cast(Descriptor::build(b, &memref, base.owner(b), data, sizes, strides).value, memref.ty))
}

/// `%address[sizes…, strides…]`
fn foreign<'c>(b: &Builder<'c>, op: Op<'c>) -> Result<Value<'c>, Diagnostic> {
    let memref = memref_of(op, op.result(0))?;
    let numbers: Vec<Value> = op.operands().into_iter().skip(1).map(|n| b.index_cast(n, b.i64())).collect();
    let (sizes, strides) = numbers.split_at(memref.rank());
    let data = b.val("llvm.inttoptr", &[op.operand(0)], b.ptr(), &[]);
    let owner = b.val("llvm.mlir.zero", &[], b.ptr(), &[]);
    Ok(b.cast(Descriptor::build(b, &memref, owner, data, sizes, strides).value, memref.ty))
}

fn address<'c>(b: &Builder<'c>, op: Op<'c>) -> Result<Value<'c>, Diagnostic> {
    let array = Descriptor::of(b, op.operand(0)).ok_or_else(|| internal(op, "`rt.address` needs a ranked memref"))?;
    Ok(b.val("llvm.ptrtoint", &[array.data(b)], b.i64(), &[]))
}

fn count<'c>(b: &Builder<'c>, op: Op<'c>, function: &str, symbols: &mut Symbols<'c>) -> Result<Option<Value<'c>>, Diagnostic> {
    let array = Descriptor::of(b, op.operand(0)).ok_or_else(|| internal(op, "an unranked memref has no owner"))?;
    symbols.declare(function, &[b.ptr()], None, &[]);
    b.call(function, &[array.owner(b)], None);
    Ok(None)
}

fn call<'c>(b: &Builder<'c>, op: Op<'c>, symbols: &mut Symbols<'c>) -> Result<Value<'c>, Diagnostic> {
    let callee = op.str_attr("callee").unwrap_or_default();
    let mut arguments = op.operands();
    for argument in arguments.iter_mut().filter(|a| a.ty().is_mem_ref()) {
        let array = Descriptor::of(b, *argument).ok_or_else(|| internal(op, "`rt.call` needs ranked memrefs"))?;
        *argument = array.data(b);
    }
    let types: Vec<_> = arguments.iter().map(|a| a.ty()).collect();
    symbols.declare(callee, &types, Some(b.i64()), &[]);
    Ok(b.call(callee, &arguments, Some(b.i64())).result(0))
}

fn print<'c>(b: &Builder<'c>, op: Op<'c>, symbols: &mut Symbols<'c>) -> Option<Value<'c>> {
    let text = op.str_attr("text").unwrap_or_default();
    if !text.is_empty() {
        symbols.declare("zouk_print_text", &[b.ptr(), b.i64()], None, &[]);
        let name = symbols.text(text);
        b.call("zouk_print_text", &[b.address_of(&name), b.constant(b.i64(), text.len() as i64)], None);
    }
    let (letters, slots) = slots(b, &op.operands(), op.str_attr("kinds").unwrap_or_default());
    let mut slots = slots.into_iter();
    for letter in letters.chars() {
        symbols.declare("zouk_print_value", &[b.int(32), b.i64(), b.i64()], None, &[]);
        let zero = b.constant(b.i64(), 0);
        let first = slots.next().unwrap_or(zero);
        let second = if letter.eq_ignore_ascii_case(&'c') { slots.next().unwrap_or(zero) } else { zero };
        b.call("zouk_print_value", &[b.constant(b.int(32), letter as i64), first, second], None);
    }
    if op.has_attr("flush") {
        symbols.declare("zouk_print_flush", &[], None, &[]);
        b.call("zouk_print_flush", &[], None);
    }
    None
}
