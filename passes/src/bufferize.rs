//! Gives every tensor a place in memory: what was read from an array is that array where nothing is written in between, a result that is
//! assigned is computed in its destination, every other result gets a new block (`rt.alloc`).
//!
//! An assignment may overlap what it reads. Where that is not proved impossible it is tested at run time; if they overlap, the result is computed
//! in a new block first, as NumPy does.
//!
//! ```mlir before
//! func.func @negate(%a: memref<?xf64>) -> memref<?xf64> {
//!   %c0 = arith.constant 0 : index
//!   %n = memref.dim %a, %c0 : memref<?xf64>
//!   %t = bufferization.to_tensor %a restrict : memref<?xf64> to tensor<?xf64>
//!   %e = tensor.empty(%n) : tensor<?xf64>
//!   %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
//!       ins(%t : tensor<?xf64>) outs(%e : tensor<?xf64>) {
//!   ^bb0(%x: f64, %out: f64):
//!     %y = arith.negf %x : f64
//!     linalg.yield %y : f64
//!   } -> tensor<?xf64>
//!   %m = rt.array %r : tensor<?xf64> to memref<?xf64>
//!   return %m : memref<?xf64>
//! }
//! ```
//! ```mlir after
//! #map = affine_map<(d0) -> (d0)>
//! module {
//!   func.func @negate(%arg0: memref<?xf64>) -> memref<?xf64> {
//!     %c0 = arith.constant 0 : index
//!     %dim = memref.dim %arg0, %c0 : memref<?xf64>
//!     %0 = rt.alloc(%dim) : memref<?xf64>
//!     linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%arg0 : memref<?xf64>) outs(%0 : memref<?xf64>) attrs =  {zouk.independent} {
//!     ^bb0(%in: f64, %out: f64):
//!       %1 = arith.negf %in : f64
//!       linalg.yield %1 : f64
//!     }
//!     return %0 : memref<?xf64>
//!   }
//! }
//! ```

use crate::forward_arrays::empty_sizes;
use crate::fuse_elementwise::{group::{is_parallel, users}, outline::on_arrays};
use crate::memory::{ancestor_in, may_alias, may_repeat, written_between};
use crate::pass::{OptionInfo, Options};
use crate::summarize_writes;
use melior::ir::r#type::DimSize;
use std::collections::{HashMap, HashSet};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Attribute, Builder, MemRefType, Op, RankedTensorType, Region, ShapedTypeLike, Type, Value};

pub mod overlap;
pub mod views;

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    for function in module.body(0).ops() {
        if !function.is("func.func") {
            continue;
        }
        let mut buffers = Buffers { owned: HashSet::new(), memory: HashMap::new() };
        buffers.parameters(function);
        let works = function.collect(|op| matches!(op.dialect(), "tensor" | "bufferization" | "func") || matches!(op.name(), "rt.broadcast" | "rt.array" | "linalg.generic"));
        for op in &works {
            buffers.op(*op)?;
        }
        // What used tensors goes before what made them.
        works.into_iter().rev().filter(|op| !op.is("func.func") && op.results().iter().all(|r| r.is_unused()) && replaced(*op)).for_each(Op::erase);
    }
    summarize_writes::forget(module);
    Ok(())
}

/// Whether the op worked on tensors: its place is taken by an op on memory.
fn replaced(op: Op) -> bool {
    op.operands().iter().chain(&op.results()).any(|v| is_tensor(*v))
}

fn is_tensor(value: Value) -> bool {
    RankedTensorType::try_from(value.ty()).is_ok()
}

/// Whether the array is a block that was made for a tensor, here or by a call.
fn is_new(array: Value) -> bool {
    array.def().is_some_and(|op| matches!(op.name(), "rt.alloc" | "func.call"))
}

struct Buffers<'c> {
    /// Blocks that are the memory of some Python array already.
    owned: HashSet<Value<'c>>,
    /// The array that holds each tensor.
    memory: HashMap<Value<'c>, Value<'c>>,
}

impl<'c> Buffers<'c> {
    fn op(&mut self, op: Op<'c>) -> Result<(), Diagnostic> {
        match op.name() {
            "bufferization.to_tensor" => {
                let array = self.read(op);
                if array == op.operand(0) {
                    // It is a Python array: what is made of the same elements is another one.
                    self.owned.insert(array);
                }
                self.memory.insert(op.result(0), array);
            }
            "rt.broadcast" => {
                let array = views::broadcast(op, self.of(op, 0)?);
                self.memory.insert(op.result(0), array);
            }
            "linalg.generic" if op.num_results() > 0 => self.generic(op)?,
            "rt.array" => {
                let array = self.adopt(op)?;
                op.result(0).replace_all_uses(array);
            }
            "tensor.extract" => {
                let indices = &op.operands()[1..];
                let value = Builder::before(op).val("memref.load", &[&[self.of(op, 0)?], indices].concat(), op.result(0).ty(), &[]);
                op.result(0).replace_all_uses(value);
            }
            "tensor.dim" => {
                let size = Builder::before(op).val("memref.dim", &[self.of(op, 0)?, op.operand(1)], op.result(0).ty(), &[]);
                op.result(0).replace_all_uses(size);
            }
            "bufferization.materialize_in_destination" => self.materialize(op)?,
            "tensor.cast" => {
                let array = self.of(op, 0);
                // A cast of an empty tensor is one.
                array.into_iter().for_each(|array| _ = self.memory.insert(op.result(0), array));
            }
            "func.call" => self.call(op)?,
            "func.return" => {
                // A parameter has become an array already.
                for (i, value) in op.operands().into_iter().enumerate().filter(|(_, v)| is_tensor(*v) || self.memory.contains_key(v)) {
                    let array = self.memory.get(&value).copied().ok_or_else(|| internal(op, "a result has no place in memory"))?;
                    op.set_operand(i, if is_new(array) && self.owned.insert(array) { array } else { views::copy(&Builder::before(op), array) });
                }
            }
            "tensor.empty" | "linalg.generic" | "func.func" => {}
            name => return Err(internal(op, format!("`{name}` has no place in memory"))),
        }
        Ok(())
    }

    /// Tensors that a function takes are arrays of any layout; those that it gives are new, and packed.
    fn parameters(&mut self, function: Op<'c>) {
        let b = Builder::before(function);
        let ty = function.type_attr("function_type").and_then(|ty| on_arrays(&b, ty, |t| views::any(&b, t), views::packed_of));
        ty.into_iter().for_each(|ty| function.set_attr("function_type", b.ty_attr(ty)));
        for argument in function.region(0).first_block().into_iter().flat_map(|block| block.args()) {
            if let Ok(tensor) = RankedTensorType::try_from(argument.ty()) {
                argument.set_type(views::any(&b, tensor));
                self.memory.insert(argument, argument);
            }
        }
    }

    /// A call on tensors becomes one on arrays.
    fn call(&mut self, op: Op<'c>) -> Result<(), Diagnostic> {
        if !replaced(op) {
            return Ok(());
        }
        let b = Builder::before(op);
        let mut operands = op.operands();
        for (i, value) in op.operands().into_iter().enumerate() {
            if let Ok(tensor) = RankedTensorType::try_from(value.ty()) {
                operands[i] = cast(&b, self.of(op, i)?, views::any(&b, tensor));
            }
        }
        let types: Vec<Type<'c>> = op.results().into_iter().map(|r| RankedTensorType::try_from(r.ty()).map_or(r.ty(), views::packed_of)).collect();
        let call = b.op("func.call", &operands, &types, &op.attrs());
        for (old, new) in op.results().into_iter().zip(call.results()) {
            if is_tensor(old) { _ = self.memory.insert(old, new) } else { old.replace_all_uses(new) }
        }
        Ok(())
    }

    fn of(&self, op: Op<'c>, operand: usize) -> Result<Value<'c>, Diagnostic> {
        self.memory.get(&op.operand(operand)).copied().ok_or_else(|| internal(op, format!("operand {operand} of `{}` has no place in memory", op.name())))
    }

    /// The array that is read, or a copy of it where it is written before its last use.
    fn read(&mut self, op: Op<'c>) -> Value<'c> {
        let array = op.operand(0);
        let written = users(op.result(0)).into_iter().any(|user| written_between(op, destination(user).unwrap_or(user), array));
        if written { views::copy(&Builder::before(op), array) } else { array }
    }

    /// The new array of a tensor: the block that it was computed in, unless that has another owner, or the tensor is looked at again after the array has been
    /// written to.
    fn adopt(&mut self, op: Op<'c>) -> Result<Value<'c>, Diagnostic> {
        let b = Builder::before(op);
        let (block, wanted) = (self.of(op, 0)?, op.result(0).ty());
        let users = op.operand(0).uses().into_iter().map(|(user, _)| user).filter(|user| *user != op);
        let seen_later = users.into_iter().any(|user| match op.block().and_then(|here| ancestor_in(user, here)) {
            Some(place) if place.is_before(op) => false,
            _ => written_between(op, user, op.result(0)),
        });
        // In an inner block the array may be made more than once.
        let new = is_new(block) && block.parent_block() == op.block();
        // The type says in which order the elements are: code after it relies on that, and a cast changes nothing in memory.
        let any_order = wanted == views::any_like(&b, block);
        let fits = any_order || block.ty() == wanted;
        let array = match seen_later || !new || !fits || !self.owned.insert(block) {
            true => views::copy_as(&b, block, if any_order { views::packed(block, views::rank(block)) } else { wanted }),
            false => block,
        };
        Ok(cast(&b, array, wanted))
    }

    /// Computes in arrays: the destinations of results that are assigned, else new ones.
    fn generic(&mut self, op: Op<'c>) -> Result<(), Diagnostic> {
        let inputs = op.num_operands() - op.num_results();
        let array = |i: usize| empty(op.operand(i)).map_or_else(|| self.of(op, i), |made| Ok(unread(op, made)));
        let arrays: Vec<Value<'c>> = (0..inputs).map(array).collect::<Result<_, _>>()?;
        let assigned = destination(op).filter(|_| empty(op.operand(inputs)).is_some()).filter(|to| arrays.iter().all(|a| !written_between(op, *to, *a)));
        let b = Builder::before(assigned.unwrap_or(op));
        b.set_loc(op.loc());
        let mut outputs = vec![];
        let mut temporary = None;
        let mut independent = !overlap::on_gpu(op) && is_parallel(op) && op.collect(|o| matches!(o.name(), "memref.load" | "tensor.extract")).is_empty();
        for (i, result) in op.results().into_iter().enumerate() {
            let initial = op.operand(inputs + i);
            let array = match (empty(initial), assigned) {
                (Some(empty), Some(to)) => {
                    let (array, temp) = overlap::destination(&b, op, &arrays, to.operand(1), &empty_sizes(&b, empty));
                    temporary = temp;
                    independent &= !may_repeat(to.operand(1));
                    array
                }
                (Some(empty), None) => block(&b, result, &empty_sizes(&b, empty)),
                // The accumulator of a reduction: what it is filled with may serve others.
                (None, _) if initial.uses().len() > 1 => {
                    let filled = self.of(op, inputs + i)?;
                    let own = block(&b, result, &views::dims(&b, filled));
                    views::assign(&b, filled, own);
                    own
                }
                (None, _) => self.of(op, inputs + i)?,
            };
            independent &= empty(initial).is_some();
            outputs.push(array);
            self.memory.insert(result, array);
        }
        let region = Region::new();
        region.take_body(op.region(0));
        let attrs = op.attrs().into_iter().filter(|(name, _)| *name != "operandSegmentSizes");
        let segments = b.i32_array(&[arrays.len() as i32, outputs.len() as i32]);
        let attrs: Vec<_> = attrs.chain([("operandSegmentSizes", segments)]).collect();
        let new = b.op_with_regions("linalg.generic", &[arrays, outputs.clone()].concat(), &[], &attrs, &[region]);
        if independent {
            // What is read is where it is written, or elsewhere altogether.
            new.set_unit(INDEPENDENT);
        }
        if let (Some(to), Some(safe)) = (assigned, temporary) {
            overlap::copy_back(&b, safe, outputs[0], to.operand(1));
        }
        Ok(())
    }

    /// A result that could not be computed in its destination is copied there.
    fn materialize(&mut self, op: Op<'c>) -> Result<(), Diagnostic> {
        let (source, target) = (self.of(op, 0)?, op.operand(1));
        let direct = op.operand(0).def_by("linalg.generic").is_some_and(|g| destination(g) == Some(op));
        if direct && !may_copy(source, target) {
            return Ok(());
        }
        let b = Builder::before(op);
        let source = if may_alias(source, target) && !overlap::on_gpu(op) { views::copy(&b, source) } else { source };
        views::assign(&b, source, target);
        Ok(())
    }
}

/// Of a `linalg.generic` on arrays, none of whose iterations reads or writes what another one writes.
pub const INDEPENDENT: &str = "zouk.independent";

/// The `tensor.empty` behind an output, if it is one.
fn empty(mut tensor: Value) -> Option<Op> {
    while let Some(cast) = tensor.def_by("tensor.cast") {
        tensor = cast.operand(0);
    }
    tensor.def_by("tensor.empty")
}

/// An array of an empty tensor's sizes, which an operation runs over without a look at its elements: all are one, on the stack.
fn unread<'c>(op: Op<'c>, made: Op<'c>) -> Value<'c> {
    let b = Builder::before(op);
    let tensor = RankedTensorType::try_from(made.result(0).ty()).expect("a tensor");
    let scalar = MemRefType::new(tensor.element(), &[], None, None).into();
    let start = first_of_function(op).map_or_else(|| Builder::before(op), Builder::before);
    let here = start.val("memref.alloca", &[], scalar, &[("operandSegmentSizes", b.i32_array(&[0, 0]))]);
    let sizes = empty_sizes(&b, made);
    let zero = b.c_index(0);
    let strides = vec![zero; sizes.len()];
    b.val("rt.view", &[&[here, zero], &sizes[..], &strides].concat(), views::any(&b, tensor), &[])
}

/// Memory for a result. A scalar that no array is made of stands on the stack.
fn block<'c>(b: &Builder<'c>, result: Value<'c>, sizes: &[Value<'c>]) -> Value<'c> {
    let ty = wanted_type(result);
    match result.def().and_then(first_of_function) {
        Some(first) if sizes.is_empty() && !used_by_array(result) => Builder::before(first).val("memref.alloca", &[], ty, &[("operandSegmentSizes", b.i32_array(&[0, 0]))]),
        _ => b.val("rt.alloc", sizes, ty, &dtype_of(result)),
    }
}

/// Where what lies on the stack is made: once for each call, not in loops.
fn first_of_function<'c>(op: Op<'c>) -> Option<Op<'c>> {
    std::iter::successors(Some(op), |o| o.parent()).find(|o| o.is("func.func"))?.region(0).first_block()?.first()
}

/// The dtype that errors name, if the array says one that is made of a tensor.
fn dtype_of<'c>(tensor: Value<'c>) -> Vec<(&'static str, Attribute<'c>)> {
    tensor.uses().into_iter().find_map(|(user, _)| user.attr("dtype").filter(|_| user.is("rt.array"))).map(|dtype| ("dtype", dtype)).into_iter().collect()
}

/// Whether an array is made of a tensor, or of what a reduction makes of it in place.
fn used_by_array(tensor: Value) -> bool {
    tensor.uses().into_iter().any(|(user, operand)| {
        let accumulates = user.is("linalg.generic") && operand + user.num_results() >= user.num_operands();
        // What serves several is copied for each.
        user.is("rt.array") || accumulates && tensor.uses().len() == 1 && used_by_array(user.result(operand + user.num_results() - user.num_operands()))
    })
}

/// A fresh block that was not made for the destination.
fn may_copy(source: Value, target: Value) -> bool {
    source != target && is_new(source)
}

/// The assignment that is the only use of an op's only result.
fn destination(op: Op) -> Option<Op> {
    if !op.is("linalg.generic") || op.num_results() != 1 {
        return None;
    }
    match &op.result(0).uses()[..] {
        [(user, 0)] if user.is("bufferization.materialize_in_destination") && user.block() == op.block() => Some(*user),
        _ => None,
    }
}

/// The type of the array that a result becomes, as its users want it.
fn wanted_type<'c>(result: Value<'c>) -> Type<'c> {
    let open = |ty: &Type<'c>| MemRefType::try_from(*ty).is_ok_and(|m| (0..m.rank()).all(|axis| matches!(m.dim_size(axis), Ok(DimSize::Dynamic))));
    let wanted = result.uses().into_iter().find(|(user, _)| user.is("rt.array")).map(|(user, _)| user.result(0).ty()).filter(open);
    wanted.unwrap_or_else(|| {
        let tensor = RankedTensorType::try_from(result.ty()).expect("a tensor");
        let sizes = vec![i64::MIN; tensor.rank()];
        MemRefType::new(tensor.element(), &sizes, None, None).into()
    })
}

/// The array as another type of the same elements.
fn cast<'c>(b: &Builder<'c>, array: Value<'c>, ty: Type<'c>) -> Value<'c> {
    if array.ty() == ty { array } else { b.val("memref.cast", &[array], ty, &[]) }
}

fn internal(op: Op, message: impl Into<String>) -> Diagnostic {
    Diagnostic::at(ErrorClass::Internal, "internal-error", message, op.loc())
}
