//! Inner functions and lambdas: `py.closure` holds what they capture.

use super::{Lowering, names::Slot};
use crate::{
    nest::Variable,
    scope::{KnownFunction, Local, Names},
};
use rustpython_parser::{
    ast::{Expr, ExprCall, ExprLambda, Ranged, StmtFor, StmtFunctionDef},
    text_size::TextRange,
};
use zouk_dialects::{
    diagnostic::ErrorClass,
    ir::{Attribute, Value},
};

const DECORATOR: (&str, &str) = (
    "a decorator of an inner function, but for `@njit`, `@jit`, `@register_jitable` and `@stencil`,",
    "leave it out: inner functions are compiled with the function around them",
);

/// What becomes of a closure.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// It is called, passed to a call or returned: the variables that it captures are not assigned before that is over.
    Momentary,
    /// It is called by its name, so that what it assigns is known to be assigned.
    Called,
    /// It may be called later, when they have other values.
    Kept,
}

impl<'c, 'a> Lowering<'c, 'a> {
    /// Unique in the module: no other symbol has a `<`.
    pub(super) fn symbol_of(&self, member: usize) -> String {
        let inner = &self.nest.members[member];
        let Some(parent) = inner.parent else { return self.symbol.into() };
        let number = if inner.number > 0 { format!("#{}", inner.number + 1) } else { String::new() };
        format!("{}.<locals>.{}{number}", self.symbol_of(parent), inner.def.name)
    }

    pub(super) fn display_of(&self, member: usize) -> String {
        let inner = &self.nest.members[member];
        let Some(parent) = inner.parent else { return self.display.into() };
        format!("{}.<locals>.{}", self.display_of(parent), inner.def.name)
    }

    /// The captured variables, then the function's own.
    pub(super) fn parameter_names(&self) -> Vec<&'a str> {
        let member = &self.nest.members[self.member];
        member.captured.iter().map(|local| self.scope.name(*local)).chain(self.def.params()).collect()
    }

    /// What calls of an inner function must know.
    pub(super) fn capture_attributes(&self) -> Vec<(&'static str, Attribute<'c>)> {
        let member = &self.nest.members[self.member];
        if member.parent.is_none() {
            return vec![];
        }
        let number = |n: usize| self.b.int_attr(self.b.i64(), n as i64);
        let mut attrs = vec![("py.captures", number(member.captured.len()))];
        let defaults = self.def.computed_defaults().len();
        if defaults > 0 {
            attrs.push(("py.captured_defaults", number(defaults)));
        }
        if !member.changing_in.is_empty() {
            let owners: Vec<Attribute> = member.changing_in.iter().map(|owner| self.b.str(&self.symbol_of(*owner))).collect();
            attrs.push(("py.changing", self.b.array(&owners)));
        }
        attrs
    }

    /// `def` inside of a function.
    pub(super) fn define(&mut self, s: &'a StmtFunctionDef, range: TextRange) {
        let (Some(member), Some(local)) = (self.nest.at(s), self.scope.outer(&s.name)) else { return };
        let defaults = self.computed_defaults(member);
        let value = match self.nest.members[member].bound {
            Some(_) => self.value(range, "py.tuple", &defaults, &[]),
            None => self.closure(member, &self.scope.captured_at(s).to_vec(), &defaults, range, Use::Kept),
        };
        let value = s.decorator_list.iter().rev().fold(value, |function, decorator| match crate::nest::compiles(decorator) {
            true => self.compiled_anyway(decorator, function),
            false => self.decorated(decorator, function),
        });
        self.slots.set(local, Slot::bound(value));
    }

    /// `@njit` and its like: inner functions are compiled with the function around them. Options that say how are those of that function.
    fn compiled_anyway(&mut self, decorator: &'a Expr, function: Value<'c>) -> Value<'c> {
        const IDLE: [&str; 10] = ["nopython", "cache", "nogil", "inline", "forceinline", "debug", "no_cpython_wrapper", "no_cfunc_wrapper", "looplift", "fastmath"];
        let (name, call) = if let Expr::Call(call) = decorator { (&*call.func, Some(call)) } else { (decorator, None) };
        let known = self.reference(name).is_some_and(|name| matches!(name.as_str(), "zouk.njit" | "zouk.jit" | "zouk.extending.register_jitable"));
        if !known {
            self.unsupported(decorator.range(), DECORATOR);
        }
        if let Some(argument) = call.and_then(|call| call.args.first()) {
            self.unsupported(argument.range(), ("a signature of an inner function", "leave it out: inner functions are compiled for the types that they are called with"));
        }
        for keyword in call.iter().flat_map(|call| &call.keywords) {
            let option = keyword.arg.as_ref().map(|name| name.as_str()).unwrap_or_default();
            if !IDLE.contains(&option) {
                self.unsupported(keyword.value.range(), ("this option of an inner function", "give it to the function around, whose options hold here"));
            }
        }
        function
    }

    /// `@stencil` and `@stencil(…)` are calls like any other; other decorators are not seen.
    fn decorated(&mut self, decorator: &'a Expr, function: Value<'c>) -> Value<'c> {
        let name = if let Expr::Call(call) = decorator { &call.func } else { decorator };
        let reported = self.diagnostics.len();
        if self.reference(name).as_deref() != Some("zouk.stencil") {
            // That the name of the decorator stands for nothing that is compiled is no matter.
            self.diagnostics.truncate(reported);
            self.unsupported(decorator.range(), DECORATOR);
            return function;
        }
        let maker = self.expr(decorator);
        self.value(decorator.range(), "py.call", &[maker, function], &[])
    }

    pub(super) fn lambda(&mut self, e: &'a ExprLambda, how: Use) -> Value<'c> {
        let Some(member) = self.nest.at(e) else { return self.unbound(e.range) };
        let defaults = self.computed_defaults(member);
        match self.nest.members[member].bound {
            // The name that it is assigned to stands for it.
            Some(_) => self.value(e.range, "py.tuple", &defaults, &[]),
            None => self.closure(member, &self.scope.captured_at(e).to_vec(), &defaults, e.range, how),
        }
    }

    fn computed_defaults(&mut self, member: usize) -> Vec<Value<'c>> {
        self.nest.members[member].def.computed_defaults().into_iter().map(|default| self.expr(default)).collect()
    }

    /// An expression whose value is used at once.
    pub(super) fn passed(&mut self, expr: &'a Expr) -> Value<'c> {
        // A later argument of the same call may assign what is captured.
        let how = if self.scope.has_walrus { Use::Kept } else { Use::Momentary };
        match expr {
            Expr::Name(name) => match self.scope.function(name) {
                Some(function) => self.function_value(function, name.range, how),
                None => self.expr(expr),
            },
            Expr::Lambda(e) => self.lambda(e, how),
            Expr::Tuple(e) if holds_names(&e.elts) => {
                let elements: Vec<_> = e.elts.iter().map(|element| crate::stack::grow(|| self.passed(element))).collect();
                self.value(e.range, "py.tuple", &elements, &[])
            }
            Expr::List(e) if holds_names(&e.elts) => {
                let elements: Vec<_> = e.elts.iter().map(|element| crate::stack::grow(|| self.passed(element))).collect();
                self.value(e.range, "py.list", &elements, &[])
            }
            _ => self.expr(expr),
        }
    }

    /// A call of an inner function by its name, or of a lambda where it stands: what is captured is read after the arguments.
    pub(super) fn call_of_inner(&mut self, call: &'a ExprCall) -> Option<Value<'c>> {
        let range = call.func.range();
        let (member, captured, defaults) = match &*call.func {
            Expr::Name(name) => {
                let function = self.scope.function(name)?;
                (function.member, self.nest.captures_in(self.member, function.member), self.defaults_of(function, range))
            }
            Expr::Lambda(lambda) => {
                let member = self.nest.at(lambda)?;
                (member, self.nest.captures_in(self.member, member), self.computed_defaults(member))
            }
            _ => return None,
        };
        let (mut operands, attrs) = self.arguments(None, call);
        let assigned = self.assigned_by_call(call, member);
        operands.insert(0, self.closure(member, &captured, &defaults, range, if assigned.is_some() { Use::Called } else { Use::Momentary }));
        let result = self.value(call.range, "py.call", &operands, &attrs);
        let Some(assigned) = assigned else { return Some(result) };
        self.b.set_loc(self.location(call.range));
        let given = self.b.op("py.unpack", &[result], &vec![self.object; assigned.len() + 1], &[]).results();
        for (local, value) in assigned.iter().zip(&given[1..]) {
            self.slots.set(*local, Slot::bound(*value));
        }
        Some(given[0])
    }

    /// What a call by its name assigns of this function; the names must have values by then.
    fn assigned_by_call(&mut self, call: &'a ExprCall, member: usize) -> Option<Box<[Local]>> {
        if !matches!(*call.func, Expr::Name(_)) {
            return None;
        }
        let assigned = self.nest.assigned_in(self.member, member);
        for local in &assigned {
            if self.slots.get(*local).may_be_unbound() {
                let name = self.scope.name(*local);
                let message = format!("`{name}`, which this function assigns, may have no value yet");
                self.error(call.func.range(), ErrorClass::Unsupported, "captured-variable", message, &format!("assign `{name}` before the call"));
            }
        }
        (!assigned.is_empty()).then_some(assigned)
    }

    /// `return value`; of a function with `nonlocal` also what its variables are by now.
    pub(super) fn give_back(&mut self, value: Value<'c>, range: TextRange) {
        let assigned = self.nest.assigned_in(self.member, self.member);
        let value = if assigned.is_empty() {
            value
        } else {
            let mut values = vec![value];
            values.extend(assigned.iter().map(|local| self.read(*local, range)));
            self.value(range, "py.tuple", &values, &[])
        };
        self.op(range, "py.return", &[value], &[]);
    }

    /// The function that a name stands for.
    pub(super) fn function_value(&mut self, function: KnownFunction, range: TextRange, how: Use) -> Value<'c> {
        let defaults = self.defaults_of(function, range);
        let captured = self.nest.captures_in(self.member, function.member);
        self.closure(function.member, &captured, &defaults, range, how)
    }

    /// The values that the closure has for defaults; its name must be bound.
    fn defaults_of(&mut self, function: KnownFunction, range: TextRange) -> Vec<Value<'c>> {
        let Some(slot) = function.slot else { return vec![] };
        let defaults = self.read(slot, range);
        match self.nest.members[function.member].def.computed_defaults().len() {
            0 => vec![],
            count => {
                self.b.set_loc(self.location(range));
                self.b.op("py.unpack", &[defaults], &vec![self.object; count], &[]).results()
            }
        }
    }

    fn closure(&mut self, member: usize, captured: &[Local], defaults: &[Value<'c>], range: TextRange, how: Use) -> Value<'c> {
        let inner = &self.nest.members[member];
        self.check_functions_bound(member, range);
        if let Some(variable) = inner.assigns.first().filter(|_| how != Use::Called) {
            let name = self.nest.members[variable.owner].scope.name(variable.local);
            let message = format!("a function that assigns `{name}` by `nonlocal` is no value");
            self.error(range, ErrorClass::Unsupported, "captured-variable", message, "call it by its name where the variable is meant to change");
            return self.unbound(range);
        }
        if how == Use::Kept && inner.parent == Some(self.member) && let Some(changing) = inner.changing.first() {
            let message = format!("`{changing}`, which this function captures, may be assigned while the function is kept");
            let help = format!("make it a default, `{changing}={changing}`, which keeps the value of now, or call the function where it is made");
            self.error(range, ErrorClass::Unsupported, "captured-variable", message, &help);
        }
        let mut operands = vec![];
        for (local, variable) in captured.iter().zip(&inner.captures) {
            let slot = self.slots.get(*local);
            if slot.may_be_unbound() && variable.owner == self.member {
                self.nest.maybe_unbound.borrow_mut().insert(Variable { owner: self.member, local: *local });
            }
            operands.push(slot.value.unwrap_or_else(|| self.unbound(range)));
        }
        operands.extend(defaults);
        self.value(range, "py.closure", &operands, &[("callee", self.b.str(&self.symbol_of(member)))])
    }

    /// Functions of this scope that the closure may call exist by now.
    fn check_functions_bound(&mut self, member: usize, range: TextRange) {
        let functions = self.nest.members[member].functions.iter().copied().filter(|f| *f != member);
        for function in functions.collect::<Vec<_>>() {
            let inner = &self.nest.members[function];
            let Some(local) = inner.bound.filter(|_| inner.parent == Some(self.member)) else { continue };
            if self.slots.get(local).may_be_unbound() {
                let name = self.scope.name(local);
                let message = format!("`{name}`, which this function calls, may not be defined yet");
                self.error(range, ErrorClass::Unsupported, "captured-variable", message, &format!("define `{name}` before this function is used"));
            }
        }
    }

    /// Whether the body of a loop assigns what a function in its iterable captures.
    pub(super) fn assigns_captured(&self, s: &'a StmtFor) -> bool {
        let mut captured = self.scope.empty_set();
        self.captured_in(&s.iter, &mut captured);
        if captured.is_clear() {
            return false;
        }
        let mut assigned = self.scope.empty_set();
        self.scope.assigned(&s.body, &mut assigned);
        self.scope.assigned_by_target(&s.target, &mut assigned);
        !captured.is_disjoint(&assigned)
    }

    fn captured_in(&self, expr: &'a Expr, captured: &mut Names) {
        match expr {
            Expr::Name(name) => captured.extend(self.scope.captured_by(name).iter().copied()),
            Expr::Lambda(e) => captured.extend(self.scope.captured_at(e).iter().copied()),
            _ => {}
        }
        crate::stack::grow(|| crate::ast::each_child(expr, &mut |child| self.captured_in(child, captured)));
    }
}

/// Whether elements of a display may be functions; with a `*` among them they are not looked at one by one.
fn holds_names(elements: &[Expr]) -> bool {
    elements.iter().any(|e| matches!(e, Expr::Name(_) | Expr::Lambda(_))) && !elements.iter().any(|e| e.is_starred_expr())
}
