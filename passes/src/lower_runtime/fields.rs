//! Fields of instances as loads and stores of slots.
//!
//! Each access says which field it is of (TBAA): what is stored into one field changes no other, and no array, whose memory only ever is elements of arrays.

use super::{internal, memref_of};
use crate::llvm_dialect::{Descriptor, LlvmOps, MemRef, Symbols};
use crate::make_entries::leaf::HEADER;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Attribute, Builder, IntegerType, Op, Type, TypeLike, Value};

/// The block of an instance, and the data of an array.
fn owner<'c>(b: &Builder<'c>, op: Op<'c>, array: Value<'c>) -> Result<Value<'c>, Diagnostic> {
    Ok(Descriptor::of(b, array).ok_or_else(|| internal(op, format!("`{}` needs a ranked memref", op.name())))?.owner(b))
}

/// The slots of a field of an instance.
struct Slots<'c, 'b> {
    b: &'b Builder<'c>,
    /// The data of the instance.
    data: Value<'c>,
    first: i32,
    tag: Attribute<'c>,
}

impl<'c, 'b> Slots<'c, 'b> {
    fn new(b: &'b Builder<'c>, op: Op<'c>, instance: Value<'c>) -> Result<Self, Diagnostic> {
        let object = Descriptor::of(b, instance).ok_or_else(|| internal(op, "an instance is a ranked memref"))?;
        let first = op.int_attr("slot").unwrap_or_default() as i32;
        Ok(Slots { b, data: object.data(b), first, tag: tag(b, &format!("{} {first}", op.str_attr("field").unwrap_or_default())) })
    }

    fn place(&self, i: usize) -> Value<'c> {
        self.b.fixed_pointer(self.data, self.b.i64(), self.first + i as i32)
    }

    fn load(&self, i: usize, ty: Type<'c>) -> Value<'c> {
        self.b.val("llvm.load", &[self.place(i)], ty, &[("tbaa", self.b.array(&[self.tag]))])
    }

    fn store(&self, i: usize, value: Value<'c>) {
        self.b.op("llvm.store", &[value, self.place(i)], &[], &[("tbaa", self.b.array(&[self.tag]))]);
    }
}

/// The tag of accesses to memory of that name: what one name is of is not what another is of.
pub fn tag<'c>(b: &Builder<'c>, name: &str) -> Attribute<'c> {
    let root = "#llvm.tbaa_root<id = \"zouk\">";
    let name = name.escape_default();
    let ty = format!("#llvm.tbaa_type_desc<id = \"{name}\", members = {{<{root}, 0>}}>");
    b.parse_attr(&format!("#llvm.tbaa_tag<base_type = {ty}, access_type = {ty}, offset = 0>"))
}

pub fn load<'c>(b: &Builder<'c>, op: Op<'c>, symbols: &mut Symbols<'c>) -> Result<Value<'c>, Diagnostic> {
    let slots = Slots::new(b, op, op.operand(0))?;
    let ty = op.result(0).ty();
    let Some(memref) = MemRef::new(ty) else {
        // A float32 lies in the low bytes of its slot, which come first; so do small integers.
        return Ok(match IntegerType::try_from(ty) {
            Ok(int) if int.width() < 64 => b.val("llvm.trunc", &[slots.load(0, b.i64())], ty, &[]),
            _ => slots.load(0, ty),
        });
    };
    let block = slots.load(0, b.ptr());
    if !op.has_attr("borrowed") {
        declare_counting(symbols, "zouk_retain", None);
        b.call("zouk_retain", &[block], None);
    }
    if is_instance(&memref) {
        let data = b.fixed_pointer(block, b.int(8), HEADER);
        return Ok(b.cast(Descriptor::build(b, &memref, block, data, &[], &[]).value, memref.ty));
    }
    let data = slots.load(1, b.ptr());
    let numbers = |from: usize, fixed: &[Option<i64>]| -> Vec<Value<'c>> {
        let number = |(i, fixed): (usize, &Option<i64>)| fixed.map_or_else(|| slots.load(from + i, b.i64()), |n| b.c_i64(n));
        fixed.iter().enumerate().map(number).collect()
    };
    let sizes = numbers(2, &memref.sizes);
    let strides = numbers(2 + memref.rank(), &memref.strides);
    Ok(b.cast(Descriptor::build(b, &memref, block, data, &sizes, &strides).value, memref.ty))
}

/// An instance is stored as its block alone, an array as its whole descriptor. Bools in arrays take a byte.
fn is_instance(memref: &MemRef) -> bool {
    memref.element.is_integer() && IntegerType::try_from(memref.element).is_ok_and(|int| int.width() == 1)
}

pub fn store<'c>(b: &Builder<'c>, op: Op<'c>, symbols: &mut Symbols<'c>) -> Result<(), Diagnostic> {
    let slots = Slots::new(b, op, op.operand(1))?;
    let value = op.operand(0);
    if !value.ty().is_mem_ref() {
        let wide = match IntegerType::try_from(value.ty()) {
            Ok(int) if int.width() < 64 => b.val(if op.has_attr("sign_extended") { "llvm.sext" } else { "llvm.zext" }, &[value], b.i64(), &[]),
            _ => value,
        };
        slots.store(0, wide);
        return Ok(());
    }
    let memref = memref_of(op, value)?;
    let array = Descriptor::of(b, value).ok_or_else(|| internal(op, "`rt.store_field` needs a ranked memref"))?;
    declare_counting(symbols, "zouk_own", Some(b.ptr()));
    symbols.declare("zouk_release", &[b.ptr()], None, &[]);
    let new = b.call("zouk_own", &[array.owner(b)], Some(b.ptr())).result(0);
    let old = slots.load(0, b.ptr());
    slots.store(0, new);
    if !is_instance(&memref) {
        slots.store(1, array.data(b));
        for i in 0..2 * memref.rank() {
            let position = [3 + (i / memref.rank()) as i64, (i % memref.rank()) as i64];
            slots.store(2 + i, b.extract_value(array.value, &position, b.i64()));
        }
    }
    b.call("zouk_release", &[old], None);
    Ok(())
}

pub fn is_assigned<'c>(b: &Builder<'c>, op: Op<'c>) -> Result<Value<'c>, Diagnostic> {
    let array = Descriptor::of(b, op.operand(0)).ok_or_else(|| internal(op, "`rt.is_assigned` needs a ranked memref"))?;
    let place = if is_instance(&memref_of(op, op.operand(0))?) { array.owner(b) } else { array.data(b) };
    Ok(compare(b, "ne", place, b.val("llvm.mlir.zero", &[], b.ptr(), &[])))
}

pub fn same<'c>(b: &Builder<'c>, op: Op<'c>) -> Result<Value<'c>, Diagnostic> {
    Ok(compare(b, "eq", owner(b, op, op.operand(0))?, owner(b, op, op.operand(1))?))
}

/// llvm::ICmpPredicate: 0 is `eq`, 1 is `ne`.
fn compare<'c>(b: &Builder<'c>, predicate: &str, x: Value<'c>, y: Value<'c>) -> Value<'c> {
    b.val("llvm.icmp", &[x, y], b.i1(), &[("predicate", b.int_attr(b.i64(), (predicate == "ne") as i64))])
}

/// A function that counts one reference more: it touches what compiled code does not see.
pub fn declare_counting<'c>(symbols: &mut Symbols<'c>, name: &str, result: Option<Type<'c>>) {
    if symbols.has(name) {
        return;
    }
    let attrs = [
        ("passthrough", symbols.b.str_array(&["nounwind", "willreturn"])),
        ("memory_effects", symbols.b.parse_attr(
            "#llvm.memory_effects<other = none, argMem = none, inaccessibleMem = readwrite, errnoMem = none, targetMem0 = none, targetMem1 = none>",
        )),
    ];
    let ptr = symbols.b.ptr();
    symbols.function(name, &[ptr], result, "external", &attrs, zouk_dialects::ir::Region::new());
}
