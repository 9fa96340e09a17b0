"""Applies the app's ack: an answer, field errors, another modal; or refuses it as Slack does."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox import messages
from sandbox.app_client import Answer
from sandbox.errors import SlackError
from sandbox.methods.chat import read_message
from sandbox.outcome import Outcome
from sandbox.views import checked_view, close_view, push_view, update_view
from sandbox.workspace import BOT_USER, Json, Workspace


def show_answer(workspace: Workspace, answer: Answer, user: str, channel_id: str) -> Json | None:
    """A command's answer: for the person's eyes, or for the channel. None when there is nothing to show.

    Raises SlackError.
    """
    if not answer.body.strip():
        return None
    given: Json = {"text": answer.body}
    if answer.content_type == "application/json":
        given = _json_object(answer.body)
    if not given.keys() & {"text", "blocks", "attachments"}:
        return None
    kind = given.get("response_type", "ephemeral")
    if kind not in {"ephemeral", "in_channel"}:
        raise SlackError("invalid_response_type", detail=str(kind))
    text, blocks = read_message(given)
    if kind == "ephemeral":
        return workspace.add_message(channel_id, BOT_USER, text, blocks=blocks, ephemeral_to=user)
    return messages.post(workspace, workspace.channel(channel_id), BOT_USER, text, blocks=blocks)


def after_submission(workspace: Workspace, answer: Answer, user: str, view: Json) -> dict[str, str] | None:
    """Close, clear, correct, replace or push the modal, as the app answered; return its field errors, if any.
    Raises SlackError."""
    given = _json_object(answer.body) if answer.body.strip() else {}
    match given.get("response_action"):
        case None:
            if given:
                raise SlackError("missing_response_action", detail=", ".join(given))
            close_view(workspace, user, view, clear=False)
        case "clear":
            close_view(workspace, user, view, clear=True)
        case "errors":
            return _checked_errors(given.get("errors"), view)
        case "update":
            replacement = checked_view(workspace, given.get("view"), "modal", replaces=view)
            update_view(workspace, user, view, replacement)
        case "push":
            push_view(workspace, user, checked_view(workspace, given.get("view"), "modal"))
        case other:
            raise SlackError("unknown_response_action", detail=str(other))
    return None


def _checked_errors(errors: object, view: Json) -> dict[str, str]:
    if not isinstance(errors, dict) or not errors:
        raise SlackError("invalid_errors", detail="errors must name at least one block_id")
    inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    if unknown := errors.keys() - inputs:
        raise SlackError("invalid_errors", detail=f"no input block {', '.join(sorted(unknown))}")
    if not all(isinstance(words, str) and words for words in errors.values()):
        raise SlackError("invalid_errors", detail="every error must be a text")
    return errors


def _json_object(body: str) -> Json:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SlackError("invalid_json", detail=str(error)) from None
    if not isinstance(given, dict):
        raise SlackError("invalid_json", detail="the ack is not a JSON object")
    return given


@contextmanager
def refused_into(outcome: Outcome, workspace: Workspace, what: str) -> Iterator[None]:
    """Turn a refusal of the ack within the block into the outcome's error and a red line in the log."""
    try:
        yield
    except SlackError as error:
        outcome.error, outcome.detail = error.code, error.detail
        workspace.note(
            {
                "direction": "from_app", "what": f"answer to {what}", "ok": False, "error": error.code,
                "ms": 0, "request": error.detail, "response": None,
            }
        )  # fmt: skip
