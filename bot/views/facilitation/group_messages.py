"""What people hear of a facilitator's acts: removed, back in the line, moved, invited."""

from datetime import datetime

from bot.domain.language import Texts
from bot.domain.offerings.offering import Offering, Standing
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import Block, Message, actions, button, escape, mention, section
from bot.views.calendars import calendar_file_button
from bot.views.look import told
from bot.views.offerings.wording import (
    session_facts,
    session_line,
    short_standing_of,
    title_of,
)
from bot.views.year import leave_button, open_button


def removed(offering: Offering, reason: Texts, words: Words) -> Message:
    """The sign-up was ended by a facilitator."""
    facts = [words("removed.opening", title=title_of(offering, words)), *_why(reason, words)]
    buttons = [button(words("list.show_all"), ids.SHOW_OFFERINGS)]
    return told(words("removed.heading"), facts, small=_whom_to_ask(offering, words), buttons=buttons)


def put_back(offering: Offering, standing: Standing, reason: Texts, words: Words) -> Message:
    """A facilitator has put the person back on the waiting list."""
    facts = [
        words("put_back.opening", title=title_of(offering, words)),
        *_why(reason, words),
        short_standing_of(standing, words),
    ]
    return told(
        words("put_back.heading"),
        list(filter(None, facts)),
        small=_whom_to_ask(offering, words),
        buttons=[open_button(offering, words), leave_button(offering, standing, words)],
    )


def moved(
    old: Offering,
    new: Offering,
    standing: Standing,
    reason: Texts,
    words: Words,
    *,
    now: datetime,
    calendar_url: str | None = None,
) -> Message:
    """A facilitator has moved the seat to another group of the strand."""
    facts = [
        words("moved.opening", old=title_of(old, words), new=title_of(new, words)),
        *_why(reason, words),
        *(session_facts(each, words, with_link=True) for each in new.sessions if each.ends_at > now),
    ]
    buttons = [open_button(new, words), leave_button(new, standing, words)]
    if calendar_url is not None:
        buttons.insert(0, calendar_file_button(new, calendar_url, words))
    return told(words("moved.heading"), facts, small=_whom_to_ask(new, words), buttons=buttons)


def invitation(offering: Offering, invitation_id: int, words: Words, *, now: datetime) -> Message:
    """A facilitator asks whether the person wants a seat."""
    facts = [
        words("invitation.opening", title=title_of(offering, words)),
        escape(words.pick(offering.summary)),
        *(session_line(each, words, with_link=False) for each in offering.sessions if each.ends_at > now),
        *_asked_by(offering, words),
    ]
    buttons = [
        button(words("offer.accept"), ids.ACCEPT_INVITATION, str(invitation_id)),
        button(words("offer.decline"), ids.DECLINE_INVITATION, str(invitation_id)),
        button(words("offering.details"), ids.OFFERING_DETAILS, offering.code),
    ]
    return told(words("invitation.heading"), facts, small=words("invitation.first_come"), buttons=buttons)


def invitation_over(offering: Offering, words: Words, *, accepted: bool) -> Message:
    """What the invitation becomes once it is answered."""
    key = "invitation.accepted" if accepted else "invitation.declined"
    text = words(key, title=title_of(offering, words))
    blocks: list[Block] = [section(text)]
    if accepted:
        blocks.append(actions(open_button(offering, words)))
    return Message(text, blocks)


def _why(reason: Texts, words: Words) -> list[str]:
    said = words.pick(reason)
    return [words("act.reason", reason=escape(said))] if said else []


def _asked_by(offering: Offering, words: Words) -> list[str]:
    led = [mention(each) for each in offering.facilitators]
    return [words("act.led_by", who=words.all_of(led))] if led else []


def _whom_to_ask(offering: Offering, words: Words) -> str:
    led = [mention(each) for each in offering.facilitators]
    return words("act.ask", who=words.any_of(led)) if led else ""
