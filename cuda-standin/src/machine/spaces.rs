//! State spaces: where an address of a thread leads. Generic addresses have windows for shared, local and parameter memory.

use super::fault::{Fault, HARDWARE_STACK_ERROR, Outcome};
use super::registers::LANES;
use crate::memory::{Bad, View};
use crate::ptx::syntax::Space;

/// Bases of the windows: no address of the host or of device memory is as large.
pub const SHARED_WINDOW: u64 = 1 << 48;
pub const LOCAL_WINDOW: u64 = 2 << 48;
pub const PARAM_WINDOW: u64 = 3 << 48;
/// Addresses of functions begin here.
pub const CODE_WINDOW: u64 = 4 << 48;
const WINDOW: u64 = 1 << 48;

pub fn window(space: Space) -> u64 {
    match space {
        Space::Shared => SHARED_WINDOW,
        Space::Local => LOCAL_WINDOW,
        Space::Param => PARAM_WINDOW,
        _ => 0,
    }
}

/// The space of a generic address.
pub fn space_of(address: u64) -> Space {
    match address / WINDOW {
        1 => Space::Shared,
        2 => Space::Local,
        3 => Space::Param,
        _ => Space::Global,
    }
}

/// Local memory of a warp: a row of 32 words for every eight bytes.
#[derive(Default)]
pub struct Local {
    words: Vec<u64>,
}

impl Local {
    pub fn reserve(&mut self, bytes: u32, limit: u32) -> Outcome<()> {
        if bytes > limit {
            return Err(Fault::new(HARDWARE_STACK_ERROR, format!("the stack of a thread needs more than the {limit} bytes it has (CU_LIMIT_STACK_SIZE)")));
        }
        let words = bytes.div_ceil(8) as usize * LANES;
        if self.words.len() < words {
            self.words.resize(words, 0);
        }
        Ok(())
    }

    fn index(&self, address: u64, lane: usize) -> Option<usize> {
        let index = (address as usize / 8) * LANES + lane;
        (address < 1 << 32 && index < self.words.len()).then_some(index)
    }

    pub fn load(&self, address: u64, size: u32, lane: usize) -> Option<u64> {
        let word = self.words[self.index(address, lane)?];
        let shifted = word >> (address % 8 * 8);
        Some(if size == 8 { shifted } else { shifted & ((1 << (size * 8)) - 1) })
    }

    pub fn store(&mut self, address: u64, size: u32, lane: usize, value: u64) -> Option<()> {
        let index = self.index(address, lane)?;
        let word = &mut self.words[index];
        let shift = address % 8 * 8;
        let mask = if size == 8 { u64::MAX } else { (1 << (size * 8)) - 1 };
        *word = *word & !(mask << shift) | (value & mask) << shift;
        Some(())
    }

    /// Copies `bytes` from one place to another, in one lane.
    pub fn pass(&mut self, from: u64, to: u64, bytes: u32, lane: usize) -> Option<()> {
        let mut done = 0;
        while done < bytes {
            let (source, target) = (from + u64::from(done), to + u64::from(done));
            let size = [8u32, 4, 2].into_iter().find(|size| bytes - done >= *size && source % u64::from(*size) == 0 && target % u64::from(*size) == 0).unwrap_or(1);
            let value = self.load(source, size, lane)?;
            self.store(target, size, lane, value)?;
            done += size;
        }
        Some(())
    }
}

/// The memory that a warp's instructions reach.
pub struct Spaces<'a> {
    pub view: &'a View<'a>,
    pub shared: &'a mut [u8],
    pub local: &'a mut Local,
    pub parameters: &'a [u8],
}

/// One access of one lane.
#[derive(Clone, Copy)]
pub struct Access {
    pub space: Space,
    pub address: u64,
    pub size: u32,
    pub align: u64,
    pub lane: usize,
}

impl Access {
    /// With the space that a generic address means.
    fn resolved(mut self) -> Result<Access, Bad> {
        if self.space == Space::Generic {
            self.space = space_of(self.address);
            self.address -= window(self.space);
        }
        if self.address & (self.align - 1) != 0 {
            return Err(Bad::Misaligned);
        }
        Ok(self)
    }
}

/// A number at an offset.
#[inline]
fn read(bytes: &[u8], address: u64, size: u32) -> Option<u64> {
    #[inline]
    fn at<const N: usize>(bytes: &[u8], address: u64) -> Option<[u8; N]> {
        bytes.get(usize::try_from(address).ok()?..)?.first_chunk().copied()
    }
    Some(match size {
        1 => u64::from(at::<1>(bytes, address)?[0]),
        2 => u64::from(u16::from_le_bytes(at(bytes, address)?)),
        4 => u64::from(u32::from_le_bytes(at(bytes, address)?)),
        _ => u64::from_le_bytes(at(bytes, address)?),
    })
}

#[inline]
fn write(bytes: &mut [u8], address: u64, size: u32, value: u64) -> Option<()> {
    #[inline]
    fn at<const N: usize>(bytes: &mut [u8], address: u64) -> Option<&mut [u8; N]> {
        bytes.get_mut(usize::try_from(address).ok()?..)?.first_chunk_mut()
    }
    match size {
        1 => *at(bytes, address)? = (value as u8).to_le_bytes(),
        2 => *at(bytes, address)? = (value as u16).to_le_bytes(),
        4 => *at(bytes, address)? = (value as u32).to_le_bytes(),
        _ => *at(bytes, address)? = value.to_le_bytes(),
    }
    Some(())
}

impl Spaces<'_> {
    #[inline]
    pub fn load(&self, access: Access) -> Result<u64, Bad> {
        let access = access.resolved()?;
        let Access { address, size, lane, .. } = access;
        match access.space {
            Space::Shared => read(self.shared, address, size).ok_or(Bad::Illegal),
            Space::Local => self.local.load(address, size, lane).ok_or(Bad::Illegal),
            Space::Param => read(self.parameters, address, size).ok_or(Bad::Illegal),
            _ => self.view.load(address, size, access.align),
        }
    }

    #[inline]
    pub fn store(&mut self, access: Access, value: u64) -> Result<(), Bad> {
        let access = access.resolved()?;
        let Access { address, size, lane, .. } = access;
        match access.space {
            Space::Shared => write(self.shared, address, size, value).ok_or(Bad::Illegal),
            Space::Local => self.local.store(address, size, lane, value).ok_or(Bad::Illegal),
            Space::Param => Err(Bad::Illegal),
            _ => self.view.store(address, size, access.align, value),
        }
    }

    /// A read and a write that nothing comes between; the old value.
    pub fn update(&mut self, access: Access, change: &dyn Fn(u64) -> u64) -> Result<u64, Bad> {
        let access = access.resolved()?;
        if access.space == Space::Global {
            return self.view.update(access.address, access.size, change);
        }
        let old = self.load(access)?;
        self.store(access, change(old))?;
        Ok(old)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_memory_of_lanes_is_apart() {
        let mut local = Local::default();
        local.reserve(24, 1024).unwrap();
        for lane in 0..LANES {
            local.store(4, 4, lane, lane as u64 + 100).unwrap();
            local.store(9, 1, lane, 0x1ff).unwrap();
        }
        local.pass(4, 17, 5, 3).unwrap();
        assert_eq!((local.load(4, 4, 7), local.load(9, 1, 7), local.load(17, 1, 3)), (Some(107), Some(0xff), Some(103)));
        assert_eq!(local.load(24, 4, 0), None);
        assert!(local.reserve(2000, 1024).is_err());
    }
}
