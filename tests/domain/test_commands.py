"""What is understood of the words after ``/kaiku``."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.commands import MOST_ECHOED, code_of, parse, usage_hint
from bot.domain.language import LANGUAGES
from tests.support.commands import COMMANDS


@pytest.mark.parametrize(
    ("spelling", "name"), [(spelling, each.name) for each in COMMANDS for spelling in sorted(each.spellings)]
)
def test_every_spelling_names_its_command_in_any_case_and_spacing(spelling: str, name: str) -> None:
    for typed in (spelling, spelling.upper(), f"  {spelling}  "):
        assert parse(typed, COMMANDS).command.name == name


def test_no_spelling_means_two_things() -> None:
    spellings = [spelling for each in COMMANDS for spelling in each.spellings]
    assert len(spellings) == len(set(spellings))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_has_a_word_in_every_language_and_its_example_is_understood(command) -> None:
    for language in LANGUAGES:
        assert parse(command.example(language).removeprefix("/kaiku"), COMMANDS).command == command


@pytest.mark.parametrize("typed", ["", "   ", "\n"])
def test_nothing_typed_is_help(typed: str) -> None:
    assert parse(typed, COMMANDS).command.name == "help"


def test_a_code_may_be_typed_in_capitals_and_only_where_one_is_taken() -> None:
    assert parse("join  Dialogue-2 ", COMMANDS).argument == "dialogue-2"
    assert parse("mine dialogue-2", COMMANDS).argument == ""


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [("lity", "liity"), ("asetuksett", "asetukset"), ("DELTAA", "delta"), ("xyzzy", None), ("joni", "join")],
)
def test_a_typo_comes_back_as_typed_with_the_nearest_word(typed: str, nearest: str | None) -> None:
    parsed = parse(f"{typed} dialogue-2", COMMANDS)
    assert (parsed.command, parsed.typo, parsed.nearest) == (None, typed, nearest)


@given(st.text())
def test_whatever_is_typed_is_a_command_or_a_typo(typed: str) -> None:
    parsed = parse(typed, COMMANDS)
    assert (parsed.command is None) == bool(parsed.typo)


def test_the_hint_names_every_command_in_finnish_and_in_swedish() -> None:
    finnish, swedish = usage_hint(COMMANDS).split(" · ")
    assert finnish.split(" | ") == [each.words["fi"] for each in COMMANDS]
    assert swedish.split(" | ") == [each.words["sv"] for each in COMMANDS]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("todistus", "certificate"),
        ("intyg", "certificate"),
        ("certificate", "certificate"),
        ("tiedot", "data"),
        ("data", "data"),
        ("poista", "data"),
        ("cancel", "cancel"),
        ("peruuta", "cancel"),
        ("kalenteri", "calendar"),
        ("kalender", "calendar"),
        ("tauko", "pause"),
        ("paus", "pause"),
        ("materiaalit", "materials"),
        ("material", "materials"),
    ],
)
def test_words_that_people_try_are_commands(typed: str, name: str) -> None:
    assert parse(typed, COMMANDS).command.name == name


@pytest.mark.parametrize(
    "typed", ["todistuk", "intygg", "tiedott", "poisto", "dataa", "canceled", "cancle", "radering"]
)
def test_a_typo_near_a_harmless_word_never_suggests_the_opposite(typed: str) -> None:
    parsed = parse(typed, COMMANDS)
    meant = next((each.name for each in COMMANDS if parsed.nearest in each.spellings), None)
    assert meant not in {"leave", "join", "announce"}


@pytest.mark.parametrize("typed", ["deleta", "dela", "poisilmoittaudu", "disjoin", "tiedote", "unpause"])
def test_a_typo_that_may_be_the_opposite_suggests_nothing(typed: str) -> None:
    assert parse(typed, COMMANDS).nearest is None


@pytest.mark.parametrize(
    "typed",
    [
        "`liity`",
        "“liity”",
        "liity.",
        "*liity*",
        "»liity«",
        "liity!",
        "Liity\u200b",
        "’liity’",
        "liity,",
        "`liity",
    ],
)
def test_backticks_smart_punctuation_and_a_final_dot_are_left_aside(typed: str) -> None:
    assert parse(typed, COMMANDS).command.name == "join"


def test_decomposed_letters_are_understood() -> None:
    assert parse("na\u0308sta", COMMANDS).command.name == "next"
    assert parse("hja\u0308lp", COMMANDS).command.name == "help"


@pytest.mark.parametrize("typed", ["dialogue 2", "dialogue-2", "dialogue – 2", "dialogue  -2"])
def test_a_code_is_read_with_any_dash_or_space(typed: str) -> None:
    assert code_of(typed) == "dialogue-2"


def test_what_was_typed_is_echoed_short_and_unescaped() -> None:
    assert parse("&lt;b&gt;&amp;x", COMMANDS).typo == "<b>&x"
    assert len(parse("x" * 3000, COMMANDS).typo) == MOST_ECHOED
