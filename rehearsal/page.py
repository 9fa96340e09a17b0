"""The parts of the report's page: readable without scripts, on a phone, in the dark, on paper."""

import base64
from collections.abc import Iterable, Sequence
from html import escape
from itertools import count

STYLE = """
:root { color-scheme: light dark; --ink: #1b2430; --paper: #fff; --soft: #f2f5f9; --line: #8a94a3;
  --bad: #a4001d; --good: #00632b; --link: #0b4fa0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf2; --paper: #14181f; --soft: #212834;
  --line: #6b7685; --bad: #ff9aa8; --good: #7fe0a6; --link: #9cc7ff; } }
body { font: 1rem/1.55 system-ui, sans-serif; max-width: 64rem; margin: 1.5rem auto; padding: 0 1rem;
  color: var(--ink); background: var(--paper); overflow-wrap: break-word; }
h1 { line-height: 1.2; } h2 { margin-top: 2.75rem; line-height: 1.25; } a { color: var(--link); }
nav ul { columns: 16rem; column-gap: 2.5rem; padding-left: 1.25rem; }
.bad { color: var(--bad); } .good { color: var(--good); }
.verdict { font-size: 1.25rem; font-weight: 600; border-left: .4rem solid; padding-left: .75rem; }
.scroll { overflow-x: auto; margin: 1rem 0; }
.scroll:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
table { border-collapse: collapse; min-width: min(100%, 32rem); }
caption { text-align: left; padding: .5rem 0; font-weight: 600; }
caption span { display: inline-block; position: sticky; left: 0; max-width: calc(100vw - 2rem); }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .7rem; text-align: left; vertical-align: top; }
thead th { background: var(--soft); vertical-align: bottom; } tbody th { font-weight: 400; min-width: 9rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
tbody .number { white-space: nowrap; min-width: 0; }
img { display: block; width: 100%; min-width: 44rem; height: auto; background: #fff; }
@media print { body { max-width: none; margin: 0; font-size: 10pt; } nav { display: none; }
  .scroll { overflow: visible; } img { min-width: 0; } tr, img { break-inside: avoid; }
  table { font-size: 8pt; hyphens: auto; } th, td { padding: .2rem .35rem; } tbody th { min-width: 0; }
  h2, caption { break-after: avoid; } thead { display: table-header-group; } }
"""

Cell = str | int
"""A number stands to the right, and is written by whoever made its text of it."""


class Page:
    """Collects sections; every heading has an address, and the page begins with a list of them."""

    def __init__(self) -> None:
        self._sections: list[tuple[str, str, list[str]]] = []
        self._ids = count(1)

    def section(self, name: str, heading: str) -> None:
        """Begin a section; what is added from here on stands in it. ``name`` is its address."""
        self._sections.append((name, heading, []))

    def add(self, html: str) -> None:
        self._sections[-1][2].append(html)

    def text(self, *sentences: str) -> None:
        for sentence in sentences:
            self.add(f"<p>{escape(sentence)}</p>")

    def items(self, sentences: Iterable[str]) -> None:
        self.add(f"<ul>{''.join(f'<li>{escape(each)}</li>' for each in sentences)}</ul>")

    def table(
        self, caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int] = ()
    ) -> None:
        """The first cell of a row names it. ``numbers`` are the columns, from 0, that hold figures."""
        at = frozenset(numbers)

        def mark(n: int) -> str:
            return ' class="number"' if n in at else ""

        heads = "".join(f'<th scope="col"{mark(n)}>{escape(each)}</th>' for n, each in enumerate(head))
        body = "".join(
            "<tr>"
            + f'<th scope="row"{mark(0)}>{escape(row[0])}</th>'
            + "".join(f"<td{mark(n)}>{escape(each)}</td>" for n, each in enumerate(row) if n)
            + "</tr>"
            for row in rows
        )
        name = f"table-{next(self._ids)}"
        self.add(
            f'<div class="scroll" role="region" tabindex="0" aria-labelledby="{name}"><table>'
            f'<caption id="{name}"><span>{escape(caption)}</span></caption>'
            f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
        )

    def picture(self, png: bytes, alt: str, name: str) -> None:
        """``name`` says in short what the picture is, ``alt`` what it shows."""
        data = base64.b64encode(png).decode()
        self.add(
            f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(name, quote=True)}">'
            f'<img alt="{escape(alt, quote=True)}" src="data:image/png;base64,{data}"></div>'
        )

    def html(self, language: str, title: str, contents: str, opening: str, closing: str) -> str:
        """``opening`` and ``closing`` are HTML around the sections; ``contents`` names the list of them."""
        links = "".join(f'<li><a href="#{name}">{escape(head)}</a></li>' for name, head, _ in self._sections)
        sections = "\n".join(
            f'<section aria-labelledby="{name}"><h2 id="{name}">{escape(head)}</h2>{"".join(parts)}</section>'
            for name, head, parts in self._sections
        )
        return "\n".join(
            [
                "<!doctype html>",
                f'<html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>',
                '<meta name="viewport" content="width=device-width, initial-scale=1">',
                f"<style>{STYLE}</style></head><body><main>",
                f"<h1>{escape(title)}</h1>",
                opening,
                f'<nav aria-label="{escape(contents, quote=True)}"><ul>{links}</ul></nav>',
                sections,
                closing,
                "</main></body></html>",
            ]
        )
