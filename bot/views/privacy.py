"""The privacy notice: the short form, the whole in a modal, and the news of a changed one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.privacy import Party, PrivacyNotice
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import Block, Message, View, button, context, escape, header, modal, section, sections
from bot.views.look import told


@dataclass(frozen=True, slots=True)
class NoticeEntry:
    """Something said in a section, in plain text: what it is about, if it has a name, and its lines."""

    name: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class NoticeSection:
    heading: str
    entries: Sequence[NoticeEntry]


def notice_sections(notice: PrivacyNotice, words: Words) -> list[NoticeSection]:
    """The whole notice in plain text, in the order in which authorities write it."""
    pick = words.pick
    supervisor = _party(notice.supervisor, words)
    parts: list[tuple[str, list[NoticeEntry]]] = [
        (words("privacy.controller"), [_party(notice.controller, words)]),
        (words("privacy.contact"), [_party(notice.contact, words)]),
        (words("privacy.officer"), [_party(notice.officer, words)]),
        (
            words("privacy.purposes"),
            [
                NoticeEntry(
                    pick(each.name), [pick(each.what), words("privacy.basis", basis=pick(each.basis))]
                )
                for each in notice.purposes
            ],
        ),
        (words("privacy.sources"), [NoticeEntry("", [pick(each)]) for each in notice.sources]),
        (words("privacy.recipients"), [NoticeEntry("", [pick(each)]) for each in notice.recipients]),
        (
            words("privacy.processors"),
            [
                NoticeEntry(pick(each.name), [pick(each.what), pick(each.transfers)])
                for each in notice.processors
            ],
        ),
        (
            words("privacy.retention"),
            [NoticeEntry(pick(each.what), [pick(each.period)]) for each in notice.retention],
        ),
        (words("privacy.rights"), [NoticeEntry("", [pick(each)]) for each in notice.rights]),
        (words("privacy.complaint"), [NoticeEntry("", [pick(notice.complaint)]), supervisor]),
    ]
    return [NoticeSection(heading, entries) for heading, entries in parts]


def _party(party: Party, words: Words) -> NoticeEntry:
    lines = []
    if party.address is not None:
        lines.append(words("privacy.address", address=words.pick(party.address)))
    if party.email is not None:
        lines.append(words("privacy.email", address=party.email))
    if party.phone is not None:
        lines.append(words("privacy.phone", number=party.phone))
    if party.web is not None:
        lines.append(words("privacy.web", address=words.pick(party.web)))
    return NoticeEntry(words.pick(party.name), lines)


def version_of(notice: PrivacyNotice, words: Words) -> str:
    return words("privacy.version", version=notice.version, day=words.plain_date(notice.valid_from))


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
    said = (words.pick(each) for each in (short.what, short.who, short.how_long))
    lines = [f"*{words('privacy.short_heading')}*", *map(escape, said)]
    return section("\n".join(lines), read_button(words))


def notice_changed(notice: PrivacyNotice, words: Words) -> Message:
    """The notice has changed: what, from when, and a button to the whole."""
    facts = [words("privacy.changed_from", day=words.plain_date(notice.valid_from))]
    if notice.changed is not None:
        facts.insert(0, escape(words.pick(notice.changed)))
    return told(
        words("privacy.changed"), facts, small=words("privacy.changed_why"), buttons=[read_button(words)]
    )
