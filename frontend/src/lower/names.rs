//! What each local name is bound to at the point being lowered.

use super::Lowering;
use crate::scope::Local;
use rustpython_parser::text_size::TextRange;
use zouk_dialects::ir::{Attribute, Value};

/// A name's value. Without one the name is unbound on every path that leads here; `maybe` says that it is on some.
#[derive(Clone, Copy, Default)]
pub(super) struct Slot<'c> {
    pub value: Option<Value<'c>>,
    pub maybe: bool,
}

impl<'c> Slot<'c> {
    pub fn bound(value: Value<'c>) -> Self {
        Slot { value: Some(value), maybe: false }
    }

    pub fn may_be_unbound(self) -> bool {
        self.maybe || self.value.is_none()
    }
}

/// The slots of all names, with an undo log for leaving regions.
pub(super) struct Slots<'c> {
    slots: Vec<Slot<'c>>,
    trail: Vec<(Local, Slot<'c>)>,
}

impl<'c> Slots<'c> {
    pub fn new(names: usize) -> Self {
        Slots { slots: vec![Slot::default(); names], trail: vec![] }
    }

    pub fn get(&self, local: Local) -> Slot<'c> {
        self.slots[local]
    }

    pub fn set(&mut self, local: Local, slot: Slot<'c>) {
        self.trail.push((local, std::mem::replace(&mut self.slots[local], slot)));
    }

    pub fn mark(&self) -> usize {
        self.trail.len()
    }

    pub fn rollback(&mut self, mark: usize) {
        for (local, slot) in self.trail.drain(mark..).rev() {
            self.slots[local] = slot;
        }
    }
}

impl<'c> Lowering<'c, '_> {
    /// Reads a local name; where it may be unbound, a check comes first and holds from then on.
    pub(super) fn read(&mut self, local: Local, range: TextRange) -> Value<'c> {
        let slot = self.slots.get(local);
        match slot.value {
            Some(value) if !slot.maybe => value,
            value => {
                let value = value.unwrap_or_else(|| self.unbound(range));
                let mut attrs = vec![("name", self.b.str(self.scope.name(local)))];
                if self.nest.members[self.member].captured.contains(&local) {
                    attrs.push(("free", self.b.unit()));
                }
                let checked = self.value(range, "py.check_bound", &[value], &attrs);
                self.slots.set(local, Slot::bound(checked));
                checked
            }
        }
    }

    /// The names of carried values, for messages; a value without a name has the empty one.
    pub(super) fn spelled(&self, unnamed: usize, names: impl IntoIterator<Item = Local>) -> Attribute<'c> {
        let names: Vec<&str> = std::iter::repeat_n("", unnamed).chain(names.into_iter().map(|n| self.scope.name(n))).collect();
        self.b.str_array(&names)
    }

    /// The names' values where a region passes them on.
    pub(super) fn pass(&self, names: &[Local], range: TextRange) -> Vec<Value<'c>> {
        names.iter().map(|name| self.slots.get(*name).value.unwrap_or_else(|| self.unbound(range))).collect()
    }

    pub(super) fn slots_of(&self, names: &[Local]) -> Vec<Slot<'c>> {
        names.iter().map(|name| self.slots.get(*name)).collect()
    }

    /// Binds names to values, keeping what is known of their being bound.
    pub(super) fn bind_all(&mut self, names: &[Local], values: &[Value<'c>], maybe: &[bool]) {
        for ((name, value), maybe) in names.iter().zip(values).zip(maybe) {
            self.slots.set(*name, Slot { value: Some(*value), maybe: *maybe });
        }
    }
}
