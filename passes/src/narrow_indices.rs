//! Numbers of kernels that fit 32 bits are computed in 32 bits: places of threads, sizes, indices, counters of loops.
//!
//! The registers of a GPU have 32 bits: a 64-bit sum takes two instructions and two registers. Python's integers have 64, and keep them: an operation is narrowed only where the range
//! analysis proves that its result is the same. What it starts from is what `zouk.narrow` of the module promises of a launch, which the launcher checks: sizes of arrays, the distance of their
//! furthest elements (in elements) and the threads of the grid along each axis are below 2^31, and its blocks along x below 2^22: `cuda.blockIdx.x * 256` fits. Values that loops carry are supposed to fit, and given up where the next value may not.
//!
//! Where all indices of a load or store fit, and the array is one of the launch's or of the block's, its offset is a number of 32 bits (`zouk.narrow` of the op): an element inside of the array
//! is not further away, and there is no other, as nothing checks indices.
//!
//! ```mlir before
//! module attributes {zouk.narrow} {
//!   gpu.module @kernels {
//!     gpu.func @k(%a: memref<?xf32>, %x: f32) kernel attributes {zouk.ranks = array<i64: 1, -1>} {
//!       %c0 = arith.constant 0 : index
//!       %block = gpu.block_id x
//!       %threads = gpu.block_dim x
//!       %thread = gpu.thread_id x
//!       %first = arith.muli %block, %threads : index
//!       %i = arith.addi %first, %thread : index
//!       %n = memref.dim %a, %c0 : memref<?xf32>
//!       %inside = arith.cmpi slt, %i, %n : index
//!       scf.if %inside {
//!         memref.store %x, %a[%i] : memref<?xf32>
//!       }
//!       gpu.return
//!     }
//!   }
//! }
//! ```
//! ```mlir after
//! module attributes {zouk.narrow} {
//!   gpu.module @kernels {
//!     gpu.func @k(%arg0: memref<?xf32>, %arg1: f32) kernel attributes {zouk.ranks = array<i64: 1, -1>} {
//!       %thread_id_x = gpu.thread_id  x
//!       %block_dim_x = gpu.block_dim  x
//!       %block_id_x = gpu.block_id  x
//!       %c0 = arith.constant 0 : index
//!       %0 = arith.index_cast %block_id_x : index to i32
//!       %1 = arith.index_cast %block_dim_x : index to i32
//!       %2 = arith.muli %0, %1 overflow<nsw, nuw> : i32
//!       %3 = arith.index_cast %2 : i32 to index
//!       %4 = arith.index_cast %thread_id_x : index to i32
//!       %5 = arith.addi %2, %4 overflow<nsw, nuw> : i32
//!       %6 = arith.index_cast %5 : i32 to index
//!       %dim = memref.dim %arg0, %c0 : memref<?xf32>
//!       %7 = arith.index_cast %dim : index to i32
//!       %8 = arith.cmpi slt, %5, %7 : i32
//!       scf.if %8 {
//!         memref.store %arg1, %arg0[%6] {zouk.narrow} : memref<?xf32>
//!       }
//!       gpu.return
//!     }
//!   }
//! }
//! ```

use crate::form_kernel::RANKS;
use crate::pass::{OptionInfo, Options};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Op, Type, Value};

mod arrays;
mod find;
mod rewrite;

pub const OPTIONS: &[OptionInfo] = &[];

/// On a module: launches are small. On a load or store: so is its offset.
pub const NARROW: &str = "zouk.narrow";

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    if !module.has_attr(NARROW) {
        return Ok(());
    }
    for function in module.collect(|op| matches!(op.name(), "gpu.func" | "func.func") && op.region(0).first_block().is_some()) {
        share_places(function);
        let found = find::find(function);
        rewrite::rewrite(function, &found);
    }
    Ok(())
}

/// What a number of 64 bits fits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Fit {
    /// A signed integer of 32 bits.
    signed: bool,
    /// An unsigned one.
    unsigned: bool,
}

impl Fit {
    fn any(self) -> bool {
        self.signed || self.unsigned
    }

    /// What all of several numbers fit.
    fn and(self, other: Fit) -> Fit {
        Fit { signed: self.signed && other.signed, unsigned: self.unsigned && other.unsigned }
    }
}

fn is_wide(ty: Type) -> bool {
    crate::range_analysis::width(ty) == Some(64)
}

fn is_kernel(function: Op) -> bool {
    function.has_attr(RANKS)
}

const PLACES: [&str; 4] = ["gpu.block_id", "gpu.block_dim", "gpu.thread_id", "gpu.grid_dim"];

/// The place of a thread along an axis is read once, where the function begins.
fn share_places(function: Op) {
    let entry = function.body(0);
    for name in PLACES {
        let mut known: Vec<Op> = vec![];
        for op in function.collect(|op| op.is(name)) {
            match known.iter().find(|first| axis(**first) == axis(op)) {
                Some(first) => {
                    op.result(0).replace_all_uses(first.result(0));
                    op.erase();
                }
                None => {
                    op.detach();
                    entry.first().map_or_else(|| entry.append(op), |first| entry.insert_before(first, op));
                    known.push(op);
                }
            }
        }
    }
}

fn axis(op: Op) -> String {
    op.attr("dimension").map(|axis| axis.to_string()).unwrap_or_default()
}

/// The values that a loop or branch hands from one place to another, with one type for all.
struct Carried<'c> {
    /// Operands: what comes in.
    sources: Vec<(Op<'c>, usize)>,
    /// Arguments of blocks and results.
    targets: Vec<Value<'c>>,
    /// One of the sources depends on the targets.
    cyclic: bool,
}

/// What an op hands on, one after the other.
fn carried(op: Op) -> Vec<Carried> {
    let terminator = |region: usize| op.region(region).first_block().and_then(|block| block.terminator());
    match op.name() {
        "scf.for" => {
            let Some(end) = terminator(0) else { return vec![] };
            let one = |k: usize| Carried { sources: vec![(op, 3 + k), (end, k)], targets: vec![op.body(0).arg(1 + k), op.result(k)], cyclic: true };
            (0..op.num_results()).map(one).collect()
        }
        "scf.while" => {
            let (Some(condition), Some(end)) = (terminator(0), terminator(1)) else { return vec![] };
            let around = (0..op.num_operands()).map(|k| Carried { sources: vec![(op, k), (end, k)], targets: vec![op.body(0).arg(k)], cyclic: true });
            let passed = (0..op.num_results()).map(|k| Carried { sources: vec![(condition, 1 + k)], targets: vec![op.body(1).arg(k), op.result(k)], cyclic: false });
            around.chain(passed).collect()
        }
        "scf.if" => {
            let ends: Option<Vec<Op>> = (0..2).map(terminator).collect();
            let Some(ends) = ends else { return vec![] };
            (0..op.num_results()).map(|k| Carried { sources: ends.iter().map(|end| (*end, k)).collect(), targets: vec![op.result(k)], cyclic: false }).collect()
        }
        _ => vec![],
    }
}
