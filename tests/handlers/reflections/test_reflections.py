"""Journey 4: prompts between sessions, and a person's own words back."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import force_setattr
from sqlalchemy import select

from bot.domain.carried.prompts import Later
from bot.domain.errors import KaikuError
from bot.domain.people.person import Person
from bot.domain.reflections import Sharing
from bot.services.reflections.answers import (
    delete,
    list_own,
    load_form,
    load_own,
    rewrite,
    write,
    write_freely,
)
from bot.services.reflections.postpone import ask_later
from sandbox import text_of
from storage.offerings.catalogue import get_offering
from storage.tables import PersonKey
from tests.support.reflecting import CODE, FIRST, LAST, MIDDLE, PLAN, answer, newest, seated
from tests.support.running import Running
from tests.support.time_passing import at, deliveries, helsinki


def files_in(folder: Path) -> list[bytes]:
    """The database as it lies on the disk, its log included."""
    return [path.read_bytes() for path in folder.glob("kaiku.db*")]


async def test_the_first_prompt_comes_two_working_days_after_the_session(kaiku: Running) -> None:
    aino = await seated(kaiku)
    before = len(aino.direct_messages)
    await at(kaiku, helsinki(2019, 4, 4, 9, 59))
    assert len(aino.direct_messages) == before
    await at(kaiku, FIRST)
    assert len(aino.direct_messages) == before + 1
    assert "Vastauksesi näet vain sinä" in newest(aino)
    assert aino.has_button("reflection.write")


async def test_a_prompt_sent_late_is_reminded_of_as_long_after_as_any_other(kaiku: Running) -> None:
    """Kaiku was down when both were due."""
    aino = await seated(kaiku)
    await at(kaiku, helsinki(2019, 4, 9, 9, 59))
    late = helsinki(2019, 4, 9, 14, 0)
    await at(kaiku, late)
    count = len(aino.direct_messages)
    assert "pari päivää" not in newest(aino)
    await at(kaiku, helsinki(2019, 4, 10, 14, 0))
    assert len(aino.direct_messages) == count
    await at(kaiku, helsinki(2019, 4, 11, 14, 0))
    assert "Muistutan vain tämän kerran" in newest(aino)


async def test_a_plan_is_quoted_at_the_midpoint_and_both_before_the_next_session(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    await answer(kaiku, aino, **PLAN)
    await at(kaiku, MIDDLE)
    assert "> Kun ohjausryhmä kokoontuu, teen näin: kysyn, mitä muut ovat nähneet" in newest(aino)
    await aino.click("reflection.choose_0")
    await aino.submit(answer_1="Hiljaisuus auttoi.")
    await aino.close()
    await at(kaiku, helsinki(2019, 4, 23, 9, 30))  # the session's own reminder came at nine
    await at(kaiku, LAST)
    assert "> Kun ohjausryhmä kokoontuu" in newest(aino)
    assert "> Hiljaisuus auttoi." in newest(aino)


async def test_the_closing_letter_gathers_my_own_words(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    await answer(kaiku, aino, **PLAN)
    await at(kaiku, helsinki(2019, 6, 14, 9, 59))
    assert deliveries(kaiku, "closing_letter")[0].state == "planned"
    await at(kaiku, helsinki(2019, 6, 14, 10))
    assert "Omat sanasi" in newest(aino)
    assert "> Kun ohjausryhmä kokoontuu" in newest(aino)


async def test_who_wrote_nothing_gets_the_closing_message_without_own_words(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await at(kaiku, helsinki(2019, 6, 14, 10))
    assert [row.state for row in deliveries(kaiku, "closing_letter")] == ["sent"]
    assert "Kiitos, että olit mukana" in newest(aino)
    assert "Omat sanasi" not in newest(aino)


async def test_one_reminder_and_then_silence(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    await at(kaiku, helsinki(2019, 4, 8, 10))
    assert "Muistutan vain tämän kerran" in newest(aino)
    count = len(aino.direct_messages)
    await at(kaiku, helsinki(2019, 4, 10, 15))
    assert len(aino.direct_messages) == count


async def test_who_has_answered_is_not_reminded(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    await answer(kaiku, aino, **PLAN)
    await at(kaiku, helsinki(2019, 4, 8, 10))
    assert "Muistutan" not in newest(aino)


async def test_after_two_unanswered_kaiku_asks_once_and_sends_fewer(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    await at(kaiku, MIDDLE)  # no plan to quote: nothing is asked
    await at(kaiku, LAST)
    await at(kaiku, helsinki(2019, 4, 29, 10))
    assert "jäi ilman vastausta" in newest(aino)
    await aino.click("prompts.set_stopped")
    await kaiku.settle()
    count = len(aino.direct_messages)
    await at(kaiku, helsinki(2019, 5, 7, 10))
    assert not [row for row in deliveries(kaiku, "prompt") if row.state == "planned"]
    assert len(aino.direct_messages) == count


async def test_an_answer_can_be_edited_and_deleted(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    await answer(kaiku, aino, **PLAN)
    assert "tallessa" in newest(aino)  # the question itself was brought up to date
    await answer(kaiku, aino, answer_0="johtoryhmä kokoontuu")
    await aino.command("/kaiku pohdi")
    assert "Kun johtoryhmä kokoontuu, teen näin: kysyn" in text_of(aino.modal)
    await aino.click("reflection.delete")
    assert "johtoryhmä" not in text_of(aino.modal)
    await aino.close()
    await at(kaiku, MIDDLE)
    reasons = [row.reason for row in deliveries(kaiku, "prompt") if row.due_at == MIDDLE]
    assert reasons == ["no_plan_to_quote"]


async def test_a_prompt_that_was_left_out_has_no_reminder(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    await at(kaiku, helsinki(2019, 4, 8, 15))  # the first one's own reminder has come
    await at(kaiku, MIDDLE)  # no plan to quote: nothing is asked
    count = len(aino.direct_messages)
    await at(kaiku, helsinki(2019, 4, 15, 10))  # two working days later
    assert len(aino.direct_messages) == count


async def test_what_is_typed_is_kept_when_the_form_is_closed_by_mistake(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    await aino.click("reflection.write")
    await aino.choose("answer_1", "kysyn ensin")
    await aino.close()
    await aino.click("reflection.write")
    assert "kysyn ensin" in str(aino.modal)


async def test_an_empty_answer_is_refused_at_the_field(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    await aino.click("reflection.write")
    outcome = await aino.submit()
    assert "answer_0" in outcome.errors


async def test_a_prompt_that_was_not_sent_to_me_is_not_mine_to_answer(kaiku: Running) -> None:
    await seated(kaiku)
    await at(kaiku, FIRST)
    with kaiku.store.read_transaction() as tx:
        prompt_id = int(deliveries(kaiku, "prompt_reminder")[0].subject.rsplit("/", 1)[1])
        stranger = Person("UBJORN", "Björn", "sv", "Europe/Helsinki")
        with pytest.raises(KaikuError, match="not_your_prompt"):
            load_form(tx, kaiku.app.kaiku.vault, stranger, prompt_id)


async def test_a_forged_choice_does_not_share_without_name_before_five_have_shared(kaiku: Running) -> None:
    await seated(kaiku)
    await at(kaiku, FIRST)
    prompt_id = int(deliveries(kaiku, "prompt_reminder")[0].subject.rsplit("/", 1)[1])
    aino = Person("UAINO", "Aino", "fi", "Europe/Helsinki")
    with kaiku.store.transaction() as tx, pytest.raises(KaikuError, match="too_few_shared"):
        write(tx, kaiku.app.kaiku.vault, aino, prompt_id, ["kun", "niin"], Sharing.GROUP, FIRST)
    with kaiku.store.read_transaction() as tx:
        assert list_own(tx, kaiku.app.kaiku.vault, aino) == []


async def test_sharing_without_name_is_not_offered_before_five_have_shared(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    await aino.click("reflection.write")
    values = str(aino.modal)
    assert "Vetäjät, nimelläni" in values
    assert "Ryhmä, ilman nimeäni" not in values
    assert "vähintään 5" in values


async def test_later_asks_again_in_the_morning_and_does_not_remind_besides(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    sent = next(row for row in deliveries(kaiku, "prompt") if row.state == "sent")
    prompt_id = sent.subject.rsplit("/", 1)[1]
    await aino.choose("prompt.ask_later", f"{prompt_id}:tomorrow")
    await kaiku.settle()
    assert "kysyn tätä uudelleen pe 5.4. klo 9.00" in newest(aino)
    count = len(aino.direct_messages)
    await at(kaiku, helsinki(2019, 4, 5, 9))
    assert len(aino.direct_messages) == count + 1
    await at(kaiku, helsinki(2019, 4, 8, 15))
    assert len(aino.direct_messages) == count + 1


async def test_asked_for_later_twice_is_once_and_another_choice_takes_its_place(kaiku: Running) -> None:
    await seated(kaiku)
    await at(kaiku, FIRST)
    prompt_id = int(
        next(row for row in deliveries(kaiku, "prompt") if row.state == "sent").subject.split("/")[2]
    )
    aino, vault, now = (
        Person("UAINO", "Aino", "fi", "Europe/Helsinki"),
        kaiku.app.kaiku.vault,
        kaiku.clock.now(),
    )

    def ask(when: Later, minutes: int) -> list[datetime]:
        with kaiku.store.transaction() as tx:
            ask_later(tx, vault, aino, prompt_id, when, now + timedelta(minutes=minutes))
        return [row.due_at for row in deliveries(kaiku, "prompt_again") if row.state == "planned"]

    in_an_hour, in_the_morning = now + timedelta(hours=1), helsinki(2019, 4, 5, 9)
    assert ask(Later.HOUR, 0) == [in_an_hour]
    assert ask(Later.HOUR, 5) == [in_an_hour], "Slack sent the click again"
    assert ask(Later.TOMORROW, 6) == [in_the_morning]
    assert ask(Later.HOUR, 0) == [in_an_hour]


async def test_who_must_not_be_disturbed_is_asked_afterwards(kaiku: Running) -> None:
    aino = await seated(kaiku)
    starts, ends = (int(helsinki(2019, 4, 4, hour).timestamp()) for hour in (8, 12))
    kaiku.server.workspace.person("UAINO")["dnd"] = [starts, ends]
    count = len(aino.direct_messages)
    await at(kaiku, FIRST)
    assert len(aino.direct_messages) == count
    await at(kaiku, helsinki(2019, 4, 4, 12, 1))
    assert len(aino.direct_messages) == count + 1


async def test_a_pause_moves_a_prompt_or_drops_it(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await aino.command("/kaiku asetukset")
    await aino.submit(paused_until="2019-04-09")
    await aino.close()
    await at(kaiku, FIRST)
    planned = [row for row in deliveries(kaiku, "prompt") if row.state == "planned"]
    assert min(row.due_at for row in planned) >= helsinki(2019, 4, 9)


async def test_a_pause_that_ends_in_the_past_is_refused_at_its_field_and_an_old_one_is_not_shown(
    kaiku: Running,
) -> None:
    aino = await seated(kaiku)
    await at(kaiku, helsinki(2019, 3, 20, 10))
    await aino.command("/kaiku asetukset")
    refused = await aino.submit(paused_until="2019-03-20", frequency="fewer")
    assert refused.errors is not None
    assert "Valitse myöhempi päivä" in refused.errors["paused_until"]
    await aino.submit(paused_until="2019-03-21")
    assert "ke 20" not in text_of(aino.modal)
    assert "kysymyksiä tulee taas aikaisintaan to 21.3." in text_of(aino.modal)
    assert "Vain ennen tapaamista" in text_of(aino.modal)
    await aino.close()
    await at(kaiku, helsinki(2019, 3, 21, 10))
    await aino.command("/kaiku asetukset")
    assert "2019-03-21" not in json.dumps(aino.modal)


async def test_all_my_words_go_with_one_button_and_so_does_the_key(
    kaiku: Running, caplog: pytest.LogCaptureFixture
) -> None:
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    await answer(kaiku, aino, **PLAN)
    await aino.command("/kaiku pohdi")
    await aino.click("reflections.erase")
    with caplog.at_level("INFO"):
        await aino.submit()
    with kaiku.store.read_transaction() as tx:
        assert tx.scalars(select(PersonKey.c.person_id)).all() == []
    assert "reflections erased by UAINO" in caplog.messages  # what `kaiku keys restore` refers to


async def test_who_erases_everything_loses_the_key_though_the_secret_is_not_set(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    await answer(kaiku, aino, **PLAN)
    await aino.command("/kaiku pohdi")
    await aino.click("reflections.erase")
    force_setattr(kaiku.app.kaiku, "vault", None)
    await aino.submit()
    with kaiku.store.read_transaction() as tx:
        assert tx.scalars(select(PersonKey.c.person_id)).all() == []


async def test_no_sentence_that_anyone_wrote_is_in_the_database(kaiku: Running, tmp_path: Path) -> None:
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    await answer(kaiku, aino, **PLAN)
    assert not any("ohjausryhmä".encode() in content for content in files_in(tmp_path))


async def test_who_leaves_gets_no_more_prompts(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await aino.command(f"/kaiku peru {CODE}")
    await aino.submit()
    await kaiku.settle()
    assert {row.state for row in deliveries(kaiku, "prompt")} == {"cancelled"}


async def test_what_is_shared_by_name_reaches_the_facilitators_and_nobody_else(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    await answer(kaiku, aino, **PLAN, sharing="facilitators")
    with kaiku.store.read_transaction() as tx:
        row = get_offering(tx, CODE)
    assert row is not None
    facilitator = kaiku.visitor(next(each for each in row.facilitators if each.startswith("U")))
    await facilitator.command(f"/kaiku jaetut {CODE}")
    said = text_of(facilitator.modal)
    assert "kysyn, mitä muut ovat nähneet" in said
    assert "Aino Virtanen" in said
    assert "vähintään viisi" in said  # one answer: no figures
    outcome = await aino.command(f"/kaiku jaetut {CODE}")
    assert "vain tämän ryhmän vetäjät" in str(outcome.message)


async def test_a_private_answer_reaches_no_facilitator(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    await answer(kaiku, aino, **PLAN)
    fanni = kaiku.visitor("UFASI")
    await fanni.command(f"/kaiku jaetut {CODE}")
    assert "kysyn" not in text_of(fanni.modal)


async def test_who_answers_before_the_hour_is_over_is_not_asked_again(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    (menu,) = [
        element
        for block in aino.direct_messages[-1]["blocks"]
        for element in block.get("elements", ())
        if element.get("action_id") == "prompt.ask_later"
    ]
    await aino.choose("prompt.ask_later", menu["options"][0]["value"])
    await kaiku.settle()
    await answer(kaiku, aino, **PLAN)
    asked = len(aino.direct_messages)
    await at(kaiku, helsinki(2019, 4, 4, 11, 5))
    assert len(aino.direct_messages) == asked
    assert [row.reason for row in deliveries(kaiku, "prompt_again")] == ["answered"]


@pytest.mark.parametrize("act", [load_own, rewrite, delete], ids=lambda act: act.__name__)
async def test_what_somebody_else_wrote_is_nobodys_to_read_change_or_delete(
    kaiku: Running, act: Callable[..., object]
) -> None:
    """Ids of reflections are in buttons, and a payload may be forged."""
    await seated(kaiku)
    await kaiku.visitor("UOLLI").command("/kaiku pohdi")
    vault = kaiku.app.kaiku.vault
    aino, olli = (Person(each, each, "fi", "Europe/Helsinki") for each in ("UAINO", "UOLLI"))
    with kaiku.store.transaction() as tx:
        write_freely(tx, vault, aino, "vain minulle", None, FIRST)
        ((mine, _),) = list_own(tx, vault, aino)
    arguments = {load_own: (vault, olli, mine.id), rewrite: (vault, olli, mine.id, "minun", FIRST)}
    with kaiku.store.transaction() as tx, pytest.raises(KaikuError, match="reflection_gone"):
        act(tx, *arguments.get(act, (olli, mine.id, FIRST)))
    with kaiku.store.read_transaction() as tx:
        ((kept, _),) = list_own(tx, vault, aino)
    assert kept.answers == ["vain minulle"]
