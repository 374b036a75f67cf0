//! What a module of PTX says.

use super::types::Type;
use std::collections::BTreeMap;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Space {
    Generic,
    Global,
    Const,
    Shared,
    Local,
    Param,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Linkage {
    /// Known in its module only.
    Internal,
    Visible,
    Weak,
    /// Defined in another module.
    Extern,
}

#[derive(Debug, Default)]
pub struct Module {
    pub version: (u32, u32),
    /// 80 for `sm_80`.
    pub target: u32,
    pub variables: Vec<Variable>,
    pub functions: Vec<Function>,
    pub files: BTreeMap<u32, String>,
}

/// A value in an initialiser.
#[derive(Clone, PartialEq, Debug)]
pub enum Initial {
    Integer(u64),
    F32(u32),
    F64(u64),
    /// The address of a variable or function; `generic` was written about it; bytes that are added.
    Address { name: String, offset: i64 },
}

#[derive(Clone, Debug)]
pub struct Variable {
    pub name: String,
    pub space: Space,
    pub ty: Type,
    pub align: u32,
    /// 0: an array without a size, which is dynamic shared memory.
    pub bytes: u64,
    pub initial: Vec<Initial>,
    pub linkage: Linkage,
    pub line: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    pub name: String,
    pub align: u32,
    pub bytes: u32,
}

#[derive(Debug)]
pub struct Function {
    pub name: String,
    pub entry: bool,
    pub linkage: Linkage,
    pub results: Vec<Parameter>,
    pub parameters: Vec<Parameter>,
    pub limits: Limits,
    /// None for a declaration.
    pub body: Option<Vec<Statement>>,
    pub line: u32,
}

/// Performance directives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    pub max_threads: Option<u32>,
    /// The one shape of block that may be launched.
    pub required: Option<[u32; 3]>,
    pub max_registers: Option<u32>,
}

/// Of an indirect call: what is called takes and gives.
#[derive(Clone, Debug)]
pub struct Prototype {
    pub results: Vec<Parameter>,
    pub parameters: Vec<Parameter>,
}

#[derive(Debug)]
pub enum Statement {
    Open,
    Close,
    Label(String),
    /// Names with `<n>`: that many registers, numbered.
    Registers { ty: Type, lanes: u32, names: Vec<(String, Option<u32>)> },
    Variable(Variable),
    Instruction(Instruction),
    /// `.loc`: what follows comes from this line of a source file.
    Source { file: u32, line: u32 },
    Targets(String, Vec<String>),
    Prototype(String, Prototype),
}

#[derive(Debug)]
pub struct Instruction {
    pub line: u32,
    /// The predicate register, and whether it must be false.
    pub guard: Option<(String, bool)>,
    pub name: String,
    pub modifiers: Vec<String>,
    pub operands: Vec<Operand>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A register, variable, label or function, with `.x` behind it if written.
    Name(String, Option<String>),
    /// `name + offset` outside of brackets.
    Sum(String, i64),
    Integer(u64),
    F32(u32),
    F64(u64),
    /// `[base + offset]`
    Address(Base, i64),
    Vector(Vec<Operand>),
    /// `(a, b)` of a call
    List(Vec<Operand>),
    Not(Box<Operand>),
    /// `p|q`
    Pair(Box<Operand>, Box<Operand>),
    /// `_`
    Sink,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Base {
    Name(String),
    None,
}

impl Instruction {
    pub fn has(&self, modifier: &str) -> bool {
        self.modifiers.iter().any(|found| found == modifier)
    }

    /// As it is written, without operands.
    pub fn full_name(&self) -> String {
        self.modifiers.iter().fold(self.name.clone(), |name, modifier| format!("{name}.{modifier}"))
    }

    /// The types among the modifiers, in order.
    pub fn types(&self) -> Vec<Type> {
        self.modifiers.iter().filter_map(|modifier| Type::named(modifier)).collect()
    }
}
