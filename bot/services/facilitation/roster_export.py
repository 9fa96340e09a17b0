"""The list of a group as a file: for its facilitators, who download it from a page, and for operators."""

from datetime import datetime

from msgspec import Struct

from bot.domain.acts import ActKind
from bot.domain.downloads import DownloadKind, FileFormat
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering
from bot.domain.people.agencies import AgencyBook
from bot.domain.people.person import Person
from bot.domain.tables import Table
from bot.i18n import Words
from bot.services.acts import note_act
from bot.services.downloads import FileToFetch, Source, new_address
from bot.services.offerings.catalogue import load_offering
from bot.services.offerings.facilitators import Actor
from bot.services.offerings.roster import RosterRow, call_each, roster_of
from bot.views.facilitation.roster import Listed, roster_contents, roster_table
from bot.views.spreadsheets import table_file
from storage import facilitation as facilitation_rows
from storage.transaction import Tx

FORMATS = (FileFormat.XLSX, FileFormat.CSV)
STANDING = {"seated", "offered", "waiting"}


class RosterAddress(Struct, frozen=True):
    """An offering, and the token of the page where its list is downloaded; None without a public address."""

    offering: Offering
    token: str | None


def offer_roster(tx: Tx, actor: Actor, code: str, now: datetime, *, has_pages: bool) -> RosterAddress:
    """An address for this facilitator to download the list from. Raises KaikuError: UNKNOWN_OFFERING,
    NOT_YOURS_TO_EXPORT.
    """
    offering = load_offering(tx, code)
    if actor.person.id not in offering.facilitators:
        raise actor.refused(_not_theirs(offering), "roster_export", code)
    if not has_pages:
        return RosterAddress(offering, None)
    return RosterAddress(offering, new_address(tx, actor.person.id, DownloadKind.ROSTER, offering.code, now))


def load_table(tx: Tx, book: AgencyBook, code: str, words: Words, now: datetime) -> Table:
    """The list as a table: current enrolments, and people who left but attended. Raises KaikuError:
    UNKNOWN_OFFERING.
    """
    offering = load_offering(tx, code)
    roster = roster_of(tx, offering)
    attendance = facilitation_rows.list_attendance(tx, [row.user_id for row in roster])
    called = call_each(roster, book, words.language)
    listed = []
    for row in roster:
        was_there = attendance[row.user_id].get(offering.id, {})
        if row.status in STANDING or any(was_there.values()):
            listed.append(_listed(row, called[row.user_id], book, was_there, words))
    begun = [each for each in offering.standing_sessions if each.starts_at <= now]
    return roster_table(offering, listed, begun, words, now)


def _listed(row: RosterRow, name: str, book: AgencyBook, was_there: dict[int, bool], words: Words) -> Listed:
    return Listed(name, row.employer(book, words.language), row.role, row.status, row.position, was_there)


def roster_source(book: AgencyBook) -> Source:
    """How the page shows and fetches a list; the facilitator's role is checked each time."""

    def describe(
        tx: Tx, person: Person, code: str, words: Words, _now: datetime
    ) -> tuple[str, tuple[str, ...]]:
        return roster_contents(_require(tx, person, code), words)

    def load(tx: Tx, person: Person, code: str, words: Words, now: datetime) -> FileToFetch:
        _require(tx, person, code)
        table = load_table(tx, book, code, words, now)
        note_act(tx, ActKind.EXPORTED, actor=person.id, offering=code, now=now)
        return FileToFetch(f"kaiku-{code}", lambda file_format: table_file(table, file_format))

    return Source(DownloadKind.ROSTER, FORMATS, describe, load)


def export_by_operator(tx: Tx, book: AgencyBook, code: str, words: Words, now: datetime) -> Table:
    """The list for an operator at the command line. Raises KaikuError: UNKNOWN_OFFERING."""
    table = load_table(tx, book, code, words, now)
    note_export(tx, code, now)
    return table


def note_export(tx: Tx, code: str, now: datetime) -> None:
    note_act(tx, ActKind.EXPORTED, offering=code, now=now, by_operator=True)


def _require(tx: Tx, person: Person, code: str) -> Offering:
    offering = load_offering(tx, code)
    if person.id not in offering.facilitators or person.deactivated:
        raise _not_theirs(offering)
    return offering


def _not_theirs(offering: Offering) -> KaikuError:
    return KaikuError(Refusal.NOT_YOURS_TO_EXPORT, offering=offering)
