"""The end is an end: one closing message with all there is, and everything stays to be found."""

from typing import Any

import pytest
from msgspec.structs import replace

from bot.domain.plan.model import Closing, UseQuestion
from sandbox import text_of
from tests.support.ending import BOOK, OVER, SLIDES, give_materials, mark_attendance, with_materials
from tests.support.joining import join, kaiku_answer
from tests.support.reflecting import CODE, FIRST, PLAN, answer, newest, seated
from tests.support.running import Running
from tests.support.shipped_plan import SHIPPED, apply
from tests.support.time_passing import at, deliveries, helsinki


def buttons_of(message: dict[str, Any]) -> list[str]:
    found = []
    for block in message["blocks"]:
        found += [each["text"]["text"] for each in block.get("elements", ()) if each["type"] == "button"]
        if block.get("accessory"):
            found.append(block["accessory"]["text"]["text"])
    return found


@pytest.mark.parametrize(
    ("person", "language", "thanks", "book", "coming", "certificate"),
    [
        (
            "UAINO",
            "fi",
            "Kiitos, että olit mukana",
            "Dialogin käsikirja",
            "Seuraavaksi samassa",
            "Pyydä todistus",
        ),
        ("UJOHAN", "sv", "Tack för att du var med", "Handbok", "Härnäst i samma delprojekt", "Be om intyg"),
        (
            "UEMMA",
            "en",
            "Thank you for taking part",
            "Handbook",
            "Next in the same strand",
            "Get a certificate",
        ),
    ],
)
async def test_the_closing_message_has_thanks_materials_questions_and_what_is_next(
    kaiku: Running, person: str, language: str, thanks: str, book: str, coming: str, certificate: str
) -> None:
    await give_materials(kaiku)
    visitor = kaiku.visitor(person)
    await join(visitor, CODE, language=language)
    await at(kaiku, OVER)
    if person == "UEMMA":  # her clock is an hour behind
        await at(kaiku, helsinki(2019, 6, 14, 11))
    said = visitor.direct_messages[-1]
    for each in (thanks, book, "https://kaiku.example/1", coming):
        assert each in said["text"]
        assert each in text_of(said)
    assert len(buttons_of(said)) == 9, "two questions of three answers, certificate, open, what there is"
    assert certificate in buttons_of(said)


async def test_everybody_who_had_a_seat_gets_one_and_only_one(kaiku: Running) -> None:
    for each in ("UAINO", "UJOHAN"):
        await join(kaiku.visitor(each), CODE)
    await kaiku.visitor("UJOHAN").command(f"/kaiku peru {CODE}")
    await kaiku.visitor("UJOHAN").submit()
    await at(kaiku, OVER)
    await at(kaiku, helsinki(2019, 8, 20, 10))
    sent = [row.recipient for row in deliveries(kaiku, "closing_letter") if row.state == "sent"]
    assert sent == ["UAINO"]


async def test_who_wants_no_questions_gets_the_closing_message_all_the_same(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    await aino.click("prompts.fewer")
    await aino.click("prompts.set_stopped")
    await aino.close(clear=True)
    await at(kaiku, OVER)
    assert "Kiitos, että olit mukana" in newest(aino)


async def test_an_answer_on_use_is_one_click_and_is_shown_in_the_message(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await at(kaiku, OVER)
    await aino.click("use.answer_1", f"{CODE}:used:1")
    await kaiku.settle()
    assert "Vastasit: Joskus" in newest(aino)
    assert not aino.has_button("use.answer_1")
    assert aino.has_button("use.answer_4")


async def test_nobody_without_a_seat_answers_and_no_choice_is_made_up(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await at(kaiku, OVER)
    for value in (f"{CODE}:used:7", f"{CODE}:made-up:0", f"{CODE}:used:x"):
        for block in aino.direct_messages[-1]["blocks"]:
            for element in block.get("elements", ()):
                if element.get("action_id") == "use.answer_0":
                    element["value"] = value
        await aino.click("use.answer_0", value)
        assert "et ole ilmoittautunut" in text_of(aino.modal)
        await aino.close()
    await kaiku.settle()
    assert "Vastasit" not in newest(aino)


@pytest.mark.parametrize(
    ("answered", "said"), [(4, "Luvut näkyvät"), (5, "Usein: vähintään 5, Joskus: –, En vielä: –")]
)
async def test_answers_on_use_are_counted_from_five_up(kaiku: Running, answered: int, said: str) -> None:
    people = {"UAINO": "vero", "UJOHAN": "tulli", "UMARJA": "mml", "UPEKKA": "vero", "UEMMA": "vero"}
    for each, agency in people.items():
        await join(kaiku.visitor(each), CODE, agency=agency)
        await kaiku.visitor(each).close(clear=True)
    await at(kaiku, OVER)
    await at(kaiku, helsinki(2019, 6, 14, 12))
    for each in list(people)[:answered]:
        await kaiku.visitor(each).click("use.answer_0", f"{CODE}:used:0")
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku kysymys {CODE}")
    assert said in text_of(facilitator.modal)
    if answered == 4:
        assert "Usein" not in text_of(facilitator.modal)


async def test_the_plan_file_sets_the_questions_or_asks_none(kaiku: Running) -> None:
    yes_no = ({"fi": "Kyllä", "sv": "Ja"}, {"fi": "En", "sv": "Nej"})
    asked = UseQuestion("tried", {"fi": "Kokeilitko jotain?", "sv": "Provade du något?"}, yes_no)
    await apply(kaiku, replace(SHIPPED, closing=Closing(questions=(asked,))))
    aino = await seated(kaiku)
    await at(kaiku, OVER)
    assert "Kokeilitko jotain?" in newest(aino)
    assert "Aiotko" not in newest(aino)
    await apply(kaiku, replace(SHIPPED, closing=Closing(questions=())))
    pekka = kaiku.visitor("UPEKKA")
    await join(pekka, "dialogue-3", agency="tulli")
    await at(kaiku, helsinki(2019, 11, 18, 10))
    assert "Kiitos, että olit mukana" in newest(pekka)
    assert "Vastaaminen on vapaaehtoista" not in newest(pekka)


async def test_own_words_come_last_and_once(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    await answer(kaiku, aino, **PLAN)
    await at(kaiku, OVER)
    said = newest(aino)
    assert said.index("Aiotko käyttää") < said.index("Omat sanasi matkan varrelta")
    assert said.count("ohjausryhmä kokoontuu") == 1


async def test_what_is_completed_keeps_materials_words_and_certificate(kaiku: Running) -> None:
    await give_materials(kaiku)
    aino = await seated(kaiku)
    await at(kaiku, OVER)
    await aino.open_home()
    await kaiku.settle()
    assert "2 materiaalia" in text_of(aino.home)
    await aino.click("mine.open", CODE)
    opened = text_of(aino.modal)
    for each in ("Tämä on päättynyt.", SLIDES.link, BOOK.link, "Pyydä todistus", "Katso omat pohdinnat"):
        assert each in opened
    assert "Luovu paikasta" not in opened
    await aino.command("/kaiku omat")
    assert "2 materiaalia" in kaiku_answer(kaiku, aino)["text"]


async def test_joining_or_leaving_what_is_over_says_that_it_is_over(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await at(kaiku, OVER)
    for typed in (f"/kaiku liity {CODE}", f"/kaiku peru {CODE}"):
        await aino.command(typed)
        assert "on jo pidetty" in kaiku_answer(kaiku, aino)["text"]


async def test_a_leave_form_that_was_open_when_it_ended_takes_no_seat(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await aino.command(f"/kaiku peru {CODE}")
    kaiku.clock.move_to(OVER)
    await aino.submit()
    assert "on jo pidetty" in text_of(aino.modal)
    await aino.close(clear=True)
    await kaiku.settle()
    assert "Kiitos, että olit mukana" in newest(aino)


async def test_materials_ride_with_the_question_that_follows_the_session(kaiku: Running) -> None:
    await give_materials(kaiku)
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    assert SLIDES.link in newest(aino)
    assert "Vastauksesi näet vain sinä" in newest(aino)
    assert deliveries(kaiku, "materials") == []
    await answer(kaiku, aino, **PLAN)
    assert SLIDES.link in newest(aino), "also once it is answered"


async def test_materials_come_the_next_working_morning_where_no_question_follows(kaiku: Running) -> None:
    rules = replace(SHIPPED.prompt_rules, per_gap=1)
    await apply(kaiku, replace(with_materials(), prompt_rules=rules))
    aino = await seated(kaiku)  # the third of April at noon, the day after the session
    assert [row.state for row in deliveries(kaiku, "materials")] == ["sent"]
    assert newest(aino).startswith("Tapaamisen materiaalit")
    assert SLIDES.link in newest(aino)
    await at(kaiku, helsinki(2019, 4, 5, 12))
    assert [row.state for row in deliveries(kaiku, "materials")] == ["sent"]


async def test_who_stopped_questions_gets_materials_by_themselves(kaiku: Running) -> None:
    await give_materials(kaiku)
    aino = kaiku.visitor("UAINO")
    await join(aino, CODE)
    await aino.close(clear=True)
    await aino.command("/kaiku asetukset")
    await aino.submit(frequency="stopped")
    await aino.close(clear=True)
    await at(kaiku, helsinki(2019, 4, 3, 9, 59))
    assert SLIDES.link not in newest(aino)
    await at(kaiku, helsinki(2019, 4, 3, 10))
    assert SLIDES.link in newest(aino)


async def test_marked_attendance_does_not_change_who_gets_the_closing_message(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await mark_attendance(kaiku, 1)
    await at(kaiku, OVER)
    assert "Kiitos, että olit mukana" in newest(aino)
