//! The examples in the documentation of passes: `before`, run through the pass, is `after`. With BLESS set, `after` is rewritten.

use super::run;
use std::path::Path;
use zouk_passes::pass::PassInfo;
use zouk_passes::pipeline::passes;

#[test]
fn documented_examples_hold() {
    let bless = std::env::var_os("BLESS").is_some_and(|value| !value.is_empty());
    let mut wrong = String::new();
    for pass in passes() {
        let Some(before) = pass.example("before") else { continue };
        let pipeline = if pass.anchor == "builtin.module" { format!("builtin.module({})", pass.name) } else { format!("builtin.module({}({}))", pass.anchor, pass.name) };
        let expected = pass.example("after").unwrap_or_default();
        match run(&before, &pipeline) {
            Ok(actual) if normalised(&actual) == normalised(&expected) => {}
            Ok(actual) if bless => rewrite(&pass, &actual),
            Ok(actual) => wrong += &format!("{}: expected\n{expected}\nbut it is\n{actual}\n", pass.name),
            Err(errors) => wrong += &format!("{}: {errors:?}\n", pass.name),
        }
    }
    assert!(wrong.is_empty(), "{wrong}to accept the new output: make bless");
}

/// Trailing blanks do not count.
fn normalised(text: &str) -> Vec<&str> {
    text.trim().lines().map(str::trim_end).collect()
}

fn rewrite(pass: &PassInfo, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(format!("{}.rs", pass.module));
    let text = std::fs::read_to_string(&path).expect("the source of the pass");
    let mut lines: Vec<String> = text.lines().map(String::from).collect();
    let start = lines.iter().position(|l| l.trim_end() == "//! ```mlir after").expect("an `after` block") + 1;
    let end = start + lines[start..].iter().position(|l| l.trim_end() == "//! ```").expect("the end of the block");
    lines.splice(start..end, normalised(actual).into_iter().map(|line| format!("//! {line}").trim_end().to_string()));
    std::fs::write(path, lines.join("\n") + "\n").expect("the source can be written");
}
