"""The calendar feed as people meet it: its link, how to subscribe, renewing it."""

from bot.domain.language import LANGUAGES
from bot.domain.offerings.offering import Offering
from bot.i18n import Words, words_for
from bot.views import ids
from bot.views.blocks import Block, View, actions, button, context, modal, section


def calendar_button(words: Words) -> Block:
    return button(words("calendar.open"), ids.OPEN_CALENDAR)


def calendar_file_button(offering: Offering, url: str, words: Words) -> Block:
    """Opens one offering's calendar file in the browser."""
    return button(words("calendar.file"), ids.OPEN_CALENDAR_FILE) | {
        "url": url,
        "accessibility_label": words("calendar.file_which", title=words.pick(offering.title))[:75],
    }


def calendar_link(url: str, mark: str, words: Words) -> View:
    """The link, whom it concerns, and how to subscribe. ``mark`` names it for a renewal."""
    return modal(
        words("calendar.title"),
        [
            *_link(words("calendar.intro"), url, words),
            actions(button(words("calendar.renew"), ids.RENEW_CALENDAR, mark)),
        ],
        close=words("form.close"),
    )


def renew_form(mark: str, words: Words) -> View:
    """Asks once before the old link stops."""
    return modal(
        words("calendar.renew"),
        [section(words("calendar.renew_ask"))],
        close=words("form.cancel"),
        submit=words("calendar.renew"),
        callback_id=ids.RENEW_CALENDAR_FORM,
        private_metadata=mark,
    )


def renewed_link(url: str, words: Words) -> View:
    """The answer to a renewal; the modal below still shows the old link, so all close together."""
    return modal(
        words("calendar.title"),
        _link(words("calendar.renewed"), url, words),
        close=words("form.close"),
        clear_on_close=True,
    )


def no_such_calendar() -> str:
    """For whoever asks with a link that does not hold: nobody knows who they are, so in every language."""
    return "\n".join(words_for(language, "UTC")("calendar.not_found") for language in LANGUAGES)


def _link(intro: str, url: str, words: Words) -> list[Block]:
    how = [words("calendar.outlook"), words("calendar.google"), words("calendar.apple")]
    return [
        # Not a link to click: that would fetch the file once, and not subscribe.
        section(f"{intro}\n```{url}```"),
        section("\n".join(f"• {line}" for line in how)),
        context(words("calendar.private")),
    ]
