"""A short year lived over the real protocol: a sound plan keeps every promise, what is broken is caught."""

import json
import os
import re
import shutil
import signal
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from msgspec.structs import replace
from typer.testing import CliRunner

from bot.cli.main import app
from bot.domain.calendars.working_time import WorkCalendar
from bot.domain.people.agencies import AgencyBook
from bot.domain.plan.model import Plan, SignUpWindow
from bot.domain.prompts import schedule
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries.rendered import Skipped
from bot.services.plan.templates import new_plan
from bot.services.prompts.library import library_names
from rehearsal import hands, people, year
from tests.conftest import ROOT
from tests.support.plans import a_plan, a_session, an_offering, as_yaml
from tests.support.shipped_plan import BOOK
from tests.support.years import a_year

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


FEW_SEATS = replace(SOUND.offerings[0], capacity=3, seats_per_agency=1)
BUSY = a_plan(
    *(
        replace(
            FEW_SEATS,
            code=code,
            capacity=capacity,
            sessions=tuple(replace(each, starts=time(hour), ends=time(hour + 1)) for each in SESSIONS[:2]),
        )
        for code, capacity, hour in (
            ("dialogue-1", 3, 9),
            ("dialogue-2", 14, 10),
            ("dialogue-3", 3, 11),
            ("dialogue-4", 3, 12),
        )
    )
)
"""More people than seats but in one, to which somebody can be moved; the seats of two are drawn."""
DRAW = ("--draw", "dialogue-3", "--draw", "dialogue-4")
LIVED_AT_LEAST = {
    "join", "leave", "react", "say_absent", "acknowledge", "answer_offer", "answer_invitation", "change_plan",
    "remove", "undo_removal", "put_back", "add", "raise_limit", "close_sign_up",
    "reopen_sign_up", "write_letter", "mark_attendance", "confirm_draw", "change_in_slack",
}  # fmt: skip
"""Each is done at least once in a year full of acts, or the year shows nothing of it."""
HEARD_AT_LEAST = {"offer", "removed", "invitation", "not_selected", "letter"}


def never_lived(figures: dict[str, Any]) -> set[str]:
    """What of an eventful year did not happen."""
    lived = {deed for deed, times in figures["acts"].items() if times}
    return (LIVED_AT_LEAST - lived) | (HEARD_AT_LEAST - figures["messages"]["by_kind"].keys())


NEARLY_NOBODY = ("--people", "1")
"""Where it is the plan that is at fault."""
SMALL = a_plan(replace(SOUND.offerings[0], sessions=SESSIONS[:2], capacity=2))
FEW = ("--people", "5")
"""Where a year is compared with another: more want a seat than there are."""


def rehearse(folder: Path, plan: Plan | bytes, *words: str, language: str = "en") -> Result:
    file = folder / "plan.yml"
    file.write_bytes(plan if isinstance(plan, bytes) else as_yaml(plan))
    given = ["--people", "12", "--seed", "7", *words]
    return CliRunner().invoke(app, ["rehearse", str(file), *given], env={"KAIKU_LANGUAGE": language})


@pytest.fixture(autouse=True)
def _migrated_once(migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each year has a database of its own: to migrate it takes as long as a quiet year."""
    monkeypatch.setattr(year, "upgrade", lambda url: shutil.copy(migrated_sqlite, url.database))


@pytest.fixture
def no_year(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong is said before a year is lived."""
    monkeypatch.setattr("rehearsal.year.rehearse", lambda *_, **__: pytest.fail("a year was lived"))


LIVED: dict[tuple[str, int, int], year.Lived] = {}


@pytest.fixture
def lived_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan's year that another test has lived, with as many people and that seed, is not lived again."""
    live = year.rehearse

    async def remembered(plan: Plan, book: AgencyBook, *, people: int, seed: int, **more: Any) -> year.Lived:
        key = (repr(plan), people, seed)
        if key not in LIVED:
            LIVED[key] = await live(plan, book, people=people, seed=seed, **more)
        return LIVED[key]

    monkeypatch.setattr(year, "rehearse", remembered)


@pytest.fixture
def busy_desks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Facilitators do all that they may do, wherever there is somebody to do it to."""
    monkeypatch.setattr(people, "BEFORE_THE_START", dict.fromkeys(people.BEFORE_THE_START, 1.0))


def test_a_year_full_of_what_facilitators_do_keeps_every_promise(tmp_path: Path, busy_desks: None) -> None:
    out = tmp_path / "out"
    first = rehearse(tmp_path, BUSY, "--people", "16", *DRAW, "--out", str(out))
    assert first.exit_code == 0, first.output
    *_, verdict, report = first.stdout.splitlines()
    assert verdict.startswith("Every promise was kept")
    assert report == f"The report is in {out / 'report.html'}."
    figures = json.loads((out / "report.json").read_text())
    assert sum(each["waiting"] for each in figures["offerings"]) > 0, (
        "somebody must wait, or seats show nothing"
    )
    assert figures["prompts"]["sent"] > 0
    assert figures["prompts"]["answered"] > 0
    assert never_lived(figures) == set()
    for deed in LIVED_AT_LEAST:  # the control: a year without one of them would be noticed
        assert never_lived(figures | {"acts": figures["acts"] | {deed: 0}}) == {deed}
    page = (out / "report.html").read_text()
    assert "<script" not in page
    assert page.count("<img alt=") == 2


def test_a_plan_made_from_a_template_for_another_year_is_lived_without_a_fault(tmp_path: Path) -> None:
    template = (ROOT / "programmes/templates/complexity.yml").read_text(encoding="utf-8")
    made = new_plan(template, 2027, BOOK, frozenset(library_names()), WORK_CALENDAR)
    result = rehearse(tmp_path, made.text.encode(), "--people", "2")
    assert result.exit_code == 0, result.output


def test_the_same_seed_is_the_same_year(tmp_path: Path) -> None:
    drawn = a_plan(*BUSY.offerings[2:])
    few = ("--people", "4", *DRAW, "--json")
    assert rehearse(tmp_path, drawn, *few).stdout == rehearse(tmp_path, drawn, *few).stdout


def test_quiet_time_and_seats_that_do_not_move_on_are_caught_when_switched_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never_closed(*_: Any) -> None:
        return None

    monkeypatch.setattr(schedule, "closed_because", never_closed)
    monkeypatch.setattr("bot.services.enrolment.promote.next_offered", lambda *_: [])
    result = rehearse(tmp_path, SOUND, "--seats", "4")
    assert result.exit_code == 1
    assert "Nobody is asked anything in quiet time" in result.stdout
    assert "a weekend" in result.stdout  # that is where the prompts slip to then
    assert "No seat is empty while somebody waits for it" in result.stdout
    assert "pass this on to those who maintain Kaiku" in result.stdout


def test_offers_made_twice_or_at_night_and_changes_kept_quiet_are_caught(
    tmp_path: Path, busy_desks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hands, "OFFERS_IGNORED", 1.0)
    monkeypatch.setattr("storage.waiting_list.set_let_go", lambda *_: None)
    monkeypatch.setattr(WorkCalendar, "next_working_moment", lambda _self, at, *_: at)
    silence = "bot.services.offerings.change_messages.change_message"
    monkeypatch.setattr(silence, lambda *_, **__: Skipped("kept_quiet"))
    broken = json.loads(rehearse(tmp_path, BUSY, "--people", "8", *DRAW, "--json").stdout)["broken"]
    assert {each["code"] for each in broken} >= {"offered_twice", "told_out_of_hours", "told_other_time"}


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (
            as_yaml(SOUND) + b"prompt_rules: {days_between: 2}\n",
            "Over-prompting: the settings let prompts come every 2 days",
        ),
        (
            as_yaml(
                a_plan(an_offering(sessions=(SESSIONS[0], a_session(2, on=date(2019, 4, 9))), sign_up=SPRING))
            )
            + b"prompt_rules: {short_gap: 2}\n",
            "Over-prompting: the settings put 3 prompts into the 5 working days between sessions 1 and 2",
        ),
        (
            as_yaml(
                a_plan(an_offering(sessions=(*SESSIONS, a_session(4, on=date(2019, 6, 21))), sign_up=SPRING))
            ),
            "Session 4 of dialogue-1 is on Fri 21 Jun 2019: Midsummer Eve",
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
            "Nobody can attend dialogue-1 in working hours",
        ),
        (
            as_yaml(
                a_plan(an_offering(sessions=SESSIONS, sign_up=SignUpWindow(SPRING.closes, SPRING.opens)))
            ),
            "Nobody can attend dialogue-1: sign-up closes on Fri 1 Mar 2019 and opens only on Fri 29",
        ),
    ],
)
def test_a_bad_plan_is_caught_with_what_is_bad_about_it_and_on_which_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: bytes, words: str
) -> None:
    async def some_year(plan: Plan, *_: Any, **__: Any) -> year.Lived:
        return a_year(plan, owed=[], arrivals=[], seats=[])

    monkeypatch.setattr(year, "rehearse", some_year)  # the plan is at fault, whoever lives it
    result = rehearse(tmp_path, bad)
    assert result.exit_code == 1, result.output
    (fault,) = [line for line in result.stdout.splitlines() if line.startswith("Fault, ")]
    assert words in fault
    assert re.match(rf"Fault, {tmp_path / 'plan.yml'}, line \d+: ", fault)
    assert "Not to be published so. The plan has 1 fault" in result.stdout


def test_the_verdict_and_the_report_are_in_the_language_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "out"
    bad = a_plan(an_offering(sessions=(*SESSIONS, a_session(4, on=date(2019, 6, 21))), sign_up=SPRING))
    swedish = rehearse(tmp_path, bad, *NEARLY_NOBODY, "--out", str(out), language="sv")
    assert swedish.exit_code == 1
    assert "fre 21.6.2019 är midsommarafton" in swedish.stdout
    assert "Planen ska inte publiceras så här." in swedish.stdout
    assert '<html lang="sv">' in (out / "report.html").read_text()
    finnish = rehearse(tmp_path, as_yaml(SOUND) + b"prompt_rules: {days_between: 2}\n", "--language", "fi")
    assert "Suunnitelmaa ei pidä julkaista tällaisena." in finnish.stdout


@pytest.mark.usefixtures("no_year")
def test_a_plan_that_nobody_should_live_through_is_json_too(tmp_path: Path) -> None:
    result = rehearse(tmp_path, as_yaml(SOUND) + b"prompt_rules: {days_between: 2}\n", "--json")
    assert result.exit_code == 1
    said = json.loads(result.stdout)
    assert said["holds"] is False
    assert [(each["code"], each["days"]) for each in said["plan"]] == [("prompts_too_near", 2)]


@pytest.mark.usefixtures("no_year")
@pytest.mark.parametrize(
    "words",
    [
        ("--people", "0"),
        ("--people", "-3"),
        ("--people", "10001"),
        ("--language", "de"),
    ],
)
def test_an_option_out_of_bounds_is_named_with_what_to_write(tmp_path: Path, words: tuple[str, str]) -> None:
    result = rehearse(tmp_path, SOUND, *words)
    assert result.exit_code == 2
    assert words[0] in result.output
    assert "write" in result.output.lower()


@pytest.mark.usefixtures("no_year")
def test_what_cannot_be_drawn_is_named_before_a_year_is_lived(tmp_path: Path) -> None:
    result = rehearse(tmp_path, SOUND, "--draw", "dialogue-9")
    assert result.exit_code == 2
    assert "--draw: dialogue-9 is no offering of the plan. Write one of its codes." in result.output
    endless = a_plan(an_offering(sign_up=SignUpWindow(date(2019, 1, 1))))
    result = rehearse(tmp_path, endless, "--draw", "dialogue-1")
    assert result.exit_code == 2
    assert "--draw: sign-up needs a last day, before the first session" in result.output


@pytest.mark.usefixtures("no_year")
@pytest.mark.parametrize("content", [b"programme: [", b"", b"programme: x\n"])
def test_a_file_that_is_no_plan_exits_with_2_and_leaves_nothing(tmp_path: Path, content: bytes) -> None:
    out = tmp_path / "out"
    result = rehearse(tmp_path, content, "--out", str(out))
    assert result.exit_code == 2
    assert "FILE: " in result.output
    assert "is no plan that can be rehearsed" in result.output
    assert not out.exists()


@pytest.mark.usefixtures("no_year")
@pytest.mark.parametrize("content", [None, b"programme: [", as_yaml(SOUND) + b"prompt_rules: {per_gap: 9}\n"])
def test_an_old_plan_that_can_not_be_rehearsed_is_named_as_such(
    tmp_path: Path, content: bytes | None
) -> None:
    old = tmp_path / "old.yml"
    if content is not None:
        old.write_bytes(content)
    result = rehearse(tmp_path, SOUND, "--compare", str(old))
    assert result.exit_code == 2
    assert f"--compare: {old} " in result.output


@pytest.mark.usefixtures("no_year")
def test_a_missing_plan_file_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["rehearse", str(tmp_path / "nowhere.yml")])
    assert result.exit_code == 2
    assert f"FILE: {tmp_path / 'nowhere.yml'} can't be read: No such file or directory." in result.output


@pytest.mark.usefixtures("no_year")
@pytest.mark.parametrize("out", ["file", "file/report"])
def test_a_folder_that_can_not_be_written_is_said_before_a_year_is_lived(tmp_path: Path, out: str) -> None:
    (tmp_path / "file").touch()
    result = rehearse(tmp_path, SOUND, "--out", str(tmp_path / out))
    assert result.exit_code == 2
    assert "--out: no report can be written to" in result.output
    assert "Choose another folder" in result.output


def test_a_comparison_says_what_people_would_live_through_otherwise(tmp_path: Path, lived_once: None) -> None:
    old = tmp_path / "old.yml"
    old.write_bytes(as_yaml(SMALL))
    roomier = a_plan(replace(SMALL.offerings[0], capacity=4, seats_per_agency=4))
    result = rehearse(tmp_path, roomier, *FEW, "--compare", str(old), "--out", str(tmp_path / "out"))
    assert result.exit_code == 0, result.output
    assert f"Compared with {old}:" in result.stdout
    assert re.search(r"dialogue-1: \d+ more people have a seat \(\d+ → \d+\)\.", result.stdout)
    assert "dialogue-1: seats in all 2 → 4." in result.stdout
    assert f"What differs from {old}</h2>" in (tmp_path / "out/report.html").read_text()


def test_the_same_plan_is_lived_once_and_differs_in_nothing(
    tmp_path: Path, lived_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived, live = [], year.rehearse

    def counted(*plan: Any, **options: Any) -> Any:
        lived.append(plan)
        return live(*plan, **options)

    monkeypatch.setattr(year, "rehearse", counted)
    old = tmp_path / "old.yml"
    old.write_bytes(as_yaml(SMALL))
    result = rehearse(tmp_path, SMALL, *FEW, "--compare", str(old))
    assert "Nothing differs for anybody." in result.stdout
    assert len(lived) == 1


def test_a_fault_before_the_first_day_ends_the_rehearsal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_named: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(year, "Hands", broken)
    result = rehearse(tmp_path, SOUND)
    assert isinstance(result.exception, ZeroDivisionError), "the workspace does not keep the process alive"


def test_ctrl_c_in_the_middle_of_the_year_ends_it_in_a_sentence_and_leaves_no_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live, out = year._Year.live, tmp_path / "out"

    async def stopped(self: Any, seed: int) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        await live(self, seed)

    monkeypatch.setattr(year._Year, "live", stopped)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests may ignore it
    try:
        result = rehearse(tmp_path, SOUND, "--out", str(out))
    finally:
        signal.signal(signal.SIGINT, before)
    assert result.exit_code == 130
    assert result.stderr == "Interrupted: the rehearsal was not finished, and no report was written.\n"
    assert not out.exists()
