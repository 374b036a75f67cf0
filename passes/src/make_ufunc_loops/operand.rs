//! An operand of an inner loop: a number at each step, or an array.

use crate::llvm_dialect::LlvmOps;
use crate::make_entries::leaf::Leaf;
use zouk_dialects::ir::{Builder, Type, Value};
use zouk_dialects::ty::Ty;

pub struct Operand {
    /// The parts of an element, which lie one after the other.
    leaves: Vec<Leaf>,
    /// The numbers of the core dimensions.
    pub dimensions: Vec<usize>,
    /// The axes of the array that the function takes; none for a number.
    pub rank: Option<usize>,
}

impl Operand {
    /// None where NumPy has no such operand. A number may be passed as an array of one element, so that it can be stored to.
    pub fn new(ty: &Ty, dimensions: &[usize]) -> Option<Operand> {
        let (element, rank) = match ty {
            Ty::Array(array) if array.bytes().is_none() => (&*array.element, Some(array.rank)),
            other => (other, None),
        };
        let fits = match rank {
            None => dimensions.is_empty(),
            Some(rank) => rank == dimensions.len() || dimensions.is_empty() && rank == 1,
        };
        let number = matches!(element, Ty::Bool | Ty::Int { .. } | Ty::Float(_) | Ty::Complex(_));
        (fits && number).then(|| Operand { leaves: Leaf::of(element), dimensions: dimensions.to_vec(), rank })
    }

    /// Bytes of an element.
    pub fn size(&self) -> i64 {
        self.leaves.iter().map(|leaf| leaf_size(*leaf)).sum()
    }

    pub fn is_like(&self, other: &Operand) -> bool {
        self.leaves == other.leaves && self.rank == other.rank
    }

    pub fn leaves(&self) -> usize {
        self.leaves.len()
    }

    /// The number at an address, as the function takes it.
    pub fn load<'c>(&self, b: &Builder<'c>, at: Value<'c>) -> Vec<Value<'c>> {
        let mut values = vec![];
        for (i, leaf) in self.leaves.iter().enumerate() {
            let raw = b.load(in_memory(*leaf, b), b.fixed_pointer(at, in_memory(*leaf, b), i as i32));
            values.push(if *leaf == Leaf::Bool { compare(b, NOT_EQUAL, raw, b.constant(b.int(8), 0)) } else { raw });
        }
        values
    }

    pub fn store<'c>(&self, b: &Builder<'c>, values: &[Value<'c>], at: Value<'c>) {
        for (i, (leaf, value)) in self.leaves.iter().zip(values).enumerate() {
            let raw = if *leaf == Leaf::Bool { b.val("llvm.zext", &[*value], b.int(8), &[]) } else { *value };
            b.store(raw, b.fixed_pointer(at, in_memory(*leaf, b), i as i32));
        }
    }
}

fn leaf_size(leaf: Leaf) -> i64 {
    match leaf {
        Leaf::Bool => 1,
        Leaf::Int { bits, .. } | Leaf::Float(bits) => bits as i64 / 8,
        Leaf::Array(_) | Leaf::Object => 8,
    }
}

fn in_memory<'c>(leaf: Leaf, b: &Builder<'c>) -> Type<'c> {
    if leaf == Leaf::Bool { b.int(8) } else { leaf.ty(b) }
}

/// Predicates of `llvm.icmp`.
pub const EQUAL: i64 = 0;
pub const NOT_EQUAL: i64 = 1;
pub const LESS: i64 = 2;

pub fn compare<'c>(b: &Builder<'c>, predicate: i64, left: Value<'c>, right: Value<'c>) -> Value<'c> {
    b.val("llvm.icmp", &[left, right], b.i1(), &[("predicate", b.int_attr(b.i64(), predicate))])
}
