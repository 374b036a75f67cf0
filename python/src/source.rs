//! The text of a live Python function: through `linecache`, so notebooks and doctests work; the block is cut out in Rust.

use pyo3::{
    prelude::*,
    types::{PyList, PyString},
};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass, Span};
use zouk_frontend::{Find, Function, Source, find_function, function_block};

/// The parsed function. Python's own errors while reading become diagnostics.
pub fn parsed(function: &Bound<PyAny>) -> Result<Function, Diagnostic> {
    let place = Place::of(function).map_err(|error| no_source(None, &error.to_string()))?;
    if place.name != "<lambda>" {
        if let Some(text) = plain_text(function.py(), &place.file) {
            return named(function_block(&place.file, &text, place.line)?, &place);
        }
    }
    let lines = read_lines(function, &place).map_err(|error| no_source(Some(&place), &error.to_string()))?;
    if lines.len() < place.line {
        return Err(no_source(Some(&place), &format!("{} cannot be read", place.file)));
    }
    if place.name == "<lambda>" {
        let source = Source::new(&place.file, joined(&lines, 0));
        let (line, column) = lambda_position(function, &lines, &place).unwrap_or((place.line, None));
        return find_function(&source, Find::Lambda { line, column });
    }
    // Lines before the function are of no interest; those after it are not even lexed.
    let before = place.line - 1;
    let mut source = function_block(&place.file, &joined(&lines, before), 1).map_err(|diagnostic| moved(diagnostic, before))?;
    source.first_line = place.line;
    named(source, &place)
}

/// The function that the source holds, which must be the one looked for.
fn named(source: Source, place: &Place) -> Result<Function, Diagnostic> {
    let found = find_function(&source, Find::Only)?;
    if found.name() != place.name {
        let why = format!("line {} of {} now defines {}", place.line, place.file, found.name());
        return Err(no_source(Some(place), &why).help("the file has changed since it was imported"));
    }
    Ok(found)
}

struct Place {
    file: String,
    /// Of the first decorator, from 1.
    line: usize,
    name: String,
}

impl Place {
    fn of(function: &Bound<PyAny>) -> PyResult<Place> {
        let code = function.getattr("__code__")?;
        Ok(Place {
            file: code.getattr("co_filename")?.extract()?,
            line: code.getattr("co_firstlineno")?.extract::<usize>()?.max(1),
            name: code.getattr("co_name")?.extract()?,
        })
    }
}

/// The text of an ordinary file in UTF-8, read without `linecache`, whose import takes milliseconds; none when `linecache` knows better.
fn plain_text(py: Python, file: &str) -> Option<String> {
    let modules = py.import("sys").ok()?.getattr("modules").ok()?;
    if let Ok(linecache) = modules.get_item("linecache") {
        if linecache.getattr("cache").and_then(|cache| cache.contains(file)).unwrap_or(true) {
            return None;
        }
    }
    let text = std::fs::read_to_string(file).ok()?;
    let declares_encoding = |line: &str| line.trim_start().starts_with('#') && line.contains("coding");
    if text.lines().take(2).any(declares_encoding) {
        return None;
    }
    Some(text.strip_prefix('\u{feff}').map(str::to_string).unwrap_or(text))
}

fn read_lines<'py>(function: &Bound<'py, PyAny>, place: &Place) -> PyResult<Bound<'py, PyList>> {
    let linecache = function.py().import("linecache")?;
    let globals = function.getattr("__globals__")?;
    Ok(linecache.call_method1("getlines", (&place.file, globals))?.cast_into::<PyList>()?)
}

fn joined(lines: &Bound<PyList>, from: usize) -> String {
    let mut text = String::new();
    for line in lines.iter().skip(from) {
        text.push_str(&line.cast::<PyString>().map(|line| line.to_string_lossy().into_owned()).unwrap_or_default());
    }
    text
}

/// Line and column (in characters, from 1) of the word `lambda`: the last one before the first position that the code has.
fn lambda_position(function: &Bound<PyAny>, lines: &Bound<PyList>, place: &Place) -> Option<(usize, Option<usize>)> {
    let positions = function.getattr("__code__").ok()?.call_method0("co_positions").ok()?;
    let mut first: Option<(usize, usize)> = None;
    for position in positions.try_iter().ok()? {
        let (line, _, column, _): (Option<usize>, Option<usize>, Option<usize>, Option<usize>) = position.ok()?.extract().ok()?;
        // RESUME has the function's line and column 0.
        if let (Some(line), Some(column @ 1..)) = (line, column) {
            first = Some(first.map_or((line, column), |f| f.min((line, column))));
        }
    }
    let (mut line, column) = first?;
    let mut end = Some(column);
    while line >= place.line {
        let text = lines.get_item(line - 1).ok()?.extract::<String>().ok()?;
        // Columns of code objects count bytes of UTF-8.
        let before = text.get(..end.unwrap_or(text.len()))?;
        if let Some(at) = before.rfind("lambda") {
            return Some((line, Some(before[..at].chars().count() + 1)));
        }
        (line, end) = (line - 1, None);
    }
    None
}

fn moved(mut diagnostic: Diagnostic, lines: usize) -> Diagnostic {
    let shift = |span: &mut Span| {
        span.line += lines;
        span.end_line += lines;
    };
    diagnostic.span.as_mut().map(shift);
    diagnostic.notes.iter_mut().filter_map(|(span, _)| span.as_mut()).for_each(shift);
    diagnostic
}

fn no_source(place: Option<&Place>, why: &str) -> Diagnostic {
    let name = place.map_or("the function", |place| &place.name);
    Diagnostic::new(ErrorClass::Unsupported, "no-source", format!("the source of {name} is not available: {why}"), None)
        .help("zouk compiles Python source: define the function in a file, a notebook cell, or text registered with `linecache`")
}
