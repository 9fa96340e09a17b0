"""Continues the rehearsal for years after its programme, with daily retention: the rows that remain are
checked, table by table, against the periods of the privacy notice, and the report against independent counts.

``make rehearse-years`` runs it: minutes, outside CI. The rules are reimplemented here, by days.
"""

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from msgspec import Struct, field
from sqlalchemy import func, select

from bot.app import App
from bot.domain.evidence.edition import Edition
from bot.domain.privacy import Anchor, DataKind, Keep, PrivacyNotice
from bot.services.evidence.report import report_by_operator
from bot.services.people.agency_book import read_agencies
from bot.services.plan.file import read_plan
from bot.services.privacy.notice_file import read_notice
from rehearsal.promises import Broken
from rehearsal.verdict import judge
from rehearsal.year import Lived, rehearse
from storage.my_data import NOBODY
from storage.personal_data import PERSONAL, Erasure
from storage.tables import Act, Delivery, Enrolment, Offering, OfferingSession, Person, Reflection, metadata
from storage.transaction import Tx

LIVES_ON = timedelta(days=2 * 366)
"""The time simulated after the plan's year: the log of acts is kept the longest, for two years."""

LATE = timedelta(days=2)
"""The tolerance: retention runs once a day, and people are deleted the day after the rows that refer to
them."""

GO_WITH_THEIR_PERSON = frozenset({"person", "prompt_choice", "act_reason"})
"""Tables whose rows are deleted with their person: somebody in no programme, a year after the first
contact."""

KEPT_BY_A_ROLE = frozenset({"facilitator_address", "coordinator"})
SHORT = frozenset({DataKind.ROOMS, DataKind.NEEDS, DataKind.WISHES, DataKind.DRAFTS, DataKind.PREPARATION})
"""Kinds that end with a session, or by their own activity."""

COMES_AND_GOES = frozenset({"stale_prompts", "download", "delivery", "change_notice"})
"""Tables whose rows are also deleted for other reasons: finished work, replaced rows."""


class Day(Struct, frozen=True):
    """The state at the end of a day: the number of rows about people by table, of ``members`` of the
    programme, and the time of the oldest act in the log."""

    at: datetime
    named: Mapping[str, int]
    members: int
    oldest_act: datetime | None


class Years(Struct):
    """The state of each day, and the report at the end of the programme with independent counts."""

    ended: datetime | None = None
    days: list[Day] = field(default_factory=list)
    edition: Edition | None = None
    counted: dict[str, int] = field(default_factory=dict)

    async def note(self, app: App, now: datetime) -> None:
        """Do a day's housekeeping and note the state after it."""
        await app.housekeeping.chain_acts()
        await app.housekeeping.forget_ended()
        await app.housekeeping.keep_retention()
        self.ended = await app.store.read(_last_end)
        self.days.append(await app.store.read(_look, now))
        if self.edition is None and now > self.ended + timedelta(days=1):
            self.edition = (await app.store.run(report_by_operator, None, now)).edition
            self.counted = await app.store.read(_count_again)


def _last_end(tx: Tx) -> datetime:
    last: datetime | None = tx.scalar(select(func.max(OfferingSession.c.ends_at)))
    assert last is not None
    return last


def _look(tx: Tx, now: datetime) -> Day:
    named = {}
    for name, declared in PERSONAL.items():
        table = metadata.tables[name]
        if name == Offering.name:
            rows = tx.execute(select(Offering.c.facilitators, Offering.c.led_by)).all()
            named[name] = sum(bool(plan or led) for plan, led in rows)
            continue
        query = select(func.count()).select_from(table)
        if declared.erase is Erasure.NAME_TAKEN_OUT:
            column = table.columns[declared.of]
            query = query.where(column.is_not(None), column != NOBODY)
        named[name] = tx.scalar(query) or 0
    signed_up = select(Enrolment.c.person_id)
    members = tx.scalar(select(func.count()).where(Person.c.id.in_(signed_up))) or 0
    return Day(now, named, members, tx.scalar(select(func.min(Act.c.at))))


def _count_again(tx: Tx) -> dict[str, int]:
    """Some figures of the report, counted from the rows in another way: the newest sign-up of each person to
    each offering, one by one."""
    codes = dict(tx.execute(select(Offering.c.id, Offering.c.code)).all())
    newest = {
        (row.person_id, row.offering_id): row
        for row in tx.execute(select(Enrolment).order_by(Enrolment.c.id))
    }
    seated = [
        (person, codes[offering]) for (person, offering), row in newest.items() if row.status == "seated"
    ]
    gone = [row for row in newest.values() if row.status in {"withdrawn", "removed"}]
    found: Counter[str] = Counter(
        {
            "seated": len(seated),
            "people": len({person for person, _ in seated}),
            "gave_up": sum(row.seated_at is not None for row in gone),
            "left_queue": sum(row.seated_at is None for row in gone),
        }
    )
    found.update(f"seated/{code}" for _, code in seated)
    asked = {
        (recipient, subject)
        for recipient, subject in tx.execute(
            select(Delivery.c.recipient, Delivery.c.subject).where(
                Delivery.c.kind == "prompt", Delivery.c.state == "sent"
            )
        )
    }
    written = {
        (person_id, prompt_id)
        for person_id, prompt_id in tx.execute(
            select(Reflection.c.person_id, Reflection.c.prompt_id).where(Reflection.c.prompt_id.is_not(None))
        )
    }
    found["prompts"] = len(asked)
    found["prompted"] = len({person for person, _ in asked})
    found["prompts/answered"] = sum(
        (person, int(subject.rpartition("/")[2])) in written for person, subject in asked
    )
    return dict(found)


# -- the notice's periods, by days ----------------------------------------------------------------------


def over_at(keep: Keep, ended: datetime) -> datetime:
    """When the period of something that ``ended`` is over."""
    year, month = divmod(ended.month - 1 + keep.months, 12)
    day = ended.day
    while True:
        try:
            moved = ended.replace(year=ended.year + year, month=month + 1, day=day)
        except ValueError:
            day -= 1  # that month is shorter
            continue
        return moved + timedelta(days=keep.days)


def flaws_of(years: Years, notice: PrivacyNotice) -> Iterator[str]:
    """Rows that were kept too long, or deleted too early."""
    assert years.ended is not None
    keeps = {each.kind: each.keep for each in notice.retention if each.keep is not None}
    for table, declared in PERSONAL.items():
        if table in KEPT_BY_A_ROLE:
            continue
        keep = keeps[DataKind.PROFILE if table in GO_WITH_THEIR_PERSON else declared.kept]
        over = over_at(keep, years.ended)
        after = [day for day in years.days if day.at > over + LATE]
        if not after:
            yield f"{table}: never came to {over:%d.%m.%Y}, when it is over"
        yield from (
            f"{table}: {day.named[table]} left on {day.at:%d.%m.%Y}" for day in after if day.named[table]
        )
        if declared.kept in SHORT or keep.after is not Anchor.PROGRAMME:
            continue
        if table not in COMES_AND_GOES | GO_WITH_THEIR_PERSON:
            days = [day for day in years.days if years.ended < day.at < over]
            yield from _early(table, [(day.at, day.named[table]) for day in days])
    people = over_at(keeps[DataKind.PROFILE], years.ended)
    days = [day for day in years.days if years.ended < day.at < people]
    yield from _early("members", [(day.at, day.members) for day in days])
    acts = keeps[DataKind.ACTS]
    for day in years.days:
        oldest = day.oldest_act
        if oldest is None or day.at <= over_at(acts, years.ended) + LATE:
            continue
        if over_at(acts, oldest) + LATE < day.at:
            yield f"act: a line of {oldest:%d.%m.%Y} left on {day.at:%d.%m.%Y}"


def _early(table: str, days: Sequence[tuple[datetime, int]]) -> Iterator[str]:
    """Rows that were deleted before their time."""
    for (_, before), (at, after) in pairwise(days):
        if after < before:
            yield f"{table}: {before - after} gone on {at:%d.%m.%Y}, too early"


def differences(edition: Edition, counted: Mapping[str, int]) -> Iterator[str]:
    """Figures of the report that differ from the independent count; withheld ones are skipped."""
    for key, number in counted.items():
        if key in edition.published and edition.number(key) != number:
            yield f"report: {key} is {edition.number(key)}, counted {number}"


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("file", nargs="?", type=Path, default=Path("programmes/2019.yml"))
    asked.add_argument("--people", type=int, default=200)
    asked.add_argument("--seed", type=int, default=7)
    options = asked.parse_args()
    book, years, began = read_agencies(), Years(), time.monotonic()
    plan = read_plan(options.file, book)
    lived = asyncio.run(
        rehearse(plan, book, people=options.people, seed=options.seed, daily=years.note, lives_on=LIVES_ON)
    )
    flaws = [*flaws_of(years, read_notice()), *_report_flaws(years)]
    _print(lived, years, judge(lived, options.seed).broken, flaws, time.monotonic() - began)
    return 1 if flaws else 0


def _report_flaws(years: Years) -> list[str]:
    assert years.edition is not None
    return list(differences(years.edition, years.counted))


def _print(
    lived: Lived, years: Years, broken: Sequence[Broken], flaws: Sequence[str], seconds: float
) -> None:
    assert years.edition is not None
    told = sum(key in years.edition.published for key in years.counted)
    lines = [
        f"{len(lived.people)} people, {len(lived.arrivals)} messages, {len(years.days)} days of retention, "
        f"{seconds:.0f} s",
        f"report: {told} of {len(years.counted)} figures are told and were counted again",
        f"promises broken: {len(broken)}",
        *(f"  {each.at.astimezone(UTC):%d.%m.%Y} {each.promise} {each.breach}" for each in broken[:10]),
        *(f"FLAW {each}" for each in flaws),
        f"flaws: {len(flaws)}",
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
