//! Which version a call with new argument types uses: compiles one, or, when the signatures were declared, takes the best fit.

use crate::{
    call::convert::{Step, step},
    compile,
    core::{Core, Entry, Version},
    fingerprint::Fingerprint,
};
use pyo3::{exceptions::PyTypeError, prelude::*};
use std::sync::Arc;
use zouk_dialects::ty::{Rating, Ty, rate};
use zouk_driver::Value;

/// Finds or makes the entry and remembers it.
pub fn entry<'a>(dispatcher: &Bound<PyAny>, core: &'a Core, fingerprints: &[Fingerprint]) -> PyResult<&'a Entry> {
    let (version, steps) = if core.table.borrow().frozen {
        best(core, fingerprints)?
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

fn best(core: &Core, fingerprints: &[Fingerprint]) -> PyResult<Choice> {
    let arguments: Vec<Ty> = fingerprints.iter().map(|f| f.ty()).collect();
    let names = |types: &[Ty]| types.iter().map(Ty::user_name).collect::<Vec<_>>().join(", ");
    let table = core.table.borrow();
    let rated = table.versions.iter().filter(|version| has_values(version, fingerprints)).filter_map(|version| Some((rate(&arguments, &version.compiled.arguments)?, version.clone())));
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
            _ => format!("Ambiguous overloading for argument type(s) ({given}):{all}"),
        }));
    };
    let steps: Option<Vec<Step>> = fingerprints.iter().zip(&version.compiled.arguments).map(|(f, ty)| step(*f, ty)).collect();
    let steps = steps.ok_or_else(|| PyTypeError::new_err("No matching definition"))?;
    Ok((version.clone(), (!steps.iter().all(Step::is_copy)).then_some(steps)))
}
