"""What the picture of a timeline shows, labelled in the reader's language."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from bot.domain.calendars.wall_time import local
from bot.domain.calendars.working_time import WorkCalendar
from bot.domain.offerings.offering import Offering
from bot.domain.prompts.prompt import Moment
from bot.domain.prompts.timeline import Entry, EntryKind, EntryState
from bot.i18n import Words
from bot.views.prompts.timeline_picture import Mark, Stretch, TimelinePicture, month_starts

AROUND: Final = 14
"""Days before the first and after the last mark that the picture covers; a quiet stretch this long gets a
label."""


def picture_of(
    offering: Offering,
    entries: Sequence[Entry],
    calendar: WorkCalendar,
    now: datetime,
    words: Words,
) -> TimelinePicture | None:
    """The picture; None when no entry has a day. Entries without a day are only in the list."""
    days = [entry.on for entry in entries if entry.on is not None]
    if not days:
        return None
    first, last = min(days), max(days)
    months = month_starts(first.replace(day=1), last)
    shown = [entry for entry in entries if entry.on is not None]
    today = local(now, offering.timezone).date()
    return TimelinePicture(
        title=words("timeline.picture_heading", title=words.pick(offering.title), year=_years(first, last)),
        marks=[_mark(entry, entry.on, words) for entry in shown if entry.on is not None],
        quiet=list(_stretches(first, last, calendar, words)),
        months=[(each.isoformat(), words.short_month(each, with_year=each.month == 1)) for each in months],
        lanes=(
            words("timeline.lane_sessions"),
            words("timeline.lane_prompts"),
            words("timeline.lane_reminders"),
        ),
        legend=list(_legend(shown, words)),
        today=(today.isoformat(), words("timeline.today")) if first <= today <= last else None,
    )


def _mark(entry: Entry, on: date, words: Words) -> Mark:
    is_reminder = entry.kind is EntryKind.REMINDER
    moved = entry.state is EntryState.MOVED and entry.wanted_on is not None
    return Mark(
        shape=_shape(entry),
        state=entry.state.value,
        on=on.isoformat(),
        label="" if is_reminder else words.short_day(on),
        inside=str(entry.session) if entry.kind is EntryKind.SESSION else "",
        moved_from=entry.wanted_on.isoformat() if moved and entry.wanted_on is not None else "",
    )


def _shape(entry: Entry) -> str:
    if entry.kind is EntryKind.PROMPT and entry.prompt is not None:
        return entry.prompt.moment.value
    return entry.kind.value


def _stretches(first: date, last: date, calendar: WorkCalendar, words: Words) -> Iterator[Stretch]:
    """Quiet days with eves, also a little before the first and after the last mark; holidays are too narrow
    for a label."""
    begun: date | None = None
    for n in range((last - first).days + 2 * AROUND + 1):
        day = first + timedelta(days=n - AROUND)
        if calendar.is_quiet_day(day) and day <= last + timedelta(days=AROUND - 1):
            begun = begun or day
        elif begun is not None:
            end = day - timedelta(days=1)
            label = words("timeline.legend_quiet") if (end - begun).days >= AROUND else ""
            yield Stretch(begun.isoformat(), end.isoformat(), label)
            begun = None


def _legend(entries: Sequence[Entry], words: Words) -> Iterator[tuple[str, str, str]]:
    """The legend, only for shapes and states that occur."""
    there = {_shape(entry) for entry in entries}
    for moment in Moment:
        if moment in there:
            yield moment.value, "coming", words(f"timeline.prompt_{moment}")
    if EntryKind.REMINDER in there:
        yield "reminder", "coming", words("timeline.lane_reminder")
    if EntryKind.CLOSING_LETTER in there:
        yield "closing_letter", "coming", words("timeline.closing_letter")
    states = {entry.state for entry in entries}
    if EntryState.DONE in states:
        yield "state", "done", words("timeline.legend_done")
    if EntryState.MOVED in states:
        yield "state", "moved", words("timeline.legend_moved")
    if states & {EntryState.DROPPED, EntryState.CANCELLED}:
        yield "state", "dropped", words("timeline.legend_dropped")
    yield "quiet", "", words("timeline.legend_quiet")


def _years(first: date, last: date) -> str:
    return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
