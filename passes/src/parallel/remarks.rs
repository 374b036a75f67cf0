//! What became of each loop that might run on several threads, as data: for `parallel_diagnostics`, metadata and warnings.

use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use zouk_dialects::diagnostic::Span;
use zouk_dialects::ir::Op;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Parallel,
    /// On a GPU.
    Gpu,
    Serial,
    /// Part of the loop before it.
    Fused,
    /// Allocated before the loop.
    Hoisted,
    /// Several iterations run at once, in the lanes of vectors.
    Vectorized,
    /// A loop around others whose iterations run one after the other.
    Scalar,
}

/// What became of one loop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// `prange`, `array` or `reduction`; `allocation` of what was moved.
    pub kind: String,
    pub file: String,
    pub line: usize,
    pub column: usize,
    pub status: Status,
    /// Why it is serial or scalar, or does not run on a GPU.
    pub reason: String,
    /// What is put together from its chunks: `sum`, `maximum`.
    pub reductions: Vec<String>,
    /// Arrays that must not overlap, tested at run time.
    pub tests: usize,
    /// Whether the program is warned.
    pub warns: bool,
}

impl Remark {
    /// Of a loop at its place.
    pub fn of(the_loop: Op, kind: &str, status: Status) -> Remark {
        let Span { file, line, column, .. } = Span::of(the_loop.loc()).unwrap_or_default();
        Remark { kind: kind.into(), file, line, column, status, reason: String::new(), reductions: vec![], tests: 0, warns: false }
    }
}

thread_local!(static REMARKS: RefCell<Option<Vec<Remark>>> = const { RefCell::new(None) });

/// Collects the remarks of this thread while `work` runs, each once, by their places.
pub fn collect<T>(work: impl FnOnce() -> T) -> (T, Vec<Remark>) {
    let outer = REMARKS.replace(Some(vec![]));
    let result = work();
    let mut all: Vec<Remark> = REMARKS.replace(outer).unwrap_or_default();
    all.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    all.dedup();
    // Of the copies of a loop one may have lanes and another not.
    let at = |remark: &Remark| (remark.file.clone(), remark.line, remark.column);
    let vectorized: Vec<_> = all.iter().filter(|remark| remark.status == Status::Vectorized).map(at).collect();
    all.retain(|remark| remark.status != Status::Scalar || !vectorized.contains(&at(remark)));
    (result, all)
}

/// Adds a remark, when somebody collects them.
pub fn add(remark: impl FnOnce() -> Remark) {
    REMARKS.with_borrow_mut(|all| {
        if let Some(all) = all {
            all.push(remark());
        }
    });
}
