"""Sentences come from the compiled catalogue, unless its source has changed since."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot import i18n
from bot.domain.language import LANGUAGES

KEY = "leave.seat_moves_on"


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the Finnish catalogue, which Kaiku reads instead of its own."""
    path = tmp_path / "fi/LC_MESSAGES/kaiku.po"
    path.parent.mkdir(parents=True)
    shutil.copy(i18n.LOCALES / "fi/LC_MESSAGES/kaiku.po", path)
    monkeypatch.setattr(i18n, "LOCALES", tmp_path)
    i18n._catalogue.cache_clear()
    yield path
    i18n._catalogue.cache_clear()


def sentence() -> str:
    i18n._catalogue.cache_clear()
    return i18n.Words("fi", "UTC")(KEY)


def compile_with(source: Path, told: str, *, seconds_later: int) -> None:
    with source.open("rb") as file:
        catalogue = read_po(file, locale="fi")
    message = catalogue.get(KEY)
    assert message is not None
    message.string = told
    compiled = source.with_suffix(".mo")
    with compiled.open("wb") as file:
        write_mo(file, catalogue)
    written = source.stat().st_mtime + seconds_later
    os.utime(compiled, (written, written))


def test_without_a_compiled_catalogue_the_source_is_read(source: Path) -> None:
    assert sentence()
    assert not source.with_suffix(".mo").exists(), "a start writes nothing"


def test_a_compiled_catalogue_is_read_where_it_is_not_older_than_its_source(source: Path) -> None:
    compile_with(source, "compiled", seconds_later=0)
    assert sentence() == "compiled"


def test_a_source_that_changed_after_it_was_compiled_is_read_again(source: Path) -> None:
    compile_with(source, "compiled", seconds_later=-1)
    assert sentence() != "compiled"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_compiled_catalogue_does_not_say_when_it_was_compiled(language: str) -> None:
    with (i18n.LOCALES / language / "LC_MESSAGES/kaiku.po").open("rb") as file:
        headers = dict(read_po(file, locale=language).mime_headers)
    assert headers["POT-Creation-Date"] == headers["PO-Revision-Date"] == "2019-01-01 00:00+0000"
