//! What fusion did, in words, for `--explain-fusion` and `parallel_diagnostics`.

use std::cell::RefCell;

thread_local!(static REMARKS: RefCell<Option<Vec<String>>> = const { RefCell::new(None) });

/// Collects the remarks of this thread while `work` runs.
pub fn collect<T>(work: impl FnOnce() -> T) -> (T, Vec<String>) {
    let outer = REMARKS.replace(Some(vec![]));
    let result = work();
    (result, REMARKS.replace(outer).unwrap_or_default())
}

/// Adds a remark, when somebody collects them.
pub fn add(text: impl FnOnce() -> String) {
    REMARKS.with_borrow_mut(|all| {
        if let Some(all) = all {
            all.push(text());
        }
    });
}
