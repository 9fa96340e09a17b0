"""An act on a group in three steps: the form, the preview of who is told what, and what was done."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.carried.group import GroupAct, GroupTarget
from bot.domain.enrolment.seats import Status
from bot.domain.facilitation.group import MAX_REASON, Group, Member
from bot.domain.offerings.offering import Offering
from bot.domain.people.agencies import AgencyBook
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    MAX_MODAL_BLOCKS,
    Block,
    Option,
    View,
    actions,
    button,
    context,
    date_input,
    divider,
    escape,
    grouped_select_input,
    modal,
    section,
    sections,
    select_input,
    text_input,
    user_input,
)
from bot.views.facilitation.group import call_all, employer_of, when_at
from bot.views.foreseen import Told, told_blocks
from bot.views.offerings.wording import title_of

MOST_OPTIONS = 100
MOST_DIGITS = 3
"""Of a number of seats."""

_who_can: Mapping[GroupAct, tuple[Status, ...]] = {
    GroupAct.SEAT: (Status.WAITING, Status.OFFERED),
    GroupAct.MOVE: (Status.SEATED, Status.OFFERED, Status.WAITING),
    GroupAct.PUT_BACK: (Status.SEATED, Status.OFFERED),
    GroupAct.REMOVE: (Status.SEATED, Status.OFFERED, Status.WAITING),
}
_list_of = {
    Status.SEATED: "group.list_seated",
    Status.OFFERED: "group.list_offered",
    Status.WAITING: "group.list_waiting",
}
WITH_REASON = {GroupAct.MOVE, GroupAct.PUT_BACK, GroupAct.REMOVE}
"""Acts with a reason that the person is told."""


def act_form(group: Group, act: GroupAct, others: Sequence[Offering], book: AgencyBook, words: Words) -> View:
    """The form of an act. ``others`` are the groups that somebody can be moved to."""
    blocks: list[Block] = [section(f"*{title_of(group.offering, words)}*\n{words(f'group.note_{act}')}")]
    match act:
        case GroupAct.ADD:
            blocks.append(user_input(ids.NEW_MEMBER, words("group.whom"), hint=words("group.add_hint")))
        case GroupAct.RAISE:
            blocks += _limit_inputs(group, book, words)
        case GroupAct.REOPEN:
            blocks.append(date_input(ids.UNTIL, words("group.until_day")) | {"optional": False})
        case _:
            who = _member_input(group, act, book, words)
            if who is None or (act is GroupAct.MOVE and not others):
                empty = "group.no_others" if who is not None else "group.nobody_for_it"
                return modal(
                    words(f"group.title_{act}"),
                    [section(f"*{title_of(group.offering, words)}*\n{words(empty)}")],
                    close=words("form.close"),
                )
            blocks.append(who)
            if act is GroupAct.MOVE:
                options = [
                    Option(each.code, f"{each.code}: {words.pick(each.title)}")
                    for each in others[:MOST_OPTIONS]
                ]
                blocks.append(select_input(ids.OTHER_GROUP, words("group.where"), options))
    if act in WITH_REASON:
        blocks += _reason_inputs(act, words)
    return modal(
        words(f"group.title_{act}"),
        blocks,
        close=words("form.cancel"),
        submit=words("group.preview"),
        callback_id=ids.GROUP_FORM,
        private_metadata=str(GroupTarget(group.offering.code, act)),
    )


def _member_input(group: Group, act: GroupAct, book: AgencyBook, words: Words) -> Block | None:
    called = call_all(group, book, words)
    groups: list[tuple[str, list[Option]]] = []
    for status in _who_can[act]:
        members = [each for each in group.of(status) if each.removal is None]
        for first in range(0, len(members), MOST_OPTIONS):
            options = [
                Option(str(each.enrolment_id), _option(each, called, book, words))
                for each in members[first : first + MOST_OPTIONS]
            ]
            groups.append((words(_list_of[status]), options))
    return grouped_select_input(ids.MEMBER, words("group.whom"), groups) if groups else None


def _option(member: Member, called: Mapping[str, str], book: AgencyBook, words: Words) -> str:
    name = called[member.user_id]
    start = f"{member.position}. " if member.position is not None else ""
    return f"{start}{name}: {employer_of(member, book, words)}"


def _reason_inputs(act: GroupAct, words: Words) -> list[Block]:
    """The reason in both languages; the removed person gets it in their own."""
    hint = words("group.reason_hint" if act is not GroupAct.MOVE else "group.reason_optional")
    return [
        text_input(
            field,
            words(f"group.reason_{language}"),
            max_length=MAX_REASON,
            optional=True,
            hint=hint if language == "fi" else None,
        )
        for language, field in ids.REASON.items()
    ]


def _limit_inputs(group: Group, book: AgencyBook, words: Words) -> list[Block]:
    """The agencies of the group with what each holds, those whose people wait first."""
    limits, held = group.offering.limits, group.held
    waiting = [each.agency for each in group.of(Status.WAITING)]
    named = {each.agency: employer_of(each, book, words) for each in group.members}
    ordered = sorted(named, key=lambda each: (-waiting.count(each), named[each]))
    options = [
        Option(
            agency,
            words(
                "group.agency_option",
                agency=named[agency],
                held=held.get(agency, 0),
                most=limits.for_agency(agency),
                waiting=waiting.count(agency),
            ),
        )
        for agency in ordered[:MOST_OPTIONS]
        if len(agency) <= MOST_OPTION_VALUE
    ]
    return [
        select_input(ids.OF_AGENCY, words("group.which_agency"), options),
        text_input(
            ids.SEATS,
            words("group.new_limit"),
            max_length=MOST_DIGITS,
            hint=words("group.new_limit_hint", capacity=limits.capacity),
            optional=False,
        ),
    ]


MOST_OPTION_VALUE = 150
"""Characters of an option's value, by Slack's reference."""


def preview(
    offering: Offering, target: GroupTarget, what: Sequence[str], told: Sequence[Told], words: Words
) -> View:
    """What will happen, and every message that is sent, as its readers will see it."""
    blocks: list[Block] = [
        section(f"*{title_of(offering, words)}*"),
        *sections([f"• {line}" for line in what]),
    ]
    if not told:
        blocks += [divider(), section(words("group.nobody_told"))]
    for each in told:
        shown = told_blocks(each, words)
        if len(blocks) + len(shown) > MAX_MODAL_BLOCKS - 1:
            blocks.append(context(words("group.told_alike")))
            break
        blocks += shown
    return modal(
        words("group.preview_title"),
        blocks,
        close=words("form.cancel"),
        submit=words(f"group.do_{target.act}"),
        callback_id=ids.GROUP_CONFIRM,
        private_metadata=str(target),
    )


def done(offering: Offering, lines: Sequence[str], words: Words, *, undo: Sequence[Block] = ()) -> View:
    """What was done, or what somebody else had done before, with buttons to return to the group or to
    undo."""
    buttons = [button(words("group.back"), ids.OPEN_GROUP, offering.code), *undo]
    return modal(
        words("group.title"),
        [section("\n".join([f"*{title_of(offering, words)}*", *lines])), actions(*buttons)],
        close=words("form.close"),
    )


def already(kind: str | None, at: datetime | None, by: str | None, words: Words, now: datetime) -> str:
    """What somebody did before, so that nothing was done now."""
    if kind not in DID or at is None:
        return words("group.changed_meanwhile")
    who = escape(by) if by is not None else words("group.somebody")
    return words(f"group.did_{kind}", who=who, when=when_at(at, words, now))


DID = {
    "seated",
    "removed",
    "put_back",
    "removal_undone",
    "moved",
    "invited",
    "limit_raised",
    "sign_up_closed",
    "sign_up_reopened",
}
"""Acts of which a second facilitator is told that they were done before."""
