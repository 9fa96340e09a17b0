"""Raising the limit of one agency, and closing and reopening sign-up. Both change what the plan file last
said; applying a plan says it anew."""

from datetime import date, datetime, timedelta

from bot.clock import Now, read
from bot.domain.acts import ActKind
from bot.domain.calendars.wall_time import local
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.errors import KaikuError, Refusal
from bot.domain.facilitation.group import Group, next_by_limits
from bot.domain.facilitation.outcomes import Raised, SignUpChanged
from bot.domain.offerings.offering import Offering
from bot.domain.offerings.reminders import SEAT_NEWS_HOURS
from bot.services.acts import note_act
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.enrolment import turns
from bot.services.enrolment.leave import require_not_over
from bot.services.enrolment.lock import lock_line
from bot.services.enrolment.offers import until_when
from bot.services.facilitation.group import group_of, load_group, who_did_of
from bot.services.offerings.facilitators import Actor, require_facilitator
from bot.services.plan.follow import follow_offerings
from storage import group as rows
from storage.transaction import Tx


def preview_limit(tx: Tx, actor: Actor, code: str, agency: str, seats: int, now: datetime) -> Raised:
    """What it would do. Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, OFFERING_PAST, NOT_IN_GROUP,
    LIMIT_NOT_RAISED."""
    group = load_group(tx, actor, code, now)
    return _raised(group, agency, seats, group.offering.limits.for_agency(agency), now)


def raise_limit(tx: Tx, actor: Actor, code: str, agency: str, seats: int, was: int, now: Now) -> Raised:
    """Raise the limit from what it ``was`` when it was looked at; free seats are passed on. If somebody has
    changed it since, nothing is done. Raises as ``preview_limit``."""
    offering = require_facilitator(lock_line(tx, code).offering, actor, "limit")
    at = read(now)
    current = offering.limits.for_agency(agency)
    group = group_of(tx, offering, at)
    if current != was:
        return Raised(group, agency, current, seats, already=who_did_of(tx, code, (ActKind.LIMIT_RAISED,)))
    raised = _raised(group, agency, seats, was, at)
    rows.set_agency_seats(tx, offering.id, {**offering.limits.of_agency, agency: seats})
    note_act(tx, ActKind.LIMIT_RAISED, actor=actor.person.id, offering=code, now=at)
    follow_offerings(tx, [offering.id], at)
    return raised


def _raised(group: Group, agency: str, seats: int, was: int, now: datetime) -> Raised:
    offering = group.offering
    require_not_over(offering, now)
    if agency not in {each.agency for each in group.members}:
        raise KaikuError(Refusal.NOT_IN_GROUP)
    limits = offering.limits
    if not was < seats <= limits.capacity:
        raise KaikuError(Refusal.LIMIT_NOT_RAISED)
    seated = next_by_limits(group, limits.with_agency(agency, seats))
    until = _offer_until(offering, now) if seated and offering.offers.on else None
    return Raised(group, agency, was, seats, seated, until=until)


def _offer_until(offering: Offering, now: datetime) -> datetime | None:
    told_at = WORK_CALENDAR.next_working_moment(now, offering.timezone, SEAT_NEWS_HOURS)
    return until_when(offering, told_at, offering.timezone)


def preview_sign_up(tx: Tx, actor: Actor, code: str, until: date | None, now: datetime) -> SignUpChanged:
    """What closing (``until`` None) or reopening would change. Raises KaikuError: UNKNOWN_OFFERING,
    NOT_YOURS_TO_ASK, OFFERING_PAST, SIGN_UP_DAY_WRONG."""
    return _changed(tx, load_group(tx, actor, code, now), until, now)


def change_sign_up(tx: Tx, actor: Actor, code: str, until: date | None, now: Now) -> SignUpChanged:
    """Close sign-up now (``until`` None), or keep it open until that day, included. Twice is once. Raises as
    ``preview_sign_up``."""
    offering = require_facilitator(lock_line(tx, code).offering, actor, "sign_up")
    at = read(now)
    found = _changed(tx, group_of(tx, offering, at), until, at)
    if found.already is not None:
        return found
    today = _today(offering, at)
    if until is None:
        closes_on = today - timedelta(days=1)
        opens_on = offering.opens_on and min(offering.opens_on, closes_on)  # it may have opened today
    else:
        closes_on, opens_on = until, min(offering.opens_on or today, today)
    rows.set_sign_up(tx, offering.id, opens_on, closes_on)
    kind = ActKind.SIGN_UP_CLOSED if until is None else ActKind.SIGN_UP_REOPENED
    note_act(tx, kind, actor=actor.person.id, offering=code, now=at)
    follow_offerings(tx, [offering.id], at)
    return found


def _changed(tx: Tx, group: Group, until: date | None, now: datetime) -> SignUpChanged:
    offering = group.offering
    require_not_over(offering, now)
    is_open = group.state is SignUpState.OPEN
    if is_open is not (until is None):
        kinds = (ActKind.SIGN_UP_CLOSED, ActKind.SIGN_UP_REOPENED)
        return SignUpChanged(group, offering.closes_on, who_did_of(tx, offering.code, kinds))
    if until is not None and not _today(offering, now) <= until <= last_day(offering):
        raise KaikuError(Refusal.SIGN_UP_DAY_WRONG)
    told = turns.count_turn_news(tx, offering) if until is not None else 0
    return SignUpChanged(group, until, turns_told=told)


def last_day(offering: Offering) -> date:
    """The last day on which somebody may still sign up."""
    return max((each.on for each in offering.standing_sessions), default=date.max)


def _today(offering: Offering, now: datetime) -> date:
    return local(now, offering.timezone).date()
