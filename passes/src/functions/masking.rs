//! Functions of masks: where they are true, and what is stored there. `choose` picks among arrays.

use super::elementwise::Parts;
use super::indexing::{array_like, castable, mode, mode_of, wanted, writable};
use super::rules::*;
use super::{Bound, CallError, Function, TyArg, Val};
use crate::lower_python::{Lower, Outside, shape_text};
use zouk_dialects::ir::Value;
use zouk_dialects::ty::{Array, Layout, Operand, Ty, result_type};

pub(super) static TABLE: &[Function] = table! {
    "numpy.nonzero" ("a"): nonzero_rule => |l, a, _| nonzero(l, &a[0]);
    "array.nonzero()" ("_a"): nonzero_rule => |l, a, _| nonzero(l, &a[0]);
    "numpy.where" ("_condition, _x=, _y="): where_rule => |l, a, ty| match (a.get(1), a.get(2)) {
        (Some(x), Some(y)) => {
            let truth = l.truth(&a[0]);
            let (x, y) = (l.cast(x, ty), l.cast(y, ty));
            x.parts.iter().zip(&y.parts).map(|(x, y)| l.b.select(truth, *x, *y)).collect()
        }
        _ => nonzero(l, &a[0]),
    };
    "numpy.flatnonzero" ("a"): |a| array_like(&a[0]).map(|_| places(1).into()) => |l, a, _| {
        let array = l.array_of(&a[0]);
        let flat = l.raveled(&array);
        nonzero(l, &flat)
    };
    "numpy.argwhere" ("a"): |a| array_like(&a[0]).map(|_| places(2).into()) => |l, a, ty| argwhere(l, &a[0], ty);
    "numpy.place" ("arr, mask, vals"): masked_rule => |l, a, _| place(l, a);
    "numpy.putmask" ("a, mask, values"): masked_rule => |l, a, _| putmask(l, a);
    "numpy.copyto" ("dst, src, casting=, where="): copyto_rule => |l, a, _| copyto(l, a);
    "numpy.choose" ("a, choices, out=, mode="): choose_rule => |l, a, ty| choose(l, a, ty);
    "array.choose()" ("_a, choices, out=, mode="): choose_rule => |l, a, ty| choose(l, a, ty);
};

fn places(rank: usize) -> Ty {
    Ty::array(Ty::I64, rank, Layout::C)
}

fn nonzero_rule(a: &Bound<TyArg>) -> Rule {
    if a[0].ty.is_number() || array_like(&a[0])?.rank == 0 {
        const TEXT: &str = "Calling nonzero on 0d arrays is not allowed. Use np.atleast_1d(scalar).nonzero() instead.";
        let bools = a[0].ty.as_array().map_or(&a[0].ty, |array| &array.element) == &Ty::Bool;
        let more = if bools { " If the context of this error is of the form `arr[nonzero(cond)]`, just use `arr[cond]`." } else { "" };
        return Err(CallError::raising("ValueError", format!("{TEXT}{more}")));
    }
    Ok(Ty::Tuple(vec![places(1); array_like(&a[0])?.rank]).into())
}

/// One of two numbers: two of one dtype keep it. Of a condition alone: where it holds.
fn where_rule(a: &Bound<TyArg>) -> Rule {
    match (a.get(1), a.get(2)) {
        (Some(x), Some(y)) => {
            (number(&a[0])?, number(x)?, number(y)?);
            Ok(if x.ty == y.ty { x.ty.clone() } else { common(x, y)? }.into())
        }
        (None, None) => nonzero_rule(a),
        _ => Err(CallError::raising("ValueError", "either both or neither of x and y should be given")),
    }
}

fn nonzero<'c>(l: &mut Lower<'c>, array: &Val<'c>) -> Parts<'c> {
    let array = l.array_of(array);
    l.true_places(&array).into_iter().flat_map(|p| p.parts).collect()
}

/// The indices of the true elements, one in a row.
fn argwhere<'c>(l: &mut Lower<'c>, array: &Val<'c>, ty: &Ty) -> Parts<'c> {
    let array = l.array_of(array);
    let (count, rank) = (l.count_true(&array), l.b.c_index(l.array_ty(&array).rank as i64));
    let result = ty.as_array().unwrap_or_else(|| panic!("{ty} is no array")).clone();
    let rows = l.roomy(result, count, &[rank]);
    l.for_each_true(&array, true, &mut |l, at, number| {
        for (axis, place) in at.iter().enumerate() {
            let place = l.val(Ty::I64, vec![l.b.index_cast(*place, l.b.i64())]);
            let axis = l.b.c_index(axis as i64);
            l.store(&rows, &[number, axis], &place);
        }
    });
    rows.parts
}

/// (array, mask, values)
fn masked_rule(a: &Bound<TyArg>) -> Rule {
    let to = writable(&a[0])?;
    array_like(&a[1])?;
    // The numbers of a tuple are converted one by one, as NumPy's of a list.
    let numbers = a[2].ty.as_tuple().is_some_and(|parts| parts.iter().all(|part| part.is_real()));
    if !numbers || !to.element.is_number() {
        castable(&a[2], to, "safe")?;
    }
    Ok(Ty::None.into())
}

/// Two arrays have as many elements.
fn check_same_size<'c>(l: &mut Lower<'c>, a: &Val<'c>, b: &Val<'c>, function: &str) {
    let (x, y) = (l.size(a), l.size(b));
    l.check(l.b.cmpi("eq", x, y), "ValueError", &format!("{function}: mask and data must be the same size"));
}

/// Stores the values, over and over, in the places where a mask of as many elements is true. The next value is taken for every place, or only
/// for those of `true_ones`.
fn store_cycled<'c>(l: &mut Lower<'c>, array: &Val<'c>, mask: &Val<'c>, values: &Val<'c>, true_ones: bool) {
    let mask = l.raveled(mask);
    let values = l.array_of(values);
    let values = l.raveled(&values);
    let (mask, values) = (l.apart(array, &mask), l.apart(array, &values));
    let array = l.flattened(array).unwrap_or_else(|| array.clone());
    let (dims, given) = (l.dims(&array), l.dim(&values, 0));
    let zero = l.b.c_index(0);
    let none = l.b.cmpi("eq", given, zero);
    let store_one = |l: &mut Lower<'c>, at: &[Value<'c>], truth: Value<'c>, number: Value<'c>| {
        l.scf_if(
            truth,
            &mut |l| {
                let value = l.load(&values, &[number]);
                l.store(&array, at, &value);
                vec![]
            },
            &mut |_| vec![],
        );
    };
    let one_each = if dims.len() == 1 && !true_ones { l.b.cmpi("eq", given, dims[0]) } else { l.b.c_bool(false) };
    let store_each = &mut |l: &mut Lower<'c>| {
        l.for_each(&dims, &mut |l, at| {
            let truth = l.true_at(&mask, &at[..1]);
            store_one(l, at, truth, at[0]);
        });
        vec![]
    };
    let store_all = &mut |l: &mut Lower<'c>| {
        l.for_each_carrying(&dims, &[zero, zero], &mut |l, at, carried| {
            let truth = l.true_at(&mask, &[carried[0]]);
            store_one(l, at, truth, carried[1]);
            let next = l.next_of(carried[1], given);
            let next = if true_ones { l.b.select(truth, next, carried[1]) } else { next };
            vec![l.b.bin("arith.addi", carried[0], l.b.c_index(1)), next]
        });
        vec![]
    };
    l.scf_if(none, &mut |_| vec![], &mut |l| {
        if dims.len() == 1 && !true_ones { l.scf_if(one_each, store_each, store_all) } else { store_all(l) }
    });
}

fn place<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let mask = l.array_of(&a[1]);
    check_same_size(l, &a[0], &mask, "place");
    let values = l.array_of(&a[2]);
    let given = l.size(&values);
    let none = l.b.cmpi("eq", given, l.b.c_index(0));
    l.scf_if(
        none,
        &mut |l| {
            let count = l.count_true(&mask);
            l.check(l.b.cmpi("eq", count, l.b.c_index(0)), "ValueError", "Cannot insert from an empty array!");
            vec![]
        },
        &mut |_| vec![],
    );
    store_cycled(l, &a[0], &mask, &values, true);
    vec![]
}

fn putmask<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let mask = l.array_of(&a[1]);
    check_same_size(l, &a[0], &mask, "putmask");
    let same = l.array_ty(&a[0]).rank == l.array_ty(&mask).rank;
    if a[2].ty.is_scalar() && same && *l.array_ty(&mask).element == Ty::Bool {
        let (dims, sizes) = (l.dims(&a[0]), l.dims(&mask));
        let equal = dims.iter().zip(&sizes).map(|(d, s)| l.b.cmpi("eq", *d, *s)).reduce(|x, y| l.b.bin("arith.andi", x, y));
        let equal = equal.unwrap_or_else(|| l.b.c_bool(true));
        l.scf_if(
            equal,
            &mut |l| {
                l.fill_where(&a[0], &mask, &a[2]);
                vec![]
            },
            &mut |l| {
                store_cycled(l, &a[0], &mask, &a[2], false);
                vec![]
            },
        );
    } else {
        store_cycled(l, &a[0], &mask, &a[2], false);
    }
    vec![]
}

fn copyto_rule(a: &Bound<TyArg>) -> Rule {
    use super::Const;
    let to = writable(&a[0])?;
    let rule = match a.get(2).map(|c| &c.constant) {
        None => "same_kind",
        Some(Some(Const::Str(rule))) => match rule.as_str() {
            rule @ ("no" | "equiv" | "safe" | "same_kind" | "unsafe") => rule,
            other => return Err(CallError::raising("ValueError", format!("casting must be one of 'no', 'equiv', 'safe', 'same_kind', or 'unsafe' (got '{other}')"))),
        },
        _ => return Err(CallError::new("the casting must be a constant string")),
    };
    match rule {
        _ if matches!(*to.element, Ty::Record(_)) || matches!(a[1].ty, Ty::Record(_)) => castable(&a[1], to, rule)?,
        "unsafe" if !a[1].ty.is_number() => _ = array_like(&a[1])?,
        "unsafe" => {}
        rule => castable(&a[1], to, rule)?,
    }
    let from = a[1].ty.as_array().map_or(&a[1].ty, |array| &array.element);
    if from.is_complex() && !to.element.is_complex() {
        return Err(CallError::new(format!("an array of {} cannot hold {}", to.element.user_name(), from.user_name())));
    }
    match a.get(3) {
        None | Some(TyArg { ty: Ty::Bool, .. }) => {}
        Some(mask) if *array_like(mask)?.element == Ty::Bool => {}
        Some(mask) => return Err(wanted("a mask of bools", &mask.ty)),
    }
    Ok(Ty::None.into())
}

fn copyto<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let (source, dims) = (l.array_of(&a[1]), l.dims(&a[0]));
    let sizes = l.dims(&source);
    l.check_sizes(&dims, &sizes);
    let mask = match a.get(3) {
        Some(mask) => l.array_of(mask),
        None => {
            let always = l.val(Ty::Bool, vec![l.b.c_bool(true)]);
            l.array_of(&always)
        }
    };
    check_where(l, &mask, &dims);
    let (source, mask) = (l.apart(&a[0], &source), l.apart(&a[0], &mask));
    let (source, mask) = (l.spread(&source, &dims), l.spread(&mask, &dims));
    l.for_each(&dims, &mut |l, at| {
        let truth = l.true_at(&mask, at);
        l.scf_if(
            truth,
            &mut |l| {
                let element = l.load(&source, at);
                l.store(&a[0], at, &element);
                vec![]
            },
            &mut |_| vec![],
        );
    });
    vec![]
}

/// A mask can be broadcast to sizes, of which it has no more.
fn check_where<'c>(l: &mut Lower<'c>, mask: &Val<'c>, dims: &[Value<'c>]) {
    let sizes = l.dims(mask);
    let one = l.b.c_index(1);
    let mut fits = l.b.c_bool(sizes.len() <= dims.len());
    for (size, dim) in sizes.iter().rev().zip(dims.iter().rev()) {
        let fit = l.b.bin("arith.ori", l.b.cmpi("eq", *size, one), l.b.cmpi("eq", *size, *dim));
        fits = l.b.bin("arith.andi", fits, fit);
    }
    let message = format!("could not broadcast where mask from shape {} into shape {}", shape_text(sizes.len()), shape_text(dims.len()));
    l.check_shapes(fits, "ValueError", &message, &[&sizes[..], dims].concat());
}

fn choose_rule(a: &Bound<TyArg>) -> Rule {
    mode(a.get(3))?;
    if a.get(2).is_some_and(|out| out.ty != Ty::None) {
        return Err(CallError::new("the argument out is not supported"));
    }
    let index_rank = match &a[0].ty {
        ty if ty.is_integral() && *ty != Ty::U64 => 0,
        _ => {
            let index = array_like(&a[0])?;
            if !index.element.is_integral() || *index.element == Ty::U64 {
                return Err(wanted("an array of integers", &a[0].ty));
            }
            index.rank
        }
    };
    let (element, rank) = match &a[1].ty {
        Ty::Array(choices) if choices.rank > 0 => ((*choices.element).clone(), choices.rank - 1),
        Ty::Tuple(choices) if !choices.is_empty() => {
            let mut elements = vec![];
            let mut all = vec![];
            let mut rank = 0;
            for choice in choices {
                let (of, its) = match choice {
                    Ty::Array(array) => (&*array.element, array.rank),
                    item if item.is_scalar() || matches!(item, Ty::Record(_)) => (item, 0),
                    other => return expected("an array or a number", other),
                };
                elements.push(of);
                all.push(Operand::of(choice).unwrap_or_else(|| Operand::strong(of)));
                rank = rank.max(its);
            }
            if elements.iter().any(|element| matches!(element, Ty::Record(_))) {
                // What is chosen is not converted.
                let common = super::library::promotion::result_type(&[a[1].clone()])?;
                return match elements.iter().find(|element| ***element != common) {
                    Some(other) => Err(CallError::new(format!("choose() does not make {} of {}", common.user_name(), other.user_name()))),
                    None => Ok(chosen(common, index_rank.max(rank)).into()),
                };
            }
            let common = result_type(&all).filter(|_| elements.iter().all(|element| element.is_scalar()));
            (common.ok_or_else(|| no_common_type(elements[0], elements[elements.len() - 1]))?, rank)
        }
        other => return expected("a tuple of arrays", other),
    };
    Ok(chosen(element, index_rank.max(rank)).into())
}

fn chosen(element: Ty, rank: usize) -> Ty {
    if rank == 0 { element } else { Ty::array(element, rank, Layout::C) }
}

fn choose<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let mode = mode_of(a.get(3));
    let index = l.array_of(&a[0]);
    let element = ty.as_array().map_or(ty, |array| &array.element).clone();
    let (choices, count) = choices(l, &a[1], &element);
    let mut shapes: Vec<_> = choices.iter().map(|c| l.dims(c)).collect();
    if let Ty::Array(_) = a[1].ty {
        shapes[0].remove(0);
    }
    shapes.push(l.dims(&index));
    let dims = common_dims(l, &shapes);
    let mut result = ty.as_array().cloned().unwrap_or_else(|| Array { element: Box::new(ty.clone()), rank: 0, layout: Layout::C, readonly: false, unaligned: false });
    result.rank = dims.len();
    let new = l.alloc(result.clone(), &dims, false);
    let index = l.spread(&index, &dims);
    let choices: Vec<_> = match a[1].ty {
        Ty::Array(_) => vec![l.spread(&choices[0], &[&[count], &dims[..]].concat())],
        _ => choices.iter().map(|c| l.spread(c, &dims)).collect(),
    };
    let rows = a[1].ty.as_array().is_some();
    l.for_each(&dims, &mut |l, at| {
        let place = l.place_at(&index, at);
        let place = match mode {
            Outside::Raises => {
                l.check(l.b.cmpi("ult", place, count), "ValueError", "invalid entry in choice array");
                place
            }
            mode => l.inside(place, count, mode),
        };
        let value = if rows { l.load(&choices[0], &[&[place], at].concat()) } else { picked(l, &choices, at, place, &result.element) };
        l.store(&new, at, &value);
    });
    if ty.as_array().is_some() { new.parts } else { l.load(&new, &[]).parts }
}

/// The arrays to choose from (or the one whose rows they are), and their number.
fn choices<'c>(l: &mut Lower<'c>, given: &Val<'c>, element: &Ty) -> (Vec<Val<'c>>, Value<'c>) {
    if given.ty.as_array().is_some() {
        return (vec![given.clone()], l.dim(given, 0));
    }
    let elements = l.elements(given);
    let count = l.b.c_index(elements.len() as i64);
    let arrays = elements.iter().map(|e| {
        let fitting = l.weak_operand(e, element);
        l.array_of(&fitting)
    });
    (arrays.collect(), count)
}

/// The element of the array with that number; only that one is read.
fn picked<'c>(l: &mut Lower<'c>, arrays: &[Val<'c>], at: &[Value<'c>], number: Value<'c>, element: &Ty) -> Val<'c> {
    let (first, rest) = arrays.split_first().unwrap_or_else(|| panic!("there is something to choose"));
    let parts = if rest.is_empty() {
        let value = l.load(first, at);
        l.cast(&value, element).parts
    } else {
        let here = l.b.cmpi("eq", number, l.b.c_index(0));
        l.scf_if(
            here,
            &mut |l| {
                let value = l.load(first, at);
                l.cast(&value, element).parts
            },
            &mut |l| {
                let next = l.b.bin("arith.subi", number, l.b.c_index(1));
                picked(l, rest, at, next, element).parts
            },
        )
    };
    l.val(element.clone(), parts)
}

/// The sizes that arrays have together. ValueError names the first two that do not fit.
fn common_dims<'c>(l: &mut Lower<'c>, shapes: &[Vec<Value<'c>>]) -> Vec<Value<'c>> {
    let text = |rank: usize| format!("({}{})", vec!["{}"; rank].join(", "), if rank == 1 { "," } else { "" });
    let rank = shapes.iter().map(Vec::len).max().unwrap_or(0);
    let one = l.b.c_index(1);
    let size = |shape: &[Value<'c>], axis: usize| Some(shape[(axis + shape.len()).checked_sub(rank)?]);
    for axis in 0..rank {
        for (j, b) in shapes.iter().enumerate() {
            for (i, a) in shapes[..j].iter().enumerate() {
                let Some((x, y)) = size(a, axis).zip(size(b, axis)) else { continue };
                let single = l.b.bin("arith.ori", l.b.cmpi("eq", x, one), l.b.cmpi("eq", y, one));
                let fits = l.b.bin("arith.ori", single, l.b.cmpi("eq", x, y));
                let (first, second) = (text(a.len()), text(b.len()));
                let message = format!(
                    "shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between arg {i} with shape {first} and arg {j} with shape {second}."
                );
                l.check_shapes(fits, "ValueError", &message, &[&a[..], b].concat());
            }
        }
    }
    l.broadcast_dims(shapes).0
}
