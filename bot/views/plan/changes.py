"""Plain English for what a new plan changes."""

from bot.domain.language import Texts, counted, pick
from bot.domain.plan.changes import Change, ChangeKind, SessionTime, TouchingChange, Whereabouts
from bot.domain.plan.model import PlannedOffering, PlannedSession, SignUpWindow
from bot.domain.prompts.prompt import PromptRules
from bot.domain.prompts.rules import stored_rules

_WORDS: dict[ChangeKind, str] = {
    ChangeKind.PROGRAMME_ADDED: "new programme: {new}",
    ChangeKind.PROGRAMME_TITLE_CHANGED: "title changed from {old} to {new}",
    ChangeKind.PROGRAMME_NOTE_CHANGED: "note changed from {old} to {new}",
    ChangeKind.TIMEZONE_CHANGED: "time zone changed from {old} to {new}: every session moves",
    ChangeKind.PROMPT_RULES_CHANGED: "rules for prompts changed: {new}",
    ChangeKind.STRAND_ADDED: "new: {new}",
    ChangeKind.STRAND_DROPPED: "dropped: {old}",
    ChangeKind.STRAND_RENAMED: "title changed from {old} to {new}",
    ChangeKind.ORDER_CHANGED: "order changed to {new}",
    ChangeKind.OFFERING_ADDED: "new: {new}",
    ChangeKind.OFFERING_DROPPED: "dropped: {old}",
    ChangeKind.OFFERING_CANCELLED: "cancelled",
    ChangeKind.OFFERING_RESTORED: "no longer cancelled",
    ChangeKind.PROMPTS_TURNED_ON: "prompts are sent again",
    ChangeKind.PROMPTS_TURNED_OFF: "no prompts are sent any more",
    ChangeKind.OFFERING_MOVED: "moved from strand {old} to strand {new}",
    ChangeKind.KIND_CHANGED: "kind changed from {old} to {new}",
    ChangeKind.TITLE_CHANGED: "title changed from {old} to {new}",
    ChangeKind.SUMMARY_CHANGED: "summary changed to {new}",
    ChangeKind.DETAILS_CHANGED: "what its announcement and details say changed",
    ChangeKind.CAPACITY_RAISED: "capacity raised from {old} to {new}",
    ChangeKind.CAPACITY_LOWERED: "capacity lowered from {old} to {new}; nobody loses a seat",
    ChangeKind.SEATS_PER_AGENCY_CHANGED: "seats per agency changed from {old} to {new}",
    ChangeKind.AGENCY_SEATS_CHANGED: "seats of single agencies changed from {old} to {new}",
    ChangeKind.FACILITATORS_CHANGED: "facilitators changed from {old} to {new}",
    ChangeKind.SIGN_UP_CHANGED: "sign-up changed from {old} to {new}",
    ChangeKind.SESSION_ADDED: "new: {new}",
    ChangeKind.SESSION_DROPPED: "dropped: {old}",
    ChangeKind.SESSION_CANCELLED: "cancelled: {old}",
    ChangeKind.SESSION_RESTORED: "no longer cancelled: {new}",
    ChangeKind.SESSION_MOVED: "moved from {old} to {new}",
    ChangeKind.SESSION_PLACE_CHANGED: "place changed from {old} to {new}",
    ChangeKind.SESSION_BRING_CHANGED: "what to bring changed from {old} to {new}",
}


def sentence_for(touching: TouchingChange) -> str:
    """One line: what it is about, what changes, and how many people that touches."""
    change = touching.change
    line = f"{_subject(change)}: {_WORDS[change.kind].format(old=_said(change.old), new=_said(change.new))}"
    if touching.seated or touching.waiting:
        line = f"{line} ({touching.seated} seated, {touching.waiting} waiting)"
    return line


def _subject(change: Change) -> str:
    if change.session is not None:
        return f"{change.offering}, session {change.session}"
    if change.offering is not None:
        return change.offering
    return f"strand {change.strand}" if change.strand is not None else "programme"


def _said(value: object) -> str:
    if value is None or value == ():
        return "nothing"
    if isinstance(value, dict):
        return f'"{_text(value)}"'
    if isinstance(value, tuple):
        return ", ".join(f"{part[0]}: {part[1]}" if isinstance(part, tuple) else part for part in value)
    return _said_of_plan(value)


def _said_of_plan(value: object) -> str:
    match value:
        case SessionTime(on, starts, ends):
            said = f"{on:%a %Y-%m-%d} {starts:%H:%M}-{ends:%H:%M}"
        case PlannedSession():
            said = f"{value.on:%a %Y-%m-%d} {value.starts:%H:%M}-{value.ends:%H:%M}"
        case PlannedOffering():
            seats = counted(value.capacity, "seat", "seats")
            said = f'"{_text(value.title)}", {seats}, {counted(len(value.sessions), "session", "sessions")}'
        case Whereabouts(place, link, label):
            said = f'"{_text(place)}"' if place is not None else f"{label or ''} {link}".strip()
        case PromptRules():
            said = ", ".join(f"{key} {value}" for key, value in stored_rules(value).items()) or "the defaults"
        case SignUpWindow(opens, closes):
            said = f"{opens or 'any day'} to {closes or 'the first session'}"
        case _:
            said = str(value)
    return said


def _text(texts: Texts) -> str:
    """In English; where the coordinator gave none, in Finnish."""
    return pick(texts, "en")
