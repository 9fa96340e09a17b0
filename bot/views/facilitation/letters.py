"""Letters to a group: the form, the preview, and the message that people get."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.carried.drafts import AudienceChoice, LetterTarget
from bot.domain.language import LANGUAGES
from bot.domain.letters import DUTIES, MAX_LETTER, Letter, LetterAudience
from bot.domain.offerings.offering import Offering, Session
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    Block,
    Message,
    Option,
    View,
    actions,
    button,
    clip,
    context,
    divider,
    escape,
    inert,
    mention,
    modal,
    radio_input,
    section,
    sections,
    select_input,
    text_input,
)
from bot.views.facilitation.desk import moment_of
from bot.views.offerings.wording import title_of

MOST_SESSIONS = 48
"""A Slack list takes 100 options: three for the whole group, and up to two for each session."""

MOST_UNSENT = 5
SHOWN_OF_LETTER = 100
NOW, OFFICE_HOURS = "now", "office_hours"


def letter_message(letter: Letter, offering: Offering, words: Words) -> Message:
    """The letter as one person gets it: who writes to whom, the text, and whom to answer."""
    about = _session(letter, offering, words)
    head = words(f"letter.to_{letter.audience}", title=title_of(offering, words), **about)
    body = escape(words.pick(letter.text))
    writers = (letter.author,) if letter.author else offering.facilitators  # its author may have been erased
    foot = words("letter.answer_to", writer=words.all_of(map(mention, writers)))
    return Message("\n".join([head, body, foot]), [section(head), section(body), context(foot)])


def _session(letter: Letter, offering: Offering, words: Words) -> dict[str, object]:
    found = next((each for each in offering.sessions if each.number == letter.session), None)
    return {} if found is None else {"number": found.number, "day": words.day(found.on)}


def letter_form(
    offering: Offering,
    target: LetterTarget,
    draft: Letter | None,
    ahead: Sequence[Session],
    unsent: Sequence[tuple[Letter, int]],
    words: Words,
    *,
    not_read: Sequence[Session] = (),
) -> View:
    """The form, with the values of a draft; above it what is still to be sent, with the number of people.
    ``not_read``: the sessions of which somebody has not acknowledged a change."""
    blocks: list[Block] = [section(f"*{title_of(offering, words)}*"), context(words("letter.how"))]
    for letter, waiting in unsent[:MOST_UNSENT]:
        shown = escape(clip(" ".join(words.pick(letter.text).split()), SHOWN_OF_LETTER))
        blocks.append(
            section(
                words.many("letter.unsent", waiting, text=shown),
                button(words("letter.withdraw"), ids.WITHDRAW_LETTER, str(letter.id), style="danger"),
            )
        )
    chosen = AudienceChoice(draft.audience, draft.session) if draft else AudienceChoice(LetterAudience.SEATED)
    blocks.append(
        select_input(
            ids.LETTER_TO,
            words("letter.audience"),
            _audiences(ahead, not_read, words, chosen),
            chosen=str(chosen),
            hint=words("letter.audience_hint"),
        )
    )
    for language in LANGUAGES:
        blocks.append(
            text_input(
                ids.LETTER[language],
                words(f"letter.text_{language}"),
                max_length=MAX_LETTER,
                value=draft.text.get(language) if draft is not None else None,
                optional=language not in DUTIES,
                multiline=True,
            )
        )
    in_office_hours = draft.in_office_hours if draft is not None else True
    blocks.append(
        radio_input(
            ids.LETTER_WHEN,
            words("letter.when"),
            [Option(each, words(f"letter.when_{each}")) for each in (OFFICE_HOURS, NOW)],
            chosen=OFFICE_HOURS if in_office_hours else NOW,
        )
    )
    return modal(
        words("letter.title"),
        blocks,
        close=words("form.cancel"),
        submit=words("letter.preview_submit"),
        callback_id=ids.LETTER_FORM,
        private_metadata=str(target),
    )


def _audiences(
    ahead: Sequence[Session], not_read: Sequence[Session], words: Words, chosen: AudienceChoice
) -> list[Option]:
    """The audiences to choose from; that of a draft stays, even if nobody is left in it."""
    whole = [
        Option(str(AudienceChoice(each)), words(f"letter.audience_{each}"))
        for each in (LetterAudience.SEATED, LetterAudience.WAITING, LetterAudience.BOTH)
    ]
    kept = [
        each
        for each in ahead
        if each in not_read or AudienceChoice(LetterAudience.NOT_READ, each.number) == chosen
    ]
    of_sessions = [
        Option(
            str(AudienceChoice(audience, each.number)),
            words(f"letter.audience_{audience}", number=each.number, day=words.short_day(each.on)),
        )
        for audience, sessions in ((LetterAudience.NOT_READ, kept), (LetterAudience.SESSION, ahead))
        for each in sessions[:MOST_SESSIONS]
    ]
    return whole + of_sessions


def preview(
    letter: Letter,
    offering: Offering,
    readers: Mapping[str, int],
    messages: Mapping[str, Message],
    at: datetime | None,
    words: Words,
    *,
    is_paused: bool = False,
) -> View:
    """How many people get it in which language, and when; then the message of each language as it will
    look."""
    when = words("letter.at_once") if at is None else words("letter.from_moment", when=moment_of(at, words))
    lines = [
        words.many("letter.reaches", sum(readers.values())),
        words("group.paused") if is_paused else when,
    ]
    blocks: list[Block] = [
        *sections(lines),
        actions(
            button(words("letter.change"), ids.WRITE_LETTER, str(LetterTarget(offering.code, letter.id)))
        ),
    ]
    for language, message in messages.items():
        blocks += [
            divider(),
            context(words.many(f"letter.reads_{language}", readers[language])),
            *inert(message.blocks),
        ]
    return modal(
        words("letter.preview_title"),
        blocks,
        close=words("form.cancel"),
        submit=words("letter.send_submit"),
        callback_id=ids.SEND_LETTER_FORM,
        private_metadata=str(letter.id),
    )


def sent(letter: Letter, waiting: int, told: int, words: Words) -> View:
    """Confirms the letter, with a button to withdraw it while somebody has not got it yet."""
    blocks: list[Block] = [section(words.many("letter.sent", waiting + told))]
    if waiting:
        blocks += [
            context(words("letter.can_withdraw")),
            actions(button(words("letter.withdraw"), ids.WITHDRAW_LETTER, str(letter.id), style="danger")),
        ]
    return modal(words("letter.title"), blocks, close=words("form.close"))


def withdraw_form(letter: Letter, offering: Offering, waiting: int, told: int, words: Words) -> View:
    """Asks for confirmation before the letter is withdrawn from those who have not got it."""
    lines = [f"*{title_of(offering, words)}*", words.many("letter.withdraw_ask", waiting)]
    if told:
        lines.append(words.many("letter.has_it", told))
    return modal(
        words("letter.withdraw_title"),
        sections(lines),
        close=words("form.cancel"),
        submit=words("letter.withdraw_submit"),
        callback_id=ids.WITHDRAW_LETTER_FORM,
        private_metadata=str(letter.id),
    )


def withdrawn(told: int, words: Words) -> View:
    lines = [words("letter.withdrawn")]
    if told:
        lines.append(words.many("letter.has_it", told))
    return modal(words("letter.title"), sections(lines), close=words("form.close"))
