"""Pictures in blocks: a file of Slack's that is not there is refused."""

from pathlib import Path

import pytest

from sandbox import Workspace
from tests.sandbox.conftest import full_workspace, refusal
from tests.sandbox.shapes import modal, section


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return full_workspace(tmp_path)


def picture(**slack_file: str):
    return {"type": "image", "alt_text": "x", "slack_file": slack_file}


async def test_a_block_that_names_a_file_is_refused_wherever_it_stands(slack, client) -> None:
    for block in (picture(id="F1"), picture(), section(accessory=picture(id="F1"))):
        post = client.chat_postMessage(channel="CYLEINEN", text="x", blocks=[block])
        assert await refusal(post) == "invalid_blocks"
    trigger = slack.workspace.new_trigger("UAINO")
    view = modal(picture(id="F1"))
    assert await refusal(client.views_open(trigger_id=trigger, view=view)) == "invalid_arguments"
