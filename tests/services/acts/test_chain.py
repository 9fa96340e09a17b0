"""The chain of the log of acts: a line that was changed, taken out or cut off shows, and no act waits for
it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, text, update

from bot.domain.acts import ActKind, FaultKind, Place, Signer
from bot.services.acts import note_act
from bot.services.acts.chain import (
    ChainBrokenError,
    chain_acts,
    check_chain,
    delete_acts_before,
    has_unchained,
    head_of,
    sign_chain,
)
from storage.engine import Store
from storage.tables import Act, ActLink, ActSeal
from storage.transaction import Tx
from tests.conftest import FakeClock

OURS, NOT_OURS = Signer(b"k" * 32), Signer(b"x" * 32)


@pytest.fixture
def chained(store: Store, clock: FakeClock) -> Store:
    """Six lines, an hour apart, chained in two batches."""
    for batch in range(2):
        with store.transaction() as tx:
            for n in range(3):
                note_act(tx, ActKind.JOINED, offering="dialogue-2", number=3 * batch + n, now=clock.now())
                clock.advance(hours=1)
        with store.transaction() as tx:
            assert has_unchained(tx)
            assert chain_acts(tx, OURS) == 3
    return store


def faults(store: Store, signer: Signer = OURS, known: tuple[Place, str] | None = None) -> set[FaultKind]:
    with store.read_transaction() as tx:
        return {each.kind for each in check_chain(tx, signer, known).faults}


def test_a_chain_that_nobody_touched_is_whole(chained: Store) -> None:
    with chained.transaction() as tx:
        checked = check_chain(tx, OURS, head_of(tx))
        assert (checked.lines, checked.unchained, checked.faults) == (6, 0, ())
        assert not has_unchained(tx)
        assert chain_acts(tx, OURS) == 0


def _take_out(tx: Tx, positions: list[int]) -> None:
    ids = tx.scalars(select(ActLink.c.act_id).where(ActLink.c.position.in_(positions))).all()
    tx.execute(delete(ActLink).where(ActLink.c.position.in_(positions)))
    tx.execute(delete(Act).where(Act.c.id.in_(ids)))


def _chain_anew(tx: Tx, signer: Signer) -> None:
    """As somebody would who can write into the database but has no key."""
    tx.execute(update(Act).where(Act.c.number == 1).values(kind="left"))
    tx.execute(delete(ActLink))
    tx.execute(update(ActSeal).values(position=0, digest="0" * 64, act_id=0, signature=""))
    chain_acts(tx, signer)


def _move_head_back(tx: Tx) -> None:
    _take_out(tx, [5, 6])
    digest = tx.scalars(select(ActLink.c.digest).where(ActLink.c.position == 4)).one()
    tx.execute(update(ActSeal).values(position=4, digest=digest))


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (lambda tx: tx.execute(update(Act).where(Act.c.number == 2).values(kind="left")), FaultKind.CHANGED),
        (lambda tx: tx.execute(update(Act).values(actor="f" * 32)), FaultKind.CHANGED),
        (lambda tx: _take_out(tx, [3]), FaultKind.MISSING),
        (lambda tx: _take_out(tx, [1]), FaultKind.MISSING),
        (lambda tx: _take_out(tx, [5, 6]), FaultKind.CUT_OFF),
        (_move_head_back, FaultKind.FORGED_HEAD),
        (lambda tx: _chain_anew(tx, NOT_OURS), FaultKind.FORGED_HEAD),
        (lambda tx: tx.execute(update(ActSeal).values(signature="")), FaultKind.UNSIGNED),
    ],
)
def test_what_was_done_to_the_log_shows_and_stays_after_new_lines(
    chained: Store, clock: FakeClock, tamper: Callable[[Tx], None], found: FaultKind
) -> None:
    with chained.transaction() as tx:
        tamper(tx)
    assert found in faults(chained)
    with chained.transaction() as tx:
        note_act(tx, ActKind.LEFT, now=clock.now())
        chain_acts(tx, OURS)
    assert faults(chained)
    if found is not FaultKind.UNSIGNED:
        with chained.transaction() as tx, pytest.raises(ChainBrokenError):
            sign_chain(tx, OURS)


def test_a_chain_made_anew_by_who_has_the_key_is_not_what_a_backup_knows(chained: Store) -> None:
    with chained.read_transaction() as tx:
        known = head_of(tx)
    assert faults(chained, known=known) == set()
    with chained.transaction() as tx:
        _chain_anew(tx, OURS)
    assert faults(chained) == set()
    assert faults(chained, known=known) == {FaultKind.NOT_IN_BACKUP}


def test_retention_leaves_an_anchor_from_which_the_rest_is_checked(chained: Store, clock: FakeClock) -> None:
    with chained.read_transaction() as tx:
        known = head_of(tx)
    with chained.transaction() as tx:
        assert delete_acts_before(tx, clock.now() - timedelta(hours=3), OURS, clock.now()) == 3
        chain_acts(tx, OURS)
        kinds = tx.scalars(select(Act.c.kind).order_by(Act.c.id)).all()
    assert kinds == ["joined"] * 3 + [ActKind.DELETED_OLD_ACTS]
    assert faults(chained, known=known) == set()
    with chained.transaction() as tx:
        tx.execute(update(ActSeal).where(ActSeal.c.which == "anchor").values(before=clock.now()))
    assert faults(chained) == {FaultKind.FORGED_ANCHOR}
    with chained.transaction() as tx, pytest.raises(ChainBrokenError):
        delete_acts_before(tx, clock.now(), OURS, clock.now())


def test_a_new_key_signs_anew_what_the_previous_one_signed(chained: Store) -> None:
    rotated = Signer(b"n" * 32, b"k" * 32)
    assert faults(chained, rotated) == set()
    assert faults(chained, Signer(b"n" * 32)) == {FaultKind.FORGED_HEAD}
    with chained.transaction() as tx:
        chain_acts(tx, rotated)
    assert faults(chained, Signer(b"n" * 32)) == set()


def test_a_log_that_began_without_a_key_is_signed_by_the_operators_word(
    store: Store, clock: FakeClock
) -> None:
    with store.transaction() as tx:
        note_act(tx, ActKind.JOINED, now=clock.now())
        chain_acts(tx, Signer(None))
    assert faults(store, Signer(None)) == set()
    assert faults(store) == {FaultKind.UNSIGNED}
    with store.transaction() as tx:
        sign_chain(tx, OURS)
    assert faults(store) == set()


def test_a_line_that_commits_after_later_ones_is_chained_too(store: Store, clock: FakeClock) -> None:
    if store.engine.dialect.name == "sqlite":
        return  # there is one writer, so ids are in the order of commits
    with store.engine.connect() as slow, slow.begin():
        slow.execute(text("select nextval(pg_get_serial_sequence('act', 'id'))"))
        late = slow.scalar(text("select currval(pg_get_serial_sequence('act', 'id'))"))
    with store.transaction() as tx:
        note_act(tx, ActKind.LEFT, now=clock.now())
        chain_acts(tx, OURS)
    with store.transaction() as tx:
        tx.execute(insert(Act).values(id=late, at=clock.now(), kind="joined", done_by="kaiku"))
    with store.transaction() as tx:
        assert has_unchained(tx)
        assert chain_acts(tx, OURS) == 1
    assert faults(store) == set()
