//! The MLIR context of a compilation: only the dialects it needs.

use melior::{Context, dialect::DialectRegistry};
use mlir_sys::*;

unsafe extern "C" {
    fn zoukRegisterDialects(registry: MlirDialectRegistry);
}

/// A context with the dialects that the stages may contain, single-threaded, loaded in about 2 ms.
pub fn context() -> Context {
    let registry = DialectRegistry::new();
    // SAFETY: dialect handles are static.
    unsafe {
        for handle in [
            mlirGetDialectHandle__arith__(),
            mlirGetDialectHandle__cf__(),
            mlirGetDialectHandle__complex__(),
            mlirGetDialectHandle__func__(),
            mlirGetDialectHandle__gpu__(),
            mlirGetDialectHandle__linalg__(),
            mlirGetDialectHandle__llvm__(),
            mlirGetDialectHandle__math__(),
            mlirGetDialectHandle__memref__(),
            mlirGetDialectHandle__nvvm__(),
            mlirGetDialectHandle__scf__(),
            mlirGetDialectHandle__ub__(),
            mlirGetDialectHandle__vector__(),
        ] {
            mlirDialectHandleInsertDialect(handle, registry.to_raw());
        }
        zoukRegisterDialects(registry.to_raw());
    }
    let context = Context::new_with_registry(&registry, false);
    context.load_all_available_dialects();
    context
}
