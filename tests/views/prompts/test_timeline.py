"""The timeline in words: the list, the warnings, the picture's alternative, in each language."""

from datetime import date

import pytest
from msgspec.structs import force_setattr

from bot.domain.language import LANGUAGES
from bot.domain.offerings.offering import Session
from bot.domain.prompts.prompt import DEFAULT_RULES
from bot.domain.prompts.timeline import EntryKind, EntryState, Planned, lay_out
from bot.domain.prompts.timeline_warnings import Company, warnings_of
from bot.i18n import words_for
from bot.views.payload import check_view
from bot.views.prompts.timeline import (
    MAX_ALT_TEXT,
    Picture,
    alt_text,
    entry_text,
    timeline,
    timeline_blocks,
    timeline_lines,
    warning_text,
)
from bot.views.prompts.timeline_marks import picture_of
from tests.support.prompt_dates import BEFORE, CALENDAR, CALM, planned, session

SPRING = [session(1, date(2019, 4, 2)), session(2, date(2019, 4, 24)), session(3, date(2019, 9, 4))]


def shared(mine: Planned) -> list[Company]:
    others = [(each.offering, each.dated) for each in (planned(SPRING, 2), planned(SPRING, 3))]
    return [Company(7, others, DEFAULT_RULES)]


def many() -> list[Session]:
    return [session(n, date(2019, 1, 8 + n)) for n in range(1, 20)] + [session(20, date(2019, 12, 3))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_and_warning_is_said_once_in_the_readers_language(language: str) -> None:
    mine, words = planned(SPRING), words_for(language, "Europe/Helsinki")
    entries = lay_out(mine, {}, BEFORE)
    warnings = warnings_of(mine, entries, shared(mine), {}, BEFORE)
    assert len({each.code for each in warnings}) >= 4
    lines = timeline_lines(mine.offering, entries, warnings, words)
    for entry in entries:
        assert lines.count(entry_text(entry, words)) == 1
    for warning in warnings:
        assert f"- {warning_text(warning, words)}" in lines


def test_a_moved_prompt_names_the_holiday() -> None:
    mine, words = planned(SPRING), words_for("sv", "Europe/Helsinki")
    moved = next(each for each in lay_out(mine, {}, BEFORE) if each.state is EntryState.MOVED)
    assert "långfredagen" in entry_text(moved, words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_alternative_text_says_everything_that_the_picture_shows(language: str) -> None:
    mine, words = planned(SPRING), words_for(language, "Europe/Helsinki")
    entries = lay_out(mine, {}, BEFORE)
    said = alt_text(mine.offering, entries, words)
    assert len(said) <= MAX_ALT_TEXT
    assert "Ryhmä 1" in said
    assert all(entry_text(entry, words) in said for entry in entries)


def test_where_there_is_too_much_for_an_alternative_text_reminders_give_way() -> None:
    mine, words = planned([session(n, date(2019, 1 + n, 12)) for n in range(1, 8)]), words_for("fi", "UTC")
    entries = lay_out(mine, {}, BEFORE)
    said = alt_text(mine.offering, entries, words)
    assert len(said) <= MAX_ALT_TEXT
    assert words("timeline.reminder") not in said
    rest = [each for each in entries if each.kind is not EntryKind.REMINDER]
    assert all(entry_text(entry, words) in said for entry in rest)


@pytest.mark.parametrize("picture", [*Picture, "https://kaiku.example/timeline/a.png"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_slack_takes_every_form_of_it_however_long_it_is(language: str, picture: Picture | str) -> None:
    mine, words = planned(many()), words_for(language, "Europe/Helsinki")
    entries = lay_out(mine, {}, BEFORE)
    warnings = warnings_of(mine, entries, shared(mine), {}, BEFORE)
    assert check_view(timeline(mine.offering, entries, warnings, words, picture)) == []


def test_an_organisers_title_can_neither_mention_nor_format() -> None:
    mine, words = planned(CALM), words_for("fi", "Europe/Helsinki")
    odd = planned(CALM, 2)
    force_setattr(odd.offering, "title", {"fi": "<!channel> & co"})
    company = Company(7, [(odd.offering, odd.dated)], DEFAULT_RULES)
    entries = lay_out(mine, {}, BEFORE)
    warnings = warnings_of(mine, entries, [company], {}, BEFORE)
    shown = str(timeline_blocks(mine.offering, entries, warnings, words))
    assert "<!channel>" not in shown
    assert "&lt;!channel&gt; &amp; co" in shown
    assert "<!channel> & co" in "\n".join(timeline_lines(mine.offering, entries, warnings, words))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_has_a_mark_for_everything_that_has_a_day(language: str) -> None:
    mine, words = planned(SPRING), words_for(language, "Europe/Helsinki")
    entries = lay_out(mine, {}, BEFORE)
    picture = picture_of(mine.offering, entries, CALENDAR, BEFORE, words)
    assert picture is not None
    assert [each.on for each in picture.marks] == [each.on.isoformat() for each in entries if each.on]
    assert {shape for shape, _, _ in picture.legend} >= {each.shape for each in picture.marks} - {"session"}
    assert next(each.moved_from for each in picture.marks if each.state == "moved") == "2019-04-18"
    assert picture.today is None
    july = [each for each in picture.quiet if each.label]
    assert [(each.first, each.last) for each in july] == [("2019-07-01", "2019-07-31")]


def test_the_picture_shows_today_while_the_offering_runs() -> None:
    mine, words = planned(SPRING), words_for("fi", "Europe/Helsinki")
    now = SPRING[1].starts_at
    picture = picture_of(mine.offering, lay_out(mine, {}, now), CALENDAR, now, words)
    assert picture is not None
    assert picture.today == ("2019-04-24", "tänään")


def test_there_is_no_picture_of_nothing() -> None:
    mine, words = planned([]), words_for("fi", "Europe/Helsinki")
    assert picture_of(mine.offering, lay_out(mine, {}, BEFORE), CALENDAR, BEFORE, words) is None
