//! The loop function of one instance.

use super::operand::{EQUAL, LESS, NOT_EQUAL, Operand, compare};
use crate::llvm_dialect::{LlvmOps, Symbols};
use crate::make_entries::wrapper::Wrapper;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Block, Builder, Op, Region, Value};
use zouk_dialects::ty::Ty;

/// Beyond so many arguments there is no loop of its own for each of them that is the same for all elements.
const MOST_ARGUMENTS: usize = 3;

pub struct Maker<'c> {
    function: Op<'c>,
    pub(super) wrapper: Wrapper<'c>,
    pub(super) operands: Vec<Operand>,
    /// How many of them are arguments of the instance.
    pub(super) arguments: usize,
}

/// How an operand moves from one step to the next.
#[derive(Clone, Copy)]
pub(super) enum Stride<'c> {
    /// As its elements are large.
    Packed,
    Fixed,
    Bytes(Value<'c>),
}

/// What NumPy passes, loaded.
pub(super) struct Given<'c> {
    pub count: Value<'c>,
    pub pointers: Vec<Value<'c>>,
    pub steps: Vec<Value<'c>>,
    /// The arrays' sizes and strides in elements.
    shapes: Vec<Vec<Value<'c>>>,
}

impl<'c> Maker<'c> {
    pub fn new(function: Op<'c>, arguments: &[Ty], result: &Ty, operands: Vec<Operand>) -> Result<Self, Diagnostic> {
        Ok(Maker { function, wrapper: Wrapper::new(function, arguments, result)?, operands, arguments: arguments.len() })
    }

    pub fn build(&self, name: &str, symbols: &mut Symbols<'c>) {
        let (context, loc) = (self.function.context(), self.function.loc());
        let (ptr, status) = (symbols.b.ptr(), symbols.b.int(32));
        let region = Region::new();
        let entry = region.append(Block::new(&[(ptr, loc), (ptr, loc), (ptr, loc)]));
        let b = Builder::at_end(context, entry, loc);
        let exit = region.append(Block::new(&[(status, loc)]));
        let fine = b.constant(status, 0);
        let mut given = self.given(&b, entry);
        let some = region.append(Block::new(&[]));
        let more = compare(&b, LESS, b.constant(b.i64(), 0), given.count);
        jump_if(&b, more, (some, &[]), (exit, &[fine]));
        b.set_end(some);
        self.load_shapes(&b, entry, &mut given, &region, exit);
        for variant in self.variants() {
            self.try_variant(&b, &given, &variant, &region, (exit, fine));
        }
        self.accumulate(&b, &given, &region, (exit, fine));
        let strides: Vec<Stride> = given.steps.iter().map(|step| Stride::Bytes(*step)).collect();
        self.repeat(&b, &given, &strides, &region, (exit, fine));
        b.set_end(exit);
        b.op("llvm.return", &[exit.arg(0)], &[], &[]);
        symbols.b.set_loc(loc);
        let attrs = [("passthrough", b.str_array(&["nounwind"])), ("zouk.export", b.unit())];
        symbols.function(name, &[ptr, ptr, ptr], Some(status), "external", &attrs, region);
    }

    fn given(&self, b: &Builder<'c>, entry: Block<'c>) -> Given<'c> {
        let at = |base: Value<'c>, i: usize| b.fixed_pointer(base, b.i64(), i as i32);
        let numbers = |base: Value<'c>| (0..self.operands.len()).map(|i| b.load(b.i64(), at(base, i))).collect();
        let pointers = (0..self.operands.len()).map(|i| b.load(b.ptr(), at(entry.arg(0), i))).collect();
        Given { count: b.load(b.i64(), entry.arg(1)), pointers, steps: numbers(entry.arg(2)), shapes: vec![] }
    }

    /// Sizes and strides of the arrays, which are the same at all steps. Leaves with 2 where strides are no multiples of the elements' size.
    fn load_shapes(&self, b: &Builder<'c>, entry: Block<'c>, given: &mut Given<'c>, region: &Region<'c>, exit: Block<'c>) {
        let number = |base: Value<'c>, i: usize| b.load(b.i64(), b.fixed_pointer(base, b.i64(), i as i32));
        let mut place = self.operands.len();
        let mut odd: Option<Value<'c>> = None;
        for operand in &self.operands {
            let size = b.constant(b.i64(), operand.size());
            let mut shape: Vec<Value<'c>> = operand.dimensions.iter().map(|d| number(entry.arg(1), 1 + d)).collect();
            let steps: Vec<Value<'c>> = (0..shape.len()).map(|i| number(entry.arg(2), place + i)).collect();
            place += steps.len();
            // A single number, as an array of one element.
            if operand.rank == Some(1) && steps.is_empty() {
                shape = vec![b.constant(b.i64(), 1); 2];
            }
            for step in steps {
                let rest = b.val("llvm.srem", &[step, size], b.i64(), &[]);
                odd = Some(odd.map_or(rest, |odd| b.val("llvm.or", &[odd, rest], b.i64(), &[])));
                shape.push(b.val("llvm.sdiv", &[step, size], b.i64(), &[]));
            }
            given.shapes.push(shape);
        }
        if let Some(odd) = odd {
            let next = region.append(Block::new(&[]));
            let bad = compare(b, NOT_EQUAL, odd, b.constant(b.i64(), 0));
            jump_if(b, bad, (exit, &[b.constant(b.int(32), 2)]), (next, &[]));
            b.set_end(next);
        }
    }

    /// The movements that have a loop of their own.
    fn variants(&self) -> Vec<Vec<Stride<'c>>> {
        if self.operands.iter().any(|operand| operand.rank.is_some()) {
            return vec![];
        }
        let packed = vec![Stride::Packed; self.operands.len()];
        let mut variants = vec![packed.clone()];
        if (2..=MOST_ARGUMENTS).contains(&self.arguments) {
            for i in 0..self.arguments {
                let mut one = packed.clone();
                one[i] = Stride::Fixed;
                variants.push(one);
            }
        }
        variants
    }

    /// The loop for operands that move so, where they do; what follows is for those that do not.
    fn try_variant(&self, b: &Builder<'c>, given: &Given<'c>, strides: &[Stride<'c>], region: &Region<'c>, exit: (Block<'c>, Value<'c>)) {
        let mut fits: Option<Value<'c>> = None;
        for ((operand, stride), step) in self.operands.iter().zip(strides).zip(&given.steps) {
            let wanted = if matches!(stride, Stride::Fixed) { 0 } else { operand.size() };
            let fine = compare(b, EQUAL, *step, b.constant(b.i64(), wanted));
            fits = Some(fits.map_or(fine, |fits| b.val("llvm.and", &[fits, fine], b.i1(), &[])));
        }
        let Some(fits) = fits else { return };
        let (here, next) = (region.append(Block::new(&[])), region.append(Block::new(&[])));
        jump_if(b, fits, (here, &[]), (next, &[]));
        b.set_end(here);
        self.repeat(b, given, strides, region, exit);
        b.set_end(next);
    }

    /// All steps, one after the other; ends in a jump to the exit.
    fn repeat(&self, b: &Builder<'c>, given: &Given<'c>, strides: &[Stride<'c>], region: &Region<'c>, (exit, fine): (Block<'c>, Value<'c>)) {
        let (i64_type, loc) = (b.i64(), b.loc());
        let mut known: Vec<Option<Vec<Value<'c>>>> = vec![];
        for ((operand, stride), pointer) in self.operands.iter().zip(strides).zip(&given.pointers) {
            known.push(matches!(stride, Stride::Fixed).then(|| operand.load(b, *pointer)));
        }
        let zero = b.constant(i64_type, 0);
        let body = region.append(Block::new(&[(i64_type, loc)]));
        jump(b, body, &[zero]);
        b.set_end(body);
        let i = body.arg(0);
        let pointers: Vec<Value<'c>> = (0..self.operands.len()).map(|k| self.pointer(b, given, strides[k], k, i)).collect();
        let mut arguments = vec![];
        for (k, operand) in self.operands[..self.arguments].iter().enumerate() {
            match (&known[k], operand.rank) {
                (Some(values), _) => arguments.extend(values.iter().copied()),
                (None, None) => arguments.extend(operand.load(b, pointers[k])),
                (None, Some(_)) => {
                    arguments.extend([b.val("llvm.mlir.zero", &[], b.ptr(), &[]), pointers[k], zero]);
                    arguments.extend(given.shapes[k].iter().copied());
                }
            }
        }
        let call = self.wrapper.call(b, &arguments);
        let (status, values) = self.wrapper.parts(b, call);
        self.leave_on_error(b, status, region, exit);
        let mut rest = &values[..];
        for (operand, pointer) in self.operands.iter().zip(&pointers).skip(self.arguments) {
            let (own, others) = rest.split_at(operand.leaves());
            operand.store(b, own, *pointer);
            rest = others;
        }
        let next = b.val("llvm.add", &[i, b.constant(i64_type, 1)], i64_type, &[]);
        let more = compare(b, NOT_EQUAL, next, given.count);
        jump_if(b, more, (body, &[next]), (exit, &[fine]));
    }

    /// Goes on in a new block unless an exception is pending.
    pub(super) fn leave_on_error(&self, b: &Builder<'c>, status: Option<Value<'c>>, region: &Region<'c>, exit: Block<'c>) {
        let Some(status) = status else { return };
        let next = region.append(Block::new(&[]));
        let failed = compare(b, NOT_EQUAL, status, b.constant(b.int(32), 0));
        jump_if(b, failed, (exit, &[b.constant(b.int(32), 1)]), (next, &[]));
        b.set_end(next);
    }

    pub(super) fn pointer(&self, b: &Builder<'c>, given: &Given<'c>, stride: Stride<'c>, k: usize, i: Value<'c>) -> Value<'c> {
        let step = match stride {
            Stride::Fixed => return given.pointers[k],
            Stride::Packed => b.constant(b.i64(), self.operands[k].size()),
            Stride::Bytes(step) => step,
        };
        b.element_pointer(given.pointers[k], b.int(8), b.val("llvm.mul", &[i, step], b.i64(), &[]))
    }
}

pub(super) fn jump<'c>(b: &Builder<'c>, to: Block<'c>, values: &[Value<'c>]) {
    b.op_full("llvm.br", values, &[], &[], &[], &[to]);
}

pub(crate) fn jump_if<'c>(b: &Builder<'c>, condition: Value<'c>, then: (Block<'c>, &[Value<'c>]), otherwise: (Block<'c>, &[Value<'c>])) {
    let operands: Vec<_> = [condition].iter().chain(then.1).chain(otherwise.1).copied().collect();
    let segments = b.i32_array(&[1, then.1.len() as i32, otherwise.1.len() as i32]);
    b.op_full("llvm.cond_br", &operands, &[], &[("operandSegmentSizes", segments)], &[], &[then.0, otherwise.0]);
}
