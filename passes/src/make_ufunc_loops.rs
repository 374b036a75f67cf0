//! Gives an entry instance of `@vectorize` or `@guvectorize` the inner loop that NumPy calls: `(ptr arguments, ptr dimensions, ptr steps) -> i32`.
//!
//! `zouk.loop` of the module has a list for each operand of a generalized ufunc: the numbers of its core dimensions. It is empty for an elementwise
//! one, whose results are the operands that follow the arguments. Steps are in bytes, as NumPy gives them. An elementwise function has the loop
//! several times: where all operands are packed, where one argument is the same for all elements, and where anything goes; one of
//! two arguments also where the result is the first argument of the next step, as in `reduce`. LLVM inlines the function and vectorises. The i32 is 1 when an exception is pending, and 2 when an array's strides are no multiples of its
//! elements. The instance learns the name in `zouk.loop_symbol`.
//!
//! ```mlir before
//! module attributes {zouk.loop = []} {
//!   llvm.func @half(%x: f32) -> f32 attributes {zouk.entry = "half", py.arguments = ["f32"], py.result = "f32"} {
//!     llvm.return %x : f32
//!   }
//! }
//! ```
//! ```mlir after
//! module attributes {zouk.loop = []} {
//!   llvm.func @half(%arg0: f32) -> f32 attributes {py.arguments = ["f32"], py.result = "f32", zouk.entry = "half", zouk.loop_symbol = "zouk.loop.0"} {
//!     llvm.return %arg0 : f32
//!   }
//!   llvm.func @zouk.loop.0(%arg0: !llvm.ptr, %arg1: !llvm.ptr, %arg2: !llvm.ptr) -> i32 attributes {passthrough = ["nounwind"], zouk.export} {
//!     %0 = llvm.mlir.constant(0 : i32) : i32
//!     %1 = llvm.getelementptr %arg0[0] : (!llvm.ptr) -> !llvm.ptr, i64
//!     %2 = llvm.load %1 : !llvm.ptr -> !llvm.ptr
//!     %3 = llvm.getelementptr %arg0[1] : (!llvm.ptr) -> !llvm.ptr, i64
//!     %4 = llvm.load %3 : !llvm.ptr -> !llvm.ptr
//!     %5 = llvm.load %arg1 : !llvm.ptr -> i64
//!     %6 = llvm.getelementptr %arg2[0] : (!llvm.ptr) -> !llvm.ptr, i64
//!     %7 = llvm.load %6 : !llvm.ptr -> i64
//!     %8 = llvm.getelementptr %arg2[1] : (!llvm.ptr) -> !llvm.ptr, i64
//!     %9 = llvm.load %8 : !llvm.ptr -> i64
//!     %10 = llvm.mlir.constant(0 : i64) : i64
//!     %11 = llvm.icmp "slt" %10, %5 : i64
//!     llvm.cond_br %11, ^bb2, ^bb1(%0 : i32)
//!   ^bb1(%12: i32):  // 3 preds: ^bb0, ^bb5, ^bb6
//!     llvm.return %12 : i32
//!   ^bb2:  // pred: ^bb0
//!     %13 = llvm.mlir.constant(4 : i64) : i64
//!     %14 = llvm.mlir.constant(4 : i64) : i64
//!     %15 = llvm.mlir.constant(4 : i64) : i64
//!     %16 = llvm.icmp "eq" %7, %15 : i64
//!     %17 = llvm.mlir.constant(4 : i64) : i64
//!     %18 = llvm.icmp "eq" %9, %17 : i64
//!     %19 = llvm.and %16, %18 : i1
//!     llvm.cond_br %19, ^bb3, ^bb4
//!   ^bb3:  // pred: ^bb2
//!     %20 = llvm.mlir.constant(0 : i64) : i64
//!     llvm.br ^bb5(%20 : i64)
//!   ^bb4:  // pred: ^bb2
//!     %21 = llvm.mlir.constant(0 : i64) : i64
//!     llvm.br ^bb6(%21 : i64)
//!   ^bb5(%22: i64):  // 2 preds: ^bb3, ^bb5
//!     %23 = llvm.mlir.constant(4 : i64) : i64
//!     %24 = llvm.mul %22, %23 : i64
//!     %25 = llvm.getelementptr %2[%24] : (!llvm.ptr, i64) -> !llvm.ptr, i8
//!     %26 = llvm.mlir.constant(4 : i64) : i64
//!     %27 = llvm.mul %22, %26 : i64
//!     %28 = llvm.getelementptr %4[%27] : (!llvm.ptr, i64) -> !llvm.ptr, i8
//!     %29 = llvm.getelementptr %25[0] : (!llvm.ptr) -> !llvm.ptr, f32
//!     %30 = llvm.load %29 : !llvm.ptr -> f32
//!     %31 = llvm.call @half(%30) : (f32) -> f32
//!     %32 = llvm.getelementptr %28[0] : (!llvm.ptr) -> !llvm.ptr, f32
//!     llvm.store %31, %32 : f32, !llvm.ptr
//!     %33 = llvm.mlir.constant(1 : i64) : i64
//!     %34 = llvm.add %22, %33 : i64
//!     %35 = llvm.icmp "ne" %34, %5 : i64
//!     llvm.cond_br %35, ^bb5(%34 : i64), ^bb1(%0 : i32)
//!   ^bb6(%36: i64):  // 2 preds: ^bb4, ^bb6
//!     %37 = llvm.mul %36, %7 : i64
//!     %38 = llvm.getelementptr %2[%37] : (!llvm.ptr, i64) -> !llvm.ptr, i8
//!     %39 = llvm.mul %36, %9 : i64
//!     %40 = llvm.getelementptr %4[%39] : (!llvm.ptr, i64) -> !llvm.ptr, i8
//!     %41 = llvm.getelementptr %38[0] : (!llvm.ptr) -> !llvm.ptr, f32
//!     %42 = llvm.load %41 : !llvm.ptr -> f32
//!     %43 = llvm.call @half(%42) : (f32) -> f32
//!     %44 = llvm.getelementptr %40[0] : (!llvm.ptr) -> !llvm.ptr, f32
//!     llvm.store %43, %44 : f32, !llvm.ptr
//!     %45 = llvm.mlir.constant(1 : i64) : i64
//!     %46 = llvm.add %36, %45 : i64
//!     %47 = llvm.icmp "ne" %46, %5 : i64
//!     llvm.cond_br %47, ^bb6(%46 : i64), ^bb1(%0 : i32)
//!   }
//! }
//! ```

use crate::llvm_dialect::Symbols;
use crate::make_entries::{internal, parse};
use crate::pass::{OptionInfo, Options};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{ArrayAttribute, Op};
use zouk_dialects::ty::Ty;

mod accumulate;
mod emit;
pub(crate) use emit::jump_if;
mod operand;

use emit::Maker;
use operand::Operand;

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    if !module.has_attr("zouk.loop") {
        return Ok(());
    }
    let core = module.array_attr("zouk.loop").into_iter().map(numbers).collect::<Option<Vec<_>>>();
    let core = core.ok_or_else(|| internal(module, "`zouk.loop` holds lists of numbers".into()))?;
    let mut symbols = Symbols::new(module);
    for function in module.body(0).ops().into_iter().filter(|op| op.is("llvm.func") && op.has_attr("zouk.entry")) {
        let arguments = function.str_array_attr("py.arguments").into_iter().map(|text| parse(function, text)).collect::<Result<Vec<Ty>, _>>()?;
        let result = parse(function, function.str_attr("py.result").unwrap_or("!py.none"))?;
        let operands = operands(function, &core, &arguments, &result)?;
        let name = symbols.fresh("loop");
        Maker::new(function, &arguments, &result, operands)?.build(&name, &mut symbols);
        function.set_attr("zouk.loop_symbol", symbols.b.str(&name));
    }
    Ok(())
}

fn numbers(list: zouk_dialects::ir::Attribute) -> Option<Vec<usize>> {
    let list = ArrayAttribute::try_from(list).ok()?;
    let number = |i| zouk_dialects::ir::IntegerAttribute::try_from(list.element(i).ok()?).ok().map(|n| n.value() as usize);
    (0..list.len()).map(number).collect()
}

/// The operands that NumPy passes: arguments, then the results of an elementwise function.
fn operands(function: Op, core: &[Vec<usize>], arguments: &[Ty], result: &Ty) -> Result<Vec<Operand>, Diagnostic> {
    let refuse = |message: String, help: &str| Diagnostic::at(ErrorClass::Typing, "unsupported-result", message, function.loc()).help(help);
    let elementwise = core.is_empty();
    if !elementwise && *result != Ty::None {
        let message = format!("a function under @guvectorize returns nothing, not {}", result.user_name());
        return Err(refuse(message, "store results in the arguments for them, as in `out[0] = x`"));
    }
    let results = match result {
        Ty::Tuple(parts) if elementwise => parts.clone(),
        _ if elementwise => vec![result.clone()],
        _ => vec![],
    };
    let mut operands = vec![];
    for (i, ty) in arguments.iter().chain(&results).enumerate() {
        let dimensions = core.get(i).map_or(&[][..], |list| &list[..]);
        let operand = Operand::new(ty, dimensions).filter(|operand| !elementwise || operand.rank.is_none());
        operands.push(operand.ok_or_else(|| match i < arguments.len() {
            true => refuse(format!("a ufunc has no operand of type {}", ty.user_name()), "ufuncs take numbers, and arrays of as many axes as the layout gives them"),
            false => refuse(format!("a function under @vectorize returns a number or a tuple of numbers, not {}", result.user_name()), "return a number on every path"),
        })?);
    }
    Ok(operands)
}
