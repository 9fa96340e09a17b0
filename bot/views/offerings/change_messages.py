"""Messages about changed sessions."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from bot.domain.carried.offerings import SessionRef
from bot.domain.language import Texts
from bot.domain.offerings.offering import Offering, Session
from bot.domain.offerings.session_changes import SessionChange, SessionChangeKind
from bot.i18n import Words
from bot.views import ids
from bot.views.absence import absent_button, present_button
from bot.views.blocks import Block, Message, actions, button, escape, section
from bot.views.calendars import calendar_file_button
from bot.views.look import MOST_BUTTONS, told
from bot.views.offerings.messages import where_of_session
from bot.views.offerings.wording import near_when, place_of, session_title, span_of, title_of, when_of
from bot.views.year import open_button


def changed(
    offering: Offering,
    changes: Sequence[SessionChange],
    words: Words,
    *,
    now: datetime,
    with_link: bool,
    calendar_url: str | None = None,
    reasons: Sequence[Texts] = (),
    instead: Sequence[Offering] = (),
    asks_anew: Collection[int] = (),
    is_offered: bool = False,
) -> Message:
    """The changes since this person was last told, old and new, and why. A person with a seat (``with_link``)
    can acknowledge them, and is asked again about moved sessions that they could not come to (``asks_anew``).
    ``instead`` are offerings to join where this one is cancelled."""
    if offering.cancelled:
        return called_off(offering, words, reasons, instead)
    opening = words("change.opening", title=title_of(offering, words))
    lines = [line for change in changes for line in _lines(change, words, with_link=with_link)]
    facts = [opening, *lines, *_why(reasons, words)]
    rest = [open_button(offering, words)]
    if calendar_url is not None:
        rest.insert(0, calendar_file_button(offering, calendar_url, words))
    if not with_link:
        small = words("change.next_offered" if is_offered else "change.next")
        return told(words("change.heading"), facts, small=small, buttons=rest)
    main = [acknowledge_button(offering, words)]
    moved = [each.new for each in changes if SessionChangeKind.MOVED in each.kinds and each.new is not None]
    ahead = [each for each in moved if each.ends_at > now]
    asked = [each for each in ahead if each.number in asks_anew]
    if len(ahead) == 1 and not asked:  # of several, they choose under "open"
        main.append(absent_button(offering, ahead[0], words))
    message = told(words("change.heading"), facts, small=words("change.next_seated"), buttons=main)
    questions = [words("change.asks_anew", number=each.number, when=when_of(each, words)) for each in asked]
    rows: list[Block] = []
    for question, session in zip(questions, asked, strict=True):
        present, absent = present_button(offering, session, words), absent_button(offering, session, words)
        rows += [section(question), actions(present, absent)]
    return Message("\n".join([message.text, *questions]), [*message.blocks, *rows, actions(*rest)])


def acknowledge_button(offering: Offering, words: Words, version: int | None = None) -> Block:
    """Says that the reader knows of the change."""
    shown = offering.timetable_version if version is None else version
    return button(words("change.acknowledge"), ids.ACKNOWLEDGE_CHANGE, str(SessionRef(offering.code, shown)))


def _why(reasons: Sequence[Texts], words: Words) -> list[str]:
    """The reasons that were given, once each, in the order of the changes."""
    said = dict.fromkeys(words.pick(each) for each in reasons)
    return [words("change.reason", reason=escape(each)) for each in said if each]


def called_off(
    offering: Offering, words: Words, reasons: Sequence[Texts] = (), instead: Sequence[Offering] = ()
) -> Message:
    """The offering is cancelled: why, and what can be joined instead."""
    facts = [words("change.called_off", title=title_of(offering, words)), *_why(reasons, words)]
    if not instead:
        return told(words("change.called_off_heading"), [*facts, words("change.look_around")])
    shown = instead[:MOST_BUTTONS]
    message = told(words("change.called_off_heading"), [*facts, words("change.instead")])
    lines = [f"{title_of(each, words)}\n{span_of(each, words)}" for each in shown]
    rows = [
        section(line, button(words("offering.details"), ids.OFFERING_DETAILS, each.code))
        for line, each in zip(lines, shown, strict=True)
    ]
    return Message("\n".join([message.text, *lines]), [*message.blocks, *rows])


def change_reminder(
    offering: Offering, session: Session, version: int, words: Words, *, now: datetime
) -> Message:
    """The one reminder for a person who has not acknowledged a change: the session as it is now."""
    facts = [
        f"*{session_title(offering, session, words)}*",
        words("change.remind", when=near_when(session, words, now)),
        where_of_session(session, words),
    ]
    buttons = [acknowledge_button(offering, words, version), absent_button(offering, session, words)]
    return told(words("change.remind_heading"), facts, small=words("change.remind_once"), buttons=buttons)


def changed_by_others(
    offering: Offering, changes: Sequence[SessionChange], words: Words, *, reasons: Sequence[Texts]
) -> Message:
    """For a facilitator: what somebody else changed in their sessions."""
    facts = [f"*{title_of(offering, words)}*  `{offering.code}`"]
    if offering.cancelled:
        facts.append(words("change.others_cancelled"))
    else:
        facts += [line for change in changes for line in _lines(change, words, with_link=True)]
    facts += _why(reasons, words)
    return told(words("change.others_heading"), facts, small=words("change.others_next"))


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
                assert old is not None
                assert new is not None
                key = "change.link" if old.is_remote else "change.to_remote"
                before, where = (
                    place_of(old, words, with_link=False),
                    place_of(new, words, with_link=with_link),
                )
                yield words(key, number=number, when=when_of(new, words), old=before, new=where)
            case SessionChangeKind.ADDED | SessionChangeKind.REINSTATED:
                assert new is not None
                where = place_of(new, words, with_link=with_link)
                yield words(f"change.{kind}", number=number, when=when_of(new, words), place=where)
