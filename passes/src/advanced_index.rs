//! NumPy's rules for an index that holds arrays: which axes its parts name, and where the axes of the arrays go in the result. Types alone decide:
//! inference and lowering ask the same.

use crate::functions::nested;
use zouk_dialects::ty::Ty;

/// What one part of an index is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// One place, also as an array without axes.
    At,
    Slice,
    /// `None`: a new axis of size one.
    New,
    Ellipsis,
    /// Places in an array (or a tuple or list) of that many axes, one at least.
    Places(usize),
    /// A mask over that many axes. One over none is a bool: it adds an axis of size one or zero.
    Mask(usize),
}

impl Part {
    pub fn of(ty: &Ty) -> Option<Part> {
        match ty {
            Ty::Int { .. } => Some(Part::At),
            Ty::Bool => Some(Part::Mask(0)),
            Ty::Slice(_) => Some(Part::Slice),
            Ty::None => Some(Part::New),
            Ty::Ellipsis => Some(Part::Ellipsis),
            Ty::Array(array) => match (&*array.element, array.rank) {
                (Ty::Bool, rank) => Some(Part::Mask(rank)),
                (Ty::Int { .. }, 0) => Some(Part::At),
                (Ty::Int { .. }, rank) => Some(Part::Places(rank)),
                _ => None,
            },
            other => of_sequence(other),
        }
    }

    /// How many axes of the array it names.
    pub fn axes(self) -> usize {
        match self {
            Part::At | Part::Slice | Part::Places(_) => 1,
            Part::Mask(rank) => rank,
            Part::New | Part::Ellipsis => 0,
        }
    }

    /// Whether it makes the index an advanced one, which copies.
    pub fn is_advanced(self) -> bool {
        matches!(self, Part::Places(_) | Part::Mask(_))
    }

    /// The number of axes that it brings to be broadcast with those of the others.
    fn broadcast_rank(self) -> usize {
        match self {
            Part::Places(rank) => rank,
            Part::Mask(_) => 1,
            _ => 0,
        }
    }
}

/// A tuple or a list of integers or bools, or of arrays or sequences of them: the array that it is made into.
fn of_sequence(ty: &Ty) -> Option<Part> {
    ty.as_sequence()?;
    let (shape, element) = nested(ty).ok()?;
    match element {
        Ty::Bool => Some(Part::Mask(shape.len())),
        Ty::Int { .. } => Some(Part::Places(shape.len())),
        _ => is_empty(ty).then_some(Part::Places(shape.len())),
    }
}

/// Whether no number is in nested sequences: places, then.
fn is_empty(ty: &Ty) -> bool {
    ty.as_sequence().is_some_and(|parts| parts.iter().all(is_empty))
}

/// The axes of what an advanced index gives: those of slices, and among them, from `position` on, the `broadcast` ones of the arrays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    pub basic: usize,
    pub broadcast: usize,
    pub position: usize,
}

impl Shape {
    /// Of an index into an array of that rank, which it does not exceed.
    pub fn of(parts: &[Part], rank: usize) -> Shape {
        let rest = rank - parts.iter().map(|p| p.axes()).sum::<usize>();
        let broadcast = parts.iter().map(|p| p.broadcast_rank()).max().unwrap_or(0);
        let is_basic = |part: &Part| matches!(part, Part::Slice | Part::New | Part::Ellipsis);
        let width = |part: &Part| match part {
            Part::Ellipsis => rest,
            part => is_basic(part) as usize,
        };
        let basic = parts.iter().map(width).sum::<usize>() + if parts.contains(&Part::Ellipsis) { 0 } else { rest };
        let before = parts.iter().take_while(|p| is_basic(p)).count();
        // The arrays (and single places) stand in a row: their axes take its place. Else they come first.
        let after = &parts[before..];
        let adjacent = after.iter().skip_while(|p| !is_basic(p)).all(is_basic);
        let position = if adjacent { parts[..before].iter().map(width).sum() } else { 0 };
        Shape { basic, broadcast, position }
    }

    pub fn rank(self) -> usize {
        self.basic + self.broadcast
    }
}

/// The parts of an index, which is a tuple of them or the only one.
pub fn parts_of(index: &Ty) -> &[Ty] {
    match index {
        Ty::Tuple(parts) => parts,
        single => std::slice::from_ref(single),
    }
}

/// The mask that is the whole index, full slices after it aside: its rank.
pub fn lone_mask(parts: &[Part], types: &[Ty]) -> Option<usize> {
    let full = |ty: &Ty| matches!(ty, Ty::Slice(s) if **s == [Ty::None, Ty::None, Ty::None]) || *ty == Ty::Ellipsis;
    match parts.first() {
        Some(Part::Mask(rank)) if types[1..].iter().all(full) => Some(*rank),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_of_arrays_take_the_place_of_a_row_of_them() {
        use Part::*;
        let shape = |parts: &[Part], rank| (Shape::of(parts, rank).position, Shape::of(parts, rank).rank());
        assert_eq!(shape(&[Places(1)], 2), (0, 2));
        assert_eq!(shape(&[Slice, Places(2)], 3), (1, 4));
        assert_eq!(shape(&[At, Slice, Places(1)], 3), (0, 2));
        assert_eq!(shape(&[Slice, Places(1), At], 3), (1, 2));
        assert_eq!(shape(&[Ellipsis, Mask(1)], 3), (2, 3));
        assert_eq!(shape(&[Places(1), Ellipsis, Places(1)], 2), (0, 1));
        assert_eq!(shape(&[New, Mask(2)], 2), (1, 2));
        assert_eq!(shape(&[Mask(0)], 0), (0, 1));
    }
}
