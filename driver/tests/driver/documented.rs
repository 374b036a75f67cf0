//! What the pages of `docs/` show is true: quotations are of the source, the program runs, the example pass passes.
//!
//! A block of a page that begins with ```` ```rust file=path ```` is a part of that file, word for word.

mod program;
mod square_powers;

use crate::root;
use zouk_dialects::ir::module_op;
use zouk_driver::Session;
use zouk_passes::pass::{PassInfo, run_reporting};
use zouk_passes::pipeline::{Stage, Step};

const PAGES: [&str; 6] = ["ARCHITECTURE.md", "docs/add-a-pass.md", "docs/add-a-function.md", "docs/add-a-numpy-function.md", "docs/c-library.md", "docs/rust.md"];

#[test]
fn pages_quote_the_source() {
    let mut problems = vec![];
    for page in PAGES {
        let text = read(page);
        let quotations = quotations(&text);
        assert!(!quotations.is_empty(), "{page} quotes nothing");
        for (file, quotation) in quotations {
            if !read(&file).contains(&quotation) {
                problems.push(format!("{page}: {file} has no such text:\n{quotation}"));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_rust_program_runs() {
    program::main().expect("it runs");
}

/// `docs/add-a-pass.md`: the file it shows is a pass, with the examples it documents.
#[test]
fn the_example_pass_passes() {
    extern "C" fn entry(op: mlir_sys::MlirOperation, options: *const std::ffi::c_char) -> bool {
        run_reporting("zouk-square-powers", square_powers::run, op, options)
    }
    let source = include_str!("documented/square_powers.rs");
    let (name, module) = ("zouk-square-powers", "square_powers");
    let pass = PassInfo { name, module, anchor: "builtin.module", options: square_powers::OPTIONS, source, entry };
    let session = Session::lock();
    let mut ir = session.parse(&pass.example("before").expect("a block")).expect("it parses");
    assert!((pass.entry)(module_op(&mut ir).to_raw(), c"".as_ptr()));
    assert_eq!(module_op(&ir).to_string().trim(), pass.example("after").expect("a block").trim());
}

/// `docs/add-a-pass.md`: its line of the list has the form that the list has.
#[test]
fn the_line_of_the_list_is_one() {
    let line = quoted_line("docs/add-a-pass.md", "        ours square_powers ");
    let list = read("passes/src/pipeline.rs");
    for step in Stage::ALL.iter().flat_map(|stage| stage.steps()) {
        if let Step::Ours(pass) = step {
            let wanted = line.replace("square_powers", pass.module);
            assert!(list.contains(&wanted) && read("passes/src/lib.rs").contains(&format!("mod {};", pass.module)), "no line `{wanted}`");
        }
    }
}

fn quoted_line(page: &str, start: &str) -> String {
    let text = read(page);
    text.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{page} shows no line `{start}`")).to_string()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The quotations of a page, by file.
fn quotations(page: &str) -> Vec<(String, String)> {
    let mut found = vec![];
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some((_, file)) = line.strip_prefix("```").and_then(|info| info.split_once(" file=")) {
            let body: String = lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
            found.push((file.to_string(), body));
        }
    }
    found
}
