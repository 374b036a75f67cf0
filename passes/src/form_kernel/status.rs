//! Numba's convention for device functions: the result is written where the first argument says, and a status is given, which is 0.

use super::device::structure;
use crate::llvm_dialect::LlvmOps;
use zouk_dialects::ir::{Builder, FunctionType, Op, Region, Type, Value};

/// On a module: its device function follows Numba's convention, not C's.
pub const STATUS: &str = "zouk.device_status";

/// Puts a function of that convention around the one that other code is to call, and takes its name.
pub fn give(kernels: Op) {
    let Some(inner) = kernels.body(0).ops().into_iter().find(|op| op.is("func.func") && op.has_attr("zouk.entry")) else { return };
    let name = inner.str_attr("sym_name").unwrap_or_default().to_string();
    let b = Builder::before(inner);
    let own = format!("{name}_body");
    for call in kernels.collect(|op| op.is("func.call") && op.str_attr("callee") == Some(&name)) {
        call.set_attr("callee", b.symbol(&own));
    }
    inner.set_attr("sym_name", b.str(&own));
    inner.set_attr("sym_visibility", b.str("private"));
    let arguments: Vec<Type> = std::iter::once(b.ptr()).chain(inner.body(0).args().into_iter().map(|a| a.ty())).collect();
    let results: Vec<Type> = inner.collect(|op| op.is("func.return")).first().map_or_else(Vec::new, |exit| exit.operands().into_iter().map(|v| v.ty()).collect());
    let region = Region::new();
    let body = region.add_block(&arguments.iter().map(|ty| (*ty, inner.loc())).collect::<Vec<_>>());
    let ty = FunctionType::new(b.context, &arguments, &[b.int(32)]);
    let outer = b.op_with_regions("func.func", &[], &[], &[("sym_name", b.str(&name)), ("function_type", b.ty_attr(ty.into()))], &[region]);
    for attr in ["zouk.entry", "py.result", "py.display"] {
        if let Some(value) = inner.attr(attr) {
            outer.set_attr(attr, value);
            inner.remove_attr(attr);
        }
    }
    b.within(body, || {
        let given = &body.args()[1..];
        let made = b.op("func.call", given, &results, &[("callee", b.symbol(&own))]).results();
        // A bool is a byte in memory.
        let parts: Vec<Value> = made.into_iter().map(|part| if part.ty() == b.i1() { b.val("arith.extui", &[part], b.int(8), &[]) } else { part }).collect();
        if !parts.is_empty() {
            let whole = structure(&b, &parts.iter().map(|part| part.ty()).collect::<Vec<_>>());
            let empty = b.val("llvm.mlir.undef", &[], whole, &[]);
            let all = parts.iter().enumerate().fold(empty, |all, (i, part)| b.insert_value(all, *part, &[i as i64]));
            b.store(all, body.arg(0));
        }
        b.op("func.return", &[b.c_int(b.int(32), 0)], &[], &[]);
    });
}
