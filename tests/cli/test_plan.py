import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from msgspec.structs import replace
from sqlalchemy import select
from typer.testing import CliRunner

from bot.cli.main import app
from bot.domain.plan.model import Plan, PlannedSession, PlannedStrand, SignUpWindow
from bot.services.plan.apply import apply_plan, stored_plan
from storage.engine import Store
from storage.tables import Act, Delivery, Enrolment, Prompt
from tests.support.enrolling import NOW, join, leave
from tests.support.plans import a_plan, a_session, an_offering, as_yaml, texts

Kaiku = Callable[..., Result]


@pytest.fixture
def kaiku(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Kaiku:
    """Run a command line against this test's database."""
    monkeypatch.setenv("KAIKU_DATABASE_URL", database_url)
    monkeypatch.setenv("KAIKU_LANGUAGE", "en")
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "plan.yml"
    path.write_bytes(as_yaml(a_plan()))
    return path


def test_check_says_that_a_file_is_in_order(kaiku: Kaiku, file: Path) -> None:
    result = kaiku("plan", "check", file)
    assert result.exit_code == 0
    assert "in order. Programme kaiku-2019: 1 strand, 1 offering, 2 sessions." in result.stdout


def test_check_tells_every_fault_and_exits_with_1(kaiku: Kaiku, file: Path) -> None:
    broken = a_plan(an_offering(capacity=0, agency_seats=(("veri", 1),)))
    file.write_bytes(as_yaml(broken))
    result = kaiku("plan", "check", file)
    assert result.exit_code == 1
    assert "capacity: A capacity of 0 leaves no seat. Write 1 or more." in result.stdout
    assert "There is no agency veri. Did you mean `vero`?" in result.stdout
    assert "2 problems; nothing was applied." in result.stderr
    as_json = kaiku("plan", "check", file, "--json")
    assert as_json.exit_code == 1
    assert [set(fault) for fault in json.loads(as_json.stdout)] == [{"line", "field", "wrong", "mend"}] * 2


def test_check_needs_no_database(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAIKU_DATABASE_URL", "nonsense")
    assert CliRunner().invoke(app, ["plan", "check", str(file)]).exit_code == 0


@pytest.mark.parametrize("command", ["check", "diff", "apply"])
def test_a_file_that_is_not_there_is_wrong_usage(kaiku: Kaiku, command: str, tmp_path: Path) -> None:
    result = kaiku("plan", command, tmp_path / "none.yml")
    assert result.exit_code == 2
    assert "there is no file" in result.stderr


@pytest.mark.parametrize(
    ("language", "fault", "problems"),
    [
        ("fi", "rivi 14: offerings[dialogue-1].colour: Avainta `colour` ei ole tässä.", "1 virhe;"),
        ("sv", "rad 14: offerings[dialogue-1].colour: Nyckeln `colour` finns inte här.", "1 fel;"),
    ],
)
def test_check_speaks_the_language_that_is_asked_for(
    kaiku: Kaiku, file: Path, language: str, fault: str, problems: str
) -> None:
    file.write_bytes(as_yaml(a_plan()).replace(b"    kind:", b"    colour: red\n    kind:", 1))
    result = kaiku("plan", "check", file, "--language", language)
    assert fault in result.stdout
    assert result.stderr.startswith(problems)


def test_diff_speaks_finnish_unless_told_otherwise(
    kaiku: Kaiku, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KAIKU_LANGUAGE")
    monkeypatch.setenv("LANG", "C")
    assert "osaprojekti 1: uusi: " in kaiku("plan", "diff", file).stdout


def test_apply_makes_what_diff_shows_once(kaiku: Kaiku, file: Path, store: Store) -> None:
    shown = kaiku("plan", "diff", file)
    assert shown.exit_code == 0
    assert "strand 1: new: " in shown.stdout
    assert 'dialogue-1: new: "Nimi dialogue-1 suomeksi", 20 seats, 2 sessions' in shown.stdout
    applied = kaiku("plan", "apply", file)
    assert applied.exit_code == 0
    assert applied.stdout == shown.stdout + "Applied.\n"
    with store.read_transaction() as tx:
        assert stored_plan(tx, "kaiku-2019") == a_plan()
    assert kaiku("plan", "apply", file).stdout == "Nothing changes.\n"


def test_what_is_applied_has_its_prompts_at_once(kaiku: Kaiku, file: Path, store: Store) -> None:
    kaiku("plan", "apply", file)
    with store.read_transaction() as tx:
        keys = tx.scalars(select(Prompt.c.library_key)).all()
    assert len(keys) == 3
    assert all(key is not None and key.startswith("dialogue-") for key in keys)


def test_check_says_which_strand_has_no_prompts_and_what_counts_as_cancelled(
    kaiku: Kaiku, file: Path
) -> None:
    cancelled = an_offering(sessions=(a_session(1, cancelled=True),))
    file.write_bytes(as_yaml(a_plan(strands=(PlannedStrand(7, texts("Osa"), (cancelled,)),))))
    result = kaiku("plan", "check", file)
    assert result.exit_code == 0
    assert "strand 7 names no library of prompts" in result.stdout
    assert "every session of dialogue-1 is cancelled" in result.stdout


def test_check_knows_the_libraries_there_are(kaiku: Kaiku, file: Path) -> None:
    file.write_bytes(as_yaml(a_plan()).replace(b"prompts: dialogue", b"prompts: dialog"))
    result = kaiku("plan", "check", file)
    assert result.exit_code == 1
    assert "There is no library of prompts dialog. Did you mean `dialogue`?" in result.stdout


def moved(number: int = 1) -> PlannedSession:
    return a_session(number, on=date(2019, 5, number))


def with_people(store: Store, people: int, **changes: Any) -> None:
    with store.transaction() as tx:
        apply_plan(tx, roomy(**changes), NOW)
        for number in range(people):
            join(tx, f"U{number:02}")


def stored(store: Store) -> Plan | None:
    with store.read_transaction() as tx:
        return stored_plan(tx, "kaiku-2019")


def changes_owed(store: Store) -> int:
    with store.read_transaction() as tx:
        return len(tx.scalars(select(Delivery.c.id).where(Delivery.c.kind == "change")).all())


def roomy(**changes: Any) -> Plan:
    return a_plan(an_offering(capacity=50, seats_per_agency=50, **changes))


def test_apply_tells_twenty_people_at_once_and_more_only_when_told_to(
    kaiku: Kaiku, file: Path, store: Store
) -> None:
    ahead = [a_session(number, on=date(2099, 3, number)) for number in (1, 2)]
    facts = {"sessions": tuple(ahead), "sign_up": SignUpWindow()}
    with_people(store, 21, **facts)
    before = stored(store)
    file.write_bytes(
        as_yaml(roomy(**facts | {"sessions": (replace(ahead[0], place=texts("Muu")), ahead[1])}))
    )
    refused = kaiku("plan", "apply", file)
    assert refused.exit_code == 1
    assert "21 people will be told" in refused.stderr
    assert "--yes" in refused.stderr
    assert stored(store) == before
    assert kaiku("plan", "apply", file, "--yes").exit_code == 0
    assert changes_owed(store) == 21
    with store.transaction() as tx:
        leave(tx, "U00")
    file.write_bytes(as_yaml(roomy(**facts)))  # back: nobody hears of it
    assert kaiku("plan", "apply", file).exit_code == 0


@pytest.mark.parametrize(
    ("sessions", "asked"),
    [
        ((a_session(1), a_session(2, cancelled=True)), "session 2 is cancelled. People signed up: 1."),
        ((a_session(1),), "session 2 is not in the file any more"),
        ((a_session(1), a_session(2, on=date(2019, 3, 13))), "moved to 2019-03-13, which is past"),
    ],
)
def test_apply_asks_before_it_cancels_removes_or_moves_into_the_past(
    kaiku: Kaiku, file: Path, store: Store, sessions: tuple[PlannedSession, ...], asked: str
) -> None:
    with_people(store, 1)
    file.write_bytes(as_yaml(roomy(sessions=sessions)))
    refused = kaiku("plan", "apply", file)
    assert (refused.exit_code, asked in refused.stderr) == (1, True), refused.stderr


def test_apply_asks_before_it_adds_a_session_in_the_past(kaiku: Kaiku, file: Path, store: Store) -> None:
    with store.transaction() as tx:
        apply_plan(tx, roomy(sessions=(a_session(1),)), NOW)
    file.write_bytes(as_yaml(roomy(sessions=(a_session(1), a_session(2, on=date(2019, 3, 12))))))
    refused = kaiku("plan", "apply", file)
    assert refused.exit_code == 1
    assert "session 2 is added on 2019-03-12, which is past" in refused.stderr


@pytest.mark.parametrize("freed", [20, 21])
def test_more_seats_that_many_hear_of_are_asked_about_too(
    kaiku: Kaiku, file: Path, store: Store, freed: int
) -> None:
    ahead = tuple(a_session(number, on=date(2099, 3, number)) for number in (1, 2))
    few: dict[str, Any] = {"seats_per_agency": 1, "sessions": ahead, "sign_up": SignUpWindow()}
    with store.transaction() as tx:
        apply_plan(tx, a_plan(an_offering(capacity=1, **few)), NOW)
        for number in range(30):
            join(tx, f"U{number:02}")
    file.write_bytes(as_yaml(a_plan(an_offering(capacity=1 + freed, **few))))
    asked = kaiku("plan", "apply", file)
    is_many = freed > 20
    assert (asked.exit_code, "21 people will be told" in asked.stderr) == (int(is_many), is_many)


@pytest.mark.parametrize("answer", ["n\n", "y\n"])
def test_at_a_terminal_apply_asks_and_does_as_it_is_told(
    kaiku: Kaiku, file: Path, store: Store, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    with_people(store, 1)
    monkeypatch.setattr("bot.cli.plan.has_terminal", lambda: True)
    file.write_bytes(as_yaml(roomy(cancelled=True)))
    result = CliRunner().invoke(app, ["plan", "apply", str(file)], input=answer)
    assert "dialogue-1 is cancelled. People signed up: 1." in result.stderr
    kept = stored(store)
    assert kept is not None
    assert (result.exit_code, kept.offerings[0].cancelled) == ((0, True) if answer == "y\n" else (1, False))


def test_a_code_that_looks_renamed_is_pointed_out(kaiku: Kaiku, file: Path, store: Store) -> None:
    with_people(store, 1)
    file.write_bytes(as_yaml(a_plan(an_offering("dialogue-9"))))
    refused = kaiku("plan", "apply", file)
    assert refused.exit_code == 1
    assert "dialogue-1 seems to have become dialogue-9." in refused.stderr
    assert "dialogue-1 is not in the file any more" in refused.stderr


def test_a_quiet_correction_tells_nobody_and_later_news_does_not_repeat_it(
    kaiku: Kaiku, file: Path, store: Store
) -> None:
    with_people(store, 21)
    file.write_bytes(as_yaml(roomy(sessions=(a_session(1, place=texts("Säätytalo")), a_session(2)))))
    assert kaiku("plan", "apply", file, "--quiet").exit_code == 0
    assert changes_owed(store) == 0
    with store.read_transaction() as tx:
        assert set(tx.scalars(select(Enrolment.c.told_version))) == {2}


def test_what_people_must_know_is_never_quiet(kaiku: Kaiku, file: Path, store: Store) -> None:
    with_people(store, 1)
    before = stored(store)
    file.write_bytes(as_yaml(roomy(sessions=(a_session(1), moved(2)))))
    refused = kaiku("plan", "apply", file, "--quiet", "--yes")
    assert refused.exit_code == 1
    assert "People have to be told of this." in refused.stderr
    assert stored(store) == before


def test_diff_says_how_many_people_a_change_touches(kaiku: Kaiku, file: Path, store: Store) -> None:
    with store.transaction() as tx:
        apply_plan(tx, a_plan(an_offering(capacity=1, seats_per_agency=1, agency_seats=())), NOW)
        join(tx, "UA")
        join(tx, "UB")
    moved = a_session(1, on=a_session(2).on.replace(day=20))
    new = an_offering(capacity=2, seats_per_agency=1, agency_seats=(), sessions=(moved, a_session(2)))
    file.write_bytes(as_yaml(a_plan(replace(new, sign_up=an_offering().sign_up))))
    result = kaiku("plan", "diff", file)
    assert result.stdout == (
        "dialogue-1: capacity raised from 1 to 2 (1 seated, 1 waiting)\n"
        "dialogue-1, session 1: moved from Mon 11 Mar 2019, 09:00–12:00 to Wed 20 Mar 2019, 09:00–12:00"
        " (1 seated, 1 waiting)\n"
        "2 changes.\n"
    )
    content = json.loads(kaiku("plan", "diff", file, "--json").stdout)
    assert content["changes"][1]["old"] == {"on": "2019-03-11", "starts": "09:00:00", "ends": "12:00:00"}
    assert (content["changes"][0]["seated"], content["changes"][0]["waiting"]) == (1, 1)


def test_the_programme_is_a_heading_where_there_are_others(kaiku: Kaiku, file: Path, store: Store) -> None:
    with store.transaction() as tx:
        apply_plan(tx, a_plan(an_offering("coaching-1"), code="kaiku-2018"), NOW)
    assert kaiku("plan", "apply", file, "--yes").stdout.startswith("Hanke suomeksi (kaiku-2019)\n")


@pytest.mark.parametrize("command", ["diff", "apply"])
def test_a_code_of_another_programme_is_named_with_both(
    kaiku: Kaiku, file: Path, store: Store, command: str
) -> None:
    with store.transaction() as tx:
        apply_plan(tx, a_plan(code="kaiku-2018"), NOW)
    result = kaiku("plan", command, file)
    assert result.exit_code == 1
    assert (
        "The programme kaiku-2018 has the code dialogue-1 at the same time, so kaiku-2019 can't use it."
        in result.stderr
    )


def test_a_faulty_file_is_not_applied(kaiku: Kaiku, file: Path, store: Store) -> None:
    file.write_bytes(as_yaml(a_plan(an_offering("a"), an_offering("b", capacity=0))))
    assert kaiku("plan", "apply", file).exit_code == 1
    with store.read_transaction() as tx:
        assert stored_plan(tx, "kaiku-2019") is None


def test_roster_prints_who_is_seated_and_who_waits(kaiku: Kaiku, store: Store) -> None:
    with store.transaction() as tx:
        apply_plan(tx, a_plan(an_offering(capacity=1, seats_per_agency=1, agency_seats=())), NOW)
        join(tx, "UAINO", agency="vero")
        join(tx, "UOLLI", agency="thl")
    table = kaiku("roster", "dialogue-1")
    assert table.exit_code == 0
    assert "Tax Administration" in table.stdout
    assert [line.split()[1] for line in table.stdout.splitlines() if "U" in line and "│" in line] == [
        "seated",
        "waiting",
    ]
    rows: list[dict[str, Any]] = json.loads(kaiku("roster", "dialogue-1", "--json").stdout)
    assert [tuple(row) for row in rows] == [("user_id", "name", "agency", "role", "status", "position")] * 2
    assert [tuple(row.values()) for row in rows] == [
        ("UAINO", "Uaino", "vero", None, "seated", None),
        ("UOLLI", "Uolli", "thl", None, "waiting", 1),
    ]


def test_what_an_operator_exports_is_noted_and_a_table_is_not(kaiku: Kaiku, store: Store) -> None:
    with store.transaction() as tx:
        apply_plan(tx, a_plan(an_offering(capacity=1)), NOW)
        join(tx, "UAINO", agency="vero")
    kaiku("roster", "dialogue-1")
    printed = kaiku("roster", "dialogue-1", "--csv", "--language", "sv").stdout_bytes.decode("utf-8-sig")
    assert "Uaino;Skatteförvaltningen;;plats;" in printed
    assert kaiku("roster", "dialogue-1", "--xlsx").stdout_bytes.startswith(b"PK")
    kaiku("roster", "dialogue-1", "--json")
    assert kaiku("roster", "dialogue-1", "--json", "--csv").exit_code == 2
    with store.read_transaction() as tx:
        noted = tx.scalars(select(Act.c.done_by).where(Act.c.kind == "exported")).all()
    assert noted == ["operator"] * 3


def test_an_empty_roster_says_so(kaiku: Kaiku, store: Store) -> None:
    with store.transaction() as tx:
        apply_plan(tx, a_plan(), NOW)
    assert kaiku("roster", "dialogue-1").stdout == "Nobody has signed up to dialogue-1 yet.\n"
    assert json.loads(kaiku("roster", "dialogue-1", "--json").stdout) == []


def test_an_unknown_code_lists_the_right_ones_and_the_nearest(kaiku: Kaiku, store: Store) -> None:
    with store.transaction() as tx:
        apply_plan(tx, a_plan(an_offering("dialogue-1"), an_offering("coaching-1")), NOW)
    result = kaiku("roster", "dialouge-1")
    assert result.exit_code == 1
    assert "Did you mean dialogue-1? There are: dialogue-1, coaching-1." in result.stderr


def test_a_wrong_database_address_is_said_once(kaiku: Kaiku, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAIKU_DATABASE_URL", "mysql://x/y")
    result = kaiku("roster", "dialogue-1")
    assert result.exit_code == 2
    assert result.stderr == "KAIKU_DATABASE_URL must start with sqlite:/// or postgresql+psycopg://\n"


def test_a_missing_database_is_not_created_by_looking(
    kaiku: Kaiku, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "new.db"
    monkeypatch.setenv("KAIKU_DATABASE_URL", f"sqlite:///{path}")
    result = kaiku("roster", "dialogue-1")
    assert result.exit_code == 2
    assert "Run `kaiku db upgrade`" in result.stderr
    assert not path.exists()


def test_upgrade_creates_the_database_and_may_be_repeated(
    kaiku: Kaiku, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAIKU_DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    assert kaiku("db", "upgrade").stdout == "The database is up to date now.\n"
    assert kaiku("db", "upgrade").stdout == "The database was up to date.\n"
    assert kaiku("plan", "apply", file).exit_code == 0


@pytest.mark.parametrize("command", [("roster", "x"), ("db", "upgrade")])
def test_a_database_newer_than_the_code_is_left_alone(
    kaiku: Kaiku, store: Store, command: tuple[str, ...]
) -> None:
    with store.transaction() as tx:
        tx.exec_driver_sql("update alembic_version set version_num = '9999'")
    try:
        result = kaiku(*command)
    finally:
        with store.transaction() as tx:
            newest = max(path.name[:4] for path in Path("storage/migrations/versions").glob("[0-9]*.py"))
            tx.exec_driver_sql(f"update alembic_version set version_num = '{newest}'")
    assert result.exit_code == 2
    assert "newer than this version" in result.stderr


def test_an_unreachable_database_is_said_plainly(kaiku: Kaiku, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAIKU_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    for command in (("roster", "x"), ("db", "upgrade")):
        result = kaiku(*command)
        assert result.exit_code == 2
        assert "can't be" in result.stderr
