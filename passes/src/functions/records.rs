//! What functions of NumPy do to arrays of records: those that move whole elements take them, and joining has a dtype.

use super::{CallError, Function, TyArg, library};
use crate::infer_types::records::fits_record;
use crate::lower_python::record_of;
use std::sync::Arc;
use zouk_dialects::ty::{Array, Field, Operand, Record, RecordTy, Ty};

/// Entries of the tables that look at whole elements only, so that unaligned arrays will do as they are, too.
const WHOLE: [&str; 22] = [
    "builtins.len", "builtins.enumerate", "builtins.zip", "builtins.reversed", "builtins.isinstance", "builtins.type", "builtins.print", "array.copy()", "numpy.copy",
    "numpy.empty_like", "numpy.zeros_like", "numpy.shape", "numpy.size", "numpy.ndim", "numpy.ndenumerate",
    "array.reshape()", "numpy.reshape", "array.ravel()", "numpy.ravel", "array.flatten()", "zouk.library.collector", "zouk.cuda.const.array_like",
];

/// Entries of the tables that move elements.
const MOVERS: [&str; 17] = [
    "numpy.full", "numpy.full_like", "numpy.ones_like", "numpy.take", "array.take()", "numpy.put", "array.put()", "numpy.take_along_axis",
    "numpy.put_along_axis", "numpy.compress", "array.compress()", "numpy.extract", "numpy.choose", "array.choose()", "numpy.copyto", "numpy.place",
    "numpy.putmask",
];

/// Functions of the library that move elements, or give views.
const LIBRARY: &str = "\
    numpy.append numpy.array numpy.array_split numpy.asanyarray numpy.asarray numpy.ascontiguousarray numpy.asfortranarray numpy.atleast_1d numpy.atleast_2d \
    numpy.atleast_3d numpy.block numpy.broadcast_arrays numpy.broadcast_to numpy.choose numpy.column_stack numpy.compress numpy.concat numpy.concatenate \
    numpy.delete numpy.diagonal numpy.dsplit numpy.dstack numpy.empty_like numpy.expand_dims numpy.extract numpy.flip numpy.fliplr numpy.flipud \
    numpy.full_like numpy.hsplit numpy.hstack numpy.insert numpy.matrix_transpose numpy.may_share_memory numpy.moveaxis numpy.ones_like numpy.permute_dims \
    numpy.ravel numpy.repeat numpy.require numpy.reshape numpy.resize numpy.roll numpy.rollaxis numpy.rot90 numpy.row_stack numpy.select numpy.shares_memory \
    numpy.split numpy.squeeze numpy.stack numpy.swapaxes numpy.take numpy.tile numpy.transpose numpy.unstack numpy.vsplit numpy.vstack numpy.where \
    numpy.zeros_like numpy.sort numpy.argsort numpy.put numpy.copyto numpy.copy \
    array.choose() array.compress() array.diagonal() array.flatten() array.mT array.ravel() array.repeat() array.reshape() array.squeeze() array.swapaxes() \
    array.transpose() array.sort() array.argsort() array.take()";

/// Whether the entry looks at whole elements only, so that records will do.
pub fn takes_records(entry: &Function) -> bool {
    let of_library = !super::is_public(entry) && entry.name != library::RUNTIME_CALL;
    of_library || is_whole(entry) || MOVERS.contains(&entry.name)
}

/// Whether the entry takes elements as they lie in memory.
pub fn is_whole(entry: &Function) -> bool {
    WHOLE.contains(&entry.name)
}

/// Whether a function of the library, by its symbol, moves whole elements and does not look into them.
pub fn library_takes_records(symbol: &str) -> bool {
    let name = symbol.trim_start_matches("library/");
    LIBRARY.split_whitespace().any(|mover| mover.trim_end_matches("()") == name)
}

/// A value with records among its elements: itself, an array, or a part of a tuple.
pub fn find_records(ty: &Ty) -> Option<&Ty> {
    match ty {
        Ty::Tuple(parts) | Ty::List(parts) => parts.iter().find_map(find_records),
        other => record_of(other).map(|_| other),
    }
}

/// Refuses what is not to be stored in an array where one of both has records and they do not fit.
pub fn check_stored(from: &Ty, to: &Array) -> Result<(), CallError> {
    let element = from.as_array().map_or(from, |array| &array.element);
    let fits = match (element, &*to.element) {
        (item, Ty::Record(record)) => fits_record(item, &record.of),
        (Ty::Record(_), _) => false,
        _ => true,
    };
    if fits { Ok(()) } else { Err(CallError::new(format!("an array of {} cannot hold {}", to.element.user_name(), element.user_name()))) }
}

/// The dtype that arrays and dtypes of records have together, as `concatenate` makes it; none where there are no records.
pub fn result_type(arguments: &[TyArg]) -> Option<Result<Ty, CallError>> {
    if let [TyArg { ty: Ty::Array(array), .. }] = arguments && let Ty::Record(_) = *array.element {
        return Some(Ok((*array.element).clone()));
    }
    let mut elements = vec![];
    arguments.iter().for_each(|argument| collect(&argument.ty, &mut elements));
    elements.iter().any(|ty| matches!(ty, Ty::Record(_))).then_some(())?;
    if let ([only], [TyArg { ty: Ty::Ref(_) | Ty::Record(_), .. }]) = (&elements[..], arguments) {
        return Some(Ok(only.clone()));
    }
    let Some((first, rest)) = elements.split_first() else { return None };
    let mut common = canonical(first);
    for next in rest {
        common = match promote(&common, &canonical(next)) {
            Some(both) => both,
            None => return Some(Err(super::rules::no_common_type(first, next))),
        };
    }
    Some(Ok(common))
}

/// The dtypes of arrays, dtypes and numbers, those in tuples too.
fn collect(ty: &Ty, elements: &mut Vec<Ty>) {
    match ty {
        Ty::Tuple(parts) | Ty::List(parts) => parts.iter().for_each(|part| collect(part, elements)),
        Ty::Array(array) => elements.push((*array.element).clone()),
        Ty::Ref(name) => elements.push(super::rules::dtype_of_ref(name).unwrap_or_else(|| ty.clone())),
        other => elements.push(other.clone()),
    }
}

/// The same fields one after the other, or where C has them if they are there: NumPy drops what else lies between them.
fn canonical(ty: &Ty) -> Ty {
    let Ty::Record(record) = ty else { return ty.clone() };
    let of = &record.of;
    if laid_out(of, true).is_like(of) {
        return writable(of.clone());
    }
    writable(Arc::new(laid_out(of, false)))
}

fn writable(of: Arc<Record>) -> Ty {
    Ty::Record(RecordTy { of, readonly: false })
}

/// The fields in order: at multiples of what C aligns them to, or packed.
fn laid_out(record: &Record, aligned: bool) -> Record {
    let (mut offset, mut most) = (0usize, 1);
    let mut fields: Vec<Field> = vec![];
    for field in &record.fields {
        let ty = if aligned { field.ty.clone() } else { canonical(&field.ty) };
        let alignment = if aligned { alignment(&ty) } else { 1 };
        most = most.max(alignment);
        let place = offset.next_multiple_of(alignment);
        offset = place + ty.item_size().unwrap_or(1) * field.shape.iter().product::<usize>();
        fields.push(Field { ty, offset: place, ..field.clone() });
    }
    Record::new(fields, offset.next_multiple_of(most), record.named)
}

/// What C aligns an item to.
fn alignment(ty: &Ty) -> usize {
    match ty {
        Ty::Record(record) => record.of.fields.iter().map(|field| alignment(&field.ty)).max().unwrap_or(1),
        Ty::Complex(bits) => *bits as usize / 8,
        scalar => scalar.item_size().unwrap_or(1),
    }
}

/// Of two canonical dtypes: fields of the same names and shapes, each of the type that holds both.
fn promote(a: &Ty, b: &Ty) -> Option<Ty> {
    let (Ty::Record(x), Ty::Record(y)) = (a, b) else {
        return if matches!((a, b), (Ty::Record(_), _) | (_, Ty::Record(_))) { None } else { zouk_dialects::ty::result_type(&[Operand::strong(a), Operand::strong(b)]) };
    };
    if x.of.is_like(&y.of) {
        return Some(a.clone());
    }
    if x.of.fields.len() != y.of.fields.len() {
        return None;
    }
    let both = x.of.fields.iter().zip(&y.of.fields);
    let fields = both.map(|(f, g)| (f.name == g.name && f.shape == g.shape).then(|| Some(Field { ty: promote(&f.ty, &g.ty)?, ..f.clone() }))?).collect::<Option<Vec<_>>>()?;
    let loose = Record { fields, ..(*x.of).clone() };
    let aligned = [x, y].iter().all(|record| laid_out(&record.of, true).is_like(&record.of) && !laid_out(&record.of, false).is_like(&record.of));
    Some(writable(Arc::new(laid_out(&loose, aligned))))
}
