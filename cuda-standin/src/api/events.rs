//! Events.

use super::calls;
use super::pointers::Out;
use crate::driver::events::{BLOCKING_SYNC, DISABLE_TIMING, Event, INTERPROCESS};
use crate::driver::work::Work;
use crate::driver::{codes, driver, problem};
use std::ffi::c_uint;
use std::sync::Arc;

calls! {
    fn cuEventCreate(event: Out<u64>, flags: c_uint) {
        let mut state = driver().state();
        let context = state.current()?.handle;
        let known = BLOCKING_SYNC | DISABLE_TIMING | INTERPROCESS;
        if flags & !known != 0 || (flags & INTERPROCESS != 0 && flags & DISABLE_TIMING == 0) {
            return problem(codes::INVALID_VALUE, format!("{flags:#x} are no flags of an event"));
        }
        let handle = state.handle();
        event.set(handle)?;
        state.events.insert(handle, Arc::new(Event::new(context, flags)));
        Ok(())
    }

    fn cuEventDestroy_v2(event: u64) {
        let mut state = driver().state();
        state.event(event)?;
        state.events.remove(&event);
        Ok(())
    }

    fn cuEventRecord(event: u64, stream: u64) {
        let mut state = driver().state();
        let found = state.event(event)?;
        let handle = state.stream(stream)?;
        let number = found.record();
        state.push(driver(), handle, Work::Record { event: found, number });
        Ok(())
    }

    fn cuEventQuery(event: u64) {
        let found = driver().state().event(event)?;
        if found.is_done(found.last()) { Ok(()) } else { problem(codes::NOT_READY, "the event was not come to yet") }
    }

    fn cuEventSynchronize(event: u64) {
        let found = driver().state().event(event)?;
        let number = found.last();
        driver().drain(None, |_| found.is_done(number))?;
        driver().state().check_current()
    }

    fn cuEventElapsedTime(milliseconds: Out<f32>, start: u64, end: u64) {
        let state = driver().state();
        let (start, end) = (state.event(start)?, state.event(end)?);
        milliseconds.set(start.elapsed(&end)?)
    }

    fn cuEventElapsedTime_v2(milliseconds: Out<f32>, start: u64, end: u64) {
        let state = driver().state();
        let (start, end) = (state.event(start)?, state.event(end)?);
        milliseconds.set(start.elapsed(&end)?)
    }
}
