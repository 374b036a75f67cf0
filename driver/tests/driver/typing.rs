//! `docs/typing.md` is a specification that runs: every function in its Python blocks is inferred for the types in its
//! annotations, and gives the type, or the error, that its comment says.
//!
//! `def f(a: "f8", b: "i4"):  # gives float64`, or `# error cannot-unify`. `make bless` rewrites the comments.

use crate::{blessing, root};
use zouk_driver::{FileProvider, Options, Request, Session, Stage, build, parse_type};
use zouk_dialects::ir::module_op;
use zouk_dialects::ty::Ty;
use zouk_frontend::Source;

#[test]
fn specification() {
    let path = root().join("docs/typing.md");
    let text = std::fs::read_to_string(&path).expect("the specification is there");
    let mut rewritten = String::new();
    let mut block: Option<String> = None;
    let (mut checked, mut problems) = (0, vec![]);
    for line in text.lines() {
        match &mut block {
            None if line == "```python" => block = Some(String::new()),
            Some(python) if line == "```" => {
                let actual = annotate(python, &mut checked);
                if actual != *python {
                    problems.push(format!("expected\n{python}\ngot\n{actual}"));
                }
                rewritten += &actual;
                block = None;
            }
            Some(python) => {
                *python += line;
                python.push('\n');
                continue;
            }
            None => {}
        }
        rewritten += line;
        rewritten.push('\n');
    }
    assert!(checked > 20, "the specification has functions");
    if blessing() {
        std::fs::write(path, rewritten).expect("the specification can be written");
    } else {
        assert!(problems.is_empty(), "{}\n`make bless` rewrites the comments", problems.join("\n"));
    }
}

/// The block with every function's comment as inference has it.
fn annotate(python: &str, checked: &mut usize) -> String {
    let lines = python.lines().map(|line| {
        let Some(rest) = line.strip_prefix("def ") else { return line.to_string() };
        let Some((head, _)) = line.split_once("  # ") else { return line.to_string() };
        *checked += 1;
        let (name, parameters) = rest.split_once('(').expect("a definition");
        let types: Vec<Ty> = parameters.split('"').skip(1).step_by(2).map(|t| parse_type(t).expect("a type")).collect();
        format!("{head}  # {}", verdict(python, name, types))
    });
    lines.map(|l| l + "\n").collect()
}

fn verdict(python: &str, entry: &str, arguments: Vec<Ty>) -> String {
    let provider = FileProvider::new(Source::new("typing.md", python)).expect("the block parses");
    let request = Request { entry, arguments, result: None, provider: &provider, options: Options::default(), ufunc: None, c_entry: false };
    let session = Session::lock();
    let typed = build(&session.context, &request).and_then(|(mut module, sources)| {
        session.advance(&mut module, Stage::Py, Stage::Typed, &sources, None)?;
        let function = module_op(&module).body(0).ops().into_iter().find(|o| o.has_attr("zouk.entry")).expect("the entry");
        Ok(function.str_attr("py.result").and_then(|t| t.parse::<Ty>().ok()).expect("a result type"))
    });
    match typed {
        Ok(ty) => format!("gives {}", ty.user_name()),
        Err(error) => format!("error {}", error.diagnostics.first().map(|d| d.code.as_str()).unwrap_or_default()),
    }
}
