# Each target calls ./dev, which needs nothing but sh. PORT, WORKERS and ARGS are handed on.
.DEFAULT_GOAL := help
.PHONY: help setup run test lint format types translations screenshots check-site faults bench clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## the site with demo content on http://127.0.0.1:8000 (make run PORT=9000 for another port)
	@PORT="$(PORT)" ./dev run $(ARGS)

test: ## every check; make test ARGS="tests/posts -k feed" runs only those tests
	@./dev test $(ARGS)

setup: ## make or renew .venv, with everything the tests need
	@./dev setup

lint: ## style of code and templates
	@./dev lint

format: ## mend what of the style can be mended
	@./dev format

types: ## mypy
	@./dev types

translations: ## collect the texts for the translators
	@./dev translations $(ARGS)

screenshots: ## take the pictures of the documentation anew
	@./dev screenshots $(ARGS)

check-site: ## look at every page of a served site; ALL=1 at each in a browser, ARGS="--url http://127.0.0.1:8000" at one that runs
	@ALL="$(ALL)" POSTS="$(POSTS)" WORKERS="$(WORKERS)" ./dev check-site $(ARGS)

faults: ## kill servers and workers at random moments; ROUNDS=200 for more rounds
	@ROUNDS="$(ROUNDS)" ./dev faults $(ARGS)

bench: ## measure speed; SIZES=1k,10k is the quick form
	@SIZES="$(SIZES)" ./dev bench $(ARGS)

clean: ## remove .venv, caches and compiled translations; data/ stays
	@./dev clean
