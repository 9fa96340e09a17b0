"""What the pages that Kaiku serves have in common: one frame, one look, and a policy that lets nothing else
in. Plain HTML without scripts."""

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from typing import Final

from msgspec import Struct

from bot.domain.language import LANGUAGES
from bot.i18n import Words

_STYLE: Final = """
:root { color-scheme: light dark; --page: #fff; --text: #1b1c20; --link: #0b4fa8; --line: #8a94a3; }
@media (prefers-color-scheme: dark) {
  :root { --page: #17191d; --text: #e8e8ea; --link: #9cc2ff; --line: #6b7685; } }
html { background: var(--page); color: var(--text); }
a { color: var(--link); }
body { max-width: 42rem; margin: 0 auto; padding: 1rem; font: 1.0625rem/1.6 system-ui, sans-serif;
  overflow-wrap: anywhere; }
h1, h2, h3 { line-height: 1.25; hyphens: auto; }
h1 { font-size: clamp(1.4rem, 7vw, 2rem); }
h2 { margin: 2.25rem 0 0.5rem; font-size: clamp(1.15rem, 5.5vw, 1.4rem); }
dt { font-weight: bold; }
nav ul { display: flex; flex-wrap: wrap; gap: 0 1.5rem; margin: 0; padding: 0; list-style: none; }
@media print { nav { display: none; } }
"""
_NAMES: Final = {"fi": "Suomeksi", "sv": "På svenska", "en": "In English"}  # each in itself


class WebPage(Struct, frozen=True):
    """A kind of page: its own style besides the common one, and whether it has forms."""

    style: str = ""
    has_forms: bool = False

    @property
    def policy(self) -> str:
        """The Content-Security-Policy of its answers: its own style, its own forms, and nothing else."""
        digest = base64.b64encode(hashlib.sha256(self._whole_style.encode()).digest()).decode()
        forms = "'self'" if self.has_forms else "'none'"
        return (
            f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action {forms}; "
            "frame-ancestors 'none'"
        )

    def html(self, language: str, heading: str, body: Iterable[str], *, above: str = "") -> str:
        """The document; ``body`` and what stands ``above`` the heading are HTML already."""
        title, main = escape(heading), "\n".join(body)
        return f"""<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{self._whole_style}</style>
</head>
<body>
{above}
<main>
<h1>{title}</h1>
{main}
</main>
</body>
</html>
"""

    @property
    def _whole_style(self) -> str:
        return _STYLE + self.style


def language_links(words: Words) -> str:
    """Links to the page in the other languages; the current one is plain text."""
    links = "".join(
        f'<li lang="{code}"><span aria-current="page">{_NAMES[code]}</span></li>'
        if code == words.language
        else f'<li><a href="?lang={code}" lang="{code}" hreflang="{code}">{_NAMES[code]}</a></li>'
        for code in LANGUAGES
    )
    return f'<nav aria-label="{escape(words("privacy.languages"))}"><ul>{links}</ul></nav>'
