//! Snapshots of the stages of every example program: those that do not depend on the machine, from the syntax tree to LLVM IR.

use crate::root;
use zouk_dialects::ir::{Builder, module_op};
use zouk_driver::codegen::CodegenOptions;
use zouk_driver::{FileProvider, Options, Provider, Request, Session, Stage, build, parse_signature, stage_text};
use zouk_frontend::Source;

/// Program, entry function, argument types.
const PROGRAMS: [(&str, &str, &str); 13] = [
    ("mandelbrot", "mandelbrot", "(i8, i8, i8)"),
    ("nbody", "nbody", "(f8[:, ::1], f8[:, ::1], f8[::1], i8)"),
    ("sieve", "sieve", "(i8,)"),
    ("jacobi", "jacobi", "(f8[:, ::1], f8, i8)"),
    ("black_scholes", "black_scholes", "(f8[::1], f8[::1], f8[::1], f8, f8)"),
    ("matmul", "matmul", "(f8[:, ::1], f8[:, ::1])"),
    ("collatz", "collatz", "(i8,)"),
    ("spectral_norm", "spectral_norm", "(i8,)"),
    ("floyd_warshall", "floyd_warshall", "(f8[:, ::1],)"),
    ("quicksort", "quicksort", "(f8[::1],)"),
    ("levenshtein", "levenshtein", "(i8[::1], i8[::1])"),
    ("monte_carlo_pi", "monte_carlo_pi", "(i8, i8)"),
    ("k_means", "k_means", "(f8[:, ::1], f8[:, ::1], i8)"),
];

#[test]
fn every_stage_of_every_example() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root().join("lit-tests/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let session = Session::lock();
    for (program, entry, signature) in PROGRAMS {
        let name = format!("examples/{program}.py");
        let text = std::fs::read_to_string(root().join(&name)).expect("the example is there");
        let provider = FileProvider::new(Source::new(name, text)).expect("the example parses");
        let (result, arguments) = parse_signature(signature).expect("a signature");
        let parallel = if program == "k_means" { ["prange", "numpy", "reduction"].map(String::from).to_vec() } else { vec![] };
        let request = Request { entry, arguments, result, provider: &provider, options: Options { parallel, ..Options::default() }, ufunc: None };
        settings.bind(|| insta::assert_snapshot!(format!("{program}-ast"), provider.function(entry).expect("it is there").ast()));
        let (mut module, sources) = build(&session.context, &request).unwrap_or_else(|e| panic!("{program}: {e}"));
        // The snapshots must not depend on the machine.
        let op = module_op(&module);
        let variant = Builder::at_end(op.context(), op.body(0), op.loc()).str("avx2");
        op.set_attr("zouk.sleef", variant);
        op.remove_attr("zouk.machine");
        let mut reached = Stage::Py;
        for stage in [Stage::Py, Stage::Typed, Stage::Tensor, Stage::Loops, Stage::Llvm] {
            session.advance(&mut module, reached, stage, &sources, None).unwrap_or_else(|e| panic!("{program}: {e}"));
            reached = stage;
            settings.bind(|| insta::assert_snapshot!(format!("{program}-{stage}"), module_op(&module)));
        }
        let ir = stage_text(&module, Stage::LlvmIr, &CodegenOptions::default()).expect("it translates");
        settings.bind(|| insta::assert_snapshot!(format!("{program}-llvm-ir"), ir));
    }
}
