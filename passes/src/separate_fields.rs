//! Tells LLVM that elements of arrays and fields of instances are different memory.
//!
//! `zouk-lower-runtime` has marked every access to a field with the field's name (TBAA). What is not marked reads and writes arrays, or places on the
//! stack, never the block of an instance: it gets a name of its own, so a store of one kind changes nothing that is loaded as the other.
//!
//! ```mlir before
//! #root = #llvm.tbaa_root<id = "zouk">
//! #field = #llvm.tbaa_type_desc<id = "Sum.total 1", members = {<#root, 0>}>
//! #tag = #llvm.tbaa_tag<base_type = #field, access_type = #field, offset = 0>
//! llvm.func @add(%slot: !llvm.ptr, %element: !llvm.ptr) {
//!   %total = llvm.load %slot {tbaa = [#tag]} : !llvm.ptr -> f64
//!   llvm.store %total, %element : f64, !llvm.ptr
//!   llvm.return
//! }
//! ```
//! ```mlir after
//! #tbaa_root = #llvm.tbaa_root<id = "zouk">
//! #tbaa_type_desc = #llvm.tbaa_type_desc<id = "Sum.total 1", members = {<#tbaa_root, 0>}>
//! #tbaa_type_desc1 = #llvm.tbaa_type_desc<id = "elements", members = {<#tbaa_root, 0>}>
//! #tbaa_tag = #llvm.tbaa_tag<base_type = #tbaa_type_desc, access_type = #tbaa_type_desc, offset = 0>
//! #tbaa_tag1 = #llvm.tbaa_tag<base_type = #tbaa_type_desc1, access_type = #tbaa_type_desc1, offset = 0>
//! module {
//!   llvm.func @add(%arg0: !llvm.ptr, %arg1: !llvm.ptr) {
//!     %0 = llvm.load %arg0 {tbaa = [#tbaa_tag]} : !llvm.ptr -> f64
//!     llvm.store %0, %arg1 {tbaa = [#tbaa_tag1]} : f64, !llvm.ptr
//!     llvm.return
//!   }
//! }
//! ```

use crate::lower_runtime::tag;
use crate::pass::{OptionInfo, Options};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, Op};

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    let accesses = module.collect(|op| matches!(op.name(), "llvm.load" | "llvm.store"));
    let (fields, others): (Vec<Op>, Vec<Op>) = accesses.into_iter().partition(|op| op.has_attr("tbaa"));
    if let (Some(field), false) = (fields.first(), others.is_empty()) {
        let b = Builder::before(*field);
        let elements = b.array(&[tag(&b, "elements")]);
        others.into_iter().for_each(|op| op.set_attr("tbaa", elements));
    }
    Ok(())
}
