//! Writes the IR to a file and leaves it as it is; `zouk-opt --dump` puts it after the passes of every stage.
//!
//! ```mlir before
//! func.func @f(%x: f64) -> f64 {
//!   return %x : f64
//! }
//! ```
//! becomes
//! ```mlir after
//! module {
//!   func.func @f(%arg0: f64) -> f64 {
//!     return %arg0 : f64
//!   }
//! }
//! ```

use crate::pass::{OptionInfo, Options};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::Op;

pub const OPTIONS: &[OptionInfo] = &[OptionInfo { name: "file", description: "Where to; standard error when empty", initial: "" }];

pub fn run(module: Op, options: &Options) -> Result<(), Diagnostic> {
    let (file, text) = (options.get("file"), module.to_string());
    if file.is_empty() {
        eprint!("{text}");
        return Ok(());
    }
    std::fs::write(file, text).map_err(|e| Diagnostic::at(ErrorClass::Unsupported, "cannot-write", format!("cannot write {file}: {e}"), module.loc()))
}
