"""The picture of a timeline: drawn beside Kaiku, shown in Slack, fetched over HTTP, and never an old one."""

import asyncio
import struct
from datetime import date
from typing import Any

import pytest

from bot.services.calendars.feed import CalendarLinks
from bot.services.prompts import timeline_pictures
from bot.services.prompts.timeline import OfferingTimeline, load_offering_timeline
from bot.services.prompts.timeline_pictures import DrawingError, TimelinePictures, draw, timeline_image_url
from bot.views.prompts.timeline_picture import Mark, Stretch, TimelinePicture, from_json
from sandbox import Visitor, text_of
from tests.support.announcing import expect_refusals
from tests.support.feeds import Fetched, change_plan, fetch, planned
from tests.support.running import Running

CODE = "dialogue-2"
PUBLIC = "https://kaiku.example"
SMALL = TimelinePicture(
    title="Dialogi",
    marks=[
        Mark("session", "done", "2019-04-02", "2.4.", inside="1"),
        Mark("plan", "moved", "2019-05-02", "2.5.", moved_from="2019-04-30"),
        Mark("midpoint", "dropped", "2019-05-09", "9.5."),
        Mark("session", "cancelled", "2019-06-12", "12.6.", inside="2"),
        Mark("closing_letter", "coming", "2019-06-14", "14.6."),
    ],
    quiet=[Stretch("2019-04-30", "2019-05-01", "")],
    months=[("2019-04-01", "huhti"), ("2019-05-01", "touko")],
    lanes=("Tapaamiset", "Kysymykset", "Muistutukset"),
    legend=[("plan", "coming", "Suunnitelma"), ("state", "moved", "Siirtyy"), ("quiet", "", "Rauhoitettu")],
    today=("2019-04-20", "tänään"),
)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine draws for longer than a click would wait."""
    monkeypatch.setattr(timeline_pictures, "PATIENCE", 60.0)


class Drawings:
    """Stands in for the process that draws: counts, and fails or waits on demand."""

    def __init__(self, kaiku: Running) -> None:
        self.drawn: list[TimelinePicture] = []
        self.fails = False
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()
        kaiku.app.kaiku.pictures.draw = self.draw  # type: ignore[method-assign, assignment]

    async def draw(self, picture: TimelinePicture) -> bytes:
        await self.may_go_on.wait()
        await asyncio.sleep(0)  # others may run meanwhile, as they do while a process draws
        if self.fails:
            raise DrawingError("no paper")
        self.drawn.append(picture)
        return b"\x89PNG " + str(len(self.drawn)).encode()


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


async def opened(kaiku: Running) -> Visitor:
    """The list of the timeline, as a facilitator of the offering opens it."""
    kaiku.app.public_url = PUBLIC
    kaiku.server.link.ack_seconds = 60.0
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku kysymys {CODE}")
    await facilitator.click("prompts.timeline")
    return facilitator


def image_in(view: dict[str, Any]) -> dict[str, Any] | None:
    return next((block for block in view["blocks"] if block["type"] == "image"), None)


async def address(kaiku: Running) -> str:
    """The path of the picture as it is now."""
    facilitator = await opened(kaiku)
    await facilitator.click("prompts.timeline_picture")
    image = image_in(facilitator.modal)
    assert image is not None
    await facilitator.close(clear=True)
    url: str = image["image_url"]
    assert url.startswith(f"{PUBLIC}/timeline/")
    return url.removeprefix(PUBLIC)


async def loaded(kaiku: Running) -> OfferingTimeline:
    return await kaiku.store.read(load_offering_timeline, CODE, kaiku.clock.now())


async def test_a_process_of_its_own_draws_a_png_1200_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    assert size_of(await draw(SMALL)) == (1200, 560)


async def test_the_process_that_draws_gets_none_of_kaikus_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    given: dict[str, str] = {}

    async def start(*words: str, env: dict[str, str], **rest: Any) -> None:
        given.update(env)
        raise OSError(12, "not today")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", start)
    with pytest.raises(DrawingError, match="not today"):
        await draw(SMALL)
    assert given
    assert "xoxb-secret" not in str(given)


async def test_drawing_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(DrawingError, match=r"not done after 0\.01 s"):
        await draw(SMALL, seconds=0.01)


async def test_a_process_that_fails_is_an_error_that_says_why() -> None:
    odd = TimelinePicture("x", [Mark("no such shape", "coming", "2019-04-02")], [], [], ("", "", ""), [])
    with pytest.raises(DrawingError, match="no such shape"):
        await draw(odd)


def test_the_picture_survives_the_way_to_the_other_process() -> None:
    assert from_json(SMALL.as_json()) == SMALL


async def test_a_facilitator_asks_for_the_picture_and_gets_it_with_all_of_it_in_words(kaiku: Running) -> None:
    facilitator = await opened(kaiku)
    assert image_in(facilitator.modal) is None
    Drawings(kaiku)
    await facilitator.click("prompts.timeline_picture")
    image = image_in(facilitator.modal)
    assert image is not None
    alt = image["alt_text"]
    assert alt.startswith("Aikajana kuvana: Dialogi yhteiskehittämisessä. ti 2.4. klo 9.00 · Tapaaminen 1;")
    for said in ("to 4.4. klo 10.00 · Jos–niin-suunnitelma", "siirtyy", "Muistutus", "Omat sanat"):
        assert said in alt
    assert "Tapaaminen 1" in text_of(facilitator.modal)  # the list stays


async def test_the_picture_is_at_its_address_and_may_be_kept(kaiku: Running) -> None:
    path = await address(kaiku)
    got = await fetch(kaiku, path)
    assert got.status == 200
    assert got.headers["Content-Type"] == "image/png"
    assert got.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert size_of(got.content) == (1200, 560)


async def test_a_picture_is_drawn_once_however_many_fetch_it(kaiku: Running) -> None:
    drawings = Drawings(kaiku)
    path = await address(kaiku)
    await asyncio.gather(*(fetch(kaiku, path) for _ in range(5)))
    await address(kaiku)
    assert len(drawings.drawn) == 1


async def test_another_instance_draws_what_it_has_not_drawn_itself_once(kaiku: Running) -> None:
    """What was drawn before is gone with a restart; the address still holds."""
    drawings = Drawings(kaiku)
    path = await address(kaiku)
    kaiku.app.kaiku.pictures._kept.clear()
    answers: list[Fetched] = await asyncio.gather(*(fetch(kaiku, path) for _ in range(4)))
    assert {(each.status, each.content) for each in answers} == {(200, b"\x89PNG 2")}
    assert len(drawings.drawn) == 2


async def test_only_the_last_pictures_are_kept(kaiku: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline_pictures, "KEPT", 2)
    Drawings(kaiku)
    pictures, timeline = kaiku.app.kaiku.pictures, await loaded(kaiku)
    kaiku.app.public_url = PUBLIC
    for language in ("fi", "sv", "en"):
        assert await pictures.draw_for(timeline, language)
    assert [token.split(".")[1] for token in pictures._kept] == ["sv", "en"]


async def test_a_changed_timeline_has_another_address_and_the_old_one_shows_it_as_it_is(
    kaiku: Running,
) -> None:
    drawings = Drawings(kaiku)
    before = await address(kaiku)
    sessions = planned(CODE).sessions
    moved = type(sessions[3])(**{**_fields(sessions[3]), "on": date(2019, 6, 13)})
    await change_plan(kaiku, CODE, sessions=(*sessions[:3], moved))
    after = await address(kaiku)
    assert after != before
    assert (await fetch(kaiku, before)).content == b"\x89PNG 1"  # what that address has always named
    kaiku.app.kaiku.pictures._kept.clear()
    late = await fetch(kaiku, before)
    assert (late.status, late.headers["Cache-Control"]) == (200, "no-store")
    assert late.content == b"\x89PNG 3"
    assert "13.6." in str(drawings.drawn[-1].marks)


def _fields(session: Any) -> dict[str, Any]:
    return {name: getattr(session, name) for name in session.__struct_fields__}


@pytest.mark.parametrize(
    "change",
    [
        lambda code, language, digest, mark: f"{code}.{language}.{digest}.{'0' * 32}",
        lambda code, language, digest, mark: f"dialogue-1.{language}.{digest}.{mark}",
        lambda code, language, digest, mark: f"{code}.sv.{digest}.{mark}",
        lambda code, language, digest, mark: f"{code}.{language}.{'0' * 16}.{mark}",
        lambda code, language, digest, mark: f"{code}.{language}.{digest}",
        lambda code, language, digest, mark: f"{code}.{language}.{digest}.{mark}é",
        lambda code, language, digest, mark: "nonsense",
    ],
)
async def test_an_address_that_kaiku_did_not_make_is_not_found(kaiku: Running, change: Any) -> None:
    drawings = Drawings(kaiku)
    path = await address(kaiku)
    token = path.removeprefix("/timeline/").removesuffix(".png")
    got = await fetch(kaiku, f"/timeline/{change(*token.split('.'))}.png")
    assert (got.status, got.headers["Cache-Control"]) == (404, "no-store")
    assert len(drawings.drawn) == 1


async def test_another_kaikus_signature_does_not_count(kaiku: Running) -> None:
    Drawings(kaiku)
    timeline, links = await loaded(kaiku), CalendarLinks(PUBLIC)
    theirs = TimelinePictures("xoxb-another", links).drawable(timeline, "fi")
    url = timeline_image_url(links, theirs)
    assert url is not None
    assert (await fetch(kaiku, url.removeprefix(PUBLIC))).status == 404


async def test_a_drawing_that_fails_leaves_the_list_and_says_so(kaiku: Running) -> None:
    drawings = Drawings(kaiku)
    path = await address(kaiku)
    kaiku.app.kaiku.pictures._kept.clear()
    drawings.fails = True
    assert (await fetch(kaiku, path)).status == 503
    facilitator = await opened(kaiku)
    await facilitator.click("prompts.timeline_picture")
    assert image_in(facilitator.modal) is None
    assert "Kuvaa ei saatu nyt piirrettyä" in text_of(facilitator.modal)
    assert "Tapaaminen 1" in text_of(facilitator.modal)
    drawings.fails = False
    await facilitator.click("prompts.timeline_picture")  # it can be tried again
    assert image_in(facilitator.modal) is not None


async def test_a_picture_that_slack_can_not_fetch_leaves_the_list_and_says_so(kaiku: Running) -> None:
    Drawings(kaiku)
    facilitator = await opened(kaiku)
    kaiku.app.public_url = "https://kaiku.invalid"
    await facilitator.click("prompts.timeline_picture")
    assert image_in(facilitator.modal) is None
    assert "Kuvaa ei saatu nyt piirrettyä" in text_of(facilitator.modal)
    assert "Tapaaminen 1" in text_of(facilitator.modal)
    assert [each["error"] for each in kaiku.refused] == ["invalid_arguments"]
    expect_refusals(kaiku)
    kaiku.app.public_url = PUBLIC
    await facilitator.click("prompts.timeline_picture")  # it can be tried again
    assert image_in(facilitator.modal) is not None


async def test_a_click_does_not_wait_longer_than_slack_does_and_the_picture_is_there_the_next_time(
    kaiku: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline_pictures, "PATIENCE", 0.01)
    drawings = Drawings(kaiku)
    drawings.may_go_on.clear()
    facilitator = await opened(kaiku)
    await facilitator.click("prompts.timeline_picture")
    assert image_in(facilitator.modal) is None
    drawings.may_go_on.set()
    await asyncio.gather(*kaiku.app.kaiku.pictures._under_way)
    await facilitator.click("prompts.timeline_picture")
    assert image_in(facilitator.modal) is not None
    assert len(drawings.drawn) == 1


async def test_without_a_public_address_there_is_the_list_alone(kaiku: Running) -> None:
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku kysymys {CODE}")
    await facilitator.click("prompts.timeline")
    assert "prompts.timeline_picture" not in str(facilitator.modal)
    pictures = kaiku.app.kaiku.pictures
    drawable = pictures.drawable(await loaded(kaiku), "fi")
    assert drawable is not None
    assert timeline_image_url(CalendarLinks(None), drawable) is None
    assert timeline_image_url(CalendarLinks(PUBLIC), drawable) is not None
    assert await pictures.draw_for(await loaded(kaiku), "fi") is None


async def test_a_payload_that_names_an_offering_of_somebody_else_gets_no_picture(kaiku: Running) -> None:
    await change_plan(kaiku, "foresight-1", facilitators=("UMARJA",))
    facilitator = await opened(kaiku)
    drawings = Drawings(kaiku)
    for block in facilitator.modal["blocks"]:
        for element in block.get("elements", ()):
            if element.get("action_id") == "prompts.timeline_picture":
                element["value"] = "foresight-1"
    await facilitator.click("prompts.timeline_picture")
    assert drawings.drawn == []
    assert image_in(facilitator.modal) is None
    assert "vetäj" in text_of(facilitator.modal)
