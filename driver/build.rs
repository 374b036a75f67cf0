//! Stamps the build: objects cached by one build of the compiler are not used by another. Embeds the library.

use std::path::{Path, PathBuf};

fn main() {
    println!("cargo:rerun-if-changed=src");
    for folder in ["../dialects", "../frontend/src", "../passes/src", "../runtime/src", "../runtime/abi/src", "../library"] {
        println!("cargo:rerun-if-changed={folder}");
    }
    let stamp = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map(|d| d.as_nanos()).unwrap_or_default();
    println!("cargo:rustc-env=ZOUK_BUILD_ID={stamp}");
    embed_library();
}

/// Writes `library.rs`: the files of `library/`, each as its path in there and its text.
fn embed_library() {
    let root = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("../library");
    let mut files = vec![];
    python_files(&root, &mut files);
    files.sort();
    let entries = files.iter().map(|file| {
        let name = file.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        format!("    ({name:?}, include_str!({:?})),\n", file.canonicalize().unwrap().to_string_lossy())
    });
    let text = format!("&[\n{}]\n", entries.collect::<String>());
    std::fs::write(Path::new(&std::env::var("OUT_DIR").unwrap()).join("library.rs"), text).unwrap();
}

fn python_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the library's folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            python_files(&path, files);
        } else if path.extension().is_some_and(|e| e == "py") {
            files.push(path);
        }
    }
}
