# Two commands matter: `make run` (the samples through the whole pipeline) and `make test`.
# Everything is installed into .venv from hashed lock files; nothing outside this folder changes.

SHELL := /bin/bash
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null && $$p -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null \
	&& echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q install --no-deps
# uv installs the same locks faster: `make run UV=uv`
ifdef UV
PIP := $(UV) pip install -q --compile-bytecode --python $(BIN)/python --no-deps
endif
# Every command is a process, a run is three of them: where Python may keep no compiled modules (as
# images of containers often have it), each start compiles them anew, which doubles its time.
export PYTHONDONTWRITEBYTECODE :=
DATA ?= data
# A third of the time tests wait for servers and children: half as many workers again as cores.
WORKERS ?= $(shell echo $$(( ($$(getconf _NPROCESSORS_ONLN) * 3 + 1) / 2 )))

.DEFAULT_GOAL := help
.PHONY: help install run test check lint format docs screenshots knowledge train lock clean bench fuzz

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

install: $(VENV)/.installed ## Create .venv with what the program needs

$(VENV)/.python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Khabar needs Python 3.11, 3.12 or 3.13 with the venv module; none was found on PATH." >&2; \
		echo "Debian/Ubuntu: apt install python3 python3-venv. macOS: brew install python@3.13." >&2; \
		echo "Or name one: make run PYTHON=/path/to/python3.12" >&2; exit 1; fi
	@"$(PYTHON)" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || \
		{ echo "$(PYTHON) is no Python 3.11, 3.12 or 3.13." >&2; exit 1; }
	@echo "Creating $(VENV) with $$($(PYTHON) --version) ..."
	@"$(PYTHON)" -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.python requirements.lock requirements-build.lock pyproject.toml
	@echo "Installing the locked packages (about 700 MB, a minute or two with pip) ..."
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --require-hashes -r requirements-build.lock
	@$(PIP) --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	@echo "Installing the development tools ..."
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

run: $(VENV)/.installed ## The samples through the whole pipeline, into ./data
	@$(BIN)/khabar run samples --config samples/khabar.toml --home $(DATA)

lint: $(VENV)/.installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache | tail -n 12

test: lint ## Lint, types, import rules and every test (about twenty-five minutes)
	@$(BIN)/pip check
	@$(BIN)/pytest -q -n $(WORKERS) --dist worksteal --durations=15

check: lint ## The fast loop: lint, types, import rules, quick tests (under a minute)
	@$(BIN)/pytest -q -n auto --dist worksteal -m "not slow and not server" tests/unit tests/architecture tests/property

format: $(VENV)/.installed-dev ## Format the code and mend what ruff can mend
	@$(BIN)/ruff check --fix -q . ; $(BIN)/ruff format -q .

docs: $(VENV)/.installed-dev ## Write the generated pages of docs/ anew
	@COLUMNS=88 $(BIN)/python -m tools.write_docs
	@$(BIN)/python -m tools.cookbook

screenshots: $(VENV)/.installed-dev ## Pictures of the reports in ./data, to be looked at before a release
	@$(BIN)/python -m tests.screenshots $(DATA) $(DATA)/screenshots

knowledge: ## Build the knowledge files anew from their open sources
	@test -d .venv-knowledge || $(PYTHON) -m venv .venv-knowledge
	@.venv-knowledge/bin/python -m pip -q install --no-deps --require-hashes -r requirements-knowledge.lock
	@.venv-knowledge/bin/python tools/build_knowledge.py

train: ## Train the shipped tagger anew (needs KHABAR_EVAL_DATA, an hour or two): training/README.md
	@test -d .venv-train || $(PYTHON) -m venv .venv-train
	@.venv-train/bin/python -m pip -q install --no-deps --require-hashes -r requirements-train.lock
	@.venv-train/bin/python -m training --eval-data "$${KHABAR_EVAL_DATA:-../shared/real}"

# The recipe runs on the CPU: torch's CPU build is locked beside the registry's, its GPU parts are not.
TORCH_CPU := 6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b
TORCH_GPU := cuda-bindings cuda-pathfinder cuda-toolkit nvidia-cublas nvidia-cuda-cupti \
	nvidia-cuda-nvrtc nvidia-cuda-runtime nvidia-cudnn-cu13 nvidia-cufft nvidia-cufile \
	nvidia-curand nvidia-cusolver nvidia-cusparse nvidia-cusparselt-cu13 nvidia-nccl-cu13 \
	nvidia-nvjitlink nvidia-nvshmem-cu13 nvidia-nvtx triton

lock: ## Resolve the locks anew (needs uv); never names a registry
	@for spec in "requirements.lock pyproject.toml" \
		"requirements-dev.lock -c requirements.lock --group dev pyproject.toml" \
		"requirements-build.lock --group build" "requirements-knowledge.lock --group knowledge" \
		"requirements-train.lock -c requirements.lock --group train $(TORCH_GPU:%=--no-emit-package %)"; do \
		set -- $$spec; out=$$1; shift; \
		uv pip compile -q --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-header "$$@" -o $$out || exit 1; done
	@grep -q $(TORCH_CPU) requirements-train.lock || \
		sed -i 's|^torch==.*|&\n    --hash=sha256:$(TORCH_CPU) \\|' requirements-train.lock

bench: $(VENV)/.installed ## Measure speed (needs KHABAR_EVAL_DATA); docs/measurements.md keeps the figures
	@$(BIN)/python benchmarks/pipeline.py --eval-data "$${KHABAR_EVAL_DATA:-../shared/real}"

fuzz: $(VENV)/.installed-dev ## Over a million mutated inputs against every decoder and reader (an hour); ONLY=warc for one
	@$(BIN)/python -m tests.fuzz $(if $(ONLY),--only $(ONLY)) $(if $(INPUTS),--inputs $(INPUTS))

clean: ## Remove ./data but the decisions in it, and the caches, not .venv
	@if [ -d data ]; then find data -mindepth 1 -maxdepth 1 ! -name decisions -exec rm -rf {} +; fi
	rm -rf .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
