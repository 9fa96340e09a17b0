"""Two people with a row of theirs in every table that holds something of people, by its own declaration."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    Table,
    insert,
    select,
    update,
)

from bot.domain.people.person import Defaults, Profile
from bot.services.people.profiles import meet
from storage.personal_data import PERSONAL, Erasure
from storage.tables import Offering, metadata
from storage.transaction import Tx

AINO, ELSA = "UAINO", "UELSA"
CODE = "dialogue-2"
THEN = datetime(2019, 2, 1, 8, tzinfo=UTC)
FIXED: dict[str, dict[str, object]] = {
    "enrolment": {"status": "seated", "agency": "vero"},
    "seat_offer": {"outcome": "lapsed"},
    "delivery": {"state": "sent", "kind": "confirmation", "channel": "D900", "subject": CODE},
    "reflection": {"shared": "private"},
    "prompt": {"state": "planned", "series": None},
    "plan_version": {"origin": "slack"},
    "removal": {"becomes": "removed", "done_at": THEN},
    "invitation": {"state": "declined"},
    "letter": {"state": "confirmed"},
    "group_channel": {"state": "kept"},
    "channel_member": {"state": "added"},
    "announcement": {"state": "published", "month": None},
    "use_answer": {"choice": 1},
    "success_case": {"credit": "name"},
}
"""Where only certain values are allowed."""


def fill(tx: Tx) -> None:
    """Rows of AINO's and of ELSA's; each text in them names its person, except where the text stays for
    others and only its writer goes."""
    for person_id in (AINO, ELSA):
        profile = Profile(person_id, f"{person_id} Virtanen", "fi", "Europe/Helsinki")
        meet(tx, profile, Defaults("fi", "Europe/Helsinki"), lambda: THEN)
    led = {"facilitators": [AINO, ELSA], "led_by": [AINO, ELSA]}
    query = update(Offering).where(Offering.c.code == CODE).values(led).returning(Offering.c.id)
    offering_id = tx.scalars(query).one()
    act = metadata.tables["act"]
    for n, table in enumerate(metadata.sorted_tables):
        if table.name not in PERSONAL or table.name in {"person", "offering"}:
            continue
        for k, person_id in enumerate((AINO, ELSA), start=1):
            row = {
                column.name: _value(
                    column, table, person_id, _offering_of(table, offering_id, k), 900 + 10 * n + k
                )
                for column in table.columns
            }
            row |= FIXED.get(table.name, {})
            if "act_id" in row:  # only reasons are of people; the line itself names nobody
                made = insert(act).values(at=THEN, kind="removed", done_by="kaiku").returning(act.c.id)
                row["act_id"] = tx.scalar(made)
            tx.execute(insert(table).values(row))


def _offering_of(table: Table, offering_id: int, k: int) -> int:
    """The one offering; the next ones where a table has one row for each."""
    return offering_id + k - 1 if [*table.primary_key.columns.keys()] == ["offering_id"] else offering_id


def _value(column: Column[Any], table: Table, person_id: str, offering_id: int, number: int) -> object:
    declared = PERSONAL[table.name]
    if column.name == declared.of:
        return person_id
    for key in column.foreign_keys:
        if key.column.table.name in {"offering", "group_channel"}:
            return offering_id
        if key.column.table.name in {"strand", "programme"}:
            return 1
        if key.column.table.name == "prompt":
            return None
        if key.column.table.name in {"enrolment", "time_poll"}:
            return number - 10 * _gap(table.name, key.column.table.name)
    stays = declared.erase is Erasure.NAME_TAKEN_OUT
    words = "what stays" if stays else f"{person_id}{number}"
    for kind, value in (
        (Boolean, True),
        (Integer, number),
        (Float, 1.0),
        (Date, date(2019, 2, 1)),
        (DateTime, THEN),
        (JSON, {"fi": words}),
        (LargeBinary, words.encode()),
    ):
        if isinstance(column.type, kind) or isinstance(getattr(column.type, "impl", None), kind):
            return value
    length = getattr(column.type, "length", None) or 40
    return (f"{words}{number}" if stays else words)[:length]


def _gap(name: str, other: str) -> int:
    """How many tables lie between this one and another, whose ids its rows refer to."""
    order = [table.name for table in metadata.sorted_tables]
    return order.index(name) - order.index(other)


def naming(tx: Tx, person_id: str) -> Iterator[str]:
    """Every column of every table that holds the person's id, name or words."""
    for table in metadata.sorted_tables:
        for row in tx.execute(select(table)).mappings():
            for name, value in row.items():
                shown = value.decode("latin-1") if isinstance(value, bytes) else repr(value)
                if person_id in shown:
                    yield f"{table.name}.{name}"
