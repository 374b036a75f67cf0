//! Compiled classes: their fields, and where these lie in the block of an instance.
//!
//! An instance's data are slots of 8 bytes: first words of bits that say which of the others own references, as many as are needed for all, then
//! the slots of each field, in the order of the fields, as in calls (docs/contracts.md, "Calling convention").

use super::{Array, Ty};

/// What the name of a class has before it in a `Ty::Ref`.
pub const CLASS_REFERENCE: &str = "class ";

/// The slots of a word of bits.
const BITS: usize = 64;

/// A class: names and types of its fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    pub name: String,
    pub fields: Vec<(String, Ty)>,
}

impl Class {
    /// The number of a field.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|(field, _)| field == name)
    }

    /// The first slot of a field, counted after the words of bits.
    pub fn first_slot(&self, field: usize) -> usize {
        self.fields[..field].iter().map(|(_, ty)| slots(ty)).sum()
    }

    pub fn slots(&self) -> usize {
        self.first_slot(self.fields.len())
    }

    /// The slots that own references, in ascending order.
    pub fn owners(&self) -> Vec<usize> {
        let mut all = vec![];
        let mut at = 0;
        for (_, ty) in &self.fields {
            add_owners(ty, at, &mut all);
            at += slots(ty);
        }
        all
    }
}

/// How many words of bits say of so many slots which own references.
pub fn words_of_bits(slots: usize) -> usize {
    slots.div_ceil(BITS)
}

/// The words of bits.
pub fn owner_bits(slots: usize, owners: &[usize]) -> Vec<u64> {
    let mut words = vec![0; words_of_bits(slots)];
    for owner in owners {
        words[owner / BITS] |= 1 << (owner % BITS);
    }
    words
}

/// The slots that a value takes.
pub fn slots(ty: &Ty) -> usize {
    match ty {
        Ty::Bool | Ty::Int { .. } | Ty::Float(_) | Ty::Time(_) | Ty::Class(_) => 1,
        Ty::Complex(_) => 2,
        Ty::Array(array) => array_slots(array),
        Ty::Record(_) => 4,
        Ty::Tuple(parts) | Ty::List(parts) | Ty::Named(_, parts) => parts.iter().map(slots).sum(),
        Ty::Optional(inner) => 1 + slots(inner),
        _ => 0,
    }
}

/// Elements that are bytes have an axis of their own.
fn array_slots(array: &Array) -> usize {
    2 + 2 * (array.rank + array.bytes().is_some() as usize)
}

fn add_owners(ty: &Ty, at: usize, all: &mut Vec<usize>) {
    match ty {
        Ty::Class(_) | Ty::Array(_) | Ty::Record(_) => all.push(at),
        Ty::Tuple(parts) | Ty::List(parts) | Ty::Named(_, parts) => {
            let mut at = at;
            for part in parts {
                add_owners(part, at, all);
                at += slots(part);
            }
        }
        Ty::Optional(inner) => add_owners(inner, at + 1, all),
        _ => {}
    }
}

/// The slots of a value that own references, counted from its first one.
pub fn owners(ty: &Ty) -> Vec<usize> {
    let mut all = vec![];
    add_owners(ty, 0, &mut all);
    all
}

/// A class as the program calls it: the last part of its name, without the number that tells it from others.
pub(super) fn display_name(name: &str) -> &str {
    let name = name.split('#').next().unwrap_or(name);
    name.rsplit('.').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ty::Layout;

    #[test]
    fn slots_and_owners_of_fields() {
        let array = Ty::array(Ty::F64, 2, Layout::C);
        let fields = vec![
            ("n".to_string(), Ty::I64),
            ("z".to_string(), Ty::C128),
            ("a".to_string(), array.clone()),
            ("next".to_string(), Ty::Optional(Box::new(Ty::Class("Node".into())))),
            ("pair".to_string(), Ty::Tuple(vec![Ty::Bool, array])),
        ];
        let class = Class { name: "Node".into(), fields };
        assert_eq!(class.first_slot(2), 3);
        assert_eq!(class.slots(), 3 + 6 + 2 + 7);
        assert_eq!(class.owners(), [3, 10, 12]);
        assert_eq!(owner_bits(70, &[0, 65]), [1, 2]);
    }

    #[test]
    fn names_in_messages() {
        assert_eq!(Ty::Class("module.f._locals_.Box#3".into()).user_name(), "Box");
    }
}
