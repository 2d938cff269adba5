# Everything runs in .venv, which the first target makes. `make help` lists the targets.
PYTHON ?= python3
# The tests start flowdesk hundreds of times: compiled once, as it is for everybody who uses it.
unexport PYTHONDONTWRITEBYTECODE
BOOT = $(PYTHON) tools/bootstrap.py
PY = .venv/bin/python
.DEFAULT_GOAL := help

.PHONY: help new-node run serve test test-fast test-windows test-wayland test-debian apps check fix docs pictures coverage bench wheel package deb deb-check clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 16

run: ## install what is missing and open the window with the example flow (no display: run it on a virtual one)
	@$(BOOT) --for run
	@$(PY) tools/demo.py

serve: ## serve flowdesk to browsers on this machine (no display: on a virtual one)
	@$(BOOT) --for run
	@$(PY) tools/demo.py --serve

test: ## run all tests: the fast ones first, then those on a real desktop
	@$(BOOT) --for test --groups test
	@# Two processes: Qt's widgets in memory, and threads that drive a real desktop, are kept apart.
	@$(PY) -m pytest -n 2 --dist loadfile -m "not benchmark and not desktop" $(ARGS) || [ $$? = 5 ]
	@$(PY) -m pytest -m "desktop and not benchmark and not apps" $(ARGS) || [ $$? = 5 ]

test-fast: ## run the tests that need no desktop
	@$(BOOT) --for test --groups test
	@$(PY) -m pytest -n 2 --dist loadfile -m "not benchmark and not desktop" $(ARGS)

test-windows: ## run the tests of Windows under Wine, with a Windows Python that is made for it (Debian 12; 1.4 GB in build/wine)
	@$(BOOT) --for base --groups test
	@$(PY) tools/wine_rig.py setup
	@$(PY) tools/wine_rig.py test $(or $(ARGS),tests/windows)

test-wayland: ## run the tests of Wayland in a sway of their own, which shows nothing (Debian)
	@$(BOOT) --for base --groups test wayland
	@$(PY) tools/sway_rig.py setup
	@$(PY) tools/sway_rig.py test $(or $(ARGS),tests/wayland)

test-debian: ## run all tests in a bare Debian of another release, made for it (root): make test-debian RELEASE=trixie
	@$(PYTHON) tools/debian_rig.py $(or $(RELEASE),trixie) make test ARGS="$(ARGS)"

apps: ## do whole jobs in real applications, which are installed for that (a few hundred MB)
	@$(BOOT) --for apps --groups test
	@$(PY) -m pytest -m apps $(ARGS) tests/apps

check: ## formatting, lints, types, layers, style, translations and generated docs: all must be clean
	@$(BOOT) --for base --groups test check
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy flowdesk tests tools resources/packages/*/flowdesk_*
	for platform in win32 darwin; do .venv/bin/mypy --platform $$platform --no-warn-unreachable --cache-dir .mypy_cache/$$platform flowdesk || exit 1; done
	.venv/bin/lint-imports
	$(PY) tools/check_style.py
	$(PY) tools/translations.py
	$(PY) tools/docs.py --check

fix: ## repair formatting and the lints that repair themselves
	@$(BOOT) --for base --groups test check
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

new-node: ## begin a node type: its module, its place in the table, its test (make new-node NAME=countLines)
	@$(BOOT) --for base --groups test check
	$(PY) tools/new_node.py $(NAME)
	.venv/bin/ruff check -q --fix flowdesk/nodes/__init__.py

docs: ## write the reference pages from the code's declarations, and build the site into build/site, links checked
	@$(BOOT) --for base --groups docs
	$(PY) tools/docs.py
	.venv/bin/zensical build --strict --clean

pictures: ## take the pictures of window and browser editor for README and docs, on a virtual desktop
	@$(BOOT) --for test --groups test
	$(PY) tools/record.py
	$(PY) tools/picture_page.py

coverage: ## run the fast tests and report which lines they reach, in build/coverage
	@$(BOOT) --for test --groups test coverage
	$(PY) -m pytest -q -m "not benchmark and not desktop" --cov=flowdesk --cov-branch --cov-report=term:skip-covered --cov-report=html:build/coverage $(ARGS)

bench: ## measure; figures are printed, nothing fails
	@$(BOOT) --for test --groups test bench
	@$(PY) -m pytest -m benchmark -s -o "python_files=bench_*.py" -o faulthandler_timeout=0 $(ARGS) tests/benchmarks

wheel: ## build the wheel and the sdist into dist/; nothing may lack its translation
	@$(BOOT) --for base --groups package
	$(PY) tools/translations.py --release
	@rm -rf dist/*.whl dist/*.tar.gz
	$(PY) -m build --outdir dist

package: ## build the application into dist/flowdesk/, start it, run a flow with it
	@$(BOOT) --for package --groups package wayland
	$(PY) tools/package_check.py

deb: ## build a Debian package from what `make package` left
	@$(BOOT) --for package --groups package
	$(PY) tools/deb.py

deb-check: ## install that package, use it on a virtual desktop, remove it, look that nothing is left (needs root)
	@$(BOOT) --for package --groups package
	$(PY) tools/deb_check.py

clean: ## remove what was built (.venv stays)
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage
	find flowdesk tests tools -name __pycache__ -type d -exec rm -rf {} +
