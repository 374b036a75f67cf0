//! Modules: PTX as text or linked, and the functions in it.

use super::device::{PTX_VERSION, SHARED_PER_BLOCK};
use super::state::{Driver, State};
use super::{Answer, Problem, codes, problem};
use crate::decode::image::Image;
use crate::machine::ops::Program;
use crate::memory::Memory;
use crate::ptx::parser::parse;
use crate::ptx::syntax::Module;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What `cuLinkComplete` gives begins with this; lengths and texts of modules follow.
pub const LINKED: &[u8] = b"\x01zouk-cuda-standin\0";

pub struct LoadedModule {
    pub context: u64,
    pub image: Image,
    /// Handles of functions that were asked for.
    functions: BTreeMap<String, u64>,
}

pub struct Function {
    pub module: u64,
    pub context: u64,
    pub program: Arc<Program>,
    /// Dynamic shared memory that a launch may ask for.
    pub most_dynamic: u32,
    pub carveout: i32,
}

/// Modules from texts, checked against the device.
pub fn modules_of(texts: &[String], capability: u32) -> Answer<Vec<Module>> {
    let mut found = Vec::new();
    for text in texts {
        let module = parse(text).map_err(|wrong| Problem::new(codes::INVALID_PTX, wrong.to_string()))?;
        if module.version > PTX_VERSION {
            let (major, minor) = module.version;
            return problem(codes::UNSUPPORTED_PTX_VERSION, format!("ptxas application ptx input, line 1; fatal   : Unsupported .version {major}.{minor}; current version is '{}.{}'", PTX_VERSION.0, PTX_VERSION.1));
        }
        if module.target > capability {
            return problem(codes::INVALID_PTX, format!("ptxas fatal   : SM version specified by .target is higher than the device's: sm_{} on sm_{capability}", module.target));
        }
        found.push(module);
    }
    Ok(found)
}

pub fn load_texts(driver: &Driver, texts: &[String]) -> Answer<u64> {
    let (capability, context, device) = {
        let state = driver.state();
        let context = state.current()?;
        (state.model.capability(), context.handle, context.device)
    };
    let modules = modules_of(texts, capability)?;
    let image = Image::load(&modules, &driver.memory, device).map_err(|wrong| Problem::new(codes::INVALID_PTX, wrong.to_string()))?;
    let mut state = driver.state();
    let handle = state.handle();
    state.modules.insert(handle, LoadedModule { context, image, functions: BTreeMap::new() });
    Ok(handle)
}

/// Ends a module: its variables are freed, handles of its functions mean nothing.
pub fn unload(memory: &Memory, state: &mut State, handle: u64) -> bool {
    let Some(module) = state.modules.remove(&handle) else { return false };
    for address in &module.image.addresses {
        memory.free(*address, |_| true);
    }
    state.functions.retain(|_, function| function.module != handle);
    true
}

impl State {
    pub fn module(&self, handle: u64) -> Answer<&LoadedModule> {
        self.current()?;
        self.modules.get(&handle).ok_or_else(|| super::streams::no_handle("module", handle))
    }

    pub fn function_of(&mut self, module: u64, name: &str) -> Answer<u64> {
        let loaded = self.module(module)?;
        if let Some(handle) = loaded.functions.get(name) {
            return Ok(*handle);
        }
        let Some(program) = loaded.image.kernels.get(name).cloned() else {
            let known: Vec<&str> = loaded.image.kernels.keys().map(String::as_str).collect();
            return problem(codes::NOT_FOUND, format!("the module has no kernel '{name}'; it has {}", known.join(", ")));
        };
        let context = loaded.context;
        let handle = self.handle();
        let most_dynamic = SHARED_PER_BLOCK.saturating_sub(program.static_shared);
        self.functions.insert(handle, Function { module, context, program, most_dynamic, carveout: -1 });
        if let Some(module) = self.modules.get_mut(&module) {
            module.functions.insert(name.to_string(), handle);
        }
        Ok(handle)
    }

    pub fn function(&self, handle: u64) -> Answer<&Function> {
        self.current()?;
        self.functions.get(&handle).ok_or_else(|| super::streams::no_handle("function", handle))
    }
}

impl Function {
    pub fn max_threads(&self) -> u32 {
        let limits = self.program.limits;
        let required = limits.required.map(|extents| extents.iter().product());
        required.or(limits.max_threads).unwrap_or(super::device::THREADS_PER_BLOCK).min(super::device::THREADS_PER_BLOCK)
    }

    /// `cuFuncGetAttribute`.
    pub fn attribute(&self, number: i32, capability: u32) -> Option<i32> {
        let program = &self.program;
        Some(match number {
            0 => self.max_threads() as i32,
            1 => program.static_shared as i32,
            2 => program.const_bytes as i32,
            // A program that calls itself or through pointers has at least one frame.
            3 => program.local_bytes.unwrap_or(program.routines[0].stack) as i32,
            4 => program.registers as i32,
            5 => program.target as i32,
            6 => capability as i32,
            8 => self.most_dynamic as i32,
            9 => self.carveout,
            7 | 10..=17 => 0,
            _ => return None,
        })
    }
}
