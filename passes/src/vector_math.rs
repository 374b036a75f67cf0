//! Calls libm for what machines have no instruction for, and tells LLVM of the vector versions that SLEEF and the runtime have.
//!
//! A function is declared without effects on memory and with `vector-function-abi-variant`, so the loop vectoriser calls the vector
//! version in loops; its result is within 1 ULP. Where every call of a function allows approximation (`afn`), a version within 3.5 ULP
//! is named, if there is one. The runtime's own versions come before SLEEF's. The module's `zouk.sleef` says which instruction set
//! is to be used: `avx2` (with FMA), `avx512f`, `sse2`; without it all calls stay scalar. Other ops of `math` are left to
//! `convert-math-to-llvm`, but for those that it does not know. Ops on vectors become calls of the vector versions.
//!
//! ```mlir before
//! module attributes {zouk.sleef = "avx2"} {
//!   func.func @wave(%x: f64, %y: f32) -> (f64, f32) {
//!     %0 = math.sin %x : f64
//!     %1 = math.sqrt %0 : f64
//!     %2 = math.erfc %y : f32
//!     return %1, %2 : f64, f32
//!   }
//! }
//! ```
//! ```mlir after
//! module attributes {zouk.sleef = "avx2"} {
//!   func.func @wave(%arg0: f64, %arg1: f32) -> (f64, f32) {
//!     %0 = llvm.call @sin(%arg0) : (f64) -> f64
//!     %1 = math.sqrt %0 : f64
//!     %2 = llvm.call @erfcf(%arg1) : (f32) -> f32
//!     return %1, %2 : f64, f32
//!   }
//!   llvm.func @erfcf(f32) -> f32 attributes {memory_effects = #llvm.memory_effects<other = none, argMem = none, inaccessibleMem = none, errnoMem = none, targetMem0 = none, targetMem1 = none>, passthrough = ["nounwind", "willreturn"]}
//!   llvm.func @sin(f64) -> f64 attributes {memory_effects = #llvm.memory_effects<other = none, argMem = none, inaccessibleMem = none, errnoMem = none, targetMem0 = none, targetMem1 = none>, passthrough = ["nounwind", "willreturn", ["vector-function-abi-variant", "_ZGV_LLVM_N4v_sin(Sleef_sind4_u10avx2)"]]}
//!   llvm.func @Sleef_sind4_u10avx2(vector<4xf64>) -> vector<4xf64> attributes {passthrough = ["nounwind"]}
//!   llvm.mlir.global appending @llvm.compiler.used() {addr_space = 0 : i32, section = "llvm.metadata"} : !llvm.array<1 x ptr> {
//!     %0 = llvm.mlir.undef : !llvm.array<1 x ptr>
//!     %1 = llvm.mlir.addressof @Sleef_sind4_u10avx2 : !llvm.ptr
//!     %2 = llvm.insertvalue %1, %0[0] : !llvm.array<1 x ptr>
//!     llvm.return %2 : !llvm.array<1 x ptr>
//!   }
//! }
//! ```

use crate::llvm_dialect::{LlvmOps, Symbols, array_type};
use crate::pass::{OptionInfo, Options};
use std::collections::BTreeMap;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Attribute, Block, Builder, Op, Region, Type, TypeLike, Value, vector_parts};

pub const OPTIONS: &[OptionInfo] = &[];

/// A function of libm.
struct Function {
    /// The op of `math`.
    op: &'static str,
    /// The name for f64; that for f32 has an `f` after it.
    libm: &'static str,
    /// SLEEF's vector versions within 1 ULP and, when approximation is allowed, 3.5 ULP.
    precise: Option<&'static str>,
    fast: Option<&'static str>,
    /// The runtime's version for four f64 of `avx2`, within 1 ULP and faster than either.
    own: Option<&'static str>,
}

const fn function(op: &'static str, libm: &'static str, precise: Option<&'static str>, fast: Option<&'static str>) -> Function {
    Function { op, libm, precise, fast, own: None }
}

impl Function {
    const fn own(self, name: &'static str) -> Function {
        Function { own: Some(name), ..self }
    }

    /// The vector version for an instruction set with so many lanes.
    fn vector(&self, f64: bool, approximate: bool, set: &str, lanes: usize) -> Option<String> {
        if let (Some(own), true, "avx2") = (self.own, f64, set) {
            return Some(own.to_string());
        }
        let accuracy = if approximate { self.fast } else { self.precise }?;
        let letter = if f64 { 'd' } else { 'f' };
        (lanes > 0).then(|| format!("Sleef_{}{letter}{lanes}_{accuracy}{set}", self.libm))
    }
}

const U10: Option<&str> = Some("u10");
const U35: Option<&str> = Some("u35");

const FUNCTIONS: &[Function] = &[
    function("math.sin", "sin", U10, U35),
    function("math.cos", "cos", U10, U35),
    function("math.tan", "tan", U10, U35),
    function("math.asin", "asin", U10, U35),
    function("math.acos", "acos", U10, U35),
    function("math.atan", "atan", U10, U35),
    function("math.atan2", "atan2", U10, U35),
    function("math.sinh", "sinh", U10, U35),
    function("math.cosh", "cosh", U10, U35),
    function("math.tanh", "tanh", U10, U35),
    // SLEEF's are infinite from the square root of the largest float on.
    function("math.asinh", "asinh", None, None),
    function("math.acosh", "acosh", None, None),
    function("math.atanh", "atanh", U10, U10),
    function("math.exp", "exp", U10, U10),
    function("math.exp2", "exp2", U10, U35),
    function("math.expm1", "expm1", U10, U10),
    function("math.log", "log", U10, U35).own("zouk_log_f64x4"),
    function("math.log2", "log2", U10, U35),
    function("math.log10", "log10", U10, U10),
    function("math.log1p", "log1p", U10, U10),
    function("math.powf", "pow", U10, U10).own("zouk_pow_f64x4"),
    function("math.cbrt", "cbrt", U10, U35),
    function("math.erf", "erf", U10, U10),
    // SLEEF's is within 1.5 ULP.
    function("math.erfc", "erfc", None, Some("u15")),
];

/// The calls of one function of libm.
struct Calls<'c> {
    function: &'static Function,
    ty: Type<'c>,
    arity: usize,
    approximate: bool,
}

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    let mut calls: BTreeMap<String, Calls> = BTreeMap::new();
    let mut vectors = vec![];
    for op in module.collect(|op| op.dialect() == "math") {
        if op.is("math.isinf") {
            is_infinite(op);
        } else if let Some(function) = FUNCTIONS.iter().find(|f| op.is(f.op)) {
            match vector_parts(op.result(0).ty()) {
                Some((_, ty)) => vectors.extend(note(op, function, ty, &mut calls).map(|name| (op, name))),
                None => lower(op, function, &mut calls),
            }
        }
    }
    let mut symbols = Symbols::new(module);
    let set = module.str_attr("zouk.sleef").unwrap_or("none");
    vectors.into_iter().for_each(|(op, name)| lower_vector(op, &name, &calls[&name], set));
    let vector: Vec<String> = calls.iter().filter_map(|(name, calls)| declare(name, calls, set, &mut symbols)).collect();
    if !vector.is_empty() {
        keep(&vector, &mut symbols);
    }
    Ok(())
}

/// The name of the function for numbers of a type, and that the op calls it.
fn note<'c>(op: Op<'c>, function: &'static Function, ty: Type<'c>, calls: &mut BTreeMap<String, Calls<'c>>) -> Option<String> {
    let name = match () {
        _ if ty.is_f64() => function.libm.to_string(),
        _ if ty.is_f32() => format!("{}f", function.libm),
        _ => return None,
    };
    let fastmath = op.attr("fastmath").map(|a| a.to_string()).unwrap_or_default();
    let approximate = fastmath.contains("afn") || fastmath.contains("fast>");
    let entry = calls.entry(name.clone()).or_insert(Calls { function, ty, arity: op.num_operands(), approximate: true });
    entry.approximate &= approximate;
    Some(name)
}

fn lower<'c>(op: Op<'c>, function: &'static Function, calls: &mut BTreeMap<String, Calls<'c>>) {
    let ty = op.result(0).ty();
    let Some(name) = note(op, function, ty, calls) else { return };
    let call = Builder::before(op).call(&name, &op.operands(), Some(ty));
    if let Some(flags) = op.attr("fastmath") {
        let flags = flags.to_string().replace("#arith.fastmath", "#llvm.fastmath");
        if let Some(flags) = Attribute::parse(op.context(), &flags) {
            call.set_attr("fastmathFlags", flags);
        }
    }
    op.result(0).replace_all_uses(call.result(0));
    op.erase();
}

/// Calls the vector version for parts of a vector, or without one the function for each lane.
fn lower_vector<'c>(op: Op<'c>, name: &str, calls: &Calls<'c>, set: &str) {
    let b = Builder::before(op);
    let ty = op.result(0).ty();
    let Some((all, element)) = vector_parts(ty) else { return };
    let part = lanes(element, set);
    let version = calls.function.vector(element.is_f64(), calls.approximate, set, part).filter(|_| all % part as i64 == 0);
    let result = match version {
        Some(version) => {
            let part_type = Type::vector(&[part as u64], element);
            let mut parts: Vec<Value> = (0..all / part as i64).map(|number| {
                let chosen: Vec<i64> = (0..part as i64).map(|lane| number * part as i64 + lane).collect();
                let operands: Vec<Value> = op.operands().into_iter().map(|v| shuffle(&b, v, v, &chosen, part_type)).collect();
                b.call(&version, &operands, Some(part_type)).result(0)
            }).collect();
            // Neighbours become one until all are.
            while parts.len() > 1 {
                let size = vector_parts(parts[0].ty()).map_or(1, |(size, _)| size);
                let both: Vec<i64> = (0..2 * size).collect();
                let joined = Type::vector(&[2 * size as u64], element);
                parts = parts.chunks(2).map(|pair| shuffle(&b, pair[0], pair[1], &both, joined)).collect();
            }
            parts[0]
        }
        None => {
            let number = |value: Value<'c>, lane: i64| b.val("vector.extract", &[value], element, &[("static_position", b.i64_array(&[lane]))]);
            let each = (0..all).map(|lane| {
                let operands: Vec<Value> = op.operands().into_iter().map(|v| number(v, lane)).collect();
                b.call(name, &operands, Some(element)).result(0)
            });
            let each: Vec<Value> = each.collect();
            b.val("vector.from_elements", &each, ty, &[])
        }
    };
    op.result(0).replace_all_uses(result);
    op.erase();
}

fn shuffle<'c>(b: &Builder<'c>, x: Value<'c>, y: Value<'c>, lanes: &[i64], ty: Type<'c>) -> Value<'c> {
    b.val("vector.shuffle", &[x, y], ty, &[("mask", b.i64_array(lanes))])
}

/// How many numbers of a type the vectors of an instruction set have.
fn lanes(ty: Type, set: &str) -> usize {
    let bits = match set {
        "sse2" => 128,
        "avx2" => 256,
        "avx512f" => 512,
        _ => 0,
    };
    if ty.is_f64() { bits / 64 } else { bits / 32 }
}

/// Declares the scalar function and its vector version, whose name is the result.
fn declare<'c>(name: &str, calls: &Calls<'c>, set: &str, symbols: &mut Symbols<'c>) -> Option<String> {
    let ty = calls.ty;
    let lanes = lanes(ty, set);
    let vector = calls.function.vector(ty.is_f64(), calls.approximate, set, lanes);
    let mut passthrough: Vec<Attribute> = ["nounwind", "willreturn"].iter().map(|text| symbols.b.str(text)).collect();
    if let Some(vector) = &vector {
        let parameters = "v".repeat(calls.arity);
        passthrough.push(symbols.b.str_array(&["vector-function-abi-variant", &format!("_ZGV_LLVM_N{lanes}{parameters}_{name}({vector})")]));
    }
    if !symbols.has(name) {
        let attrs = [
            ("passthrough", symbols.b.array(&passthrough)),
            ("memory_effects", symbols.b.parse_attr(
                "#llvm.memory_effects<other = none, argMem = none, inaccessibleMem = none, errnoMem = none, targetMem0 = none, targetMem1 = none>",
            )),
        ];
        symbols.function(name, &vec![ty; calls.arity], Some(ty), "external", &attrs, Region::new());
    }
    let vector = vector?;
    let lanes_type = Type::vector(&[lanes as u64], ty);
    symbols.declare(&vector, &vec![lanes_type; calls.arity], Some(lanes_type), &[]);
    Some(vector)
}

/// Names the vector functions in `llvm.compiler.used`: the vectoriser only calls what the module has.
fn keep(vector: &[String], symbols: &mut Symbols) {
    let outer = &symbols.b;
    let ty = array_type(outer.ptr(), vector.len());
    let region = Region::new();
    let b = Builder::at_end(outer.context, region.append(Block::new(&[])), outer.loc());
    let empty = b.val("llvm.mlir.undef", &[], ty, &[]);
    let all = vector.iter().enumerate().fold(empty, |all, (i, name)| b.insert_value(all, b.address_of(name), &[i as i64]));
    b.op("llvm.return", &[all], &[], &[]);
    let attrs = [
        ("sym_name", b.str("llvm.compiler.used")),
        ("global_type", b.ty_attr(ty)),
        ("linkage", b.parse_attr("#llvm.linkage<appending>")),
        ("section", b.str("llvm.metadata")),
        ("addr_space", b.int_attr(b.int(32), 0)),
    ];
    outer.op_with_regions("llvm.mlir.global", &[], &[], &attrs, &[region]);
}

/// `abs(x) == inf`
fn is_infinite(op: Op) {
    let b = Builder::before(op);
    let size: Value = b.val("math.absf", &[op.operand(0)], op.operand(0).ty(), &[]);
    let infinity = match vector_parts(size.ty()) {
        Some((_, element)) => b.val("vector.broadcast", &[b.c_float(element, f64::INFINITY)], size.ty(), &[]),
        None => b.c_float(size.ty(), f64::INFINITY),
    };
    let equal = 1;
    let infinite = b.val("arith.cmpf", &[size, infinity], op.result(0).ty(), &[("predicate", b.int_attr(b.i64(), equal))]);
    op.result(0).replace_all_uses(infinite);
    op.erase();
}
