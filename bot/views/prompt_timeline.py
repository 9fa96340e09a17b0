"""An offering's timeline as a list, with what a facilitator should know of it beforehand."""

from collections.abc import Sequence

from bot.domain.offerings import Offering
from bot.domain.prompt_dates import Reason
from bot.domain.prompt_timeline import Entry, EntryKind, EntryState
from bot.domain.quiet_days import Quiet, QuietKind
from bot.domain.timeline_warnings import (
    CrowdedWeek,
    LostToLimit,
    PromptDropped,
    PromptMoved,
    QuietInGap,
    ShortGap,
    TimelineWarning,
)
from bot.i18n import Words
from bot.views.blocks import Block, View, divider, escape, modal, section, sections
from bot.views.wording import title_of


def timeline(
    offering: Offering, entries: Sequence[Entry], warnings: Sequence[TimelineWarning], words: Words
) -> View:
    """Warnings first, then every session, prompt and reminder in order of time."""
    blocks: list[Block] = [section(f"*{title_of(offering, words)}*\n{words('timeline.about')}")]
    if warnings:
        lines = [f"• {warning_text(each, words)}" for each in warnings]
        blocks += [section(f"*{words('timeline.warnings')}*"), *sections(lines)]
    else:
        blocks.append(section(words("timeline.no_warnings")))
    blocks += [divider(), *sections(entry_line(each, words) for each in entries)]
    return modal(words("timeline.title"), blocks, close=words("form.close"))


def entry_line(entry: Entry, words: Words) -> str:
    """When, what, and what has become of it."""
    when = words("timeline.no_day")
    if entry.on is not None:
        when = words.day(entry.on)
    if entry.at is not None:
        when = words("desk.moment", day=when, time=words.clock_time(entry.at.time()))
    what = words(f"timeline.{entry.kind}", number=entry.session)
    if entry.kind is EntryKind.PROMPT and entry.prompt is not None:
        what = words(f"timeline.prompt_{entry.prompt.moment}")
    line = f"*{when}* · {what}" if entry.kind is EntryKind.SESSION else f"{when} · {what}"
    fate = _fate(entry, words)
    return f"{line} · {fate}" if fate else line


def _fate(entry: Entry, words: Words) -> str:
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
    """A holiday or a season by name, with its days."""
    if quiet.kind in {QuietKind.HOLIDAY, QuietKind.EVE}:
        name = escape(words.pick(quiet.name)) if quiet.name else words("timeline.holiday")
        return words(f"timeline.quiet_{quiet.kind}", name=name, day=words.short_day(quiet.first))
    return words(f"timeline.quiet_{quiet.kind}")


def warning_text(warning: TimelineWarning, words: Words) -> str:
    """One warning as a sentence."""
    match warning:
        case QuietInGap(session, coming, quiet):
            return words(
                "timeline.quiet_in_gap", session=session, coming=coming, quiet=quiet_text(quiet, words)
            )
        case ShortGap(session, coming, working_days, lost):
            return words.many("timeline.short_gap", lost, session=session, coming=coming, days=working_days)
        case PromptMoved(entry) | PromptDropped(entry):
            return entry_line(entry, words)
        case LostToLimit(on, title, people, winners):
            return words.many(
                "timeline.lost_to_limit",
                people,
                day=words.day(on),
                title=escape(words.pick(title)),
                winners=words.all_of([escape(words.pick(each)) for each in winners]),
            )
        case CrowdedWeek(monday, prompts, people, titles):
            return words.many(
                "timeline.crowded_week",
                people,
                day=words.short_day(monday),
                prompts=prompts,
                titles=words.all_of([escape(words.pick(each)) for each in titles]),
            )
