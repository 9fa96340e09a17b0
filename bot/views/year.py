"""A participant's year: the next session, what to answer, own offerings in two lines each, one of them in
full."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from bot.domain.completion import handed_out, materials_of
from bot.domain.enrolment.seats import Status
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.enrolment.year import Asked, Coming, Year
from bot.domain.facilitation.session_notes import may_tick
from bot.domain.language import Texts
from bot.domain.offerings.offering import Card, Offering, Session, Standing, by_programme
from bot.domain.people.agencies import AgencyBook
from bot.domain.people.person import Person
from bot.i18n import Words
from bot.views import ids
from bot.views.absence import absent_button
from bot.views.blocks import (
    Block,
    Message,
    View,
    actions,
    button,
    context,
    escape,
    header,
    mention,
    modal,
    naming,
    section,
    sections,
)
from bot.views.calendars import calendar_button
from bot.views.facilitation.needs import needs_button
from bot.views.facilitation.sessions import was_there_button
from bot.views.look import row
from bot.views.offerings.wording import (
    near_when,
    place_of,
    reading_lines,
    session_facts,
    session_title,
    short_standing_of,
    span_of,
    standing_of,
    title_of,
    when_of,
)
from bot.views.offers import offer_buttons, offered_blocks, offered_lines
from bot.views.people import agency_of
from bot.views.prompts.preparation import preparation_entry

MOST_COMPLETED: Final = 5
MOST_BLOCKS: Final = 50
MOST_OFFERED: Final = 5
MOST_OF_MINE: Final = 40
"""Of Slack's 50 blocks in a message; cards come nearest first, the rest is counted."""

MOST_OF_MINE_TEXT: Final = 30_000
"""Of the 40,000 characters of a message."""


def next_message(year: Year, words: Words) -> Message:
    """The next session, what to bring, and what comes after it; without one, what the person waits for."""
    if not year.coming and year.mine:
        none, waited_for = words("next.no_seat"), mine_message(replace(year, completed=()), words)
        return Message(f"{none}\n\n{waited_for.text}", [section(none), *waited_for.blocks])
    return Message("\n".join(_next_lines(year, words)), next_blocks(year, words))


def next_blocks(year: Year, words: Words) -> list[Block]:
    """The next session with its button: Join where it is remote, else the offering in full."""
    if not year.coming:
        return [section(words("next.nothing"), button(words("list.show_all"), ids.SHOW_OFFERINGS))]
    first = year.coming[0]
    blocks = [section("\n".join(_of_next(first, year.now, words)), _act_of(first, words))]
    blocks.append(actions(absent_button(first.offering, first.session, words, absent=first.absent)))
    if after := _after(year, words):
        blocks.append(context(after))
    return blocks


def _next_lines(year: Year, words: Words) -> list[str]:
    if not year.coming:
        return [words("next.nothing")]
    after = _after(year, words)
    return [*_of_next(year.coming[0], year.now, words), *([after] if after else [])]


def _of_next(coming: Coming, now: datetime, words: Words) -> list[str]:
    session = coming.session
    goes_on = session.starts_at <= now
    line = words(
        "next.now" if goes_on else "next.line",
        when=near_when(session, words, now),
        title=_session_title(coming, words),
        where=place_of(session, words, with_link=True),
    )
    if coming.absent:
        return [line, words("absent.noted")]
    bring = words.pick(session.bring or {})
    return [line, *([words("reminder.bring", bring=escape(bring))] if bring else [])]


def _after(year: Year, words: Words) -> str:
    if len(year.coming) < 2:
        return ""
    then = year.coming[1]
    return words(
        "next.after", when=near_when(then.session, words, year.now), title=_session_title(then, words)
    )


def _session_title(coming: Coming, words: Words) -> str:
    return session_title(coming.offering, coming.session, words)


def _act_of(coming: Coming, words: Words) -> Block:
    act = session_button(coming.offering, coming.session, words)
    return act | {"style": "primary"} if coming.session.is_remote else act


def session_button(offering: Offering, session: Session, words: Words) -> Block:
    """The button to the session: the join link of a remote one, the details of a live one."""
    if session.link is None:
        return open_button(offering, words)
    join = button(words("session.join"), ids.JOIN_SESSION) | {"url": session.link}
    return naming(join, words.pick(offering.title))


def asked_blocks(asked: Sequence[Asked], words: Words) -> list[Block]:
    """The questions that wait for an answer, each with its button."""
    return [
        row(
            [
                words("waits.question", title=title_of(each.offering, words)),
                escape(words.pick(each.question)),
            ],
            button(words("prompt.answer"), ids.ANSWER_PROMPT, str(each.prompt_id)),
        )
        for each in asked
    ]


def mine_row(card: Card, now: datetime, words: Words) -> Block:
    """One of the person's offerings in two lines, with the button that shows it in full."""
    return row(_mine_lines(card, now, words), open_button(card.offering, words))


def _mine_lines(card: Card, now: datetime, words: Words) -> list[str]:
    assert card.mine is not None
    offering = card.offering
    session = offering.next_session(now)
    if offering.cancelled:
        second = words("sign_up.cancelled")
    else:
        when = near_when(session, words, now) if session else words("offering.no_sessions")
        second = words("mine.line", when=when, standing=short_standing_of(card.mine, words))
    return [f"*{title_of(offering, words)}*", second]


def open_button(offering: Offering, words: Words) -> Block:
    return naming(button(words("mine.open"), ids.OPEN_MINE, offering.code), words.pick(offering.title))


def mine_message(year: Year, words: Words, *, with_calendar: bool = False) -> Message:
    """The answer to ``mine``: the first part of App Home."""
    if not year.mine and not year.completed:
        return Message(
            words("mine.empty"),
            [section(words("mine.empty"), button(words("list.show_all"), ids.SHOW_OFFERINGS))],
        )
    intro = words.many("mine.intro", len(year.mine)) if year.mine else words("mine.empty")
    blocks: list[Block] = []
    lines: list[str] = []
    if year.coming:
        lines += [words("home.next"), *_next_lines(year, words)]
        blocks += [header(words("home.next")), *next_blocks(year, words)]
    if offered := year.offered[:MOST_OFFERED]:
        lines += [words("home.waits"), *("\n".join(offered_lines(card, words)) for card in offered)]
        blocks += [header(words("home.waits")), *offered_blocks(offered, words)]
    lines.append(intro)
    blocks.append(section(intro))
    room = MOST_OF_MINE_TEXT
    most = MOST_OF_MINE - 2 * len(offered)
    mine = [(heading, card) for heading, cards in by_programme(year.mine) for card in cards]
    under: Texts | None = None
    for shown, (heading, card) in enumerate(mine):
        text = "\n".join(_mine_lines(card, year.now, words))
        room -= len(text)
        if room < 0 or shown == most:
            more = words.many("list.more", len(year.mine) - shown)
            lines.append(more)
            blocks.append(context(more))
            break
        if heading is not None and heading != under:
            under = heading
            lines.append(escape(words.pick(heading)))
            blocks.append(header(words.pick(heading)))
        lines.append(text)
        blocks.append(mine_row(card, year.now, words))
    if with_calendar and year.mine:
        blocks.append(actions(calendar_button(words)))
    if year.completed:
        lines.append(words("home.completed"))
        lines += ["\n".join(_completed_lines(card, words)) for card in year.completed[:MOST_COMPLETED]]
        blocks.append(header(words("home.completed")))
        room_left = max(MOST_BLOCKS - 1 - len(blocks), 1)
        blocks += completed_blocks(year.completed, words, min(MOST_COMPLETED, room_left))
    return Message("\n\n".join(lines), blocks)


def completed_blocks(completed: Sequence[Card], words: Words, most: int) -> list[Block]:
    """Completed offerings, the newest first, each with the button to its materials, own words and
    certificate; the rest is counted."""
    newest = sorted(completed, key=_ended, reverse=True)
    blocks = [row(_completed_lines(card, words), open_button(card.offering, words)) for card in newest[:most]]
    if len(newest) > most:
        blocks.append(context(words.many("list.more", len(newest) - most)))
    return blocks


def _completed_lines(card: Card, words: Words) -> list[str]:
    offering = card.offering
    facts = [span_of(offering, words)]
    if found := len(materials_of(offering)):
        facts.append(words.many("mine.materials", found))
    return [f"*{title_of(offering, words)}*", " · ".join(facts)]


def _ended(card: Card) -> float:
    ends_at = card.offering.ends_at
    return ends_at.timestamp() if ends_at is not None else 0


def certificate_button(offering: Offering, words: Words) -> Block:
    ask = button(words("certificate.ask"), ids.ASK_CERTIFICATE, offering.code)
    return naming(ask, words.pick(offering.title))


def opened(
    card: Card,
    person: Person,
    book: AgencyBook,
    now: datetime,
    words: Words,
    *,
    with_past: bool = False,
    with_calendar: bool = False,
    with_needs: bool = False,
    with_preparation: bool = False,
) -> View:
    """One of the person's offerings in full: sessions ahead, past ones in short, calendar, facilitators,
    leaving."""
    assert card.mine is not None
    offering = card.offering
    seated = card.mine.status is Status.SEATED
    ahead = [each for each in offering.sessions if each.ends_at > now]
    behind = [each for each in offering.sessions if each.ends_at <= now]
    is_over = card.state is SignUpState.PAST
    where = (
        words("mine.over")
        if is_over
        else standing_of(offering, card.mine, agency_of(person, book, words), words)
    )
    blocks: list[Block] = [
        header(words.pick(offering.title)),
        section(words("sign_up.cancelled") if offering.cancelled else where),
    ]
    shown = offering.effective_sessions
    lines = [
        words("mine.session", number=each.number, session=session_facts(each, words, with_link=seated))
        for each in shown
        if each.ends_at > now
    ]
    if lines:
        blocks += sections([f"*{words('mine.ahead')}*", *lines])
    coming = next((each for each in ahead if not each.cancelled), None)
    if coming is not None and coming.bring and seated and not offering.cancelled:
        blocks.append(context(words("reminder.bring", bring=escape(words.pick(coming.bring)))))
    if behind and with_past:
        past = [words("mine.past", number=each.number, when=when_of(each, words)) for each in behind]
        blocks += sections([f"*{words('mine.behind')}*", *past])
    materials = reading_lines(materials_of(offering) if is_over else handed_out(offering, now), words)
    if materials and seated:
        blocks += sections([f"*{words('announcement.materials')}*", *materials])
    if offering.facilitators:
        names = ", ".join(mention(each) for each in offering.facilitators)
        blocks.append(context(words("mine.leads", names=names)))
    buttons = []
    if coming is not None and seated and not offering.cancelled:
        absent = coming.number in card.absent
        buttons.append(absent_button(offering, coming, words, absent=absent))
        if absent:
            blocks.append(context(words("absent.noted")))
    if is_over and seated:
        buttons += [
            certificate_button(offering, words),
            button(words("mine.own_words"), ids.OPEN_REFLECTIONS),
        ]
    if behind and not with_past:
        buttons.append(button(words.many("mine.show_past", len(behind)), ids.SHOW_PAST, offering.code))
    if seated and with_calendar and ahead:
        buttons.append(calendar_button(words))
    if ahead and not offering.cancelled:
        offered = offer_buttons(offering, card.mine, words)
        buttons = [*offered, *buttons] if offered else [*buttons, *_ways_out(card, card.mine, words)]
    if buttons:
        blocks.append(actions(*buttons))
    blocks += _of_sessions(card, now, words, with_needs=with_needs and bool(ahead))
    blocks += preparation_entry(words) if with_preparation and seated else []
    blocks.append(context(words("mine.code", code=escape(offering.code))))
    return modal(words("mine.open_title"), blocks, close=words("form.close"), private_metadata=offering.code)


def _ways_out(card: Card, standing: Standing, words: Words) -> list[Block]:
    """The button to leave, and before it the one to rank anew where seats are still to be drawn."""
    offering = card.offering
    rank = [button(words("draw.change"), ids.JOIN_OFFERING, offering.code)] if card.may_rank else []
    return [*rank, leave_button(offering, standing, words)]


def _of_sessions(card: Card, now: datetime, words: Words, *, with_needs: bool) -> list[Block]:
    """The buttons to confirm attendance of the last remote session, and to change practical needs."""
    buttons = []
    begun = [each for each in card.offering.standing_sessions if each.starts_at <= now]
    is_seated = card.mine is not None and card.mine.status is Status.SEATED
    if begun and is_seated and may_tick(begun[-1], now):
        buttons.append(was_there_button(card.offering, begun[-1], words))
    if with_needs and not card.offering.cancelled:
        buttons.append(needs_button(card.offering, words))
    return [actions(*buttons)] if buttons else []


_leave_keys = {Status.SEATED: "offering.leave", Status.IN_DRAW: "offering.leave_draw"}


def leave_button(offering: Offering, standing: Standing, words: Words) -> Block:
    """The button to give up a seat, a place in line, or a part in a draw."""
    key = _leave_keys.get(standing.status, "offering.leave_line")
    return naming(button(words(key), ids.LEAVE_OFFERING, offering.code), words.pick(offering.title))


def leave_message(year: Year, words: Words) -> Message:
    """The offerings that can be left, each with its button."""
    if not year.mine:
        return mine_message(year, words)
    blocks: list[Block] = [section(words("leave.which"))]
    lines = [words("leave.which")]
    for card in year.mine[:MOST_OF_MINE]:
        assert card.mine is not None
        facts = _mine_lines(card, year.now, words)
        lines += facts
        blocks.append(row(facts, leave_button(card.offering, card.mine, words)))
    if len(year.mine) > MOST_OF_MINE:
        blocks.append(context(words.many("list.more", len(year.mine) - MOST_OF_MINE)))
    return Message("\n".join(lines), blocks)
