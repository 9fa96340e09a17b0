"""Texts are edited, offerings added and copied in Slack; the file keeps its comments, and undoes none."""

from datetime import date

import pytest

from bot.services.offerings.facilitators import Actor
from bot.services.people.agency_book import read_agencies
from bot.services.plan.additions import add_offering, load_for_copy, plan_copy
from bot.services.plan.file import plan_in, read_plan
from bot.services.plan.versions import OverwritesError, Winners, apply_file, export_plan
from sandbox import Visitor, text_of
from tests.conftest import ROOT
from tests.support.groups import met
from tests.support.joining import join
from tests.support.reflecting import CODE
from tests.support.running import Running

SHIPPED = ROOT / "programmes" / "2019.yml"
NEW = {
    "strand": "kaiku-2019/2",
    "title_fi": "Uusi piiri",
    "title_sv": "Ny krets",
    "summary_fi": "Keskustelemme.",
    "summary_sv": "Vi diskuterar.",
    "capacity": "12",
    "per_agency": "3",
    "new_day": "2019-09-10",
    "new_link": "https://skype.example/9",
}


async def chooser_of(kaiku: Running, who: str) -> Visitor:
    facilitator = kaiku.visitor(who)
    if facilitator.modals:
        await facilitator.close(clear=True)
    await facilitator.command(f"/kaiku ryhmä {CODE}")
    await facilitator.click("plan.open", CODE)
    return facilitator


def comments_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip().startswith("#")]


async def test_texts_and_offerings_from_slack_are_in_the_file_and_no_file_undoes_them_silently(
    kaiku: Running,
) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    plan = read_plan(SHIPPED, read_agencies())
    now = kaiku.clock.now
    with kaiku.store.transaction() as tx:  # the file is known: what differs from it is Slack's
        apply_file(tx, text, plan, now, winners=Winners(), made_by="operator")
    await join(kaiku.visitor("UAINO"), CODE, agency="vero")
    await kaiku.settle()
    before = len(kaiku.visitor("UAINO").direct_messages)

    fanni = await chooser_of(kaiku, "UFASI")
    await fanni.click("texts.edit", f"{CODE}/2")
    assert list((await fanni.submit(bring_fi="Ota eväät.", bring_sv="")).errors or {}) == ["bring_sv"]
    await fanni.submit(bring_sv="Ta med matsäck.", bring_en="")
    fanni, kalle = await chooser_of(kaiku, "UFASI"), await chooser_of(kaiku, "UKOORD")
    for who in (fanni, kalle):
        await who.click("texts.edit", f"{CODE}/0")
    await fanni.submit(title_fi="Dialogi töissä")
    assert "muuttanut tekstejä" in ((await kalle.submit(title_fi="Toisin")).errors or {})["title_fi"]

    fanni = await chooser_of(kaiku, "UFASI")
    await fanni.click("plan.copy", CODE)
    outcome = await fanni.submit(new_day="2019-02-19")  # sign-up would have closed as many days before
    assert outcome.errors == {"closes": "Ilmoittautuminen olisi päättynyt jo. Valitse sen viimeinen päivä."}
    await fanni.submit(new_day="2019-09-03")  # as long after each other, on working days
    assert "`dialogue-4`" in text_of(fanni.modal)
    await kalle.close(clear=True)
    await kalle.open_home()
    await kaiku.settle()
    await kalle.click("plan.new")
    assert set((await kalle.submit(**NEW | {"capacity": "x", "new_day": "2019-09-14"})).errors or {}) == {
        "capacity"
    }
    assert set((await kalle.submit(**NEW | {"new_day": "2019-09-14"})).errors or {}) == {"new_day"}
    await kalle.submit(**NEW)
    assert "Uusi tunnus on `dialogue-" in text_of(kalle.modal)
    await kaiku.settle()
    assert len(kaiku.visitor("UAINO").direct_messages) == before, "nobody is messaged"

    with kaiku.store.transaction() as tx:
        exported = export_plan(tx, plan.code) or ""
        assert comments_of(exported) == comments_of(text)
        found = {each.code: each for each in plan_in(exported).offerings}
        assert found[CODE].title["fi"] == "Dialogi töissä"
        assert found[CODE].sessions[1].bring == {"fi": "Ota eväät.", "sv": "Ta med matsäck."}
        assert [each.number for each in found["dialogue-4"].sessions] == [1, 2, 3, 4]
        with pytest.raises(OverwritesError) as refused:
            apply_file(tx, text, plan, now, winners=Winners(), made_by="operator")
        assert {each.offering for each in refused.value.changes} == {CODE, *found} - {
            each.code for each in plan.offerings if each.code != CODE
        }
        apply_file(tx, exported, plan_in(exported), now, winners=Winners(), made_by="operator")
        assert export_plan(tx, plan.code) == exported

        leader = Actor(met(tx, "UKOORD"), frozenset({"UKOORD"}))
        _, number = load_for_copy(tx, leader, "dialogue-skype-1")
        day = date(2019, 9, 10)
        home, new = plan_copy(tx, leader, "dialogue-skype-1", {"fi": "A", "sv": "Å"}, day, None, now())
        added = add_offering(tx, leader, home, number, new, now)
        assert added.code == f"dialogue-skype-{number}", "it is called as what it is a copy of"


async def test_a_session_is_added_with_the_preview_and_those_with_a_seat_hear_of_it(kaiku: Running) -> None:
    await join(kaiku.visitor("UAINO"), CODE, agency="vero")
    await kaiku.settle()
    fanni = await chooser_of(kaiku, "UFASI")
    await fanni.click("plan.new_session", CODE)
    day = {"new_day": "2019-06-11", "new_starts": "09:00", "new_ends": "11:00"}
    assert set((await fanni.submit(**day)).errors or {}) == {"new_place_sv"}
    assert (await fanni.submit(**day, new_link="https://skype.example/9", besides=["despite"])).errors is None
    assert "Tapaaminen 5 lisätään: ti 11.6." in text_of(fanni.modal)
    assert "osallistujia 1, jonossa olevia 0" in text_of(fanni.modal)
    await fanni.submit()
    kaiku.clock.advance(minutes=11)
    await kaiku.settle()
    await kaiku.settle()
    assert "Uusi tapaaminen 5: ti 11.6." in str(kaiku.visitor("UAINO").direct_messages[-1]["text"])
