"""Journey 3: what people get by themselves, when, and never twice."""

from datetime import date, time

from msgspec.structs import replace

from bot.domain.plan.model import Plan
from sandbox import Visitor, text_of
from sandbox.workspace import Fault
from tests.support.joining import INTRODUCTION, a_full_agency, join
from tests.support.plans import AT_ONCE
from tests.support.running import Running
from tests.support.shipped_plan import SHIPPED, apply, with_session
from tests.support.time_passing import at, deliveries, helsinki

CODE = "dialogue-2"  # 2.4. 9.00, 24.4. 12.30, 23.5. 12.30, 12.6. 9.00


def cancelled(plan: Plan, code: str) -> Plan:
    """The plan without one offering."""
    strands = tuple(
        replace(
            strand,
            offerings=tuple(
                replace(offering, cancelled=offering.code == code) for offering in strand.offerings
            ),
        )
        for strand in plan.strands
    )
    return replace(plan, strands=strands)


def last(visitor: Visitor) -> str:
    text: str = visitor.direct_messages[-1]["text"]
    return text


async def test_a_confirmation_says_every_session_and_how_to_leave(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, CODE)
    await kaiku.settle()
    assert last(aino).count(". klo ") == 4
    await aino.close()
    await aino.click("offering.leave", CODE)
    assert "Luovutko paikastasi?" in text_of(aino.modal)


async def test_the_working_day_before_and_an_hour_before_with_place_and_what_to_prepare(
    kaiku: Running,
) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, CODE)
    await kaiku.settle()
    await at(kaiku, helsinki(2019, 4, 1, 8, 59))
    assert len(aino.direct_messages) == 1
    await at(kaiku, helsinki(2019, 4, 1, 9, 0))
    assert last(aino).startswith(
        "Muistutus: huomenna 2.4. klo 9.00–15.30\n*Dialogi yhteiskehittämisessä, tapaaminen 1*"
    )
    assert "Missä: Paasitorni" in last(aino)
    assert "Ennen tapaamista: Ota mukaan muistikirja" in last(aino)
    await at(kaiku, helsinki(2019, 4, 2, 8, 0))
    assert "Kohta alkaa" in last(aino)
    assert len(aino.direct_messages) == 3


async def test_a_remote_session_is_remembered_with_its_join_link(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, "dialogue-skype-1")
    await at(kaiku, helsinki(2019, 3, 25, 8, 30))
    assert "https://" in last(aino)


async def test_only_the_seated_are_reminded(kaiku: Running) -> None:
    for person in ("UAINO", "UOLLI", "UHELI", "UTIMO", "UMARJA"):
        await join(kaiku.visitor(person), CODE)
    await kaiku.settle()
    await at(kaiku, helsinki(2019, 4, 1, 9, 0))
    assert "Muistutus" in last(kaiku.visitor("UAINO"))
    assert "Muistutus" not in last(kaiku.visitor("UMARJA"))


async def test_a_moved_session_is_told_once_old_and_new_and_its_reminders_move_with_it(
    kaiku: Running,
) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, CODE)
    await kaiku.settle()
    await apply(kaiku, with_session(SHIPPED, CODE, 1, on=date(2019, 4, 4)))
    await kaiku.settle()
    assert len(aino.direct_messages) == 1  # ten minutes to mend the mend

    kaiku.clock.advance(minutes=11)
    await kaiku.settle()
    assert (
        "Tapaaminen 1 siirtyy. Aiempi aika: ti 2.4. klo 9.00–15.30."
        " Uusi aika: to 4.4. klo 9.00–15.30." in last(aino)
    )
    assert "Tapaaminen 2" not in last(aino)

    await at(kaiku, helsinki(2019, 4, 2, 12, 0))
    since = [
        each["text"] for each in aino.direct_messages[2:]
    ]  # they are asked once to acknowledge the change
    assert not any(text.startswith("Muistutus") for text in since), "nobody is reminded of the old time"
    await at(kaiku, helsinki(2019, 4, 3, 9, 0))
    assert "huomenna 4.4. klo 9.00" in last(aino)


async def test_several_changes_within_ten_minutes_are_one_message(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, CODE)
    await kaiku.settle()
    plan = with_session(SHIPPED, CODE, 1, on=date(2019, 4, 4))
    await apply(kaiku, plan)
    kaiku.clock.advance(minutes=5)
    await apply(kaiku, with_session(plan, CODE, 1, on=date(2019, 4, 5)))
    kaiku.clock.advance(minutes=30)
    await kaiku.settle()
    assert len(aino.direct_messages) == 2
    assert "Aiempi aika: ti 2.4. klo 9.00–15.30. Uusi aika: pe 5.4." in last(aino)


async def test_a_change_that_was_taken_back_is_not_told(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, CODE)
    await kaiku.settle()
    await apply(kaiku, with_session(SHIPPED, CODE, 1, on=date(2019, 4, 4)))
    await apply(kaiku, SHIPPED)
    kaiku.clock.advance(minutes=30)
    await kaiku.settle()
    assert len(aino.direct_messages) == 1
    await at(kaiku, helsinki(2019, 4, 1, 9, 0))
    assert "huomenna 2.4. klo 9.00" in last(aino), "the reminder of the first time is owed again"


async def test_the_waiting_hear_of_a_move_too_but_see_no_link(kaiku: Running) -> None:
    people = ("UAINO", "UOLLI", "UHELI", "UTIMO", "UKAISA", "UMARJA")
    for person in people:
        await join(kaiku.visitor(person), "dialogue-skype-1")
    await kaiku.settle()
    await apply(kaiku, with_session(SHIPPED, "dialogue-skype-1", 1, on=date(2019, 3, 26), starts=time(10)))
    kaiku.clock.advance(minutes=11)
    await kaiku.settle()
    waiting = kaiku.visitor("UMARJA")
    assert "Tapaaminen 1 siirtyy" in last(waiting)
    assert "https://" not in last(waiting)


async def test_a_cancelled_session_is_told_and_reminds_nobody(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, CODE)
    await kaiku.settle()
    await apply(kaiku, with_session(SHIPPED, CODE, 1, cancelled=True))
    kaiku.clock.advance(minutes=11)
    await kaiku.settle()
    assert "Tapaaminen 1 (ti 2.4. klo 9.00–15.30) on peruttu." in last(aino)
    await at(kaiku, helsinki(2019, 4, 2, 8, 0))
    assert len(aino.direct_messages) == 2


async def test_a_cancelled_offering_is_one_message_and_everything_else_stops(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, CODE)
    await kaiku.settle()
    await apply(kaiku, cancelled(SHIPPED, CODE))
    kaiku.clock.advance(minutes=11)
    await kaiku.settle()
    assert "on peruttu. Sinun ei tarvitse tehdä mitään." in last(aino)
    await at(kaiku, helsinki(2019, 6, 12, 8, 0))
    assert len(aino.direct_messages) == 2


async def test_what_was_said_about_a_seat_is_edited_when_the_seat_is_given_up(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, CODE)
    await kaiku.settle()
    await aino.command(f"/kaiku peru {CODE}")
    await aino.submit()
    await kaiku.settle()
    assert [message["edited"] for message in aino.direct_messages] == [True]
    assert "et ole enää ilmoittautunut" in last(aino)
    await at(kaiku, helsinki(2019, 4, 1, 9, 0))
    assert len(aino.direct_messages) == 1, "who has left is not reminded"


async def test_a_seat_freed_at_night_is_news_in_the_morning_and_then_the_reminder_says_it_no_more(
    kaiku: Running,
) -> None:
    await apply(kaiku, replace(SHIPPED, offers=AT_ONCE))
    leaver, waiting = await a_full_agency(kaiku)
    heard = len(waiting.direct_messages)
    await at(kaiku, helsinki(2019, 3, 29, 23))  # a Friday; the session is on Tuesday at nine
    await leaver.command(f"/kaiku peru {CODE}")
    await leaver.submit()
    await kaiku.settle()
    assert len(waiting.direct_messages) == heard
    await waiting.open_home()
    await kaiku.settle()
    assert "Paikka on sinun" in text_of(waiting.home)
    await at(kaiku, helsinki(2019, 4, 1, 8, 59))
    assert len(waiting.direct_messages) == heard
    await at(kaiku, helsinki(2019, 4, 1, 9))
    assert len(waiting.direct_messages) == heard + 1
    assert "vapautui" in last(waiting)
    await at(kaiku, helsinki(2019, 4, 1, 12))
    assert len(waiting.direct_messages) == heard + 1


async def test_a_seat_freed_on_the_eve_of_the_session_is_news_at_once(kaiku: Running) -> None:
    await apply(kaiku, replace(SHIPPED, offers=AT_ONCE))
    leaver, waiting = await a_full_agency(kaiku)
    await at(kaiku, helsinki(2019, 4, 1, 20))
    await leaver.command(f"/kaiku peru {CODE}")
    await leaver.submit()
    await kaiku.settle()
    assert "vapautui" in last(waiting)


async def test_who_will_hear_of_their_seat_in_the_morning_hears_of_a_move_in_that_message(
    kaiku: Running,
) -> None:
    leaver, waiting = await a_full_agency(kaiku)
    heard = len(waiting.direct_messages)
    await at(kaiku, helsinki(2019, 3, 27, 20))
    await leaver.command(f"/kaiku peru {CODE}")
    await leaver.submit()
    await apply(kaiku, with_session(SHIPPED, CODE, 1, on=date(2019, 4, 3)))
    await at(kaiku, helsinki(2019, 3, 27, 20, 15))
    assert len(waiting.direct_messages) == heard
    await at(kaiku, helsinki(2019, 3, 28, 9))
    assert len(waiting.direct_messages) == heard + 1
    assert "ke 3.4. klo" in last(waiting)


async def test_who_signs_up_at_night_and_gets_a_seat_that_moment_is_answered_at_once(kaiku: Running) -> None:
    await apply(kaiku, replace(SHIPPED, offers=AT_ONCE))
    leaver, waiting = await a_full_agency(kaiku)
    await waiting.command(f"/kaiku peru {CODE}")
    await waiting.submit()
    await at(kaiku, helsinki(2019, 2, 12, 23))
    heard = len(waiting.direct_messages)
    await join(waiting, CODE)
    await leaver.command(f"/kaiku peru {CODE}")
    await leaver.submit()
    await kaiku.settle()
    assert len(waiting.direct_messages) == heard + 1
    assert "vapautui" in last(waiting)


async def test_an_offering_cancelled_before_the_seat_was_news_is_told_all_the_same(kaiku: Running) -> None:
    leaver, waiting = await a_full_agency(kaiku)
    heard = len(waiting.direct_messages)
    await at(kaiku, helsinki(2019, 3, 27, 20))
    await leaver.command(f"/kaiku peru {CODE}")
    await leaver.submit()
    await apply(kaiku, cancelled(SHIPPED, CODE))
    await at(kaiku, helsinki(2019, 3, 28, 12))
    assert len(waiting.direct_messages) == heard + 1
    assert "peruttu" in last(waiting)


async def test_a_confirmation_is_edited_when_a_session_moves(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, CODE)
    await kaiku.settle()
    await apply(kaiku, with_session(SHIPPED, CODE, 1, on=date(2019, 4, 4)))
    kaiku.clock.advance(minutes=11)
    await kaiku.settle()
    assert "to 4.4. klo 9.00" in aino.direct_messages[0]["text"]


async def test_an_answer_lost_after_slack_took_the_message_sends_nothing_twice(kaiku: Running) -> None:
    kaiku.server.workspace.faults.append(Fault("chat.postMessage", 1, "http_500_after"))
    aino = kaiku.visitor("UAINO")
    await join(aino, CODE)
    await kaiku.settle()
    kaiku.clock.advance(minutes=1)
    await kaiku.settle()
    assert len(aino.direct_messages) == 1
    assert [row.state for row in deliveries(kaiku, "confirmation")] == ["sent"]


async def test_a_message_slack_never_took_is_sent_when_slack_is_back(kaiku: Running) -> None:
    kaiku.server.workspace.faults.append(Fault("chat.postMessage", 2, "http_500_before"))
    aino = kaiku.visitor("UAINO")
    await join(aino, CODE)
    await kaiku.settle()
    for _ in range(3):
        kaiku.clock.advance(minutes=1)
        await kaiku.settle()
    assert len(aino.direct_messages) == 1


async def test_nothing_is_sent_while_slack_asks_for_a_pause(kaiku: Running) -> None:
    kaiku.server.workspace.faults.append(Fault("chat.postMessage", 1, "rate_limited", retry_after=30))
    aino, marja = kaiku.visitor("UAINO"), kaiku.visitor("UMARJA")
    await join(aino, CODE)
    await kaiku.settle()
    await join(marja, CODE, agency="mml")
    await kaiku.settle()
    assert not aino.direct_messages
    assert not marja.direct_messages, "the pause holds for the method, not for one message"
    kaiku.clock.advance(seconds=31)
    await kaiku.settle()
    assert len(aino.direct_messages) == len(marja.direct_messages) == 1


async def test_three_days_of_downtime_send_what_still_helps_and_show_what_was_missed(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await join(aino, CODE)
    await kaiku.settle()
    await at(kaiku, helsinki(2019, 4, 2, 8, 30))  # both reminders were due meanwhile
    assert [row.state for row in deliveries(kaiku, "day_before")][:1] == ["missed"]
    assert "Kohta alkaa" in last(aino)
    assert len(aino.direct_messages) == 2


async def test_a_message_that_can_never_arrive_is_told_to_the_facilitator(kaiku: Running) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku join {CODE}")
    fasi = kaiku.visitor("UFASI")
    await fasi.command("/kaiku")  # Kaiku has met the facilitator
    kaiku.server.workspace.data["people"]["UAINO"]["deleted"] = True  # Slack has not told Kaiku yet
    await aino.submit(**INTRODUCTION)
    await kaiku.settle()
    row = deliveries(kaiku, "confirmation")[0]
    assert (row.state, row.reason) == ("failed", "user_disabled")
    assert "vastaanottaja Aino Virtanen. Syy: käyttäjätili on suljettu" in last(fasi)
    kaiku.server.workspace.log.clear()  # the refusal was the point


async def test_a_remote_session_is_told_in_the_readers_own_time_too(kaiku: Running) -> None:
    emma = kaiku.visitor("UEMMA")
    await join(emma, "dialogue-skype-1", language="en")
    await kaiku.settle()
    assert "(your time " in last(emma)
    assert "Europe/Brussels)" in last(emma)


async def test_a_session_in_person_is_told_in_the_places_own_time_only(kaiku: Running) -> None:
    emma = kaiku.visitor("UEMMA")
    await join(emma, CODE, language="en")
    await kaiku.settle()
    assert "Tue 2 Apr, 09:00–15:30" in last(emma)
    assert "your time" not in last(emma)
