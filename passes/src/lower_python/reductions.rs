//! Reductions of arrays: `linalg.generic` with reduction loops, which `zouk-fuse-elementwise` may give the operations before it.

use super::Lower;
use super::elementwise::affine_map;
use crate::functions::reductions::{Arguments, Kind, Reduction, dtypes, flag, reduced_axes};
use crate::functions::{self, Bound, TyArg, Val, dtype_of, ufuncs};
use crate::lower_linalg::EXACT;
use zouk_dialects::ir::{RankedTensorType, Region, ShapedTypeLike, Value};
use zouk_dialects::ty::{Array, Layout, NAT, Ty};

mod places;
mod shapes;
mod variance;

/// An operand of a reduction.
struct Source<'c> {
    value: Val<'c>,
    /// Over the axes that are kept only.
    kept: bool,
}

/// What is reduced: the sizes of all axes, and which of them go.
struct Space<'c> {
    dims: Vec<Value<'c>>,
    reduced: Vec<bool>,
}

impl<'c> Space<'c> {
    /// Whether one value comes of an array.
    fn is_whole(&self) -> bool {
        !self.reduced.is_empty() && self.reduced.iter().all(|reduced| *reduced)
    }

    fn kept(&self) -> Vec<Value<'c>> {
        self.dims.iter().zip(&self.reduced).filter(|(_, r)| !**r).map(|(d, _)| *d).collect()
    }
}

/// The next accumulators from the present ones and the elements.
type Combine<'k, 'c> = &'k mut dyn FnMut(&mut Lower<'c>, &[Val<'c>], &[Val<'c>]) -> Vec<Val<'c>>;

fn typed(value: &Val) -> TyArg {
    TyArg { ty: value.ty.clone(), constant: value.constant.clone() }
}

impl<'c> Lower<'c> {
    /// `np.sum(a, axis=…)` and its kin, of a result type that inference has settled.
    pub fn numpy_reduction(&mut self, reduction: Reduction, bound: &Bound<Val<'c>>, result: &Ty) -> Vec<Value<'c>> {
        let a = Arguments::of(reduction, bound);
        let (element, rank) = a.array.ty.as_array().map_or((a.array.ty.clone(), 0), |t| ((*t.element).clone(), t.rank));
        let known = |name: &str| a.get(name).map(typed);
        let reduced = reduced_axes(reduction, &element, known("axis").as_ref(), rank).unwrap_or_else(|e| panic!("{}", e.message));
        let keep = flag(known("keepdims").as_ref(), "keepdims").unwrap_or(false);
        let dtype = known("dtype").filter(|d| d.ty != Ty::None).and_then(|d| dtype_of(&d).ok());
        let (compute, dtype) = dtypes(reduction, &element, dtype).unwrap_or_else(|e| panic!("{}", e.message));
        let kind = match reduction.kind {
            Kind::Sum if compute == Ty::Bool => Kind::Any,
            Kind::Prod if compute == Ty::Bool => Kind::All,
            other => other,
        };
        let reduction = Reduction { kind, ..reduction };
        let dims = if rank > 0 { self.known_dims(a.array) } else { vec![] };
        let space = Space { dims, reduced };
        let mask = a.get("where").cloned();
        let initial = a.get("initial").filter(|i| i.ty != Ty::None).cloned();
        let initial = initial.map(|initial| self.weak_operand(&initial, &dtype));
        let ddof = a.get("ddof").cloned();
        let out = a.get("out").filter(|o| o.ty != Ty::None);
        self.check_reduction_shapes(reduction, &space, keep, out, mask.as_ref());
        let mask = mask.filter(|mask| mask.ty.as_array().is_none_or(|m| m.rank <= rank));
        if let Some(out) = out.filter(|out| out.ty.as_array().is_some_and(|o| o.rank != if keep { rank } else { space.kept().len() })) {
            return out.parts.clone();
        }
        let settings = self.settings.clone();
        self.settings.division_raises = false;
        let value = match reduction.kind {
            Kind::Mean => self.mean(&space, a.array, &compute, mask.as_ref(), reduction.skip_nan).0,
            Kind::Var | Kind::Std => self.variance(&space, a.array, &compute, mask.as_ref(), ddof, reduction),
            Kind::ArgMin | Kind::ArgMax => self.arg_extreme(&space, a.array, reduction),
            Kind::Ptp => {
                let [high, low] = [Kind::Max, Kind::Min].map(|kind| self.fold_elements(&space, a.array, &compute, Reduction { kind, ..reduction }, None, None));
                self.map_all(&[high, low], &compute, &mut |l, x| {
                    let parts = match x[0].ty.time_of() {
                        Some(_) => l.of_times("numpy.subtract", x),
                        None => l.arithmetic("sub", &x[0], &x[1]),
                    };
                    l.val(x[0].ty.clone(), parts)
                })
            }
            _ => self.fold_elements(&space, a.array, &compute, reduction, mask.as_ref(), initial.as_ref()),
        };
        let value = self.map_all(&[value], &dtype, &mut |l, x| l.cast(&x[0], &dtype));
        self.settings = settings;
        let value = if keep && rank > 0 { self.with_ones(&value, &space, &dtype) } else { value };
        match out {
            Some(out) => {
                let target = (*self.array_ty(out).element).clone();
                self.map_into(&[value], out, super::elementwise::Mismatch::Assignment, &mut |l, x| vec![l.cast(&x[0], &target)]);
                out.parts.clone()
            }
            None => self.cast(&value, result).parts,
        }
    }

    /// A scalar, or the array of the axes kept, as what the kernel makes of it.
    fn map_all(&mut self, values: &[Val<'c>], dtype: &Ty, kernel: &mut dyn FnMut(&mut Self, &[Val<'c>]) -> Val<'c>) -> Val<'c> {
        let rank = values[0].ty.as_array().map_or(0, |a| a.rank);
        let ty = if rank == 0 { dtype.clone() } else { Ty::array(dtype.clone(), rank, Layout::C) };
        if values.len() == 1 && values[0].ty == ty {
            return values[0].clone();
        }
        self.map_elements(values, &ty, &mut |l, x| vec![kernel(l, x)])
    }

    /// The array with axes of size one where some were reduced.
    fn with_ones(&mut self, value: &Val<'c>, space: &Space<'c>, dtype: &Ty) -> Val<'c> {
        let one = self.b.c_index(1);
        let dims: Vec<Value<'c>> = space.dims.iter().zip(&space.reduced).map(|(d, r)| if *r { one } else { *d }).collect();
        let ty = Array { element: Box::new(dtype.clone()), rank: dims.len(), layout: Layout::C, readonly: false, unaligned: false };
        if value.ty.as_array().is_none() {
            let fresh = self.alloc(ty, &dims, false);
            let zeros = vec![self.b.c_index(0); dims.len()];
            self.store(&fresh, &zeros, value);
            return fresh;
        }
        let strides = self.packed_strides(&dims, true);
        let start = self.b.c_index(0);
        self.view(value, ty, start, &dims, &strides)
    }

    /// Sums, products, extremes, truths, counts.
    fn fold_elements(&mut self, space: &Space<'c>, array: &Val<'c>, compute: &Ty, reduction: Reduction, mask: Option<&Val<'c>>, initial: Option<&Val<'c>>) -> Val<'c> {
        let kind = reduction.kind;
        if matches!(kind, Kind::Min | Kind::Max) && initial.is_none() {
            self.check_not_empty(space, shapes::ufunc_of(reduction));
        }
        let element = array.ty.as_array().map_or(array.ty.clone(), |t| (*t.element).clone());
        // A bit in memory is a byte: of whole arrays it is bytes that are put together, by one operation.
        let bytes = matches!(kind, Kind::Any | Kind::All) && space.is_whole();
        let (asked, byte) = (compute, Ty::Int { bits: 8, signed: false });
        let compute = if bytes { &byte } else { compute };
        let identity = self.identity(kind, compute, reduction.skip_nan && !element.is_integral());
        let start = match initial {
            Some(initial) => self.cast_item(kind, initial, compute),
            None => identity.clone(),
        };
        let mut sources = vec![Source { value: array.clone(), kept: false }];
        sources.extend(mask.map(|m| Source { value: m.clone(), kept: false }));
        let tag = match kind {
            Kind::Sum if compute.is_float() || compute.is_complex() => "sum",
            Kind::Prod if compute.is_float() => "prod",
            Kind::Sum | Kind::Prod | Kind::CountNonzero | Kind::Any | Kind::All if matches!(compute, Ty::Int { .. }) => EXACT,
            Kind::Min | Kind::Max if !reduction.skip_nan && matches!(compute, Ty::Int { .. } | Ty::Float(_)) => EXACT,
            _ => "",
        };
        let skip = reduction.skip_nan;
        // Complex sums are two sums.
        let starts = if let Ty::Complex(bits) = compute && kind == Kind::Sum {
            start.parts.iter().map(|p| self.val(Ty::Float(*bits), vec![*p])).collect()
        } else {
            vec![start]
        };
        let split = starts.len() > 1;
        let values = self.reduce(space, &sources, &starts, tag, &mut |l, acc, x| {
            let mut item = l.cast_item(kind, &x[0], compute);
            if skip && (x[0].ty.is_float() || x[0].ty.is_complex()) && matches!(kind, Kind::Sum | Kind::Prod) {
                let nan = l.is_nan(&x[0]);
                item = l.choose(nan, &identity, &item);
            }
            if let Some(chosen) = x.get(1) {
                item = l.choose(chosen.parts[0], &item, &identity);
            }
            if split {
                return acc.iter().zip(&item.parts).map(|(a, p)| l.val(a.ty.clone(), vec![l.float_bin("add", a.parts[0], *p)])).collect();
            }
            let parts = l.combine(kind, &acc[0], &item, skip);
            vec![l.val(compute.clone(), parts)]
        });
        match split {
            true => self.map_all(&values, compute, &mut |l, x| l.val(compute.clone(), vec![x[0].parts[0], x[1].parts[0]])),
            false if bytes => self.map_all(&values, asked, &mut |l, x| l.cast(&x[0], asked)),
            false => values.into_iter().next().expect("one accumulator"),
        }
    }

    /// The element as what is accumulated.
    fn cast_item(&mut self, kind: Kind, x: &Val<'c>, compute: &Ty) -> Val<'c> {
        match kind {
            Kind::Any | Kind::All | Kind::CountNonzero => {
                let truth = self.truth(x);
                let truth = self.val(Ty::Bool, vec![truth]);
                self.cast(&truth, compute)
            }
            _ => self.cast(x, compute),
        }
    }

    /// The code of a function of times for two of them; the result's only part.
    fn of_times(&mut self, name: &str, x: &[Val<'c>]) -> Vec<Value<'c>> {
        let types: Vec<Ty> = x.iter().map(|v| v.ty.clone()).collect();
        let entry = ufuncs::for_element(functions::find(name).expect("the table has it"), &types);
        (entry.lower)(self, &Bound::of(x.to_vec()), &types[0])
    }

    /// Of a time: whether it is none.
    fn is_nan(&mut self, x: &Val<'c>) -> Value<'c> {
        if x.ty.time_of().is_some() {
            return self.is_nat(x.parts[0]);
        }
        let tests: Vec<Value<'c>> = x.parts.iter().map(|p| self.b.val("math.isnan", &[*p], self.b.i1(), &[])).collect();
        tests.into_iter().reduce(|a, b| self.b.bin("arith.ori", a, b)).unwrap_or_else(|| self.b.c_bool(false))
    }

    fn choose(&mut self, condition: Value<'c>, yes: &Val<'c>, no: &Val<'c>) -> Val<'c> {
        let parts = yes.parts.iter().zip(&no.parts).map(|(y, n)| self.b.select(condition, *y, *n)).collect();
        self.val(yes.ty.clone(), parts)
    }

    fn combine(&mut self, kind: Kind, acc: &Val<'c>, item: &Val<'c>, skip_nan: bool) -> Vec<Value<'c>> {
        if acc.ty.time_of().is_some() {
            return match kind {
                Kind::Min | Kind::Max if skip_nan => vec![self.known_extreme(kind == Kind::Max, acc.parts[0], item.parts[0])],
                Kind::Min | Kind::Max => vec![self.later(kind == Kind::Max, acc.parts[0], item.parts[0])],
                _ => self.of_times("numpy.add", &[acc.clone(), item.clone()]),
            };
        }
        let pick = |l: &Self, float: &str, signed: &str, unsigned: &str| {
            let op = if acc.ty.is_float() { float } else if acc.ty.is_signed() { signed } else { unsigned };
            // Zeros of either sign are equal: which of them is found first does not count.
            let flags = l.b.parse_attr("#arith.fastmath<nsz>");
            let attrs: &[_] = if acc.ty.is_float() { &[("fastmath", flags)] } else { &[] };
            vec![l.b.val(op, &[acc.parts[0], item.parts[0]], acc.parts[0].ty(), attrs)]
        };
        match kind {
            Kind::Min | Kind::Max if acc.ty.is_complex() => self.complex_extreme(kind == Kind::Max, skip_nan, acc, item),
            Kind::Sum | Kind::CountNonzero => self.arithmetic("add", acc, item),
            Kind::Prod => self.arithmetic("mul", acc, item),
            Kind::Any => vec![self.b.bin("arith.ori", acc.parts[0], item.parts[0])],
            Kind::All => vec![self.b.bin("arith.andi", acc.parts[0], item.parts[0])],
            Kind::Min if skip_nan => pick(self, "arith.minnumf", "arith.minsi", "arith.minui"),
            Kind::Max if skip_nan => pick(self, "arith.maxnumf", "arith.maxsi", "arith.maxui"),
            Kind::Min => pick(self, "arith.minimumf", "arith.minsi", "arith.minui"),
            _ => pick(self, "arith.maximumf", "arith.maxsi", "arith.maxui"),
        }
    }

    /// What changes nothing. For extremes that pass over NaNs it is NaN: of nothing but NaNs the result is NaN.
    fn identity(&mut self, kind: Kind, ty: &Ty, passes_over: bool) -> Val<'c> {
        let number = |n: f64| vec![n];
        let parts = match (kind, ty) {
            (Kind::Min | Kind::Max, Ty::Complex(bits)) => {
                let part = self.identity(kind, &Ty::Float(*bits), passes_over).parts[0];
                return self.val(ty.clone(), vec![part, part]);
            }
            (Kind::Min | Kind::Max, Ty::Float(_)) => number(if passes_over { f64::NAN } else if kind == Kind::Min { f64::INFINITY } else { f64::NEG_INFINITY }),
            (Kind::Min | Kind::Max, Ty::Int { bits, signed }) => {
                let (low, high) = if *signed { (i64::MIN >> (64 - bits), i64::MAX >> (64 - bits)) } else { (0, -1) };
                let value = self.b.c_int(self.scalar(ty), if kind == Kind::Min { high } else { low });
                return self.val(ty.clone(), vec![value]);
            }
            (Kind::Min | Kind::Max, Ty::Time(_)) => {
                let count = if passes_over { NAT } else if kind == Kind::Min { i64::MAX } else { NAT + 1 };
                return self.val(ty.clone(), vec![self.b.c_i64(count)]);
            }
            (Kind::Min | Kind::All | Kind::Prod, _) => number(1.0),
            _ => number(0.0),
        };
        let value = self.val(Ty::F64, vec![self.b.c_float(self.b.f64(), parts[0])]);
        match ty {
            Ty::Bool => self.val(Ty::Bool, vec![self.b.c_bool(parts[0] != 0.0)]),
            Ty::Int { .. } => self.val(ty.clone(), vec![self.b.c_int(self.scalar(ty), parts[0] as i64)]),
            _ => self.cast(&value, ty),
        }
    }

    fn check_not_empty(&mut self, space: &Space<'c>, name: &str) {
        let message = format!("zero-size array to reduction operation {name} which has no identity");
        let reduced = space.dims.iter().zip(&space.reduced).filter(|(_, reduced)| **reduced).map(|(dim, _)| *dim);
        // Also where there are no results: np.max(np.zeros((0, 0)), 1) raises.
        let Some(count) = reduced.reduce(|a, b| self.b.bin("arith.muli", a, b)) else { return };
        let some = self.b.cmpi("ne", count, self.b.c_index(0));
        self.check(some, "ValueError", &message);
    }

    /// Folds the elements along the reduced axes, in order where it matters; one array (or scalar) for each accumulator.
    fn reduce(&mut self, space: &Space<'c>, sources: &[Source<'c>], starts: &[Val<'c>], tag: &str, combine: Combine<'_, 'c>) -> Vec<Val<'c>> {
        let rank = space.dims.len();
        if rank == 0 {
            let elements: Vec<Val<'c>> = sources.iter().map(|s| if s.value.ty.as_array().is_some() { self.load(&s.value, &[]) } else { s.value.clone() }).collect();
            return combine(self, starts, &elements);
        }
        if !space.reduced.contains(&true) {
            return self.reduce_nothing(space, sources, starts, combine);
        }
        let names: Vec<String> = (0..rank).map(|i| format!("d{i}")).collect();
        let kept: Vec<String> = names.iter().zip(&space.reduced).filter(|(_, r)| !**r).map(|(n, _)| n.clone()).collect();
        let (mut inputs, mut maps) = (vec![], vec![]);
        for source in sources {
            let Some(array) = source.value.ty.as_array().filter(|a| a.rank > 0).cloned() else { continue };
            let element = self.element(&array.element);
            let ty = self.tensor(element, array.rank);
            let mut tensor = self.b.val("bufferization.to_tensor", &source.value.parts, ty, &[("restrict", self.b.unit())]);
            if source.kept {
                maps.push(affine_map(rank, &kept));
            } else {
                if inputs.first().is_some() {
                    tensor = self.stretched(&source.value, tensor, &space.dims);
                }
                maps.push(affine_map(rank, &names[rank - array.rank..]));
            }
            inputs.push(tensor);
        }
        let sizes = space.kept();
        let outputs: Vec<Value<'c>> = starts.iter().map(|start| self.filled(&sizes, start)).collect();
        maps.extend(starts.iter().map(|_| affine_map(rank, &kept)));
        let region = self.reduction_region(sources, &inputs, &outputs, starts, combine);
        let iterators: Vec<&str> = space.reduced.iter().map(|r| if *r { "#linalg.iterator_type<reduction>" } else { "#linalg.iterator_type<parallel>" }).collect();
        let mut attrs = vec![
            ("indexing_maps", self.b.parse_attr(&format!("[{}]", maps.join(", ")))),
            ("iterator_types", self.b.parse_attr(&format!("[{}]", iterators.join(", ")))),
            ("operandSegmentSizes", self.b.i32_array(&[inputs.len() as i32, outputs.len() as i32])),
        ];
        match tag {
            "" => {}
            EXACT => attrs.push((EXACT, self.b.unit())),
            tag => attrs.push(("zouk.reduction", self.b.str(tag))),
        }
        let types: Vec<_> = outputs.iter().map(|o| o.ty()).collect();
        let tensors = self.b.op_with_regions("linalg.generic", &[&inputs[..], &outputs].concat(), &types, &attrs, &[region]).results();
        tensors.into_iter().zip(starts).map(|(tensor, start)| self.reduced_value(tensor, &start.ty, kept.len())).collect()
    }

    /// A reduction along no axis: every element is put together with the start alone.
    fn reduce_nothing(&mut self, space: &Space<'c>, sources: &[Source<'c>], starts: &[Val<'c>], combine: Combine<'_, 'c>) -> Vec<Val<'c>> {
        let values: Vec<Val<'c>> = sources.iter().map(|s| s.value.clone()).collect();
        let mut found = vec![];
        for (i, start) in starts.iter().enumerate() {
            let ty = Ty::array(start.ty.clone(), space.dims.len(), Layout::C);
            found.push(self.map_elements(&values, &ty, &mut |l, x| vec![combine(l, starts, x).swap_remove(i)]));
        }
        found
    }

    /// A scalar out of a tensor without axes, else the array.
    fn reduced_value(&mut self, tensor: Value<'c>, dtype: &Ty, rank: usize) -> Val<'c> {
        if rank == 0 {
            let raw = self.b.val("tensor.extract", &[tensor], self.element(dtype), &[]);
            return self.from_memory(raw, dtype);
        }
        let ty = Array { element: Box::new(dtype.clone()), rank, layout: Layout::C, readonly: false, unaligned: false };
        let array = self.array_of_tensor(tensor, &ty);
        self.val(Ty::Array(ty), vec![array])
    }

    /// A mask over the elements: its axes are those sizes, or one.
    fn stretched(&mut self, mask: &Val<'c>, tensor: Value<'c>, dims: &[Value<'c>]) -> Value<'c> {
        let own = self.known_dims(mask);
        let asked = &dims[dims.len() - own.len()..];
        self.b.val("rt.broadcast", &[&[tensor], asked].concat(), tensor.ty(), &[])
    }

    /// The tensor of these sizes with one value everywhere.
    fn filled(&mut self, sizes: &[Value<'c>], value: &Val<'c>) -> Value<'c> {
        let element = self.element(&value.ty);
        let empty = self.b.val("tensor.empty", sizes, self.tensor(element, sizes.len()), &[]);
        let region = Region::new();
        let block = region.add_block(&[(element, self.b.loc())]);
        let raw = self.to_memory(value);
        self.b.within(block, || self.b.op("linalg.yield", &[raw], &[], &[]));
        let names: Vec<String> = (0..sizes.len()).map(|i| format!("d{i}")).collect();
        let attrs = [
            ("indexing_maps", self.b.parse_attr(&format!("[{}]", affine_map(sizes.len(), &names)))),
            ("iterator_types", self.b.parse_attr(&format!("[{}]", vec!["#linalg.iterator_type<parallel>"; sizes.len()].join(", ")))),
            ("operandSegmentSizes", self.b.i32_array(&[0, 1])),
        ];
        self.b.op_with_regions("linalg.generic", &[empty], &[empty.ty()], &attrs, &[region]).result(0)
    }

    fn reduction_region(&mut self, sources: &[Source<'c>], inputs: &[Value<'c>], outputs: &[Value<'c>], starts: &[Val<'c>], combine: Combine<'_, 'c>) -> Region<'c> {
        let loc = self.b.loc();
        let element = |v: &Value<'c>| (RankedTensorType::try_from(v.ty()).expect("a tensor").element(), loc);
        let region = Region::new();
        let block = region.add_block(&inputs.iter().chain(outputs).map(element).collect::<Vec<_>>());
        let here = self.b.block();
        self.b.set_end(block);
        let mut arguments = block.args().into_iter();
        let mut elements = vec![];
        for source in sources {
            elements.push(match source.value.ty.as_array().cloned() {
                Some(array) if array.rank > 0 => {
                    let raw = arguments.next().expect("one argument for each array");
                    self.from_memory(raw, &array.element)
                }
                Some(_) => self.load(&source.value, &[]),
                None => source.value.clone(),
            });
        }
        let accumulators: Vec<Val<'c>> = starts.iter().map(|s| { let raw = arguments.next().expect("one accumulator for each start"); self.from_memory(raw, &s.ty) }).collect();
        let next = combine(self, &accumulators, &elements);
        let raw: Vec<Value<'c>> = next.iter().map(|v| self.to_memory(v)).collect();
        self.b.op("linalg.yield", &raw, &[], &[]);
        self.b.set_end(here);
        region
    }
}
