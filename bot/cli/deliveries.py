"""``kaiku deliveries``: what Kaiku owes and has sent."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from bot.cli.output import AsJson, cells, fail_on_problem, fail_on_settings, print_json, visible_lines
from bot.cli.store import InDemo, now, open_store

RETRIED = ("failed", "missed", "unknown")
SINCE = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]

deliveries_app = typer.Typer(help="What Kaiku owes and has sent.")


@deliveries_app.callback(invoke_without_command=True)
def print_deliveries(
    context: typer.Context,
    state: Annotated[str | None, typer.Option(help="Only those in this state, such as failed.")] = None,
    as_json: AsJson = False,
    in_demo: InDemo = False,
) -> None:
    """Print what Kaiku owes and has sent: kind, to whom, about what, state, due, sent, why."""
    from bot.services.deliveries.listing import STATES, list_deliveries, list_set_aside
    from storage.sending.pause import get_pause

    if context.invoked_subcommand is not None:
        return
    if state is not None and state not in STATES:
        fail_on_settings(f"There is no state {state}. There are: {', '.join(STATES)}.")
    with open_store(in_demo=in_demo) as store, store.read_transaction() as tx:
        rows = list_deliveries(tx, state)
        set_aside = list_set_aside(tx)
        pause = get_pause(tx)
    if pause is not None:
        since = f"{pause.since:%Y-%m-%d %H:%M}Z"
        typer.echo(visible_lines(f"Sending is paused since {since}: {pause.reason}"), err=True)
    for each in set_aside:
        typer.echo(f"Set aside: {each}", err=True)
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
def retry_deliveries(
    delivery_id: Annotated[int | None, typer.Argument(metavar="[ID]", help="A delivery's id.")] = None,
    state: Annotated[
        str | None,
        typer.Option(help="All in this state: failed (if none is named), missed, unknown."),
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(help="All that were due since then, in UTC.", formats=SINCE)
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All, since whenever.")] = False,
    in_demo: InDemo = False,
) -> None:
    """Owe deliveries once more that failed, were missed, or stayed unknown: one by its id, or many."""
    from storage import deliveries as delivery_rows

    many = state is not None or since is not None or everything
    if (delivery_id is None) != many:
        fail_on_settings("Say which: an ID, or any of --state, --since and --all.")
    if state is not None and state not in RETRIED:
        fail_on_settings(f"{state} can't be retried. These can: {', '.join(RETRIED)}.")
    if many and since is None and not everything:
        fail_on_settings("Say since when they were due (--since 2027-04-01T09:00), or --all.")
    if since is not None:
        since = since.replace(tzinfo=UTC)
    states = (state,) if state is not None else ("failed",)
    with open_store(in_demo=in_demo) as store, store.transaction() as tx:
        at = now(in_demo=in_demo)
        if delivery_id is None:
            done = delivery_rows.retry_deliveries(tx, states, since, at)
        else:
            done = [delivery_id] if delivery_rows.retry_delivery(tx, delivery_id, at) else []
    if delivery_id is not None and not done:
        fail_on_problem(
            f"Delivery {delivery_id} can't be retried: it neither failed nor was missed nor is unknown."
        )
    if delivery_id is not None:
        typer.echo(f"Delivery {delivery_id} is due now.")
    else:
        typer.echo(f"Due now: {len(done)}.")
