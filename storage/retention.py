"""Retention: finding the expired rows of each table, and deleting them in small steps."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    false,
    func,
    not_,
    or_,
    select,
    update,
)

from bot.domain.deliveries import DeliveryState
from storage.erasure import mark_erasing
from storage.my_data import NOBODY, take_from_plans
from storage.personal_data import PERSONAL, Erasure
from storage.statements import execute, execute_many, or_keep
from storage.tables import (
    Act,
    Announcement,
    DailyWork,
    Delivery,
    Download,
    Enrolment,
    LockedRecord,
    Offering,
    OfferingSession,
    Person,
    PersonKey,
    PlanVersion,
    PreparationDates,
    Prompt,
    Reflection,
    ReflectionDraft,
    Strand,
    TimeAnswer,
    TimePoll,
    metadata,
)
from storage.transaction import Tx

LEASE: Final = timedelta(minutes=10)
_LIVE: Final = (DeliveryState.PLANNED, DeliveryState.SENDING)
_add_work = or_keep(DailyWork, ("work",))


def _ended_programmes(before: datetime) -> Select[Any]:
    return (
        select(Strand.c.programme_id)
        .join(Offering, Offering.c.strand_id == Strand.c.id)
        .join(OfferingSession, OfferingSession.c.offering_id == Offering.c.id)
        .group_by(Strand.c.programme_id)
        .having(func.max(OfferingSession.c.ends_at) < before)
    )


def _ended_strands(before: datetime) -> Select[Any]:
    return select(Strand.c.id).where(Strand.c.programme_id.in_(_ended_programmes(before)))


def _ended_offerings(before: datetime) -> Select[Any]:
    return select(Offering.c.id).where(Offering.c.strand_id.in_(_ended_strands(before)))


def _people_in_use(before: datetime) -> Select[Any]:
    """People in a programme that has not ended, or not long enough ago."""
    return select(Enrolment.c.person_id).where(Enrolment.c.offering_id.not_in(_ended_offerings(before)))


def _of_delivery(tx: Tx, before: datetime) -> ColumnElement[bool]:
    """A delivery's period counts from the end of its offering; from its own time if it has none."""
    going_on = select(Offering.c.code).where(Offering.c.id.not_in(_ended_offerings(before)))
    codes = tx.scalars(going_on).all()
    is_of_one = or_(
        false(), *(or_(Delivery.c.subject == code, Delivery.c.subject.like(f"{code}/%")) for code in codes)
    )
    return and_(Delivery.c.due_at < before, Delivery.c.state.not_in(_LIVE), not_(is_of_one))


def _of_reflection(_tx: Tx, before: datetime) -> ColumnElement[bool]:
    prompts = select(Prompt.c.id).where(Prompt.c.offering_id.in_(_ended_offerings(before)))
    freely = and_(
        Reflection.c.prompt_id.is_(None),
        Reflection.c.changed_at < before,
        Reflection.c.person_id.not_in(_people_in_use(before)),
    )
    return or_(Reflection.c.prompt_id.in_(prompts), freely)


def _of_preparation(_tx: Tx, before: datetime) -> ColumnElement[bool]:
    """Preparation dates count from the last of them, after which nothing is prepared."""
    named = (PreparationDates.c.asking_on, PreparationDates.c.receiving_on, PreparationDates.c.discussion_on)
    return and_(*(or_(day.is_(None), day < before.date()) for day in named))


def _of_key(_tx: Tx, before: datetime) -> ColumnElement[bool]:
    """A key that opens nothing any more: no table holds anything encrypted with it."""
    sealed = [each for each in metadata.sorted_tables if {"sealed", "person_id"} <= {*each.columns.keys()}]
    opens_nothing = (PersonKey.c.person_id.not_in(select(table.columns["person_id"])) for table in sealed)
    return and_(PersonKey.c.made_at < before, *opens_nothing)


def acts_before(tx: Tx, before: datetime) -> datetime:
    """The instant up to which the log of acts has expired. Its chain lets only the oldest lines go, up to the
    first one of a programme that has not ended long enough ago.
    """
    going_on = select(Offering.c.code).where(Offering.c.id.not_in(_ended_offerings(before)))
    first = tx.scalar(select(func.min(Act.c.at)).where(Act.c.offering.in_(going_on)))
    return min(before, first) if first is not None else before


def _of_act(tx: Tx, before: datetime) -> ColumnElement[bool]:
    return Act.c.at < acts_before(tx, before)


_CONDITIONS: Final[dict[str, Callable[[Tx, datetime], ColumnElement[bool]]]] = {
    "delivery": _of_delivery,
    "reflection": _of_reflection,
    "person_key": _of_key,
    "act": _of_act,
    "reflection_draft": lambda _tx, before: ReflectionDraft.c.saved_at < before,
    "preparation_dates": _of_preparation,
    "locked_record": lambda _tx, before: LockedRecord.c.until_at <= before,
    "download": lambda _tx, before: Download.c.expires_at < before,
    "announcement": lambda _tx, before: or_(
        Announcement.c.offering_id.in_(_ended_offerings(before)),
        and_(Announcement.c.offering_id.is_(None), Announcement.c.made_at < before),
    ),
    "time_answer": lambda _tx, before: TimeAnswer.c.poll_id.in_(
        select(TimePoll.c.id).where(TimePoll.c.offering_id.in_(_ended_offerings(before)))
    ),
    "offering": lambda _tx, before: Offering.c.id.in_(_ended_offerings(before)),
}
WITH_THEIR_PERSON: Final = frozenset({"person", "prompt_choice", "stale_prompts", "act_reason"})
"""Tables whose rows are deleted with their person, or with the row that they belong to."""
WITH_THE_PLAN: Final = frozenset({"facilitator_address", "coordinator"})
"""Kept as long as the role, and no longer: ``bot.services.people``."""


def condition(tx: Tx, table: Table, before: datetime) -> ColumnElement[bool]:
    """The condition for a table's expired rows. Raises KeyError for a table without a declared period."""
    if table.name in _CONDITIONS:
        return _CONDITIONS[table.name](tx, before)
    if "offering_id" in table.columns:
        return table.columns["offering_id"].in_(_ended_offerings(before))
    if "enrolment_id" in table.columns:
        signed_up = select(Enrolment.c.id).where(Enrolment.c.offering_id.in_(_ended_offerings(before)))
        return table.columns["enrolment_id"].in_(signed_up)
    if "programme_id" in table.columns:
        return table.columns["programme_id"].in_(_ended_programmes(before))
    if "strand_id" in table.columns:
        return table.columns["strand_id"].in_(_ended_strands(before))
    raise KeyError(f"{table.name}: say in storage/retention.py how long a row is kept")


def expired(tx: Tx, name: str, before: datetime) -> Select[Any]:
    """The primary keys of the expired rows, to be deleted or to lose their name."""
    table = metadata.tables[name]
    query = select(*table.primary_key).where(condition(tx, table, before)).order_by(*table.primary_key)
    if _loses_name(name) and name != Offering.name:
        named = table.columns[PERSONAL[name].of]
        query = query.where(named.is_not(None), named != NOBODY)
    return query


def count_expired(tx: Tx, name: str, before: datetime) -> int:
    if name == Offering.name:
        return len(_named_offerings(tx, before))
    return tx.scalar(select(func.count()).select_from(expired(tx, name, before).subquery())) or 0


def erase_expired(tx: Tx, name: str, before: datetime, most: int) -> int:
    """One step: delete up to so many rows, or remove the names from them; return how many."""
    table = metadata.tables[name]
    if name == Offering.name:
        found = _named_offerings(tx, before)[:most]
        if not found:
            return 0
        mark_erasing(tx)
        named = select(Offering.c.facilitators, Offering.c.led_by).where(Offering.c.id.in_(found))
        names = {each for plan, led in tx.execute(named) for each in (*plan, *(led or ()))}
        take_from_plans(tx, names, PlanVersion.c.programme_id.in_(_ended_programmes(before)))
        tx.execute(update(Offering).where(Offering.c.id.in_(found)).values(facilitators=[], led_by=None))
        return len(found)
    rows = [dict(each) for each in tx.execute(expired(tx, name, before).limit(most)).mappings()]
    if not rows:
        return 0
    mark_erasing(tx)  # only then: removing the traces costs PostgreSQL a rewritten table and a checkpoint
    keys = [{f"key_{column}": value for column, value in row.items()} for row in rows]
    is_it = and_(*(column == bindparam(f"key_{column.name}") for column in table.primary_key))
    if _loses_name(name):
        column = table.columns[PERSONAL[name].of]
        values: dict[str, Any] = {column.name: None if column.nullable else NOBODY}
        values |= {"form_key": None} if "form_key" in table.columns else {}
        execute_many(tx, update(table).where(is_it).values(values), keys)
    else:
        execute_many(tx, delete(table).where(is_it), keys)
    return len(rows)


def list_people_to_erase(tx: Tx, before: datetime, most: int | None = None) -> Sequence[str]:
    """People with no reason to be kept: every programme they are in or lead ended before ``before``, and
    nothing has happened since.
    """
    rows = tx.execute(
        select(Offering.c.facilitators, Offering.c.led_by).where(
            Offering.c.id.not_in(_ended_offerings(before))
        )
    )
    leads = {each for named, led in rows for each in (*named, *(led or ()))}
    active = select(Enrolment.c.person_id).where(Enrolment.c.changed_at >= before)
    query = (
        select(Person.c.id)
        .where(
            Person.c.met_at < before,
            Person.c.id.not_in(_people_in_use(before)),
            Person.c.id.not_in(active),
            Person.c.id.not_in(leads),
        )
        .order_by(Person.c.id)
    )
    return tx.scalars(query.limit(most) if most is not None else query).all()


def _named_offerings(tx: Tx, before: datetime) -> list[int]:
    rows = tx.execute(
        select(Offering.c.id, Offering.c.facilitators, Offering.c.led_by).where(
            Offering.c.id.in_(_ended_offerings(before))
        )
    )
    return [offering_id for offering_id, named, led in rows if named or led]


def _loses_name(name: str) -> bool:
    return name in PERSONAL and PERSONAL[name].erase is Erasure.NAME_TAKEN_OUT


# -- work that one instance does once a day --


def claim_work(tx: Tx, work: str, since: datetime, now: datetime) -> bool:
    """Claim the work, unless it was done since then or another instance is doing it."""
    _add_work.run(tx, work=work)
    taken = execute(
        tx,
        update(DailyWork)
        .where(
            DailyWork.c.work == work,
            or_(DailyWork.c.done_at.is_(None), DailyWork.c.done_at < since),
            # A lease that seems longer was written by a clock that ran ahead.
            or_(
                DailyWork.c.leased_until.is_(None),
                DailyWork.c.leased_until <= now,
                DailyWork.c.leased_until > now + LEASE,
            ),
        )
        .values(leased_until=now + LEASE)
        .returning(DailyWork.c.work),
    )
    return taken.scalar() is not None


def go_on_with(tx: Tx, work: str, now: datetime) -> None:
    tx.execute(update(DailyWork).where(DailyWork.c.work == work).values(leased_until=now + LEASE))


def end_work(tx: Tx, work: str, now: datetime) -> None:
    tx.execute(update(DailyWork).where(DailyWork.c.work == work).values(done_at=now, leased_until=None))
