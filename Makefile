# Everything people do here, by name. Needs Python >= 3.11 with venv, and make; nothing else, and no root.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
PYTEST := $(BIN)/python -m pytest
# The whole suite in as many processes as there are cores, four at most; one file of tests stays in one process.
SPREAD := -n auto --maxprocesses 4 --dist loadfile
# E2E=0 leaves the browser tests out. ARGS goes to pytest as it is: make test ARGS="issues -x".
UNMARKED := not sim$(if $(filter 0,$(E2E)), and not e2e)

.DEFAULT_GOAL := help
.PHONY: help setup run test lint format bench e2e sim clean

help:
	@echo "make run    启动（PORT=8000 HOST=127.0.0.1）        start everything"
	@echo "make test   全部测试（DATABASE_URL 可换数据库）     whole test suite"
	@echo "make lint   静态检查                                linters"
	@echo "make e2e    只跑浏览器测试 · make sim 长时间模拟 · make bench 测速 · make setup 只装运行环境"

setup: $(VENV)/.runtime

run: $(VENV)/.runtime
	@exec $(BIN)/python -m hengyang_walkflow.serve

test: $(VENV)/.dev
	$(PYTEST) $(SPREAD) --create-db -m "$(UNMARKED)" $(ARGS)

e2e: $(VENV)/.dev
	REQUIRE_BROWSER=1 $(PYTEST) -m e2e $(ARGS)

sim: $(VENV)/.dev
	@$(PYTEST) -m sim $(ARGS); code=$$?; \
	if [ $$code -eq 5 ]; then echo "还没有长时间模拟。 No simulation yet."; else exit $$code; fi

bench: $(VENV)/.dev
	@if [ -d benchmarks ]; then $(BIN)/python -m benchmarks $(ARGS); \
	else echo "还没有测速程序。 No benchmark yet."; fi

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	find templates -name '*.html' -print0 | xargs -0 -r $(BIN)/djhtml --check
	$(BIN)/python manage.py makemigrations --check --dry-run

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	find templates -name '*.html' -print0 | xargs -0 -r $(BIN)/djhtml

clean:
	rm -rf $(VENV) .ruff_cache .import_linter_cache .hypothesis
	@echo "数据仍在 .data/，需要时自行删除。 Your data in .data/ is kept."

# A stamp per requirements file: installed again only when the file is newer.
$(VENV)/bin/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "需要 Python 3.11 或更高版本（python3 --version 查看）。 Python 3.11 or newer is needed."; exit 1; fi
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "不能建立虚拟环境：Debian/Ubuntu 请先安装 python3-venv。 Cannot make .venv: install python3-venv first."; \
		exit 1; }

$(VENV)/.runtime: requirements.txt | $(VENV)/bin/python
	@echo "安装运行依赖…… Installing what the product needs."
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	@echo "安装测试依赖…… Installing what the tests need."
	@$(PIP) -r requirements-dev.txt
	@touch $@
