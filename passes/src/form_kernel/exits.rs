//! What a thread does where Python raises.
//!
//! `raise`, a failed `assert` and arrays whose shapes do not fit end the thread. With `zouk.kernel_debug` they and all checks first write, unless another thread has, a number and the place of the thread to
//! `zouk_error`: eight int32, the number (from 1, the place in `zouk.kernel_errors` of the GPU module: exception, message, file, function, line), then the block and the thread along x, y, z.
//! So do those of a parallel loop's kernel (`zouk.kernel_checked`). Without it other checks are dropped, those of indices too.

use super::limits;
use crate::drop_checks::SHAPES;
use crate::offload::CHECKED;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass, Span};
use zouk_dialects::ir::{Builder, Location, Op, Region, Value};

/// What the numbers of errors stand for, five texts each.
pub const ERRORS: &str = "zouk.kernel_errors";

pub struct Exits {
    /// Whether checks are kept, and errors have numbers.
    checks: bool,
    /// Exception, message, file, function, line.
    errors: Vec<[String; 5]>,
}

impl Exits {
    pub fn new(module: Op) -> Self {
        Exits { checks: module.has_attr("zouk.kernel_debug") || module.has_attr(CHECKED), errors: vec![] }
    }

    /// Replaces the function's checks and raises; refuses what a GPU has no memory or runtime for.
    pub fn settle(&mut self, function: Op) -> Result<(), Diagnostic> {
        let display = function.str_attr("py.display").unwrap_or_default();
        for op in function.collect(|op| op.dialect() == "rt") {
            let b = Builder::before(op);
            match op.name() {
                "rt.index" => {
                    let result = self.index(&b, op, display);
                    op.result(0).replace_all_uses(result);
                }
                "rt.check" if self.checks || op.has_attr(SHAPES) => self.unless(&b, op.operand(0), op, display),
                "rt.check" => {}
                // One that the program does not write, of a conversion that overflows, say, counts as a check.
                "rt.raise" if self.checks || op.has_attr("statement") => {
                    let number = self.number(op, display);
                    exit(&b, number);
                }
                "rt.raise" => {}
                // Nobody looks at its elements.
                "rt.alloc" if op.result(0).is_unused() => {}
                "rt.view" | "rt.scratch" | "rt.atomic" | "rt.simt" | "rt.constant_array" | "rt.print" | "rt.foreign" | "rt.address" | "rt.keep" => continue,
                name => return Err(refused(op, name)),
            }
            op.erase();
        }
        Ok(())
    }

    /// Notes the errors on the GPU module.
    pub fn write(self, kernels: Op) {
        if self.checks {
            let b = Builder::before(kernels);
            let texts: Vec<&str> = self.errors.iter().flatten().map(String::as_str).collect();
            kernels.set_attr(ERRORS, b.str_array(&texts));
        }
    }

    fn index<'c>(&mut self, b: &Builder<'c>, op: Op<'c>, display: &str) -> Value<'c> {
        let (position, size) = (op.operand(0), op.operand(1));
        let index = if op.has_attr("wraps") {
            let negative = b.cmpi("slt", position, b.c_index(0));
            b.select(negative, b.bin("arith.addi", position, size), position)
        } else {
            position
        };
        if self.checks && op.has_attr("checked") {
            self.unless(b, b.cmpi("ult", index, size), op, display);
        }
        index
    }

    /// Ends the thread where the condition does not hold.
    fn unless<'c>(&mut self, b: &Builder<'c>, condition: Value<'c>, op: Op<'c>, display: &str) {
        let number = self.number(op, display);
        let fails = b.bin("arith.xori", condition, b.c_bool(true));
        let (then, otherwise) = (Region::new(), Region::new());
        let block = then.add_block(&[]);
        b.op_with_regions("scf.if", &[fails], &[], &[], &[then, otherwise]);
        b.within(block, || {
            exit(b, number);
            b.op("scf.yield", &[], &[], &[]);
        });
    }

    /// The number of an error; 0 where nobody asks.
    fn number(&mut self, op: Op, display: &str) -> i64 {
        if !self.checks {
            return 0;
        }
        let text = |name: &str| op.str_attr(name).unwrap_or_default().to_string();
        let (exception, message) = match op.name() {
            "rt.index" => match text("message").parse::<usize>() {
                Ok(axis) => ("IndexError".into(), format!("index out of bounds for axis {axis}")),
                Err(_) => ("IndexError".into(), text("message")),
            },
            _ => (text("exception"), text("message")),
        };
        let (file, line) = place(op.loc());
        self.errors.push([exception, message, file, display.to_string(), line]);
        self.errors.len() as i64
    }
}

fn place(loc: Location) -> (String, String) {
    Span::of(loc).map_or_else(Default::default, |span| (span.file.to_string(), span.line.to_string()))
}

fn exit(b: &Builder, number: i64) {
    b.op("rt.simt", &[b.c_int(b.int(32), number)], &[], &[("name", b.str("exit"))]);
}

/// The error about an op that needs memory or the runtime of the host.
pub fn refused(op: Op, name: &str) -> Diagnostic {
    let (what, help) = match name {
        "rt.alloc" | "rt.array" | "rt.adopt" => ("allocating an array", "pass an array in, or use cuda.local.array() or cuda.shared.array()"),
        "rt.object" | "rt.load_field" | "rt.store_field" | "rt.is_assigned" | "rt.same" => ("an instance of a class", "pass its fields as arrays and numbers"),
        "rt.call" => ("this function of NumPy", "write it as loops"),
        _ => ("this", "do it outside of the kernel"),
    };
    let message = format!("{what} is not supported in a CUDA kernel");
    limits::in_program(op, Diagnostic::at(ErrorClass::Unsupported, "kernel-unsupported", message, op.loc()).help(help))
}
