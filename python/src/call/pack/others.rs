//! Arguments that are neither plain numbers nor plain arrays: Python's other values, functions, instances, NumPy's scalars and generators, and what stands for these.

use super::{Placement, Refusal, Slots, pack, pack_array, pack_int, pack_record};
use crate::{
    cuda::array::device_array,
    dispatcher,
    environment,
    fingerprint::{Fingerprint, Shape},
    foreign, functions,
    numpy::{self, NumPy},
    named, object,
    scalar::Scalar,
};
use pyo3::{ffi, prelude::*, types::PyType};
use smallvec::SmallVec;

#[cold]
pub(super) unsafe fn pack_other(object: *mut ffi::PyObject, class: *mut ffi::PyTypeObject, slots: &mut Slots) -> Result<Fingerprint, Refusal> {
    unsafe {
        if slots.placement != Placement::Host
            && let Some(array) = device_array(object, class)
        {
            return array.pack(slots);
        }
        if let Some(packed) = pack_pythons(object, class, slots)? {
            return Ok(packed);
        }
        if class == dispatcher::type_object() {
            return pack_function(object);
        }
        if object::is_object_type(class) {
            let instance = object.cast::<object::Object>();
            slots.push((*instance).block as u64)?;
            return Ok(Fingerprint::object((*instance).class));
        }
        let packed = match numpy::load(Python::assume_attached()) {
            Ok(Some(numpy)) => pack_numpy(numpy, object, class, slots),
            Ok(None) => Err(Refusal::Type),
            Err(error) => {
                error.restore(Python::assume_attached());
                Err(Refusal::Raised)
            }
        };
        match packed {
            Err(Refusal::Type) => pack_stand_in(object, class, slots),
            packed => packed,
        }
    }
}

/// What is of Python's own types: a bool, None, a complex number, a tuple, a slice, a range, `...`, a class of numbers; none of what is something else.
unsafe fn pack_pythons(object: *mut ffi::PyObject, class: *mut ffi::PyTypeObject, slots: &mut Slots) -> Result<Option<Fingerprint>, Refusal> {
    let packed = unsafe {
        if class == &raw mut ffi::PyBool_Type {
            slots.push((object == ffi::Py_True()) as u64)?;
            Fingerprint::scalar(Scalar::Bool)
        } else if object == ffi::Py_None() {
            Fingerprint::NONE
        } else if class == &raw mut ffi::PyComplex_Type {
            let value = ffi::PyComplex_AsCComplex(object);
            slots.extend(&[value.real.to_bits(), value.imag.to_bits()])?;
            Fingerprint::scalar(Scalar::C128)
        } else if class == &raw mut ffi::PyTuple_Type {
            Fingerprint::tuple(&pack_items(object, slots)?)
        } else if class == &raw mut ffi::PySlice_Type {
            let slice = &*object.cast::<ffi::PySliceObject>();
            Fingerprint::slice(&pack_integers([slice.start, slice.stop, slice.step], slots)?)
        } else if class == &raw mut ffi::PyRange_Type {
            pack_range(object, slots)?
        } else if ffi::PyType_IsSubtype(class, &raw mut ffi::PyTuple_Type) != 0 {
            pack_named(object, class, slots)?
        } else if object == ffi::Py_Ellipsis() {
            Fingerprint::ELLIPSIS
        } else if ffi::PyType_Check(object) != 0
            && let Some(place) = python_classes().iter().position(|class| *class == object.cast())
        {
            Fingerprint::python_class(place)
        } else {
            return Ok(None);
        }
    };
    Ok(Some(packed))
}

/// What stands for something else: dtypes for their numbers, objects for the jitted function behind them, members of enumerations, and classes derived from numbers.
unsafe fn pack_stand_in(object: *mut ffi::PyObject, class: *mut ffi::PyTypeObject, slots: &mut Slots) -> Result<Fingerprint, Refusal> {
    unsafe {
        if let Some(scalar) = class_of_numbers(object) {
            return Ok(Fingerprint::class(scalar));
        }
        if let Some(packed) = pack_behind(&Bound::from_borrowed_ptr(Python::assume_attached(), object)) {
            return packed;
        }
        if let Some(member) = pack_member(object, class, slots) {
            return member;
        }
        if ffi::PyLong_Check(object) != 0 {
            return pack_int(object, slots);
        }
        if ffi::PyFloat_Check(object) == 0 {
            return Err(Refusal::Type);
        }
        slots.push(ffi::PyFloat_AS_DOUBLE(object).to_bits())?;
        Ok(Fingerprint::scalar(Scalar::F64))
    }
}

/// A jitted function, which takes no slot: its type says which it is.
unsafe fn pack_function(dispatcher: *mut ffi::PyObject) -> Result<Fingerprint, Refusal> {
    // SAFETY: a live dispatcher.
    unsafe {
        functions::number(dispatcher).map(Fingerprint::function).map_err(|error| {
            error.restore(Python::assume_attached());
            Refusal::Raised
        })
    }
}

/// An object that stands for a jitted function, or is a function of C, for which one is made that calls it.
fn pack_behind(object: &Bound<PyAny>) -> Option<Result<Fingerprint, Refusal>> {
    let found = match environment::function_behind(object) {
        Some(function) => Ok(Some(function)),
        None if foreign::is_of_c(object) => foreign::caller(object),
        None => return None,
    };
    let packed = found.and_then(|function| function.map(|function| functions::stands_behind(&function, object).map(|()| function)).transpose());
    match packed {
        // SAFETY: a live dispatcher.
        Ok(function) => function.map(|function| unsafe { pack_function(function.as_ptr()) }),
        Err(error) => {
            error.restore(object.py());
            Some(Err(Refusal::Raised))
        }
    }
}

/// As `PYTHON_CLASSES`.
fn python_classes() -> [*mut ffi::PyTypeObject; 4] {
    [&raw mut ffi::PyBool_Type, &raw mut ffi::PyLong_Type, &raw mut ffi::PyFloat_Type, &raw mut ffi::PyComplex_Type]
}

/// A NumPy class of numbers, a dtype, or one of zouk's types of numbers.
unsafe fn class_of_numbers(object: *mut ffi::PyObject) -> Option<Scalar> {
    // SAFETY: a live object.
    let value = unsafe { Bound::from_borrowed_ptr(Python::assume_attached(), object) };
    environment::type_value(&value).filter(|scalar| !matches!(scalar, Scalar::Time(_)))
}

/// The elements of a tuple.
unsafe fn pack_items(object: *mut ffi::PyObject, slots: &mut Slots) -> Result<SmallVec<[Fingerprint; 8]>, Refusal> {
    unsafe {
        if ffi::Py_EnterRecursiveCall(c" while passing a tuple to compiled code".as_ptr()) != 0 {
            return Err(Refusal::Raised);
        }
        let elements = (0..ffi::PyTuple_GET_SIZE(object)).map(|i| pack(ffi::PyTuple_GET_ITEM(object, i), slots)).collect();
        ffi::Py_LeaveRecursiveCall();
        elements
    }
}

/// Integers, or None.
unsafe fn pack_integers(parts: [*mut ffi::PyObject; 3], slots: &mut Slots) -> Result<[Fingerprint; 3], Refusal> {
    let mut packed = [Fingerprint::NONE; 3];
    for (part, place) in parts.into_iter().zip(&mut packed) {
        // SAFETY: the parts of a live object.
        *place = unsafe { pack(part, slots)? };
        if !place.ty().is_integral() && *place != Fingerprint::NONE {
            return Err(Refusal::Type);
        }
    }
    Ok(packed)
}

/// A range of int64s.
unsafe fn pack_range(object: *mut ffi::PyObject, slots: &mut Slots) -> Result<Fingerprint, Refusal> {
    // SAFETY: a live range.
    let range = unsafe { Bound::from_borrowed_ptr(Python::assume_attached(), object) };
    for name in ["start", "stop", "step"] {
        let part = range.getattr(name).map_err(|error| {
            error.restore(range.py());
            Refusal::Raised
        })?;
        match part.extract::<i64>() {
            Ok(part) => slots.push(part as u64)?,
            Err(_) => return Err(Refusal::TooLarge),
        }
    }
    Ok(Fingerprint::RANGE)
}

/// A tuple of a class with names for the elements.
unsafe fn pack_named(object: *mut ffi::PyObject, class: *mut ffi::PyTypeObject, slots: &mut Slots) -> Result<Fingerprint, Refusal> {
    // SAFETY: the class of a live object.
    let class = unsafe { Bound::from_borrowed_ptr(Python::assume_attached(), class.cast()).cast_into_unchecked::<PyType>() };
    let number = named::number(&class).ok_or(Refusal::Type)?;
    let elements = unsafe { pack_items(object, slots)? };
    if elements.len() != named::names(number).fields.len() {
        return Err(Refusal::Type);
    }
    Ok(Fingerprint::named(number, &elements))
}

/// A member of an enumeration, as a tuple of its value; none of what is no such member.
unsafe fn pack_member(object: *mut ffi::PyObject, class: *mut ffi::PyTypeObject, slots: &mut Slots) -> Option<Result<Fingerprint, Refusal>> {
    // SAFETY: a live object and its class.
    let (member, class) = unsafe {
        let py = Python::assume_attached();
        (Bound::from_borrowed_ptr(py, object), Bound::from_borrowed_ptr(py, class.cast()).cast_into_unchecked::<PyType>())
    };
    let number = Some(&class).filter(|class| named::is_enumeration(class)).and_then(named::number)?;
    let value = member.getattr("value").ok()?;
    // SAFETY: a live object.
    let packed = unsafe { pack(value.as_ptr(), slots) };
    Some(packed.and_then(|value| match value.shape() {
        shape if is_of_numbers(&shape) => Ok(Fingerprint::named(number, &[value])),
        _ => Err(Refusal::Type),
    }))
}

/// A number, or a tuple of some.
fn is_of_numbers(shape: &Shape) -> bool {
    match shape {
        Shape::Scalar(_) => true,
        Shape::Tuple(parts) => parts.iter().all(|part| is_of_numbers(&part.shape())),
        _ => false,
    }
}

/// NumPy scalars, arrays of a process that has just imported NumPy, and harmless subclasses of ndarray such as memmap.
unsafe fn pack_numpy(
    numpy: &NumPy,
    object: *mut ffi::PyObject,
    class: *mut ffi::PyTypeObject,
    slots: &mut Slots,
) -> Result<Fingerprint, Refusal> {
    unsafe {
        if let Some(scalar) = numpy.scalar_of_class(class) {
            slots.extend(&numpy.scalar_slots(object, scalar)[..scalar.slots()])?;
            return Ok(Fingerprint::scalar(scalar));
        }
        if let Some((scalar, count)) = numpy.time(object, class) {
            slots.push(count)?;
            return Ok(Fingerprint::scalar(scalar));
        }
        if ffi::PyType_IsSubtype(class, numpy.void) != 0 {
            return pack_record(object, slots);
        }
        if ffi::PyType_IsSubtype(class, numpy.array) == 0 {
            return pack_generator(object, class, slots);
        }
        let own_semantics = |name: &str| {
            let bound = Bound::from_borrowed_ptr(Python::assume_attached(), object);
            bound.get_type().mro().iter().any(|class| class.getattr("__name__").is_ok_and(|n| n.eq(name).unwrap_or(false)))
        };
        if own_semantics("MaskedArray") || own_semantics("matrix") {
            return Err(Refusal::Subclass);
        }
        pack_array(object, slots)
    }
}

/// The address of the `bitgen_t` of a `numpy.random.Generator`, which the caller's argument keeps alive.
unsafe fn pack_generator(object: *mut ffi::PyObject, class: *mut ffi::PyTypeObject, slots: &mut Slots) -> Result<Fingerprint, Refusal> {
    const CAPSULE: &std::ffi::CStr = c"BitGenerator";
    unsafe {
        // A class of the program has no dots in its name, and may override what compiled code would not call.
        if (*class).tp_name.is_null() || std::ffi::CStr::from_ptr((*class).tp_name) != c"numpy.random._generator.Generator" {
            return Err(Refusal::Type);
        }
        let generator = Bound::from_borrowed_ptr(Python::assume_attached(), object);
        let capsule = generator.getattr("bit_generator").and_then(|bits| bits.getattr("capsule"));
        let Ok(capsule) = capsule.map_err(|error| error.restore(generator.py())) else { return Err(Refusal::Raised) };
        let bits = ffi::PyCapsule_GetPointer(capsule.as_ptr(), CAPSULE.as_ptr());
        if bits.is_null() {
            return Err(Refusal::Raised);
        }
        slots.push(bits as u64)?;
        Ok(Fingerprint::GENERATOR)
    }
}
