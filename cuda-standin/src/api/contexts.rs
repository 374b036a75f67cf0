//! Primary contexts and the stack of current ones of each thread.

use super::calls;
use super::pointers::Out;
use crate::driver::state::{State, contexts, current_handle};
use crate::driver::{Answer, codes, driver, problem};
use std::ffi::{c_int, c_uint};

const LIMITS: u32 = 6;

fn check_context(state: &State, handle: u64) -> Answer {
    state.check_initialised()?;
    if handle != 0 && !state.contexts.contains_key(&handle) {
        return problem(codes::INVALID_CONTEXT, format!("{handle:#x} is no context, or one that was destroyed"));
    }
    Ok(())
}

calls! {
    fn cuDevicePrimaryCtxRetain(context: Out<u64>, device: c_int) {
        let mut state = driver().state();
        let device = state.check_device(device)?;
        let handle = match state.primary(device) {
            Some(known) => known.handle,
            None => state.new_context(device),
        };
        if let Some(known) = state.contexts.get_mut(&handle) {
            known.retained += 1;
        }
        context.set(handle)
    }

    fn cuDevicePrimaryCtxRelease_v2(device: c_int) {
        let mut state = driver().state();
        let device = state.check_device(device)?;
        let Some(context) = state.primary(device).filter(|context| context.retained > 0) else { return problem(codes::INVALID_CONTEXT, "the primary context is not retained") };
        context.retained -= 1;
        if context.retained == 0 {
            let handle = context.handle;
            drop(state);
            driver().drain(None, |state| state.is_idle(handle))?;
            driver().destroy(&mut driver().state(), handle);
        }
        Ok(())
    }

    fn cuDevicePrimaryCtxReset_v2(device: c_int) {
        let mut state = driver().state();
        let device = state.check_device(device)?;
        let Some(context) = state.primary(device) else { return Ok(()) };
        let (handle, retained, flags) = (context.handle, context.retained, context.flags);
        // An error of a kernel stays with the process.
        let broken = context.broken.clone();
        drop(state);
        driver().drain(None, |state| state.is_idle(handle))?;
        let mut state = driver().state();
        driver().destroy(&mut state, handle);
        if retained > 0 {
            let new = state.new_context(device);
            if let Some(mut context) = state.contexts.remove(&new) {
                // Who retained it has its handle still.
                state.streams.values_mut().filter(|stream| stream.context == new).for_each(|stream| stream.context = handle);
                (context.handle, context.retained, context.flags, context.broken) = (handle, retained, flags, broken);
                state.contexts.insert(handle, context);
            }
        }
        Ok(())
    }

    fn cuDevicePrimaryCtxGetState(device: c_int, flags: Out<c_uint>, active: Out<c_int>) {
        let mut state = driver().state();
        let device = state.check_device(device)?;
        let found = state.primary(device).map(|context| context.flags);
        flags.set(found.unwrap_or(0))?;
        active.set(found.is_some().into())
    }

    fn cuDevicePrimaryCtxSetFlags_v2(device: c_int, flags: c_uint) {
        let mut state = driver().state();
        let device = state.check_device(device)?;
        if flags > 0x1f {
            return problem(codes::INVALID_VALUE, format!("{flags:#x} are no flags of a context"));
        }
        if let Some(context) = state.primary(device) {
            context.flags = flags;
        }
        Ok(())
    }

    fn cuCtxSetCurrent(context: u64) {
        check_context(&driver().state(), context)?;
        contexts(|stack| {
            stack.pop();
            if context != 0 {
                stack.push(context);
            }
        });
        Ok(())
    }

    fn cuCtxGetCurrent(context: Out<u64>) {
        driver().state().check_initialised()?;
        context.set(current_handle().unwrap_or(0))
    }

    fn cuCtxPushCurrent_v2(context: u64) {
        check_context(&driver().state(), context)?;
        if context == 0 {
            return problem(codes::INVALID_VALUE, "a null context is pushed");
        }
        contexts(|stack| stack.push(context));
        Ok(())
    }

    fn cuCtxPopCurrent_v2(context: Out<u64>) {
        driver().state().check_initialised()?;
        match contexts(Vec::pop) {
            Some(handle) => {
                context.set_if_asked(handle);
                Ok(())
            }
            None => problem(codes::INVALID_CONTEXT, "no context is current in this thread"),
        }
    }

    fn cuCtxGetDevice(device: Out<c_int>) {
        let state = driver().state();
        device.set(state.current()?.device as c_int)
    }

    fn cuCtxSynchronize() {
        driver().synchronise_context()
    }

    fn cuCtxEnablePeerAccess(peer: u64, flags: c_uint) {
        let mut state = driver().state();
        let (handle, device) = { let context = state.current()?; (context.handle, context.device) };
        if flags != 0 {
            return problem(codes::INVALID_VALUE, "the flags of cuCtxEnablePeerAccess are 0");
        }
        match state.contexts.get(&peer) {
            None => return problem(codes::INVALID_CONTEXT, format!("{peer:#x} is no context, or one that was destroyed")),
            Some(other) if other.device == device => return problem(codes::INVALID_DEVICE, "a context is no peer of those of its own device"),
            Some(_) => {}
        }
        let Some(context) = state.contexts.get_mut(&handle) else { return problem(codes::INVALID_CONTEXT, "the context is gone") };
        if context.peers.contains(&peer) {
            return problem(codes::PEER_ACCESS_ALREADY_ENABLED, "the context may use the memory of that one already");
        }
        context.peers.push(peer);
        Ok(())
    }

    fn cuCtxGetLimit(value: Out<usize>, limit: c_uint) {
        let state = driver().state();
        let context = state.current()?;
        if limit >= LIMITS {
            return problem(codes::UNSUPPORTED_LIMIT, format!("the limit {limit} is not supported"));
        }
        value.set(context.limits[limit as usize] as usize)
    }

    fn cuCtxSetLimit(limit: c_uint, value: usize) {
        let mut state = driver().state();
        let handle = state.current()?.handle;
        if limit >= LIMITS {
            return problem(codes::UNSUPPORTED_LIMIT, format!("the limit {limit} is not supported"));
        }
        if limit == 0 && value > 512 << 10 {
            return problem(codes::INVALID_VALUE, format!("a stack of {value} bytes for each thread"));
        }
        if let Some(context) = state.contexts.get_mut(&handle) {
            context.limits[limit as usize] = value as u64;
        }
        Ok(())
    }

    fn cuProfilerStart() {
        driver().state().check_current()
    }

    fn cuProfilerStop() {
        driver().state().check_current()
    }
}
