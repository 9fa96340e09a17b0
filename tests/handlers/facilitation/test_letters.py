"""A facilitator writes to the group: previewed, sent once to each in their language, withdrawn in time."""

from sqlalchemy import select

from sandbox import Visitor, text_of
from storage.tables import Act, Delivery
from tests.support.prompting import joined
from tests.support.reflecting import CODE
from tests.support.running import Running
from tests.support.time_passing import at, helsinki

FI, SV = "Tuo <!channel> kuppi & *lautanen*.\nNähdään!", "Ta med en kopp.\nVi ses!"
OF_LETTERS = ("wrote_to_group", "withdrew_letter")
IN_THE_EVENING = helsinki(2019, 4, 4, 20)
IN_THE_MORNING = helsinki(2019, 4, 5, 9, 1)


async def preview(kaiku: Running, to: str = "seated", when: str = "now") -> Visitor:
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku ryhmä {CODE}")
    await facilitator.click("letter.write", on=facilitator.modal)
    outcome = await facilitator.submit(letter_fi=FI, letter_sv=SV, letter_to=to, letter_when=when)
    assert outcome.errors is None, outcome.errors
    return facilitator


def letters_to(kaiku: Running, who: str) -> list[str]:
    found = [each["text"] for each in kaiku.visitor(who).direct_messages]
    return [each for each in found if "<@UFASI>" in each and ("Nähdään!" in each or "Vi ses!" in each)]


def states(kaiku: Running) -> list[str]:
    with kaiku.store.read_transaction() as tx:
        return sorted(tx.scalars(select(Delivery.c.state).where(Delivery.c.kind == "letter")))


def acts(kaiku: Running) -> list[str]:
    with kaiku.store.read_transaction() as tx:
        return list(tx.scalars(select(Act.c.kind).where(Act.c.kind.in_(OF_LETTERS)).order_by(Act.c.id)))


async def test_each_gets_it_once_in_their_language_and_reads_whom_to_answer(kaiku: Running) -> None:
    await joined(kaiku, "UAINO", "UANDERS")
    facilitator = await preview(kaiku)
    shown = text_of(facilitator.modal)
    assert "2 saajalle" in shown
    assert "Suomeksi, saajia 1" in shown
    assert "Ruotsiksi, saajia 1" in shown
    assert "Nähdään!" in shown
    assert "Vi ses!" in shown
    confirmed = facilitator.modal["private_metadata"]
    await facilitator.submit()
    await kaiku.settle()
    await facilitator.close(clear=True)
    again = await preview(kaiku)  # a second click on the same confirmation
    again.modal["private_metadata"] = confirmed
    await again.submit()
    await kaiku.settle()
    (finnish,), (swedish,) = letters_to(kaiku, "UAINO"), letters_to(kaiku, "UANDERS")
    assert "Tuo &lt;!channel&gt; kuppi &amp;" in finnish
    assert "Vastaa suoraan kirjoittajalle: <@UFASI>" in finnish
    assert "Svara direkt till avsändaren: <@UFASI>" in swedish
    assert states(kaiku) == ["sent", "sent"]
    assert acts(kaiku) == ["wrote_to_group"]


async def test_in_office_hours_it_waits_can_be_withdrawn_and_misses_who_leaves(kaiku: Running) -> None:
    await joined(kaiku, "UAINO", "UELSA")
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku ryhmä {CODE}")
    await facilitator.click("letter.write", on=facilitator.modal)
    outcome = await facilitator.submit(letter_fi=FI, letter_sv=SV, letter_to="waiting")
    assert outcome.errors is not None, "nobody waits"
    assert "letter_to" in outcome.errors
    await facilitator.close(clear=True)
    await at(kaiku, IN_THE_EVENING)
    facilitator = await preview(kaiku, when="office_hours")
    assert "5.4. klo 9.00" in text_of(facilitator.modal)
    await facilitator.submit()
    await facilitator.click("letter.withdraw", on=facilitator.modal)
    await facilitator.submit()
    assert "Kukaan muu ei saa viestiä" in text_of(facilitator.modal)
    await facilitator.close(clear=True)
    facilitator = await preview(kaiku, to="both", when="office_hours")
    await facilitator.submit()
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku peru {CODE}")
    await aino.submit()
    assert letters_to(kaiku, "UELSA") == []
    await at(kaiku, IN_THE_MORNING)
    assert letters_to(kaiku, "UAINO") == []
    assert len(letters_to(kaiku, "UELSA")) == 1
    assert states(kaiku) == ["cancelled", "cancelled", "cancelled", "sent"]
    assert acts(kaiku) == ["wrote_to_group", "withdrew_letter", "wrote_to_group"]


async def test_who_has_not_acknowledged_a_change_can_be_written_to_and_others_are_not(kaiku: Running) -> None:
    await joined(kaiku, "UAINO", "UELSA")
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku ryhmä {CODE}")
    await facilitator.click("letter.write", on=facilitator.modal)
    assert "eivät ole kuitanneet" not in text_of(facilitator.modal), "nothing has changed"
    await facilitator.close(clear=True)
    await facilitator.command(f"/kaiku ryhmä {CODE}")
    await facilitator.click("plan.open", CODE)
    await facilitator.click("plan.session", f"{CODE}/2")
    await facilitator.submit(new_day="2019-04-25", reason_fi="Vetäjä on estynyt.", reason_sv="Förhinder.")
    await facilitator.submit()
    await facilitator.close(clear=True)
    kaiku.clock.advance(minutes=11)
    await kaiku.settle()
    await kaiku.settle()
    await kaiku.visitor("UAINO").click("change.acknowledge")
    await facilitator.command(f"/kaiku ryhmä {CODE}")
    await facilitator.click("letter.write", on=facilitator.modal)
    assert "eivät ole kuitanneet muutosta" in text_of(facilitator.modal)
    await facilitator.close(clear=True)
    facilitator = await preview(kaiku, to="not_read:2")
    assert "1 saajalle" in text_of(facilitator.modal)
    await facilitator.submit()
    await kaiku.settle()
    assert letters_to(kaiku, "UAINO") == []
    (swedish,) = letters_to(kaiku, "UELSA")
    assert "till dem som inte har kvitterat ändringen av träff 2" in swedish
