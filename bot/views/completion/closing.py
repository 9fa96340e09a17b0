"""The messages at the end: a session's materials, the closing message, and what facilitators hear of
certificates."""

from collections.abc import Sequence

from bot.domain.carried.offerings import UseChoice
from bot.domain.completion import Ending, FollowUp
from bot.domain.offerings.offering import Offering, Session
from bot.domain.plan.model import UseQuestion
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    Block,
    Message,
    actions,
    button,
    context,
    divider,
    escape,
    header,
    section,
    sections,
)
from bot.views.facilitation.sessions import attendance_button
from bot.views.look import button_row, told
from bot.views.offerings.wording import reading_lines, session_title, span_of, title_of
from bot.views.prompts.messages import reflection_lines
from bot.views.year import certificate_button, open_button

MOST_BLOCKS = 48
"""Of a message's 50 blocks; ``/kaiku reflect`` shows what does not fit."""


def materials(offering: Offering, session: Session, words: Words) -> Message:
    """What there is to read after a session."""
    facts = [f"*{session_title(offering, session, words)}*", *reading_lines(session.materials, words)]
    return told(words("materials.heading"), facts, buttons=[open_button(offering, words)])


def closing(ending: Ending, words: Words) -> Message:
    """The closing message: thanks, materials, two questions, and last the person's own words, which may be
    many."""
    offering = ending.offering
    heading = words("closing.heading" if ending.has_certificate else "closing.heading_absent")
    facts = [words("closing.thanks", title=title_of(offering, words))]
    if ending.materials:
        facts += [f"*{words('announcement.materials')}*", *reading_lines(ending.materials, words)]
    if ending.next_up:
        facts.append(f"*{words('closing.next')}*")
        facts += [f"• {title_of(each, words)}: {span_of(each, words)}" for each in ending.next_up]
    blocks: list[Block] = [header(heading), *sections(facts)]
    lines = [escape(heading), *facts]
    if ending.use:
        lines.append(words("closing.use_why"))
        for n, (question, chosen) in enumerate(ending.use):
            text, of_one = _use(offering, question, chosen, n, words)
            lines.append(text)
            blocks += of_one
        blocks.append(context(words("closing.use_why")))
    blocks.append(button_row(_acts(ending, words)))
    _own_words(ending, blocks, lines, words)
    return Message("\n".join(lines)[:30_000], blocks)


def follow_up(asked: FollowUp, words: Words) -> Message:
    """The follow-up some months later: whether it is of use, and what got in the way; one click each."""
    heading = words("followup.heading")
    facts = [words(f"followup.{asked.occasion}", title=title_of(asked.offering, words))]
    blocks: list[Block] = [header(heading), *sections(facts)]
    lines = [escape(heading), *facts]
    for n, (question, chosen) in enumerate(asked.use):
        if n == 1:
            lines.append(words("followup.obstacles"))
            blocks.append(section(f"*{words('followup.obstacles')}*"))
        text, of_one = _use(asked.offering, question, chosen, n, words)
        lines.append(text)
        blocks += of_one
    blocks += [context(words("followup.why")), button_row([open_button(asked.offering, words)])]
    lines.append(words("followup.why"))
    return Message("\n".join(lines), blocks)


def _use(
    offering: Offering, question: UseQuestion, chosen: int | None, n: int, words: Words
) -> tuple[str, list[Block]]:
    asked = f"*{escape(words.pick(question.text))}*"
    if chosen is not None and chosen < len(question.choices):
        answer = words("closing.use_answered", choice=escape(words.pick(question.choices[chosen])))
        return f"{asked} {answer}", [section(f"{asked}\n{answer}")]
    buttons = [
        button(words.pick(choice), ids.ANSWER_USE[4 * n + m], str(UseChoice(offering.code, question.key, m)))
        for m, choice in enumerate(question.choices)
    ]
    choices = " / ".join(escape(words.pick(choice)) for choice in question.choices)
    return f"{asked} {choices}", [section(asked), actions(*buttons)]


def _acts(ending: Ending, words: Words) -> list[Block]:
    acts = [certificate_button(ending.offering, words)] if ending.has_certificate else []
    acts.append(open_button(ending.offering, words))
    if ending.next_up:
        acts.append(button(words("list.show_all"), ids.SHOW_OFFERINGS))
    return acts


def _own_words(ending: Ending, blocks: list[Block], lines: list[str], words: Words) -> None:
    """Everything the person wrote in this offering, oldest first; only they see it."""
    if not ending.own_words:
        return
    blocks += [divider(), section(f"*{words('closing.own_words')}*")]
    lines.append(words("closing.own_words"))
    for reflection in ending.own_words:
        of_one = reflection_lines(reflection, words)
        lines += of_one
        new = [divider(), *sections(of_one)]
        if len(blocks) + len(new) > MOST_BLOCKS - 1:
            blocks.append(context(words("closing.more")))
            break
        blocks += new
    blocks.append(context(words("closing.ending")))
    lines.append(words("closing.ending"))


def certificate_asked(
    offering: Offering, names: Sequence[str], words: Words, *, by_hand: bool, unmarked: Session | None
) -> Message:
    """Tells a facilitator who waits for a certificate, and what is still to do: mark attendance, or hand it
    over."""
    facts = [f"*{title_of(offering, words)}*", words.all_of([escape(name) for name in names])]
    if unmarked is not None:
        facts.append(words("certificate.mark_attendance"))
    if by_hand:
        facts.append(words("certificate.by_hand", code=escape(offering.code)))
    buttons = [attendance_button(offering, unmarked, words)] if unmarked is not None else []
    return told(words("certificate.asked"), facts, buttons=buttons)
