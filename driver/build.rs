//! Stamps the build: objects cached by one build of the compiler are not used by another.
fn main() {
    println!("cargo:rerun-if-changed=src");
    for folder in ["../dialects", "../frontend/src", "../passes/src", "../runtime/src", "../runtime/abi/src"] {
        println!("cargo:rerun-if-changed={folder}");
    }
    let stamp = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map(|d| d.as_nanos()).unwrap_or_default();
    println!("cargo:rustc-env=ZOUK_BUILD_ID={stamp}");
}
