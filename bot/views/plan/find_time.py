"""Finding a time for a session: which times to ask about, the preview of the question, the answers."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.carried.offerings import SessionRef
from bot.domain.offerings.offering import Offering, Session
from bot.domain.offerings.time_poll import MOST_TIMES, Candidate, TimePoll
from bot.domain.plan.asked_times import AskedTimes, TimeChoice
from bot.domain.plan.edit_outcomes import Clashes
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    Block,
    Message,
    View,
    actions,
    button,
    date_input,
    divider,
    escape,
    header,
    inert,
    mention,
    modal,
    naming,
    section,
    sections,
    time_input,
)
from bot.views.facilitation.group import when_at
from bot.views.offerings.time_polls import when_at_time
from bot.views.offerings.wording import session_line, title_of
from bot.views.plan.edit_preview import clash_lines

MOST_NAMED = 30


def form(offering: Offering, session: Session, words: Words, chosen: Sequence[Candidate] = ()) -> View:
    """The form: up to five days with a start each; the duration stays."""
    blocks: list[Block] = [
        section(f"*{title_of(offering, words)}*\n{session_line(session, words, with_link=False)}"),
        section(words("times.form_note")),
    ]
    for n in range(MOST_TIMES):
        time = chosen[n] if n < len(chosen) else None
        starts = time.starts if time is not None else session.starts
        day = time.on.isoformat() if time is not None else None
        blocks += [
            date_input(ids.ASKED_DAYS[n], words("times.day", number=n + 1), chosen=day),
            time_input(ids.ASKED_STARTS[n], words("times.starts", number=n + 1), chosen=f"{starts:%H:%M}"),
        ]
    target = AskedTimes(SessionRef(offering.code, session.number), offering.timetable_version)
    return modal(
        words("times.title"),
        blocks,
        close=words("form.cancel"),
        submit=words("group.preview"),
        callback_id=ids.TIMES_FORM,
        private_metadata=str(target),
    )


def preview(
    poll: TimePoll,
    clashes: Sequence[Clashes],
    sent_at: datetime,
    messages: Mapping[str, Message],
    asked: AskedTimes,
    words: Words,
    now: datetime,
) -> View:
    """Who will be asked what and when, and whom each time clashes with."""
    facts = [
        words("times.will_ask", seated=len(poll.seated), facilitators=len(poll.asked) - len(poll.seated)),
        words("times.sent_soon")
        if sent_at <= now
        else words("times.sent_at", when=when_at(sent_at, words, now)),
    ]
    blocks: list[Block] = [section(f"*{title_of(poll.offering, words)}*")]
    blocks += sections([f"• {each}" for each in facts])
    for time, found in zip(poll.times, clashes, strict=True):
        lines = [f"*{when_at_time(poll, time, words)}*", *clash_lines(found, words)]
        blocks.append(section("\n".join(lines)))
    blocks.append(actions(button(words("edit.back"), ids.TIMES_AGAIN)))
    for language, message in messages.items():
        blocks += [divider(), header(words(f"group.told_{language}")), *inert(message.blocks)]
    return modal(
        words("group.preview_title"),
        blocks,
        close=words("form.cancel"),
        submit=words("times.send"),
        callback_id=ids.TIMES_CONFIRM,
        private_metadata=str(asked),
    )


def choice(polls: Sequence[TimePoll], words: Words) -> View:
    """The choice between an offering's open polls."""
    offering = polls[0].offering
    blocks: list[Block] = [section(f"*{title_of(offering, words)}*")]
    for poll in polls:
        which = words("times.session", number=poll.number)
        answered = words("times.how_many", n=len(poll.asked) - len(poll.silent), of=len(poll.asked))
        lines = [f"*{which}*", when_at_time(poll, poll.was, words), answered]
        look = button(words("times.see_answers"), ids.FIND_TIME, str(SessionRef(offering.code, poll.number)))
        label = {"accessibility_label": f"{words('times.see_answers')}: {which}"[:75]}
        blocks.append(section("\n".join(lines), look | label))
    return modal(words("times.title"), blocks, close=words("form.close"))


def answers(poll: TimePoll, names: Mapping[str, str], words: Words, now: datetime) -> View:
    """For each time how many can come and who can't, and the button to move the session there."""
    blocks: list[Block] = [
        section(f"*{title_of(poll.offering, words)}*\n{words('times.session', number=poll.number)}"),
        section(words("times.how_many", n=len(poll.asked) - len(poll.silent), of=len(poll.asked))),
    ]
    for index, time in enumerate(poll.times):
        when = when_at_time(poll, time, words)
        cannot = poll.cannot(index)
        lines = [f"*{when}*", words("times.can", n=len(poll.can(index)))]
        lines.append(words("times.cannot", n=len(cannot)))
        if cannot:
            lines[-1] = words("times.cannot_who", n=len(cannot), who=_named(cannot, names, words))
        choose = button(words("times.pick"), ids.PICK_TIME, str(TimeChoice(poll.id, index)))
        is_ahead = time.starts_at(poll.offering.timezone) > now
        blocks.append(section("\n".join(lines), naming(choose, when) if is_ahead else None))
    blocks.append(section(words("times.pick_note")))
    blocks.append(actions(button(words("times.close"), ids.CLOSE_POLL, str(TimeChoice(poll.id)))))
    return modal(words("times.title"), blocks, close=words("form.close"))


def _named(people: Sequence[str], names: Mapping[str, str], words: Words) -> str:
    shown = [escape(names[each]) if each in names else mention(each) for each in people[:MOST_NAMED]]
    return words.all_of(shown)


def done(poll: TimePoll, words: Words) -> View:
    """Confirms that the poll has begun, or ended."""
    said = words("times.sent" if poll.closed_at is None else "times.closed")
    back = button(words("group.back"), ids.OPEN_GROUP, poll.offering.code)
    blocks = [section(f"*{title_of(poll.offering, words)}*\n{said}"), actions(back)]
    return modal(words("times.title"), blocks, close=words("form.close"))
