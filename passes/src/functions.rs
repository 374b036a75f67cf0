//! Functions are data: one table entry per builtin, `math` or NumPy function, method or attribute. Inference asks an entry
//! for its result type, lowering for its code; nothing else in the compiler knows a function by name.
//!
//! Names: `builtins.abs`, `math.sin`, `numpy.zeros`; methods and attributes of values are spelled by the class of the receiver,
//! `array.copy()`, `array.shape`, `complex.real`; the receiver is the first argument.

use crate::lower_python::Lower;
use std::collections::HashMap;
use std::sync::OnceLock;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::{Array, Layout, Ty};

/// A compile-time constant operand.
#[derive(Clone, Debug, PartialEq)]
pub enum Const {
    None,
    Bool(bool),
    /// An integer in the range of int64 and uint64.
    Int(i128),
    Float(f64),
    Str(String),
    /// Some of the parts may be `Dynamic`.
    Tuple(Vec<Const>),
    /// A part of a tuple that is known at run time only.
    Dynamic,
}

impl Const {
    /// A tuple of these parts, if anything is known of them.
    pub fn tuple(parts: impl Iterator<Item = Option<Const>>) -> Option<Const> {
        let parts: Vec<Const> = parts.map(|part| part.unwrap_or(Const::Dynamic)).collect();
        (parts.is_empty() || parts.iter().any(|part| *part != Const::Dynamic)).then_some(Const::Tuple(parts))
    }

    /// The part of a tuple at a place, where it is known.
    pub fn part(&self, place: usize) -> Option<Const> {
        let Const::Tuple(parts) = self else { return None };
        parts.get(place).filter(|part| **part != Const::Dynamic).cloned()
    }
}

/// An argument as inference sees it.
#[derive(Clone, Debug)]
pub struct TyArg {
    pub ty: Ty,
    pub constant: Option<Const>,
}

/// A value as lowering sees it: `parts` are the SSA values that its type expands to (see `Lower::expand`).
#[derive(Clone, Debug)]
pub struct Val<'c> {
    pub ty: Ty,
    pub parts: Vec<Value<'c>>,
    pub constant: Option<Const>,
}

impl Val<'_> {
    /// The value as inference saw it.
    pub fn as_argument(&self) -> TyArg {
        TyArg { ty: self.ty.clone(), constant: self.constant.clone() }
    }
}

/// Arguments bound to the parameters of an entry; `rest` are those of a `*parameter`.
#[derive(Debug)]
pub struct Bound<A> {
    slots: Vec<Option<A>>,
    pub rest: Vec<A>,
}

impl<A> Bound<A> {
    /// Positional arguments alone: for a rule that defers to another.
    pub fn of(arguments: Vec<A>) -> Self {
        Bound { slots: arguments.into_iter().map(Some).collect(), rest: vec![] }
    }

    /// What is made of each argument.
    pub fn map<B>(&self, mut f: impl FnMut(&A) -> B) -> Bound<B> {
        Bound { slots: self.slots.iter().map(|slot| slot.as_ref().map(&mut f)).collect(), rest: self.rest.iter().map(&mut f).collect() }
    }

    /// The argument of parameter `i`, when given.
    pub fn get(&self, i: usize) -> Option<&A> {
        self.slots.get(i).and_then(Option::as_ref)
    }
}

impl<A> std::ops::Index<usize> for Bound<A> {
    type Output = A;
    /// The argument of a required parameter.
    fn index(&self, i: usize) -> &A {
        self.get(i).expect("binding checked that required parameters are given")
    }
}

/// What is wrong with a call: one lower-case sentence and what to do. The caller adds the place and the argument types.
#[derive(Clone, Debug)]
pub struct CallError {
    pub message: String,
    pub help: Option<String>,
    /// The call is no error of the compiler's: it raises this when it is reached.
    pub raises: Option<Raised>,
    /// An argument must be a constant. Where it is a parameter of the function around the call, the callers may know it.
    pub needs_constants: bool,
}

/// An exception that a call is known to raise.
#[derive(Clone, Debug)]
pub struct Raised {
    pub exception: &'static str,
    pub arguments: Vec<Const>,
}

impl CallError {
    pub fn new(message: impl Into<String>) -> Self {
        CallError { message: message.into(), help: None, raises: None, needs_constants: false }
    }

    /// The types fit, but a constant among the arguments has a value that Python or NumPy refuses when the call runs.
    pub fn raising(exception: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        let raises = Raised { exception, arguments: vec![Const::Str(message.clone())] };
        CallError { raises: Some(raises), ..CallError::new(message) }
    }

    /// NumPy's exception for an axis that an array does not have.
    pub fn no_axis(axis: i128, rank: usize) -> Self {
        let arguments = vec![Const::Int(axis), Const::Int(rank as i128), Const::None];
        let raises = Raised { exception: "numpy.exceptions.AxisError", arguments };
        CallError { raises: Some(raises), ..CallError::new(format!("axis {axis} is out of bounds for array of dimension {rank}")) }
    }

    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    pub fn needs_constants(self) -> Self {
        CallError { needs_constants: true, ..self }
    }
}

/// The result type, from the argument types. May also fold: a rule that knows the value returns it (as `isinstance` does).
pub type TypeRule = fn(&Bound<TyArg>) -> Result<Typed, CallError>;

/// What a type rule gives.
pub struct Typed {
    pub ty: Ty,
    /// The value itself, when the types alone decide it.
    pub constant: Option<Const>,
}

impl From<Ty> for Typed {
    fn from(ty: Ty) -> Self {
        Typed { ty, constant: None }
    }
}

/// Emits the code; the result's parts in the order of `Lower::expand(result)`.
pub type Lowering = for<'c> fn(&mut Lower<'c>, &Bound<Val<'c>>, &Ty) -> Vec<Value<'c>>;

/// One function, method or attribute.
pub struct Function {
    pub name: &'static str,
    /// Python-like: `"x"`, `"shape, dtype=, order="` (`=` marks an optional one), `"*values, sep="`, `"x, /, y"` is not needed: names may be used as keywords
    /// unless they start with an underscore.
    pub params: &'static str,
    pub infer: TypeRule,
    pub lower: Lowering,
}

mod attributes;
pub(crate) mod builtins;
mod cmath;
pub mod collecting;
mod creation;
mod cuda;
mod dtypes;
mod elementwise;
mod indexing;
mod iterators;
pub(crate) mod library;
mod linear_algebra;
pub mod literals;
mod masking;
mod math;
mod methods;
mod nested;
mod pointers;
mod random;
pub mod reductions;
pub mod records;
mod rules;
mod scalars;
mod shapes;
pub(crate) mod stepping;
mod threads;
pub mod times;
pub mod ufuncs;

pub(crate) use attributes::{dtype as dtype_object, flag_of_text};
pub use cuda::vector_name;
pub use linear_algebra::{matmul_in_place, matmul_type};
pub use rules::{dtype_of, dtype_of_ref};
pub use nested::{nested, new_array};

/// Every table, one per file.
fn tables() -> Vec<&'static [Function]> {
    let mut tables = vec![attributes::TABLE, builtins::TABLE, cmath::TABLE, cmath::MORE, collecting::TABLE, creation::TABLE, dtypes::TABLE, indexing::TABLE, iterators::TABLE, library::TABLE, linear_algebra::TABLE, literals::TABLE, masking::TABLE, pointers::TABLE, math::TABLE, math::MORE, methods::TABLE, shapes::TABLE, stepping::TABLE, threads::TABLE, times::TABLE];
    tables.extend(scalars::tables());
    tables.extend(random::tables());
    tables.extend(cuda::tables());
    tables.push(reductions::TABLE);
    tables
}

/// Whether programs may call the entry: those of the compiler's own library may not.
pub fn is_public(entry: &Function) -> bool {
    !entry.name.starts_with(library::MODULE)
}

/// Every entry, table after table.
pub fn entries() -> impl Iterator<Item = &'static Function> {
    tables().into_iter().flatten().filter(|f| !f.name.starts_with("array.") || reductions::is_method(f))
}

fn index() -> &'static HashMap<&'static str, &'static Function> {
    static INDEX: OnceLock<HashMap<&'static str, &'static Function>> = OnceLock::new();
    INDEX.get_or_init(|| entries().map(|f| (f.name, f)).collect())
}

/// The entry of that name. NumPy dtypes called as constructors (`numpy.float64(x)`) are entries too.
pub fn find(name: &str) -> Option<&'static Function> {
    index().get(name).copied().or_else(|| times::of_dtype(name))
}

/// All names, sorted: for documentation and "did you mean".
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = index().keys().copied().collect();
    names.sort_unstable();
    names
}

/// Whether the function looks at an optional argument itself; others are given its value, and raise TypeError for None.
pub fn takes_optional(name: &str) -> bool {
    matches!(name, "builtins.isinstance" | "builtins.print" | "builtins.bool")
}

/// Whether the function tells lists from tuples: to others, those of NumPy, they are the same.
pub fn tells_lists(name: &str) -> bool {
    ["builtins.", "list.", library::MODULE].iter().any(|prefix| name.starts_with(prefix))
}

/// Whether the function sees the class of a tuple that has names for its elements.
pub fn asks_for_class(name: Option<&str>) -> bool {
    matches!(name, Some("builtins.isinstance" | "builtins.print"))
}

/// Whether the function takes unaligned arrays as they are: it copies them, writes to them one by one, or looks at no element.
pub fn takes_unaligned(entry: &Function) -> bool {
    records::is_whole(entry) || !is_public(entry) || entry.name.starts_with("zouk.cuda.") || matches!(entry.name, "array.fill()" | "array.item()")
}

/// The type that a function of the tables is given for an argument: of an unaligned array a copy, which is read-only, lest what is written there be lost.
pub fn as_argument(ty: &Ty) -> Ty {
    match ty {
        Ty::Array(array) if array.unaligned => Ty::Array(Array { layout: Layout::C, readonly: true, unaligned: false, ..array.clone() }),
        other => other.clone(),
    }
}

/// The class name that methods and attributes of a type are listed under: `array.copy()`.
pub fn receiver_class(ty: &Ty) -> &'static str {
    match ty {
        Ty::Array(_) => "array",
        Ty::Bool | Ty::Int { .. } => "int",
        Ty::Float(_) => "float",
        Ty::Complex(_) => "complex",
        Ty::Time(_) => "datetime",
        Ty::Record(_) => "record",
        Ty::Class(_) => "instance",
        Ty::Tuple(_) => "tuple",
        Ty::List(_) => "list",
        Ty::Range(_) => "range",
        Ty::Slice(_) => "slice",
        Ty::Str => "str",
        Ty::Generator => "generator",
        Ty::Flags(_) => "flags",
        Ty::Ctypes(_) => "ctypes",
        Ty::Ref(name) if name.starts_with("numpy.iinfo.") => "iinfo",
        Ty::Ref(name) if name.starts_with("numpy.finfo.") => "finfo",
        Ty::Ref(name) if name.starts_with("zouk.cuda.") => match name.as_str() {
            "zouk.cuda.threadIdx" => "zouk.cuda.threadIdx",
            "zouk.cuda.blockIdx" => "zouk.cuda.blockIdx",
            "zouk.cuda.blockDim" => "zouk.cuda.blockDim",
            "zouk.cuda.gridDim" => "zouk.cuda.gridDim",
            "zouk.cuda.cg.GridGroup" => "gridgroup",
            _ => "object",
        },
        Ty::Ref(name) if is_ufunc(name) => "ufunc",
        Ty::Ref(_) => "dtype",
        _ => "object",
    }
}

/// Whether it is a universal function, which has methods: `np.add.reduce`.
fn is_ufunc(name: &str) -> bool {
    find(name).is_some_and(|entry| ufuncs::is_elementwise(entry, 2))
}

/// The function that `value.name(…)` calls: a method, with the value as its first argument, or one that the attribute `value.name` holds.
pub enum Member {
    Method(&'static Function),
    Attribute(&'static Function),
}

pub fn member(value: &TyArg, name: &str) -> Option<Member> {
    let path = format!("{}.{name}", receiver_class(&value.ty));
    if let Some(method) = find(&format!("{path}()")) {
        return Some(Member::Method(method));
    }
    let attribute = find(&path)?.bind(vec![value.clone()], vec![]).ok()?;
    let held = (find(&path)?.infer)(&attribute).ok()?.ty;
    held.as_ref_name().and_then(find).map(Member::Attribute)
}

impl Function {
    /// Binds positional and keyword arguments to the parameters, as a Python call does.
    pub fn bind<A>(&self, positional: Vec<A>, keywords: Vec<(&str, A)>) -> Result<Bound<A>, CallError> {
        let display = self.name.strip_prefix("builtins.").unwrap_or(self.name).trim_end_matches("()");
        let params: Vec<&str> = self.params.split(',').map(str::trim).filter(|p| !p.is_empty()).collect();
        let variadic = params.iter().position(|p| p.starts_with('*'));
        let plain: Vec<&str> = params.iter().copied().filter(|p| !p.starts_with('*')).collect();
        let takes = variadic.unwrap_or(plain.len());
        let mut slots: Vec<Option<A>> = plain.iter().map(|_| None).collect();
        let mut rest = vec![];
        let given = positional.len();
        for (i, argument) in positional.into_iter().enumerate() {
            if i < takes {
                slots[i] = Some(argument);
            } else if variadic.is_some() {
                rest.push(argument);
            } else {
                return Err(CallError::new(format!("{display}() takes at most {takes} arguments but {given} were given")));
            }
        }
        for (name, argument) in keywords {
            let Some(i) = plain.iter().position(|p| p.trim_end_matches('=') == name && !name.starts_with('_')) else {
                return Err(CallError::new(format!("{display}() got an unexpected keyword argument '{name}'")).help(self.usage()));
            };
            if slots[i].is_some() {
                return Err(CallError::new(format!("{display}() got multiple values for argument '{name}'")));
            }
            slots[i] = Some(argument);
        }
        for (param, slot) in plain.iter().zip(&slots) {
            if slot.is_none() && !param.ends_with('=') {
                return Err(CallError::new(format!("{display}() misses the argument '{}'", param.trim_start_matches('_'))).help(self.usage()));
            }
        }
        Ok(Bound { slots, rest })
    }

    fn usage(&self) -> String {
        format!("supported: {}({})", self.name.trim_end_matches("()"), self.params.replace('_', ""))
    }
}
