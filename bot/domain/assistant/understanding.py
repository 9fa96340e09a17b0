"""What Kaiku offers to what somebody wrote: at most three topics, never one that the text negates."""

import re
from collections.abc import Sequence
from typing import Final

from bot.domain.assistant.classifier import Classifier
from bot.domain.assistant.negation import negated_topics
from bot.domain.assistant.topics import Topic

MOST_OFFERED: Final = 3
NONE_FROM: Final = 0.65
"""With at least this probability of being about no topic, a text counts as about none. A wrong button costs a
glance, a missing one a dead end: so the share is high."""

LEAST: Final = 0.001
"""Topics less likely than this beside a likely one are not offered."""


_EMOJI = re.compile(r":[\w+'-]+:")
"""As Slack sends them: ``:tada:``."""


def understand(text: str, classifier: Classifier) -> Sequence[Topic]:
    """The likeliest topics, the likeliest first; empty where the text asks for none of them, or consists of
    emoji."""
    if not any(each.isalpha() for each in _EMOJI.sub(" ", text)):
        return ()
    shares = classifier.shares(text)
    negated = negated_topics(text)
    offered = {
        topic: share for topic, share in shares.items() if topic is not Topic.NONE and topic not in negated
    }
    taken = sum(shares[topic] for topic in negated)
    if shares[Topic.NONE] >= NONE_FROM or shares[Topic.NONE] + taken >= NONE_FROM + 0.1:
        return ()
    ordered = sorted(offered, key=lambda topic: offered[topic], reverse=True)
    return tuple(topic for topic in ordered[:MOST_OFFERED] if offered[topic] >= LEAST)
