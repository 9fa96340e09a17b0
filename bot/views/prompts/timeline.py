"""An offering's timeline as a list, with warnings for its facilitators."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from bot.domain.calendars.quiet_days import Quiet, QuietKind
from bot.domain.offerings.offering import Offering
from bot.domain.prompts.dates import Reason
from bot.domain.prompts.timeline import Entry, EntryKind, EntryState
from bot.domain.prompts.timeline_warnings import (
    CrowdedWeek,
    LostToLimit,
    PromptDropped,
    PromptMoved,
    QuietInGap,
    ShortGap,
    TimelineWarning,
)
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    Block,
    View,
    actions,
    button,
    clip,
    divider,
    escape,
    image,
    modal,
    section,
    sections,
)
from bot.views.offerings.wording import title_of

MAX_ALT_TEXT: Final = 2000
"""Characters, by Slack's reference."""


class Picture(StrEnum):
    """What stands in for the picture."""

    NONE = "none"  # no public address from which Slack could fetch it
    ON_REQUEST = "on_request"
    FAILED = "failed"


def timeline(
    offering: Offering,
    entries: Sequence[Entry],
    warnings: Sequence[TimelineWarning],
    words: Words,
    picture: Picture | str = Picture.NONE,
) -> View:
    """A modal with ``timeline_blocks``."""
    blocks = timeline_blocks(offering, entries, warnings, words, picture)
    return modal(words("timeline.title"), blocks, close=words("form.close"))


def timeline_blocks(
    offering: Offering,
    entries: Sequence[Entry],
    warnings: Sequence[TimelineWarning],
    words: Words,
    picture: Picture | str = Picture.NONE,
) -> list[Block]:
    """Warnings first, then every session, prompt and reminder in order of time. ``picture`` is the picture's
    address, or says whether there is a button for it. The list has everything that the picture shows."""
    blocks: list[Block] = [section(f"*{title_of(offering, words)}*\n{words('timeline.about')}")]
    if picture is Picture.FAILED:
        blocks.append(section(words("timeline.not_drawn")))
    if picture in {Picture.ON_REQUEST, Picture.FAILED}:
        blocks.append(actions(button(words("timeline.draw"), ids.DRAW_TIMELINE, offering.code)))
    elif not isinstance(picture, Picture):
        blocks.append(image(picture, alt_text(offering, entries, words)))
    if warnings:
        lines = [f"• {escape(warning_text(each, words))}" for each in warnings]
        blocks += [section(f"*{words('timeline.warnings')}*"), *sections(lines)]
    else:
        blocks.append(section(words("timeline.no_warnings")))
    lines = []
    for entry in entries:
        line = escape(entry_text(entry, words))
        lines.append(f"*{line}*" if entry.kind is EntryKind.SESSION else line)
    return [*blocks, divider(), *sections(lines)]


def timeline_lines(
    offering: Offering, entries: Sequence[Entry], warnings: Sequence[TimelineWarning], words: Words
) -> list[str]:
    """The warnings and entries as lines of plain text."""
    lines = [words.pick(offering.title), words("timeline.about"), ""]
    lines += [entry_text(each, words) for each in entries]
    if not warnings:
        return [*lines, "", words("timeline.no_warnings")]
    return [
        *lines,
        "",
        f"{words('timeline.warnings')}:",
        *(f"- {warning_text(each, words)}" for each in warnings),
    ]


def alt_text(offering: Offering, entries: Sequence[Entry], words: Words) -> str:
    """The picture as text within Slack's limit; reminders are left out first."""
    shown = list(entries)
    for without in (frozenset[EntryKind](), frozenset({EntryKind.REMINDER})):
        shown = [each for each in entries if each.kind not in without]
        said = "; ".join(entry_text(each, words) for each in shown)
        text = words("timeline.alt", title=words.pick(offering.title), entries=said)
        if len(text) <= MAX_ALT_TEXT:
            return text
    return clip(text, MAX_ALT_TEXT)


def entry_text(entry: Entry, words: Words) -> str:
    """One entry as plain text: when, what, and its state."""
    when = when_of_entry(entry, words)
    what = words(f"timeline.{entry.kind}", number=entry.session)
    if entry.kind is EntryKind.PROMPT and entry.prompt is not None:
        what = words(f"timeline.prompt_{entry.prompt.moment}")
    fate = fate_of(entry, words)
    return f"{when} · {what} · {fate}" if fate else f"{when} · {what}"


def when_of_entry(entry: Entry, words: Words) -> str:
    """The day, and the time of day where it has one."""
    when = words.day(entry.on) if entry.on is not None else words("timeline.no_day")
    if entry.at is not None:
        when = words("desk.moment", day=when, time=words.clock_time(entry.at.time()))
    return when


def fate_of(entry: Entry, words: Words) -> str:
    """What became or will become of an entry; empty if it goes as planned."""
    match entry.state:
        case EntryState.DONE:
            return words("timeline.held" if entry.kind is EntryKind.SESSION else "timeline.sent")
        case EntryState.CANCELLED:
            return words("timeline.cancelled")
        case EntryState.MOVED:
            return words("timeline.moved", why=_why(entry, words))
        case EntryState.DROPPED:
            return words("timeline.dropped", why=_why(entry, words))
        case _:
            return ""


def _why(entry: Entry, words: Words) -> str:
    if entry.quiet is not None:
        return quiet_text(entry.quiet, words)
    return words(f"timeline.why_{entry.reason or Reason.QUIET_DAY}")


def quiet_text(quiet: Quiet, words: Words) -> str:
    """The name of a holiday or season, with its days."""
    if quiet.kind in {QuietKind.HOLIDAY, QuietKind.EVE}:
        name = words.pick(quiet.name) if quiet.name else words("timeline.holiday")
        return words(f"timeline.quiet_{quiet.kind}", name=name, day=words.short_day(quiet.first))
    return words(f"timeline.quiet_{quiet.kind}")


def warning_text(warning: TimelineWarning, words: Words) -> str:
    """One warning as a sentence in plain text."""
    match warning:
        case QuietInGap(session, coming, quiet):
            return words(
                "timeline.quiet_in_gap", session=session, coming=coming, quiet=quiet_text(quiet, words)
            )
        case ShortGap(session, coming, working_days, lost):
            return words.many("timeline.short_gap", lost, session=session, coming=coming, days=working_days)
        case PromptMoved(entry) | PromptDropped(entry):
            return entry_text(entry, words)
        case LostToLimit(on, title, people, winners):
            return words.many(
                "timeline.lost_to_limit",
                people,
                day=words.day(on),
                title=words.pick(title),
                winners=words.all_of([words.pick(each) for each in winners]),
            )
        case CrowdedWeek(monday, prompts, people, titles):
            return words.many(
                "timeline.crowded_week",
                people,
                day=words.short_day(monday),
                prompts=prompts,
                titles=words.all_of([words.pick(each) for each in titles]),
            )
