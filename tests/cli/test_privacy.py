"""``kaiku privacy check``: faults with line and remedy, placeholders as a note."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli.main import app
from bot.services.privacy.notice_file import NOTICE_FILE


def check(*words: object) -> Result:
    return CliRunner().invoke(app, ["privacy", "check", *(str(word) for word in words)])


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fi", "rivi 47: controller.name.fi odottaa täydentämistä"),
        ("sv", "rad 47: controller.name.fi väntar på att fyllas i"),
        ("en", "line 47: controller.name.fi is still to be filled in"),
    ],
)
def test_placeholders_are_listed_by_line_and_are_no_fault(language: str, said: str) -> None:
    result = check("--language", language)
    assert result.exit_code == 0
    assert f"{NOTICE_FILE}: {said}" in result.stdout
    found = json.loads(check("--json").stdout)
    assert found["faults"] == []
    assert {"line": 47, "field": "controller.name.fi"} in found["placeholders"]


def test_every_fault_is_told_with_its_line_and_remedy(tmp_path: Path) -> None:
    file = tmp_path / "privacy.yml"
    raw = NOTICE_FILE.read_text(encoding="utf-8").replace("version: 1", "version: 0")
    file.write_text(raw.replace("kind: wishes", "kind: shoes"), encoding="utf-8")
    result = check(file, "--language", "en")
    assert result.exit_code == 1
    assert "There is no kind of data `shoes`. Choose one of these: profile, enrolments" in result.stdout
    assert "version: " in result.stdout
    assert result.stderr == "2 problems\n"
    faults = json.loads(check(file, "--json", "--language", "en").stdout)["faults"]
    assert [set(fault) for fault in faults] == [{"line", "field", "wrong", "mend"}] * 2


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    result = check(tmp_path / "none.yml")
    assert result.exit_code == 2
    assert "can't be read" in result.stderr
