"""The list of a group as a table, what the page says of it, and the way to the page in Slack."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from bot.domain.enrolment.seats import Status
from bot.domain.offerings.offering import Offering, Session
from bot.domain.tables import Table
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import Block, View, actions, button, context, modal, section
from bot.views.offerings.wording import title_of


class Listed(Struct, frozen=True):
    """One person on the list. ``position`` is the place in line; ``was_there`` by session, where attendance
    has been marked."""

    name: str
    agency: str
    role: str | None
    status: Status
    position: int | None
    was_there: Mapping[int, bool]


def roster_table(
    offering: Offering, listed: Sequence[Listed], begun: Sequence[Session], words: Words, now: datetime
) -> Table:
    """A row for each person and a column for each session that has begun."""
    head = [words(f"roster.column_{each}") for each in ("name", "agency", "role", "status", "place")]
    head += [words("desk.session", number=each.number, day=words.plain_date(each.on)) for each in begun]
    note = words(
        "roster.private_line",
        title=words.pick(offering.title),
        code=offering.code,
        day=words.plain_date(words.here(now).date()),
    )
    return Table(note, head, [_row(each, begun, words) for each in listed])


def _row(person: Listed, begun: Sequence[Session], words: Words) -> list[str | int]:
    cells: list[str | int] = [
        person.name,
        person.agency,
        words(f"role.{person.role}") if person.role else "",
        words(f"roster.status_{person.status}"),
        person.position or "",
    ]
    marks = {True: words("roster.was_there"), False: words("roster.was_absent"), None: ""}
    return cells + [marks[person.was_there.get(each.number)] for each in begun]


def roster_contents(offering: Offering, words: Words) -> tuple[str, tuple[str, ...]]:
    """The heading of the page and what it says of the file."""
    heading = words("roster.page_heading", title=words.pick(offering.title))
    return heading, (words("roster.page_contents"), words("roster.page_private"))


def roster_address(offering: Offering, url: str | None, words: Words) -> View:
    """The way to the page; without a public address, how to get the list otherwise."""
    blocks: list[Block] = [section(f"*{title_of(offering, words)}*")]
    if url is None:
        blocks.append(section(words("roster.no_pages", command=f"kaiku roster {offering.code} --xlsx")))
    else:
        blocks += [
            section(words("roster.how")),
            actions(button(words("roster.open"), ids.OPEN_DOWNLOAD, style="primary") | {"url": url}),
            context(words("roster.logged")),
        ]
    return modal(words("roster.title"), blocks, close=words("form.close"))
