"""The questions between sessions, what people answer, and what they share."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from msgspec.structs import replace

from bot.domain.carried.prompts import FreeText
from bot.domain.prompts.preparation import CardRef, Preparation
from bot.domain.prompts.prompt import Frequency, Moment, Prompt
from bot.domain.reflections import Asked, Figures, Reflection, SharedAnswer, SharedAnswers, Sharing
from bot.services.prompts.library import read_cards
from bot.views import reflections as views
from bot.views.blocks import Message
from bot.views.prompts import messages, preparation
from bot.views.year import opened
from gallery.entry import Entry
from gallery.sample import (
    AINO,
    BOOK,
    CHOICE,
    IF_THEN,
    NOW,
    SEATED,
    before,
    live,
    offering,
    prompt,
    reflection,
)
from gallery.sample import card as card_of

LONG = "Yritin kuunnella loppuun asti ennen kuin vastasin. " * 10


def entries() -> Iterator[Entry]:
    for moment in Moment:
        yield from _of_moment(prompt(moment))
    choice = prompt(Moment.ANY, questions=(CHOICE,))
    yield Entry(
        "A question with choices", lambda words: messages.prompt_message(choice, live(), None, (), words)
    )
    yield from _around_a_question()
    yield from _preparation()
    yield from _rounds()
    yield from _forms()
    yield from _own()
    yield from _shared()


def _preparation() -> Iterator[Entry]:
    cards = read_cards()["coaching"]
    dates = Preparation(date(2019, 4, 10), date(2019, 5, 9), date(2019, 5, 22))
    yield Entry("Preparing", lambda words: preparation.preparation_form(dates, cards, words))
    yield Entry("Prepared", lambda words: preparation.preparation_saved(dates, words))
    yield Entry(
        "Prepared, without messages", lambda words: preparation.preparation_saved(dates, words, stopped=True)
    )
    yield Entry("Preparing no more", lambda words: preparation.preparation_saved(Preparation(), words))
    for card, thoughts in cards.items():
        ref = CardRef(card, date(2019, 5, 22))
        yield Entry(f"The card {card}", partial(preparation.card_message, ref, thoughts))
    mine = card_of(mine=SEATED)
    yield Entry(
        "Mine, with cards",
        lambda words: opened(mine, AINO, BOOK, before(live(), days=2), words, with_preparation=True),
    )
    yield Entry("A date too far away", lambda words: Message(words("preparation.too_far"), []))


def _of_moment(asked: Prompt) -> Iterator[Entry]:
    here, coming = live(), live().sessions[1]
    name = f"A question ({asked.moment})"
    yield Entry(name, lambda words: messages.prompt_message(asked, here, None, (), words))
    echoes = [reflection(prompt(Moment.PLAN), *IF_THEN), reflection(prompt(), LONG, "0")]
    yield Entry(
        f"{name} that quotes one's own words",
        lambda words: messages.prompt_message(asked, here, coming, echoes, words),
    )
    yield Entry(
        f"{name}, reminded of",
        lambda words: messages.prompt_message(asked, here, coming, (), words, is_reminder=True),
    )
    by_facilitator = replace(asked, author="UFASI")
    yield Entry(
        f"{name} from a facilitator",
        lambda words: messages.prompt_message(by_facilitator, here, None, (), words),
    )


def _around_a_question() -> Iterator[Entry]:
    here, asked = live(), prompt()
    for sharing in Sharing:
        yield _answered(sharing)
    later = NOW + timedelta(days=1)
    yield Entry("A question for later", lambda words: messages.later_message(asked, here, later, words))
    yield Entry("A question that was stopped", lambda words: messages.gone_message(here, words))
    yield Entry("Fewer questions?", messages.fade_message)
    yield Entry("How often questions come", views.frequency_asked)
    for frequency in Frequency:
        yield _frequency_set(frequency)


def _answered(sharing: Sharing) -> Entry:
    mine = reflection(prompt(), "Kuuntelin loppuun asti.", "0", sharing=sharing)
    return Entry(
        f"A question that is answered ({sharing})",
        lambda words: messages.answered_message(prompt(), live(), mine, words),
    )


def _frequency_set(frequency: Frequency) -> Entry:
    return Entry(f"Questions from now on: {frequency}", lambda words: views.frequency_set(frequency, words))


def _rounds() -> Iterator[Entry]:
    here = live()
    privately = prompt(Moment.ANY, channel="CYLEINEN")
    in_thread = replace(privately, in_thread=True)
    yield Entry(
        "A question in a channel, answered privately",
        lambda words: messages.round_message(privately, here, words.both()),
    )
    yield Entry(
        "A question in a channel, answered in its thread",
        lambda words: messages.round_message(in_thread, here, words.both()),
    )


def asked(
    about: Prompt, mine: Reflection | None = None, *, echoes: tuple[Reflection, ...] = (), shared: int = 6
) -> Asked:
    return Asked(about, live(), mine, echoes, shared)


def _forms() -> Iterator[Entry]:
    plan = prompt(Moment.PLAN)
    yield Entry("Writing an if-then plan", lambda words: views.answer_form(asked(plan), None, words))
    echoes = (reflection(plan, *IF_THEN),)
    yield Entry(
        "Answering, with one's own earlier words",
        lambda words: views.answer_form(asked(prompt(), echoes=echoes, shared=2), None, words),
    )
    alone = Asked(prompt(), offering("dialogue-2", facilitators=()), None, (), 0)
    yield Entry("Answering where nobody facilitates", lambda words: views.answer_form(alone, None, words))
    for sharing in Sharing:
        yield _kept(sharing)
    yield Entry("Writing freely", lambda words: views.free_form("", words, FreeText(form_key="1")))


def _kept(sharing: Sharing) -> Entry:
    mine = reflection(prompt(), "Kuuntelin loppuun asti.", "0", sharing=sharing)
    return Entry(
        f"The answer is saved ({sharing})", lambda words: views.answer_kept(asked(prompt(), mine), words)
    )


def _own() -> Iterator[Entry]:
    wrote = [
        (reflection(prompt(), "Kuuntelin loppuun asti.", "0", sharing=Sharing.FACILITATORS), live()),
        (reflection(prompt(Moment.PLAN), *IF_THEN, sharing=Sharing.GROUP), live()),
        (reflection(None, "Muista kiittää Olia."), None),
    ]
    yield Entry("My reflections", lambda words: views.own_reflections(wrote, words))
    yield Entry(
        "My reflections after one was saved",
        lambda words: views.own_reflections(wrote, words, opening=words("reflection.kept_freely")),
    )
    yield Entry(
        "My reflections after one was deleted",
        lambda words: views.own_reflections([], words, opening=words("reflection.deleted")),
    )
    many = wrote * 20
    yield Entry("Many reflections", lambda words: views.own_reflections(many, words))
    yield Entry("Deleting all of them", views.erase_form)
    yield Entry("All of them are deleted", views.erased)


def gathered(about: Prompt, figures: Figures | None, *answers: SharedAnswer) -> SharedAnswers:
    return SharedAnswers(about, 12, figures, answers)


def _shared() -> Iterator[Entry]:
    here = live()
    named = SharedAnswer("Aino Virtanen (Verohallinto)", ("Kuuntelin loppuun asti.", "0"))
    unnamed = SharedAnswer(None, ("Kysyin enemmän kuin väitin.", "1"))
    plans = SharedAnswer(None, IF_THEN)
    several = [
        gathered(prompt(), Figures(7, 5), named, unnamed),
        gathered(prompt(Moment.PLAN), Figures(6, 6, at_least=True), plans),
        gathered(prompt(Moment.ANY), None),
        gathered(prompt(), Figures(7, 5), SharedAnswer(None, ("Annoin tilaa.", "a choice that is gone"))),
    ]
    yield Entry(
        "Shared answers, to a facilitator", lambda words: views.shared_answers_view(here, several, words)
    )
    many = several * 40
    yield Entry(
        "Many shared answers, to a facilitator",
        lambda words: views.shared_answers_view(here, many, words),
    )
    yield Entry(
        "Shared answers before any question was sent",
        lambda words: views.shared_answers_view(here, [], words),
    )
    yield Entry("Shared answers, to the group", lambda words: views.shared_view(several[0], words))
    yield Entry("Nothing shared yet", lambda words: views.shared_view(several[2], words))
