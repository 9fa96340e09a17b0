"""Short answers: help, a refusal with its reason, an apology with a reference."""

from collections.abc import Iterable

from bot.domain.commands import Command
from bot.domain.errors import KaikuError, Refusal
from bot.domain.offerings.offering import Offering
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import Message, View, actions, button, escape, modal, section

MOST_CODES = 20
"""The most codes that an answer to an unknown code names."""


def help_message(
    commands: Iterable[Command], words: Words, *, typo: str | None = None, meant: str | None = None
) -> Message:
    """The list of commands; after a typo it begins with the command that was probably meant."""
    lines = []
    if typo is not None:
        key = "help.unknown" if meant is None else "help.did_you_mean"
        lines.append(words(key, word=escape(typo), meant=meant))
    lines.append(words("help.intro"))
    for command in commands:
        lines.append(
            words("help.line", command=command.example(words.language), meaning=words(command.help_key))
        )
    text = "\n".join(lines)
    return Message(
        text,
        [
            section(text),
            actions(
                button(words("list.show_all"), ids.SHOW_OFFERINGS),
                button(words("settings.change"), ids.OPEN_SETTINGS),
            ),
        ],
    )


def refusal_text(refusal: KaikuError, words: Words) -> str:
    """The sentence of a refusal: what happened, why, and what the person can do next."""
    params = dict(refusal.params)
    offering = params.pop("offering", None)
    if isinstance(offering, Offering):
        params["title"] = escape(words.pick(offering.title))
        params["opens"] = words.day(offering.opens_on) if offering.opens_on else ""
        params["closes"] = words.day(offering.closes_on) if offering.closes_on else ""
        if refusal.code is Refusal.SIGN_UP_NOT_OPEN and offering.opens_on is None:
            return words("refusal.no_dates", **params)
    if refusal.code is Refusal.UNKNOWN_OFFERING:
        return _unknown_offering(words, **params)
    return words(f"refusal.{refusal.code}", **params)


def _unknown_offering(words: Words, *, code: str, nearest: str | None, codes: list[str]) -> str:
    """The refusal of an unknown code, with the known codes unless there are too many: the list shows them
    with their titles."""
    key = "refusal.unknown_offering" if nearest is None else "refusal.unknown_offering_near"
    none = words(key, code=escape(code), nearest=escape(nearest or ""))
    if len(codes) > MOST_CODES:
        return f"{none} {words('refusal.many_codes')}"
    known = ", ".join(f"`{escape(each)}`" for each in codes)
    return f"{none} {words('refusal.known_codes', codes=known)}"


def note_view(message: Message, words: Words) -> View:
    """An answer as a modal, for interactions that can't be answered with a message."""
    blocks = message.blocks or [section(message.text)]
    return modal(words("note.title"), blocks, close=words("form.close"))


MOST_CARRIED = 2000
"""Characters of a button's value, by Slack's reference. Nobody types as much after ``/kaiku``."""


def slow_message(refusal: Refusal, words: Words, again: tuple[str, str] | None) -> Message:
    """Slack was too slow; the button (its id and value) repeats the request."""
    text = refusal_text(KaikuError(refusal), words)
    blocks = [section(text)]
    if again is not None and len(again[1]) <= MOST_CARRIED:
        blocks.append(actions(button(words("slow.ask_again"), again[0], again[1] or None)))
    return Message(text, blocks)


def apology_text(reference: str, words: Words) -> str:
    return words("apology", reference=reference)
