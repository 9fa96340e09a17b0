"""Pausing and resuming all that Kaiku sends by itself, for coordinators."""

from bot.services.people.roles import pause_sending, require_coordinator, resume_sending
from bot.views import ids
from bot.views import roles as view
from bot.views.roles import MAX_REASON
from handlers.kaiku import Answer, FieldErrors, Open, Request, Say, Show
from handlers.typed import read_text


async def ask_to_pause(request: Request) -> Answer:
    require_coordinator(request.actor, "pause_sending")
    return Open(view.pause_form(request.words))


async def pause(request: Request) -> Answer:
    errors: dict[str, str] = {}
    reason = read_text(request, ids.WHY, errors, at_most=MAX_REASON, on_one_line=True)
    if not reason and not errors:
        errors[ids.WHY] = request.words("pause_all.reason_missing")
    if errors or reason is None:
        require_coordinator(request.actor, "pause_sending")
        return FieldErrors(errors)
    kaiku = request.kaiku
    found = await kaiku.store.run(pause_sending, request.actor, reason, kaiku.clock.now())
    return Show(view.paused(found, request.words))


async def resume(request: Request) -> Answer:
    await request.kaiku.store.run(resume_sending, request.actor, request.kaiku.clock.now())
    return Say(view.resumed(request.words))
