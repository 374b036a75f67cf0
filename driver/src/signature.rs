//! Signatures as Numba writes them: `float64(int32[:], f8[:, ::1])`, `(i8, b1)`, `Tuple((f8, f8))(f8)`, `UniTuple(i8, 3)`.

use zouk_dialects::ty::{Array, Layout, Time, Ty, Unit};

/// The declared result, if any, and the argument types.
pub fn parse_signature(text: &str) -> Result<(Option<Ty>, Vec<Ty>), String> {
    let mut parser = Parser { rest: text.trim(), whole: text };
    let result = if parser.rest.starts_with('(') { None } else { Some(parser.ty()?) };
    let arguments = parser.list()?;
    if parser.rest.is_empty() { Ok((result, arguments)) } else { Err(parser.error("has text after its end")) }
}

/// One type of a signature.
pub fn parse_type(text: &str) -> Result<Ty, String> {
    let mut parser = Parser { rest: text.trim(), whole: text };
    let ty = parser.ty()?;
    if parser.rest.is_empty() { Ok(ty) } else { Err(parser.error("has text after its end")) }
}

struct Parser<'a> {
    rest: &'a str,
    whole: &'a str,
}

impl Parser<'_> {
    fn error(&self, what: &str) -> String {
        format!("the signature `{}` {what}", self.whole)
    }

    fn eat(&mut self, token: &str) -> bool {
        match self.rest.trim_start().strip_prefix(token) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.eat(token) { Ok(()) } else { Err(self.error(&format!("misses a `{token}` {}", self.place()))) }
    }

    fn place(&self) -> String {
        if self.rest.is_empty() { "at its end".into() } else { format!("before `{}`", self.rest) }
    }

    /// `(a, b, …)`
    fn list(&mut self) -> Result<Vec<Ty>, String> {
        self.expect("(")?;
        let mut parts = vec![];
        while !self.eat(")") {
            if !parts.is_empty() {
                self.expect(",")?;
                if self.eat(")") {
                    break;
                }
            }
            parts.push(self.ty()?);
        }
        Ok(parts)
    }

    fn word(&mut self) -> String {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        word.to_string()
    }

    fn ty(&mut self) -> Result<Ty, String> {
        let word = self.word();
        let name = word.rsplit('.').next().unwrap_or_default();
        let base = match name {
            "Tuple" => self.tuple()?,
            "UniTuple" => self.uni_tuple()?,
            "NPDatetime" | "NPTimedelta" => self.time(name == "NPTimedelta")?,
            "datetime64" | "timedelta64" if self.rest.starts_with(|c| c == '[') && !self.rest[1..].trim_start().starts_with(':') => {
                let (unit, rest) = self.rest[1..].split_once(']').ok_or_else(|| self.error("has a unit without a `]`"))?;
                self.rest = rest.trim_start();
                let unit = Unit::from_name(unit.trim()).ok_or_else(|| self.error(&format!("names no unit of time `{unit}`")))?;
                Ty::Time(Time { span: name == "timedelta64", unit })
            }
            "optional" | "Optional" => {
                let inner = self.list()?;
                match inner.into_iter().next().ok_or_else(|| self.error("has an empty optional()"))? {
                    // None is None, however often it is allowed.
                    inner @ Ty::Optional(_) => inner,
                    inner => Ty::Optional(Box::new(inner)),
                }
            }
            "" => return Err(self.error(&format!("misses a type {}", self.place()))),
            name => scalar(name).ok_or_else(|| self.error(&format!("names no type `{word}`")))?,
        };
        self.arrays(base)
    }

    /// `NPDatetime('D')`
    fn time(&mut self, span: bool) -> Result<Ty, String> {
        self.expect("(")?;
        let Some(quote) = self.rest.chars().next().filter(|c| matches!(c, '\'' | '"')) else { return Err(self.error("has a unit of time that is no text")) };
        let (unit, rest) = self.rest[1..].split_once(quote).ok_or_else(|| self.error("has a text without end"))?;
        self.rest = rest.trim_start();
        let unit = if unit.is_empty() { Some(Unit::Generic) } else { Unit::from_name(unit) };
        let unit = unit.ok_or_else(|| self.error("names no unit of time"))?;
        self.expect(")")?;
        Ok(Ty::Time(Time { span, unit }))
    }

    fn tuple(&mut self) -> Result<Ty, String> {
        self.expect("(")?;
        let parts = self.list()?;
        self.expect(")")?;
        Ok(Ty::Tuple(parts))
    }

    fn uni_tuple(&mut self) -> Result<Ty, String> {
        self.expect("(")?;
        let element = self.ty()?;
        self.expect(",")?;
        let count: usize = self.word().parse().map_err(|_| self.error("has a UniTuple without a length"))?;
        self.expect(")")?;
        // Before the expansion: inference, which counts again, would come too late.
        if count.saturating_mul(element.parts()) >= Ty::MAX_PARTS {
            return Err(self.error(&format!("has a UniTuple of {count} elements, too large for a tuple: use an array")));
        }
        Ok(Ty::Tuple(vec![element; count]))
    }

    /// `[:]`, `[::1]`, `[:, ::1]`, `[::1, :]` after an element type
    fn arrays(&mut self, element: Ty) -> Result<Ty, String> {
        if !self.eat("[") {
            return Ok(element);
        }
        let mut contiguous = vec![];
        loop {
            self.expect(":")?;
            contiguous.push(self.eat(":") && self.eat("1"));
            if self.eat("]") {
                break;
            }
            self.expect(",")?;
        }
        let (rank, ones) = (contiguous.len(), contiguous.iter().filter(|c| **c).count());
        let layout = match (ones, contiguous.last(), contiguous.first()) {
            (0, ..) => Layout::A,
            (1, Some(true), _) => Layout::C,
            (1, _, Some(true)) => Layout::F,
            _ => return Err(self.error("has `::1` elsewhere than first or last")),
        };
        Ok(Ty::Array(Array { element: Box::new(element), rank, layout, readonly: false, unaligned: false }))
    }
}

/// A number by Numba's name, or by Python's or NumPy's where Numba has none.
fn scalar(name: &str) -> Option<Ty> {
    match name {
        "int" => Some(Ty::I64),
        "float" => Some(Ty::F64),
        "complex" => Some(Ty::C128),
        "void" | "none" | "None" => Some(Ty::None),
        name => Ty::from_zouk_name(name).or_else(|| Ty::from_numpy_name(name)),
    }
}
