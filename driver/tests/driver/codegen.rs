//! Code generation end to end: text in the `llvm` dialect, object, library, call.

use melior::{Context, ir::Module};
use std::{process::Command, sync::LazyLock, thread, time::Instant};
use zouk_dialects::context::context;
use zouk_driver::{
    codegen::{CodegenError, CodegenOptions, Output, emit, emit_timed, prepare},
    target::{Cpu, host},
};
use zouk_runtime::{
    loader::{Library, sleef_available},
    memory::{self, Block, live_blocks},
};

fn prepared() -> Context {
    let context = context();
    prepare(&context);
    context
}

fn object(source: &str) -> Vec<u8> {
    let context = prepared();
    emit(&Module::parse(&context, source).expect("the source parses"), Output::Object, &CodegenOptions::default()).unwrap()
}

fn text(source: &str, output: Output, options: &CodegenOptions) -> Result<String, CodegenError> {
    let context = prepared();
    let module = Module::parse(&context, source).expect("the source parses");
    emit(&module, output, options).map(|bytes| String::from_utf8(bytes).unwrap())
}

/// An array of n float64 in a new block, each the double of its index.
const FILLED: &str = r#"
llvm.func @zouk_alloc(i64, i32) -> !llvm.ptr
llvm.func @filled(%n: i64) -> !llvm.ptr {
  %zero = llvm.mlir.constant(0 : i64) : i64
  %one = llvm.mlir.constant(1 : i64) : i64
  %eight = llvm.mlir.constant(8 : i64) : i64
  %raw = llvm.mlir.constant(0 : i32) : i32
  %two = llvm.mlir.constant(2.0 : f64) : f64
  %bytes = llvm.mul %n, %eight : i64
  %block = llvm.call @zouk_alloc(%bytes, %raw) : (i64, i32) -> !llvm.ptr
  %data = llvm.getelementptr %block[64] : (!llvm.ptr) -> !llvm.ptr, i8
  llvm.br ^head(%zero : i64)
^head(%i: i64):
  %more = llvm.icmp "slt" %i, %n : i64
  llvm.cond_br %more, ^body, ^exit
^body:
  %f = llvm.sitofp %i : i64 to f64
  %x = llvm.fmul %f, %two : f64
  %at = llvm.getelementptr %data[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f64
  llvm.store %x, %at : f64, !llvm.ptr
  %next = llvm.add %i, %one : i64
  llvm.br ^head(%next : i64)
^exit:
  llvm.return %block : !llvm.ptr
}"#;

/// `y[i] = sin(x[i])`. The sine has a variant of four lanes that LLVM's loop vectoriser may call, without fastmath.
const SINES: &str = r#"
llvm.func @sin(f64) -> f64 attributes {
  memory_effects = #llvm.memory_effects<other = none, argMem = none, inaccessibleMem = none, errnoMem = none, targetMem0 = none, targetMem1 = none>,
  passthrough = ["nounwind", "willreturn", ["vector-function-abi-variant", "_ZGV_LLVM_N4v_sin(Sleef_sind4_u10avx2)"]]}
llvm.func @Sleef_sind4_u10avx2(vector<4xf64>) -> vector<4xf64>
llvm.mlir.global appending @"llvm.compiler.used"() {section = "llvm.metadata", addr_space = 0 : i32} : !llvm.array<1 x ptr> {
  %0 = llvm.mlir.addressof @Sleef_sind4_u10avx2 : !llvm.ptr
  %1 = llvm.mlir.undef : !llvm.array<1 x ptr>
  %2 = llvm.insertvalue %0, %1[0] : !llvm.array<1 x ptr>
  llvm.return %2 : !llvm.array<1 x ptr>
}
llvm.func @sines(%x: !llvm.ptr, %y: !llvm.ptr, %n: i64) {
  %zero = llvm.mlir.constant(0 : i64) : i64
  %one = llvm.mlir.constant(1 : i64) : i64
  llvm.br ^head(%zero : i64)
^head(%i: i64):
  %more = llvm.icmp "slt" %i, %n : i64
  llvm.cond_br %more, ^body, ^exit
^body:
  %from = llvm.getelementptr %x[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f64
  %v = llvm.load %from : !llvm.ptr -> f64
  %s = llvm.call @sin(%v) : (f64) -> f64
  %to = llvm.getelementptr %y[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f64
  llvm.store %s, %to : f64, !llvm.ptr
  %next = llvm.add %i, %one : i64
  llvm.br ^head(%next : i64)
^exit:
  llvm.return
}"#;

/// Four lanes of AVX2 are what the vector variant above is made for.
static AVX2: LazyLock<bool> = LazyLock::new(|| host().features.contains("+avx2"));

#[test]
fn compiled_code_allocates_from_the_runtime() {
    let library = Library::load(&object(FILLED), &["filled"]).unwrap();
    let before = live_blocks();
    // SAFETY: the type is that of the source.
    unsafe {
        let filled = std::mem::transmute::<*const (), extern "C" fn(i64) -> *mut Block>(library.symbol("filled").unwrap());
        let block = filled(37);
        let data = std::slice::from_raw_parts(Block::data(block).cast::<f64>(), 37);
        assert!(data.iter().enumerate().all(|(i, x)| *x == 2.0 * i as f64));
        assert_eq!(live_blocks(), before + 1);
        memory::release(block as u64);
    }
    assert_eq!(live_blocks(), before);
}

/// Functions of one call each around a loop; `countdown` calls itself from one place; `twice` is called from two.
#[test]
fn functions_of_one_call_go_to_its_place() {
    let looping = "%zero = llvm.mlir.constant(0 : i64) : i64
          %one = llvm.mlir.constant(1 : i64) : i64
          llvm.br ^head(%n : i64)
        ^head(%i: i64):
          %more = llvm.icmp \"sgt\" %i, %zero : i64
          llvm.cond_br %more, ^body, ^exit
        ^body:
          llvm.call @tick() : () -> ()
          %next = llvm.sub %i, %one : i64
          llvm.br ^head(%next : i64)
        ^exit:";
    let function = |linkage: &str, name: &str, calls: &[&str]| {
        let calls: String = calls.iter().map(|callee| format!("llvm.call @{callee}(%n) : (i64) -> ()\n")).collect();
        format!("llvm.func {linkage} @{name}(%n: i64) {{ {looping} {calls} llvm.return }}\n")
    };
    let countdown = "llvm.func internal @countdown(%n: i64) {
          %one = llvm.mlir.constant(1 : i64) : i64
          %zero = llvm.mlir.constant(0 : i64) : i64
          %more = llvm.icmp \"sgt\" %n, %zero : i64
          llvm.cond_br %more, ^again, ^exit
        ^again:
          %next = llvm.sub %n, %one : i64
          llvm.call @countdown(%next) : (i64) -> ()
          llvm.call @tick() : () -> ()
          llvm.br ^exit
        ^exit:
          llvm.return
        }\n";
    let entry = [function("external", "entry", &["outer", "twice", "countdown"])];
    let inner = [function("internal", "outer", &["inner", "twice"]), function("internal", "inner", &[]), function("internal", "twice", &[])];
    let source = format!("llvm.func @tick()\n{}{}{countdown}", entry.concat(), inner.concat());
    let optimised = text(&source, Output::OptimizedLlvmIr, &CodegenOptions::default()).unwrap();
    let defined = |name: &str| optimised.lines().any(|line| line.starts_with("define") && line.contains(&format!("@{name}(")));
    assert!(defined("entry") && defined("countdown"), "{optimised}");
    assert!(!defined("outer") && !defined("inner"), "{optimised}");
}

#[test]
fn loops_call_vector_maths() {
    if !sleef_available() || !*AVX2 {
        return;
    }
    let library = Library::load(&object(SINES), &["sines"]).unwrap();
    let x: Vec<f64> = (0..37).map(|i| i as f64 / 7.0).collect();
    let mut y = vec![f64::NAN; x.len()];
    // SAFETY: the type is that of the source, the lengths are right.
    unsafe {
        let sines = std::mem::transmute::<*const (), extern "C" fn(*const f64, *mut f64, i64)>(library.symbol("sines").unwrap());
        sines(x.as_ptr(), y.as_mut_ptr(), x.len() as i64);
    }
    let worst = x.iter().zip(&y).map(|(x, y)| (x.sin() - y).abs()).fold(0.0, f64::max);
    assert!(worst < 1e-15, "{worst:e}");
    let ir = text(SINES, Output::OptimizedLlvmIr, &CodegenOptions::default()).unwrap();
    assert!(ir.contains("call <4 x double> @Sleef_sind4_u10avx2"), "{ir}");
}

#[test]
fn loops_use_the_vectors_of_the_processor() {
    let options = |cpu: &str, opt_level| CodegenOptions { cpu: Cpu::Named(cpu.into()), opt_level, ..Default::default() };
    let assembly = |options| text(FILLED, Output::Assembly, &options).unwrap();
    if cfg!(target_arch = "x86_64") {
        assert!(assembly(options("x86-64-v3", 3)).contains("ymm"));
        assert!(!assembly(options("x86-64", 3)).contains("ymm"));
        assert!(!assembly(options("x86-64-v3", 1)).contains("ymm"));
        let without = CodegenOptions { features: "-avx2,-avx".into(), ..options("x86-64-v3", 3) };
        assert!(!assembly(without).contains("ymm"));
        assert_eq!(assembly(CodegenOptions::default()).contains("ymm"), *AVX2);
    }
}

#[test]
fn every_level_gives_the_same_results() {
    for opt_level in 0..=4 {
        let context = prepared();
        let module = Module::parse(&context, FILLED).unwrap();
        let object = emit(&module, Output::Object, &CodegenOptions { opt_level, ..Default::default() }).unwrap();
        let library = Library::load(&object, &["filled"]).unwrap();
        // SAFETY: the type is that of the source.
        unsafe {
            let filled = std::mem::transmute::<*const (), extern "C" fn(i64) -> *mut Block>(library.symbol("filled").unwrap());
            let block = filled(5);
            assert_eq!(std::slice::from_raw_parts(Block::data(block).cast::<f64>(), 5), [0.0, 2.0, 4.0, 6.0, 8.0]);
            memory::release(block as u64);
        }
    }
}

#[test]
fn what_llvm_refuses_is_an_error() {
    let context = prepared();
    // An op of another dialect does not translate.
    let module = Module::parse(&context, "func.func @f() { return }").unwrap();
    let error = emit(&module, Output::Object, &CodegenOptions::default()).unwrap_err();
    assert!(matches!(&error, CodegenError::Translate(message) if message.contains("func.")), "{error}");
    // An intrinsic of another signature is invalid LLVM IR.
    let wrong = "llvm.func @llvm.sqrt.f64(i32) -> f64\nllvm.func @f(%x: i32) -> f64 {\n  %y = llvm.call @llvm.sqrt.f64(%x) : (i32) -> f64\n  llvm.return %y : f64\n}";
    let error = text(wrong, Output::Object, &CodegenOptions::default()).unwrap_err();
    assert!(matches!(&error, CodegenError::Translate(message) if message.contains("verifier")), "{error}");
    // Inline assembly is read by the code generator.
    let wrong = "llvm.func @f() {\n  llvm.inline_asm has_side_effects \"no such instruction\", \"\" : () -> ()\n  llvm.return\n}";
    let error = text(wrong, Output::Object, &CodegenOptions::default()).unwrap_err();
    assert!(matches!(error, CodegenError::Emit(_)), "{error}");
    let options = CodegenOptions { features: "a\0b".into(), ..Default::default() };
    assert!(matches!(text(FILLED, Output::Object, &options), Err(CodegenError::Target(_))));
}

#[test]
fn a_fatal_error_of_llvm_is_an_error() {
    if cfg!(target_arch = "x86_64") {
        // LLVM then takes a processor of 32 bits, and its fatal error leaves by way of the guard.
        for cpu in ["pentium-9", "i486"] {
            let options = CodegenOptions { cpu: Cpu::Named(cpu.into()), ..Default::default() };
            let error = text(FILLED, Output::Object, &options).unwrap_err();
            assert!(error.to_string().contains("64-bit"), "{error}");
        }
        // What follows is compiled as ever.
        assert!(text(FILLED, Output::Assembly, &CodegenOptions::default()).is_ok());
    }
}

#[test]
fn outputs_are_what_they_say() {
    let options = CodegenOptions::default();
    let of = |output| text(FILLED, output, &options).unwrap();
    assert!(of(Output::LlvmIr).contains("phi i64") && of(Output::LlvmIr).contains("target triple"));
    assert!(of(Output::OptimizedLlvmIr).contains("zouk_alloc"));
    assert!(of(Output::Assembly).contains("zouk_alloc"));
}

/// Measured in a process of its own, where no other test allocates.
#[test]
fn compiling_keeps_no_memory() {
    const CHILD: &str = "ZOUK_TEST_MEASURE_COMPILING";
    if std::env::var_os(CHILD).is_none() {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "compiling_keeps_no_memory", "--nocapture"]).env(CHILD, "1");
        return assert!(command.status().unwrap().success());
    }
    let context = prepared();
    let module = Module::parse(&context, FILLED).unwrap();
    let options = CodegenOptions::default();
    let compile = || emit_timed(&module, Output::Object, &options).unwrap().1;
    let mut last = None;
    (0..50).for_each(|_| last = Some(compile()));
    let (before, start) = (resident(), Instant::now());
    (0..1000).for_each(|_| last = Some(compile()));
    println!("{:?} each, the last: {last:?}", start.elapsed() / 1000);
    let grown = resident().saturating_sub(before);
    assert!(grown < 8 << 20, "{grown} bytes");
}

fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split_whitespace().nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}

#[test]
fn threads_compile_at_once() {
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let expected = object(FILLED);
                assert!((0..10).all(|_| object(FILLED) == expected), "the same module gives the same object");
            });
        }
    });
}
