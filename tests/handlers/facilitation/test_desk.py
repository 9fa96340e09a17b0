"""The facilitators' desk: what came of prompts, who was there, who may see it, what lies ahead."""

import pytest

from sandbox import NotThereError, text_of
from tests.support.prompting import joined, line_of, send, write
from tests.support.reflecting import CODE, newest, seated
from tests.support.running import Running
from tests.support.time_passing import at, helsinki


async def test_attendance_decides_who_is_asked_afterwards(kaiku: Running) -> None:
    aino = await joined(kaiku, "UAINO", "UELSA")
    elsa = kaiku.visitor("UELSA")
    await at(kaiku, helsinki(2019, 4, 3, 12))
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku kysymys {CODE}")
    await facilitator.choose("attendance.mark", f"{CODE}/1", on=facilitator.modal)
    await facilitator.submit(attended_0=["UAINO"])
    assert "1/2" in text_of(facilitator.modal)
    await facilitator.close(clear=True)
    count = len(elsa.direct_messages)
    await at(kaiku, helsinki(2019, 4, 4, 10))
    assert len(elsa.direct_messages) == count
    assert "Vastauksesi näet vain sinä" in newest(aino)
    await at(kaiku, helsinki(2019, 4, 11, 11))
    facilitator = await write(kaiku, audience="absent")
    assert "*1 osallistuja* saa" in text_of(facilitator.modal)


async def test_the_desk_tells_sent_and_from_five_on_answered_and_shared(kaiku: Running) -> None:
    people = ("UAINO", "UMARJA", "UKAISA", "UPEKKA", "URIIKKA")
    await joined(kaiku, *people)
    facilitator = await send(kaiku)
    for n, each in enumerate(people):
        visitor = kaiku.visitor(each)
        await visitor.click("reflection.write")
        await visitor.submit(answer_0="Vastaus.", sharing="facilitators" if n < 2 else "private")
        await visitor.close(clear=True)
        await facilitator.command(f"/kaiku kysymys {CODE}")
        line = line_of(facilitator, "Mitä jäi mieleen?")
        await facilitator.close(clear=True)
        assert "Lähetetty 5 osallistujalle." in line
        assert ("kun vähintään viisi on vastannut" in line) == (n < 4)
    assert "Vastannut 5, jakanut 2." in line


async def test_only_who_leads_gets_the_desk_and_refusals_are_logged(
    kaiku: Running, caplog: pytest.LogCaptureFixture
) -> None:
    await seated(kaiku)
    aino = kaiku.visitor("UAINO")
    outcome = await aino.command(f"/kaiku kysymys {CODE}")
    assert outcome.message is not None
    assert "vastaavat sen vetäjät ja koordinaattorit" in outcome.message["text"]
    outcome = await aino.command("/kaiku kysymys")
    assert outcome.message is not None
    assert "vetäjät" in outcome.message["text"]
    assert [r for r in caplog.records if getattr(r, "action", "") == "prompt_desk_refused"]


async def test_a_coordinator_has_the_desk_but_not_what_was_shared_with_facilitators(kaiku: Running) -> None:
    coordinator = kaiku.visitor("UKOORD")
    await coordinator.command(f"/kaiku kysymys {CODE}")
    assert coordinator.has_button("prompt.new")
    with pytest.raises(NotThereError):
        await coordinator.click("prompts.shared_answers")


async def test_a_forged_draft_of_another_offering_is_refused(kaiku: Running) -> None:
    await joined(kaiku)
    facilitator = await write(kaiku)
    draft_id = facilitator.modal["private_metadata"]
    aino = kaiku.visitor("UAINO")
    await aino.command("/kaiku pohdi")
    view = aino.modal
    view["callback_id"], view["private_metadata"] = "prompt.confirm_form", draft_id
    view["submit"] = {"type": "plain_text", "text": "x"}
    await aino.submit()
    await kaiku.settle()
    assert "Mitä jäi mieleen?" not in str(aino.direct_messages)


async def test_shared_without_a_code_asks_which_and_refuses_who_leads_nothing(kaiku: Running) -> None:
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command("/kaiku jaetut")
    assert "Minkä ryhmän" in text_of(facilitator.modal)
    outcome = await kaiku.visitor("UAINO").command("/kaiku jaetut")
    assert outcome.message is not None
    assert "vetäjät" in outcome.message["text"]


async def test_the_timeline_lists_sessions_and_prompts_and_warns_of_holidays(kaiku: Running) -> None:
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku kysymys {CODE}")
    await facilitator.click("prompts.timeline")
    shown = text_of(facilitator.modal)
    lines = shown.splitlines()
    first = next(n for n, line in enumerate(lines) if "Tapaaminen 1" in line and "2.4." in line)
    plan = next(n for n, line in enumerate(lines) if "Jos–niin-suunnitelma" in line and "4.4." in line)
    assert first < plan
    assert "pitkäperjantai" in shown.lower()


async def test_an_if_then_plan_needs_both_halves(kaiku: Running) -> None:
    aino = await seated(kaiku)
    await at(kaiku, helsinki(2019, 4, 4, 10))
    await aino.click("reflection.write")
    outcome = await aino.submit(answer_0="kokous alkaa")
    assert outcome.error == "form_incomplete"
    assert outcome.errors is not None
    assert "answer_1" in outcome.errors


async def test_app_home_leads_facilitators_to_their_prompts_and_nobody_else(kaiku: Running) -> None:
    facilitator, aino = kaiku.visitor("UFASI"), kaiku.visitor("UAINO")
    for each in (facilitator, aino):
        await each.open_home()
    await kaiku.settle()
    await facilitator.click("prompts.desk", on=facilitator.home)
    assert "Minkä ryhmän" in text_of(facilitator.modal)
    assert not aino.has_button("prompts.desk", on=aino.home)
