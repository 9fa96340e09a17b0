"""Success cases: asking for them, writing, giving and withdrawing one, and those in a report.

Everything is found by the offering's code and the acting person, so nobody reaches another person's case. The
log of acts never says whose a case is: its writer may have chosen to stay unnamed.
"""

import logging
import random
from datetime import datetime, timedelta

from msgspec import Struct

from bot.domain.acts import ActKind
from bot.domain.completion import Occasion
from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.domain.enrolment.seats import Status
from bot.domain.errors import KaikuError, Refusal
from bot.domain.evidence.cases import MOST_TOLD, Case, CaseState, Credit, Rating, Told, whom_to_ask
from bot.domain.offerings.offering import Offering
from bot.domain.people.person import Person
from bot.services.acts import note_act
from bot.services.deliveries import outbox
from bot.services.evidence.report import Report, current_programme
from bot.services.offerings.catalogue import load_all_offerings, load_offering
from bot.services.offerings.facilitators import Actor
from bot.services.reflections.answers import require_vault, unsealed
from bot.services.reflections.vault import Vault
from bot.views.completion.use import asked_at
from storage import cases as rows
from storage import deliveries as delivery_rows
from storage import enrolment as enrolment_rows
from storage import evidence as evidence_rows
from storage.cases import CaseRow
from storage.transaction import Tx

log = logging.getLogger(__name__)

ASKED_FOR: timedelta = timedelta(days=30)
"""How long the question is useful."""


class CaseForm(Struct, frozen=True):
    """``case`` is what the person has written before, if anything."""

    offering: Offering
    case: Case | None


def count_cases(tx: Tx, actor: Actor, now: datetime) -> int:
    """How many cases wait for the next report of the current programme. Raises KaikuError: NOT_COORDINATOR,
    LEADS_NOTHING."""
    return rows.count_given(tx, _programme(tx, actor, now))


def ask_for_cases(tx: Tx, vault: Vault | None, actor: Actor, most: int, form_key: str, now: datetime) -> None:
    """Ask up to ``most`` people, nobody twice. How many were found, and who, is told nobody. Submitting the
    same form again asks nobody more.

    Raises KaikuError: NOT_COORDINATOR, LEADS_NOTHING, REFLECTIONS_OFF.
    """
    require_vault(vault)
    programme = _programme(tx, actor, now)
    evidence_rows.lock_editions(tx)  # two coordinators at once ask nobody twice
    asked = rows.list_asked(tx, programme)
    if any(occurrence == form_key for _, occurrence in asked):
        return
    chosen = whom_to_ask(_ratings(tx, programme, {who for who, _ in asked}), most, random.SystemRandom())
    for each in chosen:
        delivery_rows.add_delivery(
            tx,
            kind=DeliveryKind.CASE_ASKED,
            recipient=each.person,
            subject=each.offering,
            occurrence=form_key,
            due_at=now,
            expires_at=now + ASKED_FOR,
            now=now,
        )
    note_act(tx, ActKind.ASKED_FOR_CASES, actor=actor.person.id, offering=programme, number=most, now=now)


def load_form(tx: Tx, vault: Vault | None, person: Person, code: str) -> CaseForm:
    """The form for a case.

    Raises KaikuError: UNKNOWN_OFFERING, REFLECTIONS_OFF, REFLECTIONS_LOCKED, CASE_NOT_ASKED, GUEST_IN_GROUP,
    NOT_ENROLLED, CASE_ISSUED, CASES_ENOUGH.
    """
    vault = require_vault(vault)
    offering = _asked_of(tx, person, code)
    row = rows.get_case(tx, offering.id, person.id)
    _require_not_issued(row)
    is_given = row is not None and row.given_at is not None
    if not is_given and rows.count_given(tx, offering.programme_code) >= MOST_TOLD:
        raise KaikuError(Refusal.CASES_ENOUGH)
    return CaseForm(offering, _opened(tx, vault, row, offering) if row is not None else None)


def write_case(tx: Tx, vault: Vault | None, person: Person, code: str, told: Told, now: datetime) -> Case:
    """Store the case, for its writer alone until it is given.

    Raises KaikuError: those of ``load_form`` except CASES_ENOUGH, because nothing that somebody has written
    is lost.
    """
    vault = require_vault(vault)
    offering = _asked_of(tx, person, code)
    _require_not_issued(rows.lock_case(tx, offering.id, person.id))
    sealed = vault.seal(tx, person.id, [told.tried, told.came], now)
    rows.keep_case(tx, offering.id, person.id, sealed, told.credit, now)
    outbox.plan_edit_of(tx, DeliveryKind.CASE_ASKED, person.id, code, now)
    return _own(tx, vault, person, offering)


def give_case(tx: Tx, vault: Vault | None, person: Person, code: str, now: datetime) -> Case:
    """Let the next report include the case. Raises KaikuError: those of ``write_case``, and CASE_GONE."""
    vault = require_vault(vault)
    offering = _asked_of(tx, person, code)
    row = rows.lock_case(tx, offering.id, person.id)
    if row is None:
        raise KaikuError(Refusal.CASE_GONE)
    _require_not_issued(row)
    if row.given_at is None:
        rows.give_case(tx, offering.id, person.id, now)
        note_act(tx, ActKind.GAVE_CASE, offering=code, now=now)
        outbox.plan_edit_of(tx, DeliveryKind.CASE_ASKED, person.id, code, now)
    return _own(tx, vault, person, offering)


def withdraw_case(tx: Tx, person: Person, code: str, now: datetime) -> Offering:
    """Delete the case, with or without a seat. Raises KaikuError: UNKNOWN_OFFERING, CASE_GONE,
    CASE_ISSUED.
    """
    offering = load_offering(tx, code)
    row = rows.lock_case(tx, offering.id, person.id)
    if row is None:
        raise KaikuError(Refusal.CASE_GONE)
    _require_not_issued(row)
    rows.delete_case(tx, offering.id, person.id)
    if row.given_at is not None:
        note_act(tx, ActKind.WITHDREW_CASE, offering=code, now=now)
    outbox.plan_edit_of(tx, DeliveryKind.CASE_ASKED, person.id, code, now)
    return offering


def find_case(tx: Tx, vault: Vault, person: Person, offering: Offering) -> Case | None:
    """What the person has written about an offering. Raises KaikuError: REFLECTIONS_LOCKED."""
    row = rows.get_case(tx, offering.id, person.id)
    return _opened(tx, vault, row, offering) if row is not None else None


def cases_in(tx: Tx, vault: Vault | None, report: Report) -> list[Case]:
    """The cases in a report, only its offering's if it has one: as stored today, without those erased since.
    One that can't be decrypted is left out.
    """
    offerings = {each.id: each for each in report.about.offerings}
    only = report.about.only
    found = []
    for row in rows.list_issued(tx, report.programme, report.edition.at):
        offering = offerings.get(row.offering_id)
        if offering is None or (only is not None and only.id != row.offering_id):
            continue
        try:
            case = _opened(tx, require_vault(vault), row, offering)
        except KaikuError:
            case = None
        if case is None:
            log.warning("a case in the report can't be opened", extra={"action": "case_not_opened"})
        elif case.state is not CaseState.ERASED:
            found.append(case)
    return found


def _programme(tx: Tx, actor: Actor, now: datetime) -> str:
    if not actor.is_coordinator:
        raise actor.refused(KaikuError(Refusal.NOT_COORDINATOR), "cases_ask")
    return current_programme(tx, now)


def _ratings(tx: Tx, programme: str, without: set[str]) -> list[Rating]:
    """Answers to the first question on use, at the end or later: its first choice is the most favourable."""
    places = {
        (offering.code, asked[0].key): len(asked[0].choices) - 1
        for offering in load_all_offerings(tx)
        if offering.programme_code == programme and not offering.cancelled
        for occasion in Occasion
        if (asked := asked_at(offering, occasion))
    }
    return [
        Rating(row.person_id, row.code, row.choice / last, row.answered_at)
        for row in rows.list_choices(tx, programme)
        if row.person_id not in without
        and (last := places.get((row.code, row.key), 0))
        and 0 <= row.choice <= last
    ]


def _asked_of(tx: Tx, person: Person, code: str) -> Offering:
    """The offering, if the person was asked for a case of it and still has the seat."""
    offering = load_offering(tx, code)
    asked = delivery_rows.list_about(
        tx, kinds=(DeliveryKind.CASE_ASKED,), subjects=(code,), recipients=(person.id,)
    )
    arrived = {DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.UNKNOWN}
    if not any(each.state in arrived or each.maybe_sent for each in asked):
        raise KaikuError(Refusal.CASE_NOT_ASKED)
    if not person.may_take_part:
        raise KaikuError(Refusal.GUEST_IN_GROUP, offering=offering)
    enrolment = enrolment_rows.get_standing_enrolment(tx, offering.id, person.id)
    if enrolment is None or enrolment.status != Status.SEATED:
        raise KaikuError(Refusal.NOT_ENROLLED, offering=offering)
    return offering


def _require_not_issued(row: CaseRow | None) -> None:
    if row is not None and row.issued_at is not None:
        raise KaikuError(Refusal.CASE_ISSUED)


def _own(tx: Tx, vault: Vault, person: Person, offering: Offering) -> Case:
    case = find_case(tx, vault, person, offering)
    if case is None:
        raise KaikuError(Refusal.CASE_GONE)
    return case


def _opened(tx: Tx, vault: Vault, row: CaseRow, offering: Offering) -> Case | None:
    """The decrypted case; None if its key is gone. Raises KaikuError: REFLECTIONS_LOCKED."""
    if not row.sealed:
        return Case(offering, Told("", "", Credit(row.credit)), row.name, row.agency, CaseState.ERASED)
    parts = unsealed(tx, vault, row.person_id, row.sealed)
    if parts is None:
        return None
    state = CaseState.GIVEN if row.given_at is not None else CaseState.WRITTEN
    if row.issued_at is not None:
        state = CaseState.ISSUED
    tried, came = parts
    return Case(offering, Told(tried, came, Credit(row.credit)), row.name, row.agency, state)
