//! The process's ORC session behind safe functions: all of the C API of ORC that zouk uses is in this file.

use super::LoadError;
use crate::process;
use llvm_sys::{
    core::LLVMCreateMemoryBufferWithMemoryRangeCopy,
    error::{LLVMDisposeErrorMessage, LLVMErrorRef, LLVMGetErrorMessage},
    orc2::{lljit::*, *},
    target::*,
};
use std::{
    cell::RefCell,
    collections::HashMap,
    ffi::{CStr, CString, c_char, c_void},
    ptr::null_mut,
    sync::{
        Mutex, MutexGuard, Once, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
};

/// A JITDylib. The C API cannot remove one, so an emptied one is used again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dylib(LLVMOrcJITDylibRef);
// SAFETY: ORC locks its session around every operation on a JITDylib.
unsafe impl Send for Dylib {}
unsafe impl Sync for Dylib {}

pub(super) struct Session {
    jit: LLVMOrcLLJITRef,
    execution: LLVMOrcExecutionSessionRef,
    idle: Mutex<Vec<Dylib>>,
    made: AtomicUsize,
}
// SAFETY: LLJIT and its session may be used by several threads at once.
unsafe impl Send for Session {}
unsafe impl Sync for Session {}

/// Registers LLVM's code generator for this machine, once.
pub fn initialize_native_target() {
    static ONCE: Once = Once::new();
    // SAFETY: called once, so registration does not race.
    ONCE.call_once(|| unsafe {
        LLVM_InitializeNativeTarget();
        LLVM_InitializeNativeAsmPrinter();
        LLVM_InitializeNativeAsmParser();
    });
}

pub(super) fn session() -> Result<&'static Session, LoadError> {
    static SESSION: OnceLock<Result<Session, String>> = OnceLock::new();
    SESSION.get_or_init(Session::new).as_ref().map_err(|message| LoadError::Session(message.clone()))
}

impl Session {
    fn new() -> Result<Session, String> {
        initialize_native_target();
        let mut jit = null_mut();
        // SAFETY: the out-pointer is checked through the error.
        unsafe {
            check(LLVMOrcCreateLLJIT(&mut jit, LLVMOrcCreateLLJITBuilder()))?;
            let execution = LLVMOrcLLJITGetExecutionSession(jit);
            LLVMOrcExecutionSessionSetErrorReporter(execution, keep_error, null_mut());
            Ok(Session { jit, execution, idle: Mutex::default(), made: AtomicUsize::new(0) })
        }
    }

    /// An empty JITDylib that asks [`process`] for what it lacks.
    pub fn take_dylib(&self) -> Dylib {
        if let Some(dylib) = locked(&self.idle).pop() {
            return dylib;
        }
        let name = CString::new(format!("library.{}", self.made.fetch_add(1, Relaxed))).unwrap_or_default();
        // SAFETY: the name is new, the generator is owned by the JITDylib, and `self` lives as long as the process.
        unsafe {
            let dylib = LLVMOrcExecutionSessionCreateBareJITDylib(self.execution, name.as_ptr());
            let prefix = LLVMOrcLLJITGetGlobalPrefix(self.jit) as usize as *mut c_void;
            LLVMOrcJITDylibAddGenerator(dylib, LLVMOrcCreateCustomCAPIDefinitionGenerator(answer, prefix, forget));
            Dylib(dylib)
        }
    }

    /// Unloads what the JITDylib holds.
    pub fn give_back(&self, dylib: Dylib) {
        // SAFETY: the JITDylib is ours; its memory is used no more.
        if check(unsafe { LLVMOrcJITDylibClear(dylib.0) }).is_ok() {
            locked(&self.idle).push(dylib);
        }
    }

    /// Gives names their addresses, for what is linked into the JITDylib.
    pub fn define(&self, dylib: Dylib, given: &[(String, usize)]) -> Result<(), String> {
        if given.is_empty() {
            return Ok(());
        }
        let exported = LLVMJITSymbolGenericFlags::LLVMJITSymbolGenericFlagsExported as u8;
        let mut pairs = Vec::with_capacity(given.len());
        for (name, address) in given {
            let name = CString::new(name.as_str()).map_err(|_| format!("no symbol is called {name:?}"))?;
            // SAFETY: the name is NUL-terminated; the definition takes over the reference.
            let entry = unsafe { LLVMOrcLLJITMangleAndIntern(self.jit, name.as_ptr()) };
            let flags = LLVMJITSymbolFlags { GenericFlags: exported, TargetFlags: 0 };
            pairs.push(LLVMOrcCSymbolMapPair { Name: entry, Sym: LLVMJITEvaluatedSymbol { Address: *address as u64, Flags: flags } });
        }
        // SAFETY: the pairs are as many as said; the JITDylib is ours and has none of the names.
        check(unsafe { LLVMOrcJITDylibDefine(dylib.0, LLVMOrcAbsoluteSymbols(pairs.as_mut_ptr(), pairs.len())) })
    }

    pub fn add_object(&self, dylib: Dylib, object: &[u8]) -> Result<(), String> {
        // SAFETY: the bytes are copied; the JIT owns the copy.
        unsafe {
            let buffer = LLVMCreateMemoryBufferWithMemoryRangeCopy(object.as_ptr().cast(), object.len(), c"object".as_ptr());
            check(LLVMOrcLLJITAddObjectFile(self.jit, dylib.0, buffer))
        }
    }

    /// Links what is needed for `names` and gives their addresses.
    pub fn look_up(&self, dylib: Dylib, names: &[&str]) -> Result<HashMap<String, usize>, String> {
        let mut wanted = Vec::with_capacity(names.len());
        for name in names {
            let name = CString::new(*name).map_err(|_| format!("no symbol is called {name:?}"))?;
            // SAFETY: the name is NUL-terminated; the lookup takes over the reference.
            let entry = unsafe { LLVMOrcLLJITMangleAndIntern(self.jit, name.as_ptr()) };
            let flags = LLVMOrcSymbolLookupFlags::LLVMOrcSymbolLookupFlagsRequiredSymbol;
            wanted.push(LLVMOrcCLookupSetElement { Name: entry, LookupFlags: flags });
        }
        let all = LLVMOrcJITDylibLookupFlags::LLVMOrcJITDylibLookupFlagsMatchAllSymbols;
        let mut order = [LLVMOrcCJITDylibSearchOrderElement { JD: dylib.0, JDLookupFlags: all }];
        let (sender, receiver): (SyncSender<Found>, Receiver<Found>) = sync_channel(1);
        ERRORS.take();
        // SAFETY: `found` is called once and takes the sender back.
        unsafe {
            LLVMOrcExecutionSessionLookup(
                self.execution,
                LLVMOrcLookupKind::LLVMOrcLookupKindStatic,
                order.as_mut_ptr(),
                order.len(),
                wanted.as_mut_ptr(),
                wanted.len(),
                found,
                Box::into_raw(Box::new(sender)).cast(),
            );
        }
        let pairs = receiver.recv().map_err(|e| e.to_string())?.map_err(|message| {
            let reported = ERRORS.take();
            if reported.is_empty() { message } else { reported.join("; ") }
        })?;
        let prefix = unsafe { LLVMOrcLLJITGetGlobalPrefix(self.jit) } as u8 as char;
        Ok(pairs.into_iter().map(|(name, address)| (name.strip_prefix(prefix).map(str::to_string).unwrap_or(name), address)).collect())
    }
}

/// Names and addresses, or why there are none.
type Found = Result<Vec<(String, usize)>, String>;

extern "C" fn found(error: LLVMErrorRef, result: LLVMOrcCSymbolMapPairs, count: usize, sender: *mut c_void) {
    // SAFETY: ORC hands `count` pairs; `sender` is the box that `look_up` leaked.
    unsafe {
        let sender = Box::from_raw(sender.cast::<SyncSender<Found>>());
        let pair = |i: usize| {
            let pair = &*result.add(i);
            (entry_name(pair.Name), pair.Sym.Address as usize)
        };
        let _ = sender.send(check(error).map(|()| (0..count).map(pair).collect()));
    }
}

/// Defines those of the names a link lacks that the process has.
extern "C" fn answer(
    _: LLVMOrcDefinitionGeneratorRef,
    prefix: *mut c_void,
    _: *mut LLVMOrcLookupStateRef,
    _: LLVMOrcLookupKind,
    dylib: LLVMOrcJITDylibRef,
    _: LLVMOrcJITDylibLookupFlags,
    wanted: LLVMOrcCLookupSet,
    count: usize,
) -> LLVMErrorRef {
    let prefix = prefix as usize as u8 as char;
    let flags = LLVMJITSymbolGenericFlags::LLVMJITSymbolGenericFlagsExported as u8;
    // SAFETY: ORC hands `count` elements; a definition takes over one reference to its name, hence the retain.
    unsafe {
        let define = |i: usize| {
            let entry = (*wanted.add(i)).Name;
            let name = entry_name(entry);
            let address = process::find(name.strip_prefix(prefix).unwrap_or(&name))?;
            LLVMOrcRetainSymbolStringPoolEntry(entry);
            let flags = LLVMJITSymbolFlags { GenericFlags: flags, TargetFlags: 0 };
            Some(LLVMOrcCSymbolMapPair { Name: entry, Sym: LLVMJITEvaluatedSymbol { Address: address as u64, Flags: flags } })
        };
        let mut pairs: Vec<_> = (0..count).filter_map(define).collect();
        if pairs.is_empty() {
            return null_mut();
        }
        LLVMOrcJITDylibDefine(dylib, LLVMOrcAbsoluteSymbols(pairs.as_mut_ptr(), pairs.len()))
    }
}

extern "C" fn forget(_: *mut c_void) {}

thread_local!(static ERRORS: RefCell<Vec<String>> = const { RefCell::new(vec![]) });

/// What the session reports while this thread links; the lookup's own error says less.
extern "C" fn keep_error(_: *mut c_void, error: LLVMErrorRef) {
    if let Err(message) = check(error) {
        ERRORS.with_borrow_mut(|all| all.push(message));
    }
}

fn check(error: LLVMErrorRef) -> Result<(), String> {
    if error.is_null() {
        return Ok(());
    }
    // SAFETY: asking for the message takes the error over.
    unsafe {
        let message = LLVMGetErrorMessage(error);
        let text = CStr::from_ptr(message).to_string_lossy().into_owned();
        LLVMDisposeErrorMessage(message);
        Err(text)
    }
}

unsafe fn entry_name(entry: LLVMOrcSymbolStringPoolEntryRef) -> String {
    let text: *const c_char = unsafe { LLVMOrcSymbolStringPoolEntryStr(entry) };
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
