"""Who waits in vain hears it, with what else is open, and may keep their turn."""

from datetime import date, datetime, timedelta

from msgspec.structs import replace
from sqlalchemy import delete

from bot.domain.plan.model import Plan, SignUpWindow
from bot.services.deliveries.recipients import find_person
from bot.services.enrolment.opening import wish
from bot.services.enrolment.turns import keep_news
from sandbox import Visitor, text_of
from storage.tables import Delivery
from tests.support.joining import join, kaiku_answer
from tests.support.plans import AT_ONCE
from tests.support.reflecting import newest
from tests.support.running import Running
from tests.support.shipped_plan import SHIPPED, apply, with_offering, with_session
from tests.support.time_passing import at, deliveries, helsinki

CODE = "coaching-1"
NEXT = "coaching-3"  # opens on the first of April


def with_one_seat(code: str = CODE) -> Plan:
    return with_offering(SHIPPED, code, capacity=1)


def starts_at() -> datetime:
    first = next(each for each in SHIPPED.offerings if each.code == CODE).sessions[0]
    return helsinki(first.on.year, first.on.month, first.on.day, first.starts.hour, first.starts.minute)


async def waited_in_vain(kaiku: Running) -> Visitor:
    """Johan, for whom no seat came free in the first coaching round, when it has begun."""
    await apply(kaiku, with_one_seat())
    await join(kaiku.visitor("UAINO"), CODE)
    johan = kaiku.visitor("UJOHAN")
    await join(johan, CODE, agency="tulli")
    await johan.close(clear=True)
    await kaiku.settle()
    await at(kaiku, starts_at())
    return johan


async def test_who_waits_hears_when_it_starts_with_what_is_open_as_buttons(kaiku: Running) -> None:
    johan = await waited_in_vain(kaiku)
    said = johan.direct_messages[-1]
    assert "odotit turhaan" in said["text"]
    joins = [b["accessory"]["value"] for b in said["blocks"] if b.get("accessory")]
    assert len(joins) == 2
    assert CODE not in joins
    assert joins[0].startswith("coaching"), "of the same strand first"
    assert johan.has_button("turn.keep")
    assert [row.recipient for row in deliveries(kaiku, "started_without")] == ["UJOHAN"]


async def test_who_was_seated_or_left_in_time_hears_nothing_of_it(kaiku: Running) -> None:
    await apply(kaiku, replace(with_one_seat(), offers=AT_ONCE))
    await join(kaiku.visitor("UAINO"), CODE)
    for each, agency in (("UJOHAN", "tulli"), ("UPEKKA", "mml")):
        await join(kaiku.visitor(each), CODE, agency=agency)
    await kaiku.visitor("UAINO").command(f"/kaiku peru {CODE}")
    await kaiku.visitor("UAINO").submit()
    await kaiku.visitor("UPEKKA").command(f"/kaiku peru {CODE}")
    await kaiku.visitor("UPEKKA").submit()
    await at(kaiku, starts_at())
    assert [row.state for row in deliveries(kaiku, "started_without")] == ["cancelled", "cancelled"]


async def test_the_news_follows_when_the_first_session_moves(kaiku: Running) -> None:
    await apply(kaiku, with_one_seat())
    await join(kaiku.visitor("UAINO"), CODE)
    await join(kaiku.visitor("UJOHAN"), CODE, agency="tulli")
    before = starts_at()
    moved = before.date().replace(day=before.day + 1)
    await apply(kaiku, with_session(with_one_seat(), CODE, 1, on=moved))
    await at(kaiku, before)
    assert [row.state for row in deliveries(kaiku, "started_without")] == ["planned"]
    await at(kaiku, before.replace(day=before.day + 1))
    assert [row.state for row in deliveries(kaiku, "started_without")] == ["sent"]


async def test_a_kept_turn_is_told_when_the_next_round_opens(kaiku: Running) -> None:
    johan = await waited_in_vain(kaiku)
    await johan.click("turn.keep")
    assert "Vuorosi on tallessa" in text_of(johan.modal)
    await johan.close()
    await at(kaiku, helsinki(2019, 3, 31, 23, 59))
    assert "Ilmoittautuminen on auki" not in newest(johan)
    await at(kaiku, helsinki(2019, 4, 1, 9))
    assert newest(johan).startswith("Ilmoittautuminen on auki")
    await johan.click("offering.join", NEXT)
    assert "Ilmoittaudu" in text_of(johan.modal)


async def test_a_kept_turn_stands_before_everybody_else_in_line(kaiku: Running) -> None:
    johan = await waited_in_vain(kaiku)
    await johan.click("turn.keep")
    await johan.close()
    both = with_offering(with_one_seat(), NEXT, capacity=1)
    await apply(kaiku, both)
    await at(kaiku, helsinki(2019, 4, 1, 9))
    await join(kaiku.visitor("UAINO"), NEXT)
    await join(kaiku.visitor("UPEKKA"), NEXT, agency="mml")
    first = await join(johan, NEXT)
    assert "Olet varasijalla 1" in text_of(first), text_of(first)
    await kaiku.visitor("UAINO").command(f"/kaiku peru {NEXT}")
    await kaiku.visitor("UAINO").submit()
    await kaiku.settle()
    assert [row.recipient for row in deliveries(kaiku, "offer")] == ["UJOHAN"]


async def test_a_kept_turn_takes_no_seat_that_somebody_has(kaiku: Running) -> None:
    johan = await waited_in_vain(kaiku)
    await johan.click("turn.keep")
    await johan.close()
    await at(kaiku, helsinki(2019, 4, 1, 9))
    pekka = await join(kaiku.visitor("UPEKKA"), NEXT, agency="mml")
    assert "Paikka on sinun" in text_of(pekka)


async def test_who_gives_up_the_turn_hears_nothing_more(kaiku: Running) -> None:
    johan = await waited_in_vain(kaiku)
    await johan.click("turn.keep")
    await johan.click("turn.give_up")
    assert "Luovuit vuorostasi" in text_of(johan.modal)
    await johan.close(clear=True)
    await at(kaiku, helsinki(2019, 4, 1, 9))
    told = [row for row in deliveries(kaiku, "turn_open") if row.subject == NEXT]
    assert [row.reason for row in told] == ["turn_gone"]


async def test_nobody_keeps_a_turn_while_a_seat_may_still_come_free(kaiku: Running) -> None:
    johan = await waited_in_vain(kaiku)
    late = replace(SHIPPED)
    window = SignUpWindow(date(2019, 1, 21), date(2019, 4, 30))
    await apply(kaiku, with_offering(with_offering(late, CODE, capacity=1), CODE, sign_up=window))
    await johan.click("turn.keep")
    assert "olet edelleen jonossa" in text_of(johan.modal)
    await johan.close()
    await johan.command("/kaiku omat")
    assert kaiku_answer(kaiku, johan)


async def test_who_waits_elsewhere_is_told_in_their_own_office_hours(kaiku: Running) -> None:
    await apply(kaiku, with_one_seat())
    await join(kaiku.visitor("UAINO"), CODE)
    emma = kaiku.visitor("UEMMA")
    await join(emma, CODE, language="en")
    await at(kaiku, starts_at())  # nine in Helsinki, eight in Brussels
    assert not any("waited in vain" in each["text"] for each in emma.direct_messages)
    await at(kaiku, starts_at() + timedelta(hours=1))
    assert "waited in vain" in newest(emma)


async def test_who_waited_before_an_upgrade_is_told_as_well(kaiku: Running) -> None:
    await apply(kaiku, with_one_seat())
    await join(kaiku.visitor("UAINO"), CODE)
    await join(kaiku.visitor("UJOHAN"), CODE, agency="tulli")
    with kaiku.store.transaction() as tx:
        tx.execute(delete(Delivery).where(Delivery.c.kind == "started_without"))
    await kaiku.store.run(keep_news, kaiku.clock.now())
    await at(kaiku, starts_at())
    assert [row.state for row in deliveries(kaiku, "started_without")] == ["sent"]


async def test_who_also_asked_to_be_told_hears_once_that_it_opens(kaiku: Running) -> None:
    johan = await waited_in_vain(kaiku)
    await johan.click("turn.keep")
    await johan.close()
    with kaiku.store.transaction() as tx:
        person = find_person(tx, "UJOHAN", kaiku.app.kaiku.defaults)
        assert person is not None
        wish(tx, person, NEXT, kaiku.clock.now())
    await at(kaiku, helsinki(2019, 4, 1, 9))
    assert [row.state for row in deliveries(kaiku, "sign_up_open")] == ["sent"]
    told = [row for row in deliveries(kaiku, "turn_open") if row.subject == NEXT]
    assert [row.reason for row in told] == ["told_by_wish"]
