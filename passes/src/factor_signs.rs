//! Moves signs out of odd functions: `erf(-x)` is `-erf(x)`, so that CSE finds equal calls.
//! Exact: a sign passes unrounded through products, quotients and odd functions.
//!
//! ```mlir before
//! func.func @f(%x: f64, %c: f64) -> (f64, f64) {
//!   %y = arith.divf %x, %c : f64
//!   %p = math.erf %y : f64
//!   %n = arith.negf %x : f64
//!   %z = arith.divf %n, %c : f64
//!   %q = math.erf %z : f64
//!   return %p, %q : f64, f64
//! }
//! ```
//! becomes
//! ```mlir after
//! module {
//!   func.func @f(%arg0: f64, %arg1: f64) -> (f64, f64) {
//!     %0 = arith.divf %arg0, %arg1 : f64
//!     %1 = math.erf %0 : f64
//!     %2 = arith.negf %arg0 : f64
//!     %3 = arith.divf %arg0, %arg1 : f64
//!     %4 = arith.negf %3 : f64
//!     %5 = math.erf %3 : f64
//!     %6 = arith.negf %5 : f64
//!     return %1, %6 : f64, f64
//!   }
//! }
//! ```

use crate::pass::{OptionInfo, Options};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, Op, Value};

pub const OPTIONS: &[OptionInfo] = &[];

const ODD: [&str; 12] = [
    "math.erf", "math.sin", "math.tan", "math.asin", "math.atan", "math.sinh", "math.tanh", "math.asinh", "math.atanh", "math.cbrt", "arith.mulf", "arith.divf",
];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    // In order, so that a sign moves through a chain in one walk.
    for op in module.collect(|o| ODD.contains(&o.name())) {
        let mut negative = false;
        for i in 0..op.num_operands() {
            if let Some(plain) = negated(op.operand(i)) {
                op.set_operand(i, plain);
                negative = !negative;
            }
        }
        if negative {
            let Some(next) = op.next() else { continue };
            let (result, b) = (op.result(0), Builder::before(next));
            b.set_loc(op.loc());
            let uses = result.uses();
            let sign = b.val("arith.negf", &[result], result.ty(), &[]);
            for (user, operand) in uses {
                user.set_operand(operand, sign);
            }
        }
    }
    Ok(())
}

/// `x` of a value that is `-x`.
fn negated<'c>(value: Value<'c>) -> Option<Value<'c>> {
    value.def_by("arith.negf").map(|o| o.operand(0))
}
