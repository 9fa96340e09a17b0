"""Joining and leaving: the forms, their answers, and the messages about a seat."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.carried.offerings import JoinTarget
from bot.domain.enrolment.leaving import Leaving
from bot.domain.enrolment.seats import Status, WaitingReason
from bot.domain.facilitation.needs import Need
from bot.domain.offerings.offering import Card, Offering, Session, Standing
from bot.domain.people.agencies import AgencyBook, seat_key
from bot.domain.people.person import Person
from bot.domain.privacy import PrivacyNotice
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
from bot.views.draws import choice_inputs, rule_of
from bot.views.facilitation.needs import needs_input
from bot.views.look import body, told
from bot.views.offerings.wording import (
    deadline,
    reason_of,
    seats_of,
    session_facts,
    session_lines,
    short_standing_of,
    title_of,
    when_of,
)
from bot.views.offers import offer_buttons
from bot.views.people import agency_of, introduction_inputs
from bot.views.privacy import short_form
from bot.views.year import leave_button, open_button


def join_form(
    card: Card,
    person: Person,
    book: AgencyBook,
    notice: PrivacyNotice,
    words: Words,
    *,
    post_id: int | None = None,
    meant: Sequence[str] = (),
    asks: bool = False,
    ranked: Sequence[str] = (),
    needs: Sequence[Need] | None = None,
) -> View:
    """The join form: every session, how full the offering is, and at the first time (``asks``: again) who the
    person is. ``post_id`` is the post that was clicked, if any; ``meant`` are agencies that the written
    employer may mean, ``ranked`` the codes ranked in this form so far, ``needs`` the practical needs ticked
    so far (None: the plan does not ask for any)."""
    offering = card.offering
    blocks: list[Block] = [
        section(f"*{title_of(offering, words)}*\n{escape(words.pick(offering.summary))}"),
        *sections(session_lines(offering, words, with_link=False)),
        section(seats_of(card, words)),
    ]
    if card.undrawn:
        blocks += [section(rule_of(offering, words)), *choice_inputs(card, words, ranked)]
    elif card.would_wait is WaitingReason.AGENCY_FULL:
        key = seat_key(person.agency or "", person.agency_name)
        most = offering.limits.for_agency(key)
        full = words.many("waiting.agency_full", most, agency=escape(agency_of(person, book, words)))
        blocks.append(section(full, button(words("list.show_all"), ids.SHOW_OFFERINGS)))
        blocks.append(context(words("join.agency_full_hint")))
    elif not card.seats_left:
        blocks.append(context(words("join.full_hint")))
    blocks += [section(line) for line in _overlap_lines(card.overlaps, words)]
    if asks or not person.is_introduced:
        inputs = introduction_inputs(person, book, words, meant=meant)
        blocks += [divider(), section(words("join.introduce")), *inputs]
        blocks.append(short_form(notice, words))
    if needs is not None:
        blocks.append(needs_input(words, needs))
    return modal(
        words("join.title"),
        blocks,
        close=words("form.cancel"),
        submit=words("draw.submit" if card.undrawn else "join.submit"),
        callback_id=ids.JOIN_FORM,
        private_metadata=str(JoinTarget(offering.code, post_id)),
    )


def joined(
    offering: Offering,
    standing: Standing,
    person: Person,
    book: AgencyBook,
    words: Words,
    *,
    now: datetime,
    already: bool,
    with_calendar: bool = False,
) -> View:
    """The answer to a submitted join form: the outcome, every session, and what to do next."""
    opening = words("joined.already") if already and standing.status is not Status.IN_DRAW else ""
    facts = [
        f"*{title_of(offering, words)}*",
        opening,
        reason_of(offering, standing, agency_of(person, book, words), words),
    ]
    buttons = [*offer_buttons(offering, standing, words), open_button(offering, words)]
    if with_calendar and standing.status is Status.SEATED:
        buttons.insert(0, calendar_button(words))
    blocks = body(
        short_standing_of(standing, words),
        [*filter(None, facts), *_dates_to_keep(offering, standing, now, words)],
        small=_what_next(offering, standing, words),
        buttons=buttons,
    )
    return modal(words("joined.title"), blocks, close=words("form.close"), clear_on_close=True)


def standing_message(
    offering: Offering, standing: Standing, person: Person, book: AgencyBook, words: Words, *, now: datetime
) -> Message:
    """The person's standing in an offering that they try to join again."""
    facts = [f"*{title_of(offering, words)}*"]
    if standing.status is not Status.IN_DRAW:
        facts.append(words("joined.already"))
    return _told(offering, standing, agency_of(person, book, words), facts, words, now)


def confirmation(
    offering: Offering,
    standing: Standing,
    person: Person,
    book: AgencyBook,
    words: Words,
    *,
    now: datetime,
    calendar_url: str | None = None,
) -> Message:
    """The confirmation message: the outcome of the sign-up, every date, the calendar file."""
    is_drawn = standing.choice is not None and standing.status is Status.SEATED
    facts = [words("draw.done" if is_drawn else "confirmation.opening", title=title_of(offering, words))]
    return _told(offering, standing, agency_of(person, book, words), facts, words, now, calendar_url)


def promotion(
    offering: Offering, standing: Standing, words: Words, *, now: datetime, calendar_url: str | None = None
) -> Message:
    """A freed seat is the reader's now."""
    facts = [words("promotion.opening", title=title_of(offering, words))]
    return _told(offering, standing, "", facts, words, now, calendar_url)


def _told(
    offering: Offering,
    standing: Standing,
    agency: str,
    facts: Sequence[str],
    words: Words,
    now: datetime,
    calendar_url: str | None = None,
) -> Message:
    """The answer first and largest, each session in two lines, the next act first among the buttons."""
    offered = offer_buttons(offering, standing, words)
    buttons = [*(offered or [leave_button(offering, standing, words)])]
    buttons.insert(len(offered), open_button(offering, words))
    if calendar_url is not None:
        buttons.insert(0, calendar_file_button(offering, calendar_url, words))
    reason = reason_of(offering, standing, agency, words)
    dates = _dates_to_keep(offering, standing, now, words)
    return told(
        short_standing_of(standing, words),
        [*facts, *([reason] if reason else []), *dates],
        small=_what_next(offering, standing, words),
        buttons=buttons,
    )


def offer(
    offering: Offering,
    standing: Standing,
    overlaps: Sequence[tuple[Session, Offering, Session]],
    words: Words,
    *,
    now: datetime,
    again: bool,
) -> Message:
    """A seat is held for the reader until a deadline; ``again``: they have let an offer lapse before."""
    assert standing.until is not None
    when = deadline(standing.until, words)
    facts = [
        words("offer.opening", title=title_of(offering, words)),
        words("offer.until_again" if again else "offer.until", **when),
        *_overlap_lines(overlaps, words),
        *_dates_to_keep(offering, standing, now, words),
    ]
    buttons = [*offer_buttons(offering, standing, words), open_button(offering, words)]
    return told(words("offer.heading"), facts, small=words("offer.decline_means"), buttons=buttons)


def offer_over(
    offering: Offering, until: datetime, standing: Standing, words: Words, *, again: bool
) -> Message:
    """The offer has lapsed; the reader's standing now. ``again``: for the second time."""
    buttons = [open_button(offering, words), leave_button(offering, standing, words)]
    return told(words("offer.over"), _over(offering, until, standing, words, again=again), buttons=buttons)


def offer_void(offering: Offering, standing: Standing, words: Words, *, is_guest: bool = False) -> Message:
    """The offer was withdrawn before its deadline: a facilitator has put the reader back on the waiting list,
    they have corrected their agency, or their account can hold no seat."""
    facts = [words("offer.void", title=title_of(offering, words)), short_standing_of(standing, words)]
    if is_guest:
        facts.append(words("refusal.guest"))
    buttons = [open_button(offering, words), leave_button(offering, standing, words)]
    return told(words("offer.over"), facts, buttons=buttons)


def _over(offering: Offering, until: datetime, standing: Standing, words: Words, *, again: bool) -> list[str]:
    return [
        words("offer.was_until", title=title_of(offering, words), **deadline(until, words)),
        words("offer.to_the_back" if again else "offer.keeps_place"),
        short_standing_of(standing, words),
    ]


def offer_answered(
    offering: Offering,
    until: datetime,
    standing: Standing | None,
    words: Words,
    *,
    now: datetime,
    again: bool,
    is_void: bool,
) -> View:
    """The answer to a click under an offer: how the offer ended, by this click or before."""
    title = f"*{title_of(offering, words)}*"
    if standing is None:
        small = words("left.next")
        blocks = body(words("offer.declined"), [title, words("left.line")], small=small)
    elif standing.status is Status.WAITING:
        facts = _over(offering, until, standing, words, again=again)
        if is_void:
            facts = [words("offer.void", title=title_of(offering, words)), short_standing_of(standing, words)]
        blocks = body(words("offer.over"), facts, buttons=[open_button(offering, words)])
    else:
        facts = [title, *_dates_to_keep(offering, standing, now, words)]
        buttons = [*offer_buttons(offering, standing, words), open_button(offering, words)]
        small = _what_next(offering, standing, words)
        blocks = body(short_standing_of(standing, words), facts, small=small, buttons=buttons)
    return modal(words("offer.title"), blocks, close=words("form.close"))


def seat_lost(offering: Offering, words: Words) -> Message:
    """Tells a person whose account was deactivated for a while what became of their seat, and how to join
    again."""
    text = words("seats.lost", title=title_of(offering, words))
    return Message(text, [section(text), actions(button(words("list.show_all"), ids.SHOW_OFFERINGS))])


def leave_form(offering: Offering, standing: Standing, leaving: Leaving, words: Words) -> View:
    """Asks for confirmation before a seat is given up, saying what leaving means now."""
    seated = standing.status is Status.SEATED
    act = words("offering.leave" if seated else "offering.leave_line")
    lines = [f"*{title_of(offering, words)}*", words(f"leave.ask_{standing.status}")]
    if leaving.seat is not None and seated:
        lines.append(words(f"leave.seat_{leaving.seat}"))
    lines.append(words(f"leave.back_{leaving.way_back}"))
    return modal(
        act,
        [section("\n".join(lines))],
        close=words("form.cancel"),
        submit=act,
        callback_id=ids.LEAVE_FORM,
        private_metadata=offering.code,
    )


def left(offering: Offering, was: Status, until: datetime | None, words: Words) -> View:
    """What was given up, and the button to undo it ``until`` then; None: the seat has moved on already."""
    seat = was is Status.SEATED
    if until is None:
        after = section(words("left.moved_on"))
    else:
        time = words.clock_time(words.here(until).time())
        act = words("left.undo_act" if seat else "left.undo_act_line")
        after = section(
            words("left.undo_seat" if seat else "left.undo_line", time=time),
            button(act, ids.UNDO_LEAVE, offering.code),
        )
    return modal(
        words("left.title" if seat else "left.title_line"),
        [
            section(f"*{title_of(offering, words)}*\n{words('left.seat' if seat else 'left.line')}"),
            after,
            context(words("left.next")),
        ],
        close=words("form.close"),
        clear_on_close=True,
    )


def came_back(
    offering: Offering, standing: Standing, person: Person, book: AgencyBook, words: Words, *, now: datetime
) -> Message:
    """Leaving was undone: the person's standing, as after joining."""
    facts = [f"*{title_of(offering, words)}*", words("left.undone")]
    return _told(offering, standing, agency_of(person, book, words), facts, words, now)


def _dates_to_keep(offering: Offering, standing: Standing, now: datetime, words: Words) -> list[str]:
    """Each session that is not over, in two lines. What to bring is said by the reminder, when it helps."""
    seated = standing.status is Status.SEATED
    ahead = [each for each in offering.sessions if each.ends_at > now]
    return [session_facts(each, words, with_link=seated) for each in ahead]


def _overlap_lines(overlaps: Sequence[tuple[Session, Offering, Session]], words: Words) -> list[str]:
    return [
        words("join.overlap", number=session.number, title=title_of(other, words), when=when_of(clash, words))
        for session, other, clash in overlaps
    ]


def _what_next(offering: Offering, standing: Standing, words: Words) -> str:
    if standing.status is Status.SEATED:
        return words("next.seated")
    if standing.status is Status.OFFERED:
        return words("offer.decline_means")
    if standing.status is Status.IN_DRAW:
        return words("next.in_draw")
    return words("next.waiting_for_offer" if offering.offers.on else "next.waiting")
