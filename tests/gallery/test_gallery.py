"""The gallery shows everything: every sentence, every view, every branch of them; a new one without its place
there fails here."""

import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest
from msgspec import Struct

from bot.domain.language import LANGUAGES
from bot.domain.privacy import PLACEHOLDER
from bot.views.blocks import Message
from bot.views.payload import check_message, check_view
from gallery.__main__ import gallery
from gallery.collect import OF_THE_COMMAND_LINE, catalogue, entries
from gallery.entry import RecordedWords, Shown
from tests.conftest import ROOT

VIEWS = ROOT / "bot/views"
NOT_SHOWN = {
    *("payload.py", "ids.py", "blocks.py", "file_faults.py"),
    *("download_page.py", "web_page.py", "long_page.py", "spreadsheets.py", "doctor.py"),
    *("timeline_picture.py", "pdf.py", "privacy_page.py", "page.py", "document.py", "picture.py"),
}
"""Helpers of the views, what is drawn, pages on the web, and what a terminal says."""
OF_PLANS = VIEWS / "plan"
NOTHING = ("def ", "@", "raise ", "return None")


class Gallery(Struct):
    """All entries in one language, the keys of their sentences, and the lines of the views that ran."""

    shown: list[tuple[str, Shown]]
    keys: set[str]
    lines: dict[str, set[int]]


@cache
def gallery_in(language: str) -> Gallery:
    keys: dict[str, None] = {}
    shown: list[tuple[str, Shown]] = []
    lines = lines_that_run(
        lambda: shown.extend(
            (entry.name, entry.show(RecordedWords(language, keys))) for _, entry in entries()
        )
    )
    return Gallery(shown, set(keys), lines)


def shown_in(language: str) -> list[tuple[str, Shown]]:
    return gallery_in(language).shown


def test_every_sentence_has_its_place() -> None:
    shown = {key for language in LANGUAGES for key in gallery_in(language).keys}
    lacking = {
        key for key in catalogue("fi") if key not in shown and key.split(".")[0] not in OF_THE_COMMAND_LINE
    }
    assert not lacking, "add an entry to gallery/entries that shows them"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_is_one_that_slack_takes(language: str) -> None:
    for name, shown in shown_in(language):
        if isinstance(shown, Message):
            assert check_message(shown) == [], name
        elif not isinstance(shown, str):
            assert check_view(shown) == [], name


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_button_is_called_aloud_by_what_stands_on_it(language: str) -> None:
    """Who speaks to the computer says what they see (WCAG 2.5.3)."""
    for name, shown in shown_in(language):
        for each in parts_of(shown):
            if "accessibility_label" in each:
                assert each["accessibility_label"].startswith(each["text"]["text"]), name


def test_the_one_main_button_of_a_form_is_its_submit() -> None:
    forms = [(name, shown) for name, shown in shown_in("fi") if isinstance(shown, dict) and "submit" in shown]
    assert [
        name for name, form in forms if any(each.get("style") == "primary" for each in parts_of(form))
    ] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_notice_lacks_is_not_shown_as_a_placeholder(language: str) -> None:
    assert [name for name, shown in shown_in(language) if PLACEHOLDER.search(str(shown))] == []


def parts_of(shown: Any) -> Iterator[dict[str, Any]]:
    """The blocks, and everything in them."""
    below = getattr(shown, "blocks", shown)
    if isinstance(below, dict):
        yield below
        below = list(below.values())
    if isinstance(below, list):
        for each in below:
            yield from parts_of(each)


def test_every_line_of_every_view_is_in_it() -> None:
    ran = [gallery_in(each).lines for each in LANGUAGES]
    lacking = {}
    for path in sorted(VIEWS.rglob("*.py")):
        if path.name not in NOT_SHOWN and OF_PLANS not in path.parents:
            missing = sorted(lines_of(path).difference(*(each[str(path)] for each in ran)))
            if missing:
                lacking[str(path.relative_to(ROOT))] = missing
    assert not lacking, "add entries to gallery/entries that run these lines"


def lines_of(path: Path) -> set[int]:
    """The lines inside functions, but for those that only raise, or say that there is nothing to show."""
    source = path.read_text(encoding="utf-8")
    text = source.splitlines()
    whole = compile(source, str(path), "exec")
    found = {line for code in functions_of(whole) for _, _, line in code.co_lines() if line is not None}
    return {
        line
        for line in found
        if not text[line - 1].strip().startswith(("def ", "@", "raise ", "return None"))
    }


def functions_of(code: CodeType) -> list[CodeType]:
    """The code of every function inside, however deep; a class body is none."""
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    nested = [each for const in inner for each in functions_of(const)]
    return [const for const in inner if const.co_flags & 0x2] + nested  # CO_NEWLOCALS: functions only


def lines_that_run(act: Any) -> dict[str, set[int]]:
    ran: dict[str, set[int]] = defaultdict(set)
    views = str(VIEWS)

    def trace(frame: FrameType, event: str, _arg: object) -> Any:
        name = frame.f_code.co_filename
        if not name.startswith(views):
            return None
        ran[name].add(frame.f_lineno)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        act()
    finally:
        sys.settrace(before)
    return ran


def test_the_page_holds_all_that_it_needs() -> None:
    page = gallery()
    assert "<script src" not in page
    assert '<link rel="stylesheet"' not in page
    for _, entry in entries():
        assert entry.name in page
