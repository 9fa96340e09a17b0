"""What the desk says of a prompt is what the timeline says of it; and what reaches nobody says so."""

from datetime import datetime
from typing import Any

import pytest

from bot.domain.prompts.timeline import EntryKind
from bot.i18n import words_for
from bot.services.prompts.timeline import load_offering_timeline
from bot.views.prompts.timeline import entry_text, when_of_entry
from sandbox import text_of
from storage.prompts import ChoiceRow, mark_stale, set_choice
from tests.support.announcing import FINNISH, posts_in
from tests.support.prompting import joined, line_of, send, write
from tests.support.reflecting import CODE, FIRST, seated
from tests.support.running import Running
from tests.support.time_passing import at, helsinki

words = words_for("fi", "Europe/Helsinki", FIRST)


@pytest.mark.parametrize("moment", [helsinki(2019, 4, 3, 13), FIRST, helsinki(2019, 5, 20, 12)])
async def test_the_desk_and_the_timeline_say_the_same_dates_in_the_same_order(
    kaiku: Running, moment: datetime
) -> None:
    await seated(kaiku)
    for each in (helsinki(2019, 4, 3, 13), FIRST, helsinki(2019, 4, 23, 10), helsinki(2019, 5, 20, 12)):
        if each <= moment:
            await at(kaiku, each)
    with kaiku.store.read_transaction() as tx:
        entries = load_offering_timeline(tx, CODE, kaiku.clock.now()).entries
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku kysymys {CODE}")
    prompts = [each for each in entries if each.kind is EntryKind.PROMPT]
    blocks = facilitator.modal["blocks"]
    lines = [block["text"]["text"] for block in blocks[kinds(blocks).index("divider") + 1 :]]
    assert [line.split("*")[1] for line in lines] == [when_of_entry(each, words) for each in prompts]
    for line, entry in zip(lines, prompts, strict=True):
        fate = entry_text(entry, words).split(" · ")[2:]
        assert fate in ([], ["lähetetty"]) or fate[0] in line


def kinds(blocks: list[dict[str, Any]]) -> list[str]:
    return [block["type"] for block in blocks]


@pytest.mark.parametrize("hour", [11, 19])  # within the hours of prompts, and after them
async def test_a_round_that_was_posted_is_sent_on_the_timeline_and_not_late(
    kaiku: Running, hour: int
) -> None:
    await joined(kaiku)
    await at(kaiku, helsinki(2019, 3, 19, hour))
    facilitator = await send(kaiku, where="round", channel=FINNISH)
    assert len(posts_in(kaiku, FINNISH)) == 1
    await at(kaiku, helsinki(2019, 3, 21, 10))
    await facilitator.command(f"/kaiku kysymys {CODE}")
    line = line_of(facilitator, "Mitä jäi mieleen?")
    assert f"ti 19.3. klo {hour}.00" in line
    assert "siirtyy" not in line
    assert "Lähetetty kanavalle." in line
    await facilitator.click("prompts.timeline")
    (said,) = [each for each in text_of(facilitator.modal).splitlines() if "19.3." in each]
    assert said.endswith("lähetetty")


async def test_a_round_for_the_evening_stands_at_its_hour_on_the_timeline(kaiku: Running) -> None:
    await joined(kaiku)
    when = {"timing": "at", "on_day": "2019-03-23", "at_time": "19:00"}  # a Saturday
    facilitator = await send(kaiku, where="round", channel=FINNISH, **when)
    await facilitator.command(f"/kaiku kysymys {CODE}")
    assert "la 23.3. klo 19.00" in line_of(facilitator, "Mitä jäi mieleen?")
    await facilitator.click("prompts.timeline")
    assert "la 23.3. klo 19.00 · Vetäjän kysymys" in text_of(facilitator.modal).splitlines()


async def test_a_prompt_that_reaches_nobody_says_so_at_the_desk(kaiku: Running) -> None:
    await joined(kaiku)
    facilitator = await send(kaiku, timing="before:1", days="5")
    await facilitator.command(f"/kaiku kysymys {CODE}")
    assert "kukaan ei ole saamassa" not in line_of(facilitator, "Mitä jäi mieleen?")
    await facilitator.close(clear=True)
    with kaiku.store.transaction() as tx:
        set_choice(tx, "UAINO", ChoiceRow(frequency="stopped"))
        mark_stale(tx, ["UAINO"])
    await kaiku.settle()
    await facilitator.command(f"/kaiku kysymys {CODE}")
    assert "kukaan ei ole saamassa tätä kysymystä" in line_of(facilitator, "Mitä jäi mieleen?")


async def test_a_prompt_confirmed_for_nobody_says_so_at_once(kaiku: Running) -> None:
    await seated(kaiku)
    await at(kaiku, FIRST)
    facilitator = await write(kaiku)
    await facilitator.submit()
    assert "kukaan ei saa kysymystä" in text_of(facilitator.modal)
