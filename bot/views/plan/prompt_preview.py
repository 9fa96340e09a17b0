"""A preview in plain words, for whoever reads it on the command line."""

from collections import Counter
from datetime import date, datetime
from typing import Final

from bot.domain.calendars.quiet_days import Quiet, QuietKind
from bot.domain.prompts.dates import Reason
from bot.domain.prompts.plan_preview import PlanPromptPreview, PreviewRow
from bot.domain.prompts.prompt import Moment

MOMENTS: Final = {
    Moment.PLAN: "if-then plan",
    Moment.MIDPOINT: "midpoint",
    Moment.BEFORE: "look ahead",
    Moment.ANY: "facilitator's own",
}
REASONS: Final = {
    Reason.QUIET_DAY: "a quiet day",
    Reason.PAUSED: "the person has a pause",
    Reason.AWAY: "the person is away",
    Reason.LATE: "its time had passed",
    Reason.SHORT_GAP: "too few working days between the sessions",
    Reason.SESSION_CANCELLED: "its session is cancelled, or none follows",
    Reason.AFTER_SESSION: "it would come when the next session has begun",
    Reason.WEEKLY_CAP: "too near another prompt",
    Reason.NO_PLAN: "there is no plan to come back to",
    Reason.JOINED_LATER: "the person joined after that session",
    Reason.MISSED_SESSION: "the person was not at that session",
    Reason.NOT_IN_AUDIENCE: "it is for others",
    Reason.FEWER: "the person wants fewer",
    Reason.STOPPED: "the person wants none",
    Reason.PAST: "its time has passed",
    Reason.WITHDRAWN: "its facilitator withdrew it",
}


def gap_of(row: PreviewRow) -> str:
    """``1-2``: between which sessions."""
    return "-".join(str(number) for number in (row.after_session, row.before_session) if number is not None)


def when(moment: datetime | None) -> str:
    return f"{day(moment.date())} {moment:%H:%M}" if moment is not None else ""


def day(on: date) -> str:
    return f"{on:%a} {on.day} {on:%b %Y}"


def why(row: PreviewRow) -> str:
    """Why a prompt does not come on its day; empty when it does."""
    reason = row.dropped or row.moved
    if reason is None:
        return ""
    said = _quiet_words(row.quiet) if row.quiet is not None else REASONS[reason]
    if row.dropped is not None:
        return f"dropped: {said}"
    return f"moved from {day(row.wanted_on)}: {said}" if row.wanted_on is not None else f"moved: {said}"


def summary(preview: PlanPromptPreview) -> str:
    """How many prompts there are, and what becomes of them."""
    rows = preview.rows
    planned = sum(row.due_at is not None for row in rows)
    moved = Counter(REASONS[row.moved] for row in rows if row.moved is not None)
    dropped = Counter(REASONS[row.dropped] for row in rows if row.dropped is not None)
    people = "1 person" if preview.people == 1 else f"{preview.people} people"
    return f"{people}: {planned} prompts planned; {_counts('moved', moved)}; {_counts('dropped', dropped)}."


def _counts(what: str, reasons: Counter[str]) -> str:
    by_reason = "; ".join(f"{number} {reason}" for reason, number in reasons.most_common())
    return f"{reasons.total()} {what}" + (f" ({by_reason})" if by_reason else "")


def _quiet_words(quiet: Quiet) -> str:
    name = (quiet.name or {}).get("en", "a holiday")
    match quiet.kind:
        case QuietKind.HOLIDAY:
            return name
        case QuietKind.EVE:
            return f"the eve of {name}"
        case QuietKind.JULY:
            return "July is quiet"
        case QuietKind.TURN_OF_YEAR:
            return "23 December to 6 January are quiet"
