//! Computes only what is looked at: a slice of what an elementwise operation makes is that operation on slices of its operands.
//!
//! Where the result serves nothing else, and where every array read is packed and has the sizes of the result, the same view can be taken of each. An operation
//! whose result is sliced more than once, or by a view that repeats elements, stays whole: nothing is computed twice. What nobody needs any
//! more goes with the next canonicalisation.
//!
//! ```mlir before
//! func.func @f(%a: memref<?xf64>, %start: index, %size: index) -> tensor<?xf64> {
//!   %c0 = arith.constant 0 : index
//!   %c1 = arith.constant 1 : index
//!   %n = memref.dim %a, %c0 : memref<?xf64>
//!   %t = bufferization.to_tensor %a restrict : memref<?xf64> to tensor<?xf64>
//!   %e = tensor.empty(%n) : tensor<?xf64>
//!   %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
//!       ins(%t : tensor<?xf64>) outs(%e : tensor<?xf64>) {
//!   ^bb0(%x: f64, %out: f64):
//!     %y = math.exp %x : f64
//!     linalg.yield %y : f64
//!   } -> tensor<?xf64>
//!   %m = rt.array %r : tensor<?xf64> to memref<?xf64>
//!   %v = rt.view %m[%start, %size, %c1] : memref<?xf64> to memref<?xf64>
//!   %s = bufferization.to_tensor %v restrict : memref<?xf64> to tensor<?xf64>
//!   return %s : tensor<?xf64>
//! }
//! ```
//! ```mlir after
//! #map = affine_map<(d0) -> (d0)>
//! module {
//!   func.func @f(%arg0: memref<?xf64>, %arg1: index, %arg2: index) -> tensor<?xf64> {
//!     %c0 = arith.constant 0 : index
//!     %c1 = arith.constant 1 : index
//!     %dim = memref.dim %arg0, %c0 : memref<?xf64>
//!     %0 = bufferization.to_tensor %arg0 restrict : memref<?xf64> to tensor<?xf64>
//!     %1 = tensor.empty(%dim) : tensor<?xf64>
//!     %2 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%0 : tensor<?xf64>) outs(%1 : tensor<?xf64>) {
//!     ^bb0(%in: f64, %out: f64):
//!       %10 = math.exp %in : f64
//!       linalg.yield %10 : f64
//!     } -> tensor<?xf64>
//!     %3 = rt.array %2 : tensor<?xf64> to memref<?xf64>
//!     %4 = rt.view %3[%arg1, %arg2, %c1] : memref<?xf64> to memref<?xf64>
//!     %5 = rt.view %arg0[%arg1, %arg2, %c1] : memref<?xf64> to memref<?xf64>
//!     %6 = bufferization.to_tensor %5 restrict : memref<?xf64> to tensor<?xf64>
//!     %7 = tensor.empty(%arg2) : tensor<?xf64>
//!     %8 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%6 : tensor<?xf64>) outs(%7 : tensor<?xf64>) {
//!     ^bb0(%in: f64, %out: f64):
//!       %10 = math.exp %in : f64
//!       linalg.yield %10 : f64
//!     } -> tensor<?xf64>
//!     %9 = bufferization.to_tensor %4 restrict : memref<?xf64> to tensor<?xf64>
//!     return %8 : tensor<?xf64>
//!   }
//! }
//! ```

use crate::bufferize::views::is_packed;
use crate::forward_arrays::tensor_sizes;
use crate::fuse_elementwise::{group::{is_identity, is_parallel}, remarks};
use crate::memory::written_between;
use crate::pass::{OptionInfo, Options};
use zouk_dialects::diagnostic::{Diagnostic, Span};
use zouk_dialects::ir::{Builder, MemRefType, Op, RankedTensorType, Region, ShapedTypeLike, Value};

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    for read in module.collect(|o| o.is("bufferization.to_tensor")) {
        let Some((slice, tensor)) = slice_of_result(read) else { continue };
        let Some(sizes) = tensor_sizes(&Builder::before(read), tensor) else { continue };
        if !can_slice(tensor, &sizes, read) {
            continue;
        }
        let b = Builder::before(read);
        b.set_loc(tensor.loc());
        let sliced = slice_tensor(&b, tensor, slice);
        remarks::add(|| {
            let line = Span::of(slice.loc()).map(|s| s.line).unwrap_or_default();
            format!("line {line}: only the elements of the slice are computed")
        });
        read.result(0).replace_all_uses(sliced);
    }
    Ok(())
}

/// The view that is read here, and the tensor that it is a view of, if nothing else looks at that.
fn slice_of_result<'c>(read: Op<'c>) -> Option<(Op<'c>, Value<'c>)> {
    let once = |value: Value<'c>| value.uses().len() == 1;
    let view = read.operand(0).def_by("rt.view").filter(|v| once(v.result(0)) && !v.has_attr("repeats"))?;
    let array = view.operand(0).def_by("rt.array").filter(|a| once(a.result(0)) && is_packed(a.result(0)))?;
    let same_element = MemRefType::try_from(view.result(0).ty()).ok()?.element() == MemRefType::try_from(array.result(0).ty()).ok()?.element();
    (same_element && once(array.operand(0))).then_some((view, array.operand(0)))
}

/// Whether a slice of the tensor can be computed at `place`.
fn can_slice<'c>(tensor: Value<'c>, sizes: &[Value<'c>], place: Op<'c>) -> bool {
    if let Some(read) = tensor.def_by("bufferization.to_tensor") {
        let array = read.operand(0);
        return is_packed(array) && has_sizes(array, sizes) && !written_between(read, place, array);
    }
    let Some(op) = tensor.def_by("linalg.generic").filter(|o| o.num_results() == 1 && tensor.uses().len() == 1 && !o.has_attr("zouk.reduction")) else { return false };
    let inputs = op.num_operands() - 1;
    op.array_attr("indexing_maps").into_iter().all(|map| is_identity(map, sizes.len()))
        && is_parallel(op)
        && op.operand(inputs).def_by("tensor.empty").is_some()
        && tensor_sizes(&Builder::before(op), tensor).is_some_and(|own| own == sizes)
        && op.collect(|o| o.is("linalg.index")).is_empty()
        && (0..inputs).all(|i| can_slice(op.operand(i), sizes, place))
}

/// Whether these are surely the sizes of an array.
fn has_sizes(array: Value, sizes: &[Value]) -> bool {
    if let Some(alloc) = array.def_by("rt.alloc") {
        return alloc.operands() == sizes;
    }
    sizes.iter().enumerate().all(|(axis, size)| {
        size.def_by("memref.dim").is_some_and(|dim| dim.operand(0) == array && Builder::constant_int(dim.operand(1)) == Some(axis as i64))
    })
}

/// The elements of a tensor that the view shows.
fn slice_tensor<'c>(b: &Builder<'c>, tensor: Value<'c>, view: Op<'c>) -> Value<'c> {
    let shown = MemRefType::try_from(view.result(0).ty()).expect("a view is an array");
    let rank = shown.rank();
    let element = RankedTensorType::try_from(tensor.ty()).expect("a tensor").element();
    let ty = RankedTensorType::new(&vec![i64::MIN as u64; rank], element, None).into();
    if let Some(read) = tensor.def_by("bufferization.to_tensor") {
        let array = MemRefType::new(element, &vec![i64::MIN; rank], Some(shown.layout()), None).into();
        let operands = [&[read.operand(0)], &view.operands()[1..]].concat();
        let slice = b.val("rt.view", &operands, array, &[]);
        return b.val("bufferization.to_tensor", &[slice], ty, &[("restrict", b.unit())]);
    }
    let op = tensor.def().expect("an operation");
    let inputs: Vec<Value<'c>> = (0..op.num_operands() - 1).map(|i| slice_tensor(b, op.operand(i), view)).collect();
    let sizes = &view.operands()[2..2 + rank];
    let empty = b.val("tensor.empty", sizes, ty, &[]);
    let names: Vec<String> = (0..rank).map(|i| format!("d{i}")).collect();
    let map = b.parse_attr(&format!("affine_map<({0}) -> ({0})>", names.join(", ")));
    let region = Region::new();
    let copy = op.deep_clone();
    region.take_body(copy.region(0));
    copy.erase();
    let attrs = [
        ("indexing_maps", b.array(&vec![map; inputs.len() + 1])),
        ("iterator_types", b.parse_attr(&format!("[{}]", vec!["#linalg.iterator_type<parallel>"; rank].join(", ")))),
        ("operandSegmentSizes", b.i32_array(&[inputs.len() as i32, 1])),
    ];
    b.op_with_regions("linalg.generic", &[&inputs[..], &[empty]].concat(), &[ty], &attrs, &[region]).result(0)
}
