"""Writing texts and new offerings into the stored plan from Slack.

The change is applied by the rules for a changed file, and kept as a version. Nobody is messaged: what people
were told stays true.
"""

from collections.abc import Collection
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from bot.clock import Now, read
from bot.domain.acts import ActKind
from bot.domain.calendars.wall_time import local
from bot.domain.errors import KaikuError, Refusal
from bot.domain.language import Texts
from bot.domain.offerings.codes import plain_code
from bot.domain.offerings.offering import Offering
from bot.domain.plan.additions import (
    OfferingTexts,
    copy_of,
    free_number,
    stem_of,
    texts_of,
    with_added,
    with_offering,
    with_texts,
)
from bot.domain.plan.edits import EditFault, SessionEdit, broken_rules, faults_of_new, faults_of_rules
from bot.domain.plan.model import Plan, PlannedOffering
from bot.services.acts import note_act
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.offerings.catalogue import load_all_offerings, load_offering
from bot.services.offerings.facilitators import Actor, load_facilitated
from bot.services.plan.apply import apply_plan, diff_plan, stored_plan
from bot.services.plan.versions import keep_slack_version
from storage import plan as plan_rows
from storage.offerings import catalogue as offering_rows
from storage.transaction import Tx

ACT = "plan_change"


class Home(Struct, frozen=True):
    """A place for a new offering: a strand of a programme that is not over. Codes there begin with
    ``stem``.
    """

    programme: str
    strand: int
    title: Texts
    stem: str

    def __str__(self) -> str:
        return f"{self.programme}/{self.strand}"


def load_texts(tx: Tx, actor: Actor, code: str, number: int) -> tuple[Offering, OfferingTexts]:
    """The texts to edit. Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, SESSION_OVER."""
    offering = load_facilitated(tx, actor, code, ACT)
    _, planned = _plan_of(tx, offering)
    texts = texts_of(planned, number)
    if texts is None:
        raise KaikuError(Refusal.SESSION_OVER, offering=offering)
    return offering, texts


def save_texts(tx: Tx, actor: Actor, code: str, texts: OfferingTexts, mark: str, now: Now) -> Offering:
    """Save the texts; ``mark`` identifies the ones that were shown. Unchanged texts change nothing.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, SESSION_OVER, CHANGED_MEANWHILE.
    """
    plan_rows.lock_plans(tx)
    offering, standing = load_texts(tx, actor, code, texts.number)
    plan, planned = _plan_of(tx, offering)
    new = with_texts(planned, texts)
    if new != planned and standing.mark != mark:
        raise KaikuError(Refusal.CHANGED_MEANWHILE)
    if _write(tx, actor, plan, with_offering(plan, new, planned), read(now)):
        note_act(
            tx,
            ActKind.TEXTS_CHANGED,
            actor=actor.person.id,
            offering=code,
            number=texts.number or None,
            now=read(now),
        )
    return load_offering(tx, code)


def list_homes(tx: Tx, actor: Actor, now: datetime) -> list[Home]:
    """Where this person may add an offering: beside those that they facilitate; coordinators anywhere. Raises
    KaikuError: LEADS_NOTHING.
    """
    beside: dict[tuple[str, int], list[Offering]] = {}
    for each in load_all_offerings(tx):
        beside.setdefault((each.programme_code, each.strand_number), []).append(each)
    homes = [
        Home(programme, strand, found[0].strand_title, stem_of([plain_code(each.code) for each in found]))
        for (programme, strand), found in beside.items()
        if any(actor.may_facilitate(each) for each in found)
        and any(each.ends_at is not None and each.ends_at > now for each in found)
    ]
    if not homes:
        raise KaikuError(Refusal.LEADS_NOTHING)
    return homes


def number_for(tx: Tx, stems: Collection[str]) -> int:
    """A number that makes a new code with each of the stems; a form carries it, so that it adds one offering
    however often it is sent."""
    return free_number(stems, {plain_code(each) for each in offering_rows.list_codes(tx)})


def add_offering(tx: Tx, actor: Actor, home: str, number: int, new: PlannedOffering, now: Now) -> Offering:
    """Add the offering, under a code with this number, with its own stem or that of its neighbours. Submitted
    again with the same number, it adds nothing more.

    Raises KaikuError: LEADS_NOTHING, CHANGED_MEANWHILE.
    """
    plan_rows.lock_plans(tx)
    at = read(now)
    into = _find_home(tx, actor, home, at)
    plan = stored_plan(tx, into.programme)
    assert plan is not None, "an offering of it was just read"
    if judge(tx, actor, home, new, at):
        raise KaikuError(
            Refusal.CHANGED_MEANWHILE
        )  # the form showed this fault: the request is forged, or late
    code = f"{stem_of([new.code]) or into.stem}-{number}"
    new = replace(new, code=code)
    standing = next((each for each in plan.offerings if each.code == code), None)
    if standing == new:
        return load_offering(tx, code)
    if standing is not None or code in {plain_code(each) for each in offering_rows.list_codes(tx)}:
        raise KaikuError(Refusal.CHANGED_MEANWHILE)
    _write(tx, actor, plan, with_added(plan, into.strand, new), at)
    note_act(tx, ActKind.OFFERING_ADDED, actor=actor.person.id, offering=code, now=at)
    return load_offering(tx, code)


def plan_copy(
    tx: Tx, actor: Actor, source: str, title: Texts, first_on: date, closes: date | None, now: datetime
) -> tuple[str, PlannedOffering]:
    """A copy of the offering from another day on, and its home. Raises KaikuError: UNKNOWN_OFFERING,
    NOT_YOURS_TO_ASK.
    """
    offering = load_facilitated(tx, actor, source, ACT)
    _, planned = _plan_of(tx, offering)
    today = local(now, offering.timezone).date()
    copy = copy_of(planned, title, first_on, WORK_CALENDAR, today=today, closes=closes)
    return home_of(offering), copy


def load_for_copy(tx: Tx, actor: Actor, code: str) -> tuple[Offering, int]:
    """The offering, and a number for the code of its copy. Raises KaikuError: UNKNOWN_OFFERING,
    NOT_YOURS_TO_ASK.
    """
    offering = load_facilitated(tx, actor, code, ACT)
    return offering, number_for(tx, [stem_of([plain_code(code)])])


def judge(tx: Tx, actor: Actor, home: str, new: PlannedOffering, now: datetime) -> list[EditFault]:
    """The faults of a new offering: in its first session, its sign-up, or the plan as a whole. Raises
    KaikuError: LEADS_NOTHING.
    """
    into = _find_home(tx, actor, home, now)
    plan = stored_plan(tx, into.programme)
    assert plan is not None, "an offering of it was just read"
    first = new.sessions[0]
    to = SessionEdit(first.on, first.starts, first.ends, first.place, first.link)
    found = faults_of_new(to, plan.timezone, WORK_CALENDAR, now)
    faults = [each for each in found if not each.can_be_meant]
    closes = new.sign_up.closes
    if closes is not None and closes < local(now, plan.timezone).date():
        faults.append(EditFault.CLOSES_PAST)
    return faults or faults_of_rules(
        plan, with_added(plan, into.strand, replace(new, code="")), of_seats=True
    )


def _find_home(tx: Tx, actor: Actor, home: str, now: datetime) -> Home:
    into = next((each for each in list_homes(tx, actor, now) if str(each) == home), None)
    if into is None:
        raise actor.refused(KaikuError(Refusal.LEADS_NOTHING), ACT, home)
    return into


def home_of(offering: Offering) -> str:
    return f"{offering.programme_code}/{offering.strand_number}"


def _write(tx: Tx, actor: Actor, plan: Plan, wanted: Plan, now: datetime) -> bool:
    """Apply the wanted plan, which breaks no rule; False if nothing changes."""
    assert not broken_rules(plan, wanted), "it was judged"
    if not diff_plan(tx, wanted).changes:
        return False
    apply_plan(tx, wanted, now)
    keep_slack_version(tx, plan.code, actor.person.id, now)
    return True


def _plan_of(tx: Tx, offering: Offering) -> tuple[Plan, PlannedOffering]:
    plan = stored_plan(tx, offering.programme_code)
    assert plan is not None, "every offering has a programme"
    return plan, next(each for each in plan.offerings if each.code == plain_code(offering.code))
