//! Who may know whom: the crates' dependencies, as cargo sees them, are those of ARCHITECTURE.md and no others.

use crate::root;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

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
