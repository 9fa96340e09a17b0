"""Answering an invitation to a group."""

from collections.abc import Sequence

from bot.domain.offerings.offering import Offering
from bot.domain.people.agencies import AgencyBook
from bot.domain.people.person import Person
from bot.domain.privacy import PrivacyNotice
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import View, divider, modal, section, sections
from bot.views.offerings.wording import session_lines, title_of
from bot.views.people import introduction_inputs
from bot.views.privacy import short_form


def form(
    offering: Offering,
    invitation_id: int,
    person: Person,
    book: AgencyBook,
    notice: PrivacyNotice,
    words: Words,
    *,
    meant: Sequence[str] = (),
) -> View:
    """The form by which an invited person whom Kaiku does not know yet introduces themselves."""
    return modal(
        words("invitation.heading"),
        [
            section(f"*{title_of(offering, words)}*"),
            *sections(session_lines(offering, words, with_link=False)),
            divider(),
            section(words("join.introduce")),
            *introduction_inputs(person, book, words, meant=meant),
            short_form(notice, words),
        ],
        close=words("form.cancel"),
        submit=words("offer.accept"),
        callback_id=ids.INVITATION_FORM,
        private_metadata=str(invitation_id),
    )
