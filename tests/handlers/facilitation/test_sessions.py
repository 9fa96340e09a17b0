"""A session as facilitators look after it, over the real protocol: brief, rooms, attendance."""

from typing import Any

from msgspec.structs import replace
from sqlalchemy import select

from bot.domain.acts import ActKind
from bot.domain.deliveries import DeliveryKind
from bot.domain.people.person import Person
from bot.services.facilitation.needs import erase_reflections
from sandbox import Visitor, text_of
from storage.tables import AccessNeed, Act, Attendance, RoomMember
from tests.support.joining import join
from tests.support.reflecting import CODE, newest
from tests.support.running import Running
from tests.support.shipped_plan import SHIPPED, apply, with_offering
from tests.support.time_passing import at, deliveries, helsinki

AINO = Person("UAINO", "Aino", "fi", "Europe/Helsinki")
DAY_BEFORE = helsinki(2019, 4, 1, 12)  # the session is on Tuesday 2.4., 9.00
DURING = helsinki(2019, 4, 2, 9, 30)
DAY_AFTER = helsinki(2019, 4, 3, 9)
REMOTE = "dialogue-skype-1"
AGENCIES = {
    "UAINO": "vero",
    "UOLLI": "vero",
    "UMARJA": "mml",
    "UPEKKA": "tulli",
    "UKAISA": "mml",
    "UELSA": "tulli",
    "UHELI": "kela",
}


def ticked(view: dict[str, Any]) -> set[str]:
    """The values of all boxes that are ticked at first."""
    elements = [block["element"] for block in view["blocks"] if block["type"] == "input"]
    return {
        each["value"]
        for element in elements
        if element["type"] == "checkboxes"
        for each in element.get("initial_options", [])
    }


async def ask_for_needs(kaiku: Running) -> None:
    details = next(each for each in SHIPPED.offerings if each.code == CODE).details
    await apply(kaiku, with_offering(SHIPPED, CODE, details=replace(details, ask_needs=True)))


async def group(kaiku: Running, *people: str, **fields: Any) -> Visitor:
    """These people have seats, and the facilitator is known to Kaiku."""
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command("/kaiku next")
    for each in people:
        language = kaiku.server.workspace.data["people"][each]["locale"][:2]
        await join(kaiku.visitor(each), CODE, agency=AGENCIES[each], language=language, **fields)
        await kaiku.visitor(each).close(clear=True)
    await kaiku.settle()
    return facilitator


def acts(kaiku: Running) -> list[str]:
    with kaiku.store.read_transaction() as tx:
        return list(tx.scalars(select(Act.c.kind).order_by(Act.c.id)))


async def test_a_session_from_the_brief_before_it_to_attendance_after_it(kaiku: Running) -> None:
    await ask_for_needs(kaiku)
    facilitator = await group(kaiku, "UAINO", needs=["no_meat", "step_free"])
    await group(kaiku, "UMARJA", "UPEKKA", "UELSA")
    elsa = kaiku.visitor("UELSA")
    await elsa.command("/kaiku omat")
    await elsa.click("session.absent", f"{CODE}/1")
    await elsa.close(clear=True)

    await at(kaiku, DAY_BEFORE)
    brief = newest(facilitator)
    assert "Tulossa: 3/4" in brief
    assert "Elsa" in brief.split("Ei pääse:")[1]
    assert "lihaa" not in str(facilitator.direct_messages[-1])  # needs are in no message
    await facilitator.click("brief.show")
    assert "*Ruoka ilman lihaa:* Aino" in text_of(facilitator.modal)
    await facilitator.close(clear=True)
    coordinator = kaiku.visitor("UKOORD")
    await coordinator.command(f"/kaiku kysymys {CODE}")
    await coordinator.click("brief.show", on=coordinator.modal)
    assert "lihaa" not in text_of(coordinator.modal)
    assert acts(kaiku).count(ActKind.READ_NEEDS) == 1

    await at(kaiku, DAY_AFTER)
    assert "ilmoitti, ettei pääse: 1" in newest(facilitator)
    await facilitator.click("attendance.mark", f"{CODE}/1", on=facilitator.direct_messages[-1])
    assert ticked(facilitator.modal) == {"UAINO", "UMARJA", "UPEKKA"}
    outcome = await facilitator.submit(attended_0=["UAINO", "UMARJA"], promised="Lähetämme kalvot.")
    assert outcome.error is None, outcome.detail
    assert "2/4" in text_of(facilitator.modal)
    await facilitator.close(clear=True)
    assert ActKind.MARKED_ATTENDANCE in acts(kaiku)

    await at(kaiku, helsinki(2019, 4, 23, 12))  # the working day before the second session
    assert "Viimeksi luvattiin:\n> Lähetämme kalvot." in newest(facilitator)
    await at(kaiku, helsinki(2019, 4, 25, 9))
    due = [each for each in deliveries(kaiku, DeliveryKind.ATTENDANCE_DUE) if each.recipient == "UFASI"]
    assert [each.state for each in due if each.subject == f"{CODE}/1"] == ["sent"]
    assert not [m for m in kaiku.visitor("UPEKKA").direct_messages if "Läsnäolo" in m["text"]]


async def test_nobody_is_asked_to_mark_attendance_that_is_marked(kaiku: Running) -> None:
    facilitator = await group(kaiku, "UAINO")
    await at(kaiku, helsinki(2019, 4, 2, 16))
    await facilitator.command(f"/kaiku kysymys {CODE}")
    await facilitator.choose("attendance.mark", f"{CODE}/1", on=facilitator.modal)
    await facilitator.submit(attended_0=["UAINO"])
    await at(kaiku, DAY_AFTER)
    (due,) = [each for each in deliveries(kaiku, DeliveryKind.ATTENDANCE_DUE) if each.subject == f"{CODE}/1"]
    assert (due.state, due.reason) == ("cancelled", "marked_already")


async def test_rooms_are_told_to_each_in_their_language_and_only_news_is_told_again(kaiku: Running) -> None:
    facilitator = await group(kaiku, *AGENCIES)
    await at(kaiku, DURING)
    await facilitator.command(f"/kaiku kysymys {CODE}")
    await facilitator.click("rooms.open", on=facilitator.modal)
    await facilitator.submit(room_size="3")
    assert "Huone 1" in text_of(facilitator.modal)
    assert "Huone 2" in text_of(facilitator.modal)
    assert "Kukaan ei ole saman osallistujan kanssa toista kertaa." in text_of(facilitator.modal)
    before = {each: len(kaiku.visitor(each).direct_messages) for each in AGENCIES}
    await facilitator.click("rooms.send", on=facilitator.modal)
    await kaiku.settle()
    for each, count in before.items():
        assert len(kaiku.visitor(each).direct_messages) == count + 1
    said = {each: newest(kaiku.visitor(each)) for each in AGENCIES}
    assert "pelisäännöt" in said["UAINO"]
    openers = [each for each in AGENCIES if "Sinä avaat" in said[each] or "Du öppnar" in said[each]]
    assert len(openers) == 2
    await facilitator.click("rooms.send", on=facilitator.modal)
    assert "Kaikki ovat jo saaneet tiedon" in text_of(facilitator.modal)

    with kaiku.store.read_transaction() as tx:
        room_of = dict(tx.execute(select(RoomMember.c.person_id, RoomMember.c.room)).all())
    larger = max({1, 2}, key=list(room_of.values()).count)
    missing = next(each for each, room in room_of.items() if room == larger)
    await facilitator.click("rooms.share_out", on=facilitator.modal)
    await facilitator.submit(missing_0=[missing], anew="keep")
    assert "Huonetta vaihtaneita: 0" in text_of(facilitator.modal)
    await facilitator.click("rooms.send", on=facilitator.modal)
    await kaiku.settle()
    for each in AGENCIES:
        is_news = room_of[each] == larger and each != missing
        assert len(kaiku.visitor(each).direct_messages) == before[each] + 1 + is_news

    await facilitator.click("rooms.phases", on=facilitator.modal)
    card = facilitator.modal
    assert "Aikaa on 5 min." in text_of(card)
    await facilitator.click("rooms.phase_start", on=card)
    assert "<!date^" in str(facilitator.modal)
    await facilitator.click("rooms.phase_add", on=facilitator.modal)
    await facilitator.click("rooms.phase_next", on=facilitator.modal)
    assert "Vaihe 2/4" in text_of(facilitator.modal)


async def test_who_was_at_a_remote_session_may_say_so_and_the_facilitators_word_holds(kaiku: Running) -> None:
    aino, facilitator = kaiku.visitor("UAINO"), kaiku.visitor("UFASI")
    await join(aino, REMOTE)
    await aino.close(clear=True)
    sessions = next(each for each in SHIPPED.offerings if each.code == REMOTE).sessions
    first = helsinki(sessions[0].on.year, sessions[0].on.month, sessions[0].on.day, 18)
    await at(kaiku, first)
    await aino.command("/kaiku omat")
    await aino.click("mine.open")
    for _ in range(2):  # twice is once
        await aino.click("attendance.was_there", on=aino.modals[0])
        assert "Läsnäolosi on merkitty" in text_of(aino.modal)
        await aino.close()
    with kaiku.store.read_transaction() as tx:
        assert tx.execute(select(Attendance.c.person_id, Attendance.c.attended)).all() == [("UAINO", True)]
    assert acts(kaiku).count(ActKind.MARKED_ATTENDANCE) == 1
    await facilitator.command(f"/kaiku kysymys {REMOTE}")
    await facilitator.choose("attendance.mark", f"{REMOTE}/1", on=facilitator.modal)
    await facilitator.submit(attended_0=[])
    await aino.click("attendance.was_there", on=aino.modals[0])
    assert "Vetäjän merkinnän mukaan et ollut mukana" in text_of(aino.modal)


async def test_needs_are_encrypted_changed_by_the_person_and_gone_with_the_seat(kaiku: Running) -> None:
    await ask_for_needs(kaiku)
    await group(kaiku, "UAINO", "UMARJA", needs=["step_free"])
    aino = kaiku.visitor("UAINO")

    def stored() -> list[bytes]:
        with kaiku.store.read_transaction() as tx:
            return list(tx.scalars(select(AccessNeed.c.sealed).order_by(AccessNeed.c.person_id)))

    assert len(stored()) == 2
    assert b"step_free" not in b"".join(stored())
    await aino.command("/kaiku omat")
    await aino.click("mine.open")
    await aino.click("needs.change", on=aino.modal)
    assert ticked(aino.modal) == {"step_free"}
    await aino.submit(needs=["hearing_loop"])
    await aino.close(clear=True)
    await kaiku.store.run(erase_reflections, kaiku.app.kaiku.vault, AINO, kaiku.clock.now())
    await aino.command("/kaiku omat")
    await aino.click("mine.open")
    await aino.click("needs.change", on=aino.modal)
    assert ticked(aino.modal) == {"hearing_loop"}  # under a new key: what was written is gone, this is not
    await aino.close(clear=True)
    await aino.command(f"/kaiku peru {CODE}")
    await aino.submit()
    assert len(stored()) == 1
    kaiku.clock.move_to(helsinki(2019, 6, 12, 23))
    await kaiku.app.housekeeping.forget_ended()
    assert len(stored()) == 1
    kaiku.clock.move_to(helsinki(2019, 6, 13, 0, 1))
    await kaiku.app.housekeeping.forget_ended()
    assert stored() == []


async def test_rooms_are_forgotten_when_the_offering_has_ended(kaiku: Running) -> None:
    facilitator = await group(kaiku, "UAINO", "UMARJA", "UPEKKA")
    await at(kaiku, DURING)
    await facilitator.command(f"/kaiku kysymys {CODE}")
    await facilitator.click("rooms.open", f"{CODE}/1", on=facilitator.modal)
    await facilitator.submit()
    await kaiku.app.housekeeping.forget_ended()

    def kept() -> int:
        with kaiku.store.read_transaction() as tx:
            return len(tx.scalars(select(RoomMember.c.person_id)).all())

    assert kept() == 3
    kaiku.clock.move_to(helsinki(2019, 6, 12, 23))
    await kaiku.app.housekeeping.forget_ended()
    assert kept() == 0
