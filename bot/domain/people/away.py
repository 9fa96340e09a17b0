"""Whether a Slack status says that its owner is on leave, in Finnish, Swedish or English.

Finnish and Swedish compounds mean leave by their *end*: "Kesälomalla", "Föräldraledig" are leave,
"Lomakeuudistus", "Sjukförsäkring" are work. English, and the shorter words of all three, depend on the next
word: "Annual leave 1–26 July" is leave, "Annual leave planning" is work. A leave that is over, in the future,
denied or somebody else's does not count.
"""

import re
from datetime import UTC, datetime

from msgspec import Struct

from bot.domain.people import leave_words
from bot.domain.people.person import AwayStatus
from bot.domain.people.spelling import is_one_slip_apart

_NO_END = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())
"""A status that ends later than this counts as one without an end."""
_MOST_READ = 200
"""Characters that are read; Slack allows 100, and a forged longer status must not take long."""
_TOKEN = re.compile(r"[^\W_][\w'’&]*(?:[.\-–+][\w'’]+)*|[&]")
_BOUNDARY = re.compile(r"[,;:!?()|/•…→=\"“”*]|\.(?=\s|\Z)|\s[-–—+]+\s|[-–—](?=\d)|(?<=\w)[-–—](?=\s)")
_SHORTCODE = re.compile(r":[a-z0-9_+\-]+:")


class _Word(Struct, frozen=True):
    """``ends``: punctuation that separates things follows the word; ``starts``: precedes it."""

    text: str
    starts: bool
    ends: bool


def away_status(text: str, emoji: str, expires: int) -> AwayStatus | None:
    """Whether a Slack status says that its owner is away; ``expires`` is in seconds since 1970, 0 for
    never."""
    if not says_away(text, emoji):
        return None
    has_end = 0 < expires < _NO_END
    return AwayStatus(datetime.fromtimestamp(expires, UTC) if has_end else None)


def says_away(text: str, emoji: str = "") -> bool:
    """Whether the text or the emoji of a status says that its owner is away."""
    written = _tidy(text[:_MOST_READ])
    words = _words(written)
    is_brief = leave_words.SHORT.search(written) is not None
    in_days = leave_words.DATE.search(written) is not None or any(_is_day(word.text) for word in words)
    in_hours = leave_words.CLOCK.search(written) is not None
    if leave_words.NOT_AT_WORK.search(written) and not is_brief and not in_hours:
        return True
    if _shows_work(written, words) or (in_hours and not in_days):
        return False
    if _is_return(words) and not is_brief:
        return True
    if any(_is_leave(words, i) for i in range(len(words))) or _is_phrase(written):
        return not _is_anothers_or_later(written)
    if any(_is_absent(words, i) for i in range(len(words))) and not _is_short(written, in_days=in_days):
        return not _is_anothers_or_later(written)
    has_sign = emoji in leave_words.AWAY_EMOJI or not leave_words.AWAY_SIGNS.isdisjoint(text)
    return has_sign and not _speaks_of_leave(words)


def _shows_work(written: str, words: list[_Word]) -> bool:
    said = leave_words.AT_WORK.search(written) or leave_words.PART_TIME.search(written)
    return said is not None or _is_at_work(words)


def _is_anothers_or_later(written: str) -> bool:
    """Whether the leave is somebody else's, or yet to come."""
    if leave_words.OTHERS.search(written):
        return True
    if leave_words.COMING.search(written) and not leave_words.NOW.search(written):
        return True
    return leave_words.NEXT.search(written) is not None and not leave_words.UNTIL.search(written)


def _is_short(written: str, *, in_days: bool) -> bool:
    """Whether the absence takes an hour or two: lunch, a meeting, "9-11"."""
    hours = not in_days and re.search(r"(?<![.\d])\d{1,2}[-–]\d{1,2}\.?\Z", written)
    in_weeks = re.search(r"\b(?:vi?ko?|viikot|weeks?|v|vecka)\b", written)
    return leave_words.SHORT.search(written) is not None or (bool(hours) and not in_weeks)


def _tidy(text: str) -> str:
    written = _SHORTCODE.sub(" ", text.casefold()).replace("’", "'")
    written = re.sub(r"\bo\.o\.o\.?", "ooo", written)
    written = re.sub(r"\ba/l\b", "al", written)
    written = re.sub(r"\b(t|fr)\.o\.m\.?", r"\1om", written).replace("från och med", "from")
    written = re.sub(r"\bout[ -]of[ -](?:the[ -])?office\b", "ooo", written)
    return re.sub(r"(?!\booo\b)([^\W\d_])\1{2,}", r"\1\1", written).strip()


def _words(written: str) -> list[_Word]:
    found = list(_TOKEN.finditer(written))
    words = []
    for i, match in enumerate(found):
        before = written[found[i - 1].end() if i else 0 : match.start()]
        after = written[match.end() : found[i + 1].start() if i + 1 < len(found) else len(written)]
        starts = i == 0 or _BOUNDARY.search(before) is not None
        ends = i + 1 == len(found) or _BOUNDARY.search(after) is not None
        words.append(_Word(match[0], starts, ends))
    return words


def _is_leave(words: list[_Word], i: int) -> bool:
    word = words[i].text
    if word == "leave":
        return _is_english_leave(words, i) and _stands_alone(words, i) and not _is_denied(words, i)
    if word in {"lomalle", "vapaalle"}:
        return i > 0 and words[i - 1].text in {"jäin", "lähdin", "jäi", "lähti", "jäänyt", "lähtenyt"}
    if leave_words.SAYS_SO.match(word) or _is_misspelt(word):
        if not words[i].ends and words[i + 1].text.startswith(leave_words.NO_LEAVE_AFTER):
            return False
        return not _is_denied(words, i) and (word != "ooo" or _stands_alone(words, i))
    is_brief = len(word) <= 3 and word not in {"pto", "ill", "flu", "vab", "tjl"}
    if (
        not leave_words.SAYS_SO_ALONE.match(word)
        or _is_denied(words, i)
        or (is_brief and not _opens(words, i))
    ):
        return False
    on_holiday = i > 0 and words[i - 1].text == "på" and not words[i].starts
    return on_holiday or _stands_alone(words, i)


def _is_english_leave(words: list[_Word], i: int) -> bool:
    before = [word.text for word in words[max(0, i - 3) : i]]
    if not before:
        return words[i].ends or _is_time(words[i + 1].text)
    return before[-1] in leave_words.KINDS_OF_LEAVE or "on" in before


def _is_misspelt(word: str) -> bool:
    if leave_words.OTHER_FORM.search(word) or leave_words.SAYS_SO_ALONE.match(word):
        return False
    return any(
        word[:2] == known[:2] and is_one_slip_apart(word, known) for known in leave_words.OFTEN_MISSPELT
    )


def _opens(words: list[_Word], i: int) -> bool:
    """Whether the word begins a remark; elsewhere an abbreviation means something else."""
    return words[i].starts or words[i - 1].text in {"palkaton", "på", "on", "nyt", "nu", "palkattomalla"}


def _is_denied(words: list[_Word], i: int) -> bool:
    """Whether the word of leave is denied, or the leave is over."""
    for j in range(i - 1, max(-1, i - 4), -1):
        if words[j + 1].starts:
            return False
        if words[j].text in leave_words.NEGATIONS or words[j].text in leave_words.OVER:
            return True
    is_verb = words[i].text.endswith(("ar", "a")) and not words[i].ends
    if is_verb and words[i + 1].text in leave_words.NOT_AFTER_VERB:
        return True
    return _is_said_to_be_over(words, i)


def _is_said_to_be_over(words: list[_Word], i: int) -> bool:
    for j in range(i, min(i + 3, len(words) - 1)):
        if words[j].ends:
            return False
        if words[j + 1].text in leave_words.IS_OVER:
            return True
    return False


def _stands_alone(words: list[_Word], i: int) -> bool:
    """Whether no word after this one changes its meaning ("leave *policy*")."""
    if words[i].ends:
        return True
    if words[i].text.startswith("lom") and any(leave_words.NOW.match(word.text) for word in words[:i]):
        return True
    after = words[i + 1].text
    if after in leave_words.LINKS or _is_time(after):
        return True
    return after in leave_words.LINK_WITH_TIME and i + 2 < len(words) and _is_time(words[i + 2].text)


def _is_absent(words: list[_Word], i: int) -> bool:
    """Whether the words mean an absence of a day or more."""
    word = words[i].text
    if word not in leave_words.ABSENT or _is_denied(words, i):
        return False
    before = words[i - 1].text if i else ""
    if word in {"off", "out"} and before:
        opens = words[i].starts or before in leave_words.I_AM
        if not opens and not (word == "off" and before in leave_words.TAKEN_OFF):
            return False
    if words[i].ends:
        return word != "pois" or len(words) == 1
    after = words[i + 1].text
    from_work = after == "from" and i + 2 < len(words) and words[i + 2].text in {"work", "office", "the"}
    return from_work or after in leave_words.WHAT_FROM or (after != "from" and _stands_alone(words, i))


def _is_phrase(written: str) -> bool:
    return leave_words.PHRASE.search(written) is not None


def _is_return(words: list[_Word]) -> bool:
    """Whether the status names the day of their return: one day that is not today."""
    for i, word in enumerate(words):
        if word.text not in leave_words.RETURNING:
            continue
        j = i + 1
        while j < len(words) and words[j].text in leave_words.BETWEEN:
            j += 1
        if j + 1 < len(words) and words[j].text.isdigit() and _is_day(words[j + 1].text):
            return True  # "10 August"
        if j < len(words) and words[j].text not in leave_words.TODAY and _is_day(words[j].text):
            return True
    return False


def _is_at_work(words: list[_Word]) -> bool:
    """Whether the status says "töissä", "i jobb", "at work", neither denied nor about the day
    of the return."""
    for i, word in enumerate(words):
        before = words[i - 1].text if i else ""
        if word.text not in leave_words.WORK and f"{before} {word.text}" not in leave_words.WORK_OF_TWO:
            continue
        after = words[i + 1].text if i + 1 < len(words) else ""
        of_return = before in leave_words.RETURNING or after in leave_words.RETURNING or after == "vasta"
        if not (_is_denied(words, i) or of_return or (after and _is_day(after))):
            return True
    return False


def _speaks_of_leave(words: list[_Word]) -> bool:
    """Whether the status mentions leave to say that there is none, or that it is over."""
    stems = ("loma", "semest", "ledig", "vacation", "holiday", "leave")
    return any(stem in word.text for word in words for stem in stems)


def _is_time(word: str) -> bool:
    return all(leave_words.TIME_WORD.match(part) for part in re.split(r"[-–+]", word) if part)


def _is_day(word: str) -> bool:
    """Whether the words are a single day or month, not an hour: "ma", "10.8", "tisdag", "August"."""
    if any(sign in word for sign in "-–+"):
        return False
    if any(letter.isdigit() for letter in word):
        return leave_words.DATE.fullmatch(word.rstrip(".")) is not None
    return bool(leave_words.TIME_WORD.match(word)) and word not in leave_words.TODAY and len(word) > 1
