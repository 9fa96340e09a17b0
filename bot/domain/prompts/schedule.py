"""The schedule of one person's prompts across all their offerings, with the reason for each decision.

A pure function of dated prompts, rules, holidays, the person's time zone and choices, and what was sent.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from msgspec import Struct, field

from bot.domain.calendars.wall_time import local, to_instant
from bot.domain.calendars.working_time import WorkCalendar
from bot.domain.prompts.dates import DatedPrompt, Reason
from bot.domain.prompts.prompt import Audience, Frequency, Moment, PromptRules, PromptState

_DAY = timedelta(days=1)
USUAL_HOUR: Final = 10
"""The hour of people who chose none: they have read their mail, and lunch is not near."""

CATCH_UP = timedelta(days=3)
"""How late a prompt is still sent if it could not be sent in time; later it would only confuse."""

LONGEST_SLIP = timedelta(days=7)
"""How much later a prompt comes when another is too near; what would have to wait longer is dropped."""

LASTS = timedelta(days=14)
"""How long a prompt with no session ahead of it stays useful."""

SEARCH_DAYS = 400
_FAR: Final = timedelta(days=10_000)


class Participation(Struct, frozen=True):
    """A person's seat in one offering. ``attended`` says for sessions, by number, whether they attended;
    sessions without attendance are left out."""

    seated_at: datetime
    attended: Mapping[int, bool] = field(default_factory=dict)


class Recipient(Struct, frozen=True):
    """A person's zone and choices about prompts. Nothing is sent before ``paused_until`` (the first day after
    the pause) and ``away_until``."""

    timezone: str
    hour: int | None = None
    frequency: Frequency = Frequency.ALL
    paused_until: date | None = None
    away_until: datetime | None = None

    def at(self, day: date, rules: PromptRules) -> datetime:
        """The person's time of day on ``day``, in UTC, within the hours of the rules."""
        hour = time(USUAL_HOUR if self.hour is None else self.hour)
        if not rules.window.opens <= hour <= rules.window.closes:
            hour = rules.window.opens
        return to_instant(day, hour, self.timezone)


class ScheduledPrompt(Struct, frozen=True):
    """When a person gets a prompt, and ``remind_at`` when a reminder follows if it is unanswered. ``moved``
    says why it comes later than its day; ``dropped`` why it is not sent: ``due_at`` is then None."""

    dated: DatedPrompt
    due_at: datetime | None
    expires_at: datetime | None = None
    remind_at: datetime | None = None
    moved: Reason | None = None
    dropped: Reason | None = None


def closed_because(
    day: date, recipient: Recipient, calendar: WorkCalendar, weekdays: frozenset[int] | None
) -> Reason | None:
    """Why this person gets no prompt on ``day`` (in their own calendar); None when they may get one."""
    if recipient.paused_until is not None and day < recipient.paused_until:
        return Reason.PAUSED
    if recipient.away_until is not None and day < local(recipient.away_until, recipient.timezone).date():
        return Reason.AWAY
    if calendar.is_quiet_day(day) or not calendar.is_working_day(day):
        return Reason.QUIET_DAY
    if weekdays is not None and day.weekday() not in weekdays:
        return Reason.QUIET_DAY
    return None


def next_open_instant(
    instant: datetime, recipient: Recipient, rules: PromptRules, calendar: WorkCalendar
) -> datetime | None:
    """``instant`` if a message may be sent to the person then, else the next time; None if none is
    foreseeable."""
    return _seek(instant, recipient, rules, calendar, None)[0]


def schedule(
    prompts: Iterable[DatedPrompt],
    seats: Mapping[int, Participation],
    recipient: Recipient,
    sent: Mapping[int, datetime],
    rules: PromptRules,
    calendar: WorkCalendar,
    now: datetime,
    *,
    also_sent: Iterable[datetime] = (),
) -> list[ScheduledPrompt]:
    """The prompts that this person gets from now on, in order of time, and those they don't get, with
    reasons.

    ``seats`` are by offering id. ``sent`` says when each prompt was sent, by id: those are left out but count
    for the limit, as does what was ``also_sent``. When two are too near to each other, the later one slips by
    days; where there is no room for both, the one nearer to its session stays.
    """
    asks = [
        _place(dated, seats[dated.prompt.offering_id], recipient, rules, calendar, now)
        for dated in prompts
        if dated.prompt.offering_id in seats and dated.prompt.id not in sent
    ]
    spacing = _Spacing(
        tuple(local(at, recipient.timezone).date() for at in (*sent.values(), *also_sent)),
        recipient,
        rules,
        calendar,
    )
    dropped: list[ScheduledPrompt] = []
    spaced: list[ScheduledPrompt] = []
    plans = {_gap(ask): ask for ask in asks if _is_of_series(ask, Moment.PLAN)}
    without_plan: set[tuple[int, int | None]] = set()
    for ask in sorted(asks, key=lambda each: _nearest_first(each, plans)):
        is_midpoint = _is_of_series(ask, Moment.MIDPOINT)
        with_it = None
        if ask.due_at is not None and not (is_midpoint and _gap(ask) in without_plan):
            with_it = spacing.space([*spaced, ask])
        if with_it is not None:
            spaced = with_it
            continue
        if _is_of_series(ask, Moment.PLAN):
            without_plan.add(_gap(ask))
        reason = Reason.NO_PLAN if is_midpoint and _gap(ask) in without_plan else Reason.WEEKLY_CAP
        dropped.append(ScheduledPrompt(ask.dated, None, dropped=ask.dropped or reason))
    result = [*spaced, *dropped]
    return sorted(result, key=lambda ask: (ask.due_at is None, ask.due_at or now, ask.dated.prompt.id))


def _is_of_series(ask: ScheduledPrompt, moment: Moment) -> bool:
    return ask.dated.prompt.series is not None and ask.dated.prompt.moment is moment


def _gap(ask: ScheduledPrompt) -> tuple[int, int | None]:
    """The gap between sessions that a prompt of the series belongs to."""
    return ask.dated.prompt.offering_id, ask.dated.prompt.timing.after_session


def _nearest_first(
    ask: ScheduledPrompt, plans: Mapping[tuple[int, int | None], ScheduledPrompt]
) -> tuple[timedelta, bool, int]:
    """The sort key of prompts: a midpoint comes right after its if-then plan, which it refers to."""
    is_midpoint = _is_of_series(ask, Moment.MIDPOINT)
    leading = plans.get(_gap(ask), ask) if is_midpoint else ask
    until = leading.dated.until
    ahead = until - leading.due_at if until is not None and leading.due_at is not None else _FAR
    return ahead, is_midpoint, ask.dated.prompt.id


class _Spacing(Struct, frozen=True):
    """Keeps a person's prompts apart; ``taken`` are the days on which some were sent."""

    taken: tuple[date, ...]
    recipient: Recipient
    rules: PromptRules
    calendar: WorkCalendar

    def space(self, asks: Sequence[ScheduledPrompt]) -> list[ScheduledPrompt] | None:
        """The prompts, each on its day or some days later; None where there is no room for all.

        A time that a facilitator chose stands, and the others make room for it.
        """
        spaced: list[ScheduledPrompt] = []
        taken = list(self.taken)
        for ask in sorted(asks, key=_fixed_first):
            kept = self._from(ask, taken)
            if kept is None:
                return None
            spaced.append(kept)
            taken.append(self._day(_due(kept)))
        return spaced

    def _from(self, ask: ScheduledPrompt, taken: Sequence[date]) -> ScheduledPrompt | None:
        wanted = self._day(_due(ask))
        due, day = _due(ask), wanted
        while near := [other for other in taken if abs(day - other) < self._apart]:
            after = self.recipient.at(max(near) + self._apart, self.rules)
            found, _ = _first_open(after, ask.dated, self.recipient, self.rules, self.calendar)
            if found is None:
                return None
            due, day = found, self._day(found)
            if day - wanted > LONGEST_SLIP:
                return None
        if day == wanted:
            return ask
        until = ask.dated.until
        if ask.dated.at is not None or (until is not None and day >= self._day(until)):
            return None
        return _due_at(due, ask.dated, self.recipient, self.rules, self.calendar, Reason.WEEKLY_CAP)

    @property
    def _apart(self) -> timedelta:
        times = 2 if self.recipient.frequency is Frequency.FEWER else 1
        return times * self.rules.days_between * _DAY

    def _day(self, instant: datetime) -> date:
        return local(instant, self.recipient.timezone).date()


def _fixed_first(ask: ScheduledPrompt) -> tuple[bool, datetime, int]:
    return ask.dated.at is None, _due(ask), ask.dated.prompt.id


def _due(ask: ScheduledPrompt) -> datetime:
    assert ask.due_at is not None, "only prompts that are sent are kept apart"
    return ask.due_at


def _place(
    dated: DatedPrompt,
    seat: Participation,
    recipient: Recipient,
    rules: PromptRules,
    calendar: WorkCalendar,
    now: datetime,
) -> ScheduledPrompt:
    dropped = dated.dropped or _why_not(dated, seat, recipient)
    if dropped is not None:
        return ScheduledPrompt(dated, None, dropped=dropped)
    wanted = dated.at or recipient.at(_required(dated.on), rules)
    due, moved_by = _first_open(wanted, dated, recipient, rules, calendar)
    if due is not None and due < now:
        if now - due > CATCH_UP or seat.seated_at > wanted:
            return ScheduledPrompt(dated, None, dropped=Reason.PAST)
        due, moved_by = _first_open(now, dated, recipient, rules, calendar)
        moved_by = moved_by or Reason.LATE
    if due is None or (dated.until is not None and due >= dated.until):
        # The reason is what closed the days in between; if nothing did, the session was too close.
        return ScheduledPrompt(
            dated, None, dropped=moved_by if due is None else moved_by or Reason.AFTER_SESSION
        )
    return _due_at(due, dated, recipient, rules, calendar, moved_by)


def _due_at(
    due: datetime,
    dated: DatedPrompt,
    recipient: Recipient,
    rules: PromptRules,
    calendar: WorkCalendar,
    moved: Reason | None,
) -> ScheduledPrompt:
    expires_at = dated.until if dated.until is not None else due + LASTS
    remind_at = _reminder(due, dated, expires_at, recipient, rules, calendar)
    return ScheduledPrompt(dated, due, expires_at, remind_at, moved)


def _why_not(dated: DatedPrompt, seat: Participation, recipient: Recipient) -> Reason | None:  # noqa: PLR0911 - one a rule
    prompt, session = dated.prompt, dated.session
    if prompt.state in {PromptState.CANCELLED, PromptState.STOPPED}:
        return Reason.WITHDRAWN
    if recipient.frequency is Frequency.STOPPED:
        return Reason.STOPPED
    follows_a_session = prompt.series is not None and prompt.moment is not Moment.BEFORE
    if follows_a_session:
        if recipient.frequency is Frequency.FEWER:
            return Reason.FEWER
        if session is not None and seat.seated_at > session.starts_at:
            return Reason.JOINED_LATER
        if session is not None and seat.attended.get(session.number) is False:
            return Reason.MISSED_SESSION
    if prompt.audience is not Audience.SEATED:
        there = seat.attended.get(session.number) if session is not None else None
        if there is not (prompt.audience is Audience.ATTENDED):
            return Reason.NOT_IN_AUDIENCE
    return None


def _first_open(
    due: datetime, dated: DatedPrompt, recipient: Recipient, rules: PromptRules, calendar: WorkCalendar
) -> tuple[datetime | None, Reason | None]:
    """The first time from ``due`` on at which the person may get it, and why it is not ``due`` itself.

    A time chosen by a facilitator may be on any working day; other prompts keep to the weekdays of the rules.
    """
    weekdays = None if dated.at is not None else rules.weekdays
    return _seek(due, recipient, rules, calendar, weekdays)


def _seek(
    at: datetime,
    recipient: Recipient,
    rules: PromptRules,
    calendar: WorkCalendar,
    weekdays: frozenset[int] | None,
) -> tuple[datetime | None, Reason | None]:
    day = local(at, recipient.timezone).date()
    reason: Reason | None = None
    for _ in range(SEARCH_DAYS):
        closed = closed_because(day, recipient, calendar, weekdays)
        if closed is None:
            earliest = max(at, to_instant(day, rules.window.opens, recipient.timezone))
            if recipient.away_until is not None and recipient.away_until > earliest:
                earliest, reason = recipient.away_until, reason or Reason.AWAY
            if earliest <= to_instant(day, rules.window.closes, recipient.timezone):
                return earliest.astimezone(UTC), reason
        reason = reason or closed or Reason.QUIET_DAY
        day += _DAY
        at = recipient.at(day, rules)
    return None, reason


def _reminder(
    due: datetime,
    dated: DatedPrompt,
    expires_at: datetime,
    recipient: Recipient,
    rules: PromptRules,
    calendar: WorkCalendar,
) -> datetime | None:
    """The one reminder, some working days later; none if the session will have started, or if no session
    follows: nobody is reminded of what is over."""
    if not dated.prompt.has_reminder or recipient.frequency is not Frequency.ALL or dated.until is None:
        return None
    at = reminder_instant(due, recipient, rules, calendar)
    return at if at is not None and at < expires_at else None


def reminder_instant(
    sent_at: datetime, recipient: Recipient, rules: PromptRules, calendar: WorkCalendar
) -> datetime | None:
    """When to remind somebody of a prompt that was sent then."""
    day = calendar.add_working_days(local(sent_at, recipient.timezone).date(), rules.remind_after)
    return next_open_instant(recipient.at(day, rules), recipient, rules, calendar)


def closing_instant(
    day: date, recipient: Recipient, rules: PromptRules, calendar: WorkCalendar
) -> datetime | None:
    """When a person gets their closing letter: on ``day``, or when they may next be sent a message."""
    return next_open_instant(recipient.at(day, rules), recipient, rules, calendar)


def fade_instant(
    outcomes: Sequence[tuple[datetime, bool]],
    recipient: Recipient,
    rules: PromptRules,
    calendar: WorkCalendar,
) -> datetime | None:
    """When to ask somebody whether they want fewer prompts, once the last few are unanswered.

    ``outcomes`` says when each prompt was sent and whether it was answered, in order of time. The question
    comes as long after the reminder of the last prompt as that came after the prompt.
    """
    last = outcomes[-rules.fade_after :]
    if recipient.frequency is not Frequency.ALL or len(last) < rules.fade_after:
        return None
    if any(answered for _, answered in last):
        return None
    sent_on = local(last[-1][0], recipient.timezone).date()
    day = calendar.add_working_days(sent_on, 2 * rules.remind_after)
    return next_open_instant(recipient.at(day, rules), recipient, rules, calendar)


def _required(day: date | None) -> date:
    assert day is not None, "a prompt that is not dropped has a day or an instant"
    return day
