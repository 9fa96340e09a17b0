"""The end of an offering: the closing message, materials, turns that are kept, certificates."""

from collections.abc import Iterator

from msgspec.structs import replace

from bot.domain.completion import Certified, Ending, FollowUp, Occasion, UseCount
from bot.domain.offerings.offering import Offering
from bot.domain.plan.model import Closing, Reading
from bot.domain.prompts.prompt import Moment
from bot.i18n import Words
from bot.views import turns
from bot.views.completion import certificate, closing
from bot.views.completion.page import part_of
from bot.views.completion.pdf import content_of
from bot.views.completion.use import asked_at, count_line, questions_of
from bot.views.prompts import messages as prompts
from gallery.entry import Entry, RecordedWords
from gallery.sample import IF_THEN, NOW, card, in_all, live, offering, prompt, reflection

SLIDES = Reading(in_all("Kalvot", "Bilder", "Slides"), "https://kaiku.example/kalvot")
BOOK = Reading(in_all("Dialogin käsikirja", "Handbok i dialog", "Handbook of dialogue"))
URL = "https://kaiku.example/certificate/salainen.pdf"
CHECK = "https://kaiku.example/certificate/ABCD-EFGH-JKMN-PQRS"


def entries() -> Iterator[Entry]:
    yield from _closing()
    yield from _use()
    yield from _turns()
    yield from _certificates()


def an_ending(**changes: object) -> Ending:
    used, will = questions_of(live())
    coming = [offering("dialogue-3")]
    whole = Ending(live(), [SLIDES, BOOK], [], [(used, 1), (will, None)], coming, has_certificate=True)
    return replace(whole, **changes)


def _closing() -> Iterator[Entry]:
    here = live()
    with_slides = replace(here.sessions[0], materials=(SLIDES,))
    wrote = [
        reflection(prompt(Moment.PLAN), *IF_THEN),
        reflection(prompt(), "Kuuntelin loppuun asti.", "1"),
        reflection(None, "Muista kiittää Olia."),
    ]
    yield Entry("Materials of a session", lambda words: closing.materials(here, with_slides, words))
    asked = prompt(Moment.PLAN)
    yield Entry(
        "A question that takes materials along",
        lambda words: prompts.prompt_message(asked, here, None, (), words, materials=(SLIDES,)),
    )
    yield Entry("The closing message", lambda words: closing.closing(an_ending(own_words=wrote), words))
    many = wrote * 20
    yield Entry("A long closing message", lambda words: closing.closing(an_ending(own_words=many), words))
    bare = an_ending(materials=[], use=[], next_up=[], has_certificate=False)
    yield Entry("The closing message to who never came", lambda words: closing.closing(bare, words))


def _use() -> Iterator[Entry]:
    own = ("use.used", "use.used_often", "use.used_sometimes", "use.used_not_yet")
    will = ("use.will", "use.will_yes", "use.will_maybe", "use.will_no")
    for keys in (own, will):
        yield Entry(f"Kaiku's own question: {keys[0]}", lambda words, keys=keys: _said(words, keys))  # type: ignore[misc]
    choices = ("use.not_at_all", "use.a_little", "use.a_lot")
    for key in ("use.time", "use.supervisor", "use.peers", "use.opportunity"):
        keys = (key, *choices)
        yield Entry(f"An obstacle: {key}", lambda words, keys=keys: _said(words, keys))  # type: ignore[misc]
    followed = replace(live(), closing=Closing(follow_up=True))
    for occasion in (Occasion.AFTER_3, Occasion.AFTER_6):
        asked = FollowUp(followed, occasion, [(each, None) for each in asked_at(followed, occasion)])
        yield Entry(f"Use, {occasion}", lambda words, asked=asked: closing.follow_up(asked, words))  # type: ignore[misc]
    assert not asked_at(replace(live(), closing=Closing()), Occasion.AFTER_6)
    question, _ = questions_of(live())
    yield Entry("Answers on use", lambda words: count_line(UseCount(question, [10, 5, None]), words))
    yield Entry("Too few answers on use", lambda words: count_line(UseCount(question, None), words))
    none = replace(live(), closing=Closing(questions=()))
    assert not questions_of(none)


def _said(words: RecordedWords, keys: tuple[str, ...]) -> str:
    return " / ".join(words(key) for key in keys)


def _turns() -> Iterator[Entry]:
    here, coming = live(), card(offering("dialogue-3"))
    instead = [coming, card(offering("coaching-2"), seats_left=0, waiting=2), card(offering("coaching-3"))]
    for n in (3, 1, 0):
        yield Entry(
            f"No seat came free, {n} open",
            lambda words, n=n: turns.started_without(here, instead[:n], words, keeps_turn=False),  # type: ignore[misc]
        )
    yield Entry(
        "No seat came free, the turn is kept",
        lambda words: turns.started_without(here, instead, words, keeps_turn=True),
    )
    yield Entry("Sign-up opens for a kept turn", lambda words: turns.turn_open(coming, words))
    yield Entry("The turn is kept", lambda words: turns.kept(here, words))
    yield Entry("The turn is given up", lambda words: turns.given_up(here, words))


def _certificates() -> Iterator[Entry]:
    here: Offering = live()
    marked = Certified(here, "Aino Virtanen", "fi", "ABCD-EFGH-JKMN-PQRS", [(s, True) for s in here.sessions])
    open_ = replace(marked, sessions=[(each, False) for each in here.sessions])
    for name, each in (("marked", marked), ("not marked", open_)):
        yield Entry(f"A certificate, {name}", lambda words, each=each: certificate.form(each, words))  # type: ignore[misc]
        yield Entry(
            f"The certificate is made, {name}",
            lambda words, each=each: certificate.made(each, URL, words),  # type: ignore[misc]
        )
        yield Entry(
            f"The certificate's paper, {name}",
            lambda words, each=each: _paper(each, words),  # type: ignore[misc]
        )
        yield Entry(f"The code is checked, {name}", lambda words, each=each: part_of(each, words))  # type: ignore[misc]
    yield Entry("An unknown code is checked", lambda words: part_of(None, words))
    yield Entry("The checking page's heading", lambda words: words("certificate.page_heading"))
    yield Entry("The facilitator hands it over", lambda words: certificate.made(open_, None, words))
    names = ["Aino Virtanen", "Johan Sjöberg"]
    last = here.sessions[-1]
    for by_hand, unmarked in ((True, last), (False, last), (True, None)):
        yield Entry(
            f"To the facilitator, by hand {by_hand}, marked {unmarked is None}",
            lambda words, by_hand=by_hand, unmarked=unmarked: closing.certificate_asked(  # type: ignore[misc]
                here, names, words, by_hand=by_hand, unmarked=unmarked
            ),
        )
    for key in ("certificate.name_missing", "certificate.name_not_printable"):
        yield Entry(f"At the name's field: {key}", lambda words, key=key: words(key))  # type: ignore[misc]


def _paper(certified: Certified, words: Words) -> str:
    """The text of the certificate, without its layout."""
    said = content_of(certified, CHECK, NOW, words)
    return "\n".join(_flat(said))


def _flat(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _flat(each)
    else:
        yield str(value)
