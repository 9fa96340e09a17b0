"""Kaiku's promises to people, checked from outside: by the messages that arrived, without the bot's own
calculations. Pure: each check takes what happened and returns the broken promises."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from rehearsal.days import (
    DAY,
    OFFICE_CLOSES,
    OFFICE_OPENS,
    Quiet,
    Why,
    after_working_time,
    is_working_day,
    why_quiet,
)
from rehearsal.record import Arrival, Moment, Refusal

CAP_DAYS: Final = 7
WISH_LASTS: Final = timedelta(minutes=75)
IN_ONE_MESSAGE: Final = "in_one_message"
NOT_POSTED: Final = frozenset({"home", "edit", "post_edit"})
"""Deliveries that are no message of their own."""
A_MOMENT: Final = timedelta(minutes=1)
"""The time that messages due at the last moment may take."""
CLOSED: Final = OFFICE_CLOSES.replace(minute=1)
MUST_ARRIVE: Final = frozenset({"confirmation", "promotion", "change", "hour_before", "day_before"})
"""Messages without which a person may miss a session: too late is as bad as never."""


class Promise(StrEnum):
    QUIET = "quiet_time"  # nobody is asked anything in it
    CAP = "weekly_cap"  # nobody gets more than one prompt a week
    ONCE = "once"  # nobody gets the same message twice
    ARRIVES = "arrives"  # what is planned arrives, or there is a reason
    SEATS = "no_empty_seat"  # while somebody waits for it
    TOLD_LAST = "told_last"  # is what holds
    TAKEN = "taken"  # Slack takes everything that Kaiku sends


class Breach(StrEnum):
    """The ways in which a promise can be broken. The sentences are ``rehearsal.breach_...``."""

    ASKED_IN_QUIET_TIME = "asked_in_quiet_time"
    LETTER_IN_QUIET_TIME = "letter_in_quiet_time"
    SEAT_NEWS_OUT_OF_HOURS = "seat_news_out_of_hours"
    TOLD_OUT_OF_HOURS = "told_out_of_hours"
    TWO_IN_A_WEEK = "two_in_a_week"
    CAME_AGAIN = "came_again"
    ASKED_TWICE = "asked_twice"
    NOT_THERE = "not_there"  # counts as sent
    NEVER_SENT = "never_sent"
    NOT_THROUGH = "not_through"
    NO_REASON = "no_reason"
    TOO_LATE = "too_late"
    HEARD_NOTHING = "heard_nothing"
    SEAT_EMPTY = "seat_empty"
    OFFER_TOO_LONG = "offer_too_long"
    OFFERED_TWICE = "offered_twice"
    TOLD_OTHER_TIME = "told_other_time"
    TOLD_OTHER_STANDING = "told_other_standing"
    REFUSED = "refused"


class Broken(Struct, frozen=True):
    """One broken promise: when, to whom (a person, an offering, a method), which breach, with the parameters
    of its sentence."""

    promise: Promise
    at: datetime
    who: str
    breach: Breach
    facts: Mapping[str, object] = field(default_factory=dict)


class Reader(Struct, frozen=True):
    """A person's quiet time. ``absent``: the periods in which they were on leave, had snoozed or had paused
    prompts, with the reason. ``wished``: the prompts that they asked for again in an hour, and when."""

    timezone: str
    absent: Sequence[tuple[datetime, datetime, Quiet]] = ()
    wished: Sequence[tuple[int, datetime]] = ()

    def wanted(self, arrival: Arrival) -> bool:
        """Whether they asked for this prompt shortly before, at whatever hour."""
        return any(
            prompt == arrival.prompt and at < arrival.at <= at + WISH_LASTS for prompt, at in self.wished
        )


class Hours(Struct, frozen=True):
    """When prompts may come, as product.md or the plan file has it."""

    opens: time = time(9)
    closes: time = time(15)
    weekdays: frozenset[int] = frozenset({1, 2, 3})


class Owed(Struct, frozen=True):
    """A delivery at the end of the year."""

    id: int
    kind: str
    recipient: str
    subject: str
    state: str
    due_at: datetime
    reason: str | None


class Line(Struct, frozen=True):
    """An offering's seats at one moment, while freed seats still move on: seats held, and waiting people
    without an offer, by agency."""

    offering: str
    capacity: int
    per_agency: int
    of_agency: Mapping[str, int] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)
    waiting: Mapping[str, int] = field(default_factory=dict)


def first_asked(arrivals: Iterable[Arrival]) -> list[Arrival]:
    """The first arrival of each prompt; later ones are reminders, or were asked for."""
    seen: set[tuple[str, int]] = set()
    first = []
    for arrival in arrivals:
        if arrival.prompt is not None and not arrival.to.startswith("C"):
            if (arrival.to, arrival.prompt) not in seen:
                first.append(arrival)
            seen.add((arrival.to, arrival.prompt))
    return first


def quiet_time(
    arrivals: Sequence[Arrival], readers: Mapping[str, Reader], hours: Hours, letters: Collection[int] = ()
) -> Iterator[Broken]:
    """Whatever asks something of a person keeps quiet time, on their own clock. ``letters`` are deliveries
    that ask nothing but keep quiet time too."""
    prompts = {(each.to, each.ts) for each in first_asked(arrivals)}
    for arrival in arrivals:
        if arrival.to not in readers or not (arrival.asks or arrival.delivery in letters):
            continue
        reader = readers[arrival.to]
        if reader.wanted(arrival):
            continue
        here = arrival.at.astimezone(ZoneInfo(reader.timezone))
        absences = [Why(code) for start, end, code in reader.absent if start < arrival.at < end]
        why = absences[0] if absences else why_quiet(here.date())
        # A prompt at a time chosen by a facilitator may come on any working day.
        in_series = (arrival.to, arrival.ts) in prompts and not arrival.authored
        if why is None and in_series and here.weekday() not in hours.weekdays:
            why = Why(Quiet.WEEKDAY, here.date())
        minute = here.time().replace(second=0, microsecond=0)
        if why is None and not hours.opens <= minute <= hours.closes:
            why = Why(Quiet.HOURS, at=minute, hours=(hours.opens, hours.closes))
        if why is not None:
            breach = Breach.ASKED_IN_QUIET_TIME if arrival.asks else Breach.LETTER_IN_QUIET_TIME
            facts = {"when": here.replace(tzinfo=None), "why": why}
            yield Broken(Promise.QUIET, arrival.at, arrival.to, breach, facts)


def seat_news(
    news: Iterable[tuple[Arrival, str]],
    readers: Mapping[str, Reader],
    sessions: Mapping[str, Sequence[datetime]],
) -> Iterator[Broken]:
    """People hear of their freed seat in office hours; at another hour only if the next working day is the
    session's own, or too late. ``news`` are arrivals with their offering; ``sessions`` the starts by
    offering."""
    for arrival, offering in news:
        if arrival.to not in readers:
            continue
        zone = ZoneInfo(readers[arrival.to].timezone)
        here = arrival.at.astimezone(zone)
        if _is_office_hour(here):
            continue
        morning = here.date() if here.time() < OFFICE_OPENS else here.date() + DAY
        while not is_working_day(morning):
            morning += DAY
        coming = min((each for each in sessions.get(offering, ()) if each > arrival.at), default=None)
        if coming is None or coming.astimezone(zone).date() > morning:
            facts = {"offering": offering, "when": here.replace(tzinfo=None), "morning": morning}
            yield Broken(Promise.QUIET, arrival.at, arrival.to, Breach.SEAT_NEWS_OUT_OF_HOURS, facts)


def _is_office_hour(here: datetime) -> bool:
    return is_working_day(here.date()) and OFFICE_OPENS <= here.time() < CLOSED


def office_hours(told: Iterable[tuple[Arrival, str, str]]) -> Iterator[Broken]:
    """Messages that nobody waits for come in office hours. ``told`` are arrivals with their kind and the time
    zone that applies."""
    for arrival, kind, timezone in told:
        here = arrival.at.astimezone(ZoneInfo(timezone))
        if not _is_office_hour(here):
            facts = {"kind": kind, "when": here.replace(tzinfo=None)}
            yield Broken(Promise.QUIET, arrival.at, arrival.to, Breach.TOLD_OUT_OF_HOURS, facts)


def weekly_cap(arrivals: Sequence[Arrival], readers: Mapping[str, Reader]) -> Iterator[Broken]:
    """A week passes between two new prompts, across all offerings."""
    by_person: dict[str, list[Arrival]] = {}
    for arrival in first_asked(arrivals):
        if arrival.to in readers:
            by_person.setdefault(arrival.to, []).append(arrival)
    for person, prompts in by_person.items():
        zone = ZoneInfo(readers[person].timezone)
        for before, after in pairwise(sorted(prompts, key=lambda each: each.at)):
            first, second = before.at.astimezone(zone).date(), after.at.astimezone(zone).date()
            if (second - first).days < CAP_DAYS:
                facts = {"first": first, "second": second}
                yield Broken(Promise.CAP, after.at, person, Breach.TWO_IN_A_WEEK, facts)


def once(arrivals: Sequence[Arrival], readers: Mapping[str, Reader]) -> Iterator[Broken]:
    """No delivery arrives twice, and nothing is asked twice in the same words on the same day."""
    deliveries: set[int] = set()
    said: set[tuple[str, str, object]] = set()
    for arrival in arrivals:
        words = (arrival.to, arrival.text, arrival.at.date())
        if arrival.delivery is not None and arrival.delivery in deliveries:
            facts = {"delivery": str(arrival.delivery)}
            yield Broken(Promise.ONCE, arrival.at, arrival.to, Breach.CAME_AGAIN, facts)
        elif arrival.asks and words in said and not _wanted(arrival, readers):
            yield Broken(Promise.ONCE, arrival.at, arrival.to, Breach.ASKED_TWICE)
        if arrival.delivery is not None:
            deliveries.add(arrival.delivery)
        said.add(words)


def _wanted(arrival: Arrival, readers: Mapping[str, Reader]) -> bool:
    return arrival.to in readers and readers[arrival.to].wanted(arrival)


def arrives(
    owed: Iterable[Owed], arrivals: Iterable[Arrival], ended: datetime, gone: Collection[str] = ()
) -> Iterator[Broken]:
    """Everything planned arrived, or there is a reason why not. ``gone`` are people without an account. A
    message that was merged with another counts as arrived if something else due to that person at that minute
    did."""
    came = {arrival.delivery for arrival in arrivals}
    owed = list(owed)
    arrived = {(each.recipient, each.due_at) for each in owed if each.id in came}
    for each in owed:
        breach = None
        is_told = each.reason == IN_ONE_MESSAGE and (each.recipient, each.due_at) in arrived
        if each.state == "sent" and each.kind not in NOT_POSTED and each.id not in came and not is_told:
            breach = Breach.NOT_THERE
        elif each.state in {"planned", "sending"} and each.due_at <= ended:
            breach = Breach.NEVER_SENT
        elif each.state in {"failed", "unknown"} and each.recipient not in gone:
            breach = Breach.NOT_THROUGH
        elif each.state in {"cancelled", "missed"} and not each.reason:
            breach = Breach.NO_REASON
        elif each.state == "missed" and each.kind in MUST_ARRIVE and each.recipient not in gone:
            breach = Breach.TOO_LATE
        if breach is not None:
            facts = {"kind": each.kind, "subject": each.subject, "reason": each.reason or ""}
            yield Broken(Promise.ARRIVES, each.due_at, each.recipient, breach, facts)


class Attendance(Struct, frozen=True):
    """A person who held a seat well before a session. ``told_from`` is when its reminders begin: any message
    about the offering from then on counts as one."""

    person: str
    offering: str
    session: int
    told_from: datetime
    starts_at: datetime


def reminded(
    attendances: Iterable[Attendance], about: Mapping[tuple[str, str], Sequence[datetime]]
) -> Iterator[Broken]:
    """Everybody with a seat is reminded. ``about``: when a person got a message about an offering."""
    for each in attendances:
        heard = about.get((each.person, each.offering), ())
        if not any(each.told_from <= at < each.starts_at for at in heard):
            facts = {"session": each.session, "offering": each.offering}
            yield Broken(Promise.ARRIVES, each.starts_at, each.person, Breach.HEARD_NOTHING, facts)


def empty_seats(line: Line, at: datetime) -> Iterator[Broken]:
    """No seat stays free while somebody waits whose agency has room."""
    free = line.capacity - sum(line.held.values())
    for agency, number in sorted(line.waiting.items()):
        room = line.of_agency.get(agency, line.per_agency) - line.held.get(agency, 0)
        if number and free > 0 and room > 0:
            facts = {"free": free, "waiting": number, "agency": agency}
            yield Broken(Promise.SEATS, at, line.offering, Breach.SEAT_EMPTY, facts)


def offers_too_long(
    offered: Iterable[tuple[str, str, datetime]],
    told: Mapping[tuple[str, str], datetime],
    readers: Mapping[str, str],
    hours: Mapping[str, int],
    at: datetime,
) -> Iterator[Broken]:
    """No offer stays open for longer than the offering's working ``hours`` after it was told. ``offered`` are
    the offers open at ``at``: person, offering, since when; ``told`` when the person last read of it;
    ``readers`` their time zones."""
    for person, offering, since in offered:
        heard = told.get((person, offering))
        if heard is None or heard < since:
            continue
        ends_at = after_working_time(heard, hours[offering], ZoneInfo(readers[person]))
        if at > ends_at + A_MOMENT:
            yield Broken(Promise.SEATS, at, person, Breach.OFFER_TOO_LONG, {"offering": offering})


def offered_once(offers: Iterable[tuple[str, str, int, int, datetime]]) -> Iterator[Broken]:
    """Nobody is offered the same seat twice. ``offers``: person, offering, enrolment, seat and time."""
    seen: set[tuple[int, int]] = set()
    for person, offering, enrolment, seat, at in offers:
        if (enrolment, seat) in seen:
            yield Broken(Promise.ONCE, at, person, Breach.OFFERED_TWICE, {"offering": offering})
        seen.add((enrolment, seat))


class Known(Struct, frozen=True):
    """The final state of a session of somebody with a seat: ``moment`` is its time, None if it is cancelled;
    ``ever`` has all its times in the year, ``until`` is when they no longer matter."""

    person: str
    offering: str
    session: int
    moment: Moment | None
    ever: frozenset[Moment]
    until: datetime


def told_the_time(
    known: Iterable[Known], about: Mapping[tuple[str, str], Sequence[tuple[Arrival, str]]]
) -> Iterator[Broken]:
    """The last message that names a session gives its time, or says that it is cancelled. ``about``: what a
    person read about an offering, with its kind, in order."""
    for each in known:
        named = [
            (arrival, kind)
            for arrival, kind in about.get((each.person, each.offering), ())
            if arrival.at < each.until and arrival.moments & each.ever
        ]
        if not named:
            continue
        last, kind = named[-1]
        if each.moment not in last.moments if each.moment is not None else kind != "change":
            facts = {"offering": each.offering, "session": each.session}
            yield Broken(Promise.TOLD_LAST, last.at, each.person, Breach.TOLD_OTHER_TIME, facts)


SAYS: Final[Mapping[str, frozenset[str]]] = {
    "promotion": frozenset({"seated"}),
    "removed": frozenset({"waiting", "removed"}),
    "offer_lapsed": frozenset({"waiting"}),
    "not_selected": frozenset({"waiting"}),
    "moved": frozenset({"removed", "withdrawn"}),
    "seat_lost": frozenset({"removed", "withdrawn"}),
    "started_without": frozenset({"waiting"}),
}
"""The standing that a message of this kind tells, until the person or a facilitator changes it."""


def told_the_standing(
    standings: Iterable[tuple[str, str, str, datetime]],
    about: Mapping[tuple[str, str], Sequence[tuple[Arrival, str]]],
) -> Iterator[Broken]:
    """People were told their final standing. ``standings``: person, offering, status, since when."""
    for person, offering, status, since in standings:
        told = [(arrival, kind) for arrival, kind in about.get((person, offering), ()) if kind in SAYS]
        after = [(arrival, kind) for arrival, kind in told if arrival.at >= since]
        if status == "removed" and not after:
            facts = {"offering": offering, "status": status}
            yield Broken(Promise.TOLD_LAST, since, person, Breach.TOLD_OTHER_STANDING, facts)
        elif after and status not in SAYS[after[-1][1]]:
            facts = {"offering": offering, "status": status}
            yield Broken(Promise.TOLD_LAST, after[-1][0].at, person, Breach.TOLD_OTHER_STANDING, facts)


def taken(refusals: Iterable[Refusal]) -> Iterator[Broken]:
    """Slack accepts everything that Kaiku sends. Rate limiting is no refusal: the message comes a little
    later."""
    for each in refusals:
        if each.error != "ratelimited":
            facts = {"error": f"{each.error} ({each.detail})" if each.detail else each.error}
            yield Broken(Promise.TAKEN, each.at, each.what, Breach.REFUSED, facts)
