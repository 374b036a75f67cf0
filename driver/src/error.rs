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
}

impl CompileError {
    pub fn new(diagnostics: Vec<Diagnostic>, sources: &Sources) -> Self {
        let rendered = diagnostics.iter().map(|d| render(d, sources)).collect::<Vec<_>>().join("\n");
        CompileError { diagnostics, rendered, reproducer: None }
    }

    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(vec![Diagnostic::new(ErrorClass::Internal, "internal-error", message, None)], &Sources::new())
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
