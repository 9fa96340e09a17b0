"""Files: an address to upload to, what was uploaded, and where it is shared."""

import base64
import mimetypes
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

from sandbox.errors import Problem, SlackError
from sandbox.workspace import BOT_USER, TEAM, Json, Workspace

MOST_FILE_BYTES = 4 * 1024 * 1024
"""Slack takes 1 GB; this workspace keeps files in its state and takes less."""
MOST_ALT_TEXT = 1000
SHOWN_IN_BLOCKS = {"image/png", "image/jpeg", "image/gif"}


def new_upload(workspace: Workspace, name: str, length: int, alt_text: str) -> Json:
    """A file that is yet to come, ``length`` bytes long."""
    file: Json = {
        "id": workspace.next_id("F"),
        "secret": workspace.next_id("U"),
        "name": name,
        "title": name,
        "length": length,
        "alt_txt": alt_text,
        "at": int(workspace.clock.now().timestamp()),
        "content": None,
        "state": "expected",
        "channels": [],
    }
    workspace.data["files"][file["id"]] = file
    workspace.changed()
    return file


def receive(workspace: Workspace, secret: str, content: bytes) -> None:
    """What was posted to an upload address. Raises SlackError for another length or another address."""
    for file in workspace.data["files"].values():
        if file["secret"] == secret and file["state"] in {"expected", "received"}:
            if len(content) != file["length"]:
                raise SlackError("length_mismatch", detail=f"{file['length']} bytes were announced")
            file.update(content=base64.b64encode(content).decode(), state="received")
            workspace.changed()
            return
    raise SlackError("no_such_upload")


def found_file(workspace: Workspace, file_id: str) -> Json:
    """A file that was uploaded whole. Raises SlackError file_not_found, file_deleted."""
    file: Json | None = workspace.data["files"].get(file_id)
    if file is None or file["state"] in {"expected", "received"}:
        raise SlackError("file_not_found")
    if file["state"] == "deleted":
        raise SlackError("file_deleted")
    return file


def content_of(file: Json) -> bytes:
    return base64.b64decode(file["content"])


def mimetype_of(file: Json) -> str:
    return mimetypes.guess_type(file["name"])[0] or "application/octet-stream"


def file_object(workspace: Workspace, file_id: str) -> Json:
    """A file as Slack shows it; one deleted since is only named."""
    file = workspace.data["files"][file_id]
    if file["state"] == "deleted":
        return {"id": file_id, "mode": "tombstone"}
    return {
        "id": file_id,
        "created": file["at"],
        "timestamp": file["at"],
        "name": file["name"],
        "title": file["title"],
        "mimetype": mimetype_of(file),
        "filetype": file["name"].rpartition(".")[2].lower(),
        "user": BOT_USER,
        "user_team": TEAM,
        "mode": "hosted",
        "is_external": False,
        "is_public": any(not workspace.channel(each)["is_private"] for each in file["channels"]),
        "size": file["length"],
        "alt_txt": file["alt_txt"],
        "url_private": private_address(workspace, file),
        "permalink": private_address(workspace, file),
        "channels": [each for each in file["channels"] if not workspace.channel(each)["is_private"]],
        "groups": [each for each in file["channels"] if _is_group(workspace, each)],
        "ims": [each for each in file["channels"] if workspace.channel(each)["is_im"]],
    }


def private_address(workspace: Workspace, file: Json) -> str:
    return f"{workspace.address}/files/{file['id']}/{quote(file['name'], safe='')}"


def _is_group(workspace: Workspace, channel_id: str) -> bool:
    channel = workspace.channel(channel_id)
    return channel["is_private"] and not channel["is_im"]


def check_slack_files(workspace: Workspace, surface: object, at: str) -> list[Problem]:
    """Every ``slack_file`` in blocks that is not a picture which the app uploaded and completed."""
    return [
        Problem(pointer, "invalid slack file")
        for pointer, named in _named(surface, at, "slack_file")
        if isinstance(named, dict) and not _is_picture(workspace, named)
    ]


def pictures_not_found(blocks: list[Json], at: str) -> list[Problem]:
    """Slack fetches every picture; here no address is asked, but those under ``.invalid`` are nowhere."""
    return [
        Problem(pointer, "downloading image failed")
        for pointer, address in _named(blocks, at, "image_url")
        if isinstance(address, str) and (urlsplit(address).hostname or "").endswith(".invalid")
    ]


def _is_picture(workspace: Workspace, named: Json) -> bool:
    for file in workspace.data["files"].values():
        is_it = named.get("id") == file["id"] or named.get("url") == private_address(workspace, file)
        if is_it and file["state"] == "complete":
            return mimetype_of(file) in SHOWN_IN_BLOCKS
    return False


def _named(node: Any, at: str, wanted: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - any JSON
    """Every field of this name in it, with its place."""
    if isinstance(node, list):
        for n, each in enumerate(node):
            yield from _named(each, f"{at}/{n}", wanted)
    elif isinstance(node, dict):
        for name, child in node.items():
            if name == wanted:
                yield f"{at}/{name}", child
            else:
                yield from _named(child, f"{at}/{name}", wanted)
