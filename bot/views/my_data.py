"""My data in Slack: what is held, why, until when and who sees it; erasing it; the copy as messages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.domain.acts import ActOnMe
from bot.domain.language import pick
from bot.domain.my_data import MyData
from bot.domain.privacy import DataKind, Retention
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    Block,
    Message,
    View,
    actions,
    button,
    clip,
    context,
    escape,
    header,
    modal,
    section,
    sections,
)
from bot.views.offerings.wording import title_of
from bot.views.privacy import locked_rule, read_button, said, version_of

MOST_ACTS: Final = 10
MOST_IN_MESSAGE: Final = 2800


def my_data_view(data: MyData, words: Words) -> View:
    """What is held of the person by kind, who acted on them, and what they can do."""
    blocks: list[Block] = [
        section(words("mydata.intro")),
        actions(
            button(words("mydata.get"), ids.GET_MY_DATA, style="primary"),
            button(words("mydata.correct"), ids.OPEN_SETTINGS),
            button(words("mydata.erase"), ids.ASK_TO_ERASE_ME, style="danger"),
        ),
        header(words("mydata.held_heading")),
    ]
    nothing = []
    for entry in data.notice.retention:
        if data.count(entry.kind) or entry.keep is None:
            blocks += sections(_lines_of(data, entry, words))
        else:
            nothing.append(escape(words.pick(entry.what)))
    if nothing:
        blocks += sections([f"*{words('mydata.nothing_of')}*", *(f"• {each}" for each in nothing)])
    blocks.append(header(words("mydata.why_heading")))
    for each in data.notice.purposes:
        blocks += sections(
            [
                f"*{escape(words.pick(each.name))}*",
                escape(said(each.what, words)),
                escape(words("privacy.basis", basis=said(each.basis, words))),
            ]
        )
    blocks.append(header(words("mydata.acts_heading")))
    lines = [escape(act_line(each, words)) for each in data.acts[:MOST_ACTS]]
    blocks += sections([f"• {each}" for each in lines] or [words("mydata.no_acts")])
    if len(data.acts) > MOST_ACTS:
        blocks.append(context(words("mydata.more_acts")))
    own = button(words("assistant.show_reflections"), ids.OPEN_REFLECTIONS)
    blocks += [actions(read_button(words), own), context(version_of(data.notice, words))]
    return modal(words("mydata.title"), blocks, close=words("form.close"))


def _lines_of(data: MyData, entry: Retention, words: Words) -> list[str]:
    lines = [f"*{escape(words.pick(entry.what))}*"]
    if entry.keep is not None:
        lines.append(words.many("mydata.records", data.count(entry.kind)))
    return [*lines, *(escape(each) for each in about_kind(data, entry, words))]


def about_kind(data: MyData, entry: Retention, words: Words) -> list[str]:
    """Why a kind of data is held, until when, and who sees it."""
    why = [words.pick(each.name) for each in data.notice.purposes if entry.kind in each.kinds]
    seen = [words("mydata.seen_you")] if entry.keep is not None else []  # logs only operators read
    seen += [words(f"mydata.seen_{each}") for each in entry.seen_by]
    if entry.kind in {DataKind.REFLECTIONS, DataKind.DRAFTS}:
        seen_by = words("mydata.seen_by_writer")
    elif entry.kind is DataKind.CASES:
        seen_by = words("mydata.seen_by_teller")
    else:
        seen_by = words("mydata.seen_by", who=words.all_of([*seen, words("mydata.seen_operators")]))
    return [
        words("mydata.why", why="; ".join(why)),
        words("mydata.until", period=said(entry.period, words)),
        *([locked_rule(entry.lock, words)] if entry.lock is not None else []),
        seen_by,
    ]


def act_line(act: ActOnMe, words: Words) -> str:
    """An act: time, role of the actor, what was done, and in which offering."""
    at = words.here(act.at)
    line = words(
        "mydata.act_line",
        day=words.plain_date(at.date()),
        time=words.clock_time(at.time()),
        who=words(f"mydata.by_{act.role}"),
        act=words(f"act.{act.kind}"),
    )
    if act.offering is not None:
        line = f"{line} ({pick(act.offering, words.language)})"
    if act.reason is not None:
        line = f"{line} {words('mydata.act_reason', reason=words.pick(act.reason))}"
    return line


def erase_form(data: MyData, words: Words) -> View:
    """Asks for confirmation: what is erased, what stays and why."""
    goes = [
        words("mydata.goes_but_locked" if data.locked else "mydata.goes_all"),
        *(words("mydata.goes_seat", title=title_of(each, words)) for each in data.seats),
        words("mydata.goes_messages"),
        words("mydata.goes_certificates"),
    ]
    stays = [words("mydata.stays_figures"), words("mydata.stays_acts"), words("mydata.stays_backups")]
    stays += [locked_line("mydata.stays_locked", *each, words) for each in data.locked]
    if data.leads:
        titles = ", ".join(title_of(each, words) for each in data.leads)
        stays.append(words("mydata.stays_led", titles=titles))
    blocks: list[Block] = [
        section(words("mydata.erase_ask")),
        *sections([f"*{words('mydata.goes')}*", *(f"• {each}" for each in goes)]),
        *sections([f"*{words('mydata.stays')}*", *(f"• {each}" for each in stays)]),
        context(words("mydata.erase_final")),
    ]
    return modal(
        words("mydata.erase_title"),
        blocks,
        submit=words("mydata.erase_submit"),
        callback_id=ids.ERASE_ME_FORM,
        private_metadata=data.record,
        close=words("form.close"),
    )


def erased_view(words: Words, locked: Sequence[tuple[Retention, datetime]] = ()) -> View:
    """The data is erased; ``locked`` is what a rule requires to be kept for a time."""
    lines = [locked_line("mydata.erased_locked", *each, words) for each in locked]
    blocks = [
        section(words("mydata.erased")),
        *sections(lines),
        context(words("mydata.erased_then")),
    ]
    return modal(words("mydata.erased_title"), blocks, close=words("form.close"))


def locked_line(key: str, entry: Retention, until: datetime, words: Words) -> str:
    """What is kept, locked, until when, and by which rule."""
    assert entry.lock is not None
    day = words.plain_date(words.here(until).date())
    return escape(words(key, what=words.pick(entry.what), until=day, rule=said(entry.lock.rule, words)))


def erased_home(words: Words) -> View:
    """App Home of a person of whom Kaiku holds nothing."""
    return {"type": "home", "blocks": [section(words("mydata.erased_home"))]}


def address_view(url: str | None, words: Words) -> View:
    """The link to the download page of the copy; without a public address it comes as messages."""
    if url is None:
        blocks: list[Block] = [section(words("mydata.as_messages"))]
    else:
        blocks = [
            section(words("mydata.how")),
            actions(button(words("mydata.open"), ids.OPEN_DOWNLOAD, style="primary") | {"url": url}),
        ]
    return modal(words("mydata.copy_title"), blocks, close=words("form.close"))


def page_contents(words: Words) -> tuple[str, tuple[str, ...]]:
    """The heading of the page and what it says of the file."""
    return words("mydata.page_heading"), (words("mydata.page_contents"), words("mydata.page_formats"))


def as_messages(lines: Sequence[str]) -> list[Message]:
    """The copy as text, in as few messages as possible."""
    texts, current = [], ""
    for line in (clip(escape(each), MOST_IN_MESSAGE) for each in lines):
        if current and len(current) + len(line) + 1 > MOST_IN_MESSAGE:
            texts.append(current)
            current = ""
        current = f"{current}\n{line}" if current else line
    if current.strip():
        texts.append(current)
    return [Message(each, [section(each)]) for each in texts]
