# Each target makes the environment it needs; nothing else has to be installed but Python.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	&& echo $$p && break; done)
# The real TensorFlow 1 needs Python 3.7; pyenv keeps its versions off the PATH.
PYTHON37 ?= $(shell for p in python3.7 $$(pyenv root 2>/dev/null)/versions/3.7.*/bin/python3.7; do \
	$$p -c 'import sys; sys.exit(sys.version_info[:2] != (3, 7))' 2>/dev/null && echo $$p && break; done)
RUN := .venv/bin/python
# The tests of `make test` and `make test-tf1`; `make test-all` runs the slow ones, too, and all of
# them with as many threads as TensorFlow takes: two processes that do so slow each other down.
MARKS ?= not slow
THREADS := $(if $(MARKS),TF_NUM_INTRAOP_THREADS=1)
# Two processes; a test that hangs in TensorFlow ends them.
BY_TWO := -n 2 --dist loadfile --max-worker-restart=0 -o faulthandler_exit_on_timeout=true

.PHONY: demo test test-all test-tf1 test-pythons selftest mutants faults bench browser clean

demo: .venv/installed
	@set -e; for job in mlp_gan:1000 vae:1000 bgd_gan:200; do for wing in legacy modern; do \
		model=$${job%:*}; echo "== $$wing.train --model=$$model"; \
		$(RUN) -m $$wing.train --model=$$model --train_steps=$${job#*:} --run_dir=runs/$$wing/$$model; \
		$(RUN) -m $$wing.sample --run_dir=runs/$$wing/$$model --output=runs/$$wing-$$model.png; \
	done; done
	$(RUN) -m parity.verify --model=mlp_gan,vae,bgd_gan --steps=20 --report=runs/parity.html --json=runs/parity.json
	@echo "samples: runs/*.png   report: runs/parity.html   graphs: tensorboard --logdir runs"

test: .venv/installed
	$(RUN) -m ruff check .
	$(THREADS) $(RUN) -m pytest -q -rs $(BY_TWO) -m "$(MARKS)"

test-all:
	$(MAKE) test MARKS=
	$(MAKE) test-tf1 MARKS=
	$(MAKE) selftest
	$(MAKE) mutants
	$(MAKE) faults

selftest: .venv/installed
	$(RUN) -m parity.selftest

mutants: .venv/installed
	$(RUN) -m benchmarks.mutants

faults: .venv/installed
	$(RUN) -m tests.faults

# PyTorch, of the extra `bench`, is a contestant where .venv has it.
bench: .venv/installed
	$(RUN) -m benchmarks.run

ifeq ($(PYTHON37),)
test-tf1:
	@echo "test-tf1 DID NOT RUN: no Python 3.7 was found (set PYTHON37=/path/to/python3.7)"
else
test-tf1: .venv-tf1/installed .venv/installed
	.venv-tf1/bin/python -m pytest -q -m "$(MARKS)" tests/groundwork tests/errata tests/legacy \
		tests/runs tests/tf1 tests/test_binaries.py tests/test_dashboards.py
	LEGACY_PYTHON=$(CURDIR)/.venv-tf1/bin/python $(RUN) -m pytest -q \
		tests/parity/pair/test_examples.py tests/parity/pair/test_conversion.py \
		tests/parity/pair/test_walk_through.py
endif

# Every Python that setup.py promises and that is found, each in an environment of its own.
test-pythons:
	@set -e; for version in 3.11 3.12 3.13; do \
		python=$$(for p in python$$version $$(pyenv root 2>/dev/null)/versions/$$version.*/bin/python$$version; do \
			command -v $$p && break; done) || true; \
		test -n "$$python" || { echo "test-pythons DID NOT RUN on $$version: it was not found"; continue; }; \
		echo "== Python $$version"; test -e .venv-$$version/installed || { \
			$$python -m venv .venv-$$version; \
			.venv-$$version/bin/python -m pip install --quiet --constraint constraints.txt --editable ".[test]"; \
			touch .venv-$$version/installed; }; \
		$(THREADS) .venv-$$version/bin/python -m pytest -q $(BY_TWO) -m "$(MARKS)"; done

# Without root or Debian the rest is tested all the same; the browser test says that it was skipped.
browser:
	@command -v chromium >/dev/null || { root=$$(test "$$(id -u)" = 0 || echo sudo -n); \
		$$root apt-get -qq update && \
		$$root apt-get -qq install --yes --no-install-recommends chromium; } || \
		echo "browser WAS NOT INSTALLED: install Debian's package chromium for the browser test"

.venv/installed: setup.py constraints.txt
	@test -n "$(PYTHON)" || { echo "expected Python 3.11 to 3.13, found none (set PYTHON=)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(RUN) -m pip install --quiet --constraint constraints.txt --editable ".[test]"
	touch $@

.venv-tf1/installed: constraints-tf1.txt
	$(PYTHON37) -m venv .venv-tf1
	.venv-tf1/bin/python -m pip install --quiet --upgrade "pip<24.1" wheel
	.venv-tf1/bin/python -m pip install --quiet --requirement constraints-tf1.txt
	touch $@

clean:
	rm -rf .venv .venv-* runs
