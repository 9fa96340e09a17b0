"""What happens to accounts while people hold seats, wait, or have left: nothing untrue is said of it."""

from typing import Any

import pytest

from bot.domain.deliveries import Subject
from bot.domain.errors import KaikuError, Refusal
from bot.services.deliveries.recipients import find_person
from bot.services.offerings.roster import list_roster
from bot.services.reflections.answers import load_form
from bot.services.reflections.shared_answers import load_group_answers
from sandbox import text_of
from tests.support.joining import join, kaiku_answer
from tests.support.reflecting import FIRST, seated
from tests.support.running import Running
from tests.support.time_passing import at, deliveries, helsinki

CODE = "dialogue-2"
FIVE = ("UAINO", "UOLLI", "UHELI", "UTIMO", "UELSA")  # of one agency, which may have four


async def account(kaiku: Running, user_id: str, **change: Any) -> None:
    kaiku.server.workspace.change_person({"id": user_id, **change})
    kaiku.server.link.person_changed(user_id)
    await kaiku.settle()


async def five_join(kaiku: Running) -> None:
    for person in FIVE:
        await join(kaiku.visitor(person), CODE)
    await kaiku.settle()  # a confirmation under way would be refused


def status_of(kaiku: Running, user_id: str) -> str:
    with kaiku.store.read_transaction() as tx:
        return next(row.status.value for row in list_roster(tx, CODE) if row.user_id == user_id)


async def test_a_deactivated_account_that_is_back_in_half_an_hour_keeps_its_seat(kaiku: Running) -> None:
    await five_join(kaiku)
    await account(kaiku, "UOLLI", deleted=True)
    kaiku.clock.advance(minutes=30)
    await account(kaiku, "UOLLI", deleted=False)
    await at(kaiku, helsinki(2019, 2, 13, 12))
    assert status_of(kaiku, "UOLLI") == "seated"
    assert status_of(kaiku, "UELSA") == "waiting"
    assert [row.reason for row in deliveries(kaiku, "seat_hold")] == ["came_back"]


async def test_a_held_seat_is_not_given_up_in_the_name_of_the_deactivated_account(kaiku: Running) -> None:
    await five_join(kaiku)
    await account(kaiku, "UOLLI", deleted=True)
    olli = kaiku.visitor("UOLLI")
    await olli.command(f"/kaiku peru {CODE}")
    assert "Slack-tilisi on poistettu käytöstä" in kaiku_answer(kaiku, olli)["text"]
    assert status_of(kaiku, "UOLLI") == "seated"
    assert status_of(kaiku, "UELSA") == "waiting"


async def test_who_acts_is_back_even_if_slack_never_said_so(kaiku: Running) -> None:
    await five_join(kaiku)
    await account(kaiku, "UOLLI", deleted=True)
    kaiku.server.workspace.change_person({"id": "UOLLI", "deleted": False})  # and the event is lost
    olli = kaiku.visitor("UOLLI")
    await olli.command("/kaiku omat")
    assert "Dialogi" in kaiku_answer(kaiku, olli)["text"]
    await at(kaiku, helsinki(2019, 2, 13, 12))
    assert status_of(kaiku, "UOLLI") == "seated"


async def test_the_seat_is_offered_to_the_next_when_the_hold_ends(kaiku: Running) -> None:
    await five_join(kaiku)
    await account(kaiku, "UOLLI", deleted=True)
    await at(kaiku, helsinki(2019, 2, 12, 9, 30))
    assert status_of(kaiku, "UELSA") == "waiting"
    await at(kaiku, helsinki(2019, 2, 12, 10, 30))
    assert status_of(kaiku, "UOLLI") == "removed"
    assert status_of(kaiku, "UELSA") == "offered"


async def test_who_lost_their_seat_is_told_on_return_and_old_messages_are_true(kaiku: Running) -> None:
    await five_join(kaiku)
    olli = kaiku.visitor("UOLLI")
    assert any("Paikka on sinun" in each["text"] for each in olli.direct_messages)
    await account(kaiku, "UOLLI", deleted=True)
    await at(kaiku, helsinki(2019, 2, 13, 12))
    await account(kaiku, "UOLLI", deleted=False)
    assert not any("Paikka on sinun" in each["text"] for each in olli.direct_messages)
    assert "Slack-tilisi oli suljettuna" in olli.direct_messages[-1]["text"]
    await account(kaiku, "UOLLI", deleted=True)
    await account(kaiku, "UOLLI", deleted=False)
    told = [each for each in olli.direct_messages if "Slack-tilisi oli suljettuna" in each["text"]]
    assert len(told) == 1


async def test_who_became_a_guest_while_waiting_is_passed_over_until_they_are_none(kaiku: Running) -> None:
    await five_join(kaiku)
    await account(kaiku, "UELSA", is_restricted=True)
    olli = kaiku.visitor("UOLLI")
    await olli.command(f"/kaiku peru {CODE}")
    await olli.submit()
    await kaiku.settle()
    assert status_of(kaiku, "UELSA") == "waiting"
    await account(kaiku, "UELSA", is_restricted=False)
    assert status_of(kaiku, "UELSA") == "offered"


@pytest.mark.parametrize("change", [{"is_restricted": True}, {"deleted": True}])
async def test_what_an_account_is_offered_goes_on_at_once_when_it_can_hold_no_seat(
    kaiku: Running, change: dict[str, bool]
) -> None:
    await five_join(kaiku)
    behind, elsa, olli = kaiku.visitor("UJOHAN"), kaiku.visitor("UELSA"), kaiku.visitor("UOLLI")
    await join(behind, CODE)
    await behind.close(clear=True)
    await olli.command(f"/kaiku peru {CODE}")
    await olli.submit()
    await kaiku.settle()
    offer = elsa.direct_messages[-1]
    await account(kaiku, "UELSA", **change)
    assert (status_of(kaiku, "UELSA"), status_of(kaiku, "UJOHAN")) == ("waiting", "offered")
    assert "Sinulle tarjotaan paikkaa" in behind.direct_messages[-1]["text"]
    if "is_restricted" in change:
        (now,) = [each["text"] for each in elsa.direct_messages if each["ts"] == offer["ts"]]
        assert "paikkaa ei enää tarjota sinulle" in now
        assert "Vierastilillä" in now
        assert "vastausaika" not in now, "it was not over"
    await account(kaiku, "UELSA", **dict.fromkeys(change, False))
    await behind.click("offer.decline", on=behind.direct_messages[-1])
    await kaiku.settle()
    assert status_of(kaiku, "UELSA") == "offered", "it has let nothing lapse"


async def test_who_became_a_guest_keeps_the_seat_but_is_asked_nothing_more(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await account(kaiku, "UAINO", is_restricted=True)
    await at(kaiku, FIRST)
    assert not any(row.state == "sent" for row in deliveries(kaiku, "prompt"))
    assert status_of(kaiku, "UAINO") == "seated"
    await account(kaiku, "UAINO", is_restricted=False)
    await at(kaiku, helsinki(2019, 4, 23, 10))
    assert any(row.state == "sent" for row in deliveries(kaiku, "prompt"))
    await aino.click("reflection.write")
    assert "vierastili" not in text_of(aino.modal)


async def test_who_withdrew_neither_reads_what_the_group_shares_nor_answers_its_prompts(
    kaiku: Running,
) -> None:
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    await aino.command(f"/kaiku peru {CODE}")
    await aino.submit()
    await aino.close(clear=True)
    await kaiku.settle()
    await aino.click("reflection.write")
    assert "joilla on ryhmässä paikka" in text_of(aino.modal)
    with kaiku.store.read_transaction() as tx:
        person = find_person(tx, "UAINO", kaiku.app.kaiku.defaults)
        assert person is not None
        subject = next(row.subject for row in deliveries(kaiku, "prompt") if row.state == "sent")
        sent = Subject.parse(subject).prompt_id
        assert sent is not None
        for read in (load_form, load_group_answers):
            with pytest.raises(KaikuError) as refused:
                read(tx, kaiku.app.kaiku.vault, person, sent)
            assert refused.value.code is Refusal.ROUND_FOR_SEATED


async def test_news_of_a_seat_waits_for_the_morning_of_where_the_person_is_when_it_is_due(
    kaiku: Running,
) -> None:
    await five_join(kaiku)
    kaiku.clock.move_to(helsinki(2019, 2, 11, 23))
    olli, elsa = kaiku.visitor("UOLLI"), kaiku.visitor("UELSA")
    await olli.command(f"/kaiku peru {CODE}")
    await olli.submit()
    await account(kaiku, "UELSA", tz="America/New_York")
    before = len(elsa.direct_messages)
    await at(kaiku, helsinki(2019, 2, 12, 9, 5))  # two in the morning in New York
    assert len(elsa.direct_messages) == before
    await at(kaiku, helsinki(2019, 2, 12, 16, 5))
    assert "Sinulle tarjotaan paikkaa" in elsa.direct_messages[-1]["text"]
