"""Facilitators' letters to their group: draft, preview, send, withdraw.

The role is checked in every function; a refusal is logged.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from bot.domain.acts import ActKind
from bot.domain.deliveries import DeliveryKind
from bot.domain.errors import KaikuError, Refusal
from bot.domain.language import Texts
from bot.domain.letters import (
    STAYS_USEFUL,
    Letter,
    LetterAudience,
    LetterState,
    statuses_of,
)
from bot.domain.offerings.offering import Offering, Session
from bot.domain.offerings.reminders import SEAT_NEWS_HOURS
from bot.domain.people.person import Defaults, Person
from bot.i18n import words_for
from bot.services.acts import note_act
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries.recipients import to_person
from bot.services.offerings.acknowledging import list_acknowledged, list_unacknowledged
from bot.services.offerings.catalogue import load_offering_by_id
from bot.services.offerings.facilitators import Actor, load_facilitated, require_facilitator
from bot.views.blocks import Message
from bot.views.facilitation.letters import letter_message
from storage import absence as absence_rows
from storage import deliveries as delivery_rows
from storage import letters as rows
from storage import people as person_rows
from storage.letters import LetterRow
from storage.sending.pause import is_paused
from storage.transaction import Tx

log = logging.getLogger(__name__)

DRAFTS_LAST = timedelta(days=14)


class WantedLetter(Struct, frozen=True):
    """A filled-in form."""

    audience: LetterAudience
    session: int | None
    text: Texts
    in_office_hours: bool


class LetterPreview(Struct, frozen=True):
    """A draft as it would be sent now: how many people read each language, the message in each, and when
    the first of them gets it (None: at once), unless all sending is paused."""

    letter: Letter
    offering: Offering
    readers: Mapping[str, int]
    messages: Mapping[str, Message]
    at: datetime | None
    is_paused: bool = False


class LetterStatus(Struct, frozen=True):
    """A letter, how many people are still to get it, and how many have it."""

    letter: Letter
    offering: Offering
    waiting: int
    told: int


class LettersOf(Struct, frozen=True):
    """An offering for writing to its people: its letters with recipients still to come, its sessions ahead,
    and those of the sessions with an unacknowledged change.
    """

    offering: Offering
    unsent: Sequence[LetterStatus]
    ahead: Sequence[Session]
    not_read: Sequence[Session]


def load_letters(tx: Tx, actor: Actor, code: str, now: datetime) -> LettersOf:
    """The offering's letters and possible audiences. Raises KaikuError: UNKNOWN_OFFERING,
    NOT_YOURS_TO_ASK.
    """
    offering = load_facilitated(tx, actor, code, "letter_write")
    ahead = [each for each in offering.standing_sessions if each.ends_at > now]
    acknowledged = list_acknowledged(tx, offering, now)
    return LettersOf(
        offering,
        [_status(tx, row, offering) for row in rows.list_unsent(tx, offering.id)],
        ahead,
        [each for each in ahead if each.number in acknowledged and acknowledged[each.number].missing],
    )


def load_draft(tx: Tx, actor: Actor, letter_id: int) -> Letter | None:
    """The draft; None if it has been sent or deleted. Raises KaikuError: NOT_YOURS_TO_ASK."""
    row = rows.get_letter(tx, letter_id)
    if row is None or row.state != LetterState.DRAFT:
        return None
    require_facilitator(load_offering_by_id(tx, row.offering_id), actor, "letter_edit")
    return to_letter(row)


def save_draft(
    tx: Tx,
    actor: Actor,
    code: str,
    wanted: WantedLetter,
    defaults: Defaults,
    now: datetime,
    *,
    letter_id: int | None = None,
    form_key: str | None = None,
) -> LetterPreview:
    """Save the form as a draft and preview it. Submitted again, the form named ``form_key`` changes the draft
    that it made before.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, LETTER_GONE, NOBODY_TO_WRITE_TO.
    """
    offering = load_facilitated(tx, actor, code, "letter_write")
    author = actor.person.id
    _require_ahead(offering, wanted.session, now)
    person_rows.lock_person(tx, author)  # the same form may be on its way to another instance
    rows.delete_old_drafts(tx, author, now - DRAFTS_LAST)
    if form_key is not None:
        letter_id = rows.find_by_form(tx, author, form_key)
    values = {
        "audience": wanted.audience.value,
        "session": wanted.session,
        "text": dict(wanted.text),
        "in_office_hours": wanted.in_office_hours,
    }
    if letter_id is None:
        row = rows.add_letter(
            tx, offering_id=offering.id, author=author, made_at=now, form_key=form_key, **values
        )
    else:
        _require_own_draft(tx, actor, letter_id, offering)
        row = rows.update_letter(tx, letter_id, **values)
    return _preview(tx, to_letter(row), offering, defaults, now)


def _require_own_draft(tx: Tx, actor: Actor, letter_id: int, offering: Offering) -> None:
    row = rows.get_letter(tx, letter_id, lock=True)
    if row is None or row.state != LetterState.DRAFT or row.offering_id != offering.id:
        raise KaikuError(Refusal.LETTER_GONE)
    if row.author != actor.person.id:
        raise actor.refused(KaikuError(Refusal.LETTER_GONE), "letter_write", letter_id)


def _preview(tx: Tx, letter: Letter, offering: Offering, defaults: Defaults, now: datetime) -> LetterPreview:
    people = list_recipients(tx, letter, offering, defaults, now)
    if not people:
        raise KaikuError(Refusal.NOBODY_TO_WRITE_TO)
    readers = Counter(person.language for person in people)
    messages = {
        language: letter_message(letter, offering, words_for(language, offering.timezone, now))
        for language in sorted(readers, key=lambda each: -readers[each])
    }
    first = min(sent_at(letter, person, now) for person in people)
    return LetterPreview(letter, offering, readers, messages, first if first > now else None, is_paused(tx))


def send(tx: Tx, actor: Actor, letter_id: int, defaults: Defaults, now: datetime) -> LetterStatus:
    """Confirm the draft and plan its delivery to everybody of its audience, once. Idempotent.

    Raises KaikuError: LETTER_GONE, NOT_YOURS_TO_ASK, NOBODY_TO_WRITE_TO.
    """
    row, offering = _load(tx, actor, letter_id, "send")
    if row.state == LetterState.WITHDRAWN:
        raise KaikuError(Refusal.LETTER_GONE)
    if row.state == LetterState.CONFIRMED:  # a repeated confirmation
        return _status(tx, row, offering)
    if row.author != actor.person.id:  # only the author may send: the letter names them
        raise actor.refused(KaikuError(Refusal.LETTER_GONE), "letter_send", letter_id)
    letter = to_letter(row)
    people = list_recipients(tx, letter, offering, defaults, now)
    if not people:
        raise KaikuError(Refusal.NOBODY_TO_WRITE_TO)
    session = _require_ahead(offering, letter.session, now)
    row = rows.update_letter(tx, row.id, state=LetterState.CONFIRMED)
    for person in people:
        due_at = sent_at(letter, person, now)
        delivery_rows.add_delivery(
            tx,
            kind=DeliveryKind.LETTER,
            recipient=person.id,
            subject=offering.code,
            occurrence=str(letter.id),
            due_at=due_at,
            expires_at=session.ends_at if session is not None else due_at + STAYS_USEFUL,
            now=now,
        )
    _note(tx, actor, ActKind.WROTE_TO_GROUP, row, offering, now)
    return _status(tx, row, offering)


def load_sent(tx: Tx, actor: Actor, letter_id: int) -> LetterStatus:
    """A confirmed letter, to be withdrawn. Raises KaikuError: LETTER_GONE, NOT_YOURS_TO_ASK."""
    row, offering = _load(tx, actor, letter_id, "withdraw", lock=False)
    if row.state != LetterState.CONFIRMED:
        raise KaikuError(Refusal.LETTER_GONE)
    return _status(tx, row, offering)


def withdraw(tx: Tx, actor: Actor, letter_id: int, now: datetime) -> LetterStatus:
    """Cancel the letter for people who have not got it. Idempotent. Raises KaikuError: LETTER_GONE,
    NOT_YOURS_TO_ASK.
    """
    row, offering = _load(tx, actor, letter_id, "withdraw")
    if row.state == LetterState.DRAFT:
        raise KaikuError(Refusal.LETTER_GONE)
    if row.state == LetterState.CONFIRMED:
        row = rows.update_letter(tx, row.id, state=LetterState.WITHDRAWN)
        rows.cancel_unsent(tx, row.id)
        _note(tx, actor, ActKind.WITHDREW_LETTER, row, offering, now)
    return _status(tx, row, offering)


def list_recipients(
    tx: Tx, letter: Letter, offering: Offering, defaults: Defaults, now: datetime
) -> list[Person]:
    """The letter's current recipients."""
    is_meant = _session_filter(tx, letter, offering, now)
    found = rows.list_people(tx, offering.id, statuses_of(letter.audience))
    return [to_person(row, defaults) for row in found if is_meant(row.id)]


def is_still_to(tx: Tx, letter: Letter, offering: Offering, person_id: str, now: datetime) -> bool:
    """Whether the person is still in the letter's audience: they may have left, or acknowledged, since it was
    confirmed.
    """
    enrolment = rows.get_status(tx, offering.id, person_id)
    return enrolment in statuses_of(letter.audience) and _session_filter(tx, letter, offering, now)(person_id)


def _session_filter(tx: Tx, letter: Letter, offering: Offering, now: datetime) -> Callable[[str], bool]:
    """A filter for the recipients of a letter about one session, among people whose enrolments fit."""
    if letter.session is None:
        return lambda _: True
    if letter.audience is LetterAudience.NOT_READ:
        return frozenset(list_unacknowledged(tx, offering, letter.session, now)).__contains__
    said = absence_rows.list_absences_in(tx, offering.id)
    absent = {each.person_id for each in said if each.absent and each.number == letter.session}
    return lambda person_id: person_id not in absent


def sent_at(letter: Letter, person: Person, now: datetime) -> datetime:
    """When this person gets the letter: at once, or in their office hours."""
    if not letter.in_office_hours:
        return now
    return WORK_CALENDAR.next_working_moment(now, person.timezone, SEAT_NEWS_HOURS)


def _require_ahead(offering: Offering, number: int | None, now: datetime) -> Session | None:
    """The session that the letter is about. Raises KaikuError: LETTER_GONE when it is over or cancelled."""
    if number is None:
        return None
    found = next((each for each in offering.standing_sessions if each.number == number), None)
    if found is None or found.ends_at <= now:
        raise KaikuError(Refusal.LETTER_GONE)
    return found


def to_letter(row: LetterRow) -> Letter:
    return Letter(
        row.id,
        row.author,
        LetterAudience(row.audience),
        row.session,
        row.text,
        row.in_office_hours,
        LetterState(row.state),
    )


def _load(tx: Tx, actor: Actor, letter_id: int, act: str, *, lock: bool = True) -> tuple[LetterRow, Offering]:
    row = rows.get_letter(tx, letter_id, lock=lock)
    if row is None:
        raise actor.refused(KaikuError(Refusal.LETTER_GONE), f"letter_{act}", letter_id)
    return row, require_facilitator(load_offering_by_id(tx, row.offering_id), actor, f"letter_{act}")


def _status(tx: Tx, row: LetterRow, offering: Offering) -> LetterStatus:
    waiting, told = rows.count_waiting(tx, [row.id]), rows.count_told(tx, [row.id])
    return LetterStatus(to_letter(row), offering, waiting.get(row.id, 0), told.get(row.id, 0))


def _note(tx: Tx, actor: Actor, kind: ActKind, row: LetterRow, offering: Offering, now: datetime) -> None:
    note_act(tx, kind, actor=actor.person.id, offering=offering.code, number=row.session, now=now)
    log.info("letter %s: %s", row.id, kind, extra={"action": f"letter_{row.state}", "user": actor.person.id})
