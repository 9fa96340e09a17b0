"""Whatever was planned: a prompt is looked at once more in the moment in which its message leaves."""

from sqlalchemy import update

from storage.prompts import ChoiceRow, set_choice
from storage.tables import Delivery, Programme
from tests.support.reflecting import FIRST, MIDDLE, seated
from tests.support.running import Running
from tests.support.time_passing import at, deliveries, helsinki


async def test_whatever_was_planned_nobody_is_asked_twice_within_a_week(kaiku: Running) -> None:
    """A plan that came about before a late send is looked at once more when its message leaves."""
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    asked = len(aino.direct_messages)
    (midpoint,) = [row for row in deliveries(kaiku, "prompt") if row.due_at == MIDDLE]
    with kaiku.store.transaction() as tx:
        tx.execute(
            update(Delivery).where(Delivery.c.id == midpoint.id).values(due_at=helsinki(2019, 4, 9, 10))
        )
    await at(kaiku, helsinki(2019, 4, 9, 10))
    assert [row.reason for row in deliveries(kaiku, "prompt") if row.id == midpoint.id] == ["weekly_cap"]
    assert not any("puoliväli" in each["text"] for each in aino.direct_messages[asked:])


async def test_a_choice_that_comes_while_a_message_is_leaving_is_kept_to(kaiku: Running) -> None:
    """As from another instance, in the instant between planning and sending: nothing is planned anew."""
    aino = await seated(kaiku)
    with kaiku.store.transaction() as tx:
        set_choice(tx, "UAINO", ChoiceRow(frequency="stopped"))
    asked = len(aino.direct_messages)
    await at(kaiku, FIRST)
    assert [row.reason for row in deliveries(kaiku, "prompt") if row.due_at == FIRST] == ["stopped"]
    assert len(aino.direct_messages) == asked


async def test_who_wants_fewer_by_the_time_a_reminder_leaves_gets_none(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await at(kaiku, FIRST)
    with kaiku.store.transaction() as tx:
        set_choice(tx, "UAINO", ChoiceRow(frequency="fewer"))
    asked = len(aino.direct_messages)
    await at(kaiku, due := helsinki(2019, 4, 8, 10))
    assert [row.reason for row in deliveries(kaiku, "prompt_reminder") if row.due_at == due] == ["fewer"]
    assert len(aino.direct_messages) == asked


async def test_the_question_about_fewer_follows_the_programmes_own_rule_as_it_leaves(kaiku: Running) -> None:
    """Three unanswered prompts, not two: the last of two answered is still of no concern to a rule of one."""
    aino = await seated(kaiku)
    with kaiku.store.transaction() as tx:
        tx.execute(update(Programme).values(prompt_rules={"fade_after": 1}))
    await at(kaiku, FIRST)
    await at(kaiku, helsinki(2019, 4, 16, 10))
    assert [row.state for row in deliveries(kaiku, "prompt_fade")] == ["planned"], "a prompt was due just now"
    await at(kaiku, helsinki(2019, 4, 16, 11, 1))
    assert [row.state for row in deliveries(kaiku, "prompt_fade")] == ["planned"], "a reminder came just now"
    await at(kaiku, helsinki(2019, 4, 16, 12, 2))
    asked = [row.state for row in deliveries(kaiku, "prompt_fade")]
    assert asked == ["sent"], "after one unanswered prompt, as the programme says"
    assert aino.direct_messages


async def test_the_question_about_fewer_does_not_come_after_the_offerings_end(kaiku: Running) -> None:
    await seated(kaiku)
    with kaiku.store.transaction() as tx:
        tx.execute(update(Programme).values(prompt_rules={"fade_after": 1}))
    await at(kaiku, FIRST)
    for moment in (helsinki(2019, 6, 17, 10), helsinki(2019, 6, 17, 12), helsinki(2019, 6, 18, 10)):
        await at(kaiku, moment)
    assert {row.reason for row in deliveries(kaiku, "prompt_fade")} <= {"offering_over"}
    assert "sent" not in {row.state for row in deliveries(kaiku, "prompt_fade")}
