//! Declared signatures: types as attributes, and which one a call of compiled code takes.

use super::Engine;
use crate::functions::Const;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass, Span};
use zouk_dialects::ir::{ArrayAttribute, Attribute, Location, Op, str_value};
use zouk_dialects::ty::{Ty, rate};

/// Argument types, and the result type when it is declared.
pub(super) struct Signature {
    pub arguments: Vec<Ty>,
    pub result: Option<Ty>,
    /// The values of literal parameters, as many as there are parameters, or none at all.
    pub literals: Vec<Option<Const>>,
}

impl Signature {
    /// From an attribute of the function: a list of types as text, and the text of the result, empty when it is left open.
    pub fn read(function: Op, arguments: Attribute, result: Option<&str>) -> Result<Signature, Diagnostic> {
        let bad = |text: &str| Diagnostic::at(ErrorClass::Internal, "bad-signature", format!("a signature holds no type: {text}"), function.loc());
        let array = ArrayAttribute::try_from(arguments).map_err(|_| bad(&arguments.to_string()))?;
        let parse = |text: &str| text.parse::<Ty>().map_err(|_| bad(text));
        let texts = (0..array.len()).map(|i| array.element(i).ok().and_then(str_value).unwrap_or(""));
        let arguments = texts.map(parse).collect::<Result<_, _>>()?;
        Ok(Signature { arguments, result: result.filter(|text| !text.is_empty()).map(parse).transpose()?, literals: vec![] })
    }

    fn spelling(arguments: &[Ty]) -> String {
        format!("({})", arguments.iter().map(Ty::user_name).collect::<Vec<_>>().join(", "))
    }
}

impl<'c> Engine<'c> {
    /// What a call with these argument types takes: the declared signature that fits best, as in calls from Python; the types themselves where
    /// nothing is declared.
    pub(super) fn signature(&self, symbol: &str, arguments: Vec<Ty>, at: Location<'c>) -> Result<Signature, Diagnostic> {
        let declared = match self.sources.get(symbol) {
            Some(source) if source.has_attr("py.signatures") => *source,
            _ => return Ok(Signature { arguments, result: None, literals: vec![] }),
        };
        let results = declared.str_array_attr("py.signature_results");
        // What a closure has captured comes first, and is as it is.
        let captures = declared.int_attr("py.captures").unwrap_or(0) as usize;
        let mut rated = vec![];
        for (i, attribute) in declared.array_attr("py.signatures").into_iter().enumerate() {
            let mut signature = Signature::read(declared, attribute, results.get(i).copied())?;
            signature.arguments.splice(..0, arguments[..captures.min(arguments.len())].iter().cloned());
            if let Some(rating) = rate(&arguments, &signature.arguments) {
                rated.push((rating, signature));
            }
        }
        let least = rated.iter().map(|(rating, _)| *rating).min();
        rated.retain(|(rating, _)| Some(*rating) == least);
        match rated.len() {
            // As Numba does in kernels.
            count if count > 1 && self.module.has_attr("zouk.simt") => Ok(rated.remove(0).1),
            1 => Ok(rated.remove(0).1),
            count => Err(no_choice(declared, &arguments, count, at)),
        }
    }
}

fn no_choice(declared: Op, arguments: &[Ty], count: usize, at: Location) -> Diagnostic {
    let name = declared.str_attr("py.display").unwrap_or_default();
    let given = Signature::spelling(arguments);
    let message = match count {
        0 => format!("no signature that {name} declares takes the argument types {given}"),
        _ => format!("{count} of the signatures that {name} declares fit the argument types {given} equally well"),
    };
    Diagnostic::at(ErrorClass::Typing, "no-matching-signature", message, at)
        .note(Span::of(declared.loc()), format!("{name} is defined here"))
        .help("convert the arguments, or declare a signature for these types")
}
