//! Whether two accesses of one array meet in different iterations.

use super::accesses::{Access, Range, step};
use super::spans::Span;
use crate::parallel::PARALLEL;
use crate::range_analysis::{Facts, Form, Monomial, Symbol};
use zouk_dialects::ir::{Builder, Op};

/// Where they meet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meeting {
    Never,
    /// At this distance, in iterations.
    At(i128),
    /// In every iteration.
    Always,
    /// Nothing is known.
    Perhaps,
}

/// Where two accesses meet. That they never do may need the test of a span.
pub fn meet<'c>(facts: &mut Facts<'c>, the_loop: Op<'c>, a: &Access<'c>, b: &Access<'c>) -> (Meeting, Option<Span<'c>>) {
    let counter = Symbol::Value(the_loop.body(0).arg(0));
    let step = step(the_loop).map_or(1, |step| step as i128);
    let (mut known, mut wrapping, mut moving) = (vec![], None, None);
    // The copy beside a loop that is tested is the loop as it is written: of a loop that nobody has asked to be parallel there is none for this alone.
    let asked = the_loop.str_attr(PARALLEL) == Some("prange");
    let axes = a.axes.iter().zip(&b.axes).map(|(x, y)| (x.as_ref(), y.as_ref())).chain([(a.elements.as_ref(), b.elements.as_ref())]);
    let mut sides = vec![];
    for (axis, (x, y)) in axes.collect::<Vec<_>>().into_iter().enumerate() {
        if let (Some(x), Some(y)) = (x, y) {
            if x.exact && y.exact {
                sides.extend(side(facts, counter, x, y));
            }
            match along(facts, counter, step, x, y) {
                Meeting::Never if x.exact && y.exact => return (Meeting::Never, None),
                Meeting::Never => wrapping = wrapping.or_else(|| Span::of(counter, x, y)),
                Meeting::Perhaps if x.exact && y.exact && never_along(facts, the_loop, x, y) => return (Meeting::Never, None),
                meeting => {
                    if asked && axis < a.axes.len() && meeting == Meeting::Perhaps && x.low == y.low && x.high == y.high {
                        moving = moving.or_else(|| Span::apart(counter, x, i64::try_from(step).ok()?).filter(|span| span.is_open(facts)));
                    }
                    known.push(meeting);
                }
            }
        }
    }
    // Along one axis only with an iteration before, along another only with one after: `a[i, j]` and `a[j, i]` of j above i.
    if sides.contains(&1) && sides.contains(&-1) {
        return (Meeting::Never, None);
    }
    if wrapping.is_some() {
        return (Meeting::Never, wrapping);
    }
    if moving.is_some() {
        return (Meeting::Never, moving);
    }
    // Along all axes at once: the farthest that is known.
    let places: Vec<i128> = known.iter().filter_map(|m| if let Meeting::At(d) = m { Some(*d) } else { None }).collect();
    let exact = a.axes.iter().chain(&b.axes).flatten().all(|range| range.exact);
    let meeting = match places[..] {
        // Different distances along two axes: never at once.
        [first, ..] if places.iter().any(|d| *d != first) && a.elements.is_none() && exact => Meeting::Never,
        [first, ..] => Meeting::At(first),
        [] if !known.is_empty() && known.iter().all(|m| *m == Meeting::Always) => Meeting::Always,
        [] => Meeting::Perhaps,
    };
    (meeting, None)
}

/// Along one axis.
fn along<'c>(facts: &mut Facts<'c>, counter: Symbol<'c>, step: i128, a: &Range<'c>, b: &Range<'c>) -> Meeting {
    let parts = [&a.low, &a.high, &b.low, &b.high].map(|form| form.split(counter));
    let [Some((s, a_low)), Some((t, a_high)), Some((u, b_low)), Some((v, b_high))] = parts else { return Meeting::Perhaps };
    let equal = |x: &Form<'c>, y: &Form<'c>| x.minus(y).is_some_and(|d| d.as_constant() == Some(0));
    if !(equal(&s, &t) && equal(&s, &u) && equal(&s, &v)) {
        return Meeting::Perhaps;
    }
    // s·(j - i) = difference of the places within their iterations
    let (Some(least), Some(most)) = (a_low.minus(&b_high), a_high.minus(&b_low)) else { return Meeting::Perhaps };
    if s.as_constant() == Some(0) {
        let apart = facts.proves(&least.plus_constant(-1)) || Form::constant(-1).minus(&most).is_some_and(|below| facts.proves(&below));
        let same = least.as_constant() == Some(0) && most.as_constant() == Some(0);
        return if apart { Meeting::Never } else if same { Meeting::Always } else { Meeting::Perhaps };
    }
    if let (Some(slope), Some(least), Some(most)) = (s.as_constant(), least.as_constant(), most.as_constant())
        && least == most
    {
        let stride = slope * step;
        return if least == 0 || least % stride != 0 { Meeting::Never } else { Meeting::At(least / stride) };
    }
    // The same subscript with a factor that is not zero.
    if least.as_constant() == Some(0) && most.as_constant() == Some(0) && is_step(&s) {
        return Meeting::Never;
    }
    // Either condition says that the stride is positive: what is between two accesses that happen is not less than nothing.
    for sign in [1, -1] {
        let Some(stride) = Form::default().plus(&s, sign * step) else { continue };
        let before = stride.plus_constant(-1).minus(&most).is_some_and(|room| facts.proves(&room));
        let after = before && stride.plus_constant(-1).plus(&least, 1).is_some_and(|room| facts.proves(&room));
        if after {
            return Meeting::Never;
        }
    }
    Meeting::Perhaps
}

/// Whether what all iterations together touch is apart: `a[i, j]` of i above k and `a[k, j]`.
fn never_along<'c>(facts: &mut Facts<'c>, the_loop: Op<'c>, a: &Range<'c>, b: &Range<'c>) -> bool {
    let counter = Symbol::Value(the_loop.body(0).arg(0));
    if the_loop.has_attr("unsignedCmp") {
        return false;
    }
    let (first, last) = (facts.form(the_loop.operand(0)), facts.form(the_loop.operand(1)).plus_constant(-1));
    let end = |form: &Form<'c>, upper: bool, facts: &mut Facts<'c>| {
        let (slope, _) = form.split(counter)?;
        let grows = facts.proves(&slope);
        if !grows && !facts.proves(&Form::default().plus(&slope, -1)?) {
            return None;
        }
        form.substitute(counter, if grows == upper { &last } else { &first })
    };
    let mut below = |x: &Range<'c>, y: &Range<'c>| {
        let (Some(high), Some(low)) = (end(&x.high, true, facts), end(&y.low, false, facts)) else { return false };
        facts.proves_ge(&low.plus_constant(-1), &high)
    };
    below(a, b) || below(b, a)
}

/// Where two ranges of different iterations meet only if that of the second is before (-1) or after (1) that of the first.
fn side<'c>(facts: &mut Facts<'c>, counter: Symbol<'c>, a: &Range<'c>, b: &Range<'c>) -> Option<i128> {
    // b.low(j) <= a.high(i): s·(j - i) is not above 0 when the rest of b.low is not below that of a.high.
    [(&b.low, &a.high, -1), (&a.low, &b.high, 1)].into_iter().find_map(|(low, high, sign)| {
        let ((s, low), (t, high)) = (low.split(counter)?, high.split(counter)?);
        let slope = s.as_constant().filter(|slope| *slope != 0 && t.as_constant() == Some(*slope))?;
        facts.proves_ge(&low, &high).then_some(sign * slope.signum())
    })
}

/// Whether a factor is the step of a range, which has been checked not to be zero.
fn is_step(form: &Form) -> bool {
    let [(Monomial(Symbol::Value(step), None), _)] = form.terms[..] else { return false };
    form.constant == 0
        && step.uses().into_iter().any(|(user, _)| {
            let differs = user.is("arith.cmpi") && user.int_attr("predicate") == Some(1) && user.operands().into_iter().any(|v| Builder::constant_int(v) == Some(0));
            differs && user.result(0).uses().into_iter().any(|(check, _)| check.is("rt.check"))
        })
}
