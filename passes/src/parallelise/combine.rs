//! How what the chunks come to is put together.

use super::region;
use crate::llvm_dialect::complex_part;
use crate::lower_linalg::two_sum;
use crate::parallel::CARRIED;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Builder, IntegerType, MemRefType, Op, Region, Type, TypeLike, Value};

/// A value that the loop carries.
pub struct Carried<'c> {
    pub number: usize,
    pub init: Value<'c>,
    pub way: Way,
}

pub enum Way {
    /// By itself.
    Reduced(Reduction),
    /// Through an array with a place for each chunk.
    Placed(Placed),
}

pub enum Reduction {
    /// One associative operation.
    Op(String),
    /// The better one: a comparison, its predicate.
    Choose(String, i64),
}

pub enum Placed {
    /// The better one, where others go with it.
    Key(String, i64),
    /// Goes with the carried value of that number.
    With(usize),
    /// The counter of the iteration that assigned values last.
    Time,
    /// Assigned at the time that is the carried value of that number.
    When(usize),
    Last,
    /// A sum whose rounding error is the carried value of that number.
    TwoSum(usize),
    Error,
}

impl Way {
    /// What is said of one carried value, where it makes sense beside what is said of the others.
    fn of(said: &[&str], number: usize, text: &str) -> Option<Way> {
        let words: Vec<&str> = text.split(' ').collect();
        let other = |kind: &str| {
            let other: usize = words.get(1)?.parse().ok()?;
            said.get(other).filter(|text| text.split(' ').next() == Some(kind)).map(|_| other)
        };
        let choice = || {
            let (compare, predicate): (&str, i64) = (words.get(1)?, words.get(2)?.parse().ok()?);
            let known = (compare == "arith.cmpf" || compare == "arith.cmpi") && (0..16).contains(&predicate);
            known.then(|| (compare.to_string(), predicate))
        };
        let followed = said.iter().any(|other| *other == format!("with {number}"));
        Some(match words[0] {
            "choose" => {
                let (compare, predicate) = choice()?;
                if followed { Way::Placed(Placed::Key(compare, predicate)) } else { Way::Reduced(Reduction::Choose(compare, predicate)) }
            }
            "with" => Way::Placed(Placed::With(other("choose")?)),
            "time" => Way::Placed(Placed::Time),
            "when" => Way::Placed(Placed::When(other("time")?)),
            "last" => Way::Placed(Placed::Last),
            "twosum" => Way::Placed(Placed::TwoSum(other("error")?)),
            "error" => Way::Placed(Placed::Error),
            name => Way::Reduced(Reduction::Op(name.into())),
        })
    }

    /// Whether it matters that a chunk has neighbouring iterations, and the chunks are in order.
    pub fn is_ordered(&self) -> bool {
        matches!(self, Way::Placed(Placed::Key(..) | Placed::With(_) | Placed::Time | Placed::When(_) | Placed::Last))
    }

    /// Whether values of the type can be put together so.
    fn fits(&self, ty: Type) -> bool {
        let number = |name: &str| match name.split_once('.') {
            Some(("complex", _)) => complex_part(ty).is_some(),
            Some((_, name)) if name.ends_with('f') => ty.is_float(),
            _ => ty.is_integer() || ty.is_index(),
        };
        match self {
            Way::Reduced(Reduction::Op(name)) => number(name),
            Way::Reduced(Reduction::Choose(compare, _)) | Way::Placed(Placed::Key(compare, _)) => number(compare),
            Way::Placed(Placed::TwoSum(_) | Placed::Error) => ty.is_float(),
            Way::Placed(Placed::Time) => number("arith.cmpi"),
            Way::Placed(Placed::With(_) | Placed::When(_) | Placed::Last) => is_scalar(ty),
        }
    }

    /// The operation of `arith` that puts values together in any order.
    pub fn operation(&self) -> Option<&str> {
        match self {
            Way::Reduced(Reduction::Op(name)) => Some(name.as_str()).filter(|name| name.starts_with("arith.")),
            _ => None,
        }
    }

    /// For diagnostics.
    pub fn word(&self) -> Option<&str> {
        match self {
            Way::Reduced(Reduction::Op(name)) => name.split_once('.').map(|(_, name)| match name {
                "addi" | "addf" | "add" => "sum",
                "muli" | "mulf" | "mul" => "product",
                "andi" => "and",
                "ori" => "or",
                "xori" => "exclusive or",
                name if name.starts_with("max") => "maximum",
                _ => "minimum",
            }),
            Way::Reduced(Reduction::Choose(compare, predicate)) | Way::Placed(Placed::Key(compare, predicate)) => {
                Some(if is_greater(compare, *predicate) { "maximum" } else { "minimum" })
            }
            Way::Placed(Placed::With(_)) => Some("place"),
            Way::Placed(Placed::When(_) | Placed::Last) => Some("last value"),
            Way::Placed(Placed::Time) => None,
            Way::Placed(Placed::TwoSum(_)) => Some("sum"),
            Way::Placed(Placed::Error) => None,
        }
    }

    /// The region of `scf.reduce`.
    pub fn region<'c>(&self, b: &Builder<'c>, ty: Type<'c>) -> Region<'c> {
        region(b, &[ty, ty], |block| {
            let (left, right) = (block.arg(0), block.arg(1));
            let value = match self {
                Way::Reduced(Reduction::Op(name)) => b.bin(name, left, right),
                Way::Reduced(Reduction::Choose(compare, predicate)) => b.select(better(b, compare, *predicate, right, left), right, left),
                Way::Placed(_) => left,
            };
            b.op("scf.reduce.return", &[value], &[], &[]);
        })
    }
}

fn is_greater(compare: &str, predicate: i64) -> bool {
    crate::recognise_reductions::compare::is_greater(compare, predicate)
}

fn better<'c>(b: &Builder<'c>, compare: &str, predicate: i64, candidate: Value<'c>, so_far: Value<'c>) -> Value<'c> {
    b.val(compare, &[candidate, so_far], b.i1(), &[("predicate", b.int_attr(b.i64(), predicate))])
}

impl<'c> Carried<'c> {
    /// All that a loop carries, by what is said of it in `zouk.carried`.
    pub fn all(the_loop: Op<'c>) -> Result<Vec<Self>, Diagnostic> {
        let said = the_loop.str_array_attr(CARRIED);
        let wrong = |what: String| Diagnostic::at(ErrorClass::Internal, "stray-op", format!("`{CARRIED}` of the loop {what}"), the_loop.loc());
        if said.len() != the_loop.num_results() {
            return Err(wrong(format!("is about {} values, and it carries {}", said.len(), the_loop.num_results())));
        }
        let one = |(number, text): (usize, &&str)| {
            let init = the_loop.operand(3 + number);
            let way = Way::of(&said, number, text).filter(|way| way.fits(init.ty()));
            way.map(|way| Carried { number, init, way }).ok_or_else(|| wrong(format!("cannot be \"{text}\" of a value of the type {}", init.ty())))
        };
        said.iter().enumerate().map(one).collect()
    }

    /// What a chunk starts from.
    pub fn start(&self, b: &Builder<'c>) -> Value<'c> {
        let ty = self.init.ty();
        match &self.way {
            Way::Reduced(Reduction::Op(name)) => identity(b, name, ty).unwrap_or(self.init),
            // An equal candidate is taken, so the chunk must not start from one.
            Way::Reduced(Reduction::Choose(compare, predicate)) if predicate % 2 != 0 => worst(b, ty, is_greater(compare, *predicate), *predicate >= 6),
            Way::Placed(Placed::TwoSum(_) | Placed::Error) => b.c_float(ty, 0.0),
            _ => self.init,
        }
    }
}

/// The neutral element; none where starting from the loop's start changes nothing.
pub fn identity<'c>(b: &Builder<'c>, name: &str, ty: Type<'c>) -> Option<Value<'c>> {
    let complex = |re: f64, im: f64| {
        let part = complex_part(ty)?;
        Some(b.val("complex.create", &[b.c_float(part, re), b.c_float(part, im)], ty, &[]))
    };
    match name {
        // -0.0 + x is x, whatever x is.
        "arith.addf" => Some(b.c_float(ty, -0.0)),
        "complex.add" => complex(-0.0, -0.0),
        "arith.mulf" => Some(b.c_float(ty, 1.0)),
        "complex.mul" => complex(1.0, 0.0),
        "arith.addi" | "arith.xori" | "arith.ori" => Some(b.c_int(ty, 0)),
        "arith.muli" => Some(b.c_int(ty, 1)),
        "arith.andi" => Some(b.c_int(ty, -1)),
        _ => None,
    }
}

/// What every candidate is at least as good as.
fn worst<'c>(b: &Builder<'c>, ty: Type<'c>, greater: bool, unsigned: bool) -> Value<'c> {
    if ty.is_float() {
        return b.c_float(ty, if greater { f64::NEG_INFINITY } else { f64::INFINITY });
    }
    let bits = IntegerType::try_from(ty).map_or(64, |int| int.width());
    let least = if unsigned { 0 } else { i64::MIN >> (64 - bits) };
    let most = if unsigned { -1 } else { i64::MAX >> (64 - bits) };
    b.c_int(ty, if greater { least } else { most })
}

/// Whether values of the type can lie in arrays.
pub fn is_scalar(ty: Type) -> bool {
    ty.is_integer() || ty.is_index() || ty.is_float() || complex_part(ty).is_some()
}

/// An array with a place for each chunk.
pub fn places<'c>(b: &Builder<'c>, count: Value<'c>, ty: Type<'c>) -> Value<'c> {
    let element = if ty == b.i1() { b.int(8) } else { ty };
    b.val("rt.alloc", &[count], MemRefType::new(element, &[i64::MIN], None, None).into(), &[])
}

pub fn put<'c>(b: &Builder<'c>, value: Value<'c>, places: Value<'c>, chunk: Value<'c>) {
    let value = if value.ty() == b.i1() { b.val("arith.extui", &[value], b.int(8), &[]) } else { value };
    b.op("memref.store", &[value, places, chunk], &[], &[]);
}

pub fn get<'c>(b: &Builder<'c>, places: Value<'c>, chunk: Value<'c>, ty: Type<'c>) -> Value<'c> {
    let stored = if ty == b.i1() { b.int(8) } else { ty };
    let value = b.val("memref.load", &[places, chunk], stored, &[]);
    if ty == b.i1() { b.val("arith.trunci", &[value], ty, &[]) } else { value }
}

/// After the chunks: goes through their places in order. Gives the results by their numbers.
pub fn placed<'c>(b: &Builder<'c>, carried: &[Carried<'c>], places: &[Option<Value<'c>>], count: Value<'c>) -> Vec<(usize, Value<'c>)> {
    let (all, places): (Vec<&Carried>, Vec<Value>) = carried.iter().filter_map(|c| Some((c, places[c.number]?))).unzip();
    if all.is_empty() {
        return vec![];
    }
    let types: Vec<Type> = all.iter().map(|c| c.init.ty()).collect();
    let inits: Vec<Value> = all.iter().map(|c| c.init).collect();
    let body = region(b, &[&[b.index()], &types[..]].concat(), |block| {
        let so_far = &block.args()[1..];
        let found: Vec<Value> = all.iter().zip(&places).map(|(c, place)| get(b, *place, block.arg(0), c.init.ty())).collect();
        let mut next: Vec<Value> = found.clone();
        for (i, c) in all.iter().enumerate() {
            let key = match &c.way {
                Way::Placed(Placed::Key(compare, predicate)) => Some((compare.as_str(), *predicate)),
                // A later time.
                Way::Placed(Placed::Time) => Some(("arith.cmpi", 4)),
                _ => None,
            };
            match &c.way {
                Way::Placed(Placed::Key(..) | Placed::Time) if let Some((compare, predicate)) = key => {
                    let taken = better(b, compare, predicate, found[i], so_far[i]);
                    for (j, other) in all.iter().enumerate() {
                        let follows = matches!(other.way, Way::Placed(Placed::With(key) | Placed::When(key)) if key == c.number);
                        if i == j || follows {
                            next[j] = b.select(taken, found[j], so_far[j]);
                        }
                    }
                }
                Way::Placed(Placed::TwoSum(error)) => {
                    let (total, lost) = two_sum(b, so_far[i], found[i]);
                    next[i] = total;
                    for (e, _) in all.iter().enumerate().filter(|(_, other)| other.number == *error) {
                        next[e] = b.bin("arith.addf", b.bin("arith.addf", so_far[e], found[e]), lost);
                    }
                }
                _ => {}
            }
        }
        b.op("scf.yield", &next, &[], &[]);
    });
    let op = b.op_with_regions("scf.for", &[&[b.c_index(0), count, b.c_index(1)], &inits[..]].concat(), &types, &[], &[body]);
    all.iter().zip(op.results()).map(|(c, value)| (c.number, value)).collect()
}
