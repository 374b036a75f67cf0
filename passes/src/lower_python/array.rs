//! Arrays: sizes, strides, elements, new blocks, views.

use super::Lower;
use crate::functions::Val;
use zouk_dialects::ir::{Attribute, Region, Type, Value};
use zouk_dialects::ty::{Array, Layout, Ty};

impl<'c> Lower<'c> {
    /// The array type of a value. Panics when it is none.
    pub fn array_ty<'a>(&self, array: &'a Val<'c>) -> &'a Array {
        array.ty.as_array().unwrap_or_else(|| panic!("{} is no array", array.ty))
    }

    /// The size of one axis, an index.
    pub fn dim(&self, array: &Val<'c>, axis: usize) -> Value<'c> {
        let axis = self.b.c_index(axis as i64);
        self.b.val("memref.dim", &[array.parts[0], axis], self.b.index(), &[])
    }

    /// The sizes of all axes, indices.
    pub fn dims(&self, array: &Val<'c>) -> Vec<Value<'c>> {
        (0..self.array_ty(array).rank).map(|axis| self.dim(array, axis)).collect()
    }

    /// The strides of all axes in elements, indices; of elements that are bytes, in bytes.
    pub fn strides(&self, array: &Val<'c>) -> Vec<Value<'c>> {
        let ty = self.array_ty(array);
        match ty.layout {
            Layout::C => self.packed_strides_of(ty, &self.dims(array), true),
            Layout::F => self.packed_strides_of(ty, &self.dims(array), false),
            Layout::A => {
                let (rank, index) = (ty.rank, self.b.index());
                let bytes = ty.bytes().is_some();
                let element = if bytes { self.b.int(8) } else { self.element(&ty.element) };
                let base = zouk_dialects::ir::MemRefType::new(element, &[], None, None);
                let axes = rank + bytes as usize;
                let results: Vec<_> = [base.into(), index].into_iter().chain(vec![index; 2 * axes]).collect();
                let op = self.b.op("memref.extract_strided_metadata", &array.parts, &results, &[]);
                (0..rank).map(|i| op.result(2 + axes + i)).collect()
            }
        }
    }

    /// The strides of packed elements in C order, or else in Fortran order.
    pub fn packed_strides(&self, dims: &[Value<'c>], c_order: bool) -> Vec<Value<'c>> {
        self.packed_strides_by(dims, c_order, 1)
    }

    /// As `packed_strides`, in what the strides of such an array are counted in.
    pub fn packed_strides_of(&self, array: &Array, dims: &[Value<'c>], c_order: bool) -> Vec<Value<'c>> {
        self.packed_strides_by(dims, c_order, array.bytes().unwrap_or(1) as i64)
    }

    /// As `packed_strides`, with so much from one element to the next.
    pub fn packed_strides_by(&self, dims: &[Value<'c>], c_order: bool, unit: i64) -> Vec<Value<'c>> {
        let mut stride = self.b.c_index(unit);
        let mut strides = vec![stride; dims.len()];
        let axes: Vec<usize> = if c_order { (0..dims.len()).rev().collect() } else { (0..dims.len()).collect() };
        for (i, axis) in axes.iter().enumerate() {
            strides[*axis] = stride;
            if i + 1 < axes.len() {
                stride = self.b.bin("arith.muli", stride, dims[*axis]);
            }
        }
        strides
    }

    /// The number of elements, an index.
    pub fn size(&self, array: &Val<'c>) -> Value<'c> {
        self.dims(array).into_iter().reduce(|a, b| self.b.bin("arith.muli", a, b)).unwrap_or_else(|| self.b.c_index(1))
    }

    /// The element at indices that are in bounds.
    pub fn load(&mut self, array: &Val<'c>, indices: &[Value<'c>]) -> Val<'c> {
        if self.array_ty(array).bytes().is_some() {
            return self.load_bytes(array, indices);
        }
        let element = (*self.array_ty(array).element).clone();
        let operands = [&[array.parts[0]], indices].concat();
        let raw = self.b.val("memref.load", &operands, self.element(&element), &[]);
        self.from_memory(raw, &element)
    }

    /// The scalar that an element in memory stands for.
    pub fn from_memory(&mut self, raw: Value<'c>, dtype: &Ty) -> Val<'c> {
        let parts = match dtype {
            Ty::Bool => vec![self.b.cmpi("ne", raw, self.b.c_int(raw.ty(), 0))],
            Ty::Complex(bits) => {
                let part = self.scalar(&Ty::Float(*bits));
                vec![self.b.val("complex.re", &[raw], part, &[]), self.b.val("complex.im", &[raw], part, &[])]
            }
            _ => vec![raw],
        };
        self.val(dtype.clone(), parts)
    }

    /// The element in memory for a scalar.
    pub fn to_memory(&self, item: &Val<'c>) -> Value<'c> {
        let ty = self.element(&item.ty);
        match &item.ty {
            Ty::Bool => self.b.val("arith.extui", &item.parts, ty, &[]),
            Ty::Complex(_) => self.b.val("complex.create", &item.parts, ty, &[]),
            _ => item.parts[0],
        }
    }

    /// Stores an item, converted to the element type, at indices that are in bounds.
    pub fn store(&mut self, array: &Val<'c>, indices: &[Value<'c>], item: &Val<'c>) {
        if self.array_ty(array).bytes().is_some() {
            return self.store_bytes(array, indices, item);
        }
        let element = (*self.array_ty(array).element).clone();
        let item = self.cast(item, &element);
        let raw = self.to_memory(&item);
        let operands = [&[raw, array.parts[0]], indices].concat();
        self.b.op("memref.store", &operands, &[], &[]);
    }

    /// A new array of these sizes (indices). Raises ValueError on a negative size, MemoryError when there is no room.
    pub fn alloc(&mut self, array: Array, dims: &[Value<'c>], zeroed: bool) -> Val<'c> {
        let ty = self.memref(&array);
        let mut attrs = self.dtype_attr(&array);
        if zeroed {
            attrs.push(("zeroed", self.b.unit()));
        }
        let block = self.b.val("rt.alloc", dims, ty, &attrs);
        self.val(Ty::Array(array), vec![block])
    }

    /// A new array of the elements of a tensor.
    pub fn array_of_tensor(&self, tensor: Value<'c>, array: &Array) -> Value<'c> {
        self.b.val("rt.array", &[tensor], self.memref(array), &self.dtype_attr(array))
    }

    /// The dtype, for the text of a MemoryError: where the type of elements in memory says another one, or none.
    fn dtype_attr(&self, array: &Array) -> Vec<(&'static str, Attribute<'c>)> {
        let plain = array.element.is_float() || array.element.is_complex() || array.element.is_signed();
        let name = match &*array.element {
            Ty::Record(record) => Some(format!("V{}", record.of.size)),
            element => element.numpy_name(),
        };
        name.filter(|_| !plain).map(|name| ("dtype", self.b.str(&name))).into_iter().collect()
    }

    /// Other sizes and strides over the same block, `offset` elements (or bytes, where the base's elements are bytes) further on; nothing is checked.
    /// All are indices, strides as `strides` gives them.
    pub fn view(&mut self, base: &Val<'c>, array: Array, offset: Value<'c>, dims: &[Value<'c>], strides: &[Value<'c>]) -> Val<'c> {
        let ty = self.memref(&array);
        let (bytes, one) = (array.bytes().map(|n| self.b.c_index(n as i64)), self.b.c_index(1));
        let last = |value| if bytes.is_some() { vec![value] } else { vec![] };
        let operands = [&[base.parts[0], offset], dims, &last(bytes.unwrap_or(one)), strides, &last(one)].concat();
        let from_bytes = bytes.is_none() && super::is_bytes(&base.ty);
        let unit = self.b.unit();
        let attrs: &[_] = if from_bytes { &[("bytes", unit)] } else { &[] };
        let view = self.b.val("rt.view", &operands, ty, attrs);
        self.val(Ty::Array(array), vec![view])
    }

    /// Runs the body for every index tuple of a box of these sizes, last axis innermost.
    pub fn for_each(&mut self, dims: &[Value<'c>], body: &mut dyn FnMut(&mut Self, &[Value<'c>])) {
        let mut indices = vec![];
        self.for_each_axis(dims, &mut indices, body)
    }

    fn for_each_axis(&mut self, dims: &[Value<'c>], indices: &mut Vec<Value<'c>>, body: &mut dyn FnMut(&mut Self, &[Value<'c>])) {
        let Some((&dim, rest)) = dims.split_first() else { return body(self, indices) };
        let (zero, one) = (self.b.c_index(0), self.b.c_index(1));
        self.scf_for(zero, dim, one, &[], &mut |l, i, _| {
            indices.push(i);
            l.for_each_axis(rest, indices, body);
            indices.pop();
            vec![]
        });
    }

    /// `scf.for` over indices with carried values; the body returns the next ones. Gives the final ones.
    pub fn scf_for(
        &mut self,
        from: Value<'c>,
        to: Value<'c>,
        step: Value<'c>,
        inits: &[Value<'c>],
        body: &mut dyn FnMut(&mut Self, Value<'c>, &[Value<'c>]) -> Vec<Value<'c>>,
    ) -> Vec<Value<'c>> {
        let loc = self.b.loc();
        let region = Region::new();
        let arguments: Vec<_> = [(from.ty(), loc)].into_iter().chain(inits.iter().map(|v| (v.ty(), loc))).collect();
        let block = region.add_block(&arguments);
        let here = self.b.block();
        self.b.set_end(block);
        let args = block.args();
        let next = body(self, args[0], &args[1..]);
        self.b.op("scf.yield", &next, &[], &[]);
        self.b.set_end(here);
        let operands = [&[from, to, step], inits].concat();
        let types: Vec<_> = inits.iter().map(|v| v.ty()).collect();
        self.b.op_with_regions("scf.for", &operands, &types, &[], &[region]).results()
    }

    /// `scf.if`; both branches give the parts of the result.
    pub fn scf_if(&mut self, condition: Value<'c>, then: &mut dyn FnMut(&mut Self) -> Vec<Value<'c>>, otherwise: &mut dyn FnMut(&mut Self) -> Vec<Value<'c>>) -> Vec<Value<'c>> {
        let (then, types) = self.scf_region(then);
        let (otherwise, _) = self.scf_region(otherwise);
        self.b.op_with_regions("scf.if", &[condition], &types, &[], &[then, otherwise]).results()
    }

    /// A region that yields what the closure gives, and the types of that.
    fn scf_region(&mut self, build: &mut dyn FnMut(&mut Self) -> Vec<Value<'c>>) -> (Region<'c>, Vec<Type<'c>>) {
        let region = Region::new();
        let here = self.b.block();
        self.b.set_end(region.add_block(&[]));
        let values = build(self);
        self.b.op("scf.yield", &values, &[], &[]);
        self.b.set_end(here);
        (region, values.iter().map(|v| v.ty()).collect())
    }

    /// Raises the exception unless the condition holds: one op until the `llvm` stage.
    pub fn check(&self, condition: Value<'c>, exception: &str, message: &str) {
        self.b.op("rt.check", &[condition], &[], &[("exception", self.b.str(exception)), ("message", self.b.str(message))]);
    }

    /// Raises; what follows is not reached but must still be well-formed (use `fillers` for values).
    pub fn raise(&self, exception: &str, message: &str) {
        self.b.op("rt.raise", &[], &[], &[("exception", self.b.str(exception)), ("message", self.b.str(message))]);
    }

    /// Normalises a Python index (index type) into `[0, size)`: negative ones wrap, others raise IndexError.
    pub fn index(&self, position: Value<'c>, size: Value<'c>, message: &str) -> Value<'c> {
        self.index_op(position, size, true, message)
    }

    /// As `index`; negative places are outside too unless it `wraps`.
    pub fn index_op(&self, position: Value<'c>, size: Value<'c>, wraps: bool, message: &str) -> Value<'c> {
        let unit = self.b.unit();
        let mut attrs = vec![("message", self.b.str(message))];
        if wraps {
            attrs.push(("wraps", unit));
        }
        if self.settings.boundscheck {
            attrs.push(("checked", unit));
        }
        self.b.val("rt.index", &[position, size], self.b.index(), &attrs)
    }

    /// `if array:`: the only element's truth; other sizes raise as NumPy does.
    pub fn array_truth(&mut self, array: &Val<'c>) -> Value<'c> {
        let size = self.size(array);
        let one = self.b.c_index(1);
        let single = self.b.cmpi("eq", size, one);
        self.check(single, "ValueError", "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()");
        let zeros = vec![self.b.c_index(0); self.array_ty(array).rank];
        let element = self.load(array, &zeros);
        self.truth(&element)
    }

    /// The number of items of `range(start, stop, step)`, an i64 to be read as unsigned; the step is not zero.
    pub fn range_length(&mut self, range: &Val<'c>) -> Value<'c> {
        let Ty::Range(inner) = &range.ty else { panic!("{} is no range", range.ty) };
        let inner = (**inner).clone();
        let [start, stop, step]: [Value<'c>; 3] = std::array::from_fn(|i| self.convert(range.parts[i], &inner, &Ty::I64));
        let unsigned = !inner.is_signed();
        let b = &self.b;
        let (zero, one) = (b.c_i64(0), b.c_i64(1));
        let up = if unsigned { b.c_bool(true) } else { b.cmpi("sgt", step, zero) };
        let (low, high) = (b.select(up, start, stop), b.select(up, stop, start));
        let distance = b.bin("arith.subi", high, low);
        let stride = b.select(up, step, b.bin("arith.subi", zero, step));
        // ceil(distance / stride) of a positive distance, in unsigned arithmetic: it may exceed 2^63.
        let count = b.bin("arith.addi", b.bin("arith.divui", b.bin("arith.subi", distance, one), stride), one);
        let some = b.cmpi(if unsigned { "ult" } else { "slt" }, low, high);
        b.select(some, count, zero)
    }
}
