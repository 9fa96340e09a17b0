"""How offerings, sessions and a person's standing are worded, for every view."""

from collections.abc import Callable, Iterable
from datetime import date, datetime

from bot.domain.enrolment.seats import Status, WaitingReason
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.offerings.offering import Card, Offering, Session, Standing
from bot.domain.plan.model import Reading
from bot.i18n import Words
from bot.views.blocks import escape

EXPLAINED = (
    "channel_not_found", "not_in_channel", "is_archived", "restricted_action", "user_not_found",
    "user_disabled", "too_late",
)  # fmt: skip
"""The codes of a failed message that have a sentence; others are for the log only."""


def why_refused(code: str, words: Words) -> str:
    """Why a message did not go through, in words: a code of Slack's or Kaiku's says nothing to people."""
    return words(f"refused.{code if code in EXPLAINED else 'unknown'}")


def title_of(offering: Offering, words: Words) -> str:
    """The offering's title, escaped for mrkdwn."""
    return escape(words.pick(offering.title))


def session_title(offering: Offering, session: Session, words: Words) -> str:
    """The title; where there are several sessions, with the session's number."""
    title = title_of(offering, words)
    if len(offering.sessions) == 1:
        return title
    return words("calendar.session", title=title, number=session.number)


def span_of(offering: Offering, words: Words) -> str:
    """The one day with its hours, or the number of sessions with the first and the last day."""
    coming = offering.standing_sessions
    if not coming:
        return words("offering.no_sessions")
    first, last = coming[0], coming[-1]
    if len(coming) == 1:
        return words(
            "session.day_and_hours", day=words.day(first.on), hours=words.hours(first.starts, first.ends)
        )
    return words.many(
        "offering.sessions_between", len(coming), first=words.day(first.on), last=words.day(last.on)
    )


def where_of(offering: Offering, words: Words) -> str:
    """Whether the offering is live or remote, in one or two words; never the join link."""
    labels = {
        escape(session.link_label or words("session.remote")) if session.is_remote else words("session.live")
        for session in offering.standing_sessions
    }
    return words.all_of(sorted(labels)) if labels else ""


def when_of(session: Session, words: Words) -> str:
    """Day and hours as agreed; for a remote session and a reader in another zone, also the reader's hours. Of
    a live session the place's clock is everybody's."""
    return _in_both_zones(session, words.day, words)


def near_when(session: Session, words: Words, now: datetime) -> str:
    """The time of the next session: today and tomorrow by name, days within a week by weekday."""
    today = words.here(now).date()

    def named(day: date) -> str:
        ahead = (day - today).days
        if ahead in _near_days:
            return words(_near_days[ahead], day=words.short_day(day))
        if 1 < ahead < 7:
            return words(f"day.on_{day.isoweekday()}", day=words.short_day(day))
        return words.day(day)

    return _in_both_zones(session, named, words)


_near_days = {0: "day.today", 1: "day.tomorrow"}


def _in_both_zones(session: Session, say: Callable[[date], str], words: Words) -> str:
    agreed = words(
        "session.day_and_hours", day=say(session.on), hours=words.hours(session.starts, session.ends)
    )
    if not session.is_remote:
        return agreed
    here, there = words.here(session.starts_at), words.here(session.ends_at)
    if (here.date(), here.time()) == (session.on, session.starts):
        return agreed
    return words(
        "session.and_in_your_zone",
        agreed=agreed,
        day=say(here.date()),
        hours=words.hours(here.time(), there.time()),
        zone=words.timezone,
    )


def place_of(session: Session, words: Words, *, with_link: bool) -> str:
    """The place, or the remote session's label; the join link only for people with a seat."""
    if session.link is None:
        return escape(words.pick(session.place or {}))
    label = escape(session.link_label or words("session.remote"))
    return f"<{session.link}|{words('session.join_link', label=label)}>" if with_link else label


def reading_lines(readings: Iterable[Reading], words: Words) -> list[str]:
    """Things to read, one a line, with their links."""
    return [
        f"• <{escape(each.link)}|{escape(words.pick(each.title))}>"
        if each.link is not None
        else f"• {escape(words.pick(each.title))}"
        for each in readings
    ]


def session_line(session: Session, words: Words, *, with_link: bool) -> str:
    line = words(
        "session.line",
        number=session.number,
        when=when_of(session, words),
        place=place_of(session, words, with_link=with_link),
    )
    return words("session.cancelled", line=line) if session.cancelled else line


def session_lines(offering: Offering, words: Words, *, with_link: bool) -> list[str]:
    return [session_line(session, words, with_link=with_link) for session in offering.sessions]


def session_facts(session: Session, words: Words, *, with_link: bool) -> str:
    """A session as two lines: time, then place."""
    line = words(
        "session.two_lines",
        when=when_of(session, words),
        place=place_of(session, words, with_link=with_link and not session.cancelled),
    )
    return (
        words("session.cancelled", line=line.replace("\n", " ").replace("*", ""))
        if session.cancelled
        else line
    )


def seats_of(card: Card, words: Words) -> str:
    """How many seats are left, or why the offering can't be joined now."""
    offering = card.offering
    match card.state:
        case SignUpState.CANCELLED:
            return words("sign_up.cancelled")
        case SignUpState.NOT_YET if offering.opens_on is not None:
            return words("sign_up.not_yet", day=words.day(offering.opens_on))
        case SignUpState.NOT_YET:
            return words("sign_up.no_dates")
        case SignUpState.OPEN:
            return _open_seats(card, words)
        case _:
            return words("sign_up.closed")


def _open_seats(card: Card, words: Words) -> str:
    offering = card.offering
    if card.undrawn and offering.closes_on is not None:
        return words.many("seats.drawn", offering.limits.capacity, day=words.short_day(offering.closes_on))
    left = words.many("seats.left", card.seats_left, capacity=offering.limits.capacity)
    return words.many("seats.and_waiting", card.waiting, seats=left) if card.waiting else left


def standing_of(offering: Offering, standing: Standing, agency: str, words: Words) -> str:
    """The person's standing and its reason; every view uses these words."""
    reason = reason_of(offering, standing, agency, words)
    return f"{short_standing_of(standing, words)} {reason}".rstrip()


def short_standing_of(standing: Standing, words: Words) -> str:
    """The person's standing without the reason."""
    if standing.status is Status.SEATED:
        return words("standing.seated")
    if standing.until is not None:
        return words("standing.offered", **deadline(standing.until, words))
    if standing.status is Status.IN_DRAW:
        return words("standing.in_draw")
    return words("standing.waiting", position=standing.position)


def deadline(until: datetime, words: Words) -> dict[str, str]:
    """The day and the time that a sentence names, on the reader's clock."""
    here = words.here(until)
    return {"day": words.day(here.date()), "time": words.clock_time(here.time())}


def reason_of(offering: Offering, standing: Standing, agency: str, words: Words) -> str:
    """Why the person waits, or the outcome of a draw; empty for a plain seat, and for waiting simply in
    line."""
    if standing.choice is not None:
        return _drawn(offering, standing, words)
    match standing.reason:
        case WaitingReason.AGENCY_FULL:
            return words.many("waiting.agency_full", standing.agency_seats, agency=escape(agency))
        case WaitingReason.GROUP_FULL:
            return words.many("waiting.group_full", offering.limits.capacity)
        case WaitingReason.HAS_ANOTHER:
            return words("waiting.has_another")
        case _:
            return ""


def _drawn(offering: Offering, standing: Standing, words: Words) -> str:
    """That a draw is still to come, or which of several choices somebody got."""
    if standing.status is not Status.IN_DRAW:
        key = "draw.got_first" if standing.choice == 1 else "draw.got_choice"
        return words(key, choice=standing.choice) if standing.choices > 1 else ""
    when = words("draw.when", day=words.day(offering.closes_on) if offering.closes_on is not None else "")
    if standing.choices < 2:
        return when
    return f"{words('draw.my_choice', choice=standing.choice, choices=standing.choices)} {when}"
