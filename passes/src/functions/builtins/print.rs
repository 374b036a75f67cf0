//! `print(…)`, as one `rt.print` for every value with the text before it. Arrays, and what else Python has texts for, the interpreter shows.

use crate::functions::elementwise::Parts;
use crate::functions::rules::*;
use crate::functions::{Bound, CallError, Const, TyArg, Val};
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use crate::foreign::PRINTER;
use zouk_dialects::ty::{ENUMERATION, Names, Ty};

pub fn rule(a: &Bound<TyArg>) -> Rule {
    for value in &a.rest {
        printable(&value.ty, &value.constant)?;
    }
    for (i, name) in [(0, "sep"), (1, "end")] {
        match a.get(i) {
            None | Some(TyArg { constant: Some(Const::Str(_) | Const::None), .. }) => {}
            Some(_) => return Err(CallError::new(format!("{name} must be a constant string"))),
        }
    }
    Ok(Ty::None.into())
}

fn printable(ty: &Ty, constant: &Option<Const>) -> Result<(), CallError> {
    match ty {
        Ty::Tuple(parts) | Ty::List(parts) => parts.iter().enumerate().try_for_each(|(i, part)| {
            printable(part, &constant.as_ref().and_then(|tuple| tuple.part(i)))
        }),
        Ty::Optional(inner) => printable(inner, &None),
        Ty::None | Ty::Ellipsis | Ty::Range(_) => Ok(()),
        Ty::Str if constant.is_some() => Ok(()),
        Ty::Str => Err(CallError::new("only constant strings can be printed").help("print a string of a tuple as an argument of its own")),
        ty if is_shown_by_python(ty) => Ok(()),
        Ty::Named(_, parts) => parts.iter().try_for_each(|part| printable(part, &None)),
        number if number.is_number() => Ok(()),
        other => Err(CallError::new(format!("a value of type {} cannot be printed", other.user_name()))),
    }
}

/// Whether the interpreter shows the value: its text is none of the compiler's business, or the program's.
fn is_shown_by_python(ty: &Ty) -> bool {
    matches!(ty, Ty::Array(_) | Ty::Time(_) | Ty::Record(_) | Ty::Slice(_)) || is_member(ty)
}

/// Whether it is a member of an enumeration.
fn is_member(ty: &Ty) -> bool {
    matches!(ty, Ty::Named(names, _) if names.class.starts_with(ENUMERATION))
}

/// Whether the interpreter shows the value or a part of it.
pub fn needs_python(ty: &Ty) -> bool {
    match ty {
        Ty::Tuple(parts) | Ty::List(parts) => parts.iter().any(needs_python),
        Ty::Named(_, parts) => is_member(ty) || parts.iter().any(needs_python),
        Ty::Optional(inner) => needs_python(inner),
        other => is_shown_by_python(other),
    }
}

pub fn lower<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let option = |i: usize, default: &str| match a.get(i).and_then(|v| v.constant.clone()) {
        Some(Const::Str(text)) => text,
        _ => default.to_string(),
    };
    let (separator, end) = (option(0, " "), option(1, "\n"));
    let mut printer = Printer { l, text: String::new() };
    for (i, value) in a.rest.iter().enumerate() {
        if i > 0 {
            printer.text.push_str(&separator);
        }
        printer.value(value, false);
    }
    printer.text.push_str(&end);
    printer.flush(&[], "");
    if let Some(flush) = a.get(2) {
        let now = l.truth(flush);
        l.scf_if(
            now,
            &mut |l| {
                l.b.op("rt.print", &[], &[], &[("text", l.b.str("")), ("flush", l.b.unit())]);
                vec![]
            },
            &mut |_| vec![],
        );
    }
    vec![]
}

/// Gathers constant text until a value comes.
struct Printer<'l, 'c> {
    l: &'l mut Lower<'c>,
    text: String,
}

impl<'c> Printer<'_, 'c> {
    /// Inside a tuple or a list values are shown by `repr`: strings have quotes.
    fn value(&mut self, value: &Val<'c>, nested: bool) {
        match &value.ty {
            ty if is_shown_by_python(ty) => {
                self.flush(&[], "");
                let nested = self.l.val(Ty::Bool, vec![self.l.b.c_bool(nested)]);
                self.l.call_block(PRINTER, &[value.clone(), nested], &Ty::None);
            }
            Ty::Named(names, _) => self.named(value, names),
            Ty::Tuple(types) => self.sequence(value, ["(", if types.len() == 1 { ",)" } else { ")" }]),
            Ty::List(_) => self.sequence(value, ["[", "]"]),
            Ty::None => self.text.push_str("None"),
            Ty::Ellipsis => self.text.push_str("Ellipsis"),
            Ty::Str => {
                if let Some(Const::Str(text)) = &value.constant {
                    self.text.push_str(&if nested { repr(text) } else { text.clone() });
                }
            }
            Ty::Optional(_) => self.optional(value, nested),
            Ty::Range(inner) => self.range(value, inner),
            Ty::Complex(_) => {
                let ty = self.l.element(&value.ty);
                let number = self.l.b.val("complex.create", &value.parts, ty, &[]);
                self.flush(&[number], "c");
            }
            Ty::Bool => self.flush(&value.parts, "b"),
            Ty::Float(_) => self.flush(&value.parts, "f"),
            // Integers are shown in 64 bits.
            ty => {
                let wide = self.l.cast(value, &widened(ty));
                self.flush(&wide.parts, if ty.is_signed() { "i" } else { "u" });
            }
        }
    }

    fn sequence(&mut self, sequence: &Val<'c>, [open, close]: [&str; 2]) {
        let elements = self.l.elements(sequence);
        self.text.push_str(open);
        for (i, element) in elements.iter().enumerate() {
            if i > 0 {
                self.text.push_str(", ");
            }
            self.value(element, true);
        }
        self.text.push_str(close);
    }

    /// `Point(x=1, y=2)`
    fn named(&mut self, tuple: &Val<'c>, names: &Names) {
        let class = names.class.rsplit('.').next().unwrap_or_default();
        // A class of the same name as another one has a number behind it.
        self.text.push_str(class.split('#').next().unwrap_or_default());
        self.text.push('(');
        for (i, (field, element)) in names.fields.iter().zip(self.l.elements(tuple)).enumerate() {
            self.text.push_str(&format!("{}{field}=", if i > 0 { ", " } else { "" }));
            self.value(&element, true);
        }
        self.text.push(')');
    }

    /// `range(start, stop)`, with the step unless it is 1.
    fn range(&mut self, range: &Val<'c>, inner: &Ty) {
        let kind = if inner.is_signed() { "i" } else { "u" };
        self.text.push_str("range(");
        self.flush(&range.parts[..1], kind);
        self.text.push_str(", ");
        self.flush(&range.parts[1..2], kind);
        let step = range.parts[2];
        let plain = self.l.b.cmpi("eq", step, self.l.b.c_int(step.ty(), 1));
        self.l.scf_if(plain, &mut |_| vec![], &mut |l| {
            Printer { l, text: ", ".into() }.flush(&[step], kind);
            vec![]
        });
        self.text.push(')');
    }

    fn optional(&mut self, value: &Val<'c>, nested: bool) {
        self.flush(&[], "");
        let (flag, held) = self.l.unwrap(value);
        let none = self.l.val(Ty::None, vec![]);
        let show = |l: &mut Lower<'c>, value: &Val<'c>| {
            let mut printer = Printer { l, text: String::new() };
            printer.value(value, nested);
            printer.flush(&[], "");
            vec![]
        };
        self.l.scf_if(flag, &mut |l| show(l, &held), &mut |l| show(l, &none));
    }

    /// Writes the text, then the values.
    fn flush(&mut self, values: &[Value<'c>], kinds: &str) {
        if self.text.is_empty() && values.is_empty() {
            return;
        }
        let b = &self.l.b;
        let text = b.str(&std::mem::take(&mut self.text));
        b.op("rt.print", values, &[], &[("text", text), ("kinds", b.str(kinds))]);
    }
}

/// A string as `repr` shows it.
fn repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => out.extend(['\\', c]),
            c if (c as u32) < 0x20 || c as u32 == 0x7f => out.push_str(&format!("\\x{:02x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}
