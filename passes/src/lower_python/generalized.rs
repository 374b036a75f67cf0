//! Calls of functions under `@guvectorize`: a loop over what the operands have beside their core dimensions, with a call for views of these.

use super::Lower;
use super::elementwise::{Source, same_size, shape_text};
use crate::functions::Val;
use crate::infer_types::generalized::{LAYOUT, NAME};
use crate::infer_types::vectorized::{CALLEE, TYPES};
use crate::layout::CoreLayout;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Op, Value};
use zouk_dialects::ty::{Array, Layout, Ty};

/// An operand, its sizes and strides split into those of the loop and of the core.
struct Part<'c> {
    value: Val<'c>,
    outer: Vec<Value<'c>>,
    core: Vec<Value<'c>>,
    strides: Vec<Value<'c>>,
}

impl<'c> Lower<'c> {
    pub(super) fn call_generalized(&mut self, op: Op<'c>, arguments: &[Val<'c>], result: &Ty) -> Result<Val<'c>, Diagnostic> {
        let types = op.str_array_attr(TYPES).into_iter().map(|text| text.parse::<Ty>()).collect::<Result<Vec<_>, _>>();
        let mut taken = types.map_err(|e| self.internal(e.to_string()))?;
        let (Some(returned), Some(callee), Some(text)) = (taken.pop(), op.attr(CALLEE), op.str_attr(LAYOUT)) else {
            return Err(self.internal("a call of no function"));
        };
        let layout = CoreLayout::new(text);
        let mut parts: Vec<Part<'c>> = arguments.iter().zip(&layout.operands).map(|(value, core)| self.core_part(value, core.len())).collect();
        for (part, ty) in parts.iter_mut().zip(&taken) {
            self.number_as_array(part, ty);
        }
        self.check_core(op.str_attr(NAME).unwrap_or_default(), text, &layout, &parts);
        let sizes = self.loop_sizes(&layout, &parts);
        let given: Vec<Val<'c>> = parts.iter().map(|part| part.value.clone()).collect();
        for (i, (part, ty)) in parts.iter_mut().zip(&taken).enumerate() {
            self.convert_part(part, ty, layout.operands[i].len(), i < layout.inputs);
        }
        // What is read is what was there before.
        for i in (0..layout.inputs).filter(|i| taken[*i].as_array().is_none_or(|array| array.readonly)) {
            if parts[i].value.ty.as_array().is_some() && parts[i].value.parts == given[i].parts {
                for output in layout.inputs..parts.len() {
                    let apart = self.unless_overlapping(&given[output], &parts[i].value);
                    parts[i] = self.core_part(&apart, layout.operands[i].len());
                }
            }
        }
        let returned = self.expand(&returned);
        self.for_each(&sizes, &mut |l, indices| {
            let operands: Vec<Value<'c>> = parts.iter().zip(&taken).flat_map(|(part, ty)| l.core_of(part, ty, indices).parts).collect();
            l.b.op("func.call", &operands, &returned, &[("callee", callee)]);
        });
        for (part, given) in parts.iter().zip(&given).skip(layout.inputs).filter(|(part, given)| part.value.parts != given.parts) {
            self.copy_elements(given, &part.value);
        }
        Ok(self.val(result.clone(), vec![]))
    }

    fn core_part(&mut self, value: &Val<'c>, core: usize) -> Part<'c> {
        let value = self.aligned(value);
        if value.ty.as_array().is_none() {
            return Part { value, outer: vec![], core: vec![], strides: vec![] };
        }
        let (mut outer, strides) = (self.dims(&value), self.strides(&value));
        let core = outer.split_off(outer.len() - core);
        Part { value, outer, core, strides }
    }

    /// An array of other elements than the function takes: an input is converted, for an output there is a copy, which is copied back afterwards.
    fn convert_part(&mut self, part: &mut Part<'c>, taken: &Ty, core: usize, input: bool) {
        let wanted = taken.as_array().map_or(taken, |array| &array.element);
        let Some(array) = part.value.ty.as_array().filter(|array| *array.element != *wanted) else { return };
        let made = Array { element: Box::new(wanted.clone()), layout: Layout::C, readonly: false, unaligned: false, ..array.clone() };
        let value = if input {
            let ty = Ty::Array(made);
            let parts = self.astype(&part.value, &ty);
            self.val(ty, parts)
        } else {
            self.copy_in(&part.value, made)
        };
        *part = self.core_part(&value, core);
    }

    /// A new array of an output's elements, which the function may leave as they are. Of complex ones it takes the real part, as NumPy does.
    fn copy_in(&mut self, output: &Val<'c>, made: Array) -> Val<'c> {
        let dims = self.dims(output);
        let copy = self.alloc(made, &dims, false);
        self.in_memory_order(&copy, &mut |l, indices| {
            let item = l.load(output, indices);
            let item = match item.ty {
                Ty::Complex(bits) if !l.array_ty(&copy).element.is_complex() => l.val(Ty::Float(bits), vec![item.parts[0]]),
                _ => item,
            };
            l.store(&copy, indices, &item);
        });
        copy
    }

    /// A number for which the function takes an array of one element.
    fn number_as_array(&mut self, part: &mut Part<'c>, taken: &Ty) {
        let Some(array) = taken.as_array().filter(|_| part.value.ty.as_array().is_none()) else { return };
        let (zero, one) = (self.b.c_index(0), self.b.c_index(1));
        let made = self.alloc(Array { layout: Layout::C, ..array.clone() }, &[one], false);
        self.store(&made, &[zero], &part.value);
        part.value = made;
    }

    /// Dimensions of one name have one size.
    fn check_core(&mut self, name: &str, text: &str, layout: &CoreLayout, parts: &[Part<'c>]) {
        let mut known: Vec<Option<Value<'c>>> = layout.sizes.iter().map(|size| size.map(|n| self.b.c_index(n))).collect();
        for (i, (part, numbers)) in parts.iter().zip(&layout.operands).enumerate() {
            for (axis, (size, number)) in part.core.iter().zip(numbers).enumerate() {
                let Some(wanted) = known[*number] else {
                    known[*number] = Some(*size);
                    continue;
                };
                if same_size(wanted, *size) {
                    continue;
                }
                let (kind, i) = if i < layout.inputs { ("Input", i) } else { ("Output", i - layout.inputs) };
                let message = format!("{name}: {kind} operand {i} has a mismatch in its core dimension {axis}, with gufunc signature {text} (size {{}} is different from {{}})");
                let fine = self.b.cmpi("eq", *size, wanted);
                self.check_shapes(fine, "ValueError", &message, &[*size, wanted]);
            }
        }
    }

    /// The sizes of the loop, which the outputs have too.
    fn loop_sizes(&mut self, layout: &CoreLayout, parts: &[Part<'c>]) -> Vec<Value<'c>> {
        let rank = parts.iter().map(|part| part.outer.len()).max().unwrap_or(0);
        let sources: Vec<Source<'c>> = parts.iter().filter(|part| !part.outer.is_empty()).map(|part| Source::Array(part.value.clone(), part.outer.clone())).collect();
        let sizes = self.broadcast(&sources, rank);
        for output in &parts[layout.inputs..] {
            let mut fits: Option<Value<'c>> = None;
            for (own, size) in output.outer.iter().zip(&sizes).filter(|(own, size)| !same_size(**own, **size)) {
                let fine = self.b.cmpi("eq", *own, *size);
                fits = Some(fits.map_or(fine, |fits| self.b.bin("arith.andi", fits, fine)));
            }
            if let Some(fits) = fits {
                let shape = shape_text(rank);
                let message = format!("non-broadcastable output operand with shape {shape} doesn't match the broadcast shape {shape}");
                self.check_shapes(fits, "ValueError", &message, &[&output.outer[..], &sizes[..]].concat());
            }
        }
        sizes
    }

    /// What the function is called with at a place of the loop.
    fn core_of(&mut self, part: &Part<'c>, taken: &Ty, indices: &[Value<'c>]) -> Val<'c> {
        if part.value.ty.as_array().is_none() {
            return self.cast(&part.value, taken);
        }
        let (zero, one) = (self.b.c_index(0), self.b.c_index(1));
        let own = &indices[indices.len() - part.outer.len()..];
        let places: Vec<Value<'c>> = own.iter().zip(&part.outer).map(|(i, size)| self.b.select(self.b.cmpi("eq", *size, one), zero, *i)).collect();
        let Some(array) = taken.as_array() else {
            let item = self.load(&part.value, &places);
            return self.cast(&item, taken);
        };
        let offset = places.iter().zip(&part.strides).fold(zero, |sum, (i, stride)| self.b.bin("arith.addi", sum, self.b.bin("arith.muli", *i, *stride)));
        // A single number, as an array of one element.
        let single = part.core.is_empty() && array.rank == 1;
        let (dims, strides) = if single { (vec![one], vec![one]) } else { (part.core.clone(), part.strides[part.outer.len()..].to_vec()) };
        self.view(&part.value, array.clone(), offset, &dims, &strides)
    }
}
