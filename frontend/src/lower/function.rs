//! The function itself: parameters, defaults, attributes.

use super::{Definition, Flow, Lowering, names::Slot};
use crate::{Binding, fold};
use rustpython_parser::{
    ast::{Expr, Ranged},
    text_size::TextRange,
};
use zouk_dialects::{
    diagnostic::{Diagnostic, ErrorClass},
    ir::{Attribute, Block, FunctionType, Op, Type},
};

/// The annotation of parameters whose arguments are compile-time constants.
const LITERAL: &str = "zouk.library.literal";

impl<'c, 'a> Lowering<'c, 'a> {
    pub(super) fn function(mut self, definition: &Definition<'a>) -> Result<Op<'c>, Vec<Diagnostic>> {
        let header = self.function.header();
        let arguments: Vec<_> = self.parameter_ranges().into_iter().map(|range| (self.object, self.location(range))).collect();
        let (region, entry) = self.region(&arguments);
        let attrs = self.attributes(definition, arguments.len());
        self.body(entry);
        self.b.set_loc(self.location(header));
        let op = self.b.op_with_regions("func.func", &[], &[], &attrs, &[region]);
        if self.diagnostics.is_empty() {
            return Ok(op);
        }
        op.erase();
        Err(self.diagnostics)
    }

    fn body(&mut self, entry: Block<'c>) {
        let (function, header) = (self.function, self.function.header());
        self.within(entry, |l| {
            for (local, argument) in entry.args().into_iter().enumerate() {
                l.slots.set(local, Slot::bound(argument));
            }
            if l.block(function.body()) == Flow::Falls {
                let none = l.none(header);
                l.op(header, "py.return", &[none], &[]);
            }
        });
    }

    fn attributes(&mut self, definition: &Definition<'a>, parameters: usize) -> Vec<(&'static str, Attribute<'c>)> {
        let args = self.function.args();
        if let Some(star) = &args.kwarg {
            self.unsupported(star.range, ("a parameter with `**`", "name the parameters one by one"));
        }
        let ty: Type = FunctionType::new(self.context, &vec![self.object; parameters], &[self.object]).into();
        let mut attrs = vec![
            ("sym_name", self.b.str(definition.symbol)),
            ("function_type", self.b.ty_attr(ty)),
            ("py.params", self.b.str_array(&self.function.params())),
            ("py.defaults", self.defaults(definition)),
            ("py.display", self.b.str(definition.display)),
        ];
        for (name, count) in [("py.positional_only", args.posonlyargs.len()), ("py.keyword_only", args.kwonlyargs.len())] {
            if count > 0 {
                attrs.push((name, self.b.int_attr(self.b.i64(), count as i64)));
            }
        }
        if let Some(star) = &args.vararg {
            attrs.push(("py.variadic", self.b.str(&star.arg)));
        }
        if definition.library {
            attrs.extend(self.literal_parameters(definition));
        }
        attrs
    }

    /// In the order of `Function::params`.
    fn parameter_ranges(&self) -> Vec<TextRange> {
        let args = self.function.args();
        let mut ranges: Vec<_> = args.posonlyargs.iter().chain(&args.args).map(|p| p.def.range).collect();
        ranges.extend(args.vararg.iter().map(|star| star.range));
        ranges.extend(args.kwonlyargs.iter().map(|p| p.def.range));
        ranges
    }

    /// Which parameters are `name: literal`.
    fn literal_parameters(&self, definition: &Definition<'a>) -> Option<(&'static str, Attribute<'c>)> {
        let args = self.function.args();
        let is_literal = |annotation: &Option<Box<Expr>>| match annotation.as_deref().and_then(|e| fold::binding(e, definition.environment)) {
            Some(Binding::Ref(name)) => name == LITERAL,
            _ => false,
        };
        let plain = self.function.parameters().filter(|p| is_literal(&p.def.annotation)).map(|p| p.def.arg.as_str());
        let star = args.vararg.iter().filter(|p| is_literal(&p.annotation)).map(|p| p.arg.as_str());
        let literal: Vec<&str> = plain.chain(star).collect();
        (!literal.is_empty()).then(|| ("py.literal", self.b.str_array(&literal)))
    }

    /// The attributes of the last parameters' default values.
    fn defaults(&mut self, definition: &Definition<'a>) -> Attribute<'c> {
        let header = self.function.header();
        let values: Vec<(Binding, _)> = match definition.defaults {
            Some(values) => values.iter().map(|value| (value.clone(), header)).collect(),
            None => {
                let expressions = self.default_expressions();
                expressions.into_iter().filter_map(|e| Some((self.default(e, definition)?, e.range()))).collect()
            }
        };
        let mut attributes = vec![];
        for (value, range) in values {
            match self.binding_attribute(&value) {
                Ok(attribute) => attributes.push(attribute),
                Err(why) => self.error(range, ErrorClass::Typing, "constant-out-of-range", why, "pass the value in"),
            }
        }
        self.b.array(&attributes)
    }

    fn default_expressions(&mut self) -> Vec<&'a Expr> {
        let parameters: Vec<_> = self.function.parameters().collect();
        let Some(first) = parameters.iter().position(|p| p.default.is_some()) else { return vec![] };
        if let Some(without) = parameters[first..].iter().find(|p| p.default.is_none()) {
            self.unsupported(without.def.range, ("a parameter without a default after one with a default", "give it a default, or put it first"));
        }
        parameters[first..].iter().filter_map(|p| p.default.as_deref()).collect()
    }

    fn default(&mut self, expr: &'a Expr, definition: &Definition<'a>) -> Option<Binding> {
        let value = fold::binding(expr, definition.environment);
        if value.is_none() {
            self.unsupported(expr.range(), ("a default that is known only when the file runs", "use a constant"));
        }
        value
    }
}
