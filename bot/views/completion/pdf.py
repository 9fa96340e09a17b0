"""The certificate as a PDF that screen readers read: tagged, with language, title and reading order.

Typst writes it and, asked for PDF/UA-1, refuses what breaks a rule of it that a machine can check. Its fonts
come with it (Libertinus, under the SIL Open Font License) and are embedded. What cannot be printed within the
standard, such as a sign that the font lacks, is printed without the claim.
"""

import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

from bot.domain.completion import Certified
from bot.i18n import Words, words_for

log = logging.getLogger(__name__)

TEMPLATE = Path(__file__).with_name("paper.typ")
STANDARD = "ua-1"


def certificate_pdf(certified: Certified, verify_url: str | None, made_at: datetime) -> bytes:
    """The PDF in the certificate's own language. Slow the first time: call it in a thread."""
    words = words_for(certified.language, certified.offering.timezone)
    content = content_of(certified, verify_url, made_at, words)
    typst = _typst()
    try:
        return _compile(typst, content, [STANDARD])
    except typst.TypstError as error:
        log.warning("certificate without PDF/UA: %s", type(error).__name__, extra={"action": "pdf_not_ua"})
        return _compile(typst, content, [])


def is_printable(name: str) -> bool:
    """Whether the font has every sign of a name."""
    typst = _typst()
    source = f'#set document(title: "name")\n#set text({_FONT})\n#sys.inputs.name'
    try:
        typst.compile(
            source.encode(), sys_inputs={"name": name}, pdf_standards=[STANDARD], ignore_system_fonts=True
        )
    except typst.TypstError:
        return False
    return True


_FONT = 'font: "Libertinus Serif"'


def content_of(
    certified: Certified, verify_url: str | None, made_at: datetime, words: Words
) -> dict[str, object]:
    """Everything that the certificate says, in its order."""
    offering = certified.offering
    confirmed = certified.is_confirmed
    issuer = offering.closing.issuer or offering.programme_title
    return {
        "language": certified.language,
        "title": words("certificate.paper_heading" if confirmed else "certificate.paper_sign_up_heading"),
        "name": certified.name,
        "statement": words("certificate.paper_attended" if confirmed else "certificate.paper_signed_up"),
        "offering": words.pick(offering.title),
        "facts": [
            [words("certificate.paper_programme"), words.pick(offering.programme_title)],
            [words("certificate.paper_strand"), words.pick(offering.strand_title)],
            [words("certificate.paper_hours"), words.decimal(certified.hours)],
            [words("certificate.paper_issuer"), words.pick(issuer)],
            [words("certificate.paper_date"), words.day(words.here(made_at).date())],
        ],
        "sessions_title": words(
            "certificate.paper_sessions" if confirmed else "certificate.paper_sessions_signed_up"
        ),
        "columns": [words("certificate.paper_day"), words("certificate.paper_time"), _state(words)],
        "sessions": [
            [
                words.day(session.on),
                words.hours(session.starts, session.ends),
                words("certificate.paper_was_there" if is_marked else "certificate.paper_no_mark"),
            ]
            for session, is_marked in certified.sessions
        ],
        "unconfirmed": "" if confirmed else words("certificate.paper_unconfirmed"),
        "verify": words("certificate.paper_verify", code=certified.code),
        "where": words("certificate.paper_where"),
        "url": verify_url or "",
    }


def _state(words: Words) -> str:
    return words("certificate.paper_state")


def _compile(typst: ModuleType, content: dict[str, object], standards: list[str]) -> bytes:
    written: bytes = typst.compile(
        TEMPLATE.read_bytes(),
        sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
        pdf_standards=standards,
        ignore_system_fonts=True,  # the same paper on every machine
        timestamp=datetime.now(UTC).replace(microsecond=0),
    )
    return written


def _typst() -> ModuleType:
    """Loaded with the first certificate: 20 MB that an idle Kaiku does without."""
    import typst  # noqa: PLC0415

    return typst
