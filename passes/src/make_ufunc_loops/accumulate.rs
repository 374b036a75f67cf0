//! The loop of a reduction: NumPy passes one place as the first argument and as the result, and the loop keeps what lies there in registers.

use super::emit::{Given, Maker, Stride, jump, jump_if};
use super::operand::{EQUAL, NOT_EQUAL, compare};
use crate::llvm_dialect::LlvmOps;
use zouk_dialects::ir::{Block, Builder, Region, Value};

impl<'c> Maker<'c> {
    /// Runs where the first argument and the result are one place at all steps; what follows is for other calls.
    pub(super) fn accumulate(&self, b: &Builder<'c>, given: &Given<'c>, region: &Region<'c>, exit: (Block<'c>, Value<'c>)) {
        let [first, _, result] = &self.operands[..] else { return };
        if self.arguments != 2 || !first.is_like(result) || first.rank.is_some() {
            return;
        }
        let zero = b.constant(b.i64(), 0);
        let same = compare(b, EQUAL, given.pointers[0], given.pointers[2]);
        let stays = [0, 2].map(|k| compare(b, EQUAL, given.steps[k], zero));
        let fits = stays.into_iter().fold(same, |all, fine| b.val("llvm.and", &[all, fine], b.i1(), &[]));
        let [here, next, packed, spread] = [(); 4].map(|()| region.append(Block::new(&[])));
        jump_if(b, fits, (here, &[]), (next, &[]));
        b.set_end(here);
        let close = compare(b, EQUAL, given.steps[1], b.constant(b.i64(), self.operands[1].size()));
        jump_if(b, close, (packed, &[]), (spread, &[]));
        for (block, stride) in [(packed, Stride::Packed), (spread, Stride::Bytes(given.steps[1]))] {
            b.set_end(block);
            self.fold(b, given, stride, region, exit);
        }
        b.set_end(next);
    }

    fn fold(&self, b: &Builder<'c>, given: &Given<'c>, stride: Stride<'c>, region: &Region<'c>, (exit, fine): (Block<'c>, Value<'c>)) {
        let (i64_type, loc) = (b.i64(), b.loc());
        let start = self.operands[0].load(b, given.pointers[0]);
        let parts: Vec<_> = start.iter().map(|value| (value.ty(), loc)).collect();
        let body = region.append(Block::new(&[&[(i64_type, loc)], &parts[..]].concat()));
        let done = region.append(Block::new(&parts));
        jump(b, body, &[&[b.constant(i64_type, 0)], &start[..]].concat());
        b.set_end(body);
        let (i, so_far) = (body.arg(0), &body.args()[1..]);
        let item = self.operands[1].load(b, self.pointer(b, given, stride, 1, i));
        let call = self.wrapper.call(b, &[so_far, &item[..]].concat());
        let (status, values) = self.wrapper.parts(b, call);
        self.leave_on_error(b, status, region, exit);
        let next = b.val("llvm.add", &[i, b.constant(i64_type, 1)], i64_type, &[]);
        let more = compare(b, NOT_EQUAL, next, given.count);
        jump_if(b, more, (body, &[&[next], &values[..]].concat()), (done, &values));
        b.set_end(done);
        self.operands[2].store(b, &done.args(), given.pointers[2]);
        jump(b, exit, &[fine]);
    }
}
