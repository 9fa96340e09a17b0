"""Finding a time: a facilitator asks, the group answers with clicks, and the chosen time is moved to."""

from sqlalchemy import select

from sandbox import Visitor, text_of
from storage.tables import TimeAnswer, TimePoll
from tests.support.joining import join
from tests.support.reflecting import CODE
from tests.support.running import Running
from tests.support.time_passing import at, helsinki

PEOPLE = {"UAINO": "vero", "UMARJA": "mml", "UJOHAN": "thl"}
ASKED = {"asked_day_1": "2019-04-25", "asked_day_2": "2019-04-26"}


async def asked(kaiku: Running, **days: str) -> Visitor:
    """Three people have a seat, and Fanni has asked them."""
    for who, agency in PEOPLE.items():
        person = kaiku.visitor(who)
        await join(person, CODE, agency=agency, language="sv" if who == "UJOHAN" else "fi")
        await person.close(clear=True)
    await kaiku.settle()
    fanni = kaiku.visitor("UFASI")
    await fanni.command(f"/kaiku ryhmä {CODE}")
    await fanni.click("plan.open", CODE)
    await fanni.click("times.find", f"{CODE}/2")
    outcome = await fanni.submit(asked_day_1="2019-04-27", asked_day_2="2019-05-01", asked_day_3="2019-04-24")
    assert outcome.errors == {
        "asked_day_1": "Päivä on viikonloppuna. Valitse työpäivä.",
        "asked_day_2": "Päivä on pyhä tai muu vapaapäivä. Valitse työpäivä.",
        "asked_day_3": "Tapaaminen on jo tähän aikaan. Valitse toinen aika.",
    }
    await fanni.submit(**(days or ASKED | {"asked_day_3": None}))
    assert "osallistujia 3, muita vetäjiä 0" in text_of(fanni.modal)
    await fanni.submit()
    await kaiku.settle()
    return fanni


def last(kaiku: Running, who: str) -> str:
    return str(kaiku.visitor(who).direct_messages[-1]["text"])


def everything(kaiku: Running, who: str) -> str:
    return "\n".join(str(each["text"]) for each in kaiku.visitor(who).direct_messages)


async def test_the_group_answers_with_clicks_and_the_chosen_time_is_moved_to(kaiku: Running) -> None:
    fanni = await asked(kaiku)
    assert last(kaiku, "UJOHAN").startswith("Vilken tid passar dig?")
    with kaiku.store.read_transaction() as tx:
        poll = tx.scalars(select(TimePoll.c.id)).one()
    aino, marja, johan = (kaiku.visitor(each) for each in PEOPLE)
    before = len(aino.direct_messages)
    await aino.click("times.suits", f"{poll}/0")
    await aino.click("times.suits", f"{poll}/1")
    await kaiku.settle()
    await aino.click("times.suits", f"{poll}/0-")  # changed their mind
    await marja.click("times.none")
    await kaiku.settle()
    assert len(aino.direct_messages) == before, "the message itself shows the answer"
    assert "✓ *pe 26.4." in last(kaiku, "UAINO")
    assert "✓ *to 25.4." not in last(kaiku, "UAINO")

    await fanni.command(f"/kaiku ryhmä {CODE}")
    await fanni.click("times.find")
    said = text_of(fanni.modal)
    assert "Vastanneita: 2/3" in said
    assert "Sopii: 0\nEi sovi: 2 (Aino Virtanen ja Marja Heikkilä)" in said
    assert "Sopii: 1\nEi sovi: 1 (Marja Heikkilä)" in said
    await fanni.click("times.pick", f"{poll}/1")
    assert "Uusi aika: pe 26.4." in text_of(fanni.modal)
    await fanni.submit()
    await johan.click("times.suits", f"{poll}/0")  # before the message says so
    assert "Tidsförfrågan är avslutad" in text_of(johan.modal)
    kaiku.clock.advance(minutes=11)
    await kaiku.settle()
    await kaiku.settle()
    assert "Träffens tid är nu fre 26.4" in everything(kaiku, "UJOHAN")
    assert "Ny tid: fre 26.4" in everything(kaiku, "UJOHAN")
    with kaiku.store.read_transaction() as tx:
        answers = dict(tx.execute(select(TimeAnswer.c.person_id, TimeAnswer.c.times)).all())
    assert answers == {"UAINO": [1], "UMARJA": []}


async def test_a_poll_waits_for_working_hours_and_ends_by_itself_or_when_it_is_ended(kaiku: Running) -> None:
    await at(kaiku, helsinki(2019, 3, 15, 19))
    fanni = await asked(kaiku)
    assert "Mikä aika" not in last(kaiku, "UAINO")
    await at(kaiku, helsinki(2019, 3, 18, 9, 1))
    await join(kaiku.visitor("UELSA"), CODE, agency="tulli")
    await kaiku.settle()
    assert all("Mikä aika" in everything(kaiku, who) for who in ("UAINO", "UELSA")), "newcomers, too"
    await kaiku.visitor("UMARJA").command(f"/kaiku peru {CODE}")
    await kaiku.visitor("UMARJA").submit()
    await kaiku.settle()
    assert "Sinulla ei ole enää paikkaa" in everything(kaiku, "UMARJA")

    await fanni.command(f"/kaiku ryhmä {CODE}")
    await fanni.click("times.find")
    await fanni.click("times.close")
    assert "Kysely on päättynyt" in text_of(fanni.modal)
    await kaiku.settle()
    assert any(
        "Aikakysely on päättynyt" in str(each["text"]) for each in kaiku.visitor("UAINO").direct_messages
    )


async def test_of_several_open_polls_the_desk_lets_choose(kaiku: Running) -> None:
    fanni = await asked(kaiku)
    await fanni.close(clear=True)
    await fanni.command(f"/kaiku ryhmä {CODE}")
    await fanni.click("times.find", f"{CODE}/0")
    assert "Vastanneita: 0/3" in text_of(fanni.modal)
    await fanni.close(clear=True)
    await fanni.command(f"/kaiku ryhmä {CODE}")
    await fanni.click("plan.open", CODE)
    await fanni.click("times.find", f"{CODE}/3")
    await fanni.submit(asked_day_1="2019-05-16")
    await fanni.submit()
    await fanni.close(clear=True)
    await fanni.command(f"/kaiku ryhmä {CODE}")
    await fanni.click("times.find", f"{CODE}/0")
    assert text_of(fanni.modal).count("Vastanneita: 0/3") == 2
    await fanni.click("times.find", f"{CODE}/3")
    assert "to 16.5." in text_of(fanni.modal)
