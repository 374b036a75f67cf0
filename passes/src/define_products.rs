//! Gives the kernels of matrix products their code: packed blocks, register tiles of vectors, sizes picked for the machine.
//!
//! `zouk-schedule-products` declares what is needed; a kernel is made once for each type of elements. The module's
//! `zouk.machine` gives the bits of a vector and the bytes of the three caches; without it they are those of any x86-64. The kernels come this
//! late because nothing in them is left to be proved or hoisted.
//!
//! ```mlir before
//! func.func private @zouk.dot.f64(memref<?xf64, strided<[?]>>, memref<?xf64, strided<[?]>>) -> f64
//! ```
//! ```mlir after
//! ```

use crate::llvm_dialect::complex_part;
use crate::pass::{OptionInfo, Options};
use emit::{Emit, define};
use std::collections::HashSet;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{int_attr_value, Builder, FunctionType, MemRefType, Op, Region, Type};

mod complex;
mod dot;
mod emit;
mod matmul;
mod matvec;
mod pack;

pub const OPTIONS: &[OptionInfo] = &[
    OptionInfo { name: "kc", description: "Depth of a block; 0 for one that suits the caches", initial: "0" },
    OptionInfo { name: "mc", description: "Rows of a block; 0 likewise", initial: "0" },
    OptionInfo { name: "nc", description: "Columns of a block; 0 likewise", initial: "0" },
    OptionInfo { name: "direct", description: "Products up to this size on every side read their factors unpacked", initial: "256" },
];

pub fn run(module: Op, options: &Options) -> Result<(), Diagnostic> {
    let machine = Machine::of(module, options);
    // Kernels call others, which come after them.
    let mut done = HashSet::new();
    while let Some(function) = declared(module, &done) {
        let name = function.str_attr("sym_name").unwrap_or_default();
        done.insert(name);
        machine.define(module, function, name);
    }
    Ok(())
}

/// A kernel without a body.
fn declared<'c>(module: Op<'c>, done: &HashSet<&str>) -> Option<Op<'c>> {
    let ours = |op: &Op<'c>| op.is("func.func") && op.region(0).first_block().is_none() && op.str_attr("sym_name").is_some_and(|n| KERNELS.iter().any(|k| n.starts_with(k)) && !done.contains(n));
    module.body(0).ops().into_iter().find(ours)
}

const KERNELS: [&str; 4] = ["zouk.matmul.", "zouk.matvec.", "zouk.dot.", "zouk.pack."];

/// The sizes of everything, in elements of one type.
pub struct Tiles {
    /// Of a vector.
    pub lanes: i64,
    /// A register tile: rows, and vectors in a row.
    pub rows: i64,
    pub vectors: i64,
    /// Blocks: depth, rows, columns.
    pub kc: i64,
    pub mc: i64,
    pub nc: i64,
    /// No side of a product that is read unpacked is longer.
    pub direct: i64,
}

impl Tiles {
    /// Columns of a register tile.
    pub fn columns(&self) -> i64 {
        self.lanes * self.vectors
    }
}

/// What the code is made for.
struct Machine {
    vector_bits: i64,
    caches: [i64; 3],
    options: [i64; 4],
}

impl Machine {
    fn of(module: Op, options: &Options) -> Machine {
        let given: Vec<i64> = module.array_attr("zouk.machine").into_iter().filter_map(int_attr_value).collect();
        let [vector_bits, caches @ ..] = given.try_into().unwrap_or([128, 32 << 10, 256 << 10, 2 << 20]);
        Machine { vector_bits, caches, options: ["kc", "mc", "nc", "direct"].map(|name| options.get(name).parse().unwrap_or(0)) }
    }

    fn tiles(&self, element: Type) -> Tiles {
        let bytes = crate::llvm_dialect::item_size(element);
        let lanes = (self.vector_bits / 8 / bytes).max(2);
        // 32 registers hold 24 sums, 16 hold 12, beside a row of the right factor and a number of the left.
        let (rows, vectors) = if self.vector_bits >= 512 { (8, 3) } else { (4, 3) };
        let [kc, mc, nc, direct] = self.options;
        let or = |given: i64, fitting: i64, multiple: i64| if given > 0 { given } else { (fitting / multiple).max(1) * multiple };
        // A panel of the left factor takes the first cache, a block of it a third of the second, a block of the right half of the third.
        let kc = or(kc, (self.caches[0] / (rows * bytes)).clamp(64, 512), 8);
        let mc = or(mc, self.caches[1] / 3 / (kc * bytes), rows);
        let nc = or(nc, (self.caches[2] / 2 / (kc * bytes)).min(4096), lanes * vectors);
        Tiles { lanes, rows, vectors, kc, mc, nc, direct }
    }

    fn define<'c>(&self, module: Op<'c>, function: Op<'c>, name: &str) {
        let Some(element) = element_of(function) else { return };
        let tiles = self.tiles(complex_part(element).unwrap_or(element));
        let mut emit = Emit::new(Builder::before(function), element, self.vector_bits >= 256);
        let (kind, spelled) = name.trim_start_matches("zouk.").split_once('.').unwrap_or_default();
        function.set_attr("passthrough", emit.b.str_array(&["noinline", "optsize"]));
        define(function, &mut emit, |emit, args| {
            match (kind, complex_part(element)) {
                ("dot", Some(part)) => return complex::dot(emit, args, part),
                ("matvec", Some(part)) => complex::matvec(emit, args, part),
                ("dot", _) => return dot::body(emit, args, &tiles),
                ("matvec", _) => matvec::body(emit, args, &tiles),
                ("pack", _) => pack::body(emit, args, tiles.rows),
                (_, Some(part)) => {
                    let kernel = format!("zouk.matmul.{part}");
                    declare(module, &kernel, &matmul_type(&emit.b, part), &[]);
                    complex::matmul(emit, args, part, &kernel);
                }
                (_, None) => {
                    let packer = format!("zouk.pack.{spelled}");
                    declare(module, &packer, &pack::parameters(emit), &[]);
                    matmul::body(emit, args, &tiles, packer);
                }
            }
            vec![]
        });
    }
}

fn element_of(function: Op) -> Option<Type> {
    let first = FunctionType::try_from(function.type_attr("function_type")?).ok()?.input(0).ok()?;
    Some(crate::llvm_dialect::MemRef::new(first)?.element)
}

/// `memref<?x…xT, strided<[…]>>`
pub(crate) fn strided<'c>(b: &Builder<'c>, element: Type<'c>, strides: &[i64]) -> Type<'c> {
    let layout = melior::ir::attribute::StridedLayoutAttribute::new(b.context, 0, strides);
    MemRefType::new(element, &vec![i64::MIN; strides.len()], Some(layout.into()), None).into()
}

/// The parameters of `zouk.matmul.T`: two factors, the result, whose rows' elements lie side by side, and whether to add to it.
fn matmul_type<'c>(b: &Builder<'c>, element: Type<'c>) -> [Type<'c>; 4] {
    let any = strided(b, element, &[i64::MIN; 2]);
    [any, any, strided(b, element, &[i64::MIN, 1]), b.i1()]
}

/// Declares a private function at the end of the module, unless it is there.
pub(crate) fn declare<'c>(module: Op<'c>, name: &str, inputs: &[Type<'c>], results: &[Type<'c>]) {
    let body = module.body(0);
    if body.ops().iter().any(|op| op.str_attr("sym_name") == Some(name)) {
        return;
    }
    let context = module.context();
    let loc = body.first().map_or(module.loc(), |op| op.loc());
    let b = Builder::at_end(context, body, loc);
    let attrs = [
        ("sym_name", b.str(name)),
        ("function_type", b.ty_attr(FunctionType::new(context, inputs, results).into())),
        ("sym_visibility", b.str("private")),
    ];
    b.op_with_regions("func.func", &[], &[], &attrs, &[Region::new()]);
}

