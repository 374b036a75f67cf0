//! Loops whose iterations are apart when numbers from before the loop are neither negative nor large.
//!
//! Where a slice such as `a[i * k:(i + 1) * k]` begins depends on the sign of k, and on whether the product wraps around. Of a loop that is refused the analysis is done again for k and the
//! bounds of the loop in [0, 2^30], which is then tested before the loop.

use super::Tests;
use crate::parallel::is_inside;
use crate::range_analysis::{Facts, Form, Symbol, width};
use zouk_dialects::ir::{Builder, Op, TypeLike, Value};

/// Products of two such numbers, and sums of some of them, are far from the largest integer.
const LARGEST: i64 = 1 << 30;
/// More of them are seldom what a subscript is made of.
const MOST: usize = 6;

/// What else must be tested; none where the iterations meet all the same.
pub fn tests<'c>(facts: &mut Facts<'c>, the_loop: Op<'c>, module: Op<'c>) -> Option<Tests<'c>> {
    let small = numbers(the_loop);
    let known = |number: Option<i64>| number.is_none_or(|number| (0..=LARGEST).contains(&number));
    let bounds = (0..2).all(|i| known(Builder::constant_int(the_loop.operand(i)))) && Builder::constant_int(the_loop.operand(2)).is_some_and(|step| step > 0 && step <= LARGEST);
    if small.is_empty() || small.len() > MOST || !bounds {
        return None;
    }
    // What is known of it is known of a symbol of its own, not of what it is computed from.
    let is_computed = |number: Value| number.def().is_some_and(|op| !op.is("memref.dim"));
    let bounds = [0, 1].map(|i| uncast(the_loop.operand(i)));
    let atoms: Vec<Value<'c>> = small.iter().copied().filter(|number| !bounds.contains(number) && is_computed(*number)).collect();
    let found = facts.with_atoms(&atoms, |facts| {
        for number in &small {
            let form = facts.form(*number);
            facts.assume(form.clone());
            facts.assume_ge(&Form::constant(LARGEST as i128), &form);
        }
        // Its bounds are among them, or constants.
        facts.narrow(Symbol::Value(the_loop.body(0).arg(0)), 0, LARGEST as i128);
        super::tests(facts, the_loop, module, true, false).ok()
    });
    found.map(|tests| Tests { small, ..tests })
}

/// Factors from before the loop, and its bounds.
fn numbers<'c>(the_loop: Op<'c>) -> Vec<Value<'c>> {
    let products = the_loop.collect(|op| op.is("arith.muli"));
    let mut found: Vec<Value<'c>> = vec![];
    let factors = products.iter().flat_map(|product| product.operands()).map(uncast);
    for number in factors.chain([uncast(the_loop.operand(0)), uncast(the_loop.operand(1))]) {
        let known = Builder::constant_int(number).is_some() || is_inside(number, the_loop) || number.ty().is_mem_ref() || width(number.ty()) != Some(64);
        if !known && !found.contains(&number) {
            found.push(number);
        }
    }
    found
}

fn uncast(number: Value) -> Value {
    std::iter::successors(Some(number), |v| v.def_by("arith.index_cast").map(|op| op.operand(0))).last().unwrap_or(number)
}

pub fn test<'c>(b: &Builder<'c>, number: Value<'c>) -> Value<'c> {
    b.cmpi("ule", b.index_cast(number, b.i64()), b.c_i64(LARGEST))
}
