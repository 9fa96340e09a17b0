"""Two people of one name are told apart wherever facilitators read names."""

from sqlalchemy import update

from bot.services.deliveries import outbox
from sandbox import Visitor, text_of
from storage import deliveries as delivery_rows
from storage.tables import Delivery, Offering
from tests.support.joining import join
from tests.support.reflecting import CODE, FIRST, answer
from tests.support.running import Running
from tests.support.time_passing import at, deliveries, helsinki

NAMESAKES = {"UAINO": "vero", "UMARJA": "mml", "UOLLI": "vero"}


async def namesakes(kaiku: Running, *people: str) -> list[Visitor]:
    """People with seats who are all called Aino Virtanen."""
    found = []
    for each in people:
        kaiku.server.workspace.data["people"][each]["real_name"] = "Aino Virtanen"
        person = kaiku.visitor(each)
        await join(person, CODE, agency=NAMESAKES[each])
        await person.close(clear=True)
        found.append(person)
    await kaiku.settle()
    return found


async def test_who_cannot_come_is_told_from_a_namesake_who_can(kaiku: Running) -> None:
    aino, _, _ = await namesakes(kaiku, "UAINO", "UMARJA", "UOLLI")
    await aino.command("/kaiku seuraava")
    await aino.click("session.absent", f"{CODE}/1")
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku kysymys {CODE}")
    assert "Aino Virtanen (Verohallinto) (UAINO)" in text_of(facilitator.modal)


async def test_who_is_over_the_limit_is_told_from_a_namesake_of_the_same_agency(kaiku: Running) -> None:
    await namesakes(kaiku, "UAINO", "UOLLI")
    with kaiku.store.transaction() as tx:
        tx.execute(update(Offering).where(Offering.c.code == CODE).values(agency_seats={"vero": 1}))
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku kysymys {CODE}")
    shown = text_of(facilitator.modal)
    assert "Aino Virtanen (Verohallinto) (UOLLI)" in shown
    assert "(UAINO)" not in shown


async def test_shared_answers_of_namesakes_are_told_apart_by_agency(kaiku: Running) -> None:
    people = await namesakes(kaiku, "UAINO", "UMARJA")
    await at(kaiku, helsinki(2019, 4, 3, 12))
    await at(kaiku, FIRST)
    for person in people:
        await answer(kaiku, person, answer_0="kokous", answer_1="kysyn", sharing="facilitators")
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku jaetut {CODE}")
    shown = text_of(facilitator.modal)
    assert "— Aino Virtanen (Verohallinto)" in shown
    assert "— Aino Virtanen (Maanmittauslaitos)" in shown


async def test_who_could_not_be_told_is_told_from_a_namesake(kaiku: Running) -> None:
    await namesakes(kaiku, "UAINO", "UMARJA")
    await kaiku.visitor("UFASI").open_home()  # first: a tick may come at any moment
    await kaiku.settle()
    with kaiku.store.transaction() as tx:
        confirmation = update(Delivery).where(
            Delivery.c.kind == "confirmation", Delivery.c.recipient == "UMARJA"
        )
        failed = tx.scalars(confirmation.values(state="failed").returning(Delivery.c.id)).one()
        outbox.plan_undelivered(tx, ["UFASI"], failed, kaiku.clock.now())
        assert delivery_rows.get_delivery(tx, failed) is not None
    await kaiku.settle()
    assert deliveries(kaiku, "undelivered")[0].state == "sent", deliveries(kaiku, "undelivered")
    assert "Aino Virtanen (Maanmittauslaitos)" in kaiku.visitor("UFASI").direct_messages[-1]["text"]
