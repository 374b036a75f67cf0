//! Which version a call with new argument types uses: compiles one, or, when the signatures were declared, takes the best fit.

use crate::{
    call::convert::{Step, step},
    compile,
    core::{Core, Entry, Version},
    dispatcher::checked_core,
    fingerprint::Fingerprint,
    functions,
};
use pyo3::{exceptions::PyTypeError, prelude::*};
use std::sync::Arc;
use zouk_dialects::ty::{Rating, Ty, rate};
use zouk_driver::Value;

/// Finds or makes the entry and remembers it.
pub fn entry<'a>(dispatcher: &Bound<PyAny>, core: &'a Core, fingerprints: &[Fingerprint]) -> PyResult<&'a Entry> {
    let (version, steps) = if core.table.borrow().frozen {
        best(dispatcher, core, fingerprints)?
    } else {
        let arguments: Vec<Ty> = fingerprints.iter().map(|f| f.ty()).collect();
        let values: Vec<Option<Value>> = fingerprints.iter().map(|f| f.value()).collect();
        (compile::version(dispatcher, core, arguments, &values, None)?, None)
    };
    Ok(core.insert(Entry { fingerprints: fingerprints.into(), steps, version }))
}

type Choice = (Arc<Version>, Option<Vec<Step>>);

/// Whether the version is not one of other values.
fn has_values(version: &Version, fingerprints: &[Fingerprint]) -> bool {
    version.values.iter().zip(fingerprints).all(|(value, fingerprint)| value.is_none() || *value == fingerprint.value())
}

/// A function fits any signature: whether it can be compiled for that is seen then.
fn as_declared(given: &[Ty], declared: &[Ty]) -> Vec<Ty> {
    let one = |(given, declared): (&Ty, &Ty)| match (given, declared) {
        (Ty::Ref(_), Ty::Function(_)) => declared.clone(),
        (Ty::Tuple(given), Ty::Tuple(declared)) if given.len() == declared.len() => Ty::Tuple(as_declared(given, declared)),
        _ => given.clone(),
    };
    if given.len() == declared.len() { given.iter().zip(declared).map(one).collect() } else { given.to_vec() }
}

/// What a function that is passed for a signature is compiled to.
fn version_for(py: Python, number: u32, signature: &[Ty]) -> PyResult<Arc<Version>> {
    let gone = || PyTypeError::new_err("the function that was passed is gone");
    let function = functions::numbered(py, number).ok_or_else(gone)?;
    let core = checked_core(&function)?;
    let (result, mut arguments) = (&signature[0], signature[1..].to_vec());
    if let Some(star) = core.parameters.star.filter(|star| *star <= arguments.len()) {
        // A tuple takes the slots of its items.
        let rest = arguments.split_off(star);
        arguments.push(Ty::Tuple(rest));
    }
    let values = vec![None; arguments.len()];
    let version = compile::version(&function, core, arguments, &values, Some(result.clone()))?;
    if version.compiled.result == *result {
        functions::has_address(number, version.compiled.entry as usize);
        return Ok(version);
    }
    let name = function.getattr("__qualname__")?;
    Err(PyTypeError::new_err(format!("{name} was compiled to return {} for these arguments, not {}", version.compiled.result.user_name(), result.user_name())))
}

/// One name is one exception class in all code that a call runs.
fn check_classes(versions: &[&Arc<Version>]) -> PyResult<()> {
    for (i, version) in versions.iter().enumerate() {
        for (name, class) in &version.classes {
            if versions[..i].iter().any(|other| other.classes.get(name).is_some_and(|known| !known.is(class))) {
                return Err(PyTypeError::new_err(format!("the functions that are passed raise two exception classes of the name {name}")));
            }
        }
    }
    Ok(())
}

/// The number of the signature that fits given types best.
pub fn choose(dispatcher: &Bound<PyAny>, given: &[Ty], signatures: &[Vec<Ty>]) -> PyResult<usize> {
    let names = |types: &[Ty]| types.iter().map(Ty::user_name).collect::<Vec<_>>().join(", ");
    let mut rated: Vec<(Rating, usize)> = signatures.iter().enumerate().filter_map(|(i, declared)| Some((rate(given, declared)?, i))).collect();
    let least = rated.iter().map(|(rating, _)| *rating).min();
    rated.retain(|(rating, _)| Some(*rating) == least);
    match rated[..] {
        [(_, found)] => Ok(found),
        [] => Err(PyTypeError::new_err(format!("No matching definition for argument type(s) {}", names(given)))),
        _ => {
            let all: String = rated.iter().map(|(_, i)| format!("\n({}) -> none", names(&signatures[*i]))).collect();
            Err(PyTypeError::new_err(format!("Ambiguous overloading for {} ({}):{all}", dispatcher.getattr("py_func")?.repr()?, names(given))))
        }
    }
}

fn best(dispatcher: &Bound<PyAny>, core: &Core, fingerprints: &[Fingerprint]) -> PyResult<Choice> {
    let py = dispatcher.py();
    let arguments: Vec<Ty> = fingerprints.iter().map(|f| f.ty()).collect();
    let names = |types: &[Ty]| types.iter().map(Ty::user_name).collect::<Vec<_>>().join(", ");
    let table = core.table.borrow();
    let rated = table.versions.iter().filter(|version| has_values(version, fingerprints)).filter_map(|version| Some((rate(&as_declared(&arguments, &version.compiled.arguments), &version.compiled.arguments)?, version.clone())));
    let mut rated: Vec<(Rating, Arc<Version>)> = rated.collect();
    drop(table);
    let least = rated.iter().map(|(rating, _)| *rating).min();
    rated.retain(|(rating, _)| Some(*rating) == least);
    let [(_, version)] = &rated[..] else {
        let given = names(&arguments);
        let spelled = |v: &Version| format!("\n({}) -> {}", names(&v.compiled.arguments), v.compiled.result.user_name());
        let all: String = rated.iter().map(|(_, version)| spelled(version)).collect();
        return Err(PyTypeError::new_err(match rated.len() {
            0 => format!("No matching definition for argument type(s) {given}"),
            _ => format!("Ambiguous overloading for {} ({given}):{all}", dispatcher.getattr("py_func")?.repr()?),
        }));
    };
    let mut failed = None;
    let mut compile = |number: u32, signature: &[Ty]| version_for(py, number, signature).map_err(|error| failed = Some(error)).ok();
    let steps: Option<Vec<Step>> = fingerprints.iter().zip(&version.compiled.arguments).map(|(f, ty)| step(*f, ty, &mut compile)).collect();
    if let Some(error) = failed {
        return Err(error);
    }
    let mut functions = vec![version];
    steps.iter().flatten().for_each(|step| step.each_function(&mut |function| functions.push(function)));
    check_classes(&functions)?;
    let steps = steps.ok_or_else(|| PyTypeError::new_err("No matching definition"))?;
    Ok((version.clone(), (!steps.iter().all(Step::is_copy)).then_some(steps)))
}
