//! Integers in a range: `numpy.random.randint`, `Generator.integers`.

use super::distribution::{Family, drawn_type, parameter, rank_of_size};
use crate::functions::creation;
use crate::functions::elementwise::Parts;
use crate::functions::rules::{Rule, dtype_of};
use crate::functions::{Bound, CallError, Const, TyArg, Val};
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::Ty;

/// Bits that hold the ends of every range, of int64 and uint64 alike.
const WIDE: u32 = 72;

/// The type of the integers: int64 unless `dtype=` says otherwise.
fn dtype(argument: Option<&TyArg>) -> Result<Ty, CallError> {
    let ty = argument.map_or(Ok(Ty::I64), dtype_of)?;
    if ty.is_integral() { Ok(ty) } else { Err(CallError::new(format!("Unsupported dtype {} for random integers", ty.user_name()))) }
}

/// Whether the upper end is included; known at compile time.
fn endpoint(argument: Option<&Const>) -> bool {
    matches!(argument, Some(Const::Bool(true)))
}

pub fn integers_rule(a: &Bound<TyArg>, family: Family) -> Rule {
    let first = family.receiver();
    parameter(&a[first], true)?;
    if let Some(high) = a.get(first + 1).filter(|high| high.ty != Ty::None) {
        parameter(high, true)?;
    }
    if a.get(first + 4).is_some_and(|endpoint| !matches!(endpoint.constant, Some(Const::Bool(_)))) {
        return Err(CallError::new("endpoint must be a constant, True or False"));
    }
    Ok(drawn_type(rank_of_size(a.get(first + 2))?, dtype(a.get(first + 3))?).into())
}

pub fn lower<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty, family: Family) -> Parts<'c> {
    let first = family.receiver();
    let element = ty.as_array().map_or(ty.clone(), |array| (*array.element).clone());
    let closed = endpoint(a.get(first + 4).and_then(|e| e.constant.as_ref()));
    let wide = |l: &mut Lower<'c>, value: &Val<'c>| {
        let extend = if value.ty.is_signed() { "arith.extsi" } else { "arith.extui" };
        l.b.val(extend, &value.parts, l.b.int(WIDE), &[])
    };
    let (low, high) = match a.get(first + 1).filter(|high| high.ty != Ty::None) {
        Some(high) => (wide(l, &a[first]), wide(l, high)),
        None => (l.b.c_int(l.b.int(WIDE), 0), wide(l, &a[first])),
    };
    // From here on the upper end is included.
    let last = if closed { high } else { l.b.bin("arith.subi", high, l.b.c_int(high.ty(), 1)) };
    let array = ty.as_array().is_some().then(|| creation::new(l, &a[first + 2], ty, false));
    let none = array.as_ref().map(|array| {
        let size = l.size(array);
        l.b.cmpi("eq", size, l.b.c_index(0))
    });
    let range = Range { low, last, closed, none };
    range.check(l, &element);
    let b = &l.b;
    let [start, distance] = [low, b.bin("arith.subi", last, low)].map(|wide| b.val("arith.trunci", &[wide], b.i64(), &[]));
    let generator = l.generator(family, a);
    let Some(array) = array else {
        // Of 32 bits and more the legacy generator draws as for a shuffle.
        if family == Family::Legacy && element.item_size() >= Some(4) {
            let drawn = l.runtime_effect(&family.symbol("interval"), &[generator, distance], &[l.b.i64()]);
            return vec![l.convert(l.b.bin("arith.addi", start, drawn[0]), &Ty::I64, &element)];
        }
        let bits = l.b.c_i64(if element == Ty::Bool { 1 } else { 8 * element.item_size().unwrap_or(8) as i64 });
        let drawn = l.runtime_effect(&family.symbol("integer"), &[generator, start, distance, bits], &[l.b.i64()]);
        return vec![match &element {
            Ty::Bool => l.convert(drawn[0], &Ty::I64, &Ty::Bool),
            element => l.convert(drawn[0], &Ty::I64, element),
        }];
    };
    let width = if element == Ty::Bool { "bool".to_string() } else { format!("i{}", 8 * element.item_size().unwrap_or(8)) };
    let flat = l.flat(&array);
    l.runtime_effect(&family.symbol(&format!("integer_{width}_fill")), &[generator, flat.parts[0], start, distance], &[]);
    array.parts
}

/// A closed range of wide integers, and whether nothing is drawn from it.
struct Range<'c> {
    low: Value<'c>,
    last: Value<'c>,
    closed: bool,
    none: Option<Value<'c>>,
}

impl<'c> Range<'c> {
    /// NumPy's errors, in its order. When nothing is drawn anything goes.
    fn check(&self, l: &Lower<'c>, element: &Ty) {
        let b = &l.b;
        let wide = b.int(WIDE);
        let (least, most) = limits(element);
        // A constant of this type would not be negative.
        let number = |value: i64| b.val("arith.extsi", &[b.c_i64(value)], wide, &[]);
        let check = |holds: Value<'c>, message: &str| {
            let holds = self.none.map_or(holds, |none| b.bin("arith.ori", none, holds));
            l.check(holds, "ValueError", message);
        };
        let name = element.numpy_name().unwrap_or_default();
        check(b.cmpi("sge", self.low, number(least)), &format!("low is out of bounds for {name}"));
        let below = match most {
            Some(most) => b.cmpi("sle", self.last, number(most)),
            None => b.cmpi("sle", b.bin("arith.shrsi", self.last, b.c_int(wide, 64)), number(0)),
        };
        check(below, &format!("high is out of bounds for {name}"));
        let ordered = b.cmpi("sle", self.low, self.last);
        let zero = b.cmpi("eq", self.low, number(0));
        let not_zero = l.invert(zero);
        check(b.bin("arith.ori", not_zero, ordered), if self.closed { "high < 0" } else { "high <= 0" });
        check(ordered, if self.closed { "low > high" } else { "low >= high" });
    }
}

/// The least value of a type and its greatest, unless that is of uint64.
fn limits(element: &Ty) -> (i64, Option<i64>) {
    match element {
        Ty::Int { bits: 64, signed: false } => (0, None),
        Ty::Int { bits, signed: false } => (0, Some((1 << bits) - 1)),
        Ty::Int { bits, .. } => (i64::MIN >> (64 - bits), Some(i64::MAX >> (64 - bits))),
        _ => (0, Some(1)),
    }
}
