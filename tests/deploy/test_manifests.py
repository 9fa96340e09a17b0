"""What is shipped for containers and systemd: valid, hardened, and in step with the code."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.config import SECRETS, Settings
from tests.conftest import ROOT

DEPLOY = Path(ROOT, "deploy")
SCHEMAS = json.loads(Path(ROOT, "tests/deploy/schemas/kubernetes-1.35.json").read_text(encoding="utf-8"))
KNOWN = {str(field.validation_alias) for field in Settings.model_fields.values()}
KNOWN |= {f"{each}_FILE" for each in SECRETS}


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    """Run a tool of Debian's. In CI it must be there; a bare machine does without what only it can check."""
    if shutil.which(words[0]) is None and "CI" not in os.environ:
        pytest.skip(f"{words[0]} is not installed")
    return subprocess.run(words, capture_output=True, text=True, check=False)


def objects() -> list[dict[str, Any]]:
    return [
        each
        for file in sorted(DEPLOY.glob("kubernetes/*.yml"))
        for each in yaml.safe_load_all(file.read_text(encoding="utf-8"))
    ]


def flaws_of(manifest: dict[str, Any]) -> list[str]:
    schema = SCHEMAS["kinds"][manifest["kind"]] | {"definitions": SCHEMAS["definitions"]}
    return [each.message for each in jsonschema.Draft202012Validator(schema).iter_errors(manifest)]


@pytest.mark.parametrize("manifest", objects(), ids=lambda each: each["kind"])
def test_kubernetes_takes_every_manifest(manifest: dict[str, Any]) -> None:
    assert flaws_of(manifest) == []


def test_a_key_that_kubernetes_does_not_know_would_be_found() -> None:
    (deployment,) = [each for each in objects() if each["kind"] == "Deployment"]
    deployment["spec"]["replica"] = 2
    assert flaws_of(deployment)


@pytest.mark.parametrize("kind", ["Deployment", "Job"])
def test_pods_keep_the_restricted_standard_on_a_read_only_file_system(kind: str) -> None:
    (found,) = [each for each in objects() if each["kind"] == kind]
    pod = found["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not pod["automountServiceAccountToken"]
    (container,) = pod["containers"]
    context = container["securityContext"]
    assert context["readOnlyRootFilesystem"]
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert not context["allowPrivilegeEscalation"]


def test_only_settings_that_exist_are_set() -> None:
    texts = [file.read_text(encoding="utf-8") for file in DEPLOY.rglob("*") if file.is_file()]
    named = {each for text in texts for each in re.findall(r"\b(?:KAIKU|SLACK)_[A-Z_]+\b", text)}
    assert named - KNOWN - {"KAIKU_IMAGE"} == set()


def test_compose_runs_two_instances_after_one_migration() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))["services"]
    for name in ("kaiku-1", "kaiku-2"):
        assert services[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
        assert services[name]["read_only"]
        assert services[name]["cap_drop"] == ["ALL"]


def test_the_unit_is_hardened() -> None:
    done = run("systemd-analyze", "security", "--offline=yes", str(DEPLOY / "kaiku.service"))
    found = re.search(r"Overall exposure level for kaiku\.service: ([\d.]+)", done.stdout)
    assert found, done.stdout + done.stderr
    assert float(found[1]) < 2.0


@pytest.mark.parametrize("unit", ["kaiku.service", "kaiku-backup.service"])
def test_a_units_user_stands_in_no_file_and_so_the_unit_names_its_home(unit: str) -> None:
    """Without it Slack's library does not load where nothing resolves such users (Debian: libnss-systemd)."""
    said = (DEPLOY / unit).read_text(encoding="utf-8").splitlines()
    assert {"DynamicUser=yes", "StateDirectory=kaiku", "Environment=HOME=/var/lib/kaiku"} <= set(said)


def test_the_first_day_is_read_step_by_step_from_the_page() -> None:
    page = Path(ROOT, "docs/operating.md").read_text(encoding="utf-8")
    day = page.split("\n## The first day\n")[1].split("\n## ")[0]
    assert re.findall(r"^\*\*(\d)\.", day, re.MULTILINE) == list("1234567")
    code = [line for line in day.splitlines() if line.startswith("    ")]
    named = re.findall(r"deploy/[\w./-]+", "\n".join(code))
    assert [each for each in named if not Path(ROOT, each).is_file()] == []
    assert "deploy/kaiku-backup.timer" in named


def test_alerts_are_rules_that_prometheus_takes() -> None:
    done = run("promtool", "check", "rules", str(DEPLOY / "alerts.yml"))
    assert done.returncode == 0, done.stdout + done.stderr


def metrics_in(query: str) -> set[str]:
    """The metrics of a query, as Kaiku declares them."""
    return {re.sub(r"_(total|bucket|sum|count)$", "", each) for each in re.findall(r"kaiku_\w+", query)}


def declared_metrics() -> set[str]:
    files = ("bot/services/sending/metrics.py", "bot/watching.py")
    texts = [Path(ROOT, file).read_text(encoding="utf-8") for file in files]
    return {name for text in texts for name in re.findall(r'"(kaiku_\w+)"', text)}


def test_alerts_watch_metrics_that_exist_and_each_has_its_paragraph() -> None:
    rules = yaml.safe_load((DEPLOY / "alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    page = Path(ROOT, "docs/alerts.md").read_text(encoding="utf-8")
    for rule in rules:
        assert metrics_in(rule["expr"]) <= declared_metrics()
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == [rule["alert"] for rule in rules]


def test_the_dashboard_shows_every_metric_and_no_other() -> None:
    board = json.loads((DEPLOY / "grafana.json").read_text(encoding="utf-8"))
    queries = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    shown = set().union(*map(metrics_in, queries))
    assert shown - declared_metrics() == set()
    assert declared_metrics() - shown == {"kaiku_sending_late", "kaiku_send_lag_seconds"}
    variables = {each["name"] for each in board["templating"]["list"]}
    assert set(re.findall(r"\$\{?(\w+)", json.dumps(board))) == variables
