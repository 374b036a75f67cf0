//! Arrays of a block and of a thread, and the addresses of elements.

use super::{Lowering, assembly, internal};
use crate::llvm_dialect::{Descriptor, LlvmOps, MemRef, array_type};
use crate::lower_runtime;
use crate::narrow_indices::NARROW;
use crate::range_analysis::width;
use crate::simt::CONSTANT;
use std::collections::HashSet;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Block, Builder, Op, Region, Type, TypeLike, Value};

/// The number that all copies of one `rt.scratch` have.
pub const ID: &str = "id";

/// How arrays of a block are aligned: several elements may be loaded at once.
const ALIGNMENT: i64 = 16;

const SHARED: i64 = 3;

const CONSTANT_SPACE: i64 = 4;

/// Bytes of constant memory that a module has.
const MOST_CONSTANT: i64 = 64 << 10;

/// All arrays of a size that the launch says are one memory.
const DYNAMIC: &str = "zouk_dynamic_shared";

impl<'c> Lowering<'c> {
    pub(super) fn scratch(&mut self, b: &Builder<'c>, op: Op<'c>) -> Result<Value<'c>, Diagnostic> {
        let memref = MemRef::new(op.result(0).ty()).ok_or_else(|| internal(op, "`rt.scratch` needs a ranked memref"))?;
        let mut dynamic = op.operands().into_iter();
        let sizes: Option<Vec<Value>> = memref.sizes.iter().map(|size| size.map_or_else(|| Some(b.index_cast(dynamic.next()?, b.i64())), |n| Some(b.c_i64(n)))).collect();
        let sizes = sizes.ok_or_else(|| internal(op, "`rt.scratch` needs a size for each dynamic extent"))?;
        let alignment = op.int_attr("alignment").unwrap_or(0).max(ALIGNMENT);
        let element = memref.machine_element(b.context);
        let data = match op.str_attr("space").unwrap_or_default() {
            "dynamic" => {
                self.global(DYNAMIC, array_type(b.int(8), 0), alignment, "external");
                address(b, DYNAMIC)
            }
            space => {
                let count = count(op, &memref).ok_or_else(|| internal(op, "`rt.scratch` needs constant sizes"))?;
                let ty = array_type(element, count as usize);
                if space == "local" { local(b, op, ty, alignment) } else { self.shared(b, op, ty, alignment) }
            }
        };
        let strides = memref.contiguous_strides(b, &sizes);
        Ok(b.cast(Descriptor::build(b, &memref, data, data, &sizes, &strides).value, memref.ty))
    }

    fn shared(&mut self, b: &Builder<'c>, op: Op<'c>, ty: Type<'c>, alignment: i64) -> Value<'c> {
        let known = op.int_attr(ID).and_then(|id| self.scratch.get(&id).cloned());
        let name = known.unwrap_or_else(|| {
            // As PTX allows it, which the symbols do not know of.
            let mut name = self.symbols.fresh("shared").replace('.', "_");
            while self.symbols.has(&name) {
                name = self.symbols.fresh("shared").replace('.', "_");
            }
            self.global(&name, ty, alignment, "internal");
            if let Some(id) = op.int_attr(ID) {
                self.scratch.insert(id, name.clone());
            }
            name
        });
        address(b, &name)
    }

    /// A constant array: in constant memory where the program asks for it and there is room.
    pub(super) fn constant(&mut self, b: &Builder<'c>, op: Op<'c>) -> Result<Value<'c>, Diagnostic> {
        let bytes = MemRef::new(op.result(0).ty()).and_then(|memref| {
            let count = op.attr("value").and_then(lower_runtime::constant_count)?;
            count.checked_mul(memref.item_size())
        });
        // Arrays begin at multiples of 64 bytes.
        let end = bytes.filter(|_| op.has_attr(CONSTANT)).and_then(|bytes| (self.constants + 63 & !63).checked_add(bytes)).filter(|end| *end <= MOST_CONSTANT);
        self.constants = end.unwrap_or(self.constants);
        lower_runtime::constant_array(b, op, &mut self.symbols, end.map(|_| CONSTANT_SPACE))
    }

    /// Shared memory of that name, unless it is there.
    fn global(&mut self, name: &str, ty: Type<'c>, alignment: i64, linkage: &str) {
        if self.symbols.has(name) {
            return;
        }
        self.symbols.note(name);
        let b = &self.symbols.b;
        let attrs = [
            ("sym_name", b.str(name)),
            ("global_type", b.ty_attr(ty)),
            ("linkage", b.parse_attr(&format!("#llvm.linkage<{linkage}>"))),
            ("addr_space", b.int_attr(b.int(32), SHARED)),
            ("alignment", b.int_attr(b.i64(), alignment)),
        ];
        b.op_with_regions("llvm.mlir.global", &[], &[], &attrs, &[Region::new()]);
    }

    /// The address of an element.
    pub(super) fn element(&self, b: &Builder<'c>, op: Op<'c>, array: Value<'c>, places: &[Value<'c>]) -> Result<Value<'c>, Diagnostic> {
        let memref = MemRef::new(array.ty()).ok_or_else(|| internal(op, format!("`{}` needs a ranked memref", op.name())))?;
        let descriptor = Descriptor::of(b, array).ok_or_else(|| internal(op, format!("`{}` needs a ranked memref", op.name())))?;
        let mut offset: Option<Value> = None;
        for (axis, place) in places.iter().enumerate() {
            let place = b.index_cast(*place, b.i64());
            let step = match memref.strides[axis] {
                Some(1) => place,
                Some(stride) => b.bin("arith.muli", place, b.c_i64(stride)),
                None => b.bin("arith.muli", place, b.extract_value(descriptor.value, &[4, axis as i64], b.i64())),
            };
            offset = Some(offset.map_or(step, |sum| b.bin("arith.addi", sum, step)));
        }
        let data = descriptor.data(b);
        Ok(offset.map_or(data, |offset| b.element_pointer(data, memref.machine_element(b.context), offset)))
    }

    /// A load or store of an element whose offset is a number of 32 bits.
    pub(super) fn narrow_access(&self, op: Op<'c>) -> Result<(), Diagnostic> {
        let first = usize::from(op.is("memref.store"));
        let (array, places) = (op.operand(first), &op.operands()[first + 1..]);
        let b = &Builder::before(op);
        let memref = MemRef::new(array.ty()).ok_or_else(|| internal(op, "a load needs a ranked memref"))?;
        let descriptor = Descriptor::of(b, array).ok_or_else(|| internal(op, "a load needs a ranked memref"))?;
        let element = memref.machine_element(b.context);
        if places.is_empty() || element != memref.element || element.is_index() {
            // Complex numbers are upstream's.
            op.remove_attr(NARROW);
            return Ok(());
        }
        let offset = self.offset(b, op, &memref, &descriptor, places);
        let mut pointer = b.element_pointer(descriptor.data(b), element, offset.changing);
        if offset.fixed != 0 {
            pointer = b.fixed_pointer(pointer, element, offset.fixed);
        }
        if first == 0 {
            op.result(0).replace_all_uses(b.load(element, pointer));
        } else {
            b.store(op.operand(0), pointer);
        }
        op.erase();
        Ok(())
    }

    /// How far an element is from the first. What is constant is apart, for the instruction that loads or stores. The product of an index that changes in a loop and a stride has 64 bits: LLVM makes
    /// a sum of it that goes along with the loop.
    fn offset(&self, b: &Builder<'c>, op: Op<'c>, memref: &MemRef<'c>, descriptor: &Descriptor<'c>, places: &[Value<'c>]) -> Offset<'c> {
        // Elements of the array are less than 2^31 elements away; there are no others.
        let exact = [("overflowFlags", b.parse_attr("#arith.overflow<nsw>"))];
        let narrow = b.int(32);
        let sum = |all: Option<Value<'c>>, more: Value<'c>| Some(all.map_or(more, |all| b.val("arith.addi", &[all, more], more.ty(), &exact)));
        let (mut fixed, mut short, mut long) = (0, None, None);
        for (axis, place) in places.iter().enumerate() {
            let place = narrow_index(b, *place);
            match memref.strides[axis] {
                Some(stride) => {
                    let (place, constant) = without_constant(b, place);
                    let apart = constant.checked_mul(stride).filter(|apart| (fixed + apart).abs() <= MOST_APART);
                    let place = if apart.is_some() { place } else { b.val("arith.addi", &[place, b.c_int(narrow, constant)], narrow, &exact) };
                    fixed += apart.unwrap_or(0);
                    short = sum(short, if stride == 1 { place } else { b.val("arith.muli", &[place, b.c_int(narrow, stride)], narrow, &exact) });
                }
                None => {
                    let stride = b.extract_value(descriptor.value, &[4, axis as i64], b.i64());
                    if changes(place, op) {
                        let place = b.val("arith.extsi", &[place], b.i64(), &[]);
                        long = sum(long, b.val("arith.muli", &[place, stride], b.i64(), &exact));
                    } else {
                        let stride = b.val("arith.trunci", &[stride], narrow, &[]);
                        short = sum(short, b.val("arith.muli", &[place, stride], narrow, &exact));
                    }
                }
            }
        }
        let changing = match (short, long) {
            (Some(short), None) => short,
            (None, Some(long)) => long,
            (Some(short), Some(long)) => {
                let short = b.val("arith.extsi", &[short], b.i64(), &[]);
                b.val("arith.addi", &[long, short], b.i64(), &exact)
            }
            (None, None) => b.c_int(narrow, 0),
        };
        Offset { changing, fixed: fixed as i32 }
    }

    /// A load or store of one element by an instruction that says how it is cached.
    pub(super) fn cached(&self, b: &Builder<'c>, op: Op<'c>, name: &str) -> Result<Vec<Value<'c>>, Diagnostic> {
        let (loads, hint) = (name.starts_with("ld"), &name[2..]);
        let operands = op.operands();
        let places = &operands[1..operands.len() - usize::from(!loads)];
        let pointer = self.element(b, op, operands[0], places)?;
        let element = if loads { op.result(0).ty() } else { operands[operands.len() - 1].ty() };
        let register = if element.is_f32() {
            ("f32", "f")
        } else if element.is_f16() {
            ("b16", "h")
        } else if element.is_f64() {
            ("f64", "d")
        } else {
            match MemRef::new(operands[0].ty()).map_or(0, |memref| memref.item_size()) {
                1 => ("b8", "h"),
                2 => ("b16", "h"),
                4 => ("b32", "r"),
                _ => ("b64", "l"),
            }
        };
        let (suffix, letter) = register;
        // A byte is held in a register of 16 bits.
        let wide = if suffix == "b8" { b.int(16) } else { element };
        if loads {
            let raw = assembly(b, &format!("ld.{hint}.{suffix} $0, [$1];"), &format!("={letter},l,~{{memory}}"), &[pointer], Some(wide), true).result(0);
            return Ok(vec![if wide == element { raw } else { b.val("arith.trunci", &[raw], element, &[]) }]);
        }
        let value = operands[operands.len() - 1];
        let value = if wide == element { value } else { b.val("arith.extui", &[value], wide, &[]) };
        assembly(b, &format!("st.{hint}.{suffix} [$0], $1;"), &format!("l,{letter},~{{memory}}"), &[pointer, value], None, true);
        Ok(vec![])
    }
}

/// Elements: what is computed, and a constant.
struct Offset<'c> {
    changing: Value<'c>,
    fixed: i32,
}

/// Launches with arrays so much below 2^31 are small that offsets fit without this constant, too.
const MOST_APART: i64 = 1 << 15;

/// A number as a sum of another and a constant, none of which wraps.
fn without_constant<'c>(b: &Builder<'c>, value: Value<'c>) -> (Value<'c>, i64) {
    let is_exact = |op: &Op| matches!(op.name(), "arith.addi" | "arith.subi") && op.attr("overflowFlags").is_some_and(|flags| flags.to_string().contains("nsw"));
    if let Some(constant) = Builder::constant_int(value) {
        return (b.c_int(b.int(32), 0), constant);
    }
    let constant = |op: Op<'c>| Builder::constant_int(op.operand(1)).map(|constant| (op.operand(0), if op.is("arith.addi") { constant } else { -constant }));
    value.def().filter(is_exact).and_then(constant).unwrap_or((value, 0))
}

/// Whether a value is computed anew in each iteration of the innermost loop around an op. Loops are blocks by now.
fn changes(value: Value, op: Op) -> bool {
    let Some(block) = op.block() else { return false };
    let cycle = cycle(block);
    value.parent_block().is_some_and(|made| cycle.contains(&made))
}

/// The blocks that a block leads to and that lead to it; none where it is in no loop.
fn cycle<'c>(block: Block<'c>) -> HashSet<Block<'c>> {
    let reached = |next: &dyn Fn(Block<'c>) -> Vec<Block<'c>>| {
        let (mut seen, mut to_do) = (HashSet::new(), next(block));
        while let Some(at) = to_do.pop() {
            if seen.insert(at) {
                to_do.extend(next(at));
            }
        }
        seen
    };
    let after = reached(&|at| at.terminator().map(|terminator| terminator.successors()).unwrap_or_default());
    let before = reached(&|at| at.predecessors());
    after.into_iter().filter(|at| before.contains(at)).collect()
}

/// An index as the number of 32 bits that it is known to be.
fn narrow_index<'c>(b: &Builder<'c>, place: Value<'c>) -> Value<'c> {
    if let Some(constant) = Builder::constant_int(place) {
        return b.c_int(b.int(32), constant);
    }
    let is_cast = |op: &Op| matches!(op.name(), "arith.index_cast" | "arith.index_castui" | "arith.extsi" | "arith.extui");
    let from = |value: &Value<'c>| value.def().filter(is_cast).map(|op| op.operand(0)).filter(|from| width(from.ty()) >= Some(32));
    let narrow = std::iter::successors(Some(place), from).find(|value| value.ty() == b.int(32));
    narrow.unwrap_or_else(|| b.index_cast(place, b.int(32)))
}

/// The number of elements, when it is known.
fn count(op: Op, memref: &MemRef) -> Option<i64> {
    let mut given = op.operands().into_iter();
    memref.sizes.iter().try_fold(1i64, |count, size| {
        let size = match size {
            Some(size) => *size,
            None => Builder::constant_int(given.next()?)?,
        };
        count.checked_mul(size)
    })
}

/// The generic address of shared memory.
fn address<'c>(b: &Builder<'c>, name: &str) -> Value<'c> {
    let shared = melior::dialect::llvm::r#type::pointer(b.context, 3);
    let global = b.val("llvm.mlir.addressof", &[], shared, &[("global_name", b.symbol(name))]);
    b.val("llvm.addrspacecast", &[global], b.ptr(), &[])
}

/// Memory of the function, reserved where it begins.
fn local<'c>(b: &Builder<'c>, op: Op<'c>, ty: Type<'c>, alignment: i64) -> Value<'c> {
    let mut function = op.parent();
    while let Some(inner) = function.filter(|f| !matches!(f.name(), "gpu.func" | "func.func" | "llvm.func")) {
        function = inner.parent();
    }
    let first = function.and_then(|f| f.region(0).first_block()).and_then(|block| block.first());
    let entry = first.map_or_else(|| Builder::before(op), Builder::before);
    let one = entry.constant(b.i64(), 1);
    entry.val("llvm.alloca", &[one], b.ptr(), &[("elem_type", b.ty_attr(ty)), ("alignment", b.int_attr(b.i64(), alignment))])
}
