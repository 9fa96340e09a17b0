"""``kaiku roster``: who has signed up to an offering."""

from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from bot.cli.output import AsJson, Language, cells, fail_on_problem, fail_on_settings, print_json
from bot.cli.spoken import say, spoken, told
from bot.cli.store import InDemo, agencies, now, open_store

if TYPE_CHECKING:
    from bot.domain.downloads import FileFormat
    from bot.services.offerings.roster import RosterRow


def print_roster(
    code: Annotated[str, typer.Argument(metavar="CODE", help="opt.code")],
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="opt.csv")] = False,
    as_xlsx: Annotated[bool, typer.Option("--xlsx", help="opt.xlsx")] = False,
    language: Language = "",
    in_demo: InDemo = False,
) -> None:
    """Print who is seated, who waits at what place, and who left. What is exported is noted in the log of
    acts; CSV and Excel files have the attendance too."""
    from bot.domain.downloads import FileFormat

    if as_json + as_csv + as_xlsx > 1:
        fail_on_settings(told("cli.one_format"))
    if as_csv or as_xlsx:
        chosen = FileFormat.CSV if as_csv else FileFormat.XLSX
        _print_file(code, chosen, language, in_demo=in_demo)
    elif as_json:
        keys = ("user_id", "name", "agency", "role", "status", "position")  # other programs rely on these
        roster = _roster(code, in_demo=in_demo, is_export=True)
        print_json([{key: getattr(row, key) for key in keys} for row in roster])
    else:
        _print_roster_table(code, _roster(code, in_demo=in_demo, is_export=False))


def _roster(code: str, *, in_demo: bool, is_export: bool) -> "list[RosterRow]":
    from bot.domain.errors import KaikuError
    from bot.services.facilitation.roster_export import note_export
    from bot.services.offerings.catalogue import current_code
    from bot.services.offerings.roster import list_roster

    at = now(in_demo=in_demo)
    with (
        open_store(in_demo=in_demo) as store,
        store.transaction() if is_export else store.read_transaction() as tx,
    ):
        try:
            current = current_code(tx, code, at)
            roster = list_roster(tx, current)
        except KaikuError as error:
            fail_on_unknown_code(code, error.params)
        if is_export:
            note_export(tx, current, at)
    return roster


def _print_file(code: str, chosen: "FileFormat", language: str, *, in_demo: bool) -> None:
    import sys

    from bot.domain.downloads import FileFormat
    from bot.domain.errors import KaikuError
    from bot.i18n import words_for
    from bot.services.facilitation.roster_export import export_by_operator
    from bot.services.offerings.catalogue import current_code
    from bot.views.spreadsheets import table_file

    if chosen is FileFormat.XLSX and sys.stdout.isatty():
        fail_on_settings(told("cli.xlsx_to_terminal", code=code))
    at, words = now(in_demo=in_demo), words_for(language, "Europe/Helsinki")
    with open_store(in_demo=in_demo) as store, store.transaction() as tx:
        try:
            table = export_by_operator(tx, agencies(), current_code(tx, code, at), words, at)
        except KaikuError as error:
            fail_on_unknown_code(code, error.params)
    typer.echo(table_file(table, chosen), nl=False)


def _print_roster_table(code: str, roster: "list[RosterRow]") -> None:
    from rich.console import Console
    from rich.table import Table

    if not roster:
        say("cli.empty_roster", code=code)
        return
    book = agencies()
    heads = ("status", "place", "name", "user", "agency", "role", "limit")
    table = Table(*(told(f"cli.column_{each}") for each in heads), title=cells(code)[0])
    for row in roster:
        place = str(row.position) if row.position is not None else ""
        agency = row.employer(book, spoken())
        limit = told("cli.over_limit") if row.over_limit else ""
        status = told(f"roster.status_{row.status}")
        table.add_row(*cells(status, place, row.name, row.user_id, agency, row.role or "", limit))
    console = Console()
    # Without a terminal there is no width to fit into, so nothing is cut off.
    Console(width=console.width if console.is_terminal else 200).print(table)


def fail_on_unknown_code(code: str, params: dict[str, Any]) -> NoReturn:
    """Print that there is no such offering and which one was probably meant, and exit."""
    lines = [told("cli.no_offering", code=code)]
    if params["nearest"]:
        lines.append(told("usage.did_you_mean", names=params["nearest"]))
    codes = params["codes"]
    lines.append(told("cli.offerings", codes=", ".join(codes)) if codes else told("cli.no_offerings"))
    fail_on_problem(" ".join(lines))
