//! `with objmode(y="float64[:]"):` — a call of the block, which the environment makes a function of Python of.

use super::{Flow, Lowering, names::Slot};
use crate::{
    Binding,
    object_block::{ObjectBlock, context_of, declared, inputs, leaves},
};
use rustpython_parser::{
    ast::{Ranged, StmtWith},
    text_size::{TextRange, TextSize},
};
use zouk_dialects::diagnostic::ErrorClass;

/// The reference that programs know the context manager by.
const OBJMODE: &str = "zouk.objmode";

impl<'c, 'a> Lowering<'c, 'a> {
    /// Whether the statement is such a block; an error of its own otherwise.
    pub(super) fn object_block(&mut self, s: &'a StmtWith) -> Flow {
        let head = TextRange::at(s.range.start(), TextSize::from(4));
        let errors = self.diagnostics.len();
        let context = context_of(s).filter(|(manager, _)| self.reference(manager).as_deref() == Some(OBJMODE));
        let Some((_, call)) = context else {
            // A name that is not defined may be a missing import of `objmode`.
            if self.diagnostics[errors..].iter().all(|diagnostic| diagnostic.code != "unknown-name") {
                self.diagnostics.truncate(errors);
                self.unsupported(head, crate::unsupported::WITH);
            }
            return Flow::Falls;
        };
        if let Some(argument) = call.and_then(|call| call.args.first()) {
            self.unsupported(argument.range(), ("a positional argument of objmode()", "declare what the block assigns: `objmode(y=\"float64\")`"));
            return Flow::Falls;
        }
        if let Some((range, what)) = leaves(&s.body, false) {
            let message = format!("{what} is not supported in a block that the interpreter runs");
            self.error(range, ErrorClass::Unsupported, "unsupported-syntax", message, "set a variable there, and test it after the block");
            return Flow::Falls;
        }
        let mut assigned = self.scope.empty_set();
        self.scope.assigned(&s.body, &mut assigned);
        let mut outputs = vec![];
        for keyword in declared(s) {
            let name = keyword.arg.as_ref().map(|name| name.as_str()).unwrap_or_default();
            match self.scope.outer(name).filter(|local| assigned.contains(*local)) {
                Some(local) => outputs.push((local, self.def.lines.text_of(keyword.value.range()))),
                None => {
                    let message = format!("objmode() declares `{name}`, which the block does not assign");
                    self.error(keyword.range, ErrorClass::Typing, "objmode-names", message, "leave it out");
                    return Flow::Falls;
                }
            }
        }
        let leaked = self.carried.branch(s);
        if let Some(local) = leaked.first() {
            let name = self.scope.name(*local);
            let message = format!("`{name}` is assigned in a block that the interpreter runs and used afterwards: its type is not declared");
            let help = format!("declare it: `objmode({name}=\"float64\")`");
            self.error(head, ErrorClass::Typing, "objmode-names", message, &help);
            return Flow::Falls;
        }
        self.call_block(s, outputs);
        Flow::Falls
    }

    fn call_block(&mut self, s: &'a StmtWith, outputs: Vec<(usize, &'a str)>) {
        let Some((first, last)) = s.body.first().zip(s.body.last()) else { return };
        let range = TextRange::new(first.range().start(), last.range().end());
        let span = self.def.lines.span(range);
        let given: Vec<usize> = inputs(&self.scope, &s.body).ones().filter(|local| self.slots.get(*local).value.is_some()).collect();
        let block = ObjectBlock {
            text: " ".repeat(span.column - 1) + self.def.lines.text_of(range),
            line: span.line,
            inputs: given.iter().map(|local| self.scope.name(*local)).collect(),
            outputs: outputs.iter().map(|(local, ty)| (self.scope.name(*local), *ty)).collect(),
        };
        let head = TextRange::new(s.range.start(), s.items.last().map_or(s.range.end(), |item| item.context_expr.range().end()));
        let reference = match self.globals.object_block(&block) {
            Ok(Binding::Ref(name)) => name,
            Ok(_) => return,
            Err(why) => return self.refused(head, &why),
        };
        let mut operands = vec![self.reference_op(&reference, head)];
        operands.extend(given.iter().map(|local| self.read(*local, head)));
        let result = self.value(head, "py.call", &operands, &[]);
        if !outputs.is_empty() {
            self.b.set_loc(self.location(head));
            let values = self.b.op("py.unpack", &[result], &vec![self.object; outputs.len()], &[]).results();
            for ((local, _), value) in outputs.iter().zip(values) {
                self.slots.set(*local, Slot::bound(value));
            }
        }
    }
}
