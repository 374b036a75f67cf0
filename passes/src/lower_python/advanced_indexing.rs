//! `value[index]` and `value[index] = item` where arrays are in the index. What slices and single places say makes a view first; masks become
//! places; then every element of the broadcast places and of the remaining axes is visited (`gather.rs`).

use super::Lower;
use super::assign::disjoint;
use super::elementwise::shape_text;
use super::gather::{Outside, Places, Selection};
use super::slices::Axis;
use crate::advanced_index::{Part, Shape, lone_mask};
use crate::functions::{Val, new_array};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::{Array, Layout, Ty};

/// A part of an index that holds an array.
enum Advanced<'c> {
    Places { array: Val<'c>, axis: usize, number: usize },
    Mask { mask: Val<'c>, axis: usize },
    /// A bool.
    Flag(Value<'c>),
}

/// An index into an array, part by part.
struct Split<'c> {
    axes: Vec<Axis<'c>>,
    advanced: Vec<Advanced<'c>>,
    shape: Shape,
}

impl<'c> Lower<'c> {
    /// The parts of an index. Tuples and lists among them are arrays; arrays without axes are what they hold, and whether there were any.
    pub(super) fn index_items(&mut self, index: &Val<'c>) -> (Vec<Val<'c>>, bool) {
        let parts = if let Ty::Tuple(_) = index.ty { self.elements(index) } else { vec![index.clone()] };
        let mut copies = false;
        let mut item = |part: Val<'c>| match &part.ty {
            Ty::Tuple(_) | Ty::List(_) => self.sequence_array(&part),
            Ty::Array(array) if array.rank == 0 => {
                copies = true;
                self.load(&part, &[])
            }
            _ => part,
        };
        let items = parts.into_iter().map(&mut item).collect();
        (items, copies)
    }

    /// A new array of the places or bools of a tuple or list.
    fn sequence_array(&mut self, sequence: &Val<'c>) -> Val<'c> {
        let (element, rank) = match Part::of(&sequence.ty) {
            Some(Part::Mask(rank)) => (Ty::Bool, rank),
            Some(Part::Places(rank)) => (Ty::I64, rank),
            other => panic!("inference let {other:?} pass as an array"),
        };
        let ty = Ty::array(element, rank, Layout::C);
        let parts = new_array(self, &Val { ty: sequence.ty.decayed(), ..sequence.clone() }, &ty);
        self.val(ty, parts)
    }

    /// A new array of the numbers of a tuple, converted.
    pub fn array_of_elements(&mut self, element: &Ty, tuple: &Val<'c>) -> Val<'c> {
        let elements = self.elements(tuple);
        let ty = Array { element: Box::new(element.clone()), rank: 1, layout: Layout::C, readonly: false, unaligned: false };
        let size = self.b.c_index(elements.len() as i64);
        let array = self.alloc(ty, &[size], false);
        for (i, element) in elements.iter().enumerate() {
            let at = self.b.c_index(i as i64);
            self.store(&array, &[at], element);
        }
        array
    }

    pub(super) fn is_advanced(items: &[Val<'c>]) -> bool {
        items.iter().any(|i| Part::of(&i.ty).is_some_and(Part::is_advanced))
    }

    /// `value[items]`, a new array.
    pub(super) fn advanced_item(&mut self, value: &Val<'c>, items: &[Val<'c>], result: &Ty) -> Result<Val<'c>, Diagnostic> {
        if let Some(mask) = self.lone_mask(value, items) {
            return Ok(self.compress(value, &mask));
        }
        let selection = self.selection(value, items)?;
        self.check_places(&selection);
        Ok(self.gather(&selection, result))
    }

    /// `value[items] = item`. Nothing is stored before everything has been checked.
    pub(super) fn assign_advanced(&mut self, value: &Val<'c>, items: &[Val<'c>], item: &Val<'c>) -> Result<(), Diagnostic> {
        let rank = self.array_ty(value).rank;
        if let (0, [Val { ty: Ty::Bool, .. }], Ty::Array(_)) = (rank, items, &item.ty) {
            let ty = Array { element: Box::new(Ty::Bool), rank: 0, layout: Layout::C, readonly: false, unaligned: false };
            let mask = self.alloc(ty, &[], false);
            self.store(&mask, &[], &items[0]);
            self.expand_into(value, &mask, item);
            return Ok(());
        }
        match (self.lone_mask(value, items), &item.ty) {
            (Some(mask), ty) if ty.as_array().is_none() => {
                let item = self.apart_from(value, item)?;
                self.fill_where(value, &mask, &item)
            }
            // As `a[mask, ...]` an index takes further axes of size one too.
            (Some(mask), Ty::Array(given)) if self.array_ty(&mask).rank == rank && given.rank <= 1 => self.expand_into(value, &mask, item),
            _ => {
                let mut selection = self.selection(value, items)?;
                let item = self.apart_from(value, item)?;
                self.scatter(&mut selection, &item);
            }
        }
        Ok(())
    }

    /// The mask when it is the whole index and has axes; it is checked to fit.
    fn lone_mask(&mut self, value: &Val<'c>, items: &[Val<'c>]) -> Option<Val<'c>> {
        let parts: Vec<_> = items.iter().filter_map(|i| Part::of(&i.ty)).collect();
        let types: Vec<_> = items.iter().map(|i| i.ty.clone()).collect();
        lone_mask(&parts, &types).filter(|rank| *rank > 0)?;
        self.check_mask(value, &items[0], 0);
        Some(items[0].clone())
    }

    /// What an index selects. All that can be wrong is checked but the places in arrays.
    fn selection(&mut self, value: &Val<'c>, items: &[Val<'c>]) -> Result<Selection<'c>, Diagnostic> {
        let split = self.split(value, items)?;
        let selected = super::slices::natural_view(self.array_ty(value), &split.axes);
        let view = self.select_view(value, &split.axes, selected);
        let (mut places, mut shapes) = (vec![], vec![]);
        for part in split.advanced {
            match part {
                Advanced::Places { array, axis, number } => {
                    shapes.push(self.dims(&array));
                    places.push(Places::given(array, axis, number, Outside::Raises));
                }
                Advanced::Mask { mask, axis } => {
                    for (i, array) in self.true_places(&mask).into_iter().enumerate() {
                        shapes.push(self.dims(&array));
                        places.push(Places::checked(array, axis + i));
                    }
                }
                Advanced::Flag(flag) => {
                    let size = self.b.val("arith.index_castui", &[flag], self.b.index(), &[]);
                    shapes.push(vec![size]);
                }
            }
        }
        let broadcast = self.broadcast_shapes(&shapes);
        Ok(Selection { view, places, broadcast, position: split.shape.position })
    }

    /// Which axes the parts of an index name. Masks are checked to fit.
    fn split(&mut self, value: &Val<'c>, items: &[Val<'c>]) -> Result<Split<'c>, Diagnostic> {
        let kinds: Vec<_> = items.iter().filter_map(|i| Part::of(&i.ty)).collect();
        let rank = self.array_ty(value).rank;
        let named: usize = kinds.iter().map(|p| p.axes()).sum();
        let rest = rank.checked_sub(named).filter(|_| kinds.len() == items.len()).ok_or_else(|| self.internal("no index of the array"))?;
        let (mut axes, mut advanced) = (vec![], vec![]);
        let (mut number, mut axis) = (0, 0);
        for (item, kind) in items.iter().zip(&kinds) {
            let mut add = |new: Axis<'c>, count: usize| {
                axis += if let Axis::At(_) = new { 0 } else { count };
                axes.push(new);
                axis
            };
            match kind {
                Part::At => _ = add(Axis::At(item.clone()), 1),
                Part::New => _ = add(Axis::New, 1),
                Part::Slice => _ = add(Axis::Slice(item.clone()), 1),
                Part::Ellipsis => (0..rest).for_each(|_| _ = add(Axis::Full, 1)),
                Part::Places(_) => advanced.push(Advanced::Places { array: item.clone(), axis: add(Axis::Full, 1) - 1, number }),
                Part::Mask(0) => advanced.push(Advanced::Flag(item.parts[0])),
                Part::Mask(rank) => {
                    let last = (0..*rank).map(|_| add(Axis::Full, 1)).last().unwrap_or(0);
                    advanced.push(Advanced::Mask { mask: item.clone(), axis: last - rank });
                    self.check_mask(value, item, number);
                }
            }
            number += if *kind == Part::Ellipsis { rest } else { kind.axes() };
        }
        if !kinds.contains(&Part::Ellipsis) {
            axes.extend((0..rest).map(|_| Axis::Full));
        }
        Ok(Split { axes, advanced, shape: Shape::of(&kinds, rank) })
    }

    /// A mask has the sizes of the axes from `first` on. Axes of size zero have no places that could be outside.
    pub(super) fn check_mask(&mut self, value: &Val<'c>, mask: &Val<'c>, first: usize) {
        for (i, size) in self.dims(mask).into_iter().enumerate() {
            let axis = first + i;
            let dim = self.dim(value, axis);
            let empty = self.b.cmpi("eq", size, self.b.c_index(0));
            let fits = self.b.bin("arith.ori", empty, self.b.cmpi("eq", size, dim));
            let message = format!(
                "boolean index did not match indexed array along axis {axis}; size of axis is {{}} but size of corresponding boolean axis is {{}}"
            );
            self.check_ints(fits, "IndexError", &message, &[dim, size]);
        }
    }

    /// The sizes to which arrays of these sizes are broadcast as indices.
    pub fn broadcast_shapes(&mut self, shapes: &[Vec<Value<'c>>]) -> Vec<Value<'c>> {
        if let [only] = shapes {
            return only.clone();
        }
        let (dims, fits) = self.broadcast_dims(shapes);
        let texts: String = shapes.iter().map(|s| shape_text(s.len()) + " ").collect();
        let message = format!("shape mismatch: indexing arrays could not be broadcast together with shapes {texts}");
        self.check_shapes(fits, "IndexError", &message, &shapes.concat());
        dims
    }

    /// The sizes that arrays of several sizes have together, and whether they fit.
    pub fn broadcast_dims(&mut self, shapes: &[Vec<Value<'c>>]) -> (Vec<Value<'c>>, Value<'c>) {
        let rank = shapes.iter().map(Vec::len).max().unwrap_or(0);
        let one = self.b.c_index(1);
        let (mut dims, mut fits) = (vec![], self.b.c_bool(true));
        for axis in 0..rank {
            let sizes: Vec<_> = shapes.iter().filter_map(|s| s.get((axis + s.len()).checked_sub(rank)?).copied()).collect();
            let dim = sizes.iter().copied().reduce(|dim, size| self.b.select(self.b.cmpi("eq", dim, one), size, dim)).unwrap_or(one);
            for size in sizes.into_iter().filter(|size| *size != dim) {
                let fit = self.b.bin("arith.ori", self.b.cmpi("eq", size, one), self.b.cmpi("eq", size, dim));
                fits = self.b.bin("arith.andi", fits, fit);
            }
            dims.push(dim);
        }
        (dims, fits)
    }

    /// Stores an item, broadcast, in all that is selected.
    pub fn scatter(&mut self, selection: &mut Selection<'c>, item: &Val<'c>) {
        let dims = self.selected_dims(selection);
        let item = match &item.ty {
            Ty::Array(_) => {
                self.check_selected(&dims, item);
                let item = self.apart(&selection.view, item);
                self.spread(&item, &dims)
            }
            _ => item.clone(),
        };
        self.check_places(selection);
        for array in selection.places.iter_mut().filter_map(Places::array_mut) {
            *array = self.apart(&selection.view, array);
        }
        let target = selection.view.clone();
        self.visit(selection, &mut |l, at, from| {
            let element = if item.ty.as_array().is_some() { l.load(&item, from) } else { item.clone() };
            l.store(&target, at, &element);
        });
    }

    /// An array can be broadcast to these sizes; further axes in front have size one.
    fn check_selected(&mut self, dims: &[Value<'c>], item: &Val<'c>) {
        let sizes = self.dims(item);
        let one = self.b.c_index(1);
        let mut fits = self.b.c_bool(true);
        for (i, size) in sizes.iter().rev().enumerate() {
            let mut fit = self.b.cmpi("eq", *size, one);
            if let Some(axis) = dims.len().checked_sub(i + 1) {
                fit = self.b.bin("arith.ori", fit, self.b.cmpi("eq", *size, dims[axis]));
            }
            fits = self.b.bin("arith.andi", fits, fit);
        }
        let (given, wanted) = (shape_text(sizes.len()), shape_text(dims.len()));
        let message = format!("shape mismatch: value array of shape {given} could not be broadcast to indexing result of shape {wanted}");
        self.check_shapes(fits, "ValueError", &message, &[&sizes[..], dims].concat());
    }

    /// The source, or a copy of it where it may share memory with the target.
    pub fn apart(&mut self, target: &Val<'c>, source: &Val<'c>) -> Val<'c> {
        if disjoint(target.parts[0], source.parts[0]) { source.clone() } else { self.unless_overlapping(target, source) }
    }
}
