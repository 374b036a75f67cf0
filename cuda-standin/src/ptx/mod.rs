//! PTX as text: tokens, the grammar, and what a module says, before anything is executed.

pub mod constants;
pub mod lexer;
pub mod parser;
pub mod statements;
pub mod syntax;
pub mod types;

/// What is wrong with a module, and in which of its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub line: u32,
    pub text: String,
}

impl Wrong {
    pub fn new(line: u32, text: impl Into<String>) -> Wrong {
        Wrong { line, text: text.into() }
    }
}

impl std::fmt::Display for Wrong {
    /// As `ptxas` says it.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "ptxas application ptx input, line {}; error   : {}", self.line, self.text)
    }
}

pub type Parsed<T> = Result<T, Wrong>;
