//! Every diagnostic, with the place it points at.

use super::lowered;
use std::fmt::Write;
use zouk_dialects::diagnostic::Diagnostic;

fn report(text: &str, diagnostics: &[Diagnostic], out: &mut String) {
    for d in diagnostics {
        let span = d.span.clone().unwrap_or_default();
        let line = text.lines().nth(span.line.max(1) - 1).unwrap_or_default();
        let width = if span.end_line == span.line { span.end_column.saturating_sub(span.column).max(1) } else { 1 };
        let _ = write!(out, "{:?} [{}]: {}\n  {}:{} to {}:{}\n", d.class, d.code, d.message, span.line, span.column, span.end_line, span.end_column);
        let _ = writeln!(out, "  | {line}\n  | {}{}", " ".repeat(span.column - 1), "^".repeat(width));
        d.help.iter().for_each(|help| _ = writeln!(out, "  help: {help}"));
    }
    out.push('\n');
}

/// Bodies of `def f(x, y):`, one a line; `;` stands between the lines of one.
fn bodies(bodies: &[&str]) -> String {
    let mut out = String::new();
    for body in bodies {
        let text = format!("def f(x, y):\n    {}\n", body.replace('\n', "\n    "));
        let errors = lowered(&text, |op| op.to_string()).err().unwrap_or_else(|| panic!("no error: {text}"));
        report(&text, &errors, &mut out);
    }
    out
}

fn files(files: &[&str]) -> String {
    let mut out = String::new();
    for text in files {
        let errors = lowered(text, |op| op.to_string()).err().unwrap_or_else(|| panic!("no error: {text}"));
        report(text, &errors, &mut out);
    }
    out
}

macro_rules! snapshot {
    ($name:literal, $text:expr) => {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!($name, $text);
        })
    };
}

#[test]
fn unsupported_statements() {
    snapshot!(
        "unsupported_statements",
        bodies(&[
            "@decorated\ndef g(): pass\nreturn g()",
            "def g():\n    nonlocal x\n    x = 1\nh = g\nreturn h()",
            "t = (x, 0)\nfor i in y:\n    t = (lambda: i, i)\nreturn t[0]()",
            "def g(): return h()\nz = g()\ndef h(): return 1\nreturn z",
            "async def g(): pass",
            "class C: pass",
            "with x as z: pass\nreturn z",
            "try:\n    z = x\nexcept ValueError as e:\n    z = e\nreturn z",
            "match x:\n    case {'a': w}: pass\nreturn w",
            "import math\nreturn math",
            "global g\ng = 1",
            "nonlocal g",
            "async for i in x: pass",
            "del x[0]",
            "raise",
            "raise x",
            "raise x(1)",
            "raise int",
            "raise ValueError(text=1)",
        ])
    );
}

#[test]
fn unsupported_expressions() {
    snapshot!(
        "unsupported_expressions",
        bodies(&[
            "return lambda **options: 1",
            "return {1: 2}",
            "return {1, 2}",
            "return [(y := i) for i in x]",
            "return {i for i in x}",
            "return {i: i for i in x}",
            "return f(i for i in x)",
            "return f'{x}'",
            "return b'bytes'",
            "yield x",
            "await x",
            "return f(**x)",
            "return 18446744073709551616",
            "return -9223372036854775809",
            "return {1: 1}, {2}",
        ])
    );
}

#[test]
fn names() {
    snapshot!(
        "names",
        bodies(&[
            "return lenght",
            "return pritn(x)",
            "total = 1\nreturn totl",
            "return something_else + something_else",
            "break",
            "continue",
        ]) + &files(&[
            "import math\ndef f(x):\n    return math.cos(scipy)\n",
            "import scipy.special as sp\ndef f(x):\n    return sp.gamma(x)\n",
            "from scipy import special\ndef f(x):\n    return special.gamma(x)\n",
            "import builtins\ndef f(x):\n    return builtins.lenn(x)\n",
            "table = open('table').read()\ndef f(x):\n    return table\n",
            "class C: pass\ndef f(x):\n    return C(x)\n",
            "def f(x, *args, **keywords):\n    return x\n",
            "def f(x, *, a=1, b):\n    return x\n",
            "def f(x, a=[]):\n    return x\n",
        ])
    );
}

#[test]
fn syntax() {
    snapshot!(
        "syntax",
        files(&[
            "def f(x):\n    return x +\n",
            "def f(x):\nreturn x\n",
            "def f(x:\n    return (x]\n",
            "def f(x):\n    if x:\n        y = 1\n      z = 2\n",
            "def f(x, x):\n    return x\n",
            "def f(x):\n    return 'open\n",
            "def f(x):\n    g(a=1, a=2)\n",
        ])
    );
}
