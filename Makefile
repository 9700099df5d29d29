# The single source of commands: people, hooks and CI call these and nothing else.

PYTHON = .venv/bin/python
STAMP = .venv/.installed
PARALLEL = --numprocesses auto --maxprocesses 4 --dist loadscope

.PHONY: help setup demo class test test-quick redteam fuzz mutants every-part lint format bench bench-quick bench-class fidelity clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## Install what is missing: Debian packages and a virtual environment
$(STAMP): scripts/setup requirements.txt pyproject.toml grader/engine/compiled.c
	@scripts/setup

demo: $(STAMP) ## Grade a sample solution, from the queue to the score
	@GRADER_DATASET=$${GRADER_DATASET:-auto} GRADER_TRAINER_THREADS=$$(nproc) \
		$(PYTHON) -m grader submit submissions/mnist-conv/correct/correct_lesson/solution.py

class: $(STAMP) ## Make a class to try things on: an export of Canvas, from the samples
	@$(PYTHON) -m scripts.make_class class

test: $(STAMP) ## Run the whole test suite
	@$(PYTHON) -m pytest $(PARALLEL)

test-quick: $(STAMP) ## Run the tests that train nothing
	@$(PYTHON) -m pytest $(PARALLEL) -m "not slow"

redteam: $(STAMP) ## Let every attack loose, and everything that looks like one (half an hour)
	@$(PYTHON) -m tests.redteam

fuzz: $(STAMP) ## Spoil 20,000 files, messages and requests (ten minutes)
	@FUZZ_EXAMPLES=2500 timeout 3600 $(PYTHON) -m pytest tests/redteam -k fuzz --timeout 3600

mutants: $(STAMP) ## Spoil our own code in a thousand places, and see a test fail for each (ten minutes)
	@timeout 3600 $(PYTHON) -m tests.mutants

every-part: $(STAMP) ## Train every built-in part of Keras, and compare with plain Keras (half an hour)
	@EVERY_PART=1 timeout 3600 $(PYTHON) -m pytest tests/engine/test_everything_built_in.py

lint: $(STAMP) ## Check format, lint, types and layers
	@$(PYTHON) -m ruff format --check --quiet .
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports

format: $(STAMP) ## Format the code and mend what can be mended
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .

bench: $(STAMP) ## Measure against plain Keras, target by target (an hour)
	@$(PYTHON) -m bench

bench-quick: $(STAMP) ## The same with small numbers (some minutes)
	@$(PYTHON) -m bench --quick

bench-class: $(STAMP) ## Only the class of 60 and its pages (half an hour)
	@$(PYTHON) -m bench --class

fidelity: $(STAMP) ## Compare a full-size remote run with plain Keras (many minutes)
	@$(PYTHON) -m bench.fidelity

clean: ## Remove the virtual environment and caches
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
