//! Who may know whom: the crates' dependencies are those of ARCHITECTURE.md and no others.

use crate::root;

const ALLOWED: [(&str, &[&str]); 8] = [
    ("dialects", &[]),
    ("frontend", &["dialects"]),
    ("passes", &["dialects"]),
    ("runtime/abi", &[]),
    ("runtime", &["abi"]),
    ("driver", &["dialects", "frontend", "passes", "runtime"]),
    ("python", &["dialects", "frontend", "driver", "runtime"]),
    ("benches", &["frontend", "driver"]),
];

#[test]
fn crates_depend_as_the_architecture_says() {
    for (krate, allowed) in ALLOWED {
        let text = std::fs::read_to_string(root().join(krate).join("Cargo.toml")).expect("a manifest");
        let dependencies = section(&text, if krate == "benches" { "[dev-dependencies]" } else { "[dependencies]" });
        let ours: Vec<&str> = dependencies.lines().filter_map(|l| l.strip_prefix("zouk-")).filter_map(|l| l.split(['.', ' ', '=']).next()).collect();
        for dependency in ours {
            assert!(allowed.contains(&dependency), "{krate} must not know {dependency}");
        }
    }
}

#[test]
fn only_python_knows_pyo3_and_runtime_knows_no_mlir() {
    let mlir = ["melior", "mlir-sys"];
    let llvm = ["melior", "mlir-sys", "llvm-sys"];
    for (krate, _) in ALLOWED {
        let text = std::fs::read_to_string(root().join(krate).join("Cargo.toml")).expect("a manifest");
        let dependencies = section(&text, "[dependencies]");
        assert!(krate == "python" || !dependencies.contains("pyo3"), "{krate} must not know PyO3");
        assert!(krate != "runtime" || !mlir.iter().any(|name| dependencies.contains(name)), "runtime must not know MLIR");
        assert!(krate != "runtime/abi" || !llvm.iter().any(|name| dependencies.contains(name)), "runtime/abi must not know LLVM");
    }
}

fn section<'a>(text: &'a str, title: &str) -> &'a str {
    let start = text.find(title).map_or(text.len(), |at| at + title.len());
    let rest = &text[start..];
    &rest[..rest.find("\n[").unwrap_or(rest.len())]
}
