"""Plans to start a test from: sound ones, of which a test changes the one thing it is about."""

from datetime import date, time
from typing import Any

import yaml
from msgspec.structs import replace

from bot.domain.enrolment.offers import OfferRules
from bot.domain.plan.model import (
    OfferingKind,
    Plan,
    PlannedOffering,
    PlannedSession,
    PlannedStrand,
    SignUpWindow,
)

AT_ONCE = OfferRules(on=False)
"""Free seats are given at once, for tests that are about something else than offers."""


def texts(word: str) -> dict[str, str]:
    return {"fi": f"{word} suomeksi", "sv": f"{word} på svenska"}


def a_session(number: int = 1, **changes: Any) -> PlannedSession:
    session = PlannedSession(
        number=number,
        on=date(2019, 3, 10 + number),
        starts=time(9),
        ends=time(12),
        place=texts("Sali"),
    )
    return replace(session, **changes)


def a_remote_session(number: int = 1, **changes: Any) -> PlannedSession:
    return a_session(number, place=None, link="https://skype.example/1", link_label="Skype", **changes)


def an_offering(code: str = "dialogue-1", **changes: Any) -> PlannedOffering:
    offering = PlannedOffering(
        code=code,
        kind=OfferingKind.PROCESS,
        title=texts(f"Nimi {code}"),
        summary=texts("Sisältö"),
        capacity=20,
        seats_per_agency=4,
        sessions=(a_session(1), a_session(2)),
        facilitators=("UFASI",),
        agency_seats=(("vero", 3),),
        sign_up=SignUpWindow(date(2019, 1, 1), date(2019, 3, 1)),
    )
    return replace(offering, **changes)


def a_plan(*offerings: PlannedOffering, code: str = "kaiku-2019", **changes: Any) -> Plan:
    strand = PlannedStrand(1, texts("Dialogi"), offerings or (an_offering(),), prompts="dialogue")
    return replace(Plan(code, texts("Hanke"), "Europe/Helsinki", (strand,)), **changes)


def as_yaml(plan: Plan) -> bytes:
    """The plan as a coordinator would have written it."""
    content: dict[str, Any] = {
        "programme": plan.code,
        "title": dict(plan.title),
        "timezone": plan.timezone,
        "strands": [
            {
                "number": strand.number,
                "title": dict(strand.title),
                "prompts": strand.prompts,
                "offerings": [_offering_content(offering) for offering in strand.offerings],
            }
            for strand in plan.strands
        ],
    }
    if plan.note:
        content["note"] = dict(plan.note)
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False).encode()


def _offering_content(offering: PlannedOffering) -> dict[str, Any]:
    days = {"opens": offering.sign_up.opens, "closes": offering.sign_up.closes}
    return {
        "code": offering.code,
        "kind": offering.kind.value,
        "title": dict(offering.title),
        "summary": dict(offering.summary),
        "capacity": offering.capacity,
        "seats_per_agency": offering.seats_per_agency,
        "agency_seats": dict(offering.agency_seats),
        "facilitators": list(offering.facilitators),
        "sign_up": {key: str(day) for key, day in days.items() if day},
        "cancelled": offering.cancelled,
        "sessions": [_session_content(session) for session in offering.sessions],
    }


def _session_content(session: PlannedSession) -> dict[str, Any]:
    content = {
        "number": session.number,
        "on": session.on.isoformat(),
        "from": f"{session.starts:%H:%M}",
        "to": f"{session.ends:%H:%M}",
        "place": dict(session.place) if session.place else None,
        "link": session.link,
        "label": session.link_label,
        "bring": dict(session.bring) if session.bring else None,
        "cancelled": session.cancelled or None,
    }
    return {key: value for key, value in content.items() if value is not None}
