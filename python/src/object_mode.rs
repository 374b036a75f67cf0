//! Blocks that the interpreter runs for compiled code: values to objects, a call, objects to values of the declared types.

use crate::{
    call::{
        convert::{slots_of, step},
        pack::{Refusal, Slots, pack},
        refused::refusal_error,
        unpack::{Unpack, release, unpack},
    },
    errors,
    scalar::{Scalar, Unfit, fits},
};
use pyo3::{
    exceptions::{PyRuntimeError, PyTypeError},
    ffi,
    prelude::*,
    types::{PyList, PyTuple},
};
use smallvec::SmallVec;
use std::{
    collections::HashMap,
    mem::MaybeUninit,
    sync::{
        Arc, Mutex, OnceLock, PoisonError, Weak,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};
use zouk_dialects::ty::{Fit, Ty, fit};
use zouk_driver::Compiled;
use zouk_runtime::{
    exception::{Exception, set_pending},
    memory,
};

/// One block: a function of its inputs.
pub struct ObjectBlock {
    pub function: Py<PyAny>,
    outputs: Vec<(String, Ty)>,
    /// How arguments of these types become objects, by their spelling.
    arguments: Mutex<HashMap<String, Arc<Vec<Unpack>>>>,
    /// The code that the block is a part of: constants of it may be among the arguments.
    code: OnceLock<Weak<Compiled>>,
}

impl ObjectBlock {
    pub fn new(function: &Bound<PyAny>, block: &zouk_frontend::ObjectBlock) -> PyResult<ObjectBlock> {
        let py = function.py();
        let outputs = PyList::new(py, block.outputs.iter().copied())?;
        let made = py.import("zouk.object_mode")?.call_method1("make_block", (function, &block.text, block.line, &block.inputs, outputs))?;
        let (made, types): (Py<PyAny>, Vec<String>) = made.extract()?;
        let outputs = block.outputs.iter().zip(types).map(|((name, _), text)| {
            let ty = crate::module::parse(py, &text)?;
            match slots_of(&ty) {
                Some(_) if ty != Ty::Generator => Ok((name.to_string(), ty)),
                _ => Err(PyTypeError::new_err(format!("objmode() declares `{name}` as {}, which no object becomes\ndeclare numbers, arrays and tuples of them", ty.user_name()))),
            }
        });
        Ok(ObjectBlock { function: made, outputs: outputs.collect::<PyResult<_>>()?, arguments: Mutex::default(), code: OnceLock::new() })
    }

    /// What shows values for `print`.
    pub fn printer(py: Python) -> PyResult<ObjectBlock> {
        let function = py.import("zouk.object_mode")?.getattr("write")?.unbind();
        Ok(ObjectBlock { function, outputs: vec![], arguments: Mutex::default(), code: OnceLock::new() })
    }

    /// The type of what a call of the block gives.
    pub fn result(&self) -> Ty {
        match self.outputs.is_empty() {
            true => Ty::None,
            false => Ty::Tuple(self.outputs.iter().map(|(_, ty)| ty.clone()).collect()),
        }
    }

    pub fn belongs_to(&self, code: &Arc<Compiled>) {
        let _ = self.code.set(Arc::downgrade(code));
    }

    fn unpacks(&self, types: &str) -> PyResult<Arc<Vec<Unpack>>> {
        let mut known = self.arguments.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(types) {
            return Ok(found.clone());
        }
        let of = |text: &str| text.parse::<Ty>().ok().and_then(|ty| Unpack::new(&ty));
        let made = types.split(';').filter(|text| !text.is_empty()).map(of).collect::<Option<Vec<_>>>();
        let made = Arc::new(made.ok_or_else(|| PyRuntimeError::new_err("a block of Python is given values of unknown types"))?);
        known.insert(types.to_string(), made.clone());
        Ok(made)
    }

    /// # Safety
    /// As of `zouk_call_python`.
    unsafe fn run(&self, py: Python, types: &str, arguments: *const u64, results: *mut u64) -> PyResult<()> {
        let how = self.unpacks(types)?;
        let code = self.code.get().and_then(Weak::upgrade).ok_or_else(|| PyRuntimeError::new_err("the code that a block of Python is a part of is gone"))?;
        // SAFETY: the caller's promise on the slots.
        let values = unsafe { self.objects(py, &how, arguments, &code)? };
        let given = self.function.bind(py).call1(PyTuple::new(py, values)?)?;
        let mut at = results;
        for (i, (name, ty)) in self.outputs.iter().enumerate() {
            let slots = self.slots(&given.get_item(i)?, name, ty).inspect_err(|_| {
                // SAFETY: the slots before `at` have been written; what they own is given back.
                unsafe { self.forget(results, i) }
            })?;
            // SAFETY: there is room for all results.
            unsafe {
                std::ptr::copy_nonoverlapping(slots.as_ptr(), at, slots.len());
                at = at.add(slots.len());
            }
        }
        Ok(())
    }

    unsafe fn objects<'py>(&self, py: Python<'py>, how: &[Unpack], arguments: *const u64, code: &Arc<Compiled>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let mut values = Vec::with_capacity(how.len());
        let mut failed = None;
        let mut at = arguments;
        for one in how {
            // SAFETY: the slots are those of the types.
            unsafe {
                let slots = std::slice::from_raw_parts(at, one.slots());
                at = at.add(slots.len());
                if failed.is_some() {
                    release(one, slots);
                    continue;
                }
                match Bound::from_owned_ptr_or_err(py, unpack(one, slots, Some(code))) {
                    Ok(value) => values.push(value),
                    Err(error) => failed = Some(error),
                }
            }
        }
        failed.map_or(Ok(values), Err)
    }

    /// The slots of a value of the declared type. What they refer to they own.
    fn slots(&self, value: &Bound<PyAny>, name: &str, declared: &Ty) -> PyResult<SmallVec<[u64; 64]>> {
        let py = value.py();
        let mut room = vec![MaybeUninit::uninit(); 64];
        loop {
            let mut natural = Slots::new(&mut room);
            // SAFETY: `value` is live and the GIL is held.
            match unsafe { pack(value.as_ptr(), &mut natural) } {
                Ok(fingerprint) => {
                    let found = fingerprint.ty();
                    let step = step(fingerprint, declared, &mut |_, _| None).filter(|_| takes(&found, declared));
                    let Some(step) = step else {
                        return Err(PyTypeError::new_err(format!("the block's `{name}` is {}, and was declared as {}", found.user_name(), declared.user_name())));
                    };
                    let (mut rest, mut slots) = (natural.filled(), SmallVec::new());
                    if let (Some(from), Some(to)) = (Scalar::of(&found), Scalar::of(declared)) {
                        fits(rest[0], from, to).and_then(|()| narrow(rest[0], from, to)).map_err(errors::unfit)?;
                    }
                    step.apply(&mut rest, &mut slots).map_err(errors::unfit)?;
                    let mut rest = &mut slots[..];
                    own(declared, &mut rest);
                    return Ok(slots);
                }
                Err(Refusal::Raised) => return Err(PyErr::fetch(py)),
                Err(Refusal::Full) => room.resize(2 * room.len(), MaybeUninit::uninit()),
                Err(refusal) => return Err(refusal_error(py, &format!("`{name}` of the block"), value, refusal)),
            }
        }
    }

    /// Gives back what the first results own.
    unsafe fn forget(&self, results: *mut u64, count: usize) {
        let mut at = results;
        for (_, ty) in &self.outputs[..count] {
            let Some(how) = Unpack::new(ty) else { return };
            // SAFETY: these slots have been written.
            unsafe {
                release(&how, std::slice::from_raw_parts(at, how.slots()));
                at = at.add(how.slots());
            }
        }
    }
}

/// Whether a value is taken for one of the declared type: numbers of a kind that holds them, arrays of the very elements.
fn takes(found: &Ty, declared: &Ty) -> bool {
    match (found, declared) {
        (Ty::Tuple(found), Ty::Tuple(declared)) => found.len() == declared.len() && found.iter().zip(declared).all(|(f, d)| takes(f, d)),
        (Ty::None, Ty::Optional(_)) => true,
        (found, Ty::Optional(declared)) => takes(found, declared),
        (found, Ty::Int { .. }) if found.is_scalar() => found.is_integral(),
        (found, Ty::Float(_)) if found.is_scalar() => found.is_real(),
        (found, Ty::Complex(_)) if found.is_scalar() => found.is_number(),
        (found, Ty::Bool) => *found == Ty::Bool,
        _ => fit(found, declared).is_some_and(|how| how < Fit::Unsafe || matches!(declared, Ty::Pointer(_))),
    }
}

/// Whether an integer has a counterpart in a type of fewer bits.
fn narrow(slot: u64, from: Scalar, to: Scalar) -> Result<(), Unfit> {
    let integer = |scalar: Scalar| scalar.is_signed() || scalar.is_unsigned();
    if !integer(from) || !integer(to) || crate::scalar::wrap(slot as i64, to) == slot {
        return Ok(());
    }
    Err(if to.is_unsigned() && from.is_signed() && (slot as i64) < 0 { Unfit::Negative } else { Unfit::TooBig })
}

/// Borrowed Python objects among the owners become blocks that keep them alive.
fn own(ty: &Ty, slots: &mut &mut [u64]) {
    let mut take = |count: usize| {
        let all = std::mem::take(slots);
        let (own, rest) = all.split_at_mut(count.min(all.len()));
        *slots = rest;
        own
    };
    match ty {
        Ty::Array(_) | Ty::Record(_) => {
            let own = take(slots_of(ty).unwrap_or(0));
            if own[0] & 1 != 0 {
                let object = (own[0] & !1) as *mut ffi::PyObject;
                // SAFETY: the GIL is held, the object is alive; its block takes the new reference over.
                unsafe { ffi::Py_INCREF(object) };
                own[0] = memory::adopt(object.cast(), drop_object) as u64;
            }
        }
        Ty::Tuple(parts) => parts.iter().for_each(|part| own(part, slots)),
        Ty::Optional(inner) => {
            let flag = take(1)[0];
            if flag & 1 != 0 { own(inner, slots) } else { _ = take(slots_of(inner).unwrap_or(0)) }
        }
        other => _ = take(slots_of(other).unwrap_or(0)),
    }
}

/// # Safety
/// `object` is a Python object, one reference of which is given up.
unsafe fn drop_object(object: *mut ()) {
    // SAFETY: the caller's promise. While the interpreter shuts down the object is left to the operating system.
    Python::try_attach(|_| unsafe { ffi::Py_DECREF(object.cast()) });
}

/// The name of a pending exception that is an object of Python, which its message numbers.
pub const RAISED: &str = "zouk.python";

/// Exceptions on their way through compiled code. No Python code runs while it is locked.
static IN_FLIGHT: Mutex<Option<HashMap<u64, PyErr>>> = Mutex::new(None);
static NUMBER: AtomicU64 = AtomicU64::new(0);

fn send(error: PyErr) {
    let number = NUMBER.fetch_add(1, Relaxed);
    IN_FLIGHT.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default().insert(number, error);
    set_pending(Exception { name: RAISED.into(), message: number.to_string(), arguments: vec![], traceback: vec![] });
}

/// The exception that a pending one stands for.
pub fn received(pending: &Exception) -> Option<PyErr> {
    let number = pending.message.parse().ok().filter(|_| pending.name == RAISED)?;
    IN_FLIGHT.lock().unwrap_or_else(PoisonError::into_inner).as_mut()?.remove(&number)
}

/// Runs a block. Any thread may come here, with the GIL or without.
///
/// # Safety
/// As of `zouk_call_python`: `block` is an `ObjectBlock` that the calling code keeps alive.
pub unsafe fn call(block: usize, types: &str, arguments: *const u64, results: *mut u64) -> bool {
    // SAFETY: the caller's promise.
    let block = unsafe { &*(block as *const ObjectBlock) };
    // What was printed stands before what the block prints.
    zouk_runtime::print::flush();
    let run = |py: Python| match errors::catching(py, || unsafe { block.run(py, types, arguments, results) }) {
        Ok(()) => true,
        Err(error) => {
            send(error);
            false
        }
    };
    Python::try_attach(run).unwrap_or_else(|| {
        let message = "the interpreter is shutting down".to_string();
        set_pending(Exception { name: "RuntimeError".into(), message, arguments: vec![], traceback: vec![] });
        false
    })
}
