"""Files that a person downloads once, within an hour: a GET shows what the file is, a POST delivers it.

So a mail scanner or a preview that follows the link does not use it up. Each kind of file is a ``Source``.
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from bot.domain.downloads import LASTS, Download, DownloadKind, DownloadPage, FileFormat
from bot.domain.people.person import Defaults, Person
from bot.i18n import Words, words_for
from bot.services.calendars.tokens import digest_of
from bot.services.deliveries.recipients import find_person
from storage import downloads as rows
from storage.transaction import Tx

KEPT: Final = timedelta(days=7)
"""How long an expired address stays stored, so that its page can say that it was used."""


class NoSuchFormatError(Exception):
    """The file does not exist in this format, which the page does not offer."""


class FileToFetch(Struct, frozen=True):
    """The file's name without its ending, and the function that writes it, which may be slow."""

    name: str
    write: Callable[[FileFormat], bytes]


class Source(Struct, frozen=True):
    """One kind of file. ``describe`` returns a heading and sentences on what the file holds; ``load`` loads
    what goes into it and logs that it was fetched. Both raise KaikuError if the person may not have it."""

    kind: DownloadKind
    formats: tuple[FileFormat, ...]
    describe: Callable[[Tx, Person, str, Words, datetime], tuple[str, tuple[str, ...]]]
    load: Callable[[Tx, Person, str, Words, datetime], FileToFetch]


Sources = Mapping[DownloadKind, Source]


def new_address(tx: Tx, person_id: str, kind: DownloadKind, about: str, now: datetime) -> str:
    """Store a new address and return its token, of which only the digest is stored."""
    token = secrets.token_urlsafe(32)
    rows.delete_expired(tx, now - KEPT)
    rows.add_download(
        tx,
        digest=digest_of(token),
        person_id=person_id,
        kind=kind,
        about=about,
        now=now,
        expires_at=now + LASTS,
    )
    return token


def show(
    tx: Tx, sources: Sources, defaults: Defaults, token: str, language: str | None, now: datetime
) -> DownloadPage | None:
    """What is at this address; None if nothing is, or no longer. Raises KaikuError if the person may no
    longer have it.
    """
    row = rows.get_download(tx, digest_of(token))
    if row is None:
        return None
    found = _to_download(row)
    person = find_person(tx, found.person_id, defaults)
    if not found.is_good(now) or person is None:
        return None
    source = sources[found.kind]
    words = words_for(language or person.language, person.timezone)
    heading, contents = source.describe(tx, person, found.about, words, now)
    return DownloadPage(words.language, words.timezone, found.expires_at, source.formats, heading, contents)


def fetch(
    tx: Tx,
    sources: Sources,
    defaults: Defaults,
    token: str,
    file_format: FileFormat,
    language: str | None,
    now: datetime,
) -> FileToFetch | None:
    """Use the address and load its file; None if nothing is there, or no longer.

    Raises KaikuError if the person may no longer have it, NoSuchFormatError; then the address is not used.
    """
    row = rows.use_download(tx, digest_of(token), now)
    if row is None:
        return None
    found = _to_download(row)
    person = find_person(tx, found.person_id, defaults)
    if person is None:
        return None
    source = sources[found.kind]
    if file_format not in source.formats:
        raise NoSuchFormatError
    words = words_for(language or person.language, person.timezone)
    return source.load(tx, person, found.about, words, now)


def _to_download(row: rows.DownloadRow) -> Download:
    return Download(
        row.person_id, DownloadKind(row.kind), row.about, row.expires_at, used=row.used_at is not None
    )
