"""Files that commands write for operators: readable by their owner only, and complete or not there at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.output import fail_on_settings
from bot.cli.spoken import told

Replace = Annotated[bool, typer.Option("--replace", help="opt.replace_file")]


@contextmanager
def new_file(path: Path, *, replace: bool, never: tuple[Path, ...]) -> Iterator[Path]:
    """Yield an empty file (mode 0600) to write into.

    At the end of the block it is renamed to ``path``; after an exception it is deleted. Exits if ``path``
    exists and is not to be replaced, or is one of ``never``.
    """
    _require_free(path, replace=replace, never=never)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        fail_on_settings(told("cli.not_written", path=path, reason=error.strerror))
    os.close(handle)
    unfinished = Path(name)
    try:
        yield unfinished
        _sync(unfinished)
        _require_free(path, replace=replace, never=never)  # another process may have written it meanwhile
        unfinished.replace(path)
    except OSError as error:
        fail_on_settings(told("cli.not_written", path=path, reason=error.strerror))
    finally:
        unfinished.unlink(missing_ok=True)


def _require_free(path: Path, *, replace: bool, never: tuple[Path, ...]) -> None:
    if path.resolve() in {each.resolve() for each in never}:
        fail_on_settings(told("cli.is_database", path=path))
    if path.is_dir():
        fail_on_settings(told("cli.is_folder", path=path))
    if os.path.lexists(path) and not replace:
        fail_on_settings(told("cli.exists", path=path))


def _sync(path: Path) -> None:
    """Flush to the disk: after a power cut there is either the old file or the new one, complete."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
