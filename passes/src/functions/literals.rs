//! What asks for values that are known when the program is compiled. Inference does the asking; the values themselves stay as they are.

use super::rules::*;
use super::{Bound, Function, TyArg, Typed};

/// Loops over it are unrolled, whatever the types of its elements.
pub const UNROLL: &str = "zouk.literal_unroll";

pub(super) static TABLE: &[Function] = table! {
    "zouk.literally" ("_x"): |a| itself(a) => |_, a, _| a[0].parts.clone();
    "zouk.literal_unroll" ("_container"): unroll_rule => |_, a, _| a[0].parts.clone();
};

fn itself(a: &Bound<TyArg>) -> Rule {
    Ok(Typed { ty: a[0].ty.clone(), constant: a[0].constant.clone() })
}

fn unroll_rule(a: &Bound<TyArg>) -> Rule {
    if a[0].ty.as_sequence().is_some() { itself(a) } else { expected("a tuple", &a[0].ty) }
}
