"""The results of a programme: the key figures in Slack."""

from collections.abc import Iterator
from functools import partial

from msgspec.structs import replace

from bot.domain.evidence.cases import Case, CaseState, Credit, Told
from bot.domain.evidence.costs import costs_of
from bot.domain.evidence.edition import Edition
from bot.domain.evidence.figures import Mix, Spread
from bot.domain.evidence.month import Because, MonthLine, View
from bot.domain.evidence.suppression import Earlier, Why
from bot.i18n import Words
from bot.views.blocks import Message
from bot.views.evidence import cases, costs
from bot.views.evidence.document import About
from bot.views.evidence.message import (
    address_view,
    key_message,
    page_contents,
    preview_message,
    unissued_message,
)
from bot.views.evidence.month import month
from gallery.entry import Entry
from gallery.sample import BOOK, NOW, live

ABOUT = About(live().programme_title, [live()], {}, None)


def an_edition() -> Edition:
    numbers = {"people": 132, "seated": 163, "gave_up": 14, "prompts": 1210, "prompts/answered": 655}
    numbers |= {"seated/dialogue-2": 19, "waiting/dialogue-2": 6}
    published = {key: Earlier(number, {}) for key, number in numbers.items()}
    withheld = {"in_vain": Why.FEW, "in_vain/dialogue-2": Why.FEW, "gave_up/dialogue-2": Why.FEW}
    mix = Mix(26, 214, 325, 8)
    return Edition(NOW, published, withheld, {"dialogue-2": Spread(9, 30)}, mix, list(numbers))


def entries() -> Iterator[Entry]:
    edition, one = an_edition(), replace(ABOUT, only=live())
    yield Entry(
        "The key figures of a programme", lambda words: key_message(ABOUT, edition, words, has_pages=True)
    )
    yield Entry(
        "The key figures of a programme, to a coordinator",
        lambda words: key_message(ABOUT, edition, words, has_pages=True, asks_for_cases=True),
    )
    yield Entry(
        "The key figures of one offering, without pages",
        lambda words: key_message(one, edition, words, has_pages=False),
    )
    yield Entry("A facilitator's preview", lambda words: preview_message(one, edition, words))
    yield Entry("No report was issued yet", lambda words: unissued_message(ABOUT, None, words))
    yield Entry("The last report is too old", lambda words: unissued_message(ABOUT, NOW, words))
    yield Entry("The way to the whole report", partial(address_view, "https://kaiku.example/download/x"))
    yield Entry("The way to the whole report, without pages", partial(address_view, None))
    yield Entry(
        "The page of the report", lambda words: "\n".join(_flat(page_contents(ABOUT, edition, words)))
    )
    yield Entry("What venues cost, in the report", _costs)
    yield from _months()
    yield from _cases()


def _cases() -> Iterator[Entry]:
    here = live()
    told = Told("Aloitin kokouksen kysymyksellä.", "Puhuimme kuin ennenkin: aika loppui.", Credit.NAME)
    mine = Case(here, told, "Aino Virtanen", "vero", CaseState.WRITTEN)
    unnamed = replace(mine, told=told._replace(credit=Credit.NOTHING), state=CaseState.ISSUED)
    of_agency = replace(mine, told=told._replace(credit=Credit.AGENCY), state=CaseState.GIVEN)
    erased = replace(mine, state=CaseState.ERASED)
    for name, case in (
        ("asked", None),
        ("written", mine),
        ("given", of_agency),
        ("in a report", unnamed),
        ("erased", erased),
    ):
        yield Entry(
            f"An account, {name}",
            lambda words, case=case: cases.asked(here, case, BOOK, words),  # type: ignore[misc]
        )
    yield Entry("The form of an account", lambda words: cases.case_form(here, mine, words))
    yield Entry("An account read back", lambda words: cases.case_view(mine, BOOK, words))
    yield Entry("An account deleted", lambda words: cases.withdrawn_view(here, words))
    yield Entry("A coordinator asks for accounts", lambda words: cases.ask_form(1, "key", words))
    yield Entry("Accounts are asked for", lambda words: cases.asked_view(4, words))


def _costs(words: Words) -> Message:
    known, seats = costs_of([live()]), {"dialogue-2": 19}.get
    tables = [table(known, seats, words) for table in (costs.by_strand, costs.by_session)]
    rows = [row for head, below in tables for row in (head, *below)]
    other = replace(live(), strand_number=9)
    rows += [*costs.marks(known, words), *costs.marks(costs_of([live(), other]), words)]
    return Message("\n".join(", ".join(map(str, row)) for row in rows))


def _flat(page: tuple[str, tuple[str, ...]]) -> list[str]:
    return [page[0], *page[1]]


def _months() -> Iterator[Entry]:
    reasons = [*Because, *[Because.TIME_LEFT] * 9]
    lines = [MonthLine(live(), each, 12, 7 if each is Because.QUEUE else None) for each in reasons]
    yield Entry("The month", lambda words: month(lines, words))
    fine = [each for each in lines if each.view is View.ON_TRACK]
    yield Entry("The month, with nothing to decide", lambda words: month(fine, words))
