"""``kaiku keys check | rotate | save | restore``: what an operator is told, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from storage.reflections import keys as key_rows
from tests.conftest import FakeClock
from tests.support.operating import NEW, OLD_KEY, Site
from tests.support.starting import start_refused

OTHER_KEY = "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg="


@pytest.fixture
def site(database_url: str, tmp_path: Path, clock: FakeClock) -> Site:
    return Site(database_url, tmp_path, clock)


def damage(site: Site, user_id: str) -> None:
    with site.store() as store, store.transaction() as tx:
        row = key_rows.get_key(tx, user_id)
        assert row is not None
        damaged = row.wrapped[:-1] + bytes([row.wrapped[-1] ^ 1])
        key_rows.wrap_anew(tx, [row._replace(wrapped=damaged)])


def test_check_counts_keys_by_the_secret_that_opens_them(site: Site) -> None:
    site.write("UAINO", "a")
    site.write("UOLLI", "b")
    site.secret = NEW
    site.write("UEEVA", "c")
    done = site.cli("keys", "check", KAIKU_SECRET_KEY_PREVIOUS=OLD_KEY)
    assert done.exit_code == 0
    assert done.stdout == (
        "1 key under KAIKU_SECRET_KEY.\n2 keys under KAIKU_SECRET_KEY_PREVIOUS.\n"
        "0 keys under an unknown secret.\nMove those under the previous secret: `kaiku keys rotate`.\n"
    )
    without_old = site.cli("keys", "check", "--json")
    assert without_old.exit_code == 1
    assert json.loads(without_old.stdout) == {
        "current": 1,
        "previous": 0,
        "unknown": 2,
        "damaged": 0,
        "without_key": 0,
    }
    assert without_old.stderr == "2 keys can't be opened.\n"


def test_check_opens_every_key_and_does_not_trust_its_label(site: Site) -> None:
    site.write("UAINO", "a")
    damage(site, "UAINO")
    done = site.cli("keys", "check")
    assert done.exit_code == 1
    assert "1 key damaged.\n" in done.stdout


@pytest.mark.parametrize("command", [("keys", "check"), ("keys", "rotate"), ("keys", "restore", __file__)])
def test_a_secret_that_is_missing_or_ill_formed_is_named(site: Site, command: tuple[str, ...]) -> None:
    missing = site.cli(*command, KAIKU_SECRET_KEY=None)
    assert missing.exit_code == 2
    assert "KAIKU_SECRET_KEY is not set" in missing.stderr
    ill_formed = site.cli(*command, KAIKU_SECRET_KEY="hush-hush")
    assert ill_formed.exit_code == 2
    assert "KAIKU_SECRET_KEY must be 32 bytes" in ill_formed.stderr
    assert "hush" not in ill_formed.output


def test_rotation_says_what_moved_and_what_did_not(site: Site) -> None:
    site.write("UAINO", "a")
    site.write("UOLLI", "b")
    damage(site, "UOLLI")
    site.secret = NEW
    assert site.cli("keys", "rotate").exit_code == 2
    done = site.cli("keys", "rotate", KAIKU_SECRET_KEY_PREVIOUS=OLD_KEY)
    assert done.exit_code == 1
    assert done.stdout == "1 key moved to the new secret.\n"
    assert done.stderr == "1 key damaged and can't be opened.\n"
    assert site.read("UAINO") == ["a"]


def test_rotation_is_whole_once_every_key_has_moved(site: Site) -> None:
    site.write("UAINO", "a")
    site.secret = NEW
    done = site.cli("keys", "rotate", KAIKU_SECRET_KEY_PREVIOUS=OLD_KEY)
    assert done.exit_code == 0, done.output
    assert done.stdout.endswith("Unset KAIKU_SECRET_KEY_PREVIOUS now, and destroy the old key.\n")
    assert site.cli("keys", "check").exit_code == 0


# -- files of keys ------------------------------------------------------------------------------------


def saved(site: Site) -> tuple[Path, dict[str, Any]]:
    """A file of two keys, which the database has lost since."""
    site.write("UAINO", "a")
    site.write("UOLLI", "b")
    path = site.folder / "keys.json"
    assert site.cli("keys", "save", path).exit_code == 0
    with site.store() as store, store.transaction() as tx:
        tx.exec_driver_sql("delete from person_key")
    content: dict[str, Any] = json.loads(path.read_text())
    return path, content


def test_keys_are_saved_as_encrypted_as_they_are(site: Site) -> None:
    path, content = saved(site)
    assert list(content) == ["kaiku_person_keys", "saved_at", "keys"]
    assert [key["person_id"] for key in content["keys"]] == ["UAINO", "UOLLI"]
    refused = site.cli("keys", "restore", path, KAIKU_SECRET_KEY=OTHER_KEY)
    assert refused.exit_code == 1
    assert "it is under another secret than KAIKU_SECRET_KEY" in refused.stderr


def test_keys_of_before_a_rotation_are_restored_with_the_secret_of_then(site: Site) -> None:
    path, _ = saved(site)
    site.secret = NEW
    assert site.cli("keys", "restore", path).exit_code == 1
    done = site.cli("keys", "restore", path, KAIKU_SECRET_KEY_PREVIOUS=OLD_KEY)
    assert done.exit_code == 0, done.output
    assert site.cli("keys", "rotate", KAIKU_SECRET_KEY_PREVIOUS=OLD_KEY).exit_code == 0
    assert site.read("UAINO") == ["a"]
    # told of the erasure only now: the key is known again although it was wrapped anew
    told = site.cli("keys", "restore", path, "--erased", "UAINO", KAIKU_SECRET_KEY_PREVIOUS=OLD_KEY)
    assert told.exit_code == 0, told.output
    assert (site.read("UAINO"), site.read("UOLLI")) == ([""], ["b"])


def test_somebody_who_wrote_anew_keeps_the_new_key_when_named_as_erased(site: Site) -> None:
    path, _ = saved(site)
    site.erase("UAINO")
    site.write("UAINO", "uutta")
    assert site.cli("keys", "restore", path, "--erased", "UAINO").exit_code == 0
    assert site.read("UAINO") == ["uutta"]


def broken(content: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """With the second key changed."""
    first, second = content["keys"]
    return {**content, "keys": [first, {**second, **changes}]}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda c: {**c, "kaiku_person_keys": 2}, "or of another version of Kaiku: kaiku_person_keys"),
        (lambda c: {name: c[name] for name in ("saved_at", "keys")} | {"x": 1}, "wrong or missing: x"),
        (lambda c: {**c, "saved_at": "yesterday"}, "wrong or missing: saved_at"),
        (lambda c: {**c, "saved_at": "2019-02-11T08:00:00"}, "wrong or missing: saved_at"),
        (lambda c: {"kaiku_person_keys": 1, "saved_at": c["saved_at"]}, "wrong or missing: keys"),
        (lambda c: {**c, "keys": {}}, "wrong or missing: keys"),
        (lambda c: {**c, "keys": ["UAINO"]}, "key 1: it is no key with its fields"),
        (lambda c: [c], "not a file that `kaiku keys save` wrote"),
        (lambda c: broken(c, person_id=""), "key 2: wrong or missing: person_id"),
        (lambda c: broken(c, person_id="UAINO"), "key 2: UAINO is in the file already"),
        (lambda c: broken(c, wrapped="AAAA"), "key 2: wrong or missing: wrapped"),
        (lambda c: broken(c, wrapped="?"), "key 2: wrong or missing: wrapped"),
        (lambda c: broken(c, wrapped=None), "key 2: wrong or missing: wrapped"),
        (lambda c: broken(c, made_with="0"), "key 2: wrong or missing: made_with"),
        (lambda c: broken(c, made_with="0" * 16), "key 2 (UOLLI): it is under another secret"),
        (lambda c: broken(c, made_at=None), "key 2: wrong or missing: made_at"),
        (lambda c: broken(c, extra=1), "key 2: wrong or missing: extra"),
        (lambda c: broken(c, wrapped=c["keys"][0]["wrapped"]), "key 2 (UOLLI): it was changed"),
    ],
)
def test_a_faulty_file_is_named_and_nothing_of_it_is_restored(site: Site, change: Any, wrong: str) -> None:
    path, content = saved(site)
    path.write_text(json.dumps(change(content)))
    done = site.cli("keys", "restore", path)
    assert done.exit_code == 1
    assert done.stderr.startswith(f"{path} can't be used, and nothing was restored:\n")
    assert wrong in done.stderr
    assert content["keys"][1]["wrapped"] not in done.output
    assert (site.read("UAINO"), site.read("UOLLI")) == ([""], [""])
    path.write_text(json.dumps(content))
    assert site.cli("keys", "restore", path).exit_code == 0, "the control: the file as it was"


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b"SQLite format 3\x00", b"[" * 5000])
def test_a_file_of_another_kind_or_cut_short_is_told(site: Site, raw: bytes) -> None:
    path, _ = saved(site)
    path.write_bytes(raw)
    done = site.cli("keys", "restore", path)
    assert done.exit_code == 1
    assert "not a file that `kaiku keys save` wrote, or was cut short" in done.stderr


def test_a_long_list_of_problems_is_cut(site: Site) -> None:
    path, content = saved(site)
    path.write_text(json.dumps({**content, "keys": [{}] * 50}))
    done = site.cli("keys", "restore", path)
    assert len(done.stderr.splitlines()) == 12
    assert "... and 190 more" in done.stderr


def test_a_start_with_a_secret_that_opens_nobodys_key_is_refused(site: Site) -> None:
    site.write("UAINO", "sanoja")
    settings = {
        "SLACK_BOT_TOKEN": "xoxb-test",
        "SLACK_SIGNING_SECRET": "a-signing-secret",
        "SLACK_API_URL": "http://127.0.0.1:1/api/",
        "KAIKU_PORT": "0",
    }
    done = start_refused(KAIKU_SECRET_KEY=OTHER_KEY, KAIKU_DATABASE_URL=site.url, **settings)
    assert done.exit_code == 2, done.stderr
    assert "it opens none of its 1 keys" in done.stderr
