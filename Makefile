# LegalQA. `make demo` and `make test` need nothing but Debian, make and, the first time, a package mirror.
SHELL := /bin/bash
export LEGALQA_CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/legalqa
export UV_CACHE_DIR ?= $(LEGALQA_CACHE)/uv
PYTHON_IN_VENV := .venv/bin/python
PYTEST_ARGS ?=
BENCHES ?= pages chunks retrieval first_token start

.DEFAULT_GOAL := help
.PHONY: help setup models demo run test check audit format bench screenshots lock licences bundle package sbom sign smoke clean

help: ## what can be made
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## system packages and the environment (.venv), from the locks
	@bash packaging/system-packages.sh
	@bash packaging/environment.sh

models: setup ## the starter models, checksums verified, in the default home
	@$(PYTHON_IN_VENV) -m legalqa.models

demo: setup ## index the sample matter and ask three questions
	@bash packaging/demo.sh

run: models ## the window
	@.venv/bin/legalqa-window

check: setup ## lint, format, types
	$(PYTHON_IN_VENV) -m ruff check .
	$(PYTHON_IN_VENV) -m ruff format --check .
	$(PYTHON_IN_VENV) -m mypy
	$(PYTHON_IN_VENV) -m mypy packaging/*.py
	$(PYTHON_IN_VENV) packaging/licences.py --check
	$(PYTHON_IN_VENV) -m bandit -q -c pyproject.toml -r legalqa ui

audit: setup ## known weaknesses of the locked packages (network)
	@uv=$$(ls -t "$(LEGALQA_CACHE)"/bootstrap-*/bin/uv | head -1); \
	"$$uv" tool run --from pip-audit==2.10.1 pip-audit --strict --disable-pip --require-hashes \
	  -r requirements/runtime.txt || { code=$$?; \
	  echo "Not all of it could be audited, or weaknesses were found: the lines above say which." \
	    "Without network nothing is known of any package; run it on a connected machine." >&2; exit $$code; }

test: check models ## everything that CI runs: check, then all tests
	QT_QPA_PLATFORM=offscreen $(PYTHON_IN_VENV) -m pytest $(PYTEST_ARGS)

format: setup ## rewrite the sources as `make check` wants them
	$(PYTHON_IN_VENV) -m ruff check --fix .
	$(PYTHON_IN_VENV) -m ruff format .

bench: models ## measure speed against the peers (BENCHES=… chooses)
	@set -e; for name in $(BENCHES); do \
	  echo "== $$name"; QT_QPA_PLATFORM=offscreen $(PYTHON_IN_VENV) -m bench.$$name; done

screenshots: models ## every screen in light and dark, from the sample matter, into docs/screenshots
	QT_QPA_PLATFORM=offscreen $(PYTHON_IN_VENV) -m pytest -q tests/ui/screens.py

lock: setup ## resolve the requirement locks anew (network)
	@bash packaging/lock.sh

licences: setup ## list the licences of what ships
	$(PYTHON_IN_VENV) packaging/licences.py

bundle: setup ## collect on a connected machine what `package` needs (ACCELERATOR=cpu|cuda|vulkan|metal, LANGUAGES=eng,deu)
	@PYTHONPATH=. $(PYTHON_IN_VENV) packaging/bundle.py

package: ## without network, from the bundle: .deb, portable archive, list of parts, checksums, in dist/
	@$(or $(wildcard $(PYTHON_IN_VENV)),python3) packaging/package.py

sbom: ## list the parts of what was packaged anew (CycloneDX), into build/package
	@build/package/env/bin/python packaging/sbom.py build/package/legalqa build/package/sbom.cdx.json

sign: ## sign dist/SHA256SUMS with IT's own key: KEY=~/.ssh/id_ed25519
	@bash packaging/sign.sh "$(KEY)"

smoke: ## install the .deb in a bare Debian without network, index, ask, open the window
	@bash packaging/smoke.sh

clean: ## remove what was made here (not the caches, not your matters)
	rm -rf .venv build dist demo .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
