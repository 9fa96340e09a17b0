"""Changing an offering in Slack: choosing the session, filling in the change, the preview of its messages;
and acknowledging a change.
"""

from datetime import date, time
from functools import partial

from msgspec.structs import replace

from bot.domain.carried.ids import parse_number
from bot.domain.carried.offerings import SessionRef
from bot.domain.offerings.offering import Session
from bot.domain.plan.edit_outcomes import Editable
from bot.domain.plan.edits import (
    MAX_LABEL,
    MAX_LINK,
    MAX_PLACE,
    MAX_REASON,
    WHOLE_OFFERING,
    EditFault,
    PlanEdit,
    SeatsEdit,
    SessionEdit,
    VenueAct,
    next_number,
)
from bot.domain.plan.model import SignUpWindow, Venue
from bot.services.offerings import acknowledging
from bot.services.offerings.roster import call_each, list_roster
from bot.services.plan import edit as service
from bot.services.plan.edit import Checked
from bot.services.plan.preview import preview_edit
from bot.views import ids
from bot.views.blocks import Message, View
from bot.views.facilitation import venues
from bot.views.plan import edit_forms as forms
from bot.views.plan import edit_preview
from bot.views.plan.seats_form import MOST_DIGITS, seats_form
from handlers.kaiku import Answer, FieldErrors, Open, Renew, Request, Say, Show
from handlers.typed import read_text

MOST_SEATS = 1000
FIELDS = {
    EditFault.WEEKEND: ids.NEW_DAY,
    EditFault.HOLIDAY: ids.NEW_DAY,
    EditFault.EVE: ids.NEW_DAY,
    EditFault.PAST: ids.NEW_DAY,
    EditFault.FAR_AWAY: ids.NEW_DAY,
    EditFault.OVERLAPS: ids.NEW_DAY,
    EditFault.ONLY_SESSION: ids.NEW_DAY,
    EditFault.OVER_BEFORE_SIGN_UP: ids.NEW_DAY,
    EditFault.DRAW_TOO_LATE: ids.NEW_DAY,
    EditFault.DRAWN_TOGETHER: ids.NEW_DAY,
    EditFault.BREAKS_PLAN: ids.NEW_DAY,
    EditFault.TIME_SKIPPED: ids.NEW_STARTS,
    EditFault.ENDS_FIRST: ids.NEW_ENDS,
    EditFault.PAST_MIDNIGHT: ids.NEW_ENDS,
    EditFault.LINK_WRONG: ids.NEW_LINK,
    EditFault.ALWAYS_REMOTE: ids.NEW_LINK,
    EditFault.PLACE_MISSING: ids.NEW_PLACE["sv"],
    EditFault.SEATS_PER_AGENCY: ids.PER_AGENCY,
    EditFault.OPENS_TOO_LATE: ids.OPENS,
    EditFault.CLOSES_TOO_LATE: ids.CLOSES,
    EditFault.CLOSES_FIRST: ids.CLOSES,
    EditFault.CLOSES_PAST: ids.CLOSES,
    EditFault.VENUE_TOO_LATE: ids.VENUE_UNTIL,
    EditFault.VENUE_TOO_SMALL: ids.VENUE_CAPACITY,
}
FIRST_FIELDS = {
    VenueAct.SHRINK: ids.NEW_PLACE["fi"],
    VenueAct.REMOTE: ids.NEW_LINK,
    VenueAct.CANCEL: ids.REASON["fi"],
}
"""The first field of each form about a venue, which has no day and no hours."""
OF_SEATS = {
    EditFault.VENUE_TOO_SMALL: ids.CAPACITY,
    EditFault.BREAKS_PLAN: ids.CAPACITY,
    EditFault.DRAW_TOO_LATE: ids.CLOSES,
    EditFault.DRAWN_TOGETHER: ids.CLOSES,
}
"""The fields of faults in the form of the seats, where they differ."""


async def open_plan(request: Request) -> Answer:
    """Show the sessions ahead, to choose the one to change; ``value`` is the offering's code."""
    found = await _load(request, request.value)
    roster = await request.kaiku.store.read(list_roster, found.offering.code)
    names = call_each(roster, request.kaiku.book, request.words.language)
    return Open(forms.chooser(found, names, request.words))


async def choose_session(request: Request) -> Answer:
    """Open the form of a session, or of the whole offering; ``value`` is code/session."""
    ref = SessionRef.parse(request.value)
    found = await _load(request, ref.code)
    return Open(_form(request, found, ref.number))


async def open_new_session(request: Request) -> Answer:
    """Open the form of one more session; ``value`` is the offering's code."""
    found = await _load(request, request.value)
    number = next_number(each.number for each in found.offering.sessions)
    return Open(forms.new_session_form(found.offering, number, request.words))


async def open_seats(request: Request) -> Answer:
    """Open the form of the seats and of when sign-up is open; ``value`` is the offering's code."""
    offering, seats = await request.kaiku.store.read(service.load_seats, request.actor, request.value)
    return Open(seats_form(offering, seats, request.words))


async def edit_again(request: Request) -> Answer:
    """Go back from the preview to the form, with all that was filled in."""
    edit = PlanEdit.parse(request.form)
    return Renew(_form(request, await _load(request, edit.code), edit.number, edit))


def _form(request: Request, found: Editable, number: int, edit: PlanEdit | None = None) -> View:
    act = edit.session.act if edit is not None and edit.session is not None else None
    if act is not None:
        return venues.act_form(found.offering, found.session(number), act, request.words, edit)
    if edit is not None and edit.seats is not None:
        return seats_form(found.offering, edit.seats, request.words, edit)
    if number == WHOLE_OFFERING:
        return forms.offering_form(found.offering, request.words, edit)
    if _is_new(found, number):
        return forms.new_session_form(found.offering, number, request.words, edit)
    return forms.session_form(found.offering, found.session(number), request.words, edit)


def _is_new(found: Editable, number: int) -> bool:
    return number == next_number(each.number for each in found.offering.sessions)


async def _load(request: Request, code: str) -> Editable:
    kaiku = request.kaiku
    found: Editable = await kaiku.store.read(service.load_editable, request.actor, code, kaiku.clock.now())
    return found


async def prepare(request: Request) -> Answer:
    """Show what the change would do and its messages, or what is wrong, at its field."""
    edit = PlanEdit.parse(request.value)
    found = await _load(request, edit.code)
    edit, errors = _read(request, edit, found)
    if errors:
        return FieldErrors(errors)
    kaiku = request.kaiku
    checked = await kaiku.store.read(service.check_edit, request.actor, edit, kaiku.clock.now())
    if errors := _errors(request, checked, edit):
        return FieldErrors(errors)
    act = partial(preview_edit, public_url=kaiku.links.public_url)
    preview, messages = await kaiku.store.run(act, request.actor, edit, kaiku.defaults, kaiku.clock.now())
    return Show(edit_preview.preview(preview, messages, edit, request.words, kaiku.clock.now()))


def _errors(request: Request, checked: Checked, edit: PlanEdit) -> dict[str, str]:
    act = edit.session.act if edit.session is not None else None
    of_form = FIELDS | OF_SEATS if edit.seats is not None else FIELDS
    if act is not None:
        times = {ids.NEW_DAY, ids.NEW_STARTS, ids.NEW_ENDS}
        of_form = {fault: FIRST_FIELDS[act] if field in times else field for fault, field in FIELDS.items()}
    errors = {of_form[each]: request.words(f"edit.fault_{each}") for each in checked.faults}
    if checked.clashes and not edit.despite:
        lines = [
            *edit_preview.clash_lines(checked.clashes, request.words),
            request.words("edit.despite_hint"),
        ]
        errors.setdefault(ids.NEW_DAY, " ".join(lines))
    return errors


def _read(request: Request, edit: PlanEdit, found: Editable) -> tuple[PlanEdit, dict[str, str]]:
    """The change as filled in, and field errors by field name."""
    errors: dict[str, str] = {}
    reason = {
        language: read_text(request, field, errors, at_most=MAX_REASON)
        for language, field in ids.REASON.items()
    }
    cancelled = request.fields.get(ids.HELD) == forms.CANCELLED
    despite = forms.DESPITE in request.chosen(ids.BESIDES)
    about = partial(PlanEdit, edit.code, edit.number, edit.version, reason=reason, despite=despite)
    if edit.seats is not None:
        return about(seats=_read_seats(request, edit.seats.shown, errors)), errors
    if edit.number == WHOLE_OFFERING:
        return about(cancelled=cancelled), errors
    if _is_new(found, edit.number):
        return about(session=_read_new_session(request, errors)), errors
    was = found.session(edit.number)
    if edit.session is not None and edit.session.act is not None:
        return about(session=_read_venue_act(request, was, edit.session.act, errors)), errors
    on, starts, ends = read_time(request, errors)
    place, link, label = read_where(request, errors)
    venue = None
    if was.venue is not None and was.venue.free_until is not None:
        venue = replace(was.venue, free_until=read_day(request, ids.VENUE_UNTIL))
    session = SessionEdit(
        on or was.on,
        starts or was.starts,
        ends or was.ends,
        place,
        link,
        cancelled,
        everywhere=forms.EVERYWHERE in request.chosen(ids.BESIDES),
        venue=venue,
        label=label,
    )
    return about(session=session), errors


def _read_seats(request: Request, shown: str, errors: dict[str, str]) -> SeatsEdit:
    seats, per_agency = (read_seats(request, field, errors) for field in (ids.CAPACITY, ids.PER_AGENCY))
    window = SignUpWindow(read_day(request, ids.OPENS), read_day(request, ids.CLOSES))
    return SeatsEdit(seats, per_agency, window, shown)


def _read_new_session(request: Request, errors: dict[str, str]) -> SessionEdit | None:
    on, starts, ends = read_time(request, errors)
    place, link, label = read_where(request, errors)
    if on is None or starts is None or ends is None:
        return None
    return SessionEdit(on, starts, ends, place, link, label=label)


def read_where(
    request: Request, errors: dict[str, str]
) -> tuple[dict[str, str] | None, str | None, str | None]:
    """Either a place, or a link with its label, as filled in; or neither."""
    place, link = _read_place(request, errors) or None, _read_link(request, errors)
    label = read_text(request, ids.NEW_LABEL, errors, at_most=MAX_LABEL, on_one_line=True)
    if link is not None and place:
        errors.setdefault(ids.NEW_LINK, request.words("new.place_or_link"))
    return place, link, label or None


def _read_venue_act(request: Request, was: Session, act: VenueAct, errors: dict[str, str]) -> SessionEdit:
    """What to do about the venue; the time stays."""
    place = link = venue = None
    match act:
        case VenueAct.REMOTE:
            link = _read_link(request, errors)
        case VenueAct.SHRINK:
            place = _read_place(request, errors)
            capacity, price = (
                _read_number(request, each, errors) for each in (ids.VENUE_CAPACITY, ids.VENUE_PRICE)
            )
            venue = Venue(price, read_day(request, ids.VENUE_UNTIL), capacity)
    is_cancelled = act is VenueAct.CANCEL
    return SessionEdit(was.on, was.starts, was.ends, place, link, is_cancelled, venue=venue, act=act)


def _read_link(request: Request, errors: dict[str, str]) -> str | None:
    return read_text(request, ids.NEW_LINK, errors, at_most=MAX_LINK, on_one_line=True) or None


def _read_place(request: Request, errors: dict[str, str]) -> dict[str, str]:
    said = {
        language: read_text(request, field, errors, at_most=MAX_PLACE, on_one_line=True)
        for language, field in ids.NEW_PLACE.items()
    }
    return {language: text for language, text in said.items() if text}


def _read_number(request: Request, field: str, errors: dict[str, str]) -> int:
    typed = (request.fields.get(field) or "").replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
    number = parse_number(typed, venues.MOST_DIGITS)
    if number is None:
        errors[field] = request.words("venue.no_number")
    return number or 0


def read_seats(request: Request, field: str, errors: dict[str, str]) -> int:
    """A number of seats; 1 where ``errors`` now has an error."""
    number = parse_number((request.fields.get(field) or "").strip(), MOST_DIGITS)
    if number is None or not 1 <= number <= MOST_SEATS:
        errors.setdefault(field, request.words("new.seats_wrong"))
        return 1
    return number


def read_day(request: Request, field: str) -> date | None:
    try:
        return date.fromisoformat(request.fields.get(field) or "")
    except ValueError:
        return None


def read_time(request: Request, errors: dict[str, str]) -> tuple[date | None, time | None, time | None]:
    """A session's day, start and end, as filled in."""
    fields = request.fields
    try:
        on = date.fromisoformat(fields.get(ids.NEW_DAY) or "")
    except ValueError:
        on = None
        errors[ids.NEW_DAY] = request.words("edit.day_missing")
    times: list[time | None] = []
    for name in (ids.NEW_STARTS, ids.NEW_ENDS):
        try:
            times.append(time.fromisoformat(fields.get(name) or "").replace(tzinfo=None))
        except ValueError:
            times.append(None)
            errors[name] = request.words("edit.time_missing")
    return on, times[0], times[1]


async def confirm(request: Request) -> Answer:
    """Make the previewed change and tell people."""
    return Show(await _make(request, request.value, quiet=False))


async def confirm_quietly(request: Request) -> Answer:
    """Make the previewed change, a correction, and tell nobody."""
    return Renew(await _make(request, request.form, quiet=True))


async def _make(request: Request, carried: str, *, quiet: bool) -> View:
    kaiku = request.kaiku
    edit = PlanEdit.parse(carried)
    act = partial(service.make_edit, quiet=quiet)
    made = await kaiku.store.run(act, request.actor, edit, kaiku.clock.now)
    return edit_preview.done(made.offering, request.words, tells=made.tells)


async def acknowledge(request: Request) -> Answer:
    """Record that I have read about a change; ``value`` is code/version."""
    ref = SessionRef.parse(request.value)
    kaiku = request.kaiku
    await kaiku.store.run(acknowledging.acknowledge, request.person, ref.code, ref.number, kaiku.clock.now)
    return Say(Message(request.words("change.acknowledged")))
