"""The privacy notice as a page for the browser: plain HTML without scripts."""

import re
from collections.abc import Iterator
from html import escape
from typing import Final

from bot.domain.privacy import PrivacyNotice
from bot.i18n import Words
from bot.views.privacy import NoticeSection, notice_sections, version_of
from bot.views.web_page import WebPage, language_links

PAGE: Final = WebPage(
    style="""
p { margin: 0.25rem 0; }
dt { margin-top: 1rem; }
dd { margin: 0; }
li { margin: 0.5rem 0; }
"""
)
_ADDRESS: Final = re.compile(r"(https://[^\s<>\"]*[\w/]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)")


def privacy_page(notice: PrivacyNotice, words: Words) -> str:
    """The whole notice as a document in the words' language."""
    parts = (line for part in notice_sections(notice, words) for line in _section(part))
    body = [f"<p>{escape(version_of(notice, words))}</p>", *parts]
    heading = words("privacy.page_heading")
    return PAGE.html(words.language, heading, body, above=language_links(words))


def _section(part: NoticeSection) -> Iterator[str]:
    yield f"<h2>{escape(part.heading)}</h2>"
    unnamed = [each for each in part.entries if not each.name]
    named = [each for each in part.entries if each.name]
    if len(unnamed) > 1:
        yield "<ul>"
        yield from (f"<li>{_text(line)}</li>" for each in unnamed for line in each.lines)
        yield "</ul>"
    else:
        yield from (f"<p>{_text(line)}</p>" for each in unnamed for line in each.lines)
    if named:
        yield "<dl>"
        for each in named:
            yield f"<dt>{escape(each.name)}</dt>"
            yield from (f"<dd>{_text(line)}</dd>" for line in each.lines)
        yield "</dl>"


def _text(line: str) -> str:
    """A line of text, with the addresses in it as links."""
    parts = _ADDRESS.split(line)  # every second one is an address
    return "".join(_link(part) if n % 2 else escape(part) for n, part in enumerate(parts))


def _link(address: str) -> str:
    shown = escape(address)
    to = shown if address.startswith("https://") else f"mailto:{shown}"
    return f'<a href="{to}">{shown}</a>'
