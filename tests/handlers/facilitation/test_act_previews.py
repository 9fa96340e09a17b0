"""What a facilitator's act sends is, block by block, what its preview showed: to a reader in another time
zone too, and with the calendar file where addresses are shown."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from sandbox import Visitor
from storage.tables import Enrolment, Offering, SeatOffer
from tests.support.facilitating import a_full_group, previewed
from tests.support.joining import join
from tests.support.previewing import shown
from tests.support.reflecting import CODE
from tests.support.running import Running
from tests.support.shipped_plan import SHIPPED, apply, with_session

REASON = {"reason_fi": "Vetäjä on estynyt.", "reason_sv": "Handledaren har förhinder."}
LETTER = {"letter_fi": "Nähdään!", "letter_sv": "Vi ses!", "letter_to": "seated", "letter_when": "now"}
ASKED = {"asked_day_1": "2019-04-25", "asked_day_2": "2019-04-26"}


async def acting(kaiku: Running, act: str) -> tuple[Visitor, str]:
    """The act's preview, and whom it will be sent to."""
    ids = await a_full_group(kaiku)
    if act == "add":
        with kaiku.store.transaction() as tx:
            tx.execute(update(Offering).where(Offering.c.code == CODE).values(capacity=4))
    who = "UEMMA" if act == "add" else "UAINO"
    fields: dict[str, Any] = {"member": ids.get(who)} if act != "add" else {"new_member": who}
    fields |= {"other_group": "dialogue-skype-1"} if act == "move" else {}
    fields |= REASON if act != "add" else {}
    return await previewed(kaiku, "UKOORD", act, **fields), who


async def raising(kaiku: Running, _act: str) -> tuple[Visitor, str]:
    """A raised limit offers a seat to somebody who has another session then and has let an offer lapse."""
    clashing = with_session(SHIPPED, "dialogue-1", 1, on=date(2019, 4, 2), starts=time(13), ends=time(15))
    await apply(kaiku, clashing)
    await join(kaiku.visitor("UJOHAN"), "dialogue-1", agency="thl", language="sv")
    await kaiku.visitor("UJOHAN").close(clear=True)
    ids = await a_full_group(kaiku)
    with kaiku.store.transaction() as tx:
        limits = {"capacity": 3, "seats_per_agency": 1, "agency_seats": {}}
        raised = update(Offering).where(Offering.c.code == CODE).values(limits).returning(Offering.c.id)
        offering_id = tx.scalars(raised).one()
        waiting = (Enrolment.c.person_id == "UJOHAN", Enrolment.c.offering_id == offering_id)
        moved = update(Enrolment).where(*waiting).values(agency="mml").returning(Enrolment.c.id)
        enrolment_id = tx.scalars(moved).one()
        before = {"enrolment_id": enrolment_id, "person_id": "UJOHAN", "offering_id": offering_id}
        times = dict.fromkeys(("told_at", "until", "made_at"), kaiku.clock.now() - timedelta(days=7))
        tx.execute(insert(SeatOffer).values(**before, **times, seat=1, outcome="lapsed"))
    assert ids
    return await previewed(kaiku, "UKOORD", "raise", of_agency="mml", seats="2"), "UJOHAN"


async def changing(kaiku: Running, act: str) -> tuple[Visitor, str]:
    """The same for a change of a remote session, a letter, and a poll on its time."""
    code = "dialogue-skype-1" if act == "edit" else CODE
    for who in ("UAINO", "UJOHAN"):
        person = kaiku.visitor(who)
        await join(person, code, agency="thl", language="sv" if who == "UJOHAN" else "fi")
        await person.close(clear=True)
    await kaiku.settle()
    facilitator = kaiku.visitor("UFASI" if act == "letter" else "UKOORD")
    await facilitator.command(f"/kaiku ryhmä {code}")
    if act == "letter":
        await facilitator.click("letter.write", on=facilitator.modal)
    else:
        await facilitator.click("plan.open", code)
        await facilitator.click("times.find" if act == "poll" else "plan.session", f"{code}/2")
    fields = {"letter": LETTER, "poll": ASKED, "edit": REASON | {"new_day": "2019-04-25"}}[act]
    outcome = await facilitator.submit(**fields)
    assert not outcome.errors, outcome
    return facilitator, "UJOHAN"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # both read the same rows
@pytest.mark.parametrize("act", ["move", "put_back", "add", "raise", "edit", "letter", "poll"])
async def test_what_an_act_sends_reads_as_its_preview(kaiku: Running, act: str) -> None:
    kaiku.app.public_url = f"http://127.0.0.1:{kaiku.app.port}"
    for person in kaiku.server.workspace.data["people"].values():
        person["tz"] = "Europe/London"
    prepare = {"move": acting, "put_back": acting, "add": acting, "raise": raising}.get(act, changing)
    facilitator, who = await prepare(kaiku, act)
    preview, heard = shown(facilitator.modal["blocks"]), len(kaiku.visitor(who).direct_messages)
    assert "url" not in str(facilitator.modal["blocks"]), "nobody's own address is in it"
    await facilitator.submit()
    for _ in range(4):
        kaiku.clock.advance(minutes=60 if act == "raise" else 40)  # to the minute at which it is due
        await kaiku.settle()
    sent = shown(kaiku.visitor(who).direct_messages[heard]["blocks"])
    assert any(preview[at : at + len(sent)] == sent for at in range(len(preview))), (preview, sent)
    if act == "raise":
        assert "samtidigt" in str(sent), "another session then"
        assert "sist i kön" in str(sent), "for the second time"
