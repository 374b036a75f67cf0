//! Python functions called from Rust on `ndarray` arrays: `Jit`.
//!
//! ```ignore
//! let jit = Jit::new("def total(a):\n    s = 0.0\n    for x in a:\n        s += x\n    return s\n")?;
//! let a = ndarray::Array1::linspace(0.0, 1.0, 1000);
//! let total: f64 = jit.call("total", &[a.view().into()])?;
//! ```

use crate::compile::{Compiled, compile};
use crate::error::CompileError;
use crate::slots::slot_count;
use crate::request::{FileProvider, Options, Request};
use ndarray::{ArrayD, ArrayView, ArrayViewMut, Dimension, IxDyn, RawData};
use num_complex::Complex;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Mutex;
use zouk_dialects::ty::{Array, Layout, Ty};
use zouk_frontend::Source;
use zouk_runtime::exception::{Exception, take_pending};

#[derive(Debug, thiserror::Error)]
pub enum JitError {
    #[error("{0}")]
    Compile(#[from] CompileError),
    /// The function raised.
    #[error("{0}")]
    Raised(Exception),
    #[error("the function returns {actual}, not {wanted}")]
    Result { actual: String, wanted: String },
    #[error("the strides of an array are no whole number of elements or reach outside int64")]
    Strides,
}

/// A number that arrays may hold.
pub trait Element: Copy + 'static {
    fn ty() -> Ty;
}

macro_rules! elements {
    ($($rust:ty => $ty:expr),* $(,)?) => { $(impl Element for $rust { fn ty() -> Ty { $ty } })* };
}

elements! {
    bool => Ty::Bool,
    i8 => Ty::Int { bits: 8, signed: true }, i16 => Ty::Int { bits: 16, signed: true }, i32 => Ty::I32, i64 => Ty::I64,
    u8 => Ty::Int { bits: 8, signed: false }, u16 => Ty::Int { bits: 16, signed: false }, u32 => Ty::Int { bits: 32, signed: false }, u64 => Ty::U64,
    f32 => Ty::F32, f64 => Ty::F64, Complex<f32> => Ty::C64, Complex<f64> => Ty::C128,
}

/// An argument of a call: its type and its slots (see docs/contracts.md, "Calling convention").
pub struct Argument<'a> {
    ty: Ty,
    slots: Vec<u64>,
    borrowed: PhantomData<&'a mut ()>,
}

macro_rules! scalars {
    ($($rust:ty: $value:ident => $slots:expr),* $(,)?) => {
        $(impl From<$rust> for Argument<'_> {
            fn from($value: $rust) -> Self { Argument { ty: <$rust as Element>::ty(), slots: $slots.to_vec(), borrowed: PhantomData } }
        })*
    };
}

scalars! {
    bool: v => [v as u64], i8: v => [v as i64 as u64], i16: v => [v as i64 as u64], i32: v => [v as i64 as u64], i64: v => [v as u64],
    u8: v => [v as u64], u16: v => [v as u64], u32: v => [v as u64], u64: v => [v],
    f32: v => [v.to_bits() as u64], f64: v => [v.to_bits()],
    Complex<f32>: v => [v.re.to_bits() as u64, v.im.to_bits() as u64], Complex<f64>: v => [v.re.to_bits(), v.im.to_bits()],
}

impl<'a, T: Element, D: Dimension> From<ArrayView<'a, T, D>> for Argument<'a> {
    /// A read-only array.
    fn from(view: ArrayView<'a, T, D>) -> Self {
        array(&view, view.as_ptr() as u64, T::ty(), true)
    }
}

impl<'a, T: Element, D: Dimension> From<ArrayViewMut<'a, T, D>> for Argument<'a> {
    fn from(mut view: ArrayViewMut<'a, T, D>) -> Self {
        let data = view.as_mut_ptr() as u64;
        array(&view, data, T::ty(), false)
    }
}

fn array<'a, S: RawData, D: Dimension>(view: &ndarray::ArrayBase<S, D>, data: u64, element: Ty, readonly: bool) -> Argument<'a> {
    let rank = view.ndim();
    let packed = |axes: Vec<usize>| {
        let mut expected = 1;
        axes.into_iter().all(|axis| {
            let fits = view.shape()[axis] <= 1 || view.strides()[axis] == expected;
            expected *= view.shape()[axis].max(1) as isize;
            fits
        })
    };
    let layout = if packed((0..rank).rev().collect()) {
        Layout::C
    } else if packed((0..rank).collect()) {
        Layout::F
    } else {
        Layout::A
    };
    let slots = [0, data].into_iter().chain(view.shape().iter().map(|s| *s as u64)).chain(view.strides().iter().map(|s| *s as u64)).collect();
    Argument { ty: Ty::Array(Array { element: Box::new(element), rank, layout, readonly, unaligned: false }), slots, borrowed: PhantomData }
}

/// A result that slots can be read as.
pub trait FromSlots: Sized {
    /// `None` when the type is another one.
    fn from_slots(ty: &Ty, slots: &[u64]) -> Option<Self>;
}

macro_rules! results {
    ($($rust:ty: $slots:ident => $value:expr),* $(,)?) => {
        $(impl FromSlots for $rust {
            fn from_slots(ty: &Ty, $slots: &[u64]) -> Option<Self> { (*ty == <$rust as Element>::ty()).then(|| $value) }
        })*
    };
}

results! {
    bool: s => s[0] != 0, i8: s => s[0] as i8, i16: s => s[0] as i16, i32: s => s[0] as i32, i64: s => s[0] as i64,
    u8: s => s[0] as u8, u16: s => s[0] as u16, u32: s => s[0] as u32, u64: s => s[0],
    f32: s => f32::from_bits(s[0] as u32), f64: s => f64::from_bits(s[0]),
    Complex<f32>: s => Complex::new(f32::from_bits(s[0] as u32), f32::from_bits(s[1] as u32)),
    Complex<f64>: s => Complex::new(f64::from_bits(s[0]), f64::from_bits(s[1])),
}

impl FromSlots for () {
    fn from_slots(ty: &Ty, _: &[u64]) -> Option<()> {
        (*ty == Ty::None).then_some(())
    }
}

impl<T: Element> FromSlots for ArrayD<T> {
    /// Copies the elements out and gives the block back.
    fn from_slots(ty: &Ty, slots: &[u64]) -> Option<Self> {
        let array = ty.as_array().filter(|a| *a.element == T::ty())?;
        let rank = array.rank;
        let shape: Vec<usize> = slots[2..2 + rank].iter().map(|s| *s as usize).collect();
        let strides: Vec<i64> = slots[2 + rank..2 + 2 * rank].iter().map(|s| *s as i64).collect();
        let data = slots[1] as *const T;
        // SAFETY: compiled code returns a live array of these sizes and strides.
        let copy = ArrayD::from_shape_fn(IxDyn(&shape), |index| unsafe {
            *data.offset((0..rank).map(|axis| index[axis] as i64 * strides[axis]).sum::<i64>() as isize)
        });
        // SAFETY: the caller owns one reference of the result's block.
        unsafe { zouk_runtime::abi::zouk_release(slots[0]) };
        Some(copy)
    }
}

macro_rules! tuples {
    ($($name:ident $index:tt),*) => {
        impl<$($name: FromSlots),*> FromSlots for ($($name,)*) {
            fn from_slots(ty: &Ty, slots: &[u64]) -> Option<Self> {
                let parts = ty.as_tuple()?;
                let starts: Vec<usize> = parts.iter().scan(0, |at, part| { let start = *at; *at += slot_count(part); Some(start) }).collect();
                Some(($($name::from_slots(parts.get($index)?, &slots[starts[$index]..])?,)*))
            }
        }
    };
}

tuples!(A 0);
tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);

/// A result as it is: the type and the slots.
#[derive(Debug, Clone)]
pub struct Returned {
    pub ty: Ty,
    pub slots: Vec<u64>,
}

impl FromSlots for Returned {
    fn from_slots(ty: &Ty, slots: &[u64]) -> Option<Self> {
        Some(Returned { ty: ty.clone(), slots: slots[..slot_count(ty)].to_vec() })
    }
}

/// The functions of a Python text, compiled on first call per argument types.
pub struct Jit {
    provider: FileProvider,
    options: Options,
    compiled: Mutex<HashMap<(String, Vec<Ty>), Compiled>>,
}

impl Jit {
    /// Of a Python text.
    pub fn new(text: &str) -> Result<Jit, JitError> {
        Self::of(FileProvider::new(Source::new("<string>", text)))
    }

    /// Of a Python file.
    pub fn open(path: &str) -> Result<Jit, JitError> {
        Self::of(FileProvider::open(path))
    }

    fn of(provider: Result<FileProvider, CompileError>) -> Result<Jit, JitError> {
        Ok(Jit { provider: provider?, options: Options::default(), compiled: Default::default() })
    }

    pub fn with_options(self, options: Options) -> Jit {
        Jit { options, ..self }
    }

    /// The code of a function for argument types.
    pub fn compile(&self, function: &str, arguments: &[Ty]) -> Result<Compiled, JitError> {
        let key = (function.to_string(), arguments.to_vec());
        let mut compiled = self.compiled.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(found) = compiled.get(&key) {
            return Ok(found.clone());
        }
        let request = Request { entry: function, arguments: arguments.to_vec(), result: None, provider: &self.provider, options: self.options.clone(), ufunc: None, c_entry: false };
        let fresh = compile(&request)?;
        compiled.insert(key, fresh.clone());
        Ok(fresh)
    }

    /// Calls a function; arrays are passed as views of their memory.
    pub fn call<R: FromSlots>(&self, function: &str, arguments: &[Argument]) -> Result<R, JitError> {
        let types: Vec<Ty> = arguments.iter().map(|a| a.ty.clone()).collect();
        let compiled = self.compile(function, &types)?;
        let slots: Vec<u64> = arguments.iter().flat_map(|a| a.slots.iter().copied()).collect();
        let mut results = vec![0; slot_count(&compiled.result)];
        // SAFETY: the slots are those of the argument types the code was compiled for.
        if unsafe { (compiled.entry)(slots.as_ptr(), results.as_mut_ptr()) } != 0 {
            zouk_runtime::parallel::leave_raised(&results);
            return Err(take_pending().map_or_else(|| JitError::Compile(CompileError::internal("an exception without description")), JitError::Raised));
        }
        R::from_slots(&compiled.result, &results)
            .ok_or_else(|| JitError::Result { actual: compiled.result.user_name(), wanted: std::any::type_name::<R>().into() })
    }
}
