//! The conversion of arguments to the types of a declared signature, slot by slot.

use crate::{
    core::Version,
    fingerprint::{Fingerprint, PYTHON_CLASSES, Shape},
    functions,
    scalar::{Scalar, Unfit, cast, fits},
};
use smallvec::SmallVec;
use std::sync::Arc;
use zouk_dialects::ty::Ty;

/// What a function is compiled to: by its number, and a result type with argument types. None when it is not.
pub type Compile<'a> = &'a mut dyn FnMut(u32, &[Ty]) -> Option<Arc<Version>>;

/// How to turn the natural slots of one argument into those of the declared type.
#[derive(Debug)]
pub enum Step {
    Copy(usize),
    Cast(Scalar, Scalar),
    Tuple(Vec<Step>),
    /// A value where None is allowed too.
    Some(Box<Step>),
    /// None where an address is declared.
    Null,
    /// The address of what a function was compiled to for a signature, which the step keeps.
    Address(Arc<Version>),
    /// None where a value of so many slots is allowed.
    Nothing(usize),
}

/// How the slots of an argument become those of a declared type that it fits (`zouk_dialects::ty::fit`). `version` compiles a function for a signature.
pub fn step(argument: Fingerprint, declared: &Ty, version: Compile) -> Option<Step> {
    match (argument.shape(), declared) {
        (Shape::None, Ty::None) | (Shape::Ellipsis, Ty::Ellipsis) => Some(Step::Copy(0)),
        (Shape::Function(_), Ty::Ref(_)) => Some(Step::Copy(0)),
        (Shape::Function(number), Ty::Function(signature)) => Some(Step::Address(version(number, signature)?)),
        (Shape::Generator, Ty::Generator) | (Shape::Object { .. }, Ty::Class(_)) => Some(Step::Copy(1)),
        (Shape::Slice(parts), Ty::Slice(to)) => Some(Step::Tuple(parts.into_iter().zip(&**to).map(|(part, to)| step(part, to, version)).collect::<Option<_>>()?)),
        (Shape::Range, Ty::Range(item)) if **item == Ty::I64 => Some(Step::Copy(3)),
        (Shape::Scalar(Scalar::I64 | Scalar::U64), Ty::Pointer(_)) => Some(Step::Copy(1)),
        (Shape::None, Ty::Pointer(_)) => Some(Step::Null),
        (Shape::Class(name), Ty::Ref(to)) => (name == *to).then_some(Step::Copy(0)),
        (Shape::None, Ty::Optional(inner)) => Some(Step::Nothing(slots_of(inner)?)),
        (_, Ty::Optional(inner)) => Some(Step::Some(Box::new(step(argument, inner, version)?))),
        (Shape::Scalar(from), to) => {
            let to = Scalar::of(to)?;
            Some(if from == to { Step::Copy(from.slots()) } else { Step::Cast(from, to) })
        }
        (Shape::Array { .. } | Shape::Records { .. } | Shape::Record { .. }, Ty::Array(_) | Ty::Record(_)) => Some(Step::Copy(slots_of(declared)?)),
        (Shape::Tuple(elements) | Shape::Named { elements, .. }, Ty::Tuple(to) | Ty::Named(_, to)) if elements.len() == to.len() => {
            let parts = elements.into_iter().zip(to).map(|(e, to)| step(e, to, version)).collect::<Option<_>>()?;
            Some(Step::Tuple(parts))
        }
        _ => None,
    }
}

/// Slots of a declared type; `None` for what cannot be an argument.
pub fn slots_of(ty: &Ty) -> Option<usize> {
    Some(match ty {
        Ty::None | Ty::Ellipsis => 0,
        Ty::Ref(name) if PYTHON_CLASSES.contains(&name.as_str()) || name.strip_prefix("numpy.").is_some_and(|name| Ty::from_numpy_name(name).is_some()) => 0,
        Ty::Generator | Ty::Pointer(_) | Ty::Function(_) | Ty::Class(_) => 1,
        Ty::Ref(_) => functions::is_passed(ty).then_some(0)?,
        // Elements that are bytes have an axis of their own.
        Ty::Array(array) => 2 + 2 * (array.rank + array.bytes().is_some() as usize),
        Ty::Record(_) => 4,
        Ty::Tuple(parts) | Ty::Named(_, parts) => parts.iter().map(slots_of).sum::<Option<usize>>()?,
        Ty::Slice(parts) => parts.iter().map(slots_of).sum::<Option<usize>>()?,
        Ty::Range(_) => 3,
        Ty::Optional(inner) => 1 + slots_of(inner)?,
        number => Scalar::of(number)?.slots(),
    })
}

impl Step {
    /// The functions that are passed by their address.
    pub fn each_function<'a>(&'a self, visit: &mut dyn FnMut(&'a Arc<Version>)) {
        match self {
            Step::Address(version) => visit(version),
            Step::Tuple(parts) => parts.iter().for_each(|part| part.each_function(visit)),
            Step::Some(inner) => inner.each_function(visit),
            _ => {}
        }
    }

    pub fn is_copy(&self) -> bool {
        matches!(self, Step::Copy(_))
    }

    /// Moves the converted slots of one argument from the front of `from` to `to`.
    pub fn apply(&self, from: &mut &[u64], to: &mut SmallVec<[u64; 64]>) -> Result<(), Unfit> {
        let mut take = |count: usize| {
            let (own, rest) = from.split_at(count);
            *from = rest;
            own
        };
        match self {
            Step::Copy(count) => to.extend_from_slice(take(*count)),
            Step::Cast(a, b) => {
                let slots = take(a.slots());
                fits(slots[0], *a, *b)?;
                cast(slots, *a, *b, to);
            }
            Step::Tuple(parts) => parts.iter().try_for_each(|part| part.apply(from, to))?,
            Step::Address(version) => to.push(version.compiled.entry as usize as u64),
            Step::Some(inner) => {
                to.push(1);
                inner.apply(from, to)?;
            }
            Step::Null => to.push(0),
            Step::Nothing(count) => to.extend(std::iter::repeat_n(0, count + 1)),
        }
        Ok(())
    }
}
