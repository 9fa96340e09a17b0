"""The calendar feed: its link, how to subscribe, and replacing the link."""

from bot.domain.language import LANGUAGES
from bot.domain.offerings.offering import Offering
from bot.i18n import Words, words_for
from bot.views import ids
from bot.views.blocks import Block, View, actions, button, context, modal, naming, section


def calendar_button(words: Words) -> Block:
    return button(words("calendar.open"), ids.OPEN_CALENDAR)


def calendar_file_button(offering: Offering, url: str, words: Words) -> Block:
    """A button that opens one offering's calendar file in the browser."""
    return naming(
        button(words("calendar.file"), ids.OPEN_CALENDAR_FILE) | {"url": url}, words.pick(offering.title)
    )


def calendar_link(url: str, mark: str, words: Words) -> View:
    """The link, how private it is, and how to subscribe. ``mark`` names the link when it is to
    be replaced."""
    return modal(
        words("calendar.title"),
        [
            *_link(words("calendar.intro"), url, words),
            actions(button(words("calendar.renew"), ids.RENEW_CALENDAR, mark)),
        ],
        close=words("form.close"),
    )


def hidden_link(mark: str, words: Words) -> View:
    """What replaces a link that can't be shown again."""
    return modal(
        words("calendar.title"),
        [
            section(words("calendar.hidden")),
            actions(button(words("calendar.renew"), ids.RENEW_CALENDAR, mark)),
        ],
        close=words("form.close"),
    )


def renew_form(mark: str, words: Words) -> View:
    """Asks for confirmation before the old link stops working."""
    return modal(
        words("calendar.renew"),
        [section(words("calendar.renew_ask"))],
        close=words("form.cancel"),
        submit=words("calendar.renew"),
        callback_id=ids.RENEW_CALENDAR_FORM,
        private_metadata=mark,
    )


def renewed_link(url: str, words: Words) -> View:
    """Shows the new link. The modal below still shows the old one, so closing this closes both."""
    return modal(
        words("calendar.title"),
        _link(words("calendar.renewed"), url, words),
        close=words("form.close"),
        clear_on_close=True,
    )


def no_such_calendar() -> str:
    """The page for an unknown link, in every language because the reader is unknown."""
    return "\n".join(words_for(language, "UTC")("calendar.not_found") for language in LANGUAGES)


def _link(intro: str, url: str, words: Words) -> list[Block]:
    how = [words("calendar.outlook"), words("calendar.google"), words("calendar.apple")]
    return [
        # No clickable link: a click would download the file once instead of subscribing to it.
        section(f"{intro}\n```{url}```"),
        section("\n".join(f"• {line}" for line in how)),
        context(words("calendar.private")),
    ]
