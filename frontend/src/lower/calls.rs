//! Calls of functions and of methods.

use super::Lowering;
use rustpython_parser::{
    ast::{Expr, ExprCall, Ranged},
    text_size::TextRange,
};
use zouk_dialects::ir::{Attribute, Value};

impl<'c, 'a> Lowering<'c, 'a> {
    pub(super) fn call(&mut self, call: &'a ExprCall) -> Value<'c> {
        match &*call.func {
            Expr::Attribute(method) if !self.is_global(&call.func) => {
                let receiver = self.expr(&method.value);
                let name = ("name", self.b.str(&method.attr));
                let (operands, keywords) = self.arguments(Some(receiver), call);
                let attrs: Vec<_> = std::iter::once(name).chain(keywords).collect();
                self.value(call.range, "py.call_method", &operands, &attrs)
            }
            callee => {
                if let Some(value) = self.call_of_generator(call) {
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

    /// A call of another callee than the text's, with its arguments.
    pub(super) fn call_of(&mut self, callee: Value<'c>, call: &'a ExprCall) -> Value<'c> {
        let (operands, keywords) = self.arguments(Some(callee), call);
        self.value(call.range, "py.call", &operands, keywords.as_slice())
    }

    /// The operands after `first`, and the attribute that names the last of them when there are keywords.
    pub(super) fn arguments(&mut self, first: Option<Value<'c>>, call: &'a ExprCall) -> (Vec<Value<'c>>, Option<(&'static str, Attribute<'c>)>) {
        let arrays = self.takes_arrays(call);
        let mut operands: Vec<_> = first.into_iter().collect();
        operands.extend(call.args.iter().map(|argument| if arrays { self.array_like(argument) } else { self.passed(argument) }));
        let mut names = vec![];
        for keyword in &call.keywords {
            match &keyword.arg {
                Some(name) => names.push(self.b.str(name)),
                None => self.unsupported(keyword_range(keyword.range, &keyword.value), ("`**` in a call", "pass the arguments one by one")),
            }
            operands.push(if arrays { self.array_like(&keyword.value) } else { self.passed(&keyword.value) });
        }
        let keywords = (!names.is_empty()).then(|| ("keywords", self.b.array(&names)));
        (operands, keywords)
    }
}

fn keyword_range(keyword: TextRange, value: &Expr) -> TextRange {
    if keyword.is_empty() { value.range() } else { keyword }
}
