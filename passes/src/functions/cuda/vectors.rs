//! CUDA's vector types: tuples with the names `x y z w`, made of numbers and shorter vectors.

use crate::functions::elementwise::Parts;
use crate::functions::rules::*;
use crate::functions::{Bound, CallError, Function, TyArg, Val};
use crate::lower_python::Lower;
use std::sync::Arc;
use zouk_dialects::ty::{Names, Ty};

const fn int(bits: u32, signed: bool) -> Ty {
    Ty::Int { bits, signed }
}

/// A constructor for each name of a type of elements and each number of them, and for the type's own name: `float4` and `float32x4`.
macro_rules! vectors {
    ($($own:literal $ty:expr, [$($name:literal)*];)*) => {
        &[$(
            vector!(concat!("zouk.cuda.", $own, "x1"), $own, $ty, 1), vector!(concat!("zouk.cuda.", $own, "x2"), $own, $ty, 2),
            vector!(concat!("zouk.cuda.", $own, "x3"), $own, $ty, 3), vector!(concat!("zouk.cuda.", $own, "x4"), $own, $ty, 4),
            $(
                vector!(concat!("zouk.cuda.", $name, "1"), $own, $ty, 1), vector!(concat!("zouk.cuda.", $name, "2"), $own, $ty, 2),
                vector!(concat!("zouk.cuda.", $name, "3"), $own, $ty, 3), vector!(concat!("zouk.cuda.", $name, "4"), $own, $ty, 4),
            )*
        )*]
    };
}

macro_rules! vector {
    ($path:expr, $own:literal, $ty:expr, $n:literal) => {
        Function { name: $path, params: "*_values", infer: |a| rule(a, concat!("zouk.cuda.", $own, "x", $n), &$ty, $n), lower: |l, a, _| make(l, a, &$ty) }
    };
}

pub(super) static TABLE: &[Function] = vectors! {
    "int8" int(8, true), ["char"];
    "int16" int(16, true), ["short"];
    "int32" int(32, true), ["int"];
    "int64" int(64, true), ["long" "longlong"];
    "uint8" int(8, false), ["uchar"];
    "uint16" int(16, false), ["ushort"];
    "uint32" int(32, false), ["uint"];
    "uint64" int(64, false), ["ulong" "ulonglong"];
    "float32" Ty::F32, ["float"];
    "float64" Ty::F64, ["double"];
};

/// The name of a vector's type. None of what is no vector.
pub fn vector_name(ty: &Ty) -> Option<&str> {
    if let Ty::Named(names, _) = ty { names.class.strip_prefix("zouk.cuda.") } else { None }
}

fn rule(a: &Bound<TyArg>, class: &str, element: &Ty, n: usize) -> Rule {
    let mut given = 0;
    for argument in &a.rest {
        match &argument.ty {
            Ty::Tuple(parts) if parts.iter().all(Ty::is_real) => given += parts.len(),
            ty if ty.is_real() => given += 1,
            other => return expected("a number or a vector", other),
        }
    }
    if given != n {
        return Err(CallError::new(format!("the vector has {n} elements, and {given} are given")));
    }
    let fields = ["x", "y", "z", "w"][..n].iter().map(|name| name.to_string()).collect();
    Ok(Ty::Named(Arc::new(Names { class: class.into(), fields }), vec![element.clone(); n]).into())
}

fn make<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, element: &Ty) -> Parts<'c> {
    let given: Vec<Val<'c>> = a.rest.iter().flat_map(|value| if value.ty.as_tuple().is_some() { l.elements(value) } else { vec![value.clone()] }).collect();
    given.iter().map(|value| l.scalar_as(value, element)).collect()
}
