"""What must hold for a plan before it may be applied."""

from collections.abc import Collection, Hashable, Iterable, Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from msgspec import Struct, field

from bot.domain.calendars import wall_time
from bot.domain.calendars.working_time import WorkCalendar
from bot.domain.language import nearest
from bot.domain.offerings.offering import is_address
from bot.domain.plan.model import OfferingKind, Plan, PlannedOffering, PlannedSession, SignUpWindow

Path = tuple[str | int, ...]
"""The way to a value in a plan: attribute names and list indexes, from the plan down."""

ALWAYS_REMOTE = frozenset({OfferingKind.SERIES, OfferingKind.REMOTE})
"""Kinds that people join from their desk. Others may mix live and remote sessions."""


LONGEST_PAST_MIDNIGHT = timedelta(hours=12)
"""The longest session that ends on the next day; a longer one is taken for a mistyped end."""
YEARS_BEFORE, YEARS_AFTER = 2, 5
"""How far a date may lie from the middle of the programme's dates."""
STAND_IN_YEAR = 9000
"""Dates from this year on are placeholders that the checks use where the file's date is invalid."""


class Rule(StrEnum):
    """A rule that a plan can break."""

    NO_STRANDS = "no_strands"
    DUPLICATE_STRAND_NUMBER = "duplicate_strand_number"
    DUPLICATE_OFFERING_CODE = "duplicate_offering_code"
    DUPLICATE_SESSION_NUMBER = "duplicate_session_number"
    CAPACITY_BELOW_ONE = "capacity_below_one"
    AGENCY_SEATS_BELOW_ONE = "agency_seats_below_one"
    AGENCY_SEATS_ABOVE_CAPACITY = "agency_seats_above_capacity"
    UNKNOWN_LIBRARY = "unknown_library"
    UNKNOWN_LIBRARY_NEAR = "unknown_library_near"
    UNKNOWN_AGENCY = "unknown_agency"
    UNKNOWN_AGENCY_NEAR = "unknown_agency_near"
    SIGN_UP_CLOSES_BEFORE_IT_OPENS = "sign_up_closes_before_it_opens"
    SIGN_UP_CLOSES_AFTER_LAST_SESSION = "sign_up_closes_after_last_session"
    SIGN_UP_OPENS_AFTER_LAST_SESSION = "sign_up_opens_after_last_session"
    DRAW_WITHOUT_END = "draw_without_end"
    DRAW_AFTER_FIRST_SESSION = "draw_after_first_session"
    SHARED_DRAW_DIFFERS = "shared_draw_differs"
    NO_SESSIONS = "no_sessions"
    SINGLE_SESSION_KIND = "single_session_kind"
    DATE_FAR_FROM_OTHERS = "date_far_from_others"
    SESSION_ENDS_BEFORE_IT_STARTS = "session_ends_before_it_starts"
    TIME_SKIPPED_BY_CLOCK_CHANGE = "time_skipped_by_clock_change"
    SESSION_WITHOUT_PLACE_OR_LINK = "session_without_place_or_link"
    SESSION_WITH_PLACE_AND_LINK = "session_with_place_and_link"
    LINK_NOT_HTTPS = "link_not_https"
    LABEL_WITHOUT_LINK = "label_without_link"
    REMOTE_KIND_WITH_PLACE = "remote_kind_with_place"
    VENUE_WITHOUT_PLACE = "venue_without_place"
    VENUE_PRICE_NEGATIVE = "venue_price_negative"
    VENUE_FREE_UNTIL_TOO_LATE = "venue_free_until_too_late"
    VENUE_TOO_SMALL = "venue_too_small"
    SESSIONS_OVERLAP = "sessions_overlap"


class Problem(Struct, frozen=True):
    """A rule that a plan breaks: ``where``, which rule (``code``) and the values it is about."""

    where: Path
    code: Rule
    params: dict[str, str | int] = field(default_factory=dict)


class Note(StrEnum):
    """Something that breaks no rule, but may be a mistake."""

    STRAND_WITHOUT_PROMPTS = "strand_without_prompts"
    EVERY_SESSION_CANCELLED = "every_session_cancelled"
    FACILITATORS_BY_ADDRESS = "facilitators_by_address"
    VENUE_FREE_UNTIL_DAY_OFF = "venue_free_until_day_off"


class Noted(Struct, frozen=True):
    """A note and the parameters of its sentence: ``offering``, a code, or ``strand``, a number. ``where``:
    the value that it is about, if there is one."""

    code: Note
    params: dict[str, str | int]
    where: Path | None = None


BY_ADDRESS = Noted(Note.FACILITATORS_BY_ADDRESS, {})
"""Somebody is named by e-mail address; whether they have a role, only Slack can tell."""


def notes_on(plan: Plan, calendar: WorkCalendar) -> list[Noted]:
    """What the author of ``plan`` may not have meant, in its order."""
    return list(_notes_on(plan, calendar))


def _notes_on(plan: Plan, calendar: WorkCalendar) -> Iterator[Noted]:
    if any(is_address(each) for offering in plan.offerings for each in offering.facilitators):
        yield BY_ADDRESS
    for strand in plan.strands:
        if strand.prompts is None and any(each.has_prompts for each in strand.offerings):
            yield Noted(Note.STRAND_WITHOUT_PROMPTS, {"strand": strand.number})
        for offering in strand.offerings:
            if offering.is_called_off and not offering.cancelled:
                yield Noted(Note.EVERY_SESSION_CANCELLED, {"offering": offering.code})
    for where, offering in _placed(plan):
        for index, session in enumerate(offering.sessions):
            until = session.venue.free_until if session.venue is not None else None
            if until is not None and not session.cancelled and not calendar.is_working_day(until):
                last = calendar.previous_working_day(until)
                yield Noted(
                    Note.VENUE_FREE_UNTIL_DAY_OFF,
                    {
                        "offering": offering.code,
                        "session": session.number,
                        "free_until": str(until),
                        "last": str(last),
                    },
                    (*where, "sessions", index, "venue", "free_until"),
                )


def check_plan(
    plan: Plan, agency_codes: Collection[str], libraries: Collection[str] | None = None
) -> list[Problem]:
    """Every problem of ``plan``, in the plan's order. ``agency_codes`` are the known agencies, ``libraries``
    the known libraries of prompts; None: not known here."""
    return list(_check(plan, agency_codes, libraries))


def _check(plan: Plan, agency_codes: Collection[str], libraries: Collection[str] | None) -> Iterator[Problem]:
    if not plan.strands:
        yield Problem(("strands",), Rule.NO_STRANDS)
    yield from _repeated(
        Rule.DUPLICATE_STRAND_NUMBER,
        [(("strands", index, "number"), strand.number) for index, strand in enumerate(plan.strands)],
    )
    if libraries is not None:
        yield from _check_libraries(plan, libraries)
    placed = _placed(plan)
    yield from _repeated(
        Rule.DUPLICATE_OFFERING_CODE, [((*where, "code"), offering.code) for where, offering in placed]
    )
    for where, offering in placed:
        yield from _check_seats(offering, where, agency_codes)
        yield from _check_sign_up(offering, where)
        if offering.draw is not None:
            yield from _check_draw(offering, where)
        yield from _check_sessions(offering, where, plan.timezone)
    yield from _check_shared_draws(plan)
    yield from _check_years(placed)


def _placed(plan: Plan) -> list[tuple[Path, PlannedOffering]]:
    """The offerings with their paths in the plan."""
    return [
        (("strands", i, "offerings", j), offering)
        for i, strand in enumerate(plan.strands)
        for j, offering in enumerate(strand.offerings)
    ]


def _check_draw(offering: PlannedOffering, where: Path) -> Iterator[Problem]:
    """Seats are drawn when sign-up ends, so sign-up must end before the first session."""
    closes = offering.sign_up.closes
    if closes is None:
        yield Problem((*where, "draw"), Rule.DRAW_WITHOUT_END)
        return
    first = min((each.on for each in offering.sessions if not each.cancelled), default=None)
    if first is not None and closes >= first:
        here = (*where, "sign_up", "closes")
        yield Problem(here, Rule.DRAW_AFTER_FIRST_SESSION, {"closes": str(closes), "first": str(first)})


def _check_shared_draws(plan: Plan) -> Iterator[Problem]:
    """Offerings of a strand with the same sign-up window share a draw, so ``seats_each`` must be the same."""
    for i, strand in enumerate(plan.strands):
        known: dict[SignUpWindow, PlannedOffering] = {}
        for j, offering in enumerate(strand.offerings):
            if offering.draw is None:
                continue
            first = known.setdefault(offering.sign_up, offering)
            if first.draw is not None and first.draw.seats_each != offering.draw.seats_each:
                here = ("strands", i, "offerings", j, "draw")
                yield Problem(here, Rule.SHARED_DRAW_DIFFERS, {"other": first.code})


def _check_years(placed: Iterable[tuple[Path, PlannedOffering]]) -> Iterator[Problem]:
    """Dates far from the programme's others: 2072 is 2027 mistyped."""
    dates = [
        (path, on)
        for where, offering in placed
        for path, on in _dates(offering, where)
        if on.year < STAND_IN_YEAR
    ]
    if not dates:
        return
    middle = sorted(on for _, on in dates)[(len(dates) - 1) // 2]
    first, last = _years_on(middle, -YEARS_BEFORE), _years_on(middle, YEARS_AFTER)
    for path, on in dates:
        if not first <= on <= last:
            params = {"on": str(on), "first": str(first), "last": str(last)}
            yield Problem(path, Rule.DATE_FAR_FROM_OTHERS, dict(params))


def _dates(offering: PlannedOffering, where: Path) -> Iterator[tuple[Path, date]]:
    for name, on in (("opens", offering.sign_up.opens), ("closes", offering.sign_up.closes)):
        if on is not None:
            yield (*where, "sign_up", name), on
    for index, session in enumerate(offering.sessions):
        yield (*where, "sessions", index, "on"), session.on
        if session.venue is not None and session.venue.free_until is not None:
            yield (*where, "sessions", index, "venue", "free_until"), session.venue.free_until


def _years_on(day: date, years: int) -> date:
    return day.replace(year=day.year + years, day=min(day.day, 28) if day.month == 2 else day.day)


def _check_libraries(plan: Plan, libraries: Collection[str]) -> Iterator[Problem]:
    for index, strand in enumerate(plan.strands):
        name = strand.prompts
        if name is None or name in libraries:
            continue
        here = ("strands", index, "prompts")
        if near := nearest(name, libraries):
            yield Problem(here, Rule.UNKNOWN_LIBRARY_NEAR, {"name": name, "nearest": near})
        else:
            yield Problem(here, Rule.UNKNOWN_LIBRARY, {"name": name, "known": ", ".join(sorted(libraries))})


def _check_seats(offering: PlannedOffering, where: Path, agency_codes: Collection[str]) -> Iterator[Problem]:
    if offering.capacity < 1:
        yield Problem((*where, "capacity"), Rule.CAPACITY_BELOW_ONE, {"capacity": offering.capacity})
    yield from _check_cap(offering.seats_per_agency, offering.capacity, (*where, "seats_per_agency"))
    for code, seats in offering.agency_seats:
        here = (*where, "agency_seats", code)
        if code not in agency_codes:
            near = nearest(code, agency_codes)
            if near is None:
                yield Problem(here, Rule.UNKNOWN_AGENCY, {"agency": code})
            else:
                yield Problem(here, Rule.UNKNOWN_AGENCY_NEAR, {"agency": code, "nearest": near})
        yield from _check_cap(seats, offering.capacity, here)


def _check_cap(seats: int, capacity: int, here: Path) -> Iterator[Problem]:
    if seats < 1:
        yield Problem(here, Rule.AGENCY_SEATS_BELOW_ONE, {"seats": seats})
    elif seats > capacity >= 1:
        yield Problem(here, Rule.AGENCY_SEATS_ABOVE_CAPACITY, {"seats": seats, "capacity": capacity})


def _check_sign_up(offering: PlannedOffering, where: Path) -> Iterator[Problem]:
    opens, closes = offering.sign_up.opens, offering.sign_up.closes
    here = (*where, "sign_up", "closes")
    if opens and closes and closes < opens:
        yield Problem(here, Rule.SIGN_UP_CLOSES_BEFORE_IT_OPENS, {"opens": str(opens), "closes": str(closes)})
    last = max((session.on for session in offering.sessions), default=None)
    if closes and last and closes > last:
        yield Problem(
            here, Rule.SIGN_UP_CLOSES_AFTER_LAST_SESSION, {"closes": str(closes), "last": str(last)}
        )
    if opens and last and opens > last:
        yield Problem(
            (*where, "sign_up", "opens"),
            Rule.SIGN_UP_OPENS_AFTER_LAST_SESSION,
            {"opens": str(opens), "last": str(last)},
        )


def _check_sessions(offering: PlannedOffering, where: Path, timezone: str) -> Iterator[Problem]:
    here = (*where, "sessions")
    if not offering.sessions and offering.sign_up != SignUpWindow():  # without either, its dates come later
        yield Problem(here, Rule.NO_SESSIONS)
    if offering.kind is OfferingKind.REMOTE and len(offering.sessions) > 1:
        yield Problem(here, Rule.SINGLE_SESSION_KIND, {"count": len(offering.sessions)})
    placed = [((*here, index), session) for index, session in enumerate(offering.sessions)]
    yield from _repeated(
        Rule.DUPLICATE_SESSION_NUMBER, [((*path, "number"), session.number) for path, session in placed]
    )
    for path, session in placed:
        yield from _check_times(session, path, timezone)
        yield from _check_whereabouts(session, path, offering.kind)
        yield from _check_venue(session, path, offering.capacity)
    yield from _check_overlaps(placed)


def _check_times(session: PlannedSession, where: Path, timezone: str) -> Iterator[Problem]:
    lasts = session.lasts
    if not lasts or (session.ends_on != session.on and lasts > LONGEST_PAST_MIDNIGHT):
        yield Problem(
            (*where, "ends"),
            Rule.SESSION_ENDS_BEFORE_IT_STARTS,
            {"starts": f"{session.starts:%H:%M}", "ends": f"{session.ends:%H:%M}"},
        )
    for name, on, at in (("starts", session.on, session.starts), ("ends", session.ends_on, session.ends)):
        if not wall_time.exists(on, at, timezone):
            yield Problem(
                (*where, name),
                Rule.TIME_SKIPPED_BY_CLOCK_CHANGE,
                {"on": str(on), "time": f"{at:%H:%M}", "timezone": timezone},
            )


def _check_whereabouts(session: PlannedSession, where: Path, kind: OfferingKind) -> Iterator[Problem]:
    if session.link is None and session.place is None:
        yield Problem(where, Rule.SESSION_WITHOUT_PLACE_OR_LINK)
    if session.link is not None and session.place is not None:
        yield Problem((*where, "link"), Rule.SESSION_WITH_PLACE_AND_LINK)
    if session.link is not None and not is_https(session.link):
        yield Problem((*where, "link"), Rule.LINK_NOT_HTTPS, {"link": session.link})
    if session.link is None and session.link_label is not None:
        yield Problem((*where, "link_label"), Rule.LABEL_WITHOUT_LINK)
    if session.link is None and session.place is not None and kind in ALWAYS_REMOTE:
        yield Problem((*where, "place"), Rule.REMOTE_KIND_WITH_PLACE, {"kind": kind.value})


def _check_venue(session: PlannedSession, where: Path, seats: int) -> Iterator[Problem]:
    venue, here = session.venue, (*where, "venue")
    if venue is None:
        return
    if session.place is None:
        yield Problem(here, Rule.VENUE_WITHOUT_PLACE)
    if venue.price < 0:
        yield Problem((*here, "price"), Rule.VENUE_PRICE_NEGATIVE, {"price": venue.price})
    if venue.free_until is not None and venue.free_until >= session.on:
        params: dict[str, str | int] = {"free_until": str(venue.free_until), "on": str(session.on)}
        yield Problem((*here, "free_until"), Rule.VENUE_FREE_UNTIL_TOO_LATE, params)
    if venue.capacity is not None and venue.capacity < max(seats, 1):
        yield Problem(
            (*here, "capacity"), Rule.VENUE_TOO_SMALL, {"capacity": venue.capacity, "seats": max(seats, 1)}
        )


def is_https(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    # Whitespace and the characters of Slack's link syntax would end the link within the message.
    return parts.scheme == "https" and bool(parts.hostname) and not set(link) & set(" <>|\"'")


def _check_overlaps(placed: list[tuple[Path, PlannedSession]]) -> Iterator[Problem]:
    """Sessions that still take place and begin before an earlier one has ended."""
    held = sorted(
        ((path, session) for path, session in placed if not session.cancelled),
        key=lambda pair: (pair[1].on, pair[1].starts),
    )
    longest: PlannedSession | None = None
    for path, session in held:
        if longest and _starts(session) < _ends(longest):
            yield Problem(path, Rule.SESSIONS_OVERLAP, {"number": session.number, "other": longest.number})
        if not longest or _ends(session) > _ends(longest):
            longest = session


def _starts(session: PlannedSession) -> datetime:
    return datetime.combine(session.on, session.starts)


def _ends(session: PlannedSession) -> datetime:
    return datetime.combine(session.ends_on, session.ends)


def _repeated(code: Rule, found: Iterable[tuple[Path, Hashable]]) -> Iterator[Problem]:
    seen: set[Hashable] = set()
    for where, value in found:
        if value in seen:
            yield Problem(where, code, {"value": value if isinstance(value, int) else str(value)})
        seen.add(value)
