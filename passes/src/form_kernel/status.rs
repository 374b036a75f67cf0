//! How other code calls a device function: arrays are Numba's, and with Numba's convention the result is written where the first argument says, and a status is
//! given, which is 0. C's convention gives the result itself.
//!
//! Numba's array is its owner, an object of Python, the number of elements, the bytes of one, the data, then sizes and strides, which are in bytes; as a result a
//! structure of that. A record is its address, and no result.

use super::device::structure;
use crate::llvm_dialect::{Descriptor, LlvmOps, MemRef, array_type};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Builder, FunctionType, Op, Region, Type, Value};

/// On a module: its device function follows Numba's convention, not C's.
pub const STATUS: &str = "zouk.device_status";

/// Puts a function of the convention around the one that other code is to call, and takes its name.
pub fn give(kernels: Op, status: bool) -> Result<(), Diagnostic> {
    let Some(inner) = kernels.body(0).ops().into_iter().find(|op| op.is("func.func") && op.has_attr("zouk.entry")) else { return Ok(()) };
    let wanted: Vec<Type> = inner.body(0).args().into_iter().map(|a| a.ty()).collect();
    let results: Vec<Type> = inner.collect(|op| op.is("func.return")).first().map_or_else(Vec::new, |exit| exit.operands().into_iter().map(|v| v.ty()).collect());
    let arrays: Vec<MemRef> = results.iter().filter_map(|ty| MemRef::new(*ty)).collect();
    if arrays.iter().any(|memref| axes(memref).is_none()) {
        let message = "a device function that others call cannot return a record";
        return Err(Diagnostic::at(ErrorClass::Unsupported, "kernel-unsupported", message, inner.loc()).help("return its fields, or write them to an array"));
    }
    if !status && arrays.is_empty() && wanted.iter().all(|ty| MemRef::new(*ty).is_none()) {
        return Ok(());
    }
    let name = inner.str_attr("sym_name").unwrap_or_default().to_string();
    let b = Builder::before(inner);
    let own = format!("{name}_body");
    for call in kernels.collect(|op| op.is("func.call") && op.str_attr("callee") == Some(&name)) {
        call.set_attr("callee", b.symbol(&own));
    }
    inner.set_attr("sym_name", b.str(&own));
    inner.set_attr("sym_visibility", b.str("private"));
    let place = status.then(|| b.ptr());
    let arguments: Vec<Type> = place.into_iter().chain(wanted.iter().flat_map(|ty| slots(&b, *ty))).collect();
    let region = Region::new();
    let body = region.add_block(&arguments.iter().map(|ty| (*ty, inner.loc())).collect::<Vec<_>>());
    let given = if status { vec![b.int(32)] } else { results.iter().map(|ty| whole(&b, *ty)).collect() };
    let ty = FunctionType::new(b.context, &arguments, &given);
    let outer = b.op_with_regions("func.func", &[], &[], &[("sym_name", b.str(&name)), ("function_type", b.ty_attr(ty.into()))], &[region]);
    for attr in ["zouk.entry", "py.result", "py.display"] {
        if let Some(value) = inner.attr(attr) {
            outer.set_attr(attr, value);
            inner.remove_attr(attr);
        }
    }
    b.within(body, || {
        let mut given = body.args().into_iter().skip(usize::from(status));
        let passed: Vec<Value> = wanted.iter().map(|ty| taken(&b, *ty, &mut given)).collect();
        let made = b.op("func.call", &passed, &results, &[("callee", b.symbol(&own))]).results();
        let made: Vec<Value> = made.into_iter().map(|part| handed(&b, part)).collect();
        if !status {
            b.op("func.return", &made, &[], &[]);
            return;
        }
        write(&b, made, body.arg(0));
        b.op("func.return", &[b.c_int(b.int(32), 0)], &[], &[]);
    });
    Ok(())
}

/// Writes the parts of a result. A bool is a byte in memory.
fn write<'c>(b: &Builder<'c>, made: Vec<Value<'c>>, place: Value<'c>) {
    let parts: Vec<Value> = made.into_iter().map(|part| if part.ty() == b.i1() { b.val("arith.extui", &[part], b.int(8), &[]) } else { part }).collect();
    if parts.is_empty() {
        return;
    }
    let whole = structure(b, &parts.iter().map(|part| part.ty()).collect::<Vec<_>>());
    let empty = b.val("llvm.mlir.undef", &[], whole, &[]);
    let all = parts.iter().enumerate().fold(empty, |all, (i, part)| b.insert_value(all, *part, &[i as i64]));
    b.store(all, place);
}

/// The axes of an array, and the bytes of an element where it lies as bytes. None of a record.
fn axes(memref: &MemRef) -> Option<(usize, Option<i64>)> {
    match memref.sizes.last() {
        Some(Some(bytes)) => (memref.rank() > 1).then(|| (memref.rank() - 1, Some(*bytes))),
        _ => Some((memref.rank(), None)),
    }
}

/// The type of a result's part: of an array the structure.
fn whole<'c>(b: &Builder<'c>, ty: Type<'c>) -> Type<'c> {
    let Some((rank, _)) = MemRef::new(ty).as_ref().and_then(axes) else { return ty };
    let extents = array_type(b.i64(), rank);
    let fields = [b.ptr(), b.ptr(), b.i64(), b.i64(), b.ptr(), extents, extents];
    structure(b, if rank == 0 { &fields[..5] } else { &fields })
}

/// A part of the result: of an array the structure.
fn handed<'c>(b: &Builder<'c>, part: Value<'c>) -> Value<'c> {
    let Some(memref) = MemRef::new(part.ty()) else { return part };
    let (Some((rank, bytes)), Some(array)) = (axes(&memref), Descriptor::of(b, part)) else { return part };
    let extent = |field: i64, axis: usize| b.extract_value(array.value, &[field, axis as i64], b.i64());
    let (unit, size) = bytes.map_or((memref.item_size(), memref.item_size()), |bytes| (1, bytes));
    let elements = (0..rank).fold(b.c_i64(1), |product, axis| b.bin("arith.muli", product, extent(3, axis)));
    let empty = b.val("llvm.mlir.undef", &[], whole(b, part.ty()), &[]);
    let nobody = b.val("llvm.mlir.zero", &[], b.ptr(), &[]);
    let fields = [array.owner(b), nobody, elements, b.c_i64(size), array.data(b)];
    let mut all = fields.into_iter().enumerate().fold(empty, |all, (i, field)| b.insert_value(all, field, &[i as i64]));
    for axis in 0..rank {
        all = b.insert_value(all, extent(3, axis), &[5, axis as i64]);
        all = b.insert_value(all, b.bin("arith.muli", extent(4, axis), b.c_i64(unit)), &[6, axis as i64]);
    }
    all
}

/// The parameters that stand for one of the function's own.
fn slots<'c>(b: &Builder<'c>, ty: Type<'c>) -> Vec<Type<'c>> {
    let Some(memref) = MemRef::new(ty) else { return vec![ty] };
    let Some((rank, _)) = axes(&memref) else { return vec![b.ptr()] };
    [vec![b.ptr(), b.ptr(), b.i64(), b.i64(), b.ptr()], vec![b.i64(); 2 * rank]].concat()
}

/// The argument that was given in `slots`.
fn taken<'c>(b: &Builder<'c>, ty: Type<'c>, given: &mut impl Iterator<Item = Value<'c>>) -> Value<'c> {
    let Some(memref) = MemRef::new(ty) else { return given.next().expect("one for each parameter") };
    let parts: Vec<Value> = given.take(slots(b, ty).len()).collect();
    let built = match axes(&memref) {
        None => Descriptor::build(b, &memref, parts[0], parts[0], &[b.c_i64(memref.sizes[0].unwrap_or(0))], &[b.c_i64(1)]),
        Some((rank, bytes)) => {
            let size = bytes.map(|bytes| b.c_i64(bytes));
            let sizes: Vec<Value> = parts[5..5 + rank].iter().copied().chain(size).collect();
            let unit = if bytes.is_some() { 1 } else { memref.item_size() };
            let whole = |stride: Value<'c>| if unit == 1 { stride } else { b.val("llvm.sdiv", &[stride, b.c_i64(unit)], b.i64(), &[("isExact", b.unit())]) };
            let strides: Vec<Value> = parts[5 + rank..].iter().map(|stride| whole(*stride)).chain(bytes.map(|_| b.c_i64(1))).collect();
            Descriptor::build(b, &memref, parts[0], parts[4], &sizes, &strides)
        }
    };
    b.cast(built.value, ty)
}
