//! `zouk`: compile a function of a Python file to any stage, or run it, without a Python interpreter.

#[path = "zouk/arguments.rs"]
mod arguments;
#[path = "zouk/compile.rs"]
mod compile;
#[path = "zouk/run.rs"]
mod run;

use clap::{Args, Parser, Subcommand};
use std::process::ExitCode;
use zouk_driver::{Options, Stage};
use zouk_passes::pipeline::{Step, passes, utilities};

#[derive(Parser)]
#[command(name = "zouk", version, about = "Compiles numeric Python to machine code", after_help = EXIT_STATUS)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Compile a function of a Python file to any stage, or go on from a file of IR
    Compile(compile::Compile),
    /// Compile a function of a Python file and call it
    Run(run::Run),
    /// List the stages and what each may contain
    Stages,
    /// List the passes in order, by stage
    Passes,
}

const EXIT_STATUS: &str = "Exit status: 0 when it is done, 1 when the program or its compilation fails, 2 when the command line is wrong.";

/// How the function is compiled.
#[derive(Args)]
pub struct Flags {
    /// Fast-math flags: `fast`, or some of nnan,ninf,nsz,arcp,contract,afn,reassoc
    #[arg(long, value_name = "FLAGS", value_parser = Options::parse_fastmath)]
    fastmath: Option<u32>,
    /// What division by zero does: `python` raises, `numpy` gives inf or nan
    #[arg(long, value_name = "MODEL", default_value = "python", value_parser = ["python", "numpy"])]
    error_model: String,
    /// Leave out the checks of array indices: an index outside is then undefined behaviour
    #[arg(long)]
    no_boundscheck: bool,
    /// Run `prange` loops and array operations on several threads
    #[arg(long)]
    parallel: bool,
}

impl Flags {
    fn options(&self) -> Options {
        Options {
            fastmath: self.fastmath.unwrap_or_default(),
            numpy_errors: self.error_model == "numpy",
            boundscheck: !self.no_boundscheck,
            parallel: if self.parallel { ["numpy", "reduction", "fusion", "prange"].map(String::from).into() } else { vec![] },
            ..Options::default()
        }
    }
}

fn main() -> ExitCode {
    zouk_driver::end_quietly_on_broken_pipe();
    let result = match Cli::parse().command {
        Command::Compile(command) => command.run(),
        Command::Run(command) => command.run(),
        Command::Stages => {
            list_stages();
            Ok(())
        }
        Command::Passes => {
            list_passes();
            Ok(())
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{}", message.trim_end());
            ExitCode::FAILURE
        }
    }
}

fn list_stages() {
    for stage in Stage::ALL {
        println!("{:<9} {}", stage.name(), stage.doc().trim());
        if stage.is_mlir() {
            println!("{:<9} dialects: {}", "", stage.dialects().join(" "));
        }
    }
}

fn list_passes() {
    for stage in Stage::ALL.iter().filter(|s| !s.steps().is_empty()) {
        println!("to reach {stage}:");
        for step in stage.steps() {
            match &step {
                Step::Ours(pass) => println!("  {:<24} {}", pass.name, pass.summary()),
                Step::Mlir(text) => println!("  {text}"),
            }
        }
    }
    println!("beside the stages:");
    for pass in utilities() {
        println!("  {:<24} {}", pass.name, pass.summary());
    }
    println!("{} passes of zouk's own; `zouk-opt --help` lists their options and upstream's passes", passes().len() + utilities().len());
}
