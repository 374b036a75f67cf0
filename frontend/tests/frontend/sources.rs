//! Cutting functions out of files, and finding them by name or place.

use zouk_frontend::{Find, Source, find_function, function_block};

const FILE: &str = r#"import math
class Class:
    """text"""
    @staticmethod
    @decorate(
        "def not_this(): pass",
    )
    # a comment
    def method(self, a, /, b=1, *, c=2):
        '''
def inside_a_string():
        '''
        def inner(x): return (x,
x)
# a comment at the margin
        return inner

    def next(self): return 1
    after = lambda x: x + 1; other = lambda y: y

def last(a): return a
def very_last(a):

    return (a
+ 1)
"#;

fn cut(line: usize) -> String {
    function_block("file.py", FILE, line).unwrap().text
}

#[test]
fn blocks_end_where_the_function_ends() {
    assert!(cut(4).starts_with("    @staticmethod") && cut(4).trim_end().ends_with("return inner"), "{}", cut(4));
    assert_eq!(cut(13), "        def inner(x): return (x,\nx)\n");
    assert_eq!(cut(18), "    def next(self): return 1\n");
    assert_eq!(cut(21), "def last(a): return a\n");
    assert_eq!(cut(22), "def very_last(a):\n\n    return (a\n+ 1)\n");
}

#[test]
fn blocks_that_are_none() {
    for line in [0, 1, 2, 99] {
        let error = function_block("file.py", FILE, line).unwrap_err();
        assert_eq!(error.code, "no-source", "{error:?}");
    }
}

#[test]
fn a_less_indented_line_ends_a_block() {
    let text = "class A:\n  class B:\n        def f(self):\n            return 1\n     # comment\n  x = 1\n";
    let block = function_block("file.py", text, 3).unwrap();
    assert_eq!(block.text.trim_end(), "        def f(self):\n            return 1");
}

#[test]
fn windows_lines_and_byte_order_marks() {
    let text = "x = 1\r\ndef f(a):\r\n    b = a\r\n    return b\r\ny = 2\r\n";
    let block = function_block("file.py", text, 2).unwrap();
    assert_eq!(block.text, "def f(a):\r\n    b = a\r\n    return b\r\n");
    let function = find_function(&block, Find::Only).unwrap();
    assert_eq!((function.span().line, function.span().end_column), (2, 10));
    let marked = Source::new("file.py", "\u{feff}def f(): pass");
    assert_eq!(find_function(&marked, Find::Only).unwrap().span().column, 1);
}

#[test]
fn an_indented_block_keeps_its_places() {
    let block = function_block("file.py", FILE, 4).unwrap();
    let function = find_function(&block, Find::Only).unwrap();
    let span = function.span();
    assert_eq!((function.name(), span.line, span.column, span.end_column), ("method", 9, 5, 41));
    assert_eq!(function.params(), ["self", "a", "b", "c"]);
    assert_eq!(function.decorators().len(), 2);
    assert!(function.text().starts_with("def method"));
}

#[test]
fn functions_by_name() {
    let source = Source::new("file.py", FILE);
    for (path, name) in [("Class.method", "method"), ("Class.method.<locals>.inner", "inner"), ("last", "last")] {
        assert_eq!(find_function(&source, Find::Name(path)).unwrap().name(), name);
    }
    assert!(find_function(&source, Find::Name("Class.missing")).unwrap_err().message.contains("no function"));
    assert_eq!(find_function(&source, Find::Only).unwrap().name(), "last");
    let twice = Source::new("file.py", "if x:\n  def f(a): pass\nelse:\n  def f(b): pass\n");
    assert_eq!(find_function(&twice, Find::Name("f")).unwrap().params(), ["b"]);
}

#[test]
fn lambdas_by_place() {
    let source = Source::new("file.py", FILE);
    let at = |line, column| find_function(&source, Find::Lambda { line, column });
    assert_eq!(at(19, Some(13)).unwrap().params(), ["x"]);
    assert_eq!(at(19, Some(38)).unwrap().text(), "lambda y: y");
    assert!(at(19, None).unwrap_err().message.contains("2 lambdas"));
    assert!(at(1, None).is_err());
}

#[test]
fn free_names_in_order() {
    let source = Source::new("file.py", "def f(a):\n    b = np.sin(a) + K\n    for i in range(len(b)): b[K] += i\n");
    assert_eq!(find_function(&source, Find::Only).unwrap().free_names(), ["np", "K", "range", "len"]);
}

#[test]
fn a_large_file_costs_only_its_function() {
    let mut text = "x = (1, 2, 3)  # padding\n".repeat(100_000);
    text.push_str("def f(a):\n    return a\n");
    text.push_str(&"y = 'never lexed\n".repeat(100_000));
    let start = std::time::Instant::now();
    let block = function_block("file.py", &text, 100_001).unwrap();
    assert_eq!(block.text, "def f(a):\n    return a\n");
    assert!(start.elapsed().as_millis() < 50, "{:?}", start.elapsed());
}
