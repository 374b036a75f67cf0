//! The memory of threads and blocks: places of values, shared and local arrays.

use super::Fission;
use super::thread::Thread;
use crate::llvm_dialect::MemRef;
use crate::watch_kernels::say;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Builder, MemRefType, Op, Region, Type, TypeLike, Value};

/// An array with a place for each thread.
#[derive(Clone, Copy)]
pub struct Slot<'c> {
    pub array: Value<'c>,
    ty: Type<'c>,
}

impl<'c> Slot<'c> {
    /// None for what no array has as elements.
    pub fn new(b: &Builder<'c>, count: Value<'c>, ty: Type<'c>) -> Option<Self> {
        let element = match ty {
            _ if ty == b.i1() => b.int(8),
            _ if ty.is_index() => b.i64(),
            _ if ty.is_mem_ref() || ty.is_tensor() => return None,
            _ => ty,
        };
        Some(Slot { array: b.val("rt.alloc", &[count], memory_type(element), &[]), ty })
    }

    pub fn put(&self, b: &Builder<'c>, at: Value<'c>, value: Value<'c>) {
        let kept = match self.ty {
            ty if ty == b.i1() => b.val("arith.extui", &[value], b.int(8), &[]),
            ty if ty.is_index() => b.index_cast(value, b.i64()),
            _ => value,
        };
        b.op("memref.store", &[kept, self.array, at], &[], &[]);
    }

    pub fn get(&self, b: &Builder<'c>, at: Value<'c>) -> Value<'c> {
        let element = match self.ty {
            ty if ty == b.i1() => b.int(8),
            ty if ty.is_index() => b.i64(),
            ty => ty,
        };
        let kept = b.val("memref.load", &[self.array, at], element, &[]);
        match self.ty {
            ty if ty == b.i1() => b.cmpi("ne", kept, b.c_int(element, 0)),
            ty if ty.is_index() => b.index_cast(kept, b.index()),
            _ => kept,
        }
    }

    /// Of a number without a fraction.
    pub fn clear(&self, b: &Builder<'c>, at: Value<'c>) {
        let zero = b.c_int(self.ty, 0);
        self.put(b, at, zero);
    }
}

impl<'c> Fission<'c> {
    /// The place that every thread has for a value.
    pub(super) fn slot(&mut self, value: Value<'c>) -> Result<Slot<'c>, Diagnostic> {
        if let Some(slot) = self.slots.get(&value) {
            return Ok(*slot);
        }
        let slot = self.fresh(value.ty(), value)?;
        self.slots.insert(value, slot);
        Ok(slot)
    }

    pub(super) fn fresh(&mut self, ty: Type<'c>, of: Value<'c>) -> Result<Slot<'c>, Diagnostic> {
        let b = Builder::before(self.room);
        Slot::new(&b, self.launch.count, ty).ok_or_else(|| {
            let message = "a name that is another array in each thread cannot be kept while the threads of the block wait for each other";
            Diagnostic::at(ErrorClass::Unsupported, "kernel-unsupported", message, of.loc()).help("take the part of the array after the barrier")
        })
    }

    pub(super) fn marks(&mut self) -> Slot<'c> {
        let b = Builder::before(self.room);
        Slot::new(&b, self.launch.count, b.i1()).expect("bits have an array")
    }

    /// Whether a thread has the mark; code that runs once for all.
    pub(super) fn any(&self, marks: Slot<'c>) -> Value<'c> {
        let b = &self.b;
        let region = Region::new();
        let body = region.add_block(&[(b.index(), b.loc()), (b.i1(), b.loc())]);
        b.within(body, || {
            let mark = marks.get(b, body.arg(0));
            let next = b.bin("arith.ori", body.arg(1), mark);
            b.op("scf.yield", &[next], &[], &[]);
        });
        let operands = [b.c_index(0), self.launch.count, b.c_index(1), b.c_bool(false)];
        b.op_with_regions("scf.for", &operands, &[b.i1()], &[], &[region]).result(0)
    }

    /// An array of the block: `dynamic` ones are all of one memory.
    pub(super) fn scratch_of_block(&mut self, op: Op<'c>) -> Result<Value<'c>, Diagnostic> {
        let b = Builder::before(self.room);
        b.set_loc(op.loc());
        if op.str_attr("space") != Some("dynamic") {
            let sizes = constants(&b, op)?;
            let array = b.val("rt.alloc", &sizes, op.result(0).ty(), &[]);
            let (item, fixed) = MemRef::new(array.ty()).map_or((1, vec![]), |memref| (memref.item_size(), fixed(&memref)));
            let item = b.c_index(item * fixed.iter().product::<i64>());
            self.watch_unwritten(&b, array, sizes.iter().copied().fold(item, |bytes, size| b.bin("arith.muli", bytes, size)));
            return Ok(array);
        }
        let bytes = self.launch.dynamic;
        let memory = match self.dynamic {
            Some(memory) => memory,
            None => {
                let memory = b.val("rt.alloc", &[bytes], memory_type(b.int(8)), &[]);
                self.watch_unwritten(&b, memory, bytes);
                memory
            }
        };
        self.dynamic = Some(memory);
        Ok(dynamic_view(&b, memory, bytes, op))
    }

    /// In debug mode: shared memory that nobody has written.
    fn watch_unwritten(&self, b: &Builder<'c>, array: Value<'c>, bytes: Value<'c>) {
        if self.launch.watched {
            let start = b.val("memref.extract_aligned_pointer_as_index", &[array], b.index(), &[]);
            say(b, "zouk_kernel_shares", &[b.index_cast(start, b.i64()), b.index_cast(bytes, b.i64())]);
        }
    }

    /// The thread's part, or its block's, of memory that all have together.
    pub(super) fn own_scratch(&mut self, thread: &Thread<'c>, op: Op<'c>) -> Result<Value<'c>, Diagnostic> {
        let memref = MemRef::new(op.result(0).ty()).ok_or_else(|| Diagnostic::at(ErrorClass::Internal, "stray-op", "`rt.scratch` needs a ranked memref", op.loc()))?;
        let before = Builder::before(self.room);
        before.set_loc(op.loc());
        let (number, copies) = match op.str_attr("space") {
            Some("local") => (thread.linear, self.launch.count),
            _ => (thread.block, self.launch.of_grid),
        };
        if op.str_attr("space") == Some("dynamic") {
            let bytes = self.launch.dynamic;
            let memory = *self.dynamic.get_or_insert_with(|| before.val("rt.alloc", &[before.bin("arith.muli", copies, bytes)], memory_type(before.int(8)), &[]));
            let b = &thread.b;
            let part = b.val("rt.view", &[memory, b.bin("arith.muli", number, bytes), bytes, b.c_index(1)], memory.ty(), &[]);
            return Ok(dynamic_view(b, part, bytes, op));
        }
        // Behind the program's axes, the bytes of a record.
        let sizes: Vec<Value> = constants(&before, op)?.into_iter().chain(fixed(&memref).into_iter().map(|n| before.c_index(n))).collect();
        let length = sizes.iter().copied().fold(before.c_index(1), |product, size| before.bin("arith.muli", product, size));
        let memory = *self.scratch.entry(op).or_insert_with(|| {
            let whole = before.bin("arith.muli", length, copies);
            before.val("rt.alloc", &[whole], memory_type(memref.element), &[])
        });
        let b = &thread.b;
        let mut shape = vec![memory, b.bin("arith.muli", number, length)];
        shape.extend(&sizes);
        let strides = (0..sizes.len()).map(|axis| sizes[axis + 1..].iter().copied().fold(b.c_index(1), |product, size| b.bin("arith.muli", product, size)));
        shape.extend(strides.collect::<Vec<_>>());
        Ok(b.val("rt.view", &shape, memref.ty, &[]))
    }
}

/// `bytes` of memory as the array that the op asks for: as many elements of the first axis as there is room for.
fn dynamic_view<'c>(b: &Builder<'c>, memory: Value<'c>, bytes: Value<'c>, op: Op<'c>) -> Value<'c> {
    let ty = op.result(0).ty();
    let (item, fixed) = MemRef::new(ty).map_or((1, vec![]), |memref| (memref.item_size(), fixed(&memref)));
    let length = b.bin("arith.divui", bytes, b.c_index(item * fixed.iter().product::<i64>()));
    let strides: Vec<i64> = (0..=fixed.len()).map(|axis| fixed[axis..].iter().product()).collect();
    let shape: Vec<Value> = [length].into_iter().chain(fixed.iter().chain(&strides).map(|n| b.c_index(*n))).collect();
    b.val("rt.view", &[&[memory, b.c_index(0)], &shape[..]].concat(), ty, &[])
}

/// The sizes that the type says.
fn fixed(memref: &MemRef) -> Vec<i64> {
    memref.sizes.iter().copied().flatten().collect()
}

/// The sizes of an array, which are constants.
fn constants<'c>(b: &Builder<'c>, op: Op<'c>) -> Result<Vec<Value<'c>>, Diagnostic> {
    let size = |value: Value<'c>| Builder::constant_int(value).map(|n| b.c_index(n));
    let sizes: Option<Vec<Value<'c>>> = op.operands().into_iter().map(size).collect();
    sizes.ok_or_else(|| {
        let message = format!("the shape of a {} array must be a constant", op.str_attr("space").unwrap_or_default());
        Diagnostic::at(ErrorClass::Typing, "kernel-unsupported", message, op.loc())
    })
}

pub fn memory_type<'c>(element: Type<'c>) -> Type<'c> {
    MemRefType::new(element, &[i64::MIN], None, None).into()
}
