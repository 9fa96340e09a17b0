"""The privacy notice, read from its file: ``programmes/privacy.yml``."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator

from bot.domain.file_faults import Fault, FaultCode, FileFaultError
from bot.domain.privacy import (
    LOCKABLE,
    OUT_OF_KAIKU,
    PLACEHOLDER,
    Anchor,
    DataKind,
    Gap,
    Keep,
    Lock,
    Party,
    PrivacyNotice,
    Processor,
    Purpose,
    Retention,
    SeenBy,
    ShortForm,
)
from bot.services.yaml_files.reading import MAX_BYTES, Document
from bot.services.yaml_files.reading import Path as FieldPath
from bot.services.yaml_files.structure import in_order, read_as, readable
from bot.services.yaml_files.values import (
    SHOWN,
    Address,
    Day,
    Part,
    TextsIn,
    WholeNumber,
    between,
    line_of,
    refusal,
)

NOTICE_FILE = Path(__file__).parents[3] / "programmes/privacy.yml"
MOST_VERSIONS = 9999
MOST_MONTHS, MOST_DAYS = 240, 3650
MOST_ITEMS = 12
"""The most items in each list: the whole notice must fit into one modal."""
MAX_NAME, MAX_SENTENCE, MAX_PARAGRAPH = 150, 300, 1000
_EMAIL = re.compile(r"[^\s@<>|]+@[^\s@<>|]+\.[^\s@<>|]+")

T = TypeVar("T")


class _Name(TextsIn):
    """Unlike in a plan, English is required too: people are told of a purpose in their language."""

    fi: Annotated[str, line_of(MAX_NAME)]
    sv: Annotated[str, line_of(MAX_NAME)]
    en: Annotated[str, line_of(MAX_NAME)]


class _Sentence(TextsIn):
    fi: Annotated[str, line_of(MAX_SENTENCE)]
    sv: Annotated[str, line_of(MAX_SENTENCE)]
    en: Annotated[str, line_of(MAX_SENTENCE)]


class _Paragraph(TextsIn):
    fi: Annotated[str, line_of(MAX_PARAGRAPH)]
    sv: Annotated[str, line_of(MAX_PARAGRAPH)]
    en: Annotated[str, line_of(MAX_PARAGRAPH)]


class _Web(TextsIn):
    fi: Address
    sv: Address
    en: Address


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text) and not PLACEHOLDER.fullmatch(text):
        raise refusal(FaultCode.NOT_AN_EMAIL, value=text[:SHOWN])
    return text


def _data_kind(value: object) -> DataKind:
    if not isinstance(value, str) or value not in set(DataKind):
        known = ", ".join(DataKind)
        raise refusal(FaultCode.NOT_A_DATA_KIND, value=str(value)[:SHOWN], known=known)
    return DataKind(value)


def _anchor(value: object) -> Anchor:
    if not isinstance(value, str) or value not in set(Anchor):
        raise refusal(FaultCode.NOT_AN_ANCHOR_OF_TIME, value=str(value)[:SHOWN], known=", ".join(Anchor))
    return Anchor(value)


def _audience(value: object) -> SeenBy:
    if not isinstance(value, str) or value not in set(SeenBy):
        raise refusal(FaultCode.NOT_AN_AUDIENCE, value=str(value)[:SHOWN], known=", ".join(SeenBy))
    return SeenBy(value)


def _some(values: tuple[T, ...]) -> tuple[T, ...]:
    if not values:
        raise refusal(FaultCode.LIST_EMPTY)
    if len(values) > MOST_ITEMS:
        raise refusal(FaultCode.LIST_TOO_LONG, number=len(values), limit=MOST_ITEMS)
    return values


_Some = AfterValidator(_some)
_Email = Annotated[str, AfterValidator(_email), line_of(MAX_NAME)]


class _PartyIn(Part):
    name: _Name
    address: _Name | None = None
    email: _Email
    phone: Annotated[str, line_of(MAX_NAME)] | None = None
    web: _Web | None = None

    def to_party(self) -> Party:
        return Party(
            self.name.to_texts(),
            self.address.to_texts() if self.address else None,
            self.email,
            self.phone,
            self.web.to_texts() if self.web else None,
        )


_Kind = Annotated[DataKind, BeforeValidator(_data_kind)]


class _PurposeIn(Part):
    name: _Name
    what: _Paragraph
    basis: _Paragraph
    kinds: tuple[_Kind, ...] = ()


class _ProcessorIn(Part):
    name: _Name
    what: _Paragraph
    transfers: _Paragraph


class _KeepIn(Part):
    after: Annotated[Anchor, BeforeValidator(_anchor)]
    months: Annotated[WholeNumber, between(0, MOST_MONTHS)] = 0
    days: Annotated[WholeNumber, between(0, MOST_DAYS)] = 0


class _LockIn(Part):
    rule: _Sentence
    months: Annotated[WholeNumber, between(0, MOST_MONTHS)] = 0
    days: Annotated[WholeNumber, between(0, MOST_DAYS)] = 0

    def to_lock(self) -> Lock:
        return Lock(self.rule.to_texts(), self.months, self.days)


class _RetentionIn(Part):
    kind: _Kind
    what: _Sentence
    period: _Sentence
    keep: _KeepIn | None = None
    seen_by: tuple[Annotated[SeenBy, BeforeValidator(_audience)], ...] = ()
    lock: _LockIn | None = None

    def to_retention(self) -> Retention:
        keep = Keep(self.keep.after, self.keep.months, self.keep.days) if self.keep is not None else None
        lock = self.lock.to_lock() if self.lock is not None else None
        return Retention(self.kind, self.what.to_texts(), self.period.to_texts(), keep, self.seen_by, lock)


class _ShortIn(Part):
    what: _Sentence
    who: _Sentence
    how_long: _Sentence


class _ComplaintIn(Part):
    how: _Paragraph
    authority: _PartyIn


class _NoticeIn(Part):
    version: Annotated[WholeNumber, between(1, MOST_VERSIONS)]
    valid_from: Day
    changed: _Sentence | None = None
    short: _ShortIn
    controller: _PartyIn
    contact: _PartyIn
    officer: _PartyIn
    purposes: Annotated[tuple[_PurposeIn, ...], _Some]
    sources: Annotated[tuple[_Paragraph, ...], _Some]
    recipients: Annotated[tuple[_Paragraph, ...], _Some]
    processors: Annotated[tuple[_ProcessorIn, ...], _Some]
    retention: tuple[_RetentionIn, ...]
    rights: Annotated[tuple[_Paragraph, ...], _Some]
    complaint: _ComplaintIn


def read_notice(path: Path = NOTICE_FILE) -> PrivacyNotice:
    """The notice in the file at ``path``. Raises FileFaultError with every fault, and OSError."""
    with path.open("rb") as file:
        return parse_notice(file.read(MAX_BYTES + 1))


def parse_notice(raw: bytes) -> PrivacyNotice:
    """The notice in ``raw``, a file's content. Raises FileFaultError with every fault, by line."""
    written, document = read_as(_NoticeIn, raw)
    if faults := list(_faults_in(written, document)):
        raise FileFaultError(in_order(faults))
    content = json.dumps(document.data, ensure_ascii=False, sort_keys=True)
    return PrivacyNotice(
        version=written.version,
        valid_from=written.valid_from,
        changed=written.changed.to_texts() if written.changed else None,
        short=ShortForm(
            written.short.what.to_texts(), written.short.who.to_texts(), written.short.how_long.to_texts()
        ),
        controller=written.controller.to_party(),
        contact=written.contact.to_party(),
        officer=written.officer.to_party(),
        purposes=tuple(
            Purpose(each.name.to_texts(), each.what.to_texts(), each.basis.to_texts(), each.kinds)
            for each in written.purposes
        ),
        sources=tuple(each.to_texts() for each in written.sources),
        recipients=tuple(each.to_texts() for each in written.recipients),
        processors=tuple(
            Processor(each.name.to_texts(), each.what.to_texts(), each.transfers.to_texts())
            for each in written.processors
        ),
        retention=tuple(each.to_retention() for each in written.retention),
        rights=tuple(each.to_texts() for each in written.rights),
        complaint=written.complaint.how.to_texts(),
        supervisor=written.complaint.authority.to_party(),
        digest=hashlib.sha256(content.encode()).hexdigest(),
        gaps=tuple(_gaps(document.data, (), document)),
    )


def _faults_in(written: _NoticeIn, document: Document) -> Iterator[Fault]:
    """Faults between parts of the notice."""
    if written.version > 1 and written.changed is None:
        path: FieldPath = ("version",)
        yield Fault(document.line_of(path), "changed", FaultCode.CHANGE_MISSING, {"version": written.version})
    seen: set[DataKind] = set()
    for n, each in enumerate(written.retention):
        if each.kind in seen:
            path = ("retention", n, "kind")
            where = readable(path, document.data)
            yield Fault(document.line_of(path), where, FaultCode.DATA_KIND_TWICE, {"value": each.kind})
        seen.add(each.kind)
        yield from _faults_in_keep(each, n, document)
    for kind in DataKind:
        if kind not in seen:
            line = document.line_of(("retention",))
            yield Fault(line, "retention", FaultCode.DATA_KIND_MISSING, {"value": kind})
    used = {kind for each in written.purposes for kind in each.kinds}
    for kind in sorted(set(DataKind) - used):
        line = document.line_of(("purposes",))
        yield Fault(line, "purposes", FaultCode.PURPOSE_MISSING, {"value": kind})


def _faults_in_keep(entry: _RetentionIn, n: int, document: Document) -> Iterator[Fault]:
    """Faults in the periods: Kaiku keeps to them, and can promise nothing for data outside its database. A
    period of zero would delete data in use.
    """
    path: FieldPath = ("retention", n)
    where, params = readable(path, document.data), {"value": str(entry.kind)}
    if entry.kind in OUT_OF_KAIKU:
        if entry.keep is not None:
            yield Fault(document.line_of(path), where, FaultCode.KEEP_NOT_OURS, params)
    elif entry.keep is None:
        yield Fault(document.line_of(path), where, FaultCode.KEEP_MISSING, params)
    elif not entry.keep.months and not entry.keep.days:
        yield Fault(document.line_of(path), where, FaultCode.KEEP_EMPTY, params)
    if entry.lock is None:
        return
    if entry.kind not in LOCKABLE:
        known = {"known": ", ".join(sorted(LOCKABLE))}
        yield Fault(document.line_of(path), where, FaultCode.LOCK_NOT_FOR_THIS, params | known)
    elif not entry.lock.months and not entry.lock.days:
        yield Fault(document.line_of(path), where, FaultCode.LOCK_EMPTY, params)


def _gaps(value: Any, path: FieldPath, document: Document) -> Iterator[Gap]:  # noqa: ANN401 - dict, list, str
    if isinstance(value, str):
        if PLACEHOLDER.search(value):
            yield Gap(document.line_of(path), readable(path, document.data))
        return
    below = value.items() if isinstance(value, dict) else enumerate(value or ())
    for key, each in below:
        yield from _gaps(each, (*path, key), document)
