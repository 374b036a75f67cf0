//! What is asked of the driver: a function, argument types, options, and where functions come from.

use crate::error::{CompileError, Sources};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ty::Ty;
use zouk_frontend::{Binding, Environment, File, Function, Source, StaticEnvironment};

/// How a function is compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// LLVM's flags: nnan 1, ninf 2, nsz 4, arcp 8, contract 16, afn 32, reassoc 64; all are 127.
    pub fastmath: u32,
    /// Division by zero gives inf, nan or 0 instead of an exception.
    pub numpy_errors: bool,
    pub boundscheck: bool,
    pub debug: bool,
    /// Keep the machine code on disk.
    pub cache: bool,
    pub inline: bool,
    /// What runs on several threads; empty for nothing.
    pub parallel: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Options { fastmath: 0, numpy_errors: false, boundscheck: true, debug: false, cache: false, inline: false, parallel: vec![] }
    }
}

/// LLVM's fast-math flags, by their bits.
const FLAGS: [&str; 7] = ["nnan", "ninf", "nsz", "arcp", "contract", "afn", "reassoc"];

impl Options {
    /// The bits of a list of flags such as `nnan,contract`, or of `fast`.
    pub fn parse_fastmath(text: &str) -> Result<u32, String> {
        text.split(',').map(str::trim).filter(|f| !f.is_empty()).try_fold(0, |bits, flag| match FLAGS.iter().position(|f| *f == flag) {
            Some(bit) => Ok(bits | 1 << bit),
            None if flag == "fast" => Ok(127),
            None => Err(format!("there is no fast-math flag `{flag}`; flags are fast, {}", FLAGS.join(", "))),
        })
    }

    /// The flags as `arith.fastmath` spells them.
    pub fn fastmath_text(&self) -> String {
        match self.fastmath & 127 {
            0 => "none".into(),
            127 => "fast".into(),
            some => FLAGS.iter().enumerate().filter(|(i, _)| some >> i & 1 != 0).map(|(_, f)| *f).collect::<Vec<_>>().join(","),
        }
    }
}

/// What a function behind a ufunc is called for in compiled code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ufunc {
    /// For each element.
    Elementwise,
    /// For the core dimensions of a layout such as `(n),()->(n)`; the numbers of the inputs that it may write to.
    Generalized(String, Vec<usize>),
}

/// What a function is to the class that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Method,
    Static,
    Getter,
    Setter,
}

/// A compiled class that functions use.
#[derive(Clone, Debug, Default)]
pub struct ClassSource {
    pub fields: Vec<(String, Ty)>,
    /// The names of all compiled classes that it is derived from.
    pub bases: Vec<String>,
    /// Functions by the names that the class has for them, and their symbols.
    pub functions: Vec<(Role, String, String)>,
    /// What else stands in the class's body.
    pub constants: Vec<(String, Binding)>,
}

/// A value that a parameter has in all calls of an entry point. An integer is the bits of one of its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    Bool(bool),
    Int(i64),
}

/// What the program's overloads say to a question; see `zouk_passes::overloads`.
#[derive(Clone, Debug)]
pub enum Overload {
    /// There is no such attempt.
    End,
    Declined,
    /// It raised exception number `number`, or gave what cannot be compiled.
    Refused { number: Option<usize>, why: Diagnostic },
    /// A function that the provider knows by this symbol.
    Function { symbol: String, literal: bool },
    /// The text of an intrinsic, its name, and its signature.
    Intrinsic { name: String, text: String, parameters: Vec<Ty>, result: Ty },
}

/// Where the functions of a compilation come from: live Python objects, or a file.
pub trait Provider {
    /// The parsed function behind a symbol: the entry's, or one that an environment handed out.
    fn function(&self, symbol: &str) -> Result<Function, Diagnostic>;
    /// The qualified name, for messages and tracebacks.
    fn display_name(&self, symbol: &str) -> String;
    /// The values of the last parameters, when they are known; else the default expressions must be constant.
    fn defaults(&self, symbol: &str) -> Option<Vec<Binding>>;
    fn environment(&self, symbol: &str) -> Box<dyn Environment + '_>;
    /// How the function is compiled when another one reaches it: what its own decorator says, else what the entry's does.
    fn options(&self, _symbol: &str, entry: &Options) -> Options {
        entry.clone()
    }
    /// The signatures that calls choose from, when the function declares them: argument types, and result types where given.
    fn signatures(&self, _symbol: &str) -> Option<Vec<(Vec<Ty>, Option<Ty>)>> {
        None
    }
    /// A compiled class by its name.
    fn class(&self, _name: &str) -> Result<ClassSource, String> {
        Err("classes are compiled in a Python process".into())
    }
    /// The values of the entry's parameters that the code is made for: none, or one for each argument.
    fn values(&self) -> &[Option<Value>] {
        &[]
    }
    /// What the program's overloads say to a question. An error ends the compilation.
    fn overload(&self, _question: &str) -> Result<Overload, Diagnostic> {
        Ok(Overload::End)
    }
    /// What calls with arrays do, when the function is one behind a ufunc.
    fn ufunc(&self, _symbol: &str) -> Option<Ufunc> {
        None
    }
}

pub struct Request<'a> {
    /// The symbol of the function wanted.
    pub entry: &'a str,
    pub arguments: Vec<Ty>,
    /// The declared result type: what is returned is converted to it.
    pub result: Option<Ty>,
    pub provider: &'a dyn Provider,
    pub options: Options,
    /// Asks for the inner loop of a NumPy ufunc too: the numbers of the core dimensions of each operand, no list when it is elementwise.
    pub ufunc: Option<Vec<Vec<usize>>>,
}

/// The functions of a file, with no interpreter.
pub struct FileProvider {
    source: Source,
    environment: StaticEnvironment,
}

impl FileProvider {
    pub fn new(source: Source) -> Result<Self, CompileError> {
        match File::parse(&source) {
            Ok(file) => Ok(FileProvider { source, environment: file.environment }),
            Err(diagnostic) => Err(CompileError::in_source(diagnostic, source)),
        }
    }

    /// Reads and parses a file; `-` is standard input.
    pub fn open(path: &str) -> Result<Self, CompileError> {
        let text = read(path).map_err(|e| {
            let diagnostic = Diagnostic::new(ErrorClass::Syntax, "no-source", format!("cannot read {path}: {e}"), None);
            CompileError::new(vec![diagnostic.help("give the path of a Python file")], &Sources::new())
        })?;
        Self::new(Source::new(if path == "-" { "<stdin>" } else { path }, text))
    }
}

/// The text of a file; `-` is standard input.
pub fn read(path: &str) -> std::io::Result<String> {
    if path == "-" { std::io::read_to_string(std::io::stdin()) } else { std::fs::read_to_string(path) }
}

impl Provider for FileProvider {
    fn function(&self, symbol: &str) -> Result<Function, Diagnostic> {
        zouk_frontend::find_function(&self.source, zouk_frontend::Find::Name(symbol))
    }
    fn display_name(&self, symbol: &str) -> String {
        symbol.to_string()
    }
    fn defaults(&self, _: &str) -> Option<Vec<Binding>> {
        None
    }
    fn environment(&self, _: &str) -> Box<dyn Environment + '_> {
        Box::new(self.environment.clone())
    }
}
