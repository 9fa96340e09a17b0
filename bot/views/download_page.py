"""The page where a file is fetched: it says what the file holds, and its buttons fetch it. No scripts."""

from html import escape
from typing import Final

from bot.domain.downloads import DownloadPage, FileFormat
from bot.i18n import Words
from bot.views.web_page import WebPage, language_links

PAGE: Final = WebPage(
    style="""
:root { --on: #fff; }
@media (prefers-color-scheme: dark) { :root { --on: #17191d; } }
form { display: flex; flex-wrap: wrap; gap: 1rem; margin: 1.5rem 0; }
button { font: inherit; padding: .75rem 1.25rem; border: 2px solid var(--link); border-radius: .375rem;
  background: var(--link); color: var(--on); cursor: pointer; }
button:focus-visible, a:focus-visible { outline: 3px solid var(--text); outline-offset: 3px; }
""",
    has_forms=True,
)
FORMAT: Final = "format"
"""The field that says which button was pressed."""


def download_page(page: DownloadPage, words: Words) -> str:
    """What the file holds, until when it can be fetched, and a button for each format."""
    buttons = "".join(
        f'<button type="submit" name="{FORMAT}" value="{each}">{escape(said)}</button>'
        for each, said in buttons_of(page, words).items()
    )
    form = f'<form method="post" action="?lang={words.language}">{buttons}</form>'
    return _document(page.heading, lines_of(page, words), form, words)


def lines_of(page: DownloadPage, words: Words) -> list[str]:
    until = words.here(page.expires_at)
    return [*page.contents, words("download.once", time=words.clock_time(until.time()))]


def buttons_of(page: DownloadPage, words: Words) -> dict[FileFormat, str]:
    return {each: words(f"download.as_{each}") for each in page.formats}


def gone_page(words: Words) -> str:
    """The address is unknown, used or expired; the page does not say which."""
    return _document(words("download.gone_heading"), [words("download.gone")], "", words)


def refused_page(words: Words) -> str:
    """The person may no longer have the file."""
    return _document(words("download.refused_heading"), [words("download.refused")], "", words)


def _document(heading: str, lines: list[str], form: str, words: Words) -> str:
    body = [*(f"<p>{escape(each)}</p>" for each in lines), form]
    return PAGE.html(words.language, heading, body, above=language_links(words))
