//! Modules and functions.

use super::calls;
use super::pointers::{In, Out, bytes_at, text, write_bytes};
use crate::driver::modules::{LINKED, load_texts, unload};
use crate::driver::{Answer, Problem, codes, driver, problem};
use std::ffi::{c_char, c_int, c_uint};

/// Options of the compiler that the stand-in knows: where its words go.
#[derive(Default)]
pub struct Options {
    info: usize,
    errors: usize,
    /// Where the size is read and the number of bytes written: index into the values.
    info_size: Option<(usize, usize)>,
    error_size: Option<(usize, usize)>,
    values: usize,
}

impl Options {
    pub fn read(count: c_uint, options: In<c_uint>, values: In<u64>) -> Answer<Options> {
        let mut found = Options { values: values.address(), ..Options::default() };
        for index in 0..count as usize {
            let value = values.at(index)? as usize;
            match options.at(index)? {
                3 => found.info = value,
                // Sizes are 32 bits in the slot of a pointer.
                4 => found.info_size = Some((index, value & 0xffff_ffff)),
                5 => found.errors = value,
                6 => found.error_size = Some((index, value & 0xffff_ffff)),
                0..=2 | 7..=40 => {}
                other => return problem(codes::INVALID_VALUE, format!("{other} is no option of the compiler")),
            }
        }
        Ok(found)
    }

    /// Writes what the compiler says where it was asked for.
    pub fn report(&self, problem: Option<&Problem>) {
        let errors = problem.map_or("", |problem| problem.text.as_str());
        let info = if problem.is_some() { "" } else { "stand-in: loaded" };
        for (buffer, size, said) in [(self.info, self.info_size, info), (self.errors, self.error_size, errors)] {
            let Some((index, room)) = size.filter(|(_, room)| *room > 0) else { continue };
            if buffer != 0 {
                let mut bytes = said.as_bytes().to_vec();
                bytes.truncate(room - 1);
                let written = bytes.len() as u32;
                bytes.push(0);
                write_bytes(buffer, &bytes);
                write_bytes(self.values + index * 8, &written.to_le_bytes());
            }
        }
    }
}

/// The texts that an image is: PTX that ends with a zero, or what the linker gave.
pub fn texts_of(image: *const c_char) -> Answer<Vec<String>> {
    if image.is_null() {
        return problem(codes::INVALID_VALUE, "a null pointer for the image");
    }
    match bytes_at(image as usize, 1)[0] {
        0 => return problem(codes::INVALID_IMAGE, "the image is empty"),
        0x7f => return problem(codes::NO_BINARY_FOR_GPU, "a cubin: the stand-in executes PTX"),
        0x50 | 0xba => return problem(codes::NO_BINARY_FOR_GPU, "a fat binary: the stand-in executes PTX"),
        _ => {}
    }
    if bytes_at(image as usize, 1)[0] != LINKED[0] {
        return Ok(vec![text(image)?]);
    }
    if bytes_at(image as usize, LINKED.len()) != LINKED {
        return problem(codes::INVALID_IMAGE, "this is no image");
    }
    let number = |at: usize| {
        let mut word = [0; 8];
        word.copy_from_slice(&bytes_at(at, 8));
        u64::from_le_bytes(word) as usize
    };
    let mut start = image as usize + LINKED.len();
    let count = number(start);
    start += 8;
    let mut texts = Vec::new();
    for _ in 0..count {
        let size = number(start);
        texts.push(String::from_utf8_lossy(&bytes_at(start + 8, size)).into_owned());
        start += 8 + size;
    }
    Ok(texts)
}

fn load(module: &Out<u64>, image: *const c_char, options: &Options) -> Answer {
    driver().state().check_current()?;
    let loaded = texts_of(image).and_then(|texts| load_texts(driver(), &texts));
    options.report(loaded.as_ref().err());
    module.set(loaded?)
}

calls! {
    fn cuModuleLoadData(module: Out<u64>, image: *const c_char) {
        load(&module, image, &Options::default())
    }

    fn cuModuleLoadDataEx(module: Out<u64>, image: *const c_char, count: c_uint, options: In<c_uint>, values: In<u64>) {
        load(&module, image, &Options::read(count, options, values)?)
    }

    /// Kernels of the module that are still to run run first.
    fn cuModuleUnload(module: u64) {
        driver().state().module(module)?;
        driver().synchronise_context()?;
        unload(&driver().memory, &mut driver().state(), module);
        Ok(())
    }

    fn cuModuleGetFunction(function: Out<u64>, module: u64, name: *const c_char) {
        let name = text(name)?;
        let found = driver().state().function_of(module, &name)?;
        function.set(found)
    }

    fn cuModuleGetGlobal_v2(address: Out<u64>, bytes: Out<usize>, module: u64, name: *const c_char) {
        let name = text(name)?;
        let state = driver().state();
        let Some(home) = state.module(module)?.image.globals.get(&name) else { return problem(codes::NOT_FOUND, format!("the module has no variable '{name}'")) };
        address.set_if_asked(home.address);
        bytes.set_if_asked(home.bytes as usize);
        Ok(())
    }

    fn cuFuncGetAttribute(value: Out<c_int>, attribute: c_int, function: u64) {
        let state = driver().state();
        let capability = state.model.capability();
        match state.function(function)?.attribute(attribute, capability) {
            Some(found) => value.set(found),
            None => problem(codes::INVALID_VALUE, format!("{attribute} is no attribute of a function")),
        }
    }

    fn cuFuncSetAttribute(function: u64, attribute: c_int, value: c_int) {
        let mut state = driver().state();
        let most = state.model.shared_optin();
        let used = state.function(function)?.program.static_shared;
        let Some(found) = state.functions.get_mut(&function) else { return Ok(()) };
        match attribute {
            8 if value < 0 || used + value as u32 > most => problem(codes::INVALID_VALUE, format!("{value} bytes of dynamic shared memory; beside {used} static ones a block may have {}", most.saturating_sub(used))),
            8 => {
                found.most_dynamic = value as u32;
                Ok(())
            }
            9 if (-1..=100).contains(&value) => {
                found.carveout = value;
                Ok(())
            }
            10..=15 => Ok(()),
            _ => problem(codes::INVALID_VALUE, format!("the attribute {attribute} of a function cannot be set to {value}")),
        }
    }

    fn cuFuncSetCacheConfig(function: u64, config: c_uint) {
        driver().state().function(function)?;
        if config > 3 { problem(codes::INVALID_VALUE, format!("{config} is no configuration of a cache")) } else { Ok(()) }
    }
}
