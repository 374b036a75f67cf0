//! Calls of functions under `@vectorize` with arrays: the instance for one element, over whole arrays.
//!
//! What computes numbers of numbers is one `linalg.generic`, as NumPy's functions are. What may raise or loops is a loop over the elements.

use super::Lower;
use super::elementwise::{Mismatch, Source};
use crate::functions::Val;
use crate::infer_types::elementwise::UfuncCall;
use crate::infer_types::vectorized::{APART, CALLEE, PLAIN, TYPES, sort_vectorized};
use crate::parallel::PARALLEL;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Op, Value};
use zouk_dialects::ty::{Array, Layout, Ty};

impl<'c> Lower<'c> {
    pub(super) fn call_vectorized(&mut self, op: Op<'c>, arguments: &[Val<'c>], result: &Ty) -> Result<Val<'c>, Diagnostic> {
        let types = op.str_array_attr(TYPES).into_iter().map(|text| text.parse::<Ty>()).collect::<Result<Vec<_>, _>>();
        let mut taken = types.map_err(|e| self.internal(e.to_string()))?;
        let (Some(element), Some(callee)) = (taken.pop(), op.attr(CALLEE)) else { return Err(self.internal("a call of no function")) };
        let keywords = op.str_array_attr("keywords");
        let (positional, named) = arguments.split_at(arguments.len() - keywords.len());
        let named = keywords.into_iter().zip(named.iter().cloned()).collect();
        let call = sort_vectorized("", taken.len(), positional.to_vec(), named).map_err(|e| self.internal(e.message))?.without_none(|a: &Val<'c>| a.ty.clone());
        let out = call.out.as_ref().and_then(|out| out.ty.as_array()).map(|array| (*array.element).clone());
        let plain = op.has_attr(PLAIN);
        let mut kernel = |l: &mut Lower<'c>, elements: &[Val<'c>]| {
            let parts: Vec<Value<'c>> = elements.iter().zip(&taken).flat_map(|(e, ty)| l.cast(e, ty).parts).collect();
            let results = l.b.op("func.call", &parts, &l.expand(&element), &[("callee", callee)]).results();
            let whole = l.val(element.clone(), results);
            let values = if matches!(element, Ty::Tuple(_)) { l.elements(&whole) } else { vec![whole] };
            let values = match &out {
                Some(dtype) => values.iter().map(|value| l.cast(value, dtype)).collect(),
                None => values,
            };
            match elements.get(taken.len()).filter(|_| plain) {
                Some(chosen) => l.masked(chosen, values, elements.get(taken.len() + 1)),
                None => values,
            }
        };
        // Behind the operands: whether the element is computed, and what is there if not.
        let mut operands = [&call.operands[..], call.condition.as_slice()].concat();
        if call.condition.is_some() {
            operands.extend(call.out.clone());
        }
        Ok(match &call.out {
            Some(target) if plain => {
                self.map_into(&operands, target, Mismatch::Operands, &mut kernel);
                target.clone()
            }
            None if plain => self.map_elements(&operands, result, &mut kernel),
            _ => self.loop_over_elements(&call, op.has_attr(APART), result, &mut kernel),
        })
    }

    /// A loop with a call in it, which may leave by an exception. Unless `out` is `apart`, what it has computed lies in arrays of its own until all is.
    fn loop_over_elements(
        &mut self,
        call: &UfuncCall<Val<'c>>,
        apart: bool,
        result: &Ty,
        kernel: &mut dyn FnMut(&mut Lower<'c>, &[Val<'c>]) -> Vec<Val<'c>>,
    ) -> Val<'c> {
        let sources = self.sources(&[&call.operands[..], call.condition.as_slice()].concat());
        let (sizes, arrays) = match call.out.as_ref().map(|out| (out, self.array_ty(out).clone())) {
            Some((out, array)) => {
                let sizes = self.known_dims(out);
                self.check_output_shape(&sources, &sizes);
                (sizes, vec![Array { layout: Layout::C, unaligned: false, readonly: false, ..array }])
            }
            None => {
                let arrays: Vec<Array> = match result {
                    Ty::Tuple(parts) => parts.iter().filter_map(|part| part.as_array().cloned()).collect(),
                    other => other.as_array().cloned().into_iter().collect(),
                };
                // Operands of rank 0 alone give numbers.
                let Some(rank) = arrays.first().map(|array| array.rank) else {
                    let scalars: Vec<Val<'c>> = sources.into_iter().filter_map(|s| if let Source::Scalar(value) = s { Some(value) } else { None }).collect();
                    let parts = kernel(self, &scalars).into_iter().flat_map(|value| value.parts).collect();
                    return self.val(result.clone(), parts);
                };
                (self.broadcast(&sources, rank), arrays)
            }
        };
        let made: Vec<Val<'c>> = match &call.out {
            Some(out) if apart => vec![out.clone()],
            // What is not computed is zero.
            _ => arrays.into_iter().map(|array| self.alloc(array, &sizes, call.condition.is_some())).collect(),
        };
        if let (Some(out), Some(_), false) = (&call.out, &call.condition, apart) {
            self.copy_elements(&made[0], out);
        }
        self.for_each(&sizes, &mut |l, indices| l.element_at(indices, &sources, call.condition.is_some(), &made, kernel));
        // No point needs what is written for another.
        if apart && self.settings.stencil && let Some(nest) = self.b.block().ops().last().filter(|op| op.is("scf.for")) {
            nest.set_attr(PARALLEL, self.b.str("array"));
        }
        match &call.out {
            Some(out) if apart => out.clone(),
            Some(out) => {
                self.copy_elements(out, &made[0]);
                out.clone()
            }
            None => {
                let parts = made.into_iter().flat_map(|array| array.parts).collect();
                self.val(result.clone(), parts)
            }
        }
    }

    /// Computes the elements at a place of the results; where there is a condition, the last of the operands, if it holds there.
    fn element_at(
        &mut self,
        indices: &[Value<'c>],
        sources: &[Source<'c>],
        conditional: bool,
        results: &[Val<'c>],
        kernel: &mut dyn FnMut(&mut Lower<'c>, &[Val<'c>]) -> Vec<Val<'c>>,
    ) {
        let mut items: Vec<Val<'c>> = sources.iter().map(|source| self.item_of(source, indices)).collect();
        let chosen = if conditional { items.pop() } else { None };
        let mut compute = |l: &mut Lower<'c>| {
            for (array, value) in results.iter().zip(kernel(l, &items)) {
                l.store(array, indices, &value);
            }
            vec![]
        };
        match chosen {
            Some(chosen) => {
                let chosen = self.truth(&chosen);
                self.scf_if(chosen, &mut compute, &mut |_| vec![]);
            }
            None => _ = compute(self),
        }
    }

    /// The element of an operand that stands at a place of the result.
    fn item_of(&mut self, source: &Source<'c>, indices: &[Value<'c>]) -> Val<'c> {
        match source {
            Source::Scalar(value) => value.clone(),
            Source::Array(array, dims) => {
                let (zero, one) = (self.b.c_index(0), self.b.c_index(1));
                let own = &indices[indices.len() - dims.len()..];
                let places: Vec<Value<'c>> = own.iter().zip(dims).map(|(i, dim)| self.b.select(self.b.cmpi("eq", *dim, one), zero, *i)).collect();
                self.load(array, &places)
            }
        }
    }
}
