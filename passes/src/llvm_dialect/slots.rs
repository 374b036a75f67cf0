//! Scalars as the runtime takes them: 8-byte slots and a letter each.

use super::descriptor::complex_part;
use zouk_dialects::ir::{Builder, IntegerType, Type, TypeLike, Value};

/// The letters that the runtime knows, `F` and `C` for 32-bit floats, `h` for 16-bit ones, and the slots as i64 values.
/// `kinds` has one letter an operand; where it ends, the type decides. A float marked `c` is a real part, its imaginary part comes next.
pub fn slots<'c>(b: &Builder<'c>, values: &[Value<'c>], kinds: &str) -> (String, Vec<Value<'c>>) {
    let (mut letters, mut slots) = (String::new(), vec![]);
    let (mut values, mut kinds) = (values.iter().copied(), kinds.chars());
    while let Some(value) = values.next() {
        let kind = kinds.next().unwrap_or_else(|| default_kind(value.ty()));
        let parts = match complex_part(value.ty()) {
            Some(part) => ["complex.re", "complex.im"].iter().map(|name| b.val(name, &[value], part, &[])).collect(),
            None if kind == 'c' => [value].into_iter().chain(values.next()).collect(),
            None => vec![value],
        };
        let narrow = parts[0].ty().is_f32();
        letters.push(match kind {
            'f' if parts[0].ty().is_f16() => 'h',
            'f' | 'c' if narrow => kind.to_ascii_uppercase(),
            kind => kind,
        });
        slots.extend(parts.into_iter().map(|part| slot(b, part, kind == 'i')));
    }
    (letters, slots)
}

fn default_kind(ty: Type) -> char {
    match IntegerType::try_from(ty) {
        Ok(int) if int.width() == 1 => 'b',
        Ok(_) => 'i',
        Err(_) if ty.is_index() => 'i',
        Err(_) if ty.is_complex() => 'c',
        Err(_) => 'f',
    }
}

fn slot<'c>(b: &Builder<'c>, value: Value<'c>, signed: bool) -> Value<'c> {
    let ty = value.ty();
    match IntegerType::try_from(ty) {
        Ok(int) if int.width() == 64 => value,
        Ok(_) => b.val(if signed { "arith.extsi" } else { "arith.extui" }, &[value], b.i64(), &[]),
        Err(_) if ty.is_index() => b.index_cast(value, b.i64()),
        Err(_) if ty.is_f32() || ty.is_f16() => {
            let bits = b.val("arith.bitcast", &[value], b.int(if ty.is_f16() { 16 } else { 32 }), &[]);
            b.val("arith.extui", &[bits], b.i64(), &[])
        }
        Err(_) => b.val("arith.bitcast", &[value], b.i64(), &[]),
    }
}
