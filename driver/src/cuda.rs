//! Kernels for a GPU: requests to PTX, through the cache or through every stage.

use crate::build::build;
use crate::codegen::ptx;
use crate::compile::{Found, through_cache, with_reproducer};
use crate::error::{CompileError, Sources};
use crate::overloads::Asked;
use crate::request::Request;
use crate::session::{Session, Timing};
use crate::simt::Simt;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::process::Command;
use std::time::Instant;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Module, Op, module_op};
use zouk_dialects::ty::Ty;
use zouk_passes::form_kernel::ERRORS;
use zouk_passes::lower_simt::grid;
use zouk_passes::narrow_indices::NARROW;
use zouk_passes::pipeline::Stage;
use zouk_runtime::cache::Entry;

pub use crate::codegen::ptx::{ptxas, set_toolkit};

/// The PTX of a kernel, or of a device function, for one list of argument types, and what a launch must know.
#[derive(Clone, Debug)]
pub struct KernelCode {
    pub ptx: String,
    pub arguments: Vec<Ty>,
    /// Of a device function; None of a kernel.
    pub result: Ty,
    pub about: About,
    pub from_cache: bool,
    pub timings: Vec<Timing>,
}

/// What the PTX's text says of the code, and what it does not.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct About {
    /// The name of the function in the PTX.
    pub entry: String,
    pub chip: String,
    /// Shared memory of a block, without what the launch adds.
    pub shared_bytes: usize,
    /// Whether it has arrays as large as the launch says.
    pub dynamic_shared: bool,
    /// Local memory of a thread that the PTX reserves.
    pub local_bytes: usize,
    /// Constants.
    pub constant_bytes: usize,
    /// Blocks wait for each other: the launch must be cooperative, and the last parameter is the address of a word in which they meet.
    pub cooperative: bool,
    /// The code is for small launches only: of each parameter the rank of an array, -1 for a number. None of code for all launches.
    pub narrow: Option<Vec<i64>>,
    /// Threads of a block at most, as `launch_bounds` promise.
    pub max_threads: Option<u32>,
    /// What the numbers in `zouk_error` stand for, from 1: exception, message, file, function, line. None unless the kernel is debugged.
    pub errors: Vec<[String; 5]>,
    result: String,
}

/// Compiles, or finds what was compiled before.
pub fn compile(request: &Request) -> Result<KernelCode, CompileError> {
    let session = Session::lock();
    let start = Instant::now();
    let (mut module, sources) = build(&session.context, request)?;
    let mut timings = vec![Timing { stage: Stage::Py.name().into(), seconds: start.elapsed().as_secs_f64() }];
    let known = |entry: &Entry, timings: &mut Vec<Timing>| code_of(request, entry, true, timings.clone());
    let made = |module: &mut Module, overloads: &Asked, timings: &mut Vec<Timing>| generate(&session, module, overloads, &sources, timings);
    let entry = match through_cache(request, &mut module, &mut timings, known, made)? {
        Found::Known(code) => return Ok(code),
        Found::Made(entry) => entry,
    };
    code_of(request, &entry, false, timings).ok_or_else(|| CompileError::internal("the kernel's description is damaged"))
}

fn generate<'c>(session: &Session, module: &mut Module<'c>, overloads: &Asked, sources: &Sources, timings: &mut Vec<Timing>) -> Result<Entry, CompileError> {
    let request = overloads.request;
    let reached = overloads.while_asked(sources, |sources| session.advance(module, Stage::Py, Stage::Nvvm, sources, None));
    timings.extend(reached.map_err(|e| with_reproducer(session, request, e))?);
    let (text, timing) = ptx_of(module)?;
    for (stage, duration) in [("llvm-ir", timing.translate), ("llvm-opt", timing.optimise), ("ptx", timing.emit)] {
        timings.push(Timing { stage: stage.into(), seconds: duration.as_secs_f64() });
    }
    let about = about(module_op(module), &text, request)?;
    let meta = serde_json::to_vec(&about).map_err(|e| CompileError::internal(e.to_string()))?;
    Ok(Entry { meta, object: text.into_bytes() })
}

fn code_of(request: &Request, entry: &Entry, from_cache: bool, timings: Vec<Timing>) -> Option<KernelCode> {
    let about: About = serde_json::from_slice(&entry.meta).ok()?;
    Some(KernelCode { ptx: std::str::from_utf8(&entry.object).ok()?.to_string(), arguments: request.arguments.clone(), result: about.result.parse().ok()?, about, from_cache, timings })
}

/// The PTX of a module at stage `nvvm`.
pub fn ptx_of(module: &Module) -> Result<(String, crate::codegen::Timing), CompileError> {
    let (text, timing) = ptx::emit(module_op(module)).map_err(|e| CompileError::internal(e.to_string()))?;
    match unresolved(&text) {
        Some(name) => Err(no_libdevice(name)),
        None => Ok((text, timing)),
    }
}

fn about(module: Op, ptx: &str, request: &Request) -> Result<About, CompileError> {
    let functions = module.collect(|op| op.is("llvm.func") && (op.has_attr("nvvm.kernel") || op.has_attr("py.result")));
    let entry = functions.iter().find(|op| op.has_attr("nvvm.kernel")).or(functions.first()).ok_or_else(|| CompileError::internal("the module has no kernel"))?;
    let device = module.str_attr("zouk.device");
    let name = device.or_else(|| entry.str_attr("sym_name")).unwrap_or_default();
    let errors = module.collect(|op| op.is("gpu.module")).first().map(|op| op.str_array_attr(ERRORS)).unwrap_or_default();
    let max_threads = match &request.options.simt {
        Simt::Cuda(options) => options.launch_bounds.first().copied(),
        _ => None,
    };
    Ok(About {
        entry: name.into(),
        chip: module.str_attr("zouk.chip").unwrap_or_default().into(),
        shared_bytes: bytes(ptx, ".shared"),
        dynamic_shared: ptx.contains(".extern .shared"),
        local_bytes: bytes(ptx, ".local"),
        constant_bytes: bytes(ptx, ".const"),
        cooperative: !module.collect(|op| op.is("llvm.mlir.global") && op.str_attr("sym_name") == Some(grid::WORD)).is_empty(),
        narrow: entry.has_attr(NARROW).then(|| entry.i64_array_attr(NARROW)),
        max_threads,
        errors: errors.chunks_exact(5).map(|error| std::array::from_fn(|i| error[i].to_string())).collect(),
        result: if device.is_some() { entry.str_attr("py.result").unwrap_or("!py.none") } else { "!py.none" }.into(),
    })
}

/// The bytes of the variables that a PTX text declares in a state space.
fn bytes(ptx: &str, space: &str) -> usize {
    let declared = ptx.lines().filter_map(|line| {
        let rest = line.trim_start().strip_prefix(".visible ").unwrap_or(line.trim_start()).strip_prefix(space)?;
        let (declared, rest) = rest.split_once('[')?;
        let count: usize = rest.split_once(']')?.0.parse().ok()?;
        let ty = declared.split_whitespace().find(|word| matches!(word.get(..2), Some(".b" | ".u" | ".s" | ".f")))?;
        Some(count * ty[2..].parse::<usize>().ok()? / 8)
    });
    declared.sum()
}

/// A function of libdevice that the PTX calls and does not hold.
fn unresolved(ptx: &str) -> Option<&str> {
    let declared = ptx.lines().filter(|line| line.starts_with(".extern .func"));
    declared.flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')).find(|word| word.starts_with("__nv_"))
}

fn no_libdevice(function: &str) -> CompileError {
    let message = format!("the kernel calls {function} of NVIDIA's libdevice, which was not found");
    let help = "set CUDA_HOME to a CUDA toolkit: a folder that holds nvvm/libdevice/libdevice.10.bc, such as site-packages/nvidia/cu13 of pip's nvidia-cuda-nvcc";
    CompileError::new(vec![Diagnostic::new(ErrorClass::Unsupported, "no-libdevice", message, None).help(help)], &Sources::new())
}

/// Machine code of a chip, by NVIDIA's `ptxas`.
pub fn cubin(ptx: &str, chip: &str) -> Result<Vec<u8>, CompileError> {
    let refused = |message: String, help: &str| CompileError::new(vec![Diagnostic::new(ErrorClass::Unsupported, "no-ptxas", message, None).help(help)], &Sources::new());
    let assembler = ptxas().ok_or_else(|| refused("machine code of a GPU is made by NVIDIA's ptxas, which was not found".into(), "set CUDA_HOME to a CUDA toolkit, or stop at `ptx`: the driver compiles it"))?;
    let folder = tempfile::tempdir().map_err(|e| CompileError::internal(e.to_string()))?;
    let (source, result) = (folder.path().join("kernel.ptx"), folder.path().join("kernel.cubin"));
    std::fs::write(&source, ptx).map_err(|e| CompileError::cannot_write(&source.display().to_string(), &e))?;
    let output = Command::new(&assembler).arg(format!("-arch={chip}")).arg(&source).arg("-o").arg(&result).output();
    let output = output.map_err(|e| refused(format!("{} does not run: {e}", assembler.display()), "install a CUDA toolkit for this machine"))?;
    if !output.status.success() {
        return Err(refused(format!("ptxas: {}", String::from_utf8_lossy(&output.stderr).trim()), "a chip that is newer, or older, than this ptxas knows"));
    }
    read(&result)
}

fn read(path: &Path) -> Result<Vec<u8>, CompileError> {
    std::fs::read(path).map_err(|e| CompileError::internal(e.to_string()))
}

/// The chip that a module is compiled for.
pub fn chip(module: &Module) -> String {
    module_op(module).str_attr("zouk.chip").unwrap_or(crate::simt::CudaOptions::CHIP).to_string()
}
