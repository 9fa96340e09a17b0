"""The data that Kaiku holds of one person, as shown in Slack and as a downloaded copy."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from bot.domain.acts import ActOnMe
from bot.domain.offerings.offering import Offering
from bot.domain.privacy import LOCKABLE, DataKind, PrivacyNotice, Retention


class Records(Struct, frozen=True):
    """A person's rows of one table, in the order of their columns; ``kind`` says how long they are kept."""

    table: str
    kind: DataKind
    rows: Sequence[Mapping[str, Any]]


class MyData(Struct, frozen=True):
    """Everything that is held of a person, who acted on them, and what an erasure would take.

    ``record`` identifies their record, so that a form asking for its erasure can't erase a later one.
    ``offerings``, by code, are those that their rows are about.
    """

    notice: PrivacyNotice
    records: Sequence[Records]
    acts: Sequence[ActOnMe]
    record: str
    seats: Sequence[Offering]
    leads: Sequence[Offering]
    made_at: datetime
    offerings: Mapping[str, Offering] = field(default_factory=dict)

    @property
    def locked(self) -> list[tuple[Retention, datetime]]:
        """What stays locked if they erase their data now, and until when."""
        held = {each.table for each in self.records}
        return [
            (each, each.lock.ends_at(self.made_at))
            for each in self.notice.retention
            if each.lock is not None and LOCKABLE[each.kind] in held
        ]

    def count(self, kind: DataKind) -> int:
        """How many rows there are of this kind; the log of acts has a line for each act."""
        lines = len(self.acts) if kind is DataKind.ACTS else 0
        return lines + sum(len(each.rows) for each in self.records if each.kind is kind)
