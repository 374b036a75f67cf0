//! ODS -> C++ by mlir-tblgen, then C++ objects linked beside the static MLIR libraries.
use std::{env, path::Path, process::Command};

const TABLEGEN: &[(&str, &str, &str)] = &[
    ("Py.td", "-gen-dialect-decls", "PyDialect.h.inc"),
    ("Py.td", "-gen-dialect-defs", "PyDialect.cpp.inc"),
    ("Py.td", "-gen-typedef-decls", "PyTypes.h.inc"),
    ("Py.td", "-gen-typedef-defs", "PyTypes.cpp.inc"),
    ("Py.td", "-gen-op-decls", "PyOps.h.inc"),
    ("Py.td", "-gen-op-defs", "PyOps.cpp.inc"),
    ("Rt.td", "-gen-dialect-decls", "RtDialect.h.inc"),
    ("Rt.td", "-gen-dialect-defs", "RtDialect.cpp.inc"),
    ("Rt.td", "-gen-op-decls", "RtOps.h.inc"),
    ("Rt.td", "-gen-op-defs", "RtOps.cpp.inc"),
];
const CPP: &[&str] = &["Py.cpp", "PyControlFlow.cpp", "Rt.cpp", "Shim.cpp"];

fn main() {
    let prefix = env::var("MLIR_SYS_220_PREFIX").expect("set in .cargo/config.toml");
    let out = env::var("OUT_DIR").unwrap();
    for (file, action, output) in TABLEGEN {
        let ok = Command::new(format!("{prefix}/bin/mlir-tblgen"))
            .args([action, &*format!("td/{file}"), "-I", "td", "-I", &*format!("{prefix}/include"), "-dialect"])
            .args([&*file[..2].to_lowercase(), "-o"])
            .arg(Path::new(&out).join(output))
            .status()
            .expect("mlir-tblgen runs")
            .success();
        assert!(ok, "mlir-tblgen {action} {file}");
    }
    let mut build = cc::Build::new();
    build.cpp(true).std("c++17").warnings(false).opt_level(1).include(format!("{prefix}/include")).include("cpp").include(&out);
    for file in CPP {
        build.file(format!("cpp/{file}"));
    }
    build.compile("zoukdialects");
    // Where `melior::dialect!` finds the same files.
    println!("cargo:rustc-env=ZOUK_TD={}/td", env::var("CARGO_MANIFEST_DIR").unwrap());
    println!("cargo:rustc-env=ZOUK_LLVM_INCLUDE={prefix}/include");
    for directory in ["td", "cpp", "build.rs"] {
        println!("cargo:rerun-if-changed={directory}");
    }
}
