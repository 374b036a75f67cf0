//! The library: functions in Python that are embedded in the binary, found by name and lowered when a compilation first calls them.
//!
//! `library/numpy/NAME.py` holds functions of `numpy`, `library/numpy/linalg.py` and files of `library/numpy/linalg/` those of `numpy.linalg`, and
//! `library/array.py` and files of `library/array/` methods of arrays, or attributes when decorated with `@property`. The environment variable
//! `ZOUK_LIBRARY` names a folder that is read in place of the embedded files.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{LazyLock, OnceLock};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Builder, Op};
use zouk_frontend::{Binding, Definition, Environment, File, Source, builtin, is_known_module, lower_function};
use zouk_passes::library::{FOLDER, PREFIX};

/// Paths in the folder, and texts.
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/library.rs"));

/// Functions of the compiler that library code calls as `compiler.name(…)`; see `functions/library.rs` of the passes.
const INTRINSICS: &str = "zouk.library";

struct LibraryFile {
    /// Of what its functions are: `numpy`, `numpy.linalg`, `array`.
    home: String,
    source: Source,
    parsed: OnceLock<Result<File, Diagnostic>>,
}

impl LibraryFile {
    fn new(path: &str, text: String) -> Self {
        LibraryFile { home: home(path), source: Source::new(format!("{FOLDER}{path}"), text), parsed: OnceLock::new() }
    }

    fn parsed(&self) -> Result<&File, Diagnostic> {
        self.parsed.get_or_init(|| File::parse(&self.source)).as_ref().map_err(Clone::clone)
    }
}

/// `numpy/sorting.py` is of `numpy`, `numpy/linalg.py` of `numpy.linalg`, `array.py` and `array/sorting.py` of `array`.
fn home(path: &str) -> String {
    let whole = path.trim_end_matches(".py").replace('/', ".");
    match whole.rsplit_once('.') {
        Some((folder, _)) if !is_known_module(&whole) => folder.into(),
        _ => whole,
    }
}

/// Whether only library functions may call it.
fn is_private(path: &str) -> bool {
    path.rsplit('.').next().unwrap_or_default().starts_with('_')
}

/// Where a function is.
struct Place {
    file: usize,
    property: bool,
}

struct Library {
    files: Vec<LibraryFile>,
    /// By home and name: `numpy.median`, `array.sort`.
    functions: HashMap<String, Place>,
    /// Private functions by name: visible in all files.
    private: HashMap<String, String>,
    hash: [u8; 32],
}

/// The library of this process.
static LIBRARY: LazyLock<Library> = LazyLock::new(|| match std::env::var_os("ZOUK_LIBRARY") {
    Some(folder) if !folder.is_empty() => Library::new(read(Path::new(&folder), "")),
    _ => Library::new(EMBEDDED.iter().map(|(path, text)| (path.to_string(), text.to_string())).collect()),
});

/// The Python files in a folder, by their paths in it. What cannot be read is left out: functions in it are then not found.
fn read(folder: &Path, prefix: &str) -> Vec<(String, String)> {
    let mut files = vec![];
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), format!("{prefix}{}", entry.file_name().to_string_lossy()));
        if path.is_dir() {
            files.extend(read(&path, &format!("{name}/")));
        } else if name.ends_with(".py") {
            files.extend(std::fs::read_to_string(&path).ok().map(|text| (name, text)));
        }
    }
    files.sort();
    files
}

impl Library {
    fn new(texts: Vec<(String, String)>) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in texts.iter().flat_map(|(path, text)| [path, text]) {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
        }
        let mut library = Library { files: vec![], functions: HashMap::new(), private: HashMap::new(), hash: *hasher.finalize().as_bytes() };
        for (path, text) in texts {
            library.add(LibraryFile::new(&path, text));
        }
        library
    }

    /// Notes the functions at the top level; nothing is parsed before one of them is called.
    fn add(&mut self, file: LibraryFile) {
        let number = self.files.len();
        let mut property = false;
        for line in file.source.text.lines() {
            if let Some((name, _)) = line.strip_prefix("def ").and_then(|rest| rest.split_once('(')) {
                let path = format!("{}.{}", file.home, name.trim());
                if name.starts_with('_') {
                    self.private.insert(name.trim().into(), path.clone());
                }
                self.functions.insert(path, Place { file: number, property });
            }
            property = line.trim_end() == "@property";
        }
        self.files.push(file);
    }

    fn place<'a>(&self, symbol: &'a str) -> Option<(&'a str, &LibraryFile)> {
        let path = symbol.strip_prefix(PREFIX)?;
        let file = &self.files[self.functions.get(path)?.file];
        Some((path[file.home.len()..].trim_start_matches('.'), file))
    }

    fn function(&self, path: &str) -> Option<Binding> {
        self.functions.contains_key(path).then(|| Binding::Function(format!("{PREFIX}{path}")))
    }
}

impl zouk_passes::library::Library for Library {
    fn symbol(&self, name: &str) -> Option<String> {
        let path = name.trim_end_matches("()");
        let place = self.functions.get(path).filter(|_| !is_private(path))?;
        let is_module = is_known_module(&self.files[place.file].home);
        let called = path.len() < name.len();
        let found = if is_module { !called } else { place.property != called };
        found.then(|| format!("{PREFIX}{path}"))
    }

    fn at_run_time(&self, symbol: &str) -> Option<String> {
        let (module, name) = symbol.strip_prefix(PREFIX)?.rsplit_once('.')?;
        let path = format!("{module}._{name}_at_run_time");
        self.functions.contains_key(&path).then(|| format!("{PREFIX}{path}"))
    }

    fn lower<'c>(&self, module: Op<'c>, symbol: &str) -> Result<Op<'c>, Diagnostic> {
        let unknown = || Diagnostic::new(ErrorClass::Internal, "unknown-symbol", format!("the library has no function {symbol}"), None);
        let (name, file) = self.place(symbol).ok_or_else(unknown)?;
        let parsed = file.parsed()?;
        let function = parsed.functions.iter().find(|f| f.name() == name).ok_or_else(unknown)?;
        let environment = LibraryEnvironment { library: self, file, parsed };
        let definition = Definition { symbol, display: name, environment: &environment, defaults: None, locals: &[], library: true };
        let lowered = lower_function(module.context(), module.body(0), function, &definition);
        let op = lowered.map_err(|errors| errors.into_iter().next().unwrap_or_else(unknown))?;
        let divides_as_program = file.home == "operator";
        std::iter::successors(Some(op), |op| op.next()).for_each(|op| settings(module, op, divides_as_program));
        Ok(op)
    }

    /// What programs may call. The functions of files `refused.py` only say why there is no such thing.
    fn names(&self) -> Vec<String> {
        let refused = |place: &Place| self.files[place.file].source.file.ends_with("/refused.py");
        let public = self.functions.iter().filter(|(path, place)| !is_private(path) && !refused(place));
        public.map(|(path, place)| if place.property || is_known_module(&self.files[place.file].home) { path.clone() } else { format!("{path}()") }).collect()
    }
}

/// Division gives inf and nan, as in NumPy, but in functions that stand for the program's own operators; NaN and infinity are looked for even where the program's arithmetic is free of them.
fn settings(module: Op, function: Op, divides_as_program: bool) {
    let b = Builder::before(function);
    let flags = match module.str_attr("zouk.fastmath") {
        Some("fast") => "nsz,arcp,contract,afn,reassoc".into(),
        flags => flags.unwrap_or("none").split(',').filter(|flag| !matches!(flag.trim(), "nnan" | "ninf")).collect::<Vec<_>>().join(","),
    };
    function.set_attr("zouk.fastmath", b.str(if flags.is_empty() { "none" } else { &flags }));
    if !divides_as_program {
        function.set_attr("zouk.error_model", b.str("numpy"));
    }
}

/// What names in a library file stand for: the file's own, `np`, `math`, `compiler`, functions of the same module, private ones of any file, builtins.
struct LibraryEnvironment<'a> {
    library: &'a Library,
    file: &'a LibraryFile,
    parsed: &'a File,
}

impl Environment for LibraryEnvironment<'_> {
    fn lookup(&self, name: &str) -> Result<Option<Binding>, String> {
        let of_home = || self.library.function(&format!("{}.{name}", self.file.home));
        match self.parsed.environment.lookup(name)? {
            Some(Binding::Function(_)) => return Ok(of_home()),
            Some(found) if builtin(name).as_ref() != Some(&found) => return Ok(Some(found)),
            _ => {}
        }
        Ok(match name {
            "np" => Some(Binding::Module("numpy".into())),
            "math" => Some(Binding::Module("math".into())),
            "compiler" => Some(Binding::Module(INTRINSICS.into())),
            "literal" => Some(Binding::Ref(format!("{INTRINSICS}.literal"))),
            _ => builtin(name).or_else(of_home).or_else(|| self.library.function(self.library.private.get(name)?)),
        })
    }

    fn attribute(&self, of: &Binding, name: &str) -> Result<Option<Binding>, String> {
        match of {
            Binding::Module(module) if module == INTRINSICS => Ok(Some(Binding::Ref(format!("{INTRINSICS}.{name}")))),
            _ => self.parsed.environment.attribute(of, name),
        }
    }
}

/// Makes the library known to inference.
pub fn register() {
    zouk_passes::library::register(&*LIBRARY);
}

/// The public functions, by the names of the function tables, with the text of their parameters; sorted.
pub fn functions() -> Vec<(String, String)> {
    use zouk_passes::library::Library as _;
    let parameters = |name: &str| {
        let place = &LIBRARY.functions[name.trim_end_matches("()")];
        let own = name.trim_end_matches("()").rsplit('.').next().unwrap_or_default();
        let text = &LIBRARY.files[place.file].source.text;
        let after = text.split_once(&format!("\ndef {own}(")).and_then(|(_, rest)| rest.split_once("):\n"));
        let header = after.map(|(text, _)| text.split_whitespace().collect::<Vec<_>>().join(" ")).unwrap_or_default();
        header.trim_end_matches(',').replace(": literal", "").replace(" = ", "=")
    };
    let mut all: Vec<_> = LIBRARY.names().into_iter().map(|name| (parameters(&name), name)).map(|(text, name)| (name, text)).collect();
    all.sort();
    all
}

/// Tells two libraries apart.
pub fn hash() -> &'static [u8; 32] {
    &LIBRARY.hash
}

/// The text of a file that messages name.
pub fn text(file: &str) -> Option<&'static str> {
    file.strip_prefix(FOLDER)?;
    LIBRARY.files.iter().find(|f| f.source.file == file).map(|f| f.source.text.as_str())
}
