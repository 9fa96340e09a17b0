"""What facilitators do with a group's people: exactly those concerned are told, and nothing happens twice."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from bot.domain.enrolment.seats import Status
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.errors import KaikuError, Refusal
from bot.domain.facilitation.group import Becomes
from bot.domain.people.person import Profile
from bot.services.enrolment.leave import withdraw
from bot.services.facilitation import invitations, limits, removals, seat_acts
from bot.services.people.profiles import ProfileChanges, refresh_profile
from storage.engine import Store
from storage.tables import Delivery, Offering
from tests.support.feeds import TOKENS
from tests.support.groups import (
    CODE,
    DEFAULTS,
    FANNI,
    KALLE,
    NOW,
    OTHER,
    actor,
    acts,
    deliveries,
    group,
    join,
    let_time_pass,
    met,
    set_limits,
    status_of,
)
from tests.support.time_passing import helsinki

REASON = {"fi": "Et ole vastannut.", "sv": "Du har inte svarat."}
IN_TEN = NOW + timedelta(minutes=10)
NIGHT = helsinki(2019, 2, 11, 22)
MORNING = helsinki(2019, 2, 12, 9)
HEARD = ("removed", "moved", "promotion", "offer", "invitation")


@pytest.fixture
def full(planned_url: str) -> Iterator[tuple[Store, list[int]]]:
    """Two seats, taken by UA and UB; UC and UD wait. Their enrolments."""
    store = Store(planned_url)
    with store.transaction() as tx:
        set_limits(tx, 2)
        enrolments = [join(tx, name, f"agency-{name.lower()}") for name in ("UA", "UB", "UC", "UD")]
    yield store, enrolments
    store.close()


def remove(store: Store, enrolment_id: int, now=NOW, who: str = FANNI, becomes=Becomes.REMOVED):
    with store.transaction() as tx:
        return removals.remove(tx, actor(tx, who), CODE, enrolment_id, becomes, REASON, now)


def test_a_removal_takes_effect_when_it_can_no_longer_be_undone(full: tuple[Store, list[int]]) -> None:
    store, (first, _, third, _) = full
    done = remove(store, first)
    assert done.due_at == IN_TEN
    assert status_of(store, first) is Status.SEATED
    assert status_of(store, third) is Status.WAITING
    assert deliveries(store, *HEARD) == []
    with store.transaction() as tx:
        let_time_pass(tx, IN_TEN)
    assert status_of(store, first) is Status.REMOVED
    assert status_of(store, third) is Status.OFFERED
    assert [each[:3] for each in deliveries(store, *HEARD)] == [
        ("offer", "UC", "planned"),
        ("removed", "UA", "planned"),
    ]


def test_a_removal_in_the_evening_is_held_back_until_the_morning(full: tuple[Store, list[int]]) -> None:
    store, (first, *_) = full
    assert remove(store, first, NIGHT).due_at == MORNING


def test_an_undone_removal_leaves_everything_as_it_was_and_nobody_hears(
    full: tuple[Store, list[int]],
) -> None:
    store, (first, *_) = full
    done = remove(store, first)
    for _ in range(2):
        with store.transaction() as tx:
            removals.undo(tx, actor(tx, KALLE), CODE, done.removal_id or 0, NOW + timedelta(minutes=9))
    with store.transaction() as tx:
        let_time_pass(tx, IN_TEN)
    assert status_of(store, first) is Status.SEATED
    assert deliveries(store, *HEARD) == []
    assert acts(store)[-2:] == [("removed", FANNI, "UA"), ("removal_undone", KALLE, "UA")]


def test_a_removal_that_took_effect_cannot_be_undone(full: tuple[Store, list[int]]) -> None:
    store, (first, *_) = full
    done = remove(store, first)
    with store.transaction() as tx:
        let_time_pass(tx, IN_TEN)
        with pytest.raises(KaikuError) as refused:
            removals.undo(tx, actor(tx), CODE, done.removal_id or 0, IN_TEN)
    assert refused.value.code is Refusal.TOO_LATE_TO_UNDO


def test_the_second_to_remove_sees_what_the_first_did(full: tuple[Store, list[int]]) -> None:
    store, (first, *_) = full
    remove(store, first)
    again = remove(store, first, who=KALLE)
    assert again.already is not None
    assert (again.already.kind, again.already.by) == ("removed", FANNI.title())
    assert len(deliveries(store, "removal_end")) == 1
    assert [each for each in acts(store) if each[0] == "removed"] == [("removed", FANNI, "UA")]


def test_who_leaves_before_a_removal_takes_effect_hears_nothing_of_it(full: tuple[Store, list[int]]) -> None:
    store, (first, *_) = full
    remove(store, first)
    with store.transaction() as tx:
        withdraw(tx, met(tx, "UA"), CODE, NOW)
    with store.transaction() as tx:
        let_time_pass(tx, IN_TEN)
    assert status_of(store, first) is Status.WITHDRAWN
    assert deliveries(store, "removed") == []


def test_who_is_being_removed_from_the_line_is_offered_no_seat(full: tuple[Store, list[int]]) -> None:
    store, (_, _, third, fourth) = full
    remove(store, third)
    with store.transaction() as tx:
        withdraw(tx, met(tx, "UA"), CODE, NOW)
    assert status_of(store, third) is Status.WAITING
    assert status_of(store, fourth) is Status.OFFERED


def test_who_was_removed_by_hand_is_not_told_of_a_seat_lost_with_the_account(
    full: tuple[Store, list[int]],
) -> None:
    store, (first, *_) = full
    remove(store, first)
    with store.transaction() as tx:
        let_time_pass(tx, IN_TEN)
    for deactivated in (True, False):
        with store.transaction() as tx:
            refresh_profile(tx, Profile("UA", "Ua", "fi", "Europe/Helsinki", deactivated=deactivated), IN_TEN)
    assert deliveries(store, "seat_lost") == []


def test_who_is_put_back_stands_last_and_the_next_is_offered_the_seat(full: tuple[Store, list[int]]) -> None:
    store, (first, _, third, _) = full
    remove(store, first, becomes=Becomes.WAITING)
    with store.transaction() as tx:
        let_time_pass(tx, IN_TEN)
        waiting = [each.user_id for each in group(tx, IN_TEN).of(Status.WAITING)]
    assert waiting == ["UD", "UA"]
    assert status_of(store, third) is Status.OFFERED
    assert [each[1] for each in deliveries(store, "removed")] == ["UA"]


def test_nobody_is_put_back_who_would_get_the_same_seat_again(full: tuple[Store, list[int]]) -> None:
    store, (first, *_) = full
    with store.transaction() as tx:
        for name in ("UC", "UD"):
            withdraw(tx, met(tx, name), CODE, NOW)
    with pytest.raises(KaikuError) as refused:
        remove(store, first, becomes=Becomes.WAITING)
    assert refused.value.code is Refusal.NOBODY_ELSE


def test_a_free_seat_is_given_out_of_turn_and_only_that_person_is_told(
    full: tuple[Store, list[int]],
) -> None:
    store, (_, _, third, fourth) = full
    with store.transaction() as tx, pytest.raises(KaikuError) as refused:
        seat_acts.give_seat(tx, actor(tx), CODE, fourth, NOW)
    assert refused.value.code is Refusal.GROUP_IS_FULL
    with store.transaction() as tx:
        set_limits(tx, 3)
        seat_acts.give_seat(tx, actor(tx), CODE, fourth, NOW)
        assert seat_acts.give_seat(tx, actor(tx, KALLE), CODE, fourth, NOW).already is not None
    assert (status_of(store, third), status_of(store, fourth)) == (Status.WAITING, Status.SEATED)
    assert [each[:2] for each in deliveries(store, *HEARD)] == [("promotion", "UD")]
    assert acts(store).count(("seated", FANNI, "UD")) == 1


def test_a_move_seats_there_passes_the_seat_on_here_and_tells_both(full: tuple[Store, list[int]]) -> None:
    store, (first, _, third, _) = full
    with store.transaction() as tx:
        seat_acts.move(tx, actor(tx), CODE, first, OTHER, REASON, NOW)
        again = seat_acts.move(tx, actor(tx, KALLE), CODE, first, OTHER, REASON, NOW)
        there = group(tx, code=OTHER)
    assert [(each.user_id, each.status) for each in there.members] == [("UA", Status.SEATED)]
    assert status_of(store, first) is Status.REMOVED
    assert status_of(store, third) is Status.OFFERED
    assert [each[:2] for each in deliveries(store, *HEARD)] == [("offer", "UC"), ("moved", "UA")]
    assert [each for each in acts(store) if each[2] == "UA"][-2:] == [
        ("moved", FANNI, "UA"),
        ("seated", FANNI, "UA"),
    ]
    assert again.already is not None
    assert again.already.kind == "moved"


def test_nobody_is_moved_to_another_strand_or_a_full_group(full: tuple[Store, list[int]]) -> None:
    store, (first, second, *_) = full
    with store.transaction() as tx:
        set_limits(tx, 1, code=OTHER)
        seat_acts.move(tx, actor(tx), CODE, second, OTHER, {}, NOW)
    for to, why in (("dialogue-2", Refusal.NOT_OF_THE_STRAND), (OTHER, Refusal.GROUP_IS_FULL)):
        with store.transaction() as tx, pytest.raises(KaikuError) as refused:
            seat_acts.move(tx, actor(tx), CODE, first, to, {}, NOW)
        assert refused.value.code is why


def invite(store: Store, who: str = "UE", by: str = FANNI):
    with store.transaction() as tx:
        return invitations.invite(tx, actor(tx, by), CODE, who, DEFAULTS, NOW)


def accept(store: Store, who: str, invitation_id: int = 1, **told: str):
    with store.transaction() as tx:
        changes = ProfileChanges(**told)
        return invitations.accept_invitation(tx, who, changes, invitation_id, DEFAULTS, TOKENS, NOW)


def test_somebody_who_has_not_signed_up_is_asked_and_seated_when_they_accept(
    full: tuple[Store, list[int]],
) -> None:
    store, _ = full
    with store.transaction() as tx:
        set_limits(tx, 3)
        met(tx, "UE")
    invite(store)
    again = invite(store, by=KALLE)
    assert again.already is not None
    assert [each[:2] for each in deliveries(store, *HEARD)] == [("invitation", "UE")]
    with pytest.raises(KaikuError) as refused:
        accept(store, "UE")
    assert refused.value.code is Refusal.PROFILE_MISSING
    for already in (False, True):
        done = accept(store, "UE", agency="thl", role="expert")
        assert done.standing is not None
        assert (done.standing.status, done.already) == (Status.SEATED, already)
    assert [each[1] for each in deliveries(store, "confirmation")].count("UE") == 1


def test_an_invitation_holds_no_seat_and_is_for_one_person(full: tuple[Store, list[int]]) -> None:
    store, (_, _, third, _) = full
    with store.transaction() as tx:
        set_limits(tx, 3)
        met(tx, "UE", "thl")
        met(tx, "UF", "mml")
    invite(store)
    with store.transaction() as tx:
        seat_acts.give_seat(tx, actor(tx), CODE, third, NOW)
    for who, why in (("UE", Refusal.NO_SEAT_LEFT), ("UF", Refusal.INVITATION_GONE)):
        with pytest.raises(KaikuError) as refused:
            accept(store, who)
        assert refused.value.code is why
    with store.transaction() as tx:
        assert invitations.decline_invitation(tx, met(tx, "UE"), 1, NOW).standing is None
        assert group(tx).invited == []


def test_an_invitation_is_undone_until_it_is_sent_and_never_after_it(full: tuple[Store, list[int]]) -> None:
    store, _ = full
    with store.transaction() as tx:
        set_limits(tx, 3)
        met(tx, "UE", "thl")
    done = invite(store)
    assert done.due_at == IN_TEN
    for _ in range(2):
        with store.transaction() as tx:
            assert invitations.undo(tx, actor(tx, KALLE), CODE, done.invitation_id, NOW).invited == []
    assert [each[1:3] for each in deliveries(store, *HEARD)] == [("UE", "cancelled")]
    assert acts(store)[-2:] == [("invited", FANNI, "UE"), ("invitation_undone", KALLE, "UE")]
    again = invite(store)
    assert again.already is None
    with store.transaction() as tx:
        planned = (Delivery.c.state == "planned", Delivery.c.kind == "invitation")
        tx.execute(update(Delivery).where(*planned).values(state="sending"))
        with pytest.raises(KaikuError) as refused:
            invitations.undo(tx, actor(tx), CODE, again.invitation_id, IN_TEN)
    assert refused.value.code is Refusal.INVITATION_SENT


def test_a_raised_limit_offers_the_seats_to_those_whom_it_lets_in(full: tuple[Store, list[int]]) -> None:
    store, _ = full
    with store.transaction() as tx:
        set_limits(tx, 4, 1)
        for name in ("UC", "UD"):
            withdraw(tx, met(tx, name), CODE, NOW)
        same = join(tx, "UX", "agency-ua")
    assert status_of(store, same) is Status.WAITING
    with store.transaction() as tx:
        assert limits.raise_limit(tx, actor(tx), CODE, "agency-ua", 2, 1, NOW).already is None
        second = limits.raise_limit(tx, actor(tx, KALLE), CODE, "agency-ua", 2, 1, NOW)
    assert second.already is not None
    assert second.was == 2
    assert status_of(store, same) is Status.OFFERED
    assert [each[1] for each in deliveries(store, "offer")][-1:] == ["UX"]


def test_sign_up_closes_at_once_and_opens_again_until_the_day_that_is_chosen(
    full: tuple[Store, list[int]],
) -> None:
    store, _ = full
    states = []
    with store.transaction() as tx:
        tx.execute(update(Offering).where(Offering.c.code == CODE).values(opens_on=NOW.date()))
    for until in (None, None, date(2019, 3, 20)):
        with store.transaction() as tx:
            done = limits.change_sign_up(tx, actor(tx), CODE, until, NOW)
            row = tx.execute(
                select(Offering.c.opens_on, Offering.c.closes_on).where(Offering.c.code == CODE)
            ).one()
            assert row.opens_on <= row.closes_on, "as a plan file would be checked"
            states.append((group(tx).state, done.already is not None))
    assert states == [(SignUpState.CLOSED, False), (SignUpState.CLOSED, True), (SignUpState.OPEN, False)]
    with store.read_transaction() as tx:
        closes_on = tx.scalars(select(Offering.c.closes_on).where(Offering.c.code == CODE)).one()
    assert closes_on == date(2019, 3, 20)
    assert deliveries(store, *HEARD, "change") == []
