"""The privacy notice: what people are told of their data, and the kinds of data that it speaks of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from bot.domain.language import Texts

PLACEHOLDER: Final = re.compile(r"\[(?:TÄYDENNÄ|FYLL I|FILL IN)[^\]]*\]")
"""What the authority has yet to fill in."""


class DataKind(StrEnum):
    """Kinds of personal data, by how long they are kept. ``programmes/privacy.yml`` says for each how long;
    ``storage/personal_data.py`` says which tables hold it. Logs and backups are in no table."""

    PROFILE = "profile"
    ENROLMENTS = "enrolments"
    ATTENDANCE = "attendance"
    ROOMS = "rooms"
    NEEDS = "needs"
    WISHES = "wishes"
    MESSAGES = "messages"
    REFLECTIONS = "reflections"
    DRAFTS = "drafts"
    FACILITATION = "facilitation"
    ACTS = "acts"
    LOGS = "logs"
    BACKUPS = "backups"


@dataclass(frozen=True, slots=True)
class Party:
    """Whom to turn to; ``email``, ``phone`` and ``web`` read the same in every language."""

    name: Texts
    address: Texts | None = None
    email: str | None = None
    phone: str | None = None
    web: Texts | None = None


@dataclass(frozen=True, slots=True)
class Purpose:
    name: Texts
    what: Texts
    basis: Texts


@dataclass(frozen=True, slots=True)
class Processor:
    """Somebody who handles the data for the controller; ``transfers``: out of the EU and the EEA."""

    name: Texts
    what: Texts
    transfers: Texts


@dataclass(frozen=True, slots=True)
class Retention:
    kind: DataKind
    what: Texts
    period: Texts


@dataclass(frozen=True, slots=True)
class ShortForm:
    """What is said at the first join: what is kept, who sees it, for how long."""

    what: Texts
    who: Texts
    how_long: Texts


@dataclass(frozen=True, slots=True)
class Gap:
    """A placeholder that still stands, by line and field of the file."""

    line: int
    field: str


@dataclass(frozen=True, slots=True)
class PrivacyNotice:
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
