//! What single values outside a function stand for: numbers and arrays of NumPy's, dtypes, records, classes.

use crate::{library, module, numpy, records, scalar::{Scalar, float_of_slot}};
use pyo3::{
    prelude::*,
    types::{PyInt, PyType},
};
use std::sync::Arc;
use zouk_dialects::ty::{RecordTy, Ty};
use zouk_frontend::{Binding, Constant};

pub(super) fn number_class(scalar: Scalar) -> Binding {
    Binding::Ref(format!("numpy.{}", scalar.ty().numpy_name().unwrap_or_default()))
}

pub(super) fn is_dtype(value: &Bound<PyAny>) -> bool {
    numpy::loaded().is_some() && value.py().import("numpy").and_then(|numpy| numpy.getattr("dtype")).is_ok_and(|dtype| value.is_instance(&dtype).unwrap_or(false))
}

/// What `np.iinfo(…)` and `np.finfo(…)` gave outside of the function.
pub(super) fn limits(value: &Bound<PyAny>) -> Option<Binding> {
    let class = value.get_type();
    let name = class.name().ok()?.to_string();
    if !matches!(name.as_str(), "iinfo" | "finfo") || !library::comes_from(class.as_any(), "numpy") {
        return None;
    }
    let scalar = numpy::scalar_of_dtype(&value.getattr("dtype").ok()?)?;
    Some(Binding::Ref(format!("numpy.{name}.{}", scalar.ty().numpy_name()?)))
}

/// The number type that a NumPy class, a dtype or one of zouk's own types stands for.
pub fn type_value(value: &Bound<PyAny>) -> Option<Scalar> {
    if let Some(numpy) = numpy::load(value.py()).ok().flatten() {
        if let Some(scalar) = value.cast::<PyType>().ok().and_then(|class| numpy.scalar_of_class(class.as_type_ptr())) {
            return Some(scalar);
        }
        if is_dtype(value) {
            return numpy::scalar_of_dtype(value);
        }
    }
    let text: String = value.getattr("_ty").ok()?.extract().ok()?;
    Scalar::of(&text.parse::<Ty>().ok()?)
}

/// The name and the types of a function that `cuda.declare_device` has declared.
pub(super) fn declared_for_devices(value: &Bound<PyAny>) -> PyResult<Option<(String, Ty, Vec<Ty>)>> {
    let class = value.get_type();
    if class.name()? != "DeclaredFunction" || class.module()? != "zouk.cuda.functions" {
        return Ok(None);
    }
    let (result, arguments): (String, Vec<String>) = value.getattr("_types")?.extract()?;
    Ok(Some((value.getattr("name")?.extract()?, module::parse(value.py(), &result)?, module::parse_all(value.py(), &arguments)?)))
}

/// What a dtype of records, or a type object of one, stands for.
pub(super) fn dtype_of_records(value: &Bound<PyAny>) -> Option<String> {
    if is_dtype(value) {
        return records::record_of(value).map(|record| record.to_string());
    }
    let class = value.get_type();
    if class.name().is_ok_and(|name| name == "Record") && class.module().is_ok_and(|module| module == "zouk.types")
        && let Ok(Ty::Record(record)) = value.getattr("_ty").ok()?.extract::<String>().ok()?.parse()
    {
        return Some(record.of.to_string());
    }
    None
}

/// A NumPy scalar or array as a constant.
pub(super) fn numpy_constant(value: &Bound<PyAny>) -> Result<Option<Constant>, String> {
    let Ok(Some(numpy)) = numpy::load(value.py()) else { return Ok(None) };
    if let Some(scalar) = numpy.scalar_of_class(value.get_type().as_type_ptr()) {
        // SAFETY: `value` is of the class that was asked.
        let slots = unsafe { numpy.scalar_slots(value.as_ptr(), scalar) };
        return Ok(Some(Constant::Typed(scalar.ty(), typed(scalar, slots))));
    }
    // SAFETY: `value` is live and of its class.
    if let Some((scalar, count)) = unsafe { numpy.time(value.as_ptr(), value.get_type().as_type_ptr()) } {
        return Ok(Some(Constant::Typed(scalar.ty(), zouk_frontend::Scalar::Int(count as i64))));
    }
    if !value.get_type().as_type_ptr().eq(&numpy.array) && !is_record_array(value) {
        return Ok(None);
    }
    let read = || -> PyResult<Option<Constant>> {
        let dtype = value.getattr("dtype")?;
        let record = || records::record_of(&dtype).map(|of| Ty::Record(RecordTy { of: Arc::new(of), readonly: false }));
        let Some(element) = numpy::scalar_of_dtype(&dtype).map(|scalar| scalar.ty()).or_else(record) else { return Ok(None) };
        let flag = |name: &str| value.getattr("flags")?.getattr(name)?.extract::<bool>();
        Ok(Some(Constant::Array {
            element,
            shape: value.getattr("shape")?.extract()?,
            fortran: flag("f_contiguous")? && !flag("c_contiguous")?,
            bytes: value.call_method0("tobytes")?.extract()?,
        }))
    };
    let dtype = || value.getattr("dtype").map(|dtype| dtype.to_string()).unwrap_or_default();
    let unsupported = || format!("a global array of dtype {} is not compiled\nuse an array of numbers in the machine's byte order", dtype());
    read().map_err(|error| error.to_string())?.map(Some).ok_or_else(unsupported)
}

/// A `numpy.recarray`, of which compiled code makes what it makes of an array of records.
pub(super) fn is_record_array(value: &Bound<PyAny>) -> bool {
    let class = value.get_type();
    class.module().is_ok_and(|module| module == "numpy" || module == "numpy.rec") && class.name().is_ok_and(|name| name == "recarray")
}

/// The name of a class of types with methods that the program has given it, and these methods.
pub(super) fn class_methods<'py>(value: &Bound<'py, PyAny>) -> Option<(String, Bound<'py, PyAny>)> {
    let class = value.cast::<PyType>().ok()?;
    let methods = class.getattr_opt("__zouk_classmethods__").ok()??;
    Some((class.qualname().ok()?.to_string(), methods))
}

/// A record, as an array without axes.
pub(super) fn one_record(value: &Bound<PyAny>) -> Result<Option<Constant>, String> {
    let array = || -> PyResult<Option<Bound<PyAny>>> {
        if numpy::load(value.py())?.is_none() {
            return Ok(None);
        }
        let module = value.py().import("numpy")?;
        let is_record = value.is_instance(&module.getattr("void")?)? && !value.getattr("dtype")?.getattr("names")?.is_none();
        is_record.then(|| module.call_method1("array", (value,))).transpose()
    };
    array().map_err(|error| error.to_string())?.map_or(Ok(None), |array| numpy_constant(&array))
}

/// The name of a subclass of `enum.IntEnum`, whose members are ints.
pub(super) fn enumeration_of_ints(value: &Bound<PyAny>) -> Option<String> {
    let class = value.cast::<PyType>().ok().filter(|class| class.is_subclass_of::<PyInt>().unwrap_or(false))?;
    let members = class.getattr_opt("__members__").ok()??;
    (members.len().ok()? > 0).then(|| class.qualname().map(|name| name.to_string()).ok()).flatten()
}

/// A number, or a tuple of some: what compiled code has of a member of an enumeration.
pub(super) fn is_of_numbers(held: &Constant) -> bool {
    match held {
        Constant::Tuple(parts) => parts.iter().all(is_of_numbers),
        _ => matches!(held, Constant::Int(_) | Constant::Float(_) | Constant::Bool(_) | Constant::Complex(..)),
    }
}

pub(super) fn typed(scalar: Scalar, slots: [u64; 2]) -> zouk_frontend::Scalar {
    use zouk_frontend::Scalar as Value;
    match scalar {
        Scalar::Bool => Value::Bool(slots[0] != 0),
        Scalar::F16 | Scalar::F32 | Scalar::F64 => Value::Float(float_of_slot(slots[0], scalar)),
        Scalar::C64 | Scalar::C128 => Value::Complex(float_of_slot(slots[0], scalar.part()), float_of_slot(slots[1], scalar.part())),
        _ if scalar.is_unsigned() => Value::UInt(slots[0]),
        _ => Value::Int(slots[0] as i64),
    }
}
