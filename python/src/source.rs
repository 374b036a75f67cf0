//! The text of a live Python function: through `linecache`, so notebooks and doctests work; the block is cut out in Rust.
//!
//! A text counts only if it says what the function does: a file may have been edited since it was imported. What `linecache`
//! remembers from before is asked first, then what it, or the file, says now, then what the file said when the function was decorated.

use crate::{dispatcher, unchanged};
use pyo3::{
    prelude::*,
    types::{PyList, PyString},
};
use std::{
    collections::HashMap,
    fs::{self, Metadata},
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::SystemTime,
};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass, Span};
use zouk_frontend::{Find, Function, Source, find_function, find_lambdas, function_block};

/// The parsed function of a dispatcher. Python's own errors while reading become diagnostics.
pub fn parsed(dispatcher: &Bound<PyAny>, function: &Bound<PyAny>) -> Result<Function, Diagnostic> {
    let place = Place::of(function).map_err(|error| no_source(None, &error.to_string()))?;
    let when_decorated = || {
        let text = dispatcher::checked_core(dispatcher).ok()?.text.clone()?;
        found(&text, &place, false).ok()
    };
    parsed_now(function, &place).or_else(|error| when_decorated().ok_or(error))
}

fn parsed_now(function: &Bound<PyAny>, place: &Place) -> Result<Function, Diagnostic> {
    if let Some(text) = plain_text(function.py(), &place.file) {
        return found(&text, place, place.is_rewritten());
    }
    let unreadable = |error: PyErr| no_source(Some(place), &error.to_string());
    let linecache = function.py().import("linecache").map_err(unreadable)?;
    let remembered = remembered_text(&linecache, place).map_err(unreadable)?;
    if let Ok(found) = found(&remembered, place, false) {
        return Ok(found);
    }
    linecache.call_method1("checkcache", (&place.file,)).map_err(unreadable)?;
    let now = found(&remembered_text(&linecache, place).map_err(unreadable)?, place, place.is_rewritten());
    now.or_else(|error| recovered(place).ok_or(error))
}

/// The function in a text that is in no file, if there is one that says what the function does.
fn recovered(place: &Place) -> Option<Function> {
    if !place.file.starts_with('<') {
        return None;
    }
    let texts = place.function.py().import("zouk.recovery").and_then(|module| module.call_method1("texts", (place.function,))).ok()?;
    texts.extract::<Vec<String>>().ok()?.iter().find_map(|text| found(text, place, false).ok())
}

/// The function in a text. `trusted` texts are taken even if Python makes other code of them.
fn found(text: &str, place: &Place, trusted: bool) -> Result<Function, Diagnostic> {
    if text.is_empty() {
        let is_file = std::path::Path::new(&place.file).is_file();
        return Err(if is_file { changed(place) } else { no_source(Some(place), &format!("{} cannot be read", place.file)) });
    }
    match place.name.as_str() {
        "<lambda>" => lambda(text, place, trusted),
        _ => definition(text, place, trusted),
    }
}

fn definition(text: &str, place: &Place, trusted: bool) -> Result<Function, Diagnostic> {
    let source = function_block(&place.file, text, place.line).map_err(|_| changed(place))?;
    if !(trusted || unchanged::says(&source.text, place.function, &place.code) || unchanged::file_says(text, &place.code)) {
        return Err(changed(place));
    }
    let found = find_function(&source, Find::Only)?;
    // Python has read the name otherwise than the parser where it is not in Unicode's normal form.
    if found.name() == place.name || !trusted { Ok(found) } else { Err(changed(place)) }
}

/// Of the lambdas on the line the one with this code; of several such, which do the same, the one whose place fits.
fn lambda(text: &str, place: &Place, trusted: bool) -> Result<Function, Diagnostic> {
    let source = Source::new(&place.file, text);
    let mut found = match find_lambdas(&source, place.line) {
        Ok(found) => found,
        Err(diagnostic) if unchanged::is_python(&place.code, text) => return Err(diagnostic),
        Err(_) => return Err(changed(place)),
    };
    let says = |lambda: &Function| unchanged::lambda_says(lambda.text(), place.function, &place.code);
    let only = found.len() == 1;
    if !(only && (trusted || says(&found[0]) || unchanged::file_says(text, &place.code))) {
        found.retain(|lambda| !only && says(lambda));
    }
    let first = first_position(&place.code);
    let before = |lambda: &Function| first.is_none_or(|first| (lambda.span().line, lambda.span().column) <= first);
    let best = found.iter().rposition(before).unwrap_or(0);
    if best < found.len() { Ok(found.swap_remove(best)) } else { Err(changed(place)) }
}

/// The first line and column (from 1) that the code has; those of RESUME, with column 0, are the function's.
fn first_position(code: &Bound<PyAny>) -> Option<(usize, usize)> {
    let positions = code.call_method0("co_positions").ok()?;
    let all = positions.try_iter().ok()?.filter_map(|position| position.ok()?.extract().ok());
    let places = all.filter_map(|(line, _, column, _): (Option<usize>, Option<usize>, Option<usize>, Option<usize>)| Some((line?, column? + 1)));
    places.filter(|(_, column)| *column > 1).min()
}

struct Place<'f, 'py> {
    function: &'f Bound<'py, PyAny>,
    file: String,
    /// Of the first decorator, from 1.
    line: usize,
    name: String,
    code: Bound<'py, PyAny>,
}

impl<'f, 'py> Place<'f, 'py> {
    fn of(function: &'f Bound<'py, PyAny>) -> PyResult<Self> {
        let code = function.getattr("__code__")?;
        Ok(Place {
            function,
            file: code.getattr("co_filename")?.extract()?,
            line: code.getattr("co_firstlineno")?.extract::<usize>()?.max(1),
            name: code.getattr("co_name")?.extract()?,
            code,
        })
    }

    /// Whether the function's code may differ from what its text compiles to although the text is what was imported: an import hook,
    /// such as that of pytest or of run-time type checkers, rewrote it. That no edit did is known of files older than the process's use of zouk.
    fn is_rewritten(&self) -> bool {
        let older = fs::metadata(&self.file).and_then(|data| data.modified()).is_ok_and(|changed| changed < *IMPORTED);
        older && (unchanged::has_odd_names(&self.code) || is_hooked(self.function, &self.file).unwrap_or(false))
    }
}

/// When zouk was imported.
static IMPORTED: LazyLock<SystemTime> = LazyLock::new(SystemTime::now);

/// Notes the time of the import.
pub fn imported() {
    LazyLock::force(&IMPORTED);
}

/// Whether the function's module was imported from this file by a loader that is not Python's own.
fn is_hooked(function: &Bound<PyAny>, file: &str) -> PyResult<bool> {
    let globals = function.getattr("__globals__")?;
    let loader = globals.get_item("__loader__")?;
    if loader.is_none() || !globals.get_item("__file__")?.eq(file)? {
        return Ok(false);
    }
    let own = function.py().import("_frozen_importlib_external")?.getattr("SourceFileLoader")?;
    Ok(!loader.get_type().is(&own))
}

/// The text of an ordinary file in UTF-8, read without `linecache`, whose import takes milliseconds; none when `linecache` knows better.
fn plain_text(py: Python, file: &str) -> Option<String> {
    let modules = py.import("sys").ok()?.getattr("modules").ok()?;
    if let Ok(linecache) = modules.get_item("linecache") {
        if linecache.getattr("cache").and_then(|cache| cache.contains(file)).unwrap_or(true) {
            return None;
        }
    }
    text_of_file(file)
}

/// What an ordinary file in UTF-8 says.
fn text_of_file(file: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let declares_encoding = |line: &str| line.trim_start().starts_with('#') && line.contains("coding");
    if text.lines().take(2).any(declares_encoding) {
        return None;
    }
    let text = text.strip_prefix('\u{feff}').map(str::to_string).unwrap_or(text);
    // Python's lines may end in a carriage return.
    Some(if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text })
}

/// What files said when a function of theirs was last decorated, by their names, and what they were then.
static TEXTS: LazyLock<Mutex<HashMap<String, (State, Option<Arc<str>>)>>> = LazyLock::new(Default::default);

/// What tells a file from an edited one.
#[derive(PartialEq)]
struct State(Option<SystemTime>, u64);

impl State {
    fn of(data: &Metadata) -> State {
        State(data.modified().ok(), data.len())
    }
}

/// The text of a function's file now, for when the file is edited or gone before the function is compiled: read once, and again only after it has changed.
pub fn text_now(code: &Bound<PyAny>) -> Option<Arc<str>> {
    let file = code.getattr("co_filename").ok()?.cast_into::<PyString>().ok()?;
    let file = file.to_str().ok().filter(|file| !file.starts_with('<'))?;
    let state = State::of(&fs::metadata(file).ok()?);
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    match texts.get(file) {
        Some((of, text)) if *of == state => text.clone(),
        _ => {
            let text: Option<Arc<str>> = text_of_file(file).map(Arc::from);
            texts.insert(file.into(), (state, text.clone()));
            text
        }
    }
}

/// What `linecache` has.
fn remembered_text(linecache: &Bound<PyModule>, place: &Place) -> PyResult<String> {
    let globals = place.function.getattr("__globals__")?;
    let lines = linecache.call_method1("getlines", (&place.file, globals))?.cast_into::<PyList>()?;
    let mut text = String::new();
    for line in lines.iter() {
        text.push_str(&line.cast::<PyString>().map(|line| line.to_string_lossy().into_owned()).unwrap_or_default());
    }
    Ok(text)
}

fn changed(place: &Place) -> Diagnostic {
    let span = Span { file: place.file.clone(), line: place.line, column: 1, end_line: place.line, end_column: 2 };
    let message = format!("the source of {} is not available: {} has changed since it was imported", place.name, place.file);
    Diagnostic::new(ErrorClass::Unsupported, "no-source", message, Some(span)).help("import it again")
}

fn no_source(place: Option<&Place>, why: &str) -> Diagnostic {
    let name = place.map_or("the function", |place| &place.name);
    Diagnostic::new(ErrorClass::Unsupported, "no-source", format!("the source of {name} is not available: {why}"), None)
        .help("zouk compiles Python source: define the function in a file, a notebook cell, or text registered with `linecache`")
}
