"""The key figures of a report in Slack."""

from bot.domain.evidence.edition import Edition
from bot.i18n import Words
from bot.views.blocks import Message, escape
from bot.views.evidence.document import About, key_figures
from bot.views.evidence.page import cell
from bot.views.look import told


def key_message(about: About, edition: Edition, words: Words) -> Message:
    """What a message can hold: the few figures, what they can't show, and where the page is."""
    title = words.pick(about.only.title if about.only else about.title)
    facts = [
        f"*{escape(title)}*",
        words("evidence.as_of", day=words.plain_date(words.here(edition.at).date())),
    ]
    facts += [
        "• " + words("evidence.figure", what=what, number=cell(number, words))
        for what, number in key_figures(about, edition, words)
    ]
    facts += [words("evidence.dash"), words("evidence.key_cannot")]
    return told(words("evidence.message_heading"), facts, small=words("evidence.where_page"))
