"""Not coming once: the seat stays, and the reminder, the calendar and the desk follow."""

from datetime import timedelta

from sqlalchemy import select, update

from bot.services.calendars.feed import feed_of
from sandbox import Visitor, text_of
from storage.tables import Offering, OfferingSession
from tests.support.joining import join, kaiku_answer
from tests.support.running import Running
from tests.support.time_passing import at, helsinki
from tests.support.typing import submit_unchecked

CODE = "dialogue-2"


async def say_absent(kaiku: Running, visitor: Visitor) -> str:
    await visitor.command("/kaiku seuraava")
    await visitor.click("session.absent", f"{CODE}/1")
    await kaiku.settle()
    return text_of(visitor.modal)


def entry(kaiku: Running, user_id: str, number: int) -> tuple[int, bool]:
    tokens = kaiku.app.kaiku.links.tokens
    with kaiku.store.read_transaction() as tx:
        feed = feed_of(tx, tokens.find(tx, user_id) or "")
    assert feed is not None
    found = next(each for each in feed.entries if each.code == CODE and each.number == number)
    return found.sequence, found.cancelled


async def test_not_coming_once_keeps_the_seat_and_cancels_only_that_reminder(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, CODE)
    await kaiku.settle()
    await aino.close()
    assert "Paikka on edelleen sinun." in await say_absent(kaiku, aino)
    before = len(aino.direct_messages)
    await at(kaiku, helsinki(2019, 4, 2, 8, 30))
    assert len(aino.direct_messages) == before, "no reminder of the session they can't come to"
    await aino.command("/kaiku seuraava")
    assert "ettet pääse tähän tapaamiseen" in kaiku_answer(kaiku, aino)["text"]
    with kaiku.store.read_transaction() as tx:
        of_code = select(OfferingSession.c.starts_at).join(Offering).where(Offering.c.code == CODE)
        starts_at = tx.scalars(of_code.where(OfferingSession.c.number == 2)).one()
    await at(kaiku, starts_at - timedelta(hours=2))
    assert any(each["text"].startswith("Muistutus") for each in aino.direct_messages[before:])


async def test_coming_after_all_brings_the_reminder_and_the_calendar_back(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, CODE)
    await kaiku.settle()
    await aino.close()
    first, cancelled = entry(kaiku, "UAINO", 1)
    assert not cancelled
    await say_absent(kaiku, aino)
    second, cancelled = entry(kaiku, "UAINO", 1)
    assert cancelled
    assert second > first, "calendars take over only what has risen"
    assert not entry(kaiku, "UAINO", 2)[1]
    await aino.click("session.present", f"{CODE}/1")
    third, cancelled = entry(kaiku, "UAINO", 1)
    assert not cancelled
    assert third > second
    await at(kaiku, helsinki(2019, 4, 1, 9, 0))
    assert "Muistutus" in aino.direct_messages[-1]["text"]


async def test_whoever_leaves_and_comes_back_comes_to_every_session(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, CODE)
    await kaiku.settle()
    await aino.close()
    await say_absent(kaiku, aino)
    absent, _ = entry(kaiku, "UAINO", 1)
    await aino.close()
    kaiku.clock.advance(hours=1)
    await aino.command(f"/kaiku peru {CODE}")
    await aino.submit()
    await aino.close()
    left, cancelled = entry(kaiku, "UAINO", 1)
    assert cancelled
    assert left > absent
    await join(aino, CODE)
    await kaiku.settle()
    back, cancelled = entry(kaiku, "UAINO", 1)
    assert not cancelled
    assert back > left
    before = len(aino.direct_messages)
    await at(kaiku, helsinki(2019, 4, 1, 9, 0))
    assert any(each["text"].startswith("Muistutus") for each in aino.direct_messages[before:])


async def test_the_facilitator_sees_on_the_desk_who_cannot_come(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, CODE)
    await kaiku.settle()
    await aino.close()
    await say_absent(kaiku, aino)
    with kaiku.store.read_transaction() as tx:
        leads = tx.scalars(select(Offering.c.facilitators).where(Offering.c.code == CODE)).one()[0]
    facilitator = kaiku.visitor(leads)
    await facilitator.command(f"/kaiku kysymys {CODE}")
    assert "Aino Virtanen" in text_of(facilitator.modal)


async def test_who_has_no_seat_has_nothing_to_be_absent_from(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, CODE)
    await aino.close()
    await aino.command("/kaiku seuraava")
    for block in kaiku_answer(kaiku, aino)["blocks"]:
        for element in block.get("elements", []):
            if element.get("action_id") == "session.absent":
                element["value"] = "dialogue-1/1"
    await aino.click("session.absent", "dialogue-1/1")
    assert "et ole ilmoittautunut" in text_of(aino.modal)


async def test_where_there_is_one_session_it_asks_whether_to_keep_the_seat(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    with kaiku.store.transaction() as tx:
        of_code = select(Offering.c.id).where(Offering.c.code == CODE).scalar_subquery()
        later = (OfferingSession.c.offering_id == of_code, OfferingSession.c.number > 1)
        tx.execute(update(OfferingSession).where(*later).values(cancelled=True))
    await join(aino, CODE)
    await kaiku.settle()
    await aino.close()
    assert "Pidätkö paikan?" in await say_absent(kaiku, aino)
    await aino.click("session.absent_for_sure", f"{CODE}/1")
    assert "Paikka on edelleen sinun." in text_of(aino.modal)


async def test_a_word_with_the_absence_is_for_the_facilitators_and_goes_with_it(kaiku: Running) -> None:
    aino, fanni = kaiku.visitor("UAINO"), kaiku.visitor("UFASI")
    await join(aino, CODE)
    await aino.close()
    await say_absent(kaiku, aino)
    refused = await submit_unchecked(kaiku, aino, absence_word="Lähetä " * 100)
    assert "Teksti on liian pitkä" in refused.errors["absence_word"], "nothing of it is cut off in silence"
    await aino.submit(absence_word="Lähetä muistiinpanot!")
    assert "näkyy nyt ryhmän vetäjille" in text_of(aino.modal)
    await fanni.command(f"/kaiku kysymys {CODE}")
    assert "(”Lähetä muistiinpanot!”)" in text_of(fanni.modal)
    await fanni.close()
    await aino.close()
    await aino.command("/kaiku seuraava")
    await aino.click("session.present", f"{CODE}/1")
    await aino.close()
    await say_absent(kaiku, aino)
    await fanni.command(f"/kaiku kysymys {CODE}")
    assert "muistiinpanot" not in text_of(fanni.modal), "what was said of another absence"
