"""What people write is readable by nobody without their own key."""

from pathlib import Path

import pytest

from bot.services.reflections.vault import KeyState, Vault, VaultError, destroy_key
from storage.engine import Store
from storage.reflections import keys as key_rows
from storage.reflections.keys import get_key
from tests.conftest import FakeClock

OLD, NEW = b"o" * 32, b"n" * 32
WORDS = ["Kysyn ensin, mitä muut ovat nähneet.", "så här"]


def test_what_was_sealed_opens_again(store: Store, clock: FakeClock) -> None:
    vault = Vault(OLD)
    with store.transaction() as tx:
        sealed = vault.seal(tx, "UAINO", WORDS, clock.now())
        assert vault.open(tx, "UAINO", sealed) == WORDS
        assert b"Kysyn" not in sealed


def test_nobodys_words_open_as_anothers(store: Store, clock: FakeClock) -> None:
    vault = Vault(OLD)
    with store.transaction() as tx:
        sealed = vault.seal(tx, "UAINO", WORDS, clock.now())
        vault.seal(tx, "UONNI", WORDS, clock.now())
        with pytest.raises(VaultError, match="damaged"):
            vault.open(tx, "UONNI", sealed)


def test_a_changed_byte_is_noticed(store: Store, clock: FakeClock) -> None:
    vault = Vault(OLD)
    with store.transaction() as tx:
        sealed = bytearray(vault.seal(tx, "UAINO", WORDS, clock.now()))
        sealed[-1] ^= 1
        with pytest.raises(VaultError, match="damaged"):
            vault.open(tx, "UAINO", bytes(sealed))


def test_another_secret_opens_nothing_and_says_so(store: Store, clock: FakeClock) -> None:
    with store.transaction() as tx:
        sealed = Vault(OLD).seal(tx, "UAINO", WORDS, clock.now())
        with pytest.raises(VaultError, match="wrong_secret"):
            Vault(NEW).open(tx, "UAINO", sealed)


def test_a_destroyed_key_opens_nothing_ever_again(store: Store, clock: FakeClock) -> None:
    vault = Vault(OLD)
    with store.transaction() as tx:
        sealed = vault.seal(tx, "UAINO", WORDS, clock.now())
        destroy_key(tx, "UAINO")
        with pytest.raises(VaultError, match="no_key"):
            vault.open(tx, "UAINO", sealed)
        vault.seal(tx, "UAINO", ["new words"], clock.now())
        with pytest.raises(VaultError, match="damaged"):
            vault.open(tx, "UAINO", sealed)


def rotate_all(store: Store, vault: Vault) -> list[int]:
    """How many keys each step of two moved."""
    steps, last = [], ""
    while last is not None:
        with store.transaction() as tx:
            moved, last = vault.rotate(tx, 2, last)
        steps.append(moved)
    return steps


def test_a_damaged_key_is_counted_and_does_not_hold_up_the_rotation_of_others(
    store: Store, clock: FakeClock
) -> None:
    with store.transaction() as tx:
        for n in range(5):
            Vault(OLD).seal(tx, f"U{n}", [str(n)], clock.now())
        for person_id in ("U0", "U1"):
            row = key_rows.get_key(tx, person_id)
            assert row is not None
            damaged = row.wrapped[:-1] + bytes([row.wrapped[-1] ^ 1])
            key_rows.wrap_anew(tx, [row._replace(wrapped=damaged)])
    assert rotate_all(store, Vault(NEW, OLD)) == [0, 2, 1, 0]
    with store.read_transaction() as tx:
        assert Vault(NEW, OLD).count_keys(tx) == {KeyState.CURRENT: 3, KeyState.DAMAGED: 2}
        assert Vault(OLD).count_keys(tx) == {KeyState.UNKNOWN: 3, KeyState.DAMAGED: 2}


def test_rotation_moves_every_key_and_can_be_repeated(store: Store, clock: FakeClock) -> None:
    with store.transaction() as tx:
        sealed = {f"U{n}": Vault(OLD).seal(tx, f"U{n}", [str(n)], clock.now()) for n in range(5)}
    vault = Vault(NEW, OLD)
    assert rotate_all(store, vault) == [2, 2, 1, 0]
    assert rotate_all(store, vault) == [0]
    with store.read_transaction() as tx:
        for person_id, each in sealed.items():
            assert Vault(NEW).open(tx, person_id, each) == [person_id[1:]]
            key = get_key(tx, person_id)
            assert key is not None


def test_neither_secrets_nor_words_are_in_what_is_printed() -> None:
    assert "ooo" not in repr(Vault(OLD, NEW))
    assert "nnn" not in repr(Vault(OLD, NEW))


def test_the_database_file_holds_no_sentence(tmp_path: Path, database_url: str, clock: FakeClock) -> None:
    store = Store(database_url)
    with store.transaction() as tx:
        Vault(OLD).seal(tx, "UAINO", WORDS, clock.now())
    store.close()
    for path in tmp_path.glob("kaiku.db*"):
        assert b"Kysyn" not in path.read_bytes()
