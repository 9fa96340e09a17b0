"""What a delivery says: rendered when it is sent, in the recipient's language, from what is true then."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.domain.agencies import AgencyBook
from bot.domain.people import Person
from bot.domain.seats import Status
from bot.i18n import Words, words_for
from bot.services import catalogue
from bot.services.outbox import DeliveryKind
from bot.services.people import Defaults, find_person
from bot.views import enrolment as enrolment_view
from bot.views.blocks import Message, View
from bot.views.home import home
from storage import enrolments as enrolment_rows


@dataclass(frozen=True, slots=True)
class Obsolete:
    """There is nothing left to say; ``reason`` is kept with the cancelled delivery."""

    reason: str


@dataclass(frozen=True, slots=True)
class HomeView:
    view: View


Rendered = Message | HomeView | Obsolete


@dataclass(frozen=True, slots=True)
class Renderer:
    """Turns deliveries into words; holds what is the same for all of them."""

    book: AgencyBook
    defaults: Defaults

    def render(
        self, tx: Session, kind: str, recipient: str, subject: str, occurrence: str, now: datetime
    ) -> Rendered:
        person = find_person(tx, recipient, self.defaults)
        if person is None:
            return Obsolete("person_unknown")
        if person.deactivated:
            return Obsolete("person_deactivated")
        words = words_for(person.language, person.timezone)
        match DeliveryKind(kind):
            case DeliveryKind.HOME:
                return HomeView(render_home(tx, person, self.book, words, now))
            case DeliveryKind.CONFIRMATION | DeliveryKind.PROMOTION as about:
                return self._about_enrolment(tx, about, person, subject, int(occurrence), words)

    def _about_enrolment(
        self, tx: Session, kind: DeliveryKind, person: Person, code: str, enrolment_id: int, words: Words
    ) -> Rendered:
        enrolment = enrolment_rows.get_enrolment(tx, enrolment_id)
        if enrolment is None or enrolment.status not in {Status.SEATED, Status.WAITING, Status.OFFERED}:
            return Obsolete("no_longer_enrolled")
        offering = catalogue.load_offering(tx, code)
        if offering.cancelled:
            return Obsolete("offering_cancelled")
        standing = catalogue.standing_of(tx, offering, enrolment)
        if kind is DeliveryKind.PROMOTION:
            return enrolment_view.promotion(offering, standing, words)
        return enrolment_view.confirmation(offering, standing, person, self.book, words)


def render_home(tx: Session, person: Person, book: AgencyBook, words: Words, now: datetime) -> View:
    """The person's App Home as it should look now."""
    return home(
        catalogue.list_mine(tx, person, now), catalogue.list_cards(tx, person, now), person, book, words
    )
