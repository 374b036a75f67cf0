//! Requests to callable code: through the cache, or through every stage.

use crate::build::build;
use crate::c_library::CLibrary;
use crate::cuda;
use crate::codegen::{self, CodegenOptions, Output};
use crate::error::{CompileError, Sources};
use crate::kernels;
use crate::library;
use crate::overloads::Asked;
use crate::request::Request;
use crate::session::{Session, Timing};
use crate::target;
use std::ffi::c_char;
use std::sync::Arc;
use std::time::Instant;
use zouk_dialects::diagnostic::ErrorClass;
use zouk_dialects::ir::{Module, module_op};
use zouk_dialects::ty::Ty;
use zouk_passes::parallel::remarks;
use zouk_passes::pipeline::Stage;
use zouk_runtime::cache::{Cache, Entry};
use zouk_runtime::loader::Library;

/// Machine code of one function for one list of argument types.
#[derive(Clone)]
pub struct Compiled {
    pub arguments: Vec<Ty>,
    pub result: Ty,
    /// Reads argument slots, writes result slots; 1 when an exception is pending.
    pub entry: unsafe extern "C" fn(*const u64, *mut u64) -> i32,
    /// The inner loop of the ufunc that the request asked for.
    pub ufunc_loop: Option<UfuncLoop>,
    /// What C can call, when the request asked for it.
    pub c_entry: Option<usize>,
    pub from_cache: bool,
    pub timings: Vec<Timing>,
    /// What became of each loop that might run on several threads, as JSON.
    pub parallel: String,
    /// Keeps the code loaded.
    #[allow(dead_code, reason = "owned for its lifetime")]
    library: Arc<Library>,
}

/// Addresses, dimensions and steps as NumPy passes them; 1 when an exception is pending, 2 when strides are no multiples of the elements' size.
pub type UfuncLoop = unsafe extern "C" fn(*const *mut c_char, *const isize, *const isize) -> i32;

/// Compiles, or loads what was compiled before.
pub fn compile(request: &Request) -> Result<Compiled, CompileError> {
    let session = Session::lock();
    let start = Instant::now();
    let (mut module, sources) = build(&session.context, request)?;
    kernels::link(&module);
    let mut timings = vec![Timing { stage: Stage::Py.name().into(), seconds: start.elapsed().as_secs_f64() }];
    let known = |entry: &Entry, timings: &mut Vec<Timing>| {
        let found = load(&session, request, entry, true).ok()?;
        timings.extend(found.timings.iter().cloned());
        Some(found)
    };
    let made = |module: &mut Module, overloads: &Asked, timings: &mut Vec<Timing>| machine_code(&session, module, overloads, &sources, timings);
    let entry = match through_cache(request, &mut module, &mut timings, known, made)? {
        Found::Known(compiled) => return Ok(Compiled { timings, ..compiled }),
        Found::Made(entry) => entry,
    };
    let compiled = load(&session, request, &entry, false)?;
    timings.extend(compiled.timings);
    Ok(Compiled { timings, ..compiled })
}

/// What the object cache had, or what was made and put into it.
pub(crate) enum Found<T> {
    Known(T),
    Made(Entry),
}

/// Asks the object cache for what was made of the module before; `known` says what an entry is, none for one that is damaged. Otherwise has it made, and keeps it.
pub(crate) fn through_cache<'c, T>(
    request: &Request,
    module: &mut Module<'c>,
    timings: &mut Vec<Timing>,
    known: impl FnOnce(&Entry, &mut Vec<Timing>) -> Option<T>,
    make: impl FnOnce(&mut Module<'c>, &Asked, &mut Vec<Timing>) -> Result<Entry, CompileError>,
) -> Result<Found<T>, CompileError> {
    let cache = if request.options.cache { Cache::open_default() } else { None };
    let keyed = cache.map(|cache| (key(module, request), cache));
    if let Some((key, cache)) = &keyed {
        let entry = cache.get(key).and_then(|entry| with_overloads(cache, *key, entry, module, request));
        if let Some(found) = entry.and_then(|entry| known(&entry, timings)) {
            return Ok(Found::Known(found));
        }
    }
    let overloads = Asked::new(request, module);
    let entry = make(module, &overloads, timings)?;
    if let Some((key, cache)) = &keyed {
        // A cache that cannot be written costs time, nothing else.
        let _ = match overloads.questions() {
            None => cache.put(key, &entry),
            Some(questions) => {
                let questions = Entry { meta: format!("{OVERLOADS}\n{questions}").into_bytes(), object: vec![] };
                cache.put(key, &questions).and_then(|()| cache.put(&overloads.key(key), &entry))
            }
        };
    }
    Ok(Found::Made(entry))
}

/// The first line of a cached entry that holds no code but questions: what the answers are now leads to the code.
const OVERLOADS: &str = "overloads";

/// The entry itself, or the one that the answers to its questions lead to.
fn with_overloads(cache: &Cache, key: [u8; 32], entry: Entry, module: &Module, request: &Request) -> Option<Entry> {
    let meta = std::str::from_utf8(&entry.meta).ok()?;
    match meta.strip_prefix(OVERLOADS).and_then(|rest| rest.strip_prefix('\n')) {
        None => Some(entry),
        Some(questions) => cache.get(&Asked::again(request, module, questions)?.key(&key)),
    }
}

/// What the machine code depends on: the library, the untyped IR of all functions reached, with places (tracebacks show them), options, target, compiler.
fn key(module: &Module, request: &Request) -> [u8; 32] {
    let library = library::hash();
    key_of(&[&format!("{library:?}"), &format!("{:?}", request.options), &module_op(module).to_string_with_locations()])
}

/// The key of what depends on these texts, the target and the compiler.
pub fn key_of(parts: &[&str]) -> [u8; 32] {
    let host = target::host();
    let mut hasher = blake3::Hasher::new();
    for part in [env!("CARGO_PKG_VERSION"), BUILD_ID, &host.triple, &host.cpu, &host.features].iter().chain(parts) {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
    }
    *hasher.finalize().as_bytes()
}

/// Tells two builds of the compiler apart.
const BUILD_ID: &str = env!("ZOUK_BUILD_ID");

fn machine_code<'c>(session: &Session, module: &mut Module<'c>, overloads: &Asked, sources: &Sources, timings: &mut Vec<Timing>) -> Result<Entry, CompileError> {
    let request = overloads.request;
    let advance = |sources: &Sources| session.advance(module, Stage::Py, Stage::Llvm, sources, None);
    let (reached, remarks) = remarks::collect(|| overloads.while_asked(sources, advance));
    timings.extend(reached.map_err(|e| with_reproducer(session, request, e))?);
    let remarks = serde_json::to_string(&remarks).map_err(|e| CompileError::internal(e.to_string()))?;
    let meta = entry_point(module)?;
    let options = codegen_options(request);
    let (object, timing) =
        codegen::emit_timed(module, Output::Object, &options).map_err(|e| with_reproducer(session, request, CompileError::internal(e.to_string())))?;
    for (stage, duration) in [("llvm-ir", timing.translate), ("llvm-opt", timing.optimise), ("object", timing.emit)] {
        timings.push(Timing { stage: stage.into(), seconds: duration.as_secs_f64() });
    }
    Ok(Entry { meta: format!("{meta}\n{remarks}").into_bytes(), object })
}

fn codegen_options(request: &Request) -> CodegenOptions {
    CodegenOptions { opt_level: if request.options.debug { 1 } else { 3 }, ..CodegenOptions::default() }
}

/// The symbol, the result type and, in further lines, the symbols of the inner loop and of the function for C, of the one entry point of a module at stage `llvm`.
fn entry_point(module: &Module) -> Result<String, CompileError> {
    let described = |op: zouk_dialects::ir::Op| {
        let lines = [op.str_attr("zouk.symbol")?, op.str_attr("py.result")?, op.str_attr("zouk.loop_symbol").unwrap_or_default(), op.str_attr("zouk.c_symbol").unwrap_or_default()];
        Some(lines.join("\n"))
    };
    let found = module_op(module).body(0).ops().into_iter().find_map(described);
    found.ok_or_else(|| CompileError::internal("the module has no entry point"))
}

fn load(session: &Session, request: &Request, entry: &Entry, from_cache: bool) -> Result<Compiled, CompileError> {
    let bad = || CompileError::internal("the object's description is damaged");
    let meta = std::str::from_utf8(&entry.meta).map_err(|_| bad())?;
    let [symbol, result, inner, for_c, remarks] = meta.splitn(5, '\n').collect::<Vec<_>>()[..] else { return Err(bad()) };
    let timings = kernels::provide(session, &entry.object)?.into_iter().collect();
    let wanted: Vec<&str> = [symbol, inner, for_c].into_iter().filter(|name| !name.is_empty()).collect();
    let given: Vec<(String, usize)> = request.provider.externals().into_iter().map(|external| (external.name, external.address)).collect();
    let library = Library::load_with(&entry.object, &wanted, &given).map_err(|e| CompileError::internal(e.to_string()))?;
    let address = library.symbol(symbol).ok_or_else(bad)?;
    // SAFETY: the object defines the symbol with this signature (`make_ufunc_loops`).
    let ufunc_loop = library.symbol(inner).map(|address| unsafe { std::mem::transmute::<*const (), UfuncLoop>(address) });
    Ok(Compiled {
        arguments: request.arguments.clone(),
        result: result.parse().map_err(|_| bad())?,
        // SAFETY: the object defines the symbol with this signature (`make_entries`).
        entry: unsafe { std::mem::transmute::<*const (), unsafe extern "C" fn(*const u64, *mut u64) -> i32>(address) },
        ufunc_loop,
        c_entry: library.symbol(for_c).map(|address| address as usize),
        from_cache,
        timings,
        parallel: remarks.to_string(),
        library: Arc::new(library),
    })
}

/// A defect of the compiler leaves the IR at stage `py` behind: `zouk compile --from py` repeats it.
pub(crate) fn with_reproducer(session: &Session, request: &Request, mut error: CompileError) -> CompileError {
    if error.class() != ErrorClass::Internal {
        return error;
    }
    let Ok((module, _)) = build(&session.context, request) else { return error };
    let path = std::env::temp_dir().join(format!("zouk-reproducer-{}-{}.mlir", std::process::id(), request.entry.replace(['/', '<', '>'], "_")));
    if std::fs::write(&path, module_op(&module).to_string_with_locations()).is_ok() {
        error.reproducer = Some(path);
    }
    error
}

/// The object file, made anew.
pub fn object_code(request: &Request) -> Result<Vec<u8>, CompileError> {
    let session = Session::lock();
    let (mut module, sources) = build(&session.context, request)?;
    let overloads = Asked::new(request, &module);
    Ok(machine_code(&session, &mut module, &overloads, &sources, &mut vec![])?.object)
}

/// The text of a stage.
pub fn inspect(request: &Request, stage: &str) -> Result<String, CompileError> {
    let stage: Stage = stage.parse().map_err(|e: String| {
        let diagnostic = zouk_dialects::diagnostic::Diagnostic::new(ErrorClass::Unsupported, "unknown-stage", e, None);
        CompileError::new(vec![diagnostic], &Sources::new())
    })?;
    if matches!(stage, Stage::Source | Stage::Ast) {
        let function = request.provider.function(request.entry).map_err(|d| CompileError::new(vec![d], &Sources::new()))?;
        return Ok(if stage == Stage::Ast { function.ast() } else { function.text().to_string() });
    }
    let session = Session::lock();
    let (mut module, sources) = build(&session.context, request)?;
    kernels::link(&module);
    let overloads = Asked::new(request, &module);
    overloads.while_asked(&sources, |sources| session.advance(&mut module, Stage::Py, stage, sources, None)).map_err(|e| with_reproducer(&session, request, e))?;
    text(&module, stage, &codegen_options(request))
}

/// The text of a module at a stage it has reached (or, past `llvm`, of what LLVM makes of it).
pub fn text(module: &Module, stage: Stage, options: &CodegenOptions) -> Result<String, CompileError> {
    let output = match stage {
        Stage::LlvmIr => Output::LlvmIr,
        Stage::LlvmOpt => Output::OptimizedLlvmIr,
        Stage::Asm => Output::Assembly,
        Stage::Ptx => return cuda::ptx_of(module).map(|(text, _)| text),
        Stage::Header => return CLibrary::of(module, None).map(|library| library.header()),
        Stage::Object | Stage::Shared | Stage::Cubin => {
            return Err(CompileError::internal(format!("stage {stage} is no text; write it with `zouk compile --emit {stage} -o FILE`")));
        }
        _ => return Ok(module_op(module).to_string()),
    };
    let bytes = codegen::emit(module, output, options).map_err(|e| CompileError::internal(e.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
