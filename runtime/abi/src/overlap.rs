//! Whether two arrays share an element: a bounded linear equation in integers.

/// Whether some `x` has `steps[0] * x[0] + … = target` with `0 <= x[i] <= most[i]`: 1 or 0. Steps are not negative.
///
/// # Safety
/// `steps` and `most` have `count` readable elements.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zouk_bounded_combination(steps: *const i64, most: *const i64, count: i64, target: i64) -> i64 {
    let of = |all: *const i64| {
        // SAFETY: the caller's promise.
        unsafe { std::slice::from_raw_parts(all, count.max(0) as usize) }
    };
    let mut terms: Vec<Term> = of(steps).iter().zip(of(most)).filter(|(step, most)| **step > 0 && **most > 0).map(|(step, most)| Term { step: *step, most: *most }).collect();
    // The longest steps first: what is left then bounds how many of them there are.
    terms.sort_by_key(|term| std::cmp::Reverse(term.step));
    let mut rests = vec![Rest { reach: 0, divisor: 0 }];
    for term in terms.iter().rev() {
        let last = rests[rests.len() - 1];
        rests.push(Rest { reach: last.reach + term.step as i128 * term.most as i128, divisor: gcd(term.step, last.divisor) });
    }
    rests.reverse();
    has_solution(&terms, &rests, target as i128) as i64
}

struct Term {
    step: i64,
    most: i64,
}

/// The largest sum of the terms from one on, and what divides all of them.
#[derive(Clone, Copy)]
struct Rest {
    reach: i128,
    divisor: i64,
}

fn has_solution(terms: &[Term], rests: &[Rest], target: i128) -> bool {
    let rest = rests[0];
    if target < 0 || target > rest.reach || rest.divisor > 0 && target % rest.divisor as i128 != 0 {
        return false;
    }
    let Some((first, others)) = terms.split_first() else { return target == 0 };
    let step = first.step as i128;
    // The other terms reach so far at most.
    let least = (target - rests[1].reach + step - 1).div_euclid(step).max(0);
    let most = (target / step).min(first.most as i128);
    (least..=most).rev().any(|n| has_solution(others, &rests[1..], target - n * step))
}

fn gcd(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
