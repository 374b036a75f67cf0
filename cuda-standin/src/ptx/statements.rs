//! The grammar of a function's body.

use super::lexer::Token;
use super::parser::{Parser, space_named};
use super::syntax::*;
use super::types::Type;
use super::{Parsed, Wrong};

impl<'a> Parser<'a> {
    /// Statements up to the brace that closes the body.
    pub fn body(&mut self) -> Parsed<Vec<Statement>> {
        let mut found = Vec::new();
        let mut depth = 1;
        loop {
            let line = self.line();
            match self.peek() {
                Token::End => return Err(Wrong::new(line, "a function does not end")),
                Token::Mark('{') => {
                    self.next();
                    depth += 1;
                    found.push(Statement::Open);
                }
                Token::Mark('}') => {
                    self.next();
                    depth -= 1;
                    if depth == 0 {
                        return Ok(found);
                    }
                    found.push(Statement::Close);
                }
                Token::Mark(';') => {
                    self.next();
                }
                Token::Dotted(name) => {
                    self.next();
                    self.directive(name, &mut found)?;
                }
                Token::Name(name) if self.ahead(1) == Token::Mark(':') => {
                    self.next();
                    self.next();
                    found.push(self.labelled(name)?);
                }
                _ => found.push(Statement::Instruction(self.instruction()?)),
            }
        }
    }

    fn directive(&mut self, name: &str, found: &mut Vec<Statement>) -> Parsed<()> {
        match name {
            "reg" => found.push(self.registers()?),
            "local" | "shared" | "param" | "global" | "const" => {
                found.extend(self.variables(space_named(name), Linkage::Internal)?.into_iter().map(Statement::Variable));
            }
            "pragma" => self.until_semicolon(),
            "loc" => {
                let file = self.integer()? as u32;
                let line = self.integer()? as u32;
                self.integer()?;
                while self.has_mark(',') {
                    self.inlined_at()?;
                }
                found.push(Statement::Source { file, line });
            }
            _ => return Err(Wrong::new(self.line(), format!("'.{name}' is not supported in a function"))),
        }
        Ok(())
    }

    /// `function_name label [+ n]` or `inlined_at file line column` of a `.loc`.
    fn inlined_at(&mut self) -> Parsed<()> {
        match self.name()? {
            "function_name" => {
                self.name()?;
                self.offset()?;
            }
            _ => {
                for _ in 0..3 {
                    self.integer()?;
                }
            }
        }
        Ok(())
    }

    fn registers(&mut self) -> Parsed<Statement> {
        let mut lanes = 1;
        let mut ty = None;
        while let Token::Dotted(name) = self.peek() {
            self.next();
            match name {
                "v2" => lanes = 2,
                "v4" => lanes = 4,
                _ => ty = Some(Type::named(name).ok_or_else(|| Wrong::new(self.line(), format!("'.{name}' is no type of a register")))?),
            }
        }
        let ty = ty.ok_or_else(|| Wrong::new(self.line(), "a register has a type"))?;
        let mut names = Vec::new();
        loop {
            let name = self.name()?.to_string();
            let count = if self.has_mark('<') {
                let count = self.integer()? as u32;
                self.mark('>')?;
                Some(count)
            } else {
                None
            };
            names.push((name, count));
            if !self.has_mark(',') {
                self.mark(';')?;
                return Ok(Statement::Registers { ty, lanes, names });
            }
        }
    }

    /// What follows `name:`.
    fn labelled(&mut self, name: &str) -> Parsed<Statement> {
        match self.peek() {
            Token::Dotted("branchtargets" | "calltargets") => {
                self.next();
                let mut targets = vec![self.name()?.to_string()];
                while self.has_mark(',') {
                    targets.push(self.name()?.to_string());
                }
                self.mark(';')?;
                Ok(Statement::Targets(name.to_string(), targets))
            }
            Token::Dotted("callprototype") => {
                self.next();
                let results = if self.peek() == Token::Mark('(') { self.parameters()? } else { Vec::new() };
                self.name()?;
                let parameters = if self.peek() == Token::Mark('(') { self.parameters()? } else { Vec::new() };
                self.until_semicolon();
                Ok(Statement::Prototype(name.to_string(), Prototype { results, parameters }))
            }
            _ => Ok(Statement::Label(name.to_string())),
        }
    }

    fn instruction(&mut self) -> Parsed<Instruction> {
        let line = self.line();
        let guard = if self.has_mark('@') {
            let negated = self.has_mark('!');
            Some((self.name()?.to_string(), negated))
        } else {
            None
        };
        let name = self.name()?.to_string();
        let mut modifiers = Vec::new();
        while let Token::Dotted(modifier) = self.peek() {
            self.next();
            modifiers.push(modifier.to_string());
        }
        let mut operands = Vec::new();
        if !self.has_mark(';') {
            loop {
                operands.push(self.operand()?);
                if !self.has_mark(',') {
                    self.mark(';')?;
                    break;
                }
            }
        }
        Ok(Instruction { line, guard, name, modifiers, operands })
    }

    fn operand(&mut self) -> Parsed<Operand> {
        let first = self.simple_operand()?;
        if self.has_mark('|') {
            return Ok(Operand::Pair(Box::new(first), Box::new(self.simple_operand()?)));
        }
        Ok(first)
    }

    fn simple_operand(&mut self) -> Parsed<Operand> {
        match self.peek() {
            Token::Mark('{') => {
                self.next();
                Ok(Operand::Vector(self.operands_until('}')?))
            }
            Token::Mark('(') if !matches!(self.ahead(1), Token::Integer(_) | Token::Mark('-')) => {
                self.next();
                Ok(Operand::List(self.operands_until(')')?))
            }
            Token::Mark('[') => {
                self.next();
                self.address()
            }
            Token::Mark('!') => {
                self.next();
                Ok(Operand::Not(Box::new(self.simple_operand()?)))
            }
            Token::F32(bits) => {
                self.next();
                Ok(Operand::F32(bits))
            }
            Token::F64(bits) => {
                self.next();
                Ok(Operand::F64(bits))
            }
            Token::Mark('-') if matches!(self.ahead(1), Token::F64(_)) => {
                self.next();
                let Token::F64(bits) = self.next() else { unreachable!("looked at before") };
                Ok(Operand::F64((-f64::from_bits(bits)).to_bits()))
            }
            Token::Name("_") => {
                self.next();
                Ok(Operand::Sink)
            }
            Token::Name(name) if name != "WARP_SZ" => {
                self.next();
                if let Token::Dotted(part) = self.peek() {
                    self.next();
                    return Ok(Operand::Name(name.to_string(), Some(part.to_string())));
                }
                match self.offset()? {
                    0 => Ok(Operand::Name(name.to_string(), None)),
                    offset => Ok(Operand::Sum(name.to_string(), offset)),
                }
            }
            _ => Ok(Operand::Integer(self.constant()? as u64)),
        }
    }

    fn operands_until(&mut self, end: char) -> Parsed<Vec<Operand>> {
        let mut found = Vec::new();
        while !self.has_mark(end) {
            found.push(self.operand()?);
            if !self.has_mark(',') {
                self.mark(end)?;
                break;
            }
        }
        Ok(found)
    }

    /// `[base + offset]`, behind the bracket.
    fn address(&mut self) -> Parsed<Operand> {
        let base = match self.peek() {
            Token::Name(name) if name != "WARP_SZ" => {
                self.next();
                Base::Name(name.to_string())
            }
            _ => Base::None,
        };
        let offset = match base {
            Base::Name(_) => self.offset()?,
            Base::None => self.constant()?,
        };
        self.mark(']')?;
        Ok(Operand::Address(base, offset))
    }
}

#[cfg(test)]
mod tests {
    use super::super::parser::parse;
    use super::*;

    #[test]
    fn a_module_has_its_parts() {
        let text = "
.version 8.4
.target sm_90a, debug
.address_size 64
.extern .shared .align 16 .b8 dynamic[];
.visible .const .align 4 .u32 table[2][2] = {{1, 2}, {-3, 1<<4|1}};
.global .u64 where = generic(table)+8;
.visible .func (.param .align 8 .b8 out[16]) helper(.param .b32 a) { ret; }
.visible .entry kernel(.param .u64 .ptr .global .align 4 p, .param .align 4 .b8 s[12])
.maxntid 32, 8, 1
.minnctapersm 2
{
  .reg .pred %p<3>;
  .reg .b32 a, b;
  .loc 1 5 3, function_name $L__info+4, inlined_at 1 4 3
$L__1:
  @!%p1 setp.lt.and.s32 %p2|_, a, -4, !%p1;
  ld.global.v2.u32 {a, b}, [p+-8];
  { .param .b32 x; call (x), helper, (x); }
table: .branchtargets $L__1, $L__1;
  ret;
}";
        let module = parse(text).expect("a good module");
        assert_eq!((module.version, module.target), ((8, 4), 90));
        assert_eq!(module.variables[0].bytes, 0);
        assert_eq!(module.variables[1].initial.len(), 4);
        assert_eq!(module.variables[1].initial[3], Initial::Integer(17));
        assert_eq!(module.variables[2].initial[0], Initial::Address { name: "table".into(), offset: 8 });
        assert_eq!(module.functions[0].results[0].bytes, 16);
        let kernel = &module.functions[1];
        assert_eq!(kernel.limits.max_threads, Some(256));
        assert_eq!(kernel.parameters.iter().map(|parameter| parameter.bytes).collect::<Vec<_>>(), [8, 12]);
        let instructions: Vec<String> = kernel.body.iter().flatten().filter_map(|statement| if let Statement::Instruction(found) = statement { Some(found.full_name()) } else { None }).collect();
        assert_eq!(instructions, ["setp.lt.and.s32", "ld.global.v2.u32", "call", "ret"]);
    }

    #[test]
    fn what_is_no_ptx_has_its_line() {
        for (text, line) in [("hello", 1), (".version 8.0\n.target sm_80\n.visible .entry k( {", 3), (".version 8.0\n\n.entry k() {\n add.s32 %r1 %r2; }", 4), (".version 8.0\n.entry k() {\n ret;", 3)] {
            assert_eq!(parse(text).unwrap_err().line, line, "{text}");
        }
    }
}
