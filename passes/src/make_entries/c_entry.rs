//! The function that C calls: an instance behind the machine's C calling convention.
//!
//! An exception has nowhere to go: the runtime is told of it, and the result is zero.

use super::{internal, leaf::Leaf, wrapper::Wrapper};
use crate::llvm_dialect::{LlvmOps, Symbols, struct_type};
use crate::make_ufunc_loops::jump_if;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Block, Builder, Op, Region, Type, Value};
use zouk_dialects::ty::Ty;

/// Whether the C of this machine passes a `float complex` in one register.
const PACKED: bool = cfg!(target_arch = "x86_64");

/// `entry` is the instance's entry point, which the runtime knows it by.
pub fn build<'c>(function: Op<'c>, arguments: &[Ty], result: &Ty, entry: &str, name: &str, symbols: &mut Symbols<'c>) -> Result<(), Diagnostic> {
    let wrapper = Wrapper::new(function, arguments, result)?;
    let (context, loc) = (function.context(), function.loc());
    let parameters: Vec<Type> = arguments.iter().map(|ty| parameters(&symbols.b, function, ty)).collect::<Result<Vec<_>, _>>()?.concat();
    let returned = result_type(&symbols.b, function, result)?;
    let prints = ["zouk_print_text", "zouk_print_value"].iter().any(|printing| symbols.has(printing));
    symbols.declare("zouk_ignore_exception", &[symbols.b.ptr()], None, &["cold"]);
    if prints {
        symbols.declare("zouk_print_written", &[], None, &[]);
    }
    let region = Region::new();
    let block = region.append(Block::new(&parameters.iter().map(|ty| (*ty, loc)).collect::<Vec<_>>()));
    let b = Builder::at_end(context, block, loc);
    let mut given = block.args().into_iter();
    let machine: Vec<Value> = arguments.iter().flat_map(|ty| from_c(&b, ty, &mut given)).collect();
    let call = wrapper.call(&b, &machine);
    let (status, values) = wrapper.parts(&b, call);
    if prints {
        b.call("zouk_print_written", &[], None);
    }
    if let Some(status) = status {
        let (failed, done) = (region.add_block(&[]), region.add_block(&[]));
        let ok = b.val("llvm.icmp", &[status, b.constant(b.int(32), 0)], b.i1(), &[("predicate", b.int_attr(b.i64(), 0))]);
        jump_if(&b, ok, (done, &[]), (failed, &[]));
        b.set_end(failed);
        b.call("zouk_ignore_exception", &[b.address_of(entry)], None);
        let zero: Vec<Value> = returned.iter().map(|ty| b.val("llvm.mlir.zero", &[], *ty, &[])).collect();
        b.op("llvm.return", &zero, &[], &[]);
        b.set_end(done);
    }
    let value = to_c(&b, result, &values);
    b.op("llvm.return", value.as_slice(), &[], &[]);
    let attrs = [("passthrough", b.str_array(&["nounwind"])), ("zouk.export", b.unit())];
    symbols.b.set_loc(loc);
    symbols.function(name, &parameters, returned, "external", &attrs, region);
    Ok(())
}

/// The types of the LLVM parameters that a C parameter is.
fn parameters<'c>(b: &Builder<'c>, function: Op<'c>, ty: &Ty) -> Result<Vec<Type<'c>>, Diagnostic> {
    Ok(match ty {
        Ty::Bool | Ty::Int { bits: ..32, .. } => vec![b.int(32)],
        Ty::Complex(32) if PACKED => vec![b.f64()],
        Ty::Int { .. } | Ty::Float(_) | Ty::Complex(_) | Ty::Pointer(_) => Leaf::of(ty).into_iter().map(|leaf| leaf.ty(b)).collect(),
        other => return Err(internal(function, format!("C has no argument of type {}", other.user_name()))),
    })
}

fn result_type<'c>(b: &Builder<'c>, function: Op<'c>, ty: &Ty) -> Result<Option<Type<'c>>, Diagnostic> {
    if *ty == Ty::None {
        return Ok(None);
    }
    let parts = parameters(b, function, ty)?;
    Ok(Some(if parts.len() == 1 { parts[0] } else { struct_type(b.context, &parts) }))
}

/// The machine values of an argument.
fn from_c<'c>(b: &Builder<'c>, ty: &Ty, given: &mut impl Iterator<Item = Value<'c>>) -> Vec<Value<'c>> {
    let count = if matches!(ty, Ty::Complex(bits) if !(*bits == 32 && PACKED)) { 2 } else { 1 };
    let values: Vec<Value> = given.take(count).collect();
    match ty {
        Ty::Bool => {
            let byte = b.val("llvm.trunc", &values, b.int(8), &[]);
            vec![b.val("llvm.icmp", &[byte, b.constant(b.int(8), 0)], b.i1(), &[("predicate", b.int_attr(b.i64(), 1))])]
        }
        Ty::Int { bits: bits @ ..32, .. } => vec![b.val("llvm.trunc", &values, b.int(*bits), &[])],
        Ty::Complex(32) if PACKED => {
            let both = b.val("llvm.bitcast", &values, b.i64(), &[]);
            let part = |bits: Value<'c>| b.val("llvm.bitcast", &[b.val("llvm.trunc", &[bits], b.int(32), &[])], b.f32(), &[]);
            vec![part(both), part(b.val("llvm.lshr", &[both, b.constant(b.i64(), 32)], b.i64(), &[]))]
        }
        _ => values,
    }
}

fn to_c<'c>(b: &Builder<'c>, ty: &Ty, values: &[Value<'c>]) -> Option<Value<'c>> {
    let extended = |signed: bool| Some(b.val(if signed { "llvm.sext" } else { "llvm.zext" }, values, b.int(32), &[]));
    match ty {
        Ty::None => None,
        Ty::Bool => extended(false),
        Ty::Int { bits: ..32, signed } => extended(*signed),
        Ty::Complex(32) if PACKED => {
            let half = |part: Value<'c>| b.val("llvm.zext", &[b.val("llvm.bitcast", &[part], b.int(32), &[])], b.i64(), &[]);
            let high = b.val("llvm.shl", &[half(values[1]), b.constant(b.i64(), 32)], b.i64(), &[]);
            Some(b.val("llvm.bitcast", &[b.val("llvm.or", &[half(values[0]), high], b.i64(), &[])], b.f64(), &[]))
        }
        Ty::Complex(_) => {
            let empty = b.val("llvm.mlir.poison", &[], struct_type(b.context, &[values[0].ty(), values[1].ty()]), &[]);
            Some(b.insert_value(b.insert_value(empty, values[0], &[0]), values[1], &[1]))
        }
        _ => values.first().copied(),
    }
}
