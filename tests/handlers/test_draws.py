"""Seats that are drawn: wishing, the proposal, its confirmation, and what each person is told."""

from typing import Any

import pytest
from sqlalchemy import delete

from bot.services.offerings.roster import list_roster
from sandbox import Visitor, text_of
from storage.tables import Delivery
from tests.support.drawing import CLOSED, ROUNDS, drawn_plan, wish
from tests.support.joining import kaiku_answer
from tests.support.previewing import shown
from tests.support.running import Running
from tests.support.shipped_plan import apply, with_offering
from tests.support.time_passing import at, deliveries


async def wished(kaiku: Running) -> dict[str, Visitor]:
    """Four people of four agencies want a seat in two rounds of one seat; Fanni facilitates."""
    await apply(kaiku, drawn_plan(capacity=1, per_agency=1))
    fanni = kaiku.visitor("UFASI")
    await fanni.command("/kaiku ohje")  # Kaiku writes to whom it has met
    return {
        "fanni": fanni,
        "aino": await wish(kaiku, "UAINO", *ROUNDS),
        "johan": await wish(kaiku, "UJOHAN", *ROUNDS, agency="tulli", language="sv"),
        "pekka": await wish(kaiku, "UPEKKA", *ROUNDS, agency="mml", language="sv"),
        "kaisa": await wish(kaiku, "UKAISA", *ROUNDS, agency="thl"),
    }


async def test_a_group_is_filled_by_a_draw_and_explained_to_who_did_not_get_in(kaiku: Running) -> None:
    people = await wished(kaiku)
    fanni = people.pop("fanni")
    await at(kaiku, CLOSED)
    assert "Paikkaa toivoi 4 osallistujaa." in fanni.direct_messages[-1]["text"]
    await fanni.click("draw.review")
    proposal = text_of(fanni.modal)
    assert "Paikan saa: 2. Virastoja mukana: 2." in proposal
    assert "varasija 1, paikat loppuivat" in proposal
    await fanni.click("draw.messages")
    examples = text_of(fanni.modal)
    assert all(said in examples for said in ("Viesti suomeksi", "Viesti ruotsiksi", "Ilman paikkaa jääneitä"))
    previews = {}
    for name, person in people.items():
        (option,) = [each for each in reader_options(fanni) if each.endswith(person.id)]
        await fanni.choose("draw.reader", option)
        previews[name] = shown(fanni.modal["blocks"])
    await fanni.close()
    assert not any(each.direct_messages for each in people.values()), "nobody is told before it is confirmed"

    await fanni.submit()
    assert "Jako on vahvistettu" in text_of(fanni.modal)
    await kaiku.settle()
    told = {name: [each["text"] for each in of.direct_messages] for name, of in people.items()}
    assert all(len(texts) == 1 for texts in told.values()), "one message each"
    for name, person in people.items():
        sent, preview = shown(person.direct_messages[0]["blocks"]), previews[name]
        assert preview[-len(sent) :] == sent, name
    said = [texts[0] for texts in told.values()]
    assert sum("Sait ensimmäisen toiveesi." in text or "ditt första önskemål" in text for text in said) == 1
    assert sum("numero 2" in text or "nummer 2" in text for text in said) == 1
    in_vain = [text for text in said if "Et saanut paikkaa" in text or "Du fick ingen plats" in text]
    assert len(in_vain) == 2
    for text in in_vain:
        assert "ratkaisi arpa" in text or "avgjorde lotten" in text
        assert "varasijalla" in text or "reservplats" in text
        assert "Vastaa siihen ajoissa." in text or "Svara då i tid." in text
    await fanni.close(clear=True)
    await fanni.click("draw.review")
    assert "Jako on jo vahvistettu" in text_of(fanni.modal)


def reader_options(person: Visitor) -> list[str]:
    menus = [each for block in person.modal["blocks"] for each in block.get("elements", ())]
    (readers,) = [each for each in menus if each.get("action_id") == "draw.reader"]
    return [each["value"] for each in readers["options"]]


async def test_a_wish_is_no_place_in_line_and_can_be_ranked_anew_and_taken_back(kaiku: Running) -> None:
    await apply(kaiku, drawn_plan())
    aino = await wish(kaiku, "UAINO", *ROUNDS)
    assert "Toiveesi 1/2." in text_of(aino.modal)
    await aino.close(clear=True)
    await aino.command("/kaiku omat")
    assert kaiku_answer(kaiku, aino)["text"].count("Toiveesi on kirjattu.") == 2
    assert "varasija" not in kaiku_answer(kaiku, aino)["text"]

    await wish(kaiku, "UAINO", *reversed(ROUNDS))
    await aino.close(clear=True)
    await aino.command(f"/kaiku peru {ROUNDS[1]}")
    await aino.submit()
    assert "Toiveesi on peruttu." in text_of(aino.modal)
    await aino.close(clear=True)
    await aino.command("/kaiku lista")
    assert "2 paikkaa, jaetaan ilmoittautumisen päätyttyä" in kaiku_answer(kaiku, aino)["text"]
    await aino.click("mine.open", ROUNDS[0])
    assert "Toiveesi on kirjattu." in text_of(aino.modal)


async def test_the_rule_is_read_before_signing_up(kaiku: Running) -> None:
    await apply(kaiku, drawn_plan(ROUNDS[0], balance_roles=True))
    johan = kaiku.visitor("UJOHAN")
    await johan.command(f"/kaiku delta {ROUNDS[0]}")
    assert "högst 2 platser per ämbetsverk" in text_of(johan.modal)
    assert "varvas rollerna" in text_of(johan.modal)
    assert not any(block["block_id"].startswith("ranked") for block in johan.modal["blocks"])


async def test_what_changes_before_the_confirmation_is_shown_first(kaiku: Running) -> None:
    people = await wished(kaiku)
    fanni, kalle = people["fanni"], kaiku.visitor("UKOORD")
    await kalle.command("/kaiku ohje")
    await at(kaiku, CLOSED)
    await fanni.click("draw.review")
    for code in ROUNDS:
        await people["aino"].command(f"/kaiku peru {code}")
        await people["aino"].submit()
        await people["aino"].close(clear=True)
    await fanni.submit()
    assert "Mitään ei vielä vahvistettu" in text_of(fanni.modal)
    assert not deliveries(kaiku, "confirmation")
    await fanni.submit()
    assert "Jako on vahvistettu" in text_of(fanni.modal)
    await kaiku.settle()
    assert not people["aino"].direct_messages


async def test_who_wished_for_a_cancelled_round_is_told_and_its_facilitator_sees_it(kaiku: Running) -> None:
    people = await wished(kaiku)
    fanni = people.pop("fanni")
    await fanni.command(f"/kaiku ryhmä {ROUNDS[0]}")
    await fanni.click("plan.open", ROUNDS[0])
    await fanni.click("plan.session", f"{ROUNDS[0]}/0")
    await fanni.submit(held="cancelled", reason_fi="Vetäjä on estynyt.", reason_sv="Förhinder.")
    assert "pyytäneet tiedon ilmoittautumisen alkamisesta: 4" in text_of(fanni.modal)
    assert "Orsak: Förhinder." in text_of(fanni.modal)
    await fanni.submit()
    kaiku.clock.advance(minutes=11)
    await kaiku.settle()
    for name, person in people.items():
        (told,) = [each["text"] for each in person.direct_messages]
        assert ("Syy: Vetäjä on estynyt." if name in {"aino", "kaisa"} else "Orsak: Förhinder.") in told
    await people["aino"].command("/kaiku omat")
    assert kaiku_answer(kaiku, people["aino"])["text"].count("Toiveesi on kirjattu.") == 1, "the other stands"


async def test_a_facilitator_whom_kaiku_has_never_met_is_met_and_told_of_the_proposal(kaiku: Running) -> None:
    await apply(kaiku, drawn_plan())
    with kaiku.store.transaction() as tx:  # of the role they would hear first
        tx.execute(delete(Delivery).where(Delivery.c.recipient == "UFASI"))
    await wish(kaiku, "UAINO", *ROUNDS)
    fanni = kaiku.visitor("UFASI")
    await kaiku.app.housekeeping.look_up_addresses()
    await at(kaiku, CLOSED)
    assert "odottaa vahvistustasi" in fanni.direct_messages[-1]["text"]


@pytest.mark.parametrize("how", ["leaves", "is cancelled"])
async def test_who_has_no_other_seat_of_the_draw_any_more_is_offered_one_that_is_free(
    kaiku: Running, how: str
) -> None:
    people = await wished(kaiku)
    fanni = people.pop("fanni")
    await at(kaiku, CLOSED)
    await fanni.click("draw.review")
    await fanni.submit()
    await fanni.close(clear=True)
    await kaiku.settle()

    def lines(code: str) -> dict[str, str]:
        with kaiku.store.read_transaction() as tx:
            return {each.user_id: each.status for each in list_roster(tx, code)}

    async def leave(user_id: str, code: str) -> None:
        person = kaiku.visitor(user_id)
        await person.command(f"/kaiku peru {code}")
        await person.submit()
        await person.close(clear=True)
        await kaiku.settle()

    first, second = ROUNDS
    for code in ROUNDS:  # all but one leave the lines, and the seats, of both
        for user_id, status in lines(code).items():
            if status == "seated":
                await leave(user_id, code)
    (mine,) = [each for each, status in lines(first).items() if status == "offered"]
    for code in ROUNDS:
        for user_id, status in lines(code).items():
            if user_id != mine and status in {"waiting", "offered"}:
                await leave(user_id, code)
    await kaiku.visitor(mine).click("offer.accept", on=offer_of(kaiku, mine))
    await kaiku.settle()
    assert (lines(first)[mine], lines(second)[mine]) == ("seated", "waiting"), "one seat each"

    if how == "leaves":
        await leave(mine, first)
    else:
        await apply(kaiku, with_offering(drawn_plan(capacity=1, per_agency=1), first, cancelled=True))
        await kaiku.settle()
    assert lines(second)[mine] == "offered"


def offer_of(kaiku: Running, user_id: str) -> dict[str, Any]:
    sent = kaiku.visitor(user_id).direct_messages
    return next(each for each in sent if kaiku.visitor(user_id).has_button("offer.accept", on=each))
