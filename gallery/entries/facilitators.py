"""The facilitator's desk: prompts and their timeline."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from msgspec.structs import replace

from bot.domain.calendars.quiet_days import Quiet, QuietKind
from bot.domain.carried.drafts import WordingTarget
from bot.domain.carried.prompts import PromptSource
from bot.domain.completion import UseCount
from bot.domain.language import LANGUAGES
from bot.domain.prompts.dates import DatedPrompt, Reason
from bot.domain.prompts.prompt import Audience, Moment, Prompt, PromptState, Timing
from bot.domain.prompts.reach import NotReached, Reach
from bot.domain.prompts.timeline import Entry as TimelineEntry
from bot.domain.prompts.timeline import EntryKind, EntryState
from bot.domain.prompts.timeline_warnings import (
    CrowdedWeek,
    LostToLimit,
    PromptDropped,
    PromptMoved,
    QuietInGap,
    ShortGap,
    TimelineWarning,
)
from bot.domain.reflections import Figures
from bot.i18n import Words, words_for
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.views.bilingual import Both
from bot.views.blocks import Message, View
from bot.views.completion.use import questions_of
from bot.views.facilitation import desk, prompt_forms
from bot.views.facilitation.sessions import session_buttons
from bot.views.prompts import timeline
from bot.views.prompts.messages import prompt_message, round_message
from bot.views.prompts.timeline_marks import picture_of
from gallery.entry import Entry
from gallery.sample import CHOICE, MARCH, NOW, QUESTION, after, in_all, live, offerings, prompt, remote

AT = NOW + timedelta(days=2)
EASTER = in_all("pitkäperjantai", "långfredagen", "Good Friday")
REACH = Reach(14, AT, AT, {each: n for n, each in enumerate(NotReached, start=1)})


def entries() -> Iterator[Entry]:
    yield from _desk()
    yield from _writing()
    yield from _previews()
    yield from _withdrawing()
    yield from _timeline()


def dated(about: Prompt, **facts: object) -> DatedPrompt:
    return DatedPrompt(about, **{"on": MARCH, **facts})  # type: ignore[arg-type]


def _desk() -> Iterator[Entry]:
    every = list(offerings().values())
    yield Entry("Which offering", lambda words: desk.chooser(every, words))
    yield Entry(
        "The desk at first, or after the last session",
        lambda words: desk.desk(
            live(),
            [],
            [],
            [],
            words,
            seated=0,
            may_read=False,
            of_session=session_buttons(live(), after(live()), words),
        ),
    )
    yield Entry("The desk", _full_desk)
    yield Entry(
        "A desk with many questions",
        lambda words: desk.desk(
            live(),
            [(prompt(), _line(prompt(), words))] * 120,
            [],
            [],
            words,
            seated=1,
            may_read=True,
        ),
    )


def _full_desk(words: Words) -> View:
    here = live()
    sessions = here.sessions
    asked = prompt()
    dropped, moved = EntryState.DROPPED, EntryState.MOVED
    lines = [
        (asked, _line(asked, words)),
        (asked, _line(asked, words, reaches_nobody=True)),
        (asked, _line(asked, words, sent=9, waiting=3)),
        (asked, _line(asked, words, sent=12, figures=Figures(7, 5))),
        (asked, _line(asked, words, sent=12, figures=Figures(6, 6, at_least=True))),
        (asked, _line(replace(asked, channel="CYLEINEN"), words, sent=1, figures=Figures(7, 5))),
        (asked, _line(replace(asked, state=PromptState.CANCELLED), words)),
        (asked, _line(replace(asked, state=PromptState.STOPPED), words, sent=4)),
        (asked, _line(asked, words, moved, Reason.WEEKLY_CAP)),
        (asked, _line(asked, words, dropped, Reason.SHORT_GAP)),
        (asked, _line(asked, words, dropped, Reason.SESSION_CANCELLED)),
    ]
    return desk.desk(
        here,
        lines,
        [prompt(state=PromptState.DRAFT), prompt(state=PromptState.DRAFT, questions=())],
        sessions[:2],
        words,
        seated=14,
        may_read=True,
        of_session=session_buttons(here, NOW, words),
        over_limit=["Aino Virtanen (Verohallinto)"],
        absent=[
            (sessions[0], [("Aino Virtanen", "Lähetä muistiinpanot!")]),
            (sessions[1], [("Olli Nieminen", None), ("Heli Koskinen", None)]),
        ],
        use=[UseCount(each, [10, 5, None]) for each in questions_of(here)],
    )


def _line(
    about: Prompt,
    words: Words,
    state: EntryState = EntryState.COMING,
    reason: Reason | None = None,
    *,
    sent: int = 0,
    waiting: int = 0,
    figures: Figures | None = None,
    reaches_nobody: bool = False,
) -> str:
    on = None if state is EntryState.DROPPED else MARCH
    entry = TimelineEntry(EntryKind.PROMPT, state, on, prompt=about, reason=reason)
    return desk.prompt_line(
        about,
        entry,
        words,
        sent=sent,
        waiting=waiting,
        figures=figures,
        reaches_nobody=reaches_nobody,
    )


def _writing() -> Iterator[Entry]:
    here = live()
    library = [
        (PromptSource(library_key=str(n)), moment, [QUESTION], n % 2 == 0)
        for n, moment in enumerate((*Moment, *Moment), start=1)
    ]
    yield Entry(
        "A question of the library or one's own",
        lambda words: prompt_forms.source_form(
            here, library, [(PromptSource(saved_id=1), [QUESTION])], words
        ),
    )
    yield Entry("No library", lambda words: prompt_forms.source_form(here, [], [], words))
    new, saved = WordingTarget("dialogue-2"), WordingTarget("dialogue-2", 7)
    yield Entry(
        "Wording a question",
        lambda words: prompt_forms.wording_form(here, [QUESTION, CHOICE], Moment.ANY, new, words),
    )
    yield Entry(
        "Wording a question of the series",
        lambda words: prompt_forms.wording_form(here, [CHOICE], Moment.PLAN, saved, words, keeps_moment=True),
    )
    yield Entry(
        "When and to whom",
        lambda words: prompt_forms.sending_form(prompt(), here, MARCH, words, knows_attendance=False),
    )
    before_session = prompt(timing=Timing(before_session=2, working_days=2))
    yield Entry(
        "When and to whom, before a session",
        lambda words: prompt_forms.sending_form(before_session, here, MARCH, words, knows_attendance=False),
    )
    at_a_time = prompt(timing=Timing(at=AT), audience=Audience.ABSENT, channel="CYLEINEN", has_reminder=False)
    yield Entry(
        "When and to whom, after attendance is marked",
        lambda words: prompt_forms.sending_form(at_a_time, here, MARCH, words, knows_attendance=True),
    )


def _previews() -> Iterator[Entry]:
    asked = prompt(author="UFASI")
    in_channel = replace(asked, channel="CYLEINEN")
    nobody = Reach(0, None, None, {})
    between = replace(REACH, last=AT + timedelta(days=2), people=1)
    for name, about, reach in (
        ("to everybody at once", asked, REACH),
        ("over some days", prompt(Moment.BEFORE), between),
        ("to nobody", replace(asked, library_key="dialogue/1"), nobody),
        ("in a channel", in_channel, nobody),
    ):
        yield from _preview(name, about, reach)


def _preview(name: str, about: Prompt, reach: Reach) -> Iterator[Entry]:
    when = dated(about, at=AT)
    readers = {"fi": 9, "sv": 4, "en": 1}
    only_finnish = replace(about, questions=[replace(QUESTION, text={"fi": QUESTION.text["fi"]})])

    def preview(shown: Prompt, words: Words) -> View:
        messages = _messages(shown)
        return prompt_forms.preview(shown, when, reach, readers, messages, words, draft_id=7)

    yield Entry(f"Preview of a question {name}", partial(preview, about))
    yield Entry(f"Preview of a question {name}, in Finnish only", partial(preview, only_finnish))
    only_swedish = replace(about, questions=[replace(QUESTION, text={"sv": QUESTION.text["sv"]})])
    yield Entry(f"Preview of a question {name}, in Swedish only", partial(preview, only_swedish))
    yield Entry(
        f"A question is on its way {name}",
        lambda words: prompt_forms.published(about, live(), when, reach, words),
    )


def _messages(about: Prompt) -> dict[str, Message]:
    """The messages of the preview: one for each reader, or the one in a channel."""
    each_in = {language: words_for(language, "Europe/Helsinki") for language in LANGUAGES}
    if about.channel is not None:
        return {"round": round_message(about, live(), Both(each_in["fi"], each_in["sv"]))}
    coming = live().sessions[1]
    return {language: prompt_message(about, live(), coming, (), words) for language, words in each_in.items()}


def _withdrawing() -> Iterator[Entry]:
    yield Entry("A question is stopped", lambda words: desk.done("desk.state_stopped", words))
    yield Entry("Cancelling a question", lambda words: desk.withdraw_form(prompt(), live(), 0, words))
    yield Entry("Stopping a question", lambda words: desk.withdraw_form(prompt(), live(), 4, words))


def timeline_entries() -> list[TimelineEntry]:
    """Every kind of entry in every state, and every reason why a prompt comes later or not at all."""
    quiet = [
        Quiet(QuietKind.HOLIDAY, MARCH, MARCH, EASTER),
        Quiet(QuietKind.HOLIDAY, MARCH, MARCH),
        Quiet(QuietKind.EVE, MARCH, MARCH, EASTER),
        Quiet(QuietKind.JULY, MARCH, MARCH),
        Quiet(QuietKind.TURN_OF_YEAR, MARCH, MARCH),
    ]
    plain = [TimelineEntry(kind, state, MARCH, AT, session=1) for kind in EntryKind for state in EntryState]
    prompts = [
        TimelineEntry(EntryKind.PROMPT, EntryState.COMING, MARCH, AT, 1, 2, prompt(moment))
        for moment in Moment
    ]
    reasons = [
        TimelineEntry(EntryKind.PROMPT, EntryState.DROPPED, None, None, 1, 2, prompt(), MARCH, reason)
        for reason in Reason
    ]
    moved = [
        TimelineEntry(
            EntryKind.PROMPT, EntryState.MOVED, MARCH, AT, 1, 2, prompt(), MARCH, Reason.QUIET_DAY, each
        )
        for each in quiet
    ]
    return [*plain, *prompts, *reasons, *moved]


def _timeline() -> Iterator[Entry]:
    here = live()
    rows = timeline_entries()
    moved = [each for each in rows if each.state is EntryState.MOVED]
    dropped = [each for each in rows if each.state is EntryState.DROPPED and each.prompt is not None]
    title, other = here.title, remote().title
    warnings: list[TimelineWarning] = [
        QuietInGap(1, 2, Quiet(QuietKind.JULY, MARCH, MARCH)),
        ShortGap(1, 2, 6, 1),
        ShortGap(2, 3, 4, 2),
        *(PromptMoved(each) for each in moved),
        *(PromptDropped(each) for each in dropped),
        LostToLimit(MARCH, title, 1, (other,)),
        LostToLimit(MARCH, title, 4, (other,)),
        CrowdedWeek(MARCH, 3, 1, (title, other)),
        CrowdedWeek(MARCH, 4, 5, (title, other)),
    ]
    yield Entry("The timeline", lambda words: timeline.timeline(here, rows, warnings, words))
    for picture in timeline.Picture:
        yield _pictured(picture)

    yield Entry(
        "The timeline with its picture",
        lambda words: timeline.timeline(here, rows[:4], [], words, "https://kaiku.example/timeline.png"),
    )
    yield Entry("The words in the picture", _words_in_the_picture)
    yield Entry(
        "The timeline in a terminal",
        lambda words: "\n".join(timeline.timeline_lines(here, rows, warnings, words)),
    )
    yield Entry(
        "A quiet timeline in a terminal",
        lambda words: "\n".join(timeline.timeline_lines(here, rows[:1], [], words)),
    )
    many = rows * 2
    yield Entry("A long timeline's picture, in words", lambda words: timeline.alt_text(here, many, words))


def _words_in_the_picture(words: Words) -> str:
    days = [MARCH, MARCH + timedelta(days=150)]
    rows = [
        TimelineEntry(kind, state, on, AT, 1, 2, prompt() if kind is EntryKind.PROMPT else None)
        for kind in EntryKind
        for state in EntryState
        for on in days
    ]
    picture = picture_of(live(), rows, WORK_CALENDAR, NOW + timedelta(days=30), words)
    assert picture is not None
    today = picture.today[1] if picture.today is not None else ""
    stretches = dict.fromkeys(each.label for each in picture.quiet if each.label)
    return "\n".join(
        [picture.title, *picture.lanes, today, *stretches, *(said for _, _, said in picture.legend)]
    )


def _pictured(picture: timeline.Picture) -> Entry:
    return Entry(
        f"A quiet timeline (picture: {picture})",
        lambda words: timeline.timeline(live(), timeline_entries()[:1], [], words, picture),
    )
