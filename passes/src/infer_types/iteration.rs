//! What `for` gives per item, and unpacking.

use super::body::Body;
use crate::functions::collecting::MEASURING;
use crate::functions::stepping::{ENDS_TOGETHER, is_started};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass, Span};
use zouk_dialects::ir::{Block, Location, Op, Value};
use zouk_dialects::ty::{Array, Layout, Ty, Walk};

impl<'c> Body<'_, 'c> {
    /// The type of the items of an iterable that stands at a place.
    pub(super) fn item_type(&self, iterable: &Ty, at: Location<'c>) -> Result<Ty, Diagnostic> {
        Ok(match iterable {
            Ty::Unknown => Ty::Unknown,
            Ty::Range(inner) => (**inner).clone(),
            Ty::Array(array) if array.rank > 0 => row_type(array),
            Ty::Tuple(parts) | Ty::List(parts) if parts.is_empty() => Ty::None,
            Ty::Tuple(parts) | Ty::List(parts) => match Ty::of_any(parts) {
                Some(any) => any,
                None => {
                    let message = format!("cannot iterate over {}: its elements have different types", iterable.user_name());
                    return Err(self.error("heterogeneous-iteration", message, at).help("leave `break` and `continue` out of the loop, or index the elements by constants"));
                }
            },
            Ty::Enumerate(inner) => match self.item_type(inner, at)? {
                Ty::Unknown => Ty::Unknown,
                item => Ty::Tuple(vec![Ty::I64, item]),
            },
            Ty::Reversed(inner) | Ty::Iterator(inner) => self.item_type(inner, at)?,
            Ty::Walk(walk, inner) => walk_item(*walk, inner),
            // The body makes the items of these.
            Ty::Map(parts) | Ty::Filter(parts) if parts.len() == 2 => self.item_type(&parts[1], at)?,
            Ty::Map(parts) => self.item_type(&Ty::Zip(parts[1..].to_vec()), at)?,
            Ty::Zip(inners) => {
                let items = inners.iter().map(|t| self.item_type(t, at)).collect::<Result<Vec<_>, _>>()?;
                if items.contains(&Ty::Unknown) { Ty::Unknown } else { Ty::Tuple(items) }
            }
            other => {
                let message = match other.as_array() {
                    Some(_) => format!("iteration over a 0-d array: {} is not iterable", other.user_name()),
                    None => format!("{} is not iterable", other.user_name()),
                };
                return Err(self.error("not-iterable", message, at).help("loop over range(), an array, a tuple, a list, enumerate(), zip(), map(), filter() or reversed()"));
            }
        })
    }

    pub(super) fn unpack(&mut self, op: Op<'c>) -> Result<(), Diagnostic> {
        let value = self.operand(op, 0);
        let wanted = op.num_results();
        let types = match &value.ty {
            Ty::Unknown => vec![Ty::Unknown; wanted],
            Ty::Tuple(parts) | Ty::List(parts) if parts.len() == wanted => parts.clone(),
            Ty::Tuple(parts) | Ty::List(parts) => {
                let message = if parts.len() > wanted {
                    format!("too many values to unpack (expected {wanted})")
                } else {
                    format!("not enough values to unpack (expected {wanted}, got {})", parts.len())
                };
                return Err(self.note_operands(self.error("unpack-count", message, op.loc()), op));
            }
            iterable @ (Ty::Array(_) | Ty::Range(_)) => vec![self.item_type(iterable, op.loc())?; wanted],
            other => {
                let message = format!("failed to unpack {}: it has no items that are known", other.user_name());
                return Err(self.note_operands(self.error("cannot-unpack", message, op.loc()), op));
            }
        };
        for (i, (result, ty)) in op.results().into_iter().zip(types).enumerate() {
            let constant = value.constant.as_ref().and_then(|tuple| tuple.part(i));
            self.define(result, ty, constant);
        }
        Ok(())
    }
}

impl<'c> Body<'_, 'c> {
    /// `enumerate`, `zip` and `reversed` give values without a place in them: a loop starts at the first item. That is Python's result as long
    /// as nothing looks at such a value twice.
    pub(super) fn check_iterators(&self) -> Result<(), Diagnostic> {
        // Of an iterator's parts that stand for nothing by themselves.
        if self.engine.instances[self.index].source.starts_with("library/iterators.") || !self.facts.types.values().any(holds_iterator) {
            return Ok(());
        }
        let function = self.engine.instances[self.index].op;
        function.collect(|op| op.is("py.call")).into_iter().try_for_each(|call| self.check_strict(call))?;
        let mut values = function.body(0).args();
        function.walk(&mut |op| {
            values.extend(op.results());
            values.extend(op.regions().into_iter().filter_map(|r| r.first_block()).flat_map(|b| b.args()));
        });
        values.into_iter().filter(|v| holds_iterator(&self.ty(*v))).try_for_each(|v| self.check_single_use(v))
    }

    /// Whether a call only asks about its argument and takes no item: a comprehension asks for the length before its loop, the library for the type; a tuple of
    /// iterators may be asked for its own length.
    pub(super) fn only_asks(&self, op: Op<'c>) -> bool {
        let asks = |callee: Value<'c>| self.engine.types.get(callee.ty()).as_ref_name().is_some_and(|name| name == "builtins.len" || name == ENDS_TOGETHER || name.starts_with("zouk.library.is_") || MEASURING.contains(&name));
        op.is("py.call") && asks(op.operand(0))
    }

    /// Whether inference has come by an op with a result: those of branches that the types have decided against it has not.
    fn is_reached(&self, op: Op<'c>) -> bool {
        op.num_results() == 0 || self.facts.types.contains_key(&op.result(0))
    }

    fn check_single_use(&self, iterator: Value<'c>) -> Result<(), Diagnostic> {
        let line = |op: &Op<'c>| Span::of(op.loc()).map(|span| (span.line, span.column));
        let mut uses: Vec<Op<'c>> = self.uses_of(iterator).into_iter().map(|(op, _)| op).filter(|op| self.is_reached(*op)).collect();
        uses.sort_by_key(line);
        let again = |(i, user): (usize, &Op<'c>)| {
            let how = if is_repeated(*user, iterator) {
                "made outside of a loop and used inside it: a second round would find it exhausted"
            } else if uses[..i].iter().any(|earlier| !exclusive(*earlier, *user)) {
                "used more than once: a second loop would find it exhausted"
            } else {
                return None;
            };
            let message = format!("{} is {how}", self.ty(iterator).user_name());
            let error = Diagnostic::at(ErrorClass::Unsupported, "iterator-reused", message, user.loc());
            Some(error.note(Span::of(iterator.loc()), "the iterator is made here").help("make a new one for every loop: `for i, x in enumerate(a)`; `it = iter(enumerate(a))` is one that remembers where it is"))
        };
        uses.iter().enumerate().find_map(again).map_or(Ok(()), Err)
    }
}

/// The items of `flat`, `ndenumerate`, `ndindex` and `nditer`.
pub(crate) fn walk_item(walk: Walk, over: &Ty) -> Ty {
    let place = |rank| Ty::Tuple(vec![Ty::I64; rank]);
    match (walk, over) {
        (Walk::Flat, Ty::Array(array)) => array.item(),
        (Walk::Enumerate, Ty::Array(array)) => Ty::Tuple(vec![place(array.rank), array.item()]),
        (Walk::Iter, Ty::Array(array)) => Ty::Array(Array { rank: 0, layout: Layout::C, readonly: true, ..array.clone() }),
        (Walk::Iter, Ty::Tuple(arrays)) => Ty::Tuple(arrays.iter().map(|a| walk_item(walk, a)).collect()),
        (_, sizes) => sizes.clone(),
    }
}

pub(super) fn is_iterator(ty: &Ty) -> bool {
    matches!(ty, Ty::Enumerate(_) | Ty::Zip(_) | Ty::Map(_) | Ty::Filter(_) | Ty::Reversed(_) | Ty::Walk(..) | Ty::Iterator(_))
}

fn holds_iterator(ty: &Ty) -> bool {
    match ty {
        _ if is_started(ty) => false,
        Ty::Enumerate(_) | Ty::Zip(_) | Ty::Map(_) | Ty::Filter(_) | Ty::Reversed(_) | Ty::Walk(..) => true,
        Ty::Tuple(parts) | Ty::List(parts) | Ty::Closure(_, parts) | Ty::OneOf(parts) => parts.iter().any(holds_iterator),
        Ty::Optional(inner) | Ty::Maybe(inner) => holds_iterator(inner),
        _ => false,
    }
}

/// Whether the op reads or writes items of `array.flat`, which leaves its place as it is.
pub(super) fn is_subscript<'c>(op: Op<'c>, iterator: Value<'c>) -> bool {
    matches!(op.name(), "py.getitem" | "py.setitem") && op.operand(0) == iterator
}

/// The blocks around an op, innermost first, each with the op that it belongs to.
fn around<'c>(op: Op<'c>) -> Vec<(Block<'c>, Op<'c>)> {
    let next = |op: &Op<'c>| op.block().and_then(|block| Some((block, block.parent()?)));
    std::iter::successors(next(&op), |(_, parent)| next(parent)).collect()
}

/// Whether a loop that the value is made outside of runs the op again.
pub(super) fn is_repeated<'c>(op: Op<'c>, value: Value<'c>) -> bool {
    let home = value.parent_block();
    around(op).into_iter().take_while(|(block, _)| Some(*block) != home).any(|(block, parent)| match parent.name() {
        "py.for" => block == parent.body(0),
        "py.while" => block != parent.body(2),
        _ => false,
    })
}

/// Whether the ops stand in the two branches of an `if`.
pub(super) fn exclusive<'c>(a: Op<'c>, b: Op<'c>) -> bool {
    let other = around(b);
    around(a).into_iter().any(|(block, parent)| parent.is("py.if") && other.iter().any(|(x, p)| *p == parent && *x != block))
}

/// `a[i]`: an element of a 1-D array, else a view of one dimension less.
pub(crate) fn row_type(array: &Array) -> Ty {
    if array.rank == 1 {
        return array.item();
    }
    let layout = if array.layout == Layout::C { Layout::C } else { Layout::A };
    Ty::Array(Array { rank: array.rank - 1, layout, ..array.clone() })
}
