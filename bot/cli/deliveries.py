"""``kaiku deliveries``: what Kaiku owes and has sent."""

from dataclasses import asdict
from typing import Annotated

import typer

from bot.cli.output import AsJson, cells, fail_on_problem, fail_on_settings, print_json
from bot.cli.store import InDemo, now, open_store

deliveries_app = typer.Typer(help="What Kaiku owes and has sent.")


@deliveries_app.callback(invoke_without_command=True)
def print_deliveries(
    context: typer.Context,
    state: Annotated[str | None, typer.Option(help="Only those in this state, such as failed.")] = None,
    as_json: AsJson = False,
    in_demo: InDemo = False,
) -> None:
    """Print what Kaiku owes and has sent: kind, to whom, about what, state, due, sent, why."""
    from bot.services.deliveries.listing import STATES, list_deliveries

    if context.invoked_subcommand is not None:
        return
    if state is not None and state not in STATES:
        fail_on_settings(f"There is no state {state}. There are: {', '.join(STATES)}.")
    with open_store(in_demo=in_demo) as store, store.read_transaction() as tx:
        rows = list_deliveries(tx, state)
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("Id", "Kind", "To", "About", "State", "Due", "Sent", "Tries", "Reason")
    for row in rows:
        sent = f"{row.sent_at:%Y-%m-%d %H:%M}Z" if row.sent_at else ""
        due = f"{row.due_at:%Y-%m-%d %H:%M}Z"
        shown = cells(
            row.kind,
            row.recipient,
            row.subject,
            row.state,
            due,
            sent,
            str(row.attempts),
            row.reason or "",
        )
        table.add_row(str(row.id), *shown)
    Console(width=None if Console().is_terminal else 200).print(table)


@deliveries_app.command("retry")
def retry_delivery(
    delivery_id: Annotated[int, typer.Argument(metavar="ID", help="A delivery's id.")],
    in_demo: InDemo = False,
) -> None:
    """Plan a delivery again that failed, was missed, or stayed unknown."""
    from storage import deliveries as delivery_rows

    with open_store(in_demo=in_demo) as store, store.transaction() as tx:
        done = delivery_rows.retry_delivery(tx, delivery_id, now(in_demo=in_demo))
    if not done:
        fail_on_problem(
            f"Delivery {delivery_id} can't be retried: it neither failed nor was missed nor is unknown."
        )
    typer.echo(f"Delivery {delivery_id} is due now.")
