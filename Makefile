# Everything from a bare machine with Python 3.11 or newer and make.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# One more than cores, for tests wait a quarter of their time; at most four.
WORKERS := $(shell n=$$(($$(nproc) + 1)); echo $$((n < 4 ? n : 4)))

# What a target needs: the libraries, and the sentences compiled as gettext has them (a start reads those six times as fast).
COMPILED := $(patsubst %.po,%.mo,$(wildcard bot/locales/*/LC_MESSAGES/kaiku.po))
RUN := .venv/run $(COMPILED)
DEV := .venv/dev $(COMPILED)

# Tests start hundreds of processes: whatever the environment says, none compiles anew what another has compiled.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: first-day rolling-upgrade demo test lint bench browser-test faults rehearse rehearse-next rehearse-years gallery image-check sbom licences holidays audit
.DEFAULT_GOAL := demo

# Kaiku and a local Slack workspace in the browser. RESET=1 starts over, PORT=3200 moves it.
demo: $(RUN)
	$(BIN)/python -m bot demo $(if $(RESET),--reset) $(if $(PORT),--port $(PORT))

# The suite on SQLite; on PostgreSQL too when KAIKU_TEST_POSTGRES names a database it may empty (its role must
# be allowed to create databases: each worker has one of its own). ARGS="-n 0" uses one process.
test: $(DEV)
	$(BIN)/python -m pytest -m "not browser" -n $(WORKERS) --dist worksteal $(ARGS)

# The journeys in a real browser (Debian: apt install chromium).
browser-test: $(DEV)
	$(BIN)/python -m pytest -m browser -n $(WORKERS) --dist worksteal $(ARGS)

# Everything that Kaiku shows, in three languages side by side, as one page: .artifacts/gallery.html.
gallery: $(RUN)
	$(BIN)/python -m gallery $(ARGS)

# Next years' plans from that of 2019, each lived as it is: no fault of the plan, every promise kept. Minutes; not in CI.
rehearse-next: $(RUN)
	mkdir -p .artifacts
	for year in $(or $(YEARS),2020 2027); do \
	  $(BIN)/python -m bot plan new --from programmes/2019.yml --year $$year --out .artifacts/$$year.yml --replace && \
	  $(BIN)/python -m bot rehearse .artifacts/$$year.yml --people $(or $(PEOPLE),100) --seats $(or $(SEATS),8) --seed 7 \
	    --out .artifacts/rehearsal-$$year || exit 1; \
	done

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Speed beside a bare Bolt app; on PostgreSQL too when KAIKU_BENCH_POSTGRES is set. Writes docs/performance.md.
bench: $(DEV)
	$(BIN)/python -m bench $(ARGS)

# Does every message arrive once, whatever fails? 10,000 messages, 100 kills; ARGS="--messages 400 --kills 8" is short.
faults: $(DEV)
	$(BIN)/python -m faults $(ARGS)

# Two versions side by side under load while the schema is upgraded: nothing is lost. KAIKU_BENCH_POSTGRES is emptied.
rolling-upgrade: $(DEV)
	$(BIN)/python -m faults.rolling_upgrade

# The year of 2019 with imaginary people, fewer seats than they want, two coaching rounds drawn: fails when a
# promise is broken. PEOPLE=2000 takes minutes.
rehearse: $(RUN)
	$(BIN)/python -m bot rehearse programmes/2019.yml --people $(or $(PEOPLE),200) --seed 7 \
	  --seats $(or $(SEATS),8) --draw coaching-3 --draw coaching-4 --out .artifacts/rehearsal

# The year, and two more with the retention of every day: what is left is what the privacy notice says. Minutes; outside
# CI. ARGS="--people 2000" takes longer.
rehearse-years: $(RUN)
	$(BIN)/python -m rehearsal.years $(ARGS)

# What the container holds, without an engine: built twice, compared, started read-only. As root on Debian; minutes.
image-check: $(RUN)
	deploy/check_image.sh

# docs/operating.md's first day, word by word, on a bare Debian that systemd-nspawn boots; timed. As root on Debian; minutes.
first-day:
	deploy/first_day.sh

# What Kaiku is made of, as CycloneDX: .artifacts/sbom.json. The same bytes for the same lock file.
sbom: $(RUN)
	mkdir -p .artifacts
	$(BIN)/python deploy/dependencies.py sbom > .artifacts/sbom.json

# The holidays of Finland anew, after a change of the library that knows them.
holidays: $(RUN)
	$(BIN)/python -m bot.services.calendars.holiday_library > .holidays.csv && mv .holidays.csv bot/services/calendars/holidays.csv

# docs/licences.md anew, after a change of requirements/run.txt.
licences: $(RUN)
	$(BIN)/python deploy/dependencies.py licences > docs/licences.md.new && mv docs/licences.md.new docs/licences.md

# Known vulnerabilities of the locked dependencies, or an error where the public data can not be reached: CI does without.
audit:
	mkdir -p .artifacts
	test -x .artifacts/audit/bin/pip-audit || ($(PYTHON) -m venv .artifacts/audit \
	  && .artifacts/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit)
	.artifacts/audit/bin/pip-audit --strict --require-hashes --disable-pip \
	  -r requirements/run.txt -r requirements/traces.txt

.venv/run: requirements/run.txt
	$(PYTHON) -c 'import sys; sys.exit("Kaiku needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	touch $@

# Traces by OpenTelemetry, for operators who collect them (docs/operating.md).
.venv/traces: .venv/run requirements/traces.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/traces.txt
	touch $@

.venv/dev: .venv/traces requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

%.mo: %.po | .venv/run
	$(BIN)/pybabel --quiet compile --input-file $< --output-file $@
