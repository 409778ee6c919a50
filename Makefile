# Two commands set everything up: `make demo` and `make test`. The others are for work on the package itself.
PYTHON ?= python3
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: demo test check bench train-demo saelens-ids clean

# JupyterLab does not start for root unless it is told to.
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

demo: .venv/lab
	mkdir -p build/demo && cp example_notebooks/*.ipynb build/demo/
	cd build/demo && NP_WIDGETS_SOURCE=demo jupyter lab $(AS_ROOT) $(LAB_OPTIONS) 01_read_a_feature.ipynb

test: .venv/test .venv/node
	python tests/browser/chromium.py
	npm --prefix js run --silent test
	python -m pytest

check: .venv/test .venv/node
	ruff check .
	ruff format --check .
	mypy
	npm --prefix js run --silent check

bench: .venv/test
	python tests/browser/chromium.py
	python -m benchmarks

# torch is a development extra; training rebuilds the weights from nothing, seeded, within about an hour on two cores.
train-demo: .venv/test
	pip install --quiet --editable ".[train]"
	python -m np_widgets.demo.training
	python -m tests.demo.steering_guide

# The wheel alone: SAELens' directory is a file in it, and what sae-lens depends on is large.
saelens-ids: .venv/test
	rm -rf build/sae-lens
	pip install --quiet --no-deps --target build/sae-lens sae-lens
	PYTHONPATH=build/sae-lens python -m np_widgets.saelens.collect

# Each stamp is redone when what it was made from changes.
FRONT_END := $(shell find js/src js/build.mjs js/package-lock.json -type f 2>/dev/null)

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/lab: .venv/bin/python pyproject.toml hatch_build.py $(FRONT_END)
	python -m pip install --quiet --editable ".[lab]"
	touch $@

.venv/test: .venv/bin/python pyproject.toml hatch_build.py $(FRONT_END)
	python -m pip install --quiet --editable ".[test,lint]"
	touch $@

# After .venv/test, which brings Node, and whose build installs no more of js/ than it needs.
.venv/node: .venv/test js/package-lock.json
	npm --prefix js ci --no-audit --no-fund --silent
	touch $@

clean:
	rm -rf .venv build dist js/node_modules np_widgets/widgets/static
