"""A preview of a plan's prompts on the command line, in the coordinator's language."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.domain.prompts.dates import Reason
from bot.domain.prompts.plan_preview import PlanPromptPreview, PreviewRow
from bot.i18n import Words
from bot.views.prompts.timeline import quiet_text

COLUMNS: Final = ("person", "offering", "prompt", "gap", "due", "change", "reminder")


def headings(words: Words) -> list[str]:
    return [words(f"plan.preview_column_{column}") for column in COLUMNS]


def cells_of(row: PreviewRow, words: Words) -> list[str]:
    """One prompt, in the order of ``COLUMNS``."""
    return [
        words("plan.preview_person", number=row.person),
        row.offering,
        words(f"timeline.prompt_{row.moment}"),
        "–".join(str(number) for number in (row.after_session, row.before_session) if number is not None),
        _when(row.due_at, words),
        why(row, words),
        _when(row.remind_at, words),
    ]


def why(row: PreviewRow, words: Words) -> str:
    """Why a prompt does not come on its day; empty when it does."""
    reason = row.dropped or row.moved
    if reason is None:
        return ""
    said = quiet_text(row.quiet, words) if row.quiet is not None else words(f"timeline.why_{reason}")
    if row.dropped is not None:
        return words("timeline.dropped", why=said)
    if row.wanted_on is None:
        return words("timeline.moved", why=said)
    return words("plan.preview_moved_from", day=words.day(row.wanted_on), why=said)


def without_prompts(preview: PlanPromptPreview, words: Words) -> str:
    return words("plan.preview_without_prompts", codes=", ".join(preview.without_prompts))


def summary(preview: PlanPromptPreview, words: Words) -> list[str]:
    """How many prompts there are, and what becomes of them."""
    rows = preview.rows
    planned = sum(row.due_at is not None for row in rows)
    return [
        words("plan.preview_planned", people=preview.people, planned=planned),
        *_counted("plan.preview_moved", [row.moved for row in rows if row.moved is not None], words),
        *_counted("plan.preview_dropped", [row.dropped for row in rows if row.dropped is not None], words),
    ]


def _counted(key: str, reasons: Sequence[Reason], words: Words) -> list[str]:
    """The total, and below it the number for each reason, the most frequent first."""
    by_reason = Counter(words(f"timeline.why_{reason}") for reason in reasons)
    return [
        words(key, number=len(reasons)),
        *(f"- {words('plan.preview_reason', why=why, number=n)}" for why, n in by_reason.most_common()),
    ]


def _when(at: datetime | None, words: Words) -> str:
    return words("desk.moment", day=words.day(at.date()), time=words.clock_time(at.time())) if at else ""
