"""Messages that Kaiku owes: kinds, states, and the stored forms of what each is about."""

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Self

from msgspec import Struct

_MINUTE: Final = "%Y%m%dT%H%MZ"


class DeliveryState(StrEnum):
    """State of a delivery. ``missed``: it became due too late to be useful. ``unknown``: it is not known
    whether it arrived. ``cancelled``: it was skipped or is no longer needed."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    MISSED = "missed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


class DeliveryKind(StrEnum):
    """Names of the kinds of messages that Kaiku sends by itself. Each is declared in its capability's folder
    (see ``bot.message_kinds``)."""

    CONFIRMATION = "confirmation"
    PROMOTION = "promotion"
    OFFER = "offer"
    OFFER_END = "offer_end"
    OFFER_LAPSED = "offer_lapsed"
    SIGN_UP_OPEN = "sign_up_open"
    SEAT_HOLD = "seat_hold"
    LINE_MOVES = "line_moves"
    SEAT_LOST = "seat_lost"
    STARTED_WITHOUT = "started_without"
    TURN_OPEN = "turn_open"
    DRAW_PROPOSED = "draw_proposed"
    NOT_SELECTED = "not_selected"
    DRAW_CALLED_OFF = "draw_called_off"
    CHANGE = "change"
    CHANGE_REMINDER = "change_reminder"
    CHANGED_BY_OTHERS = "changed_by_others"
    TIME_POLL = "time_poll"
    TIME_POLL_END = "time_poll_end"
    DAY_BEFORE = "day_before"
    HOUR_BEFORE = "hour_before"
    LINK_BEFORE = "link_before"
    EDIT = "edit"
    HOME = "home"
    UNDELIVERED = "undelivered"
    PROMPT = "prompt"
    ROUND = "round"
    PROMPT_REMINDER = "prompt_reminder"
    PROMPT_AGAIN = "prompt_again"
    PROMPT_FADE = "prompt_fade"
    PREPARATION = "preparation"
    CLOSING_LETTER = "closing_letter"
    USE_AFTER_3 = "use_after_3"
    USE_AFTER_6 = "use_after_6"
    MATERIALS = "materials"
    CERTIFICATE_ASKED = "certificate_asked"
    ANNOUNCEMENT = "announcement"
    POST_EDIT = "post_edit"
    POST_TROUBLE = "post_trouble"
    PRIVACY_CHANGE = "privacy_change"
    BRIEF = "brief"
    ATTENDANCE_DUE = "attendance_due"
    VENUE_ASKED = "venue_asked"
    VENUE_ASKED_LAST = "venue_asked_last"
    ROOM = "room"
    REMOVAL_END = "removal_end"
    REMOVED = "removed"
    MOVED = "moved"
    INVITATION = "invitation"
    NOW_FACILITATES = "now_facilitates"
    NO_FACILITATOR = "no_facilitator"
    FACILITATORS_DAY = "facilitators_day"
    MONTH_VIEW = "month_view"
    CASE_ASKED = "case_asked"
    CLEARING = "clearing"
    LETTER = "letter"
    CHANNEL_WELCOME = "channel_welcome"


PROMPT_KINDS: Final = (
    DeliveryKind.PROMPT_AGAIN,
    DeliveryKind.PROMPT,
    DeliveryKind.PREPARATION,
    DeliveryKind.CLOSING_LETTER,
    DeliveryKind.USE_AFTER_3,
    DeliveryKind.USE_AFTER_6,
    DeliveryKind.MATERIALS,
    DeliveryKind.PROMPT_REMINDER,
    DeliveryKind.PROMPT_FADE,
)
"""The kinds that are planned for one person at a time, across all their offerings."""

LIMITED_KINDS: Final = (DeliveryKind.PROMPT, DeliveryKind.PREPARATION)
"""The kinds of which a person gets at most one a week."""


class Subject(Struct, frozen=True):
    """What a delivery is about: an offering, or one of its sessions or prompts, stored as ``dialogue-2``,
    ``dialogue-2/1``, ``dialogue-2/prompt/7``."""

    code: str
    session: int | None = None
    prompt_id: int | None = None

    def __str__(self) -> str:
        if self.prompt_id is not None:
            return f"{self.code}/prompt/{self.prompt_id}"
        return self.code if self.session is None else f"{self.code}/{self.session}"

    @classmethod
    def parse(cls, stored: str) -> Self:
        """Parse the stored form. Raises ValueError for anything that ``str`` does not produce."""
        match stored.split("/"):
            case [code]:
                return cls(code)
            case [code, session]:
                return cls(code, session=int(session))
            case [code, "prompt", prompt_id]:
                return cls(code, prompt_id=int(prompt_id))
            case _:
                raise ValueError(f"not a delivery's subject: {stored!r}")

    @property
    def of_prompt(self) -> int:
        """The prompt's id. Raises ValueError when this is about no prompt."""
        if self.prompt_id is None:
            raise ValueError(f"not about a prompt: {self}")
        return self.prompt_id


class Occurrence(Struct, frozen=True):
    """Which occasion a delivery about an enrolment is for: the only one (``12``), a version of the timetable
    (``12:3``), the time of a session (``12@20190402T0600Z``, so that a moved session gets new reminders), an
    offer (``12/7``), or an act of a facilitator, by its id (``12#5``)."""

    enrolment_id: int
    version: int | None = None
    starts_at: datetime | None = None
    offer_id: int | None = None
    act_id: int | None = None

    def __str__(self) -> str:
        if self.act_id is not None:
            return f"{self.enrolment_id}#{self.act_id}"
        if self.offer_id is not None:
            return f"{self.enrolment_id}/{self.offer_id}"
        if self.starts_at is not None:
            return f"{self.enrolment_id}@{self.starts_at.astimezone(UTC):{_MINUTE}}"
        return str(self.enrolment_id) if self.version is None else f"{self.enrolment_id}:{self.version}"

    @classmethod
    def parse(cls, stored: str) -> Self:
        """Parse the stored form. Raises ValueError for anything that ``str`` does not produce."""
        found = re.fullmatch(r"(\d+)(?::(\d+)|@(\d{8}T\d{4}Z)|/(\d+)|#(\d+))?", stored)
        if found is None:
            raise ValueError(f"not an enrolment's occurrence: {stored!r}")
        enrolment_id, version, starts_at, offer_id, act_id = found.groups()
        return cls(
            int(enrolment_id),
            int(version) if version is not None else None,
            datetime.strptime(starts_at, _MINUTE).replace(tzinfo=UTC) if starts_at is not None else None,
            int(offer_id) if offer_id is not None else None,
            int(act_id) if act_id is not None else None,
        )

    @property
    def of_offer(self) -> int:
        """The offer's id. Raises ValueError when this is about no offer."""
        if self.offer_id is None:
            raise ValueError(f"not about an offer: {self}")
        return self.offer_id

    @property
    def of_act(self) -> int:
        """The act's id. Raises ValueError when this is about no act."""
        if self.act_id is None:
            raise ValueError(f"not about an act: {self}")
        return self.act_id


class PostOccurrence(Struct, frozen=True):
    """A post in a channel (``5``), or the edit of it that is planned for a known time (``5:clock``)."""

    post_id: int
    by_clock: bool = False

    def __str__(self) -> str:
        return f"{self.post_id}:clock" if self.by_clock else str(self.post_id)

    @classmethod
    def parse(cls, stored: str) -> Self:
        """Parse the stored form. Raises ValueError for anything that ``str`` does not produce."""
        post_id, colon, rest = stored.partition(":")
        if rest != ("clock" if colon else ""):
            raise ValueError(f"not a post's occurrence: {stored!r}")
        return cls(int(post_id), by_clock=bool(colon))
