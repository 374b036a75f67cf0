//! How long every stage takes, from Python text to machine code: `cargo bench -p zouk-benches --bench stages [-- FILTER]`.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use std::time::Duration;
use zouk_driver::codegen::{CodegenOptions, Output, emit};
use zouk_driver::{FileProvider, Options, Request, Session, Stage, build, parse_signature};
use zouk_frontend::Source;

/// Program of `examples/`, argument types.
const PROGRAMS: [(&str, &str); 4] = [
    ("collatz", "(i8,)"),
    ("mandelbrot", "(i8, i8, i8)"),
    ("nbody", "(f8[:, ::1], f8[:, ::1], f8[::1], i8)"),
    ("quicksort", "(f8[::1],)"),
];

fn stages(criterion: &mut Criterion) {
    for (program, signature) in PROGRAMS {
        let path = format!("{}/../examples/{program}.py", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).expect("the example is there");
        let provider = FileProvider::new(Source::new(path, text)).expect("the example parses");
        let (result, arguments) = parse_signature(signature).expect("a signature");
        let request = Request { entry: program, arguments, result, provider: &provider, options: Options::default(), ufunc: None, c_entry: false };
        let session = Session::lock();
        let mut group = criterion.benchmark_group(program);

        group.bench_function("py", |bencher| bencher.iter_with_large_drop(|| build(&session.context, &request).expect("it lowers")));
        for pair in [Stage::Py, Stage::Typed, Stage::Tensor, Stage::Loops, Stage::Llvm].windows(2) {
            let reached = || {
                let (mut module, sources) = build(&session.context, &request).expect("it lowers");
                session.advance(&mut module, Stage::Py, pair[0], &sources, None).expect("it compiles");
                (module, sources)
            };
            group.bench_function(pair[1].name(), |bencher| {
                bencher.iter_batched(
                    reached,
                    |(mut module, sources)| {
                        session.advance(&mut module, pair[0], pair[1], &sources, None).expect("it compiles");
                        module
                    },
                    BatchSize::PerIteration,
                )
            });
        }
        let (mut module, sources) = build(&session.context, &request).expect("it lowers");
        session.advance(&mut module, Stage::Py, Stage::Llvm, &sources, None).expect("it compiles");
        group.bench_function("object", |bencher| bencher.iter(|| emit(&module, Output::Object, &CodegenOptions::default()).expect("machine code")));
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(800));
    targets = stages
}
criterion_main!(benches);
