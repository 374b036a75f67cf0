//! What the devices are: by default one of compute capability 8.0.

/// Of every device.
#[derive(Clone, Debug)]
pub struct Model {
    pub major: i32,
    pub minor: i32,
}

pub const TOTAL_MEMORY: u64 = 16 << 30;
pub const MULTIPROCESSORS: u32 = 108;
pub const THREADS_PER_BLOCK: u32 = 1024;
pub const BLOCK: [u32; 3] = [1024, 1024, 64];
pub const GRID: [u32; 3] = [i32::MAX as u32, 65535, 65535];
pub const SHARED_PER_BLOCK: u32 = 48 << 10;
pub const REGISTERS: u32 = 65536;
pub const THREADS_PER_MULTIPROCESSOR: u32 = 2048;
pub const BLOCKS_PER_MULTIPROCESSOR: u32 = 32;
pub const RESERVED_SHARED: u32 = 1024;
/// Bytes of kernel parameters.
pub const PARAMETERS: u32 = 4096;
/// CUDA 13.0, whose PTX is 9.0.
pub const VERSION: i32 = 13000;
pub const PTX_VERSION: (u32, u32) = (9, 5);
/// Attributes beyond this number are none.
const ATTRIBUTES: i32 = 162;

impl Model {
    pub fn capability(&self) -> u32 {
        (self.major * 10 + self.minor) as u32
    }

    /// The most dynamic shared memory a function may be allowed.
    pub fn shared_optin(&self) -> u32 {
        self.shared_per_multiprocessor() - RESERVED_SHARED
    }

    pub fn shared_per_multiprocessor(&self) -> u32 {
        match self.capability() {
            ..75 => 96 << 10,
            75..80 => 64 << 10,
            86 | 89 | 120.. => 100 << 10,
            80..90 => 164 << 10,
            _ => 228 << 10,
        }
    }

    /// `cuDeviceGetAttribute`; None for what is no attribute.
    pub fn attribute(&self, number: i32, device: usize) -> Option<i32> {
        if !(1..ATTRIBUTES).contains(&number) {
            return None;
        }
        Some(match number {
            1 => THREADS_PER_BLOCK as i32,
            2..=4 => BLOCK[number as usize - 2] as i32,
            5..=7 => GRID[number as usize - 5] as i32,
            8 => SHARED_PER_BLOCK as i32,
            9 => 65536,
            10 => 32,
            11 => i32::MAX,
            12 | 82 => REGISTERS as i32,
            // Kilohertz.
            13 => 1_410_000,
            14 | 30 => 512,
            15 | 19 | 31 | 32 | 41 | 78 | 79 | 80 | 83 | 90 | 91 | 95 | 99 => 1,
            16 => MULTIPROCESSORS as i32,
            33 => device as i32 + 1,
            36 => 1_215_000,
            // Bits of the bus, bytes of the cache.
            37 => 5120,
            38 => 40 << 20,
            39 => THREADS_PER_MULTIPROCESSOR as i32,
            40 => 3,
            51 => 32,
            75 => self.major,
            76 => self.minor,
            81 => self.shared_per_multiprocessor() as i32,
            87 => 2,
            89 => 1,
            97 => self.shared_optin() as i32,
            106 => BLOCKS_PER_MULTIPROCESSOR as i32,
            111 => RESERVED_SHARED as i32,
            _ => 0,
        })
    }
}

/// Blocks of a function that a multiprocessor holds at once.
pub fn resident_blocks(model: &Model, threads: u32, registers: u32, shared: u32) -> u32 {
    if threads == 0 || threads > THREADS_PER_BLOCK {
        return 0;
    }
    let warps = threads.div_ceil(32);
    let by_threads = THREADS_PER_MULTIPROCESSOR / 32 / warps;
    // Registers are given to warps in units of 256.
    let by_registers = REGISTERS / ((registers * 32).next_multiple_of(256) * warps);
    let by_shared = model.shared_per_multiprocessor() / (shared + RESERVED_SHARED);
    by_threads.min(by_registers).min(by_shared).min(BLOCKS_PER_MULTIPROCESSOR)
}
