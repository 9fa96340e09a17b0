"""Which language a reader gets, and which text of an organiser's."""

import pytest

from bot.domain.language import language_of_locale, nearest, pick


@pytest.mark.parametrize(
    ("locale", "language"),
    [("fi-FI", "fi"), ("sv-SE", "sv"), ("sv_FI", "sv"), ("en-GB", "en"), ("EN", "en"), ("sv", "sv")],
)
def test_a_slack_locale_of_any_region_and_spelling_gives_its_language(locale: str, language: str) -> None:
    assert language_of_locale(locale, "fi") == language


@pytest.mark.parametrize("locale", ["de-DE", "", None, "svx-SE", "-"])
def test_a_language_kaiku_does_not_speak_gives_the_default(locale: str | None) -> None:
    assert language_of_locale(locale, "sv") == "sv"


def test_a_text_is_read_in_ones_own_language_else_in_finnish_else_in_any() -> None:
    both = {"fi": "Dialogi", "sv": "Dialog"}
    assert pick(both, "sv") == "Dialog"
    assert pick(both, "en") == "Dialogi"
    assert pick({"en": "Dialogue"}, "sv") == "Dialogue"


def test_an_empty_text_counts_as_not_given() -> None:
    assert pick({"fi": "Dialogi", "en": ""}, "en") == "Dialogi"
    assert pick({}, "fi") == ""


def test_the_nearest_word_is_a_guess_only_when_it_is_near() -> None:
    codes = ["dialogue-1", "dialogue-2", "coaching-1"]
    assert nearest("Dialoge-2", codes) == "dialogue-2"
    assert nearest("DIALOGUE2", codes) == "dialogue-2"
    assert nearest("seminar", codes) is None
    assert nearest("anything", []) is None
