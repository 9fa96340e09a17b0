"""The four steps of writing a prompt: source, questions, when and to whom, preview."""

from collections.abc import Mapping, Sequence
from datetime import date

from bot.domain.carried.drafts import WordingTarget
from bot.domain.carried.prompts import ConfirmedPrompt, PromptSource, TimingChoice, TimingKind
from bot.domain.language import LANGUAGES
from bot.domain.offerings.offering import Offering
from bot.domain.prompts.dates import DatedPrompt
from bot.domain.prompts.prompt import (
    MAX_CHOICE,
    MAX_CHOICES,
    MAX_QUESTION,
    MAX_QUESTIONS,
    Audience,
    Moment,
    Prompt,
    Question,
)
from bot.domain.prompts.reach import Reach, who_would_not_understand
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    Block,
    Message,
    Option,
    View,
    actions,
    button,
    channel_input,
    clip,
    context,
    date_input,
    divider,
    grouped_select_input,
    inert,
    modal,
    radio_input,
    section,
    sections,
    select_input,
    several_input,
    text_input,
    time_input,
)
from bot.views.facilitation.desk import MOST_OPTIONS, moment_of
from bot.views.offerings.wording import title_of

DIRECT, ROUND_PRIVATE, ROUND_THREAD = "direct", "round", "round_thread"
DUTIES = ("fi", "sv")
"""The languages a prompt must have before it is sent; English is optional."""

MOST_DAYS = 10
USUAL_DAYS = 2
"""Working days between a session and its prompt where the facilitator chose none."""

MAX_ALL_CHOICES = MAX_CHOICES * (MAX_CHOICE + 1)
"""Characters of the field of choices, one on a line."""

OPTION_TEXT = 75


def source_form(
    offering: Offering,
    library: Sequence[tuple[PromptSource, Moment, Sequence[Question], bool]],
    saved: Sequence[tuple[PromptSource, Sequence[Question]]],
    words: Words,
) -> View:
    """The choice between one's own words and a prompt of the library. ``library`` holds source, moment,
    questions, and whether this offering has had the prompt before."""
    own = Option(str(PromptSource()), words("desk.own"))
    groups: list[tuple[str, list[Option]]] = [(words("desk.own_group"), [own])]
    if saved:
        options = [Option(str(source), _short(questions, words)) for source, questions in saved]
        groups.append((words("desk.saved_group"), options[:MOST_OPTIONS]))
    for moment in (Moment.ANY, Moment.PLAN, Moment.MIDPOINT, Moment.BEFORE):
        fitting = [each for each in library if each[1] is moment]
        options = [
            Option(str(source), _short(questions, words, asked=asked))
            for source, _, questions, asked in fitting
        ]
        if options:
            groups.append((words(f"desk.library_{moment}"), options[:MOST_OPTIONS]))
    return modal(
        words("desk.source_title"),
        [
            section(f"*{title_of(offering, words)}*"),
            grouped_select_input(ids.SOURCE, words("desk.source"), groups, chosen=own.value),
            context(words("desk.source_note")),
        ],
        close=words("form.cancel"),
        submit=words("desk.next_submit"),
        callback_id=ids.SOURCE_FORM,
        private_metadata=offering.code,
    )


def _short(questions: Sequence[Question], words: Words, *, asked: bool = False) -> str:
    text = words.pick(questions[0].text)
    return clip(words("desk.asked_before", question=text) if asked else text, OPTION_TEXT)


def wording_form(
    offering: Offering,
    questions: Sequence[Question],
    moment: Moment,
    target: WordingTarget,
    words: Words,
    *,
    keeps_moment: bool = False,
) -> View:
    """One or two questions, in Finnish and Swedish, and optionally English. ``keeps_moment``: the prompt
    belongs to the offering's own series, so its moment can't be changed."""
    given = [*questions, Question({}), Question({})][:MAX_QUESTIONS]
    blocks: list[Block] = [section(f"*{title_of(offering, words)}*\n{words('desk.wording_note')}")]
    if not keeps_moment:
        kinds = [Option(each, words(f"desk.kind_{each}")) for each in (Moment.ANY, Moment.PLAN)]
        chosen = Moment.PLAN if moment is Moment.PLAN else Moment.ANY
        blocks.append(radio_input(ids.KIND, words("desk.kind"), kinds, chosen=chosen))
    for n, question in enumerate(given):
        for language in LANGUAGES:
            blocks.append(
                text_input(
                    ids.QUESTIONS[n][language],
                    words(f"desk.question_{n + 1}_{language}"),
                    max_length=MAX_QUESTION,
                    value=question.text.get(language),
                    hint=words(f"desk.required_{language}") if n == 0 and language in DUTIES else None,
                    optional=n > 0 or language not in DUTIES,
                    multiline=True,
                )
            )
        if n == 0:
            blocks += _choices_inputs(question, words)
    return modal(
        words("desk.wording_title"),
        blocks,
        close=words("form.cancel"),
        submit=words("desk.next_submit"),
        callback_id=ids.WORDING_FORM,
        private_metadata=str(target),
    )


def _choices_inputs(question: Question, words: Words) -> list[Block]:
    return [
        text_input(
            ids.CHOICES[language],
            words(f"desk.choices_{language}"),
            max_length=MAX_ALL_CHOICES,
            value="\n".join(choice[language] for choice in question.choices if language in choice),
            hint=words("desk.choices_hint", most=MAX_CHOICES) if language == "fi" else None,
            optional=True,
            multiline=True,
        )
        for language in LANGUAGES
    ]


def sending_form(
    prompt: Prompt, offering: Offering, today: date, words: Words, *, knows_attendance: bool
) -> View:
    """When and to whom the prompt goes, with or without a reminder, or as a round in a channel."""
    timing = prompt.timing
    chosen = TimingChoice(TimingKind.NOW)
    if timing.at is not None:
        chosen = TimingChoice(TimingKind.AT)
    elif timing.after_session is not None:
        chosen = TimingChoice(TimingKind.AFTER, timing.after_session)
    elif timing.before_session is not None:
        chosen = TimingChoice(TimingKind.BEFORE, timing.before_session)
    here = words.here(timing.at) if timing.at is not None else None
    rules = offering.prompt_rules
    hours = words.hours(rules.window.opens, rules.window.closes)
    where = DIRECT if prompt.channel is None else ROUND_THREAD if prompt.in_thread else ROUND_PRIVATE
    audiences = list(Audience) if knows_attendance else [Audience.SEATED]
    blocks = [
        section(f"*{title_of(offering, words)}*"),
        select_input(ids.TIMING, words("desk.when"), _timings(offering, today, words), chosen=str(chosen)),
        select_input(
            ids.DAYS,
            words("desk.days_label"),
            [Option(str(n), words.many("desk.days", n)) for n in range(1, MOST_DAYS + 1)],
            chosen=str(timing.working_days or USUAL_DAYS),
            hint=words("desk.days_hint", weekdays=words.weekdays(rules.weekdays), hours=hours),
        ),
        date_input(
            ids.ON_DAY,
            words("desk.day"),
            chosen=f"{here:%Y-%m-%d}" if here else None,
            hint=words("desk.day_hint", zone=words.timezone),
        ),
        time_input(ids.AT_TIME, words("desk.time"), chosen=f"{here:%H:%M}" if here else None),
        select_input(
            ids.AUDIENCE,
            words("desk.audience"),
            [Option(each, words(f"desk.audience_{each}")) for each in audiences],
            chosen=prompt.audience if prompt.audience in audiences else Audience.SEATED,
            hint=None if knows_attendance else words("desk.audience_hint"),
        ),
        radio_input(
            ids.REMIND,
            words("desk.remind"),
            [Option(each, words(f"desk.remind_{each}")) for each in ("yes", "no")],
            chosen="yes" if prompt.has_reminder else "no",
        ),
        divider(),
        select_input(
            ids.WHERE,
            words("desk.where"),
            [Option(each, words(f"desk.where_{each}")) for each in (DIRECT, ROUND_PRIVATE, ROUND_THREAD)],
            chosen=where,
        ),
        channel_input(
            ids.CHANNEL, words("desk.channel"), chosen=prompt.channel, hint=words("desk.channel_hint")
        ),
    ]
    return modal(
        words("desk.sending_title"),
        blocks,
        close=words("form.cancel"),
        submit=words("desk.preview_submit"),
        callback_id=ids.SENDING_FORM,
        private_metadata=str(prompt.id),
    )


def _timings(offering: Offering, today: date, words: Words) -> list[Option]:
    options = [Option(TimingKind.NOW, words("desk.now")), Option(TimingKind.AT, words("desk.at"))]
    for each in offering.standing_sessions:
        session = {"number": each.number, "day": words.short_day(each.on)}
        if each.on > today:
            before = TimingChoice(TimingKind.BEFORE, each.number)
            options.append(Option(str(before), words("desk.before", **session)))
        after = TimingChoice(TimingKind.AFTER, each.number)
        options.append(Option(str(after), words("desk.after", **session)))
    return options[:MOST_OPTIONS]


def preview(
    prompt: Prompt,
    dated: DatedPrompt,
    reach: Reach,
    readers: Mapping[str, int],
    messages: Mapping[str, Message],
    words: Words,
    *,
    draft_id: int,
) -> View:
    """How many people get it and when, then the ``messages`` that will be sent: one a language, or the one
    in a channel."""
    lines = reach_lines(prompt, dated, reach, words)
    if prompt.channel is None:
        lacking = who_would_not_understand(prompt.questions[0].text, readers)
        lines += [words.many(f"desk.lacking_{each}", number) for each, number in lacking.items()]
    change = [button(words("desk.change_wording"), ids.GO_ON_WRITING, str(draft_id))]
    if prompt.series is None:
        change.append(button(words("desk.change_sending"), ids.CHANGE_SENDING, str(draft_id)))
    blocks: list[Block] = [*sections(lines), actions(*change)]
    if prompt.moment in {Moment.MIDPOINT, Moment.BEFORE} and prompt.channel is None:
        blocks.append(context(words("desk.own_words")))
    for reader, message in messages.items():
        blocks += [divider(), context(words(f"desk.looks_{reader}")), *inert(message.blocks)]
    if prompt.library_key is None and prompt.series is None:
        blocks += [
            divider(),
            several_input(ids.KEEP, words("desk.keep"), [Option(ids.KEEP, words("desk.keep_yes"))]),
        ]
    return modal(
        words("desk.preview_title"),
        blocks,
        close=words("form.cancel"),
        submit=words("desk.send_submit"),
        callback_id=ids.PROMPT_FORM,
        private_metadata=str(ConfirmedPrompt(draft_id, prompt.id)),
    )


def published(prompt: Prompt, offering: Offering, dated: DatedPrompt, reach: Reach, words: Words) -> View:
    """Confirms the prompt: how many it reaches, as the preview said, and where to follow or change it."""
    lines = [
        words("desk.published"),
        *reach_lines(prompt, dated, reach, words),
        words("desk.follow", code=offering.code),
    ]
    return modal(words("desk.title"), sections(lines), close=words("form.close"))


def reach_lines(prompt: Prompt, dated: DatedPrompt, reach: Reach, words: Words) -> list[str]:
    """How many people get it, when the first and the last do, and how many don't get it."""
    if prompt.channel is not None:
        when = moment_of(dated.at, words) if dated.at is not None else ""
        return [words("desk.reach_round", channel=f"<#{prompt.channel}>", when=when)]
    if reach.first is None or reach.last is None:
        lines = [words("desk.reach_nobody")]
    elif reach.first == reach.last:
        lines = [words.many("desk.reach_at", reach.people, at=moment_of(reach.first, words))]
    else:
        between = {"first": moment_of(reach.first, words), "last": moment_of(reach.last, words)}
        lines = [words.many("desk.reach_between", reach.people, **between)]
    return lines + [words.many(f"desk.skipped_{each}", number) for each, number in reach.skipped.items()]
