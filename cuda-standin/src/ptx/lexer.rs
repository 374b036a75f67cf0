//! Tokens of PTX, each with its line.

use super::{Parsed, Wrong};

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Token<'a> {
    /// A name: of an instruction, register, variable or label.
    Name(&'a str),
    /// `.entry`, `.u32`, `.shared::cta`, without the point.
    Dotted(&'a str),
    Integer(u64),
    F32(u32),
    F64(u64),
    Text(&'a str),
    Mark(char),
    End,
}

pub struct Lexer<'a> {
    text: &'a str,
    position: usize,
    line: u32,
}

/// All tokens of a text, with lines from 1; the last one is `End`.
pub fn tokens(text: &str) -> Parsed<Vec<(Token<'_>, u32)>> {
    let mut lexer = Lexer { text, position: 0, line: 1 };
    let mut found = Vec::with_capacity(text.len() / 4);
    loop {
        lexer.skip()?;
        let line = lexer.line;
        let token = lexer.token()?;
        found.push((token, line));
        if token == Token::End {
            return Ok(found);
        }
    }
}

fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'%') || byte >= 0x80
}

impl<'a> Lexer<'a> {
    fn peek(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.position + ahead).copied().unwrap_or(0)
    }

    /// Over blanks and comments.
    fn skip(&mut self) -> Parsed<()> {
        loop {
            match (self.peek(0), self.peek(1)) {
                (b'\n', _) => {
                    self.line += 1;
                    self.position += 1;
                }
                (b' ' | b'\t' | b'\r' | 0x0c, _) => self.position += 1,
                (b'/', b'/') => {
                    while self.position < self.text.len() && self.peek(0) != b'\n' {
                        self.position += 1;
                    }
                }
                (b'/', b'*') => {
                    let rest = &self.text[self.position..];
                    let end = rest.find("*/").ok_or_else(|| Wrong::new(self.line, "a comment does not end"))?;
                    self.line += rest[..end].matches('\n').count() as u32;
                    self.position += end + 2;
                }
                _ => return Ok(()),
            }
        }
    }

    fn taken(&mut self, more: impl Fn(u8) -> bool) -> &'a str {
        let start = self.position;
        while self.position < self.text.len() && more(self.peek(0)) {
            self.position += 1;
        }
        &self.text[start..self.position]
    }

    fn token(&mut self) -> Parsed<Token<'a>> {
        let first = self.peek(0);
        if self.position >= self.text.len() {
            return Ok(Token::End);
        }
        if first.is_ascii_digit() {
            return self.number();
        }
        if in_name(first) {
            return Ok(Token::Name(self.taken(in_name)));
        }
        match first {
            b'.' if in_name(self.peek(1)) => {
                self.position += 1;
                let start = self.position;
                self.taken(in_name);
                while self.peek(0) == b':' && self.peek(1) == b':' && in_name(self.peek(2)) {
                    self.position += 2;
                    self.taken(in_name);
                }
                Ok(Token::Dotted(&self.text[start..self.position]))
            }
            b'"' => {
                self.position += 1;
                let text = self.taken(|byte| byte != b'"' && byte != b'\n');
                if self.peek(0) != b'"' {
                    return Err(Wrong::new(self.line, "a string does not end"));
                }
                self.position += 1;
                Ok(Token::Text(text))
            }
            _ => {
                self.position += 1;
                Ok(Token::Mark(first as char))
            }
        }
    }

    fn number(&mut self) -> Parsed<Token<'a>> {
        let line = self.line;
        let bad = |text: &str| Wrong::new(line, format!("'{text}' is no number"));
        let text = self.taken(|byte| byte.is_ascii_alphanumeric());
        if let Some(bits) = text.strip_prefix("0f").or_else(|| text.strip_prefix("0F")).filter(|bits| bits.len() == 8) {
            return u32::from_str_radix(bits, 16).map(Token::F32).map_err(|_| bad(text));
        }
        if let Some(bits) = text.strip_prefix("0d").or_else(|| text.strip_prefix("0D")).filter(|bits| bits.len() == 16) {
            return u64::from_str_radix(bits, 16).map(Token::F64).map_err(|_| bad(text));
        }
        let start = self.position - text.len();
        let hexadecimal = text.starts_with("0x") || text.starts_with("0X");
        let point = self.peek(0) == b'.' && self.peek(1).is_ascii_digit();
        if point || (!hexadecimal && text.ends_with(['e', 'E'])) || (!hexadecimal && text.contains(['e', 'E'])) {
            if point {
                self.position += 1;
                self.taken(|byte| byte.is_ascii_alphanumeric());
            }
            if self.text[start..self.position].ends_with(['e', 'E']) && matches!(self.peek(0), b'-' | b'+') {
                self.position += 1;
                self.taken(|byte| byte.is_ascii_digit());
            }
            let text = &self.text[start..self.position];
            return text.parse::<f64>().map(|value| Token::F64(value.to_bits())).map_err(|_| bad(text));
        }
        let digits = text.trim_end_matches(['U', 'u']);
        let (digits, radix) = match digits.as_bytes() {
            [b'0', b'x' | b'X', ..] => (&digits[2..], 16),
            [b'0', b'b' | b'B', ..] => (&digits[2..], 2),
            [b'0', _, ..] => (&digits[1..], 8),
            _ => (digits, 10),
        };
        u64::from_str_radix(digits, radix).map(Token::Integer).map_err(|_| bad(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_their_kinds_and_lines() {
        let text = "@!%p1 bra\t$L1; // over\n/* two\nlines */ ld.shared::cta.v2.u32 {%r1, _}, [%rd1+-4];\n0f3F800000 0d3FF0000000000000 0x1F 017 0b11 12U 1.5 2e3";
        let found = tokens(text).expect("good tokens");
        let names: Vec<&str> = found.iter().filter_map(|(token, _)| if let Token::Name(name) = token { Some(*name) } else { None }).collect();
        assert_eq!(names, ["%p1", "bra", "$L1", "ld", "%r1", "_", "%rd1"]);
        assert!(found.contains(&(Token::Dotted("shared::cta"), 3)));
        let numbers: Vec<&Token> = found.iter().filter(|(_, line)| *line == 4).map(|(token, _)| token).collect();
        let expected = [Token::F32(1f32.to_bits()), Token::F64(1f64.to_bits()), Token::Integer(0x1f), Token::Integer(0o17), Token::Integer(3), Token::Integer(12), Token::F64(1.5f64.to_bits()), Token::F64(2e3f64.to_bits()), Token::End];
        assert_eq!(numbers, expected.iter().collect::<Vec<_>>());
    }

    #[test]
    fn what_is_no_token_has_its_line() {
        assert_eq!(tokens("\n\n\"open").unwrap_err().line, 3);
        assert_eq!(tokens("\n0xZZ").unwrap_err().line, 2);
        assert_eq!(tokens("/* open").unwrap_err().text, "a comment does not end");
    }
}
