"""A certificate of participation: asked for, confirmed by attendance, verified by a code."""

import html
import re

import pytest

from sandbox import Visitor, text_of
from tests.support.ending import OVER, mark_attendance, read_pdf, tags_of
from tests.support.feeds import fetch
from tests.support.reflecting import CODE, seated
from tests.support.running import Running
from tests.support.time_passing import at, deliveries, helsinki
from tests.support.typing import submit_unchecked


@pytest.fixture
async def aino(kaiku: Running) -> Visitor:
    person = await seated(kaiku)
    await kaiku.visitor("UFASI").command("/kaiku ohje")  # Kaiku writes to whom it has met
    await at(kaiku, OVER)
    kaiku.app.public_url = "https://kaiku.example"
    return person


async def ask(kaiku: Running, person: Visitor, **fields: str) -> str:
    """Ask for the certificate in the closing message; where it is."""
    await person.click("certificate.ask")
    outcome = await person.submit(**fields)
    assert outcome.error is None, outcome.detail
    await kaiku.settle()
    (url,) = re.findall(r"https://kaiku.example(/certificate/[\w-]{43}\.pdf)", str(person.modal))
    return str(url)


async def text_of_pdf(kaiku: Running, path: str) -> str:
    found = await fetch(kaiku, path)
    assert found.status == 200
    assert found.headers["Content-Type"] == "application/pdf"
    assert found.headers["Cache-Control"] == "no-store"
    return read_pdf(found.content).pages[0].extract_text()


async def test_it_names_the_sessions_attended_as_marked_and_their_hours(
    kaiku: Running, aino: Visitor
) -> None:
    for number in (1, 2, 3):
        await mark_attendance(kaiku, number, "UAINO")
    await mark_attendance(kaiku, 4)
    said = await text_of_pdf(kaiku, await ask(kaiku, aino, name="Äijä-Öhman Åsa"))
    assert said.startswith("Osallistumistodistus")
    assert "Äijä-Öhman Åsa" in said
    assert "ti 2.4.2019" in said
    assert "ke 12.6.2019" not in said, "marked as absent"
    assert "Tunteja yhteensä: 13,5" in said
    assert "Läsnäoloa ei ole vielä merkitty" not in said
    assert deliveries(kaiku, "certificate_asked") == []


async def test_until_attendance_is_marked_it_says_what_one_was_signed_up_to(
    kaiku: Running, aino: Visitor
) -> None:
    path = await ask(kaiku, aino)
    said = await text_of_pdf(kaiku, path)
    assert said.startswith("Todistus ilmoittautumisesta")
    assert said.count("Ilmoittautunut") == 4
    facilitator = kaiku.visitor("UFASI")
    assert "Läsnäoloa ei ole merkitty kaikkiin tapaamisiin" in facilitator.direct_messages[-1]["text"]
    for number in (1, 2, 3, 4):
        await mark_attendance(kaiku, number, "UAINO")
    assert (await text_of_pdf(kaiku, path)).startswith("Osallistumistodistus")


@pytest.mark.parametrize(
    ("language", "title", "day"),
    [
        ("fi", "Todistus ilmoittautumisesta", "ti 2.4.2019"),
        ("sv", "Intyg över anmälan", "tis 2.4.2019"),
        ("en", "Certificate of enrolment", "Tue 2 Apr 2019"),
    ],
)
async def test_it_is_accessible_in_each_language(
    kaiku: Running, aino: Visitor, language: str, title: str, day: str
) -> None:
    found = await fetch(kaiku, await ask(kaiku, aino, language=language, name="Šárka Äyräs-Ångström"))
    pdf = read_pdf(found.content)
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - pypdf's own type
    assert str(root["/Lang"]).split("-")[0] == language
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata.title.startswith(title)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data(), "as the compiler checked"
    tags = tags_of(pdf)
    assert tags[:3] == ["/Document", "/H1", "/P"]
    assert tags.index("/H2") < tags.index("/Table")
    assert tags.count("/TH") == 3
    said = pdf.pages[0].extract_text()
    order = [said.index(part) for part in (title, "Šárka Äyräs-Ångström", day)]
    assert order == sorted(order)
    for font in pdf.pages[0]["/Resources"]["/Font"].values():
        inner = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert "/FontFile3" in inner or "/FontFile2" in inner, "every font is embedded"
        assert "/ToUnicode" in font.get_object()


async def test_its_code_is_verified_in_public_without_the_name(kaiku: Running, aino: Visitor) -> None:
    for number in (1, 2, 3, 4):
        await mark_attendance(kaiku, number, "UAINO")
    said = await text_of_pdf(kaiku, await ask(kaiku, aino, name="Aino Virtanen"))
    (code,) = re.findall(r"\b[A-Z0-9]{4}(?:-[A-Z0-9]{4}){3}\b", said.replace("\n", " "))[:1]
    found = await fetch(kaiku, f"/certificate/{code.lower()}")
    page = html.unescape(found.content.decode())
    assert found.status == 200
    assert found.headers["X-Robots-Tag"] == "noindex"
    for each in ("Todistus on voimassa", "Intyget är giltigt", "A. V.", "2019", "Dialogi"):
        assert each in page
    assert "Virtanen" not in page


@pytest.mark.parametrize("code", ["AAAA-BBBB-CCCC-DDDD", "x", "%3Cscript%3E", "A" * 200])
async def test_an_unknown_code_is_said_to_be_unknown(kaiku: Running, code: str) -> None:
    found = await fetch(kaiku, f"/certificate/{code}")
    assert found.status == 404
    assert "Det finns inget intyg" in html.unescape(found.content.decode())
    assert b"<script" not in found.content


async def test_a_guessed_token_opens_nothing(kaiku: Running) -> None:
    assert (await fetch(kaiku, f"/certificate/{'a' * 43}.pdf")).status == 404


async def test_a_name_that_the_font_lacks_is_asked_for_again(kaiku: Running, aino: Visitor) -> None:
    await aino.click("certificate.ask")
    outcome = await aino.submit(name="王小明")
    assert "merkki, jota todistukseen ei voi painaa" in str(outcome)
    outcome = await aino.submit(name="  ")
    assert outcome.acked
    outcome = await submit_unchecked(kaiku, aino, name="Aino\x07")
    assert "Tekstissä on merkki, jota ei voi tallentaa (U+0007)" in outcome.errors["name"]
    assert deliveries(kaiku, "certificate_asked") == []


async def test_without_a_public_address_the_facilitator_gets_it_to_send(
    kaiku: Running, aino: Visitor
) -> None:
    kaiku.app.public_url = None
    await aino.click("certificate.ask")
    await aino.submit()
    assert "toimittaa todistuksen sinulle" in text_of(aino.modal)
    await kaiku.settle()
    said = kaiku.visitor("UFASI").direct_messages[-1]["text"]
    assert f"kaiku certificates {CODE}" in said


async def test_asking_again_changes_the_name_and_keeps_the_address(kaiku: Running, aino: Visitor) -> None:
    first = await ask(kaiku, aino, name="Aino")
    await aino.close(clear=True)
    again = await ask(kaiku, aino, name="Aino Maria")
    assert first == again
    assert "Aino Maria" in await text_of_pdf(kaiku, first)


async def test_who_came_to_nothing_is_offered_no_certificate(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await at(kaiku, helsinki(2019, 6, 13, 10))
    for number in (1, 2, 3, 4):
        await mark_attendance(kaiku, number)
    await at(kaiku, OVER)
    assert not aino.has_button("certificate.ask")
    assert not aino.has_button("use.answer_0")
    assert aino.direct_messages[-1]["text"].startswith("Tämä on nyt päättynyt")
    await aino.open_home()
    await kaiku.settle()
    await aino.click("mine.open", CODE)
    await aino.click("certificate.ask")
    assert "ei ole merkitty läsnäoloa" in text_of(aino.modal)
