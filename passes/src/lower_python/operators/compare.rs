//! Comparisons, identity and membership.

use crate::functions::{Const, Val, dtype_of, dtype_of_ref};
use crate::lower_python::Lower;
use std::cmp::Ordering;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::Ty;

impl<'c> Lower<'c> {
    /// `lhs kind rhs`, an i1.
    pub fn compare(&mut self, kind: &str, lhs: &Val<'c>, rhs: &Val<'c>) -> Value<'c> {
        match kind {
            "is" => self.identical(lhs, rhs),
            "in" => self.contains(rhs, lhs),
            "eq" => self.equal(lhs, rhs),
            "is_not" | "not_in" | "ne" => {
                if kind == "ne" && lhs.ty.is_number() && rhs.ty.is_number() {
                    return self.compare_numbers("ne", lhs, rhs);
                }
                if kind == "ne" && lhs.ty.time_of().is_some() && rhs.ty.time_of().is_some() {
                    return self.compare_times("ne", lhs, rhs);
                }
                let same = self.compare(match kind { "is_not" => "is", "not_in" => "in", _ => "eq" }, lhs, rhs);
                self.invert(same)
            }
            _ => self.order(kind, lhs, rhs),
        }
    }

    fn equal(&mut self, lhs: &Val<'c>, rhs: &Val<'c>) -> Value<'c> {
        match (&lhs.ty, &rhs.ty) {
            (a, b) if a.is_number() && b.is_number() => self.compare_numbers("eq", lhs, rhs),
            (Ty::Time(_), Ty::Time(_)) => self.compare_times("eq", lhs, rhs),
            (Ty::Optional(_), _) | (_, Ty::Optional(_)) => self.equal_optional(lhs, rhs),
            (Ty::Tuple(a), Ty::Tuple(b)) | (Ty::List(a), Ty::List(b)) if a.len() == b.len() => {
                let pairs: Vec<_> = self.elements(lhs).into_iter().zip(self.elements(rhs)).collect();
                let all: Vec<_> = pairs.iter().map(|(x, y)| self.equal(x, y)).collect();
                all.into_iter().reduce(|x, y| self.b.bin("arith.andi", x, y)).unwrap_or_else(|| self.b.c_bool(true))
            }
            (Ty::Str, Ty::Str) => self.b.c_bool(lhs.constant == rhs.constant),
            (Ty::Ref(a), Ty::Ref(b)) => self.b.c_bool(a == b || dtype_of_ref(a).is_some_and(|t| dtype_of_ref(b) == Some(t))),
            (Ty::Ref(_), Ty::Str) | (Ty::Str, Ty::Ref(_)) => {
                let [x, y] = [lhs, rhs].map(|value| dtype_of(&value.as_argument()).ok());
                self.b.c_bool(x.is_some() && x == y)
            }
            (Ty::None, Ty::None) | (Ty::Ellipsis, Ty::Ellipsis) => self.b.c_bool(true),
            (Ty::Pointer(_), Ty::Pointer(_)) => self.b.cmpi("eq", lhs.parts[0], rhs.parts[0]),
            _ => self.b.c_bool(false),
        }
    }

    /// `<`, `<=`, `>`, `>=`.
    fn order(&mut self, kind: &str, lhs: &Val<'c>, rhs: &Val<'c>) -> Value<'c> {
        match (&lhs.ty, &rhs.ty) {
            (Ty::Tuple(a), Ty::Tuple(b)) | (Ty::List(a), Ty::List(b)) => {
                // The first elements that differ decide; if there are none, the lengths.
                let mut result = self.b.c_bool(holds(kind, a.len().cmp(&b.len())));
                let pairs: Vec<_> = self.elements(lhs).into_iter().zip(self.elements(rhs)).collect();
                for (x, y) in pairs.iter().rev() {
                    let same = self.equal(x, y);
                    let decides = self.order(kind, x, y);
                    result = self.b.select(same, result, decides);
                }
                result
            }
            (Ty::Str, Ty::Str) => {
                let known = match (&lhs.constant, &rhs.constant) {
                    (Some(Const::Str(a)), Some(Const::Str(b))) => holds(kind, a.cmp(b)),
                    _ => false,
                };
                self.b.c_bool(known)
            }
            (a, b) if a.is_number() && b.is_number() => self.compare_numbers(kind, lhs, rhs),
            (Ty::Time(_), Ty::Time(_)) => self.compare_times(kind, lhs, rhs),
            (a, b) => panic!("inference let {a} {kind} {b} pass"),
        }
    }

    /// In the unit of both.
    fn compare_times(&mut self, kind: &str, lhs: &Val<'c>, rhs: &Val<'c>) -> Value<'c> {
        let common = zouk_dialects::ty::promote_types(&lhs.ty, &rhs.ty).unwrap_or_else(|| lhs.ty.clone());
        let (a, b) = (self.cast(lhs, &common), self.cast(rhs, &common));
        self.compare_counts(kind, a.parts[0], b.parts[0])
    }

    /// Exact for integers of any width and sign. An integer and a float compare as floats: a 64-bit integer
    /// beyond 2**53 is rounded first.
    fn compare_numbers(&mut self, kind: &str, lhs: &Val<'c>, rhs: &Val<'c>) -> Value<'c> {
        if lhs.ty.is_complex() || rhs.ty.is_complex() {
            let (a, b) = (self.cast(lhs, &Ty::C128), self.cast(rhs, &Ty::C128));
            if !matches!(kind, "eq" | "ne") {
                return self.complex_order(kind, [a.parts[0], a.parts[1]], [b.parts[0], b.parts[1]]);
            }
            let predicate = if kind == "eq" { "oeq" } else { "une" };
            let [re, im] = [0, 1].map(|i| self.b.cmpf(predicate, a.parts[i], b.parts[i]));
            return self.b.bin(if kind == "eq" { "arith.andi" } else { "arith.ori" }, re, im);
        }
        if lhs.ty.is_integral() && rhs.ty.is_integral() {
            return self.compare_ints(kind, lhs, rhs);
        }
        let all = |fits: fn(&Ty) -> bool| fits(&lhs.ty) && fits(&rhs.ty);
        let ty = match () {
            _ if all(|ty| matches!(ty, Ty::Bool | Ty::Float(16) | Ty::Int { bits: 8, .. })) => Ty::F16,
            _ if all(|ty| matches!(ty, Ty::Bool | Ty::Float(16 | 32) | Ty::Int { bits: 8 | 16, .. })) => Ty::F32,
            _ => Ty::F64,
        };
        let (a, b) = (self.cast(lhs, &ty).parts[0], self.cast(rhs, &ty).parts[0]);
        let predicate = match kind {
            "ne" => "une".to_string(),
            kind => format!("o{kind}"),
        };
        self.b.cmpf(&predicate, a, b)
    }

    fn compare_ints(&mut self, kind: &str, lhs: &Val<'c>, rhs: &Val<'c>) -> Value<'c> {
        let wide = |ty: &Ty| *ty == Ty::U64;
        let mixed = wide(&lhs.ty) != wide(&rhs.ty);
        let other = if wide(&lhs.ty) { rhs } else { lhs };
        let (ty, signed) = match (wide(&lhs.ty) || wide(&rhs.ty), lhs.ty == rhs.ty) {
            // A narrower unsigned type or bool fits uint64.
            (true, _) => (Ty::U64, false),
            (false, true) => (lhs.ty.clone(), lhs.ty.is_signed()),
            (false, false) => (Ty::I64, true),
        };
        let (a, b) = (self.cast(lhs, &ty).parts[0], self.cast(rhs, &ty).parts[0]);
        let predicate = match kind {
            "eq" | "ne" => kind.to_string(),
            kind => format!("{}{kind}", if signed { 's' } else { 'u' }),
        };
        let result = self.b.cmpi(&predicate, a, b);
        if !(mixed && other.ty.is_signed()) {
            return result;
        }
        // A negative number is below every uint64.
        let x = other.parts[0];
        let negative = self.b.cmpi("slt", x, self.b.c_int(x.ty(), 0));
        let order = if wide(&lhs.ty) { Ordering::Greater } else { Ordering::Less };
        self.b.select(negative, self.b.c_bool(holds(kind, order)), result)
    }

    /// None equals None; values compare only when both are there.
    fn equal_optional(&mut self, lhs: &Val<'c>, rhs: &Val<'c>) -> Value<'c> {
        let open = |v: &Val<'c>| match &v.ty {
            Ty::Optional(_) => {
                let (flag, held) = self.unwrap(v);
                (flag, Some(held))
            }
            Ty::None => (self.b.c_bool(false), None),
            _ => (self.b.c_bool(true), Some(v.clone())),
        };
        let ((has_left, left), (has_right, right)) = (open(lhs), open(rhs));
        let both = self.b.bin("arith.andi", has_left, has_right);
        let neither = self.invert(self.b.bin("arith.ori", has_left, has_right));
        let same = match (left, right) {
            (Some(x), Some(y)) => self.equal(&x, &y),
            _ => self.b.c_bool(false),
        };
        self.b.bin("arith.ori", neither, self.b.bin("arith.andi", both, same))
    }

    /// `is`: None, functions and types by their type, arrays by their memory and how it is seen, all else by type and value.
    fn identical(&mut self, lhs: &Val<'c>, rhs: &Val<'c>) -> Value<'c> {
        match (&lhs.ty, &rhs.ty) {
            (a, b) if a.class_name().is_some() && b.class_name().is_some() => self.same_instance(lhs, rhs),
            (Ty::Optional(_), Ty::None) => self.invert(lhs.parts[0]),
            (Ty::None, Ty::Optional(_)) => self.invert(rhs.parts[0]),
            (Ty::Array(a), Ty::Array(b)) => {
                if a.rank != b.rank || a.element != b.element {
                    return self.b.c_bool(false);
                }
                if lhs.parts == rhs.parts {
                    return self.b.c_bool(true);
                }
                let [x, y] = [lhs, rhs].map(|v| self.b.val("memref.extract_aligned_pointer_as_index", &v.parts, self.b.index(), &[]));
                let mut same = self.b.cmpi("eq", x, y);
                for (m, n) in self.dims(lhs).into_iter().zip(self.dims(rhs)) {
                    same = self.b.bin("arith.andi", same, self.b.cmpi("eq", m, n));
                }
                for (m, n) in self.strides(lhs).into_iter().zip(self.strides(rhs)) {
                    same = self.b.bin("arith.andi", same, self.b.cmpi("eq", m, n));
                }
                same
            }
            (Ty::Optional(_), _) | (_, Ty::Optional(_)) => self.equal(lhs, rhs),
            (a, b) if a != b => self.b.c_bool(false),
            _ => self.equal(lhs, rhs),
        }
    }

    /// `item in container`.
    fn contains(&mut self, container: &Val<'c>, item: &Val<'c>) -> Value<'c> {
        match &container.ty {
            Ty::Tuple(_) | Ty::List(_) => {
                let found: Vec<_> = self.elements(container).iter().map(|e| self.equal(e, item)).collect();
                found.into_iter().reduce(|x, y| self.b.bin("arith.ori", x, y)).unwrap_or_else(|| self.b.c_bool(false))
            }
            Ty::Array(_) => {
                let none = self.b.c_bool(false);
                let found = self.fold(container, &[none], &mut |l, element, found| {
                    let same = l.equal(&element, item);
                    vec![l.b.bin("arith.ori", found[0], same)]
                });
                found[0]
            }
            Ty::Range(inner) if item.ty.is_number() => self.range_contains(container, inner, item),
            Ty::Str => {
                let known = match (&container.constant, &item.constant) {
                    (Some(Const::Str(text)), Some(Const::Str(part))) => text.contains(part.as_str()),
                    _ => false,
                };
                self.b.c_bool(known)
            }
            _ => self.b.c_bool(false),
        }
    }

    /// Between start and stop, and a whole number of steps from start.
    fn range_contains(&mut self, range: &Val<'c>, inner: &Ty, item: &Val<'c>) -> Value<'c> {
        // A float or complex number is in the range when it equals an integer that is.
        let number = self.real_part(item);
        let whole = self.cast(&number, &Ty::I64);
        let exact = self.equal(&whole, item);
        let length = self.range_length(range);
        let [start, _, step] = [0, 1, 2].map(|i| self.convert(range.parts[i], inner, &Ty::I64));
        let distance = self.b.bin("arith.subi", whole.parts[0], start);
        let one = self.b.c_i64(1);
        let (down, zero) = (self.b.cmpi("slt", step, self.b.c_i64(0)), self.b.c_i64(0));
        let stride = self.b.select(down, self.b.bin("arith.subi", zero, step), step);
        let along = self.b.select(down, self.b.bin("arith.subi", zero, distance), distance);
        let safe = self.b.select(self.b.cmpi("eq", stride, zero), one, stride);
        let count = self.b.bin("arith.divui", along, safe);
        let aligned = self.b.cmpi("eq", self.b.bin("arith.remui", along, safe), zero);
        let inside = self.b.cmpi("ult", count, length);
        self.b.bin("arith.andi", exact, self.b.bin("arith.andi", aligned, inside))
    }

    /// The real part of a number.
    fn real_part(&self, x: &Val<'c>) -> Val<'c> {
        if let Ty::Complex(bits) = x.ty { self.val(Ty::Float(bits), vec![x.parts[0]]) } else { x.clone() }
    }

    /// Runs over all elements of an array in C order with carried values.
    pub fn fold(
        &mut self,
        array: &Val<'c>,
        inits: &[Value<'c>],
        body: &mut dyn FnMut(&mut Self, Val<'c>, &[Value<'c>]) -> Vec<Value<'c>>,
    ) -> Vec<Value<'c>> {
        let dims = self.dims(array);
        self.fold_axis(array, &dims, &mut vec![], inits, body)
    }

    fn fold_axis(
        &mut self,
        array: &Val<'c>,
        dims: &[Value<'c>],
        indices: &mut Vec<Value<'c>>,
        inits: &[Value<'c>],
        body: &mut dyn FnMut(&mut Self, Val<'c>, &[Value<'c>]) -> Vec<Value<'c>>,
    ) -> Vec<Value<'c>> {
        let Some((&dim, rest)) = dims.split_first() else {
            let element = self.load(array, indices);
            return body(self, element, inits);
        };
        let (zero, one) = (self.b.c_index(0), self.b.c_index(1));
        self.scf_for(zero, dim, one, inits, &mut |l, i, carried| {
            indices.push(i);
            let next = l.fold_axis(array, rest, indices, carried, body);
            indices.pop();
            next
        })
    }
}

/// Whether `a kind b` holds when `a` is so ordered to `b`.
fn holds(kind: &str, order: Ordering) -> bool {
    match kind {
        "lt" => order.is_lt(),
        "le" => order.is_le(),
        "gt" => order.is_gt(),
        "ge" => order.is_ge(),
        "ne" => order.is_ne(),
        _ => order.is_eq(),
    }
}
