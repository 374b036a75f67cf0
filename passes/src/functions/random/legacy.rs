//! `numpy.random`: the functions of the legacy `RandomState`.

use super::choice::{self, choice_rule};
use super::distribution::*;
use super::integers::{self, integers_rule};
use super::limits::Limits::*;
use super::permute::{self, permutation_rule, shuffle_rule};
use super::rows;
use crate::functions::elementwise::Parts;
use crate::functions::rules::*;
use crate::functions::{Bound, CallError, Const, Function, TyArg, Val};
use crate::lower_python::Lower;
use zouk_dialects::ty::Ty;

pub static TABLE: &[Function] = distributions! { Legacy "numpy.random." "" "":
    "random" ("size=") "random" Ty::F64, [] as_given;
    "random_sample" ("size=") "random" Ty::F64, [] as_given;
    "ranf" ("size=") "random" Ty::F64, [] as_given;
    "sample" ("size=") "random" Ty::F64, [] as_given;
    "standard_normal" ("size=") "standard_normal" Ty::F64, [] as_given;
    "standard_exponential" ("size=") "standard_exponential" Ty::F64, [] as_given;
    "standard_cauchy" ("size=") "standard_cauchy" Ty::F64, [] as_given;
    "standard_gamma" ("shape, size=") "standard_gamma" Ty::F64, [float("shape", NonNegative)] as_given;
    "standard_t" ("df, size=") "standard_t" Ty::F64, [float("df", Positive)] as_given;
    "uniform" ("low=, high=, size=") "uniform" Ty::F64, [float("", Any).or(0.0), float("", Any).or(1.0)] legacy_uniform;
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
    "negative_binomial" ("n, p, size=") "negative_binomial" Ty::I64, [float("n", Positive), float("p", From0To1)] as_given;
    "binomial" ("n, p, size=") "binomial" Ty::I64, [whole("n", NonNegative), float("p", From0To1)] chance_first;
    "hypergeometric" ("ngood, nbad, nsample, size=") "hypergeometric" Ty::I64,
        [whole("ngood", NonNegative), whole("nbad", NonNegative), whole("nsample", From1)] urn;
};

pub static MORE: &[Function] = table! {
    "numpy.random.seed" ("seed="): seed_rule => |l, a, _| seed(l, a);
    "numpy.random.rand" ("*dims"): dims_rule => |l, a, ty| over_dims(l, a, ty, "random");
    "numpy.random.randn" ("*dims"): dims_rule => |l, a, ty| over_dims(l, a, ty, "standard_normal");
    "numpy.random.randint" ("low, high=, size=, dtype="): |a| integers_rule(a, Family::Legacy) => |l, a, ty| integers::lower(l, a, ty, Family::Legacy);
    "numpy.random.shuffle" ("x"): |a| shuffle_rule(a, Family::Legacy) => |l, a, _| permute::shuffle(l, a, Family::Legacy);
    "numpy.random.permutation" ("x"): |a| permutation_rule(a, Family::Legacy) => |l, a, ty| permute::permutation(l, a, ty, Family::Legacy);
    "numpy.random.choice" ("a, size=, replace=, p="): |a| choice_rule(a, Family::Legacy) => |l, a, ty| choice::lower(l, a, ty, Family::Legacy);
    "numpy.random.multinomial" ("n, pvals, size="): rows::multinomial_rule => |l, a, ty| rows::multinomial(l, a, ty);
    "numpy.random.dirichlet" ("alpha, size="): rows::dirichlet_rule => |l, a, ty| rows::dirichlet(l, a, ty);
};

fn seed_rule(a: &Bound<TyArg>) -> Rule {
    match a.get(0) {
        None => {}
        Some(seed) if seed.ty == Ty::None => {}
        Some(seed) if seed.ty.as_array().is_some() => return Err(CallError::new("a seed that is an array is not supported").help("give an integer")),
        Some(seed) => _ = integer(seed)?,
    }
    Ok(Ty::None.into())
}

fn seed<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let state = l.generator(Family::Legacy, a);
    match a.get(0).filter(|seed| seed.ty != Ty::None) {
        None => l.runtime_effect("zouk_random_legacy_reseed", &[state], &[]),
        Some(seed) => {
            let seed = l.scalar_as(seed, &Ty::I64);
            let fits = l.b.cmpi("ule", seed, l.b.c_i64(u32::MAX as i64));
            l.check(fits, "ValueError", "Seed must be between 0 and 2**32 - 1");
            l.runtime_effect("zouk_random_legacy_seed", &[state, seed], &[])
        }
    }
}

/// `rand(*dims)`: an array with an axis for each, a number without any.
fn dims_rule(a: &Bound<TyArg>) -> Rule {
    a.rest.iter().try_for_each(|dim| integer(dim).map(|_| ()))?;
    Ok(drawn_type((!a.rest.is_empty()).then_some(a.rest.len()), Ty::F64).into())
}

fn over_dims<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty, name: &str) -> Parts<'c> {
    let size = Val {
        ty: Ty::Tuple(a.rest.iter().map(|dim| dim.ty.clone()).collect()),
        parts: a.rest.iter().flat_map(|dim| dim.parts.clone()).collect(),
        constant: Const::tuple(a.rest.iter().map(|dim| dim.constant.clone())),
    };
    l.draw(Family::Legacy, name, a, Some(&size), vec![], ty)
}
