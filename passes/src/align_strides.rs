//! Has the threads of a block go through strided loops together, side by side.
//!
//! In `for i in range(cuda.grid(1), n, cuda.gridsize(1))`, and in `while i < n: …; i += stride`, a thread takes every so many-th element. On a GPU neighbours do so at the same time, and find
//! neighbouring elements. Where threads take turns, each would walk through all of the memory alone; so what is the loop of every thread becomes one loop of all, with a branch for those
//! that still take part. `kernel_to_loops` then makes the loop over the threads inside of it, which has neighbouring elements, and LLVM vectorises it.
//!
//!     start = u + v, where u is the same for all threads, and 0 <= v;    step > 0
//!     a thread comes to i = base + v, with base = u + k * step    ⇔    i < stop    ⇔    v < stop - base
//!
//! There is no iteration but those of a thread with v = 0, so none is for nobody. Each thread has its own iterations in their order, and threads are ordered by barriers alone: there is none in
//! these loops. No sum may wrap around: what cannot be proved of u, step and stop is asked before the loop, and the loop is there a second time, as it was.
//!
//! | file | what it is |
//! |---|---|
//! | `stride` | which loops are strided, and in what |
//! | `rewrite` | the loop of all threads |
//!
//! ```mlir before
//! module attributes {zouk.simt = "cpu"} {
//!   func.func @scale(%a: memref<?xf32>, %n: i32, %x: f32) attributes {zouk.entry = "scale"} {
//!     %t = gpu.thread_id x
//!     %threads = gpu.block_dim x
//!     %start = arith.index_cast %t : index to i64
//!     %step = arith.index_cast %threads : index to i64
//!     %stop = arith.extsi %n : i32 to i64
//!     scf.while (%i = %start) : (i64) -> i64 {
//!       %more = arith.cmpi slt, %i, %stop : i64
//!       scf.condition(%more) %i : i64
//!     } do {
//!     ^bb0(%i: i64):
//!       %place = arith.index_cast %i : i64 to index
//!       memref.store %x, %a[%place] : memref<?xf32>
//!       %next = arith.addi %i, %step : i64
//!       scf.yield %next : i64
//!     }
//!     return
//!   }
//! }
//! ```
//! ```mlir after
//! module attributes {zouk.simt = "cpu"} {
//!   func.func @scale(%arg0: memref<?xf32>, %arg1: i32, %arg2: f32) attributes {zouk.entry = "scale"} {
//!     %thread_id_x = gpu.thread_id  x
//!     %block_dim_x = gpu.block_dim  x
//!     %0 = arith.index_cast %thread_id_x : index to i64
//!     %1 = arith.index_cast %block_dim_x : index to i64
//!     %2 = arith.extsi %arg1 : i32 to i64
//!     %c0_i64 = arith.constant 0 : i64
//!     %3 = arith.index_cast %thread_id_x : index to i64
//!     scf.for %arg3 = %c0_i64 to %2 step %1  : i64 {
//!       %5 = arith.subi %2, %arg3 : i64
//!       %6 = arith.cmpi slt, %3, %5 : i64
//!       scf.if %6 {
//!         %7 = arith.addi %arg3, %3 : i64
//!         %8 = arith.cmpi slt, %7, %2 : i64
//!         %9 = arith.index_cast %7 : i64 to index
//!         memref.store %arg2, %arg0[%9] : memref<?xf32>
//!         %10 = arith.addi %7, %1 : i64
//!       } {zouk.together}
//!     }
//!     %4 = arith.cmpi slt, %0, %2 : i64
//!     return
//!   }
//! }
//! ```

use crate::kernel_uniformity::{TOGETHER, Uniformity, is_pure, meets};
use crate::llvm_dialect::MemRef;
use crate::parallel::functions;
use crate::pass::{OptionInfo, Options};
use crate::range_analysis::{Facts, Visitor, walk_function};
use crate::watch_kernels::DEBUG;
use std::collections::HashSet;
use stride::Stride;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Op, TypeLike, Value};

mod rewrite;
mod stride;

pub const OPTIONS: &[OptionInfo] = &[];

/// Far from where 64 bits end: sums of two such numbers do not wrap.
const FAR: i64 = 1 << 62;
/// More than threads of a block are apart.
const NEAR: i128 = 1 << 40;

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    // Watched threads run one after the other anyway.
    if module.str_attr("zouk.simt") == Some("cpu") && !module.has_attr(DEBUG) {
        functions(module).into_iter().filter(|f| f.has_attr("zouk.entry")).for_each(kernel);
    }
    Ok(())
}

fn kernel(function: Op) {
    if function.region(0).blocks().len() > 1 || !function.collect(keeps_from_places).is_empty() {
        return;
    }
    let loops = function.collect(|op| matches!(op.name(), "scf.for" | "scf.while") && !meets(op));
    let mut strides: Vec<Stride> = loops.into_iter().filter_map(Stride::of).collect();
    if strides.is_empty() {
        return;
    }
    // Loops around others first.
    strides.sort_by_key(|stride| depth(stride.the_loop));
    strides.iter().for_each(|stride| stride.the_loop.set_unit(TOGETHER));
    let uniformity = Uniformity::of(function);
    let mut ask = Ask { strides: &strides, known: vec![] };
    walk_function(function, &mut ask);
    let known = ask.known;
    let mut together = HashSet::new();
    let mut chosen = vec![];
    for stride in &strides {
        let Some((_, questions)) = known.iter().find(|(the_loop, _)| *the_loop == stride.the_loop) else { continue };
        if stride.fixed().into_iter().all(|value| uniformity.is_uniform(value)) && is_reached_together(stride.the_loop, &uniformity, &together) {
            together.insert(stride.the_loop);
            chosen.push((stride, questions));
        }
    }
    strides.iter().for_each(|stride| _ = stride.the_loop.remove_attr(TOGETHER));
    chosen.into_iter().for_each(|(stride, questions)| rewrite::rewrite(stride, questions));
}

fn depth(op: Op) -> usize {
    std::iter::successors(op.parent(), |o| o.parent()).count()
}

/// Whether there is a value that cannot be kept in an array with a place for each thread: which array a name is, if not a part of one.
fn keeps_from_places(op: Op) -> bool {
    let is_number = |value: Value| {
        let ty = value.ty();
        ty.is_index() || ty.is_float() || ty.is_integer() || ty.is_complex()
    };
    let made_anew = matches!(op.name(), "rt.view" | "rt.scratch" | "rt.constant_array") || op.dialect() == "memref" && is_pure(op);
    let carried = op.regions().into_iter().filter(|_| !op.is("func.func")).flat_map(|r| r.blocks()).flat_map(|b| b.args());
    let is_array = |value: Value| MemRef::new(value.ty()).is_some();
    op.results().into_iter().any(|value| !is_number(value) && !(made_anew && is_array(value))) || carried.into_iter().any(|value| !is_number(value))
}

/// Whether all threads that come to the loop do so at once, once the loops around it are gone through together; which of them do is seen from their places.
fn is_reached_together<'c>(the_loop: Op<'c>, uniformity: &Uniformity<'c>, together: &HashSet<Op<'c>>) -> bool {
    std::iter::successors(the_loop.parent(), |o| o.parent()).all(|around| match around.name() {
        "func.func" | "builtin.module" => true,
        "scf.if" => uniformity.is_of_place(around.operand(0)),
        _ if together.contains(&around) => true,
        "scf.for" => around.operands()[..3].iter().all(|bound| uniformity.is_uniform(*bound)),
        "scf.while" => around.body(0).terminator().is_some_and(|end| uniformity.is_uniform(end.operand(0))),
        _ => false,
    })
}

/// What must be asked before a loop: numbers that have to lie between two others.
type Questions<'c> = Vec<(Value<'c>, i64, i64)>;

/// What is known of the numbers of each loop where it stands.
struct Ask<'a, 'c> {
    strides: &'a [Stride<'c>],
    known: Vec<(Op<'c>, Questions<'c>)>,
}

impl<'c> Visitor<'c> for Ask<'_, 'c> {
    fn visit(&mut self, facts: &mut Facts<'c>, op: Op<'c>) -> Option<Op<'c>> {
        if let Some(stride) = self.strides.iter().find(|stride| stride.the_loop == op) {
            let near = range(facts, stride.own);
            if near.0 >= 0 && near.1 <= NEAR {
                let mut questions = vec![(stride.common, 0, FAR), (stride.step, 1, FAR), (stride.stop, -FAR, FAR)];
                questions.retain(|(value, low, high)| {
                    let (least, most) = range(facts, *value);
                    least < *low as i128 || most > *high as i128
                });
                self.known.push((op, questions));
            }
        }
        Some(op)
    }
}

/// The least and the greatest number that the value may be.
fn range<'c>(facts: &mut Facts<'c>, value: Value<'c>) -> (i128, i128) {
    let form = facts.form(value);
    (facts.least(&form).unwrap_or(i64::MIN as i128), facts.greatest(&form).unwrap_or(i64::MAX as i128))
}
