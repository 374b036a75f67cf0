//! A compilation that failed.

use crate::render::render;
use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_frontend::Source;

/// The texts that functions came from, by file: where messages find their lines.
pub type Sources = HashMap<String, Vec<Source>>;

#[derive(Debug)]
pub struct CompileError {
    pub diagnostics: Vec<Diagnostic>,
    /// All of them with the Python lines and carets.
    pub rendered: String,
    /// The IR before the stage that failed, when the compiler itself is at fault.
    pub reproducer: Option<PathBuf>,
    /// The number of the exception that an overload raised, where that is the error.
    pub raised: Option<usize>,
    /// The parameter of the entry function whose value is asked for, where that is the error.
    pub needs_value: Option<usize>,
}

impl CompileError {
    pub fn new(diagnostics: Vec<Diagnostic>, sources: &Sources) -> Self {
        let rendered = diagnostics.iter().map(|d| render(d, sources)).collect::<Vec<_>>().join("\n");
        CompileError { diagnostics, rendered, reproducer: None, raised: None, needs_value: None }
    }

    /// Of one error in a text, whose lines it shows.
    pub fn in_source(diagnostic: Diagnostic, source: Source) -> Self {
        Self::new(vec![diagnostic], &Sources::from([(source.file.clone(), vec![source])]))
    }

    pub fn cannot_write(path: &str, error: &std::io::Error) -> Self {
        let diagnostic = Diagnostic::new(ErrorClass::Unsupported, "cannot-write", format!("cannot write {path}: {error}"), None);
        Self::new(vec![diagnostic], &Sources::new())
    }

    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(vec![Diagnostic::new(ErrorClass::Internal, "internal-error", message, None)], &Sources::new())
    }

    /// The same error where the IR came from a file: a pass that fails may have been given what no pass makes.
    pub fn of_edited_ir(self) -> Self {
        let help = "the IR comes from a file: it may break a rule that no verifier holds";
        let helped = |d: Diagnostic| if d.class == ErrorClass::Internal && d.help.is_none() { d.help(help) } else { d };
        Self::new(self.diagnostics.into_iter().map(helped).collect(), &Sources::new())
    }

    /// The class of the first error; `Internal` for none.
    pub fn class(&self) -> ErrorClass {
        self.diagnostics.first().map_or(ErrorClass::Internal, |d| d.class)
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.rendered)?;
        match &self.reproducer {
            Some(path) => write!(f, "\nreproducer: {}", path.display()),
            None => Ok(()),
        }
    }
}

impl std::error::Error for CompileError {}
