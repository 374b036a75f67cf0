//! Does nothing yet.

use crate::pass::{OptionInfo, Options};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::Op;

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(_module: Op, _: &Options) -> Result<(), Diagnostic> {
    Ok(())
}
