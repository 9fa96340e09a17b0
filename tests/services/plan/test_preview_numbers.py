"""The numbers of a preview are those of the messages that are sent, whatever merges within ten minutes."""

from contextlib import closing
from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.deliveries import DeliveryKind
from bot.domain.plan.edits import PlanEdit, SessionEdit
from bot.services.calendars.feed import CalendarLinks
from bot.services.deliveries.declaration import MessageKinds
from bot.services.deliveries.rendered import OutgoingMessage
from bot.services.enrolment.absence import say_absent
from bot.services.offerings.catalogue import load_offering
from bot.services.offerings.change_messages import declare
from bot.services.plan.edit import make_edit, preview_edit
from bot.services.sending.rendering import render
from storage import tables
from storage.engine import Store
from storage.transaction import Tx
from tests.support.groups import CODE, DEFAULTS, FANNI, KALLE, NOW, actor, join, met, set_limits

KINDS = MessageKinds(declare(CalendarLinks()))
MOVED, BACK = {"days": 1}, {"days": 0}
ELSEWHERE = {"place": {"fi": "Muualla", "sv": "Annanstans"}}
CANCELLED, HELD = {"cancelled": True}, {"cancelled": False}
BEFORE = (DeliveryKind.CHANGE, DeliveryKind.CHANGED_BY_OTHERS)


def change_to(tx: Tx, day: date, *, days: int = 0, **to: Any) -> PlanEdit:
    found = load_offering(tx, CODE)
    session = next(each for each in found.sessions if each.number == 1)
    edit = SessionEdit(day + timedelta(days=days), session.starts, session.ends, **to)
    return PlanEdit(CODE, 1, found.timetable_version, edit, despite=True)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ((MOVED,), True),
        ((MOVED, BACK), False),
        ((ELSEWHERE, MOVED, BACK), True),
        ((MOVED, CANCELLED), True),
        ((CANCELLED, HELD), False),
        ((CANCELLED, MOVED), True),
        ((MOVED | ELSEWHERE, BACK | ELSEWHERE), True),
    ],
)
def test_a_preview_counts_as_many_as_are_sent_after_merging(
    planned_url: str, changes: tuple[dict[str, Any], ...], told: bool
) -> None:
    with closing(Store(planned_url)) as store, store.transaction() as tx:
        set_limits(tx, 2)
        for who, agency in (("UAINO", "vero"), ("UMARJA", "mml"), ("UOLLI", "thl")):
            join(tx, who, agency)
        met(tx, FANNI)
        day = load_offering(tx, CODE).sessions[0].on
        say_absent(tx, met(tx, "UAINO", "vero"), CODE, 1, lambda: NOW)
        for each in changes:
            edit = change_to(tx, day, **each)
            preview, messages = preview_edit(tx, actor(tx, KALLE), edit, DEFAULTS, NOW)
            make_edit(tx, actor(tx, KALLE), edit, NOW)
        due = tx.query(tables.Delivery).filter(
            tables.Delivery.kind.in_(BEFORE), tables.Delivery.state == "planned"
        )
        sent: dict[str, int] = dict.fromkeys(BEFORE, 0)
        for delivery in due.order_by(tables.Delivery.id).all():
            rendered = render(tx, delivery.id, KINDS, DEFAULTS, NOW + timedelta(minutes=11))
            if isinstance(rendered, OutgoingMessage):
                sent[delivery.kind] += 1
                if rendered.enrolment_id is not None:
                    tx.get_one(tables.Enrolment, rendered.enrolment_id).told_version = rendered.tells_version
                    tx.flush()
    assert sent[DeliveryKind.CHANGE] == preview.seated + preview.waiting == (3 if told else 0)
    assert sent[DeliveryKind.CHANGED_BY_OTHERS] == preview.facilitators == (1 if told else 0)
    assert all("Ilmoitit, ettet pääse" not in each.text for each in messages.values())
