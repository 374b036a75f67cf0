//! Distributions of numbers: the type rule and the lowering that all of them share.

use super::limits::Limits;
use crate::functions::creation;
use crate::functions::elementwise::Parts;
use crate::functions::rules::*;
use crate::functions::{Bound, CallError, TyArg, Val};
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::{Array, Layout, Ty};

/// Whose generator a function draws from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Family {
    /// `numpy.random`: the thread's.
    Legacy,
    /// A method of `numpy.random.Generator`: the first argument.
    Generator,
    /// `random`: the thread's, another one.
    Python,
}

impl Family {
    /// The number of arguments before the first parameter.
    pub fn receiver(self) -> usize {
        (self == Family::Generator) as usize
    }

    pub fn symbol(self, name: &str) -> String {
        let family = match self {
            Family::Legacy => "legacy",
            Family::Generator => "generator",
            Family::Python => "python",
        };
        format!("zouk_random_{family}_{name}")
    }
}

pub struct Parameter {
    /// As messages spell it.
    pub name: &'static str,
    pub default: Option<f64>,
    pub limits: Limits,
    /// An int64; others are float64.
    pub integer: bool,
}

pub const fn float(name: &'static str, limits: Limits) -> Parameter {
    Parameter { name, default: None, limits, integer: false }
}

pub const fn whole(name: &'static str, limits: Limits) -> Parameter {
    Parameter { name, default: None, limits, integer: true }
}

impl Parameter {
    pub const fn or(self, default: f64) -> Parameter {
        Parameter { default: Some(default), ..self }
    }
}

/// What makes of the arguments the parameters that the runtime takes, before their limits are checked.
pub type Prepare = for<'c> fn(&mut Lower<'c>, Vec<Value<'c>>) -> Vec<Value<'c>>;

pub struct Distribution {
    pub family: Family,
    /// The runtime's name for it.
    pub name: &'static str,
    pub parameters: &'static [Parameter],
    pub result: Ty,
    pub prepare: Prepare,
}

/// The rank of the array that `size=` asks for; none for a single number.
pub fn rank_of_size(size: Option<&TyArg>) -> Result<Option<usize>, CallError> {
    match size.map(|size| &size.ty) {
        None | Some(Ty::None) => Ok(None),
        Some(ty) if ty.is_int() => Ok(Some(1)),
        Some(Ty::Tuple(parts)) if parts.iter().all(Ty::is_int) => Ok(Some(parts.len())),
        Some(other) => Err(CallError::new(format!("size must be an integer or a tuple of integers, not {}", other.user_name()))),
    }
}

/// The type of numbers drawn: one, or an array of that rank.
pub fn drawn_type(rank: Option<usize>, result: Ty) -> Ty {
    rank.map_or(result.clone(), |rank| Ty::array(result, rank, Layout::C))
}

/// A number; arrays of parameters are not broadcast.
pub fn parameter(argument: &TyArg, integral: bool) -> Result<(), CallError> {
    match &argument.ty {
        Ty::Array(_) => {
            Err(CallError::new("parameters that are arrays are not broadcast in compiled code").help("draw number by number in a loop, or give `size=`"))
        }
        _ if integral => integer(argument).map(|_| ()),
        _ => real(argument).map(|_| ()),
    }
}

/// The rule of a function that takes the parameters and `size=`.
pub fn rule(a: &Bound<TyArg>, of: &Distribution) -> Rule {
    let first = of.family.receiver();
    for (i, spec) in of.parameters.iter().enumerate() {
        if let Some(argument) = a.get(first + i) {
            parameter(argument, spec.integer)?;
        }
    }
    let size = rank_of_size(a.get(first + of.parameters.len()))?;
    Ok(drawn_type(size, of.result.clone()).into())
}

/// The lowering for `rule`.
pub fn lower<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty, of: &Distribution) -> Parts<'c> {
    let first = of.family.receiver();
    let mut values = vec![];
    for (i, spec) in of.parameters.iter().enumerate() {
        let kind = if spec.integer { Ty::I64 } else { Ty::F64 };
        values.push(match a.get(first + i) {
            Some(argument) => l.scalar_as(argument, &kind),
            None => l.b.c_float(l.b.f64(), spec.default.unwrap_or_default()),
        });
    }
    let values = (of.prepare)(l, values);
    for (value, spec) in values.iter().zip(of.parameters) {
        l.check_limits(*value, spec.name, spec.limits);
    }
    l.draw(of.family, of.name, a, a.get(first + of.parameters.len()), values, ty)
}

impl<'c> Lower<'c> {
    /// The generator that a function draws from, as the runtime takes it.
    pub(super) fn generator(&self, family: Family, a: &Bound<Val<'c>>) -> Value<'c> {
        match family {
            Family::Generator => a[0].parts[0],
            // The same as long as the thread lives, so it is asked for before loops.
            _ => self.runtime_call(&family.symbol("state"), &[], self.b.i64()),
        }
    }

    /// Draws one number, or fills a new array of the size.
    pub(super) fn draw(&mut self, family: Family, name: &str, a: &Bound<Val<'c>>, size: Option<&Val<'c>>, values: Vec<Value<'c>>, ty: &Ty) -> Parts<'c> {
        let symbol = family.symbol(name);
        match (ty, size) {
            (Ty::Array(_), Some(size)) => {
                let array = creation::new(self, size, ty, false);
                let (generator, flat) = (self.generator(family, a), self.flat(&array));
                self.runtime_effect(&format!("{symbol}_fill"), &[vec![generator, flat.parts[0]], values].concat(), &[]);
                array.parts
            }
            _ => {
                let generator = self.generator(family, a);
                let result = self.scalar(ty);
                self.runtime_effect(&symbol, &[vec![generator], values].concat(), &[result])
            }
        }
    }

    /// The elements of a packed array in one dimension.
    pub(super) fn flat(&mut self, array: &Val<'c>) -> Val<'c> {
        let of = Array { rank: 1, ..self.array_ty(array).clone() };
        let (start, size, one) = (self.b.c_index(0), self.size(array), self.b.c_index(1));
        self.view(array, of, start, &[size], &[one])
    }

    /// The elements of a one-dimensional array as packed numbers of a type: its own memory, or a copy.
    pub(super) fn packed_as(&mut self, array: &Val<'c>, element: Ty) -> Val<'c> {
        let packed = Array { element: Box::new(element), rank: 1, layout: Layout::C, readonly: false, unaligned: false };
        let own = self.array_ty(array);
        if own.element == packed.element && own.layout != Layout::A {
            return array.clone();
        }
        let dims = self.dims(array);
        let copy = self.alloc(packed, &dims, false);
        self.for_each(&dims, &mut |l, at| {
            let item = l.load(array, at);
            l.store(&copy, at, &item);
        });
        copy
    }
}

pub fn as_given<'c>(_: &mut Lower<'c>, values: Vec<Value<'c>>) -> Vec<Value<'c>> {
    values
}

/// low, high -> low, range
pub fn legacy_uniform<'c>(l: &mut Lower<'c>, values: Vec<Value<'c>>) -> Vec<Value<'c>> {
    range(l, values, "Range exceeds valid bounds")
}

pub fn generator_uniform<'c>(l: &mut Lower<'c>, values: Vec<Value<'c>>) -> Vec<Value<'c>> {
    range(l, values, "high - low range exceeds valid bounds")
}

fn range<'c>(l: &Lower<'c>, values: Vec<Value<'c>>, message: &str) -> Vec<Value<'c>> {
    let range = l.b.bin("arith.subf", values[1], values[0]);
    let size = l.b.val("math.absf", &[range], range.ty(), &[]);
    l.check(l.b.cmpf("olt", size, l.b.c_float(range.ty(), f64::INFINITY)), "OverflowError", message);
    vec![values[0], range]
}

/// NumPy looks at the chance before the number of trials.
pub fn chance_first<'c>(l: &mut Lower<'c>, values: Vec<Value<'c>>) -> Vec<Value<'c>> {
    l.check_limits(values[1], "p", Limits::From0To1);
    values
}

/// left <= mode <= right
pub fn triangle<'c>(l: &mut Lower<'c>, values: Vec<Value<'c>>) -> Vec<Value<'c>> {
    let [left, mode, right] = values[..] else { return values };
    l.check(l.b.cmpf("ule", left, mode), "ValueError", "left > mode");
    l.check(l.b.cmpf("ule", mode, right), "ValueError", "mode > right");
    l.check(l.b.cmpf("une", left, right), "ValueError", "left == right");
    values
}

/// No more is drawn from an urn than there is.
pub fn urn<'c>(l: &mut Lower<'c>, values: Vec<Value<'c>>) -> Vec<Value<'c>> {
    let all = l.b.bin("arith.addi", values[0], values[1]);
    l.check(l.b.cmpi("sge", all, values[2]), "ValueError", "ngood + nbad < nsample");
    values
}

/// As `urn`, of sizes whose logarithms are exact enough.
pub fn small_urn<'c>(l: &mut Lower<'c>, values: Vec<Value<'c>>) -> Vec<Value<'c>> {
    let small = |value| l.b.cmpi("slt", value, l.b.c_i64(1_000_000_000));
    let both = l.b.bin("arith.andi", small(values[0]), small(values[1]));
    l.check(both, "ValueError", "both ngood and nbad must be less than 1000000000");
    urn(l, values)
}

/// The mean of the Poisson numbers that negative binomial ones are drawn by is not too large.
pub fn failures<'c>(l: &mut Lower<'c>, values: Vec<Value<'c>>) -> Vec<Value<'c>> {
    let (n, p) = (values[0], values[1]);
    l.check_limits(n, "n", Limits::PositiveNotNan);
    l.check_limits(p, "p", Limits::Above0To1);
    let b = &l.b;
    let constant = |x: f64| b.c_float(b.f64(), x);
    let odds = b.bin("arith.divf", b.bin("arith.subf", constant(1.0), p), p);
    let root = b.val("math.sqrt", &[n], b.f64(), &[]);
    let most = b.bin("arith.mulf", odds, b.bin("arith.addf", n, b.bin("arith.mulf", constant(10.0), root)));
    let holds = b.cmpf("ule", most, constant(super::limits::POISSON_MOST));
    l.check(holds, "ValueError", "n too large or p too small, see Generator.negative_binomial Notes");
    values
}

/// Entries of a table: the names of the functions, their parameters as `bind` reads them, the runtime's name, what is known of each parameter.
macro_rules! distributions {
    ($family:ident $prefix:literal $suffix:literal $receiver:literal:
     $($name:literal ($params:literal) $symbol:literal $result:expr, [$($parameter:expr),*] $prepare:expr;)*) => {
        &[$({
            const OF: Distribution = Distribution {
                family: Family::$family, name: $symbol, parameters: &[$($parameter),*], result: $result, prepare: $prepare,
            };
            $crate::functions::Function {
                name: concat!($prefix, $name, $suffix),
                params: concat!($receiver, $params),
                infer: |a| $crate::functions::random::distribution::rule(a, &OF),
                lower: |l, a, ty| $crate::functions::random::distribution::lower(l, a, ty, &OF),
            }
        }),*]
    };
}
pub(super) use distributions;
