"""The log of acts: a line tells who did what by pseudonyms, which name nobody once a person is erased."""

from sqlalchemy import delete, select

from bot.domain.acts import ActKind, DoneBy
from bot.domain.people.person import Defaults, Profile
from bot.services.acts import note_act
from bot.services.people.profiles import meet
from storage.engine import Store
from storage.tables import Act, ActReason, Person
from tests.conftest import FakeClock


def test_a_line_holds_pseudonyms_and_its_reason_is_erased_with_the_person(
    store: Store, clock: FakeClock
) -> None:
    defaults = Defaults("fi", "Europe/Helsinki")
    with store.transaction() as tx:
        for user_id in ("UAINO", "UFANNI"):
            meet(tx, Profile(user_id, user_id, language=None, timezone=None), defaults, clock.now)
        reason = {"fi": "Ryhmä on täynnä", "sv": "Gruppen är full"}
        note_act(tx, ActKind.REMOVED, actor="UFANNI", person="UAINO", reason=reason, now=clock.now())
        note_act(tx, ActKind.APPLIED_PLAN, by_operator=True, now=clock.now())
    with store.transaction() as tx:
        by_name = dict(tx.execute(select(Person.c.id, Person.c.pseudonym)).all())
        removed, applied = tx.execute(select(Act).order_by(Act.c.id)).all()
        assert (removed.actor, removed.person) == (by_name["UFANNI"], by_name["UAINO"])
        assert (applied.done_by, applied.actor) == (DoneBy.OPERATOR, None)
        assert tx.scalars(select(ActReason.c.reason)).one() == reason
        tx.execute(delete(Person).where(Person.c.id == "UAINO"))
        assert not tx.scalars(select(ActReason.c.act_id)).all()
        assert tx.scalar(select(Act.c.person).where(Act.c.id == removed.id)) == by_name["UAINO"]
