"""Whatever a button, a menu or a form brings back is answered, and never by an apology for a failure."""

import json
from collections.abc import Iterator
from itertools import cycle

import pytest

from bot.views import ids
from handlers.kaiku import value_of
from tests.support.announcing import expect_refusals
from tests.support.joining import join
from tests.support.running import Running
from tests.support.slack_requests import now, post, signed

JSON = "application/json"
FORGED = ["", ":", "::", "dialogue-1/x", "dialogue-1/٣", "9" * 12, "-1", "x:dialogue-1", "1:no-such-code"]
FORGED += ["1:2:3", "free:new:", "free:x", "library:", "saved:x", "edit:x", "1:never", "\u202e", "1"]
FORGED += ["dialogue-1", "9" * 2900, "1:9" * 900]


def texts_of(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from texts_of(list(value.values()))
        case list() | tuple():
            for each in value:
                yield from texts_of(each)


IDS = {text for name, value in vars(ids).items() if name.isupper() for text in texts_of(value)}
ACTIONS_AND_FORMS = sorted(each for each in IDS if "." in each)
FIELDS = sorted(each for each in IDS if "." not in each)


@pytest.mark.parametrize("user_id", ["UAINO", "UFASI"])  # a participant; a facilitator
async def test_a_forged_value_is_answered_without_an_error(
    kaiku: Running, user_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    await join(kaiku.visitor("UAINO"), "dialogue-1")
    values = cycle(FORGED)
    for each in ACTIONS_AND_FORMS:
        for claim in [submitted] * 4 if each.endswith("form") else [clicked, chosen] * 2:
            payload = claim(each, next(values)) | {"user": {"id": user_id}, "trigger_id": "1.2.3"}
            body = json.dumps(payload).encode()
            assert (await post(kaiku, body, signed(body, now(kaiku)), JSON))[0] == 200, payload
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []
    expect_refusals(kaiku)  # no form can be opened with the trigger above


@pytest.mark.parametrize("several", ["selected_users", "selected_conversations"])
def test_an_id_of_a_shape_that_slack_never_gives_counts_as_not_chosen(several: str) -> None:
    """Longer ones one database would refuse, and the other keep."""
    assert value_of({several: ["UFASI", "U" * 33, "U,V", "", None, 7]}) == "UFASI"
    assert value_of({several.removesuffix("s"): "U" * 33}) is None
    assert value_of({several.removesuffix("s"): "UFASI"}) == "UFASI"


def clicked(action_id: str, value: str) -> dict:
    action = {"type": "button", "action_id": action_id, "block_id": "b", "value": value}
    view = {"type": "modal", "id": "V1", "hash": "h", "private_metadata": value}
    return {"type": "block_actions", "view": view, "actions": [action]}


def chosen(action_id: str, value: str) -> dict:
    option = {"text": {"type": "plain_text", "text": "x"}, "value": value}
    action = {"type": "static_select", "action_id": action_id, "block_id": "b", "selected_option": option}
    return {"type": "block_actions", "actions": [action]}


def submitted(callback_id: str, value: str) -> dict:
    """A form whose metadata and every field are forged."""
    state = {"values": {each: {each: {"value": value}} for each in FIELDS}}
    view = {"type": "modal", "callback_id": callback_id, "private_metadata": value, "state": state}
    return {"type": "view_submission", "view": view}
