"""A restored backup: refused without the newest list of erasures; nothing of who was erased is left."""

import base64
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from bot.cli.backup import read_backup
from bot.services.privacy.erase import erase_person
from bot.services.privacy.erasures import ErasureFile, ErasureKeys, ErasureListError
from bot.start_checks import StartError, require_live
from storage.backup import restore
from storage.engine import parse_database_url
from storage.personal_data import PERSONAL, Erasure
from storage.tables import Erased
from tests.conftest import FakeClock
from tests.support.filled_tables import AINO, fill, naming
from tests.support.operating import OLD, Site

KEYS = ErasureKeys((OLD,))
AFTER_WORK = {name for name, each in PERSONAL.items() if each.erase is Erasure.AFTER_WORK}
NAME = b"UAINO Virtanen"


@pytest.fixture
def site(planned_url: str, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Site:
    site = Site(planned_url, tmp_path, clock)
    monkeypatch.setattr("bot.cli.backup.now", clock.now)
    with site.store() as store, store.transaction() as tx:
        fill(tx)
    return site


def erase(site: Site, person_id: str = AINO) -> None:
    with site.store() as store, store.transaction() as tx:
        assert erase_person(tx, person_id, KEYS, site.clock.now)


def left_of(site: Site, person_id: str = AINO) -> set[str]:
    with site.store() as store, store.read_transaction() as tx:
        return {each.split(".")[0] for each in naming(tx, person_id)}


def bytes_of(site: Site) -> bytes:
    return b"".join(path.read_bytes() for path in site.folder.glob("kaiku.db*"))


async def test_a_restored_backup_holds_nothing_of_whoever_was_erased_since(site: Site) -> None:
    backups, place = site.folder / "backups", site.folder / "backups.erasures.json"
    site.back_up(backups)
    older = site.folder / "older.json"
    older.write_bytes(place.read_bytes())
    site.clock.advance(hours=1)
    erase(site)
    with site.store() as store:
        await ErasureFile(store, place).keep(site.clock.now())  # as a running Kaiku does
    newest = place.read_bytes()

    place.unlink()
    refused = site.cli("restore", backups, "--replace")
    assert refused.exit_code == 2
    assert "no list of erasures" in refused.stderr
    refused = site.cli("restore", backups, "--replace", "--erasures", older)
    assert refused.exit_code == 1
    assert "older than the database" in refused.stderr
    assert left_of(site) <= AFTER_WORK, "a restore that was refused changes nothing"

    place.write_bytes(newest)
    done = site.cli("restore", backups, "--replace")
    assert done.exit_code == 0, done.output
    assert "Erased again: 1. Listed: 1." in done.stdout
    assert left_of(site) <= AFTER_WORK
    if site.is_sqlite:
        assert NAME not in bytes_of(site)
    with site.store() as store, store.read_transaction() as tx:
        require_live(tx)
    again = site.cli("backup", backups)
    assert again.exit_code == 0, "the list of the restored database is as long as the one there"


def test_a_backup_that_was_put_back_by_hand_does_not_start_until_it_is_erased_again(site: Site) -> None:
    backups, place = site.folder / "backups", site.folder / "backups.erasures.json"
    site.back_up(backups)
    site.clock.advance(hours=1)
    erase(site)
    assert site.cli("privacy", "erasures", "export", place, "--replace").exit_code == 0
    manifest, file = read_backup(backups)
    restore(manifest, file, parse_database_url(site.url))
    with site.store() as store, store.read_transaction() as tx, pytest.raises(StartError) as refused:
        require_live(tx)
    assert "kaiku privacy erasures apply" in str(refused.value)
    assert AINO in str(left_of(site)) or left_of(site) > AFTER_WORK, "the raw backup still shows them"
    done = site.cli("privacy", "erasures", "apply", place)
    assert done.exit_code == 0, done.output
    assert left_of(site) <= AFTER_WORK
    with site.store() as store, store.read_transaction() as tx:
        require_live(tx)


async def test_a_database_that_knows_less_never_shortens_the_list(site: Site) -> None:
    place = site.folder / "list.json"
    erase(site)
    with site.store() as store:
        await ErasureFile(store, place).keep(site.clock.now())
        whole = place.read_bytes()
        with store.transaction() as tx:
            tx.execute(delete(Erased))  # as if restored by hand
        with pytest.raises(ErasureListError):
            await ErasureFile(store, place).keep(site.clock.now() + timedelta(hours=1))
    assert place.read_bytes() == whole
    refused = site.cli("backup", site.folder / "backups", "--erasures", place)
    assert refused.exit_code == 1
    assert "names more erasures" in refused.stderr
    assert place.read_bytes() == whole


def test_a_list_needs_the_secret_it_was_made_with(site: Site) -> None:
    backups, place = site.folder / "backups", site.folder / "backups.erasures.json"
    site.back_up(backups)
    erase(site)
    assert site.cli("privacy", "erasures", "export", place, "--replace").exit_code == 0
    other = base64.urlsafe_b64encode(b"x" * 32).decode()
    refused = site.cli("restore", backups, "--replace", KAIKU_SECRET_KEY=other)
    assert refused.exit_code == 1, refused.output
    assert "KAIKU_SECRET_KEY" in refused.stderr
    assert left_of(site) <= AFTER_WORK, "nothing was restored"
