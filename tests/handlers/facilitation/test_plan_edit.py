"""Changing a group's sessions in Slack: three steps, and what people then read and acknowledge."""

from datetime import timedelta

from sqlalchemy import select

from sandbox import Visitor, text_of
from storage.tables import Absence, OfferingSession
from tests.support.joining import join
from tests.support.reflecting import CODE
from tests.support.running import Running
from tests.support.time_passing import at, helsinki

PEOPLE = {"UAINO": "vero", "UMARJA": "mml", "UJOHAN": "thl"}
REMOTE = "dialogue-skype-1"
REASON = {"reason_fi": "Vetäjä on estynyt.", "reason_sv": "Handledaren har förhinder."}


async def a_group(kaiku: Running, code: str = CODE) -> None:
    for who, agency in PEOPLE.items():
        person = kaiku.visitor(who)
        await join(person, code, agency=agency, language="sv" if who == "UJOHAN" else "fi")
        await person.close(clear=True)
    await kaiku.settle()


async def form_of(kaiku: Running, who: str, number: int = 2, code: str = CODE) -> Visitor:
    facilitator = kaiku.visitor(who)
    await facilitator.command(f"/kaiku ryhmä {code}")
    await facilitator.click("plan.open", code)
    await facilitator.click("plan.session", f"{code}/{number}")
    return facilitator


async def pass_ten_minutes(kaiku: Running) -> None:
    kaiku.clock.advance(minutes=11)
    await kaiku.settle()
    await kaiku.settle()


def heard(kaiku: Running, who: str) -> str:
    return str(kaiku.visitor(who).direct_messages[-1]["text"])


def everything(kaiku: Running, who: str) -> str:
    return "\n".join(str(each["text"]) for each in kaiku.visitor(who).direct_messages)


async def test_a_session_moves_as_previewed_and_is_acknowledged_or_reminded_of(kaiku: Running) -> None:
    await a_group(kaiku)
    fanni = await form_of(kaiku, "UFASI")
    outcome = await fanni.submit(new_day="2019-05-01")
    assert outcome.errors == {"new_day": "Päivä on pyhä tai muu vapaapäivä. Valitse työpäivä."}
    await fanni.submit(new_day="2019-04-25", **REASON)
    for said in (
        "osallistujia 3, jonossa olevia 0",
        "Syy: Vetäjä on estynyt.",
        "Orsak: Handledaren har förhinder.",
    ):
        assert said in text_of(fanni.modal)
    assert "Tallenna ilman viestiä" not in text_of(fanni.modal)
    await fanni.submit()
    before = len(kaiku.visitor("UAINO").direct_messages)
    await pass_ten_minutes(kaiku)
    assert len(kaiku.visitor("UAINO").direct_messages) == before + 1
    assert "Aiempi aika: ke 24.4. klo 12.30–16.00. Uusi aika: to 25.4. klo 12.30–16.00." in heard(
        kaiku, "UAINO"
    )
    assert "Orsak: Handledaren har förhinder." in heard(kaiku, "UJOHAN")
    await kaiku.visitor("UAINO").click("change.acknowledge")
    await kaiku.visitor("UMARJA").click("session.absent")

    await at(kaiku, helsinki(2019, 4, 23, 9, 1))  # two working days before
    await kaiku.settle()
    assert everything(kaiku, "UJOHAN").count("En ändrad träff") == 1
    for who in ("UAINO", "UMARJA"):
        assert "Muuttunut tapaaminen" not in everything(kaiku, who)
    await fanni.command(f"/kaiku ryhmä {CODE}")
    await fanni.click("plan.open", CODE)
    assert "Muutoksen kuitanneita: 2/3\nEivät ole kuitanneet: Johan Sjöberg" in text_of(fanni.modal)


async def test_changes_within_ten_minutes_are_one_message_and_other_facilitators_hear(kaiku: Running) -> None:
    await a_group(kaiku)
    await kaiku.visitor("UFASI").command("/kaiku ryhmä")
    kaiku.server.workspace.data["people"]["UKOORD"]["locale"] = "sv-SE"
    for day in ("2019-04-25", "2019-04-29"):
        kalle = await form_of(kaiku, "UKOORD")
        await kalle.submit(new_day=day)
        assert "Träff 2 flyttas." in text_of(kalle.modal)
        assert "Andra handledare som får veta: 1." in text_of(kalle.modal)
        await kalle.submit()
    before = len(kaiku.visitor("UAINO").direct_messages)
    await pass_ten_minutes(kaiku)
    assert len(kaiku.visitor("UAINO").direct_messages) == before + 1
    assert "Uusi aika: ma 29.4." in heard(kaiku, "UAINO")
    assert heard(kaiku, "UFASI").startswith("Joku muu muutti tapaamisia")
    assert kaiku.visitor("UKOORD").direct_messages == []


async def test_who_has_another_session_then_is_counted_at_the_field_until_it_is_meant(kaiku: Running) -> None:
    await a_group(kaiku)
    await join(kaiku.visitor("UAINO"), REMOTE, agency="vero")
    await kaiku.settle()
    with kaiku.store.read_transaction() as tx:
        third = OfferingSession.c.link.like("%dialogi-kevat/3")
        other_on = tx.scalars(select(OfferingSession.c.on_date).where(third)).one()
    fields = {"new_day": other_on.isoformat(), "new_starts": "09:00", "new_ends": "12:00"}
    fanni = await form_of(kaiku, "UFASI")
    outcome = await fanni.submit(**fields)
    assert "toinen Kaiun tapaaminen: 1/3" in (outcome.errors or {})["new_day"]
    await fanni.submit(**fields, besides=["despite"])
    assert "toinen Kaiun tapaaminen: 1/3" in text_of(fanni.modal)
    await fanni.click("plan.again")
    assert str({"initial_date": f"{other_on}"})[1:-1] in str(fanni.modal)


async def test_a_link_changes_for_all_remote_sessions_and_only_who_has_a_seat_reads_it(
    kaiku: Running,
) -> None:
    code, new = REMOTE, "https://teams.example/kaiku"
    await a_group(kaiku, code)
    kalle = await form_of(kaiku, "UKOORD", 2, code)
    assert list((await kalle.submit(new_link="http://a.example")).errors or {}) == ["new_link"]
    await kalle.submit(new_link=new, besides=["everywhere"])
    assert "Kokeile linkkiä" in text_of(kalle.modal), "before anybody is sent there"
    await kalle.submit()
    await pass_ten_minutes(kaiku)
    assert heard(kaiku, "UAINO").count(new) == 4
    with kaiku.store.read_transaction() as tx:
        links = tx.scalars(select(OfferingSession.c.link)).all()
    assert links.count(new) == 4


async def test_who_was_in_a_cancelled_group_reads_why_and_what_is_open_instead(kaiku: Running) -> None:
    await a_group(kaiku)
    fanni = await form_of(kaiku, "UFASI", 0)
    await fanni.submit(held="cancelled", **REASON)
    await fanni.submit()
    await pass_ten_minutes(kaiku)
    told = heard(kaiku, "UAINO")
    assert told.startswith("Valitettavasti tämä on peruttu")
    assert "Syy: Vetäjä on estynyt." in told
    await kaiku.visitor("UAINO").click("offering.details")
    assert text_of(kaiku.visitor("UAINO").modal)


async def test_who_could_not_come_is_asked_anew_when_the_session_moves_and_not_when_it_moves_back(
    kaiku: Running,
) -> None:
    await a_group(kaiku)
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku omat")
    await aino.click("mine.open", CODE)
    await aino.click("session.absent", f"{CODE}/1")
    await aino.close(clear=True)
    for day in ("2019-04-03", "2019-04-02"):  # and back, within ten minutes: nobody hears of it
        fanni = await form_of(kaiku, "UFASI", 1)
        await fanni.submit(new_day=day, besides=["despite"])
        await fanni.submit()
    before = len(aino.direct_messages)
    await pass_ten_minutes(kaiku)
    assert len(aino.direct_messages) == before
    assert absent_from(kaiku, 1) == {"UAINO"}

    fanni = await form_of(kaiku, "UFASI", 1)
    await fanni.submit(new_day="2019-04-04", besides=["despite"])
    await fanni.submit()
    await pass_ten_minutes(kaiku)
    assert absent_from(kaiku, 1) == set()
    asked = "Ilmoitit, ettet pääse tapaamiseen 1 sen aiempana aikana. Uusi aika on to 4.4."
    assert asked in heard(kaiku, "UAINO")
    assert asked not in heard(kaiku, "UMARJA")
    await aino.click("session.absent")
    assert absent_from(kaiku, 1) == {"UAINO"}
    await aino.close(clear=True)
    await aino.click("session.present")
    assert absent_from(kaiku, 1) == set()
    await fanni.command(f"/kaiku ryhmä {CODE}")
    await fanni.click("plan.open", CODE)
    assert "Muutoksen kuitanneita: 1/3" in text_of(fanni.modal)


async def test_who_can_come_to_a_session_that_moved_can_when_it_moves_back(kaiku: Running) -> None:
    await a_group(kaiku)
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku omat")
    await aino.click("mine.open", CODE)
    await aino.click("session.absent", f"{CODE}/1")
    fanni = await form_of(kaiku, "UFASI", 1)
    await fanni.submit(new_day="2019-04-03", besides=["despite"])
    await fanni.submit()
    await aino.click("session.present")
    fanni = await form_of(kaiku, "UFASI", 1)
    await fanni.submit(new_day="2019-04-02", besides=["despite"])
    await fanni.submit()
    assert absent_from(kaiku, 1) == set()


def absent_from(kaiku: Running, number: int) -> set[str]:
    with kaiku.store.read_transaction() as tx:
        return set(
            tx.scalars(
                select(Absence.c.person_id).where(Absence.c.number == number, Absence.c.absent.is_(True))
            )
        )


async def test_who_wants_the_link_gets_it_once_ten_minutes_before_where_the_session_is_then(
    kaiku: Running,
) -> None:
    await a_group(kaiku, REMOTE)
    for who in ("UAINO", "UMARJA"):
        person = kaiku.visitor(who)
        await person.command("/kaiku asetukset")
        await person.submit(link_before=["link_before"])
        await person.close(clear=True)
    with kaiku.store.read_transaction() as tx:
        query = select(OfferingSession.c.starts_at, OfferingSession.c.number)
        first = query.where(OfferingSession.c.link.like("%dialogi-kevat/1"))
        starts_at, number = tx.execute(first).one()
    await kaiku.visitor("UMARJA").command("/kaiku omat")
    await kaiku.visitor("UMARJA").click("mine.open", REMOTE)
    await kaiku.visitor("UMARJA").click("session.absent", f"{REMOTE}/{number}")
    await at(kaiku, starts_at - timedelta(hours=3))
    kalle = await form_of(kaiku, "UKOORD", number, REMOTE)
    await kalle.submit(new_link="https://teams.example/kaiku")
    await kalle.submit()
    await pass_ten_minutes(kaiku)
    for minutes in (60, 10, 5):
        await at(kaiku, starts_at - timedelta(minutes=minutes))
        await kaiku.settle()
    assert everything(kaiku, "UAINO").count("Liity tapaamiseen: tänään") == 1
    assert "https://teams.example/kaiku" in heard(kaiku, "UAINO")
    for who in ("UMARJA", "UJOHAN"):
        assert "Liity tapaamiseen" not in everything(kaiku, who)
        assert "Gå med i träffen" not in everything(kaiku, who)


async def test_a_refusal_of_the_third_form_takes_its_place(kaiku: Running) -> None:
    await a_group(kaiku)
    fanni = await form_of(kaiku, "UFASI")
    kalle = await form_of(kaiku, "UKOORD")
    await fanni.submit(new_day="2019-04-25")
    await fanni.submit()
    await kalle.submit(new_day="2019-04-26")
    assert "Tietoja on muutettu" in text_of(kalle.modal)


async def test_a_session_becomes_remote_and_in_person_again(kaiku: Running) -> None:
    await a_group(kaiku)
    fanni = await form_of(kaiku, "UFASI")
    link = {"new_link": "https://teams.example/1", "new_label": "Teams"}
    outcome = await fanni.submit(**link)
    assert outcome.errors == {"new_link": "Kirjoita joko tila molemmilla kielillä tai linkki."}
    await fanni.submit(**link, new_place_fi="", new_place_sv="")
    assert "Tapaaminen 2 pidetään etänä." in text_of(fanni.modal)
    assert "Tallenna ilman viestiä" not in text_of(fanni.modal)
    await fanni.submit()
    await pass_ten_minutes(kaiku)
    assert "<https://teams.example/1|Avaa tapaamisen linkki (Teams)>" in heard(kaiku, "UAINO")

    fanni = await form_of(kaiku, "UFASI")
    await fanni.submit(new_link="", new_label="", new_place_fi="Säätytalo", new_place_sv="Ständerhuset")
    await fanni.submit()
    await pass_ten_minutes(kaiku)
    assert "Säätytalo" in heard(kaiku, "UAINO")
    assert "teams.example" not in heard(kaiku, "UAINO")


async def test_seats_and_sign_up_change_with_the_preview_and_free_seats_are_offered(kaiku: Running) -> None:
    async def seats_form(who: str) -> Visitor:
        facilitator = kaiku.visitor(who)
        if facilitator.modals:
            await facilitator.close(clear=True)
        await facilitator.command(f"/kaiku ryhmä {CODE}")
        await facilitator.click("plan.open", CODE)
        await facilitator.click("plan.seats", CODE)
        return facilitator

    await a_group(kaiku)
    fanni, kalle = await seats_form("UFASI"), await seats_form("UKOORD")
    assert set((await fanni.submit(capacity="0", per_agency="x")).errors or {}) == {"capacity", "per_agency"}
    wrong = {"capacity": "2", "per_agency": "3", "closes": "2019-12-01"}
    assert set((await fanni.submit(**wrong)).errors or {}) == {"per_agency", "closes"}
    await fanni.submit(capacity="2", per_agency="2", closes="2019-04-02")
    for said in ("nyt 2.", "Ilmoittautumisen viimeinen päivä on ti 2.4.", "Kukaan ilmoittautuneista ei saa"):
        assert said in text_of(fanni.modal)
    await fanni.submit()
    assert "Siitä ei lähde viestiä" in text_of(fanni.modal)
    await kalle.submit(capacity="9")
    assert "muutettu" in text_of(kalle.modal), "it was shown over other seats"

    await join(kaiku.visitor("UOLLI"), CODE, agency="tulli")
    await kaiku.settle()
    await seats_form("UFASI")
    await fanni.submit(capacity="4")
    assert "Paikkaa tarjotaan jonosta: 1." in text_of(fanni.modal)
    assert "Sinulle tarjotaan paikkaa" in text_of(fanni.modal)
    assert "Tallenna ilman viestiä" not in text_of(fanni.modal)
    before = {who: len(kaiku.visitor(who).direct_messages) for who in PEOPLE}
    await fanni.submit()
    await pass_ten_minutes(kaiku)
    assert heard(kaiku, "UOLLI").startswith("Sinulle tarjotaan paikkaa")
    assert {who: len(kaiku.visitor(who).direct_messages) for who in PEOPLE} == before
