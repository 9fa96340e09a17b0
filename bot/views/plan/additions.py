"""Writing texts and new offerings in Slack: the forms, and what was done."""

from collections.abc import Mapping, Sequence

from bot.domain.carried.offerings import SessionRef, TextsTarget
from bot.domain.language import Texts
from bot.domain.offerings.offering import Offering
from bot.domain.plan.additions import MAX_SENTENCE, MAX_SUMMARY, MAX_TITLE, OfferingTexts
from bot.domain.plan.model import OfferingKind
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    MAX_OPTION_TEXT,
    Block,
    Option,
    View,
    actions,
    button,
    clip,
    date_input,
    modal,
    section,
    select_input,
    text_input,
    time_input,
)
from bot.views.offerings.wording import session_lines, title_of
from bot.views.plan.edit_forms import where_inputs


def texts_form(offering: Offering, texts: OfferingTexts, words: Words) -> View:
    """The title and the summary of an offering, or what to bring to a session."""
    if texts.number == 0:
        inputs = [
            *_title(texts.title or {}, words),
            *_summary(texts.summary or {}, words),
            *_sentence(ids.FOR_WHOM, "texts.for_whom", texts.for_whom, words),
            *_sentence(ids.TAKES_HOME, "texts.takes_home", texts.takes_home, words),
        ]
    else:
        inputs = _sentence(ids.BRING, "texts.bring", texts.bring, words)
    about = words("times.session", number=texts.number) if texts.number else words("texts.note")
    return modal(
        words("texts.title"),
        [section(f"*{title_of(offering, words)}*\n{about}"), *inputs],
        close=words("form.cancel"),
        submit=words("form.save"),
        callback_id=ids.TEXTS_FORM,
        private_metadata=str(TextsTarget(SessionRef(offering.code, texts.number), texts.mark)),
    )


def _title(said: Texts, words: Words) -> list[Block]:
    return _in_each(ids.TITLE, "texts.name", said, words, MAX_TITLE)


def _summary(said: Texts, words: Words) -> list[Block]:
    return _in_each(ids.SUMMARY, "texts.summary", said, words, MAX_SUMMARY)


def _sentence(fields: Mapping[str, str], label: str, said: Texts | None, words: Words) -> list[Block]:
    """An optional sentence."""
    return _in_each(fields, label, said or {}, words, MAX_SENTENCE, needed=())


def _in_each(
    fields: Mapping[str, str],
    label: str,
    said: Texts,
    words: Words,
    at_most: int,
    *,
    needed: Sequence[str] = ("fi", "sv"),
) -> list[Block]:
    return [
        text_input(
            field,
            words(label, language=words(f"texts.in_{language}")),
            max_length=at_most,
            value=said.get(language),
            multiline=at_most > MAX_TITLE,
            optional=language not in needed,
        )
        for language, field in fields.items()
    ]


def new_form(homes: Sequence[tuple[str, Texts]], number: int, words: Words) -> View:
    """The form of a new offering; ``homes`` are the strands that it may be in."""
    strands = [Option(value, clip(words.pick(title), MAX_OPTION_TEXT)) for value, title in homes]
    kinds = [Option(each, words(f"kind.{each}")) for each in OfferingKind]
    return modal(
        words("new.title"),
        [
            section(words("new.note")),
            select_input(ids.STRAND, words("new.strand"), strands, chosen=strands[0].value),
            select_input(ids.KIND_OF, words("new.kind"), kinds, chosen=OfferingKind.GROUP),
            *_title({}, words),
            *_summary({}, words),
            text_input(ids.CAPACITY, words("new.capacity"), max_length=4, optional=False),
            text_input(ids.PER_AGENCY, words("new.per_agency"), max_length=4, optional=False),
            date_input(ids.CLOSES, words("new.closes")),
            date_input(ids.NEW_DAY, words("new.first_day")),
            time_input(ids.NEW_STARTS, words("edit.starts"), chosen="09:00"),
            time_input(ids.NEW_ENDS, words("edit.ends"), chosen="12:00"),
            *where_inputs(words),
        ],
        close=words("form.cancel"),
        submit=words("new.create"),
        callback_id=ids.NEW_OFFERING_FORM,
        private_metadata=str(number),
    )


def copy_form(offering: Offering, number: int, words: Words) -> View:
    """The form of a copy: another title, another first day."""
    return modal(
        words("copy.title"),
        [
            section(f"*{title_of(offering, words)}*\n{words('copy.note')}"),
            *_title(offering.title, words),
            date_input(ids.NEW_DAY, words("new.first_day")),
            date_input(ids.CLOSES, words("new.closes"), hint=words("copy.closes_hint")),
        ],
        close=words("form.cancel"),
        submit=words("copy.create"),
        callback_id=ids.COPY_FORM,
        private_metadata=str(SessionRef(offering.code, number)),
    )


def saved(offering: Offering, words: Words) -> View:
    """The texts are saved."""
    return _done(offering, words("texts.title"), [words("texts.saved")], words)


def added(offering: Offering, words: Words) -> View:
    """The new offering's code and sessions."""
    lines = [words("new.created", code=offering.code), *session_lines(offering, words, with_link=False)]
    return _done(offering, words("new.title"), [*lines, words("new.next")], words)


def _done(offering: Offering, title: str, lines: Sequence[str], words: Words) -> View:
    back = button(words("group.back"), ids.OPEN_GROUP, offering.code)
    said = "\n".join([f"*{title_of(offering, words)}*", *lines])
    return modal(title, [section(said), actions(back)], close=words("form.close"))
