"""``kaiku certificates``: the certificates that were asked for, for facilitators to hand over by hand."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.files import Replace, new_file
from bot.cli.output import fail_on_problem
from bot.cli.roster import fail_on_unknown_code
from bot.cli.spoken import say, told
from bot.cli.store import InDemo, database_files, now, open_store

if TYPE_CHECKING:
    from bot.domain.completion import Certified


def write_certificates(
    code: Annotated[str, typer.Argument(metavar="CODE", help="opt.code")],
    out: Annotated[
        Path, typer.Option(metavar="DIR", exists=True, file_okay=False, help="opt.certificates_dir")
    ],
    replace: Replace = False,
    in_demo: InDemo = False,
) -> None:
    """Write each certificate that was asked for in an offering as a PDF, and say whose it is."""
    from bot.views.completion.pdf import certificate_pdf

    asked = _asked(code, in_demo=in_demo)
    if not asked:
        fail_on_problem(told("cli.no_certificates", code=code))
    for each in asked:
        path = out / f"{code}-{each.code}.pdf"
        with new_file(path, replace=replace, never=database_files()) as unfinished:
            unfinished.write_bytes(certificate_pdf(each, None, now(in_demo=in_demo)))
        key = "cli.certificate" if each.is_confirmed else "cli.certificate_unmarked"
        say(key, name=each.name, path=path)


def _asked(code: str, *, in_demo: bool) -> "list[Certified]":
    from bot.domain.acts import ActKind
    from bot.domain.errors import KaikuError
    from bot.services.acts import note_act
    from bot.services.completion.certificates import list_asked

    with open_store(in_demo=in_demo) as store, store.transaction() as tx:
        try:
            asked = list_asked(tx, code)
            if asked:
                at = now(in_demo=in_demo)
                note_act(tx, ActKind.EXPORTED, offering=code, by_operator=True, now=at)
            return asked
        except KaikuError as error:
            fail_on_unknown_code(code, error.params)
