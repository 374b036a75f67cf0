"""Programs of the CUDA toolkit, where they are installed."""

import os
import shutil
import subprocess
import tempfile

from .errors import NvvmSupportError


def _tool(name):
    found = shutil.which(name)
    if found is None:
        raise NvvmSupportError(f"{name} has to be on the PATH: it is part of the CUDA toolkit")
    return found


def disassemble(ptx, *options):
    """The machine code of a kernel for the chip that its PTX is for, as text."""
    assembler, disassembler = _tool("ptxas"), _tool("nvdisasm")
    chip = ptx.partition(".target ")[2].split()[0].rstrip(",")
    with tempfile.TemporaryDirectory() as folder:
        source, code = os.path.join(folder, "kernel.ptx"), os.path.join(folder, "kernel.cubin")
        with open(source, "w") as file:
            file.write(ptx)
        subprocess.run([assembler, f"-arch={chip}", source, "-o", code], check=True, capture_output=True)
        return subprocess.run([disassembler, *options, code], check=True, capture_output=True, text=True).stdout
