"""All kinds of messages that Kaiku sends, collected from the capabilities that declare them."""

from bot.domain.people.agencies import AgencyBook
from bot.domain.people.person import Defaults
from bot.domain.privacy import PrivacyNotice
from bot.services.announcements import rendering as announcements
from bot.services.calendars.feed import CalendarLinks
from bot.services.completion import messages as completion
from bot.services.deliveries.declaration import MessageKind, MessageKinds
from bot.services.deliveries.edits import declare_edits
from bot.services.enrolment import messages as enrolment
from bot.services.enrolment import offer_messages, opening, turn_messages
from bot.services.facilitation import channel_messages, letter_messages
from bot.services.offerings import messages as offerings
from bot.services.people import home
from bot.services.privacy import changes as privacy
from bot.services.reflections import prompt_messages
from bot.services.reflections.vault import Vault


def declare_message_kinds(
    book: AgencyBook,
    defaults: Defaults,
    links: CalendarLinks,
    vault: Vault | None,
    notice: PrivacyNotice,
) -> MessageKinds:
    """The declarations, which ``bot.app`` gives to ``sending``. Without a vault no prompts are sent."""

    def find(kind: str) -> MessageKind | None:
        return kinds.get(kind)

    kinds = MessageKinds(
        [
            *enrolment.declare(book, links),
            *offer_messages.declare(links),
            *opening.declare(),
            *turn_messages.declare(),
            *offerings.declare(book, links),
            *announcements.declare(defaults),
            *home.declare(book, links),
            *prompt_messages.declare(vault, defaults),
            *privacy.declare(notice),
            *completion.declare(vault, defaults, links),
            *letter_messages.declare(),
            *channel_messages.declare(defaults),
            declare_edits(find),
        ]
    )
    return kinds
