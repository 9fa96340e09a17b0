"""Join, read the details and get the calendar file from where one read of an offering."""

from sandbox import text_of
from tests.support.announcing import FINNISH, announce, join_from, posts_in
from tests.support.joining import join
from tests.support.running import Running


async def test_a_first_timer_joins_from_the_post_and_only_they_see_the_answer(kaiku: Running) -> None:
    await announce(kaiku)
    answer = await join_from(kaiku, "UAINO", FINNISH)
    assert "Paikka on sinun." in text_of(answer)
    assert len(kaiku.visitor("UOLLI").messages(FINNISH)) == 1, "nobody else sees anything but the post"


async def test_somebody_who_is_known_is_asked_nothing(kaiku: Running) -> None:
    await join(kaiku.visitor("UAINO"), "dialogue-2")
    await kaiku.visitor("UAINO").close(clear=True)
    await announce(kaiku)
    aino = kaiku.visitor("UAINO")
    await aino.click("announcement.join", on=posts_in(kaiku, FINNISH)[0])
    assert not any(block["type"] == "input" for block in aino.modal["blocks"])
    await aino.submit()
    assert "Paikka on sinun." in text_of(aino.modal)


async def test_a_guest_is_told_why_they_may_not_join_from_the_post(kaiku: Running) -> None:
    await announce(kaiku)
    guest = kaiku.visitor("UVIERAS")
    await guest.click("announcement.join", on=posts_in(kaiku, FINNISH)[0])
    assert "Vierastilillä tai toisen organisaation tilillä ei voi ilmoittautua" in text_of(guest.modal)


async def test_somebody_of_another_workspace_is_told_why_they_may_not_join(kaiku: Running) -> None:
    await announce(kaiku)
    kaiku.server.workspace.person("UPEKKA")["team_id"] = "TELSEWHERE"
    pekka = kaiku.visitor("UPEKKA")
    await pekka.click("announcement.join", on=posts_in(kaiku, FINNISH)[0])
    assert "toisen organisaation tilillä ei voi ilmoittautua" in text_of(pekka.modal)


async def test_details_are_in_the_readers_language_with_themes_reading_and_questions(kaiku: Running) -> None:
    await announce(kaiku)
    elsa = kaiku.visitor("UELSA")
    await elsa.click("announcement.details_open", on=posts_in(kaiku, FINNISH)[0])
    text = text_of(elsa.modal)
    assert "Prognos, framsyn och vision" in text
    assert "Att fundera på i förväg" in text
    assert "Läs i förväg" in text
    assert "Ennuste" not in text
    await elsa.click("announcement.join")
    assert "Ämbetsverk" in text_of(elsa.modal)


async def test_the_calendar_file_comes_with_a_seat(kaiku: Running) -> None:
    kaiku.app.public_url = "https://kaiku.example"
    await announce(kaiku)
    aino, post = kaiku.visitor("UAINO"), posts_in(kaiku, FINNISH)[0]
    await aino.click("announcement.calendar", on=post)
    assert "kun sinulla on paikka" in text_of(aino.modal)
    await aino.close(clear=True)
    await join_from(kaiku, "UAINO", FINNISH)
    await aino.click("announcement.calendar", on=posts_in(kaiku, FINNISH)[0])
    assert "?offering=foresight-1|" in text_of(aino.modal)


async def test_the_join_link_is_never_in_a_post(kaiku: Running) -> None:
    await announce(kaiku, "dialogue-skype-1")
    (post,) = posts_in(kaiku, FINNISH)
    assert "Skype" in text_of(post)
    assert "https://" not in str(post)
