//! From the kernel of a parallel loop to PTX, in the middle of the compilation of the function that the loop is in.

use crate::cuda;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass, take_reported};
use zouk_dialects::ir::{Module, add_pipeline, module_op};
use zouk_passes::offload::Assembler;
use zouk_passes::pipeline::Stage;

struct Ptx;

impl Assembler for Ptx {
    fn assemble(&self, kernels: &mut Module) -> Result<String, Diagnostic> {
        let op = module_op(kernels);
        let (context, place) = (op.context(), op.loc());
        let internal = |text: String| Diagnostic::at(ErrorClass::Internal, "internal-error", text, place);
        for stage in Stage::Loops.path_to(Stage::Nvvm).into_iter().flatten() {
            let manager = melior::pass::PassManager::new(context);
            // SAFETY: the manager outlives the call.
            let raw = unsafe { mlir_sys::mlirPassManagerGetAsOpPassManager(manager.to_raw()) };
            add_pipeline(raw, &stage.pipeline()).map_err(|e| internal(format!("the pipeline of stage {stage} does not parse: {e}")))?;
            if manager.run(kernels).is_err() {
                return Err(take_reported().into_iter().next().unwrap_or_else(|| internal(format!("stage {stage} of a parallel loop's kernel failed"))));
            }
        }
        cuda::ptx_of(kernels).map(|(text, _)| text).map_err(|error| error.diagnostics.first().cloned().unwrap_or_else(|| internal(error.to_string())))
    }
}

pub fn register() {
    zouk_passes::offload::register(&Ptx);
}
