//! The iterable protocol: a length, read once, and the item at a place.

use super::Lower;
use super::slices::natural_row;
use crate::functions::Val;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, Value};
use zouk_dialects::ty::{Array, Layout, Ty, Walk};

/// An iterable about to be run through.
pub(super) struct Iteration<'c> {
    items: Items<'c>,
    /// The number of items, an i64.
    pub length: Value<'c>,
}

enum Items<'c> {
    Elements(Val<'c>),
    Rows { array: Val<'c>, dims: Vec<Value<'c>>, strides: Vec<Value<'c>> },
    Tuple(Vec<Val<'c>>),
    Range(Val<'c>),
    /// Index tuples of a box of these sizes, or what stands there.
    Walk { walk: Walk, over: Val<'c>, dims: Vec<Value<'c>> },
    /// The inner iterable and the number of its first item.
    Enumerate(Box<Iteration<'c>>, Value<'c>),
    Zip(Vec<Iteration<'c>>),
    /// The inner iterable and the place of its last item.
    Reversed(Box<Iteration<'c>>, Value<'c>),
}

impl<'c> Lower<'c> {
    pub(super) fn iteration(&mut self, iterable: &Val<'c>) -> Result<Iteration<'c>, Diagnostic> {
        let iterable = &Val { ty: iterable.ty.unnamed(), ..iterable.clone() };
        let parts = &iterable.parts;
        Ok(match &iterable.ty {
            Ty::Array(array) if array.rank > 0 => {
                let length = self.b.index_cast(self.dim(iterable, 0), self.b.i64());
                let items = if array.rank == 1 {
                    Items::Elements(iterable.clone())
                } else {
                    Items::Rows { dims: self.dims(iterable), strides: self.strides(iterable), array: iterable.clone() }
                };
                Iteration { items, length }
            }
            Ty::Tuple(types) | Ty::List(types) if types.is_empty() || Ty::of_any(types).is_some() => {
                Iteration { items: Items::Tuple(self.alike(iterable)), length: self.b.c_i64(types.len() as i64) }
            }
            Ty::Tuple(_) | Ty::List(_) => return Err(self.unsupported("iterating over a tuple of different types is not supported")),
            Ty::Range(_) => Iteration { length: self.loop_length(iterable), items: Items::Range(iterable.clone()) },
            Ty::Enumerate(inner) => {
                let (start, parts) = parts.split_last().map(|(s, p)| (*s, p.to_vec())).ok_or_else(|| self.internal("enumerate has no start"))?;
                let inner = self.iteration(&self.val((**inner).clone(), parts))?;
                Iteration { length: inner.length, items: Items::Enumerate(Box::new(inner), start) }
            }
            Ty::Zip(_) => {
                let inners = self.elements(iterable).iter().map(|e| self.iteration(e)).collect::<Result<Vec<_>, _>>()?;
                let shortest = inners.iter().map(|i| i.length).reduce(|a, b| self.b.bin("arith.minsi", a, b));
                Iteration { length: shortest.unwrap_or_else(|| self.b.c_i64(0)), items: Items::Zip(inners) }
            }
            // Of these the raw items: the loop's body calls the function.
            Ty::Map(_) | Ty::Filter(_) => {
                let iterables = self.elements(iterable).split_off(1);
                match &iterables[..] {
                    [only] => self.iteration(only)?,
                    several => {
                        let types = several.iter().map(|value| value.ty.clone()).collect();
                        let parts = several.iter().flat_map(|value| value.parts.clone()).collect();
                        self.iteration(&self.val(Ty::Zip(types), parts))?
                    }
                }
            }
            Ty::Walk(walk, inner) => {
                let over = self.val((**inner).clone(), parts.clone());
                self.walk_iteration(*walk, over)
            }
            Ty::Reversed(inner) => {
                let sequence = self.val((**inner).clone(), parts.clone());
                let inner = self.iteration(&sequence)?;
                let length = if let Ty::Range(_) = sequence.ty { self.range_length(&sequence) } else { inner.length };
                let last = self.b.bin("arith.subi", length, self.b.c_i64(1));
                Iteration { length: inner.length, items: Items::Reversed(Box::new(inner), last) }
            }
            other => return Err(self.unsupported(format!("iterating over {} is not supported", other.user_name()))),
        })
    }

    /// How many items an iterable has, or at most has, an index; its elements may have several types.
    pub fn length_of(&mut self, iterable: &Val<'c>) -> Value<'c> {
        match &iterable.ty {
            ty if ty.as_sequence().is_some() => self.b.c_index(ty.as_sequence().map_or(0, <[Ty]>::len) as i64),
            Ty::Enumerate(inner) | Ty::Reversed(inner) | Ty::Iterator(inner) => {
                let count = self.expand(inner).len();
                let inner = self.val((**inner).clone(), iterable.parts[..count].to_vec());
                self.length_of(&inner)
            }
            Ty::Zip(_) | Ty::Map(_) | Ty::Filter(_) => {
                let first = if let Ty::Zip(_) = iterable.ty { 0 } else { 1 };
                let lengths: Vec<_> = self.elements(iterable)[first..].iter().map(|inner| self.length_of(inner)).collect();
                lengths.into_iter().reduce(|a, b| self.b.bin("arith.minsi", a, b)).unwrap_or_else(|| self.b.c_index(0))
            }
            _ => {
                let Ok(iteration) = self.iteration(iterable) else {
                    // The loop over it is refused.
                    self.raise("SystemError", "unreachable");
                    return self.b.c_index(0);
                };
                self.b.index_cast(iteration.length, self.b.index())
            }
        }
    }

    /// `zouk.library.places`: the number of items of what has them at places.
    pub fn item_count(&mut self, iterable: &Val<'c>) -> Value<'c> {
        let Ok(iteration) = self.iteration(iterable) else { panic!("{} has no items at places", iterable.ty) };
        iteration.length
    }

    /// `zouk.library.item_at`
    pub fn item_at(&mut self, iterable: &Val<'c>, place: Value<'c>) -> Vec<Value<'c>> {
        let item = self.iteration(iterable).and_then(|iteration| self.item(&iteration, place));
        let Ok(item) = item else { panic!("{} has no items at places", iterable.ty) };
        item.parts
    }

    /// The item at a place (an i64) that is less than the length.
    pub(super) fn item(&mut self, iteration: &Iteration<'c>, place: Value<'c>) -> Result<Val<'c>, Diagnostic> {
        Ok(match &iteration.items {
            Items::Elements(array) => {
                let index = self.b.index_cast(place, self.b.index());
                self.load(array, &[index])
            }
            Items::Rows { array, dims, strides } => {
                let index = self.b.index_cast(place, self.b.index());
                let offset = self.b.bin("arith.muli", index, strides[0]);
                let row = natural_row(self.array_ty(array));
                self.view(array, row, offset, &dims[1..], &strides[1..])
            }
            Items::Tuple(elements) => {
                let index = self.b.index_cast(place, self.b.index());
                self.select_element(elements, index)
            }
            Items::Range(range) => {
                let Ty::Range(inner) = &range.ty else { return Err(self.internal("no range")) };
                let place = self.convert(place, &Ty::I64, inner);
                let along = self.b.bin("arith.muli", place, range.parts[2]);
                let item = self.b.bin("arith.addi", range.parts[0], along);
                self.val((**inner).clone(), vec![item])
            }
            Items::Enumerate(inner, start) => {
                let number = self.b.bin("arith.addi", *start, place);
                let item = self.item(inner, place)?;
                let parts = [&[number], &item.parts[..]].concat();
                self.val(Ty::Tuple(vec![Ty::I64, item.ty]), parts)
            }
            Items::Zip(inners) => {
                let items = inners.iter().map(|i| self.item(i, place)).collect::<Result<Vec<_>, _>>()?;
                let parts = items.iter().flat_map(|i| i.parts.clone()).collect();
                self.val(Ty::Tuple(items.into_iter().map(|i| i.ty).collect()), parts)
            }
            Items::Walk { walk, over, dims } => {
                let number = self.b.index_cast(place, self.b.index());
                let at = self.index_tuple(dims, number);
                self.walk_item(*walk, over, &at)
            }
            Items::Reversed(inner, last) => {
                let place = self.b.bin("arith.subi", *last, place);
                self.item(inner, place)?
            }
        })
    }

    fn walk_iteration(&mut self, walk: Walk, over: Val<'c>) -> Iteration<'c> {
        let dims = match &over.ty {
            Ty::Array(_) => self.dims(&over),
            // The arrays of `nditer` have the same sizes.
            Ty::Tuple(_) if walk == Walk::Iter => self.dims(&self.elements(&over)[0]),
            _ => over.parts.iter().map(|size| self.b.index_cast(*size, self.b.index())).collect(),
        };
        let length = self.box_size(&dims);
        let flat = if walk == Walk::Flat { self.flattened(&over) } else { None };
        let items = flat.map_or(Items::Walk { walk, over, dims }, Items::Elements);
        Iteration { items, length }
    }

    /// The number of index tuples of a box, an i64. Of more than it holds nobody sees the end.
    pub fn box_size(&mut self, dims: &[Value<'c>]) -> Value<'c> {
        let (zero, most) = (self.b.c_i64(0), self.b.c_i64(i64::MAX));
        let sizes: Vec<_> = dims.iter().map(|dim| self.b.index_cast(*dim, self.b.i64())).collect();
        let product = |x: Value<'c>, y: Value<'c>| {
            let wide = self.b.op("arith.mului_extended", &[x, y], &[x.ty(), x.ty()], &[]);
            let small = self.b.cmpi("eq", wide.result(1), zero);
            let fits = self.b.bin("arith.andi", small, self.b.cmpi("sge", wide.result(0), zero));
            self.b.select(fits, wide.result(0), most)
        };
        sizes.into_iter().reduce(product).unwrap_or_else(|| self.b.c_i64(1))
    }

    fn walk_item(&mut self, walk: Walk, over: &Val<'c>, at: &[Value<'c>]) -> Val<'c> {
        let place = |l: &Self| at.iter().map(|i| l.b.index_cast(*i, l.b.i64())).collect::<Vec<_>>();
        match (walk, &over.ty) {
            (Walk::Flat, _) => self.load(over, at),
            (Walk::Enumerate, _) => {
                let element = self.load(over, at);
                let ty = Ty::Tuple(vec![Ty::Tuple(vec![Ty::I64; at.len()]), element.ty]);
                let parts = [place(self), element.parts].concat();
                self.val(ty, parts)
            }
            (Walk::Iter, Ty::Array(_)) => self.element_view(over, at),
            (Walk::Iter, _) => {
                let views: Vec<_> = self.elements(over).iter().map(|array| self.element_view(array, at)).collect();
                let parts = views.iter().flat_map(|v| v.parts.clone()).collect();
                self.val(Ty::Tuple(views.into_iter().map(|v| v.ty).collect()), parts)
            }
            (Walk::Index, _) => {
                let parts = place(self);
                self.val(over.ty.clone(), parts)
            }
        }
    }

    /// A read-only array without axes over one element.
    fn element_view(&mut self, array: &Val<'c>, at: &[Value<'c>]) -> Val<'c> {
        let strides = self.strides(array);
        let zero = self.b.c_index(0);
        let offset = at.iter().zip(strides).fold(zero, |sum, (i, stride)| {
            let along = self.b.bin("arith.muli", *i, stride);
            self.b.bin("arith.addi", sum, along)
        });
        let ty = Array { rank: 0, layout: Layout::C, readonly: true, ..self.array_ty(array).clone() };
        self.view(array, ty, offset, &[], &[])
    }

    /// How often a loop over a range runs. Of 2^63 and more iterations nobody sees the end: they are made one less.
    pub fn loop_length(&mut self, range: &Val<'c>) -> Value<'c> {
        let count = self.range_length(range);
        if is_short(range) {
            return count;
        }
        let huge = self.b.cmpi("slt", count, self.b.c_i64(0));
        self.b.select(huge, self.b.c_i64(i64::MAX), count)
    }

    /// `len(range)`, which raises when it is 2^63 or more.
    pub fn checked_length(&mut self, range: &Val<'c>) -> Value<'c> {
        let count = self.range_length(range);
        if !is_short(range) {
            self.check(self.b.cmpi("sge", count, self.b.c_i64(0)), "OverflowError", "Python int too large to convert to C ssize_t");
        }
        count
    }

    /// Start, stop and step (i64s) of a range over which `scf.for` can run as it is: the step is a positive constant, and `start + n * step`
    /// does not overflow on the way to `stop`.
    pub(super) fn direct_bounds(&mut self, range: &Val<'c>) -> Option<(Value<'c>, Value<'c>, Value<'c>)> {
        let Ty::Range(inner) = &range.ty else { return None };
        let step = known_int(range.parts[2]).filter(|s| *s > 0)?;
        let safe = matches!(**inner, Ty::Int { bits: 8..=32, .. }) || step == 1 || step < 1 << 62 && is_small(range.parts[1], 4);
        // Upstream counts the iterations between two constants in 64 bits, signed.
        let countable = match [0, 1].map(|i| folded_int(range.parts[i], 16)) {
            [Some(start), Some(stop)] => stop < start || stop.checked_sub(start).is_some(),
            _ => true,
        };
        if !inner.is_signed() || !safe || !countable {
            return None;
        }
        let [from, to] = [0, 1].map(|i| self.convert(range.parts[i], inner, &Ty::I64));
        Some((from, to, self.b.c_i64(step)))
    }

    /// The item of such a range, from the counter.
    pub(super) fn direct_item(&mut self, range: &Val<'c>, counter: Value<'c>) -> Val<'c> {
        let Ty::Range(inner) = &range.ty else { return range.clone() };
        let item = self.convert(counter, &Ty::I64, inner);
        self.val((**inner).clone(), vec![item])
    }
}

/// Whether a range is known to have fewer than 2^63 items: those of 64-bit integers with a step of 1, -1, 2 or -2 may have more.
fn is_short(range: &Val) -> bool {
    let Ty::Range(inner) = &range.ty else { return false };
    let [start, stop, step] = [0, 1, 2].map(|i| known_int(range.parts[i]));
    let not_negative = |end: Option<i64>| end.is_some_and(|end| end >= 0);
    match step {
        _ if matches!(**inner, Ty::Int { bits: 8..=32, .. }) => true,
        Some(step) if step.unsigned_abs() > 2 => true,
        Some(step) if inner.is_signed() => not_negative(if step > 0 { start } else { stop }),
        _ => false,
    }
}

/// The value of an integer constant, also a converted one.
pub(super) fn known_int(value: Value) -> Option<i64> {
    if let Some(known) = Builder::constant_int(value) {
        return Some(known);
    }
    let op = value.def().filter(|o| matches!(o.name(), "arith.extsi" | "arith.index_cast"))?;
    known_int(op.operand(0))
}

/// As `known_int`, also of sums and products that upstream will fold: `2**63 - 1`.
fn folded_int(value: Value, depth: usize) -> Option<i64> {
    let op = value.def().filter(|_| depth > 0)?;
    let fold: fn(i64, i64) -> i64 = match op.name() {
        "arith.addi" => i64::wrapping_add,
        "arith.subi" => i64::wrapping_sub,
        "arith.muli" => i64::wrapping_mul,
        _ => return known_int(value),
    };
    Some(fold(folded_int(op.operand(0), depth - 1)?, folded_int(op.operand(1), depth - 1)?))
}

/// Whether a 64-bit integer is at most 2^62: a constant, the size of an array, what narrower integers give.
fn is_small(value: Value, depth: usize) -> bool {
    let Some(op) = value.def() else { return false };
    match op.name() {
        "arith.constant" => known_int(value).is_some_and(|c| c <= 1 << 62),
        "memref.dim" | "arith.extsi" | "arith.extui" => true,
        "arith.index_cast" => is_small(op.operand(0), depth),
        // x - c, x + c with a small c
        "arith.subi" | "arith.addi" if depth > 0 => {
            let small = |v: Value| known_int(v).is_some_and(|c| c.abs() < 1 << 31);
            is_far_from_limit(op.operand(0), depth) && small(op.operand(1)) || op.is("arith.addi") && small(op.operand(0)) && is_far_from_limit(op.operand(1), depth)
        }
        _ => false,
    }
}

/// Small, and so is its sum or difference with a 31-bit number: neither wraps around.
fn is_far_from_limit(value: Value, depth: usize) -> bool {
    value.def().is_some_and(|o| matches!(o.name(), "memref.dim" | "arith.extsi" | "arith.extui") || o.is("arith.index_cast") && is_far_from_limit(o.operand(0), depth))
}
