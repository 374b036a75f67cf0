//! Constants as attributes and as `py.constant`.

use super::Lowering;
use crate::{Binding, Constant, Scalar};
use melior::ir::attribute::DenseElementsAttribute;
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use rustpython_parser::text_size::TextRange;
use zouk_dialects::{
    diagnostic::ErrorClass,
    ir::{Attribute, Builder, FloatAttribute, Type, TypeLike, Value},
    ty::{Array, Layout, Ty, Types},
};

/// Why a constant has no attribute: a sentence.
type Refusal = String;

impl<'c> Lowering<'c, '_> {
    /// A constant's value; a tuple's parts are constants of their own.
    pub(super) fn constant(&mut self, constant: &Constant, range: TextRange) -> Value<'c> {
        if let Constant::Tuple(parts) = constant {
            let parts: Vec<_> = parts.iter().map(|part| self.constant(part, range)).collect();
            return self.value(range, "py.tuple", &parts, &[]);
        }
        if let Constant::Slice(parts) = constant {
            let parts = parts.each_ref().map(|part| self.constant(part, range));
            return self.value(range, "py.slice", &parts, &[]);
        }
        match self.attribute(constant) {
            Ok((value, ty)) => self.typed(range, "py.constant", &[], self.types.to_mlir(&ty), &[("value", value)]),
            Err(why) => {
                self.error(range, ErrorClass::Typing, "constant-out-of-range", why, "integers have 64 bits: use a float, or smaller numbers");
                self.unbound(range)
            }
        }
    }

    fn attribute(&self, constant: &Constant) -> Result<(Attribute<'c>, Ty), Refusal> {
        self.spelling().attribute(constant)
    }

    pub(super) fn binding_attribute(&self, binding: &Binding) -> Result<Attribute<'c>, Refusal> {
        self.spelling().binding_attribute(binding)
    }

    fn spelling(&self) -> Attributes<'c, '_> {
        Attributes { b: &self.b, types: &self.types }
    }
}

/// What spells constants as attributes.
pub struct Attributes<'c, 'b> {
    pub b: &'b Builder<'c>,
    pub types: &'b Types<'c>,
}

impl<'c> Attributes<'c, '_> {
    /// The attribute of a `py.constant` and its type; a tuple is an array of its parts' attributes.
    fn attribute(&self, constant: &Constant) -> Result<(Attribute<'c>, Ty), Refusal> {
        Ok(match constant {
            Constant::None => (self.b.unit(), Ty::None),
            Constant::Ellipsis => (self.b.unit(), Ty::Ellipsis),
            Constant::Bool(value) => (self.integer(&Ty::Bool, i64::from(*value)), Ty::Bool),
            Constant::Int(value) => self.int(value)?,
            Constant::Float(value) => (self.float(&Ty::F64, *value), Ty::F64),
            Constant::Complex(re, im) => (self.complex(&Ty::C128, *re, *im), Ty::C128),
            Constant::Str(text) => (self.b.str(text), Ty::Str),
            Constant::Typed(ty, value) => (self.scalar(ty, *value)?, ty.clone()),
            Constant::Array { element, shape, fortran, bytes } => {
                // The bytes of records are kept in C order.
                let fortran = *fortran && !matches!(element, Ty::Record(_));
                let layout = if fortran && shape.len() > 1 { Layout::F } else { Layout::C };
                let ty = Ty::Array(Array { element: Box::new(element.clone()), rank: shape.len(), layout, readonly: true, unaligned: false });
                (self.array(element, shape, bytes)?, ty)
            }
            Constant::Slice(_) => return Err("a slice cannot be a default".into()),
            Constant::Tuple(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| self.attribute(part)).collect::<Result<_, _>>()?;
                let (attributes, types): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
                (self.b.array(&attributes), Ty::Tuple(types))
            }
        })
    }

    /// As `attribute`; a function, class or module is the type of its `py.ref`.
    pub fn binding_attribute(&self, binding: &Binding) -> Result<Attribute<'c>, Refusal> {
        let reference = |name: &str| match is_spellable(name) {
            true => Ok(self.b.ty_attr(self.types.to_mlir(&Ty::Ref(name.into())))),
            false => Err(format!("the name {name:?} cannot be compiled")),
        };
        match binding {
            Binding::Constant(Constant::Typed(ty @ Ty::Time(_), _)) => Err(format!("a default of type {} is not compiled", ty.user_name())),
            Binding::Constant(constant) => self.attribute(constant).map(|(attribute, _)| attribute),
            Binding::Ref(name) | Binding::Module(name) => reference(name),
            Binding::Function(symbol) => reference(&format!("@{symbol}")),
            Binding::Record(_) => Err("a default that is a record is not compiled".into()),
            Binding::Member(..) => Err("a default that is a member of an enumeration is not compiled".into()),
            Binding::Tuple(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| self.binding_attribute(part)).collect::<Result<_, _>>()?;
                Ok(self.b.array(&parts))
            }
        }
    }

    /// int64 when it fits, then uint64.
    fn int(&self, value: &BigInt) -> Result<(Attribute<'c>, Ty), Refusal> {
        if let Some(value) = value.to_i64() {
            return Ok((self.integer(&Ty::I64, value), Ty::I64));
        }
        let unsigned = value.to_u64().ok_or_else(|| format!("the integer {} fits neither int64 nor uint64", shortened(&value.to_string())))?;
        Ok((self.integer(&Ty::U64, unsigned as i64), Ty::U64))
    }

    fn integer(&self, ty: &Ty, value: i64) -> Attribute<'c> {
        self.b.int_attr(self.types.to_mlir(ty), value)
    }

    fn float(&self, ty: &Ty, value: f64) -> Attribute<'c> {
        FloatAttribute::new(self.b.context, self.types.to_mlir(ty), value).into()
    }

    fn complex(&self, ty: &Ty, re: f64, im: f64) -> Attribute<'c> {
        let ty = self.types.to_mlir(ty);
        // SAFETY: the type is a complex type of this context.
        unsafe { Attribute::from_raw(mlir_sys::mlirComplexAttrDoubleGet(self.b.context.to_raw(), ty.to_raw(), re, im)) }
    }

    fn scalar(&self, ty: &Ty, value: Scalar) -> Result<Attribute<'c>, Refusal> {
        Ok(match (ty, value) {
            (Ty::Bool, Scalar::Bool(value)) => self.integer(ty, i64::from(value)),
            (Ty::Int { .. }, Scalar::Int(value)) => self.integer(ty, value),
            (Ty::Time(_), Scalar::Int(value)) => self.integer(&Ty::I64, value),
            (Ty::Int { .. }, Scalar::UInt(value)) => self.integer(ty, value as i64),
            (Ty::Float(_), Scalar::Float(value)) => self.float(ty, value),
            (Ty::Complex(_), Scalar::Complex(re, im)) => self.complex(ty, re, im),
            _ => return Err(format!("a constant of type {} cannot be {value:?}", ty.user_name())),
        })
    }

    fn array(&self, element: &Ty, shape: &[usize], bytes: &[u8]) -> Result<Attribute<'c>, Refusal> {
        let count = shape.iter().product::<usize>();
        let size = element.item_size().ok_or_else(|| format!("an array of {} cannot be a constant", element.user_name()))?;
        let (memory, bytes_of) = match element {
            Ty::Time(_) => (Ty::I64, String::new()),
            Ty::Record(_) => (Ty::Int { bits: 8, signed: false }, format!("{size}x")),
            other => (other.clone(), String::new()),
        };
        if bytes.len() != count * size {
            return Err(format!("an array constant of {count} elements of {size} bytes has {} bytes", bytes.len()));
        }
        let shape: String = shape.iter().map(|n| format!("{n}x")).collect();
        let text = format!("tensor<{shape}{bytes_of}{memory}>");
        let ty = Type::parse(self.b.context, &text).ok_or_else(|| format!("an array constant cannot be {text}"))?;
        Ok(match element {
            _ if count == 0 => self.b.parse_attr(&format!("dense<> : {text}")),
            Ty::Bool => DenseElementsAttribute::bool_values(ty, &bytes.iter().map(|b| i32::from(*b != 0)).collect::<Vec<_>>()).into(),
            _ => DenseElementsAttribute::raw_buffer(ty, bytes).into(),
        })
    }
}

/// Whether a name may stand in a type's text, which has no escapes in common with Rust's.
pub(super) fn is_spellable(name: &str) -> bool {
    name.escape_debug().eq(name.chars())
}

fn shortened(digits: &str) -> String {
    match digits.len() {
        0..=40 => digits.into(),
        length => format!("{}… ({length} digits)", &digits[..20]),
    }
}
