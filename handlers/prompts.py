"""The facilitator's desk: listing prompts, writing one in steps, stopping one."""

from bot.domain.calendars.wall_time import local
from bot.domain.carried.drafts import WordingTarget
from bot.domain.carried.ids import parse_id
from bot.domain.carried.offerings import SessionRef
from bot.domain.carried.prompts import ConfirmedPrompt, PromptAct, PromptChoice, PromptSource
from bot.domain.errors import Refusal
from bot.domain.people.namesakes import tell_apart
from bot.domain.prompts.prompt import Prompt, PromptState
from bot.services.completion.use import count_use
from bot.services.enrolment.confirm_draw import summarise
from bot.services.facilitation import prompt_writing
from bot.services.facilitation.desk import Desk, list_facilitated, load_desk
from bot.services.offerings.facilitators import load_facilitated
from bot.services.offerings.roster import call_each
from bot.services.prompts.timeline import OfferingTimeline, load_offering_timeline
from bot.services.reflections.shared_answers import list_shared_answers
from bot.views import ids
from bot.views.blocks import View
from bot.views.facilitation import desk as prompt_desk
from bot.views.facilitation import prompt_forms
from bot.views.facilitation.sessions import session_buttons
from bot.views.prompts import timeline
from bot.views.prompts.timeline import Picture
from bot.views.reflections import shared_answers_view
from handlers.commands import command
from handlers.kaiku import Answer, FieldErrors, Open, Renew, Request, Show
from handlers.prompt_fields import read_sending, read_wording
from handlers.typed import new_form_key


@command(
    "prompt",
    place=7,
    fi="kysymys",
    sv="fråga",
    en="prompt",
    also=("kysymykset", "frågor", "fraga", "prompts"),
    takes_argument=True,
    for_facilitators=True,
)
async def open_desk(request: Request) -> Answer:
    """``/kaiku prompt [CODE]``: open the desk of the offering, or a list to choose the offering from."""
    kaiku, code = request.kaiku, request.value
    if not code:
        led = await kaiku.store.read(list_facilitated, request.actor, kaiku.clock.now())
        if len(led) > 1:
            return Open(prompt_desk.chooser(led, request.words))
        code = led[0].code
    return Renew(await _desk(request, code))


async def _desk(request: Request, code: str) -> View:
    kaiku = request.kaiku
    found: Desk = await kaiku.store.read(load_desk, request.actor, code, kaiku.clock.now())
    language = request.words.language
    called = call_each(found.roster, kaiku.book, language)
    with_employer = tell_apart(
        {row.user_id: f"{row.name} ({row.employer(kaiku.book, language)})" for row in found.roster}, {}
    )
    is_over = found.offering.ends_at is not None and found.offering.ends_at <= kaiku.clock.now()
    use = await kaiku.store.read(count_use, found.offering) if is_over else ()
    draw = None
    if found.offering.draw is not None:
        draw = await kaiku.store.read(summarise, found.offering, kaiku.clock.now())
    lines = [
        (
            each.prompt,
            prompt_desk.prompt_line(
                each.prompt,
                each.entry,
                request.words,
                sent=each.sent,
                waiting=each.waiting,
                figures=each.figures,
                reaches_nobody=each.reaches_nobody,
            ),
        )
        for each in found.prompts
    ]
    return prompt_desk.desk(
        found.offering,
        lines,
        found.drafts,
        found.begun,
        request.words,
        seated=found.seated,
        may_read=found.may_read,
        absent=[
            (session, sorted((called[each], word) for each, word in who.items()))
            for session, who in found.absent
        ],
        use=use,
        draw=draw,
        over_limit=[with_employer[row.user_id] for row in found.roster if row.over_limit],
        of_session=session_buttons(found.offering, request.kaiku.clock.now(), request.words),
    )


async def choose_source(request: Request) -> Answer:
    """Begin a new prompt: choose one from the library, or write one."""
    kaiku = request.kaiku
    shelf = await kaiku.store.read(prompt_writing.load_shelf, request.actor, request.value, kaiku.library)
    library = [
        (PromptSource(library_key=each.key), each.moment, each.questions, each.key in shelf.asked)
        for each in shelf.library
    ]
    saved = [(PromptSource(saved_id=saved_id), wording.questions) for saved_id, wording in shelf.saved]
    return Open(prompt_forms.source_form(shelf.offering, library, saved, request.words))


async def begin(request: Request) -> Answer:
    """Open the form with the chosen prompt's words, which can all be changed."""
    kaiku, code = request.kaiku, request.value
    shelf = await kaiku.store.read(prompt_writing.load_shelf, request.actor, code, kaiku.library)
    source = PromptSource.parse(request.fields.get(ids.SOURCE) or str(PromptSource()))
    wording = prompt_writing.wording_from(shelf, source)
    target = WordingTarget(shelf.offering.code, library_key=wording.library_key, form_key=new_form_key())
    form = prompt_forms.wording_form(shelf.offering, wording.questions, wording.moment, target, request.words)
    return Show(form)


async def go_on(request: Request) -> Answer:
    """Go on with a draft, or return from the preview to the questions."""
    return Renew(await _wording_form(request, _prompt_id(request)))


async def throw_away(request: Request) -> Answer:
    """Delete a draft; ``value`` is code/draft."""
    draft = SessionRef.parse(request.value)
    kaiku = request.kaiku
    await kaiku.store.run(prompt_writing.throw_away, request.actor, draft.code, draft.number)
    return Renew(await _desk(request, draft.code))


async def _wording_form(request: Request, prompt_id: int) -> View:
    kaiku = request.kaiku
    offering, prompt = await kaiku.store.read(prompt_writing.load_wording, request.actor, prompt_id)
    in_series = prompt.series is not None or await kaiku.store.read(prompt_writing.is_of_series, prompt_id)
    return prompt_forms.wording_form(
        offering,
        prompt.questions,
        prompt.moment,
        WordingTarget(offering.code, prompt.id, prompt.library_key),
        request.words,
        keeps_moment=in_series,
    )


async def save_wording(request: Request) -> Answer:
    """Save the questions as a draft, then ask when and to whom the prompt goes."""
    target = WordingTarget.parse(request.value)
    kaiku, now = request.kaiku, request.kaiku.clock.now()
    desk = await kaiku.store.read(load_desk, request.actor, target.code, now)
    wording, errors = read_wording(request, target.library_key)
    if errors:
        return FieldErrors(errors)
    draft: Prompt = await kaiku.store.run(
        prompt_writing.save_wording,
        request.actor,
        target.code,
        wording,
        target.prompt_id,
        now,
        target.form_key,
    )
    if await kaiku.store.read(prompt_writing.is_of_series, draft.id):
        return Show(await _preview(request, draft.id))
    return Show(_sending_form(request, draft, desk))


async def change_sending(request: Request) -> Answer:
    """Return from the preview to when and to whom the prompt goes."""
    kaiku = request.kaiku
    offering, draft = await kaiku.store.read(prompt_writing.load_wording, request.actor, _prompt_id(request))
    desk = await kaiku.store.read(load_desk, request.actor, offering.code, kaiku.clock.now())
    return Renew(_sending_form(request, draft, desk))


def _sending_form(request: Request, draft: Prompt, desk: Desk) -> View:
    today = local(request.kaiku.clock.now(), request.person.timezone).date()
    return prompt_forms.sending_form(
        draft, desk.offering, today, request.words, knows_attendance=desk.knows_attendance
    )


async def save_sending(request: Request) -> Answer:
    """Save when and to whom the prompt goes and show the preview, or the field errors."""
    draft_id = _prompt_id(request)
    sending, errors = read_sending(request)
    if not errors and sending.channel is not None:
        channel = await request.kaiku.slack.fetch_channel(sending.channel)
        if channel.is_archived or not channel.is_member:
            key = "announce.archived" if channel.is_archived else "announce.not_invited"
            errors[ids.CHANNEL] = request.words(key, channels=f"#{channel.name or channel.id}")
    if errors:
        return FieldErrors(errors)
    await request.kaiku.store.run(prompt_writing.save_sending, request.actor, draft_id, sending)
    return Show(await _preview(request, draft_id))


async def _preview(request: Request, draft_id: int) -> View:
    kaiku = request.kaiku
    found = await kaiku.store.read(
        prompt_writing.load_preview, request.actor, draft_id, kaiku.defaults, kaiku.clock.now()
    )
    return prompt_forms.preview(
        found.prompt,
        found.dated,
        found.reach,
        found.readers,
        found.messages,
        request.words,
        draft_id=draft_id,
    )


async def publish(request: Request) -> Answer:
    """Send the previewed prompt, or plan it for its time."""
    kaiku = request.kaiku
    confirmed = ConfirmedPrompt.parse(request.value)
    done = await kaiku.store.run(
        prompt_writing.publish,
        request.actor,
        confirmed.draft_id,
        kaiku.defaults,
        kaiku.clock.now(),
        keep_in_library=ids.KEEP in (request.fields.get(ids.KEEP) or ""),
        becomes=confirmed.becomes,
    )
    return Show(prompt_forms.published(done.prompt, done.offering, done.dated, done.reach, request.words))


async def choose_act(request: Request) -> Answer:
    """Do what was chosen from a prompt's menu: change, cancel or stop it."""
    choice = PromptChoice.parse(request.value)
    if choice.act is PromptAct.EDIT:
        return Open(await _wording_form(request, choice.prompt_id))
    offering, prompt, sent = await request.kaiku.store.read(
        prompt_writing.load_withdrawal, request.actor, choice.prompt_id
    )
    return Open(prompt_desk.withdraw_form(prompt, offering, sent, request.words))


async def withdraw(request: Request) -> Answer:
    kaiku = request.kaiku
    state: PromptState = await kaiku.store.run(
        prompt_writing.withdraw, request.actor, _prompt_id(request), kaiku.clock.now()
    )
    return Show(prompt_desk.done(f"desk.state_{state}", request.words))


@command("shared", place=6, fi="jaetut", sv="delade", en="shared", takes_argument=True, for_facilitators=True)
async def show_shared_answers(request: Request) -> Answer:
    """Show the answers and figures of an offering's prompts to its facilitators. Without a code, show those
    of the only offering that the person facilitates, or ask which one."""
    kaiku, code = request.kaiku, request.value
    if not code:
        led = await kaiku.store.read(list_facilitated, request.actor, kaiku.clock.now())
        if len(led) > 1:
            return Open(prompt_desk.chooser(led, request.words))
        code = led[0].code
    offering, found = await kaiku.store.run(
        list_shared_answers, kaiku.vault, kaiku.book, request.person, code, kaiku.clock.now()
    )
    return Open(shared_answers_view(offering, found, request.words))


async def show_timeline(request: Request) -> Answer:
    """Show every session, prompt and reminder of an offering, with warnings about what is to come."""
    found = await _timeline(request)
    picture = Picture.ON_REQUEST if request.kaiku.pictures.are_shown else Picture.NONE
    return Open(timeline.timeline(found.offering, found.entries, found.warnings, request.words, picture))


async def draw_timeline(request: Request) -> Answer:
    """Show the timeline with its picture, which is drawn before Slack fetches it."""
    found = await _timeline(request)
    url = await request.kaiku.pictures.draw_for(found, request.words.language)
    without, with_picture = (
        timeline.timeline(found.offering, found.entries, found.warnings, request.words, picture)
        for picture in (Picture.FAILED, url or Picture.FAILED)
    )
    return Renew(with_picture, instead=without)


async def _timeline(request: Request) -> OfferingTimeline:
    kaiku, code = request.kaiku, request.value
    await kaiku.store.read(load_facilitated, request.actor, code, "prompt_timeline")
    return await kaiku.store.read(load_offering_timeline, code, kaiku.clock.now())


def _prompt_id(request: Request) -> int:
    return parse_id(request.value, Refusal.PROMPT_GONE)
