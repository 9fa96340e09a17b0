"""Which topics a text is about, by the character n-grams of phrases whose topic is known.

Two simple learners vote: naive Bayes, which weighs every n-gram by how much more often it occurs in phrases
of a topic than in all phrases, and the nearest known phrases. Diacritics are ignored, because many people
write without them. The language need not be known: the three share hardly any misleading n-gram.
"""

import math
import re
import unicodedata
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from bot.domain.assistant.topics import Topic

MOST_CHARACTERS: Final = 400
"""Of a longer text only the beginning is read: what is asked for stands there, and the rest costs time."""

NEAREST: Final = 5
SMOOTHING: Final = 0.5
SHARPNESS: Final = 8.0  # of the nearest phrases' similarity, which is at most about 2
_WORD: Final = re.compile(r"\w+")
_APOSTROPHES: Final = str.maketrans("", "", "'’`´")


def plain_letters(text: str) -> str:
    """Lower case, without diacritics and apostrophes."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_APOSTROPHES))
    return "".join(char for char in apart if not unicodedata.combining(char))


def features_of(text: str) -> set[str]:
    """Character n-grams of two to five within words, whole words, and pairs of words."""
    words = _WORD.findall(plain_letters(text[:MOST_CHARACTERS]))
    found: set[str] = set()
    for word in words:
        padded = f" {word} "
        for length in range(2, 6):
            found.update(padded[start : start + length] for start in range(len(padded) - length + 1))
        found.add(f"={word}")
    found.update(f"{first}_{second}" for first, second in zip(["^", *words], [*words, "$"], strict=True))
    return found


class Classifier:
    """Learned from (text, topic) pairs, at least one for each topic."""

    def __init__(self, phrases: Iterable[tuple[str, Topic]]) -> None:
        known = [(features_of(text), topic) for text, topic in phrases]
        self._topics = [topic for _, topic in known]
        self._share = {topic: count / len(known) for topic, count in Counter(self._topics).items()}
        counts: dict[str, Counter[Topic]] = defaultdict(Counter)
        for features, topic in known:
            for feature in features:
                counts[feature][topic] += 1
        # A feature of a single phrase teaches too little to be worth its memory.
        kept = {feature: by_topic for feature, by_topic in counts.items() if by_topic.total() > 1}
        self._ratios: dict[str, tuple[tuple[Topic, float], ...]] = {}
        """By how much likelier each topic is with the feature than a topic that never has it (log)."""
        self._weights: dict[str, float] = {}
        """How much the feature tells of the topic, squared."""
        for feature, by_topic in kept.items():
            self._ratios[feature], self._weights[feature] = self._lessons_of(by_topic)
        self._holders: dict[str, array[int]] = {feature: array("H") for feature in kept}
        self._norms = array("f")
        for number, (features, _) in enumerate(known):
            held = [feature for feature in features if feature in kept]
            self._norms.append(math.sqrt(sum(self._weights[each] for each in held)) or 1.0)
            for feature in held:
                self._holders[feature].append(number)
        self._unknown = 0.09 * sorted(self._weights.values())[len(self._weights) // 2]

    def _lessons_of(self, by_topic: Mapping[Topic, int]) -> tuple[tuple[tuple[Topic, float], ...], float]:
        total = sum(by_topic.values())
        absent = SMOOTHING / (total + SMOOTHING)
        ratios, tells, others = [], 0.0, 1.0
        for topic, count in by_topic.items():
            share = self._share[topic]
            likely = (count + SMOOTHING * share) / (total + SMOOTHING)
            ratio = math.log(likely / share)
            ratios.append((topic, ratio - math.log(absent)))
            tells += likely * ratio
            others -= share
        tells += others * absent * math.log(absent)
        return tuple(ratios), max(tells, 0.01) ** 2

    def shares(self, text: str) -> dict[Topic, float]:
        """The probability of each topic; they add up to 1."""
        features = features_of(text)
        by_words, by_nearest = self._by_words(features), self._by_nearest(features)
        both = {topic: math.sqrt(by_words[topic] * by_nearest[topic]) for topic in self._share}
        total = sum(both.values())
        return {topic: value / total for topic, value in both.items()}

    def _by_words(self, features: set[str]) -> dict[Topic, float]:
        scores = dict.fromkeys(self._share, 0.0)
        for feature in features:
            for topic, ratio in self._ratios.get(feature, ()):
                scores[topic] += ratio
        length = math.sqrt(max(len(features), 1))
        return _as_shares({topic: score / length for topic, score in scores.items()})

    def _by_nearest(self, features: set[str]) -> dict[Topic, float]:
        alike: dict[int, float] = defaultdict(float)
        norm = 0.0
        for feature in features:
            weight = self._weights.get(feature)
            if weight is None:
                norm += self._unknown
                continue
            norm += weight
            for number in self._holders[feature]:
                alike[number] += weight
        norm = math.sqrt(norm) or 1.0
        by_topic: dict[Topic, list[float]] = {topic: [] for topic in self._share}
        for number, likeness in alike.items():
            by_topic[self._topics[number]].append(likeness / norm / self._norms[number])
        return _as_shares(
            {
                topic: SHARPNESS
                * sum(each / rank for rank, each in enumerate(sorted(found, reverse=True)[:NEAREST], start=1))
                for topic, found in by_topic.items()
            }
        )


def _as_shares(scores: Mapping[Topic, float]) -> dict[Topic, float]:
    highest = max(scores.values())
    powers = {topic: math.exp(score - highest) for topic, score in scores.items()}
    total = sum(powers.values())
    return {topic: power / total for topic, power in powers.items()}
