"""Joining and leaving: the forms, their answers, and the messages about a seat."""

from collections.abc import Sequence

from bot.domain.enrolment.seats import Status
from bot.domain.offerings.offering import Card, Offering, Standing
from bot.domain.people.agencies import AgencyBook
from bot.domain.people.person import Person
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    Block,
    Message,
    View,
    actions,
    button,
    context,
    divider,
    escape,
    modal,
    section,
    sections,
)
from bot.views.calendars import calendar_button, calendar_file_button
from bot.views.offerings.wording import seats_of, session_line, session_lines, standing_of, title_of, when_of
from bot.views.people import agency_of, introduction_inputs

MOST_OF_MINE = 45
MOST_OF_MINE_TEXT = 30_000
"""Of Slack's 50 blocks and 40,000 characters. The nearest sessions come first; what is left out
is counted."""


def join_form(
    card: Card,
    person: Person,
    book: AgencyBook,
    words: Words,
    *,
    post_id: int | None = None,
    meant: Sequence[str] = (),
    asks: bool = False,
) -> View:
    """The join form: every session, how full the offering is, and at the first time (``asks``: again) who the
    person is. ``post_id`` is the post that was clicked, if any; ``meant`` are agencies that they may have
    written."""
    offering = card.offering
    blocks: list[Block] = [
        section(f"*{title_of(offering, words)}*\n{escape(words.pick(offering.summary))}"),
        *sections(session_lines(offering, words, with_link=False)),
        section(seats_of(card, words)),
    ]
    if not card.seats_left:
        blocks.append(context(words("join.full_hint")))
    for session, other, clash in card.overlaps:
        blocks.append(
            section(
                words(
                    "join.overlap",
                    number=session.number,
                    title=title_of(other, words),
                    when=when_of(clash, words),
                )
            )
        )
    if asks or not person.is_introduced:
        inputs = introduction_inputs(person, book, words, meant=meant)
        blocks += [divider(), section(words("join.introduce")), *inputs]
        blocks.append(context(words("privacy.notice")))
    return modal(
        words("join.title"),
        blocks,
        close=words("form.cancel"),
        submit=words("join.submit"),
        callback_id=ids.JOIN_FORM,
        private_metadata=offering.code if post_id is None else f"{offering.code}@{post_id}",
    )


def joined(
    offering: Offering, standing: Standing, person: Person, book: AgencyBook, words: Words, *, already: bool
) -> View:
    """The answer to a submitted join form."""
    where = standing_of(offering, standing, agency_of(person, book, words), words)
    opening = words("joined.already") if already else ""
    blocks = [
        section(f"*{title_of(offering, words)}*\n{f'{opening} {where}'.strip()}"),
        *sections(_dates_to_keep(offering, standing, words)),
        context(_what_next(standing, words)),
    ]
    return modal(
        words("joined.title"),
        blocks,
        close=words("form.close"),
        clear_on_close=True,
    )


def standing_message(
    offering: Offering, standing: Standing, person: Person, book: AgencyBook, words: Words
) -> Message:
    """Where the person's enrolment in one offering stands, with a button to leave."""
    where = standing_of(offering, standing, agency_of(person, book, words), words)
    dates = _dates_to_keep(offering, standing, words)
    return _with_leave(
        f"*{title_of(offering, words)}*\n{where}", dates, _what_next(standing, words), offering, words
    )


def confirmation(
    offering: Offering,
    standing: Standing,
    person: Person,
    book: AgencyBook,
    words: Words,
    *,
    calendar_url: str | None = None,
) -> Message:
    """The confirmation of a sign-up, which is kept up to date: the seat, every session, the calendar file,
    how to leave."""
    where = standing_of(offering, standing, agency_of(person, book, words), words)
    opening = words("confirmation.opening", title=title_of(offering, words), where=where)
    dates = _dates_to_keep(offering, standing, words)
    return _with_leave(opening, dates, _what_next(standing, words), offering, words, calendar_url)


def promotion(
    offering: Offering, standing: Standing, words: Words, *, calendar_url: str | None = None
) -> Message:
    """Tells the person that a freed seat is theirs."""
    opening = words("promotion.opening", title=title_of(offering, words))
    dates = _dates_to_keep(offering, standing, words)
    return _with_leave(opening, dates, words("promotion.next"), offering, words, calendar_url)


def seat_lost(offering: Offering, words: Words) -> Message:
    """Tells a person whose account was deactivated for a while what became of their seat, and how to join
    again."""
    text = words("seats.lost", title=title_of(offering, words))
    return Message(text, [section(text), actions(button(words("list.show_all"), ids.SHOW_OFFERINGS))])


def leave_form(offering: Offering, standing: Standing, words: Words) -> View:
    """Asks for confirmation before a seat is given up, and says what leaving means."""
    key = "leave.ask_seated" if standing.status is Status.SEATED else "leave.ask_waiting"
    return modal(
        words("leave.title"),
        [section(f"*{title_of(offering, words)}*\n{words(key)}")],
        close=words("form.cancel"),
        submit=words("leave.submit"),
        callback_id=ids.LEAVE_FORM,
        private_metadata=offering.code,
    )


def left(offering: Offering, was: Status, words: Words) -> View:
    key = "left.seat" if was is Status.SEATED else "left.line"
    return modal(
        words("left.title"),
        [section(f"*{title_of(offering, words)}*\n{words(key)}"), context(words("left.next"))],
        close=words("form.close"),
        clear_on_close=True,
    )


def mine_message(
    cards: list[Card], person: Person, book: AgencyBook, words: Words, *, with_calendar: bool = False
) -> Message:
    """Everything the person is signed up to."""
    if not cards:
        return Message(
            words("mine.empty"),
            [section(words("mine.empty"), button(words("list.show_all"), ids.SHOW_OFFERINGS))],
        )
    intro = words.many("mine.intro", len(cards))
    blocks, lines = [section(intro)], [intro]
    room = MOST_OF_MINE_TEXT
    for shown, card in enumerate(cards):
        text = mine_text(card, person, book, words)
        room -= len(text)
        if room < 0 or shown == MOST_OF_MINE:
            more = words.many("list.more", len(cards) - shown)
            lines.append(more)
            blocks.append(context(more))
            break
        lines.append(text)
        blocks.append(section(text, leave_button(card.offering, words)))
    if with_calendar:
        blocks.append(actions(calendar_button(words)))
    return Message("\n\n".join(lines), blocks)


def mine_text(card: Card, person: Person, book: AgencyBook, words: Words) -> str:
    """One offering the person is signed up to: standing and sessions; the join link only with a seat."""
    assert card.mine is not None
    offering = card.offering
    lines = [
        f"*{title_of(offering, words)}*  `{offering.code}`",
        standing_of(offering, card.mine, agency_of(person, book, words), words),
    ]
    if offering.cancelled:
        lines.append(words("sign_up.cancelled"))
    else:
        lines += _dates_to_keep(offering, card.mine, words)
    return "\n".join(lines)


def leave_button(offering: Offering, words: Words) -> Block:
    return button(words("offering.leave"), ids.LEAVE_OFFERING, offering.code) | {
        "accessibility_label": words("offering.leave_which", title=words.pick(offering.title))[:75]
    }


def _dates_to_keep(offering: Offering, standing: Standing, words: Words) -> list[str]:
    seated = standing.status is Status.SEATED
    lines = []
    for session in offering.sessions:
        line = session_line(session, words, with_link=seated and not session.cancelled)
        bring = words.pick(session.bring or {})
        if seated and bring and not session.cancelled:
            line = words("session.with_bring", line=line, bring=escape(bring))
        lines.append(line)
    return lines


def _what_next(standing: Standing, words: Words) -> str:
    return words("next.seated" if standing.status is Status.SEATED else "next.waiting")


def _with_leave(
    opening: str,
    dates: list[str],
    what_next: str,
    offering: Offering,
    words: Words,
    calendar_url: str | None = None,
) -> Message:
    buttons = [leave_button(offering, words)]
    if calendar_url is not None:
        buttons.insert(0, calendar_file_button(offering, calendar_url, words))
    return Message(
        "\n".join([opening, *dates, what_next]),
        [
            section(opening),
            *sections(dates),
            context(what_next),
            actions(*buttons),
        ],
    )
