"""A report as one page that reads without scripts and prints, and as files."""

import base64
import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from bot.domain.evidence.edition import Edition
from bot.i18n import Words
from bot.views.evidence.document import About, opening_of
from bot.views.evidence.parts import DASH, Picture, Section, Table, Text, Value
from bot.views.long_page import long_page

HTML: Final = "report.html"
JSON: Final = "report.json"


def pictures_of(sections: Sequence[Section]) -> list[Picture]:
    """All pictures, in the order of the page."""
    return [part for section in sections for part in section.parts if isinstance(part, Picture)]


def tables_of(sections: Sequence[Section]) -> list[Table]:
    """All tables, in the order of the page."""
    return [part for section in sections for part in section.parts if isinstance(part, Table)]


def files_of(
    about: About, edition: Edition, sections: Sequence[Section], pngs: Mapping[str, bytes], words: Words
) -> dict[str, bytes]:
    """Every file of a report by name: the page, the figures as JSON, a CSV of each table, the pictures."""
    found = {
        HTML: as_html(about, edition, sections, pngs, words).encode(),
        JSON: (
            json.dumps(as_json(about, edition, sections, words), ensure_ascii=False, indent=1) + "\n"
        ).encode(),
    }
    found |= {f"{each.name}.csv": as_csv(each).encode("utf-8-sig") for each in tables_of(sections)}
    return found | {f"{name}.png": png for name, png in pngs.items()}


def as_html(
    about: About, edition: Edition, sections: Sequence[Section], pngs: Mapping[str, bytes], words: Words
) -> str:
    """The report as one HTML page with embedded pictures."""
    title = about.only.title if about.only else about.title
    return long_page(Path(__file__).parent / "templates").render(
        language=words.language,
        title=words("evidence.page_name", title=words.pick(title)),
        opening=opening_of(about, edition, words),
        contents=words("evidence.contents"),
        sections=sections,
        pngs={name: base64.b64encode(png).decode() for name, png in pngs.items()},
        cell=lambda value: cell(value, words),
    )


def as_json(about: About, edition: Edition, sections: Sequence[Section], words: Words) -> dict[str, Any]:
    """The report's tables as JSON; null stands for a withheld number."""
    return {
        "language": words.language,
        "title": words.pick(about.only.title if about.only else about.title),
        "offering": about.only.code if about.only else None,
        "counted_at": edition.at.isoformat(),
        "sections": [_plain_section(each) for each in sections],
    }


def _plain_section(section: Section) -> dict[str, Any]:
    texts = [part for part in section.parts if isinstance(part, Text)]
    tables = [part for part in section.parts if isinstance(part, Table)]
    return {
        "name": section.name,
        "heading": section.heading,
        "texts": [f"{each.label} {each.sentence}".strip() for each in texts],
        "tables": [
            {"name": each.name, "caption": each.caption, "head": list(each.head), "rows": list(each.rows)}
            for each in tables
        ],
    }


def as_csv(table: Table) -> str:
    """The table as CSV; cells that a spreadsheet would take for a formula are defused."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([[_plain_cell(value) for value in row] for row in (table.head, *table.rows)])
    return out.getvalue()


def cell(value: Value, words: Words) -> str:
    """A cell's text: digits grouped as the language does, a dash for a withheld number."""
    if value is None:
        return DASH
    return words.number(value) if isinstance(value, int) else value


def _plain_cell(value: Value) -> str:
    if value is None:
        return DASH
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
