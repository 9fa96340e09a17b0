"""The imaginary people: their profiles, wishes and acts in the year, reproducible by the seed."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from bot.domain.people.agencies import AgencyBook
from bot.domain.plan.model import OfferingKind, Plan, PlannedOffering, PlannedSession
from rehearsal.days import DAY, is_working_day

AGENCIES: Final = 40
ROLES: Final = ("expert", "expert", "expert", "supervisor", "manager", "other")
LANGUAGES: Final = {"fi": "fi-FI", "sv": "sv-SE", "en": "en-GB"}
FIRST_NAMES: Final = {
    "fi": ("Aino", "Eero", "Helmi", "Ilkka", "Jaana", "Kalle", "Leena", "Matti", "Noora", "Oskari", "Päivi"),
    "sv": ("Anna", "Björn", "Cecilia", "Erik", "Frida", "Gustav", "Ingrid", "Johan"),
    "en": ("Alice", "Brian", "Claire", "Daniel"),
}
LAST_NAMES: Final = {
    "fi": ("Aalto", "Heikkinen", "Järvinen", "Koskinen", "Laine", "Mäkelä", "Nieminen", "Saari", "Virtanen"),
    "sv": ("Ahlqvist", "Backman", "Ekholm", "Fagerström", "Lindholm", "Nyman", "Sundström"),
    "en": ("Brown", "Clark", "Moore"),
}
COORDINATOR: Final = "UKOORD"


class Participant(Struct, frozen=True):
    """One imaginary person. ``answers`` is how likely they answer a prompt, from 0 (silent) to 1."""

    id: str
    name: str
    agency: str
    role: str
    language: str
    timezone: str
    is_guest: bool
    answers: float


class Deed(StrEnum):
    """The kinds of acts. The value of an act is an offering's code unless said otherwise. The words of the
    report are ``rehearsal.deed_...``."""

    OPEN_HOME = "open_home"
    JOIN = "join"
    LEAVE = "leave"
    CHANGE_LANGUAGE = "change_language"  # value: the language
    ASK_FOR_FEWER = "ask_for_fewer"
    PAUSE = "pause"  # value: the first day that is no longer paused
    GO_AWAY = "go_away"  # value: when it ends
    SNOOZE = "snooze"  # value: when it ends
    LOSE_ACCOUNT = "lose_account"  # deactivated
    ANSWER_OFFER = "answer_offer"  # of a seat; value: the message's ts
    REACT = "react"  # to a prompt; value: the message's ts
    SAY_ABSENT = "say_absent"  # value: code/session
    ACKNOWLEDGE = "acknowledge"  # a change; value: the message's ts
    ANSWER_INVITATION = "answer_invitation"  # value: the message's ts
    CHANGE_PLAN = "change_plan"  # value: which of the changes, as of the next
    CHANGE_IN_SLACK = "change_in_slack"
    ANNOUNCE = "announce"
    POST_PROMPT = "post_prompt"
    WRITE_LETTER = "write_letter"
    REMOVE = "remove"
    UNDO_REMOVAL = "undo_removal"
    PUT_BACK = "put_back"
    MOVE = "move"
    ADD = "add"  # value: code:person
    GIVE_SEAT = "give_seat"
    RAISE_LIMIT = "raise_limit"
    CLOSE_SIGN_UP = "close_sign_up"
    REOPEN_SIGN_UP = "reopen_sign_up"
    MARK_ATTENDANCE = "mark_attendance"  # value: the message's ts, as of the next
    CONFIRM_DRAW = "confirm_draw"


class Act(Struct, frozen=True, order=True):
    """One deed at one moment. The order of acts is the same in every run."""

    at: datetime
    who: str
    deed: Deed
    value: str = ""


class PlanChange(Struct, frozen=True):
    """``session`` of ``offering`` moves from one day to another, or is cancelled: then there is no day to
    move ``to``. A facilitator does it in Slack; where there is a ``plan``, the coordinator applies that."""

    at: datetime
    plan: Plan | None
    offering: str
    session: int
    moves_from: date
    to: date | None


def cast(book: AgencyBook, number: int, seed: int) -> list[Participant]:
    """``count`` people of 40 agencies, some agencies much larger than others."""
    chance = Random(f"{seed}/people")
    agencies = chance.sample(book.codes, min(AGENCIES, len(book.codes)))
    sizes = [1 / (n + 2) for n in range(len(agencies))]
    people = []
    for n in range(number):
        # Every person has a random generator of their own: with more people the first ones stay the same.
        dice = Random(f"{seed}/person/{n}")
        language = dice.choices(("fi", "sv", "en"), (85, 11, 4))[0]
        name = f"{dice.choice(FIRST_NAMES[language])} {dice.choice(LAST_NAMES[language])}"
        zones = ("Europe/Helsinki", "Europe/Brussels", "America/New_York")
        agency = agencies[n] if n < min(len(agencies), number // 2) else dice.choices(agencies, sizes)[0]
        people.append(
            Participant(
                id=f"UR{n:05d}",
                name=name,
                agency=agency,
                role=dice.choice(ROLES),
                language=language,
                timezone=dice.choices(zones, (95, 4, 1))[0],
                is_guest=dice.random() < 0.02,
                answers=0.0 if dice.random() < 0.2 else dice.uniform(0.3, 0.95),
            )
        )
    return people


def year_of(plan: Plan) -> tuple[datetime, datetime]:
    """From the day before anything can be joined until a month after the last session."""
    days = [session.on for offering in plan.offerings for session in offering.sessions]
    opens = [offering.sign_up.opens for offering in plan.offerings if offering.sign_up.opens is not None]
    first = min([*opens, min(days) - timedelta(days=60)])
    return _at(first - DAY, time(9), plan.timezone), _at(
        max(days) + timedelta(days=31), time(9), plan.timezone
    )


def script(plan: Plan, people: Sequence[Participant], seed: int) -> list[Act]:
    """The acts of all people, except reactions to messages."""
    begins, ends = year_of(plan)
    joinable = [each for each in plan.offerings if each.sessions and not each.cancelled]
    # Each offering has its own random generator: another offering in the plan does not change its popularity.
    popular = {
        each.code: Random(f"{seed}/fame/{each.code}").uniform(0.7, 2.0) * each.capacity**0.7
        for each in joinable
    }
    acts: list[Act] = []
    for person in people:
        acts += _life_of(person, plan, joinable, popular, begins, ends, seed)
    for offering in joinable:
        acts += _leading(offering, plan.timezone, begins, Random(f"{seed}/lead/{offering.code}"))
        dice = Random(f"{seed}/desk/{offering.code}")
        acts += _looking_after(offering, people, plan.timezone, begins, dice)
    return sorted(acts)


def plan_changes(plan: Plan, seed: int) -> list[PlanChange]:
    """Sessions are moved and one is cancelled, each some weeks before it, as in every real year. Each session
    has its own random generator: the rest of the plan hardly changes which ones move."""
    begins, _ = year_of(plan)
    later = [
        (offering.code, session)
        for offering in plan.offerings
        for session in offering.sessions[1:]
        if not (offering.cancelled or session.cancelled)
    ]
    drawn = [(Random(f"{seed}/change/{code}/{session.number}"), code, session) for code, session in later]
    drawn.sort(key=lambda each: each[0].random())
    told = []
    for n, (dice, code, session) in enumerate(drawn[: 2 + len(plan.offerings) // 4]):
        day = _working_day_from(session.on - timedelta(days=dice.randint(12, 30)))
        at = max(_at(day, time(10, 30), plan.timezone), begins + timedelta(hours=n + 1))
        told.append((at, code, session, n == 0, dice))
    changes = []
    for n, (at, code, session, is_cancelled, dice) in enumerate(sorted(told, key=lambda each: each[:2])):
        on = None
        if is_cancelled:
            new = replace(session, cancelled=True)
        else:
            on = _free_day_after(plan, code, session, dice)
            if on == session.on:
                continue
            new = replace(session, on=on)
        by_file = n % 2 == 1
        if by_file:  # the file knows nothing of what was changed in Slack
            plan = _with_session(plan, code, new)
        changes.append(PlanChange(at, plan if by_file else None, code, session.number, session.on, on))
    return changes


def _life_of(
    person: Participant,
    plan: Plan,
    joinable: Sequence[PlannedOffering],
    popular: dict[str, float],
    begins: datetime,
    ends: datetime,
    seed: int,
) -> list[Act]:
    dice = Random(f"{seed}/life/{person.id}")
    # A person's interest in an offering has its own random generator: a plan that changes one offering
    # changes the others only as far as people now prefer that one, or no longer do.
    wants = {each.code: Random(f"{seed}/wish/{person.id}/{each.code}") for each in joinable}

    def act(at: datetime, deed: Deed, value: str = "") -> None:
        acts.append(Act(at, person.id, deed, value))

    def some_day(first: datetime, last: datetime, dice: Random = dice) -> datetime:
        days = max((last - first).days, 1)
        return _working_hour(first.date() + timedelta(days=dice.randrange(days)), person.timezone, dice)

    acts: list[Act] = []
    if dice.random() < 0.4:
        act(some_day(begins, begins + timedelta(days=60)), Deed.OPEN_HOME)
    wishes = dice.choices((1, 2, 3, 4), (40, 30, 20, 10))[0]
    # A weighted draw without replacement, by exponential waiting times: the first to "ring" are chosen.
    rings = {each.code: wants[each.code].expovariate(popular[each.code]) for each in joinable}
    for wish in sorted(joinable, key=lambda each: rings[each.code])[:wishes]:
        want = wants[wish.code]
        at = _joins_at(wish, begins, person, want)
        act(at, Deed.JOIN, wish.code)
        if want.random() < 0.12:
            leaves = some_day(at + DAY, _at(wish.sessions[-1].on, time(9), plan.timezone), want)
            act(leaves, Deed.LEAVE, wish.code)
            if want.random() < 0.2:
                act(leaves + timedelta(minutes=want.randint(1, 600)), Deed.JOIN, wish.code)
        if want.random() < 0.3:
            session = want.choice(wish.sessions)
            at = _working_hour(session.on - timedelta(days=want.randint(1, 6)), person.timezone, want)
            act(max(at, begins), Deed.SAY_ABSENT, f"{wish.code}/{session.number}")
    if dice.random() < 0.25:
        away = some_day(begins, ends)
        act(away, Deed.GO_AWAY, (away + timedelta(days=dice.randint(3, 14))).isoformat())
    if dice.random() < 0.06:
        snoozes = some_day(begins, ends)
        act(snoozes, Deed.SNOOZE, (snoozes + timedelta(hours=dice.randint(1, 5))).isoformat())
    if dice.random() < 0.06:
        act(some_day(begins, ends), Deed.CHANGE_LANGUAGE, dice.choice(tuple(LANGUAGES)))
    if dice.random() < 0.05:
        act(some_day(begins, ends), Deed.ASK_FOR_FEWER)
    if dice.random() < 0.05:
        day = some_day(begins, ends)
        act(day, Deed.PAUSE, (day.date() + timedelta(days=dice.randint(7, 40))).isoformat())
    if dice.random() < 0.02:
        act(some_day(begins + timedelta(days=60), ends), Deed.LOSE_ACCOUNT)
    return acts


def _leading(offering: PlannedOffering, timezone: str, begins: datetime, dice: Random) -> list[Act]:
    """Events are announced soon after they open; now and then a facilitator asks something of their own."""
    facilitator = leader_of(offering)
    acts = []
    if offering.kind is OfferingKind.EVENT and offering.sessions:
        opens = offering.sign_up.opens or offering.sessions[0].on - timedelta(days=45)
        at = _at(_working_day_from(opens + DAY), time(10, 5), timezone)
        acts.append(Act(max(at, begins + DAY), facilitator, Deed.ANNOUNCE, offering.code))
    if len(offering.sessions) > 1 and dice.random() < 0.3:
        day = _working_day_from(offering.sessions[0].on + DAY)
        acts.append(Act(_at(day, time(11, 20), timezone), facilitator, Deed.POST_PROMPT, offering.code))
    return acts


BEFORE_THE_START: Final = {
    Deed.REMOVE: 0.6,
    Deed.PUT_BACK: 0.3,
    Deed.MOVE: 0.4,
    Deed.ADD: 0.6,
    Deed.RAISE_LIMIT: 0.4,
    Deed.CLOSE_SIGN_UP: 0.3,
    Deed.WRITE_LETTER: 0.6,
}
"""How likely a facilitator does this before the first session."""


def _looking_after(
    offering: PlannedOffering, people: Sequence[Participant], timezone: str, begins: datetime, dice: Random
) -> list[Act]:
    """A facilitator's acts on seats and people; an act that applies to nobody is not done."""
    who, acts = leader_of(offering), list[Act]()
    first, last = offering.sessions[0].on, offering.sessions[-1].on
    opens = max(offering.sign_up.opens or first - timedelta(days=45), begins.date())

    def some_hour(day: date) -> datetime:
        return max(_working_hour(day, timezone, dice), begins + timedelta(hours=2))

    acts.append(Act(begins + timedelta(hours=1), who, Deed.OPEN_HOME))
    for deed, chance in BEFORE_THE_START.items():
        at = some_hour(opens + timedelta(days=dice.randrange(max((first - opens).days - 1, 1))))
        whom = f":{dice.choice(people).id}" if deed is Deed.ADD else ""
        if dice.random() >= chance:
            continue
        acts.append(Act(at, who, deed, offering.code + whom))
        if deed is Deed.REMOVE and dice.random() < 0.4:
            acts.append(Act(at + timedelta(minutes=5), who, Deed.UNDO_REMOVAL, offering.code))
        if deed is Deed.CLOSE_SIGN_UP:
            acts.append(Act(some_hour(at.date() + 2 * DAY), who, Deed.REOPEN_SIGN_UP, offering.code))
    # A free seat is offered to the next in line until the cut-off; then the facilitator decides.
    acts += [Act(some_hour(first - n * DAY), who, Deed.GIVE_SEAT, offering.code) for n in (1, 2, 4)]
    if last > first:
        for deed, chance in ((Deed.REMOVE, 0.3), (Deed.WRITE_LETTER, 0.4)):
            at = some_hour(first + timedelta(days=dice.randrange(1, (last - first).days + 1)))
            if dice.random() < chance:
                acts.append(Act(at, who, deed, offering.code))
    return acts


def leader_of(offering: PlannedOffering) -> str:
    """The facilitator who acts; a coordinator where the plan names facilitators only by address."""
    return next((each for each in offering.facilitators if "@" not in each), COORDINATOR)


def _joins_at(offering: PlannedOffering, begins: datetime, person: Participant, dice: Random) -> datetime:
    """When a person joins: mostly soon after sign-up opens, a few too late."""
    last = offering.sign_up.closes or offering.sessions[0].on - DAY
    first = max(offering.sign_up.opens or last - timedelta(days=45), begins.date() + DAY)
    days = max((last - first).days, 0)
    day = first + timedelta(days=int(days * dice.betavariate(1, 2.5)))
    if dice.random() < 0.02:
        day = last + DAY
    return _working_hour(day, person.timezone, dice)


def _working_hour(day: date, timezone: str, dice: Random) -> datetime:
    """A time of day, mostly in office hours; now and then in the evening or on a Sunday."""
    if dice.random() > 0.05:
        day = _working_day_from(day)
    hour = dice.randint(17, 22) if dice.random() < 0.06 else dice.randint(8, 15)
    return _at(day, time(hour, dice.randrange(60), dice.randrange(60)), timezone)


def _free_day_after(plan: Plan, code: str, session: PlannedSession, dice: Random) -> date:
    """A working day on which this offering has no other session, before its next one."""
    offering = next(each for each in plan.offerings if each.code == code)
    following = [each.on for each in offering.sessions if each.on > session.on]
    day = _working_day_from(session.on + timedelta(days=dice.randint(1, 8)))
    return day if not following or day < min(following) else session.on


def _with_session(plan: Plan, code: str, new: PlannedSession) -> Plan:
    strands = tuple(
        replace(
            strand,
            offerings=tuple(
                replace(
                    each, sessions=tuple(new if old.number == new.number else old for old in each.sessions)
                )
                if each.code == code
                else each
                for each in strand.offerings
            ),
        )
        for strand in plan.strands
    )
    return replace(plan, strands=strands)


def _working_day_from(day: date) -> date:
    while not is_working_day(day):
        day += DAY
    return day


def _at(day: date, at: time, timezone: str) -> datetime:
    return datetime.combine(day, at, ZoneInfo(timezone)).astimezone(UTC)
