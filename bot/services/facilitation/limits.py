"""Raising the limit of one agency, and closing and reopening sign-up.

Both change values of the plan file; applying a plan sets them again.
"""

from datetime import date, datetime, timedelta

from bot.clock import Now, read
from bot.domain.acts import ActKind
from bot.domain.calendars.wall_time import local
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.errors import KaikuError, Refusal
from bot.domain.facilitation.group import Group
from bot.domain.facilitation.outcomes import Raised, SignUpChanged
from bot.domain.offerings.offering import Offering
from bot.services.acts import note_act
from bot.services.enrolment.leave import require_not_over
from bot.services.enrolment.lock import lock_line
from bot.services.facilitation.group import group_of, require_drawn, who_did_of
from bot.services.offerings.catalogue import load_drawn_with
from bot.services.offerings.facilitators import Actor, require_facilitator
from bot.services.plan.follow import follow_offerings
from storage import group as rows
from storage.transaction import Tx


def raise_limit(
    tx: Tx, actor: Actor, code: str, agency: str, seats: int, was: int | None, now: Now
) -> Raised:
    """Raise the limit from ``was``, the limit that was shown (None: the current one); free seats are passed
    on. If somebody has changed it since, nothing is done.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, OFFERING_PAST, NOT_IN_GROUP, LIMIT_NOT_RAISED,
    SEATS_NOT_DRAWN.
    """
    offering = require_facilitator(lock_line(tx, code).offering, actor, "limit")
    at = read(now)
    limits, group = offering.limits, group_of(tx, offering, at)
    current = limits.for_agency(agency)
    if was is not None and current != was:
        return Raised(group, agency, current, seats, already=who_did_of(tx, code, (ActKind.LIMIT_RAISED,)))
    require_not_over(offering, at)
    require_drawn(group)
    if agency not in {each.agency for each in group.members}:
        raise KaikuError(Refusal.NOT_IN_GROUP)
    if not current < seats <= limits.capacity:
        raise KaikuError(Refusal.LIMIT_NOT_RAISED)
    rows.set_agency_seats(tx, offering.id, {**limits.of_agency, agency: seats})
    note_act(tx, ActKind.LIMIT_RAISED, actor=actor.person.id, offering=code, now=at)
    follow_offerings(tx, [offering.id], at)
    return Raised(group, agency, current, seats)


def change_sign_up(tx: Tx, actor: Actor, code: str, until: date | None, now: Now) -> SignUpChanged:
    """Close sign-up now (``until`` None), or keep it open until that day, inclusive. Idempotent.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, OFFERING_PAST, SIGN_UP_DAY_WRONG, DRAWN_TOGETHER.
    """
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
    if len(load_drawn_with(tx, offering)) > 1:  # an offering with its own sign-up days is drawn alone
        raise KaikuError(Refusal.DRAWN_TOGETHER, offering=offering)
    if until is not None and not _today(offering, now) <= until <= _last_day(group):
        raise KaikuError(Refusal.SIGN_UP_DAY_WRONG)
    return SignUpChanged(group, until)


def _last_day(group: Group) -> date:
    """The last possible day of sign-up; seats are drawn before the first session."""
    days = [each.on for each in group.offering.standing_sessions]
    if group.wishing is not None:
        return min(days, default=date.max) - timedelta(days=1)
    return max(days, default=date.max)


def _today(offering: Offering, now: datetime) -> date:
    return local(now, offering.timezone).date()
