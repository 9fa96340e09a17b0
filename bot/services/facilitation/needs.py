"""Practical needs: stated at joining where the plan asks, encrypted with the person's own key, shown only to
the offering's facilitators, deleted the day after the last session.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.clock import Now, read
from bot.domain.acts import ActKind
from bot.domain.calendars.wall_time import local
from bot.domain.errors import KaikuError, Refusal
from bot.domain.facilitation.needs import Need, read_needs
from bot.domain.offerings.offering import Offering
from bot.domain.people.person import Defaults, Person
from bot.services.acts import note_act
from bot.services.calendars.tokens import CalendarTokens
from bot.services.enrolment.join import Enrolled
from bot.services.offerings.catalogue import load_offering, load_offering_by_id
from bot.services.offerings.facilitators import Actor, load_facilitated
from bot.services.people.profiles import JoinRequest, introduce_and_enrol
from bot.services.reflections import answers
from bot.services.reflections.vault import Vault, VaultError
from storage import enrolment as enrolment_rows
from storage import needs as need_rows
from storage import rooms as room_rows
from storage.isolation import isolated
from storage.transaction import Tx

log = logging.getLogger(__name__)


def are_asked(offering: Offering, vault: Vault | None) -> bool:
    """Whether people may state needs for this offering: the plan asks, and Kaiku can encrypt them."""
    return vault is not None and offering.details.ask_needs


def join_with_needs(
    tx: Tx,
    asked: JoinRequest,
    defaults: Defaults,
    tokens: CalendarTokens,
    now: Now,
    *,
    needs: Sequence[Need],
    vault: Vault | None,
) -> tuple[Person, Enrolled]:
    """Handle the join form: the profile, the sign-up and the needs, in one transaction. Raises KaikuError:
    the refusals of ``introduce_and_enrol``.
    """
    (outcome,) = introduce_and_enrol(tx, [asked], defaults, tokens, now)
    if isinstance(outcome, KaikuError):
        raise outcome
    person, done = outcome
    if needs and not done.already and are_asked(done.offering, vault):
        _keep(tx, vault, person.id, done.offering, needs, read(now))
    return person, done


def load_needs(tx: Tx, vault: Vault | None, person: Person, code: str) -> tuple[Offering, list[Need]]:
    """A person's needs for an offering in which they have a seat or wait. Raises KaikuError:
    UNKNOWN_OFFERING, NOT_ENROLLED, NEEDS_NOT_ASKED.
    """
    offering = load_offering(tx, code)
    if enrolment_rows.get_standing_enrolment(tx, offering.id, person.id) is None:
        raise KaikuError(Refusal.NOT_ENROLLED, offering=offering)
    if not are_asked(offering, vault):
        raise KaikuError(Refusal.NEEDS_NOT_ASKED, offering=offering)
    sealed = need_rows.get_needs(tx, offering.id, person.id)
    return offering, (_open(tx, vault, person.id, sealed) or []) if sealed is not None else []


def save_needs(
    tx: Tx, vault: Vault | None, person: Person, code: str, needs: Sequence[Need], now: datetime
) -> Offering:
    """Change or delete a person's needs. Raises KaikuError: UNKNOWN_OFFERING, NOT_ENROLLED,
    NEEDS_NOT_ASKED.
    """
    offering, _ = load_needs(tx, vault, person, code)
    if needs:
        _keep(tx, vault, person.id, offering, needs, now)
    else:
        need_rows.delete_needs(tx, offering.id, [person.id])
    return offering


def _keep(
    tx: Tx, vault: Vault | None, person_id: str, offering: Offering, needs: Sequence[Need], now: datetime
) -> None:
    assert vault is not None, "are_asked"
    need_rows.set_needs(tx, offering.id, person_id, vault.seal(tx, person_id, list(needs), now), now)


def _open(tx: Tx, vault: Vault | None, person_id: str, sealed: bytes) -> list[Need] | None:
    """The decrypted needs; None if they can't be read: after a restore without people's keys, or with another
    secret.
    """
    if vault is None:
        return None
    try:
        return read_needs(vault.open(tx, person_id, sealed))
    except VaultError as error:
        # No log says whose they are.
        log.warning("needs not read: %s", error.code, extra={"action": "needs_not_read"})
        return None


def read_group(
    tx: Tx, vault: Vault | None, actor: Actor, code: str, people: Sequence[str], now: datetime
) -> dict[str, list[Need] | None] | None:
    """The needs of these people, by person; None in place of those that can't be read. Returns None for
    anybody who does not facilitate the offering themselves, and where the plan does not ask. Reading needs is
    logged.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK.
    """
    offering = load_facilitated(tx, actor, code, "needs")
    if actor.person.id not in offering.facilitators or not are_asked(offering, vault):
        return None
    found = {
        person_id: _open(tx, vault, person_id, sealed)
        for person_id, sealed in need_rows.list_needs_in(tx, offering.id)
        if person_id in people
    }
    if found:
        note_act(tx, ActKind.READ_NEEDS, now=now, actor=actor.person.id, offering=code)
    return found


def erase_reflections(tx: Tx, vault: Vault | None, person: Person, now: datetime) -> None:
    """Delete everything the person wrote, with their key. Needs stay: they are encrypted again with a new
    key.
    """
    told = []
    if vault is not None:
        for offering_id, sealed, told_at in need_rows.list_needs_of(tx, person.id):
            needs = _open(tx, vault, person.id, sealed)
            if needs is None:
                need_rows.delete_needs(tx, offering_id, [person.id])  # nobody can read them ever again
            else:
                told.append((offering_id, needs, told_at))
    answers.erase(tx, person.id, now)
    for offering_id, needs, told_at in told:
        assert vault is not None
        need_rows.set_needs(tx, offering_id, person.id, vault.seal(tx, person.id, list(needs), now), told_at)


def forget_ended(tx: Tx, now: datetime) -> None:
    """Delete needs from the day after the last session on, and rooms when the offering has ended or is
    cancelled.
    """
    for offering_id in need_rows.list_offerings_with_needs(tx):
        with isolated(tx, "needs_not_forgotten", offering=offering_id):
            offering = load_offering_by_id(tx, offering_id)
            ends_at = None if offering.cancelled else offering.ends_at
            if ends_at is None or local(ends_at, offering.timezone).date() + timedelta(days=1) <= (
                local(now, offering.timezone).date()
            ):
                need_rows.delete_needs(tx, offering_id)
    for offering_id in room_rows.list_offerings_with_rooms(tx):
        with isolated(tx, "rooms_not_forgotten", offering=offering_id):
            offering = load_offering_by_id(tx, offering_id)
            if offering.cancelled or offering.ends_at is None or offering.ends_at <= now:
                room_rows.delete_rooms(tx, offering_id)
