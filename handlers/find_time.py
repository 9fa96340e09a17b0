"""Finding a time for a session: a facilitator proposes up to five times, people answer with one click, and
the chosen time leads to the preview of the move.
"""

from datetime import date, datetime, time
from functools import partial

from bot.domain.carried.offerings import SessionRef
from bot.domain.offerings.offering import Session
from bot.domain.offerings.time_poll import Candidate, TimePoll
from bot.domain.plan.asked_times import AskedTimes, TimeChoice
from bot.domain.plan.edits import WHOLE_OFFERING
from bot.services.offerings import time_polls
from bot.services.offerings.roster import call_each, list_roster
from bot.services.plan import find_time as service
from bot.services.plan.find_time import Judged
from bot.services.plan.preview import preview_edit
from bot.views import ids
from bot.views.blocks import View
from bot.views.plan import edit_preview
from bot.views.plan import find_time as view
from handlers.kaiku import Answer, FieldErrors, Open, Renew, Request, Show


async def open_finding(request: Request) -> Answer:
    """Show the answers of the poll on this session, or the form for a new one; ``value`` is code/session.
    Without a session: the answers of the only open poll, or the open polls to choose from.
    """
    ref = SessionRef.parse(request.value)
    kaiku, now = request.kaiku, request.kaiku.clock.now()
    if ref.number == WHOLE_OFFERING:
        polls = await kaiku.store.read(service.list_polls, request.actor, ref.code, now)
        if len(polls) > 1:
            return Open(view.choice(polls, request.words))
        return Open(await _answers(request, polls[0]))
    found = await kaiku.store.read(service.load_for_asking, request.actor, ref.code, ref.number, now)
    poll = await kaiku.store.read(service.find_open, found.offering, ref.number, now)
    if poll is not None:
        return Open(await _answers(request, poll))
    return Open(view.form(found.offering, found.session(ref.number), request.words))


async def _answers(request: Request, poll: TimePoll) -> View:
    kaiku = request.kaiku
    roster = await kaiku.store.read(list_roster, poll.offering.code)
    names = call_each(roster, kaiku.book, request.words.language)
    return view.answers(poll, names, request.words, kaiku.clock.now())


async def ask_again(request: Request) -> Answer:
    """Go back from the preview to the form, keeping the times."""
    asked = AskedTimes.parse(request.form)
    found = await request.kaiku.store.read(
        service.load_for_asking,
        request.actor,
        asked.session.code,
        asked.session.number,
        request.kaiku.clock.now(),
    )
    session = found.session(asked.session.number)
    return Renew(view.form(found.offering, session, request.words, asked.times))


async def prepare(request: Request) -> Answer:
    """Show who would be asked what, or what is wrong with a time, at its field."""
    target = AskedTimes.parse(request.value)
    kaiku, now = request.kaiku, request.kaiku.clock.now()
    ref = target.session
    found = await kaiku.store.read(service.load_for_asking, request.actor, ref.code, ref.number, now)
    times, fields, errors = _read(request, found.session(ref.number))
    asked = AskedTimes(ref, target.version, times)
    if not errors:
        judged = await kaiku.store.read(service.judge, request.actor, asked, now)
        errors = _errors(request, judged, fields)
    if errors:
        return FieldErrors(errors)
    asking = await kaiku.store.run(service.preview_asking, request.actor, asked, kaiku.defaults, now)
    return Show(
        view.preview(asking.poll, asking.clashes, asking.sent_at, asking.messages, asked, request.words, now)
    )


def _errors(request: Request, judged: Judged, fields: list[str]) -> dict[str, str]:
    wrong = zip(fields, judged.faults, strict=True)
    return {field: request.words(f"edit.fault_{found[0]}") for field, found in wrong if found}


def _read(request: Request, session: Session) -> tuple[list[Candidate], list[str], dict[str, str]]:
    """The times that were filled in, the field of each, and field errors."""
    times: list[Candidate] = []
    fields: list[str] = []
    errors: dict[str, str] = {}
    for day_field, starts_field in zip(ids.ASKED_DAYS, ids.ASKED_STARTS, strict=True):
        written = request.fields.get(day_field)
        if not written:
            continue
        try:
            on = date.fromisoformat(written)
        except ValueError:
            errors[day_field] = request.words("edit.day_missing")
            continue
        try:
            starts = time.fromisoformat(request.fields.get(starts_field) or "").replace(tzinfo=None)
        except ValueError:
            errors[starts_field] = request.words("edit.time_missing")
            continue
        ends = _after(starts, session)
        if ends is None:
            errors[starts_field] = request.words("edit.fault_ends_first")
            continue
        times.append(Candidate(on, starts, ends))
        fields.append(day_field)
    if not times and not errors:
        errors[ids.ASKED_DAYS[0]] = request.words("edit.day_missing")
    return times, fields, errors


def _after(starts: time, session: Session) -> time | None:
    """When a session that starts at this time ends; None if it would not end that day."""
    begins = datetime.combine(session.on, starts)
    ends = begins + session.lasts
    goes_past_midnight = session.ends < session.starts
    return ends.time() if ends.date() == begins.date() or goes_past_midnight else None


async def confirm(request: Request) -> Answer:
    """Ask the group about the previewed times."""
    kaiku = request.kaiku
    asked = AskedTimes.parse(request.value)
    poll = await kaiku.store.run(service.ask_times, request.actor, asked, kaiku.clock.now)
    return Show(view.done(poll, request.words))


async def answer(request: Request) -> Answer:
    """Record whether a time suits me, or that none does; the message shows it."""
    kaiku, choice = request.kaiku, TimeChoice.parse(request.value)
    await kaiku.store.run(time_polls.answer, request.person, choice, kaiku.clock.now)
    return None


async def pick(request: Request) -> Answer:
    """Show the preview of the move to the chosen time, in place of the answers: Slack stacks three forms."""
    kaiku, now, choice = request.kaiku, request.kaiku.clock.now(), TimeChoice.parse(request.value)
    edit = await kaiku.store.read(service.pick, request.actor, choice.poll_id, choice.index, now)
    act = partial(preview_edit, public_url=kaiku.links.public_url)
    preview, messages = await kaiku.store.run(act, request.actor, edit, kaiku.defaults, now)
    return Renew(edit_preview.preview(preview, messages, edit, request.words, now))


async def close(request: Request) -> Answer:
    """End the poll without choosing."""
    kaiku, choice = request.kaiku, TimeChoice.parse(request.value)
    poll = await kaiku.store.run(service.close_poll, request.actor, choice.poll_id, kaiku.clock.now)
    return Renew(view.done(poll, request.words))
