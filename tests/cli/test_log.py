"""``kaiku log``: who did what to whom, with names while they are known; says it when the log is broken."""

import json
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from bot.domain.acts import ActKind, Signer
from bot.domain.people.person import Defaults, Profile
from bot.services.acts import note_act
from bot.services.acts.chain import chain_acts
from bot.services.people.profiles import meet
from storage.engine import Store, parse_database_url
from storage.tables import Act, Person
from tests.conftest import ROOT, FakeClock
from tests.support.operating import OLD, Site


@pytest.fixture
def site(database_url: str, tmp_path: Path, clock: FakeClock) -> Site:
    """Fanni has removed Aino and marked attendance; an operator has applied a plan."""
    site = Site(database_url, tmp_path, clock)
    store = Store(parse_database_url(database_url))
    with store.transaction() as tx:
        for user_id, name in (("UAINO", "Aino Virtanen"), ("UFANNI", "Fanni Vetäjä")):
            profile = Profile(user_id, name, language="fi", timezone="Europe/Helsinki")
            meet(tx, profile, Defaults("fi", "Europe/Helsinki"), clock.now)
        note_act(tx, ActKind.APPLIED_PLAN, offering="2019", by_operator=True, now=clock.now())
        clock.advance(days=1)
        reason = {"fi": "Ryhmä täynnä"}
        removed = {"person": "UAINO", "offering": "dialogue-2", "reason": reason}
        note_act(tx, ActKind.REMOVED, actor="UFANNI", now=clock.now(), **removed)
        note_act(
            tx, ActKind.MARKED_ATTENDANCE, actor="UFANNI", offering="dialogue-2", number=1, now=clock.now()
        )
        chain_acts(tx, Signer(OLD))
    store.close()
    return site


def change(site: Site, statement: object) -> None:
    store = Store(parse_database_url(site.url))
    with store.transaction() as tx:
        tx.execute(statement)  # type: ignore[call-overload]
    store.close()


def test_the_log_names_people_until_they_are_erased_and_says_that_it_is_whole(site: Site) -> None:
    done = site.cli("log", "--language", "sv")
    assert done.exit_code == 0, done.output
    lines = [line for line in done.stdout.splitlines() if "dialogue-2" in line or "2019" in line]
    assert "Markerade närvaron" in lines[0]
    assert "Aino Virtanen (UAINO)" in lines[1]
    assert "Ryhmä täynnä" in lines[1]
    assert "administratören" in lines[2]
    assert "Loggen är hel: 3 rader" in done.stdout

    pseudonym = json.loads(site.cli("log", "--json", "--person", "UAINO").stdout)["acts"][0]["person"]
    change(site, delete(Person).where(Person.c.id == "UAINO"))
    gone = site.cli("log", "--language", "fi")
    assert gone.exit_code == 0, gone.output
    assert "Aino" not in gone.stdout
    assert f"poistettu ({pseudonym['pseudonym'][:8]})" in gone.stdout
    assert "Ryhmä täynnä" not in gone.stdout


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        (("--person", "UFANNI"), ["marked_attendance", "removed"]),
        (("--offering", "2019"), ["applied_plan"]),
        (("--since", "2019-02-12"), ["marked_attendance", "removed"]),
        (("--person", "UKUKAAN"), []),
    ],
)
def test_the_log_is_narrowed_by_person_offering_and_time(
    site: Site, words: tuple[str, ...], kinds: list[str]
) -> None:
    found = json.loads(site.cli("log", "--json", *words).stdout)
    assert [each["kind"] for each in found["acts"]] == kinds
    assert found["chain"]["lines"] == 3


def test_a_changed_line_is_said_with_exit_code_1(site: Site) -> None:
    change(site, update(Act).where(Act.c.number == 1).values(person="f" * 32))
    done = site.cli("log", "--language", "fi")
    assert done.exit_code == 1
    assert "Loki on rikki: riviä 3 on muutettu." in done.stderr
    assert site.cli("log", "--sign").exit_code == 1


def test_the_head_of_the_log_goes_into_each_backup_and_is_compared(site: Site) -> None:
    head = site.back_up(site.folder / "backups").with_suffix(".json")
    assert json.loads(head.read_text())["log_head"]["position"] == 3
    assert site.cli("log", "--compare", head).exit_code == 0
    head.write_text(head.read_text().replace('"position": 3', '"position": 2'))
    done = site.cli("log", "--compare", head, "--language", "en")
    assert done.exit_code == 1
    assert "line 2 is no longer what it was in the backup" in done.stderr
    head.write_text("{}")
    assert site.cli("log", "--compare", head).exit_code == 2


def test_applied_plans_and_what_is_printed_of_people_are_lines(planned_url: str, tmp_path: Path) -> None:
    site = Site(planned_url, tmp_path, FakeClock())
    plan = (
        (ROOT / "programmes/2019.yml").read_text(encoding="utf-8").replace("capacity: 60", "capacity: 61", 1)
    )
    changed = tmp_path / "plan.yml"
    changed.write_text(plan, encoding="utf-8")
    for _ in range(2):  # the second changes nothing
        assert site.cli("plan", "apply", changed, "--yes").exit_code == 0
    assert site.cli("roster", "dialogue-2", "--json").exit_code == 0
    assert site.cli("certificates", "dialogue-2", "--out", tmp_path).exit_code == 1  # nobody asked for one
    found = json.loads(site.cli("log", "--json").stdout)["acts"]
    assert [(each["kind"], each["done_by"], each["offering"]) for each in found] == [
        ("exported", "operator", "dialogue-2"),
        ("applied_plan", "operator", "kaiku-2019"),
    ]
