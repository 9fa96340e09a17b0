"""Every plan that was in force is kept; no file overwrites a change made in Slack unless that was said."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import select, update

from bot.domain.plan.changes import ChangeKind
from bot.domain.plan.model import Plan
from bot.services.plan import apply as applying
from bot.services.plan.apply import stored_plan
from bot.services.plan.file import plan_in
from bot.services.plan.versions import (
    NothingToWinError,
    Origin,
    OverwritesError,
    Winners,
    apply_file,
    compare_both_ways,
    export_plan,
    keep_slack_version,
    list_versions,
)
from bot.services.plan.writing import write_plan
from storage.engine import Store
from storage.tables import Delivery, OfferingSession
from tests.support.enrolling import NOW, join
from tests.support.plans import a_plan, a_session, an_offering

LATER = date(2019, 4, 30)
SLACK = Winners(Origin.SLACK)


def text_of(plan: Plan) -> str:
    return "# Oma huomautus\n" + write_plan(plan)


def apply(
    store: Store, plan: Plan, winners: Winners | None = None, text: str | None = None
) -> list[ChangeKind]:
    with store.transaction() as tx:
        found = apply_file(
            tx, text or text_of(plan), plan, NOW, winners=winners or Winners(), made_by="virve"
        )
        return [each.change.kind for each in found.changes]


def move_in_slack(store: Store, number: int = 2, to: date = LATER) -> None:
    with store.transaction() as tx:
        tx.execute(update(OfferingSession).where(OfferingSession.c.number == number).values(on_date=to))


def session_days(store: Store) -> dict[int, date]:
    with store.read_transaction() as tx:
        return {
            row.number: row.on_date
            for row in tx.execute(select(OfferingSession.c.number, OfferingSession.c.on_date))
        }


def exported(store: Store) -> str:
    with store.read_transaction() as tx:
        text = export_plan(tx, "kaiku-2019")
    assert text is not None
    return text


def history(store: Store) -> list[tuple[str, str | None]]:
    with store.read_transaction() as tx:
        return [(each.origin.value, each.made_by) for each in list_versions(tx)]


def test_a_file_that_was_applied_is_exported_word_by_word(store: Store) -> None:
    apply(store, a_plan())
    assert exported(store) == text_of(a_plan())


def test_a_plan_that_was_applied_before_versions_were_kept_is_exported_whole(store: Store) -> None:
    with store.transaction() as tx:
        applying.apply_plan(tx, a_plan(), NOW)
    assert plan_in(exported(store)) == a_plan()
    apply(store, a_plan())
    assert history(store) == [("file", "virve")]


def test_what_was_changed_in_slack_is_exported_beside_the_comments(store: Store) -> None:
    apply(store, a_plan())
    move_in_slack(store)
    assert exported(store) == text_of(a_plan()).replace("2019-03-12", str(LATER))
    assert apply(store, plan_in(exported(store)), text=exported(store)) == []


def test_a_file_that_would_overwrite_slack_is_refused_whole(store: Store) -> None:
    apply(store, a_plan())
    move_in_slack(store)
    other = a_plan(an_offering(capacity=30))
    with pytest.raises(OverwritesError) as refused:
        apply(store, other)
    assert [(each.offering, each.session) for each in refused.value.changes] == [("dialogue-1", 2)]
    assert session_days(store)[2] == LATER
    with store.read_transaction() as tx:
        stored = stored_plan(tx, "kaiku-2019")
    assert stored is not None
    assert stored.offerings[0].capacity == 20
    assert history(store) == [("file", "virve")]


def test_a_file_wins_where_it_was_said_and_slacks_plan_is_kept_as_a_version(store: Store) -> None:
    apply(store, a_plan())
    move_in_slack(store)
    apply(store, a_plan(), Winners(file=frozenset({"dialogue-1/2"})))
    assert session_days(store)[2] == date(2019, 3, 12)
    assert history(store) == [("file", "virve"), ("slack", None), ("file", "virve")]


def test_where_slack_wins_the_rest_of_the_file_is_applied(store: Store) -> None:
    apply(store, a_plan())
    move_in_slack(store)
    changed = apply(store, a_plan(an_offering(capacity=30)), Winners(slack=frozenset({"dialogue-1"})))
    assert changed == [ChangeKind.CAPACITY_RAISED]
    assert session_days(store)[2] == LATER
    assert "# Oma huomautus" in exported(store)


def test_an_old_file_does_not_overwrite_what_won_over_it_before(store: Store) -> None:
    apply(store, a_plan())
    move_in_slack(store)
    apply(store, a_plan(), SLACK)
    with pytest.raises(OverwritesError):
        apply(store, a_plan())


def test_a_sessions_own_winner_goes_before_its_offerings(store: Store) -> None:
    apply(store, a_plan())
    move_in_slack(store, 1)
    move_in_slack(store, 2)
    winners = Winners(file=frozenset({"dialogue-1"}), slack=frozenset({"dialogue-1/2"}))
    apply(store, a_plan(), winners)
    assert session_days(store) == {1: date(2019, 3, 11), 2: LATER}


def test_naming_a_winner_where_nothing_conflicts_is_refused(store: Store) -> None:
    apply(store, a_plan())
    with pytest.raises(NothingToWinError):
        apply(store, a_plan(), Winners(file=frozenset({"dialogue-2"})))


def test_a_difference_tells_both_ways(store: Store) -> None:
    apply(store, a_plan())
    move_in_slack(store)
    with store.read_transaction() as tx:
        both = compare_both_ways(tx, a_plan(an_offering(capacity=30)))
    assert [each.kind for each in both.in_slack] == [ChangeKind.SESSION_MOVED]
    assert [each.change.kind for each in both.difference.changes] == [
        ChangeKind.CAPACITY_RAISED,
        ChangeKind.SESSION_MOVED,
    ]
    assert both.overwritten == both.in_slack


def test_a_change_in_slack_is_kept_as_a_version_of_whoever_made_it_once(store: Store) -> None:
    apply(store, a_plan())
    move_in_slack(store)
    for _ in range(2):
        with store.transaction() as tx:
            keep_slack_version(tx, "kaiku-2019", "UFASI", NOW)
    assert history(store) == [("slack", "UFASI"), ("file", "virve")]


def test_applying_the_same_file_again_keeps_no_version(store: Store) -> None:
    apply(store, a_plan())
    apply(store, a_plan())
    assert history(store) == [("file", "virve")]


def test_a_comment_alone_makes_a_version(store: Store) -> None:
    apply(store, a_plan())
    apply(store, a_plan(), text="# Toinen\n" + text_of(a_plan()))
    assert exported(store).startswith("# Toinen\n# Oma")


def test_the_former_file_undoes_a_change_and_people_hear_of_it(store: Store) -> None:
    first = a_plan(an_offering(sessions=(a_session(1, on=LATER), a_session(2, on=LATER + timedelta(7)))))
    apply(store, first)
    with store.transaction() as tx:
        join(tx, "UAINO", "dialogue-1")
    moved = replace(first.offerings[0].sessions[1], on=LATER + timedelta(14))
    apply(store, a_plan(replace(first.offerings[0], sessions=(first.offerings[0].sessions[0], moved))))
    with store.read_transaction() as tx:
        former = list_versions(tx)[-1].text
        told = len(tx.scalars(select(Delivery.c.id).where(Delivery.c.kind == "change")).all())
    assert told == 1
    assert apply(store, plan_in(former), text=former) == [ChangeKind.SESSION_MOVED]
    assert session_days(store)[2] == LATER + timedelta(7)
    assert [origin for origin, _ in history(store)] == ["file"] * 3


def test_an_interrupted_apply_leaves_the_old_plan_in_force(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(store, a_plan())

    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("the power goes")

    monkeypatch.setattr("bot.services.plan.versions._add_version", crash)
    with pytest.raises(RuntimeError, match="power"):
        apply(store, a_plan(an_offering(capacity=30, sessions=(a_session(1),))))
    assert exported(store) == text_of(a_plan())
    assert session_days(store).keys() == {1, 2}
    assert history(store) == [("file", "virve")]
