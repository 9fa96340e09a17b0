"""What facilitators do with prompts: the desk, writing one in steps, stopping one, attendance."""

from bot.domain.calendars.wall_time import local
from bot.domain.prompts.prompt import Prompt, PromptState
from bot.services.facilitation import attendance, prompt_writing
from bot.services.facilitation.desk import Desk, list_led, load_desk
from bot.services.facilitation.prompt_writing import FROM_LIBRARY, SAVED
from bot.services.offerings.facilitators import load_led
from bot.services.prompts.timeline import OfferingTimeline, load_offering_timeline
from bot.services.reflections.shared_answers import list_shared_answers
from bot.views import ids
from bot.views.blocks import View
from bot.views.facilitation import desk as prompt_desk
from bot.views.facilitation import prompt_forms
from bot.views.prompts import timeline
from bot.views.prompts.timeline import Picture
from bot.views.reflections import shared_answers_view
from handlers.kaiku import Answer, Ask, Correct, Open, Renew, Show
from handlers.prompt_fields import number, read_sending, read_wording


async def open_desk(ask: Ask) -> Answer:
    """``/kaiku prompt [CODE]``: the desk of the offering, or first which one."""
    kaiku, code = ask.kaiku, ask.value
    if not code:
        led = await kaiku.store.look(list_led, ask.leader, kaiku.clock.now())
        if len(led) > 1:
            return Open(prompt_desk.chooser(led, ask.words))
        code = led[0].code
    return Renew(await _desk(ask, code))


async def _desk(ask: Ask, code: str) -> View:
    kaiku = ask.kaiku
    found: Desk = await kaiku.store.look(load_desk, ask.leader, code, kaiku.clock.now())
    lines = [
        (
            each.prompt,
            prompt_desk.prompt_line(
                each.dated,
                ask.words,
                sent=each.sent,
                waiting=each.waiting,
                figures=each.figures,
            ),
        )
        for each in found.prompts
    ]
    return prompt_desk.desk(
        found.offering,
        lines,
        found.drafts,
        found.begun,
        ask.words,
        seated=found.seated,
        may_read=found.may_read,
    )


async def choose_source(ask: Ask) -> Answer:
    """A new prompt: from the library, or one's own words."""
    kaiku = ask.kaiku
    shelf = await kaiku.store.look(prompt_writing.load_shelf, ask.leader, ask.value, kaiku.library)
    library = [
        (f"{FROM_LIBRARY}:{each.key}", each.moment, each.questions, each.key in shelf.asked)
        for each in shelf.library
    ]
    saved = [(f"{SAVED}:{saved_id}", wording.questions) for saved_id, wording in shelf.saved]
    return Open(prompt_forms.source_form(shelf.offering, library, saved, ask.words))


async def begin(ask: Ask) -> Answer:
    """The chosen words, to be changed at will."""
    kaiku, code = ask.kaiku, ask.value
    shelf = await kaiku.store.look(prompt_writing.load_shelf, ask.leader, code, kaiku.library)
    wording = prompt_writing.wording_from(shelf, ask.fields.get(ids.SOURCE) or "")
    metadata = f"{code}::{wording.library_key or ''}"
    form = prompt_forms.wording_form(shelf.offering, wording.questions, wording.moment, metadata, ask.words)
    return Show(form)


async def go_on(ask: Ask) -> Answer:
    """A draft, or from the preview back to the words."""
    return Renew(await _wording_form(ask, number(ask.value)))


async def _wording_form(ask: Ask, prompt_id: int) -> View:
    kaiku = ask.kaiku
    offering, prompt = await kaiku.store.look(prompt_writing.load_wording, ask.leader, prompt_id)
    in_series = prompt.series is not None or await kaiku.store.look(prompt_writing.is_of_series, prompt_id)
    return prompt_forms.wording_form(
        offering,
        prompt.questions,
        prompt.moment,
        f"{offering.code}:{prompt.id}:{prompt.library_key or ''}",
        ask.words,
        keeps_moment=in_series,
    )


async def save_wording(ask: Ask) -> Answer:
    """What is asked, kept as a draft; then when and to whom."""
    code, _, rest = ask.value.partition(":")
    prompt_id, _, library_key = rest.partition(":")
    kaiku, now = ask.kaiku, ask.kaiku.clock.now()
    desk = await kaiku.store.look(load_desk, ask.leader, code, now)
    wording, errors = read_wording(ask, library_key)
    if errors:
        return Correct(errors)
    draft: Prompt = await kaiku.store.run(
        prompt_writing.save_wording,
        ask.leader,
        code,
        wording,
        number(prompt_id) if prompt_id else None,
        now,
    )
    if await kaiku.store.look(prompt_writing.is_of_series, draft.id):
        return Show(await _preview(ask, draft.id))
    return Show(_sending_form(ask, draft, desk))


async def change_sending(ask: Ask) -> Answer:
    """From the preview back to when and to whom."""
    kaiku = ask.kaiku
    offering, draft = await kaiku.store.look(prompt_writing.load_wording, ask.leader, number(ask.value))
    desk = await kaiku.store.look(load_desk, ask.leader, offering.code, kaiku.clock.now())
    return Renew(_sending_form(ask, draft, desk))


def _sending_form(ask: Ask, draft: Prompt, desk: Desk) -> View:
    today = local(ask.kaiku.clock.now(), ask.person.timezone).date()
    return prompt_forms.sending_form(
        draft, desk.offering, today, ask.words, knows_attendance=desk.knows_attendance
    )


async def save_sending(ask: Ask) -> Answer:
    """When and to whom, then the preview; what is wrong is said at its field."""
    draft_id = number(ask.value)
    sending, errors = read_sending(ask)
    if not errors and sending.channel is not None:
        channel = await ask.kaiku.slack.fetch_channel(sending.channel)
        if channel.is_archived or not channel.is_member:
            key = "announce.archived" if channel.is_archived else "announce.not_invited"
            errors[ids.CHANNEL] = ask.words(key, channels=f"#{channel.name or channel.id}")
    if errors:
        return Correct(errors)
    await ask.kaiku.store.run(prompt_writing.save_sending, ask.leader, draft_id, sending)
    return Show(await _preview(ask, draft_id))


async def _preview(ask: Ask, draft_id: int) -> View:
    kaiku = ask.kaiku
    found = await kaiku.store.look(
        prompt_writing.load_preview, ask.leader, draft_id, kaiku.defaults, kaiku.clock.now()
    )
    return prompt_forms.preview(
        found.prompt,
        found.offering,
        found.dated,
        found.reach,
        found.readers,
        found.coming,
        ask.words,
        draft_id=draft_id,
    )


async def publish(ask: Ask) -> Answer:
    """The confirmed preview."""
    kaiku = ask.kaiku
    done = await kaiku.store.run(
        prompt_writing.publish,
        ask.leader,
        number(ask.value),
        kaiku.defaults,
        kaiku.clock.now(),
        keep_in_library=ids.KEEP in (ask.fields.get(ids.KEEP) or ""),
    )
    return Show(prompt_forms.published(done.prompt, done.offering, done.dated, done.reach, ask.words))


async def choose_act(ask: Ask) -> Answer:
    """The menu of one prompt: change it, or cancel or stop it."""
    act, _, prompt_id = ask.value.partition(":")
    if act == "edit":
        return Open(await _wording_form(ask, number(prompt_id)))
    offering, prompt, sent = await ask.kaiku.store.look(
        prompt_writing.load_withdrawal, ask.leader, number(prompt_id)
    )
    return Open(prompt_desk.withdraw_form(prompt, offering, sent, ask.words))


async def withdraw(ask: Ask) -> Answer:
    kaiku = ask.kaiku
    state: PromptState = await kaiku.store.run(
        prompt_writing.withdraw, ask.leader, number(ask.value), kaiku.clock.now()
    )
    return Show(prompt_desk.done(f"desk.state_{state}", ask.words))


async def show_shared_answers(ask: Ask) -> Answer:
    """What came of an offering's prompts, for its facilitators. Without a code: of the only one I
    facilitate, or first which."""
    kaiku, code = ask.kaiku, ask.value
    if not code:
        led = await kaiku.store.look(list_led, ask.leader, kaiku.clock.now())
        if len(led) > 1:
            return Open(prompt_desk.chooser(led, ask.words))
        code = led[0].code
    offering, found = await kaiku.store.look(list_shared_answers, kaiku.vault, ask.person, code)
    return Open(shared_answers_view(offering, found, ask.words))


async def show_timeline(ask: Ask) -> Answer:
    """Every session, prompt and reminder of an offering, with what to know of them beforehand."""
    found = await _timeline(ask)
    picture = Picture.ON_REQUEST if ask.kaiku.pictures.are_shown else Picture.NONE
    return Open(timeline.timeline(found.offering, found.entries, found.warnings, ask.words, picture))


async def draw_timeline(ask: Ask) -> Answer:
    """The same with its picture, drawn before Slack comes to fetch it."""
    found = await _timeline(ask)
    url = await ask.kaiku.pictures.draw_for(found, ask.words.language)
    without, with_picture = (
        timeline.timeline(found.offering, found.entries, found.warnings, ask.words, picture)
        for picture in (Picture.FAILED, url or Picture.FAILED)
    )
    return Renew(with_picture, instead=without)


async def _timeline(ask: Ask) -> OfferingTimeline:
    kaiku, code = ask.kaiku, ask.value
    await kaiku.store.look(load_led, ask.leader, code, "prompt_timeline")
    return await kaiku.store.look(load_offering_timeline, code, kaiku.clock.now())


async def mark_attendance(ask: Ask) -> Answer:
    """Who was at a session."""
    code, session = _session_of(ask.value)
    kaiku = ask.kaiku
    found = await kaiku.store.look(attendance.load_attendance, ask.leader, code, session, kaiku.clock.now())
    return Open(
        prompt_desk.attendance_form(
            found.offering, found.meeting, found.people, found.attended, ask.words, known=found.known
        )
    )


async def save_attendance(ask: Ask) -> Answer:
    code, session = _session_of(ask.value)
    chosen = [each for field in ids.ATTENDED for each in (ask.fields.get(field) or "").split(",") if each]
    kaiku = ask.kaiku
    found = await kaiku.store.run(
        attendance.save_attendance, ask.leader, code, session, frozenset(chosen), kaiku.clock.now()
    )
    there = len(found.attended)
    return Show(prompt_desk.done("attendance.saved", ask.words, there=there, seated=len(found.people)))


def _session_of(value: str) -> tuple[str, int]:
    code, _, session = value.partition("/")
    return code, number(session)
