"""The page where a file is fetched: it says what the file holds, and its buttons fetch it. No scripts."""

import base64
import hashlib
from html import escape
from typing import Final

from bot.domain.downloads import DownloadPage, FileFormat
from bot.domain.language import LANGUAGES
from bot.i18n import Words

_STYLE: Final = """
:root { color-scheme: light dark; --page: #fff; --text: #1b1c20; --link: #0b4fa8; --on: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --page: #17191d; --text: #e8e8ea; --link: #9cc2ff; --on: #17191d; } }
html { background: var(--page); color: var(--text); }
a { color: var(--link); }
body { max-width: 42rem; margin: 0 auto; padding: 1rem; font: 1.0625rem/1.6 system-ui, sans-serif;
  overflow-wrap: anywhere; }
h1 { line-height: 1.25; hyphens: auto; font-size: clamp(1.4rem, 7vw, 2rem); }
form { display: flex; flex-wrap: wrap; gap: 1rem; margin: 1.5rem 0; }
button { font: inherit; padding: .75rem 1.25rem; border: 2px solid var(--link); border-radius: .375rem;
  background: var(--link); color: var(--on); cursor: pointer; }
button:focus-visible, a:focus-visible { outline: 3px solid var(--text); outline-offset: 3px; }
nav ul { display: flex; flex-wrap: wrap; gap: 0 1.5rem; margin: 0; padding: 0; list-style: none; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

CONTENT_SECURITY_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)

_NAMES: Final = {"fi": "Suomeksi", "sv": "På svenska", "en": "In English"}  # each in itself
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
    """The address is unknown, used or too old; which of them is nobody's business."""
    return _document(words("download.gone_heading"), [words("download.gone")], "", words)


def refused_page(words: Words) -> str:
    """The person may no longer have the file."""
    return _document(words("download.refused_heading"), [words("download.refused")], "", words)


def _document(heading: str, lines: list[str], form: str, words: Words) -> str:
    title = escape(heading)
    said = "\n".join(f"<p>{escape(each)}</p>" for each in lines)
    return f"""<!DOCTYPE html>
<html lang="{words.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<nav aria-label="{escape(words("privacy.languages"))}"><ul>{_links(words.language)}</ul></nav>
<main>
<h1>{title}</h1>
{said}
{form}
</main>
</body>
</html>
"""


def _links(shown: str) -> str:
    return "".join(
        f'<li lang="{code}"><span aria-current="page">{_NAMES[code]}</span></li>'
        if code == shown
        else f'<li><a href="?lang={code}" lang="{code}" hreflang="{code}">{_NAMES[code]}</a></li>'
        for code in LANGUAGES
    )
