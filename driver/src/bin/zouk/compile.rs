//! `zouk compile`.

use crate::Flags;
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;
use zouk_driver::codegen::{self, CodegenOptions, Output};
use zouk_driver::{CLibrary, Dump, FileProvider, Request, Session, Stage, Timing, build, parse_signature, stage_text};

#[derive(Args)]
pub struct Compile {
    /// A Python file, or MLIR with `--from`
    file: String,
    /// The function
    #[arg(long, required_unless_present = "from")]
    entry: Option<String>,
    /// Its argument types: `f8(f8[:], i8)` or `(f8[:], i8)`
    #[arg(long, required_unless_present = "from")]
    signature: Option<String>,
    /// The stage to print: see `zouk stages`
    #[arg(long)]
    emit: Stage,
    /// The file is MLIR at this stage: go on from there
    #[arg(long)]
    from: Option<Stage>,
    /// Where to write; standard output otherwise
    #[arg(short)]
    output: Option<String>,
    /// With `--emit shared`: where to write the C header; otherwise beside the library, `foo.h` for `libfoo.so`
    #[arg(long)]
    header: Option<PathBuf>,
    /// With `--emit shared` and `--emit header`: the function's name in C; otherwise its own
    #[arg(long)]
    name: Option<String>,
    /// Write the IR after every stage into this folder
    #[arg(long)]
    dump: Option<String>,
    /// Print how long each stage took
    #[arg(long)]
    timing: bool,
    #[command(flatten)]
    flags: Flags,
}

impl Compile {
    pub fn run(&self) -> Result<(), String> {
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
        let provider = FileProvider::open(&self.file).map_err(|d| d.message)?;
        let (result, arguments) = parse_signature(signature)?;
        let request = Request { entry, arguments, result, provider: &provider, options: self.flags.options()? };
        if matches!(self.emit, Stage::Source | Stage::Ast) {
            return self.write(zouk_driver::inspect(&request, self.emit.name()).map_err(|e| e.to_string())?.as_bytes());
        }
        let session = Session::lock();
        let (mut module, sources) = build(&session.context, &request).map_err(|e| e.to_string())?;
        self.dump_here(&module, Stage::Py)?;
        let timings = session.advance(&mut module, Stage::Py, self.emit, &sources, self.dumps().as_ref()).map_err(|e| e.to_string())?;
        self.finish(&module, timings)
    }

    fn from_ir(&self, from: Stage) -> Result<(), String> {
        if !from.is_mlir() {
            return Err(format!("stage `{from}` is no MLIR: a file can be entered at py, typed, tensor, loops or llvm"));
        }
        if from.path_to(self.emit).is_none() {
            return Err(format!("stage `{}` is not reached from `{from}`", self.emit));
        }
        let text = std::fs::read_to_string(&self.file).map_err(|e| format!("cannot read {}: {e}", self.file))?;
        let session = Session::lock();
        let mut module = session.parse(&text).map_err(|e| e.to_string())?;
        let timings = session.advance(&mut module, from, self.emit, &Default::default(), self.dumps().as_ref()).map_err(|e| e.to_string())?;
        self.finish(&module, timings)
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
                let (times, linking) = library.link(module, &options, Path::new(path)).map_err(|e| e.to_string())?;
                generated(times);
                took(Stage::Shared, linking);
                let header = self.header.clone().unwrap_or_else(|| header_beside(Path::new(path)));
                std::fs::write(&header, library.header()).map_err(|e| format!("cannot write {}: {e}", header.display()))?;
            }
            (Stage::Header, _) => self.write(self.c_library(module)?.header().as_bytes())?,
            _ => self.write(stage_text(module, self.emit, &options).map_err(|e| e.to_string())?.as_bytes())?,
        }
        if self.timing {
            for Timing { stage, seconds } in timings {
                eprintln!("{stage:<9} {:8.3} ms", seconds * 1e3);
            }
        }
        Ok(())
    }

    fn c_library(&self, module: &melior::ir::Module) -> Result<CLibrary, String> {
        CLibrary::of(module, self.name.as_deref()).map_err(|e| e.to_string())
    }

    fn dumps(&self) -> Option<Dump> {
        self.dump.as_ref().map(|folder| Dump(folder.into()))
    }

    fn dump_here(&self, module: &melior::ir::Module, stage: Stage) -> Result<(), String> {
        let Some(folder) = &self.dump else { return Ok(()) };
        std::fs::create_dir_all(folder).map_err(|e| format!("cannot make {folder}: {e}"))?;
        Dump(folder.into()).write(module, stage).map_err(|e| e.to_string())
    }
}

/// `foo.h` beside `libfoo.so`.
fn header_beside(library: &Path) -> PathBuf {
    let stem = library.file_stem().unwrap_or_default().to_string_lossy();
    library.with_file_name(format!("{}.h", stem.strip_prefix("lib").unwrap_or(&stem)))
}
