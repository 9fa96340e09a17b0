"""A person's data as files: a page to read, which needs nothing from elsewhere, and JSON."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from html import escape
from typing import Any, Final

from bot.domain.my_data import MyData, Records
from bot.domain.people.agencies import AgencyBook
from bot.i18n import Words
from bot.views.my_data import about_kind, act_line
from bot.views.my_data_values import decoded
from bot.views.privacy import said
from bot.views.web_page import WebPage

PAGE: Final = WebPage(
    style="""
dl { margin: .75rem 0 1.25rem; padding-left: 1rem; border-left: 3px solid var(--line); }
dd { margin: 0 0 .25rem; white-space: pre-wrap; }
"""
)


def my_data_json(data: MyData, words: Words) -> str:
    """The copy for machines: columns by their names, instants in UTC."""
    kinds = {}
    for entry in data.notice.retention:
        held = {each.table: each.rows for each in data.records if each.kind is entry.kind}
        why = [each for each in data.notice.purposes if entry.kind in each.kinds]
        kinds[entry.kind.value] = {
            "what": words.pick(entry.what),
            "why": [{"purpose": words.pick(each.name), "basis": said(each.basis, words)} for each in why],
            "kept": said(entry.period, words),
            "seen_by": [each.value for each in entry.seen_by],
            "records": held,
        }
    acts = [
        {
            "at": each.at,
            "act": each.kind,
            "by": each.role,
            "offering": words.pick(each.offering) if each.offering is not None else None,
            "session": each.number,
            "reason": each.reason,
        }
        for each in data.acts
    ]
    whole = {"format": 1, "made_at": data.made_at, "data": kinds, "acts_on_you": acts}
    return json.dumps(whole, ensure_ascii=False, indent=1, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, date):  # an instant too
        return value.isoformat()
    raise TypeError(f"a copy can't hold a {type(value).__name__}")


def my_data_html(data: MyData, book: AgencyBook, words: Words) -> str:
    """The copy for people: words instead of stored codes."""
    made = words.here(data.made_at)
    stamp = words("mydata.made_at", day=words.plain_date(made.date()), time=words.clock_time(made.time()))
    acts = f"<h2>{escape(words('mydata.acts_heading'))}</h2>"
    body = [f"<p>{escape(stamp)}</p>", *_kinds(data, book, words), acts, *_acts(data, words)]
    return PAGE.html(words.language, words("mydata.page_heading"), body)


def _kinds(data: MyData, book: AgencyBook, words: Words) -> Iterator[str]:
    for entry in data.notice.retention:
        yield f"<h2>{escape(words.pick(entry.what))}</h2>"
        yield from (f"<p>{escape(each)}</p>" for each in about_kind(data, entry, words))
        held = [each for each in data.records if each.kind is entry.kind]
        if not held and entry.keep is not None:
            yield f"<p>{escape(words('mydata.none'))}</p>"
        for each in held:
            yield f"<h3>{escape(words(f'mydata.table_{each.table}'))}</h3>"
            yield from _rows(each, data, book, words)


def _rows(records: Records, data: MyData, book: AgencyBook, words: Words) -> Iterator[str]:
    for row in records.rows:
        yield "<dl>"
        for name, value in decoded(records.table, row, data, book, words).items():
            if (shown := shown_value(value, words)) != "":
                label = escape(words(f"mydata.column_{name}"))
                yield f"<dt>{label}</dt><dd>{escape(shown)}</dd>"
        yield "</dl>"


def _acts(data: MyData, words: Words) -> Iterator[str]:
    if not data.acts:
        yield f"<p>{escape(words('mydata.no_acts'))}</p>"
        return
    yield "<ul>"
    yield from (f"<li>{escape(act_line(each, words))}</li>" for each in data.acts)
    yield "</ul>"


def shown_value(value: Any, words: Words) -> str:  # noqa: ANN401, PLR0911 - whatever a column holds
    """A value for people: instants in their zone, texts in their language."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return words("mydata.yes") if value else words("mydata.no")
    if isinstance(value, datetime):
        at = words.here(value)
        return f"{words.plain_date(at.date())} {words.clock_time(at.time())}"
    if isinstance(value, date):
        return words.plain_date(value)
    if isinstance(value, dict):
        if value.keys() <= {"fi", "sv", "en"}:
            return words.pick(value) if value else ""
        return "; ".join(filter(None, (shown_value(each, words) for each in value.values())))
    if isinstance(value, list | tuple):
        return "\n".join(filter(None, (shown_value(each, words) for each in value)))
    return str(value)


def text_lines(data: MyData, book: AgencyBook, words: Words) -> list[str]:
    """The content of the page as lines of text, for messages."""
    lines = [words("mydata.page_heading")]
    for entry in data.notice.retention:
        lines += ["", words.pick(entry.what), *about_kind(data, entry, words)]
        for each in (held for held in data.records if held.kind is entry.kind):
            lines += ["", words(f"mydata.table_{each.table}")]
            for row in each.rows:
                told = decoded(each.table, row, data, book, words)
                shown = {name: shown_value(value, words) for name, value in told.items()}
                facts = (f"{words(f'mydata.column_{name}')}: {text}" for name, text in shown.items() if text)
                lines.append("; ".join(facts))
    lines += ["", words("mydata.acts_heading"), *(act_line(each, words) for each in data.acts)]
    return lines
