//! Calls of functions and of methods.

use super::Lowering;
use crate::Binding;
use rustpython_parser::{
    ast::{Expr, ExprAttribute, ExprCall, Ranged},
    text_size::TextRange,
};
use zouk_dialects::ir::{Attribute, Value};

impl<'c, 'a> Lowering<'c, 'a> {
    pub(super) fn call(&mut self, call: &'a ExprCall) -> Value<'c> {
        match &*call.func {
            Expr::Attribute(method) if self.is_super(&method.value) => self.call_inherited(call, method),
            Expr::Attribute(method) if !self.is_global(&call.func) => {
                let receiver = self.expr(&method.value);
                let name = ("name", self.attribute_name(&method.attr));
                let (operands, named) = self.arguments(Some(receiver), call);
                let attrs: Vec<_> = std::iter::once(name).chain(named).collect();
                self.value(call.range, "py.call_method", &operands, &attrs)
            }
            callee => {
                if let Some(value) = self.call_of_generator(call) {
                    return value;
                }
                if let Some(value) = self.member_of_module(call) {
                    return value;
                }
                if let Some(value) = self.named_tuple(call) {
                    return value;
                }
                if let Some(value) = self.call_of_inner(call) {
                    return value;
                }
                let callee = match self.builds_array(call) {
                    true => self.reference_op("numpy.asarray", callee.range()),
                    false => self.expr(callee),
                };
                self.call_of(callee, call)
            }
        }
    }

    /// Whether it is `super()`, of Python's own.
    fn is_super(&self, value: &Expr) -> bool {
        let Expr::Call(call) = value else { return false };
        let Expr::Name(name) = &*call.func else { return false };
        name.id.as_str() == "super" && self.scope.local(name).is_none() && call.args.is_empty() && call.keywords.is_empty()
    }

    /// `super().name(arguments…)`: the function of a base class, called with the first parameter.
    fn call_inherited(&mut self, call: &'a ExprCall, method: &'a ExprAttribute) -> Value<'c> {
        let range = method.range;
        let callee = match self.globals.inherited(&method.attr) {
            Ok(Some(Binding::Constant(_))) if call.args.is_empty() => return self.none(range),
            Ok(Some(Binding::Function(symbol))) => self.reference_op(&format!("@{symbol}"), range),
            Ok(_) => {
                self.unsupported(range, ("`super()` here", "call a method of a base class in a method of a compiled class"));
                return self.unbound(range);
            }
            Err(why) => {
                self.refused(range, &why);
                return self.unbound(range);
            }
        };
        let instance = self.read(0, range);
        let (mut operands, attrs) = self.arguments(Some(callee), call);
        operands.insert(1, instance);
        if let Some(starred) = call.args.iter().find(|argument| argument.is_starred_expr()) {
            self.unsupported(starred.range(), ("`*` before an argument of `super()`'s methods", "pass the arguments one by one"));
        }
        self.value(call.range, "py.call", &operands, &attrs)
    }

    /// The name of an attribute, for an op.
    pub(super) fn attribute_name(&self, name: &str) -> Attribute<'c> {
        self.b.str(&self.globals.attribute_name(name))
    }

    /// A call of another callee than the text's, with its arguments.
    pub(super) fn call_of(&mut self, callee: Value<'c>, call: &'a ExprCall) -> Value<'c> {
        let (operands, attrs) = self.arguments(Some(callee), call);
        self.value(call.range, "py.call", &operands, &attrs)
    }

    /// The operands after `first`, and the attributes that name the last of them when there are keywords, and say which are tuples of arguments.
    pub(super) fn arguments(&mut self, first: Option<Value<'c>>, call: &'a ExprCall) -> (Vec<Value<'c>>, Vec<(&'static str, Attribute<'c>)>) {
        let arrays = self.takes_arrays(call);
        let mut operands: Vec<_> = first.into_iter().collect();
        operands.extend(call.args.iter().map(|argument| match argument {
            Expr::Starred(starred) => self.expr(&starred.value),
            argument if arrays => self.array_like(argument),
            argument => self.passed(argument),
        }));
        let mut names = vec![];
        for keyword in &call.keywords {
            match &keyword.arg {
                Some(name) => names.push(self.b.str(name)),
                None => self.unsupported(keyword_range(keyword.range, &keyword.value), ("`**` in a call", "pass the arguments one by one")),
            }
            operands.push(if arrays { self.array_like(&keyword.value) } else { self.passed(&keyword.value) });
        }
        let keywords = (!names.is_empty()).then(|| ("keywords", self.b.array(&names)));
        (operands, keywords.into_iter().chain(self.stars(&call.args)).collect())
    }

    /// `py.stars`: which arguments or elements have a `*`, and are several; none where none has.
    pub(super) fn stars(&self, values: &[Expr]) -> Option<(&'static str, Attribute<'c>)> {
        let places = values.iter().enumerate().filter(|(_, value)| value.is_starred_expr());
        let places: Vec<_> = places.map(|(i, _)| self.b.int_attr(self.b.i64(), i as i64)).collect();
        (!places.is_empty()).then(|| ("py.stars", self.b.array(&places)))
    }
}

fn keyword_range(keyword: TextRange, value: &Expr) -> TextRange {
    if keyword.is_empty() { value.range() } else { keyword }
}
