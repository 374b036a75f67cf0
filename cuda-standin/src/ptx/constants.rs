//! Constant expressions: of integers, with C's operators.

use super::lexer::Token;
use super::parser::Parser;
use super::{Parsed, Wrong};

/// Binary operators, loosest first.
const LEVELS: [&[&str]; 6] = [&["|"], &["^"], &["&"], &["<<", ">>"], &["+", "-"], &["*", "/", "%"]];

impl Parser<'_> {
    /// An integer expression; the operands are 64 bits and wrap.
    pub fn constant(&mut self) -> Parsed<i64> {
        self.constant_of(0)
    }

    fn constant_of(&mut self, level: usize) -> Parsed<i64> {
        let Some(operators) = LEVELS.get(level) else { return self.constant_unary() };
        let mut left = self.constant_of(level + 1)?;
        while let Some(operator) = operators.iter().find(|operator| self.at_operator(operator)) {
            for _ in operator.chars() {
                self.next();
            }
            let right = self.constant_of(level + 1)?;
            left = match *operator {
                "|" => left | right,
                "^" => left ^ right,
                "&" => left & right,
                "<<" => left.wrapping_shl(right as u32),
                ">>" => left.wrapping_shr(right as u32),
                "+" => left.wrapping_add(right),
                "-" => left.wrapping_sub(right),
                "*" => left.wrapping_mul(right),
                _ if right == 0 => return Err(Wrong::new(self.line(), "division by zero in a constant")),
                "/" => left.wrapping_div(right),
                _ => left.wrapping_rem(right),
            };
        }
        Ok(left)
    }

    fn at_operator(&self, operator: &str) -> bool {
        operator.chars().enumerate().all(|(ahead, mark)| self.ahead(ahead) == Token::Mark(mark))
    }

    fn constant_unary(&mut self) -> Parsed<i64> {
        match self.next() {
            Token::Integer(value) => Ok(value as i64),
            Token::Mark('-') => Ok(self.constant_unary()?.wrapping_neg()),
            Token::Mark('+') => self.constant_unary(),
            Token::Mark('~') => Ok(!self.constant_unary()?),
            Token::Mark('!') => Ok(i64::from(self.constant_unary()? == 0)),
            Token::Mark('(') => {
                // A cast, `(.s64)`, changes nothing in 64 bits.
                if let Token::Dotted(_) = self.peek() {
                    self.next();
                    self.mark(')')?;
                    return self.constant_unary();
                }
                let value = self.constant()?;
                self.mark(')')?;
                Ok(value)
            }
            Token::Name("WARP_SZ") => Ok(32),
            found => Err(self.unexpected(found, "a constant")),
        }
    }
}
