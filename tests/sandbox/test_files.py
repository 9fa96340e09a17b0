"""Files come in three steps, stand in channels with words for who can't see them, and show in blocks."""

from io import BytesIO
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Workspace, WorkspaceServer
from sandbox.files import MOST_FILE_BYTES
from tests.sandbox.conftest import EVERY_SCOPE, full_workspace, refusal
from tests.sandbox.shapes import home, modal, section

PICTURE = b"\x89PNG\r\n\x1a\nnot much of a picture"
CHANNEL = "CYLEINEN"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return full_workspace(tmp_path)


async def begun(client: AsyncWebClient, name: str = "kaavio.png", **more):
    return await client.files_getUploadURLExternal(filename=name, length=len(PICTURE), **more)


async def uploaded(client: AsyncWebClient, http, name: str = "kaavio.png", **more) -> str:
    """The id of a file whose content has come."""
    upload = await begun(client, name, **more)
    async with http.post(upload["upload_url"], data=PICTURE) as response:
        assert response.status == 200
    file_id: str = upload["file_id"]
    return file_id


def picture(**slack_file: str):
    return {"type": "image", "alt_text": "Aikajana", "slack_file": slack_file}


async def test_an_upload_by_slack_sdk_stands_in_the_channel_with_its_words(slack, client) -> None:
    answer = await client.files_upload_v2(
        channel=CHANNEL,
        filename="kaavio.png",
        content=PICTURE,
        title="Aikajana",
        alt_txt="Aikajana: kolme tapaamista keväällä",
        initial_comment="Tässä kevät",
    )
    (message,) = (await client.conversations_history(channel=CHANNEL))["messages"]
    assert message["text"] == "Tässä kevät"
    (file,) = message["files"]
    assert (file["id"], file["title"], file["mimetype"]) == (answer["file"]["id"], "Aikajana", "image/png")
    assert file["alt_txt"] == "Aikajana: kolme tapaamista keväällä"
    assert (file["size"], file["channels"]) == (len(PICTURE), [CHANNEL])


async def test_a_form_carries_the_content_too_and_the_file_is_shown_as_it_came(client, http) -> None:
    upload = await begun(client)
    async with http.post(upload["upload_url"], data={"filename": BytesIO(PICTURE)}) as response:
        assert await response.text() == f"OK - {len(PICTURE)}"
    await client.files_completeUploadExternal(files=[{"id": upload["file_id"]}])
    file = (await client.files_info(file=upload["file_id"]))["file"]
    assert (file["title"], file["channels"], file["is_public"]) == ("kaavio.png", [], False)
    async with http.get(file["url_private"]) as response:
        assert (response.content_type, await response.read()) == ("image/png", PICTURE)


async def test_a_page_among_the_files_cannot_act_in_the_workspace(client, http) -> None:
    file_id = await uploaded(client, http, "sivu.html")
    await client.files_completeUploadExternal(files=[{"id": file_id}])
    async with http.get((await client.files_info(file=file_id))["file"]["url_private"]) as response:
        assert response.headers["Content-Disposition"] == "attachment"
        assert response.content_type == "application/octet-stream"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"filename": "", "length": 1}, "invalid_arguments"),
        ({"filename": "x.png", "length": 0}, "missing_argument"),
        ({"filename": "x.png", "length": "many"}, "invalid_arguments"),
        ({"filename": "x.png", "length": MOST_FILE_BYTES + 1}, "file_upload_size_restricted"),
        ({"filename": "x.png", "length": 1, "alt_txt": "x" * 1001}, "alt_txt_too_large"),
    ],
)
async def test_an_upload_that_cannot_be_is_refused_at_once(client, arguments, code) -> None:
    assert await refusal(client.api_call("files.getUploadURLExternal", params=arguments)) == code


async def test_the_content_is_as_long_as_was_said_and_goes_to_its_own_address(slack, client, http) -> None:
    upload = await begun(client)
    for url, status in ((upload["upload_url"], 400), (f"{slack.url}/upload/other", 404)):
        async with http.post(url, data=PICTURE + b"!") as response:
            assert response.status == status
    call = client.files_completeUploadExternal(files=[{"id": upload["file_id"]}])
    assert await refusal(call) == "file_not_found"


async def test_a_file_is_completed_once_and_only_after_its_content_came(slack, client, http) -> None:
    upload, file_id = await begun(client), await uploaded(client, http)
    both = [{"id": file_id}, {"id": upload["file_id"]}]
    assert await refusal(client.files_completeUploadExternal(files=both)) == "file_not_found"
    assert await refusal(client.files_info(file=file_id)) == "file_not_found"
    await client.files_completeUploadExternal(files=[{"id": file_id}], channel_id=CHANNEL)
    again = client.files_completeUploadExternal(files=[{"id": file_id}], channel_id=CHANNEL)
    assert await refusal(again) == "file_not_found"
    assert len(slack.visitor("UAINO").messages()) == 1


@pytest.mark.parametrize("files", ["F1", [], [{"title": "x"}], ["F1"]])
async def test_files_are_named_by_objects_with_an_id(client, files) -> None:
    call = client.api_call("files.completeUploadExternal", json={"files": files})
    assert await refusal(call) == "invalid_arguments"


async def test_a_file_is_shared_only_where_the_app_may_write(slack, client, http) -> None:
    file_id = await uploaded(client, http)
    slack.workspace.channel("CENNAKOINTI")["is_archived"] = True
    for channel, code in (
        ("CNONE", "invalid_channel"),
        ("CDIALOGI", "posting_to_channel_denied"),
        ("CENNAKOINTI", "posting_to_channel_denied"),
    ):
        call = client.files_completeUploadExternal(files=[{"id": file_id}], channel_id=channel)
        assert await refusal(call) == code
    assert (await client.files_completeUploadExternal(files=[{"id": file_id}], channel_id=CHANNEL))["ok"]


async def test_a_file_can_be_a_reply(slack, client, http) -> None:
    parent = await slack.visitor("UAINO").say("Kuva?", channel=CHANNEL)
    file_id = await uploaded(client, http)
    for thread_ts, code in (("1.000000", "thread_not_found"), (parent["ts"], None)):
        call = client.files_completeUploadExternal(
            files=[{"id": file_id}], channel_id=CHANNEL, thread_ts=thread_ts
        )
        assert (await refusal(call) if code else (await call)["ok"]) == (code or True)
    thread = (await client.conversations_replies(channel=CHANNEL, ts=parent["ts"]))["messages"]
    assert thread[1]["files"][0]["id"] == file_id


async def test_a_deleted_file_is_only_named_where_it_stood(client, http) -> None:
    file_id = await uploaded(client, http)
    await client.files_completeUploadExternal(files=[{"id": file_id}], channel_id=CHANNEL)
    await client.files_delete(file=file_id)
    assert await refusal(client.files_info(file=file_id)) == "file_deleted"
    assert await refusal(client.files_delete(file=file_id)) == "file_deleted"
    (message,) = (await client.conversations_history(channel=CHANNEL))["messages"]
    assert message["files"] == [{"id": file_id, "mode": "tombstone"}]


async def test_files_take_their_own_scopes(tmp_path: Path) -> None:
    scopes = [each for each in EVERY_SCOPE if not each.startswith("files:")]
    server = WorkspaceServer(full_workspace(tmp_path, scopes=scopes))
    await server.start()
    client = AsyncWebClient(token=server.workspace.bot_token, base_url=server.api_url)
    assert await refusal(begun(client)) == "missing_scope"
    assert await refusal(client.files_completeUploadExternal(files=[{"id": "F1"}])) == "missing_scope"
    assert await refusal(client.files_info(file="F1")) == "missing_scope"
    await server.stop()


async def test_a_block_shows_a_picture_that_was_uploaded_by_its_id_or_address(slack, client, http) -> None:
    file_id = await uploaded(client, http)
    early = client.chat_postMessage(channel=CHANNEL, text="x", blocks=[picture(id=file_id)])
    assert await refusal(early) == "invalid_blocks"
    await client.files_completeUploadExternal(files=[{"id": file_id}])
    address = (await client.files_info(file=file_id))["file"]["url_private"]
    for named in ({"id": file_id}, {"url": address}):
        await client.chat_postMessage(channel=CHANNEL, text="x", blocks=[picture(**named)])
    for named in ({"id": file_id, "url": address}, {}):
        post = client.chat_postMessage(channel=CHANNEL, text="x", blocks=[picture(**named)])
        assert await refusal(post) == "invalid_blocks"
    await client.views_publish(user_id="UAINO", view=home(picture(id=file_id)))


async def test_a_block_with_another_file_is_refused_wherever_it_stands(slack, client, http) -> None:
    file_id = await uploaded(client, http, "muistio.pdf")
    await client.files_completeUploadExternal(files=[{"id": file_id}])
    for block in (picture(id="F1"), picture(id=file_id), section(accessory=picture(id="F1"))):
        post = client.chat_postMessage(channel=CHANNEL, text="x", blocks=[block])
        assert await refusal(post) == "invalid_blocks"
    trigger = slack.workspace.new_trigger("UAINO")
    assert await refusal(client.views_open(trigger_id=trigger, view=modal(picture(id="F1")))) == (
        "invalid_arguments"
    )
