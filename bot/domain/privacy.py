"""The privacy notice: what people are told of their data, and the kinds of data that it speaks of."""

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct

from bot.domain.language import Texts

PLACEHOLDER: Final = re.compile(r"\[(?:TÄYDENNÄ|FYLL I|FILL IN)[^\]]*\]")
"""What the authority has yet to fill in."""


def finished(text: str) -> str:
    """The text without the sentences that the authority has yet to fill in."""
    sentences = re.split(r"(?<=[.!?\0])\s+", PLACEHOLDER.sub("\0", text))
    return " ".join(each for each in sentences if "\0" not in each)


class DataKind(StrEnum):
    """Kinds of personal data, by how long they are kept. ``programmes/privacy.yml`` says for each how long;
    ``storage/personal_data.py`` says which tables hold it. Logs and backups are in no table."""

    PROFILE = "profile"
    ENROLMENTS = "enrolments"
    ATTENDANCE = "attendance"
    ROOMS = "rooms"
    NEEDS = "needs"
    WISHES = "wishes"
    PREPARATION = "preparation"
    MESSAGES = "messages"
    REFLECTIONS = "reflections"
    DRAFTS = "drafts"
    CASES = "cases"
    FACILITATION = "facilitation"
    ACTS = "acts"
    LOGS = "logs"
    BACKUPS = "backups"


OUT_OF_KAIKU: Final = frozenset({DataKind.LOGS, DataKind.BACKUPS})
"""Kinds kept outside Kaiku, by the operator: Kaiku can't delete them."""


LOCKABLE: Final[Mapping[DataKind, str]] = {
    DataKind.ENROLMENTS: "enrolment",
    DataKind.ATTENDANCE: "attendance",
}
"""What a rule may require to be kept of somebody who erases their data, by the table that it is taken from:
who had which seat, and was there."""


class Anchor(StrEnum):
    """From when a period is counted: the end of the programme, or the last time something happened."""

    PROGRAMME = "programme"
    ACTIVITY = "activity"


class SeenBy(StrEnum):
    """Who sees a kind of data, beside the person and Kaiku's operators."""

    FACILITATORS = "facilitators"
    COORDINATOR = "coordinator"
    ANYBODY = "anybody"


class Keep(Struct, frozen=True):
    """How long a kind of data is kept: months and days, counted from ``after``."""

    after: Anchor
    months: int = 0
    days: int = 0

    def ends_before(self, now: datetime) -> datetime:
        """The instant before which a period must have begun for it to be over."""
        return _months_from(now, -self.months) - timedelta(days=self.days)


class Lock(Struct, frozen=True):
    """How long a kind of data is kept, locked, after the person has erased theirs, and the ``rule`` that
    requires it."""

    rule: Texts
    months: int = 0
    days: int = 0

    def ends_at(self, erased_at: datetime) -> datetime:
        return _months_from(erased_at, self.months) + timedelta(days=self.days)


def _months_from(instant: datetime, months: int) -> datetime:
    """The day some months later, or earlier if negative; at the latest that month's last day."""
    year, month = divmod(instant.year * 12 + instant.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return instant.replace(year=year, month=month + 1, day=min(instant.day, last))


class Party(Struct, frozen=True):
    """A contact; ``email``, ``phone`` and ``web`` are the same in every language."""

    name: Texts
    address: Texts | None = None
    email: str | None = None
    phone: str | None = None
    web: Texts | None = None


class Purpose(Struct, frozen=True):
    name: Texts
    what: Texts
    basis: Texts
    kinds: tuple[DataKind, ...] = ()


class Processor(Struct, frozen=True):
    """A processor of the data for the controller; ``transfers``: of data out of the EU and the EEA."""

    name: Texts
    what: Texts
    transfers: Texts


class Retention(Struct, frozen=True):
    kind: DataKind
    what: Texts
    period: Texts
    keep: Keep | None = None
    seen_by: tuple[SeenBy, ...] = ()
    lock: Lock | None = None


class ShortForm(Struct, frozen=True):
    """What is said at the first join: what is kept, who sees it, for how long."""

    what: Texts
    who: Texts
    how_long: Texts


class Gap(Struct, frozen=True):
    """A placeholder that is still in the file, by line and field."""

    line: int
    field: str


def fields_of(gaps: Sequence[Gap]) -> list[str]:
    """The fields with placeholders, each once whatever the languages."""
    return list(dict.fromkeys(re.sub(r"\.(?:fi|sv|en)$", "", each.field) for each in gaps))


class PrivacyNotice(Struct, frozen=True):
    """The whole notice. A raised ``version`` is told to everybody concerned, with what ``changed``;
    ``digest`` names the content, so that a mere correction is noticed too."""

    version: int
    valid_from: date
    changed: Texts | None
    short: ShortForm
    controller: Party
    contact: Party
    officer: Party
    purposes: Sequence[Purpose]
    sources: Sequence[Texts]
    recipients: Sequence[Texts]
    processors: Sequence[Processor]
    retention: Sequence[Retention]
    rights: Sequence[Texts]
    complaint: Texts
    supervisor: Party
    digest: str
    gaps: Sequence[Gap] = ()

    @property
    def locks(self) -> dict[DataKind, Lock]:
        """What is kept, locked, of people who erase their data; nothing unless the file requires it."""
        return {each.kind: each.lock for each in self.retention if each.lock is not None}
