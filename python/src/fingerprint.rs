//! One word per argument that says exactly which type it has, cheap to make and to compare.
//!
//! | bits 0..8 | the rest |
//! |---|---|
//! | 0: None | |
//! | 1: number | 8..16 scalar |
//! | 2: array | 8..16 scalar, 16..24 rank, 24..26 layout, 26 readonly, 27 unaligned |
//! | 3: tuple | 8.. number of the interned list of its elements' fingerprints |
//! | 4: generator | |
//! | 5: record | 26 readonly, 32.. number of the record type |
//! | 7: a number of this value | 8..16 scalar, 32.. number of the value |
//! | 8: instance of a class | 32.. number of the class |
//! | 6: array of records | 16..24 rank, 24..26 layout, 26 readonly, 32.. number of the record type |
//! | 9: jitted function | 32.. its number |
//! | 10: slice | 8.. number of the interned list of the fingerprints of its parts |
//! | 11: range | |
//! | 12: tuple with names | 8..32 number of the list, 32.. number of the class |
//! | 13: class of numbers | 8..16 scalar, or 16..24 number of one of Python's |
//! | 14: Ellipsis | |
//!
//! Equal fingerprints mean equal types and equal slot layouts: nothing here is a hash.

use crate::{classes, functions, named, records, scalar::Scalar};
use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex, PoisonError},
};
use zouk_dialects::ty::{Array, Layout, RecordTy, Ty};
use zouk_driver::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub u64);

/// What a fingerprint says.
pub enum Shape {
    None,
    Scalar(Scalar),
    Array { element: Scalar, rank: usize, layout: Layout, readonly: bool, unaligned: bool },
    Tuple(Vec<Fingerprint>),
    /// Start, stop and step: integers or None.
    Slice(Vec<Fingerprint>),
    /// Of int64s.
    Range,
    Named { class: u32, elements: Vec<Fingerprint> },
    /// A class or dtype by its name.
    Class(String),
    Generator,
    Record { number: u32, readonly: bool },
    /// An instance of a compiled class.
    Object { number: u32 },
    Records { number: u32, rank: usize, layout: Layout, readonly: bool },
    Function(u32),
    Ellipsis,
}

#[derive(Default)]
struct Tuples {
    numbers: HashMap<Box<[Fingerprint]>, u64>,
    lists: Vec<Box<[Fingerprint]>>,
}

/// Only ever grows, by the distinct tuple types that a program passes. No Python code runs while it is locked.
static TUPLES: LazyLock<Mutex<Tuples>> = LazyLock::new(Default::default);

const NONE: u64 = 0;
const SCALAR: u64 = 1;
const ARRAY: u64 = 2;
const TUPLE: u64 = 3;
const GENERATOR: u64 = 4;
const RECORD: u64 = 5;
const RECORDS: u64 = 6;
const OBJECT: u64 = 8;
const VALUE: u64 = 7;
const SLICE: u64 = 10;
const RANGE: u64 = 11;
const NAMED: u64 = 12;
const CLASS: u64 = 13;
const FUNCTION: u64 = 9;
const ELLIPSIS: u64 = 14;

/// The values that functions are compiled for, by their numbers.
static VALUES: LazyLock<Mutex<(HashMap<u64, u32>, Vec<u64>)>> = LazyLock::new(Default::default);

/// Python's classes of numbers, which are not NumPy's.
pub const PYTHON_CLASSES: [&str; 4] = ["builtins.bool", "builtins.int", "builtins.float", "builtins.complex"];

impl Fingerprint {
    pub const NONE: Fingerprint = Fingerprint(NONE);
    pub const GENERATOR: Fingerprint = Fingerprint(GENERATOR);
    pub const ELLIPSIS: Fingerprint = Fingerprint(ELLIPSIS);
    pub const RANGE: Fingerprint = Fingerprint(RANGE);

    #[inline]
    pub fn scalar(scalar: Scalar) -> Fingerprint {
        Fingerprint(SCALAR | (scalar.code() as u64) << 8)
    }

    #[inline]
    pub fn array(element: Scalar, rank: usize, layout: Layout, readonly: bool) -> Fingerprint {
        Fingerprint(ARRAY | (element.code() as u64) << 8 | (rank as u64) << 16 | (layout as u64) << 24 | (readonly as u64) << 26)
    }

    /// Whether it is an array whose elements lie anywhere.
    #[inline]
    pub fn is_unaligned(self) -> bool {
        self.0 & 0xff == ARRAY && self.0 >> 27 & 1 == 1
    }

    /// An array whose elements lie anywhere.
    pub fn unaligned(element: Scalar, rank: usize, readonly: bool) -> Fingerprint {
        Fingerprint(Fingerprint::array(element, rank, Layout::A, readonly).0 | 1 << 27)
    }

    pub fn record(number: u32, readonly: bool) -> Fingerprint {
        Fingerprint(RECORD | (readonly as u64) << 26 | (number as u64) << 32)
    }

    pub fn object(number: u32) -> Fingerprint {
        Fingerprint(OBJECT | (number as u64) << 32)
    }

    pub fn records(number: u32, rank: usize, layout: Layout, readonly: bool) -> Fingerprint {
        Fingerprint(RECORDS | (rank as u64) << 16 | (layout as u64) << 24 | (readonly as u64) << 26 | (number as u64) << 32)
    }

    pub fn function(number: u32) -> Fingerprint {
        Fingerprint(FUNCTION | (number as u64) << 32)
    }

    /// The number with this slot; of other numbers than integers and bools the fingerprint itself.
    pub fn with_value(self, slot: u64) -> Fingerprint {
        let Shape::Scalar(scalar) = self.shape() else { return self };
        if !scalar.ty().is_integral() {
            return self;
        }
        let mut values = VALUES.lock().unwrap_or_else(PoisonError::into_inner);
        let (numbers, all) = &mut *values;
        let number = *numbers.entry(slot).or_insert_with(|| {
            all.push(slot);
            all.len() as u32 - 1
        });
        Fingerprint(VALUE | (scalar.code() as u64) << 8 | (number as u64) << 32)
    }

    /// The value of a fingerprint that has one.
    pub fn value(self) -> Option<Value> {
        if self.0 & 0xff != VALUE {
            return None;
        }
        let slot = VALUES.lock().unwrap_or_else(PoisonError::into_inner).1[(self.0 >> 32) as usize];
        Some(if self.ty() == Ty::Bool { Value::Bool(slot != 0) } else { Value::Int(slot as i64) })
    }

    pub fn tuple(elements: &[Fingerprint]) -> Fingerprint {
        let mut tuples = TUPLES.lock().unwrap_or_else(PoisonError::into_inner);
        let number = match tuples.numbers.get(elements) {
            Some(number) => *number,
            None => {
                let number = tuples.lists.len() as u64;
                tuples.lists.push(elements.into());
                tuples.numbers.insert(elements.into(), number);
                number
            }
        };
        Fingerprint(TUPLE | number << 8)
    }

    /// A dtype, or the class of its scalars.
    pub fn class(scalar: Scalar) -> Fingerprint {
        Fingerprint(CLASS | (scalar.code() as u64) << 8)
    }

    /// A class of Python's by its place in `PYTHON_CLASSES`.
    pub fn python_class(place: usize) -> Fingerprint {
        Fingerprint(CLASS | (place as u64 + 1) << 16)
    }

    pub fn slice(parts: &[Fingerprint]) -> Fingerprint {
        Fingerprint(Fingerprint::tuple(parts).0 & !0xff | SLICE)
    }

    /// A tuple of a class of named tuples.
    pub fn named(class: u32, elements: &[Fingerprint]) -> Fingerprint {
        Fingerprint(Fingerprint::tuple(elements).0 & !0xff | NAMED | (class as u64) << 32)
    }

    pub fn shape(self) -> Shape {
        let layout = [Layout::C, Layout::F, Layout::A, Layout::A][(self.0 >> 24) as usize & 3];
        let (rank, readonly, number) = ((self.0 >> 16) as u8 as usize, self.0 >> 26 & 1 == 1, (self.0 >> 32) as u32);
        let scalar = |at: u32| Scalar::from_code((self.0 >> at) as u8).unwrap_or(Scalar::I64);
        match self.0 & 0xff {
            SCALAR | VALUE => Shape::Scalar(scalar(8)),
            ARRAY => Shape::Array { element: scalar(8), rank, layout, readonly, unaligned: self.0 >> 27 & 1 == 1 },
            RECORD => Shape::Record { number, readonly },
            OBJECT => Shape::Object { number },
            RECORDS => Shape::Records { number, rank, layout, readonly },
            TUPLE => Shape::Tuple(list((self.0 >> 8) as usize)),
            SLICE => Shape::Slice(list((self.0 >> 8) as usize)),
            RANGE => Shape::Range,
            NAMED => Shape::Named { class: number, elements: list((self.0 >> 8) as usize & 0xff_ffff) },
            GENERATOR => Shape::Generator,
            CLASS => Shape::Class(match rank {
                0 => format!("numpy.{}", scalar(8).ty().numpy_name().unwrap_or_default()),
                place => PYTHON_CLASSES[place - 1].into(),
            }),
            FUNCTION => Shape::Function(number),
            ELLIPSIS => Shape::Ellipsis,
            _ => Shape::None,
        }
    }

    pub fn ty(self) -> Ty {
        match self.shape() {
            Shape::None => Ty::None,
            Shape::Scalar(scalar) => scalar.ty(),
            Shape::Array { element, rank, layout, readonly, unaligned } => Ty::Array(Array { element: Box::new(element.ty()), rank, layout, readonly, unaligned }),
            Shape::Record { number, readonly } => Ty::Record(RecordTy { of: records::record(number), readonly }),
            Shape::Records { number, rank, layout, readonly } => {
                let element = Box::new(Ty::Record(RecordTy { of: records::record(number), readonly: false }));
                Ty::Array(Array { element, rank, layout, readonly, unaligned: false })
            }
            Shape::Slice(parts) => match <[Ty; 3]>::try_from(parts.into_iter().map(Fingerprint::ty).collect::<Vec<_>>()) {
                Ok(parts) => Ty::Slice(Box::new(parts)),
                Err(_) => Ty::Unknown,
            },
            Shape::Range => Ty::Range(Box::new(Ty::I64)),
            Shape::Generator => Ty::Generator,
            Shape::Class(name) => Ty::Ref(name),
            Shape::Function(number) => functions::ty(number),
            Shape::Object { number } => Ty::Class(classes::entry(number).name.as_str().into()),
            Shape::Tuple(elements) => Ty::Tuple(elements.into_iter().map(Fingerprint::ty).collect()),
            Shape::Ellipsis => Ty::Ellipsis,
            Shape::Named { class, elements } => Ty::Named(named::names(class), elements.into_iter().map(Fingerprint::ty).collect()),
        }
    }
}

/// The fingerprints of a tuple's elements.
fn list(number: usize) -> Vec<Fingerprint> {
    TUPLES.lock().unwrap_or_else(PoisonError::into_inner).lists[number].to_vec()
}
