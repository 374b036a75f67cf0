//! `raise`, and reads of what may be unbound or None.

use super::Lower;
use super::control_flow::{Flow, Scope};
use crate::functions::{Const, Val};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Attribute, Op, Value};
use zouk_dialects::ty::Ty;

/// Where a message has a shape as NumPy's C code writes it: `(2,3)`.
const SHAPE: &str = "{:shape}";

/// The arguments of an exception: letters, values, and the texts that `s` stands for.
#[derive(Default)]
struct Carried<'c> {
    values: Vec<Value<'c>>,
    kinds: String,
    texts: Vec<String>,
}

impl<'c> Lower<'c> {
    /// `raise exception(arguments…)`. A lone text is the message, which nothing is filled into then.
    pub(super) fn raise_op(&mut self, op: Op<'c>, scope: &Scope<'c>) -> Result<Flow<'c>, Diagnostic> {
        let exception = op.str_attr("exception").unwrap_or("Exception");
        let mut arguments = self.values(&op.operands())?;
        let exception = exception.trim_start_matches("builtins.");
        // A `raise` of the program, unlike what operations raise and what inference ends unreachable blocks with.
        let statement = if op.has_attr("unreachable") { vec![] } else { vec![("statement", self.b.unit())] };
        let given = op.int_attr("cause_arguments").unwrap_or_default() as usize;
        let of_cause = arguments.split_off(arguments.len().saturating_sub(given));
        let mut carried = Carried::default();
        let message = match (op.str_attr("template"), &arguments[..]) {
            (Some(template), arguments) => self.message(template, arguments, &mut carried)?,
            (None, [Val { constant: Some(Const::Str(text)), .. }]) if !text.is_empty() => text.clone(),
            (None, arguments) => {
                arguments.iter().try_for_each(|argument| self.carry(argument, &mut carried))?;
                String::new()
            }
        };
        if let Some(class) = op.str_attr("cause") {
            self.carry_cause(class, &of_cause, &mut carried)?;
        }
        let mut attrs = [self.raise_attrs(exception, &message, &carried.kinds), statement].concat();
        if !carried.texts.is_empty() {
            attrs.push(("texts", self.b.str_array(&carried.texts.iter().map(String::as_str).collect::<Vec<_>>())));
        }
        self.b.op("rt.raise", &carried.values, &[], &attrs);
        Ok(self.end_raising(scope))
    }

    /// `from class(arguments…)`, or `from None` where there is no class.
    fn carry_cause(&mut self, class: &str, arguments: &[Val<'c>], carried: &mut Carried<'c>) -> Result<(), Diagnostic> {
        carried.kinds.push('<');
        if class.is_empty() {
            carried.kinds.push('n');
        } else {
            carried.kinds.push('s');
            carried.texts.push(class.into());
        }
        arguments.iter().try_for_each(|argument| self.carry(argument, carried))?;
        carried.kinds.push('>');
        Ok(())
    }

    /// A message with a `{}` for each value, or a `{:shape}`. What is known now is written into it, the numbers are when it is raised.
    fn message(&mut self, template: &str, values: &[Val<'c>], carried: &mut Carried<'c>) -> Result<String, Diagnostic> {
        let (mut message, mut rest) = (String::new(), template);
        for value in values {
            let marks = [("{}", ", "), (SHAPE, ",")].map(|(mark, comma)| Some((rest.find(mark)?, mark, comma)));
            let Some((at, mark, comma)) = marks.into_iter().flatten().min() else { break };
            message += &rest[..at];
            message += &self.placeholder(value, comma, carried)?;
            rest = &rest[at + mark.len()..];
        }
        Ok(message + rest)
    }

    /// What stands for a value in a message; the items of a tuple have a comma between them.
    fn placeholder(&mut self, value: &Val<'c>, comma: &str, carried: &mut Carried<'c>) -> Result<String, Diagnostic> {
        match (&value.ty, &value.constant) {
            (Ty::None, _) => Ok("None".into()),
            (Ty::Str, Some(Const::Str(text))) if !text.contains("{}") => Ok(text.clone()),
            (Ty::Ref(name), _) => Ok(name.rsplit('.').next().unwrap_or(name).trim_start_matches('@').into()),
            (Ty::Tuple(types), _) => {
                let parts = self.elements(value).iter().map(|part| self.placeholder(part, comma, carried)).collect::<Result<Vec<_>, _>>()?;
                Ok(format!("({}{})", parts.join(comma), if types.len() == 1 { "," } else { "" }))
            }
            _ => {
                self.carry(value, carried)?;
                Ok("{}".into())
            }
        }
    }

    /// One more argument of an exception.
    fn carry(&mut self, argument: &Val<'c>, carried: &mut Carried<'c>) -> Result<(), Diagnostic> {
        let Carried { values, kinds, texts } = carried;
        match &argument.ty {
            Ty::None => kinds.push('n'),
            Ty::Str => {
                let Some(Const::Str(text)) = &argument.constant else { return Err(self.unsupported("a string known only at run time")) };
                kinds.push('s');
                texts.push(text.clone());
            }
            Ty::Bool => {
                kinds.push('b');
                values.push(argument.parts[0]);
            }
            Ty::Int { signed, .. } => {
                kinds.push(if *signed { 'i' } else { 'u' });
                values.push(self.convert(argument.parts[0], &argument.ty, if *signed { &Ty::I64 } else { &Ty::U64 }));
            }
            Ty::Float(bits) => {
                kinds.push(if *bits == 32 { 'F' } else { 'f' });
                values.push(argument.parts[0]);
            }
            Ty::Complex(bits) => {
                kinds.push(if *bits == 32 { 'C' } else { 'c' });
                let ty = self.element(&argument.ty);
                values.push(self.b.val("complex.create", &argument.parts, ty, &[]));
            }
            Ty::Tuple(_) => {
                kinds.push('(');
                self.elements(argument).iter().try_for_each(|element| self.carry(element, carried))?;
                carried.kinds.push(')');
            }
            other => return Err(self.unsupported(format!("an exception cannot carry {}", other.user_name()))),
        }
        Ok(())
    }

    fn raise_attrs(&self, exception: &str, message: &str, kinds: &str) -> Vec<(&'static str, Attribute<'c>)> {
        let mut attrs = vec![("exception", self.b.str(exception)), ("message", self.b.str(message))];
        if !kinds.is_empty() {
            attrs.push(("kinds", self.b.str(kinds)));
        }
        attrs
    }

    /// As `check`; every `{}` of the message stands for one of the integers (i64 or index).
    pub fn check_ints(&self, condition: Value<'c>, exception: &str, message: &str, ints: &[Value<'c>]) -> Op<'c> {
        let ints: Vec<_> = ints.iter().map(|v| self.b.index_cast(*v, self.b.i64())).collect();
        let operands = [&[condition], &ints[..]].concat();
        self.b.op("rt.check", &operands, &[], &self.raise_attrs(exception, message, &"i".repeat(ints.len())))
    }

    /// As `check_ints`, of the sizes of whole arrays: what follows goes through all elements of one as the other has them.
    pub fn check_shapes(&self, condition: Value<'c>, exception: &str, message: &str, ints: &[Value<'c>]) {
        let check = self.check_ints(condition, exception, message, ints);
        if self.module.str_attr("zouk.simt") == Some("cuda") {
            check.set_unit(crate::drop_checks::SHAPES);
        }
    }

    /// As `check_ints`, of a ValueError unless all hold.
    pub(super) fn check_all(&self, conditions: &[Value<'c>], message: &str, ints: &[Value<'c>]) {
        if let Some(all) = conditions.iter().copied().reduce(|x, y| self.b.bin("arith.andi", x, y)) {
            self.check_shapes(all, "ValueError", message, ints);
        }
    }

    /// Reads a local name that may be unbound, or a free one that a function around may not have bound.
    pub(super) fn check_bound(&mut self, op: Op<'c>, value: &Val<'c>, result: &Ty) -> Val<'c> {
        let name = op.str_attr("name").unwrap_or_default();
        let (exception, message) = match op.has_attr("free") {
            true => ("NameError", format!("cannot access free variable '{name}' where it is not associated with a value in enclosing scope")),
            false => ("UnboundLocalError", format!("cannot access local variable '{name}' where it is not associated with a value")),
        };
        match &value.ty {
            Ty::Maybe(_) => {
                let (bound, held) = self.unwrap(value);
                self.check(bound, exception, &message);
                self.cast(&held, result)
            }
            Ty::Unbound => {
                self.raise(exception, &message);
                self.val(result.clone(), self.fillers(result))
            }
            _ => self.cast(value, result),
        }
    }

    /// The value of an optional, which must not be None.
    pub(super) fn unwrap_op(&mut self, value: &Val<'c>, result: &Ty) -> Val<'c> {
        let message = |wanted: &Ty| format!("expected {}, got None", wanted.user_name());
        match &value.ty {
            Ty::Optional(wanted) => {
                let (given, held) = self.unwrap(value);
                self.check(given, "TypeError", &message(wanted));
                self.cast(&held, result)
            }
            Ty::None => {
                self.raise("TypeError", &message(result));
                self.val(result.clone(), self.fillers(result))
            }
            _ => self.cast(value, result),
        }
    }
}
