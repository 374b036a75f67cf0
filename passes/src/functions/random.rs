//! Random numbers: `numpy.random`, `numpy.random.Generator` as an argument, Python's `random`.
//!
//! The runtime draws (`zouk_abi::random`). What is checked of arguments is checked here, in NumPy's order and with its texts, before the first draw.

use super::Function;

mod choice;
mod distribution;
mod generator;
mod integers;
mod legacy;
mod limits;
mod permute;
mod python;
mod rows;

pub(super) fn tables() -> Vec<&'static [Function]> {
    vec![legacy::TABLE, legacy::MORE, generator::TABLE, generator::MORE, python::TABLE, python::MORE]
}
