"""Programs of the CUDA toolkit, where they are installed."""

import functools
import math
import os
import re
import shutil
import subprocess
import tempfile

from .compiler import find_toolkit
from .errors import NvvmSupportError

# Of every GPU so far: registers of a multiprocessor, what a thread's are rounded up to, warps that get theirs together.
_REGISTERS, _UNIT, _TOGETHER = 65536, 8, 4


def find_tool(name):
    """The program: of the toolkit that the environment names; else of NVIDIA's Python packages, or on the path. None where it is not installed."""
    named = [os.environ[variable] for variable in ("CUDA_HOME", "CUDA_PATH", "CUDA_ROOT") if os.environ.get(variable)]
    for folder in named or [find_toolkit()]:
        found = folder and shutil.which(name, path=os.path.join(folder, "bin"))
        if found:
            return found
    return shutil.which(name)


def _tool(name):
    found = find_tool(name)
    if found is None:
        raise NvvmSupportError(f"{name} has to be on the PATH: it is part of the CUDA toolkit")
    return found


def _chip(ptx):
    return ptx.partition(".target ")[2].split()[0].rstrip(",")


def _assembled(ptx, folder, *options):
    """The path of the machine code of a PTX text, and what the assembler says of it."""
    source, code = os.path.join(folder, "kernel.ptx"), os.path.join(folder, "kernel.cubin")
    with open(source, "w") as file:
        file.write(ptx)
    done = subprocess.run([_tool("ptxas"), f"-arch={_chip(ptx)}", *options, source, "-o", code], capture_output=True, text=True)
    if done.returncode != 0:
        raise NvvmSupportError(f"ptxas: {done.stderr.strip()}")
    return code, done.stdout + done.stderr


def disassemble(ptx, *options):
    """The machine code of a kernel for the chip that its PTX is for, as text."""
    disassembler = _tool("nvdisasm")
    with tempfile.TemporaryDirectory() as folder:
        code, _ = _assembled(ptx, folder)
        return subprocess.run([disassembler, *options, code], check=True, capture_output=True, text=True).stdout


@functools.lru_cache(maxsize=64)
def usage(ptx):
    """What a kernel needs of the chip that its PTX is for, as its assembler finds it: the figures that a driver gives, by their names."""
    kernel = ptx.partition(".entry ")[2].partition("(")[0]
    with tempfile.TemporaryDirectory() as folder:
        _, said = _assembled(ptx, folder, "--verbose")
    about = said.partition(f"entry function '{kernel}'")[2].partition("Compiling entry function")[0]

    def number(pattern):
        return sum(map(int, re.findall(pattern, about)))

    registers = number(r"Used (\d+) registers")
    warps = _REGISTERS // (32 * _UNIT * -(-max(registers, 1) // _UNIT)) // _TOGETHER * _TOGETHER
    promised = re.search(r"\.(?:maxntid|reqntid) ([\d, ]+)", ptx.partition(f".entry {kernel}(")[2].partition("{")[0])
    return {
        "max_threads_per_block": math.prod(map(int, promised[1].split(","))) if promised else min(1024, 32 * warps),
        "shared_mem_per_block": number(r"(\d+) bytes smem"),
        # What the program's constants take, of the whole module: the banks of parameters and of the assembler's own do not count.
        "const_mem_size": sum(map(int, re.findall(r"(\d+) bytes cmem\[[34]\]", said))),
        "local_mem_per_thread": number(r"(\d+) bytes stack frame"),
        "regs_per_thread": registers,
    }
