"""The numbers of a preview are those of the messages that are sent, whatever merges within ten minutes."""

from contextlib import closing
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from bot.domain.deliveries import DeliveryKind
from bot.domain.offerings.offering import Session
from bot.domain.plan.additions import with_offering
from bot.domain.plan.edits import PlanEdit, SessionEdit, VenueAct
from bot.domain.plan.model import Plan, PlannedOffering, Venue
from bot.services.calendars.feed import CalendarLinks
from bot.services.deliveries.declaration import MessageKinds
from bot.services.deliveries.rendered import OutgoingMessage
from bot.services.enrolment import offer_messages
from bot.services.enrolment.absence import say_absent
from bot.services.offerings.catalogue import load_offering
from bot.services.offerings.change_messages import declare
from bot.services.plan.apply import apply_plan, stored_plan
from bot.services.plan.edit import load_seats, make_edit
from bot.services.plan.preview import count_told, preview_edit
from bot.services.sending.rendering import render
from storage.deliveries import list_deliveries
from storage.engine import Store
from storage.enrolment import set_told
from storage.transaction import Tx
from tests.support.groups import CODE, DEFAULTS, FANNI, KALLE, NOW, OTHER, actor, join, met, set_limits
from tests.support.shipped_plan import SHIPPED, only

LINKS = CalendarLinks()
KINDS = MessageKinds([*declare(LINKS), *offer_messages.declare(LINKS)])
MOVED, BACK = {"days": 1}, {"days": 0}
ELSEWHERE = {"place": {"fi": "Muualla", "sv": "Annanstans"}}
HERE: dict[str, str] = {}
REMOTE, BACK_HERE = {"link": "https://a.example", "label": "Teams"}, {"place": HERE}
MORE = {"seats": 3}
SMALLER = ELSEWHERE | {"act": VenueAct.SHRINK, "venue": Venue(0, None, 2)}
CANCELLED, HELD = {"cancelled": True}, {"cancelled": False}
COUNTED = (DeliveryKind.CHANGE, DeliveryKind.CHANGED_BY_OTHERS, DeliveryKind.OFFER)


def change_to(tx: Tx, was: Session, *, days: int = 0, seats: int | None = None, **to: Any) -> PlanEdit:
    found = load_offering(tx, CODE)
    if seats is not None:
        shown = load_seats(tx, actor(tx, KALLE), CODE)[1]
        return PlanEdit(
            CODE, 0, found.timetable_version, seats=replace(shown, capacity=seats, seats_per_agency=seats)
        )
    session = next(each for each in found.sessions if each.number == 1)
    if to.get("place") == HERE:
        to["place"] = was.place
    edit = SessionEdit(was.on + timedelta(days=days), session.starts, session.ends, **to)
    return PlanEdit(CODE, 1, found.timetable_version, edit, despite=True)


CASES = [  # changes; how many the last of the sessions is to tell; messages about that, and offers, sent
    ((ELSEWHERE, MOVED, BACK), 3, 3, 0),
    ((MOVED, CANCELLED), 3, 3, 0),
    ((CANCELLED, HELD), 0, 0, 0),
    ((REMOTE | MOVED, ELSEWHERE), 3, 3, 0),
    ((REMOTE, BACK_HERE), 0, 0, 0),
    ((SMALLER | MOVED,), 3, 3, 0),
    ((MOVED, MORE), 3, 2, 1),  # who is offered a seat reads of the new time there
]


def test_a_preview_counts_and_shows_what_is_sent_after_merging(database_url: str) -> None:
    with closing(Store(database_url)) as store, store.transaction() as tx:
        a_group(tx)
        was = load_offering(tx, CODE).sessions[0]
        say_absent(tx, met(tx, "UAINO", "vero"), CODE, 1, lambda: NOW)
        for changes, told, sent_of_change, offered in CASES:
            attempt = tx.begin_nested()
            shown = 0
            for each in changes:
                edit = change_to(tx, was, **each)
                found, read = preview_edit(tx, actor(tx, KALLE), edit, DEFAULTS, NOW)
                shown += found.offered
                if edit.seats is None:
                    preview, messages = found, read
                else:  # who hears of an earlier change is no news of this one
                    assert (found.seated, found.waiting, found.facilitators) == (0, 0, 0), changes
                    assert bool(read) is bool(found.offered), changes
                make_edit(tx, actor(tx, KALLE), edit, NOW)
            sent = all_sent(tx)
            assert preview.seated + preview.waiting == told, changes
            assert len(sent[DeliveryKind.CHANGE]) == sent_of_change, changes
            assert len(sent[DeliveryKind.OFFER]) == shown == offered, changes
            facilitators = len(sent[DeliveryKind.CHANGED_BY_OTHERS])
            assert facilitators == preview.facilitators == (1 if told else 0), changes
            assert bool(messages) is bool(told), changes
            assert {each.text for each in messages.values()} <= {
                one for kind in sent.values() for one in kind
            }, changes
            assert all("Ilmoitit, ettet pääse" not in each.text for each in messages.values()), changes
            attempt.rollback()


def a_group(tx: Tx) -> None:
    """Two have a seat, one waits, and the facilitator is known."""
    apply_plan(tx, only(SHIPPED, CODE, OTHER), NOW)
    set_limits(tx, 2)
    for who, agency in (("UAINO", "vero"), ("UMARJA", "mml"), ("UOLLI", "thl")):
        join(tx, who, agency)
    met(tx, FANNI)


def all_sent(tx: Tx) -> dict[str, list[str]]:
    """The texts that go out ten minutes later, by kind."""
    due = [each for each in list_deliveries(tx, "planned") if each.kind in COUNTED]
    sent: dict[str, list[str]] = {kind: [] for kind in COUNTED}
    for delivery in sorted(due, key=lambda each: each.id):
        rendered = render(tx, delivery.id, KINDS, DEFAULTS, NOW + timedelta(minutes=11))
        if isinstance(rendered, OutgoingMessage):
            sent[delivery.kind].append(rendered.message.text)
            if rendered.enrolment_id is not None:
                set_told(tx, [rendered.enrolment_id], rendered.tells_version)
    return sent


def test_applying_a_file_counts_who_is_messaged_after_merging(database_url: str) -> None:
    def sent(days: int, capacity: int) -> int:
        """The people whom a file with this change would message."""
        plan = stored_plan(tx, "kaiku-2019")
        assert plan is not None
        session = replace(first, on=first.on + timedelta(days))
        sessions = (session, *offering.sessions[1:])
        new = replace(offering, capacity=capacity, seats_per_agency=capacity, sessions=sessions)
        return count_told(tx, with_offering(plan, new, found(plan)), DEFAULTS, NOW)

    def found(plan: Plan) -> PlannedOffering:
        return next(each for each in plan.offerings if each.code == CODE)

    with closing(Store(database_url)) as store, store.transaction() as tx:
        a_group(tx)
        plan = stored_plan(tx, "kaiku-2019")
        assert plan is not None
        offering = found(plan)
        first = offering.sessions[0]
        assert (sent(1, 2), sent(0, 3), sent(1, 3)) == (3, 1, 3)
        make_edit(tx, actor(tx, KALLE), change_to(tx, load_offering(tx, CODE).sessions[0], **MOVED), NOW)
        assert (sent(0, 2), sent(2, 2), sent(0, 3)) == (0, 3, 1)
        assert load_offering(tx, CODE).sessions[0].on == first.on + timedelta(1), "nothing of it was done"
