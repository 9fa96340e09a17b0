"""The public page that says whether a certificate is valid, in every language because its reader is unknown.

It shows the person's initials only: a reader with the paper can compare the name, and a reader who has
guessed a code learns none.
"""

from html import escape
from typing import Final

from bot.domain.completion import Certified
from bot.domain.language import LANGUAGES
from bot.i18n import Words, words_for
from bot.views.web_page import WebPage

PAGE: Final = WebPage(
    style="dd { margin: 0 0 .5rem; } section + section { border-top: 1px solid var(--line); }"
)


def verify_page(certified: Certified | None) -> str:
    """The page for a code; None: there is no such certificate."""
    spoken = LANGUAGES if certified is None else _own_first(certified.language)
    parts = [part_of(certified, words_for(each, "Europe/Helsinki")) for each in spoken]
    title = words_for(spoken[0], "UTC")("certificate.page_heading")
    return PAGE.html(spoken[0], title, parts)


def _own_first(language: str) -> list[str]:
    return [language, *(each for each in LANGUAGES if each != language)]


def part_of(certified: Certified | None, words: Words) -> str:
    """The page in one language."""
    if certified is None:
        unknown, why = words("certificate.page_unknown"), words("certificate.page_why")
        return f'<section lang="{words.language}"><h2>{escape(unknown)}</h2><p>{escape(why)}</p></section>'
    state = "certificate.page_valid" if certified.is_confirmed else "certificate.page_sign_up_only"
    offering = certified.offering
    facts = [
        (words("certificate.page_initials"), certified.initials),
        (words("certificate.paper_programme"), words.pick(offering.programme_title)),
        (words("certificate.page_offering"), words.pick(offering.title)),
        (words("certificate.page_year"), str(certified.ended_on.year)),
        (words("certificate.paper_hours"), words.decimal(certified.hours)),
        (words("certificate.page_sessions"), str(len(certified.sessions))),
    ]
    rows = "".join(f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in facts)
    compare = escape(words("certificate.page_compare"))
    return (
        f'<section lang="{words.language}"><h2>{escape(words(state))}</h2>'
        f"<dl>{rows}</dl><p>{compare}</p></section>"
    )
