//! The MLIR context of the process, and the way from one stage to the next.

use crate::codegen;
use crate::error::{CompileError, Sources};
use std::path::PathBuf;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass, take_reported};
use zouk_dialects::ir::{Context, Module, add_pipeline, module_op};
use zouk_passes::pipeline::Stage;

/// How long reaching a stage took, in seconds.
#[derive(Clone, Debug)]
pub struct Timing {
    pub stage: String,
    pub seconds: f64,
}

/// Where the IR after every stage is written: `NN-stage.mlir`.
#[derive(Clone, Debug)]
pub struct Dump(pub PathBuf);

impl Dump {
    pub fn path(&self, stage: Stage) -> PathBuf {
        let number = Stage::ALL.iter().position(|s| *s == stage).unwrap_or_default();
        self.0.join(format!("{number:02}-{stage}.mlir"))
    }

    /// Writes a module that has reached a stage.
    pub fn write(&self, module: &Module, stage: Stage) -> Result<(), CompileError> {
        let path = self.path(stage);
        std::fs::write(&path, module_op(module).to_string()).map_err(|e| CompileError::internal(format!("cannot write {}: {e}", path.display())))
    }
}

/// One MLIR context; one compilation at a time.
pub struct Session {
    pub context: Context,
}

// SAFETY: the context is used by one thread at a time, under the mutex below.
unsafe impl Send for Session {}

impl Session {
    fn new() -> Self {
        zouk_passes::pass::register_all();
        let context = zouk_dialects::context::context();
        codegen::prepare(&context);
        Session { context }
    }

    /// The session of this process, made on first use.
    pub fn lock() -> MutexGuard<'static, Session> {
        static SESSION: LazyLock<Mutex<Session>> = LazyLock::new(|| Mutex::new(Session::new()));
        SESSION.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Parses IR text.
    pub fn parse(&self, text: &str) -> Result<Module<'_>, CompileError> {
        let (module, messages) = self.collecting(|| Module::parse(&self.context, text));
        module.ok_or_else(|| {
            let diagnostic = Diagnostic::new(ErrorClass::Syntax, "bad-ir", format!("the IR does not parse: {}", messages.join("; ")), None);
            CompileError::new(vec![diagnostic], &Sources::new())
        })
    }

    /// Takes a module from a stage to a later one, checking each on the way.
    pub fn advance(&self, module: &mut Module, from: Stage, to: Stage, sources: &Sources, dump: Option<&Dump>) -> Result<Vec<Timing>, CompileError> {
        let mut timings = vec![];
        let path = from.path_to(to).ok_or_else(|| CompileError::internal(format!("stage {to} is not reached from {from}")))?;
        for stage in path.into_iter().filter(|s| s.is_mlir()) {
            let start = Instant::now();
            self.reach(module, stage, sources)?;
            timings.push(Timing { stage: stage.name().into(), seconds: start.elapsed().as_secs_f64() });
            if let Some(dump) = dump {
                dump.write(module, stage)?;
            }
        }
        Ok(timings)
    }

    fn reach(&self, module: &mut Module, stage: Stage, sources: &Sources) -> Result<(), CompileError> {
        take_reported();
        let manager = melior::pass::PassManager::new(&self.context);
        // SAFETY: the manager outlives the call.
        let raw = unsafe { mlir_sys::mlirPassManagerGetAsOpPassManager(manager.to_raw()) };
        add_pipeline(raw, &stage.pipeline()).map_err(|e| CompileError::internal(format!("the pipeline of stage {stage} does not parse: {e}")))?;
        let (result, messages) = self.collecting(|| manager.run(module));
        if result.is_err() {
            let mut diagnostics = take_reported();
            if diagnostics.is_empty() {
                let message = format!("stage {stage} failed: {}", messages.join("; "));
                diagnostics.push(Diagnostic::new(ErrorClass::Internal, "internal-error", message, None));
            }
            return Err(CompileError::new(diagnostics, sources));
        }
        stage.check(module_op(module)).map_err(|d| CompileError::new(vec![d], sources))
    }

    /// Runs with MLIR's diagnostics collected instead of printed.
    fn collecting<R>(&self, run: impl FnOnce() -> R) -> (R, Vec<String>) {
        use std::{cell::RefCell, rc::Rc};
        let messages = Rc::new(RefCell::new(vec![]));
        let sink = messages.clone();
        let handler = self.context.attach_diagnostic_handler(move |diagnostic| {
            sink.borrow_mut().push(diagnostic.to_string());
            true
        });
        let result = run();
        self.context.detach_diagnostic_handler(handler);
        (result, messages.take())
    }
}
