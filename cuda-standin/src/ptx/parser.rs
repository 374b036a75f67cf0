//! The grammar of a module: directives, variables, functions. Bodies are in `statements`.

use super::lexer::{Token, tokens};
use super::syntax::*;
use super::types::Type;
use super::{Parsed, Wrong};

pub struct Parser<'a> {
    tokens: Vec<(Token<'a>, u32)>,
    position: usize,
    pub module: Module,
}

/// A module from its text.
pub fn parse(text: &str) -> Parsed<Module> {
    let mut parser = Parser { tokens: tokens(text)?, position: 0, module: Module::default() };
    parser.top()?;
    Ok(parser.module)
}

/// What stands before a variable's or parameter's name.
#[derive(Default)]
struct Prefix {
    align: Option<u32>,
    ty: Option<Type>,
    vector: u32,
}

impl<'a> Parser<'a> {
    pub fn peek(&self) -> Token<'a> {
        self.ahead(0)
    }

    pub fn ahead(&self, count: usize) -> Token<'a> {
        self.tokens.get(self.position + count).map_or(Token::End, |(token, _)| *token)
    }

    pub fn line(&self) -> u32 {
        self.tokens[self.position.min(self.tokens.len() - 1)].1
    }

    pub fn next(&mut self) -> Token<'a> {
        let token = self.peek();
        self.position = (self.position + 1).min(self.tokens.len() - 1);
        token
    }

    /// The error that `found`, the token just taken, is.
    pub fn unexpected(&self, found: Token<'_>, wanted: &str) -> Wrong {
        let line = self.tokens[self.position.saturating_sub(1)].1;
        let text = match found {
            Token::Name(name) => format!("near '{name}'"),
            Token::Dotted(name) => format!("near '.{name}'"),
            Token::Mark(mark) => format!("near '{mark}'"),
            Token::Text(text) => format!("near '\"{text}\"'"),
            Token::End => "at the end".to_string(),
            _ => "near a number".to_string(),
        };
        Wrong::new(line, format!("syntax error {text}: {wanted} is expected"))
    }

    pub fn mark(&mut self, mark: char) -> Parsed<()> {
        match self.next() {
            Token::Mark(found) if found == mark => Ok(()),
            found => Err(self.unexpected(found, &format!("'{mark}'"))),
        }
    }

    /// Takes the mark if it is next.
    pub fn has_mark(&mut self, mark: char) -> bool {
        let found = self.peek() == Token::Mark(mark);
        if found {
            self.next();
        }
        found
    }

    pub fn name(&mut self) -> Parsed<&'a str> {
        match self.next() {
            Token::Name(name) => Ok(name),
            found => Err(self.unexpected(found, "a name")),
        }
    }

    pub fn integer(&mut self) -> Parsed<u64> {
        match self.next() {
            Token::Integer(value) => Ok(value),
            found => Err(self.unexpected(found, "an integer")),
        }
    }

    fn small(&mut self) -> Parsed<u32> {
        let line = self.line();
        u32::try_from(self.integer()?).map_err(|_| Wrong::new(line, "the number is too large"))
    }

    fn top(&mut self) -> Parsed<()> {
        let mut has_version = false;
        loop {
            let line = self.line();
            match self.peek() {
                Token::End if has_version => return Ok(()),
                Token::End => return Err(Wrong::new(line, "the module has no .version")),
                Token::Dotted("version") => {
                    self.next();
                    self.version()?;
                    has_version = true;
                }
                _ if !has_version => return Err(Wrong::new(line, "a module of PTX begins with .version")),
                Token::Dotted("target") => {
                    self.next();
                    self.target()?;
                }
                Token::Dotted("address_size") => {
                    self.next();
                    if self.integer()? != 64 {
                        return Err(Wrong::new(line, "only .address_size 64 is supported"));
                    }
                }
                Token::Dotted("file") => {
                    self.next();
                    self.file()?;
                }
                Token::Dotted("section") => {
                    self.next();
                    self.section()?;
                }
                Token::Dotted("pragma") => self.until_semicolon(),
                Token::Dotted("alias") => return Err(Wrong::new(line, "'.alias' is not supported")),
                Token::Mark(';') => {
                    self.next();
                }
                _ => self.declaration()?,
            }
        }
    }

    fn version(&mut self) -> Parsed<()> {
        let line = self.line();
        self.module.version = match self.next() {
            Token::F64(bits) => {
                let text = format!("{}", f64::from_bits(bits));
                let (major, minor) = text.split_once('.').unwrap_or((&text, "0"));
                (major.parse().unwrap_or(0), minor.parse().unwrap_or(0))
            }
            Token::Integer(major) => (major as u32, 0),
            found => return Err(self.unexpected(found, "a version")),
        };
        if self.module.version == (0, 0) {
            return Err(Wrong::new(line, "this is no version of PTX"));
        }
        Ok(())
    }

    fn target(&mut self) -> Parsed<()> {
        loop {
            let line = self.line();
            let name = self.name()?;
            if let Some(number) = name.strip_prefix("sm_") {
                let digits = number.trim_end_matches(|end: char| end.is_ascii_alphabetic());
                self.module.target = digits.parse().map_err(|_| Wrong::new(line, format!("'{name}' is no target")))?;
            } else if !matches!(name, "debug" | "texmode_unified" | "texmode_independent") {
                return Err(Wrong::new(line, format!("'{name}' is no target")));
            }
            if !self.has_mark(',') {
                return Ok(());
            }
        }
    }

    fn file(&mut self) -> Parsed<()> {
        let number = self.small()?;
        let Token::Text(path) = self.next() else { return Err(Wrong::new(self.line(), "a file has a name")) };
        self.module.files.insert(number, path.to_string());
        while self.has_mark(',') {
            self.integer()?;
        }
        Ok(())
    }

    /// Debug information: skipped.
    fn section(&mut self) -> Parsed<()> {
        self.next();
        self.mark('{')?;
        let mut depth = 1;
        while depth > 0 {
            match self.next() {
                Token::Mark('{') => depth += 1,
                Token::Mark('}') => depth -= 1,
                Token::End => return Err(Wrong::new(self.line(), "a section does not end")),
                _ => {}
            }
        }
        Ok(())
    }

    pub fn until_semicolon(&mut self) {
        while !matches!(self.next(), Token::Mark(';') | Token::End) {}
    }

    fn declaration(&mut self) -> Parsed<()> {
        let mut linkage = Linkage::Internal;
        loop {
            match self.peek() {
                Token::Dotted("visible") => linkage = Linkage::Visible,
                Token::Dotted("extern") => linkage = Linkage::Extern,
                Token::Dotted("weak" | "common") => linkage = Linkage::Weak,
                _ => break,
            }
            self.next();
        }
        match self.next() {
            Token::Dotted("entry") => self.function(true, linkage),
            Token::Dotted("func") => self.function(false, linkage),
            Token::Dotted(space @ ("global" | "const" | "shared")) => {
                let variables = self.variables(space_named(space), linkage)?;
                self.module.variables.extend(variables);
                Ok(())
            }
            found => Err(self.unexpected(found, "a directive of a module")),
        }
    }

    fn prefix(&mut self) -> Parsed<Prefix> {
        let mut prefix = Prefix { vector: 1, ..Prefix::default() };
        loop {
            match self.peek() {
                Token::Dotted("align") => {
                    self.next();
                    let line = self.line();
                    let align = self.small()?;
                    if !align.is_power_of_two() {
                        return Err(Wrong::new(line, "an alignment is a power of two"));
                    }
                    prefix.align = prefix.align.or(Some(align));
                    continue;
                }
                // `.ptr .space .align n` of a parameter says what it points to.
                Token::Dotted("ptr") => {
                    self.next();
                    while let Token::Dotted(name) = self.peek() {
                        self.next();
                        if name == "align" {
                            self.small()?;
                        }
                    }
                    continue;
                }
                Token::Dotted("v2") => prefix.vector = 2,
                Token::Dotted("v4") => prefix.vector = 4,
                Token::Dotted("attribute") => {
                    self.next();
                    while !matches!(self.next(), Token::Mark(')') | Token::End) {}
                    continue;
                }
                Token::Dotted("managed" | "reg" | "param" | "const" | "noreturn") => {}
                Token::Dotted(name) => match Type::named(name) {
                    Some(ty) => prefix.ty = Some(ty),
                    None => {
                        let found = self.next();
                        return Err(self.unexpected(found, "a type"));
                    }
                },
                _ => return Ok(prefix),
            }
            self.next();
        }
    }

    /// Variables of one declaration, behind the state space.
    pub fn variables(&mut self, space: Space, linkage: Linkage) -> Parsed<Vec<Variable>> {
        let prefix = self.prefix()?;
        let ty = prefix.ty.ok_or_else(|| Wrong::new(self.line(), "a variable has a type"))?;
        let element = u64::from(ty.bytes() * prefix.vector);
        let mut found = Vec::new();
        loop {
            let line = self.line();
            let name = self.name()?.to_string();
            let mut count = Some(1u64);
            while self.has_mark('[') {
                if self.has_mark(']') {
                    count = None;
                    continue;
                }
                let extent = self.constant()? as u64;
                self.mark(']')?;
                count = count.and_then(|count| count.checked_mul(extent));
            }
            let initial = if self.has_mark('=') { self.initial()? } else { Vec::new() };
            let bytes = match count {
                Some(count) => element.checked_mul(count).filter(|bytes| *bytes < 1 << 40).ok_or_else(|| Wrong::new(line, format!("{name} is too large")))?,
                None => element * initial.len() as u64,
            };
            let align = prefix.align.unwrap_or(element.min(16) as u32).max(1);
            found.push(Variable { name, space, ty, align, bytes, initial, linkage, line });
            if !self.has_mark(',') {
                self.mark(';')?;
                return Ok(found);
            }
        }
    }

    fn initial(&mut self) -> Parsed<Vec<Initial>> {
        let mut values = Vec::new();
        self.initial_into(&mut values)?;
        Ok(values)
    }

    fn initial_into(&mut self, values: &mut Vec<Initial>) -> Parsed<()> {
        if self.has_mark('{') {
            while !self.has_mark('}') {
                self.initial_into(values)?;
                self.has_mark(',');
                if self.peek() == Token::End {
                    return Err(Wrong::new(self.line(), "an initialiser does not end"));
                }
            }
            return Ok(());
        }
        let value = match self.peek() {
            Token::F32(bits) => {
                self.next();
                Initial::F32(bits)
            }
            Token::F64(bits) => {
                self.next();
                Initial::F64(bits)
            }
            Token::Mark('-') if matches!(self.ahead(1), Token::F64(_)) => {
                self.next();
                let Token::F64(bits) = self.next() else { unreachable!("looked at before") };
                Initial::F64((-f64::from_bits(bits)).to_bits())
            }
            Token::Name(name) if name != "WARP_SZ" => {
                self.next();
                let name = if name == "generic" {
                    self.mark('(')?;
                    let name = self.name()?;
                    self.mark(')')?;
                    name
                } else {
                    name
                };
                Initial::Address { name: name.to_string(), offset: self.offset()? }
            }
            _ => Initial::Integer(self.constant()? as u64),
        };
        values.push(value);
        Ok(())
    }

    /// `+ n` or `- n` if there is one.
    pub fn offset(&mut self) -> Parsed<i64> {
        match self.peek() {
            Token::Mark('+') => {
                self.next();
                self.constant()
            }
            Token::Mark('-') => self.constant(),
            _ => Ok(0),
        }
    }

    /// `(.param .b32 x, .param .align 8 .b8 y[16])`
    pub fn parameters(&mut self) -> Parsed<Vec<Parameter>> {
        self.mark('(')?;
        let mut found = Vec::new();
        while !self.has_mark(')') {
            let line = self.line();
            match self.next() {
                Token::Dotted("param" | "reg") => {}
                other => return Err(self.unexpected(other, "'.param'")),
            }
            let prefix = self.prefix()?;
            let ty = prefix.ty.ok_or_else(|| Wrong::new(line, "a parameter has a type"))?;
            let name = if matches!(self.peek(), Token::Name(_)) { self.name()?.to_string() } else { "_".to_string() };
            let element = u64::from(ty.bytes() * prefix.vector);
            let mut bytes = element;
            if self.has_mark('[') {
                bytes = if self.peek() == Token::Mark(']') { 0 } else { element.saturating_mul(self.constant()? as u64) };
                self.mark(']')?;
            }
            if bytes > 1 << 16 {
                return Err(Wrong::new(line, format!("the parameter {name} is too large")));
            }
            found.push(Parameter { name, align: prefix.align.unwrap_or(element as u32).max(1), bytes: bytes as u32 });
            self.has_mark(',');
        }
        Ok(found)
    }

    fn function(&mut self, entry: bool, linkage: Linkage) -> Parsed<()> {
        let line = self.line();
        let results = if self.peek() == Token::Mark('(') { self.parameters()? } else { Vec::new() };
        let name = self.name()?.to_string();
        let parameters = if self.peek() == Token::Mark('(') { self.parameters()? } else { Vec::new() };
        let limits = self.limits()?;
        let body = if self.has_mark('{') {
            Some(self.body()?)
        } else {
            self.mark(';')?;
            None
        };
        self.module.functions.push(Function { name, entry, linkage, results, parameters, limits, body, line });
        Ok(())
    }

    fn limits(&mut self) -> Parsed<Limits> {
        let mut limits = Limits::default();
        while let Token::Dotted(name) = self.peek() {
            self.next();
            match name {
                "maxntid" => limits.max_threads = Some(self.extents()?.iter().product()),
                "reqntid" => limits.required = Some(self.extents()?),
                "maxnreg" => limits.max_registers = Some(self.small()?),
                "minnctapersm" | "maxnctapersm" | "maxclusterrank" => {
                    self.small()?;
                }
                "noreturn" | "blocksareclusters" | "explicitcluster" => {}
                "pragma" => self.until_semicolon(),
                _ => return Err(Wrong::new(self.line(), format!("'.{name}' is not supported for a function"))),
            }
        }
        Ok(limits)
    }

    fn extents(&mut self) -> Parsed<[u32; 3]> {
        let mut extents = [1; 3];
        for extent in &mut extents {
            *extent = self.small()?;
            if !self.has_mark(',') {
                break;
            }
        }
        Ok(extents)
    }
}

pub fn space_named(name: &str) -> Space {
    match name.split("::").next().unwrap_or(name) {
        "global" => Space::Global,
        "const" => Space::Const,
        "shared" => Space::Shared,
        "local" => Space::Local,
        "param" => Space::Param,
        _ => Space::Generic,
    }
}
