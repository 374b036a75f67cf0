# The functions for kernels that are made of Python are those in the repository.
# RUN: %python %s %zouk

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "passes" / "src" / "form_kernel" / "functions"


def compiled(zouk, file, name, signature):
    """The functions of the module, the one wanted by its own name, without what only the way here needs."""
    command = [zouk, "compile", file, "--entry", name, "--signature", signature, "--error-model", "numpy", "--no-boundscheck", "--emit", "loops"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [line[2:] for line in text.splitlines()[1:-1]]
    functions, current = {}, None
    for line in lines:
        if line.startswith("func.func"):
            symbol = re.search(r'@("[^"]*"|\w+)', line)
            entry = "zouk.entry" in line
            short = symbol[1].strip('"').split("(")[0]
            line = re.sub(r" attributes \{[^{}]*(\{[^{}]*\}[^{}]*)*\}", "", line)
            current = functions.setdefault(short, [])
            if current:
                current = []
            if not line.rstrip().endswith("{"):
                line = line.replace("func.func @", "func.func private @")
            elif not entry:
                line = line.replace("func.func @", "func.func private @").replace("private private", "private")
        current.append(re.sub(r'@"(\w+)\([^"]*\)(?:#\d+)?"', r"@\1", line))
    return functions


def signatures(file):
    """Of the functions whose parameters have types: they are what is called from outside."""
    spec = importlib.util.spec_from_file_location("functions", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    functions = {name: value.__annotations__ for name, value in vars(module).items() if getattr(value, "__annotations__", None)}
    return {name: f"({', '.join(types.values())})" for name, types in functions.items()}


def is_kept(zouk, file):
    """Whether the text beside the file is what its functions are compiled to."""
    functions = {}
    for name, signature in signatures(file).items():
        for symbol, lines in compiled(zouk, file, name, signature).items():
            defined = lines[0].rstrip().endswith("{")
            if symbol not in functions or symbol == name or defined and not functions[symbol][0].rstrip().endswith("{"):
                functions[symbol] = lines
    text = f"// Made of {file.name} by lit-tests/gpu/device_functions.py.\n" + "".join("\n".join(lines) + "\n" for lines in functions.values())
    kept = file.with_suffix(".mlir")
    if os.environ.get("BLESS"):
        kept.write_text(text)
    return kept.read_text() == text


sys.exit(not all([is_kept(sys.argv[1], file) for file in sorted(FOLDER.glob("*.py"))]))
