"""Asking for a certificate: the form for its name and language, and the answer with its link."""

from bot.domain.completion import Certified
from bot.domain.language import LANGUAGES
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    Block,
    Option,
    View,
    button,
    context,
    modal,
    radio_input,
    section,
    text_input,
)
from bot.views.look import body
from bot.views.offerings.wording import title_of

MAX_NAME = 100
NAMES_OF_LANGUAGES = {"fi": "Suomi", "sv": "Svenska", "en": "English"}


def form(certified: Certified, words: Words) -> View:
    """The form: name, language, and the sessions that the certificate will list."""
    state = words("certificate.says_attended" if certified.is_confirmed else "certificate.says_signed_up")
    return modal(
        words("certificate.title"),
        [
            section(f"*{title_of(certified.offering, words)}*\n{state}"),
            text_input(
                ids.NAME,
                words("certificate.name"),
                max_length=MAX_NAME,
                value=certified.name,
                hint=words("certificate.name_hint"),
                optional=False,
            ),
            radio_input(
                ids.LANGUAGE,
                words("certificate.language"),
                [Option(each, NAMES_OF_LANGUAGES[each]) for each in LANGUAGES],
                chosen=certified.language,
            ),
            context(words("certificate.kept")),
        ],
        close=words("form.cancel"),
        submit=words("certificate.make_submit"),
        callback_id=ids.CERTIFICATE_FORM,
        private_metadata=certified.offering.code,
    )


def made(certified: Certified, url: str | None, words: Words) -> View:
    """The certificate is ready: its link, or that the facilitator hands it over."""
    facts = [f"*{title_of(certified.offering, words)}*"]
    if not certified.is_confirmed:
        facts.append(words("certificate.not_confirmed"))
    buttons: list[Block] = []
    if url is not None:
        facts.append(words("certificate.link_is_secret"))
        buttons.append(button(words("certificate.open"), ids.OPEN_CERTIFICATE) | {"url": url})
    else:
        facts.append(words("certificate.handed_over"))
    key = "certificate.made" if url is not None else "certificate.asked_for"
    return modal(
        words("certificate.title"),
        body(words(key), facts, buttons=buttons) if buttons else body(words(key), facts),
        close=words("form.close"),
    )
