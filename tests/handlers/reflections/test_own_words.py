"""What its writer takes back is gone everywhere, and what a form never offers is not taken from it."""

import pytest

from bot.domain.carried.prompts import Later
from bot.domain.errors import KaikuError
from bot.domain.people.person import Person
from bot.services.reflections.answers import choose, list_own, write_freely
from bot.services.reflections.postpone import ask_later
from sandbox import Visitor
from tests.support.reflecting import CODE, FIRST, LAST, MIDDLE, PLAN, answer, seated
from tests.support.running import Running
from tests.support.time_passing import at, deliveries, helsinki

AINO = Person("UAINO", "Aino", "fi", "Europe/Helsinki")


def quoted(person: Visitor) -> list[str]:
    """The messages that hand the person's plan back to them."""
    return [each["text"] for each in person.direct_messages if PLAN["answer_1"] in each["text"]]


async def at_the_midpoint(kaiku: Running) -> Visitor:
    """With a plan that was answered, and quoted in the question after it."""
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    await answer(kaiku, aino, **PLAN)
    await at(kaiku, MIDDLE)
    assert len(quoted(aino)) == 1
    return aino


async def erase(kaiku: Running, person: Visitor) -> None:
    """All that somebody wrote, by their own button."""
    await person.command("/kaiku pohdi")
    await person.click("reflections.erase")
    await person.submit()
    await person.close(clear=True)
    await kaiku.settle()


async def test_what_is_deleted_is_quoted_no_more(kaiku: Running) -> None:
    aino = await at_the_midpoint(kaiku)
    await aino.command("/kaiku pohdi")
    await aino.click("reflection.delete")
    await aino.close(clear=True)
    await kaiku.settle()
    with kaiku.store.read_transaction() as tx:
        assert list_own(tx, kaiku.app.kaiku.vault, AINO) == []
    assert quoted(aino) == []


async def test_what_is_erased_is_quoted_no_more(kaiku: Running) -> None:
    aino = await at_the_midpoint(kaiku)
    await erase(kaiku, aino)
    assert quoted(aino) == []


async def test_after_an_erasure_one_may_write_again(kaiku: Running) -> None:
    aino = await at_the_midpoint(kaiku)
    await erase(kaiku, aino)
    await aino.click("reflection.choose_0")
    await aino.submit(answer_1="uusi alku")
    await aino.close(clear=True)
    with kaiku.store.read_transaction() as tx:
        ((mine, _),) = list_own(tx, kaiku.app.kaiku.vault, AINO)
    assert mine.answers == ["0", "uusi alku"]


@pytest.mark.parametrize("choice", [-1, 3, 999])
async def test_a_choice_that_the_question_does_not_have_is_not_kept(kaiku: Running, choice: int) -> None:
    await at_the_midpoint(kaiku)
    (midpoint,) = [row for row in deliveries(kaiku, "prompt") if row.sent_at and row.due_at >= MIDDLE]
    prompt_id = int(midpoint.subject.rsplit("/", 1)[1])
    with kaiku.store.transaction() as tx, pytest.raises(KaikuError, match="not_your_prompt"):
        choose(tx, kaiku.app.kaiku.vault, AINO, prompt_id, choice, MIDDLE)


async def test_later_is_not_after_the_session_that_the_question_prepares_for(kaiku: Running) -> None:
    await seated(kaiku)
    await at(kaiku, FIRST)
    await at(kaiku, LAST)  # the session is the next day at 12.30
    (before,) = [row for row in deliveries(kaiku, "prompt") if row.sent_at and row.due_at >= LAST]
    prompt_id = int(before.subject.rsplit("/", 1)[1])
    vault = kaiku.app.kaiku.vault
    with kaiku.store.transaction() as tx, pytest.raises(KaikuError, match="later_is_too_late"):
        ask_later(tx, vault, AINO, prompt_id, Later.WEEK, LAST)
    with kaiku.store.transaction() as tx:
        assert ask_later(tx, vault, AINO, prompt_id, Later.TOMORROW, LAST) == helsinki(2019, 4, 24, 9)


async def test_who_has_left_is_not_asked_again_though_they_had_asked_for_it(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    (sent,) = [row for row in deliveries(kaiku, "prompt") if row.sent_at]
    await aino.choose("prompt.ask_later", f"{sent.subject.rsplit('/', 1)[1]}:hour")
    await aino.command(f"/kaiku peru {CODE}")
    await aino.submit()
    await kaiku.settle()
    told = len(aino.direct_messages)
    await at(kaiku, helsinki(2019, 4, 4, 11, 5))
    assert len(aino.direct_messages) == told
    assert [row.reason for row in deliveries(kaiku, "prompt_again")] == ["no_longer_seated"]


async def test_a_form_of_free_writing_that_is_sent_again_is_stored_once(kaiku: Running) -> None:
    """Slack's retry after a late answer, a replay, a second try: whichever instance takes it."""
    aino = await seated(kaiku)
    await aino.command("/kaiku pohdi")
    await aino.click("reflection.write_freely")
    form = aino.modal
    await aino.submit({"answer_0": "Opin kuuntelemaan"})
    with kaiku.store.transaction() as tx:
        for text in ("Opin kuuntelemaan", "Opin kuuntelemaan ja kysymään"):
            form_key = form["private_metadata"].split(":")[2]
            write_freely(tx, kaiku.app.kaiku.vault, AINO, text, form_key, FIRST)
        mine = list_own(tx, kaiku.app.kaiku.vault, AINO)
    assert [each.answers for each, _ in mine] == [["Opin kuuntelemaan ja kysymään"]]


async def test_two_forms_of_free_writing_are_two_reflections(kaiku: Running) -> None:
    aino = await seated(kaiku)
    for text in ("Ensin", "Sitten"):
        await aino.command("/kaiku pohdi")
        await aino.click("reflection.write_freely")
        await aino.submit({"answer_0": text})
        await aino.close(clear=True)
    with kaiku.store.read_transaction() as tx:
        mine = list_own(tx, kaiku.app.kaiku.vault, AINO)
    assert sorted(each.answers[0] for each, _ in mine) == ["Ensin", "Sitten"]
