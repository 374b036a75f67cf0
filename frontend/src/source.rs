//! Source text: cutting a function's block out of a file, parsing it, and turning byte ranges into places.

use rustpython_parser::{
    Mode, Parse, ParseError, Tok,
    ast::ModModule,
    lexer::{self, LexicalErrorType},
    text_size::{TextRange, TextSize},
};
use zouk_dialects::{
    diagnostic::{Diagnostic, ErrorClass, Span},
    ir::{Context, Location},
};

/// Python text and the number of its first line in the file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Source {
    pub file: String,
    pub text: String,
    pub first_line: usize,
}

impl Source {
    /// A whole file.
    pub fn new(file: impl Into<String>, text: impl Into<String>) -> Source {
        let text: String = text.into();
        let text = text.strip_prefix('\u{feff}').map(str::to_string).unwrap_or(text);
        Source { file: file.into(), text, first_line: 1 }
    }
}

/// The function that starts on `first_line` (its first decorator's line, from 1), cut out of the file's text. Only the
/// function itself is lexed. An indented block (a method, an inner function) is kept as it stands.
pub fn function_block(file: &str, whole_text: &str, first_line: usize) -> Result<Source, Diagnostic> {
    let missing = |what: String| {
        let span = Span { file: file.into(), line: first_line, column: 1, end_line: first_line, end_column: 2 };
        Diagnostic::new(ErrorClass::Syntax, "no-source", what, Some(span)).help("the file may have changed since it was imported")
    };
    let start = line_start(whole_text, first_line).ok_or_else(|| missing(format!("{file} has no line {first_line}")))?;
    let text = &whole_text[start..];
    let end = block_end(text).map_err(|what| missing(format!("{what} on line {first_line}")))?;
    Ok(Source { file: file.into(), text: text[..end].into(), first_line })
}

fn line_start(text: &str, line: usize) -> Option<usize> {
    let start = match line {
        0 => return None,
        1 => 0,
        _ => text.bytes().enumerate().filter(|(_, b)| *b == b'\n').nth(line - 2)?.0 + 1,
    };
    (start < text.len()).then_some(start)
}

enum Phase {
    Start,
    Decorator,
    Header,
    AfterHeader,
    Body { depth: usize },
}

/// Where the block of the `def` that the text starts with ends, in bytes.
fn block_end(text: &str) -> Result<usize, &'static str> {
    let (mut phase, mut end) = (Phase::Start, 0);
    for token in lexer::lex(text, Mode::Module) {
        let (token, range) = match token {
            Ok(token) => token,
            // A line that is indented less than the text's first line ends the block, whatever its level.
            Err(e) if matches!(phase, Phase::AfterHeader | Phase::Body { .. }) && matches!(e.error, LexicalErrorType::IndentationError) => return Ok(end),
            // The parser reports it, at its place.
            Err(_) => return Ok(text.len()),
        };
        phase = match (phase, &token) {
            (Phase::Start, Tok::Indent | Tok::Async) | (Phase::Decorator, Tok::Newline) => Phase::Start,
            (Phase::Start, Tok::At) => Phase::Decorator,
            (Phase::Start, Tok::Def) => Phase::Header,
            (Phase::Start, _) => return Err("no function definition starts"),
            (Phase::Header, Tok::Newline) => Phase::AfterHeader,
            (Phase::AfterHeader, Tok::Indent) => Phase::Body { depth: 1 },
            // `def f(): return 1` is over with its line.
            (Phase::AfterHeader, _) | (Phase::Body { depth: 1 }, Tok::Dedent) => return Ok(end),
            (Phase::Body { depth }, Tok::Indent) => Phase::Body { depth: depth + 1 },
            (Phase::Body { depth }, Tok::Dedent) => Phase::Body { depth: depth - 1 },
            (same, _) => same,
        };
        if !matches!(token, Tok::Indent | Tok::Dedent) {
            end = range.end().to_usize();
        }
    }
    match phase {
        Phase::Start | Phase::Decorator => Err("no function definition starts"),
        _ => Ok(text.len()),
    }
}

/// Parsed text keeps its lines: byte offsets of the AST become places in the file.
#[derive(Debug)]
pub(crate) struct Lines {
    pub file: String,
    pub text: String,
    pub first_line: usize,
    /// Bytes put before the text so that an indented block parses.
    prefix: usize,
    starts: Vec<usize>,
    ascii: bool,
}

const INDENT_PREFIX: &str = "if 1:\n";

impl Lines {
    pub fn source(&self) -> Source {
        Source { file: self.file.clone(), text: self.text.clone(), first_line: self.first_line }
    }

    fn new(source: &Source) -> Lines {
        let starts = std::iter::once(0).chain(source.text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i + 1)).collect();
        let indented = first_code_line(&source.text).is_some_and(|line| line.starts_with([' ', '\t', '\u{c}']));
        Lines {
            file: source.file.clone(),
            text: source.text.clone(),
            first_line: source.first_line,
            prefix: if indented { INDENT_PREFIX.len() } else { 0 },
            starts,
            ascii: source.text.is_ascii(),
        }
    }

    fn offset(&self, at: TextSize) -> usize {
        at.to_usize().saturating_sub(self.prefix).min(self.text.len())
    }

    /// Line and column (in characters), from 1.
    fn position(&self, at: TextSize) -> (usize, usize) {
        let offset = self.offset(at);
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let before = self.text.get(self.starts[line]..offset);
        let column = if self.ascii { offset - self.starts[line] } else { before.map_or(0, |text| text.chars().count()) };
        (line + self.first_line, column + 1)
    }

    pub fn text_of(&self, range: TextRange) -> &str {
        self.text.get(self.offset(range.start())..self.offset(range.end())).unwrap_or_default()
    }

    pub fn span(&self, range: TextRange) -> Span {
        let (line, column) = self.position(range.start());
        let (end_line, end_column) = self.position(range.end());
        Span { file: self.file.clone(), line, column, end_line, end_column }
    }

    pub fn location<'c>(&self, context: &'c Context, range: TextRange) -> Location<'c> {
        let (line, column) = self.position(range.start());
        let (end_line, end_column) = self.position(range.end());
        Location::file_line_col_range(context, &self.file, line, column, end_line, end_column)
    }

    fn syntax_error(&self, error: ParseError) -> Diagnostic {
        let at = TextRange::at(error.offset.min(TextSize::try_from(self.text.len() + self.prefix).unwrap_or_default()), TextSize::from(0));
        let mut span = self.span(at);
        span.end_column += 1;
        let text = error.error.to_string();
        let sentence = text.chars().nth(1).is_some_and(char::is_lowercase);
        let message = if sentence { text[..1].to_lowercase() + &text[1..] } else { text };
        Diagnostic::new(ErrorClass::Syntax, "syntax-error", message, Some(span))
    }
}

/// The first line that is neither blank nor a comment.
fn first_code_line(text: &str) -> Option<&str> {
    text.lines().find(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
}

/// The text's statements; an indented block is the body of one `if`.
pub(crate) fn parse(source: &Source) -> Result<(ModModule, Lines), Diagnostic> {
    let lines = Lines::new(source);
    let parsed = crate::stack::for_text(source.text.len(), || match lines.prefix {
        0 => ModModule::parse(&source.text, &source.file),
        _ => ModModule::parse(&format!("{INDENT_PREFIX}{}", source.text), &source.file),
    });
    match parsed {
        Ok(module) => Ok((module, lines)),
        Err(error) => Err(lines.syntax_error(error)),
    }
}
