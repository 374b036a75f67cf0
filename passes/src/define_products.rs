//! Gives the kernels of matrix products their code: packed blocks, register tiles of vectors, sizes picked for the machine.
//!
//! `zouk-schedule-products` declares what is needed; a kernel is made once for each type of elements. The module's
//! `zouk.machine` gives the bits of a vector and the bytes of the three caches; without it they are those of any x86-64. The kernels come this
//! late because nothing in them is left to be proved or hoisted.
//!
//! A module with `zouk.kernels` is linked with kernels that are compiled once for the machine ([`kernel_module`]): here they stay without a body,
//! and all but those of `dot` are said to raise.
//!
//! ```mlir before
//! func.func private @zouk.dot.f64(memref<?xf64, strided<[?]>>, memref<?xf64, strided<[?]>>) -> f64
//! ```
//! ```mlir after
//! module {
//!   func.func private @zouk.dot.f64(%arg0: memref<?xf64, strided<[?]>>, %arg1: memref<?xf64, strided<[?]>>) -> f64 attributes {passthrough = ["noinline", "optsize"]} {
//!     %c7 = arith.constant 7 : index
//!     %c5 = arith.constant 5 : index
//!     %c3 = arith.constant 3 : index
//!     %c14 = arith.constant 14 : index
//!     %c12 = arith.constant 12 : index
//!     %c10 = arith.constant 10 : index
//!     %c8 = arith.constant 8 : index
//!     %c6 = arith.constant 6 : index
//!     %c4 = arith.constant 4 : index
//!     %c2 = arith.constant 2 : index
//!     %c16 = arith.constant 16 : index
//!     %c1 = arith.constant 1 : index
//!     %c0 = arith.constant 0 : index
//!     %base_buffer, %offset, %sizes, %strides = memref.extract_strided_metadata %arg0 : memref<?xf64, strided<[?]>> -> memref<f64>, index, index, index
//!     %0 = rt.view %arg0[%c0, %c0, %c1] : memref<?xf64, strided<[?]>> to memref<?xf64>
//!     %base_buffer_0, %offset_1, %sizes_2, %strides_3 = memref.extract_strided_metadata %arg1 : memref<?xf64, strided<[?]>> -> memref<f64>, index, index, index
//!     %1 = rt.view %arg1[%c0, %c0, %c1] : memref<?xf64, strided<[?]>> to memref<?xf64>
//!     %2 = arith.cmpi eq, %strides, %c1 : index
//!     %3 = arith.cmpi eq, %strides_3, %c1 : index
//!     %4 = arith.andi %2, %3 : i1
//!     %5 = arith.select %4, %sizes, %c0 : index
//!     %6 = arith.select %4, %c0, %sizes : index
//!     %7 = arith.divui %5, %c16 : index
//!     %8 = arith.muli %7, %c16 : index
//!     %cst = arith.constant 0.000000e+00 : f64
//!     %9 = vector.broadcast %cst : f64 to vector<2xf64>
//!     %10:8 = scf.for %arg2 = %c0 to %8 step %c16 iter_args(%arg3 = %9, %arg4 = %9, %arg5 = %9, %arg6 = %9, %arg7 = %9, %arg8 = %9, %arg9 = %9, %arg10 = %9) -> (vector<2xf64>, vector<2xf64>, vector<2xf64>, vector<2xf64>, vector<2xf64>, vector<2xf64>, vector<2xf64>, vector<2xf64>) {
//!       %32 = arith.addi %arg2, %c0 : index
//!       %33 = vector.load %0[%32] : memref<?xf64>, vector<2xf64>
//!       %34 = vector.load %1[%32] : memref<?xf64>, vector<2xf64>
//!       %35 = arith.mulf %33, %34 : vector<2xf64>
//!       %36 = arith.addf %arg3, %35 : vector<2xf64>
//!       %37 = arith.addi %arg2, %c2 : index
//!       %38 = vector.load %0[%37] : memref<?xf64>, vector<2xf64>
//!       %39 = vector.load %1[%37] : memref<?xf64>, vector<2xf64>
//!       %40 = arith.mulf %38, %39 : vector<2xf64>
//!       %41 = arith.addf %arg4, %40 : vector<2xf64>
//!       %42 = arith.addi %arg2, %c4 : index
//!       %43 = vector.load %0[%42] : memref<?xf64>, vector<2xf64>
//!       %44 = vector.load %1[%42] : memref<?xf64>, vector<2xf64>
//!       %45 = arith.mulf %43, %44 : vector<2xf64>
//!       %46 = arith.addf %arg5, %45 : vector<2xf64>
//!       %47 = arith.addi %arg2, %c6 : index
//!       %48 = vector.load %0[%47] : memref<?xf64>, vector<2xf64>
//!       %49 = vector.load %1[%47] : memref<?xf64>, vector<2xf64>
//!       %50 = arith.mulf %48, %49 : vector<2xf64>
//!       %51 = arith.addf %arg6, %50 : vector<2xf64>
//!       %52 = arith.addi %arg2, %c8 : index
//!       %53 = vector.load %0[%52] : memref<?xf64>, vector<2xf64>
//!       %54 = vector.load %1[%52] : memref<?xf64>, vector<2xf64>
//!       %55 = arith.mulf %53, %54 : vector<2xf64>
//!       %56 = arith.addf %arg7, %55 : vector<2xf64>
//!       %57 = arith.addi %arg2, %c10 : index
//!       %58 = vector.load %0[%57] : memref<?xf64>, vector<2xf64>
//!       %59 = vector.load %1[%57] : memref<?xf64>, vector<2xf64>
//!       %60 = arith.mulf %58, %59 : vector<2xf64>
//!       %61 = arith.addf %arg8, %60 : vector<2xf64>
//!       %62 = arith.addi %arg2, %c12 : index
//!       %63 = vector.load %0[%62] : memref<?xf64>, vector<2xf64>
//!       %64 = vector.load %1[%62] : memref<?xf64>, vector<2xf64>
//!       %65 = arith.mulf %63, %64 : vector<2xf64>
//!       %66 = arith.addf %arg9, %65 : vector<2xf64>
//!       %67 = arith.addi %arg2, %c14 : index
//!       %68 = vector.load %0[%67] : memref<?xf64>, vector<2xf64>
//!       %69 = vector.load %1[%67] : memref<?xf64>, vector<2xf64>
//!       %70 = arith.mulf %68, %69 : vector<2xf64>
//!       %71 = arith.addf %arg10, %70 : vector<2xf64>
//!       scf.yield %36, %41, %46, %51, %56, %61, %66, %71 : vector<2xf64>, vector<2xf64>, vector<2xf64>, vector<2xf64>, vector<2xf64>, vector<2xf64>, vector<2xf64>, vector<2xf64>
//!     }
//!     %11 = arith.addf %10#0, %10#1 : vector<2xf64>
//!     %12 = arith.addf %10#2, %10#3 : vector<2xf64>
//!     %13 = arith.addf %10#4, %10#5 : vector<2xf64>
//!     %14 = arith.addf %10#6, %10#7 : vector<2xf64>
//!     %15 = arith.addf %11, %12 : vector<2xf64>
//!     %16 = arith.addf %13, %14 : vector<2xf64>
//!     %17 = arith.addf %15, %16 : vector<2xf64>
//!     %18 = scf.for %arg2 = %8 to %5 step %c2 iter_args(%arg3 = %17) -> (vector<2xf64>) {
//!       %32 = arith.subi %5, %arg2 : index
//!       %33 = arith.maxsi %32, %c0 : index
//!       %34 = arith.minsi %33, %c2 : index
//!       %35 = vector.create_mask %34 : vector<2xi1>
//!       %cst_5 = arith.constant 0.000000e+00 : f64
//!       %36 = vector.broadcast %cst_5 : f64 to vector<2xf64>
//!       %37 = vector.maskedload %0[%arg2], %35, %36 : memref<?xf64>, vector<2xi1>, vector<2xf64> into vector<2xf64>
//!       %cst_6 = arith.constant 0.000000e+00 : f64
//!       %38 = vector.broadcast %cst_6 : f64 to vector<2xf64>
//!       %39 = vector.maskedload %1[%arg2], %35, %38 : memref<?xf64>, vector<2xi1>, vector<2xf64> into vector<2xf64>
//!       %40 = arith.mulf %37, %39 : vector<2xf64>
//!       %41 = arith.addf %arg3, %40 : vector<2xf64>
//!       scf.yield %41 : vector<2xf64>
//!     }
//!     %19 = vector.reduction <add>, %18 fastmath<reassoc> : vector<2xf64> into f64
//!     %20 = arith.divui %6, %c8 : index
//!     %21 = arith.muli %20, %c8 : index
//!     %cst_4 = arith.constant 0.000000e+00 : f64
//!     %22:8 = scf.for %arg2 = %c0 to %21 step %c8 iter_args(%arg3 = %cst_4, %arg4 = %cst_4, %arg5 = %cst_4, %arg6 = %cst_4, %arg7 = %cst_4, %arg8 = %cst_4, %arg9 = %cst_4, %arg10 = %cst_4) -> (f64, f64, f64, f64, f64, f64, f64, f64) {
//!       %32 = arith.addi %arg2, %c0 : index
//!       %33 = arith.muli %32, %strides : index
//!       %34 = memref.load %0[%33] : memref<?xf64>
//!       %35 = arith.muli %32, %strides_3 : index
//!       %36 = memref.load %1[%35] : memref<?xf64>
//!       %37 = arith.mulf %34, %36 : f64
//!       %38 = arith.addf %arg3, %37 : f64
//!       %39 = arith.addi %arg2, %c1 : index
//!       %40 = arith.muli %39, %strides : index
//!       %41 = memref.load %0[%40] : memref<?xf64>
//!       %42 = arith.muli %39, %strides_3 : index
//!       %43 = memref.load %1[%42] : memref<?xf64>
//!       %44 = arith.mulf %41, %43 : f64
//!       %45 = arith.addf %arg4, %44 : f64
//!       %46 = arith.addi %arg2, %c2 : index
//!       %47 = arith.muli %46, %strides : index
//!       %48 = memref.load %0[%47] : memref<?xf64>
//!       %49 = arith.muli %46, %strides_3 : index
//!       %50 = memref.load %1[%49] : memref<?xf64>
//!       %51 = arith.mulf %48, %50 : f64
//!       %52 = arith.addf %arg5, %51 : f64
//!       %53 = arith.addi %arg2, %c3 : index
//!       %54 = arith.muli %53, %strides : index
//!       %55 = memref.load %0[%54] : memref<?xf64>
//!       %56 = arith.muli %53, %strides_3 : index
//!       %57 = memref.load %1[%56] : memref<?xf64>
//!       %58 = arith.mulf %55, %57 : f64
//!       %59 = arith.addf %arg6, %58 : f64
//!       %60 = arith.addi %arg2, %c4 : index
//!       %61 = arith.muli %60, %strides : index
//!       %62 = memref.load %0[%61] : memref<?xf64>
//!       %63 = arith.muli %60, %strides_3 : index
//!       %64 = memref.load %1[%63] : memref<?xf64>
//!       %65 = arith.mulf %62, %64 : f64
//!       %66 = arith.addf %arg7, %65 : f64
//!       %67 = arith.addi %arg2, %c5 : index
//!       %68 = arith.muli %67, %strides : index
//!       %69 = memref.load %0[%68] : memref<?xf64>
//!       %70 = arith.muli %67, %strides_3 : index
//!       %71 = memref.load %1[%70] : memref<?xf64>
//!       %72 = arith.mulf %69, %71 : f64
//!       %73 = arith.addf %arg8, %72 : f64
//!       %74 = arith.addi %arg2, %c6 : index
//!       %75 = arith.muli %74, %strides : index
//!       %76 = memref.load %0[%75] : memref<?xf64>
//!       %77 = arith.muli %74, %strides_3 : index
//!       %78 = memref.load %1[%77] : memref<?xf64>
//!       %79 = arith.mulf %76, %78 : f64
//!       %80 = arith.addf %arg9, %79 : f64
//!       %81 = arith.addi %arg2, %c7 : index
//!       %82 = arith.muli %81, %strides : index
//!       %83 = memref.load %0[%82] : memref<?xf64>
//!       %84 = arith.muli %81, %strides_3 : index
//!       %85 = memref.load %1[%84] : memref<?xf64>
//!       %86 = arith.mulf %83, %85 : f64
//!       %87 = arith.addf %arg10, %86 : f64
//!       scf.yield %38, %45, %52, %59, %66, %73, %80, %87 : f64, f64, f64, f64, f64, f64, f64, f64
//!     }
//!     %23 = arith.addf %22#0, %22#1 : f64
//!     %24 = arith.addf %22#2, %22#3 : f64
//!     %25 = arith.addf %22#4, %22#5 : f64
//!     %26 = arith.addf %22#6, %22#7 : f64
//!     %27 = arith.addf %23, %24 : f64
//!     %28 = arith.addf %25, %26 : f64
//!     %29 = arith.addf %27, %28 : f64
//!     %30 = scf.for %arg2 = %21 to %6 step %c1 iter_args(%arg3 = %29) -> (f64) {
//!       %32 = arith.muli %arg2, %strides : index
//!       %33 = memref.load %0[%32] : memref<?xf64>
//!       %34 = arith.muli %arg2, %strides_3 : index
//!       %35 = memref.load %1[%34] : memref<?xf64>
//!       %36 = arith.mulf %33, %35 : f64
//!       %37 = arith.addf %arg3, %36 : f64
//!       scf.yield %37 : f64
//!     }
//!     %31 = arith.addf %19, %30 : f64
//!     return %31 : f64
//!   }
//! }
//! ```

use crate::llvm_dialect::complex_part;
use crate::pass::{OptionInfo, Options};
use emit::{Emit, define};
use std::collections::HashSet;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, Context, FunctionType, Location, MemRefType, Module, Op, Region, Type, int_attr_value, module_op};

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
    OptionInfo { name: "direct", description: "Products up to this size on every side read their factors unpacked, the right one if its rows are packed", initial: "256" },
];

pub fn run(module: Op, options: &Options) -> Result<(), Diagnostic> {
    if module.has_attr("zouk.kernels") {
        module.body(0).ops().into_iter().filter(is_declared).for_each(say_that_it_raises);
        return Ok(());
    }
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

/// A kernel without a body that is not among those.
fn declared<'c>(module: Op<'c>, done: &HashSet<&str>) -> Option<Op<'c>> {
    module.body(0).ops().into_iter().find(|op| is_declared(op) && op.str_attr("sym_name").is_some_and(|name| !done.contains(name)))
}

fn is_declared(op: &Op) -> bool {
    op.is("func.func") && op.region(0).first_block().is_none() && op.str_attr("sym_name").is_some_and(is_kernel)
}

/// Whether a function of this name is a kernel of products.
pub fn is_kernel(name: &str) -> bool {
    KERNELS.iter().any(|kernel| name.starts_with(kernel))
}

const KERNELS: [&str; 4] = ["zouk.matmul.", "zouk.matvec.", "zouk.dot.", "zouk.pack."];

/// A kernel needs memory, but for that of `dot`. Who calls it, and who compiles it, must agree.
fn say_that_it_raises(kernel: Op) {
    if kernel.str_attr("sym_name").is_some_and(|name| !name.starts_with("zouk.dot.")) {
        kernel.set_unit("zouk.raises");
    }
}

/// A module at stage `loops` that holds one kernel, for other machine code to call: `zouk.matmul.f64`.
pub fn kernel_module<'c>(context: &'c Context, name: &str) -> Option<Module<'c>> {
    let (kind, spelled) = name.strip_prefix("zouk.")?.split_once('.')?;
    let module = Module::new(Location::unknown(context));
    let b = Builder::at_end(context, module_op(&module).body(0), Location::unknown(context));
    let element = match spelled {
        "c64" => Type::parse(context, "complex<f32>")?,
        "c128" => Type::parse(context, "complex<f64>")?,
        plain => Type::parse(context, plain)?,
    };
    let vector = strided(&b, element, &[i64::MIN]);
    match kind {
        "matmul" => declare(module_op(&module), name, &matmul_type(&b, element), &[]),
        "matvec" => declare(module_op(&module), name, &[strided(&b, element, &[i64::MIN; 2]), vector, vector, b.i1()], &[]),
        "dot" => declare(module_op(&module), name, &[vector, vector], &[element]),
        _ => return None,
    }
    let kernel = module_op(&module).body(0).first()?;
    kernel.set_unit("zouk.export");
    say_that_it_raises(kernel);
    Some(module)
}

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

/// Declares a kernel at the end of the module, unless it is there.
pub(crate) fn declare<'c>(module: Op<'c>, name: &str, inputs: &[Type<'c>], results: &[Type<'c>]) {
    let body = module.body(0);
    if body.ops().iter().any(|op| op.str_attr("sym_name") == Some(name)) {
        return;
    }
    let context = module.context();
    let loc = body.first().map_or(module.loc(), |op| op.loc());
    let b = Builder::at_end(context, body, loc);
    let writes: &[i32] = match name.split('.').nth(1) {
        Some("dot") => &[],
        Some("pack") => &[6],
        _ => &[2],
    };
    let attrs = [
        ("sym_name", b.str(name)),
        ("function_type", b.ty_attr(FunctionType::new(context, inputs, results).into())),
        ("sym_visibility", b.str("private")),
        ("zouk.writes", b.i32_array(writes)),
    ];
    b.op_with_regions("func.func", &[], &[], &attrs, &[Region::new()]);
}

