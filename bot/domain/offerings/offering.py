"""Offerings as people see them: what they are, when, how many seats, and a person's own standing."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from bot.domain.calendars.wall_time import end_day
from bot.domain.enrolment.offers import DEFAULT_OFFERS, OfferRules
from bot.domain.enrolment.seats import SeatLimits, Status, WaitingReason
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.language import Texts
from bot.domain.plan.model import (
    DEFAULT_CLOSING,
    NO_DETAILS,
    Closing,
    Details,
    DrawRules,
    OfferingKind,
    Reading,
    Venue,
)
from bot.domain.prompts.prompt import DEFAULT_RULES, PromptRules


def agreed_time(on: date, starts: time, ends: time) -> str:
    """The wall time of a session as a text."""
    return f"{on.isoformat()} {starts:%H:%M} {ends:%H:%M}"


class Session(Struct, frozen=True):
    """One session, as agreed (wall time in ``timezone``) and as instants. ``kept_until``: the last day of
    free cancellation for which somebody has decided that the venue is kept. ``changed_at``: when it last
    changed after people had been told of it; None: never."""

    number: int
    on: date
    starts: time
    ends: time
    timezone: str
    starts_at: datetime
    ends_at: datetime
    place: Texts | None
    link: str | None
    link_label: str | None
    bring: Texts | None
    cancelled: bool
    materials: Sequence[Reading] = ()
    venue: Venue | None = None
    kept_until: date | None = None
    changed_at: datetime | None = None

    @property
    def is_remote(self) -> bool:
        return self.link is not None

    @property
    def free_until(self) -> date | None:
        """The last day on which its venue can be cancelled free of charge; None: there is no such day."""
        return self.venue.free_until if self.venue is not None else None

    @property
    def lasts(self) -> timedelta:
        """The duration by the wall clock; a clock change during the session makes the real one an hour
        different."""
        ends_on = end_day(self.on, self.starts, self.ends)
        return datetime.combine(ends_on, self.ends) - datetime.combine(self.on, self.starts)

    @property
    def agreed_time(self) -> str:
        """The time as a text, to compare: ``2019-04-24 12:30 16:00``."""
        return agreed_time(self.on, self.starts, self.ends)


class Offering(Struct, frozen=True):
    """What a person signs up to, as the plan defines it. ``cancelled`` is also true when every session is."""

    id: int
    code: str
    kind: OfferingKind
    strand_number: int
    strand_title: Texts
    title: Texts
    summary: Texts
    limits: SeatLimits
    facilitators: Sequence[str]
    opens_on: date | None
    closes_on: date | None
    timezone: str
    cancelled: bool
    sessions: Sequence[Session]
    timetable_version: int = 1
    details: Details = NO_DETAILS
    prompt_rules: PromptRules = DEFAULT_RULES  # the programme's
    prompt_library: str | None = None  # the strand's
    programme_code: str = ""
    strand_id: int = 0
    programme_title: Texts = field(default_factory=dict)
    closing: Closing = DEFAULT_CLOSING  # the programme's
    offers: OfferRules = DEFAULT_OFFERS
    draw: DrawRules | None = None  # None: first come, first served

    @property
    def standing_sessions(self) -> list[Session]:
        """Sessions that are not cancelled, in order of time."""
        return sorted((m for m in self.sessions if not m.cancelled), key=lambda m: m.starts_at)

    @property
    def effective_sessions(self) -> list[Session]:
        """All sessions; every one counts as cancelled when the offering is."""
        return [replace(each, cancelled=each.cancelled or self.cancelled) for each in self.sessions]

    @property
    def starts_at(self) -> datetime | None:
        """When the first session that is not cancelled starts."""
        return self.standing_sessions[0].starts_at if self.standing_sessions else None

    @property
    def ends_at(self) -> datetime | None:
        """When the last session that is not cancelled ends."""
        return max((each.ends_at for each in self.standing_sessions), default=None)

    def next_session(self, now: datetime) -> Session | None:
        return next((session for session in self.standing_sessions if session.ends_at > now), None)


class Standing(Struct, frozen=True):
    """The position of one person's enrolment. ``position`` (from 1) and ``reason`` are set only while
    waiting; ``agency_seats`` is the most seats the person's agency may take. ``offer_id`` and ``until`` are
    set while a seat is offered: until when the offer can be answered. Where seats are drawn, ``choice`` says
    which of the person's ``choices`` this is, from 1."""

    enrolment_id: int
    status: Status
    position: int | None
    reason: WaitingReason | None
    agency_seats: int
    offer_id: int | None = None
    until: datetime | None = None
    choice: int | None = None
    choices: int = 0


class Card(Struct, frozen=True):
    """An offering with how full it is and the reader's own enrolment, if they have one."""

    offering: Offering
    state: SignUpState
    seats_left: int
    waiting: int
    mine: Standing | None = None
    overlaps: Sequence[tuple[Session, "Offering", Session]] = ()
    would_wait: WaitingReason | None = None  # why the reader would not be seated now
    wished: bool = False  # the reader wants to be told when sign-up opens
    absent: frozenset[int] = frozenset()  # the numbers of sessions that the reader can't come to
    undrawn: bool = False  # its seats are drawn when sign-up ends, and have not been yet
    drawn_with: Sequence[Offering] = ()  # everything in the draw to come, itself included
    preferred: Sequence[str] = ()  # codes of what the reader would like in that draw, the dearest first

    @property
    def may_rank(self) -> bool:
        """Whether the reader takes part in a draw and can still rank their choices anew."""
        is_in_draw = self.mine is not None and self.mine.status is Status.IN_DRAW
        return is_in_draw and self.state is SignUpState.OPEN and len(self.drawn_with) > 1


def share_a_draw(one: Offering, other: Offering) -> bool:
    """Whether the seats of two offerings are drawn together: their sign-up windows are the same, and people
    rank them."""
    return (
        one.draw is not None
        and other.draw is not None
        and (one.strand_id, one.opens_on, one.closes_on) == (other.strand_id, other.opens_on, other.closes_on)
    )


def is_address(named: str) -> bool:
    """Whether the plan names this facilitator by an e-mail address, not by a user id."""
    return "@" in named


def led_by(
    named: Sequence[str], known: Mapping[str, str], changes: Mapping[str, bool] | None = None
) -> list[str]:
    """An offering's facilitators as the plan names them, with user ids for the addresses that are known, in
    small letters, and with the changes made in Slack: added (True) or removed (False). Nobody is listed
    twice."""
    changes = changes or {}
    planned = dict.fromkeys(known.get(each.lower(), each) for each in named)
    added = [each for each, is_added in changes.items() if is_added and each not in planned]
    return [*(each for each in planned if changes.get(each, True)), *added]


def may_facilitate(person_id: str, offering: Offering, coordinators: Collection[str]) -> bool:
    """Whether a person may act for an offering: its facilitators, and coordinators."""
    return person_id in offering.facilitators or person_id in coordinators


def by_programme(cards: Sequence[Card]) -> list[tuple[Texts | None, list[Card]]]:
    """The cards by programme, each with its title as a heading; none where all are of one. The programmes
    come in the order of their first cards."""
    found: dict[str, list[Card]] = {}
    for card in cards:
        found.setdefault(card.offering.programme_code, []).append(card)
    if len(found) < 2:
        return [(None, list(cards))]
    return [(each[0].offering.programme_title, each) for each in found.values()]


def overlapping(
    sessions: Sequence[Session], others: Sequence[tuple[Offering, Session]]
) -> list[tuple[Session, Offering, Session]]:
    """Pairs of overlapping sessions: one of the offering to join, one of an offering the person
    has joined."""
    return [
        (session, offering, other)
        for session in sessions
        for offering, other in others
        if session.starts_at < other.ends_at and other.starts_at < session.ends_at
    ]
