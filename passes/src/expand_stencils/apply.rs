//! The function that is called: applies the kernel to the whole array.

use super::kernel::{Kernel, Mode};
use super::POINTS;
use super::variants::{Inside, Py, Variants, set_parameters};
use crate::infer_types::{stencils::ELEMENTS, vectorized::APART};
use zouk_dialects::ir::{Attribute, AttributeLike, Builder, Op, Region, Type, Value};
use zouk_dialects::ty::Ty;

/// What the function makes, in the order of its steps.
struct Apply<'k, 'c> {
    kernel: &'k Kernel<'c>,
    py: Py<'c>,
    /// The kernel's parameters.
    arguments: Vec<Value<'c>>,
    out: Value<'c>,
    /// The shape of the first array, a tuple.
    shape: Value<'c>,
    low: Vec<i64>,
    high: Vec<i64>,
    /// The same as tuples.
    margins: [Value<'c>; 2],
}

impl<'c> Kernel<'c> {
    pub fn apply(&self, variants: &Variants) {
        let function = self.header();
        let body = function.body(0);
        let py = Py { b: Builder::at_end(function.context(), body, function.loc()), ..Py::before(function, self.object()) };
        let mut arguments = body.args();
        let (Some(out), (low, high)) = (arguments.pop(), self.margins()) else { return };
        let rank = py.int(self.rank() as i64);
        let shape = py.library("shape", &[arguments[self.captures], rank]);
        let margins = [py.ints(&low), py.ints(&high)];
        let apply = Apply { kernel: self, py, arguments, out, shape, low, high, margins };
        apply.check_inputs();
        let made = apply.inside(&variants.inside);
        apply.border(variants, made);
        let whole = self.mode != Mode::Constant || self.cval.is_some();
        let ([low, high], whole) = (apply.margins, apply.py.bool(whole));
        let result = apply.py.library("result", &[made, out, low, high, whole]);
        apply.py.b.op("py.return", &[result], &[], &[]);
    }

    /// A function of the kernel's name and parameters, and of `out`, which is None where a call gives none.
    fn header(&self) -> Op<'c> {
        let b = Builder::before(self.function);
        let object: Type = self.object();
        let region = Region::new();
        region.add_block(&vec![(object, self.function.loc()); self.params.len() + 1]);
        let kept = |name: &str| !name.starts_with("py.stencil");
        let attrs: Vec<(&str, Attribute)> = self.function.attrs().into_iter().filter(|(name, _)| kept(name)).collect();
        let function = b.op_with_regions("func.func", &[], &[], &attrs, &[region]);
        let params: Vec<String> = self.params.iter().copied().chain(["out"]).map(str::to_string).collect();
        set_parameters(function, self.function.str_attr("sym_name").unwrap_or_default(), &params, object);
        let defaults = self.function.array_attr("py.defaults").into_iter().chain([b.unit()]);
        function.set_attr("py.defaults", b.array(&defaults.collect::<Vec<_>>()));
        let keyword_only = self.function.int_attr("py.keyword_only").unwrap_or(0) + 1;
        function.set_attr("py.keyword_only", b.int_attr(b.i64(), keyword_only));
        function
    }
}

impl<'c> Apply<'_, 'c> {
    /// The arrays that are indexed relatively, after the first parameter.
    fn further(&self) -> impl Iterator<Item = Value<'c>> {
        self.arguments.iter().zip(&self.kernel.relative).skip(self.kernel.captures + 1).filter(|(_, relative)| **relative).map(|(array, _)| *array)
    }

    fn check_inputs(&self) {
        for array in self.further() {
            let equal = self.py.bool(self.kernel.mode != Mode::Constant);
            self.py.library("input", &[array, self.shape, equal]);
        }
    }

    /// The array for the results, with all that is not border.
    fn inside(&self, inside: &Inside) -> Value<'c> {
        let py = &self.py;
        match inside {
            Inside::Elements { symbol, scalars, taps } => {
                let scalars: Vec<Value<'c>> = scalars.iter().map(|i| self.arguments[*i]).collect();
                let arrays: Vec<Value<'c>> = taps.iter().map(|(param, _)| self.arguments[*param]).collect();
                let made = self.target(symbol, &[&scalars[..], &arrays].concat(), taps.len());
                let [low, high] = self.margins;
                let sizes = py.library("sizes", &[self.shape, low, high]);
                let window = |array: Value<'c>, starts: Value<'c>| py.call("zouk.library.window", &[array, starts, sizes]);
                let starts = |places: &[i64]| self.low.iter().zip(places).map(|(low, place)| low + place).collect::<Vec<i64>>();
                let windows: Vec<Value<'c>> = taps.iter().map(|(param, places)| window(self.arguments[*param], py.ints(&starts(places)))).collect();
                let into = window(made, low);
                let attrs = [("keywords", py.b.str_array(&["out"])), (APART, py.b.unit())];
                py.call_with(&format!("@{symbol}"), &[&scalars[..], &windows, &[into]].concat(), &attrs);
                made
            }
            Inside::Placed(symbol) => {
                let positions = vec![py.int(0); self.low.len()];
                let made = self.target(symbol, &[&self.arguments[..], &positions].concat(), 0);
                let end = |axis: usize| {
                    let (size, high) = (py.item(self.shape, axis as i64), py.int(self.high[axis]));
                    py.b.val("py.binary", &[size, high], py.object, &[("kind", py.b.str("sub"))])
                };
                let ranges: Vec<_> = (0..self.low.len()).map(|axis| (py.int(self.low[axis]), end(axis))).collect();
                self.loops(&ranges, &mut vec![], &mut |places| self.point(symbol, made, places));
                made
            }
        }
    }

    /// What is written to: of the type that the kernel returns for these arguments, of which the last ones are given by their elements.
    fn target(&self, kernel: &str, arguments: &[Value<'c>], elements: usize) -> Value<'c> {
        let py = &self.py;
        let callee = py.reference(&format!("@{kernel}"));
        let count = py.b.int_attr(py.b.i64(), elements as i64);
        let dtype = py.call_with("zouk.library.kernel_type", &[&[callee], arguments].concat(), &[(ELEMENTS, count)]);
        let read: Vec<Value<'c>> = [self.arguments[self.kernel.captures]].into_iter().chain(self.further()).collect();
        py.library("target", &[&[self.out, self.shape, dtype], &read[..]].concat())
    }

    fn border(&self, variants: &Variants, made: Value<'c>) {
        let py = &self.py;
        let Some(symbol) = &variants.border else {
            let [low, high] = self.margins;
            let (cval, always) = (self.cval(), py.bool(self.kernel.cval.is_some()));
            py.library("fill", &[made, self.out, low, high, cval, always]);
            return;
        };
        let mut ranges = vec![];
        let mut edges = vec![];
        for axis in 0..self.low.len() {
            let size = py.item(self.shape, axis as i64);
            let both = py.library("edges", &[size, py.int(self.low[axis]), py.int(self.high[axis])]);
            ranges.push((py.int(0), size));
            edges.push((py.item(both, 0), py.item(both, 1)));
        }
        for axis in 0..self.low.len() {
            let (all, (start, stop)) = (ranges[axis], edges[axis]);
            for (margin, from, to) in [(self.low[axis] + self.high[axis], all.0, start), (self.high[axis], stop, all.1)] {
                if margin > 0 {
                    ranges[axis] = (from, to);
                    self.loops(&ranges, &mut vec![], &mut |places| self.point(symbol, made, places));
                }
            }
            ranges[axis] = edges[axis];
        }
    }

    fn cval(&self) -> Value<'c> {
        let Some(attribute) = self.kernel.cval else { return self.py.int(0) };
        let text = attribute.to_string();
        let b = &self.py.b;
        let ty = match attribute.is_float() {
            true => b.f64(),
            false if text.starts_with("#complex") => self.py.types.to_mlir(&Ty::Complex(64)),
            false if matches!(text.as_str(), "true" | "false") => b.i1(),
            false => self.py.types.to_mlir(&Ty::I64),
        };
        b.val("py.constant", &[], ty, &[("value", attribute)])
    }

    /// Stores what the kernel gives for a place.
    fn point(&self, kernel: &str, made: Value<'c>, places: &[Value<'c>]) {
        let value = self.py.call(&format!("@{kernel}"), &[&self.arguments[..], places].concat());
        let index = if places.len() == 1 { places[0] } else { self.py.tuple(places) };
        self.py.b.op("py.setitem", &[made, index, value], &[], &[]);
    }

    /// Nested loops, the last axis innermost; the order of the points is of no importance.
    fn loops(&self, ranges: &[(Value<'c>, Value<'c>)], places: &mut Vec<Value<'c>>, point: &mut dyn FnMut(&[Value<'c>])) {
        let Some((&(from, to), inner)) = ranges.split_first() else { return point(places) };
        let b = &self.py.b;
        let range = self.py.call("builtins.range", &[from, to]);
        let (body, otherwise) = (Region::new(), Region::new());
        let block = body.add_block(&[(self.py.object, b.loc())]);
        b.within(block, || {
            places.push(block.arg(0));
            self.loops(inner, places, point);
            places.pop();
            b.op("py.yield", &[], &[], &[]);
        });
        b.within(otherwise.add_block(&[]), || b.op("py.yield", &[], &[], &[]));
        let attrs: &[(&str, Attribute)] = if places.is_empty() { &[(POINTS, b.unit())] } else { &[] };
        b.op_with_regions("py.for", &[range], &[], attrs, &[body, otherwise]);
    }
}
