"""What people can type, in three languages; settings; App Home; Slack being away."""

import asyncio

import pytest
from sqlalchemy import select

from sandbox import NotThereError, text_of
from sandbox.visitor import fill
from sandbox.workspace import Fault
from storage.deliveries import list_deliveries
from storage.tables import Enrolment
from tests.support.commands import COMMANDS
from tests.support.joining import INTRODUCTION, join, kaiku_answer
from tests.support.running import Running

CODE = "dialogue-2"


@pytest.mark.parametrize(
    ("person", "opening"),
    [("UAINO", "Näin käytät Kaikua"), ("UJOHAN", "Så här använder du Kaiku"), ("UEMMA", "How to use Kaiku")],
)
async def test_nothing_typed_is_help_in_the_language_of_my_slack(
    kaiku: Running, person: str, opening: str
) -> None:
    visitor = kaiku.visitor(person)
    await visitor.command("/kaiku")
    assert opening in kaiku_answer(kaiku, visitor)["text"]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
async def test_every_spelling_of_a_command_does_the_same(kaiku: Running, command) -> None:
    aino = kaiku.visitor("UAINO")
    answers = set()
    for spelling in sorted(command.spellings):
        outcome = await aino.command(f"/kaiku {spelling.upper()}")
        assert outcome.acked
        answers.add(text_of(outcome.view) if outcome.view else kaiku_answer(kaiku, aino)["text"])
    assert len(answers) == 1


async def test_a_typo_gets_the_nearest_command_and_help(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku lity dialogue-2")
    answer = kaiku_answer(kaiku, aino)["text"]
    assert "En tunne sanaa ”lity”. Tarkoititko `/kaiku liity`?" in answer
    assert "Näin käytät Kaikua" in answer


async def test_what_was_typed_comes_back_as_text_and_calls_nobody(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku <!channel> *x* &amp;")
    assert "<!channel>" not in kaiku_answer(kaiku, aino)["text"]


async def test_the_list_is_by_strand_with_seats_and_a_button_for_what_is_open(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await join(kaiku.visitor("UMARJA"), CODE, agency="mml")
    await aino.command("/kaiku lista")
    message = kaiku_answer(kaiku, aino)
    headers = [block["text"]["text"] for block in message["blocks"] if block["type"] == "header"]
    assert [header[0] for header in headers] == ["1", "2", "3", "4"]
    assert "Paikkoja jäljellä 19/20" in message["text"]
    buttons = [block["accessory"] for block in message["blocks"] if "accessory" in block]
    acts = {each["value"]: each["action_id"] for each in buttons}
    assert acts[CODE] == "offering.join"
    assert acts["complexity-2"] == "opening_wish.say", "what is not open yet can't be joined"


async def test_settings_change_my_language_at_once(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku asetukset")
    await aino.submit(**INTRODUCTION | {"language": "sv", "timezone": "Europe/Brussels"})
    assert "Sparat." in text_of(aino.modal)
    await aino.command("/kaiku mina")
    assert "Du har inga anmälningar" in kaiku_answer(kaiku, aino)["text"]


async def test_settings_ask_nobody_for_an_agency_they_need_not_tell(kaiku: Running) -> None:
    """Whoever only facilitates has none; joining asks for it."""
    fanni = kaiku.visitor("UFASI")
    await fanni.command("/kaiku asetukset")
    await fanni.submit(language="sv")
    assert "Sparat." in text_of(fanni.modal)
    await fanni.command("/kaiku delta dialogue-2")
    assert (await fanni.submit()).acked is False, "the form for joining needs it"


async def test_what_i_chose_stays_when_slack_says_otherwise(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku asetukset")
    await aino.submit(**INTRODUCTION | {"language": "sv"})
    kaiku.server.workspace.change_person({"id": "UAINO", "locale": "en-GB"})
    kaiku.server.link.person_changed("UAINO")
    await kaiku.settle()
    await aino.command("/kaiku")
    assert "Så här använder du Kaiku" in kaiku_answer(kaiku, aino)["text"]


async def test_home_shows_mine_and_what_is_open_and_follows(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.open_home()
    await kaiku.settle()
    assert "Sinulla ei ole nyt ilmoittautumisia." in text_of(aino.home)
    await join(aino, "dialogue-skype-1")
    await kaiku.settle()
    assert "Paikka on sinun." in text_of(aino.home)
    assert "https://" in text_of(aino.home)
    assert "Verohallinto" in text_of(aino.home)


async def test_home_of_who_waits_follows_when_the_line_moves(kaiku: Running) -> None:
    people = ("UAINO", "UOLLI", "UHELI", "UTIMO", "UKAISA", "UMARJA")
    for person in people:
        await join(kaiku.visitor(person), CODE)
    marja = kaiku.visitor("UMARJA")
    await marja.open_home()
    await kaiku.settle()
    assert "Olet varasijalla 2." in text_of(marja.home)
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku peru {CODE}")
    await aino.submit()
    await kaiku.settle()
    assert "Olet varasijalla 1." in text_of(marja.home)


async def test_home_follows_my_settings(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.open_home()
    await kaiku.settle()
    await aino.click("settings.open")
    await aino.submit(**INTRODUCTION | {"language": "sv", "agency": "mml"})
    await kaiku.settle()
    assert "Lantmäteriverket" in text_of(aino.home)


async def test_home_of_who_moves_up_shows_the_seat(kaiku: Running) -> None:
    for person in ("UAINO", "UOLLI", "UHELI", "UTIMO", "UMARJA"):
        await join(kaiku.visitor(person), CODE)
    marja, aino = kaiku.visitor("UMARJA"), kaiku.visitor("UAINO")
    await marja.open_home()
    await aino.command(f"/kaiku peru {CODE}")
    await aino.submit()
    await kaiku.settle()
    assert "Sinulle tarjotaan paikkaa." in text_of(marja.home)


async def test_mine_is_empty_at_first_and_then_says_where_i_stand_everywhere(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku omat")
    assert "Sinulla ei ole nyt ilmoittautumisia." in kaiku_answer(kaiku, aino)["text"]
    await join(aino, CODE)
    await join(aino, "complexity-1")
    await aino.command("/kaiku omat")
    answer = kaiku_answer(kaiku, aino)
    assert "Sinulla on 2 ilmoittautumista:" in answer["text"]
    opens = [
        block["accessory"]["value"]
        for block in answer["blocks"]
        if block.get("accessory", {}).get("action_id") == "mine.open"
    ]
    assert {"complexity-1", CODE} == set(opens), "each has its button that unfolds it"
    await aino.command("/kaiku peru")
    answer = kaiku_answer(kaiku, aino)
    leaves = [block["accessory"]["value"] for block in answer["blocks"] if "accessory" in block]
    assert sorted(leaves) == ["complexity-1", CODE], "each has its button to leave"


async def test_one_submission_sent_twice_is_one_enrolment_and_the_same_answer(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku join {CODE}")
    view = aino.modal
    state = fill(view, INTRODUCTION)

    first, second = await asyncio.gather(
        aino.link.submit("UAINO", view["id"], state), aino.link.submit("UAINO", view["id"], state)
    )

    assert first.error is second.error is None
    with kaiku.store.read_transaction() as tx:
        assert tx.scalars(select(Enrolment.c.status)).all() == ["seated"]
    assert "Paikka on sinun." in text_of(aino.modal)
    await kaiku.settle()
    assert len(aino.direct_messages) == 1


async def test_a_double_click_and_a_second_device_are_one_enrolment_and_the_same_answer(
    kaiku: Running,
) -> None:
    phone, desk = kaiku.visitor("UAINO"), kaiku.visitor("UAINO")
    await phone.command(f"/kaiku join {CODE}")
    view_id, state = (
        phone.modal["id"],
        {
            "agency": {"agency": {"type": "static_select", "selected_option": {"value": "vero"}}},
            "role": {"role": {"type": "radio_buttons", "selected_option": {"value": "expert"}}},
        },
    )
    await desk.link.submit("UAINO", view_id, state)
    first = text_of(phone.modal)
    await phone.command(f"/kaiku join {CODE}")
    again = kaiku_answer(kaiku, phone)["text"]
    assert "Paikka on sinun." in first
    assert "Paikka on sinun." in again
    await kaiku.settle()
    assert len(phone.direct_messages) == 1


async def test_a_forged_agency_and_code_change_nothing(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku join {CODE}")
    forged = {"agency": {"agency": {"type": "static_select", "selected_option": {"value": "'; drop"}}}}
    await aino.link.submit("UAINO", aino.modal["id"], forged)
    assert "Kerro ensin virastosi ja roolisi" in text_of(aino.modal)


async def test_a_forged_code_joins_nothing_and_names_the_right_ones(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku join {CODE}")
    aino.modal["private_metadata"] = "dialogue-2' or 1=1"
    await aino.submit(**INTRODUCTION)
    assert "Tunnusta ”dialogue-2' or 1=1” ei ole." in text_of(aino.modal)
    assert nobody_is_enrolled(kaiku)


async def test_a_forged_code_does_not_open_what_is_not_open_yet(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku join {CODE}")
    aino.modal["private_metadata"] = "complexity-2"
    await aino.submit(**INTRODUCTION)
    assert "ilmoittautuminen alkaa" in text_of(aino.modal)
    assert nobody_is_enrolled(kaiku)


def nobody_is_enrolled(kaiku: Running) -> bool:
    with kaiku.store.read_transaction() as tx:
        return tx.scalars(select(Enrolment.c.id)).first() is None


async def test_a_button_of_an_older_kaiku_opens_what_one_can_do_now(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku")
    shown = {"type": "message", "channel": "CYLEINEN", "ts": kaiku_answer(kaiku, aino)["ts"]}
    outcome = await aino.link.action("UAINO", shown, "b0", {"type": "button", "action_id": "old.button"}, {})
    assert outcome.acked
    assert "Näin käytät Kaikua" in text_of(aino.modal)


async def test_a_form_of_an_older_kaiku_is_answered_on_top_of_it(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku join {CODE}")
    aino.modal["callback_id"] = "old.form"
    assert (await aino.submit(**INTRODUCTION)).error is None
    assert "Näin käytät Kaikua" in text_of(aino.modal)
    assert nobody_is_enrolled(kaiku)


@pytest.mark.parametrize("fault", ["rate_limited", "http_500_before"])
async def test_while_slack_is_down_the_seat_is_kept_and_the_words_follow(kaiku: Running, fault: str) -> None:
    aino = kaiku.visitor("UAINO")
    kaiku.server.workspace.faults.append(Fault("chat.postMessage", 1, fault, retry_after=30))
    assert "Paikka on sinun." in text_of(await join(aino, CODE))
    await kaiku.settle()
    assert aino.direct_messages == []
    kaiku.clock.advance(minutes=1)
    await kaiku.settle()
    assert ["ilmoittautumisesi on kirjattu" in each["text"] for each in aino.direct_messages] == [True]


@pytest.mark.parametrize(
    ("junk", "content_type"),
    [
        (b"ok", "text/plain"),
        (b'"x"', "application/json"),
        (b"\xff\xfe", "text/plain"),
        (b"\xff", "application/json"),
        (b'{"ok": true}', "application/json"),
        (b"", "application/json"),
    ],
)
async def test_an_answer_that_makes_no_sense_doubles_no_message(
    kaiku: Running, junk: bytes, content_type: str
) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, CODE)
    faults = kaiku.server.workspace.faults
    faults.append(Fault("chat.postMessage", 1, "junk_after", junk=junk, content_type=content_type))
    faults.append(Fault("conversations.history", 1, "junk_after", junk=junk, content_type=content_type))
    for _ in range(5):
        await kaiku.settle()
        kaiku.clock.advance(minutes=1)
    assert ["ilmoittautumisesi on kirjattu" in each["text"] for each in aino.direct_messages] == [True]
    assert [fault.times for fault in faults] == [0, 0]
    with kaiku.store.read_transaction() as tx:
        states = {(each.kind, each.state) for each in list_deliveries(tx) if each.due_at <= kaiku.clock.now()}
    assert ("confirmation", "sent") in states


async def test_when_slack_opens_no_form_nothing_has_changed_and_it_says_so(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku")
    kaiku.server.workspace.faults.append(Fault("views.open", 1, "http_500_before"))
    await aino.command(f"/kaiku join {CODE}")
    assert "Lomaketta ei saatu auki" in kaiku_answer(kaiku, aino)["text"]
    with pytest.raises(NotThereError):
        _ = aino.modal


async def test_somebody_slack_does_not_know_yet_is_served_but_not_seated(kaiku: Running) -> None:
    kaiku.server.workspace.faults.append(Fault("users.info", 2, "http_500_before"))
    emma = kaiku.visitor("UEMMA")
    await emma.command("/kaiku")
    assert "Näin käytät Kaikua" in kaiku_answer(kaiku, emma)["text"]
    await emma.command(f"/kaiku join {CODE}")
    assert "Slack ei juuri nyt kerro, kuka olet" in kaiku_answer(kaiku, emma)["text"]
    await emma.command("/kaiku")
    assert "How to use Kaiku" in kaiku_answer(kaiku, emma)["text"]


async def test_a_guest_slack_does_not_know_yet_can_not_vouch_for_themselves(kaiku: Running) -> None:
    kaiku.server.workspace.faults.append(Fault("users.info", 2, "http_500_before"))
    guest = kaiku.visitor("UVIERAS")
    await guest.command("/kaiku asetukset")
    await guest.submit(**INTRODUCTION)
    await guest.close()
    await guest.command(f"/kaiku join {CODE}")
    assert (
        "Vierastilillä tai toisen organisaation tilillä ei voi ilmoittautua"
        in kaiku_answer(kaiku, guest)["text"]
    )


async def test_an_account_without_a_time_zone_is_known_all_the_same(kaiku: Running) -> None:
    gone = kaiku.visitor("UPOIS")  # Slack gives no zone for these
    await gone.command(f"/kaiku join {CODE}")
    assert "Slack-tilisi on poistettu käytöstä" in kaiku_answer(kaiku, gone)["text"]


async def test_the_whole_list_opens_in_a_modal_and_joins_from_there(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku omat")
    await aino.click("offerings.show")
    await aino.click("offering.join", CODE)
    await aino.submit(**INTRODUCTION)
    assert "Paikka on sinun." in text_of(aino.modal)
    await aino.close()
    with pytest.raises(NotThereError):
        _ = aino.modal


async def test_a_bare_code_opens_its_details(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    for typed in ("dialogue 2", "`dialogue-2`", "Dialogue-2."):
        await aino.command(f"/kaiku {typed}")
        assert "Dialogi yhteiskehittämisessä" in text_of(aino.modal)
        await aino.close()


async def test_only_what_a_person_may_do_is_in_their_help(kaiku: Running) -> None:
    for who, may in (("UAINO", False), ("UFASI", True)):
        person = kaiku.visitor(who)
        await person.command("/kaiku")
        assert ("/kaiku tiedota" in kaiku_answer(kaiku, person)["text"]) is may, who


async def test_what_was_typed_is_echoed_once_and_escaped_once(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku <b>&x")
    assert kaiku_answer(kaiku, aino)["text"].count("&lt;b&gt;&amp;x") == 1
