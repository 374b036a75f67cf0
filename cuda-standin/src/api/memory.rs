//! Allocations of all kinds, and what is known about a pointer.

use super::calls;
use super::pointers::Out;
use crate::driver::device::TOTAL_MEMORY;
use crate::driver::storage::{device_memory, host_memory, release, used};
use crate::driver::{codes, driver, problem};
use crate::memory::{Allocation, Kind};
use std::ffi::{c_int, c_uint, c_void};

/// Sixty-four bytes that mean an allocation in another process.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct IpcHandle([u64; 8]);
const IPC_MARK: u64 = 0x7a6f_756b_2d69_7063;

calls! {
    fn cuMemAlloc_v2(address: Out<u64>, bytes: usize) {
        if address.is_null() {
            return problem(codes::INVALID_VALUE, "a null pointer for the address");
        }
        address.set(device_memory(driver(), bytes as u64)?)
    }

    /// What is still to be done with the memory is done first.
    fn cuMemFree_v2(address: u64) {
        driver().state().check_current()?;
        if address == 0 {
            return Ok(());
        }
        let memory = &driver().memory;
        match memory.find(address) {
            Some(found) if found.address != address => return problem(codes::INVALID_VALUE, format!("{address:#x} is not the start of an allocation: {}", memory.describe(address))),
            Some(found) if matches!(found.kind, Kind::Device | Kind::Managed) => {}
            Some(found) => return problem(codes::INVALID_VALUE, format!("{address:#x} is memory of another kind: {:?}", found.kind)),
            None => return problem(codes::INVALID_VALUE, memory.describe(address)),
        }
        driver().synchronise_context()?;
        release(memory, address);
        Ok(())
    }

    fn cuMemGetInfo_v2(free: Out<usize>, total: Out<usize>) {
        let device = driver().state().current()?.device;
        free.set((TOTAL_MEMORY - used(&driver().memory, device).min(TOTAL_MEMORY)) as usize)?;
        total.set(TOTAL_MEMORY as usize)
    }

    fn cuMemAllocHost_v2(address: Out<u64>, bytes: usize) {
        address.set(host_memory(driver(), bytes as u64, Kind::Pinned, 0)?)
    }

    fn cuMemHostAlloc(address: Out<u64>, bytes: usize, flags: c_uint) {
        if flags > 7 {
            return problem(codes::INVALID_VALUE, format!("{flags:#x} are no flags of cuMemHostAlloc"));
        }
        address.set(host_memory(driver(), bytes as u64, Kind::Pinned, flags)?)
    }

    fn cuMemFreeHost(address: u64) {
        driver().state().check_current()?;
        let memory = &driver().memory;
        match memory.find(address) {
            Some(found) if found.address == address && found.kind == Kind::Pinned => {
                driver().synchronise_context()?;
                release(memory, address);
                Ok(())
            }
            _ => problem(codes::INVALID_VALUE, format!("{address:#x} is no page-locked memory of cuMemAllocHost: {}", memory.describe(address))),
        }
    }

    fn cuMemHostGetDevicePointer_v2(device: Out<u64>, host: u64, flags: c_uint) {
        driver().state().check_current()?;
        if flags != 0 {
            return problem(codes::INVALID_VALUE, "the flags are 0");
        }
        match driver().memory.find(host) {
            // Addresses are unified: the same one.
            Some(found) if found.kind.on_host() => device.set(host),
            _ => problem(codes::INVALID_VALUE, format!("{host:#x} is no memory that is mapped for the device")),
        }
    }

    fn cuMemHostGetFlags(flags: Out<c_uint>, host: u64) {
        driver().state().check_current()?;
        match driver().memory.find(host) {
            Some(found) if found.kind == Kind::Pinned => flags.set(found.flags),
            _ => problem(codes::INVALID_VALUE, format!("{host:#x} is no page-locked memory of cuMemHostAlloc")),
        }
    }

    fn cuMemHostRegister_v2(address: u64, bytes: usize, flags: c_uint) {
        let device = driver().state().current()?.device;
        if address == 0 || bytes == 0 || flags > 15 || driver().memory.is_device(address) {
            return problem(codes::INVALID_VALUE, format!("{bytes} bytes at {address:#x} cannot be registered with the flags {flags}"));
        }
        let allocation = Allocation { address, bytes: bytes as u64, kind: Kind::Registered, device, flags };
        if driver().memory.add_host(allocation) { Ok(()) } else { problem(codes::HOST_MEMORY_ALREADY_REGISTERED, driver().memory.describe(address)) }
    }

    fn cuMemHostUnregister(address: u64) {
        driver().state().check_current()?;
        let memory = &driver().memory;
        match memory.find(address) {
            Some(found) if found.address == address && found.kind == Kind::Registered => {
                driver().synchronise_context()?;
                release(memory, address);
                Ok(())
            }
            _ => problem(codes::HOST_MEMORY_NOT_REGISTERED, format!("{address:#x} is not registered")),
        }
    }

    fn cuMemAllocManaged(address: Out<u64>, bytes: usize, flags: c_uint) {
        if !matches!(flags, 1 | 2) {
            return problem(codes::INVALID_VALUE, format!("managed memory is attached globally (1) or to its host (2), not {flags}"));
        }
        address.set(host_memory(driver(), bytes as u64, Kind::Managed, flags)?)
    }

    fn cuMemGetAddressRange_v2(base: Out<u64>, size: Out<usize>, address: u64) {
        driver().state().check_current()?;
        match driver().memory.find(address) {
            Some(found) if found.kind != Kind::Registered => {
                base.set_if_asked(found.address);
                size.set_if_asked(found.bytes as usize);
                Ok(())
            }
            _ => problem(codes::NOT_FOUND, driver().memory.describe(address)),
        }
    }

    fn cuPointerGetAttribute(data: *mut c_void, attribute: c_int, address: u64) {
        let mut state = driver().state();
        state.check_initialised()?;
        let Some(found) = driver().memory.find(address) else { return problem(codes::INVALID_VALUE, driver().memory.describe(address)) };
        if data.is_null() {
            return problem(codes::INVALID_VALUE, "a null pointer for the attribute");
        }
        let host = if found.kind.on_host() { address } else { 0 };
        let word = match attribute {
            1 => state.primary(found.device).map_or(0, |context| context.handle),
            // Host 1, device 2.
            2 => if matches!(found.kind, Kind::Pinned | Kind::Registered) { 1 } else { 2 },
            3 => address,
            4 if host == 0 => return problem(codes::INVALID_VALUE, "device memory has no pointer of the host"),
            4 => host,
            6 => 0,
            7 => found.address >> 9,
            8 => (found.kind == Kind::Managed).into(),
            9 => found.device as u64,
            10 => (found.kind == Kind::Device).into(),
            11 => found.address,
            12 => found.bytes,
            13 => 1,
            _ => return problem(codes::INVALID_VALUE, format!("{attribute} is no supported attribute of a pointer")),
        };
        // The types of cuda.h: pointers and sizes have 8 bytes, booleans 1, the rest 4.
        let size = match attribute {
            1 | 3 | 4 | 7 | 11 | 12 => 8,
            6 | 8 | 10 | 13 => 1,
            _ => 4,
        };
        super::pointers::write_bytes(data as usize, &word.to_le_bytes()[..size]);
        Ok(())
    }

    fn cuIpcGetMemHandle(handle: Out<IpcHandle>, address: u64) {
        driver().state().check_current()?;
        match driver().memory.find(address) {
            Some(found) if found.kind == Kind::Device => handle.set(IpcHandle([IPC_MARK, found.address, found.bytes, std::process::id().into(), 0, 0, 0, 0])),
            _ => problem(codes::INVALID_VALUE, format!("{address:#x} is no device memory of cuMemAlloc")),
        }
    }

    /// Handles of this process only: there is no memory that two processes share.
    fn cuIpcOpenMemHandle_v2(address: Out<u64>, handle: IpcHandle, flags: c_uint) {
        let mut state = driver().state();
        state.current()?;
        if handle.0[0] != IPC_MARK || flags > 1 {
            return problem(codes::INVALID_VALUE, "this is no handle of memory");
        }
        if handle.0[3] != u64::from(std::process::id()) {
            return problem(codes::NOT_SUPPORTED, "memory of another process: the stand-in has none");
        }
        let Some(found) = driver().memory.find(handle.0[1]).filter(|found| found.address == handle.0[1]) else { return problem(codes::INVALID_VALUE, "the memory of the handle was freed") };
        *state.shared_memory.entry(found.address).or_insert(0) += 1;
        address.set(found.address)
    }

    fn cuIpcCloseMemHandle(address: u64) {
        let mut state = driver().state();
        state.current()?;
        match state.shared_memory.get_mut(&address) {
            Some(1) => {
                state.shared_memory.remove(&address);
                Ok(())
            }
            Some(count) => {
                *count -= 1;
                Ok(())
            }
            None => problem(codes::INVALID_VALUE, format!("{address:#x} was not opened from a handle")),
        }
    }
}
