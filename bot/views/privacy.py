"""The privacy notice: the short form, the whole in a modal, and the news of a changed one."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from bot.domain.language import Texts
from bot.domain.privacy import PLACEHOLDER, Lock, Party, PrivacyNotice, Retention, finished
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import Block, Message, View, button, context, escape, header, modal, section, sections
from bot.views.look import told


class NoticeEntry(Struct, frozen=True):
    """An entry of a section in plain text: its name, if any, and its lines."""

    name: str
    lines: Sequence[str]


class NoticeSection(Struct, frozen=True):
    heading: str
    entries: Sequence[NoticeEntry]


def said(texts: Texts, words: Words) -> str:
    """A text of the notice; of an unfinished one the finished part, and that the rest is missing."""
    text = words.pick(texts)
    if PLACEHOLDER.search(text) is None:
        return text
    return " ".join(filter(None, (finished(text), words("privacy.unfinished"))))


def notice_sections(notice: PrivacyNotice, words: Words) -> list[NoticeSection]:
    """The whole notice in plain text, in the order in which authorities write it."""
    supervisor = _party(notice.supervisor, words)
    parts: list[tuple[str, list[NoticeEntry]]] = [
        (words("privacy.controller"), [_party(notice.controller, words)]),
        (words("privacy.contact"), [_party(notice.contact, words)]),
        (words("privacy.officer"), [_party(notice.officer, words)]),
        (
            words("privacy.purposes"),
            [
                NoticeEntry(
                    _name(each.name, words),
                    [said(each.what, words), words("privacy.basis", basis=said(each.basis, words))],
                )
                for each in notice.purposes
            ],
        ),
        (words("privacy.sources"), _unnamed(notice.sources, words)),
        (words("privacy.recipients"), _unnamed(notice.recipients, words)),
        (
            words("privacy.processors"),
            [
                NoticeEntry(_name(each.name, words), [said(each.what, words), said(each.transfers, words)])
                for each in notice.processors
            ],
        ),
        (
            words("privacy.retention"),
            [NoticeEntry(_name(each.what, words), kept_lines(each, words)) for each in notice.retention],
        ),
        (words("privacy.rights"), _unnamed(notice.rights, words)),
        (words("privacy.complaint"), [*_unnamed([notice.complaint], words), supervisor]),
    ]
    return [NoticeSection(heading, entries) for heading, entries in parts]


def kept_lines(entry: Retention, words: Words) -> list[str]:
    """How long a kind of data is kept, and what is kept of it after an erasure, if a rule requires that."""
    locked = [locked_rule(entry.lock, words)] if entry.lock is not None else []
    return [said(entry.period, words), *locked]


def locked_rule(lock: Lock, words: Words) -> str:
    return words("privacy.locked", rule=said(lock.rule, words))


def _unnamed(said_of: Sequence[Texts], words: Words) -> list[NoticeEntry]:
    return [NoticeEntry("", [said(each, words)]) for each in said_of]


def _name(texts: Texts, words: Words) -> str:
    return PLACEHOLDER.sub("", words.pick(texts)).strip()


def _party(party: Party, words: Words) -> NoticeEntry:
    address, web = (None if each is None else words.pick(each) for each in (party.address, party.web))
    facts = [
        ("privacy.address", "address", address),
        ("privacy.email", "address", party.email),
        ("privacy.phone", "number", party.phone),
        ("privacy.web", "address", web),
    ]
    lines = [
        words(key, **{name: value})
        for key, name, value in facts
        if value is not None and PLACEHOLDER.search(value) is None
    ]
    if any(PLACEHOLDER.search(each or "") for each in (words.pick(party.name), *(fact[2] for fact in facts))):
        lines.append(words("privacy.unfinished"))
    return NoticeEntry(_name(party.name, words), lines)


def version_of(notice: PrivacyNotice, words: Words) -> str:
    """The version, and whether the authority has finished the notice."""
    version = words("privacy.version", version=notice.version, day=words.plain_date(notice.valid_from))
    return f"{version} {words('privacy.draft')}" if notice.gaps else version


def notice_view(notice: PrivacyNotice, words: Words, *, url: str | None = None) -> View:
    """The whole notice in a modal; ``url`` is the same on the web, None where Kaiku has no public address."""
    blocks: list[Block] = [context(version_of(notice, words))]
    for part in notice_sections(notice, words):
        blocks += [header(part.heading), *sections(_lines(part))]
    if url is not None:
        blocks.append(context(words("privacy.on_web", address=f"<{url}>")))
    return modal(words("privacy.title"), blocks, close=words("form.close"))


def _lines(part: NoticeSection) -> Iterator[str]:
    is_list = len(part.entries) > 1 and not any(each.name for each in part.entries)
    for entry in part.entries:
        if entry.name:
            yield f"*{escape(entry.name)}*"
        yield from (f"• {escape(line)}" if is_list else escape(line) for line in entry.lines)


def read_button(words: Words) -> Block:
    return button(words("privacy.read"), ids.READ_NOTICE)


def short_form(notice: PrivacyNotice, words: Words) -> Block:
    """What is kept, who sees it, for how long, and a button to the whole."""
    short = notice.short
    facts = (said(each, words) for each in (short.what, short.who, short.how_long))
    lines = [f"*{words('privacy.short_heading')}*", *map(escape, facts)]
    return section("\n".join(lines), read_button(words))


def notice_changed(notice: PrivacyNotice, words: Words) -> Message:
    """The notice has changed: what, from when, and a button to the whole."""
    facts = [words("privacy.changed_from", day=words.plain_date(notice.valid_from))]
    if notice.changed is not None:
        facts.insert(0, escape(said(notice.changed, words)))
    return told(
        words("privacy.changed"), facts, small=words("privacy.changed_why"), buttons=[read_button(words)]
    )
