//! Rebuilds typed Python as `scf`, `cf`, `arith`, `math` and `memref`.
//!
//! A Python value becomes the SSA values that its type expands to (`Lower::expand`): a complex number two floats, a tuple those of its
//! elements, an array one memref, None and functions nothing.

use crate::functions::Val;
use crate::pass::{OptionInfo, Options};
use std::collections::HashMap;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, Op, Value};
use zouk_dialects::ty::{Ty, Types};

mod array;
mod cast;
mod operators;
mod value;

pub const OPTIONS: &[OptionInfo] = &[];

/// The state of lowering one function.
pub struct Lower<'c> {
    /// Where ops are made.
    pub b: Builder<'c>,
    pub types: Types<'c>,
    /// What each Python value has become.
    values: HashMap<Value<'c>, Val<'c>>,
    pub settings: Settings,
}

/// What the user chose per function; attributes of the module (`zouk.boundscheck`, `zouk.error_model`, `zouk.fastmath`).
#[derive(Clone, Debug)]
pub struct Settings {
    pub boundscheck: bool,
    /// Division by zero raises (Python) instead of giving inf and nan (NumPy).
    pub division_raises: bool,
    /// LLVM's fast-math flags as the text of an `arith.fastmath` attribute, `none` by default.
    pub fastmath: String,
}

pub fn run(_module: Op, _: &Options) -> Result<(), Diagnostic> {
    Ok(())
}
