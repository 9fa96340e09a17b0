"""Claims, leases, rate limits: who may send what when, and what comes of it."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.deliveries import DeliveryKind
from bot.domain.people.person import Defaults
from bot.domain.sending.outcomes import NotNow, Refused, Sent, Unknown
from bot.domain.sending.rate_limit import RateLimit, backoff
from bot.message_kinds import declare_message_kinds
from bot.services.calendars.feed import CalendarLinks
from bot.services.deliveries.rendered import Skipped
from bot.services.people.agency_book import read_agencies
from bot.services.privacy.notice_file import read_notice
from bot.services.sending.claims import LEASE, Claim, claim_due, kinds_to_send, settle
from storage import deliveries as delivery_rows
from storage.deliveries import DeliveryRow
from storage.engine import Store
from storage.sending import pause as pause_rows
from storage.transaction import Tx

NOW = datetime(2019, 2, 11, 8, tzinfo=UTC)
POST = "chat.postMessage"
PLENTY = RateLimit(per_second=100, burst=100)
KINDS = declare_message_kinds(
    read_agencies(), Defaults("fi", "Europe/Helsinki"), CalendarLinks(), None, read_notice()
)


def plan(
    store: Store,
    recipient: str,
    kind: DeliveryKind = DeliveryKind.CONFIRMATION,
    *,
    occurrence: str = "1",
    due_at: datetime = NOW,
    expires_at: datetime | None = None,
) -> None:
    with store.transaction() as tx:
        delivery_rows.add_delivery(
            tx,
            kind=kind,
            recipient=recipient,
            subject="dialogue-2",
            occurrence=occurrence,
            due_at=due_at,
            now=NOW,
            expires_at=expires_at,
        )


def claim(store: Store, now: datetime = NOW, rate_limit: RateLimit = PLENTY) -> list[Claim]:
    with store.transaction() as tx:
        return claim_due(tx, POST, KINDS.limited_by(POST), rate_limit, now)


def end(
    store: Store, claimed: Claim, outcome: Sent | Refused | NotNow | Unknown | Skipped, now: datetime = NOW
) -> bool:
    with store.transaction() as tx:
        return settle(tx, claimed, KINDS.get(claimed.kind), outcome, None, now)


def row(store: Store, delivery_id: int) -> DeliveryRow:
    with store.read_transaction() as tx:
        found = delivery_rows.get_delivery(tx, delivery_id)
        assert found is not None
        return found


def test_planning_twice_is_planning_once(store: Store) -> None:
    plan(store, "UA")
    plan(store, "UA")
    assert len(claim(store)) == 1


def test_what_is_claimed_is_nobody_elses_until_the_lease_runs_out(store: Store) -> None:
    plan(store, "UA")
    (first,) = claim(store)
    assert claim(store) == []
    assert claim(store, NOW + LEASE - timedelta(seconds=1)) == []
    (second,) = claim(store, NOW + LEASE)
    assert second.id == first.id
    assert second.look_first, "the first owner may have sent it before it died"


def test_who_lost_the_claim_writes_nothing(store: Store) -> None:
    plan(store, "UA")
    (first,) = claim(store)
    (second,) = claim(store, NOW + LEASE)
    assert not end(store, first, Sent("D1", "1.1"))
    assert row(store, first.id).state == "sending"
    assert end(store, second, Sent("D1", "2.2"))
    assert row(store, first.id).ts == "2.2"


def test_a_first_attempt_need_not_look(store: Store) -> None:
    plan(store, "UA")
    assert not claim(store)[0].look_first


def test_after_a_definite_not_now_there_is_nothing_to_look_for(store: Store) -> None:
    plan(store, "UA")
    end(store, claim(store)[0], NotNow("ClientConnectorError"))
    assert not claim(store, NOW + timedelta(minutes=1))[0].look_first


def test_after_an_unknown_a_later_not_now_does_not_make_it_known(store: Store) -> None:
    plan(store, "UA")
    end(store, claim(store)[0], Unknown("TimeoutError"))
    second = claim(store, NOW + timedelta(minutes=1))[0]
    assert second.look_first
    end(store, second, NotNow("ratelimited", 5), NOW + timedelta(minutes=1))
    assert claim(store, NOW + timedelta(minutes=2))[0].look_first


def test_one_message_at_a_time_in_a_conversation_in_the_order_planned(store: Store) -> None:
    plan(store, "UA", DeliveryKind.CONFIRMATION, occurrence="1")
    plan(store, "UA", DeliveryKind.PROMOTION, occurrence="1")
    (first,) = claim(store)
    assert first.kind is DeliveryKind.CONFIRMATION
    end(store, first, Sent("D1", "1.1"))
    assert claim(store) == [], "not within a second of the last"
    (second,) = claim(store, NOW + timedelta(seconds=1))
    assert second.kind is DeliveryKind.PROMOTION


def test_a_seat_goes_before_a_broadcast(store: Store) -> None:
    for n in range(50):
        plan(store, f"U{n}", DeliveryKind.CHANGE)
    plan(store, "ULAST", DeliveryKind.PROMOTION)
    claimed = claim(store, rate_limit=RateLimit(per_second=1, burst=3))
    assert claimed[0].recipient == "ULAST"
    assert len(claimed) == 3


def test_the_pace_holds_for_all_instances_together_and_grows_back(store: Store) -> None:
    for n in range(30):
        plan(store, f"U{n}")
    rate_limit = RateLimit(per_second=5, burst=10)
    other = Store(store.url)  # another process, as far as the database can tell
    assert len(claim(store, rate_limit=rate_limit)) + len(claim(other, rate_limit=rate_limit)) == 10
    assert len(claim(other, NOW + timedelta(seconds=1), rate_limit)) == 5
    assert len(claim(store, NOW + timedelta(seconds=1), rate_limit)) == 0
    other.close()


def test_while_slack_asks_for_a_pause_no_instance_claims(store: Store) -> None:
    plan(store, "UA")
    plan(store, "UB")
    first, _ = claim(store)
    end(store, first, NotNow("ratelimited", 30))
    plan(store, "UC")
    other = Store(store.url)
    assert claim(other, NOW + timedelta(seconds=29)) == []
    assert {each.recipient for each in claim(other, NOW + timedelta(seconds=30))} == {"UA", "UC"}
    other.close()


def test_too_late_to_help_is_missed_and_says_so(store: Store) -> None:
    plan(store, "UA", due_at=NOW - timedelta(hours=2), expires_at=NOW - timedelta(hours=1))
    assert claim(store) == []
    with store.read_transaction() as tx:
        (found,) = delivery_rows.list_deliveries(tx)
    assert (found.state, found.reason) == ("missed", "too_late")


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Sent("D1", "1.1"), "sent"),
        (Refused("channel_not_found"), "failed"),
        (Skipped("no_longer_enrolled"), "cancelled"),
        (NotNow("ratelimited", 5), "planned"),
        (Unknown("TimeoutError"), "planned"),
    ],
)
def test_every_outcome_has_its_state_and_its_reason(
    store: Store, outcome: Sent | Refused | NotNow | Unknown | Skipped, state: str
) -> None:
    plan(store, "UA")
    (claimed,) = claim(store)
    end(store, claimed, outcome)
    assert row(store, claimed.id).state == state
    assert row(store, claimed.id).reason == getattr(outcome, "reason", None)


def test_waiting_grows_to_a_quarter_of_an_hour_and_no_further() -> None:
    waits = [backoff(n) for n in range(1, 20)]
    assert waits[0] == timedelta(seconds=2)
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(minutes=15)


def test_something_that_changed_while_it_was_being_sent_is_sent_again(store: Store) -> None:
    def renew(tx: Tx) -> None:
        delivery_rows.renew_delivery(tx, kind="home", recipient="UA", subject="", occurrence="", now=NOW)

    with store.transaction() as tx:
        renew(tx)
    with store.transaction() as tx:
        (claimed,) = claim_due(tx, "views.publish", KINDS.limited_by("views.publish"), PLENTY, NOW)
    with store.transaction() as tx:
        renew(tx)
    assert not end(store, claimed, Sent())
    with store.transaction() as tx:
        assert len(claim_due(tx, "views.publish", KINDS.limited_by("views.publish"), PLENTY, NOW)) == 1


def test_only_what_did_not_arrive_can_be_retried(store: Store) -> None:
    plan(store, "UA")
    (claimed,) = claim(store)
    with store.transaction() as tx:
        assert not delivery_rows.retry_delivery(tx, claimed.id, NOW)
    end(store, claimed, Refused("channel_not_found"))
    with store.transaction() as tx:
        assert delivery_rows.retry_delivery(tx, claimed.id, NOW)
    assert len(claim(store, NOW + timedelta(seconds=2))) == 1


def test_while_sending_is_paused_only_what_answers_somebody_is_claimed(store: Store) -> None:
    plan(store, "UA")
    plan(store, "UB", DeliveryKind.HOUR_BEFORE)
    plan(store, "UC", DeliveryKind.DAY_BEFORE, expires_at=NOW + timedelta(minutes=1))

    def claimed(now: datetime) -> list[str]:
        with store.transaction() as tx:
            due = kinds_to_send(tx, now, KINDS.while_paused)
            found = claim_due(tx, POST, KINDS.limited_by(POST), PLENTY, now, while_paused=KINDS.while_paused)
        assert due >= {each.kind for each in found}
        return sorted(each.recipient for each in found)

    with store.transaction() as tx:
        assert pause_rows.add_pause(tx, "Väärä linkki", NOW)
        assert not pause_rows.add_pause(tx, "sama uudelleen", NOW)
        assert kinds_to_send(tx, NOW, KINDS.while_paused) == {DeliveryKind.CONFIRMATION}
    assert claimed(NOW) == ["UA"]
    assert claimed(NOW + timedelta(seconds=30)) == []
    with store.transaction() as tx:
        assert pause_rows.delete_pause(tx)
    assert claimed(NOW + timedelta(minutes=2)) == ["UA", "UB"]  # the lease of the first is over
    with store.read_transaction() as tx:
        assert [each.recipient for each in delivery_rows.list_deliveries(tx, "missed")] == ["UC"]
