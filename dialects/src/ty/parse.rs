//! Reads the MLIR text of a Python type.

use super::{Array, Layout, Names, RecordTy, Time, Ty, Unit, Walk, record};
use std::{fmt, sync::Arc};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseTyError(pub String);

impl fmt::Display for ParseTyError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "`{}` is not a Python type", self.0)
    }
}

impl std::error::Error for ParseTyError {}

pub(super) fn parse(text: &str) -> Result<Ty, ParseTyError> {
    let mut parser = Parser { rest: text.trim() };
    let ty = parser.ty().filter(|_| parser.rest.is_empty());
    ty.ok_or_else(|| ParseTyError(text.to_string()))
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn eat(&mut self, token: &str) -> Option<()> {
        self.rest = self.rest.trim_start().strip_prefix(token)?.trim_start();
        Some(())
    }

    fn word(&mut self) -> &'a str {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.' || c == '!')).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn inner(&mut self) -> Option<Box<Ty>> {
        self.eat("<")?;
        let ty = self.ty()?;
        self.eat(">")?;
        Some(Box::new(ty))
    }

    /// `<a, b, …>`, possibly empty
    fn list(&mut self) -> Option<Vec<Ty>> {
        self.eat("<")?;
        let mut parts = vec![];
        while self.eat(">").is_none() {
            if !parts.is_empty() {
                self.eat(",")?;
            }
            parts.push(self.ty()?);
        }
        Some(parts)
    }

    fn array(&mut self) -> Option<Ty> {
        self.eat("<")?;
        let element = Box::new(self.ty()?);
        self.eat(",")?;
        let rank = self.word().parse().ok()?;
        self.eat(",")?;
        let layout = match self.word() {
            "C" => Layout::C,
            "F" => Layout::F,
            "A" => Layout::A,
            _ => return None,
        };
        let (mut readonly, mut unaligned) = (false, false);
        while self.eat(",").is_some() {
            match self.word() {
                "readonly" => readonly = true,
                "unaligned" => unaligned = true,
                _ => return None,
            }
        }
        self.eat(">")?;
        Some(Ty::Array(Array { element, rank, layout, readonly, unaligned }))
    }

    /// `<"text">`
    fn text(&mut self) -> Option<&'a str> {
        self.eat("<")?;
        self.rest = self.rest.strip_prefix('"')?;
        let (text, rest) = self.rest.split_at(self.rest.find('"')?);
        self.rest = &rest[1..];
        self.eat(">")?;
        Some(text)
    }

    fn record(&mut self) -> Option<Ty> {
        let text = self.text()?;
        let (readonly, text) = text.strip_prefix("readonly ").map_or((false, text), |rest| (true, rest));
        Some(Ty::Record(RecordTy { of: Arc::new(record::parse(text)?), readonly }))
    }

    /// `<"text", type, type>`
    fn texted(&mut self) -> Option<(&'a str, Vec<Ty>)> {
        self.eat("<")?;
        self.rest = self.rest.strip_prefix('"')?;
        let (text, rest) = self.rest.split_at(self.rest.find('"')?);
        self.rest = &rest[1..];
        let mut parts = vec![];
        while self.eat(">").is_none() {
            self.eat(",")?;
            parts.push(self.ty()?);
        }
        Some((text, parts))
    }

    /// `<"class field field", type, type>`
    fn named(&mut self) -> Option<Ty> {
        let (text, parts) = self.texted()?;
        Some(Ty::Named(Arc::new(Names::parse(text)?), parts))
    }

    fn time(&mut self, span: bool) -> Option<Ty> {
        Some(Ty::Time(Time { span, unit: Unit::from_name(self.text()?)? }))
    }

    fn ty(&mut self) -> Option<Ty> {
        Some(match self.word() {
            "!py.object" => Ty::Unknown,
            "!py.none" => Ty::None,
            "!py.str" => Ty::Str,
            "!py.ellipsis" => Ty::Ellipsis,
            "!py.generator" => Ty::Generator,
            "!py.unbound" => Ty::Unbound,
            "!py.array" => self.array()?,
            "!py.optional" => Ty::Optional(self.inner()?),
            "!py.maybe" => Ty::Maybe(self.inner()?),
            "!py.enumerate" => Ty::Enumerate(self.inner()?),
            "!py.pointer" => Ty::Pointer(self.inner()?),
            "!py.ctypes" => Ty::Ctypes(self.inner()?),
            "!py.flags" => Ty::Flags(self.inner()?),
            "!py.flat" => Ty::Walk(Walk::Flat, self.inner()?),
            "!py.ndenumerate" => Ty::Walk(Walk::Enumerate, self.inner()?),
            "!py.ndindex" => Ty::Walk(Walk::Index, self.inner()?),
            "!py.nditer" => Ty::Walk(Walk::Iter, self.inner()?),
            "!py.iterator" => Ty::Iterator(self.inner()?),
            "!py.reversed" => Ty::Reversed(self.inner()?),
            "!py.range" => Ty::Range(self.inner()?),
            "!py.map" => Ty::Map(self.list()?),
            "!py.filter" => Ty::Filter(self.list()?),
            "!py.zip" => Ty::Zip(self.list()?),
            "!py.slice" => Ty::Slice(Box::new(self.list()?.try_into().ok()?)),
            "!py.ref" => Ty::Ref(self.text()?.to_string()),
            "!py.record" => self.record()?,
            "!py.datetime" => self.time(false)?,
            "!py.timedelta" => self.time(true)?,
            "!py.list" => Ty::List(self.list()?),
            "!py.class" => Ty::Class(self.text()?.into()),
            "!py.named" => self.named()?,
            "!py.closure" => {
                let (name, parts) = self.texted()?;
                Ty::Closure(name.to_string(), parts)
            }
            "!py.function" => Ty::Function(self.list().filter(|parts| !parts.is_empty())?),
            "!py.one_of" => Ty::OneOf(self.list()?),
            "!py.collector" => Ty::Collector(self.inner()?),
            "tuple" => Ty::Tuple(self.list()?),
            "complex" => match *self.inner()? {
                Ty::Float(bits) => Ty::Complex(bits),
                _ => return None,
            },
            "i1" => Ty::Bool,
            "f16" => Ty::F16,
            "f32" => Ty::F32,
            "f64" => Ty::F64,
            word => {
                let (signed, bits) = match word.split_at_checked(2)? {
                    ("si", bits) => (true, bits),
                    ("ui", bits) => (false, bits),
                    _ => return None,
                };
                let bits = bits.parse().ok().filter(|b| [8, 16, 32, 64].contains(b))?;
                Ty::Int { bits, signed }
            }
        })
    }
}
