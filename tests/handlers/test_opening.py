"""Tell me when sign-up opens: one message when it does, and the wish is gone."""

from datetime import date

import pytest
from msgspec.structs import replace
from sqlalchemy import select, update

from bot.domain.plan.model import SignUpWindow
from sandbox import Visitor, text_of
from storage.deliveries import renew_delivery
from storage.tables import OpeningWish, Person
from tests.support.feeds import change_plan, planned
from tests.support.joining import INTRODUCTION, join, kaiku_answer
from tests.support.running import Running
from tests.support.time_passing import at, deliveries, helsinki

CODE = "foresight-2"  # opens on Friday 1 March 2019
OPENED = "Ilmoittautuminen on alkanut"


def wishes(kaiku: Running) -> list[str]:
    with kaiku.store.read_transaction() as tx:
        return list(tx.scalars(select(OpeningWish.c.person_id)))


def news(visitor: Visitor) -> list[str]:
    return [each["text"] for each in visitor.direct_messages if each["text"].startswith(OPENED)]


async def wish(kaiku: Running, visitor: Visitor, code: str = CODE) -> str:
    """Wish from the answer to a join that came too early."""
    await visitor.command(f"/kaiku join {code}")
    await visitor.click("opening_wish.say", code)
    await kaiku.settle()
    return text_of(visitor.modal)


async def test_who_joins_too_early_is_told_when_and_offered_to_be_told(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku join {CODE}")
    assert "Ilmoittautuminen alkaa pe 1.3." in kaiku_answer(kaiku, aino)["text"]
    said = await wish(kaiku, aino)
    assert "Kerron, kun ilmoittautuminen alkaa" in said
    assert "Pyyntö ei varaa paikkaa." in said
    assert wishes(kaiku) == ["UAINO"]


async def test_the_news_comes_once_on_the_opening_morning_and_the_wish_is_erased(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await wish(kaiku, aino)
    await aino.close(clear=True)
    await at(kaiku, helsinki(2019, 3, 1, 8, 59))
    assert news(aino) == []
    await at(kaiku, helsinki(2019, 3, 1, 9))
    (told,) = news(aino)
    assert planned(CODE).title["fi"] in told
    assert wishes(kaiku) == []
    await at(kaiku, helsinki(2019, 3, 4, 9))
    assert len(news(aino)) == 1
    await aino.click("offering.join", CODE)
    await aino.submit(**INTRODUCTION)
    assert "Paikka on sinun" in text_of(aino.modal)


async def test_one_click_takes_the_wish_back(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await wish(kaiku, aino)
    await aino.click("opening_wish.take_back", CODE)
    assert "Pyyntösi on poistettu." in text_of(aino.modal)
    assert wishes(kaiku) == []
    await aino.close(clear=True)
    await at(kaiku, helsinki(2019, 3, 1, 10))
    assert news(aino) == []


async def test_wishing_twice_is_wishing_once_and_again_after_taking_it_back_counts(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await wish(kaiku, aino)
    await aino.click("opening_wish.take_back", CODE)
    await wish(kaiku, aino)
    await aino.command(f"/kaiku join {CODE}")
    assert "Kerron, kun" in kaiku_answer(kaiku, aino)["text"]
    assert len(deliveries(kaiku, "sign_up_open")) == 1
    await aino.close(clear=True)
    await at(kaiku, helsinki(2019, 3, 1, 10))
    assert len(news(aino)) == 1


async def test_the_list_and_home_have_the_button_where_sign_up_is_not_open_yet(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku list")
    answer = kaiku_answer(kaiku, aino)
    assert aino.has_button("opening_wish.say", CODE, on=answer)
    assert not aino.has_button("opening_wish.say", "dialogue-2", on=answer)
    await wish(kaiku, aino)
    await aino.close(clear=True)
    await aino.command("/kaiku list")
    assert aino.has_button("opening_wish.take_back", CODE, on=kaiku_answer(kaiku, aino))


async def test_when_the_opening_moves_the_news_moves_with_it(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await wish(kaiku, aino)
    await aino.close(clear=True)
    later = SignUpWindow(date(2019, 3, 11), date(2019, 6, 5))
    await change_plan(kaiku, CODE, sign_up=later)
    await at(kaiku, helsinki(2019, 3, 1, 10))
    assert news(aino) == []
    await change_plan(kaiku, CODE, sign_up=replace(later, opens=date(2019, 3, 2)))  # a Saturday
    await at(kaiku, helsinki(2019, 3, 4, 8))
    assert news(aino) == []
    await at(kaiku, helsinki(2019, 3, 4, 9))
    assert len(news(aino)) == 1


async def test_an_opening_moved_to_today_is_told_today(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await wish(kaiku, aino)
    await change_plan(kaiku, CODE, sign_up=SignUpWindow(date(2019, 2, 11), date(2019, 6, 5)))
    await kaiku.settle()
    assert len(news(aino)) == 1


async def test_who_has_joined_before_the_news_goes_out_does_not_get_it(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await wish(kaiku, aino)
    await aino.close(clear=True)
    kaiku.clock.move_to(helsinki(2019, 3, 1, 7))
    await join(aino, CODE)
    await at(kaiku, helsinki(2019, 3, 1, 10))
    assert (news(aino), wishes(kaiku)) == ([], [])


async def test_what_is_cancelled_before_it_opens_is_no_news_and_the_wish_is_erased(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await wish(kaiku, aino)
    await change_plan(kaiku, CODE, cancelled=True)
    await at(kaiku, helsinki(2019, 3, 1, 10))
    assert (news(aino), wishes(kaiku)) == ([], [])


async def test_a_button_older_than_the_opening_leads_to_the_join_form(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku join {CODE}")
    kaiku.clock.move_to(helsinki(2019, 3, 1, 12))
    await aino.click("opening_wish.say", CODE)
    await aino.submit(**INTRODUCTION)
    assert "Paikka on sinun" in text_of(aino.modal)
    assert wishes(kaiku) == []


async def test_interest_in_what_has_no_dates_yet_is_met_when_it_gets_them(kaiku: Running) -> None:
    sessions = planned(CODE).sessions
    await change_plan(kaiku, CODE, sessions=(), sign_up=SignUpWindow())
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku join {CODE}")
    assert "Ilmoittautuminen alkaa myöhemmin." in kaiku_answer(kaiku, aino)["text"]
    await aino.command("/kaiku list")
    assert aino.has_button("opening_wish.say", CODE, on=kaiku_answer(kaiku, aino))
    await wish(kaiku, aino)
    assert deliveries(kaiku, "sign_up_open") == []
    await aino.close(clear=True)
    await change_plan(
        kaiku, CODE, sessions=sessions, sign_up=SignUpWindow(date(2019, 3, 1), date(2019, 6, 5))
    )
    await kaiku.settle()
    assert news(aino) == [], "the dates are known, sign-up is not open"
    await at(kaiku, helsinki(2019, 3, 1, 9))
    (told,) = news(aino)
    assert "13.6." in told
    assert wishes(kaiku) == []


async def test_dates_that_are_taken_out_of_the_plan_keep_the_wish_and_send_nothing(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await wish(kaiku, aino)
    await change_plan(kaiku, CODE, sessions=(), sign_up=SignUpWindow())
    await at(kaiku, helsinki(2019, 3, 1, 10))
    assert (news(aino), wishes(kaiku)) == ([], ["UAINO"])
    await change_plan(kaiku, CODE)
    await kaiku.settle()
    assert len(news(aino)) == 1


async def test_news_that_was_about_to_be_sent_as_the_dates_went_keeps_the_wish(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await wish(kaiku, aino)
    await change_plan(kaiku, CODE, sessions=(), sign_up=SignUpWindow())
    with kaiku.store.transaction() as tx:
        now = kaiku.clock.now()
        renew_delivery(tx, kind="sign_up_open", recipient="UAINO", subject=CODE, occurrence="", now=now)
    await kaiku.settle()
    assert (news(aino), wishes(kaiku)) == ([], ["UAINO"])


async def test_the_news_waits_for_office_hours_where_the_person_is_by_then(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await wish(kaiku, aino)
    await aino.close(clear=True)
    with kaiku.store.transaction() as tx:
        tx.execute(update(Person).values(timezone="America/New_York"))
    await at(kaiku, helsinki(2019, 3, 1, 10))
    assert news(aino) == [], "three in the morning there"
    await at(kaiku, helsinki(2019, 3, 1, 16, 30))
    assert len(news(aino)) == 1


async def test_what_has_no_dates_yet_is_not_announced(kaiku: Running) -> None:
    await change_plan(kaiku, CODE, sessions=(), sign_up=SignUpWindow())
    coordinator = kaiku.visitor("UKOORD")
    await coordinator.command(f"/kaiku announce {CODE}")
    assert "tapaamisten ajoista ei ole vielä sovittu" in kaiku_answer(kaiku, coordinator)["text"]


async def test_app_home_shows_what_has_no_dates_yet_and_follows_the_wish(kaiku: Running) -> None:
    await change_plan(kaiku, CODE, sessions=(), sign_up=SignUpWindow())
    aino = kaiku.visitor("UAINO")
    kaiku.clock.move_to(helsinki(2019, 11, 1, 10))  # hardly anything else is open
    await aino.open_home()
    await kaiku.settle()
    await aino.click("offering.details", CODE, on=aino.home)
    assert planned(CODE).title["fi"] in text_of(aino.modal)
    await aino.close()
    await aino.click("opening_wish.say", CODE, on=aino.home)
    await kaiku.settle()
    assert aino.has_button("opening_wish.take_back", CODE, on=aino.home)


@pytest.mark.parametrize("user_id", ["UVIERAS"])
async def test_a_guest_who_could_not_join_can_not_wish_either(kaiku: Running, user_id: str) -> None:
    guest = kaiku.visitor(user_id)
    await guest.command("/kaiku list")
    await guest.click("opening_wish.say", CODE)
    assert wishes(kaiku) == []


async def test_who_waits_for_an_opening_that_is_cancelled_is_told_once_and_not_if_it_is_taken_back(
    kaiku: Running,
) -> None:
    aino = kaiku.visitor("UAINO")
    await wish(kaiku, aino)
    await change_plan(kaiku, CODE, cancelled=True)
    await change_plan(kaiku, CODE, cancelled=False)
    await at(kaiku, helsinki(2019, 2, 11, 11))
    assert (aino.direct_messages, wishes(kaiku)) == ([], ["UAINO"])
    await change_plan(kaiku, CODE, cancelled=True)
    await at(kaiku, helsinki(2019, 2, 11, 12))
    await at(kaiku, helsinki(2019, 3, 1, 10))
    (told,) = [each["text"] for each in aino.direct_messages]
    assert planned(CODE).title["fi"] in told
    assert "peruttu" in told
    assert wishes(kaiku) == []
