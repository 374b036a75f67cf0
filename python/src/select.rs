//! Which version a call with new argument types uses: compiles one, or, when the signatures were declared, takes the best fit.

use crate::{
    call::convert::{Fit, Rating, Step, fit, rate},
    compile,
    core::{Core, Entry, Version},
    fingerprint::Fingerprint,
};
use pyo3::{exceptions::PyTypeError, prelude::*};
use std::sync::Arc;
use zouk_dialects::ty::Ty;

/// Finds or makes the entry and remembers it.
pub fn entry<'a>(dispatcher: &Bound<PyAny>, core: &'a Core, fingerprints: &[Fingerprint]) -> PyResult<&'a Entry> {
    let (version, steps) = if core.table.borrow().frozen {
        best(core, fingerprints)?
    } else {
        let arguments: Vec<Ty> = fingerprints.iter().map(|f| f.ty()).collect();
        (compile::version(dispatcher, core, arguments, None)?, None)
    };
    Ok(core.insert(Entry { fingerprints: fingerprints.into(), steps, version }))
}

type Choice = (Arc<Version>, Option<Vec<Step>>);

fn best(core: &Core, fingerprints: &[Fingerprint]) -> PyResult<Choice> {
    let table = core.table.borrow();
    let mut rated: Vec<(Rating, Arc<Version>, Vec<Step>)> = vec![];
    for version in &table.versions {
        let fits: Option<Vec<(Fit, Step)>> = fingerprints.iter().zip(&version.compiled.arguments).map(|(f, ty)| fit(*f, ty)).collect();
        if let Some(fits) = fits.filter(|fits| fits.len() == version.compiled.arguments.len()) {
            let (fits, steps): (Vec<Fit>, Vec<Step>) = fits.into_iter().unzip();
            rated.push((rate(&fits), version.clone(), steps));
        }
    }
    drop(table);
    let names = |types: &[Ty]| types.iter().map(Ty::user_name).collect::<Vec<_>>().join(", ");
    let arguments: Vec<Ty> = fingerprints.iter().map(|f| f.ty()).collect();
    let Some(least) = rated.iter().map(|(rating, ..)| *rating).min() else {
        return Err(PyTypeError::new_err(format!("No matching definition for argument type(s) {}", names(&arguments))));
    };
    rated.retain(|(rating, ..)| *rating == least);
    if rated.len() > 1 {
        let all: Vec<String> = rated
            .iter()
            .map(|(_, v, _)| format!("\n({}) -> {}", names(&v.compiled.arguments), v.compiled.result.user_name()))
            .collect();
        return Err(PyTypeError::new_err(format!(
            "Ambiguous overloading for argument type(s) ({}):{}",
            names(&arguments),
            all.concat()
        )));
    }
    // One is left: `least` came from the list.
    let Some((_, version, steps)) = rated.pop() else { return Err(PyTypeError::new_err("No matching definition")) };
    let natural = steps.iter().all(Step::is_copy);
    Ok((version, (!natural).then_some(steps)))
}
