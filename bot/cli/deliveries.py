"""``kaiku deliveries``: the messages that Kaiku owes and has sent."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from msgspec.structs import asdict

from bot.cli.output import AsJson, cells, fail_on_problem, fail_on_settings, print_json
from bot.cli.spoken import CommandLine, moment, say, told, visible_lines
from bot.cli.store import InDemo, now, open_store

RETRIED = ("failed", "missed", "unknown")
SINCE = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]

deliveries_app = CommandLine("cmd.deliveries", no_args_is_help=False)


@deliveries_app.callback(invoke_without_command=True, help="cmd.deliveries")
def print_deliveries(
    context: typer.Context,
    state: Annotated[str | None, typer.Option(help="opt.state")] = None,
    as_json: AsJson = False,
    in_demo: InDemo = False,
) -> None:
    """Print the messages owed and sent: kind, recipient, subject, state, due, sent, reason."""
    from bot.services.deliveries.listing import STATES, list_deliveries, list_set_aside
    from storage.sending.pause import get_pause

    if context.invoked_subcommand is not None:
        return
    if state is not None and state not in STATES:
        fail_on_settings(told("deliveries.no_state", state=state, states=", ".join(STATES)))
    with open_store(in_demo=in_demo) as store, store.read_transaction() as tx:
        rows = list_deliveries(tx, state)
        set_aside = list_set_aside(tx)
        pause = get_pause(tx)
    if pause is not None:
        paused = told("deliveries.paused", since=moment(pause.since), reason=pause.reason)
        typer.echo(visible_lines(paused), err=True)
    for each in set_aside:
        typer.echo(visible_lines(told("deliveries.set_aside", what=each)), err=True)
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    from rich.console import Console
    from rich.table import Table

    heads = ("id", "kind", "to", "about", "state", "due", "sent", "tries", "reason")
    table = Table(*(told(f"deliveries.column_{each}") for each in heads))
    for row in rows:
        sent = moment(row.sent_at) if row.sent_at else ""
        due = moment(row.due_at)
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


@deliveries_app.spoken("retry", "cmd.deliveries_retry")
def retry_deliveries(
    delivery_id: Annotated[int | None, typer.Argument(metavar="[ID]", help="opt.delivery_id")] = None,
    state: Annotated[
        str | None,
        typer.Option(help="opt.retry_state"),
    ] = None,
    since: Annotated[datetime | None, typer.Option(help="opt.retry_since", formats=SINCE)] = None,
    everything: Annotated[bool, typer.Option("--all", help="opt.retry_all")] = False,
    in_demo: InDemo = False,
) -> None:
    """Plan deliveries again that failed, were missed, or stayed unknown: one by its id, or many."""
    from storage import deliveries as delivery_rows

    many = state is not None or since is not None or everything
    if (delivery_id is None) != many:
        fail_on_settings(told("deliveries.say_which"))
    if state is not None and state not in RETRIED:
        fail_on_settings(told("deliveries.not_retried", state=state, states=", ".join(RETRIED)))
    if many and since is None and not everything:
        fail_on_settings(told("deliveries.say_since"))
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
        fail_on_problem(told("deliveries.no_retry", id=delivery_id))
    if delivery_id is not None:
        say("deliveries.one_due", id=delivery_id)
    else:
        say("deliveries.due", number=len(done))
