"""Journey 6 in the browser: an event in two channels, filled from one, moved, cancelled; both follow."""

from datetime import date

import pytest
from msgspec.structs import replace
from playwright.async_api import Page, expect

from bot.app import App
from bot.services.people.agency_book import read_agencies
from tests.browser.conftest import OpenPage, keep
from tests.support.announcing import CODE, follow
from tests.support.pages import choose_agency, close, type_command
from tests.support.running import Running
from tests.support.shipped_plan import SHIPPED, apply, with_offering, with_session

pytestmark = pytest.mark.browser

FINNISH, SWEDISH = "ennakointi", "program-på-svenska"
SMALL = with_offering(SHIPPED, CODE, capacity=2)


async def go_to(page: Page, channel: str) -> None:
    await page.get_by_test_id(f"channel-{channel}").click()


async def choose_channel(page: Page, field: str, name: str) -> None:
    box = page.get_by_test_id("modal").locator(f'[data-action-id="{field}"]').get_by_role("combobox")
    await box.fill(name)
    await page.locator('[role="option"]:visible', has_text=name).first.click()


async def restart(kaiku: Running) -> None:
    """Another process goes on where this one stopped."""
    await kaiku.app.stop()
    kaiku.app = App(kaiku.app.settings, kaiku.clock, book=read_agencies(), strict=True)
    await kaiku.app.start()
    kaiku.server.link.app_url = f"http://127.0.0.1:{kaiku.app.port}/slack/events"


async def test_an_event_is_announced_in_two_channels_and_both_posts_stay_true(
    open_page: OpenPage, kaiku: Running
) -> None:
    await apply(kaiku, SMALL)
    facilitator = await open_page("UFASI", height=1400)
    modal = facilitator.get_by_test_id("modal")
    await type_command(facilitator, f"/kaiku tiedota {CODE}")
    await choose_channel(facilitator, "channels_fi", FINNISH)
    await choose_channel(facilitator, "channels_sv", SWEDISH)
    await modal.locator('textarea[data-action-id="sentence_fi"]').fill(
        "Tule katsomaan vuosisuunnitelman yli!"
    )
    await modal.locator('textarea[data-action-id="sentence_sv"]').fill("Kom och se längre än årsplanen!")
    await keep(facilitator, "announce-form-fi")
    await facilitator.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text("noin 15 jäsentä")
    await keep(facilitator, "announce-preview-fi")
    await facilitator.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text("Tiedotteesi on matkalla")
    await close(facilitator)
    await follow(kaiku)

    aino, johan = await open_page("UAINO"), await open_page("UJOHAN")
    await go_to(aino, "CENNAKOINTI")
    await go_to(johan, "CSVENSKA")
    finnish, swedish = aino.get_by_test_id("message").last, johan.get_by_test_id("message").last
    await expect(finnish).to_contain_text("Paikkoja jäljellä / Platser kvar: 2/2")
    await expect(swedish).to_contain_text("Platser kvar / Paikkoja jäljellä: 2/2")
    await keep(aino, "announcement-fi")
    await keep(johan, "announcement-sv")

    await johan.locator('[data-action-id="announcement.details_open"]').click()
    await expect(johan.get_by_test_id("modal")).to_contain_text("Att fundera på i förväg")
    await keep(johan, "announcement-details-sv")
    await close(johan)

    # filled from the Finnish channel
    await aino.locator('[data-action-id="announcement.join"]').click()
    await choose_agency(aino, "Verohallinto")
    await aino.get_by_test_id("modal").get_by_label("Asiantuntija tai kehittäjä", exact=True).check()
    await aino.get_by_test_id("modal-submit").click()
    await expect(aino.get_by_test_id("modal")).to_contain_text("Paikka on sinun.")
    await close(aino)
    pekka = await open_page("UPEKKA")
    await go_to(pekka, "CENNAKOINTI")
    await pekka.locator('[data-action-id="announcement.join"]').click()
    await choose_agency(pekka, "Tulli")
    await pekka.get_by_test_id("modal").get_by_label("Johtaja", exact=True).check()
    await pekka.get_by_test_id("modal-submit").click()
    await expect(pekka.get_by_test_id("modal")).to_contain_text("Paikka on sinun.")
    await close(pekka)
    await restart(kaiku)
    await follow(kaiku)
    await expect(finnish).to_contain_text("Kaikki paikat on täytetty.")
    await expect(swedish).to_contain_text("Alla platser är tagna.")
    await expect(swedish.locator('[data-action-id="announcement.join"]')).to_have_text(
        "Ställ dig i kö / Siirry jonoon"
    )
    await keep(johan, "announcement-full-sv")

    # one seat is freed
    await type_command(pekka, f"/kaiku peru {CODE}")
    await pekka.get_by_test_id("modal-submit").click()
    await expect(pekka.get_by_test_id("modal")).to_contain_text("Olet luopunut paikastasi.")
    await follow(kaiku)
    await expect(swedish).to_contain_text("1/2")
    await expect(finnish).not_to_contain_text("täytetty")

    # moved, with a restart in between
    await restart(kaiku)
    moved = with_session(SMALL, CODE, 1, on=date(2019, 6, 4))
    await apply(kaiku, moved)
    await follow(kaiku)
    await expect(finnish).to_contain_text(
        "siirretty / flyttad: ti/tis 28.5.2019 9.00–12.00 → ti/tis 4.6.2019"
    )
    await expect(finnish.locator("s, del").first).to_have_text("ti/tis 28.5.2019 9.00–12.00")
    await keep(aino, "announcement-moved-fi")

    # cancelled
    await apply(kaiku, with_offering(replace(moved), CODE, cancelled=True))
    await follow(kaiku)
    await expect(finnish).to_contain_text("Peruttu. Tätä ei järjestetä.")
    await expect(swedish).to_contain_text("Har ställts in. Det här ordnas inte.")
    await expect(swedish).to_contain_text("Du kan i stället anmäla dig till dessa:")
    await keep(aino, "announcement-cancelled-fi")
    await keep(johan, "announcement-cancelled-sv")

    await type_command(facilitator, "/kaiku tiedota")
    await expect(modal).to_contain_text("Ilmoittautuneita tästä: 2.")
    await keep(facilitator, "announcements-fi")
