//! From a GPU module in the `llvm` and `nvvm` dialects to PTX: LLVM's passes with the GPU's target in force, libdevice linked in.

use super::{CodegenError, Timing, Unit, timed};
use crate::target::{Cpu, Description, Machine, with_machine};
use llvm_sys::{LLVMModuleFlagBehavior, core::*, target_machine::LLVMCodeGenFileType};
use std::{
    ffi::{CStr, CString, c_char},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};
use zouk_dialects::ir::{Op, run_pipeline};

mod extensions;
mod places;
mod unrolling;

const TRIPLE: &str = "nvptx64-nvidia-cuda";

unsafe extern "C" {
    fn zoukLinkLibrary(into: llvm_sys::prelude::LLVMModuleRef, path: *const c_char) -> *mut c_char;
    fn free(pointer: *mut std::ffi::c_void);
}

/// What the module says of how it is compiled.
struct Settings {
    chip: String,
    opt_level: u8,
    /// Numbers too small to be normal are zeros, quotients and roots approximate.
    fast: bool,
    lineinfo: bool,
    debug: bool,
}

impl Settings {
    fn of(module: Op) -> Settings {
        Settings {
            chip: module.str_attr("zouk.chip").unwrap_or(crate::simt::CudaOptions::CHIP).to_string(),
            opt_level: module.int_attr("zouk.opt_level").map_or(3, |level| level as u8),
            fast: module.str_attr("zouk.fastmath") == Some("fast"),
            lineinfo: module.has_attr("zouk.lineinfo"),
            debug: module.has_attr("zouk.kernel_debug"),
        }
    }
}

/// The version of PTX that has all of a chip, as LLVM names it. Older ones are understood by older drivers.
fn ptx_version(chip: &str) -> &'static str {
    let number = chip.trim_start_matches("sm_").trim_end_matches(['a', 'f']).parse().unwrap_or(80);
    match number {
        88 => "+ptx90",
        ..=90 => "+ptx80",
        // Code for a family of chips.
        _ if chip.ends_with('f') => "+ptx88",
        ..=101 => "+ptx86",
        120 => "+ptx87",
        _ => "+ptx88",
    }
}

/// The PTX of a module at stage `nvvm`.
pub fn emit(module: Op) -> Result<(String, Timing), CodegenError> {
    let kernels = module.collect(|op| op.is("gpu.module")).into_iter().next();
    let kernels = kernels.ok_or_else(|| CodegenError::Translate("the module has no kernels".into()))?;
    let settings = Settings::of(module);
    if settings.lineinfo || settings.debug {
        // For debuggers also functions and where they come from; lines alone change no code.
        let kind = if settings.debug { "Full" } else { "DebugDirectivesOnly" };
        run_pipeline(module, &format!("ensure-debug-info-scope-on-llvm-func{{emission-kind={kind}}}")).map_err(CodegenError::Translate)?;
    }
    let description = Description { triple: Some(TRIPLE), cpu: Cpu::Named(settings.chip.clone()), features: ptx_version(&settings.chip).into(), opt_level: settings.opt_level };
    with_machine(&description, |machine| {
        let mut timing = Timing::default();
        // SAFETY: the module outlives the translation.
        let context = unsafe { melior::ContextRef::from_raw(module.context().to_raw()) };
        let unit = timed(&mut timing.translate, || Unit::translate(kernels.to_raw(), context, machine))?;
        timed(&mut timing.optimise, || {
            optimise(&unit, machine, &settings)
        })?;
        let text = timed(&mut timing.emit, || unit.machine_code(machine, LLVMCodeGenFileType::LLVMAssemblyFile))?;
        Ok((String::from_utf8_lossy(&text).trim_end_matches('\0').to_string(), timing))
    })
    .map_err(CodegenError::Target)?
}

fn optimise(unit: &Unit, machine: &Machine, settings: &Settings) -> Result<(), CodegenError> {
    link_libdevice(unit, settings.fast)?;
    unit.optimise(machine, settings.opt_level)?;
    if settings.opt_level >= 2 {
        unrolling::unroll(unit, machine)?;
        join_conditions(unit, machine)?;
        extensions::sink(unit);
        places::read_late(unit);
    }
    Ok(())
}

/// `if i < m and j < n` is one branch where its conditions are few instructions: as a branch of its own the second would take more, and its operands wait in registers for the first.
fn join_conditions(unit: &Unit, machine: &Machine) -> Result<(), CodegenError> {
    // SAFETY: the unit's module is live.
    let all = unsafe { super::instructions::functions(unit.module).filter(|function| LLVMIsDeclaration(*function) == 0) };
    all.into_iter().try_for_each(|function| unit.optimise_function(machine, function, c"simplifycfg<bonus-inst-threshold=4>"))
}

/// Links the functions of libdevice that the module calls. Functions that it has not are found out later, when they are still there in the PTX.
fn link_libdevice(unit: &Unit, fast: bool) -> Result<(), CodegenError> {
    // SAFETY: the unit's module is live.
    unsafe {
        let names = super::instructions::functions(unit.module).filter(|f| LLVMIsDeclaration(*f) != 0);
        let needed = names.map(|f| { let mut length = 0; CStr::from_ptr(LLVMGetValueName2(f, &mut length)).to_string_lossy().into_owned() });
        let needed = needed.into_iter().any(|name| name.starts_with("__nv_"));
        if needed && let Some(path) = libdevice() {
            let path = CString::new(path.to_string_lossy().as_bytes()).unwrap_or_default();
            let problem = zoukLinkLibrary(unit.module, path.as_ptr());
            if !problem.is_null() {
                let text = CStr::from_ptr(problem).to_string_lossy().into_owned();
                free(problem.cast());
                return Err(CodegenError::Translate(format!("libdevice: {text}")));
            }
        }
        // What libdevice asks for by `__nvvm_reflect`.
        let flag = LLVMValueAsMetadata(LLVMConstInt(LLVMInt32TypeInContext(unit.context), fast.into(), 0));
        let name = c"nvvm-reflect-ftz";
        LLVMAddModuleFlag(unit.module, LLVMModuleFlagBehavior::LLVMModuleFlagBehaviorOverride, name.as_ptr(), name.count_bytes(), flag);
        if fast {
            for function in super::instructions::functions(unit.module).filter(|f| LLVMIsDeclaration(*f) == 0) {
                let (key, value) = (c"denormal-fp-math-f32", c"preserve-sign,preserve-sign");
                let attribute = LLVMCreateStringAttribute(unit.context, key.as_ptr(), key.count_bytes() as u32, value.as_ptr(), value.count_bytes() as u32);
                LLVMAddAttributeAtIndex(function, llvm_sys::LLVMAttributeFunctionIndex, attribute);
            }
        }
    }
    Ok(())
}

static TOOLKIT: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Says where a CUDA toolkit lies, for when the environment does not.
pub fn set_toolkit(path: &Path) {
    *TOOLKIT.lock().unwrap_or_else(PoisonError::into_inner) = Some(path.into());
}

/// The folders where a CUDA toolkit may lie. What the environment names is taken at its word.
fn toolkits() -> Vec<PathBuf> {
    let named: Vec<PathBuf> = ["CUDA_HOME", "CUDA_PATH", "CUDA_ROOT"].iter().filter_map(std::env::var_os).filter(|path| !path.is_empty()).map(PathBuf::from).collect();
    if !named.is_empty() {
        return named;
    }
    let said = TOOLKIT.lock().unwrap_or_else(PoisonError::into_inner).clone();
    said.into_iter().chain([PathBuf::from("/usr/local/cuda"), PathBuf::from("/opt/cuda")]).collect()
}

fn libdevice() -> Option<PathBuf> {
    toolkits().into_iter().map(|folder| folder.join("nvvm/libdevice/libdevice.10.bc")).find(|path| path.is_file())
}

/// NVIDIA's assembler.
pub fn ptxas() -> Option<PathBuf> {
    let on_path = || std::env::var_os("PATH").map(|path| std::env::split_paths(&path).map(|folder| folder.join("ptxas")).collect::<Vec<_>>()).unwrap_or_default();
    toolkits().into_iter().map(|folder| folder.join("bin/ptxas")).chain(on_path()).find(|path| path.is_file())
}
