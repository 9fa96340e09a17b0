"""``kaiku report``: the results of a programme, as a page with its tables and pictures."""

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.output import AsJson, Language, fail_on_problem, fail_on_settings, print_json
from bot.cli.spoken import told
from bot.cli.store import InDemo, agencies, now, open_store, vault

if TYPE_CHECKING:
    from collections.abc import Mapping


def write_report(
    out: Annotated[Path, typer.Option(metavar="DIR", file_okay=False, help="opt.report_out")],
    code: Annotated[str | None, typer.Argument(metavar="[CODE]", help="opt.report_code")] = None,
    renew: Annotated[bool, typer.Option("--renew", help="opt.renew")] = False,
    language: Language = "",
    as_json: AsJson = False,
    in_demo: InDemo = False,
) -> None:
    """Write report.html, report.json, and a CSV and PNG for each table and picture into DIR.

    Numbers about fewer than five people are withheld, and all that would let them be computed. Every new
    count withholds more, so count seldom.
    """
    from bot.domain.errors import KaikuError
    from bot.i18n import words_for
    from bot.services.evidence.cases import cases_in
    from bot.services.evidence.files import write_files
    from bot.services.evidence.pictures import NotDrawnError
    from bot.services.evidence.report import report_by_operator
    from bot.services.offerings.catalogue import current_code
    from bot.views.answers import refusal_text

    at, words = now(in_demo=in_demo), words_for(language, "UTC")
    try:
        with open_store(in_demo=in_demo) as store, store.transaction() as tx:
            found = report_by_operator(tx, current_code(tx, code, at) if code else None, at, renew=renew)
            cases = cases_in(tx, vault(in_demo=in_demo), found)
    except KaikuError as error:
        fail_on_problem(refusal_text(error, words))
    try:
        files = write_files(found, cases, agencies(), language)
    except NotDrawnError as error:
        fail_on_problem(told("cli.not_drawn", reason=error))
    try:
        _write(files, out)
    except OSError as error:
        fail_on_settings(told("cli.not_written", path=out, reason=error.strerror))
    if as_json:
        print_json({"folder": out, "files": sorted(files)})
    else:
        typer.echo(words("evidence.written", folder=out), err=True)


def _write(files: "Mapping[str, bytes]", folder: Path) -> None:
    """Write the files, each complete or not at all, readable by their owner only. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        handle, part = tempfile.mkstemp(dir=folder, prefix=f".{name}.", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(part).replace(folder / name)
        finally:
            Path(part).unlink(missing_ok=True)
