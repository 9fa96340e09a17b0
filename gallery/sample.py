"""The gallery's sample data: the shipped plan of 2019, and a few people."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from msgspec.structs import replace

from bot.domain.enrolment.seats import SeatLimits, Status, WaitingReason
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.offerings.offering import Card, Offering, Session, Standing
from bot.domain.people.person import Person
from bot.domain.prompts.prompt import Moment, Prompt, Question, Timing
from bot.domain.reflections import Reflection, Sharing
from bot.services.offerings.catalogue import to_offering
from bot.services.people.agency_book import read_agencies
from bot.services.plan.apply import apply_plan
from bot.services.plan.file import read_plan
from bot.services.privacy.notice_file import read_notice
from storage.engine import Store, parse_database_url
from storage.migrate import upgrade
from storage.offerings import catalogue as offering_rows
from storage.transaction import Tx

HELSINKI = "Europe/Helsinki"
NOW = datetime(2019, 2, 11, 8, tzinfo=UTC)
TODAY = NOW.date()
"""Monday 11 February 2019, 10.00 in Helsinki."""
PLAN = Path(__file__).parent.parent / "programmes/2019.yml"
BOOK = read_agencies()
NOTICE = read_notice()
CALENDAR_URL = "https://kaiku.example/calendar/salainen.ics"

AINO = Person("UAINO", "Aino Virtanen", "fi", HELSINKI, agency="vero", role="expert")
NEWCOMER = Person("UUUSI", "Uusi Ihminen", "fi", HELSINKI)
OWN_EMPLOYER = replace(AINO, agency="other", agency_name="Verohalinto")


@cache
def offerings() -> dict[str, Offering]:
    """The offerings of the shipped plan, by code: read from a database that it was applied to."""
    with TemporaryDirectory() as folder:
        url = parse_database_url(f"sqlite:///{folder}/gallery.db")
        upgrade(url)
        store = Store(url)
        with store.transaction() as tx:
            apply_plan(tx, read_plan(PLAN, BOOK), NOW)
            found = _read(tx)
        store.close()
    return found


def _read(tx: Tx) -> dict[str, Offering]:
    rows = offering_rows.list_offerings(tx)
    sessions = offering_rows.list_session_rows(tx, [row.id for row in rows])
    return {row.code: to_offering(row, sessions[row.id]) for row in rows}


def offering(code: str = "dialogue-2", **changes: Any) -> Offering:  # noqa: ANN401 - any field
    return replace(offerings()[code], **changes)


def live() -> Offering:
    return offering("dialogue-2")


def remote() -> Offering:
    return offering("dialogue-skype-1")


def of_one_session() -> Offering:
    whole = live()
    return replace(whole, sessions=whole.sessions[:1])


def before(of: Offering, **ahead: float) -> datetime:
    """An instant some time before the first session."""
    return of.sessions[0].starts_at - timedelta(**ahead)


def after(of: Offering) -> datetime:
    return of.sessions[-1].ends_at + timedelta(days=1)


def between(of: Offering) -> datetime:
    """An instant between the first and the second session."""
    return of.sessions[0].ends_at + timedelta(days=3)


def later(session: Session, days: int) -> Session:
    """The session moved some days later."""
    by = timedelta(days=days)
    starts_at, ends_at = session.starts_at + by, session.ends_at + by
    return replace(session, on=session.on + by, starts_at=starts_at, ends_at=ends_at)


SEATED = Standing(1, Status.SEATED, None, None, 4)
WAITING = Standing(2, Status.WAITING, 3, None, 4)
GROUP_FULL = Standing(3, Status.WAITING, 3, WaitingReason.GROUP_FULL, 4)
AGENCY_FULL = Standing(4, Status.WAITING, 1, WaitingReason.AGENCY_FULL, 4)
OFFERED = Standing(5, Status.OFFERED, None, None, 4, 7, datetime(2019, 2, 14, 8, 15, tzinfo=UTC))
STANDINGS = {
    "seated": SEATED,
    "offered": OFFERED,
    "waiting": WAITING,
    "group full": GROUP_FULL,
    "agency full": AGENCY_FULL,
}


def card(of: Offering | None = None, **facts: Any) -> Card:  # noqa: ANN401 - any field
    known: dict[str, Any] = {"state": SignUpState.OPEN, "seats_left": 7, "waiting": 0}
    return Card(of or live(), **known | facts)


def in_all(fi: str, sv: str, en: str) -> dict[str, str]:
    return {"fi": fi, "sv": sv, "en": en}


QUESTION = Question(
    in_all(
        "Mitä jäi mieleen edellisestä tapaamisesta?",
        "Vad minns du från förra träffen?",
        "What stayed with you from the last session?",
    )
)
CHOICE = Question(
    in_all("Pääsitkö kokeilemaan?", "Hann du pröva?", "Did you get to try it?"),
    (in_all("Kyllä", "Ja", "Yes"), in_all("En vielä", "Inte ännu", "Not yet")),
)
PLAN_QUESTION = Question(
    in_all(
        "Missä tilanteessa kokeilet ensimmäisenä?",
        "I vilken situation prövar du först?",
        "In which situation will you try it first?",
    )
)


def prompt(moment: Moment = Moment.MIDPOINT, **changes: Any) -> Prompt:  # noqa: ANN401 - any field
    questions: Sequence[Question] = (PLAN_QUESTION,) if moment is Moment.PLAN else (QUESTION, CHOICE)
    known: dict[str, Any] = {"id": 7, "offering_id": 1, "moment": moment, "questions": questions}
    known["timing"] = Timing(after_session=1, working_days=2)
    return Prompt(**known | changes)


def reflection(of: Prompt | None, *answers: str, sharing: Sharing = Sharing.PRIVATE) -> Reflection:
    return Reflection(11, of, answers, sharing, NOW - timedelta(days=6))


IF_THEN = ("kokous ajautuu väittelyksi", "kysyn, mitä kukin tarkoittaa")
MARCH = date(2019, 3, 1)
NINE = time(9)
LIMITS = SeatLimits(20, 4)


def every_card() -> list[Card]:
    """The offerings of the plan in every state and with every standing."""
    states = {
        "complexity-1": card(offering("complexity-1"), seats_left=3, waiting=0),
        "complexity-2": card(offering("complexity-2"), state=SignUpState.NOT_YET),
        "dialogue-1": card(offering("dialogue-1"), seats_left=0, waiting=2),
        "dialogue-2": card(live(), mine=SEATED),
        "dialogue-3": card(offering("dialogue-3"), mine=WAITING, seats_left=0, waiting=3),
        "dialogue-skype-1": card(remote(), seats_left=1, waiting=1),
        "foresight-1": card(offering("foresight-1"), state=SignUpState.CLOSED),
        "coaching-1": card(offering("coaching-1", cancelled=True), state=SignUpState.CANCELLED),
        "coaching-2": card(offering("coaching-2", sessions=())),
        "coaching-3": card(offering("coaching-3"), mine=OFFERED, seats_left=0),
    }
    return [states.get(code, card(each, seats_left=12)) for code, each in offerings().items()]
