"""What a programme gave: the key figures in Slack."""

from collections.abc import Iterator
from dataclasses import replace

from bot.domain.evidence.edition import Edition
from bot.domain.evidence.figures import Mix, Spread
from bot.domain.evidence.suppression import Earlier, Why
from bot.views.evidence.document import About
from bot.views.evidence.message import key_message
from gallery.entry import Entry
from gallery.sample import NOW, live

ABOUT = About(live().programme_title, [live()], [], None)


def an_edition() -> Edition:
    numbers = {"people": 132, "seated": 163, "gave_up": 14, "prompts": 1210, "prompts/answered": 655}
    numbers |= {"seated/dialogue-2": 19, "waiting/dialogue-2": 6}
    published = {key: Earlier(number, {}) for key, number in numbers.items()}
    withheld = {"in_vain": Why.FEW, "in_vain/dialogue-2": Why.FEW, "gave_up/dialogue-2": Why.FEW}
    mix = Mix(26, 214, 325, 8)
    return Edition(NOW, published, withheld, {"dialogue-2": Spread(9, 30)}, mix, list(numbers))


def entries() -> Iterator[Entry]:
    yield Entry("The key figures of a programme", lambda words: key_message(ABOUT, an_edition(), words))
    one = replace(ABOUT, only=live())
    yield Entry("The key figures of one offering", lambda words: key_message(one, an_edition(), words))
