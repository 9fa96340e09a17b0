"""Messages about prompts: the question with its buttons, its reminder, and people's own words."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.carried.prompts import Later, LaterChoice
from bot.domain.offerings.offering import Offering, Session
from bot.domain.plan.model import Reading
from bot.domain.prompts.prompt import Prompt, Question
from bot.domain.reflections import Reflection
from bot.i18n import Words
from bot.views import ids
from bot.views.bilingual import Both
from bot.views.blocks import (
    Block,
    Message,
    Option,
    actions,
    button,
    clip,
    context,
    escape,
    menu,
    quote,
    section,
    sections,
)
from bot.views.offerings.wording import reading_lines, title_of, when_of

MOST_ECHO = 350
"""Characters of a person's own earlier words in a message, so that the question stays in view."""


def prompt_message(
    prompt: Prompt,
    offering: Offering,
    coming: Session | None,
    echoes: Sequence[Reflection],
    words: Words,
    *,
    is_reminder: bool = False,
    with_buttons: bool = True,
    materials: Sequence[Reading] = (),
) -> Message:
    """The prompt as a participant gets it: from whom and why now, their own earlier words, buttons."""
    key = "prompt.reminder" if is_reminder else f"prompt.why_{prompt.moment}"
    opening = words(key, title=title_of(offering, words))
    if prompt.author is not None and not is_reminder:
        opening = words("prompt.why_any", title=title_of(offering, words))
        opening = f"{opening} {words('prompt.from', name=f'<@{prompt.author}>')}"
    if coming is not None:
        opening = f"{opening} {words('prompt.coming', when=when_of(coming, words))}"
    echo_lines = [line for echo in echoes for line in echo_text(echo, words)]
    lines = question_lines(prompt, words)
    taken_along = material_lines(materials, words)
    text = "\n".join([opening, *taken_along, *echo_lines, *lines, words("prompt.footer")])
    blocks = [
        section(opening),
        *sections(taken_along),
        *sections(echo_lines),
        *(section(line) for line in lines),
        context(words("prompt.footer")),
    ]
    if with_buttons:
        blocks += prompt_buttons(prompt, words)
    return Message(text, blocks)


def question_lines(prompt: Prompt, words: Words) -> list[str]:
    lines = [f"*{escape(words.pick(question.text))}*" for question in prompt.questions]
    if prompt.is_if_then:
        lines.append(words("prompt.if_then_hint"))
    return lines


def prompt_buttons(prompt: Prompt, words: Words) -> list[Block]:
    value = str(prompt.id)
    first = prompt.questions[0]
    blocks = []
    if first.choices:
        choices = [
            button(words.pick(choice), action_id, value)
            for choice, action_id in zip(first.choices, ids.CHOOSE_ANSWER, strict=False)
        ]
        blocks.append(actions(*choices))
    later = [Option(str(LaterChoice(prompt.id, when)), words(f"prompt.later_{when}")) for when in Later]
    blocks.append(
        actions(
            button(words("prompt.answer"), ids.ANSWER_PROMPT, value, style="primary"),
            menu(ids.ASK_LATER, words("prompt.later"), later),
            button(words("prompt.fewer"), ids.FEWER_PROMPTS, value),
        )
    )
    return blocks


def round_message(prompt: Prompt, offering: Offering, both: Both) -> Message:
    """A prompt posted to a channel; answers are private, or in the thread where that is wanted."""
    lines = [
        *both.lines("round.opening", title=both.name(offering.title)),
        *(line for words in both for line in question_lines(prompt, words)),
        *both.lines("round.in_thread" if prompt.in_thread else "round.privately"),
    ]
    answer = button(both.short("prompt.answer"), ids.ANSWER_PROMPT, str(prompt.id), style="primary")
    return Message("\n".join(lines), [*sections(lines), actions(answer)])


def material_lines(materials: Sequence[Reading], words: Words) -> list[str]:
    """The materials of the session before, under their heading."""
    return [words("materials.of_session"), *reading_lines(materials, words)] if materials else []


def answered_message(
    prompt: Prompt,
    offering: Offering,
    mine: Reflection,
    words: Words,
    *,
    materials: Sequence[Reading] = (),
) -> Message:
    """What replaces the question once it is answered; the answer itself is not repeated in the
    conversation."""
    lines = [
        words("prompt.answered", title=title_of(offering, words)),
        *material_lines(materials, words),
        *question_lines_asked(prompt, words),
        words(f"sharing.now_{mine.sharing}"),
    ]
    text = "\n".join(lines)
    return Message(
        text, [section(text), actions(button(words("prompt.edit"), ids.ANSWER_PROMPT, str(prompt.id)))]
    )


def question_lines_asked(prompt: Prompt, words: Words) -> list[str]:
    return [f"_{escape(words.pick(question.text))}_" for question in prompt.questions]


def later_message(prompt: Prompt, offering: Offering, at: datetime, words: Words) -> Message:
    """What replaces the question when the person postpones it."""
    here = words.here(at)
    text = words(
        "prompt.asked_for_later",
        title=title_of(offering, words),
        day=words.day(here.date()),
        time=words.clock_time(here.time()),
    )
    return Message(
        text, [section(text), actions(button(words("prompt.answer"), ids.ANSWER_PROMPT, str(prompt.id)))]
    )


def gone_message(offering: Offering, words: Words) -> Message:
    """What replaces a question that its facilitator stopped."""
    text = words("prompt.gone", title=title_of(offering, words))
    return Message(text, [section(text)])


def fade_message(words: Words) -> Message:
    """Asked once, after two unanswered prompts, whether the person wants fewer. No answer means fewer."""
    text = words("fade.question")
    return Message(text, [section(text), frequency_buttons(words)])


def frequency_buttons(words: Words) -> Block:
    return actions(
        *(button(words(f"frequency.{each}"), action_id) for each, action_id in ids.SET_FREQUENCY.items())
    )


# -- a person's own words ---------------------------------------------------------------------------


def echo_text(reflection: Reflection, words: Words) -> list[str]:
    """The person's own earlier words, shortened, with the date they were written."""
    assert reflection.prompt is not None
    day = words.day(words.here(reflection.written_at).date())
    said = answer_lines(reflection, words)
    lines = [words(f"echo.{reflection.prompt.moment}", day=day)]
    lines += [quote(clip(line, MOST_ECHO)) for line in said]
    if any(len(line) > MOST_ECHO for line in said):
        lines.append(words("echo.more"))
    return lines


def reflection_lines(reflection: Reflection, words: Words) -> list[str]:
    """A reflection with its question and the date it was written."""
    day = words.day(words.here(reflection.written_at).date())
    prompt = reflection.prompt
    if prompt is None:
        return [f"*{words('reflection.free')}* · {day}", *map(quote, answer_lines(reflection, words))]
    lines = []
    if prompt.is_if_then:
        lines.append(f"*{escape(words.pick(prompt.questions[0].text))}* · {day}")
        lines += [quote(line) for line in answer_lines(reflection, words)]
        return lines
    for n, (question, answer) in enumerate(zip(prompt.questions, reflection.answers, strict=False)):
        said = spoken_answer(question, answer, words)
        if said:
            lines.append(f"*{escape(words.pick(question.text))}*" + (f" · {day}" if n == 0 else ""))
            lines.append(quote(said))
    return lines


def answer_lines(reflection: Reflection, words: Words) -> list[str]:
    """The answers as they were written, without the questions."""
    prompt, answers = reflection.prompt, reflection.answers
    if prompt is None:
        return [answer for answer in answers if answer]
    if prompt.is_if_then:
        when, then = (*answers, "", "")[:2]
        return [words("if_then.sentence", when=when.strip(), then=then.strip())]
    spoken = [
        spoken_answer(question, answer, words)
        for question, answer in zip(prompt.questions, answers, strict=False)
    ]
    return [each for each in spoken if each]


def spoken_answer(question: Question, answer: str, words: Words) -> str:
    """An answer as text: a choice in the reader's language, anything else as it was written."""
    if not question.choices:
        return answer.strip()
    try:
        return words.pick(question.choices[int(answer)])
    except (ValueError, IndexError):
        return ""
