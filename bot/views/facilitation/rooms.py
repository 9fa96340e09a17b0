"""Dialogue rooms: forming them, the messages to participants, and the phases with their timer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.domain.carried.offerings import SessionRef
from bot.domain.carried.sessions import PhaseChoice
from bot.domain.facilitation.phases import PHASES, PhaseAct, PhaseState
from bot.domain.facilitation.rooms import SIZES, USUAL, Quality
from bot.domain.facilitation.session_rooms import Room, SessionRooms
from bot.domain.offerings.offering import Offering
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import (
    Block,
    Message,
    Option,
    View,
    actions,
    button,
    context,
    escape,
    header,
    modal,
    radio_input,
    section,
    sections,
    select_input,
    several_input,
)
from bot.views.look import button_row, told
from bot.views.offerings.wording import session_title

IN_A_LIST: Final = 100
"""Options that one Slack list can hold."""

RULES: Final = 5


def rooms_form(found: SessionRooms, words: Words) -> View:
    """The form: missing people, the size of rooms, and whether existing rooms are kept."""
    names = sorted(found.called.items(), key=lambda each: each[1].casefold())
    options = [Option(*each) for each in names]
    blocks: list[Block] = [section(f"*{session_title(found.offering, found.session, words)}*")]
    for n, field in enumerate(ids.MISSING):
        part = options[n * IN_A_LIST : (n + 1) * IN_A_LIST]
        if part:
            blocks.append(
                several_input(
                    field,
                    words("rooms.missing"),
                    part,
                    chosen=sorted(found.missing),
                    hint=words("rooms.missing_hint"),
                )
            )
    sizes = [Option(str(each), f"{each}–{each + 1}") for each in SIZES]
    blocks.append(select_input(ids.ROOM_SIZE, words("rooms.size"), sizes, chosen=str(USUAL)))
    if found.rooms:
        ways = [Option("keep", words("rooms.keep")), Option(ids.ANEW, words("rooms.anew"))]
        blocks.append(radio_input(ids.ANEW, words("rooms.way"), ways, chosen="keep"))
    return modal(
        words("rooms.title"),
        blocks,
        close=words("form.cancel"),
        submit=words("rooms.submit"),
        callback_id=ids.ROOMS_FORM,
        private_metadata=_about(found),
    )


def _about(found: SessionRooms) -> str:
    return str(SessionRef(found.offering.code, found.session.number))


def rooms_view(found: SessionRooms, words: Words) -> View:
    """The people of each room, the quality of the split beside the lower bounds, and what to do next."""
    assert found.quality is not None
    about = _about(found)
    blocks: list[Block] = [section(f"*{session_title(found.offering, found.session, words)}*")]
    if found.told is not None:
        said = words("rooms.told", told=found.told) if found.told else words("rooms.told_before")
        blocks.append(section(said))
    lines: list[str] = []
    for room in found.rooms:
        lines.append(words("rooms.room", number=room.number, host=escape(found.called[room.host])))
        lines += _with_agencies(found, room.people)
    blocks += sections(lines)
    blocks.append(
        button_row(
            [
                button(words("rooms.send"), ids.SEND_ROOMS, about),
                button(words("rooms.share_again"), ids.SHARE_OUT, about),
                button(words("rooms.phases"), ids.SHOW_PHASES, about),
            ]
        )
    )
    facts = [words("rooms.optimised"), *quality_lines(found.quality, words)]
    if found.moved is not None:
        facts.append(words("rooms.moved", moved=found.moved))
    blocks += [context("\n".join(facts)), context(words("rooms.stored"))]
    return modal(words("rooms.title"), blocks, close=words("form.close"))


def quality_lines(quality: Quality, words: Words) -> list[str]:
    """How well agencies mix and how many meet again, each beside the lower bound."""
    alike = words("rooms.all_mixed")
    if quality.alike:
        alike = words("rooms.alike", alike=quality.alike, least=quality.fewest_alike)
    again = words("rooms.nobody_again")
    if quality.repeated:
        again = words("rooms.again", again=quality.repeated, least=quality.fewest_repeated)
    return [alike, again]


def _with_agencies(found: SessionRooms, people: Sequence[str]) -> list[str]:
    """The people, one a line, with their agencies."""
    named = ((found.called[each], found.agency_of[each]) for each in people)
    return [
        f"• {escape(name)} · {escape(agency)}" if agency else f"• {escape(name)}" for name, agency in named
    ]


def room_message(found: SessionRooms, room: Room, person_id: str, words: Words) -> Message:
    """To each participant: their room, with whom, who opens, and the ground rules."""
    others = [each for each in room.people if each != person_id]
    facts = [
        f"*{session_title(found.offering, found.session, words)}*",
        words("rooms.with"),
        *_with_agencies(found, others),
    ]
    if room.host == person_id:
        facts.append(words("rooms.host_you"))
    else:
        facts.append(words("rooms.host", name=escape(found.called[room.host])))
    facts += ["", *rules(words)]
    return told(words("rooms.yours", number=room.number), facts, small=words("rooms.unrecorded"))


def rules(words: Words) -> list[str]:
    """The ground rules of constructive dialogue, under their heading."""
    lines = [f"• {words(f'rooms.rule_{n}')}" for n in range(1, RULES + 1)]
    return [f"*{words('rooms.rules')}*", *lines]


def phases_view(offering: Offering, number: int, state: PhaseState, words: Words, now: datetime) -> View:
    """The card of the phase that the dialogue is in, with its timer and the ground rules to show."""
    name = words(f"phase.{state.phase}")
    blocks: list[Block] = [
        header(words("phase.card", number=state.index + 1, total=len(PHASES), name=name)),
        section(words(f"phase.{state.phase}_what")),
        section(_time(state, words, now)),
        actions(*_turns(offering, number, state, words)),
        *sections(rules(words)),
        context(words("rooms.unrecorded")),
    ]
    return modal(words("phase.title"), blocks, close=words("form.close"))


def _time(state: PhaseState, words: Words, now: datetime) -> str:
    if state.ends_at is None:
        minutes, seconds = divmod(int(state.left.total_seconds()), 60)
        return words("phase.still", left=f"{minutes} min {seconds} s" if seconds else f"{minutes} min")
    here = words.clock_time(words.here(state.ends_at).time())
    at = f"<!date^{int(state.ends_at.timestamp())}^{{time}}|{here}>"
    return words("phase.ended" if state.ends_at <= now else "phase.ends", time=at)


def _turns(offering: Offering, number: int, state: PhaseState, words: Words) -> list[Block]:
    acts = [PhaseAct.START if state.ends_at is None else PhaseAct.PAUSE, PhaseAct.ADD]
    if not state.is_last:
        acts.append(PhaseAct.NEXT)
    return [
        button(
            words(f"phase.turn_{act}"),
            f"rooms.phase_{act}",
            str(PhaseChoice(SessionRef(offering.code, number), act, state.mark)),
        )
        for act in acts
    ]
