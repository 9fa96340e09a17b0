"""The agency's limit counts employers, not spellings: as people walk into it."""

import pytest

from bot.services.offerings.roster import list_roster
from sandbox import Visitor, text_of
from tests.support.joining import join
from tests.support.running import Running

SEATED = ("UAINO", "UOLLI", "UHELI", "UTIMO")
CODE = "dialogue-2"


def row_of(kaiku: Running, user_id: str) -> tuple[str, str]:
    with kaiku.store.read_transaction() as tx:
        rows = {row.user_id: row for row in list_roster(tx, CODE)}
    return rows[user_id].agency, rows[user_id].status.value


async def fill_the_tax_administration(kaiku: Running) -> None:
    for person in SEATED:
        await join(kaiku.visitor(person), CODE)


@pytest.mark.parametrize("written", ["Verohallinto", "verohallinto ", "Skatteförvaltningen", "VERO"])
async def test_who_writes_a_full_agencys_name_under_other_waits(kaiku: Running, written: str) -> None:
    await fill_the_tax_administration(kaiku)
    answer = text_of(await join(kaiku.visitor("UELSA"), CODE, agency="other", agency_name=written))
    assert "Virastostasi (Verohallinto) on jo mukana 4" in answer


async def test_a_slip_is_asked_about_and_the_answer_counts(kaiku: Running) -> None:
    await fill_the_tax_administration(kaiku)
    elsa = kaiku.visitor("UELSA")
    form = text_of(await join(elsa, CODE, agency="other", agency_name="Verohalinto"))
    assert "Menade du något av dessa?" in form
    await elsa.submit(employer_meant="vero")
    assert "Virastostasi (Verohallinto) on jo mukana 4" in text_of(elsa.modal)


async def test_who_means_another_employer_after_all_is_believed(kaiku: Running) -> None:
    elsa = kaiku.visitor("UELSA")
    await join(elsa, CODE, agency="other", agency_name="Verohalinto")
    await elsa.submit(employer_meant="other")
    assert "Paikka on sinun." in text_of(elsa.modal)


async def test_an_employers_name_of_signs_only_is_said_at_the_field(kaiku: Running) -> None:
    elsa = kaiku.visitor("UELSA")
    await elsa.command(f"/kaiku join {CODE}")
    outcome = await elsa.submit(agency="other", agency_name="\u200b . –", role="expert", language="fi")
    assert "agency_name" in str(outcome)


async def correct_agency(visitor: Visitor, **fields: str) -> str:
    await visitor.command("/kaiku asetukset")
    await visitor.submit(agency="vero", **fields)
    return text_of(visitor.modal)


async def test_a_correction_to_a_full_agency_asks_and_keeps_the_seat_until_answered(kaiku: Running) -> None:
    await fill_the_tax_administration(kaiku)
    elsa = kaiku.visitor("UELSA")
    await join(elsa, CODE, agency="tulli")
    assert "Virastoa ei vielä vaihdettu" in await correct_agency(elsa)
    assert row_of(kaiku, "UELSA") == ("tulli", "seated")


async def test_a_correction_can_lead_to_the_line_and_old_messages_say_so(kaiku: Running) -> None:
    await fill_the_tax_administration(kaiku)
    elsa = kaiku.visitor("UELSA")
    await join(elsa, CODE, agency="tulli")
    await kaiku.settle()
    assert "Paikka on sinun" in elsa.direct_messages[-1]["text"]
    await correct_agency(elsa)
    await elsa.submit(no_room="to_line")
    await kaiku.settle()
    assert row_of(kaiku, "UELSA") == ("vero", "waiting")
    assert not any("Paikka on sinun" in each["text"] for each in elsa.direct_messages)


async def test_a_correction_can_be_taken_back_and_the_seat_stays(kaiku: Running) -> None:
    await fill_the_tax_administration(kaiku)
    elsa = kaiku.visitor("UELSA")
    await join(elsa, CODE, agency="tulli")
    await correct_agency(elsa)
    await elsa.submit(no_room="keep_agency")
    assert row_of(kaiku, "UELSA") == ("tulli", "seated")
