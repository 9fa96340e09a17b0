"""The first journey as people click it: join, full agency, full group, leave, the seat moves on."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenPage, keep
from tests.support.pages import choose_agency, close, join, type_command
from tests.support.running import Running

pytestmark = pytest.mark.browser


async def test_joining_by_clicking_through_the_list_in_finnish(open_page: OpenPage) -> None:
    page = await open_page("UAINO")
    await type_command(page, "/kaiku liity")
    await keep(page, "list-fi")
    await page.locator('[data-action-id="offering.join"][data-value="dialogue-2"]').last.click()
    modal = page.get_by_test_id("modal")
    await expect(modal).to_contain_text("Dialogi yhteiskehittämisessä")
    await choose_agency(page, "Verohallinto")
    await modal.get_by_label("Asiantuntija tai kehittäjä", exact=True).check()
    await keep(page, "first-join-fi")
    await page.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text("Paikka on sinun.")
    await keep(page, "joined-fi")


async def test_what_is_missing_is_said_at_the_field_and_nothing_typed_is_lost(open_page: OpenPage) -> None:
    page = await open_page("UAINO")
    await type_command(page, "/kaiku liity dialogue-2")
    modal = page.get_by_test_id("modal")
    await choose_agency(page, "Muu työnantaja")
    await modal.get_by_label("Johtaja", exact=True).check()
    await page.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text("Kirjoita työnantajasi nimi")
    await expect(modal.get_by_label("Johtaja", exact=True)).to_be_checked()
    await modal.get_by_label("Muun työnantajan nimi").fill("Kuntaliitto")
    await page.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text("Paikka on sinun.")


async def test_a_full_agency_waits_and_a_freed_seat_is_offered(open_page: OpenPage, kaiku: Running) -> None:
    for person in ("UAINO", "UOLLI", "UHELI", "UTIMO"):
        page = await open_page(person)
        await join(page, "dialogue-2", "Verohallinto", "Asiantuntija tai kehittäjä")
        await expect(page.get_by_test_id("modal")).to_contain_text("Paikka on sinun.")
        await close(page)
        await page.close()
    elsa = await open_page("UELSA")
    await join(elsa, "dialogue-2", "Skatteförvaltningen", "Sakkunnig eller utvecklare")
    await expect(elsa.get_by_test_id("modal")).to_contain_text("Du har reservplats 1.")
    await keep(elsa, "agency-full-sv")
    await close(elsa)

    olli = await open_page("UOLLI")
    await type_command(olli, "/kaiku peru dialogue-2")
    await expect(olli.get_by_test_id("modal")).to_contain_text("Luovutko paikastasi?")
    await olli.get_by_test_id("modal-submit").click()
    await expect(olli.get_by_test_id("modal")).to_contain_text("Olet luopunut paikastasi.")
    await keep(olli, "left-fi")
    await kaiku.settle()

    await elsa.get_by_test_id("kaiku-messages-tab").click()
    offer = elsa.get_by_test_id("message").last
    await expect(offer).to_contain_text("Du erbjuds en plats")
    await expect(offer).to_contain_text("Svara senast tors 14.2 kl. 10.00.")
    await keep(elsa, "offered-sv")
    await offer.get_by_text("Ta platsen", exact=True).click()
    await expect(elsa.get_by_test_id("modal")).to_contain_text("Platsen är din.")
    await keep(elsa, "accepted-sv")


async def test_a_full_group_offers_a_place_in_line(open_page: OpenPage, kaiku: Running) -> None:
    from sqlalchemy import update

    from storage.tables import Offering

    with kaiku.store.transaction() as tx:
        tx.execute(update(Offering).where(Offering.c.code == "coaching-1").values(capacity=1))
    aino, marja = await open_page("UAINO"), await open_page("UMARJA")
    await join(aino, "coaching-1", "Verohallinto", "Johtaja")
    await expect(aino.get_by_test_id("modal")).to_contain_text("Paikka on sinun.")
    await join(marja, "coaching-1", "Maanmittauslaitos", "Johtaja")
    await expect(marja.get_by_test_id("modal")).to_contain_text("Ryhmän ainoa paikka on täytetty.")


async def test_the_second_join_only_confirms_and_home_follows(open_page: OpenPage, kaiku: Running) -> None:
    page = await open_page("UAINO")
    await join(page, "dialogue-2", "Verohallinto", "Johtaja")
    await close(page)
    await page.get_by_test_id("kaiku-home-tab").click()
    await kaiku.settle()
    await expect(page.get_by_text("Dialogi yhteiskehittämisessä").first).to_be_visible()
    await keep(page, "home-fi")
    await page.get_by_test_id("kaiku-messages-tab").click()
    await type_command(page, "/kaiku join dialogue-skype-1")
    await expect(page.get_by_test_id("modal").locator('[data-action-id="agency"]')).to_have_count(0)
    await page.get_by_test_id("modal-submit").click()
    await expect(page.get_by_test_id("modal")).to_contain_text("Paikka on sinun.")
    await close(page)
    await kaiku.settle()
    await page.get_by_test_id("kaiku-home-tab").click()
    await expect(page.get_by_role("link", name="Avaa tapaamisen linkki (Skype)").first).to_be_visible()


@pytest.mark.parametrize(
    ("person", "language", "help_word", "expected"),
    [
        ("UAINO", "fi", "ohje", "Näin käytät Kaikua"),
        ("UJOHAN", "sv", "hjälp", "Så här använder du Kaiku"),
        ("UEMMA", "en", "help", "How to use Kaiku"),
    ],
)
async def test_each_person_reads_their_own_language(
    open_page: OpenPage, kaiku: Running, person: str, language: str, help_word: str, expected: str
) -> None:
    page = await open_page(person)
    await type_command(page, f"/kaiku {help_word}")
    await expect(page.get_by_test_id("message").last).to_contain_text(expected)
    await keep(page, f"help-{language}")
    await type_command(page, "/kaiku list")
    await expect(page.get_by_test_id("message").last).to_contain_text("complexity-1")
    await page.get_by_test_id("kaiku-home-tab").click()
    await kaiku.settle()
    await keep(page, f"home-{language}")


async def test_everything_can_be_reached_by_keyboard(open_page: OpenPage) -> None:
    page = await open_page("UAINO")
    await page.get_by_test_id("composer").focus()
    await page.keyboard.type("/kai")
    await page.keyboard.press("Tab")
    await page.keyboard.type("liity dialogue-2")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("modal")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("modal")).to_have_count(0)
