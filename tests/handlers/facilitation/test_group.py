"""The desk of a group, in Slack: who comes, a removal and its undoing, an invitation."""

from sqlalchemy import update

from sandbox import text_of
from storage.tables import Offering
from tests.support.facilitating import a_full_group, previewed
from tests.support.joining import join
from tests.support.reflecting import CODE
from tests.support.running import Running
from tests.support.time_passing import helsinki


async def test_a_removal_is_previewed_done_once_and_told_with_its_reason(kaiku: Running) -> None:
    ids = await a_full_group(kaiku)
    fields = {"member": ids["UAINO"], "reason_fi": "Et ole vastannut.", "reason_sv": "Du har inte svarat."}
    fanni = await previewed(kaiku, "UFASI", "remove", **fields)
    shown = text_of(fanni.modal)
    for said in ("Syy: Et ole vastannut.", "Orsak: Du har inte svarat.", "klo 10.10", "Johan Sjöberg"):
        assert said in shown
    kalle = await previewed(kaiku, "UKOORD", "remove", **fields)
    await fanni.submit()
    await kalle.submit()
    assert "Osallistuja on jo poistettu ryhmästä (Fanni Siltala, klo 10.00)" in text_of(kalle.modal)
    heard = len(kaiku.visitor("UAINO").direct_messages)

    kaiku.clock.advance(minutes=9)
    await kaiku.settle()
    assert len(kaiku.visitor("UAINO").direct_messages) == heard
    kaiku.clock.advance(minutes=2)
    await kaiku.settle()
    await kaiku.settle()
    told = kaiku.visitor("UAINO").direct_messages[-1]["text"]
    assert told.splitlines()[0] == "Ilmoittautumisesi on päätetty"
    assert "Syy: Et ole vastannut." in told
    assert kaiku.visitor("UJOHAN").direct_messages[-1]["text"].startswith("Du erbjuds en plats")


async def test_a_removal_needs_its_reason_in_the_language_of_the_person(kaiku: Running) -> None:
    ids = await a_full_group(kaiku)
    fanni = await previewed(kaiku, "UFASI", "remove", member=ids["UJOHAN"], reason_fi="Et ole vastannut.")
    outcome = await fanni.submit(member=ids["UJOHAN"], reason_fi="Et ole vastannut.")
    assert list(outcome.errors or {}) == ["reason_sv"]


async def test_a_removal_is_undone_from_what_it_answered(kaiku: Running) -> None:
    ids = await a_full_group(kaiku)
    fields = {"member": ids["UMARJA"], "reason_fi": "Väärä henkilö."}
    fanni = await previewed(kaiku, "UFASI", "remove", **fields)
    await fanni.submit()
    await fanni.click("group.undo")
    assert "Osallistujia 2/2" in text_of(fanni.modal)
    kaiku.clock.advance(hours=24)
    heard = len(kaiku.visitor("UMARJA").direct_messages)
    await kaiku.settle()
    assert len(kaiku.visitor("UMARJA").direct_messages) == heard


async def test_somebody_new_is_invited_says_who_they_are_and_has_the_seat(kaiku: Running) -> None:
    await a_full_group(kaiku)
    with kaiku.store.transaction() as tx:
        tx.execute(update(Offering).where(Offering.c.code == CODE).values(capacity=4))
    fanni = await previewed(kaiku, "UFASI", "add", new_member="UEMMA")
    assert "An invitation" in text_of(fanni.modal)
    await fanni.submit()
    await fanni.click("group.undo_invitation")
    assert "kutsuttu" not in text_of(fanni.modal)
    kaiku.clock.advance(minutes=11)
    await kaiku.settle()
    emma = kaiku.visitor("UEMMA")
    assert not emma.direct_messages, "it was undone, and she has heard of nothing"

    fanni = await previewed(kaiku, "UFASI", "add", new_member="UEMMA")
    await fanni.submit()
    kaiku.clock.advance(minutes=10)
    await kaiku.settle()
    assert emma.direct_messages[-1]["text"].startswith("An invitation")
    await emma.click("invitation.accept")
    await emma.submit(agency="migri", role="expert", language="en")
    assert "The seat is yours." in text_of(emma.modal)
    await kaiku.settle()
    assert "you have accepted the invitation" in emma.direct_messages[0]["text"]


async def test_home_of_a_facilitator_shows_the_groups_and_opens_one(kaiku: Running) -> None:
    await a_full_group(kaiku)
    fanni = kaiku.visitor("UFASI")
    kaiku.server.workspace.data["people"]["UFASI"]["locale"] = "sv-SE"
    await fanni.open_home()
    await kaiku.settle()
    assert "Deltagare 2/2 · lediga platser: 0 · i kö: 1" in text_of(fanni.home)
    await fanni.click("group.open", CODE)
    assert "1. Johan Sjöberg: Institutet för hälsa och välfärd THL" in text_of(fanni.modal)


async def test_home_of_a_facilitator_begins_with_what_needs_a_decision(kaiku: Running) -> None:
    fanni = kaiku.visitor("UFASI")
    kaiku.clock.move_to(helsinki(2019, 6, 3, 9))
    await join(kaiku.visitor("UAINO"), "dialogue-3")
    kaiku.clock.move_to(helsinki(2019, 9, 20, 9))  # no attendance is marked; five others meet sooner
    await fanni.open_home()
    await kaiku.settle()
    opened = [each.get("accessory", {}) for each in fanni.home["blocks"]]
    codes = [each["value"] for each in opened if each.get("action_id") == "group.open"]
    assert codes[0] == "dialogue-3"


async def test_a_coordinator_sees_the_group_but_is_offered_no_list_of_people(kaiku: Running) -> None:
    for user_id, is_offered in (("UFASI", True), ("UKOORD", False)):
        visitor = kaiku.visitor(user_id)
        await visitor.command(f"/kaiku ryhmä {CODE}")
        assert visitor.has_button("roster.export") is is_offered
