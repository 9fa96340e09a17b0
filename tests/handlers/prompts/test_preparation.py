"""Coaching leadership's own part: preparing one's own 360 feedback and development discussion, alone."""

from bot.i18n import words_for
from bot.services.deliveries.recipients import find_person
from bot.services.privacy.my_data import fetch_my_data
from bot.views.my_data_file import text_lines
from sandbox import Visitor, text_of
from tests.support.joining import join
from tests.support.reflecting import newest
from tests.support.running import Running
from tests.support.time_passing import at, deliveries, helsinki

CODE = "coaching-1"  # its first session: Tuesday 26 March


async def prepared(kaiku: Running, **dates: str) -> Visitor:
    """Somebody with a seat who has named these dates."""
    aino = kaiku.visitor("UAINO")
    await join(aino, CODE)
    await aino.close(clear=True)
    await at(kaiku, helsinki(2019, 3, 11, 9))
    await aino.command("/kaiku omat")
    await aino.click("mine.open", CODE)
    await aino.click("preparation.open")
    outcome = await aino.submit(**dates)
    assert outcome.error is None, outcome.detail
    await kaiku.settle()
    return aino


async def test_a_card_comes_before_the_date_and_nobody_else_sees_that_it_does(kaiku: Running) -> None:
    aino = await prepared(kaiku, discussion_on="2019-03-20")
    assert "Ennen kehityskeskustelua: ke 20.3." in text_of(aino.modal)
    await at(kaiku, helsinki(2019, 3, 14, 10, 5))
    card = newest(aino)
    assert "Ennen kehityskeskustelua" in card
    assert "Mitä haluat oppia seuraavaksi" in card
    facilitator = kaiku.visitor("UFASI")
    for command in (f"/kaiku kysymys {CODE}", f"/kaiku ryhma {CODE}", f"/kaiku raportti {CODE}"):
        await facilitator.command(command)
        seen = str([*facilitator.modals, *facilitator.messages()])
        assert CODE in seen
        assert "Ennen kehityskeskustelua" not in seen
    sent = [row.subject for row in deliveries(kaiku, "preparation") if row.state == "sent"]
    assert sent == ["before_discussion@2019-03-20"]


async def test_the_copy_of_my_data_names_the_dates_and_the_cards(kaiku: Running) -> None:
    await prepared(kaiku, discussion_on="2019-03-20")
    await at(kaiku, helsinki(2019, 3, 14, 10, 5))
    parts, now = kaiku.app.kaiku, kaiku.clock.now()
    with kaiku.store.transaction() as tx:
        person = find_person(tx, "UAINO", parts.defaults)
        assert person is not None
        data = fetch_my_data(tx, person, parts.vault, parts.notice, parts.coordinators, now)
    lines = "\n".join(text_lines(data, parts.book, words_for("sv", "Europe/Helsinki", now)))
    assert "Utvecklingssamtal: 20.3.2019" in lines
    assert "Före utvecklingssamtalet: 20.3.2019" in lines
    assert "before_discussion" not in lines


async def test_taken_back_dates_stop_the_cards_and_are_gone(kaiku: Running) -> None:
    aino = await prepared(kaiku, discussion_on="2019-03-20", asking_on="2019-04-24")
    await aino.close(clear=True)
    await aino.command("/kaiku omat")
    await aino.click("mine.open", CODE)
    await aino.click("preparation.open")
    await aino.submit(discussion_on="", asking_on="")
    assert "Kortteja ei enää lähetetä" in text_of(aino.modal)
    await at(kaiku, helsinki(2019, 3, 14, 10, 5))
    assert {row.state for row in deliveries(kaiku, "preparation")} == {"cancelled"}


async def test_cards_are_for_who_has_a_seat_where_they_belong(kaiku: Running) -> None:
    elsa = kaiku.visitor("UELSA")
    await join(elsa, "dialogue-2")
    await elsa.close(clear=True)
    await elsa.command("/kaiku omat")
    await elsa.click("mine.open", "dialogue-2")
    assert "preparation.open" not in str(elsa.modal)
