"""An announcement as it reads in a channel: in two languages, and as things stand now."""

from collections.abc import Iterator, Sequence

from bot.domain.announcements import Face, Opening, PostReason, PostState, Told, ToldOfMonth, are_last_seats
from bot.domain.carried.offerings import PostRef
from bot.domain.language import Texts
from bot.domain.offerings.offering import Offering, Session
from bot.domain.offerings.session_changes import SessionChangeKind, compare_session
from bot.domain.plan.model import Reading
from bot.i18n import Words
from bot.views import ids
from bot.views.bilingual import Both
from bot.views.blocks import (
    Block,
    Message,
    actions,
    button,
    clip,
    divider,
    escape,
    image,
    mention,
    naming,
    plain_section,
    section,
    sections,
)
from bot.views.offerings.wording import span_of, why_refused

MOST_SESSIONS = 12
MOST_OPENINGS = 15
MOST_TEXT = 39_000
"""Slack takes 40,000 characters; only text in which every character is escaped comes near that."""


def announcement(told: Told, both: Both, post_id: int) -> Message:
    """The post about one offering."""
    if told.face is Face.OVER:
        return _over(told, both)
    if told.face is Face.CANCELLED:
        return _cancelled(told, both, post_id)
    offering = told.offering
    opening = [*_titles(offering, both), *_lead(told, both)]
    blocks: list[Block] = [section("\n".join(opening))]
    lines = list(opening)
    picture = offering.details.picture
    if picture is not None:
        alt = " / ".join(dict.fromkeys(words.pick(picture.alt) for words in both))
        blocks.append(image(picture.url, alt))
        lines.append(escape(alt))
    for words in both:
        sentence, why = words.pick(told.sentence), list(_why(offering, words))
        blocks += [plain_section(sentence), *sections(why)]
        lines += [escape(sentence), *why]
    facts = list(_facts(told, both))
    blocks += [*sections(facts), actions(*_buttons(told, both, post_id))]
    return _message([*lines, *facts], blocks)


def withdrawn(title: Texts | None, both: Both) -> Message:
    """What replaces the post when its announcement is withdrawn."""
    lines = both.lines("announcement.withdrawn")
    if title is not None:
        lines.insert(0, f"*{both.name(title)}*")
    text = "\n".join(lines)
    return Message(text, [section(text)])


def _message(lines: Sequence[str], blocks: Sequence[Block]) -> Message:
    return Message(clip("\n".join(lines), MOST_TEXT), blocks)


def _titles(offering: Offering, both: Both) -> list[str]:
    return [f"*{title}*" for title in dict.fromkeys(escape(words.pick(offering.title)) for words in both)]


def _lead(told: Told, both: Both) -> list[str]:
    """The first lines: full, closed, few seats left, or why the offering is posted again."""
    offering = told.offering
    match told.face:
        case Face.FULL:
            return both.lines("announcement.full")
        case Face.CLOSED:
            return both.lines("announcement.closed")
        case Face.NOT_YET if offering.opens_on is not None:
            return [words("announcement.not_yet", day=words.day(offering.opens_on)) for words in both]
    if are_last_seats(told.seats_left, offering.limits.capacity):
        return both.lines("announcement.last_seats")
    if told.reason is PostReason.THREE_WEEKS_LEFT and offering.closes_on is not None:
        return [words("announcement.reminder", day=words.day(offering.closes_on)) for words in both]
    return []


def _why(offering: Offering, words: Words) -> Iterator[str]:
    """The offering's target group and learning goals; the summary where neither is given."""
    details = offering.details
    if details.for_whom is None and details.takes_home is None:
        yield escape(words.pick(offering.summary))
    if details.for_whom is not None:
        yield words("announcement.for_whom", text=escape(words.pick(details.for_whom)))
    if details.takes_home is not None:
        yield words("announcement.takes_home", text=escape(words.pick(details.takes_home)))


def _facts(told: Told, both: Both) -> Iterator[str]:
    """Time, place, seats, last day of sign-up and facilitators, once for both languages."""
    offering = told.offering
    yield from _session_lines(told, both)
    yield _fact("announcement.seats", f"{told.seats_left}/{offering.limits.capacity}", both)
    if told.face in {Face.OPEN, Face.FULL} and offering.closes_on is not None:
        yield _fact("announcement.sign_up_by", both.day(offering.closes_on), both)
    if offering.facilitators:
        yield _fact("announcement.led_by", ", ".join(mention(each) for each in offering.facilitators), both)


def _fact(key: str, value: str, both: Both) -> str:
    return f"*{both.short(key)}:* {value}"


def _session_lines(told: Told, both: Both) -> Iterator[str]:
    was = {session.number: session for session in told.told}
    sessions = told.offering.sessions
    for session in sessions[:MOST_SESSIONS]:
        number = f"{session.number}. " if len(sessions) > 1 else ""
        said = _when_and_where(was.get(session.number), session, both)
        yield _fact("announcement.when", f"{number}{said}", both)
    if len(sessions) > MOST_SESSIONS:
        yield from [words.many("list.more", len(sessions) - MOST_SESSIONS) for words in both]


def _when_and_where(was: Session | None, session: Session, both: Both) -> str:
    """``ti/tis 28.5.2019 9.00–12.00, Säätytalo``; old and new where it has changed since the
    post was made."""
    when, where = _when(session, both), _where(session, both)
    if session.cancelled:
        return f"{both.short('announcement.session_cancelled')}: ~{when}, {where}~"
    change = compare_session(was, session, language=both.first.language, sees_link=False) if was else None
    if change is None or was is None:
        return f"{when}, {where}"
    if SessionChangeKind.MOVED in change.kinds:
        when = f"{both.short('announcement.moved')}: ~{_when(was, both)}~ → {when}"
    if {SessionChangeKind.PLACE_CHANGED, SessionChangeKind.LINK_CHANGED} & set(change.kinds):
        where = f"{both.short('announcement.new_place')}: ~{_where(was, both)}~ → {where}"
    return f"{when}, {where}"


def _when(session: Session, both: Both) -> str:
    return f"{both.day(session.on)} {both.first.hours(session.starts, session.ends)}"


def _where(session: Session, both: Both) -> str:
    """The place, or the label of the join link; the link itself is for people with a seat."""
    if not session.is_remote:
        return both.name(session.place or {})
    return escape(session.link_label) if session.link_label else both.short("session.remote")


def _buttons(told: Told, both: Both, post_id: int) -> list[Block]:
    offering = told.offering
    buttons = []
    if told.face in {Face.OPEN, Face.FULL}:
        buttons.append(join_button(offering, told.face, both, post_id))
    for key, action_id in (
        ("announcement.details", ids.POST_DETAILS),
        ("announcement.calendar", ids.POST_CALENDAR),
    ):
        buttons.append(button(both.short(key), action_id, str(PostRef(post_id, offering.code))))
    return buttons


def join_button(offering: Offering, face: Face, both: Both, post_id: int) -> Block:
    """The button to join or to get on the waiting list; a screen reader also reads the offering's title."""
    key = "offering.join" if face is Face.OPEN else "offering.join_line"
    style = "primary" if face is Face.OPEN else None
    value = str(PostRef(post_id, offering.code))
    return naming(button(both.short(key), ids.POST_JOIN, value, style=style), both.first.pick(offering.title))


def _cancelled(told: Told, both: Both, post_id: int) -> Message:
    """The post about a cancelled offering, with others that are open to join."""
    lines = [
        *(f"~{title}~" for title in _titles(told.offering, both)),
        *both.lines("announcement.cancelled"),
    ]
    blocks = [section("\n".join(lines))]
    if told.instead:
        lines += both.lines("announcement.instead")
        blocks.append(section("\n".join(both.lines("announcement.instead"))))
    for offering in told.instead:
        line = f"*{both.name(offering.title)}*\n{_span(offering, both)}"
        lines.append(line)
        blocks.append(section(line, join_button(offering, Face.OPEN, both, post_id)))
    return _message(lines, blocks)


def _span(offering: Offering, both: Both) -> str:
    return " / ".join(dict.fromkeys(span_of(offering, words) for words in both))


def _over(told: Told, both: Both) -> Message:
    """Thanks, and links to the materials."""
    lines = [*_titles(told.offering, both), *both.lines("announcement.over")]
    materials = told.offering.details.materials
    if materials:
        lines.append(f"*{both.short('announcement.materials')}:*")
        lines += [reading_line(each, both.name(each.title)) for each in materials]
    return _message(lines, sections(lines))


def reading_line(reading: Reading, title: str) -> str:
    """A list item for one reading; ``title`` must be escaped already."""
    return f"• <{escape(reading.link)}|{title}>" if reading.link is not None else f"• {title}"


# -- the digest: what opens in a month ---------------------------------------------------------------


def digest(told: ToldOfMonth, both: Both, post_id: int) -> Message:
    """What opens in a month: one line and one button for each offering."""
    months = " / ".join(dict.fromkeys(words.month(told.month) for words in both))
    title = f"*{both.short('announcement.digest_title')}: {months}*"
    if told.is_over:
        lines = [title, *both.lines("announcement.digest_over")]
        return Message("\n".join(lines), [section("\n".join(lines))])
    said = [words.pick(told.sentence) for words in both]
    blocks: list[Block] = [section(title), *(plain_section(each) for each in said), divider()]
    lines = [title, *(escape(each) for each in said)]
    for opening in told.openings[:MOST_OPENINGS]:
        line = _opening_line(opening, both)
        lines.append(line)
        open_now = opening.face in {Face.OPEN, Face.FULL}
        accessory = join_button(opening.offering, opening.face, both, post_id) if open_now else None
        blocks.append(section(line, accessory))
    if len(told.openings) > MOST_OPENINGS:
        more = [words.many("list.more", len(told.openings) - MOST_OPENINGS) for words in both]
        lines += more
        blocks.append(section("\n".join(more)))
    return _message(lines, blocks)


def _opening_line(opening: Opening, both: Both) -> str:
    offering = opening.offering
    name = both.name(offering.title)
    if opening.face in {Face.CANCELLED, Face.OVER, Face.CLOSED}:
        return f"~{name}~\n{both.short(f'announcement.short_{opening.face}')}"
    if opening.face is Face.NOT_YET and offering.opens_on is not None:
        state = f"{both.short('announcement.opens')} {both.day(offering.opens_on)}"
    else:
        seats = f"{opening.seats_left}/{offering.limits.capacity}"
        state = f"{both.short('announcement.seats')}: {seats}"
    return f"*{name}*\n{_span(offering, both)}\n{state}"


# -- messages to the author of an announcement -------------------------------------------------------


def trouble(title: Texts | None, channel: str, state: PostState, reason: str, words: Words) -> Message:
    """Tells the author what happened to a post and what to do; ``reason`` is a code of Slack's or Kaiku's."""
    name = escape(words.pick(title)) if title is not None else words("announcement.digest_title")
    text = words(f"trouble.{state}", title=name, channel=f"<#{channel}>", reason=why_refused(reason, words))
    return Message(text, [section(text)])


# -- for one reader ----------------------------------------------------------------------------------


def details_blocks(offering: Offering, words: Words, session_lines: Sequence[str]) -> list[Block]:
    """All details of the offering in the reader's language."""
    details = offering.details
    lines = [f"*{escape(words.pick(offering.title))}*", escape(words.pick(offering.summary))]
    if details.for_whom is not None or details.takes_home is not None:
        lines += _why(offering, words)
    blocks = [*sections(lines), *sections(session_lines)]
    lists = {
        "announcement.themes": [f"• {escape(words.pick(each))}" for each in details.themes],
        "announcement.questions": [f"• {escape(words.pick(each))}" for each in details.questions],
        "announcement.pre_reading": [
            reading_line(each, escape(words.pick(each.title))) for each in details.pre_reading
        ],
        "announcement.materials": [
            reading_line(each, escape(words.pick(each.title))) for each in details.materials
        ],
    }
    for key, items in lists.items():
        if items:
            blocks += sections([f"*{words(key)}*", *items])
    return blocks
