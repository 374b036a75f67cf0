//! Every pass file shows the IR before and after it. These examples are run; `make bless` rewrites the `after`.

use crate::{blessing, root};
use zouk_dialects::ir::{Module, add_pipeline, module_op};
use zouk_driver::Session;
use zouk_passes::pass::PassInfo;
use zouk_passes::pipeline::{Step, passes, utilities};

#[test]
fn documented_examples_hold() {
    let session = Session::lock();
    let mut problems = vec![];
    for pass in passes().into_iter().chain(utilities()) {
        if let Err(problem) = check(&session, pass) {
            problems.push(problem);
        }
    }
    assert!(problems.is_empty(), "{}\n`make bless` rewrites the examples", problems.join("\n\n"));
}

fn check(session: &Session, pass: PassInfo) -> Result<(), String> {
    let (name, source, path) = (pass.name, pass.source, format!("passes/src/{}.rs", pass.module));
    let before = pass.example("before").ok_or_else(|| format!("{path} shows no ```mlir before"))?;
    let after = pass.example("after").ok_or_else(|| format!("{path} shows no ```mlir after"))?;
    let mut module = session.parse(&before).map_err(|e| format!("{path}: {e}"))?;
    run(session, &mut module, &Step::Ours(pass).text()).map_err(|e| format!("{name}: {e}"))?;
    // MLIR writes a blank at the end of some lines.
    let actual: String = module_op(&module).to_string().lines().map(|line| format!("{}\n", line.trim_end())).collect();
    if actual.trim() == after.trim() {
        return Ok(());
    }
    if blessing() {
        let file = root().join(&path);
        let (head, rest) = source.split_once("//! ```mlir after\n").ok_or("no block")?;
        let tail = &rest[rest.find("//! ```\n").ok_or("no end of the block")?..];
        let body: String = actual.trim_end().lines().map(|l| format!("//! {l}").trim_end().to_string() + "\n").collect();
        return std::fs::write(file, format!("{head}//! ```mlir after\n{body}{tail}")).map_err(|e| e.to_string());
    }
    Err(format!("{name} gives\n{actual}instead of\n{after}"))
}

fn run(session: &Session, module: &mut Module, pipeline: &str) -> Result<(), String> {
    let manager = melior::pass::PassManager::new(&session.context);
    // SAFETY: the manager outlives the call.
    let raw = unsafe { mlir_sys::mlirPassManagerGetAsOpPassManager(manager.to_raw()) };
    add_pipeline(raw, &format!("builtin.module({pipeline})"))?;
    manager.run(module).map_err(|e| e.to_string())
}
