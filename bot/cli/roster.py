"""``kaiku roster``: who has signed up to an offering."""

from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from bot.cli.output import AsJson, Language, cells, fail_on_problem, fail_on_settings, print_json
from bot.cli.store import InDemo, agencies, now, open_store

if TYPE_CHECKING:
    from bot.domain.downloads import FileFormat
    from bot.services.offerings.roster import RosterRow


def print_roster(
    code: Annotated[str, typer.Argument(metavar="CODE", help="An offering's code, such as dialogue-2.")],
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV that opens in Excel.")] = False,
    as_xlsx: Annotated[bool, typer.Option("--xlsx", help="Print an Excel file, to be redirected.")] = False,
    language: Language = "fi",
    in_demo: InDemo = False,
) -> None:
    """Print who is seated, who waits at what place, and who left. What is exported is noted in the log of
    acts; CSV and Excel files have the attendance too."""
    from bot.domain.downloads import FileFormat

    if as_json + as_csv + as_xlsx > 1:
        fail_on_settings("Choose one of --json, --csv and --xlsx.")
    if as_csv or as_xlsx:
        chosen = FileFormat.CSV if as_csv else FileFormat.XLSX
        _print_file(code, chosen, language, in_demo=in_demo)
    elif as_json:
        keys = ("user_id", "name", "agency", "role", "status", "position")  # what others rely on
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
        fail_on_settings(f"An Excel file is not for the terminal: kaiku roster {code} --xlsx > {code}.xlsx")
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
        typer.echo(f"Nobody has signed up to {code} yet.")
        return
    book = agencies()
    table = Table("Status", "Place", "Name", "User", "Agency", "Role", "Limit", title=cells(code)[0])
    for row in roster:
        place = str(row.position) if row.position is not None else ""
        agency = row.employer(book, "en")
        limit = "over" if row.over_limit else ""
        table.add_row(*cells(row.status.value, place, row.name, row.user_id, agency, row.role or "", limit))
    console = Console()
    # Without a terminal there is no width to fit into, so nothing is cut off.
    Console(width=console.width if console.is_terminal else 200).print(table)


def fail_on_unknown_code(code: str, params: dict[str, Any]) -> NoReturn:
    """Print that there is no such offering and which one was probably meant, and exit."""
    guess = f" Did you mean {params['nearest']}?" if params["nearest"] else ""
    known = f" There are: {', '.join(params['codes'])}." if params["codes"] else " There are none yet."
    fail_on_problem(f"There is no offering {code}.{guess}{known}")
