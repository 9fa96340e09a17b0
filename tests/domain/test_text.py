import pytest

from bot.domain.text import TextError, TextFlaw, clean_line, clean_text, usable_line, usable_text

FAMILY = "👨‍👩‍👧"  # three people and two joiners


def flaw_of(text: str, at_most: int = 100) -> TextFlaw:
    with pytest.raises(TextError) as caught:
        clean_text(text, at_most=at_most)
    return caught.value.code


def test_a_plain_text_stays_as_it_is() -> None:
    assert clean_text("Hei!\n\nMitä opit – ja keneltä?", at_most=100) == "Hei!\n\nMitä opit – ja keneltä?"


@pytest.mark.parametrize("text", ["a\x00b", "a\x07b", "\x1b[31mred", "a\x7f", "a\x9fb"])
def test_a_control_character_is_refused(text: str) -> None:
    assert flaw_of(text) is TextFlaw.CONTROL_CHARACTER


@pytest.mark.parametrize("text", ["a\ud800", "\udfffb", "a\ufffeb", "\ufdd0", "\U0001ffff"])
def test_half_a_surrogate_pair_and_what_is_no_character_are_refused(text: str) -> None:
    assert flaw_of(text) is TextFlaw.BROKEN_CHARACTER


@pytest.mark.parametrize(
    "text",
    ["", "  \n\t ", "\u200b\u200b", "\u2060\ufeff", "\u200d", "\u3164", "\u2800 \u115f", "\u0301", "\u00ad"],
)
def test_text_that_shows_nothing_is_refused(text: str) -> None:
    assert flaw_of(text) is TextFlaw.NOTHING_VISIBLE


def test_a_text_is_measured_after_it_was_cleaned() -> None:
    assert clean_text("  e\u0301\ufeff ", at_most=1) == "é"
    with pytest.raises(TextError) as caught:
        clean_text("abcd", at_most=3)
    assert (caught.value.code, caught.value.params) == (TextFlaw.TOO_LONG, {"length": 4, "limit": 3})


@pytest.mark.parametrize("text", [FAMILY, "🇫🇮", "❤️", "می‌خواهم", "क्‍ष", "👍🏽"])
def test_emoji_and_words_keep_their_joiners(text: str) -> None:
    assert clean_text(text, at_most=20) == text


def test_every_kind_of_line_break_becomes_one() -> None:
    assert clean_text("a\r\nb\rc\x0bd\u2028e\x85f", at_most=100) == "a\nb\nc\nd\ne\nf"


def test_what_turns_text_round_unseen_is_taken_out() -> None:
    assert clean_text("abc\u202edef\u2066g", at_most=100) == "abcdefg"


def test_a_line_has_no_breaks_and_no_runs_of_spaces() -> None:
    assert clean_line(" a \n\n b\t\u00a0c ", at_most=5) == "a b c"
    with pytest.raises(TextError):
        clean_line("a\x00b", at_most=5)


def test_of_what_nobody_can_mend_what_can_be_used_is_kept() -> None:
    assert usable_text("a\x00b\r\n\ud800c\u202e ", at_most=10) == "ab\nc"
    assert usable_line(" Aino \x1b\n Virtanen ", at_most=100) == "Aino Virtanen"
    assert usable_line("abc def", at_most=4) == "abc"


@pytest.mark.parametrize("text", ["", "\x00", "\u200b \u2060", "\ud800\x07"])
def test_where_nothing_can_be_used_nothing_is_kept(text: str) -> None:
    assert usable_text(text, at_most=10) == ""
    assert usable_line(text, at_most=10) == ""
