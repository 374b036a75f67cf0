//! Which file decodes which instruction.

use super::function::Builder;
use crate::ptx::Parsed;
use crate::ptx::syntax::Instruction;

pub fn decode(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    let is_float = instruction.types().last().is_some_and(|ty| ty.is_float());
    match instruction.name.as_str() {
        "add" | "sub" | "mul" | "mad" | "fma" | "div" | "min" | "max" | "abs" | "neg" if is_float => super::floats::decode(builder, instruction),
        "rcp" | "sqrt" | "rsqrt" | "sin" | "cos" | "ex2" | "lg2" | "tanh" | "copysign" | "testp" => super::floats::decode(builder, instruction),
        "add" | "sub" | "mul" | "mad" | "div" | "min" | "max" | "abs" | "neg" | "addc" | "subc" | "madc" | "mul24" | "mad24" | "sad" | "rem" => super::integers::arithmetic(builder, instruction),
        "and" | "or" | "xor" | "not" | "cnot" | "shl" | "shr" | "shf" | "bfe" | "bfi" | "bfind" | "brev" | "clz" | "popc" | "fns" | "prmt" | "lop3" | "szext" | "bmsk" | "dp4a" | "dp2a" => super::integers::bits(builder, instruction),
        "setp" | "set" | "selp" | "slct" => super::compare::decode(builder, instruction),
        "cvt" => super::convert::decode(builder, instruction),
        "mov" | "cvta" | "isspacep" | "mapa" => super::data::moves(builder, instruction),
        "ld" | "ldu" | "st" | "atom" | "red" | "prefetch" | "prefetchu" | "discard" | "applypriority" => super::data::memory(builder, instruction),
        "bar" | "barrier" | "membar" | "fence" | "shfl" | "vote" | "match" | "redux" | "elect" | "activemask" | "griddepcontrol" => super::synchronise::decode(builder, instruction),
        "bra" | "brx" | "ret" | "exit" | "trap" | "brkpt" | "nanosleep" | "pmevent" => super::control::decode(builder, instruction),
        "call" => super::calls::decode(builder, instruction),
        name => builder.wrong(format!("Not a name of any known instruction: '{name}'")),
    }
}
