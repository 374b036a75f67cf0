//! Comparisons seen from the candidate: `candidate ? so far`.

/// The predicate with its operands exchanged.
pub fn swapped(compare: &str, predicate: i64) -> i64 {
    let pairs: &[(i64, i64)] = if compare == "arith.cmpf" { &[(2, 4), (3, 5), (9, 11), (10, 12)] } else { &[(2, 4), (3, 5), (6, 8), (7, 9)] };
    other(pairs, predicate)
}

/// The predicate that holds when this one does not.
pub fn negated(compare: &str, predicate: i64) -> i64 {
    let pairs: &[(i64, i64)] = if compare == "arith.cmpf" { &[(2, 12), (3, 11), (4, 10), (5, 9)] } else { &[(2, 5), (3, 4), (6, 9), (7, 8)] };
    other(pairs, predicate)
}

fn other(pairs: &[(i64, i64)], predicate: i64) -> i64 {
    let find = |(a, b): &(i64, i64)| if *a == predicate { Some(*b) } else { (*b == predicate).then_some(*a) };
    pairs.iter().find_map(find).unwrap_or(predicate)
}

/// Whether the order of candidates does not matter. With floats that holds where NaN is never taken.
pub fn is_order(compare: &str, predicate: i64) -> bool {
    if compare == "arith.cmpf" { (2..=5).contains(&predicate) } else { (2..=9).contains(&predicate) }
}

/// Whether an equal candidate is left.
pub fn is_strict(compare: &str, predicate: i64) -> bool {
    predicate % 2 == 0 && is_order(compare, predicate)
}

/// Whether greater candidates are taken, not smaller ones.
pub fn is_greater(compare: &str, predicate: i64) -> bool {
    if compare == "arith.cmpf" { matches!(predicate, 2 | 3) } else { matches!(predicate, 4 | 5 | 8 | 9) }
}
