//! The functions of libdevice that write through pointers. In Python they return what they write, behind what they return: `sincos(x)` is a
//! tuple. They are computed from those without pointers, or exactly.

use crate::functions::elementwise::Parts;
use crate::functions::rules::*;
use crate::functions::{Bound, Function, TyArg, Val};
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::Ty;

pub(super) static TABLE: &[Function] = table! {
    "zouk.cuda.libdevice.sincos" ("_x"): |a| pair(a, Ty::F64, Ty::F64) => |l, a, _| both(l, &a[0], &Ty::F64, ["__nv_sin", "__nv_cos"]);
    "zouk.cuda.libdevice.sincosf" ("_x"): |a| pair(a, Ty::F32, Ty::F32) => |l, a, _| both(l, &a[0], &Ty::F32, ["__nv_sinf", "__nv_cosf"]);
    "zouk.cuda.libdevice.sincospi" ("_x"): |a| pair(a, Ty::F64, Ty::F64) => |l, a, _| both(l, &a[0], &Ty::F64, ["__nv_sinpi", "__nv_cospi"]);
    "zouk.cuda.libdevice.sincospif" ("_x"): |a| pair(a, Ty::F32, Ty::F32) => |l, a, _| both(l, &a[0], &Ty::F32, ["__nv_sinpif", "__nv_cospif"]);
    "zouk.cuda.libdevice.fast_sincosf" ("_x"): |a| pair(a, Ty::F32, Ty::F32) => |l, a, _| both(l, &a[0], &Ty::F32, ["__nv_fast_sinf", "__nv_fast_cosf"]);
    "zouk.cuda.libdevice.frexp" ("_x"): |a| pair(a, Ty::F64, Ty::I32) => |l, a, ty| frexp(l, &a[0], ty);
    "zouk.cuda.libdevice.frexpf" ("_x"): |a| pair(a, Ty::F32, Ty::I32) => |l, a, ty| frexp(l, &a[0], ty);
    "zouk.cuda.libdevice.modf" ("_x"): |a| pair(a, Ty::F64, Ty::F64) => |l, a, ty| l.modf(&a[0], ty);
    "zouk.cuda.libdevice.modff" ("_x"): |a| pair(a, Ty::F32, Ty::F32) => |l, a, ty| l.modf(&a[0], ty);
    "zouk.cuda.libdevice.remquo" ("_x, _y"): |a| pair(a, Ty::F64, Ty::I32) => |l, a, _| remquo(l, [&a[0], &a[1]], &Ty::F64);
    "zouk.cuda.libdevice.remquof" ("_x, _y"): |a| pair(a, Ty::F32, Ty::I32) => |l, a, _| remquo(l, [&a[0], &a[1]], &Ty::F32);
};

fn pair(a: &Bound<TyArg>, first: Ty, second: Ty) -> Rule {
    for i in (0..2).filter(|i| a.get(*i).is_some()) {
        real(&a[i])?;
    }
    Ok(Ty::Tuple(vec![first, second]).into())
}

fn both<'c>(l: &mut Lower<'c>, x: &Val<'c>, ty: &Ty, names: [&str; 2]) -> Parts<'c> {
    let x = l.scalar_as(x, ty);
    names.iter().map(|name| l.runtime_call(name, &[x], x.ty())).collect()
}

fn frexp<'c>(l: &mut Lower<'c>, x: &Val<'c>, ty: &Ty) -> Parts<'c> {
    let parts = l.frexp(x, ty);
    vec![parts[0], l.b.val("arith.trunci", &[parts[1]], l.b.int(32), &[])]
}

/// (remainder, quotient): IEEE 754's remainder of x / y, and the last three bits of the rounded quotient with its sign.
fn remquo<'c>(l: &mut Lower<'c>, operands: [&Val<'c>; 2], ty: &Ty) -> Parts<'c> {
    let [x, y] = operands.map(|operand| l.scalar_as(operand, ty));
    let float = x.ty();
    let end = if *ty == Ty::F32 { "f" } else { "" };
    let call = |name: &str, args: &[Value<'c>]| l.runtime_call(&format!("__nv_{name}{end}"), args, float);
    let remainder = call("remainder", &[x, y]);
    // Multiples of 8 |y| do not change the last bits. Where 8 |y| is infinite |x| is less already.
    let b = &l.b;
    let [size, divisor] = [x, y].map(|operand| b.val("math.absf", &[operand], float, &[]));
    let small = call("fmod", &[size, b.bin("arith.mulf", divisor, b.c_float(float, 8.0))]);
    // The quotient is at most 8: what rounding makes of the two parts is far from a half.
    let rest = call("remainder", &[small, divisor]);
    let quotient = b.bin("arith.subf", b.bin("arith.divf", small, divisor), b.bin("arith.divf", rest, divisor));
    let whole = call("rint", &[quotient]);
    let finite = b.cmpf("ord", remainder, remainder);
    let whole = b.val("arith.fptosi", &[b.select(finite, whole, b.c_float(float, 0.0))], b.int(32), &[]);
    let bits = b.bin("arith.andi", whole, b.c_int(b.int(32), 7));
    let [sign_x, sign_y] = [x, y].map(|operand| b.cmpf("olt", operand, b.c_float(float, 0.0)));
    let negative = b.bin("arith.xori", sign_x, sign_y);
    vec![remainder, b.select(negative, b.bin("arith.subi", b.c_int(b.int(32), 0), bits), bits)]
}
