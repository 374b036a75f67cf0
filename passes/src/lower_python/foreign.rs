//! Functions of C and of a GPU, blocks that the interpreter runs, and memory that C gives the address of.

use super::{CALL_ENTRY, Lower};
use super::control_flow::parts_of;
use crate::foreign::{self, ARGUMENTS, FOREIGN};
use crate::functions::Val;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Attribute, Op, Type, Value};
use zouk_dialects::ty::{Array, Layout, Ty};

/// Whether the C of this machine passes a `float complex` in one register.
const PACKED: bool = cfg!(target_arch = "x86_64");

impl<'c> Lower<'c> {
    pub(super) fn call_foreign(&mut self, op: Op<'c>, name: &str, operands: &[Val<'c>], result: &Ty) -> Result<Val<'c>, Diagnostic> {
        if name.starts_with(foreign::PYTHON) {
            return Ok(self.call_block(name, operands, result));
        }
        let (parameters, _) = foreign::signature(self.module, name).ok_or_else(|| self.internal(format!("{name} is not declared")))?;
        let on_device = name.starts_with(foreign::DEVICE);
        if on_device && self.module.str_attr("zouk.simt") != Some("cuda") {
            let message = format!("{}() is code of a GPU: the driver links it with kernels, and the CPU has none", foreign::display(name));
            return Err(Diagnostic::at(ErrorClass::Unsupported, "kernel-unsupported", message, op.loc()).help("run the kernel on a GPU"));
        }
        let mut arguments = vec![];
        for (i, parameter) in parameters.iter().enumerate() {
            self.b.set_loc(op.operand(i + 1).loc());
            let value = self.cast(&operands[i], parameter);
            arguments.extend(if on_device { value.parts.clone() } else { self.to_c(&value) });
        }
        self.b.set_loc(op.loc());
        if on_device {
            let results = self.call_outside(name, &arguments, &self.expand(result), &[]);
            return Ok(self.val(result.clone(), results));
        }
        let results = self.call_outside(name, &arguments, &self.c_results(result), &[]);
        let parts = self.from_c(&results, result);
        Ok(self.val(result.clone(), parts))
    }

    /// The statements under `with objmode(…)`: the body of the function that is declared here is made with the entry points.
    pub(crate) fn call_block(&mut self, name: &str, operands: &[Val<'c>], result: &Ty) -> Val<'c> {
        let types: Vec<String> = operands.iter().map(|value| value.ty.to_string()).collect();
        let unique = format!("{name}({})", types.join(", "));
        let attrs = [
            (ARGUMENTS, self.b.str_array(&types.iter().map(String::as_str).collect::<Vec<_>>())),
            ("py.result", self.b.str(&result.to_string())),
            ("zouk.python", self.b.str(name)),
            ("zouk.raises", self.b.unit()),
        ];
        let results = self.call_outside(&unique, &parts_of(operands), &self.expand(result), &attrs);
        self.val(result.clone(), results)
    }

    /// As `call_address`, where arrays are among the arguments or the results: how these lie in slots is known when the body of what is declared here is made.
    pub(super) fn call_with_arrays(&mut self, function: &Val<'c>, arguments: &[Val<'c>], result: &Ty) -> Val<'c> {
        let given = [&[function.clone()], arguments].concat();
        let types: Vec<String> = given.iter().map(|value| value.ty.to_string()).collect();
        let attrs = [
            (ARGUMENTS, self.b.str_array(&types.iter().map(String::as_str).collect::<Vec<_>>())),
            ("py.result", self.b.str(&result.to_string())),
            ("zouk.raises", self.b.unit()),
        ];
        let results = self.call_outside(&format!("{CALL_ENTRY}({})", types.join(", ")), &parts_of(&given), &self.expand(result), &attrs);
        self.val(result.clone(), results)
    }

    fn call_outside(&mut self, symbol: &str, arguments: &[Value<'c>], results: &[Type<'c>], attrs: &[(&'static str, Attribute<'c>)]) -> Vec<Value<'c>> {
        let nounwind = ("passthrough", self.b.str_array(&["nounwind"]));
        let all: Vec<_> = [nounwind, (FOREIGN, self.b.unit())].into_iter().chain(attrs.iter().copied()).collect();
        self.declare(symbol, arguments, results, &all);
        self.b.op("func.call", arguments, results, &[("callee", self.b.symbol(symbol))]).results()
    }

    /// As C passes arguments: small integers extended.
    fn to_c(&self, value: &Val<'c>) -> Vec<Value<'c>> {
        let (b, i32_type) = (&self.b, self.b.int(32));
        match &value.ty {
            Ty::Bool => vec![b.val("arith.extui", &value.parts, i32_type, &[])],
            Ty::Int { bits: ..32, signed } => vec![b.val(if *signed { "arith.extsi" } else { "arith.extui" }, &value.parts, i32_type, &[])],
            Ty::Complex(32) if PACKED => {
                let half = |part: Value<'c>| b.val("arith.extui", &[b.val("arith.bitcast", &[part], i32_type, &[])], b.i64(), &[]);
                let high = b.bin("arith.shli", half(value.parts[1]), b.c_i64(32));
                let both = b.bin("arith.ori", half(value.parts[0]), high);
                vec![b.val("arith.bitcast", &[both], b.f64(), &[])]
            }
            _ => value.parts.clone(),
        }
    }

    fn c_results(&self, ty: &Ty) -> Vec<Type<'c>> {
        match ty {
            Ty::Bool => vec![self.b.int(8)],
            Ty::Complex(32) if PACKED => vec![self.b.f64()],
            other => self.expand(other),
        }
    }

    fn from_c(&self, results: &[Value<'c>], ty: &Ty) -> Vec<Value<'c>> {
        let b = &self.b;
        match ty {
            Ty::Bool => vec![b.cmpi("ne", results[0], b.c_int(b.int(8), 0))],
            Ty::Complex(32) if PACKED => {
                let both = b.val("arith.bitcast", results, b.i64(), &[]);
                let part = |bits: Value<'c>| b.val("arith.bitcast", &[b.val("arith.trunci", &[bits], b.int(32), &[])], b.f32(), &[]);
                vec![part(both), part(b.bin("arith.shrui", both, b.c_i64(32)))]
            }
            _ => results.to_vec(),
        }
    }

    /// What C calls a pointer, as a number.
    pub fn address(&mut self, value: &Val<'c>) -> Value<'c> {
        match &value.ty {
            Ty::None => self.b.c_i64(0),
            Ty::Ctypes(_) | Ty::Array(_) => self.b.val("rt.address", &value.parts, self.b.i64(), &[]),
            Ty::Int { .. } => self.convert(value.parts[0], &value.ty, &Ty::U64),
            _ => value.parts[0],
        }
    }

    /// An array of these sizes (indices) over memory at an address, packed in the layout of its type.
    pub fn array_at(&self, address: Value<'c>, array: Array, dims: &[Value<'c>]) -> Val<'c> {
        let strides = self.packed_strides_of(&array, dims, array.layout != Layout::F);
        let bytes = array.bytes().map(|n| self.b.c_index(n as i64));
        let one = self.b.c_index(1);
        let last = |value| if bytes.is_some() { vec![value] } else { vec![] };
        let operands = [&[address], dims, &last(bytes.unwrap_or(one)), &strides, &last(one)].concat();
        let view = self.b.val("rt.foreign", &operands, self.memref(&array), &[]);
        self.val(Ty::Array(array), vec![view])
    }

    /// What lies at a place of a pointer, as an array without axes.
    pub(super) fn place_of(&mut self, pointer: &Val<'c>, index: &Val<'c>) -> Result<Val<'c>, Diagnostic> {
        let Ty::Pointer(to) = &pointer.ty else { return Err(self.internal(format!("{} is no pointer", pointer.ty))) };
        let size = to.item_size().ok_or_else(|| self.unsupported(format!("{} has no elements", pointer.ty.user_name())))?;
        let index = self.convert(index.parts[0], &index.ty, if index.ty.is_signed() { &Ty::I64 } else { &Ty::U64 });
        let offset = self.b.bin("arith.muli", index, self.b.c_i64(size as i64));
        let address = self.b.bin("arith.addi", pointer.parts[0], offset);
        let Ty::Array(array) = Ty::array((**to).clone(), 0, Layout::C) else { return Err(self.internal("an array type")) };
        Ok(self.array_at(address, array, &[]))
    }
}
