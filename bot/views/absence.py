"""Not coming to one session, which keeps the seat: buttons, confirmation, the note for facilitators."""

from datetime import datetime
from typing import Final

from bot.domain.carried.offerings import SessionRef
from bot.domain.offerings.offering import Offering, Session
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import Block, View, actions, button, modal, naming, text_input
from bot.views.look import body
from bot.views.offerings.wording import near_when, session_title, title_of

MAX_WORD: Final = 200
"""Characters that somebody who can't come may write to the facilitators."""


def absent_button(offering: Offering, session: Session, words: Words, *, absent: bool = False) -> Block:
    """The button for not coming to one session, which keeps the seat; or its undo."""
    key, act = ("absent.undo", ids.SAY_PRESENT) if absent else ("absent.say", ids.SAY_ABSENT)
    title = words.pick(offering.title)
    return naming(button(words(key), act, str(SessionRef(offering.code, session.number))), title)


def present_button(offering: Offering, session: Session, words: Words) -> Block:
    """The button for coming after all to a session that has moved."""
    ref, title = str(SessionRef(offering.code, session.number)), words.pick(offering.title)
    return naming(button(words("change.can_come"), ids.SAY_PRESENT, ref), title)


def absent_said(offering: Offering, session: Session, words: Words, now: datetime, *, absent: bool) -> View:
    """Confirms an absence or its undo, with the button for the opposite. A person who can't come may add a
    note for the facilitators."""
    when = near_when(session, words, now)
    facts = [f"*{session_title(offering, session, words)}*", when]
    facts.append(words("absent.means" if absent else "absent.undone_means"))
    other = absent_button(offering, session, words, absent=absent)
    blocks = [*body(words("absent.done" if absent else "absent.undone"), facts), actions(other)]
    if not absent:
        return modal(words("absent.title"), blocks, close=words("form.close"))
    word = text_input(
        ids.ABSENCE_WORD,
        words("absent.word"),
        max_length=MAX_WORD,
        hint=words("absent.word_hint"),
        optional=True,
    )
    return modal(
        words("absent.title"),
        [*blocks, word],
        close=words("form.close"),
        submit=words("absent.word_send"),
        callback_id=ids.ABSENCE_WORD_FORM,
        private_metadata=str(SessionRef(offering.code, session.number)),
    )


def absence_word_sent(offering: Offering, session: Session, words: Words) -> View:
    """The note for the facilitators is stored."""
    facts = [f"*{session_title(offering, session, words)}*", words("absent.word_sent")]
    return modal(words("absent.title"), body(words("absent.done"), facts), close=words("form.close"))


def absent_or_leave(offering: Offering, session: Session, words: Words) -> View:
    """For the only session of an offering: keep the seat all the same, or give it up."""
    keep = button(words("absent.keep"), ids.ABSENT_FOR_SURE, str(SessionRef(offering.code, session.number)))
    leave = button(words("offering.leave"), ids.LEAVE_OFFERING, offering.code)
    return modal(
        words("absent.title"),
        body(
            words("absent.ask"),
            [f"*{title_of(offering, words)}*", words("absent.ask_means")],
            buttons=[keep, leave],
        ),
        close=words("form.close"),
    )
