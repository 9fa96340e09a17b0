"""``kaiku roster``: who has signed up to an offering."""

from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from bot.cli.output import AsJson, cells, fail_on_problem, print_json
from bot.cli.store import InDemo, agencies, now, open_store

if TYPE_CHECKING:
    from bot.services.offerings.roster import RosterRow


def print_roster(
    code: Annotated[str, typer.Argument(metavar="CODE", help="An offering's code, such as dialogue-2.")],
    as_json: AsJson = False,
    in_demo: InDemo = False,
) -> None:
    """Print who is seated, who waits at what place, and who left."""
    from bot.domain.acts import ActKind
    from bot.domain.errors import KaikuError
    from bot.services.acts import note_act
    from bot.services.offerings.catalogue import current_code
    from bot.services.offerings.roster import list_roster

    at = now(in_demo=in_demo)
    with open_store(in_demo=in_demo) as store, store.transaction() as tx:
        try:
            code = current_code(tx, code, at)
            roster = list_roster(tx, code)
            note_act(tx, ActKind.EXPORTED, offering=code, by_operator=True, now=at)
        except KaikuError as error:
            fail_on_unknown_code(code, error.params)
    if as_json:
        keys = ("user_id", "name", "agency", "role", "status", "position")  # what others rely on
        print_json([{key: getattr(row, key) for key in keys} for row in roster])
    else:
        _print_roster_table(code, roster)


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
