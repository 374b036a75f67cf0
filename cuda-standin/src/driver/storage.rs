//! Memory as the driver's callers know it: kinds of allocations, and copies between them.

use super::device::TOTAL_MEMORY;
use super::state::{Driver, State};
use super::{Answer, Problem, codes, problem};
use crate::memory::{Allocation, Kind, Memory};
use std::alloc::{Layout, alloc_zeroed, dealloc};

const PAGE: usize = 4096;

fn layout(bytes: u64) -> Option<Layout> {
    Layout::from_size_align(usize::try_from(bytes).ok()?.max(1), PAGE).ok()
}

/// Ends an allocation of any kind; gives memory of the host back that was allocated here.
pub fn release(memory: &Memory, address: u64) -> Option<Allocation> {
    let allocation = memory.free(address, |_| true)?;
    if matches!(allocation.kind, Kind::Pinned | Kind::Managed)
        && let Some(layout) = layout(allocation.bytes)
    {
        // SAFETY: allocated by `host_memory` with this layout, and just taken out of the list of what is alive.
        unsafe { dealloc(address as *mut u8, layout) };
    }
    Some(allocation)
}

/// Memory of the host that the device may use.
pub fn host_memory(driver: &Driver, bytes: u64, kind: Kind, flags: u32) -> Answer<u64> {
    if bytes == 0 {
        return problem(codes::INVALID_VALUE, "an allocation of 0 bytes");
    }
    let device = driver.state().current()?.device;
    let out_of_memory = || Problem::new(codes::OUT_OF_MEMORY, format!("{bytes} bytes cannot be had"));
    let layout = layout(bytes).filter(|layout| (layout.size() as u64) < TOTAL_MEMORY).ok_or_else(out_of_memory)?;
    // SAFETY: the layout is not empty.
    let address = unsafe { alloc_zeroed(layout) } as u64;
    if address == 0 {
        return Err(out_of_memory());
    }
    driver.memory.add_host(Allocation { address, bytes, kind, device, flags });
    Ok(address)
}

/// Bytes of device memory in use on a device.
pub fn used(memory: &Memory, device: usize) -> u64 {
    memory.live(|allocation| allocation.device == device && allocation.kind != Kind::Registered && allocation.kind != Kind::Pinned).iter().map(|allocation| allocation.bytes.next_multiple_of(512)).sum()
}

pub fn device_memory(driver: &Driver, bytes: u64) -> Answer<u64> {
    if bytes == 0 {
        return problem(codes::INVALID_VALUE, "an allocation of 0 bytes");
    }
    let device = driver.state().current()?.device;
    let free = TOTAL_MEMORY - used(&driver.memory, device).min(TOTAL_MEMORY);
    let found = if bytes <= free { driver.memory.allocate(bytes, Kind::Device, device) } else { None };
    found.ok_or_else(|| Problem::new(codes::OUT_OF_MEMORY, format!("{bytes} bytes; {free} of the device's {TOTAL_MEMORY} are free")))
}

/// Checks that a range is alive, in one allocation of the device or known to it.
pub fn check_range(memory: &Memory, address: u64, bytes: u64, what: &str) -> Answer {
    if bytes == 0 {
        return Ok(());
    }
    match memory.find(address) {
        Some(found) if bytes <= found.end() - address => Ok(()),
        Some(found) => problem(codes::INVALID_VALUE, format!("{what}: {bytes} bytes from {address:#x} on go beyond the end of the allocation of {} bytes at {:#x}", found.bytes, found.address)),
        None => problem(codes::INVALID_VALUE, format!("{what}: {}", memory.describe(address))),
    }
}

/// Checks an address of the host, as far as that can be.
pub fn check_host(memory: &Memory, address: u64, bytes: u64, what: &str) -> Answer {
    if bytes > 0 && (address == 0 || memory.is_device(address)) {
        return problem(codes::INVALID_VALUE, format!("{what}: {address:#x} is no memory of the host"));
    }
    Ok(())
}

/// Whether the driver knows this memory of the host, so that copies need not stage it.
pub fn is_pinned(memory: &Memory, address: u64) -> bool {
    memory.find(address).is_some_and(|allocation| allocation.kind.on_host())
}

impl State {
    pub fn check_current(&self) -> Answer {
        self.current().map(|_| ())
    }
}
