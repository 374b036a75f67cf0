//! Initialisation, versions, errors, devices.

use super::calls;
use super::pointers::{Out, write_bytes};
use crate::driver::device::{TOTAL_MEMORY, VERSION};
use crate::driver::{codes, driver, problem};
use std::ffi::{c_char, c_int, c_uint};

type Uuid = [u8; 16];

fn uuid(device: usize) -> Uuid {
    let mut uuid = *b"zouk-standin-gpu";
    uuid[15] = b'0' + device as u8;
    uuid
}

calls! {
    fn cuInit(flags: c_uint) {
        let mut state = driver().state();
        if flags != 0 {
            return problem(codes::INVALID_VALUE, "the flags of cuInit are 0");
        }
        if state.devices == 0 {
            return problem(codes::NO_DEVICE, "there is no device");
        }
        state.initialised = true;
        Ok(())
    }

    fn cuDriverGetVersion(version: Out<c_int>) {
        version.set(VERSION)
    }

    fn cuGetErrorName(error: c_uint, name: Out<*const c_char>) {
        match codes::name(error) {
            Some(found) => name.set(found.as_ptr()),
            None => {
                name.set(std::ptr::null())?;
                problem(codes::INVALID_VALUE, format!("{error} is no code of an error"))
            }
        }
    }

    fn cuGetErrorString(error: c_uint, text: Out<*const c_char>) {
        match codes::description(error) {
            Some(found) => text.set(found.as_ptr()),
            None => {
                text.set(std::ptr::null())?;
                problem(codes::INVALID_VALUE, format!("{error} is no code of an error"))
            }
        }
    }

    fn cuDeviceGetCount(count: Out<c_int>) {
        let state = driver().state();
        state.check_initialised()?;
        count.set(state.devices as c_int)
    }

    fn cuDeviceGet(device: Out<c_int>, ordinal: c_int) {
        device.set(driver().state().check_device(ordinal)? as c_int)
    }

    fn cuDeviceGetName(name: *mut c_char, length: c_int, device: c_int) {
        let state = driver().state();
        state.check_device(device)?;
        let text = format!("zouk stand-in sm_{}", state.model.capability());
        write_text(name, length, &text)
    }

    fn cuDeviceGetUuid(result: Out<Uuid>, device: c_int) {
        result.set(uuid(driver().state().check_device(device)?))
    }

    fn cuDeviceGetUuid_v2(result: Out<Uuid>, device: c_int) {
        result.set(uuid(driver().state().check_device(device)?))
    }

    fn cuDeviceGetAttribute(value: Out<c_int>, attribute: c_int, device: c_int) {
        let state = driver().state();
        let device = state.check_device(device)?;
        match state.model.attribute(attribute, device) {
            Some(found) => value.set(found),
            None => problem(codes::INVALID_VALUE, format!("{attribute} is no attribute of a device")),
        }
    }

    fn cuDeviceTotalMem_v2(bytes: Out<usize>, device: c_int) {
        driver().state().check_device(device)?;
        bytes.set(TOTAL_MEMORY as usize)
    }

    fn cuDeviceGetPCIBusId(name: *mut c_char, length: c_int, device: c_int) {
        let device = driver().state().check_device(device)?;
        write_text(name, length, &format!("0000:{:02X}:00.0", device + 1))
    }

    fn cuDeviceCanAccessPeer(can: Out<c_int>, device: c_int, peer: c_int) {
        let state = driver().state();
        let (device, peer) = (state.check_device(device)?, state.check_device(peer)?);
        can.set((device != peer).into())
    }
}

/// A text with a zero behind it, cut to the room there is.
fn write_text(address: *mut c_char, room: c_int, text: &str) -> crate::driver::Answer {
    if address.is_null() || room <= 0 {
        return problem(codes::INVALID_VALUE, "no room for a text");
    }
    let mut bytes = text.as_bytes().to_vec();
    bytes.truncate(room as usize - 1);
    bytes.push(0);
    write_bytes(address as usize, &bytes);
    Ok(())
}
