"""Warnings about an offering's timeline, as values; the views word them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import ClassVar, Final

from msgspec import Struct
from msgspec.structs import replace

from bot.domain.calendars.quiet_days import Quiet, quiet_between
from bot.domain.calendars.wall_time import local
from bot.domain.language import Texts
from bot.domain.offerings.offering import Offering
from bot.domain.prompts.dates import DatedPrompt, Reason, working_days_between
from bot.domain.prompts.prompt import PromptRules
from bot.domain.prompts.schedule import ScheduledPrompt
from bot.domain.prompts.timeline import Entry, EntryKind, EntryState, Planned, asks_alone, typical_asks

_DAY = timedelta(days=1)
CROWDED = 3
"""Prompts in one week that would be too many without the limit."""


class QuietInGap(Struct, frozen=True):
    """A holiday or a quiet season falls between two sessions."""

    code: ClassVar[str] = "quiet_in_gap"
    session: int
    coming: int
    quiet: Quiet


class ShortGap(Struct, frozen=True):
    """Two sessions are too near to each other for all prompts of the series; ``lost`` of them do not fit."""

    code: ClassVar[str] = "short_gap"
    session: int
    coming: int
    working_days: int
    lost: int


class PromptMoved(Struct, frozen=True):
    code: ClassVar[str] = "prompt_moved"
    entry: Entry


class PromptDropped(Struct, frozen=True):
    code: ClassVar[str] = "prompt_dropped"
    entry: Entry


class LostToLimit(Struct, frozen=True):
    """``people`` who are in other offerings too don't get the prompt of ``title`` for the day ``on``, because
    one of ``winners`` comes within the same week."""

    code: ClassVar[str] = "lost_to_limit"
    on: date
    title: Texts
    people: int
    winners: tuple[Texts, ...]


class CrowdedWeek(Struct, frozen=True):
    """Without the limit, ``prompts`` of the offerings that ``people`` share would come in the week from
    ``monday``."""

    code: ClassVar[str] = "crowded_week"
    monday: date
    prompts: int
    people: int
    titles: tuple[Texts, ...]


TimelineWarning = QuietInGap | ShortGap | PromptMoved | PromptDropped | LostToLimit | CrowdedWeek


class Company(Struct, frozen=True):
    """``people`` of the offering are also in all of ``others``. One set of ``rules`` applies to all offerings
    of a person."""

    people: int
    others: Sequence[tuple[Offering, Sequence[DatedPrompt]]]
    rules: PromptRules


def warnings_of(
    planned: Planned,
    entries: Sequence[Entry],
    companies: Sequence[Company],
    sent: Mapping[int, datetime],
    now: datetime,
) -> list[TimelineWarning]:
    """All warnings about what lies ahead: on gaps, then on prompts, then on people in several offerings."""
    return [
        *_about_gaps(planned, entries, now),
        *_about_prompts(entries),
        *_about_company(planned, companies, sent, now),
    ]


def _about_gaps(planned: Planned, entries: Sequence[Entry], now: datetime) -> Iterator[TimelineWarning]:
    for session, coming in pairwise(
        planned.offering.standing_sessions if not planned.offering.cancelled else []
    ):
        if coming.starts_at <= now:
            continue
        first, last = session.on + _DAY, coming.on - _DAY
        for quiet in quiet_between(first, last, planned.calendar, planned.name_of):
            yield QuietInGap(session.number, coming.number, quiet)
        lost = sum(each.reason is Reason.SHORT_GAP and each.session == session.number for each in entries)
        if lost:
            days = working_days_between(session.on, coming.on, planned.calendar)
            yield ShortGap(session.number, coming.number, days, lost)


NO_NEWS: Final = frozenset({Reason.SHORT_GAP, Reason.WITHDRAWN, Reason.PAST})
"""Reasons without a warning: short gaps have their own, and facilitators know what they withdrew and what is
past."""


def _about_prompts(entries: Sequence[Entry]) -> Iterator[TimelineWarning]:
    for entry in entries:
        if entry.kind is not EntryKind.PROMPT:
            continue
        if entry.state is EntryState.MOVED:
            yield PromptMoved(entry)
        elif entry.state is EntryState.DROPPED and entry.reason not in NO_NEWS:
            yield PromptDropped(entry)


def _about_company(
    planned: Planned, companies: Sequence[Company], sent: Mapping[int, datetime], now: datetime
) -> Iterator[TimelineWarning]:
    lost: dict[int, LostToLimit] = {}
    crowded: dict[date, CrowdedWeek] = {}
    for company in companies:
        for prompt_id, loss in _losses(planned, company, sent, now):
            known = lost.get(prompt_id)
            lost[prompt_id] = loss if known is None else _together(known, loss)
        for week in _crowded_weeks(planned, company, sent, now):
            earlier = crowded.get(week.monday)
            crowded[week.monday] = week if earlier is None else _both_weeks(earlier, week)
    yield from sorted(lost.values(), key=lambda each: each.on)
    yield from sorted(crowded.values(), key=lambda each: each.monday)


def _losses(
    planned: Planned, company: Company, sent: Mapping[int, datetime], now: datetime
) -> Iterator[tuple[int, LostToLimit]]:
    """By prompt id: prompts of this offering that these people don't get, and prompts of other offerings that
    this one's displace."""
    ours, theirs = _personal(planned.dated), _theirs(company)
    titles = {offering.id: offering.title for offering, _ in company.others}
    titles[planned.offering.id] = planned.offering.title
    wanted = _days(typical_asks([*ours, *theirs], planned, sent, _unlimited(company.rules), now), planned)
    together = typical_asks([*ours, *theirs], planned, sent, company.rules, now)
    coming = _days(together, planned) | _sent_days([*ours, *theirs], planned, sent)
    lost_anyway = _limited(asks_alone(planned, sent, now)) | _limited(
        typical_asks(theirs, planned, sent, company.rules, now)
    )
    for ask in together:
        prompt = ask.dated.prompt
        if ask.dropped is not Reason.WEEKLY_CAP or prompt.id in lost_anyway:
            continue
        on = wanted[prompt.id][1]
        winners = {
            offering_id
            for offering_id, day in coming.values()
            if abs((day - on).days) < company.rules.days_between and offering_id != prompt.offering_id
        }
        if prompt.offering_id == planned.offering.id or planned.offering.id in winners:
            said = tuple(titles[each] for each in sorted(winners or {prompt.offering_id}))
            yield prompt.id, LostToLimit(on, titles[prompt.offering_id], company.people, said)


def _crowded_weeks(
    planned: Planned, company: Company, sent: Mapping[int, datetime], now: datetime
) -> Iterator[CrowdedWeek]:
    titles = {offering.id: offering.title for offering, _ in company.others}
    titles[planned.offering.id] = planned.offering.title
    every = [*_personal(planned.dated), *_theirs(company)]
    weeks: dict[date, list[int]] = {}
    for offering_id, day in _days(
        typical_asks(every, planned, sent, _unlimited(company.rules), now), planned
    ).values():
        weeks.setdefault(day - day.weekday() * _DAY, []).append(offering_id)
    for monday, offering_ids in weeks.items():
        if len(offering_ids) >= CROWDED and planned.offering.id in offering_ids:
            said = tuple(titles[each] for each in sorted(set(offering_ids)))
            yield CrowdedWeek(monday, len(offering_ids), company.people, said)


def _personal(dated: Sequence[DatedPrompt]) -> list[DatedPrompt]:
    return [each for each in dated if each.prompt.channel is None]


def _theirs(company: Company) -> list[DatedPrompt]:
    return [each for _, dated in company.others for each in _personal(dated)]


def _unlimited(rules: PromptRules) -> PromptRules:
    return replace(rules, days_between=0)


def _limited(asks: Sequence[ScheduledPrompt]) -> set[int]:
    return {ask.dated.prompt.id for ask in asks if ask.dropped is Reason.WEEKLY_CAP}


def _days(asks: Sequence[ScheduledPrompt], planned: Planned) -> dict[int, tuple[int, date]]:
    """For each prompt that is sent, by id: the id of its offering, and its day."""
    return {
        ask.dated.prompt.id: (
            ask.dated.prompt.offering_id,
            local(ask.due_at, planned.offering.timezone).date(),
        )
        for ask in asks
        if ask.due_at is not None
    }


def _sent_days(
    dated: Sequence[DatedPrompt], planned: Planned, sent: Mapping[int, datetime]
) -> dict[int, tuple[int, date]]:
    """For each prompt that was sent, by id: the id of its offering, and its day."""
    return {
        each.prompt.id: (
            each.prompt.offering_id,
            local(sent[each.prompt.id], planned.offering.timezone).date(),
        )
        for each in dated
        if each.prompt.id in sent
    }


def _together(one: LostToLimit, other: LostToLimit) -> LostToLimit:
    return replace(one, people=one.people + other.people, winners=_union(one.winners, other.winners))


def _both_weeks(one: CrowdedWeek, other: CrowdedWeek) -> CrowdedWeek:
    return replace(
        one,
        people=one.people + other.people,
        prompts=max(one.prompts, other.prompts),
        titles=_union(one.titles, other.titles),
    )


def _union(some: tuple[Texts, ...], more: tuple[Texts, ...]) -> tuple[Texts, ...]:
    return (*some, *(each for each in more if each not in some))
