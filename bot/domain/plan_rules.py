"""What must hold for a plan before it may be applied."""

from collections.abc import Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.domain import wall_time
from bot.domain.language import nearest
from bot.domain.plan import OfferingKind, Plan, PlannedOffering, PlannedSession

Path = tuple[str | int, ...]
"""The way to a value in a plan: attribute names and list indexes, from the plan down."""

ALWAYS_REMOTE = frozenset({OfferingKind.SERIES, OfferingKind.REMOTE})
"""Kinds that people join from their desk. Others may mix live and remote sessions."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule that a plan breaks: ``where``, which rule (``code``) and the values it is about."""

    where: Path
    code: str
    params: dict[str, str | int] = field(default_factory=dict)


def check_plan(plan: Plan, agency_codes: Collection[str]) -> list[Problem]:
    """Every problem of ``plan``, in the plan's order. ``agency_codes`` are the agencies there are."""
    return list(_check(plan, agency_codes))


def _check(plan: Plan, agency_codes: Collection[str]) -> Iterator[Problem]:
    if not plan.strands:
        yield Problem(("strands",), "no_strands")
    yield from _repeated(
        "duplicate_strand_number",
        [(("strands", index, "number"), strand.number) for index, strand in enumerate(plan.strands)],
    )
    placed = [
        (("strands", i, "offerings", j), offering)
        for i, strand in enumerate(plan.strands)
        for j, offering in enumerate(strand.offerings)
    ]
    yield from _repeated(
        "duplicate_offering_code", [((*where, "code"), offering.code) for where, offering in placed]
    )
    for where, offering in placed:
        yield from _check_seats(offering, where, agency_codes)
        yield from _check_sign_up(offering, where)
        yield from _check_sessions(offering, where, plan.timezone)


def _check_seats(offering: PlannedOffering, where: Path, agency_codes: Collection[str]) -> Iterator[Problem]:
    if offering.capacity < 1:
        yield Problem((*where, "capacity"), "capacity_below_one", {"capacity": offering.capacity})
    yield from _check_cap(offering.seats_per_agency, offering.capacity, (*where, "seats_per_agency"))
    for code, seats in offering.agency_seats:
        here = (*where, "agency_seats", code)
        if code not in agency_codes:
            near = nearest(code, agency_codes) or ""
            yield Problem(here, "unknown_agency", {"agency": code, "nearest": near})
        yield from _check_cap(seats, offering.capacity, here)


def _check_cap(seats: int, capacity: int, here: Path) -> Iterator[Problem]:
    if seats < 1:
        yield Problem(here, "agency_seats_below_one", {"seats": seats})
    elif seats > capacity >= 1:
        yield Problem(here, "agency_seats_above_capacity", {"seats": seats, "capacity": capacity})


def _check_sign_up(offering: PlannedOffering, where: Path) -> Iterator[Problem]:
    opens, closes = offering.sign_up.opens, offering.sign_up.closes
    here = (*where, "sign_up", "closes")
    if opens and closes and closes < opens:
        yield Problem(here, "sign_up_closes_before_it_opens", {"opens": str(opens), "closes": str(closes)})
    last = max((session.on for session in offering.sessions), default=None)
    if closes and last and closes > last:
        yield Problem(here, "sign_up_closes_after_last_session", {"closes": str(closes), "last": str(last)})
    if opens and last and opens > last:
        yield Problem(
            (*where, "sign_up", "opens"),
            "sign_up_opens_after_last_session",
            {"opens": str(opens), "last": str(last)},
        )


def _check_sessions(offering: PlannedOffering, where: Path, timezone: str) -> Iterator[Problem]:
    here = (*where, "sessions")
    if not offering.sessions:
        yield Problem(here, "no_sessions")
    if offering.kind is OfferingKind.REMOTE and len(offering.sessions) > 1:
        yield Problem(here, "single_session_kind", {"count": len(offering.sessions)})
    placed = [((*here, index), session) for index, session in enumerate(offering.sessions)]
    yield from _repeated(
        "duplicate_session_number", [((*path, "number"), session.number) for path, session in placed]
    )
    for path, session in placed:
        yield from _check_times(session, path, timezone)
        yield from _check_whereabouts(session, path, offering.kind)
    yield from _check_overlaps(placed)


def _check_times(session: PlannedSession, where: Path, timezone: str) -> Iterator[Problem]:
    if session.ends <= session.starts:
        yield Problem(
            (*where, "ends"),
            "session_ends_before_it_starts",
            {"starts": f"{session.starts:%H:%M}", "ends": f"{session.ends:%H:%M}"},
        )
    for name, at in (("starts", session.starts), ("ends", session.ends)):
        if not wall_time.exists(session.on, at, timezone):
            yield Problem(
                (*where, name),
                "time_skipped_by_clock_change",
                {"on": str(session.on), "time": f"{at:%H:%M}", "timezone": timezone},
            )


def _check_whereabouts(session: PlannedSession, where: Path, kind: OfferingKind) -> Iterator[Problem]:
    if session.link is None and session.place is None:
        yield Problem(where, "session_without_place_or_link")
    if session.link is not None and session.place is not None:
        yield Problem((*where, "link"), "session_with_place_and_link")
    if session.link is not None and not _is_https(session.link):
        yield Problem((*where, "link"), "link_not_https", {"link": session.link})
    if session.link is None and session.link_label is not None:
        yield Problem((*where, "link_label"), "label_without_link")
    if session.link is None and session.place is not None and kind in ALWAYS_REMOTE:
        yield Problem((*where, "place"), "remote_kind_with_place", {"kind": kind.value})


def _is_https(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    # Whitespace and Slack's own link characters would break the link out of the message it stands in.
    return parts.scheme == "https" and bool(parts.hostname) and not set(link) & set(" <>|\"'")


def _check_overlaps(placed: list[tuple[Path, PlannedSession]]) -> Iterator[Problem]:
    """Sessions that still take place and begin before an earlier one has ended."""
    held = sorted(
        ((path, session) for path, session in placed if not session.cancelled),
        key=lambda pair: (pair[1].on, pair[1].starts),
    )
    longest: PlannedSession | None = None
    for path, session in held:
        if longest and session.on == longest.on and session.starts < longest.ends:
            yield Problem(path, "sessions_overlap", {"number": session.number, "other": longest.number})
        if not longest or (session.on, session.ends) > (longest.on, longest.ends):
            longest = session


def _repeated(code: str, found: Iterable[tuple[Path, Hashable]]) -> Iterator[Problem]:
    seen: set[Hashable] = set()
    for where, value in found:
        if value in seen:
            yield Problem(where, code, {"value": value if isinstance(value, int) else str(value)})
        seen.add(value)
