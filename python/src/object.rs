//! `_zouk.Object`: what Python has for an instance of a compiled class, the block of the instance with its class. A block has one such object at most, so an
//! instance that comes back from compiled code is the one that went in.
//!
//! `_zouk.Field` are the attributes of classes that read and write a field where it lies in the block.

use crate::{
    call::{
        convert::{Step, step},
        pack::{Slots, pack},
        refused::refusal_error,
        unpack::{Unpack, unpack},
    },
    classes,
    dispatcher::guarded,
    errors,
    fingerprint::Fingerprint,
    heap_type::HeapType,
    scalar::{Scalar, float_of_slot},
};
use pyo3::{
    exceptions::{PyAttributeError, PyMemoryError, PyOverflowError, PyTypeError},
    ffi,
    prelude::*,
    types::{PyInt, PyTuple},
};
use smallvec::SmallVec;
use std::{
    cell::UnsafeCell,
    ffi::c_void,
    mem::MaybeUninit,
    ptr,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};
use zouk_dialects::ty::{Ty, class, fit};
use zouk_runtime::memory::{self, Block, HEADER};

#[repr(C)]
pub struct Object {
    base: ffi::PyObject,
    /// A reference.
    pub block: *mut Block,
    /// The number of the class.
    pub class: u32,
}

static mut TYPE: *mut ffi::PyTypeObject = ptr::null_mut();

/// Whether objects of a type are instances of compiled classes.
///
/// # Safety
/// The GIL is held and `class` is live.
pub unsafe fn is_object_type(class: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: written once, while the module is imported.
    unsafe { ffi::PyType_IsSubtype(class, TYPE) != 0 }
}

pub fn create_type(py: Python) -> PyResult<Bound<PyAny>> {
    let slots = vec![(ffi::Py_tp_new, new as *mut c_void), (ffi::Py_tp_dealloc, dealloc as *mut c_void)];
    let ty = HeapType { name: c"zouk._zouk.Object", size: size_of::<Object>(), flags: ffi::Py_TPFLAGS_BASETYPE, slots, members: vec![], getters: vec![] };
    let ty = ty.create(py)?;
    // SAFETY: written once, while the module is imported.
    unsafe { TYPE = ty.clone().into_ptr().cast() };
    Ok(ty)
}

/// A new instance, whose fields are not assigned; `__init__` of the class comes next.
unsafe extern "C" fn new(class: *mut ffi::PyTypeObject, args: *mut ffi::PyObject, keywords: *mut ffi::PyObject) -> *mut ffi::PyObject {
    guarded(|py| {
        // SAFETY: CPython's contract of `tp_new`.
        let (ty, args) = unsafe { (Bound::from_borrowed_ptr(py, class.cast()), Bound::from_borrowed_ptr(py, args).cast_into::<PyTuple>()?) };
        let Some(number) = classes::number_of(&ty) else {
            let name = ty.getattr("__qualname__")?;
            return Err(PyTypeError::new_err(format!("{name} is not compiled: it is derived from a jitclass and needs the decorator @jitclass itself")));
        };
        let without_init = unsafe { (*class).tp_init.map(|init| init as usize) == ffi::PyBaseObject_Type.tp_init.map(|init| init as usize) };
        if without_init && (!args.is_empty() || !keywords.is_null() && unsafe { ffi::PyDict_Size(keywords) } > 0) {
            return Err(PyTypeError::new_err(format!("{}() takes no arguments", ty.getattr("__name__")?)));
        }
        let entry = classes::entry(number);
        let shape = entry.shape(py)?;
        let block = memory::object(shape.slots as i64, shape.bits.first().copied().unwrap_or_default());
        if block.is_null() {
            return Err(PyMemoryError::new_err(()));
        }
        for (i, word) in shape.bits.iter().enumerate().skip(1) {
            // SAFETY: the block is new and has room for the words.
            unsafe { Block::data(block).cast::<u64>().add(i).write(*word) };
        }
        let object = unsafe { wrap_as(block, number, class) };
        if object.is_null() { Err(PyErr::fetch(py)) } else { Ok(object) }
    })
}

unsafe extern "C" fn dealloc(object: *mut ffi::PyObject) {
    unsafe {
        let block = (*object.cast::<Object>()).block;
        if !block.is_null() {
            (*block).wrapper = ptr::null_mut();
            memory::release(block as u64);
        }
        let class = ffi::Py_TYPE(object);
        if let Some(free) = (*class).tp_free {
            free(object.cast());
        }
        ffi::Py_DECREF(class.cast());
    }
}

/// A new object around a block, whose reference it takes over; null with an exception when there is no memory.
unsafe fn wrap_as(block: *mut Block, number: u32, class: *mut ffi::PyTypeObject) -> *mut ffi::PyObject {
    unsafe {
        let object = ffi::PyType_GenericAlloc(class, 0);
        if object.is_null() {
            memory::release(block as u64);
            return object;
        }
        let this = object.cast::<Object>();
        ((*this).block, (*this).class) = (block, number);
        (*block).wrapper = object.cast();
        object
    }
}

/// The object of a block, a new reference; the block's own is taken over.
///
/// # Safety
/// The GIL is held; the block is an instance of the class, of which the caller gives a reference.
pub unsafe fn wrap(block: *mut Block, number: u32) -> *mut ffi::PyObject {
    unsafe {
        let known = (*block).wrapper.cast::<ffi::PyObject>();
        if known.is_null() {
            let entry = classes::entry(number);
            return wrap_as(block, number, entry.class().as_ptr().cast());
        }
        ffi::Py_INCREF(known);
        memory::release(block as u64);
        known
    }
}

/// What a field is, once the types of the class are known.
struct Place {
    /// Of the block's data.
    slot: usize,
    ty: Ty,
    unpack: Unpack,
    /// Of the field's own slots, those that own references.
    owners: Vec<usize>,
    /// Whether there are integers in it that an int of 64 bits may not fit.
    has_narrow: bool,
    /// How the last value that was assigned is converted.
    last: Mutex<Option<(Fingerprint, Arc<Step>)>>,
}

/// How a number of one slot is read, which is what most attributes are. The GIL guards it.
#[derive(Clone, Copy)]
struct Quick {
    /// The class object, which lives for ever; not those derived from it. Null until the types of the class are known, and for other fields.
    of: *mut ffi::PyTypeObject,
    /// From the start of the block.
    offset: usize,
    read: Read,
}

type Read = unsafe fn(*const u64) -> *mut ffi::PyObject;

struct QuickCell(UnsafeCell<Quick>);

// SAFETY: it is read and written under the GIL alone; the pointer is compared, never followed.
unsafe impl Send for QuickCell {}
// SAFETY: as above.
unsafe impl Sync for QuickCell {}

/// A slot as a number of Python's: a function for each kind, so that an attribute asks nothing of its type. None for what is no number of one slot.
fn reader(scalar: Scalar) -> Option<Read> {
    // SAFETY, of all: the caller's promise, a slot of such a number and the GIL.
    let read: Read = match scalar {
        Scalar::Bool => |slot| unsafe { ffi::PyBool_FromLong((slot.read() & 1) as _) },
        Scalar::F16 => |slot| unsafe { ffi::PyFloat_FromDouble(float_of_slot(slot.read(), Scalar::F16)) },
        Scalar::F32 => |slot| unsafe { ffi::PyFloat_FromDouble(f32::from_bits(slot.read() as u32).into()) },
        Scalar::F64 => |slot| unsafe { ffi::PyFloat_FromDouble(f64::from_bits(slot.read())) },
        Scalar::U8 | Scalar::U16 | Scalar::U32 | Scalar::U64 => |slot| unsafe { ffi::PyLong_FromUnsignedLongLong(slot.read()) },
        Scalar::I8 | Scalar::I16 | Scalar::I32 | Scalar::I64 => |slot| unsafe { ffi::PyLong_FromLongLong(slot.read() as i64) },
        Scalar::C64 | Scalar::C128 | Scalar::Time(_) => return None,
    };
    Some(read)
}

/// `Field.__get__` as PyO3 makes it.
static GET: OnceLock<ffi::descrgetfunc> = OnceLock::new();

/// Has numbers read without what PyO3 does around every method, which takes as long again as all the rest of an attribute.
pub fn hasten_numbers(py: Python) {
    let ty = py.get_type::<Field>().as_type_ptr();
    // SAFETY: the type is complete and nobody has used it yet; the GIL is held.
    unsafe {
        if let Some(get) = (*ty).tp_descr_get
            && GET.set(get).is_ok()
        {
            (*ty).tp_descr_get = Some(get_number);
            ffi::PyType_Modified(ty);
        }
    }
}

/// The number in a field of an instance of the very class; everything else is `Field::__get__`'s.
unsafe extern "C" fn get_number(field: *mut ffi::PyObject, instance: *mut ffi::PyObject, class: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: CPython's contract of `tp_descr_get`: `field` is one of ours, `instance` is null or live.
    unsafe {
        let bound = Borrowed::from_ptr(Python::assume_attached(), field).cast_unchecked::<Field>();
        let Quick { of, offset, read } = *bound.get().quick.0.get();
        if instance.is_null() || ffi::Py_TYPE(instance) != of {
            return get_other(field, instance, class);
        }
        read((*instance.cast::<Object>()).block.byte_add(offset).cast())
    }
}

#[cold]
unsafe fn get_other(field: *mut ffi::PyObject, instance: *mut ffi::PyObject, class: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: the caller's promise is that of PyO3's function.
    GET.get().map_or(ptr::null_mut(), |get| unsafe { get(field, instance, class) })
}

/// An attribute of a class that is a field of its instances.
#[pyclass(frozen, module = "zouk._zouk")]
pub struct Field {
    class: u32,
    #[pyo3(get, name = "__name__")]
    name: String,
    quick: QuickCell,
    place: OnceLock<Place>,
}

#[pymethods]
impl Field {
    #[new]
    fn new(class: u32, name: String) -> Field {
        let quick = QuickCell(UnsafeCell::new(Quick { of: ptr::null_mut(), offset: 0, read: |_| ptr::null_mut() }));
        Field { class, name, quick, place: OnceLock::new() }
    }

    fn __get__(slf: &Bound<Self>, instance: Option<&Bound<PyAny>>, _class: Option<&Bound<PyAny>>) -> PyResult<Py<PyAny>> {
        let Some(instance) = instance.filter(|instance| !instance.is_none()) else { return Ok(slf.clone().into_any().unbind()) };
        let (py, field) = (slf.py(), slf.get());
        let place = field.place(py)?;
        let start = field.slots_of(instance, place)?;
        // SAFETY: the place is of the instance's class, whose block is alive.
        unsafe {
            let slots: SmallVec<[u64; 16]> = (0..class::slots(&place.ty)).map(|i| start.add(i).read()).collect();
            if !is_assigned(&place.ty, &slots) {
                return Err(PyAttributeError::new_err(format!("'{}' object has no attribute '{}'", instance.get_type().name()?, field.name)));
            }
            place.owners.iter().for_each(|i| memory::retain(slots[*i]));
            let object = unpack(&place.unpack, &slots, None);
            Bound::from_owned_ptr_or_err(py, object).map(Bound::unbind)
        }
    }

    fn __set__(&self, instance: &Bound<PyAny>, value: &Bound<PyAny>) -> PyResult<()> {
        let py = instance.py();
        let place = self.place(py)?;
        let start = self.slots_of(instance, place)?;
        let mut slots = self.converted(value, place)?;
        // SAFETY: as above; the arrays of `value` are alive.
        unsafe {
            place.owners.iter().for_each(|i| slots[*i] = memory::own(slots[*i]));
            let old: SmallVec<[u64; 4]> = place.owners.iter().map(|i| start.add(*i).read()).collect();
            slots.iter().enumerate().for_each(|(i, slot)| start.add(i).write(*slot));
            old.iter().for_each(|owner| memory::release(*owner));
        }
        Ok(())
    }

    fn __delete__(&self, _instance: &Bound<PyAny>) -> PyResult<()> {
        Err(PyAttributeError::new_err(format!("the field '{}' cannot be deleted", self.name)))
    }
}

impl Field {
    fn place(&self, py: Python) -> PyResult<&Place> {
        if let Some(place) = self.place.get() {
            return Ok(place);
        }
        let entry = classes::entry(self.class);
        let layout = entry.layout(py)?;
        let number = layout.find(&self.name).ok_or_else(|| PyAttributeError::new_err(format!("there is no field '{}'", self.name)))?;
        let ty = layout.fields[number].1.clone();
        let unpack = Unpack::new(&ty).ok_or_else(|| errors::typing(py, &format!("a field of type {} has no value in Python", ty.user_name())))?;
        let slot = class::words_of_bits(layout.slots()) + layout.first_slot(number);
        if let Some(read) = Scalar::of(&ty).and_then(reader) {
            let offset = HEADER + slot * size_of::<u64>();
            // SAFETY: the GIL is held, and nobody keeps a reference to it.
            unsafe { *self.quick.0.get() = Quick { of: entry.class().as_ptr().cast(), offset, read } };
        }
        Ok(self.place.get_or_init(|| Place { slot, owners: class::owners(&ty), unpack, has_narrow: has_narrow(&ty), ty, last: Mutex::default() }))
    }

    /// The address of the field's slots in an instance of its class.
    fn slots_of(&self, instance: &Bound<PyAny>, place: &Place) -> PyResult<*mut u64> {
        // SAFETY: an object of our type has its fields.
        unsafe {
            let object = instance.as_ptr();
            if is_object_type(ffi::Py_TYPE(object)) && (*object.cast::<Object>()).class == self.class {
                return Ok(Block::data((*object.cast::<Object>()).block).cast::<u64>().add(place.slot));
            }
        }
        Err(PyTypeError::new_err(format!("the field '{}' is not one of '{}' objects", self.name, instance.get_type().name()?)))
    }

    /// The slots of a value of the program's as the field's type has them.
    fn converted(&self, value: &Bound<PyAny>, place: &Place) -> PyResult<SmallVec<[u64; 64]>> {
        let py = value.py();
        if place.has_narrow {
            check_ints(value, &place.ty)?;
        }
        let mut room = [MaybeUninit::uninit(); 64];
        let mut more = vec![];
        // SAFETY: the value is live and the GIL is held.
        let mut slots = Slots::new(&mut room);
        let mut packed = unsafe { pack(value.as_ptr(), &mut slots) };
        while packed == Err(crate::call::pack::Refusal::Full) {
            more.resize(256.max(2 * more.len()), MaybeUninit::uninit());
            slots = Slots::new(&mut more);
            packed = unsafe { pack(value.as_ptr(), &mut slots) };
        }
        let what = || format!("the field '{}'", self.name);
        let fingerprint = packed.map_err(|refusal| match refusal {
            crate::call::pack::Refusal::Raised => PyErr::fetch(py),
            refusal => PyTypeError::new_err(refusal_error(py, &what(), value, refusal).value(py).to_string()),
        })?;
        let mut last = place.last.lock().unwrap_or_else(PoisonError::into_inner);
        let known = last.as_ref().filter(|(of, _)| *of == fingerprint).map(|(_, step)| step.clone());
        let step = match known {
            Some(step) => step,
            None => {
                let given = fingerprint.ty();
                let found = fit(&given, &place.ty).and_then(|_| step(fingerprint, &place.ty, &mut |_, _| None));
                let unfit = || PyTypeError::new_err(format!("cannot assign {} to {}, which is {}", given.user_name(), what(), place.ty.user_name()));
                let step = Arc::new(found.ok_or_else(unfit)?);
                *last = Some((fingerprint, step.clone()));
                step
            }
        };
        drop(last);
        let mut converted = SmallVec::new();
        step.apply(&mut slots.filled(), &mut converted).map_err(errors::unfit)?;
        Ok(converted)
    }
}

fn has_narrow(ty: &Ty) -> bool {
    match ty {
        Ty::Int { .. } => *ty != Ty::I64,
        Ty::Tuple(parts) | Ty::List(parts) | Ty::Named(_, parts) => parts.iter().any(has_narrow),
        Ty::Optional(inner) => has_narrow(inner),
        _ => false,
    }
}

/// Refuses Python's ints that integers of the type do not stand for, as NumPy's scalars do.
fn check_ints(value: &Bound<PyAny>, ty: &Ty) -> PyResult<()> {
    match ty {
        Ty::Int { bits, signed } => {
            let Ok(int) = value.cast::<PyInt>() else { return Ok(()) };
            let range = match signed {
                true => -(1i128 << (bits - 1))..1 << (bits - 1),
                false => 0..1i128 << bits,
            };
            match int.extract::<i128>().is_ok_and(|int| range.contains(&int)) {
                true => Ok(()),
                false => Err(PyOverflowError::new_err(format!("Python integer {int} out of bounds for {}", ty.user_name()))),
            }
        }
        Ty::Tuple(parts) | Ty::List(parts) | Ty::Named(_, parts) => match value.cast::<PyTuple>() {
            Ok(items) => items.iter().zip(parts).try_for_each(|(item, part)| check_ints(&item, part)),
            Err(_) => Ok(()),
        },
        Ty::Optional(inner) => check_ints(value, inner),
        _ => Ok(()),
    }
}

/// Whether instances and places of single elements have been assigned; a number is 0 before that, and an array empty.
fn is_assigned(ty: &Ty, slots: &[u64]) -> bool {
    match ty {
        Ty::Class(_) => slots[0] != 0,
        Ty::Record(_) => slots[1] != 0,
        Ty::Array(array) => array.rank > 0 || slots[1] != 0,
        Ty::Tuple(parts) | Ty::List(parts) | Ty::Named(_, parts) => {
            let mut at = 0;
            parts.iter().all(|part| {
                let own = &slots[at..];
                at += class::slots(part);
                is_assigned(part, own)
            })
        }
        Ty::Optional(inner) => slots[0] & 1 == 0 || is_assigned(inner, &slots[1..]),
        _ => true,
    }
}
