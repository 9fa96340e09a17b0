"""The facilitator's desk: an offering's prompts and their states, stopping a prompt."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.carried.offerings import SessionRef
from bot.domain.carried.prompts import PromptAct, PromptChoice
from bot.domain.completion import UseCount
from bot.domain.enrolment.draw_review import DrawSummary
from bot.domain.offerings.offering import Offering, Session
from bot.domain.prompts.prompt import Prompt, PromptState
from bot.domain.prompts.timeline import Entry, EntryState
from bot.domain.reflections import Figures
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    MAX_MODAL_BLOCKS,
    Block,
    Option,
    View,
    actions,
    button,
    clip,
    context,
    divider,
    escape,
    menu,
    modal,
    overflow,
    section,
)
from bot.views.completion.use import count_line
from bot.views.draws import draw_row
from bot.views.offerings.wording import title_of
from bot.views.prompts.timeline import fate_of, when_of_entry

MOST_OPTIONS = 100
"""Options that one Slack list can hold."""

SHOWN_OF_QUESTION = 150
MOST_ABSENT = 5
"""Of the sessions ahead, the nearest in which somebody is missing."""

MOST_DRAFTS = 10
MOST_OVER = 20
"""How many people over their agency's limit are named; ``kaiku roster`` lists all."""


def chooser(offerings: Sequence[Offering], words: Words) -> View:
    """Asks which of the offerings that the person facilitates."""
    options = [
        Option(each.code, f"{each.code}: {words.pick(each.title)}") for each in offerings[:MOST_OPTIONS]
    ]
    return modal(
        words("desk.title"),
        [section(words("desk.choose")), actions(menu(ids.OPEN_DESK, words("desk.choose_one"), options))],
        close=words("form.close"),
    )


def desk(
    offering: Offering,
    lines: Sequence[tuple[Prompt, str]],
    drafts: Sequence[Prompt],
    begun: Sequence[Session],
    words: Words,
    *,
    seated: int,
    may_read: bool,
    over_limit: Sequence[str] = (),
    absent: Sequence[tuple[Session, Sequence[tuple[str, str | None]]]] = (),
    use: Sequence[UseCount] = (),
    draw: DrawSummary | None = None,
    of_session: Sequence[Block] = (),
) -> View:
    """All prompts of one offering in order of time, with what can be done. ``lines`` give their states;
    ``over_limit`` are people whose seats exceed their agency's limit, each with the agency; ``of_session``
    are buttons about the next session."""
    blocks: list[Block] = [
        section(f"*{title_of(offering, words)}*  `{offering.code}`\n{words.many('desk.seated', seated)}"),
        _doings(offering, begun, words, may_read=may_read),
    ]
    if of_session:
        blocks.append(actions(*of_session))
    if over_limit:
        who = words.all_of([escape(each) for each in over_limit[:MOST_OVER]])
        blocks.append(context(words("desk.over_limit", who=who)))
    for session, names in absent[:MOST_ABSENT]:
        who = words.all_of([_absentee(name, word) for name, word in names[:MOST_OVER]])
        line = words.many(
            "desk.absent", len(names), number=session.number, day=words.short_day(session.on), who=who
        )
        blocks.append(context(line))
    if draw is not None:
        blocks.append(draw_row(offering, draw, words))
    for counted in use:
        blocks.append(context(count_line(counted, words)))
    for draft in drafts[:MOST_DRAFTS]:
        shown = question_of(draft, words) or words("desk.empty_draft")
        go_on = button(words("desk.go_on"), ids.GO_ON_WRITING, str(draft.id))
        away = button(words("desk.throw_away"), ids.THROW_PROMPT_AWAY, f"{offering.code}/{draft.id}")
        blocks += [section(words("desk.draft", question=shown)), actions(go_on, away)]
    blocks.append(divider())
    if not lines:
        blocks.append(section(words("desk.none")))
    for shown_before, (prompt, line) in enumerate(lines):
        if len(blocks) >= MAX_MODAL_BLOCKS - 1:
            blocks.append(context(words.many("list.more", len(lines) - shown_before)))
            break
        blocks.append(section(line, _menu_of(prompt, words)))
    return modal(words("desk.title"), blocks, close=words("form.close"))


def _absentee(name: str, word: str | None) -> str:
    """A person who can't come, with their note for the facilitators."""
    return f"{escape(name)} (”{escape(word)}”)" if word else escape(name)


def _doings(offering: Offering, begun: Sequence[Session], words: Words, *, may_read: bool) -> Block:
    elements = [
        button(words("desk.write"), ids.WRITE_PROMPT, offering.code, style="primary"),
        button(words("desk.timeline"), ids.SHOW_TIMELINE, offering.code),
    ]
    if may_read:
        elements.append(button(words("desk.shared_answers"), ids.SHOW_SHARED_ANSWERS, offering.code))
    if begun:
        options = [
            Option(
                str(SessionRef(offering.code, each.number)),
                words("desk.session", number=each.number, day=words.short_day(each.on)),
            )
            for each in reversed(begun)
        ]
        elements.append(menu(ids.MARK_ATTENDANCE, words("desk.attendance"), options[:MOST_OPTIONS]))
    return actions(*elements)


def _menu_of(prompt: Prompt, words: Words) -> Block | None:
    if prompt.state is not PromptState.PLANNED:
        return None
    return overflow(
        ids.PROMPT_MENU,
        [
            Option(str(PromptChoice(PromptAct.EDIT, prompt.id)), words("desk.edit")),
            Option(str(PromptChoice(PromptAct.WITHDRAW, prompt.id)), words("desk.withdraw")),
        ],
    )


def question_of(prompt: Prompt, words: Words) -> str:
    """The first question, shortened; empty while nothing is written."""
    if not prompt.questions:
        return ""
    return escape(clip(words.pick(prompt.questions[0].text), SHOWN_OF_QUESTION))


def prompt_line(
    prompt: Prompt,
    entry: Entry,
    words: Words,
    *,
    sent: int,
    waiting: int,
    figures: Figures | None,
    reaches_nobody: bool,
) -> str:
    """Time and question, as on the timeline; how many were sent, answered and shared; never who did not
    answer."""
    where = f" · <#{prompt.channel}>" if prompt.channel is not None else ""
    is_withdrawn = prompt.state in {PromptState.CANCELLED, PromptState.STOPPED}
    is_news = entry.state in {EntryState.MOVED, EntryState.DROPPED} and not is_withdrawn
    fate = f" · {escape(fate_of(entry, words))}" if is_news else ""
    parts = [f"*{when_of_entry(entry, words)}*{where}{fate}", question_of(prompt, words)]
    if is_withdrawn:
        parts.append(words(f"desk.state_{prompt.state}"))
    if reaches_nobody:
        parts.append(words("desk.reaches_nobody"))
    if sent and prompt.channel is not None:
        parts.append(words("desk.round_sent"))
    elif sent:
        parts.append(words.many("desk.sent", sent))
        if waiting:
            parts.append(words.many("desk.waiting", waiting))
    if sent:
        parts.append(_figures(figures, words))
    return "\n".join(parts)


def _figures(figures: Figures | None, words: Words) -> str:
    if figures is None:
        return words("desk.too_few")
    if figures.at_least:
        return words("desk.figures_at_least", answered=figures.answered)
    return words("desk.figures", answered=figures.answered, shared=figures.shared)


def moment_of(at: datetime, words: Words) -> str:
    here = words.here(at)
    return words("desk.moment", day=words.day(here.date()), time=words.clock_time(here.time()))


def withdraw_form(prompt: Prompt, offering: Offering, sent: int, words: Words) -> View:
    """Asks for confirmation before a prompt is cancelled, or stopped while it is being sent."""
    what = words.many("desk.stop_sure", sent) if sent else words("desk.cancel_sure")
    return modal(
        words("desk.withdraw_title"),
        [section(f"*{title_of(offering, words)}*\n> {question_of(prompt, words)}\n{what}")],
        close=words("form.cancel"),
        submit=words("desk.withdraw_submit"),
        callback_id=ids.WITHDRAW_PROMPT_FORM,
        private_metadata=str(prompt.id),
    )


def done(key: str, words: Words, **params: object) -> View:
    """Confirms what was done. The desk below is not updated until it is opened again."""
    return modal(words("desk.title"), [section(words(key, **params))], close=words("form.close"))
