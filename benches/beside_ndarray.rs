//! Python functions called from Rust, beside the same written with ndarray: `cargo bench -p zouk-benches --bench ndarray`.

use criterion::{Criterion, criterion_group, criterion_main};
use ndarray::{Array1, Array2, ArrayD, Zip};
use std::hint::black_box;
use std::time::Duration;
use zouk_driver::Jit;

const PYTHON: &str = "
import numpy as np

def identity(n):
    return n

def axpy(a, x, y):
    for i in range(len(x)):
        y[i] += a * x[i]

def row_sums(a):
    sums = np.zeros(a.shape[0])
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            sums[i] += a[i, j]
    return sums

def product(a, b):
    c = np.zeros((a.shape[0], b.shape[1]))
    for i in range(a.shape[0]):
        for k in range(a.shape[1]):
            for j in range(b.shape[1]):
                c[i, j] += a[i, k] * b[k, j]
    return c
";

fn beside_ndarray(criterion: &mut Criterion) {
    let jit = Jit::new(PYTHON).expect("it parses");
    criterion.bench_function("call/zouk", |b| b.iter(|| jit.call::<i64>("identity", &[black_box(3i64).into()]).expect("it runs")));

    let (x, mut y) = (Array1::<f64>::ones(100_000), Array1::<f64>::zeros(100_000));
    let mut group = criterion.benchmark_group("axpy of 100000");
    group.bench_function("zouk", |b| b.iter(|| jit.call::<()>("axpy", &[0.5.into(), x.view().into(), y.view_mut().into()]).expect("it runs")));
    group.bench_function("ndarray", |b| b.iter(|| y.scaled_add(black_box(0.5), &x)));
    group.finish();

    let a = Array2::<f64>::from_shape_fn((300, 300), |(i, j)| (i * j) as f64);
    let mut group = criterion.benchmark_group("row sums of 300 x 300");
    group.bench_function("zouk", |b| b.iter(|| jit.call::<ArrayD<f64>>("row_sums", &[a.view().into()]).expect("it runs")));
    group.bench_function("ndarray", |b| b.iter(|| Zip::from(a.rows()).map_collect(|row| row.sum())));
    group.finish();

    let mut group = criterion.benchmark_group("product of 300 x 300");
    group.bench_function("zouk, by loops", |b| b.iter(|| jit.call::<ArrayD<f64>>("product", &[a.view().into(), a.view().into()]).expect("it runs")));
    group.bench_function("ndarray", |b| b.iter(|| a.dot(&a)));
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(800));
    targets = beside_ndarray
}
criterion_main!(benches);
