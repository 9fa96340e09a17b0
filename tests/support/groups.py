"""A group with people in it, its facilitators, and the acts that they do, by calling the services."""

from datetime import UTC, datetime

from msgspec.structs import replace
from sqlalchemy import select, update

from bot.domain.enrolment.seats import Status
from bot.domain.facilitation.group import Group
from bot.domain.people.person import Defaults, Person, Profile
from bot.domain.sending.outcomes import Sent
from bot.services.deliveries.declaration import Settled
from bot.services.deliveries.rendered import Skipped
from bot.services.enrolment.join import enrol
from bot.services.facilitation.group import load_group
from bot.services.facilitation.removals import carry_out
from bot.services.offerings.facilitators import Actor
from bot.services.people.profiles import meet
from storage import tables
from storage.deliveries import list_deliveries, plan_anew
from storage.engine import Store
from storage.transaction import Tx

NOW = datetime(2019, 2, 11, 8, tzinfo=UTC)
"""Monday, 10.00 in Helsinki."""
CODE, OTHER = "coaching-1", "coaching-2"
DEFAULTS = Defaults("fi", "Europe/Helsinki")
FANNI, KALLE = "UFASI", "UKOORD"


def met(tx: Tx, user_id: str, agency: str | None = None, language: str = "fi") -> Person:
    profile = Profile(user_id, user_id.title(), language=language, timezone="Europe/Helsinki")
    person = meet(tx, profile, DEFAULTS, NOW)
    if agency is not None:
        told = {"agency": agency, "role": "expert"}
        tx.execute(update(tables.Person).where(tables.Person.c.id == user_id).values(told))
    return replace(person, agency=agency, role="expert") if agency is not None else person


def join(tx: Tx, user_id: str, agency: str, code: str = CODE, now: datetime = NOW) -> int:
    """Sign up; return the enrolment's id."""
    return enrol(tx, met(tx, user_id, agency), code, now).standing.enrolment_id


def actor(tx: Tx, user_id: str = FANNI) -> Actor:
    return Actor(met(tx, user_id), frozenset({KALLE}))


def set_limits(tx: Tx, capacity: int, per_agency: int = 4, code: str = CODE) -> None:
    limits = {"capacity": capacity, "seats_per_agency": per_agency}
    tx.execute(update(tables.Offering).where(tables.Offering.c.code == code).values(limits))


def group(tx: Tx, now: datetime = NOW, code: str = CODE) -> Group:
    return load_group(tx, actor(tx), code, now)


def status_of(store: Store, enrolment_id: int) -> Status:
    with store.read_transaction() as tx:
        return Status(
            tx.scalars(select(tables.Enrolment.c.status).where(tables.Enrolment.c.id == enrolment_id)).one()
        )


def deliveries(store: Store, *kinds: str) -> list[tuple[str, str, str, datetime]]:
    """Kind, recipient, state and due time of what is owed or was, without App Homes and edits."""
    with store.read_transaction() as tx:
        of = tables.Delivery.c
        rows = select(of.kind, of.recipient, of.state, of.due_at).where(of.kind.in_(kinds)).order_by(of.id)
        return [tuple(each) for each in tx.execute(rows)]


def acts(store: Store) -> list[tuple[str, str | None, str | None]]:
    """Kind, actor and person of the lines in the log, by their ids."""
    with store.read_transaction() as tx:
        ids = dict(tx.execute(select(tables.Person.c.pseudonym, tables.Person.c.id)).all())
        return [
            (each.kind, ids.get(each.actor or ""), ids.get(each.person or ""))
            for each in tx.execute(select(tables.Act).order_by(tables.Act.c.id))
        ]


def let_time_pass(tx: Tx, now: datetime, outcome: Skipped | Sent = Skipped("carried_out")) -> None:
    """What the sender does when removals are due: they take effect."""
    planned = [each for each in list_deliveries(tx, "planned") if each.kind == "removal_end"]
    for delivery in [each for each in planned if each.due_at <= now]:
        carried_out = delivery._replace(state="cancelled")
        plan_anew(tx, [carried_out])
        carry_out(tx, Settled(carried_out, outcome, None, now, is_sure=True, under_lock=now))
