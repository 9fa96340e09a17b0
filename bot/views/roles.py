"""What coordinators see and do: roles, the log of acts, the pause of all sending."""

from collections.abc import Sequence
from typing import Final

from bot.domain.carried.roles import PeopleForm
from bot.domain.evidence.costs import StrandCost
from bot.domain.offerings.offering import Offering, is_address
from bot.domain.roles import CoordinatorRole, FacilitatorsChanged, SendingPause
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    Block,
    Message,
    View,
    actions,
    button,
    context,
    escape,
    header,
    mention,
    modal,
    people_input,
    section,
    text_input,
)
from bot.views.evidence.costs import lines
from bot.views.look import body
from bot.views.offerings.wording import title_of

MAX_REASON: Final = 300


def coordinators_blocks(pause: SendingPause | None, costs: Sequence[StrandCost], words: Words) -> list[Block]:
    """App Home's part for coordinators. ``costs`` are those of venues."""
    blocks = [header(words("coordinators.heading"))]
    if pause is not None:
        blocks.append(section(pause_line(pause, words)))
        act = button(words("pause_all.resume"), ids.RESUME_SENDING, style="primary")
    else:
        act = button(words("pause_all.pause"), ids.PAUSE_SENDING)
    others = (
        button(words("log.open"), ids.SHOW_LOG),
        button(words("coordinators.change"), ids.OPEN_COORDINATORS),
    )
    blocks.append(actions(act, *others))
    if costs:
        said = "\n".join(f"• {escape(line)}" for line in lines(costs, words))
        blocks.append(section(f"*{words('evidence.costs_heading')}*\n{said}"))
    return blocks


def pause_line(pause: SendingPause, words: Words) -> str:
    here = words.here(pause.since)
    since = words("log.when", day=words.day(here.date()), time=words.clock_time(here.time()))
    return words("pause_all.paused", since=since, reason=escape(pause.reason))


# -- the pause --------------------------------------------------------------------------------------------


def pause_form(words: Words) -> View:
    return modal(
        words("pause_all.title"),
        [
            section(words("pause_all.means")),
            text_input(
                ids.WHY,
                words("pause_all.reason"),
                max_length=MAX_REASON,
                hint=words("pause_all.reason_hint"),
                optional=False,
            ),
        ],
        close=words("form.cancel"),
        submit=words("pause_all.pause_short"),
        callback_id=ids.PAUSE_FORM,
    )


def paused(pause: SendingPause, words: Words) -> View:
    facts = [pause_line(pause, words), words("pause_all.nothing_lost")]
    resume = button(words("pause_all.resume"), ids.RESUME_SENDING)
    blocks = body(words("pause_all.done"), facts, buttons=[resume])
    return modal(words("pause_all.title"), blocks, close=words("form.close"))


def resumed(words: Words) -> Message:
    text = words("pause_all.resumed")
    return Message(text, [section(text)])


# -- coordinators -----------------------------------------------------------------------------------------


def coordinators_form(coordinators: Sequence[CoordinatorRole], words: Words) -> View:
    """The form of the coordinators. Those from the settings are listed, but can't be removed."""
    fixed = [mention(each.user_id) for each in coordinators if each.from_settings]
    named = [each.user_id for each in coordinators if not each.from_settings]
    blocks = [section(words("coordinators.means"))]
    if fixed:
        blocks.append(section(words("coordinators.fixed", names=", ".join(fixed))))
    blocks.append(people_input(ids.PEOPLE, words("coordinators.label"), chosen=named, optional=True))
    return modal(
        words("coordinators.title"),
        blocks,
        close=words("form.cancel"),
        submit=words("form.save"),
        callback_id=ids.COORDINATORS_FORM,
        private_metadata=str(PeopleForm("", tuple(named))),
    )


def coordinators_saved(coordinators: Sequence[CoordinatorRole], words: Words) -> View:
    names = ", ".join(mention(each.user_id) for each in coordinators)
    text = words("coordinators.saved", names=names)
    return modal(words("coordinators.title"), [section(text)], close=words("form.close"))


# -- facilitators of an offering --------------------------------------------------------------------------


def facilitators_form(offering: Offering, words: Words) -> View:
    """The form of an offering's facilitators, which overrides the plan."""
    shown = tuple(each for each in offering.facilitators if not is_address(each))
    waiting = [escape(each) for each in offering.facilitators if is_address(each)]
    blocks = [section(f"*{title_of(offering, words)}*")]
    if waiting:
        blocks.append(section(words("facilitators.unknown", addresses=", ".join(waiting))))
    blocks.append(
        people_input(ids.PEOPLE, words("facilitators.label"), chosen=shown, hint=words("facilitators.hint"))
    )
    blocks.append(context(words("facilitators.means")))
    return modal(
        words("facilitators.title"),
        blocks,
        close=words("form.cancel"),
        submit=words("form.save"),
        callback_id=ids.FACILITATORS_FORM,
        private_metadata=str(PeopleForm(offering.code, shown)),
    )


def facilitators_saved(changed: FacilitatorsChanged, words: Words) -> View:
    lines = [f"*{title_of(changed.offering, words)}*", facilitators_line(changed.offering, words)]
    if changed.added:
        lines.append(words("facilitators.told", names=", ".join(map(mention, changed.added))))
    return modal(words("facilitators.title"), [section("\n".join(lines))], close=words("form.close"))


def facilitators_message(offering: Offering, words: Words) -> Message:
    """The facilitators of an offering, for somebody who may not change them."""
    text = f"*{title_of(offering, words)}*\n{facilitators_line(offering, words)}"
    return Message(text, [section(text)])


def facilitators_line(offering: Offering, words: Words) -> str:
    if not offering.facilitators:
        return words("facilitators.none")
    return words("facilitators.now", names=", ".join(map(mention, offering.facilitators)))
