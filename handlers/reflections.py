"""Answering a prompt, postponing it, choosing fewer; free writing; one's own reflections."""

import logging
import secrets

from bot.domain.carried.ids import parse_id
from bot.domain.carried.prompts import FreeText, LaterChoice, parse_answered
from bot.domain.errors import Refusal
from bot.domain.offerings.offering import Offering
from bot.domain.prompts.prompt import Frequency
from bot.domain.reflections import FREE, MAX_ANSWER, Reflection, Sharing
from bot.domain.text import usable_text
from bot.services.facilitation.needs import erase_reflections
from bot.services.people import prompt_choices
from bot.services.reflections import answers as reflections
from bot.services.reflections import postpone
from bot.services.reflections.shared_answers import load_group_answers
from bot.views import ids
from bot.views import reflections as view
from handlers.commands import command
from handlers.kaiku import Answer, FieldErrors, Open, Renew, Request, Say, Show
from handlers.listening import Act
from handlers.typed import read_text

log = logging.getLogger(__name__)


async def answer_prompt(request: Request) -> Answer:
    """Open the answer form, filled in with the draft if there is one."""
    kaiku = request.kaiku
    form = await kaiku.store.read(reflections.load_form, kaiku.vault, request.person, _prompt_id(request))
    return Open(view.answer_form(form.asked, form.draft, request.words))


def choose_answer(choice: int) -> Act:
    """Save the choice that was clicked in the message and open the form for the rest of the answer."""

    async def choose(request: Request) -> Answer:
        kaiku = request.kaiku
        form = await kaiku.store.run(
            reflections.choose, kaiku.vault, request.person, _prompt_id(request), choice, kaiku.clock.now()
        )
        return Open(view.answer_form(form.asked, form.draft, request.words))

    return choose


async def save_answer(request: Request) -> Answer:
    """Save the submitted answer; an empty one is a field error, and nothing typed is lost."""
    answers, errors = read_answers(request)
    if errors:
        return FieldErrors(errors)
    kaiku = request.kaiku
    sharing = request.fields.get(ids.SHARING) or Sharing.PRIVATE
    asked = await kaiku.store.run(
        reflections.write,
        kaiku.vault,
        request.person,
        _prompt_id(request),
        answers,
        Sharing(sharing) if sharing in set(Sharing) else Sharing.PRIVATE,
        kaiku.clock.now(),
    )
    assert asked is not None
    return Show(view.answer_kept(asked, request.words))


async def save_draft(request: Request) -> Answer:
    """Save a draft while the person types, so that closing the form by mistake loses nothing."""
    kaiku = request.kaiku
    answered = parse_answered(request.form)
    about = FREE if isinstance(answered, FreeText) else answered
    await kaiku.store.run(
        reflections.save_draft, kaiku.vault, request.person, about, typed_so_far(request), kaiku.clock.now()
    )
    return None


async def ask_later(request: Request) -> Answer:
    """Postpone the prompt by an hour, to tomorrow morning or to next week; the message then says when."""
    kaiku, choice = request.kaiku, LaterChoice.parse(request.value)
    await kaiku.store.run(
        postpone.ask_later, kaiku.vault, request.person, choice.prompt_id, choice.when, kaiku.clock.now()
    )
    return None


@command(
    "pause",
    place=12,
    fi="tauko",
    sv="paus",
    en="pause",
    also=("vähemmän", "harvemmin", "lopeta", "färre", "sluta", "fewer", "stop", "pausa"),
)
async def ask_frequency(request: Request) -> Answer:
    return Open(view.frequency_asked(request.words))


def set_frequency(frequency: str) -> Act:
    """Set how often the person gets prompts: all, fewer or none."""

    async def choose(request: Request) -> Answer:
        await request.kaiku.store.run(prompt_choices.set_frequency, request.person.id, Frequency(frequency))
        return Say(view.frequency_set(frequency, request.words))

    return choose


@command("reflect", place=5, fi="pohdi", sv="reflektera", en="reflect", also=("pohdinnat",))
async def list_own(request: Request) -> Answer:
    """``/kaiku reflect``: list one's own reflections, with a button to write freely."""
    return Open(view.own_reflections(await _own(request), request.words))


async def write_freely(request: Request) -> Answer:
    kaiku = request.kaiku
    begun = await kaiku.store.read(reflections.load_draft, kaiku.vault, request.person)
    both = f"{begun}\n\n{request.value}".strip()
    if request.value not in begun and len(both) <= MAX_ANSWER:  # a draft comes first: it is kept nowhere else
        begun = both
    return Open(view.free_form(begun, request.words, FreeText(form_key=secrets.token_urlsafe(12))))


async def edit_freely(request: Request) -> Answer:
    kaiku, reflection_id = request.kaiku, _reflection_id(request)
    found = await kaiku.store.read(reflections.load_own, kaiku.vault, request.person, reflection_id)
    return Open(view.free_form((*found.answers, "")[0], request.words, FreeText(reflection_id)))


async def save_freely(request: Request) -> Answer:
    """Save a reflection of free writing, new or changed."""
    (text, *_), errors = read_answers(request)
    if errors:
        return FieldErrors(errors)
    kaiku, now = request.kaiku, request.kaiku.clock.now()
    form = FreeText.parse(request.value)
    if form.reflection_id is not None:
        await kaiku.store.run(reflections.rewrite, kaiku.vault, request.person, form.reflection_id, text, now)
    else:
        await kaiku.store.run(reflections.write_freely, kaiku.vault, request.person, text, form.form_key, now)
    kept = request.words("reflection.kept_freely")
    return Show(view.own_reflections(await _own(request), request.words, opening=kept))


async def delete_reflection(request: Request) -> Answer:
    kaiku = request.kaiku
    await kaiku.store.run(reflections.delete, request.person, _reflection_id(request), kaiku.clock.now())
    return Renew(
        view.own_reflections(await _own(request), request.words, opening=request.words("reflection.deleted"))
    )


async def ask_to_erase(request: Request) -> Answer:
    return Open(view.erase_form(request.words))


async def erase(request: Request) -> Answer:
    """Delete everything the person wrote, and the key it was encrypted with."""
    kaiku = request.kaiku
    await kaiku.store.run(erase_reflections, kaiku.vault, request.person, kaiku.clock.now())
    # Operators who restore older keys find in the log whose key must not be restored.
    who = request.person.id
    log.info("reflections erased by %s", who, extra={"action": "reflections_erased", "user": who})
    return Show(view.erased(request.words))


async def read_shared(request: Request) -> Answer:
    """Show the answers that others in the group shared without their names."""
    kaiku = request.kaiku
    gathered = await kaiku.store.read(load_group_answers, kaiku.vault, request.person, _prompt_id(request))
    return Open(view.shared_view(gathered, request.words))


def read_answers(request: Request) -> tuple[list[str], dict[str, str]]:
    """The answers in the order of the form's questions, and field errors; an empty answer keeps its place."""
    errors: dict[str, str] = {}
    answers = [read_text(request, name, errors, at_most=MAX_ANSWER) for name in _fields_in(request)]
    if not any(answers) and not errors:
        errors[ids.ANSWERS[0]] = request.words("refusal.nothing_written")
    return answers or [""], errors


def typed_so_far(request: Request) -> list[str]:
    """What can be saved of a half-typed answer: at this point no error can be shown."""
    return [usable_text(request.fields[name] or "", at_most=MAX_ANSWER) for name in _fields_in(request)] or [
        ""
    ]


def _fields_in(request: Request) -> list[str]:
    return [name for name in ids.ANSWERS if name in request.fields]


def _prompt_id(request: Request) -> int:
    return parse_id(request.value, Refusal.NOT_YOUR_PROMPT)


def _reflection_id(request: Request) -> int:
    return parse_id(request.value, Refusal.REFLECTION_GONE)


async def _own(request: Request) -> list[tuple[Reflection, Offering | None]]:
    return await request.kaiku.store.read(reflections.list_own, request.kaiku.vault, request.person)
