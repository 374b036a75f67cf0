//! Large and deeply nested functions: no stack overflow, and time in proportion to the text.

use super::lowered;
use std::time::Instant;
use zouk_frontend::{Find, Source, find_function};

fn count(text: &str) -> usize {
    lowered(text, |op| op.collect(|_| true).len()).unwrap_or_else(|errors| panic!("{:?}", &errors[..1]))
}

#[test]
fn deep_expressions() {
    let n = 5_000;
    assert!(count(&format!("def f(x):\n    return {}x{}\n", "(".repeat(n), ")".repeat(n))) < 10);
    assert!(count(&format!("def f(x):\n    return {}x\n", "-".repeat(n))) > n);
    assert!(count(&format!("def f(x):\n    return x{}\n", " + x".repeat(20 * n))) > 20 * n);
    assert!(count(&format!("def f(x):\n    return x{}\n", ".a".repeat(n))) > n);
    assert!(count(&format!("def f(x):\n    return {}x{}\n", "x(".repeat(n), ")".repeat(n))) > n);
    assert!(count(&format!("def f(x):\n    {}x{} = x\n", "(".repeat(n), ",)".repeat(n))) > n);
}

#[test]
fn deep_lambdas() {
    let source = Source::new("example.py", format!("f = lambda x: {}x\n", "-".repeat(20_000)));
    assert_eq!(find_function(&source, Find::Lambda { line: 1, column: None }).unwrap().params(), ["x"]);
}

#[test]
fn deep_nesting_is_refused() {
    let chain = format!("def f(x):\n    return {}0\n", "x if x else ".repeat(10_000));
    let boolean = format!("def f(x):\n    return x{}\n", " and x".repeat(10_000));
    let branches: String = (0..1_000).map(|i| format!("    {} x == {i}:\n        y = {i}\n", if i == 0 { "if" } else { "elif" })).collect();
    for text in [chain, boolean, format!("def f(x):\n{branches}    return y\n")] {
        let errors = lowered(&text, |_| ()).unwrap_err();
        assert_eq!((errors.len(), errors[0].code.as_str()), (1, "too-deep"));
    }
}

#[test]
fn nesting_up_to_the_limit() {
    let branches: String = (0..290).map(|i| format!("    {} x == {i}:\n        y = {i}\n", if i == 0 { "if" } else { "elif" })).collect();
    count(&format!("def f(x):\n{branches}    return y\n"));
    let loops: String = (1..90).map(|i| format!("{}for i{i} in range(x):\n", " ".repeat(i))).collect();
    count(&format!("def f(x):\n{loops}{}x += i1\n return x\n", " ".repeat(91)));
}

/// Statements of all kinds, with as many names as statements.
fn long(statements: usize) -> String {
    let mut text = String::from("def f(x, n):\n    a0 = x\n");
    for i in 1..statements / 5 {
        let p = i - 1;
        text += &format!("    a{i} = a{p} * {i} + x[{i}]\n    for i{i} in range(n):\n        if a{i} > {i}:\n            a{i} -= i{i}\n    t = a{i}\n");
    }
    text + &format!("    return t, a{}\n", statements / 5 - 1)
}

fn seconds(statements: usize) -> f64 {
    let text = long(statements);
    let best = (0..3).map(|_| {
        let start = Instant::now();
        count(&text);
        start.elapsed().as_secs_f64()
    });
    best.fold(f64::MAX, f64::min)
}

#[test]
fn time_is_linear() {
    let (short, tall) = (seconds(500), seconds(16_000));
    println!("500 statements: {short:.4} s; 16,000: {tall:.4} s");
    // Quadratic time would be 1024 times as long; other work on the machine may disturb either.
    assert!(tall < 256.0 * short, "{short} s for 500 statements, {tall} s for 16,000");
}
