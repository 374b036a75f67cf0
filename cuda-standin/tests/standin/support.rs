//! Device memory, modules and launches for tests, without the driver about them.

use std::sync::{Arc, OnceLock};
use std::time::Duration;
use zouk_cuda_standin::decode::image::Image;
use zouk_cuda_standin::machine::fault::Fault;
use zouk_cuda_standin::machine::grid::{Launch, execute};
use zouk_cuda_standin::machine::ops::Program;
use zouk_cuda_standin::memory::{Kind, Memory};
use zouk_cuda_standin::ptx::{Wrong, parser::parse};

pub fn memory() -> &'static Memory {
    static MEMORY: OnceLock<Memory> = OnceLock::new();
    MEMORY.get_or_init(|| Memory::reserve(1 << 30))
}

/// An array in device memory.
pub struct Array {
    pub address: u64,
    bytes: usize,
}

impl Array {
    pub fn of<T: bytemuck::Pod>(values: &[T]) -> Array {
        let bytes: &[u8] = bytemuck::cast_slice(values);
        let address = memory().allocate(bytes.len() as u64, Kind::Device, 0).expect("device memory");
        assert!(memory().write(address, bytes));
        Array { address, bytes: bytes.len() }
    }

    pub fn read<T: bytemuck::Pod>(&self) -> Vec<T> {
        let mut values = vec![T::zeroed(); self.bytes / size_of::<T>()];
        assert!(memory().read(self.address, bytemuck::cast_slice_mut(&mut values)));
        values
    }
}

impl Drop for Array {
    fn drop(&mut self) {
        memory().free(self.address, |_| true);
    }
}

/// An argument of a kernel, as bytes.
pub fn bytes<T: bytemuck::Pod>(value: T) -> Vec<u8> {
    bytemuck::bytes_of(&value).to_vec()
}

pub fn load(text: &str) -> Result<Image, Wrong> {
    Image::load(&[parse(text)?], memory(), 0)
}

pub struct Kernel {
    pub program: Arc<Program>,
    pub shared: u32,
}

/// The kernel `name` of a module that must load.
pub fn kernel(text: &str, name: &str) -> Kernel {
    let image = load(text).unwrap_or_else(|wrong| panic!("{wrong}\n{text}"));
    Kernel { program: image.kernels[name].clone(), shared: 0 }
}

impl Kernel {
    pub fn launch(&self, grid: [u32; 3], block: [u32; 3], arguments: &[Vec<u8>]) -> Result<String, Fault> {
        let mut parameters = Vec::new();
        for (parameter, argument) in self.program.parameters.iter().zip(arguments) {
            parameters.resize(parameters.len().next_multiple_of(parameter.align as usize), 0);
            assert_eq!(parameter.bytes as usize, argument.len(), "{}", parameter.name);
            parameters.extend(argument);
        }
        assert_eq!(self.program.parameters.len(), arguments.len());
        let launch = Launch { grid, block, dynamic_shared: self.shared, parameters, number: 1, stack_limit: 1024, multiprocessors: 4, resident: 64, time_limit: Duration::from_secs(20) };
        let (outcome, printed) = execute(&self.program, &launch, memory());
        outcome.map(|()| printed)
    }

    pub fn run(&self, grid: u32, block: u32, arguments: &[Vec<u8>]) -> String {
        self.launch([grid, 1, 1], [block, 1, 1], arguments).unwrap_or_else(|fault| panic!("{}: {}", fault.code, fault.text))
    }
}

/// A module with one kernel `k` of this body, whose parameters are pointers `p0`, `p1`, … and the number of elements; `%i` is the
/// thread's number in the grid, `%a0`, … the addresses of its elements of `sizes` bytes.
pub fn module(sizes: &[u32], registers: &str, body: &str) -> String {
    let parameters: Vec<String> = (0..sizes.len()).map(|index| format!(".param .u64 p{index}")).collect();
    let addresses: Vec<String> = sizes.iter().enumerate().map(|(index, size)| format!("ld.param.u64 %a{index}, [p{index}]; mad.wide.u32 %a{index}, %i, {size}, %a{index};")).collect();
    format!(
        ".version 8.4\n.target sm_90\n.address_size 64\n.visible .entry k({}, .param .u32 count)\n{{ .reg .u64 %a<{}>; .reg .u32 %i, %j; .reg .pred %outside; {registers}\nmov.u32 %i, %ctaid.x; mov.u32 %j, %ntid.x; mad.lo.u32 %i, %i, %j, %tid.x;\nld.param.u32 %j, [count]; setp.ge.u32 %outside, %i, %j; @%outside exit;\n{}\n{body}\nret; }}\n",
        parameters.join(", "),
        sizes.len(),
        addresses.join("\n")
    )
}

/// Runs `body` with one thread for each element of the inputs; the outputs' bytes are zero before.
pub fn elementwise<R: bytemuck::Pod>(inputs: &[Array], sizes: &[u32], count: usize, registers: &str, body: &str) -> Vec<R> {
    let mut all = vec![size_of::<R>() as u32];
    all.extend(sizes);
    let out = Array::of(&vec![R::zeroed(); count]);
    let mut arguments = vec![bytes(out.address)];
    arguments.extend(inputs.iter().map(|input| bytes(input.address)));
    arguments.push(bytes(count as u32));
    kernel(&module(&all, registers, body), "k").run(count.div_ceil(64) as u32, 64, &arguments);
    out.read()
}
