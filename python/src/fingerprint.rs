//! One word per argument that says exactly which type it has, cheap to make and to compare.
//!
//! | bits 0..8 | the rest |
//! |---|---|
//! | 0: None | |
//! | 1: number | 8..16 scalar |
//! | 2: array | 8..16 scalar, 16..24 rank, 24..26 layout, 26 readonly |
//! | 3: tuple | 8.. number of the interned list of its elements' fingerprints |
//! | 4: generator | |
//!
//! Equal fingerprints mean equal types and equal slot layouts: nothing here is a hash.

use crate::scalar::Scalar;
use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex, PoisonError},
};
use zouk_dialects::ty::{Array, Layout, Ty};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub u64);

/// What a fingerprint says.
pub enum Shape {
    None,
    Scalar(Scalar),
    Array { element: Scalar, rank: usize, layout: Layout, readonly: bool },
    Tuple(Vec<Fingerprint>),
    Generator,
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

impl Fingerprint {
    pub const NONE: Fingerprint = Fingerprint(NONE);
    pub const GENERATOR: Fingerprint = Fingerprint(GENERATOR);

    #[inline]
    pub fn scalar(scalar: Scalar) -> Fingerprint {
        Fingerprint(SCALAR | (scalar as u64) << 8)
    }

    #[inline]
    pub fn array(element: Scalar, rank: usize, layout: Layout, readonly: bool) -> Fingerprint {
        Fingerprint(ARRAY | (element as u64) << 8 | (rank as u64) << 16 | (layout as u64) << 24 | (readonly as u64) << 26)
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
        let scalar = |at: u32| Scalar::from_code((self.0 >> at) as u8).unwrap_or(Scalar::I64);
        match self.0 & 0xff {
            SCALAR => Shape::Scalar(scalar(8)),
            ARRAY => Shape::Array {
                element: scalar(8),
                rank: (self.0 >> 16) as u8 as usize,
                layout: [Layout::C, Layout::F, Layout::A, Layout::A][(self.0 >> 24) as usize & 3],
                readonly: self.0 >> 26 & 1 == 1,
            },
            TUPLE => {
                let tuples = TUPLES.lock().unwrap_or_else(PoisonError::into_inner);
                Shape::Tuple(tuples.lists[(self.0 >> 8) as usize].to_vec())
            }
            GENERATOR => Shape::Generator,
            _ => Shape::None,
        }
    }

    pub fn ty(self) -> Ty {
        match self.shape() {
            Shape::None => Ty::None,
            Shape::Scalar(scalar) => scalar.ty(),
            Shape::Array { element, rank, layout, readonly } => Ty::Array(Array { element: Box::new(element.ty()), rank, layout, readonly }),
            Shape::Generator => Ty::Generator,
            Shape::Tuple(elements) => Ty::Tuple(elements.into_iter().map(Fingerprint::ty).collect()),
        }
    }
}
