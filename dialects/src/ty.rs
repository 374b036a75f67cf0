//! The lattice of Python types: `Ty`, its MLIR spelling, its name in messages, joins and promotion.
//!
//! `Ty` is the Rust view of the types a `typed` module may contain. `Display` and `FromStr` use exactly the text of
//! MLIR's assembly, so there is one spelling; `Types` keeps the two in step for one context.

use crate::ir::{Context, Type, TypeLike};
use std::{cell::RefCell, collections::HashMap, fmt, str::FromStr, sync::Arc};

pub mod class;
mod fit;
mod functions;
mod join;
mod names;
mod nep50;
mod parse;
mod promote;
mod record;
mod time;

pub use class::{Class, CLASS_REFERENCE};
pub use functions::C_FUNCTION;
pub use fit::{Fit, Rating, fit, rate};
pub use join::{join, join_all, join_collected};
pub use nep50::{Operand, promote_types, result_type, same_kind};
pub use parse::ParseTyError;
pub use record::{Field, Record};
pub use promote::{Number, binary_number, number_of};
pub use time::{Base, NAT, Time, Unit, days_of};

/// How an array's elements lie in memory. `A` promises nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layout {
    C,
    F,
    A,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Array {
    pub element: Box<Ty>,
    pub rank: usize,
    pub layout: Layout,
    pub readonly: bool,
    /// Elements may lie at any byte, any number of bytes apart: fields of packed records.
    pub unaligned: bool,
}

impl Array {
    /// What an element is as a value: a record of a read-only array is one, too.
    pub fn item(&self) -> Ty {
        match &*self.element {
            Ty::Record(record) => Ty::Record(RecordTy { readonly: self.readonly, ..record.clone() }),
            scalar => scalar.clone(),
        }
    }

    /// The bytes of an element when it lies in memory as bytes, strides being counted in bytes, too.
    pub fn bytes(&self) -> Option<usize> {
        let bytes = self.unaligned || matches!(*self.element, Ty::Record(_));
        bytes.then(|| self.element.item_size().unwrap_or(1))
    }
}

/// A class of tuples with names for their elements, as `collections.namedtuple` makes them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Names {
    /// Where Python finds it: `numpy.linalg._linalg.QRResult`.
    pub class: String,
    pub fields: Vec<String>,
}

/// How the class begins whose tuples are members of an enumeration.
pub const ENUMERATION: &str = "enum:";

impl Names {
    /// The class and the names, with spaces between: as `Display` writes them.
    pub fn parse(text: &str) -> Option<Names> {
        let mut words = text.split(' ').map(String::from);
        Some(Names { class: words.next()?, fields: words.collect() })
    }
}

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} {}", self.class, self.fields.join(" "))
    }
}

/// A record: one element of a structured array, which it is a part of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RecordTy {
    pub of: Arc<Record>,
    pub readonly: bool,
}

/// What runs over all index tuples of a shape, last axis first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Walk {
    /// `array.flat`: the elements.
    Flat,
    /// `np.ndenumerate(array)`: index tuples with elements.
    Enumerate,
    /// `np.ndindex(…)`: index tuples.
    Index,
    /// `np.nditer(x)`: arrays without axes.
    Iter,
}

impl Walk {
    fn name(self) -> &'static str {
        match self {
            Walk::Flat => "flat",
            Walk::Enumerate => "ndenumerate",
            Walk::Index => "ndindex",
            Walk::Iter => "nditer",
        }
    }
}

/// A Python type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ty {
    /// Not inferred yet: the bottom of the lattice, `!py.object`.
    Unknown,
    None,
    Bool,
    /// `bits` is 8, 16, 32 or 64.
    Int {
        bits: u32,
        signed: bool,
    },
    /// `bits` is 16, 32 or 64.
    Float(u32),
    /// `bits` of each part: 32 or 64.
    Complex(u32),
    Time(Time),
    Record(RecordTy),
    Str,
    Ellipsis,
    /// A `numpy.random.Generator`, whose state the program and compiled code share.
    Generator,
    Unbound,
    Array(Array),
    Tuple(Vec<Ty>),
    /// A list display: a value like a tuple, as nothing in compiled code changes it.
    List(Vec<Ty>),
    /// A tuple of a class with names for its elements: the class and the names, and the elements.
    Named(Arc<Names>, Vec<Ty>),
    /// An instance of a compiled class, by the class's name.
    Class(Arc<str>),
    Optional(Box<Ty>),
    /// A local name that may be unbound.
    Maybe(Box<Ty>),
    Enumerate(Box<Ty>),
    Reversed(Box<Ty>),
    /// `iter(…)` of what has its items at places: that, and an array of one element, the place of the next item, which all that hold the iterator share.
    Iterator(Box<Ty>),
    Zip(Vec<Ty>),
    /// `map(…)`: the function, and what it runs over. The loop calls the function.
    Map(Vec<Ty>),
    /// `filter(…)`: the function or None, and what it runs over.
    Filter(Vec<Ty>),
    /// What a comprehension has collected: items of a type, `None` before the first one.
    Collector(Box<Ty>),
    /// Of an array; of a tuple of sizes (`Index`); of an array or a tuple of arrays of the same sizes (`Iter`).
    Walk(Walk, Box<Ty>),
    Range(Box<Ty>),
    /// `array.flags`
    Flags(Box<Ty>),
    /// An address of C, by what lies there; `None` where that is not known.
    Pointer(Box<Ty>),
    /// `array.ctypes`: an address that keeps its array alive.
    Ctypes(Box<Ty>),
    /// Lower, upper, step; `None` where absent.
    Slice(Box<[Ty; 3]>),
    /// A function, class, dtype or module.
    Ref(String),
    /// An inner function, by its symbol, and what it has captured.
    Closure(String, Vec<Ty>),
    /// The address of an entry point: the result, then the arguments.
    Function(Vec<Ty>),
    /// One of several functions, refs and closures, in the order of their names.
    OneOf(Vec<Ty>),
}

impl Ty {
    pub const I64: Ty = Ty::Int { bits: 64, signed: true };
    pub const U64: Ty = Ty::Int { bits: 64, signed: false };
    pub const I32: Ty = Ty::Int { bits: 32, signed: true };
    pub const F16: Ty = Ty::Float(16);
    pub const F32: Ty = Ty::Float(32);
    pub const F64: Ty = Ty::Float(64);
    pub const C64: Ty = Ty::Complex(32);
    pub const C128: Ty = Ty::Complex(64);

    pub fn array(element: Ty, rank: usize, layout: Layout) -> Ty {
        Ty::Array(Array { element: Box::new(element), rank, layout, readonly: false, unaligned: false })
    }

    pub fn is_int(&self) -> bool {
        matches!(self, Ty::Int { .. })
    }
    /// An integer or bool.
    pub fn is_integral(&self) -> bool {
        matches!(self, Ty::Int { .. } | Ty::Bool)
    }
    pub fn is_float(&self) -> bool {
        matches!(self, Ty::Float(_))
    }
    pub fn is_complex(&self) -> bool {
        matches!(self, Ty::Complex(_))
    }
    /// bool, int, float or complex.
    pub fn is_number(&self) -> bool {
        self.is_integral() || self.is_float() || self.is_complex()
    }
    /// bool, int or float.
    pub fn is_real(&self) -> bool {
        self.is_integral() || self.is_float()
    }
    pub fn is_signed(&self) -> bool {
        matches!(self, Ty::Int { signed: true, .. })
    }
    /// A number or a time: what one part in machine code (two, of a complex number) holds, and an array's element may be.
    pub fn is_scalar(&self) -> bool {
        self.is_number() || matches!(self, Ty::Time(_))
    }
    /// A datetime64 or timedelta64, or an array of them.
    pub fn time_of(&self) -> Option<Time> {
        match self {
            Ty::Time(time) => Some(*time),
            Ty::Array(array) => array.element.time_of(),
            _ => None,
        }
    }
    pub fn as_array(&self) -> Option<&Array> {
        if let Ty::Array(a) = self { Some(a) } else { None }
    }
    /// An iterable of whose type no value has an item.
    pub fn has_no_items(&self) -> bool {
        match self {
            Ty::Tuple(parts) | Ty::List(parts) | Ty::Named(_, parts) => parts.is_empty(),
            Ty::Enumerate(inner) | Ty::Reversed(inner) | Ty::Iterator(inner) => inner.has_no_items(),
            Ty::Zip(inners) => inners.iter().any(Ty::has_no_items),
            Ty::Map(parts) | Ty::Filter(parts) => parts[1..].iter().any(Ty::has_no_items),
            _ => false,
        }
    }
    pub fn as_tuple(&self) -> Option<&[Ty]> {
        if let Ty::Tuple(t) = self { Some(t) } else { None }
    }
    /// The elements of a tuple or a list.
    pub fn as_sequence(&self) -> Option<&[Ty]> {
        if let Ty::Tuple(parts) | Ty::List(parts) | Ty::Named(_, parts) = self { Some(parts) } else { None }
    }
    /// The plain tuple that a tuple with names is.
    pub fn unnamed(&self) -> Ty {
        if let Ty::Named(_, parts) = self { Ty::Tuple(parts.clone()) } else { self.clone() }
    }
    /// As `unnamed`, and so are the tuples inside: what comparisons look at.
    pub fn nameless(&self) -> Ty {
        match self {
            Ty::Tuple(parts) | Ty::Named(_, parts) => Ty::Tuple(parts.iter().map(Ty::nameless).collect()),
            Ty::List(parts) => Ty::List(parts.iter().map(Ty::nameless).collect()),
            Ty::Optional(inner) => Ty::Optional(Box::new(inner.nameless())),
            other => other.clone(),
        }
    }
    /// The type with tuples in the place of lists, which have the same parts at run time.
    pub fn decayed(&self) -> Ty {
        match self {
            Ty::Tuple(parts) | Ty::List(parts) | Ty::Named(_, parts) => Ty::Tuple(parts.iter().map(Ty::decayed).collect()),
            Ty::Optional(inner) => Ty::Optional(Box::new(inner.decayed())),
            other => other.clone(),
        }
    }
    /// The name of the class that it is an instance of, None aside.
    pub fn class_name(&self) -> Option<&str> {
        match self {
            Ty::Class(name) => Some(name),
            Ty::Optional(inner) => inner.class_name(),
            _ => None,
        }
    }
    pub fn as_ref_name(&self) -> Option<&str> {
        if let Ty::Ref(name) = self { Some(name) } else { None }
    }

    /// Size of one array element in bytes; `None` for what cannot be one.
    pub fn item_size(&self) -> Option<usize> {
        Some(match self {
            Ty::Bool => 1,
            Ty::Int { bits, .. } | Ty::Float(bits) => *bits as usize / 8,
            Ty::Complex(bits) => *bits as usize / 4,
            Ty::Time(_) => 8,
            Ty::Record(record) => record.of.size,
            _ => return None,
        })
    }

    /// A type may have that many parts: each is a value of its own in machine code.
    pub const MAX_PARTS: usize = 4096;

    /// The number of types that a type is made of.
    pub fn parts(&self) -> usize {
        match self {
            Ty::Tuple(inner) | Ty::List(inner) | Ty::Zip(inner) | Ty::Named(_, inner) | Ty::Closure(_, inner) | Ty::OneOf(inner) | Ty::Map(inner) | Ty::Filter(inner) => 1 + inner.iter().map(Ty::parts).sum::<usize>(),
            Ty::Optional(inner) | Ty::Maybe(inner) | Ty::Enumerate(inner) | Ty::Reversed(inner) | Ty::Iterator(inner) | Ty::Walk(_, inner) | Ty::Flags(inner) | Ty::Ctypes(inner) => inner.parts(),
            _ => 1,
        }
    }

    /// Whether some part is not inferred yet.
    pub fn has_unknown(&self) -> bool {
        match self {
            Ty::Unknown => true,
            Ty::Tuple(parts) | Ty::List(parts) | Ty::Zip(parts) | Ty::Named(_, parts) | Ty::Closure(_, parts) | Ty::OneOf(parts) | Ty::Map(parts) | Ty::Filter(parts) => parts.iter().any(Ty::has_unknown),
            Ty::Collector(t) | Ty::Optional(t) | Ty::Maybe(t) | Ty::Enumerate(t) | Ty::Reversed(t) | Ty::Iterator(t) | Ty::Range(t) | Ty::Walk(_, t) | Ty::Flags(t) | Ty::Ctypes(t) => t.has_unknown(),
            Ty::Slice(parts) => parts.iter().any(Ty::has_unknown),
            _ => false,
        }
    }

    /// The name that messages and `signatures` use: `int64`, `array(float64, 2d, C)`, `UniTuple(int64 x 3)`.
    pub fn user_name(&self) -> String {
        let list = |parts: &[Ty]| parts.iter().map(Ty::user_name).collect::<Vec<_>>().join(", ");
        match self {
            Ty::Unknown => "unknown".into(),
            Ty::None => "none".into(),
            Ty::Bool => "bool".into(),
            Ty::Record(record) => record.of.user_name(),
            Ty::Str => "str".into(),
            Ty::Ellipsis => "ellipsis".into(),
            Ty::Generator => "Generator".into(),
            Ty::Unbound => "unbound".into(),
            Ty::Array(a) => {
                let kind = format!("{}{}array", if a.readonly { "readonly " } else { "" }, if a.unaligned { "unaligned " } else { "" });
                format!("{kind}({}, {}d, {:?})", a.element.user_name(), a.rank, a.layout)
            }
            Ty::Tuple(parts) if parts.len() > 1 && parts.iter().all(|p| *p == parts[0]) => format!("UniTuple({} x {})", parts[0].user_name(), parts.len()),
            Ty::Tuple(parts) => format!("Tuple({})", list(parts)),
            Ty::List(parts) if parts.len() > 1 && parts.iter().all(|p| *p == parts[0]) => format!("list({} x {})", parts[0].user_name(), parts.len()),
            Ty::List(parts) => format!("list({})", list(parts)),
            Ty::Named(names, parts) => format!("{}({})", names.class.rsplit('.').next().unwrap_or_default(), list(parts)),
            Ty::Class(name) => class::display_name(name).into(),
            Ty::Collector(_) => "the items of a comprehension".into(),
            Ty::Optional(t) => format!("Optional({})", t.user_name()),
            Ty::Maybe(t) => format!("{} or unbound", t.user_name()),
            Ty::Enumerate(t) => format!("enumerate({})", t.user_name()),
            Ty::Reversed(t) => format!("reversed({})", t.user_name()),
            Ty::Iterator(t) => format!("iterator({})", t.user_name()),
            Ty::Walk(walk, t) => format!("{}({})", walk.name(), t.user_name()),
            Ty::Zip(parts) => format!("zip({})", list(parts)),
            Ty::Map(parts) => format!("map({})", list(parts)),
            Ty::Filter(parts) => format!("filter({})", list(parts)),
            Ty::Range(t) => format!("range({})", t.user_name()),
            Ty::Flags(t) => format!("flags of {}", t.user_name()),
            Ty::Pointer(to) if **to == Ty::None => "void*".into(),
            Ty::Pointer(to) => format!("{}*", to.user_name()),
            Ty::Ctypes(t) => format!("ctypes of {}", t.user_name()),
            Ty::Slice(_) => "slice".into(),
            Ty::Ref(name) => match name.strip_prefix('@').or_else(|| Some(name.strip_prefix(C_FUNCTION)?.split_once('.')?.1)) {
                Some(function) => format!("function {}", function.split_once('#').map_or(function, |(name, _)| name)),
                None => match name.strip_prefix(CLASS_REFERENCE) {
                    Some(class) => format!("class {}", class::display_name(class)),
                    None => name.strip_prefix("builtins.").unwrap_or(name).to_string(),
                },
            },
            Ty::Closure(function, captured) if captured.is_empty() => format!("function {function}"),
            Ty::Closure(function, captured) => format!("function {function} with ({})", list(captured)),
            Ty::OneOf(functions) => functions.iter().map(Ty::user_name).collect::<Vec<_>>().join(" or "),
            Ty::Function(parts) => format!("FunctionType[{}({})]", parts[0].user_name(), list(&parts[1..])),
            number => number.numpy_name().unwrap_or_default(),
        }
    }
}

impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let list = |f: &mut fmt::Formatter, parts: &[Ty]| {
            for (i, part) in parts.iter().enumerate() {
                write!(f, "{}{part}", if i > 0 { ", " } else { "" })?;
            }
            Ok(())
        };
        match self {
            Ty::Unknown => write!(f, "!py.object"),
            Ty::None => write!(f, "!py.none"),
            Ty::Bool => write!(f, "i1"),
            Ty::Int { bits, signed } => write!(f, "{}i{bits}", if *signed { 's' } else { 'u' }),
            Ty::Float(bits) => write!(f, "f{bits}"),
            Ty::Complex(bits) => write!(f, "complex<f{bits}>"),
            Ty::Time(time) => write!(f, "!py.{}<{:?}>", if time.span { "timedelta" } else { "datetime" }, time.unit.name()),
            Ty::Record(record) => write!(f, "!py.record<\"{}{}\">", if record.readonly { "readonly " } else { "" }, record.of),
            Ty::Str => write!(f, "!py.str"),
            Ty::Ellipsis => write!(f, "!py.ellipsis"),
            Ty::Generator => write!(f, "!py.generator"),
            Ty::Unbound => write!(f, "!py.unbound"),
            Ty::Array(a) => {
                let [readonly, unaligned] = [(a.readonly, ", readonly"), (a.unaligned, ", unaligned")].map(|(is, text)| if is { text } else { "" });
                write!(f, "!py.array<{}, {}, {:?}{readonly}{unaligned}>", a.element, a.rank, a.layout)
            },
            Ty::Tuple(parts) => {
                write!(f, "tuple<")?;
                list(f, parts)?;
                write!(f, ">")
            }
            Ty::List(parts) => {
                write!(f, "!py.list<")?;
                list(f, parts)?;
                write!(f, ">")
            }
            Ty::Named(names, parts) => {
                write!(f, "!py.named<\"{names}\", ")?;
                list(f, parts)?;
                write!(f, ">")
            }
            Ty::Class(name) => write!(f, "!py.class<\"{name}\">"),
            Ty::Collector(t) => write!(f, "!py.collector<{t}>"),
            Ty::Optional(t) => write!(f, "!py.optional<{t}>"),
            Ty::Maybe(t) => write!(f, "!py.maybe<{t}>"),
            Ty::Enumerate(t) => write!(f, "!py.enumerate<{t}>"),
            Ty::Reversed(t) => write!(f, "!py.reversed<{t}>"),
            Ty::Iterator(t) => write!(f, "!py.iterator<{t}>"),
            Ty::Walk(walk, t) => write!(f, "!py.{}<{t}>", walk.name()),
            Ty::Range(t) => write!(f, "!py.range<{t}>"),
            Ty::Flags(t) => write!(f, "!py.flags<{t}>"),
            Ty::Pointer(t) => write!(f, "!py.pointer<{t}>"),
            Ty::Ctypes(t) => write!(f, "!py.ctypes<{t}>"),
            Ty::Zip(parts) | Ty::Map(parts) | Ty::Filter(parts) => {
                let name = if let Ty::Map(_) = self { "map" } else if let Ty::Filter(_) = self { "filter" } else { "zip" };
                write!(f, "!py.{name}<")?;
                list(f, parts)?;
                write!(f, ">")
            }
            Ty::Slice(parts) => {
                write!(f, "!py.slice<")?;
                list(f, &parts[..])?;
                write!(f, ">")
            }
            Ty::Ref(name) => write!(f, "!py.ref<{name:?}>"),
            Ty::Closure(function, captured) => {
                write!(f, "!py.closure<{function:?}{}", if captured.is_empty() { "" } else { ", " })?;
                list(f, captured)?;
                write!(f, ">")
            }
            Ty::OneOf(parts) | Ty::Function(parts) => {
                write!(f, "!py.{}<", if let Ty::OneOf(_) = self { "one_of" } else { "function" })?;
                list(f, parts)?;
                write!(f, ">")
            }
        }
    }
}

impl FromStr for Ty {
    type Err = ParseTyError;
    fn from_str(text: &str) -> Result<Ty, ParseTyError> {
        parse::parse(text)
    }
}

/// `Ty` and MLIR types of one context, each converted once.
pub struct Types<'c> {
    context: &'c Context,
    to: RefCell<HashMap<Ty, Type<'c>>>,
    from: RefCell<HashMap<usize, Ty>>,
}

impl<'c> Types<'c> {
    pub fn new(context: &'c Context) -> Self {
        Types { context, to: Default::default(), from: Default::default() }
    }

    /// The MLIR type. Panics on a `Ref` with text that MLIR cannot spell, which the front end never makes.
    pub fn to_mlir(&self, ty: &Ty) -> Type<'c> {
        if let Some(found) = self.to.borrow().get(ty) {
            return *found;
        }
        let mlir = Type::parse(self.context, &ty.to_string()).unwrap_or_else(|| panic!("MLIR has no type {ty}"));
        self.to.borrow_mut().insert(ty.clone(), mlir);
        mlir
    }

    /// The Python type; a signless integer wider than one bit, an index, a memref are none.
    pub fn from_mlir(&self, mlir: Type<'c>) -> Result<Ty, ParseTyError> {
        let key = mlir.to_raw().ptr as usize;
        if let Some(found) = self.from.borrow().get(&key) {
            return Ok(found.clone());
        }
        let ty: Ty = mlir.to_string().parse()?;
        self.from.borrow_mut().insert(key, ty.clone());
        Ok(ty)
    }

    /// As `from_mlir`; `Unknown` for what is no Python type.
    pub fn get(&self, mlir: Type<'c>) -> Ty {
        self.from_mlir(mlir).unwrap_or(Ty::Unknown)
    }
}
