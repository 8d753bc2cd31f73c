# Tongban 通办. `make help` lists what there is. Every step is done once: its stamp carries the digest of what it was
# done from, so that nothing is fetched again, and no network is needed, until a pinned file changes.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
PY := .venv/bin/python
# The pins are complete: nothing is left to resolve, and a release of tomorrow changes nothing.
PIP := $(PY) -m pip --disable-pip-version-check --no-input install --quiet --root-user-action=ignore --no-deps --require-hashes
digest = $(shell cat $(1) 2>/dev/null | sha256sum | cut -c1-16)

RUN_DONE := .venv/.run-$(call digest,requirements/run.txt)
DEVELOP_DONE := .venv/.develop-$(call digest,requirements/develop.txt)
ASSETS_DONE := build/.assets-$(call digest,package-lock.json)
TYPED := src/tongban src/config

##@ Use 使用
run: setup ## Set up what is missing, then serve portal, workbench, API and worker on this machine 启动
	@exec $(PY) -m tongban.cli run

stop: ## Stop what `make run` serves (also after its terminal is gone) 停止
	@if [ -x $(PY) ]; then exec $(PY) -m tongban.cli stop; fi

setup: $(RUN_DONE) .venv/bin/tongban $(ASSETS_DONE) ## Virtual environment, pinned packages, assets; nothing twice 安装

##@ Work on it 开发
test: develop ## All tests: first on two cores those within one process, then the journeys through the running system 测试
	@sh scripts/test_tools.sh
	$(PY) -m pytest -n 2 -m "not journey"
	$(PY) -m pytest -m journey

check: develop ## Lint, format, types, contracts of the house, addresses, migrations, security 检查
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy $(TYPED)
	.venv/bin/lint-imports
	$(PY) -m pytest tests/house -m "not slow"
	@sh scripts/check_addresses.sh
	$(PY) -m tongban.cli manage makemigrations --check --dry-run
	@# B608 is ruff's S608, which holds every such statement to its reason
	$(PY) -m bandit -q -r src -x '*/tests/*' -ll -s B608

format: develop ## Put the code into its one form 格式化
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: develop ## Measure our actions against raw SQL, over HTTP, and pages against static files 性能测量
	$(PY) -m tests.bench

pictures: develop ## Make the pictures of the README anew, in a browser 截图
	@sh scripts/test_tools.sh
	TONGBAN_PICTURES=docs/pictures $(PY) -m pytest -m browser tests/journeys

pins: .venv/bin/python ## Pin anew, with hashes and without addresses, what requirements/*.in and package.json ask for 锁定版本
	@command -v uv >/dev/null || test -x .venv/bin/uv || $(PY) -m pip --disable-pip-version-check install --quiet uv
	@for set in run develop; do PATH="$$PATH:$(CURDIR)/.venv/bin" uv pip compile --quiet --upgrade --generate-hashes \
		--no-emit-index-url --no-emit-find-links --universal --python-version 3.11 \
		--custom-compile-command "make pins" requirements/$$set.in -o requirements/$$set.txt || exit 1; done
	npm update --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund
	@sh scripts/check_addresses.sh

messages: develop ## Gather what the interface says into its English catalogue, and list what needs translating 文案
	$(PY) scripts/messages.py

clean: ## Delete everything that was set up or built; the state folder var/ stays 清理
	rm -rf .venv node_modules build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

help: ## This list 帮助
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@printf '\nDATABASE_URL=postgresql://… points the same commands at any PostgreSQL 15 or later.\n'
	@printf 'TONGBAN_HOME (state, default var/), TONGBAN_PORT_BASE (8000: portal; the others follow).\n'

develop: setup $(DEVELOP_DONE)

.PHONY: run stop setup test check format bench pictures pins messages clean help develop

# --- steps ---
.venv/bin/python:
	@PYTHON="$(PYTHON)" sh scripts/venv.sh

$(RUN_DONE): | .venv/bin/python
	@echo "Python packages (requirements/run.txt) …"
	@$(PIP) -r requirements/run.txt
	@rm -f .venv/.run-*; touch $@

# After the packages of the product: both lists pin the same versions, this one adds the tools.
$(DEVELOP_DONE): | $(RUN_DONE)
	@echo "Python tools (requirements/develop.txt) …"
	@$(PIP) -r requirements/develop.txt
	@rm -f .venv/.develop-*; touch $@

# The project itself needs no build: one line tells Python where src/ is, relative, so that a moved checkout stays whole.
.venv/bin/tongban: Makefile | .venv/bin/python
	@printf '../../../../src\n' > "$$($(PY) -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/tongban.pth"
	@printf '#!/bin/sh\nexec "$$(dirname "$$(readlink -f "$$0")")/python" -m tongban.cli "$$@"\n' > $@
	@chmod +x $@

# Only what is served or printed leaves node_modules. Without its source map's name, which static file storage would look for.
$(ASSETS_DONE): scripts/assets.sh package.json
	@echo "Page and print assets (package-lock.json) …"
	@sh scripts/assets.sh
	@rm -f build/.assets-*; touch $@
