//! Orders at random: `shuffle` in place, `permutation` as a new array. Both draw a place for each row from the last to the second.

use super::distribution::Family;
use crate::functions::elementwise::Parts;
use crate::functions::rules::{Rule, expected, integer};
use crate::functions::{Bound, CallError, Const, TyArg, Val};
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::{Array, Layout, Ty};

fn first_axis(axis: Option<&TyArg>) -> Result<(), CallError> {
    match axis.map(|axis| &axis.constant) {
        None | Some(Some(Const::Int(0))) => Ok(()),
        _ => Err(CallError::new("only axis 0 is supported").help("shuffle the transposed array")),
    }
}

pub fn shuffle_rule(a: &Bound<TyArg>, family: Family) -> Rule {
    let x = &a[family.receiver()];
    first_axis(a.get(family.receiver() + 1))?;
    match x.ty.as_array() {
        Some(Array { readonly: true, .. }) => Err(CallError::new("array is read-only")),
        Some(Array { rank: 0, .. }) => Err(CallError::new("len() of unsized object")),
        Some(Array { rank, .. }) if *rank > 1 && family == Family::Python => {
            Err(CallError::new("an array of several dimensions is not shuffled by `random`: its rows are views").help("use `np.random.shuffle`"))
        }
        Some(_) => Ok(Ty::None.into()),
        None => expected("an array", &x.ty),
    }
}

pub fn shuffle<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, family: Family) -> Parts<'c> {
    let generator = l.generator(family, a);
    let x = &a[family.receiver()];
    // Nothing is drawn for an array without elements.
    let (size, rows, zero) = (l.size(x), l.dim(x, 0), l.b.c_index(0));
    let rows = l.b.select(l.b.cmpi("eq", size, zero), zero, rows);
    l.shuffle_rows(family, generator, x, rows);
    vec![]
}

pub fn permutation_rule(a: &Bound<TyArg>, family: Family) -> Rule {
    let x = &a[family.receiver()];
    first_axis(a.get(family.receiver() + 1))?;
    match &x.ty {
        Ty::Array(Array { rank: 0, .. }) => Err(CallError::new("x must be an integer or at least 1-dimensional")),
        Ty::Array(array) => Ok(Ty::array((*array.element).clone(), array.rank, Layout::C).into()),
        _ => {
            let ty = integer(x)?;
            Ok(Ty::array(if *ty == Ty::U64 { Ty::U64 } else { Ty::I64 }, 1, Layout::C).into())
        }
    }
}

pub fn permutation<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty, family: Family) -> Parts<'c> {
    let generator = l.generator(family, a);
    let x = &a[family.receiver()];
    let Some(array) = x.ty.as_array() else {
        let count = l.scalar_as(x, &Ty::I64);
        let (count, zero) = (l.b.index_cast(count, l.b.index()), l.b.c_index(0));
        let count = l.b.bin("arith.maxsi", count, zero);
        let element = ty.as_array().map_or(Ty::I64, |array| (*array.element).clone());
        return l.shuffled_numbers(family, generator, count, element).parts;
    };
    let rank = array.rank;
    if rank == 1 {
        let copy = l.copy_array(x, ty);
        let copy = l.val(ty.clone(), copy);
        let rows = l.dim(x, 0);
        l.shuffle_rows(family, generator, &copy, rows);
        return copy.parts;
    }
    let dims = l.dims(x);
    let result = l.alloc(ty.as_array().unwrap_or(array).clone(), &dims, false);
    let order = l.shuffled_numbers(family, generator, dims[0], Ty::I64);
    l.for_each(&dims, &mut |l, at| {
        let row = l.load(&order, &at[..1]);
        let row = l.b.index_cast(row.parts[0], l.b.index());
        let item = l.load(x, &[&[row], &at[1..]].concat());
        l.store(&result, at, &item);
    });
    result.parts
}

impl<'c> Lower<'c> {
    /// 0, 1, … in an order at random.
    fn shuffled_numbers(&mut self, family: Family, generator: Value<'c>, count: Value<'c>, element: Ty) -> Val<'c> {
        let Ty::Array(of) = Ty::array(element.clone(), 1, Layout::C) else { unreachable!("an array type") };
        let numbers = self.alloc(of, &[count], false);
        self.for_each(&[count], &mut |l, at| {
            let number = l.b.index_cast(at[0], l.b.i64());
            let number = l.val(element.clone(), vec![number]);
            l.store(&numbers, at, &number);
        });
        self.shuffle_rows(family, generator, &numbers, count);
        numbers
    }

    /// Swaps each of the first `rows` rows, from the last to the second, with one at or before it.
    fn shuffle_rows(&mut self, family: Family, generator: Value<'c>, array: &Val<'c>, rows: Value<'c>) {
        let (zero, one) = (self.b.c_index(0), self.b.c_index(1));
        let last = self.b.bin("arith.subi", rows, one);
        let dims = self.dims(array);
        self.scf_for(zero, last, one, &[], &mut |l, k, _| {
            let i = l.b.bin("arith.subi", last, k);
            let most = l.b.index_cast(i, l.b.i64());
            let drawn = match family {
                Family::Python => {
                    let count = l.b.bin("arith.addi", most, l.b.c_i64(1));
                    l.runtime_effect(&family.symbol("randbelow"), &[generator, count], &[l.b.i64()])
                }
                _ => l.runtime_effect(&family.symbol("interval"), &[generator, most], &[l.b.i64()]),
            };
            let j = l.b.index_cast(drawn[0], l.b.index());
            l.for_each(&dims[1..], &mut |l, at| {
                let (here, there) = ([&[i], at].concat(), [&[j], at].concat());
                let (x, y) = (l.load(array, &here), l.load(array, &there));
                l.store(array, &here, &y);
                l.store(array, &there, &x);
            });
            vec![]
        });
    }
}
