//! The one list: stages, what each may contain, and the passes that reach it, ours and upstream's.
//!
//! From it come the `Stage` enum, the registration of passes, the pipeline texts, what `stage_check` asks of every stage, and `docs/passes.md`.

use crate::pass::PassInfo;
use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

/// One step towards a stage.
pub enum Step {
    /// A pass of ours, with the options given in the pipeline text.
    Ours(PassInfo),
    /// The text of an upstream pipeline, nested under `builtin.module`.
    Mlir(&'static str),
}

/// The pattern of upstream that moves an `scf.if` from the condition of a loop to its body leaves uses of its results that come before what they use.
const DISABLED: &str = "disable-patterns={(anonymous namespace)::WhileMoveIfDown}";

impl Step {
    fn ours(self) -> Option<PassInfo> {
        if let Step::Ours(pass) = self { Some(pass) } else { None }
    }

    /// The text in a pipeline nested under `builtin.module`.
    pub fn text(&self) -> String {
        match self {
            Step::Ours(pass) if pass.anchor == "builtin.module" => pass.name.to_string(),
            Step::Ours(pass) => format!("{}({})", pass.anchor, pass.name),
            Step::Mlir("canonicalize") => format!("canonicalize{{{DISABLED}}}"),
            Step::Mlir(text) => text.replace("canonicalize{", &format!("canonicalize{{{DISABLED} ")),
        }
    }
}

macro_rules! step {
    (mlir $text:literal) => { Step::Mlir($text) };
    (ours $module:ident $anchor:literal) => {{
        extern "C" fn entry(op: mlir_sys::MlirOperation, options: *const std::ffi::c_char) -> bool {
            crate::pass::run_reporting(NAME, crate::$module::run, op, options)
        }
        const NAME: &str = const_str_replace!($module);
        Step::Ours(PassInfo {
            name: NAME,
            module: stringify!($module),
            anchor: $anchor,
            options: crate::$module::OPTIONS,
            source: include_str!(concat!(stringify!($module), ".rs")),
            entry,
        })
    }};
}

/// `infer_types` becomes `zouk-infer-types`, at compile time.
macro_rules! const_str_replace {
    ($module:ident) => {{
        const SOURCE: &[u8] = concat!("zouk-", stringify!($module)).as_bytes();
        const BYTES: [u8; SOURCE.len()] = {
            let mut out = [0; SOURCE.len()];
            let mut i = 0;
            while i < SOURCE.len() {
                out[i] = if SOURCE[i] == b'_' { b'-' } else { SOURCE[i] };
                i += 1;
            }
            out
        };
        match std::str::from_utf8(&BYTES) {
            Ok(text) => text,
            Err(_) => unreachable!(),
        }
    }};
}

macro_rules! pipeline {
    ($($(#[doc = $doc:literal])+ $stage:ident = $name:literal $(after $before:ident)? [$($dialect:ident)*] { $($kind:ident $what:tt $($anchor:literal)?;)* })+) => {
        /// A named state of the program on its way from Python to machine code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Stage { $($(#[doc = $doc])+ $stage),+ }

        impl Stage {
            pub const ALL: &[Stage] = &[$(Stage::$stage),+];

            /// The name in `--emit`, `--from`, `inspect`, dumps and snapshots.
            pub fn name(self) -> &'static str { match self { $(Stage::$stage => $name),+ } }

            pub fn doc(self) -> &'static str { match self { $(Stage::$stage => concat!($($doc),+)),+ } }

            /// The dialects that may remain once the stage is reached; none for a stage that is no MLIR.
            pub fn dialects(self) -> &'static [&'static str] { match self { $(Stage::$stage => &[$(stringify!($dialect)),*]),+ } }

            /// The stage that this one is reached from, when that is not the one listed before it.
            fn branches_from(self) -> Option<Stage> { match self { $($(Stage::$stage => Some(Stage::$before),)?)+ _ => None } }

            /// What reaches this stage from the one before it.
            pub fn steps(self) -> Vec<Step> { match self { $(Stage::$stage => vec![$(step!($kind $what $($anchor)?)),*]),+ } }
        }
    };
}

pipeline! {
    /// The Python text.
    Source = "source" [] {}
    /// The syntax tree.
    Ast = "ast" [] {}
    /// Untyped, structured Python: one op per construct, every op with its place in the source.
    Py = "py" [builtin func py] {}
    /// Every value has its type; calls name instances; no untyped value is left.
    Typed = "typed" [builtin func py] {
        ours expand_stencils "builtin.module";
        ours infer_types "builtin.module";
        mlir "canonicalize";
    }
    /// No Python-level op: scalars on `arith` and `math`, arrays as memrefs, checks as single ops.
    Tensor = "tensor" [builtin func gpu arith math complex cf scf memref tensor linalg bufferization ub rt] {
        ours structure_exits "builtin.module";
        ours lower_python "builtin.module";
        // Bottom-up: top-down, upstream's patterns do not end on loops that a constant condition has made unreachable.
        mlir "canonicalize{top-down=false}";
        mlir "cse";
        ours inline_calls "builtin.module";
        ours keep_addressed "builtin.module";
        ours hoist_fields "builtin.module";
        ours summarize_writes "builtin.module";
        ours forward_arrays "builtin.module";
        mlir "canonicalize{top-down=false}";
        mlir "cse";
        ours simplify_sizes "builtin.module";
        mlir "cse";
        ours match_shapes "builtin.module";
        ours sink_slices "builtin.module";
        mlir "canonicalize{top-down=false}";
        ours fuse_elementwise "builtin.module";
        mlir "cse";
    }
    /// Loops ready for machine code: checks proved away or hoisted.
    Loops = "loops" [builtin func gpu arith math complex cf scf memref ub rt vector] {
        ours drop_checks "builtin.module";
        // Kernels on the CPU; they do nothing to other modules.
        ours inline_device_functions "builtin.module";
        ours watch_kernels "builtin.module";
        ours align_strides "builtin.module";
        ours kernel_to_loops "builtin.module";
        ours expand_atomics "builtin.module";
        ours narrow_threads "builtin.module";
        ours bufferize "builtin.module";
        ours reuse_blocks "builtin.module";
        ours schedule_products "builtin.module";
        ours lower_linalg "builtin.module";
        ours factor_signs "builtin.module";
        mlir "canonicalize{top-down=false}";
        mlir "cse";
        // Before checks are looked at: from then on ops are simplified by what holds where they stand, and must stay there.
        mlir "loop-invariant-code-motion";
        ours hoist_allocations "builtin.module";
        ours eliminate_checks "builtin.module";
        ours hoist_checks "builtin.module";
        ours recognise_reductions "builtin.module";
        ours fuse_parallel "builtin.module";
        ours analyse_dependences "builtin.module";
        ours parallelise "builtin.module";
        // Once more: out of the loops over single chunks.
        ours hoist_allocations "builtin.module";
        ours speculate_checks "builtin.module";
        mlir "canonicalize{top-down=false}";
        mlir "cse";
    }
    /// The `llvm` dialect: entry points, error exits, reference counts.
    Llvm = "llvm" [builtin llvm] {
        ours offload_regions "builtin.module";
        ours hoist_transfers "builtin.module";
        ours assemble_kernels "builtin.module";
        // Not before: kernels of GPUs come from `loops`, and have lanes already.
        ours vectorize_iterations "builtin.module";
        ours outline_parallel "builtin.module";
        ours define_products "builtin.module";
        ours align_stores "builtin.module";
        ours annotate_loops "builtin.module";
        mlir "convert-scf-to-cf";
        ours lower_checks "builtin.module";
        ours insert_releases "builtin.module";
        ours define_intrinsics "builtin.module";
        ours vector_math "builtin.module";
        ours round_to_half "builtin.module";
        ours lower_runtime "builtin.module";
        mlir "convert-math-to-llvm";
        mlir "convert-complex-to-llvm";
        ours lower_vectors "builtin.module";
        mlir "finalize-memref-to-llvm";
        mlir "convert-arith-to-llvm";
        mlir "convert-ub-to-llvm";
        mlir "convert-cf-to-llvm";
        mlir "convert-func-to-llvm";
        mlir "reconcile-unrealized-casts";
        ours vectorize_loops "builtin.module";
        ours separate_fields "builtin.module";
        ours split_descriptors "builtin.module";
        ours launch_regions "builtin.module";
        ours make_ufunc_loops "builtin.module";
        ours make_entries "builtin.module";
    }
    /// A GPU module: kernels and the functions that they call.
    Gpu = "gpu" after Loops [builtin gpu func arith math complex cf scf memref ub rt llvm] {
        ours step_loops "builtin.module";
        ours eliminate_checks "builtin.module";
        ours form_kernel "builtin.module";
        ours narrow_indices "builtin.module";
    }
    /// Kernels and device functions in the `nvvm` and `llvm` dialects.
    Nvvm = "nvvm" [builtin gpu llvm nvvm] {
        mlir "convert-scf-to-cf";
        ours lower_simt "builtin.module";
        mlir "gpu.module(convert-gpu-to-nvvm,convert-complex-to-llvm,convert-math-to-llvm,convert-ub-to-llvm,reconcile-unrealized-casts)";
        ours kernel_parameters "builtin.module";
    }
    /// PTX, for `ptxas` or the driver: by LLVM, with libdevice.
    Ptx = "ptx" [] {}
    /// Machine code of a GPU, by `ptxas`.
    Cubin = "cubin" [] {}
    /// LLVM IR before optimisation.
    LlvmIr = "llvm-ir" after Llvm [] {}
    /// LLVM IR after O3.
    LlvmOpt = "llvm-opt" [] {}
    /// Assembly.
    Asm = "asm" [] {}
    /// Machine code.
    Object = "object" [] {}
    /// A shared library, with a C header beside it.
    Shared = "shared" [] {}
    /// The C header of the shared library.
    Header = "header" after Llvm [] {}
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Stage {
    type Err = String;
    fn from_str(name: &str) -> Result<Stage, String> {
        Stage::ALL.iter().copied().find(|s| s.name() == name).ok_or_else(|| {
            let names: Vec<_> = Stage::ALL.iter().map(|s| s.name()).collect();
            format!("there is no stage `{name}`; stages are {}", names.join(", "))
        })
    }
}

impl Stage {
    /// The stage that this one is reached from.
    pub fn predecessor(self) -> Option<Stage> {
        let listed = || Stage::ALL.iter().copied().take_while(|s| *s != self).last();
        self.branches_from().or_else(listed)
    }

    /// The stages after `self` up to `to`, in order; none when `to` is not reached through `self`.
    pub fn path_to(self, to: Stage) -> Option<Vec<Stage>> {
        let mut path: Vec<Stage> = std::iter::successors(Some(to), |s| s.predecessor()).take_while(|s| *s != self).collect();
        let reached = path.last().is_none_or(|first| first.predecessor() == Some(self));
        path.reverse();
        reached.then_some(path)
    }

    /// Whether modules of this stage are MLIR.
    pub fn is_mlir(self) -> bool {
        !self.dialects().is_empty()
    }

    /// The pipeline text that reaches this stage from the one before it.
    pub fn pipeline(self) -> String {
        let steps: Vec<_> = self.steps().iter().map(Step::text).collect();
        format!("builtin.module({})", steps.join(","))
    }
}

/// Every pass of ours on the way to a stage, in pipeline order; one that runs twice is there once.
pub fn passes() -> Vec<PassInfo> {
    let mut seen = HashSet::new();
    Stage::ALL.iter().flat_map(|s| s.steps()).filter_map(Step::ours).filter(|pass| seen.insert(pass.name)).collect()
}

/// Passes of ours that no stage needs.
pub fn utilities() -> Vec<PassInfo> {
    [step!(ours stage_check "builtin.module"), step!(ours write_ir "builtin.module")].into_iter().filter_map(Step::ours).collect()
}
