"""A session's venue: the question whether to keep it, and the forms for the alternatives."""

from datetime import datetime

from bot.domain.carried.offerings import VenueRef
from bot.domain.facilitation.venues import Booking
from bot.domain.offerings.offering import Offering, Session
from bot.domain.plan.edits import MAX_LINK, PlanEdit, SessionEdit, VenueAct
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    Block,
    Message,
    View,
    actions,
    button,
    context,
    date_input,
    modal,
    section,
    text_input,
)
from bot.views.facilitation.sessions import who_comes
from bot.views.look import told
from bot.views.offerings.wording import near_when, place_of, session_line, session_title, title_of
from bot.views.plan.edit_forms import edit_form, place_inputs, reason_inputs, venue_terms

MOST_DIGITS = 5


def ref_of(offering: Offering, session: Session) -> VenueRef:
    return VenueRef(offering.code, session.number, session.free_until)


def ask(booking: Booking, words: Words, now: datetime, *, is_last: bool) -> Message:
    """Asks facilitators and coordinators whether to keep the venue."""
    ref = str(ref_of(booking.offering, booking.session))
    return told(
        words("venue.heading_last" if is_last else "venue.heading"),
        _facts(booking, words, now),
        small=words("venue.asked_last" if is_last else "venue.asked_again"),
        buttons=[
            button(words("venue.keep"), ids.KEEP_VENUE, ref),
            button(words("venue.give_up"), ids.OPEN_VENUE, ref),
        ],
    )


def kept(booking: Booking, words: Words, now: datetime) -> Message:
    """What ``ask`` has become once the venue is kept."""
    ref = str(ref_of(booking.offering, booking.session))
    change = button(words("venue.give_up"), ids.OPEN_VENUE, ref)
    facts = [*_facts(booking, words, now), words("venue.kept_not_asked")]
    said = told(words("venue.kept"), facts)
    return Message(said.text, [*said.blocks, actions(change)])


def changed(offering: Offering, number: int, words: Words) -> Message:
    """What ``ask`` has become when the session was changed instead."""
    session = next((each for each in offering.effective_sessions if each.number == number), None)
    now = session_line(session, words, with_link=False) if session is not None else title_of(offering, words)
    return told(words("venue.changed"), [f"*{title_of(offering, words)}*", now])


def _facts(booking: Booking, words: Words, now: datetime) -> list[str]:
    session = booking.session
    return [
        f"*{session_title(booking.offering, session, words)}*",
        near_when(session, words, now),
        place_of(session, words, with_link=False),
        *venue_terms(session, words),
        *who_comes(booking.brief, words),
        words("venue.waiting", n=booking.waiting),
    ]


def choice(booking: Booking, words: Words) -> View:
    """The alternatives to keeping the venue."""
    session, offering = booking.session, booking.offering
    ref = str(ref_of(offering, session))
    blocks: list[Block] = [
        section(f"*{title_of(offering, words)}*\n{session_line(session, words, with_link=False)}")
    ]
    for act in VenueAct:
        act_button = button(words(f"venue.act_{act}"), ids.CHANGE_VENUE[act], ref)
        blocks.append(section(words(f"venue.means_{act}"), act_button))
    blocks.append(context(words("venue.nothing_yet")))
    return modal(words("venue.title"), blocks, close=words("form.close"))


def act_form(
    offering: Offering, session: Session, act: VenueAct, words: Words, edit: PlanEdit | None = None
) -> View:
    """The form of the new venue or of the reason, filled in as before."""
    to = edit.session if edit is not None else None
    blocks: list[Block] = [
        section(f"*{title_of(offering, words)}*\n{session_line(session, words, with_link=False)}"),
        section(words(f"venue.means_{act}")),
    ]
    if act is VenueAct.REMOTE:
        blocks.append(
            text_input(
                ids.NEW_LINK,
                words("edit.link"),
                max_length=MAX_LINK,
                value=to.link if to is not None else None,
                hint=words("venue.link_hint"),
                optional=False,
            )
        )
    if act is VenueAct.SHRINK:
        blocks += _terms_inputs(session, to, words)
    blocks += reason_inputs(words, edit)
    carried = SessionEdit(session.on, session.starts, session.ends, act=act)
    about = PlanEdit(offering.code, session.number, offering.timetable_version, carried)
    return edit_form(blocks, words, edit or about)


def _terms_inputs(session: Session, to: SessionEdit | None, words: Words) -> list[Block]:
    venue = to.venue if to is not None else None
    until = venue.free_until if venue is not None else None
    return [
        *place_inputs((to.place if to is not None else None) or session.place or {}, words),
        text_input(
            ids.VENUE_CAPACITY,
            words("venue.capacity"),
            max_length=MOST_DIGITS,
            value=str(venue.capacity) if venue is not None else None,
            hint=words("venue.capacity_hint"),
            optional=False,
        ),
        text_input(
            ids.VENUE_PRICE,
            words("venue.price_label"),
            max_length=MOST_DIGITS,
            value=str(venue.price) if venue is not None else None,
            hint=words("venue.price_hint"),
            optional=False,
        ),
        date_input(
            ids.VENUE_UNTIL,
            words("venue.until_label"),
            chosen=until.isoformat() if until is not None else None,
        ),
    ]
