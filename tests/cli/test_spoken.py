"""The command line speaks Finnish, Swedish and English: every command's help, usage, errors and messages."""

import re
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import typer

from bot.cli.main import app
from bot.cli.spoken import is_confirmed, speak
from bot.domain.language import LANGUAGES, operators_language
from tests.support.catalogues import sentences
from tests.support.starting import start_refused

ENGLISH = re.compile(
    r"\b(the|and|with|usage|options?|arguments?|commands?|required|error|missing|invalid|value|such|file)\b",
    re.IGNORECASE,
)
NAMES = re.compile(r"`[^`]*`|--[\w-]+|\b[A-Z_]{3,}\b|\w+\.\w+|\b[Aa]rgument\b|'[^']*'|\w+\|\w+")
"""Words that are the same in every language: options, settings, files, what stands on Slack's pages."""


ROOT_COMMAND = typer.main.get_command(app)  # made once: to make it takes longer than to run it


def commands() -> Iterator[tuple[str, ...]]:
    def walk(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield path
        for name, inner in getattr(command, "commands", {}).items():
            yield from walk(inner, (*path, name))

    yield from walk(ROOT_COMMAND, ())


def say(language: str, *words: str) -> str:
    said = StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(said):
        patch.setenv("KAIKU_LANGUAGE", language)
        with pytest.raises(SystemExit):
            ROOT_COMMAND.main(list(words), prog_name="kaiku")
    return said.getvalue()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_commands_help_is_in_the_operators_language(language: str) -> None:
    known = sentences(language)
    heads = {known[key][0] for key in ("usage.usage", "usage.options", "usage.help")}
    found = list(commands())
    assert len(found) > 35
    for path in found:
        help_ = say(language, *path, "--help")
        assert all(head in help_ for head in heads), path
        if language != "en":
            assert not ENGLISH.search(NAMES.sub("", help_)), (path, help_)


@pytest.mark.parametrize(
    "words",
    [
        ("nothing",),
        ("rostr",),
        ("roster",),
        ("roster", "dialogue-2", "more"),
        ("roster", "dialogue-2", "--xml"),
        ("roster", "dialogue-2", "--language"),
        ("roster", "dialogue-2", "--json=yes"),
        ("roster", "dialogue-2", "--language", "de"),
        ("roster", "dialogue-2", "--json", "--csv"),
        ("plan", "check", "/nowhere/plan.yml"),
        ("plan", "check", "/"),
        ("plan", "apply", "README.md", "--win", "nobody"),
        ("plan", "new", "--from", "2019", "--year", "soon"),
        ("plan", "new", "--from", "2019", "--year", "1"),
        ("rehearse", "README.md", "--people", "0"),
        ("rehearse", "/nowhere.yml"),
        ("deliveries", "--state", "lost"),
        ("deliveries", "retry"),
        ("deliveries", "retry", "--since", "yesterday"),
        ("deliveries", "retry", "--state", "sent"),
        ("restore", "/nowhere"),
        ("backup", "/nowhere/at/all"),
        ("keys", "check"),
        ("keys", "rotate"),
        ("doctor", "--seconds", "0"),
        ("log", "--compare", "README.md"),
        ("manifest", "--url", "ftp://x"),
        ("privacy", "check", "/nowhere.yml"),
        ("certificates", "dialogue-2", "--out", "README.md"),
        ("roster", "dialogue-2", "--demo"),
        ("db", "upgrade"),
    ],
    ids=" ".join,
)
def test_what_is_wrong_is_said_in_the_operators_language(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KAIKU_SECRET_KEY", raising=False)
    monkeypatch.setenv("KAIKU_DATABASE_URL", f"sqlite:///{tmp_path}/missing/kaiku.db")
    said = {language: say(language, *words) for language in LANGUAGES}
    assert len(set(said.values())) == len(LANGUAGES), said
    for language in ("fi", "sv"):
        of_ours = NAMES.sub("", re.sub(r"\(.*?\)|/\S*|No such file or directory", "", said[language]))
        assert not ENGLISH.search(of_ours), said[language]


def test_an_error_names_the_option_alone_and_a_date_as_it_is_typed() -> None:
    assert "Virhe: --language: Kieltä ei ole: de." in say("fi", "doctor", "--language", "de")
    assert "Virhe: ID: kirjoita luku." in say("fi", "deliveries", "retry", "x")
    said = say("sv", "log", "--since", "igår")
    assert "2026-11-28, 2026-11-28T13:50" in said
    assert "%" not in said


@pytest.mark.parametrize(
    ("language", "asked", "yes"),
    [("fi", "Jatketaanko? [k/E]: ", "Kyllä"), ("sv", "[j/N]", "ja"), ("en", "[y/N]", "y")],
)
def test_a_question_is_asked_and_answered_in_the_operators_language(
    language: str, asked: str, yes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak(language)
    for typed, agreed in ((yes, True), ("YES", True), ("", False), ("e", False), ("x", False)):
        said = StringIO()
        monkeypatch.setattr("sys.stdin", StringIO(f"{typed}\n"))
        with redirect_stderr(said):
            assert is_confirmed("Jatketaanko?") is agreed
        assert asked in said.getvalue()


@pytest.mark.parametrize(
    ("language", "said"),
    [("fi", "Kaiku ei käynnisty"), ("sv", "Kaiku startar inte"), ("en", "Kaiku can't start")],
)
def test_a_start_that_fails_is_told_in_the_language_of_the_locale(language: str, said: str) -> None:
    done = start_refused(LANG=f"{language}_FI.UTF-8", SLACK_BOT_TOKEN="xoxp-1", KAIKU_PORT="99999")
    assert done.exit_code == 2
    assert said in done.stderr
    assert ("must" in done.stderr) == (language == "en")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "fi"),
        ({"LANG": "C.UTF-8"}, "fi"),
        ({"LANG": "de_DE.UTF-8"}, "fi"),
        ({"LANG": "sv_FI.UTF-8"}, "sv"),
        ({"LANG": "en"}, "en"),
        ({"LANG": "sv_FI.UTF-8", "LC_MESSAGES": "en_GB"}, "en"),
        ({"LANG": "sv_FI.UTF-8", "LC_ALL": "C"}, "fi"),
        ({"LANG": "fi_FI.UTF-8", "KAIKU_LANGUAGE": "sv"}, "sv"),
        ({"LANG": "sv_FI.UTF-8", "KAIKU_LANGUAGE": "sw"}, "sv"),
    ],
)
def test_the_language_is_the_settings_then_the_locales_then_finnish(
    environment: dict[str, str], language: str
) -> None:
    assert operators_language(environment) == language
