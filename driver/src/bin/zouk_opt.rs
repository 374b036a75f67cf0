//! `zouk-opt`: mlir-opt with the dialects `py` and `rt` and our passes, stages included.
//!
//! Beside everything that mlir-opt takes: `--from STAGE --emit STAGE` runs the passes between two stages, and `--dump FOLDER` writes the IR of
//! every stage on the way.

use std::ffi::{CString, c_char};
use std::path::PathBuf;
use std::process::exit;
use zouk_driver::Dump;
use zouk_passes::pass::register_ours;
use zouk_passes::pipeline::Stage;

unsafe extern "C" {
    fn zoukOptMain(argc: i32, argv: *const *const c_char) -> i32;
}

fn main() {
    zouk_driver::end_quietly_on_broken_pipe();
    let given: Result<Vec<String>, _> = std::env::args_os().map(|argument| argument.into_string()).collect();
    let mut arguments = given.unwrap_or_else(|argument| {
        eprintln!("zouk-opt: the argument {} is no UTF-8", argument.display());
        exit(2)
    });
    if let Err(message) = expand_stages(&mut arguments) {
        eprintln!("zouk-opt: {message}");
        exit(2);
    }
    register_ours();
    zouk_driver::register_with_passes();
    let arguments: Vec<CString> = arguments.into_iter().filter_map(|a| CString::new(a).ok()).collect();
    let argv: Vec<_> = arguments.iter().map(|a| a.as_ptr()).collect();
    // SAFETY: the strings outlive the call.
    exit(unsafe { zoukOptMain(argv.len() as i32, argv.as_ptr()) })
}

/// Replaces `--from A --emit B` by the pass pipeline between the two stages; `--dump FOLDER` writes the IR of every stage on the way.
fn expand_stages(arguments: &mut Vec<String>) -> Result<(), String> {
    let from = take(arguments, "--from")?.map_or(Ok(Stage::Py), |name| name.parse())?;
    let folder = take(arguments, "--dump")?;
    let Some(to) = take(arguments, "--emit")? else {
        return if folder.is_some() { Err("`--dump` needs `--emit STAGE`".into()) } else { Ok(()) };
    };
    let to: Stage = to.parse()?;
    if !from.is_mlir() || !to.is_mlir() {
        return Err("`--from` and `--emit` name MLIR stages here; `zouk compile` reaches the others".into());
    }
    let path = from.path_to(to).ok_or_else(|| format!("stage `{to}` is not reached from `{from}`"))?;
    if let Some(folder) = &folder {
        std::fs::create_dir_all(folder).map_err(|e| format!("cannot make {folder}: {e}"))?;
    }
    let written = |stage: Stage| folder.as_ref().map(|folder| write_step(Dump { folder: folder.into(), locations: false }.path(stage))).transpose();
    let check = |stage: Stage, entered: bool| format!("zouk-stage-check{{stage={stage} entered={entered}}}");
    let mut steps: Vec<String> = [check(from, true)].into_iter().chain(written(from)?).collect();
    for stage in path {
        steps.extend(stage.steps().iter().map(|step| step.text()));
        steps.push(check(stage, false));
        steps.extend(written(stage)?);
    }
    arguments.push(format!("--pass-pipeline=builtin.module({})", steps.join(",")));
    Ok(())
}

/// The pass that writes the IR there.
fn write_step(path: PathBuf) -> Result<String, String> {
    let path = path.display().to_string();
    let plain = !path.contains(['"', '\'', '{', '}']) && !path.contains(char::is_whitespace);
    if plain { Ok(format!("zouk-write-ir{{file={path}}}")) } else { Err(format!("the text of a pass pipeline cannot hold the path {path}")) }
}

/// Takes `--name value` or `--name=value` out.
fn take(arguments: &mut Vec<String>, name: &str) -> Result<Option<String>, String> {
    let Some(at) = arguments.iter().position(|a| a == name || a.strip_prefix(name).is_some_and(|rest| rest.starts_with('='))) else { return Ok(None) };
    let argument = arguments.remove(at);
    match argument.split_once('=') {
        Some((_, value)) => Ok(Some(value.into())),
        None if at < arguments.len() => Ok(Some(arguments.remove(at))),
        None => Err(format!("`{name}` needs a value")),
    }
}
