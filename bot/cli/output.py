"""What all commands share: exit codes, errors on standard error, JSON.

Exit codes: 0 done; 1 what was checked has problems; 2 wrong settings or wrong usage.
"""

import json
import sys
from datetime import datetime
from typing import Annotated, Any, NoReturn

import typer
from msgspec import Struct
from msgspec.structs import asdict

from bot.cli.spoken import speak, spoken, told, visible_lines
from bot.domain.language import LANGUAGES
from bot.domain.text import visible

PROBLEMS = 1
WRONG_SETTINGS = 2


def _language(language: str) -> str:
    language = language or spoken()
    if language not in LANGUAGES:
        raise typer.BadParameter(told("usage.no_language", language=language, languages=", ".join(LANGUAGES)))
    speak(language)
    return language


Language = Annotated[
    str,
    typer.Option(envvar="KAIKU_LANGUAGE", callback=_language, is_eager=True, help="opt.language"),
]
AsJson = Annotated[bool, typer.Option("--json", help="opt.json")]


def fail_on_settings(message: str) -> NoReturn:
    """Print what is wrong with the settings or the usage, and exit with code 2."""
    typer.echo(visible_lines(message), err=True)
    raise typer.Exit(WRONG_SETTINGS)


def fail_on_problem(message: str) -> NoReturn:
    """Print what is wrong with what was checked, and exit with code 1."""
    typer.echo(visible_lines(message), err=True)
    raise typer.Exit(PROBLEMS)


def has_terminal() -> bool:
    """Whether an operator sits at a terminal and can be asked."""
    return sys.stdin.isatty()


def print_json(value: object) -> None:
    typer.echo(visible_lines(json.dumps(value, ensure_ascii=False, indent=2, default=_plain)))


def cells(*values: str) -> list[str]:
    """The cells of a table's row: each on one line, without markup and terminal control characters."""
    from rich.markup import escape

    return [escape(visible(value)) for value in values]


def _plain(value: object) -> Any:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, datetime):
        return value.isoformat()
    return asdict(value) if isinstance(value, Struct) else str(value)
