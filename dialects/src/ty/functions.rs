//! Functions as values: what tells them apart, and the type of one of several.

use super::{Ty, join};

/// Closures that capture closures may nest that deep.
const MAX_DEPTH: usize = 16;

impl Ty {
    /// The name that tells a function from others: `@f`, `math.sin`, `zouk.c.0.cos`, the symbol of an inner one. None of what cannot be called.
    pub fn function_name(&self) -> Option<&str> {
        match self {
            Ty::Closure(name, _) => Some(name),
            Ty::Ref(name) if is_function(name) => Some(name),
            _ => None,
        }
    }

    /// The functions that a value may be.
    pub fn functions(&self) -> Vec<Ty> {
        match self {
            Ty::OneOf(functions) => functions.clone(),
            function if function.function_name().is_some() => vec![function.clone()],
            _ => vec![],
        }
    }

    /// One of these functions; the function itself where there is one only.
    pub fn one_of(mut functions: Vec<Ty>) -> Ty {
        functions.sort_by(|a, b| a.function_name().cmp(&b.function_name()));
        if functions.len() == 1 { functions.remove(0) } else { Ty::OneOf(functions) }
    }

    /// What an element of a tuple is when its place is not known: the type of all of them, or one of the functions that they are.
    pub fn of_any(parts: &[Ty]) -> Option<Ty> {
        let (first, rest) = parts.split_first()?;
        if rest.iter().all(|part| part == first) {
            return Some(first.clone());
        }
        rest.iter().try_fold(first.clone(), |joined, part| join_functions(&joined, part))
    }

    /// Whether some part of the type is a function for which this holds.
    pub fn any_function(&self, holds: &mut dyn FnMut(&Ty) -> bool) -> bool {
        match self {
            Ty::Ref(_) => holds(self),
            Ty::Closure(_, parts) => holds(self) || parts.iter().any(|part| part.any_function(holds)),
            Ty::Tuple(parts) | Ty::List(parts) | Ty::Zip(parts) | Ty::Named(_, parts) | Ty::OneOf(parts) | Ty::Map(parts) | Ty::Filter(parts) => parts.iter().any(|part| part.any_function(holds)),
            Ty::Optional(inner) | Ty::Maybe(inner) | Ty::Enumerate(inner) | Ty::Reversed(inner) | Ty::Iterator(inner) => inner.any_function(holds),
            _ => false,
        }
    }

    /// Whether closures in it capture closures too often: such types may grow for ever.
    pub fn nests_closures_too_deeply(&self) -> bool {
        fn depth(ty: &Ty) -> usize {
            match ty {
                Ty::Closure(_, parts) => 1 + parts.iter().map(depth).max().unwrap_or(0),
                Ty::Tuple(parts) | Ty::OneOf(parts) | Ty::Map(parts) | Ty::Filter(parts) => parts.iter().map(depth).max().unwrap_or(0),
                Ty::Optional(inner) | Ty::Maybe(inner) => depth(inner),
                _ => 0,
            }
        }
        depth(self) > MAX_DEPTH
    }
}

/// What the names of functions of C start with; a number and a name follow.
pub const C_FUNCTION: &str = "zouk.c.";

/// Whether a reference may be called as a function: one to a class, dtype or module may not stand for another one.
fn is_function(name: &str) -> bool {
    let of_module = |module: &str| name.strip_prefix(module).is_some_and(|rest| !rest.contains('.'));
    name.starts_with('@') || name.starts_with(C_FUNCTION) || of_module("math.") || of_module("cmath.") || of_module("numpy.") && Ty::from_module_name("numpy", &name["numpy.".len()..]).is_none()
}

/// The type of what is one of the functions that two types have.
pub(super) fn join_functions(a: &Ty, b: &Ty) -> Option<Ty> {
    let mut all = a.functions();
    if all.is_empty() || b.functions().is_empty() {
        return None;
    }
    for function in b.functions() {
        match all.iter_mut().find(|known| known.function_name() == function.function_name()) {
            Some(known) => *known = join(known, &function)?,
            None => all.push(function),
        }
    }
    Some(Ty::one_of(all))
}
