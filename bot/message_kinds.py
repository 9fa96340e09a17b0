"""All kinds of messages that Kaiku sends, collected from the capabilities that declare them."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.facilitation.group import Group
from bot.domain.people.agencies import AgencyBook
from bot.domain.people.person import Defaults, Person
from bot.domain.privacy import PrivacyNotice
from bot.services.announcements import rendering as announcements
from bot.services.calendars.feed import CalendarLinks
from bot.services.completion import messages as completion
from bot.services.deliveries.declaration import MessageKind, MessageKinds
from bot.services.deliveries.edits import declare_edits
from bot.services.enrolment import draw_messages, offer_messages, opening, turn_messages
from bot.services.enrolment import messages as enrolment
from bot.services.evidence import case_messages, month
from bot.services.facilitation import channel_messages, group_messages, letter_messages, news, venues
from bot.services.facilitation import messages as facilitation
from bot.services.facilitation.group import list_groups
from bot.services.offerings import change_messages, time_poll_messages
from bot.services.offerings import messages as offerings
from bot.services.offerings.facilitators import actor_of
from bot.services.people import home
from bot.services.privacy import changes as privacy
from bot.services.privacy.clearing import declare_clearing
from bot.services.reflections import preparation_messages, prompt_messages
from bot.services.reflections.vault import Vault
from bot.views.facilitation.group import MOST_OF_HOME
from storage.transaction import Tx


def declare_message_kinds(
    book: AgencyBook,
    defaults: Defaults,
    links: CalendarLinks,
    vault: Vault | None,
    notice: PrivacyNotice,
    coordinators: frozenset[str] = frozenset(),
) -> MessageKinds:
    """All declarations, which ``bot.app`` passes to ``sending``. Without a vault no prompts are sent."""

    def led(tx: Tx, person: Person, now: datetime) -> Sequence[Group]:
        return list_groups(tx, actor_of(person, coordinators), now, MOST_OF_HOME + 1)

    def find(kind: str) -> MessageKind | None:
        return kinds.get(kind)

    kinds = MessageKinds(
        [
            *enrolment.declare(book, links),
            *offer_messages.declare(links),
            *opening.declare(),
            *turn_messages.declare(),
            *draw_messages.declare(book),
            *offerings.declare(book),
            *change_messages.declare(links),
            *time_poll_messages.declare(),
            *announcements.declare(defaults),
            *home.declare(book, links, led),
            *group_messages.declare(links),
            *prompt_messages.declare(vault, defaults),
            *preparation_messages.declare(vault, defaults),
            *privacy.declare(notice),
            *completion.declare(vault, defaults, links),
            *facilitation.declare(book),
            *venues.declare(book, coordinators),
            *news.declare(),
            *month.declare(),
            *case_messages.declare(vault, defaults, book),
            *letter_messages.declare(),
            *channel_messages.declare(defaults),
            declare_clearing(),
            declare_edits(find),
        ]
    )
    return kinds
