//! What the front end makes of Python text: snapshots of `py`, of diagnostics, and properties of the whole.

mod differential;
mod diagnostics;
mod environments;
mod large;
mod sources;

use zouk_dialects::{
    context::context,
    diagnostic::Diagnostic,
    ir::{Context, Location, Module, Op, module_op},
};
use zouk_frontend::{Definition, File, Source, lower_function};

/// Lowers all functions of a file's text and hands the module to `with`.
fn lowered<R>(text: &str, with: impl FnOnce(Op) -> R) -> Result<R, Vec<Diagnostic>> {
    let context = context();
    let module = Module::new(Location::unknown(&context));
    lower_into(&context, &module, text)?;
    let op = module_op(&module);
    assert!(op.verify(), "does not verify:\n{op}");
    Ok(with(op))
}

fn lower_into<'c>(context: &'c Context, module: &Module<'c>, text: &str) -> Result<(), Vec<Diagnostic>> {
    let file = File::parse(&Source::new("example.py", text)).map_err(|d| vec![d])?;
    let block = module_op(module).body(0);
    let mut diagnostics = vec![];
    for function in &file.functions {
        let definition = Definition { symbol: function.name(), display: function.name(), environment: &file.environment, defaults: None, locals: &[], library: false };
        if let Err(errors) = lower_function(context, block, function, &definition) {
            diagnostics.extend(errors);
        }
    }
    if diagnostics.is_empty() { Ok(()) } else { Err(diagnostics) }
}

/// The text of the module, which must parse back to itself.
fn py(text: &str) -> String {
    lowered(text, |op| {
        let printed = op.to_string();
        let context = context();
        let again = Module::parse(&context, &printed).unwrap_or_else(|| panic!("does not parse:\n{printed}"));
        assert!(module_op(&again).verify());
        assert_eq!(module_op(&again).to_string(), printed);
        printed
    })
    .unwrap_or_else(|errors| panic!("{errors:#?}"))
}

macro_rules! snapshots {
    ($($name:ident: $text:expr;)*) => {
        $(#[test]
        fn $name() {
            let text = $text.trim_start();
            let ir = py(text);
            insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
                insta::assert_snapshot!(stringify!($name), format!("{text}\n{ir}"));
            });
        })*
    };
}

snapshots! {
    arithmetic: r#"
def f(x, y):
    "a docstring"
    a = x + y - x * y / 2 // 3 % 4
    b = x ** 2 << 1 >> y & 1 | 2 ^ 3
    return -a, +b, ~a, not b, a @ b
"#;
    constants: r#"
N = 3
SHAPE = (N, N + 1)
def f():
    print(0, -1, 9223372036854775807, -9223372036854775808, 9223372036854775808, 18446744073709551615)
    print(1.5, -0.0, 1e300, 2j, -1.5j, True, False, None, ..., "text", 'naïve "q"')
    return N, SHAPE, ()
"#;
    comparisons: r#"
def chain(a, b, c):
    return a < b <= c != 3
def all_kinds(a, b):
    return a == b, a != b, a < b, a <= b, a > b, a >= b, a is b, a is not b, a in b, a not in b
"#;
    booleans: r#"
def values(a, b, c):
    return a and b or not c
def tested(a, b, c):
    if a and (b or c):
        return 1
    while not a or b:
        a = c
    return 2
def ternary(a, b):
    return a if a > b else b
"#;
    assignments: r#"
def f(x):
    a = b = x
    (c, (d, e)), g = x
    [h, i] = a
    j: int = c
    k: float
    a, b = b, a
    a += 1
    b **= c
    return a, b, c, d, e, g, h, i, j
"#;
    subscripts: r#"
def f(x, i):
    x[i] = x[0, 1:2, ..., None, ::-1]
    x[i, 1] += x[:]
    x[i + 1] //= 2
    return x[1:][i, :2]
"#;
    calls: r#"
import math
import numpy as np
from numba import prange, njit, float32 as f4
from zouk import cuda
def helper(a, b=2, *, c=math.pi): return a
def f(x, g):
    helper(x, c=1, b=2)
    x.copy()
    x.T.sum(axis=0, out=x)
    g(x)
    print(len(x), math.sin(x[0]), np.linalg.norm(x), np.double, f4(1), cuda.threadIdx.x, np.pi, np.newaxis)
    return x.shape[0]
"#;
    branches: r#"
def f(x):
    if x > 0:
        a = 1
        unused = 2
    elif x < -1:
        a = 2
    else:
        a = 3
    if x:
        a += 1
    return a
def exits(x):
    if x:
        y = 1
    else:
        return 0
    return y
def both(x):
    if x:
        return 1
    else:
        raise ValueError
    return 3
"#;
    for_loops: r#"
def total(n):
    s = 0
    for i in range(n):
        s += i
    return s
def nested(a):
    best = 0
    for i, (j, k) in a:
        for x in k:
            if x < j:
                continue
            if x > 100:
                break
            best = x + i
    return best
def search(a, x):
    for i in range(len(a)):
        if a[i] == x:
            where = i
            break
    else:
        where = -1
    return where
def last(n):
    for i in range(n):
        pass
    return i
"#;
    while_loops: r#"
def collatz(n):
    steps = 0
    while n != 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        steps += 1
    else:
        steps += 100
    return steps
def endless(n):
    while True:
        n += 1
        if n > 10:
            found = n
            break
        if n < 0:
            continue
        n *= 2
    return found
def never_ends(n):
    while 1:
        if n > 3:
            return n
        n += 1
    return "dead"
"#;
    parallel_loops: r#"
import numba
def f(a):
    s = 0.0
    for i in numba.prange(1, a.shape[0]):
        s += a[i]
    return s
"#;
    unbound: r#"
def maybe(x):
    if x:
        y = 1
    z = y
    return y + z
def in_loop(n):
    for i in range(n):
        if i > 0:
            t = t + 1
        else:
            t = 0
    return t
def deleted(x):
    y = x
    del y
    return y
def never(x):
    return y
    y = 1
"#;
    walrus: r#"
def f(x, g):
    while (n := g(x)) > 0 and (m := g(n)):
        x = x - n
    if (k := x) > 0 and (j := g(k)) > 0:
        return j + n
    return k, (m if x else (m := 3)), m
def chain(a, b):
    a < (b := b + 1) < (c := a)
    return b, c
"#;
    exceptions: r#"
def f(x):
    assert x > 0
    assert x < 100, "too large"
    if x == 1:
        raise ValueError
    elif x == 2:
        raise ValueError("bad", x) from None
    raise ZeroDivisionError()
"#;
}

#[test]
fn locations_are_ranges_of_the_text() {
    let text = "\n\ndef f(é):\n    return é + 1\n";
    let ir = lowered(text, |op| op.to_string_with_locations()).unwrap();
    assert!(ir.contains("\"example.py\":4:12 to :17"), "{ir}");
    assert!(ir.contains("\"example.py\":3:1 to :10"), "{ir}");
}

#[test]
fn an_error_leaves_the_module_empty() {
    let context = context();
    let module = Module::new(Location::unknown(&context));
    lower_into(&context, &module, "def f(x):\n    for i in x:\n        y = [i for i in x]\n    return z\n").unwrap_err();
    assert!(module_op(&module).body(0).first().is_none());
}
