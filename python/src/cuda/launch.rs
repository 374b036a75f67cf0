//! `kernel[grid, block, stream, shared]`: an object whose call is a launch. With arrays of the device and numbers as arguments a launch runs no Python code.

use super::{
    context,
    error::{Raised, Result},
    failures::{self, Failed},
    kernel::{Entry, Kernel, check_launch},
    stream::{self, Stream},
    target::{Configuration, is_cpu, target},
};
use crate::{
    call::{
        self,
        pack::{Placement, Refusal, Slots, pack_all},
        refused,
    },
    core, errors,
    dispatcher::guarded,
    fingerprint::Fingerprint,
    heap_type::{HeapType, getter, member},
    select,
};
use pyo3::{
    exceptions::{PyTypeError, PyValueError},
    ffi,
    prelude::*,
    types::{PyInt, PyTuple},
};
use smallvec::SmallVec;
use zouk_driver::Simt;
use std::{
    ffi::{c_int, c_void},
    mem::{MaybeUninit, offset_of},
    ptr,
};

#[repr(C)]
struct Launcher {
    base: ffi::PyObject,
    vectorcall: Option<ffi::vectorcallfunc>,
    /// Strong references: a kernel, and a stream or null.
    kernel: *mut ffi::PyObject,
    stream: *mut ffi::PyObject,
    configuration: Configuration,
    /// There are less than 2^31 threads along each axis, in less than 2^22 blocks.
    small: bool,
}

/// What the code for small launches has in 32 bits is below this: sizes, strides, threads along an axis.
const SMALL: u64 = 1 << 31;

/// Blocks along an axis of a small launch are below this: a block's number times what a kernel takes for its size, 512 at most, is below the limit.
const FEW_BLOCKS: u32 = 1 << 22;

/// The distance of an array's furthest elements is below this: there is room for constants beside indices.
const NEAR: u64 = SMALL - (1 << 16);

static mut TYPE: *mut ffi::PyTypeObject = ptr::null_mut();

pub fn create_type(py: Python) -> PyResult<Bound<PyAny>> {
    let ty = HeapType {
        name: c"zouk._zouk.cuda.LaunchConfiguration",
        size: size_of::<Launcher>(),
        flags: ffi::Py_TPFLAGS_HAVE_GC | ffi::Py_TPFLAGS_HAVE_VECTORCALL | ffi::Py_TPFLAGS_DISALLOW_INSTANTIATION,
        slots: vec![
            (ffi::Py_tp_dealloc, dealloc as *mut c_void),
            (ffi::Py_tp_traverse, traverse as *mut c_void),
            (ffi::Py_tp_call, ffi::PyVectorcall_Call as *mut c_void),
        ],
        members: vec![
            member(c"__vectorcalloffset__", ffi::Py_T_PYSSIZET, offset_of!(Launcher, vectorcall)),
            member(c"dispatcher", ffi::Py_T_OBJECT_EX, offset_of!(Launcher, kernel)),
        ],
        getters: vec![getter(c"griddim", griddim), getter(c"blockdim", blockdim), getter(c"sharedmem", sharedmem), getter(c"stream", stream_of)],
    };
    let ty = ty.create(py)?;
    // SAFETY: written once, while the module is imported.
    unsafe { TYPE = ty.clone().into_ptr().cast() };
    Ok(ty)
}

/// The kernel may be reached from its own globals, which hold the launcher. Others in the cycle break it.
unsafe extern "C" fn traverse(object: *mut ffi::PyObject, visit: ffi::visitproc, argument: *mut c_void) -> c_int {
    unsafe {
        let this = object.cast::<Launcher>();
        for child in [(*this).kernel, (*this).stream, ffi::Py_TYPE(object).cast()] {
            if !child.is_null() {
                let status = visit(child, argument);
                if status != 0 {
                    return status;
                }
            }
        }
        0
    }
}

unsafe extern "C" fn dealloc(object: *mut ffi::PyObject) {
    unsafe {
        ffi::PyObject_GC_UnTrack(object.cast());
        let this = object.cast::<Launcher>();
        ffi::Py_XDECREF((*this).kernel);
        ffi::Py_XDECREF((*this).stream);
        let class = ffi::Py_TYPE(object);
        if let Some(free) = (*class).tp_free {
            free(object.cast());
        }
        ffi::Py_DECREF(class.cast());
    }
}

unsafe extern "C" fn griddim(object: *mut ffi::PyObject, _: *mut c_void) -> *mut ffi::PyObject {
    let sizes = unsafe { (*object.cast::<Launcher>()).configuration.grid };
    guarded(|py| Ok(PyTuple::new(py, sizes)?.into_any().into_ptr()))
}

unsafe extern "C" fn blockdim(object: *mut ffi::PyObject, _: *mut c_void) -> *mut ffi::PyObject {
    let sizes = unsafe { (*object.cast::<Launcher>()).configuration.block };
    guarded(|py| Ok(PyTuple::new(py, sizes)?.into_any().into_ptr()))
}

unsafe extern "C" fn sharedmem(object: *mut ffi::PyObject, _: *mut c_void) -> *mut ffi::PyObject {
    let bytes = unsafe { (*object.cast::<Launcher>()).configuration.shared };
    guarded(|py| Ok(bytes.into_pyobject(py)?.into_any().into_ptr()))
}

unsafe extern "C" fn stream_of(object: *mut ffi::PyObject, _: *mut c_void) -> *mut ffi::PyObject {
    let (stream, handle) = unsafe { ((*object.cast::<Launcher>()).stream, (*object.cast::<Launcher>()).configuration.stream) };
    guarded(|py| {
        if stream.is_null() {
            return Ok(handle.into_pyobject(py)?.into_any().into_ptr());
        }
        // SAFETY: the launcher has a reference.
        Ok(unsafe { Bound::from_borrowed_ptr(py, stream) }.into_ptr())
    })
}

/// An integer that is a size, exactly an `int`.
fn plain_size(value: &Bound<PyAny>) -> Option<u32> {
    value.cast_exact::<PyInt>().ok()?.extract().ok()
}

/// One to three sizes as programs usually give them.
fn plain_sizes(value: &Bound<PyAny>) -> Option<[u32; 3]> {
    if let Some(size) = plain_size(value) {
        return Some([size, 1, 1]);
    }
    let tuple = value.cast_exact::<PyTuple>().ok()?;
    let mut sizes = [1; 3];
    if tuple.is_empty() || tuple.len() > 3 {
        return None;
    }
    for (size, value) in sizes.iter_mut().zip(tuple.iter_borrowed()) {
        *size = plain_size(&value)?;
    }
    Some(sizes)
}

/// The object for a configuration.
pub fn configured<'py>(kernel: &Bound<'py, Kernel>, configuration: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = kernel.py();
    super::kernel::check_kernel(kernel.get())?;
    let wrong = || PyValueError::new_err("must specify at least the griddim and blockdim");
    let parts = configuration.cast::<PyTuple>().map_err(|_| wrong())?;
    if !(2..=4).contains(&parts.len()) {
        return Err(wrong());
    }
    let (grid, block) = (parts.get_borrowed_item(0)?, parts.get_borrowed_item(1)?);
    let (grid, block) = match (plain_sizes(&grid), plain_sizes(&block)) {
        (Some(grid), Some(block)) => (grid, block),
        _ => py.import("zouk.cuda.errors")?.call_method1("_sizes", (grid, block))?.extract()?,
    };
    let given = parts.get_item(2).ok().filter(|stream| !stream.is_none());
    let handle = given.as_ref().map_or(Ok(0), stream::handle_of)?;
    let shared = match parts.get_item(3) {
        Ok(shared) => shared.extract().map_err(|_| PyValueError::new_err(format!("sharedmem is a number of bytes, got {shared:?}")))?,
        Err(_) => 0,
    };
    // A launch asks what was settled, and settles nothing.
    let _ = target();
    warn_of_small_grid(kernel, grid)?;
    unsafe {
        let object = ffi::PyType_GenericAlloc(TYPE, 0);
        if object.is_null() {
            return Err(PyErr::fetch(py));
        }
        let this = object.cast::<Launcher>();
        (*this).vectorcall = Some(vectorcall);
        (*this).kernel = kernel.clone().into_ptr();
        (*this).stream = given.filter(|stream| stream.is_instance_of::<Stream>()).map_or(ptr::null_mut(), Bound::into_ptr);
        (&raw mut (*this).configuration).write(Configuration { grid, block, stream: handle, shared });
        (*this).small = grid.iter().zip(block).all(|(blocks, threads)| *blocks < FEW_BLOCKS && u64::from(*blocks) * u64::from(threads) < SMALL);
        Ok(Bound::from_owned_ptr(py, object))
    }
}

/// Numba's number.
const SMALL_GRID: u64 = 128;

/// Once for each size: that the grid leaves a GPU idle.
fn warn_of_small_grid(kernel: &Bound<Kernel>, grid: [u32; 3]) -> PyResult<()> {
    let blocks = grid.iter().map(|size| u64::from(*size)).product::<u64>();
    if blocks >= SMALL_GRID || !target().is_ok_and(|target| target.driver().is_some()) {
        return Ok(());
    }
    let fresh = kernel.get().state().warned.borrow_mut().insert(blocks);
    if fresh { kernel.py().import("zouk.cuda.errors")?.call_method1("_warn_of_grid", (blocks,)).map(drop) } else { Ok(()) }
}

/// Arguments of up to so many slots, and of up to that many, lie on the stack.
const ARGUMENTS: usize = 128;
const COUNT: usize = 16;

unsafe extern "C" fn vectorcall(callable: *mut ffi::PyObject, arguments: *const *mut ffi::PyObject, count: usize, keywords: *mut ffi::PyObject) -> *mut ffi::PyObject {
    unsafe {
        let count = ffi::PyVectorcall_NARGS(count) as usize;
        if !keywords.is_null() && ffi::PyTuple_GET_SIZE(keywords) != 0 {
            return guarded(|_| Err(PyTypeError::new_err("kernels take no keyword arguments")));
        }
        let launcher = &*callable.cast::<Launcher>();
        let arguments = if count == 0 { &[] } else { std::slice::from_raw_parts(arguments, count) };
        let kernel = kernel_of(launcher);
        if kernel.prepares() {
            return prepare(launcher, arguments);
        }
        launch(launcher, arguments, false)
    }
}

unsafe fn kernel_of<'a>(launcher: &Launcher) -> &'a Kernel {
    unsafe {
        let kernel: Bound<Kernel> = Bound::from_borrowed_ptr(Python::assume_attached(), launcher.kernel).cast_into_unchecked();
        let kernel: *const Kernel = kernel.get();
        &*kernel
    }
}

/// `prepared`: Python has looked at the arguments already.
#[inline]
unsafe fn launch(launcher: &Launcher, arguments: &[*mut ffi::PyObject], prepared: bool) -> *mut ffi::PyObject {
    unsafe {
        if arguments.len() > COUNT {
            return launch_big(launcher, arguments, prepared, 4 * ARGUMENTS);
        }
        let mut fingerprints = [Fingerprint::NONE; COUNT];
        let mut room = [MaybeUninit::uninit(); ARGUMENTS];
        let fingerprints = &mut fingerprints[..arguments.len()];
        match packed(launcher, arguments, prepared, fingerprints, &mut room) {
            Some(outcome) => outcome,
            None => launch_big(launcher, arguments, prepared, 4 * ARGUMENTS),
        }
    }
}

#[cold]
unsafe fn launch_big(launcher: &Launcher, arguments: &[*mut ffi::PyObject], prepared: bool, room: usize) -> *mut ffi::PyObject {
    let mut fingerprints = vec![Fingerprint::NONE; arguments.len()];
    let mut places = vec![MaybeUninit::uninit(); room];
    match unsafe { packed(launcher, arguments, prepared, &mut fingerprints, &mut places) } {
        Some(outcome) => outcome,
        None => unsafe { launch_big(launcher, arguments, prepared, 2 * room) },
    }
}

/// Packs and launches; nothing when the room does not suffice.
#[inline]
unsafe fn packed(
    launcher: &Launcher,
    arguments: &[*mut ffi::PyObject],
    prepared: bool,
    fingerprints: &mut [Fingerprint],
    room: &mut [MaybeUninit<u64>],
) -> Option<*mut ffi::PyObject> {
    unsafe {
        let on_cpu = is_cpu();
        let mut slots = Slots::placed(room, if on_cpu { Placement::DeviceIsCpu } else { Placement::Device });
        match pack_all(arguments, &mut slots, fingerprints) {
            Ok(()) if on_cpu && !prepared && fingerprints.iter().any(|f| f.is_unaligned()) && kernel_of(launcher).takes_aligned() => Some(prepare(launcher, arguments)),
            Ok(()) if on_cpu => Some(on_the_cpu(launcher, fingerprints, slots.filled())),
            Ok(()) => Some(on_the_gpu(launcher, fingerprints, slots.filled())),
            Err((_, Refusal::Full)) => None,
            Err((_, refusal)) if !prepared && refusal != Refusal::Raised => Some(prepare(launcher, arguments)),
            Err((i, refusal)) => Some(guarded(|py| {
                let kernel = kernel_of(launcher);
                Err(refused::refused(py, kernel.dispatcher(py).as_ptr(), kernel.core(), i, arguments[i], refusal))
            })),
        }
    }
}

/// A launch with arguments that Python makes of the program's: arrays of the host are copied to the device before, and back after.
#[cold]
unsafe fn prepare(launcher: &Launcher, arguments: &[*mut ffi::PyObject]) -> *mut ffi::PyObject {
    let mut made = None;
    let outcome = guarded(|py| {
        let given = arguments.iter().map(|argument| unsafe { Bound::from_borrowed_ptr(py, *argument) });
        let stream = if launcher.stream.is_null() { py.None() } else { unsafe { Bound::from_borrowed_ptr(py, launcher.stream) }.unbind() };
        let stream = if launcher.stream.is_null() && launcher.configuration.stream != 0 { launcher.configuration.stream.into_pyobject(py)?.into_any().unbind() } else { stream };
        let kernel = unsafe { Bound::from_borrowed_ptr(py, launcher.kernel) };
        let made_of = py.import("zouk.cuda.arguments")?.call_method1("prepare", (kernel, PyTuple::new(py, given)?, stream))?;
        made = Some(made_of.extract::<(Py<PyTuple>, Vec<Py<PyAny>>)>()?);
        Ok(ptr::null_mut())
    });
    let Some((prepared, retrieve)) = made else { return outcome };
    let objects: Vec<*mut ffi::PyObject> = unsafe { (0..ffi::PyTuple_GET_SIZE(prepared.as_ptr())).map(|i| ffi::PyTuple_GET_ITEM(prepared.as_ptr(), i)).collect() };
    let launched = unsafe { launch(launcher, &objects, true) };
    guarded(|py| {
        if launched.is_null() {
            drop((prepared, retrieve));
            return Err(PyErr::fetch(py));
        }
        for retrieve in &retrieve {
            retrieve.call0(py)?;
        }
        drop((prepared, retrieve));
        Ok(launched)
    })
}

/// The function and the device of a launch, and whether it may be made.
#[inline]
fn checked<'a>(launcher: &Launcher, kernel: &'a Kernel, fingerprints: &[Fingerprint], wide: bool) -> PyResult<&'a Entry> {
    // SAFETY: a launch holds the GIL.
    let py = unsafe { Python::assume_attached() };
    let device = context::enter().raised(py)?;
    let of = context::device(device).raised(py)?;
    if !launcher.stream.is_null() {
        // SAFETY: the launcher has a reference of a stream.
        let stream: Bound<Stream> = unsafe { Bound::from_borrowed_ptr(py, launcher.stream).cast_into_unchecked() };
        stream.get().checked().raised(py)?;
    }
    let entry = match kernel.find(fingerprints, device, of.generation(), wide) {
        Some(entry) => entry,
        None => errors::catching(py, || kernel.make_entry(py, fingerprints, device, wide))?,
    };
    let check = || -> Result<()> {
        let limits = of.limits(device)?;
        check_launch(&launcher.configuration, limits, entry.threads, entry.shared)?;
        let shared = launcher.configuration.shared;
        if shared + entry.shared > limits.shared && shared > entry.told_shared.get() {
            // MAX_DYNAMIC_SHARED_SIZE_BYTES
            target()?.set_function_attribute(entry.function, 8, shared as c_int)?;
            entry.told_shared.set(shared);
        }
        Ok(())
    };
    check().raised(py)?;
    Ok(entry)
}

/// Whether arrays are as small as the code takes them to be; of each the place of its sizes and strides, and its rank.
#[inline]
fn are_small(arrays: &[(usize, usize)], slots: &[u64]) -> bool {
    arrays.iter().all(|(at, rank)| {
        let (sizes, strides) = slots[*at..*at + 2 * rank].split_at(*rank);
        // The distance of the first and the last element.
        let mut extent = 0;
        sizes.iter().zip(strides).all(|(size, stride)| {
            let stride = (*stride as i64).unsigned_abs();
            extent += if *size < SMALL && stride < SMALL { size.saturating_sub(1) * stride } else { NEAR };
            extent < NEAR
        })
    })
}

#[inline]
unsafe fn on_the_gpu(launcher: &Launcher, fingerprints: &[Fingerprint], slots: &[u64]) -> *mut ffi::PyObject {
    unsafe {
        let kernel = kernel_of(launcher);
        let find = |wide: bool| checked(launcher, kernel, fingerprints, wide).map_err(|error| error.restore(Python::assume_attached()));
        let Ok(mut entry) = find(!launcher.small) else { return ptr::null_mut() };
        let mut converted = SmallVec::new();
        let slots = match &entry.steps {
            None => slots,
            Some(steps) => {
                let mut rest = slots;
                if let Err(unfit) = steps.iter().try_for_each(|step| step.apply(&mut rest, &mut converted)) {
                    return guarded(|_| Err(errors::unfit(unfit)));
                }
                &converted
            }
        };
        if !are_small(&entry.small, slots) {
            let Ok(found) = find(true) else { return ptr::null_mut() };
            entry = found;
        }
        let place = match failures::place(&entry.version, entry.device) {
            Ok(place) => place,
            Err(failure) => return guarded(|py| Err(failure.raise(py))),
        };
        let cooperative = entry.version.code.about.cooperative;
        let mut parameters: SmallVec<[*mut c_void; ARGUMENTS]> = slots.iter().map(|slot| ptr::from_ref(slot).cast_mut().cast()).collect();
        // The driver may wait for a thread that wants the GIL.
        let state = ffi::PyEval_SaveThread();
        let of = &launcher.configuration;
        let launched = target().and_then(|target| {
            if let Some(place) = place {
                failures::clear(target, place, of.stream)?;
            }
            if cooperative {
                context::device(entry.device)?.meet(of.stream, |word| {
                    parameters.push(ptr::from_ref(&word).cast_mut().cast());
                    target.launch(entry.function, of, parameters.as_mut_ptr(), true)
                })?;
            } else {
                target.launch(entry.function, of, parameters.as_mut_ptr(), false)?;
            }
            place.map_or(Ok(Failed::default()), |place| failures::read(target, place, of.stream))
        });
        ffi::PyEval_RestoreThread(state);
        match launched {
            Ok(failed) if failed.number != 0 => guarded(|py| Err(failures::exception(py, &entry.version, &failed))),
            Ok(_) => {
                let none = ffi::Py_None();
                ffi::Py_INCREF(none);
                none
            }
            Err(failure) => guarded(|py| Err(failure.raise(py))),
        }
    }
}

/// The most threads of a block, as `launch_bounds` say.
fn promised_threads(core: &core::Core) -> u32 {
    match &core.options.simt {
        Simt::Cuda(options) => options.launch_bounds.first().copied().unwrap_or(u32::MAX),
        _ => u32::MAX,
    }
}

/// The ordinary entry function, with the sizes behind the arguments.
unsafe fn on_the_cpu(launcher: &Launcher, fingerprints: &mut [Fingerprint], slots: &[u64]) -> *mut ffi::PyObject {
    unsafe {
        let kernel = kernel_of(launcher);
        let core = kernel.core();
        let mut found: Option<&core::Entry> = None;
        if core.by_value.get() != 0 {
            core.take_values(fingerprints, slots);
        }
        let failed = guarded(|py| {
            let of = context::device(0).raised(py)?;
            check_launch(&launcher.configuration, of.limits(0).raised(py)?, promised_threads(core), 0).raised(py)?;
            let by_value = core.by_value.get();
            found = Some(match core.find(fingerprints) {
                Some(entry) => entry,
                None => match select::entry(kernel.dispatcher(py), core, fingerprints) {
                    // It asks for a value: with that it is tried again.
                    Err(_) if core.by_value.get() != by_value => {
                        core.take_values(fingerprints, slots);
                        select::entry(kernel.dispatcher(py), core, fingerprints)?
                    }
                    other => other?,
                },
            });
            Ok(ptr::null_mut())
        });
        let Some(entry) = found else { return failed };
        let mut all: SmallVec<[u64; 64]> = SmallVec::new();
        match &entry.steps {
            None => all.extend_from_slice(slots),
            Some(steps) => {
                let mut rest = slots;
                if let Err(unfit) = steps.iter().try_for_each(|step| step.apply(&mut rest, &mut all)) {
                    return guarded(|_| Err(errors::unfit(unfit)));
                }
            }
        }
        let Configuration { grid, block, shared, .. } = &launcher.configuration;
        all.extend(grid.iter().chain(block).chain([shared]).map(|size| u64::from(*size)));
        call::run_code(core, entry, &all)
    }
}
