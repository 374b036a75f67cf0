//! Barriers, votes, shuffles and the like: one intrinsic each, of 32 bits where the hardware has no more.

use super::{Lowering, assembly, grid, internal, intrinsic};
use crate::llvm_dialect::LlvmOps;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, Op, Type, TypeLike, Value};

/// The lanes that a shuffle may reach, as its last operand has them: up to the last, and from the first.
const LAST: i64 = 31;
const FIRST: i64 = 0;

impl<'c> Lowering<'c> {
    pub(super) fn simt(&mut self, b: &Builder<'c>, op: Op<'c>) -> Result<Vec<Value<'c>>, Diagnostic> {
        let name = op.str_attr("name").unwrap_or_default();
        let operands = op.operands();
        let word = b.int(32);
        let one = |intrinsic_name: &str, result: Type<'c>| vec![intrinsic(b, intrinsic_name, &operands, &[result]).result(0)];
        let fence = |text: &str| {
            assembly(b, text, "~{memory}", &[], None, true);
            vec![]
        };
        Ok(match name {
            "syncthreads_count" => vec![met(b, "popc", operands[0], word)],
            "syncthreads_and" | "syncthreads_or" => {
                let result = met(b, &name["syncthreads_".len()..], operands[0], b.i1());
                vec![b.val("arith.extui", &[result], word, &[])]
            }
            "syncwarp" => {
                intrinsic(b, "llvm.nvvm.bar.warp.sync", &operands, &[]);
                vec![]
            }
            "grid_sync" => {
                if self.include(grid::NAME, grid::TEXT) {
                    self.give_word();
                }
                b.op("func.call", &[], &[], &[("callee", b.symbol(grid::NAME))]);
                vec![]
            }
            "exit" => {
                if Builder::constant_int(operands[0]) == Some(0) {
                    b.op("nvvm.exit", &[], &[], &[]);
                } else {
                    self.include(grid::FAIL, grid::FAIL_TEXT);
                    b.op("func.call", &operands, &[], &[("callee", b.symbol(grid::FAIL))]);
                }
                vec![]
            }
            "threadfence" => fence("membar.gl;"),
            "threadfence_block" => fence("membar.cta;"),
            "threadfence_system" => fence("membar.sys;"),
            "nanosleep" => {
                assembly(b, "nanosleep.u32 $0;", "r", &operands, None, true);
                vec![]
            }
            "dynamic_shared_size" => vec![assembly(b, "mov.u32 $0, %dynamic_smem_size;", "=r", &[], Some(word), false).result(0)],
            "activemask" => one("llvm.nvvm.activemask", word),
            "lanemask_lt" => one("llvm.nvvm.read.ptx.sreg.lanemask.lt", word),
            "all_sync" => one("llvm.nvvm.vote.all.sync", b.i1()),
            "any_sync" => one("llvm.nvvm.vote.any.sync", b.i1()),
            "eq_sync" => one("llvm.nvvm.vote.uni.sync", b.i1()),
            "ballot_sync" => one("llvm.nvvm.vote.ballot.sync", word),
            "match_any_sync" | "match_all_sync" => matched(b, name, &operands),
            "shfl_sync" => vec![shuffled(b, "idx", &operands, LAST)],
            "shfl_up_sync" => vec![shuffled(b, "up", &operands, FIRST)],
            "shfl_down_sync" => vec![shuffled(b, "down", &operands, LAST)],
            "shfl_xor_sync" => vec![shuffled(b, "bfly", &operands, LAST)],
            _ if name.starts_with("ld") || name.starts_with("st") => self.cached(b, op, name)?,
            _ => return Err(internal(op, format!("there is no `{name}`"))),
        })
    }
}

/// A barrier that reduces whether words are zero.
fn met<'c>(b: &Builder<'c>, how: &str, predicate: Value<'c>, result: Type<'c>) -> Value<'c> {
    let truth = b.cmpi("ne", predicate, b.c_int(predicate.ty(), 0));
    intrinsic(b, &format!("llvm.nvvm.barrier.cta.red.{how}.aligned.all"), &[b.c_int(b.int(32), 0), truth], &[result]).result(0)
}

/// The bits of a number.
fn as_integer<'c>(b: &Builder<'c>, value: Value<'c>) -> Value<'c> {
    let ty = value.ty();
    if !ty.is_float() {
        return value;
    }
    b.val("arith.bitcast", &[value], b.int(if ty.is_f32() { 32 } else { 64 }), &[])
}

fn shuffled<'c>(b: &Builder<'c>, how: &str, operands: &[Value<'c>], clamp: i64) -> Value<'c> {
    let ty = operands[1].ty();
    let word = b.int(32);
    let shuffle = |half: Value<'c>| intrinsic(b, &format!("llvm.nvvm.shfl.sync.{how}.i32"), &[operands[0], half, operands[2], b.c_int(word, clamp)], &[word]).result(0);
    let bits = as_integer(b, operands[1]);
    let moved = if bits.ty() == word {
        shuffle(bits)
    } else {
        let (low, high) = (b.val("arith.trunci", &[bits], word, &[]), b.bin("arith.shrui", bits, b.c_i64(32)));
        let (low, high) = (shuffle(low), shuffle(b.val("arith.trunci", &[high], word, &[])));
        let [low, high] = [low, high].map(|half| b.val("arith.extui", &[half], b.i64(), &[]));
        b.bin("arith.ori", low, b.bin("arith.shli", high, b.c_i64(32)))
    };
    if moved.ty() == ty { moved } else { b.val("arith.bitcast", &[moved], ty, &[]) }
}

fn matched<'c>(b: &Builder<'c>, name: &str, operands: &[Value<'c>]) -> Vec<Value<'c>> {
    let (word, bits) = (b.int(32), as_integer(b, operands[1]));
    let width = if bits.ty() == word { 32 } else { 64 };
    if name == "match_any_sync" {
        return vec![intrinsic(b, &format!("llvm.nvvm.match.any.sync.i{width}"), &[operands[0], bits], &[word]).result(0)];
    }
    let both = crate::llvm_dialect::struct_type(b.context, &[word, b.i1()]);
    let both = intrinsic(b, &format!("llvm.nvvm.match.all.sync.i{width}p"), &[operands[0], bits], &[both]).result(0);
    vec![b.extract_value(both, &[0], word), b.extract_value(both, &[1], b.i1())]
}
