//! Conversions between Python types.

use super::Lower;
use crate::functions::Val;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::Ty;

impl<'c> Lower<'c> {
    /// The value as another type, by Python's and C's rules: ints wrap or extend by the sign of their own type, floats
    /// truncate to ints (saturating, NaN to the least int, as x86 does), numbers become bools by `!= 0`, anything gains an optional's or maybe's flag.
    pub fn cast(&mut self, value: &Val<'c>, to: &Ty) -> Val<'c> {
        if value.ty == *to {
            return value.clone();
        }
        let parts = match (&value.ty, to) {
            (Ty::Unbound | Ty::Unknown, Ty::Maybe(inner)) => [vec![self.b.c_bool(false)], self.fillers(inner)].concat(),
            (Ty::Unbound | Ty::Unknown, _) => self.fillers(to),
            (Ty::None, Ty::Optional(inner)) => [vec![self.b.c_bool(false)], self.fillers(inner)].concat(),
            (Ty::Maybe(_), Ty::Maybe(inner)) | (Ty::Optional(_), Ty::Optional(inner)) => {
                let (flag, held) = self.unwrap(value);
                [vec![flag], self.cast(&held, inner).parts].concat()
            }
            (Ty::Maybe(_) | Ty::Optional(_), _) => {
                let held = self.unwrap(value).1;
                self.cast(&held, to).parts
            }
            (_, Ty::Maybe(inner) | Ty::Optional(inner)) => [vec![self.b.c_bool(true)], self.cast(value, inner).parts].concat(),
            (Ty::Tuple(_), Ty::Tuple(types)) | (Ty::List(_), Ty::List(types) | Ty::Tuple(types)) | (Ty::Named(..), Ty::Named(_, types) | Ty::Tuple(types)) => {
                let elements = self.elements(value);
                elements.iter().zip(types).flat_map(|(e, t)| self.cast(e, t).parts).collect()
            }
            // A function as a declared type says: what the adapter captures.
            (Ty::Ref(_) | Ty::Closure(..) | Ty::OneOf(_), Ty::Closure(adapter, types)) if value.ty.function_name() != Some(adapter) => self.cast(value, &types[0]).parts,
            (Ty::Closure(..), Ty::Closure(_, types)) => {
                let captured = self.elements(value);
                captured.iter().zip(types).flat_map(|(e, t)| self.cast(e, t).parts).collect()
            }
            (Ty::Ref(_) | Ty::Closure(..) | Ty::OneOf(_), Ty::OneOf(functions)) => self.one_of(value, functions),
            (Ty::Collector(_), Ty::Collector(item)) => self.collector_for(value, item),
            (Ty::Array(_), Ty::Array(array)) => {
                let to = self.memref(array);
                if value.parts[0].ty() == to { value.parts.clone() } else { vec![self.b.val("memref.cast", &value.parts, to, &[])] }
            }
            (Ty::Range(from), Ty::Range(into)) => value.parts.iter().map(|p| self.convert(*p, from, into)).collect(),
            (Ty::Complex(from), Ty::Complex(into)) => {
                value.parts.iter().map(|p| self.convert(*p, &Ty::Float(*from), &Ty::Float(*into))).collect()
            }
            (from, Ty::Complex(bits)) => {
                let ty = self.scalar(&Ty::Float(*bits));
                vec![self.convert(value.parts[0], from, &Ty::Float(*bits)), self.b.c_float(ty, 0.0)]
            }
            (Ty::Complex(_), Ty::Bool) => vec![self.truth(value)],
            (_, Ty::Pointer(_)) => vec![self.address(value)],
            (Ty::Pointer(_), Ty::Int { .. }) => value.parts.clone(),
            (from, to) => vec![self.convert(value.parts[0], from, to)],
        };
        self.val(to.clone(), parts)
    }

    /// Converts between bool, int, float and time types: a time is its count.
    pub fn convert(&mut self, value: Value<'c>, from: &Ty, to: &Ty) -> Value<'c> {
        let ty = self.scalar(to);
        let b = &self.b;
        let cast = |op: &str| b.val(op, &[value], ty, &[]);
        match (from, to) {
            _ if from == to => value,
            (Ty::Time(from), Ty::Time(to)) => self.convert_time(value, *from, *to),
            (Ty::Time(_), to) => self.convert(value, &Ty::I64, to),
            (from, Ty::Time(_)) => self.convert(value, from, &Ty::I64),
            (Ty::Float(_), Ty::Bool) => b.cmpf("une", value, b.c_float(value.ty(), 0.0)),
            (Ty::Int { .. }, Ty::Bool) => b.cmpi("ne", value, b.c_int(value.ty(), 0)),
            (Ty::Float(m), Ty::Float(n)) => cast(if m < n { "arith.extf" } else { "arith.truncf" }),
            (Ty::Float(16), Ty::Int { .. }) => {
                let wide = self.convert(value, from, &Ty::F32);
                self.float_to_int(wide, ty, to.is_signed())
            }
            (Ty::Float(_), Ty::Int { .. }) => self.float_to_int(value, ty, to.is_signed()),
            // An integer that float32 rounds is beyond float16's range.
            (from, Ty::Float(16)) => {
                let wide = self.convert(value, from, &Ty::F32);
                self.convert(wide, &Ty::F32, to)
            }
            (Ty::Int { signed: true, .. }, Ty::Float(_)) => cast("arith.sitofp"),
            (_, Ty::Float(_)) => cast("arith.uitofp"),
            (Ty::Bool, Ty::Int { .. }) => cast("arith.extui"),
            (Ty::Int { bits: m, signed }, Ty::Int { bits: n, .. }) => match m.cmp(n) {
                std::cmp::Ordering::Equal => value,
                std::cmp::Ordering::Greater => cast("arith.trunci"),
                std::cmp::Ordering::Less => cast(if *signed { "arith.extsi" } else { "arith.extui" }),
            },
            (from, to) => panic!("no conversion from {from} to {to}"),
        }
    }

    /// C's conversion where it is defined; outside it, what x86 gives for int64: the least integer. LLVM leaves it poison, so it is selected.
    fn float_to_int(&mut self, value: Value<'c>, ty: zouk_dialects::ir::Type<'c>, signed: bool) -> Value<'c> {
        let b = &self.b;
        let i64 = b.i64();
        let wide = value.ty();
        // In range: -2^63 <= x < 2^63, or 0 <= x < 2^64 for the unsigned upper half.
        let low = b.c_float(wide, -9223372036854775808.0);
        let high = b.c_float(wide, 9223372036854775808.0);
        let fits = b.bin("arith.andi", b.cmpf("oge", value, low), b.cmpf("olt", value, high));
        let zero = b.c_float(wide, 0.0);
        let converted = b.val("arith.fptosi", &[b.select(fits, value, zero)], i64, &[]);
        let least = b.c_i64(i64::MIN);
        let mut result = b.select(fits, converted, least);
        if !signed {
            let top = b.c_float(wide, 18446744073709551616.0);
            let upper = b.bin("arith.andi", b.cmpf("oge", value, high), b.cmpf("olt", value, top));
            let shifted = b.bin("arith.subf", b.select(upper, value, high), high);
            let half = b.val("arith.fptosi", &[shifted], i64, &[]);
            result = b.select(upper, b.bin("arith.xori", half, least), result);
        }
        if ty == i64 { result } else { b.val("arith.trunci", &[result], ty, &[]) }
    }

    /// The truth of a value: numbers by `!= 0`, None false, tuples by length, an optional by its flag and value.
    pub fn truth(&mut self, value: &Val<'c>) -> Value<'c> {
        match &value.ty {
            Ty::Bool => value.parts[0],
            Ty::Int { .. } | Ty::Float(_) | Ty::Time(_) => self.convert(value.parts[0], &value.ty, &Ty::Bool),
            Ty::Complex(bits) => {
                let part = Ty::Float(*bits);
                let (re, im) = (self.convert(value.parts[0], &part, &Ty::Bool), self.convert(value.parts[1], &part, &Ty::Bool));
                self.b.bin("arith.ori", re, im)
            }
            Ty::Optional(_) => {
                let (flag, held) = self.unwrap(value);
                let truth = self.truth(&held);
                self.b.bin("arith.andi", flag, truth)
            }
            Ty::Tuple(parts) | Ty::List(parts) => self.b.c_bool(!parts.is_empty()),
            Ty::Str => self.b.c_bool(!matches!(&value.constant, Some(crate::functions::Const::Str(s)) if s.is_empty())),
            Ty::Array(_) => self.array_truth(value),
            Ty::Range(_) => {
                let length = self.range_length(value);
                self.b.cmpi("ne", length, self.b.c_i64(0))
            }
            Ty::None => self.b.c_bool(false),
            Ty::Pointer(_) => self.b.cmpi("ne", value.parts[0], self.b.c_i64(0)),
            _ => self.b.c_bool(true),
        }
    }
}
