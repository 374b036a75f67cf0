//! What kernels are compiled for: threads of a GPU, or the CPU.

use zouk_frontend::Constant;

/// Whether a function is a kernel, and where it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Simt {
    /// An ordinary function: what asks for the place of a thread is an error.
    #[default]
    No,
    /// A kernel whose blocks and threads are loops on the CPU.
    Cpu,
    Cuda(CudaOptions),
}

impl Simt {
    /// As the module's attribute `zouk.simt` and the command line have it.
    pub fn name(&self) -> Option<&'static str> {
        match self {
            Simt::No => None,
            Simt::Cpu => Some("cpu"),
            Simt::Cuda(_) => Some("cuda"),
        }
    }

    /// A kernel for the CPU, if it is one.
    pub fn on_cpu(&self) -> Simt {
        if *self == Simt::No { Simt::No } else { Simt::Cpu }
    }

    /// What a kernel is compiled for when it is looked at there.
    pub fn at_stage(self, stage: &str) -> Simt {
        if matches!(stage, "llvm" | "llvm-ir" | "llvm-opt" | "asm" | "object" | "shared" | "header") { self.on_cpu() } else { self }
    }

    /// The same for this chip, when it is for a GPU.
    pub fn on_chip(&self, chip: &str) -> Simt {
        match self {
            Simt::Cuda(options) => Simt::Cuda(CudaOptions { chip: chip.into(), ..options.clone() }),
            Simt::No | Simt::Cpu => Simt::Cuda(CudaOptions { chip: chip.into(), ..CudaOptions::default() }),
        }
    }
}

/// The chips that LLVM compiles for, of those that zouk's code needs.
const CHIPS: [&str; 20] = ["50", "52", "53", "60", "61", "62", "70", "72", "75", "80", "86", "87", "88", "89", "90", "100", "101", "103", "120", "121"];

/// How a kernel is compiled for a GPU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CudaOptions {
    /// `sm_80`
    pub chip: String,
    /// LLVM's passes; without them the code is that of the program, line by line.
    pub opt: bool,
    /// Lines of the source in the PTX.
    pub lineinfo: bool,
    /// `a * b + c` rounds once.
    pub fma: bool,
    /// Registers of a thread at most.
    pub max_registers: Option<u32>,
    /// Threads of a block at most, blocks of a multiprocessor at least, blocks of a cluster at most: as many as are said.
    pub launch_bounds: Vec<u32>,
    /// A device function of this name that other code calls, and no kernel.
    pub device: Option<String>,
    /// The device function follows Numba's convention: it gives a status, and writes its result where the first argument says.
    pub status: bool,
    /// For launches whose arrays and grid are below 2^31: sizes and strides are parameters of 32 bits.
    pub narrow: bool,
}

impl Default for CudaOptions {
    fn default() -> Self {
        CudaOptions { chip: Self::CHIP.into(), opt: true, lineinfo: false, fma: true, max_registers: None, launch_bounds: vec![], device: None, status: false, narrow: false }
    }
}

impl CudaOptions {
    /// The chip where none is said.
    pub const CHIP: &str = "sm_80";

    /// Whether the code is for small launches only. What is debugged or not optimised computes as the program does.
    pub fn is_narrow(&self, debug: bool) -> bool {
        self.narrow && self.opt && !debug && self.device.is_none()
    }

    /// Checks the name of a chip: `sm_75`, `sm_90a`. Others than LLVM knows would be compiled for one of its oldest.
    pub fn parse_chip(text: &str) -> Result<String, String> {
        let name = text.strip_prefix("sm_").unwrap_or_default();
        let number = name.trim_end_matches(['a', 'f']);
        let has_variants = number.parse::<u32>().is_ok_and(|number| number >= 90);
        let is_variant = has_variants && (name == format!("{number}a") || number != "90" && name == format!("{number}f"));
        match CHIPS.contains(&number) && (name == number || is_variant) {
            true => Ok(text.into()),
            false => Err(format!("there is no chip `{text}` that zouk compiles for; there are sm_{}", CHIPS.join(" sm_"))),
        }
    }

    /// What the arguments of the decorator in a file say.
    pub fn of_arguments(arguments: &[(String, Option<Constant>)]) -> CudaOptions {
        let mut options = CudaOptions::default();
        let flag = |value: &Constant| matches!(value, Constant::Bool(true));
        for (name, value) in arguments.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_ref()?))) {
            match name {
                "opt" => options.opt = flag(value),
                "lineinfo" => options.lineinfo = flag(value),
                "fma" => options.fma = flag(value),
                "max_registers" => options.max_registers = number(value),
                "launch_bounds" => {
                    options.launch_bounds = match value {
                        Constant::Tuple(parts) => parts.iter().filter_map(number).collect(),
                        one => number(one).into_iter().collect(),
                    }
                }
                _ => {}
            }
        }
        options
    }
}

fn number(value: &Constant) -> Option<u32> {
    let Constant::Int(value) = value else { return None };
    value.to_string().parse().ok()
}
