"""Machine code for GPUs, without one: what `ptxas` makes of zouk's PTX and of Numba's for the kernels of `examples/cuda`, beside nvcc's for the same kernel in CUDA C."""

import json
import re
import subprocess
import sysconfig
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import sass
from rows import HERE, Row, new_process

CHIPS = (75, 80, 90)


@dataclass(frozen=True)
class Kernel:
    """`work` are opcodes that occur `each` times in each iteration of the inner loop; where there is none the kernel counts as a whole."""

    name: str
    entry: str
    signature: str
    work: str | None = None
    each: int = 1
    fastmath: bool = False


KERNELS = [
    Kernel("vector_add", "add", "(f4[::1], f4[::1], f4[::1])"),
    Kernel("saxpy", "saxpy", "(f4, f4[::1], f4[::1])", "STG"),
    Kernel("matmul", "matmul", "(f4[:, ::1], f4[:, ::1], f4[:, ::1])", "FFMA|FMUL"),
    Kernel("matmul_tiled", "matmul_tiled", "(f4[:, ::1], f4[:, ::1], f4[:, ::1])", "FFMA|FMUL"),
    Kernel("reduction", "sum_blocks", "(f4[::1], f4[::1])", "LDG"),
    Kernel("histogram", "histogram", "(u1[::1], i4[::1])", "LDG"),
    Kernel("stencil", "relax", "(f4[:, ::1], f4[:, ::1])"),
    Kernel("nbody", "attract", "(f4[:, ::1], f4[:, ::1])", "MUFU.(RSQ|SQRT)", fastmath=True),
    Kernel("black_scholes", "black_scholes", "(f8[::1], f8[::1], f8[::1], f8, f8, f8[::1], f8[::1])"),
    Kernel("warp_reduction", "sum_warps", "(f4[::1], f4[::1])", "LDG"),
    Kernel("prefix_sum", "scan_blocks", "(i4[::1], i4[::1], i4[::1])"),
    Kernel("mandelbrot", "mandelbrot", "(f8, f8, f8, i4[:, ::1])", "DSETP"),
]


def tools():
    """The folder of NVIDIA's packages, or None where a program is missing."""
    site = Path(sysconfig.get_paths()["purelib"])
    for folder in sorted(site.glob("nvidia/*/bin")):
        if all((folder / name).exists() for name in ("nvcc", "ptxas", "cuobjdump", "nvdisasm")):
            return folder.parent
    return None


def output(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError((done.stderr or done.stdout).strip().splitlines()[-1])
    return done.stdout


@dataclass
class Code:
    """What matters of a kernel's machine code."""

    registers: int
    stack: int
    per_unit: float
    is_loop: bool
    memory: dict

    @property
    def local(self):
        """Bytes of the stack, and instructions that read and write it or what was spilled."""
        return self.stack + self.memory.get("LDL", 0) + self.memory.get("STL", 0)


def examine(home, cubin, kernel):
    """Reads the machine code of the kernel: the only entry function of the file."""
    usage = output(home / "bin/cuobjdump", "-res-usage", cubin)
    resources = {key: int(value) for key, value in re.findall(r"(\w+):(\d+)", usage.split("Function", 1)[1])}
    functions = sass.functions(output(home / "bin/nvdisasm", "-c", cubin))
    function = functions.get(kernel.entry) or max(functions.values(), key=lambda function: len(function.instructions))
    hot = sass.hot_part(function, kernel.work, kernel.each)
    return Code(resources["REG"], resources["STACK"], hot.per_unit, hot.is_loop, function.memory())


def of_nvcc(home, kernel, chip, folder):
    cubin = folder / f"{kernel.name}.nvcc.{chip}.cubin"
    options = ["-use_fast_math"] if kernel.fastmath else []
    output(home / "bin/nvcc", "-O3", "-cubin", f"-arch=sm_{chip}", *options, HERE / "cuda" / f"{kernel.name}.cu", "-o", cubin)
    return examine(home, cubin, kernel)


def of_ptx(home, kernel, chip, ptx):
    """What `ptxas` makes of a file of PTX."""
    cubin = ptx.with_suffix(".cubin")
    output(home / "bin/ptxas", f"-arch=sm_{chip}", "-O3", ptx, "-o", cubin)
    return examine(home, cubin, kernel)


COMPILE = """
import sys
from ptx import compile_all
compile_all(*sys.argv[1:])
"""


def compile_in_new_process(compiler, home, folder):
    """The errors of `compile_all`."""
    return new_process(COMPILE, compiler, folder, variables={"CUDA_HOME": str(numba_home(home, folder) if compiler == "numba" else home)})


def compile_all(compiler, folder):
    """Writes the PTX of each kernel for each chip into a folder; prints the errors as JSON."""
    import warnings

    import programs

    warnings.simplefilter("ignore")
    errors = {}
    if compiler == "numba":
        _name_the_chip()
    for kernel in KERNELS:
        program = programs.load(f"cuda/{kernel.name}", compiler)
        for chip in CHIPS:
            current_chip[:] = divmod(chip, 10)
            try:
                function = getattr(program, kernel.entry).py_func
                # What launches use.
                narrow = {"abi_info": {"index_bits": 32}} if compiler == "zouk" else {}
                text, _ = program.cuda.compile_ptx(function, types_of(compiler, kernel.signature), cc=divmod(chip, 10), fastmath=kernel.fastmath, **narrow)
                (Path(folder) / f"{kernel.name}.{compiler}.{chip}.ptx").write_text(text)
            except Exception as error:
                errors[f"{kernel.name} {chip}"] = f"{type(error).__name__}: {error}"
    print(json.dumps(errors))


current_chip = []


def _name_the_chip():
    """Numba compiles a device function for the GPU of the machine: here there is none, so it is told which is meant."""
    from types import SimpleNamespace

    from numba.cuda import dispatcher

    dispatcher.get_current_device = lambda: SimpleNamespace(compute_capability=tuple(current_chip))


def types_of(compiler, signature):
    """`(f4[::1], i4)` as a tuple of the compiler's types."""
    from importlib import import_module

    types = import_module(f"{compiler}.types")
    short = {"f4": types.float32, "f8": types.float64, "i4": types.int32, "i8": types.int64, "u1": types.uint8}
    return eval(signature, short)


def numba_home(home, folder):
    """NVIDIA's packages as CUDA's installer lays them out, which is where Numba looks: a folder of links."""
    folder = folder / "home"
    links = {"nvvm/lib64": home / "lib", "nvvm/libdevice": home / "nvvm/libdevice", "lib64": home / "lib"}
    for path, target in links.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).symlink_to(target)
    return folder


def ptx(repetitions, with_numba):
    """A row for registers and one for instructions of each kernel: the worst of the chips, beside nvcc's. Instructions are those of an iteration of the inner loop."""
    home = tools()
    if home is None:
        yield Row("code of kernels beside nvcc's", error="nvcc, ptxas, cuobjdump or nvdisasm is not installed")
        return
    with tempfile.TemporaryDirectory(prefix="zouk-bench-") as folder:
        codes, errors = all_codes(home, Path(folder), with_numba)
    for kernel in KERNELS:
        if wrong := [error for (name, compiler, _), error in errors.items() if name == kernel.name and compiler != "numba"]:
            yield Row(f"{kernel.name}: code", error=wrong[0])
            continue
        for words, measure in (("registers", lambda code: code.registers), ("instructions", lambda code: code.per_unit)):
            figures = {chip: {compiler: codes.get((kernel.name, compiler, chip)) for compiler in ("zouk", "nvcc", "numba")} for chip in CHIPS}
            ratios = {chip: measure(found["zouk"]) / measure(found["nvcc"]) for chip, found in figures.items()}
            worst = max(ratios, key=ratios.get)
            texts = {compiler: f"{measure(code):.3g}" if code else "-" for compiler, code in figures[worst].items()}
            yield Row(f"{kernel.name}: {words} on sm_{worst}", ratios[worst], 1.1, "x nvcc", f"{texts['zouk']} to {texts['nvcc']}", f"Numba {texts['numba']}")
    local = [(codes[key].local, codes[key[0], "nvcc", key[2]].local) for key in codes if key[1] == "zouk"]
    extra = sum(max(0, ours - theirs) for ours, theirs in local)
    yield Row("local memory and spills beyond nvcc's", extra, 0, "", f"{len(local)} codes")


def all_codes(home, folder, with_numba):
    """What matters of the machine code, and the errors, by kernel, compiler and chip."""
    codes, errors = {}, {}
    for compiler in ["zouk", "numba"] if with_numba else ["zouk"]:
        for place, error in compile_in_new_process(compiler, home, folder).items():
            name, chip = place.split()
            errors[name, compiler, int(chip)] = error

    def code(key):
        kernel, compiler, chip = key
        if compiler == "nvcc":
            return of_nvcc(home, kernel, chip, folder)
        return of_ptx(home, kernel, chip, folder / f"{kernel.name}.{compiler}.{chip}.ptx")

    keys = [(kernel, compiler, chip) for kernel in KERNELS for compiler in ("zouk", "numba", "nvcc") for chip in CHIPS]
    keys = [key for key in keys if (key[0].name, *key[1:]) not in errors and (with_numba or key[1] != "numba")]
    with ThreadPoolExecutor(2) as pool:
        for (kernel, compiler, chip), future in [(key, pool.submit(code, key)) for key in keys]:
            try:
                codes[kernel.name, compiler, chip] = future.result()
            except Exception as error:
                errors[kernel.name, compiler, chip] = str(error)
    return codes, errors
