"""The changes of a new plan and their consequences for people, in the operator's language."""

from bot.domain.enrolment.offers import NO_OWN_OFFERS, OfferRules, OwnOfferRules
from bot.domain.plan.changes import Change, ChangeKind, SessionTime, TouchingChange, Whereabouts
from bot.domain.plan.consequences import Asked
from bot.domain.plan.model import (
    DrawRules,
    OfferingKind,
    PlannedOffering,
    PlannedSession,
    Reading,
    SignUpWindow,
    Venue,
)
from bot.domain.plan.people import Found
from bot.domain.plan.rules import Noted
from bot.domain.prompts.prompt import PromptRules
from bot.domain.prompts.rules import stored_rules
from bot.i18n import Words


def note_for(noted: Noted, words: Words) -> str:
    """One line on something that breaks no rule, but may be a mistake."""
    return words(f"plan.note_{noted.code}", **noted.params)


def people_line(found: Found, words: Words) -> str:
    """One line on somebody whom the plan names as a facilitator."""
    return words(f"plan.people_{found.code}", **found.params)


def question_for(asked: Asked, words: Words) -> str:
    """One line on a consequence for people that the operator has to confirm."""
    return words(f"plan.asked_{asked.code}", **asked.params)


def sentence_for(touching: TouchingChange, words: Words) -> str:
    """One line: what it is about, what changes, and how many people that touches."""
    line = sentence_of(touching.change, words)
    if touching.seated or touching.waiting:
        line = words("plan.touches", words=line, seated=touching.seated, waiting=touching.waiting)
    return line


def sentence_of(change: Change, words: Words) -> str:
    """One line: what it is about and what changes."""
    old, new = (_said_of(change.kind, each, words) for each in (change.old, change.new))
    changed = words(f"plan.change_{change.kind}", old=old, new=new)
    return words("plan.line", about=_subject(change, words), words=changed)


def _subject(change: Change, words: Words) -> str:
    if change.session is not None:
        return words("plan.about_session", offering=change.offering, session=change.session)
    if change.offering is not None:
        return change.offering
    if change.strand is not None:
        return words("plan.about_strand", strand=change.strand)
    return words("plan.about_programme")


_unset = {
    ChangeKind.STRAND_PROMPTS_CHANGED: "plan.no_library",
    ChangeKind.AGENCY_SEATS_CHANGED: "plan.same_for_all",
    ChangeKind.FACILITATORS_CHANGED: "plan.nobody",
    ChangeKind.ALLOCATION_CHANGED: "plan.first_come",
    ChangeKind.SESSION_VENUE_CHANGED: "plan.no_terms",
}
"""The words for a default that holds where the plan says nothing; other keys have none."""


def _said_of(kind: ChangeKind, value: object, words: Words) -> str:
    if value is None or value == ():
        return words(_unset.get(kind, "plan.nothing"))
    if value == NO_OWN_OFFERS:
        return words("plan.as_programme")
    return _said(value, words)


def _said(value: object, words: Words) -> str:
    if isinstance(value, dict):
        return f'"{words.pick(value)}"'
    if isinstance(value, tuple):
        return ", ".join(_part(each, words) for each in value)
    return _said_of_plan(value, words)


def _part(part: object, words: Words) -> str:
    match part:
        case Reading():
            return f'"{words.pick(part.title)}"'
        case (first, second):
            return f"{first}: {second}"
        case _:
            return str(part)


def venue_line(venue: Venue, words: Words) -> str:
    """What it costs, until when it can be cancelled, how many it holds."""
    parts = [words("plan.venue_price", price=words.number(venue.price))]
    if venue.free_until is not None:
        parts.append(words("plan.venue_free_until", day=words.day(venue.free_until)))
    if venue.capacity is not None:
        parts.append(words("plan.venue_holds", n=venue.capacity))
    return ", ".join(parts)


def _offers_line(rules: OfferRules | OwnOfferRules, words: Words) -> str:
    """The rules in words; of an offering only those that it overrides."""
    if rules.on is False:
        return words("plan.offers_off")
    parts = [words("plan.offers_on")] if rules.on else []
    if rules.hours is not None:
        parts.append(words("plan.offers_hours", n=rules.hours))
    if rules.cutoff_days is not None:
        parts.append(words("plan.offers_cutoff", n=rules.cutoff_days))
    return "; ".join(parts)


def _said_of_plan(value: object, words: Words) -> str:
    match value:
        case SessionTime() | PlannedSession():
            hours = words.hours(value.starts, value.ends)
            said = words("session.day_and_hours", day=words.day(value.on), hours=hours)
        case PlannedOffering():
            said = words(
                "plan.offering",
                title=words.pick(value.title),
                seats=words.many("plan.seats", value.capacity),
                sessions=words.many("plan.sessions", len(value.sessions)),
            )
        case Whereabouts(place, link, label):
            said = f'"{words.pick(place)}"' if place is not None else f"{label or ''} {link}".strip()
        case Venue():
            said = venue_line(value, words)
        case PromptRules():
            rules = stored_rules(value).items()
            said = ", ".join(f"{key} {rule}" for key, rule in rules) or words("plan.defaults")
        case OfferRules() | OwnOfferRules():
            said = _offers_line(value, words)
        case SignUpWindow(opens, closes):
            said = words(
                "plan.window",
                opens=words.day(opens) if opens else words("plan.any_day"),
                closes=words.day(closes) if closes else words("plan.first_session"),
            )
        case DrawRules(balance_roles, seats_each):
            said = words("plan.balanced_roles" if balance_roles else "plan.balanced", seats=seats_each)
        case OfferingKind():
            said = words(f"kind.{value}")
        case _:
            said = str(value)
    return said
