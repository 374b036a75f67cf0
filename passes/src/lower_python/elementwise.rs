//! Elementwise operations on whole arrays: one `linalg.generic` on tensors each, whose body is the scalar code of the function.
//!
//! Which axes are stretched by broadcasting is known only at run time: an operand whose size is not surely the result's goes through
//! `rt.broadcast`, and the sizes are checked before. Arrays are read by `bufferization.to_tensor` where the Python expression stands;
//! `zouk-forward-arrays`, `zouk-fuse-elementwise` and `zouk-bufferize` decide what is kept in memory.

use super::Lower;
use crate::functions::{self, Function, Val, ufuncs};
use crate::infer_types::elementwise::{UfuncCall, settled, sort_arguments, ufunc_type};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Op, RankedTensorType, Region, ShapedTypeLike, Type, Value};
use zouk_dialects::ty::{Array, Layout, Operand, Ty};

/// An operand of an elementwise operation.
pub(super) enum Source<'c> {
    Scalar(Val<'c>),
    /// An array of rank one and more, with the sizes of its axes.
    Array(Val<'c>, Vec<Value<'c>>),
}

/// The code for one element, from scalars of the dtypes of the operands; the results' parts.
pub(super) type Kernel<'k, 'c> = &'k mut dyn FnMut(&mut Lower<'c>, &[Val<'c>]) -> Vec<Val<'c>>;

/// What says that sizes do not fit.
pub(super) enum Mismatch {
    /// `operands could not be broadcast together with shapes (2,) (3,) `
    Operands,
    /// `could not broadcast input array from shape (3,) into shape (2,)`
    Assignment,
}

impl<'c> Lower<'c> {
    /// An operator with an array or a time among its operands; none when it is another.
    pub(super) fn array_operator(&mut self, op: Op<'c>, kind: &str, operands: &[Val<'c>], result: &Ty) -> Result<Option<Val<'c>>, Diagnostic> {
        let taken = ufuncs::takes(operands.iter().map(|a| &a.ty)) && operands.iter().all(|a| Operand::of(&a.ty).is_some());
        let Some(entry) = ufuncs::of_operator(kind).and_then(functions::find).filter(|_| taken) else { return Ok(None) };
        let mut call = UfuncCall { operands: operands.to_vec(), out: None, condition: None, dtype: None };
        if op.has_attr("inplace") && operands[0].ty.as_array().is_some() {
            call.out = Some(operands[0].clone());
        }
        if let Some(simpler) = self.simple_power(kind, operands, result) {
            call.operands.truncate(1);
            return self.ufunc(simpler, call, result).map(Some);
        }
        self.ufunc(entry, call, result).map(Some)
    }

    /// What NumPy's `**` of an array and one of some numbers is: `z ** 0.5` is a square root, which is not quite `np.power(z, 0.5)`.
    fn simple_power(&self, kind: &str, operands: &[Val<'c>], result: &Ty) -> Option<&'static Function> {
        let (base, exponent) = (operands[0].ty.as_array()?, operands.get(1).filter(|e| kind == "pow" && e.ty.is_real())?);
        let kept = result.as_array().map_or(result, |array| &array.element) == &*base.element;
        let name = match exponent.constant.as_ref().filter(|_| kept && !base.element.is_integral())? {
            functions::Const::Float(0.5) => "numpy.sqrt",
            _ => match self.constant_int(exponent)? {
                -1 => "numpy.reciprocal",
                1 => "numpy.positive",
                2 => "numpy.square",
                _ => return None,
            },
        };
        functions::find(name)
    }

    /// A call of a universal function with an array or a time among its arguments; none when it is another call.
    pub(super) fn ufunc_call(&mut self, entry: &'static Function, positional: &[Val<'c>], named: &[(&str, Val<'c>)], result: &Ty) -> Result<Option<Val<'c>>, Diagnostic> {
        let mut all = positional.iter().chain(named.iter().map(|(_, a)| a));
        if !ufuncs::is_elementwise(entry, positional.len() + named.len()) || !ufuncs::takes(all.by_ref().map(|a| &a.ty)) {
            return Ok(None);
        }
        let call = sort_arguments(entry, positional.to_vec(), named.to_vec()).map(|call| self.fitting_bounds(entry, call));
        let (entry, call) = call.and_then(|call| settled(entry, call, |a| a.ty.clone())).map_err(|e| self.internal(e.message))?;
        self.ufunc(entry, call, result).map(Some)
    }

    /// Ints that bound less than a dtype does, in `np.clip(a, -1, 300)` of an int8 array, are the dtype's own bounds: others that do not fit raise.
    fn fitting_bounds(&mut self, entry: &Function, mut call: UfuncCall<Val<'c>>) -> UfuncCall<Val<'c>> {
        let element = call.operands[0].ty.as_array().map(|array| (*array.element).clone());
        let Some(Ty::Int { bits, signed }) = element.filter(|_| entry.name == "numpy.clip") else { return call };
        let (least, most) = if signed { (i64::MIN >> (64 - bits), Some(i64::MAX >> (64 - bits))) } else { (0, (bits < 64).then(|| (1i64 << bits) - 1)) };
        let sides = [(1, "arith.maxsi", Some(least)), (2, "arith.minsi", most)];
        for (side, op, bound) in sides {
            if let (Some(value), Some(bound)) = (call.operands.get(side).filter(|v| v.ty == Ty::I64), bound) {
                let within = self.b.bin(op, value.parts[0], self.b.c_i64(bound));
                call.operands[side] = self.val(Ty::I64, vec![within]);
            }
        }
        call
    }

    fn ufunc(&mut self, entry: &'static Function, call: UfuncCall<Val<'c>>, result: &Ty) -> Result<Val<'c>, Diagnostic> {
        let typed = |v: &Val<'c>| functions::TyArg { ty: v.ty.clone(), constant: v.constant.clone() };
        let types = UfuncCall {
            operands: call.operands.iter().map(typed).collect(),
            out: call.out.as_ref().map(typed),
            condition: call.condition.as_ref().map(typed),
            dtype: call.dtype.as_ref().map(typed),
        };
        let steps = ufunc_type(entry, &types).map_err(|e| self.internal(e.message))?.0;
        let rule = ufuncs::scalar_rule(entry, &steps.operands).map_err(|e| self.internal(e.message))?;
        let element = ufuncs::for_element(entry, &steps.operands);
        let mut operands = vec![];
        for (value, dtype) in call.operands.iter().zip(&steps.operands) {
            operands.push(self.weak_operand(value, dtype));
        }
        if entry.name == "numpy.power" && steps.results[0].is_signed() {
            self.check_exponent(&operands[1]);
        }
        let taken = steps.operands.len();
        operands.extend(call.condition.clone());
        if call.condition.is_some() {
            operands.extend(call.out.clone());
        }
        let settings = self.settings.clone();
        self.settings.division_raises = false;
        let target = call.out.as_ref().and_then(|out| out.ty.as_array()).map(|a| (*a.element).clone());
        let parts = steps.results.clone();
        let mut kernel = |l: &mut Lower<'c>, elements: &[Val<'c>]| {
            let arguments: Vec<Val<'c>> = elements.iter().zip(&steps.operands).map(|(e, ty)| l.operand(e, ty)).collect();
            let code = l.entry_code(element, &functions::Bound::of(arguments), &rule);
            let whole = l.val(rule.clone(), code);
            let values = if parts.len() > 1 { l.elements(&whole) } else { vec![whole] };
            let results: Vec<Val<'c>> = values.iter().zip(&parts).map(|(v, ty)| l.cast(v, ty)).collect();
            let results = match &target {
                Some(element) => results.iter().map(|v| l.cast(v, element)).collect(),
                None => results,
            };
            match elements.get(taken) {
                Some(chosen) => l.masked(chosen, results, elements.get(taken + 1)),
                None => results,
            }
        };
        let value = match &call.out {
            Some(out) => {
                self.map_into(&operands, out, Mismatch::Operands, &mut kernel);
                out.clone()
            }
            None => self.map_elements(&operands, result, &mut kernel),
        };
        self.settings = settings;
        Ok(value)
    }

    /// The results where the mask is true; elsewhere what is there, or zero.
    pub(super) fn masked(&mut self, chosen: &Val<'c>, results: Vec<Val<'c>>, old: Option<&Val<'c>>) -> Vec<Val<'c>> {
        let chosen = self.truth(chosen);
        let mut all = vec![];
        for new in results {
            let old = match old {
                Some(old) => self.cast(old, &new.ty),
                None => {
                    let zeros = self.fillers(&new.ty);
                    self.val(new.ty.clone(), zeros)
                }
            };
            let parts = new.parts.iter().zip(&old.parts).map(|(n, o)| self.b.select(chosen, *n, *o)).collect();
            all.push(self.val(new.ty, parts));
        }
        all
    }

    /// A Python integer beside narrower dtypes must fit the dtype it takes.
    pub fn weak_operand(&mut self, value: &Val<'c>, dtype: &Ty) -> Val<'c> {
        let Ty::Int { bits, signed } = *dtype else { return value.clone() };
        if value.ty != Ty::I64 || bits == 64 && signed {
            return value.clone();
        }
        let (low, high) = if signed { (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1) } else { (0, if bits == 64 { i64::MAX as i128 } else { (1i128 << bits) - 1 }) };
        if self.constant_int(value).is_none_or(|n| n < low || n > high) {
            let x = value.parts[0];
            let fits = self.b.bin("arith.andi", self.b.cmpi("sge", x, self.b.c_i64(low as i64)), self.b.cmpi("sle", x, self.b.c_i64(high as i64)));
            let name = dtype.numpy_name().unwrap_or_default();
            self.check_ints(fits, "OverflowError", &format!("Python integer {{}} out of bounds for {name}"), &[x]);
        }
        value.clone()
    }

    fn check_exponent(&mut self, exponent: &Val<'c>) {
        const TEXT: &str = "Integers to negative integer powers are not allowed.";
        let signed = Operand::of(&exponent.ty).is_some_and(|o| o.dtype.is_signed());
        if !signed || self.constant_int(exponent).is_some_and(|n| n >= 0) {
            return;
        }
        let check = |l: &mut Self, x: &Val<'c>| {
            let fine = l.b.cmpi("sge", x.parts[0], l.b.c_int(x.parts[0].ty(), 0));
            l.check(fine, "ValueError", TEXT);
        };
        if exponent.ty.as_array().is_none() {
            return check(self, exponent);
        }
        let dims = self.dims(exponent);
        self.for_each(&dims, &mut |l, indices| {
            let x = l.load(exponent, indices);
            check(l, &x);
        });
    }

    /// A new array (or tuple of arrays; scalars, when all operands are) of what the kernel gives for each element.
    pub fn map_elements(&mut self, operands: &[Val<'c>], result: &Ty, kernel: Kernel<'_, 'c>) -> Val<'c> {
        let sources = self.sources(operands);
        let arrays: Vec<Array> = match result {
            Ty::Array(array) => vec![array.clone()],
            Ty::Tuple(parts) | Ty::List(parts) => parts.iter().filter_map(|p| p.as_array().cloned()).collect(),
            _ => vec![],
        };
        if arrays.is_empty() {
            let scalars: Vec<Val<'c>> = sources.into_iter().filter_map(|s| if let Source::Scalar(v) = s { Some(v) } else { None }).collect();
            let parts = kernel(self, &scalars).into_iter().flat_map(|v| v.parts).collect();
            return self.val(result.clone(), parts);
        }
        let rank = arrays[0].rank;
        let sizes = self.broadcast(&sources, rank);
        let elements: Vec<Type<'c>> = arrays.iter().map(|a| self.element(&a.element)).collect();
        let empties: Vec<Value<'c>> = elements.iter().map(|e| self.empty(*e, &sizes)).collect();
        let tensors = self.generic(&sources, &sizes, &empties, kernel);
        let parts = tensors.iter().zip(&arrays).map(|(t, a)| self.array_of_tensor(*t, a)).collect();
        self.val(result.clone(), parts)
    }

    /// A new array of what the kernel gives for each place, of the array's dtype.
    pub fn generate(&mut self, array: &Array, sizes: &[Value<'c>], kernel: &mut dyn FnMut(&mut Self, &[Value<'c>]) -> Val<'c>) -> Vec<Value<'c>> {
        let element = self.element(&array.element);
        let empty = self.empty(element, sizes);
        let rank = sizes.len();
        let tensors = self.generic(&[], sizes, &[empty], &mut |l, _| {
            let index = |axis: usize| l.b.val("linalg.index", &[], l.b.index(), &[("dim", l.b.int_attr(l.b.i64(), axis as i64))]);
            let places: Vec<Value<'c>> = (0..rank).map(index).collect();
            vec![kernel(l, &places)]
        });
        tensors.into_iter().map(|t| self.array_of_tensor(t, array)).collect()
    }

    /// Writes what the kernel gives for each element, already of the target's dtype, into an existing array, as if all had been read before.
    pub(super) fn map_into(&mut self, operands: &[Val<'c>], target: &Val<'c>, mismatch: Mismatch, kernel: Kernel<'_, 'c>) {
        let sources = self.sources(operands);
        let sizes = self.known_dims(target);
        match mismatch {
            Mismatch::Operands => self.check_output_shape(&sources, &sizes),
            Mismatch::Assignment => {}
        }
        let element = self.element(&self.array_ty(target).element.clone());
        let empty = self.empty(element, &sizes);
        let tensor = self.generic(&sources, &sizes, &[empty], kernel)[0];
        if self.array_ty(target).unaligned {
            let aligned = Array { layout: Layout::C, unaligned: false, ..self.array_ty(target).clone() };
            let made = self.array_of_tensor(tensor, &aligned);
            let made = self.val(Ty::Array(aligned), vec![made]);
            return self.copy_elements(target, &made);
        }
        let unit = self.b.unit();
        self.b.op("bufferization.materialize_in_destination", &[tensor, target.parts[0]], &[], &[("restrict", unit), ("writable", unit)]);
    }

    pub(super) fn sources(&mut self, operands: &[Val<'c>]) -> Vec<Source<'c>> {
        let mut sources = vec![];
        for value in operands {
            let value = &self.aligned(value);
            sources.push(match value.ty.as_array() {
                None => Source::Scalar(value.clone()),
                Some(array) if array.rank == 0 => Source::Scalar(self.load(value, &[])),
                Some(_) => Source::Array(value.clone(), self.known_dims(value)),
            });
        }
        sources
    }

    fn empty(&self, element: Type<'c>, sizes: &[Value<'c>]) -> Value<'c> {
        self.b.val("tensor.empty", sizes, self.tensor(element, sizes.len()), &[])
    }

    pub(super) fn tensor(&self, element: Type<'c>, rank: usize) -> Type<'c> {
        let dynamic = vec![i64::MIN as u64; rank];
        RankedTensorType::new(&dynamic, element, None).into()
    }

    /// The sizes of the axes: where another op has fixed them, the values that it had.
    pub(super) fn known_dims(&self, array: &Val<'c>) -> Vec<Value<'c>> {
        let rank = self.array_ty(array).rank;
        let mut memref = array.parts[0];
        while let Some(op) = memref.def_by("memref.cast") {
            memref = op.operand(0);
        }
        let operands = |op: Op<'c>, first: usize| (first..first + rank).map(|i| op.operand(i)).collect();
        match memref.def() {
            Some(op) if op.is("rt.view") => operands(op, 2),
            Some(op) if op.is("rt.alloc") => operands(op, 0),
            Some(op) if op.is("rt.array") => match op.operand(0).def_by("linalg.generic") {
                Some(generic) => {
                    let mut last = generic.operand(generic.num_operands() - 1);
                    // The accumulator of a reduction is filled first.
                    while let Some(filled) = last.def_by("linalg.generic") {
                        last = filled.operand(filled.num_operands() - 1);
                    }
                    last.def_by("tensor.empty").map_or_else(|| self.dims(array), |empty| operands(empty, 0))
                }
                None => self.dims(array),
            },
            _ => self.dims(array),
        }
    }

    /// The sizes that operands broadcast to; raises ValueError where they do not.
    pub(super) fn broadcast(&mut self, sources: &[Source<'c>], rank: usize) -> Vec<Value<'c>> {
        let shapes: Vec<&[Value<'c>]> = sources.iter().filter_map(|s| if let Source::Array(_, dims) = s { Some(&dims[..]) } else { None }).collect();
        let one = self.b.c_index(1);
        let mut sizes = vec![];
        let mut fits: Option<Value<'c>> = None;
        for axis in 0..rank {
            // Axes are matched from the last. Different values only: most operands have the same sizes.
            let mut distinct: Vec<Value<'c>> = vec![];
            for dims in &shapes {
                let Some(size) = (axis + dims.len()).checked_sub(rank).map(|i| dims[i]) else { continue };
                if !is_one(size) && !distinct.iter().any(|d| same_size(*d, size)) {
                    distinct.push(size);
                }
            }
            let Some(&first) = distinct.first() else {
                sizes.push(one);
                continue;
            };
            let size = distinct[1..].iter().fold(first, |size, d| self.b.select(self.b.cmpi("eq", size, one), *d, size));
            if distinct.len() > 1 {
                for d in &distinct {
                    let fine = self.b.bin("arith.ori", self.b.cmpi("eq", *d, size), self.b.cmpi("eq", *d, one));
                    fits = Some(fits.map_or(fine, |f| self.b.bin("arith.andi", f, fine)));
                }
            }
            sizes.push(size);
        }
        if let Some(fits) = fits {
            let message = format!("operands could not be broadcast together with shapes {} ", shown(sources).join(" "));
            self.check_shapes(fits, "ValueError", &message, &shapes.concat());
        }
        sizes
    }

    /// Operands of an operation into an existing array: each axis has the array's size, or one.
    pub(super) fn check_output_shape(&mut self, sources: &[Source<'c>], sizes: &[Value<'c>]) {
        let shapes: Vec<&[Value<'c>]> = sources.iter().filter_map(|s| if let Source::Array(_, dims) = s { Some(&dims[..]) } else { None }).collect();
        let one = self.b.c_index(1);
        let (mut broadcast, mut fits) = (vec![], vec![]);
        let mut whole = sizes.to_vec();
        for (axis, target) in sizes.iter().enumerate() {
            let others = shapes.iter().filter_map(|dims| (axis + dims.len()).checked_sub(sizes.len()).map(|i| dims[i]));
            let others: Vec<_> = others.filter(|size| !is_one(*size) && !same_size(*size, *target)).collect();
            whole[axis] = others.iter().fold(*target, |whole, size| self.b.select(self.b.cmpi("eq", whole, one), *size, whole));
            for size in others {
                let is_one = self.b.cmpi("eq", size, one);
                broadcast.push(self.b.bin("arith.ori", self.b.cmpi("eq", size, whole[axis]), is_one));
                fits.push(self.b.bin("arith.ori", self.b.cmpi("eq", size, *target), is_one));
            }
        }
        if fits.is_empty() {
            return;
        }
        let mut shown = shown(sources);
        shown.push(shape_text(sizes.len()));
        let message = format!("operands could not be broadcast together with shapes {} ", shown.join(" "));
        self.check_all(&broadcast, &message, &[shapes.concat(), sizes.to_vec()].concat());
        let shape = shape_text(sizes.len());
        let message = format!("non-broadcastable output operand with shape {shape} doesn't match the broadcast shape {shape}");
        self.check_all(&fits, &message, &[sizes, &whole].concat());
    }

    /// `linalg.generic` over a box of these sizes; one result for each of the empty tensors.
    fn generic(&mut self, sources: &[Source<'c>], sizes: &[Value<'c>], empties: &[Value<'c>], kernel: Kernel<'_, 'c>) -> Vec<Value<'c>> {
        let rank = sizes.len();
        let (mut inputs, mut maps) = (vec![], vec![]);
        for source in sources {
            let Source::Array(value, dims) = source else { continue };
            let element = self.element(&self.array_ty(value).element.clone());
            let ty = self.tensor(element, dims.len());
            let mut tensor = self.b.val("bufferization.to_tensor", &value.parts, ty, &[("restrict", self.b.unit())]);
            let matched = &sizes[rank - dims.len()..];
            if dims.iter().zip(matched).any(|(d, s)| !is_one(*d) && !same_size(*d, *s)) {
                let asked: Vec<Value<'c>> = dims.iter().zip(matched).map(|(d, s)| if is_one(*d) { *d } else { *s }).collect();
                tensor = self.b.val("rt.broadcast", &[&[tensor], &asked[..]].concat(), ty, &[]);
            }
            inputs.push(tensor);
            let places: Vec<String> = dims.iter().zip(matched).enumerate().map(|(i, (d, s))| if is_one(*d) && !is_one(*s) { "0".into() } else { format!("d{}", rank - dims.len() + i) }).collect();
            maps.push(affine_map(rank, &places));
        }
        let identity: Vec<String> = (0..rank).map(|i| format!("d{i}")).collect();
        maps.extend(empties.iter().map(|_| affine_map(rank, &identity)));
        let region = self.element_region(sources, &inputs, empties, kernel);
        let types: Vec<Type<'c>> = empties.iter().map(|e| e.ty()).collect();
        let attrs = [
            ("indexing_maps", self.b.parse_attr(&format!("[{}]", maps.join(", ")))),
            ("iterator_types", self.b.parse_attr(&format!("[{}]", vec!["#linalg.iterator_type<parallel>"; rank].join(", ")))),
            ("operandSegmentSizes", self.b.i32_array(&[inputs.len() as i32, empties.len() as i32])),
        ];
        self.b.op_with_regions("linalg.generic", &[&inputs[..], empties].concat(), &types, &attrs, &[region]).results()
    }

    /// The body: elements of the inputs become scalars, scalars are used as they are.
    fn element_region(&mut self, sources: &[Source<'c>], inputs: &[Value<'c>], empties: &[Value<'c>], kernel: Kernel<'_, 'c>) -> Region<'c> {
        let loc = self.b.loc();
        let element = |v: &Value<'c>| (RankedTensorType::try_from(v.ty()).expect("a tensor").element(), loc);
        let region = Region::new();
        let block = region.add_block(&inputs.iter().chain(empties).map(element).collect::<Vec<_>>());
        let here = self.b.block();
        self.b.set_end(block);
        let mut arguments = block.args().into_iter();
        let mut scalars = vec![];
        for source in sources {
            scalars.push(match source {
                Source::Scalar(value) => value.clone(),
                Source::Array(value, _) => {
                    let dtype = (*self.array_ty(value).element).clone();
                    let raw = arguments.next().expect("one argument for each array");
                    self.from_memory(raw, &dtype)
                }
            });
        }
        let results = kernel(self, &scalars);
        let raw: Vec<Value<'c>> = results.iter().map(|v| self.to_memory(v)).collect();
        self.b.op("linalg.yield", &raw, &[], &[]);
        self.b.set_end(here);
        region
    }
}

pub(super) fn affine_map(rank: usize, results: &[String]) -> String {
    let dims: Vec<String> = (0..rank).map(|i| format!("d{i}")).collect();
    format!("affine_map<({}) -> ({})>", dims.join(", "), results.join(", "))
}

/// `({},{})`, and `({},)` of one axis.
pub fn shape_text(rank: usize) -> String {
    format!("({}{})", vec!["{}"; rank].join(","), if rank == 1 { "," } else { "" })
}

/// The shapes of all operands, as NumPy lists them.
fn shown(sources: &[Source]) -> Vec<String> {
    let rank = |source: &Source| if let Source::Array(_, dims) = source { dims.len() } else { 0 };
    sources.iter().map(|source| shape_text(rank(source))).collect()
}

/// The constant one: an axis of it is stretched to whatever size.
fn is_one(size: Value) -> bool {
    zouk_dialects::ir::Builder::constant_int(size) == Some(1)
}

/// Whether two sizes are surely equal.
pub(super) fn same_size(a: Value, b: Value) -> bool {
    let dim = |v: Value| v.def_by("memref.dim").map(|op| (op.operand(0).to_raw().ptr, zouk_dialects::ir::Builder::constant_int(op.operand(1))));
    a == b || dim(a).is_some() && dim(a) == dim(b) || zouk_dialects::ir::Builder::constant_int(a).is_some_and(|n| zouk_dialects::ir::Builder::constant_int(b) == Some(n))
}
