//! `numpy.ufunc`s of compiled inner loops.
//!
//! NumPy keeps what a ufunc is made of alive through `obj` of its structure: a `Loops`, by which our ufuncs are known too.

use crate::{
    compile,
    core::Version,
    dispatcher::checked_core,
    errors,
    module::{parse, parse_all},
    numpy,
    scalar::Scalar,
};
use ::numpy::npyffi::{NpyTypes, PY_UFUNC_API, PyUFuncGenericFunction, PyUFuncObject, get_type_object, npy_intp};
use pyo3::{PyTraverseError, PyVisit, exceptions::PyTypeError, ffi, prelude::*};
use std::{
    ffi::{CString, c_char, c_int, c_void},
    sync::Arc,
};
use zouk_dialects::ty::{Array, Layout, Ty};
use zouk_driver::UfuncLoop;

mod parallel;
mod repack;

/// The inner loop for one list of types.
struct Loop {
    code: UfuncLoop,
    version: Arc<Version>,
    operands: Vec<Operand>,
    parallel: bool,
}

/// What NumPy passes to a loop as one operand.
struct Operand {
    scalar: Scalar,
    /// The numbers of its core dimensions.
    core: Vec<usize>,
    written: bool,
}

/// What a ufunc is made of.
#[pyclass(frozen, module = "zouk._zouk")]
pub struct Loops {
    dispatcher: Py<PyAny>,
    /// NumPy has the addresses of these and of the rest.
    loops: Box<[Loop]>,
    tables: Tables,
}

struct Tables {
    functions: Vec<PyUFuncGenericFunction>,
    data: Vec<*mut c_void>,
    types: Vec<c_char>,
    texts: [CString; 3],
}

// SAFETY: the pointers are to the loops beside them, which nothing changes.
unsafe impl Send for Tables {}
unsafe impl Sync for Tables {}

#[pymethods]
impl Loops {
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.dispatcher)
    }
}

/// What `make_ufunc` is told beside the function and its signatures.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Description {
    name: String,
    doc: String,
    /// NumPy's spelling of the layout, of a generalized ufunc.
    layout: Option<String>,
    /// The number of outputs among the arguments of a generalized ufunc.
    outputs: usize,
    /// The arguments that it may write to, beside the outputs.
    writable: Vec<usize>,
    /// NumPy's number for the identity.
    identity: c_int,
    parallel: bool,
}

/// A ufunc with a loop for each signature, in order: argument types, and the result type where it is declared.
#[pyfunction]
pub fn make_ufunc<'py>(dispatcher: &Bound<'py, PyAny>, signatures: Vec<(Vec<String>, Option<String>)>, description: Description) -> PyResult<Bound<'py, PyAny>> {
    let py = dispatcher.py();
    numpy::load(py)?;
    let mut loops = vec![];
    for (arguments, result) in signatures {
        let arguments = parse_all(py, &arguments)?;
        let result = result.map(|text| parse(py, &text)).transpose()?;
        loops.push(errors::catching(py, || compiled(dispatcher, arguments, result, &description))?);
    }
    let counts = |l: &Loop| (l.operands.len(), outputs(l, &description));
    let Some((all, outputs)) = loops.first().map(|l| counts(l)) else { return Err(PyTypeError::new_err("a ufunc needs a signature")) };
    if loops.iter().any(|l| counts(l) != (all, outputs)) {
        return Err(PyTypeError::new_err("all signatures of a ufunc have one number of operands, and of results"));
    }
    build(dispatcher, loops.into(), all - outputs, outputs, description)
}

fn compiled(dispatcher: &Bound<PyAny>, arguments: Vec<Ty>, result: Option<Ty>, description: &Description) -> PyResult<Loop> {
    let py = dispatcher.py();
    let core = checked_core(dispatcher)?;
    let layout = core.ufunc.as_ref().ok_or_else(|| PyTypeError::new_err("the function is not one behind a ufunc"))?;
    let inputs = arguments.len().saturating_sub(description.outputs);
    let written = |i: usize| i >= inputs || description.writable.contains(&i);
    let arguments: Vec<Ty> = arguments.into_iter().enumerate().map(|(i, ty)| passed(ty, !written(i))).collect();
    let version = compile::version(dispatcher, core, arguments, &[], result)?;
    let types = &version.compiled.arguments;
    let results: Vec<Ty> = match &version.compiled.result {
        Ty::Tuple(parts) => parts.clone(),
        Ty::None => vec![],
        other => vec![other.clone()],
    };
    let mut operands = vec![];
    for (i, ty) in types.iter().chain(&results).enumerate() {
        let element = ty.as_array().map_or(ty, |array| &array.element);
        let scalar = Scalar::of(element).ok_or_else(|| errors::typing(py, &format!("a ufunc has no operand of type {}", ty.user_name())))?;
        operands.push(Operand { scalar, core: layout.get(i).cloned().unwrap_or_default(), written: written(i) });
    }
    let code = version.compiled.ufunc_loop.ok_or_else(|| errors::new(py, "InternalCompilerError", "the function has no inner loop"))?;
    Ok(Loop { code, version, operands, parallel: description.parallel })
}

/// NumPy passes arrays of any strides. What is no output is not to be written to: it may be a broadcast or somebody's constant.
fn passed(ty: Ty, readonly: bool) -> Ty {
    match ty {
        Ty::Array(array) => Ty::Array(Array { layout: Layout::A, readonly, ..array }),
        other => other,
    }
}

fn outputs(l: &Loop, description: &Description) -> usize {
    match &l.version.compiled.result {
        Ty::None => description.outputs,
        _ => l.operands.len() - l.version.compiled.arguments.len(),
    }
}

fn build<'py>(dispatcher: &Bound<'py, PyAny>, loops: Box<[Loop]>, inputs: usize, outputs: usize, description: Description) -> PyResult<Bound<'py, PyAny>> {
    let py = dispatcher.py();
    let text = |text: String| CString::new(text.replace('\0', "")).unwrap_or_default();
    let tables = Tables {
        functions: vec![Some(run as unsafe extern "C" fn(_, _, _, _)); loops.len()],
        data: loops.iter().map(|l| (&raw const *l).cast_mut().cast::<c_void>()).collect(),
        types: loops.iter().flat_map(|l| &l.operands).map(|operand| operand.scalar.type_number() as c_char).collect(),
        texts: [text(description.name), text(description.doc), text(description.layout.clone().unwrap_or_default())],
    };
    let owner = Bound::new(py, Loops { dispatcher: dispatcher.clone().unbind(), loops, tables })?;
    let Loops { loops, tables, .. } = owner.get();
    let layout = description.layout.map_or(std::ptr::null(), |_| tables.texts[2].as_ptr());
    // SAFETY: the tables live as long as the ufunc, which owns what they are part of; NumPy does not write to them.
    unsafe {
        let ufunc = PY_UFUNC_API.PyUFunc_FromFuncAndDataAndSignature(
            py,
            tables.functions.as_ptr().cast_mut(),
            tables.data.as_ptr().cast_mut(),
            tables.types.as_ptr().cast_mut(),
            loops.len() as c_int,
            inputs as c_int,
            outputs as c_int,
            description.identity,
            tables.texts[0].as_ptr(),
            tables.texts[1].as_ptr(),
            0,
            layout,
        );
        let ufunc = Bound::from_owned_ptr_or_err(py, ufunc)?;
        let fields = &mut (*ufunc.as_ptr().cast::<PyUFuncObject>()).fields;
        fields.obj = owner.clone().into_any().into_ptr();
        for i in description.writable.into_iter().filter(|i| *i < inputs) {
            *fields.op_flags.add(i) = READ_WRITE | UPDATE_IF_COPY;
        }
        if !layout.is_null() {
            // A kernel that leaves elements of an output as they are finds in them what the caller's array has, also where that is of another dtype.
            for i in inputs..inputs + outputs {
                *fields.op_flags.add(i) = READ_WRITE | UPDATE_IF_COPY | OF_OUTPUTS;
            }
        }
        // As `np.frompyfunc` does: the function may refer to its ufunc.
        if ffi::PyObject_IS_GC(ufunc.as_ptr()) != 0 && ffi::PyObject_GC_IsTracked(ufunc.as_ptr()) == 0 {
            ffi::PyObject_GC_Track(ufunc.as_ptr().cast());
        }
        Ok(ufunc)
    }
}

/// `NPY_ITER_READWRITE` and `NPY_ITER_UPDATEIFCOPY` of NumPy's iterators.
const READ_WRITE: u32 = 0x0001_0000;
const UPDATE_IF_COPY: u32 = 0x0080_0000;
/// What the outputs of ufuncs have by default, beside whether they are read and written: `ALIGNED`, `ALLOCATE`, `NO_SUBTYPE` and `NO_BROADCAST`.
const OF_OUTPUTS: u32 = 0x0010_0000 | 0x0100_0000 | 0x0200_0000 | 0x0800_0000;

/// The function behind a ufunc that was made here.
pub fn source<'py>(ufunc: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    let py = ufunc.py();
    numpy::loaded()?;
    // SAFETY: the object is a ufunc, whose owner is null or an object.
    unsafe {
        if !ufunc.get_type().as_type_ptr().eq(&get_type_object(py, NpyTypes::PyUFunc_Type)) {
            return None;
        }
        let owner = Bound::from_borrowed_ptr_or_opt(py, (*ufunc.as_ptr().cast::<PyUFuncObject>()).fields.obj)?;
        owner.cast::<Loops>().ok().map(|loops| loops.get().dispatcher.bind(py).clone())
    }
}

/// The jitted function behind a ufunc; None for a ufunc of somebody else.
#[pyfunction]
pub fn ufunc_source<'py>(ufunc: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    numpy::load(ufunc.py())?;
    Ok(source(ufunc))
}

/// What NumPy calls, perhaps without the GIL. It looks for a Python exception after it has called.
unsafe extern "C" fn run(arguments: *mut *mut c_char, dimensions: *mut npy_intp, steps: *mut npy_intp, data: *mut c_void) {
    // SAFETY: NumPy passes what `build` gave it.
    let (l, status) = unsafe {
        let l = &*data.cast_const().cast::<Loop>();
        (l, if l.parallel { parallel::run(l, arguments, dimensions, steps) } else { l.serial(arguments, dimensions, steps) })
    };
    zouk_runtime::print::flush();
    if status != 0 || crate::print::has_failed() {
        l.raise(status);
    }
}

impl Operand {
    fn bytes(&self) -> usize {
        1 << self.scalar.shift()
    }
}

impl Loop {
    /// How many sizes NumPy passes.
    fn dimensions(&self) -> usize {
        1 + self.operands.iter().flat_map(|operand| &operand.core).map(|d| d + 1).max().unwrap_or(0)
    }

    /// All steps on this thread.
    ///
    /// # Safety
    /// The arguments are those of the loop.
    unsafe fn serial(&self, arguments: *const *mut c_char, dimensions: *const npy_intp, steps: *const npy_intp) -> i32 {
        // SAFETY: the caller's promise.
        unsafe {
            match (self.code)(arguments, dimensions, steps) {
                repack::STATUS => repack::run(self, arguments, dimensions, steps),
                status => status,
            }
        }
    }

    /// Makes the pending exception Python's. After the first one NumPy may go on: later ones are dropped.
    #[cold]
    fn raise(&self, status: i32) {
        Python::attach(|py| {
            // SAFETY: the GIL is held.
            let earlier = !unsafe { ffi::PyErr_Occurred() }.is_null();
            if earlier {
                zouk_runtime::exception::take_pending();
                return;
            }
            if status != 0 {
                crate::raise::pending(py, &self.version.classes).restore(py);
            }
            if crate::print::has_failed() && status == 0 {
                // SAFETY: the GIL is held.
                unsafe { crate::print::raise(std::ptr::null_mut()) };
            }
        });
    }
}
