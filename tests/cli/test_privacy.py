"""``kaiku privacy check``: faults with line and remedy, placeholders as a note."""

import base64
import json
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import delete, select
from typer.testing import CliRunner

from bot.cli.main import app
from bot.clock import SystemClock
from bot.domain.acts import Signer
from bot.i18n import words_for
from bot.services.acts.chain import chain_all
from bot.services.privacy.erase import erase_person
from bot.services.privacy.erasures import ErasureKeys
from bot.services.privacy.notice_file import NOTICE_FILE, read_notice
from bot.views.privacy import said as said_of
from storage.engine import Store
from storage.tables import Erased
from tests.support.enrolling import join
from tests.support.filled_tables import AINO, fill, naming
from tests.support.running import SECRET


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


# -- what follows from the notice --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "said"), [("fi", "30 artikla"), ("sv", "artikel 30"), ("en", "Article 30")]
)
def test_the_record_of_processing_names_every_purpose_with_its_data_and_periods(
    language: str, said: str
) -> None:
    result = CliRunner().invoke(app, ["privacy", "record", "--language", language])
    assert result.exit_code == 0, result.stderr
    assert said in result.stdout
    notice = read_notice()
    for purpose in notice.purposes:
        assert purpose.name[language] in result.stdout
    for entry in notice.retention:
        period = said_of(entry.period, words_for(language, "UTC"))
        assert f"| {entry.what[language]} | {period} |" in result.stdout


def test_the_dry_run_says_what_would_go_and_changes_nothing(
    planned_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The shipped plan ended long before this computer's clock."""
    monkeypatch.setenv("KAIKU_DATABASE_URL", planned_url)
    monkeypatch.setenv("KAIKU_SECRET_KEY", SECRET)
    store = Store(planned_url)
    with store.transaction() as tx:
        fill(tx)
        chain_all(tx, Signer(base64.urlsafe_b64decode(SECRET)))
    for _ in range(2):
        found = json.loads(CliRunner().invoke(app, ["privacy", "retention", "--dry-run", "--json"]).stdout)
        assert not found["done"]
        assert {"kind": "profile", "table": "person", "number": 2} in found["expired"]
    assert CliRunner().invoke(app, ["privacy", "retention"]).stdout.endswith("Erased.\n")
    again = CliRunner().invoke(app, ["privacy", "retention", "--dry-run"])
    assert again.stdout == "Nothing has been kept for too long.\n"
    store.close()


def test_a_restored_database_is_erased_again_by_the_list(
    planned_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KAIKU_DATABASE_URL", planned_url)
    monkeypatch.setenv("KAIKU_SECRET_KEY", SECRET)
    store, newest, older = Store(planned_url), tmp_path / "newest.json", tmp_path / "older.json"
    keys = ErasureKeys((base64.urlsafe_b64decode(SECRET),))

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, ["privacy", "erasures", *words])

    assert run("export", str(older)).exit_code == 0
    with store.transaction() as tx:
        fill(tx)
        erase_person(tx, AINO, keys, SystemClock().now)
    assert run("export", str(newest)).exit_code == 0
    refused = run("apply", str(older))
    assert refused.exit_code == 1
    assert "older than the database" in refused.stderr
    with store.transaction() as tx:
        tx.execute(delete(Erased))
        join(tx, AINO)  # as they were when the backup was made
    assert run("apply", str(newest)).stdout == "Erased again: 1. Listed: 1.\n"
    with store.read_transaction() as tx:
        assert {each.split(".")[0] for each in naming(tx, AINO)} <= {"channel_member"}
        assert len(tx.scalars(select(Erased.c.number)).all()) == 2
    store.close()
