//! The function itself: parameters, defaults, attributes.

use super::{Definition, Flow, Lowering, names::Slot};
use crate::{Binding, fold, nest::Body};
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
        let header = self.def.header;
        let captured = self.nest.members[self.member].captured.iter().map(|_| header);
        let arguments: Vec<_> = captured.chain(self.parameter_ranges()).map(|range| (self.object, self.location(range))).collect();
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
        let (def, header) = (self.def, self.def.header);
        let member = &self.nest.members[self.member];
        self.within(entry, |l| {
            let arguments = entry.args();
            let (captured, parameters) = arguments.split_at(member.captured.len());
            for ((local, variable), argument) in member.captured.iter().zip(&member.captures).zip(captured) {
                l.slots.set(*local, Slot { value: Some(*argument), maybe: l.nest.maybe_unbound.borrow().contains(variable) });
            }
            for (local, argument) in parameters.iter().enumerate() {
                let value = l.declared(local, *argument, header);
                l.slots.set(local, Slot::bound(value));
            }
            let flow = match def.body {
                Body::Block(block) => l.block(block),
                Body::Value(value) => l.return_value(Some(value), value.range()),
            };
            if flow == Flow::Falls {
                let none = l.none(header);
                l.give_back(none, header);
            }
        });
    }

    fn attributes(&mut self, definition: &Definition<'a>, parameters: usize) -> Vec<(&'static str, Attribute<'c>)> {
        let args = self.def.args;
        if let Some(star) = &args.kwarg {
            self.unsupported(star.range, ("a parameter with `**`", "name the parameters one by one"));
        }
        let ty: Type = FunctionType::new(self.context, &vec![self.object; parameters], &[self.object]).into();
        let mut attrs = vec![
            ("sym_name", self.b.str(&self.symbol_of(self.member))),
            ("function_type", self.b.ty_attr(ty)),
            ("py.params", self.b.str_array(&self.parameter_names())),
            ("py.defaults", self.defaults(definition)),
            ("py.display", self.b.str(&self.display_of(self.member))),
        ];
        attrs.extend(self.capture_attributes());
        for (name, count) in [("py.positional_only", args.posonlyargs.len()), ("py.keyword_only", args.kwonlyargs.len())] {
            if count > 0 {
                attrs.push((name, self.b.int_attr(self.b.i64(), count as i64)));
            }
        }
        if let Some(star) = &args.vararg {
            attrs.push(("py.variadic", self.b.str(&star.arg)));
        }
        if definition.library && self.member == 0 {
            attrs.extend(self.literal_parameters(definition));
        }
        attrs
    }

    /// In the order of `Function::params`.
    fn parameter_ranges(&self) -> Vec<TextRange> {
        let args = self.def.args;
        let mut ranges: Vec<_> = args.posonlyargs.iter().chain(&args.args).map(|p| p.def.range).collect();
        ranges.extend(args.vararg.iter().map(|star| star.range));
        ranges.extend(args.kwonlyargs.iter().map(|p| p.def.range));
        ranges
    }

    /// Which parameters are `name: literal`.
    fn literal_parameters(&self, definition: &Definition<'a>) -> Option<(&'static str, Attribute<'c>)> {
        let args = self.def.args;
        let is_literal = |annotation: &Option<Box<Expr>>| match annotation.as_deref().and_then(|e| fold::binding(e, definition.environment)) {
            Some(Binding::Ref(name)) => name == LITERAL,
            _ => false,
        };
        let plain = self.def.parameters().filter(|p| is_literal(&p.def.annotation)).map(|p| p.def.arg.as_str());
        let star = args.vararg.iter().filter(|p| is_literal(&p.annotation)).map(|p| p.arg.as_str());
        let literal: Vec<&str> = plain.chain(star).collect();
        (!literal.is_empty()).then(|| ("py.literal", self.b.str_array(&literal)))
    }

    /// The attributes of the last parameters' default values.
    fn defaults(&mut self, definition: &Definition<'a>) -> Attribute<'c> {
        let header = self.def.header;
        if !self.def.computed_defaults().is_empty() && self.member > 0 {
            return self.b.array(&[]);
        }
        let values: Vec<(Binding, _)> = match definition.defaults.filter(|_| self.member == 0) {
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
        let parameters: Vec<_> = self.def.parameters().collect();
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
