"""Queries about the end of an offering: answers on use, certificates."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select

from storage.statements import Upsert, execute, fetch, fetch_one
from storage.tables import Certificate, UseAnswer
from storage.transaction import Tx


class CertificateRow(NamedTuple):
    """See ``storage.tables.Certificate``."""

    id: int
    person_id: str
    offering_id: int
    name: str
    language: str
    code: str
    token: str
    made_at: datetime


class UseRow(NamedTuple):
    """See ``storage.tables.UseAnswer``."""

    offering_id: int
    key: str
    person_id: str
    choice: int
    answered_at: datetime


_certificates = select(*Certificate.c[CertificateRow._fields])
_by_code = _certificates.where(Certificate.c.code == bindparam("code"))
_by_token = _certificates.where(Certificate.c.token == bindparam("token"))
_of_one = _certificates.where(
    Certificate.c.person_id == bindparam("person_id"), Certificate.c.offering_id == bindparam("offering_id")
)
_of_offering = _certificates.where(Certificate.c.offering_id == bindparam("offering_id")).order_by(
    Certificate.c.id
)
_of_person = _certificates.where(Certificate.c.person_id == bindparam("person_id"))
_keep = Upsert(
    Certificate,
    CertificateRow._fields[1:],
    lambda insert: insert.on_conflict_do_update(
        index_elements=["person_id", "offering_id"],
        set_={"name": insert.excluded.name, "language": insert.excluded.language},
    ),
)
_answers = select(*UseAnswer.c[UseRow._fields])
_answers_in = _answers.where(UseAnswer.c.offering_id == bindparam("offering_id"))
_answers_of = _answers_in.where(UseAnswer.c.person_id == bindparam("person_id"))
_answer = Upsert(
    UseAnswer,
    UseRow._fields,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["offering_id", "key", "person_id"],
        set_={"choice": insert.excluded.choice, "answered_at": insert.excluded.answered_at},
    ),
)


def get_certificate(tx: Tx, person_id: str, offering_id: int) -> CertificateRow | None:
    return fetch_one(tx, _of_one, CertificateRow, person_id=person_id, offering_id=offering_id)


def get_certificate_by_code(tx: Tx, code: str) -> CertificateRow | None:
    return fetch_one(tx, _by_code, CertificateRow, code=code)


def get_certificate_by_token(tx: Tx, token: str) -> CertificateRow | None:
    return fetch_one(tx, _by_token, CertificateRow, token=token)


def list_certificates_in(tx: Tx, offering_id: int) -> Sequence[CertificateRow]:
    """All certificates requested in an offering, in order."""
    return fetch(tx, _of_offering, CertificateRow, offering_id=offering_id)


def list_certificates_of(tx: Tx, person_id: str) -> Sequence[CertificateRow]:
    return fetch(tx, _of_person, CertificateRow, person_id=person_id)


def keep_certificate(
    tx: Tx,
    *,
    person_id: str,
    offering_id: int,
    name: str,
    language: str,
    code: str,
    token: str,
    now: datetime,
) -> CertificateRow:
    """Add a certificate, or update the existing one's name and language; its code and token stay."""
    _keep.run(
        tx,
        person_id=person_id,
        offering_id=offering_id,
        name=name,
        language=language,
        code=code,
        token=token,
        made_at=now,
    )
    kept = get_certificate(tx, person_id, offering_id)
    assert kept is not None
    return kept


def set_use_answer(tx: Tx, offering_id: int, key: str, person_id: str, choice: int, now: datetime) -> None:
    """Store the choice, replacing an earlier one."""
    _answer.run(tx, offering_id=offering_id, key=key, person_id=person_id, choice=choice, answered_at=now)


def list_use_answers(tx: Tx, offering_id: int) -> Sequence[UseRow]:
    return fetch(tx, _answers_in, UseRow, offering_id=offering_id)


def list_use_answers_of(tx: Tx, offering_id: int, person_id: str) -> dict[str, int]:
    """A person's choices by question key."""
    rows = execute(tx, _answers_of, offering_id=offering_id, person_id=person_id)
    return {row.key: row.choice for row in rows}
