"""Who got which answer when, so that nobody gets one for every line they write.

What they wrote is not kept.
"""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, field

from bot.domain.assistant.classifier import plain_letters
from bot.domain.assistant.topics import Topic

HELP_PAUSE: Final = timedelta(minutes=10)
SAME_PAUSE: Final = timedelta(seconds=30)
MOST_KEPT: Final = 5000

_PLEASANTRIES: Final = frozenset(
    [
        "kiitos",
        "kiitti",
        "kiitoksia",
        "paljon",
        "avusta",
        "ok",
        "okei",
        "selva",
        "joo",
        "hyva",
        "hienoa",
        "tack",
        "tackar",
        "sa",
        "mycket",
        "bra",
        "okej",
        "jo",
        "ja",
        "fint",
        "for",
        "hjalpen",
        "thanks",
        "thank",
        "you",
        "very",
        "much",
        "okay",
        "great",
        "good",
        "fine",
        "yes",
        "a",
        "lot",
    ]
)
_LONGEST_PLEASANTRY: Final = 4


class Conversations(Struct):
    """Kept in this process's memory only: after a restart somebody may get one help message too many."""

    _answered: OrderedDict[tuple[str, Sequence[Topic]], datetime] = field(default_factory=OrderedDict)
    _heard: OrderedDict[tuple[str, str], None] = field(default_factory=OrderedDict)

    def is_new(self, channel: str, ts: str) -> bool:
        """Whether this message was not heard before: Slack sends an event again when it is not sure."""
        if (channel, ts) in self._heard:
            return False
        self._heard[channel, ts] = None
        _bound(self._heard)
        return True

    def may_answer(self, person_id: str, topics: Sequence[Topic], now: datetime) -> bool:
        """Whether to answer now; if so, the answer is noted. No topics stand for the help message."""
        key = (person_id, tuple(topics))
        last = self._answered.get(key)
        if last is not None and now - last < (SAME_PAUSE if topics else HELP_PAUSE):
            return False
        self._answered[key] = now
        self._answered.move_to_end(key)
        _bound(self._answered)
        return True


def is_pleasantry(text: str) -> bool:
    """Thanks and "ok", which need no answer."""
    words = plain_letters(text).replace("!", " ").replace(".", " ").replace(",", " ").split()
    return 0 < len(words) <= _LONGEST_PLEASANTRY and all(word in _PLEASANTRIES for word in words)


def _bound(
    kept: OrderedDict[tuple[str, str], None] | OrderedDict[tuple[str, Sequence[Topic]], datetime],
) -> None:
    while len(kept) > MOST_KEPT:
        kept.popitem(last=False)
