"""The log of acts: who did what to whom, and how its lines are chained by digests."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

from bot.domain.language import Texts


class ActKind(StrEnum):
    """What was done. Every capability adds its own; each has its words, ``act.<kind>``."""

    JOINED = "joined"
    LEFT = "left"
    CAME_BACK = "came_back"
    SEATED = "seated"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    REMOVED = "removed"
    MARKED_ATTENDANCE = "marked_attendance"
    READ_SHARED_ANSWERS = "read_shared_answers"
    READ_NEEDS = "read_needs"
    SHARED_OUT_ROOMS = "shared_out_rooms"
    APPLIED_PLAN = "applied_plan"
    EXPORTED = "exported"
    SEED_FIXED = "seed_fixed"
    DRAW_PROPOSED = "draw_proposed"
    DRAW_CONFIRMED = "draw_confirmed"
    PLAN_CHANGED = "plan_changed"
    ASKED_TIMES = "asked_times"
    CLOSED_POLL = "closed_poll"
    VENUE_KEPT = "venue_kept"
    TEXTS_CHANGED = "texts_changed"
    OFFERING_ADDED = "offering_added"
    REMOVAL_UNDONE = "removal_undone"
    PUT_BACK = "put_back"
    MOVED = "moved"
    INVITED = "invited"
    INVITATION_UNDONE = "invitation_undone"
    LIMIT_RAISED = "limit_raised"
    SIGN_UP_CLOSED = "sign_up_closed"
    SIGN_UP_REOPENED = "sign_up_reopened"
    MADE_CERTIFICATE = "made_certificate"
    SENT_PROMPT = "sent_prompt"
    CHANGED_PROMPT = "changed_prompt"
    WITHDREW_PROMPT = "withdrew_prompt"
    POSTED_ANNOUNCEMENT = "posted_announcement"
    CHANGED_ANNOUNCEMENT = "changed_announcement"
    WITHDREW_ANNOUNCEMENT = "withdrew_announcement"
    NAMED_COORDINATOR = "named_coordinator"
    REMOVED_COORDINATOR = "removed_coordinator"
    ADDED_FACILITATOR = "added_facilitator"
    REMOVED_FACILITATOR = "removed_facilitator"
    PAUSED_SENDING = "paused_sending"
    RESUMED_SENDING = "resumed_sending"
    DELETED_OLD_ACTS = "deleted_old_acts"
    FETCHED_OWN_DATA = "fetched_own_data"
    ERASED = "erased"
    ERASED_BY_RULE = "erased_by_rule"
    EXPIRED = "expired"
    LOCKED_OPENED = "locked_opened"
    WROTE_TO_GROUP = "wrote_to_group"
    CHANNEL_KEPT = "channel_kept"
    CHANNEL_LET_GO = "channel_let_go"
    WITHDREW_LETTER = "withdrew_letter"
    REPORTED = "reported"
    ISSUED_REPORT = "issued_report"
    FETCHED_REPORT = "fetched_report"
    ASKED_FOR_CASES = "asked_for_cases"
    GAVE_CASE = "gave_case"
    WITHDREW_CASE = "withdrew_case"


ON_THE_GROUP: Final = frozenset(
    {ActKind.MARKED_ATTENDANCE, ActKind.READ_SHARED_ANSWERS, ActKind.EXPORTED, ActKind.WROTE_TO_GROUP}
)
"""Acts on everybody in an offering at once: their lines name no one person."""


class ActorRole(StrEnum):
    """The role in which somebody acted, as the person they acted on sees it."""

    FACILITATOR = "facilitator"
    COORDINATOR = "coordinator"
    OPERATOR = "operator"
    KAIKU = "kaiku"
    SOMEBODY = "somebody"


class ActOnMe(Struct, frozen=True):
    """Who did what to a person or their group: by role and offering, not by name."""

    at: datetime
    kind: ActKind
    role: ActorRole
    offering: Texts | None
    number: int | None
    reason: Texts | None


class DoneBy(StrEnum):
    """Who acted: a person in Slack, an operator at the command line, or Kaiku by itself."""

    PERSON = "person"
    OPERATOR = "operator"
    KAIKU = "kaiku"


class Line(Struct, frozen=True):
    """A line as it is stored; ``actor`` and ``person`` are pseudonyms."""

    id: int
    at: datetime
    kind: str
    done_by: str
    actor: str | None
    person: str | None
    offering: str | None
    number: int | None


class Who(Struct, frozen=True):
    """Somebody in the log: the pseudonym, and who it is while the person is known."""

    pseudonym: str
    user_id: str | None = None
    name: str | None = None


class Act(Struct, frozen=True):
    """A line as people read it. ``reason`` is in the actor's words, by language."""

    id: int
    at: datetime
    kind: str
    done_by: DoneBy
    actor: Who | None = None
    person: Who | None = None
    offering: str | None = None
    number: int | None = None
    reason: dict[str, str] | None = None


# -- the chain --------------------------------------------------------------------------------------------

BEGINNING: Final = "0" * 64
"""Stands for the digest before the first line."""


class Place(Struct, frozen=True):
    """A place in the chain: the position of a line, and its digest. ``before`` is set on the place up to
    which retention has deleted all lines from before that instant."""

    position: int
    digest: str
    before: datetime | None = None


class FaultKind(StrEnum):
    """How the chain is broken; each has its sentence, ``log.fault_<kind>``."""

    MISSING = "missing"  # a position that no line has
    CHANGED = "changed"  # a line that is not what was chained
    FORGED_ANCHOR = "forged_anchor"  # the place up to which lines were deleted isn't signed by Kaiku
    FORGED_HEAD = "forged_head"
    UNSIGNED = "unsigned"  # the log began without a key, or somebody has taken the signature away
    CUT_OFF = "cut_off"  # the last lines are gone
    NOT_IN_BACKUP = "not_in_backup"  # the chain no longer has what a backup says of it


class ChainFault(Struct, frozen=True):
    kind: FaultKind
    position: int


class Checked(Struct, frozen=True):
    """What a check of the whole chain found. ``unchained`` lines are too new to have a place yet."""

    lines: int
    unchained: int
    anchor: Place
    head: Place
    faults: tuple[ChainFault, ...]
    is_signed: bool


def digest_of(position: int, before: str, line: Line) -> str:
    """The digest that chains this line to the previous one, whose digest is ``before``."""
    told = [
        *(position, before, line.id, line.at.astimezone(UTC).isoformat(timespec="microseconds")),
        *(line.kind, line.done_by, line.actor, line.person, line.offering, line.number),
    ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


class Signer:
    """Signs places with keys derived from KAIKU_SECRET_KEY and its predecessor, so that somebody who can
    write into the database but has no key can't forge a new chain."""

    def __init__(self, secret: bytes | None, previous: bytes | None = None) -> None:
        self._keys = [
            hmac.digest(each, b"kaiku: the log of acts", hashlib.sha256)
            for each in (secret, previous)
            if each is not None
        ]

    @property
    def can_sign(self) -> bool:
        return bool(self._keys)

    def sign(self, which: str, place: Place) -> str:
        """The signature by the current key; empty where there is none."""
        return _signature(self._keys[0], which, place) if self._keys else ""

    def has_signed(self, which: str, place: Place, signature: str) -> bool:
        """Whether one of the keys made this signature. Without keys this can't be checked, and the answer is
        True."""
        if not self._keys:
            return True
        made = (_signature(key, which, place) for key in self._keys)
        return any(hmac.compare_digest(each, signature) for each in made)


def _signature(key: bytes, which: str, place: Place) -> str:
    before = place.before.astimezone(UTC).isoformat(timespec="microseconds") if place.before else ""
    told = json.dumps([which, place.position, place.digest, before])
    return hmac.new(key, told.encode(), hashlib.sha256).hexdigest()
