"""Narrowing the list: by month or day, live or remote, what can be joined now, title words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.offerings.offering import Card

MONTHS: Final = (
    ("tammi", "januari", "january"),
    ("helmi", "februari", "february"),
    ("maalis", "mars", "march"),
    ("huhti", "april", "april"),
    ("touko", "maj", "may"),
    ("kesä", "juni", "june"),
    ("heinä", "juli", "july"),
    ("elo", "augusti", "august"),
    ("syys", "september", "september"),
    ("loka", "oktober", "october"),
    ("marras", "november", "november"),
    ("joulu", "december", "december"),
)
REMOTE: Final = frozenset({"etä", "etänä", "etana", "distans", "remote", "skype", "online"})
LIVE: Final = frozenset({"paikan", "päällä", "lähi", "lähinä", "plats", "live", "person"})
JOINABLE: Final = frozenset({"nyt", "avoinna", "avoimet", "vapaa", "nu", "öppna", "lediga", "now", "open"})
SMALL: Final = frozenset({"på", "in", "i", "kuussa"})
_DAY: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.?(?:\d{4})?")


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What was asked for; None and False where it was not. ``title`` are words that the title must have."""

    month: int | None = None
    day: tuple[int, int] | None = None  # month and day
    remote: bool | None = None
    joinable: bool = False
    title: tuple[str, ...] = ()


def parse_narrowing(text: str) -> Narrowing:
    """Read what was typed after ``list``, in any of the three languages; other words are the title's."""
    month: int | None = None
    day: tuple[int, int] | None = None
    remote: bool | None = None
    joinable = False
    title: list[str] = []
    for word in text.casefold().replace(",", " ").split():
        if found := _DAY.fullmatch(word):
            day = (int(found[2]), int(found[1]))
        elif (named := _month(word)) is not None:
            month = named
        elif word in REMOTE:
            remote = True
        elif word in LIVE:
            remote = False
        elif word in JOINABLE:
            joinable = True
        elif word not in SMALL:
            title.append(word)
    return Narrowing(month, day, remote, joinable, tuple(title))


def _month(word: str) -> int | None:
    for number, (finnish, *others) in enumerate(MONTHS, start=1):
        if word in others or re.fullmatch(rf"{finnish}(?:kuu\w*)?", word):
            return number
    return None


def narrow(cards: Iterable[Card], wanted: Narrowing) -> list[Card]:
    """Those of the cards that have all of what was asked for."""
    return [card for card in cards if _fits(card, wanted)]


def _fits(card: Card, wanted: Narrowing) -> bool:
    sessions = card.offering.standing_sessions
    if wanted.joinable and (card.state is not SignUpState.OPEN or card.mine is not None):
        return False
    if wanted.month is not None and all(each.on.month != wanted.month for each in sessions):
        return False
    if wanted.day is not None and all((each.on.month, each.on.day) != wanted.day for each in sessions):
        return False
    if wanted.remote is not None and all(each.is_remote != wanted.remote for each in sessions):
        return False
    return not wanted.title or has_title_words(card, wanted.title)


def has_title_words(card: Card, words: Sequence[str]) -> bool:
    """Whether the title, in one of its languages, has a word that begins with each of these."""
    return any(
        all(any(part.startswith(word) for part in re.findall(r"\w+", title.casefold())) for word in words)
        for title in card.offering.title.values()
    )
