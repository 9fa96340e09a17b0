"""What a backup is: one file with the database and a manifest beside it that tells whether both are whole."""

import json
import math
import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct, to_builtins

FORMAT = 1
SUFFIX = {"sqlite": ".db", "postgresql": ".dump"}
"""How the name of a database's file ends: a copy of SQLite's, or an archive of ``pg_dump``."""

_NAME = re.compile(r"kaiku-(\d{8}T\d{6})Z\.(?:json|db|dump)")
_STAMP = "%Y%m%dT%H%M%S"


MANIFEST_FORMAT, NO_MANIFEST, MANIFEST_FILE = "manifest_format", "no_manifest", "manifest_file"


class ManifestError(ValueError):
    """A manifest can't be read; ``args[0]`` is one of the reasons, ``args[1]`` holds the parameters of its
    sentence."""


class LogHead(Struct, frozen=True):
    """The signed end of the log of acts: what was taken out of the log later is missing there."""

    position: int
    digest: str
    signature: str


class Manifest(Struct, frozen=True):
    """What a backup holds. ``rows`` counts each table; people's keys are never among them."""

    made_at: datetime
    version: str
    database: str
    revision: str
    file: str
    size: int
    sha256: str
    rows: Mapping[str, int]
    log_head: LogHead | None


def stem(made_at: datetime) -> str:
    """The name of a backup's files, without the ending; names sort by time."""
    return f"kaiku-{made_at.astimezone(UTC):{_STAMP}}Z"


def made_at(name: str) -> datetime | None:
    """When the backup of this file was made; None for a file that is part of no backup."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    try:
        return datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def newest(names: Collection[str]) -> str | None:
    """The newest manifest among the files of a folder."""
    return max(_manifests(names), default=None)


def backup_age(folder: Path | None, now: datetime) -> float | None:
    """How old the newest backup is, in seconds; infinite if there is none. None if no folder is set."""
    if folder is None:
        return None
    name = newest([each.name for each in folder.iterdir()]) if folder.is_dir() else None
    at = made_at(name) if name is not None else None
    return (now - at).total_seconds() if at is not None else math.inf


def to_delete(names: Collection[str], keep: int) -> list[str]:
    """The files of all backups older than the ``keep`` newest, manifests first, so that none is left without
    its database. What an interrupted backup left goes with the backups of its time; other files stay."""
    kept = sorted(_manifests(names))[-keep:]
    if not kept:
        return []
    oldest = made_at(kept[0])
    assert oldest is not None
    old = [name for name in names if (at := made_at(name)) is not None and at < oldest]
    return sorted(old, key=lambda name: (not name.endswith(".json"), name))


def _manifests(names: Collection[str]) -> list[str]:
    return [name for name in names if name.endswith(".json") and made_at(name) is not None]


def to_json(manifest: Manifest) -> str:
    written = {"kaiku_backup": FORMAT, **to_builtins(manifest, builtin_types=[datetime])}
    return json.dumps(written, indent=2, sort_keys=True, default=lambda at: at.isoformat()) + "\n"


def from_json(text: str) -> Manifest:
    """Raises ManifestError."""
    try:
        data = json.loads(text)
        if data["kaiku_backup"] != FORMAT:
            raise ManifestError(MANIFEST_FORMAT, str(data["kaiku_backup"]))
        head = data["log_head"]
        found = Manifest(
            made_at=_instant(data["made_at"]),
            version=str(data["version"]),
            database=str(data["database"]),
            revision=str(data["revision"]),
            file=str(data["file"]),
            size=int(data["size"]),
            sha256=str(data["sha256"]),
            rows={str(name): int(count) for name, count in data["rows"].items()},
            log_head=None
            if head is None
            else LogHead(int(head["position"]), str(head["digest"]), str(head["signature"])),
        )
    except ManifestError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ManifestError(NO_MANIFEST, type(error).__name__) from error
    if found.database not in SUFFIX or made_at(found.file) is None:  # a path could lead out of the folder
        raise ManifestError(MANIFEST_FILE, found.file)
    return found


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("an instant without a zone")
    return at


def differences(promised: Mapping[str, int], found: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """The tables that do not have as many rows as they should: how many they have, and should have."""
    return [
        (name, found.get(name, 0), promised.get(name, 0))
        for name in sorted(promised.keys() | found.keys())
        if promised.get(name, 0) != found.get(name, 0)
    ]
