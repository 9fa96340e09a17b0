"""The forms to write in, a person's own reflections, and shared answers."""

from collections.abc import Sequence

from bot.domain.carried.prompts import FreeText
from bot.domain.language import Texts
from bot.domain.offerings.offering import Offering
from bot.domain.prompts.prompt import Question
from bot.domain.reflections import MAX_ANSWER, Asked, Reflection, SharedAnswers, Sharing
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    MAX_MODAL_BLOCKS,
    Block,
    Message,
    Option,
    View,
    actions,
    button,
    context,
    divider,
    escape,
    mention,
    modal,
    quote,
    radio_input,
    section,
    sections,
    text_input,
)
from bot.views.offerings.wording import title_of
from bot.views.prompts.messages import echo_text, frequency_buttons, reflection_lines, spoken_answer

LABEL = 2000
"""Characters of an input's label, by Slack's reference."""


def answer_form(asked: Asked, draft: Sequence[str] | None, words: Words) -> View:
    """The questions below the person's own earlier words, and who may read the answer."""
    blocks: list[Block] = [context(title_of(asked.offering, words))]
    for echo in asked.echoes:
        blocks += sections(echo_text(echo, words))
    answers = draft or (asked.mine.answers if asked.mine is not None else ())
    blocks += _answer_inputs(asked, list(answers), words)
    blocks += _sharing_inputs(asked, words)
    blocks.append(context(words("reflection.draft_note")))
    return modal(
        words("reflection.title"),
        blocks,
        close=words("form.close"),
        submit=words("form.save"),
        callback_id=ids.ANSWER_FORM,
        private_metadata=str(asked.prompt.id),
    )


def _answer_inputs(asked: Asked, answers: list[str], words: Words) -> list[Block]:
    given = [*answers, "", ""]
    prompt = asked.prompt
    if prompt.is_if_then:
        return [
            section(f"*{escape(words.pick(prompt.questions[0].text))}*"),
            _words_input(0, words("if_then.when"), given[0], hint=words("if_then.when_hint"), optional=False),
            _words_input(1, words("if_then.then"), given[1], hint=words("if_then.then_hint"), optional=False),
        ]
    inputs = []
    for n, question in enumerate(prompt.questions):
        label = words.pick(question.text)
        if question.choices:
            options = [Option(str(i), words.pick(choice)) for i, choice in enumerate(question.choices)]
            inputs.append(radio_input(ids.ANSWERS[n], label, options, chosen=given[n], optional=True))
        else:
            inputs.append(_words_input(n, label, given[n]))
    return inputs


def _words_input(n: int, label: str, value: str, hint: str | None = None, *, optional: bool = True) -> Block:
    return text_input(
        ids.ANSWERS[n],
        label,
        max_length=MAX_ANSWER,
        value=value,
        hint=hint,
        optional=optional,
        multiline=True,
        tells_while_typing=True,
    )


def _sharing_inputs(asked: Asked, words: Words) -> list[Block]:
    """Private, or shared with facilitators by name, or with the group without name where that is safe."""
    names = words.all_of([mention(each) for each in asked.offering.facilitators])
    options = [Option(Sharing.PRIVATE, words("sharing.private"))]
    blocks: list[Block] = []
    if asked.offering.facilitators:
        options.append(Option(Sharing.FACILITATORS, words("sharing.facilitators")))
    if asked.may_share_unnamed:
        options.append(Option(Sharing.GROUP, words("sharing.group")))
    chosen = asked.mine.sharing if asked.mine is not None else Sharing.PRIVATE
    blocks.append(radio_input(ids.SHARING, words("sharing.label"), options, chosen=chosen))
    if asked.offering.facilitators:
        blocks.append(context(words("sharing.who", names=names)))
    if not asked.may_share_unnamed:
        blocks.append(
            context(words("sharing.not_yet_unnamed", least=asked.offering.prompt_rules.unnamed_from))
        )
    return blocks


def answer_kept(asked: Asked, words: Words) -> View:
    """Confirms that the answer is saved, who may read it, and what happens to it."""
    assert asked.mine is not None
    lines = [words("reflection.kept"), words(f"sharing.now_{asked.mine.sharing}")]
    return modal(
        words("reflection.title"),
        [section("\n".join(lines)), *sections(reflection_lines(asked.mine, words))],
        close=words("form.close"),
    )


def free_form(text: str, words: Words, about: FreeText) -> View:
    """The form for free writing, which nobody else reads."""
    return modal(
        words("reflection.title"),
        [
            _words_input(0, words("reflection.free_label"), text),
            context(words("reflection.free_note")),
        ],
        close=words("form.close"),
        submit=words("form.save"),
        callback_id=ids.FREE_FORM,
        private_metadata=str(about),
    )


def own_reflections(
    found: Sequence[tuple[Reflection, Offering | None]], words: Words, *, opening: str | None = None
) -> View:
    """Everything the person wrote, newest first, each with buttons to change or delete it."""
    blocks: list[Block] = [section(opening)] if opening else []
    blocks.append(actions(button(words("reflection.write_freely"), ids.WRITE_FREELY, style="primary")))
    if not found:
        blocks.append(section(words("reflection.none")))
    room = MAX_MODAL_BLOCKS - 4
    for shown, (reflection, offering) in enumerate(found):
        of_one = _own_blocks(reflection, offering, words)
        if len(blocks) + len(of_one) > room:
            blocks.append(context(words.many("list.more", len(found) - shown)))
            break
        blocks += of_one
    if found:
        blocks += [
            divider(),
            actions(button(words("reflection.erase"), ids.ERASE_REFLECTIONS, style="danger")),
        ]
    return modal(words("reflection.mine_title"), blocks, close=words("form.close"))


def _own_blocks(reflection: Reflection, offering: Offering | None, words: Words) -> list[Block]:
    value = str(reflection.id)
    title = title_of(offering, words) if offering is not None else words("reflection.free")
    buttons = [
        button(words("reflection.edit"), ids.ANSWER_PROMPT, str(reflection.prompt.id))
        if reflection.prompt is not None
        else button(words("reflection.edit"), ids.EDIT_REFLECTION, value),
        button(words("reflection.delete"), ids.DELETE_REFLECTION, value)
        | {
            "confirm": {
                "title": {"type": "plain_text", "text": words("reflection.delete")},
                "text": {"type": "plain_text", "text": words("reflection.delete_sure")},
                "confirm": {"type": "plain_text", "text": words("reflection.delete")},
                "deny": {"type": "plain_text", "text": words("form.cancel")},
            }
        },
    ]
    if reflection.prompt is not None:
        buttons.append(button(words("reflection.read_shared"), ids.READ_SHARED, str(reflection.prompt.id)))
    return [
        divider(),
        context(f"{title} · {words(f'sharing.short_{reflection.sharing}')}"),
        *sections(reflection_lines(reflection, words)),
        actions(*buttons),
    ]


def erase_form(words: Words) -> View:
    """Asks for confirmation before everything is deleted."""
    return modal(
        words("reflection.erase_title"),
        [section(words("reflection.erase_sure"))],
        close=words("form.cancel"),
        submit=words("reflection.erase_submit"),
        callback_id=ids.ERASE_FORM,
    )


def erased(words: Words) -> View:
    return modal(
        words("reflection.erase_title"), [section(words("reflection.erased"))], close=words("form.close")
    )


def frequency_asked(words: Words) -> View:
    """Asks how often prompts should come; each choice is one click."""
    return modal(
        words("frequency.title"),
        [section(words("frequency.ask")), frequency_buttons(words)],
        close=words("form.close"),
    )


def frequency_set(frequency: str, words: Words) -> Message:
    text = words(f"frequency.now_{frequency}")
    return Message(text, [section(text)])


# -- shared answers ---------------------------------------------------------------------------------


def shared_blocks(gathered: SharedAnswers, words: Words) -> list[Block]:
    """The shared answers by question."""
    prompt = gathered.prompt
    if prompt.is_if_then:
        sentences = [
            _attributed(
                words("if_then.sentence", when=each.answers[0], then=(*each.answers, "", "")[1]),
                each.name,
            )
            for each in gathered.answers
            if each.answers
        ]
        return _question_blocks(prompt.questions[0].text, sentences, words)
    blocks: list[Block] = []
    for n, question in enumerate(prompt.questions):
        blocks += _question_blocks(question.text, _said(question, n, gathered, words), words)
    return blocks


def _said(question: Question, n: int, gathered: SharedAnswers, words: Words) -> list[str]:
    said = []
    for each in gathered.answers:
        text = spoken_answer(question, each.answers[n], words) if n < len(each.answers) else ""
        if text:
            said.append(_attributed(text, each.name))
    return said


def _question_blocks(question: Texts, said: Sequence[str], words: Words) -> list[Block]:
    if not said:
        return []
    return [section(f"*{escape(words.pick(question))}*"), *sections(said)]


def _attributed(text: str, name: str | None) -> str:
    return quote(text) if name is None else f"{quote(text)}\n— {escape(name)}"


def shared_answers_view(offering: Offering, found: Sequence[SharedAnswers], words: Words) -> View:
    """For facilitators: how many answered each prompt, and what people shared; never who did not answer."""
    blocks: list[Block] = [context(title_of(offering, words))]
    if not found:
        blocks.append(section(words("shared.nothing_sent")))
    for gathered in found:
        of_one = [divider(), *_figures(gathered, words), *shared_blocks(gathered, words)]
        if len(blocks) + len(of_one) >= MAX_MODAL_BLOCKS:
            blocks.append(context(words("shared.older")))
            break
        blocks += of_one
    return modal(words("shared.title"), blocks, close=words("form.close"))


def _figures(gathered: SharedAnswers, words: Words) -> list[Block]:
    questions = " / ".join(escape(words.pick(each.text)) for each in gathered.prompt.questions)
    figures = gathered.figures
    if figures is None:
        said = words.many("shared.too_few", gathered.sent)
    elif figures.at_least:
        said = words("shared.figures_at_least", sent=gathered.sent, answered=figures.answered)
    else:
        said = words("shared.figures", sent=gathered.sent, answered=figures.answered, shared=figures.shared)
    return [section(f"_{questions}_\n{said}")]


def shared_view(gathered: SharedAnswers, words: Words) -> View:
    """For members of the group: what was shared without name."""
    blocks = shared_blocks(gathered, words) or [section(words("shared.nothing_shared"))]
    return modal(words("shared.title"), blocks, close=words("form.close"))
