"""Short answers: help, refusals, errors at a field."""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from bot.domain.errors import KaikuError, Refusal
from bot.views import answers, calendars
from gallery.entry import Entry
from gallery.sample import live, offering, offerings
from handlers.commands import all_commands

SENTENCES: Mapping[str, Mapping[str, object]] = {
    "agency.own_words_missing": {},
    "announce.already": {"channel": "#yleinen"},
    "announce.archived": {"channels": "#vanha"},
    "announce.channel_twice": {},
    "announce.day_missing": {},
    "announce.in_the_past": {},
    "announce.no_channel": {},
    "announce.not_invited": {"channels": "#yleinen"},
    "announce.sentence_missing": {},
    "letter.missing": {},
    "announce.too_far": {},
    "announce.too_many_channels": {"most": 20},
    "desk.channel_missing": {},
    "desk.choice_too_long": {"most": 60},
    "desk.choices_differ": {},
    "desk.choices_number": {"most": 4},
    "desk.in_the_past": {},
    "desk.missing_fi": {},
    "desk.missing_sv": {},
    "desk.plan_has_no_choices": {},
    "desk.plan_is_one": {},
    "desk.round_needs_time": {},
    "desk.time_missing": {},
    "pause.past": {},
    "typed.control_character": {"character": "U+0007"},
    "typed.broken_character": {"character": "U+FFFE"},
    "typed.nothing_visible": {},
    "typed.too_long": {"length": 310, "limit": 280},
}
"""At a field of a form, with what they name."""

CALENDAR: Mapping[str, Mapping[str, object]] = {
    "calendar.name": {},
    "calendar.bring": {"bring": "muistikirja"},
    "calendar.leave": {},
    "calendar.called_off": {"summary": "Dialogi yhteiskehittämisessä"},
    "calendar.left": {"summary": "Dialogi yhteiskehittämisessä"},
    "calendar.not_found": {},
}


def entries() -> Iterator[Entry]:
    commands = all_commands()
    yield Entry("Help", lambda words: answers.help_message(commands, words))
    yield Entry(
        "Help after a typo", lambda words: answers.help_message(commands, words, typo="liitty", meant="liity")
    )
    yield Entry("Help after anything", lambda words: answers.help_message(commands, words, typo="xyz"))
    for code in Refusal:
        yield _refusal(code)
    again = ("list.show_all", "")
    yield Entry(
        "Slack was too slow", lambda words: answers.slow_message(Refusal.FORM_NOT_OPENED, words, again)
    )
    yield Entry("An apology", lambda words: answers.apology_text("a1b2c3", words))
    yield Entry(
        "Help in a modal", lambda words: answers.note_view(answers.help_message(commands, words), words)
    )
    unknown = KaikuError(Refusal.UNKNOWN_OFFERING, code="xyz", nearest=None, codes=list(offerings()))
    yield _no_dates()
    yield _many_codes()
    yield Entry("Refused: a code like no other", lambda words: answers.refusal_text(unknown, words))
    for key, params in SENTENCES.items():
        yield _sentence(f"At a field: {key}", key, params)
    for key, params in CALENDAR.items():
        yield _sentence(f"In a calendar: {key}", key, params)
    yield Entry("A calendar address that leads nowhere", lambda _: calendars.no_such_calendar())


def _sentence(name: str, key: str, params: Mapping[str, object]) -> Entry:
    return Entry(name, lambda words: words(key, **params))


def _no_dates() -> Entry:
    undated = replace(offering("complexity-2"), sessions=(), opens_on=None, closes_on=None)
    refusal = KaikuError(Refusal.SIGN_UP_NOT_OPEN, offering=undated)
    return Entry("Refused: no dates yet", lambda words: answers.refusal_text(refusal, words))


def _many_codes() -> Entry:
    codes = [f"dialogue-{number}" for number in range(100)]
    refusal = KaikuError(Refusal.UNKNOWN_OFFERING, code="olematon-9", nearest=None, codes=codes)
    return Entry("Refused: no such code among many", lambda words: answers.refusal_text(refusal, words))


def _refusal(code: Refusal) -> Entry:
    params: dict[str, object] = {"offering": live(), "least": 5, "channel": "C1", "name": "Viivi Vieras"}
    params["day"] = "31.2."
    if code is Refusal.UNKNOWN_OFFERING:
        params = {"code": "dialogi-2", "nearest": "dialogue-2", "codes": list(offerings())}
    return Entry(f"Refused: {code}", lambda words: answers.refusal_text(KaikuError(code, **params), words))
