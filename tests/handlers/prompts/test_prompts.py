"""Journey 5: a facilitator writes a prompt, sees it as participants will, and sends it."""

from datetime import date, datetime, time
from typing import Any

import pytest
from msgspec.structs import replace

from bot.domain.calendars.working_time import DayWindow
from bot.domain.prompts.prompt import PromptRules
from sandbox import Visitor, text_of
from tests.support.announcing import posts_in
from tests.support.prompting import OWN, joined, line_of, send, worded, write
from tests.support.reflecting import CODE, newest, seated
from tests.support.running import Running
from tests.support.shipped_plan import SHIPPED, apply, with_session
from tests.support.time_passing import at, deliveries, helsinki


async def test_a_prompt_for_now_arrives_at_once_and_says_from_whom(kaiku: Running) -> None:
    aino = await joined(kaiku)
    await send(kaiku)
    assert "Mitä jäi mieleen?" in newest(aino)
    assert "<@UFASI>" in newest(aino)


async def test_the_preview_shows_both_languages_and_whom_it_reaches_when(kaiku: Running) -> None:
    await joined(kaiku)
    facilitator = await write(kaiku)
    shown = text_of(facilitator.modal)
    assert "Mitä jäi mieleen?" in shown
    assert "Vad minns du?" in shown
    assert "*1 osallistuja* saa kysymyksen: ti 19.3. klo 11.00." in shown
    assert len(deliveries(kaiku, "prompt")) == len([r for r in deliveries(kaiku, "prompt") if r.recipient])
    assert not [
        row for row in deliveries(kaiku, "prompt") if row.sent_at
    ]  # nothing goes before it is confirmed


async def test_buttons_in_the_preview_do_nothing(kaiku: Running) -> None:
    await joined(kaiku)
    facilitator = await write(kaiku)
    before = facilitator.modal
    outcome = await facilitator.click("preview.0")
    assert outcome.acked
    assert facilitator.modal["id"] == before["id"]


@pytest.mark.parametrize(("missing", "language"), [("question_0_sv", "Ruotsin"), ("question_0_fi", "Suomen")])
async def test_no_swedish_or_no_finnish_no_sending_and_nothing_typed_is_lost(
    kaiku: Running, missing: str, language: str
) -> None:
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku kysymys {CODE}")
    await facilitator.click("prompt.new")
    await facilitator.submit()
    outcome = await facilitator.submit({**OWN, missing: ""})
    assert outcome.error == "form_incomplete"  # as Slack itself says
    outcome = await facilitator.submit({**OWN, missing: " "})
    assert outcome.errors is not None
    assert language in outcome.errors[missing]
    outcome = await facilitator.submit(OWN)
    assert not outcome.errors


async def test_a_swedish_reader_gets_it_in_swedish(kaiku: Running) -> None:
    elsa = await joined(kaiku, "UELSA")
    await send(kaiku)
    assert "Vad minns du?" in newest(elsa)
    assert "Mitä jäi mieleen?" not in newest(elsa)


async def test_relative_to_a_session_it_comes_on_its_working_day_and_moves_along(kaiku: Running) -> None:
    aino = await joined(kaiku)
    await send(kaiku, timing="before:1", days="5")
    own = max(row.subject for row in deliveries(kaiku, "prompt"))
    assert due(kaiku, own) == [helsinki(2019, 3, 26, 10)]
    await apply(kaiku, with_session(SHIPPED, CODE, 1, on=date(2019, 4, 3)))
    await kaiku.settle()
    assert due(kaiku, own) == [helsinki(2019, 3, 27, 10)]
    await at(kaiku, helsinki(2019, 3, 27, 10))
    assert "Mitä jäi mieleen?" in newest(aino)


def due(kaiku: Running, subject: str) -> list[datetime]:
    return [row.due_at for row in deliveries(kaiku, "prompt") if row.subject == subject]


async def test_who_is_skipped_by_the_weekly_cap_is_said_as_a_number(kaiku: Running) -> None:
    await seated(kaiku)
    await at(kaiku, helsinki(2019, 4, 4, 10))  # the series' first prompt goes out
    await at(kaiku, helsinki(2019, 4, 5, 10))
    facilitator = await write(kaiku)
    assert "kukaan ei saa kysymystä" in text_of(facilitator.modal)
    skipped = "1 osallistuja ei saa sitä, koska saa samalla viikolla toisen kysymyksen."
    assert skipped in text_of(facilitator.modal)
    await facilitator.submit()
    assert "kukaan ei saa kysymystä" in text_of(facilitator.modal), (
        "what is confirmed is no other than before"
    )


async def test_the_answer_to_confirming_says_how_many_get_it_and_when(kaiku: Running) -> None:
    await joined(kaiku)
    facilitator = await write(kaiku, timing="before:1", days="5")
    await facilitator.submit()
    assert "*1 osallistuja* saa kysymyksen: ti 26.3. klo 10.00." in text_of(facilitator.modal)


async def test_the_form_says_when_this_programmes_prompts_go_out(kaiku: Running) -> None:
    facilitator = await worded(kaiku)
    assert "Kysymys lähtee ti–to klo 9.00–15.00." in text_of(facilitator.modal)
    await facilitator.close(clear=True)
    rules = PromptRules(weekdays=frozenset({0, 4}), window=DayWindow(time(8), time(11)))
    await apply(kaiku, replace(SHIPPED, prompt_rules=rules))
    facilitator = await worded(kaiku)
    assert "Kysymys lähtee ma ja pe klo 8.00–11.00." in text_of(facilitator.modal)


async def test_at_a_chosen_time_which_must_be_ahead(kaiku: Running) -> None:
    aino = await joined(kaiku)
    facilitator = await worded(kaiku)
    for day, clock, what in (
        ("2019-03-19", "10:30", "jo mennyt"),
        ("2019-03-20", None, "sekä päivä että kellonaika"),
    ):
        outcome = await facilitator.submit(timing="at", on_day=day, at_time=clock)
        assert outcome.errors is not None
        assert what in outcome.errors["on_day"]
    await facilitator.submit(timing="at", on_day="2019-03-20", at_time="13:15")
    await facilitator.submit()
    await facilitator.close(clear=True)
    count = len(aino.direct_messages)
    await at(kaiku, helsinki(2019, 3, 20, 13, 14))
    assert len(aino.direct_messages) == count
    await at(kaiku, helsinki(2019, 3, 20, 13, 15))
    assert "Mitä jäi mieleen?" in newest(aino)


async def test_a_library_prompt_is_filled_in_and_can_be_changed(kaiku: Running) -> None:
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku kysymys {CODE}")
    await facilitator.click("prompt.new")
    source = next(block for block in facilitator.modal["blocks"] if block.get("block_id") == "source")
    groups = source["element"]["option_groups"]
    key = groups[-1]["options"][0]["value"]
    await facilitator.submit(source=key)
    shown = text_of(facilitator.modal)
    given = next(b for b in facilitator.modal["blocks"] if b.get("block_id") == "question_0_fi")
    assert given["element"]["initial_value"]
    await facilitator.submit(question_0_fi="Muutettu kysymys?")
    await facilitator.submit()
    assert "Muutettu kysymys?" in text_of(facilitator.modal)
    assert shown


async def test_a_prompt_kept_in_the_library_is_there_for_the_strands_other_offerings(kaiku: Running) -> None:
    await joined(kaiku)
    facilitator = await write(kaiku)
    await facilitator.submit(keep=["keep"])
    await facilitator.close(clear=True)
    await facilitator.command("/kaiku kysymys dialogue-3")
    await facilitator.click("prompt.new")
    assert "Mitä jäi mieleen?" in str(facilitator.modal["blocks"])
    await facilitator.close(clear=True)
    await facilitator.command("/kaiku kysymys complexity-2")
    await facilitator.click("prompt.new")
    assert "Mitä jäi mieleen?" not in str(facilitator.modal["blocks"])


async def test_choices_stand_as_buttons_under_the_prompt(kaiku: Running) -> None:
    aino = await joined(kaiku)
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku kysymys {CODE}")
    await facilitator.click("prompt.new")
    await facilitator.submit()
    outcome = await facilitator.submit({**OWN, "choices_fi": "kyllä\nei", "choices_sv": "ja"})
    assert outcome.errors is not None
    assert "yhtä monta" in outcome.errors["choices_sv"]
    await facilitator.submit({**OWN, "choices_fi": "kyllä\nei", "choices_sv": "ja\nnej"})
    await facilitator.submit()
    await facilitator.submit()
    await kaiku.settle()
    await aino.click("reflection.choose_1")
    await aino.close()
    await aino.command("/kaiku pohdi")
    assert "ei" in text_of(aino.modal)


async def test_until_it_is_sent_it_can_be_changed_and_then_only_stopped(kaiku: Running) -> None:
    aino = await joined(kaiku)
    facilitator = await send(kaiku, timing="at", on_day="2019-03-20", at_time="13:15")
    await facilitator.command(f"/kaiku kysymys {CODE}")
    menu = menu_of(facilitator, "Mitä jäi mieleen?")
    await facilitator.choose("prompt.menu", menu("edit"), on=facilitator.modal)
    await facilitator.submit(question_0_fi="Mikä yllätti?")
    await facilitator.submit()
    await facilitator.submit()
    await facilitator.close(clear=True)
    await at(kaiku, helsinki(2019, 3, 20, 13, 15))
    assert "Mikä yllätti?" in newest(aino)
    await facilitator.command(f"/kaiku kysymys {CODE}")
    menu = menu_of(facilitator, "Mikä yllätti?")
    await facilitator.choose("prompt.menu", menu("edit"), on=facilitator.modal)
    assert "Joku on jo saanut tämän kysymyksen" in text_of(facilitator.modal)
    await facilitator.close()
    await facilitator.choose("prompt.menu", menu("withdraw"), on=facilitator.modal)
    assert "1 osallistuja on jo saanut" in text_of(facilitator.modal)
    await facilitator.submit()
    await kaiku.settle()
    assert "Mikä yllätti?" not in newest(aino)


def menu_of(facilitator: Visitor, question: str) -> Any:
    """What the menu beside this prompt sends, by act."""
    block = next(b for b in facilitator.modal["blocks"] if question in b.get("text", {}).get("text", ""))
    options = {each["value"].split(":")[0]: each["value"] for each in block["accessory"]["options"]}
    return options.__getitem__


async def test_cancelled_before_it_is_sent_nobody_gets_it(kaiku: Running) -> None:
    aino = await joined(kaiku)
    facilitator = await send(kaiku, timing="at", on_day="2019-03-20", at_time="13:15")
    await facilitator.command(f"/kaiku kysymys {CODE}")
    await facilitator.choose(
        "prompt.menu", menu_of(facilitator, "Mitä jäi mieleen?")("withdraw"), on=facilitator.modal
    )
    await facilitator.submit()
    await facilitator.close(clear=True)
    await at(kaiku, helsinki(2019, 3, 20, 14))
    assert "Mitä jäi mieleen?" not in newest(aino)
    await facilitator.command(f"/kaiku kysymys {CODE}")
    assert "Poistettu" in line_of(facilitator, "Mitä jäi mieleen?")


async def test_a_prompt_of_the_series_keeps_its_place_and_gets_other_words(kaiku: Running) -> None:
    aino = await seated(kaiku)
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku kysymys {CODE}")
    first = next(
        b for b in facilitator.modal["blocks"] if (b.get("accessory") or {}).get("type") == "overflow"
    )
    edit = first["accessory"]["options"][0]["value"]
    await facilitator.choose("prompt.menu", edit, on=facilitator.modal)
    assert not [b for b in facilitator.modal["blocks"] if b.get("block_id") == "kind"]
    await facilitator.submit(question_0_fi="Mitä aiot kokeilla?", question_0_sv="Vad vill du prova?")
    assert "Näin se näkyy" in text_of(facilitator.modal)  # no question of when
    await facilitator.submit()
    await at(kaiku, helsinki(2019, 4, 4, 10))
    assert "Mitä aiot kokeilla?" in newest(aino)
    assert "kun jotain tapahtuu" in newest(aino)


async def test_a_round_goes_to_a_channel_where_kaiku_is_and_only_the_seated_answer(kaiku: Running) -> None:
    aino = await joined(kaiku)
    facilitator = await worded(kaiku)
    outcome = await facilitator.submit(where="round")
    assert outcome.errors is not None
    assert "Valitse kanava" in outcome.errors["channel"]
    await facilitator.submit(where="round_thread", channel="CENNAKOINTI")
    await facilitator.submit()
    await kaiku.settle()
    (post,) = posts_in(kaiku, "CENNAKOINTI")
    assert "Mitä jäi mieleen?" in post["text"]
    assert "Vad minns du?" in post["text"]
    assert "ketjuun" in post["text"]
    await aino.click("reflection.write", on=post)
    await aino.submit(answer_0="Hiljaisuus.")
    await aino.close(clear=True)
    matti = kaiku.visitor("UPEKKA")
    await matti.click("reflection.write", on=post)
    assert "vain ne, joilla on ryhmässä paikka" in text_of(matti.modal)
    await kaiku.settle()
    assert len(posts_in(kaiku, "CENNAKOINTI")) == 1


async def test_where_kaiku_was_not_invited_it_says_how_to_invite_it(kaiku: Running) -> None:
    kaiku.server.workspace.data["channels"]["CENNAKOINTI"]["members"].remove("UKAIKU")
    facilitator = await worded(kaiku)
    outcome = await facilitator.submit(where="round", channel="CENNAKOINTI")
    assert outcome.errors is not None
    assert "/invite" in outcome.errors["channel"]
