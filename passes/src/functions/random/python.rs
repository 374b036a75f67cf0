//! Python's `random`.

use super::distribution::*;
use super::limits::Limits::*;
use super::permute::{self, shuffle_rule};
use crate::functions::elementwise::Parts;
use crate::functions::rules::*;
use crate::functions::{Bound, CallError, Function, TyArg, Val};
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::Ty;

pub static TABLE: &[Function] = distributions! { Python "random." "" "":
    "random" ("") "random" Ty::F64, [] as_given;
    "uniform" ("a, b") "uniform" Ty::F64, [float("a", Any), float("b", Any)] as_given;
    "normalvariate" ("mu=, sigma=") "normalvariate" Ty::F64, [float("mu", Any).or(0.0), float("sigma", Any).or(1.0)] as_given;
    "gauss" ("mu=, sigma=") "gauss" Ty::F64, [float("mu", Any).or(0.0), float("sigma", Any).or(1.0)] as_given;
    "lognormvariate" ("mu, sigma") "lognormvariate" Ty::F64, [float("mu", Any), float("sigma", Any)] as_given;
    "expovariate" ("lambd=") "expovariate" Ty::F64, [float("lambd", Any).or(1.0)] divisor;
    "vonmisesvariate" ("mu, kappa") "vonmisesvariate" Ty::F64, [float("mu", Any), float("kappa", Any)] as_given;
    "gammavariate" ("alpha, beta") "gammavariate" Ty::F64, [float("alpha", Any), float("beta", Any)] shapes;
    "betavariate" ("alpha, beta") "betavariate" Ty::F64, [float("alpha", Any), float("beta", Any)] shapes;
    "paretovariate" ("alpha") "paretovariate" Ty::F64, [float("alpha", Any)] divisor;
    "weibullvariate" ("alpha, beta") "weibullvariate" Ty::F64, [float("alpha", Any), float("beta", Any)] divisor;
};

pub static MORE: &[Function] = table! {
    "random.seed" ("a="): seed_rule => |l, a, _| seed(l, a);
    "random.triangular" ("low=, high=, mode="): triangular_rule => |l, a, _| triangular(l, a);
    "random.getrandbits" ("_k"): |a| { integer(&a[0])?; Ok(Ty::I64.into()) } => |l, a, _| bits(l, a);
    "random.randint" ("a, b"): |a| integers(a, 2) => |l, a, _| randint(l, a);
    "random.randrange" ("start, stop=, step="): |a| integers(a, 3) => |l, a, _| randrange(l, a);
    "random.shuffle" ("x"): |a| shuffle_rule(a, Family::Python) => |l, a, _| permute::shuffle(l, a, Family::Python);
    "random.choice" ("seq"): choice_rule => |l, a, _| choice(l, a);
};

/// The last parameter divides.
fn divisor<'c>(l: &mut Lower<'c>, values: Vec<Value<'c>>) -> Vec<Value<'c>> {
    if let Some(last) = values.last() {
        l.check(l.b.cmpf("une", *last, l.b.c_float(last.ty(), 0.0)), "ZeroDivisionError", "float division by zero");
    }
    values
}

fn shapes<'c>(l: &mut Lower<'c>, values: Vec<Value<'c>>) -> Vec<Value<'c>> {
    for value in &values {
        let positive = l.b.cmpf("ugt", *value, l.b.c_float(value.ty(), 0.0));
        l.check(positive, "ValueError", "gammavariate: alpha and beta must be > 0.0");
    }
    values
}

fn seed_rule(a: &Bound<TyArg>) -> Rule {
    if let Some(seed) = a.get(0).filter(|seed| seed.ty != Ty::None) {
        integer(seed)?;
    }
    Ok(Ty::None.into())
}

/// An integer seeds by its size.
fn seed<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let state = l.generator(Family::Python, a);
    let Some(seed) = a.get(0).filter(|seed| seed.ty != Ty::None) else {
        return l.runtime_effect("zouk_random_python_reseed", &[state], &[]);
    };
    let ty = widened(&seed.ty);
    let size = l.absolute(seed, &ty);
    l.runtime_effect("zouk_random_python_seed", &[state, size[0]], &[])
}

fn triangular_rule(a: &Bound<TyArg>) -> Rule {
    (0..3).filter_map(|i| a.get(i)).filter(|x| x.ty != Ty::None).try_for_each(|x| parameter(x, false))?;
    Ok(Ty::F64.into())
}

fn triangular<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let state = l.generator(Family::Python, a);
    let mut values = vec![state];
    for (i, default) in [0.0, 1.0, 0.0].into_iter().enumerate() {
        values.push(match a.get(i).filter(|x| x.ty != Ty::None) {
            Some(x) => l.scalar_as(x, &Ty::F64),
            None => l.b.c_float(l.b.f64(), default),
        });
    }
    values.push(l.b.c_i64(a.get(2).is_some_and(|mode| mode.ty != Ty::None) as i64));
    l.runtime_effect("zouk_random_python_triangular", &values, &[l.b.f64()])
}

fn bits<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let state = l.generator(Family::Python, a);
    let k = l.scalar_as(&a[0], &Ty::I64);
    l.check(l.b.cmpi("sge", k, l.b.c_i64(0)), "ValueError", "number of bits must be non-negative");
    l.check(l.b.cmpi("sle", k, l.b.c_i64(63)), "OverflowError", "more than 63 random bits do not fit int64");
    l.runtime_effect("zouk_random_python_getrandbits", &[state, k], &[l.b.i64()])
}

fn integers(a: &Bound<TyArg>, count: usize) -> Rule {
    (0..count).filter_map(|i| a.get(i)).filter(|x| x.ty != Ty::None).try_for_each(|x| parameter(x, true))?;
    if a.get(1).is_none_or(|stop| stop.ty == Ty::None) && a.get(2).is_some() {
        return Err(CallError::new("Missing a non-None stop argument"));
    }
    Ok(Ty::I64.into())
}

impl<'c> Lower<'c> {
    /// `start + step * r` with r in [0, count); the count is unsigned, 0 is 2^64.
    fn one_below(&self, state: Value<'c>, start: Value<'c>, count: Value<'c>, step: Option<Value<'c>>) -> Parts<'c> {
        let drawn = self.runtime_effect("zouk_random_python_randbelow", &[state, count], &[self.b.i64()])[0];
        let distance = step.map_or(drawn, |step| self.b.bin("arith.muli", drawn, step));
        vec![self.b.bin("arith.addi", start, distance)]
    }

    /// Raises `ValueError: empty range for randrange() (start, stop, width)` unless it holds.
    fn check_range(&mut self, holds: Value<'c>, start: Value<'c>, stop: Value<'c>) {
        let empty = self.invert(holds);
        self.scf_if(
            empty,
            &mut |l| {
                let width = l.b.bin("arith.subi", stop, start);
                let attrs = [
                    ("exception", l.b.str("ValueError")),
                    ("message", l.b.str("empty range for randrange() ({}, {}, {})")),
                    ("kinds", l.b.str("iii")),
                ];
                l.b.op("rt.raise", &[start, stop, width], &[], &attrs);
                vec![]
            },
            &mut |_| vec![],
        );
    }
}

fn randint<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let state = l.generator(Family::Python, a);
    let (low, high) = (l.scalar_as(&a[0], &Ty::I64), l.scalar_as(&a[1], &Ty::I64));
    let one = l.b.c_i64(1);
    let stop = l.b.bin("arith.addi", high, one);
    let ordered = l.b.cmpi("sle", low, high);
    l.check_range(ordered, low, stop);
    let count = l.b.bin("arith.subi", stop, low);
    l.one_below(state, low, count, None)
}

fn randrange<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let state = l.generator(Family::Python, a);
    let start = l.scalar_as(&a[0], &Ty::I64);
    let zero = l.b.c_i64(0);
    let Some(stop) = a.get(1).filter(|stop| stop.ty != Ty::None) else {
        l.check(l.b.cmpi("sgt", start, zero), "ValueError", "empty range for randrange()");
        return l.one_below(state, zero, start, None);
    };
    let stop = l.scalar_as(stop, &Ty::I64);
    let Some(step) = a.get(2) else {
        let some = l.b.cmpi("slt", start, stop);
        l.check_range(some, start, stop);
        let count = l.b.bin("arith.subi", stop, start);
        return l.one_below(state, start, count, None);
    };
    let step = l.scalar_as(step, &Ty::I64);
    l.check(l.b.cmpi("ne", step, zero), "ValueError", "zero step for randrange()");
    let b = &l.b;
    let up = b.cmpi("sgt", step, zero);
    let (low, high) = (b.select(up, start, stop), b.select(up, stop, start));
    let some = b.cmpi("slt", low, high);
    // A step of one tells the range.
    let unit = b.cmpi("eq", step, b.c_i64(1));
    let not_unit = l.invert(unit);
    l.check_range(l.b.bin("arith.ori", not_unit, some), start, stop);
    l.check(some, "ValueError", "empty range for randrange()");
    let b = &l.b;
    let size = b.select(up, step, b.bin("arith.subi", zero, step));
    // Harmless behind the checks too: nothing divides by zero.
    let size = b.select(b.cmpi("eq", size, zero), b.c_i64(1), size);
    let less = b.bin("arith.subi", b.bin("arith.subi", high, low), b.c_i64(1));
    let count = b.bin("arith.addi", b.bin("arith.divui", less, size), b.c_i64(1));
    l.one_below(state, start, count, Some(step))
}

fn choice_rule(a: &Bound<TyArg>) -> Rule {
    match a[0].ty.as_array() {
        Some(array) if array.rank == 1 => Ok((*array.element).clone().into()),
        Some(_) => Err(CallError::new("a choice of the rows of an array is not supported").help("choose an index with `random.randrange(len(a))`")),
        None => expected("a one-dimensional array", &a[0].ty),
    }
}

fn choice<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let state = l.generator(Family::Python, a);
    let size = l.dim(&a[0], 0);
    let count = l.b.index_cast(size, l.b.i64());
    l.check(l.b.cmpi("sgt", count, l.b.c_i64(0)), "IndexError", "Cannot choose from an empty sequence");
    let drawn = l.runtime_effect("zouk_random_python_randbelow", &[state, count], &[l.b.i64()])[0];
    let place = l.b.index_cast(drawn, l.b.index());
    l.load(&a[0], &[place]).parts
}
