//! What asks for values that are known when the program is compiled. Inference does the asking; the values themselves stay as they are.

use super::rules::*;
use super::{Bound, CallError, Function, TyArg, Typed};

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
    match a[0].ty.as_sequence() {
        Some(_) => itself(a),
        None => Err(CallError::new(format!("literal_unroll() takes a tuple, not {}", a[0].ty.user_name()))),
    }
}
