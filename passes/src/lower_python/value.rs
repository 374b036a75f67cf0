//! What a Python type expands to, and how the parts of a value are found again.

use super::Lower;
use crate::functions::Val;
use zouk_dialects::ir::{MemRefType, Type, TypeLike, Value};
use zouk_dialects::ty::{Array, Layout, Ty};

impl<'c> Lower<'c> {
    /// The MLIR types of the parts of a Python type, in order.
    pub fn expand(&self, ty: &Ty) -> Vec<Type<'c>> {
        match ty {
            Ty::Unknown | Ty::None | Ty::Str | Ty::Ellipsis | Ty::Unbound | Ty::Ref(_) => vec![],
            Ty::Bool | Ty::Int { .. } | Ty::Float(_) => vec![self.scalar(ty)],
            Ty::Time(_) => vec![self.b.i64()],
            Ty::Complex(bits) => vec![self.scalar(&Ty::Float(*bits)); 2],
            // The address of its `bitgen_t`, or of an entry point.
            Ty::Generator | Ty::Pointer(_) | Ty::Function(_) => vec![self.b.i64()],
            Ty::Array(array) => vec![self.memref(array)],
            Ty::Class(_) => vec![self.instance_type()],
            Ty::Record(_) => vec![self.memref(&Array { element: Box::new(ty.clone()), rank: 0, layout: Layout::C, readonly: false, unaligned: false })],
            Ty::Tuple(parts) | Ty::List(parts) | Ty::Zip(parts) | Ty::Named(_, parts) | Ty::Closure(_, parts) | Ty::Map(parts) | Ty::Filter(parts) => parts.iter().flat_map(|p| self.expand(p)).collect(),
            // Which one, and what each of them would have captured.
            Ty::OneOf(functions) => [vec![self.b.i64()], functions.iter().flat_map(|f| self.expand(f)).collect()].concat(),
            Ty::Slice(parts) => parts.iter().flat_map(|p| self.expand(p)).collect(),
            Ty::Optional(inner) | Ty::Maybe(inner) => [vec![self.b.i1()], self.expand(inner)].concat(),
            Ty::Reversed(inner) | Ty::Walk(_, inner) | Ty::Flags(inner) | Ty::Ctypes(inner) => self.expand(inner),
            Ty::Enumerate(inner) => [self.expand(inner), vec![self.b.i64()]].concat(),
            Ty::Iterator(inner) => [self.expand(inner), self.expand(&Ty::array(Ty::I64, 1, Layout::C))].concat(),
            Ty::Range(inner) => vec![self.scalar(inner); 3],
            Ty::Collector(item) => self.collector_parts(item),
        }
    }

    /// The signless machine type of a bool, int, float or time.
    pub fn scalar(&self, ty: &Ty) -> Type<'c> {
        match ty {
            Ty::Bool => self.b.i1(),
            Ty::Int { bits, .. } => self.b.int(*bits),
            Ty::Time(_) => self.b.i64(),
            Ty::Float(16) => self.b.f16(),
            Ty::Float(32) => self.b.f32(),
            Ty::Float(_) => self.b.f64(),
            other => panic!("{other} is no scalar"),
        }
    }

    /// The type of an array's elements in memory: a bool takes a byte.
    pub fn element(&self, ty: &Ty) -> Type<'c> {
        match ty {
            Ty::Bool => self.b.int(8),
            Ty::Complex(bits) => Type::parse(self.b.context, &format!("complex<f{bits}>")).expect("a complex type"),
            other => self.scalar(other),
        }
    }

    /// The memref of an array type. Offsets are always 0: `rt.view` moves the data pointer.
    pub fn memref(&self, array: &Array) -> Type<'c> {
        const DYNAMIC: i64 = i64::MIN;
        if let Some(bytes) = array.bytes() {
            return self.byte_memref(array, bytes as i64);
        }
        let sizes = vec![DYNAMIC; array.rank];
        let strides: Option<Vec<i64>> = match array.layout {
            _ if array.rank == 0 => None,
            Layout::C => None,
            Layout::F => Some((0..array.rank).map(|i| if i == 0 { 1 } else { DYNAMIC }).collect()),
            Layout::A => Some(vec![DYNAMIC; array.rank]),
        };
        let layout = strides.map(|s| melior::ir::attribute::StridedLayoutAttribute::new(self.b.context, 0, &s).into());
        MemRefType::new(self.element(&array.element), &sizes, layout, None).into()
    }

    /// The type of an array whose elements are bytes: one axis more, of an element's bytes.
    fn byte_memref(&self, array: &Array, bytes: i64) -> Type<'c> {
        const DYNAMIC: i64 = i64::MIN;
        let sizes = [vec![DYNAMIC; array.rank], vec![bytes]].concat();
        let strides: Option<Vec<i64>> = match array.layout {
            _ if array.rank == 0 => None,
            Layout::C => None,
            Layout::F => Some((0..=array.rank).map(|i| if i == 0 { bytes } else if i == array.rank { 1 } else { DYNAMIC }).collect()),
            Layout::A => Some([vec![DYNAMIC; array.rank], vec![1]].concat()),
        };
        let layout = strides.map(|s| melior::ir::attribute::StridedLayoutAttribute::new(self.b.context, 0, &s).into());
        MemRefType::new(self.b.int(8), &sizes, layout, None).into()
    }

    /// A value of a type from its parts. Panics when their number is wrong: a defect of the compiler.
    pub fn val(&self, ty: Ty, parts: Vec<Value<'c>>) -> Val<'c> {
        debug_assert_eq!(self.expand(&ty).len(), parts.len(), "parts of {ty}");
        Val { ty, parts, constant: None }
    }

    /// The elements of a tuple, list (or zip) value, the parts of a slice, the parts of an iterator, what a closure has captured; those of a constant are constants.
    pub fn elements(&self, tuple: &Val<'c>) -> Vec<Val<'c>> {
        let types = match &tuple.ty {
            Ty::Tuple(types) | Ty::List(types) | Ty::Zip(types) | Ty::Named(_, types) | Ty::Closure(_, types) | Ty::Map(types) | Ty::Filter(types) => &types[..],
            Ty::Slice(types) => &types[..],
            other => panic!("{other} is no tuple"),
        };
        let mut parts = tuple.parts.iter().copied();
        let mut elements: Vec<_> = types.iter().map(|ty| self.val(ty.clone(), parts.by_ref().take(self.expand(ty).len()).collect())).collect();
        for (i, element) in elements.iter_mut().enumerate() {
            element.constant = tuple.constant.as_ref().and_then(|tuple| tuple.part(i));
        }
        elements
    }

    /// The flag and the inner value of an optional or a maybe-unbound value.
    pub fn unwrap(&self, value: &Val<'c>) -> (Value<'c>, Val<'c>) {
        let (Ty::Optional(inner) | Ty::Maybe(inner)) = &value.ty else { panic!("{} has no flag", value.ty) };
        (value.parts[0], self.val((**inner).clone(), value.parts[1..].to_vec()))
    }

    /// Values of a type that the program never looks at.
    pub fn fillers(&self, ty: &Ty) -> Vec<Value<'c>> {
        self.expand(ty).into_iter().map(|t| self.filler(t)).collect()
    }

    /// Passes may move what is computed from it to where it is computed in vain, a branch on it even: no number is poison.
    pub fn filler(&self, ty: Type<'c>) -> Value<'c> {
        match Self::is_float(ty) {
            true => self.b.c_float(ty, 0.0),
            false if ty.is_integer() || ty.is_index() => self.b.c_int(ty, 0),
            false => self.b.val("ub.poison", &[], ty, &[]),
        }
    }

    /// Whether the type of a part is a floating-point number.
    pub fn is_float(ty: Type<'c>) -> bool {
        ty.is_float()
    }
}
