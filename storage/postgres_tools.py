"""Runs PostgreSQL's own tools: pg_dump writes an archive, pg_restore and psql restore it."""

import os
import re
import subprocess
from collections.abc import Collection
from pathlib import Path

from sqlalchemy.engine import URL

from bot.i18n import SentenceError
from storage.engine import direct
from storage.tables import LiveMark, PersonKey

_WAIT_SECONDS = 4 * 3600
_SAID = 400
"""How much of a tool's output is passed on: the beginning of a list of errors says what is wrong."""


LEFT_OUT = frozenset({PersonKey.name, LiveMark.name})
"""Tables whose rows are in no backup: people's keys, and that the database is live."""


class ToolError(SentenceError):
    """A tool is missing, too old, or failed; ``sentence`` says why."""


def require_tools(server_version: int, *names: str) -> None:
    """Raise ToolError unless the tools are installed and not older than the server (as in ``150004``)."""
    for name in names:
        said = _run([name, "--version"], {})
        found = re.search(r"\(PostgreSQL\) (\d+)", said)
        wanted = server_version // 10000
        if found is None or int(found[1]) < wanted:
            version = found[1] if found is not None else "?"
            raise ToolError("tool.too_old", tool=name, version=version, wanted=wanted)


def dump(url: URL, schema: str, tables: Collection[str], snapshot: str, path: Path) -> None:
    """Write these tables as of ``snapshot`` to ``path``; those in LEFT_OUT without rows. Raises ToolError."""
    words = ["pg_dump", "--format=custom", f"--snapshot={snapshot}", "--no-owner", "--no-privileges"]
    words += [f'--table="{schema}"."{name}"' for name in sorted(tables)]
    words += [f'--exclude-table-data="{schema}"."{name}"' for name in sorted(LEFT_OUT)]
    words += [f"--file={path}", _address(url)]
    _run(words, _secrets(url))


def restore(url: URL, path: Path, tables: Collection[str]) -> None:
    """Replace these tables by the archive, completely or not at all. Raises ToolError."""
    script = _run(["pg_restore", "--no-owner", "--no-privileges", "--file=-", str(path)], {})
    drops = "".join(f'drop table if exists "{name}" cascade;\n' for name in sorted(tables))
    drops = "set local client_min_messages = warning;\n" + drops
    words = ["psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    _run([*words, "--output=/dev/null", _address(url)], _secrets(url), drops + script)


def _address(url: URL) -> str:
    """The address without the password: every user of the machine sees a command's arguments."""
    shown = URL.create("postgresql", url.username, None, url.host, url.port, url.database, direct(url).query)
    return f"--dbname={shown.render_as_string()}"


def _secrets(url: URL) -> dict[str, str]:
    return {"PGPASSWORD": url.password} if url.password else {}


def _run(words: list[str], environment: dict[str, str], script: str | None = None) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - words of our own, no shell
            words,
            input=script,
            stdin=subprocess.DEVNULL if script is None else None,
            env=os.environ | {"LC_MESSAGES": "C"} | environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=_WAIT_SECONDS,
        )
    except FileNotFoundError as error:
        raise ToolError("tool.missing", tool=words[0]) from error
    except subprocess.TimeoutExpired as error:
        raise ToolError("tool.too_slow", tool=words[0], seconds=_WAIT_SECONDS) from error
    except subprocess.CalledProcessError as error:
        said = " ".join(str(error.stderr).split())[:_SAID]
        raise ToolError("tool.failed", tool=words[0], said=said) from error
    return done.stdout
