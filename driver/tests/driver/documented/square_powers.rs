//! Turns `x ** 2.0` into `x * x`, which costs one instruction instead of a call.
//!
//! ```mlir before
//! func.func @f(%x: f64) -> f64 {
//!   %two = arith.constant 2.0 : f64
//!   %y = math.powf %x, %two : f64
//!   return %y : f64
//! }
//! ```
//! ```mlir after
//! module {
//!   func.func @f(%arg0: f64) -> f64 {
//!     %cst = arith.constant 2.000000e+00 : f64
//!     %0 = arith.mulf %arg0, %arg0 : f64
//!     return %0 : f64
//!   }
//! }
//! ```

use crate::pass::{OptionInfo, Options};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, Op};

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    for power in module.collect(is_square) {
        let x = power.operand(0);
        let b = Builder::before(power);
        power.result(0).replace_all_uses(b.val("arith.mulf", &[x, x], x.ty(), &[]));
        power.erase();
    }
    Ok(())
}

fn is_square(op: Op) -> bool {
    let exponent = || op.operand(1).def_by("arith.constant")?.attr("value");
    op.is("math.powf") && exponent().is_some_and(|value| value.to_string().starts_with("2.000000e+00 "))
}
