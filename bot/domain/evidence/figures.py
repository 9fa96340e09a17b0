"""The figures of a report, counted from facts and withheld where somebody could be recognised.

What to publish is always decided for the whole programme, and the report of one offering shows a part of
that, so that two reports together reveal no more than the whole one.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import combinations
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from bot.domain.evidence.facts import Asked, Facts, Seat, SeatState
from bot.domain.evidence.suppression import (
    ENOUGH,
    EVERYBODY,
    LEAST,
    NO_PAST,
    Cell,
    Earlier,
    Part,
    Past,
    Sum,
    Why,
    withhold,
)
from bot.domain.offerings.offering import Offering

Event = tuple[str, tuple[str, ...]]
"""A person, and the offerings whose facilitators know of it."""

MOST_IN_MATRIX: Final = 12
SHARE_STEP: Final = 10
"""Per cent: the largest share of one agency is told in steps."""


class Spread(Struct, frozen=True):
    """Agencies in one offering. ``largest`` is the most seats that one of them has, in per cent, rounded up
    to ``SHARE_STEP``; None where the number of seats is withheld."""

    agencies: int | None
    largest: int | None


class Mix(Struct, frozen=True):
    """How agencies met. A pair has met when both had seats in one offering. ``met`` has, for pairs of named
    agencies, in how many offerings; a pair with too few people on a side is left out."""

    agencies: int | None
    pairs: int | None
    possible: int | None
    unnamed: int
    matrix: Sequence[str] = ()
    met: Sequence[tuple[str, str, int]] = ()


class Figures(Struct, frozen=True):
    """``cells`` and ``sums`` are what was counted; ``withheld`` says which cells must not be published, and
    why."""

    cells: Sequence[Cell]
    sums: Sequence[Sum]
    withheld: Mapping[str, Why]
    spread: Mapping[str, Spread]
    mix: Mix


class _Count:
    """Counts the figures. ``tellers`` are the writers of published cases, whom every reader knows. ``past``
    is as readers know it today: they now recognise these people in an earlier report, too."""

    def __init__(self, facts: Facts, past: Past) -> None:
        self.tellers = facts.tellers.keys()
        self.cells: list[Cell] = []
        self.sums: list[Sum] = []
        self._published = [dict(each) for each in past.published]
        self.past = replace(past, published=self._published)
        joined = {
            each.person: each.at for each in sorted(_seated(facts), key=lambda one: one.at, reverse=True)
        }
        self._new = [
            frozenset(who for who, told in facts.tellers.items() if joined.get(who, facts.at) <= at < told)
            for at in past.times
        ]

    def add(self, key: str, events: Iterable[Event], *, of: str | None = None, given: bool = False) -> str:
        told = list(events)
        people = {person for person, _ in told}
        sources = {code for _, known in told for code in known}
        if people & self.tellers:
            sources.add(EVERYBODY)
        own = {}
        for code in sorted(sources):
            rest = [person for person, known in told if code not in known and person not in self.tellers]
            own[code] = Part(len(told) - len(rest), len(people) - len(set(rest)))
        self.cells.append(Cell(key, len(told), len(people), own, of, given))
        for then, new in zip(self._published, self._new, strict=False):
            if key in then and people & new:
                then[key] = _told_since(then[key], told, new, own)
        return key

    def star(
        self, total: str, family: str, parts: Mapping[str, Iterable[Event]], *, by_offering: bool = False
    ) -> None:
        keys = [
            self.add(f"{family}/{name}", events, of=name if by_offering else None)
            for name, events in parts.items()
        ]
        if keys:
            self.sums.append(Sum(total, tuple(keys)))


def _told_since(
    then: Earlier, events: Sequence[Event], new: frozenset[str], readers: Iterable[str]
) -> Earlier:
    """What an earlier report said, updated by what readers now know of the people ``new``: their share in the
    number today, because their share at that time is not kept."""
    own = {}
    for reader in {EVERYBODY, *then.own, *readers}:
        known = then.own.get(reader, then.own.get(EVERYBODY, 0))
        own[reader] = known + sum(who in new and reader not in codes for who, codes in events)
    return Earlier(then.number, own)


def count(facts: Facts, past: Past = NO_PAST) -> Figures:
    """All the figures of a programme."""
    first = _Count(facts, past)
    _count_seats(first, facts, past)
    _count_people(first, facts)
    _count_prompts(first, facts, past)
    _count_use(first, facts)
    withheld = withhold(first.cells, first.sums, first.past)
    # Attendance is counted only where the number of seats is published, so that it reveals no withheld one.
    then = _Count(facts, past)
    shown = [each for each in facts.offerings if f"seated/{each.code}" not in withheld]
    _count_attendance(then, facts, shown)
    withheld |= withhold(then.cells, then.sums, then.past)
    return Figures(
        [*first.cells, *then.cells],
        [*first.sums, *then.sums],
        withheld,
        {each.code: _spread(facts, each.code, withheld) for each in facts.offerings},
        _mix(facts, withheld),
    )


def _seated(facts: Facts) -> list[Seat]:
    return [each for each in facts.seats if each.state is SeatState.SEATED]


def _count_seats(count: _Count, facts: Facts, past: Past) -> None:
    for state in SeatState:
        of_state = [each for each in facts.seats if each.state is state]
        count.add(state, (_of_seat(each) for each in of_state))
        by_offering = {
            offering.code: [_of_seat(each) for each in of_state if each.offering == offering.code]
            for offering in facts.offerings
        }
        count.star(state, state, by_offering, by_offering=True)
    seated = _seated(facts)
    new = _to_new_agencies(facts, seated)
    count.star(
        "seated",
        "agency_was",
        {
            "new": [_of_seat(each) for each in new],
            "known": [_of_seat(each) for each in seated if each not in new],
        },
    )
    taken = [(each.at, _of_seat(each)) for each in seated]
    count.star("seated", "taken", _by_period(taken, "taken", past))
    left = [each for each in facts.seats if each.state is SeatState.GAVE_UP]
    behind = {each.code: [s.starts_at for s in each.standing_sessions] for each in facts.offerings}
    after: dict[str, list[Event]] = defaultdict(list)
    for each in left:
        after[str(sum(at <= each.at for at in behind[each.offering]))].append(_of_seat(each))
    count.star(SeatState.GAVE_UP, "left_after", dict(sorted(after.items(), key=lambda one: int(one[0]))))


def _of_seat(seat: Seat) -> Event:
    return seat.person, (seat.offering,)


def _to_new_agencies(facts: Facts, seated: Sequence[Seat]) -> set[Seat]:
    """Seats of agencies that had none in any offering that began before."""
    latest = datetime.max.replace(tzinfo=facts.at.tzinfo)
    order = sorted(facts.offerings, key=lambda each: (each.starts_at or latest, each.id))
    there: set[str] = set()
    found: set[Seat] = set()
    for offering in order:
        here = [each for each in seated if each.offering == offering.code]
        found.update(each for each in here if each.agency not in there)
        there.update(each.agency for each in here)
    return found


def _count_people(count: _Count, facts: Facts) -> None:
    seated = _seated(facts)
    groups: dict[str, list[str]] = defaultdict(list)
    agency: dict[str, str] = {}
    for each in sorted(seated, key=lambda one: one.at):
        groups[each.person].append(each.offering)
        agency[each.person] = each.agency
    events = {person: (person, tuple(codes)) for person, codes in groups.items()}
    count.add("people", events.values())
    more = [(person, ()) for person, codes in groups.items() for _ in codes[1:]]
    count.sums.append(Sum("seated", ("people", count.add("more_seats", more))))

    def by(what: Callable[[str], str]) -> dict[str, list[Event]]:
        found: dict[str, list[Event]] = defaultdict(list)
        for person, event in events.items():
            found[what(person)].append(event)
        return dict(sorted(found.items(), key=lambda one: (-len(one[1]), one[0])))

    count.star("people", "role", by(lambda person: facts.members[person].role))
    count.star("people", "language", by(lambda person: facts.members[person].language))
    count.star("people", "agency", by(lambda person: agency[person]))


def _count_prompts(count: _Count, facts: Facts, past: Past) -> None:
    groups: dict[str, set[str]] = defaultdict(set)
    for each in facts.asked:
        groups[each.person].add(each.offering)
    events = {person: (person, tuple(sorted(codes))) for person, codes in groups.items()}
    answering = {each.person for each in facts.asked if each.answered_at is not None}
    count.add("prompted", events.values())

    def of(people: Iterable[str]) -> list[Event]:
        return [events[person] for person in sorted(people)]

    everybody = set(events)
    stopped, fewer, faded = (everybody & each for each in (facts.stopped, facts.fewer, facts.faded))
    count.star("prompted", "prompted_who", {"answered": of(answering), "silent": of(everybody - answering)})
    wanted = {"all": of(everybody - stopped - fewer), "fewer": of(fewer), "stopped": of(stopped)}
    count.star("prompted", "prompts_wanted", wanted)
    count.star("prompted", "asked_whether", {"faded": of(faded), "not_faded": of(everybody - faded)})
    count.add("prompts", map(_of_asked, facts.asked))
    by_answer: dict[str, list[Event]] = {
        name: [] for name in ("unprompted", "reminded", "silent", "silent_alone")
    }
    for each in facts.asked:
        by_answer[_answer_of(each)].append(_of_asked(each))
    answered = {name: by_answer[name] for name in ("unprompted", "reminded")}
    not_answered = {name: by_answer[name] for name in ("silent", "silent_alone")}
    parts = {
        "answered": [event for events in answered.values() for event in events],
        "unanswered": [event for events in not_answered.values() for event in events],
    }
    count.star("prompts", "prompts", parts)
    count.star("prompts/answered", "answered", answered)
    count.star("prompts/unanswered", "unanswered", not_answered)
    sent = [(each.sent_at, _of_asked(each)) for each in facts.asked]
    count.star("prompts", "sent", _by_period(sent, "sent", past))


def _of_asked(asked: Asked) -> Event:
    return asked.person, (asked.offering,)


def _answer_of(asked: Asked) -> str:
    """``unprompted``: answered without a reminder; ``reminded``: after one; ``silent``: not answered, though
    reminded; ``silent_alone``: not answered, and not reminded."""
    if asked.answered_at is None:
        return "silent" if asked.reminded_at is not None else "silent_alone"
    was_reminded = asked.reminded_at is not None and asked.reminded_at <= asked.answered_at
    return "reminded" if was_reminded else "unprompted"


def _count_use(count: _Count, facts: Facts) -> None:
    """Questions that were asked together share one total: with a second total, withheld numbers of the first
    could be computed."""
    for inquiry in facts.inquiries:
        if not inquiry.asked:
            continue
        asked = sorted(inquiry.asked)
        total = count.add(f"use_asked/{inquiry.name}", ((person, (code,)) for code, person in asked))
        for key, choices in inquiry.choices.items():
            parts: dict[str, list[Event]] = {name: [] for name in (*map(str, range(choices)), "none")}
            for code, person in asked:
                choice = inquiry.chosen.get((key, code, person))
                parts["none" if choice is None else str(choice)].append((person, (code,)))
            count.star(total, f"use/{key}", parts)


def _count_attendance(count: _Count, facts: Facts, shown: Sequence[Offering]) -> None:
    """By the number of a session, over the offerings ``shown`` where it is over."""
    marks = {(each.offering, each.session, each.person): each.attended for each in facts.marks}
    names = {True: "attended", False: "missed", None: "unmarked"}
    most = max((len(each.standing_sessions) for each in shown), default=0)
    for n in range(most):
        here: dict[str, int] = {}
        for offering in shown:
            standing = offering.standing_sessions
            if n < len(standing) and standing[n].ends_at <= facts.at and not offering.cancelled:
                here[offering.code] = standing[n].number
        expected = [each for each in _seated(facts) if each.offering in here]
        by_group = Counter(each.offering for each in expected)
        if len(expected) < ENOUGH or any(0 < len(expected) - own < ENOUGH for own in by_group.values()):
            continue
        parts: dict[str, list[Event]] = {name: [] for name in names.values()}
        for each in expected:
            mark = marks.get((each.offering, here[each.offering], each.person))
            parts[names[mark]].append(_of_seat(each))
        total = count.add(f"expected/{n + 1}", map(_of_seat, expected), given=True)
        keys = [count.add(f"{name}/{n + 1}", events) for name, events in parts.items()]
        count.sums.append(Sum(total, tuple(keys)))


def _by_period(events: Iterable[tuple[datetime, Event]], family: str, past: Past) -> dict[str, list[Event]]:
    """The events by months, ``2019-03``, joined into longer periods, ``2019-03..2019-05``, until each has
    enough people to hide everybody in it. Periods end where those of an earlier report ended."""
    by_month: dict[str, list[Event]] = defaultdict(list)
    for at, event in events:
        by_month[f"{at:%Y-%m}"].append(event)
    ends, last = _earlier_ends(family, past)
    periods: list[tuple[list[str], list[Event]]] = [([], [])]
    for month in sorted(by_month):
        months, told = periods[-1]
        months.append(month)
        told += by_month[month]
        if _is_enough(told) and (month >= last or month in ends):
            periods.append(([], []))
    # The last period is joined to the previous one, unless an earlier report published that one by itself.
    while len(periods) > 1 and not _is_enough(periods[-1][1]) and periods[-2][0][-1] not in ends:
        months, told = periods.pop()
        periods[-1][0].extend(months)
        periods[-1][1].extend(told)
    named = ((f"{months[0]}..{months[-1]}", told) for months, told in periods if months)
    return dict(named)


def _is_enough(events: Sequence[Event]) -> bool:
    people = {person for person, _ in events}
    known = Counter(code for _, codes in events for code in codes)
    return len(people) >= ENOUGH and all(not 0 < len(events) - own < ENOUGH for own in known.values())


def _earlier_ends(family: str, past: Past) -> tuple[set[str], str]:
    """The last months of the periods of earlier reports, as far as all of them agree, and the last of all."""
    start = f"{family}/"
    told = [{key for key in then if key.startswith(start)} for then in past.published]
    ends = [{key.rpartition("..")[2] for key in keys} for keys in told if keys]
    return (set.intersection(*ends), max(max(each) for each in ends)) if ends else (set(), "")


def _spread(facts: Facts, code: str, withheld: Mapping[str, Why]) -> Spread:
    agencies = Counter(each.agency for each in _seated(facts) if each.offering == code)
    if f"seated/{code}" in withheld or not agencies:
        return Spread(None, None)
    share = 100 * max(agencies.values()) / agencies.total()
    return Spread(len(agencies), -(-int(share * 100) // (100 * SHARE_STEP)) * SHARE_STEP)


def _mix(facts: Facts, withheld: Mapping[str, Why]) -> Mix:
    seated = _seated(facts)
    people = {each.person for each in seated}
    here: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for each in seated:
        here[each.agency][each.offering].add(each.person)
    if len(people) < LEAST:
        return Mix(None, None, None, 0)
    pairs = [(a, b) for a, b in combinations(sorted(here), 2) if here[a].keys() & here[b].keys()]
    size = Counter({agency: len(set().union(*groups.values())) for agency, groups in here.items()})
    named = [agency for agency, _ in size.most_common() if f"agency/{agency}" not in withheld]
    matrix = named[:MOST_IN_MATRIX]
    met = []
    for a, b in combinations(matrix, 2):
        shared = here[a].keys() & here[b].keys()
        if all(_are_many(here[side], shared) for side in (a, b)):
            met.append((a, b, len(shared)))
    count = len(here)
    return Mix(count, len(pairs), count * (count - 1) // 2, count - len(named), matrix, met)


def _are_many(groups: Mapping[str, set[str]], shared: Iterable[str]) -> bool:
    """Whether an agency has enough people there that no facilitator can tell who the others are."""
    codes = list(shared)
    return bool(codes) and all(
        len(set().union(*(groups[code] for code in codes if code != own))) >= LEAST for own in codes
    )
