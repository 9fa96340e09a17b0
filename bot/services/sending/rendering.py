"""What a delivery says: rendered when it is sent, in the recipient's language, from what is true then."""

import re
from dataclasses import dataclass
from datetime import datetime

from bot.domain.enrolment.seats import Status
from bot.domain.offerings.offering import Offering
from bot.domain.offerings.reminders import ReminderKind
from bot.domain.offerings.session_changes import compare_sessions
from bot.domain.people.agencies import AgencyBook
from bot.domain.people.person import Defaults, Person
from bot.i18n import Words, words_for
from bot.services.announcements.rendering import PostRenderer
from bot.services.calendars.feed import CalendarLinks
from bot.services.deliveries.outbox import IN_CHANNELS, UNDISTURBING, DeliveryKind
from bot.services.deliveries.rendered import Edit, HomeView, OutgoingMessage, Rendered, Skipped
from bot.services.offerings import catalogue, timetable
from bot.services.offerings.reminders import occurrence_of
from bot.services.people.profiles import find_person
from bot.services.prompts.rendering import PromptRenderer
from bot.services.reflections.vault import Vault
from bot.views import enrolment as enrolment_view
from bot.views.blocks import Message, View
from bot.views.home import home
from bot.views.offerings import messages
from storage import calendars as feed_rows
from storage import deliveries as delivery_rows
from storage import enrolment as enrolment_rows
from storage.enrolment import EnrolmentRow
from storage.tables import Delivery
from storage.transaction import Tx

STANDING = {Status.SEATED, Status.WAITING, Status.OFFERED}


@dataclass(frozen=True, slots=True)
class About:
    """An enrolment with all that is said of it."""

    person: Person
    words: Words
    offering: Offering
    enrolment: EnrolmentRow

    @property
    def stands(self) -> bool:
        return Status(self.enrolment.status) in STANDING


@dataclass(frozen=True, slots=True)
class Renderer:
    """Turns deliveries into words; holds what is the same for all of them."""

    book: AgencyBook
    defaults: Defaults
    links: CalendarLinks
    vault: Vault | None = None

    def render(  # noqa: PLR0911, PLR0912 - one return a kind
        self, tx: Tx, delivery_id: int, now: datetime
    ) -> Rendered:
        delivery = delivery_rows.get_delivery(tx, delivery_id)
        if delivery is None:
            return Skipped("gone")
        if delivery.kind in IN_CHANNELS:
            return self.posts.render(tx, delivery, now)
        if delivery.kind == DeliveryKind.ROUND:
            return self._prompts.render_round(tx, delivery, now)
        person = find_person(tx, delivery.recipient, self.defaults)
        if person is None:
            return Skipped("person_unknown")
        if person.deactivated:
            return Skipped("person_deactivated")
        words = words_for(person.language, person.timezone)
        match DeliveryKind(delivery.kind):
            case DeliveryKind.HOME:
                return HomeView(self._home(tx, person, words, now))
            case DeliveryKind.EDIT:
                return self._edit(tx, delivery, person, words)
            case DeliveryKind.UNDELIVERED:
                return self._undelivered(tx, delivery, words)
            case DeliveryKind.POST_TROUBLE:
                return self.posts.trouble(tx, delivery, words)
            case DeliveryKind.CONFIRMATION | DeliveryKind.PROMOTION as kind:
                about = self._about(tx, delivery.occurrence, person, words)
                if about is None or not about.stands:
                    return Skipped("no_longer_enrolled")
                if about.offering.cancelled:
                    return Skipped("offering_cancelled")
                if kind is DeliveryKind.CONFIRMATION and delivery_rows.is_open(
                    tx, DeliveryKind.PROMOTION, delivery.occurrence
                ):
                    return Skipped("promoted_meanwhile")  # that message says more
                message = self._standing(tx, kind, about)
                return OutgoingMessage(message, about.enrolment.id, about.offering.timetable_version)
            case DeliveryKind.CHANGE:
                return self._change(tx, delivery, person, words, now)
            case DeliveryKind.DAY_BEFORE | DeliveryKind.HOUR_BEFORE:
                return self._reminder(tx, delivery, person, words)
            case _:
                return self._prompts.render(tx, delivery, person, words, now)

    @property
    def posts(self) -> PostRenderer:
        return PostRenderer(self.defaults)

    @property
    def _prompts(self) -> PromptRenderer:
        return PromptRenderer(self.vault, self.defaults)

    def _about(self, tx: Tx, occurrence: str, person: Person, words: Words) -> About | None:
        enrolment_id = int(re.split("[@:]", occurrence, maxsplit=1)[0])
        enrolment = enrolment_rows.get_enrolment(tx, enrolment_id)
        if enrolment is None:
            return None
        return About(person, words, catalogue.load_offering_by_id(tx, enrolment.offering_id), enrolment)

    def _standing(self, tx: Tx, kind: DeliveryKind, about: About) -> Message:
        standing = catalogue.standing_of(tx, about.offering, about.enrolment)
        url = self._calendar_file(tx, about)
        if kind is DeliveryKind.PROMOTION:
            return enrolment_view.promotion(about.offering, standing, about.words, calendar_url=url)
        return enrolment_view.confirmation(
            about.offering, standing, about.person, self.book, about.words, calendar_url=url
        )

    def _calendar_file(self, tx: Tx, about: About) -> str | None:
        """Only the seated have the offering in their calendar; the link was made when they signed up."""
        if about.enrolment.status != Status.SEATED:
            return None
        return self.links.file(feed_rows.get_calendar_token(tx, about.person.id), about.offering.code)

    def _edit(self, tx: Tx, delivery: Delivery, person: Person, words: Words) -> Rendered:
        original = delivery_rows.get_delivery(tx, int(delivery.subject))
        if original is None or original.channel is None or original.ts is None:
            return Skipped("original_not_there")
        if original.kind in UNDISTURBING:
            return self._prompts.edit(tx, original, person, words)
        about = self._about(tx, original.occurrence, person, words)
        if about is None:
            return Skipped("no_longer_enrolled")
        if about.offering.cancelled:
            message = messages.changed(about.offering, (), words, with_link=False)
        elif about.stands:
            message = self._standing(tx, DeliveryKind(original.kind), about)
        else:
            message = messages.no_longer_enrolled(about.offering, words)
        return Edit(original.channel, original.ts, message)

    def _change(self, tx: Tx, delivery: Delivery, person: Person, words: Words, now: datetime) -> Rendered:
        about = self._about(tx, delivery.occurrence, person, words)
        if about is None or not about.stands:
            return Skipped("no_longer_enrolled")
        offering, enrolment = about.offering, about.enrolment
        if not offering.cancelled and delivery_rows.is_open(tx, DeliveryKind.PROMOTION, str(enrolment.id)):
            return Skipped("promotion_will_say")  # that message tells of the sessions as they now stand
        if enrolment.told_version >= offering.timetable_version:
            return Skipped("already_told")
        seated = enrolment.status == Status.SEATED
        told = timetable.told_sessions(tx, offering.id, enrolment.told_version, offering.timezone)
        changes = compare_sessions(
            told, offering.effective_sessions, now, language=person.language, sees_link=seated
        )
        if not changes:
            return Skipped("nothing_changed_for_them")
        message = messages.changed(
            offering, changes, words, with_link=seated, calendar_url=self._calendar_file(tx, about)
        )
        return OutgoingMessage(message, enrolment.id, offering.timetable_version)

    def _reminder(self, tx: Tx, delivery: Delivery, person: Person, words: Words) -> Rendered:
        about = self._about(tx, delivery.occurrence, person, words)
        if about is None or about.enrolment.status != Status.SEATED:
            return Skipped("no_longer_seated")
        number = int(delivery.subject.rsplit("/", 1)[1])
        session = next((each for each in about.offering.standing_sessions if each.number == number), None)
        if session is None or about.offering.cancelled:
            return Skipped("session_cancelled")
        if occurrence_of(about.enrolment.id, session.starts_at) != delivery.occurrence:
            return Skipped("session_moved")
        return OutgoingMessage(messages.reminder(about.offering, session, ReminderKind(delivery.kind), words))

    def _undelivered(self, tx: Tx, delivery: Delivery, words: Words) -> Rendered:
        failed = delivery_rows.get_delivery(tx, int(delivery.subject))
        if failed is None or failed.state != "failed":
            return Skipped("delivered_after_all")
        person = find_person(tx, failed.recipient, self.defaults)
        offering = catalogue.load_offering(tx, failed.subject.split("/")[0])
        name = person.name if person is not None else failed.recipient
        if failed.kind == DeliveryKind.ROUND:
            return OutgoingMessage(
                messages.round_failed(offering, failed.recipient, failed.reason or "", words)
            )
        return OutgoingMessage(messages.undelivered(offering, name, failed.reason or "", words))

    def _home(self, tx: Tx, person: Person, words: Words, now: datetime) -> View:
        return home(
            catalogue.list_mine(tx, person, now),
            catalogue.list_cards(tx, person, now),
            person,
            self.book,
            words,
            with_calendar=self.links.are_shown,
        )
