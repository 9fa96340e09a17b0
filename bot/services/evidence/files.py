"""A report as files, for people who may download it from a page and for operators."""

import io
import zipfile
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from bot.domain.acts import ActKind
from bot.domain.downloads import DownloadKind, FileFormat
from bot.domain.evidence.cases import Case
from bot.domain.people.agencies import AgencyBook
from bot.domain.people.person import Person
from bot.i18n import Words, words_for
from bot.services.acts import note_act
from bot.services.downloads import FileToFetch, Source, new_address
from bot.services.evidence.cases import cases_in
from bot.services.evidence.pictures import draw
from bot.services.evidence.report import Report, issued_report
from bot.services.offerings.facilitators import Actor, actor_of
from bot.services.reflections.vault import Vault
from bot.views.evidence.document import sections_of
from bot.views.evidence.message import page_contents
from bot.views.evidence.page import HTML, files_of, pictures_of
from storage.transaction import Tx

FORMATS = (FileFormat.HTML, FileFormat.ZIP)


def write_files(
    report: Report, cases: Sequence[Case], book: AgencyBook, language: str
) -> Mapping[str, bytes]:
    """Every file of the report by name. Takes seconds. Raises NotDrawnError."""
    words = words_for(language, report.timezone)
    sections = sections_of(report.about, report.edition, cases, book, words)
    pictures = pictures_of(sections)
    drawn = draw([each.data for each in pictures])
    pngs = {each.name: png for each, png in zip(pictures, drawn, strict=True)}
    return files_of(report.about, report.edition, sections, pngs, words)


def offer_report(tx: Tx, actor: Actor, code: str, now: datetime) -> str:
    """A token for the page where this person downloads the last issued report.

    Raises KaikuError: UNKNOWN_OFFERING, NOT_YOURS_TO_ASK, LEADS_NOTHING, NOT_ISSUED.
    """
    issued_report(tx, actor, code, now)
    return new_address(tx, actor.person.id, DownloadKind.REPORT, code, now)


def report_source(book: AgencyBook, coordinators: Collection[str], vault: Vault | None) -> Source:
    """How the page shows and delivers a report; the person's role is checked each time."""

    def find(tx: Tx, person: Person, code: str, now: datetime) -> Report:
        return issued_report(tx, actor_of(person, frozenset(coordinators)), code, now)

    def describe(
        tx: Tx, person: Person, code: str, words: Words, now: datetime
    ) -> tuple[str, tuple[str, ...]]:
        found = find(tx, person, code, now)
        return page_contents(found.about, found.edition, words)

    def load(tx: Tx, person: Person, code: str, words: Words, now: datetime) -> FileToFetch:
        found = find(tx, person, code, now)
        cases = cases_in(tx, vault, found)
        note_act(tx, ActKind.FETCHED_REPORT, actor=person.id, offering=code or None, now=now)

        def write(file_format: FileFormat) -> bytes:
            files = write_files(found, cases, book, words.language)
            return _packed(files) if file_format is FileFormat.ZIP else files[HTML]

        return FileToFetch(f"kaiku-{code or 'report'}", write)

    return Source(DownloadKind.REPORT, FORMATS, describe, load)


def _packed(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()
