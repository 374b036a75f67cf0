//! Whether shapes fit, with NumPy's texts for those that do not.

use crate::lower_python::{Lower, shape_text};
use zouk_dialects::ir::Value;

const SIGNATURE: &str = "with gufunc signature (n?,k),(k,m?)->(n?,m?)";

/// `matmul`: the last axis of the first operand must fit the last but one of the second.
pub fn check_core<'c>(l: &Lower<'c>, k: Value<'c>, other: Value<'c>) {
    let message = format!("matmul: Input operand 1 has a mismatch in its core dimension 0, {SIGNATURE} (size {{}} is different from {{}})");
    l.check_ints(l.b.cmpi("eq", k, other), "ValueError", &message, &[other, k]);
}

/// `matmul(…, out=…)`: the last axes of the array to store into.
pub fn check_out_core<'c>(l: &Lower<'c>, axis: usize, size: Value<'c>, wanted: Value<'c>) {
    let message = format!("matmul: Output operand 0 has a mismatch in its core dimension {axis}, {SIGNATURE} (size {{}} is different from {{}})");
    l.check_ints(l.b.cmpi("eq", size, wanted), "ValueError", &message, &[size, wanted]);
}

/// The leading axes of `matmul`, broadcast. `cores` are the numbers of axes that are multiplied, `last` the sizes of the product's.
pub fn broadcast<'c>(l: &Lower<'c>, a: &[Value<'c>], b: &[Value<'c>], cores: [usize; 2], last: &[Value<'c>]) -> Vec<Value<'c>> {
    let (m, n) = (a.len() - cores[0], b.len() - cores[1]);
    let one = l.b.c_index(1);
    let rank = m.max(n);
    let mut sizes = vec![];
    for axis in 0..rank {
        let size = |dims: &[Value<'c>], count: usize| (axis + count).checked_sub(rank).map(|i| dims[i]);
        sizes.push(match (size(a, m), size(b, n)) {
            (Some(x), Some(y)) => {
                let [equal, single, other] = [l.b.cmpi("eq", x, y), l.b.cmpi("eq", x, one), l.b.cmpi("eq", y, one)];
                let fits = l.b.bin("arith.ori", equal, l.b.bin("arith.ori", single, other));
                let remapped = |rank: usize, core: usize| {
                    let new = [vec!["{}"; rank - core], vec!["newaxis"; core]].concat();
                    format!("{}->({})", shape_text(rank), new.join(","))
                };
                let message = format!(
                    "operands could not be broadcast together with remapped shapes [original->remapped]: {} {}  and requested shape {}",
                    remapped(a.len(), cores[0]),
                    remapped(b.len(), cores[1]),
                    shape_text(last.len())
                );
                l.check_ints(fits, "ValueError", &message, &[a, &a[..m], b, &b[..n], last].concat());
                l.b.select(single, y, x)
            }
            (x, y) => x.or(y).unwrap_or(one),
        });
    }
    sizes
}

/// `dot`: the axes to be multiplied must be of one size.
pub fn check_aligned<'c>(l: &Lower<'c>, a: &[Value<'c>], b: &[Value<'c>], axes: [usize; 2]) {
    let (x, y) = (a[axes[0]], b[axes[1]]);
    let message = format!("shapes {} and {} not aligned: {{}} (dim {}) != {{}} (dim {})", shape_text(a.len()), shape_text(b.len()), axes[0], axes[1]);
    l.check_ints(l.b.cmpi("eq", x, y), "ValueError", &message, &[a, b, &[x, y]].concat());
}

/// `vdot`: arrays of one size.
pub fn check_sizes<'c>(l: &Lower<'c>, x: Value<'c>, y: Value<'c>) {
    l.check_ints(l.b.cmpi("eq", x, y), "ValueError", "cannot reshape array of size {} into shape ({},)", &[y, x]);
}

/// `outer(…, out=…)`
pub fn check_outer<'c>(l: &Lower<'c>, out: &[Value<'c>], sizes: [Value<'c>; 2]) {
    let same = l.b.bin("arith.andi", l.b.cmpi("eq", out[0], sizes[0]), l.b.cmpi("eq", out[1], sizes[1]));
    let message = "operands could not be broadcast together with shapes ({},1) (1,{}) ({},{}) ";
    l.check_ints(same, "ValueError", message, &[sizes[0], sizes[1], out[0], out[1]]);
}

/// `dot(…, out=…)`: of the right sizes, and packed.
pub fn check_dot_out<'c>(l: &mut Lower<'c>, out: &crate::functions::Val<'c>, sizes: &[Value<'c>]) {
    let (dims, strides) = (l.dims(out), l.strides(out));
    let all = |l: &Lower<'c>, pairs: Vec<Value<'c>>| pairs.into_iter().reduce(|x, y| l.b.bin("arith.andi", x, y));
    let same = dims.iter().zip(sizes).map(|(x, y)| l.b.cmpi("eq", *x, *y)).collect();
    if let Some(same) = all(l, same) {
        l.check(same, "ValueError", "output array has wrong dimensions");
    }
    let packed = l.packed_strides(&dims, true);
    let one = l.b.c_index(1);
    // The stride of an axis of one element does not count.
    let fits = strides.iter().zip(packed).zip(&dims).map(|((x, y), dim)| l.b.bin("arith.ori", l.b.cmpi("eq", *x, y), l.b.cmpi("eq", *dim, one))).collect();
    if let Some(fits) = all(l, fits) {
        l.check(fits, "ValueError", "output array is not acceptable (must have the right datatype, number of dimensions, and be a C-Array)");
    }
}
