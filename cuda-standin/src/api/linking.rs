//! The linker: modules of PTX become one image.

use super::calls;
use super::modules::Options;
use super::pointers::{In, Out, bytes_at};
use crate::driver::linker::Linker;
use crate::driver::modules::modules_of;
use crate::driver::{Answer, Problem, codes, driver, problem};
use std::collections::BTreeMap;
use std::ffi::{c_char, c_uint};
use std::sync::Mutex;

const PTX: c_uint = 1;

/// Options of a linker, whose buffers are written as long as it lives.
static OPTIONS: Mutex<BTreeMap<u64, Options>> = Mutex::new(BTreeMap::new());

fn report(linker: u64, problem: Option<&Problem>) {
    if let Ok(options) = OPTIONS.lock()
        && let Some(options) = options.get(&linker)
    {
        options.report(problem);
    }
}

fn add(linker: u64, kind: c_uint, text: String) -> Answer {
    let mut state = driver().state();
    state.current()?;
    let capability = state.model.capability();
    let Some(found) = state.linkers.get_mut(&linker) else { return Err(crate::driver::streams::no_handle("linker", linker)) };
    if kind != PTX {
        return problem(codes::NO_BINARY_FOR_GPU, format!("input of the kind {kind}: the stand-in links PTX (1)"));
    }
    modules_of(std::slice::from_ref(&text), capability)?;
    found.texts.push(text);
    Ok(())
}

calls! {
    fn cuLinkCreate_v2(count: c_uint, options: In<c_uint>, values: In<u64>, result: Out<u64>) {
        let mut state = driver().state();
        let context = state.current()?.handle;
        let options = Options::read(count, options, values)?;
        let handle = state.handle();
        state.linkers.insert(handle, Linker { context, texts: Vec::new(), image: None });
        if let Ok(mut known) = OPTIONS.lock() {
            known.insert(handle, options);
        }
        result.set(handle)
    }

    fn cuLinkAddData_v2(linker: u64, kind: c_uint, data: *const c_char, size: usize, _name: *const c_char, _count: c_uint, _options: In<c_uint>, _values: In<u64>) {
        if data.is_null() || size == 0 {
            return problem(codes::INVALID_VALUE, "no data to link");
        }
        let bytes = bytes_at(data as usize, size);
        let text = String::from_utf8_lossy(bytes.split(|byte| *byte == 0).next().unwrap_or_default()).into_owned();
        let added = add(linker, kind, text);
        report(linker, added.as_ref().err());
        added
    }

    fn cuLinkAddFile_v2(linker: u64, kind: c_uint, path: *const c_char, _count: c_uint, _options: In<c_uint>, _values: In<u64>) {
        let path = super::pointers::text(path)?;
        let Ok(text) = std::fs::read_to_string(&path) else { return problem(301, format!("{path} cannot be read")) };
        let added = add(linker, kind, text);
        report(linker, added.as_ref().err());
        added
    }

    /// The image lives as long as the linker.
    fn cuLinkComplete(linker: u64, image: Out<*const u8>, size: Out<usize>) {
        let mut state = driver().state();
        state.current()?;
        let Some(found) = state.linkers.get_mut(&linker) else { return Err(crate::driver::streams::no_handle("linker", linker)) };
        if found.texts.is_empty() {
            return problem(codes::INVALID_VALUE, "nothing was added to the linker");
        }
        let bytes = found.complete();
        image.set(bytes.as_ptr())?;
        size.set_if_asked(bytes.len());
        drop(state);
        report(linker, None);
        Ok(())
    }

    fn cuLinkDestroy(linker: u64) {
        let mut state = driver().state();
        if let Ok(mut options) = OPTIONS.lock() {
            options.remove(&linker);
        }
        match state.linkers.remove(&linker) {
            Some(_) => Ok(()),
            None => Err(crate::driver::streams::no_handle("linker", linker)),
        }
    }
}
