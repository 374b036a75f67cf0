//! What ends a kernel before its end: the driver's code and the words.

/// Codes of `CUresult` that a running kernel can end with.
pub const ILLEGAL_ADDRESS: u32 = 700;
pub const LAUNCH_TIMEOUT: u32 = 702;
pub const ASSERT: u32 = 710;
pub const HARDWARE_STACK_ERROR: u32 = 714;
pub const ILLEGAL_INSTRUCTION: u32 = 715;
pub const MISALIGNED_ADDRESS: u32 = 716;
pub const INVALID_PC: u32 = 718;
pub const LAUNCH_FAILED: u32 = 719;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub code: u32,
    pub text: String,
}

impl Fault {
    pub fn new(code: u32, text: impl Into<String>) -> Fault {
        Fault { code, text: text.into() }
    }
}

pub type Outcome<T> = Result<T, Fault>;
