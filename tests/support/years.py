"""A year that was lived, small enough to be read: three people, two offerings, some of everything."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from bot.domain.plan.model import Plan
from rehearsal.days import Quiet
from rehearsal.people import Deed, Participant, PlanChange
from rehearsal.plan_lines import PlanSource
from rehearsal.promises import Breach, Broken, Owed, Promise, Reader
from rehearsal.record import Arrival, Refusal
from rehearsal.verdict import Verdict, judge
from rehearsal.wording import Wording, wording_for
from rehearsal.year import Lived, Seat
from tests.support.plans import a_plan, a_session, an_offering

HERE = ZoneInfo("Europe/Helsinki")
TUESDAY = datetime(2019, 3, 26, 10, tzinfo=HERE)
SESSIONS = (a_session(1, on=date(2019, 3, 12)), a_session(2, on=date(2019, 5, 7)))
AT_ONCE = (a_session(1, on=date(2019, 3, 12), starts=time(11), ends=time(14)),)


def a_year(plan: Plan | None = None, **changes: Any) -> Lived:
    """Aino and Björn sit in two groups that meet at the same hour; Alice waits. A prompt was moved by Good
    Friday's eve, another left out."""
    plan = plan or a_plan(
        an_offering("dialogue-1", sessions=SESSIONS, capacity=4, seats_per_agency=2, agency_seats=()),
        an_offering(
            "dialogue-2",
            sessions=AT_ONCE,
            capacity=2,
            seats_per_agency=2,
            agency_seats=(),
            facilitators=("UOTHER",),
        ),
    )
    began, ended = datetime(2019, 1, 7, 7, tzinfo=UTC), datetime(2019, 6, 7, 7, tzinfo=UTC)
    people = [
        Participant("UR00000", "Aino Aalto", "vero", "expert", "fi", "Europe/Helsinki", False, 0.9),
        Participant("UR00001", "Björn Ekholm", "kela", "expert", "sv", "Europe/Helsinki", False, 0.9),
        Participant("UR00002", "Alice Brown", "vero", "expert", "en", "Europe/Helsinki", False, 0.9),
    ]
    moved = replace(SESSIONS[1], on=date(2019, 5, 9))
    change = PlanChange(TUESDAY, plan, "dialogue-1", 2, SESSIONS[1].on, moved.on)
    lived = Lived(plan, plan, people, [change], began, ended)
    lived.owed = [
        _owed(1, "confirmation", "UR00000", "dialogue-1"),
        _owed(2, "prompt", "UR00000", "dialogue-1/prompt/1"),
        _owed(3, "prompt", "UR00001", "dialogue-1/prompt/1", "cancelled", "weekly_cap"),
        _owed(4, "prompt", "UR00001", "dialogue-1/prompt/2", "cancelled", "a_new_reason"),
        _owed(5, "day_before", "UR00000", "dialogue-1/1"),
        _owed(6, "day_before", "UR00001", "dialogue-1/1"),
        _owed(7, "hour_before", "UR00000", "dialogue-1/2"),
        _owed(8, "hour_before", "UR00001", "dialogue-1/2"),
        _owed(9, "day_before", "UR00000", "dialogue-2/1"),
        _owed(10, "day_before", "UR00001", "dialogue-2/1"),
    ]
    eve_of_session, second = datetime(2019, 3, 11, 9, tzinfo=HERE), datetime(2019, 5, 7, 8, tzinfo=HERE)
    lived.arrivals = [
        _arrival(1, "UR00000", datetime(2019, 1, 8, 9, tzinfo=HERE)),
        *(_arrival(n, to, eve_of_session) for n, to in ((5, "UR00000"), (6, "UR00001"))),
        *(_arrival(n, to, eve_of_session) for n, to in ((9, "UR00000"), (10, "UR00001"))),
        _arrival(2, "UR00000", datetime(2019, 4, 23, 10, tzinfo=HERE), prompt=1, asks=True),
        *(_arrival(n, to, second) for n, to in ((7, "UR00000"), (8, "UR00001"))),
    ]
    lived.wanted = {("UR00000", 1): date(2019, 4, 18)}  # the eve of Good Friday
    joined = datetime(2019, 1, 8, 7, tzinfo=UTC)
    lived.seats = [
        Seat(code, person.id, person.agency, "seated", joined, joined)
        for code in ("dialogue-1", "dialogue-2")
        for person in people[:2]
    ]
    lived.seats.append(Seat("dialogue-2", "UR00002", "vero", "waiting", None, joined))
    lived.readers = {each.id: Reader(each.timezone) for each in people}
    lived.longest_queue = {"dialogue-2": 1}
    lived.deeds = {Deed.JOIN.value: 5, Deed.CHANGE_PLAN.value: 1}
    lived.answered = 1
    for name, value in changes.items():
        setattr(lived, name, value)
    return lived


def a_verdict(**changes: Any) -> Verdict:
    return judge(a_year(**changes), 7)


def a_bad_verdict() -> Verdict:
    """Something of each promise broken, and a plan with a fault and a note."""
    plan = a_plan(
        an_offering("dialogue-1", sessions=(*SESSIONS, a_session(3, on=date(2019, 6, 21)))),
        an_offering("dialogue-2", sessions=AT_ONCE),
    )
    refusals = [
        Refusal(TUESDAY, "chat.postMessage", "invalid_blocks", "header too long"),
        Refusal(TUESDAY, "UR00000 join dialogue-1", "timeout"),
    ]
    empty = [
        Broken(
            Promise.SEATS,
            TUESDAY,
            "dialogue-2",
            Breach.SEAT_EMPTY,
            {"free": 1, "waiting": 1, "agency": "vero"},
        )
    ]
    verdict = judge(a_year(plan, refusals=refusals, empty=empty), 7)
    away = Reader(
        "Europe/Helsinki", ((TUESDAY - timedelta(days=60), TUESDAY + timedelta(days=60), Quiet.AWAY),)
    )
    away_too = judge(a_year(plan, readers={"UR00000": away}), 7)
    return replace(verdict, broken=[*verdict.broken, *away_too.broken])


def wording_in(language: str, verdict: Verdict, file: str = "plan.yml") -> Wording:
    return wording_for(language, verdict.timezone, PlanSource(file), verdict.names)


def _owed(n: int, kind: str, to: str, subject: str, state: str = "sent", reason: str | None = None) -> Owed:
    return Owed(n, kind, to, subject, state, TUESDAY, reason)


def _arrival(
    delivery: int, to: str, at: datetime, prompt: int | None = None, *, asks: bool = False
) -> Arrival:
    return Arrival(at, to, f"D{to[1:]}", f"{at.timestamp()}", delivery, prompt, asks, False, f"{delivery}")


def written(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}
