//! Operands: registers, constants and addresses become rows.

use super::function::{Builder, Named, register_width};
use crate::machine::lanes;
use crate::machine::ops::{Address, Element};
use crate::machine::registers::Slot;
use crate::machine::spaces::window;
use crate::ptx::Parsed;
use crate::ptx::syntax::{Base, Instruction, Operand, Space};
use crate::ptx::types::{Kind, Type};

impl Instruction {
    /// Operand number `index`.
    pub fn operand(&self, index: usize) -> Parsed<&Operand> {
        self.operands.get(index).ok_or_else(|| crate::ptx::Wrong::new(self.line, format!("'{}' has too few operands", self.full_name())))
    }

    /// Refuses other numbers of operands, and modifiers that are neither types nor in the list.
    pub fn check(&self, operands: std::ops::RangeInclusive<usize>, modifiers: &[&str]) -> Parsed<()> {
        let wrong = |text: String| Err(crate::ptx::Wrong::new(self.line, text));
        if !operands.contains(&self.operands.len()) {
            return wrong(format!("'{}' has {} operands", self.full_name(), self.operands.len()));
        }
        match self.modifiers.iter().find(|modifier| Type::named(modifier).is_none() && !modifiers.contains(&modifier.as_str())) {
            Some(unknown) => wrong(format!("'{}': '.{unknown}' is not supported", self.full_name())),
            None => Ok(()),
        }
    }

    /// The one type that the instruction has.
    pub fn ty(&self) -> Parsed<Type> {
        self.types().last().copied().ok_or_else(|| crate::ptx::Wrong::new(self.line, format!("'{}' has no type", self.full_name())))
    }
}

impl Builder<'_> {
    fn register(&mut self, name: &str, part: Option<&str>) -> Option<(Slot, Type)> {
        let full = part.map_or_else(|| name.to_string(), |part| format!("{name}.{part}"));
        match self.find(&full)? {
            Named::Register { slot, ty } => Some((slot, ty)),
            _ => None,
        }
    }

    pub fn predicate_register(&mut self, name: &str) -> Parsed<Slot> {
        match self.register(name, None) {
            Some((slot, ty)) if ty.kind == Kind::Predicate => {
                self.reads.push(slot);
                Ok(slot)
            }
            Some(_) => self.wrong(format!("'{name}' is no predicate")),
            None => self.wrong(format!("Unknown symbol '{name}'")),
        }
    }

    /// A predicate operand, and whether its opposite is meant.
    pub fn predicate(&mut self, operand: &Operand) -> Parsed<(Slot, bool)> {
        match operand {
            Operand::Not(inner) => self.predicate(inner).map(|(slot, negated)| (slot, !negated)),
            Operand::Name(name, None) => Ok((self.predicate_register(name)?, false)),
            Operand::Integer(value) => Ok((self.constants.slot(1, u64::from(*value != 0)), false)),
            _ => self.wrong("a predicate is expected"),
        }
    }

    /// The row of an operand that is read, of the width of its register; for constants of `width`.
    pub fn any_source(&mut self, operand: &Operand, ty: Type) -> Parsed<(Slot, u32)> {
        let width = register_width(ty);
        match operand {
            Operand::Name(name, part) => {
                if let Some((slot, ty)) = self.register(name, part.as_deref()) {
                    self.reads.push(slot);
                    return Ok((slot, register_width(ty)));
                }
                if let Some(found) = self.special_register(name, part.as_deref()) {
                    return Ok(found);
                }
                self.address_constant(name, 0).map(|slot| (slot, 64))
            }
            Operand::Sum(name, offset) => self.address_constant(name, *offset).map(|slot| (slot, 64)),
            Operand::Integer(value) => Ok((self.constants.slot(width, *value), width)),
            Operand::F32(bits) if width == 64 => Ok((self.constants.slot(64, f64::from(f32::from_bits(*bits)).to_bits()), 64)),
            Operand::F32(bits) => Ok((self.constants.slot(width, u64::from(*bits)), width)),
            Operand::F64(bits) if width == 32 => Ok((self.constants.slot(32, u64::from((f64::from_bits(*bits) as f32).to_bits())), 32)),
            Operand::F64(bits) => Ok((self.constants.slot(width, *bits), width)),
            _ => self.wrong("a register or constant is expected"),
        }
    }

    /// The row of an operand of exactly this type's width.
    pub fn source(&mut self, operand: &Operand, ty: Type) -> Parsed<Slot> {
        let (slot, width) = self.any_source(operand, ty)?;
        if width != register_width(ty) {
            return self.wrong(format!("Arguments mismatch: an operand has {width} bits, the instruction {}", ty.width()));
        }
        Ok(slot)
    }

    /// The row of a result; `_` has one that nobody reads.
    pub fn any_target(&mut self, operand: &Operand, ty: Type) -> Parsed<(Slot, u32)> {
        match operand {
            Operand::Name(name, part) => match self.register(name, part.as_deref()) {
                Some((slot, ty)) => {
                    self.writes.push(slot);
                    Ok((slot, register_width(ty)))
                }
                None => self.wrong(format!("Unknown symbol '{name}'")),
            },
            Operand::Sink => Ok((self.fresh(register_width(ty)), register_width(ty))),
            _ => self.wrong("a register is expected for the result"),
        }
    }

    pub fn target(&mut self, operand: &Operand, ty: Type) -> Parsed<Slot> {
        let (slot, width) = self.any_target(operand, ty)?;
        if width != register_width(ty) {
            return self.wrong(format!("Arguments mismatch: the result has {width} bits, the instruction {}", ty.width()));
        }
        Ok(slot)
    }

    pub fn element(&mut self, operand: &Operand, ty: Type, is_target: bool) -> Parsed<Element> {
        if *operand == Operand::Sink {
            return Ok(Element { slot: 0, width: 0 });
        }
        let (slot, width) = if is_target { self.any_target(operand, ty)? } else { self.any_source(operand, ty)? };
        if width < ty.width().min(64) {
            return self.wrong(format!("Arguments mismatch: a register of {width} bits for {} bits of memory", ty.width()));
        }
        Ok(Element { slot, width })
    }

    /// The address of a variable or function, as `mov` gives it: in its own space.
    fn address_constant(&mut self, name: &str, offset: i64) -> Parsed<Slot> {
        let address = match self.find(name) {
            Some(Named::Global { address }) => address,
            Some(Named::Constant { address }) => address - self.linked.constants,
            Some(Named::Shared { offset } | Named::Parameter { offset }) => offset.into(),
            Some(Named::Function(id)) => {
                if self.linked.function(id).body.is_none() {
                    return self.wrong(format!("Unresolved extern function '{name}'"));
                }
                self.linked.address_of(id)
            }
            Some(Named::Frame { offset: start, .. }) => {
                let to = self.fresh(64);
                let start = i64::from(start) + offset;
                self.lanes(lanes::produce(to, move |registers, _| u64::from(registers.stack).wrapping_add_signed(start)));
                return Ok(to);
            }
            _ => return self.wrong(format!("Unknown symbol '{name}'")),
        };
        Ok(self.constants.slot(64, address.wrapping_add_signed(offset)))
    }

    /// `[base + offset]` in the space that the instruction names.
    pub fn address(&mut self, operand: &Operand, space: Space) -> Parsed<Address> {
        let Operand::Address(base, offset) = operand else { return self.wrong("an address in brackets is expected") };
        let fixed = |space, address: u64| Address { space, base: None, offset: address.wrapping_add_signed(*offset) as i64, in_frame: false };
        let Base::Name(name) = base else { return Ok(fixed(space, 0)) };
        // A function's parameters are on its stack.
        let space = if space == Space::Param && !self.entry { Space::Local } else { space };
        match self.find(name) {
            Some(Named::Register { slot, ty }) => {
                let width = register_width(ty);
                if !matches!(width, 32 | 64) {
                    return self.wrong(format!("'{name}' has {width} bits: no address"));
                }
                self.reads.push(slot);
                let offset = if space == Space::Const { offset.wrapping_add_unsigned(self.linked.constants) } else { *offset };
                Ok(Address { space, base: Some((slot, width)), offset, in_frame: false })
            }
            Some(Named::Frame { offset: start, bytes }) => {
                if space != Space::Generic && !matches!(space, Space::Local | Space::Param) {
                    return self.wrong(format!("'{name}' is in another state space"));
                }
                if *offset < 0 || *offset >= i64::from(bytes.max(1)) {
                    return self.wrong(format!("the offset {offset} is outside of '{name}' with its {bytes} bytes"));
                }
                Ok(Address { space: Space::Local, base: None, offset: i64::from(start) + offset, in_frame: true })
            }
            Some(Named::Parameter { offset: start }) if matches!(space, Space::Param | Space::Generic) => Ok(fixed(Space::Param, start.into())),
            Some(Named::Shared { offset: start }) if matches!(space, Space::Shared | Space::Generic) => Ok(fixed(Space::Shared, start.into())),
            Some(Named::Global { address }) if matches!(space, Space::Global | Space::Generic) => Ok(fixed(Space::Global, address)),
            Some(Named::Constant { address }) if matches!(space, Space::Const | Space::Generic) => Ok(fixed(Space::Global, address)),
            Some(_) => self.wrong(format!("'{name}' is in another state space")),
            None => self.wrong(format!("Unknown symbol '{name}'")),
        }
    }

    /// What is added to an address of a space to make it generic; parameters of functions are on the stack.
    pub fn window(&self, space: Space) -> u64 {
        match space {
            Space::Const => self.linked.constants,
            Space::Param if !self.entry => window(Space::Local),
            space => window(space),
        }
    }
}
