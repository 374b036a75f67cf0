//! Instructions on numbers: bits of integers, a product and a sum rounded once, selection.

use crate::functions::elementwise::Parts;
use crate::functions::rules::*;
use crate::functions::{Bound, CallError, Function, Val};
use crate::lower_python::Lower;
use zouk_dialects::ty::{Ty, binary_number};

pub(super) static TABLE: &[Function] = table! {
    "zouk.cuda.popc" ("_x"): |a| Ok(integer(&a[0])?.clone().into()) => |l, a, ty| bits(l, a, ty, "math.ctpop");
    "zouk.cuda.clz" ("_x"): |a| Ok(integer(&a[0])?.clone().into()) => |l, a, ty| bits(l, a, ty, "math.ctlz");
    "zouk.cuda.brev" ("_x"): |a| Ok(unsigned(integer(&a[0])?).into()) => |l, a, ty| brev(l, a, ty);
    "zouk.cuda.ffs" ("_x"): |a| { integer(&a[0])?; Ok(Ty::Int { bits: 32, signed: false }.into()) } => |l, a, _| ffs(l, a);
    "zouk.cuda.fma" ("_a, _b, _c"): |a| {
        let types = [float_of(&a[0])?, float_of(&a[1])?, float_of(&a[2])?];
        Ok(types.into_iter().reduce(wider).unwrap_or(Ty::F64).into())
    } => |l, a, ty| {
        let parts = [0, 1, 2].map(|i| l.scalar_as(&a[i], ty));
        vec![l.b.val("math.fma", &parts, parts[0].ty(), &[])]
    };
    "zouk.cuda.cbrt" ("_x"): float1 => |l, a, ty| l.float_function("math.cbrt", &a[0], ty);
    "zouk.cuda.selp" ("_test, _a, _b"): |a| {
        scalar(&a[0])?;
        let (x, y) = (real(&a[1])?, real(&a[2])?);
        let ty = if x == y { Some(x.clone()) } else { binary_number(x, y) };
        ty.map(Into::into).ok_or_else(|| CallError::new("both values must be of one type"))
    } => |l, a, ty| {
        let test = l.truth(&a[0]);
        let (x, y) = (l.scalar_as(&a[1], ty), l.scalar_as(&a[2], ty));
        vec![l.b.select(test, x, y)]
    };
};

/// The bits of a type as a number without sign, of 32 or 64 of them.
fn unsigned(ty: &Ty) -> Ty {
    match ty {
        Ty::Int { bits: 64, .. } => Ty::U64,
        _ => Ty::Int { bits: 32, signed: false },
    }
}

fn bits<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty, op: &str) -> Parts<'c> {
    let x = l.scalar_as(&a[0], ty);
    vec![l.b.val(op, &[x], x.ty(), &[])]
}

/// Swaps ever larger groups of bits with their neighbours: LLVM has one instruction for it.
fn brev<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let mut x = l.scalar_as(&a[0], ty);
    let machine = x.ty();
    let width: u32 = if *ty == Ty::U64 { 64 } else { 32 };
    let constant = |l: &Lower<'c>, value: u64| l.b.c_int(machine, if width == 64 { value as i64 } else { i64::from(value as u32 as i32) });
    let mut group = 1;
    while group < width {
        // Of every 2·group bits the lower ones.
        let mask = (0..64 / (2 * group)).fold(0u64, |mask, i| mask | ((1u64 << group) - 1) << (2 * group * i));
        let (mask, by) = (constant(l, mask), constant(l, group.into()));
        let low = l.b.bin("arith.shli", l.b.bin("arith.andi", x, mask), by);
        let high = l.b.bin("arith.andi", l.b.bin("arith.shrui", x, by), mask);
        x = l.b.bin("arith.ori", low, high);
        group *= 2;
    }
    vec![x]
}

/// The place of the lowest bit that is set, from 1; 0 of 0.
fn ffs<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let ty = unsigned(&a[0].ty);
    let x = l.scalar_as(&a[0], &ty);
    let trailing = l.b.val("math.cttz", &[x], x.ty(), &[]);
    let none = l.b.cmpi("eq", x, l.b.c_int(x.ty(), 0));
    let place = l.b.bin("arith.addi", trailing, l.b.c_int(x.ty(), 1));
    let place = l.b.select(none, l.b.c_int(x.ty(), 0), place);
    vec![l.convert(place, &ty, &Ty::Int { bits: 32, signed: false })]
}
