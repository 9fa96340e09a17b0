"""The record of processing activities (Article 30 of the GDPR), out of the privacy notice."""

from collections.abc import Iterator

from bot.domain.privacy import PrivacyNotice
from bot.i18n import Words
from bot.views.privacy import NoticeSection, kept_lines, notice_sections, said, version_of

MEASURES = ("encryption", "access", "log", "erasure", "backups")


def record_lines(notice: PrivacyNotice, words: Words) -> Iterator[str]:
    """The record as Markdown: the controller, each purpose with its data, then what applies to all."""
    parts = notice_sections(notice, words)
    whose, rest = parts[:3], [each for each in parts[3:] if each.heading in _common(words)]
    yield f"# {words('record.heading')}"
    yield ""
    yield version_of(notice, words)
    for each in whose:
        yield from _section(each)
    for number, purpose in enumerate(notice.purposes, start=1):
        yield from ("", f"## {number}. {words.pick(purpose.name)}", "", said(purpose.what, words), "")
        yield words("privacy.basis", basis=said(purpose.basis, words))
        yield from (
            "",
            words("record.subjects"),
            "",
            f"| {words('record.data')} | {words('record.period')} |",
        )
        yield "| --- | --- |"
        for entry in notice.retention:
            if entry.kind in purpose.kinds:
                yield f"| {words.pick(entry.what)} | {' '.join(kept_lines(entry, words))} |"
    for each in rest:
        yield from _section(each)
    yield from ("", f"## {words('record.measures')}", "")
    yield from (f"- {words(f'record.measure_{each}')}" for each in MEASURES)


def _common(words: Words) -> set[str]:
    return {words("privacy.sources"), words("privacy.recipients"), words("privacy.processors")}


def _section(part: NoticeSection) -> Iterator[str]:
    yield from ("", f"## {part.heading}", "")
    for entry in part.entries:
        text = " ".join(entry.lines)
        yield f"- {entry.name}: {text}" if entry.name and text else f"- {entry.name or text}"
