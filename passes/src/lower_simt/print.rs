//! `print` is one call of `vprintf`: threads print at the same time, and what one call writes stays together.
//!
//! Numbers are written as Numba's kernels do: floats with six digits after the point.

use crate::llvm_dialect::{LlvmOps, Symbols, complex_part, struct_type};
use zouk_dialects::ir::{Builder, Op, TypeLike, Type, Value};

const FUNCTION: &str = "vprintf";

/// Joins the pieces of each `print` and calls `vprintf` where the last one stands.
pub fn run(kernels: Op) {
    let prints = kernels.collect(|op| op.is("rt.print"));
    if prints.is_empty() {
        return;
    }
    let mut symbols = Symbols::new(kernels);
    let mut pieces: Vec<Op> = vec![];
    for op in prints {
        if pieces.last().is_some_and(|last| last.block() != op.block()) {
            call(&mut symbols, &std::mem::take(&mut pieces));
        }
        pieces.push(op);
        if op.has_attr("flush") || op.num_operands() == 0 && op.str_attr("text").is_some_and(|text| text.ends_with('\n')) {
            call(&mut symbols, &std::mem::take(&mut pieces));
        }
    }
    call(&mut symbols, &pieces);
}

fn call<'c>(symbols: &mut Symbols<'c>, pieces: &[Op<'c>]) {
    let Some(last) = pieces.last() else { return };
    let b = Builder::before(*last);
    let (mut format, mut values) = (String::new(), vec![]);
    for op in pieces {
        // A zero byte would end the text: it is written as a character.
        for (i, part) in op.str_attr("text").unwrap_or_default().replace('%', "%%").split('\0').enumerate() {
            if i > 0 {
                format.push_str("%c");
                values.push(b.c_i64(0));
            }
            format += part;
        }
        let mut operands = op.operands().into_iter();
        for kind in op.str_attr("kinds").unwrap_or_default().chars() {
            piece(&b, kind, &mut operands, &mut format, &mut values, symbols);
        }
    }
    let text = symbols.text(&format);
    let types: Vec<Type> = values.iter().map(|value| value.ty()).collect();
    let buffer = if values.is_empty() {
        b.val("llvm.mlir.zero", &[], b.ptr(), &[])
    } else {
        let ty = struct_type(b.context, &types);
        let buffer = b.val("llvm.alloca", &[b.constant(b.i64(), 1)], b.ptr(), &[("elem_type", b.ty_attr(ty)), ("alignment", b.int_attr(b.i64(), 8))]);
        for (i, value) in values.iter().enumerate() {
            // All are of eight bytes.
            b.store(*value, b.fixed_pointer(buffer, b.i64(), i as i32));
        }
        buffer
    };
    symbols.declare(FUNCTION, &[b.ptr(), b.ptr()], Some(b.int(32)), &[]);
    b.call(FUNCTION, &[b.address_of(&text), buffer], Some(b.int(32)));
    pieces.iter().for_each(|op| op.erase());
}

/// One value: its conversion, and what is passed, eight bytes each.
fn piece<'c>(b: &Builder<'c>, kind: char, operands: &mut impl Iterator<Item = Value<'c>>, format: &mut String, values: &mut Vec<Value<'c>>, symbols: &mut Symbols<'c>) {
    let Some(value) = operands.next() else { return };
    match kind {
        'b' => {
            let (yes, no) = (symbols.text("True"), symbols.text("False"));
            let truth = if value.ty() == b.i1() { value } else { b.cmpi("ne", value, b.c_int(value.ty(), 0)) };
            format.push_str("%s");
            values.push(b.select(truth, b.address_of(&yes), b.address_of(&no)));
        }
        'i' | 'u' => {
            format.push_str(if kind == 'i' { "%lld" } else { "%llu" });
            let wide = match value.ty() {
                ty if ty == b.i64() => value,
                ty if ty.is_index() => b.index_cast(value, b.i64()),
                _ => b.val(if kind == 'i' { "arith.extsi" } else { "arith.extui" }, &[value], b.i64(), &[]),
            };
            values.push(wide);
        }
        'c' | 'C' => {
            format.push_str("(%f%+fj)");
            let parts = match complex_part(value.ty()) {
                Some(part) => ["complex.re", "complex.im"].iter().map(|name| b.val(name, &[value], part, &[])).collect(),
                None => [value].into_iter().chain(operands.next()).collect::<Vec<_>>(),
            };
            values.extend(parts.into_iter().map(|part| double(b, part)));
        }
        _ => {
            format.push_str("%f");
            values.push(double(b, value));
        }
    }
}

fn double<'c>(b: &Builder<'c>, value: Value<'c>) -> Value<'c> {
    if value.ty().is_f32() || value.ty().is_f16() { b.val("arith.extf", &[value], b.f64(), &[]) } else { value }
}
