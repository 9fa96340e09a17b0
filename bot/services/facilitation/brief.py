"""The brief before a session: who comes, the mix, what was shared, what was promised, what to arrange."""

from collections import Counter
from datetime import datetime

from msgspec.structs import replace

from bot.domain.errors import KaikuError, Refusal
from bot.domain.facilitation.brief import Brief
from bot.domain.offerings.offering import Offering, Session
from bot.domain.people.agencies import AgencyBook
from bot.domain.people.namesakes import tell_apart
from bot.domain.people.person import Role
from bot.domain.reflections import Sharing
from bot.services.facilitation.attendance import promised_before, who_cannot_come
from bot.services.facilitation.needs import read_group
from bot.services.offerings.facilitators import Actor, load_facilitated
from bot.services.reflections.vault import Vault
from storage import people as person_rows
from storage import prompts as prompt_rows
from storage.people import PersonRow
from storage.reflections import answers as reflection_rows
from storage.transaction import Tx


def session_ahead(offering: Offering, number: int, now: datetime) -> Session:
    """A session that is not over. Raises KaikuError: SESSION_OVER."""
    session = next((each for each in offering.standing_sessions if each.number == number), None)
    if session is None or session.ends_at <= now:
        raise KaikuError(Refusal.SESSION_OVER, offering=offering)
    return session


def brief_of(tx: Tx, book: AgencyBook, offering: Offering, session: Session, language: str) -> Brief:
    """The brief without needs, which no message contains."""
    seated = person_rows.list_seated(tx, offering.id)
    absent = who_cannot_come(tx, offering.id, session.number)
    agency_of = {each.id: employer(each, book, language) for each in seated}
    called = tell_apart({each.id: each.name for each in seated}, agency_of)
    coming = [each for each in seated if each.id not in absent]
    roles = Counter(Role(each.role) for each in coming if each.role is not None)
    agencies = Counter(agency_of[each.id] for each in coming)
    counts = reflection_rows.count_answers(tx, [row.id for row in prompt_rows.list_prompts(tx, offering.id)])
    return Brief(
        offering,
        session,
        {each.id: called[each.id] for each in coming},
        {each.id: called[each.id] for each in seated if each.id in absent},
        agency_of,
        sorted(agencies.items(), key=lambda found: (-found[1], found[0])),
        [(each, roles[each]) for each in Role if roles[each]],
        sum(each.get(Sharing.FACILITATORS, 0) + each.get(Sharing.GROUP, 0) for each in counts.values()),
        promised_before(tx, offering, session),
    )


def employer(person: PersonRow, book: AgencyBook, language: str) -> str:
    return person.agency_name or (book.name(person.agency, language) if person.agency else "")


def load_brief(
    tx: Tx, vault: Vault | None, book: AgencyBook, actor: Actor, code: str, number: int, now: datetime
) -> Brief:
    """The brief with people's practical needs, for a facilitator of the offering. Logs that needs were read.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, SESSION_OVER.
    """
    offering = load_facilitated(tx, actor, code, "brief")
    session = session_ahead(offering, number, now)
    found = brief_of(tx, book, offering, session, actor.person.language)
    needs = read_group(tx, vault, actor, code, list(found.coming), now)
    return replace(found, needs=needs, may_read_shared=actor.person.id in offering.facilitators)
