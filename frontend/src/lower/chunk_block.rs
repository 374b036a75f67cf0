//! `with parallel_chunksize(n):` — the block, between calls that set the size of chunks and set it back. What leaves the block by a statement sets it
//! back first; of what leaves it by an exception, the runtime knows how deep it went.

use super::{Flow, Lowering};
use rustpython_parser::{
    ast::{Expr, Ranged, StmtWith},
    text_size::TextRange,
};
use zouk_dialects::ir::Value;

/// The reference that programs know the context manager by.
const MANAGER: &str = "zouk.parallel_chunksize";

/// A block that is being lowered.
pub(super) struct ChunkBlock<'c> {
    /// How many loops are around it.
    loops: usize,
    /// What ends it.
    scope: Value<'c>,
}

impl<'c, 'a> Lowering<'c, 'a> {
    pub(super) fn chunk_block(&mut self, s: &'a StmtWith, size: &'a Expr) -> Flow {
        let head = TextRange::new(s.range.start(), s.items.last().map_or(s.range.end(), |item| item.context_expr.range().end()));
        let errors = self.diagnostics.len();
        let manager = crate::object_block::context_of(s).and_then(|(manager, _)| self.reference(manager));
        if manager.as_deref() != Some(MANAGER) {
            if self.diagnostics.len() == errors {
                self.unsupported(head, crate::unsupported::WITH);
            }
            return Flow::Falls;
        }
        let size = self.expr(size);
        let enter = self.reference_op("zouk.enter_parallel_chunksize", head);
        let scope = self.value(head, "py.call", &[enter, size], &[]);
        self.chunk_blocks.push(ChunkBlock { loops: self.loops.len(), scope });
        let flow = self.block(&s.body);
        if flow == Flow::Falls {
            self.leave_chunk_block(scope, head);
        }
        self.chunk_blocks.pop();
        flow
    }

    /// Ends the blocks that are inside of so many loops: the outermost of them, and with it the others.
    pub(super) fn leave_chunk_blocks(&mut self, loops: usize, range: TextRange) {
        if let Some(scope) = self.chunk_blocks.iter().find(|block| block.loops >= loops).map(|block| block.scope) {
            self.leave_chunk_block(scope, range);
        }
    }

    fn leave_chunk_block(&mut self, scope: Value<'c>, range: TextRange) {
        let leave = self.reference_op("zouk.leave_parallel_chunksize", range);
        self.value(range, "py.call", &[leave, scope], &[]);
    }
}
