//! Rounds float64 to float16 once, by way of float32, and fused products and sums of float16 by way of float64.
//!
//! What float32 cannot hold exactly is cut off, and its last bit set, so that the second rounding sees on which side of the middle it was. LLVM has no
//! instruction for it on most CPUs, and would call compiler-rt. A fused sum in float32 would be rounded to the middle first.
//!
//! ```mlir before
//! func.func @f(%x: f64) -> f16 {
//!   %y = arith.truncf %x : f64 to f16
//!   return %y : f16
//! }
//! ```
//! ```mlir after
//! module {
//!   func.func @f(%arg0: f64) -> f16 {
//!     %c1_i32 = arith.constant 1 : i32
//!     %0 = arith.truncf %arg0 : f64 to f32
//!     %1 = arith.extf %0 : f32 to f64
//!     %2 = math.absf %1 : f64
//!     %3 = math.absf %arg0 : f64
//!     %4 = arith.cmpf ogt, %2, %3 : f64
//!     %5 = arith.cmpf one, %1, %arg0 : f64
//!     %6 = arith.bitcast %0 : f32 to i32
//!     %7 = arith.extui %4 : i1 to i32
//!     %8 = arith.subi %6, %7 : i32
//!     %9 = arith.ori %8, %c1_i32 : i32
//!     %10 = arith.select %5, %9, %6 : i32
//!     %11 = arith.bitcast %10 : i32 to f32
//!     %12 = arith.truncf %11 : f32 to f16
//!     return %12 : f16
//!   }
//! }
//! ```

use crate::pass::{OptionInfo, Options};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, Op, Type, TypeLike, Value, vector_parts};

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    let element = |ty: Type<'_>| vector_parts(ty).map_or((ty.is_f64(), ty.is_f16()), |(_, part)| (part.is_f64(), part.is_f16()));
    for op in module.collect(|op| op.is("arith.truncf") || op.is("math.fma")) {
        // A product of float16 is exact as a float64; where a sum with it is not, it is far from the middle between two of float16.
        if op.is("math.fma") {
            if op.result(0).ty().is_f16() {
                let b = Builder::before(op);
                b.set_loc(op.loc());
                let [x, y, z] = [0, 1, 2].map(|i| b.val("arith.extf", &[op.operand(i)], b.f64(), &[]));
                let sum = b.bin("arith.addf", b.bin("arith.mulf", x, y), z);
                op.result(0).replace_all_uses(rounded(&b, sum, b.f16()));
                op.erase();
            }
            continue;
        }
        if element(op.operand(0).ty()).0 && element(op.result(0).ty()).1 {
            let b = Builder::before(op);
            b.set_loc(op.loc());
            op.result(0).replace_all_uses(rounded(&b, op.operand(0), op.result(0).ty()));
            op.erase();
        }
    }
    Ok(())
}

fn rounded<'c>(b: &Builder<'c>, x: Value<'c>, half: Type<'c>) -> Value<'c> {
    let lanes = vector_parts(half).map(|(lanes, _)| lanes as u64);
    let of = |ty: Type<'c>| lanes.map_or(ty, |lanes| Type::vector(&[lanes], ty));
    let (single, bits) = (of(b.f32()), of(b.int(32)));
    let one = match lanes {
        None => b.c_int(b.int(32), 1),
        Some(_) => b.val("arith.constant", &[], bits, &[("value", b.parse_attr(&format!("dense<1> : {bits}")))]),
    };
    let compare = |predicate: i64, x: Value<'c>, y: Value<'c>| b.val("arith.cmpf", &[x, y], of(b.i1()), &[("predicate", b.int_attr(b.i64(), predicate))]);
    let near = b.val("arith.truncf", &[x], single, &[]);
    let back = b.val("arith.extf", &[near], x.ty(), &[]);
    let size = |x: Value<'c>| b.val("math.absf", &[x], x.ty(), &[]);
    let (larger, inexact) = (compare(GREATER, size(back), size(x)), compare(DIFFERENT, back, x));
    let near = b.val("arith.bitcast", &[near], bits, &[]);
    let cut = b.val("arith.subi", &[near, b.val("arith.extui", &[larger], bits, &[])], bits, &[]);
    let odd = b.select(inexact, b.val("arith.ori", &[cut, one], bits, &[]), near);
    let odd = b.val("arith.bitcast", &[odd], single, &[]);
    b.val("arith.truncf", &[odd], half, &[])
}

/// `ogt` and `one` of `arith.cmpf`: neither holds of NaN.
const GREATER: i64 = 2;
const DIFFERENT: i64 = 6;
