//! The machine that code is made for, and LLVM's target machines, which are costly to make and are kept.

use crate::fatal::guarded;
use llvm_sys::{core::LLVMDisposeMessage, target_machine::*};
use std::{
    cell::Cell,
    ffi::{CStr, CString, c_char},
    ptr::null_mut,
    sync::{LazyLock, Mutex, PoisonError},
};
use zouk_runtime::loader::initialize_native_target;

/// The machine we run on. All three belong in the key of whatever is compiled for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HostTarget {
    pub triple: String,
    pub cpu: String,
    /// `+avx2,-avx512f,…`
    pub features: String,
}

pub fn host() -> &'static HostTarget {
    static HOST: LazyLock<HostTarget> = LazyLock::new(|| {
        // SAFETY: each call gives a message that is ours.
        unsafe {
            let (triple, cpu) = (owned(LLVMGetDefaultTargetTriple()), owned(LLVMGetHostCPUName()));
            HostTarget { triple, cpu, features: owned(LLVMGetHostCPUFeatures()) }
        }
    });
    &HOST
}

/// Which processor code is made for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Cpu {
    /// This one, with all its features.
    #[default]
    Host,
    /// One that LLVM knows by this name: `x86-64-v3`, `znver4`, `generic`.
    Named(String),
}

/// What tells one target machine from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Description {
    /// The host's unless said.
    pub triple: Option<&'static str>,
    pub cpu: Cpu,
    /// After those of the processor, in LLVM's notation.
    pub features: String,
    pub opt_level: u8,
}

impl Description {
    fn cpu_and_features(&self) -> (&str, String) {
        let (cpu, own) = match &self.cpu {
            Cpu::Host => (&*host().cpu, &*host().features),
            Cpu::Named(name) => (&**name, ""),
        };
        (cpu, [own, &self.features].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(","))
    }
}

/// A target machine lent by the pool: one thread at a time may use it.
pub(crate) struct Machine {
    raw: LLVMTargetMachineRef,
    description: Description,
    /// LLVM failed while it used the machine.
    broken: Cell<bool>,
}
// SAFETY: a target machine is bound to no thread.
unsafe impl Send for Machine {}

static IDLE: Mutex<Vec<Machine>> = Mutex::new(vec![]);
/// More are not kept.
const KEPT: usize = 16;

/// Runs `work` with the target machine of a description.
pub(crate) fn with_machine<T>(description: &Description, work: impl FnOnce(&Machine) -> T) -> Result<T, String> {
    let idle = || IDLE.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = {
        let mut idle = idle();
        idle.iter().position(|machine| machine.description == *description).map(|at| idle.swap_remove(at))
    };
    let machine = kept.map_or_else(|| Machine::new(description), Ok)?;
    let result = work(&machine);
    let mut idle = idle();
    if machine.broken.get() {
        std::mem::forget(machine);
    } else if idle.len() < KEPT {
        idle.push(machine);
    }
    Ok(result)
}

unsafe extern "C" {
    fn LLVMInitializeNVPTXTargetInfo();
    fn LLVMInitializeNVPTXTarget();
    fn LLVMInitializeNVPTXTargetMC();
    fn LLVMInitializeNVPTXAsmPrinter();
    fn zoukSetSwitch(name: *const std::ffi::c_char, value: bool) -> bool;
    fn zoukSetNumber(name: *const std::ffi::c_char, value: std::ffi::c_uint) -> bool;
}

fn initialize_gpu_target() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    // SAFETY: once, before any machine of the target is made.
    ONCE.call_once(|| unsafe {
        LLVMInitializeNVPTXTargetInfo();
        LLVMInitializeNVPTXTarget();
        LLVMInitializeNVPTXTargetMC();
        LLVMInitializeNVPTXAsmPrinter();
        // Addresses of shared, constant and local memory have 32 bits.
        zoukSetSwitch(c"nvptx-short-ptr".as_ptr(), true);
        // An address is computed in the branch that needs it: before the branch it would take registers on both ways. Only targets whose threads diverge have this pass.
        zoukSetNumber(c"spec-exec-max-speculation-cost".as_ptr(), 0);
    });
}

impl Machine {
    pub fn raw(&self) -> LLVMTargetMachineRef {
        self.raw
    }

    /// [`guarded`]; after a failure the machine is never used again.
    pub fn guard<T>(&self, work: impl FnOnce() -> T) -> Result<T, String> {
        guarded(work).inspect_err(|_| self.broken.set(true))
    }

    fn new(description: &Description) -> Result<Machine, String> {
        initialize_native_target();
        let text = |text: &str| CString::new(text).map_err(|_| format!("{text:?} names no target"));
        if description.triple.is_some() {
            initialize_gpu_target();
        }
        let triple = text(description.triple.unwrap_or(&host().triple))?;
        let (cpu, features) = description.cpu_and_features();
        let (cpu, features) = (text(cpu)?, text(&features)?);
        let level = match description.opt_level {
            0 => LLVMCodeGenOptLevel::LLVMCodeGenLevelNone,
            1 => LLVMCodeGenOptLevel::LLVMCodeGenLevelLess,
            2 => LLVMCodeGenOptLevel::LLVMCodeGenLevelDefault,
            _ => LLVMCodeGenOptLevel::LLVMCodeGenLevelAggressive,
        };
        let (mut target, mut error) = (null_mut(), null_mut());
        // SAFETY: strings are NUL-terminated; out-pointers are checked.
        unsafe {
            if LLVMGetTargetFromTriple(triple.as_ptr(), &mut target, &mut error) != 0 {
                return Err(owned(error));
            }
            let (relocation, model) = (LLVMRelocMode::LLVMRelocPIC, LLVMCodeModel::LLVMCodeModelDefault);
            let raw = LLVMCreateTargetMachine(target, triple.as_ptr(), cpu.as_ptr(), features.as_ptr(), level, relocation, model);
            if raw.is_null() {
                return Err(format!("no target machine for {description:?}"));
            }
            Ok(Machine { raw, description: description.clone(), broken: Cell::new(false) })
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // SAFETY: made by `new`, in use nowhere.
        unsafe { LLVMDisposeTargetMachine(self.raw) }
    }
}

/// The text of a message that LLVM gives away.
pub(crate) unsafe fn owned(message: *mut c_char) -> String {
    if message.is_null() {
        return String::new();
    }
    // SAFETY: LLVM's messages are NUL-terminated, and ours to dispose of.
    unsafe {
        let text = CStr::from_ptr(message).to_string_lossy().into_owned();
        LLVMDisposeMessage(message);
        text
    }
}

fn has(feature: &str) -> bool {
    host().features.split(',').any(|name| name == feature)
}

/// The bits of a vector on which the host multiplies and adds in one instruction (or else 128), and the bytes of its three caches.
pub fn machine() -> [i64; 4] {
    static MACHINE: LazyLock<[i64; 4]> = LazyLock::new(|| {
        let bits = if has("+avx512f") && has("+avx512vl") { 512 } else if has("+avx2") && has("+fma") { 256 } else { 128 };
        [bits, cache(1).unwrap_or(32 << 10), cache(2).unwrap_or(512 << 10), cache(3).unwrap_or(4 << 20)]
    });
    *MACHINE
}

/// What Linux says of the data cache of a level.
fn cache(level: u32) -> Option<i64> {
    (0..8).find_map(|index| {
        let read = |name: &str| std::fs::read_to_string(format!("/sys/devices/system/cpu/cpu0/cache/index{index}/{name}")).ok();
        let is_it = read("level")?.trim() == level.to_string() && read("type")?.trim() != "Instruction";
        let size = read("size").filter(|_| is_it)?;
        size.trim().strip_suffix('K')?.parse::<i64>().ok().map(|kilobytes| kilobytes << 10)
    })
}

/// Which vector functions, SLEEF's and the runtime's, the host can run; `none` without SLEEF's library.
pub fn sleef_variant() -> &'static str {
    if !zouk_runtime::process::sleef_available() {
        return "none";
    }
    if has("+avx2") && has("+fma") { "avx2" } else { "sse2" }
}
