"""What participants see of offerings, of their seats and of their year."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta

from msgspec.structs import replace

from bot.domain.enrolment.leaving import UNDO_FOR, Leaving, SeatThen, WayBack
from bot.domain.enrolment.offers import OfferRules
from bot.domain.enrolment.seats import Status, WaitingReason
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.enrolment.year import Asked, Year, coming_sessions
from bot.domain.offerings.offering import Card, Offering, Session, Standing, overlapping
from bot.domain.offerings.reminders import ReminderKind
from bot.domain.offerings.session_changes import compare_sessions
from bot.domain.people.person import Person, Role
from bot.domain.plan.model import Details, OfferingKind, Reading
from bot.i18n import Words
from bot.views import calendars, enrolment, ids, people, privacy, year
from bot.views.blocks import Message
from bot.views.home import home
from bot.views.offerings import catalogue, change_messages, messages, opening
from bot.views.offerings.wording import EXPLAINED
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
    QUESTION,
    SEATED,
    STANDINGS,
    WAITING,
    after,
    before,
    between,
    card,
    in_all,
    later,
    live,
    of_one_session,
    offering,
    offerings,
    remote,
)

CHOICES = {ids.FREQUENCY: "fewer", ids.HOUR: "9", ids.PAUSED_UNTIL: "2019-03-20"}


def entries() -> Iterator[Entry]:
    yield from _catalogue()
    yield from _of_two_programmes()
    yield from _joining()
    yield from _opening()
    yield from _leaving()
    yield from _year()
    yield from _about_sessions()
    yield from _settings()
    yield from _privacy()
    yield from _calendars()


def every_card() -> list[Card]:
    """The offerings of the plan in every state and with every standing."""
    states = {
        "complexity-1": card(offering("complexity-1"), seats_left=3, waiting=0),
        "complexity-2": card(offering("complexity-2"), state=SignUpState.NOT_YET),
        "dialogue-1": card(offering("dialogue-1"), seats_left=0, waiting=2),
        "dialogue-2": card(live(), mine=SEATED),
        "dialogue-3": card(offering("dialogue-3"), mine=WAITING, seats_left=0, waiting=3),
        "dialogue-skype-1": card(remote(), seats_left=1, waiting=1),
        "foresight-1": card(offering("foresight-1"), state=SignUpState.CLOSED),
        "coaching-1": card(offering("coaching-1", cancelled=True), state=SignUpState.CANCELLED),
        "coaching-2": card(offering("coaching-2", sessions=())),
        "coaching-3": card(offering("coaching-3"), mine=OFFERED, seats_left=0),
    }
    return [states.get(code, card(each, seats_left=12)) for code, each in offerings().items()]


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
    session = here.sessions[0]
    yield Entry("Not coming once", lambda words: year.absent_said(here, session, words, NOW, absent=True))
    yield Entry("Coming after all", lambda words: year.absent_said(here, session, words, NOW, absent=False))
    yield Entry("A word to the facilitators", lambda words: year.absence_word_sent(here, session, words))
    alone = of_one_session()
    yield Entry("Not coming to the only session", lambda words: year.absent_or_leave(alone, session, words))
    yield Entry("Which to leave", lambda words: year.leave_message(a_year(), words))
    yield Entry("Much to leave", lambda words: year.leave_message(a_year(mine=11), words))
    yield Entry("Nothing to leave", lambda words: year.leave_message(Year(NOW), words))


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
    yield from _abroad()
    yield from _opened()


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


def _settings() -> Iterator[Entry]:
    yield Entry("Settings", lambda words: people.settings_form(AINO, BOOK, NOTICE, words, CHOICES))
    yield Entry(
        "Settings of a facilitator",
        lambda words: people.settings_form(AINO, BOOK, NOTICE, words, CHOICES, leads=True),
    )
    yield Entry("Settings at first", lambda words: people.settings_form(NEWCOMER, BOOK, NOTICE, words))
    yield Entry(
        "Settings: an employer that looks like one of the list",
        lambda words: people.settings_form(OWN_EMPLOYER, BOOK, NOTICE, words, meant=["vero"]),
    )
    yield Entry(
        "Settings: no seat left for the other agency",
        lambda words: people.settings_form(AINO, BOOK, NOTICE, words, without_room=[live()]),
    )
    yield Entry("Settings saved", lambda words: people.settings_saved(AINO, BOOK, words, CHOICES))
    yield Entry("Settings saved at first", lambda words: people.settings_saved(NEWCOMER, BOOK, words))
    abroad = replace(AINO, agency="other", agency_name=None, timezone="America/New_York", role="manager")
    yield Entry("Settings of somebody abroad", lambda words: people.settings_saved(abroad, BOOK, words))
    for each in ("all", "fewer", "stopped"):
        choices = {ids.FREQUENCY: each, ids.HOUR: "", ids.PAUSED_UNTIL: ""}
        yield _saved(f"questions {each}", AINO, choices)
    for role in Role:
        yield _saved(role, replace(AINO, role=role))


def _saved(name: str, person: Person, choices: Mapping[str, str] | None = None) -> Entry:
    return Entry(f"Settings saved: {name}", lambda words: people.settings_saved(person, BOOK, words, choices))


def _privacy() -> Iterator[Entry]:
    url = "https://kaiku.example/privacy?lang=fi"
    yield Entry("The privacy notice", lambda words: privacy.notice_view(NOTICE, words))
    yield Entry("The same with its address", lambda words: privacy.notice_view(NOTICE, words, url=url))
    told = replace(NOTICE, contact=replace(NOTICE.contact, phone="0295 000 000"), gaps=())
    yield Entry("The same, finished", lambda words: privacy.notice_view(told, words))
    yield Entry("The heading of its page", lambda words: words("privacy.page_heading"))
    yield Entry("What the page calls its languages", lambda words: words("privacy.languages"))
    changed = replace(NOTICE, version=2, changed=NOTICE.retention[0].period)
    yield Entry("The privacy notice has changed", lambda words: privacy.notice_changed(changed, words))


def _calendars() -> Iterator[Entry]:
    yield Entry("My calendar's address", lambda words: calendars.calendar_link(CALENDAR_URL, "mark", words))
    yield Entry("An address that can't be shown again", lambda words: calendars.hidden_link("mark", words))
    yield Entry("A new address?", lambda words: calendars.renew_form("mark", words))
    yield Entry("The new address", lambda words: calendars.renewed_link(CALENDAR_URL, words))
