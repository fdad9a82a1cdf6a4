# The two commands: make demo, make test.  make venv only prepares .venv.
.DEFAULT_GOAL := help
.PHONY: help venv demo demo-desk shell test coverage stress test-system test-peers fuzz lock lint docs pictures bench deb release image clean
# Another Python in a folder of its own: make test VENV=.venv-3.13 PYTHON=python3.13
VENV := .venv
PYTHON :=
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Many tests wait for a process or a modem: two for each core keep the cores busy.
WORKERS := $(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN))))
PARALLEL = -n $(WORKERS) --dist worksteal

help: ## show this
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

$(READY): setup.cfg setup.py pyproject.toml packaging/venv.sh $(wildcard packaging/lock/*.txt)
	@sh packaging/venv.sh $(VENV) $(PYTHON)
	@touch $@

venv: $(READY) ## prepare .venv with kitting-agent and kitting-sim

demo: $(READY) ## three virtual gateways kit themselves, live
	@$(BIN)/kitting-sim demo
	@printf '  a shell that finds these programs by their names:\n      make shell\n'

demo-desk: $(READY) ## the desk's whole story: thirty boxes, from the plan to the stolen one
	@$(BIN)/python -m story
	@printf '   a shell that finds these programs by their names:\n       make shell\n'

shell: $(READY) ## a shell that finds kitting, kitting-agent and kitting-sim
	@sh packaging/shell.sh $(BIN)

test: $(READY) ## all tests that run in minutes
	@echo "All tests, $(WORKERS) at a time: about 3 minutes on two quiet cores, longer beside other work"
	@$(BIN)/python -m pytest $(PARALLEL) --durations=10

coverage: $(READY) ## all tests, and the lines and branches that they reach, started processes included
	@echo "All tests, $(WORKERS) at a time, measured: about 6 minutes on two quiet cores, longer beside other work"
	@rm -rf build/coverage && mkdir -p build/coverage
	@$(BIN)/coverage run -m pytest $(PARALLEL) --durations=10
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

# make stress RUNS=1 SEED=7: the order of one run again. LOAD is the number of processes that compute.
RUNS ?= 10
LOAD ?= $(shell echo $$((3 * $$(getconf _NPROCESSORS_ONLN))))
stress: $(READY) ## all tests ten times, in random order, beside a load that it makes (two hours)
	@$(BIN)/python tests/stress.py --runs $(RUNS) --load $(LOAD) --workers $(WORKERS) --seed $(SEED)

test-system: $(READY) ## boot whole Debians, installed from the package (root, minutes)
	@sh packaging/host.sh boot
	@sh packaging/host.sh image
	@echo "Some minutes; the first time on a machine ten more, for roots of Debian that are kept in ~/.cache/kitting-system."
	@$(BIN)/python -m pytest -m system $(PARALLEL) --durations=10 tests/system

test-peers: $(READY) ## read a modem beside Debian's real ModemManager (root for the installation, minutes)
	@sh packaging/host.sh peers
	@$(BIN)/python -m pytest -m peers tests/peers

# make fuzz TIMES=10 SEED=7 ONLY=tests/agent/modem: a smaller budget, a seed again, a part of the tests.
TIMES ?= 70
ifndef SEED
SEED := $(shell od -An -N4 -tu4 /dev/urandom | tr -d ' ')
endif
ONLY ?= tests
fuzz: $(READY) ## each property test with new values, 70 times as many as in make test (20 minutes)
	@echo "Seed $(SEED), $(TIMES) times as many values. The same again: make fuzz SEED=$(SEED) TIMES=$(TIMES) ONLY=$(ONLY)"
	@FUZZ=$(TIMES) $(BIN)/python -m pytest $(PARALLEL) -m property --hypothesis-seed=$(SEED) $(ONLY)

deb: ## build/kitting-agent_VERSION_all.deb
	@packaging/deb.sh

release: $(READY) ## dist/: wheel, sdist and .deb of the commit, built twice with the same bits, and SHA256SUMS
	@packaging/release.sh $(BIN)/python

image: ## an image for linux/arm/v7, built without a registry
	@sh packaging/image.sh

lock: $(READY) ## renew the locked development dependencies (packaging/lock)
	@sh packaging/lock.sh $(BIN)/python

lint: $(READY) ## style, types, and the arrows of the architecture
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --config setup.cfg --no-cache

docs: $(READY) ## write the generated parts of docs/ anew
	@$(BIN)/python docs/generate.py

pictures: $(READY) ## take the pictures of the board and of kitting watch anew (needs Chromium)
	@$(BIN)/python docs/pictures.py

bench: $(READY) ## measure, beside what a user would do instead (root for most of it; a quarter of an hour)
	-@sh packaging/host.sh bench
	@$(BIN)/python -m benchmarks

clean: ## remove what make made
	rm -rf .venv .venv-* build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
