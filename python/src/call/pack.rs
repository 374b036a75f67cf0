//! Arguments to slots: looks at an object once, writes its slots, and says its type as a fingerprint.

use crate::{
    cuda::array::device_array,
    dispatcher,
    environment,
    fingerprint::{Fingerprint, Shape},
    foreign, functions,
    numpy::{self, NPY_ARRAY_ALIGNED, NPY_ARRAY_C_CONTIGUOUS, NPY_ARRAY_F_CONTIGUOUS, NPY_ARRAY_WRITEABLE, NumPy},
    named, object, records,
    scalar::Scalar,
};
use pyo3::{ffi, prelude::*, types::PyType};
use smallvec::SmallVec;
use std::mem::MaybeUninit;
use zouk_dialects::ty::Layout;

/// Room for slots, filled from the front; usually a part of the stack.
pub struct Slots<'a> {
    room: &'a mut [MaybeUninit<u64>],
    used: usize,
    placement: Placement,
}

/// Where the code runs that the arguments are for, so what it can reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// An ordinary call: arrays of the host.
    Host,
    /// A kernel on a GPU: arrays of the device.
    Device,
    /// A kernel on the CPU: either.
    DeviceIsCpu,
}

impl<'a> Slots<'a> {
    #[inline]
    pub fn new(room: &'a mut [MaybeUninit<u64>]) -> Slots<'a> {
        Slots::placed(room, Placement::Host)
    }

    /// For the arguments of a kernel.
    #[inline]
    pub fn placed(room: &'a mut [MaybeUninit<u64>], placement: Placement) -> Slots<'a> {
        Slots { room, used: 0, placement }
    }

    /// The slots written so far.
    #[inline]
    pub fn filled(&self) -> &[u64] {
        // SAFETY: `used` counts written slots.
        unsafe { std::slice::from_raw_parts(self.room.as_ptr().cast(), self.used) }
    }

    #[inline]
    fn push(&mut self, slot: u64) -> Result<(), Refusal> {
        let Some(place) = self.room.get_mut(self.used) else { return Err(Refusal::Full) };
        place.write(slot);
        self.used += 1;
        Ok(())
    }

    pub fn extend(&mut self, slots: &[u64]) -> Result<(), Refusal> {
        slots.iter().try_for_each(|slot| self.push(*slot))
    }

    /// The next `count` places, which the caller writes.
    #[inline]
    fn next(&mut self, count: usize) -> Result<&mut [MaybeUninit<u64>], Refusal> {
        if self.room.len() - self.used < count {
            return Err(Refusal::Full);
        }
        let start = self.used;
        self.used += count;
        Ok(&mut self.room[start..start + count])
    }
}

/// Why an object is no argument; made into an exception off the hot path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// An int that fits neither int64 nor uint64.
    TooLarge,
    /// A type with no counterpart.
    Type,
    /// An array whose dtype has none.
    Dtype,
    ByteOrder,
    /// An ndarray subclass with semantics of its own.
    Subclass,
    /// An array of the host where only those of a device are passed.
    Host,
    /// A Python exception is set already.
    Raised,
    /// The slots do not fit into the room: the caller tries again with more.
    Full,
}

/// Packs all arguments, a fingerprint for each; `Err` names the one that cannot be.
///
/// # Safety
/// The GIL is held and `arguments` are live objects, as many as `fingerprints`.
#[inline]
pub unsafe fn pack_all(arguments: &[*mut ffi::PyObject], slots: &mut Slots, fingerprints: &mut [Fingerprint]) -> Result<(), (usize, Refusal)> {
    for (i, (argument, fingerprint)) in arguments.iter().zip(fingerprints).enumerate() {
        match unsafe { pack(*argument, slots) } {
            Ok(found) => *fingerprint = found,
            Err(refusal) => return Err((i, refusal)),
        }
    }
    Ok(())
}

/// Appends the slots of one object.
///
/// # Safety
/// The GIL is held and `object` is live.
#[inline]
pub unsafe fn pack(object: *mut ffi::PyObject, slots: &mut Slots) -> Result<Fingerprint, Refusal> {
    unsafe {
        let class = ffi::Py_TYPE(object);
        if class == &raw mut ffi::PyLong_Type {
            return pack_int(object, slots);
        }
        if class == &raw mut ffi::PyFloat_Type {
            slots.push(ffi::PyFloat_AS_DOUBLE(object).to_bits())?;
            return Ok(Fingerprint::scalar(Scalar::F64));
        }
        if let Some(numpy) = numpy::loaded()
            && class == numpy.array
        {
            return pack_array(object, slots);
        }
        pack_other(object, class, slots)
    }
}

unsafe fn pack_int(object: *mut ffi::PyObject, slots: &mut Slots) -> Result<Fingerprint, Refusal> {
    let mut overflow = 0;
    let value = unsafe { ffi::PyLong_AsLongLongAndOverflow(object, &mut overflow) };
    if overflow == 0 {
        slots.push(value as u64)?;
        return Ok(Fingerprint::scalar(Scalar::I64));
    }
    if overflow < 0 {
        return Err(Refusal::TooLarge);
    }
    let value = unsafe { ffi::PyLong_AsUnsignedLongLong(object) };
    if value == u64::MAX && unsafe { !ffi::PyErr_Occurred().is_null() } {
        unsafe { ffi::PyErr_Clear() };
        return Err(Refusal::TooLarge);
    }
    slots.push(value)?;
    Ok(Fingerprint::scalar(Scalar::U64))
}

/// Owner (`object | 1`: borrowed), data, sizes, strides in elements.
unsafe fn pack_array(object: *mut ffi::PyObject, slots: &mut Slots) -> Result<Fingerprint, Refusal> {
    if slots.placement == Placement::Device {
        return Err(Refusal::Host);
    }
    let array = unsafe { numpy::fields(object) };
    let (number, native) = unsafe { numpy::dtype(array.descr) };
    if number == VOID {
        return unsafe { pack_records(object, slots) };
    }
    let element = unsafe { numpy::scalar_of_descr(array.descr, number) }.ok_or(Refusal::Dtype)?;
    if !native {
        return Err(Refusal::ByteOrder);
    }
    if array.flags & NPY_ARRAY_ALIGNED == 0 {
        return unsafe { pack_unaligned(object, element, slots) };
    }
    let rank = array.nd as usize;
    // SAFETY: NumPy keeps `nd` sizes and strides; with no dimension the pointers may be null.
    let part = |pointer: *mut numpy::npy_intp| if rank == 0 { &[][..] } else { unsafe { std::slice::from_raw_parts(pointer, rank) } };
    let (sizes, strides) = (part(array.dimensions), part(array.strides));
    let shift = element.shift();
    let places = slots.next(2 + 2 * rank)?;
    places[0].write(object as u64 | 1);
    places[1].write(array.data as u64);
    let mut odd = false;
    for i in 0..rank {
        let (size, stride) = (sizes[i], strides[i]);
        places[2 + i].write(size as u64);
        places[2 + rank + i].write((stride >> shift) as u64);
        odd |= stride & ((1 << shift) - 1) != 0 && size > 1;
    }
    if odd {
        slots.used -= 2 + 2 * rank;
        return unsafe { pack_unaligned(object, element, slots) };
    }
    Ok(Fingerprint::array(element, rank, layout_of(array.flags), array.flags & NPY_ARRAY_WRITEABLE == 0))
}

/// An array whose elements are bytes: sizes and strides in bytes, with an axis more for an element's own. Gives its rank and whether it may be written to.
unsafe fn pack_bytes(object: *mut ffi::PyObject, item: usize, slots: &mut Slots) -> Result<(usize, bool), Refusal> {
    let array = unsafe { numpy::fields(object) };
    let rank = array.nd as usize;
    let part = |pointer: *mut numpy::npy_intp| if rank == 0 { &[][..] } else { unsafe { std::slice::from_raw_parts(pointer, rank) } };
    slots.extend(&[object as u64 | 1, array.data as u64])?;
    for (numbers, last) in [(part(array.dimensions), item), (part(array.strides), 1)] {
        numbers.iter().try_for_each(|n| slots.push(*n as u64))?;
        slots.push(last as u64)?;
    }
    Ok((rank, array.flags & NPY_ARRAY_WRITEABLE == 0))
}

/// Elements at any address, any number of bytes apart.
#[cold]
unsafe fn pack_unaligned(object: *mut ffi::PyObject, element: Scalar, slots: &mut Slots) -> Result<Fingerprint, Refusal> {
    let (rank, readonly) = unsafe { pack_bytes(object, 1 << element.shift(), slots)? };
    Ok(Fingerprint::unaligned(element, rank, readonly))
}

/// `NPY_VOID`
const VOID: std::ffi::c_int = 20;

/// An array of records.
unsafe fn pack_records(object: *mut ffi::PyObject, slots: &mut Slots) -> Result<Fingerprint, Refusal> {
    let array = unsafe { numpy::fields(object) };
    let number = unsafe { records::number(array.descr) }.ok_or(Refusal::Dtype)?;
    let record = records::record(number);
    let (rank, readonly) = unsafe { pack_bytes(object, record.size, slots)? };
    let strides = if rank == 0 { &[][..] } else { unsafe { std::slice::from_raw_parts(array.strides, rank) } };
    let regular = (array.data as usize).is_multiple_of(record.unit.min(8)) && strides.iter().all(|stride| stride.unsigned_abs().is_multiple_of(record.unit));
    let number = if regular { number } else { records::anywhere(unsafe { Python::assume_attached() }, number) };
    Ok(Fingerprint::records(number, rank, layout_of(array.flags), readonly))
}

/// `numpy.void` and `numpy.record` with fields: an array without axes.
unsafe fn pack_record(object: *mut ffi::PyObject, slots: &mut Slots) -> Result<Fingerprint, Refusal> {
    if slots.placement == Placement::Device {
        return Err(Refusal::Host);
    }
    // SAFETY: an instance of `numpy.void`.
    let scalar = unsafe { &*object.cast::<numpy::VoidScalar>() };
    let number = unsafe { records::number(scalar.descr) }.ok_or(Refusal::Type)?;
    let record = records::record(number);
    slots.extend(&[object as u64 | 1, scalar.data as u64, record.size as u64, 1])?;
    let regular = (scalar.data as usize).is_multiple_of(record.unit.min(8));
    let number = if regular { number } else { records::anywhere(unsafe { Python::assume_attached() }, number) };
    Ok(Fingerprint::record(number, scalar.flags & NPY_ARRAY_WRITEABLE == 0))
}

fn layout_of(flags: std::ffi::c_int) -> Layout {
    match flags {
        flags if flags & NPY_ARRAY_C_CONTIGUOUS != 0 => Layout::C,
        flags if flags & NPY_ARRAY_F_CONTIGUOUS != 0 => Layout::F,
        _ => Layout::A,
    }
}

#[cold]
unsafe fn pack_other(object: *mut ffi::PyObject, class: *mut ffi::PyTypeObject, slots: &mut Slots) -> Result<Fingerprint, Refusal> {
    unsafe {
        if slots.placement != Placement::Host
            && let Some(array) = device_array(object, class)
        {
            return array.pack(slots);
        }
        if class == &raw mut ffi::PyBool_Type {
            slots.push((object == ffi::Py_True()) as u64)?;
            return Ok(Fingerprint::scalar(Scalar::Bool));
        }
        if object == ffi::Py_None() {
            return Ok(Fingerprint::NONE);
        }
        if class == &raw mut ffi::PyComplex_Type {
            let value = ffi::PyComplex_AsCComplex(object);
            slots.extend(&[value.real.to_bits(), value.imag.to_bits()])?;
            return Ok(Fingerprint::scalar(Scalar::C128));
        }
        if class == &raw mut ffi::PyTuple_Type {
            return Ok(Fingerprint::tuple(&pack_items(object, slots)?));
        }
        if class == &raw mut ffi::PySlice_Type {
            let slice = &*object.cast::<ffi::PySliceObject>();
            return Ok(Fingerprint::slice(&pack_integers([slice.start, slice.stop, slice.step], slots)?));
        }
        if class == &raw mut ffi::PyRange_Type {
            return pack_range(object, slots);
        }
        if ffi::PyType_IsSubtype(class, &raw mut ffi::PyTuple_Type) != 0 {
            return pack_named(object, class, slots);
        }
        if object == ffi::Py_Ellipsis() {
            return Ok(Fingerprint::ELLIPSIS);
        }
        if ffi::PyType_Check(object) != 0
            && let Some(place) = python_classes().iter().position(|class| *class == object.cast())
        {
            return Ok(Fingerprint::python_class(place));
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
        if packed == Err(Refusal::Type)
            && let Some(scalar) = class_of_numbers(object)
        {
            return Ok(Fingerprint::class(scalar));
        }
        if packed == Err(Refusal::Type)
            && let Some(packed) = pack_behind(&Bound::from_borrowed_ptr(Python::assume_attached(), object))
        {
            return packed;
        }
        if packed == Err(Refusal::Type)
            && let Some(member) = pack_member(object, class, slots)
        {
            return member;
        }
        match packed {
            Err(Refusal::Type) if ffi::PyLong_Check(object) != 0 => pack_int(object, slots),
            Err(Refusal::Type) if ffi::PyFloat_Check(object) != 0 => {
                slots.push(ffi::PyFloat_AS_DOUBLE(object).to_bits())?;
                Ok(Fingerprint::scalar(Scalar::F64))
            }
            packed => packed,
        }
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
