"""A short year lived over the real protocol: a sound plan keeps every promise, what is broken is caught."""

import json
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli import app
from bot.domain import prompt_schedule
from bot.domain.plan import Plan, SignUpWindow
from tests.plans import a_plan, a_session, an_offering, as_yaml

pytestmark = pytest.mark.timeout(300)

SPRING = SignUpWindow(date(2019, 3, 1), date(2019, 3, 29))
# Two working days before 24 April is 18 April, the eve of Good Friday.
SESSIONS = (
    a_session(1, on=date(2019, 4, 2)),
    a_session(2, on=date(2019, 4, 24)),
    a_session(3, on=date(2019, 5, 21)),
)
SOUND = a_plan(
    an_offering(
        "dialogue-1", sessions=SESSIONS, sign_up=SPRING, capacity=6, seats_per_agency=2, agency_seats=()
    ),
    an_offering(
        "dialogue-2",
        sessions=tuple(replace(each, starts=time(13), ends=time(15)) for each in SESSIONS[:2]),
        sign_up=SPRING,
        capacity=4,
        seats_per_agency=2,
        agency_seats=(),
    ),
)


def rehearse(folder: Path, plan: Plan | bytes, *words: str) -> Result:
    file = folder / "plan.yml"
    file.write_bytes(plan if isinstance(plan, bytes) else as_yaml(plan))
    return CliRunner().invoke(app, ["rehearse", str(file), "--people", "12", "--seed", "7", *words])


def test_a_sound_plan_keeps_every_promise_and_the_same_seed_is_the_same_year(tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = rehearse(tmp_path, SOUND, "--out", str(out))
    assert first.exit_code == 0, first.output
    assert first.stdout.splitlines()[-2] == "Every promise was kept."
    figures = json.loads((out / "report.json").read_text())
    assert sum(each["seated"] for each in figures["offerings"]) == 10
    assert sum(each["waiting"] for each in figures["offerings"]) > 0, (
        "somebody must wait, or seats show nothing"
    )
    assert figures["prompts"]["sent"] > 0
    assert figures["prompts"]["answered"] > 0
    assert {"joined", "changed the plan", "reacted to a prompt"} <= figures["acts"].keys()
    page = (out / "report.html").read_text()
    assert "<script" not in page
    assert page.count("<img alt=") == 2

    second = json.loads(rehearse(tmp_path, SOUND, "--json").stdout)
    for only_on_disk in ("differences", "messages_by_person_and_week"):
        del figures[only_on_disk]
    assert second == figures


def test_quiet_time_switched_off_in_the_bot_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never_closed(*_: Any) -> None:
        return None

    monkeypatch.setattr(prompt_schedule, "closed_because", never_closed)
    result = rehearse(tmp_path, SOUND)
    assert result.exit_code == 1
    assert "nobody is asked anything in quiet time" in result.stdout
    assert "the eve of Good Friday" in result.stdout


def test_seats_that_do_not_move_on_are_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.services.enrolment.next_seated", lambda *_: [])
    result = rehearse(tmp_path, SOUND)
    assert result.exit_code == 1
    assert "no seat is empty while somebody waits for it" in result.stdout


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (
            as_yaml(SOUND) + b"prompt_rules: {days_between: 2}\n",
            "days_between",
        ),
        (
            as_yaml(
                a_plan(an_offering(sessions=(SESSIONS[0], a_session(2, on=date(2019, 4, 9))), sign_up=SPRING))
            )
            + b"prompt_rules: {short_gap: 2}\n",
            "Over-prompting: prompt_rules put 3 prompts into the 5 working days between sessions 1 and 2",
        ),
        (
            as_yaml(
                a_plan(an_offering(sessions=(*SESSIONS, a_session(4, on=date(2019, 6, 21))), sign_up=SPRING))
            ),
            "Session 4 of dialogue-1 is on Friday 2019-06-21: Midsummer Eve",
        ),
        (
            as_yaml(
                a_plan(
                    an_offering(
                        sessions=tuple(replace(each, starts=time(20), ends=time(22)) for each in SESSIONS),
                        sign_up=SPRING,
                    )
                )
            ),
            "Nobody can attend dialogue-1: no session is in working hours",
        ),
        (
            as_yaml(
                a_plan(an_offering(sessions=SESSIONS, sign_up=SignUpWindow(SPRING.closes, SPRING.opens)))
            ),
            "sign_up",
        ),
    ],
)
def test_a_bad_plan_is_caught_with_what_is_bad_about_it(tmp_path: Path, bad: bytes, words: str) -> None:
    result = rehearse(tmp_path, bad)
    assert result.exit_code == 1, result.output
    assert words in result.output
    assert "Not to be published so" in result.output


def test_a_file_that_is_no_plan_exits_with_2(tmp_path: Path) -> None:
    result = rehearse(tmp_path, b"programme: [")
    assert result.exit_code == 2
    assert "no plan that can be rehearsed" in result.output


def test_a_folder_that_can_not_be_written_is_said_before_a_year_is_lived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rehearsal.year.rehearse", lambda *_, **__: pytest.fail("a year was lived"))
    (tmp_path / "file").touch()
    result = rehearse(tmp_path, SOUND, "--out", str(tmp_path / "file" / "report"))
    assert result.exit_code == 2
    assert "--out: no report can be written to" in result.output
    assert "Choose another folder" in result.output


def test_a_comparison_says_what_people_would_live_through_otherwise(tmp_path: Path) -> None:
    old = tmp_path / "old.yml"
    old.write_bytes(as_yaml(SOUND))
    roomier = replace(SOUND.offerings[0], capacity=12, seats_per_agency=4)
    new = a_plan(roomier, SOUND.offerings[1])
    result = rehearse(tmp_path, new, "--compare", str(old))
    assert result.exit_code == 0, result.output
    assert "more people have a seat in dialogue-1: 6 -> " in result.stdout
