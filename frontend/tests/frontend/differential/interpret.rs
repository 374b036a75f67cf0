//! Runs untyped `py` on integers, as its ops' descriptions say.

use std::{collections::HashMap, fmt};
use zouk_dialects::ir::{Block, Op, Value};

#[derive(Clone, Debug, PartialEq)]
enum Data {
    Int(i64),
    Bool(bool),
    None,
    Unbound,
    Tuple(Vec<Data>),
    Range(i64),
    Ref(String),
}

impl Data {
    fn int(&self) -> i64 {
        match self {
            Data::Int(i) => *i,
            Data::Bool(b) => i64::from(*b),
            other => panic!("{other:?} is no number"),
        }
    }
}

impl fmt::Display for Data {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Data::Int(i) => write!(f, "{i}"),
            Data::Bool(b) => f.write_str(if *b { "True" } else { "False" }),
            Data::None => f.write_str("None"),
            Data::Tuple(parts) => write!(f, "({})", parts.iter().map(Data::to_string).collect::<Vec<_>>().join(", ")),
            other => panic!("{other:?} is not printed"),
        }
    }
}

/// How a block was left.
enum Exit {
    Yield(Vec<Data>),
    Break(Vec<Data>),
    Continue(Vec<Data>),
    Condition(bool, Vec<Data>),
    Return(Data),
    Raise(String),
}

#[derive(Default)]
pub struct Machine<'c> {
    values: HashMap<Value<'c>, Data>,
    pub output: String,
}

impl<'c> Machine<'c> {
    pub fn run(&mut self, function: Op<'c>, arguments: &[i64]) {
        self.values.clear();
        self.output += &format!("{}\n", function.str_attr("sym_name").unwrap());
        let arguments = arguments.iter().map(|i| Data::Int(*i)).collect();
        match self.block(function.body(0), arguments) {
            Exit::Return(value) => self.output += &format!("-> {value}\n"),
            Exit::Raise(exception) => self.output += &format!("!! {exception}\n"),
            _ => panic!("a function ends by return or raise"),
        }
    }

    fn block(&mut self, block: Block<'c>, arguments: Vec<Data>) -> Exit {
        assert_eq!(block.num_args(), arguments.len());
        self.values.extend(block.args().into_iter().zip(arguments));
        for op in block.ops() {
            if let Some(exit) = self.op(op) {
                return exit;
            }
        }
        panic!("a block without an end");
    }

    fn op(&mut self, op: Op<'c>) -> Option<Exit> {
        let operands: Vec<Data> = op.operands().iter().map(|v| self.values[v].clone()).collect();
        let results = match op.name() {
            "py.yield" => return Some(Exit::Yield(operands)),
            "py.break" => return Some(Exit::Break(operands)),
            "py.continue" => return Some(Exit::Continue(operands)),
            "py.return" => return Some(Exit::Return(operands[0].clone())),
            "py.raise" => return Some(Exit::Raise(op.str_attr("exception").unwrap().into())),
            "py.condition" => return Some(Exit::Condition(operands[0] == Data::Bool(true), operands[1..].to_vec())),
            "py.check_bound" if operands[0] == Data::Unbound => return Some(Exit::Raise("UnboundLocalError".into())),
            "py.if" => self.block(op.body(usize::from(operands[0] != Data::Bool(true))), vec![]),
            "py.for" => self.for_loop(op, &operands),
            "py.while" => self.while_loop(op, operands),
            _ => Exit::Yield(self.simple(op, &operands)),
        };
        match results {
            Exit::Yield(results) => {
                assert_eq!(results.len(), op.num_results(), "{op}");
                self.values.extend(op.results().into_iter().zip(results));
                None
            }
            exit => Some(exit),
        }
    }

    fn for_loop(&mut self, op: Op<'c>, operands: &[Data]) -> Exit {
        let (Data::Range(count), carried) = (&operands[0], &operands[1..]) else { panic!("iterates over {:?}", operands[0]) };
        let mut carried = carried.to_vec();
        for i in 0..*count {
            let arguments = std::iter::once(Data::Int(i)).chain(carried).collect();
            match self.block(op.body(0), arguments) {
                Exit::Yield(next) | Exit::Continue(next) => carried = next,
                Exit::Break(results) => return Exit::Yield(results),
                exit => return exit,
            }
        }
        self.block(op.body(1), carried)
    }

    fn while_loop(&mut self, op: Op<'c>, mut carried: Vec<Data>) -> Exit {
        loop {
            match self.block(op.body(0), carried) {
                Exit::Condition(true, passed) => match self.block(op.body(1), passed) {
                    Exit::Yield(next) | Exit::Continue(next) => carried = next,
                    Exit::Break(results) => return Exit::Yield(results),
                    exit => return exit,
                },
                Exit::Condition(false, passed) => return self.block(op.body(2), passed),
                exit => return exit,
            }
        }
    }

    fn simple(&mut self, op: Op<'c>, operands: &[Data]) -> Vec<Data> {
        let kind = op.str_attr("kind").unwrap_or_default();
        let numbers = || (operands[0].int(), operands[1].int());
        vec![match op.name() {
            "py.constant" => match (op.result(0).ty().to_string().as_str(), op.int_attr("value")) {
                ("i1", Some(value)) => Data::Bool(value != 0),
                (_, Some(value)) => Data::Int(value),
                _ => Data::None,
            },
            "py.unbound" => Data::Unbound,
            "py.ref" => Data::Ref(op.result(0).ty().to_string()),
            "py.check_bound" => operands[0].clone(),
            "py.truth" => Data::Bool(operands[0].int() != 0),
            "py.tuple" => Data::Tuple(operands.to_vec()),
            "py.unpack" => match &operands[0] {
                Data::Tuple(parts) => return parts.clone(),
                other => panic!("unpacks {other:?}"),
            },
            "py.unary" if kind == "not" => Data::Bool(operands[0].int() == 0),
            "py.unary" => Data::Int(-operands[0].int()),
            "py.binary" => {
                let (a, b) = numbers();
                Data::Int(match kind {
                    "add" => a + b,
                    "sub" => a - b,
                    "mul" => a * b,
                    _ => a.rem_euclid(b),
                })
            }
            "py.compare" => {
                let (a, b) = numbers();
                Data::Bool(match kind {
                    "lt" => a < b,
                    "le" => a <= b,
                    "eq" => a == b,
                    "ne" => a != b,
                    "gt" => a > b,
                    _ => a >= b,
                })
            }
            "py.call" => match &operands[0] {
                Data::Ref(name) if name.contains("range") => Data::Range(operands[1].int()),
                _ => {
                    self.output += &format!("{}\n", operands[1]);
                    Data::None
                }
            },
            other => panic!("no meaning for {other}"),
        }]
    }
}
