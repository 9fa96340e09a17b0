"""What participants see of offerings and of their seats, and what they hear of sessions."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from bot.domain.enrolment.leaving import UNDO_FOR, Leaving, SeatThen, WayBack
from bot.domain.enrolment.offers import OfferRules
from bot.domain.enrolment.seats import Status, WaitingReason
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.offerings.offering import Card, Offering, Session, Standing, overlapping
from bot.domain.offerings.reminders import ReminderKind
from bot.domain.offerings.session_changes import compare_sessions
from bot.i18n import Words
from bot.views import enrolment, year
from bot.views.blocks import Message
from bot.views.offerings import catalogue, change_messages, messages, opening
from bot.views.offerings.wording import EXPLAINED
from gallery.entries.year import a_year
from gallery.entry import Entry
from gallery.sample import (
    AINO,
    BOOK,
    CALENDAR_URL,
    NEWCOMER,
    NOTICE,
    NOW,
    OFFERED,
    OWN_EMPLOYER,
    SEATED,
    STANDINGS,
    WAITING,
    before,
    card,
    every_card,
    in_all,
    later,
    live,
    offering,
    remote,
)


def entries() -> Iterator[Entry]:
    yield from _catalogue()
    yield from _of_two_programmes()
    yield from _joining()
    yield from _opening()
    yield from _leaving()
    yield from _about_sessions()


def _catalogue() -> Iterator[Entry]:
    cards = every_card()
    yield Entry("The list of offerings", lambda words: catalogue.offering_list(cards, words))
    few = cards[:3]
    yield Entry("The list, narrowed", lambda words: catalogue.offering_list(few, words, narrowed=True))
    yield Entry(
        "The list, narrowed to nothing", lambda words: catalogue.offering_list([], words, narrowed=True)
    )
    yield Entry("The list when nothing is open", lambda words: catalogue.offering_list([], words))
    many = cards * 2
    yield Entry("A list too long for a message", lambda words: catalogue.offering_list(many, words))
    yield Entry("The whole list", lambda words: catalogue.offering_list_modal(cards, words))
    longer = cards * 8
    yield Entry("A list too long for a modal", lambda words: catalogue.offering_list_modal(longer, words))


def _of_two_programmes() -> Iterator[Entry]:
    """Two years beside each other: each under its own heading."""
    this, last = (
        offering("dialogue-2"),
        offering(
            "foresight-1",
            programme_code="kaiku-2018",
            programme_title=in_all("Kaiku 2018", "Kaiku 2018", "Kaiku 2018"),
        ),
    )
    both = [card(this, mine=SEATED), card(last, mine=SEATED)]
    yield Entry("The list of two programmes", lambda words: catalogue.offering_list(both, words))
    many = [
        card(offering("coaching-2", programme_code=f"kaiku-{n}", strand_number=n), seats_left=4)
        for n in range(20)
    ]
    yield Entry("The list of many programmes", lambda words: catalogue.offering_list(many, words))
    two = replace(a_year(), mine=both, completed=both)
    yield Entry("Mine of two programmes", lambda words: year.mine_message(two, words))


def _joining() -> Iterator[Entry]:
    here = live()
    yield Entry(
        "Joining for the first time", lambda words: enrolment.join_form(card(), NEWCOMER, BOOK, NOTICE, words)
    )
    yield Entry("Joining again", lambda words: enrolment.join_form(card(remote()), AINO, BOOK, NOTICE, words))
    yield Entry(
        "Joining a full group",
        lambda words: enrolment.join_form(card(seats_left=0, waiting=2), AINO, BOOK, NOTICE, words),
    )
    full = card(would_wait=WaitingReason.AGENCY_FULL)
    yield Entry(
        "Joining when the agency has its seats",
        lambda words: enrolment.join_form(full, AINO, BOOK, NOTICE, words),
    )
    other = offering("complexity-1")
    clash = replace(here, sessions=(replace(other.sessions[0], number=1), *here.sessions[1:]))
    overlaps = overlapping(clash.sessions, [(other, other.sessions[0])])
    yield Entry(
        "Joining what overlaps with another seat",
        lambda words: enrolment.join_form(card(clash, overlaps=overlaps), AINO, BOOK, NOTICE, words),
    )
    yield Entry(
        "An employer that looks like one of the list",
        lambda words: enrolment.join_form(
            card(), OWN_EMPLOYER, BOOK, NOTICE, words, meant=["vero"], asks=True
        ),
    )
    for name, standing in STANDINGS.items():
        yield from _joined(name, standing)
    yield Entry(
        "The confirmation of a remote seat",
        lambda words: enrolment.confirmation(remote(), SEATED, AINO, BOOK, words, now=NOW),
    )
    yield Entry(
        "A seat came free",
        lambda words: enrolment.promotion(here, SEATED, words, calendar_url=CALENDAR_URL, now=NOW),
    )
    yield from _offers()
    yield Entry("The seat is gone", lambda words: enrolment.seat_lost(here, words))


def _offers() -> Iterator[Entry]:
    here, other = live(), offering("complexity-1")
    overlaps = [(here.sessions[0], other, other.sessions[0])]
    assert OFFERED.until is not None
    for again, name in ((False, "the first time"), (True, "again")):
        yield Entry(
            f"A seat is offered, {name}",
            lambda words, again=again: enrolment.offer(  # type: ignore[misc]
                here,
                OFFERED,
                overlaps if again else (),
                words,
                again=again,
                now=NOW,
            ),
        )
        yield Entry(
            f"An offer is over, {name}",
            lambda words, again=again: enrolment.offer_over(  # type: ignore[misc]
                here, OFFERED.until, WAITING, words, again=again
            ),
        )
    for is_guest in (False, True):
        yield Entry(
            f"A seat is not offered any more{', to a guest' if is_guest else ''}",
            lambda words, is_guest=is_guest: enrolment.offer_void(  # type: ignore[misc]
                here, WAITING, words, is_guest=is_guest
            ),
        )
    answers = {
        "accepted": SEATED,
        "declined": None,
        "too late": WAITING,
        "another stands": OFFERED,
        "not offered any more": WAITING,
    }
    for name, standing in answers.items():
        yield Entry(
            f"Answering an offer: {name}",
            lambda words, standing=standing, name=name: enrolment.offer_answered(  # type: ignore[misc]
                here,
                OFFERED.until,
                standing,
                words,
                again=False,
                is_void=name == "not offered any more",
                now=NOW,
            ),
        )
    yield Entry(
        "Leaving while a seat is offered",
        lambda words: enrolment.leave_form(here, OFFERED, Leaving(SeatThen.MOVES_ON, WayBack.NONE), words),
    )
    at_once = replace(here, offers=OfferRules(on=False))
    yield Entry(
        "Waiting where seats are given at once",
        lambda words: enrolment.confirmation(at_once, WAITING, AINO, BOOK, words, now=NOW),
    )


def _joined(name: str, standing: Standing) -> Iterator[Entry]:
    here = live()
    yield Entry(
        f"Joined: {name}",
        lambda words: enrolment.joined(
            here, standing, AINO, BOOK, words, already=False, with_calendar=True, now=NOW
        ),
    )
    yield Entry(
        f"Joined, asked again: {name}",
        lambda words: enrolment.joined(here, standing, AINO, BOOK, words, already=True, now=NOW),
    )
    yield Entry(
        f"Joining again by command: {name}",
        lambda words: enrolment.standing_message(here, standing, AINO, BOOK, words, now=NOW),
    )
    yield Entry(
        f"The confirmation: {name}",
        lambda words: enrolment.confirmation(
            here, standing, AINO, BOOK, words, calendar_url=CALENDAR_URL, now=NOW
        ),
    )


def _given_up(name: str, standing: Standing) -> Iterator[Entry]:
    until = NOW + UNDO_FOR
    yield Entry(f"Gave up a {name}", lambda words: enrolment.left(live(), standing.status, until, words))
    if standing.status is Status.SEATED:
        yield Entry(
            f"Gave up a {name} that moved on at once",
            lambda words: enrolment.left(live(), standing.status, None, words),
        )
    yield Entry(
        f"Came back to a {name}",
        lambda words: enrolment.came_back(live(), standing, AINO, BOOK, words, now=NOW),
    )
    for seat in SeatThen if standing.status is Status.SEATED else (None,):
        for way_back in WayBack:
            yield _giving_up(f"{name}: {seat or 'line'}, {way_back}", standing, Leaving(seat, way_back))


def _giving_up(name: str, standing: Standing, leaving: Leaving) -> Entry:
    return Entry(f"Giving up a {name}", lambda words: enrolment.leave_form(live(), standing, leaving, words))


def _opening() -> Iterator[Entry]:
    later = card(offering("complexity-2"), state=SignUpState.NOT_YET)
    undated = card(replace(later.offering, sessions=(), opens_on=None, closes_on=None), state=later.state)
    for name, each in {"a day is set": later, "no dates yet": undated}.items():
        for wished in (False, True):
            of = replace(each, wished=wished)
            yield _too_early(f"{name}, {'to be told' if wished else 'not to be told'}", of)
            yield _wish_noted(f"{name}, {'noted' if wished else 'taken back'}", of)
    for seats in (5, 0):
        open_now = card(offering("complexity-2"), seats_left=seats)
        yield _sign_up_open(open_now)


def _too_early(name: str, about: Card) -> Entry:
    return Entry(f"Joining too early: {name}", lambda words: opening.not_open_yet(about, words))


def _wish_noted(name: str, about: Card) -> Entry:
    return Entry(f"To be told of the opening: {name}", lambda words: opening.wish_noted(about, words))


def _sign_up_open(about: Card) -> Entry:
    return Entry(
        f"Sign-up has opened: {about.seats_left} seats left", lambda words: opening.opened(about, words)
    )


def _leaving() -> Iterator[Entry]:
    here = live()
    yield from _given_up("seat", SEATED)
    yield from _given_up("place in line", WAITING)
    yield Entry(
        "The confirmation after the seat was given up",
        lambda words: messages.no_longer_enrolled(here, words),
    )


def _about_sessions() -> Iterator[Entry]:
    for kind in ReminderKind:
        yield _reminder(f"Reminder {kind}, live", live(), kind)
        yield _reminder(f"Reminder {kind}, remote", remote(), kind)
    yield Entry("Two reminders at one minute", _two_reminders)
    yield from _changes()
    yield from (_could_not_be_told(reason) for reason in (*EXPLAINED, "fatal_error"))
    yield Entry(
        "A question could not be posted to a channel",
        lambda words: messages.round_failed(live(), "CYLEINEN", "not_in_channel", words),
    )


def _changes() -> Iterator[Entry]:
    here, there = live(), remote()
    first, second, third, fourth = here.sessions
    elsewhere = replace(second, place=in_all("Säätytalo", "Ständerhuset", "House of the Estates"))
    online = replace(third, place=None, link="https://skype.example/1", link_label="Skype")
    cancelled = replace(fourth, cancelled=True)
    yield _changed(
        "moved, elsewhere, remote, cancelled",
        here,
        here.sessions,
        (later(first, 7), elsewhere, online, cancelled),
    )
    yield _changed("added", here, here.sessions[:3], here.sessions, CALENDAR_URL)
    yield _changed("takes place after all", here, (cancelled,), (fourth,))
    yield _changed(
        "another link", there, there.sessions[:1], (replace(there.sessions[0], link="https://a.example"),)
    )
    gone = replace(here, cancelled=True)
    yield Entry("The offering is cancelled", lambda words: change_messages.called_off(gone, words))
    yield Entry(
        "Cancelled, and what is open instead",
        lambda words: change_messages.changed(
            gone, (), words, now=NOW, with_link=True, reasons=(REASON,), instead=(live(), remote())
        ),
    )
    yield Entry(
        "The one reminder of a change",
        lambda words: change_messages.change_reminder(
            here, here.sessions[0], 2, words, now=before(here, days=2)
        ),
    )
    cut = compare_sessions(here.sessions[:1], (), NOW, language="fi", sees_link=True)
    yield Entry(
        "To a facilitator: others changed it",
        lambda words: change_messages.changed_by_others(here, cut, words, reasons=(REASON,)),
    )
    yield Entry(
        "To a facilitator: others cancelled it",
        lambda words: change_messages.changed_by_others(gone, cut, words, reasons=()),
    )
    yield Entry(
        "A session changed, to who waits",
        lambda words: change_messages.changed(here, cut, words, now=NOW, with_link=False, reasons=(REASON,)),
    )
    yield Entry(
        "A session changed, to who is offered a seat",
        lambda words: change_messages.changed(here, cut, words, now=NOW, with_link=False, is_offered=True),
    )
    late = compare_sessions(here.sessions[:1], (later(first, 7),), NOW, language="fi", sees_link=True)
    yield Entry(
        "A session moved, to who could not come before",
        lambda words: change_messages.changed(
            here, late, words, now=NOW, with_link=True, asks_anew=(first.number,)
        ),
    )
    yield Entry("The change is acknowledged", lambda words: Message(words("change.acknowledged")))


REASON = {"fi": "Vetäjä on estynyt.", "sv": "Handledaren har förhinder."}


def _could_not_be_told(reason: str) -> Entry:
    return Entry(
        f"Somebody could not be told: {reason}",
        lambda words: messages.undelivered(live(), "Aino Virtanen", reason, words),
    )


def _two_reminders(words: Words) -> Message:
    kind = ReminderKind.DAY_BEFORE
    return messages.in_one_message(
        [
            messages.reminder(about, about.sessions[0], kind, words, now=before(about, days=1))
            for about in (live(), remote())
        ]
    )


def _reminder(name: str, about: Offering, kind: ReminderKind) -> Entry:
    now = before(about, days=1)
    return Entry(name, lambda words: messages.reminder(about, about.sessions[0], kind, words, now=now))


def _changed(
    name: str,
    about: Offering,
    told: Sequence[Session],
    current: Sequence[Session],
    calendar_url: str | None = None,
) -> Entry:
    def show(words: Words) -> Message:
        changes = compare_sessions(told, current, NOW, language=words.language, sees_link=True)
        return change_messages.changed(
            about, changes, words, now=NOW, with_link=True, calendar_url=calendar_url
        )

    return Entry(f"A session changed: {name}", show)
