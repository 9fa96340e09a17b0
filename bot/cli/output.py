"""What every command ends and answers with: exit codes, errors on standard error, JSON.

Exit codes: 0 done; 1 something asked about has problems; 2 wrong settings or wrong usage.
"""

import json
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Annotated, Any, NoReturn

import typer

PROBLEMS = 1
WRONG_SETTINGS = 2

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for other programs.")]


def fail_on_settings(message: str) -> NoReturn:
    """Say what is wrong with the settings or the usage, and exit."""
    typer.echo(message, err=True)
    raise typer.Exit(WRONG_SETTINGS)


def fail_on_problem(message: str) -> NoReturn:
    """Say what is wrong with what was asked about, and exit."""
    typer.echo(message, err=True)
    raise typer.Exit(PROBLEMS)


def print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: object) -> Any:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, datetime):
        return value.isoformat()
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)
