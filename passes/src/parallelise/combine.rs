//! How what the chunks come to is put together.

use super::region;
use crate::llvm_dialect::complex_part;
use zouk_dialects::ir::{Builder, IntegerType, Op, Region, Type, TypeLike, Value};

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
    Last,
    /// A sum whose rounding error is the carried value of that number.
    TwoSum(usize),
    Error,
}

impl Way {
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
            Way::Placed(Placed::Last) => Some("last value"),
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
    pub fn new(the_loop: Op<'c>, number: usize, said: &str) -> Self {
        let words: Vec<&str> = said.split(' ').collect();
        let number_at = |i: usize| words.get(i).and_then(|w| w.parse().ok()).unwrap_or(0);
        let followed = the_loop.str_array_attr(crate::parallel::CARRIED).iter().any(|other| *other == format!("with {number}"));
        let way = match words[0] {
            "choose" if followed => Way::Placed(Placed::Key(words[1].into(), number_at(2))),
            "choose" => Way::Reduced(Reduction::Choose(words[1].into(), number_at(2))),
            "with" => Way::Placed(Placed::With(number_at(1) as usize)),
            "last" => Way::Placed(Placed::Last),
            "twosum" => Way::Placed(Placed::TwoSum(number_at(1) as usize)),
            "error" => Way::Placed(Placed::Error),
            name => Way::Reduced(Reduction::Op(name.into())),
        };
        Carried { number, init: the_loop.operand(3 + number), way }
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

/// An array with a place for each chunk.
pub fn places<'c>(b: &Builder<'c>, count: Value<'c>, ty: Type<'c>) -> Value<'c> {
    let element = if ty == b.i1() { b.int(8) } else { ty };
    let array = melior::ir::Type::parse(b.context, &format!("memref<?x{element}>")).expect("an array of scalars");
    b.val("rt.alloc", &[count], array, &[])
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
    let all: Vec<&Carried> = carried.iter().filter(|c| places[c.number].is_some()).collect();
    if all.is_empty() {
        return vec![];
    }
    let at = |number: usize| all.iter().position(|c| c.number == number).expect("a value that is placed");
    let types: Vec<Type> = all.iter().map(|c| c.init.ty()).collect();
    let inits: Vec<Value> = all.iter().map(|c| c.init).collect();
    let body = region(b, &[&[b.index()], &types[..]].concat(), |block| {
        let so_far = &block.args()[1..];
        let found: Vec<Value> = all.iter().map(|c| get(b, places[c.number].expect("a place"), block.arg(0), c.init.ty())).collect();
        let mut next: Vec<Value> = found.clone();
        for (i, c) in all.iter().enumerate() {
            match &c.way {
                Way::Placed(Placed::Key(compare, predicate)) => {
                    let taken = better(b, compare, *predicate, found[i], so_far[i]);
                    for (j, other) in all.iter().enumerate() {
                        let follows = matches!(other.way, Way::Placed(Placed::With(key)) if key == c.number);
                        if i == j || follows {
                            next[j] = b.select(taken, found[j], so_far[j]);
                        }
                    }
                }
                // Knuth's two-sum, as in the blocks of a chunk.
                Way::Placed(Placed::TwoSum(error)) => {
                    let (high, sum, e) = (so_far[i], found[i], at(*error));
                    let total = b.bin("arith.addf", high, sum);
                    let of_sum = b.bin("arith.subf", total, high);
                    let of_high = b.bin("arith.subf", total, of_sum);
                    let lost = b.bin("arith.addf", b.bin("arith.subf", high, of_high), b.bin("arith.subf", sum, of_sum));
                    next[i] = total;
                    next[e] = b.bin("arith.addf", b.bin("arith.addf", so_far[e], found[e]), lost);
                }
                _ => {}
            }
        }
        b.op("scf.yield", &next, &[], &[]);
    });
    let op = b.op_with_regions("scf.for", &[&[b.c_index(0), count, b.c_index(1)], &inits[..]].concat(), &types, &[], &[body]);
    all.iter().zip(op.results()).map(|(c, value)| (c.number, value)).collect()
}
