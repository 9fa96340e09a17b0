"""An offering's timeline out of the store: who shares what, what was sent, what is gone."""

from datetime import datetime

import pytest

from bot.domain.errors import KaikuError, Refusal
from bot.domain.prompts.timeline import EntryKind, EntryState
from bot.domain.prompts.timeline_warnings import LostToLimit
from bot.services.prompts.timeline import OfferingTimeline, load_offering_timeline
from tests.support.feeds import change_plan, join, leave
from tests.support.running import Running
from tests.support.time_passing import at, helsinki


async def timeline(kaiku: Running, code: str = "dialogue-2") -> OfferingTimeline:
    return await kaiku.store.read(load_offering_timeline, code, kaiku.clock.now())


def lost(found: OfferingTimeline) -> list[LostToLimit]:
    return [each for each in found.warnings if isinstance(each, LostToLimit)]


async def test_only_people_with_a_seat_in_both_are_counted(kaiku: Running) -> None:
    for person in ("UAINO", "UELSA", "UOLLI"):
        await join(kaiku, person, "dialogue-2")
    assert lost(await timeline(kaiku)) == []
    for person in ("UAINO", "UELSA", "UHELI"):
        await join(kaiku, person, "complexity-1")
    found = lost(await timeline(kaiku))
    assert found
    assert {each.people for each in found} == {2}
    assert {each.title["fi"] for each in found} <= {
        "Dialogi yhteiskehittämisessä",
        "Kompleksisuusryhmä, kevät",
    }
    await leave(kaiku, "UELSA", "complexity-1")
    assert {each.people for each in lost(await timeline(kaiku))} == {1}


async def test_a_cancelled_offering_takes_nothing_from_another(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "dialogue-2")
    await join(kaiku, "UAINO", "complexity-1")
    await change_plan(kaiku, "complexity-1", cancelled=True)
    assert lost(await timeline(kaiku)) == []


async def test_what_the_first_person_got_is_done_from_then_on(kaiku: Running) -> None:
    await join(kaiku, "UAINO", "dialogue-2")
    due: datetime = helsinki(2019, 4, 4, 10)
    await at(kaiku, due)
    prompts = [each for each in (await timeline(kaiku)).entries if each.kind is EntryKind.PROMPT]
    assert (prompts[0].state, prompts[0].at and prompts[0].at.date()) == (EntryState.DONE, due.date())
    assert EntryState.DONE not in {each.state for each in prompts[1:]}


async def test_an_unknown_code_is_refused(kaiku: Running) -> None:
    with pytest.raises(KaikuError) as refused:
        await timeline(kaiku, "dialogue-9")
    assert refused.value.code is Refusal.UNKNOWN_OFFERING
