"""Merging a file and the store that both changed since the last applied file: conflicts, and who wins."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from msgspec.structs import replace

from bot.domain.plan.changes import Change, ChangeKind, compare_plans
from bot.domain.plan.model import Plan, PlannedOffering, PlannedSession, PlannedStrand

_OF_SESSION: Final = {
    ChangeKind.SESSION_CANCELLED: ("cancelled",),
    ChangeKind.SESSION_RESTORED: ("cancelled",),
    ChangeKind.SESSION_MOVED: ("on", "starts", "ends"),
    ChangeKind.SESSION_PLACE_CHANGED: ("place", "link", "link_label"),
    ChangeKind.SESSION_BRING_CHANGED: ("bring",),
    ChangeKind.SESSION_MATERIALS_CHANGED: ("materials",),
    ChangeKind.SESSION_VENUE_CHANGED: ("venue",),
}
_OF_OFFERING: Final = {
    ChangeKind.OFFERING_CANCELLED: ("cancelled",),
    ChangeKind.OFFERING_RESTORED: ("cancelled",),
    ChangeKind.PROMPTS_TURNED_ON: ("has_prompts",),
    ChangeKind.PROMPTS_TURNED_OFF: ("has_prompts",),
    ChangeKind.KIND_CHANGED: ("kind",),
    ChangeKind.TITLE_CHANGED: ("title",),
    ChangeKind.SUMMARY_CHANGED: ("summary",),
    ChangeKind.DETAILS_CHANGED: ("details",),
    ChangeKind.CAPACITY_RAISED: ("capacity",),
    ChangeKind.CAPACITY_LOWERED: ("capacity",),
    ChangeKind.SEATS_PER_AGENCY_CHANGED: ("seats_per_agency",),
    ChangeKind.AGENCY_SEATS_CHANGED: ("agency_seats",),
    ChangeKind.FACILITATORS_CHANGED: ("facilitators",),
    ChangeKind.SIGN_UP_CHANGED: ("sign_up",),
    ChangeKind.OFFERS_CHANGED: ("offers",),
    ChangeKind.ALLOCATION_CHANGED: ("draw",),
}
_OF_STRAND: Final = {
    ChangeKind.STRAND_RENAMED: ("title",),
    ChangeKind.STRAND_PROMPTS_CHANGED: ("prompts",),
}
_OF_PROGRAMME: Final = {
    ChangeKind.PROGRAMME_TITLE_CHANGED: ("title",),
    ChangeKind.PROGRAMME_NOTE_CHANGED: ("note",),
    ChangeKind.TIMEZONE_CHANGED: ("timezone",),
    ChangeKind.PROMPT_RULES_CHANGED: ("prompt_rules",),
    ChangeKind.CLOSING_CHANGED: ("closing",),
    ChangeKind.OFFER_RULES_CHANGED: ("offers",),
}
_FIELDS: Final = _OF_SESSION | _OF_OFFERING | _OF_STRAND | _OF_PROGRAMME
_WHOLE: Final = frozenset(
    {
        ChangeKind.STRAND_ADDED,
        ChangeKind.STRAND_DROPPED,
        ChangeKind.OFFERING_ADDED,
        ChangeKind.OFFERING_DROPPED,
        ChangeKind.SESSION_ADDED,
        ChangeKind.SESSION_DROPPED,
    }
)
"""Changes of a whole offering, strand or session: they conflict with every other change of it."""


def in_force(stored: Plan, file: Plan) -> Plan:
    """The stored plan without its mere history: cancelled offerings and sessions that ``file``, the last one
    applied, no longer has."""
    offerings = {offering.code: offering for offering in file.offerings}
    numbers = {strand.number for strand in file.strands}

    def stands(offering: PlannedOffering) -> bool:
        return not offering.cancelled or offering.code in offerings

    def without_gone(offering: PlannedOffering) -> PlannedOffering:
        before = offerings.get(offering.code)
        known = {session.number for session in before.sessions} if before is not None else set()
        held = [each for each in offering.sessions if not each.cancelled or each.number in known]
        return replace(offering, sessions=tuple(held))

    strands = (
        replace(strand, offerings=tuple(without_gone(each) for each in strand.offerings if stands(each)))
        for strand in stored.strands
    )
    kept = tuple(strand for strand in strands if strand.offerings or strand.number in numbers)
    return replace(stored, strands=kept)


def conflicts(base: Plan, stored: Plan, file: Plan) -> tuple[Change, ...]:
    """The changes in the store since ``base``, the last file applied, that applying ``file`` would
    overwrite."""
    undone = compare_plans(stored, file)
    return tuple(
        change for change in compare_plans(base, stored) if any(_meet(change, other) for other in undone)
    )


def _meet(one: Change, other: Change) -> bool:
    here, there = _path(one), _path(other)
    if one.kind in _WHOLE and there[: len(here)] == here:
        return True
    if other.kind in _WHOLE and here[: len(there)] == there:
        return True
    return here == there and _aspect(one) == _aspect(other)


def _path(change: Change) -> tuple[str | int, ...]:
    if change.offering is None:
        return () if change.strand is None else ("", change.strand)
    return (change.offering,) if change.session is None else (change.offering, change.session)


def _aspect(change: Change) -> object:
    return _FIELDS.get(change.kind, change.kind)


def name_of(change: Change, programme: str) -> str:
    """The subject of the change in one word: ``dialogue-1/2`` is session 2 of dialogue-1, ``kaiku-2019/2`` a
    strand of the programme."""
    about = change.offering or programme
    number = change.session if change.offering is not None else change.strand
    return about if number is None else f"{about}/{number}"


def is_about(change: Change, name: str, programme: str) -> bool:
    """Whether ``name`` means this change. An offering's code means its sessions too."""
    own = name_of(change, programme)
    return own == name or (change.offering is not None and change.offering == name)


def with_changes(file: Plan, stored: Plan, changes: Iterable[Change]) -> Plan:
    """``file`` with the values of ``stored`` for these ``changes``: there the store wins."""
    for change in changes:
        file = _with_change(file, stored, change)
    return file


def _with_change(file: Plan, stored: Plan, change: Change) -> Plan:
    if change.offering is not None:
        return _with_offering(file, stored, change)
    if change.strand is None:
        return replace(file, **{name: getattr(stored, name) for name in _OF_PROGRAMME[change.kind]})
    theirs = next((each for each in stored.strands if each.number == change.strand), None)
    ours = next((each for each in file.strands if each.number == change.strand), None)
    if theirs is None:
        return replace(file, strands=tuple(each for each in file.strands if each is not ours))
    if ours is None:
        return replace(file, strands=(*file.strands, replace(theirs, offerings=())))
    if change.kind is ChangeKind.ORDER_CHANGED:
        order = {offering.code: at for at, offering in enumerate(theirs.offerings)}
        offerings = sorted(ours.offerings, key=lambda each: order.get(each.code, len(order)))
        return _with_strand(file, replace(ours, offerings=tuple(offerings)))
    fields = _OF_STRAND.get(change.kind, ())
    return _with_strand(file, replace(ours, **{name: getattr(theirs, name) for name in fields}))


def _with_offering(file: Plan, stored: Plan, change: Change) -> Plan:
    code = change.offering
    theirs = next((each for each in stored.offerings if each.code == code), None)
    ours = next((each for each in file.offerings if each.code == code), None)
    if theirs is None:
        return _each_strand(file, lambda each: None if each.code == code else each)
    if ours is None or change.kind is ChangeKind.OFFERING_MOVED:
        home = next(strand for strand in stored.strands if theirs in strand.offerings)
        file = _each_strand(file, lambda each: None if each.code == code else each)
        if all(strand.number != home.number for strand in file.strands):
            file = replace(file, strands=(*file.strands, replace(home, offerings=())))
        strand = next(each for each in file.strands if each.number == home.number)
        return _with_strand(file, replace(strand, offerings=(*strand.offerings, ours or theirs)))
    if change.session is not None:
        new = replace(ours, sessions=_with_session(ours.sessions, theirs.sessions, change))
    elif change.kind in _WHOLE:
        new = theirs
    else:
        new = replace(ours, **{name: getattr(theirs, name) for name in _OF_OFFERING[change.kind]})
    return _each_strand(file, lambda each: new if each.code == code else each)


def _with_session(
    ours: Sequence[PlannedSession], theirs: Sequence[PlannedSession], change: Change
) -> tuple[PlannedSession, ...]:
    number = change.session
    their = next((each for each in theirs if each.number == number), None)
    our = next((each for each in ours if each.number == number), None)
    if their is None:
        return tuple(each for each in ours if each.number != number)
    if our is None:
        return (*ours, their)
    if change.kind in _WHOLE:
        new = their
    else:
        new = replace(our, **{name: getattr(their, name) for name in _OF_SESSION[change.kind]})
    return tuple(new if each.number == number else each for each in ours)


def _with_strand(plan: Plan, strand: PlannedStrand) -> Plan:
    strands = tuple(strand if each.number == strand.number else each for each in plan.strands)
    return replace(plan, strands=strands)


def _each_strand(plan: Plan, change: Callable[[PlannedOffering], PlannedOffering | None]) -> Plan:
    """``plan`` with ``change`` applied to each offering; None removes it."""
    return replace(
        plan,
        strands=tuple(
            replace(
                strand,
                offerings=tuple(new for each in strand.offerings if (new := change(each)) is not None),
            )
            for strand in plan.strands
        ),
    )
