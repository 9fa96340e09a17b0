"""Answer a prompt, put it off, get fewer; write freely; see, change and delete what I wrote."""

import logging

from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering
from bot.domain.prompts.prompt import Frequency
from bot.domain.reflections import FREE, Reflection, Sharing
from bot.services.people import prompt_choices
from bot.services.reflections import answers as reflections
from bot.services.reflections.shared_answers import load_group_answers
from bot.views import ids
from bot.views import reflections as view
from handlers.kaiku import Answer, Ask, Correct, Open, Renew, Say, Show
from handlers.listening import Act

log = logging.getLogger(__name__)

FREELY = "free"


async def answer_prompt(ask: Ask) -> Answer:
    """Open the form to answer in, with what was typed before."""
    kaiku = ask.kaiku
    form = await kaiku.store.look(reflections.load_form, kaiku.vault, ask.person, number(ask.value))
    return Open(view.answer_form(form.asked, form.draft, ask.words))


def choose_answer(choice: int) -> Act:
    """The first answer straight from the message; the form for the rest opens with it."""

    async def choose(ask: Ask) -> Answer:
        kaiku = ask.kaiku
        form = await kaiku.store.run(
            reflections.choose, kaiku.vault, ask.person, number(ask.value), choice, kaiku.clock.now()
        )
        return Open(view.answer_form(form.asked, form.draft, ask.words))

    return choose


async def save_answer(ask: Ask) -> Answer:
    """The submitted form. Nothing written is said at the field, and nothing typed is lost."""
    answers, kaiku = answers_of(ask), ask.kaiku
    if not any(answers):
        return Correct({ids.ANSWERS[0]: ask.words("refusal.nothing_written")})
    sharing = ask.fields.get(ids.SHARING) or Sharing.PRIVATE
    asked = await kaiku.store.run(
        reflections.write,
        kaiku.vault,
        ask.person,
        number(ask.value),
        answers,
        Sharing(sharing) if sharing in set(Sharing) else Sharing.PRIVATE,
        kaiku.clock.now(),
    )
    assert asked is not None
    return Show(view.answer_kept(asked, ask.words))


async def save_draft(ask: Ask) -> Answer:
    """What is typed is kept as it is typed, so that a form closed by mistake loses nothing."""
    kaiku = ask.kaiku
    about = FREE if ask.form == FREELY else _number_or_none(ask.form)
    if about is not None:
        await kaiku.store.run(
            reflections.save_draft, kaiku.vault, ask.person, about, answers_of(ask), kaiku.clock.now()
        )
    return None


async def ask_later(ask: Ask) -> Answer:
    """Again in an hour, tomorrow morning or next week: the message says when."""
    prompt_id, _, when = ask.value.partition(":")
    kaiku = ask.kaiku
    await kaiku.store.run(
        reflections.ask_later, kaiku.vault, ask.person, number(prompt_id), when, kaiku.clock.now()
    )
    return None


async def ask_frequency(ask: Ask) -> Answer:
    return Open(view.frequency_asked(ask.words))


def set_frequency(frequency: str) -> Act:
    """One click on all, fewer or none."""

    async def choose(ask: Ask) -> Answer:
        await ask.kaiku.store.run(prompt_choices.set_frequency, ask.person.id, Frequency(frequency))
        return Say(view.frequency_set(frequency, ask.words))

    return choose


async def list_own(ask: Ask) -> Answer:
    """``/kaiku reflect``: everything I wrote, and room to write more."""
    return Open(view.own_reflections(await _own(ask), ask.words))


async def write_freely(ask: Ask) -> Answer:
    kaiku = ask.kaiku
    begun = await kaiku.store.look(reflections.load_draft, kaiku.vault, ask.person)
    return Open(view.free_form(begun, ask.words))


async def edit_freely(ask: Ask) -> Answer:
    kaiku, reflection_id = ask.kaiku, number(ask.value)
    found = await kaiku.store.look(reflections.load_own, kaiku.vault, ask.person, reflection_id)
    return Open(view.free_form((*found.answers, "")[0], ask.words, reflection_id))


async def save_freely(ask: Ask) -> Answer:
    """The submitted form of free writing: new, or changed."""
    text, kaiku = answers_of(ask)[0], ask.kaiku
    if not text:
        return Correct({ids.ANSWERS[0]: ask.words("refusal.nothing_written")})
    _, _, reflection_id = ask.value.partition(":")
    now = kaiku.clock.now()
    if reflection_id:
        await kaiku.store.run(reflections.rewrite, kaiku.vault, ask.person, number(reflection_id), text, now)
    else:
        await kaiku.store.run(reflections.write, kaiku.vault, ask.person, FREE, [text], Sharing.PRIVATE, now)
    kept = ask.words("reflection.kept_freely")
    return Show(view.own_reflections(await _own(ask), ask.words, opening=kept))


async def delete_reflection(ask: Ask) -> Answer:
    kaiku = ask.kaiku
    await kaiku.store.run(reflections.delete, ask.person, number(ask.value), kaiku.clock.now())
    return Renew(view.own_reflections(await _own(ask), ask.words, opening=ask.words("reflection.deleted")))


async def ask_to_erase(ask: Ask) -> Answer:
    return Open(view.erase_form(ask.words))


async def erase(ask: Ask) -> Answer:
    """Everything I wrote goes, and the key to it."""
    kaiku = ask.kaiku
    await kaiku.store.run(reflections.erase, ask.person.id, kaiku.clock.now())
    # After a restore of older keys, this line is what tells the operator whose must not come back.
    who = ask.person.id
    log.info("reflections erased by %s", who, extra={"action": "reflections_erased", "user": who})
    return Show(view.erased(ask.words))


async def read_shared(ask: Ask) -> Answer:
    """What others of my group shared without name."""
    kaiku = ask.kaiku
    gathered = await kaiku.store.look(load_group_answers, kaiku.vault, ask.person, number(ask.value))
    return Open(view.shared_view(gathered, ask.words))


def answers_of(ask: Ask) -> list[str]:
    """The answers as they stand in the form, in the order of its questions; empty ones keep their place."""
    present = [name for name in ids.ANSWERS if name in ask.fields]
    answers = [(ask.fields[name] or "").strip() for name in present]
    return answers if any(answers) else [""]


def number(value: str) -> int:
    """An id from a payload, which may be forged. Raises KaikuError."""
    found = _number_or_none(value)
    if found is None:
        raise KaikuError(Refusal.NOT_YOUR_PROMPT)
    return found


def _number_or_none(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


async def _own(ask: Ask) -> list[tuple[Reflection, Offering | None]]:
    return await ask.kaiku.store.look(reflections.list_own, ask.kaiku.vault, ask.person)
