//! Atomics: LLVM's where there is one, else a loop that compares and swaps.

use super::{Lowering, internal};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, Op, Type, TypeLike, Value};

/// LLVM's operations, by their numbers in its dialect.
const OPERATIONS: [(&str, i64); 12] =
    [("exch", 0), ("add", 1), ("sub", 2), ("and", 3), ("or", 5), ("xor", 6), ("max", 7), ("min", 8), ("umax", 9), ("umin", 10), ("inc", 15), ("dec", 16)];

const FLOAT_ADD: i64 = 11;

/// Which threads see the operation as one: those of the GPU.
const SCOPE: &str = "device";

/// `monotonic`: no other access is ordered by it.
const ORDERING: i64 = 2;

impl<'c> Lowering<'c> {
    pub(super) fn atomic(&mut self, b: &Builder<'c>, op: Op<'c>) -> Result<Value<'c>, Diagnostic> {
        let kind = op.str_attr("kind").unwrap_or_default();
        let operands = op.operands();
        let values = if kind == "cas" { 2 } else { 1 };
        let (places, values) = operands[1..].split_at(operands.len() - 1 - values);
        let pointer = self.element(b, op, operands[0], places)?;
        let ty = op.result(0).ty();
        if kind == "cas" {
            return Ok(swap(b, pointer, values, ty));
        }
        if !ty.is_float() {
            let operation = OPERATIONS.iter().find(|(name, _)| *name == kind).ok_or_else(|| internal(op, format!("there is no atomic `{kind}`")))?;
            return Ok(modify(b, operation.1, pointer, values[0], ty));
        }
        match kind {
            "add" => Ok(modify(b, FLOAT_ADD, pointer, values[0], ty)),
            "sub" => Ok(modify(b, FLOAT_ADD, pointer, b.val("arith.negf", values, ty, &[]), ty)),
            "max" | "min" | "nanmax" | "nanmin" => {
                let bits = if ty.is_f32() { 32 } else { 64 };
                let name = format!("zouk_atomic_{kind}_f{bits}");
                self.include(&name, &extremum(&name, kind, bits));
                Ok(b.val("func.call", &[pointer, values[0]], ty, &[("callee", b.symbol(&name))]))
            }
            _ => Err(internal(op, format!("there is no atomic `{kind}` of floats"))),
        }
    }
}

fn modify<'c>(b: &Builder<'c>, operation: i64, pointer: Value<'c>, value: Value<'c>, ty: Type<'c>) -> Value<'c> {
    let attrs = [("bin_op", b.int_attr(b.i64(), operation)), ("ordering", b.int_attr(b.i64(), ORDERING)), ("syncscope", b.str(SCOPE))];
    b.val("llvm.atomicrmw", &[pointer, value], ty, &attrs)
}

fn swap<'c>(b: &Builder<'c>, pointer: Value<'c>, values: &[Value<'c>], ty: Type<'c>) -> Value<'c> {
    let orderings = [("success_ordering", b.int_attr(b.i64(), ORDERING)), ("failure_ordering", b.int_attr(b.i64(), ORDERING)), ("syncscope", b.str(SCOPE))];
    let both = crate::llvm_dialect::struct_type(b.context, &[ty, b.i1()]);
    let swapped = b.val("llvm.cmpxchg", &[pointer, values[0], values[1]], both, &orderings);
    crate::llvm_dialect::LlvmOps::extract_value(b, swapped, &[0], ty)
}

/// As Numba: `max` and `min` change nothing where the value or what is there is NaN; `nanmax` and `nanmin` take the number where one of them is.
fn extremum(name: &str, kind: &str, bits: u32) -> String {
    let skips_nan = kind.starts_with("nan");
    let predicate = match kind {
        "max" => "olt",
        "min" => "ogt",
        "nanmax" => "ult",
        _ => "ugt",
    };
    let other = if skips_nan { "%value" } else { "%first" };
    format!(
        "func.func private @{name}(%pointer: !llvm.ptr, %value: f{bits}) -> f{bits} {{
           %first = llvm.load volatile %pointer : !llvm.ptr -> f{bits}
           %nan = arith.cmpf uno, %value, {other} : f{bits}
           cf.cond_br %nan, ^done(%first : f{bits}), ^test(%first : f{bits})
         ^test(%old: f{bits}):
           %better = arith.cmpf {predicate}, %old, %value : f{bits}
           cf.cond_br %better, ^attempt, ^done(%old : f{bits})
         ^attempt:
           %expected = arith.bitcast %old : f{bits} to i{bits}
           %new = arith.bitcast %value : f{bits} to i{bits}
           %both = llvm.cmpxchg %pointer, %expected, %new syncscope(\"{SCOPE}\") monotonic monotonic : !llvm.ptr, i{bits}
           %found = llvm.extractvalue %both[0] : !llvm.struct<(i{bits}, i1)>
           %swapped = llvm.extractvalue %both[1] : !llvm.struct<(i{bits}, i1)>
           %next = arith.bitcast %found : i{bits} to f{bits}
           cf.cond_br %swapped, ^done(%next : f{bits}), ^test(%next : f{bits})
         ^done(%result: f{bits}):
           return %result : f{bits}
         }}"
    )
}
