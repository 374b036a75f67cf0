//! `zouk compile`.

use crate::Flags;
use clap::Args;
use std::io::Write;
use zouk_driver::codegen::{self, CodegenOptions, Output};
use zouk_driver::{Dump, FileProvider, Request, Session, Stage, Timing, build, parse_signature, stage_text};

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
        let bytes = match self.from {
            Some(from) => self.from_ir(from)?,
            None => self.from_python()?,
        };
        match &self.output {
            Some(path) => std::fs::write(path, bytes).map_err(|e| format!("cannot write {path}: {e}")),
            None => std::io::stdout().write_all(&bytes).map_err(|e| format!("cannot write: {e}")),
        }
    }

    fn from_python(&self) -> Result<Vec<u8>, String> {
        let (Some(entry), Some(signature)) = (&self.entry, &self.signature) else { return Err("`--entry` and `--signature` are needed".into()) };
        let provider = FileProvider::open(&self.file).map_err(|d| d.message)?;
        let (result, arguments) = parse_signature(signature)?;
        let request = Request { entry, arguments, result, provider: &provider, options: self.flags.options()? };
        if matches!(self.emit, Stage::Source | Stage::Ast) {
            return zouk_driver::inspect(&request, self.emit.name()).map(String::into_bytes).map_err(|e| e.to_string());
        }
        let session = Session::lock();
        let (mut module, sources) = build(&session.context, &request).map_err(|e| e.to_string())?;
        self.dump_here(&module, Stage::Py)?;
        let timings = session.advance(&mut module, Stage::Py, self.emit, &sources, self.dumps().as_ref()).map_err(|e| e.to_string())?;
        self.finish(&module, timings)
    }

    fn from_ir(&self, from: Stage) -> Result<Vec<u8>, String> {
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

    fn finish(&self, module: &melior::ir::Module, mut timings: Vec<Timing>) -> Result<Vec<u8>, String> {
        let options = CodegenOptions::default();
        let bytes = if self.emit == Stage::Object {
            let (bytes, times) = codegen::emit_timed(module, Output::Object, &options).map_err(|e| e.to_string())?;
            for (stage, time) in [("llvm-ir", times.translate), ("llvm-opt", times.optimise), ("object", times.emit)] {
                timings.push(Timing { stage: stage.into(), seconds: time.as_secs_f64() });
            }
            bytes
        } else {
            stage_text(module, self.emit, &options).map_err(|e| e.to_string())?.into_bytes()
        };
        if self.timing {
            for Timing { stage, seconds } in timings {
                eprintln!("{stage:<9} {:8.3} ms", seconds * 1e3);
            }
        }
        Ok(bytes)
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
