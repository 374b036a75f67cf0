//! Lists in the documentation are generated: `make bless` writes them, the test compares.

use crate::{blessing, root};
use std::fmt::Write;
use zouk_driver::{Stage, library_functions};
use zouk_passes::functions::{entries, is_public};
use zouk_passes::pipeline::{Step, utilities};

#[test]
fn passes() {
    let mut text = String::from("# Stages and passes\n\nGenerated from `passes/src/pipeline.rs`. Run a pass by name with `zouk-opt --pass-pipeline='builtin.module(…)'`.\n");
    for stage in Stage::ALL {
        let _ = write!(text, "\n## {stage}\n\n{}\n", stage.doc().trim());
        if stage.is_mlir() {
            let _ = write!(text, "\nDialects: {}.\n", stage.dialects().join(", "));
        }
        let steps = stage.steps();
        if !steps.is_empty() {
            let from = stage.predecessor().map(|s| s.name()).unwrap_or_default();
            let _ = write!(text, "\nReached from `{from}` by\n\n");
        }
        for step in steps {
            let _ = match &step {
                Step::Ours(pass) => writeln!(text, "- `{}`: {}", pass.name, pass.summary()),
                Step::Mlir(pipeline) => writeln!(text, "- `{pipeline}` (MLIR)"),
            };
        }
    }
    text += "\n## Beside the stages\n\n";
    for pass in utilities() {
        let _ = writeln!(text, "- `{}`: {}", pass.name, pass.summary());
    }
    compare("docs/passes.md", &text);
}

#[test]
fn functions() {
    let library = library_functions();
    let mut names: Vec<(&str, String)> = entries().filter(|f| is_public(f)).map(|f| (f.name, f.params.replace('_', ""))).collect();
    names.extend(library.iter().map(|(name, params)| (name.as_str(), params.clone())));
    names.sort_unstable_by_key(|(name, params)| (name.rsplit_once('.').unwrap_or(("", name)), params.clone()));
    names.dedup();
    let mut text = String::from(
        "# Functions, methods and attributes in compiled code\n\nGenerated from the tables in `passes/src/functions/` and from `library/`. `name=` marks a parameter that may be left out, `*` any number of arguments.\n",
    );
    let mut group = "";
    for (name, params) in names {
        let (head, member) = name.rsplit_once('.').unwrap_or(("", name));
        if head != group {
            group = head;
            let _ = write!(text, "\n## {head}\n\n");
        }
        let attribute = !matches!(head, "builtins" | "math" | "operator" | "functools") && !head.starts_with("numpy") && !head.starts_with("zouk") && !member.ends_with("()");
        let _ = match attribute {
            true => writeln!(text, "- `{member}`"),
            false => writeln!(text, "- `{}({params})`", member.trim_end_matches("()")),
        };
    }
    compare("docs/functions.md", &text);
}

fn compare(path: &str, expected: &str) {
    let file = root().join(path);
    if blessing() {
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("docs can be made");
        return std::fs::write(file, expected).expect("the list can be written");
    }
    let actual = std::fs::read_to_string(file).unwrap_or_default();
    assert!(actual == expected, "{path} is not what the code says; `make bless` rewrites it");
}
