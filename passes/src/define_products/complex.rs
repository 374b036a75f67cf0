//! Complex products by real ones: `[A_re A_im] · [B; iB]`, in which a complex number is two neighbours.
//!
//! Every complex number of the left matrix is two columns of a real one; every row of the right matrix is two rows of a real one, itself and
//! `i` times itself; the result is the complex product as it lies in memory. The real kernel does all arithmetic.

use super::emit::Emit;
use zouk_dialects::ir::{MemRefType, Type, Value};

/// The body of `(a, b, c, accumulate)` of complex elements, by the kernel of that name over the parts.
pub fn body<'c>(e: &Emit<'c>, args: &[Value<'c>], part: Type<'c>, kernel: &str) {
    let [a, b, c] = [0, 1, 2].map(|i| e.source(args[i]));
    let (m, n, k) = (c.sizes[0], c.sizes[1], a.sizes[1]);
    let two = e.c(2);
    let matrix = |rows, columns| e.b.val("rt.alloc", &[rows, columns], matrix_type(part), &[]);
    let (left, right) = (matrix(m, e.mul(k, two)), matrix(e.mul(k, two), e.mul(n, two)));
    let parts = |number| ["complex.re", "complex.im"].map(|op| e.b.val(op, &[number], part, &[]));
    let put = |value, matrix, row, column| _ = e.b.op("memref.store", &[value, matrix, row, column], &[], &[]);
    e.each(m, e.c(1), |i| {
        e.each(k, e.c(1), |p| {
            let [re, im] = parts(e.load(a.flat, e.at(e.mul(i, a.strides[0]), p, a.strides[1])));
            put(re, left, i, e.mul(p, two));
            put(im, left, i, e.at(e.c(1), p, two));
        });
    });
    e.each(k, e.c(1), |p| {
        e.each(n, e.c(1), |j| {
            let [re, im] = parts(e.load(b.flat, e.at(e.mul(p, b.strides[0]), j, b.strides[1])));
            let [row, turned] = [e.mul(p, two), e.at(e.c(1), p, two)];
            let [column, next] = [e.mul(j, two), e.at(e.c(1), j, two)];
            put(re, right, row, column);
            put(im, right, row, next);
            put(e.b.val("arith.negf", &[im], part, &[]), right, turned, column);
            put(re, right, turned, next);
        });
    });
    let view = |matrix: Value<'c>, sizes: [Value<'c>; 2], row: Value<'c>, unit: bool| {
        let ty = super::strided(&e.b, part, &if unit { [i64::MIN, 1] } else { [i64::MIN; 2] });
        e.b.val("rt.view", &[matrix, e.c(0), sizes[0], sizes[1], row, e.c(1)], ty, &[])
    };
    let (wide, deep) = (e.mul(n, two), e.mul(k, two));
    let target = view(args[2], [m, wide], e.mul(c.strides[0], two), true);
    let operands = [view(left, [m, deep], deep, false), view(right, [deep, wide], wide, false), target, args[3]];
    e.b.op("func.call", &operands, &[], &[("callee", e.b.symbol(kernel))]);
}

fn matrix_type<'c>(part: Type<'c>) -> Type<'c> {
    MemRefType::new(part, &[i64::MIN; 2], None, None).into()
}
