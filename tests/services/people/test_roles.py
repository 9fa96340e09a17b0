"""What Slack has changed of facilitators beside what the plan says later."""

import pytest
from msgspec.structs import replace

from bot.domain.people.person import Defaults, Person, Profile
from bot.services.offerings.catalogue import load_offering
from bot.services.offerings.facilitators import Actor
from bot.services.people.profiles import meet
from bot.services.people.roles import change_facilitators
from bot.services.plan.apply import apply_plan
from storage.engine import Store
from storage.transaction import Tx
from tests.conftest import FakeClock
from tests.support.shipped_plan import SHIPPED

CODE = "dialogue-2"


def apply(tx: Tx, clock: FakeClock, *facilitators: str) -> None:
    strands = tuple(
        replace(
            strand,
            offerings=tuple(
                replace(each, facilitators=facilitators if each.code == CODE else ())
                for each in strand.offerings
            ),
        )
        for strand in SHIPPED.strands
    )
    apply_plan(tx, replace(SHIPPED, strands=strands), clock.now())


def person(tx: Tx, clock: FakeClock, user_id: str) -> Person:
    profile = Profile(user_id, user_id, language="fi", timezone="Europe/Helsinki")
    return meet(tx, profile, Defaults("fi", "Europe/Helsinki"), clock.now)


@pytest.mark.parametrize(
    ("wanted", "then", "led"),
    [
        (["U1", "U3"], ["U1"], ["U1", "U3"]),  # U2 was removed in Slack and then in the plan
        (["U1", "U3"], ["U1", "U2"], ["U1", "U3"]),  # the plan says the same as before
        (["U1", "U2"], [], []),  # nothing was changed in Slack
    ],
)
def test_slacks_changes_stand_beside_each_plan(
    store: Store, clock: FakeClock, wanted: list[str], then: list[str], led: list[str]
) -> None:
    with store.transaction() as tx:
        apply(tx, clock, "U1", "U2")
        actor = Actor(person(tx, clock, "U1"), frozenset())
        for each in ("U2", "U3"):
            person(tx, clock, each)
        change_facilitators(tx, actor, CODE, ["U1", "U2"], wanted, clock.now())
        assert load_offering(tx, CODE).facilitators == wanted
        apply(tx, clock, *then)
        assert load_offering(tx, CODE).facilitators == led


def test_a_plan_that_names_somebody_anew_after_it_had_dropped_them_means_it(
    store: Store, clock: FakeClock
) -> None:
    with store.transaction() as tx:
        apply(tx, clock, "U1", "U2")
        actor = Actor(person(tx, clock, "U1"), frozenset())
        change_facilitators(tx, actor, CODE, ["U1", "U2"], ["U1"], clock.now())
        apply(tx, clock, "U1")
        apply(tx, clock, "U1", "U2")
        assert load_offering(tx, CODE).facilitators == ["U1", "U2"]
