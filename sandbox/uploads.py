"""Where files are posted to, and where they are shown from."""

from aiohttp import web

from sandbox.errors import SlackError
from sandbox.files import SHOWN_IN_BLOCKS, content_of, found_file, mimetype_of, receive
from sandbox.workspace import Workspace


async def take_upload(workspace: Workspace, request: web.Request) -> web.Response:
    """The second step of an upload: raw bytes, or the first part of a form. Anything but 200 is a failure."""
    error: SlackError | None = None
    content = b""
    try:
        content = await _content(request)
        receive(workspace, request.match_info["secret"], content)
    except SlackError as refusal:
        error = refusal
    workspace.note(
        {
            "direction": "from_app", "what": "upload", "ok": error is None, "error": error and error.code,
            "ms": 0, "request": f"{len(content)} bytes", "response": error.detail if error else "OK",
        }
    )  # fmt: skip
    if error is not None:
        status = 404 if error.code == "no_such_upload" else 400
        return web.Response(status=status, text=error.detail or error.code)
    return web.Response(text=f"OK - {len(content)}")


async def _content(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    form = await request.post()
    for value in form.values():
        if isinstance(value, web.FileField):
            return value.file.read()
        return value.encode() if isinstance(value, str) else bytes(value)
    raise SlackError("no_file_data")


def show_file(workspace: Workspace, request: web.Request) -> web.Response:
    """A file, for the page. Only pictures are shown: nothing else must act on the page's behalf."""
    try:
        file = found_file(workspace, request.match_info["id"])
    except SlackError as error:
        return web.Response(status=404, text=error.code)
    kind = mimetype_of(file)
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
    if kind not in SHOWN_IN_BLOCKS:
        kind, headers["Content-Disposition"] = "application/octet-stream", "attachment"
    return web.Response(body=content_of(file), content_type=kind, headers=headers)
