"""The difference between two plans, as changes that people understand."""

from collections.abc import Iterator
from datetime import date, time
from enum import StrEnum

from msgspec import Struct

from bot.domain.language import Texts
from bot.domain.plan.model import Plan, PlannedOffering, PlannedSession, PlannedStrand


class ChangeKind(StrEnum):
    """What changed. The comment says what ``old`` and ``new`` of such a change hold."""

    PROGRAMME_ADDED = "programme_added"  # new: title
    PROGRAMME_TITLE_CHANGED = "programme_title_changed"  # titles
    PROGRAMME_NOTE_CHANGED = "programme_note_changed"  # notes or None
    TIMEZONE_CHANGED = "timezone_changed"  # IANA names
    PROMPT_RULES_CHANGED = "prompt_rules_changed"  # PromptRules
    CLOSING_CHANGED = "closing_changed"  # Closing
    OFFER_RULES_CHANGED = "offer_rules_changed"  # OfferRules
    STRAND_ADDED = "strand_added"  # new: title
    STRAND_DROPPED = "strand_dropped"  # old: title
    STRAND_RENAMED = "strand_renamed"  # titles
    STRAND_PROMPTS_CHANGED = "strand_prompts_changed"  # names of libraries or None
    ORDER_CHANGED = "order_changed"  # tuples of offering codes
    OFFERING_ADDED = "offering_added"  # new: PlannedOffering
    OFFERING_DROPPED = "offering_dropped"  # old: PlannedOffering
    OFFERING_CANCELLED = "offering_cancelled"
    OFFERING_RESTORED = "offering_restored"
    PROMPTS_TURNED_ON = "prompts_turned_on"
    PROMPTS_TURNED_OFF = "prompts_turned_off"
    OFFERING_MOVED = "offering_moved"  # strand numbers
    KIND_CHANGED = "kind_changed"  # OfferingKind
    TITLE_CHANGED = "title_changed"  # texts
    SUMMARY_CHANGED = "summary_changed"  # texts
    DETAILS_CHANGED = "details_changed"  # Details
    CAPACITY_RAISED = "capacity_raised"  # numbers of seats
    CAPACITY_LOWERED = "capacity_lowered"
    SEATS_PER_AGENCY_CHANGED = "seats_per_agency_changed"
    AGENCY_SEATS_CHANGED = "agency_seats_changed"  # tuples of (agency code, seats)
    FACILITATORS_CHANGED = "facilitators_changed"  # tuples of Slack ids and e-mail addresses
    SIGN_UP_CHANGED = "sign_up_changed"  # SignUpWindow
    OFFERS_CHANGED = "offers_changed"  # OwnOfferRules
    ALLOCATION_CHANGED = "allocation_changed"  # DrawRules or None
    SESSION_ADDED = "session_added"  # new: PlannedSession
    SESSION_DROPPED = "session_dropped"  # old: PlannedSession
    SESSION_CANCELLED = "session_cancelled"  # old: PlannedSession
    SESSION_RESTORED = "session_restored"  # new: PlannedSession
    SESSION_MOVED = "session_moved"  # SessionTime
    SESSION_PLACE_CHANGED = "session_place_changed"  # Whereabouts
    SESSION_BRING_CHANGED = "session_bring_changed"  # texts or None
    SESSION_MATERIALS_CHANGED = "session_materials_changed"  # tuples of Reading
    SESSION_VENUE_CHANGED = "session_venue_changed"  # Venue or None


class SessionTime(Struct, frozen=True):
    """When a session takes place, in the programme's wall time."""

    on: date
    starts: time
    ends: time


class Whereabouts(Struct, frozen=True):
    """Where a session takes place: a place, or a link and what to call it."""

    place: Texts | None
    link: str | None
    link_label: str | None


class Change(Struct, frozen=True):
    """One change. ``offering`` is a code, ``strand`` and ``session`` are numbers; each is None where the
    change is not about one."""

    kind: ChangeKind
    strand: int | None = None
    offering: str | None = None
    session: int | None = None
    old: object = None
    new: object = None


def compare_plans(old: Plan | None, new: Plan) -> tuple[Change, ...]:
    """The changes from ``old`` (None: no plan yet) to ``new``, in the order of ``new``.

    Removing from the file something that had already been cancelled is no change: people were told then.
    """
    if old is None:
        old = Plan(
            code=new.code,
            title=new.title,
            timezone=new.timezone,
            strands=(),
            note=new.note,
            prompt_rules=new.prompt_rules,
            closing=new.closing,
            offers=new.offers,
        )
        return (Change(ChangeKind.PROGRAMME_ADDED, new=new.title), *_compare(old, new))
    return tuple(_compare(old, new))


def _compare(old: Plan, new: Plan) -> Iterator[Change]:
    if dict(old.title) != dict(new.title):
        yield Change(ChangeKind.PROGRAMME_TITLE_CHANGED, old=old.title, new=new.title)
    if old.note != new.note:
        yield Change(ChangeKind.PROGRAMME_NOTE_CHANGED, old=old.note, new=new.note)
    if old.timezone != new.timezone:
        yield Change(ChangeKind.TIMEZONE_CHANGED, old=old.timezone, new=new.timezone)
    if old.prompt_rules != new.prompt_rules:
        yield Change(ChangeKind.PROMPT_RULES_CHANGED, old=old.prompt_rules, new=new.prompt_rules)
    if old.closing != new.closing:
        yield Change(ChangeKind.CLOSING_CHANGED, old=old.closing, new=new.closing)
    if old.offers != new.offers:
        yield Change(ChangeKind.OFFER_RULES_CHANGED, old=old.offers, new=new.offers)
    yield from _compare_strands(old, new)
    was = {
        offering.code: (strand.number, offering) for strand in old.strands for offering in strand.offerings
    }
    for strand in new.strands:
        for offering in strand.offerings:
            if offering.code not in was:
                yield Change(ChangeKind.OFFERING_ADDED, offering=offering.code, new=offering)
                continue
            old_strand, before = was.pop(offering.code)
            if old_strand != strand.number:
                yield Change(
                    ChangeKind.OFFERING_MOVED, offering=offering.code, old=old_strand, new=strand.number
                )
            yield from _compare_offerings(before, offering)
    for code, (_, gone) in was.items():
        if not gone.cancelled:
            yield Change(ChangeKind.OFFERING_DROPPED, offering=code, old=gone)


def _compare_strands(old: Plan, new: Plan) -> Iterator[Change]:
    was = {strand.number: strand for strand in old.strands}
    for strand in new.strands:
        before = was.pop(strand.number, None)
        if before is None:
            yield Change(ChangeKind.STRAND_ADDED, strand=strand.number, new=strand.title)
            continue
        if dict(before.title) != dict(strand.title):
            yield Change(ChangeKind.STRAND_RENAMED, strand=strand.number, old=before.title, new=strand.title)
        if before.prompts != strand.prompts:
            yield Change(
                ChangeKind.STRAND_PROMPTS_CHANGED,
                strand=strand.number,
                old=before.prompts,
                new=strand.prompts,
            )
        old_order, new_order = _order(before, strand), _order(strand, before)
        if old_order != new_order:
            yield Change(ChangeKind.ORDER_CHANGED, strand=strand.number, old=old_order, new=new_order)
    for strand in was.values():
        if not _is_remembered_only(strand):
            yield Change(ChangeKind.STRAND_DROPPED, strand=strand.number, old=strand.title)


def _is_remembered_only(strand: PlannedStrand) -> bool:
    """Whether a strand is kept only for its cancelled offerings."""
    return bool(strand.offerings) and all(offering.cancelled for offering in strand.offerings)


def _order(strand: PlannedStrand, other: PlannedStrand) -> tuple[str, ...]:
    """The codes that both strands have, in the order of ``strand``."""
    shared = {offering.code for offering in other.offerings}
    return tuple(offering.code for offering in strand.offerings if offering.code in shared)


def _compare_offerings(old: PlannedOffering, new: PlannedOffering) -> Iterator[Change]:
    code = new.code
    if old.cancelled != new.cancelled:
        kind = ChangeKind.OFFERING_CANCELLED if new.cancelled else ChangeKind.OFFERING_RESTORED
        yield Change(kind, offering=code)
    if old.has_prompts != new.has_prompts:
        kind = ChangeKind.PROMPTS_TURNED_ON if new.has_prompts else ChangeKind.PROMPTS_TURNED_OFF
        yield Change(kind, offering=code)
    if old.capacity != new.capacity:
        raised = new.capacity > old.capacity
        kind = ChangeKind.CAPACITY_RAISED if raised else ChangeKind.CAPACITY_LOWERED
        yield Change(kind, offering=code, old=old.capacity, new=new.capacity)
    pairs: list[tuple[ChangeKind, object, object]] = [
        (ChangeKind.SEATS_PER_AGENCY_CHANGED, old.seats_per_agency, new.seats_per_agency),
        (
            ChangeKind.AGENCY_SEATS_CHANGED,
            tuple(sorted(old.agency_seats)),
            tuple(sorted(new.agency_seats)),
        ),
        (ChangeKind.KIND_CHANGED, old.kind, new.kind),
        (ChangeKind.TITLE_CHANGED, old.title, new.title),
        (ChangeKind.SUMMARY_CHANGED, old.summary, new.summary),
        (ChangeKind.DETAILS_CHANGED, old.details, new.details),
        (ChangeKind.FACILITATORS_CHANGED, old.facilitators, new.facilitators),
        (ChangeKind.SIGN_UP_CHANGED, old.sign_up, new.sign_up),
        (ChangeKind.OFFERS_CHANGED, old.offers, new.offers),
        (ChangeKind.ALLOCATION_CHANGED, old.draw, new.draw),
    ]
    for kind, before, after in pairs:
        if before != after:
            yield Change(kind, offering=code, old=before, new=after)
    yield from _compare_sessions(old, new)


def _compare_sessions(old: PlannedOffering, new: PlannedOffering) -> Iterator[Change]:
    was = {session.number: session for session in old.sessions}
    for session in sorted(new.sessions, key=lambda session: session.number):
        before = was.pop(session.number, None)
        if before is None:
            yield Change(ChangeKind.SESSION_ADDED, offering=new.code, session=session.number, new=session)
        else:
            yield from _compare_session(new.code, before, session)
    for session in was.values():
        if not session.cancelled:
            yield Change(ChangeKind.SESSION_DROPPED, offering=new.code, session=session.number, old=session)


def _compare_session(code: str, old: PlannedSession, new: PlannedSession) -> Iterator[Change]:
    def change(kind: ChangeKind, before: object, after: object) -> Change:
        return Change(kind, offering=code, session=new.number, old=before, new=after)

    if new.cancelled and not old.cancelled:
        yield change(ChangeKind.SESSION_CANCELLED, old, None)
    if old.cancelled and not new.cancelled:
        yield change(ChangeKind.SESSION_RESTORED, None, new)
    if _time_of(old) != _time_of(new):
        yield change(ChangeKind.SESSION_MOVED, _time_of(old), _time_of(new))
    if _whereabouts_of(old) != _whereabouts_of(new):
        yield change(ChangeKind.SESSION_PLACE_CHANGED, _whereabouts_of(old), _whereabouts_of(new))
    if old.bring != new.bring:
        yield change(ChangeKind.SESSION_BRING_CHANGED, old.bring, new.bring)
    if old.materials != new.materials:
        yield change(ChangeKind.SESSION_MATERIALS_CHANGED, old.materials, new.materials)
    if old.venue != new.venue:
        yield change(ChangeKind.SESSION_VENUE_CHANGED, old.venue, new.venue)


def _time_of(session: PlannedSession) -> SessionTime:
    return SessionTime(session.on, session.starts, session.ends)


def _whereabouts_of(session: PlannedSession) -> Whereabouts:
    return Whereabouts(session.place, session.link, session.link_label)


class TouchingChange(Struct, frozen=True):
    """A change and how many enrolments it touches: held seats, and places in line."""

    change: Change
    seated: int
    waiting: int


class PlanDifference(Struct, frozen=True):
    """What applying a plan changes. ``told``: how many people are sent a message about it. Once it is
    applied, ``promoted`` counts who moved up to a seat and ``offered`` who is offered one.
    ``is_one_of_several``: there are other programmes."""

    programme: str
    changes: tuple[TouchingChange, ...]
    promoted: int = 0
    offered: int = 0
    told: int = 0
    is_one_of_several: bool = False
