# The portal's commands. `make help` lists them. PORT and PORTAL_* variables may be given: make run PORT=8001

.DEFAULT_GOAL := help
.PHONY: help run serve ldap test test-real attack check bench pictures messages lock clean

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'

run: ## install what is missing, then the portal on port 8000, with the demo on its first start
	@bin/bootstrap run
	@exec .venv/bin/flask --app app serve --demo

serve: ## the same without the demo
	@bin/bootstrap run
	@exec .venv/bin/flask --app app serve

ldap: ## install what asking LDAP directories needs, beside what is there
	@bin/bootstrap ldap

test: ## install what is missing, then all tests: both databases, then a real browser
	@bin/bootstrap test
	@exec .venv/bin/python -m tests.run

test-real: ## the tests that need the ERP export in ../shared
	@bin/bootstrap test
	@exec .venv/bin/python -m tests.run real

attack: ## ask the API for everything as everybody, and try the distribution, at length; ATTACK: how long (50)
	@bin/bootstrap test
	@ATTACK=$${ATTACK:-50} exec .venv/bin/pytest -q -n auto tests/api/test_attack.py tests/setup/test_distribution_proof.py

check: ## format, lint and types
	@bin/bootstrap test
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy

bench: ## measure each main page against a bare one
	@bin/bootstrap test
	@exec .venv/bin/python -m bench

messages: ## put texts without a translation into translations/*/LC_MESSAGES/messages.po, take out those no longer used
	@bin/bootstrap run
	@.venv/bin/pybabel -q extract -F babel.cfg -k _l --no-location --sort-by-file --no-wrap -o build/messages.pot .
	@.venv/bin/pybabel -q update -i build/messages.pot -d translations --no-fuzzy-matching --ignore-obsolete --no-wrap --ignore-pot-creation-date

pictures: ## take the pictures of the pages in docs/pictures anew
	@bin/bootstrap test
	@exec .venv/bin/python -m docs.pictures

lock: ## write requirements/*.txt anew from requirements/*.in (needs uv)
	@for name in build run ldap test; do \
	    constraint=$$([ $$name = test ] || [ $$name = ldap ] && echo "-c requirements/run.txt" || true); \
	    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	        $$constraint requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done

clean: ## remove what can be made again; never the data folder
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -f translations/*/LC_MESSAGES/*.mo
