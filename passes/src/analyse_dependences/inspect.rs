//! Places that are looked at before the loop runs: blocks of work whose ends are computed, or read from an array.
//!
//! Where the block of an iteration begins and ends may be no form in the counter: `t * n // T`, `indptr[i]`, `i * (i - 1) // 2`. A loop before the loop computes both ends for every
//! iteration, and looks whether each block is after the one before, or before it. What it computes has no effects and cannot fail: an element that is not there, and a quotient that is
//! not defined, are a no.
//!
//! Of lanes, `range(t, n, T)` say, whose places are `s·t + T·k + c`, the distance of two is no multiple of T where all the iterations together are less than T apart.

use super::Tests;
use super::accesses::Access;
use super::spans::{EXACT, magnitude, visible};
use crate::memory::{root, written};
use crate::parallel::is_inside;
use crate::range_analysis::{Facts, Form, Symbol, width};
use std::collections::HashMap;
use zouk_dialects::ir::{Block, Builder, Op, Region, Value};

/// Longer computations of one end are not repeated.
const MAX_DEPTH: usize = 24;
/// Ends are below this, in magnitude: sums and products of integers are exact there.
const LARGEST: f64 = (1u64 << 61) as f64;

/// What an access touches in one iteration, in symbols that can be computed before the loop.
#[derive(Clone, Debug)]
pub struct Ends<'c> {
    pub low: Form<'c>,
    pub high: Form<'c>,
    /// The place itself, with the counters of inner loops.
    pub place: Form<'c>,
}

/// Places of one array along one axis.
pub struct Inspection<'c> {
    ends: Vec<(Form<'c>, Form<'c>)>,
    /// For lanes: how far those of neighbouring iterations are from each other, and the distance within a lane.
    lane: Option<(i128, Form<'c>)>,
}

/// What is to be computed for the accesses of an array to be apart; none where that cannot be said.
pub fn inspection<'c>(facts: &mut Facts<'c>, the_loop: Op<'c>, accesses: &[&Access<'c>]) -> Option<Inspection<'c>> {
    let rank = accesses.iter().map(|access| access.inspected.len()).min()?;
    let along = |k: usize| accesses.iter().map(|access| access.inspected.get(k)?.clone()).collect::<Option<Vec<Ends>>>();
    let candidates: Vec<Vec<Ends>> = (0..rank).filter_map(along).collect();
    let plain = |ends: &[Ends<'c>]| ends.iter().map(|ends| (ends.low.clone(), ends.high.clone())).collect();
    if let Some((ends, lane)) = candidates.iter().find_map(|ends| Some((ends, lane(facts, the_loop, ends)?))) {
        return Some(Inspection { ends: plain(ends), lane: Some(lane) });
    }
    // Ends that are forms in the counter have been compared as such.
    let moves = |ends: &Ends<'c>| ends.low.symbols().chain(ends.high.symbols()).any(|symbol| is_computed(symbol, the_loop));
    // A single place that data say is one that another iteration is likely to have, too.
    let is_block = |ends: &Ends<'c>| ends.low != ends.high || !ends.low.symbols().any(|symbol| is_computed(symbol, the_loop));
    let ends = candidates.into_iter().find(|ends| ends.iter().all(|ends| moves(ends) && is_block(ends)))?;
    Some(Inspection { ends: plain(&ends), lane: None })
}

fn is_computed<'c>(symbol: Symbol<'c>, the_loop: Op<'c>) -> bool {
    matches!(symbol, Symbol::Value(value) if value != the_loop.body(0).arg(0) && is_inside(value, the_loop))
}

/// The distances of lanes, where all places are `s·t + T·k + c` with the same s, T and c.
fn lane<'c>(facts: &mut Facts<'c>, the_loop: Op<'c>, ends: &[Ends<'c>]) -> Option<(i128, Form<'c>)> {
    let counter = Symbol::Value(the_loop.body(0).arg(0));
    let within = |form: &Form<'c>, facts: &mut Facts<'c>| {
        let (slope, mut rest) = form.split(counter)?;
        let slope = slope.as_constant().filter(|slope| *slope != 0)?;
        let mut stride: Option<Form<'c>> = None;
        loop {
            let inner = rest.symbols().find(|symbol| is_computed(*symbol, the_loop));
            let Some(symbol) = inner else { break };
            let (factor, next) = rest.split(symbol)?;
            let same = stride.get_or_insert_with(|| factor.clone());
            if *same != factor || factor.symbols().any(|s| is_computed(s, the_loop)) || facts.proves(&Form::constant(-1).minus(&factor)?) {
                return None;
            }
            rest = next;
        }
        let stride = stride.filter(|stride| stride.as_constant().is_none_or(|stride| stride > slope.abs()))?;
        Some((slope, stride, rest))
    };
    let first = within(&ends.first()?.place, facts)?;
    let all = ends[1..].iter().all(|ends| within(&ends.place, facts).is_some_and(|other| other == first));
    all.then_some((first.0, first.1))
}

/// Whether a value can be computed for each iteration before the loop runs.
pub fn can_compute<'c>(value: Value<'c>, the_loop: Op<'c>, depth: usize) -> bool {
    if !width(value.ty()).is_some_and(|bits| bits > 1 || depth > 0) {
        return false;
    }
    if !is_inside(value, the_loop) || value == the_loop.body(0).arg(0) {
        return true;
    }
    let Some(op) = value.def().filter(|_| depth < MAX_DEPTH) else { return false };
    let operands = |skip: usize| op.operands()[skip..].iter().all(|operand| can_compute(*operand, the_loop, depth + 1));
    match op.name() {
        "arith.constant" => true,
        "memref.load" => !is_inside(op.operand(0), the_loop) && !is_written(op.operand(0), the_loop) && operands(1),
        "memref.dim" => !is_inside(op.operand(0), the_loop) && operands(1),
        "rt.index" => operands(0),
        "arith.shrsi" => Builder::constant_int(op.operand(1)).is_some_and(|bits| (0..32).contains(&bits)) && operands(0),
        "scf.if" => {
            let given = [0, 1].map(|i| op.region(i).first_block().and_then(|b| b.terminator()).map(|t| t.operand(value.number())));
            can_compute(op.operand(0), the_loop, depth + 1) && given.iter().all(|value| value.is_some_and(|value| can_compute(value, the_loop, depth + 1)))
        }
        name => is_plain(name) && operands(0),
    }
}

/// Operations of integers that are defined for all operands, but for quotients.
fn is_plain(name: &str) -> bool {
    let quotient = matches!(name, "arith.divsi" | "arith.divui" | "arith.remsi" | "arith.remui" | "arith.floordivsi" | "arith.ceildivsi");
    let simple = matches!(name, "arith.addi" | "arith.subi" | "arith.muli" | "arith.minsi" | "arith.maxsi" | "arith.minui" | "arith.maxui" | "arith.andi" | "arith.ori" | "arith.xori");
    let other = matches!(name, "arith.cmpi" | "arith.select" | "arith.index_cast" | "arith.index_castui" | "arith.extsi" | "arith.extui" | "arith.trunci");
    quotient || simple || other
}

/// Whether the loop writes into the array; others that may lie in the same memory are tested.
fn is_written<'c>(array: Value<'c>, the_loop: Op<'c>) -> bool {
    !the_loop.collect(|op| written(op).into_iter().any(|target| root(target) == root(array))).is_empty()
}

impl<'c> Inspection<'c> {
    /// Whether the iterations are apart: a loop over the ends of their blocks.
    pub fn test(&self, b: &Builder<'c>, the_loop: Op<'c>) -> Value<'c> {
        let truth = b.c_bool(true);
        let inits = [truth, truth, b.c_i64(i64::MIN), b.c_i64(i64::MAX)];
        let bounds = [0, 1, 2].map(|i| the_loop.operand(i));
        let region = Region::new();
        let carried = inits.map(|init| (init.ty(), b.loc()));
        let block = region.add_block(&[&[(bounds[0].ty(), b.loc())], &carried[..]].concat());
        b.within(block, || self.look(b, the_loop, block));
        let types = inits.map(|init| init.ty());
        let looked = b.op_with_regions("scf.for", &[&bounds[..], &inits[..]].concat(), &types, &[], &[region]);
        the_loop.attr("unsignedCmp").into_iter().for_each(|attr| looked.set_attr("unsignedCmp", attr));
        let ordered = b.bin("arith.ori", looked.result(0), looked.result(1));
        match &self.lane {
            Some((slope, stride)) => b.bin("arith.andi", ordered, close(b, the_loop, *slope, stride)),
            None => ordered,
        }
    }

    /// One iteration: (all so far are each after the last, each before the last, the highest place, the lowest).
    fn look(&self, b: &Builder<'c>, the_loop: Op<'c>, block: Block<'c>) {
        let counter = the_loop.body(0).arg(0);
        let mut compute = Compute { b, the_loop, known: HashMap::from([(counter, block.arg(0))]), fine: vec![] };
        let (mut lowest, mut highest) = (b.c_i64(i64::MAX), b.c_i64(i64::MIN));
        for (low, high) in &self.ends {
            let (start, end) = (compute.form(low), compute.form(high));
            let (runs, zero) = (b.cmpi("sle", start, end), b.c_i64(0));
            // A place below 0 is counted from the end: which one it is, is not looked at.
            let counted = b.bin("arith.andi", runs, b.cmpi("slt", start, zero));
            compute.fine.push(b.bin("arith.xori", counted, b.c_bool(true)));
            lowest = b.bin("arith.minsi", lowest, b.select(runs, start, b.c_i64(i64::MAX)));
            highest = b.bin("arith.maxsi", highest, b.select(runs, end, b.c_i64(i64::MIN)));
        }
        let fine = compute.fine.iter().fold(b.c_bool(true), |all, one| b.bin("arith.andi", all, *one));
        let [up, down, last_high, last_low] = [1, 2, 3, 4].map(|i| block.arg(i));
        let nothing = b.cmpi("sgt", lowest, highest);
        let in_order = |so_far: Value<'c>, order: Value<'c>| {
            let apart = if self.lane.is_some() { fine } else { b.bin("arith.andi", fine, b.bin("arith.ori", nothing, order)) };
            b.bin("arith.andi", so_far, apart)
        };
        let next = [
            in_order(up, b.cmpi("sgt", lowest, last_high)),
            in_order(down, b.cmpi("slt", highest, last_low)),
            b.select(nothing, last_high, highest),
            b.select(nothing, last_low, lowest),
        ];
        b.op("scf.yield", &next, &[], &[]);
    }
}

/// Whether the lanes of all iterations together are less than the distance within one apart.
fn close<'c>(b: &Builder<'c>, the_loop: Op<'c>, slope: i128, stride: &Form<'c>) -> Value<'c> {
    let counter = |i: usize| b.val("arith.sitofp", &[b.index_cast(the_loop.operand(i), b.i64())], b.f64(), &[]);
    let mut compute = Compute { b, the_loop, known: HashMap::new(), fine: vec![] };
    let stride = compute.form(stride);
    let stride = b.val("arith.sitofp", &[stride], b.f64(), &[]);
    let [from, to] = [0, 1].map(counter);
    for end in [from, to] {
        compute.fine.push(b.cmpf("olt", b.val("math.absf", &[end], b.f64(), &[]), b.c_float(b.f64(), EXACT)));
    }
    let iterations = b.bin("arith.subf", b.bin("arith.subf", to, from), b.c_float(b.f64(), 1.0));
    let apart = b.bin("arith.mulf", iterations, b.c_float(b.f64(), slope.unsigned_abs() as f64));
    let exact = b.cmpf("olt", stride, b.c_float(b.f64(), EXACT));
    let close = b.bin("arith.andi", exact, b.cmpf("olt", apart, stride));
    compute.fine.iter().fold(close, |all, one| b.bin("arith.andi", all, *one))
}

/// Computes values of an iteration before the loop.
struct Compute<'a, 'c> {
    b: &'a Builder<'c>,
    the_loop: Op<'c>,
    known: HashMap<Value<'c>, Value<'c>>,
    /// What must hold for the values to be those of the iteration.
    fine: Vec<Value<'c>>,
}

impl<'c> Compute<'_, 'c> {
    /// An i64; it is known that it is exact.
    fn form(&mut self, form: &Form<'c>) -> Value<'c> {
        let b = self.b;
        let size = magnitude(b, form, &mut |symbol| self.symbol(symbol));
        self.fine.push(b.cmpf("olt", size, b.c_float(b.f64(), LARGEST)));
        let constant = b.c_i64(form.constant as i64);
        form.terms.iter().fold(constant, |sum, (monomial, coefficient)| {
            let factor = b.c_i64(*coefficient as i64);
            let product = monomial.symbols().fold(factor, |product, symbol| b.bin("arith.muli", product, self.symbol(symbol)));
            b.bin("arith.addi", sum, product)
        })
    }

    fn symbol(&mut self, symbol: Symbol<'c>) -> Value<'c> {
        let b = self.b;
        match symbol {
            Symbol::Dim(array, axis) => b.index_cast(b.val("memref.dim", &[array, b.c_index(axis)], b.index(), &[]), b.i64()),
            Symbol::Value(value) => {
                let value = self.value(value);
                match width(value.ty()) {
                    Some(bits) if bits < 64 => b.val("arith.extsi", &[value], b.i64(), &[]),
                    _ => b.index_cast(value, b.i64()),
                }
            }
        }
    }

    fn value(&mut self, value: Value<'c>) -> Value<'c> {
        if let Some(known) = self.known.get(&value) {
            return *known;
        }
        let computed = match value.def().filter(|_| is_inside(value, self.the_loop)) {
            Some(op) => self.result(op, value.number()),
            None => visible(self.b, value),
        };
        self.known.insert(value, computed);
        computed
    }

    fn result(&mut self, op: Op<'c>, number: usize) -> Value<'c> {
        let b = self.b;
        if op.is("scf.if") {
            let given = [0, 1].map(|i| op.body(i).terminator().expect("a block with an end").operand(number));
            let condition = self.value(op.operand(0));
            let [then, otherwise] = given.map(|value| self.value(value));
            return b.select(condition, then, otherwise);
        }
        let skip = usize::from(op.is("memref.load") || op.is("memref.dim"));
        let mut operands: Vec<Value> = op.operands()[..skip].to_vec();
        operands.extend(op.operands()[skip..].iter().map(|operand| self.value(*operand)));
        match op.name() {
            "memref.load" => self.element(op, &operands),
            "rt.index" => {
                self.inside(operands[0], operands[1]);
                operands[0]
            }
            "arith.divsi" | "arith.divui" | "arith.remsi" | "arith.remui" | "arith.floordivsi" | "arith.ceildivsi" => {
                let (one, zero) = (b.c_int(operands[1].ty(), 1), b.c_int(operands[1].ty(), 0));
                let defined = b.cmpi("sgt", operands[1], zero);
                self.fine.push(defined);
                self.again(op, &[operands[0], b.select(defined, operands[1], one)])
            }
            _ => self.again(op, &operands),
        }
    }

    fn again(&self, op: Op<'c>, operands: &[Value<'c>]) -> Value<'c> {
        let copy = self.b.insert(op.deep_clone());
        copy.set_operands(operands);
        copy.result(0)
    }

    fn inside(&mut self, position: Value<'c>, size: Value<'c>) -> Value<'c> {
        let b = self.b;
        let inside = b.cmpi("ult", b.index_cast(position, b.i64()), b.index_cast(size, b.i64()));
        self.fine.push(inside);
        inside
    }

    /// An element, where there is one.
    fn element(&mut self, load: Op<'c>, operands: &[Value<'c>]) -> Value<'c> {
        let (b, ty) = (self.b, load.result(0).ty());
        let truth = b.c_bool(true);
        let there = operands[1..].iter().enumerate().fold(truth, |all, (axis, index)| {
            let size = b.val("memref.dim", &[operands[0], b.c_index(axis as i64)], b.index(), &[]);
            b.bin("arith.andi", all, self.inside(*index, size))
        });
        let (then, otherwise) = (Region::new(), Region::new());
        let (then_block, else_block) = (then.add_block(&[]), otherwise.add_block(&[]));
        b.within(then_block, || {
            let element = self.again(load, operands);
            b.op("scf.yield", &[element], &[], &[])
        });
        b.within(else_block, || b.op("scf.yield", &[b.c_int(ty, 0)], &[], &[]));
        b.op_with_regions("scf.if", &[there], &[ty], &[], &[then, otherwise]).result(0)
    }
}

/// The same analysis with places that are looked at; none where the iterations meet all the same.
pub fn tests<'c>(facts: &mut Facts<'c>, the_loop: Op<'c>, module: Op<'c>) -> Option<Tests<'c>> {
    super::tests(facts, the_loop, module, true, true).ok()
}
