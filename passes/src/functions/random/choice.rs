//! `choice` of an integer's range or of an array, by weights or without, with replacement or without.

use super::distribution::{Family, drawn_type, rank_of_size};
use crate::functions::creation;
use crate::functions::elementwise::Parts;
use crate::functions::rules::{Rule, expected, integer};
use crate::functions::{Bound, CallError, Const, TyArg, Val};
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::{Array, Layout, Ty};

/// NumPy's messages; the two interfaces differ in their wording.
struct Texts {
    no_items: &'static str,
    no_number: &'static str,
    too_many: &'static str,
    /// By the runtime's status, from 1 on.
    weights: [&'static str; 5],
}

fn texts(family: Family) -> Texts {
    match family {
        Family::Generator => Texts {
            no_items: "a cannot be empty unless no samples are taken",
            no_number: "a must be a positive integer unless no samples are taken",
            too_many: "Cannot take a larger sample than population when replace is False",
            weights: [
                "a and p must have same size",
                "Probabilities contain NaN",
                "Probabilities are not non-negative",
                "Probabilities do not sum to 1. See Notes section of docstring for more information.",
                "Fewer non-zero entries in p than size",
            ],
        },
        _ => Texts {
            no_items: "'a' cannot be empty unless no samples are taken",
            no_number: "a must be greater than 0 unless no samples are taken",
            too_many: "Cannot take a larger sample than population when 'replace=False'",
            weights: [
                "'a' and 'p' must have same size",
                "probabilities contain NaN",
                "probabilities are not non-negative",
                "probabilities do not sum to 1",
                "Fewer non-zero entries in p than size",
            ],
        },
    }
}

fn weights(argument: Option<&TyArg>) -> Result<(), CallError> {
    match argument.map(|p| &p.ty) {
        None | Some(Ty::None) => Ok(()),
        Some(Ty::Array(array)) if array.rank == 1 && array.element.is_real() => Ok(()),
        Some(Ty::Array(array)) if array.rank != 1 => Err(CallError::new("p must be 1-dimensional")),
        Some(other) => Err(CallError::new(format!("p must be an array of numbers, not {}", other.user_name()))),
    }
}

pub fn choice_rule(a: &Bound<TyArg>, family: Family) -> Rule {
    let first = family.receiver();
    let element = match &a[first].ty {
        Ty::Array(array) if array.rank == 1 => (*array.element).clone(),
        Ty::Array(_) => return Err(CallError::new("a must be 1-dimensional").help("choose indices, as with `choice(len(a))`")),
        ty if ty.is_number() && !ty.is_integral() => return Err(CallError::new("a must be 1-dimensional or an integer")),
        ty if !ty.is_integral() => return expected("an integer or an array", ty),
        _ => integer(&a[first]).map(|_| Ty::I64)?,
    };
    for (place, name) in [(2, "replace"), (5, "shuffle")] {
        if a.get(first + place).is_some_and(|flag| !flag.ty.is_integral()) {
            return Err(CallError::new(format!("{name} must be True or False")));
        }
    }
    weights(a.get(first + 3))?;
    if a.get(first + 4).is_some_and(|axis| axis.constant != Some(Const::Int(0))) {
        return Err(CallError::new("only axis 0 is supported"));
    }
    Ok(drawn_type(rank_of_size(a.get(first + 1))?, element).into())
}

pub fn lower<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty, family: Family) -> Parts<'c> {
    let first = family.receiver();
    let texts = texts(family);
    let replaced = a.get(first + 2).is_none_or(|replace| replace.constant == Some(Const::Bool(true)));
    if ty.as_array().is_none() && replaced && a.get(first + 3).is_none_or(|p| p.ty == Ty::None) {
        return one(l, a, family, &texts);
    }
    let choice = Choice::new(l, a, ty, family);
    choice.check_population(l, a[first].ty.as_array().map_or(texts.no_number, |_| texts.no_items));
    match a.get(first + 3).filter(|p| p.ty != Ty::None) {
        None => choice.draw(l, a, &texts),
        Some(p) => choice.draw_weighted(l, a, p, &texts),
    }
    choice.taken(l, &a[first], ty)
}

/// The number of items to choose from, an i64.
fn population<'c>(l: &mut Lower<'c>, a: &Val<'c>) -> Value<'c> {
    match a.ty.as_array() {
        Some(_) => {
            let size = l.dim(a, 0);
            l.b.index_cast(size, l.b.i64())
        }
        None => l.scalar_as(a, &Ty::I64),
    }
}

/// One item, all alike.
fn one<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, family: Family, texts: &Texts) -> Parts<'c> {
    let items = &a[family.receiver()];
    let population = population(l, items);
    let some = l.b.cmpi("sgt", population, l.b.c_i64(0));
    l.check(some, "ValueError", items.ty.as_array().map_or(texts.no_number, |_| texts.no_items));
    let most = l.b.bin("arith.subi", population, l.b.c_i64(1));
    let (generator, zero) = (l.generator(family, a), l.b.c_i64(0));
    let (name, arguments) = match family {
        Family::Generator => ("integer", vec![generator, zero, most, l.b.c_i64(64)]),
        _ => ("interval", vec![generator, most]),
    };
    let place = l.runtime_effect(&family.symbol(name), &arguments, &[l.b.i64()]);
    match items.ty.as_array() {
        Some(_) => {
            let place = l.b.index_cast(place[0], l.b.index());
            l.load(items, &[place]).parts
        }
        None => place,
    }
}

/// The places that are chosen.
struct Choice<'c> {
    family: Family,
    /// An int64 array of the size.
    places: Val<'c>,
    flat: Val<'c>,
    /// The number of places.
    count: Value<'c>,
    population: Value<'c>,
    /// Whether nothing is drawn.
    none: Value<'c>,
    /// i1
    replace: Value<'c>,
}

impl<'c> Choice<'c> {
    fn new(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty, family: Family) -> Self {
        let first = family.receiver();
        let population = population(l, &a[first]);
        let rank = ty.as_array().map_or(1, |array| array.rank);
        let of = Ty::array(Ty::I64, rank, Layout::C);
        let places = match (ty.as_array(), a.get(first + 1)) {
            (Some(_), Some(size)) => creation::new(l, size, &of, false),
            _ => {
                let one = l.val(Ty::I64, vec![l.b.c_i64(1)]);
                creation::new(l, &one, &of, false)
            }
        };
        let size = l.size(&places);
        let count = l.b.index_cast(size, l.b.i64());
        let none = l.b.cmpi("eq", count, l.b.c_i64(0));
        let replace = match a.get(first + 2) {
            Some(replace) => l.truth(replace),
            None => l.b.c_bool(true),
        };
        let flat = l.flat(&places);
        Choice { family, places, flat, count, population, none, replace }
    }

    fn check_population(&self, l: &Lower<'c>, message: &str) {
        let some = l.b.cmpi("sgt", self.population, l.b.c_i64(0));
        l.check(l.b.bin("arith.ori", some, self.none), "ValueError", message);
    }

    /// Without replacement there are enough.
    fn check_count(&self, l: &Lower<'c>, texts: &Texts) {
        let enough = l.b.cmpi("sle", self.count, self.population);
        l.check(l.b.bin("arith.ori", self.replace, enough), "ValueError", texts.too_many);
    }

    fn draw(&self, l: &mut Lower<'c>, a: &Bound<Val<'c>>, texts: &Texts) {
        self.check_count(l, texts);
        let shuffle = match a.get(self.family.receiver() + 5) {
            Some(shuffle) => l.truth(shuffle),
            None => l.b.c_bool(true),
        };
        let [replace, shuffle] = [self.replace, shuffle].map(|flag| l.b.val("arith.extui", &[flag], l.b.i64(), &[]));
        let arguments = [l.generator(self.family, a), self.flat.parts[0], self.population, replace, shuffle];
        let status = l.runtime_effect(&self.family.symbol("choice"), &arguments, &[l.b.i64()]);
        l.check(l.b.cmpi("eq", status[0], l.b.c_i64(0)), "MemoryError", "");
    }

    fn draw_weighted(&self, l: &mut Lower<'c>, a: &Bound<Val<'c>>, p: &Val<'c>, texts: &Texts) {
        // What a narrower float cannot hold is no error in the sum.
        let epsilon = match *l.array_ty(p).element {
            Ty::Float(16) => 2f64.powi(-10),
            Ty::Float(32) => f32::EPSILON as f64,
            _ => f64::EPSILON,
        };
        let tolerance = l.b.c_float(l.b.f64(), epsilon.sqrt());
        let p = l.packed_as(p, Ty::F64);
        let p = Val { ty: Ty::Array(Array { readonly: false, ..l.array_ty(&p).clone() }), ..p };
        let replace = l.b.val("arith.extui", &[self.replace], l.b.i64(), &[]);
        let arguments = [l.generator(self.family, a), self.flat.parts[0], p.parts[0], self.population, replace, tolerance];
        let status = l.runtime_effect(&self.family.symbol("choice_weighted"), &arguments, &[l.b.i64()])[0];
        for (i, text) in texts.weights.iter().enumerate() {
            if i == 4 {
                self.check_count(l, texts);
            }
            l.check(l.b.cmpi("ne", status, l.b.c_i64(i as i64 + 1)), "ValueError", text);
        }
        l.check(l.b.cmpi("eq", status, l.b.c_i64(0)), "MemoryError", "");
    }

    /// What stands at the places.
    fn taken(self, l: &mut Lower<'c>, a: &Val<'c>, ty: &Ty) -> Parts<'c> {
        let at = |l: &mut Lower<'c>, i: Value<'c>| {
            let place = l.load(&self.flat, &[i]);
            if a.ty.as_array().is_none() {
                return place;
            }
            let place = l.b.index_cast(place.parts[0], l.b.index());
            l.load(a, &[place])
        };
        let Some(array) = ty.as_array() else {
            let zero = l.b.c_index(0);
            return at(l, zero).parts;
        };
        if a.ty.as_array().is_none() {
            return self.places.parts;
        }
        let dims = l.dims(&self.places);
        let result = l.alloc(array.clone(), &dims, false);
        let flat = l.flat(&result);
        let size = l.size(&result);
        l.for_each(&[size], &mut |l, i| {
            let item = at(l, i[0]);
            l.store(&flat, i, &item);
        });
        result.parts
    }
}
