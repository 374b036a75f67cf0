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
//! | 6: array of records | 16..24 rank, 24..26 layout, 26 readonly, 32.. number of the record type |
//! | 7: jitted function | 32.. its number |
//!
//! Equal fingerprints mean equal types and equal slot layouts: nothing here is a hash.

use crate::{functions, records, scalar::Scalar};
use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex, PoisonError},
};
use zouk_dialects::ty::{Array, Layout, RecordTy, Ty};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub u64);

/// What a fingerprint says.
pub enum Shape {
    None,
    Scalar(Scalar),
    Array { element: Scalar, rank: usize, layout: Layout, readonly: bool, unaligned: bool },
    Tuple(Vec<Fingerprint>),
    Generator,
    Record { number: u32, readonly: bool },
    Records { number: u32, rank: usize, layout: Layout, readonly: bool },
    Function(u32),
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
const FUNCTION: u64 = 7;

impl Fingerprint {
    pub const NONE: Fingerprint = Fingerprint(NONE);
    pub const GENERATOR: Fingerprint = Fingerprint(GENERATOR);

    #[inline]
    pub fn scalar(scalar: Scalar) -> Fingerprint {
        Fingerprint(SCALAR | (scalar.code() as u64) << 8)
    }

    #[inline]
    pub fn array(element: Scalar, rank: usize, layout: Layout, readonly: bool) -> Fingerprint {
        Fingerprint(ARRAY | (element.code() as u64) << 8 | (rank as u64) << 16 | (layout as u64) << 24 | (readonly as u64) << 26)
    }

    /// An array whose elements lie anywhere.
    pub fn unaligned(element: Scalar, rank: usize, readonly: bool) -> Fingerprint {
        Fingerprint(Fingerprint::array(element, rank, Layout::A, readonly).0 | 1 << 27)
    }

    pub fn record(number: u32, readonly: bool) -> Fingerprint {
        Fingerprint(RECORD | (readonly as u64) << 26 | (number as u64) << 32)
    }

    pub fn records(number: u32, rank: usize, layout: Layout, readonly: bool) -> Fingerprint {
        Fingerprint(RECORDS | (rank as u64) << 16 | (layout as u64) << 24 | (readonly as u64) << 26 | (number as u64) << 32)
    }

    pub fn function(number: u32) -> Fingerprint {
        Fingerprint(FUNCTION | (number as u64) << 32)
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

    pub fn shape(self) -> Shape {
        let layout = [Layout::C, Layout::F, Layout::A, Layout::A][(self.0 >> 24) as usize & 3];
        let (rank, readonly, number) = ((self.0 >> 16) as u8 as usize, self.0 >> 26 & 1 == 1, (self.0 >> 32) as u32);
        let scalar = |at: u32| Scalar::from_code((self.0 >> at) as u8).unwrap_or(Scalar::I64);
        match self.0 & 0xff {
            SCALAR => Shape::Scalar(scalar(8)),
            ARRAY => Shape::Array { element: scalar(8), rank, layout, readonly, unaligned: self.0 >> 27 & 1 == 1 },
            RECORD => Shape::Record { number, readonly },
            RECORDS => Shape::Records { number, rank, layout, readonly },
            TUPLE => {
                let tuples = TUPLES.lock().unwrap_or_else(PoisonError::into_inner);
                Shape::Tuple(tuples.lists[(self.0 >> 8) as usize].to_vec())
            }
            GENERATOR => Shape::Generator,
            FUNCTION => Shape::Function(number),
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
            Shape::Generator => Ty::Generator,
            Shape::Function(number) => functions::ty(number),
            Shape::Tuple(elements) => Ty::Tuple(elements.into_iter().map(Fingerprint::ty).collect()),
        }
    }
}
