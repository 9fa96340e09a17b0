"""Additions to a plan made in Slack, besides times and places: texts, and new offerings."""

import re
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from bot.domain.calendars.working_time import WorkCalendar
from bot.domain.language import Texts
from bot.domain.plan.model import Plan, PlannedOffering, PlannedSession
from bot.domain.plan.next_year import sign_up_before

MAX_TITLE: Final = 75
MAX_SUMMARY: Final = 1000
MAX_SENTENCE: Final = 300
"""Characters, as in a plan file."""


class OfferingTexts(Struct, frozen=True):
    """The texts of an offering, or what to bring to one of its sessions (``number``)."""

    title: Texts | None = None
    summary: Texts | None = None
    number: int = 0
    bring: Texts | None = None
    for_whom: Texts | None = None
    takes_home: Texts | None = None

    @property
    def mark(self) -> str:
        """A digest of the texts: a form carries that of the texts it showed."""
        texts = (self.title, self.summary, self.bring, self.for_whom, self.takes_home)
        said = repr([sorted((each or {}).items()) for each in texts])
        return sha256(said.encode()).hexdigest()[:12]


def texts_of(offering: PlannedOffering, number: int) -> OfferingTexts | None:
    """The current texts; None if there is no such session."""
    if number == 0:
        details = offering.details
        return OfferingTexts(
            offering.title, offering.summary, for_whom=details.for_whom, takes_home=details.takes_home
        )
    session = next((each for each in offering.sessions if each.number == number), None)
    return OfferingTexts(number=number, bring=session.bring) if session is not None else None


def with_texts(offering: PlannedOffering, texts: OfferingTexts) -> PlannedOffering:
    if texts.number == 0:
        details = replace(
            offering.details, for_whom=texts.for_whom or None, takes_home=texts.takes_home or None
        )
        return replace(
            offering,
            title=texts.title or offering.title,
            summary=texts.summary or offering.summary,
            details=details,
        )
    return replace(
        offering,
        sessions=tuple(
            replace(each, bring=texts.bring or None) if each.number == texts.number else each
            for each in offering.sessions
        ),
    )


def with_offering(plan: Plan, new: PlannedOffering, old: PlannedOffering) -> Plan:
    """The plan with ``new`` in the place of ``old``."""
    return replace(
        plan,
        strands=tuple(
            replace(strand, offerings=tuple(new if each is old else each for each in strand.offerings))
            for strand in plan.strands
        ),
    )


def with_added(plan: Plan, strand: int, new: PlannedOffering) -> Plan:
    """The plan with one more offering, the last of its strand."""
    return replace(
        plan,
        strands=tuple(
            replace(each, offerings=(*each.offerings, new)) if each.number == strand else each
            for each in plan.strands
        ),
    )


def stem_of(codes: Sequence[str]) -> str:
    """The stem that most of these codes share: ``dialogue`` of ``dialogue-1`` and ``dialogue-2``."""
    stems = [re.sub(r"-?\d*$", "", each) for each in codes]
    return max(stems, key=stems.count)


def free_number(stems: Collection[str], taken: Collection[str]) -> int:
    """The lowest number that makes a free code with each of the stems: ``3`` for ``dialogue-3``."""
    number = 1
    while any(f"{stem}-{number}" in taken for stem in stems):
        number += 1
    return number


def copy_of(
    source: PlannedOffering,
    title: Texts,
    first_on: date,
    calendar: WorkCalendar,
    *,
    today: date,
    closes: date | None = None,
) -> PlannedOffering:
    """A copy of an offering that starts on another day: each session as many days after the first as in the
    source, or on the next working day. The copy is not cancelled and has no venue yet. Its sign-up is as many
    days before it, but not before ``today``; ``closes`` sets another last day."""
    sessions = sorted((each for each in source.sessions if not each.cancelled), key=lambda each: each.on)
    sessions = sessions or sorted(source.sessions, key=lambda each: each.on)
    by = first_on - sessions[0].on
    window = sign_up_before(source.sign_up, sessions[0].on, first_on, calendar)
    opens = window.opens and max(window.opens, today)
    return replace(
        source,
        title=title,
        cancelled=False,
        sessions=tuple(_moved(each, number, by, calendar) for number, each in enumerate(sessions, start=1)),
        sign_up=replace(window, opens=opens, closes=closes or window.closes),
    )


def _moved(session: PlannedSession, number: int, by: timedelta, calendar: WorkCalendar) -> PlannedSession:
    on = calendar.working_day_from(session.on + by)
    return replace(session, number=number, on=on, cancelled=False, venue=None)
