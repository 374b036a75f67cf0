# demo, test, bless, bench, conformance, wheel; the others are steps of these. Every step can be repeated cheaply.

SHELL := bash
.SHELLFLAGS := -o pipefail -c

PYTHON ?= python3
LLVM := /usr/lib/llvm-22
VENV := .venv
BIN := $(VENV)/bin
LOGS := target/test-logs
JOBS ?= $(shell nproc)

# Debian's own Python makes no virtual environments without it.
VENV_PACKAGE := $(shell $(PYTHON) -c 'import ensurepip' 2>/dev/null || echo python3-venv)
PACKAGES := llvm-22-dev llvm-22-tools libmlir-22-dev mlir-22-tools libclang-22-dev libpolly-22-dev \
            libzstd-dev zlib1g-dev libxml2-dev libsleef-dev libhwy-dev g++ $(VENV_PACKAGE)
# nvcc with its headers and libraries, and what shows machine code.
NVCC_PACKAGES := nvidia-cuda-nvcc nvidia-nvvm nvidia-cuda-crt nvidia-cuda-runtime nvidia-cuda-cccl nvidia-cuda-cuobjdump nvidia-cuda-nvdisasm
SUDO := $(shell test "$$(id -u)" = 0 || echo sudo)
INSTALL := $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends

.PHONY: demo test bless bench conformance wheel setup system build develop test-rust test-lit test-python
.DEFAULT_GOAL := build

## Runs the example programs under CPython, Numba and zouk, and prints one table; then the tour of all decorators, and the kernels.
demo: build $(VENV)/.numba
	$(BIN)/python examples/demo.py
	@echo
	$(BIN)/python examples/tour.py
	@echo
	$(BIN)/python examples/cuda/demo.py

## All tests. The last lines are the runners' own summaries.
test: build
	@mkdir -p $(LOGS); failed=0; \
	for part in rust lit python; do $(MAKE) --no-print-directory test-$$part || failed=1; done; \
	echo; grep -h '^test result' $(LOGS)/rust.log; sed -n '/^Testing Time/,$$p' $(LOGS)/lit.log; tail -n 1 $(LOGS)/python.log; \
	exit $$failed

test-rust: setup
	@mkdir -p $(LOGS)
	cargo test --release --workspace 2>&1 | tee $(LOGS)/rust.log

test-lit: build
	@mkdir -p $(LOGS)
	$(BIN)/lit --order=lexical -j $(JOBS) -v lit-tests 2>&1 | tee $(LOGS)/lit.log

test-python: build
	@mkdir -p $(LOGS)
	$(BIN)/python -m pytest -q -n $(JOBS) python/tests 2>&1 | tee $(LOGS)/python.log

## Rewrites every expected output that tests compare with; look at the difference before you commit it.
bless: build
	BLESS=1 INSTA_UPDATE=always INSTA_FORCE_PASS=1 cargo test --release --workspace
	BLESS=1 $(BIN)/lit --order=lexical -j $(JOBS) -q lit-tests
	BLESS=1 $(BIN)/python -m pytest -q -n $(JOBS) python/tests

## Speed: the stages and calls from Rust by criterion; then, beside Numba, one row for each promise.
bench: build $(VENV)/.numba $(VENV)/.nvcc
	cargo bench -p zouk-benches -- --quick --quiet
	$(BIN)/python benches/bench.py

## Numba's own tests, all of the list, and docs/conformance.md. BLESS=1 writes the lists of what passes, too.
conformance: build
	$(BIN)/python conformance/run.py --jobs $(JOBS) --report $(if $(BLESS),--bless)

## A wheel in dist/, with the libraries that it needs beside NumPy.
wheel: setup
	rm -rf dist
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/maturin build --release --manifest-path python/Cargo.toml --out dist

## The binaries target/release/zouk and zouk-opt, and the Python package importable from .venv.
build: setup
	cargo build --release --workspace
	@$(MAKE) --no-print-directory develop

develop:
	@cmp -s target/release/lib_zouk.so python/zouk/_zouk.so || cp -f --remove-destination target/release/lib_zouk.so python/zouk/_zouk.so
	@echo $(CURDIR)/python > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')/zouk.pth"

setup: system $(VENV)/.requirements $(VENV)/.ptxas

system:
	@missing=$$(for package in $(PACKAGES); do \
	  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || echo $$package; done); \
	if [ -n "$$missing" ]; then $(INSTALL) $$missing || { $(SUDO) apt-get update -q && $(INSTALL) $$missing; }; fi

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.requirements: requirements.txt | $(BIN)/python
	$(BIN)/pip install -q --disable-pip-version-check -r requirements.txt
	@touch $@

# Only to compare with, and only to assemble PTX: where they cannot be had the rest goes on without them.
$(VENV)/.numba: $(VENV)/.requirements
	@$(BIN)/pip install -q --disable-pip-version-check numba && touch $@ || echo "no Numba: nothing to compare with"

$(VENV)/.ptxas: $(VENV)/.requirements
	@$(BIN)/pip install -q --disable-pip-version-check nvidia-cuda-nvcc && touch $@ || echo "no ptxas: PTX is not assembled"

$(VENV)/.nvcc: $(VENV)/.ptxas
	@$(BIN)/pip install -q --disable-pip-version-check $(NVCC_PACKAGES) && touch $@ || echo "no nvcc: no machine code of GPUs to compare with"
