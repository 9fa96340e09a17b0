"""Writing texts and new offerings into the plan: facilitators for their own, coordinators for all."""

from collections.abc import Mapping

from bot.domain.carried.ids import parse_number
from bot.domain.carried.offerings import SessionRef, TextsTarget
from bot.domain.errors import KaikuError, Refusal
from bot.domain.plan.additions import MAX_SENTENCE, MAX_SUMMARY, MAX_TITLE, OfferingTexts
from bot.domain.plan.edits import EditFault
from bot.domain.plan.model import OfferingKind, PlannedOffering, PlannedSession, SignUpWindow
from bot.services.plan import additions as service
from bot.views import ids
from bot.views.plan import additions as view
from handlers.kaiku import Answer, FieldErrors, Open, Request, Show
from handlers.plan import FIELDS, read_day, read_seats, read_time, read_where
from handlers.typed import read_text


async def edit_texts(request: Request) -> Answer:
    """Open the form with the texts; ``value`` is code/session, 0 for the offering's own."""
    ref = SessionRef.parse(request.value)
    offering, texts = await request.kaiku.store.read(service.load_texts, request.actor, ref.code, ref.number)
    return Open(view.texts_form(offering, texts, request.words))


async def save_texts(request: Request) -> Answer:
    """Save the texts, unless somebody else has changed them meanwhile; ``value`` is code/session/mark."""
    target, errors = TextsTarget.parse(request.value), dict[str, str]()
    ref = target.session
    if ref.number == 0:
        title, summary = (
            _read(request, fields, errors, at_most)
            for fields, at_most in ((ids.TITLE, MAX_TITLE), (ids.SUMMARY, MAX_SUMMARY))
        )
        for_whom, takes_home = (
            _read(request, fields, errors, MAX_SENTENCE, may_be_empty=True)
            for fields in (ids.FOR_WHOM, ids.TAKES_HOME)
        )
        texts = OfferingTexts(title, summary, for_whom=for_whom or None, takes_home=takes_home or None)
    else:
        bring = _read(request, ids.BRING, errors, MAX_SENTENCE, may_be_empty=True)
        texts = OfferingTexts(number=ref.number, bring=bring or None)
    if errors:
        return FieldErrors(errors)
    kaiku = request.kaiku
    try:
        offering = await kaiku.store.run(
            service.save_texts, request.actor, ref.code, texts, target.mark, kaiku.clock.now
        )
    except KaikuError as error:
        if error.code is not Refusal.CHANGED_MEANWHILE:
            raise
        first = ids.BRING if ref.number else ids.TITLE
        return FieldErrors({first["fi"]: request.words("texts.changed")})
    return Show(view.saved(offering, request.words))


def _read(
    request: Request,
    fields: Mapping[str, str],
    errors: dict[str, str],
    at_most: int,
    *,
    may_be_empty: bool = False,
) -> dict[str, str]:
    """A text by language; Finnish and Swedish go together."""
    typed = {
        language: read_text(request, field, errors, at_most=at_most, on_one_line=True)
        for language, field in fields.items()
    }
    said = {language: text for language, text in typed.items() if text}
    if said or not may_be_empty:
        for language in ("fi", "sv"):
            if language not in said:
                errors.setdefault(fields[language], request.words("texts.missing"))
    return said


async def open_new(request: Request) -> Answer:
    """Open the form of a new offering."""
    kaiku = request.kaiku
    homes = await kaiku.store.read(service.list_homes, request.actor, kaiku.clock.now())
    number = await kaiku.store.read(service.number_for, [each.stem for each in homes])
    return Open(view.new_form([(str(each), each.title) for each in homes], number, request.words))


async def create(request: Request) -> Answer:
    """Add the offering as filled in; ``value`` is the number of its code."""
    errors: dict[str, str] = {}
    new = _read_new(request, errors)
    if new is None or errors:
        return FieldErrors(errors)
    number = parse_number(request.value, 9) or 0
    return await _added(request, request.fields.get(ids.STRAND) or "", number, new)


async def _added(request: Request, home: str, number: int, new: PlannedOffering) -> Answer:
    kaiku, now = request.kaiku, request.kaiku.clock.now
    faults = await kaiku.store.read(service.judge, request.actor, home, new, now())
    if faults:
        return FieldErrors({_field_of(each): request.words(f"edit.fault_{each}") for each in faults})
    offering = await kaiku.store.run(service.add_offering, request.actor, home, number, new, now)
    return Show(view.added(offering, request.words))


def _field_of(fault: EditFault) -> str:
    """The field of a fault: these forms have the first session's day and the last day of sign-up."""
    return ids.CLOSES if fault in {EditFault.DRAW_TOO_LATE, EditFault.DRAWN_TOGETHER} else FIELDS[fault]


def _read_new(request: Request, errors: dict[str, str]) -> PlannedOffering | None:
    title = _read(request, ids.TITLE, errors, MAX_TITLE)
    summary = _read(request, ids.SUMMARY, errors, MAX_SUMMARY)
    seats = [read_seats(request, each, errors) for each in (ids.CAPACITY, ids.PER_AGENCY)]
    on, starts, ends = read_time(request, errors)
    place, link, label = read_where(request, errors)
    if starts is not None and ends is not None and ends <= starts:
        errors.setdefault(ids.NEW_ENDS, request.words(f"edit.fault_{EditFault.ENDS_FIRST}"))
    kind = request.fields.get(ids.KIND_OF)
    if on is None or starts is None or ends is None or kind not in set(OfferingKind):
        return None
    return PlannedOffering(
        code="",
        kind=OfferingKind(kind),
        title=title,
        summary=summary,
        capacity=seats[0],
        seats_per_agency=min(seats),
        sessions=(PlannedSession(1, on, starts, ends, place, link, label if link is not None else None),),
        facilitators=(request.person.id,),
        sign_up=SignUpWindow(None, read_day(request, ids.CLOSES)),
    )


async def open_copy(request: Request) -> Answer:
    """Open the form to copy an offering; ``value`` is its code."""
    offering, number = await request.kaiku.store.read(service.load_for_copy, request.actor, request.value)
    return Open(view.copy_form(offering, number, request.words))


async def copy(request: Request) -> Answer:
    """Add the copy; ``value`` is the code of the original, and the number of the new code."""
    ref, errors = SessionRef.parse(request.value), dict[str, str]()
    title = _read(request, ids.TITLE, errors, MAX_TITLE)
    first_on, closes = (read_day(request, field) for field in (ids.NEW_DAY, ids.CLOSES))
    if first_on is None:
        errors[ids.NEW_DAY] = request.words("edit.day_missing")
    if errors or first_on is None:
        return FieldErrors(errors)
    kaiku = request.kaiku
    home, new = await kaiku.store.read(
        service.plan_copy, request.actor, ref.code, title, first_on, closes, kaiku.clock.now()
    )
    return await _added(request, home, ref.number, new)
