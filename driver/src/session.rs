//! The MLIR context of the process, and the way from one stage to the next.

use crate::codegen;
use crate::error::{CompileError, Sources};
use crate::request::read;
use melior::StringRef;
use std::path::PathBuf;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass, Span, take_reported};
use zouk_dialects::ir::{Context, Module, add_pipeline, module_op};
use zouk_passes::pipeline::Stage;
use zouk_passes::stage_check::End;

/// How long reaching a stage took, in seconds.
#[derive(Clone, Debug)]
pub struct Timing {
    pub stage: String,
    pub seconds: f64,
}

/// Where the IR after every stage is written: `NN-stage.mlir`.
#[derive(Clone, Debug)]
pub struct Dump {
    pub folder: PathBuf,
    /// With the places in the Python source, which errors then name when the file is entered again.
    pub locations: bool,
}

impl Dump {
    /// Makes the folder.
    pub fn create(folder: &str, locations: bool) -> Result<Self, CompileError> {
        std::fs::create_dir_all(folder).map_err(|e| CompileError::cannot_write(folder, &e))?;
        Ok(Dump { folder: folder.into(), locations })
    }

    pub fn path(&self, stage: Stage) -> PathBuf {
        let number = Stage::ALL.iter().position(|s| *s == stage).unwrap_or_default();
        self.folder.join(format!("{number:02}-{stage}.mlir"))
    }

    /// Writes a module that has reached a stage.
    pub fn write(&self, module: &Module, stage: Stage) -> Result<(), CompileError> {
        let path = self.path(stage);
        let op = module_op(module);
        let text = if self.locations { op.to_string_with_locations() } else { op.to_string() };
        std::fs::write(&path, text).map_err(|e| CompileError::cannot_write(&path.display().to_string(), &e))
    }
}

/// What MLIR says, and where.
type Message = (Option<Span>, String);

/// One MLIR context; one compilation at a time.
pub struct Session {
    pub context: Context,
}

// SAFETY: the context is used by one thread at a time, under the mutex below.
unsafe impl Send for Session {}

impl Session {
    fn new() -> Self {
        zouk_passes::pass::register_all();
        crate::register_with_passes();
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
        module.ok_or_else(|| does_not_parse(messages))
    }

    /// Parses a file of IR, whose lines errors then show; `-` is standard input.
    pub fn open(&self, path: &str) -> Result<Module<'_>, CompileError> {
        // Read also for its own error, which says more than MLIR's.
        let text = read(path).map_err(|e| does_not_parse(vec![(None, format!("cannot read {path}: {e}"))]))?;
        if path == "-" {
            return self.parse(&text);
        }
        // SAFETY: the context and the name are live; a null module is a failure.
        let parse = || unsafe {
            let raw = mlir_sys::mlirModuleCreateParseFromFile(self.context.to_raw(), StringRef::new(path).to_raw());
            (!raw.ptr.is_null()).then(|| Module::from_raw(raw))
        };
        let (module, messages) = self.collecting(parse);
        module.ok_or_else(|| does_not_parse(messages))
    }

    /// Takes a module from a stage to a later one, checking each on the way.
    pub fn advance(&self, module: &mut Module, from: Stage, to: Stage, sources: &Sources, dump: Option<&Dump>) -> Result<Vec<Timing>, CompileError> {
        let mut timings = vec![];
        let path = from.path_to(to).ok_or_else(|| CompileError::internal(format!("stage {to} is not reached from {from}")))?;
        check(module, from, End::Entered, sources)?;
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
                let texts: Vec<_> = messages.iter().map(|(_, text)| text.as_str()).collect();
                let place = messages.iter().find_map(|(span, _)| span.clone());
                diagnostics.push(Diagnostic::new(ErrorClass::Internal, "internal-error", format!("stage {stage} failed: {}", texts.join("; ")), place));
            }
            return Err(CompileError::new(diagnostics, sources));
        }
        check(module, stage, End::Reached, sources)
    }

    /// Runs with MLIR's diagnostics collected instead of printed.
    fn collecting<R>(&self, run: impl FnOnce() -> R) -> (R, Vec<Message>) {
        use std::{cell::RefCell, rc::Rc};
        let messages = Rc::new(RefCell::new(vec![]));
        let sink = messages.clone();
        let handler = self.context.attach_diagnostic_handler(move |diagnostic| {
            sink.borrow_mut().push((Span::of(diagnostic.location()), diagnostic.to_string()));
            true
        });
        let result = run();
        self.context.detach_diagnostic_handler(handler);
        (result, messages.take())
    }
}

fn does_not_parse(messages: Vec<Message>) -> CompileError {
    let bad = |(span, text)| Diagnostic::new(ErrorClass::Syntax, "bad-ir", format!("the IR does not parse: {text}"), span);
    CompileError::new(messages.into_iter().map(bad).collect(), &Sources::new())
}

fn check(module: &Module, stage: Stage, end: End, sources: &Sources) -> Result<(), CompileError> {
    let in_runtime = |name: &str| zouk_runtime::abi::symbols().iter().any(|(known, _)| *known == name);
    stage.check(end, module_op(module), &in_runtime).map_err(|d| CompileError::new(vec![d], sources))
}
