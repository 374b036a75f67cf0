//! Device memory: addresses that the host cannot use, the bytes behind them, and which of them are alive.
//!
//! A range of addresses is reserved without access, so that a host that follows a device pointer dies at once. The bytes are in a second
//! mapping of the same size. Allocations start at granules of 512 bytes with at least one granule free between them; a table has for
//! every granule how many of its bytes are alive, so an access of compiled code is checked by one look at it. Freed addresses are not
//! given out again before all others were. This file and `api` hold all `unsafe` code of the crate.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, RwLock};

const GRANULE: u64 = 512;
/// What fresh device memory is filled with, up to this many bytes: no program may count on zeros.
const FILL: u8 = 0xcd;
const FILLED: usize = 16 << 20;
/// How many freed allocations are remembered, to say what a stale pointer pointed to.
const REMEMBERED: usize = 4096;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// By `cuMemAlloc`.
    Device,
    /// Variables of a module.
    Module,
    /// By `malloc` in a kernel.
    Heap,
    Managed,
    /// Page-locked memory of the host that the driver allocated.
    Pinned,
    /// Memory of the host that was registered.
    Registered,
}

impl Kind {
    pub fn on_host(self) -> bool {
        matches!(self, Kind::Managed | Kind::Pinned | Kind::Registered)
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Allocation {
    pub address: u64,
    pub bytes: u64,
    pub kind: Kind,
    pub device: usize,
    pub flags: u32,
}

impl Allocation {
    pub fn end(&self) -> u64 {
        self.address + self.bytes
    }
}

/// Why an access is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bad {
    Illegal,
    Misaligned,
}

#[derive(Default)]
struct Book {
    live: BTreeMap<u64, Allocation>,
    freed: VecDeque<Allocation>,
    /// Free runs of granules: start and length in bytes.
    free: BTreeMap<u64, u64>,
    /// Where the search for a free run goes on.
    next: u64,
}

impl Book {
    /// Makes one run of those that touch.
    fn join_free(&mut self) {
        let mut joined: BTreeMap<u64, u64> = BTreeMap::new();
        for (start, length) in std::mem::take(&mut self.free) {
            match joined.iter_mut().next_back() {
                Some((before, size)) if *before + *size == start => *size += length,
                _ => {
                    joined.insert(start, length);
                }
            }
        }
        self.free = joined;
    }
}

pub struct Memory {
    base: u64,
    size: u64,
    /// Addresses of mappings of this process, as numbers.
    backing: usize,
    table: usize,
    book: Mutex<Book>,
    hosts: RwLock<Arc<Vec<Range<u64>>>>,
}

fn map(bytes: u64, access: libc::c_int) -> Option<usize> {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    // SAFETY: a new mapping of its own, at an address that the kernel chooses.
    let address = unsafe { libc::mmap(std::ptr::null_mut(), bytes as usize, access, flags, -1, 0) };
    (address != libc::MAP_FAILED).then_some(address as usize)
}

impl Memory {
    /// Reserves `size` bytes of addresses, or as many as the system gives.
    pub fn reserve(mut size: u64) -> Memory {
        loop {
            let base = map(size, libc::PROT_NONE);
            let backing = map(size, libc::PROT_READ | libc::PROT_WRITE);
            let table = map(size / GRANULE * 2, libc::PROT_READ | libc::PROT_WRITE);
            if let (Some(base), Some(backing), Some(table)) = (base, backing, table) {
                let base = base as u64;
                let free = BTreeMap::from([(base, size)]);
                let book = Mutex::new(Book { free, next: base, ..Book::default() });
                return Memory { base, size, backing, table, book, hosts: RwLock::default() };
            }
            for (mapped, bytes) in [(base, size), (backing, size), (table, size / GRANULE * 2)] {
                if let Some(address) = mapped {
                    // SAFETY: mapped above, and nothing refers to it.
                    unsafe { libc::munmap(address as *mut libc::c_void, bytes as usize) };
                }
            }
            assert!(size > 1 << 24, "no addresses for device memory can be had");
            size /= 2;
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Whether the address is one of those reserved for the device.
    pub fn is_device(&self, address: u64) -> bool {
        address.wrapping_sub(self.base) < self.size
    }

    fn granule(&self, address: u64) -> &AtomicU16 {
        let index = (address - self.base) / GRANULE;
        // SAFETY: the table has an entry for every granule of the range, is aligned, and lives as long as the process.
        unsafe { &*(self.table as *const AtomicU16).add(index as usize) }
    }

    fn mark(&self, address: u64, bytes: u64, alive: bool) {
        for start in (0..bytes).step_by(GRANULE as usize) {
            let count = if alive { (bytes - start).min(GRANULE) as u16 } else { 0 };
            self.granule(address + start).store(count, Ordering::Release);
        }
    }

    /// Device memory; None when there is none.
    pub fn allocate(&self, bytes: u64, kind: Kind, device: usize) -> Option<u64> {
        // One granule behind each allocation stays free.
        let room = bytes.checked_next_multiple_of(GRANULE)?.checked_add(GRANULE)?;
        let mut book = self.book();
        let fits = |(start, length): (&u64, &u64)| (*length >= room).then_some((*start, *length));
        let next = book.next;
        // A free run may begin before the place to go on from.
        if let Some((start, length)) = book.free.range(..next).next_back().map(|(start, length)| (*start, *length)).filter(|(start, length)| start + length > next) {
            book.free.insert(start, next - start);
            book.free.insert(next, start + length - next);
        }
        let mut found = book.free.range(next..).find_map(fits).or_else(|| book.free.iter().find_map(fits));
        if found.is_none() {
            book.join_free();
            found = book.free.iter().find_map(fits);
        }
        let (start, length) = found?;
        book.free.remove(&start);
        if length > room {
            book.free.insert(start + room, length - room);
        }
        book.next = start + room;
        book.live.insert(start, Allocation { address: start, bytes, kind, device, flags: 0 });
        let filled = (bytes as usize).min(FILLED);
        // SAFETY: these bytes of the backing belong to nobody else.
        unsafe { std::ptr::write_bytes(self.behind(start), FILL, filled) };
        self.mark(start, bytes, true);
        Some(start)
    }

    fn behind(&self, address: u64) -> *mut u8 {
        (self.backing as u64 + (address - self.base)) as *mut u8
    }

    /// Ends a device allocation. The allocation, if the address is the start of a live one of a kind that `which` accepts.
    pub fn free(&self, address: u64, which: impl Fn(&Allocation) -> bool) -> Option<Allocation> {
        let mut book = self.book();
        let allocation = *book.live.get(&address).filter(|allocation| which(allocation))?;
        book.live.remove(&address);
        if allocation.kind.on_host() {
            self.publish_hosts(&book);
        } else {
            self.mark(address, allocation.bytes, false);
            let room = allocation.bytes.next_multiple_of(GRANULE) + GRANULE;
            self.forget_bytes(address, room);
            let mut run = (address, room);
            if let Some((start, length)) = book.free.range(..address).next_back().map(|(start, length)| (*start, *length)).filter(|(start, length)| start + length == address) {
                book.free.remove(&start);
                run = (start, length + room);
            }
            if let Some(length) = book.free.remove(&(address + room)) {
                run.1 += length;
            }
            book.free.insert(run.0, run.1);
        }
        if book.freed.len() == REMEMBERED {
            book.freed.pop_front();
        }
        book.freed.push_back(allocation);
        Some(allocation)
    }

    /// Gives whole pages back to the system.
    fn forget_bytes(&self, address: u64, bytes: u64) {
        const PAGE: u64 = 4096;
        let start = (address - self.base).next_multiple_of(PAGE);
        let end = (address - self.base + bytes) / PAGE * PAGE;
        if end > start + (1 << 20) {
            // SAFETY: these pages are of the backing, and no allocation has a byte there.
            unsafe { libc::madvise((self.backing as u64 + start) as *mut libc::c_void, (end - start) as usize, libc::MADV_DONTNEED) };
        }
    }

    /// Memory of the host that the device may use from now on. False if part of it is known already.
    pub fn add_host(&self, allocation: Allocation) -> bool {
        let mut book = self.book();
        let before = book.live.range(..allocation.end()).next_back();
        if before.is_some_and(|(_, other)| other.end() > allocation.address) {
            return false;
        }
        book.live.insert(allocation.address, allocation);
        self.publish_hosts(&book);
        true
    }

    fn publish_hosts(&self, book: &Book) {
        let ranges = book.live.values().filter(|allocation| allocation.kind.on_host()).map(|allocation| allocation.address..allocation.end()).collect();
        *self.hosts.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = Arc::new(ranges);
    }

    /// The live allocation that has this address.
    pub fn find(&self, address: u64) -> Option<Allocation> {
        let book = self.book();
        let (_, allocation) = book.live.range(..=address).next_back()?;
        (address < allocation.end() || (allocation.bytes == 0 && address == allocation.address)).then_some(*allocation)
    }

    /// All live allocations that `which` accepts.
    pub fn live(&self, which: impl Fn(&Allocation) -> bool) -> Vec<Allocation> {
        self.book().live.values().filter(|allocation| which(allocation)).copied().collect()
    }

    /// What an address is, or was, in words.
    pub fn describe(&self, address: u64) -> String {
        let book = self.book();
        if let Some((_, found)) = book.live.range(..=address).next_back() {
            if address < found.end() {
                return format!("{address:#x} is in the allocation of {} bytes at {:#x}", found.bytes, found.address);
            }
            if address - found.end() < 1 << 16 {
                return format!("{address:#x} is {} bytes behind the end of the allocation of {} bytes at {:#x}", address - found.end(), found.bytes, found.address);
            }
        }
        if let Some(found) = book.freed.iter().rev().find(|freed| freed.address <= address && address < freed.end().max(freed.address + 1)) {
            let end = if found.kind == Kind::Registered { "is registered no longer" } else { "was freed" };
            return format!("{address:#x} is in memory that {end} ({} bytes at {:#x})", found.bytes, found.address);
        }
        if address == 0 {
            return "a null pointer".to_string();
        }
        if let Some((_, found)) = book.live.range(address..).next().filter(|(start, _)| **start - address < 1 << 16) {
            return format!("{address:#x} is {} bytes before the allocation of {} bytes at {:#x}", found.address - address, found.bytes, found.address);
        }
        format!("{address:#x} is no address of the device")
    }

    /// Where the bytes of a range are, if all of them are alive in one allocation.
    fn located(&self, address: u64, bytes: u64) -> Option<*mut u8> {
        let found = self.find(address)?;
        (bytes <= found.end() - address).then(|| if found.kind.on_host() { address as *mut u8 } else { self.behind(address) })
    }

    /// From device to device.
    pub fn copy(&self, to: u64, from: u64, bytes: u64) -> bool {
        let (Some(target), Some(source)) = (self.located(to, bytes), self.located(from, bytes)) else { return false };
        // SAFETY: both ranges were just found alive; `copy` allows them to overlap.
        unsafe { std::ptr::copy(source, target, bytes as usize) };
        true
    }

    /// From the host, whose memory the caller of the driver vouches for.
    pub fn copy_in(&self, to: u64, from: *const u8, bytes: u64) -> bool {
        let Some(target) = self.located(to, bytes) else { return false };
        // SAFETY: the target was just found alive; the source is what the driver's caller says it is.
        unsafe { std::ptr::copy(from, target, bytes as usize) };
        true
    }

    /// To the host, whose memory the caller of the driver vouches for.
    pub fn copy_out(&self, to: *mut u8, from: u64, bytes: u64) -> bool {
        let Some(source) = self.located(from, bytes) else { return false };
        // SAFETY: the source was just found alive; the target is what the driver's caller says it is.
        unsafe { std::ptr::copy(source, to, bytes as usize) };
        true
    }

    pub fn write(&self, to: u64, bytes: &[u8]) -> bool {
        self.copy_in(to, bytes.as_ptr(), bytes.len() as u64)
    }

    pub fn read(&self, from: u64, bytes: &mut [u8]) -> bool {
        self.copy_out(bytes.as_mut_ptr(), from, bytes.len() as u64)
    }

    /// Repeats a pattern of 1, 2 or 4 bytes.
    pub fn set(&self, to: u64, pattern: &[u8], count: u64) -> bool {
        let Some(target) = self.located(to, count.saturating_mul(pattern.len() as u64)) else { return false };
        for index in 0..count as usize {
            // SAFETY: inside of the range found alive.
            unsafe { std::ptr::copy_nonoverlapping(pattern.as_ptr(), target.add(index * pattern.len()), pattern.len()) };
        }
        true
    }

    /// A view for a kernel: host memory is what is known now.
    pub fn view(&self) -> View<'_> {
        View { memory: self, hosts: self.hosts.read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone() }
    }
}

/// What running kernels see of memory: one access at a time, each checked.
pub struct View<'a> {
    memory: &'a Memory,
    hosts: Arc<Vec<Range<u64>>>,
}

impl View<'_> {
    /// Where `size` bytes at the address are. `size` is a power of two, and the address a multiple of `align`.
    #[inline]
    fn at(&self, address: u64, size: u64, align: u64) -> Result<*mut u8, Bad> {
        if address & (align - 1) != 0 {
            return Err(Bad::Misaligned);
        }
        let memory = self.memory;
        if memory.is_device(address) {
            let alive = u64::from(memory.granule(address).load(Ordering::Acquire));
            return if address % GRANULE + size <= alive { Ok(memory.behind(address)) } else { Err(Bad::Illegal) };
        }
        let index = self.hosts.partition_point(|range| range.end <= address);
        let known = self.hosts.get(index).is_some_and(|range| range.start <= address && size <= range.end - address);
        if known { Ok(address as *mut u8) } else { Err(Bad::Illegal) }
    }

    /// One to eight bytes; `align` is that of the whole vector the value is part of.
    #[inline]
    pub fn load(&self, address: u64, size: u32, align: u64) -> Result<u64, Bad> {
        let at = self.at(address, size.into(), align)?;
        // SAFETY: `at` is alive, aligned to the size, and shared with other threads only through atomics.
        unsafe {
            Ok(match size {
                1 => (*at.cast::<AtomicU8>()).load(Ordering::Acquire).into(),
                2 => (*at.cast::<AtomicU16>()).load(Ordering::Acquire).into(),
                4 => (*at.cast::<AtomicU32>()).load(Ordering::Acquire).into(),
                _ => (*at.cast::<AtomicU64>()).load(Ordering::Acquire),
            })
        }
    }

    #[inline]
    pub fn store(&self, address: u64, size: u32, align: u64, value: u64) -> Result<(), Bad> {
        let at = self.at(address, size.into(), align)?;
        // SAFETY: as in `load`.
        unsafe {
            match size {
                1 => (*at.cast::<AtomicU8>()).store(value as u8, Ordering::Release),
                2 => (*at.cast::<AtomicU16>()).store(value as u16, Ordering::Release),
                4 => (*at.cast::<AtomicU32>()).store(value as u32, Ordering::Release),
                _ => (*at.cast::<AtomicU64>()).store(value, Ordering::Release),
            }
        }
        Ok(())
    }

    /// Replaces the value at the address at once by what `change` makes of it; the old one.
    pub fn update(&self, address: u64, size: u32, change: &dyn Fn(u64) -> u64) -> Result<u64, Bad> {
        let at = self.at(address, size.into(), size.into())?;
        // SAFETY: as in `load`.
        unsafe {
            Ok(match size {
                2 => (*at.cast::<AtomicU16>()).fetch_update(Ordering::SeqCst, Ordering::SeqCst, |old| Some(change(old.into()) as u16)).unwrap_or_default().into(),
                4 => (*at.cast::<AtomicU32>()).fetch_update(Ordering::SeqCst, Ordering::SeqCst, |old| Some(change(old.into()) as u32)).unwrap_or_default().into(),
                _ => (*at.cast::<AtomicU64>()).fetch_update(Ordering::SeqCst, Ordering::SeqCst, |old| Some(change(old))).unwrap_or_default(),
            })
        }
    }

    pub fn describe(&self, address: u64) -> String {
        self.memory.describe(address)
    }

    /// `malloc` and `free` of a kernel.
    pub fn heap(&self) -> &Memory {
        self.memory
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accesses_end_where_allocations_do() {
        let memory = Memory::reserve(1 << 26);
        let (a, b) = (memory.allocate(100, Kind::Device, 0).unwrap(), memory.allocate(1024, Kind::Device, 0).unwrap());
        let view = memory.view();
        assert_eq!(view.store(a + 96, 4, 4, 7), Ok(()));
        assert_eq!(view.load(a + 96, 4, 4), Ok(7));
        assert_eq!(view.load(a + 100, 4, 4), Err(Bad::Illegal));
        assert_eq!(view.load(a + 2, 4, 4), Err(Bad::Misaligned));
        assert_eq!(view.load(a - 8, 8, 8), Err(Bad::Illegal));
        assert_eq!(view.load(b + 1024, 1, 1), Err(Bad::Illegal), "a gap behind every allocation");
        assert!(!memory.set(b, &[1], 1025) && memory.set(b, &[1], 1024));
        assert!(memory.describe(a + 104).contains("4 bytes behind the end of the allocation of 100 bytes"));
        assert!(memory.free(a, |_| true).is_some() && memory.free(a, |_| true).is_none());
        assert_eq!(view.load(a, 4, 4), Err(Bad::Illegal));
        assert!(memory.describe(a).contains("was freed"));
    }

    #[test]
    fn addresses_come_back_late_and_memory_is_not_lost() {
        let memory = Memory::reserve(1 << 24);
        let first = memory.allocate(1000, Kind::Device, 0).unwrap();
        memory.free(first, |_| true);
        assert_ne!(memory.allocate(1000, Kind::Device, 0).unwrap(), first);
        for _ in 0..1000 {
            let big = memory.allocate(1 << 20, Kind::Device, 0).expect("freed memory is found again");
            memory.free(big, |_| true);
        }
        assert!(memory.allocate(1 << 25, Kind::Device, 0).is_none());
    }

    #[test]
    fn known_host_memory_is_accessible() {
        let memory = Memory::reserve(1 << 24);
        let mut numbers = [1u32, 2, 3];
        let address = numbers.as_mut_ptr() as u64;
        let host = Allocation { address, bytes: 12, kind: Kind::Registered, device: 0, flags: 0 };
        assert!(memory.add_host(host) && !memory.add_host(host));
        let view = memory.view();
        assert_eq!(view.update(address + 4, 4, &|old| old + 40), Ok(2));
        assert_eq!(view.load(address + 12, 4, 4), Err(Bad::Illegal));
        assert_eq!(numbers[1], 42);
    }
}
