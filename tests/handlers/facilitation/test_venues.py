"""A venue is asked about, kept by one, and given up by another way, with the preview of every change."""

from sandbox import text_of
from tests.support.joining import join
from tests.support.reflecting import CODE
from tests.support.running import Running
from tests.support.time_passing import at, helsinki

WEEK_BEFORE = helsinki(2019, 3, 19, 10, 1)


def last_of(kaiku: Running, who: str) -> str:
    return text_of(kaiku.visitor(who).direct_messages[-1])


def asked(kaiku: Running, who: str) -> int:
    """How many messages ask whether a venue is kept."""
    return sum("Pidetäänkö tila?" in text_of(each) for each in kaiku.visitor(who).direct_messages)


async def test_one_keeps_the_venue_and_the_others_see_it(kaiku: Running) -> None:
    for who in ("UFASI", "UKOORD"):
        await kaiku.visitor(who).command("/kaiku ryhmä")
        await kaiku.visitor(who).close(clear=True)
    await join(kaiku.visitor("UAINO"), CODE, agency="vero")
    await at(kaiku, WEEK_BEFORE)
    for said in (
        "Pidetäänkö tila?",
        "Tilan hinta: 1 180 €",
        "ti 26.3. asti",
        "Tulossa: 1/1",
        "Jonossa: 0",
    ):
        assert said in last_of(kaiku, "UFASI").replace("\N{NO-BREAK SPACE}", " ")
    assert "Pidetäänkö tila?" in last_of(kaiku, "UKOORD")
    for who, said in (("UFASI", "Tila pidetään."), ("UKOORD", "Tila on jo päätetty pitää.")):
        await kaiku.visitor(who).click("venue.keep")
        assert said in text_of(kaiku.visitor(who).modal)
    await kaiku.settle()
    assert "Tästä tilasta ei kysytä enää." in last_of(kaiku, "UKOORD")
    assert asked(kaiku, "UKOORD") == asked(kaiku, "UFASI") == 0, "the message that asked is edited"
    await at(kaiku, helsinki(2019, 3, 25, 10, 1))
    assert "Viimeinen hetki" not in last_of(kaiku, "UKOORD")


async def test_the_session_becomes_remote_with_a_preview_and_nobody_may_be_left_out(kaiku: Running) -> None:
    for who in ("UFASI", "UKOORD"):
        await kaiku.visitor(who).command("/kaiku ryhmä")
        await kaiku.visitor(who).close(clear=True)
    await join(kaiku.visitor("UAINO"), CODE, agency="vero")
    await at(kaiku, WEEK_BEFORE)
    fanni = kaiku.visitor("UFASI")
    await fanni.click("venue.open")
    await fanni.click("venue.remote")
    outcome = await fanni.submit(new_link="skype.example/1")
    assert list(outcome.errors) == ["new_link"]
    await fanni.submit(new_link="https://skype.example/1")
    assert "Tapaaminen 1 pidetään etänä." in text_of(fanni.modal)
    assert "Tallenna ilman viestiä" not in text_of(fanni.modal)
    await fanni.click("plan.again")
    await fanni.submit()  # what was filled in is still there
    await fanni.submit()
    kaiku.clock.advance(minutes=11)
    await kaiku.settle()
    assert "pidetään etänä eikä paikan päällä. Aiemmin: Paasitorni" in last_of(kaiku, "UAINO")
    assert "https://skype.example/1" in last_of(kaiku, "UAINO")
    assert "Tapaamista on muutettu" in last_of(kaiku, "UFASI")
    assert asked(kaiku, "UFASI") == 0


async def test_a_smaller_venue_holds_those_who_come_and_takes_seats_away_from_nobody(kaiku: Running) -> None:
    for who, agency in (("UAINO", "vero"), ("UMARJA", "mml")):
        await join(kaiku.visitor(who), CODE, agency=agency)
        await kaiku.visitor(who).close(clear=True)
    fanni = kaiku.visitor("UFASI")
    await fanni.command(f"/kaiku ryhmä {CODE}")
    await fanni.click("plan.open", CODE)
    await fanni.click("venue.open", f"{CODE}/1/2019-03-26")
    await fanni.click("venue.shrink")
    room = {"new_place_fi": "Kamari", "new_place_sv": "Kammaren", "venue_price": "1 a"}
    outcome = await fanni.submit(**room, venue_capacity="2")
    assert list(outcome.errors) == ["venue_price"]
    outcome = await fanni.submit(**room | {"venue_price": "0"}, venue_capacity="1")
    assert outcome.errors == {"venue_capacity": "Tilaan ei mahdu yhtä monta kuin on tulossa."}
    await fanni.submit(**room | {"venue_price": "0"}, venue_capacity="2")
    assert "Paikkoja aiemmin 20, nyt 2." in text_of(fanni.modal)
