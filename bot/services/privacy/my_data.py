"""What Kaiku holds about a person, by the declarations of ``storage.personal_data``: loaded, decrypted,
downloaded.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.domain.acts import ON_THE_GROUP, ActKind, ActOnMe, ActorRole, DoneBy
from bot.domain.downloads import DownloadKind, FileFormat
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.my_data import MyData, Records
from bot.domain.offerings.offering import Offering
from bot.domain.people.agencies import AgencyBook
from bot.domain.people.person import Person
from bot.domain.privacy import PrivacyNotice
from bot.i18n import Words
from bot.services.acts import note_act
from bot.services.downloads import FileToFetch, Source, new_address
from bot.services.offerings.catalogue import load_offering_by_id, state_of
from bot.services.people.roles import list_coordinators
from bot.services.privacy.erase import record_of
from bot.services.reflections.vault import Vault, VaultError
from bot.views.my_data import page_contents
from bot.views.my_data_file import my_data_html, my_data_json
from storage import acts as act_rows
from storage import enrolment as enrolment_rows
from storage import my_data as rows
from storage.offerings import catalogue as offering_rows
from storage.personal_data import PERSONAL
from storage.transaction import Tx

FORMATS = (FileFormat.HTML, FileFormat.JSON)


def load_my_data(
    tx: Tx,
    person: Person,
    vault: Vault | None,
    notice: PrivacyNotice,
    coordinators: Collection[str],
    now: datetime,
) -> MyData:
    """Everything held about the person; what they wrote is decrypted, and secrets are left out."""
    offerings: dict[int, Offering] = {}

    def offering_of(offering_id: int) -> Offering:
        if offering_id not in offerings:
            offerings[offering_id] = load_offering_by_id(tx, offering_id)
        return offerings[offering_id]

    held = []
    for table, found in rows.list_own_rows(tx, person.id).items():
        opened = [_opened(tx, vault, person.id, row, offering_of) for row in found]
        held.append(Records(table, PERSONAL[table].kept, opened))
    standing = [
        offering_of(each.offering_id) for each in enrolment_rows.list_standing_enrolments(tx, person.id)
    ]
    over = {SignUpState.PAST, SignUpState.CANCELLED}
    leads = [
        offering
        for row in (held_row for each in held if each.table == "offering" for held_row in each.rows)
        if (stored := offering_rows.get_offering(tx, row["code"])) is not None
        and state_of(offering := offering_of(stored.id), now) not in over
    ]
    for code in _codes_in(held):
        if (row := offering_rows.get_offering(tx, code)) is not None:
            offering_of(row.id)
    return MyData(
        notice=notice,
        records=held,
        acts=_acts_on(tx, person.id, coordinators),
        record=record_of(tx, person.id),
        seats=[each for each in standing if state_of(each, now) not in over],
        leads=leads,
        made_at=now,
        offerings={each.code: each for each in offerings.values()},
    )


def _codes_in(held: Iterable[Records]) -> set[str]:
    """The offering codes among the subjects of messages."""
    return {
        row[name].partition("/")[0]
        for each in held
        if (name := {"delivery": "subject", "download": "about"}.get(each.table))
        for row in each.rows
        if row[name]
    }


def _opened(
    tx: Tx,
    vault: Vault | None,
    person_id: str,
    row: Mapping[str, Any],
    offering_of: Callable[[int], Offering],
) -> dict[str, Any]:
    """The row with its offering's code instead of the id, and its encrypted part decrypted; None where no key
    opens it.
    """
    found = dict(row)
    if (offering_id := found.pop("offering_id", None)) is not None:
        found = {"offering": offering_of(offering_id).code} | found
    if "sealed" in found:
        sealed: bytes = found.pop("sealed")
        try:
            found["answers"] = vault.open(tx, person_id, sealed) if vault is not None else None
        except VaultError:
            found["answers"] = None
    return found


def _acts_on(tx: Tx, person_id: str, coordinators: Collection[str]) -> list[ActOnMe]:
    leading = {each.user_id for each in list_coordinators(tx)} | {*coordinators}
    found = []
    for each in act_rows.list_about(tx, person_id, ON_THE_GROUP):
        offering = offering_rows.get_offering(tx, each.offering) if each.offering is not None else None
        if each.done_by != DoneBy.PERSON:
            role = ActorRole(each.done_by)
        elif offering is not None and each.actor in offering.facilitators:
            role = ActorRole.FACILITATOR
        elif each.actor in leading:
            role = ActorRole.COORDINATOR
        else:
            role = ActorRole.SOMEBODY
        title = offering.title if offering is not None else None
        found.append(ActOnMe(each.at, ActKind(each.kind), role, title, each.number, each.reason))
    return found


def offer_my_data(tx: Tx, person_id: str, now: datetime) -> str:
    """A token for the page where the person downloads their data."""
    return new_address(tx, person_id, DownloadKind.MY_DATA, "", now)


def fetch_my_data(
    tx: Tx,
    person: Person,
    vault: Vault | None,
    notice: PrivacyNotice,
    coordinators: Collection[str],
    now: datetime,
) -> MyData:
    """The person's data for download; the log records that they downloaded it."""
    found = load_my_data(tx, person, vault, notice, coordinators, now)
    note_act(tx, ActKind.FETCHED_OWN_DATA, actor=person.id, person=person.id, now=now)
    return found


def my_data_source(
    vault: Vault | None, notice: PrivacyNotice, coordinators: Collection[str], book: AgencyBook
) -> Source:
    """How the page shows and delivers a person's data."""

    def describe(
        _tx: Tx, _person: Person, _about: str, words: Words, _now: datetime
    ) -> tuple[str, tuple[str, ...]]:
        return page_contents(words)

    def load(tx: Tx, person: Person, _about: str, words: Words, now: datetime) -> FileToFetch:
        data = fetch_my_data(tx, person, vault, notice, coordinators, now)

        def write(file_format: FileFormat) -> bytes:
            is_json = file_format is FileFormat.JSON
            made = my_data_json(data, words) if is_json else my_data_html(data, book, words)
            return made.encode()

        return FileToFetch("kaiku", write)

    return Source(DownloadKind.MY_DATA, FORMATS, describe, load)
