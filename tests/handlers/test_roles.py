"""Coordinators and facilitators, as Slack changes them: the plan keeps it, and people hear of it once."""

from typing import Any

from msgspec.structs import replace
from sqlalchemy import select

from bot.domain.acts import ActKind
from bot.domain.offerings.offering import is_address
from bot.services.acts.listing import list_acts
from bot.services.offerings.catalogue import load_offering
from bot.services.plan.apply import apply_plan
from bot.views import ids
from sandbox import Visitor, text_of
from storage.tables import Person
from tests.support.joining import join, kaiku_answer
from tests.support.running import Running
from tests.support.shipped_plan import SHIPPED
from tests.support.time_passing import at, deliveries, helsinki

CODE = "dialogue-2"


async def swedish(kaiku: Running, user_id: str) -> Visitor:
    """Somebody who has met Kaiku, and whose Slack is in Swedish."""
    visitor = kaiku.visitor(user_id)
    await visitor.command("/kaiku hjälp")
    return visitor


def led(kaiku: Running, code: str = CODE) -> list[str]:
    with kaiku.store.read_transaction() as tx:
        return [each for each in load_offering(tx, code).facilitators if not is_address(each)]


def acts(kaiku: Running, *kinds: str) -> list[tuple[str, str | None, str | None]]:
    """Kind, actor and person of what stands in the log, oldest first."""
    with kaiku.store.read_transaction() as tx:
        found = reversed(list_acts(tx))
    return [
        (each.kind, each.actor and each.actor.user_id, each.person and each.person.user_id)
        for each in found
        if not kinds or each.kind in kinds
    ]


async def change(visitor: Visitor, code: str, *people: str) -> Any:
    await visitor.command(f"/kaiku vetäjät {code}")
    return await visitor.submit({ids.PEOPLE: list(people)})


def news(visitor: Visitor, part: str) -> list[str]:
    return [each["text"] for each in visitor.direct_messages if part in each["text"]]


async def test_what_slack_changes_of_facilitators_outlives_the_plan_and_is_told_once(kaiku: Running) -> None:
    kalle, anders = kaiku.visitor("UKOORD"), await swedish(kaiku, "UANDERS")
    await change(kalle, CODE, "UFASI", "UANDERS")
    assert "<@UANDERS>" in text_of(kalle.modal)
    await change(kalle, "coaching-2", "UFASI", "UANDERS")
    await change(anders, CODE, "UANDERS")  # a facilitator may, too
    assert led(kaiku) == ["UANDERS"]

    moved = replace(SHIPPED, title={"fi": "Uusi nimi", "sv": "Nytt namn"})
    with kaiku.store.transaction() as tx:
        apply_plan(tx, moved, kaiku.clock.now())
    assert led(kaiku) == ["UANDERS"]
    assert "UANDERS" in led(kaiku, "coaching-2")

    await at(kaiku, helsinki(2019, 2, 12, 10))
    (told,) = news(anders, "utsetts till handledare")
    assert "Dialogfärdigheter" in told or "dialog" in told.lower()
    assert told.count("•") == 2
    await change(kalle, CODE, "UANDERS", "UFASI")
    await change(kalle, CODE, "UFASI")
    await change(kalle, CODE, "UFASI", "UANDERS")
    await at(kaiku, helsinki(2019, 2, 13, 10))
    assert len(news(anders, "utsetts till handledare")) == 1
    assert acts(kaiku, ActKind.ADDED_FACILITATOR, ActKind.REMOVED_FACILITATOR)[:3] == [
        (ActKind.ADDED_FACILITATOR, "UKOORD", "UANDERS"),
        (ActKind.ADDED_FACILITATOR, "UKOORD", "UANDERS"),
        (ActKind.REMOVED_FACILITATOR, "UANDERS", "UFASI"),
    ]


async def test_the_last_facilitator_stays_until_there_is_a_successor(kaiku: Running) -> None:
    kalle = kaiku.visitor("UKOORD")
    await change(kalle, CODE, "UANDERS")
    kaiku.server.workspace.change_person({"id": "UANDERS", "deleted": True})
    kaiku.server.link.person_changed("UANDERS")
    await kaiku.server.link.settled()
    await at(kaiku, helsinki(2019, 2, 12, 10))
    (told,) = news(kalle, "Vetäjä puuttuu")
    assert "Anders Holm" in told
    refused = await change(kalle, CODE, "UPOIS")
    assert "Paula Poistunut: tätä tehtävää ei voi antaa" in str(refused)
    refused = await change(kalle, CODE, "UVIERAS")
    assert "ei voi antaa vieraalle" in str(refused)
    assert led(kaiku) == ["UANDERS"]
    await change(kalle, CODE, "UFASI")
    assert led(kaiku) == ["UFASI"]
    await at(kaiku, helsinki(2019, 2, 14, 10))
    assert len(news(kalle, "Vetäjä puuttuu")) == 1


async def test_somebody_who_may_not_change_facilitators_reads_who_they_are(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku vetäjät {CODE}")
    assert "<@UFASI>" in kaiku_answer(kaiku, aino)["text"]


async def test_a_coordinator_named_in_slack_may_what_coordinators_may_at_once(kaiku: Running) -> None:
    kalle, anders = kaiku.visitor("UKOORD"), await swedish(kaiku, "UANDERS")
    await anders.command("/kaiku logg")
    assert "Bara koordinatorerna" in kaiku_answer(kaiku, anders)["text"]
    await kalle.open_home()
    await kaiku.settle()
    await kalle.click(ids.OPEN_COORDINATORS)
    assert "<@UKOORD>" in text_of(kalle.modal)  # from the settings: said, not to be chosen
    await kalle.submit({ids.PEOPLE: ["UANDERS"]})
    await anders.command("/kaiku logg")
    assert "Utsåg en koordinator" in text_of(anders.modal)
    await anders.open_home()
    await kaiku.settle()
    assert "För koordinatorer" in text_of(anders.home)

    await kaiku.restart()
    await anders.close()
    await anders.click(ids.OPEN_COORDINATORS)
    await anders.submit({ids.PEOPLE: []})
    await anders.command("/kaiku logg")
    assert "Bara koordinatorerna" in kaiku_answer(kaiku, anders)["text"]
    assert acts(kaiku, ActKind.NAMED_COORDINATOR, ActKind.REMOVED_COORDINATOR) == [
        (ActKind.NAMED_COORDINATOR, "UKOORD", "UANDERS"),
        (ActKind.REMOVED_COORDINATOR, "UANDERS", "UANDERS"),
    ]
    assert kaiku.app.kaiku.coordinators == {"UKOORD"}


async def test_the_daily_line_comes_once_with_counts_and_can_be_turned_off(kaiku: Running) -> None:
    fanni, aino = kaiku.visitor("UFASI"), kaiku.visitor("UAINO")
    await fanni.command("/kaiku ohje")
    await at(kaiku, helsinki(2019, 2, 12, 10))
    assert not news(fanni, "muutoksia")
    await join(aino, CODE)
    await join(kaiku.visitor("UOLLI"), CODE)
    await aino.close()
    await at(kaiku, helsinki(2019, 2, 12, 20))
    assert not news(fanni, "muutoksia")
    await at(kaiku, helsinki(2019, 2, 13, 9, 30))
    (line,) = news(fanni, "muutoksia")
    assert "ilmoittautui: 2" in line
    await at(kaiku, helsinki(2019, 2, 13, 16))
    assert len(news(fanni, "muutoksia")) == 1

    await fanni.command("/kaiku asetukset")
    await fanni.submit({ids.DAILY: []}, agency="vm", role="expert", language="fi")
    await join(kaiku.visitor("UHELI"), CODE)
    await at(kaiku, helsinki(2019, 2, 14, 10))
    assert len(news(fanni, "muutoksia")) == 1
    assert [each.state for each in deliveries(kaiku, "facilitators_day")] == ["sent"]


async def test_who_never_used_kaiku_is_met_to_hear_of_their_role_in_their_language(kaiku: Running) -> None:
    await change(kaiku.visitor("UKOORD"), CODE, "UFASI")
    with kaiku.store.transaction() as tx:
        people = set(tx.scalars(select(Person.c.id)))
        named = {each.code: (*each.facilitators, "UANDERS") for each in SHIPPED.offerings}
        plan = replace(
            SHIPPED,
            strands=tuple(
                replace(
                    strand,
                    offerings=tuple(
                        replace(each, facilitators=named[each.code]) for each in strand.offerings
                    ),
                )
                for strand in SHIPPED.strands
            ),
        )
        apply_plan(tx, plan, kaiku.clock.now())
    assert "UANDERS" not in people
    await kaiku.app.housekeeping.look_up_addresses()
    await at(kaiku, helsinki(2019, 2, 12, 10))
    (told,) = news(kaiku.visitor("UANDERS"), "utsetts till handledare")
    assert told.count("•") > 10
