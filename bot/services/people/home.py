"""Declares App Home, which is published again whenever something on it changes."""

from bot.domain.deliveries import DeliveryKind
from bot.domain.people.agencies import AgencyBook
from bot.services.calendars.feed import CalendarLinks
from bot.services.deliveries.declaration import MessageKind, Method, ToPerson
from bot.services.deliveries.rendered import HomeView, Rendered
from bot.services.enrolment.year import load_year
from bot.services.people.roles import load_pause
from bot.views.home import home
from storage.transaction import Tx


def declare(book: AgencyBook, links: CalendarLinks) -> list[MessageKind]:
    """App Home, rendered from the current data."""

    def render(tx: Tx, due: ToPerson) -> Rendered:
        year = load_year(tx, due.person, due.now)
        pause = load_pause(tx) if due.person.is_coordinator else None
        return HomeView(home(year, due.person, book, due.words, with_calendar=links.are_shown, pause=pause))

    return [
        MessageKind(
            DeliveryKind.HOME,
            Method.PUBLISH_HOME,
            urgency=1,
            about="nothing; one for each person",
            helps_until="always",
            to_person=render,
            answers=True,
        )
    ]
