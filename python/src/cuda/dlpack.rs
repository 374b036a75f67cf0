//! Exchange of arrays with other libraries by DLPack: its structures, as version 0 of its interface has them.

use super::{array::DeviceArray, error::Raised, memory::Memory, target};
use pyo3::{
    exceptions::{PyBufferError, PyTypeError},
    ffi,
    prelude::*,
};
use std::ffi::{CStr, c_int, c_void};

#[repr(C)]
#[derive(Clone, Copy)]
struct DataType {
    code: u8,
    bits: u8,
    lanes: u16,
}

#[repr(C)]
struct Tensor {
    data: *mut c_void,
    device_type: c_int,
    device: c_int,
    rank: c_int,
    data_type: DataType,
    sizes: *mut i64,
    strides: *mut i64,
    byte_offset: u64,
}

#[repr(C)]
struct Managed {
    tensor: Tensor,
    context: *mut c_void,
    delete: Option<unsafe extern "C" fn(*mut Managed)>,
}

const CPU: c_int = 1;
const CUDA: c_int = 2;
const CUDA_HOST: c_int = 3;
const CUDA_MANAGED: c_int = 13;

const FRESH: &CStr = c"dltensor";
const USED: &CStr = c"used_dltensor";

/// A tensor of ours: what it points to, and the array that keeps the memory.
struct Owned {
    managed: Managed,
    sizes: Vec<i64>,
    strides: Vec<i64>,
    _array: Py<PyAny>,
}

unsafe extern "C" fn delete(managed: *mut Managed) {
    // SAFETY: `to_dlpack` made it; its user deletes it once.
    Python::try_attach(|_| drop(unsafe { Box::from_raw((*managed).context.cast::<Owned>()) }));
}

/// Deletes the tensor of a capsule that nobody took.
unsafe extern "C" fn drop_capsule(capsule: *mut ffi::PyObject) {
    unsafe {
        if ffi::PyCapsule_IsValid(capsule, FRESH.as_ptr()) != 0 {
            delete(ffi::PyCapsule_GetPointer(capsule, FRESH.as_ptr()).cast());
        }
    }
}

/// The kind and the number of the device.
#[pyfunction]
pub fn dlpack_device(memory: &Bound<Memory>) -> (c_int, usize) {
    let kind = if target::is_cpu() { CPU } else { CUDA };
    (kind, memory.get().device_number())
}

fn data_type(kind: char, itemsize: usize) -> Option<DataType> {
    let code = match kind {
        'i' => 0,
        'u' => 1,
        'f' => 2,
        'c' => 5,
        'b' => 6,
        _ => return None,
    };
    Some(DataType { code, bits: 8 * itemsize as u8, lanes: 1 })
}

/// A capsule with the array.
#[pyfunction]
pub fn to_dlpack<'py>(array: &Bound<'py, DeviceArray>) -> PyResult<Bound<'py, PyAny>> {
    let py = array.py();
    array.get().memory(py).get().check().raised(py)?;
    let layout = array.get().layout(py);
    let dtype = layout.getattr("dtype")?;
    let (kind, itemsize): (char, usize) = (dtype.getattr("kind")?.extract()?, dtype.getattr("itemsize")?.extract()?);
    let Some(data_type) = data_type(kind, itemsize) else {
        return Err(PyBufferError::new_err(format!("DLPack has no dtype {}", dtype.str()?)));
    };
    let sizes: Vec<i64> = layout.getattr("shape")?.extract()?;
    let mut strides: Vec<i64> = layout.getattr("strides")?.extract()?;
    if strides.iter().any(|stride| stride % itemsize as i64 != 0) {
        return Err(PyBufferError::new_err("DLPack has no strides that are parts of an element"));
    }
    strides.iter_mut().for_each(|stride| *stride /= itemsize as i64);
    let (device_type, device) = dlpack_device(array.get().memory(py));
    let data = array.get().address() as *mut c_void;
    let tensor = Tensor { data, device_type, device: device as c_int, rank: sizes.len() as c_int, data_type, sizes: std::ptr::null_mut(), strides: std::ptr::null_mut(), byte_offset: 0 };
    let managed = Managed { tensor, context: std::ptr::null_mut(), delete: Some(delete) };
    let owned = Box::into_raw(Box::new(Owned { managed, sizes, strides, _array: array.clone().into_any().unbind() }));
    // SAFETY: a box of our own; the capsule deletes it unless someone takes it.
    unsafe {
        (*owned).managed.tensor.sizes = (*owned).sizes.as_mut_ptr();
        (*owned).managed.tensor.strides = (*owned).strides.as_mut_ptr();
        (*owned).managed.context = owned.cast();
        let capsule = ffi::PyCapsule_New((&raw mut (*owned).managed).cast(), FRESH.as_ptr(), Some(drop_capsule));
        if capsule.is_null() {
            drop(Box::from_raw(owned));
        }
        Bound::from_owned_ptr_or_err(py, capsule)
    }
}

/// A tensor of others, deleted with this.
#[pyclass(frozen, module = "zouk._zouk.cuda")]
pub struct Borrowed(usize);

impl Drop for Borrowed {
    fn drop(&mut self) {
        // SAFETY: the capsule was ours to take.
        unsafe {
            let managed = self.0 as *mut Managed;
            if let Some(delete) = (*managed).delete {
                delete(managed);
            }
        }
    }
}

type Description = (u64, Vec<i64>, Option<Vec<i64>>, String, Borrowed);

/// Address, shape, strides in elements, type as NumPy writes it, and what keeps the memory of the array in a capsule.
#[pyfunction]
pub fn from_dlpack(capsule: &Bound<PyAny>, device: (c_int, c_int)) -> PyResult<Description> {
    let on_cpu = target::is_cpu();
    let reachable = if on_cpu { matches!(device.0, CPU | CUDA_HOST | CUDA_MANAGED) } else { matches!(device.0, CUDA | CUDA_HOST | CUDA_MANAGED) };
    if !reachable {
        let where_to = if on_cpu { "the CPU" } else { "a GPU" };
        return Err(PyBufferError::new_err(format!("kernels run on {where_to}, and do not reach memory of DLPack's device {}", device.0)));
    }
    // SAFETY: a capsule of this name holds such a structure.
    unsafe {
        let pointer = if ffi::PyCapsule_IsValid(capsule.as_ptr(), FRESH.as_ptr()) == 0 { std::ptr::null_mut() } else { ffi::PyCapsule_GetPointer(capsule.as_ptr(), FRESH.as_ptr()) };
        if pointer.is_null() {
            return Err(PyTypeError::new_err("a capsule of DLPack that nobody has taken is needed"));
        }
        let managed = pointer.cast::<Managed>();
        let tensor = &(*managed).tensor;
        let letter = match tensor.data_type.code {
            0 => 'i',
            1 => 'u',
            2 => 'f',
            5 => 'c',
            6 => 'b',
            code => return Err(PyBufferError::new_err(format!("there are no arrays of DLPack's type {code}"))),
        };
        if tensor.data_type.lanes != 1 || tensor.data_type.bits % 8 != 0 {
            return Err(PyBufferError::new_err("there are no arrays of parts of bytes or of vectors"));
        }
        let part = |numbers: *mut i64| std::slice::from_raw_parts(numbers, tensor.rank as usize).to_vec();
        let sizes = if tensor.rank == 0 { vec![] } else { part(tensor.sizes) };
        let strides = (!tensor.strides.is_null() && tensor.rank != 0).then(|| part(tensor.strides));
        let address = tensor.data as u64 + tensor.byte_offset;
        let typestr = format!("{letter}{}", tensor.data_type.bits / 8);
        ffi::PyCapsule_SetName(capsule.as_ptr(), USED.as_ptr());
        ffi::PyCapsule_SetDestructor(capsule.as_ptr(), None);
        Ok((address, sizes, strides, typestr, Borrowed(managed as usize)))
    }
}
