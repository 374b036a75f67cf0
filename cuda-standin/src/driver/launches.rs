//! Launches: everything that is checked before a kernel begins.

use super::device::{BLOCK, GRID, PARAMETERS, THREADS_PER_BLOCK, resident_blocks};
use super::state::State;
use super::work::Work;
use super::{Answer, codes, problem};
use crate::machine::grid::Launch;
use crate::ptx::syntax::Parameter;

pub struct Request {
    pub function: u64,
    pub grid: [u32; 3],
    pub block: [u32; 3],
    pub dynamic_shared: u32,
    pub cooperative: bool,
}

/// Offsets of parameters and the bytes of all.
pub fn offsets(parameters: &[Parameter]) -> (Vec<u32>, u32) {
    let mut end = 0u32;
    let offsets = parameters.iter().map(|parameter| {
        let start = end.next_multiple_of(parameter.align);
        end = start + parameter.bytes;
        start
    });
    (offsets.collect(), end)
}

/// The launch as work for a stream; the caller has the parameters' bytes.
pub fn prepare(state: &mut State, request: &Request, parameters: Vec<u8>) -> Answer<Work> {
    let context = state.current()?;
    let (stack, own) = (context.limits[0], context.handle);
    let function = state.function(request.function)?;
    let program = function.program.clone();
    if function.context != own {
        return problem(codes::INVALID_HANDLE, format!("the function {} is one of another context", program.name));
    }
    let name = &program.name;
    let Request { grid, block, dynamic_shared, .. } = *request;
    for axis in 0..3 {
        let letter = ["x", "y", "z"][axis];
        if grid[axis] == 0 || grid[axis] > GRID[axis] {
            return problem(codes::INVALID_VALUE, format!("{name}: a grid of {} blocks in {letter}; 1 to {} are possible", grid[axis], GRID[axis]));
        }
        if block[axis] == 0 || block[axis] > BLOCK[axis] {
            return problem(codes::INVALID_VALUE, format!("{name}: a block of {} threads in {letter}; 1 to {} are possible", block[axis], BLOCK[axis]));
        }
    }
    let threads = block.iter().product::<u32>();
    if threads > THREADS_PER_BLOCK {
        return problem(codes::INVALID_VALUE, format!("{name}: a block of {threads} threads; a device has at most {THREADS_PER_BLOCK}"));
    }
    if let Some(required) = program.limits.required.filter(|required| *required != block) {
        return problem(codes::INVALID_VALUE, format!("{name} is compiled for blocks of {required:?} threads, not {block:?}"));
    }
    if threads > function.max_threads() {
        return problem(codes::LAUNCH_OUT_OF_RESOURCES, format!("{name}: a block of {threads} threads; it is compiled for at most {}", function.max_threads()));
    }
    if dynamic_shared > function.most_dynamic {
        return problem(codes::INVALID_VALUE, format!("{name}: {dynamic_shared} bytes of dynamic shared memory; beside {} static ones it may have {} (CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES)", program.static_shared, function.most_dynamic));
    }
    if program.parameter_bytes > PARAMETERS {
        return problem(codes::LAUNCH_OUT_OF_RESOURCES, format!("{name}: {} bytes of parameters; a device has {PARAMETERS}", program.parameter_bytes));
    }
    let per_multiprocessor = resident_blocks(&state.model, threads, program.registers.min(65536 / threads.next_multiple_of(32)), program.static_shared + dynamic_shared);
    let resident = u64::from(per_multiprocessor.max(1)) * u64::from(state.multiprocessors());
    let blocks: u64 = grid.iter().map(|extent| u64::from(*extent)).product();
    if request.cooperative && blocks > resident {
        return problem(codes::COOPERATIVE_LAUNCH_TOO_LARGE, format!("{name}: {blocks} blocks that wait for each other; the device holds {resident}"));
    }
    state.launches += 1;
    let launch = Launch { grid, block, dynamic_shared, parameters, number: state.launches, stack_limit: stack.min(1 << 19) as u32, multiprocessors: state.multiprocessors(), resident, time_limit: state.time_limit, cooperative: request.cooperative, workspace: 0 };
    Ok(Work::Launch { program, launch: Box::new(launch) })
}
