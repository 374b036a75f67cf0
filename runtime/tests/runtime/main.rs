//! The runtime as compiled code and the driver meet it.

mod arithmetic;
mod cache;
mod exception;
mod loader;
mod memory;
mod oracle;
mod print;
mod text;
