"""Filters of the list of offerings: month or day, live or remote, open to join, words of the title."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from difflib import SequenceMatcher
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.errors import KaikuError, Refusal
from bot.domain.language import nearest
from bot.domain.offerings.offering import Card, Session

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
_NUMBER_OF_MONTH: Final = {
    name: number
    for number, (finnish, *others) in enumerate(MONTHS, start=1)
    for name in (finnish, f"{finnish}kuu", f"{finnish}kuussa", f"{finnish}kuuta", *others)
}
_SHORT_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "mar", "apr", "", "jun", "jul", "aug", "sep sept", "okt oct", "nov", "dec"), start=1
    )
    for name in names.split()
}
MONTH_LIKENESS: Final = 0.85
"""How alike a misspelt month must be: "mars" and "marras" are two."""

_REMOTE: Final = re.compile(
    r"etä(?!m|l)\w*|etana|verkossa|netissä|distans\w*|fjärr\w*|remote\w*|virtu\w*|skype\w*|zoom\w*|teams\w*|online"
)
_LIVE: Final = re.compile(
    r"paikan|päällä|paikanpäällä|lähi|lähi(?:nä|tapaami\w*|päiv\w*)|läsnä|kasvokkain|plats|när(?:träff\w*|varo)"
    r"|fysisk\w*|live\w*|person|in-person|onsite|on-site|face-to-face"
)
_JOINABLE: Final = re.compile(
    r"nyt|avoi\w+|auki|vapa(?:a|ita|at)|tilaa|nu|öppn?[ae]\w*|ledig\w*|now|open|available|free|joinable"
)
_SMALL: Final = re.compile(
    r"på|in|i|on|at|of|the|den|de|det|kuussa|mitä|mikä|mitkä|näytä|joka|jotka|ovat|vad|visa|som|what|show"
    r"|all|alla|kaikki|pidettävät|klo|kl"
)
SHORTEST_LIKE: Final = 4
WORD_LIKENESS: Final = 0.8

_MONTH_NAME: Final = r"[^\W\d_]{3,}"
_ISO: Final = re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})\b")
_NUMERIC: Final = re.compile(
    r"\b(?P<day>\d{1,2})(?:[./]\s?|\s)(?P<month>\d{1,2})\b(?:[./]\s?(?P<year>\d{4})?)?"
)
_DAY_MONTH: Final = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:\.|:[ae]|st|nd|rd|th)?\s(?:of\s)?(?P<month>{_MONTH_NAME})\b"
)
_MONTH_DAY: Final = re.compile(
    rf"\b(?P<month>{_MONTH_NAME})\s(?:the\s)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d)"
)
_LEAP_YEAR: Final = 2000
_YEAR: Final = re.compile(r"20\d\d")


class Narrowing(Struct, frozen=True):
    """The filters asked for; None or False: not asked for. ``title`` are words that the title must have."""

    month: int | None = None
    day: tuple[int, int] | None = None  # month and day
    year: int | None = None
    remote: bool | None = None
    joinable: bool = False
    title: tuple[str, ...] = ()


def parse_narrowing(text: str) -> Narrowing:
    """Read what was typed after ``list``, in any of the three languages; other words are the title's. Raises
    KaikuError: NO_SUCH_DAY."""
    wanted, rest = _take_day(text.casefold().replace(",", " "))
    title: list[str] = []
    for word in rest.split():
        if (named := _month(word)) is not None:
            wanted = replace(wanted, month=named)
        elif _YEAR.fullmatch(word):
            wanted = replace(wanted, year=int(word))
        elif _REMOTE.fullmatch(word):
            wanted = replace(wanted, remote=True)
        elif _LIVE.fullmatch(word):
            wanted = replace(wanted, remote=False)
        elif _JOINABLE.fullmatch(word):
            wanted = replace(wanted, joinable=True)
        elif not _SMALL.fullmatch(word):
            title.append(word)
    return replace(wanted, title=tuple(title))


def _take_day(text: str) -> tuple[Narrowing, str]:
    """The day that the text names, however it is written, and the text without it. Raises KaikuError:
    NO_SUCH_DAY."""
    for pattern in (_ISO, _NUMERIC, _DAY_MONTH, _MONTH_DAY):
        for found in pattern.finditer(text):
            said = found.groupdict()
            month = int(said["month"]) if said["month"].isdigit() else _month(said["month"])
            day = int(said["day"])
            if month is not None and 1 <= month <= 12 and 1 <= day <= 31:
                year = int(said["year"]) if said.get("year") else None
                _require_day(month, day, year, found[0])
                return Narrowing(day=(month, day), year=year), text[: found.start()] + text[found.end() :]
    return Narrowing(), text


def _require_day(month: int, day: int, year: int | None, written: str) -> None:
    """Refuse a day that no year has; without a year, 29 February is a day."""
    try:
        date(_LEAP_YEAR if year is None else year, month, day)
    except ValueError:
        raise KaikuError(Refusal.NO_SUCH_DAY, day=written.strip()) from None


def _month(word: str) -> int | None:
    """The month that a word names, inflected, shortened or misspelt."""
    if number := _NUMBER_OF_MONTH.get(word) or _SHORT_MONTHS.get(word):
        return number
    for number, (finnish, *_) in enumerate(MONTHS, start=1):
        if re.fullmatch(rf"{finnish}(?:kuu\w*|kun?)", word):
            return number
    close = nearest(word, _NUMBER_OF_MONTH, MONTH_LIKENESS) if len(word) > 4 else None
    return _NUMBER_OF_MONTH[close] if close is not None else None


def narrow(cards: Iterable[Card], wanted: Narrowing) -> list[Card]:
    """The cards that pass all filters."""
    return with_title_words([card for card in cards if _fits(card, wanted)], wanted.title)


def _fits(card: Card, wanted: Narrowing) -> bool:
    if wanted.joinable and (card.state is not SignUpState.OPEN or card.mine is not None):
        return False
    sessions = card.offering.standing_sessions
    if wanted.remote is not None and all(each.is_remote != wanted.remote for each in sessions):
        return False
    if (wanted.year, wanted.month, wanted.day) == (None, None, None):
        return True
    return any(_is_then(each, wanted) for each in sessions)


def _is_then(session: Session, wanted: Narrowing) -> bool:
    on = session.on
    return (
        wanted.year in {None, on.year}
        and wanted.month in {None, on.month}
        and wanted.day in {None, (on.month, on.day)}
    )


def with_title_words(cards: Sequence[Card], words: Sequence[str]) -> list[Card]:
    """The cards whose title, in one language, has a word beginning with each of these words; if there are
    none, those with similar words, inflected or misspelt."""
    exact = [card for card in cards if _has_words(card, words, str.startswith)]
    return exact or [card for card in cards if _has_words(card, words, _is_like)]


def _has_words(card: Card, words: Sequence[str], fits: Callable[[str, str], bool]) -> bool:
    return any(
        all(any(fits(part, word) for part in re.findall(r"\w+", title.casefold())) for word in words)
        for title in card.offering.title.values()
    )


def _is_like(part: str, word: str) -> bool:
    """Whether a word of a title may be meant: both begin alike, or few letters differ. A word with a digit is
    a code."""
    if min(len(part), len(word)) < SHORTEST_LIKE or any(map(str.isdigit, word)):
        return False
    stem = max(SHORTEST_LIKE, min(len(part), len(word)) - 2)
    if part[:stem] == word[:stem]:
        return True
    return SequenceMatcher(None, part[: len(word)], word, autojunk=False).ratio() >= WORD_LIKENESS
