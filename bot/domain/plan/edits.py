"""A change to one offering that somebody makes in Slack: its content, its faults, and the plan that results.
A form and its preview carry it, so it is written as text and parsed as untrusted input."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final, Self

from msgspec import Struct, field
from msgspec.structs import replace

from bot.domain.calendars.wall_time import end_day, to_instant
from bot.domain.calendars.working_time import WorkCalendar
from bot.domain.errors import KaikuError, Refusal
from bot.domain.language import Texts
from bot.domain.plan.model import Plan, PlannedOffering, PlannedSession, SignUpWindow, Venue
from bot.domain.plan.rules import LONGEST_PAST_MIDNIGHT, Rule, check_plan, is_https

MAX_REASON: Final = 200
MAX_PLACE: Final = 150
MAX_LINK: Final = 900
MAX_LABEL: Final = 75
"""Characters; a change has to fit into a form's private_metadata, which Slack limits to 3000."""

WHOLE_OFFERING: Final = 0
"""Stands for a session's number where the whole offering is changed."""


class VenueAct(StrEnum):
    """What is done about a venue that is not kept."""

    SHRINK = "shrink"
    REMOTE = "remote"
    CANCEL = "cancel"


class SessionEdit(Struct, frozen=True):
    """The new state of a session. A ``place`` makes it live, a ``link`` remote; with neither it stays as it
    is. ``label`` is the text of the link, ``venue`` is for a live session. ``everywhere``: all remote
    sessions ahead get the link, too. ``act``: what is done about the venue, in a form of its own."""

    on: date
    starts: time
    ends: time
    place: Texts | None = None
    link: str | None = None
    cancelled: bool = False
    everywhere: bool = False
    venue: Venue | None = None
    act: VenueAct | None = None
    label: str | None = None


class SeatsEdit(Struct, frozen=True):
    """The new number of seats of an offering, and its sign-up window. ``shown``: a digest of what the form
    showed, so that nobody overwrites what they have not seen."""

    capacity: int
    seats_per_agency: int
    window: SignUpWindow
    shown: str = ""

    @classmethod
    def of(cls, offering: PlannedOffering) -> Self:
        seats = cls(offering.capacity, offering.seats_per_agency, offering.sign_up)
        return replace(seats, shown=seats.mark)

    @property
    def mark(self) -> str:
        return f"{self.capacity}/{self.seats_per_agency}/{self.window.opens}/{self.window.closes}"


class PlanEdit(Struct, frozen=True):
    """A change to session ``number`` of an offering, or to all of it: its ``seats``, cancelling it, or taking
    that back.

    ``version`` is that of the timetable that was shown: a second, concurrent change is refused. ``reason`` is
    the reason given to people, by language. ``despite``: the facilitator accepts an eve, and clashes with
    other sessions.
    """

    code: str
    number: int
    version: int
    session: SessionEdit | None = None
    cancelled: bool = False
    reason: Texts = field(default_factory=dict)
    despite: bool = False
    seats: SeatsEdit | None = None

    def __str__(self) -> str:
        said: dict[str, Any] = {"c": self.code, "n": self.number, "v": self.version}
        if self.session is not None:
            each = self.session
            said["s"] = [each.on.isoformat(), f"{each.starts:%H:%M}", f"{each.ends:%H:%M}"]
            said |= {"p": each.place, "l": each.link, "x": each.cancelled, "e": each.everywhere}
            if each.label is not None:
                said["b"] = each.label
            if each.act is not None:
                said["a"] = each.act
            if each.venue is not None:
                until = each.venue.free_until
                said["w"] = [each.venue.price, until and until.isoformat(), each.venue.capacity]
        elif self.seats is not None:
            days = (self.seats.window.opens, self.seats.window.closes)
            said["q"] = [self.seats.capacity, self.seats.seats_per_agency]
            said["q"] += [day and day.isoformat() for day in days] + [self.seats.shown]
        else:
            said["x"] = self.cancelled
        said |= {"r": self.reason, "d": self.despite}
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises KaikuError: CHANGED_MEANWHILE."""
        try:
            said = json.loads(text)
            common: dict[str, Any] = {
                "code": _text(said["c"], 80),
                "number": _number(said["n"]),
                "version": _number(said["v"]),
                "reason": _texts(said["r"], MAX_REASON),
                "despite": said["d"] is True,
            }
            if "q" in said:
                return cls(**common, seats=_seats(*said["q"]))
            if "s" not in said:
                return cls(**common, cancelled=said["x"] is True)
            on, starts, ends = said["s"]
            session = SessionEdit(
                date.fromisoformat(on),
                time.fromisoformat(starts),
                time.fromisoformat(ends),
                _texts(said["p"], MAX_PLACE) if said["p"] is not None else None,
                _text(said["l"], MAX_LINK) if said["l"] is not None else None,
                said["x"] is True,
                said["e"] is True,
                _venue(*said["w"]) if "w" in said else None,
                VenueAct(said["a"]) if "a" in said else None,
                _text(said["b"], MAX_LABEL) if "b" in said else None,
            )
            return cls(**common, session=session)
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise KaikuError(Refusal.CHANGED_MEANWHILE) from error


def _text(found: object, at_most: int) -> str:
    if not isinstance(found, str) or len(found) > at_most:
        raise ValueError("no text of ours")
    return found


def _number(found: object) -> int:
    if not isinstance(found, int) or not 0 <= found < 10**9:
        raise ValueError("no number of ours")
    return found


def _texts(found: object, at_most: int) -> Texts:
    if not isinstance(found, dict) or set(found) - {"fi", "sv", "en"}:
        raise ValueError("no texts of ours")
    return {language: _text(said, at_most) for language, said in found.items() if said}


def _venue(price: object, until: object, capacity: object) -> Venue:
    free_until = date.fromisoformat(_text(until, 10)) if until is not None else None
    return Venue(_number(price), free_until, _number(capacity) if capacity is not None else None)


def _seats(capacity: object, per_agency: object, opens: object, closes: object, shown: object) -> SeatsEdit:
    days = (date.fromisoformat(_text(each, 10)) if each is not None else None for each in (opens, closes))
    return SeatsEdit(_number(capacity), _number(per_agency), SignUpWindow(*days), _text(shown, 80))


class EditFault(StrEnum):
    """What is wrong with a change; each fault belongs to one field."""

    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    EVE = "eve"
    PAST = "past"
    ENDS_FIRST = "ends_first"
    PAST_MIDNIGHT = "past_midnight"  # it would end on the next day
    TIME_SKIPPED = "time_skipped"  # the clocks are put forward over it
    FAR_AWAY = "far_away"  # years from the programme's other days
    OVERLAPS = "overlaps"  # another of its sessions
    ONLY_SESSION = "only_session"  # its kind has no more than one
    ALWAYS_REMOTE = "always_remote"  # its kind is never live
    LINK_WRONG = "link_wrong"
    PLACE_MISSING = "place_missing"
    SAME_TIME = "same_time"  # of a time to ask about: the session is then already
    TWICE = "twice"  # of a time to ask about
    VENUE_TOO_LATE = "venue_too_late"  # its last day of free cancellation is not before the session
    VENUE_TOO_SMALL = "venue_too_small"  # for those who come
    SEATS_PER_AGENCY = "seats_per_agency"  # more than there are seats
    OVER_BEFORE_SIGN_UP = "over_before_sign_up"  # the last session would be before sign-up opens or closes
    CLOSES_TOO_LATE = "closes_too_late"  # after the last session, or no day before a draw
    CLOSES_FIRST = "closes_first"  # before it opens
    CLOSES_PAST = "closes_past"  # of a new offering: on a day that is over
    OPENS_TOO_LATE = "opens_too_late"  # after the last session
    DRAW_TOO_LATE = "draw_too_late"  # seats are drawn when sign-up ends, before the first session
    DRAWN_TOGETHER = "drawn_together"  # with others whose rules differ
    BREAKS_PLAN = "breaks_plan"  # any other rule

    @property
    def can_be_meant(self) -> bool:
        """Whether the facilitator may insist on it."""
        return self in {EditFault.EVE, EditFault.PAST_MIDNIGHT}


_OF_ANY: Final = {
    Rule.SESSION_ENDS_BEFORE_IT_STARTS: EditFault.ENDS_FIRST,
    Rule.TIME_SKIPPED_BY_CLOCK_CHANGE: EditFault.TIME_SKIPPED,
    Rule.DATE_FAR_FROM_OTHERS: EditFault.FAR_AWAY,
    Rule.SESSIONS_OVERLAP: EditFault.OVERLAPS,
    Rule.SINGLE_SESSION_KIND: EditFault.ONLY_SESSION,
    Rule.REMOTE_KIND_WITH_PLACE: EditFault.ALWAYS_REMOTE,
    Rule.VENUE_FREE_UNTIL_TOO_LATE: EditFault.VENUE_TOO_LATE,
    Rule.VENUE_TOO_SMALL: EditFault.VENUE_TOO_SMALL,
    Rule.AGENCY_SEATS_ABOVE_CAPACITY: EditFault.SEATS_PER_AGENCY,
    Rule.DRAW_AFTER_FIRST_SESSION: EditFault.DRAW_TOO_LATE,
    Rule.SHARED_DRAW_DIFFERS: EditFault.DRAWN_TOGETHER,
}
_OF_SESSION: Final = _OF_ANY | {
    Rule.SIGN_UP_CLOSES_AFTER_LAST_SESSION: EditFault.OVER_BEFORE_SIGN_UP,
    Rule.SIGN_UP_OPENS_AFTER_LAST_SESSION: EditFault.OVER_BEFORE_SIGN_UP,
}
_OF_SEATS: Final = _OF_ANY | {
    Rule.SIGN_UP_CLOSES_BEFORE_IT_OPENS: EditFault.CLOSES_FIRST,
    Rule.SIGN_UP_CLOSES_AFTER_LAST_SESSION: EditFault.CLOSES_TOO_LATE,
    Rule.SIGN_UP_OPENS_AFTER_LAST_SESSION: EditFault.OPENS_TOO_LATE,
    Rule.DRAW_WITHOUT_END: EditFault.DRAW_TOO_LATE,
}
"""The fault, of a session or of the seats, that a broken rule means."""


def faults_of(
    edit: SessionEdit, was: PlannedSession, timezone: str, calendar: WorkCalendar, now: datetime
) -> list[EditFault]:
    """The faults of a session's new state. An unchanged day is not judged again."""
    faults: list[EditFault] = []
    moves = (edit.on, edit.starts, edit.ends) != (was.on, was.starts, was.ends)
    if (edit.starts, edit.ends) != (was.starts, was.ends):
        faults += _hours_off(edit, goes_past_midnight=was.ends < was.starts)
    if not edit.cancelled and (moves or was.cancelled):
        if to_instant(edit.on, edit.starts, timezone) <= now:
            faults.append(EditFault.PAST)
        elif edit.on != was.on and (fault := _day_off(edit.on, calendar)) is not None:
            faults.append(fault)
    if edit.link is not None and not is_https(edit.link):
        faults.append(EditFault.LINK_WRONG)
    if edit.place and not {"fi", "sv"} <= set(edit.place):
        faults.append(EditFault.PLACE_MISSING)
    if edit.act is VenueAct.REMOTE and edit.link is None:
        faults.append(EditFault.LINK_WRONG)
    venue = (edit.venue or was.venue) if edit.link is None else None
    if venue is not None and venue.free_until is not None and venue.free_until >= edit.on:
        faults.append(EditFault.VENUE_TOO_LATE)
    return faults


def faults_of_new(edit: SessionEdit, timezone: str, calendar: WorkCalendar, now: datetime) -> list[EditFault]:
    """What is wrong with a session that is to be added."""
    faults = _hours_off(edit)
    if to_instant(edit.on, edit.starts, timezone) <= now:
        faults.append(EditFault.PAST)
    elif (fault := _day_off(edit.on, calendar)) is not None:
        faults.append(fault)
    if edit.link is not None and not is_https(edit.link):
        faults.append(EditFault.LINK_WRONG)
    elif edit.link is None and not {"fi", "sv"} <= set(edit.place or {}):
        faults.append(EditFault.PLACE_MISSING)
    return faults


def _hours_off(edit: SessionEdit, *, goes_past_midnight: bool = False) -> list[EditFault]:
    """An end before the start is one on the next day, if a session may last so long; else it is mistyped."""
    if edit.starts < edit.ends:
        return []
    lasts = datetime.combine(end_day(edit.on, edit.starts, edit.ends), edit.ends) - datetime.combine(
        edit.on, edit.starts
    )
    if not timedelta() < lasts <= LONGEST_PAST_MIDNIGHT:
        return [EditFault.ENDS_FIRST]
    return [] if goes_past_midnight else [EditFault.PAST_MIDNIGHT]


def _day_off(day: date, calendar: WorkCalendar) -> EditFault | None:
    if calendar.is_public_holiday(day) or calendar.is_eve_off(day):
        return EditFault.HOLIDAY
    if day.weekday() > 4:
        return EditFault.WEEKEND
    return EditFault.EVE if calendar.is_public_holiday(day + timedelta(days=1)) else None


def edited(plan: Plan, offering: PlannedOffering, edit: PlanEdit, now: datetime) -> Plan:
    """The plan with this change to the offering, as a file with the change would have it."""
    new = _edited_offering(offering, edit, plan.timezone, now)
    strands = tuple(
        replace(strand, offerings=tuple(new if each is offering else each for each in strand.offerings))
        for strand in plan.strands
    )
    return replace(plan, strands=strands)


def _edited_offering(
    offering: PlannedOffering, edit: PlanEdit, timezone: str, now: datetime
) -> PlannedOffering:
    to, seats = edit.session, edit.seats
    if seats is not None:
        offering = _with_seats(offering, seats.capacity)
        return replace(
            offering,
            capacity=seats.capacity,
            seats_per_agency=seats.seats_per_agency,
            sign_up=seats.window,
        )
    if to is None:
        return replace(offering, cancelled=edit.cancelled)
    if to.act is VenueAct.SHRINK and to.venue is not None and to.venue.capacity:
        offering = _with_seats(offering, to.venue.capacity)
    if find_session(offering.sessions, edit.number) is None:
        return replace(offering, sessions=(*offering.sessions, _added_session(offering, edit.number, to)))
    return replace(
        offering,
        sessions=tuple(_edited_session(each, edit.number, to, timezone, now) for each in offering.sessions),
    )


def next_number(numbers: Iterable[int]) -> int:
    """The number of a session that is added."""
    return max(numbers, default=0) + 1


def _added_session(offering: PlannedOffering, number: int, to: SessionEdit) -> PlannedSession:
    """A new session; its link has the label of the last session's, unless another is given."""
    labels = [each.link_label for each in offering.sessions if each.link is not None]
    label = (to.label or (labels[-1] if labels else None)) if to.link is not None else None
    return PlannedSession(number, to.on, to.starts, to.ends, to.place or None, to.link, label)


def _with_seats(offering: PlannedOffering, most: int) -> PlannedOffering:
    """The offering with no more seats than its venue holds."""
    return replace(
        offering,
        capacity=min(offering.capacity, most),
        seats_per_agency=min(offering.seats_per_agency, most),
        agency_seats=tuple((agency, min(seats, most)) for agency, seats in offering.agency_seats),
    )


def _edited_session(
    session: PlannedSession, number: int, to: SessionEdit, timezone: str, now: datetime
) -> PlannedSession:
    if session.number != number:
        is_ahead = not session.cancelled and to_instant(session.ends_on, session.ends, timezone) > now
        shares_link = to.everywhere and to.link is not None and session.link is not None and is_ahead
        return replace(session, link=to.link, link_label=to.label or None) if shares_link else session
    session = replace(session, on=to.on, starts=to.starts, ends=to.ends, cancelled=to.cancelled)
    if to.link is not None:
        return replace(session, place=None, venue=None, link=to.link, link_label=to.label or None)
    if to.place and not _says(session.place, to.place):
        session = replace(session, place=to.place, link=None, link_label=None)
    if to.venue is not None and session.link is None:
        session = replace(session, venue=to.venue)
    return session


def _says(place: Texts | None, asked: Texts) -> bool:
    """Whether it is the same place: then its names in the other languages stay, too."""
    return place is not None and all(place.get(language) == said for language, said in asked.items())


def broken_rules(old: Plan, new: Plan) -> list[Rule]:
    """The rules that the new plan breaks and the old plan does not."""
    before = {(each.where, each.code) for each in check_plan(old, ())}
    return [each.code for each in check_plan(new, ()) if (each.where, each.code) not in before]


def faults_of_rules(old: Plan, new: Plan, *, of_seats: bool = False) -> list[EditFault]:
    """The rules that the new plan breaks, as faults of a session or of the seats."""
    named = _OF_SEATS if of_seats else _OF_SESSION
    return list(dict.fromkeys(named.get(each, EditFault.BREAKS_PLAN) for each in broken_rules(old, new)))


def find_session(sessions: Sequence[PlannedSession], number: int) -> PlannedSession | None:
    return next((each for each in sessions if each.number == number), None)
