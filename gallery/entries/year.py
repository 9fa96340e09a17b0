"""A participant's year: App Home, the next session, their offerings, not coming to a session."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from msgspec.structs import replace

from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.enrolment.year import Asked, Year, coming_sessions
from bot.domain.offerings.offering import Card
from bot.domain.plan.model import Details, OfferingKind, Reading
from bot.views import absence, enrolment, year
from bot.views.home import home
from bot.views.offerings import catalogue
from gallery.entry import Entry
from gallery.sample import (
    AINO,
    BOOK,
    NEWCOMER,
    NOW,
    OFFERED,
    QUESTION,
    SEATED,
    STANDINGS,
    WAITING,
    after,
    before,
    between,
    card,
    every_card,
    in_all,
    later,
    live,
    of_one_session,
    offering,
    remote,
)


def entries() -> Iterator[Entry]:
    yield from _year()
    yield from _absence()
    yield from _abroad()
    yield from _opened()


def a_year(*, absent: bool = False, mine: int = 1) -> Year:
    """Somebody's year: one seat, one place in line, one question, something completed."""
    seat = card(live(), mine=SEATED, absent=frozenset({1}) if absent else frozenset())
    cards = [
        seat,
        card(offering("dialogue-3"), mine=WAITING, seats_left=0, waiting=3),
        card(offering("coaching-1", cancelled=True), state=SignUpState.CANCELLED, mine=SEATED),
        card(offering("coaching-2", sessions=()), mine=SEATED),
    ] * mine
    completed = [card(offering("foresight-1"), state=SignUpState.PAST, mine=SEATED)]
    open_now = [each for each in every_card() if each.mine is None]
    asked = [Asked(live(), 7, QUESTION.text)]
    offered = [card(offering("coaching-1"), mine=OFFERED)]
    return Year(
        before(live(), days=1),
        coming_sessions(cards, NOW),
        asked,
        cards,
        open_now,
        completed,
        offered=offered,
    )


def _year() -> Iterator[Entry]:
    yield Entry("App Home", lambda words: home(a_year(), AINO, BOOK, words, with_calendar=True))
    yield Entry("App Home at first", lambda words: home(Year(NOW), NEWCOMER, BOOK, words))
    yield Entry("App Home with many offerings", lambda words: home(a_year(mine=11), AINO, BOOK, words))
    yield Entry("Mine", lambda words: year.mine_message(a_year(), words, with_calendar=True))
    yield Entry("Mine at first", lambda words: year.mine_message(Year(NOW), words))
    yield Entry("Mine with many offerings", lambda words: year.mine_message(a_year(mine=11), words))
    yield Entry(
        "Mine when all is completed",
        lambda words: year.mine_message(replace(a_year(), mine=(), coming=()), words),
    )
    whole = replace(a_year(), completed=[*a_year().completed] * 100)
    yield Entry("Mine when much is completed", lambda words: year.mine_message(whole, words))
    yield Entry("What is next", lambda words: year.next_message(a_year(), words))
    yield Entry("What is next, not coming", lambda words: year.next_message(a_year(absent=True), words))
    yield Entry("Nothing is next", lambda words: year.next_message(Year(NOW), words))
    waiting = Year(NOW, mine=[card(mine=WAITING)], completed=a_year().completed)
    yield Entry("Nothing is next, waiting", lambda words: year.next_message(waiting, words))
    seat = card(remote(), mine=SEATED)
    for name, now in (
        ("in three weeks", before(remote(), days=21)),
        ("on a weekday of this week", before(remote(), days=3)),
        ("tomorrow", before(remote(), days=1)),
        ("today", before(remote(), hours=1)),
        ("now", remote().sessions[0].starts_at + timedelta(minutes=5)),
    ):
        yield _next(f"What is next, remote, {name}", seat, now)
    for days in range(7):
        first = later(live().sessions[0], days)
        seat = card(replace(live(), sessions=(first,)), mine=SEATED)
        yield _next(f"What is next, {first.on:%A}", seat, first.starts_at - timedelta(days=3))


def _abroad() -> Iterator[Entry]:
    """Their own hours beside the agreed ones; a remote session without a label of its own."""
    plain = [
        replace(each, link_label=None, timezone="America/New_York", starts=time(2))
        for each in remote().sessions
    ]
    there = replace(remote(), sessions=plain)
    yield Entry(
        "A remote session for somebody in another time zone",
        lambda words: enrolment.confirmation(there, SEATED, AINO, BOOK, words, now=NOW),
    )
    strand = replace(remote(), kind=OfferingKind.REMOTE)
    yield Entry("A remote session in the list", lambda words: catalogue.offering_list([card(strand)], words))


def _next(name: str, seat: Card, now: datetime) -> Entry:
    shown = Year(now, coming_sessions([seat], now), mine=[seat])
    return Entry(name, lambda words: year.next_message(shown, words))


def _opened() -> Iterator[Entry]:
    details = Details(
        materials=(
            Reading(in_all("Kalvot", "Bilder", "Slides"), "https://materials.example/kalvot"),
            Reading(in_all("Työkirja", "Arbetsbok", "Workbook"), None),
        )
    )
    own = offering("dialogue-2", details=details)
    for name, standing in STANDINGS.items():
        yield _opened_as(name, card(own, mine=standing))
    yield _opened_as("not coming once", card(own, mine=SEATED, absent=frozenset({1, 2})))
    seat = card(own, mine=SEATED)
    yield Entry(
        "One of mine unfolded, half-way",
        lambda words: year.opened(seat, AINO, BOOK, between(own), words, with_calendar=True),
    )
    yield Entry(
        "One of mine unfolded with what is behind",
        lambda words: year.opened(seat, AINO, BOOK, between(own), words, with_past=True),
    )
    over = card(own, state=SignUpState.PAST, mine=SEATED)
    yield Entry("One of mine unfolded, over", lambda words: year.opened(over, AINO, BOOK, after(own), words))
    done = Year(after(own), completed=[over])
    yield Entry("Mine when one is completed", lambda words: year.mine_message(done, words))
    gone = card(replace(own, cancelled=True), state=SignUpState.CANCELLED, mine=SEATED)
    yield Entry("One of mine unfolded, cancelled", lambda words: year.opened(gone, AINO, BOOK, NOW, words))


def _opened_as(name: str, shown: Card) -> Entry:
    return Entry(
        f"One of mine unfolded: {name}",
        lambda words: year.opened(shown, AINO, BOOK, NOW, words, with_calendar=True),
    )


def _absence() -> Iterator[Entry]:
    here = live()
    session = here.sessions[0]
    yield Entry("Not coming once", lambda words: absence.absent_said(here, session, words, NOW, absent=True))
    yield Entry(
        "Coming after all", lambda words: absence.absent_said(here, session, words, NOW, absent=False)
    )
    yield Entry("A word to the facilitators", lambda words: absence.absence_word_sent(here, session, words))
    alone = of_one_session()
    yield Entry(
        "Not coming to the only session", lambda words: absence.absent_or_leave(alone, session, words)
    )
    yield Entry("Which to leave", lambda words: year.leave_message(a_year(), words))
    yield Entry("Much to leave", lambda words: year.leave_message(a_year(mine=11), words))
    yield Entry("Nothing to leave", lambda words: year.leave_message(Year(NOW), words))
