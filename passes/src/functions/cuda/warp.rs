//! What the threads of a warp exchange: shuffles, votes, matches, masks.

use crate::functions::elementwise::Parts;
use crate::functions::rules::*;
use crate::functions::{Bound, Function, TyArg, Val};
use crate::lower_python::Lower;
use zouk_dialects::ty::Ty;

pub(super) static TABLE: &[Function] = table! {
    "zouk.cuda.shfl_sync" ("mask, value, src_lane"): shuffle_rule => |l, a, ty| shuffle(l, a, ty, "shfl_sync");
    "zouk.cuda.shfl_up_sync" ("mask, value, delta"): shuffle_rule => |l, a, ty| shuffle(l, a, ty, "shfl_up_sync");
    "zouk.cuda.shfl_down_sync" ("mask, value, delta"): shuffle_rule => |l, a, ty| shuffle(l, a, ty, "shfl_down_sync");
    "zouk.cuda.shfl_xor_sync" ("mask, value, lane_mask"): shuffle_rule => |l, a, ty| shuffle(l, a, ty, "shfl_xor_sync");
    "zouk.cuda.all_sync" ("mask, predicate"): |a| vote_rule(a, Ty::Bool) => |l, a, _| vote(l, a, "all_sync");
    "zouk.cuda.any_sync" ("mask, predicate"): |a| vote_rule(a, Ty::Bool) => |l, a, _| vote(l, a, "any_sync");
    "zouk.cuda.eq_sync" ("mask, predicate"): |a| vote_rule(a, Ty::Bool) => |l, a, _| vote(l, a, "eq_sync");
    "zouk.cuda.ballot_sync" ("mask, predicate"): |a| vote_rule(a, Ty::I32) => |l, a, _| vote(l, a, "ballot_sync");
    "zouk.cuda.match_any_sync" ("mask, value"): |a| match_rule(a, Ty::I32) => |l, a, _| matched(l, a, "match_any_sync");
    "zouk.cuda.match_all_sync" ("mask, value"): |a| match_rule(a, Ty::Tuple(vec![Ty::I32, Ty::Bool])) => |l, a, _| matched(l, a, "match_all_sync");
    "zouk.cuda.activemask" (""): |_| Ok(MASK.into()) => |l, _, _| l.simt("activemask", &[], &[l.b.int(32)]);
    "zouk.cuda.lanemask_lt" (""): |_| Ok(MASK.into()) => |l, _, _| l.simt("lanemask_lt", &[], &[l.b.int(32)]);
};

const MASK: Ty = Ty::Int { bits: 32, signed: false };

/// The type that a value is exchanged as: of 32 or 64 bits.
fn exchanged(value: &TyArg) -> Result<Ty, crate::functions::CallError> {
    Ok(match real(value)? {
        Ty::Bool | Ty::Int { bits: ..32, .. } => Ty::I32,
        Ty::Float(16) => Ty::F32,
        other => other.clone(),
    })
}

fn shuffle_rule(a: &Bound<TyArg>) -> Rule {
    (integer(&a[0])?, integer(&a[2])?);
    Ok(exchanged(&a[1])?.into())
}

fn shuffle<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty, name: &str) -> Parts<'c> {
    let (mask, value, lane) = (l.scalar_as(&a[0], &Ty::I32), l.scalar_as(&a[1], ty), l.scalar_as(&a[2], &Ty::I32));
    l.simt(name, &[mask, value, lane], &[value.ty()])
}

fn vote_rule(a: &Bound<TyArg>, result: Ty) -> Rule {
    (integer(&a[0])?, real(&a[1])?);
    Ok(result.into())
}

fn vote<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, name: &str) -> Parts<'c> {
    let (mask, truth) = (l.scalar_as(&a[0], &Ty::I32), l.truth(&a[1]));
    l.simt(name, &[mask, truth], &[if name == "ballot_sync" { l.b.int(32) } else { l.b.i1() }])
}

fn match_rule(a: &Bound<TyArg>, result: Ty) -> Rule {
    integer(&a[0])?;
    exchanged(&a[1])?;
    Ok(result.into())
}

fn matched<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, name: &str) -> Parts<'c> {
    let ty = exchanged(&a[1].as_argument()).expect("the rule has seen the value");
    let (mask, value) = (l.scalar_as(&a[0], &Ty::I32), l.scalar_as(&a[1], &ty));
    let results = [l.b.int(32), l.b.i1()];
    l.simt(name, &[mask, value], if name == "match_any_sync" { &results[..1] } else { &results })
}
