"""A programme's plan: what is offered, when, and for how many. Pure values; no file, no database."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from msgspec import Struct

from bot.domain.calendars.wall_time import end_day
from bot.domain.enrolment.offers import DEFAULT_OFFERS, NO_OWN_OFFERS, OfferRules, OwnOfferRules
from bot.domain.language import Texts
from bot.domain.prompts.prompt import DEFAULT_RULES, PromptRules


class OfferingKind(StrEnum):
    """What a person signs up to. The UI has a word for each kind."""

    GROUP = "group"
    PROCESS = "process"
    SERIES = "series"
    REMOTE = "remote"
    EVENT = "event"
    COACHING = "coaching"


class Venue(Struct, frozen=True):
    """What a live session's room costs, in whole euros; the last day on which it can be cancelled free of
    charge; and how many people it holds. None: that is not known, or without limit."""

    price: int
    free_until: date | None = None
    capacity: int | None = None


class PlannedSession(Struct, frozen=True):
    """One session. ``number`` names it for good: a moved session keeps its number.

    ``on``, ``starts`` and ``ends`` are wall time in the programme's zone; an end before the start is on the
    next day. A live session has a ``place``, a remote one a ``link`` (https) and a ``link_label``
    such as "Skype".
    """

    number: int
    on: date
    starts: time
    ends: time
    place: Texts | None = None
    link: str | None = None
    link_label: str | None = None
    bring: Texts | None = None
    cancelled: bool = False
    materials: tuple["Reading", ...] = ()
    venue: Venue | None = None

    @property
    def is_remote(self) -> bool:
        return self.link is not None

    @property
    def ends_on(self) -> date:
        return end_day(self.on, self.starts, self.ends)

    @property
    def lasts(self) -> timedelta:
        """The duration by the wall clock; a clock change during the session makes the real one an hour
        different."""
        return datetime.combine(self.ends_on, self.ends) - datetime.combine(self.on, self.starts)


class SignUpWindow(Struct, frozen=True):
    """First and last day of sign-up, both included, in the programme's zone; None: no limit."""

    opens: date | None = None
    closes: date | None = None


class Reading(Struct, frozen=True):
    """Something to read or look at; ``link`` is an https address, if there is one."""

    title: Texts
    link: str | None = None


class Picture(Struct, frozen=True):
    """A picture on the web, and what it shows, for those who don't see it."""

    url: str
    alt: Texts


class Details(Struct, frozen=True):
    """What people read before they decide, beyond the summary; each may be left out.

    ``materials`` are shown once the offering is over. ``ask_needs``: people may tell practical needs when
    they join.
    """

    for_whom: Texts | None = None
    takes_home: Texts | None = None
    themes: tuple[Texts, ...] = ()
    pre_reading: tuple[Reading, ...] = ()
    questions: tuple[Texts, ...] = ()
    materials: tuple[Reading, ...] = ()
    picture: Picture | None = None
    ask_needs: bool = False


NO_DETAILS = Details()


class DrawRules(Struct, frozen=True):
    """How an offering's seats are drawn when sign-up ends. ``seats_each``: the most seats that one person
    gets in a draw which several offerings share."""

    balance_roles: bool = False
    seats_each: int = 1


class PlannedOffering(Struct, frozen=True):
    """``draw``: how its seats are drawn when sign-up ends; None: first come, first served."""

    code: str
    kind: OfferingKind
    title: Texts
    summary: Texts
    capacity: int
    seats_per_agency: int
    sessions: tuple[PlannedSession, ...]
    facilitators: tuple[str, ...] = ()
    agency_seats: tuple[tuple[str, int], ...] = ()
    sign_up: SignUpWindow = SignUpWindow()
    cancelled: bool = False
    has_prompts: bool = True
    details: Details = NO_DETAILS
    offers: OwnOfferRules = NO_OWN_OFFERS
    draw: DrawRules | None = None

    @property
    def is_called_off(self) -> bool:
        """Whether the offering, or every one of its sessions, is cancelled."""
        return self.cancelled or (bool(self.sessions) and all(each.cancelled for each in self.sessions))


class PlannedStrand(Struct, frozen=True):
    """``prompts`` names the library that its offerings' prompts come from; None: they have none."""

    number: int
    title: Texts
    offerings: tuple[PlannedOffering, ...]
    prompts: str | None = None


class UseQuestion(Struct, frozen=True):
    """A question on use in the closing message, answered with one click. ``key`` names it for good: answers
    are counted by it. ``choices`` are two to four."""

    key: str
    text: Texts
    choices: tuple[Texts, ...]


MAX_USE_QUESTIONS = 2
MAX_FOLLOWED_KEY = 36
"""Characters of a question's key where it is asked again: the answer is stored with the months beside it."""


class Closing(Struct, frozen=True):
    """What a programme says at the end. ``issuer`` stands on certificates; None: the programme's title.
    ``questions`` on use; None: Kaiku's own, empty: none. ``follow_up``: the first of them is asked again
    three and six months later, with what got in the way."""

    issuer: Texts | None = None
    questions: tuple[UseQuestion, ...] | None = None
    follow_up: bool = False


DEFAULT_CLOSING = Closing()


class Plan(Struct, frozen=True):
    """The whole programme of one plan file."""

    code: str
    title: Texts
    timezone: str
    strands: tuple[PlannedStrand, ...]
    note: Texts | None = None
    prompt_rules: PromptRules = DEFAULT_RULES
    closing: Closing = DEFAULT_CLOSING
    offers: OfferRules = DEFAULT_OFFERS

    @property
    def offerings(self) -> tuple[PlannedOffering, ...]:
        return tuple(offering for strand in self.strands for offering in strand.offerings)
