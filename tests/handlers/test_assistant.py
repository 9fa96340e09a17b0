"""Writing to Kaiku: in a direct message, in a thread, in a channel; and what is left alone."""

import logging

import pytest
from sqlalchemy import inspect, text

from handlers.assistant import read_event
from sandbox import text_of
from tests.support.joining import join
from tests.support.running import Running

SECRET_WORDS = "opin eilen kuuntelemaan paremmin kuin kilpikonna"


async def say(kaiku: Running, who: str, words: str, **where) -> dict:
    message = await kaiku.visitor(who).say(words, **where)
    await kaiku.server.link.settled()
    return message


def answers(kaiku: Running, who: str) -> list[dict]:
    return kaiku.visitor(who).direct_messages


def buttons_of(message: dict) -> list[str]:
    rows = [block["elements"] for block in message["blocks"] if block["type"] == "actions"]
    return [element["action_id"] for row in rows for element in row]


@pytest.mark.parametrize(
    ("who", "words", "button", "said"),
    [
        ("UAINO", "milloin on seuraava tapaaminen", "next.show", "Ymmärsin"),
        ("UAINO", "mihin olen ilmoittautunut", "mine.list", "Ymmärsin"),
        ("UAINO", "miten ilmoittaudun", "offerings.show", "Ymmärsin"),
        ("UAINO", "haluan perua paikkani", "offering.leave", "Ymmärsin"),
        ("UAINO", "en pääse huomenna", "absence.choose", "Ymmärsin"),
        ("UAINO", "miten saan nämä kalenteriin", "calendar.open", "Ymmärsin"),
        ("UAINO", "missä asetukset ovat", "settings.open", "Ymmärsin"),
        ("UAINO", "liikaa kysymyksiä", "prompts.fewer", "Ymmärsin"),
        ("UAINO", "mitä tietoja minusta on", "my_data.show", "Ymmärsin"),
        ("UAINO", "missä materiaalit ovat", "materials.show", "Ymmärsin"),
        ("UAINO", "saanko todistuksen", "certificates.show", "Ymmärsin"),
        ("UAINO", "haluan puhua ihmiselle", "contacts.show", "Ymmärsin"),
    ],
)
async def test_every_topic_has_its_button_and_the_button_opens_its_act(
    kaiku: Running, who: str, words: str, button: str, said: str
) -> None:
    await join(kaiku.visitor(who), "dialogue-2")
    await kaiku.settle()
    await say(kaiku, who, words)
    answer = answers(kaiku, who)[-1]
    assert said in answer["text"]
    assert "Kukaan ei lue tätä keskustelua" in answer["text"]
    assert button in buttons_of(answer)
    assert len(buttons_of(answer)) <= 3
    person = kaiku.visitor(who)
    while person.modals:
        await person.close()
    outcome = await person.click(button, on=answer)
    assert outcome.error is None
    assert "Jotain meni vikaan" not in text_of(person.modal)


async def test_swedish_and_english_are_answered_in_the_persons_language(kaiku: Running) -> None:
    await say(kaiku, "UEMMA", "when is the next session")
    assert "I understood that your message is about" in answers(kaiku, "UEMMA")[-1]["text"]


async def test_nothing_is_done_because_of_what_was_written(kaiku: Running) -> None:
    await join(kaiku.visitor("UAINO"), "dialogue-2")
    await say(kaiku, "UAINO", "peru ilmoittautumiseni heti")
    await kaiku.visitor("UAINO").close()
    await kaiku.visitor("UAINO").command("/kaiku omat")
    assert "Sinulla on yksi ilmoittautuminen" in kaiku.visitor("UAINO").messages()[-1]["text"]


async def test_a_negated_act_has_no_button(kaiku: Running) -> None:
    await say(kaiku, "UAINO", "en halua perua mitään")
    assert "offering.leave" not in buttons_of(answers(kaiku, "UAINO")[-1])


async def test_several_lines_get_one_help_answer(kaiku: Running) -> None:
    for line in (SECRET_WORDS, "kiitos eilisestä oli tosi hyvä", "mikä on suomen pääkaupunki"):
        await say(kaiku, "UAINO", line)
    assert ["Tähän en osaa vastata" in each["text"] for each in answers(kaiku, "UAINO")] == [True]
    kaiku.clock.advance(minutes=11)
    await say(kaiku, "UAINO", SECRET_WORDS)
    assert len(answers(kaiku, "UAINO")) == 2


async def test_what_is_written_is_neither_stored_nor_logged(
    kaiku: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await say(kaiku, "UAINO", SECRET_WORDS)
    await kaiku.settle()
    assert answers(kaiku, "UAINO")
    assert SECRET_WORDS not in "".join(
        record.getMessage() for record in caplog.records if record.name.startswith(("bot", "handlers"))
    )
    with kaiku.store.read_transaction() as tx:
        for table in inspect(tx).get_table_names():
            rows = tx.execute(text(f'SELECT * FROM "{table}"')).all()
            assert SECRET_WORDS not in repr(rows), table


async def test_help_offers_to_keep_the_words_as_a_reflection_of_ones_own(kaiku: Running) -> None:
    await say(kaiku, "UAINO", SECRET_WORDS)
    aino = kaiku.visitor("UAINO")
    await aino.click("reflection.write_freely")
    assert SECRET_WORDS in str(aino.modal)
    await aino.submit()
    assert SECRET_WORDS in text_of(aino.modal)


async def test_a_thread_is_answered_in_the_thread(kaiku: Running) -> None:
    first = await say(kaiku, "UAINO", "milloin on seuraava tapaaminen")
    await say(kaiku, "UAINO", "haluan perua paikkani", thread_ts=first["ts"])
    top, threaded = answers(kaiku, "UAINO")
    assert top.get("thread_ts") is None
    assert threaded["thread_ts"] == first["ts"]


async def test_a_mention_in_a_channel_is_answered_to_the_person_alone(kaiku: Running) -> None:
    await say(kaiku, "UAINO", "@kaiku milloin on seuraava tapaaminen", channel="CYLEINEN")
    mine = kaiku.visitor("UAINO").messages("CYLEINEN")[-1]
    assert "next.show" in buttons_of(mine)
    assert mine["ephemeral_to"] == "UAINO"
    assert mine not in kaiku.visitor("UOLLI").messages("CYLEINEN")


async def test_a_channel_that_does_not_mention_kaiku_is_left_alone(kaiku: Running) -> None:
    before = len(kaiku.visitor("UAINO").messages("CYLEINEN"))
    await say(kaiku, "UAINO", "milloin on seuraava tapaaminen", channel="CYLEINEN")
    assert len(kaiku.visitor("UAINO").messages("CYLEINEN")) == before + 1


async def test_thanks_get_no_answer(kaiku: Running) -> None:
    await say(kaiku, "UAINO", "Kiitos!")
    assert answers(kaiku, "UAINO") == []


BASE = {"type": "message", "channel_type": "im", "user": "UAINO", "channel": "D1", "ts": "1.0", "text": "hei"}


@pytest.mark.parametrize(
    "change",
    [
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "file_share", "files": [{}]},
        {"files": [{}]},
        {"bot_id": "B1"},
        {"app_id": "A1"},
        {"edited": {"ts": "1"}},
        {"user": "UKAIKU"},
        {"user": "USLACKBOT"},
        {"user": None},
        {"user": ["U1"]},
        {"text": None},
        {"ts": 5},
        {"channel": {}},
        {"channel_type": "channel"},
    ],
)
def test_edited_deleted_files_bots_apps_and_malformed_events_are_nothing(change: dict) -> None:
    assert read_event(BASE, "UKAIKU") is not None
    assert read_event(BASE | change, "UKAIKU") is None


async def test_an_edited_and_a_deleted_message_are_left_alone(kaiku: Running) -> None:
    written = await say(kaiku, "UAINO", "milloin on seuraava tapaaminen")
    count = len(answers(kaiku, "UAINO"))
    await kaiku.visitor("UAINO").delete(written["ts"], channel="DAINO")
    await kaiku.server.link.settled()
    assert len(answers(kaiku, "UAINO")) == count


async def test_one_event_delivered_twice_is_answered_once(kaiku: Running) -> None:
    from sandbox.faults import Fault

    kaiku.server.workspace.faults.append(Fault("message", 1, "event_twice"))
    await say(kaiku, "UAINO", "milloin on seuraava tapaaminen")
    assert len(answers(kaiku, "UAINO")) == 1
