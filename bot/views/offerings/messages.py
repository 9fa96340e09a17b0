"""Messages that Kaiku sends by itself about sessions: reminders, changes, and failures."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.domain.offerings.offering import Offering, Session
from bot.domain.offerings.reminders import ReminderKind
from bot.domain.offerings.session_changes import SessionChange, SessionChangeKind
from bot.i18n import Words
from bot.views.blocks import Message, divider, escape, section
from bot.views.calendars import calendar_file_button
from bot.views.look import told
from bot.views.offerings.wording import near_when, place_of, session_title, title_of, when_of, why_refused
from bot.views.year import absent_button, open_button, session_button


def reminder(
    offering: Offering, session: Session, kind: ReminderKind, words: Words, *, now: datetime
) -> Message:
    """When, where or by which link, and what to prepare."""
    facts = [f"*{session_title(offering, session, words)}*", _where(session, words)]
    bring = words.pick(session.bring or {})
    if bring:
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


def _where(session: Session, words: Words) -> str:
    place = place_of(session, words, with_link=True)
    return place if session.is_remote else words("reminder.where", place=place)


def changed(
    offering: Offering,
    changes: Sequence[SessionChange],
    words: Words,
    *,
    with_link: bool,
    calendar_url: str | None = None,
) -> Message:
    """What changed since this person was last told, old and new."""
    if offering.cancelled:
        text = words("change.offering_cancelled", title=title_of(offering, words))
        return Message(text, [section(text)])
    opening = words("change.opening", title=title_of(offering, words))
    lines = [line for change in changes for line in _lines(change, words, with_link=with_link)]
    buttons = [open_button(offering, words)]
    if calendar_url is not None:
        buttons.insert(0, calendar_file_button(offering, calendar_url, words))
    return told(words("change.heading"), [opening, *lines], small=words("change.next"), buttons=buttons)


def _lines(change: SessionChange, words: Words, *, with_link: bool) -> Iterator[str]:
    old, new, number = change.old, change.new, change.number
    for kind in change.kinds:
        match kind:
            case SessionChangeKind.CANCELLED:
                assert old is not None
                yield words("change.cancelled", number=number, when=when_of(old, words))
            case SessionChangeKind.MOVED:
                assert old is not None
                assert new is not None
                yield words("change.moved", number=number, old=when_of(old, words), new=when_of(new, words))
            case SessionChangeKind.PLACE_CHANGED:
                assert old is not None
                assert new is not None
                yield words(
                    "change.place",
                    number=number,
                    when=when_of(new, words),
                    old=place_of(old, words, with_link=False),
                    new=place_of(new, words, with_link=with_link),
                )
            case SessionChangeKind.LINK_CHANGED:
                assert new is not None
                where = place_of(new, words, with_link=with_link)
                yield words("change.link", number=number, when=when_of(new, words), new=where)
            case SessionChangeKind.ADDED | SessionChangeKind.REINSTATED:
                assert new is not None
                where = place_of(new, words, with_link=with_link)
                yield words(f"change.{kind}", number=number, when=when_of(new, words), place=where)


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
