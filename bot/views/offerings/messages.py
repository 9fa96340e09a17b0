"""Messages that Kaiku sends by itself about sessions: reminders, changes, and failures."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.offerings.offering import Offering, Session
from bot.domain.offerings.reminders import ReminderKind
from bot.i18n import Words
from bot.views.absence import absent_button
from bot.views.blocks import Message, divider, escape, section
from bot.views.look import told
from bot.views.offerings.wording import near_when, place_of, session_title, title_of, why_refused
from bot.views.year import open_button, session_button


def reminder(
    offering: Offering, session: Session, kind: ReminderKind, words: Words, *, now: datetime
) -> Message:
    """The reminder: time, place or link, and what to prepare; just before a remote session only the link."""
    facts = [f"*{session_title(offering, session, words)}*", where_of_session(session, words)]
    bring = words.pick(session.bring or {})
    if bring and kind is not ReminderKind.LINK_BEFORE:
        facts.append(words("reminder.bring", bring=escape(bring)))
    buttons = [session_button(offering, session, words)]
    if session.is_remote:
        buttons.append(open_button(offering, words))
    buttons.append(absent_button(offering, session, words))
    heading = words(f"reminder.{kind}", when=near_when(session, words, now))
    return told(heading, facts, buttons=buttons)


def in_one_message(messages: Sequence[Message]) -> Message:
    """Several messages, one below the other."""
    blocks = list(messages[0].blocks)
    for message in messages[1:]:
        blocks += [divider(), *message.blocks]
    return Message("\n\n".join(each.text for each in messages), blocks)


def where_of_session(session: Session, words: Words) -> str:
    place = place_of(session, words, with_link=True)
    return place if session.is_remote else words("reminder.where", place=place)


def no_longer_enrolled(offering: Offering, words: Words) -> Message:
    """What replaces a confirmation when its seat is given up."""
    text = words("edited.left", title=title_of(offering, words))
    return Message(text, [section(text)])


def undelivered(offering: Offering, name: str, reason: str, words: Words) -> Message:
    """Tells a facilitator who could not be told and why; ``reason`` is a code of Slack's or Kaiku's."""
    why = why_refused(reason, words)
    text = words("undelivered", title=title_of(offering, words), name=escape(name), reason=why)
    return Message(text, [section(text)])


def round_failed(offering: Offering, channel: str, reason: str, words: Words) -> Message:
    """Tells a facilitator that a round could not be posted to its channel."""
    why = why_refused(reason, words)
    text = words("round.failed", title=title_of(offering, words), channel=f"<#{channel}>", reason=why)
    return Message(text, [section(text)])
