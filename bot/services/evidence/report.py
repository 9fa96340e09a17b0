"""The report of a programme: reads the stored facts, and stores the reported figures."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from bot.domain.acts import ActKind
from bot.domain.completion import Occasion
from bot.domain.deliveries import DeliveryKind, Subject
from bot.domain.enrolment.seats import Status
from bot.domain.errors import KaikuError, Refusal
from bot.domain.evidence.edition import STANDS, Edition, edition_of, past_of
from bot.domain.evidence.facts import Asked, Facts, Inquiry, Mark, Member, Seat, SeatState
from bot.domain.evidence.figures import count
from bot.domain.offerings.offering import Offering
from bot.domain.people.person import Role
from bot.domain.prompts.prompt import Frequency
from bot.services.acts import note_act
from bot.services.deliveries import outbox
from bot.services.offerings.catalogue import load_all_offerings, load_offering
from bot.services.offerings.facilitators import Actor
from bot.views.completion.use import asked_at
from bot.views.evidence.document import About
from storage import cases as case_rows
from storage import evidence as evidence_rows
from storage.transaction import Tx


class Report(Struct, frozen=True):
    """``edition`` holds the whole programme, even if the report is about one offering. ``is_preview``: it was
    counted for a facilitator before a report was issued; it shows only what their own list of members tells
    them anyway, and is not stored.
    """

    programme: str
    about: About
    edition: Edition
    timezone: str
    is_preview: bool = False


class Unissued(Struct, frozen=True):
    """A coordinator asked, and no report is current: none has been issued, or the last one, of ``last_at``,
    is too old.
    """

    about: About
    last_at: datetime | None


def report_for(tx: Tx, actor: Actor, code: str, now: datetime) -> Report | Unissued:
    """The report that this person may read: of an offering that they lead, or, without a code, of the current
    programme for coordinators and of the newest offering that a facilitator leads. Reading issues nothing.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, LEADS_NOTHING.
    """
    programme, only = _asked(tx, actor, code, now)
    note_act(tx, ActKind.REPORTED, actor=actor.person.id, now=now, offering=only.code if only else None)
    about, editions = _about(tx, programme, only), _editions(tx, programme)
    if editions and _is_current(editions[-1], now):
        return Report(programme, about, editions[-1], _timezone(tx, programme))
    if actor.is_coordinator:
        return Unissued(about, editions[-1].at if editions else None)
    counted = _count(tx, programme, about, editions, now)
    return Report(programme, about, counted, _timezone(tx, programme), is_preview=True)


def issue_report(tx: Tx, actor: Actor, now: datetime) -> Report:
    """Count the current programme and issue its report; while one is current, return that one. Raises
    KaikuError: NOT_COORDINATOR, LEADS_NOTHING.
    """
    if not actor.is_coordinator:
        raise actor.refused(KaikuError(Refusal.NOT_COORDINATOR), "report_issue")
    return _issue(tx, current_programme(tx, now), None, now, actor=actor.person.id)


def report_by_operator(tx: Tx, code: str | None, now: datetime, *, renew: bool = False) -> Report:
    """The report of an offering or, without a code, of the current programme; it is issued unless one is
    current. Raises KaikuError: UNKNOWN_OFFERING.
    """
    only = load_offering(tx, code) if code else None
    programme = only.programme_code if only else current_programme(tx, now)
    return _issue(tx, programme, only, now, renew=renew)


def issued_report(tx: Tx, actor: Actor, code: str, now: datetime) -> Report:
    """The last issued report, to be downloaded.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, LEADS_NOTHING, NOT_ISSUED.
    """
    programme, only = _asked(tx, actor, code, now)
    editions = _editions(tx, programme)
    if not editions:
        raise KaikuError(Refusal.NOT_ISSUED)
    return Report(programme, _about(tx, programme, only), editions[-1], _timezone(tx, programme))


def current_programme(tx: Tx, now: datetime) -> str:
    """The code of the programme that began last; if none has begun, the first to come. Raises KaikuError:
    LEADS_NOTHING when there is none.
    """
    offerings = load_all_offerings(tx)
    if not offerings:
        raise KaikuError(Refusal.LEADS_NOTHING)
    begun = [each for each in offerings if each.starts_at is not None and each.starts_at <= now]
    if begun:
        return max(begun, key=lambda each: each.starts_at or now).programme_code
    return offerings[0].programme_code


def _asked(tx: Tx, actor: Actor, code: str, now: datetime) -> tuple[str, Offering | None]:
    """The programme to report on, and the offering if only that may be read."""
    if code:
        only = load_offering(tx, code)
        if not actor.may_facilitate(only):
            raise actor.refused(KaikuError(Refusal.NOT_YOURS_TO_ASK, offering=only), "report", code)
        return only.programme_code, only
    if actor.is_coordinator:
        return current_programme(tx, now), None
    mine = [each for each in load_all_offerings(tx) if actor.may_facilitate(each)]
    if not mine:
        raise actor.refused(KaikuError(Refusal.LEADS_NOTHING), "report")
    latest = max(mine, key=lambda each: (each.starts_at is not None and each.starts_at <= now, each.id))
    return latest.programme_code, latest


def _issue(
    tx: Tx,
    programme: str,
    only: Offering | None,
    now: datetime,
    *,
    renew: bool = False,
    actor: str | None = None,
) -> Report:
    evidence_rows.lock_editions(tx)
    about, editions = _about(tx, programme, only), _editions(tx, programme)
    if editions and not renew and _is_current(editions[-1], now):
        edition = editions[-1]
    else:
        _issue_cases(tx, programme, about, now)
        edition = _count(tx, programme, about, editions, now)
        evidence_rows.add_edition(tx, programme, edition.as_plain(), now)
        note_act(tx, ActKind.ISSUED_REPORT, actor=actor, now=now, offering=programme, by_operator=not actor)
    if actor is None:
        note_act(tx, ActKind.REPORTED, now=now, offering=only.code if only else None, by_operator=True)
    return Report(programme, about, edition, _timezone(tx, programme))


def _issue_cases(tx: Tx, programme: str, about: About, now: datetime) -> None:
    """Include the given cases with these figures, which take into account that their writers are known; their
    messages now say that they can't be withdrawn.
    """
    codes = {each.id: each.code for each in about.offerings}
    for person_id, offering_id in case_rows.issue_cases(tx, programme, now):
        outbox.plan_edit_of(tx, DeliveryKind.CASE_ASKED, person_id, codes[offering_id], now)


def _is_current(edition: Edition, now: datetime) -> bool:
    return now - edition.at < STANDS


def _editions(tx: Tx, programme: str) -> list[Edition]:
    """The issued editions, oldest first."""
    return [Edition.from_plain(at, plain) for at, plain in evidence_rows.list_editions(tx, programme)]


def _about(tx: Tx, programme: str, only: Offering | None) -> About:
    row = evidence_rows.get_programme(tx, programme)
    assert row is not None
    offerings = [each for each in load_all_offerings(tx) if each.programme_code == programme]
    asked = {
        occasion: {each.key: each for offering in offerings for each in asked_at(offering, occasion)}
        for occasion in Occasion
    }
    questions = {occasion: list(by_key.values()) for occasion, by_key in asked.items()}
    return About(row.title, offerings, questions, only)


def _timezone(tx: Tx, programme: str) -> str:
    row = evidence_rows.get_programme(tx, programme)
    assert row is not None
    return row.timezone


def _count(tx: Tx, programme: str, about: About, editions: Sequence[Edition], now: datetime) -> Edition:
    return edition_of(count(load_facts(tx, programme, about.offerings, now), past_of(editions)), now)


def load_facts(
    tx: Tx,
    programme: str,
    offerings: Sequence[Offering],
    now: datetime,
) -> Facts:
    """Everything that is counted for a programme."""
    by_code = {each.code: each for each in offerings}
    members = evidence_rows.list_members(tx, programme)
    asked, told = _sent(tx, by_code)
    return Facts(
        offerings=offerings,
        members={each.person_id: Member(each.role or Role.OTHER, each.language) for each in members},
        seats=[
            Seat(row.code, row.person_id, row.agency, _state(row, by_code[row.code], now), _at(row))
            for row in evidence_rows.list_seats(tx, programme)
        ],
        marks=[Mark(*row) for row in evidence_rows.list_marks(tx, programme)],
        asked=asked,
        inquiries=_inquiries(tx, programme, offerings, told),
        stopped=frozenset(each.person_id for each in members if each.frequency == Frequency.STOPPED),
        fewer=frozenset(each.person_id for each in members if each.frequency == Frequency.FEWER),
        faded=frozenset(each.person_id for each in members if each.asked_to_fade_at is not None),
        at=now,
        tellers=case_rows.list_tellers(tx, programme),
    )


def _inquiries(
    tx: Tx, programme: str, offerings: Sequence[Offering], told: Mapping[DeliveryKind, set[tuple[str, str]]]
) -> list[Inquiry]:
    """People asked are those who got the message, and those who answered though it is no longer kept."""
    chosen = {
        (key, code, person): choice for code, key, person, choice in evidence_rows.list_use(tx, programme)
    }
    found = []
    for occasion in Occasion:
        questions = {each.key: each for offering in offerings for each in asked_at(offering, occasion)}
        here = {
            (key, code, person): choice
            for (key, code, person), choice in chosen.items()
            if key in questions and 0 <= choice < len(questions[key].choices)
        }
        asked = told.get(occasion.kind, set()) | {(code, person) for _, code, person in here}
        numbers = {key: len(each.choices) for key, each in questions.items()}
        found.append(Inquiry(occasion, frozenset(asked), numbers, here))
    return found


def _state(row: evidence_rows.SignUpRow, offering: Offering, now: datetime) -> SeatState:
    if row.status == Status.SEATED:
        return SeatState.SEATED
    if row.status in {Status.WAITING, Status.OFFERED}:
        has_begun = offering.starts_at is None or offering.starts_at <= now
        return SeatState.IN_VAIN if offering.cancelled or has_begun else SeatState.WAITING
    return SeatState.GAVE_UP if row.seated_at is not None else SeatState.LEFT_QUEUE


def _at(row: evidence_rows.SignUpRow) -> datetime:
    return row.seated_at if row.status == Status.SEATED and row.seated_at is not None else row.changed_at


def _sent(
    tx: Tx, by_code: Mapping[str, Offering]
) -> tuple[list[Asked], Mapping[DeliveryKind, set[tuple[str, str]]]]:
    """The prompts that were sent, and who got which offering's messages with questions on use."""
    answered = evidence_rows.list_answered(tx)
    subjects: dict[str, Subject] = {}  # a prompt goes to many: each subject is parsed once
    sent: dict[tuple[str, str], datetime] = {}
    reminded: dict[tuple[str, str], datetime] = {}
    told: dict[DeliveryKind, set[tuple[str, str]]] = {each.kind: set() for each in Occasion}
    for row in evidence_rows.list_sent(tx):
        if row.subject not in subjects:
            subjects[row.subject] = Subject.parse(row.subject)
        code = subjects[row.subject].code
        if code not in by_code:
            continue
        kind = DeliveryKind(row.kind)
        if kind in told:
            told[kind].add((code, row.recipient))
        else:
            where = reminded if kind == DeliveryKind.PROMPT_REMINDER else sent
            where[row.subject, row.recipient] = row.sent_at
    asked = [
        Asked(
            subjects[subject].code,
            person,
            at,
            reminded.get((subject, person)),
            answered.get((person, subjects[subject].of_prompt)),
        )
        for (subject, person), at in sent.items()
    ]
    return asked, told
