"""A free seat is offered, as people walk it: the message, its two buttons, and what becomes of it."""

from datetime import date, time

from msgspec.structs import replace
from sqlalchemy import select

from sandbox import Visitor, text_of
from storage.offerings.catalogue import get_offering
from storage.offers import get_seats
from storage.tables import Act, SeatOffer
from tests.support.joining import a_full_agency, join, kaiku_answer
from tests.support.plans import AT_ONCE
from tests.support.running import Running
from tests.support.shipped_plan import SHIPPED, apply, with_offering, with_session
from tests.support.time_passing import at, helsinki

CODE = "dialogue-2"
ACCEPT, DECLINE = "offer.accept", "offer.decline"


async def leaves(person: Visitor) -> None:
    await person.command(f"/kaiku peru {CODE}")
    await person.submit()
    await person.close(clear=True)


async def offered(kaiku: Running, language: str = "fi") -> tuple[Visitor, Visitor, Visitor]:
    """One who has given up their seat, one who is offered it, and one who waits behind them."""
    leaver, first = await a_full_agency(kaiku)
    second = kaiku.visitor("UJOHAN")
    await join(second, CODE, language=language)
    await second.close(clear=True)
    await at(kaiku, helsinki(2019, 3, 4, 10, 15))
    await leaves(leaver)
    await kaiku.settle()
    return leaver, first, second


async def test_a_free_seat_is_offered_with_its_deadline_and_accepted(kaiku: Running) -> None:
    _, first, _ = await offered(kaiku)
    offer = first.direct_messages[-1]
    assert offer["text"].startswith("Sinulle tarjotaan paikkaa")
    assert "Vastaa viimeistään to 7.3. klo 10.15. Jos et vastaa, menetät tämän paikan" in offer["text"]
    for typed in ("omat", "seuraava"):  # what waits for them is said to who has no seat yet
        await first.command(f"/kaiku {typed}")
        assert "Odottaa sinua" in text_of(kaiku_answer(kaiku, first))
    await first.click(ACCEPT, on=offer)
    assert "Paikka on sinun." in text_of(first.modal)
    await kaiku.settle()
    (edited,) = [each for each in first.direct_messages if each["ts"] == offer["ts"]]
    assert "Paikka on sinun." in edited["text"]
    assert not first.has_button(ACCEPT, on=edited)


async def test_who_declines_leaves_the_line_and_the_next_is_offered_the_seat(kaiku: Running) -> None:
    _, first, second = await offered(kaiku, language="sv")
    await first.click(DECLINE, on=first.direct_messages[-1])
    assert "Et ottanut paikkaa" in text_of(first.modal)
    await kaiku.settle()
    assert "Svara senast" in second.direct_messages[-1]["text"]


async def test_a_seat_goes_through_two_lapses_to_the_third_and_each_is_told(kaiku: Running) -> None:
    _, first, second = await offered(kaiku)
    third = kaiku.visitor("UKAISA")
    await join(third, CODE)
    await kaiku.settle()
    old = first.direct_messages[-1]
    await at(kaiku, helsinki(2019, 3, 7, 10, 15))
    assert "vastausaika päättyi to 7.3. klo 10.15" in first.direct_messages[-1]["text"]
    assert "Olet varasijalla 1." in first.direct_messages[-1]["text"]
    assert "Vastaa viimeistään ti 12.3. klo 10.15" in second.direct_messages[-1]["text"]
    (edited,) = [each for each in first.direct_messages if each["ts"] == old["ts"]]
    assert not first.has_button(ACCEPT, on=edited)
    await at(kaiku, helsinki(2019, 3, 12, 10, 15))
    assert "Sinulle tarjotaan paikkaa" in third.direct_messages[-1]["text"]
    assert first.direct_messages[-1]["text"].startswith("Paikkatarjous on päättynyt"), (
        "not the same seat again"
    )


async def test_offers_are_made_and_end_in_kaikus_name_and_hold_their_seat(kaiku: Running) -> None:
    await offered(kaiku)
    with kaiku.store.read_transaction() as tx:
        offering = get_offering(tx, CODE)
        seat = tx.scalars(select(SeatOffer.c.seat)).one()
        assert offering is not None
        assert seat not in get_seats(tx, offering.id)[0], "nobody else is offered it meanwhile"
    await at(kaiku, helsinki(2019, 3, 7, 10, 15))
    with kaiku.store.read_transaction() as tx:
        found = tx.execute(
            select(Act.c.kind, Act.c.done_by, Act.c.actor).where(Act.c.kind.in_(("offered", "lapsed")))
        )
        assert {(kind, done_by, actor) for kind, done_by, actor in found} == {
            ("offered", "kaiku", None),
            ("lapsed", "kaiku", None),
        }


async def test_a_click_after_the_time_is_told_what_happened(kaiku: Running) -> None:
    _, first, second = await offered(kaiku)
    offer = first.direct_messages[-1]
    kaiku.clock.move_to(helsinki(2019, 3, 7, 10, 15))  # the tick has not come yet
    await first.click(ACCEPT, on=offer)
    said = text_of(first.modal)
    assert "Paikkatarjous on päättynyt" in said
    assert "Olet varasijalla 1." in said
    await kaiku.settle()
    assert "Sinulle tarjotaan paikkaa" in second.direct_messages[-1]["text"]


async def test_an_offer_warns_of_another_session_at_the_same_time(kaiku: Running) -> None:
    changed = with_session(SHIPPED, "dialogue-1", 1, on=date(2019, 4, 2), starts=time(13), ends=time(15))
    await apply(kaiku, changed)
    await join(kaiku.visitor("UELSA"), "dialogue-1")
    await kaiku.visitor("UELSA").close(clear=True)
    _, first, _ = await offered(kaiku)
    assert first.id == "UELSA"
    assert "on samaan aikaan kuin" in first.direct_messages[-1]["text"]


async def test_a_cancelled_offering_voids_its_offers_and_is_told_once(kaiku: Running) -> None:
    _, first, _ = await offered(kaiku)
    heard = len(first.direct_messages)
    await apply(kaiku, with_offering(SHIPPED, CODE, cancelled=True))
    for moment in (helsinki(2019, 3, 4, 12), helsinki(2019, 3, 8, 12)):
        await at(kaiku, moment)
    assert len(first.direct_messages) == heard + 1
    assert not first.has_button(ACCEPT, on=first.direct_messages[-2])


async def test_from_the_cutoff_on_the_facilitator_decides(kaiku: Running) -> None:
    leaver, first = await a_full_agency(kaiku)
    await kaiku.settle()
    heard = len(first.direct_messages)
    await at(kaiku, helsinki(2019, 4, 1, 9, 30))  # the group starts at nine the next day
    await leaves(leaver)
    await kaiku.settle()
    assert len(first.direct_messages) == heard


async def test_seats_are_given_at_once_where_the_plan_says_so(kaiku: Running) -> None:
    await apply(kaiku, replace(SHIPPED, offers=AT_ONCE))
    _, first, _ = await offered(kaiku)
    assert "Paikka vapautui, ja se on nyt sinun" in first.direct_messages[-1]["text"]
