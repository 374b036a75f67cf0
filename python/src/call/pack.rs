//! Arguments to slots: looks at an object once, writes its slots, and says its type as a fingerprint.

use crate::{
    fingerprint::Fingerprint,
    numpy::{self, NPY_ARRAY_ALIGNED, NPY_ARRAY_C_CONTIGUOUS, NPY_ARRAY_F_CONTIGUOUS, NPY_ARRAY_WRITEABLE},
    records,
    scalar::Scalar,
};
use others::pack_other;
use pyo3::{ffi, prelude::*};
use std::mem::MaybeUninit;
use zouk_dialects::ty::Layout;

mod others;

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
