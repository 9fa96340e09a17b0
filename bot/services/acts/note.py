"""Recording who did what to whom, in the act's own transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from bot.domain.acts import ActKind, DoneBy
from storage import acts as act_rows
from storage.transaction import Tx


def note_act(
    tx: Tx,
    kind: ActKind,
    *,
    now: datetime,
    actor: str | None = None,
    person: str | None = None,
    offering: str | None = None,
    number: int | None = None,
    reason: Mapping[str, str] | None = None,
    by_operator: bool = False,
) -> int:
    """Add a line to the log of acts and return its id.

    ``actor`` and ``person`` are Slack ids; without an actor it was Kaiku, or an operator at the command line.
    ``offering`` is its code, ``number`` a session's. ``reason`` is the actor's own words by language: it is
    stored apart and erased with the person.
    """
    done_by = DoneBy.PERSON if actor else DoneBy.OPERATOR if by_operator else DoneBy.KAIKU
    return act_rows.add_act(
        tx,
        kind=kind,
        done_by=done_by,
        actor=actor,
        person=person,
        offering=offering,
        number=number,
        reason=reason or {},
        now=now,
    )


def note_acts(
    tx: Tx,
    kind: ActKind,
    people: Iterable[str],
    *,
    offering: str,
    now: datetime,
    actor: str | None = None,
    by_kaiku: bool = False,
) -> None:
    """Add a line for each of these people: one actor did the same to all of them, each did it for themselves,
    or Kaiku did it.
    """
    done_by = DoneBy.KAIKU if by_kaiku else DoneBy.PERSON
    act_rows.add_acts(tx, kind=kind, done_by=done_by, people=people, offering=offering, now=now, actor=actor)
