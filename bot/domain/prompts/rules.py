"""A programme's own rules for prompts as stored: one JSON value with what differs from the defaults."""

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
"""The rules whose values are plain numbers."""


def to_rules(stored: dict[str, Any] | None) -> PromptRules:
    """The rules with the stored values; the rest are defaults."""
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
    """The rules that differ from the defaults, as stored and as written in a plan file."""
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
