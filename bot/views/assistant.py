"""What Kaiku answers to what people write, and what the buttons of that answer open."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from bot.domain.assistant.topics import Topic
from bot.domain.completion import handed_out
from bot.domain.enrolment.seats import Status
from bot.domain.enrolment.year import Year
from bot.domain.reflections import MAX_ANSWER
from bot.i18n import Words
from bot.views import ids
from bot.views.absence import absent_button
from bot.views.blocks import Block, Message, button, context, escape, section
from bot.views.look import row, told
from bot.views.offerings.wording import near_when, session_title, title_of
from bot.views.year import certificate_button

MOST_ABSENCES: Final = 8
MOST_GROUPS: Final = 20

ACTS: Final[Mapping[Topic, tuple[str, str, str]]] = {
    Topic.NEXT_SESSION: ("assistant.about_next", "assistant.show_next", ids.SHOW_NEXT),
    Topic.MY_ENROLMENTS: ("assistant.about_mine", "assistant.show_mine", ids.LIST_MINE),
    Topic.JOIN: ("assistant.about_join", "assistant.show_join", ids.SHOW_OFFERINGS),
    Topic.LEAVE: ("assistant.about_leave", "offering.leave", ids.LEAVE_OFFERING),
    Topic.CANNOT_COME: ("assistant.about_absence", "absent.say", ids.CHOOSE_ABSENCE),
    Topic.CALENDAR: ("assistant.about_calendar", "calendar.open", ids.OPEN_CALENDAR),
    Topic.SETTINGS: ("assistant.about_settings", "settings.change", ids.OPEN_SETTINGS),
    Topic.FEWER_PROMPTS: ("assistant.about_fewer", "prompt.fewer", ids.FEWER_PROMPTS),
    Topic.MY_DATA: ("assistant.about_data", "assistant.show_data", ids.SHOW_MY_DATA),
    Topic.MATERIALS: ("assistant.about_materials", "assistant.show_materials", ids.SHOW_MATERIALS),
    Topic.CERTIFICATE: ("assistant.about_certificate", "certificate.ask", ids.SHOW_CERTIFICATES),
    Topic.HUMAN: ("assistant.about_human", "assistant.show_contacts", ids.SHOW_CONTACTS),
}
"""By topic: what Kaiku says that it understood, its button's label, and the act that the button leads to."""


def answer_message(topics: Sequence[Topic], words: Words) -> Message:
    """The topics that were understood, with a button for each; nothing is done until one is pressed."""
    about = words.any_of(words(ACTS[topic][0]) for topic in topics)
    facts = [words("assistant.understood", about=about)]
    return told(
        words("assistant.heading"), facts, small=_nobody_reads(words), buttons=_buttons(topics, words)
    )


def help_message(text: str, words: Words, *, can_keep: bool) -> Message:
    """Nothing was understood: what Kaiku can help with, and what else the person can do with their text."""
    buttons = [
        button(words("assistant.help"), ids.SHOW_HELP),
        button(words("assistant.show_contacts"), ids.SHOW_CONTACTS),
    ]
    if can_keep and 0 < len(text) <= MAX_ANSWER:
        buttons.insert(1, button(words("assistant.keep"), ids.WRITE_FREELY, text))
    return told(
        words("assistant.help_heading"),
        [words("assistant.help_text"), words("assistant.help_keep")],
        small=_nobody_reads(words),
        buttons=buttons,
    )


def _nobody_reads(words: Words) -> str:
    return words("assistant.nobody_reads")


def _buttons(topics: Sequence[Topic], words: Words) -> list[Block]:
    """One button for each act: two topics may lead to the same act."""
    buttons: dict[str, Block] = {}
    for topic in topics:
        _, label, act = ACTS[topic]
        buttons.setdefault(act, button(words(label), act))
    return list(buttons.values())


def absences_message(year: Year, words: Words) -> Message:
    """The sessions ahead, each with the button for not coming."""
    if not year.coming:
        return Message(words("next.nothing"), [section(words("next.nothing"))])
    lines = [words("assistant.which_session")]
    blocks: list[Block] = [section(lines[0])]
    for each in year.coming[:MOST_ABSENCES]:
        facts = [
            f"*{session_title(each.offering, each.session, words)}*",
            near_when(each.session, words, year.now),
        ]
        lines += facts
        blocks.append(row(facts, absent_button(each.offering, each.session, words, absent=each.absent)))
    return Message("\n".join(lines), blocks)


def cancel_message(words: Words) -> Message:
    """ "Cancel" may mean one session or the seat: buttons for both, and nothing is done yet."""
    return told(
        words("assistant.cancel_heading"),
        [words("assistant.cancel_text")],
        buttons=[
            button(words("absent.say"), ids.CHOOSE_ABSENCE),
            button(words("offering.leave"), ids.LEAVE_OFFERING),
        ],
    )


def materials_message(year: Year, words: Words) -> Message:
    """The materials of every group that the person has a seat in, or had."""
    lines: list[str] = []
    for card in [*year.mine, *year.completed]:
        if card.mine is None or card.mine.status is not Status.SEATED:
            continue
        found = [
            f"• <{escape(each.link)}|{escape(words.pick(each.title))}>"
            if each.link
            else f"• {escape(words.pick(each.title))}"
            for each in [*handed_out(card.offering, year.now), *card.offering.details.materials]
        ]
        if found:
            lines.append("\n".join([f"*{title_of(card.offering, words)}*", *found]))
    if not lines:
        text = words("assistant.no_materials")
        contacts = button(words("assistant.show_contacts"), ids.SHOW_CONTACTS)
        return Message(text, [section(text, contacts)])
    shown = lines[:MOST_GROUPS]
    return Message("\n".join(shown), [section(line) for line in shown])


def contacts_message(year: Year, coordinators: Iterable[str], words: Words) -> Message:
    """The facilitators to write to in Slack: Kaiku passes nothing on."""
    lines = [
        words("assistant.facilitators_of", title=title_of(card.offering, words), names=_mentions(leads))
        for card in [*year.mine, *year.completed][:MOST_GROUPS]
        if (leads := card.offering.facilitators)
    ]
    if names := _mentions(sorted(coordinators)):
        lines.append(words("assistant.coordinators", names=names))
    if not lines:
        text = words("assistant.no_contacts")
        return Message(text, [section(text, button(words("list.show_all"), ids.SHOW_OFFERINGS))])
    small = words("assistant.write_directly")
    return Message("\n".join([*lines, small]), [*(section(line) for line in lines), context(small)])


def certificate_message(year: Year, words: Words) -> Message:
    """The groups that have ended, each with the button for its certificate."""
    if not year.completed:
        text = words("assistant.no_certificate")
        return Message(text, [section(text, button(words("assistant.show_mine"), ids.LIST_MINE))])
    text = words("assistant.certificate")
    ended = [card.offering for card in year.completed[:MOST_GROUPS]]
    titles = [f"*{title_of(each, words)}*" for each in ended]
    rows = [
        section(title, certificate_button(each, words)) for title, each in zip(titles, ended, strict=True)
    ]
    return Message("\n".join([text, *titles]), [section(text), *rows])


def _mentions(people: Iterable[str]) -> str:
    return ", ".join(f"<@{each}>" for each in people)
