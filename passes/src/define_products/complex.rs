//! Complex products. That of matrices is a real one: `[A_re A_im] · [B; iB]`, in which a complex number is two neighbours. Those with vectors
//! are plain loops.
//!
//! Every complex number of the left matrix is two columns of a real one; every row of the right matrix is two rows of a real one, itself and
//! `i` times itself; the result is the complex product as it lies in memory. The real kernel does all arithmetic.

use super::emit::{Emit, Source};
use zouk_dialects::ir::{MemRefType, Type, Value};

/// The body of the matrix product `(a, b, c, accumulate)`, by the kernel of that name over the parts.
pub fn matmul<'c>(e: &Emit<'c>, args: &[Value<'c>], part: Type<'c>, kernel: &str) {
    let [a, b, c] = [0, 1, 2].map(|i| e.source(args[i]));
    let (m, n, k) = (c.sizes[0], c.sizes[1], a.sizes[1]);
    let two = e.c(2);
    let matrix = |rows, columns| e.b.val("rt.alloc", &[rows, columns], matrix_type(part), &[]);
    let (left, right) = (matrix(m, e.mul(k, two)), matrix(e.mul(k, two), e.mul(n, two)));
    let parts = |number| parts(e, number, part);
    let put = |value, matrix, row, column| _ = e.b.op("memref.store", &[value, matrix, row, column], &[], &[]);
    e.each(m, e.c(1), |i| {
        e.each_plainly(k, |p| {
            let [re, im] = parts(e.load(a.flat, e.at(e.mul(i, a.strides[0]), p, a.strides[1])));
            put(re, left, i, e.mul(p, two));
            put(im, left, i, e.at(e.c(1), p, two));
        });
    });
    e.each(k, e.c(1), |p| {
        e.each_plainly(n, |j| {
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

fn parts<'c>(e: &Emit<'c>, number: Value<'c>, part: Type<'c>) -> [Value<'c>; 2] {
    ["complex.re", "complex.im"].map(|op| e.b.val(op, &[number], part, &[]))
}

/// Rows or stretches that are summed side by side.
const TOGETHER: i64 = 4;

/// The sums of the products of `count` numbers of a vector with those that start at each of the given places.
fn sums<'c>(e: &Emit<'c>, part: Type<'c>, count: Value<'c>, lines: [(Value<'c>, &[Value<'c>], Value<'c>); 2]) -> Vec<Value<'c>> {
    let zero = e.b.c_float(part, 0.0);
    let total = lines[0].1.len();
    let sums = e.fold([e.c(0), count, e.c(1)], &vec![zero; 2 * total], |i, sums| {
        let numbers = lines.map(|(flat, starts, step)| {
            let numbers = starts.iter().map(|start| parts(e, e.load(flat, e.at(*start, i, step)), part));
            numbers.collect::<Vec<_>>()
        });
        let mut next = vec![];
        for (t, sum) in sums.chunks(2).enumerate() {
            let ([a, b], [c, d]) = (numbers[0][t], numbers[1][t % numbers[1].len()]);
            let minus = e.b.val("arith.negf", &[b], part, &[]);
            next.push(e.fused(a, c, e.fused(minus, d, sum[0])));
            next.push(e.fused(a, d, e.fused(b, c, sum[1])));
        }
        next
    });
    sums.chunks(2).map(|sum| e.b.val("complex.create", sum, e.element, &[])).collect()
}

fn plus<'c>(e: &Emit<'c>, x: Value<'c>, y: Value<'c>) -> Value<'c> {
    e.b.bin("complex.add", x, y)
}

/// The body of `(matrix, vector, result, accumulate)`.
pub fn matvec<'c>(e: &Emit<'c>, args: &[Value<'c>], part: Type<'c>) {
    let [a, x, y] = [0, 1, 2].map(|i| e.source(args[i]));
    let (m, k) = (a.sizes[0], a.sizes[1]);
    e.each(m, e.c(TOGETHER), |i| {
        let number = |r: i64| e.min(e.add(i, e.c(r)), e.sub(m, e.c(1)));
        let starts: Vec<_> = (0..TOGETHER).map(|r| e.mul(number(r), a.strides[0])).collect();
        let sums = sums(e, part, k, [(a.flat, &starts, a.strides[1]), (x.flat, &[e.c(0)], x.strides[0])]);
        for (r, sum) in (0..).zip(sums) {
            e.when(e.less(e.add(i, e.c(r)), m), || {
                let place = e.mul(number(r), y.strides[0]);
                e.either(args[3], || e.store(plus(e, e.load(y.flat, place), sum), y.flat, place), || e.store(sum, y.flat, place));
            });
        }
    });
}

/// The body of `(vector, vector) -> sum`.
pub fn dot<'c>(e: &Emit<'c>, args: &[Value<'c>], part: Type<'c>) -> Vec<Value<'c>> {
    let [x, y]: [Source; 2] = [0, 1].map(|i| e.source(args[i]));
    let stretch = e.b.bin("arith.divui", x.sizes[0], e.c(TOGETHER));
    let starts = |v: &Source<'c>| -> Vec<_> { (0..TOGETHER).map(|t| e.mul(e.mul(stretch, e.c(t)), v.strides[0])).collect() };
    let [from, with] = [starts(&x), starts(&y)];
    let whole = sums(e, part, stretch, [(x.flat, &from, x.strides[0]), (y.flat, &with, y.strides[0])]);
    let rest = e.mul(stretch, e.c(TOGETHER));
    let [from, with] = [&x, &y].map(|v| [e.mul(rest, v.strides[0])]);
    let last = sums(e, part, e.sub(x.sizes[0], rest), [(x.flat, &from, x.strides[0]), (y.flat, &with, y.strides[0])]);
    whole.into_iter().chain(last).reduce(|x, y| plus(e, x, y)).into_iter().collect()
}
