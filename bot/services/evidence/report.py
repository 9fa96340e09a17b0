"""The report of a programme: reads what the store holds, and keeps what was told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.acts import ActKind
from bot.domain.deliveries import DeliveryKind, Subject
from bot.domain.enrolment.seats import Status
from bot.domain.errors import KaikuError, Refusal
from bot.domain.evidence.edition import STANDS, Edition, edition_of, past_of
from bot.domain.evidence.facts import Asked, Facts, Mark, Member, Seat, SeatState, UseFact
from bot.domain.evidence.figures import count
from bot.domain.offerings.offering import Offering
from bot.domain.people.person import Role
from bot.domain.plan.model import UseQuestion
from bot.domain.prompts.prompt import Frequency
from bot.services.acts import note_act
from bot.services.offerings.catalogue import load_all_offerings, load_offering
from bot.services.offerings.facilitators import Actor
from bot.views.completion.use import questions_of
from bot.views.evidence.document import About
from storage import evidence as evidence_rows
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Report:
    """``edition`` holds the whole programme, also where the report is about one offering."""

    about: About
    edition: Edition
    timezone: str


def report_for(tx: Tx, actor: Actor, code: str, now: datetime) -> Report:
    """The report that this person may read: of an offering that they lead, or, without a code, of the current
    programme for coordinators and of the only offering that a facilitator leads.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, LEADS_NOTHING.
    """
    if code:
        only = load_offering(tx, code)
        if not actor.may_facilitate(only):
            raise actor.refused(KaikuError(Refusal.NOT_YOURS_TO_ASK, offering=only), "report", code)
        report = _report(tx, only.programme_code, now, only=only)
    elif actor.is_coordinator:
        report = _report(tx, current_programme(tx, now), now)
    else:
        mine = [each for each in load_all_offerings(tx) if actor.may_facilitate(each)]
        if not mine:
            raise actor.refused(KaikuError(Refusal.LEADS_NOTHING), "report")
        latest = max(mine, key=lambda each: (each.starts_at is not None and each.starts_at <= now, each.id))
        report = _report(tx, latest.programme_code, now, only=latest)
    told = report.about.only.code if report.about.only else None
    note_act(tx, ActKind.REPORTED, actor=actor.person.id, now=now, offering=told)
    return report


def report_by_operator(tx: Tx, code: str | None, now: datetime, *, renew: bool = False) -> Report:
    """The report of an offering or, without a code, of the current programme. Raises KaikuError:
    UNKNOWN_OFFERING."""
    only = load_offering(tx, code) if code else None
    programme = only.programme_code if only else current_programme(tx, now)
    report = _report(tx, programme, now, only=only, renew=renew)
    note_act(tx, ActKind.REPORTED, now=now, offering=code, by_operator=True)
    return report


def current_programme(tx: Tx, now: datetime) -> str:
    """The code of the programme that began last; of none has begun, the first. Raises KaikuError:
    LEADS_NOTHING when there is none."""
    offerings = load_all_offerings(tx)
    if not offerings:
        raise KaikuError(Refusal.LEADS_NOTHING)
    begun = [each for each in offerings if each.starts_at is not None and each.starts_at <= now]
    if begun:
        return max(begun, key=lambda each: each.starts_at or now).programme_code
    return offerings[0].programme_code


def _report(
    tx: Tx, programme: str, now: datetime, *, only: Offering | None = None, renew: bool = False
) -> Report:
    row = evidence_rows.get_programme(tx, programme)
    assert row is not None
    offerings = [each for each in load_all_offerings(tx) if each.programme_code == programme]
    questions = {each.key: each for offering in offerings for each in questions_of(offering)}
    editions = [Edition.from_plain(at, plain) for at, plain in evidence_rows.list_editions(tx, programme)]
    if editions and not renew and now - editions[-1].at < STANDS:
        edition = editions[-1]
    else:
        facts = load_facts(tx, programme, offerings, questions, now)
        edition = edition_of(count(facts, past_of(editions)), now)
        evidence_rows.add_edition(tx, programme, edition.as_plain(), now)
    about = About(row.title, offerings, list(questions.values()), only)
    return Report(about, edition, row.timezone)


def load_facts(
    tx: Tx,
    programme: str,
    offerings: Sequence[Offering],
    questions: Mapping[str, UseQuestion],
    now: datetime,
) -> Facts:
    """Everything that is counted of a programme."""
    by_code = {each.code: each for each in offerings}
    members = evidence_rows.list_members(tx, programme)
    asked, closed = _sent(tx, by_code)
    chosen = {
        (code, key, person): choice for code, key, person, choice in evidence_rows.list_use(tx, programme)
    }
    for code, person in closed:
        for question in questions_of(by_code[code]):
            chosen.setdefault((code, question.key, person), -1)
    return Facts(
        offerings=offerings,
        members={each.person_id: Member(each.role or Role.OTHER, each.language) for each in members},
        seats=[
            Seat(row.code, row.person_id, row.agency, _state(row, by_code[row.code], now), _at(row))
            for row in evidence_rows.list_seats(tx, programme)
        ],
        marks=[Mark(*row) for row in evidence_rows.list_marks(tx, programme)],
        asked=asked,
        uses=[
            UseFact(code, key, person, choice if choice >= 0 else None)
            for (code, key, person), choice in chosen.items()
            if key in questions and choice < len(questions[key].choices)
        ],
        choices={key: len(each.choices) for key, each in questions.items()},
        stopped=frozenset(each.person_id for each in members if each.frequency == Frequency.STOPPED),
        fewer=frozenset(each.person_id for each in members if each.frequency == Frequency.FEWER),
        faded=frozenset(each.person_id for each in members if each.asked_to_fade_at is not None),
        at=now,
    )


def _state(row: evidence_rows.SeatRow, offering: Offering, now: datetime) -> SeatState:
    if row.status == Status.SEATED:
        return SeatState.SEATED
    if row.status in {Status.WAITING, Status.OFFERED}:
        has_begun = offering.starts_at is None or offering.starts_at <= now
        return SeatState.IN_VAIN if offering.cancelled or has_begun else SeatState.WAITING
    return SeatState.GAVE_UP if row.seated_at is not None else SeatState.LEFT_QUEUE


def _at(row: evidence_rows.SeatRow) -> datetime:
    return row.seated_at if row.status == Status.SEATED and row.seated_at is not None else row.changed_at


def _sent(tx: Tx, by_code: Mapping[str, Offering]) -> tuple[list[Asked], set[tuple[str, str]]]:
    """The prompts that were sent, and who got which offering's closing message."""
    answered = evidence_rows.list_answered(tx)
    subjects: dict[str, Subject] = {}  # a prompt goes to many: each subject is parsed once
    sent: dict[tuple[str, str], datetime] = {}
    reminded: dict[tuple[str, str], datetime] = {}
    closed = set()
    for row in evidence_rows.list_sent(tx):
        if row.subject not in subjects:
            subjects[row.subject] = Subject.parse(row.subject)
        code = subjects[row.subject].code
        if code not in by_code:
            continue
        if row.kind == DeliveryKind.CLOSING_LETTER:
            closed.add((code, row.recipient))
        else:
            where = reminded if row.kind == DeliveryKind.PROMPT_REMINDER else sent
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
    return asked, closed
