"""Messages come at hours that suit where the person is by then, and not several at one minute."""

from datetime import date, time

from msgspec.structs import replace
from sqlalchemy import func, select, update

from bot.domain.prompts.prompt import DEFAULT_RULES
from sandbox import Visitor, text_of
from sandbox.workspace import Fault
from storage.tables import Delivery
from tests.support.joining import a_full_agency, join
from tests.support.reflecting import CODE, FIRST, seated
from tests.support.running import Running
from tests.support.shipped_plan import SHIPPED, apply, with_session
from tests.support.time_passing import at, deliveries, helsinki

OTHER = "dialogue-1"


async def move(kaiku: Running, person: Visitor, zone: str) -> None:
    """Their Slack is in another time zone from now on."""
    kaiku.server.workspace.data["people"][person.id]["tz"] = zone
    kaiku.server.link.person_changed(person.id)
    await kaiku.settle()


async def test_seat_news_waits_for_office_hours_where_the_person_is_by_then(kaiku: Running) -> None:
    leaver, waiting = await a_full_agency(kaiku)
    heard = len(waiting.direct_messages)
    await at(kaiku, helsinki(2019, 3, 20, 22))
    await leaver.command(f"/kaiku peru {CODE}")
    await leaver.submit()
    await kaiku.settle()
    await move(kaiku, waiting, "America/New_York")
    await at(kaiku, helsinki(2019, 3, 21, 9))  # three at night there
    assert len(waiting.direct_messages) == heard
    await at(kaiku, helsinki(2019, 3, 21, 15))  # nine
    assert len(waiting.direct_messages) == heard + 1


async def test_seat_news_that_could_not_be_sent_in_office_hours_waits_for_the_next(kaiku: Running) -> None:
    leaver, waiting = await a_full_agency(kaiku)
    heard = len(waiting.direct_messages)
    await at(kaiku, helsinki(2019, 3, 20, 16, 50))
    await leaver.command(f"/kaiku peru {CODE}")
    kaiku.server.workspace.faults.append(Fault("chat.postMessage", 40, "http_500_before"))
    await leaver.submit()
    await kaiku.settle()
    kaiku.server.workspace.faults.clear()
    await at(kaiku, helsinki(2019, 3, 20, 23))
    assert len(waiting.direct_messages) == heard
    await at(kaiku, helsinki(2019, 3, 21, 9))
    assert "Sinulle tarjotaan paikkaa" in waiting.direct_messages[-1]["text"]


async def test_prompts_are_planned_anew_for_whom_slack_says_is_elsewhere(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await move(kaiku, aino, "America/New_York")
    planned = [row.due_at for row in deliveries(kaiku, "prompt") if row.state == "planned"]
    assert min(planned) == helsinki(2019, 4, 4, 17)


async def in_two(kaiku: Running) -> Visitor:
    """Somebody with seats in two groups that meet on one day."""
    await apply(kaiku, with_session(SHIPPED, OTHER, 1, on=date(2019, 4, 2), starts=time(13), ends=time(15)))
    aino = kaiku.visitor("UAINO")
    for code in (CODE, OTHER):
        await join(aino, code)
        await aino.close(clear=True)
    await kaiku.settle()
    return aino


async def test_two_reminders_at_one_minute_are_one_message(kaiku: Running) -> None:
    aino = await in_two(kaiku)
    heard = len(aino.direct_messages)
    await at(kaiku, helsinki(2019, 4, 1, 9))
    assert len(aino.direct_messages) == heard + 1
    text = aino.direct_messages[-1]["text"]
    assert text.index("klo 9.00–15.30") < text.index("klo 13.00–15.00")
    assert text == "\n\n".join(part for part in text.split("\n\n"))
    shown = text_of({"blocks": aino.direct_messages[-1]["blocks"]})
    assert shown.count("Muistutus: huomenna") == 2
    due = [row for row in deliveries(kaiku, "day_before") if row.due_at == helsinki(2019, 4, 1, 9)]
    assert sorted((row.state, row.reason or "") for row in due) == [("sent", ""), ("sent", "in_one_message")]


async def test_reminders_at_different_minutes_stay_two(kaiku: Running) -> None:
    aino = await in_two(kaiku)
    await at(kaiku, helsinki(2019, 4, 2, 9))
    heard = len(aino.direct_messages)
    await at(kaiku, helsinki(2019, 4, 2, 12))
    assert len(aino.direct_messages) == heard + 1


async def test_a_reminder_for_a_session_that_is_cancelled_is_in_no_message(kaiku: Running) -> None:
    aino = await in_two(kaiku)
    await aino.command(f"/kaiku peru {OTHER}")
    await aino.submit()
    await kaiku.settle()
    await at(kaiku, helsinki(2019, 4, 1, 9))
    assert "13.00" not in aino.direct_messages[-1]["text"]


async def test_what_one_message_could_not_tell_is_still_told(kaiku: Running) -> None:
    """The first reminder failed for good: the other does not go down with it."""
    aino = await in_two(kaiku)
    with kaiku.store.transaction() as tx:
        due = (Delivery.c.kind == "day_before", Delivery.c.due_at == helsinki(2019, 4, 1, 9))
        first = tx.scalar(select(func.min(Delivery.c.id)).where(*due))
        tx.execute(update(Delivery).where(Delivery.c.id == first).values(state="failed"))
    await at(kaiku, helsinki(2019, 4, 1, 9))
    assert aino.direct_messages[-1]["text"].startswith("Muistutus: huomenna 2.4. klo 13.00")


async def test_the_question_about_fewer_is_not_followed_by_another_message_within_the_hour(
    kaiku: Running,
) -> None:
    await seated(kaiku)
    await at(kaiku, FIRST)
    await at(kaiku, helsinki(2019, 4, 8, 10))
    moved = with_session(SHIPPED, CODE, 2, on=date(2019, 4, 10), starts=time(11, 30))
    await apply(kaiku, replace(moved, prompt_rules=replace(DEFAULT_RULES, fade_after=1)))
    for moment in (helsinki(2019, 4, 8, 12), helsinki(2019, 4, 9, 9), helsinki(2019, 4, 10, 10)):
        await at(kaiku, moment)  # the reminder of the session follows at half past ten
    (row,) = deliveries(kaiku, "prompt_fade")
    assert (row.state, row.due_at) == ("planned", helsinki(2019, 4, 10, 11, 30))


async def test_nobody_is_reminded_of_a_question_after_the_last_session(kaiku: Running) -> None:
    await seated(kaiku)
    for moment in (helsinki(2019, 5, 24, 10), helsinki(2019, 5, 28, 10)):
        await at(kaiku, moment)
    (reminder,) = [
        row for row in deliveries(kaiku, "prompt_reminder") if row.due_at == helsinki(2019, 5, 31, 10)
    ]
    assert reminder.state == "planned"
    await apply(kaiku, with_session(SHIPPED, CODE, 4, cancelled=True))  # that of 23.5. was the last
    for moment in (helsinki(2019, 5, 29, 12), helsinki(2019, 5, 31, 10), helsinki(2019, 5, 31, 12)):
        await at(kaiku, moment)
    reasons = {row.id: row.reason for row in deliveries(kaiku, "prompt_reminder")}
    assert reasons[reminder.id] == "offering_over"
