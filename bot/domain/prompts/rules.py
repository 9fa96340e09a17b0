"""A programme's own rules for prompts as they are stored: what differs from the defaults, one JSON value."""

from datetime import time
from typing import Any

from bot.domain.calendars.working_time import DayWindow
from bot.domain.prompts.prompt import DEFAULT_RULES, PromptRules

NUMBERS = (
    "per_gap",
    "days_after",
    "days_before",
    "short_gap",
    "remind_after",
    "days_between",
    "fade_after",
    "closing_after",
    "unnamed_from",
)
"""The rules that are plain numbers."""


def to_rules(stored: dict[str, Any] | None) -> PromptRules:
    """The rules as a plan file set them; what it leaves out stays as it is by default."""
    if not stored:
        return DEFAULT_RULES
    values = dict(stored)
    window = DayWindow(
        time.fromisoformat(values.pop("from", DEFAULT_RULES.window.opens.isoformat())),
        time.fromisoformat(values.pop("to", DEFAULT_RULES.window.closes.isoformat())),
    )
    weekdays = frozenset(values.pop("weekdays", DEFAULT_RULES.weekdays))
    return PromptRules(window=window, weekdays=weekdays, **values)


def stored_rules(rules: PromptRules) -> dict[str, Any]:
    """What of these rules differs from the defaults, as it is stored and as a plan file says it."""
    values = {
        name: getattr(rules, name) for name in NUMBERS if getattr(rules, name) != getattr(DEFAULT_RULES, name)
    }
    if rules.weekdays != DEFAULT_RULES.weekdays:
        values["weekdays"] = sorted(rules.weekdays)
    if rules.window.opens != DEFAULT_RULES.window.opens:
        values["from"] = rules.window.opens.isoformat("minutes")
    if rules.window.closes != DEFAULT_RULES.window.closes:
        values["to"] = rules.window.closes.isoformat("minutes")
    return values
