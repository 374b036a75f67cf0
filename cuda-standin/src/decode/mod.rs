//! From the syntax of PTX to what the machine executes: names become rows and addresses, instructions become closures.

pub mod calls;
pub mod compare;
pub mod control;
pub mod convert;
pub mod data;
pub mod floats;
pub mod function;
pub mod image;
pub mod instructions;
pub mod integers;
pub mod numbers;
pub mod operands;
pub mod pressure;
pub mod special;
pub mod synchronise;
