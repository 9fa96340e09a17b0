"""files.*: uploads in three steps (address, content, completion), and what is known of a file."""

from sandbox import block_kit, messages
from sandbox.errors import SlackError, invalid_arguments, refuse
from sandbox.files import MOST_ALT_TEXT, MOST_FILE_BYTES, file_object, found_file, new_upload
from sandbox.methods.arguments import required
from sandbox.workspace import BOT_USER, Json, Workspace


def files_get_upload_url_external(workspace: Workspace, arguments: Json) -> Json:
    (name,) = required(arguments, "filename")
    try:
        length = int(arguments.get("length") or 0)
    except (TypeError, ValueError):
        raise invalid_arguments("must be an integer [json-pointer:/length]") from None
    if length <= 0:
        raise SlackError("missing_argument", arg="length")
    if length > MOST_FILE_BYTES:
        raise SlackError("file_upload_size_restricted")
    alt_text = str(arguments.get("alt_txt") or "")
    if len(alt_text) > MOST_ALT_TEXT:
        raise SlackError("alt_txt_too_large")
    file = new_upload(workspace, name, length, alt_text)
    return {"upload_url": f"{workspace.address}/upload/{file['secret']}", "file_id": file["id"]}


def files_complete_upload_external(workspace: Workspace, arguments: Json) -> Json:
    """All files or none: what is wrong with one or with the channel leaves the others as they were."""
    named = arguments.get("files")
    if not isinstance(named, list) or not named or not all(_is_named(each) for each in named):
        raise invalid_arguments("files must be a list of objects with an id")
    files = [_received(workspace, each["id"]) for each in named]
    channel_id = str(arguments.get("channel_id") or "")
    channel = _channel(workspace, channel_id) if channel_id else None
    blocks = arguments.get("blocks") or []
    text = str(arguments.get("initial_comment") or "")
    if blocks and not text:
        refuse(block_kit.check_message_blocks(blocks), "invalid_blocks")
    thread_ts = arguments.get("thread_ts") or None
    if channel is not None and thread_ts is not None:
        messages.parent_of(workspace, channel, thread_ts)
    for file, each in zip(files, named, strict=True):
        file.update(state="complete", title=str(each.get("title") or file["name"]))
        file["channels"] = [channel_id] if channel is not None else []
    if channel is not None:
        messages.post(
            workspace,
            channel,
            BOT_USER,
            text,
            blocks=[] if text else blocks,
            thread_ts=thread_ts,
            files=[file["id"] for file in files],
        )
    workspace.changed()
    return {"files": [file_object(workspace, file["id"]) for file in files]}


def files_info(workspace: Workspace, arguments: Json) -> Json:
    (file_id,) = required(arguments, "file")
    found_file(workspace, file_id)
    return {"file": file_object(workspace, file_id), "comments": [], "response_metadata": {"next_cursor": ""}}


def files_delete(workspace: Workspace, arguments: Json) -> Json:
    (file_id,) = required(arguments, "file")
    found_file(workspace, file_id).update(state="deleted", content=None)
    workspace.changed()
    return {}


def _is_named(each: object) -> bool:
    return isinstance(each, dict) and isinstance(each.get("id"), str)


def _received(workspace: Workspace, file_id: str) -> Json:
    """A file whose content came and that was not completed yet: that is possible once."""
    file: Json | None = workspace.data["files"].get(file_id)
    if file is None or file["state"] != "received":
        raise SlackError("file_not_found")
    return file


def _channel(workspace: Workspace, channel_id: str) -> Json:
    try:
        channel = workspace.channel(channel_id)
    except SlackError:
        raise SlackError("invalid_channel") from None
    if BOT_USER not in channel["members"] or channel["is_archived"]:
        raise SlackError("posting_to_channel_denied")
    return channel
