"""A preparation card is decided anew when it is due: by the dates, the seat and the choices it finds."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import insert

from bot.domain.deliveries import DeliveryKind
from bot.domain.errors import KaikuError, Refusal
from bot.domain.people.person import Defaults
from bot.domain.prompts.preparation import Card, CardRef, Preparation
from bot.domain.prompts.prompt import Frequency
from bot.i18n import words_for
from bot.services.deliveries.declaration import ToPerson
from bot.services.deliveries.recipients import find_person
from bot.services.deliveries.rendered import OutgoingMessage, Rendered, Skipped
from bot.services.people.prompt_choices import set_frequency
from bot.services.prompts.preparation import load_preparation, name_dates
from bot.services.reflections.preparation_messages import PreparationRenderer
from storage.deliveries import DeliveryRow, delete_delivery, get_delivery
from storage.engine import Store
from storage.tables import Delivery
from storage.transaction import Tx
from tests.support.enrolling import join, leave

AINO, CODE = "UAINO", "coaching-1"
DEFAULTS = Defaults("fi", "Europe/Helsinki")
NOW = datetime(2019, 3, 14, 8, tzinfo=UTC)  # a Thursday
CARD = CardRef(Card.BEFORE_DISCUSSION, date(2019, 3, 20))


def render(tx: Tx) -> Rendered:
    """What becomes of the card when it is due."""
    person = find_person(tx, AINO, DEFAULTS)
    assert person is not None
    due = {"due_at": NOW, "occurrence": "", "state": "sending", "planned_at": NOW}
    card = add(tx, kind=DeliveryKind.PREPARATION, recipient=AINO, subject=str(CARD), **due)
    found = PreparationRenderer(None, DEFAULTS).render(
        tx, ToPerson(card, person, words_for("fi", "Europe/Helsinki", NOW), NOW)
    )
    delete_delivery(tx, card.id)
    return found


def add(tx: Tx, **values: Any) -> DeliveryRow:
    added = tx.execute(insert(Delivery).values(**values).returning(Delivery.c.id)).scalar_one()
    found = get_delivery(tx, added)
    assert found is not None
    return found


def test_a_card_is_sent_only_while_its_date_its_seat_and_its_reader_want_it(planned_url: str) -> None:
    store = Store(planned_url)
    with store.transaction() as tx:
        join(tx, AINO, CODE)
        person = find_person(tx, AINO, DEFAULTS)
        assert person is not None
        name_dates(tx, person, Preparation(discussion_on=CARD.on))
        assert isinstance(render(tx), OutgoingMessage)
        set_frequency(tx, AINO, Frequency.STOPPED)
        assert render(tx) == Skipped("stopped")
        set_frequency(tx, AINO, Frequency.ALL)
        sent = {"state": "sent", "sent_at": NOW, "due_at": NOW, "planned_at": NOW, "occurrence": ""}
        prompt = add(tx, kind=DeliveryKind.PROMPT, recipient=AINO, subject=f"{CODE}/prompt/1", **sent)
        assert render(tx) == Skipped("weekly_cap")
        delete_delivery(tx, prompt.id)
        name_dates(tx, person, Preparation(discussion_on=date(2019, 3, 27)))
        assert render(tx) == Skipped("dates_changed")
        leave(tx, AINO, CODE)
        assert render(tx) == Skipped("no_longer_seated")
        name_dates(tx, person, Preparation())  # the dates can be taken back without a seat
        assert not load_preparation(tx, AINO)
        with pytest.raises(KaikuError) as refused:
            name_dates(tx, person, Preparation(discussion_on=CARD.on))
        assert refused.value.code is Refusal.NOTHING_TO_PREPARE
    store.close()
