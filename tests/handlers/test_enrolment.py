"""Journey 1 and 2 as people walk them: over real HTTP, real signatures, a strict workspace."""

import pytest
from sqlalchemy import select, update

from sandbox import NotThereError, text_of
from tests.support.joining import INTRODUCTION, join, kaiku_answer
from tests.support.running import Running


async def test_the_first_join_asks_who_i_am_and_answers_in_the_form(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku liity dialogue-2")
    form = text_of(aino.modal)
    assert "Virasto" in form
    assert "Tallennamme nimesi" in form

    await aino.submit(**INTRODUCTION)

    assert "Paikka on sinun." in text_of(aino.modal)


async def test_the_second_join_asks_only_to_confirm_and_shows_every_date(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, "dialogue-2")
    await aino.command("/kaiku liity complexity-1")
    form = text_of(aino.modal)
    assert "Virasto" not in form
    assert form.count(" klo ") == 3


async def test_a_fifth_person_of_an_agency_waits_and_is_told_why(kaiku: Running) -> None:
    for person in ("UAINO", "UOLLI", "UHELI", "UTIMO"):
        assert "Paikka on sinun." in text_of(await join(kaiku.visitor(person), "dialogue-2"))
    answer = text_of(await join(kaiku.visitor("UELSA"), "dialogue-2", language="sv"))
    assert "Du har reservplats 1." in answer
    assert "Från ditt ämbetsverk (Skatteförvaltningen) deltar redan 4" in answer


async def test_a_freed_seat_is_offered_to_the_next_who_fits_and_they_are_told(kaiku: Running) -> None:
    for person in ("UAINO", "UOLLI", "UHELI", "UTIMO", "UELSA"):
        await join(kaiku.visitor(person), "dialogue-2", language="sv" if person == "UELSA" else "fi")
    olli, elsa = kaiku.visitor("UOLLI"), kaiku.visitor("UELSA")

    await olli.command("/kaiku peru dialogue-2")
    await olli.submit()
    await kaiku.settle()

    assert "Olet luopunut paikastasi." in text_of(olli.modal)
    assert "en plats är ledig och reserverad för dig" in elsa.direct_messages[-1]["text"]


async def test_leaving_can_be_taken_back_for_ten_minutes_unless_the_seat_has_moved_on(kaiku: Running) -> None:
    for person in ("UAINO", "UOLLI", "UHELI", "UTIMO", "UELSA"):
        await join(kaiku.visitor(person), "dialogue-2")
    elsa, olli = kaiku.visitor("UELSA"), kaiku.visitor("UOLLI")
    for minutes, answer in ((0, "Olet varasijalla 1."), (10, "luopumisesta on yli 10 minuuttia")):
        await elsa.close()
        await elsa.command("/kaiku peru dialogue-2")
        await elsa.submit()
        kaiku.clock.advance(minutes=minutes)
        await elsa.click("offering.undo_leave")
        assert answer in text_of(elsa.modal)
    for joins_meanwhile, answer in ((False, "Paikka on sinun."), (True, "paikka on jo siirtynyt")):
        await olli.close()
        await olli.command("/kaiku peru dialogue-2")
        assert "Kukaan ei jonota" in text_of(olli.modal)
        await olli.submit()
        if joins_meanwhile:
            await elsa.close()
            await join(elsa, "dialogue-2")
        await olli.click("offering.undo_leave")
        assert answer in text_of(olli.modal)


async def test_a_seat_offered_on_at_once_shows_no_button_to_take_it_back(kaiku: Running) -> None:
    for person in ("UAINO", "UOLLI", "UHELI", "UTIMO", "UELSA"):
        await join(kaiku.visitor(person), "dialogue-2")
    olli = kaiku.visitor("UOLLI")
    await olli.command("/kaiku luovu dialogue-2")
    await olli.submit()
    assert "Paikka siirtyi heti jonossa seuraavalle" in text_of(olli.modal)
    assert "Ota paikka takaisin" not in text_of(olli.modal)


async def test_joining_twice_is_one_enrolment_and_the_same_answer(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, "dialogue-2")
    await aino.command("/kaiku join dialogue-2")
    assert "Paikka on sinun." in text_of(kaiku_answer(kaiku, aino))


async def test_rejoining_goes_to_the_back_of_the_line(kaiku: Running) -> None:
    for person in ("UAINO", "UOLLI", "UHELI", "UTIMO", "UELSA", "UKAISA"):
        agency = {"UKAISA": "vero"}.get(person, "vero")
        await join(kaiku.visitor(person), "dialogue-2", agency=agency)
    elsa = kaiku.visitor("UELSA")
    await elsa.command("/kaiku leave dialogue-2")
    await elsa.submit()
    assert "Olet varasijalla 2." in text_of(await join(elsa, "dialogue-2"))


async def test_the_join_link_is_shown_only_to_the_seated(kaiku: Running) -> None:
    for person in ("UAINO", "UOLLI", "UHELI", "UTIMO", "UKAISA", "UMARJA"):
        await join(kaiku.visitor(person), "dialogue-skype-1")
    seated, waiting = kaiku.visitor("UAINO"), kaiku.visitor("UMARJA")
    await seated.command("/kaiku omat")
    await waiting.command("/kaiku omat")
    assert "https://" in text_of(kaiku_answer(kaiku, seated))
    assert "https://" not in text_of(kaiku_answer(kaiku, waiting))


async def test_another_employer_without_a_name_is_asked_for_at_that_field(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku join dialogue-2")
    outcome = await aino.submit(**INTRODUCTION | {"agency": "other"})
    assert outcome.errors is not None
    assert "työnantajasi" in outcome.errors["agency_name"]

    outcome = await aino.submit(**INTRODUCTION | {"agency": "other", "agency_name": "Kuntaliitto"})
    assert outcome.errors is None
    assert "Paikka on sinun." in text_of(aino.modal)


async def test_leaving_what_one_never_joined_says_so(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku leave dialogue-2")
    assert "et ole ilmoittautunut" in kaiku_answer(kaiku, aino)["text"]


async def test_a_guest_is_told_why_they_may_not_join(kaiku: Running) -> None:
    guest = kaiku.visitor("UVIERAS")
    await guest.command("/kaiku join dialogue-2")
    assert (
        "Vierastilillä tai toisen organisaation tilillä ei voi ilmoittautua"
        in kaiku_answer(kaiku, guest)["text"]
    )
    with pytest.raises(NotThereError):
        _ = guest.modal


async def test_before_the_sign_up_opens_the_day_is_named(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku join complexity-2")
    assert "Ilmoittautuminen alkaa ma 6.5." in kaiku_answer(kaiku, aino)["text"]


async def test_a_wrong_code_gets_the_nearest_and_the_right_ones(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku join dialoge-2")
    answer = kaiku_answer(kaiku, aino)["text"]
    assert "Tarkoititko `dialogue-2`?" in answer
    assert "`coaching-4`" in answer


async def test_an_overlapping_session_is_warned_about_before_joining(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    with kaiku.store.transaction() as tx:
        from storage.tables import OfferingSession

        times = select(OfferingSession.c.starts_at, OfferingSession.c.ends_at)
        mine = tx.execute(
            times.where(OfferingSession.c.offering_id == 1, OfferingSession.c.number == 1)
        ).one()
        other = (OfferingSession.c.offering_id == 3, OfferingSession.c.number == 1)
        tx.execute(update(OfferingSession).where(*other).values(mine._asdict()))
    await join(aino, "complexity-1")
    await aino.command("/kaiku join dialogue-1")
    assert "on samaan aikaan kuin" in text_of(aino.modal)


async def test_a_deactivated_account_frees_its_seat_when_the_hold_ends(kaiku: Running) -> None:
    for person in ("UAINO", "UOLLI", "UHELI", "UTIMO", "UELSA"):
        await join(kaiku.visitor(person), "dialogue-2")
    await kaiku.settle()  # a confirmation under way would be refused
    kaiku.server.workspace.change_person({"id": "UOLLI", "deleted": True})
    kaiku.server.link.person_changed("UOLLI")
    await kaiku.settle()
    kaiku.clock.advance(days=1, minutes=1)
    await kaiku.settle()
    assert "Sinulle tarjotaan paikkaa" in kaiku.visitor("UELSA").direct_messages[-1]["text"]


async def test_words_of_a_title_list_what_fits_and_one_fit_opens_its_form(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku liity dialogi")
    answer = kaiku_answer(kaiku, aino)
    assert answer["text"].startswith("Nämä vastaavat hakua:")
    assert "Kompleksisuusryhmä" not in answer["text"]
    await aino.command("/kaiku liity dialogi yhteiskehittämisessä")
    assert "Dialogi yhteiskehittämisessä" in text_of(aino.modal)


async def test_the_list_is_narrowed_by_what_is_typed_after_it(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku lista 2.4.")
    text = kaiku_answer(kaiku, aino)["text"]
    assert "Dialogi yhteiskehittämisessä" in text
    assert "Kompleksisuusryhmä" not in text
    await aino.command("/kaiku lista heinäkuu")
    assert kaiku_answer(kaiku, aino)["text"] == "Mikään ohjelmassa ei vastaa hakua."


async def test_who_would_wait_because_of_their_agency_reads_so_before_joining(kaiku: Running) -> None:
    for person in ("UAINO", "UOLLI", "UHELI", "UTIMO"):
        await join(kaiku.visitor(person), "dialogue-2")
    elsa = kaiku.visitor("UELSA")
    await join(elsa, "complexity-1", language="sv")
    await elsa.close()
    await elsa.command("/kaiku delta dialogue-2")
    form = text_of(elsa.modal)
    assert "Från ditt ämbetsverk (Skatteförvaltningen) deltar redan 4" in form
    assert "Om du anmäler dig ställs du i kö" in form
    marja = kaiku.visitor("UMARJA")
    await join(marja, "complexity-1", agency="mml")
    await marja.close()
    await marja.command("/kaiku liity dialogue-2")
    assert "Virastostasi" not in text_of(marja.modal)
