"""Acts on a group at its desk in Slack, as far as their previews."""

from sqlalchemy import select, update

from sandbox import Visitor
from storage.tables import Enrolment, Offering
from tests.support.joining import join
from tests.support.reflecting import CODE
from tests.support.running import Running

AGENCIES = {"UAINO": "vero", "UMARJA": "mml", "UJOHAN": "thl"}


async def a_full_group(kaiku: Running) -> dict[str, str]:
    """Two seats, and Johan waits; the ids of their sign-ups."""
    with kaiku.store.transaction() as tx:
        tx.execute(update(Offering).where(Offering.c.code == CODE).values(capacity=2))
    for who, agency in AGENCIES.items():
        person = kaiku.visitor(who)
        await join(person, CODE, agency=agency, language="sv" if who == "UJOHAN" else "fi")
        await person.close(clear=True)
    await kaiku.settle()
    with kaiku.store.read_transaction() as tx:
        rows = tx.execute(select(Enrolment.c.person_id, Enrolment.c.id))
        return {person_id: str(enrolment_id) for person_id, enrolment_id in rows}


async def previewed(kaiku: Running, who: str, act: str, **fields: str) -> Visitor:
    facilitator = kaiku.visitor(who)
    await facilitator.command(f"/kaiku ryhmä {CODE}")
    await facilitator.choose("group.menu", f"{CODE}:{act}")
    await facilitator.submit(**fields)
    return facilitator
