"""The key figures of a report in Slack, and the way to its page."""

from datetime import datetime

from bot.domain.evidence.edition import STANDS, Edition
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import Message, View, actions, button, escape, modal, plain, section
from bot.views.evidence.cases import ask_button
from bot.views.evidence.document import About, key_figures
from bot.views.evidence.page import cell
from bot.views.look import told


def key_message(
    about: About, edition: Edition, words: Words, *, has_pages: bool, asks_for_cases: bool = False
) -> Message:
    """An issued report as a message: the few figures, what they can't show, and where the page is.
    ``asks_for_cases``: with the button by which a coordinator asks for cases."""
    facts = [*_counted(about, edition, words), words("evidence.dash"), words("evidence.key_cannot")]
    small = words("evidence.page_here" if has_pages else "evidence.where_page")
    code = about.only.code if about.only else ""
    buttons = [button(words("evidence.get"), ids.GET_REPORT, code or None)] if has_pages else []
    if asks_for_cases:
        buttons.append(ask_button(words))
    return told(words("evidence.message_heading"), facts, small=small, buttons=buttons)


def preview_message(about: About, edition: Edition, words: Words) -> Message:
    """The figures of a facilitator's own offering, before a report is issued."""
    facts = [*_counted(about, edition, words), words("evidence.dash")]
    return told(words("evidence.preview_heading"), facts, small=words("evidence.preview"))


def unissued_message(about: About, last_at: datetime | None, words: Words) -> Message:
    """For a coordinator: no report has been issued; the button issues one after a confirmation."""
    title = f"*{escape(words.pick(about.title))}*"
    if last_at is None:
        state = words("evidence.none_issued")
    else:
        state = words("evidence.last_issued", day=words.plain_date(words.here(last_at).date()))
    issue = button(words("evidence.issue"), ids.ISSUE_REPORT) | {
        "confirm": {
            "title": plain(words("evidence.issue")),
            "text": plain(words("evidence.issue_means", days=STANDS.days)),
            "confirm": plain(words("evidence.issue")),
            "deny": plain(words("form.cancel")),
        }
    }
    facts = [title, state, words("evidence.issue_means", days=STANDS.days)]
    return told(words("evidence.unissued_heading"), facts, buttons=[issue, ask_button(words)])


def address_view(url: str | None, words: Words) -> View:
    """The link to the report's download page; without a public address, how to get it otherwise."""
    if url is None:
        blocks = [section(words("evidence.where_page"))]
    else:
        blocks = [
            section(words("evidence.how")),
            actions(button(words("mydata.open"), ids.OPEN_DOWNLOAD, style="primary") | {"url": url}),
        ]
    return modal(words("evidence.copy_title"), blocks, close=words("form.close"))


def page_contents(about: About, edition: Edition, words: Words) -> tuple[str, tuple[str, ...]]:
    """The heading of the page and what it says of the file."""
    title = words.pick(about.only.title if about.only else about.title)
    counted = words("evidence.as_of", day=words.plain_date(words.here(edition.at).date()))
    return words("evidence.page_name", title=title), (counted, words("evidence.page_formats"))


def _counted(about: About, edition: Edition, words: Words) -> list[str]:
    title = words.pick(about.only.title if about.only else about.title)
    figures = [
        "• " + words("evidence.figure", what=what, number=cell(number, words))
        for what, number in key_figures(about, edition, words)
    ]
    counted = words("evidence.as_of", day=words.plain_date(words.here(edition.at).date()))
    return [f"*{escape(title)}*", counted, *figures]
