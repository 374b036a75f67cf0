//! Gives every entry instance a function of the one signature that callers know: `(ptr arguments, ptr results) -> i32`.
//!
//! Both are arrays of 8-byte slots, laid out by the Python types in `py.arguments` and `py.result`; the i32 is 1 when an exception is
//! pending. The instance learns the name in `zouk.symbol`. All functions with a body but these, and those with `zouk.export`, become internal, so
//! that LLVM may inline and drop them. A module with `zouk.c_entry` is asked for a function that C can call, too (`zouk.c_symbol`). The functions that
//! stand for blocks of Python get their bodies here.
//!
//! ```mlir before
//! llvm.func @half(%x: f32) -> !llvm.struct<(i32, f32)> attributes {zouk.entry = "half", zouk.raises, py.arguments = ["f32"], py.result = "f32"} {
//!   %0 = llvm.mlir.poison : !llvm.struct<(i32, f32)>
//!   llvm.return %0 : !llvm.struct<(i32, f32)>
//! }
//! ```
//! ```mlir after
//! module {
//!   llvm.func internal @half(%arg0: f32) -> !llvm.struct<(i32, f32)> attributes {passthrough = ["nounwind"], py.arguments = ["f32"], py.result = "f32", zouk.entry = "half", zouk.raises, zouk.symbol = "zouk.entry.0"} {
//!     %0 = llvm.mlir.poison : !llvm.struct<(i32, f32)>
//!     llvm.return %0 : !llvm.struct<(i32, f32)>
//!   }
//!   llvm.func @zouk.entry.0(%arg0: !llvm.ptr, %arg1: !llvm.ptr) -> i32 attributes {passthrough = ["nounwind"]} {
//!     %0 = llvm.getelementptr %arg0[0] : (!llvm.ptr) -> !llvm.ptr, i64
//!     %1 = llvm.load %0 : !llvm.ptr -> f32
//!     %2 = llvm.call @half(%1) : (f32) -> !llvm.struct<(i32, f32)>
//!     %3 = llvm.extractvalue %2[0] : !llvm.struct<(i32, f32)>
//!     %4 = llvm.extractvalue %2[1] : !llvm.struct<(i32, f32)>
//!     %5 = llvm.bitcast %4 : f32 to i32
//!     %6 = llvm.zext %5 : i32 to i64
//!     %7 = llvm.getelementptr %arg1[0] : (!llvm.ptr) -> !llvm.ptr, i64
//!     llvm.store %6, %7 : i64, !llvm.ptr
//!     llvm.return %3 : i32
//!   }
//! }
//! ```

use crate::llvm_dialect::Symbols;
use crate::pass::{OptionInfo, Options};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::Op;
use zouk_dialects::ty::Ty;

mod c_entry;
pub(crate) mod leaf;
mod python_block;
pub(crate) mod wrapper;

use wrapper::Wrapper;

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    let functions: Vec<Op> = module.body(0).ops().into_iter().filter(|op| op.is("llvm.func") && op.region(0).first_block().is_some()).collect();
    let declared = module.body(0).ops().into_iter().filter(|op| op.is("llvm.func") && op.has_attr(crate::foreign::ARGUMENTS));
    let blocks: Vec<Op> = declared.filter(|op| op.region(0).first_block().is_none()).collect();
    let mut symbols = Symbols::new(module);
    for block in blocks {
        python_block::fill(block, &mut symbols)?;
        block.set_attr("linkage", symbols.b.parse_attr("#llvm.linkage<internal>"));
    }
    for function in &functions {
        if !function.has_attr("zouk.export") {
            function.set_attr("linkage", symbols.b.parse_attr("#llvm.linkage<internal>"));
        }
        if !function.has_attr("passthrough") {
            function.set_attr("passthrough", symbols.b.str_array(&["nounwind"]));
        }
    }
    for function in functions.into_iter().filter(|f| f.has_attr("zouk.entry")) {
        let name = symbols.fresh("entry");
        let arguments = function.str_array_attr("py.arguments").into_iter().map(|text| parse(function, text)).collect::<Result<Vec<Ty>, _>>()?;
        let result = parse(function, function.str_attr("py.result").unwrap_or("!py.none"))?;
        Wrapper::new(function, &arguments, &result)?.build(&name, &mut symbols);
        function.set_attr("zouk.symbol", symbols.b.str(&name));
        if module.has_attr("zouk.c_entry") {
            let for_c = symbols.fresh("c_entry");
            c_entry::build(function, &arguments, &result, &name, &for_c, &mut symbols)?;
            function.set_attr("zouk.c_symbol", symbols.b.str(&for_c));
        }
    }
    Ok(())
}

pub(crate) fn parse(function: Op, text: &str) -> Result<Ty, Diagnostic> {
    text.parse().map_err(|error| internal(function, format!("the types of an entry point: {error}")))
}

pub(crate) fn internal(function: Op, message: String) -> Diagnostic {
    Diagnostic::at(ErrorClass::Internal, "entry-point", message, function.loc())
}
