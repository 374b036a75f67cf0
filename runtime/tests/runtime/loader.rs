//! Loading objects: made here from LLVM IR, so that the runtime is tested without MLIR.

use llvm_sys::{core::*, ir_reader::LLVMParseIRInContext2, target_machine::*};
use std::{process::Command, ptr::null_mut, thread, time::Instant};
use zouk_runtime::{
    exception::take_pending,
    loader::{Library, LoadError, initialize_native_target, sleef_available},
    memory::{self, live_blocks},
};

/// An object file of a module of LLVM IR.
fn compile(ir: &str) -> Vec<u8> {
    initialize_native_target();
    let ir = std::ffi::CString::new(ir).unwrap();
    // SAFETY: straight use of LLVM's C API on a module of our own.
    unsafe {
        let context = LLVMContextCreate();
        let buffer = LLVMCreateMemoryBufferWithMemoryRangeCopy(ir.as_ptr(), ir.count_bytes(), c"ir".as_ptr());
        let (mut module, mut error, mut target, mut object) = (null_mut(), null_mut(), null_mut(), null_mut());
        assert_eq!(LLVMParseIRInContext2(context, buffer, &mut module, &mut error), 0, "the IR parses");
        let triple = LLVMGetDefaultTargetTriple();
        assert_eq!(LLVMGetTargetFromTriple(triple, &mut target, &mut error), 0);
        let (level, relocation) = (LLVMCodeGenOptLevel::LLVMCodeGenLevelDefault, LLVMRelocMode::LLVMRelocPIC);
        let (cpu, features, model) = (c"".as_ptr(), c"".as_ptr(), LLVMCodeModel::LLVMCodeModelDefault);
        let machine = LLVMCreateTargetMachine(target, triple, cpu, features, level, relocation, model);
        LLVMSetTarget(module, triple);
        let kind = LLVMCodeGenFileType::LLVMObjectFile;
        assert_eq!(LLVMTargetMachineEmitToMemoryBuffer(machine, module, kind, &mut error, &mut object), 0);
        let bytes = std::slice::from_raw_parts(LLVMGetBufferStart(object).cast::<u8>(), LLVMGetBufferSize(object)).to_vec();
        LLVMDisposeMemoryBuffer(object);
        LLVMDisposeTargetMachine(machine);
        LLVMDisposeMessage(triple);
        LLVMDisposeModule(module);
        LLVMContextDispose(context);
        bytes
    }
}

type Unary = extern "C" fn(f64) -> f64;

fn unary(library: &Library, name: &str) -> Unary {
    // SAFETY: the tests ask for functions of this type.
    unsafe { std::mem::transmute::<*const (), Unary>(library.symbol(name).unwrap()) }
}

fn constant(value: f64) -> Vec<u8> {
    compile(&format!("define double @f(double %x) {{\n  %y = fadd double %x, {value:.1}\n  ret double %y\n}}"))
}

#[test]
fn every_library_has_its_own_names() {
    let libraries: Vec<_> = (0..20).map(|i| Library::load(&constant(i as f64), &["f"]).unwrap()).collect();
    for (i, library) in libraries.iter().enumerate() {
        assert_eq!(unary(library, "f")(0.5), i as f64 + 0.5);
        assert!(library.symbol("g").is_none());
    }
}

#[test]
fn maths_and_the_runtime_are_found() {
    let object = compile(
        "@site = internal constant { ptr, ptr, ptr, ptr, i64, i64, i64, i64 } { ptr @name, ptr null, ptr null, ptr @name, i64 4, i64 1, i64 4, i64 9 }
         @name = internal constant [11 x i8] c\"ValueError\\00\"
         declare double @sin(double)
         declare ptr @memset(ptr, i32, i64)
         declare ptr @zouk_alloc(i64, i32)
         declare void @zouk_raise(ptr, ptr, ptr)
         define double @sine(double %x) {
           %y = call double @sin(double %x)
           ret double %y
         }
         define ptr @filled(i64 %n) {
           %block = call ptr @zouk_alloc(i64 %n, i32 0)
           %data = getelementptr i8, ptr %block, i64 64
           call ptr @memset(ptr %data, i32 7, i64 %n)
           ret ptr %block
         }
         define i32 @fails() {
           call void @zouk_raise(ptr @site, ptr null, ptr null)
           ret i32 1
         }",
    );
    let library = Library::load(&object, &["sine", "filled", "fails"]).unwrap();
    assert_eq!(unary(&library, "sine")(1.0), 1f64.sin());
    let _turn = crate::memory::alone();
    let before = live_blocks();
    // SAFETY: the types are those of the IR above.
    unsafe {
        let filled = std::mem::transmute::<*const (), extern "C" fn(i64) -> *mut memory::Block>(library.symbol("filled").unwrap());
        let block = filled(100);
        assert!(std::slice::from_raw_parts(memory::Block::data(block), 100).iter().all(|byte| *byte == 7));
        assert_eq!(((*block).size(), (*block).references(), live_blocks() - before), (100, 1, 1));
        memory::release(block as u64);
        let fails = std::mem::transmute::<*const (), extern "C" fn() -> i32>(library.symbol("fails").unwrap());
        assert_eq!(fails(), 1);
    }
    drop(library);
    // The exception outlives the object that raised it.
    let exception = take_pending().unwrap();
    assert_eq!((&*exception.name, &*exception.traceback[0].function, exception.traceback[0].line), ("ValueError", "ValueError", 4));
}

#[test]
fn vector_maths_is_found_when_present() {
    let object = compile(
        "declare <2 x double> @Sleef_sind2_u10(<2 x double>)
         define double @f(double %x) {
           %a = insertelement <2 x double> zeroinitializer, double %x, i64 0
           %b = call <2 x double> @Sleef_sind2_u10(<2 x double> %a)
           %c = extractelement <2 x double> %b, i64 0
           ret double %c
         }",
    );
    match Library::load(&object, &["f"]) {
        Ok(library) => assert!((unary(&library, "f")(1.0) - 1f64.sin()).abs() < 1e-15),
        Err(error) => assert!(!sleef_available() && matches!(error, LoadError::Link(_))),
    }
}

#[test]
fn open_names_are_an_error_that_tells_them() {
    let object = compile(
        "declare double @no_such_function(double)\ndefine double @f(double %x) {\n  %y = call double @no_such_function(double %x)\n  ret double %y\n}",
    );
    let error = Library::load(&object, &["f"]).unwrap_err();
    assert!(error.to_string().contains("no_such_function"), "{error}");
    let error = Library::load(&constant(1.0), &["f", "absent"]).unwrap_err();
    assert!(error.to_string().contains("absent"), "{error}");
    assert!(Library::load(&constant(1.0), &["a\0b"]).is_err());
    // The JITDylib of a failed load is used again.
    let library = Library::load(&constant(1.0), &["f"]).unwrap();
    assert_eq!(unary(&library, "f")(1.0), 2.0);
}

#[test]
fn malformed_objects_are_refused() {
    let whole = constant(1.0);
    let refused = |bytes: &[u8]| matches!(Library::load(bytes, &["f"]), Err(LoadError::Malformed(_)));
    assert!(refused(b"") && refused(b"not an object") && refused(&[0; 4096]) && refused(b"\x7fELF"));
    // The section table of an ELF file is its end: no prefix of it is whole.
    assert!((0..whole.len()).all(|length| refused(&whole[..length])));
    assert!(refused(&std::fs::read(std::env::current_exe().unwrap()).unwrap()), "an executable");
}

/// Measured in a process of its own, where no other test allocates.
#[test]
fn loading_and_unloading_keeps_no_memory() {
    const CHILD: &str = "ZOUK_TEST_MEASURE_LOADING";
    if std::env::var_os(CHILD).is_none() {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "loader::loading_and_unloading_keeps_no_memory", "--nocapture"]).env(CHILD, "1");
        return assert!(command.status().unwrap().success());
    }
    let object = constant(3.0);
    let cycle = || drop(Library::load(&object, &["f"]).unwrap());
    (0..100).for_each(|_| cycle());
    let (before, start) = (resident(), Instant::now());
    (0..2000).for_each(|_| cycle());
    println!("load and unload: {:?}", start.elapsed() / 2000);
    let grown = resident().saturating_sub(before);
    assert!(grown < 2 << 20, "{grown} bytes");
}

fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split_whitespace().nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}

#[test]
fn threads_load_at_once() {
    let objects: Vec<_> = (0..8).map(|i| constant(i as f64)).collect();
    thread::scope(|scope| {
        for (i, object) in objects.iter().enumerate() {
            scope.spawn(move || {
                for _ in 0..50 {
                    let library = Library::load(object, &["f"]).unwrap();
                    assert_eq!(unary(&library, "f")(1.0), 1.0 + i as f64);
                    assert!(Library::load(object, &["g"]).is_err());
                }
            });
        }
    });
}
