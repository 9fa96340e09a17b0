"""Months after the end, where the plan asks for it: one click on use, and on what got in the way."""

from msgspec.structs import replace

from bot.domain.completion import Occasion, follow_up_day
from bot.domain.plan.model import Closing
from bot.services.evidence.report import load_facts
from bot.services.offerings.catalogue import load_all_offerings, load_offering
from sandbox import text_of
from tests.support.ending import OVER, mark_attendance
from tests.support.joining import join
from tests.support.reflecting import CODE, newest
from tests.support.running import Running
from tests.support.shipped_plan import SHIPPED, apply
from tests.support.time_passing import at, deliveries, helsinki

THREE, SIX = helsinki(2019, 9, 12, 10), helsinki(2019, 12, 12, 10)


async def test_a_plan_can_ask_again_after_three_and_six_months_with_one_click(kaiku: Running) -> None:
    await apply(kaiku, replace(SHIPPED, closing=Closing(follow_up=True)))
    aino, johan = kaiku.visitor("UAINO"), kaiku.visitor("UJOHAN")
    await join(aino, CODE)
    await join(johan, CODE, language="sv")
    await aino.close(clear=True)
    await at(kaiku, OVER)
    await at(kaiku, helsinki(2019, 9, 11, 15))
    assert "Onko opitusta" not in newest(aino)
    await at(kaiku, THREE)
    asked = text_of(aino.direct_messages[-1])
    assert "Onko opitusta ollut hyötyä?" in asked
    assert "Esihenkilön tuki puuttui" in asked
    await aino.click("use.answer_0", f"{CODE}:used+3:0")
    await aino.click("use.answer_6", f"{CODE}:time+3:2")
    await kaiku.settle()
    assert "Vastasit: Usein" in newest(aino)
    assert "Vastasit: Paljon" in newest(aino)
    await at(kaiku, SIX)
    asked = text_of(aino.direct_messages[-1])
    assert "puoli vuotta sitten" in asked
    assert "Esihenkilön" not in asked
    with kaiku.store.read_transaction() as tx:
        facts = load_facts(tx, "kaiku-2019", load_all_offerings(tx), SIX)
        offering = load_offering(tx, CODE)
    after_3 = next(each for each in facts.inquiries if each.name == Occasion.AFTER_3)
    assert after_3.asked == {(CODE, "UAINO"), (CODE, "UJOHAN")}
    assert after_3.chosen == {("used+3", CODE, "UAINO"): 0, ("time+3", CODE, "UAINO"): 2}
    assert len(deliveries(kaiku, "use_after_6")) == 2
    assert follow_up_day(replace(offering, closing=Closing()), Occasion.AFTER_3) is None


async def test_who_was_never_there_is_not_asked_later(kaiku: Running) -> None:
    await apply(kaiku, replace(SHIPPED, closing=Closing(follow_up=True)))
    aino, johan = kaiku.visitor("UAINO"), kaiku.visitor("UJOHAN")
    for each in (aino, johan):
        await join(each, CODE)
    await at(kaiku, OVER)
    for number in (1, 2, 3, 4):
        await mark_attendance(kaiku, number, "UJOHAN")
    await at(kaiku, THREE)
    reasons = {each.recipient: each.reason for each in deliveries(kaiku, "use_after_3")}
    assert reasons["UAINO"] == "did_not_take_part"
    assert "Onko opitusta" in text_of(johan.direct_messages[-1])


async def test_a_plan_that_asks_for_nothing_later_sends_nothing_later(kaiku: Running) -> None:
    await apply(kaiku, replace(SHIPPED, closing=Closing()))
    await join(kaiku.visitor("UAINO"), CODE)
    await at(kaiku, OVER)
    await at(kaiku, SIX)
    assert deliveries(kaiku, "use_after_3") == []
