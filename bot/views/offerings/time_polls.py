"""The message that asks people which times suit them, with their answer in it; and what it becomes."""

from msgspec.structs import replace

from bot.domain.offerings.offering import Session
from bot.domain.offerings.time_poll import Candidate, TimePoll
from bot.domain.plan.asked_times import TimeChoice
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import Block, Message, actions, button, context, naming, section
from bot.views.look import told
from bot.views.offerings.wording import session_title, when_of


def session_at(poll: TimePoll, time: Candidate) -> Session:
    """The session as it would be at this time."""
    session = next(each for each in poll.offering.sessions if each.number == poll.number)
    zone = poll.offering.timezone
    return replace(
        session,
        on=time.on,
        starts=time.starts,
        ends=time.ends,
        starts_at=time.starts_at(zone),
        ends_at=time.ends_at(zone),
    )


def when_at_time(poll: TimePoll, time: Candidate, words: Words) -> str:
    return when_of(session_at(poll, time), words)


def question(poll: TimePoll, person_id: str, words: Words) -> Message:
    """Each time with the person's answer and the button to change it."""
    suits = poll.answers.get(person_id)
    asked = session_at(poll, poll.was)
    opening = told(
        words("times.heading"),
        [
            f"*{session_title(poll.offering, asked, words)}*",
            words("times.now", when=when_of(asked, words)),
            words("times.how"),
        ],
    )
    lines: list[str] = []
    rows: list[Block] = []
    for index, time in enumerate(poll.times):
        when = when_at_time(poll, time, words)
        chosen = suits is not None and index in suits
        line = words("times.suits", when=when) if chosen else when
        key = "times.take_back" if chosen else "times.choose"
        act = button(words(key), ids.TIME_SUITS, str(TimeChoice(poll.id, index, suits=not chosen)))
        lines.append(line)
        rows.append(section(line, naming(act, when)))
    none = button(words("times.none"), ids.NO_TIME_SUITS, str(TimeChoice(poll.id)))
    small = words(_answered(suits))
    text = "\n".join([opening.text, *lines, small])
    return Message(text, [*opening.blocks, *rows, actions(none), context(small)])


def _answered(suits: frozenset[int] | None) -> str:
    if suits is None:
        return "times.not_answered"
    return "times.answered" if suits else "times.answered_none"


def over(poll: TimePoll, words: Words) -> Message:
    """The poll is over: the session's time now."""
    session = poll.session
    said = words("times.over_now", when=when_of(session, words)) if session else words("times.over_not_held")
    shown = session or session_at(poll, poll.was)
    return told(words("times.over"), [f"*{session_title(poll.offering, shown, words)}*", said])


def not_asked(poll: TimePoll, words: Words) -> Message:
    """For a person who no longer has a seat: the poll is not for them."""
    shown = session_at(poll, poll.was)
    return told(
        words("times.over"),
        [f"*{session_title(poll.offering, shown, words)}*", words("times.not_asked")],
    )
