//! What a pass is: a function over an op, with a command-line name and options.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::{CStr, CString, c_char};
use std::sync::Once;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass, report};
use zouk_dialects::ir::{Location, Op, emit_error};

/// A command-line option of a pass: name, description, initial value.
pub struct OptionInfo {
    pub name: &'static str,
    pub description: &'static str,
    pub initial: &'static str,
}

/// The values of a pass's options.
pub struct Options(HashMap<String, String>);

impl Options {
    fn parse(text: &str) -> Self {
        Options(text.lines().filter_map(|l| l.split_once('=')).map(|(k, v)| (k.to_string(), v.to_string())).collect())
    }

    /// The option's text. Panics on a name that the pass does not declare.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).unwrap_or_else(|| panic!("the pass declares no option {name}"))
    }

    pub fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), "true" | "1")
    }
}

pub type Run = for<'c> fn(Op<'c>, &Options) -> Result<(), Diagnostic>;

/// A pass of ours. `source` is its file, whose `//!` text is its documentation.
pub struct PassInfo {
    /// `zouk-infer-types`
    pub name: &'static str,
    /// `infer_types`
    pub module: &'static str,
    /// `builtin.module` or `func.func`
    pub anchor: &'static str,
    pub options: &'static [OptionInfo],
    pub source: &'static str,
    /// The same pass behind the C interface.
    pub entry: extern "C" fn(mlir_sys::MlirOperation, *const c_char) -> bool,
}

impl PassInfo {
    /// The first line of the file's documentation.
    pub fn summary(&self) -> &'static str {
        self.source.lines().next().unwrap_or_default().trim_start_matches("//!").trim()
    }

    /// The text of the ```` ```mlir tag ```` block of the file's documentation.
    pub fn example(&self, tag: &str) -> Option<String> {
        let head = format!("//! ```mlir {tag}");
        let mut lines = self.source.lines().skip_while(|l| l.trim_end() != head).skip(1).peekable();
        lines.peek()?;
        Some(lines.take_while(|l| l.trim_end() != "//! ```").map(|l| l.trim_start_matches("//!").strip_prefix(' ').unwrap_or("").to_string() + "\n").collect())
    }
}

/// Runs a pass for the C interface: errors are reported, a panic becomes an internal error.
pub fn run_reporting(name: &str, run: Run, op: mlir_sys::MlirOperation, options: *const c_char) -> bool {
    // SAFETY: MLIR hands a live operation, the shim a NUL-terminated string.
    let (op, options) = unsafe { (Op::from_raw(op), CStr::from_ptr(options)) };
    let options = Options::parse(&options.to_string_lossy());
    let diagnostic = match caught(|| run(op, &options)) {
        Ok(Ok(())) => return true,
        Ok(Err(diagnostic)) => diagnostic,
        Err(panic) => Diagnostic::at(ErrorClass::Internal, "internal-error", format!("{name} failed: {panic}"), op.loc()),
    };
    emit_error(place(op, &diagnostic), &diagnostic.message);
    report(diagnostic);
    false
}

/// What `work` returns, or the message and place of its panic, which is not printed.
fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    // `Some` while this thread is in here: what the panic said.
    thread_local!(static PANIC: RefCell<Option<String>> = const { RefCell::new(None) });
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let ours = PANIC.with_borrow_mut(|said| said.as_mut().map(|said| *said = info.to_string()).is_some());
            if !ours {
                others(info);
            }
        }));
    });
    let outer = PANIC.replace(Some(String::new()));
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    let said = PANIC.replace(outer).unwrap_or_default();
    // `panicked at passes/src/x.rs:1:2:\nmessage`
    result.map_err(|_| said.strip_prefix("panicked at ").map_or(said.clone(), |said| said.replacen(":\n", ": ", 1)))
}

/// Where a diagnostic starts; the op that the pass ran on when it has no place.
fn place<'c>(op: Op<'c>, diagnostic: &Diagnostic) -> Location<'c> {
    let start = diagnostic.span.as_ref().filter(|span| !span.file.is_empty());
    start.map_or(op.loc(), |span| Location::new(op.context(), &span.file, span.line, span.column))
}

#[repr(C)]
struct RawOption {
    name: *const c_char,
    description: *const c_char,
    initial: *const c_char,
}

#[repr(C)]
struct RawPass {
    name: *const c_char,
    argument: *const c_char,
    description: *const c_char,
    anchor: *const c_char,
    options: *const RawOption,
    option_count: usize,
    run: extern "C" fn(mlir_sys::MlirOperation, *const c_char) -> bool,
}

unsafe extern "C" {
    fn zoukRegisterPass(pass: *const RawPass);
}

fn leak(text: &str) -> *const c_char {
    CString::new(text.replace('\0', "")).unwrap_or_default().into_raw()
}

/// Gives every pass of ours its command-line name, and registers upstream's; once per process.
pub fn register_all() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        melior::utility::register_all_passes();
        register_ours();
    });
}

/// As `register_all`, for a program that registers upstream's passes itself.
pub fn register_ours() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for pass in crate::pipeline::passes().into_iter().chain(crate::pipeline::utilities()) {
            let options: Vec<RawOption> =
                pass.options.iter().map(|o| RawOption { name: leak(o.name), description: leak(o.description), initial: leak(o.initial) }).collect();
            let options = options.leak();
            let raw = RawPass {
                name: leak(pass.module),
                argument: leak(pass.name),
                description: leak(pass.summary()),
                anchor: leak(pass.anchor),
                options: options.as_ptr(),
                option_count: options.len(),
                run: pass.entry,
            };
            // SAFETY: the strings and options are leaked: they live as long as the registry.
            unsafe { zoukRegisterPass(&raw) }
        }
    });
}
