"""A facilitator fetches the group's list: a page shows it, one POST delivers it, within an hour."""

import asyncio

import aiohttp
import pytest
from sqlalchemy import select, update

from sandbox import text_of
from storage.tables import Act, Offering
from tests.support.prompting import joined
from tests.support.reflecting import CODE
from tests.support.running import Running
from tests.support.time_passing import at, helsinki

AFTER_THE_FIRST = helsinki(2019, 4, 4, 10)


async def address(kaiku: Running) -> str:
    """The link of the button, as the facilitator gets it."""
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku ryhmä {CODE}")
    await facilitator.click("roster.export", on=facilitator.modal)
    blocks = facilitator.modal["blocks"]
    await facilitator.close(clear=True)
    return next(each["url"] for block in blocks for each in block.get("elements", []) if "url" in each)


async def ask(method: str, url: str, chosen: str | None = "csv") -> tuple[int, bytes, aiohttp.ClientResponse]:
    data = {"format": chosen} if method == "POST" else None
    async with aiohttp.ClientSession() as http, http.request(method, url, data=data) as response:
        return response.status, await response.read(), response


def exported(kaiku: Running) -> int:
    with kaiku.store.read_transaction() as tx:
        return len(tx.scalars(select(Act.c.id).where(Act.c.kind == "exported")).all())


@pytest.fixture
async def url(kaiku: Running) -> str:
    kaiku.app.public_url = f"http://127.0.0.1:{kaiku.app.port}"
    await joined(kaiku, "UAINO", "UELSA")
    await at(kaiku, AFTER_THE_FIRST)
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku ryhmä {CODE}")
    await facilitator.choose("attendance.mark", f"{CODE}/1", on=facilitator.modal)
    await facilitator.submit(attended_0=["UAINO"])
    await facilitator.close(clear=True)
    return await address(kaiku)


async def test_a_get_only_shows_and_of_many_posts_at_once_one_gets_the_file(kaiku: Running, url: str) -> None:
    for _ in range(3):  # mail scanners and previews follow links
        status, page, response = await ask("GET", url)
        assert status == 200
        assert "Osallistujalista" in page.decode()
        assert response.headers["Cache-Control"] == "no-store"
        assert b"script" not in page
    assert exported(kaiku) == 0
    answers = await asyncio.gather(*(ask("POST", url) for _ in range(6)))
    assert sorted(status for status, _, _ in answers) == [200] + [410] * 5
    file, response = next((file, response) for status, file, response in answers if status == 200)
    assert response.headers["Cache-Control"] == "no-store"
    lines = file.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Henkilötietoja, vain ryhmän vetäjille.")
    aino, elsa = (next(line for line in lines if name in line) for name in ("Aino", "Elsa"))
    assert aino.endswith(";paikka;;paikalla")
    assert elsa.endswith(";paikka;;poissa")
    for method in ("POST", "GET"):
        assert (await ask(method, url))[0] == 410
    assert exported(kaiku) == 1


@pytest.mark.parametrize("lacking", ["html", "zip", "exe"])
async def test_asking_for_a_format_there_is_not_does_not_use_the_link_up(
    kaiku: Running, url: str, lacking: str
) -> None:
    assert (await ask("POST", url, chosen=lacking))[0] == 400
    assert exported(kaiku) == 0
    assert (await ask("POST", url))[0] == 200


async def test_the_newest_link_lasts_an_hour_and_serves_only_who_leads(kaiku: Running, url: str) -> None:
    newer = await address(kaiku)
    assert (await ask("GET", url))[0] == 410
    assert (await ask("POST", newer, chosen="exe"))[0] == 400
    with kaiku.store.transaction() as tx:
        tx.execute(update(Offering).where(Offering.c.code == CODE).values(led_by=["UANDERS"]))
    for method in ("GET", "POST"):
        status, page, _ = await ask(method, f"{newer}?lang=sv")
        assert status == 403
        assert "Du har inte längre den uppgift" in page.decode()
    with kaiku.store.transaction() as tx:
        tx.execute(update(Offering).where(Offering.c.code == CODE).values(led_by=["UFASI"]))
    kaiku.clock.advance(minutes=59)
    assert (await ask("GET", newer))[0] == 200
    kaiku.clock.advance(minutes=2)
    assert (await ask("POST", newer))[0] == 410
    assert exported(kaiku) == 0
    kaiku.app.public_url = None
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku ryhmä {CODE}")
    await facilitator.click("roster.export", on=facilitator.modal)
    assert f"kaiku roster {CODE} --xlsx" in text_of(facilitator.modal)
