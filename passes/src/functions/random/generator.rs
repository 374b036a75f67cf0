//! The methods of `numpy.random.Generator`.

use super::choice::{self, choice_rule};
use super::distribution::*;
use super::integers::{self, integers_rule};
use super::limits::Limits::*;
use super::permute::{self, permutation_rule, shuffle_rule};
use crate::functions::elementwise::Parts;
use crate::functions::rules::*;
use crate::functions::{Bound, CallError, Const, Function, TyArg, Val};
use crate::lower_python::Lower;
use zouk_dialects::ty::Ty;

pub static TABLE: &[Function] = distributions! { Generator "generator." "()" "_rng, ":
    "standard_cauchy" ("size=") "standard_cauchy" Ty::F64, [] as_given;
    "standard_t" ("df, size=") "standard_t" Ty::F64, [float("df", Positive)] as_given;
    "uniform" ("low=, high=, size=") "uniform" Ty::F64, [float("", Any).or(0.0), float("high - low", NonNegative).or(1.0)] generator_uniform;
    "normal" ("loc=, scale=, size=") "normal" Ty::F64, [float("loc", Any).or(0.0), float("scale", NonNegative).or(1.0)] as_given;
    "lognormal" ("mean=, sigma=, size=") "lognormal" Ty::F64, [float("mean", Any).or(0.0), float("sigma", NonNegative).or(1.0)] as_given;
    "exponential" ("scale=, size=") "exponential" Ty::F64, [float("scale", NonNegative).or(1.0)] as_given;
    "gamma" ("shape, scale=, size=") "gamma" Ty::F64, [float("shape", NonNegative), float("scale", NonNegative).or(1.0)] as_given;
    "beta" ("a, b, size=") "beta" Ty::F64, [float("a", Positive), float("b", Positive)] as_given;
    "chisquare" ("df, size=") "chisquare" Ty::F64, [float("df", Positive)] as_given;
    "noncentral_chisquare" ("df, nonc, size=") "noncentral_chisquare" Ty::F64, [float("df", Positive), float("nonc", NonNegative)] as_given;
    "f" ("dfnum, dfden, size=") "f" Ty::F64, [float("dfnum", Positive), float("dfden", Positive)] as_given;
    "noncentral_f" ("dfnum, dfden, nonc, size=") "noncentral_f" Ty::F64,
        [float("dfnum", Positive), float("dfden", Positive), float("nonc", NonNegative)] as_given;
    "pareto" ("a, size=") "pareto" Ty::F64, [float("a", Positive)] as_given;
    "weibull" ("a, size=") "weibull" Ty::F64, [float("a", NonNegative)] as_given;
    "power" ("a, size=") "power" Ty::F64, [float("a", Positive)] as_given;
    "rayleigh" ("scale=, size=") "rayleigh" Ty::F64, [float("scale", NonNegative).or(1.0)] as_given;
    "laplace" ("loc=, scale=, size=") "laplace" Ty::F64, [float("loc", Any).or(0.0), float("scale", NonNegative).or(1.0)] as_given;
    "gumbel" ("loc=, scale=, size=") "gumbel" Ty::F64, [float("loc", Any).or(0.0), float("scale", NonNegative).or(1.0)] as_given;
    "logistic" ("loc=, scale=, size=") "logistic" Ty::F64, [float("loc", Any).or(0.0), float("scale", NonNegative).or(1.0)] as_given;
    "wald" ("mean, scale, size=") "wald" Ty::F64, [float("mean", Positive), float("scale", Positive)] as_given;
    "vonmises" ("mu, kappa, size=") "vonmises" Ty::F64, [float("mu", Any), float("kappa", NonNegative)] as_given;
    "triangular" ("left, mode, right, size=") "triangular" Ty::F64, [float("left", Any), float("mode", Any), float("right", Any)] triangle;
    "poisson" ("lam=, size=") "poisson" Ty::I64, [float("lam", Poisson).or(1.0)] as_given;
    "geometric" ("p, size=") "geometric" Ty::I64, [float("p", Above0To1)] as_given;
    "logseries" ("p, size=") "logseries" Ty::I64, [float("p", From0Below1)] as_given;
    "zipf" ("a, size=") "zipf" Ty::I64, [float("a", Above1)] as_given;
    "negative_binomial" ("n, p, size=") "negative_binomial" Ty::I64, [float("n", Any), float("p", Any)] failures;
    "binomial" ("n, p, size=") "binomial" Ty::I64, [whole("n", NonNegative), float("p", From0To1)] chance_first;
    "hypergeometric" ("ngood, nbad, nsample, size=") "hypergeometric" Ty::I64,
        [whole("ngood", NonNegative), whole("nbad", NonNegative), whole("nsample", NonNegative)] small_urn;
};

pub static MORE: &[Function] = table! {
    "generator.random()" ("_rng, size=, dtype="): |a| sized_rule(a, 1) => |l, a, ty| sized(l, a, ty, 1, "random");
    "generator.standard_normal()" ("_rng, size=, dtype="): |a| sized_rule(a, 1) => |l, a, ty| sized(l, a, ty, 1, "standard_normal");
    "generator.standard_exponential()" ("_rng, size=, dtype=, method="): exponential_rule => |l, a, ty| {
        sized(l, a, ty, 1, if inverse(a.get(3).and_then(|m| m.constant.as_ref())) { "standard_exponential_inv" } else { "standard_exponential" })
    };
    "generator.standard_gamma()" ("_rng, shape, size=, dtype="): |a| { parameter(&a[1], false)?; sized_rule(a, 2) } => |l, a, ty| sized(l, a, ty, 2, "standard_gamma");
    "generator.integers()" ("_rng, low, high=, size=, dtype=, endpoint="): |a| integers_rule(a, Family::Generator)
        => |l, a, ty| integers::lower(l, a, ty, Family::Generator);
    "zouk.library.interval" ("_rng, _most"): |_| Ok(Ty::I64.into()) => |l, a, _| {
        let most = l.scalar_as(&a[1], &Ty::I64);
        l.runtime_effect(&Family::Generator.symbol("interval"), &[a[0].parts[0], most], &[l.b.i64()])
    };
    "generator.shuffle()" ("_rng, x, axis="): |a| shuffle_rule(a, Family::Generator) => |l, a, _| permute::shuffle(l, a, Family::Generator);
    "generator.permutation()" ("_rng, x, axis="): |a| permutation_rule(a, Family::Generator) => |l, a, ty| permute::permutation(l, a, ty, Family::Generator);
    "generator.choice()" ("_rng, a, size=, replace=, p=, axis=, shuffle="): |a| choice_rule(a, Family::Generator)
        => |l, a, ty| choice::lower(l, a, ty, Family::Generator);
};

/// Whether numbers are made of float32: `dtype=` comes after `size=`.
fn single(ty: &Ty) -> bool {
    *ty == Ty::F32
}

fn dtype(argument: Option<&TyArg>) -> Result<Ty, CallError> {
    let ty = argument.map_or(Ok(Ty::F64), dtype_of)?;
    if matches!(ty, Ty::Float(32 | 64)) { Ok(ty) } else { Err(CallError::new(format!("Unsupported dtype {} for random numbers", ty.user_name())).help("use float64 or float32")) }
}

/// `size=` at a place and `dtype=` after it. A single number is a Python float, even one of float32.
fn sized_rule(a: &Bound<TyArg>, size: usize) -> Rule {
    let element = dtype(a.get(size + 1))?;
    let rank = rank_of_size(a.get(size))?;
    Ok(drawn_type(rank, if rank.is_some() { element } else { Ty::F64 }).into())
}

/// Any method but "zig" is the inverse, as NumPy has it.
fn inverse(method: Option<&Const>) -> bool {
    matches!(method, Some(Const::Str(text)) if text != "zig")
}

fn exponential_rule(a: &Bound<TyArg>) -> Rule {
    if a.get(3).is_some_and(|method| !matches!(method.constant, Some(Const::Str(_)))) {
        return Err(CallError::new("method must be a constant string, 'zig' or 'inv'"));
    }
    sized_rule(a, 1)
}

fn sized<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty, size: usize, name: &str) -> Parts<'c> {
    let dtype = a.get(size + 1).map(|dtype| TyArg { ty: dtype.ty.clone(), constant: dtype.constant.clone() });
    let element = dtype.and_then(|dtype| dtype_of(&dtype).ok()).unwrap_or(Ty::F64);
    let suffix = if single(&element) { "_f" } else { "" };
    // A shape comes before the size.
    let mut values = vec![];
    if size == 2 {
        let shape = l.scalar_as(&a[1], &Ty::F64);
        l.check_limits(shape, "shape", NonNegative);
        values.push(l.convert(shape, &Ty::F64, &element));
    }
    let name = format!("{name}{suffix}");
    if ty.as_array().is_some() || !single(&element) {
        return l.draw(Family::Generator, &name, a, a.get(size), values, ty);
    }
    let number = l.draw(Family::Generator, &name, a, None, values, &Ty::F32);
    vec![l.convert(number[0], &Ty::F32, ty)]
}
