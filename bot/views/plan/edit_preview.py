"""The preview of a change to an offering: what changes, who is told what and when; and its confirmation."""

from collections.abc import Mapping
from datetime import datetime

from bot.domain.offerings.offering import Offering
from bot.domain.plan.edit_outcomes import Clashes, Preview
from bot.domain.plan.edits import PlanEdit
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    Block,
    Message,
    View,
    actions,
    button,
    divider,
    header,
    inert,
    modal,
    section,
    sections,
)
from bot.views.facilitation.group import when_at
from bot.views.offerings.wording import place_of, title_of, when_of
from bot.views.plan.edit_forms import venue_terms
from bot.views.plan.seats_form import changed_seats


def clash_lines(clashes: Clashes, words: Words) -> list[str]:
    """The people who have another session at that time."""
    lines = []
    if clashes.seated:
        lines.append(words("edit.clash_seated", n=clashes.seated, of=clashes.of))
    if clashes.facilitators:
        lines.append(words("edit.clash_facilitators", n=len(clashes.facilitators)))
    return lines


def preview(
    found: Preview, messages: Mapping[str, Message], edit: PlanEdit, words: Words, now: datetime
) -> View:
    """Who will be told what and when, with the messages as they will read them."""
    blocks: list[Block] = [section(f"*{title_of(found.after, words)}*")]
    back = button(words("edit.back"), ids.EDIT_AGAIN)
    if not found.changes:
        blocks += [section(words("edit.no_change")), actions(back)]
        return modal(
            words("group.preview_title"), blocks, close=words("form.close"), private_metadata=str(edit)
        )
    what = [
        *_changed_lines(found, words),
        *_told_lines(found, words, now),
        *clash_lines(found.clashes, words),
    ]
    blocks += sections([f"• {line}" for line in what])
    buttons = [back]
    if found.may_be_quiet and found.tells_of_change:
        buttons.append(button(words("edit.send_quietly"), ids.EDIT_QUIETLY))
    if (link := _new_link(found)) is not None:
        buttons.append(button(words("edit.try_link"), ids.JOIN_SESSION) | {"url": link})
    blocks.append(actions(*buttons))
    for language, message in messages.items():
        blocks += [divider(), header(words(f"group.told_{language}")), *inert(message.blocks)]
    return modal(
        words("group.preview_title"),
        blocks,
        close=words("form.cancel"),
        submit=words("edit.send" if messages else "edit.save"),
        callback_id=ids.EDIT_CONFIRM,
        private_metadata=str(edit),
    )


def _new_link(found: Preview) -> str | None:
    """A new link, for the facilitator to try."""
    known = {each.link for each in found.before.sessions}
    return next((each.link for each in found.after.sessions if each.link not in known), None)


def _changed_lines(found: Preview, words: Words) -> list[str]:
    if found.before.cancelled != found.after.cancelled:
        return [words("edit.will_cancel_all" if found.after.cancelled else "edit.will_restore_all")]
    lines = list(changed_seats(found.before, found.after, words))
    before = {each.number: each for each in found.before.sessions}
    for session in found.after.sessions:
        number, was = session.number, before.get(session.number)
        if was is None:
            where = place_of(session, words, with_link=False)
            lines.append(words("edit.will_add", number=number, when=when_of(session, words), place=where))
            continue
        if was.cancelled != session.cancelled:
            key = "edit.will_cancel" if session.cancelled else "edit.will_restore"
            lines.append(words(key, number=number, when=when_of(session, words)))
            continue
        old, new = when_of(was, words), when_of(session, words)
        if old != new:
            lines.append(words("edit.will_move", number=number, old=old, new=new))
        if session.is_remote and not was.is_remote:
            lines.append(words("edit.will_remote", number=number))
        elif session.is_remote and (was.link, was.link_label) != (session.link, session.link_label):
            lines.append(words("edit.will_link", number=number))
        elif was.place != session.place:
            places = {
                "old": place_of(was, words, with_link=False),
                "new": place_of(session, words, with_link=False),
            }
            lines.append(words("edit.will_place", number=number, **places))
        if session.venue is not None and was.venue != session.venue:
            terms = " · ".join(venue_terms(session, words))
            lines.append(words("edit.will_venue", number=number, terms=terms))
    return lines


def _told_lines(found: Preview, words: Words, now: datetime) -> list[str]:
    if not found.tells:
        lines = [words("edit.tells_nobody")]
    else:
        lines = []
        if found.seated or found.waiting:
            lines.append(words("edit.tells", seated=found.seated, waiting=found.waiting))
        if found.wishing:
            lines.append(words("edit.tells_wishing", n=found.wishing))
        if found.promoted:
            lines.append(words("edit.tells_promoted", n=found.promoted))
        if found.offered:
            lines.append(words("edit.tells_offered", n=found.offered))
        if found.opening:
            lines.append(words("edit.tells_opening", n=found.opening))
        if found.soon:
            lines.append(words("edit.tells_soon", n=found.soon))
        if found.later and found.later_at is not None:
            lines.append(words("edit.tells_later", n=found.later, when=when_at(found.later_at, words, now)))
    if found.facilitators:
        lines.append(words("edit.tells_facilitators", n=found.facilitators))
    return lines


def done(offering: Offering, words: Words, *, tells: bool) -> View:
    """What was done, and the button to undo it."""
    said = words("edit.done" if tells else "edit.done_quietly")
    return modal(
        words("edit.title"),
        [
            section(f"*{title_of(offering, words)}*\n{said}"),
            actions(button(words("group.back"), ids.OPEN_GROUP, offering.code)),
        ],
        close=words("form.close"),
    )
