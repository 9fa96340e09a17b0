"""Who would get which prompt when, before the plan is published."""

import json
from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from typer.testing import CliRunner

from bot.cli.main import app
from bot.domain.calendars.quiet_days import QuietKind
from bot.domain.language import LANGUAGES
from bot.domain.prompts.dates import Reason
from bot.domain.prompts.plan_preview import PlanPromptPreview, PreviewRow
from bot.domain.prompts.prompt import Moment, PromptRules
from bot.i18n import words_for
from bot.services.plan.apply import apply_plan
from bot.services.prompts.library import read_library
from bot.services.prompts.preview import preview_prompts, spread
from bot.services.prompts.series import keep_series
from bot.views.plan.prompt_preview import summary, why
from storage.engine import Store
from storage.offerings.catalogue import list_offerings
from storage.prompts import list_prompts
from tests.conftest import ROOT, FakeClock
from tests.support.plans import a_plan, a_session, an_offering, as_yaml
from tests.support.shipped_plan import SHIPPED

LIBRARY = read_library()
PLAN_2019 = ROOT / "programmes" / "2019.yml"
ENGLISH = words_for("en", "Europe/Helsinki")


def two_days(first: date, second: date, code: str = "dialogue-1", **changes: object) -> list[PreviewRow]:
    """The rows of a plan with one offering of two sessions."""
    offering = an_offering(code, sessions=(a_session(1, on=first), a_session(2, on=second)), **changes)
    return list(preview_prompts(a_plan(offering), LIBRARY).rows)


def helsinki(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Helsinki"))


def test_every_offering_that_has_prompts_gets_one_person() -> None:
    preview = preview_prompts(SHIPPED, LIBRARY)
    assert preview.people == len({row.offering for row in preview.rows}) == 11
    assert preview.without_prompts == ["foresight-1", "foresight-2", "foresight-3", "foresight-4"]


def test_a_gap_is_shown_with_its_moments_days_and_reminders() -> None:
    rows = two_days(date(2019, 9, 3), date(2019, 10, 1))
    assert [(row.moment, row.due_at, row.remind_at) for row in rows] == [
        (Moment.PLAN, helsinki(2019, 9, 5, 10), helsinki(2019, 9, 9, 10)),
        (Moment.MIDPOINT, helsinki(2019, 9, 17, 10), helsinki(2019, 9, 19, 10)),
        (Moment.BEFORE, helsinki(2019, 9, 26, 10), helsinki(2019, 9, 30, 10)),
    ]
    assert {(row.after_session, row.before_session) for row in rows} == {(1, 2)}


def test_a_moved_prompt_says_from_when_and_which_holiday_it_was() -> None:
    rows = two_days(date(2019, 4, 2), date(2019, 4, 24))
    moved = next(row for row in rows if row.moved is not None)
    assert why(moved, ENGLISH) == "moved from Thu 18 Apr 2019: 18 Apr is the eve of a holiday (Good Friday)"


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (date(2019, 6, 18), date(2019, 9, 3), ": July is quiet"),
        (date(2019, 12, 19), date(2020, 2, 4), ": the turn of the year is quiet"),
    ],
)
def test_quiet_seasons_are_named(first: date, second: date, words: str) -> None:
    assert any(words in why(row, ENGLISH) for row in two_days(first, second))


def test_a_dropped_prompt_says_why() -> None:
    rows = two_days(date(2019, 9, 2), date(2019, 9, 16))
    dropped = next(row for row in rows if row.dropped is Reason.WEEKLY_CAP)
    assert dropped.due_at is None
    assert why(dropped, ENGLISH) == "not sent: another prompt comes within the same week"


def test_a_cancelled_offering_and_one_without_prompts_plan_nothing() -> None:
    sessions = (a_session(1, on=date(2019, 9, 3)), a_session(2, on=date(2019, 10, 1)))
    silent = an_offering("quiet-1", sessions=sessions, has_prompts=False)
    gone = an_offering("gone-1", sessions=sessions, cancelled=True)
    preview = preview_prompts(a_plan(silent, gone), LIBRARY)
    assert (preview.rows, preview.without_prompts) == ([], ["quiet-1"])


def test_the_plans_own_rules_hold() -> None:
    offering = an_offering(sessions=(a_session(1, on=date(2019, 9, 3)), a_session(2, on=date(2019, 10, 1))))
    plan = a_plan(offering, prompt_rules=PromptRules(per_gap=1))
    assert [row.moment for row in preview_prompts(plan, LIBRARY).rows] == [Moment.BEFORE]


def test_many_people_are_spread_so_that_conflicts_show() -> None:
    plan = SHIPPED
    alone, crowd = preview_prompts(plan, LIBRARY), preview_prompts(plan, LIBRARY, 60)
    assert crowd == preview_prompts(plan, LIBRARY, 60)
    assert crowd.people == 60
    lost = Counter(row.dropped for row in crowd.rows)[Reason.WEEKLY_CAP]
    assert lost > 60 // 11 * Counter(row.dropped for row in alone.rows)[Reason.WEEKLY_CAP]


@given(people=st.integers(0, 300), number=st.integers(0, 20))
def test_everybody_has_one_seat_or_two_and_no_offering_is_forgotten(people: int, number: int) -> None:
    crowd = spread(people, range(1, number + 1))
    assert len(crowd) == (people if number else 0)
    assert all(1 <= len(set(each.offerings)) == len(each.offerings) <= 2 for each in crowd)
    if people >= number:
        assert {each for person in crowd for each in person.offerings} == set(range(1, number + 1))
    if number > 1 and people >= 2 * number:
        assert {len(each.offerings) for each in crowd} == {1, 2}


@settings(max_examples=30, deadline=None)
@given(
    first=st.dates(date(2019, 1, 7), date(2019, 12, 31)),
    gaps=st.lists(st.integers(1, 80), min_size=1, max_size=4),
    shift=st.integers(-20, 20),
)
def test_nobody_gets_two_prompts_within_a_week_and_each_dropped_one_has_a_reason(
    first: date, gaps: list[int], shift: int
) -> None:
    days = [first]
    for gap in gaps:
        days.append(days[-1] + timedelta(days=gap))
    here = tuple(a_session(n, on=day) for n, day in enumerate(days, start=1))
    there = tuple(replace(each, on=each.on + timedelta(days=shift), starts=time(10)) for each in here)
    plan = a_plan(an_offering("a-1", sessions=here), an_offering("b-1", sessions=there))
    rows = preview_prompts(plan, LIBRARY, 4).rows
    for person in {row.person for row in rows}:
        due = sorted(row.due_at.date() for row in rows if row.person == person and row.due_at is not None)
        assert all(later - earlier >= timedelta(days=7) for earlier, later in pairwise(due))
    assert all((row.due_at is None) == (row.dropped is not None) for row in rows)
    assert all(why(row, ENGLISH) for row in rows if row.dropped or row.moved)


def test_a_new_kaiku_would_make_the_same_prompts(store: Store, clock: FakeClock) -> None:
    """The file's preview and the running bot take the same from the library."""
    plan = SHIPPED
    with store.transaction() as tx:
        apply_plan(tx, plan, clock.now())
        keep_series(tx, LIBRARY, clock.now())
    with store.read_transaction() as tx:
        made = {
            (row.code, prompt.moment, prompt.after_session)
            for row in list_offerings(tx)
            for prompt in list_prompts(tx, row.id)
        }
    rows = preview_prompts(plan, LIBRARY).rows
    assert {(row.offering, row.moment, row.after_session) for row in rows} == made


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_its_words(language: str) -> None:
    row, words = two_days(date(2019, 4, 2), date(2019, 4, 24))[-1], words_for(language, "Europe/Helsinki")
    said = {why(replace(row, quiet=None, moved=None, dropped=each), words) for each in Reason}
    assert len(said) == len(Reason)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_quiet_day_has_its_words(language: str) -> None:
    row, words = two_days(date(2019, 4, 2), date(2019, 4, 24))[-1], words_for(language, "Europe/Helsinki")
    assert row.quiet is not None
    said = {why(replace(row, quiet=replace(row.quiet, kind=kind)), words) for kind in QuietKind}
    assert len(said) == len(QuietKind)


def test_the_summary_counts_by_reason() -> None:
    rows = two_days(date(2019, 9, 2), date(2019, 9, 16)) + two_days(date(2019, 4, 2), date(2019, 4, 24))
    assert summary(PlanPromptPreview(rows, 2, []), ENGLISH) == [
        "Participants: 2. Prompts to be sent: 5.",
        "Prompts moved: 1",
        "- the day is quiet: 1",
        "Prompts left out: 1",
        "- another prompt comes within the same week: 1",
    ]


def test_the_command_prints_a_table_without_a_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAIKU_DATABASE_URL", "nonsense")
    result = CliRunner().invoke(app, ["plan", "preview", str(PLAN_2019), "--language", "en"])
    assert result.exit_code == 0
    shown = [line for line in result.stdout.splitlines() if "moved from Thu 18 Apr" in line]
    line = next(line for line in shown if "dialogue-2" in line)
    assert "Prompt before the session" in line
    assert "Tue 23 Apr 2019 at 10:00" in line
    assert "Without prompts: foresight-1" in result.stdout
    assert "Participants: 11. Prompts to be sent: 84.\nPrompts moved: 11\n" in result.stdout


@pytest.mark.parametrize(
    ("language", "first", "prompt", "due"),
    [
        ("fi", "Osallistuja", "Kysymys ennen tapaamista", "ti 23.4.2019 klo 10.00"),
        ("sv", "Deltagare", "Fråga före träffen", "tis 23.4.2019 kl. 10.00"),
    ],
)
def test_the_table_is_in_the_language_that_is_set(
    language: str, first: str, prompt: str, due: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAIKU_LANGUAGE", language)
    shown = CliRunner().invoke(app, ["plan", "preview", str(PLAN_2019)]).stdout
    assert first in shown.splitlines()[1]
    assert prompt in shown
    assert due in shown
    for english in ("Participant", "Prompt", "Session", "moved", "dropped"):
        assert english not in shown


def test_the_command_prints_json() -> None:
    words = ["plan", "preview", str(PLAN_2019), "--people", "20", "--json", "--language", "fi"]
    result = CliRunner().invoke(app, words)
    rows = json.loads(result.stdout)
    assert {row["person"] for row in rows} == {f"person {n}" for n in range(1, 21)}
    moved = next(row for row in rows if row["moved"])
    assert moved["moved"] == "quiet_day"
    assert moved["why"].startswith("siirtyy (olisi ollut ")
    assert datetime.fromisoformat(moved["due_at"]).utcoffset() is not None


def test_a_broken_plan_file_is_told_as_check_tells_it(tmp_path: Path) -> None:
    file = tmp_path / "plan.yml"
    file.write_bytes(as_yaml(a_plan(an_offering(capacity=0))))
    result = CliRunner().invoke(app, ["plan", "preview", str(file), "--language", "en"])
    assert result.exit_code == 1
    assert "A capacity of 0 leaves no seat" in result.stdout
