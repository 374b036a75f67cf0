//! A located error: one sentence, the place, where the types came from, and what to do.
//!
//! The frontend and the passes make them; the driver renders them with the Python line and a caret.

use crate::ir::Location;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;

/// A place in Python source. Lines count from 1, columns (in characters) from 1; the end is exclusive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    pub file: String,
    pub line: usize,
    pub column: usize,
    pub end_line: usize,
    pub end_column: usize,
}

impl Span {
    /// The place that an MLIR location names; inside fused and call-site locations the innermost Python one.
    pub fn of(loc: Location) -> Option<Span> {
        if loc.is_file_line_col_range() {
            return Some(Span {
                file: loc.file_line_col_range_filename().as_string_ref().as_str().unwrap_or_default().to_string(),
                line: loc.file_line_col_range_start_line(),
                column: loc.file_line_col_range_start_column(),
                end_line: loc.file_line_col_range_end_line(),
                end_column: loc.file_line_col_range_end_column(),
            });
        }
        if loc.is_call_site() {
            return Span::of(loc.call_site_callee()).or_else(|| Span::of(loc.call_site_caller()));
        }
        if loc.is_name() {
            return Span::of(loc.name_child_location());
        }
        if loc.is_fused() {
            return (0..loc.fused_num_locations()).find_map(|i| Span::of(loc.fused_location(i)));
        }
        None
    }
}

/// Which Python exception class an error becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErrorClass {
    /// `TypingError`: types do not fit.
    Typing,
    /// `UnsupportedError`: Python that zouk does not compile.
    Unsupported,
    /// `ParallelError`: a loop that is said to be parallel is not.
    Parallel,
    /// `TypingError` in Numba too: an unknown name.
    UnknownName,
    /// Python's own `SyntaxError`.
    Syntax,
    /// `InternalCompilerError`: a defect of the compiler.
    Internal,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    pub class: ErrorClass,
    /// Names the page of documentation, `unknown-name`.
    pub code: String,
    /// One lower-case sentence that stands alone.
    pub message: String,
    pub span: Option<Span>,
    /// Other places, and what they have to do with it: where a type came from.
    pub notes: Vec<(Option<Span>, String)>,
    /// What to do.
    pub help: Option<String>,
}

impl Diagnostic {
    pub fn new(class: ErrorClass, code: &str, message: impl Into<String>, span: Option<Span>) -> Self {
        Diagnostic { class, code: code.into(), message: message.into(), span, notes: vec![], help: None }
    }

    pub fn at(class: ErrorClass, code: &str, message: impl Into<String>, loc: Location) -> Self {
        Self::new(class, code, message, Span::of(loc))
    }

    pub fn note(mut self, span: Option<Span>, text: impl Into<String>) -> Self {
        self.notes.push((span, text.into()));
        self
    }

    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }
}

thread_local!(static REPORTED: RefCell<Vec<Diagnostic>> = const { RefCell::new(vec![]) });

/// Hands an error of a pass to whoever runs the pipeline on this thread.
pub fn report(diagnostic: Diagnostic) {
    REPORTED.with_borrow_mut(|all| all.push(diagnostic))
}

/// The errors reported on this thread since the last call.
pub fn take_reported() -> Vec<Diagnostic> {
    REPORTED.take()
}
