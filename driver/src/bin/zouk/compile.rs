//! `zouk compile`.

use crate::Flags;
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;
use zouk_driver::codegen::{self, CodegenOptions, Output};
use zouk_dialects::ir::module_op;
use zouk_dialects::ty::Ty;
use zouk_driver::{CLibrary, CudaOptions, Dump, FileProvider, Options, Request, Session, Simt, Stage, Timing, build, cuda, parse_signature, stage_text};

#[derive(Args)]
pub struct Compile {
    /// A Python file, or MLIR with `--from`; `-` reads standard input
    file: String,
    /// The name of the function
    #[arg(long, required_unless_present = "from")]
    entry: Option<String>,
    /// The types of its arguments, and of its result unless that is to be inferred: `(f8[:], i8)` or `f8(f8[:], i8)`
    #[arg(long, required_unless_present = "from", value_parser = Signature::from_str)]
    signature: Option<Signature>,
    /// The stage to write: `zouk stages` lists them
    #[arg(long, value_name = "STAGE")]
    emit: Stage,
    /// The file is MLIR at this stage, which holds the function, its types and options: go on from there
    #[arg(long, value_name = "STAGE", conflicts_with_all = ["entry", "signature", "fastmath", "error_model", "no_boundscheck", "parallel", "simt", "chip"])]
    from: Option<Stage>,
    /// Where to write; standard output otherwise
    #[arg(short, value_name = "FILE")]
    output: Option<String>,
    /// With `--emit shared`: where to write the C header; otherwise beside the library, `foo.h` for `libfoo.so`
    #[arg(long, value_name = "FILE")]
    header: Option<PathBuf>,
    /// With `--emit shared` and `--emit header`: the function's name in C; otherwise its own
    #[arg(long)]
    name: Option<String>,
    /// Write the IR of every stage on the way into this folder, as `NN-STAGE.mlir`
    #[arg(long, value_name = "FOLDER")]
    dump: Option<String>,
    /// Write MLIR with the places in the Python source: errors after `--from` then show the Python line
    #[arg(long)]
    locations: bool,
    /// Print to standard error how long each stage took
    #[arg(long)]
    timing: bool,
    /// Print to standard error which array operations became one loop, and what ended each
    #[arg(long)]
    explain_fusion: bool,
    /// What a kernel is compiled for: threads of a GPU, which is the default for `@cuda.jit` and the stages from `gpu` on, or loops on the CPU
    #[arg(long, value_name = "TARGET", value_parser = ["cuda", "cpu"])]
    simt: Option<String>,
    /// The GPU that a kernel is compiled for: sm_75, sm_80, sm_90 …; sm_80 unless given
    #[arg(long, value_name = "CHIP", value_parser = CudaOptions::parse_chip)]
    chip: Option<String>,
    /// With 32 a kernel is as launches from Python have it: its arrays and its grid are below 2^31, its blocks along x below 2^22, sizes and strides are parameters of 32 bits
    #[arg(long, value_name = "BITS", default_value_t = 64, value_parser = clap::value_parser!(u8).range(32..=64), conflicts_with = "from")]
    index_bits: u8,
    /// The GPU that parallel loops run on, where they can: sm_80, say
    #[arg(long, value_name = "CHIP", value_parser = CudaOptions::parse_chip, conflicts_with_all = ["simt", "chip", "from"], requires = "parallel")]
    offload: Option<String>,
    #[command(flatten)]
    flags: Flags,
}

/// The declared result, if any, and the argument types.
#[derive(Clone)]
struct Signature(Option<Ty>, Vec<Ty>);

impl Signature {
    fn from_str(text: &str) -> Result<Self, String> {
        parse_signature(text).map(|(result, arguments)| Signature(result, arguments))
    }
}

impl Compile {
    pub fn run(&self) -> Result<(), String> {
        if self.header.is_some() && self.emit != Stage::Shared {
            return Err("`--header` goes with `--emit shared`; `--emit header -o FILE` writes the header alone".into());
        }
        if self.name.is_some() && !matches!(self.emit, Stage::Shared | Stage::Header) {
            return Err("`--name` goes with `--emit shared` and `--emit header`".into());
        }
        if self.emit == Stage::Shared && self.output.is_none() {
            return Err("a shared library is no text: say where to write it, `-o libNAME.so`".into());
        }
        match self.from {
            Some(from) => self.from_ir(from),
            None => self.from_python(),
        }
    }

    fn write(&self, bytes: &[u8]) -> Result<(), String> {
        match &self.output {
            Some(path) => std::fs::write(path, bytes).map_err(|e| format!("cannot write {path}: {e}")),
            None => std::io::stdout().write_all(bytes).map_err(|e| format!("cannot write: {e}")),
        }
    }

    fn from_python(&self) -> Result<(), String> {
        let (Some(entry), Some(signature)) = (&self.entry, &self.signature) else { return Err("`--entry` and `--signature` are needed".into()) };
        let provider = FileProvider::open(&self.file).map_err(|e| e.to_string())?;
        let Signature(result, arguments) = signature.clone();
        let request = Request { entry, arguments, result, options: self.options(&provider, entry), provider: &provider, ufunc: None, c_entry: false };
        if matches!(self.emit, Stage::Source | Stage::Ast) {
            return self.write(zouk_driver::inspect(&request, self.emit.name()).map_err(|e| e.to_string())?.as_bytes());
        }
        let session = Session::lock();
        let (mut module, sources) = build(&session.context, &request).map_err(|e| e.to_string())?;
        let dump = self.dump_from(&module, Stage::Py)?;
        let timings = self.explained(|| session.advance(&mut module, Stage::Py, self.emit, &sources, dump.as_ref())).map_err(|e| e.to_string())?;
        self.finish(&module, timings)
    }

    /// The flags, and for a kernel what it is compiled for. On a GPU nothing raises.
    fn options(&self, provider: &FileProvider, entry: &str) -> Options {
        let own = provider.kernel(entry);
        let on_gpu = matches!(self.emit, Stage::Gpu | Stage::Nvvm | Stage::Ptx | Stage::Cubin);
        let simt = match self.simt.as_deref() {
            Some("cpu") => Simt::Cpu,
            None if own.is_none() && !on_gpu && self.chip.is_none() => Simt::No,
            _ => Simt::Cuda(own.as_ref().map(|(options, ..)| options.clone()).unwrap_or_default()),
        };
        let simt = match &self.chip {
            Some(chip) if simt != Simt::Cpu => simt.on_chip(chip),
            _ => simt,
        };
        let simt = match simt {
            Simt::Cuda(options) => Simt::Cuda(CudaOptions { narrow: self.index_bits == 32, ..options }),
            other => other,
        };
        let mut options = self.flags.options();
        if simt != Simt::No {
            let (fast, debug) = own.map_or((false, false), |(_, fast, debug)| (fast, debug));
            options.fastmath |= if fast { Options::parse_fastmath("fast").unwrap_or_default() } else { 0 };
            options.debug = debug;
            options.numpy_errors |= !debug;
        }
        Options { simt, offload: self.offload.clone(), ..options }
    }

    fn from_ir(&self, from: Stage) -> Result<(), String> {
        if !from.is_mlir() {
            return Err(format!("stage `{from}` is no MLIR: a file can be entered at py, typed, tensor, loops, gpu, nvvm or llvm"));
        }
        if from.path_to(self.emit).is_none() {
            return Err(format!("stage `{}` is not reached from `{from}`", self.emit));
        }
        let session = Session::lock();
        let mut module = session.open(&self.file).map_err(|e| e.to_string())?;
        let dump = self.dump_from(&module, from)?;
        let advance = || session.advance(&mut module, from, self.emit, &Default::default(), dump.as_ref());
        let timings = self.explained(advance).map_err(|e| e.of_edited_ir().to_string())?;
        self.finish(&module, timings)
    }

    /// Runs the passes; with `--explain-fusion` prints what fusion did.
    fn explained<T>(&self, work: impl FnOnce() -> T) -> T {
        if !self.explain_fusion {
            return work();
        }
        let (result, remarks) = zouk_passes::fuse_elementwise::remarks::collect(work);
        remarks.iter().for_each(|remark| eprintln!("{remark}"));
        if remarks.is_empty() {
            eprintln!("no array operations were fused");
        }
        result
    }

    fn finish(&self, module: &melior::ir::Module, mut timings: Vec<Timing>) -> Result<(), String> {
        let options = CodegenOptions::default();
        let mut took = |stage: Stage, time: Duration| timings.push(Timing { stage: stage.name().into(), seconds: time.as_secs_f64() });
        let mut generated = |times: codegen::Timing| {
            [(Stage::LlvmIr, times.translate), (Stage::LlvmOpt, times.optimise), (Stage::Object, times.emit)].into_iter().for_each(|(stage, time)| took(stage, time));
        };
        match (self.emit, &self.output) {
            (Stage::Object, _) => {
                let (bytes, times) = codegen::emit_timed(module, Output::Object, &options).map_err(|e| e.to_string())?;
                generated(times);
                self.write(&bytes)?;
            }
            (Stage::Shared, Some(path)) => {
                let library = self.c_library(module)?;
                let header = self.header_path(Path::new(path))?;
                let (times, linking) = library.link(module, &options, Path::new(path)).map_err(|e| e.to_string())?;
                generated(times);
                took(Stage::Shared, linking);
                std::fs::write(&header, library.header()).map_err(|e| format!("cannot write {}: {e}", header.display()))?;
            }
            (Stage::Cubin, _) => {
                let (ptx, times) = cuda::ptx_of(module).map_err(|e| e.to_string())?;
                generated(times);
                self.write(&cuda::cubin(&ptx, &cuda::chip(module)).map_err(|e| e.to_string())?)?;
            }
            (Stage::Header, _) => self.write(self.c_library(module)?.header().as_bytes())?,
            (stage, _) if stage.is_mlir() && self.locations => self.write(module_op(module).to_string_with_locations().as_bytes())?,
            _ => self.write(stage_text(module, self.emit, &options).map_err(|e| e.to_string())?.as_bytes())?,
        }
        if self.timing {
            for Timing { stage, seconds } in timings {
                eprintln!("{stage:<9} {:8.3} ms", seconds * 1e3);
            }
        }
        Ok(())
    }

    fn header_path(&self, library: &Path) -> Result<PathBuf, String> {
        let header = self.header.clone().or_else(|| header_beside(library)).filter(|header| header != library);
        header.ok_or_else(|| format!("the header needs a path of its own beside {}: give `-o libNAME.so`, or `--header`", library.display()))
    }

    fn c_library(&self, module: &melior::ir::Module) -> Result<CLibrary, String> {
        CLibrary::of(module, self.name.as_deref()).map_err(|e| e.to_string())
    }

    /// Where the stages to come are written, after the one that the module is at.
    fn dump_from(&self, module: &melior::ir::Module, stage: Stage) -> Result<Option<Dump>, String> {
        let Some(folder) = &self.dump else { return Ok(None) };
        let dump = Dump::create(folder, self.locations).map_err(|e| e.to_string())?;
        dump.write(module, stage).map_err(|e| e.to_string())?;
        Ok(Some(dump))
    }
}

/// `foo.h` beside `libfoo.so`.
fn header_beside(library: &Path) -> Option<PathBuf> {
    let stem = library.file_stem()?.to_string_lossy();
    let name = stem.strip_prefix("lib").unwrap_or(&stem);
    (!name.is_empty()).then(|| library.with_file_name(format!("{name}.h")))
}
