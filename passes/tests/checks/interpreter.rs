//! Runs functions of `arith`, `scf`, `cf`, `memref` and `rt.index`, and records what they do: the oracle for passes that remove checks.

use std::collections::HashMap;
use zouk_dialects::ir::{Block, Op, TypeLike, Value};

/// A run-time value: an integer, or an array of these sizes.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    Int(i128),
    Array(Vec<i64>),
}

/// What a function does that its caller can see.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Access(Vec<i64>),
    Returned(Vec<Item>),
    Raised(String),
    /// An access outside the array: what may never happen.
    Broke(Vec<i64>),
}

enum Stop {
    Raised(String),
    Broke(Vec<i64>),
    /// The run was long enough.
    Limit,
}

pub struct Interpreter<'c> {
    values: HashMap<Value<'c>, Item>,
    events: Vec<Event>,
    steps: usize,
}

/// The events of a function's run, up to `limit` iterations of loops.
pub fn events(function: Op, arguments: &[Item], limit: usize) -> Vec<Event> {
    let mut interpreter = Interpreter { values: HashMap::new(), events: vec![], steps: limit };
    let last = match interpreter.block(function.body(0), arguments) {
        Ok(results) => Some(Event::Returned(results)),
        Err(Stop::Raised(message)) => Some(Event::Raised(message)),
        Err(Stop::Broke(indices)) => Some(Event::Broke(indices)),
        Err(Stop::Limit) => None,
    };
    interpreter.events.extend(last);
    interpreter.events
}

impl<'c> Interpreter<'c> {
    fn int(&self, value: Value<'c>) -> i128 {
        match &self.values[&value] {
            Item::Int(n) => *n,
            Item::Array(_) => panic!("an integer is expected: {value:?}"),
        }
    }

    fn items(&self, values: &[Value<'c>]) -> Vec<Item> {
        values.iter().map(|v| self.values[v].clone()).collect()
    }

    /// The operands of the terminator that leaves the region.
    fn block(&mut self, mut block: Block<'c>, arguments: &[Item]) -> Result<Vec<Item>, Stop> {
        let mut arguments = arguments.to_vec();
        loop {
            block.args().into_iter().zip(arguments).for_each(|(a, v)| drop(self.values.insert(a, v)));
            let ops = block.ops();
            let (terminator, ops) = ops.split_last().expect("a terminator");
            for op in ops {
                let results = self.op(*op)?;
                op.results().into_iter().zip(results).for_each(|(r, v)| drop(self.values.insert(r, v)));
            }
            let mut operands = self.items(&terminator.operands());
            let successors = terminator.successors();
            match terminator.name() {
                "cf.br" => block = successors[0],
                "cf.cond_br" => {
                    let then = successors[0].num_args();
                    let otherwise = operands.split_off(1 + then);
                    let taken = operands.remove(0) != Item::Int(0);
                    block = successors[!taken as usize];
                    operands = if taken { operands } else { otherwise };
                }
                _ => return Ok(operands),
            }
            self.step()?;
            arguments = operands;
        }
    }

    fn op(&mut self, op: Op<'c>) -> Result<Vec<Item>, Stop> {
        let int = |i: usize| self.int(op.operand(i));
        let one = |n: i128| Ok(vec![Item::Int(n)]);
        match op.name() {
            "scf.for" => self.scf_for(op),
            "scf.execute_region" => self.block(op.body(0), &[]),
            "scf.while" => self.scf_while(op),
            "scf.if" => match int(0) != 0 {
                _ if op.region(1).first_block().is_none() && int(0) == 0 => Ok(vec![]),
                truth => self.block(op.body(!truth as usize), &[]),
            },
            "rt.index" => self.index(op).map(|n| vec![Item::Int(n)]),
            "rt.check" if int(0) != 0 => Ok(vec![]),
            "rt.check" => Err(Stop::Raised(op.str_attr("exception").unwrap_or_default().to_string())),
            "memref.dim" => match &self.values[&op.operand(0)] {
                Item::Array(sizes) => one(sizes[self.int(op.operand(1)) as usize] as i128),
                Item::Int(_) => panic!("an array is expected"),
            },
            "memref.load" => self.access(op.operand(0), &op.operands()[1..]).map(|()| vec![Item::Int(0)]),
            "memref.store" => self.access(op.operand(1), &op.operands()[2..]).map(|()| vec![]),
            "arith.select" => Ok(self.items(&[op.operand(if int(0) != 0 { 1 } else { 2 })])),
            "arith.constant" => one(constant(op)),
            name => one(arithmetic(name, op, &(0..op.num_operands()).map(int).collect::<Vec<_>>())),
        }
    }

    fn access(&mut self, array: Value<'c>, indices: &[Value<'c>]) -> Result<(), Stop> {
        let indices: Vec<i64> = indices.iter().map(|i| self.int(*i) as i64).collect();
        let Item::Array(sizes) = &self.values[&array] else { panic!("an array is expected") };
        if indices.iter().zip(sizes).any(|(i, n)| !(0..*n).contains(i)) {
            return Err(Stop::Broke(indices));
        }
        self.events.push(Event::Access(indices));
        Ok(())
    }

    fn index(&mut self, op: Op<'c>) -> Result<i128, Stop> {
        let (position, size) = (self.int(op.operand(0)), self.int(op.operand(1)));
        let place = if op.has_attr("wraps") && position < 0 { position + size } else { position };
        match op.has_attr("checked") && !(0..size).contains(&place) {
            true => Err(Stop::Raised("IndexError".into())),
            false => Ok(place),
        }
    }

    fn step(&mut self) -> Result<(), Stop> {
        self.steps = self.steps.checked_sub(1).ok_or(Stop::Limit)?;
        Ok(())
    }

    fn scf_for(&mut self, op: Op<'c>) -> Result<Vec<Item>, Stop> {
        let [from, to, step] = [0, 1, 2].map(|i| self.int(op.operand(i)));
        let mut carried = self.items(&op.operands()[3..]);
        let mut i = from;
        while i < to {
            self.step()?;
            carried = self.block(op.body(0), &[&[Item::Int(i)], &carried[..]].concat())?;
            i = (i + step) as i64 as i128;
        }
        Ok(carried)
    }

    fn scf_while(&mut self, op: Op<'c>) -> Result<Vec<Item>, Stop> {
        let mut carried = self.items(&op.operands());
        loop {
            self.step()?;
            let mut passed = self.block(op.body(0), &carried)?;
            if passed.remove(0) == Item::Int(0) {
                return Ok(passed);
            }
            carried = self.block(op.body(1), &passed)?;
        }
    }
}

/// An integer constant of any width; floats are 0.
fn constant(op: Op) -> i128 {
    let text = op.attr("value").map(|v| v.to_string()).unwrap_or_default();
    text.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or_else(|| op.int_attr("value").unwrap_or(0) as i128)
}

fn arithmetic(name: &str, op: Op, operands: &[i128]) -> i128 {
    let ty = op.result(0).ty();
    let bits: u32 = if ty.is_index() { 64 } else { ty.to_string().trim_start_matches('i').parse().unwrap_or(64) };
    let (a, b) = (operands[0], operands.get(1).copied().unwrap_or_default());
    let unsigned = |n: i128| if bits < 128 { n as u128 & ((1 << bits) - 1) } else { n as u128 };
    let result = match name {
        "arith.addi" => a.wrapping_add(b),
        "arith.subi" => a.wrapping_sub(b),
        "arith.muli" => a.wrapping_mul(b),
        "arith.divui" => unsigned(a).checked_div(unsigned(b)).unwrap_or(0) as i128,
        "arith.divsi" => a.checked_div(b).unwrap_or(0),
        "arith.remsi" => a.checked_rem(b).unwrap_or(0),
        "arith.minsi" => a.min(b),
        "arith.maxsi" => a.max(b),
        "arith.andi" => a & b,
        "arith.ori" => a | b,
        "arith.xori" => a ^ b,
        "arith.index_cast" | "arith.extsi" | "arith.trunci" => a,
        "arith.extui" => a & 1,
        "arith.cmpi" => return compare(op.int_attr("predicate").unwrap_or(0), a, b) as i128,
        _ => panic!("the interpreter does not know {name}"),
    };
    match bits {
        1 => result & 1,
        128 => result,
        _ => result << (128 - bits) >> (128 - bits),
    }
}

fn compare(predicate: i64, a: i128, b: i128) -> bool {
    match predicate {
        0 => a == b,
        1 => a != b,
        2 => a < b,
        3 => a <= b,
        4 => a > b,
        5 => a >= b,
        6 => (a as u128) < b as u128,
        7 => a as u128 <= b as u128,
        8 => a as u128 > b as u128,
        _ => a as u128 >= b as u128,
    }
}

/// Whether two runs did the same, as far as both went.
pub fn agree(a: &[Event], b: &[Event]) -> bool {
    let ended = |events: &[Event]| events.last().is_some_and(|e| !matches!(e, Event::Access(_)));
    let common = a.len().min(b.len());
    a[..common] == b[..common] && (a.len() == b.len() || !ended(if a.len() < b.len() { a } else { b }))
}
