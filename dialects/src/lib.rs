//! The words of the compiler: the dialects `py` and `rt`, friendly handles to IR, and the lattice of Python types.
//!
//! Knows nothing of Python source, passes or machine code.

pub mod context;
pub mod diagnostic;
pub mod ir;
pub mod ty;

// Typed builders of the ops, made from the same ODS files as the C++ dialects: modules `py` and `rt`.
melior::dialect! { name: "py", files: ["Py.td"], include_directory_env_vars: ["ZOUK_LLVM_INCLUDE", "ZOUK_TD"] }
melior::dialect! { name: "rt", files: ["Rt.td"], include_directory_env_vars: ["ZOUK_LLVM_INCLUDE", "ZOUK_TD"] }

#[cfg(test)]
mod tests {
    use crate::ir::{Block, Builder, Location, Module, module_op};
    use melior::ir::attribute::StringAttribute;

    /// The builders take what the ODS says, and `Builder::insert_melior` places what they make.
    #[test]
    fn typed_builders_make_ops() {
        let context = crate::context::context();
        let loc = Location::unknown(&context);
        let module = Module::new(loc);
        let b = Builder::at_end(&context, module_op(&module).body(0), loc);
        let argument = Block::new(&[]).add_arg(b.f64(), loc);
        // SAFETY: the block argument outlives the ops.
        let value: melior::ir::Value = unsafe { melior::ir::Value::from_raw(argument.to_raw()) };
        let op = b.insert_melior(crate::py::unary(&context, b.f64(), value, StringAttribute::new(&context, "neg"), loc));
        assert!(op.verify());
        assert_eq!((op.name(), op.str_attr("kind"), op.num_operands()), ("py.unary", Some("neg"), 1));
        op.erase();
    }
}
