//! Deeply nested source must not overflow the stack: recursion over the AST goes through these.

/// Runs one step of a recursion, on a new piece of stack when this one is nearly used up.
pub(crate) fn grow<R>(step: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(128 << 10, 2 << 20, step)
}

/// Runs what recurses without going through `grow` (dropping and cloning an AST): its depth is bounded by the length of the text.
pub(crate) fn for_text<R>(bytes: usize, work: impl FnOnce() -> R) -> R {
    let need = bytes.saturating_mul(512).clamp(128 << 10, 1 << 30);
    stacker::maybe_grow(need, need, work)
}
