"""Certificates of participation: requested by the person, confirmed by attendance, verified by a code.

What a certificate says about sessions is read when it is opened, so it has a facilitator's corrections at
once.
"""

import re
import secrets
from datetime import datetime

from msgspec import Struct

from bot.domain.acts import ActKind
from bot.domain.completion import Certified, certified_sessions, new_code, tidy_code
from bot.domain.enrolment.seats import Status
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering
from bot.domain.people.person import Person
from bot.services.acts import note_act
from bot.services.calendars.feed import CalendarLinks
from bot.services.deliveries import outbox
from bot.services.offerings.catalogue import load_offering, load_offering_by_id, state_of
from storage import absence as absence_rows
from storage import completion as completion_rows
from storage import enrolment as enrolment_rows
from storage import facilitation as facilitation_rows
from storage.completion import CertificateRow
from storage.transaction import Tx

MAX_NAME = 100
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_CODE = re.compile(r"[A-Z0-9]{4}(-[A-Z0-9]{4}){3}")


class Asked(Struct, frozen=True):
    """A requested certificate, and the token that opens it."""

    certified: Certified
    token: str


def load_certifiable(tx: Tx, person: Person, code: str, now: datetime) -> Certified:
    """What a certificate would say, with the name and language of an earlier one, if any.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_ENROLLED, NOT_OVER_YET, NOTHING_ATTENDED.
    """
    offering = load_offering(tx, code)
    enrolment = enrolment_rows.get_standing_enrolment(tx, offering.id, person.id)
    if enrolment is None or enrolment.status != Status.SEATED:
        raise KaikuError(Refusal.NOT_ENROLLED, offering=offering)
    if state_of(offering, now) is not SignUpState.PAST:
        raise KaikuError(Refusal.NOT_OVER_YET, offering=offering)
    kept = completion_rows.get_certificate(tx, person.id, offering.id)
    name, language = (kept.name, kept.language) if kept is not None else (person.name, person.language)
    certified = _certified(tx, offering, person.id, name, language, kept.code if kept is not None else "")
    if certified is None:
        raise KaikuError(Refusal.NOTHING_ATTENDED, offering=offering)
    return certified


def ask_for(
    tx: Tx, person: Person, code: str, name: str, language: str, links: CalendarLinks, now: datetime
) -> Asked:
    """Make a certificate in this name and language, or change the existing one. Facilitators are told if they
    have something to do: mark attendance, or hand it over because Kaiku has no public address.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_ENROLLED, NOT_OVER_YET, NOTHING_ATTENDED.
    """
    offering = load_certifiable(tx, person, code, now).offering
    row = completion_rows.keep_certificate(
        tx,
        person_id=person.id,
        offering_id=offering.id,
        name=name,
        language=language,
        code=new_code(),
        token=secrets.token_urlsafe(32),
        now=now,
    )
    note_act(tx, ActKind.MADE_CERTIFICATE, actor=person.id, person=person.id, offering=code, now=now)
    certified = _certified(tx, offering, person.id, row.name, row.language, row.code)
    assert certified is not None
    to_tell = [each for each in offering.facilitators if "@" not in each]
    if not links.are_shown:
        outbox.plan_certificate_asked(tx, to_tell, code, str(row.id), now)
    elif not certified.is_confirmed:
        outbox.plan_certificate_asked(tx, to_tell, code, "", now)
    return Asked(certified, row.token)


def by_token(tx: Tx, token: str) -> Certified | None:
    """The certificate that this secret token opens."""
    row = completion_rows.get_certificate_by_token(tx, token) if _TOKEN.fullmatch(token) else None
    return _of_row(tx, row)


def by_code(tx: Tx, code: str) -> Certified | None:
    """The certificate with this code, as somebody typed it from paper."""
    tidy = tidy_code(code)
    row = completion_rows.get_certificate_by_code(tx, tidy) if _CODE.fullmatch(tidy) else None
    return _of_row(tx, row)


def list_asked(tx: Tx, code: str) -> list[Certified]:
    """Every certificate requested in an offering. Raises KaikuError: UNKNOWN_OFFERING."""
    offering = load_offering(tx, code)
    found = (_of_row(tx, row) for row in completion_rows.list_certificates_in(tx, offering.id))
    return [each for each in found if each is not None]


def _of_row(tx: Tx, row: CertificateRow | None) -> Certified | None:
    if row is None:
        return None
    offering = load_offering_by_id(tx, row.offering_id)
    return _certified(tx, offering, row.person_id, row.name, row.language, row.code)


def _certified(
    tx: Tx, offering: Offering, person_id: str, name: str, language: str, code: str
) -> Certified | None:
    """The certificate's content; None if the person has no seat, or came to no session."""
    enrolment = enrolment_rows.get_standing_enrolment(tx, offering.id, person_id)
    if enrolment is None or enrolment.status != Status.SEATED or offering.cancelled:
        return None
    seated_at = enrolment_rows.get_seated_at(tx, enrolment.id)
    if seated_at is None:
        return None
    attended = facilitation_rows.list_attendance(tx, [person_id])[person_id].get(offering.id, {})
    absent = {
        row.number
        for row in absence_rows.list_absences_of(tx, person_id)
        if row.absent and row.offering_id == offering.id
    }
    sessions = certified_sessions(offering, seated_at, attended, absent)
    return Certified(offering, name, language, code, sessions) if sessions else None
