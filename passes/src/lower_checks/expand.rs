//! Ops that check on the way: `rt.index` and `rt.alloc` become plain ops and `rt.check`s.

use crate::llvm_dialect::{LlvmOps, MemRef, Symbols, struct_type};
use super::split_after;
use crate::make_entries::leaf::HEADER;
use zouk_dialects::ty::class;
use zouk_dialects::ir::{Block, Builder, MemRefType, Op, ShapedTypeLike, Type, Value};

const NEGATIVE: &str = "negative dimensions are not allowed";
const TOO_BIG: &str = "array is too big; `arr.size * arr.dtype.itemsize` is larger than the maximum possible size.";
/// NumPy's MemoryError, made of a shape and a dtype.
const NO_MEMORY: &str = "numpy._core._exceptions._ArrayMemoryError";

pub fn expand<'c>(function: Op<'c>, symbols: &mut Symbols<'c>) {
    for op in function.collect(|op| matches!(op.name(), "rt.index" | "rt.alloc" | "rt.object")) {
        let b = Builder::before(op);
        let result = match op.name() {
            "rt.index" if op.has_attr("wraps") && op.has_attr("checked") => from_either_end(&b, op),
            "rt.index" => index(&b, op),
            "rt.object" => object(&b, op, symbols),
            _ => alloc(&b, op, symbols),
        };
        op.result(0).replace_all_uses(result);
        op.erase();
    }
}

fn check<'c>(b: &Builder<'c>, condition: Value<'c>, exception: &str, message: &str, arguments: &[Value<'c>]) {
    let operands = [&[condition], arguments].concat();
    let mut attrs = vec![("exception", b.str(exception)), ("message", b.str(message))];
    if !arguments.is_empty() {
        attrs.push(("kinds", b.str(&"i".repeat(arguments.len()))));
    }
    b.op("rt.check", &operands, &[], &attrs);
}

/// `position + size if position < 0 else position`, which must be below `size` as an unsigned number.
fn index<'c>(b: &Builder<'c>, op: Op<'c>) -> Value<'c> {
    let (position, size) = (op.operand(0), op.operand(1));
    let mut result = position;
    if op.has_attr("wraps") {
        let negative = b.cmpi("slt", position, b.c_index(0));
        result = b.select(negative, b.bin("arith.addi", position, size), position);
    }
    if op.has_attr("checked") {
        let given = if op.has_attr("shifted") { b.bin("arith.subi", position, size) } else { position };
        check_inside(b, op, result, given);
    }
    result
}

fn check_inside<'c>(b: &Builder<'c>, op: Op<'c>, position: Value<'c>, given: Value<'c>) {
    let size = op.operand(1);
    let inside = b.cmpi("ult", position, size);
    let message = op.str_attr("message").unwrap_or_default();
    match message.parse::<usize>() {
        Ok(axis) => check(b, inside, "IndexError", &format!("index {{}} is out of bounds for axis {axis} with size {{}}"), &[given, size]),
        Err(_) => check(b, inside, "IndexError", message, &[]),
    }
}

/// As `index`, of what wraps around and is checked: most positions count from the start, and one comparison says that they do and are below the size.
fn from_either_end<'c>(b: &Builder<'c>, op: Op<'c>) -> Value<'c> {
    let (position, size) = (op.operand(0), op.operand(1));
    let (Some(block), Some(region)) = (op.block(), op.block().and_then(|block| block.region())) else { return index(b, op) };
    let fits = b.cmpi("ult", position, size);
    let rest = split_after(op, block);
    let result = rest.add_arg(position.ty(), op.loc());
    let other = Block::new(&[]);
    region.insert_after(block, other);
    let branch = b.cond_br(fits, (rest, &[position]), (other, &[]));
    branch.set_attr("branch_weights", b.i32_array(&[(1 << 20) - 1, 1]));
    let from_end = Builder::at_end(op.context(), other, op.loc());
    let sum = from_end.bin("arith.addi", position, size);
    check_inside(&from_end, op, sum, position);
    from_end.br(rest, &[sum]);
    result
}

/// Sizes are checked, multiplied with overflow checks, and given to the runtime, whose answer is checked. As in NumPy the product of the sizes
/// other than zero must not overflow.
fn alloc<'c>(b: &Builder<'c>, op: Op<'c>, symbols: &mut Symbols<'c>) -> Value<'c> {
    let ty = op.result(0).ty();
    let dynamic = op.operands();
    let signs: Vec<Value> = dynamic.iter().copied().filter(|size| !is_never_negative(*size)).collect();
    if let Some(signs) = signs.into_iter().reduce(|x, y| b.bin("arith.ori", x, y)) {
        check(b, b.cmpi("sge", signs, b.c_index(0)), "ValueError", NEGATIVE, &[]);
    }
    let memref = MemRef::new(ty);
    let fixed: i64 = memref.iter().flat_map(|m| m.sizes.iter().flatten().copied().chain([m.item_size()])).fold(1, i64::saturating_mul);
    let mut bytes = b.c_i64(fixed);
    let mut overflow: Option<Value> = None;
    let mut empty: Option<Value> = None;
    for size in &dynamic {
        let pair = struct_type(b.context, &[b.i64(), b.i1()]);
        let size = b.index_cast(*size, b.i64());
        let none = b.cmpi("eq", size, b.c_i64(0));
        let factor = b.select(none, b.c_i64(1), size);
        empty = Some(empty.map_or(none, |before| b.bin("arith.ori", before, none)));
        let product = b.val("llvm.intr.smul.with.overflow", &[factor, bytes], pair, &[]);
        bytes = b.extract_value(product, &[0], b.i64());
        let wrong = b.extract_value(product, &[1], b.i1());
        overflow = Some(overflow.map_or(wrong, |before| b.bin("arith.ori", before, wrong)));
    }
    if let Some(overflow) = overflow {
        check(b, b.bin("arith.xori", overflow, b.c_bool(true)), "ValueError", TOO_BIG, &[]);
    }
    if let Some(empty) = empty {
        bytes = b.select(empty, b.c_i64(0), bytes);
    }
    declare_alloc(symbols, "zouk_alloc");
    let zeroed = b.c_int(b.int(32), op.has_attr("zeroed") as i64);
    let block = b.call("zouk_alloc", &[bytes, zeroed], Some(b.ptr())).result(0);
    let there = is_there(b, block);
    check_memory(b, there, op, &memref);
    b.val("rt.adopt", &[[block].as_slice(), &dynamic].concat(), ty, &[])
}

fn is_there<'c>(b: &Builder<'c>, block: Value<'c>) -> Value<'c> {
    let null = b.val("llvm.mlir.zero", &[], b.ptr(), &[]);
    // llvm::ICmpPredicate 1 is `ne`.
    b.val("llvm.icmp", &[block, null], b.i1(), &[("predicate", b.int_attr(b.i64(), 1))])
}

/// The runtime makes the block, of zeros but for the first word of bits that says which slots own references; the other words are stored here.
fn object<'c>(b: &Builder<'c>, op: Op<'c>, symbols: &mut Symbols<'c>) -> Value<'c> {
    let slots = op.int_attr("slots").unwrap_or_default();
    let owners: Vec<usize> = op.i64_array_attr("owners").into_iter().map(|slot| slot as usize).collect();
    let bits = class::owner_bits(slots as usize, &owners);
    declare_alloc(symbols, "zouk_object");
    let first = bits.first().copied().unwrap_or_default();
    let block = b.call("zouk_object", &[b.c_i64(slots), b.c_i64(first as i64)], Some(b.ptr())).result(0);
    check(b, is_there(b, block), "MemoryError", "", &[]);
    for (i, word) in bits.iter().enumerate().skip(1) {
        let place = b.fixed_pointer(block, b.i64(), (HEADER / 8) + i as i32);
        b.store(b.c_i64(*word as i64), place);
    }
    b.val("rt.adopt", &[block], op.result(0).ty(), &[])
}

/// Raises what says how large the array was to be.
fn check_memory<'c>(b: &Builder<'c>, there: Value<'c>, alloc: Op<'c>, memref: &Option<MemRef<'c>>) {
    let dtype = alloc.str_attr("dtype").map_or_else(|| dtype_name(alloc.result(0).ty()), String::from);
    let mut dynamic = alloc.operands().into_iter();
    let mut sizes: Vec<Value> = memref.iter().flat_map(|m| &m.sizes).filter_map(|size| size.map_or_else(|| dynamic.next(), |n| Some(b.c_index(n)))).collect();
    if dtype.starts_with('V') {
        sizes.pop();
    }
    let sizes: Vec<Value> = sizes.into_iter().map(|size| b.index_cast(size, b.i64())).collect();
    let attrs = [
        ("exception", b.str(NO_MEMORY)),
        ("message", b.str("")),
        ("kinds", b.str(&format!("({})s", "i".repeat(sizes.len())))),
        ("texts", b.str_array(&[&dtype])),
    ];
    b.op("rt.check", &[&[there], &sizes[..]].concat(), &[], &attrs);
}

/// The dtype of elements as they are in memory.
fn dtype_name(array: Type) -> String {
    let element = MemRefType::try_from(array).map_or_else(|_| String::new(), |array| array.element().to_string());
    match element.strip_prefix("complex<f").map(|bits| bits.trim_end_matches('>')).or(element.strip_prefix('f')) {
        Some(bits) if element.starts_with('c') => format!("complex{}", 2 * bits.parse::<u32>().unwrap_or(64)),
        Some(bits) => format!("float{bits}"),
        None => element.replacen('i', "int", 1),
    }
}

fn is_never_negative(size: Value) -> bool {
    size.def_by("memref.dim").is_some() || Builder::constant_int(size).is_some_and(|n| n >= 0)
}

/// A new block aliases nothing, and its data is aligned as the block is.
fn declare_alloc(symbols: &mut Symbols, name: &str) {
    if symbols.has(name) {
        return;
    }
    let (i64_type, ptr) = (symbols.b.i64(), symbols.b.ptr());
    let second = if name == "zouk_alloc" { symbols.b.int(32) } else { i64_type };
    let attrs = [
        ("passthrough", symbols.b.str_array(&["nounwind", "willreturn"])),
        ("res_attrs", symbols.b.parse_attr("[{llvm.noalias, llvm.align = 64 : i64}]")),
        ("memory_effects", symbols.b.parse_attr(
            "#llvm.memory_effects<other = none, argMem = none, inaccessibleMem = readwrite, errnoMem = none, targetMem0 = none, targetMem1 = none>",
        )),
    ];
    symbols.function(name, &[i64_type, second], Some(ptr), "external", &attrs, zouk_dialects::ir::Region::new());
}
