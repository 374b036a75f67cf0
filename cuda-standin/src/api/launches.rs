//! Launches and occupancy.

use super::calls;
use super::pointers::{In, Out, bytes_at};
use crate::driver::device::{MULTIPROCESSORS, THREADS_PER_BLOCK, resident_blocks};
use crate::driver::launches::{Request, offsets, prepare};
use crate::driver::{Answer, codes, driver, problem};
use std::ffi::{c_int, c_uint};

/// Marks in `extra`: the end, a buffer of all parameters, its size.
const END: u64 = 0;
const BUFFER: u64 = 1;
const BUFFER_SIZE: u64 = 2;

/// The bytes of all parameters: one pointer for each, or one buffer.
fn parameters(function: u64, pointers: In<u64>, extra: In<u64>) -> Answer<Vec<u8>> {
    let program = driver().state().function(function)?.program.clone();
    let (offsets, size) = offsets(&program.parameters);
    if !pointers.is_null() && !extra.is_null() {
        return problem(codes::INVALID_VALUE, "parameters are given twice: as pointers and as a buffer");
    }
    if !extra.is_null() {
        return from_buffer(extra, size);
    }
    if pointers.is_null() && !program.parameters.is_empty() {
        return problem(codes::INVALID_VALUE, format!("{} has {} parameters and none is given", program.name, program.parameters.len()));
    }
    let mut bytes = vec![0; size as usize];
    for (index, (parameter, offset)) in program.parameters.iter().zip(offsets).enumerate() {
        let address = pointers.at(index)? as usize;
        if address == 0 {
            return problem(codes::INVALID_VALUE, format!("the pointer to parameter {index} of {} is null", program.name));
        }
        bytes[offset as usize..(offset + parameter.bytes) as usize].copy_from_slice(&bytes_at(address, parameter.bytes as usize));
    }
    Ok(bytes)
}

fn from_buffer(extra: In<u64>, size: u32) -> Answer<Vec<u8>> {
    let (mut buffer, mut given) = (0, 0);
    let mut index = 0;
    loop {
        match extra.at(index)? {
            END => break,
            BUFFER => buffer = extra.at(index + 1)? as usize,
            BUFFER_SIZE => given = In::<u64>::of(extra.at(index + 1)?).at(0)? as usize,
            other => return problem(codes::INVALID_VALUE, format!("{other:#x} is no mark of extra parameters")),
        }
        index += 2;
    }
    if buffer == 0 || given < size as usize {
        return problem(codes::INVALID_VALUE, format!("a buffer of {given} bytes for {size} bytes of parameters"));
    }
    Ok(bytes_at(buffer, size as usize))
}

fn launch(request: &Request, stream: u64, pointers: In<u64>, extra: In<u64>) -> Answer {
    let parameters = parameters(request.function, pointers, extra)?;
    let mut state = driver().state();
    let stream = state.stream(stream)?;
    let work = prepare(&mut state, request, parameters)?;
    if state.execute {
        state.push(driver(), stream, work);
    }
    Ok(())
}

calls! {
    fn cuLaunchKernel(function: u64, grid_x: c_uint, grid_y: c_uint, grid_z: c_uint, block_x: c_uint, block_y: c_uint, block_z: c_uint, shared: c_uint, stream: u64, pointers: In<u64>, extra: In<u64>) {
        let request = Request { function, grid: [grid_x, grid_y, grid_z], block: [block_x, block_y, block_z], dynamic_shared: shared, cooperative: false };
        launch(&request, stream, pointers, extra)
    }

    fn cuLaunchCooperativeKernel(function: u64, grid_x: c_uint, grid_y: c_uint, grid_z: c_uint, block_x: c_uint, block_y: c_uint, block_z: c_uint, shared: c_uint, stream: u64, pointers: In<u64>) {
        let request = Request { function, grid: [grid_x, grid_y, grid_z], block: [block_x, block_y, block_z], dynamic_shared: shared, cooperative: true };
        launch(&request, stream, pointers, In::of(0))
    }

    fn cuOccupancyMaxActiveBlocksPerMultiprocessor(blocks: Out<c_int>, function: u64, threads: c_int, dynamic: usize) {
        let state = driver().state();
        let program = &state.function(function)?.program;
        if threads <= 0 {
            return problem(codes::INVALID_VALUE, format!("a block of {threads} threads"));
        }
        blocks.set(resident_blocks(&state.model, threads as u32, program.registers, program.static_shared + dynamic as u32) as c_int)
    }

    fn cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(blocks: Out<c_int>, function: u64, threads: c_int, dynamic: usize, _flags: c_uint) {
        let state = driver().state();
        let program = &state.function(function)?.program;
        if threads <= 0 {
            return problem(codes::INVALID_VALUE, format!("a block of {threads} threads"));
        }
        blocks.set(resident_blocks(&state.model, threads as u32, program.registers, program.static_shared + dynamic as u32) as c_int)
    }

    /// The block with which most threads are on the device at once; the largest of those.
    fn cuOccupancyMaxPotentialBlockSize(grid: Out<c_int>, block: Out<c_int>, function: u64, dynamic_of: Option<extern "C" fn(c_int) -> usize>, dynamic: usize, limit: c_int) {
        let state = driver().state();
        let found = state.function(function)?;
        let (program, model, most) = (found.program.clone(), state.model.clone(), found.max_threads());
        drop(state);
        let most = if limit > 0 { most.min(limit as u32) } else { most }.min(THREADS_PER_BLOCK);
        let mut best = (0, 0, 0);
        for threads in (1..=most.div_ceil(32)).map(|warps| (warps * 32).min(most)) {
            let shared = dynamic_of.map_or(dynamic, |of| of(threads as c_int));
            let blocks = resident_blocks(&model, threads, program.registers, program.static_shared + shared as u32);
            best = best.max((blocks * threads, threads, blocks));
        }
        grid.set((best.2 * MULTIPROCESSORS) as c_int)?;
        block.set(best.1 as c_int)
    }
}
