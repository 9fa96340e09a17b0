"""What people are told of their data: at the first join, in the settings, and when the notice changes."""

import logging

import pytest
from sqlalchemy import delete, select, update

from bot.domain.language import LANGUAGES
from bot.domain.privacy import PLACEHOLDER, finished
from sandbox import Visitor, text_of
from storage.tables import Delivery, Enrolment, NoticeVersion, Person
from tests.support.joining import INTRODUCTION, join
from tests.support.notices import CHANGED, notice_of, second_version, shipped, texts
from tests.support.running import NOTICE, Running
from tests.support.time_passing import helsinki

CODE = "dialogue-2"
HEADING = {
    "fi": "Tietosuojaseloste on muuttunut",
    "sv": "Dataskyddsbeskrivningen har ändrats",
    "en": "The privacy notice has changed",
}


def news(visitor: Visitor) -> list[str]:
    """The messages about a changed notice that this person got."""
    headings = tuple(HEADING.values())
    return [each["text"] for each in visitor.direct_messages if each["text"].startswith(headings)]


async def enrol(kaiku: Running, user_id: str, language: str = "fi") -> Visitor:
    visitor = kaiku.visitor(user_id)
    await join(visitor, CODE, language=language)
    await visitor.close(clear=True)
    await kaiku.settle()
    return visitor


async def test_the_first_join_says_what_is_kept_who_sees_it_and_for_how_long(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku join {CODE}")
    short = NOTICE.short
    for text in (short.what, short.who, short.how_long):
        assert text["fi"] in text_of(aino.modal)
    await aino.submit(**INTRODUCTION)
    await aino.close(clear=True)
    await aino.command("/kaiku join foresight-1")
    assert short.what["fi"] not in text_of(aino.modal), "once is enough"


async def test_the_whole_notice_opens_on_the_join_form_and_nothing_typed_is_lost(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku join {CODE}")
    await aino.click("privacy_notice.read")
    assert aino.modal["title"]["text"] == "Tietosuojaseloste"
    for each in NOTICE.purposes:
        assert each.what["fi"] in text_of(aino.modal)
    await aino.close()
    assert (await aino.submit(**INTRODUCTION)).acked
    assert "Paikka on sinun" in text_of(aino.modal)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_settings_lead_to_the_whole_notice_in_the_persons_language(
    kaiku: Running, language: str
) -> None:
    aino = await enrol(kaiku, "UAINO", language)
    await aino.command("/kaiku settings")
    assert NOTICE.short.how_long[language] in text_of(aino.modal)
    await aino.click("privacy_notice.read")
    for each in NOTICE.retention:
        assert finished(each.period[language]) in text_of(aino.modal)
    assert PLACEHOLDER.search(text_of(aino.modal)) is None


async def test_the_notice_in_slack_names_the_page_only_where_there_is_one(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku join {CODE}")
    await aino.click("privacy_notice.read")
    assert "/privacy" not in text_of(aino.modal)
    await aino.close()
    kaiku.app.public_url = "https://kaiku.example"
    await aino.click("privacy_notice.read")
    assert "<https://kaiku.example/privacy?lang=fi>" in text_of(aino.modal)


async def test_a_new_version_is_told_once_to_everybody_with_a_seat_or_in_line(kaiku: Running) -> None:
    for user in ("UOLLI", "UHELI", "UTIMO"):
        await enrol(kaiku, user)
    users = {"fi": "UAINO", "sv": "UELSA", "en": "UEMMA"}
    people = {language: await enrol(kaiku, user, language) for language, user in users.items()}
    with kaiku.store.read_transaction() as tx:
        assert set(tx.scalars(select(Enrolment.c.status))) == {"seated", "waiting"}
    bystander = kaiku.visitor("UPEKKA")
    await bystander.command("/kaiku list")
    await kaiku.restart(second_version())
    await kaiku.settle()
    for language, person in people.items():
        (told,) = news(person)
        assert told.startswith(HEADING[language])
        assert CHANGED[language] in told
        await person.click("privacy_notice.read")
        assert NOTICE.rights[0][language] in text_of(person.modal)
    assert news(bystander) == []
    await kaiku.restart(second_version())
    await kaiku.settle()
    assert [len(news(each)) for each in people.values()] == [1, 1, 1]


async def test_a_corrected_spelling_is_shown_and_told_to_nobody(kaiku: Running) -> None:
    aino = await enrol(kaiku, "UAINO")
    content = shipped()
    content["short"]["what"] = texts("Korjattu kirjoitusvirhe.")
    corrected = notice_of(content)
    await kaiku.restart(corrected)
    await kaiku.settle()
    assert news(aino) == []
    with kaiku.store.read_transaction() as tx:
        assert tx.scalars(select(NoticeVersion.c.digest)).all() == [corrected.digest]
    await aino.command("/kaiku settings")
    assert "Korjattu kirjoitusvirhe." in text_of(aino.modal)


async def test_the_news_waits_for_office_hours_where_the_person_is(kaiku: Running) -> None:
    aino = await enrol(kaiku, "UAINO")
    kaiku.clock.move_to(helsinki(2019, 2, 15, 18))  # a Friday evening
    await kaiku.restart(second_version())
    await kaiku.settle()
    assert news(aino) == []
    with kaiku.store.transaction() as tx:
        tx.execute(update(Person).values(timezone="America/New_York"))
    kaiku.clock.move_to(helsinki(2019, 2, 18, 9, 30))
    await kaiku.settle()
    assert news(aino) == [], "half past two in New York"
    kaiku.clock.move_to(helsinki(2019, 2, 18, 16, 30))
    await kaiku.settle()
    assert len(news(aino)) == 1


async def test_who_has_left_before_the_news_goes_out_does_not_get_it(kaiku: Running) -> None:
    aino = await enrol(kaiku, "UAINO")
    kaiku.clock.move_to(helsinki(2019, 2, 15, 18))
    await kaiku.restart(second_version())
    await aino.command(f"/kaiku leave {CODE}")
    await aino.submit()
    kaiku.clock.move_to(helsinki(2019, 2, 18, 10))
    await kaiku.settle()
    assert news(aino) == []
    assert reasons(kaiku) == ["no_longer_enrolled"]


async def test_of_two_versions_in_one_weekend_only_the_newer_is_told(kaiku: Running) -> None:
    aino = await enrol(kaiku, "UAINO")
    kaiku.clock.move_to(helsinki(2019, 2, 15, 18))
    await kaiku.restart(second_version())
    await kaiku.restart(second_version(version="3", changed=texts("Kolmas versio.")))
    kaiku.clock.move_to(helsinki(2019, 2, 18, 10))
    await kaiku.settle()
    (told,) = news(aino)
    assert "Kolmas versio." in told
    assert reasons(kaiku) == ["newer_version", None]


async def test_the_first_version_is_news_to_nobody(kaiku: Running) -> None:
    aino = await enrol(kaiku, "UAINO")
    with kaiku.store.transaction() as tx:
        tx.execute(delete(NoticeVersion))
    await kaiku.restart()
    await kaiku.settle()
    assert news(aino) == []


async def test_an_instance_with_the_older_file_leaves_the_news_to_one_with_the_newer(
    kaiku: Running, caplog: pytest.LogCaptureFixture
) -> None:
    aino = await enrol(kaiku, "UAINO")
    await kaiku.restart(second_version())
    await kaiku.restart()
    await kaiku.settle()
    assert news(aino) == []
    assert "privacy_notice_older" in actions(caplog)
    await kaiku.restart(second_version())
    kaiku.clock.advance(hours=1)
    await kaiku.settle()
    assert len(news(aino)) == 1


async def test_placeholders_that_still_stand_are_a_warning_at_the_start(
    kaiku: Running, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        await kaiku.restart()
    assert "privacy_notice_unfinished" in actions(caplog)
    assert "controller.name, controller.address" in caplog.text, "each by its field"


def actions(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [getattr(record, "action", "") for record in caplog.records]


def reasons(kaiku: Running) -> list[str | None]:
    with kaiku.store.read_transaction() as tx:
        rows = select(Delivery.c.reason).where(Delivery.c.kind == "privacy_change").order_by(Delivery.c.id)
        return list(tx.scalars(rows))
