//! Checks that a module is at a stage, whether passes brought it there or a file is said to be there.
//!
//! Only the stage's dialects; from `typed` on no untyped value; bodies where Python functions are; at the end only functions that the runtime or
//! libm has. The driver asks after every stage; `zouk-opt --from STAGE --emit STAGE` has the pass in its pipeline.
//!
//! ```mlir before
//! func.func @f(%x: f64) -> f64 {
//!   py.return %x : f64
//! }
//! ```
//! ```mlir after
//! module {
//!   func.func @f(%arg0: f64) -> f64 {
//!     py.return %arg0 : f64
//!   }
//! }
//! ```

use crate::define_products::is_kernel;
use crate::pass::{OptionInfo, Options};
use crate::pipeline::Stage;
use std::collections::HashMap;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Location, Op, Type, TypeLike};

pub const OPTIONS: &[OptionInfo] = &[
    OptionInfo { name: "stage", description: "The stage", initial: "typed" },
    OptionInfo { name: "entered", description: "Whether a file says so: what is wrong is no defect of a pass then", initial: "true" },
];

pub fn run(module: Op, options: &Options) -> Result<(), Diagnostic> {
    let stage: Stage = options.get("stage").parse().map_err(|e: String| Diagnostic::new(ErrorClass::Unsupported, "unknown-stage", e, None))?;
    let end = if options.flag("entered") { End::Entered } else { End::Reached };
    // Which of these there are is known to the runtime.
    stage.check(end, module, &|name| name.starts_with("zouk_"))
}

/// Functions of libm that compiled code may call; each has a float32 version with an `f` after its name.
const LIBM: &[&str] = &[
    "cacos", "cacosh", "casin", "casinh", "catan", "catanh", "ccos", "ccosh", "cexp", "clog", "csin", "csinh", "csqrt", "ctan", "ctanh", "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "ceil", "copysign", "cos", "cosh", "erf", "erfc", "exp", "exp2", "expm1", "fabs",
    "floor", "fma", "fmod", "frexp", "hypot", "ldexp", "lgamma", "log", "log10", "log1p", "log2", "modf", "nearbyint", "nextafter", "pow", "remainder",
    "rint", "round", "roundeven", "sin", "sinh", "sqrt", "tan", "tanh", "tgamma", "trunc",
];

/// Vector maths: SLEEF's functions, and glibc's.
const VECTOR_MATHS: &[&str] = &["Sleef_", "_ZGV"];

/// Which end of the way a stage is on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The module was handed in as being at this stage.
    Entered,
    /// Passes have brought it here: what is wrong is a defect of theirs.
    Reached,
}

impl Stage {
    /// Names the first thing that may not be at this stage. `in_runtime` knows the symbols of the runtime.
    pub fn check(self, end: End, module: Op, in_runtime: &dyn Fn(&str) -> bool) -> Result<(), Diagnostic> {
        let mut check = Check { stage: self, dialects: self.dialects(), typed: self >= Stage::Typed && self != Stage::Llvm, refused: HashMap::new() };
        check.op(module).and_then(|()| check.functions(module, in_runtime)).map_err(|(problem, loc)| match end {
            End::Reached => Diagnostic::at(ErrorClass::Internal, "stray-op", format!("{problem} at stage `{self}`"), loc),
            End::Entered => Diagnostic::at(ErrorClass::Syntax, "bad-ir", format!("{problem} at stage `{self}`, where the IR is said to be"), loc)
                .help("`zouk stages` lists the stages; `--from` names the one that the file is at"),
        })
    }
}

type Problem<'c> = (String, Location<'c>);

struct Check {
    stage: Stage,
    dialects: &'static [&'static str],
    /// Whether values need a look: before `typed` any type may be, and ops of the `llvm` dialect take only their own.
    typed: bool,
    /// Whether a type, by its address, may not be.
    refused: HashMap<usize, bool>,
}

impl Check {
    /// This op and all in it.
    fn op<'c>(&mut self, op: Op<'c>) -> Result<(), Problem<'c>> {
        let name = op.name();
        if !self.dialects.contains(&name.split('.').next().unwrap_or_default()) {
            return Err((format!("`{name}` may not be"), op.loc()));
        }
        if self.stage == Stage::Llvm && matches!(name, "llvm.getelementptr" | "llvm.alloca") {
            self.element(op)?;
        }
        if self.typed {
            (0..op.num_results()).try_for_each(|i| self.value(op, op.result(i).ty()))?;
        }
        if op.num_regions() == 0 {
            return Ok(());
        }
        if let Some(signature) = op.type_attr("function_type").filter(|_| self.typed) {
            self.value(op, signature)?;
        }
        for block in op.regions().into_iter().flat_map(|r| r.blocks()) {
            if self.typed {
                block.args().into_iter().try_for_each(|value| self.value(op, value.ty()))?;
            }
            block.ops().into_iter().try_for_each(|op| self.op(op))?;
        }
        Ok(())
    }

    /// LLVM's dialect takes any type here; LLVM ends the process over one that is not its own.
    fn element<'c>(&mut self, op: Op<'c>) -> Result<(), Problem<'c>> {
        let Some(ty) = op.type_attr("elem_type") else { return Ok(()) };
        let machine = || ty.is_integer() || ty.is_float() || ty.is_vector() || ty.to_string().starts_with("!llvm.");
        let foreign = self.refused.entry(ty.to_raw().ptr as usize).or_insert_with(|| !machine());
        if *foreign { Err((format!("`{}` may not be over elements of type {ty}", op.name()), op.loc())) } else { Ok(()) }
    }

    fn value<'c>(&mut self, op: Op<'c>, ty: Type<'c>) -> Result<(), Problem<'c>> {
        let untyped = self.refused.entry(ty.to_raw().ptr as usize).or_insert_with(|| ty.to_string().contains("!py.object"));
        if *untyped { Err((format!("a value of `{}` may not have the type {ty}", op.name()), op.loc())) } else { Ok(()) }
    }

    fn functions<'c>(&self, module: Op<'c>, in_runtime: &dyn Fn(&str) -> bool) -> Result<(), Problem<'c>> {
        let external = |op: &Op| matches!(op.name(), "func.func" | "llvm.func") && op.region(0).first_block().is_none();
        for function in module.regions().into_iter().flat_map(|r| r.blocks()).flat_map(|b| b.ops()).filter(external) {
            let name = function.str_attr("sym_name").unwrap_or_default();
            match self.stage {
                Stage::Py | Stage::Typed if !function.has_attr(crate::define_intrinsics::TEXT) => return Err((format!("the function `{name}` may not be without a body"), function.loc())),
                Stage::Llvm if !(in_runtime(name) || is_maths(name) || is_kernel(name) && module.has_attr("zouk.kernels")) => {
                    return Err((format!("the function `{name}`, which neither the runtime nor libm has, may not be without a body"), function.loc()));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn is_maths(name: &str) -> bool {
    let known = |name: &str| LIBM.contains(&name);
    known(name) || name.strip_suffix('f').is_some_and(known) || VECTOR_MATHS.iter().any(|prefix| name.starts_with(prefix))
}
