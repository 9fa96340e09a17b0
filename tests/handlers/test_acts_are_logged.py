"""What facilitators do is a line of the log, with who did it and for which offering."""

from typing import Any

import pytest

from bot.domain.acts import ActKind
from bot.services.acts.listing import list_acts
from bot.views import ids
from tests.conftest import FakeClock
from tests.support.acts import send, text
from tests.support.roles import OWN, PEER, ROLES, Stage, set_stage
from tests.support.running import Running, start_app, start_workspace


@pytest.fixture
async def stage(database_url: str, clock: FakeClock) -> Any:
    server = await start_workspace(clock)
    kaiku = Running(await start_app(server, database_url, clock, ticks=False), server, clock)
    yield kaiku, set_stage(kaiku)
    await kaiku.app.stop()
    await kaiku.server.stop()


async def test_every_act_of_a_facilitator_is_a_line_of_the_log(stage: tuple[Running, Stage]) -> None:
    kaiku, of = stage
    present = {"attended_0": {"type": "checkboxes", "selected_options": [{"value": PEER}]}}
    sentence = {"sentence_fi": text("Tule mukaan!"), "sentence_sv": text("Kom med!")}
    drawn = str(of.announcements[OWN])
    acts: list[tuple[str, str, str, dict[str, Any], ActKind]] = [
        ("view_submission", ids.ATTENDANCE_FORM, f"{OWN}/1", present, ActKind.MARKED_ATTENDANCE),
        ("block_action", ids.SHOW_SHARED_ANSWERS, OWN, {}, ActKind.READ_SHARED_ANSWERS),
        ("view_submission", ids.PROMPT_FORM, str(of.drafts[OWN]), {}, ActKind.SENT_PROMPT),
        ("view_submission", ids.WITHDRAW_PROMPT_FORM, str(of.prompts[OWN]), {}, ActKind.WITHDREW_PROMPT),
        (
            *("view_submission", ids.PUBLISH_FORM, str(of.announcement_drafts[OWN]), {}),
            ActKind.POSTED_ANNOUNCEMENT,
        ),
        ("view_submission", ids.SENTENCE_FORM, drawn, sentence, ActKind.CHANGED_ANNOUNCEMENT),
        ("view_submission", ids.WITHDRAW_FORM, drawn, {}, ActKind.WITHDREW_ANNOUNCEMENT),
    ]
    for kind, act, value, form, expected in acts:
        for _ in range(2):  # Slack sends a form again; what is done already is no act
            await send(kaiku, "facilitator", (kind, act), value, form)
        with kaiku.store.read_transaction() as tx:
            newest = list_acts(tx, person=ROLES["facilitator"], most=1)[0]
        assert (newest.kind, newest.offering) == (expected, OWN)
        assert newest.actor is not None
        assert newest.actor.user_id == ROLES["facilitator"]
    with kaiku.store.read_transaction() as tx:
        kinds = [each.kind for each in list_acts(tx, person=ROLES["facilitator"], offering=OWN)]
    once = {expected for *_, expected in acts} - {ActKind.MARKED_ATTENDANCE, ActKind.READ_SHARED_ANSWERS}
    of_stage = [ActKind.POSTED_ANNOUNCEMENT]  # set_stage announces too
    assert {each: kinds.count(each) - of_stage.count(each) for each in once} == dict.fromkeys(once, 1)
