"""The catalogues of sentences, each read once."""

from collections.abc import Mapping
from functools import cache

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from bot.i18n import LOCALES


def catalogue(language: str) -> Catalog:
    with (LOCALES / language / "LC_MESSAGES" / "kaiku.po").open("rb") as source:
        return read_po(source)


@cache
def sentences(language: str) -> Mapping[str, tuple[str, ...]]:
    """Key to its sentence, or its singular and plural."""
    found = {}
    for message in catalogue(language):
        if message.id:
            key = message.id[0] if isinstance(message.id, tuple) else message.id
            found[key] = message.string if isinstance(message.string, tuple) else (message.string,)
    return found
