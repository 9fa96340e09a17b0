"""Declares App Home, which is published again whenever something on it changes."""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.domain.deliveries import DeliveryKind
from bot.domain.evidence.costs import current_costs
from bot.domain.facilitation.group import Group
from bot.domain.people.agencies import AgencyBook
from bot.domain.people.person import Person
from bot.services.calendars.feed import CalendarLinks
from bot.services.deliveries.declaration import MessageKind, Method, ToPerson
from bot.services.deliveries.rendered import HomeView, Rendered
from bot.services.enrolment.year import load_year
from bot.services.offerings.catalogue import load_all_offerings
from bot.services.people.roles import load_pause
from bot.views.home import MOST_OPEN, home
from storage.transaction import Tx

Led = Callable[[Tx, Person, datetime], Sequence[Group]]


def declare(book: AgencyBook, links: CalendarLinks, list_led: Led) -> list[MessageKind]:
    """App Home, rendered from the current data. ``list_led`` lists the groups that a person facilitates; it
    is passed in, because its capability stands above this one.
    """

    def render(tx: Tx, due: ToPerson) -> Rendered:
        year = load_year(tx, due.person, due.now, most_open=MOST_OPEN)
        groups = list_led(tx, due.person, due.now)
        pause = load_pause(tx) if due.person.is_coordinator else None
        costs = current_costs(load_all_offerings(tx), due.now) if due.person.is_coordinator else ()
        view = home(
            year,
            due.person,
            book,
            due.words,
            with_calendar=links.are_shown,
            groups=groups,
            pause=pause,
            costs=costs,
        )
        return HomeView(view)

    return [
        MessageKind(
            DeliveryKind.HOME,
            Method.PUBLISH_HOME,
            urgency=1,
            about="nothing; one for each person",
            helps_until="always",
            to_person=render,
            while_paused=True,
        )
    ]
