//! Arrays of parallel loops that run on a GPU: here one whose memory is a vector, and whose kernels are functions.

use std::ffi::CStr;
use std::sync::{Mutex, PoisonError};
use zouk_runtime::exception;
use zouk_runtime::offload::{Gpu, set_gpu, zouk_offload_chunks, zouk_offload_failed, zouk_offload_hold, zouk_offload_launch, zouk_offload_let_go, zouk_offload_resume, zouk_offload_settle};

/// Allocations by their addresses, which are none of this process.
#[derive(Default)]
struct Memory {
    blocks: Vec<(u64, Vec<u8>)>,
    allocations: usize,
    copied_out: usize,
}

struct Fake(Mutex<Memory>);

static FAKE: Fake = Fake(Mutex::new(Memory { blocks: vec![], allocations: 0, copied_out: 0 }));

impl Fake {
    fn memory<T>(&self, work: impl FnOnce(&mut Memory) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Memory {
    fn bytes(&mut self, address: u64, count: usize) -> Result<&mut [u8], String> {
        let found = self.blocks.iter_mut().find(|(start, block)| *start <= address && address + count as u64 <= *start + block.len() as u64);
        let (start, block) = found.ok_or("an access outside of any allocation")?;
        let at = (address - *start) as usize;
        Ok(&mut block[at..at + count])
    }
}

impl Gpu for Fake {
    fn threads(&self) -> i64 {
        1000
    }
    fn allocate(&self, bytes: usize) -> Result<u64, String> {
        self.memory(|memory| {
            memory.allocations += 1;
            let address = (memory.allocations as u64) << 32;
            if bytes > 1 << 20 {
                return Err("CUDA_ERROR_OUT_OF_MEMORY".into());
            }
            memory.blocks.push((address, vec![0; bytes]));
            Ok(address)
        })
    }
    fn free(&self, address: u64) {
        self.memory(|memory| memory.blocks.retain(|(start, _)| *start != address));
    }
    unsafe fn copy_in(&self, address: u64, from: *const u8, bytes: usize) -> Result<(), String> {
        self.memory(|memory| {
            let to = memory.bytes(address, bytes)?;
            unsafe { std::ptr::copy_nonoverlapping(from, to.as_mut_ptr(), bytes) };
            Ok(())
        })
    }
    unsafe fn copy_out(&self, to: *mut u8, address: u64, bytes: usize) -> Result<(), String> {
        self.memory(|memory| {
            memory.copied_out += bytes;
            let from = memory.bytes(address, bytes)?;
            unsafe { std::ptr::copy_nonoverlapping(from.as_ptr(), to, bytes) };
            Ok(())
        })
    }
    fn copy_there(&self, to: u64, from: u64, bytes: usize) -> Result<(), String> {
        self.memory(|memory| {
            let copied = memory.bytes(from, bytes)?.to_vec();
            memory.bytes(to, bytes)?.copy_from_slice(&copied);
            Ok(())
        })
    }
    /// `a[i] = b[i] + 1` of vectors, by the text `add`, and `raise`, of which a thread raises; anything else is an error.
    fn launch(&self, ptx: &CStr, slots: &[u64], _threads: i64, checked: bool) -> Result<bool, String> {
        if ptx != c"add" && ptx != c"raise" {
            return Err("CUDA_ERROR_INVALID_PTX".into());
        }
        let [n, _, a, size, step, _, b, _, b_step] = slots[..] else { return Err("other slots".into()) };
        assert!(n <= size);
        self.memory(|memory| {
            // Element by element, so that what overlaps is seen.
            for i in 0..n {
                let at = |base: u64, step: u64| base.wrapping_add(i.wrapping_mul(step).wrapping_mul(8));
                let mut bytes = [0; 8];
                bytes.copy_from_slice(memory.bytes(at(b, b_step), 8)?);
                memory.bytes(at(a, step), 8)?.copy_from_slice(&(i64::from_ne_bytes(bytes) + 1).to_ne_bytes());
            }
            Ok(checked && ptx == c"raise")
        })
    }
}

/// One test: the process has one GPU.
#[test]
fn arrays_go_there_and_come_back() {
    assert_eq!(zouk_offload_chunks(100, 1, 0), 1, "there is no GPU yet");
    set_gpu(&FAKE);
    assert_eq!([zouk_offload_chunks(0, 1, 0), zouk_offload_chunks(100, 1, 0), zouk_offload_chunks(5000, 1, 0)], [0, 100, 1000]);
    assert!(zouk_offload_chunks(1 << 40, 1, 1 << 20) <= 16, "arrays of their own would not fit");
    assert_eq!(zouk_offload_chunks(10, 1, 1 << 40), 1);

    let launch = |ptx: &CStr, written: &mut [i64], (start, step): (usize, i64), read: *const i64, read_step: i64, n: i64| {
        let checked = (ptx == c"raise") as i64;
        let slots = [n, 0, &raw mut written[start] as i64, n, step, 0, read as i64, n, read_step];
        let places = [[1i64, 1, 8, 1], [5, 1, 8, 0]];
        unsafe { zouk_offload_launch(ptx.as_ptr(), places.as_ptr().cast(), 2, slots.as_ptr(), slots.len() as i64, n, checked) }
    };
    let source: Vec<i64> = (10..30).collect();

    let mut packed = vec![0; 20];
    let mut large = vec![0; 1 << 18];
    assert_eq!(launch(c"add", &mut packed, (0, 1), source.as_ptr(), 1, 20), 0);
    assert_eq!(packed, (11..31).collect::<Vec<_>>());

    // Every second element, from the last: those between are nobody's business.
    let mut gaps = vec![-7; 20];
    assert_eq!(launch(c"add", &mut gaps, (19, -2), source.as_ptr(), 1, 10), 0);
    assert_eq!(gaps, (0..20).map(|i: i64| if i % 2 == 1 { 11 + (19 - i) / 2 } else { -7 }).collect::<Vec<_>>());

    // What overlaps here overlaps there: each element is one more than that before it.
    let mut overlapping = vec![5; 21];
    let before = overlapping.as_ptr();
    assert_eq!(launch(c"add", &mut overlapping, (1, 1), before, 1, 20), 0);
    assert_eq!(overlapping, (5..26).collect::<Vec<_>>());

    // No elements, no memory.
    let allocations = FAKE.memory(|memory| memory.allocations);
    assert_eq!(launch(c"add", &mut packed, (0, 1), source.as_ptr(), 1, 0), 0);
    assert_eq!(FAKE.memory(|memory| memory.allocations), allocations);

    // Held arrays stay there: they come back once, or when a launch needs a part of them together with what is not held.
    let mut held = vec![0; 20];
    let place = [[0i64, 1, 8, 1]];
    let slots = [0, &raw mut held[0] as i64, 10, 1];
    let copied = || FAKE.memory(|memory| (memory.allocations, memory.copied_out));
    assert_eq!(unsafe { zouk_offload_hold(place.as_ptr().cast(), 1, slots.as_ptr(), 4) }, 0);
    let before = copied();
    for _ in 0..5 {
        let from = held.as_ptr();
        assert_eq!(launch(c"add", &mut held, (0, 1), from, 1, 10), 0);
    }
    assert_eq!((held[0], copied()), (0, before));
    let from = held.as_ptr();
    assert_eq!(launch(c"add", &mut held, (5, 1), from, 1, 10), 0);
    assert_eq!(held[5..15], [6, 6, 6, 6, 6, 7, 7, 7, 7, 7]);
    let from = held.as_ptr();
    assert_eq!(launch(c"add", &mut held, (0, 1), from, 1, 10), 0);
    assert_eq!(unsafe { zouk_offload_let_go() }, 0);
    assert_eq!(held, [6, 6, 6, 6, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 0, 0, 0, 0, 0]);

    // Settled, it is here that counts, also when an exception ends it all.
    assert_eq!(unsafe { zouk_offload_hold(place.as_ptr().cast(), 1, slots.as_ptr(), 4) }, 0);
    let from = held.as_ptr();
    assert_eq!(launch(c"add", &mut held, (0, 1), from, 1, 10), 0);
    assert_eq!(unsafe { zouk_offload_settle() }, 0);
    assert_eq!(held[0], 7);
    held[0] = 100;
    assert_eq!(unsafe { zouk_offload_resume() }, 0);
    assert_eq!(launch(c"add", &mut held, (0, 1), from, 1, 10), 0);
    assert_eq!(unsafe { zouk_offload_settle() }, 0);
    assert_eq!(held[0], 101);
    held[0] = 6;
    assert_eq!(launch(c"other", &mut large, (0, 1), source.as_ptr(), 1, 20), 1);
    assert_eq!((held[0], exception::take_pending().is_some()), (6, true));

    // A launch that fails brings back what ran before it.
    assert_eq!(unsafe { zouk_offload_hold(place.as_ptr().cast(), 1, slots.as_ptr(), 4) }, 0);
    let from = held.as_ptr();
    assert_eq!(launch(c"add", &mut held, (0, 1), from, 1, 10), 0);
    assert_eq!(launch(c"other", &mut held, (0, 1), from, 1, 10), 1);
    assert_eq!((held[0], exception::take_pending().is_some()), (7, true));

    // Of a launch in which an iteration raises nothing is left, here and there.
    let mut fresh = vec![1; 20];
    assert_eq!((launch(c"raise", &mut fresh, (0, 1), source.as_ptr(), 1, 20), zouk_offload_failed(), zouk_offload_failed()), (0, 1, 0));
    assert_eq!(fresh, [1; 20]);
    for whole in [true, false] {
        let mut held = vec![0; 20];
        let slots = [0, &raw mut held[0] as i64, 10, 1];
        assert_eq!(unsafe { zouk_offload_hold(place.as_ptr().cast(), 1, slots.as_ptr(), 4) }, 0);
        let from = held.as_ptr();
        assert_eq!(launch(c"add", &mut held, (0, 1), from, 1, 10), 0);
        let from = held.as_ptr();
        assert_eq!((launch(c"raise", &mut held, (0, 1), from, 1, if whole { 10 } else { 15 }), zouk_offload_failed()), (0, 1));
        assert_eq!(unsafe { zouk_offload_let_go() }, 0);
        assert_eq!(held, [[1; 10], [0; 10]].concat());
    }
    assert_eq!(zouk_offload_failed(), 0);

    // Errors are exceptions, and leave nothing behind.
    assert_eq!(launch(c"other", &mut packed, (0, 1), source.as_ptr(), 1, 20), 1);
    let raised = exception::take_pending().unwrap();
    assert_eq!((raised.name.as_str(), raised.message.as_str()), ("RuntimeError", "CUDA_ERROR_INVALID_PTX"));
    assert_eq!(launch(c"add", &mut large, (0, 1), source.as_ptr(), 1, 1 << 18), 1);
    assert_eq!(exception::take_pending().unwrap().message, "CUDA_ERROR_OUT_OF_MEMORY");
    assert_eq!(FAKE.memory(|memory| memory.blocks.len()), 0);
}
