//! Arrays of another shape: whether a view will do, and copies of elements into C order.

/// Whether the elements can be seen in another shape without a copy, as NumPy's `_attempt_nocopy_reshape` finds it: 1 or 0.
///
/// `axes` holds the sizes of the array, its strides in elements, the sizes of the other shape (as many elements), and room for the other's strides, which are
/// written: those of the view, or those of a copy in C order.
///
/// # Safety
/// `axes` has `2 * (rank + other)` elements, the last `other` of them writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zouk_reshape_strides(axes: *mut i64, rank: i64, other: i64) -> i64 {
    let (rank, other) = (rank.max(0) as usize, other.max(0) as usize);
    // SAFETY: the caller's promise.
    let all = unsafe { std::slice::from_raw_parts_mut(axes, 2 * (rank + other)) };
    let (given, found) = all.split_at_mut(2 * rank + other);
    let (dims, rest) = given.split_at(rank);
    let (steps, shape) = rest.split_at(rank);
    if view_strides(dims, steps, shape, found) {
        return 1;
    }
    let mut step = 1i64;
    for (found, n) in found.iter_mut().zip(shape).rev() {
        *found = step;
        step = step.wrapping_mul((*n).max(1));
    }
    0
}

/// Axes of as many elements together, of either shape, one group after the other.
fn view_strides(dims: &[i64], steps: &[i64], shape: &[i64], found: &mut [i64]) -> bool {
    let old: Vec<(i64, i64)> = dims.iter().copied().zip(steps.iter().copied()).filter(|(n, _)| *n != 1).collect();
    if old.iter().any(|(n, _)| *n == 0) {
        return false;
    }
    let (mut first, mut start) = (0, 0);
    while start < shape.len() && first < old.len() {
        let (mut last, mut end) = (first + 1, start + 1);
        let (mut many, mut wanted) = (old[first].0, shape[start]);
        while wanted != many {
            if wanted < many {
                let Some(n) = shape.get(end) else { return false };
                wanted = wanted.saturating_mul(*n);
                end += 1;
            } else {
                let Some((n, _)) = old.get(last) else { return false };
                many = many.saturating_mul(*n);
                last += 1;
            }
        }
        if old[first..last].windows(2).any(|pair| pair[0].1 != pair[1].0.wrapping_mul(pair[1].1)) {
            return false;
        }
        let mut step = old[last - 1].1;
        for i in (start..end).rev() {
            found[i] = step;
            step = step.wrapping_mul(shape[i]);
        }
        (first, start) = (last, end);
    }
    for i in start..shape.len() {
        found[i] = if i > 0 { found[i - 1] } else { 1 };
    }
    true
}

/// Copies the elements of an array into C order. `axes` holds its sizes and its strides in elements.
///
/// # Safety
/// `axes` has `2 * rank` readable elements. Every element that they name can be read, `target` has room for all of them, and the two do not overlap.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zouk_copy_packed(source: *const u8, target: *mut u8, axes: *const i64, rank: i64, item: i64) -> i64 {
    let rank = rank.max(0) as usize;
    // SAFETY: the caller's promise.
    let (dims, steps) = unsafe { std::slice::from_raw_parts(axes, 2 * rank) }.split_at(rank);
    if dims.iter().any(|n| *n <= 0) {
        return 0;
    }
    let axes = merged(dims, steps);
    // SAFETY: the caller's promise; items of these sizes are moved as integers, whatever is in them.
    unsafe {
        match item {
            1 => copy(source, target.cast::<u8>(), &axes),
            2 => copy(source.cast(), target.cast::<u16>(), &axes),
            4 => copy(source.cast(), target.cast::<u32>(), &axes),
            8 => copy(source.cast(), target.cast::<u64>(), &axes),
            16 => copy(source.cast(), target.cast::<[u64; 2]>(), &axes),
            _ => copy_bytes(source, target, &axes, item.max(0) as usize),
        }
    }
    0
}

/// An axis of the source. The target's strides follow from the sizes.
#[derive(Clone, Copy)]
struct Axis {
    size: usize,
    step: isize,
}

/// The axes without those of one element, neighbours in one where they lie as one does.
fn merged(dims: &[i64], steps: &[i64]) -> Vec<Axis> {
    let mut axes: Vec<Axis> = vec![];
    for (size, step) in dims.iter().map(|n| *n as usize).zip(steps.iter().map(|s| *s as isize)) {
        match axes.last_mut() {
            _ if size == 1 => {}
            Some(last) if last.step == step.wrapping_mul(size as isize) => *last = Axis { size: last.size * size, step },
            _ => axes.push(Axis { size, step }),
        }
    }
    axes
}

/// A tile has the elements of two cache lines across, and this many of a row: what is read of a line is in the first cache until all of it has been.
const ROW: usize = 256;

/// # Safety
/// As [`zouk_copy_packed`].
unsafe fn copy<T: Copy>(source: *const T, target: *mut T, axes: &[Axis]) {
    let Some((row, outer)) = axes.split_last() else {
        // SAFETY: there is one element.
        return unsafe { target.write_unaligned(source.read_unaligned()) };
    };
    if row.step == 1 {
        // SAFETY: a row lies in one piece on both sides.
        return each_row(outer, row.size, |from, to| unsafe { std::ptr::copy_nonoverlapping(source.offset(from), target.add(to), row.size) });
    }
    let tile = (128 / size_of::<T>()).max(1);
    // Where another axis has the neighbours, reading and writing both go through memory in order within a tile.
    let Some(across) = outer.iter().position(|axis| axis.step == 1) else {
        return each_row(outer, row.size, |from, to| unsafe { copy_row(source.offset(from), target.add(to), row.size, row.step) });
    };
    let pitch = outer[across + 1..].iter().fold(row.size, |size, axis| size * axis.size);
    let columns = outer[across].size;
    let others: Vec<Axis> = outer.iter().enumerate().map(|(i, axis)| if i == across { Axis { size: axis.size.div_ceil(tile), step: tile as isize } } else { *axis }).collect();
    each_place(&others, |place, from| {
        let first = place[across] * tile;
        let to = place.iter().enumerate().rev().fold((0, row.size), |(to, step), (i, at)| {
            let (at, size) = if i == across { (first, columns) } else { (*at, outer[i].size) };
            (to + at * step, step * size)
        });
        let lines = tile.min(columns - first);
        for start in (0..row.size).step_by(ROW) {
            let count = ROW.min(row.size - start);
            for line in 0..lines {
                // SAFETY: the line and the elements are inside the tile, which is inside both arrays.
                unsafe { copy_row(source.offset(from + line as isize + start as isize * row.step), target.add(to.0 + line * pitch + start), count, row.step) };
            }
        }
    });
}

/// # Safety
/// The elements are inside both arrays.
unsafe fn copy_row<T: Copy>(source: *const T, target: *mut T, count: usize, step: isize) {
    for i in 0..count {
        // SAFETY: the caller's promise.
        unsafe { target.add(i).write_unaligned(source.offset(i as isize * step).read_unaligned()) };
    }
}

/// Items of any size, one by one.
///
/// # Safety
/// As [`zouk_copy_packed`].
unsafe fn copy_bytes(source: *const u8, target: *mut u8, axes: &[Axis], item: usize) {
    let (row, outer) = axes.split_last().unwrap_or((&Axis { size: 1, step: 1 }, &[]));
    each_row(outer, row.size, |from, to| {
        for i in 0..row.size {
            // SAFETY: the item is inside both arrays.
            unsafe { std::ptr::copy_nonoverlapping(source.offset((from + i as isize * row.step) * item as isize), target.add((to + i) * item), item) };
        }
    });
}

/// Calls `each` with where every row starts, in the source and in the target.
fn each_row(outer: &[Axis], row: usize, mut each: impl FnMut(isize, usize)) {
    let mut to = 0;
    each_place(outer, |_, from| {
        each(from, to);
        to += row;
    });
}

/// Calls `each` with every place, in C order, and where it is in the source.
fn each_place(axes: &[Axis], mut each: impl FnMut(&[usize], isize)) {
    let mut place = vec![0; axes.len()];
    let mut from = 0;
    loop {
        each(&place, from);
        let mut i = axes.len();
        loop {
            if i == 0 {
                return;
            }
            i -= 1;
            place[i] += 1;
            from += axes[i].step;
            if place[i] < axes[i].size {
                break;
            }
            from -= axes[i].step * axes[i].size as isize;
            place[i] = 0;
        }
    }
}
