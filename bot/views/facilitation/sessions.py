"""A session for its facilitators: the brief before it, attendance after it, and practical needs."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from bot.domain.carried.offerings import SessionRef
from bot.domain.carried.sessions import AttendancePage
from bot.domain.facilitation.brief import Brief
from bot.domain.facilitation.needs import Need
from bot.domain.offerings.offering import Offering, Session
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    Block,
    Message,
    Option,
    View,
    actions,
    button,
    checkboxes_input,
    context,
    escape,
    header,
    modal,
    naming,
    quote,
    section,
    sections,
    text_input,
)
from bot.views.look import body, told
from bot.views.offerings.wording import near_when, place_of, session_title, title_of

IN_A_GROUP: Final = 10
"""Boxes that one list of Slack's can hold."""

ON_A_PAGE: Final = 100
MAX_PROMISE: Final = 500
MOST_NAMED: Final = 20
"""In a message; the form names everybody."""


def session_buttons(offering: Offering, now: datetime, words: Words) -> list[Block]:
    """Buttons for the current or next session, for any desk: its brief, its rooms."""
    session = offering.next_session(now)
    if session is None or offering.cancelled:
        return []
    about = str(SessionRef(offering.code, session.number))
    return [
        button(words("brief.open"), ids.SHOW_BRIEF, about),
        button(words("rooms.open"), ids.OPEN_ROOMS, about),
    ]


def attendance_button(offering: Offering, session: Session, words: Words) -> Block:
    """Opens the attendance form of a session."""
    return button(
        words("desk.attendance"), ids.MARK_ATTENDANCE, str(SessionRef(offering.code, session.number))
    )


def attendance_form(
    offering: Offering,
    session: Session,
    people: Mapping[str, str],
    attended: Collection[str],
    words: Words,
    *,
    known: bool,
    promised: str = "",
    page: int = 0,
) -> View:
    """Who attended: everybody is ticked at first but those who said that they can't come, and those who were
    absent are unticked. ``people`` are all of them, in the order of the form; a page shows a hundred."""
    which = words("desk.session", number=session.number, day=words.day(session.on))
    if not people:
        return modal(
            words("attendance.title"), [section(words("attendance.nobody"))], close=words("form.close")
        )
    pages = -(-len(people) // ON_A_PAGE)
    shown = list(people.items())[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]
    facts = [f"*{title_of(offering, words)}* · {which}"]
    if pages > 1:
        facts.append(words("attendance.page", page=page + 1, pages=pages))
    facts.append(words("attendance.known" if known else "attendance.unknown"))
    blocks: list[Block] = [section("\n".join(facts))]
    for n, field in enumerate(ids.ATTENDED):
        group = [Option(*each) for each in shown[n * IN_A_GROUP : (n + 1) * IN_A_GROUP]]
        if group:
            label = _group_label(group, words) if len(shown) > IN_A_GROUP else words("group.list_seated")
            # Slack keeps what was ticked in a block of the same id when the next page takes this one's place.
            blocks.append(
                checkboxes_input(field, label, group, chosen=attended) | {"block_id": f"{field}_{page}"}
            )
    is_last = page >= pages - 1
    if is_last:
        blocks.append(
            text_input(
                ids.PROMISED,
                words("attendance.promised"),
                max_length=MAX_PROMISE,
                value=promised,
                hint=words("attendance.promised_hint"),
                optional=True,
                multiline=True,
            )
        )
        blocks.append(context(words("attendance.why")))
    about = AttendancePage(
        SessionRef(offering.code, session.number), page, tuple(person_id for person_id, _ in shown)
    )
    return modal(
        words("attendance.title"),
        blocks,
        close=words("form.cancel"),
        submit=words("form.save" if is_last else "attendance.next_page"),
        callback_id=ids.ATTENDANCE_FORM,
        private_metadata=str(about),
    )


def attendance_saved(words: Words, *, there: int, seated: int) -> View:
    saved = section(words("attendance.saved", there=there, seated=seated))
    return modal(words("attendance.title"), [saved], close=words("form.close"))


def _group_label(group: Sequence[Option], words: Words) -> str:
    if len(group) == 1:
        return group[0].text
    return words("attendance.group", first=group[0].text, last=group[-1].text)


def attendance_due(
    offering: Offering,
    session: Session,
    words: Words,
    *,
    now: datetime,
    seated: int,
    absent: int,
    ticked: int,
) -> Message:
    """To the facilitators on the working day after a session."""
    facts = [f"*{session_title(offering, session, words)}*", near_when(session, words, now)]
    facts.append(words("attendance.due_counts", seated=seated, absent=absent))
    if ticked:
        facts.append(words("attendance.due_ticked", ticked=ticked))
    return told(
        words("attendance.due"),
        facts,
        small=words("attendance.due_why"),
        buttons=[attendance_button(offering, session, words)],
    )


def was_there_button(offering: Offering, session: Session, words: Words) -> Block:
    """The button by which people confirm their own attendance of a remote session."""
    about = str(SessionRef(offering.code, session.number))
    return naming(
        button(words("attendance.was_there"), ids.WAS_THERE, about), session_title(offering, session, words)
    )


def was_there(offering: Offering, session: Session, words: Words) -> View:
    title = f"*{session_title(offering, session, words)}*"
    return modal(
        words("attendance.title"),
        body(words("attendance.was_there_done"), [title, words("attendance.was_there_means")]),
        close=words("form.close"),
    )


def brief_message(brief: Brief, words: Words, *, now: datetime) -> Message:
    """To the facilitators on the working day before a session. What people asked to be arranged is in the
    form only."""
    buttons = session_buttons(brief.offering, now, words)
    if brief.shared:
        buttons.append(button(words("desk.shared_answers"), ids.SHOW_SHARED_ANSWERS, brief.offering.code))
    return told(words("brief.heading"), _brief_facts(brief, words, now), buttons=buttons)


def _brief_facts(brief: Brief, words: Words, now: datetime) -> list[str]:
    session = brief.session
    facts = [
        f"*{session_title(brief.offering, session, words)}*",
        near_when(session, words, now),
        place_of(session, words, with_link=True),
        *who_comes(brief, words),
    ]
    if brief.roles:
        roles = [f"{words(f'role.{each}')} {number}" for each, number in brief.roles]
        facts.append(words("brief.roles", counted=", ".join(roles)))
    if brief.shared:
        facts.append(words("brief.shared", shared=brief.shared))
    if brief.promised:
        facts.append(f"{words('brief.promised')}\n{quote(brief.promised)}")
    return [each for each in facts if each]


def who_comes(brief: Brief, words: Words) -> list[str]:
    """How many come, who can't come, and the agencies."""
    facts = [words("brief.coming", coming=len(brief.coming), seated=len(brief.coming) + len(brief.absent))]
    if brief.absent:
        facts.append(words("brief.absent", who=_names(list(brief.absent.values()), words)))
    if brief.agencies:
        counted = [f"{escape(name)} {number}" for name, number in brief.agencies]
        facts.append(words("brief.agencies", number=len(counted), counted=", ".join(counted)))
    return facts


def _names(names: Sequence[str], words: Words) -> str:
    shown = words.all_of([escape(each) for each in names[:MOST_NAMED]])
    more = len(names) - MOST_NAMED
    return f"{shown} {words.many('list.more', more)}" if more > 0 else shown


def brief_view(brief: Brief, words: Words, now: datetime) -> View:
    """The whole brief, with everybody by name and, for the facilitators, what to arrange."""
    blocks: list[Block] = [*sections(_brief_facts(brief, words, now))]
    if brief.shared and brief.may_read_shared:
        shared = button(words("desk.shared_answers"), ids.SHOW_SHARED_ANSWERS, brief.offering.code)
        blocks.append(actions(shared))
    if brief.needs is not None:
        blocks.append(header(words("needs.to_arrange")))
        blocks += sections(_needs_lines(brief, words))
        blocks.append(context(words("needs.private")))
    blocks.append(header(words("brief.who")))
    who = [
        f"• {escape(name)}" + (f" · {escape(brief.agency_of[each])}" if brief.agency_of.get(each) else "")
        for each, name in brief.coming.items()
    ]
    blocks += sections(who or [words("attendance.nobody")])
    return modal(words("brief.title"), blocks, close=words("form.close"))


def _needs_lines(brief: Brief, words: Words) -> list[str]:
    assert brief.needs is not None
    lines = []
    for need in Need:
        who = [brief.coming[each] for each, told in brief.needs.items() if told is not None and need in told]
        if who:
            lines.append(words("needs.of", need=words(f"needs.{need}"), who=escape(", ".join(who))))
    if unread := [brief.coming[each] for each, told in brief.needs.items() if told is None]:
        lines.append(words("needs.unread", who=escape(", ".join(unread))))
    return lines or [words("needs.none")]
