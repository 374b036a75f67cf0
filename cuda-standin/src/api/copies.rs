//! Copies and fills, in order with a stream.

use super::calls;
use super::pointers::bytes_at;
use crate::driver::storage::{check_host, check_range, is_pinned};
use crate::driver::work::Work;
use crate::driver::{Answer, codes, driver, problem};
use std::ffi::{c_uchar, c_uint, c_ushort};

/// Submits work to a stream, and waits for it if the call does.
fn submit(stream: u64, work: Work, waits: bool) -> Answer {
    let mut state = driver().state();
    let stream = state.stream(stream)?;
    state.push(driver(), stream, work);
    drop(state);
    if waits { driver().synchronise(stream) } else { Ok(()) }
}

fn copy_in(to: u64, from: u64, bytes: u64, stream: u64, waits: bool) -> Answer {
    driver().state().stream(stream)?;
    let memory = &driver().memory;
    check_range(memory, to, bytes, "the target")?;
    check_host(memory, from, bytes, "the source")?;
    if bytes == 0 {
        return Ok(());
    }
    // The host may change pageable memory as soon as the call returns: it is copied before.
    let work = if waits || is_pinned(memory, from) { Work::CopyIn { to, from: from as usize, bytes } } else { Work::Staged { to, bytes: bytes_at(from as usize, bytes as usize) } };
    submit(stream, work, waits)
}

fn copy_out(to: u64, from: u64, bytes: u64, stream: u64, waits: bool) -> Answer {
    driver().state().stream(stream)?;
    let memory = &driver().memory;
    check_range(memory, from, bytes, "the source")?;
    check_host(memory, to, bytes, "the target")?;
    if bytes == 0 {
        return Ok(());
    }
    // Into pageable memory a copy is complete when the call returns.
    submit(stream, Work::CopyOut { to: to as usize, from, bytes }, waits || !is_pinned(memory, to))
}

fn copy(to: u64, from: u64, bytes: u64, stream: u64) -> Answer {
    driver().state().stream(stream)?;
    check_range(&driver().memory, to, bytes, "the target")?;
    check_range(&driver().memory, from, bytes, "the source")?;
    if bytes == 0 { Ok(()) } else { submit(stream, Work::Copy { to, from, bytes }, false) }
}

fn set(to: u64, pattern: &[u8], count: usize, stream: u64) -> Answer {
    driver().state().stream(stream)?;
    let size = pattern.len() as u64;
    if to % size != 0 {
        return problem(codes::INVALID_VALUE, format!("{to:#x} is no multiple of {size}"));
    }
    check_range(&driver().memory, to, (count as u64).saturating_mul(size), "the target")?;
    if count == 0 { Ok(()) } else { submit(stream, Work::Set { to, pattern: pattern.to_vec(), count: count as u64 }, false) }
}

calls! {
    fn cuMemcpyHtoD_v2(to: u64, from: u64, bytes: usize) {
        copy_in(to, from, bytes as u64, 0, true)
    }

    fn cuMemcpyDtoH_v2(to: u64, from: u64, bytes: usize) {
        copy_out(to, from, bytes as u64, 0, true)
    }

    /// Not waited for, as documented.
    fn cuMemcpyDtoD_v2(to: u64, from: u64, bytes: usize) {
        copy(to, from, bytes as u64, 0)
    }

    fn cuMemcpyHtoDAsync_v2(to: u64, from: u64, bytes: usize, stream: u64) {
        copy_in(to, from, bytes as u64, stream, false)
    }

    fn cuMemcpyDtoHAsync_v2(to: u64, from: u64, bytes: usize, stream: u64) {
        copy_out(to, from, bytes as u64, stream, false)
    }

    fn cuMemcpyDtoDAsync_v2(to: u64, from: u64, bytes: usize, stream: u64) {
        copy(to, from, bytes as u64, stream)
    }

    fn cuMemsetD8_v2(to: u64, value: c_uchar, count: usize) {
        set(to, &[value], count, 0)
    }

    fn cuMemsetD16_v2(to: u64, value: c_ushort, count: usize) {
        set(to, &value.to_le_bytes(), count, 0)
    }

    fn cuMemsetD32_v2(to: u64, value: c_uint, count: usize) {
        set(to, &value.to_le_bytes(), count, 0)
    }

    fn cuMemsetD8Async(to: u64, value: c_uchar, count: usize, stream: u64) {
        set(to, &[value], count, stream)
    }

    fn cuMemsetD16Async(to: u64, value: c_ushort, count: usize, stream: u64) {
        set(to, &value.to_le_bytes(), count, stream)
    }

    fn cuMemsetD32Async(to: u64, value: c_uint, count: usize, stream: u64) {
        set(to, &value.to_le_bytes(), count, stream)
    }
}
