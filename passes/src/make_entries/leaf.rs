//! The parts of a Python value that compiled code handles, and how each crosses the boundary.

use crate::llvm_dialect::LlvmOps;
use zouk_dialects::ir::{Builder, Type, Value};
use zouk_dialects::ty::Ty;

/// A scalar or an array.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Leaf {
    Bool,
    Int { bits: u32, signed: bool },
    Float(u32),
    /// Of that rank.
    Array(usize),
    /// An instance of a compiled class.
    Object,
}

/// Bytes between a block and its data.
pub const HEADER: i32 = 64;

impl Leaf {
    /// The leaves of a Python type, in order.
    pub fn of(ty: &Ty) -> Vec<Leaf> {
        let all = |types: &[Ty]| types.iter().flat_map(Leaf::of).collect();
        match ty {
            Ty::Unknown | Ty::None | Ty::Str | Ty::Ellipsis | Ty::Unbound | Ty::Ref(_) => vec![],
            Ty::Bool => vec![Leaf::Bool],
            Ty::Int { bits, signed } => vec![Leaf::Int { bits: *bits, signed: *signed }],
            Ty::Time(_) => vec![Leaf::Int { bits: 64, signed: true }],
            Ty::Generator | Ty::Pointer(_) | Ty::Function(_) => vec![Leaf::Int { bits: 64, signed: false }],
            Ty::Float(bits) => vec![Leaf::Float(*bits)],
            Ty::Complex(bits) => vec![Leaf::Float(*bits); 2],
            // Elements that are bytes have an axis of their own.
            Ty::Array(array) => vec![Leaf::Array(array.rank + array.bytes().is_some() as usize)],
            Ty::Record(_) => vec![Leaf::Array(1)],
            Ty::Class(_) => vec![Leaf::Object],
            Ty::Tuple(types) | Ty::List(types) | Ty::Zip(types) | Ty::Named(_, types) => all(types),
            Ty::Slice(types) => all(&types[..]),
            Ty::Optional(inner) | Ty::Maybe(inner) => [vec![Leaf::Bool], Leaf::of(inner)].concat(),
            Ty::Reversed(inner) | Ty::Walk(_, inner) | Ty::Flags(inner) | Ty::Ctypes(inner) => Leaf::of(inner),
            Ty::Enumerate(inner) => [Leaf::of(inner), vec![Leaf::Int { bits: 64, signed: true }]].concat(),
            Ty::Iterator(inner) => [Leaf::of(inner), vec![Leaf::Array(1)]].concat(),
            Ty::Range(inner) => Leaf::of(inner).repeat(3),
            // The number of the one that it is.
            Ty::OneOf(functions) => [vec![Leaf::Int { bits: 64, signed: true }], all(functions)].concat(),
            // Never an argument or a result.
            Ty::Collector(_) | Ty::Closure(..) | Ty::Map(_) | Ty::Filter(_) => vec![],
        }
    }

    /// How many slots it takes.
    pub fn slots(self) -> usize {
        match self {
            Leaf::Array(rank) => 2 + 2 * rank,
            _ => 1,
        }
    }

    /// The type of a scalar.
    pub fn ty<'c>(self, b: &Builder<'c>) -> Type<'c> {
        match self {
            Leaf::Bool => b.i1(),
            Leaf::Int { bits, .. } => b.int(bits),
            Leaf::Float(16) => b.f16(),
            Leaf::Float(32) => b.f32(),
            Leaf::Float(_) => b.f64(),
            Leaf::Array(_) | Leaf::Object => b.ptr(),
        }
    }

    /// The LLVM arguments that the slots from number `at` on stand for.
    pub fn load<'c>(self, b: &Builder<'c>, base: Value<'c>, at: usize) -> Vec<Value<'c>> {
        let slot = |i: usize| b.fixed_pointer(base, b.i64(), (at + i) as i32);
        match self {
            Leaf::Bool => vec![b.val("llvm.trunc", &[b.load(b.i64(), slot(0))], b.i1(), &[])],
            Leaf::Int { bits, .. } if bits < 64 => vec![b.val("llvm.trunc", &[b.load(b.i64(), slot(0))], b.int(bits), &[])],
            // A narrow float lies in the low bytes of its slot, which come first.
            Leaf::Int { .. } | Leaf::Float(_) => vec![b.load(self.ty(b), slot(0))],
            // The descriptor in the order of a function's arguments: owner, data, offset, sizes, strides.
            Leaf::Array(rank) => {
                let mut parts = vec![b.load(b.ptr(), slot(0)), b.load(b.ptr(), slot(1)), b.constant(b.i64(), 0)];
                parts.extend((0..2 * rank).map(|i| b.load(b.i64(), slot(2 + i))));
                parts
            }
            // The descriptor of an array of no axes.
            Leaf::Object => {
                let block = b.load(b.ptr(), slot(0));
                vec![block, b.fixed_pointer(block, b.int(8), HEADER), b.constant(b.i64(), 0)]
            }
        }
    }

    /// Stores a result in the slots from number `at` on.
    pub fn store<'c>(self, b: &Builder<'c>, value: Value<'c>, base: Value<'c>, at: usize) {
        let put = |value: Value<'c>, i: usize| b.store(value, b.fixed_pointer(base, b.i64(), (at + i) as i32));
        match self {
            Leaf::Int { bits, signed: true } if bits < 64 => put(b.val("llvm.sext", &[value], b.i64(), &[]), 0),
            Leaf::Int { bits, .. } if bits < 64 => put(b.val("llvm.zext", &[value], b.i64(), &[]), 0),
            Leaf::Bool => put(b.val("llvm.zext", &[value], b.i64(), &[]), 0),
            Leaf::Float(width @ (16 | 32)) => {
                let bits = b.val("llvm.bitcast", &[value], b.int(width), &[]);
                put(b.val("llvm.zext", &[bits], b.i64(), &[]), 0)
            }
            Leaf::Int { .. } | Leaf::Float(_) => put(value, 0),
            Leaf::Object => put(b.extract_value(value, &[0], b.ptr()), 0),
            Leaf::Array(rank) => {
                put(b.extract_value(value, &[0], b.ptr()), 0);
                put(b.extract_value(value, &[1], b.ptr()), 1);
                for i in 0..2 * rank {
                    let position = [3 + (i / rank) as i64, (i % rank) as i64];
                    put(b.extract_value(value, &position, b.i64()), 2 + i);
                }
            }
        }
    }

    /// How many LLVM arguments it is.
    pub fn arguments(self) -> usize {
        match self {
            Leaf::Array(rank) => 3 + 2 * rank,
            Leaf::Object => 3,
            _ => 1,
        }
    }
}
