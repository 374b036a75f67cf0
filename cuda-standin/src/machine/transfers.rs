//! Loads, stores and atomics of the lanes of a warp.

use super::ops::{Address, Atomic, Element, Transfer};
use super::registers::{Lane, Registers, lanes_of};
use super::spaces::{Access, Spaces};
use crate::memory::Bad;
use crate::ptx::syntax::Space;

/// An access that is refused: of which lane, where, and how many bytes.
pub struct Refused {
    pub bad: Bad,
    pub lane: usize,
    pub space: Space,
    pub address: u64,
    pub bytes: u32,
}

impl Address {
    #[inline]
    fn of(&self, registers: &Registers, lane: usize) -> u64 {
        let base = match self.base {
            // Addresses of 32 bits: their sums are, too.
            Some((slot, 32)) if matches!(self.space, Space::Shared | Space::Local) => return registers.lane::<u32>(slot, lane).wrapping_add(self.offset as u32).into(),
            Some((slot, 32)) => u64::from(registers.lane::<u32>(slot, lane)),
            Some((slot, _)) => registers.lane::<u64>(slot, lane),
            None if self.in_frame => registers.stack.into(),
            None => 0,
        };
        base.wrapping_add_signed(self.offset)
    }
}

fn refused(bad: Bad, lane: usize, address: &Address, at: u64, bytes: u32) -> Refused {
    Refused { bad, lane, space: address.space, address: at, bytes }
}

pub fn load(transfer: &Transfer, registers: &mut Registers, spaces: &Spaces<'_>, mask: u32) -> Result<(), Refused> {
    let Transfer { address, size, .. } = transfer;
    let bytes = size * transfer.elements.len() as u32;
    match &transfer.elements[..] {
        [element] if element.width == 32 && *size == 4 => return load_row::<u32>(transfer, *element, registers, spaces, mask),
        [element] if element.width == 64 && *size == 8 => return load_row::<u64>(transfer, *element, registers, spaces, mask),
        _ => {}
    }
    for lane in lanes_of(mask) {
        let start = address.of(registers, lane);
        for (index, element) in transfer.elements.iter().enumerate() {
            let offset = u64::from(index as u32 * size);
            let align = if index == 0 { u64::from(bytes) } else { u64::from(*size) };
            let access = Access { space: address.space, address: start.wrapping_add(offset), size: *size, align, lane };
            let mut value = spaces.load(access).map_err(|bad| refused(bad, lane, address, start, bytes))?;
            if transfer.signed {
                let shift = 64 - size * 8;
                value = ((value << shift) as i64 >> shift) as u64;
            }
            if element.width != 0 {
                registers.set_bits(element.slot, element.width, lane, value);
            }
        }
    }
    Ok(())
}

/// One element as wide as its register: the common case.
fn load_row<T: Lane + FromBits>(transfer: &Transfer, element: Element, registers: &mut Registers, spaces: &Spaces<'_>, mask: u32) -> Result<(), Refused> {
    let address = &transfer.address;
    let size = size_of::<T>() as u32;
    let mut row = registers.get::<T>(element.slot);
    for lane in lanes_of(mask) {
        let start = address.of(registers, lane);
        let access = Access { space: address.space, address: start, size, align: size.into(), lane };
        row[lane] = T::from_bits(spaces.load(access).map_err(|bad| refused(bad, lane, address, start, size))?);
    }
    registers.row::<T>(element.slot).copy_from_slice(&row);
    Ok(())
}

/// The low bits of a word.
trait FromBits {
    fn from_bits(bits: u64) -> Self;
}

impl FromBits for u32 {
    fn from_bits(bits: u64) -> u32 {
        bits as u32
    }
}

impl FromBits for u64 {
    fn from_bits(bits: u64) -> u64 {
        bits
    }
}

pub fn store(transfer: &Transfer, registers: &Registers, spaces: &mut Spaces<'_>, mask: u32) -> Result<(), Refused> {
    let Transfer { address, size, .. } = transfer;
    let bytes = size * transfer.elements.len() as u32;
    for lane in lanes_of(mask) {
        let start = address.of(registers, lane);
        for (index, element) in transfer.elements.iter().enumerate() {
            let offset = u64::from(index as u32 * size);
            let align = if index == 0 { u64::from(bytes) } else { u64::from(*size) };
            let access = Access { space: address.space, address: start.wrapping_add(offset), size: *size, align, lane };
            let value = registers.bits(element.slot, element.width, lane);
            spaces.store(access, value).map_err(|bad| refused(bad, lane, address, start, bytes))?;
        }
    }
    Ok(())
}

/// The lanes one after another, as a device is free to.
pub fn atomic(atomic: &Atomic, registers: &mut Registers, spaces: &mut Spaces<'_>, mask: u32) -> Result<(), Refused> {
    let Atomic { address, size, change, .. } = atomic;
    for lane in lanes_of(mask) {
        let start = address.of(registers, lane);
        let [a, b] = atomic.operands.map(|element| registers.bits(element.slot, element.width, lane));
        let access = Access { space: address.space, address: start, size: *size, align: u64::from(*size), lane };
        let old = spaces.update(access, &|old| change(old, a, b)).map_err(|bad| refused(bad, lane, address, start, *size))?;
        if let Some(element) = atomic.result {
            registers.set_bits(element.slot, element.width, lane, old);
        }
    }
    Ok(())
}

/// Reads that nobody wants the value of: prefetches and the like must stay inside of memory too.
pub fn touch(address: &Address, size: u32, registers: &Registers, spaces: &Spaces<'_>, mask: u32) -> Result<(), Refused> {
    for lane in lanes_of(mask) {
        let start = address.of(registers, lane);
        let access = Access { space: address.space, address: start, size, align: 1, lane };
        spaces.load(access).map_err(|bad| refused(bad, lane, address, start, size))?;
    }
    Ok(())
}
