"""A coordinator pauses all sending: own clicks are answered, the rest waits or is missed, nothing is lost."""

from bot.domain.acts import ActKind
from bot.services.acts.listing import list_acts
from bot.services.offerings.roster import list_roster
from bot.views import ids
from sandbox import text_of
from tests.support.feeds import fetch
from tests.support.joining import a_full_agency, join, kaiku_answer
from tests.support.running import Running
from tests.support.time_passing import at, deliveries, helsinki

CODE = "dialogue-2"


async def test_a_pause_holds_what_kaiku_sends_by_itself_until_it_is_resumed(kaiku: Running) -> None:
    kalle, aino, olli = (kaiku.visitor(each) for each in ("UKOORD", "UAINO", "UOLLI"))
    await join(aino, CODE)
    await kalle.open_home()
    await kaiku.settle()
    await kalle.click(ids.PAUSE_SENDING)
    await kalle.submit({ids.WHY: "Väärä linkki tapaamisessa"})
    assert "Mitään ei katoa" in text_of(kalle.modal)
    await kaiku.settle()
    assert "Syy: Väärä linkki tapaamisessa" in text_of(kalle.home)
    assert (await fetch(kaiku, "/readyz")).text == "ready, sending is paused"
    assert "kaiku_sending_paused 1.0" in (await fetch(kaiku, "/metrics")).text
    await kalle.close(clear=True)
    await kalle.command(f"/kaiku ryhmä {CODE}")
    assert "keskeyttänyt Kaikun lähetykset" in text_of(kalle.modal)
    await kalle.click("letter.write", on=kalle.modal)
    letter = {"letter_fi": "Nähdään!", "letter_sv": "Vi ses!", "letter_to": "seated", "letter_when": "now"}
    await kalle.submit(letter)
    assert "keskeyttänyt Kaikun lähetykset" in text_of(kalle.modal), "it would not begin at once"
    await kalle.close(clear=True)

    await join(olli, CODE)
    await kaiku.settle()
    assert any("Dialogi yhteiskehittämisessä" in each["text"] for each in olli.direct_messages), (
        "their own act is answered"
    )
    kaiku.clock.move_to(helsinki(2019, 4, 2, 8, 30))  # the day before and the hour before have come and gone
    await kaiku.settle()
    reminders = [*deliveries(kaiku, "day_before"), *deliveries(kaiku, "hour_before")]
    assert not [each for each in reminders if each.state == "sent"]
    kaiku.clock.move_to(helsinki(2019, 4, 2, 9, 30))
    ready = await fetch(kaiku, "/readyz")
    assert (ready.status, ready.text) == (200, "ready, sending is paused")

    await kalle.click(ids.RESUME_SENDING)
    await kaiku.settle()
    missed = [each for each in deliveries(kaiku, "day_before") if each.subject == f"{CODE}/1"]
    assert {each.state for each in missed} == {"missed"}
    coming = [each for each in deliveries(kaiku, "day_before") if each.subject == f"{CODE}/2"]
    assert {each.state for each in coming} == {"planned"}
    assert "Keskeytä lähetykset" in text_of(kalle.home)
    with kaiku.store.read_transaction() as tx:
        found = [each for each in list_acts(tx) if "sending" in each.kind]
    assert [each.kind for each in found] == [ActKind.RESUMED_SENDING, ActKind.PAUSED_SENDING]
    assert found[1].reason == {"fi": "Väärä linkki tapaamisessa"}
    await at(kaiku, helsinki(2019, 4, 2, 10))
    assert (await fetch(kaiku, "/readyz")).text == "ready"


async def test_only_coordinators_pause_and_two_pauses_are_one(kaiku: Running) -> None:
    kalle, fanni = kaiku.visitor("UKOORD"), kaiku.visitor("UFASI")
    for visitor in (kalle, fanni):
        await visitor.open_home()
    await kaiku.settle()
    assert "Koordinaattorille" not in text_of(fanni.home)
    for reason in ("Ensimmäinen", "Toinen"):
        await kalle.click(ids.PAUSE_SENDING)
        await kalle.submit({ids.WHY: reason})
        assert "Ensimmäinen" in text_of(kalle.modal)
        await kalle.close()
    with kaiku.store.read_transaction() as tx:
        assert len(list_acts(tx)) == 1
    await fanni.command("/kaiku loki")
    assert "Vain koordinaattorit" in kaiku_answer(kaiku, fanni)["text"]


async def test_in_a_pause_a_told_offer_ends_in_its_time_and_an_untold_one_waits(kaiku: Running) -> None:
    leaver, first = await a_full_agency(kaiku)
    second, third = kaiku.visitor("UJOHAN"), kaiku.visitor("UKAISA")
    for each in (second, third):
        await join(each, CODE)
        await each.close(clear=True)
    await at(kaiku, helsinki(2019, 3, 4, 10, 15))
    await leaver.command(f"/kaiku peru {CODE}")
    await leaver.submit()
    await kaiku.settle()
    assert "Vastaa viimeistään to 7.3. klo 10.15" in first.direct_messages[-1]["text"]
    kalle = kaiku.visitor("UKOORD")
    await kalle.open_home()
    await kaiku.settle()
    await kalle.click(ids.PAUSE_SENDING)
    await kalle.submit({ids.WHY: "Väärä linkki"})
    await kalle.close()

    await at(kaiku, helsinki(2019, 3, 7, 10, 20))
    assert standing(kaiku) == {"UELSA": "waiting", "UJOHAN": "offered", "UKAISA": "waiting"}
    await at(kaiku, helsinki(2019, 3, 14, 14))  # its own time would be over, but nobody has told them
    assert standing(kaiku)["UJOHAN"] == "offered"
    untold = [each.state for each in deliveries(kaiku, "offer") if each.recipient == second.id]
    assert untold == ["planned"]

    await kalle.click(ids.RESUME_SENDING)
    await kaiku.settle()
    assert "vastausaika päättyi" in first.direct_messages[-1]["text"]
    assert "Vastaa viimeistään ti 19.3. klo 14.00" in second.direct_messages[-1]["text"]
    await second.click("offer.accept", on=second.direct_messages[-1])
    assert standing(kaiku)["UJOHAN"] == "seated"


def standing(kaiku: Running) -> dict[str, str]:
    who = ("UELSA", "UJOHAN", "UKAISA")
    with kaiku.store.read_transaction() as tx:
        return {each.user_id: each.status for each in list_roster(tx, CODE) if each.user_id in who}
