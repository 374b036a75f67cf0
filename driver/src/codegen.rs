//! From a module in the `llvm` dialect to LLVM IR, assembly or an object file: translate, optimise, emit.
//!
//! Every compilation has its own LLVM context. LLVM's complaints become a [`CodegenError`]; its own handlers would end the process.

mod instructions;
mod offsets;
pub mod ptx;
mod single_calls;

use crate::target::{Cpu, Description, Machine, owned, with_machine};
use llvm_sys::{
    LLVMDiagnosticSeverity::LLVMDSError,
    core::*,
    error::*,
    prelude::*,
    target::*,
    target_machine::{LLVMCodeGenFileType, LLVMCreateTargetDataLayout, LLVMGetTargetMachineTriple, LLVMTargetMachineRef},
    transforms::pass_builder::{
        LLVMCreatePassBuilderOptions, LLVMDisposePassBuilderOptions, LLVMPassBuilderOptionsRef, LLVMPassBuilderOptionsSetLoopInterleaving,
        LLVMPassBuilderOptionsSetLoopUnrolling, LLVMPassBuilderOptionsSetLoopVectorization, LLVMPassBuilderOptionsSetSLPVectorization,
    },
};
use melior::{Context, ContextRef, diagnostic::DiagnosticSeverity, ir::Module, utility::register_all_llvm_translations};
use mlir_sys::{MlirOperation, mlirTranslateModuleToLLVMIR};
use std::{
    cell::Cell,
    ffi::{CStr, CString, c_char, c_void},
    ptr::null_mut,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// What to make of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// LLVM IR as translated, text.
    LlvmIr,
    /// LLVM IR after LLVM's passes, text.
    OptimizedLlvmIr,
    /// Text.
    Assembly,
    /// A relocatable, position-independent object file.
    Object,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodegenOptions {
    /// 0 to 3.
    pub opt_level: u8,
    pub cpu: Cpu,
    /// Features beside the processor's own, in LLVM's notation: `-avx512f,+fma`.
    pub features: String,
}

impl Default for CodegenOptions {
    fn default() -> Self {
        CodegenOptions { opt_level: 3, cpu: Cpu::Host, features: String::new() }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum CodegenError {
    #[error("the module does not translate to LLVM IR: {0}")]
    Translate(String),
    #[error("LLVM's passes failed: {0}")]
    Optimise(String),
    #[error("no machine code: {0}")]
    Emit(String),
    #[error("no such target: {0}")]
    Target(String),
}

/// How long the phases took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timing {
    pub translate: Duration,
    pub optimise: Duration,
    pub emit: Duration,
}

/// Makes a context ready for [`emit`]: once per context, before the first.
pub fn prepare(context: &Context) {
    register_all_llvm_translations(context);
    set_options();
}

/// Options of LLVM that only its command line has; they hold for the process. Loop strength reduction takes a third of the time for machine code, and
/// loops are no faster for it: processors multiply addresses, and offsets are simplified before.
const OPTIONS: [&CStr; 2] = [c"zouk", c"-disable-lsr"];

fn set_options() {
    let words = OPTIONS.map(CStr::as_ptr);
    // SAFETY: the words are NUL-terminated and live; nothing else in the process parses LLVM's options.
    unsafe { llvm_sys::support::LLVMParseCommandLineOptions(words.len() as i32, words.as_ptr(), std::ptr::null()) };
}

/// Makes machine code, or a text on the way to it, of a module in the `llvm` dialect.
pub fn emit(module: &Module, output: Output, options: &CodegenOptions) -> Result<Vec<u8>, CodegenError> {
    emit_timed(module, output, options).map(|(bytes, _)| bytes)
}

/// [`emit`], and how long it took.
pub fn emit_timed(module: &Module, output: Output, options: &CodegenOptions) -> Result<(Vec<u8>, Timing), CodegenError> {
    let opt_level = options.opt_level.min(3);
    let description = Description { triple: None, cpu: options.cpu.clone(), features: options.features.clone(), opt_level };
    with_machine(&description, |machine| {
        let mut timing = Timing::default();
        let unit = timed(&mut timing.translate, || Unit::translate(module.as_operation().to_raw(), module.context(), machine))?;
        if output != Output::LlvmIr {
            timed(&mut timing.optimise, || unit.optimise(machine, opt_level))?;
        }
        let bytes = timed(&mut timing.emit, || match output {
            Output::LlvmIr | Output::OptimizedLlvmIr => Ok(unit.text()),
            Output::Assembly => unit.machine_code(machine, LLVMCodeGenFileType::LLVMAssemblyFile),
            Output::Object => unit.machine_code(machine, LLVMCodeGenFileType::LLVMObjectFile),
        })?;
        Ok((bytes, timing))
    })
    .map_err(CodegenError::Target)?
}

fn timed<T>(duration: &mut Duration, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    *duration = start.elapsed();
    result
}

/// An LLVM module, its context, and the errors LLVM reported about it.
struct Unit {
    context: LLVMContextRef,
    module: LLVMModuleRef,
    errors: Box<Mutex<Vec<String>>>,
    /// LLVM failed amid its work: module and context are left alone for good.
    broken: Cell<bool>,
}

// As in llvm-sys, but a fatal error may leave them: they are called under a guard.
unsafe extern "C-unwind" {
    fn LLVMRunPasses(module: LLVMModuleRef, passes: *const c_char, machine: LLVMTargetMachineRef, options: LLVMPassBuilderOptionsRef)
    -> LLVMErrorRef;
    fn LLVMRunPassesOnFunction(function: LLVMValueRef, passes: *const c_char, machine: LLVMTargetMachineRef, options: LLVMPassBuilderOptionsRef)
    -> LLVMErrorRef;
    fn LLVMTargetMachineEmitToMemoryBuffer(
        machine: LLVMTargetMachineRef,
        module: LLVMModuleRef,
        kind: LLVMCodeGenFileType,
        error: *mut *mut c_char,
        buffer: *mut LLVMMemoryBufferRef,
    ) -> LLVMBool;
}

impl Unit {
    fn translate(op: MlirOperation, context: ContextRef, machine: &Machine) -> Result<Unit, CodegenError> {
        // SAFETY: the context is disposed of with the unit, after the module; the handler's box lives as long.
        unsafe {
            let mut unit = Unit { context: LLVMContextCreate(), module: null_mut(), errors: Box::default(), broken: Cell::new(false) };
            LLVMContextSetDiagnosticHandler(unit.context, Some(keep_error), (&raw const *unit.errors).cast_mut().cast());
            let (translated, complaints) =
                collect_diagnostics(context, || mlirTranslateModuleToLLVMIR(op, unit.context as _) as LLVMModuleRef);
            unit.module = translated;
            if unit.module.is_null() {
                // Without a complaint it was the verifier, which the translation runs last: invalid IR goes no further.
                let invalid = "LLVM's verifier rejects it for the reasons on standard error";
                return Err(CodegenError::Translate(if complaints.is_empty() { invalid.to_string() } else { complaints }));
            }
            let triple = LLVMGetTargetMachineTriple(machine.raw());
            LLVMSetTarget(unit.module, triple);
            LLVMDisposeMessage(triple);
            let layout = LLVMCreateTargetDataLayout(machine.raw());
            LLVMSetModuleDataLayout(unit.module, layout);
            LLVMDisposeTargetData(layout);
            offsets::relax(unit.module);
            Ok(unit)
        }
    }

    fn optimise(&self, machine: &Machine, level: u8) -> Result<(), CodegenError> {
        let inlining = level >= 2;
        if inlining {
            single_calls::mark(self.module);
        }
        let pipeline = CString::new(format!("{}default<O{level}>", if inlining { "always-inline," } else { "" })).unwrap_or_default();
        // SAFETY: module and machine are live.
        self.passes(machine, level >= 2, |options| unsafe { LLVMRunPasses(self.module, pipeline.as_ptr(), machine.raw(), options) })
    }

    /// Runs passes of LLVM on a function of the module.
    fn optimise_function(&self, machine: &Machine, function: LLVMValueRef, pipeline: &CStr) -> Result<(), CodegenError> {
        // SAFETY: function and machine are live.
        self.passes(machine, true, |options| unsafe { LLVMRunPassesOnFunction(function, pipeline.as_ptr(), machine.raw(), options) })
    }

    fn passes(&self, machine: &Machine, vectorise: bool, run: impl FnOnce(LLVMPassBuilderOptionsRef) -> LLVMErrorRef) -> Result<(), CodegenError> {
        let vectorise = vectorise as LLVMBool;
        // SAFETY: the options are ours; the error is taken over.
        let failure = unsafe {
            let options = LLVMCreatePassBuilderOptions();
            LLVMPassBuilderOptionsSetLoopVectorization(options, vectorise);
            LLVMPassBuilderOptionsSetLoopInterleaving(options, vectorise);
            LLVMPassBuilderOptionsSetSLPVectorization(options, vectorise);
            LLVMPassBuilderOptionsSetLoopUnrolling(options, vectorise);
            let error = self.guard(machine, || run(options));
            LLVMDisposePassBuilderOptions(options);
            let error = error.map_err(CodegenError::Optimise)?;
            (!error.is_null()).then(|| {
                let message = LLVMGetErrorMessage(error);
                let text = CStr::from_ptr(message).to_string_lossy().into_owned();
                LLVMDisposeErrorMessage(message);
                text
            })
        };
        match failure.or_else(|| self.reported()) {
            Some(message) => Err(CodegenError::Optimise(message)),
            None => Ok(()),
        }
    }

    fn text(&self) -> Vec<u8> {
        // SAFETY: the module is live; the text is ours.
        unsafe { owned(LLVMPrintModuleToString(self.module)) }.into_bytes()
    }

    fn machine_code(&self, machine: &Machine, kind: LLVMCodeGenFileType) -> Result<Vec<u8>, CodegenError> {
        let (mut error, mut buffer) = (null_mut(), null_mut());
        // SAFETY: module and machine are live; the buffer is ours when the call succeeds.
        let bytes = unsafe {
            let emit = || LLVMTargetMachineEmitToMemoryBuffer(machine.raw(), self.module, kind, &mut error, &mut buffer);
            if self.guard(machine, emit).map_err(CodegenError::Emit)? != 0 {
                return Err(CodegenError::Emit(owned(error)));
            }
            let bytes = std::slice::from_raw_parts(LLVMGetBufferStart(buffer).cast::<u8>(), LLVMGetBufferSize(buffer)).to_vec();
            LLVMDisposeMemoryBuffer(buffer);
            bytes
        };
        match self.reported() {
            Some(message) => Err(CodegenError::Emit(message)),
            None => Ok(bytes),
        }
    }

    fn guard<T>(&self, machine: &Machine, work: impl FnOnce() -> T) -> Result<T, String> {
        machine.guard(work).inspect_err(|_| self.broken.set(true))
    }

    fn reported(&self) -> Option<String> {
        let errors = std::mem::take(&mut *self.errors.lock().unwrap_or_else(PoisonError::into_inner));
        (!errors.is_empty()).then(|| errors.join("; "))
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        if self.broken.get() {
            return;
        }
        // SAFETY: both are ours, the module is of the context.
        unsafe {
            if !self.module.is_null() {
                LLVMDisposeModule(self.module);
            }
            LLVMContextDispose(self.context);
        }
    }
}

extern "C" fn keep_error(info: LLVMDiagnosticInfoRef, errors: *mut c_void) {
    // SAFETY: `errors` is the box of the unit whose context calls.
    unsafe {
        if LLVMGetDiagInfoSeverity(info) == LLVMDSError {
            let errors = &*errors.cast::<Mutex<Vec<String>>>();
            errors.lock().unwrap_or_else(PoisonError::into_inner).push(owned(LLVMGetDiagInfoDescription(info)));
        }
    }
}

/// Runs `work` and gathers the errors that MLIR reports meanwhile.
fn collect_diagnostics<T>(context: ContextRef, work: impl FnOnce() -> T) -> (T, String) {
    // SAFETY: a module keeps no context alive: whoever holds the module holds its context.
    let context = unsafe { context.to_ref() };
    let messages = Arc::new(Mutex::new(vec![]));
    let handler = {
        let messages = messages.clone();
        context.attach_diagnostic_handler(move |diagnostic| {
            let error = matches!(diagnostic.severity(), DiagnosticSeverity::Error);
            if error {
                messages.lock().unwrap_or_else(PoisonError::into_inner).push(diagnostic.to_string());
            }
            error
        })
    };
    let result = work();
    context.detach_diagnostic_handler(handler);
    let messages = std::mem::take(&mut *messages.lock().unwrap_or_else(PoisonError::into_inner));
    (result, messages.join("; "))
}
