"""A plan's file contents: keys and plain values in the order of the file, without defaults."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from msgspec.structs import replace

from bot.domain.enrolment.offers import DEFAULT_OFFERS, OfferRules, OwnOfferRules
from bot.domain.language import Texts
from bot.domain.plan.model import (
    DEFAULT_CLOSING,
    Closing,
    DrawRules,
    Plan,
    PlannedOffering,
    PlannedSession,
    PlannedStrand,
    Reading,
    SignUpWindow,
    UseQuestion,
    Venue,
)
from bot.domain.prompts.prompt import DEFAULT_RULES, PromptRules

Contents = dict[str, Any]
"""Mappings, lists and strings."""

_DEFAULT_ZONE = "Europe/Helsinki"
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_RULE_NUMBERS = (
    *("per_gap", "days_after", "days_before", "short_gap", "remind_after", "days_between", "fade_after"),
    *("closing_after", "unnamed_from"),
)


def contents_of(plan: Plan) -> Contents:
    """The file contents of ``plan``."""
    return _said(
        {
            "programme": plan.code,
            "title": _texts(plan.title),
            "timezone": None if plan.timezone == _DEFAULT_ZONE else plan.timezone,
            "note": _texts(plan.note),
            "prompt_rules": _prompt_rules(plan.prompt_rules),
            "closing": _closing(plan.closing),
            **_offers(_own(plan.offers)),
        }
    ) | {"strands": [_strand(strand) for strand in plan.strands]}


def _strand(strand: PlannedStrand) -> Contents:
    return _said(
        {
            "number": str(strand.number),
            "title": _texts(strand.title),
            "prompts": strand.prompts,
            "offerings": [_offering(each) for each in strand.offerings],
        }
    )


def _offering(offering: PlannedOffering) -> Contents:
    details = offering.details
    picture = details.picture
    return _said(
        {
            "code": offering.code,
            "kind": offering.kind.value,
            "title": _texts(offering.title),
            "summary": _texts(offering.summary),
            "capacity": str(offering.capacity),
            "seats_per_agency": str(offering.seats_per_agency),
            "agency_seats": {code: str(seats) for code, seats in offering.agency_seats},
            "facilitators": list(offering.facilitators),
            "sign_up": _sign_up(offering.sign_up),
            **_draw(offering.draw),
            "cancelled": _yes(offering.cancelled),
            "prompts": None if offering.has_prompts else "false",
            **_offers(offering.offers),
            "for_whom": _texts(details.for_whom),
            "takes_home": _texts(details.takes_home),
            "themes": [_texts(each) for each in details.themes],
            "pre_reading": _readings(details.pre_reading),
            "questions": [_texts(each) for each in details.questions],
            "materials": _readings(details.materials),
            "picture": {"url": picture.url, "alt": _texts(picture.alt)} if picture is not None else None,
            "ask_needs": _yes(details.ask_needs),
        }
    ) | {"sessions": [_session(each) for each in offering.sessions]}


def _draw(rules: DrawRules | None) -> Contents:
    if rules is None:
        return {}
    return {
        "allocation": "balanced",
        "balance_roles": _yes(rules.balance_roles),
        "seats_each": None if rules == replace(rules, seats_each=1) else str(rules.seats_each),
    }


def _session(session: PlannedSession) -> Contents:
    return _said(
        {
            "number": str(session.number),
            "on": session.on.isoformat(),
            "from": _hour(session.starts),
            "to": _hour(session.ends),
            "place": _texts(session.place),
            "venue": _venue(session.venue),
            "link": session.link,
            "label": session.link_label,
            "bring": _texts(session.bring),
            "cancelled": _yes(session.cancelled),
            "materials": _readings(session.materials),
        }
    )


def _venue(venue: Venue | None) -> Contents | None:
    if venue is None:
        return None
    return _said(
        {
            "price": str(venue.price),
            "free_until": venue.free_until.isoformat() if venue.free_until is not None else None,
            "capacity": str(venue.capacity) if venue.capacity is not None else None,
        }
    )


def _prompt_rules(rules: PromptRules) -> Contents:
    said: Contents = {
        name: str(getattr(rules, name))
        for name in _RULE_NUMBERS
        if getattr(rules, name) != getattr(DEFAULT_RULES, name)
    }
    if rules.weekdays != DEFAULT_RULES.weekdays:
        said["weekdays"] = [_WEEKDAYS[day] for day in sorted(rules.weekdays)]
    if rules.window.opens != DEFAULT_RULES.window.opens:
        said["from"] = _hour(rules.window.opens)
    if rules.window.closes != DEFAULT_RULES.window.closes:
        said["to"] = _hour(rules.window.closes)
    return said


def _closing(closing: Closing) -> Contents:
    if closing == DEFAULT_CLOSING:
        return {}
    said = _said({"issuer": _texts(closing.issuer)})
    if closing.questions is not None:
        said["questions"] = [_question(each) for each in closing.questions]
    return said | _said({"follow_up": _yes(closing.follow_up)})


def _question(question: UseQuestion) -> Contents:
    choices = [_texts(choice) for choice in question.choices]
    return {"key": question.key, "text": _texts(question.text), "choices": choices}


def _own(rules: OfferRules) -> OwnOfferRules:
    def unless_default(name: str) -> Any:  # noqa: ANN401 - a number or a truth value
        value = getattr(rules, name)
        return value if value != getattr(DEFAULT_OFFERS, name) else None

    return OwnOfferRules(*(unless_default(name) for name in ("on", "hours", "cutoff_days")))


def _offers(rules: OwnOfferRules) -> Contents:
    is_on = rules.on
    return {
        "offers": None if is_on is None else str(is_on).lower(),
        "offer_hours": None if rules.hours is None else str(rules.hours),
        "offer_cutoff_days": None if rules.cutoff_days is None else str(rules.cutoff_days),
    }


def _sign_up(window: SignUpWindow) -> Contents:
    days = {"opens": window.opens, "closes": window.closes}
    return {key: day.isoformat() for key, day in days.items() if day is not None}


def _readings(readings: Sequence[Reading]) -> list[Contents]:
    return [_said({"title": _texts(each.title), "link": each.link}) for each in readings]


def _texts(texts: Texts | None) -> Contents | None:
    return dict(texts) if texts is not None else None


def _yes(is_so: bool) -> str | None:
    return "true" if is_so else None


def _hour(at: time) -> str:
    return f"{at:%H:%M}"


def _said(values: Mapping[str, Any]) -> Contents:
    return {key: value for key, value in values.items() if value not in (None, {}, [])}
