//! Bodies for the functions that stand for blocks of Python, or for calls of entry points by their address: arguments into slots, a call of the runtime,
//! results out of slots.

use super::{internal, leaf::Leaf, parse};
use crate::foreign::ARGUMENTS;
use crate::lower_python::CALL_ENTRY;
use crate::llvm_dialect::{LlvmOps, Symbols};
use mlir_sys::*;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Block, Builder, Op, Type, TypeLike, Value};
use zouk_dialects::ty::Ty;

pub fn fill<'c>(function: Op<'c>, symbols: &mut Symbols<'c>) -> Result<(), Diagnostic> {
    let texts = function.str_array_attr(ARGUMENTS);
    let types = texts.iter().map(|text| parse(function, text)).collect::<Result<Vec<Ty>, _>>()?;
    let result = parse(function, function.str_attr("py.result").unwrap_or("!py.none"))?;
    let block_of_python = function.str_attr("zouk.python");
    let (arguments, results): (Vec<Leaf>, Vec<Leaf>) = (types.iter().flat_map(Leaf::of).collect(), Leaf::of(&result));
    let ptr = symbols.b.ptr();
    let i64 = symbols.b.i64();
    let mut described = String::new();
    match block_of_python {
        Some(name) => {
            described = symbols.text(&texts.join(";"));
            symbols.declare("zouk_call_python", &[ptr, ptr, ptr, ptr], Some(symbols.b.int(32)), &[]);
            symbols.declare("zouk_retain", &[ptr], None, &[]);
            symbols.declare(name, &[], None, &[]);
        }
        None => symbols.declare(CALL_ENTRY, &[i64, ptr, ptr], Some(i64), &[]),
    }
    let (inputs, returned) = signature(function)?;
    let block = function.region(0).append(Block::new(&inputs.iter().map(|ty| (*ty, function.loc())).collect::<Vec<_>>()));
    let b = Builder::at_end(function.context(), block, function.loc());
    let slots = |leaves: &[Leaf]| b.constant(b.i64(), leaves.iter().map(|leaf| leaf.slots()).sum::<usize>().max(1) as i64);
    let room = |count| b.val("llvm.alloca", &[count], ptr, &[("elem_type", b.ty_attr(b.i64()))]);
    let (from, to) = (room(slots(&arguments)), room(slots(&results)));
    let status = match block_of_python {
        Some(name) => {
            store_arguments(&b, &arguments, &block.args(), from, true);
            let given = [b.address_of(name), b.address_of(&described), from, to];
            b.call("zouk_call_python", &given, Some(b.int(32))).result(0)
        }
        // The address comes first; an entry point borrows its arguments.
        None => {
            store_arguments(&b, &arguments[1..], &block.args()[1..], from, false);
            let status = b.call(CALL_ENTRY, &[block.arg(0), from, to], Some(i64)).result(0);
            b.val("llvm.trunc", &[status], b.int(32), &[])
        }
    };
    let value = collect(&b, returned, status, &results, to);
    b.op("llvm.return", &[value], &[], &[]);
    Ok(())
}

fn signature<'c>(function: Op<'c>) -> Result<(Vec<Type<'c>>, Type<'c>), Diagnostic> {
    let ty = function.type_attr("function_type").ok_or_else(|| internal(function, "a function without a type".into()))?.to_raw();
    // SAFETY: the type of an `llvm.func` is a function type.
    unsafe {
        let inputs = (0..mlirLLVMFunctionTypeGetNumInputs(ty)).map(|i| Type::from_raw(mlirLLVMFunctionTypeGetInput(ty, i))).collect();
        Ok((inputs, Type::from_raw(mlirLLVMFunctionTypeGetReturnType(ty))))
    }
}

/// Where they are kept, as by the object that Python has over an array, each takes a reference.
fn store_arguments<'c>(b: &Builder<'c>, leaves: &[Leaf], values: &[Value<'c>], base: Value<'c>, kept: bool) {
    let (mut at, mut values) = (0, values);
    for leaf in leaves {
        let (own, rest) = values.split_at(leaf.arguments());
        values = rest;
        match leaf {
            Leaf::Array(_) => {
                if kept {
                    b.call("zouk_retain", &own[..1], None);
                }
                let parts = own[..2].iter().chain(&own[3..]);
                parts.enumerate().for_each(|(i, part)| b.store(*part, b.fixed_pointer(base, b.i64(), (at + i) as i32)));
            }
            scalar => scalar.store(b, own[0], base, at),
        }
        at += leaf.slots();
    }
}

/// The status alone, or in a struct with the results.
fn collect<'c>(b: &Builder<'c>, returned: Type<'c>, status: Value<'c>, leaves: &[Leaf], base: Value<'c>) -> Value<'c> {
    if leaves.is_empty() {
        return status;
    }
    let mut whole = b.insert_value(b.val("llvm.mlir.poison", &[], returned, &[]), status, &[0]);
    let mut at = 0;
    for (i, leaf) in leaves.iter().enumerate() {
        let parts = leaf.load(b, base, at);
        let place = i as i64 + 1;
        match leaf {
            Leaf::Array(rank) => {
                for (k, part) in parts.iter().enumerate() {
                    let position = match k.checked_sub(3) {
                        None => vec![place, k as i64],
                        Some(k) => vec![place, 3 + (k / rank) as i64, (k % rank) as i64],
                    };
                    whole = b.insert_value(whole, *part, &position);
                }
            }
            _ => whole = b.insert_value(whole, parts[0], &[place]),
        }
        at += leaf.slots();
    }
    whole
}
