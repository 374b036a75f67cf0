//! Instances of compiled classes: an array of no axes, whose block has the fields' slots.

use super::Lower;
use crate::functions::Val;
use crate::make_entries::leaf::Leaf;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{MemRefType, Type, Value};
use zouk_dialects::ty::{Class, Ty, class};

/// A field: its type, and the first of its slots.
struct Field {
    class: String,
    ty: Ty,
    slot: usize,
}

impl<'c> Lower<'c> {
    /// The type of an instance, of any class. No array has it: bools take a byte.
    pub fn instance_type(&self) -> Type<'c> {
        MemRefType::new(self.b.i1(), &[], None, None).into()
    }

    fn class_of(&self, ty: &Ty) -> Result<Class, Diagnostic> {
        let Ty::Class(name) = ty else { return Err(self.internal(format!("{ty} is no class"))) };
        let definition = self.classes.get(&**name).ok_or_else(|| self.internal(format!("the module has no class {name}")))?;
        Ok(definition.class(name))
    }

    /// A new instance.
    pub(super) fn new_instance(&mut self, ty: &Ty) -> Result<Val<'c>, Diagnostic> {
        let class = self.class_of(ty)?;
        let owners: Vec<i64> = class.owners().into_iter().map(|slot| slot as i64).collect();
        let attrs = [("slots", self.b.int_attr(self.b.i64(), class.slots() as i64)), ("owners", self.b.i64_array(&owners))];
        let object = self.b.val("rt.object", &[], self.instance_type(), &attrs);
        Ok(self.val(ty.clone(), vec![object]))
    }

    fn class_field(&self, ty: &Ty, name: &str) -> Result<Field, Diagnostic> {
        let class = self.class_of(ty)?;
        let number = class.find(name).ok_or_else(|| self.internal(format!("{ty} has no field {name}")))?;
        Ok(Field { slot: class::words_of_bits(class.slots()) + class.first_slot(number), ty: class.fields[number].1.clone(), class: class.name })
    }

    /// `instance.name`
    pub(super) fn load_class_field(&mut self, instance: &Val<'c>, name: &str) -> Result<Val<'c>, Diagnostic> {
        let field = self.class_field(&instance.ty, name)?;
        let label = self.b.str(&format!("{}.{name}", field.class));
        let mut slot = field.slot;
        let mut parts = vec![];
        for (leaf, ty) in Leaf::of(&field.ty).into_iter().zip(self.expand(&field.ty)) {
            let attrs = [("field", label), ("slot", self.b.int_attr(self.b.i64(), slot as i64))];
            parts.push(self.b.val("rt.load_field", &[instance.parts[0]], ty, &attrs));
            slot += leaf.slots();
        }
        self.check_assigned(&field.ty, &parts, &format!("'{}' object has no attribute '{name}'", instance.ty.user_name()));
        Ok(self.val(field.ty, parts))
    }

    /// Instances and places of single elements must be there before anything is looked for in them; what is no more than a number is 0, and an array empty.
    fn check_assigned(&mut self, ty: &Ty, parts: &[Value<'c>], message: &str) {
        let place = match ty {
            Ty::Class(_) | Ty::Record(_) => true,
            Ty::Array(array) => array.rank == 0,
            _ => false,
        };
        if place {
            let assigned = self.b.val("rt.is_assigned", &parts[..1], self.b.i1(), &[]);
            return self.check(assigned, "AttributeError", message);
        }
        if let Some(types) = ty.as_sequence() {
            let mut rest = parts;
            for ty in types {
                let (own, after) = rest.split_at(self.expand(ty).len());
                self.check_assigned(ty, own, message);
                rest = after;
            }
        }
    }

    /// `instance.name = item`
    pub(super) fn store_class_field(&mut self, instance: &Val<'c>, name: &str, item: &Val<'c>) -> Result<(), Diagnostic> {
        let field = self.class_field(&instance.ty, name)?;
        let item = self.cast(item, &field.ty);
        let label = self.b.str(&format!("{}.{name}", field.class));
        let mut slot = field.slot;
        for (leaf, part) in Leaf::of(&field.ty).into_iter().zip(item.parts) {
            let mut attrs = vec![("field", label), ("slot", self.b.int_attr(self.b.i64(), slot as i64))];
            if let Leaf::Int { signed: true, .. } = leaf {
                attrs.push(("sign_extended", self.b.unit()));
            }
            self.b.op("rt.store_field", &[part, instance.parts[0]], &[], &attrs);
            slot += leaf.slots();
        }
        Ok(())
    }

    /// `a is b` of instances, either of which may be None.
    pub(super) fn same_instance(&mut self, lhs: &Val<'c>, rhs: &Val<'c>) -> Value<'c> {
        let same = |l: &Self, a: &Val<'c>, b: &Val<'c>| match a.ty == b.ty {
            true => l.b.val("rt.same", &[a.parts[0], b.parts[0]], l.b.i1(), &[]),
            false => l.b.c_bool(false),
        };
        match (&lhs.ty, &rhs.ty) {
            (Ty::Optional(_), Ty::Optional(_)) => {
                let ((given, a), (also, b)) = (self.unwrap(lhs), self.unwrap(rhs));
                let agree = self.b.cmpi("eq", given, also);
                let no_matter = self.b.bin("arith.ori", self.invert(given), same(self, &a, &b));
                self.b.bin("arith.andi", agree, no_matter)
            }
            (Ty::Optional(_), _) => {
                let (given, held) = self.unwrap(lhs);
                self.b.bin("arith.andi", given, same(self, &held, rhs))
            }
            (_, Ty::Optional(_)) => self.same_instance(rhs, lhs),
            _ => same(self, lhs, rhs),
        }
    }
}
