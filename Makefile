# run: serve Entente on this machine. test: everything. check: quality. bench: speed. prove: the long proofs.
# From a bare Python 3.11 or newer; everything is set up inside this folder.

PYTHON ?= python3
WORKERS ?= auto
VENV := .venv
CLIENTS := .venv-clients
BIN := $(VENV)/bin
PARTS := app/static/parts/.made
ALL_PARTS := node_modules/.made-all
TEMPLATES := $(shell find app/templates -name '*.html' 2>/dev/null)

# Where there is no Node, the tests' own.
export PATH := $(PATH):$(CURDIR)/build/node/programs

.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: run test check bench prove lock dev translations compiled lint types templates arrows words schema clean
.PHONY: desktop-clients

run: $(VENV)/.made-runtime $(PARTS) compiled
	@exec $(BIN)/python scripts/local.py --with-parent

test: dev $(CLIENTS)/.made build/chromium desktop-clients
	ENTENTE_CHROMIUM="$$(cat build/chromium)" $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

prove: dev $(CLIENTS)/.made build/chromium
	ENTENTE_CHROMIUM="$$(cat build/chromium)" $(BIN)/python -m pytest -m prove -n $(WORKERS) --dist loadgroup tests/

bench: dev $(CLIENTS)/.made
	$(BIN)/python -m benchmarks

check: lint types templates arrows words schema

# What `check` is made of.

lint: $(VENV)/.made-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.made-dev
	$(BIN)/mypy

templates: $(VENV)/.made-dev
	$(BIN)/djlint --lint --quiet $(TEMPLATES)

arrows: $(VENV)/.made-dev
	PYTHONPATH=. $(BIN)/lint-imports

words: $(VENV)/.made-dev
	$(BIN)/python scripts/translations.py check

# The migrations make what the models describe, in a database that nothing else uses.
schema: $(VENV)/.made-dev compiled
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	export SECRET_KEY=only-for-this-check ENTENTE_DATA="$$folder" ENTENTE_KEYS="$$folder/keys" && \
	unset DATABASE_URL MAIL_URL ENTENTE_BASE_URL && \
	$(BIN)/flask --app wsgi db upgrade && $(BIN)/flask --app wsgi db check

# Setting up. A stamp is newer than what it was made from.

dev: $(VENV)/.made-dev $(ALL_PARTS) $(PARTS) compiled

$(VENV)/.made-runtime: requirements.txt
	@$(PYTHON) scripts/make_venv.py $(VENV) requirements.txt
	@touch $@

$(VENV)/.made-dev: requirements-dev.txt
	@$(PYTHON) scripts/make_venv.py $(VENV) requirements-dev.txt
	@touch $(VENV)/.made-runtime $@

$(CLIENTS)/.made: requirements-clients.txt
	@$(PYTHON) scripts/make_venv.py $(CLIENTS) requirements-clients.txt
	@touch $@

$(PARTS): package-lock.json scripts/browser_parts.py
	@$(PYTHON) scripts/browser_parts.py
	@touch $@

$(ALL_PARTS): package-lock.json scripts/browser_parts.py
	@$(PYTHON) scripts/browser_parts.py --all
	@touch $(PARTS) $@

build/chromium: $(VENV)/.made-dev
	@mkdir -p build
	@$(BIN)/python scripts/browser.py > $@

# Looked for at each run: they are the machine's, and come and go. Why one is missing is written down for its test.
desktop-clients:
	@$(PYTHON) scripts/desktop_clients.py build/desktop-clients

compiled: $(VENV)/.made-runtime
	@$(BIN)/python scripts/translations.py compile

# For developers.

# Bring new words of the sources into the catalogues of the languages.
translations: $(VENV)/.made-dev
	$(BIN)/python scripts/translations.py update

# Lock what the .in files ask for, with hashes; UPGRADE=--upgrade takes the newest that they allow.
lock:
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	for name in requirements requirements-dev requirements-clients requirements-node; do \
	build/lock/bin/uv pip compile --quiet $(UPGRADE) --generate-hashes --no-header --python-version 3.11 \
	$$name.in -o $$name.txt || exit 1; done
	npm install --package-lock-only

clean:
	rm -rf $(VENV) $(CLIENTS) node_modules app/static/parts build
