//! The words of the compiler: the dialects `py` and `rt`, friendly handles to IR, and the lattice of Python types.
//!
//! Knows nothing of Python source, passes or machine code.

pub mod context;
pub mod diagnostic;
pub mod ir;
pub mod ty;

/// Typed builders of the `py` ops, made from the same ODS files as the C++ dialect.
pub mod py {
    melior::dialect! { name: "py", files: ["Py.td"], include_directory_env_vars: ["ZOUK_LLVM_INCLUDE", "ZOUK_TD"] }
}

/// Typed builders of the `rt` ops.
pub mod rt {
    melior::dialect! { name: "rt", files: ["Rt.td"], include_directory_env_vars: ["ZOUK_LLVM_INCLUDE", "ZOUK_TD"] }
}
