//! The `llvm` stage as a whole: modules of the `loops` stage go through its pipeline, and LLVM accepts what comes out.
//! Also the examples in the documentation of passes (`examples`).

use melior::ir::Module;
use melior::pass::PassManager;
use std::io::Write;
use std::process::{Command, Stdio};
use zouk_dialects::context::context;
use zouk_dialects::diagnostic::{Diagnostic, take_reported};
use zouk_dialects::ir::{add_pipeline, module_op};
use zouk_passes::pass::register_all;
use zouk_passes::pipeline::Stage;
use zouk_passes::stage_check::End;

#[path = "llvm_stage/owners.rs"]
mod owners;

/// The module after the pipeline, as text; what was reported when it fails.
fn run(source: &str, pipeline: &str) -> Result<String, Vec<Diagnostic>> {
    register_all();
    let context = context();
    let mut module = Module::parse(&context, source).expect("the module parses");
    let manager = PassManager::new(&context);
    add_pipeline(melior_raw(&manager), pipeline).expect("the pipeline parses");
    take_reported();
    match manager.run(&mut module) {
        Ok(()) => Ok(module_op(&module).to_string()),
        Err(_) => Err(take_reported()),
    }
}

fn melior_raw(manager: &PassManager) -> mlir_sys::MlirOpPassManager {
    manager.as_operation_pass_manager().to_raw()
}

/// LLVM IR of a module of the `loops` stage.
fn compile(source: &str) -> String {
    let module = run(source, &Stage::Llvm.pipeline()).expect("the stage is reached");
    let context = context();
    let parsed = Module::parse(&context, &module).expect("the result parses");
    Stage::Llvm.check(End::Reached, module_op(&parsed), &|name| name.starts_with("zouk_")).expect("nothing else remains");
    let translate = format!("{}/bin/mlir-translate", env!("MLIR_SYS_220_PREFIX"));
    let mut child = Command::new(translate).arg("--mlir-to-llvmir").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("mlir-translate runs");
    child.stdin.take().expect("piped").write_all(module.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "LLVM does not accept\n{module}");
    String::from_utf8(output.stdout).expect("LLVM IR is text")
}

fn assert_has(text: &str, wanted: &[&str]) {
    for part in wanted {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
}

#[test]
fn a_function_that_may_raise_returns_a_status_first() {
    let ir = compile(
        r#"
        func.func @div(%a: i64, %b: i64) -> i64 attributes {zouk.entry = "div", py.arguments = ["si64", "si64"], py.result = "si64"} {
          %c0 = arith.constant 0 : i64
          %holds = arith.cmpi ne, %b, %c0 : i64
          rt.check %holds, "ZeroDivisionError" "division by zero"
          %0 = arith.divsi %a, %b : i64
          return %0 : i64
        }
        func.func @plain(%a: i32, %b: i1) -> i32 attributes {zouk.entry = "plain", py.arguments = ["ui32", "i1"], py.result = "ui32"} {
          %0 = arith.extui %b : i1 to i32
          %1 = arith.addi %a, %0 : i32
          return %1 : i32
        }"#,
    );
    assert_has(&ir, &["define internal { i32, i64 } @div(i64 %0, i64 %1)", "define internal i32 @plain(i32 %0, i1 %1)"]);
    assert_has(&ir, &["define i32 @zouk.entry.0(ptr %0, ptr %1)", "define i32 @zouk.entry.1(ptr %0, ptr %1)", "call void @zouk_raise(ptr @zouk.site."]);
    assert_has(&ir, &["c\"ZeroDivisionError\\00\"", "zext i32", "!\"branch_weights\""]);
}

#[test]
fn recursion_and_callers_of_what_raises() {
    let ir = compile(
        r#"
        func.func @even(%n: i64) -> i1 {
          %0 = func.call @odd(%n) : (i64) -> i1
          return %0 : i1
        }
        func.func @odd(%n: i64) -> i1 {
          %c0 = arith.constant 0 : i64
          %c1 = arith.constant 1 : i64
          %holds = arith.cmpi sge, %n, %c0 : i64
          rt.check %holds, "ValueError" "" (%n : i64) kinds "i"
          %stop = arith.cmpi eq, %n, %c0 : i64
          cf.cond_br %stop, ^end, ^more
        ^end:
          return %stop : i1
        ^more:
          %m = arith.subi %n, %c1 : i64
          %0 = func.call @even(%m) : (i64) -> i1
          return %0 : i1
        }"#,
    );
    assert_has(&ir, &["define internal { i32, i1 } @even(i64 %0)", "define internal { i32, i1 } @odd(i64 %0)", "call void @zouk_traceback(ptr", "@zouk.raise.i(ptr"]);
}

#[test]
fn what_follows_a_raise_is_gone() {
    let ir = compile(
        r#"
        func.func @f(%x: f32, %y: f64) -> f64 {
          rt.raise "ValueError" "bad" (%x, %y : f32, f64) kinds "ff"
          cf.br ^next(%y : f64)
        ^next(%z: f64):
          %0 = arith.addf %z, %y : f64
          cf.br ^last
        ^last:
          return %0 : f64
        }"#,
    );
    assert_has(&ir, &["@zouk.raise.Ff", "{ i32 1, double poison }"]);
    assert!(!ir.contains("fadd"), "{ir}");
}

#[test]
fn indices_wrap_and_are_checked() {
    let ir = compile(
        r#"
        func.func @f(%a: memref<?xf64, strided<[?]>>, %i: index) -> f64 {
          %c0 = arith.constant 0 : index
          %n = memref.dim %a, %c0 : memref<?xf64, strided<[?]>>
          %j = rt.index %i of %n wraps checked "0"
          %k = rt.index %j of %n checked "tuple index out of range"
          %x = memref.load %a[%k] : memref<?xf64, strided<[?]>>
          return %x : f64
        }"#,
    );
    assert_has(&ir, &["index {} is out of bounds for axis 0 with size {}", "tuple index out of range", "@zouk.raise.ii", "icmp ult i64 %5,", "add i64 %5,"]);
}

#[test]
fn allocations_are_checked_and_views_keep_their_owner() {
    let ir = compile(
        r#"
        func.func @f(%n: index, %m: index) -> memref<?xcomplex<f32>, strided<[?]>> {
          %a = rt.alloc(%n, %m) zeroed : memref<?x?xcomplex<f32>, strided<[1, ?]>>
          %v = rt.view %a[%m, %n, %m] : memref<?x?xcomplex<f32>, strided<[1, ?]>> to memref<?xcomplex<f32>, strided<[?]>>
          return %v : memref<?xcomplex<f32>, strided<[?]>>
        }"#,
    );
    assert_has(&ir, &["noalias align 64 ptr @zouk_alloc(i64, i32)", "@llvm.smul.with.overflow.i64", "negative dimensions are not allowed", "array is too big", "numpy._core._exceptions._ArrayMemoryError"]);
    assert_has(&ir, &["getelementptr { float, float }, ptr"]);
    assert!(!ir.contains("zouk_release"), "the view takes the reference over:\n{ir}");
}

#[test]
fn constant_arrays_and_print() {
    let ir = compile(
        r#"
        func.func @f(%x: f32, %b: i1) -> f64 {
          %a = rt.constant_array dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf64> as memref<?x?xf64>
          %c = rt.constant_array dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32> as memref<?x?xi32, strided<[1, ?]>>
          %d = rt.constant_array dense<[true, false]> : tensor<2xi1> as memref<?xi8>
          %z = rt.constant_array dense<(1.0, 2.0)> : tensor<2xcomplex<f64>> as memref<?xcomplex<f64>>
          %i = arith.constant 1 : index
          %0 = memref.load %a[%i, %i] : memref<?x?xf64>
          %1 = memref.load %c[%i, %i] : memref<?x?xi32, strided<[1, ?]>>
          %2 = memref.load %d[%i] : memref<?xi8>
          %3 = memref.load %z[%i] : memref<?xcomplex<f64>>
          %4 = complex.re %3 : complex<f64>
          rt.print "x = " (%x, %b, %1, %2 : f32, i1, i32, i8) kinds "fbiu"
          rt.print "\n"
          rt.print "" (%3 : complex<f64>) kinds "c"
          return %0 : f64
        }"#,
    );
    assert_has(&ir, &["[4 x double] [double 1.000000e+00, double 2.000000e+00, double 3.000000e+00, double 4.000000e+00], align 64"]);
    assert_has(&ir, &["[6 x i32] [i32 1, i32 4, i32 2, i32 5, i32 3, i32 6]", "[2 x i8] c\"\\01\\00\"", "call void @zouk_print_value(i32 70,", "call void @zouk_print_value(i32 99,"]);
    assert_has(&ir, &["[4 x double] [double 1.000000e+00, double 2.000000e+00, double 1.000000e+00, double 2.000000e+00]"]);
}

#[test]
fn transcendental_functions_have_vector_versions() {
    let body = r#"{
        func.func @f(%x: f64, %y: f32) -> (f64, f32, i1) {
          %0 = math.powf %x, %x : f64
          %1 = math.exp %0 fastmath<fast> : f64
          %2 = math.tan %y fastmath<afn> : f32
          %3 = math.floor %1 : f64
          %4 = math.isinf %3 : f64
          return %3, %2, %4 : f64, f32, i1
        }
      }"#;
    let ir = compile(&format!("module attributes {{zouk.sleef = \"avx2\"}} {body}"));
    assert_has(&ir, &["_ZGV_LLVM_N4vv_pow(zouk_pow_f64x4)", "_ZGV_LLVM_N4v_exp(Sleef_expd4_u10avx2)", "_ZGV_LLVM_N8v_tanf(Sleef_tanf8_u35avx2)"]);
    assert_has(&ir, &["@llvm.compiler.used = appending global", "memory(none)", "@llvm.floor.f64", "call fast double @exp"]);
    let ir = compile(&format!("module attributes {{zouk.sleef = \"sse2\"}} {body}"));
    assert_has(&ir, &["_ZGV_LLVM_N2vv_pow(Sleef_powd2_u10sse2)"]);
    let ir = compile(&format!("module {body}"));
    assert!(!ir.contains("vector-function-abi-variant") && ir.contains("call double @pow"), "{ir}");
}

#[test]
fn entries_of_every_kind_of_value() {
    let ir = compile(
        r#"
        func.func @f(%a: f32, %re: f64, %im: f64, %has: i1, %x: i16, %m: memref<?x?xf64, strided<[?, ?]>>, %z: memref<f64>)
            -> (f64, f64, i16, memref<f64>, i1, f32) attributes {
              zouk.entry = "f", py.arguments = ["tuple<f32, complex<f64>>", "!py.optional<si16>", "!py.none", "!py.array<f64, 2, A>", "!py.array<f64, 0, C>"],
              py.result = "tuple<complex<f64>, si16, !py.array<f64, 0, C>, !py.optional<f32>>"} {
          return %re, %im, %x, %z, %has, %a : f64, f64, i16, memref<f64>, i1, f32
        }
        func.func @g(%z: memref<f64>) -> memref<f64> attributes {zouk.entry = "g", py.arguments = ["!py.array<f64, 0, C>"], py.result = "!py.array<f64, 0, C>"} {
          return %z : memref<f64>
        }
        func.func @h() attributes {zouk.entry = "h", py.arguments = [], py.result = "!py.none"} {
          return
        }"#,
    );
    assert_has(&ir, &["define i32 @zouk.entry.0", "define i32 @zouk.entry.1", "define i32 @zouk.entry.2", "sext i16", "call void @zouk_retain(ptr"]);
}

#[test]
fn an_entry_whose_types_do_not_fit_is_reported() {
    let source = r#"func.func @f(%a: i64) attributes {zouk.entry = "f", py.arguments = ["!py.array<f64, 1, C>"], py.result = "!py.none"} { return }"#;
    let errors = run(source, &Stage::Llvm.pipeline()).expect_err("it must fail");
    assert!(errors[0].message.contains("an entry point takes 1 machine arguments"), "{errors:?}");
}
