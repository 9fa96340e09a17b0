"""The desk of a group: who comes, and what a facilitator does about it, each act with its preview."""

from collections.abc import Awaitable, Callable
from datetime import date

from bot.domain.carried.group import GroupAct, GroupTarget, RaisedLimit
from bot.domain.carried.ids import parse_number
from bot.domain.carried.offerings import SessionRef
from bot.domain.errors import KaikuError, Refusal
from bot.domain.facilitation.group import MAX_REASON, Becomes, Group, missing_reason
from bot.domain.facilitation.outcomes import Done
from bot.services.facilitation import invitations, limits, removals, seat_acts
from bot.services.facilitation.desk import list_facilitated
from bot.services.facilitation.group import list_other_groups, load_group
from bot.views import ids
from bot.views.blocks import View
from bot.views.facilitation import group as view
from bot.views.facilitation import group_forms as forms
from bot.views.facilitation import group_previews as previews
from handlers.commands import command
from handlers.kaiku import Answer, FieldErrors, Open, Renew, Request, Show
from handlers.listening import identify
from handlers.typed import read_text

BECOMES = {GroupAct.REMOVE: Becomes.REMOVED, GroupAct.PUT_BACK: Becomes.WAITING}


@command(
    "group",
    place=21,
    fi="ryhmä",
    sv="grupp",
    en="group",
    also=("ryhma", "gruppen"),
    takes_argument=True,
    for_facilitators=True,
)
async def open_group(request: Request) -> Answer:
    """``/kaiku group [CODE]``: the desk of the group, or a list to choose the group from."""
    kaiku, code = request.kaiku, request.value
    if not code:
        led = await kaiku.store.read(list_facilitated, request.actor, kaiku.clock.now())
        if len(led) > 1:
            return Open(view.chooser(led, request.words))
        code = led[0].code
    return Renew(_shown(request, await _load(request, code)))


async def choose_act(request: Request) -> Answer:
    """Open the form of the act that was chosen; an act that needs none shows its preview."""
    target = GroupTarget.parse(request.value)
    group = await _load(request, target.code)
    if target.act is GroupAct.CLOSE:
        return Open(await _preview(request, target))
    kaiku = request.kaiku
    others = await kaiku.store.read(list_other_groups, request.actor, group.offering, kaiku.clock.now())
    return Open(forms.act_form(group, target.act, others, kaiku.book, request.words))


async def prepare(request: Request) -> Answer:
    """Show what the act would do and whom it would tell what, or the field errors."""
    target = GroupTarget.parse(request.value)
    group = await _load(request, target.code)
    target, errors = _read(request, target, group)
    if errors:
        return FieldErrors(errors)
    if target.act is GroupAct.ADD:
        await identify(request.kaiku, target.about, "")
    try:
        return Show(await _preview(request, target))
    except KaikuError as error:
        field = _field_of.get(error.code)
        if field is None:
            raise
        return FieldErrors({field: request.words(f"refusal.{error.code}")})


_field_of = {
    Refusal.LIMIT_NOT_RAISED: ids.SEATS,
    Refusal.SIGN_UP_DAY_WRONG: ids.UNTIL,
    Refusal.NOBODY_ELSE: ids.MEMBER,
    Refusal.CANNOT_BE_ADDED: ids.NEW_MEMBER,
}


def _read(request: Request, target: GroupTarget, group: Group) -> tuple[GroupTarget, dict[str, str]]:
    """The act with what was filled in, and field errors by field name."""
    fields, errors = request.fields, dict[str, str]()
    reason = {
        language: read_text(request, field, errors, at_most=MAX_REASON, on_one_line=True)
        for language, field in ids.REASON.items()
    }
    reason = {language: said for language, said in reason.items() if said}
    about, to = fields.get(ids.MEMBER) or "", ""
    match target.act:
        case GroupAct.ADD:
            about = fields.get(ids.NEW_MEMBER) or ""
        case GroupAct.MOVE:
            to = fields.get(ids.OTHER_GROUP) or ""
        case GroupAct.RAISE:
            about, to = fields.get(ids.OF_AGENCY) or "", (fields.get(ids.SEATS) or "").strip()
        case GroupAct.REOPEN:
            to = fields.get(ids.UNTIL) or ""
        case GroupAct.REMOVE | GroupAct.PUT_BACK if not errors:
            member = group.find(parse_number(about, 9) or 0)
            missing = missing_reason(reason, member.language) if member is not None else None
            if missing is not None:
                errors[ids.REASON[missing]] = request.words(f"group.reason_missing_{missing}")
    return GroupTarget(target.code, target.act, about, to, reason), errors


async def _preview(request: Request, target: GroupTarget) -> View:  # noqa: PLR0911 - one an act
    kaiku, now, actor = request.kaiku, request.kaiku.clock.now(), request.actor
    reader = _reader(request)
    read, code = kaiku.store.read, target.code
    match target.act:
        case GroupAct.SEAT:
            seated = await read(seat_acts.preview_seat, actor, code, target.enrolment_id, now)
            if seated.already is not None:
                return _already(request, seated.group, seated.already)
            what, told = previews.seat(seated, reader)
            return forms.preview(seated.group.offering, target, what, told, request.words)
        case GroupAct.REMOVE | GroupAct.PUT_BACK:
            becomes = BECOMES[target.act]
            removed = await read(removals.preview_removal, actor, code, target.enrolment_id, becomes, now)
            if removed.already is not None:
                return _already(request, removed.group, removed.already)
            what, told = previews.remove(removed, target.reason, reader)
            return forms.preview(removed.group.offering, target, what, told, request.words)
        case GroupAct.MOVE:
            moved = await read(seat_acts.preview_move, actor, code, target.enrolment_id, target.to, now)
            if moved.already is not None:
                return _already(request, moved.group, moved.already)
            what, told = previews.move(moved, target.reason, reader)
            return forms.preview(moved.group.offering, target, what, told, request.words)
        case GroupAct.ADD:
            invited = await read(
                invitations.preview_invitation, actor, code, target.about, kaiku.defaults, now
            )
            if invited.enrolment_id is not None:  # they wait already: they are seated instead
                seat = GroupTarget(code, GroupAct.SEAT, str(invited.enrolment_id))
                return await _preview(request, seat)
            if invited.already is not None:
                return _already(request, invited.group, invited.already)
            what, told = previews.invite(invited, reader)
            return forms.preview(invited.group.offering, target, what, told, request.words)
        case GroupAct.RAISE:
            raised = await read(
                limits.preview_limit, actor, code, target.about, RaisedLimit.parse(target.to).seats, now
            )
            what, told = previews.limit(raised, reader)
            target = GroupTarget(code, target.act, target.about, str(RaisedLimit(raised.seats, raised.was)))
            return forms.preview(raised.group.offering, target, what, told, request.words)
        case GroupAct.CLOSE | GroupAct.REOPEN:
            changed = await read(limits.preview_sign_up, actor, code, _day(target), now)
            if changed.already is not None:
                return _already(request, changed.group, changed.already)
            what = previews.sign_up(changed, reader)
            tells_others = changed.turns_told > 0
            return forms.preview(
                changed.group.offering, target, what, (), request.words, tells_others=tells_others
            )


async def confirm(request: Request) -> Answer:
    """Do what the preview showed; whoever comes second is shown what the first did."""
    target = GroupTarget.parse(request.value)
    return Show(await _acts[target.act](request, target))


async def _seat(request: Request, target: GroupTarget) -> View:
    kaiku = request.kaiku
    done = await kaiku.store.run(
        seat_acts.give_seat, request.actor, target.code, target.enrolment_id, kaiku.clock.now
    )
    if done.already is not None:
        return _already(request, done.group, done.already)
    return forms.done(done.group.offering, [previews.seat_done(done, _reader(request))], request.words)


async def _remove(request: Request, target: GroupTarget) -> View:
    kaiku, becomes = request.kaiku, BECOMES[target.act]
    done = await kaiku.store.run(
        removals.remove,
        request.actor,
        target.code,
        target.enrolment_id,
        becomes,
        target.reason,
        kaiku.clock.now,
    )
    if done.already is not None:
        return _already(request, done.group, done.already)
    said = [previews.remove_done(done, _reader(request))]
    assert done.removal_id is not None, "a removal that is done has one"
    undo = [view.undo_button(done.group.offering.code, done.removal_id, becomes, request.words)]
    return forms.done(done.group.offering, said, request.words, undo=undo)


async def _move(request: Request, target: GroupTarget) -> View:
    kaiku = request.kaiku
    done = await kaiku.store.run(
        seat_acts.move,
        request.actor,
        target.code,
        target.enrolment_id,
        target.to,
        target.reason,
        kaiku.clock.now,
    )
    if done.already is not None:
        return _already(request, done.group, done.already)
    return forms.done(done.group.offering, [previews.move_done(done, _reader(request))], request.words)


async def _add(request: Request, target: GroupTarget) -> View:
    kaiku = request.kaiku
    done = await kaiku.store.run(
        invitations.invite, request.actor, target.code, target.about, kaiku.defaults, kaiku.clock.now
    )
    if done.already is not None or done.enrolment_id is not None:
        return _already(request, done.group, done.already or Done(None, None, None))
    said = [previews.invite_done(done, _reader(request))]
    undo = [view.undo_invitation_button(done.group.offering.code, done.invitation_id or 0, request.words)]
    return forms.done(done.group.offering, said, request.words, undo=undo)


async def _raise(request: Request, target: GroupTarget) -> View:
    kaiku = request.kaiku
    limit = RaisedLimit.parse(target.to)
    done = await kaiku.store.run(
        limits.raise_limit,
        request.actor,
        target.code,
        target.about,
        limit.seats,
        limit.was or 0,
        kaiku.clock.now,
    )
    if done.already is not None:
        return _already(request, done.group, done.already)
    return forms.done(done.group.offering, [previews.limit_done(done, _reader(request))], request.words)


async def _sign_up(request: Request, target: GroupTarget) -> View:
    kaiku = request.kaiku
    done = await kaiku.store.run(
        limits.change_sign_up, request.actor, target.code, _day(target), kaiku.clock.now
    )
    if done.already is not None:
        return _already(request, done.group, done.already)
    return forms.done(done.group.offering, [previews.sign_up_done(done, _reader(request))], request.words)


_acts: dict[GroupAct, Callable[[Request, GroupTarget], Awaitable[View]]] = {
    GroupAct.SEAT: _seat,
    GroupAct.ADD: _add,
    GroupAct.MOVE: _move,
    GroupAct.PUT_BACK: _remove,
    GroupAct.REMOVE: _remove,
    GroupAct.RAISE: _raise,
    GroupAct.CLOSE: _sign_up,
    GroupAct.REOPEN: _sign_up,
}


async def undo(request: Request) -> Answer:
    """Take a removal back; ``value`` is code/removal."""
    ref = SessionRef.parse(request.value)
    kaiku = request.kaiku
    group = await kaiku.store.run(removals.undo, request.actor, ref.code, ref.number, kaiku.clock.now)
    return Renew(_shown(request, group))


async def undo_invitation(request: Request) -> Answer:
    """Take back an invitation that has not been sent; ``value`` is code/invitation."""
    ref = SessionRef.parse(request.value)
    kaiku = request.kaiku
    group = await kaiku.store.run(invitations.undo, request.actor, ref.code, ref.number, kaiku.clock.now)
    return Renew(_shown(request, group))


async def _load(request: Request, code: str) -> Group:
    kaiku = request.kaiku
    group: Group = await kaiku.store.read(load_group, request.actor, code, kaiku.clock.now())
    return group


def _shown(request: Request, group: Group) -> View:
    return view.group_view(group, request.kaiku.book, request.words, request.kaiku.clock.now())


def _already(request: Request, group: Group, done: Done) -> View:
    said = forms.already(done.kind, done.at, done.by, request.words, request.kaiku.clock.now())
    return forms.done(group.offering, [said], request.words)


def _reader(request: Request) -> previews.Reader:
    kaiku = request.kaiku
    return previews.Reader(kaiku.book, request.words, kaiku.clock.now(), kaiku.links.public_url)


def _day(target: GroupTarget) -> date | None:
    """Until when sign-up is to be open; None to close it. Raises KaikuError: SIGN_UP_DAY_WRONG."""
    if target.act is GroupAct.CLOSE:
        return None
    try:
        return date.fromisoformat(target.to)
    except ValueError as error:
        raise KaikuError(Refusal.SIGN_UP_DAY_WRONG) from error
