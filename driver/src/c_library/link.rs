//! The shared library: an object and the runtime's part that compiled code calls, linked by the C compiler.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Functions of the runtime that a library exports under names of its own.
const EXPORTED: [&str; 4] = ["error", "release", "refuse", "flush"];
const RUNTIME: &str = "libzouk_abi.a";

/// Links `object`, whose entry point is `NAME_entry`, into a shared library.
pub fn link(object: &[u8], name: &str, path: &Path) -> Result<(), String> {
    let runtime = runtime()?;
    let folder = tempfile::tempdir().map_err(|e| format!("cannot make a temporary folder: {e}"))?;
    let (object_file, exports) = (folder.path().join("function.o"), folder.path().join("exports"));
    write(&object_file, object)?;
    write(&exports, format!("{{ global: {name}_entry; {} local: *; }};\n", EXPORTED.map(|e| format!("{name}_{e};")).join(" ")).as_bytes())?;
    let compiler = std::env::var("CC").ok().filter(|cc| !cc.trim().is_empty()).unwrap_or_else(|| "cc".into());
    let mut words = compiler.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or("cc"));
    command.args(words).args(["-shared", "-s", "-Wl,--gc-sections", "-o"]).arg(path).arg(&object_file).arg(&runtime);
    for exported in EXPORTED {
        command.arg(format!("-Wl,-u,zouk_{exported}")).arg(format!("-Wl,--defsym={name}_{exported}=zouk_{exported}"));
    }
    command.arg(format!("-Wl,--version-script={}", exports.display())).args(needed(object)).arg("-lm");
    let output = command.output().map_err(|e| format!("cannot run the C compiler `{compiler}` to link the library: {e}; `CC` names another one"))?;
    if output.status.success() { Ok(()) } else { Err(format!("`{compiler}` does not link the library:\n{}", String::from_utf8_lossy(&output.stderr).trim_end())) }
}

/// The static library of the runtime, which stands beside the program that runs.
fn runtime() -> Result<PathBuf, String> {
    let program = std::env::current_exe().map_err(|e| format!("cannot find {RUNTIME}: the place of this program is unknown: {e}"))?;
    let path = program.with_file_name(RUNTIME);
    if path.is_file() { Ok(path) } else { Err(format!("cannot link a shared library without {}: `cargo build --release --workspace` makes it", path.display())) }
}

/// What only some objects need: loops may call SLEEF or glibc's vector maths, and a library that has started threads must stay loaded.
fn needed(object: &[u8]) -> impl Iterator<Item = &'static str> {
    let names = |prefix: &str| object.windows(prefix.len()).any(|bytes| bytes == prefix.as_bytes());
    let flags = [("Sleef_", "-l:libsleef.so.3"), ("_ZGV", "-lmvec"), ("zouk_parallel_for", "-Wl,-z,nodelete")];
    flags.into_iter().filter(move |(prefix, _)| names(prefix)).map(|(_, flag)| flag)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(path, bytes).map_err(|e| format!("cannot write {}: {e}", path.display()))
}
