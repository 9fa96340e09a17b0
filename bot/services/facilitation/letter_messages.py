"""The message that carries a facilitator's letter."""

from bot.domain.deliveries import DeliveryKind
from bot.domain.letters import LetterState
from bot.services.deliveries.declaration import MessageKind, Method, ToPerson
from bot.services.deliveries.rendered import Deferred, OutgoingMessage, Rendered, Skipped
from bot.services.facilitation.letters import is_still_to, sent_at, to_letter
from bot.services.offerings.catalogue import load_offering_by_id
from bot.views.facilitation.letters import letter_message
from storage import letters as rows
from storage.transaction import Tx


def letter(tx: Tx, due: ToPerson) -> Rendered:
    row = rows.get_letter(tx, int(due.delivery.occurrence))
    if row is None or row.state != LetterState.CONFIRMED:
        return Skipped("withdrawn")
    written, offering = to_letter(row), load_offering_by_id(tx, row.offering_id)
    if not is_still_to(tx, written, offering, due.person.id, due.now):
        return Skipped("no_longer_in_audience")
    if (at := sent_at(written, due.person, due.now)) > due.now:
        return Deferred(at, "office_hours")
    return OutgoingMessage(letter_message(written, offering, due.words))


def declare() -> list[MessageKind]:
    return [
        MessageKind(
            DeliveryKind.LETTER,
            Method.POST,
            urgency=4,
            about="an offering; one for each letter that a facilitator writes",
            helps_until="two weeks, or the session that it is about ends",
            to_person=letter,
            tells_facilitators=True,
        )
    ]
