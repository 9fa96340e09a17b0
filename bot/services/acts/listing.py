"""Reading the log of acts, with names while people are known."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.acts import Act, DoneBy, Who
from storage import acts as rows
from storage.transaction import Tx


def list_acts(
    tx: Tx,
    *,
    person: str | None = None,
    offering: str | None = None,
    since: datetime | None = None,
    older_than: int | None = None,
    most: int | None = None,
) -> list[Act]:
    """Lines, newest first.

    ``person``: only acts by or on this person; a Slack id or a pseudonym. ``offering``: only this offering's,
    by its code, or by a programme's code for applied plans. ``older_than``: before the line with this id.
    """
    found = rows.list_acts(
        tx,
        pseudonym=rows.pseudonym_of(tx, person) or person if person is not None else None,
        offering=offering,
        since=since,
        older_than=older_than,
        most=most,
    )
    return [_act(row) for row in found]


def _act(row: rows.ActRow) -> Act:
    line = row.line
    return Act(
        line.id,
        line.at,
        line.kind,
        DoneBy(line.done_by),
        _who(line.actor, row.actor),
        _who(line.person, row.person),
        line.offering,
        line.number,
        row.reason,
    )


def _who(pseudonym: str | None, known: Sequence[str] | None) -> Who | None:
    if pseudonym is None:
        return None
    return Who(pseudonym, *known) if known is not None else Who(pseudonym)
