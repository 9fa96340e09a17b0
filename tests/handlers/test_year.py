"""A participant's year as they meet it: what is next, App Home, one of their own unfolded."""

from typing import Any

import pytest

from sandbox import Visitor, text_of
from tests.support.joining import join, kaiku_answer
from tests.support.running import Running
from tests.support.time_passing import at, helsinki

FIVE = ("complexity-1", "dialogue-1", "dialogue-2", "dialogue-skype-1", "coaching-1")


async def home_of(kaiku: Running, visitor: Visitor) -> dict[str, Any]:
    await visitor.open_home()
    await kaiku.settle()
    assert visitor.home is not None
    return visitor.home


def headers(view: dict[str, Any]) -> list[str]:
    return [block["text"]["text"] for block in view["blocks"] if block["type"] == "header"]


@pytest.mark.parametrize(
    ("person", "typed", "said"),
    [
        ("UAINO", "seuraava", "*maanantaina 25.3. klo 9.00–10.30*"),
        ("UJOHAN", "nästa", "*på måndag 25.3 kl. 9.00–10.30*"),
        (
            "UEMMA",
            "next",
            "*Monday 25 Mar, 09:00–10:30 (your time Monday 25 Mar, 08:00–09:30, Europe/Brussels)*",
        ),
    ],
)
async def test_next_says_the_weekday_the_link_and_what_comes_after(
    kaiku: Running, person: str, typed: str, said: str
) -> None:
    visitor = kaiku.visitor(person)
    await join(visitor, "dialogue-skype-1", language={"UJOHAN": "sv", "UEMMA": "en"}.get(person, "fi"))
    kaiku.clock.move_to(helsinki(2019, 3, 21, 12, 0))
    await visitor.command(f"/kaiku {typed}")
    answer = kaiku_answer(kaiku, visitor)
    first, *_, after = answer["text"].splitlines()
    assert first.startswith(said)  # with what Emma's own clock in Brussels shows
    assert "https://" in answer["text"]
    assert "9.4" in after or "9 Apr" in after
    assert answer["blocks"][0]["accessory"]["url"].startswith("https://")


async def test_next_names_today_and_tomorrow_and_a_session_that_goes_on(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, "dialogue-2")
    for moment, said in (
        (helsinki(2019, 4, 1, 9, 0), "*huomenna 2.4. klo 9.00–15.30*"),
        (helsinki(2019, 4, 2, 8, 0), "*tänään 2.4. klo 9.00–15.30*"),
        (helsinki(2019, 4, 2, 10, 0), "*Nyt käynnissä, tänään 2.4. klo 9.00–15.30*"),
    ):
        kaiku.clock.move_to(moment)
        await aino.command("/kaiku seuraava")
        assert kaiku_answer(kaiku, aino)["text"].startswith(said)


async def test_who_has_nothing_ahead_is_shown_what_there_is(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku seuraava")
    answer = kaiku_answer(kaiku, aino)
    assert answer["text"] == "Sinulla ei ole tulevia tapaamisia."
    assert answer["blocks"][0]["accessory"]["action_id"] == "offerings.show"


async def test_home_goes_from_what_is_next_to_the_settings(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    for code in FIVE:
        await join(aino, code)
    home = await home_of(kaiku, aino)
    assert headers(home) == [
        "Seuraavaksi",
        "Omat ryhmäsi ja tilaisuutesi",
        "Ryhmät ja tilaisuudet",
        "Asetukset",
    ]
    mine = [b for b in home["blocks"] if b.get("accessory", {}).get("action_id") == "mine.open"]
    rows = [b["text"]["text"].splitlines() for b in mine if b["accessory"]["value"] in FIVE]
    assert {len(lines) for lines in rows[-5:]} == {2}, "each of mine is two lines"
    assert [b["accessory"]["value"] for b in mine][-5:] != sorted(FIVE), "in order of their next session"


async def test_home_says_of_what_is_open_what_for_with_details_and_join(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await home_of(kaiku, aino)
    await aino.click("offering.details", "dialogue-1")
    assert "Ilmoittaudu" in text_of(aino.modal)
    await aino.click("offering.join", "dialogue-1")
    assert "Virasto" in text_of(aino.modal)


async def test_mine_unfolds_to_what_is_ahead_and_folds_what_is_behind(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, "dialogue-2")
    await aino.close()
    await at(kaiku, helsinki(2019, 4, 3, 9, 0))
    await home_of(kaiku, aino)
    await aino.click("mine.open", "dialogue-2")
    folded = text_of(aino.modal)
    assert "Luovu paikasta" in folded
    assert "ti 2.4." not in folded
    await aino.click("mine.show_past", "dialogue-2")
    assert "ti 2.4." in text_of(aino.modal)


async def test_nobody_unfolds_what_they_are_not_signed_up_to(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, "dialogue-2")
    await kaiku.settle()
    await aino.close()
    await home_of(kaiku, aino)
    for block in aino.home["blocks"]:
        if block.get("accessory", {}).get("action_id") == "mine.open":
            block["accessory"]["value"] = "dialogue-1"
    await aino.click("mine.open", "dialogue-1")
    assert "et ole ilmoittautunut" in text_of(aino.modal)


async def test_what_is_completed_is_found_in_home_and_in_mine(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, "dialogue-skype-1")
    kaiku.clock.move_to(helsinki(2020, 1, 7, 9, 0))
    home = await home_of(kaiku, aino)
    assert "Käydyt" in headers(home)
    await aino.command("/kaiku omat")
    said = kaiku_answer(kaiku, aino)["text"]
    assert said.startswith("Sinulla ei ole nyt ilmoittautumisia")
    assert "Käydyt\n\n*Dialogitaidot" in said


async def test_the_answer_to_a_join_is_first_and_leaving_is_not_its_only_act(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    answer = await join(aino, "dialogue-2")
    await kaiku.settle()
    said = aino.direct_messages[-1]
    for blocks in (answer["blocks"], said["blocks"]):
        assert blocks[0]["type"] == "header"
        assert blocks[0]["text"]["text"] == "Paikka on sinun."
        buttons = blocks[-1]["elements"]
        assert buttons[0]["style"] == "primary"
        assert buttons[0]["action_id"] != "offering.leave"
        assert len(buttons) <= 3
    assert "muistikirja" not in said["text"], "what to bring is said by the reminder"
