//! Streams and what the host puts into them.

use super::calls;
use super::pointers::Out;
use crate::driver::state::State;
use crate::driver::streams::{NON_BLOCKING, Stream};
use crate::driver::work::{Callback, HostFunction, Work};
use crate::driver::{Answer, codes, driver, problem};
use std::ffi::{c_int, c_uint, c_void};

fn create(state: &mut State, result: &Out<u64>, flags: c_uint, priority: c_int) -> Answer {
    let context = state.current()?.handle;
    if flags & !NON_BLOCKING != 0 {
        return problem(codes::INVALID_VALUE, format!("{flags:#x} are no flags of a stream"));
    }
    let handle = state.handle();
    result.set(handle)?;
    // As documented, priorities outside of the range are clamped.
    state.streams.insert(handle, Stream::new(context, flags, priority.clamp(-5, 0), false));
    Ok(())
}

calls! {
    fn cuStreamCreate(stream: Out<u64>, flags: c_uint) {
        create(&mut driver().state(), &stream, flags, 0)
    }

    fn cuStreamCreateWithPriority(stream: Out<u64>, flags: c_uint, priority: c_int) {
        create(&mut driver().state(), &stream, flags, priority)
    }

    fn cuCtxGetStreamPriorityRange(least: Out<c_int>, greatest: Out<c_int>) {
        driver().state().check_current()?;
        least.set_if_asked(0);
        greatest.set_if_asked(-5);
        Ok(())
    }

    /// What is in it is done all the same.
    fn cuStreamDestroy_v2(stream: u64) {
        let mut state = driver().state();
        state.current()?;
        if stream <= 2 {
            return problem(codes::INVALID_HANDLE, "a default stream cannot be destroyed");
        }
        let handle = state.stream(stream)?;
        if let Some(found) = state.streams.get_mut(&handle) {
            found.closing = true;
            if found.is_idle() {
                state.streams.remove(&handle);
            }
        }
        Ok(())
    }

    fn cuStreamSynchronize(stream: u64) {
        let handle = driver().state().stream(stream)?;
        driver().synchronise(handle)
    }

    fn cuStreamQuery(stream: u64) {
        let mut state = driver().state();
        let handle = state.stream(stream)?;
        match state.streams.get(&handle) {
            Some(stream) if !stream.is_idle() => problem(codes::NOT_READY, "the stream has work"),
            _ => Ok(()),
        }
    }

    fn cuStreamGetPriority(stream: u64, priority: Out<c_int>) {
        let mut state = driver().state();
        let handle = state.stream(stream)?;
        priority.set(state.streams.get(&handle).map_or(0, |stream| stream.priority))
    }

    fn cuStreamGetFlags(stream: u64, flags: Out<c_uint>) {
        let mut state = driver().state();
        let handle = state.stream(stream)?;
        flags.set(state.streams.get(&handle).map_or(0, |stream| stream.flags))
    }

    fn cuStreamWaitEvent(stream: u64, event: u64, flags: c_uint) {
        let mut state = driver().state();
        let handle = state.stream(stream)?;
        let event = state.event(event)?;
        if flags > 1 {
            return problem(codes::INVALID_VALUE, format!("{flags:#x} are no flags of a wait"));
        }
        // What was recorded last; an event without a record is waited for by nobody.
        let number = event.last();
        if number > 0 {
            state.push(driver(), handle, Work::Wait { event, number });
        }
        Ok(())
    }

    fn cuStreamAddCallback(stream: u64, callback: Option<Callback>, data: *mut c_void, flags: c_uint) {
        let mut state = driver().state();
        let handle = state.stream(stream)?;
        let Some(run) = callback.filter(|_| flags == 0) else { return problem(codes::INVALID_VALUE, "no callback, or flags that are not 0") };
        state.push(driver(), handle, Work::Callback { run, stream, data: data as usize });
        Ok(())
    }

    fn cuLaunchHostFunc(stream: u64, function: Option<HostFunction>, data: *mut c_void) {
        let mut state = driver().state();
        let handle = state.stream(stream)?;
        let Some(run) = function else { return problem(codes::INVALID_VALUE, "no function of the host") };
        state.push(driver(), handle, Work::HostFunction { run, data: data as usize });
        Ok(())
    }
}
