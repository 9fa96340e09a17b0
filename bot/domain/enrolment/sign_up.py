"""When an offering may be joined."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.calendars.wall_time import local, to_instant


class SignUpState(StrEnum):
    OPEN = "open"
    NOT_YET = "not_yet"
    CLOSED = "closed"
    PAST = "past"
    CANCELLED = "cancelled"


def sign_up_state(
    *,
    cancelled: bool,
    opens_on: date | None,
    closes_on: date | None,
    first_starts_at: datetime | None,
    last_ends_at: datetime | None,
    timezone: str,
    now: datetime,
) -> SignUpState:
    """Whether a person may join now.

    ``opens_on`` and ``closes_on`` are days in ``timezone``, both included. Without a closing day sign-up ends
    when the first session starts. ``first_starts_at`` and ``last_ends_at`` leave out cancelled sessions. An
    offering with neither sessions nor an opening day has no dates yet: nobody may join it.
    """
    today = local(now, timezone).date()
    if cancelled:
        return SignUpState.CANCELLED
    if last_ends_at is not None and now >= last_ends_at:
        return SignUpState.PAST
    if opens_on is not None and today < opens_on:
        return SignUpState.NOT_YET
    if opens_on is None and closes_on is None and last_ends_at is None:
        return SignUpState.NOT_YET
    if closes_on is not None:
        is_open = today <= closes_on
    else:
        is_open = first_starts_at is None or now < first_starts_at
    return SignUpState.OPEN if is_open else SignUpState.CLOSED


def seats_move_on(state: SignUpState, first_starts_at: datetime | None, now: datetime) -> bool:
    """Whether a freed seat goes to the next on the waiting list: until the first session starts, and after
    that only while sign-up is still open."""
    if state in {SignUpState.PAST, SignUpState.CANCELLED}:
        return False
    return state is SignUpState.OPEN or first_starts_at is None or now < first_starts_at


def line_closes_at(
    *, closes_on: date | None, first_starts_at: datetime | None, last_ends_at: datetime | None, timezone: str
) -> datetime | None:
    """When freed seats stop moving on (see ``seats_move_on``) and people on the waiting list have waited in
    vain; None without sessions."""
    if first_starts_at is None or last_ends_at is None:
        return None
    if closes_on is None:
        return first_starts_at
    after_closing = to_instant(closes_on + timedelta(days=1), time(0), timezone)
    return min(max(first_starts_at, after_closing), last_ends_at)


def sign_up_opens_at(opens_on: date | None, timezone: str) -> datetime | None:
    """The first moment of sign-up; None where it has no first day."""
    return to_instant(opens_on, time(0), timezone) if opens_on is not None else None
