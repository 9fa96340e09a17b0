"""The privacy notice as a page for the browser: plain HTML without scripts."""

import base64
import hashlib
import re
from collections.abc import Iterator
from html import escape
from typing import Final

from bot.domain.language import LANGUAGES
from bot.domain.privacy import PrivacyNotice
from bot.i18n import Words
from bot.views.privacy import NoticeSection, notice_sections, version_of

_STYLE: Final = """
:root { color-scheme: light dark; --page: #fff; --text: #1b1c20; --link: #0b4fa8; }
@media (prefers-color-scheme: dark) { :root { --page: #17191d; --text: #e8e8ea; --link: #9cc2ff; } }
html { background: var(--page); color: var(--text); }
a { color: var(--link); }
body { max-width: 42rem; margin: 0 auto; padding: 1rem; font: 1.0625rem/1.6 system-ui, sans-serif;
  overflow-wrap: anywhere; }
h1, h2 { line-height: 1.25; hyphens: auto; }
h1 { font-size: clamp(1.4rem, 7vw, 2rem); }
h2 { margin: 2.25rem 0 0.5rem; font-size: clamp(1.15rem, 5.5vw, 1.4rem); }
p { margin: 0.25rem 0; }
dt { margin-top: 1rem; font-weight: bold; }
dd { margin: 0; }
li { margin: 0.5rem 0; }
nav ul { display: flex; flex-wrap: wrap; gap: 0 1.5rem; margin: 0; padding: 0; list-style: none; }
@media print { nav { display: none; } }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

CONTENT_SECURITY_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""The page needs its own style and nothing else."""

_NAMES: Final = {"fi": "Suomeksi", "sv": "På svenska", "en": "In English"}  # each in itself
_ADDRESS: Final = re.compile(r"(https://[^\s<>\"]*[\w/]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)")


def privacy_page(notice: PrivacyNotice, words: Words) -> str:
    """The whole notice as a document in the words' language."""
    title = escape(words("privacy.page_heading"))
    body = "\n".join(line for part in notice_sections(notice, words) for line in _section(part))
    return f"""<!DOCTYPE html>
<html lang="{words.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<nav aria-label="{escape(words("privacy.languages"))}"><ul>{_links(words.language)}</ul></nav>
<main>
<h1>{title}</h1>
<p>{escape(version_of(notice, words))}</p>
{body}
</main>
</body>
</html>
"""


def _links(shown: str) -> str:
    """The page in the other languages; the one that is shown is named and is no link."""
    return "".join(
        f'<li lang="{code}"><span aria-current="page">{_NAMES[code]}</span></li>'
        if code == shown
        else f'<li><a href="?lang={code}" lang="{code}" hreflang="{code}">{_NAMES[code]}</a></li>'
        for code in LANGUAGES
    )


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
