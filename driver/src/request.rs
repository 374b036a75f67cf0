//! What is asked of the driver: a function, argument types, options, and where functions come from.

use crate::error::{CompileError, Sources};
use crate::simt::{CudaOptions, Simt};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ty::Ty;
use zouk_frontend::{Binding, Constant, Environment, File, Function, Source, StaticEnvironment};

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
    /// Number types that names have wherever they are assigned.
    pub locals: Vec<(String, Ty)>,
    /// What runs on several threads; empty for nothing.
    pub parallel: Vec<String>,
    /// Whether the entry is a kernel, and for what.
    pub simt: Simt,
    /// The GPU, as `sm_80`, on which parallel loops run where they can.
    pub offload: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Options { fastmath: 0, numpy_errors: false, boundscheck: true, debug: false, cache: false, inline: false, locals: vec![], parallel: vec![], simt: Simt::No, offload: None }
    }
}

/// LLVM's fast-math flags, by their bits.
const FLAGS: [&str; 7] = ["nnan", "ninf", "nsz", "arcp", "contract", "afn", "reassoc"];

impl Options {
    /// The flag of `fastmath` that lets a product and a sum round once.
    pub const CONTRACT: u32 = 16;

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
    /// For each element. The identity is what a reduction begins with; with one, or where the program says so, the items are taken in any order.
    Elementwise { identity: Option<i64>, reorderable: bool },
    /// For the core dimensions of a layout such as `(n),()->(n)`; the numbers of the inputs that it may write to.
    Generalized(String, Vec<usize>),
}

/// What a stencil was told beside its kernel.
#[derive(Clone, Debug, PartialEq)]
pub struct Stencil {
    /// `constant`, `wrap`, `reflect` or `nearest`: where elements outside of the array come from.
    pub mode: String,
    /// The value of the border, in MLIR's spelling.
    pub cval: Option<String>,
    /// The least and the greatest relative index along each axis.
    pub neighborhood: Option<Vec<(i64, i64)>>,
    /// The parameters that are indexed as usual.
    pub standard: Vec<String>,
}

impl Stencil {
    pub const MODES: [&str; 4] = ["constant", "wrap", "reflect", "nearest"];

    /// From the arguments of the decorator in a file.
    fn of_arguments(arguments: &[(String, Option<Constant>)]) -> Result<Stencil, String> {
        let mut stencil = Stencil { mode: "constant".into(), cval: None, neighborhood: None, standard: vec![] };
        for (name, value) in arguments {
            let Some(value) = value else { return Err(format!("the argument `{name}` of @stencil is known only when the file runs")) };
            match (name.as_str(), value) {
                ("" | "func_or_mode" | "mode", Constant::Str(mode)) if Self::MODES.contains(&mode.as_str()) => stencil.mode = mode.clone(),
                ("cval", value) => stencil.cval = Some(spelled(value).ok_or("cval is a number")?),
                ("neighborhood", Constant::Tuple(axes)) => stencil.neighborhood = Some(axes.iter().map(pair).collect::<Option<_>>().ok_or("neighborhood= is a pair of integers for each axis")?),
                ("standard_indexing", Constant::Str(name)) => stencil.standard = vec![name.clone()],
                ("standard_indexing", Constant::Tuple(names)) => stencil.standard = names.iter().filter_map(|name| if let Constant::Str(name) = name { Some(name.clone()) } else { None }).collect(),
                // Options of the compilation are the command line's.
                (name, _) if !matches!(name, "" | "func_or_mode" | "mode" | "neighborhood" | "standard_indexing") => {}
                (name, _) => return Err(format!("@stencil does not take this value for `{name}`")),
            }
        }
        Ok(stencil)
    }
}

/// The least and the greatest index along an axis.
fn pair(axis: &Constant) -> Option<(i64, i64)> {
    let Constant::Tuple(bounds) = axis else { return None };
    let [Constant::Int(least), Constant::Int(greatest)] = &bounds[..] else { return None };
    let (least, greatest) = (least.to_string().parse().ok()?, greatest.to_string().parse().ok()?);
    (least <= greatest).then_some((least, greatest))
}

/// A number in MLIR's spelling.
fn spelled(value: &Constant) -> Option<String> {
    Some(match value {
        Constant::Bool(value) => value.to_string(),
        Constant::Int(value) => format!("{} : si64", value.to_string().parse::<i64>().ok()?),
        Constant::Float(value) => format!("{:#X} : f64", value.to_bits()),
        Constant::Complex(re, im) if re.is_finite() && im.is_finite() => format!("#complex.number<:f64 {re:?}, {im:?}> : complex<f64>"),
        _ => return None,
    })
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
    /// What the functions that have been built so far refer to outside of compiled code.
    fn externals(&self) -> Vec<External> {
        vec![]
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
    /// How the function is applied to arrays, when it is the kernel of a stencil.
    fn stencil(&self, _symbol: &str) -> Result<Option<Stencil>, Diagnostic> {
        Ok(None)
    }
}

/// A function of C, or a block that the interpreter runs (`zouk_passes::foreign`).
#[derive(Clone, Debug)]
pub struct External {
    /// Its reference and its symbol.
    pub name: String,
    pub result: Ty,
    /// A block takes whatever it is given.
    pub arguments: Vec<Ty>,
    /// Of the function, or of what the program knows the block by.
    pub address: usize,
}

pub struct Request<'a> {
    /// The symbol of the function wanted.
    pub entry: &'a str,
    pub arguments: Vec<Ty>,
    /// The declared result type: what is returned is converted to it.
    pub result: Option<Ty>,
    pub provider: &'a dyn Provider,
    pub options: Options,
    /// Asks for a function that C can call, too.
    pub c_entry: bool,
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

impl FileProvider {
    /// What the decorator of a kernel says, and whether it asks for `fastmath` and `debug`.
    pub fn kernel(&self, symbol: &str) -> Option<(CudaOptions, bool, bool)> {
        let function = zouk_frontend::find_function(&self.source, zouk_frontend::Find::Name(symbol)).ok()?;
        let arguments = function.decorator_arguments("zouk.cuda.jit", &self.environment)?;
        let flag = |wanted: &str| arguments.iter().any(|(name, value)| name == wanted && *value == Some(Constant::Bool(true)));
        Some((CudaOptions::of_arguments(&arguments), flag("fastmath"), flag("debug")))
    }
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
    fn stencil(&self, symbol: &str) -> Result<Option<Stencil>, Diagnostic> {
        let function = self.function(symbol)?;
        let Some(arguments) = function.decorator_arguments("zouk.stencil", &self.environment) else { return Ok(None) };
        Stencil::of_arguments(&arguments).map(Some).map_err(|message| {
            let error = Diagnostic::new(ErrorClass::Value, "bad-stencil", message, Some(function.span()));
            error.help("the arguments of @stencil are constants when a file is compiled without running it")
        })
    }
}
