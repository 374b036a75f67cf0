//! The types of PTX.

use crate::soft::{BF16, F16, F32, F64, Format};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Signed,
    Unsigned,
    Bits,
    Float,
    /// Brain floats: eight bits of exponent.
    Brain,
    Predicate,
}

/// `.u32`, `.f64`, `.f16x2`, …: a kind, the bits of one part, and how many parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Type {
    pub kind: Kind,
    pub bits: u32,
    pub parts: u32,
}

impl Type {
    pub const PREDICATE: Type = Type { kind: Kind::Predicate, bits: 1, parts: 1 };
    pub const U32: Type = Type { kind: Kind::Unsigned, bits: 32, parts: 1 };
    pub const B32: Type = Type { kind: Kind::Bits, bits: 32, parts: 1 };

    /// The type that a modifier without its point names.
    pub fn named(name: &str) -> Option<Type> {
        let (name, parts) = name.strip_suffix("x2").map_or((name, 1), |part| (part, 2));
        if name == "pred" {
            return (parts == 1).then_some(Type::PREDICATE);
        }
        let (kind, width) = if let Some(width) = name.strip_prefix("bf") {
            (Kind::Brain, width)
        } else {
            let kind = match name.as_bytes().first()? {
                b's' => Kind::Signed,
                b'u' => Kind::Unsigned,
                b'b' => Kind::Bits,
                b'f' => Kind::Float,
                _ => return None,
            };
            (kind, &name[1..])
        };
        let bits = match (kind, width) {
            (Kind::Brain, "16") => 16,
            (Kind::Float, "16") => 16,
            (Kind::Float, "32") => 32,
            (Kind::Float, "64") => 64,
            (Kind::Signed | Kind::Unsigned | Kind::Bits, "8") => 8,
            (Kind::Signed | Kind::Unsigned | Kind::Bits, "16") => 16,
            (Kind::Signed | Kind::Unsigned | Kind::Bits, "32") => 32,
            (Kind::Signed | Kind::Unsigned | Kind::Bits, "64") => 64,
            (Kind::Bits, "128") => 128,
            _ => return None,
        };
        (parts == 1 || bits == 16 || (kind == Kind::Float && bits == 32)).then_some(Type { kind, bits, parts })
    }

    /// Bits of a whole value.
    pub fn width(self) -> u32 {
        self.bits * self.parts
    }

    pub fn bytes(self) -> u32 {
        self.width().div_ceil(8)
    }

    pub fn is_float(self) -> bool {
        matches!(self.kind, Kind::Float | Kind::Brain)
    }

    pub fn is_signed(self) -> bool {
        self.kind == Kind::Signed
    }

    /// The format of a part that is a float.
    pub fn format(self) -> Option<Format> {
        match (self.kind, self.bits) {
            (Kind::Float, 16) => Some(F16),
            (Kind::Float, 32) => Some(F32),
            (Kind::Float, 64) => Some(F64),
            (Kind::Brain, 16) => Some(BF16),
            _ => None,
        }
    }
}
