"""The desk of a group: who comes, and a facilitator's acts, each with its preview."""

from msgspec.structs import replace

from bot.domain.carried.group import GroupAct, GroupTarget, RaisedLimit
from bot.domain.carried.ids import parse_number
from bot.domain.carried.offerings import SessionRef
from bot.domain.errors import KaikuError, Refusal
from bot.domain.facilitation.group import MAX_REASON, Group, missing_reason
from bot.domain.facilitation.outcomes import Done, Invited, Raised, Removed
from bot.services.facilitation import group_acts, invitations, removals
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
    """Open the form of the chosen act, or the preview of an act without a form."""
    target = GroupTarget.parse(request.value)
    group = await _load(request, target.code)
    if target.act is GroupAct.CLOSE:
        return Open(await _preview(request, target))
    kaiku = request.kaiku
    others = await kaiku.store.read(list_other_groups, request.actor, group.offering, kaiku.clock.now())
    return Open(forms.act_form(group, target.act, others, kaiku.book, request.words))


async def prepare(request: Request) -> Answer:
    """Show what the act would do and its messages, or the field errors."""
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
    """The act as filled in, and field errors by field name."""
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


async def _preview(request: Request, target: GroupTarget) -> View:
    kaiku = request.kaiku
    found, messages = await kaiku.store.run(
        group_acts.preview, request.actor, target, kaiku.kinds, kaiku.defaults, kaiku.clock.now
    )
    if isinstance(found, Invited) and found.enrolment_id is not None:  # they wait: they are seated instead
        return await _preview(request, GroupTarget(target.code, GroupAct.SEAT, str(found.enrolment_id)))
    if found.already is not None:
        return _already(request, found.group, found.already)
    if isinstance(found, Raised):
        target = replace(target, to=str(RaisedLimit(found.seats, found.was)))
    reader = _reader(request)
    what = previews.says(found, messages, reader)
    told = previews.told(found.group, messages, reader)
    return forms.preview(found.group.offering, target, what, told, request.words)


async def confirm(request: Request) -> Answer:
    """Do what the preview showed; if another facilitator has acted meanwhile, show what they did."""
    target, kaiku = GroupTarget.parse(request.value), request.kaiku
    done = await kaiku.store.run(group_acts.do, request.actor, target, kaiku.defaults, kaiku.clock.now)
    if done.already is not None:
        return Show(_already(request, done.group, done.already))
    if isinstance(done, Invited) and done.enrolment_id is not None:
        return Show(_already(request, done.group, Done(None, None, None)))
    code, words, undo = done.group.offering.code, request.words, []
    if isinstance(done, Removed) and done.removal_id is not None:
        undo = [view.undo_button(code, done.removal_id, done.becomes, words)]
    elif isinstance(done, Invited) and done.invitation_id is not None:
        undo = [view.undo_invitation_button(code, done.invitation_id, words)]
    return Show(forms.done(done.group.offering, [previews.done(done, _reader(request))], words, undo=undo))


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
    return previews.Reader(request.kaiku.book, request.words, request.kaiku.clock.now())
