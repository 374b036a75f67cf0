//! Comprehensions and generator expressions: `py.for` loops that collect items, add them up, or look for one.
//!
//! The calls of `zouk.library.…` are the entries of `passes/src/functions/collecting.rs`.

use super::{Flow, Lowering};
use crate::ast::has_walrus;
use rustpython_parser::{
    ast::{Comprehension, Expr, ExprCall, ExprListComp, Ranged},
    text_size::TextRange,
};
use zouk_dialects::{
    ir::{BoolAttribute, IntegerAttribute, Location, Value},
    ty::Ty,
};

/// Functions of NumPy that take several arrays in a list: those of a comprehension need not have one shape.
const SEVERAL: [&str; 14] = [
    "block", "broadcast_arrays", "choose", "column_stack", "concat", "concatenate", "dstack", "hstack", "linalg.multi_dot", "meshgrid", "select",
    "stack", "vstack", "lexsort",
];

type Step<'s, 'c, 'a> = &'s mut dyn FnMut(&mut Lowering<'c, 'a>, Value<'c>) -> Value<'c>;

impl<'c, 'a> Lowering<'c, 'a> {
    /// Whether comprehensions among the arguments of a call are arrays.
    pub(super) fn takes_arrays(&mut self, call: &'a ExprCall) -> bool {
        let mut arguments = call.args.iter().chain(call.keywords.iter().map(|keyword| &keyword.value));
        if !arguments.any(holds_comprehension) {
            return false;
        }
        let Some(name) = self.reference(&call.func) else { return false };
        match name.strip_prefix("numpy.") {
            Some(function) => !SEVERAL.contains(&function),
            None => matches!(name.as_str(), "builtins.sum" | "builtins.min" | "builtins.max" | "builtins.any" | "builtins.all" | "builtins.len"),
        }
    }

    /// `np.array` of a comprehension, which is a new array already.
    pub(super) fn builds_array(&mut self, call: &'a ExprCall) -> bool {
        matches!(call.args.first(), Some(Expr::ListComp(_))) && self.reference(&call.func).as_deref() == Some("numpy.array")
    }

    /// An expression that stands for an array: comprehensions are arrays.
    pub(super) fn array_like(&mut self, expr: &'a Expr) -> Value<'c> {
        match expr {
            Expr::ListComp(e) => crate::stack::grow(|| self.collect(e.range, &e.generators, &e.elt, true)),
            Expr::List(e) if e.elts.iter().any(holds_comprehension) => {
                let elements: Vec<_> = e.elts.iter().map(|element| crate::stack::grow(|| self.array_like(element))).collect();
                self.value(e.range, "py.list", &elements, &[])
            }
            Expr::Tuple(e) if e.elts.iter().any(holds_comprehension) => {
                let elements: Vec<_> = e.elts.iter().map(|element| crate::stack::grow(|| self.array_like(element))).collect();
                self.value(e.range, "py.tuple", &elements, &[])
            }
            Expr::Call(call) if is_call_of_list(expr) && self.makes_items(call) => self.collect_all(call.range, &call.args[0]),
            other => self.expr(other),
        }
    }

    /// Whether a call is `list(map(…))` or `list(filter(…))`.
    fn makes_items(&mut self, list: &'a ExprCall) -> bool {
        let Some(Expr::Call(inner)) = list.args.first() else { return false };
        self.reference(&list.func).as_deref() == Some("builtins.list") && matches!(self.reference(&inner.func).as_deref(), Some("builtins.map" | "builtins.filter"))
    }

    /// Whether an iterable is `filter(…)`, or `map(…)` of one: fewer items than what it runs over.
    fn may_skip(&mut self, iterable: &'a Expr) -> bool {
        let Expr::Call(call) = iterable else { return false };
        match self.reference(&call.func).as_deref() {
            Some("builtins.filter") => true,
            Some("builtins.map") => call.args.iter().skip(1).any(|inner| crate::stack::grow(|| self.may_skip(inner))),
            _ => false,
        }
    }

    /// The array of all items of an iterable.
    fn collect_all(&mut self, range: TextRange, iterable: &'a Expr) -> Value<'c> {
        let place = self.location(iterable.range());
        let iterable = self.expr(iterable);
        let (yes, no) = (self.flag(range, true), self.flag(range, false));
        let empty = self.library_call(range, "collector", &[iterable, yes]);
        let carried = (self.object, self.location(range));
        let (body, block) = self.region(&[(self.object, place), carried]);
        self.within(block, |l| {
            let next = l.library_call(range, "collect", &[block.arg(1), block.arg(0), no]);
            l.op(range, "py.yield", &[next], &[]);
        });
        let (otherwise, last) = self.region(&[carried]);
        self.within(last, |l| _ = l.op(range, "py.yield", &[last.arg(0)], &[]));
        self.b.set_loc(Location::fused(self.context, &[self.location(range), place], self.b.unit()));
        let attrs = [("py.collects", self.b.unit())];
        let all = self.b.op_with_regions("py.for", &[iterable, empty], &[self.object], &attrs, &[body, otherwise]).result(0);
        self.library_call(range, "collected", &[all, yes, yes])
    }

    /// `[item for … in …]`: a list, or an array where one is meant.
    pub(super) fn collect(&mut self, range: TextRange, generators: &'a [Comprehension], item: &'a Expr, array: bool) -> Value<'c> {
        let Some(iterable) = self.first_iterable(range, generators, item) else { return self.unbound(range) };
        let several = generators.len() > 1;
        let fewer = several || generators.iter().any(|generator| !generator.ifs.is_empty() || self.may_skip(&generator.iter));
        let as_array = self.flag(range, array && fewer);
        let empty = self.library_call(range, "collector", &[iterable, as_array]);
        let row = row_of(item).filter(|_| array);
        let all = self.run_through(range, generators, iterable, empty, &mut |l, so_far| {
            let grows = l.flag(range, several);
            if let Some(row) = row {
                return l.collect_row(row, so_far, grows);
            }
            let item = if array { l.array_like(item) } else { l.expr(item) };
            l.library_call(range, "collect", &[so_far, item, grows])
        });
        let (fewer, array) = (self.flag(range, fewer), self.flag(range, array));
        self.library_call(range, "collected", &[all, fewer, array])
    }

    /// A row of a nested comprehension: its items go to their places at once.
    fn collect_row(&mut self, row: &'a ExprListComp, so_far: Value<'c>, grows: Value<'c>) -> Value<'c> {
        let Some(iterable) = self.first_iterable(row.range, &row.generators, &row.elt) else { return self.unbound(row.range) };
        let so_far = self.library_call(row.range, "with_room", &[so_far, iterable, grows]);
        let empty = self.library_call(row.range, "row", &[so_far, iterable]);
        let items = self.run_through(row.range, &row.generators, iterable, empty, &mut |l, so_far| {
            let no = l.flag(row.range, false);
            match row_of(&row.elt) {
                Some(inner) => l.collect_row(inner, so_far, no),
                None => {
                    let item = l.array_like(&row.elt);
                    l.library_call(row.range, "collect", &[so_far, item, no])
                }
            }
        });
        self.library_call(row.range, "collect_row", &[so_far, items])
    }

    /// `sum(…)`, `any(…)`, `all(…)`, `min(…)` or `max(…)` of a generator expression.
    pub(super) fn call_of_generator(&mut self, call: &'a ExprCall) -> Option<Value<'c>> {
        let (Expr::GeneratorExp(generator), rest) = call.args.split_first()? else { return None };
        let name = self.reference(&call.func)?;
        let (range, generators, item) = (call.range, &generator.generators[..], &*generator.elt);
        match (name.as_str(), rest, &call.keywords[..]) {
            ("builtins.any", [], []) => Some(self.search(range, generators, item, true)),
            ("builtins.all", [], []) => {
                let found = self.search(range, generators, item, false);
                Some(self.value(range, "py.unary", &[found], &[("kind", self.b.str("not"))]))
            }
            ("builtins.sum", [] | [_], []) => Some(self.sum(range, generators, item, rest.first())),
            ("builtins.sum", [], [start]) if start.arg.as_deref() == Some("start") => Some(self.sum(range, generators, item, Some(&start.value))),
            ("builtins.min" | "builtins.max", [], keywords) if keywords.iter().all(|keyword| keyword.arg.as_deref() == Some("default")) => {
                let function = self.reference_op(&name, call.func.range());
                let mut operands = vec![function, self.collect(generator.range, generators, item, true)];
                operands.extend(keywords.iter().map(|keyword| self.expr(&keyword.value)));
                let names = vec!["default"; keywords.len()];
                let keywords = (!names.is_empty()).then(|| ("keywords", self.b.str_array(&names)));
                Some(self.value(range, "py.call", &operands, keywords.as_slice()))
            }
            _ => None,
        }
    }

    fn sum(&mut self, range: TextRange, generators: &'a [Comprehension], item: &'a Expr, start: Option<&'a Expr>) -> Value<'c> {
        let Some(iterable) = self.first_iterable(range, generators, item) else { return self.unbound(range) };
        let start = match start {
            Some(start) => self.expr(start),
            None => {
                let int = self.types.to_mlir(&Ty::I64);
                self.typed(range, "py.constant", &[], int, &[("value", IntegerAttribute::new(int, 0).into())])
            }
        };
        self.run_through(range, generators, iterable, start, &mut |l, sum| {
            let item = l.expr(item);
            l.value(range, "py.binary", &[sum, item], &[("kind", l.b.str("add"))])
        })
    }

    /// Whether the truth of some item is `wanted`; what follows the first such item is not evaluated.
    fn search(&mut self, range: TextRange, generators: &'a [Comprehension], item: &'a Expr, wanted: bool) -> Value<'c> {
        let Some(iterable) = self.first_iterable(range, generators, item) else { return self.unbound(range) };
        self.search_in(range, generators, iterable, item, wanted)
    }

    fn search_in(&mut self, range: TextRange, generators: &'a [Comprehension], iterable: Value<'c>, item: &'a Expr, wanted: bool) -> Value<'c> {
        let Some((generator, inner)) = generators.split_first() else { return self.unbound(range) };
        let (body, block) = self.region(&[(self.object, self.location(generator.target.range()))]);
        self.within(block, |l| {
            l.assign(&generator.target, block.arg(0));
            let no = l.flag(range, false);
            let found = l.if_all(range, &generator.ifs, no, &mut |l, _| match inner.first() {
                Some(next) => {
                    let iterable = l.expr(&next.iter);
                    l.search_in(range, inner, iterable, item, wanted)
                }
                None => {
                    let kind = if wanted { "eq" } else { "ne" };
                    let value = l.condition(item);
                    let yes = l.flag(range, true);
                    l.value(range, "py.compare", &[value, yes], &[("kind", l.b.str(kind))])
                }
            });
            let found = l.truth(range, found);
            let leave = l.branch(range, &[], |l| {
                let yes = l.flag(range, true);
                l.op(range, "py.break", &[yes], &[]);
                (Flow::Exits, None)
            });
            let stay = l.branch(range, &[], |_| (Flow::Falls, None));
            l.join(range, found, &[], leave, stay);
            l.op(range, "py.yield", &[], &[]);
        });
        let (otherwise, block) = self.region(&[]);
        self.within(block, |l| {
            let no = l.flag(range, false);
            l.op(range, "py.yield", &[no], &[]);
        });
        self.b.set_loc(self.loop_location(range, generator));
        self.b.op_with_regions("py.for", &[iterable], &[self.object], &[], &[body, otherwise]).result(0)
    }

    /// The loops of a comprehension around a step, with one value that is carried through all of them.
    fn run_through(&mut self, range: TextRange, generators: &'a [Comprehension], iterable: Value<'c>, init: Value<'c>, step: Step<'_, 'c, 'a>) -> Value<'c> {
        let Some((generator, inner)) = generators.split_first() else { return init };
        let carried = (self.object, self.location(range));
        let (body, block) = self.region(&[(self.object, self.location(generator.target.range())), carried]);
        self.within(block, |l| {
            l.assign(&generator.target, block.arg(0));
            let next = l.if_all(range, &generator.ifs, block.arg(1), &mut |l, so_far| match inner.first() {
                Some(next) => {
                    let iterable = l.expr(&next.iter);
                    l.run_through(range, inner, iterable, so_far, step)
                }
                None => step(l, so_far),
            });
            l.op(range, "py.yield", &[next], &[]);
        });
        let (otherwise, last) = self.region(&[carried]);
        self.within(last, |l| _ = l.op(range, "py.yield", &[last.arg(0)], &[]));
        self.b.set_loc(self.loop_location(range, generator));
        let attrs = [("py.collects", self.b.unit())];
        self.b.op_with_regions("py.for", &[iterable, init], &[self.object], &attrs, &[body, otherwise]).result(0)
    }

    /// What `then` makes of a value where all tests hold, else the value.
    fn if_all(&mut self, range: TextRange, tests: &'a [Expr], value: Value<'c>, then: Step<'_, 'c, 'a>) -> Value<'c> {
        let Some((test, rest)) = tests.split_first() else { return then(self, value) };
        let condition = self.condition(test);
        let holds = self.value_branch(range, &[], |l| l.if_all(range, rest, value, then));
        let fails = self.value_branch(range, &[], |_| value);
        self.join(range, condition, &[], holds, fails).1.unwrap_or(value)
    }

    /// The iterable of the first `for`; none, with a diagnostic, where the comprehension is not supported.
    fn first_iterable(&mut self, range: TextRange, generators: &'a [Comprehension], item: &'a Expr) -> Option<Value<'c>> {
        let parts = || generators.iter().flat_map(|g| std::iter::once(&g.iter).chain(&g.ifs)).chain([item]);
        if generators.iter().any(|generator| generator.is_async) {
            self.unsupported(range, ("an asynchronous comprehension", "write a `for` loop"));
            return None;
        }
        if parts().any(has_walrus) {
            self.unsupported(range, ("`:=` in a comprehension", "write a `for` loop"));
            return None;
        }
        if !self.may_nest(range) {
            return None;
        }
        Some(self.expr(&generators.first()?.iter))
    }

    /// The head of the loop, and in it the iterable.
    fn loop_location(&self, range: TextRange, generator: &Comprehension) -> Location<'c> {
        Location::fused(self.context, &[self.location(range), self.location(generator.iter.range())], self.b.unit())
    }

    fn library_call(&self, range: TextRange, name: &str, arguments: &[Value<'c>]) -> Value<'c> {
        let function = self.reference_op(&format!("zouk.library.{name}"), range);
        self.value(range, "py.call", &[&[function], arguments].concat(), &[])
    }

    fn flag(&self, range: TextRange, value: bool) -> Value<'c> {
        self.typed(range, "py.constant", &[], self.b.i1(), &[("value", BoolAttribute::new(self.context, value).into())])
    }
}

/// A comprehension as long as its iterable.
fn row_of(item: &Expr) -> Option<&ExprListComp> {
    match item {
        Expr::ListComp(row) if row.generators.len() == 1 && row.generators[0].ifs.is_empty() => Some(row),
        _ => None,
    }
}

fn holds_comprehension(expr: &Expr) -> bool {
    match expr {
        Expr::ListComp(_) => true,
        Expr::List(e) => crate::stack::grow(|| e.elts.iter().any(holds_comprehension)),
        Expr::Tuple(e) => crate::stack::grow(|| e.elts.iter().any(holds_comprehension)),
        other => is_call_of_list(other),
    }
}

/// `list(…(…))`, as far as the text tells.
fn is_call_of_list(expr: &Expr) -> bool {
    match expr {
        Expr::Call(call) => matches!((&*call.func, &call.args[..]), (Expr::Name(name), [Expr::Call(_)]) if name.id.as_str() == "list") && call.keywords.is_empty(),
        _ => false,
    }
}
