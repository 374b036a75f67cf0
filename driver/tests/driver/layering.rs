//! Who may know whom: the crates' dependencies, as cargo sees them, are those of ARCHITECTURE.md and no others. The files that it names are there, and it names all passes.

use crate::root;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use zouk_passes::pipeline;

/// `dialects <- {frontend, passes} <- driver <- {python, benches}`; `numeric <- abi <- runtime <- {driver, python}`. Above `driver` all below is known.
/// The stand-in for the CUDA driver is loaded, not linked: it knows nobody, and nobody knows it.
const ALLOWED: [(&str, &[&str]); 10] = [
    ("zouk-dialects", &[]),
    ("zouk-frontend", &["zouk-dialects"]),
    ("zouk-passes", &["zouk-dialects"]),
    ("zouk-numeric", &[]),
    ("zouk-abi", &["zouk-numeric"]),
    ("zouk-runtime", &["zouk-abi"]),
    ("zouk-driver", &["zouk-dialects", "zouk-frontend", "zouk-passes", "zouk-runtime"]),
    ("zouk-python", &["zouk-dialects", "zouk-frontend", "zouk-driver", "zouk-runtime"]),
    ("zouk-benches", &["zouk-frontend", "zouk-driver"]),
    ("zouk-cuda-standin", &[]),
];

const MLIR: [&str; 2] = ["melior", "mlir-sys"];

/// The names of each crate's dependencies, of every kind and for every platform.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let arguments = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let name = |value: &Value| value["name"].as_str().expect("a name").to_string();
    let list = |value: &Value| value.as_array().expect("a list").clone();
    list(&metadata["packages"]).iter().map(|package| (name(package), list(&package["dependencies"]).iter().map(name).collect())).collect()
}

#[test]
fn crates_depend_as_the_architecture_says() {
    let found = dependencies();
    let known: BTreeSet<_> = ALLOWED.iter().map(|(krate, _)| krate.to_string()).collect();
    assert_eq!(found.keys().cloned().collect::<BTreeSet<_>>(), known, "every crate of the workspace has its line here");
    for (krate, allowed) in ALLOWED {
        for dependency in found[krate].iter().filter(|name| known.contains(*name)) {
            assert!(allowed.contains(&dependency.as_str()), "{krate} must not know {dependency}");
        }
    }
}

#[test]
fn only_python_knows_pyo3_and_runtime_knows_no_mlir() {
    for (krate, dependencies) in dependencies() {
        assert!(krate == "zouk-python" || !["pyo3", "numpy"].iter().any(|name| dependencies.contains(*name)), "{krate} must not know Python objects");
        let runs = matches!(krate.as_str(), "zouk-runtime" | "zouk-abi" | "zouk-numeric" | "zouk-cuda-standin");
        assert!(!runs || !MLIR.iter().any(|name| dependencies.contains(*name)), "{krate} must not know MLIR");
        assert!(!matches!(krate.as_str(), "zouk-abi" | "zouk-numeric" | "zouk-cuda-standin") || !dependencies.contains("llvm-sys"), "{krate} must not know LLVM");
    }
}

/// The paths below a folder, without what tools put there.
fn files(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        let name = entry.file_name().expect("a name").to_string_lossy().to_string();
        match entry.is_dir() {
            true if !name.starts_with('.') && !["target", "dist", "__pycache__"].contains(&name.as_str()) => files(&entry, found),
            true => {}
            false => found.push(format!("/{}", entry.strip_prefix(root()).expect("below the root").display())),
        }
    }
}

/// What stands between backticks, in the text without the blocks that it quotes.
fn quoted(page: &str) -> Vec<String> {
    let text: String = page.split("```").step_by(2).collect();
    text.split('`').skip(1).step_by(2).map(str::to_string).collect()
}

/// `lower/{names,globals}.rs` is two files.
fn expanded(name: &str) -> Vec<String> {
    let Some((head, (choices, tail))) = name.split_once('{').and_then(|(head, rest)| Some((head, rest.split_once('}')?))) else { return vec![name.to_string()] };
    choices.split(',').map(|choice| format!("{head}{choice}{tail}")).collect()
}

#[test]
fn the_architecture_names_what_there_is() {
    let page = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the page");
    let mut there = vec![];
    files(&root(), &mut there);
    let is_file = |name: &str| [".rs", ".py", ".md"].iter().any(|ending| name.len() > ending.len() && name.ends_with(ending));
    let named: Vec<String> = quoted(&page).iter().filter(|name| is_file(name)).flat_map(|name| expanded(name)).collect();
    assert!(named.len() > 100, "{named:?}");
    let missing: Vec<&String> = named.iter().filter(|name| !there.iter().any(|file| file.ends_with(&format!("/{name}")))).collect();
    assert!(missing.is_empty(), "no such files: {missing:?}");
    let words: BTreeSet<&str> = page.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let unnamed: Vec<&str> = pipeline::passes().into_iter().map(|pass| pass.module).filter(|module| !words.contains(module)).collect();
    assert!(unnamed.is_empty(), "passes that it does not name: {unnamed:?}");
}
