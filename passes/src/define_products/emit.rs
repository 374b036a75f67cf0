//! What kernels are written with: index arithmetic, loops, and loads and stores of vectors at flat places of an array.

use crate::llvm_dialect::MemRef;
use std::{cell::RefCell, collections::HashMap};
use zouk_dialects::ir::{Block, Builder, FunctionType, MemRefType, Op, Region, Type, TypeLike, Value};

/// Writes one function over elements of one type.
pub struct Emit<'c> {
    pub b: Builder<'c>,
    pub element: Type<'c>,
    /// Whether the machine multiplies and adds in one instruction.
    pub fused: bool,
    /// Where the function starts, and the index constants that are there.
    entry: Option<Block<'c>>,
    constants: RefCell<HashMap<i64, Value<'c>>>,
}

/// The sizes, the strides and all elements of an array.
pub struct Source<'c> {
    pub sizes: Vec<Value<'c>>,
    pub strides: Vec<Value<'c>>,
    /// The array as a flat one: places are multiples of strides, and may be negative.
    pub flat: Value<'c>,
}

impl<'c> Emit<'c> {
    pub fn new(b: Builder<'c>, element: Type<'c>, fused: bool) -> Self {
        Emit { b, element, fused, entry: None, constants: RefCell::default() }
    }

    pub fn is_float(&self) -> bool {
        self.element.is_float()
    }

    // Numbers.

    /// An index constant, made once.
    pub fn c(&self, n: i64) -> Value<'c> {
        let first = self.entry.and_then(|entry| entry.first());
        *self.constants.borrow_mut().entry(n).or_insert_with(|| first.map_or_else(|| self.b.c_index(n), |op| Builder::before(op).c_index(n)))
    }
    pub fn add(&self, x: Value<'c>, y: Value<'c>) -> Value<'c> {
        self.b.bin("arith.addi", x, y)
    }
    pub fn sub(&self, x: Value<'c>, y: Value<'c>) -> Value<'c> {
        self.b.bin("arith.subi", x, y)
    }
    pub fn mul(&self, x: Value<'c>, y: Value<'c>) -> Value<'c> {
        self.b.bin("arith.muli", x, y)
    }
    pub fn min(&self, x: Value<'c>, y: Value<'c>) -> Value<'c> {
        self.b.bin("arith.minsi", x, y)
    }
    pub fn max(&self, x: Value<'c>, y: Value<'c>) -> Value<'c> {
        self.b.bin("arith.maxsi", x, y)
    }
    /// `n` rounded down to a multiple.
    pub fn round_down(&self, n: Value<'c>, multiple: i64) -> Value<'c> {
        let multiple = self.c(multiple);
        self.mul(self.b.bin("arith.divui", n, multiple), multiple)
    }
    /// `n` rounded up to a multiple.
    pub fn round_up(&self, n: Value<'c>, multiple: i64) -> Value<'c> {
        self.round_down(self.add(n, self.c(multiple - 1)), multiple)
    }
    /// `start + number * stride`
    pub fn at(&self, start: Value<'c>, number: Value<'c>, stride: Value<'c>) -> Value<'c> {
        self.add(start, self.mul(number, stride))
    }
    pub fn is(&self, x: Value<'c>, n: i64) -> Value<'c> {
        self.b.cmpi("eq", x, self.c(n))
    }
    pub fn less(&self, x: Value<'c>, y: Value<'c>) -> Value<'c> {
        self.b.cmpi("slt", x, y)
    }

    /// Zero of the element type, or of a vector of so many.
    pub fn zero(&self, lanes: Option<i64>) -> Value<'c> {
        let zero = if self.is_float() { self.b.c_float(self.element, 0.0) } else { self.b.c_int(self.element, 0) };
        lanes.map_or(zero, |lanes| self.splat(zero, lanes))
    }

    /// `x * y + sum` of scalars or vectors.
    pub fn multiply_add(&self, x: Value<'c>, y: Value<'c>, sum: Value<'c>) -> Value<'c> {
        if self.is_float() { self.fused(x, y, sum) } else { self.b.bin("arith.addi", sum, self.b.bin("arith.muli", x, y)) }
    }

    /// As `multiply_add`, of floats.
    pub fn fused(&self, x: Value<'c>, y: Value<'c>, sum: Value<'c>) -> Value<'c> {
        match self.fused {
            true => self.b.val(if x.ty().is_vector() { "vector.fma" } else { "math.fma" }, &[x, y, sum], sum.ty(), &[]),
            false => self.b.bin("arith.addf", sum, self.b.bin("arith.mulf", x, y)),
        }
    }

    pub fn plus(&self, x: Value<'c>, y: Value<'c>) -> Value<'c> {
        self.b.bin(if self.is_float() { "arith.addf" } else { "arith.addi" }, x, y)
    }

    // Control flow.

    /// `scf.for` with carried values; gives the final ones.
    pub fn fold(&self, [from, to, step]: [Value<'c>; 3], inits: &[Value<'c>], body: impl FnOnce(Value<'c>, &[Value<'c>]) -> Vec<Value<'c>>) -> Vec<Value<'c>> {
        let loc = self.b.loc();
        let region = Region::new();
        let arguments: Vec<_> = [from].iter().chain(inits).map(|v| (v.ty(), loc)).collect();
        let block = region.add_block(&arguments);
        self.b.within(block, || {
            let args = block.args();
            let next = body(args[0], &args[1..]);
            self.b.op("scf.yield", &next, &[], &[]);
        });
        let types: Vec<_> = inits.iter().map(|v| v.ty()).collect();
        self.b.op_with_regions("scf.for", &[&[from, to, step], inits].concat(), &types, &[], &[region]).results()
    }

    /// `scf.for` from 0, carrying nothing.
    pub fn each(&self, to: Value<'c>, step: Value<'c>, body: impl FnOnce(Value<'c>)) {
        self.fold([self.c(0), to, step], &[], |i, _| {
            body(i);
            vec![]
        });
    }

    /// As `each`, a loop that LLVM leaves as it is.
    pub fn each_plainly(&self, to: Value<'c>, body: impl FnOnce(Value<'c>)) {
        self.each(to, self.c(1), body);
        if let Some(op) = self.b.block().ops().last().filter(|op| op.is("scf.for")) {
            op.set_attr("llvm.loop_annotation", self.b.parse_attr("#llvm.loop_annotation<vectorize = <disable = true>, unroll = <disable = true>>"));
        }
    }

    pub fn when(&self, condition: Value<'c>, then: impl FnOnce()) {
        self.either(condition, then, || {});
    }

    pub fn either(&self, condition: Value<'c>, then: impl FnOnce(), otherwise: impl FnOnce()) {
        let region = |build: &mut dyn FnMut()| {
            let region = Region::new();
            self.b.within(region.add_block(&[]), || {
                build();
                self.b.op("scf.yield", &[], &[], &[]);
            });
            region
        };
        let (mut then, mut otherwise) = (Some(then), Some(otherwise));
        let then = region(&mut || then.take().into_iter().for_each(|build| build()));
        let otherwise = region(&mut || otherwise.take().into_iter().for_each(|build| build()));
        self.b.op_with_regions("scf.if", &[condition], &[], &[], &[then, otherwise]);
    }

    // Arrays.

    pub fn flat_type(&self) -> Type<'c> {
        MemRefType::new(self.element, &[i64::MIN], None, None).into()
    }

    pub fn source(&self, array: Value<'c>) -> Source<'c> {
        let rank = MemRef::new(array.ty()).map_or(0, |memref| memref.rank());
        let index = self.b.index();
        let base = MemRefType::new(self.element, &[], None, None);
        let results: Vec<_> = [base.into(), index].into_iter().chain(vec![index; 2 * rank]).collect();
        let op = self.b.op("memref.extract_strided_metadata", &[array], &results, &[]);
        let number = |i: usize| op.result(2 + i);
        // The extent of a flat view is never asked for.
        let flat = self.b.val("rt.view", &[array, self.c(0), self.c(0), self.c(1)], self.flat_type(), &[]);
        Source { sizes: (0..rank).map(number).collect(), strides: (rank..2 * rank).map(number).collect(), flat }
    }

    /// A new flat array.
    pub fn buffer(&self, size: Value<'c>) -> Value<'c> {
        self.b.val("rt.alloc", &[size], self.flat_type(), &[])
    }

    pub fn load(&self, flat: Value<'c>, place: Value<'c>) -> Value<'c> {
        self.b.val("memref.load", &[flat, place], self.element, &[])
    }

    pub fn store(&self, value: Value<'c>, flat: Value<'c>, place: Value<'c>) {
        self.b.op("memref.store", &[value, flat, place], &[], &[]);
    }

    /// Asks for the place's cache line, which will be written.
    pub fn prefetch(&self, flat: Value<'c>, place: Value<'c>) {
        let yes = self.b.int_attr(self.b.i1(), 1);
        let attrs = [("isWrite", yes), ("isDataCache", yes), ("localityHint", self.b.int_attr(self.b.int(32), 3))];
        self.b.op("memref.prefetch", &[flat, place], &[], &attrs);
    }

    // Vectors.

    pub fn vector(&self, lanes: i64) -> Type<'c> {
        Type::vector(&[lanes as u64], self.element)
    }

    pub fn splat(&self, scalar: Value<'c>, lanes: i64) -> Value<'c> {
        self.b.val("vector.broadcast", &[scalar], self.vector(lanes), &[])
    }

    /// The first `count` of so many lanes; none of a negative count.
    pub fn mask(&self, count: Value<'c>, lanes: i64) -> Value<'c> {
        let count = self.min(self.max(count, self.c(0)), self.c(lanes));
        self.b.val("vector.create_mask", &[count], Type::vector(&[lanes as u64], self.b.i1()), &[])
    }

    /// Neighbouring elements; with a mask only its lanes, the others being zero.
    pub fn load_vector(&self, flat: Value<'c>, place: Value<'c>, lanes: i64, mask: Option<Value<'c>>) -> Value<'c> {
        match mask {
            None => self.b.val("vector.load", &[flat, place], self.vector(lanes), &[]),
            Some(mask) => self.b.val("vector.maskedload", &[flat, place, mask, self.zero(Some(lanes))], self.vector(lanes), &[]),
        }
    }

    pub fn store_vector(&self, value: Value<'c>, flat: Value<'c>, place: Value<'c>, mask: Option<Value<'c>>) {
        match mask {
            None => self.b.op("vector.store", &[value, flat, place], &[], &[]),
            Some(mask) => self.b.op("vector.maskedstore", &[flat, place, mask, value], &[], &[]),
        };
    }

    /// The sum of all lanes, in any order.
    pub fn sum_lanes(&self, vector: Value<'c>) -> Value<'c> {
        let mut attrs = vec![("kind", self.b.parse_attr("#vector.kind<add>"))];
        if self.is_float() {
            attrs.push(("fastmath", self.b.parse_attr("#arith.fastmath<reassoc>")));
        }
        self.b.val("vector.reduction", &[vector], self.element, &attrs)
    }

    /// The columns of a square whose rows are given: in every step the blocks beside the diagonals change places.
    pub fn transpose(&self, mut rows: Vec<Value<'c>>) -> Vec<Value<'c>> {
        let size = rows.len();
        let mut step = size / 2;
        while step > 0 {
            for i in (0..size).filter(|i| i & step == 0) {
                let upper: Vec<i64> = (0..size).map(|j| if j & step == 0 { j } else { size + j - step } as i64).collect();
                let lower: Vec<i64> = (0..size).map(|j| if j & step == 0 { j + step } else { size + j } as i64).collect();
                let pair = [rows[i], rows[i + step]];
                let shuffle = |mask: &[i64]| self.b.val("vector.shuffle", &pair, pair[0].ty(), &[("mask", self.b.i64_array(mask))]);
                (rows[i], rows[i + step]) = (shuffle(&upper), shuffle(&lower));
            }
            step /= 2;
        }
        rows
    }
}

/// Gives a declared function its body; `body` returns the results.
pub fn define<'c>(function: Op<'c>, emit: &mut Emit<'c>, body: impl FnOnce(&Emit<'c>, &[Value<'c>]) -> Vec<Value<'c>>) {
    let inputs = function.type_attr("function_type").and_then(|ty| FunctionType::try_from(ty).ok());
    let inputs: Vec<_> = inputs.iter().flat_map(|ty| (0..ty.input_count()).filter_map(|i| ty.input(i).ok())).map(|ty| (ty, function.loc())).collect();
    let block = function.region(0).add_block(&inputs);
    emit.entry = Some(block);
    let emit = &*emit;
    emit.b.within(block, || {
        let results = body(emit, &block.args());
        emit.b.op("func.return", &results, &[], &[]);
    });
}
