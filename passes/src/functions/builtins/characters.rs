//! `ord` and `chr`: of constants, as all text is.

use crate::functions::elementwise::Parts;
use crate::functions::rules::*;
use crate::functions::{Bound, CallError, Const, TyArg, Typed, Val};
use crate::lower_python::Lower;
use zouk_dialects::ty::Ty;

/// The number of the only character of a text.
fn number(text: &Option<Const>) -> Option<u32> {
    let Some(Const::Str(text)) = text else { return None };
    let mut characters = text.chars();
    characters.next().filter(|_| characters.next().is_none()).map(u32::from)
}

pub fn ord_rule(a: &Bound<TyArg>) -> Rule {
    match (&a[0].ty, &a[0].constant) {
        (Ty::Str, text) if number(text).is_some() => Ok(Typed { ty: Ty::I64, constant: number(text).map(|n| Const::Int(n.into())) }),
        (Ty::Str, Some(Const::Str(text))) => Err(CallError::raising("TypeError", &format!("ord() expected a character, but string of length {} found", text.chars().count()))),
        (Ty::Str, _) => Err(CallError::new("ord() takes a constant character")),
        (other, _) => Err(CallError::new(format!("ord() expected string of length 1, but {} found", other.user_name()))),
    }
}

pub fn ord<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    vec![l.b.c_i64(number(&a[0].constant).unwrap_or_default().into())]
}

pub fn chr_rule(a: &Bound<TyArg>) -> Rule {
    integer(&a[0])?;
    let Some(Const::Int(number)) = a[0].constant else {
        return Err(CallError::new("chr() takes a constant: text is not made while compiled code runs").help("keep the number, and call chr() where the result is used"));
    };
    match u32::try_from(number).ok().filter(|number| *number < 0x110000) {
        None => Err(CallError::raising("ValueError", "chr() arg not in range(0x110000)")),
        Some(number) => match char::from_u32(number) {
            Some(character) => Ok(Typed { ty: Ty::Str, constant: Some(Const::Str(character.into())) }),
            None => Err(CallError::new("chr() of half a surrogate pair is not supported")),
        },
    }
}
